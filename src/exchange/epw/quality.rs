//! A look at the whole year: values that are possible one by one and doubtful together.
//!
//! Thresholds are set so that the genuine extremes of US typical years stay silent (a cold front of 14.5 K within an hour in Denver, a
//! month's coldest night 26 K below its median in Cheyenne) and known faults of published files speak (Hillsboro, 29 October: 45.6 °C, then
//! 5.0 °C; The Dalles, 17 November: 1.6 °C, then 25.0 °C).

use super::calendar::{YearHour, month_of, name_of};
use super::header::Header;
use super::rows::{median, relative_humidity};
use super::{Findings, many};
use crate::checks::Severity;
use crate::physics::moist_air::standard_pressure;
use crate::units::Pressure;

/// Change of the dry bulb within an hour that no front makes, K.
const STEP: f64 = 20.0;
/// Distance from the month's median that no weather reaches, K.
const FROM_MEDIAN: f64 = 30.0;
/// Above this dry bulb nothing was ever measured (56.7 °C, WMO record archive), °C.
const HOTTEST: f64 = 57.0;
/// A dew point this high is found at the warmest coasts only, °C …
const HUMID: f64 = 28.0;
/// … and there it isn't far above the month's median, K.
const HUMID_FROM_MEDIAN: f64 = 12.0;
/// Equal dry bulbs in a row that tell of a stuck sensor or a filled gap.
const STUCK: usize = 72;

/// Adds what is doubtful.
pub(super) fn look(year: &[YearHour], header: &Header, findings: &mut Findings) {
    steps(year, findings);
    outliers(year, findings);
    humidity(year, findings);
    stuck(year, findings);
    pressure(year, header, findings);
    if (header.longitude / 15.0 - header.timezone).abs() > 3.0 {
        let message = format!("the time zone {:+} does not fit the longitude {}", header.timezone, header.longitude);
        findings.add(Severity::Warning, "time-zone", &[1], message, "the sun and the daily peak may be hours off");
    }
    if header.daylight_saving {
        findings.add(
            Severity::Note,
            "daylight-saving",
            &[5],
            "the header gives daylight saving dates",
            "hours are read as standard time, as the format has them",
        );
    }
}

fn steps(year: &[YearHour], findings: &mut Findings) {
    let mut lines = Vec::new();
    let mut worst: Option<(f64, usize)> = None;
    for (i, pair) in year.windows(2).enumerate() {
        let (a, b) = (&pair[0], &pair[1]);
        // Where months of different years meet, a step is of the stitching and no fault.
        let seam = a.year != b.year && month_of(i) != month_of(i + 1);
        let step = (b.dry - a.dry).abs();
        if step >= STEP && !seam && !a.filled && !b.filled {
            lines.push(b.line);
            if worst.is_none_or(|(w, _)| step > w) {
                worst = Some((step, i));
            }
        }
    }
    let Some((_, i)) = worst else { return };
    let (a, b) = (&year[i], &year[i + 1]);
    let message =
        format!("the dry bulb jumps from {:.1} °C to {:.1} °C within an hour, {} (line {}); a sensor fault is likely", a.dry, b.dry, name_of(i + 1), b.line);
    findings.add(Severity::Warning, "temperature-step", &lines, message, "the values are kept; do not size on this file's extremes without a look at that day");
}

fn by_month(year: &[YearHour], of: impl Fn(&YearHour) -> f64) -> Vec<f64> {
    (0..12).map(|m| median(year.iter().enumerate().filter(|(i, _)| month_of(*i) == m).map(|(_, h)| of(h)).collect()).unwrap_or(f64::NAN)).collect()
}

fn outliers(year: &[YearHour], findings: &mut Findings) {
    let medians = by_month(year, |h| h.dry);
    let far: Vec<usize> = (0..year.len()).filter(|i| (year[*i].dry - medians[month_of(*i)]).abs() > FROM_MEDIAN || year[*i].dry > HOTTEST).collect();
    let distance = |i: &usize| (year[*i].dry - medians[month_of(*i)]).abs();
    let Some(worst) = far.iter().max_by(|a, b| distance(a).total_cmp(&distance(b))) else { return };
    let peak = year.iter().map(|h| h.dry).fold(f64::NEG_INFINITY, f64::max);
    let also = if year[*worst].dry >= peak { "; it is the highest of the year" } else { "" };
    let message = format!(
        "{} with a dry bulb far from what the month has: {:.1} °C on {} (line {}), where the month's median is {:.1} °C{also}",
        many(far.len(), "hour"),
        year[*worst].dry,
        name_of(*worst),
        year[*worst].line,
        medians[month_of(*worst)]
    );
    let lines: Vec<usize> = far.iter().map(|i| year[*i].line).collect();
    findings.add(
        Severity::Warning,
        "temperature-outlier",
        &lines,
        message,
        "the values are kept; do not size on this file's extremes without a look at that day",
    );
}

