//! A tree that keeps a linear and quadratic answer of every subtree, so that a change is solved on its way to the slack only.
//!
//! # Derivation
//!
//! A *rung* is a bus with the link to its parent. When it is built, at its voltage `V` and its parent's `V_p` (its *reference*), the current that the parent sees is
//! `I`, and `response.rs` gives the movement `e(d)` of the bus and the change `ΔI(d)` of that current for a movement `d` of the parent, both with bounds of what
//! they neglect. As long as nothing changes behind the link, that stays true whatever happens elsewhere: the present state of the rung is `V + e(D)`, `I + ΔI(D)`
//! with `D` the parent's present voltage less the reference. So nothing has to be written into a subtree that only moves along; `D` says it all, and it is measured
//! from the reference every time, so that nothing adds up over many changes.
//!
//! **Update.** The buses with new loads and all above them are *active* and solved exactly (`active.rs`), the subtrees beside the way by their `ΔI`. Then their
//! rungs are built anew about the new state.
//!
//! **What is neglected.** A rung's parts may have been moved already when it is built: child `c` by `D_c`. Its remainder is at most `U_c (r_c + |e|)³` by induction,
//! with `r_c = |D_c| + ρ_c` and `ρ_c` the same for the parts of its own. With `U = Σ U_c` and `σ = (Σ U_c r_c³/U)^⅓`, Minkowski's inequality gives
//! `Σ U_c (r_c + |e|)³ ≤ U (σ + |e|)³`. With `|e| ≤ κ|d|` as in `response.rs` and `ε` the part of `κ` of first order, put `ρ = σ/ε` and `δ = |d| + ρ`; then
//!
//! ```text
//! |e| + σ ≤ ε|d| + γ|d|² + τδ³ + ερ ≤ κ(δ) δ
//! ```
//!
//! so the argument of `response.rs` holds with `δ` in place of `|d|`, and the remainder of the rung is at most a constant times `δ³` for `δ` up to its reach. At an
//! active bus the remainders of its children make it miss (1) by at most `|V| Σ U_c r_c³`. That stays within the tolerance everywhere when no `r_c` exceeds
//! `(tolerance/(|V| U))^⅓` with the `U` of the slack; children that are farther than this become active too, unless all of that
//! bus neglect only a small part of the tolerance together. From then on their `D` is zero, and so that their `ρ`
//! will be small as well, theirs become active from a quarter of that on.
//!
//! # Source
//! Elimination towards the root and substitution back of only what a change reaches is partial refactorization: S. M. Chan, V. Brandwajn, "Partial matrix
//! refactorization", IEEE Trans. Power Systems 1, 1986. The remainder is derived here.

use nalgebra::Complex;

use super::super::response::{Behind, Response, Size};
use super::super::topology::{Island, Tree};
use super::super::two_port::Chain;
use super::super::{BranchFlow, Network};
use super::active::Work;

type C = Complex<f64>;

const ZERO: C = C::new(0.0, 0.0);

/// A bus with the link to its parent, as it was when this was built.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rung {
    pub voltage: C,
    /// The parent's voltage then.
    pub reference: C,
    pub load: C,
    pub shunt: C,
    /// The current delivered to the bus.
    pub current: C,
    /// The current that the parent sees.
    pub drawn: C,
    pub behind: Behind,
    pub response: Response,
    /// `ρ` of the derivation.
    pub stale: f64,
    /// The load at which it was built, while another waits in `load`.
    pub built_for: C,
}

/// The rungs of one tree by position, and who hangs on whom.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    pub rungs: Vec<Rung>,
    children: Vec<u32>,
    /// Where the children of each bus begin, and one more.
    first: Vec<u32>,
    /// Positions whose loads have changed since.
    changed: Vec<usize>,
    work: Work,
    /// What the rungs were built with misses (1) by this.
    base: f64,
    /// Largest mismatch in (1), the neglected included.
    pub residual: f64,
}

impl Ladder {
    /// Builds all rungs about a state that misses (1) by at most `residual`.
    pub fn new(network: &Network, island: &Island, tree: &Tree, voltages: &[C], residual: f64) -> Self {
        let mut rungs: Vec<Rung> = island.buses.iter().map(|&bus| Rung::new(network, bus, voltages[bus])).collect();
        let (children, first) = children(tree, rungs.len());
        for (k, link) in tree.links.iter().enumerate().rev() {
            let parent = rungs[link.parent].voltage;
            rungs[k + 1].link(&link.whole, parent, 0.0);
            let (drawn, response) = (rungs[k + 1].drawn, rungs[k + 1].response);
            let above = &mut rungs[link.parent];
            above.current += drawn;
            above.behind.quad.add(&response.drawn);
            above.behind.third += response.third_drawn;
            above.behind.reach = above.behind.reach.min(response.reach);
        }
        Self { rungs, children, first, changed: Vec::new(), work: Work::default(), base: residual, residual }
    }

    /// What hangs on a bus.
    pub fn children(&self, k: usize) -> &[u32] {
        &self.children[self.first[k] as usize..self.first[k + 1] as usize]
    }

