//! The screen of all outages against the whole state of each, solved from scratch.

use super::super::*;
use super::{baran_wu, c, ieee_14, line, pq, random_tree, slack};

/// Ratings of all kinds, about as large as what flows.
fn ratings(network: &Network) -> Vec<Rating> {
    let base = solve(network, &Options::default(), None);
    let rating = |(index, flow): (usize, &BranchFlow)| {
        let most = (flow.from.norm().max(flow.to.norm()) + 1e-4) * (0.95 + 0.01 * (index % 11) as f64);
        match index % 5 {
            0 => Rating::Unknown,
            1 | 2 => Rating::Power(most),
            _ => Rating::Current { from: most, to: most * 1.01 },
        }
    };
    base.flows.iter().enumerate().map(rating).collect()
}

/// What should come out, from the network without the branches and with the loads moved, by a way of its own.
fn expected(network: &Network, transfers: &[Transfer], watch: &Watch, out: &[usize]) -> (Effect, Solution) {
    let mut network = network.clone();
    let with_all = solve(&network, &Options::default(), None);
    out.iter().for_each(|&branch| network.branches[branch].in_service = false);
    let alive = solve(&network, &Options::default(), None).energized;
    let mut lost = c(0.0, 0.0);
    for (bus, data) in network.buses.iter().enumerate() {
        lost += if with_all.energized[bus] && !alive[bus] { data.load } else { c(0.0, 0.0) };
    }
    for transfer in transfers {
        let before = transfer.split(with_all.energized[transfer.first], with_all.energized[transfer.second]);
        let after = transfer.split(alive[transfer.first], alive[transfer.second]);
        network.buses[transfer.first].load += after[0];
        network.buses[transfer.second].load += after[1];
        lost += after[2] - before[2];
    }
    let state = solve(&network, &Options { tolerance: 1e-12, ..Options::default() }, None);
    let alive_buses = || (0..alive.len()).filter(|&bus| alive[bus]);
    let voltage = |bus: usize| state.voltages[bus].norm();
    let slacks = network.buses.iter().zip(&state.injections).filter(|(bus, _)| matches!(bus.kind, BusKind::Slack { .. }));
    let slack = slacks.map(|(bus, injection)| injection + bus.load).sum();
    let loading = |index: usize| {
        let branch = &network.branches[index];
        let (flow, from, to) = (&state.flows[index], voltage(branch.from), voltage(branch.to));
        let loading = match watch.rating(index) {
            Rating::Unknown => f64::NAN,
            Rating::Power(rated) => flow.from.norm().max(flow.to.norm()) / rated,
            Rating::Current { from: at_from, to: at_to } => (flow.from.norm() / from / at_from).max(flow.to.norm() / to / at_to),
        };
        if branch.in_service && alive[branch.from] { loading } else { f64::NAN }
    };
    let loadings = || (0..network.branches.len()).map(|index| (loading(index), index)).filter(|loading| loading.0.is_finite());
    let effect = Effect {
        out: out.to_vec(),
        status: state.status,
        worst: None,
        lost,
        dead_buses: with_all.energized.iter().zip(&alive).filter(|(was, is)| **was && !**is).count(),
        slack,
        lowest: alive_buses().map(|bus| (voltage(bus), bus)).min_by(|left, right| left.0.total_cmp(&right.0)),
        highest: loadings().max_by(|left, right| left.0.total_cmp(&right.0)),
        over: loadings().filter(|loading| loading.0 > 1.0).count(),
        below: alive_buses().filter(|&bus| voltage(bus) < watch.low_voltage).count(),
    };
    (effect, state)
}

fn assert_effect(got: &Effect, wanted: &Effect) {
    let what = format!("{got:?}\ninstead of\n{wanted:?}");
    assert_eq!((got.status, got.dead_buses, got.over, got.below), (wanted.status, wanted.dead_buses, wanted.over, wanted.below), "{what}");
    assert!((got.lost - wanted.lost).norm() < 1e-12 && (got.slack - wanted.slack).norm() < 1e-8, "{what}");
    for (got, wanted) in [(got.lowest, wanted.lowest), (got.highest, wanted.highest)] {
        assert_eq!(got.map(|extreme| extreme.1), wanted.map(|extreme| extreme.1), "{what}");
        assert!(got.zip(wanted).is_none_or(|(got, wanted)| (got.0 - wanted.0).abs() < 1e-8 * wanted.0.max(1.0)), "{what}");
    }
}

