//! A plan's own power network as it was solved, in the units of power engineers' tools: kV, MW, Mvar, MVA, and per unit of 100 MVA.
//!
//! Nothing here belongs to one format yet. What a network of this form says is what the solver's own nodes and branches say, with three things made explicit
//! that other tools have no element for:
//!
//! * A UPS decouples the voltages on its two sides. Its output is a source that holds 1 pu, its input a load of constant power, both under its name; what it
//!   loses is the difference of the two.
//! * A branch without impedance, such as a closed breaker, is a *tie*: the nodes at its ends are one.
//! * Direct current flows out on one pole and back on the other. With `P = V I` its per-unit equations are those of a three-phase line of the same per-unit
//!   resistance and no reactance, and so it is written. In amperes such a line differs by √3, and ratings are given for the equivalent.

use crate::numerics::power_flow::{LEAST_REACTANCE, SMALLEST_SERIES};
use crate::plan::{Catalog, Element, Id, Plan};
use crate::solve::{self, BASE_POWER, BranchKind, Fed, NodeKind, Outcome, PowerFlow};
use std::collections::BTreeMap;

/// Base of the per-unit values, MVA.
pub const BASE_MVA: f64 = BASE_POWER.volt_amperes() / 1e6;
/// Less than this share of a node's power is rounding of its parts.
const ROUNDING: f64 = 1e-9;

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct Bus {
    /// Its name in the plan, for example `H1B02/low`.
    pub name: String,
    /// The element it belongs to.
    pub element: String,
    /// Nominal voltage, kV; between the poles where it is DC.
    pub kv: f64,
    /// Voltage as solved, pu; NaN when dead.
    pub v_pu: f64,
    /// Angle as solved, degrees.
    pub angle_deg: f64,
    /// Whether it has voltage.
    pub alive: bool,
    /// Whether it is a DC busbar, written as its real-valued equivalent.
    pub dc: bool,
}

/// What holds the voltage of a node, at 1 pu and angle 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Grid connection, UPS, standby sets, or the node itself where its generators hold it.
    pub name: String,
    /// Index of its node.
    pub bus: usize,
    /// Voltage held, pu.
    pub v_pu: f64,
    /// What it gives, MW.
    pub p_mw: f64,
    /// What it gives, Mvar.
    pub q_mvar: f64,
}

/// Constant power taken at a node; negative is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// The UPS whose input it is, or the node for all else there: racks and equipment less what generators give.
    pub name: String,
    /// Index of its node.
    pub bus: usize,
    /// MW.
    pub p_mw: f64,
    /// Mvar.
    pub q_mvar: f64,
}

/// What a branch is to other tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Cable, line or busway.
    Line,
    /// Transformer, its ideal part at *from*.
    Transformer,
    /// No impedance to speak of.
    Tie,
}

/// A branch as solved. Impedances are those of all its units in service together; of one that is out, those of all its units.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Its name in the plan, for example `H1B02/feeder`.
    pub name: String,
    /// What it is.
    pub form: Form,
    /// Index of its node at the ideal transformer's end.
    pub from: usize,
    /// Index of its node at the other end.
    pub to: usize,
    /// Series resistance, pu.
    pub r: f64,
    /// Series reactance, pu.
    pub x: f64,
    /// Charging susceptance, pu, half of it at each end.
    pub charging: f64,
    /// Ratio of the ideal transformer, 1 for a line.
    pub tap: f64,
    /// Conductance of the no-load loss at *from*, pu.
    pub no_load: f64,
    /// Rating of the units in service without the spare ones, MVA at nominal voltage; zero where nothing is left.
    pub rating_mva: f64,
    /// Nameplate of one unit of a transformer, MVA, where the catalog has it.
    pub unit_mva: Option<f64>,
    /// Units in service, or all of them when it is out; 1 where the share in service is no whole number of units.
    pub units: u32,
    /// Whether it conducts.
    pub in_service: bool,
}

/// A power network as solved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// Name of the plan.
    pub title: String,
    /// Sentences about what this is: the condition, what is out, how parts are represented.
    pub notes: Vec<String>,
    /// Nodes in the solver's order.
    pub buses: Vec<Bus>,
    /// What holds voltages.
    pub sources: Vec<Source>,
    /// Constant powers.
    pub loads: Vec<Load>,
    /// Branches in the solver's order, UPS left out.
    pub branches: Vec<Branch>,
}

