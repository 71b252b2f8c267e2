//! Networks with known answers, and many random ones that only have to balance.

use super::*;

/// The specific weight EPANET uses for a head of a metre of this fluid: ρ·g with the file's specific gravity of 1.01.
const WEIGHT: f64 = 1010.0 * 9.81456;

fn node() -> Node {
    Node::default()
}

fn given(p: f64) -> Node {
    Node { demand: 0.0, fixed: Some(p) }
}

/// Nodes: 0 tank, 1..=9 supply S0..S8, 10..=18 return R0..R8.
fn cdu_8() -> Network {
    let pipe = |diameter, length, roughness, k| Link::Pipe { diameter, length, roughness, k, density: 1010.0, viscosity: 1010.0 * 1.3109 * 1.022e-6 };
    let header = |length, k| pipe(0.0779, length, 45e-6, k);
    let (shutoff, b, n) = pump_curve(40.0 * WEIGHT, (0.014, 30.0 * WEIGHT), (0.028, 0.0)).unwrap();
    let mut links = vec![(0, 1, Link::Pump { shutoff, b, n, speed: 1.0 }), (10, 0, header(0.5, 0.5))];
    for i in 0..8 {
        let (length, k) = if i == 0 { (4.0, 2.0) } else { (1.2, 0.2) };
        links.push((1 + i, 2 + i, header(length, k)));
        links.push((11 + i, 10 + i, header(length, k)));
        links.push((2 + i, 11 + i, pipe(0.0254, 4.0, 1.5e-6, 60.0)));
    }
    Network { nodes: std::iter::once(given(10.0 * WEIGHT)).chain((0..18).map(|_| node())).collect(), links }
}

/// Against EPANET 2.2 (Darcy–Weisbach) on the same figures, given to five digits.
#[test]
fn a_manifold_with_eight_branches_agrees_with_epanet() {
    let solution = solve(&cdu_8(), &Options::default(), None);
    assert_eq!(solution.status, Status::Converged);
    assert!(solution.iterations <= 12, "{}", solution.iterations);
    assert!((solution.flows[0] * 1e3 / 12.27532 - 1.0).abs() < 1e-3, "{}", solution.flows[0]);
    let branches = [1.54829, 1.54146, 1.53638, 1.53280, 1.53047, 1.52912, 1.52849, 1.52832];
    for (i, expected) in branches.iter().enumerate() {
        let flow = solution.flows[4 + 3 * i] * 1e3;
        assert!((flow / expected - 1.0).abs() < 1e-3, "branch {i}: {flow} {expected}");
    }
    for (node, expected) in [(1, 42.3121), (2, 41.2919), (9, 40.9087), (18, 11.6154), (11, 11.2321), (10, 10.2120)] {
        let head = solution.pressures[node] / WEIGHT;
        assert!((head / expected - 1.0).abs() < 1e-3, "node {node}: {head} {expected}");
    }
}

/// Swamee–Jain values tabulated for the reference set of the project from the published formula.
#[test]
fn the_friction_factor_meets_printed_values_and_joins_smoothly() {
    let table = [(1e4, 0.0, 0.030972), (1e4, 1e-3, 0.032665), (1e4, 1e-2, 0.044042), (1e5, 0.0, 0.017863), (1e5, 1e-3, 0.022342)];
    for (re, relative, expected) in table.into_iter().chain([(1e6, 1e-4, 0.013508), (1e6, 1e-2, 0.038012), (1000.0, 0.01, 0.064)]) {
        assert!((friction_factor(re, relative) - expected).abs() < 6e-7, "{re} {relative}: {}", friction_factor(re, relative));
    }
    for relative in [0.0, 1e-4, 1e-2] {
        for joint in [2000.0, 4000.0] {
            let (below, above) = (friction_factor(joint * (1.0 - 1e-9), relative), friction_factor(joint * (1.0 + 1e-9), relative));
            assert!((below - above).abs() < 1e-8, "{joint}: {below} {above}");
        }
        for re in [2001.0, 2700.0, 3900.0, 3999.0, 4001.0, 1e5] {
            let slope = (friction_factor(re + 0.1, relative) - friction_factor(re - 0.1, relative)) / 0.2;
            assert!((friction_with_slope(re, relative).1 - slope).abs() < 1e-4 * slope.abs() + 1e-11, "{re} {relative}");
        }
        assert!((law::friction(2000.0, relative).1 + 64.0 / 2e3).abs() < 2e-7);
    }
}

