//! The network of a loop, from its rows and CDUs.

use super::{Branch, Input, ROW_VALVE, Reference, Source, TEE, Unit, VALVE_OPEN};
use crate::numerics::pipe_network::{Link, Network, Node};
use crate::solve::{Junction, Part, Side};

/// The manifolds: the first two nodes.
pub(super) const SUPPLY: usize = 0;
pub(super) const RETURN: usize = 1;

/// The pumps of a unit and, where it has one, its filter.
pub(super) struct PumpLink {
    pub link: usize,
    /// Its link, and the node between.
    pub filter: Option<(usize, usize)>,
}

/// A network, what its parts are, and in which order heat passes through it.
pub(super) struct Built {
    pub network: Network,
    pub nodes: Vec<Junction>,
    pub links: Vec<Part>,
    /// Links of the racks by branch and slot.
    pub racks: Vec<Vec<Option<usize>>>,
    /// By source and unit.
    pub pumps: Vec<Vec<PumpLink>>,
    /// Heat taken up in each link, W.
    pub heat: Vec<f64>,
    /// Flows when every connected rack gets what it wants.
    pub guess: Vec<f64>,
    /// Links between the manifolds such that what flows into a node comes before what flows out of it.
    pub order: Vec<usize>,
    /// Pipes of the return, whose coolant is warm.
    warm: Vec<usize>,
}

impl Built {
    fn node(&mut self, junction: Junction) -> usize {
        self.network.nodes.push(Node::default());
        self.nodes.push(junction);
        self.nodes.len() - 1
    }
    fn link(&mut self, from: usize, to: usize, law: Link, part: Part, flow: f64) -> usize {
        self.network.links.push((from, to, law));
        self.links.push(part);
        self.heat.push(0.0);
        self.guess.push(flow);
        self.links.len() - 1
    }
    /// Gives the return pipes the coolant they carry: each at the temperature of the node it comes from.
    pub fn warm(&mut self, input: &Input, reference: &Reference, temperatures: &[f64]) {
        for &place in &self.warm {
            let (from, _, law) = &mut self.network.links[place];
            if let Link::Pipe { density, viscosity, .. } = law {
                (*density, *viscosity) = reference.law(input.fluid, temperatures[*from]);
            }
        }
    }
    /// Whether anything drives the loop and anything lets through.
    pub fn can_flow(&self, input: &Input) -> bool {
        let driven = input.sources.iter().any(|s| s.curve.0 > 0.0 && s.units.iter().any(|u| matches!(u, Unit::Runs(share) if *share > 0.0)));
        driven && input.branches.iter().any(|b| !b.closed && b.racks.iter().flatten().any(|r| !r.parted))
    }
}

/// The flow a rack draws when it gets what it wants.
pub(super) fn drawn(branch: &Branch, slot: usize) -> f64 {
    branch.racks[slot].filter(|r| !branch.closed && !r.parted).map_or(0.0, |r| r.wanted)
}

pub(super) fn build(input: &Input, reference: &Reference) -> Built {
    let mut built = Built {
        network: Network { nodes: vec![Node::default(), Node { demand: 0.0, fixed: Some(0.0) }], links: Vec::new() },
        nodes: vec![Junction::Manifold(Side::Supply), Junction::Manifold(Side::Return)],
        links: Vec::new(),
        racks: Vec::with_capacity(input.branches.len()),
        pumps: Vec::with_capacity(input.sources.len()),
        heat: Vec::new(),
        guess: Vec::new(),
        order: Vec::new(),
        warm: Vec::new(),
    };
    let cold = reference.law(input.fluid, input.supply);
    for (row, branch) in input.branches.iter().enumerate() {
        let racks = self::branch(&mut built, input, cold, row, branch);
        built.racks.push(racks);
    }
    let total: f64 = input.branches.iter().map(|b| (0..b.racks.len()).map(|s| drawn(b, s)).sum::<f64>()).sum();
    let running = input.sources.iter().flat_map(|s| &s.units).filter(|u| matches!(u, Unit::Runs(_))).count().max(1);
    for (number, source) in input.sources.iter().enumerate() {
        let units = self::source(&mut built, number, source, total / running as f64);
        built.pumps.push(units);
    }
    built
}

