//! `megawatt export`: a plan's power network for other tools.

use super::output::{self, Failure};
use super::state::State;
use crate::exchange::network::Network;
use crate::exchange::{matpower, pandapower};
use crate::session::storage;
use crate::solve::Status;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A MATPOWER case of format 2 (`.m`).
    Matpower,
    /// JSON that `pandapower.from_json` opens.
    Pandapower,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt export layouts/colossus.ron --to matpower -o colossus.m\n  megawatt export layouts/colossus.ron --to pandapower -o colossus.json\n  megawatt export layouts/row.ron --to pandapower -o failed.json --out B-A/ups\n\nThe network is that of the state solved: what is out of service stays in the file and is marked so. A UPS is a source at its output and a load of\nconstant power at its input; DC parts are their real-valued equivalents.\n\nExit codes: 0 written, 1 the power chain has no solution and nothing was written, 2 bad input."
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
    #[command(flatten)]
    state: State,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (prepared, solved) = arguments.state.solve(&arguments.file)?;
    let file = arguments.file.display();
    let end = &solved.outcome.power.convergence;
    if end.status != Status::Converged {
        let worst = end.worst.as_ref().map_or_else(String::new, |w| format!("; {w} is worst off"));
        output::note(&format!(
            "error: {file}: the power chain has no solution ({} after {} steps){worst}; nothing was written",
            end.status.label(),
            end.iterations
        ));
        return Err(Failure::Broken);
    }
    let network = Network::of(&prepared.plan, &prepared.catalog, &solved.outcome);
    if !network.is_alive() {
        return Err(Failure::Input(format!("{file}: nothing in the power chain has voltage; nothing was written")));
    }
    let text = match arguments.to {
        Format::Matpower => matpower::write(&network),
        Format::Pandapower => pandapower::write(&network),
    };
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
