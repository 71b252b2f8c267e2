//! An outage solved beside the network against the network without the element, solved from scratch.

use super::super::*;
use super::{assert_near, baran_wu, c, ieee_14, line, pq, random_tree, slack};

/// The change made in a copy, which is then solved from nothing.
fn anew(network: &Network, change: &Change) -> Solution {
    let mut network = network.clone();
    change.apply(&mut network);
    solve(&network, &Options::default(), None)
}

fn assert_same(beside: &Solution, anew: &Solution, what: &str) {
    assert_eq!(beside.energized, anew.energized, "{what}");
    assert_eq!(beside.status, anew.status, "{what}");
    if anew.status != Status::Converged {
        return;
    }
    for (bus, (&left, &right)) in beside.voltages.iter().zip(&anew.voltages).enumerate() {
        assert!((left - right).norm() < 1e-9, "{what}, bus {bus}: {left} instead of {right}");
    }
    for (left, right) in beside.flows.iter().zip(&anew.flows) {
        assert_near(left.from, right.from, 1e-7);
        assert_near(left.to, right.to, 1e-7);
    }
    for (left, right) in beside.injections.iter().zip(&anew.injections) {
        assert_near(*left, *right, 1e-7);
    }
}

/// Every branch out, halved where it is doubled, and pairs of branches together with a load that moves.
fn check_every_outage(network: &Network) {
    let mut prepared = Prepared::new(network.clone());
    let options = Options::default();
    let base = prepared.solve(&options, None);
    assert_eq!(base.status, Status::Converged);
    let branches = network.branches.len();
    let buses = network.buses.len();
    for first in 0..branches {
        let second = (first * 7 + 3) % branches;
        let loads = vec![(first % buses, c(0.003, 0.001)), (second % buses, c(0.0, 0.0))];
        let changes = [
            Change { branches: vec![(first, 0.0)], loads: Vec::new() },
            Change { branches: vec![(first, 0.5)], loads: Vec::new() },
            Change { branches: vec![(first, 0.0), (second, 0.0)], loads: loads.clone() },
            Change { branches: vec![(first, 2.0 / 3.0), (second, 0.0)], loads },
        ];
        for change in changes {
            assert_same(&prepared.solve_changed(&change, &options, &base), &anew(network, &change), &format!("{change:?}"));
        }
    }
    assert_eq!(prepared.network(), network);
    assert_same(&prepared.solve(&options, Some(&base)), &base, "nothing changed");
}

#[test]
fn a_tree_with_parallel_branches() {
    check_every_outage(&random_tree(90));
}

#[test]
fn rings_and_several_islands() {
    let mut network = random_tree(60);
    network.branches.iter_mut().for_each(|branch| branch.shift = 0.0);
    for (from, to) in [(17, 50), (3, 55), (20, 21)] {
        network.branches.push(line(from, to, 0.05, 0.1));
    }
    let first = network.buses.len();
    network.buses.extend([slack(1.0), pq(0.2, 0.1), pq(0.1, 0.0), pq(0.1, 0.0)]);
    network.branches.extend([line(first, first + 1, 0.01, 0.05), line(first + 1, first + 2, 0.01, 0.05), line(first + 3, first + 3, 0.01, 0.05)]);
    check_every_outage(&network);
}

#[test]
fn several_slacks_and_held_voltages() {
    let mut network = ieee_14();
    check_every_outage(&network);
    network.buses[11].kind = BusKind::Slack { v: 1.05, angle: -0.26 };
    check_every_outage(&network);
}

#[test]
fn switches_without_impedance() {
    let mut network = baran_wu();
    for (from, to) in [(7, 33), (33, 34), (34, 7), (24, 35), (35, 28)] {
        network.buses.resize(network.buses.len().max(from.max(to) + 1), pq(0.001, 0.0005));
        network.branches.push(line(from, to, 0.0, 0.0));
    }
    network.branches.push(Branch { in_service: false, ..line(17, 32, 0.0, 0.0) });
    check_every_outage(&network);
}

#[test]
fn an_outage_without_a_solution_says_so() {
    // Two lines carry what one cannot.
    let load = pq(6.0, 0.0);
    let network = Network { buses: vec![slack(1.0), load], branches: vec![line(0, 1, 0.0, 0.1), line(0, 1, 0.0, 0.1)] };
    let mut prepared = Prepared::new(network.clone());
    let base = prepared.solve(&Options::default(), None);
    assert_eq!(base.status, Status::Converged);
    let change = Change { branches: vec![(1, 0.0)], loads: Vec::new() };
    let out = prepared.solve_changed(&change, &Options::default(), &base);
    assert_ne!(out.status, Status::Converged);
    assert_eq!((out.status, out.worst), (anew(&network, &change).status, Some(1)));
    assert_eq!(prepared.solve_changed(&Change { branches: vec![(9, 0.0)], loads: vec![(9, c(1.0, 0.0))] }, &Options::default(), &base).voltages, base.voltages);
}
