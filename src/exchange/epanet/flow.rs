//! The network of an [`Inp`] and its steady state.
//!
//! Pressures of the network are heads times the weight of the fluid, `w = 1000·SG·g` with `g = 32.2 ft/s²`, so that all losses are those of the reference
//! program. Coefficients, for heads in feet and flows in ft³/s (EPANET 2.2 manual, table 12.1; `resistcoeff` and `tcvcoeff` of its `hydcoeffs.c`):
//!
//! ```text
//! Hazen–Williams   h = 4.727 C^−1.852 d^−4.871 L q^1.852
//! Chezy–Manning    h = (4 n/(1.49 π d²))² (d/4)^−1.333 L q²
//! Darcy–Weisbach   h = f L/d v²/2g          f: crate::numerics::pipe_network::friction_factor
//! minor loss, TCV  h = K v²/2g
//! ```

use super::elements::weight;
use super::options::FOOT;
use super::{Action, Formula, Inp, Link, LinkKind, NodeKind, PumpHead, ValveKind};
use crate::numerics::pipe_network::{self as hydraulics, Holds, LinkState, Network, Options, Solution, Solver, Status, Worst, pump_curve};
use std::f64::consts::PI;
use std::sync::Arc;

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

/// The network of a file as it stands at hour 0, for those who want to solve it themselves.
///
/// # Errors
/// A sentence that names the element that can't be built.
pub fn network(inp: &Inp) -> Result<Network, String> {
    build(inp).map(|built| built.network)
}

/// A network, and what of it belongs to which element.
#[derive(Clone)]
struct Built {
    network: Network,
    weight: f64,
    /// Links that stand in it the other way round.
    turned: Vec<bool>,
    /// Junction and link of each emitter.
    emitters: Vec<(usize, usize)>,
    /// Links whose flow is no more than a formality.
    formal: Vec<bool>,
}

fn build(inp: &Inp) -> Result<Built, String> {
    let weight = weight(inp.gravity);
    let mut network = Network { nodes: inp.nodes.iter().map(|node| hydraulic_node(node, weight)).collect(), links: Vec::with_capacity(inp.links.len()) };
    let mut tables = Tables { inp, weight, pumps: vec![None; inp.curves.len()], losses: vec![None; inp.curves.len()] };
    let mut turned = vec![false; inp.links.len()];
    for (link, turned) in inp.links.iter().zip(&mut turned) {
        let law = if link.closed { hydraulics::Link::Closed } else { law(&mut tables, link)? };
        let (law, backward) = toward_tanks(inp, link, law);
        *turned = backward;
        network.links.push(if backward { (link.to, link.from, law) } else { (link.from, link.to, law) });
    }
    let mut emitters = Vec::new();
    for (i, node) in inp.nodes.iter().enumerate() {
        if let NodeKind::Junction { emitter, exponent, .. } = node.kind
            && emitter > 0.0
        {
            emitters.push((i, network.links.len()));
            let outside = network.nodes.len();
            network.nodes.push(hydraulics::Node { demand: 0.0, fixed: Some(node.elevation * weight) });
            network.links.push((i, outside, hydraulics::Link::Resistance { r: emitter * weight, n: exponent, local: 0.0 }));
        }
    }
    let formal = vec![false; network.links.len()];
    Ok(Built { network, weight, turned, emitters, formal })
}

fn hydraulic_node(node: &super::Node, weight: f64) -> hydraulics::Node {
    match node.kind {
        NodeKind::Junction { demand, .. } => hydraulics::Node { demand, fixed: None },
        NodeKind::Reservoir => hydraulics::Node { demand: 0.0, fixed: Some(node.elevation * weight) },
        NodeKind::Tank { level, .. } => hydraulics::Node { demand: 0.0, fixed: Some((node.elevation + level) * weight) },
    }
}

/// A link at an empty tank takes nothing out of it, one at a full tank brings nothing in. Also tells whether the link then stands turned round.
fn toward_tanks(inp: &Inp, link: &Link, law: hydraulics::Link) -> (hydraulics::Link, bool) {
    let state = |node: usize| match inp.nodes[node].kind {
        NodeKind::Tank { empty, full, .. } => (empty, full),
        _ => (false, false),
    };
    let ((from_empty, from_full), (to_empty, to_full)) = (state(link.from), state(link.to));
    let (forward, backward) = (!from_empty && !to_full, !to_empty && !from_full);
    use hydraulics::Link as Law;
    let one_way = matches!(law, Law::Forward(_) | Law::Check { .. } | Law::Pump { .. } | Law::TablePump { .. } | Law::PowerPump { .. } | Law::Regulator { .. });
    match (forward, backward) {
        (true, true) => (law, false),
        (true, false) if one_way => (law, false),
        (true, false) => (Law::Forward(Arc::new(law)), false),
        (false, true) if !one_way && !matches!(law, Law::Closed | Law::Breaker { .. }) => {
            // A limiter limits forward flow only.
            let law = if let Law::Limiter { local, .. } = law { Law::Resistance { r: 0.0, n: 2.0, local } } else { law };
            (Law::Forward(Arc::new(law)), true)
        }
        (false, _) => (Law::Closed, false),
    }
}

type Points = Arc<[(f64, f64)]>;

/// Curves as tables of the network, made once for all links that share one.
struct Tables<'a> {
    inp: &'a Inp,
    weight: f64,
    pumps: Vec<Option<Points>>,
    losses: Vec<Option<Points>>,
}

