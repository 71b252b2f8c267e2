//! The steady state of an [`Inp`] at hour 0: its network solved, controls on pressures obeyed.

pub use super::build::network;
use super::build::{Built, build};
use super::options::FOOT;
use super::{Action, Inp, Link, LinkKind, NodeKind};
use crate::numerics::pipe_network::{self as hydraulics, LinkState, Options, Solution, Solver, Status, Worst};
use std::f64::consts::PI;

/// Times the controls on pressures may change links before they are said to chase each other.
const CONTROL_ROUNDS: usize = 20;

/// Slack on the pressures of controls, m (`HTOL`).
const CONTROL_SLACK: f64 = 5e-4 * FOOT;

/// What a shut link of the reference program loses, ft per ft³/s (`CBIG`).
const SHUT: f64 = 1e8;

/// The steady state at hour 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Whether heads and flows satisfy the equations.
    pub converged: bool,
    /// `converged`, `unsupplied`, or how it failed.
    pub status: &'static str,
    /// Newton steps in all.
    pub iterations: usize,
    /// Relative, of mass and energy.
    pub residual: f64,
    /// The element with the largest residual or to blame, in words.
    pub worst: Option<String>,
    /// All nodes, in the order junctions, reservoirs, tanks.
    pub nodes: Vec<FlowNode>,
    /// All links, in the order pipes, pumps, valves.
    pub links: Vec<FlowLink>,
    /// Junctions whose demand nothing can supply. The figures then follow the reference program, which lets shut links leak.
    pub unsupplied: Vec<String>,
    /// Nodes that shut links cut off from every known head, without a demand.
    pub cut_off: Vec<String>,
}

/// A node with its head.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowNode {
    /// Its name.
    pub id: String,
    /// Head, m; NaN where it is not known.
    pub head: f64,
    /// Pressure over the elevation, Pa.
    pub pressure: f64,
    /// What it takes out of the network, m³/s; negative feeds it.
    pub demand: f64,
}

/// A link with its flow.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowLink {
    /// Its name.
    pub id: String,
    /// Pipe, pump or valve.
    pub kind: &'static str,
    /// Volume flow, m³/s, positive from its first node to its second.
    pub flow: f64,
    /// Velocity, m/s, without sign; zero in pumps.
    pub velocity: f64,
    /// Head lost, m: without sign in pipes and valves, below zero where a pump gives head; zero when closed.
    pub headloss: f64,
    /// `open`, `closed`, or `active` for a valve that regulates.
    pub status: &'static str,
}

/// Solves a network at hour 0.
#[must_use]
pub fn solve(inp: &Inp) -> Flow {
    let mut inp = inp.clone();
    let mut built = match build(&inp) {
        Ok(built) => built,
        Err(sentence) => return refused(sentence),
    };
    let mut solver = Solver::new(&built.network);
    let mut solution = solver.solve(&built.network, &Options::default(), None);
    let mut iterations = solution.iterations;
    for round in 0.. {
        let asked = controls(&inp, &built, &solution);
        let Some((line, _)) = asked.first() else { break };
        if round == CONTROL_ROUNDS {
            return refused(format!("line {line}: the controls on pressures undo each other"));
        }
        for (_, (link, action)) in asked {
            inp.links[link].apply(action);
        }
        built = match build(&inp) {
            Ok(built) => built,
            Err(sentence) => return refused(sentence),
        };
        solution = solver.solve(&built.network, &Options::default(), Some(&solution));
        iterations += solution.iterations;
    }
    if solution.status != Status::Singular {
        return report(&inp, &built, &solution, &[], iterations);
    }
    let unsupplied = solution.unsupplied.clone();
    let leaking = leak(&built, &solution);
    let leaked = solver.solve(&leaking.network, &Options::default(), None);
    report(&inp, &leaking, &leaked, &unsupplied, iterations + leaked.iterations)
}

/// What controls on pressures ask for that is not so: line, link and action.
fn controls(inp: &Inp, built: &Built, solution: &Solution) -> Vec<(usize, (usize, Action))> {
    if solution.status == Status::Diverged {
        return Vec::new();
    }
    let asks = |control: &&super::Control| {
        let head = solution.pressures[control.node] / built.weight;
        if control.above { head >= control.head - CONTROL_SLACK } else { head <= control.head + CONTROL_SLACK }
    };
    let differs = |control: &&super::Control| {
        let mut link = inp.links[control.link].clone();
        link.apply(control.action);
        link != inp.links[control.link]
    };
    inp.controls.iter().filter(asks).filter(differs).map(|c| (c.line, (c.link, c.action))).collect()
}

