//! Every single outage, exactly, from the state before it.
//!
//! The chain falls apart into *parts*: places joined by wires, with a UPS between one part and the next. An outage changes who has voltage and who carries
//! what (`state.rs`, computed anew for each: it is cheap); only the parts in which that changes anything are solved, from the racks up, each
//! from its voltages before. A part that gets another source is solved as a network of its own. So the answer is that of taking the
//! thing out and solving the whole again, within the tolerance of the solver; a test compares the two for every outage of the Colossus layout.

mod parts;
mod single;

use super::chain::Chain;
use super::flow::{Flow, converter_input, length, status};
use super::state::State;
use crate::numerics::power_flow::{Change, Options, Status as Ending};
use crate::plan::Id;
use crate::solve::{Failure, Failures, Fed, Lost, Outage, Overload, Worst};
use crate::units::Power;
use nalgebra::Complex;
use parts::Part;
use std::cmp::Ordering;

/// A rise of loading less than this share is rounding.
const RISE: f64 = 1e-6;

/// Every single outage on top of what is out already.
pub(super) fn every(chain: &Chain<'_>, out: &[Outage]) -> Failures {
    let sets: Vec<Vec<Outage>> = single::outages(chain, out).into_iter().map(|o| vec![o]).collect();
    of(chain, out, &sets)
}

/// Chosen outages on top of what is out already, worst first.
pub(super) fn of(chain: &Chain<'_>, out: &[Outage], sets: &[Vec<Outage>]) -> Failures {
    let mut engine = Engine::new(chain, out);
    let mut list: Vec<(usize, Failure)> = sets.iter().enumerate().map(|(i, set)| (i, engine.fail(set, i))).collect();
    list.sort_by(|(_, a), (_, b)| severity(a, b));
    let mut rank = vec![0; list.len()];
    for (position, (index, _)) in list.iter().enumerate() {
        rank[*index] = position;
    }
    let ranked = |worst: Vec<Option<Worst>>| worst.into_iter().map(|w| w.map(|w| Worst { failure: rank[w.failure], ..w })).collect();
    Failures { branches: ranked(engine.worst_loads), nodes: ranked(engine.worst_voltages), list: list.into_iter().map(|(_, f)| f).collect() }
}

/// Worse first: power lost, shortage, things left dark, overload, and by name.
fn severity(a: &Failure, b: &Failure) -> Ordering {
    let overload = |f: &Failure| f.overloads.iter().filter(|o| o.risen).map(Overload::loading).fold(0.0, f64::max);
    (b.lost.it.watts().total_cmp(&a.lost.it.watts()))
        .then_with(|| b.lost.shortage.watts().total_cmp(&a.lost.shortage.watts()))
        .then_with(|| b.dark.len().cmp(&a.dark.len()))
        .then_with(|| overload(b).total_cmp(&overload(a)))
        .then_with(|| b.highest.map_or(0.0, |h| h.1).total_cmp(&a.highest.map_or(0.0, |h| h.1)))
        .then_with(|| a.outages.cmp(&b.outages))
}

/// What a part or the converters show in a state.
#[derive(Debug, Clone, Default)]
struct Marks {
    overloads: Vec<Overload>,
    highest: Option<(usize, f64)>,
    lowest: Option<(usize, f64)>,
}

impl Marks {
    fn load(&mut self, branch: usize, load: f64, rating: f64, before: f64) {
        if rating <= 0.0 || !load.is_finite() {
            return;
        }
        let loading = load / rating;
        if self.highest.is_none_or(|(_, most)| loading > most) {
            self.highest = Some((branch, loading));
        }
        // Rounding of a balance that just closes must not overload anything.
        if loading > 1.0 + RISE {
            self.overloads.push(Overload { branch, load, rating, risen: loading > before * (1.0 + RISE) });
        }
    }
    fn voltage(&mut self, node: usize, v: f64) {
        if self.lowest.is_none_or(|(_, least)| v < least) {
            self.lowest = Some((node, v));
        }
    }
    fn add(&mut self, other: &Self) {
        self.overloads.extend(other.overloads.iter().copied());
        if let Some((branch, loading)) = other.highest.filter(|(_, l)| self.highest.is_none_or(|(_, most)| *l > most)) {
            self.highest = Some((branch, loading));
        }
        if let Some((node, v)) = other.lowest.filter(|(_, v)| self.lowest.is_none_or(|(_, least)| *v < least)) {
            self.lowest = Some((node, v));
        }
    }
}

