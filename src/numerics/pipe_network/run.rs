//! One solve under way: flows, pressures, what each link loses, how far a step goes, and how large the error is.

use super::law::Law;
use super::laws::Laws;
use super::newton::held_node;
use super::parts::Levels;
use super::switch::State;
use super::{Network, Node, Options, Solution, Status, Worst};
use std::sync::Arc;

/// Least slope a step reckons with, Pa/(m³/s). A step may use a slope that is not quite the law's; that costs steps in rings of pipes that
/// lose nearly nothing, and no accuracy. Without it conductances would spread over more decades than the factorization can tell apart.
const STEP_SLOPE: f64 = 1e-3;

/// Longest step the search tries, in Newton steps.
const LONGEST_STEP: f64 = 1e4;

/// Part of its flow by which a link may move from where its law was evaluated and still be on the tangent there: what that leaves out is of the
/// square of this, n(n−1)/2·1e-10 of the loss.
const ON_TANGENT: f64 = 1e-5;

/// How good flows and pressures are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    /// The larger of the relative errors of mass and energy, and where it is.
    pub(super) residual: f64,
    pub(super) worst: Option<Worst>,
    /// Sum of the changes of the flows in the last step, and of the flows.
    pub(super) change: f64,
    pub(super) total: f64,
    /// What pressures and flows are measured by.
    pub(super) pressure: f64,
    pub(super) flow: f64,
}

/// One solve under way; the solver keeps it, so that the next can go on from it.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) ends: Arc<[(u32, u32)]>,
    pub(super) nodes: Vec<Node>,
    pub(super) options: Options,
    pub(super) laws: Laws,
    pub(super) states: Vec<State>,
    pub(super) levels: Levels,
    pub(super) flows: Vec<f64>,
    pub(super) target: Vec<f64>,
    pub(super) pressures: Vec<f64>,
    pub(super) loss: Vec<f64>,
    pub(super) slope: Vec<f64>,
    /// The flow at which each law was last evaluated, NaN where its tangent must not be followed, and the loss there.
    at: Vec<f64>,
    base: Vec<f64>,
    balance: Vec<f64>,
    /// The largest pressure difference that anything in the network makes by itself.
    pub(super) drive: f64,
    /// The least pressure errors are measured by: what drives the network, or where nothing does, what the digits of the levels allow.
    least_scale: f64,
    pub(super) measure: Measure,
    pub(super) iterations: usize,
    pub(super) status: Status,
    /// Whether the losses are those of the flows.
    pub(super) evaluated: bool,
    /// Whether the solver's factor is one of this network with its links in these states.
    pub(super) factored: bool,
    /// Whether it goes on from where it ended before.
    pub(super) resumed: bool,
}

impl Run {
    pub(super) fn new(network: &Network, ends: Arc<[(u32, u32)]>, options: &Options, laws: Laws, start: Option<&Solution>) -> Self {
        let zeros = vec![0.0; network.links.len()];
        let states = laws.each.iter().map(State::at_first).collect::<Vec<_>>();
        let mut run = Self {
            levels: levels(&ends, &network.nodes, &states, &laws),
            ends,
            nodes: network.nodes.clone(),
            options: *options,
            laws,
            states,
            flows: zeros.clone(),
            target: zeros.clone(),
            pressures: vec![0.0; network.nodes.len()],
            loss: zeros.clone(),
            slope: zeros.clone(),
            at: zeros.clone(),
            base: zeros,
            balance: vec![0.0; network.nodes.len()],
            drive: 0.0,
            least_scale: 0.0,
            measure: Measure::default(),
            iterations: 0,
            status: Status::Stalled,
            evaluated: false,
            factored: false,
            resumed: false,
        };
        run.place(start);
        run
    }

    /// Begins anew with what the laws and the nodes are now, as a fresh run would.
    pub(super) fn restart(&mut self, network: &Network, options: &Options, start: Option<&Solution>) {
        self.options = *options;
        let states = self.laws.each.iter().map(State::at_first);
        let mut same = true;
        for (old, new) in self.states.iter_mut().zip(states) {
            same &= std::mem::replace(old, new) == new;
        }
        let fixed_as_before = self.set_nodes(network);
        // Regulators make levels by what they hold, too.
        if !same || !fixed_as_before || self.laws.regulates {
            self.update_levels();
        }
        self.place(start);
    }

