//! The command line: one file a subcommand. Results go to stdout and nothing else does; messages go to stderr.
//!
//! Exit codes: 0 fine, 1 a limit is broken (`check`) or there is no solution (`flow`, `pipes`, `export`), 2 bad input, 3 an internal fault.

mod apply;
mod catalog;
mod chains;
mod check;
mod compare;
mod export;
mod failures;
mod flow;
mod hourly;
mod output;
mod pipes;
mod report;
mod report_air;
mod report_power;
mod report_stages;
mod sites;
mod size;
mod solve;
mod state;
mod table;
mod weather;
mod window;

pub use report::{Report, report};
pub use window::{OpenWindow, Opened};

use clap::{Parser, Subcommand};
use output::Failure;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of the program.
#[derive(Debug, Parser)]
#[command(
    name = "megawatt",
    version,
    about = "Sketch an AI data-center campus and see at once whether the power, the cooling and the money work",
    long_about = "Sketch an AI data-center campus and see at once, for any site, whether the power, the cooling and the money work.\n\nWithout a command, megawatt opens its window on the layout files given, or on the Colossus layout.",
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  megawatt                                   open the window\n  megawatt layouts/abilene.ron               open it on a layout file\n  megawatt solve layouts/row.ron             a summary of everything\n  megawatt check layouts/*.ron               what is broken; exit code 1 if anything is\n  megawatt compare layouts/row.ron --sites all\n\nExit codes: 0 fine, 1 a limit is broken (check) or there is no solution (flow, pipes, export), 2 bad input, 3 internal fault."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Layout files to open in the window.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Solve a layout once: a readable summary, or the whole report as JSON.
    Solve(solve::Arguments),
    /// Findings only; exit code 1 if any limit is broken.
    Check(check::Arguments),
    /// Plans and sites side by side, cheapest first.
    Compare(compare::Arguments),
    /// The same racks on other power chains: AC, eco mode, 800 V DC.
    Chains(chains::Arguments),
    /// Run edit commands on a layout and save the result.
    Apply(apply::Arguments),
    /// Give the headers of coolant loops the diameters their flow needs.
    Size(size::Arguments),
    /// Equipment, tariffs and climates that are built in, with sources.
    Catalog(catalog::Arguments),
    /// Sites that are built in, with sources.
    Sites(sites::Arguments),
    /// What fails when something electrical is out: every single outage, worst first, and pairs.
    Failures(failures::Arguments),
    /// A plan's networks as solved: power for MATPOWER or pandapower, coolant and facility water for EPANET.
    Export(export::Arguments),
    /// Power flow of a MATPOWER case with the program's own solver.
    Flow(flow::Arguments),
    /// Steady flows and pressures of an EPANET network with the program's own solver.
    Pipes(pipes::Arguments),
    /// Read a weather file: quality findings and statistics of the year.
    Weather(weather::Arguments),
}

/// Runs the program and says how it went. The window is handed in: the command line doesn't know it.
pub fn run(arguments: impl IntoIterator<Item = OsString>, open: OpenWindow<'_>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(e) => {
            // A pipe that was closed early is no reason to complain.
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { 2 } else { 0 });
        }
    };
    let done = match cli.command {
        None => window::run(&cli.files, open),
        Some(Command::Solve(a)) => solve::run(&a),
        Some(Command::Check(a)) => check::run(&a),
        Some(Command::Compare(a)) => compare::run(&a),
        Some(Command::Chains(a)) => chains::run(&a),
        Some(Command::Apply(a)) => apply::run(&a),
        Some(Command::Size(a)) => size::run(&a),
        Some(Command::Catalog(a)) => catalog::run(&a),
        Some(Command::Sites(a)) => sites::run(&a),
        Some(Command::Failures(a)) => failures::run(&a),
        Some(Command::Export(a)) => export::run(&a),
        Some(Command::Flow(a)) => flow::run(&a),
        Some(Command::Pipes(a)) => pipes::run(&a),
        Some(Command::Weather(a)) => weather::run(&a),
    };
    match done {
        Ok(()) | Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Broken) => ExitCode::from(1),
        Err(Failure::Input(message)) => {
            output::note(&format!("error: {message}"));
            ExitCode::from(2)
        }
        Err(Failure::Internal(message)) => {
            output::note(&format!("internal error: {message}"));
            ExitCode::from(3)
        }
    }
}
