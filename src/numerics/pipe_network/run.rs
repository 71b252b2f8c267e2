//! One solve under way: flows, pressures, what each link loses, how far a step goes, and how large the error is.

use super::law::Law;
use super::newton::held_node;
use super::parts::Levels;
use super::switch::State;
use super::{Network, Options, Solution, Status, Worst};

/// Least slope a step reckons with, Pa/(m³/s). A step may use a slope that is not quite the law's; that costs steps in rings of pipes that
/// lose nearly nothing, and no accuracy. Without it conductances would spread over more decades than the factorization can tell apart.
const STEP_SLOPE: f64 = 1e-3;

/// Longest step the search tries, in Newton steps.
const LONGEST_STEP: f64 = 1e4;

/// One solve under way.
pub(super) struct Run<'a> {
    pub(super) network: &'a Network,
    pub(super) options: &'a Options,
    pub(super) laws: Vec<Law>,
    pub(super) states: Vec<State>,
    pub(super) levels: Levels,
    pub(super) flows: Vec<f64>,
    pub(super) target: Vec<f64>,
    pub(super) pressures: Vec<f64>,
    pub(super) loss: Vec<f64>,
    pub(super) slope: Vec<f64>,
    /// The largest pressure difference that anything in the network makes by itself.
    pub(super) drive: f64,
    /// The least pressure errors are measured by: what drives the network, or where nothing does, what the digits of the levels allow.
    least_scale: f64,
    pub(super) iterations: usize,
    pub(super) status: Status,
}

impl<'a> Run<'a> {
    pub(super) fn new(network: &'a Network, options: &'a Options, laws: Vec<Law>, start: Option<&Solution>) -> Self {
        let (links, nodes) = (network.links.len(), network.nodes.len());
        let states: Vec<State> = laws.iter().map(State::at_first).collect();
        let (low, high) = network.nodes.iter().filter_map(|node| node.fixed).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
        let drive = laws.iter().map(Law::rise).fold((high - low).max(0.0), f64::max);
        let highest = if high >= low { low.abs().max(high.abs()) } else { 0.0 };
        let least_scale = drive.max(1e-6 * highest).max(1e-3);
        let start = start.filter(|start| start.flows.len() == links && start.pressures.len() == nodes);
        let guess_drive = if drive > 0.0 { drive } else { 1e5 };
        let flow = |(k, law): (usize, &Law)| match start.map(|start| start.flows[k]) {
            Some(q) if q.is_finite() && q.abs() > options.small_flow => q,
            _ => law.guess(guess_drive),
        };
        let mut flows: Vec<f64> = laws.iter().enumerate().map(flow).collect();
        for (q, state) in flows.iter_mut().zip(&states).filter(|(_, state)| **state != State::Open) {
            // What a regulator passes, the first step finds.
            *q = if *state == State::Held { *q } else { 0.0 };
        }
        let level = |(i, node): (usize, &super::Node)| node.fixed.or(start.map(|s| s.pressures[i]).filter(|p| p.is_finite())).unwrap_or(0.0);
        let pressures = network.nodes.iter().enumerate().map(level).collect();
        let levels = levels(network, &states, &laws);
        let zeros = vec![0.0; links];
        Self {
            network,
            options,
            laws,
            states,
            levels,
            flows,
            target: zeros.clone(),
            pressures,
            loss: zeros.clone(),
            slope: zeros,
            drive,
            least_scale,
            iterations: 0,
            status: Status::Stalled,
        }
    }

    /// Begins at these flows and pressures, where they are numbers.
    pub(super) fn begin(&mut self, flows: &[f64], pressures: &[f64]) {
        for (q, start) in self.flows.iter_mut().zip(flows).filter(|(_, start)| start.is_finite()) {
            *q = if start.abs() > self.options.small_flow { *start } else { *q };
        }
        for (p, start) in self.pressures.iter_mut().zip(pressures).filter(|(_, start)| start.is_finite()) {
            *p = *start;
        }
    }

    /// Puts links in these states.
    pub(super) fn set_states(&mut self, states: &[(usize, State)]) {
        for &(k, state) in states {
            self.states[k] = state;
            self.flows[k] = if state == State::Shut { 0.0 } else { self.flows[k].max(0.0) };
        }
        self.update_levels();
    }

    /// Sets the given pressures, and the reference of each part that has none.
    pub(super) fn set_references(&mut self) {
        for (i, node) in self.network.nodes.iter().enumerate() {
            if self.levels.pinned[i] {
                self.pressures[i] = node.fixed.unwrap_or(0.0);
            }
        }
        for k in (0..self.laws.len()).filter(|k| self.states[*k] == State::Held) {
            if let Some((node, pressure)) = self.held(k) {
                self.pressures[node] = pressure;
            }
        }
    }

