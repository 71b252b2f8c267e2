//! Random legal networks and what their solutions have to satisfy.
//!
//! Legal: every demand can be met through pipes that are never shut, from a given pressure. Around that tree lie rings, closed valves, check valves,
//! valves that regulate, banks of equal, unequal and standby pumps, dead ends and parts behind closed valves. Valves of fixed drop make no ring among
//! themselves: they take their pressure whichever way it flows, so that nothing would hold back what runs round such a ring, and their drops do not add up
//! to nothing.

use megawatt::numerics::pipe_network::{Holds, Link, LinkState, Network, Node, Options, Solution, Solver, Status, friction_factor};
use std::f64::consts::PI;
use std::ops::Range;
use std::sync::Arc;

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678_9ABC_DEF1)
    }

    fn bits(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn next(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.bits() % n.max(1) as u64) as usize
    }

    fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }

    /// A pipe by one of three laws, or a valve that only resists.
    fn pipe(&mut self) -> Link {
        let (diameter, length) = (10_f64.powf(self.within(-1.7, -0.2)), 10_f64.powf(self.within(-1.0, 3.5)));
        let area = PI * diameter * diameter / 4.0;
        let local = [0.0, 0.0, self.within(0.0, 20.0)][self.below(3)] * 500.0 / (area * area);
        match self.below(6) {
            // Hazen–Williams with C 120, in SI: 10.67 L C^−1.852 d^−4.87.
            0 => Link::Resistance { r: 9807.0 * 10.67 * length * 120_f64.powf(-1.852) * diameter.powf(-4.87), n: 1.852, local },
            // A valve that loses nothing at all, between given pressures, would let any flow pass.
            1 => Link::Resistance { r: 0.0, n: 2.0, local: local.max(50.0 / (area * area)) },
            2 => Link::Power { r: 10_f64.powf(self.within(4.0, 9.0)), n: self.within(1.5, 2.0) },
            _ => Link::Pipe { diameter, length, roughness: 1e-4 * self.next(), k: 5.0 * self.next(), density: 1010.0, viscosity: 1.35e-3 },
        }
    }

    fn pump(&mut self, shutoff: f64) -> Link {
        let q = 10_f64.powf(self.within(-3.0, -1.0));
        match self.below(6) {
            0 => Link::TablePump {
                points: Arc::new([(0.0, shutoff), (q, 0.9 * shutoff), (1.5 * q, 0.7 * shutoff), (2.0 * q, 0.3 * shutoff)]),
                speed: self.within(0.5, 1.1),
            },
            1 => Link::PowerPump { power: shutoff * q * self.within(0.3, 1.0) },
            _ => {
                let n = self.within(1.2, 3.0);
                Link::Pump { shutoff, b: 0.3 * shutoff / q.powf(n), n, speed: if self.below(3) == 0 { 1.0 } else { self.within(0.5, 1.1) } }
            }
        }
    }

    /// A valve beside the tree.
    fn valve(&mut self, held: &mut [bool], (a, b): (usize, usize), regulators: bool) -> Link {
        let local = 10_f64.powf(self.within(4.0, 8.0));
        let pressure = self.within(0.5e5, 6e5);
        let hold = |node: usize, holds: Holds, held: &mut [bool]| {
            if std::mem::replace(&mut held[node], true) { Link::Closed } else { Link::Regulator { holds, pressure, local } }
        };
        match self.below(if regulators { 9 } else { 7 }) {
            0 | 1 => Link::Closed,
            2 | 3 => Link::Check { r: local, n: 2.0 },
            4 => Link::Limiter { flow: 10_f64.powf(self.within(-4.0, -1.0)), local },
            5 => Link::Breaker { drop: self.within(0.0, 2e5), local },
            6 => Link::Table { points: Arc::new([(0.0, 0.0), (1e-3, 1e3), (1e-2, 5e4), (5e-2, 4e5)]) },
            7 => hold(b, Holds::After, held),
            _ => hold(a, Holds::Before, held),
        }
    }

    /// A network of about so many pipes, with valves that hold pressures on request.
    pub fn network(&mut self, pipes: usize, regulators: bool) -> Network {
        let mut nodes = vec![Node { demand: 0.0, fixed: Some(self.within(1e5, 6e5)) }];
        let mut links = Vec::new();
        // Nodes that a closed valve has cut off may have no demand.
        let mut dry = vec![false];
        let long = self.below(2) == 0;
        for i in 1..=pipes.max(1) {
            let back = if long { self.below(3.min(i)) + 1 } else { self.below(i) + 1 };
            let parent = i - back;
            let shut = self.below(60) == 0;
            let demand = if self.below(3) == 0 { 10_f64.powf(self.within(-6.0, -2.5)) } else { 0.0 };
            dry.push(shut || dry[parent]);
            nodes.push(Node { demand: if dry[i] { 0.0 } else { demand }, fixed: None });
            let law = if shut { Link::Closed } else { self.pipe() };
            links.push(if self.below(2) == 0 { (parent, i, law) } else { (i, parent, law) });
        }
        let count = nodes.len();
        let mut held = vec![false; count + 8];
        held[0] = true;
        let mut drops: Vec<usize> = (0..count).collect();
        for _ in 0..pipes / 4 {
            let near = self.below(count);
            let ends = (near, if self.below(2) == 0 { self.below(count) } else { (near + 1 + self.below(8)) % count });
            if ends.0 != ends.1 {
                let law = if self.below(3) == 0 { self.valve(&mut held, ends, regulators) } else { self.pipe() };
                let ring = matches!(law, Link::Breaker { .. }) && !join(&mut drops, ends);
                let law = if ring { Link::Closed } else { law };
                links.push((ends.0, ends.1, law));
            }
        }
        for _ in 0..self.below(3) {
            self.station(&mut nodes, &mut links, count);
        }
        Network { nodes, links }
    }

    /// Pumps side by side from a given pressure: equal ones, a weak one, one that stands, one that is shut off.
    fn station(&mut self, nodes: &mut Vec<Node>, links: &mut Vec<(usize, usize, Link)>, count: usize) {
        let (suction, discharge) = (nodes.len(), nodes.len() + 1);
        nodes.push(Node { demand: 0.0, fixed: Some(self.within(0.5e5, 3e5)) });
        nodes.push(Node::default());
        let shutoff = self.within(1e5, 8e5);
        let first = self.pump(shutoff);
        for k in 0..1 + self.below(4) {
            let law = match self.below(5) {
                0 => Link::Closed,
                1 => Link::Pump { shutoff, b: 1e8, n: 2.0, speed: 0.0 },
                2 if k > 0 => self.pump(0.3 * shutoff),
                _ => first.clone(),
            };
            links.push((suction, discharge, law));
        }
        let to = self.below(count);
        let law = self.pipe();
        links.push((discharge, to, law));
        if self.below(4) == 0 {
            // Pumps that run against a shut valve.
            links.last_mut().unwrap().2 = Link::Closed;
        }
    }
}

