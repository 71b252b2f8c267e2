//! The solver against numbers it did not produce.

mod live;
mod outages;
mod published;
mod screens;

use nalgebra::Complex;

use super::topology::Form;
use super::*;

fn c(re: f64, im: f64) -> Complex<f64> {
    Complex::new(re, im)
}

fn pq(p: f64, q: f64) -> Bus {
    Bus { kind: BusKind::Pq, load: c(p, q), shunt: c(0.0, 0.0) }
}

fn slack(v: f64) -> Bus {
    Bus { kind: BusKind::Slack { v, angle: 0.0 }, ..pq(0.0, 0.0) }
}

fn line(from: usize, to: usize, r: f64, x: f64) -> Branch {
    Branch { from, to, series: c(r, x), charging: 0.0, tap: 1.0, shift: 0.0, no_load: c(0.0, 0.0), in_service: true }
}

/// The four buses of J. Grainger, W. Stevenson, *Power System Analysis*, 1994, pp. 337–338, per unit of 100 MVA.
pub(super) fn grainger_stevenson() -> Network {
    let generator = Bus { kind: BusKind::Pv { v: 1.02 }, ..pq(0.80 - 3.18, 0.4958) };
    let buses = vec![Bus { load: c(0.5, 0.3099), ..slack(1.0) }, pq(1.7, 1.0535), pq(2.0, 1.2394), generator];
    let charged = |from, to, r, x, charging| Branch { charging, ..line(from, to, r, x) };
    let branches = vec![
        charged(0, 1, 0.01008, 0.0504, 0.1025),
        charged(0, 2, 0.00744, 0.0372, 0.0775),
        charged(1, 3, 0.00744, 0.0372, 0.0775),
        charged(2, 3, 0.01272, 0.0636, 0.1275),
    ];
    Network { buses, branches }
}

impl Branch {
    fn move_end(&mut self, old: usize, new: usize) {
        self.from = if self.from == old { new } else { self.from };
        self.to = if self.to == old { new } else { self.to };
    }
}

fn baran_wu() -> Network {
    let mut buses: Vec<Bus> = published::BARAN_WU_LOADS.iter().map(|&(p, q)| pq(p / 1e4, q / 1e4)).collect();
    buses[0] = slack(1.0);
    let base = 12.66_f64.powi(2) / 10.0;
    let branches = published::BARAN_WU_BRANCHES.iter().map(|&(from, to, r, x)| line(from - 1, to - 1, r / base, x / base)).collect();
    Network { buses, branches }
}

fn ieee_14() -> Network {
    let bus = |(index, &(p, q, generated, v, shunt)): (usize, &(f64, f64, f64, f64, f64))| {
        let kind = if index == 0 { BusKind::Slack { v, angle: 0.0 } } else { BusKind::Pv { v } };
        let kind = if v == 0.0 { BusKind::Pq } else { kind };
        Bus { kind, load: c((p - generated) / 100.0, q / 100.0), shunt: c(0.0, shunt / 100.0) }
    };
    let branch = |&(from, to, r, x, charging, tap): &(usize, usize, f64, f64, f64, f64)| Branch {
        charging,
        tap: if tap == 0.0 { 1.0 } else { tap },
        ..line(from - 1, to - 1, r, x)
    };
    Network { buses: published::IEEE_14_BUSES.iter().enumerate().map(bus).collect(), branches: published::IEEE_14_BRANCHES.iter().map(branch).collect() }
}

/// The same state from Newton, whatever the form of the islands.
fn by_newton(network: &Network) -> Solution {
    let mut prepared = Prepared::new(network.clone());
    for island in &mut prepared.contracted.islands {
        if matches!(island.form, Form::Tree(_)) {
            island.form = Form::Mesh;
        }
    }
    prepared.solve(&Options::default(), None)
}

fn assert_near(left: Complex<f64>, right: Complex<f64>, tolerance: f64) {
    assert!((left - right).norm() <= tolerance, "{left} is not {right} within {tolerance}");
}

fn assert_same_state(left: &Solution, right: &Solution, tolerance: f64) {
    assert_eq!((left.status, right.status), (Status::Converged, Status::Converged));
    for (&left, &right) in left.voltages.iter().zip(&right.voltages) {
        assert_near(left, right, tolerance);
    }
    for (left, right) in left.flows.iter().zip(&right.flows) {
        assert_near(left.from, right.from, 100.0 * tolerance);
        assert_near(left.to, right.to, 100.0 * tolerance);
    }
}

