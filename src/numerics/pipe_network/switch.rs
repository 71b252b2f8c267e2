//! Which links flow, and when that has to change: one-way links, limiters, regulators.

use super::law::{BACKWARD, Law};
use super::run::{Measure, Run};
use super::{Holds, LinkState, Solution, Status, Worst};

/// Part of the largest pressure difference from which a one-way link counts as holding back pressure, or as about to open.
const HELD_BACK: f64 = 1e-10;

/// Part of the largest flow that may leak through a link that should be shut, however large pressures are.
const LEAK: f64 = 1e-9;

/// Part of all that goes in and out of a part of the network by which the sum may differ from nothing.
const UNSUPPLIED: f64 = 1e-9;

/// Part of the largest pressure difference that the slope added to every link may make.
const PROPPED: f64 = 1e-6;

/// What a link does while the flows are sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It flows as its law says.
    Open,
    /// It carries nothing.
    Shut,
    /// A limiter at its flow.
    Limited,
    /// A regulator that holds its pressure.
    Held,
}

impl State {
    pub(super) fn at_first(law: &Law) -> Self {
        match law.holds {
            _ if law.is_closed() => Self::Shut,
            Some((Holds::After, _)) => Self::Held,
            _ => Self::Open,
        }
    }
}

impl Run {
    /// The pressure from which links change their state.
    fn threshold(&self) -> f64 {
        (HELD_BACK * self.measure.pressure).min(LEAK * BACKWARD * self.measure.flow)
    }

    /// Whether any link flows where its law is a wall.
    pub(super) fn leaks(&self) -> bool {
        let threshold = self.threshold();
        self.laws.gated.iter().map(|k| *k as usize).any(|k| self.states[k] == State::Open && (self.flows_back(k, threshold) || self.exceeds(k, threshold)))
    }

    fn flows_back(&self, k: usize, threshold: f64) -> bool {
        self.laws.each[k].one_way().is_some() && self.flows[k] * BACKWARD < -threshold
    }

    fn exceeds(&self, k: usize, threshold: f64) -> bool {
        self.laws.each[k].limit().is_some_and(|limit| (self.flows[k] - limit) * BACKWARD > threshold)
    }

    /// Changes the links that are not in the state their pressures and flows ask for; only the first of them on request. Returns whether any changed.
    pub(super) fn switch(&mut self, one: bool) -> bool {
        let threshold = self.threshold();
        let mut changed = false;
        for place in 0..self.laws.gated.len() {
            let k = self.laws.gated[place] as usize;
            let Some(state) = self.asked(k, threshold).filter(|state| *state != self.states[k]) else { continue };
            self.flows[k] = match state {
                State::Open => self.laws.each[k].guess(self.drive),
                State::Shut => 0.0,
                State::Limited => self.laws.each[k].limit().unwrap_or(0.0),
                State::Held => self.flows[k].max(0.0),
            };
            (self.states[k], self.target[k], changed) = (state, self.flows[k], true);
            self.evaluated = false;
            if one {
                break;
            }
        }
        changed
    }

    /// The state a link should be in; none for links that have one only.
    fn asked(&self, k: usize, threshold: f64) -> Option<State> {
        let law = &self.laws.each[k];
        let (a, b) = self.ends(k);
        let drives = |at_least: f64| self.levels.comparable(a, b) && self.drop(k) - at_least > threshold;
        if law.is_closed() {
            return None;
        }
        if law.holds.is_some() {
            return Some(self.regulator(k, threshold));
        }
        if let Some(limit) = law.limit() {
            let wants_less = self.levels.comparable(a, b) && self.drop(k) < law.loss(limit).0 - threshold;
            return Some(match self.states[k] {
                State::Open if self.exceeds(k, threshold) => State::Limited,
                State::Limited if wants_less => State::Open,
                state => state,
            });
        }
        law.one_way().map(|rise| match self.states[k] {
            State::Open if self.flows_back(k, threshold) => State::Shut,
            State::Shut if drives(-rise) => State::Open,
            state => state,
        })
    }