/// The network in which whatever is shut lets flow through as the reference program has it.
fn leak(built: &Built, solution: &Solution) -> Built {
    let mut leaking = built.clone();
    let r = SHUT * FOOT * built.weight / FOOT.powi(3);
    for k in (0..solution.states.len()).filter(|k| solution.states[*k] == LinkState::Shut) {
        leaking.network.links[k].2 = hydraulics::Link::Power { r, n: 1.0 };
        leaking.formal[k] = true;
    }
    leaking
}

fn refused(sentence: String) -> Flow {
    Flow {
        converged: false,
        status: "refused",
        iterations: 0,
        residual: f64::NAN,
        worst: Some(sentence),
        nodes: Vec::new(),
        links: Vec::new(),
        unsupplied: Vec::new(),
        cut_off: Vec::new(),
    }
}

fn report(inp: &Inp, built: &Built, solution: &Solution, unsupplied: &[usize], iterations: usize) -> Flow {
    let name = |worst: Worst| match worst {
        Worst::Node(i) => inp.nodes.get(i).map_or_else(|| "an emitter".to_owned(), |node| format!("node {}", node.id)),
        Worst::Link(k) => inp.links.get(k).map_or_else(|| "an emitter".to_owned(), |link| format!("{} {}", kind(link), link.id)),
    };
    let converged = solution.status == Status::Converged && unsupplied.is_empty();
    let status = match solution.status {
        _ if !unsupplied.is_empty() => "unsupplied",
        Status::Converged => "converged",
        Status::Stalled => "stalled",
        Status::Diverged => "diverged",
        Status::Singular => "unsupplied",
    };
    let wants = |i: &&usize| matches!(inp.nodes.get(**i).map(|node| node.kind), Some(NodeKind::Junction { demand, .. }) if demand != 0.0);
    let named = |i: &usize| inp.nodes[*i].id.clone();
    let worst = unsupplied.iter().find(wants).map(|i| name(Worst::Node(*i))).or_else(|| solution.worst.map(name));
    Flow {
        converged,
        status,
        iterations,
        residual: solution.residual,
        worst,
        nodes: nodes(inp, built, solution),
        links: links(inp, built, solution),
        unsupplied: unsupplied.iter().filter(wants).map(named).collect(),
        cut_off: (0..inp.nodes.len()).filter(|i| solution.pressures[*i].is_nan()).map(|i| named(&i)).collect(),
    }
}

fn nodes(inp: &Inp, built: &Built, solution: &Solution) -> Vec<FlowNode> {
    let mut taken = vec![0.0; inp.nodes.len()];
    for (k, (a, b, _)) in built.network.links[..inp.links.len()].iter().enumerate().filter(|(k, _)| !built.formal[*k]) {
        taken[*a] -= solution.flows[k];
        taken[*b] += solution.flows[k];
    }
    let node = |(i, node): (usize, &super::Node)| {
        let head = solution.pressures[i] / built.weight;
        let pressure = (head - node.elevation) * inp.units.pascals_per_meter;
        let demand = if let NodeKind::Junction { demand, .. } = node.kind { demand } else { taken[i] };
        FlowNode { id: node.id.clone(), head, pressure, demand }
    };
    let mut nodes: Vec<FlowNode> = inp.nodes.iter().enumerate().map(node).collect();
    for &(junction, link) in &built.emitters {
        nodes[junction].demand += solution.flows[link];
    }
    nodes
}

fn kind(link: &Link) -> &'static str {
    match link.kind {
        LinkKind::Pipe { .. } => "pipe",
        LinkKind::Pump { .. } => "pump",
        LinkKind::Valve { .. } => "valve",
    }
}

fn links(inp: &Inp, built: &Built, solution: &Solution) -> Vec<FlowLink> {
    let link = |(k, link): (usize, &Link)| {
        let (a, b, _) = built.network.links[k];
        let closed = built.formal[k] || solution.states[k] == LinkState::Shut;
        let turn = if built.turned[k] { -1.0 } else { 1.0 };
        let flow = if closed { 0.0 } else { turn * solution.flows[k] };
        let drop = turn * (solution.pressures[a] - solution.pressures[b]) / built.weight;
        let diameter = match link.kind {
            LinkKind::Pipe { diameter, .. } | LinkKind::Valve { diameter, .. } => diameter,
            LinkKind::Pump { .. } => f64::INFINITY,
        };
        let headloss = match link.kind {
            _ if closed => 0.0,
            LinkKind::Pump { .. } => drop,
            _ => drop.abs(),
        };
        let status = match solution.states[k] {
            _ if closed => "closed",
            LinkState::Regulating => "active",
            _ => "open",
        };
        FlowLink { id: link.id.clone(), kind: kind(link), flow, velocity: flow.abs() / (PI * diameter * diameter / 4.0), headloss, status }
    };
    inp.links.iter().enumerate().map(link).collect()
}