struct Engine<'a, 'p> {
    chain: &'a Chain<'p>,
    out: &'a [Outage],
    base: State,
    base_flow: Flow,
    /// Load over what is left of the rating before, by branch: wires, then converters.
    base_loadings: Vec<f64>,
    base_marks: Vec<Marks>,
    base_lost: Lost,
    /// The state being worked on; equal to the base wherever no part is dirty.
    work: Flow,
    parts: Vec<Part>,
    /// Parts in the order in which they are solved: behind the UPS first.
    order: Vec<usize>,
    /// Part of each place and of each wire that is closed in the base.
    part_of_place: Vec<usize>,
    part_of_wire: Vec<Option<usize>>,
    worst_loads: Vec<Option<Worst>>,
    worst_voltages: Vec<Option<Worst>>,
    options: Options,
}

impl<'a, 'p> Engine<'a, 'p> {
    fn new(chain: &'a Chain<'p>, out: &'a [Outage]) -> Self {
        let base = chain.state(out);
        let base_flow = chain.flow(&base);
        let (part_of_place, part_of_wire, parts) = parts::split(chain, &base, &base_flow);
        let order = parts::order(chain, &parts, &part_of_place);
        let (branches, nodes) = (chain.wires.len() + chain.converters.len(), chain.places.len());
        let mut engine = Self {
            chain,
            out,
            base_loadings: vec![0.0; branches],
            base_marks: Vec::new(),
            base_lost: base.lost,
            work: base_flow.clone(),
            base,
            base_flow,
            parts,
            order,
            part_of_place,
            part_of_wire,
            worst_loads: vec![None; branches],
            worst_voltages: vec![None; nodes],
            options: Options::default(),
        };
        (engine.base_lost.shortage, engine.base_lost.it) = chain.shortage(&engine.base, &engine.base_flow);
        let base = engine.base.clone();
        for (number, loading) in engine.loadings(&base, 0..branches) {
            engine.base_loadings[number] = loading.0 / loading.1;
        }
        engine.base_marks = (0..engine.parts.len()).map(|p| engine.marks_of(&base, p, None)).collect();
        engine
    }

    /// Load and what is left of the rating of branches, where there is a rating left.
    fn loadings(&self, state: &State, branches: impl Iterator<Item = usize>) -> Vec<(usize, (f64, f64))> {
        branches.map(|b| (b, self.loading(state, b))).filter(|(_, (_, rating))| *rating > 0.0).collect()
    }

    fn loading(&self, state: &State, branch: usize) -> (f64, f64) {
        let wires = self.chain.wires.len();
        if let Some(c) = branch.checked_sub(wires) {
            let converter = &self.chain.converters[c];
            return (self.work.outputs[c], converter.rating * f64::from(converter.units) * state.modules[c]);
        }
        let w = &self.chain.wires[branch];
        let v = length(self.work.voltages[w.branch.from]);
        (self.chain.load_of(branch, &self.work.flows[branch], v), self.chain.wire_left(state, w, branch))
    }

    /// What a part shows, and with `failure` the worst so far in it.
    fn marks_of(&mut self, state: &State, part: usize, failure: Option<usize>) -> Marks {
        let mut marks = Marks::default();
        for k in 0..self.parts[part].wires.len() {
            self.mark_branch(state, self.parts[part].wires[k], &mut marks, failure);
        }
        for k in 0..self.parts[part].places.len() {
            let place = self.parts[part].places[k];
            if state.fed[place] == Fed::Dead {
                continue;
            }
            let v = length(self.work.voltages[place]);
            marks.voltage(place, v);
            if let Some(failure) = failure.filter(|_| self.worst_voltages[place].is_none_or(|w| v < w.value)) {
                self.worst_voltages[place] = Some(Worst { value: v, rating: 1.0, failure });
            }
        }
        marks
    }

