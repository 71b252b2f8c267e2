//! Outcome in, headroom and findings out.
//!
//! Each file looks at one part of the plan: it lists the limits there, and says as a finding what is broken, nearly broken or can't work. Like
//! findings are told once, with the worst one in front.

mod air;
mod caps;
mod coolant;
mod cooling;
mod current;
mod power;
mod redundancy;
mod space;
mod structure;
mod supply;
#[cfg(test)]
mod tests;
mod water;

pub use crate::solve::LEAST_FLOW;
pub use coolant::{DEW_POINT_MARGIN, resize};

use crate::edit::Command;
use crate::plan::{Catalog, Id, Plan};
use crate::solve::Outcome;
use std::collections::BTreeMap;

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
    /// How a share of a capacity stands.
    #[must_use]
    pub fn of_share(share: f64) -> Self {
        standing(share, 1.0, "")
    }
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
    /// Unit of both: MW, MVA, A, °C, L/min, kPa, m/s, t, m³/d.
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

/// Share of a capacity above which a limit is near.
const NEAR: f64 = 0.9;
/// Kelvins below a temperature limit within which it is near.
const NEAR_KELVIN: f64 = 2.0;
/// Like findings told one by one before they are put together.
const TOLD_APART: usize = 3;

/// What the rules read, and what they write down.
struct Review<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    outcome: &'a Outcome,
    limits: Vec<Limit>,
    findings: Vec<Finding>,
    /// Share of its limit that each finding uses, in the same order; zero where it has no limit.
    shares: Vec<f64>,
}

/// A limit being looked at, and the finding it makes when it is not kept.
struct Rule<'a> {
    rule: &'static str,
    id: String,
    element: &'a Id,
    quantity: &'a str,
    condition: &'a str,
    used: f64,
    capacity: f64,
    unit: &'static str,
    hint: &'a str,
    fix: Option<Fix>,
    /// Whether a broken limit is only a warning, as for a state that is not the normal one.
    soft: bool,
}

impl Review<'_> {
    fn limit(&mut self, r: Rule<'_>) {
        let standing = standing(r.used, r.capacity, r.unit);
        let watts = match r.unit {
            "MW" | "MVA" => Some((r.used - r.capacity).max(0.0) * 1e6),
            _ => None,
        };
        if matches!(standing, Standing::Broken | Standing::Near) {
            let severity = if standing == Standing::Broken && !r.soft { Severity::Broken } else { Severity::Warning };
            let name = self.plan.get(r.element).map_or(r.element.as_str(), crate::plan::Element::name);
            let verb = if standing == Standing::Broken { "above" } else { "close to" };
            let share = if r.unit == "°C" || r.capacity <= 0.0 { String::new() } else { format!(" ({:.0} %)", 100.0 * r.used / r.capacity) };
            let message = format!(
                "{name}: {} {} {} is {verb} the limit of {} {}{share}, {}",
                r.quantity,
                number(r.used),
                r.unit,
                number(r.capacity),
                r.unit,
                r.condition
            );
            // A limit that is merely near is no news when like equipment is built to run there; only the list of limits shows it.
            if standing == Standing::Broken || !r.soft {
                self.shares.resize(self.findings.len(), 0.0);
                self.shares.push(if r.capacity > 0.0 { r.used / r.capacity } else { f64::MAX });
                self.findings.push(Finding {
                    severity,
                    rule: r.rule,
                    subjects: vec![r.element.clone()],
                    field: None,
                    message,
                    hint: r.hint.to_owned(),
                    fixes: r.fix.into_iter().collect(),
                    accepted: None,
                });
            }
        }
        self.limits.push(Limit {
            id: r.id,
            element: r.element.clone(),
            quantity: r.quantity.to_owned(),
            condition: r.condition.to_owned(),
            used: r.used,
            capacity: r.capacity,
            unit: r.unit,
            standing,
            stranded: watts.filter(|w| *w > 0.0).map(crate::units::Power::from_watts),
        });
    }

    fn say(&mut self, severity: Severity, rule: &'static str, subject: &Id, message: String, hint: &str) {
        self.findings.push(Finding {
            severity,
            rule,
            subjects: vec![subject.clone()],
            field: None,
            message,
            hint: hint.to_owned(),
            fixes: Vec::new(),
            accepted: None,
        });
    }

    fn name(&self, id: &Id) -> String {
        self.plan.get(id).map_or_else(|| id.to_string(), |e| e.name().to_owned())
    }
}