    /// Takes over the nodes. Returns whether the same ones are given.
    fn set_nodes(&mut self, network: &Network) -> bool {
        let same = self.nodes.iter().zip(&network.nodes).all(|(old, new)| old.fixed.is_some() == new.fixed.is_some());
        self.nodes.copy_from_slice(&network.nodes);
        same
    }

    fn set_scales(&mut self) {
        let (low, high) = self.nodes.iter().filter_map(|node| node.fixed).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
        self.drive = (high - low).max(0.0).max(self.laws.rise);
        let highest = if high >= low { low.abs().max(high.abs()) } else { 0.0 };
        self.least_scale = self.drive.max(1e-6 * highest).max(1e-3);
        self.measure = Measure { pressure: self.least_scale, flow: 100.0 * self.options.small_flow, ..Measure::default() };
        (self.iterations, self.status, self.evaluated) = (0, Status::Stalled, false);
    }

    /// Sets flows and pressures: those of `start` where it has some, elsewhere a guess.
    fn place(&mut self, start: Option<&Solution>) {
        self.set_scales();
        (self.factored, self.resumed) = (false, false);
        let (links, nodes) = (self.flows.len(), self.nodes.len());
        let start = start.filter(|start| start.flows.len() == links && start.pressures.len() == nodes);
        let guess_drive = if self.drive > 0.0 { self.drive } else { 1e5 };
        for (k, law) in self.laws.each.iter().enumerate() {
            let q = start.map(|start| start.flows[k]).filter(|q| q.is_finite() && q.abs() > self.options.small_flow);
            self.flows[k] = match self.states[k] {
                // What a regulator passes, the first step finds.
                State::Open | State::Held => q.unwrap_or_else(|| law.guess(guess_drive)),
                _ => 0.0,
            };
        }
        self.target.copy_from_slice(&self.flows);
        self.at.fill(f64::NAN);
        for (i, p) in self.pressures.iter_mut().enumerate() {
            *p = self.nodes[i].fixed.or(start.map(|s| s.pressures[i]).filter(|p| p.is_finite())).unwrap_or(0.0);
        }
    }

