//! Megawatt: sketch an AI data-center campus and see at once, for any site, whether the power, the cooling and the money work.
//!
//! # What it computes
//!
//! A [`plan`] says what stands where and what is connected to what. [`solve`] turns it into an [`Outcome`](solve::Outcome): rack power and
//! heat; flow, pressure and temperature in every coolant loop; the air at every rack; facility water and heat rejection; AC power flow from the point of
//! interconnection to every row; what every single outage of these does; 8,760 hours of weather, load and supply; the bill. [`checks`] turn that into limits with headroom and
//! findings with hints. The window and the command line show the same answers.
//!
//! # The layers (a module uses only lines above its own)
//!
//! | # | modules | may not know |
//! |---|---|---|
//! | 0 | [`units`], [`numerics`] | anything else (`numerics`: plain `f64`, no units) |
//! | 1 | [`physics`] · [`plan`] | each other |
//! | 2 | [`edit`] (plan) · [`solve`] (plan, physics, numerics) | each other; files, threads |
//! | 3 | [`checks`] · [`exchange`] | how an outcome was computed |
//! | 4 | [`session`] | egui, stdout |
//! | 5 | [`cli`] · `ui` | each other |
//! | 6 | `main.rs` | |
//!
//! `tests/architecture.rs` holds this table and reads the `crate::` paths; `cargo check --no-default-features` builds all but `ui`.
//!
//! * [`units`]: quantities over SI `f64`, and the one parser of text with units.
//! * [`numerics`]: power flow, pipe networks, potential flow, sparse factors, roots, storage dispatch. Has never heard of a data center.
//! * [`physics`]: equations, one file per phenomenon, each with its source, range, assumptions and check.
//! * [`plan`]: elements by id, the catalog, and RON text ⇄ plan.
//! * [`edit`]: commands as data, transactions, undo and redo as records.
//! * [`solve`]: the stages and their order; reuse of what did not change.
//! * [`checks`]: limits and findings.
//! * [`exchange`]: foreign formats.
//! * [`session`]: a document kept solved, inline or in the background; the disk.
//! * [`cli`]: one file per subcommand, and the JSON report.
//! * `ui`: the window (feature `gui`).
//!
//! # Invariants
//!
//! * A plan never stores a computed value.
//! * `plan`, `solve` and `checks` do no I/O and cannot panic on any plan that loads.
//! * `ui` never holds `&mut Plan`: it reads, and sends commands.
//! * Iteration is by id, so the same plan gives the same bits.
//! * An outcome says which revision it belongs to.
//! * An incremental solve equals one from scratch, bit for bit: a stage is skipped only when its input is the same (see [`solve`]).
//! * Unknown is a state of its own: NaN or absent inside, an em dash outside, never a silent zero.
//!
//! # Where to start reading
//!
//! "Why is this rack hot?" walks `ui` → [`checks`] → `solve::cooling` → [`physics::exchanger`] → [`physics::sources`]. An edit walks
//! [`edit::Command`] → `edit::transaction` → [`session::Session::apply`] → [`solve::solve`] → [`checks::assess`].

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
