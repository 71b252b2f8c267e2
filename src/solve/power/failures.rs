//! Every single outage, exactly, from the state before it.
//!
//! The chain falls apart into *parts*: places joined by wires, with a UPS between one part and the next. An outage changes who has voltage and who carries
//! what (`depart.rs`); only the parts in which that changes anything are solved, from the racks up, each
//! from its voltages before. So an outage costs what it touches: the part in front of the UPS, and the few behind them that it reaches. A part that gets another source is solved as a network of its own. So the answer is that of taking the
//! thing out and solving the whole again, within the tolerance of the solver; a test compares the two for every outage of the Colossus layout.

mod parts;
mod single;

use super::chain::Chain;
use super::depart::{Departure, Tree};
use super::flow::{Flow, converter_input, length, status};
use super::state::{State, Target};
use crate::numerics::power_flow::{Change, Options, Status as Ending};
use crate::plan::Id;
use crate::solve::{BranchKind, Failure, Failures, Fed, Lost, Outage, Overload, Pace, Worst};
use crate::units::{Duration, Power};
use nalgebra::Complex;
use parts::Part;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Follows an outage into the cooling: what it does to temperatures.
pub(super) type Follow<'a> = dyn FnMut(&mut Failure) + 'a;

/// A rise of loading less than this share is rounding.
const RISE: f64 = 1e-6;

/// Every single outage on top of what is out already, those of the most power first, then `more` that are not of the chain. Between two of them `pace` is asked how to go on; what is known so far is
/// handed to `show` when it says so. Nothing when it was stopped.
pub(super) fn every(
    chain: &Chain<'_>,
    out: &[Outage],
    more: &[Outage],
    follow: &mut Follow<'_>,
    pace: &mut dyn FnMut() -> Pace,
    show: &mut dyn FnMut(Failures),
) -> Option<Failures> {
    let mut engine = Engine::new(chain, out);
    let mut sets: Vec<(f64, Vec<Outage>)> = single::outages(chain, out).into_iter().map(|o| (engine.behind(&o), vec![o])).collect();
    sets.sort_by(|a, b| b.0.total_cmp(&a.0));
    sets.extend(more.iter().map(|o| (0.0, vec![o.clone()])));
    let mut list = Vec::with_capacity(sets.len());
    for (index, (_, set)) in sets.iter().enumerate() {
        let mut failure = engine.fail(set, index);
        follow(&mut failure);
        list.push((index, failure));
        match pace() {
            Pace::Go => {}
            Pace::Show => show(Failures { pending: true, ..ranked(list.clone(), &engine.worst_loads, &engine.worst_voltages) }),
            Pace::Stop => return None,
        }
    }
    Some(ranked(list, &engine.worst_loads, &engine.worst_voltages))
}

/// Chosen outages on top of what is out already, worst first.
pub(super) fn of(chain: &Chain<'_>, out: &[Outage], sets: &[Vec<Outage>], follow: &mut Follow<'_>) -> Failures {
    let mut engine = Engine::new(chain, out);
    let solved = |(i, set): (usize, &Vec<Outage>)| {
        let mut failure = engine.fail(set, i);
        follow(&mut failure);
        (i, failure)
    };
    let list: Vec<(usize, Failure)> = sets.iter().enumerate().map(solved).collect();
    ranked(list, &engine.worst_loads, &engine.worst_voltages)
}

/// The list worst first, and the worst by branch and node with their places in it.
fn ranked(mut list: Vec<(usize, Failure)>, loads: &[Option<Worst>], voltages: &[Option<Worst>]) -> Failures {
    list.sort_by(|(_, a), (_, b)| severity(a, b));
    let mut rank = vec![0; list.len()];
    for (position, (index, _)) in list.iter().enumerate() {
        rank[*index] = position;
    }
    let ranked = |worst: &[Option<Worst>]| worst.iter().map(|w| w.map(|w| Worst { failure: rank[w.failure], ..w })).collect();
    Failures { branches: ranked(loads), nodes: ranked(voltages), list: list.into_iter().map(|(_, f)| f).collect(), pending: false }
}

