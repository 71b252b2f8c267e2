//! The sweep over a tree: equations (2) and (3) of the [module](super), by turns.
//!
//! The part of (3) that depends on the bus's own voltage only is kept apart,
//!
//! ```text
//! o_i = conj(s_i/V_i) + C_i V_i,   C_i = y_i + Σ_children c,   J_i = o_i + Σ_children d J_c
//! ```
//!
//! After the way back all of (2) and (3) hold, but with the `o_i` of the voltages before; so bus `i` misses (1) by exactly `V_i conj(o_i(new) − o_i(old))`, and the
//! residual costs nothing and is not blurred by large admittances.
//!
//! Most buses of a tree are ends of it. They draw `o_i` and no more, so that the way forth and the way back are one visit of them, and the whole sweep goes in three
//! passes: the other buses towards the slack, the same back, and the ends, which already give their parents what the next sweep begins with.

use nalgebra::Complex;

use super::contracted::Ending;
use super::topology::{Bunch, Island, LANES, Lanes, Tree};
use super::{BranchFlow, Network, Options, Status};

type C = Complex<f64>;

/// Sweeps at most; what has not settled by then is better left to Newton.
const MAX_SWEEPS: usize = 100;

/// Every so many sweeps the mismatch must have halved.
const PATIENCE: usize = 6;

/// Solves the island into `voltages` and writes the flows; `None`, with `flows` untouched, if it does not settle.
pub(super) fn solve(network: &Network, island: &Island, tree: &Tree, options: &Options, voltages: &mut [C], flows: &mut [BranchFlow]) -> Option<Ending> {
    let mut state = State::new(network, island, tree, voltages);
    let limit = options.tolerance * options.tolerance;
    let mut checkpoint = f64::INFINITY;
    for sweep in 1..=MAX_SWEEPS {
        let square = state.sweep(tree);
        if square <= limit {
            return state.write(tree, voltages, flows).map(|(residual, worst)| Ending { status: Status::Converged, iterations: sweep, residual, worst });
        }
        if sweep % PATIENCE == 0 {
            // Also false for what is not a number.
            if !(square <= 0.25 * checkpoint && square.is_finite()) {
                return None;
            }
            checkpoint = square;
        }
    }
    None
}

/// What a bus draws besides its children.
#[derive(Clone, Copy)]
struct Draw {
    load: C,
    /// `C` of the derivation.
    held: C,
    /// `o` at the present voltage, and at the voltage before.
    drawn: C,
    passed: C,
}

impl Draw {
    fn new(network: &Network, bus: usize) -> Self {
        let zero = C::new(0.0, 0.0);
        let bus = &network.buses[bus];
        Self { load: bus.load, held: bus.shunt, drawn: zero, passed: zero }
    }

    /// Takes `o = conj(s/V) + C V` at a new voltage, with one division, and returns the square of what the bus misses in (1).
    fn take(&mut self, voltage: C) -> f64 {
        let square = voltage.norm_sqr();
        let next = (self.load.conj() * (1.0 / square) + self.held) * voltage;
        self.passed = self.drawn;
        self.drawn = next;
        (next - self.passed).norm_sqr() * square
    }

    /// What the bus misses, of active or of reactive power.
    fn missed(&self, voltage: C) -> f64 {
        let missed = voltage * (self.drawn - self.passed).conj();
        missed.re.abs().max(missed.im.abs())
    }
}

/// What a bunch of ends draws, as [`Draw`].
#[derive(Clone, Copy)]
struct Draws {
    load: Lanes,
    held: Lanes,
    drawn: Lanes,
    passed: Lanes,
}

impl Draws {
    fn new(network: &Network, island: &Island, bunch: &Bunch) -> Self {
        let mut draws = Self { load: Lanes::ZERO, held: Lanes::ZERO, drawn: Lanes::ZERO, passed: Lanes::ZERO };
        for lane in 0..bunch.count {
            let bus = &network.buses[island.buses[bunch.place[lane] as usize]];
            draws.load.set(lane, bus.load);
            draws.held.set(lane, bus.shunt);
        }
        draws
    }

    /// [`Draw::take`] lane by lane; `worst` keeps the largest result of each.
    #[inline(always)]
    fn take(&mut self, voltage: &Lanes, worst: &mut [f64; LANES]) {
        let old = self.drawn;
        for (i, worst) in worst.iter_mut().enumerate() {
            let (re, im) = (voltage.re[i], voltage.im[i]);
            let square = re * re + im * im;
            let inverse = 1.0 / square;
            let (g, h) = (self.load.re[i] * inverse + self.held.re[i], self.held.im[i] - self.load.im[i] * inverse);
            let next = (g * re - h * im, g * im + h * re);
            let change = (next.0 - old.re[i], next.1 - old.im[i]);
            let missed = (change.0 * change.0 + change.1 * change.1) * square;
            *worst = if missed > *worst { missed } else { *worst };
            (self.drawn.re[i], self.drawn.im[i]) = next;
        }
        self.passed = old;
    }