impl Tables<'_> {
    fn points(&self, curve: usize) -> impl Iterator<Item = (f64, f64)> + '_ {
        let units = &self.inp.units;
        self.inp.curves[curve].iter().map(|(x, y)| (x * units.flow, y * units.length() * self.weight))
    }

    fn pump(&mut self, curve: usize) -> Points {
        let made = self.pumps[curve].clone().unwrap_or_else(|| self.points(curve).collect());
        self.pumps[curve].get_or_insert(made).clone()
    }

    fn loss(&mut self, curve: usize) -> Points {
        let made = self.losses[curve].clone().unwrap_or_else(|| {
            let origin = self.inp.curves[curve].first().is_some_and(|p| p.0 > 0.0).then_some((0.0, 0.0));
            origin.into_iter().chain(self.points(curve)).collect()
        });
        self.losses[curve].get_or_insert(made).clone()
    }
}

fn law(tables: &mut Tables<'_>, link: &Link) -> Result<hydraulics::Link, String> {
    match link.kind {
        LinkKind::Pipe { length, diameter, roughness, minor, check } => {
            let law = pipe(tables.inp, tables.weight, length, diameter, roughness, minor);
            Ok(if check { hydraulics::Link::Forward(Arc::new(law)) } else { law })
        }
        LinkKind::Pump { head, speed } => pump(tables, link, head, speed),
        LinkKind::Valve { kind, diameter, minor, setting } => Ok(valve(tables, link, kind, (diameter, minor), setting)),
    }
}

/// Pa/(m³/s)² of a loss coefficient on the velocity head.
fn local(inp: &Inp, coefficient: f64, diameter: f64) -> f64 {
    let area = PI * diameter * diameter / 4.0;
    coefficient * 1e3 * inp.gravity / (2.0 * area * area)
}

fn pipe(inp: &Inp, weight: f64, length: f64, diameter: f64, roughness: f64, minor: f64) -> hydraulics::Link {
    let (feet, d) = (length / FOOT, diameter / FOOT);
    let cubic_feet = FOOT.powi(3);
    let resistance = |r: f64, n: f64| {
        let r = r * FOOT * weight / cubic_feet.powf(n);
        hydraulics::Link::Resistance { r, n, local: local(inp, minor, diameter) }
    };
    match inp.formula {
        Formula::HazenWilliams => resistance(4.727 * feet * roughness.powf(-1.852) * d.powf(-4.871), 1.852),
        Formula::ChezyManning => resistance((4.0 * roughness / (1.49 * PI * d * d)).powi(2) * (d / 4.0).powf(-1.333) * feet, 2.0),
        Formula::DarcyWeisbach => {
            let density = 1e3 * inp.gravity;
            hydraulics::Link::Pipe { diameter, length, roughness, k: minor, density, viscosity: inp.viscosity * density }
        }
    }
}

/// One point makes a parabola with a shutoff head of 4/3 of it, three from no flow on a power law, others a line (EPANET 2.2 manual, section 3.2).
fn pump(tables: &mut Tables<'_>, link: &Link, head: PumpHead, speed: f64) -> Result<hydraulics::Link, String> {
    let sentence = |what: &str| format!("line {}: pump `{}`: {what}", link.line, link.id);
    let curve = match head {
        // The head of a constant power scales with the speed as the reference program has it, r·ω³ (its exponent is −1).
        PumpHead::Power(power) => return Ok(if speed > 0.0 { hydraulics::Link::PowerPump { power: power * speed.powi(3) } } else { hydraulics::Link::Closed }),
        PumpHead::Curve(curve) => curve,
    };
    let points: Vec<(f64, f64)> = tables.points(curve).take(4).collect();
    let (shutoff, b, n) = match *points.as_slice() {
        [] => return Err(sentence("its curve has no points")),
        [(q, h)] if q > 0.0 && h > 0.0 => (4.0 / 3.0 * h, h / (3.0 * q * q), 2.0),
        [_] => return Err(sentence("the point of its curve must have a flow and a head above zero")),
        [(0.0, shutoff), first, second] => {
            pump_curve(shutoff, first, second).ok_or_else(|| sentence("no falling power curve goes through the points of its curve"))?
        }
        _ => {
            let points = tables.pump(curve);
            let falls = points[0].0 >= 0.0 && points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 > w[1].1);
            if !falls {
                return Err(sentence("the head of its curve must fall while the flow rises"));
            }
            return Ok(hydraulics::Link::TablePump { points, speed });
        }
    };
    Ok(hydraulics::Link::Pump { shutoff, b, n, speed })
}

fn valve(tables: &mut Tables<'_>, link: &Link, kind: ValveKind, (diameter, minor): (f64, f64), setting: Option<f64>) -> hydraulics::Link {
    let (inp, weight) = (tables.inp, tables.weight);
    let local_of = |coefficient: f64| local(inp, coefficient, diameter);
    let open = local_of(minor);
    let head = |node: usize, setting: f64| (inp.nodes[node].elevation + setting) * weight;
    match (kind, setting) {
        (ValveKind::Gpv, Some(curve)) => hydraulics::Link::Table { points: tables.loss(curve as usize) },
        (_, None) => hydraulics::Link::Resistance { r: 0.0, n: 2.0, local: open },
        (ValveKind::Tcv, Some(coefficient)) => hydraulics::Link::Resistance { r: 0.0, n: 2.0, local: local_of(coefficient) },
        (ValveKind::Fcv, Some(flow)) => hydraulics::Link::Limiter { flow, local: open },
        (ValveKind::Pbv, Some(drop)) => hydraulics::Link::Breaker { drop: drop * weight, local: open },
        (ValveKind::Prv, Some(set)) => hydraulics::Link::Regulator { holds: Holds::After, pressure: head(link.to, set), local: open },
        (ValveKind::Psv, Some(set)) => hydraulics::Link::Regulator { holds: Holds::Before, pressure: head(link.from, set), local: open },
    }
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