#[test]
fn the_feeder_of_baran_and_wu_loses_what_is_published() {
    let network = baran_wu();
    for solution in [solve(&network, &Options::default(), None), by_newton(&network)] {
        assert_eq!(solution.status, Status::Converged);
        let loss: Complex<f64> = solution.flows.iter().map(BranchFlow::loss).sum();
        assert_near(loss * 1e4, c(202.677, 135.141), 1e-3);
        assert_near(solution.injections[0] * 10.0, c(3.91768, 2.43514), 1e-5);
        let lowest = solution.voltages.iter().map(|v| v.norm()).enumerate().min_by(|left, right| left.1.total_cmp(&right.1)).unwrap();
        assert_eq!(lowest.0, 17);
        assert!((lowest.1 - 0.913_090).abs() < 1e-6);
        assert!((solution.voltages[24].norm() - 0.969_36).abs() < 1e-5);
        assert!((solution.voltages[32].norm() - 0.916_59).abs() < 1e-5);
    }
}

#[test]
fn the_fourteen_buses_of_ieee_come_out_as_published() {
    let solution = solve(&ieee_14(), &Options::default(), None);
    assert_eq!(solution.status, Status::Converged);
    assert_near(solution.injections[0] * 100.0, c(232.393_27, -16.549_30), 1e-4);
    let loss: f64 = solution.flows.iter().map(|flow| flow.loss().re).sum();
    assert!((loss * 100.0 - 13.393_27).abs() < 1e-5);
    assert!((solution.voltages[13].norm() - 1.0355).abs() < 5e-5);
    assert!((solution.voltages[13].arg().to_degrees() + 16.034).abs() < 5e-4);
}

#[test]
fn the_four_buses_of_grainger_and_stevenson_come_out_as_published() {
    let network = grainger_stevenson();
    let solution = solve(&network, &Options::default(), None);
    assert_eq!(solution.status, Status::Converged);
    assert_near(solution.voltages[1], Complex::from_polar(0.982_42, -0.976_f64.to_radians()), 2e-5);
    assert_near(solution.voltages[2], Complex::from_polar(0.969_00, -1.872_f64.to_radians()), 2e-5);
    assert_near((solution.injections[0] + network.buses[0].load) * 100.0, c(186.809, 114.501), 1e-3);
    let loss: f64 = solution.flows.iter().map(|flow| flow.loss().re).sum();
    assert!((loss * 100.0 - 4.8091).abs() < 1e-4);
    // The generator's own reactive power, from MATPOWER's solution of the case.
    assert!(((solution.injections[3].im + network.buses[3].load.im) * 100.0 - 181.4296).abs() < 1e-3);
}

/// Receiving-end voltage of one line from the biquadratic `w² + (2(rp + xq) − v₁²) w + |z|²(p² + q²) = 0` with `w = v₂²`, which (1) becomes for two buses.
fn two_bus_voltage(v: f64, z: Complex<f64>, s: Complex<f64>) -> f64 {
    let half = z.re * s.re + z.im * s.im - v * v / 2.0;
    (-half + (half * half - z.norm_sqr() * s.norm_sqr()).sqrt()).sqrt()
}

#[test]
fn two_buses_agree_with_the_closed_form_up_to_the_nose() {
    let z = c(0.02, 0.1);
    // With a resistive load the nose is at p = v²/(2(|z| + r)), where the root above vanishes.
    let nose = 1.0 / (2.0 * (z.norm() + z.re));
    for part in [0.1, 0.5, 0.9, 0.99, 0.9999] {
        let network = Network { buses: vec![slack(1.0), pq(part * nose, 0.0)], branches: vec![line(0, 1, z.re, z.im)] };
        let solution = solve(&network, &Options::default(), None);
        assert_eq!(solution.status, Status::Converged, "at {part} of the nose");
        let exact = two_bus_voltage(1.0, z, c(part * nose, 0.0));
        assert!((solution.voltages[1].norm() - exact).abs() < 1e-7, "{} {exact}", solution.voltages[1].norm());
    }
    let network = Network { buses: vec![slack(1.0), pq(1.01 * nose, 0.0)], branches: vec![line(0, 1, z.re, z.im)] };
    let solution = solve(&network, &Options::default(), None);
    assert!(matches!(solution.status, Status::Stalled | Status::Singular), "{solution:?}");
    assert_eq!(solution.worst, Some(1));
    assert!(solution.residual > 1e-3 && solution.residual < 1.01 * nose);
}

#[test]
fn a_transformer_at_no_load_turns_and_scales() {
    let transformer = Branch { tap: 1.05, shift: 0.5, no_load: c(0.002, -0.01), ..line(0, 1, 0.01, 0.06) };
    for (from, to) in [(0, 1), (1, 0)] {
        let network = Network { buses: vec![slack(1.0), pq(0.0, 0.0)], branches: vec![Branch { from, to, ..transformer }] };
        for solution in [solve(&network, &Options::default(), None), by_newton(&network)] {
            if from == 0 {
                assert_near(solution.voltages[1], Complex::from_polar(1.0 / 1.05, -0.5), 1e-9);
                assert_near(solution.injections[0], c(0.002, 0.01), 1e-9);
            } else {
                // The magnetizing shunt hangs behind the series impedance, and is larger there by τ².
                let ideal = 1.0 / (1.0 + c(0.01, 0.06) * c(0.002, -0.01) * 1.05 * 1.05);
                assert_near(solution.voltages[1], ideal * Complex::from_polar(1.05, 0.5), 1e-9);
            }
        }
    }
}

