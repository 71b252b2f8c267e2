//! The facility water system's mains: what head its pumps must give, and how much water there is when they can't.
//!
//! The mains run from the pump house to the halls (and other places of consumers) in order of distance, each consumer branching off where
//! it stands. Every branch has a control valve that holds the flow the consumer wants, so that flows are given and pressures follow. The
//! supply tree is solved as a network; the return mirrors it.

use crate::numerics::pipe_network::{self, Link, Network, Node, Options};
use crate::physics::pipe;
use crate::physics::pump::Curve;
use crate::plan::Point;
use crate::plan::catalog::PumpModel;
use crate::units::*;

/// Pressure a control valve needs to have authority. Assumed.
pub(super) const VALVE: f64 = 30_000.0;
/// Velocity for which branches are sized. Assumed.
pub(super) const BRANCH_VELOCITY: f64 = 2.0;
/// Minor loss coefficients of one way of a branch, flanged: a tee (1.0), two elbows (0.3 each) and two open gate valves (0.15 each) by
/// `physics::sources::LMNO_FITTINGS`; how many of each is assumed.
const BRANCH_K: f64 = 1.0 + 2.0 * 0.3 + 2.0 * 0.15;

/// A consumer of facility water.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Consumer {
    pub at: Point,
    /// Wanted flow, m³/s.
    pub flow: f64,
    /// Flow it is built for, m³/s; the branch is sized for it.
    pub design: f64,
    /// Pressure drop at the design flow, Pa.
    pub drop: f64,
}

/// The mains as the hydraulics see them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mains {
    pub pumps_at: Point,
    pub diameter: f64,
    pub roughness: f64,
    pub density: f64,
    pub viscosity: f64,
    pub consumers: Vec<Consumer>,
    /// Shut-off head, coefficient, exponent of one pump; pumps in use; overall efficiency.
    pub pump: (f64, f64, f64),
    pub pumps: f64,
    pub efficiency: f64,
}

/// How the mains run.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Flow {
    /// m³/s in all.
    pub flow: f64,
    /// Share of the wanted flow that the pumps can give.
    pub share: f64,
    pub head: f64,
    pub speed: f64,
    pub power: f64,
    /// Pressure between supply and return at each consumer, Pa.
    pub available: Vec<f64>,
    /// The consumer that sets the head.
    pub worst: Option<usize>,
    pub status: super::Status,
    pub iterations: usize,
    pub residual: f64,
}

pub(super) fn pump_curve(model: &PumpModel) -> (f64, f64, f64) {
    // The shut-off head and the rating give a parabola.
    let (h0, h, q) = (model.shutoff.pascals(), model.head.pascals(), model.flow.cubic_meters_per_second());
    if h0 > h && q > 0.0 {
        (h0, (h0 - h) / (q * q), 2.0)
    } else {
        Curve::from_rating(*model.flow, *model.head).map_or((0.0, 0.0, 2.0), |c| (c.shutoff.pascals(), c.coefficient, c.exponent))
    }
}

/// Pressures at the given share of the wanted flows: drop of the supply tree at each consumer.
fn tree(mains: &Mains, share: f64) -> pipe_network::Solution {
    let mut order: Vec<usize> = (0..mains.consumers.len()).collect();
    let distance = |i: usize| mains.pumps_at.path_to(mains.consumers[i].at);
    order.sort_by(|a, b| distance(*a).total_cmp(&distance(*b)));
    let mut network = Network { nodes: vec![Node { demand: 0.0, fixed: Some(0.0) }], links: Vec::new() };
    network.nodes.extend(mains.consumers.iter().map(|c| Node { demand: c.flow * share, fixed: None }));
    let pipe = |diameter: f64, length: f64, k: f64| Link::Pipe {
        diameter,
        length: length.max(0.1),
        roughness: mains.roughness,
        k,
        density: mains.density,
        viscosity: mains.viscosity,
    };
    let (mut previous, mut place) = (0, mains.pumps_at);
    for &i in &order {
        let consumer = &mains.consumers[i];
        let trunk = network.nodes.len();
        network.nodes.push(Node::default());
        // The trunk runs along one axis of the campus, the branch along the other.
        let along = Point(consumer.at.0, place.1);
        network.links.push((previous, trunk, pipe(mains.diameter, place.path_to(along), super::hydraulic::TEE)));
        let size =
            pipe::diameter_for(VolumeFlow::from_cubic_meters_per_second(consumer.design.max(1e-5)), Velocity::from_meters_per_second(BRANCH_VELOCITY)).meters();
        network.links.push((trunk, i + 1, pipe(size.min(mains.diameter), along.path_to(consumer.at), BRANCH_K)));
        (previous, place) = (trunk, along);
    }
    pipe_network::solve(&network, &Options::default(), None)
}