fn standing(used: f64, capacity: f64, unit: &str) -> Standing {
    if !used.is_finite() || !capacity.is_finite() {
        return Standing::Unknown;
    }
    // Rounding of a balance that just closes must not break a limit.
    if used > capacity + 1e-6 * capacity.abs() {
        return Standing::Broken;
    }
    let near = if unit == "°C" { used > capacity - NEAR_KELVIN } else { used > capacity * NEAR };
    if near && used > 0.0 { Standing::Near } else { Standing::Ok }
}

fn number(x: f64) -> String {
    crate::units::grouped(x)
}

/// One more of something counted by a field.
fn one_more(id: &Id, field: &str, now: u32, label: &str) -> Option<Fix> {
    Some(Fix { label: label.to_owned(), command: Command::Set { id: id.clone(), field: field.to_owned(), value: (now + 1).to_string() } })
}

/// Checks an outcome against every rule.
#[must_use]
pub fn assess(plan: &Plan, catalog: &Catalog, outcome: &Outcome) -> Assessment {
    let scenario = outcome.condition.scenario.as_ref().and_then(|id| plan.scenarios().find(|s| s.id == *id));
    let changed = scenario.map(|s| plan.in_scenario(s));
    let plan = changed.as_ref().unwrap_or(plan);
    let mut review = Review { plan, catalog, outcome, limits: Vec::new(), findings: Vec::new(), shares: Vec::new() };
    structure::check(&mut review);
    current::check(&mut review);
    supply::check(&mut review);
    power::check(&mut review);
    redundancy::check(&mut review);
    caps::check(&mut review);
    cooling::check(&mut review);
    air::check(&mut review);
    coolant::check(&mut review);
    water::check(&mut review);
    space::check(&mut review);
    let Review { mut limits, findings, mut shares, .. } = review;
    shares.resize(findings.len(), 0.0);
    let rank = |l: &Limit| if l.share().is_nan() { f64::NEG_INFINITY } else { l.share() };
    limits.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then_with(|| a.id.cmp(&b.id)));
    let mut findings = accepted(plan, told_once(findings, &shares));
    findings.sort_by_key(|a| (a.accepted.is_some(), a.severity));
    Assessment { limits, findings }
}

/// Puts like findings together: the first (worst) one speaks for all.
fn told_once(findings: Vec<Finding>, shares: &[f64]) -> Vec<Finding> {
    let mut ranked: Vec<(f64, Finding)> = shares.iter().copied().zip(findings).collect();
    // A stable sort: findings without a limit stay in the order of the plan.
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut groups: BTreeMap<(Severity, &'static str), Vec<Finding>> = BTreeMap::new();
    for (_, f) in ranked {
        groups.entry((f.severity, f.rule)).or_default().push(f);
    }
    let mut told = Vec::new();
    for (_, mut group) in groups {
        if group.len() <= TOLD_APART {
            told.append(&mut group);
            continue;
        }
        let mut all = group.iter().flat_map(|f| f.subjects.clone()).collect::<Vec<_>>();
        all.dedup();
        let fixes: Vec<Fix> = group.iter().flat_map(|f| f.fixes.clone()).collect();
        let others = group.len() - 1;
        let mut first = group.remove(0);
        first.message = format!("{}; and {others} more like it", first.message);
        first.subjects = all;
        first.fixes = match fixes.first() {
            Some(fix) => {
                vec![Fix {
                    label: format!("{} (all {})", fix.label, fixes.len()),
                    command: Command::Batch { label: fix.label.clone(), commands: fixes.iter().map(|f| f.command.clone()).collect() },
                }]
            }
            None => Vec::new(),
        };
        told.push(first);
    }
    told
}

/// Marks the findings that the planner has accepted with a reason.
fn accepted(plan: &Plan, mut findings: Vec<Finding>) -> Vec<Finding> {
    for f in &mut findings {
        f.accepted = plan.acceptances().find(|a| a.rule == f.rule && f.subjects.first() == Some(&a.subject)).map(|a| a.reason.clone());
    }
    findings
}