    /// Whether this run ended in this solution, so that the next can go on from it.
    pub(super) fn ended_in(&self, solution: &Solution, options: &Options) -> bool {
        let same = |ours: &[f64], theirs: &[f64]| ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| a.to_bits() == b.to_bits());
        self.status == Status::Converged && self.options == *options && same(&self.flows, &solution.flows) && same(&self.pressures, &solution.pressures)
    }

    /// Goes on from where the run ended, with other nodes and with these laws changed.
    pub(super) fn resume(&mut self, network: &Network, changed: &[usize]) {
        let mut levels_hold = self.set_nodes(network);
        self.set_scales();
        for p in self.pressures.iter_mut().filter(|p| p.is_nan()) {
            *p = 0.0;
        }
        let guess_drive = if self.drive > 0.0 { self.drive } else { 1e5 };
        for &k in changed {
            let state = State::at_first(&self.laws.each[k]);
            if state != State::Open || self.states[k] != State::Open {
                levels_hold = false;
                self.states[k] = state;
                self.flows[k] = if state == State::Open { self.laws.each[k].guess(guess_drive) } else { 0.0 };
                self.target[k] = self.flows[k];
            }
            self.evaluate_link(k);
        }
        if !levels_hold {
            self.update_levels();
        }
        (self.evaluated, self.resumed) = (true, true);
    }

    /// Begins at these flows and pressures, where they are numbers.
    pub(super) fn begin(&mut self, flows: &[f64], pressures: &[f64]) {
        for (q, start) in self.flows.iter_mut().zip(flows).filter(|(_, start)| start.is_finite()) {
            *q = if start.abs() > self.options.small_flow { *start } else { *q };
        }
        for (p, start) in self.pressures.iter_mut().zip(pressures).filter(|(_, start)| start.is_finite()) {
            *p = *start;
        }
        self.evaluated = false;
    }

    /// Puts links in these states.
    pub(super) fn set_states(&mut self, states: &[(usize, State)]) {
        for &(k, state) in states {
            self.states[k] = state;
            self.flows[k] = if state == State::Shut { 0.0 } else { self.flows[k].max(0.0) };
        }
        self.evaluated = false;
        self.update_levels();
    }

    /// Sets the given pressures, and the reference of each part that has none.
    pub(super) fn set_references(&mut self) {
        for (i, node) in self.nodes.iter().enumerate() {
            if self.levels.pinned[i] {
                self.pressures[i] = node.fixed.unwrap_or(0.0);
            }
        }
        if !self.laws.regulates {
            return;
        }
        for k in (0..self.states.len()).filter(|k| self.states[*k] == State::Held) {
            if let Some((node, pressure)) = self.held(k) {
                self.pressures[node] = pressure;
            }
        }
    }

    /// The first and the second node of a link.
    pub(super) fn ends(&self, k: usize) -> (usize, usize) {
        let (a, b) = self.ends[k];
        (a as usize, b as usize)
    }

    /// The node and the pressure that a regulator holds.
    pub(super) fn held(&self, k: usize) -> Option<(usize, f64)> {
        let (a, b) = self.ends(k);
        self.laws.each[k].holds.map(|(holds, pressure)| (held_node(holds, a, b).0, pressure))
    }

    /// Which pressures are known how, after links have changed their state.
    pub(super) fn update_levels(&mut self) {
        self.levels = levels(&self.ends, &self.nodes, &self.states, &self.laws);
        self.factored = false;
    }

    fn evaluate_link(&mut self, k: usize) {
        (self.loss[k], self.slope[k], self.at[k]) = evaluated(&self.laws.each[k], self.flows[k], self.options.least_slope);
        self.base[k] = self.loss[k];
    }

    /// What each open link loses at its flow.
    pub(super) fn evaluate(&mut self) {
        for k in 0..self.flows.len() {
            if self.states[k] == State::Open {
                self.evaluate_link(k);
            }
        }
        self.evaluated = true;
    }

    pub(super) fn drop(&self, k: usize) -> f64 {
        let (a, b) = self.ends(k);
        self.pressures[a] - self.pressures[b]
    }

    /// Moves the flows by `length` of the way to their target, and measures where that leads.
    ///
    /// All in one pass: of a large network nothing is in the nearest cache when it is looked at again.
    pub(super) fn advance(&mut self, length: f64) {
        self.balance.clear();
        self.balance.extend(self.nodes.iter().map(|node| -node.demand));
        let (mut change, mut total, mut energy, mut errors) = (0.0, 0.0, (0.0, None), 0.0);
        let (mut pressure, mut flow) = (self.least_scale, 100.0 * self.options.small_flow);
        let (count, least) = (self.ends.len(), self.options.least_slope);
        let (ends, states, laws, targets) = (&self.ends[..count], &self.states[..count], &self.laws.each[..count], &self.target[..count]);
        let (flows, losses, slopes) = (&mut self.flows[..count], &mut self.loss[..count], &mut self.slope[..count]);
        let (ats, bases) = (&mut self.at[..count], &mut self.base[..count]);
        for k in 0..count {
            let (old, target) = (flows[k], targets[k]);
            let q = if length == 1.0 { target } else { old + length * (target - old) };
            flows[k] = q;
            change += (q - old).abs();
            total += q.abs();
            flow = q.abs().max(flow);
            let (a, b) = (ends[k].0 as usize, ends[k].1 as usize);
            self.balance[a] -= q;
            self.balance[b] += q;
            if states[k] != State::Open {
                continue;
            }
            let (at, drop) = (ats[k], self.pressures[a] - self.pressures[b]);
            // Written so that NaN is evaluated.
            if (q - at).abs() <= ON_TANGENT * at.abs() {
                losses[k] = bases[k] + slopes[k] * (q - at);
            } else {
                (losses[k], slopes[k], ats[k]) = evaluated(&laws[k], q, least);
                bases[k] = losses[k];
            }
            let error = (losses[k] - drop).abs();
            pressure = drop.abs().max(pressure);
            errors += error;
            if error > energy.0 {
                energy = (error, Some(k));
            }
        }
        self.measure = Measure { change, total, pressure, flow, ..self.measure };
        self.conclude(energy, errors);
    }

    /// The residual from the largest error on a link, the sum of these (to notice what is no number), and the balance.
    fn conclude(&mut self, (energy, link): (f64, Option<usize>), errors: f64) {
        let (mut mass, mut sum) = ((0.0_f64, None), 0.0);
        for (i, (error, balanced)) in self.balance.iter().zip(&self.levels.balanced).enumerate() {
            if *balanced {
                let error = error.abs();
                sum += error;
                if error > mass.0 {
                    mass = (error, Some(Worst::Node(i)));
                }
            }
        }
        let energy = (energy / self.measure.pressure, link.map(Worst::Link));
        let mass = (mass.0 / self.measure.flow, mass.1);
        (self.measure.residual, self.measure.worst) = if mass.0 > energy.0 { mass } else { energy };
        if errors.is_nan() || sum.is_nan() {
            self.measure.residual = f64::NAN;
        }
    }

    /// Measures flows and pressures as they are.
    pub(super) fn remeasure(&mut self) {
        self.target.copy_from_slice(&self.flows);
        self.advance(1.0);
    }

    /// The slope of the content along the step. The pressures drop out of it, as the step has no divergence; keeping them keeps digits.
    fn content_slope(&self, length: f64) -> f64 {
        let term = |k: usize| {
            let step = self.target[k] - self.flows[k];
            let q = self.flows[k] + length * step;
            (self.laws.each[k].loss(q).0 + self.options.least_slope * q - self.drop(k)) * step
        };
        (0..self.flows.len()).filter(|&k| self.states[k] == State::Open).map(term).sum()
    }

    /// The length of step at which the content stops falling (Illinois false position on its slope).
    pub(super) fn search(&self) -> f64 {
        let (mut low, mut high) = ((0.0, self.content_slope(0.0)), (1.0, self.content_slope(1.0)));
        let enough = 0.1 * low.1.abs();
        // Where steps reckon with too steep a slope, the way down goes on.
        while high.1 < -enough && high.0 < LONGEST_STEP {
            (low, high) = (high, (2.0 * high.0, self.content_slope(2.0 * high.0)));
        }
        if high.1 <= enough || !high.1.is_finite() || low.1 >= 0.0 {
            return high.0;
        }
        let (mut low_weight, mut high_weight) = (1.0, 1.0);
        for _ in 0..60 {
            let (a, b) = (low.1 * low_weight, high.1 * high_weight);
            let at: f64 = (low.0 * b - high.0 * a) / (b - a);
            let slope = self.content_slope(at);
            if slope.abs() <= enough {
                return at;
            }
            if slope < 0.0 {
                (low, low_weight, high_weight) = ((at, slope), 1.0, high_weight * 0.5);
            } else {
                (high, high_weight, low_weight) = ((at, slope), 1.0, low_weight * 0.5);
            }
        }
        // Beyond a kink rather than before it, so that the next step knows what lies there.
        high.0
    }
}

/// Loss and slope of a law with what steps need, and the flow if the tangent there may be followed.
fn evaluated(law: &Law, q: f64, least: f64) -> (f64, f64, f64) {
    let (loss, slope) = law.loss(q);
    let slope = slope + least;
    (loss + least * q, slope.max(STEP_SLOPE), if law.is_smooth() && slope >= STEP_SLOPE { q } else { f64::NAN })
}

/// The levels while links are in these states.
fn levels(ends: &[(u32, u32)], nodes: &[Node], states: &[State], laws: &Laws) -> Levels {
    let mut regulated = vec![false; nodes.len()];
    if laws.regulates {
        for (k, &(a, b)) in ends.iter().enumerate().filter(|(k, _)| states[*k] == State::Held) {
            if let Some((holds, _)) = laws.each[k].holds {
                regulated[held_node(holds, a as usize, b as usize).0] = true;
            }
        }
    }
    Levels::new(ends, nodes, |k| states[k] == State::Open, &regulated)
}
