//! The iteration: Newton steps on flows and pressures, when to stop, and the rounds in which links change their state.

use super::laws::Laws;
use super::regulate::Border;
use super::run::{Measure, Run};
use super::switch::State;
use super::throttle;
use super::{Holds, LinkState, Network, Options, Solution, Status, Worst};
use crate::numerics::cholesky::{Factor, Symbolic};
use std::sync::Arc;

/// Times the links that must change their state do so together; after that one at a time.
const ROUNDS: usize = 12;

/// Rounds in which one link at a time changes, and steps each of them may take besides [`Options::iterations`].
const SINGLE_ROUNDS: usize = 400;
const STEPS_A_ROUND: usize = 40;

/// Steps beyond the full ones before links that leak are shut without waiting for the flows to settle.
const ROUND_STEPS: usize = 16;

/// Pivots below this part of their diagonal are rounding error: the node hangs on nothing but leaks.
const LOST: f64 = 1e-14;

/// Part of its slope by which a link may differ from what the factor was made with, before the factor is mended for it.
const CHORD: f64 = 1e-2;

/// The same for a solve that does not go on from the last: steps get ever closer, and one more of them costs more than making the factor.
const CLOSE: f64 = 1e-4;

/// Links for which the factor is mended before it is made anew, and times that is done.
const MENDED: usize = 64;
const MENDINGS: usize = 400;

/// Part of the residual that a step with a kept factor may leave, before the next gets a new one.
const SLOW: f64 = 0.05;

/// Solves networks with the same connections one after another.
///
/// It keeps the order of elimination, the compiled laws, and where the last solve ended: a solve that starts from the solution given last recomputes what
/// differs from it, and mends the factor where links have changed (see `Solver::mend`).
#[derive(Debug, Clone)]
pub struct Solver {
    ends: Arc<[(u32, u32)]>,
    symbolic: Symbolic,
    factor: Factor,
    diagonal: Vec<f64>,
    off: Vec<f64>,
    rhs: Vec<f64>,
    /// What the factor reckons each link to conduct, and how often it has been mended.
    conductance: Vec<f64>,
    mendings: usize,
    moved: Vec<usize>,
    /// The last run.
    last: Option<Box<Run>>,
}

impl Solver {
    /// Prepares for the connections of this network.
    pub fn new(network: &Network) -> Self {
        let pairs: Vec<(usize, usize)> = network.links.iter().map(|&(a, b, _)| (a, b)).collect();
        let symbolic = Symbolic::analyze(network.nodes.len(), &pairs);
        // Places beyond the nodes are refused before they are used.
        let ends = pairs.iter().map(|&(a, b)| (u32::try_from(a).unwrap_or(u32::MAX), u32::try_from(b).unwrap_or(u32::MAX))).collect();
        Self {
            ends,
            symbolic,
            factor: Factor::default(),
            diagonal: Vec::new(),
            off: Vec::new(),
            rhs: Vec::new(),
            conductance: vec![0.0; network.links.len()],
            mendings: 0,
            moved: Vec::new(),
            last: None,
        }
    }

    fn fits(&self, network: &Network) -> bool {
        let mut links = network.links.iter();
        self.symbolic.size() == network.nodes.len()
            && self.ends.len() == network.links.len()
            && self.ends.iter().all(|ends| links.next().is_some_and(|&(a, b, _)| (ends.0 as usize, ends.1 as usize) == (a, b)))
    }

    /// Solves the network; prepares again first if its connections are others than last time.
    ///
    /// An answer from no start is that of a fresh solver to the bit. One from a start satisfies the same tolerances.
    pub fn solve(&mut self, network: &Network, options: &Options, start: Option<&Solution>) -> Solution {
        if !self.fits(network) {
            *self = Self::new(network);
        }
        let mut run = match self.ready(network, options, start) {
            Ok(run) => run,
            Err(worst) => return refused(network, worst),
        };
        self.rounds(&mut run);
        let mut solution = run.finish();
        if run.resumed && solution.status != Status::Converged {
            let steps = run.iterations;
            run.restart(network, options, start);
            self.rounds(&mut run);
            solution = run.finish();
            solution.iterations += steps;
        }
        if run.laws.regulates && solution.status != Status::Converged {
            return self.throttled(network, options, run.laws, solution);
        }
        self.last = Some(run);
        solution
    }

