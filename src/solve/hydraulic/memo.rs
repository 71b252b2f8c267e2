//! Loops solved before, so that like loops, and loops an edit did not touch, are solved once.

use super::{Answer, Input, solve};
use crate::numerics::pipe_network::{Network, Solver};
use std::sync::Arc;

/// Inputs and their answers, those not used for long in front.
#[derive(Debug, Clone)]
pub(in crate::solve) struct Memo {
    known: Vec<Arc<(Input, Arc<Answer>)>>,
    /// Remembers how to eliminate the connections it met last; answers don't depend on it.
    solver: Solver,
}

impl Default for Memo {
    fn default() -> Self {
        Self { known: Vec::new(), solver: Solver::new(&Network::default()) }
    }
}

impl Memo {
    /// The answer to an input, solved unless it is known.
    pub fn solve(&mut self, input: Input) -> Arc<Answer> {
        let entry = match self.known.iter().rposition(|known| known.0 == input) {
            // Like loops follow each other: what was asked last stays where it is.
            Some(place) if place + 1 == self.known.len() => return self.known[place].1.clone(),
            Some(place) => self.known.remove(place),
            None => {
                let answer = Arc::new(solve(&input, &mut self.solver));
                Arc::new((input, answer))
            }
        };
        let answer = entry.1.clone();
        self.known.push(entry);
        answer
    }
    /// Keeps the answers used last.
    pub fn forget(&mut self, keep: usize) {
        self.known.drain(..self.known.len().saturating_sub(keep));
    }
}
