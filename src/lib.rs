//! Megawatt.
pub mod checks;
pub mod cli;
pub mod edit;
pub mod exchange;
pub mod numerics;
pub mod physics;
pub mod plan;
pub mod session;
pub mod solve;
#[cfg(feature = "gui")]
pub mod ui;
pub mod units;
