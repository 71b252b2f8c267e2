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
    /// Voltages of each island without any load.
    flat: Vec<Vec<Complex<f64>>>,
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
        let flat = islands.iter().map(|island| island.no_load_voltages(&network)).collect();
        Self { network, ports, islands, homes, newtons, flat }
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
        self.flat = self.islands.iter().map(|island| island.no_load_voltages(&self.network)).collect();
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
        let flat = &self.flat[index];
        let mut voltages = match start {
            Some(start) => island.voltages_from(&self.network, flat, start),
            None => flat.clone(),
        };
        let newton = &mut self.newtons[index];
        let mut attempt = |voltages: &mut [Complex<f64>]| sweep_or_newton(&self.network, &self.ports, island, newton, options, voltages, solution);
        let mut ending = attempt(&mut voltages);
        if ending.status != Status::Converged && start.is_some() {
            voltages.copy_from_slice(flat);
            ending = attempt(&mut voltages);
        }
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
    if let Form::Tree(tree) = &island.form
        && island.may_sweep(network)
        && let Some(ending) = sweep::solve(network, island, tree, options, voltages, &mut solution.flows)
    {
        return ending;
    }
    if let Some(worst) = island.unusable(network) {
        return Ending { status: Status::Diverged, iterations: 0, residual: f64::INFINITY, worst: Some(worst) };
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
