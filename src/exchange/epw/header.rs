//! The eight header lines.

use super::EpwError;
use crate::units::Length;

/// First tokens of the header lines, in order.
pub(super) const TOKENS: [&str; 8] = [
    "LOCATION",
    "DESIGN CONDITIONS",
    "TYPICAL/EXTREME PERIODS",
    "GROUND TEMPERATURES",
    "HOLIDAYS/DAYLIGHT SAVINGS",
    "COMMENTS 1",
    "COMMENTS 2",
    "DATA PERIODS",
];
/// Most records per hour that make sense: one a minute.
const MOST_STEPS: u32 = 60;

/// What the header tells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub station: String,
    pub source: String,
    pub wmo: String,
    pub latitude: f64,
    pub longitude: f64,
    pub timezone: f64,
    pub elevation: Option<Length>,
    pub steps_per_hour: u32,
    /// Month and day of the first row, where the last line tells it.
    pub start: Option<(u32, u32)>,
    /// Whether a leap year is announced. The rows need not agree.
    pub leap: bool,
    /// Whether daylight saving dates are given. Hours are standard time all the same.
    pub daylight_saving: bool,
}

/// Reads the header.
pub(super) fn read(lines: &[&str]) -> Result<Header, EpwError> {
    let mut fields = Vec::with_capacity(TOKENS.len());
    for (n, token) in TOKENS.iter().enumerate() {
        let line = lines.get(n).map_or("", |l| l.trim());
        fields.push(line_fields(n + 1, line, token)?);
    }
    let [location, .., holidays, _, _, periods] = fields.as_slice() else {
        return Err(EpwError::new("the header is not whole"));
    };
    let field = |n: usize| location.get(n).map_or("", |f| f.trim());
    let station: Vec<String> =
        [field(1), field(2), field(3)].iter().filter(|p| !p.is_empty() && **p != "-").map(|p| p.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let (steps_per_hour, start) = data_periods(periods)?;
    Ok(Header {
        station: if station.is_empty() { "unnamed station".to_owned() } else { station.join(", ") },
        source: field(4).to_owned(),
        wmo: field(5).to_owned(),
        latitude: number(field(6), "latitude", -90.0, 90.0)?,
        longitude: number(field(7), "longitude", -180.0, 180.0)?,
        timezone: number(field(8), "time zone", -12.0, 14.0)?,
        // From the Dead Sea to the highest observatories; codes such as 9999.9 mean that it isn't known.
        elevation: field(9).parse::<f64>().ok().filter(|e| (-450.0..=6500.0).contains(e)).map(Length::from_meters),
        steps_per_hour,
        start,
        leap: holidays.get(1).is_some_and(|f| f.trim().eq_ignore_ascii_case("yes")),
        daylight_saving: [2, 3].iter().any(|n| holidays.get(*n).is_some_and(|f| !matches!(f.trim(), "" | "0"))),
    })
}

fn line_fields(number: usize, line: &str, token: &str) -> Result<Vec<String>, EpwError> {
    let fields = split(line);
    let first = fields.first().map_or("", |f| f.trim());
    if first.eq_ignore_ascii_case(token) {
        return Ok(fields);
    }
    let found: String = line.chars().take(40).collect();
    if line.to_ascii_uppercase().starts_with(&format!("{token};")) {
        return Err(EpwError::at(number, "the fields are separated by semicolons (and numbers have decimal commas); EPW wants commas and decimal points"));
    }
    let what = if number == 1 { "this is no EPW file: " } else { "" };
    let found = if found.is_empty() { "nothing".to_owned() } else { format!("`{found}`") };
    Err(EpwError::at(number, format!("{what}expected the header line `{token}`, found {found}")))
}

fn number(text: &str, name: &str, least: f64, most: f64) -> Result<f64, EpwError> {
    match text.parse::<f64>() {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        Ok(value) => Err(EpwError::at(1, format!("the {name} {value} is not from {least} to {most}"))),
        Err(_) => Err(EpwError::at(1, format!("expected the {name} as a number, found `{text}`"))),
    }
}

fn data_periods(fields: &[String]) -> Result<(u32, Option<(u32, u32)>), EpwError> {
    let field = |n: usize| fields.get(n).map_or("", |f| f.trim());
    match field(1) {
        "1" | "" => {}
        other => return Err(EpwError::at(8, format!("there are {other} data periods; a year in one period is needed"))),
    }
    let steps = match field(2) {
        "" => 1,
        text => text
            .parse::<u32>()
            .ok()
            .filter(|n| (1..=MOST_STEPS).contains(n) && 60 % n == 0)
            .ok_or_else(|| EpwError::at(8, format!("expected the records per hour (1, 2, 4 …), found `{text}`")))?,
    };
    Ok((steps, month_and_day(field(5))))
}

/// `4/10`, ` 1/ 1` or `2015/12/31`.
fn month_and_day(text: &str) -> Option<(u32, u32)> {
    let parts: Vec<u32> = text.split('/').map(|p| p.trim().parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [month, day] | [_, month, day] => Some((*month, *day)),
        _ => None,
    }
}

/// Fields between commas; a comma in double quotes belongs to the field.
pub(super) fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => {
                if let Some(last) = fields.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    fields
}