#[test]
fn every_law_has_the_slope_of_its_loss() {
    let pipe = Link::Pipe { diameter: 0.05, length: 3.0, roughness: 1e-5, k: 2.0, density: 1000.0, viscosity: 1e-3 };
    let laws = [Link::Power { r: 1e9, n: 1.9 }, Link::Power { r: 5.0, n: 1.0 }, Link::Pump { shutoff: 0.0, b: 1e8, n: 1.8, speed: 0.7 }, pipe];
    for link in laws {
        let law = law::Law::compile(&link, 1e-7).unwrap();
        for q in [0.0, 3e-8, 0.99e-7, 1.01e-7, 4e-5, 1.2e-4, 2e-2] {
            let step = 1e-5 * q + 1e-12;
            let numeric = (law.loss(q + step).0 - law.loss((q - step).max(0.0)).0) / (q + step - (q - step).max(0.0));
            let slope = law.loss(q).1;
            assert!((slope / numeric - 1.0).abs() < 1e-3, "{link:?} at {q}: {slope} {numeric}");
        }
    }
}

/// Two resistances in parallel pass flows in the ratio (r₂/r₁)^(1/n).
#[test]
fn parallel_branches_share_as_the_closed_form_says() {
    let (r1, r2, n, total) = (2e7, 9e7, 1.9, 0.013);
    let links = vec![(0, 1, Link::Power { r: r1, n }), (0, 1, Link::Power { r: r2, n })];
    let network = Network { nodes: vec![given(3e5), Node { demand: total, fixed: None }], links };
    let solution = solve(&network, &Options::default(), None);
    let first = total / (1.0 + (r1 / r2).powf(1.0 / n));
    assert_eq!(solution.status, Status::Converged);
    assert!((solution.flows[0] / first - 1.0).abs() < 1e-9, "{} {first}", solution.flows[0]);
    assert!((solution.pressures[1] - (3e5 - r1 * first.powf(n))).abs() < 1e-3);
}

fn pump(shutoff: f64, b: f64) -> Link {
    Link::Pump { shutoff, b, n: 2.0, speed: 1.0 }
}

/// Against one resistance r: q = √(Δp₀/(r + b/m²)) for m equal pumps; a weaker one cannot open its valve.
#[test]
fn parallel_pumps_share_and_a_weak_one_shuts() {
    let (shutoff, b, r) = (2e5, 4e8, 3e8);
    let load = (1, 0, Link::Power { r, n: 2.0 });
    let two = Network { nodes: vec![given(1e5), node()], links: vec![(0, 1, pump(shutoff, b)), (0, 1, pump(shutoff, b)), load] };
    let solution = solve(&two, &Options::default(), None);
    let expected = (shutoff / (r + b / 4.0)).sqrt();
    assert_eq!(solution.status, Status::Converged);
    assert!((solution.flows[2] / expected - 1.0).abs() < 1e-9 && (solution.flows[0] / solution.flows[1] - 1.0).abs() < 1e-9);

    let mut weak = two.clone();
    weak.links[1].2 = pump(0.2 * shutoff, b);
    let alone = solve(&weak, &Options::default(), Some(&solution));
    assert_eq!((alone.status, alone.flows[1]), (Status::Converged, 0.0));
    assert!((alone.flows[0] / (shutoff / (r + b)).sqrt() - 1.0).abs() < 1e-9, "{}", alone.flows[0]);

    // At half speed the rise is a quarter, and so is everything else of the second power.
    let mut slow = two;
    slow.links[1].2 = Link::Closed;
    slow.links[0].2 = Link::Pump { shutoff, b, n: 2.0, speed: 0.5 };
    let slow = solve(&slow, &Options::default(), None);
    assert!((slow.flows[0] / (0.25 * shutoff / (r + b)).sqrt() - 1.0).abs() < 1e-9);
}

#[test]
fn a_dead_headed_pump_makes_its_shutoff_pressure_and_a_closed_valve_hides_what_is_behind_it() {
    let nodes = vec![given(1e5), node(), node(), node()];
    let links = vec![(0, 1, pump(2e5, 1e8)), (1, 2, Link::Closed), (2, 3, Link::Power { r: 1e8, n: 2.0 })];
    let solution = solve(&Network { nodes, links }, &Options::default(), None);
    assert_eq!(solution.status, Status::Converged);
    assert!((solution.pressures[1] - 3e5).abs() < 1e-2, "{}", solution.pressures[1]);
    assert!(solution.pressures[2].is_nan() && solution.pressures[3].is_nan());
    assert!(solution.flows.iter().all(|q| q.abs() < 1e-9), "{:?}", solution.flows);
}

