//! The iteration: steps, their length, when to stop, and which one-way links are shut.

use super::law::{BACKWARD, Law};
use super::parts::Levels;
use super::{Network, Options, Solution, Status, Worst};
use crate::numerics::cholesky::{Factor, Symbolic};

/// Times the set of shut links may change before the last set is taken.
const ROUNDS: usize = 12;

/// Steps beyond the full ones before links that leak are shut without waiting for the flows to settle.
const ROUND_STEPS: usize = 16;

/// Least slope a step reckons with, Pa/(m³/s). A step may use a slope that is not quite the law's; that costs steps in rings of pipes that
/// lose nearly nothing, and no accuracy. Without it conductances would spread over more decades than the factorization can tell apart.
const STEP_SLOPE: f64 = 1e-3;

/// Part of the largest pressure difference from which a one-way link counts as holding back pressure, or as about to open.
const HELD_BACK: f64 = 1e-10;

/// Longest step the search tries, in Newton steps.
const LONGEST_STEP: f64 = 1e4;

/// Pivots below this part of their diagonal are rounding error: the node hangs on nothing but leaks.
const LOST: f64 = 1e-14;

/// Solves networks with the same connections one after another, keeping the order of elimination.
#[derive(Debug, Clone)]
pub struct Solver {
    ends: Vec<(usize, usize)>,
    symbolic: Symbolic,
    factor: Factor,
    diagonal: Vec<f64>,
    off: Vec<f64>,
    rhs: Vec<f64>,
}

impl Solver {
    /// Prepares for the connections of this network.
    pub fn new(network: &Network) -> Self {
        let ends: Vec<(usize, usize)> = network.links.iter().map(|&(a, b, _)| (a, b)).collect();
        let symbolic = Symbolic::analyze(network.nodes.len(), &ends);
        Self { ends, symbolic, factor: Factor::default(), diagonal: Vec::new(), off: Vec::new(), rhs: Vec::new() }
    }

    /// Solves the network; prepares again first if its connections are others than last time.
    pub fn solve(&mut self, network: &Network, options: &Options, start: Option<&Solution>) -> Solution {
        let mut links = network.links.iter();
        let same = self.symbolic.size() == network.nodes.len()
            && self.ends.len() == network.links.len()
            && self.ends.iter().all(|ends| links.next().is_some_and(|&(a, b, _)| *ends == (a, b)));
        if !same {
            *self = Self::new(network);
        }
        let laws = match compile(network, options) {
            Ok(laws) => laws,
            Err(worst) => return refused(network, worst),
        };
        let mut run = Run::new(network, options, laws, start);
        for _ in 0..ROUNDS {
            run.set_references();
            run.status = self.newton(&mut run);
            if run.status == Status::Diverged || !run.switch() {
                break;
            }
            run.levels = Levels::new(network, &run.open);
        }
        run.finish()
    }

    fn newton(&mut self, run: &mut Run<'_>) -> Status {
        run.evaluate();
        let (mut steps, mut calm) = (0, 0);
        while run.iterations < run.options.iterations {
            run.iterations += 1;
            steps += 1;
            if self.step(run).is_none() {
                return Status::Diverged;
            }
            // The first step restores the balance at the nodes, without which the content has no meaning.
            let length = if steps <= run.options.full_steps.max(1) { 1.0 } else { run.search() };
            let change = run.advance(length);
            run.evaluate();
            let residual = run.residual().0;
            if !residual.is_finite() || !change.is_finite() {
                return Status::Diverged;
            }
            let total: f64 = run.flows.iter().map(|q| q.abs()).sum();
            let settled = change <= (run.options.flow_tolerance * total).max(1e-6 * run.options.small_flow);
            calm = if residual <= run.options.tolerance { calm + 1 } else { 0 };
            // Loops of negligible resistance keep trading flow in the last digits of the pressures; that is no reason to go on.
            if calm > 0 && (settled || calm > 4) {
                return Status::Converged;
            }
            // Nodes that hang on leaks alone cannot be balanced to the last digit, and a kink can hold the steps back for long. Neither
            // is left once the links that leak are shut.
            let leaking = self.factor.replaced > 0 && residual < 1e-3 && steps > 8;
            if (leaking || steps > run.options.full_steps + ROUND_STEPS) && run.leaks() {
                return Status::Stalled;
            }
        }
        Status::Stalled
    }

