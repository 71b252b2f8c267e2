//! What is worst after an outage: the active buses one by one, and of what hangs beside them only what may matter.
//!
//! A part whose best possible extreme, its own in the base state shifted by its slope times the movement it hangs on, does not beat what was found already is passed
//! over, and a part whose margins exceed the movement keeps its counts. All others are opened, bus by bus, with the movement that `response.rs` gives.

use nalgebra::Complex;

use super::super::response::Size;
use super::super::topology::Tree;
use super::active::{Active, Work};
use super::cut::Cut;
use super::forest::{Forest, loadings};
use super::watch::{Extremes, Watch};

type C = Complex<f64>;

/// Movements of buses in opened parts are known to this, pu.
const SHARPNESS: f64 = 1e-10;

/// One search.
pub(super) struct Search<'a> {
    pub forest: &'a Forest,
    pub tree: &'a Tree,
    pub watch: &'a Watch,
    pub work: &'a Work,
    pub cut: &'a Cut,
    found: Extremes,
    /// Changes of the counts.
    over: isize,
    below: isize,
    /// Positions that have moved too far for their expansions.
    blurred: Vec<usize>,
}

impl<'a> Search<'a> {
    pub fn new(forest: &'a Forest, tree: &'a Tree, watch: &'a Watch, work: &'a Work, cut: &'a Cut) -> Self {
        Self { forest, tree, watch, work, cut, found: Extremes::default(), over: 0, below: 0, blurred: Vec::new() }
    }

    /// The extremes after the outage, given those before and the branches that are out; or the positions that have moved too far for their expansions.
    pub fn run(mut self, before: &Extremes, out: &[usize]) -> Result<Extremes, Vec<usize>> {
        for &dead in &self.cut.dead {
            self.count(&self.forest.parts[dead].extremes, -1);
        }
        for active in &self.work.active {
            let mut now = Extremes::default();
            now.bus(self.watch, self.forest.nodes[active.node].bus, (self.forest.nodes[active.node].voltage + active.moved).size());
            self.own_link(active, out, &mut now);
            self.found.lower(now.lowest);
            self.found.higher(now.highest);
            self.count(&now, 1);
            self.count(&self.forest.nodes[active.node].own, -1);
        }
        for active in &self.work.active {
            self.beside(active.node, active.moved);
        }
        let sum = |count: usize, change: isize| count.saturating_add_signed(change);
        let found = Extremes { over: sum(before.over, self.over), below: sum(before.below, self.below), ..self.found };
        if self.blurred.is_empty() { Ok(found) } else { Err(self.blurred) }
    }

    fn count(&mut self, extremes: &Extremes, sign: isize) {
        self.over += sign * extremes.over as isize;
        self.below += sign * extremes.below as isize;
    }

    fn own_link(&self, active: &Active, out: &[usize], now: &mut Extremes) {
        let Some(k) = active.node.checked_sub(1) else { return };
        let link = &self.tree.links[k];
        let alive = || self.tree.parts(link).iter().filter(|piece| !out.contains(&piece.branch));
        let parent = self.forest.nodes[link.parent].voltage + self.moved(link.parent);
        let node = &self.forest.nodes[active.node];
        let single = alive().nth(1).is_none();
        let state = (parent, node.voltage + active.moved, node.current + active.delivered);
        loadings(alive(), &active.chain, single, self.watch, state).for_each(|(branch, loading)| now.branch(branch, loading));
    }

    /// The movement of an active bus.
    fn moved(&self, node: usize) -> C {
        self.work.moved(node)
    }

    fn passed_over(&self, child: usize) -> bool {
        self.work.is_active(child) || self.cut.dead.contains(&child)
    }

