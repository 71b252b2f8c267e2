//! The state of a tree after an outage, solved for the buses on the way from it to the slack only.
//!
//! *Active* are the buses behind a changed link, those whose load changes, the parents of what goes dead, and all above them. With (5) and (6) of `response.rs` for
//! each of them, exact for its own load and with the [`Quad`] of each part that is not active, Newton's method goes up the active tree once and down once:
//! linearized at `e*`, (6) reads `ΔJ = j + p e + q ē`, so that (5) gives `e = E d + F d̄ + K` and the parent another affine term; the slack has `d = 0`.
//!
//! After a step the equations hold but for what their linearization neglected, which is the mismatch in (1) once multiplied by the voltage. To it comes the bound of
//! what the quads neglect. Where that exceeds the tolerance the parts behind the bus become active themselves; where both together stay within it, the state is as good
//! as that of a solver.

use nalgebra::Complex;

use super::super::response::{Inverse, Quad, Size};
use super::super::topology::Tree;
use super::super::two_port::Chain;
use super::cut::Cut;
use super::forest::Forest;

type C = Complex<f64>;

const ZERO: C = C::new(0.0, 0.0);
const NONE: u32 = u32::MAX;

/// Steps at most; Newton needs two or three where the expansions hold at all.
const MAX_STEPS: usize = 12;

/// With more active buses than this a sweep over all is no dearer.
const MOST_ACTIVE: usize = 3000;

/// A bus on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Active {
    /// Position in the tree.
    pub node: usize,
    pub load: C,
    pub chain: Chain,
    /// How far it has moved.
    pub moved: C,
    /// How much more current is delivered to it.
    pub delivered: C,
    parent: usize,
    /// What hangs behind it and is not active.
    rest: Quad,
    /// What is not drawn any more.
    dropped: C,
    /// By how much the base state misses (2) with the chain as it is now, and the change of the current above at the base's.
    slip: C,
    step: C,
    /// (6) at the present movement without active children, and its slope.
    here: (C, C, C),
    /// The affine terms of active children.
    children: (C, C, C),
    /// All of (6): constant and slope, and `(E, F, K)`.
    line: (C, C, C),
    way: (C, C, C),
}

/// Room for solutions, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    pub active: Vec<Active>,
    slots: Vec<u32>,
    order: Vec<u32>,
    /// Largest mismatch in (1), the neglected included.
    pub residual: f64,
    pub steps: usize,
    /// Change of the current that the slack gives.
    pub drawn: C,
}

impl Work {
    pub fn is_active(&self, node: usize) -> bool {
        self.slots.get(node).is_some_and(|&slot| slot != NONE)
    }

    /// How far an active bus has moved.
    pub fn moved(&self, node: usize) -> C {
        self.active.get(self.slots[node] as usize).map_or(ZERO, |active| active.moved)
    }

    /// Solves after the cut; `false` if that needs more than expansions.
    pub fn solve(&mut self, forest: &Forest, tree: &Tree, cut: &Cut, tolerance: f64) -> bool {
        self.steps = 0;
        self.mark(forest, tree, cut);
        self.finish(forest, tree, cut, tolerance)
    }

    /// Solves again with more buses active.
    pub fn widen(&mut self, forest: &Forest, tree: &Tree, cut: &Cut, tolerance: f64, nodes: &[usize]) -> bool {
        nodes.iter().for_each(|&node| self.mark_up(tree, node));
        self.finish(forest, tree, cut, tolerance)
    }

    fn finish(&mut self, forest: &Forest, tree: &Tree, cut: &Cut, tolerance: f64) -> bool {
        loop {
            self.gather(forest, tree, cut);
            if !self.settle(forest, tolerance) {
                return false;
            }
            let count = self.order.len();
            self.residual += self.refine(forest, cut, 0.9 * tolerance);
            if self.order.len() == count {
                return self.residual <= tolerance;
            }
            if self.order.len() > MOST_ACTIVE {
                return false;
            }
        }
    }

    /// Newton's method on the active buses; leaves what the last linearization missed in `residual`.
    fn settle(&mut self, forest: &Forest, tolerance: f64) -> bool {
        for _ in 0..MAX_STEPS {
            self.steps += 1;
            if !self.up() {
                return false;
            }
            self.residual = self.down(forest);
            if !self.residual.is_finite() {
                return false;
            }
            if self.residual <= 0.1 * tolerance {
                return true;
            }
        }
        false
    }

    /// Marks the buses behind changed links, those with changed loads, the parents of what is out, and all above them.
    fn mark(&mut self, forest: &Forest, tree: &Tree, cut: &Cut) {
        self.order.iter().for_each(|&node| self.slots[node as usize] = NONE);
        self.order.clear();
        self.slots.resize(forest.nodes.len(), NONE);
        let parents = cut.dead.iter().map(|&node| tree.links[node - 1].parent);
        let changed = cut.links.iter().map(|link| link.0).chain(cut.loads.iter().map(|load| load.0));
        parents.chain(changed).chain([0]).for_each(|node| self.mark_up(tree, node));
    }

    fn mark_up(&mut self, tree: &Tree, mut node: usize) {
        while self.slots[node] == NONE {
            self.slots[node] = 0;
            self.order.push(node as u32);
            node = node.checked_sub(1).map_or(0, |link| tree.links[link].parent);
        }
    }

    /// Makes the children active where their quads neglect too much, and returns the largest bound of what the others neglect, as power.
    fn refine(&mut self, forest: &Forest, cut: &Cut, tolerance: f64) -> f64 {
        let mut most = 0.0_f64;
        for slot in 0..self.active.len() {
            let (node, moved) = (self.active[slot].node, self.active[slot].moved.size());
            let neglected = forest.neglected(node, moved);
            if neglected <= tolerance {
                most = most.max(neglected);
            } else {
                self.open(forest, cut, node, moved, tolerance);
            }
        }
        most
    }

