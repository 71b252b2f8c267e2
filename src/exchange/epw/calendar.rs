//! Rows onto a year of 8760 hours, from January 1st, local standard time.

use super::header::Header;
use super::rows::Record;
use super::{EpwError, Findings, many};
use crate::checks::Severity;
use crate::physics::moist_air::{MoistAir, standard_pressure};
use crate::solve::HOURS;
use crate::units::{Pressure, Ratio, Temperature};
use std::collections::BTreeSet;

/// Days before each month in a year of 365 days.
const BEFORE: [usize; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/// Gaps up to this length are bridged by a straight line.
const STRAIGHT: usize = 6;
/// Gaps up to this length are filled with the same hours of the days around; longer ones are refused.
const LONGEST_GAP: usize = 72;
/// Most hours of a year that may be filled.
const MOST_FILLED: usize = 438;
/// Most hours that may occur twice before the file is taken for something else than a year.
const MOST_DOUBLE: usize = 48;

/// An hour of the year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct YearHour {
    /// Line of its (first) row; 0 where there is none.
    pub line: usize,
    /// Year of its row.
    pub year: i32,
    /// Dry bulb, °C.
    pub dry: f64,
    /// Dew point, °C.
    pub dew: f64,
    /// Station pressure, Pa.
    pub pressure: f64,
    /// Relative humidity as written, %.
    pub humidity: Option<f64>,
    /// Whether the dry bulb was filled in.
    pub filled: bool,
}

/// What the rows say of one hour.
#[derive(Debug, Clone, Default)]
struct Slot {
    records: Vec<Record>,
}

impl Slot {
    fn mean(&self, of: impl Fn(&Record) -> Option<f64>) -> Option<f64> {
        let values: Vec<f64> = self.records.iter().filter_map(of).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }
}

/// Puts the rows on the year.
pub(super) fn place(mut records: Vec<Record>, header: &Header, findings: &mut Findings) -> Result<Vec<YearHour>, EpwError> {
    number_hours_from_one(&mut records, findings)?;
    drop_leap_day(&mut records, header, findings);
    note_order(&records, header, findings);
    let rows = records.len();
    let slots = collect(records, header.steps_per_hour as usize, findings)?;
    let absent = slots.iter().filter(|s| s.records.is_empty()).count();
    if absent > MOST_FILLED {
        let first = slots.iter().position(|s| s.records.is_empty()).unwrap_or(0);
        return Err(EpwError::new(format!(
            "the year is not whole: {} give {} of 8760 hours; the first one missing is {}{}",
            many(rows, "usable row"),
            HOURS - absent,
            name_of(first),
            hint_of_faults(findings)
        )));
    }
    if absent > 0 {
        let first = slots.iter().position(|s| s.records.is_empty()).unwrap_or(0);
        let message = format!("{} of the year {} no row, the first is {}", many(absent, "hour"), if absent == 1 { "has" } else { "have" }, name_of(first));
        findings.add(Severity::Warning, "missing-hour", &[], message, "filled in from the hours around");
    }
    let dry = series("dry bulb", slots.iter().map(|s| s.mean(|r| r.dry)).collect(), findings)?;
    let dew = dew_points(&slots, &dry, findings)?;
    let pressure = pressures(&slots, header, findings)?;
    Ok(slots
        .iter()
        .enumerate()
        .map(|(i, slot)| {
            let first = slot.records.first();
            YearHour {
                line: first.map_or(0, |r| r.line),
                year: first.map_or(0, |r| r.year),
                dry: dry[i],
                dew: dew[i],
                pressure: pressure[i],
                humidity: slot.mean(|r| r.humidity),
                filled: slot.mean(|r| r.dry).is_none(),
            }
        })
        .collect())
}

/// The faults found so far, for a refusal: they are its likely reason.
fn hint_of_faults(findings: &Findings) -> String {
    findings.0.iter().filter(|f| f.severity != Severity::Note).map(|f| format!("; {}", f.message)).collect()
}

/// `29 October, hour 18` (the hour that ends at 18:00).
pub(super) fn name_of(slot: usize) -> String {
    const MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let day = slot / 24;
    let month = BEFORE.iter().rposition(|b| *b <= day).unwrap_or(0);
    format!("{} {}, hour {}", day - BEFORE[month] + 1, MONTHS[month], slot % 24 + 1)
}

/// Month, from 0, of an hour of the year.
pub(super) fn month_of(slot: usize) -> usize {
    BEFORE.iter().rposition(|b| *b <= slot / 24).unwrap_or(0)
}

fn slot_of(record: &Record) -> usize {
    let day = BEFORE[record.month as usize - 1] + record.day as usize - 1;
    day * 24 + record.hour as usize - 1
}

