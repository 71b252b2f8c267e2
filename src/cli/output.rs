//! Where text goes, and how a command can fail.

use crate::edit::CommandError;
use crate::plan::file::{Ignored, LoadError, Loaded};
use crate::session::storage;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

/// Why a command did not end well.
#[derive(Debug)]
pub(super) enum Failure {
    /// A limit is broken, or a network has no solution; everything was said.
    Broken,
    /// Bad input: the sentence.
    Input(String),
    /// A fault of the program or of the system it runs on.
    Internal(String),
    /// Whoever read the results has read enough.
    Closed,
}

impl From<LoadError> for Failure {
    fn from(e: LoadError) -> Self {
        Self::Input(e.to_string())
    }
}
impl From<CommandError> for Failure {
    fn from(e: CommandError) -> Self {
        Self::Input(e.to_string())
    }
}
impl From<serde_json::Error> for Failure {
    fn from(e: serde_json::Error) -> Self {
        Self::Internal(e.to_string())
    }
}

/// Prints a result.
pub(super) fn emit(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).and_then(|()| out.flush()).map_err(|e| match e.kind() {
        ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::Internal(format!("the result could not be printed: {e}")),
    })
}

/// Prints a result as JSON.
pub(super) fn emit_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    emit(&serde_json::to_string_pretty(value)?)
}

/// Says something on stderr. When nobody listens there, nothing is lost.
pub(super) fn note(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Reads a layout file and says on stderr what in it was left out.
pub(super) fn load(path: &Path) -> Result<(Loaded, String), Failure> {
    let (loaded, text) = storage::load(path)?;
    for field in &loaded.ignored {
        note(&format!("{}: {}", path.display(), unknown(field)));
    }
    Ok((loaded, text))
}

/// The sentence about a field that the program doesn't know.
pub(super) fn unknown(field: &Ignored) -> String {
    let line = field.line.map(|l| format!("line {l}: ")).unwrap_or_default();
    format!("{line}the unknown field `{}` was left out", field.path)
}