/// Joins two nodes; false if they were joined before.
fn join(part: &mut [usize], (a, b): (usize, usize)) -> bool {
    let (a, b) = (part[a], part[b]);
    part.iter_mut().filter(|p| **p == b).for_each(|p| *p = a);
    a != b
}

/// The network of a seed, of up to so many pipes.
pub fn draw(seed: u64, largest: usize, regulators: bool) -> Network {
    let mut random = Random::new(seed);
    let pipes = (largest as f64).powf(random.next()).round() as usize;
    random.network(pipes, regulators)
}

/// Solves the networks of these seeds and checks each; so many may be left unsolved.
pub fn solve_many(seeds: Range<u64>, largest: usize, regulators: bool, unsolved: usize) {
    let mut failures = Vec::new();
    let (mut steps, mut most) = (0, 0);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let network = draw(seed, largest, regulators);
        let solution = Solver::new(&network).solve(&network, &Options::default(), None);
        steps += solution.iterations;
        most = most.max(solution.iterations);
        if let Err(what) = check(&network, &solution) {
            let count = |is: fn(&Link) -> bool| network.links.iter().filter(|link| is(&link.2)).count();
            let (holding, limiters, powers) =
                (count(|l| matches!(l, Link::Regulator { .. })), count(|l| matches!(l, Link::Limiter { .. })), count(|l| matches!(l, Link::PowerPump { .. })));
            let kinds = format!("{holding} regulators, {limiters} limiters, {powers} pumps of constant power");
            failures.push(format!("seed {seed}, {} links, {kinds}: {what}", network.links.len()));
        }
    }
    println!("{count} networks, {steps} steps, at most {most} in one");
    assert!(failures.len() <= unsolved, "{} of {count} failed: {:#?}", failures.len(), failures.iter().take(20).collect::<Vec<_>>());
}