    /// A run ready to begin: the last one going on if it ended in `start`, or from there or from nothing.
    fn ready(&mut self, network: &Network, options: &Options, start: Option<&Solution>) -> Result<Box<Run>, Worst> {
        let Some(mut run) = self.last.take() else {
            let laws = Laws::compile(network, options.small_flow)?;
            return Ok(Box::new(self.run(network, options, laws, start)));
        };
        let regulated = run.laws.regulates;
        let changed = run.laws.update(network, options.small_flow)?;
        let goes_on = !regulated && !run.laws.regulates && start.is_some_and(|start| run.ended_in(start, options));
        if goes_on {
            run.resume(network, &changed);
        } else {
            run.restart(network, options, start);
        }
        Ok(run)
    }

    pub(super) fn run(&self, network: &Network, options: &Options, laws: Laws, start: Option<&Solution>) -> Run {
        Run::new(network, self.ends.clone(), options, laws, start)
    }

    /// The answer where Newton's steps did not find the states of regulators.
    fn throttled(&mut self, network: &Network, options: &Options, laws: Laws, solution: Solution) -> Solution {
        let Some(found) = throttle::search(self, network, options) else { return solution };
        let mut run = self.run(network, options, laws, None);
        run.begin(&found.flows, &found.pressures);
        run.set_states(&found.states);
        self.rounds(&mut run);
        let mut better = run.finish();
        better.iterations += solution.iterations + found.iterations;
        if better.status == Status::Converged { better } else { solution }
    }