    /// One Newton step: `run.target` are the flows it leads to, and the pressures move.
    fn step(&mut self, run: &mut Run<'_>) -> Option<()> {
        let nodes = &run.network.nodes;
        let pinned = &run.levels.pinned;
        self.diagonal.clear();
        self.diagonal.resize(nodes.len(), 0.0);
        self.off.clear();
        self.rhs.clear();
        self.rhs.extend(nodes.iter().map(|node| -node.demand));
        for (k, &(a, b)) in self.ends.iter().enumerate() {
            let g = if run.open[k] { 1.0 / run.slope[k] } else { 0.0 };
            let q = if run.open[k] { run.flows[k] - g * (run.loss[k] - (run.pressures[a] - run.pressures[b])) } else { 0.0 };
            run.target[k] = q;
            self.rhs[a] -= q;
            self.rhs[b] += q;
            if a != b {
                self.diagonal[a] += g;
                self.diagonal[b] += g;
            }
            self.off.push(if pinned[a] || pinned[b] { 0.0 } else { -g });
        }
        for ((diagonal, rhs), _) in self.diagonal.iter_mut().zip(&mut self.rhs).zip(pinned).filter(|(_, pinned)| **pinned) {
            (*diagonal, *rhs) = (1.0, 0.0);
        }
        self.symbolic.factor(&self.diagonal, &self.off, LOST, &mut self.factor).ok()?;
        self.symbolic.solve(&mut self.factor, &mut self.rhs);
        for (k, &(a, b)) in self.ends.iter().enumerate() {
            if run.open[k] {
                run.target[k] += (self.rhs[a] - self.rhs[b]) / run.slope[k];
            }
        }
        for (p, change) in run.pressures.iter_mut().zip(&self.rhs) {
            *p += change;
        }
        Some(())
    }
}

/// One solve under way.
struct Run<'a> {
    network: &'a Network,
    options: &'a Options,
    laws: Vec<Law>,
    /// Links that take part; a closed one never does, a one-way one while it is not shut.
    open: Vec<bool>,
    levels: Levels,
    flows: Vec<f64>,
    target: Vec<f64>,
    pressures: Vec<f64>,
    loss: Vec<f64>,
    slope: Vec<f64>,
    /// The largest pressure difference that anything in the network makes by itself.
    drive: f64,
    /// The least pressure errors are measured by: what drives the network, or where nothing does, what the digits of the levels allow.
    least_scale: f64,
    iterations: usize,
    status: Status,
}

