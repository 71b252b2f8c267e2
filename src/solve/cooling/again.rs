//! The cooling side once more after something has failed, as far as that reaches.
//!
//! An outage touches a few coolant loops and halls, and the facility water systems these hang on. Only they are solved, from the temperatures before; the
//! other consumers of those systems draw what they drew. When a system's supply temperature moves, or somebody gets another share of its water, its consumers
//! are solved too, and so on until nothing more is reached. So the answer is that of solving the whole again, within the tolerance of the coupling.

use super::*;
use crate::plan::Element;
use std::collections::BTreeSet;

/// A supply temperature that moves less, K, or a share that changes less, leaves a consumer as it was.
const REACHED: f64 = 1e-6;

/// What is solved: all where there is none.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    loops: BTreeSet<Id>,
    halls: BTreeSet<Id>,
    systems: BTreeSet<Id>,
}

/// The state before, as the water sees it.
#[derive(Debug, Clone, Default)]
pub(in crate::solve) struct Before {
    pub(super) supply: BTreeMap<Id, f64>,
    pub(super) water: Sharing,
    pub(super) draws: BTreeMap<Id, Vec<Draw>>,
}

impl Scope {
    pub fn has_loop(&self, id: &Id) -> bool {
        self.loops.contains(id)
    }
    pub fn has_hall(&self, id: &Id) -> bool {
        self.halls.contains(id)
    }
    pub fn has_system(&self, id: &Id) -> bool {
        self.systems.contains(id)
    }

    /// What elements that are out, or without power, touch themselves.
    pub fn of<'a>(plan: &Plan, touched: impl Iterator<Item = &'a Id>) -> Self {
        let mut scope = Self::default();
        for id in touched {
            match plan.get(id) {
                Some(Element::Tcs(t)) => drop(scope.loops.insert(t.id.clone())),
                Some(Element::Fws(f)) => drop(scope.systems.insert(f.id.clone())),
                Some(Element::Cooler(c)) => drop(scope.systems.insert(c.fws.clone())),
                Some(Element::Row(r)) => {
                    scope.loops.extend(r.tcs.clone());
                    scope.halls.insert(r.hall.clone());
                }
                Some(Element::Cdu(_) | Element::AirHandler(_)) => scope.consumer(plan, id),
                _ => {}
            }
        }
        scope.close(plan);
        scope
    }

    /// Takes in a consumer of facility water.
    fn consumer(&mut self, plan: &Plan, id: &Id) {
        match plan.get(id) {
            Some(Element::Cdu(c)) => drop(self.loops.insert(c.tcs.clone())),
            Some(Element::AirHandler(a)) => drop(self.halls.insert(a.hall.clone())),
            _ => {}
        }
    }

    /// Takes in the systems that its loops and halls hang on.
    fn close(&mut self, plan: &Plan) {
        self.systems.extend(plan.cdus().filter(|c| self.loops.contains(&c.tcs)).map(|c| c.fws.clone()));
        self.systems.extend(plan.air_handlers().filter(|a| self.halls.contains(&a.hall)).map(|a| a.fws.clone()));
    }

    fn size(&self) -> usize {
        self.loops.len() + self.halls.len() + self.systems.len()
    }

    /// Takes in the consumers that a change of the water reaches. Says whether there are any new ones.
    fn grow(&mut self, plan: &Plan, before: &Before, supply: &BTreeMap<Id, f64>, water: &Sharing) -> bool {
        let size = self.size();
        for system in self.systems.clone() {
            let temperature = |t: &BTreeMap<Id, f64>| t.get(&system).copied().unwrap_or(f64::NAN);
            let (was, is) = (temperature(&before.supply), temperature(supply));
            let moved = !((was - is).abs() <= REACHED || was.is_nan() && is.is_nan());
            for draw in before.draws.get(&system).map_or(&[][..], Vec::as_slice) {
                let share = |w: &Sharing| w.share.get(&system).and_then(|s| s.get(&draw.id)).copied().unwrap_or(1.0);
                if moved || (share(&before.water) - share(water)).abs() > REACHED {
                    self.consumer(plan, &draw.id);
                }
            }
        }
        self.close(plan);
        self.size() > size
    }
}

impl Sides<'_> {
    /// The draws of consumers that are not solved again.
    pub(super) fn kept_draws(&self) -> BTreeMap<Id, Vec<Draw>> {
        let Some((scope, before)) = self.scope else { return BTreeMap::new() };
        let stays = |d: &&Draw| match self.plan.get(&d.id) {
            Some(Element::Cdu(c)) => !scope.has_loop(&c.tcs),
            Some(Element::AirHandler(a)) => !scope.has_hall(&a.hall),
            _ => false,
        };
        let of = |id: &Id| before.draws.get(id).map_or_else(Vec::new, |draws| draws.iter().filter(stays).cloned().collect());
        scope.systems.iter().map(|id| (id.clone(), of(id))).collect()
    }
}

/// What is touched by something out, solved again: only that is in the answer. Capacities and balances are left out.
pub(in crate::solve) fn again<'a>(state: &State<'_>, before: &Before, touched: impl Iterator<Item = &'a Id>, outdoor: &MoistAir, memo: &mut Memo) -> Cooling {
    let mut scope = Scope::of(state.plan, touched);
    let (mut supply, mut water) = (before.supply.clone(), before.water.clone());
    for round in 1.. {
        let sides = state.sides(Some((&scope, before)));
        let (mut solved, draws) = sides.round(&supply, &water.share, memo);
        let given = (supply.clone(), water.share.clone());
        let shared = mains(&sides, &supply, &draws, &mut water, &mut memo.mains, &mut solved);
        let moved = reject(state.plants, outdoor, &mut supply, &mut solved);
        let mut wider = scope.clone();
        let grown = wider.grow(state.plan, before, &supply, &water);
        if (moved <= STILL && shared && !grown) || round >= ROUNDS {
            state.sides(Some((&scope, before))).fields(&given.0, &given.1, &mut memo.air, &mut solved);
            return solved.cooling;
        }
        scope = wider;
    }
    Cooling::default()
}
