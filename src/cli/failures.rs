//! `megawatt failures`: what fails when something of the power chain or the cooling is out.

use super::output::{self, Failure};
use super::report::records;
use super::report_power::{self, Failure as Entry};
use super::state::{self, State};
use super::table::{UNKNOWN, decimals, table, whole};
use crate::session::{Prepared, Solved};
use crate::solve::{self, Failures, Outage, Outcome};
use crate::units::{System, show};
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// Rows shown without `--all`.
const SHOWN: usize = 40;
/// Less than this, W, is no loss: the solver's own measure.
const SLIGHT: f64 = 1.0;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt failures layouts/colossus.ron\n  megawatt failures layouts/row.ron --all\n  megawatt failures layouts/row.ron --out B-A/ups                what a second outage does on top of that one\n  megawatt failures layouts/row.ron --pair B-A/ups,B-B/ups       both at once\n  megawatt failures layouts/colossus.ron --pairs 100 --json | jq '.failures[0]'\n\n  megawatt failures layouts/row.ron --out C1/pump#1            with a CDU pump out\n\nWorst first: by IT power lost or left uncooled, then by racks too hot, then by overload. An outage is felt when power is lost, racks get hotter than their\nlimits, or something carries more than its rating because of it. Temperatures are those of the steady state after it.\nExit code 0 whatever fails; `megawatt check` says which limits that breaks."
)]
pub(super) struct Arguments {
    /// Layout file.
    file: PathBuf,
    /// Print as JSON: all outages, also those that aren't felt.
    #[arg(long)]
    json: bool,
    /// Show all outages, not the worst 40 of those that are felt.
    #[arg(long)]
    all: bool,
    /// These at once, instead of every single outage; can be given several times.
    #[arg(long, value_name = "A,B")]
    pair: Vec<String>,
    /// A sample of pairs instead of every single outage: of outages that lose nothing one by one, those that load the rest most.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pairs: Option<u32>,
    #[command(flatten)]
    state: State,
}

records! {
    /// Outages of a plan.
    Listed {
        plan: String, condition: String, scenario: Option<String>, out: Vec<String>, outages: usize, felt: usize, failures: Vec<Entry>,
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (prepared, solved) = arguments.state.solve(&arguments.file)?;
    let outcome = &*solved.outcome;
    let chosen = !arguments.pair.is_empty() || arguments.pairs.is_some();
    let failures = if chosen { Arc::new(several(arguments, &prepared, &solved)?) } else { outcome.failures.clone() };
    if arguments.json {
        return output::emit_json(&Listed {
            plan: solved.plan.name().to_owned(),
            condition: outcome.condition.label.clone(),
            scenario: outcome.condition.scenario.as_ref().map(ToString::to_string),
            out: outcome.power.out.iter().map(ToString::to_string).collect(),
            outages: failures.list.len(),
            felt: failures.felt().count(),
            failures: report_power::failures(outcome, &failures),
        });
    }
    let mut text = headline(&solved, &failures, chosen);
    let named = !arguments.pair.is_empty();
    let list: Vec<&solve::Failure> = failures.list.iter().filter(|f| arguments.all || named || !f.survived).collect();
    let limit = if arguments.all || named { list.len() } else { SHOWN };
    if !list.is_empty() {
        let _ = write!(text, "\n{}", rows(outcome, &list[..limit.min(list.len())]));
    }
    if list.len() > limit {
        let _ = writeln!(text, "\nand {} more that are felt; --all lists them", whole((list.len() - limit) as u64));
    }
    output::emit(&text)
}

/// Chosen and sampled outages of several things at once.
fn several(arguments: &Arguments, prepared: &Prepared, solved: &Solved) -> Result<Failures, Failure> {
    let outcome = &*solved.outcome;
    let names = state::names(&prepared.plan, &prepared.catalog, outcome);
    let mut sets: Vec<Vec<Outage>> = Vec::new();
    for text in &arguments.pair {
        let set: Vec<Outage> = text.split(',').map(|name| Outage::parse(name.trim())).collect();
        if set.len() < 2 {
            return Err(Failure::Input(format!("`{text}` is no pair; give two names with a comma between them")));
        }
        if let Some(strange) = set.iter().find(|o| !names.contains(&o.of) && !solve::is_of_cooling(&prepared.plan, o)) {
            return Err(state::unknown(&names, strange));
        }
        sets.push(set);
    }
    sets.extend(sample(&outcome.failures, arguments.pairs.unwrap_or(0) as usize).into_iter().filter(|s| !sets.contains(s)).collect::<Vec<_>>());
    Ok(solve::fail(&prepared.plan, &prepared.catalog, outcome, &sets))
}

/// Pairs of outages that are survived one by one, of different elements. Taken in the order of how much each loads what is left: first the pair of the first two,
/// then those of the third with each before it, and so on.
fn sample(failures: &Failures, count: usize) -> Vec<Vec<Outage>> {
    let loading = |f: &solve::Failure| f.highest.map_or(0.0, |h| h.1);
    let mut alone: Vec<&solve::Failure> = failures.list.iter().filter(|f| f.survived).collect();
    alone.sort_by(|a, b| loading(b).total_cmp(&loading(a)).then_with(|| a.outages.cmp(&b.outages)));
    let pairs = alone.iter().enumerate().flat_map(|(n, second)| alone[..n].iter().map(move |first| (first, second)));
    let apart = pairs.filter(|(a, b)| a.element != b.element);
    apart.take(count).map(|(a, b)| a.outages.iter().chain(&b.outages).cloned().collect()).collect()
}

fn headline(solved: &Solved, failures: &Failures, chosen: bool) -> String {
    let outcome = &*solved.outcome;
    let (c, power) = (&outcome.condition, &outcome.power);
    let scenario = c.scenario.as_ref().map_or_else(String::new, |s| format!(", scenario {s}"));
    let label = if c.label.is_empty() { "Steady state" } else { &c.label };
    let mut text = format!("{}: {label}{scenario}\n", solved.plan.name());
    if !power.out.is_empty() {
        let out: Vec<String> = power.out.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "Out already: {}; {} of IT power not served by that", out.join(", "), show(power.lost.it, System::Si));
    }
    let count = |test: &dyn Fn(&Outcome, &solve::Failure) -> bool| failures.felt().filter(|f| test(outcome, f)).count();
    let heats = |f: &solve::Failure| f.heat.as_ref().is_some_and(solve::Overheat::is_felt);
    let losing = count(&loses);
    let hot = count(&|o, f| !loses(o, f) && heats(f));
    let dark = count(&|o, f| !loses(o, f) && !heats(f) && f.dark.len() > o.power.dark.len());
    let felt = failures.felt().count();
    let of = if chosen { "outages of several things at once" } else { "single outages of the power chain and the cooling" };
    let _ = writeln!(
        text,
        "{} {of}: {} lose IT power, {} leave racks uncooled or too hot, {} leave equipment without power, {} overload something; {} are not felt",
        whole(failures.list.len() as u64),
        whole(losing as u64),
        whole(hot as u64),
        whole(dark as u64),
        whole((felt - losing - hot - dark) as u64),
        whole((failures.list.len() - felt) as u64)
    );
    if let Some(worst) = failures.list.first().filter(|f| loses(outcome, f)) {
        let racks = if worst.lost.racks > 0 { format!(", with {} racks and {} GPUs", whole(worst.lost.racks), whole(worst.lost.gpus)) } else { String::new() };
        let of = show(outcome.summary.it_power, System::Si);
        let _ = writeln!(text, "Worst: {} ({}) takes {} of {of} of IT power{racks}", worst.name(), worst.what, show(worst.lost.it, System::Si));
    }
    let uncooled = |f: &&solve::Failure| !loses(outcome, f) && f.heat.as_ref().is_some_and(|h| !h.uncooled.is_empty());
    if let Some((worst, heat)) = failures.list.first().filter(uncooled).and_then(|f| Some((f, f.heat.as_ref()?))) {
        let (racks, power) = (whole(heat.uncooled_racks()), show(heat.uncooled_it, System::Si));
        let _ = writeln!(text, "Worst: {} ({}) leaves {racks} racks uncooled, with {power} of IT power", worst.name(), worst.what);
    }
    text
}