fn humidity(year: &[YearHour], findings: &mut Findings) {
    let lines = |test: &dyn Fn(usize, &YearHour) -> bool| -> Vec<usize> { year.iter().enumerate().filter(|(i, h)| test(*i, h)).map(|(_, h)| h.line).collect() };
    let above = lines(&|_, h| h.dew > h.dry + 0.05);
    if let Some(first) = above.first() {
        let message = format!("the dew point is above the dry bulb in {}, the first at line {first}", many(above.len(), "hour"));
        findings.add(Severity::Warning, "dew-above-dry", &above, message, "taken as saturated: the dew point is the dry bulb there");
    }
    let over = lines(&|_, h| h.humidity.is_some_and(|v| v > 100.0));
    if let Some(first) = over.first() {
        let message = format!("the relative humidity is above 100 % in {}, the first at line {first}", many(over.len(), "hour"));
        findings.add(Severity::Note, "humidity-above-100", &over, message, "the dew point counts, not the humidity");
    }
    let medians = by_month(year, |h| h.dew);
    let wet = lines(&|i, h| h.dew > HUMID && h.dew > medians[month_of(i)] + HUMID_FROM_MEDIAN);
    if let Some(first) = wet.first() {
        let message = format!("a dew point above {HUMID} °C, far above what the month has, in {}, the first at line {first}", many(wet.len(), "hour"));
        findings.add(
            Severity::Warning,
            "dew-point-outlier",
            &wet,
            message,
            "the wet-bulb peak of this file is doubtful; do not size evaporative cooling on it",
        );
    }
    let checked = year.iter().filter(|h| h.humidity.is_some() && !h.filled).count();
    let apart = lines(&|_, h| !h.filled && h.humidity.is_some_and(|v| (relative_humidity(h.dry, false, h.dew.min(h.dry), false) - v.min(100.0)).abs() > 20.0));
    if let Some(first) = apart.first()
        && apart.len() * 20 > checked
    {
        let message = format!("dry bulb, dew point and relative humidity contradict each other in {}, the first at line {first}", many(apart.len(), "hour"));
        findings.add(Severity::Warning, "humidity-contradiction", &apart, message, "dry bulb and dew point are used");
    }
}

fn stuck(year: &[YearHour], findings: &mut Findings) {
    let mut start = 0;
    for i in 1..=year.len() {
        if i < year.len() && year[i].dry == year[start].dry {
            continue;
        }
        if i - start >= STUCK {
            let message =
                format!("the dry bulb is {:.1} °C for {} hours in a row, from {} (line {})", year[start].dry, i - start, name_of(start), year[start].line);
            findings.add(Severity::Warning, "stuck-value", &[year[start].line], message, "a stuck sensor or a filled gap is likely");
        }
        start = i;
    }
}

fn pressure(year: &[YearHour], header: &Header, findings: &mut Findings) {
    let first = year[0].pressure;
    if year.iter().all(|h| h.pressure == first) && !findings.0.iter().any(|f| f.rule == "no-pressure") {
        findings.add(
            Severity::Note,
            "constant-pressure",
            &[year[0].line],
            format!("the pressure is {first} Pa all year: filled in, not measured"),
            "wet bulb and fans follow it only weakly",
        );
    }
    let Some(elevation) = header.elevation else {
        findings.add(Severity::Note, "no-elevation", &[1], "the header has no elevation", "");
        return;
    };
    let mean = year.iter().map(|h| h.pressure).sum::<f64>() / year.len() as f64;
    let standard = standard_pressure(elevation).pascals();
    if (mean / standard - 1.0).abs() > 0.03 {
        let message = format!(
            "the mean pressure {} does not fit the elevation {}, at which it is about {}",
            crate::units::show(Pressure::from_pascals(mean), crate::units::System::Si),
            crate::units::show(elevation, crate::units::System::Si),
            crate::units::show(Pressure::from_pascals(standard), crate::units::System::Si)
        );
        findings.add(Severity::Warning, "pressure-elevation", &[1], message, "one of them is of another station; the pressure of the rows is used");
    }
}