    /// The node and the pressure that a regulator holds.
    pub(super) fn held(&self, k: usize) -> Option<(usize, f64)> {
        let (a, b, _) = self.network.links[k];
        self.laws[k].holds.map(|(holds, pressure)| (held_node(holds, a, b).0, pressure))
    }

    /// Which pressures are known how, after links have changed their state.
    pub(super) fn update_levels(&mut self) {
        self.levels = levels(self.network, &self.states, &self.laws);
    }

    pub(super) fn evaluate(&mut self) {
        for (k, law) in self.laws.iter().enumerate() {
            if self.states[k] == State::Open {
                let (loss, slope) = law.loss(self.flows[k]);
                self.loss[k] = loss + self.options.least_slope * self.flows[k];
                self.slope[k] = (slope + self.options.least_slope).max(STEP_SLOPE);
            }
        }
    }

    pub(super) fn drop(&self, k: usize) -> f64 {
        let (a, b, _) = self.network.links[k];
        self.pressures[a] - self.pressures[b]
    }

    /// Moves the flows by `length` of the way to their target and returns the sum of the changes.
    pub(super) fn advance(&mut self, length: f64) -> f64 {
        let mut change = 0.0;
        for (q, target) in self.flows.iter_mut().zip(&self.target) {
            let step = length * (target - *q);
            change += step.abs();
            *q = if length == 1.0 { *target } else { *q + step };
        }
        change
    }

    /// The slope of the content along the step. The pressures drop out of it, as the step has no divergence; keeping them keeps digits.
    fn content_slope(&self, length: f64) -> f64 {
        let term = |k: usize| {
            let step = self.target[k] - self.flows[k];
            let q = self.flows[k] + length * step;
            (self.laws[k].loss(q).0 + self.options.least_slope * q - self.drop(k)) * step
        };
        (0..self.laws.len()).filter(|&k| self.states[k] == State::Open).map(term).sum()
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

    pub(super) fn pressure_scale(&self) -> f64 {
        (0..self.laws.len()).filter(|&k| self.states[k] == State::Open).map(|k| self.drop(k).abs()).fold(self.least_scale, f64::max)
    }

    /// The largest flow, or a trickle where nothing moves.
    pub(super) fn flow_scale(&self) -> f64 {
        self.flows.iter().fold(100.0 * self.options.small_flow, |most, q| most.max(q.abs()))
    }

    /// What flows into each node less what leaves it, m³/s.
    pub(super) fn balance(&self) -> Vec<f64> {
        let mut balance: Vec<f64> = self.network.nodes.iter().map(|node| -node.demand).collect();
        for ((a, b, _), q) in self.network.links.iter().zip(&self.flows) {
            balance[*a] -= q;
            balance[*b] += q;
        }
        balance
    }

    /// The larger of the relative errors of mass and energy, and where it is.
    pub(super) fn residual(&self) -> (f64, Option<Worst>) {
        let balance = self.balance();
        let largest_flow = self.flow_scale();
        let mut energy = (0.0_f64, None);
        for k in (0..self.laws.len()).filter(|&k| self.states[k] == State::Open) {
            let error = (self.loss[k] - self.drop(k)).abs();
            if error > energy.0 || error.is_nan() {
                energy = (error, Some(Worst::Link(k)));
            }
        }
        let mut mass = (0.0_f64, None);
        for (i, error) in balance.iter().map(|error| error.abs()).enumerate().filter(|(i, _)| self.levels.balanced[*i]) {
            if error > mass.0 || error.is_nan() {
                mass = (error, Some(Worst::Node(i)));
            }
        }
        let (energy, mass) = ((energy.0 / self.pressure_scale(), energy.1), (mass.0 / largest_flow, mass.1));
        if mass.0 > energy.0 || mass.0.is_nan() { mass } else { energy }
    }
}

/// The levels while links are in these states.
fn levels(network: &Network, states: &[State], laws: &[Law]) -> Levels {
    let mut regulated = vec![false; network.nodes.len()];
    for (k, (a, b, _)) in network.links.iter().enumerate().filter(|(k, _)| states[*k] == State::Held) {
        if let Some((holds, _)) = laws[k].holds {
            regulated[held_node(holds, *a, *b).0] = true;
        }
    }
    Levels::new(network, |k| states[k] == State::Open, &regulated)
}
