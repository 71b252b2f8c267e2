//! Newton's method on the buses that a change reaches.
//!
//! With `j`, `p` and `q` the current delivered to an active bus and its slopes at the voltages of the step, its own load exact, the parts beside the way by their
//! rungs and the active children by what they gave, (2) reads for a movement `e` of the bus and `d` of its parent
//!
//! ```text
//! e = a d + b (p e + q ē) + (a V_p + b j − V)      hence      e = E d + F d̄ + K,    I = I₀ + P d + Q d̄
//! ```
//!
//! by (7) of `response.rs`, from the leaves to the slack; there `d = 0`, and the movements follow on the way back. What a step misses in (1) is the difference of
//! the current delivered at the new voltage and of its linearization, times the voltage.

use nalgebra::Complex;

use super::super::response::{Inverse, Quad, Size};
use super::super::topology::Tree;
use super::super::two_port::Chain;
use super::ladder::Ladder;

type C = Complex<f64>;

const ZERO: C = C::new(0.0, 0.0);
const NONE: u32 = u32::MAX;

/// Steps at most; from a state nearby Newton needs two or three.
const MAX_STEPS: usize = 12;

/// What is opened is cleared of more than had to be, so that it stays closed for a while.
const SHRINK: f64 = 0.25;

/// So much of the tolerance may be neglected at a bus without a look at how far its parts are.
const LEFT: f64 = 0.05;

/// A bus on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Active {
    /// Position in the tree.
    node: usize,
    /// Index of the parent among the active.
    parent: usize,
    chain: Chain,
    load: C,
    voltage: C,
    /// The voltage about which `rest` is taken, and the current there.
    center: C,
    /// Shunt and parts that are not active.
    rest: Quad,
    drawn: C,
    /// By how much the last step moved it.
    moved: C,
    /// Current and slopes at the present voltage, without active children; and what those give.
    here: [C; 3],
    children: [C; 3],
    /// `E`, `F` and `K`.
    way: [C; 3],
}

/// Room for updates, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    pub active: Vec<Active>,
    slots: Vec<u32>,
    order: Vec<u32>,
    /// Largest mismatch in (1), the neglected included.
    pub residual: f64,
    pub steps: usize,
}

impl Work {
    /// Solves with the loads that the rungs have now; `false` if that does not settle.
    pub fn solve(&mut self, ladder: &Ladder, tree: &Tree, changed: &[usize], tolerance: f64) -> bool {
        self.steps = 0;
        self.order.iter().for_each(|&node| self.slots[node as usize] = NONE);
        self.order.clear();
        self.slots.resize(ladder.rungs.len(), NONE);
        changed.iter().chain([&0]).for_each(|&node| self.mark_up(tree, node));
        let mut radius = ladder.radius(0.8 * tolerance);
        loop {
            self.gather(ladder, tree);
            if !self.settle(0.1 * tolerance) {
                return false;
            }
            let count = self.order.len();
            let neglected = self.widen(ladder, radius, LEFT * tolerance);
            if self.order.len() == count {
                self.residual += neglected;
                // The bound at the slack holds at the others but for what transformers scale.
                if self.residual <= tolerance {
                    return true;
                }
                radius *= 0.5;
            }
        }
    }

    fn mark_up(&mut self, tree: &Tree, mut node: usize) {
        while self.slots[node] == NONE {
            self.slots[node] = 0;
            self.order.push(node as u32);
            node = node.checked_sub(1).map_or(0, |link| tree.links[link].parent);
        }
    }

    fn gather(&mut self, ladder: &Ladder, tree: &Tree) {
        // In preorder a parent stands before its children.
        self.order.sort_unstable();
        self.active.clear();
        self.order.iter().enumerate().for_each(|(slot, &node)| self.slots[node as usize] = slot as u32);
        for &node in &self.order {
            let node = node as usize;
            let rung = &ladder.rungs[node];
            let mut active = Active::new(node, rung.load, rung.voltage);
            if let Some(link) = node.checked_sub(1).map(|link| &tree.links[link]) {
                active.parent = self.slots[link.parent] as usize;
                active.chain = link.whole;
                active.voltage = rung.now(self.active[active.parent].voltage);
            }
            active.center = active.voltage;
            active.rest.p = rung.shunt;
            active.drawn = rung.shunt * active.voltage;
            for &child in ladder.children(node).iter().filter(|&&child| self.slots[child as usize] == NONE) {
                let child = &ladder.rungs[child as usize];
                let d = active.voltage - child.reference;
                active.drawn += child.drawn + child.response.drawn.at(d);
                active.rest.add(&child.response.drawn.beyond(d));
            }
            active.look();
            self.active.push(active);
        }
    }

    /// Newton's method; leaves what the last linearization missed in `residual`.
    fn settle(&mut self, tolerance: f64) -> bool {
        for _ in 0..MAX_STEPS {
            self.steps += 1;
            if !self.up() {
                return false;
            }
            self.residual = self.down();
            if !self.residual.is_finite() {
                return false;
            }
            if self.residual <= tolerance {
                return true;
            }
        }
        false
    }