#[test]
fn a_check_valve_carries_nothing_backwards_and_what_it_feeds_then_goes_without() {
    let check = Link::Check { r: 1e8, n: 2.0 };
    let resistance = Link::Power { r: 1e8, n: 2.0 };
    let nodes = vec![given(3e5), given(1e5), node()];
    let forward = Network { nodes: nodes.clone(), links: vec![(0, 2, check.clone()), (2, 1, resistance.clone())] };
    let solution = solve(&forward, &Options::default(), None);
    assert!((solution.flows[0] / 0.001_f64.sqrt() - 1.0).abs() < 1e-9, "{}", solution.flows[0]);
    let backward = Network { nodes: nodes.clone(), links: vec![(2, 0, check.clone()), (2, 1, resistance)] };
    let solution = solve(&backward, &Options::default(), None);
    assert_eq!((solution.status, solution.flows[0]), (Status::Converged, 0.0));
    assert!((solution.pressures[2] - 1e5).abs() < 1e-6);

    let thirsty = Network { nodes: vec![nodes[0], Node { demand: 1e-3, fixed: None }], links: vec![(1, 0, check)] };
    let solution = solve(&thirsty, &Options::default(), None);
    assert_eq!((solution.status, solution.worst), (Status::Singular, Some(Worst::Node(1))));
}

#[test]
fn a_loop_without_a_given_pressure_stands_on_its_first_node() {
    let links = vec![(0, 1, pump(2e5, 1e8)), (1, 0, Link::Power { r: 1e8, n: 2.0 })];
    let solution = solve(&Network { nodes: vec![node(), node()], links }, &Options::default(), None);
    assert_eq!((solution.status, solution.pressures[0]), (Status::Converged, 0.0));
    assert!((solution.flows[0] / 0.001_f64.sqrt() - 1.0).abs() < 1e-9);
}

#[test]
fn nonsense_is_refused_with_its_place_and_nothing_is_a_network_too() {
    let mut network = cdu_8();
    network.links[3].2 = Link::Power { r: f64::NAN, n: 2.0 };
    let solution = solve(&network, &Options::default(), None);
    assert_eq!((solution.status, solution.worst), (Status::Diverged, Some(Worst::Link(3))));
    let mut network = cdu_8();
    network.links[3].1 = 99;
    assert_eq!(solve(&network, &Options::default(), None).worst, Some(Worst::Link(3)));
    network.nodes[2].demand = f64::INFINITY;
    assert_eq!(solve(&network, &Options::default(), None).worst, Some(Worst::Node(2)));
    assert_eq!(solve(&Network::default(), &Options::default(), None).status, Status::Converged);
    let few = Options { iterations: 2, ..Options::default() };
    let stalled = solve(&cdu_8(), &few, None);
    assert_eq!(stalled.status, Status::Stalled);
    assert!(stalled.worst.is_some() && stalled.iterations == 2);
}

/// A kept solver gives the answer of a fresh one, warm or cold, also after the connections change.
#[test]
fn a_kept_solver_agrees_with_a_fresh_one() {
    let mut network = cdu_8();
    let mut solver = Solver::new(&network);
    let first = solver.solve(&network, &Options::default(), None);
    network.links[4].2 = Link::Closed;
    network.links.push((3, 12, Link::Power { r: 3e10, n: 1.9 }));
    let fresh = solve(&network, &Options::default(), None);
    for kept in [solver.solve(&network, &Options::default(), Some(&first)), solver.solve(&network, &Options::default(), Some(&fresh))] {
        assert_eq!(kept.status, Status::Converged);
        for (a, b) in kept.flows.iter().zip(&fresh.flows) {
            assert!((a - b).abs() < 1e-9 * fresh.flows[0], "{a} {b}");
        }
    }
    assert_eq!(fresh.flows[4], 0.0);
}