/// Whether more IT power is lost than before.
fn loses(outcome: &Outcome, f: &solve::Failure) -> bool {
    f.lost.it.watts() > outcome.power.lost.it.watts() + SLIGHT
}

/// Racks that an outage heats; nothing where it reaches no cooling.
fn racks(f: &solve::Failure, of: fn(&solve::Overheat) -> u32) -> String {
    f.heat.as_ref().map_or_else(String::new, |h| whole(of(h)))
}

fn warmest(f: &solve::Failure, of: fn(&solve::Overheat) -> &Option<solve::Warmest>) -> String {
    let Some(heat) = &f.heat else { return String::new() };
    decimals(of(heat).as_ref().map(|w| w.temperature.celsius()), 1)
}

fn rows(outcome: &Outcome, list: &[&solve::Failure]) -> String {
    let power = &outcome.power;
    let row = |f: &&solve::Failure| {
        let overload = f.overloads.iter().find(|o| o.risen);
        let branch = overload.and_then(|o| power.branches.get(o.branch)).map_or_else(String::new, |b| b.id.clone());
        let loading = overload.map_or_else(String::new, |o| format!("{:.0}", 100.0 * o.loading()));
        let felt = match (f.status, f.survived, f.on_battery) {
            (solve::Status::Converged, true, None) => "no".to_owned(),
            (solve::Status::Converged, true, Some(time)) => format!("after {}", show(time, System::Si)),
            (solve::Status::Converged, false, _) => "yes".to_owned(),
            (other, ..) => other.label().to_owned(),
        };
        vec![
            f.name(),
            f.what.clone(),
            felt,
            decimals(Some(f.lost.it.watts() / 1e6), 3),
            whole(f.lost.racks),
            whole(f.lost.gpus),
            whole(f.dark.len() as u64),
            whole(f.standby.len() as u64),
            racks(f, solve::Overheat::uncooled_racks),
            racks(f, solve::Overheat::hot_racks),
            warmest(f, |h| &h.inlet),
            warmest(f, |h| &h.supply),
            branch,
            loading,
            f.lowest.map_or_else(|| UNKNOWN.to_owned(), |(_, v)| decimals(Some(v), 4)),
        ]
    };
    let titles = [
        "outage",
        "",
        "felt",
        ">lost MW",
        ">racks",
        ">GPUs",
        ">dark",
        ">standby",
        ">uncooled",
        ">too hot",
        ">inlet °C",
        ">coolant °C",
        "overloads",
        ">%",
        ">lowest pu",
    ];
    table(&titles, list.iter().map(row))
}