/// Every outage and as many pairs; returns how many were found from expansions.
fn check(network: &Network, transfers: &[Transfer], low_voltage: f64) -> usize {
    let watch = Watch { ratings: ratings(network), low_voltage };
    let mut screen = Screen::new(network.clone(), transfers, watch.clone(), Options::default());
    let count = network.branches.len();
    let mut quick = 0;
    let order = screen.order();
    assert_eq!(order.len(), network.branches.iter().filter(|branch| branch.in_service).count());
    let singles: Vec<Effect> = screen.effects().collect();
    assert_eq!(singles.iter().map(|effect| effect.out[0]).collect::<Vec<_>>(), order);
    for effect in &singles {
        assert_effect(effect, &expected(network, transfers, &watch, &effect.out).0);
        quick += usize::from(screen.beside(&effect.out).is_some());
    }
    for first in 0..count {
        let out = [first, (first * 7 + 3) % count];
        let (wanted, state) = expected(network, transfers, &watch, &out);
        assert_effect(&screen.effect(&out), &wanted);
        let whole = screen.state(&out);
        assert!(whole.voltages.iter().zip(&state.voltages).all(|(left, right)| (left - right).norm() < 1e-9));
        quick += usize::from(screen.beside(&out).is_some());
    }
    let (wanted, _) = expected(network, transfers, &watch, &[]);
    assert_effect(&screen.normal(), &wanted);
    quick
}

#[test]
fn a_tree_with_parallel_branches() {
    let network = random_tree(120);
    let base = solve(&network, &Options::default(), None);
    let mut voltages: Vec<f64> = base.voltages.iter().map(|v| v.norm()).collect();
    voltages.sort_by(f64::total_cmp);
    // Where many voltages lie, so that outages change the count.
    for low in [voltages[0] + 1e-4, voltages[40], 0.0] {
        let quick = check(&network, &[], low);
        assert!(quick > network.branches.len(), "{quick} of {}", 2 * network.branches.len());
    }
}

#[test]
fn a_tree_whose_loads_can_move() {
    let mut network = random_tree(120);
    network.buses.iter_mut().for_each(|bus| bus.load *= 0.5);
    let modes = [Mode::Half, Mode::FirstElseSecond, Mode::Fixed];
    let mut transfers: Vec<Transfer> =
        (0..60).map(|k| Transfer { first: 2 * k + 1, second: (2 * k + 58) % 120, load: c(0.002, 0.0007), mode: modes[k % 3] }).collect();
    // Two sides on sources of their own, one side without voltage, and one load with both feet on one bus.
    let first = network.buses.len();
    network.buses.extend([slack(1.0), pq(0.0, 0.0), pq(0.1, 0.0)]);
    network.branches.extend([line(first, first + 1, 0.01, 0.03)]);
    for (one, other) in [(7, first + 1), (first + 1, 31), (12, first + 2), (first + 2, 13), (40, 40)] {
        transfers.push(Transfer { first: one, second: other, load: c(0.01, 0.002), mode: Mode::Half });
        transfers.push(Transfer { first: one, second: other, load: c(0.02, 0.001), mode: Mode::FirstElseSecond });
    }
    let quick = check(&network, &transfers, 1.0);
    assert!(quick > network.branches.len(), "{quick} of {}", 2 * network.branches.len());
}

#[test]
fn the_feeder_of_baran_and_wu() {
    let quick = check(&baran_wu(), &[], 0.95);
    assert!(quick > 0);
}

#[test]
fn meshes_ties_and_held_voltages() {
    check(&ieee_14(), &[Transfer { first: 9, second: 13, load: c(0.1, 0.02), mode: Mode::Half }], 1.04);
    let mut network = baran_wu();
    network.buses.push(pq(0.002, 0.001));
    network.branches.push(line(7, 33, 0.0, 0.0));
    network.branches.push(line(17, 32, 0.01, 0.02));
    check(&network, &[], 0.95);
}

#[test]
fn an_outage_without_a_solution_is_one_of_the_effects() {
    let network = Network { buses: vec![slack(1.0), pq(6.0, 0.0)], branches: vec![line(0, 1, 0.0, 0.1), line(0, 1, 0.0, 0.1)] };
    let effects: Vec<Effect> = Screen::new(network, &[], Watch::default(), Options::default()).effects().collect();
    assert_eq!(effects.len(), 2);
    assert!(effects.iter().all(|effect| effect.status != Status::Converged && effect.worst == Some(1)));
}