    /// Looks at what hangs on a bus that has moved by `e`.
    fn beside(&mut self, k: usize, e: C) {
        let moved = e.size();
        let node = &self.forest.nodes[k];
        for &child in self.forest.by_voltage(k) {
            let part = &self.forest.parts[child as usize];
            if part.extremes.lowest.0 - node.steepest_voltage * moved > self.found.lowest.0 {
                break;
            }
            if part.extremes.lowest.0 - part.voltage_slope * moved <= self.found.lowest.0 && !self.passed_over(child as usize) {
                self.lowest(child as usize, e);
            }
        }
        for &child in self.forest.by_loading(k) {
            let part = &self.forest.parts[child as usize];
            if part.extremes.highest.0 + node.steepest_loading * moved < self.found.highest.0 || part.extremes.highest.1 == usize::MAX {
                break;
            }
            if part.extremes.highest.0 + part.loading_slope * moved >= self.found.highest.0 && !self.passed_over(child as usize) {
                self.highest(child as usize, e);
            }
        }
        for &child in self.forest.by_voltage_margin(k) {
            if self.forest.parts[child as usize].voltage_margin > moved {
                break;
            }
            if !self.passed_over(child as usize) {
                self.below(child as usize, e);
            }
        }
        for &child in self.forest.by_loading_margin(k) {
            if self.forest.parts[child as usize].loading_margin > moved {
                break;
            }
            if !self.passed_over(child as usize) {
                self.over(child as usize, e);
            }
        }
    }

    /// The movement of a bus that is not active, from that of its parent.
    fn follow(&mut self, child: usize, d: C) -> C {
        let response = &self.forest.nodes[child].response;
        let moved = d.size();
        if moved > response.reach || response.third_moved * moved.powi(3) > SHARPNESS {
            self.blurred.push(child);
        }
        response.moved.at(d)
    }

    fn lowest(&mut self, k: usize, d: C) {
        let forest = self.forest;
        if d == C::new(0.0, 0.0) {
            self.found.lower(forest.parts[k].extremes.lowest);
            return;
        }
        let e = self.follow(k, d);
        let node = &forest.nodes[k];
        self.found.lower(((node.voltage + e).size(), node.bus));
        let moved = e.size();
        for &child in forest.by_voltage(k) {
            let part = &forest.parts[child as usize];
            if part.extremes.lowest.0 - node.steepest_voltage * moved > self.found.lowest.0 {
                break;
            }
            if part.extremes.lowest.0 - part.voltage_slope * moved <= self.found.lowest.0 {
                self.lowest(child as usize, e);
            }
        }
    }

    fn highest(&mut self, k: usize, d: C) {
        let forest = self.forest;
        if d == C::new(0.0, 0.0) {
            self.found.higher(forest.parts[k].extremes.highest);
            return;
        }
        let e = self.follow(k, d);
        let now = self.link_beside(k, d, e);
        self.found.higher(now.highest);
        let (node, moved) = (&forest.nodes[k], e.size());
        for &child in forest.by_loading(k) {
            let part = &forest.parts[child as usize];
            if part.extremes.highest.0 + node.steepest_loading * moved < self.found.highest.0 || part.extremes.highest.1 == usize::MAX {
                break;
            }
            if part.extremes.highest.0 + part.loading_slope * moved >= self.found.highest.0 {
                self.highest(child as usize, e);
            }
        }
    }

    fn below(&mut self, k: usize, d: C) {
        let (forest, e) = (self.forest, self.follow(k, d));
        let node = &forest.nodes[k];
        let is_below = (node.voltage + e).size() < self.watch.low_voltage;
        self.below += isize::from(is_below) - node.own.below as isize;
        let soon = forest.by_voltage_margin(k).iter().take_while(|&&child| forest.parts[child as usize].voltage_margin <= e.size());
        soon.for_each(|&child| self.below(child as usize, e));
    }

    fn over(&mut self, k: usize, d: C) {
        let (forest, e) = (self.forest, self.follow(k, d));
        self.over += self.link_beside(k, d, e).over as isize - forest.nodes[k].own.over as isize;
        let soon = forest.by_loading_margin(k).iter().take_while(|&&child| forest.parts[child as usize].loading_margin <= e.size());
        soon.for_each(|&child| self.over(child as usize, e));
    }

    /// The loadings of a link that is not active.
    fn link_beside(&self, k: usize, d: C, e: C) -> Extremes {
        let (node, link) = (&self.forest.nodes[k], &self.tree.links[k - 1]);
        let delivered = node.behind.quad.at(e) + (node.load / (node.voltage + e)).conj() - (node.load / node.voltage).conj();
        let state = (self.forest.nodes[link.parent].voltage + d, node.voltage + e, node.current + delivered);
        let mut now = Extremes::default();
        let pieces = self.tree.parts(link).iter();
        loadings(pieces, &link.whole, link.count == 1, self.watch, state).for_each(|(branch, loading)| now.branch(branch, loading));
        now
    }
}
