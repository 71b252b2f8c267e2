//! `megawatt export`: a plan's power network, or its coolant and water networks, for other tools.

use super::output::{self, Failure};
use super::state::State;
use crate::exchange::epanet::export::{self as pipes, Source};
use crate::exchange::network::Network;
use crate::exchange::{matpower, pandapower};
use crate::session::{Prepared, Solved, storage};
use crate::solve::{Convergence, Status, distance};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Names offered instead of an unknown one.
const OFFERED: usize = 5;

/// Formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The power network as a MATPOWER case of format 2 (`.m`).
    Matpower,
    /// The power network as JSON that `pandapower.from_json` opens.
    Pandapower,
    /// Coolant loops and facility water as an EPANET 2.2 network (`.inp`).
    Epanet,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt export layouts/colossus.ron --to matpower -o colossus.m\n  megawatt export layouts/colossus.ron --to pandapower -o colossus.json\n  megawatt export layouts/row.ron --to pandapower -o failed.json --out B-A/ups\n  megawatt export layouts/colossus.ron --to epanet -o loops.inp\n  megawatt export layouts/colossus.ron --to epanet -o one.inp --network H1L01 --network H1L02\n\nThe network is that of the state solved: what is out of service stays in the file and is marked so. A UPS is a source at its output and a load of\nconstant power at its input; DC parts are their real-valued equivalents.\n\nAn EPANET file has every coolant loop and facility water system as an island of its own. EPANET knows one fluid; what pipes at other temperatures lose\nmore at the flow as solved is part of their minor loss coefficients, so that its flows and heads are those of the plan at this operating point.\nNetworks in which nothing flows are left out. `megawatt pipes` solves the file.\n\nExit codes: 0 written, 1 the networks asked for have no solution and nothing was written, 2 bad input."
)]
pub(super) struct Arguments {
    /// Layout file.
    file: PathBuf,
    /// Format.
    #[arg(long, value_enum)]
    to: Format,
    /// Where to save; replaced whole or not at all.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// With epanet: only these coolant loops and facility water systems.
    #[arg(long, value_name = "ID", num_args = 1..)]
    network: Vec<String>,
    #[command(flatten)]
    state: State,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.to != Format::Epanet && !arguments.network.is_empty() {
        return Err(Failure::Input("--network chooses coolant loops and facility water systems; it goes with `--to epanet`".to_owned()));
    }
    let (prepared, solved) = arguments.state.solve(&arguments.file)?;
    match arguments.to {
        Format::Epanet => export_pipes(arguments, &prepared, &solved),
        Format::Matpower | Format::Pandapower => export_power(arguments, &prepared, &solved),
    }
}

fn export_power(arguments: &Arguments, prepared: &Prepared, solved: &Solved) -> Result<(), Failure> {
    let file = arguments.file.display();
    solution(&arguments.file, "the power chain", &solved.outcome.power.convergence)?;
    let network = Network::of(&prepared.plan, &prepared.catalog, &solved.outcome);
    if !network.is_alive() {
        return Err(Failure::Input(format!("{file}: nothing in the power chain has voltage; nothing was written")));
    }
    let text = if arguments.to == Format::Matpower { matpower::write(&network) } else { pandapower::write(&network) };
    storage::write_atomically(&arguments.output, &text)?;
    let dead = network.buses.iter().filter(|b| !b.alive).count();
    output::note(&format!(
        "{}: saved {} buses ({dead} of them without voltage), {} branches and {} sources",
        arguments.output.display(),
        network.buses.len(),
        network.branches.len(),
        network.sources.len()
    ));
    Ok(())
}

fn export_pipes(arguments: &Arguments, prepared: &Prepared, solved: &Solved) -> Result<(), Failure> {
    let file = arguments.file.display();
    let all = pipes::sources(&solved.outcome);
    let chosen = chosen(&all, &arguments.network).map_err(|sentence| Failure::Input(format!("{file}: {sentence}; nothing was written")))?;
    for source in &chosen {
        solution(&arguments.file, &format!("{} {}", source.what, source.id), source.convergence)?;
    }
    let drawn = chosen.iter().filter(|s| s.is_running()).count();
    if drawn == 0 {
        let sentence = "nothing flows in any coolant loop or facility water system of the plan; nothing was written";
        return Err(Failure::Input(format!("{file}: {sentence}")));
    }
    let written = pipes::write(&prepared.plan, &prepared.catalog, &solved.outcome, &chosen);
    storage::write_atomically(&arguments.output, &written.text)?;
    let left = chosen.len() - drawn;
    let left = if left == 0 { String::new() } else { format!("; {left} in which nothing flows were left out") };
    let (out, nodes, links) = (arguments.output.display(), written.nodes, written.links);
    output::note(&format!("{out}: saved {drawn} networks, {nodes} nodes and {links} links{left}"));
    Ok(())
}

/// The networks that were named, all where none was.
fn chosen<'a>(all: &[Source<'a>], names: &[String]) -> Result<Vec<Source<'a>>, String> {
    if names.is_empty() {
        return Ok(all.to_vec());
    }
    for name in names {
        match all.iter().find(|s| s.id.as_str() == name) {
            None => return Err(unknown(all, name)),
            Some(source) if source.convergence.status == Status::Converged && !source.is_running() => {
                return Err(format!("nothing flows in {} {name}", source.what));
            }
            Some(_) => {}
        }
    }
    Ok(all.iter().filter(|s| names.iter().any(|n| s.id.as_str() == n)).copied().collect())
}

fn unknown(all: &[Source<'_>], name: &str) -> String {
    let mut near: Vec<(usize, &str)> = all.iter().map(|s| (distance(&name.to_lowercase(), &s.id.as_str().to_lowercase()), s.id.as_str())).collect();
    near.sort_unstable();
    let offered: Vec<String> = near.iter().take(OFFERED).map(|(_, id)| format!("`{id}`")).collect();
    let offer = if offered.is_empty() { "the plan has neither".to_owned() } else { format!("did you mean {}?", offered.join(", ")) };
    format!("no coolant loop or facility water system is called `{name}`; {offer}")
}

/// Refuses what has no solution.
fn solution(file: &Path, what: &str, end: &Convergence) -> Result<(), Failure> {
    if end.status == Status::Converged {
        return Ok(());
    }
    let worst = end.worst.as_ref().map_or_else(String::new, |w| format!("; {w} is worst off"));
    let (status, steps) = (end.status.label(), end.iterations);
    output::note(&format!("error: {}: {what} has no solution ({status} after {steps} steps){worst}; nothing was written", file.display()));
    Err(Failure::Broken)
}