    /// The state of a regulator: EPANET's rules for pressure reducing and sustaining valves (functions `prvstatus` and `psvstatus` of its
    /// `hydstatus.c`), a node of unknown level counting as one without pressure.
    fn regulator(&self, k: usize, tolerance: f64) -> State {
        let (a, b) = self.ends(k);
        let level = |node: usize| if self.levels.held[node] { self.pressures[node] } else { f64::NEG_INFINITY };
        let (before, after) = (level(a), level(b));
        let Some((holds, set)) = self.laws.each[k].holds else { return self.states[k] };
        let open_loss = self.laws.each[k].loss(self.flows[k].max(0.0)).0;
        let backward = self.flows[k] * BACKWARD < -tolerance;
        match (self.states[k], holds) {
            (State::Held | State::Open, _) if backward => State::Shut,
            (State::Held, Holds::After) if before - open_loss < set - tolerance => State::Open,
            (State::Held, Holds::Before) if after + open_loss > set + tolerance => State::Open,
            (State::Open, Holds::After) if after > set + tolerance => State::Held,
            (State::Open, Holds::Before) if before < set - tolerance => State::Held,
            (State::Shut, Holds::After) if before >= set + tolerance && after < set - tolerance => State::Held,
            (State::Shut, Holds::After) if before < set - tolerance && before > after + tolerance => State::Open,
            (State::Shut, Holds::Before) if after > set + tolerance && before > after + tolerance => State::Open,
            (State::Shut, Holds::Before) if before >= set + tolerance && before > after + tolerance => State::Held,
            (state, _) => state,
        }
    }

    /// The parts without a given pressure whose demands, and flows through valves that are no part of them, don't add up to nothing, by their
    /// first node.
    fn unsupplied(&self) -> Vec<usize> {
        let part = &self.levels.part;
        let reference = |i: &usize| self.levels.pinned[*i] && !self.levels.held[*i];
        if !(0..part.len()).any(|i| reference(&i)) {
            return Vec::new();
        }
        let (mut net, mut gross) = (vec![0.0; part.len()], vec![0.0; part.len()]);
        let mut add = |node: usize, flow: f64| {
            net[part[node]] += flow;
            gross[part[node]] += flow.abs();
        };
        self.nodes.iter().enumerate().for_each(|(i, node)| add(i, -node.demand));
        for (k, q) in self.flows.iter().enumerate() {
            let (a, b) = self.ends(k);
            if part[a] != part[b] {
                add(a, -q);
                add(b, *q);
            }
        }
        (0..part.len()).filter(reference).filter(|&i| net[i].abs() > UNSUPPLIED * gross[i]).collect()
    }

    /// A link whose flow only the slope added to every law holds back: a ring of valves of fixed drop, which nothing resists, has no answer.
    fn runaway(&self) -> Option<Worst> {
        let limit = PROPPED * self.measure.pressure;
        let added = |k: &usize| self.options.least_slope * self.flows[*k].abs();
        let beyond = self.options.least_slope * self.measure.flow > limit;
        beyond.then(|| (0..self.flows.len()).max_by(|a, b| added(a).total_cmp(&added(b))).map(Worst::Link)).flatten()
    }

    /// The answer.
    pub(super) fn finish(&mut self) -> Solution {
        if self.status != Status::Converged {
            self.remeasure();
        }
        let runaway = self.runaway();
        if self.status != Status::Diverged && runaway.is_some() {
            (self.status, self.measure.worst) = (Status::Stalled, runaway);
        }
        let Measure { residual, worst, .. } = self.measure;
        if self.status == Status::Converged {
            for &k in &self.laws.gated {
                let q = &mut self.flows[k as usize];
                if *q < 0.0 && self.laws.each[k as usize].one_way().is_some() {
                    *q = 0.0;
                }
            }
        }
        let roots = if self.status == Status::Diverged { Vec::new() } else { self.unsupplied() };
        let (status, worst) = match (self.status, roots.first()) {
            (Status::Diverged, _) => (Status::Diverged, worst),
            (_, Some(node)) => (Status::Singular, Some(Worst::Node(*node))),
            (Status::Converged, None) => (Status::Converged, None),
            (other, None) => (other, worst),
        };
        self.status = status;
        for (p, cut_off) in self.pressures.iter_mut().zip(&self.levels.cut_off) {
            if *cut_off {
                *p = f64::NAN;
            }
        }
        let unsupplied = if roots.is_empty() {
            Vec::new()
        } else {
            let mut named = vec![false; self.pressures.len()];
            roots.iter().for_each(|root| named[*root] = true);
            (0..named.len()).filter(|i| named[self.levels.part[*i]]).collect()
        };
        let state = |state: &State| match state {
            State::Open => LinkState::Open,
            State::Shut => LinkState::Shut,
            State::Limited | State::Held => LinkState::Regulating,
        };
        let states = self.states.iter().map(state).collect();
        let (flows, pressures) = (self.flows.clone(), self.pressures.clone());
        Solution { flows, pressures, states, unsupplied, status, iterations: self.iterations, residual, worst }
    }
}
