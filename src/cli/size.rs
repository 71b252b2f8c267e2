//! `megawatt size`: headers of coolant loops sized for the flow their racks want.

use super::output::{self, Failure};
use crate::checks;
use crate::edit::{Command, Document};
use crate::plan::{Element, Id, file};
use crate::session::{Terms, prepare, storage};
use crate::solve::header_size;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt size layouts/colossus.ron -o sized.ron\n  megawatt size layouts/colossus.ron --loop H1L01 --loop H1L02 -o sized.ron\n\nEvery loop gets the narrowest stainless pipe (schedule 10S) in which the coolant its racks want flows at no more than\nnine tenths of 2.4 m/s. The other fields stay as they are."
)]
pub(super) struct Arguments {
    /// Layout file.
    file: PathBuf,
    /// Only this loop; may be given more than once.
    #[arg(long = "loop", value_name = "ID")]
    loops: Vec<String>,
    /// Where to save; replaced whole or not at all.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (loaded, text) = output::load(&arguments.file)?;
    let only: Vec<Id> = arguments.loops.iter().map(|l| Id::from(l.as_str())).collect();
    if let Some(id) = only.iter().find(|id| !matches!(loaded.plan.get(id), Some(Element::Tcs(_)))) {
        return Err(Failure::Input(format!("{}: there is no coolant loop `{id}`", arguments.file.display())));
    }
    let solved = prepare(&loaded, Some(&arguments.file), &Terms::default())?.solve();
    let without = loaded.plan.tcs_loops().filter(|t| only.is_empty() || only.contains(&t.id));
    for tcs in without.filter(|t| solved.outcome.cooling.loops.get(&t.id).is_none_or(|s| header_size(s).is_none())) {
        output::note(&format!("{}: no liquid-cooled racks, or more flow than one standard pipe takes; left as it is", tcs.id));
    }
    let command = checks::resize(&loaded.plan, &solved.outcome, &only);
    let mut document = Document::new(loaded.plan);
    let mut set = Vec::new();
    if let Some(command) = &command {
        document.apply(command, None).map_err(|e| Failure::Input(format!("{}: {e}; nothing was written", arguments.file.display())))?;
        if let Command::Batch { commands, .. } = command {
            set.extend(commands.iter().map(Command::label));
        }
    }
    // An unchanged plan is saved as it was read, byte by byte.
    let text = if document.is_changed() { file::write(document.plan(), &loaded.header)? } else { text };
    storage::write_atomically(&arguments.output, &text)?;
    output::note(&format!("{}: saved with {} headers changed", arguments.output.display(), set.len()));
    output::emit(&set.join("\n"))
}