/// A kept solver that goes on after each of many edits stays with a fresh one, and from no start it gives a fresh one's answer to the bit.
#[test]
fn edits_one_after_another_end_where_a_fresh_solve_does() {
    let mut network = cdu_8();
    let mut solver = Solver::new(&network);
    let options = Options::default();
    let mut last = solver.solve(&network, &options, None);
    let branch = network.links[4].2.clone();
    for round in 0..60 {
        match round % 6 {
            0 => network.links[4].2 = Link::Closed,
            1 => network.links[4].2 = branch.clone(),
            2 => network.links[7].2 = Link::Power { r: 2e10 * f64::from(1 + round), n: 1.9 },
            3 => network.nodes[9].demand = 1e-5 * f64::from(round),
            4 => network.nodes[0].fixed = Some(1e5 + 1e3 * f64::from(round)),
            _ => {
                if let Link::Pump { speed, .. } = &mut network.links[0].2 {
                    *speed = 1.0 - 0.004 * f64::from(round);
                }
            }
        }
        last = solver.solve(&network, &options, Some(&last));
        let fresh = solve(&network, &options, None);
        assert_eq!((last.status, &last.states), (Status::Converged, &fresh.states), "round {round}");
        assert!(last.residual <= options.tolerance);
        for (a, b) in last.flows.iter().zip(&fresh.flows) {
            assert!((a - b).abs() < 1e-8 * fresh.flows[0], "round {round}: {a} {b}");
        }
    }
    assert_eq!(solver.solve(&network, &options, None), solve(&network, &options, None));
}

/// Nothing resists what runs round two valves of fixed drop in a ring: one of them is named.
#[test]
fn a_ring_of_fixed_drops_has_no_answer_and_says_where() {
    let drop = Link::Breaker { drop: 1e5, local: 1e6 };
    let links = vec![(0, 1, Link::Power { r: 1e8, n: 2.0 }), (1, 2, drop.clone()), (2, 1, drop)];
    let solution = solve(&Network { nodes: vec![given(3e5), node(), node()], links }, &Options::default(), None);
    assert_eq!(solution.status, Status::Stalled);
    assert!(matches!(solution.worst, Some(Worst::Link(1 | 2))), "{:?}", solution.worst);
}

/// Against a shut end a pump of constant power stands at twice the pressure its law reaches, whatever lies between, and no water comes from nowhere.
#[test]
fn a_pump_of_constant_power_against_a_shut_end_stands_still() {
    let wide = Link::Pipe { diameter: 0.6, length: 0.2, roughness: 1e-6, k: 0.0, density: 1010.0, viscosity: 1.35e-3 };
    let links = vec![(0, 1, Link::PowerPump { power: 400.0 }), (1, 2, wide.clone()), (2, 3, wide.clone()), (2, 4, wide), (3, 5, Link::Closed)];
    let solution = solve(&Network { nodes: vec![given(1e5), node(), node(), node(), node(), node()], links }, &Options::default(), None);
    assert_eq!(solution.status, Status::Converged);
    assert!(solution.flows.iter().all(|q| q.abs() < 1e-10), "{:?}", solution.flows);
    assert!((solution.pressures[2] / 2.001e8 - 1.0).abs() < 1e-9, "{}", solution.pressures[2]);
}

struct Lcg(u64);

impl Lcg {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() * n as f64) as usize
    }

    fn link(&mut self) -> Link {
        let r = 10_f64.powf(3.0 + 7.0 * self.next());
        match self.below(12) {
            0 => Link::Closed,
            1 => Link::Check { r, n: 1.0 + 1.5 * self.next() },
            2..5 => Link::Power { r, n: 1.0 + 1.5 * self.next() },
            _ => {
                let (diameter, length) = (0.02 + 0.3 * self.next(), 0.1 + 50.0 * self.next());
                Link::Pipe { diameter, length, roughness: 1e-4 * self.next(), k: 5.0 * self.next(), density: 1010.0, viscosity: 1.35e-3 }
            }
        }
    }

    /// A tree with extra links for rings, a bank of unequal pumps, closed branches, check valves, dead ends, and some demands.
    fn network(&mut self) -> Network {
        let count = 3 + self.below(60);
        let mut nodes = vec![node(); count];
        nodes[0].fixed = Some(1e5);
        if self.below(3) == 0 {
            nodes[count - 1].fixed = Some(1e5 + 2e5 * self.next());
        }
        let mut links = Vec::new();
        for i in 2..count {
            let (other, link) = (1 + self.below(i - 1), self.link());
            links.push(if self.below(2) == 0 { (i, other, link) } else { (other, i, link) });
        }
        for _ in 0..count / 2 {
            links.push((self.below(count), self.below(count), self.link()));
        }
        for _ in 0..1 + self.below(4) {
            let speed = if self.below(5) == 0 { 0.0 } else { 0.3 + 0.9 * self.next() };
            let pump = Link::Pump { shutoff: 3e5 * self.next(), b: 10_f64.powf(6.0 + 3.0 * self.next()), n: 1.5 + self.next(), speed };
            links.push((0, 1, pump));
        }
        if self.below(2) == 0 {
            links.push((1, 0, Link::Power { r: 1e7, n: 1.9 }));
        }
        if self.below(3) == 0 {
            nodes[1 + self.below(count - 1)].demand = 0.01 * (self.next() - 0.3);
        }
        Network { nodes, links }
    }
}

