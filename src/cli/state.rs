//! The state in which a command solves a plan, as several commands take it.

use super::output::{self, Failure};
use crate::checks::Severity;
use crate::plan::{Catalog, Element, Id, Plan};
use crate::session::{Prepared, Solved, Terms, prepare, storage};
use crate::solve::{self, HOURS, Outage, Outcome, Weather, distance};
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names offered instead of an unknown one.
const OFFERED: usize = 5;

#[derive(Debug, Args)]
pub(super) struct State {
    /// Apply a scenario of the plan, by id or name.
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Solve the steady state at this hour of the year, 1 to 8760, instead of the design day.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=HOURS as i64))]
    hour: Option<u16>,
    /// Weather file (EPW) instead of the plan's.
    #[arg(long, value_name = "FILE.epw")]
    weather: Option<PathBuf>,
    /// Take something out of service: a branch, a bus, a block, a grid connection, generators; CDUs, air handlers, pumps, coolers, valves; `#N` behind it for N units.
    #[arg(long, value_name = "ID[#N]")]
    out: Vec<String>,
}

impl State {
    /// Reads a layout file and solves it in this state.
    pub fn solve(&self, file: &Path) -> Result<(Prepared, Solved), Failure> {
        let (loaded, _) = output::load(file)?;
        let terms = Terms {
            scenario: self.scenario.as_ref().map(|name| scenario(&loaded.plan, name)).transpose()?,
            hour: self.hour.map(|h| usize::from(h) - 1),
            weather: self.weather.as_ref().map(|path| read_weather(path)).transpose()?,
            out: self.out.iter().map(|o| Outage::parse(o)).collect(),
        };
        let prepared = prepare(&loaded, Some(file), &terms)?;
        let solved = prepared.solve();
        known(&prepared, &solved, &solved.outcome.power.unknown_out)?;
        Ok((prepared, solved))
    }
}

fn read_weather(path: &Path) -> Result<Arc<Weather>, Failure> {
    let epw = storage::load_epw(path)?;
    for f in epw.findings.iter().filter(|f| f.severity < Severity::Note) {
        output::note(&format!("{}: {}", path.display(), f.message));
    }
    Ok(Arc::new(epw.weather(&path.display().to_string())))
}

/// A scenario by id, or by name without regard to case.
pub(super) fn scenario(plan: &Plan, name: &str) -> Result<Id, Failure> {
    let found = plan
        .scenarios()
        .find(|s| s.id.as_str() == name)
        .or_else(|| plan.scenarios().find(|s| s.name.eq_ignore_ascii_case(name) || s.id.as_str().eq_ignore_ascii_case(name)));
    found.map(|s| s.id.clone()).ok_or_else(|| {
        let known: Vec<String> = plan.scenarios().map(|s| format!("`{}`", s.id)).collect();
        let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
        Failure::Input(format!("the plan has no scenario `{name}`; {known}"))
    })
}

/// Names of what can be out of service.
pub(super) fn names(plan: &Plan, catalog: &Catalog, outcome: &Outcome) -> BTreeSet<String> {
    let elements = plan.elements.iter().filter(|(id, e)| match e {
        Element::Bus(_) | Element::Grid(_) | Element::Generator(_) | Element::Battery(_) => true,
        Element::Block(_) | Element::Row(_) => outcome.power.of_element.contains_key(*id),
        _ => false,
    });
    let cooling = solve::cooling_outages(plan, catalog, outcome).into_iter().map(|o| o.of);
    elements.map(|(id, _)| id.to_string()).chain(outcome.power.branches.iter().map(|b| b.id.clone())).chain(cooling).collect()
}

/// Refuses names that nothing has, and offers those most like them.
pub(super) fn unknown(names: &BTreeSet<String>, outage: &Outage) -> Failure {
    let near = near(&outage.of, names);
    let offer = if near.is_empty() { "`megawatt failures` lists what can be out".to_owned() } else { format!("did you mean {}?", near.join(", ")) };
    Failure::Input(format!("neither the power chain nor the cooling has anything called `{}`; {offer}", outage.of))
}

fn known(prepared: &Prepared, solved: &Solved, unknown_out: &[Outage]) -> Result<(), Failure> {
    unknown_out.first().map_or(Ok(()), |o| Err(unknown(&names(&solved.plan, &prepared.catalog, &solved.outcome), o)))
}

/// Names that contain the wanted one, or are within a few letters of it; nearest first.
fn near(wanted: &str, names: &BTreeSet<String>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let rank = |name: &String| {
        let lower = name.to_lowercase();
        let distance = distance(&wanted, &lower);
        let within = !wanted.is_empty() && lower.contains(&wanted);
        (within || distance <= 1 + wanted.chars().count() / 4).then(|| (distance, format!("`{name}`")))
    };
    let mut list: Vec<(usize, String)> = names.iter().filter_map(rank).collect();
    list.sort();
    list.into_iter().take(OFFERED).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_come_nearest_first() {
        let names: BTreeSet<String> = ["POI", "H1B01/ups", "H1B02/ups", "H1B02/feeder", "H1B02"].map(ToOwned::to_owned).into();
        assert_eq!(near("h1b02/upz", &names), ["`H1B02/ups`", "`H1B01/ups`"]);
        assert_eq!(near("H1B02", &names)[..2], ["`H1B02`", "`H1B02/ups`"]);
        assert!(near("", &names).is_empty() && near("transformer", &names).is_empty());
    }
}
