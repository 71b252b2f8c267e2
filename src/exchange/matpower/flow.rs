//! A case as a network, and its solution in watts.
//!
//! Per unit on the case's base power; a load counts positive and a generator at a `PQ` bus as a negative one. The shunt `Gs`, `Bs` is the power at 1 pu, MW
//! consumed and Mvar injected, hence an admittance `(Gs + jBs)/baseMVA`. Generators at one bus hold the voltage of the last of them, as MATPOWER does.

use super::case::{BusType, Case};
use crate::numerics::power_flow::{self, Branch, Bus, BusKind, Network, Options, Prepared, Solution, Status};
use nalgebra::Complex;

/// Reactive power past a limit by less than this is rounding, Mvar.
const SLIGHT: f64 = 1e-6;

/// The power flow of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Whether the equations hold.
    pub converged: bool,
    /// How the solution ended, in a word.
    pub status: &'static str,
    /// Sweeps or Newton steps.
    pub iterations: usize,
    /// Largest active or reactive power by which a bus misses its balance, pu of the base power.
    pub residual: f64,
    /// Number of the bus that misses most.
    pub worst: Option<u64>,
    /// Every bus that a reference reaches, in the order of the file.
    pub nodes: Vec<FlowNode>,
    /// Numbers of the buses without voltage.
    pub dark: Vec<u64>,
    /// Every branch in service between buses with voltage, in the order of the file.
    pub branches: Vec<FlowBranch>,
    /// What the references give, W and var.
    pub slack: Vec<(u64, Complex<f64>)>,
    /// All that generators give, references included, W and var.
    pub generation: Complex<f64>,
    /// All that loads take, W and var.
    pub load: Complex<f64>,
    /// What shunts take, W and var.
    pub shunts: Complex<f64>,
    /// Buses whose generators give reactive power beyond their limits.
    pub beyond: Vec<ReactiveLimit>,
}

/// A bus with its voltage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowNode {
    /// Its number.
    pub number: u64,
    /// Voltage magnitude, pu.
    pub v_pu: f64,
    /// Angle, rad.
    pub angle: f64,
    /// Nominal voltage, V; NaN where the file has none.
    pub nominal: f64,
}

/// A branch with its flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowBranch {
    /// Row in the file, from 1.
    pub row: usize,
    /// Number of the bus where it begins.
    pub from: u64,
    /// Number of the bus where it ends.
    pub to: u64,
    /// Whether the file gives a ratio or a shift.
    pub transformer: bool,
    /// Power entering at the begin, W and var.
    pub power_from: Complex<f64>,
    /// Power entering at the end, W and var.
    pub power_to: Complex<f64>,
    /// The larger of the currents at both ends, A; NaN where a nominal voltage is missing.
    pub current: f64,
    /// The larger apparent power over the rating; NaN where the file has no rating.
    pub loading: f64,
}

impl FlowBranch {
    /// What stays in it, W.
    #[must_use]
    pub fn loss(&self) -> f64 {
        (self.power_from + self.power_to).re
    }
}

/// Reactive power beyond the limits of a bus's generators, all in var.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReactiveLimit {
    /// Number of the bus.
    pub number: u64,
    /// What they give.
    pub q: f64,
    /// Sum of their lower limits.
    pub least: f64,
    /// Sum of their upper limits.
    pub most: f64,
}

impl Flow {
    /// What is lost on the way: the losses of all branches and what shunt conductances take, W.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.branches.iter().map(FlowBranch::loss).sum::<f64>() + self.shunts.re
    }
}

/// Solves the power flow of a case, from the voltages of the file, and from no load if those don't lead to a solution.
#[must_use]
pub fn solve(case: &Case) -> Flow {
    let network = network(case);
    let start = start(case, &network);
    let solution = Prepared::new(network.clone()).solve(&Options::default(), Some(&start));
    flow(case, &network, &solution)
}

/// The network of a case, per unit of its base power.
#[must_use]
pub fn network(case: &Case) -> Network {
    let base = case.base_mva;
    let alive = |bus: usize| case.buses[bus].kind != BusType::Isolated;
    let mut held = vec![f64::NAN; case.buses.len()];
    let mut buses: Vec<Bus> = case.buses.iter().map(|b| Bus { kind: BusKind::Pq, load: b.load / base, shunt: b.shunt / base }).collect();
    for generator in case.generators.iter().filter(|g| g.in_service) {
        held[generator.bus] = generator.v_pu;
        let bus = &mut buses[generator.bus];
        match case.buses[generator.bus].kind {
            BusType::Pq => bus.load -= generator.power / base,
            BusType::Pv => bus.load.re -= generator.power.re / base,
            BusType::Reference | BusType::Isolated => {}
        }
    }
    for ((bus, row), held) in buses.iter_mut().zip(&case.buses).zip(held) {
        match row.kind {
            BusType::Reference => bus.kind = BusKind::Slack { v: held, angle: row.angle_deg.to_radians() },
            BusType::Pv => bus.kind = BusKind::Pv { v: held },
            BusType::Pq | BusType::Isolated => {}
        }
    }
    let branch = |b: &super::BranchRow| Branch {
        from: b.from,
        to: b.to,
        series: b.series,
        charging: b.charging,
        tap: if b.ratio == 0.0 { 1.0 } else { b.ratio },
        shift: b.shift_deg.to_radians(),
        no_load: Complex::new(0.0, 0.0),
        in_service: b.in_service && alive(b.from) && alive(b.to),
    };
    Network { buses, branches: case.branches.iter().map(branch).collect() }
}

