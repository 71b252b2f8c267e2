//! The border of the matrix that regulators at work make (see the head of the module).

use super::newton::held_node;
use super::run::Run;
use super::switch::State;
use nalgebra::{DMatrix, DVector};

/// The regulators at work and what meets the nodes they hold.
pub(super) struct Border {
    /// Per regulator: link, first and second node, held node.
    valves: Vec<(usize, usize, usize, usize)>,
    /// Per held node: the open links at it and the nodes at their other ends.
    touching: Vec<Vec<(usize, usize)>>,
}

impl Border {
    pub(super) fn new(run: &Run) -> Self {
        let mut valves = Vec::new();
        if !run.laws.regulates {
            return Self { valves, touching: Vec::new() };
        }
        let mut place = vec![usize::MAX; run.nodes.len()];
        for k in (0..run.states.len()).filter(|k| run.states[*k] == State::Held) {
            if let Some((holds, _)) = run.laws.each[k].holds {
                let (a, b) = run.ends(k);
                let (node, _) = held_node(holds, a, b);
                place[node] = valves.len();
                valves.push((k, a, b, node));
            }
        }
        let mut touching = vec![Vec::new(); valves.len()];
        if !valves.is_empty() {
            let open = |k: &usize| run.states[*k] == State::Open && run.ends[*k].0 != run.ends[*k].1;
            for k in (0..run.states.len()).filter(open) {
                let (a, b) = run.ends(k);
                for (node, other) in [(a, b), (b, a)] {
                    if let Some(list) = touching.get_mut(place[node]) {
                        list.push((k, other));
                    }
                }
            }
        }
        Self { valves, touching }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.valves.is_empty()
    }

    /// What flows in too much at each held node.
    pub(super) fn imbalances(&self, rhs: &[f64]) -> Vec<f64> {
        self.valves.iter().map(|valve| rhs[valve.3]).collect()
    }

    /// Finds the flows of the regulators, sets their targets, and adds what they do to the change of pressure in `change`.
    ///
    /// `None` if the regulators can't be told apart.
    pub(super) fn close(&self, run: &mut Run, held: &[f64], change: &mut [f64], mut solve: impl FnMut(&mut [f64])) -> Option<()> {
        let width = self.valves.len();
        let arriving = |h: usize, x: &[f64], slope: &[f64]| -> f64 { self.touching[h].iter().map(|&(k, other)| x[other] / slope[k]).sum() };
        let mut matrix = DMatrix::<f64>::zeros(width, width);
        let mut responses: Vec<Option<Vec<f64>>> = Vec::with_capacity(width);
        for (v, &(_, a, b, held)) in self.valves.iter().enumerate() {
            let free = if held == a { b } else { a };
            let sign = if free == b { 1.0 } else { -1.0 };
            // A given pressure at the other end does not answer.
            let response = (!run.levels.pinned[free]).then(|| {
                let mut response = vec![0.0; change.len()];
                response[free] = sign;
                solve(&mut response);
                response
            });
            for (h, valve) in self.valves.iter().enumerate() {
                let own = f64::from(u8::from(valve.3 == b)) - f64::from(u8::from(valve.3 == a));
                matrix[(h, v)] = own + response.as_ref().map_or(0.0, |response| arriving(h, response, &run.slope));
            }
            responses.push(response);
        }
        let target = DVector::from_iterator(width, (0..width).map(|h| -(held[h] + arriving(h, change, &run.slope))));
        let flows = matrix.lu().solve(&target)?;
        for ((valve, response), dq) in self.valves.iter().zip(&responses).zip(flows.iter()) {
            run.target[valve.0] = run.flows[valve.0] + dq;
            for (change, answer) in change.iter_mut().zip(response.iter().flatten()) {
                *change += answer * dq;
            }
        }
        Some(())
    }
}
