//! Mains by hand, against the network solver, and at their limits.

use super::*;
use crate::numerics::pipe_network::{self, Options};
use crate::physics::coolant::{Fluid, properties};
use crate::solve::{Junction, Part, Side};

/// Three consumers in a line, 50 m apart, 20 m beside it.
fn mains(pumps: u32) -> Mains {
    let fluid = properties(Fluid::Water, Temperature::from_celsius(30.0));
    let tap = |x: f64| Tap { at: Point(x, 20.0), size: 0.05, place: 0, design: 0.05, drop: 100_000.0, shut: false, wish: 0.05 };
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

#[test]
fn a_tree_by_hand() {
    // Water of 995.65 kg/m³ and 0.7972 mPa·s: pieces of 30, 50 and 50 m of DN 400 with 150, 100 and 50 L/s, K 0.2 each, by Swamee and Jain with a pocket
    // calculator: 904.776, 654.327 and 178.351 Pa one way. Both ways, 7,602.93 Pa in the branch (0.1 m at 2 m/s, K 1.9), and 100 kPa in the exchanger.
    let mut plain = mains(2);
    for fluid in [&mut plain.supply, &mut plain.back] {
        fluid.density = Density::from_kilograms_per_cubic_meter(995.65);
        fluid.viscosity = Viscosity::from_pascal_seconds(0.7972e-3);
    }
    let run = solve(&plain);
    assert!((run.head - VALVE - 111_077.84).abs() < 0.5, "{}", run.head - VALVE);
    let p: &crate::solve::Piping = &run.piping;
    let lost: Vec<f64> = [1, 2, 3].map(|number| p.lost(p.links.iter().position(|l| *l == Part::Main { number, side: Side::Supply }).unwrap())).to_vec();
    for (found, hand) in lost.iter().zip([904.776, 654.327, 178.351]) {
        assert!((found - hand).abs() < 1e-2, "{lost:?}");
    }
    // The plant's loss is the pumps' to overcome.
    plain.plant = 20_000.0 / (0.15 * 0.15);
    assert!((solve(&plain).head - run.head - 20_000.0).abs() < 1e-6);
    // What is not far away has more left at its valve.
    assert!(run.available[0] > run.available[1] && (run.available[2] - VALVE - 100_000.0).abs() < 1e-6, "{:?}", run.available);
}

/// The case `fws-ring`: consumers of 50, 30 and 60 L/s.
fn ring() -> Mains {
    let mut ring = mains(2);
    for fluid in [&mut ring.supply, &mut ring.back] {
        fluid.density = Density::from_kilograms_per_cubic_meter(995.65);
        fluid.viscosity = Viscosity::from_pascal_seconds(0.7972e-3);
    }
    ring.ring = true;
    (ring.taps[1].wish, ring.taps[2].wish) = (0.03, 0.06);
    (ring.taps[2].size, ring.taps[2].design) = (0.06, 0.06);
    ring
}

#[test]
fn a_ring_with_weak_pumps_is_as_epanet_finds_it() {
    let expected: serde_json::Value = serde_json::from_str(include_str!("../../../tests/cases/hydraulic/fws-ring/expected.json")).unwrap();
    let mut ring = ring();
    ring.pumps.curve = (120e3, 5e6, 2.0);
    let run = solve(&ring);
    let p: &crate::solve::Piping = &run.piping;
    let per_meter = 995.65 * 32.2 * 0.3048;
    let mut compared = 0;
    for (i, part) in p.links.iter().enumerate() {
        let name = match part {
            Part::Main { number, side: Side::Supply } => format!("M{number}"),
            Part::Main { number, side: Side::Return } => format!("N{number}"),
            Part::Valve { consumer } => format!("V{}", consumer + 1),
            Part::Pump { unit, .. } if *unit < 3 => format!("P{unit}"),
            _ => continue,
        };
        let wanted = expected["flows_l_s"][&name].as_f64().unwrap();
        assert!((p.flows[i] * 1e3 / wanted - 1.0).abs() < 1e-3, "{name}: {} {wanted}", p.flows[i] * 1e3);
        compared += 1;
    }
    for (i, junction) in p.nodes.iter().enumerate() {
        let name = match junction {
            Junction::Manifold(Side::Supply) => "SUP".to_owned(),
            Junction::Main { number, side: Side::Supply } => format!("S{number}"),
            Junction::Main { number, side: Side::Return } => format!("R{number}"),
            Junction::At { consumer, side: Side::Supply } => format!("A{}", consumer + 1),
            Junction::Behind { consumer } => format!("B{}", consumer + 1),
            Junction::At { consumer, side: Side::Return } => format!("C{}", consumer + 1),
            _ => continue,
        };
        let wanted = expected["heads_m"][&name].as_f64().unwrap();
        assert!((p.pressures[i] / per_meter - wanted).abs() < 1e-3 * 10.0_f64.min(wanted + 0.1), "{name}: {} {wanted}", p.pressures[i] / per_meter);
        compared += 1;
    }
    assert_eq!(compared, 13 + 16);
    is_solved(&run);
}

#[test]
fn a_ring_feeds_from_the_other_side_and_a_tree_does_not() {
    let whole = solve(&ring());
    assert_eq!(whole.taps, [0.05, 0.03, 0.06]);
    is_solved(&whole);
    for piece in 1..=4 {
        let cut = Mains { closed: vec![piece], ..ring() };
        let run = solve(&cut);
        assert_eq!(run.taps, [0.05, 0.03, 0.06]);
        assert!(run.head > whole.head, "{piece}");
        is_solved(&run);
    }
    // Two pieces out part what lies between them.
    let island = solve(&Mains { closed: vec![2, 3], ..ring() });
    assert_eq!(island.taps, [0.05, 0.0, 0.06]);
    let tree = Mains { closed: vec![2], ..mains(2) };
    let cut = solve(&tree);
    assert_eq!(cut.taps, [0.05, 0.0, 0.0]);
    assert!(!cut.short(&tree, 0) && cut.short(&tree, 1) && cut.short(&tree, 2));
    assert!(cut.available[0] > 0.0 && cut.available[1].is_nan());
}

#[test]
fn a_bypass_keeps_the_least_flow_and_mixes() {
    let mut with = mains(2);
    with.bypass = Some(0.2);
    with.buffer = true;
    let run = solve(&with);
    assert!((run.flow - 0.2).abs() < 1e-12 && (run.bypass - 0.05).abs() < 1e-12, "{run:?}");
    is_solved(&run);
    // 20 °C out; the consumers give 10, 10 and 16 K; a quarter of the water comes back as it went: (3·12 + 1·0)/4 = 9 K, and 1 K by the pumps.
    let t = temperatures(&run.piping, 293.15, &[303.15, 303.15, 309.15], 1.0);
    let at = |junction: Junction| t[run.piping.nodes.iter().position(|n| *n == junction).unwrap()] - 293.15;
    assert!((at(Junction::Manifold(Side::Return)) - 9.0).abs() < 1e-9);
    assert!((at(Junction::Inside { source: 0, number: 0 }) - 10.0).abs() < 1e-9 && at(Junction::Inside { source: 0, number: 1 }).abs() < 1e-9);
    // Where the second and the third meet: (10 + 16)/2.
    assert!((at(Junction::Main { number: 2, side: Side::Return }) - 13.0).abs() < 1e-9);
    // Weak pumps: the bypass gives way only as far as the least flow allows.
    with.pumps.curve = (120e3, 4e6, 2.0);
    let weak = solve(&with);
    assert!(weak.speed == 1.0 && (weak.flow - 0.2).abs() < 1e-6 && weak.bypass > 0.05, "{weak:?}");
    // With more wanted than that it stays shut.
    assert_eq!(solve(&Mains { bypass: Some(0.1), ..mains(2) }).bypass, 0.0);
}

#[test]
fn nothing_wanted_nothing_flows() {
    let mut idle = mains(2);
    idle.taps.iter_mut().for_each(|t| t.wish = 0.0);
    let none = Mains { taps: Vec::new(), ..mains(2) };
    let shut = Mains { taps: mains(2).taps.into_iter().map(|t| Tap { shut: true, ..t }).collect(), ..mains(2) };
    for mains in [idle, none, shut, mains(0)] {
        for ring in [false, true] {
            let run = solve(&Mains { ring, bypass: Some(0.02), buffer: true, ..mains.clone() });
            assert!(run.flow == 0.0 && run.power == 0.0 && run.taps.iter().all(|q| *q == 0.0), "{run:?}");
            assert_eq!(run.status, crate::solve::Status::Converged);
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 300, ..Default::default() })]
    #[test]
    fn random_mains_balance(
        places in proptest::collection::vec((0.0..300.0f64, 0.0..200.0f64, 0..3usize, 0.0..0.08f64, 0..10u8), 0..12),
        ring in proptest::bool::ANY, buffer in proptest::bool::ANY, pumps in 0..4u32, shutoff in 2e4..4e5f64,
        bypass in proptest::option::of(0.0..0.3f64), closed in proptest::collection::vec(1..14usize, 0..3), diameter in 0.1..0.8f64,
    ) {
        let tap = |(x, y, place, wish, kind): (f64, f64, usize, f64, u8)| {
            // Some want nothing, some are shut, some have nothing in use.
            let wish = if kind == 0 { 0.0 } else { wish };
            let design = if kind == 1 { 0.0 } else { wish * 1.2 };
            Tap { at: Point(x, y), size: 0.08, place, design, drop: 8e4, shut: kind == 2, wish: if kind == 1 { 0.0 } else { wish } }
        };
        let taps: Vec<Tap> = places.into_iter().map(tap).collect();
        let one = Mains { taps, ring, buffer, bypass, closed, diameter, plant: 1e5, ..mains(pumps) };
        let one = Mains { pumps: Pumps { curve: (shutoff, 1e6, 2.0), ..one.pumps.clone() }, ..one };
        let run = solve(&one);
        proptest::prop_assert_eq!(run.status, crate::solve::Status::Converged);
        proptest::prop_assert!(imbalance(&run.piping) <= 1e-9, "{}", imbalance(&run.piping));
        proptest::prop_assert!(run.flow.is_finite() && run.power >= 0.0 && run.speed <= 1.0 && run.taps.iter().all(|q| q.is_finite() && *q >= 0.0));
        let wanted: f64 = one.taps.iter().map(|t| t.wish).sum();
        proptest::prop_assert!(run.flow <= wanted.max(bypass.unwrap_or(0.0)) * (1.0 + 1e-6));
        proptest::prop_assert!(run.taps.iter().zip(&one.taps).all(|(q, t)| *q <= t.wish * (1.0 + 1e-9)));
        if run.flow > 1e-4 {
            is_solved(&run);
        }
        let t = temperatures(&run.piping, 300.0, &vec![310.0; run.taps.len()], 0.1);
        proptest::prop_assert!(t.iter().all(|t| t.is_nan() || (299.9..310.2).contains(t)), "{t:?}");
    }
}
