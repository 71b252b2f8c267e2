//! The state after an outage, from that before it.
//!
//! Islands that the change does not touch keep their state. In a tree an open branch takes what hangs behind it along, and the rest is swept anew from the
//! voltages before. In a mesh only values of `Y` change, so pattern, order of elimination and factors serve again; buses that no slack reaches any more get
//! rows that ask for nothing. Whatever does not settle from there, and every change of a tie, is solved as a network of its own.

use std::collections::BTreeSet;

use nalgebra::Complex;

use super::contracted::{Contracted, Ending};
use super::topology::{Form, Island, Link, Part, Tree};
use super::two_port::TwoPort;
use super::{Branch, BranchFlow, BusKind, Network, Options, Prepared, Solution, Status, sweep, ties};

/// A departure from the prepared network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Branches, and the share of each that stays in service: 0 is out, 2/3 is one out of three alike in parallel. The series impedance is divided by the share,
    /// charging and no-load admittance are multiplied with it. A branch out of service stays out; one named twice keeps the product of both shares.
    pub branches: Vec<(usize, f64)>,
    /// Buses, and what each consumes then, at any voltage.
    pub loads: Vec<(usize, Complex<f64>)>,
}

impl Change {
    /// Makes the change in a network. Branches and buses that do not exist are left out.
    pub fn apply(&self, network: &mut Network) {
        for &(index, share) in &self.branches {
            if let Some(branch) = network.branches.get_mut(index) {
                *branch = part_of(branch, share);
            }
        }
        for &(bus, load) in &self.loads {
            if let Some(bus) = network.buses.get_mut(bus) {
                bus.load = load;
            }
        }
    }
}

/// The share of a branch that stays in service.
pub(super) fn part_of(branch: &Branch, share: f64) -> Branch {
    // A share that is not a number leaves nothing in service either.
    if share > 0.0 {
        Branch { series: branch.series / share, charging: branch.charging * share, no_load: branch.no_load * share, ..*branch }
    } else {
        Branch { in_service: false, ..*branch }
    }
}

impl Prepared {
    /// The state after a change, with the prepared network left as it was; `base` is its state before.
    ///
    /// Equal to changing the network and solving it anew, within the tolerance.
    pub fn solve_changed(&mut self, change: &Change, options: &Options, base: &Solution) -> Solution {
        if self.serves(change, base)
            && let Some(solution) = self.solve_beside(change, options, base)
        {
            return solution;
        }
        let mut network = self.network.clone();
        change.apply(&mut network);
        Self::new(network).solve(options, None)
    }

    /// Whether the groups of tied buses stay as they are and there is a state to start from.
    fn serves(&self, change: &Change, base: &Solution) -> bool {
        let fits = base.voltages.len() == self.network.buses.len() && base.flows.len() == self.network.branches.len();
        let tied = |&(index, share): &(usize, f64)| {
            let branch = self.network.branches.get(index);
            branch.is_some_and(|branch| ties::is_tie(branch) || ties::is_tie(&part_of(branch, share)))
        };
        fits && base.status == Status::Converged && !change.branches.iter().any(tied)
    }

    fn solve_beside(&mut self, change: &Change, options: &Options, base: &Solution) -> Option<Solution> {
        let loads: Vec<_> = change.loads.iter().filter_map(|&(bus, _)| Some((bus, self.network.buses.get(bus)?.load))).collect();
        let branches = self.contracted.open(&change.branches);
        for &(bus, load) in &change.loads {
            self.set_load(bus, load);
        }
        let buses: Vec<usize> = loads.iter().map(|&(bus, _)| self.ties.group(bus)).collect();
        let touched = self.contracted.touched(&branches, &buses);
        let mut solution = Solution {
            voltages: self.ties.first_members().map(|bus| base.voltages[bus]).collect(),
            energized: self.ties.first_members().map(|bus| base.energized[bus]).collect(),
            flows: base.flows.clone(),
            injections: Vec::new(),
            status: Status::Converged,
            iterations: 0,
            residual: 0.0,
            worst: None,
        };
        self.ties.branches().iter().for_each(|&tie| solution.flows[tie] = BranchFlow::default());
        let solved = touched.iter().all(|&island| self.contracted.solve_changed(island, &branches, options, &mut solution).is_some());
        let solution = solved.then(|| self.ties.expand(&self.network, solution));
        self.contracted.restore(branches);
        for (bus, load) in loads.into_iter().rev() {
            self.set_load(bus, load);
        }
        solution
    }
}

