//! The iteration: Newton steps on flows and pressures, when to stop, and the rounds in which links change their state.

use super::law::Law;
use super::regulate::Border;
use super::run::Run;
use super::switch::State;
use super::throttle;
use super::{Holds, LinkState, Network, Options, Solution, Status, Worst};
use crate::numerics::cholesky::{Factor, Symbolic};

/// Times the links that must change their state do so together; after that one at a time.
const ROUNDS: usize = 12;

/// Rounds in which one link at a time changes, and steps each of them may take besides [`Options::iterations`].
const SINGLE_ROUNDS: usize = 400;
const STEPS_A_ROUND: usize = 40;

/// Steps beyond the full ones before links that leak are shut without waiting for the flows to settle.
const ROUND_STEPS: usize = 16;

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
        let regulates = laws.iter().any(|law| law.holds.is_some());
        let mut run = Run::new(network, options, laws, start);
        self.rounds(&mut run);
        let solution = run.finish();
        if !regulates || solution.status == Status::Converged {
            return solution;
        }
        let Some(found) = throttle::search(self, network, options) else { return solution };
        let Ok(laws) = compile(network, options) else { return solution };
        let mut run = Run::new(network, options, laws, None);
        run.begin(&found.flows, &found.pressures);
        run.set_states(&found.states);
        self.rounds(&mut run);
        let mut better = run.finish();
        better.iterations += solution.iterations + found.iterations;
        if better.status == Status::Converged { better } else { solution }
    }

    /// Newton's steps until no link has to change its state any more.
    fn rounds(&mut self, run: &mut Run<'_>) {
        let mut budget = run.options.iterations;
        for round in 0..ROUNDS + SINGLE_ROUNDS {
            run.set_references();
            let border = Border::new(run);
            run.status = self.newton(run, &border, budget);
            let changed = run.status != Status::Diverged && run.switch(round >= ROUNDS);
            if !changed {
                break;
            }
            if round >= ROUNDS {
                budget += STEPS_A_ROUND;
            }
            run.update_levels();
            // What no more round can settle is not settled.
            run.status = Status::Stalled;
        }
    }

    /// Newton's steps alone, with every link as it is.
    pub(super) fn relaxed(&mut self, run: &mut Run<'_>) -> Status {
        run.set_references();
        let border = Border::new(run);
        let budget = run.options.iterations;
        self.newton(run, &border, budget)
    }

    fn newton(&mut self, run: &mut Run<'_>, border: &Border, budget: usize) -> Status {
        run.evaluate();
        let (mut steps, mut calm) = (0, 0);
        while run.iterations < budget {
            run.iterations += 1;
            steps += 1;
            if self.step(run, border).is_none() {
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
    fn step(&mut self, run: &mut Run<'_>, border: &Border) -> Option<()> {
        let nodes = &run.network.nodes;
        let pinned = &run.levels.pinned;
        self.diagonal.clear();
        self.diagonal.resize(nodes.len(), 0.0);
        self.off.clear();
        self.rhs.clear();
        self.rhs.extend(nodes.iter().map(|node| -node.demand));
        for (k, &(a, b)) in self.ends.iter().enumerate() {
            let open = run.states[k] == State::Open;
            let g = if open { 1.0 / run.slope[k] } else { 0.0 };
            let q = if open { run.flows[k] - g * (run.loss[k] - (run.pressures[a] - run.pressures[b])) } else { run.flows[k] };
            run.target[k] = q;
            self.rhs[a] -= q;
            self.rhs[b] += q;
            if a != b {
                self.diagonal[a] += g;
                self.diagonal[b] += g;
            }
            self.off.push(if pinned[a] || pinned[b] { 0.0 } else { -g });
        }
        let held = border.imbalances(&self.rhs);
        for ((diagonal, rhs), _) in self.diagonal.iter_mut().zip(&mut self.rhs).zip(pinned).filter(|(_, pinned)| **pinned) {
            (*diagonal, *rhs) = (1.0, 0.0);
        }
        self.symbolic.factor(&self.diagonal, &self.off, LOST, &mut self.factor).ok()?;
        self.symbolic.solve(&mut self.factor, &mut self.rhs);
        if !border.is_empty() {
            border.close(run, &held, &mut self.rhs, |rhs| self.symbolic.solve(&mut self.factor, rhs))?;
        }
        for (k, &(a, b)) in self.ends.iter().enumerate() {
            if run.states[k] == State::Open {
                run.target[k] += (self.rhs[a] - self.rhs[b]) / run.slope[k];
            }
        }
        for (p, change) in run.pressures.iter_mut().zip(&self.rhs) {
            *p += change;
        }
        Some(())
    }
}

/// The laws of all links, or the element whose figures make no sense.
fn compile(network: &Network, options: &Options) -> Result<Vec<Law>, Worst> {
    let nodes = network.nodes.len();
    let mut regulated = vec![false; nodes];
    for (i, node) in network.nodes.iter().enumerate() {
        if !node.demand.is_finite() || node.fixed.is_some_and(|p| !p.is_finite()) {
            return Err(Worst::Node(i));
        }
    }
    let mut laws = Vec::with_capacity(network.links.len());
    for (k, (a, b, link)) in network.links.iter().enumerate() {
        let law = Law::compile(link, options.small_flow).filter(|_| *a < nodes && *b < nodes).ok_or(Worst::Link(k))?;
        if let Some((holds, _)) = law.holds {
            let (node, other) = held_node(holds, *a, *b);
            // What is given or held already can't be held.
            if node == other || network.nodes[node].fixed.is_some() || std::mem::replace(&mut regulated[node], true) {
                return Err(Worst::Link(k));
            }
        }
        laws.push(law);
    }
    Ok(laws)
}

/// The node whose pressure a regulator between `a` and `b` holds, and the other.
pub(super) fn held_node(holds: Holds, a: usize, b: usize) -> (usize, usize) {
    match holds {
        Holds::After => (b, a),
        Holds::Before => (a, b),
    }
}

/// The answer to input that is no network.
fn refused(network: &Network, worst: Worst) -> Solution {
    let (flows, pressures) = (vec![f64::NAN; network.links.len()], vec![f64::NAN; network.nodes.len()]);
    let states = vec![LinkState::Shut; network.links.len()];
    Solution { flows, pressures, states, unsupplied: Vec::new(), status: Status::Diverged, iterations: 0, residual: f64::INFINITY, worst: Some(worst) }
}
