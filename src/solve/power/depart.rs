//! From one state to another by what a few outages change, and back.
//!
//! Voltage comes to every place along a tree that starts at the sources. Taking a wire out leaves the places behind it without voltage, unless a wire that is no
//! part of the tree brings it from elsewhere; the search goes no further than these places. Draws and loads are looked at again only where
//! something changed. So an outage costs what it touches, and not the size of the campus. The state is the same as that
//! found from scratch (`state.rs`); a test holds both together for every outage.

use super::BASE;
use super::chain::{Chain, Source};
use super::state::{State, Target, left};
use crate::solve::{BranchKind, Fed, Outage};
use nalgebra::Complex;
use std::collections::BTreeSet;

/// How voltage came to a place.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Link {
    Root,
    Wire(usize),
    Converter(usize),
}

/// The tree along which voltage comes to the places of a state.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    links: Vec<Link>,
    children: Vec<Vec<usize>>,
}

/// Voltages of places and shares of wires, as they are for now.
type Now = (Vec<(usize, Fed)>, Vec<(usize, f64)>);

/// What a departure wrote over.
#[derive(Debug, Default)]
pub(super) struct Departure {
    fed: Vec<(usize, Fed)>,
    slack: Vec<(usize, bool)>,
    loads: Vec<(usize, Complex<f64>)>,
    kept: Vec<(usize, f64)>,
    modules: Vec<(usize, f64)>,
    sets: Vec<(usize, f64)>,
    rest: Option<Box<State>>,
    dark: Option<BTreeSet<usize>>,
    lost: [f64; 3],
    standby: Option<BTreeSet<usize>>,
    injected: f64,
}

impl Departure {
    /// Places where anything changed, some more than once.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.fed.iter().map(|c| c.0).chain(self.slack.iter().map(|c| c.0)).chain(self.loads.iter().map(|c| c.0))
    }
    /// Wires of which more or fewer units are in service.
    pub fn wires(&self) -> impl Iterator<Item = usize> + '_ {
        self.kept.iter().map(|c| c.0)
    }
    /// Converters of which fewer modules are in service.
    pub fn converters(&self) -> impl Iterator<Item = usize> + '_ {
        self.modules.iter().map(|c| c.0)
    }
}