/// A branch as it was.
struct Before {
    index: usize,
    branch: Branch,
    port: TwoPort,
}

impl Contracted {
    /// Puts what stays in service in place of each branch, and gives back what was there.
    fn open(&mut self, branches: &[(usize, f64)]) -> Vec<Before> {
        let mut before = Vec::with_capacity(branches.len());
        for &(index, share) in branches {
            let Some(branch) = self.network.branches.get_mut(index).filter(|branch| branch.in_service) else { continue };
            before.push(Before { index, branch: *branch, port: self.ports[index] });
            *branch = part_of(branch, share);
            if branch.in_service {
                self.ports[index] = TwoPort::new(branch);
            } else {
                self.ports[index].open();
            }
        }
        before
    }

    fn restore(&mut self, branches: Vec<Before>) {
        for before in branches.into_iter().rev() {
            self.network.branches[before.index] = before.branch;
            self.ports[before.index] = before.port;
        }
    }

    /// The islands of the given branches and buses.
    fn touched(&self, branches: &[Before], buses: &[usize]) -> BTreeSet<usize> {
        let of_branches = branches.iter().filter_map(|before| self.homes.get(before.branch.from));
        of_branches.chain(buses.iter().map(|&bus| &self.homes[bus])).map(|home| home.0).collect()
    }

    /// Solves one island again; `None` if that does not succeed from the state in `solution`.
    fn solve_changed(&mut self, number: usize, branches: &[Before], options: &Options, solution: &mut Solution) -> Option<()> {
        let island = &self.islands[number];
        if matches!(island.form, Form::Dead) {
            return Some(());
        }
        let ending = match &island.form {
            Form::Tree(tree) => self.solve_tree(island, tree, branches, options, solution)?,
            _ => self.solve_mesh(number, branches, options, solution)?,
        };
        solution.iterations = solution.iterations.max(ending.iterations);
        if ending.residual >= solution.residual {
            let island = &self.islands[number];
            (solution.residual, solution.worst) = (ending.residual, ending.worst.and_then(|worst| island.buses.get(worst).copied()));
        }
        Some(())
    }

    fn solve_tree(&self, island: &Island, tree: &Tree, branches: &[Before], options: &Options, solution: &mut Solution) -> Option<Ending> {
        // With loads alone changed the tree is the same.
        if branches.is_empty() {
            let mut voltages: Vec<_> = island.buses.iter().map(|&bus| solution.voltages[bus]).collect();
            let ending = sweep::solve(&self.network, island, tree, options, &mut voltages, &mut solution.flows)?;
            island.buses.iter().zip(voltages).for_each(|(&bus, voltage)| solution.voltages[bus] = voltage);
            return Some(ending);
        }
        let (mut rest, mut kept) = (Island::of_one(island.buses[0]), Tree::with_room(tree.links.len(), tree.parts.len()));
        let mut places = vec![usize::MAX; island.buses.len()];
        places[0] = 0;
        for (k, link) in tree.links.iter().enumerate() {
            let (bus, parent) = (island.buses[k + 1], places[link.parent]);
            let parts = tree.parts(link);
            parts.iter().for_each(|part| solution.flows[part.branch] = BranchFlow::default());
            let changed = |part: &Part| branches.iter().any(|before| before.index == part.branch);
            if parent != usize::MAX && !parts.iter().any(changed) {
                kept.links.push(Link { parent, first: kept.parts.len(), ..*link });
                kept.parts.extend_from_slice(parts);
            } else if parent != usize::MAX && parts.iter().any(|part| self.network.branches[part.branch].in_service) {
                let alive = parts.iter().filter(|part| self.network.branches[part.branch].in_service);
                kept.push(parent, alive.map(|part| Part { chain: self.ports[part.branch].chain(part.reversed), ..*part }));
            } else {
                solution.voltages[bus] = Complex::new(0.0, 0.0);
                solution.energized[bus] = false;
                continue;
            }
            places[k + 1] = rest.buses.len();
            rest.buses.push(bus);
        }
        kept.finish();
        let mut voltages: Vec<_> = rest.buses.iter().map(|&bus| solution.voltages[bus]).collect();
        let mut ending = sweep::solve(&self.network, &rest, &kept, options, &mut voltages, &mut solution.flows)?;
        for (&bus, voltage) in rest.buses.iter().zip(voltages) {
            solution.voltages[bus] = voltage;
        }
        ending.worst = ending.worst.map(|worst| self.homes[rest.buses[worst]].1);
        Some(ending)
    }