    fn one(&self, lane: usize) -> Draw {
        Draw { load: self.load.get(lane), held: self.held.get(lane), drawn: self.drawn.get(lane), passed: self.passed.get(lane) }
    }
}

/// A bus with others behind it.
#[derive(Clone, Copy)]
struct Joint {
    draw: Draw,
    voltage: C,
    /// `J`, and what it will be but for the way up.
    total: C,
    next: C,
}

/// The island on the way; the slack is the first joint.
struct State {
    joints: Vec<Joint>,
    ends: Vec<Draws>,
}

impl State {
    fn new(network: &Network, island: &Island, tree: &Tree, voltages: &[C]) -> Self {
        let joint = |place: usize| {
            let zero = C::new(0.0, 0.0);
            Joint { draw: Draw::new(network, island.buses[place]), voltage: voltages[place], total: zero, next: zero }
        };
        let places = tree.stems.iter().map(|stem| stem.place as usize);
        let mut joints: Vec<Joint> = std::iter::once(0).chain(places).map(joint).collect();
        let mut ends: Vec<Draws> = tree.ends.iter().map(|bunch| Draws::new(network, island, bunch)).collect();
        for (bunch, draws) in tree.ends.iter().zip(&mut ends) {
            draws.take(&Lanes::gather(&bunch.place, |place| voltages[place]), &mut [0.0; LANES]);
            for lane in 0..LANES {
                joints[bunch.parent[lane] as usize].next += bunch.d.get(lane) * draws.drawn.get(lane);
            }
        }
        for (joint, held) in joints.iter_mut().zip(&tree.held) {
            joint.draw.held += held;
            joint.draw.take(joint.voltage);
            joint.next += joint.draw.drawn;
        }
        Self { joints, ends }
    }

    /// One sweep; returns the square of the largest power by which a bus misses (1).
    fn sweep(&mut self, tree: &Tree) -> f64 {
        for joint in &mut self.joints {
            joint.total = joint.next;
        }
        for (k, stem) in tree.stems.iter().enumerate().rev() {
            let part = stem.d * self.joints[k + 1].total;
            self.joints[stem.parent as usize].total += part;
        }
        let mut worst = 0.0_f64;
        for (k, stem) in tree.stems.iter().enumerate() {
            let above = self.joints[stem.parent as usize].voltage;
            let joint = &mut self.joints[k + 1];
            joint.voltage = stem.a * above + stem.b * joint.total;
            let missed = joint.draw.take(joint.voltage);
            worst = if missed > worst { missed } else { worst };
            joint.next = joint.draw.drawn;
        }
        self.joints[0].next = self.joints[0].draw.drawn;
        let mut most = [0.0; LANES];
        for (bunch, draws) in tree.ends.iter().zip(&mut self.ends) {
            let above = Lanes::gather(&bunch.parent, |parent| self.joints[parent].voltage);
            draws.take(&bunch.voltage(&above, &draws.drawn), &mut most);
            for lane in 0..LANES {
                self.joints[bunch.parent[lane] as usize].next += bunch.d.get(lane) * draws.drawn.get(lane);
            }
        }
        most.into_iter().fold(worst, f64::max)
    }

    /// Writes voltages, and flows from the currents of the sweep, which know small differences of voltage better than the voltages do. Returns the mismatch and
    /// where it is largest; `None`, with nothing written, where something is not a number.
    fn write(&self, tree: &Tree, voltages: &mut [C], flows: &mut [BranchFlow]) -> Option<(f64, Option<usize>)> {
        // What is not a number anywhere has come to the totals of its parents, and a sum keeps it, as a maximum does not.
        let sum: C = self.joints.iter().map(|joint| joint.next + joint.voltage).sum();
        if !sum.is_finite() {
            return None;
        }
        let (mut worst, mut currents) = ((0.0_f64, None), vec![C::new(0.0, 0.0); voltages.len()]);
        let mut take = |place: u32, voltage: C, current: C, draw: &Draw| {
            let place = place as usize;
            (voltages[place], currents[place]) = (voltage, current);
            let missed = draw.missed(voltage);
            if missed > worst.0 || (missed == worst.0 && worst.1 < Some(place)) {
                worst = (missed, Some(place));
            }
        };
        for (stem, joint) in tree.stems.iter().zip(&self.joints[1..]) {
            take(stem.place, joint.voltage, joint.total, &joint.draw);
        }
        for (bunch, draws) in tree.ends.iter().zip(&self.ends) {
            let above = Lanes::gather(&bunch.parent, |parent| self.joints[parent].voltage);
            let found = bunch.voltage(&above, &draws.passed);
            for lane in 0..bunch.count {
                take(bunch.place[lane], found.get(lane), draws.passed.get(lane), &draws.one(lane));
            }
        }
        for (k, link) in tree.links.iter().enumerate() {
            let (parent, child, total) = (voltages[link.parent], voltages[k + 1], currents[k + 1]);
            for part in tree.parts(link) {
                let current = if link.count == 1 { total } else { part.chain.share(&link.whole, parent, total) };
                flows[part.branch] = part.flow(parent, child, current);
            }
        }
        Some(worst)
    }
}
