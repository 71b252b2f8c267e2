//! `megawatt solve`: everything, once.

use super::output::{self, Failure};
use super::state::State;
use super::table::{UNKNOWN, decimals, table, whole};
use super::{hourly, report};
use crate::checks::{Assessment, Standing};
use crate::plan::file::Loaded;
use crate::session::{Solved, Terms, prepare, storage};
use crate::solve::{Outcome, WeatherSource};
use crate::units::{Power, System, grouped, show};
use clap::Args;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Limits shown in the summary.
const LIMITS: usize = 8;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt solve layouts/colossus.ron\n  megawatt solve layouts/row.ron --json | jq .summary\n  megawatt solve layouts/row.ron --hour 4890 --weather memphis.epw --hourly year.csv\n  megawatt solve layouts/row.ron --out B-A/ups"
)]
pub(super) struct Arguments {
    /// Layout file.
    file: PathBuf,
    /// Print the whole report as JSON (megawatt.report/1).
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    state: State,
    /// Also write the 8,760 hours as a table.
    #[arg(long, value_name = "OUT.csv")]
    hourly: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (_, solved) = arguments.state.solve(&arguments.file)?;
    if let Some(path) = &arguments.hourly {
        storage::write_atomically(path, &hourly::csv(&solved.outcome)?)?;
    }
    if arguments.json { output::emit_json(&report::report(&solved, Some(&arguments.file))) } else { output::emit(&summary(&solved, Some(&arguments.file))) }
}

/// Solves a plan on its design day, for the summary without a window.
pub(super) fn design_day(loaded: &Loaded, path: Option<&Path>) -> Result<String, Failure> {
    Ok(summary(&prepare(loaded, path, &Terms::default())?.solve(), path))
}

/// The summary for people.
pub(super) fn summary(solved: &Solved, path: Option<&Path>) -> String {
    let outcome = &*solved.outcome;
    let mut text = head(solved, path);
    text.push_str(&out_of_service(outcome));
    text.push('\n');
    text.push_str(&key_figures(outcome));
    if report::has_year(outcome) {
        text.push_str("\nBill of a year\n");
        text.push_str(&bill(outcome));
        text.push_str("\nSupply\n");
        text.push_str(&supply(outcome));
    }
    text.push_str(&outages(solved));
    text.push_str("\nLimits, binding first\n");
    text.push_str(&limits(&solved.assessment));
    text.push_str("\nFindings\n");
    text.push_str(&findings(&solved.assessment));
    text.push_str("\nSolver\n");
    text.push_str(&solver(outcome));
    text
}