    fn mark_branch(&mut self, state: &State, branch: usize, marks: &mut Marks, failure: Option<usize>) {
        let (load, rating) = self.loading(state, branch);
        marks.load(branch, load, rating, self.base_loadings[branch]);
        let worse = |w: Worst| load / rating > w.value / w.rating;
        if let Some(failure) = failure.filter(|_| rating > 0.0 && load.is_finite() && self.worst_loads[branch].is_none_or(worse)) {
            self.worst_loads[branch] = Some(Worst { value: load, rating, failure });
        }
    }

    fn fail(&mut self, set: &[Outage], index: usize) -> Failure {
        let all: Vec<Outage> = self.out.iter().chain(set).cloned().collect();
        let state = self.chain.state(&all);
        let (touched, ending) = self.solve(&state);
        let mut marks = Marks::default();
        for part in 0..self.parts.len() {
            if touched[part] {
                marks.add(&self.marks_of(&state, part, Some(index)));
            } else {
                marks.add(&self.base_marks[part]);
            }
        }
        for wire in self.closed_standby(&state) {
            self.mark_branch(&state, wire, &mut marks, Some(index));
        }
        for c in 0..self.chain.converters.len() {
            let number = self.chain.wires.len() + c;
            self.mark_branch(&state, number, &mut marks, Some(index));
        }
        marks.overloads.sort_by(|a, b| b.loading().total_cmp(&a.loading()).then_with(|| a.branch.cmp(&b.branch)));
        let failure = self.failure(set, &state, marks, ending);
        self.restore(&touched, &state);
        failure
    }

    fn failure(&self, set: &[Outage], state: &State, marks: Marks, ending: Ending) -> Failure {
        let (chain, mut lost) = (self.chain, state.lost);
        (lost.shortage, lost.it) = chain.shortage(state, &self.work);
        let facility = chain.given(state, &self.work, false).re + state.injected;
        let wires: f64 = self.work.flows.iter().map(|f| f.loss().re * super::BASE).sum();
        let converters: f64 = self.work.inputs.iter().zip(&self.work.outputs).map(|(i, o)| i - o).sum();
        let more = |now: f64, before: f64| now > before + 1e-6 * before.abs() + 1.0;
        let survived = ending == Ending::Converged
            && !more(lost.it.watts(), self.base_lost.it.watts())
            && !more(lost.shortage.watts(), self.base_lost.shortage.watts())
            && state.dark.len() <= self.base.dark.len()
            && !marks.overloads.iter().any(|o| o.risen);
        Failure {
            outages: set.to_vec(),
            element: set.first().map_or_else(|| Id::from(""), |o| single::element(chain, o)),
            what: set.iter().map(|o| single::describe(chain, o)).collect::<Vec<_>>().join(" and "),
            lost,
            dark: state.dark.clone(),
            standby: state.standby.iter().map(|s| chain.standby[*s].0.clone()).collect(),
            overloads: marks.overloads,
            highest: marks.highest,
            lowest: marks.lowest,
            facility: Power::from_watts(facility),
            loss: Power::from_watts(wires + converters),
            status: status(ending),
            survived,
        }
    }

    /// Solves what a state changes, into `work`. Says which parts that touched, and how it ended.
    fn solve(&mut self, state: &State) -> (Vec<bool>, Ending) {
        let mut touched = vec![false; self.parts.len()];
        let mut ending = Ending::Converged;
        for place in 0..self.chain.places.len() {
            if state.fed[place] != self.base.fed[place] || state.slack[place] != self.base.slack[place] || state.loads[place] != self.base.loads[place] {
                touched[self.part_of_place[place]] = true;
            }
        }
        for wire in 0..self.chain.wires.len() {
            if let Some(part) = self.part_of_wire[wire].filter(|_| state.kept[wire] != self.base.kept[wire]) {
                touched[part] = true;
            }
        }
        for k in 0..self.order.len() {
            let part = self.order[k];
            for i in 0..self.parts[part].inputs.len() {
                let c = self.parts[part].inputs[i];
                let input = converter_input(&self.chain.converters[c], state, c, self.work.outputs[c]);
                touched[part] |= input != self.work.inputs[c];
                self.work.inputs[c] = input;
            }
            if !touched[part] {
                continue;
            }
            ending = ending.max(self.solve_part(state, part));
            for i in 0..self.parts[part].outputs.len() {
                let c = self.parts[part].outputs[i];
                let output = self.chain.converters[c].output;
                self.work.outputs[c] = if state.slack[output] { self.work.injections[output].re * super::BASE } else { 0.0 };
            }
        }
        (touched, ending)
    }