impl Network {
    /// The network of an outcome of a plan; with the scenario of the outcome applied.
    #[must_use]
    pub fn of(plan: &Plan, catalog: &Catalog, outcome: &Outcome) -> Self {
        let changed = outcome.condition.scenario.as_ref().and_then(|id| plan.scenarios().find(|s| s.id == *id)).map(|s| plan.in_scenario(s));
        let plan = changed.as_ref().unwrap_or(plan);
        let power = &*outcome.power;
        let dc = direct_current(plan, catalog, power);
        let bus = |(n, node): (usize, &solve::Node)| Bus {
            name: node.id.clone(),
            element: node.element.to_string(),
            kv: node.nominal.volts() / 1e3,
            v_pu: node.v_pu,
            angle_deg: node.angle.to_degrees(),
            alive: node.fed != Fed::Dead,
            dc: dc[n],
        };
        let branches = power.branches.iter().filter_map(|b| branch(plan, catalog, power, &dc, b)).collect();
        Self {
            title: plan.name().to_owned(),
            notes: notes(outcome, dc.contains(&true)),
            buses: power.nodes.iter().enumerate().map(bus).collect(),
            sources: sources(power),
            loads: loads(power),
            branches,
        }
    }

    /// Whether anything has voltage.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.buses.iter().any(|b| b.alive)
    }
}

/// The DC busbars: outputs of rectifiers and the busways on them.
fn direct_current(plan: &Plan, catalog: &Catalog, power: &PowerFlow) -> Vec<bool> {
    let rectifies = |id: &Id| match plan.get(id) {
        Some(Element::Block(b)) => b.ups.as_deref().and_then(|u| catalog.ups(u)).is_some_and(|u| u.dc.is_some()),
        _ => false,
    };
    let mut dc: Vec<bool> = power.nodes.iter().map(|n| n.kind == NodeKind::BlockOutput && rectifies(&n.element)).collect();
    for b in power.branches.iter().filter(|b| b.kind == BranchKind::Busway) {
        dc[b.to] = dc[b.from];
    }
    dc
}

fn branch(plan: &Plan, catalog: &Catalog, power: &PowerFlow, dc: &[bool], b: &solve::Branch) -> Option<Branch> {
    let model = b.model?;
    let transforms = matches!(b.kind, BranchKind::Transformer | BranchKind::Substation);
    let none = model.r.hypot(model.x) < SMALLEST_SERIES;
    let form = match (transforms, none) {
        (true, _) => Form::Transformer,
        (false, true) => Form::Tie,
        (false, false) => Form::Line,
    };
    // What the solver does with a transformer without impedance.
    let (r, x) = if transforms && none { (0.0, LEAST_REACTANCE) } else { (model.r, model.x) };
    let in_service = b.in_service > 0.0;
    let left = f64::from(b.units) * if in_service { b.in_service } else { 1.0 };
    let whole = (left - left.round()).abs() < 1e-6 && left.round() >= 1.0;
    Some(Branch {
        name: b.id.clone(),
        form,
        from: b.from,
        to: b.to,
        r,
        x,
        charging: model.charging,
        tap: model.tap,
        no_load: model.no_load,
        rating_mva: rating(power, dc, b),
        unit_mva: transforms.then(|| nameplate(plan, catalog, &b.element)).flatten(),
        units: if whole { left.round() as u32 } else { 1 },
        in_service,
    })
}

/// Rating in MVA at nominal voltage.
fn rating(power: &PowerFlow, dc: &[bool], b: &solve::Branch) -> f64 {
    let lines = if dc[b.from] { 1.0 } else { 3.0_f64.sqrt() };
    match b.kind {
        BranchKind::Feeder | BranchKind::BlockFeeder | BranchKind::Busway => lines * power.nodes[b.from].nominal.volts() * b.rating / 1e6,
        BranchKind::Transformer | BranchKind::Substation | BranchKind::Standby | BranchKind::Ups => b.rating / 1e6,
    }
}

