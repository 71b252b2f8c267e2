//! The network without ties, island by island.

use std::collections::BTreeMap;

use nalgebra::Complex;

use super::newton::Newton;
use super::topology::{self, Form, Island};
use super::two_port::TwoPort;
use super::{BranchFlow, Network, Options, Solution, Status, sweep};

/// The network of the groups of tied buses.
#[derive(Clone, Debug)]
pub(super) struct Contracted {
    pub network: Network,
    pub ports: Vec<TwoPort>,
    pub islands: Vec<Island>,
    /// Island and position of each bus.
    pub homes: Vec<(usize, usize)>,
    pub(super) newtons: Vec<Option<Newton>>,
}

/// How one island ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    pub status: Status,
    pub iterations: usize,
    pub residual: f64,
    /// Position of the worst bus in the island.
    pub worst: Option<usize>,
}

impl Contracted {
    /// Finds islands and trees.
    pub fn new(network: Network) -> Self {
        let ports: Vec<TwoPort> = network.branches.iter().map(TwoPort::new).collect();
        let islands = topology::islands(&network, &ports);
        let newtons = islands.iter().map(|_| None).collect();
        let homes = homes(&network, &islands);
        Self { network, ports, islands, homes, newtons }
    }

    pub fn set_load(&mut self, bus: usize, load: Complex<f64>) {
        self.network.buses[bus].load = load;
    }

    /// Opens or closes a branch. Islands that this does not touch keep their factors.
    pub fn set_in_service(&mut self, branch: usize, in_service: bool) {
        if std::mem::replace(&mut self.network.branches[branch].in_service, in_service) == in_service {
            return;
        }
        let before = std::mem::replace(&mut self.islands, topology::islands(&self.network, &self.ports));
        let mut kept: BTreeMap<usize, (Island, Option<Newton>)> =
            before.into_iter().zip(std::mem::take(&mut self.newtons)).map(|(island, newton)| (island.buses[0], (island, newton))).collect();
        let keep = |island: &Island| kept.remove(&island.buses[0]).filter(|(old, _)| old.buses == island.buses && old.branches == island.branches)?.1;
        self.newtons = self.islands.iter().map(keep).collect();
        self.homes = homes(&self.network, &self.islands);
    }

    /// Solves from given voltages or from no load. Injections are left to whoever knows the single buses.
    pub fn solve(&mut self, options: &Options, start: Option<&[Complex<f64>]>) -> Solution {
        let size = self.network.buses.len();
        let zero = Complex::new(0.0, 0.0);
        let mut solution = Solution {
            voltages: vec![zero; size],
            energized: vec![false; size],
            flows: vec![BranchFlow::default(); self.network.branches.len()],
            injections: Vec::new(),
            status: Status::Converged,
            iterations: 0,
            residual: 0.0,
            worst: None,
        };
        for index in 0..self.islands.len() {
            self.solve_island(index, options, start, &mut solution);
        }
        solution
    }

    fn solve_island(&mut self, index: usize, options: &Options, start: Option<&[Complex<f64>]>, solution: &mut Solution) {
        let island = &self.islands[index];
        if matches!(island.form, Form::Dead) {
            return;
        }
        // The state without load takes an angle for every bus: it is left out where it is not needed.
        let flat = || island.no_load_voltages(&self.network);
        let mut voltages = match start {
            Some(start) => island.voltages_from(&self.network, start).unwrap_or_else(flat),
            None => flat(),
        };
        let newton = &mut self.newtons[index];
        let mut attempt = |voltages: &mut [Complex<f64>]| sweep_or_newton(&self.network, &self.ports, island, newton, options, voltages, solution);
        let ending = if let Some(worst) = island.unusable(&self.network) {
            Ending { status: Status::Diverged, iterations: 0, residual: f64::INFINITY, worst: Some(worst) }
        } else {
            let first = attempt(&mut voltages);
            if first.status == Status::Converged || start.is_none() {
                first
            } else {
                voltages = flat();
                attempt(&mut voltages)
            }
        };
        for (&bus, &voltage) in island.buses.iter().zip(&voltages) {
            solution.energized[bus] = true;
            solution.voltages[bus] = voltage;
        }
        solution.iterations = solution.iterations.max(ending.iterations);
        if ending.status > solution.status || (ending.status == solution.status && ending.residual >= solution.residual) {
            solution.status = ending.status;
            solution.worst = ending.worst.and_then(|worst| island.buses.get(worst).copied());
        }
        solution.residual = solution.residual.max(ending.residual);
    }
}

fn homes(network: &Network, islands: &[Island]) -> Vec<(usize, usize)> {
    let mut homes = vec![(0, 0); network.buses.len()];
    for (number, island) in islands.iter().enumerate() {
        for (position, &bus) in island.buses.iter().enumerate() {
            homes[bus] = (number, position);
        }
    }
    homes
}

/// Solves one island into `voltages` (by position in the island) and writes the flows of its branches.
fn sweep_or_newton(
    network: &Network,
    ports: &[TwoPort],
    island: &Island,
    newton: &mut Option<Newton>,
    options: &Options,
    voltages: &mut [Complex<f64>],
    solution: &mut Solution,
) -> Ending {
    if let Form::Tree(tree) = &island.form {
        let mut trial = voltages.to_vec();
        if let Some(ending) = sweep::solve(network, island, tree, options, &mut trial, &mut solution.flows) {
            voltages.copy_from_slice(&trial);
            return ending;
        }
    }
    let newton = newton.get_or_insert_with(|| Newton::new(network, ports, island));
    let ending = newton.solve(network, island, options, voltages);
    for &index in &island.branches {
        let branch = &network.branches[index];
        let (from, to) = (voltages[island.position(branch.from)], voltages[island.position(branch.to)]);
        let (current_from, current_to) = ports[index].currents(from, to);
        solution.flows[index] = BranchFlow { from: from * current_from.conj(), to: to * current_to.conj() };
    }
    ending
}
