//! MATPOWER cases: a `.m` text with the matrices `mpc.bus`, `mpc.gen` and `mpc.branch`, solved with this program's own power flow.
//!
//! * `tokens` cuts the text up, `script` runs its statements, `matrix` is what they compute with, `case` checks the three matrices row by row,
//!   [`flow`] turns them into a network and its solution into megawatts.
//! * [`mod@write`] goes the other way: a plan's own network as a case.
//!
//! A case is a program. Many distribution cases end in statements that turn ohms and kilowatts into per unit and megawatts, so statements are run, not
//! matched: numbers, `+ - * / ^`, a few elementary functions, the column names of `idx_bus`, `idx_gen`, `idx_brch` and `define_constants`, parts of matrices
//! read and assigned. What goes further (conditions, loops, other functions) is refused by name and line: a matrix that is not what its author meant would
//! give wrong voltages in silence.
//!
//! Columns, bus types, defaults (ratio 0 is 1, off-line elements drop out, a `PV` bus without generator is `PQ`, no reactive limits): R. D. Zimmerman,
//! C. E. Murillo-Sánchez, *MATPOWER User's Manual*, §3 and appendix B.

mod case;
pub mod flow;
mod matrix;
pub mod outages;
mod script;
#[cfg(test)]
mod tests;
mod tokens;
pub mod write;

pub use case::{BranchRow, BusRow, BusType, Case, GeneratorRow};
pub use flow::{Flow, network, solve};
pub use outages::outages;
pub use write::write;

/// Why a file gives no case: one sentence, with the line where there is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", line.map(|l| format!("line {l}: ")).unwrap_or_default())]
pub struct CaseError {
    /// Line of the file, from 1.
    pub line: Option<usize>,
    /// The sentence.
    pub message: String,
}

impl CaseError {
    fn new(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }
    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }
}

/// Reads a MATPOWER case of format 2.
///
/// # Errors
/// A sentence, with the line where there is one.
pub fn read(bytes: &[u8]) -> Result<Case, CaseError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(CaseError::new("the file is empty"));
    }
    if bytes.contains(&0) {
        return Err(CaseError::new("this is not text (there are NUL bytes)"));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Names in comments are often Latin-1, where every byte is a character with the same number in Unicode.
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    case::check(script::run(&text)?)
}