fn nameplate(plan: &Plan, catalog: &Catalog, element: &Id) -> Option<f64> {
    let model = match plan.get(element)? {
        Element::Transformer(t) => &t.model,
        Element::Block(b) => &b.transformer,
        _ => return None,
    };
    catalog.transformers(model).map(|m| m.rating.volt_amperes() / 1e6)
}

/// What holds voltages. It gives what leaves its node through the branches, and what is taken there.
fn sources(power: &PowerFlow) -> Vec<Source> {
    let mut given: Vec<(f64, f64)> = power.nodes.iter().map(|n| (n.load.watts(), n.load_reactive.vars())).collect();
    let mut names: BTreeMap<usize, String> = BTreeMap::new();
    for b in &power.branches {
        match b.kind {
            BranchKind::Ups => drop(names.insert(b.to, b.id.clone())),
            BranchKind::Standby => drop(names.insert(b.from, b.id.clone())),
            _ => {}
        }
        // The input of a UPS is part of its node's load.
        if b.kind != BranchKind::Ups {
            given[b.from] = (given[b.from].0 + b.p_from.watts(), given[b.from].1 + b.q_from.vars());
            given[b.to] = (given[b.to].0 + b.p_to.watts(), given[b.to].1 + b.q_to.vars());
        }
    }
    let held = power.nodes.iter().enumerate().filter(|(_, node)| node.source && node.fed != Fed::Dead);
    held.map(|(n, node)| {
        let grids: Vec<&str> = power.poi.iter().filter(|p| p.node == n).map(|p| p.grid.as_str()).collect();
        let name = if grids.is_empty() { names.remove(&n).unwrap_or_else(|| node.id.clone()) } else { grids.join(" + ") };
        Source { name, bus: n, v_pu: node.v_pu, p_mw: given[n].0 / 1e6, q_mvar: given[n].1 / 1e6 }
    })
    .collect()
}

/// Inputs of UPS under their names, and the rest of each node's load under the node's.
fn loads(power: &PowerFlow) -> Vec<Load> {
    let mut inputs: BTreeMap<usize, Vec<&solve::Branch>> = BTreeMap::new();
    for b in power.branches.iter().filter(|b| b.kind == BranchKind::Ups) {
        inputs.entry(b.from).or_default().push(b);
    }
    let mut list = Vec::new();
    let mut add = |name: &str, bus, p: f64, q: f64| {
        if p != 0.0 || q != 0.0 {
            list.push(Load { name: name.to_owned(), bus, p_mw: p / 1e6, q_mvar: q / 1e6 });
        }
    };
    for (n, node) in power.nodes.iter().enumerate() {
        let (whole_p, whole_q) = (node.load.watts(), node.load_reactive.vars());
        let (mut p, mut q) = (whole_p, whole_q);
        for ups in inputs.get(&n).into_iter().flatten() {
            add(&ups.id, n, ups.p_from.watts(), ups.q_from.vars());
            (p, q) = (p - ups.p_from.watts(), q - ups.q_from.vars());
        }
        if p.hypot(q) > ROUNDING * whole_p.hypot(whole_q) {
            add(&node.id, n, p, q);
        }
    }
    list
}

fn notes(outcome: &Outcome, dc: bool) -> Vec<String> {
    let (c, power) = (&outcome.condition, &outcome.power);
    let scenario = c.scenario.as_ref().map_or_else(String::new, |s| format!(", scenario {s}"));
    let label = if c.label.is_empty() { "Steady state" } else { &c.label };
    let out: Vec<String> = power.out.iter().map(ToString::to_string).collect();
    let mut notes = vec![
        format!("Condition: {label}, {:.1} degC dry bulb{scenario}. Out of service: {}.", c.dry_bulb.celsius(), if out.is_empty() { "nothing".to_owned() } else { out.join(", ") }),
        "A UPS decouples both of its sides: its output is a source at 1 pu, its input a load of constant power, both named after it; the difference is its loss."
            .to_owned(),
        "Loads named after a node are all that is taken there, less what generators give. Parts out of service and without voltage are kept, and marked so."
            .to_owned(),
    ];
    if dc {
        notes.push(
            "Parts on direct current are written as the three-phase line of the same per-unit resistance, without reactance: voltages and powers are those of the DC parts, currents are 1/sqrt(3) of theirs."
                .to_owned(),
        );
    }
    notes
}
