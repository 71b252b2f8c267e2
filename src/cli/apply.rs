//! `megawatt apply`: edit commands on a layout file.

use super::output::{self, Failure};
use crate::edit::{Command, Document};
use crate::plan::file;
use crate::session::storage;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt apply edits.ron layouts/row.ron -o changed.ron\n\nEdits are a RON list of commands, for example:\n  [\n    Set(id: \"R1\", field: \"count\", value: \"12\"),\n    Move(ids: [\"H1\"], by: (10.0, 0.0)),\n    AtSite(library: \"des-moines-ia\"),\n  ]\n\nAll commands happen, or none and nothing is written."
)]
pub(super) struct Arguments {
    /// Edit commands, a RON list.
    edits: PathBuf,
    /// Layout file.
    file: PathBuf,
    /// Where to save; replaced whole or not at all.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let text = storage::load_text(&arguments.edits)?;
    let commands: Vec<Command> = file::read_ron(&text).map_err(|e| e.in_file(arguments.edits.display().to_string()))?;
    let (loaded, text) = output::load(&arguments.file)?;
    let mut document = Document::new(loaded.plan);
    for (n, command) in commands.iter().enumerate() {
        document
            .apply(command, None)
            .map_err(|e| Failure::Input(format!("{}, command {} ({}): {e}; nothing was written", arguments.edits.display(), n + 1, command.label())))?;
    }
    // An unchanged plan is saved as it was read, byte by byte.
    let text = if document.is_changed() { file::write(document.plan(), &loaded.header)? } else { text };
    storage::write_atomically(&arguments.output, &text)?;
    let steps: Vec<&str> = document.steps().iter().map(|s| s.label.as_str()).collect();
    output::note(&format!(
        "{}: saved with {} of {} commands changing something: {}",
        arguments.output.display(),
        steps.len(),
        commands.len(),
        steps.join("; ")
    ));
    Ok(())
}