/// EPW numbers hours 1–24 by their end. Files that number them 0–23 mean the beginning.
fn number_hours_from_one(records: &mut [Record], findings: &mut Findings) -> Result<(), EpwError> {
    let Some(zero) = records.iter().find(|r| r.hour == 0).map(|r| r.line) else { return Ok(()) };
    if let Some(last) = records.iter().find(|r| r.hour == 24) {
        return Err(EpwError::at(zero, format!("there is an hour 0 here and an hour 24 at line {}; hours are numbered 1 to 24", last.line)));
    }
    for record in records {
        record.hour += 1;
    }
    findings.add(
        Severity::Warning,
        "hours-from-zero",
        &[zero],
        "hours are numbered 0 to 23; EPW numbers them 1 to 24, by their end",
        "read as numbered by their beginning",
    );
    Ok(())
}

fn drop_leap_day(records: &mut Vec<Record>, header: &Header, findings: &mut Findings) {
    let before = records.len();
    let lines: Vec<usize> = records.iter().filter(|r| (r.month, r.day) == (2, 29)).map(|r| r.line).collect();
    records.retain(|r| (r.month, r.day) != (2, 29));
    if before > records.len() {
        let announced = if header.leap { "" } else { ", although the header announces no leap year" };
        findings.add(
            Severity::Note,
            "leap-day",
            &lines,
            format!("there is a 29 February ({}){announced}", many(lines.len(), "row")),
            "left out: the year has 365 days",
        );
    } else if header.leap {
        findings.add(Severity::Note, "leap-day", &[5], "the header announces a leap year, and there is no 29 February", "the year has 365 days");
    }
}

/// Says when the rows don't run from January 1st. Month, day and hour of each row decide, so that the order itself does no harm.
fn note_order(records: &[Record], header: &Header, findings: &mut Findings) {
    let keys: Vec<(usize, u32)> = records.iter().map(|r| (slot_of(r), r.minute)).collect();
    let back: Vec<usize> = keys.windows(2).enumerate().filter(|(_, w)| w[1] < w[0]).map(|(i, _)| i + 1).collect();
    let Some(first) = back.first() else { return };
    let start = &records[0];
    let announced = header.start == Some((start.month, start.day));
    let wraps = back.len() == 1 && announced && keys.last().is_some_and(|l| l.0 < keys[0].0);
    if wraps {
        let message = format!("the rows begin with {} and run over the end of the year", name_of(keys[0].0));
        findings.add(Severity::Note, "wrapped-year", &[records[*first].line], message, "put into calendar order");
    } else {
        let lines: Vec<usize> = back.iter().map(|i| records[*i].line).collect();
        let message = format!("the rows are not in order: {}, the first at line {}", many(back.len(), "step back in time").replace("times", "time"), lines[0]);
        findings.add(
            Severity::Warning,
            "rows-out-of-order",
            &lines,
            message,
            "put into calendar order by month, day and hour; check that nothing else was mixed up",
        );
    }
}

/// Rows by hour of the year, without the ones that come a second time.
fn collect(records: Vec<Record>, steps: usize, findings: &mut Findings) -> Result<Vec<Slot>, EpwError> {
    let mut slots = vec![Slot::default(); HOURS];
    let mut double = Vec::new();
    let mut differing = 0;
    for record in records {
        let slot = &mut slots[slot_of(&record)];
        let twin = slot.records.iter().find(|r| r.minute == record.minute || steps == 1);
        if slot.records.len() < steps && twin.is_none() {
            slot.records.push(record);
        } else {
            let same = twin.is_some_and(|t| (t.dry, t.dew, t.pressure) == (record.dry, record.dew, record.pressure));
            differing += usize::from(!same);
            double.push(record.line);
        }
    }
    if double.len() > MOST_DOUBLE * steps {
        let message = format!(
            "{} are for an hour that is already there, with {} announced; a single year is needed",
            many(double.len(), "row"),
            many(steps, "record per hour").replace("hours", "hour")
        );
        return Err(EpwError::at(double[0], message));
    }
    if let Some(first) = double.first() {
        let message =
            format!("{} for an hour that is already there, the first at line {first}; {differing} of them with other values", many(double.len(), "row"));
        findings.add(Severity::Warning, "duplicate-hour", &double, message, "the first row of each hour is kept");
    }
    let short: Vec<usize> =
        slots.iter().filter(|s| !s.records.is_empty() && s.records.len() < steps).filter_map(|s| s.records.first().map(|r| r.line)).collect();
    if let Some(first) = short.first() {
        let message = format!("{} with fewer than {steps} records, the first at line {first}", many(short.len(), "hour"));
        findings.add(Severity::Warning, "short-hour", &short, message, "the mean of the records that are there is taken");
    }
    Ok(slots)
}

/// A value for every hour, gaps filled.
fn series(name: &'static str, values: Vec<Option<f64>>, findings: &mut Findings) -> Result<Vec<f64>, EpwError> {
    let gaps = gaps(&values);
    let missing: usize = gaps.iter().map(|(_, length)| length).sum();
    let longest = gaps.iter().map(|(_, length)| *length).max().unwrap_or(0);
    if missing > MOST_FILLED || longest > LONGEST_GAP {
        let first = gaps.first().map_or(0, |g| g.0);
        return Err(EpwError::new(format!(
            "the {name} is missing in {} of the year, {longest} of them in a row; the first is {}{}",
            many(missing, "hour"),
            name_of(first),
            hint_of_faults(findings)
        )));
    }
    if missing > 0 {
        let first = gaps.first().map_or(0, |g| g.0);
        let message = format!("the {name} of {} was filled in, at most {longest} in a row; the first is {}", many(missing, "hour"), name_of(first));
        findings.add(Severity::Warning, "filled-gap", &[], message, "short gaps by a straight line, longer ones with the same hours of the days around");
    }
    Ok(fill(&values, &gaps))
}

