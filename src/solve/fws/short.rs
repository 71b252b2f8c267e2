//! Mains that can't give everyone what they want, or stand still: the whole network, with its pump curves and valves, says what flows.

use super::network::{self, Built};
use super::route::Route;
use super::{Flow, Mains};
use crate::numerics::pipe_network::{self, Options, Solution};
use crate::numerics::roots;
use crate::solve::{Piping, hydraulic};
use std::sync::Arc;

/// How near the bypass brings the pumps to their least flow, as a share of it.
const NEAR: f64 = 1e-9;
/// Flow that is none, as a share of the largest.
const NOTHING: f64 = 1e-11;

fn run(mains: &Mains, route: &Route, open: &[bool], speed: f64, bypass: f64) -> (Built, Solution) {
    let built = network::build(mains, route, open, speed, bypass);
    let solution = pipe_network::solve(&built.network, &Options::default(), None);
    (built, solution)
}

fn taken(built: &Built, solution: &Solution) -> f64 {
    built.branches.iter().map(|b| solution.flows[b.valve].max(0.0)).sum()
}

/// With the pumps at full speed. The bypass opens as far as their least flow needs.
pub(super) fn solve(mains: &Mains, route: &Route, open: &[bool]) -> Flow {
    let (mut built, mut solution) = run(mains, route, open, 1.0, 0.0);
    if let Some(least) = mains.bypass.filter(|least| taken(&built, &solution) < *least) {
        // The more it passes, the less the consumers get; the sum rises all the same.
        let missing = |bypass: f64| {
            let (built, solution) = run(mains, route, open, 1.0, bypass);
            taken(&built, &solution) + bypass - least
        };
        let bypass = roots::bracketed(missing, 0.0, least, NEAR * least).unwrap_or(least);
        (built, solution) = run(mains, route, open, 1.0, bypass);
    }
    answer(mains, built, solution, 1.0)
}

/// With the pumps off.
pub(super) fn standing(mains: &Mains, route: &Route, open: &[bool]) -> Flow {
    let (built, solution) = run(mains, route, open, 0.0, 0.0);
    answer(mains, built, solution, 0.0)
}

fn answer(mains: &Mains, built: Built, mut solution: Solution, speed: f64) -> Flow {
    let known = |q: f64| if q.is_finite() { q } else { 0.0 };
    // What is left of a flow in the last digits is none.
    let least = NOTHING * solution.flows.iter().map(|q| known(*q).abs()).fold(0.0, f64::max);
    for q in &mut solution.flows {
        *q = if q.abs() <= least || built.running.is_empty() { 0.0 } else { *q };
    }
    let taps: Vec<f64> = built.branches.iter().map(|b| known(solution.flows[b.valve]).max(0.0)).collect();
    let bypass = built.bypass.map_or(0.0, |b| known(solution.flows[b]).max(0.0));
    let flow: f64 = built.running.iter().map(|p| known(solution.flows[*p])).sum();
    let head = if flow > 0.0 { known(solution.pressures[network::DISCHARGE]) } else { 0.0 };
    let between = |b: &network::Branch| solution.pressures[built.network.links[b.exchanger].0] - solution.pressures[built.network.links[b.valve].1];
    let available: Vec<f64> = built.branches.iter().map(between).collect();
    let share = |i: usize| taps[i] / mains.taps[i].wish;
    let worst = (0..taps.len()).filter(|i| mains.taps[*i].wish > 0.0).min_by(|a, b| share(*a).total_cmp(&share(*b)));
    let Built { network, nodes, links, .. } = built;
    let piping = Piping::of(network, nodes, links, &solution, speed);
    Flow {
        flow,
        bypass,
        head,
        speed,
        power: flow * head / mains.pumps.efficiency.max(0.05),
        taps,
        available,
        worst,
        status: hydraulic::status(solution.status),
        iterations: solution.iterations,
        residual: solution.residual.max(super::imbalance(&piping)),
        piping: Arc::new(piping),
    }
}