    fn solve_part(&mut self, state: &State, number: usize) -> Ending {
        let part = &self.parts[number];
        let chain = self.chain;
        let sources = part.places.iter().filter(|p| state.slack[**p]).count();
        if part.places.iter().all(|p| state.slack[*p] == self.base.slack[*p]) {
            let mut change = Change::default();
            for (k, &w) in part.wires.iter().enumerate() {
                if state.kept[w] != self.base.kept[w] {
                    change.branches.push((k, state.kept[w] / self.base.kept[w]));
                }
            }
            for (k, &p) in part.places.iter().enumerate() {
                let converters = &chain.converters_at[p];
                if state.loads[p] != self.base.loads[p] || converters.iter().any(|c| self.work.inputs[*c] != self.base_flow.inputs[*c]) {
                    let inputs: Complex<f64> = converters.iter().map(|c| chain.input_load(*c, self.work.inputs[*c])).sum();
                    change.loads.push((k, state.loads[p] + inputs));
                }
            }
            let part = &mut self.parts[number];
            let solution = part.prepared.solve_changed(&change, &self.options, &part.solution);
            let part = &self.parts[number];
            parts::write(&mut self.work, &part.places, &part.wires, &solution, state, chain);
            let standby = self.solve_standby(state, number);
            return solution.status.max(standby);
        }
        if sources == 0 {
            let part = &self.parts[number];
            parts::silence(&mut self.work, &part.places, &part.wires);
            return self.solve_standby(state, number);
        }
        let part = &self.parts[number];
        let (places, wires) = (part.places.clone(), part.wires.clone());
        let ending = parts::anew(chain, state, &mut self.work, &places, &wires, &self.options);
        ending.max(self.solve_standby(state, number))
    }

    /// Blocks of a part that their standby sets carry in this state but not before: each a small network behind its own breaker.
    fn solve_standby(&mut self, state: &State, number: usize) -> Ending {
        let mut ending = Ending::Converged;
        for &s in &state.standby {
            let (_, low, wire) = self.chain.standby[s];
            if self.part_of_place[low] == number && self.part_of_wire[wire].is_none() {
                let (places, wires) = parts::around(self.chain, state, self.chain.wires[wire].branch.from);
                ending = ending.max(parts::anew(self.chain, state, &mut self.work, &places, &wires, &self.options));
            }
        }
        ending
    }

    /// Breakers of standby sets that a state closes and the base did not.
    fn closed_standby(&self, state: &State) -> Vec<usize> {
        state.standby.iter().map(|s| self.chain.standby[*s].2).filter(|w| self.part_of_wire[*w].is_none()).collect()
    }

    /// Puts the base back where it was left.
    fn restore(&mut self, touched: &[bool], state: &State) {
        for (part, _) in self.parts.iter().zip(touched).filter(|(_, touched)| **touched) {
            for &p in &part.places {
                (self.work.voltages[p], self.work.injections[p]) = (self.base_flow.voltages[p], self.base_flow.injections[p]);
            }
            for &w in &part.wires {
                self.work.flows[w] = self.base_flow.flows[w];
            }
        }
        for wire in self.closed_standby(state) {
            let terminals = self.chain.wires[wire].branch.from;
            self.work.flows[wire] = self.base_flow.flows[wire];
            (self.work.voltages[terminals], self.work.injections[terminals]) = (self.base_flow.voltages[terminals], self.base_flow.injections[terminals]);
        }
        self.work.outputs.copy_from_slice(&self.base_flow.outputs);
        self.work.inputs.copy_from_slice(&self.base_flow.inputs);
    }
}