fn joined<T: ToString>(list: &[T]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What was taken out on request, and what that does.
fn out_of_service(outcome: &Outcome) -> String {
    let power = &outcome.power;
    if power.out.is_empty() {
        return String::new();
    }
    let mut text = format!("Out of service: {}\n", joined(&power.out));
    if power.lost.it > Power::ZERO {
        let _ = writeln!(text, "  lost: {} of IT power, {} racks, {} GPUs", show(power.lost.it, System::Si), whole(power.lost.racks), whole(power.lost.gpus));
    }
    if !power.dark.is_empty() {
        let _ = writeln!(text, "  without all of their power: {}", joined(&power.dark));
    }
    let heat = &outcome.heat;
    if !heat.uncooled.is_empty() {
        let _ = writeln!(
            text,
            "  nothing cools: {} racks ({} of IT power) in {}",
            whole(heat.uncooled_racks()),
            show(heat.uncooled_it, System::Si),
            rows(&heat.uncooled)
        );
    }
    if !heat.hot.is_empty() {
        let _ = writeln!(text, "  above a limit of temperature or flow: {} racks in {}", whole(heat.hot_racks()), rows(&heat.hot));
    }
    if !power.standby.is_empty() {
        let _ = writeln!(text, "  on standby sets: {}", joined(&power.standby));
    }
    text
}

/// Rows, the first few by name.
fn rows(list: &[(crate::plan::Id, u32)]) -> String {
    const NAMED: usize = 8;
    let named: Vec<&str> = list.iter().take(NAMED).map(|(id, _)| id.as_str()).collect();
    let more = list.len().saturating_sub(NAMED);
    if more > 0 { format!("{} and {more} more rows", named.join(", ")) } else { named.join(", ") }
}

/// The single outages in a sentence.
fn outages(solved: &Solved) -> String {
    let failures = &solved.outcome.failures;
    let Some(worst) = failures.list.first() else { return String::new() };
    let survived = failures.list.iter().filter(|f| f.survived).count();
    let mut text = format!("\nSingle outages of the power chain and the cooling: {survived} of {} survived", failures.list.len());
    if !worst.survived {
        let lost = if worst.lost.it > Power::ZERO { format!(" and loses {} of IT power", show(worst.lost.it, System::Si)) } else { String::new() };
        let _ = write!(text, "; the worst is {} ({}){lost}", worst.name(), worst.what);
    }
    text.push_str(". `megawatt failures` lists them\n");
    text
}

fn head(solved: &Solved, path: Option<&Path>) -> String {
    let (outcome, plan) = (&*solved.outcome, &solved.plan);
    let c = &outcome.condition;
    let mut text = plan.name().to_owned();
    if let Some(path) = path {
        let _ = write!(text, "  ({})", path.display());
    }
    text.push('\n');
    let place = plan.site().map_or(UNKNOWN, |s| s.library.as_str());
    let _ = writeln!(text, "Site {place}, {}", plan.date());
    let scenario = c.scenario.as_ref().map(|s| format!(", scenario {s}")).unwrap_or_default();
    let label = if c.label.is_empty() { "Steady state" } else { &c.label };
    let _ = writeln!(text, "{label}: {} dry bulb, {} wet bulb{scenario}", show(c.dry_bulb, System::Si), show(c.wet_bulb, System::Si));
    if report::has_year(outcome) {
        let kind = if outcome.year.weather == WeatherSource::Synthetic { "synthetic year from " } else { "" };
        let _ = writeln!(text, "Weather: {kind}{}", outcome.year.weather_name);
    }
    text
}

fn key_figures(outcome: &Outcome) -> String {
    let (s, known) = (&outcome.summary, report::summary(outcome));
    let share = |part: Power, whole: Power| {
        let percent = if whole > Power::ZERO { format!(" ({} %)", decimals(Some(part / whole * 100.0), 2)) } else { String::new() };
        format!("{}{percent}", show(part, System::Si))
    };
    let shown = |is: bool, text: String| if is { text } else { UNKNOWN.to_owned() };
    let year = report::has_year(outcome);
    let rows = [
        ("Racks", whole(s.racks)),
        ("GPUs", whole(s.gpus)),
        ("IT power", show(s.it_power, System::Si)),
        ("  lost in the racks' converters", share(s.conversion_loss, s.it_power)),
        ("  with the CDUs", show(s.it_power + s.cdu_power, System::Si)),
        ("Cooling power", show(s.cooling_power, System::Si)),
        ("Loss of the power chain", shown(known.facility_power_w.is_some(), share(s.chain_loss, s.facility_power))),
        ("Facility power", shown(known.facility_power_w.is_some(), show(s.facility_power, System::Si))),
        ("PUE", format!("{} ({} now)", decimals(s.pue, 3), decimals(s.pue_now, 3))),
        ("WUE", format!("{} L/kWh", decimals(s.wue, 3))),
        ("CUE", format!("{} kg/kWh", decimals(s.cue, 3))),
        ("Peak at the POI", shown(year, show(s.poi_peak, System::Si))),
        ("Energy of a year", shown(year, show(s.energy, System::Si))),
        ("Water of a year", shown(year, show(s.water, System::Si))),
        ("Carbon of a year", shown(year, show(s.carbon, System::Si))),
        ("Cost of a year", shown(year, show(s.cost, System::Si))),
        ("Cost per MWh", s.cost_per_energy.map_or_else(|| UNKNOWN.to_owned(), |p| show(p, System::Si))),
        ("Cost per GPU-hour", s.cost_per_gpu_hour.map_or_else(|| UNKNOWN.to_owned(), |m| format!("{} $", grouped(m.dollars())))),
    ];
    table(&["", ""], rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]))
}