impl<'a> Run<'a> {
    fn new(network: &'a Network, options: &'a Options, laws: Vec<Law>, start: Option<&Solution>) -> Self {
        let (links, nodes) = (network.links.len(), network.nodes.len());
        let open: Vec<bool> = laws.iter().map(|law| !law.is_closed()).collect();
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
        let flows: Vec<f64> = laws.iter().enumerate().map(flow).collect();
        let level = |(i, node): (usize, &super::Node)| node.fixed.or(start.map(|s| s.pressures[i]).filter(|p| p.is_finite())).unwrap_or(0.0);
        let pressures = network.nodes.iter().enumerate().map(level).collect();
        let levels = Levels::new(network, &open);
        let zeros = vec![0.0; links];
        Self {
            network,
            options,
            laws,
            open,
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

    /// Sets the given pressures, and the reference of each part that has none.
    fn set_references(&mut self) {
        for (i, node) in self.network.nodes.iter().enumerate() {
            if self.levels.pinned[i] {
                self.pressures[i] = node.fixed.unwrap_or(0.0);
            }
        }
    }

    fn evaluate(&mut self) {
        for (k, law) in self.laws.iter().enumerate() {
            if self.open[k] {
                let (loss, slope) = law.loss(self.flows[k]);
                self.loss[k] = loss + self.options.least_slope * self.flows[k];
                self.slope[k] = (slope + self.options.least_slope).max(STEP_SLOPE);
            }
        }
    }

    fn drop(&self, k: usize) -> f64 {
        let (a, b, _) = self.network.links[k];
        self.pressures[a] - self.pressures[b]
    }

    /// Moves the flows by `length` of the way to their target and returns the sum of the changes.
    fn advance(&mut self, length: f64) -> f64 {
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
        (0..self.laws.len()).filter(|&k| self.open[k]).map(term).sum()
    }

    /// The length of step at which the content stops falling (Illinois false position on its slope).
    fn search(&self) -> f64 {
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

    fn pressure_scale(&self) -> f64 {
        (0..self.laws.len()).filter(|&k| self.open[k]).map(|k| self.drop(k).abs()).fold(self.least_scale, f64::max)
    }

    fn residual(&self) -> (f64, Option<Worst>) {
        let mut balance: Vec<f64> = self.network.nodes.iter().map(|node| -node.demand).collect();
        // Where nothing moves, the balance is judged against a trickle.
        let (mut largest_flow, mut energy) = (100.0 * self.options.small_flow, (0.0_f64, None));
        for (k, &(a, b, _)) in self.network.links.iter().enumerate().filter(|(k, _)| self.open[*k]) {
            balance[a] -= self.flows[k];
            balance[b] += self.flows[k];
            largest_flow = largest_flow.max(self.flows[k].abs());
            let error = (self.loss[k] - self.drop(k)).abs();
            if error > energy.0 || error.is_nan() {
                energy = (error, Some(Worst::Link(k)));
            }
        }
        let mut mass = (0.0_f64, None);
        for (i, error) in balance.iter().map(|error| error.abs()).enumerate().filter(|(i, _)| !self.levels.pinned[*i]) {
            if error > mass.0 || error.is_nan() {
                mass = (error, Some(Worst::Node(i)));
            }
        }
        let (energy, mass) = ((energy.0 / self.pressure_scale(), energy.1), (mass.0 / largest_flow, mass.1));
        if mass.0 > energy.0 || mass.0.is_nan() { mass } else { energy }
    }

    /// Whether any one-way link holds back pressure.
    fn leaks(&self) -> bool {
        let threshold = HELD_BACK * self.pressure_scale();
        self.laws.iter().enumerate().any(|(k, law)| self.open[k] && law.one_way().is_some() && self.flows[k] * BACKWARD < -threshold)
    }

    /// Shuts one-way links that hold back pressure and opens shut ones that would flow. Returns whether any changed.
    fn switch(&mut self) -> bool {
        let threshold = HELD_BACK * self.pressure_scale();
        let mut changed = false;
        for k in 0..self.laws.len() {
            let Some(rise) = self.laws[k].one_way() else { continue };
            let (a, b, _) = self.network.links[k];
            if self.open[k] && self.flows[k] * BACKWARD < -threshold {
                (self.open[k], self.flows[k], self.target[k], changed) = (false, 0.0, 0.0, true);
            } else if !self.open[k] && self.levels.comparable(a, b) && self.drop(k) + rise > threshold {
                (self.open[k], self.flows[k], changed) = (true, self.laws[k].guess(self.drive), true);
            }
        }
        changed
    }

    fn finish(mut self) -> Solution {
        let (residual, worst) = self.residual();
        for (q, law) in self.flows.iter_mut().zip(&self.laws) {
            if *q < 0.0 && law.one_way().is_some() && self.status == Status::Converged {
                *q = 0.0;
            }
        }
        let (status, worst) = match (self.status, self.levels.unsupplied) {
            (Status::Diverged, _) => (Status::Diverged, worst),
            (_, Some(node)) => (Status::Singular, Some(Worst::Node(node))),
            (Status::Converged, None) => (Status::Converged, None),
            (other, None) => (other, worst),
        };
        for (p, cut_off) in self.pressures.iter_mut().zip(&self.levels.cut_off) {
            if *cut_off {
                *p = f64::NAN;
            }
        }
        Solution { flows: self.flows, pressures: self.pressures, status, iterations: self.iterations, residual, worst }
    }
}

/// The laws of all links, or the element whose figures make no sense.
fn compile(network: &Network, options: &Options) -> Result<Vec<Law>, Worst> {
    let nodes = network.nodes.len();
    for (i, node) in network.nodes.iter().enumerate() {
        if !node.demand.is_finite() || node.fixed.is_some_and(|p| !p.is_finite()) {
            return Err(Worst::Node(i));
        }
    }
    let law = |(k, (a, b, link)): (usize, &(usize, usize, super::Link))| match Law::compile(link, options.small_flow) {
        Some(law) if *a < nodes && *b < nodes => Ok(law),
        _ => Err(Worst::Link(k)),
    };
    network.links.iter().enumerate().map(law).collect()
}

/// The answer to input that is no network.
fn refused(network: &Network, worst: Worst) -> Solution {
    let (flows, pressures) = (vec![f64::NAN; network.links.len()], vec![f64::NAN; network.nodes.len()]);
    Solution { flows, pressures, status: Status::Diverged, iterations: 0, residual: f64::INFINITY, worst: Some(worst) }
}
