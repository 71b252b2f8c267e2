//! What is in service: which places have voltage and from whom, and how draws divide over their live cords.
//!
//! A cord whose side is dead leaves its load to the other one. Where `k` of the busways of a side are left of `n`, that share of the racks keeps its cord
//! there; busways of both sides run along the same racks, so that what is lost on both sides is lost to the same racks. Generators that were running go on;
//! what a lost unit gave the others take up as far as they can, and the grid takes the rest. Standby sets close on a block that has lost its supply.

use super::BASE;
use super::chain::{Chain, Draw, Feed};
use crate::plan::{Element, Id};
use crate::solve::service::Service;
use crate::solve::{BranchKind, Fed, Lost, Outage};
use crate::units::Power;
use nalgebra::Complex;
use std::collections::{BTreeMap, BTreeSet};

/// A thing that can be out.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    Wire(usize),
    Converter(usize),
    Bus(usize),
    Grid(Id),
    Supply(Id),
}

/// One state of the chain.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// By wire and by converter: share of the units in service.
    pub kept: Vec<f64>,
    pub modules: Vec<f64>,
    /// By place.
    pub fed: Vec<Fed>,
    /// By place: whether it holds the voltage.
    pub slack: Vec<bool>,
    /// By place: what draws and generators put there, per unit; inputs of converters come on top.
    pub loads: Vec<Complex<f64>>,
    /// Units out, by generator and battery group.
    pub supply_out: BTreeMap<Id, u32>,
    pub grids_out: BTreeSet<Id>,
    /// Draws without all of their power.
    pub dark: BTreeSet<usize>,
    /// IT power, racks and GPUs without a live cord.
    pub lost: [f64; 3],
    /// By block with standby sets: share of the sets that can run.
    pub sets: Vec<f64>,
    /// Indices into the chain's standby list of those that run.
    pub standby: BTreeSet<usize>,
    /// Power that generators give besides what a slack gives, W.
    pub injected: f64,
    pub unknown: Vec<Outage>,
}

impl State {
    /// A state of nothing.
    pub fn empty() -> Self {
        Self {
            kept: Vec::new(),
            modules: Vec::new(),
            fed: Vec::new(),
            slack: Vec::new(),
            loads: Vec::new(),
            supply_out: BTreeMap::new(),
            grids_out: BTreeSet::new(),
            dark: BTreeSet::new(),
            lost: [0.0; 3],
            sets: Vec::new(),
            standby: BTreeSet::new(),
            injected: 0.0,
            unknown: Vec::new(),
        }
    }
}

