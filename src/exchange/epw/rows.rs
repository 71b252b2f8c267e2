//! The data rows, as they stand in the file.

use super::{EpwError, Findings, header, many};
use crate::checks::Severity;
use crate::physics::moist_air::saturation_pressure;
use crate::units::Temperature;
use std::collections::BTreeMap;

/// Fields of a row up to the pressure, the last one used.
const FIELDS_USED: usize = 10;
/// Valid range of dry bulb and dew point, °C.
const TEMPERATURES: (f64, f64) = (-70.0, 70.0);
/// Valid range of the station pressure, Pa.
const PRESSURES: (f64, f64) = (31_000.0, 120_000.0);
/// Days of the months in a leap year.
const DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// A row with a date. Values that are missing or can't be are absent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub line: usize,
    pub year: i32,
    pub month: u32,
    pub day: u32,
    /// As written: 1–24, or 0–23 in files that number the beginning of the hour.
    pub hour: u32,
    pub minute: u32,
    pub dry: Option<f64>,
    pub dew: Option<f64>,
    /// Percent.
    pub humidity: Option<f64>,
    pub pressure: Option<f64>,
}

/// Faults of values by name, with their lines.
#[derive(Default)]
struct Faults {
    lines: BTreeMap<(&'static str, &'static str), Vec<usize>>,
    examples: BTreeMap<(&'static str, &'static str), String>,
}

impl Faults {
    fn note(&mut self, rule: &'static str, field: &'static str, line: usize, text: &str) {
        self.lines.entry((rule, field)).or_default().push(line);
        self.examples.entry((rule, field)).or_insert_with(|| text.to_owned());
    }
}

/// Reads the rows behind the header.
pub(super) fn read(lines: &[&str], findings: &mut Findings) -> Result<Vec<Record>, EpwError> {
    let rows: Vec<(usize, Vec<String>)> =
        lines.iter().enumerate().skip(header::TOKENS.len()).filter(|(_, l)| !l.trim().is_empty()).map(|(n, l)| (n + 1, header::split(l))).collect();
    if rows.is_empty() {
        return Err(EpwError::new("there are no data rows behind the header"));
    }
    let usual = usual_fields(&rows);
    if usual < FIELDS_USED {
        return Err(EpwError::at(rows[0].0, format!("a row has {usual} fields; dry bulb, dew point and pressure are in the first {FIELDS_USED}")));
    }
    check_units(&rows)?;
    let mut damaged = Vec::new();
    let mut undated = Vec::new();
    let mut faults = Faults::default();
    let mut records = Vec::with_capacity(rows.len());
    for (line, fields) in &rows {
        // A row with more or fewer fields than the others was cut or shifted: none of its values can be trusted.
        if fields.len() != usual {
            damaged.push(*line);
        } else if let Some(record) = record(*line, fields, &mut faults) {
            records.push(record);
        } else {
            undated.push(*line);
        }
    }
    if let Some(first) = damaged.first() {
        let message = format!("{} with another number of fields than the usual {usual}, the first at line {first}", many(damaged.len(), "row"));
        findings.add(Severity::Warning, "damaged-row", &damaged, message, "the row is left out and its hour filled from its neighbors");
    }
    if let Some(first) = undated.first() {
        let message = format!("{} without a possible date and hour, the first at line {first}", many(undated.len(), "row"));
        findings.add(Severity::Warning, "bad-date", &undated, message, "the row is left out and its hour filled from its neighbors");
    }
    if records.is_empty() {
        return Err(EpwError::at(rows[0].0, "no row begins with year, month, day and hour"));
    }
    report(faults, findings);
    Ok(records)
}

fn report(faults: Faults, findings: &mut Findings) {
    for ((rule, field), lines) in &faults.lines {
        let example = faults.examples.get(&(*rule, *field)).map_or("", String::as_str);
        let first = lines[0];
        let what = match *rule {
            "missing-value" => format!("{field} is marked as missing (`{example}`) in {}, the first at line {first}", many(lines.len(), "row")),
            "out-of-range" => format!("{field} is outside its valid range in {}, the first at line {first}: `{example}`", many(lines.len(), "row")),
            _ => format!("{field} is not a number in {}, the first at line {first}: `{example}`", many(lines.len(), "row")),
        };
        findings.add(Severity::Warning, rule, lines, what, "the value is filled in from the hours around it");
    }
}

fn usual_fields(rows: &[(usize, Vec<String>)]) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, fields) in rows {
        *counts.entry(fields.len()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(fields, _)| fields)
}

