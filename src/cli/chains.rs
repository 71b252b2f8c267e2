//! `megawatt chains`: the same racks on other power chains, side by side.

use super::output::{self, Failure};
use super::table::{UNKNOWN, decimals, table};
use crate::session::{ChainVariant, StageKind, Terms, prepare, solve_chain, variants};
use crate::units::{System, show};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  megawatt chains layouts/row.ron\n  megawatt chains layouts/colossus.ron --scenario all-halls --json")]
pub(super) struct Arguments {
    /// Layout file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Apply a scenario of the plan, by id or name.
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// A chain, in the report.
#[derive(Serialize)]
struct Row {
    name: String,
    /// Whether the plan is so.
    planned: bool,
    /// What is left at the chips of what the racks take at the point of interconnection.
    #[serde(skip_serializing_if = "Option::is_none")]
    efficiency: Option<f64>,
    source_mw: f64,
    chip_mw: f64,
    loss_mw: f64,
    stages: Vec<StageRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_mwh_per_year: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_cost_usd_per_year: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_usd_per_year: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ups_load_share: Option<f64>,
    busway_conductor_ka: f64,
    largest_busway_a: f64,
    lost_it_mw: f64,
    broken: usize,
    assumed: Vec<String>,
}

#[derive(Serialize)]
struct StageRow {
    stage: &'static str,
    parts: usize,
    in_mw: f64,
    loss_mw: f64,
    left: f64,
}

/// All of them; those that can't be made with the reason.
#[derive(Serialize)]
struct Report {
    chains: Vec<Row>,
    left_out: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (loaded, _) = output::load(&arguments.file)?;
    let scenario = arguments.scenario.as_ref().map(|name| super::state::scenario(&loaded.plan, name)).transpose()?;
    let terms = Terms { scenario, ..Terms::default() };
    let prepared = prepare(&loaded, Some(&arguments.file), &terms)?;
    let (mut chains, mut left_out): (Vec<ChainVariant>, Vec<String>) = (Vec::new(), Vec::new());
    for variant in variants(&prepared.plan, &prepared.catalog) {
        let previous = chains.last().map(|c| &*c.solved);
        match variant.and_then(|v| solve_chain(&prepared.plan, &prepared.catalog, &prepared.request, v, previous)) {
            Ok(chain) => chains.push(chain),
            Err(why) => left_out.push(why),
        }
    }
    if arguments.json {
        return output::emit_json(&Report { chains: chains.iter().map(row).collect(), left_out });
    }
    output::emit(&text(&chains, &left_out))
}

fn row(c: &ChainVariant) -> Row {
    let known = |v: f64| Some(v).filter(|v| v.is_finite());
    let (s, outcome) = (&c.stages, &c.solved.outcome);
    let stage = |s: &crate::session::Stage| StageRow {
        stage: s.kind.label(),
        parts: s.parts,
        in_mw: s.through.megawatts(),
        loss_mw: s.loss.megawatts(),
        left: s.left.value(),
    };
    Row {
        name: c.variant.name.clone(),
        planned: c.variant.command.is_none(),
        efficiency: known(s.efficiency()),
        source_mw: s.source.megawatts(),
        chip_mw: s.chips.megawatts(),
        loss_mw: s.loss().megawatts(),
        stages: s.list.iter().map(stage).collect(),
        loss_mwh_per_year: known(c.loss_of_year().megawatt_hours()),
        loss_cost_usd_per_year: c.loss_cost().map(|m| m.dollars()),
        cost_usd_per_year: known(outcome.summary.cost.dollars()),
        ups_load_share: known(c.ups_share),
        busway_conductor_ka: c.copper.conductors.amperes() / 1e3,
        largest_busway_a: c.copper.largest.amperes(),
        lost_it_mw: outcome.power.lost.it.megawatts(),
        broken: c.solved.assessment.broken().count(),
        assumed: c.variant.assumed.clone(),
    }
}

fn text(chains: &[ChainVariant], left_out: &[String]) -> String {
    let titles =
        ["chain", ">POI to chip %", ">POI MW", ">chip MW", ">loss MW", ">UPS load %", ">loss k$/year", ">difference", ">cost M$/year", ">busway kA", ">broken"];
    let base = chains.first().and_then(ChainVariant::loss_cost);
    let rows = chains.iter().map(|c| {
        let r = row(c);
        let difference =
            if r.planned { "planned".to_owned() } else { decimals_signed(r.loss_cost_usd_per_year.zip(base).map(|(a, b)| (a - b.dollars()) / 1e3)) };
        vec![
            r.name,
            decimals(r.efficiency.map(|e| e * 100.0), 2),
            decimals(Some(r.source_mw), 3),
            decimals(Some(r.chip_mw), 3),
            decimals(Some(r.loss_mw), 3),
            decimals(r.ups_load_share.map(|s| s * 100.0), 0),
            decimals(r.loss_cost_usd_per_year.map(|c| c / 1e3), 1),
            difference,
            decimals(r.cost_usd_per_year.map(|c| c / 1e6), 3),
            decimals(Some(r.busway_conductor_ka), 2),
            r.broken.to_string(),
        ]
    });
    let mut text = table(&titles, rows);
    text.push_str("\nLoss by stage, % of what the racks take at the point of interconnection\n");
    let titles: Vec<String> = std::iter::once("chain".to_owned()).chain(StageKind::ALL.iter().map(|k| format!(">{}", k.label().to_lowercase()))).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let rows = chains.iter().map(|c| {
        let share = |k: StageKind| c.stages.of(k).map_or_else(String::new, |s| decimals(Some(s.loss / c.stages.source * 100.0), 3));
        std::iter::once(c.variant.name.clone()).chain(StageKind::ALL.into_iter().map(share)).collect()
    });
    text.push_str(&table(&titles, rows));
    for c in chains.iter().filter(|c| !c.variant.assumed.is_empty()) {
        text.push_str(&format!("\n{}\n", c.variant.name));
        c.variant.assumed.iter().for_each(|a| text.push_str(&format!("  assumed: {a}\n")));
    }
    if !left_out.is_empty() {
        text.push_str("\nLeft out\n");
        left_out.iter().for_each(|why| text.push_str(&format!("  {why}\n")));
    }
    if let Some(c) = chains.first() {
        let price = c.solved.outcome.summary.cost_per_energy.map_or_else(|| UNKNOWN.to_owned(), |p| show(p, System::Si));
        text.push_str(&format!("\nLosses are the racks' share of each stage, at the condition; a year of them costs the campus's mean {price}.\n"));
    }
    text
}

fn decimals_signed(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite()).map_or_else(|| UNKNOWN.to_owned(), |v| format!("{v:+.1}"))
}
