//! `megawatt sites`: the places that are built in.

use super::catalog::sources_of;
use super::output::{self, Failure};
use super::table::table;
use crate::plan::Catalog;
use crate::units::{Quantity, show_in};
use clap::Args;
use serde_json::Value;
use std::fmt::Write as _;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  megawatt sites\n  megawatt sites --json\n\nA trailing * marks a figure without a primary source: it is assumed.")]
pub(super) struct Arguments {
    /// Print as JSON, as catalog files have it.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let catalog = Catalog::builtin()?;
    let Value::Array(entries) = serde_json::to_value(&catalog.sites)? else {
        return Err(Failure::Internal("the sites are not a list".to_owned()));
    };
    if arguments.json {
        return output::emit_json(&serde_json::json!({ "sites": entries, "sources": sources_of(&catalog, &entries) }));
    }
    output::emit(&text(&catalog, &entries))
}

fn shown<Q: Quantity>(figure: &crate::plan::catalog::Figure<Q>, unit: &str) -> String {
    format!("{}{}", show_in(figure.0, unit), if figure.1.assumed() { "*" } else { "" })
}

fn text(catalog: &Catalog, entries: &[Value]) -> String {
    let rows = catalog.sites.iter().map(|s| {
        let tariff = catalog.tariffs(&s.tariff);
        vec![
            s.id.clone(),
            s.name.clone(),
            s.region.clone(),
            shown(&s.design.dry_bulb, "°C"),
            shown(&s.design.wet_bulb, "°C"),
            tariff.map_or_else(String::new, |t| shown(&t.energy, "$/MWh")),
            tariff.map_or_else(String::new, |t| shown(&t.demand, "$/kW-month")),
            shown(&s.gas, "$/MMBtu"),
            shown(&s.water, "$/m³"),
            shown(&s.carbon, "kg/MWh"),
            catalog.climates(&s.climate).map_or_else(|| s.climate.clone(), |c| c.station.clone()),
        ]
    });
    let titles = ["key", "name", "region", ">design dry bulb", ">wet bulb", ">energy", ">demand", ">gas", ">water", ">carbon", "climate"];
    let mut text = table(&titles, rows);
    text.push_str("\n* assumed: without a primary source\n\nSources\n");
    for (key, reference) in sources_of(catalog, entries) {
        let _ = writeln!(text, "{key}: {reference}");
    }
    text
}
