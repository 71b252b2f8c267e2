//! The pumps of a loop: the speed at which they give what is asked, in one solve of the network.
//!
//! What is held is made a boundary of the network: the wanted flow fed in at the supply manifold, or its pressure given. The network then says
//! the head or the flow, and the pumps' curves the speed. Pumps are put at that speed, with the flows the curves give them.

use super::build::{Built, PumpLink, RETURN, SUPPLY, drawn};
use super::{Control, Found, Input, Source, Unit, VALVE_OPEN, run};
use crate::numerics::pipe_network::{Link, LinkState, Solution, Solver};
use crate::numerics::roots;

/// Speeds looked at, over full speed: pumps that would have to turn faster than full can't do it.
const SPEEDS: (f64, f64) = (1e-3, 1.0);

/// Flows and pressures of the loop at what its control holds, from `start`.
pub(super) fn settle(input: &Input, built: &mut Built, solver: &mut Solver, start: &Solution) -> Found {
    let wanted: f64 = input.branches.iter().map(|b| (0..b.racks.len()).map(|s| drawn(b, s)).sum::<f64>()).sum();
    let held = match input.control {
        Control::Flow if input.valves => {
            let head = needed_head(input, built, solver, start);
            return match speed_for(&input.sources, wanted, head) {
                Some(speed) => turning(input, built, solver, start, speed),
                None => turning(input, built, solver, start, 1.0),
            };
        }
        Control::Flow => {
            built.network.nodes[SUPPLY].demand = -wanted;
            stand(input, built);
            let solution = run(solver, &built.network, start);
            let head = solution.pressures[SUPPLY];
            Some((solution, wanted, head))
        }
        Control::Difference(head) => {
            built.network.nodes[SUPPLY].fixed = Some(head);
            stand(input, built);
            let solution = run(solver, &built.network, start);
            let flow = built.network.links.iter().zip(&solution.flows).filter(|((from, _, _), _)| *from == SUPPLY).map(|(_, q)| q).sum();
            Some((solution, flow, head))
        }
        Control::Full => None,
    };
    (built.network.nodes[SUPPLY].demand, built.network.nodes[SUPPLY].fixed) = (0.0, None);
    if let Some((solution, flow, head)) = held
        && let Some(speed) = speed_for(&input.sources, flow, head)
    {
        return driven(input, built, solution, flow, head, speed);
    }
    turning(input, built, solver, start, 1.0)
}

/// Puts the pumps that run at a speed, and the others at zero.
fn set_speed(input: &Input, built: &mut Built, at: f64) {
    for (source, units) in input.sources.iter().zip(&built.pumps) {
        for (unit, pump) in source.units.iter().zip(units) {
            if let (Unit::Runs(_), Link::Pump { speed, .. }) = (unit, &mut built.network.links[pump.link].2) {
                *speed = at;
            }
        }
    }
}

/// Stops all pumps.
fn stand(input: &Input, built: &mut Built) {
    set_speed(input, built, 0.0);
}

/// The whole network with pumps at this speed.
fn turning(input: &Input, built: &mut Built, solver: &mut Solver, start: &Solution, speed: f64) -> Found {
    set_speed(input, built, speed);
    let solution = run(solver, &built.network, start);
    let flow = built.pumps.iter().flatten().map(|p| solution.flows[p.link]).sum();
    let head = solution.pressures[SUPPLY];
    Found { solution, flow, head, speed }
}

/// A network solved at given flow and head, with the pumps that drive it put in.
fn driven(input: &Input, built: &mut Built, mut solution: Solution, flow: f64, head: f64, speed: f64) -> Found {
    set_speed(input, built, speed);
    let given: f64 = input.sources.iter().map(|s| s.units.iter().map(|u| delivered(s, *u, speed, head)).sum::<f64>()).sum();
    // The speed is found to the last digits but one; so that mass balances to the last, the rest is spread.
    let scale = if given > 0.0 { flow / given } else { 0.0 };
    for (source, units) in input.sources.iter().zip(&built.pumps) {
        for (unit, PumpLink { link, filter }) in source.units.iter().zip(units) {
            let q = delivered(source, *unit, speed, head) * scale;
            solution.flows[*link] = q;
            solution.states[*link] = if q > 0.0 { LinkState::Open } else { LinkState::Shut };
            if let Some((filter, between)) = *filter {
                solution.flows[filter] = q;
                solution.pressures[between] = head + source.filter.unwrap_or(0.0) * q * q;
            }
        }
    }
    Found { solution, flow, head, speed }
}

