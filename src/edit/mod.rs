//! The only way to change a plan.
//!
//! A [`Command`] is data: the window, the command line and a test make the same ones. A transaction carries it out whole or not at all and
//! records every touched element before and after; that record is undo, redo, the journal and the bug report.

mod balance;
mod command;
mod history;
mod redundancy;
#[cfg(test)]
mod tests;
mod transaction;

pub use command::{Command, CommandError};
pub use history::{Document, Gesture, Step};
pub use redundancy::RedundancyScheme;