/// Checks the answer against the equations themselves, written here once more and without any smoothing of the one-way links.
fn check(network: &Network, solution: &Solution, label: usize) {
    let total = solution.flows.iter().fold(1e-5_f64, |m, q| m.max(q.abs()));
    let mut balance: Vec<f64> = network.nodes.iter().map(|node| -node.demand).collect();
    let scale = solution.pressures.iter().filter(|p| p.is_finite()).fold(1.0_f64, |m, p| m.max(p.abs()));
    for (k, &(a, b, ref link)) in network.links.iter().enumerate() {
        let q = solution.flows[k];
        balance[a] -= q;
        balance[b] += q;
        let drop = solution.pressures[a] - solution.pressures[b];
        let (loss, one_way) = match *link {
            Link::Power { r, n } => (r * q.abs().powf(n) * q.signum(), false),
            Link::Check { r, n } => (r * q.powf(n), true),
            Link::Pump { shutoff, b, n, speed } if speed > 0.0 => (b * speed.powf(2.0 - n) * q.powf(n) - shutoff * speed * speed, true),
            Link::Pump { .. } | Link::Closed => {
                assert_eq!(q, 0.0);
                continue;
            }
            Link::Pipe { diameter, length, roughness, k, density, viscosity } => {
                let v = q.abs() / (std::f64::consts::PI / 4.0 * diameter * diameter);
                let f = if v > 1e-30 { friction_factor(density * v * diameter / viscosity, roughness / diameter) } else { 0.0 };
                ((f * length / diameter + k) * density * v * v / 2.0 * q.signum(), false)
            }
            _ => unreachable!("not drawn"),
        };
        assert!(!one_way || q >= 0.0, "network {label}, link {k} flows backwards: {q}");
        let shut = one_way && q == 0.0 && (drop.is_nan() || drop <= loss + 1e-6 * scale);
        // Below the small flow the law is smoothed: by less than its whole loss there.
        let smoothed = match *link {
            Link::Power { r, n } | Link::Check { r, n } if q.abs() < 1e-7 => r * 1e-7_f64.powf(n),
            _ => 0.0,
        };
        assert!(shut || drop.is_nan() || (drop - loss).abs() <= 1e-6 * scale + smoothed, "network {label}, link {k} {link:?}: {drop} {loss} at {q}");
    }
    for (i, error) in balance.iter().enumerate().filter(|(i, _)| network.nodes[*i].fixed.is_none()) {
        assert!(error.abs() <= 1e-9 * total, "network {label}, node {i}: {error} of {total}");
    }
}

#[test]
fn random_networks_all_converge_and_balance() {
    let mut random = Lcg(20_240_601);
    let (mut solved, mut most) = (0, 0);
    for label in 0..600 {
        let network = random.network();
        let solution = solve(&network, &Options::default(), None);
        if solution.status == Status::Singular {
            // Legitimate only where a demand was drawn and lies behind something closed.
            assert!(network.nodes.iter().any(|node| node.demand != 0.0) && solution.worst.is_some());
            continue;
        }
        assert_eq!(solution.status, Status::Converged, "network {label}: {} {:?}", solution.residual, solution.worst);
        check(&network, &solution, label);
        let again = solve(&network, &Options::default(), Some(&solution));
        assert_eq!(again.status, Status::Converged, "network {label} from its own answer");
        most = most.max(solution.iterations);
        solved += 1;
    }
    assert!(solved > 500, "{solved}");
    assert!(most <= 80, "{most}");
}