    /// Makes the children of a bus active, and theirs as far as they neglect too much as well.
    fn open(&mut self, forest: &Forest, cut: &Cut, node: usize, moved: f64, tolerance: f64) {
        for &child in forest.by_voltage(node) {
            let at = child as usize;
            if self.slots[at] == NONE && !cut.dead.contains(&at) && self.order.len() <= MOST_ACTIVE {
                self.slots[at] = 0;
                self.order.push(child);
                let moved = moved * forest.nodes[at].response.gain;
                if forest.neglected(at, moved) > tolerance {
                    self.open(forest, cut, at, moved, tolerance);
                }
            }
        }
    }

    fn gather(&mut self, forest: &Forest, tree: &Tree, cut: &Cut) {
        self.order.sort_unstable();
        self.active.clear();
        for slot in 0..self.order.len() {
            let node = self.order[slot] as usize;
            self.slots[node] = slot as u32;
            let mut active = Active::new(forest, tree, node);
            if node > 0 {
                active.parent = self.slots[tree.links[node - 1].parent] as usize;
                self.active[active.parent].rest.subtract(&forest.nodes[node].response.drawn);
            }
            self.active.push(active);
        }
        for &node in &cut.dead {
            let parent = &mut self.active[self.slots[tree.links[node - 1].parent] as usize];
            parent.rest.subtract(&forest.nodes[node].response.drawn);
            parent.dropped -= forest.nodes[node].drawn;
        }
        for &(node, load) in &cut.loads {
            self.active[self.slots[node] as usize].load = load;
        }
        for &(node, chain) in &cut.links {
            self.active[self.slots[node] as usize].relink(forest, tree, chain);
        }
        for active in &mut self.active {
            active.look(forest);
        }
    }

    /// From the leaves to the slack: everything as an affine function of the movement of the slack.
    fn up(&mut self) -> bool {
        for slot in (1..self.active.len()).rev() {
            let active = &mut self.active[slot];
            let (value, p, q) = active.here;
            let (e, chain) = (active.moved, active.chain);
            let constant = value - p * e - q * e.conj() + active.children.0;
            let (p, q) = (p + active.children.1, q + active.children.2);
            let Some(inverse) = Inverse::new(chain.b, p, q) else { return false };
            let (e, f) = inverse.linear(chain.a);
            let k = inverse.solve(chain.b * constant + active.slip);
            active.line = (constant, p, q);
            active.way = (e, f, k);
            let drawn = chain.d * (constant + p * k + q * k.conj()) + active.step;
            let slope = (chain.c + chain.d * (p * e + q * f.conj()), chain.d * (p * f + q * e.conj()));
            let parent = active.parent;
            let above = &mut self.active[parent].children;
            *above = (above.0 + drawn, above.1 + slope.0, above.2 + slope.1);
        }
        let slack = &self.active[0];
        self.drawn = slack.children.0 + slack.dropped;
        true
    }

    /// From the slack to the leaves; returns the largest mismatch that the linearization left.
    fn down(&mut self, forest: &Forest) -> f64 {
        self.active[0].children = (ZERO, ZERO, ZERO);
        let mut worst = 0.0_f64;
        for slot in 1..self.active.len() {
            let d = self.active[self.active[slot].parent].moved;
            let active = &mut self.active[slot];
            let (e, f, k) = active.way;
            let (before, old) = (active.moved, active.here);
            active.moved = e * d + f * d.conj() + k;
            active.delivered = active.line.0 + active.line.1 * active.moved + active.line.2 * active.moved.conj();
            active.children = (ZERO, ZERO, ZERO);
            active.look(forest);
            let by = active.moved - before;
            let missed = (active.here.0 - old.0 - old.1 * by - old.2 * by.conj()) * (forest.nodes[active.node].voltage + active.moved);
            worst = if missed.is_finite() { worst.max(missed.size()) } else { f64::INFINITY };
        }
        worst
    }
}

impl Active {
    fn new(forest: &Forest, tree: &Tree, node: usize) -> Self {
        let data = &forest.nodes[node];
        let none = Chain { a: ZERO, b: ZERO, c: ZERO, d: ZERO };
        let mut active = Self {
            node,
            load: data.load,
            chain: none,
            moved: ZERO,
            delivered: ZERO,
            parent: 0,
            rest: data.behind.quad,
            dropped: ZERO,
            slip: ZERO,
            step: ZERO,
            here: (ZERO, ZERO, ZERO),
            children: (ZERO, ZERO, ZERO),
            line: (ZERO, ZERO, ZERO),
            way: (ZERO, ZERO, ZERO),
        };
        if node > 0 {
            active.relink(forest, tree, tree.links[node - 1].whole);
        }
        active
    }

    fn relink(&mut self, forest: &Forest, tree: &Tree, chain: Chain) {
        let (node, parent) = (&forest.nodes[self.node], forest.nodes[tree.links[self.node - 1].parent].voltage);
        self.chain = chain;
        self.slip = chain.a * parent + chain.b * node.current - node.voltage;
        self.step = chain.c * parent + chain.d * node.current - node.drawn;
    }

    /// Takes (6) and its slope at the present movement.
    fn look(&mut self, forest: &Forest) {
        let node = &forest.nodes[self.node];
        let u = (node.voltage + self.moved).conj().inv();
        let own = self.load.conj() * u;
        let (p, q) = self.rest.slope(self.moved);
        let value = self.rest.at(self.moved) + self.dropped + own - node.load.conj() / node.voltage.conj();
        self.here = (value, p, q - own * u);
    }
}
