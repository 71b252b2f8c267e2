//! Outcome in, headroom and findings out. One rule a file.

use crate::edit::Command;
use crate::plan::{Catalog, Id, Plan};
use crate::solve::Outcome;

/// How a limit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Use above capacity.
    Broken,
    /// Use above 90 % of the capacity, or a temperature within 2 K of it.
    Near,
    /// Capacity or use is not known.
    Unknown,
    /// Room left.
    Ok,
}

impl Standing {
    /// As written in reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Near => "near",
            Self::Unknown => "unknown",
            Self::Ok => "ok",
        }
    }
}

/// A capacity and how much of it is used, under a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Unique name, for example `H1-B02/ups`.
    pub id: String,
    /// The element.
    pub element: Id,
    /// For people: "UPS power", "coolant supply temperature".
    pub quantity: String,
    /// "normal", "one feed lost", "design day", "year".
    pub condition: String,
    /// Use, in `unit`.
    pub used: f64,
    /// Capacity, in `unit`.
    pub capacity: f64,
    /// Unit of both: MW, MVA, A, °C, L/min, kPa, t, m³/d.
    pub unit: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// IT power that can't be used because of it, where that can be said.
    pub stranded: Option<crate::units::Power>,
}

impl Limit {
    /// Capacity left, in `unit`.
    #[must_use]
    pub fn headroom(&self) -> f64 {
        self.capacity - self.used
    }
    /// Share of the capacity used. For temperatures the share has no meaning, and the kelvins left over 20 stand for it.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.unit == "°C" { 1.0 - self.headroom() / 20.0 } else { self.used / self.capacity }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A limit is broken, or something can't work.
    Broken,
    /// Nearly broken, or doubtful.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// As written in reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A way out of a finding that one click carries out.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// On the button: "Add a CDU".
    pub label: String,
    /// What the click does.
    pub command: Command,
}

/// A broken or nearly broken limit, or a fault of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Name of the rule, for example `ups-overload`.
    pub rule: &'static str,
    /// The elements concerned, the first one foremost.
    pub subjects: Vec<Id>,
    /// The field at fault, where there is one.
    pub field: Option<String>,
    /// A sentence with the numbers.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Ways out as commands.
    pub fixes: Vec<Fix>,
    /// Why the planner accepts it, if they do.
    pub accepted: Option<String>,
}

/// What the checks say about an outcome.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assessment {
    /// Every limit, binding first.
    pub limits: Vec<Limit>,
    /// Every finding, worst first.
    pub findings: Vec<Finding>,
}

impl Assessment {
    /// Findings that break a limit and aren't accepted.
    pub fn broken(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.severity == Severity::Broken && f.accepted.is_none())
    }
    /// The limit that binds first.
    #[must_use]
    pub fn binding(&self) -> Option<&Limit> {
        self.limits.first()
    }
}

/// Checks an outcome against every rule.
#[must_use]
pub fn assess(_plan: &Plan, _catalog: &Catalog, _outcome: &Outcome) -> Assessment {
    Assessment::default()
}
