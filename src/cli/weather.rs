//! `megawatt weather`: what a weather file holds, and how good it is.

use super::output::{self, Failure};
use super::table::table;
use crate::exchange::epw::{Epw, EpwFinding};
use crate::physics::moist_air::MoistAir;
use crate::session::storage;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Percentiles reported, %.
const PERCENTILES: [f64; 13] = [0.4, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 98.0, 99.0, 99.6];
/// Temperatures of which the hours at or below are counted, °C.
const THRESHOLDS: [i32; 9] = [5, 10, 15, 18, 20, 24, 27, 30, 35];

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  megawatt weather memphis.epw\n  megawatt weather memphis.epw --json | jq .wet_bulb_c.max")]
pub(super) struct Arguments {
    /// Weather file (EPW).
    file: PathBuf,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// A temperature over the year.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Statistics {
    min: f64,
    mean: f64,
    max: f64,
    /// By percent of the hours at or below.
    percentiles: BTreeMap<String, f64>,
}

#[derive(Serialize)]
struct Finding<'a> {
    severity: &'static str,
    rule: &'static str,
    lines: &'a [usize],
    message: &'a str,
    hint: &'a str,
}

#[derive(Serialize)]
struct Report<'a> {
    station: &'a str,
    source: &'a str,
    wmo: &'a str,
    latitude: f64,
    longitude: f64,
    timezone_h: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    elevation_m: Option<f64>,
    rows: usize,
    steps_per_hour: u32,
    findings: Vec<Finding<'a>>,
    dry_bulb_c: Statistics,
    dew_point_c: Statistics,
    wet_bulb_c: Statistics,
    mean_pressure_pa: f64,
    hours_at_or_below: BTreeMap<&'static str, BTreeMap<String, usize>>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let epw = storage::load_epw(&arguments.file)?;
    let report = report(&epw);
    if arguments.json { output::emit_json(&report) } else { output::emit(&text(&report)) }
}

fn report(epw: &Epw) -> Report<'_> {
    let dry: Vec<f64> = epw.hours.iter().map(|h| h.dry_bulb.celsius()).collect();
    let dew: Vec<f64> = epw.hours.iter().map(|h| h.dew_point.celsius()).collect();
    let wet: Vec<f64> = epw.hours.iter().map(|h| MoistAir::from_dew_point(h.dry_bulb, h.dew_point, h.pressure).wet_bulb().celsius()).collect();
    let below = |series: &[f64]| THRESHOLDS.iter().map(|t| (t.to_string(), series.iter().filter(|v| **v <= f64::from(*t)).count())).collect();
    let finding = |f: &'_ EpwFinding| (f.severity.label(), f.rule);
    Report {
        station: &epw.station,
        source: &epw.source,
        wmo: &epw.wmo,
        latitude: epw.latitude,
        longitude: epw.longitude,
        timezone_h: epw.timezone,
        elevation_m: epw.elevation.map(|e| e.meters()),
        rows: epw.rows,
        steps_per_hour: epw.steps_per_hour,
        findings: epw
            .findings
            .iter()
            .map(|f| {
                let (severity, rule) = finding(f);
                Finding { severity, rule, lines: &f.lines, message: &f.message, hint: &f.hint }
            })
            .collect(),
        hours_at_or_below: BTreeMap::from([("dry_bulb_c", below(&dry)), ("wet_bulb_c", below(&wet))]),
        dry_bulb_c: statistics(dry),
        dew_point_c: statistics(dew),
        wet_bulb_c: statistics(wet),
        mean_pressure_pa: epw.hours.iter().map(|h| h.pressure.pascals()).sum::<f64>() / epw.hours.len() as f64,
    }
}

/// Percentiles are read off the sorted hours, with a straight line between two of them.
fn statistics(mut values: Vec<f64>) -> Statistics {
    values.sort_by(f64::total_cmp);
    let at = |percent: f64| {
        let place = percent / 100.0 * (values.len() - 1) as f64;
        let (low, high) = (place.floor() as usize, place.ceil() as usize);
        values[low] + (values[high] - values[low]) * (place - place.floor())
    };
    Statistics {
        min: at(0.0),
        mean: values.iter().sum::<f64>() / values.len() as f64,
        max: at(100.0),
        percentiles: PERCENTILES.iter().map(|p| (format!("{p}"), at(*p))).collect(),
    }
}

fn text(report: &Report<'_>) -> String {
    let elevation = report.elevation_m.map_or_else(|| "unknown elevation".to_owned(), |e| format!("{e} m"));
    let mut text = format!("{} ({}, {})\n", report.station, report.source, report.wmo);
    let _ = writeln!(text, "{}° N, {}° E, UTC{:+}, {elevation}", report.latitude, report.longitude, report.timezone_h);
    let _ = writeln!(text, "{} rows, {} an hour\n", report.rows, report.steps_per_hour);
    let row = |name: &str, of: &dyn Fn(&Statistics) -> f64| {
        vec![name.to_owned(), format!("{:.1}", of(&report.dry_bulb_c)), format!("{:.1}", of(&report.wet_bulb_c)), format!("{:.1}", of(&report.dew_point_c))]
    };
    let mut rows = vec![row("least", &|s| s.min), row("mean", &|s| s.mean), row("largest", &|s| s.max)];
    for percent in PERCENTILES {
        let key = format!("{percent}");
        rows.push(row(&format!("{percent} % of the hours at or below"), &|s| s.percentiles.get(&key).copied().unwrap_or(f64::NAN)));
    }
    text.push_str(&table(&["°C", ">dry bulb", ">wet bulb", ">dew point"], rows));
    text.push_str("\nFindings\n");
    if report.findings.is_empty() {
        text.push_str("none\n");
    }
    for f in &report.findings {
        let _ = writeln!(text, "{:<8} {}: {}", f.severity, f.rule, f.message);
        if !f.hint.is_empty() {
            let _ = writeln!(text, "         → {}", f.hint);
        }
    }
    text
}