/// First hour and length of each run of missing values; the year is a circle.
fn gaps(values: &[Option<f64>]) -> Vec<(usize, usize)> {
    let n = values.len();
    let Some(anchor) = values.iter().position(Option::is_some) else { return vec![(0, n)] };
    let mut gaps: Vec<(usize, usize)> = Vec::new();
    for step in 1..n {
        let i = (anchor + step) % n;
        if values[i].is_some() {
            continue;
        }
        match gaps.last_mut() {
            Some((start, length)) if (*start + *length) % n == i => *length += 1,
            _ => gaps.push((i, 1)),
        }
    }
    gaps.sort_unstable();
    gaps
}

fn fill(values: &[Option<f64>], gaps: &[(usize, usize)]) -> Vec<f64> {
    let n = values.len();
    let mut filled: Vec<f64> = values.iter().map(|v| v.unwrap_or(0.0)).collect();
    for &(start, length) in gaps {
        let days = length.div_ceil(24) * 24;
        for k in 0..length {
            let weight = (k + 1) as f64 / (length + 1) as f64;
            let at = |i: usize| values[i % n];
            let (before, after) = (at(start + n - 1), at(start + length));
            let (day_before, day_after) = (at(start + k + 2 * n - days), at(start + k + days));
            let pair = if length > STRAIGHT { day_before.zip(day_after).or(before.zip(after)) } else { before.zip(after) };
            if let Some((b, a)) = pair {
                filled[(start + k) % n] = b + (a - b) * weight;
            }
        }
    }
    filled
}

/// Dew points; where one is missing and the humidity is there, it follows from that.
fn dew_points(slots: &[Slot], dry: &[f64], findings: &mut Findings) -> Result<Vec<f64>, EpwError> {
    let mut derived = Vec::new();
    let values = slots
        .iter()
        .zip(dry)
        .map(|(slot, dry)| {
            let written = slot.mean(|r| r.dew);
            let humidity = slot.mean(|r| if r.dry.is_some() { r.humidity } else { None });
            match (written, humidity) {
                (None, Some(humidity)) if humidity > 0.0 => {
                    derived.extend(slot.records.first().map(|r| r.line));
                    // The pressure hardly matters between humidity and dew point.
                    let air = MoistAir::from_relative_humidity(
                        Temperature::from_celsius(*dry),
                        Ratio::from_percent(humidity.min(100.0)),
                        Pressure::from_kilopascals(101.325),
                    );
                    Some(air.dew_point().celsius())
                }
                (written, _) => written,
            }
        })
        .collect();
    if let Some(first) = derived.first() {
        let message = format!("the dew point of {} was computed from the relative humidity, the first at line {first}", many(derived.len(), "hour"));
        findings.add(Severity::Note, "derived-dew-point", &derived, message, "");
    }
    series("dew point", values, findings)
}

/// Pressures; a file without any gets the standard atmosphere of the station's elevation.
fn pressures(slots: &[Slot], header: &Header, findings: &mut Findings) -> Result<Vec<f64>, EpwError> {
    let values: Vec<Option<f64>> = slots.iter().map(|s| s.mean(|r| r.pressure)).collect();
    if values.iter().any(Option::is_some) {
        // The pressure moves slowly and little, so that a line over a long gap does no harm.
        let gaps = gaps(&values);
        let missing: usize = gaps.iter().map(|(_, length)| length).sum();
        if missing > 0 {
            findings.add(
                Severity::Warning,
                "filled-gap",
                &[],
                format!("the pressure of {} was filled in", many(missing, "hour")),
                "by a straight line over each gap",
            );
        }
        let straight: BTreeSet<(usize, usize)> = gaps.into_iter().collect();
        return Ok(interpolate(&values, &straight));
    }
    let Some(elevation) = header.elevation else {
        return Err(EpwError::new("the file has neither a station pressure nor an elevation"));
    };
    let standard = standard_pressure(elevation);
    findings.add(
        Severity::Warning,
        "no-pressure",
        &[],
        "there is no station pressure in the whole file",
        format!("the standard atmosphere at {elevation} is taken, {standard}"),
    );
    Ok(vec![standard.pascals(); HOURS])
}

fn interpolate(values: &[Option<f64>], gaps: &BTreeSet<(usize, usize)>) -> Vec<f64> {
    let n = values.len();
    let mut filled: Vec<f64> = values.iter().map(|v| v.unwrap_or(0.0)).collect();
    for &(start, length) in gaps {
        if let Some((b, a)) = values[(start + n - 1) % n].zip(values[(start + length) % n]) {
            for k in 0..length {
                filled[(start + k) % n] = b + (a - b) * (k + 1) as f64 / (length + 1) as f64;
            }
        }
    }
    filled
}
