//! A network in its present state while loads change one by one.
//!
//! In a tree a change costs what is on its way to the slack (`ladder.rs`), and reading costs the way of the bus that is read. In a mesh, and where Newton's method
//! on the way does not settle, all is solved again from the state before.

mod active;
mod ladder;

use nalgebra::Complex;

use super::topology::{Form, Tree};
use super::{BranchFlow, Network, Options, Prepared, Solution, Status};
use ladder::Ladder;

/// Whole states are solved to this part of the tolerance, so that updates inherit next to nothing of their mismatch.
const BASE_SHARPNESS: f64 = 0.01;

/// How an update ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// Of the whole network.
    pub status: Status,
    /// Largest power by which a bus misses (1), with a bound of what was neglected in subtrees that were not visited.
    pub residual: f64,
    /// Buses that were solved for; the others move along.
    pub visited: usize,
    /// Newton steps, or sweeps where all was solved again.
    pub iterations: usize,
}

/// A network that is kept solved.
#[derive(Clone, Debug)]
pub struct Live {
    prepared: Prepared,
    options: Options,
    /// By island, as far as it is a tree.
    ladders: Vec<Option<Ladder>>,
    /// The last whole state, and whether it is the present one.
    whole: Solution,
    is_whole: bool,
    /// Whether a load changed that no ladder knows of.
    is_mesh_changed: bool,
}

impl Live {
    /// Solves the network from no load.
    pub fn new(network: Network, options: Options) -> Self {
        let mut prepared = Prepared::new(network);
        let whole = solve(&mut prepared, &options, None);
        let mut live = Self { prepared, options, ladders: Vec::new(), whole, is_whole: true, is_mesh_changed: false };
        live.build();
        live
    }

    /// The network with its present loads.
    pub fn network(&self) -> &Network {
        self.prepared.network()
    }

    /// Changes what a bus consumes; `false` if there is no such bus. The state follows with [`Live::update`].
    pub fn set_load(&mut self, bus: usize, load: Complex<f64>) -> bool {
        if !self.prepared.set_load(bus, load) {
            return false;
        }
        let contracted = &self.prepared.contracted;
        let group = self.prepared.ties.group(bus);
        let (island, position) = contracted.homes[group];
        match self.ladders.get_mut(island).and_then(Option::as_mut) {
            Some(ladder) => ladder.set_load(position, contracted.network.buses[group].load),
            None => self.is_mesh_changed = true,
        }
        true
    }

    /// Brings the state to the tolerance again.
    pub fn update(&mut self) -> Update {
        let usable = self.whole.status == Status::Converged && !self.is_mesh_changed;
        match if usable { self.climb() } else { None } {
            Some(update) => update,
            None => self.solve_all(),
        }
    }

    /// The voltage of a bus after the last update, zero where it is de-energized; `None` if there is no such bus.
    pub fn voltage(&self, bus: usize) -> Option<Complex<f64>> {
        let voltage = *self.whole.voltages.get(bus)?;
        let (island, position) = self.prepared.contracted.homes[self.prepared.ties.group(bus)];
        Some(self.ladder(island).map_or(voltage, |(ladder, tree)| ladder.voltages(tree, position).1))
    }

    /// The flow over a branch after the last update, zero where it is out of service or de-energized; `None` if there is no such branch.
    pub fn flow(&mut self, branch: usize) -> Option<BranchFlow> {
        let contracted = &self.prepared.contracted;
        let ends = contracted.network.branches.get(branch)?;
        if let (true, Some(&(island, from)), Some(&(_, to))) = (ends.in_service, contracted.homes.get(ends.from), contracted.homes.get(ends.to))
            && let Some((ladder, tree)) = self.ladder(island)
        {
            return ladder.flow(tree, from.max(to), branch);
        }
        // A tie is out of service among the groups, but not in the network.
        if self.network().branches[branch].in_service { self.solution().flows.get(branch).copied() } else { Some(BranchFlow::default()) }
    }

    /// The whole state, updated.
    pub fn solution(&mut self) -> &Solution {
        self.update();
        if !self.is_whole {
            let start = Solution { voltages: self.voltages(), ..self.whole.clone() };
            self.whole = self.prepared.solve(&self.options, Some(&start));
            self.is_whole = true;
        }
        &self.whole
    }

    /// Updates all ladders; `None` if one cannot be.
    fn climb(&mut self) -> Option<Update> {
        let mut update = Update { status: Status::Converged, residual: self.whole.residual, visited: 0, iterations: 0 };
        let contracted = &self.prepared.contracted;
        for (island, ladder) in contracted.islands.iter().zip(&mut self.ladders) {
            if let (Form::Tree(tree), Some(ladder)) = (&island.form, ladder) {
                let (visited, steps) = ladder.update(tree, self.options.tolerance)?;
                update.residual = update.residual.max(ladder.residual);
                update.visited += visited;
                update.iterations = update.iterations.max(steps);
            }
        }
        self.is_whole &= update.visited == 0;
        Some(update)
    }

    fn solve_all(&mut self) -> Update {
        let start = Solution { voltages: self.voltages(), ..self.whole.clone() };
        self.whole = solve(&mut self.prepared, &self.options, Some(&start));
        self.is_whole = true;
        self.is_mesh_changed = false;
        self.build();
        let Solution { status, residual, iterations, .. } = self.whole;
        Update { status, residual, visited: self.whole.energized.iter().filter(|&&energized| energized).count(), iterations }
    }

    fn build(&mut self) {
        let contracted = &self.prepared.contracted;
        let solved = self.whole.status == Status::Converged;
        let voltages = self.prepared.ties.contract_voltages(&self.whole.voltages);
        let ladder = |island| {
            let tree = tree(island).filter(|_| solved)?;
            Some(Ladder::new(&contracted.network, island, tree, &voltages, self.whole.residual))
        };
        self.ladders = contracted.islands.iter().map(ladder).collect();
    }

    /// All present voltages.
    fn voltages(&self) -> Vec<Complex<f64>> {
        let contracted = &self.prepared.contracted;
        let mut voltages = self.prepared.ties.contract_voltages(&self.whole.voltages);
        for (number, island) in contracted.islands.iter().enumerate() {
            if let Some((ladder, tree)) = self.ladder(number) {
                island.buses.iter().zip(ladder.all_voltages(tree)).for_each(|(&bus, voltage)| voltages[bus] = voltage);
            }
        }
        (0..self.whole.voltages.len()).map(|bus| voltages[self.prepared.ties.group(bus)]).collect()
    }

    fn ladder(&self, island: usize) -> Option<(&Ladder, &Tree)> {
        Some((self.ladders.get(island)?.as_ref()?, tree(self.prepared.contracted.islands.get(island)?)?))
    }
}

fn tree(island: &super::topology::Island) -> Option<&Tree> {
    match &island.form {
        Form::Tree(tree) => Some(tree),
        _ => None,
    }
}

/// Solves all, more sharply than asked where that can be.
fn solve(prepared: &mut Prepared, options: &Options, start: Option<&Solution>) -> Solution {
    let sharp = prepared.solve(&Options { tolerance: BASE_SHARPNESS * options.tolerance, ..*options }, start);
    if sharp.status == Status::Converged { sharp } else { prepared.solve(options, start) }
}