    /// What hangs behind a bus about a voltage of it, and `σ` there.
    pub fn behind(&self, k: usize, voltage: C) -> (Behind, f64) {
        let mut behind = Behind { reach: f64::INFINITY, ..Behind::default() };
        behind.quad.p = self.rungs[k].shunt;
        let mut neglected = 0.0;
        for &child in self.children(k) {
            let child = &self.rungs[child as usize];
            let (d, far) = (voltage - child.reference, child.far(voltage));
            behind.quad.add(&child.response.drawn.beyond(d));
            behind.third += child.response.third_drawn;
            behind.reach = behind.reach.min(child.response.reach - far);
            neglected += child.response.third_drawn * far.powi(3);
        }
        (behind, if neglected > 0.0 { (neglected / behind.third).cbrt() } else { 0.0 })
    }

    /// How far parts may be from what they were built for.
    pub fn radius(&self, tolerance: f64) -> f64 {
        let root = &self.rungs[0];
        (tolerance / (root.voltage.size() * root.behind.third)).cbrt()
    }

    pub fn set_load(&mut self, k: usize, load: C) {
        if std::mem::replace(&mut self.rungs[k].load, load) != load {
            self.changed.push(k);
        }
    }

    /// Brings the state to the tolerance again, and says how many buses and Newton steps that took; `None` if it needs more than this.
    pub fn update(&mut self, tree: &Tree, tolerance: f64) -> Option<(usize, usize)> {
        if self.changed.is_empty() {
            return Some((0, 0));
        }
        let mut work = std::mem::take(&mut self.work);
        let solved = work.solve(self, tree, &self.changed, tolerance);
        if solved {
            work.build(self);
            self.changed.clear();
            self.residual = self.base.max(work.residual);
        }
        let counts = (work.active.len(), work.steps);
        self.work = work;
        solved.then_some(counts)
    }

    /// The present voltages of the parent and of the bus itself.
    pub fn voltages(&self, tree: &Tree, k: usize) -> (C, C) {
        let mut way = vec![k];
        let mut at = k;
        while let Some(link) = at.checked_sub(1) {
            at = tree.links[link].parent;
            way.push(at);
        }
        let mut pair = (ZERO, self.rungs[0].voltage);
        for &k in way.iter().rev().skip(1) {
            pair = (pair.1, self.rungs[k].now(pair.1));
        }
        pair
    }

    /// All present voltages.
    pub fn all_voltages(&self, tree: &Tree) -> Vec<C> {
        let mut voltages = vec![self.rungs[0].voltage];
        for (link, rung) in tree.links.iter().zip(&self.rungs[1..]) {
            voltages.push(rung.now(voltages[link.parent]));
        }
        voltages
    }

    /// The present flow over one part of the link to a bus.
    pub fn flow(&self, tree: &Tree, k: usize, branch: usize) -> Option<BranchFlow> {
        let link = tree.links.get(k.checked_sub(1)?)?;
        let part = tree.parts(link).iter().find(|part| part.branch == branch)?;
        let (parent, voltage) = self.voltages(tree, k);
        let rung = &self.rungs[k];
        let own = (rung.built_for / voltage).conj() - (rung.built_for / rung.voltage).conj();
        let current = rung.current + rung.behind.quad.at(voltage - rung.voltage) + own;
        let current = if link.count == 1 { current } else { part.chain.share(&link.whole, parent, current) };
        Some(part.flow(parent, voltage, current))
    }
}

impl Rung {
    fn new(network: &Network, bus: usize, voltage: C) -> Self {
        let data = &network.buses[bus];
        let mut behind = Behind { reach: f64::INFINITY, ..Behind::default() };
        behind.quad.p = data.shunt;
        Self {
            voltage,
            reference: ZERO,
            load: data.load,
            shunt: data.shunt,
            current: (data.load / voltage).conj() + data.shunt * voltage,
            drawn: ZERO,
            behind,
            response: Response::default(),
            stale: 0.0,
            built_for: data.load,
        }
    }

    /// Builds the link to a parent of that voltage; what hangs behind the bus is there already, with that `σ`.
    pub fn link(&mut self, chain: &Chain, parent: C, sigma: f64) {
        self.reference = parent;
        self.drawn = chain.c * parent + chain.d * self.current;
        self.response = Response::new(chain, &self.behind, self.voltage, self.built_for);
        let first_order = self.response.moved.p.size() + self.response.moved.q.size();
        self.stale = if sigma > 0.0 { sigma / first_order } else { 0.0 };
    }

    /// `|D| + ρ` at a voltage of the parent.
    pub fn far(&self, parent: C) -> f64 {
        (parent - self.reference).size() + self.stale
    }

    /// The present voltage, for that of the parent.
    pub fn now(&self, parent: C) -> C {
        self.voltage + self.response.moved.at(parent - self.reference)
    }
}

fn children(tree: &Tree, size: usize) -> (Vec<u32>, Vec<u32>) {
    let mut first = vec![0_u32; size + 1];
    tree.links.iter().for_each(|link| first[link.parent + 1] += 1);
    for k in 0..size {
        first[k + 1] += first[k];
    }
    let (mut children, mut next) = (vec![0; tree.links.len()], first.clone());
    for (k, link) in tree.links.iter().enumerate() {
        children[next[link.parent] as usize] = k as u32 + 1;
        next[link.parent] += 1;
    }
    (children, first)
}
