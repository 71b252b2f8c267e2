//! A network kept solved against one solved from scratch.

use super::super::*;
use super::{assert_near, assert_same_state, baran_wu, c, grainger_stevenson, line, pq, random, random_tree_of, slack};

const SHARP: Options = Options { tolerance: 1e-12, max_iterations: 40 };

/// All that can be read, against a solution from scratch to a sharper tolerance.
fn assert_live(live: &mut Live, what: &str) {
    let scratch = solve(live.network(), &SHARP, None);
    assert_eq!(scratch.status, Status::Converged, "{what}");
    for (bus, &voltage) in scratch.voltages.iter().enumerate() {
        let got = live.voltage(bus).unwrap();
        assert!((got - voltage).norm() <= 1e-9, "{what}, bus {bus}: {got} is not {voltage}");
    }
    for (branch, flow) in scratch.flows.iter().enumerate() {
        let got = live.flow(branch).unwrap();
        assert_near(got.from, flow.from, 1e-8);
        assert_near(got.to, flow.to, 1e-8);
    }
    assert_same_state(live.solution(), &scratch, 1e-9);
}

#[test]
fn random_changes_of_loads_give_the_state_from_scratch() {
    for seed in 1..=6 {
        let network = random_tree_of(seed, 40 * seed as usize);
        let mut next = random(seed + 100);
        let mut live = Live::new(network.clone(), Options::default());
        for turn in 0..60 {
            // From changes that hardly matter to such that move the whole tree, one or a few at a time.
            let size = [1e-6, 1e-4, 1e-3, 1e-2][turn % 4];
            for _ in 0..=turn % 3 {
                let bus = (next() * network.buses.len() as f64) as usize;
                let load = network.buses[bus].load + c(size * (next() - 0.3), 0.5 * size * (next() - 0.3));
                assert!(live.set_load(bus, load));
            }
            let update = live.update();
            assert_eq!(update.status, Status::Converged);
            assert!(update.residual <= 1e-10, "{update:?}");
            if turn % 7 == 3 {
                assert_live(&mut live, &format!("seed {seed}, turn {turn}"));
            }
        }
        assert_live(&mut live, &format!("seed {seed}, at last"));
    }
}

#[test]
fn what_is_read_misses_no_balance() {
    // Without solving anything again: (1) at every bus, from the voltages that are read and the admittances.
    let network = random_tree_of(9, 400);
    let mut live = Live::new(network.clone(), Options::default());
    let mut next = random(5);
    let mut least = usize::MAX;
    for _ in 0..200 {
        let bus = 1 + (next() * 399.0) as usize;
        live.set_load(bus, network.buses[bus].load * (0.5 + next()));
        least = least.min(live.update().visited);
    }
    let voltages: Vec<_> = (0..400).map(|bus| live.voltage(bus).unwrap()).collect();
    let mut missed: Vec<_> = live.network().buses.iter().zip(&voltages).map(|(bus, v)| bus.load + bus.shunt.conj() * v.norm_sqr()).collect();
    for branch in &live.network().branches {
        let (from, to) = two_port::TwoPort::new(branch).currents(voltages[branch.from], voltages[branch.to]);
        missed[branch.from] += voltages[branch.from] * from.conj();
        missed[branch.to] += voltages[branch.to] * to.conj();
    }
    assert!(missed[1..].iter().all(|missed| missed.norm() < 3e-10));
    assert!(least < 40, "an update visits {least} buses at least");
}

#[test]
fn the_order_of_changes_does_not_matter() {
    let network = random_tree_of(3, 150);
    let changes: Vec<(usize, f64)> = (0..40).map(|k| (1 + k * 37 % 149, 0.4 + 0.03 * k as f64)).collect();
    let state = |order: &mut dyn Iterator<Item = &(usize, f64)>| {
        let mut live = Live::new(network.clone(), Options::default());
        for &(bus, factor) in order {
            live.set_load(bus, network.buses[bus].load * factor);
            live.update();
        }
        live
    };
    let (forth, back) = (state(&mut changes.iter()), state(&mut changes.iter().rev()));
    for bus in 0..150 {
        assert_near(forth.voltage(bus).unwrap(), back.voltage(bus).unwrap(), 1e-9);
    }
}

#[test]
fn meshes_ties_and_dead_islands_are_kept_solved_too() {
    let mut tied = baran_wu();
    let far = tied.branches[5].to;
    tied.buses.push(pq(0.0, 0.0));
    tied.branches[5].to = 33;
    tied.branches.push(line(33, far, 0.0, 0.0));
    let mut islands = tied.clone();
    islands.buses.extend([pq(0.1, 0.0), slack(1.0), pq(0.2, 0.1)]);
    islands.branches.push(line(35, 36, 0.01, 0.02));
    for network in [baran_wu(), grainger_stevenson(), tied, islands] {
        let mut live = Live::new(network.clone(), Options::default());
        for bus in 0..network.buses.len() {
            live.set_load(bus, network.buses[bus].load * 1.1 + c(1e-3, 2e-3));
            assert_eq!(live.update().status, Status::Converged);
            assert_live(&mut live, &format!("bus {bus}"));
        }
        assert!(!live.set_load(1000, c(0.0, 0.0)));
        assert_eq!((live.voltage(1000), live.flow(1000)), (None, None));
    }
}

#[test]
fn a_load_that_cannot_be_carried_is_said_and_taken_back() {
    let network = baran_wu();
    let mut live = Live::new(network.clone(), Options::default());
    for load in [c(10.0, 0.0), c(f64::NAN, 0.0)] {
        live.set_load(17, load);
        assert_ne!(live.update().status, Status::Converged);
        assert_ne!(live.solution().status, Status::Converged);
        live.set_load(17, network.buses[17].load);
        assert_eq!(live.update().status, Status::Converged);
        assert_live(&mut live, "taken back");
    }
}