    /// Newton's steps until no link has to change its state any more.
    fn rounds(&mut self, run: &mut Run) {
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
    pub(super) fn relaxed(&mut self, run: &mut Run) -> Status {
        run.set_references();
        let border = Border::new(run);
        let budget = run.options.iterations;
        self.newton(run, &border, budget)
    }

    fn newton(&mut self, run: &mut Run, border: &Border, budget: usize) -> Status {
        if !run.evaluated {
            run.evaluate();
        }
        let (mut steps, mut calm, mut last) = (0, 0, f64::INFINITY);
        while run.iterations < budget {
            run.iterations += 1;
            steps += 1;
            let kept = steps <= run.options.full_steps && self.mend(run, border);
            if !kept {
                self.make(run);
                if self.symbolic.factor(&self.diagonal, &self.off, LOST, &mut self.factor).is_err() {
                    return Status::Diverged;
                }
                run.factored = self.factor.replaced == 0;
                if self.factor.replaced > 0 && self.tie(run).is_none() {
                    return Status::Diverged;
                }
            }
            if self.step(run, border).is_none() {
                return Status::Diverged;
            }
            // The first step restores the balance at the nodes, without which the content has no meaning.
            let length = if steps <= run.options.full_steps.max(1) { 1.0 } else { run.search() };
            run.advance(length);
            let Measure { residual, change, total, .. } = run.measure;
            if !residual.is_finite() || !change.is_finite() {
                return Status::Diverged;
            }
            run.factored &= !kept || residual <= SLOW * last;
            last = residual;
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

    /// Whether the factor at hand still serves, after it was mended for the few links whose slope is not what it was made with.
    ///
    /// A link's conductance is a term of rank one in the matrix, which changes the factor along one path of the elimination tree only. Small differences
    /// stay as they are: a step with a matrix that is a part ε off leaves that part of the error, and no error of its own.
    fn mend(&mut self, run: &mut Run, border: &Border) -> bool {
        if !run.factored || !border.is_empty() {
            return false;
        }
        self.moved.clear();
        let chord = if run.resumed { CHORD } else { CLOSE };
        let (slopes, states) = (&run.slope, &run.states);
        for (k, (g, slope)) in self.conductance.iter().zip(slopes).enumerate() {
            if (g * slope - 1.0).abs() > chord && states[k] == State::Open {
                self.moved.push(k);
                if self.moved.len() > MENDED {
                    return false;
                }
            }
        }
        self.mendings += self.moved.len();
        if self.mendings > MENDINGS {
            return false;
        }
        for &k in &self.moved {
            let (a, b) = run.ends(k);
            let g = 1.0 / run.slope[k];
            let free = |node: usize| (!run.levels.pinned[node]).then_some(node);
            if a != b && !self.symbolic.update(&mut self.factor, (free(a), free(b)), g - self.conductance[k]) {
                run.factored = false;
                return false;
            }
            self.conductance[k] = g;
        }
        true
    }

    /// The matrix with every link as it is now.
    fn make(&mut self, run: &Run) {
        let pinned = &run.levels.pinned;
        self.mendings = 0;
        self.diagonal.clear();
        self.diagonal.resize(pinned.len(), 0.0);
        self.off.clear();
        for k in 0..run.states.len() {
            let g = if run.states[k] == State::Open { 1.0 / run.slope[k] } else { 0.0 };
            self.conductance[k] = g;
            let (a, b) = run.ends(k);
            if a != b {
                self.diagonal[a] += g;
                self.diagonal[b] += g;
            }
            self.off.push(if pinned[a] || pinned[b] { 0.0 } else { -g });
        }
        for (diagonal, _) in self.diagonal.iter_mut().zip(pinned).filter(|(_, pinned)| **pinned) {
            *diagonal = 1.0;
        }
    }

    /// Factors the matrix with care for parts that hang on next to nothing, as behind a pump of constant power that is nearly shut.
    fn tie(&mut self, run: &Run) -> Option<()> {
        let pinned = &run.levels.pinned;
        let mut ties: Vec<f64> = pinned.iter().map(|pinned| f64::from(u8::from(*pinned))).collect();
        for (&(a, b), g) in run.ends.iter().zip(&self.conductance) {
            let (a, b) = (a as usize, b as usize);
            if pinned[a] != pinned[b] {
                ties[if pinned[a] { b } else { a }] += g;
            }
        }
        self.symbolic.factor_ties(&ties, &self.off, &mut self.factor).ok()
    }

    /// One Newton step: `run.target` are the flows it leads to, and the pressures move.
    fn step(&mut self, run: &mut Run, border: &Border) -> Option<()> {
        self.rhs.clear();
        self.rhs.extend(run.nodes.iter().map(|node| -node.demand));
        let count = run.ends.len();
        let (ends, states, losses, conductances) = (&run.ends[..count], &run.states[..count], &run.loss[..count], &self.conductance[..count]);
        let (flows, targets) = (&run.flows[..count], &mut run.target[..count]);
        for k in 0..count {
            let (a, b) = (ends[k].0 as usize, ends[k].1 as usize);
            // What does not flow by its law conducts nothing.
            let error = if states[k] == State::Open { losses[k] - (run.pressures[a] - run.pressures[b]) } else { 0.0 };
            let q = flows[k] - conductances[k] * error;
            targets[k] = q;
            self.rhs[a] -= q;
            self.rhs[b] += q;
        }
        let held = border.imbalances(&self.rhs);
        for (rhs, _) in self.rhs.iter_mut().zip(&run.levels.pinned).filter(|(_, pinned)| **pinned) {
            *rhs = 0.0;
        }
        self.symbolic.solve(&mut self.factor, &mut self.rhs);
        if !border.is_empty() {
            border.close(run, &held, &mut self.rhs, |rhs| self.symbolic.solve(&mut self.factor, rhs))?;
        }
        for ((target, &(a, b)), g) in run.target.iter_mut().zip(run.ends.iter()).zip(&self.conductance) {
            *target += (self.rhs[a as usize] - self.rhs[b as usize]) * g;
        }
        for (p, change) in run.pressures.iter_mut().zip(&self.rhs) {
            *p += change;
        }
        Some(())
    }
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