/// Runs the pumps at the lowest speed that gives every consumer what it wants, or at full speed with less.
pub(super) fn solve(mains: &Mains) -> Flow {
    let wanted: f64 = mains.consumers.iter().map(|c| c.flow).sum();
    if wanted <= 0.0 {
        return Flow { share: 1.0, available: vec![0.0; mains.consumers.len()], ..Flow::default() };
    }
    let state = |share: f64| {
        let solution = tree(mains, share);
        let needed = |i: usize| {
            let c = &mains.consumers[i];
            let through = if c.design > 0.0 { c.drop * (c.flow * share / c.design).powi(2) } else { 0.0 };
            2.0 * -solution.pressures[i + 1] + through + VALVE * f64::from(u8::from(c.flow > 0.0))
        };
        let worst = (0..mains.consumers.len()).max_by(|a, b| needed(*a).total_cmp(&needed(*b)));
        let head = worst.map_or(0.0, needed);
        (solution, head, worst)
    };
    let (h0, b, n) = mains.pump;
    let at_full = |flow: f64| if mains.pumps > 0.0 { h0 - b * (flow / mains.pumps).powf(n) } else { 0.0 };
    let mut share = 1.0;
    let (mut solution, mut head, mut worst) = state(1.0);
    if at_full(wanted) < head {
        // Share at which the pumps at full speed meet the mains: head needed falls and head given rises with less flow.
        share = crate::numerics::roots::bracketed(|s| at_full(wanted * s) - state(s).1, 1e-3, 1.0, 1e-6).unwrap_or(0.0);
        (solution, head, worst) = state(share);
    }
    let flow = wanted * share;
    let curve = Curve { shutoff: Pressure::from_pascals(h0), coefficient: b, exponent: n };
    let each = VolumeFlow::from_cubic_meters_per_second(if mains.pumps > 0.0 { flow / mains.pumps } else { 0.0 });
    let speed = curve.speed_for(each, Pressure::from_pascals(head)).unwrap_or(1.0).min(1.0);
    let available = (0..mains.consumers.len()).map(|i| head - 2.0 * -solution.pressures[i + 1]).collect();
    Flow {
        flow,
        share,
        head,
        speed,
        power: flow * head / mains.efficiency.max(0.05),
        available,
        worst,
        status: super::hydraulic::status(solution.status),
        iterations: solution.iterations,
        residual: solution.residual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::coolant::{Fluid, properties};

    fn mains(pumps: f64) -> Mains {
        let fluid = properties(Fluid::Water, Temperature::from_celsius(30.0));
        let consumer = |x: f64| Consumer { at: Point(x, 20.0), flow: 0.05, design: 0.05, drop: 100_000.0 };
        Mains {
            pumps_at: Point(0.0, 0.0),
            diameter: 0.4,
            roughness: 45e-6,
            density: fluid.density.kilograms_per_cubic_meter(),
            viscosity: fluid.viscosity.pascal_seconds(),
            consumers: vec![consumer(10.0), consumer(60.0), consumer(110.0)],
            pump: (400_000.0, 100_000.0 / (0.1 * 0.1), 2.0),
            pumps,
            efficiency: 0.72,
        }
    }

    #[test]
    fn the_farthest_consumer_sets_the_head() {
        let run = solve(&mains(2.0));
        assert_eq!(run.worst, Some(2));
        assert!((run.flow - 0.15).abs() < 1e-12 && run.share == 1.0 && run.speed < 1.0);
        assert!(run.head > 130_000.0 && run.head < 300_000.0, "{}", run.head);
        // Hydraulic power over efficiency.
        assert!((run.power - run.flow * run.head / 0.72).abs() < 1e-6);
    }

    #[test]
    fn weak_pumps_give_what_they_can() {
        let run = solve(&mains(0.6));
        assert!(run.share < 1.0 && run.share > 0.1 && (run.speed - 1.0).abs() < 1e-3, "{run:?}");
        assert_eq!(solve(&mains(0.0)).share, 0.0);
    }
}