/// The voltages of the file, as a state to start from.
fn start(case: &Case, network: &Network) -> Solution {
    Solution {
        voltages: case.buses.iter().map(|b| Complex::from_polar(b.v_pu.max(0.0), b.angle_deg.to_radians())).collect(),
        energized: vec![true; case.buses.len()],
        flows: vec![power_flow::BranchFlow::default(); network.branches.len()],
        injections: Vec::new(),
        status: Status::Converged,
        iterations: 0,
        residual: 0.0,
        worst: None,
    }
}

fn flow(case: &Case, network: &Network, solution: &Solution) -> Flow {
    let base = case.base_mva * 1e6;
    let number = |bus: usize| case.buses[bus].number;
    let zero = Complex::new(0.0, 0.0);
    let given = given(case, solution);
    let (mut nodes, mut dark, mut slack) = (Vec::new(), Vec::new(), Vec::new());
    let (mut generation, mut load, mut shunts) = (zero, zero, zero);
    for (i, row) in case.buses.iter().enumerate() {
        if !solution.energized[i] {
            dark.push(row.number);
            continue;
        }
        let voltage = solution.voltages[i];
        let nominal = if row.base_kv > 0.0 { row.base_kv * 1e3 } else { f64::NAN };
        nodes.push(FlowNode { number: row.number, v_pu: voltage.norm(), angle: voltage.arg(), nominal });
        let given = given[i];
        if row.kind == BusType::Reference {
            slack.push((row.number, given));
        }
        generation += given;
        load += row.load * 1e6;
        shunts += network.buses[i].shunt.conj() * voltage.norm_sqr() * base;
    }
    let branches = network.branches.iter().enumerate().filter(|(_, b)| b.in_service && solution.energized[b.from]).map(|(k, _)| branch(case, solution, k));
    Flow {
        converged: solution.status == Status::Converged,
        // To a reader of the report it is one thing: no solution was found, and where it fails worst.
        status: match solution.status {
            Status::Converged => "converged",
            Status::Stalled | Status::Singular | Status::Diverged => "diverged",
        },
        iterations: solution.iterations,
        residual: solution.residual,
        worst: solution.worst.map(number),
        branches: branches.collect(),
        nodes,
        dark,
        slack,
        generation,
        load,
        shunts,
        beyond: beyond(case, solution, &given),
    }
}

/// What the generators of each bus give, W and var: as the file says at a `PQ` bus; else what the bus gives to the network and its load takes.
fn given(case: &Case, solution: &Solution) -> Vec<Complex<f64>> {
    let mut given = vec![Complex::new(0.0, 0.0); case.buses.len()];
    for generator in case.generators.iter().filter(|g| g.in_service) {
        given[generator.bus] += generator.power * 1e6;
    }
    for (i, row) in case.buses.iter().enumerate() {
        if matches!(row.kind, BusType::Pv | BusType::Reference) {
            given[i] = solution.injections[i] * (case.base_mva * 1e6) + row.load * 1e6;
        }
    }
    given
}

fn branch(case: &Case, solution: &Solution, index: usize) -> FlowBranch {
    let row = &case.branches[index];
    let base = case.base_mva * 1e6;
    let flow = solution.flows[index];
    let current = |bus: usize, power: Complex<f64>| {
        let volts = solution.voltages[bus].norm() * case.buses[bus].base_kv * 1e3;
        // Three phases: S = √3 V I.
        if volts > 0.0 { power.norm() * base / (3.0_f64.sqrt() * volts) } else { f64::NAN }
    };
    let (at_from, at_to) = (current(row.from, flow.from), current(row.to, flow.to));
    let apparent = flow.from.norm().max(flow.to.norm()) * case.base_mva;
    FlowBranch {
        row: index + 1,
        from: case.buses[row.from].number,
        to: case.buses[row.to].number,
        transformer: row.ratio != 0.0 || row.shift_deg != 0.0,
        power_from: flow.from * base,
        power_to: flow.to * base,
        current: if at_from.is_nan() || at_to.is_nan() { f64::NAN } else { at_from.max(at_to) },
        loading: if row.rating_mva > 0.0 { apparent / row.rating_mva } else { f64::NAN },
    }
}

/// Limits are told, not enforced: the default of MATPOWER's power flow.
fn beyond(case: &Case, solution: &Solution, given: &[Complex<f64>]) -> Vec<ReactiveLimit> {
    let mut limits = vec![None; case.buses.len()];
    for generator in case.generators.iter().filter(|g| g.in_service) {
        let (least, most): &mut (f64, f64) = limits[generator.bus].get_or_insert((0.0, 0.0));
        *least += generator.q_min;
        *most += generator.q_max;
    }
    let mut list = Vec::new();
    for (bus, limit) in limits.into_iter().enumerate() {
        let holds = matches!(case.buses[bus].kind, BusType::Pv | BusType::Reference) && solution.energized[bus];
        let Some((least, most)) = limit.filter(|_| holds) else { continue };
        let q = given[bus].im;
        if q < (least - SLIGHT) * 1e6 || q > (most + SLIGHT) * 1e6 {
            list.push(ReactiveLimit { number: case.buses[bus].number, q, least: least * 1e6, most: most * 1e6 });
        }
    }
    list
}