fn bill(outcome: &Outcome) -> String {
    let bill = &outcome.bill;
    let lines = bill.lines.iter().map(|l| vec![l.label.clone(), show(l.total(), System::Si), l.basis.clone()]);
    let mut text = table(&["line", ">a year", "basis"], lines.chain([vec!["Total".to_owned(), show(bill.total, System::Si), String::new()]]));
    if let Some(lease) = &bill.lease {
        let stranded = lease.stranded.map_or_else(|| UNKNOWN.to_owned(), |m| show(m, System::Si));
        let _ = writeln!(
            text,
            "Lease: {} a year, {}; {} months left with {}, of which {} at risk by the exit; {stranded} of the cost to build stranded",
            show(lease.fee_per_year, System::Si),
            show(lease.fee_per_energy, System::Si),
            lease.months_left,
            show(lease.fees_left, System::Si),
            show(lease.at_risk, System::Si)
        );
    }
    text
}

fn supply(outcome: &Outcome) -> String {
    let (s, y) = (&outcome.supply, &outcome.year);
    let mut rows = vec![vec!["Grid (firm)".to_owned(), show(s.grid_firm, System::Si), show(y.grid_energy, System::Si)]];
    for (id, power) in &s.generators {
        rows.push(vec![id.to_string(), show(*power, System::Si), y.generation.get(id).map_or_else(|| UNKNOWN.to_owned(), |e| show(*e, System::Si))]);
    }
    for (id, power) in &s.batteries {
        rows.push(vec![id.to_string(), show(*power, System::Si), String::new()]);
    }
    rows.push(vec!["Not served".to_owned(), format!("{} h", whole(y.unserved_hours)), show(y.unserved_energy, System::Si)]);
    table(&["source", ">available", ">a year"], rows)
}

fn limits(assessment: &Assessment) -> String {
    if assessment.limits.is_empty() {
        return "none known\n".to_owned();
    }
    let rows = assessment.limits.iter().filter(|l| l.standing != Standing::Unknown).take(LIMITS).map(|l| {
        let share = if l.unit == "°C" { format!("{} K left", grouped(l.headroom())) } else { format!("{:.0} %", 100.0 * l.share()) };
        vec![
            l.standing.label().to_owned(),
            l.id.clone(),
            l.quantity.clone(),
            format!("{} {}", grouped(l.used), l.unit),
            format!("{} {}", grouped(l.capacity), l.unit),
            share,
            l.condition.clone(),
        ]
    });
    let mut text = table(&["", "limit", "quantity", ">use", ">capacity", ">", "condition"], rows);
    let unknown = assessment.limits.iter().filter(|l| l.standing == Standing::Unknown).count();
    let _ = writeln!(text, "{} limits in all, {unknown} of them unknown", assessment.limits.len());
    text
}

/// Findings for people, worst first.
pub(super) fn findings(assessment: &Assessment) -> String {
    if assessment.findings.is_empty() {
        return "none\n".to_owned();
    }
    let mut text = String::new();
    for f in &assessment.findings {
        let accepted = f.accepted.as_ref().map(|why| format!(" [accepted: {why}]")).unwrap_or_default();
        let _ = writeln!(text, "{:<8} {}: {}{accepted}", f.severity.label(), f.rule, f.message);
        if !f.hint.is_empty() {
            let _ = writeln!(text, "         → {}", f.hint);
        }
    }
    text
}

fn solver(outcome: &Outcome) -> String {
    let c = |name: &str, c: &crate::solve::Convergence| {
        let worst = c.worst.as_ref().map(|w| format!(", worst at {w}")).unwrap_or_default();
        format!("{name}: {} in {} iterations, residual {:.1e}{worst}\n", c.status.label(), c.iterations, c.residual)
    };
    let mut text = c("power", &outcome.power.convergence);
    let closed = outcome.cooling.loops.values().map(|l| &l.convergence).chain(outcome.cooling.fws.values().map(|f| &f.convergence));
    if let Some(worst) = closed.max_by(|a, b| a.residual.total_cmp(&b.residual)) {
        text.push_str(&c("cooling", worst));
    }
    let b = &outcome.balance;
    let _ = writeln!(text, "balance: power {:.1e}, mass {:.1e}, heat {:.1e}, supply {:.1e} (relative)", b.power, b.mass, b.heat, b.supply);
    let stages: Vec<String> = outcome.stages.iter().map(|s| format!("{} {:.1}", s.stage, s.milliseconds)).collect();
    let total: f64 = outcome.stages.iter().map(|s| s.milliseconds).sum();
    let _ = writeln!(text, "time, ms: {}; total {total:.1}", stages.join(", "));
    text
}