impl Chain<'_> {
    /// The tree of a state.
    pub fn tree(&self, state: &State) -> Tree {
        let size = self.places.len();
        let mut tree = Tree { links: vec![Link::Root; size], children: vec![Vec::new(); size] };
        let mut reached = vec![false; size];
        let root = |p: &usize| state.slack[*p] && !matches!(self.places[*p].source, Source::Converter(_));
        for source in (0..size).filter(root) {
            let mut waiting = vec![source];
            while let Some(place) = waiting.pop() {
                // A source that another one reached first keeps its place in the tree of that one.
                if std::mem::replace(&mut reached[place], true) {
                    continue;
                }
                let wires = self.wires_at[place].iter().filter(|(w, _)| state.kept[*w] > 0.0).map(|(w, other)| (*other, Link::Wire(*w)));
                let live = self.converters_at[place].iter().filter(|c| state.modules[**c] > 0.0);
                let converters = live.map(|c| (self.converters[*c].output, Link::Converter(*c)));
                for (other, link) in wires.chain(converters) {
                    if !reached[other] && tree.links[other] == Link::Root && other != source {
                        tree.links[other] = link;
                        tree.children[place].push(other);
                        waiting.push(other);
                    }
                }
            }
        }
        tree
    }

    /// Takes some things out of a state. What is written over is handed back for [`Chain::return_to`].
    pub fn depart(&self, state: &mut State, tree: &Tree, out: &[Outage], all: &[Outage]) -> Departure {
        let targets: Vec<(Target, Option<u32>)> = out.iter().flat_map(|o| self.targets(&o.of).into_iter().map(|t| (t, o.units))).collect();
        let mut d = Departure { lost: state.lost, injected: state.injected, ..Departure::default() };
        let grids = self.grids.iter().any(|g| state.slack[g.place]);
        let source_lost = |t: &Target| match t {
            Target::Grid(_) => true,
            Target::Bus(p) => self.grids.iter().any(|g| g.place == *p),
            Target::Wire(_) | Target::Converter(_) | Target::Supply(_) => false,
        };
        // Without a grid, who holds the voltage is a question of the whole campus.
        if !grids || targets.iter().any(|(t, _)| source_lost(t)) {
            self.depart_whole(state, all, &mut d);
            return d;
        }
        let mut broken: Vec<usize> = Vec::new();
        let mut supply = false;
        for (target, units) in targets {
            match target {
                Target::Wire(w) => self.open(state, &mut d, w, units, tree, &mut broken),
                Target::Converter(c) => {
                    d.modules.push((c, state.modules[c]));
                    state.modules[c] = left(self.converters[c].units, state.modules[c], units);
                    let output = self.converters[c].output;
                    if state.modules[c] <= 0.0 && tree.links[output] == Link::Converter(c) {
                        broken.push(output);
                    }
                }
                Target::Bus(p) => {
                    for &(w, _) in &self.wires_at[p] {
                        self.open(state, &mut d, w, None, tree, &mut broken);
                    }
                    broken.push(p);
                }
                Target::Grid(_) => {}
                Target::Supply(id) => {
                    // The map is small, and kept whole for the way back.
                    d.rest.get_or_insert_with(|| Box::new(self.only_supply(state)));
                    *state.supply_out.entry(id).or_default() += units.unwrap_or(u32::MAX / 2);
                    supply = true;
                }
            }
        }
        let gone: Vec<usize> = out.iter().flat_map(|o| self.targets(&o.of)).filter_map(|t| if let Target::Bus(p) = t { Some(p) } else { None }).collect();
        self.unplug(state, &mut d, tree, broken, &gone);
        self.redraw(state, &mut d, supply);
        d
    }

    /// Puts everything back.
    pub fn return_to(&self, state: &mut State, d: Departure) {
        if let Some(rest) = d.rest {
            if rest.fed.len() == state.fed.len() {
                *state = *rest;
                return;
            }
            state.supply_out = rest.supply_out;
        }
        d.fed.into_iter().rev().for_each(|(p, before)| state.fed[p] = before);
        d.slack.into_iter().rev().for_each(|(p, before)| state.slack[p] = before);
        d.loads.into_iter().rev().for_each(|(p, before)| state.loads[p] = before);
        d.kept.into_iter().rev().for_each(|(w, before)| state.kept[w] = before);
        d.modules.into_iter().rev().for_each(|(c, before)| state.modules[c] = before);
        d.sets.into_iter().rev().for_each(|(s, before)| state.sets[s] = before);
        if let Some(dark) = d.dark {
            state.dark = dark;
        }
        if let Some(standby) = d.standby {
            state.standby = standby;
        }
        (state.lost, state.injected) = (d.lost, d.injected);
    }

    /// A state that holds the supply alone.
    fn only_supply(&self, state: &State) -> State {
        State { supply_out: state.supply_out.clone(), ..State::empty() }
    }

    fn depart_whole(&self, state: &mut State, all: &[Outage], d: &mut Departure) {
        let next = self.state(all);
        let before = std::mem::replace(state, next);
        for p in 0..self.places.len() {
            if before.fed[p] != state.fed[p] || before.slack[p] != state.slack[p] || before.loads[p] != state.loads[p] {
                d.fed.push((p, before.fed[p]));
            }
        }
        d.kept.extend((0..self.wires.len()).filter(|w| before.kept[*w] != state.kept[*w]).map(|w| (w, before.kept[w])));
        d.modules.extend((0..self.converters.len()).filter(|c| before.modules[*c] != state.modules[*c]).map(|c| (c, before.modules[c])));
        d.rest = Some(Box::new(before));
    }

    fn open(&self, state: &mut State, d: &mut Departure, w: usize, units: Option<u32>, tree: &Tree, broken: &mut Vec<usize>) {
        let wire = &self.wires[w];
        if wire.kind == BranchKind::Standby {
            let Some(&s) = self.standby_at.get(&wire.branch.to) else { return };
            d.sets.push((s, state.sets[s]));
            state.sets[s] = left(wire.units, state.sets[s], units);
        }
        if state.kept[w] <= 0.0 {
            return;
        }
        d.kept.push((w, state.kept[w]));
        state.kept[w] = left(wire.units, state.kept[w], units);
        if state.kept[w] <= 0.0 {
            let ends = [wire.branch.from, wire.branch.to];
            broken.extend(ends.into_iter().filter(|p| tree.links[*p] == Link::Wire(w)));
        }
    }

    /// Takes the voltage from what hangs on broken links, and brings it back wherever another way leads there.
    fn unplug(&self, state: &mut State, d: &mut Departure, tree: &Tree, broken: Vec<usize>, gone: &[usize]) {
        let mut behind = broken;
        let mut next = 0;
        let mut seen: BTreeSet<usize> = behind.iter().copied().collect();
        behind = seen.iter().copied().collect();
        while let Some(&place) = behind.get(next) {
            next += 1;
            behind.extend(tree.children[place].iter().copied().filter(|c| seen.insert(*c)));
        }
        for &p in &behind {
            d.fed.push((p, state.fed[p]));
            state.fed[p] = Fed::Dead;
            let grid = self.places[p].source == Source::Grid && !gone.contains(&p);
            if state.slack[p] && !grid {
                d.slack.push((p, true));
                state.slack[p] = false;
            }
        }
        for fed in [Fed::Normal, Fed::Standby] {
            for &p in behind.iter().filter(|p| !gone.contains(p)) {
                let holds = fed == Fed::Normal && state.slack[p] && self.places[p].source == Source::Grid;
                let by_wire = || self.wires_at[p].iter().any(|(w, other)| state.kept[*w] > 0.0 && state.fed[*other] == fed);
                let by_converter = || match self.places[p].source {
                    Source::Converter(c) => state.modules[c] > 0.0 && state.fed[self.converters[c].input] == fed,
                    _ => false,
                };
                if state.fed[p] == Fed::Dead && (holds || by_wire() || by_converter()) {
                    self.bring(state, d, p, fed);
                }
            }
        }
        let mut lows: Vec<usize> = behind.iter().filter_map(|p| self.standby_at.get(p).copied()).collect();
        lows.sort_unstable();
        for s in lows {
            let (_, low, wire) = self.standby[s];
            let running = state.kept[wire] > 0.0;
            if state.fed[low] != Fed::Dead {
                continue;
            }
            d.standby.get_or_insert_with(|| state.standby.clone());
            if state.sets[s] <= 0.0 {
                state.standby.remove(&s);
                continue;
            }
            state.standby.insert(s);
            if !running {
                d.kept.push((wire, state.kept[wire]));
                state.kept[wire] = state.sets[s];
            }
            for main in self.mains(low) {
                d.kept.push((main, state.kept[main]));
                state.kept[main] = 0.0;
            }
            self.bring(state, d, self.wires[wire].branch.from, Fed::Standby);
        }
    }

    /// Brings voltage to a dead place and on from there.
    fn bring(&self, state: &mut State, d: &mut Departure, place: usize, fed: Fed) {
        let mut waiting = vec![place];
        while let Some(p) = waiting.pop() {
            if state.fed[p] != Fed::Dead {
                continue;
            }
            d.fed.push((p, Fed::Dead));
            state.fed[p] = fed;
            let holds = match self.places[p].source {
                Source::Converter(_) => true,
                Source::Standby => fed == Fed::Standby,
                Source::None | Source::Grid | Source::Generator => state.slack[p],
            };
            if state.slack[p] != holds {
                d.slack.push((p, state.slack[p]));
                state.slack[p] = holds;
            }
            waiting.extend(self.wires_at[p].iter().filter(|(w, _)| state.kept[*w] > 0.0).map(|(_, other)| *other));
            waiting.extend(self.converters_at[p].iter().filter(|c| state.modules[**c] > 0.0).map(|c| self.converters[*c].output));
        }
    }

    /// Looks again at what draws where something changed, and at what generators give.
    fn redraw(&self, state: &mut State, d: &mut Departure, supply: bool) {
        let mut places: BTreeSet<usize> = d.places().collect();
        places.extend(d.kept.iter().map(|(w, _)| self.wires[*w].branch.to));
        let draws: BTreeSet<usize> = places.iter().flat_map(|p| self.draws_at[*p].iter().copied()).collect();
        if !draws.is_empty() {
            d.dark = Some(state.dark.clone());
            // What these draws lost before is found in the state before.
            let after = self.swap_back(state, d);
            draws.iter().for_each(|draw| self.count(state, *draw, -1.0));
            self.swap_forth(state, after);
            draws.iter().for_each(|draw| self.count(state, *draw, 1.0));
        }
        let mut loaded: BTreeSet<usize> = draws.iter().flat_map(|draw| self.draws[*draw].cords.iter().map(|c| c.place)).collect();
        let injects = supply || self.generators.iter().any(|g| places.contains(&g.place));
        let put = if injects { self.injections(state) } else { Vec::new() };
        if injects {
            loaded.extend(self.generators.iter().map(|g| g.place));
            state.injected = put.iter().map(|(_, watts)| watts).sum();
        }
        let given = if injects { put } else { self.generators_at(state, &loaded) };
        for place in loaded {
            let mut load = self.drawn(state, place);
            given.iter().filter(|(p, _)| *p == place).for_each(|(_, watts)| load -= Complex::new(watts / BASE, 0.0));
            if load != state.loads[place] {
                d.loads.push((place, state.loads[place]));
                state.loads[place] = load;
            }
        }
    }

    /// What generators put at some places, when nothing of theirs changed.
    fn generators_at(&self, state: &State, places: &BTreeSet<usize>) -> Vec<(usize, f64)> {
        if self.generators.iter().any(|g| places.contains(&g.place)) { self.injections(state) } else { Vec::new() }
    }

    /// Puts voltages and wires back for a moment; what they are now is handed back.
    fn swap_back(&self, state: &mut State, d: &Departure) -> Now {
        let fed = d.fed.iter().map(|(p, _)| (*p, state.fed[*p])).collect();
        let kept = d.kept.iter().map(|(w, _)| (*w, state.kept[*w])).collect();
        d.fed.iter().rev().for_each(|(p, before)| state.fed[*p] = *before);
        d.kept.iter().rev().for_each(|(w, before)| state.kept[*w] = *before);
        (fed, kept)
    }

    fn swap_forth(&self, state: &mut State, (fed, kept): Now) {
        fed.into_iter().for_each(|(p, now)| state.fed[p] = now);
        kept.into_iter().for_each(|(w, now)| state.kept[w] = now);
    }
}