impl Chain<'_> {
    /// What a name stands for.
    pub fn targets(&self, name: &str) -> Vec<Target> {
        if let Some(target) = self.names.get(name) {
            return vec![target.clone()];
        }
        let mut list = Vec::new();
        let Some(element) = self.plan.get(&Id::from(name)) else { return list };
        let id = element.id();
        match element {
            Element::Bus(_) => list.extend(self.outlet.get(id).map(|p| Target::Bus(*p))),
            Element::Grid(_) => list.push(Target::Grid(id.clone())),
            Element::Generator(_) | Element::Battery(_) => list.push(Target::Supply(id.clone())),
            // A block is out with its feeder and its standby sets; a row with its busways.
            Element::Block(_) | Element::Row(_) => {
                let whole = |kind| matches!(kind, BranchKind::BlockFeeder | BranchKind::Standby | BranchKind::Busway);
                list.extend(self.wires.iter().enumerate().filter(|(_, w)| w.element == *id && whole(w.kind)).map(|(i, _)| Target::Wire(i)));
            }
            _ => {}
        }
        list
    }

    /// The state with some things out.
    pub fn state(&self, out: &[Outage]) -> State {
        let size = self.places.len();
        let mut state = State {
            kept: vec![1.0; self.wires.len()],
            modules: vec![1.0; self.converters.len()],
            fed: vec![Fed::Dead; size],
            slack: vec![false; size],
            loads: vec![Complex::new(0.0, 0.0); size],
            sets: vec![1.0; self.standby.len()],
            ..State::empty()
        };
        let mut gone = vec![false; size];
        for outage in out {
            let targets = self.targets(&outage.of);
            if targets.is_empty() && !Service::knows(self.plan, outage) {
                state.unknown.push(outage.clone());
            }
            for target in targets {
                self.take_out(&mut state, &mut gone, target, outage.units);
            }
        }
        for (i, w) in self.wires.iter().enumerate() {
            if gone[w.branch.from] || gone[w.branch.to] {
                state.kept[i] = 0.0;
            }
        }
        self.energize(&mut state, &gone);
        self.draw(&mut state);
        self.inject(&mut state);
        state
    }

    fn take_out(&self, state: &mut State, gone: &mut [bool], target: Target, units: Option<u32>) {
        match target {
            Target::Wire(i) => state.kept[i] = left(self.wires[i].units, state.kept[i], units),
            Target::Converter(i) => state.modules[i] = left(self.converters[i].units, state.modules[i], units),
            Target::Bus(p) => gone[p] = true,
            Target::Grid(id) => {
                state.grids_out.insert(id);
            }
            Target::Supply(id) => *state.supply_out.entry(id).or_default() += units.unwrap_or(u32::MAX / 2),
        }
    }

    /// What a group on a live bus can give, W: spare units make up for those that are out.
    pub fn can(state: &State, feed: &Feed) -> f64 {
        let needed = feed.units - feed.spare;
        let out = state.supply_out.get(&feed.id).copied().unwrap_or(0);
        if needed == 0 || state.fed[feed.place] != Fed::Normal {
            0.0
        } else {
            feed.watts * f64::from(feed.units.saturating_sub(out).min(needed)) / f64::from(needed)
        }
    }

    fn energize(&self, state: &mut State, gone: &[bool]) {
        for grid in self.grids.iter().filter(|g| !gone[g.place]) {
            if !state.grids_out.contains(&grid.id) {
                self.spread(state, grid.place, Fed::Normal);
            }
        }
        if !self.grids.iter().any(|g| state.slack[g.place]) {
            // In island operation, the groups hold the voltage.
            for feed in self.generators.iter().chain(&self.batteries).filter(|f| !gone[f.place]) {
                let out = state.supply_out.get(&feed.id).copied().unwrap_or(0);
                if feed.watts > 0.0 && out < feed.units && state.fed[feed.place] == Fed::Dead {
                    self.spread(state, feed.place, Fed::Normal);
                }
            }
        }
        for (i, (_, low, wire)) in self.standby.iter().enumerate() {
            state.sets[i] = state.kept[*wire];
            if state.fed[*low] == Fed::Dead && state.kept[*wire] > 0.0 {
                state.standby.insert(i);
                for main in self.mains(*low) {
                    state.kept[main] = 0.0;
                }
                let terminals = self.wires[*wire].branch.from;
                self.spread(state, terminals, Fed::Standby);
            } else {
                // The breaker stays open.
                state.kept[*wire] = 0.0;
            }
        }
    }

    /// What brings power to the low side of a block: its breakers open before the standby sets close, which are on for their own block only.
    pub fn mains(&self, low: usize) -> impl Iterator<Item = usize> + '_ {
        let main = |w: &usize| matches!(self.wires[*w].kind, BranchKind::Substation | BranchKind::BlockFeeder);
        self.wires_at[low].iter().map(|(w, _)| *w).filter(main)
    }

    /// Brings voltage from a source to all that hangs on it. A source that is live already only holds the voltage there as well.
    fn spread(&self, state: &mut State, source: usize, fed: Fed) {
        state.slack[source] = true;
        if state.fed[source] != Fed::Dead {
            return;
        }
        state.fed[source] = fed;
        let mut waiting = vec![source];
        while let Some(place) = waiting.pop() {
            for &(wire, other) in &self.wires_at[place] {
                // Standby sets are on for their own block only.
                let breaker = self.wires[wire].kind == BranchKind::Standby && fed != Fed::Standby;
                if state.kept[wire] > 0.0 && !breaker && state.fed[other] == Fed::Dead {
                    state.fed[other] = fed;
                    waiting.push(other);
                }
            }
            for &c in &self.converters_at[place] {
                let output = self.converters[c].output;
                if state.modules[c] > 0.0 && state.fed[output] == Fed::Dead {
                    (state.fed[output], state.slack[output]) = (fed, true);
                    waiting.push(output);
                }
            }
        }
    }

    fn draw(&self, state: &mut State) {
        for number in 0..self.draws.len() {
            self.count(state, number, 1.0);
        }
        for place in 0..self.places.len() {
            state.loads[place] = self.drawn(state, place);
        }
    }

    /// Counts what a draw loses, or takes that back with a sign of −1.
    pub fn count(&self, state: &mut State, number: usize, sign: f64) {
        let draw = &self.draws[number];
        let lost = 1.0 - divide(draw, state).iter().sum::<f64>();
        // Rounding of shares is no outage.
        if lost <= 1e-9 {
            return;
        }
        if draw.watts > 0.0 {
            if sign > 0.0 {
                state.dark.insert(number)
            } else {
                state.dark.remove(&number)
            };
        }
        if draw.it {
            let all = [draw.watts, f64::from(draw.racks), draw.gpus as f64];
            state.lost.iter_mut().zip(all).for_each(|(sum, all)| *sum += sign * lost * all);
        }
    }

    /// What the draws take at a place, per unit.
    pub fn drawn(&self, state: &State, place: usize) -> Complex<f64> {
        let mut sum = Complex::new(0.0, 0.0);
        for &number in &self.draws_at[place] {
            let draw = &self.draws[number];
            for (cord, part) in draw.cords.iter().zip(divide(draw, state)) {
                if cord.place == place {
                    sum += draw.per_watt * (draw.watts * part);
                }
            }
        }
        sum
    }

    /// What isn't served, a shortage of supply left out.
    pub fn lost(&self, state: &State) -> Lost {
        let [it, racks, gpus] = state.lost;
        Lost { it: Power::from_watts(it), racks: racks.round() as u32, gpus: gpus.round() as u64, shortage: Power::ZERO }
    }

    /// Names of the draws without all of their power.
    pub fn dark(&self, state: &State) -> Vec<Id> {
        state.dark.iter().map(|d| self.draws[*d].element.clone()).collect()
    }

    /// Share of its power that each of them is without.
    pub fn unserved(&self, state: &State) -> Vec<f64> {
        state.dark.iter().map(|d| 1.0 - divide(&self.draws[*d], state).iter().sum::<f64>()).collect()
    }

    fn inject(&self, state: &mut State) {
        let island = !self.grids.iter().any(|g| state.slack[g.place]);
        for (place, watts) in if island { self.shared(state) } else { self.injections(state) } {
            state.loads[place] -= Complex::new(watts / BASE, 0.0);
            state.injected += watts;
        }
    }

    /// What generators, and batteries for the rest, put where in island operation, W: each in proportion to what it can. Groups on a bus that holds the voltage
    /// give what is needed there, losses included.
    fn shared(&self, state: &State) -> Vec<(usize, f64)> {
        let live = state.loads.iter().zip(&state.fed).filter(|(_, fed)| **fed == Fed::Normal);
        let mut left = live.map(|(load, _)| load.re * BASE).sum::<f64>();
        let mut put = Vec::new();
        for groups in [&self.generators, &self.batteries] {
            let can: f64 = groups.iter().map(|g| Self::can(state, g)).sum();
            let share = if can > 0.0 { (left / can).min(1.0) } else { 0.0 };
            put.extend(groups.iter().map(|g| (g.place, Self::can(state, g) * share)).filter(|(place, watts)| *watts > 0.0 && !state.slack[*place]));
            left -= can * share;
        }
        put
    }

    /// What generators put where, W.
    pub fn injections(&self, state: &State) -> Vec<(usize, f64)> {
        let can: Vec<f64> = self.generators.iter().map(|g| Self::can(state, g)).collect();
        let mut given: Vec<f64> = self.generators.iter().zip(&can).map(|(g, can)| g.given.min(*can)).collect();
        let mut missing: f64 = self.generators.iter().zip(&given).map(|(g, given)| g.given - given).sum();
        for (given, can) in given.iter_mut().zip(&can) {
            let more = missing.min(can - *given).max(0.0);
            *given += more;
            missing -= more;
        }
        // What stands on a bus that holds the voltage is what is needed there.
        let put = self.generators.iter().zip(given).filter(|(g, watts)| *watts > 0.0 && !state.slack[g.place]);
        put.map(|(g, watts)| (g.place, watts)).collect()
    }

    /// What grid and site can give in a state, W: the firm import of live grids, and every group on a live bus.
    pub fn capacity(&self, state: &State) -> f64 {
        self.lasting(state) + self.batteries.iter().map(|b| Self::can(state, b)).sum::<f64>()
    }

    /// The same without batteries.
    fn lasting(&self, state: &State) -> f64 {
        let live = |g: &&Feed| !state.grids_out.contains(&g.id) && state.fed[g.place] == Fed::Normal;
        let firm: f64 = self.grids.iter().filter(live).map(|g| g.watts).sum();
        firm + self.generators.iter().map(|g| Self::can(state, g)).sum::<f64>()
    }

    /// How long full batteries carry what nothing else does, s; nothing if they need not.
    pub fn on_battery(&self, state: &State, facility: f64) -> Option<f64> {
        let wanted = facility - self.lasting(state);
        let (power, energy) = self.batteries.iter().fold((0.0, 0.0), |(power, energy), b| {
            let can = Self::can(state, b);
            (power + can, energy + if b.watts > 0.0 { b.energy * can / b.watts } else { 0.0 })
        });
        (wanted > 1.0 && power > 0.0).then(|| energy / wanted.min(power))
    }
}

/// Share of the units in service when some more of them, or all, are out.
pub(super) fn left(all: u32, before: f64, units: Option<u32>) -> f64 {
    let share = units.map_or(0.0, |n| before - f64::from(n) / f64::from(all.max(1)));
    // Shares like 1 − 3 · 1/3 must be none.
    if share < 1e-9 { 0.0 } else { share }
}

/// Shares of a draw on its cords; what is missing to one has none.
fn divide(draw: &Draw, state: &State) -> [f64; 2] {
    let kept = |cord: usize| {
        let Some(c) = draw.cords.get(cord) else { return 0.0 };
        if state.fed[c.place] == Fed::Dead { 0.0 } else { c.wire.map_or(1.0, |w| state.kept[w]) }
    };
    let (a, b) = (kept(0), kept(1));
    let both = a.min(b);
    let share = |cord: usize| draw.cords.get(cord).map_or(0.0, |c| c.share);
    let sum = share(0) + share(1);
    let (first, second) = if sum > 0.0 { (share(0) / sum, share(1) / sum) } else { (0.5, 0.5) };
    [both * first + (a - both), both * second + (b - both)]
}