fn record(line: usize, fields: &[String], faults: &mut Faults) -> Option<Record> {
    let whole = |n: usize| -> Option<i64> {
        let value = fields.get(n)?.trim().parse::<f64>().ok()?;
        (value.fract() == 0.0 && value.abs() < 1e6).then_some(value as i64)
    };
    let within = |n: usize, least: i64, most: i64| whole(n).filter(|v| (least..=most).contains(v)).map(|v| v as u32);
    let month = within(1, 1, 12)?;
    let day = within(2, 1, i64::from(DAYS[month as usize - 1]))?;
    let hour = within(3, 0, 24)?;
    let minute = within(4, 0, 60).unwrap_or(0);
    let mut value = |n: usize, field: &'static str, missing: &[f64], range: (f64, f64)| -> Option<f64> {
        let text = fields.get(n).map_or("", |f| f.trim());
        match text.parse::<f64>() {
            _ if text.is_empty() => faults.note("missing-value", field, line, ""),
            Ok(v) if missing.iter().any(|m| (v - m).abs() < 1e-9) => faults.note("missing-value", field, line, text),
            Ok(v) if (range.0..=range.1).contains(&v) => return Some(v),
            Ok(v) if v.is_finite() => faults.note("out-of-range", field, line, text),
            _ => faults.note("unreadable-value", field, line, text),
        }
        None
    };
    Some(Record {
        line,
        year: whole(0).map_or(0, |y| y as i32),
        month,
        day,
        hour,
        minute,
        dry: value(6, "dry bulb", &[99.9], TEMPERATURES),
        dew: value(7, "dew point", &[99.9], TEMPERATURES),
        humidity: fields.get(8).and_then(|f| f.trim().parse::<f64>().ok()).filter(|h| (0.0..=110.0).contains(h)),
        pressure: value(9, "pressure", &[999_999.0], PRESSURES),
    })
}

/// Refuses a file whose numbers are in other units than EPW has. Converting would be a guess.
fn check_units(rows: &[(usize, Vec<String>)]) -> Result<(), EpwError> {
    let first = rows[0].0;
    let raw = |fields: &[String], n: usize| fields.get(n).and_then(|f| f.trim().parse::<f64>().ok()).filter(|v| v.is_finite());
    let pressures = rows.iter().filter_map(|(_, f)| raw(f, 9)).filter(|p| (*p - 999_999.0).abs() > 1e-9).collect();
    if let Some(pressure) = median(pressures) {
        let wrong = [(300.0, 1_200.0, "hPa"), (50.0, 120.0, "kPa"), (17.5, 35.5, "inHg"), (7.0, 17.5, "psi")]
            .iter()
            .find(|(least, most, _)| (*least..=*most).contains(&pressure))
            .map(|w| w.2);
        if let Some(unit) = wrong {
            return Err(EpwError::at(first, format!("the pressure is about {pressure} all year and seems to be in {unit}; EPW wants Pa")));
        }
    }
    let states: Vec<[f64; 3]> = rows
        .iter()
        .filter_map(|(_, f)| Some([raw(f, 6)?, raw(f, 7)?, raw(f, 8)?]))
        .filter(|[dry, dew, humidity]| (*dry - 99.9).abs() > 1e-9 && (*dew - 99.9).abs() > 1e-9 && (1.0..=110.0).contains(humidity))
        .collect();
    if states.len() < 24 {
        return Ok(());
    }
    // Dry bulb, dew point and relative humidity say the same thing twice: with the right units they agree to a percent or so.
    let misfit =
        |dry_f: bool, dew_f: bool| median(states.iter().map(|s| (relative_humidity(s[0], dry_f, s[1], dew_f) - s[2]).abs()).collect()).unwrap_or(f64::INFINITY);
    let as_written = misfit(false, false);
    for (dry_f, dew_f, which) in [(true, false, "the dry bulb seems"), (false, true, "the dew point seems"), (true, true, "dry bulb and dew point seem")] {
        if as_written > 4.0 && misfit(dry_f, dew_f) < 0.25 * as_written {
            return Err(EpwError::at(first, format!("{which} to be in °F: only so does the relative humidity in the file fit; EPW wants °C")));
        }
    }
    Ok(())
}

/// Percent, from dry bulb and dew point, either of them in °C or °F.
pub(super) fn relative_humidity(dry: f64, dry_f: bool, dew: f64, dew_f: bool) -> f64 {
    let vapor = |t: f64, fahrenheit: bool| {
        let celsius = if fahrenheit { (t - 32.0) / 1.8 } else { t };
        saturation_pressure(Temperature::from_celsius(celsius.clamp(-90.0, 150.0))).pascals()
    };
    100.0 * vapor(dew, dew_f) / vapor(dry, dry_f)
}

/// The middle of these values.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