    fn solve_mesh(&mut self, number: usize, branches: &[Before], options: &Options, solution: &mut Solution) -> Option<Ending> {
        let island = &self.islands[number];
        let dead = self.dead(island);
        let mut newton = self.newtons[number].take().unwrap_or_else(|| super::newton::Newton::new(&self.network, &self.ports, island));
        let ends: BTreeSet<usize> = branches.iter().flat_map(|before| [before.branch.from, before.branch.to]).collect();
        let rows: Vec<usize> = ends.into_iter().filter(|&bus| self.homes[bus].0 == number).map(|bus| self.homes[bus].1).collect();
        rows.iter().for_each(|&row| newton.refresh(&self.network, &self.ports, row));
        let mut voltages: Vec<_> = island.buses.iter().map(|&bus| solution.voltages[bus]).collect();
        for (position, _) in dead.iter().enumerate().filter(|(_, dead)| **dead) {
            voltages[position] = Complex::new(0.0, 0.0);
            solution.energized[island.buses[position]] = false;
        }
        newton.set_dead(dead);
        let ending = newton.solve(&self.network, island, options, &mut voltages);
        newton.set_dead(Vec::new());
        for (&bus, voltage) in island.buses.iter().zip(&voltages) {
            solution.voltages[bus] = *voltage;
        }
        for &index in &island.branches {
            let branch = &self.network.branches[index];
            let (from, to) = (solution.voltages[branch.from], solution.voltages[branch.to]);
            let (current_from, current_to) = self.ports[index].currents(from, to);
            solution.flows[index] = BranchFlow { from: from * current_from.conj(), to: to * current_to.conj() };
        }
        let now: Vec<_> = branches.iter().map(|before| (before.index, self.ports[before.index])).collect();
        for before in branches.iter().rev() {
            self.ports[before.index] = before.port;
        }
        rows.iter().for_each(|&row| newton.refresh(&self.network, &self.ports, row));
        now.into_iter().for_each(|(index, port)| self.ports[index] = port);
        self.newtons[number] = Some(newton);
        (ending.status == Status::Converged).then_some(ending)
    }

    /// The buses of an island, by position, that no slack reaches over what is in service.
    fn dead(&self, island: &Island) -> Vec<bool> {
        let size = island.buses.len();
        let mut root: Vec<usize> = (0..size).collect();
        for &index in island.branches.iter().filter(|&&index| self.network.branches[index].in_service) {
            let branch = &self.network.branches[index];
            let (one, other) = (ties::find(&mut root, self.homes[branch.from].1), ties::find(&mut root, self.homes[branch.to].1));
            root[one.max(other)] = one.min(other);
        }
        let mut alive = vec![false; size];
        for (position, &bus) in island.buses.iter().enumerate() {
            if matches!(self.network.buses[bus].kind, BusKind::Slack { .. }) {
                alive[ties::find(&mut root, position)] = true;
            }
        }
        (0..size).map(|position| !alive[ties::find(&mut root, position)]).collect()
    }
}
