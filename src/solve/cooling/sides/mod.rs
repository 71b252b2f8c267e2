//! Coolant loops and hall air at given facility water temperatures.

mod hall;
mod loops;

use super::*;

impl Sides<'_> {
    /// One round at the given facility water temperatures.
    pub(super) fn round(&self, supply: &BTreeMap<Id, f64>, share: &BTreeMap<Id, BTreeMap<Id, f64>>, memo: &mut Memo) -> (Solved, BTreeMap<Id, Vec<Draw>>) {
        let mut solved = Solved::default();
        let mut draws = self.kept_draws();
        for tcs in self.plan.tcs_loops().filter(|t| self.scope.is_none_or(|(s, _)| s.has_loop(&t.id))) {
            self.coolant_loop(tcs, supply, share, &mut memo.loops, &mut solved, &mut draws);
        }
        for hall in self.plan.halls().filter(|h| self.scope.is_none_or(|(s, _)| s.has_hall(&h.id))) {
            self.hall(&hall.id, supply, share, &mut memo.air, &mut solved, &mut draws);
        }
        (solved, draws)
    }

    pub(super) fn primary_rho_c(&self, fws: &Id) -> f64 {
        match self.plan.get(fws) {
            Some(crate::plan::Element::Fws(f)) => volumetric(&properties(fluid(f.coolant), f.supply)),
            _ => f64::NAN,
        }
    }
}