    /// From the leaves to the slack: everything as an affine function of the movement of the slack.
    fn up(&mut self) -> bool {
        for slot in (1..self.active.len()).rev() {
            let parent = self.active[slot].parent;
            let above = self.active[parent].voltage;
            let active = &mut self.active[slot];
            let [j, p, q] = [0, 1, 2].map(|i| active.here[i] + active.children[i]);
            let Chain { a, b, c, d } = active.chain;
            let Some(inverse) = Inverse::new(b, p, q) else { return false };
            let (e, f) = inverse.linear(a);
            let k = inverse.solve(a * above + b * j - active.voltage);
            active.way = [e, f, k];
            active.children = [ZERO; 3];
            let given = [c * above + d * (j + p * k + q * k.conj()), c + d * (p * e + q * f.conj()), d * (p * f + q * e.conj())];
            let children = &mut self.active[parent].children;
            (0..3).for_each(|i| children[i] += given[i]);
        }
        true
    }

    /// From the slack to the leaves; returns the largest mismatch that the linearization left.
    fn down(&mut self) -> f64 {
        self.active[0].children = [ZERO; 3];
        let mut worst = 0.0_f64;
        for slot in 1..self.active.len() {
            let d = self.active[self.active[slot].parent].moved;
            let active = &mut self.active[slot];
            let ([e, f, k], [j, p, q]) = (active.way, active.here);
            let by = e * d + f * d.conj() + k;
            active.moved = by;
            active.voltage += by;
            active.look();
            let missed = (active.here[0] - j - p * by - q * by.conj()) * active.voltage;
            worst = if missed.is_finite() { worst.max(missed.size()) } else { f64::INFINITY };
        }
        worst
    }

    /// Makes children active that are farther than `radius` from what they were built for, and returns the largest bound of what the others neglect, as power.
    ///
    /// Where all that hangs on a bus neglects no more than `left`, nothing of it becomes active.
    fn widen(&mut self, ladder: &Ladder, radius: f64, left: f64) -> f64 {
        let mut most = 0.0_f64;
        let mut waiting: Vec<(usize, C, f64)> = self.active.iter().map(|active| (active.node, active.voltage, radius)).collect();
        let cleared = SHRINK * radius;
        while let Some((node, voltage, radius)) = waiting.pop() {
            let radius = if radius > cleared && self.neglected(ladder, node, voltage) <= left { f64::INFINITY } else { radius };
            let mut neglected = 0.0;
            for &child in ladder.children(node) {
                if self.slots[child as usize] != NONE {
                    continue;
                }
                let rung = &ladder.rungs[child as usize];
                let far = rung.far(voltage);
                if far <= radius && far <= rung.response.reach || far == 0.0 {
                    neglected += rung.response.third_drawn * far.powi(3);
                } else {
                    self.slots[child as usize] = 0;
                    self.order.push(child);
                    waiting.push((child as usize, rung.now(voltage), cleared));
                }
            }
            most = most.max(neglected * voltage.size());
        }
        most
    }

    /// What the rungs that hang on a bus and are not active neglect together, as power.
    fn neglected(&self, ladder: &Ladder, node: usize, voltage: C) -> f64 {
        let rungs = ladder.children(node).iter().filter(|&&child| self.slots[child as usize] == NONE).map(|&child| &ladder.rungs[child as usize]);
        rungs.map(|rung| rung.response.third_drawn * rung.far(voltage).powi(3)).sum::<f64>() * voltage.size()
    }

    /// Builds the rungs of the active buses about the state found.
    pub fn build(&mut self, ladder: &mut Ladder) {
        for slot in (0..self.active.len()).rev() {
            let Active { node, parent, voltage, chain, load, here, children, .. } = self.active[slot];
            let above = self.active[parent].voltage;
            let (behind, sigma) = ladder.behind(node, voltage);
            let rung = &mut ladder.rungs[node];
            (rung.voltage, rung.built_for, rung.behind) = (voltage, load, behind);
            rung.current = here[0] + children[0];
            if node > 0 {
                rung.link(&chain, above, sigma);
                self.active[parent].children[0] += rung.drawn;
            }
        }
    }
}

impl Active {
    fn new(node: usize, load: C, voltage: C) -> Self {
        let chain = Chain { a: ZERO, b: ZERO, c: ZERO, d: ZERO };
        let none = [ZERO; 3];
        Self { node, parent: 0, chain, load, voltage, center: voltage, rest: Quad::default(), drawn: ZERO, moved: ZERO, here: none, children: none, way: none }
    }

    /// Takes current and slopes at the present voltage.
    fn look(&mut self) {
        let u = self.voltage.conj().inv();
        let own = self.load.conj() * u;
        let e = self.voltage - self.center;
        let (p, q) = self.rest.slope(e);
        self.here = [self.drawn + self.rest.at(e) + own, p, q - own * u];
    }
}
