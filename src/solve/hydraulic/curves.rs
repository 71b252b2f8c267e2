//! What a network needs and what its pumps give, over the flow: for a plot with the operating point.

use super::run;
use crate::numerics::pipe_network::{Link, Network, Solution, Solver};
use crate::numerics::roots;
use crate::solve::{Junction, Part, Pipes, Piping, Side};
use crate::units::{Pressure, VolumeFlow};

/// Flow and pressure between the manifolds at which pumps stand: filters behind the pumps belong to the pumps.
#[derive(Debug, Clone, PartialEq)]
pub struct PumpCurves {
    /// What the network takes, by rising flow.
    pub system: Vec<(VolumeFlow, Pressure)>,
    /// What the pumps in use give at the present speed, by falling pressure; empty where none turns.
    pub pumps_now: Vec<(VolumeFlow, Pressure)>,
    /// What the pumps in use give at full speed.
    pub pumps_full: Vec<(VolumeFlow, Pressure)>,
    /// What all pumps give at full speed, those that stand by too.
    pub pumps_all: Vec<(VolumeFlow, Pressure)>,
    /// Where the network stands.
    pub operating: (VolumeFlow, Pressure),
}

/// Points of each curve.
const POINTS: usize = 25;

/// A pump as it is in the network: its law, and the resistance behind it, Pa/(m³/s)².
struct Unit<'a> {
    law: &'a Link,
    filter: f64,
}

/// The curves of a network with pumps; `None` for a network without. The network is solved at some pressures between its manifolds, with all of its
/// valves as they are set.
#[must_use]
pub fn pump_curves(pipes: &Pipes) -> Option<PumpCurves> {
    let piping = &*pipes.piping;
    let find = |side| piping.nodes.iter().position(|n| *n == Junction::Manifold(side));
    // Heat rejection that stands between the pumps and the mains is part of what they pump into.
    let plant = piping.links.iter().position(|p| *p == Part::Plant).and_then(|l| piping.network.links.get(l)).map(|l| l.0);
    let (supply, back) = (plant.or_else(|| find(Side::Supply))?, find(Side::Return)?);
    let units = units(piping);
    let full = units.iter().map(|u| rise(u.law, 1.0)).fold(0.0, f64::max);
    if full <= 0.0 {
        return None;
    }
    let turning: Vec<&Unit<'_>> = units.iter().filter(|u| speed(u.law) > 0.0).collect();
    let all: Vec<&Unit<'_>> = units.iter().collect();
    let flow: f64 = piping.links.iter().zip(&piping.flows).filter(|(p, _)| matches!(p, Part::Pump { .. })).map(|(_, q)| q).sum();
    let head = piping.pressures[supply] - piping.pressures[back];
    let point = |q: f64, p: f64| (VolumeFlow::from_cubic_meters_per_second(q), Pressure::from_pascals(p));
    // Evenly in the flow of a square law, so that the points are not crowded at one end.
    let heads = |top: f64| (0..POINTS).map(move |i| top * (i as f64 / (POINTS - 1) as f64).powi(2));
    let given = |units: &[&Unit<'_>], at: Option<f64>| -> Vec<(VolumeFlow, Pressure)> {
        let top = units.iter().map(|u| rise(u.law, at.unwrap_or(speed(u.law)))).fold(0.0, f64::max);
        let fall = (0..POINTS).map(|i| top * (1.0 - (i as f64 / (POINTS - 1) as f64).powi(2)));
        fall.map(|p| point(units.iter().map(|u| gives(u, at.unwrap_or(speed(u.law)), p)).sum(), p)).collect()
    };
    let system = system(piping, supply, back, heads(full.max(1.1 * head))).into_iter().map(|(q, p)| point(q, p)).collect();
    let now = if turning.is_empty() { Vec::new() } else { given(&turning, None) };
    let pumps_full = if turning.is_empty() { Vec::new() } else { given(&turning, Some(1.0)) };
    Some(PumpCurves { system, pumps_now: now, pumps_full, pumps_all: given(&all, Some(1.0)), operating: point(flow, head) })
}

fn units(piping: &Piping) -> Vec<Unit<'_>> {
    let pumps = piping.links.iter().enumerate().filter_map(|(k, part)| if let Part::Pump { source, unit } = part { Some((k, *source, *unit)) } else { None });
    pumps
        .filter(|(k, _, _)| matches!(piping.network.links[*k].2, Link::Pump { .. }))
        .map(|(k, source, unit)| {
            let filter = piping.links.iter().position(|p| *p == Part::Filter { source, unit });
            let filter = filter.map_or(0.0, |f| if let Link::Power { r, .. } = piping.network.links[f].2 { r } else { 0.0 });
            Unit { law: &piping.network.links[k].2, filter }
        })
        .collect()
}

fn speed(law: &Link) -> f64 {
    if let Link::Pump { speed, .. } = law { *speed } else { 0.0 }
}

/// Pressure rise at no flow.
fn rise(law: &Link, speed: f64) -> f64 {
    if let Link::Pump { shutoff, .. } = law { shutoff * speed * speed } else { 0.0 }
}

/// Flow of a unit at a speed against a pressure between the manifolds.
fn gives(unit: &Unit<'_>, speed: f64, head: f64) -> f64 {
    let Link::Pump { shutoff, b, n, .. } = *unit.law else { return 0.0 };
    let (left, fall) = (shutoff * speed * speed - head, b * speed.powf(2.0 - n));
    if left <= 0.0 || fall <= 0.0 {
        return 0.0;
    }
    let alone = (left / fall).powf(1.0 / n);
    if unit.filter <= 0.0 {
        return alone;
    }
    roots::bracketed(|q| left - fall * q.powf(n) - unit.filter * q * q, 0.0, alone, 1e-12).unwrap_or(alone)
}

/// Flow out of the supply manifold at pressures between the manifolds, the pumps taken away.
fn system(piping: &Piping, supply: usize, back: usize, heads: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    let mut network: Network = piping.network.clone();
    for (link, part) in network.links.iter_mut().zip(&piping.links) {
        if matches!(part, Part::Pump { .. } | Part::Filter { .. }) {
            link.2 = Link::Closed;
        }
    }
    let level = piping.network.nodes[back].fixed.unwrap_or(0.0);
    network.nodes[back].fixed = Some(level);
    network.nodes[supply].demand = 0.0;
    let mut solver = Solver::new(&network);
    let mut start = Solution {
        flows: piping.flows.clone(),
        pressures: piping.pressures.clone(),
        states: piping.states.clone(),
        unsupplied: Vec::new(),
        status: crate::numerics::pipe_network::Status::Converged,
        iterations: 0,
        residual: 0.0,
        worst: None,
    };
    let mut curve = Vec::new();
    for head in heads {
        network.nodes[supply].fixed = Some(level + head);
        let solution = run(&mut solver, &network, &start);
        if solution.status != crate::numerics::pipe_network::Status::Converged {
            continue;
        }
        let out = network.links.iter().zip(&solution.flows).map(|((from, to, _), q)| {
            if *from == supply {
                *q
            } else if *to == supply {
                -*q
            } else {
                0.0
            }
        });
        curve.push((out.sum(), head));
        start = solution;
    }
    curve
}