/// Checks a solution against the equations themselves, written here once more.
fn check(network: &Network, solution: &Solution) -> Result<(), String> {
    if solution.status != Status::Converged {
        return Err(format!("{:?} after {} steps, residual {:e}, {:?}", solution.status, solution.iterations, solution.residual, solution.worst));
    }
    let total = solution.flows.iter().fold(1e-5_f64, |most, q| most.max(q.abs()));
    let scale = solution.pressures.iter().filter(|p| p.is_finite()).fold(1e3_f64, |most, p| most.max(p.abs()));
    let mut balance: Vec<f64> = network.nodes.iter().map(|node| -node.demand).collect();
    for (k, (a, b, link)) in network.links.iter().enumerate() {
        let q = solution.flows[k];
        balance[*a] -= q;
        balance[*b] += q;
        let (before, after) = (solution.pressures[*a], solution.pressures[*b]);
        law(link, solution.states[k], q, (before, after), scale).map_err(|what| format!("link {k} {link:?}: {what}; flow {q}, {before} to {after} Pa"))?;
    }
    for (i, error) in balance.iter().enumerate().filter(|(i, _)| network.nodes[*i].fixed.is_none()) {
        if error.abs() > 1e-9 * total {
            return Err(format!("node {i} misses {error:e} of {total:e}"));
        }
    }
    Ok(())
}

