//! Places joined by wires, and their networks.

use super::super::chain::{Chain, Source};
use super::super::flow::Flow;
use super::super::state::State;
use crate::numerics::power_flow::{BranchFlow, Change, Network, Options, Prepared, Solution, Status as Ending};
use nalgebra::Complex;

/// Places joined by wires that are closed in the base, with their state there.
pub(super) struct Part {
    pub places: Vec<usize>,
    pub wires: Vec<usize>,
    prepared: Prepared,
    solution: Solution,
    /// Converters that take power here, and that give it here.
    pub inputs: Vec<usize>,
    pub outputs: Vec<usize>,
    /// Places that a grid or generators may hold.
    pub sources: Vec<usize>,
}

impl Part {
    /// Solves a change and shows the state.
    pub fn solve(&mut self, change: &Change, options: &Options, show: impl FnOnce(&Self, &Solution)) -> Ending {
        let solution = self.prepared.solve_changed(change, options, &self.solution);
        show(self, &solution);
        solution.status
    }
}

/// The parts of a state: part of each place, part of each closed wire, and the parts.
pub(super) fn split(chain: &Chain<'_>, base: &State, flow: &Flow) -> (Vec<usize>, Vec<Option<usize>>, Vec<Part>) {
    let size = chain.places.len();
    let mut part_of = vec![usize::MAX; size];
    let mut members: Vec<Vec<usize>> = Vec::new();
    for first in 0..size {
        if part_of[first] != usize::MAX {
            continue;
        }
        let number = members.len();
        let mut list = vec![first];
        part_of[first] = number;
        let mut next = 0;
        while let Some(&place) = list.get(next) {
            next += 1;
            for &(wire, other) in &chain.wires_at[place] {
                if base.kept[wire] > 0.0 && part_of[other] == usize::MAX {
                    part_of[other] = number;
                    list.push(other);
                }
            }
        }
        list.sort_unstable();
        members.push(list);
    }
    let closed = |w: usize| base.kept[w] > 0.0;
    let part_of_wire: Vec<Option<usize>> = (0..chain.wires.len()).map(|w| closed(w).then(|| part_of[chain.wires[w].branch.from])).collect();
    let mut wires: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (w, part) in part_of_wire.iter().enumerate() {
        if let Some(part) = part {
            wires[*part].push(w);
        }
    }
    let mut parts: Vec<Part> = members.into_iter().zip(wires).map(|(places, wires)| part(chain, base, flow, places, wires)).collect();
    for (i, c) in chain.converters.iter().enumerate() {
        parts[part_of[c.input]].inputs.push(i);
        parts[part_of[c.output]].outputs.push(i);
    }
    for &p in chain.sources.iter().filter(|p| chain.places[**p].source != Source::Standby) {
        parts[part_of[p]].sources.push(p);
    }
    (part_of, part_of_wire, parts)
}

fn part(chain: &Chain<'_>, base: &State, flow: &Flow, places: Vec<usize>, wires: Vec<usize>) -> Part {
    let network = network(chain, base, flow, &places, &wires);
    let mut prepared = Prepared::new(network);
    let solution = prepared.solve(&Options::default(), None);
    Part { prepared, solution, inputs: Vec::new(), outputs: Vec::new(), sources: Vec::new(), places, wires }
}

/// The network of some places (ascending) and wires, inputs of converters as the flow has them.
fn network(chain: &Chain<'_>, state: &State, flow: &Flow, places: &[usize], wires: &[usize]) -> Network {
    let local = |p: usize| places.binary_search(&p).unwrap_or(usize::MAX);
    let buses = places
        .iter()
        .map(|&p| {
            let mut bus = chain.bus(state, p);
            bus.load += chain.converters_at[p].iter().map(|c| chain.input_load(*c, flow.inputs[*c])).sum::<Complex<f64>>();
            bus
        })
        .collect();
    let branches = wires
        .iter()
        .map(|&w| {
            let mut branch = chain.branch(state, w);
            (branch.from, branch.to) = (local(branch.from), local(branch.to));
            branch
        })
        .collect();
    Network { buses, branches }
}

/// Parts behind the UPS before those that feed them. A UPS that feeds itself around keeps the order of the list.
pub(super) fn order(chain: &Chain<'_>, parts: &[Part], part_of: &[usize]) -> Vec<usize> {
    let mut depth = vec![0_usize; parts.len()];
    for _ in 0..chain.converters.len().min(8) {
        for c in &chain.converters {
            let (input, output) = (part_of[c.input], part_of[c.output]);
            depth[output] = depth[output].max(depth[input] + usize::from(input != output));
        }
    }
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|p| (usize::MAX - depth[*p], *p));
    order
}

/// What hangs together around a place in a state: places ascending, and wires.
pub(super) fn around(chain: &Chain<'_>, state: &State, source: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut places, mut wires, mut next) = (vec![source], Vec::new(), 0);
    while let Some(&place) = places.get(next) {
        next += 1;
        for &(wire, other) in &chain.wires_at[place] {
            if state.kept[wire] > 0.0 && !wires.contains(&wire) {
                wires.push(wire);
                if !places.contains(&other) {
                    places.push(other);
                }
            }
        }
    }
    places.sort_unstable();
    wires.sort_unstable();
    (places, wires)
}

/// Solves places and wires as a network of their own.
pub(super) fn anew(chain: &Chain<'_>, state: &State, work: &mut Flow, places: &[usize], wires: &[usize], options: &Options) -> Ending {
    let solution = Prepared::new(network(chain, state, work, places, wires)).solve(options, None);
    write(work, places, wires, &solution, state, chain);
    solution.status
}

/// Puts a solution in its places.
pub(super) fn write(work: &mut Flow, places: &[usize], wires: &[usize], solution: &Solution, state: &State, chain: &Chain<'_>) {
    for (k, &p) in places.iter().enumerate() {
        work.voltages[p] = solution.voltages[k];
        // A source gives its own load as well.
        let own = if state.slack[p] {
            state.loads[p] + chain.converters_at[p].iter().map(|c| chain.input_load(*c, work.inputs[*c])).sum::<Complex<f64>>()
        } else {
            Complex::new(0.0, 0.0)
        };
        work.injections[p] = solution.injections[k] + own;
    }
    for (k, &w) in wires.iter().enumerate() {
        work.flows[w] = solution.flows[k];
    }
}

/// Nothing is live there.
pub(super) fn silence(work: &mut Flow, places: &[usize], wires: &[usize]) {
    let zero = Complex::new(0.0, 0.0);
    for &p in places {
        (work.voltages[p], work.injections[p]) = (zero, zero);
    }
    for &w in wires {
        work.flows[w] = BranchFlow::default();
    }
}
