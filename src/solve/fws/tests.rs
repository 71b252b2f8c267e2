//! Mains by hand, against the network solver, and at their limits.

use super::*;
use crate::numerics::pipe_network::{self, Options};
use crate::physics::coolant::{Fluid, properties};

/// Three consumers in a line, 50 m apart, 20 m beside it.
fn mains(pumps: u32) -> Mains {
    let fluid = properties(Fluid::Water, Temperature::from_celsius(30.0));
    let tap = |x: f64| Tap { consumer: Consumer { at: Point(x, 20.0), flow: 0.05, design: 0.05, drop: 100_000.0 }, place: 0, shut: false, wish: 0.05 };
    Mains {
        at: Point(0.0, 0.0),
        diameter: 0.4,
        roughness: 45e-6,
        ring: false,
        closed: Vec::new(),
        supply: fluid,
        back: fluid,
        taps: vec![tap(10.0), tap(60.0), tap(110.0)],
        pumps: Pumps { curve: (400_000.0, 100_000.0 / (0.1 * 0.1), 2.0), installed: 3, out: 0, running: pumps, efficiency: 0.72 },
        plant: 0.0,
        buffer: false,
        bypass: None,
    }
}

/// The flows and pressures are what the network solver finds for the same network, and nothing is lost at any node.
fn is_solved(flow: &Flow) {
    let p = &flow.piping;
    let again = pipe_network::solve(&p.network, &Options::default(), None);
    assert_eq!(again.status, pipe_network::Status::Converged, "{again:?}");
    let most = p.flows.iter().map(|q| q.abs()).fold(1e-6, f64::max);
    for (i, (mine, its)) in p.flows.iter().zip(&again.flows).enumerate() {
        assert!((mine - its).abs() <= 1e-6 * most, "{:?}: {mine} {its}", p.links[i]);
    }
    let mut balance = vec![0.0; p.nodes.len()];
    for ((a, b, _), q) in p.network.links.iter().zip(&p.flows) {
        balance[*a] -= q;
        balance[*b] += q;
    }
    assert!(balance.iter().all(|b| b.abs() <= 1e-9 * most), "{balance:?}");
}

#[test]
fn the_farthest_consumer_sets_the_head() {
    let mains = mains(2);
    let run = solve(&mains);
    assert_eq!(run.worst, Some(2));
    assert!((run.flow - 0.15).abs() < 1e-12 && run.speed < 1.0);
    assert!(run.head > 130_000.0 && run.head < 300_000.0, "{}", run.head);
    // Hydraulic power over efficiency.
    assert!((run.power - run.flow * run.head / 0.72).abs() < 1e-6);
    is_solved(&run);
}

#[test]
fn weak_pumps_give_what_they_can() {
    let mut weak = mains(1);
    weak.pumps.curve = (150_000.0, 50_000.0 / (0.1 * 0.1), 2.0);
    let run = solve(&weak);
    assert!(run.speed == 1.0 && run.flow < 0.15 && run.flow > 0.05, "{run:?}");
    // The near one gets more than the far one.
    assert!(run.taps[0] > run.taps[1] && run.taps[1] > run.taps[2] && run.taps[2] > 0.0, "{:?}", run.taps);
    is_solved(&run);
    assert_eq!(solve(&mains(0)).taps, [0.0; 3]);
}
