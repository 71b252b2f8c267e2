//! EPW, the EnergyPlus weather format: eight header lines, then one row an hour (or several).
//!
//! The reader gives 8,760 hours of local standard time from January 1st, whatever the order and the number of the rows, and says what it
//! did to get there: every value that was missing, out of range or doubtful is a [`EpwFinding`] with its line. What can't be put right
//! (a year that isn't whole, a pressure in hPa, temperatures in °F) is an [`EpwError`]: a wrong number is never passed on in silence.
//!
//! * [`header`] reads the eight lines, `rows` the data rows as they stand, `calendar` puts them on a year, `quality` looks at the result.
//! * Years in the rows are not used to make time stamps: a typical year is stitched together from months of different years.
//! * Field order, units and codes for missing values: *Auxiliary Programs*, "Weather Converter Program", in the EnergyPlus documentation.

mod calendar;
mod header;
mod quality;
mod rows;
#[cfg(test)]
mod tests;

use crate::checks::Severity;
use crate::solve::{Weather, WeatherHour};
use crate::units::{Length, Pressure, Temperature};

/// A weather file as read.
#[derive(Debug, Clone)]
pub struct Epw {
    /// City, state and country of the station.
    pub station: String,
    /// Kind of data, for example `TMY3`.
    pub source: String,
    /// Number of the station (WMO), as written.
    pub wmo: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Hours ahead of UTC, standard time.
    pub timezone: f64,
    /// Height above sea level, where the file has one.
    pub elevation: Option<Length>,
    /// Records per hour in the file.
    pub steps_per_hour: u32,
    /// Data rows in the file.
    pub rows: usize,
    /// 8,760 hours of local standard time, from January 1st.
    pub hours: Vec<WeatherHour>,
    /// What a reader of the numbers should know, worst first.
    pub findings: Vec<EpwFinding>,
}

impl Epw {
    /// The hours the solver needs. The name tells station and file.
    #[must_use]
    pub fn weather(&self, name: &str) -> Weather {
        Weather { name: format!("{} ({name})", self.station), hours: self.hours.clone() }
    }
}

/// Something in a weather file that was put right, or is doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpwFinding {
    /// How bad.
    pub severity: Severity,
    /// Name of the rule, for example `missing-value`.
    pub rule: &'static str,
    /// Lines of the file, from 1: the first few of them.
    pub lines: Vec<usize>,
    /// A sentence with the numbers.
    pub message: String,
    /// What was done, or what to do.
    pub hint: String,
}

/// Why a file gives no weather: one sentence, with the line where there is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", line.map(|l| format!("line {l}: ")).unwrap_or_default())]
pub struct EpwError {
    /// Line of the file, from 1.
    pub line: Option<usize>,
    /// The sentence.
    pub message: String,
}

impl EpwError {
    fn new(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }
    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }
}

/// Most lines that a finding lists; the message has the count.
const LINES_LISTED: usize = 5;

/// Findings while they are collected.
#[derive(Debug, Default)]
struct Findings(Vec<EpwFinding>);

impl Findings {
    fn add(&mut self, severity: Severity, rule: &'static str, lines: &[usize], message: impl Into<String>, hint: impl Into<String>) {
        let lines = lines.iter().copied().take(LINES_LISTED).collect();
        self.0.push(EpwFinding { severity, rule, lines, message: message.into(), hint: hint.into() });
    }
}

/// Reads an EPW file.
///
/// # Errors
/// A sentence, with the line where there is one.
pub fn read(bytes: &[u8]) -> Result<Epw, EpwError> {
    let text = decode(bytes)?;
    let lines: Vec<&str> = text.split('\n').collect();
    let header = header::read(&lines)?;
    let mut findings = Findings::default();
    let records = rows::read(&lines, &mut findings)?;
    let rows = records.len();
    let year = calendar::place(records, &header, &mut findings)?;
    quality::look(&year, &header, &mut findings);
    let hours = year
        .iter()
        .map(|h| WeatherHour {
            dry_bulb: Temperature::from_celsius(h.dry),
            dew_point: Temperature::from_celsius(h.dew.min(h.dry)),
            pressure: Pressure::from_pascals(h.pressure),
        })
        .collect();
    let mut findings = findings.0;
    findings.sort_by_key(|f| f.severity);
    Ok(Epw {
        station: header.station,
        source: header.source,
        wmo: header.wmo,
        latitude: header.latitude,
        longitude: header.longitude,
        timezone: header.timezone,
        elevation: header.elevation,
        steps_per_hour: header.steps_per_hour,
        rows,
        hours,
        findings,
    })
}

/// Text with one `\n` a line: UTF-8 or Latin-1, any line ending, with or without a byte order mark.
fn decode(bytes: &[u8]) -> Result<String, EpwError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(EpwError::new("the file is empty"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(EpwError::at(1, "the file is UTF-16; save it as UTF-8 or Latin-1"));
    }
    if let Some(nul) = bytes.iter().position(|b| *b == 0) {
        let ends = bytes[..nul].iter().filter(|b| **b == b'\n').count().max(bytes[..nul].iter().filter(|b| **b == b'\r').count());
        return Err(EpwError::at(ends + 1, "there are NUL bytes; the file is damaged, download it again"));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Every byte is a character in Latin-1, with the same number in Unicode.
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    };
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// A count and its noun: `1 row`, `24 rows`.
fn many(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