/// A tree with every kind of element a branch can have, some of them doubled.
fn random_tree(size: usize) -> Network {
    random_tree_of(12_345, size)
}

/// Numbers between 0 and 1.
fn random(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn random_tree_of(seed: u64, size: usize) -> Network {
    let mut next = random(seed);
    let mut network = Network { buses: vec![slack(1.03)], branches: Vec::new() };
    for bus in 1..size {
        let parent = ((next() * bus as f64) as usize).min(bus - 1);
        network.buses.push(Bus { shunt: c(0.0, 0.002 * next()), ..pq(0.004 * next(), 0.002 * next()) });
        let (from, to) = if next() < 0.5 { (parent, bus) } else { (bus, parent) };
        let transformer = next() < 0.3;
        let branch = Branch {
            charging: 0.002 * next(),
            tap: if transformer { 0.97 + 0.06 * next() } else { 1.0 },
            shift: if transformer { std::f64::consts::FRAC_PI_6 } else { 0.0 },
            no_load: if transformer { c(1e-4, -1e-3) } else { c(0.0, 0.0) },
            ..line(from, to, 0.02 * next(), 0.03 * next() + 1e-3)
        };
        network.branches.push(branch);
        if next() < 0.2 {
            network.branches.push(Branch { series: branch.series * 1.7, ..branch });
        }
    }
    network
}

#[test]
fn sweep_and_newton_agree_on_a_tree() {
    let network = random_tree(300);
    let swept = solve(&network, &Options::default(), None);
    assert!(matches!(Prepared::new(network.clone()).contracted.islands[0].form, Form::Tree(_)));
    assert!(swept.voltages.iter().any(|v| (v.norm() - 1.03).abs() > 0.02), "the case is too easy");
    assert_same_state(&swept, &by_newton(&network), 1e-8);
    for (bus, injection) in network.buses.iter().zip(&swept.injections).skip(1) {
        assert_near(*injection, -bus.load, 1e-9);
    }
}

#[test]
fn the_order_of_elements_does_not_matter() {
    let mut network = random_tree(120);
    for (from, to) in [(17, 90), (3, 55)] {
        network.branches.push(line(from, to, 0.05, 0.1));
    }
    network.branches.iter_mut().for_each(|branch| branch.shift = 0.0);
    let (buses, branches) = (network.buses.len(), network.branches.len());
    // Both factors have no divisor in common with the counts, so every index occurs once.
    let (bus, branch) = (|index: usize| index * 7 % buses, |index: usize| index * 1009 % branches);
    let mut shuffled = network.clone();
    for index in 0..buses {
        shuffled.buses[bus(index)] = network.buses[index];
    }
    for (index, old) in network.branches.iter().enumerate() {
        shuffled.branches[branch(index)] = Branch { from: bus(old.from), to: bus(old.to), ..*old };
    }
    let (first, second) = (solve(&network, &Options::default(), None), solve(&shuffled, &Options::default(), None));
    assert_eq!((first.status, second.status), (Status::Converged, Status::Converged));
    for index in 0..buses {
        assert_near(first.voltages[index], second.voltages[bus(index)], 1e-9);
    }
    for index in 0..branches {
        assert_near(first.flows[index].from, second.flows[branch(index)].from, 1e-8);
    }
}

#[test]
fn islands_are_solved_apart_and_one_without_a_slack_is_dead() {
    let branches = vec![line(0, 1, 0.01, 0.05), line(2, 3, 0.01, 0.05), line(4, 5, 0.01, 0.05), Branch { in_service: false, ..line(1, 2, 0.01, 0.05) }];
    let network = Network { buses: vec![slack(1.0), pq(0.5, 0.1), pq(0.1, 0.0), pq(0.2, 0.0), pq(0.5, 0.1), slack(1.0)], branches };
    let solution = solve(&network, &Options::default(), None);
    assert_eq!(solution.status, Status::Converged);
    assert_eq!(solution.energized, [true, true, false, false, true, true]);
    assert_eq!(solution.voltages[2], c(0.0, 0.0));
    assert_eq!(solution.flows[1], BranchFlow::default());
    assert_near(solution.voltages[1], solution.voltages[4], 1e-12);
    assert_eq!(solve(&Network::default(), &Options::default(), None).status, Status::Converged);
}

#[test]
fn a_closed_switch_carries_the_current_without_a_drop() {
    let mut network = baran_wu();
    let far = network.branches[5].to;
    network.buses.push(pq(0.0, 0.0));
    network.branches[5].to = 33;
    network.branches.push(line(33, far, 0.0, 0.0));
    let plain = solve(&baran_wu(), &Options::default(), None);
    for solution in [solve(&network, &Options::default(), None), by_newton(&network)] {
        assert_eq!(solution.status, Status::Converged);
        assert_near(solution.voltages[17], plain.voltages[17], 1e-9);
        assert_near(solution.flows[32].from, -plain.flows[5].to, 1e-9);
    }
}

#[test]
fn switches_in_a_ring_balance_every_bus_and_can_be_opened() {
    let plain = solve(&ieee_14(), &Options::default(), None);
    let mut network = ieee_14();
    // Bus 9 (index 8) becomes a ring of four sections; its three lines and its load hang on different ones.
    let sections = [8, 14, 15, 16];
    network.buses.extend([pq(0.0, 0.0); 3]);
    for (branch, moved) in [(8, 14), (15, 15), (16, 16)] {
        network.branches[branch].move_end(8, moved);
    }
    network.buses[15].load = network.buses[8].load;
    network.buses[8].load = c(0.0, 0.0);
    for k in 0..4 {
        network.branches.push(line(sections[k], sections[(k + 1) % 4], 0.0, 0.0));
    }
    let mut prepared = Prepared::new(network.clone());
    for open in [None, Some(20), Some(22)] {
        for &branch in open.iter() {
            assert!(prepared.set_in_service(branch, false));
        }
        let solution = prepared.solve(&Options::default(), None);
        for section in sections {
            assert_near(solution.voltages[section], plain.voltages[8], 1e-9);
            assert_near(solution.injections[section], -network.buses[section].load, 1e-9);
        }
        for &branch in open.iter() {
            assert_eq!(solution.flows[branch], BranchFlow::default());
            assert!(prepared.set_in_service(branch, true));
        }
    }
}

#[test]
fn data_that_is_no_number_is_said_and_named() {
    for (spoil, named) in [(0, 3), (1, 3), (2, 0)] {
        let mut network = grainger_stevenson();
        match spoil {
            0 => network.buses[3].load.re = f64::NAN,
            1 => network.buses[3].kind = BusKind::Pv { v: f64::INFINITY },
            _ => network.branches[0].tap = 0.0,
        }
        let solution = solve(&network, &Options::default(), None);
        assert_eq!((solution.status, solution.worst), (Status::Diverged, Some(named)));
    }
    let mut network = baran_wu();
    network.branches[3].to = 99;
    assert!(!solve(&network, &Options::default(), None).energized[4]);
}

#[test]
fn new_loads_from_an_old_state_give_the_state_from_scratch() {
    for network in [baran_wu(), grainger_stevenson()] {
        let mut prepared = Prepared::new(network.clone());
        let first = prepared.solve(&Options::default(), None);
        let doubled = network.buses[2].load * 1.5;
        assert!(prepared.set_load(2, doubled) && !prepared.set_load(1000, doubled));
        let warm = prepared.solve(&Options::default(), Some(&first));
        let mut scratch = network;
        scratch.buses[2].load = doubled;
        assert_same_state(&warm, &solve(&scratch, &Options::default(), None), 1e-9);
    }
}

#[test]
fn opening_and_closing_a_branch_gives_the_state_of_the_network_without_and_with_it() {
    let whole = ieee_14();
    let first = solve(&whole, &Options::default(), None);
    let mut prepared = Prepared::new(whole.clone());
    // Bus 8 hangs on branch 14 alone: opening it leaves a dead bus.
    for out in [0, 13, 19] {
        let mut without = whole.clone();
        without.branches.remove(out);
        let scratch = solve(&without, &Options::default(), None);
        assert!(prepared.set_in_service(out, false));
        let opened = prepared.solve(&Options::default(), Some(&first));
        assert_eq!((opened.status, &opened.energized), (Status::Converged, &scratch.energized));
        assert_eq!(opened.energized[7], out != 13);
        for (&left, &right) in opened.voltages.iter().zip(&scratch.voltages) {
            assert_near(left, right, 1e-9);
        }
        assert!(prepared.set_in_service(out, true));
        assert_same_state(&prepared.solve(&Options::default(), None), &first, 1e-9);
    }
    assert!(!prepared.set_in_service(20, true));
}

#[test]
fn a_load_beyond_all_measure_ends_in_a_status() {
    for factor in [4.0, 1e3, 1e9] {
        let mut network = baran_wu();
        network.buses.iter_mut().for_each(|bus| bus.load *= factor);
        let solution = solve(&network, &Options::default(), None);
        assert_ne!(solution.status, Status::Converged);
        assert!(solution.worst.is_some());
        assert!(solution.voltages.iter().all(|v| v.is_finite()));
    }
}