/// What a unit gives at a speed against the head between the manifolds, its filter included, m³/s.
fn delivered(source: &Source, unit: Unit, speed: f64, head: f64) -> f64 {
    let Unit::Runs(share) = unit else { return 0.0 };
    let (shutoff, b, n) = source.curve;
    let left = shutoff * speed * speed - head;
    if share <= 0.0 || left <= 0.0 || b <= 0.0 {
        return 0.0;
    }
    let (fall, filter) = (b * share.powf(-n) * speed.powf(2.0 - n), source.filter.unwrap_or(0.0));
    let alone = (left / fall).powf(1.0 / n);
    if filter <= 0.0 {
        return alone;
    }
    if n == 2.0 {
        return (left / (fall + filter)).sqrt();
    }
    roots::bracketed(|q| left - fall * q.powf(n) - filter * q * q, 0.0, alone, 1e-15).unwrap_or(0.0)
}

/// The common speed at which the pumps in use give a flow against a head; `None` where they can't at any up to full speed.
fn speed_for(sources: &[Source], flow: f64, head: f64) -> Option<f64> {
    if !(head.is_finite() && head >= 0.0 && flow >= 0.0) {
        return None;
    }
    let all = |speed: f64| -> f64 { sources.iter().map(|s| group(s, speed, head)).sum() };
    // At one head each pump gives more the faster it turns: monotone, so that there is one speed.
    roots::bracketed(|s| all(s) - flow, SPEEDS.0, SPEEDS.1, 1e-15).ok()
}

/// What a group gives. Units alike are reckoned once.
fn group(source: &Source, speed: f64, head: f64) -> f64 {
    let whole = source.units.iter().filter(|u| **u == Unit::Runs(1.0)).count() as f64;
    let rest: f64 = source.units.iter().filter(|u| **u != Unit::Runs(1.0)).map(|u| delivered(source, *u, speed, head)).sum();
    if whole > 0.0 { whole * delivered(source, Unit::Runs(1.0), speed, head) + rest } else { rest }
}

/// The least head at which every rack gets what it wants through its valve. All flows are known then: each header carries the sum of what
/// is drawn from it, and the racks are cut out of the network.
fn needed_head(input: &Input, built: &mut Built, solver: &mut Solver, start: &Solution) -> f64 {
    stand(input, built);
    let mut network = built.network.clone();
    network.nodes[SUPPLY].fixed = Some(0.0);
    let racks = |built: &Built| -> Vec<(usize, usize, usize)> {
        let places = built.racks.iter().enumerate().flat_map(|(b, links)| links.iter().enumerate().filter_map(move |(s, l)| l.map(|l| (b, s, l))));
        places.filter(|(b, s, _)| drawn(&input.branches[*b], *s) > 0.0).collect()
    };
    let racks = racks(built);
    // The valve behind a rack is the next link.
    for (b, s, link) in &racks {
        let flow = drawn(&input.branches[*b], *s);
        network.nodes[network.links[*link].0].demand += flow;
        network.nodes[network.links[link + 1].1].demand -= flow;
        network.links[*link].2 = Link::Closed;
        network.links[link + 1].2 = Link::Closed;
    }
    let solution = run(solver, &network, start);
    let need = |(b, s, link): &(usize, usize, usize)| {
        let rack = input.branches[*b].racks[*s]?;
        let (from, to) = (network.links[*link].0, network.links[link + 1].1);
        let own = rack.r * rack.wanted.powf(rack.n) + input.disconnects * rack.wanted * rack.wanted + VALVE_OPEN;
        Some(solution.pressures[to] - solution.pressures[from] + own - solution.pressures[RETURN])
    };
    racks.iter().filter_map(need).fold(0.0, f64::max)
}