/// The links of a row; gives those of its racks by slot.
fn branch(built: &mut Built, input: &Input, cold: (f64, f64), row: usize, branch: &Branch) -> Vec<Option<usize>> {
    let pipe = |length: f64, k: f64| Link::Pipe { diameter: input.header, length, roughness: input.roughness, k, density: cold.0, viscosity: cold.1 };
    let mut links = vec![None; branch.racks.len()];
    let present: Vec<usize> = (0..branch.racks.len()).filter(|i| branch.racks[*i].is_some()).collect();
    if present.is_empty() {
        return links;
    }
    let mut ahead: f64 = present.iter().map(|s| drawn(branch, *s)).sum();
    let behind_valve = built.node(Junction::Row { row });
    let valve = if branch.closed { Link::Closed } else { pipe(0.0, ROW_VALVE) };
    let valve = built.link(SUPPLY, behind_valve, valve, Part::RowValve { row }, ahead);
    built.order.push(valve);
    let (mut supply, mut back, mut previous) = (behind_valve, RETURN, None);
    let (mut position, mut passed) = (-branch.lead / branch.pitch.max(1e-3), 0.0);
    // Return pipes pass heat on after the racks; with direct return the farthest first.
    let (mut racks, mut returns) = (Vec::with_capacity(2 * present.len()), Vec::with_capacity(present.len()));
    for slot in present {
        let length = ((slot as f64 - position) * branch.pitch).max(0.05);
        position = slot as f64;
        let number = slot as u32 + 1;
        let [s, r] = [Side::Supply, Side::Return].map(|side| built.node(Junction::Slot { row, slot: number, side }));
        let flow = drawn(branch, slot);
        let piece = built.link(supply, s, pipe(length, TEE), Part::Header { row, slot: number, side: Side::Supply }, ahead);
        built.order.push(piece);
        let part = Part::Header { row, slot: number, side: Side::Return };
        if input.reverse {
            // The return header begins at the first rack and leaves at the last one.
            returns.extend(previous.map(|p| built.link(p, r, pipe(length, TEE), part, passed)));
            previous = Some(r);
        } else {
            returns.push(built.link(r, back, pipe(length, TEE), part, ahead));
            back = r;
        }
        links[slot] = rack(built, input, (row, slot), branch, (s, r), &mut racks);
        (ahead, passed, supply) = (ahead - flow, passed + flow, s);
    }
    if let Some(last) = previous {
        let run = branch.lead + branch.pitch * branch.racks.len() as f64;
        returns.push(built.link(last, RETURN, pipe(run, TEE), Part::Back { row }, passed));
    } else {
        returns.reverse();
    }
    built.warm.extend(&returns);
    built.order.extend(racks.into_iter().chain(returns));
    links
}

/// A rack and its valve between the headers.
fn rack(built: &mut Built, input: &Input, (row, slot): (usize, usize), branch: &Branch, (s, r): (usize, usize), order: &mut Vec<usize>) -> Option<usize> {
    let rack = branch.racks[slot]?;
    let (number, flow) = (slot as u32 + 1, drawn(branch, slot));
    let law = match (rack.parted, input.disconnects > 0.0) {
        (true, _) => Link::Closed,
        (false, true) => Link::Resistance { r: rack.r, n: rack.n, local: input.disconnects },
        (false, false) => Link::Power { r: rack.r, n: rack.n },
    };
    let end = if input.valves { built.node(Junction::Rack { row, slot: number }) } else { r };
    let link = built.link(s, end, law, Part::Rack { row, slot: number }, flow);
    built.heat[link] = rack.heat;
    order.push(link);
    if input.valves {
        let law = Link::Limiter { flow: rack.wanted, local: VALVE_OPEN / (rack.wanted * rack.wanted) };
        order.push(built.link(end, r, law, Part::RackValve { row, slot: number }, flow));
    }
    Some(link)
}

/// The units of a CDU group, from return to supply. Units out of service are closed; spare ones stand at speed zero, their curves known.
fn source(built: &mut Built, number: usize, source: &Source, flow: f64) -> Vec<PumpLink> {
    let (shutoff, b, n) = source.curve;
    let mut units = Vec::with_capacity(source.units.len());
    for (unit, state) in source.units.iter().enumerate() {
        let name = unit as u32 + 1;
        let (law, flow) = match *state {
            // With some of its pumps, the flow axis of the unit's curve shrinks to their share.
            Unit::Runs(share) if share > 0.0 => (Link::Pump { shutoff, b: b * share.powf(-n), n, speed: 0.0 }, flow),
            Unit::Spare => (Link::Pump { shutoff, b, n, speed: 0.0 }, 0.0),
            Unit::Runs(_) | Unit::Out => (Link::Closed, 0.0),
        };
        let part = Part::Pump { source: number, unit: name };
        let Some(r) = source.filter else {
            units.push(PumpLink { link: built.link(RETURN, SUPPLY, law, part, flow), filter: None });
            continue;
        };
        let between = built.node(Junction::Inside { source: number, number: unit as u32 });
        let link = built.link(RETURN, between, law, part, flow);
        let filter = built.link(between, SUPPLY, Link::Power { r, n: 2.0 }, Part::Filter { source: number, unit: name }, flow);
        units.push(PumpLink { link, filter: Some((filter, between)) });
    }
    units
}