/// Worse first: power lost, to darkness or for want of cooling, shortage, racks too hot, things left dark, overload, and by name.
fn severity(a: &Failure, b: &Failure) -> Ordering {
    let lost = |f: &Failure| (f.lost.it + f.heat.as_ref().map_or(Power::ZERO, |h| h.uncooled_it)).watts();
    let hot = |f: &Failure| f.heat.as_ref().map_or(0, |h| h.uncooled_racks() + h.hot_racks());
    let overload = |f: &Failure| f.overloads.iter().filter(|o| o.risen).map(Overload::loading).fold(0.0, f64::max);
    (lost(b).total_cmp(&lost(a)))
        .then_with(|| b.lost.shortage.watts().total_cmp(&a.lost.shortage.watts()))
        .then_with(|| hot(b).cmp(&hot(a)))
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
    tree: Tree,
    /// Load over what is left of the rating before, by branch: wires, then converters.
    base_loadings: Vec<f64>,
    base_marks: Vec<Marks>,
    /// Parts by their most loaded branch and by their lowest voltage, worst first.
    by_loading: Vec<usize>,
    by_voltage: Vec<usize>,
    base_lost: Lost,
    base_loss: f64,
    base_facility: Complex<f64>,
    /// The state being worked on; equal to the base between two outages.
    state: State,
    work: Flow,
    parts: Vec<Part>,
    /// Place in the order in which parts are solved, behind the UPS first.
    rank: Vec<usize>,
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
        let mut rank = vec![0; parts.len()];
        order.iter().enumerate().for_each(|(r, p)| rank[*p] = r);
        let (branches, nodes) = (chain.wires.len() + chain.converters.len(), chain.places.len());
        let (shortage, it) = chain.shortage(&base, &base_flow);
        let mut engine = Self {
            chain,
            out,
            tree: chain.tree(&base),
            base_loadings: vec![0.0; branches],
            base_marks: Vec::new(),
            by_loading: Vec::new(),
            by_voltage: Vec::new(),
            base_lost: Lost { shortage, it, ..chain.lost(&base) },
            base_loss: 0.0,
            base_facility: chain.given(&base, &base_flow, false),
            state: base.clone(),
            work: base_flow.clone(),
            base,
            base_flow,
            parts,
            rank,
            order,
            part_of_place,
            part_of_wire,
            worst_loads: vec![None; branches],
            worst_voltages: vec![None; nodes],
            options: Options::default(),
        };
        engine.base_loss = (0..engine.parts.len()).map(|p| engine.loss(p, &engine.work)).sum();
        for branch in 0..branches {
            let (load, rating) = engine.loading(branch);
            engine.base_loadings[branch] = if rating > 0.0 { load / rating } else { 0.0 };
        }
        engine.base_marks = (0..engine.parts.len()).map(|p| engine.marks_of(p, None)).collect();
        let marks = &engine.base_marks;
        engine.by_loading = (0..marks.len()).collect();
        engine.by_loading.sort_by(|a, b| loading_of(&marks[*b]).total_cmp(&loading_of(&marks[*a])).then(a.cmp(b)));
        engine.by_voltage = (0..marks.len()).collect();
        engine.by_voltage.sort_by(|a, b| voltage_of(&marks[*a]).total_cmp(&voltage_of(&marks[*b])).then(a.cmp(b)));
        engine
    }

    /// Power that goes through what an outage takes, W.
    fn behind(&self, outage: &Outage) -> f64 {
        let flow = &self.base_flow;
        let through = |w: usize| flow.flows[w].from.re.abs().max(flow.flows[w].to.re.abs()) * super::BASE;
        let (mut sum, mut units) = (0.0, 1);
        for target in self.chain.targets(&outage.of) {
            match target {
                Target::Wire(w) => (sum, units) = (sum + through(w), self.chain.wires[w].units),
                Target::Converter(c) => (sum, units) = (sum + flow.outputs[c], self.chain.converters[c].units),
                Target::Bus(p) => sum += self.chain.wires_at[p].iter().map(|(w, _)| through(*w)).sum::<f64>(),
                Target::Grid(id) => sum += self.chain.grids.iter().filter(|g| g.id == id).map(|g| flow.injections[g.place].re.abs() * super::BASE).sum::<f64>(),
                Target::Supply(id) => {
                    let groups = self.chain.generators.iter().filter(|g| g.id == id);
                    (sum, units) = groups.fold((sum, units), |(sum, _), g| (sum + g.given, g.units));
                }
            }
        }
        outage.units.map_or(sum, |n| sum * f64::from(n) / f64::from(units.max(1)))
    }

    /// Load of a branch, and what is left of its rating, in its own measure.
    fn loading(&self, branch: usize) -> (f64, f64) {
        if let Some(c) = branch.checked_sub(self.chain.wires.len()) {
            let converter = &self.chain.converters[c];
            return (self.work.outputs[c], converter.rating * f64::from(converter.units) * self.state.modules[c]);
        }
        let w = &self.chain.wires[branch];
        let v = length(self.work.voltages[w.branch.from]);
        (self.chain.load_of(branch, &self.work.flows[branch], v), self.chain.wire_left(&self.state, w, branch))
    }

    /// Loss of the wires of a part and of the converters that give power to it, W.
    fn loss(&self, part: usize, flow: &Flow) -> f64 {
        let part = &self.parts[part];
        let wires: f64 = part.wires.iter().map(|w| flow.flows[*w].loss().re).sum();
        wires * super::BASE + part.outputs.iter().map(|c| flow.inputs[*c] - flow.outputs[*c]).sum::<f64>()
    }

    /// What a part shows, and with `failure` the worst so far in it.
    fn marks_of(&mut self, part: usize, failure: Option<usize>) -> Marks {
        let mut marks = Marks::default();
        let first = self.chain.wires.len();
        for k in 0..self.parts[part].wires.len() {
            self.mark_branch(self.parts[part].wires[k], &mut marks, failure);
        }
        for k in 0..self.parts[part].outputs.len() {
            self.mark_branch(first + self.parts[part].outputs[k], &mut marks, failure);
        }
        for k in 0..self.parts[part].places.len() {
            let place = self.parts[part].places[k];
            if self.state.fed[place] == Fed::Dead {
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

    fn mark_branch(&mut self, branch: usize, marks: &mut Marks, failure: Option<usize>) {
        let (load, rating) = self.loading(branch);
        marks.load(branch, load, rating, self.base_loadings[branch]);
        let worse = |w: Worst| load / rating > w.value / w.rating;
        if let Some(failure) = failure.filter(|_| rating > 0.0 && load.is_finite() && self.worst_loads[branch].is_none_or(worse)) {
            self.worst_loads[branch] = Some(Worst { value: load, rating, failure });
        }
    }

    fn fail(&mut self, set: &[Outage], index: usize) -> Failure {
        let all: Vec<Outage> = self.out.iter().chain(set).cloned().collect();
        let departure = self.chain.depart(&mut self.state, &self.tree, set, &all);
        let (touched, ending) = self.solve(&departure);
        let mut marks = Marks::default();
        for &part in &touched {
            marks.add(&self.marks_of(part, Some(index)));
        }
        // What the rest shows is what it showed before: the first in each list that is not touched speaks for all.
        let rest = |list: &[usize]| list.iter().copied().find(|p| touched.binary_search(p).is_err());
        let (loaded, low) = (rest(&self.by_loading), rest(&self.by_voltage));
        for part in loaded.into_iter().chain(low) {
            marks.add(&Marks { overloads: Vec::new(), ..self.base_marks[part].clone() });
        }
        for part in self.by_loading.iter().take_while(|p| loading_of(&self.base_marks[**p]) > 1.0).filter(|p| touched.binary_search(p).is_err()) {
            marks.overloads.extend(self.base_marks[*part].overloads.iter().copied());
        }
        for wire in self.closed_standby() {
            self.mark_branch(wire, &mut marks, Some(index));
        }
        marks.overloads.sort_by(|a, b| b.loading().total_cmp(&a.loading()).then_with(|| a.branch.cmp(&b.branch)));
        let failure = self.failure(set, &touched, marks, ending);
        self.restore(&touched);
        self.chain.return_to(&mut self.state, departure);
        failure
    }

    fn failure(&self, set: &[Outage], touched: &[usize], marks: Marks, ending: Ending) -> Failure {
        let (chain, state) = (self.chain, &self.state);
        let given = |flow: &Flow, state: &State| touched.iter().map(|p| chain.given_at(state, flow, &self.parts[*p].sources)).sum::<Complex<f64>>();
        let facility = self.base_facility + given(&self.work, state) - given(&self.base_flow, &self.base);
        let (shortage, it) = chain.shortage_of(state, facility.re + state.injected);
        let lost = Lost { shortage, it, ..chain.lost(state) };
        let loss = self.base_loss + touched.iter().map(|p| self.loss(*p, &self.work) - self.loss(*p, &self.base_flow)).sum::<f64>();
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
            dark: chain.dark(state),
            unserved: chain.unserved(state),
            heat: None,
            standby: state.standby.iter().map(|s| chain.standby[*s].0.clone()).collect(),
            on_battery: chain.on_battery(state, facility.re + state.injected).map(Duration::from_seconds),
            overloads: marks.overloads,
            highest: marks.highest,
            lowest: marks.lowest,
            facility: Power::from_watts(facility.re + state.injected),
            loss: Power::from_watts(loss),
            status: status(ending),
            survived,
        }
    }

    /// Solves what a departure changes, into `work`. Says which parts that touched (ascending), and how it ended.
    fn solve(&mut self, departure: &Departure) -> (Vec<usize>, Ending) {
        let chain = self.chain;
        let mut waiting: BTreeSet<usize> = departure.places().map(|p| self.rank[self.part_of_place[p]]).collect();
        waiting.extend(departure.wires().filter_map(|w| self.part_of_wire[w]).map(|p| self.rank[p]));
        // A dead or smaller UPS changes what it takes and what it gives.
        let changed = departure.converters().flat_map(|c| [chain.converters[c].input, chain.converters[c].output]);
        waiting.extend(changed.map(|p| self.rank[self.part_of_place[p]]));
        let (mut touched, mut ending) = (Vec::new(), Ending::Converged);
        while let Some(rank) = waiting.pop_first() {
            let part = self.order[rank];
            if touched.contains(&part) {
                continue;
            }
            for i in 0..self.parts[part].inputs.len() {
                let c = self.parts[part].inputs[i];
                self.work.inputs[c] = converter_input(&chain.converters[c], &self.state, c, self.work.outputs[c]);
            }
            touched.push(part);
            ending = ending.max(self.solve_part(part));
            for i in 0..self.parts[part].outputs.len() {
                let c = self.parts[part].outputs[i];
                let converter = &chain.converters[c];
                let out = if self.state.slack[converter.output] { self.work.injections[converter.output].re * super::BASE } else { 0.0 };
                if out != self.work.outputs[c] {
                    self.work.outputs[c] = out;
                    waiting.insert(self.rank[self.part_of_place[converter.input]]);
                }
            }
        }
        touched.sort_unstable();
        (touched, ending)
    }

    fn solve_part(&mut self, number: usize) -> Ending {
        let (chain, part) = (self.chain, &self.parts[number]);
        if part.places.iter().all(|p| self.state.slack[*p] == self.base.slack[*p]) {
            let mut change = Change::default();
            let mut open = Vec::new();
            for (k, &w) in part.wires.iter().enumerate() {
                if self.state.kept[w] != self.base.kept[w] {
                    // An open busway is one that nothing is drawn over: what hangs behind it draws nothing now. So the network stays the same.
                    if self.state.kept[w] <= 0.0 && chain.wires[w].kind == BranchKind::Busway && chain.wires_at[chain.wires[w].branch.to].len() == 1 {
                        open.push(w);
                    } else {
                        change.branches.push((k, self.state.kept[w] / self.base.kept[w]));
                    }
                }
            }
            for (k, &p) in part.places.iter().enumerate() {
                let converters = &chain.converters_at[p];
                if self.state.loads[p] != self.base.loads[p] || converters.iter().any(|c| self.work.inputs[*c] != self.base_flow.inputs[*c]) {
                    let inputs: Complex<f64> = converters.iter().map(|c| chain.input_load(*c, self.work.inputs[*c])).sum();
                    change.loads.push((k, self.state.loads[p] + inputs));
                }
            }
            let part = &mut self.parts[number];
            let status =
                part.solve(&change, &self.options, |part, solution| parts::write(&mut self.work, &part.places, &part.wires, solution, &self.state, chain));
            for w in open {
                parts::silence(&mut self.work, &[chain.wires[w].branch.to], &[w]);
            }
            return status.max(self.solve_standby(number));
        }
        let ending = if part.places.iter().any(|p| self.state.slack[*p]) {
            parts::anew(chain, &self.state, &mut self.work, &part.places, &part.wires, &self.options)
        } else {
            parts::silence(&mut self.work, &part.places, &part.wires);
            Ending::Converged
        };
        ending.max(self.solve_standby(number))
    }

    /// Blocks of a part that their standby sets carry in this state but not before: each a small network behind its own breaker.
    fn solve_standby(&mut self, number: usize) -> Ending {
        let mut ending = Ending::Converged;
        for &s in &self.state.standby {
            let (_, low, wire) = self.chain.standby[s];
            if self.part_of_place[low] == number && self.part_of_wire[wire].is_none() {
                let (places, wires) = parts::around(self.chain, &self.state, self.chain.wires[wire].branch.from);
                ending = ending.max(parts::anew(self.chain, &self.state, &mut self.work, &places, &wires, &self.options));
            }
        }
        ending
    }

    /// Breakers of standby sets that a state closes and the base did not.
    fn closed_standby(&self) -> Vec<usize> {
        self.state.standby.iter().map(|s| self.chain.standby[*s].2).filter(|w| self.part_of_wire[*w].is_none()).collect()
    }

    /// Puts the solution of the base back where it was left.
    fn restore(&mut self, touched: &[usize]) {
        for part in touched.iter().map(|p| &self.parts[*p]) {
            for &p in &part.places {
                (self.work.voltages[p], self.work.injections[p]) = (self.base_flow.voltages[p], self.base_flow.injections[p]);
            }
            for &w in &part.wires {
                self.work.flows[w] = self.base_flow.flows[w];
            }
            for &c in part.inputs.iter().chain(&part.outputs) {
                (self.work.inputs[c], self.work.outputs[c]) = (self.base_flow.inputs[c], self.base_flow.outputs[c]);
            }
        }
        for wire in self.closed_standby() {
            let terminals = self.chain.wires[wire].branch.from;
            self.work.flows[wire] = self.base_flow.flows[wire];
            (self.work.voltages[terminals], self.work.injections[terminals]) = (self.base_flow.voltages[terminals], self.base_flow.injections[terminals]);
        }
    }
}

fn loading_of(marks: &Marks) -> f64 {
    marks.highest.map_or(0.0, |h| h.1)
}

fn voltage_of(marks: &Marks) -> f64 {
    marks.lowest.map_or(f64::INFINITY, |l| l.1)
}