/// Whether a link does what its law says.
fn law(link: &Link, state: LinkState, q: f64, (before, after): (f64, f64), scale: f64) -> Result<(), String> {
    let (drop, slack) = (before - after, 1e-6 * scale);
    let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    let power = |r: f64, n: f64| r * q.abs().powf(n) * q.signum();
    let follows = |loss: f64, slack: f64| must(drop.is_nan() || (drop - loss).abs() <= slack, "its loss is another");
    // Below 1e-7 m³/s power laws are smoothed, by less than all they lose there.
    let smooth = |r: f64, n: f64| if q.abs() < 1e-7 { slack + r * 1e-7_f64.powf(n) } else { slack };
    let shut = |rise: f64| must(q == 0.0 && (drop.is_nan() || drop <= slack - rise), "it is shut and should flow");
    match (link, state) {
        (Link::Closed, _) => must(q == 0.0, "it is closed and flows"),
        (Link::Pump { speed, .. } | Link::TablePump { speed, .. }, _) if *speed == 0.0 => must(q == 0.0, "it stands and flows"),
        (Link::Power { r, n }, _) => follows(power(*r, *n), smooth(*r, *n)),
        (Link::Resistance { r, n, local }, _) => follows(power(*r, *n) + power(*local, 2.0), smooth(*r, *n) + smooth(*local, 2.0)),
        (Link::Pipe { diameter, length, roughness, k, density, viscosity }, _) => {
            let v = q.abs() / (PI / 4.0 * diameter * diameter);
            let f = if v > 1e-30 { friction_factor(density * v * diameter / viscosity, roughness / diameter) } else { 0.0 };
            follows((f * length / diameter + k) * density * v * v / 2.0 * q.signum(), slack)
        }
        (Link::Check { .. }, LinkState::Shut) => shut(0.0),
        (Link::Check { r, n }, _) => must(q >= 0.0, "it flows backward").and_then(|()| follows(power(*r, *n), smooth(*r, *n))),
        (Link::Pump { shutoff, speed, .. }, LinkState::Shut) => shut(shutoff * speed * speed),
        (Link::Pump { shutoff, b, n, speed }, _) => {
            must(q >= 0.0, "it flows backward")?;
            let r = b * speed.powf(2.0 - n);
            follows(power(r, *n) - shutoff * speed * speed, smooth(r, *n))
        }
        (Link::TablePump { points, speed }, LinkState::Shut) => shut(points[0].1 * speed * speed),
        (Link::TablePump { points, speed }, _) => must(q >= 0.0, "it flows backward").and_then(|()| follows(-speed * speed * line(points, q / speed), slack)),
        // Up to 1e8 Pa.
        (Link::PowerPump { power }, _) => must(q >= 0.0, "it flows backward").and_then(|()| if q > power / 1e8 { follows(-power / q, slack) } else { Ok(()) }),
        (Link::Table { points }, _) => follows(q.signum() * line(points, q.abs()), slack),
        (Link::Breaker { drop: fixed, local }, _) => follows(fixed.max(power(*local, 2.0)), slack + smooth(*local, 2.0)),
        (Link::Limiter { flow, local }, LinkState::Regulating) => {
            must((q - flow).abs() <= 1e-12 + 1e-9 * flow, "it is not at its limit")?;
            must(drop.is_nan() || drop >= power(*local, 2.0) - slack, "it should be open")
        }
        (Link::Limiter { flow, local }, _) => {
            must(q <= flow * (1.0 + 1e-9) + 1e-12, "it exceeds its limit").and_then(|()| follows(power(*local, 2.0), slack + smooth(*local, 2.0)))
        }
        (Link::Regulator { holds, pressure, local }, state) => regulator(*holds, (*pressure, *local), state, q, (before, after), slack),
        (Link::Forward(_), _) => Err("not drawn".to_owned()),
    }
}

fn line(points: &[(f64, f64)], x: f64) -> f64 {
    let k = (1..points.len() - 1).find(|k| x < points[*k].0).unwrap_or(points.len() - 1);
    let ((x0, y0), (x1, y1)) = (points[k - 1], points[k]);
    y0 + (y1 - y0) / (x1 - x0) * (x - x0)
}

fn regulator(holds: Holds, (set, local): (f64, f64), state: LinkState, q: f64, (before, after): (f64, f64), slack: f64) -> Result<(), String> {
    let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    let open = local * q * q;
    must(q >= 0.0, "it flows backward")?;
    match (state, holds) {
        (LinkState::Regulating, Holds::After) => {
            must((after - set).abs() <= slack, "it does not hold")?;
            must(before.is_nan() || before - open >= set - slack, "it should be open")
        }
        (LinkState::Regulating, Holds::Before) => {
            must((before - set).abs() <= slack, "it does not hold")?;
            must(after.is_nan() || after + open <= set + slack, "it should be open")
        }
        (LinkState::Open, _) => {
            must((before - after - open).abs() <= slack + local * 1e-14 || before.is_nan() || after.is_nan(), "its loss is another")?;
            must(before.is_nan() || if holds == Holds::After { after <= set + slack } else { before >= set - slack }, "it should hold")
        }
        (LinkState::Shut, Holds::After) => {
            must(q == 0.0 && (before <= after + slack || after >= set - slack || before.is_nan() || after.is_nan()), "it should flow")
        }
        (LinkState::Shut, Holds::Before) => {
            must(q == 0.0 && (before <= after + slack || before <= set + slack || before.is_nan() || after.is_nan()), "it should flow")
        }
    }
}
