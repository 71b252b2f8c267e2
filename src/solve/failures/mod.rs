//! Every single outage, of the power chain and of the cooling, and what it does to temperatures.
//!
//! An outage is solved in the power chain first ([`power`]); what that leaves without power, and what of the cooling is out itself, is then followed into
//! the cooling (`cooling/failing.rs`). An outage that reaches no cooling leaves the temperatures as they were.

mod follow;
mod racks;
#[cfg(test)]
mod tests;

use super::{Cooling, Failures, Loads, Memo, Outage, Outcome, Overheat, Pace, PowerFlow, Request, StageTime, air, cooling, loads, power, service};
use crate::physics::moist_air::MoistAir;
use crate::plan::{Catalog, Element, Plan};
use crate::units::Pressure;
pub use racks::LEAST_FLOW;

use follow::Follower;
use std::sync::Arc;
use std::time::Instant;

/// Outdoor air of a condition, and the facility water in it.
#[derive(Debug, Clone)]
pub(super) struct Air {
    pub outdoor: MoistAir,
    pub pressure: Pressure,
    pub before: cooling::Before,
    /// Its halls, with the floors that were solved.
    pub sites: air::Sites,
    pub halls: air::Memo,
}

/// The state that outages are on top of.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    pub loads: &'a Arc<Loads>,
    pub power: &'a Arc<PowerFlow>,
    pub cooling: &'a Arc<Cooling>,
}

impl<'a> Base<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        Self { loads: &outcome.loads, power: &outcome.power, cooling: &outcome.cooling }
    }
}

/// The single outages of a state that was solved before.
#[derive(Debug, Clone)]
pub(super) struct Known {
    power: Arc<PowerFlow>,
    outdoor: MoistAir,
    pressure: Pressure,
    loads: Arc<Loads>,
    elements: Vec<Element>,
    answer: Arc<Failures>,
}

impl Known {
    /// Whether these are the outages of a state: the same answer of the chain, and all that the cooling follows from, what stands by included.
    fn fits(&self, plan: &Plan, base: &Base<'_>, air: &Air) -> bool {
        Arc::ptr_eq(&self.power, base.power)
            && (self.outdoor, self.pressure) == (air.outdoor, air.pressure)
            && self.loads == *base.loads
            && self.elements == elements(plan)
    }
}

/// What the cooling is made of.
fn elements(plan: &Plan) -> Vec<Element> {
    let wanted = |e: &Element| {
        matches!(e, Element::Hall(_) | Element::Row(_) | Element::Tcs(_) | Element::Cdu(_) | Element::AirHandler(_) | Element::Fws(_) | Element::Cooler(_))
    };
    super::elements(plan, wanted)
}

/// Every single outage of the plan as it was solved last.
pub(super) fn all(plan: &Plan, catalog: &Catalog, request: &Request, base: &Base<'_>, previous: Option<&Outcome>, memo: &mut Memo) -> (Arc<Failures>, bool) {
    if let Some(known) = memo.failures.as_ref().filter(|k| memo.air.as_ref().is_some_and(|air| k.fits(plan, base, air))) {
        return (known.answer.clone(), true);
    }
    if request.failures_later {
        // Where the chain has the same branches, the outages before the edit tell more than none, for the moment.
        let power = base.power;
        let same = |p: &&Outcome| p.power.branches.len() == power.branches.len() && p.power.branches.iter().zip(&power.branches).all(|(a, b)| a.id == b.id);
        let before = previous.filter(same).map(|p| (*p.failures).clone()).unwrap_or_default();
        return (Arc::new(Failures { pending: true, ..before }), false);
    }
    let answer = every(plan, catalog, base, memo, &mut || Pace::Go, &mut |_| {}).unwrap_or_default();
    (keep(plan, base, memo, answer), false)
}

fn keep(plan: &Plan, base: &Base<'_>, memo: &mut Memo, answer: Failures) -> Arc<Failures> {
    let answer = Arc::new(answer);
    if let Some(air) = &memo.air {
        let (outdoor, pressure, power, loads) = (air.outdoor, air.pressure, base.power.clone(), base.loads.clone());
        memo.failures = Some(Known { power, outdoor, pressure, loads, elements: elements(plan), answer: answer.clone() });
    }
    answer
}

fn every(plan: &Plan, catalog: &Catalog, base: &Base<'_>, memo: &Memo, pace: &mut dyn FnMut() -> Pace, show: &mut dyn FnMut(Failures)) -> Option<Failures> {
    let (Some(known), Some(air)) = (&memo.power, &memo.air) else { return Some(Failures::default()) };
    let out = &base.power.out;
    let more = service::outages(plan, catalog, base.cooling, out);
    let mut follower = Follower::new(plan, catalog, base, air);
    power::Question { plan, catalog, demand: &known.demand, out }.every(&more, &mut |f| follower.follow(f), pace, show)
}

/// The outages of an answer that was asked for without them ([`Request::failures_later`]), the ones of the most power first. Between two of them `pace` is asked how
/// to go on; `show` takes the answer with what is known so far when it says so. Nothing when it was stopped.
///
/// `plan` and `catalog` are those of the outcome.
#[must_use]
pub fn complete(plan: &Plan, catalog: &Catalog, outcome: &Outcome, pace: &mut dyn FnMut() -> Pace, show: &mut dyn FnMut(Outcome)) -> Option<Outcome> {
    let changed = in_scenario(plan, outcome);
    let plan = changed.as_ref().unwrap_or(plan);
    let mut memo = (*outcome.memo).clone();
    let with = |failures: Failures| Outcome { failures: Arc::new(failures), ..outcome.clone() };
    let start = Instant::now();
    let base = Base::of(outcome);
    let failures = every(plan, catalog, &base, &memo, pace, &mut |some| show(with(some)))?;
    let mut whole = outcome.clone();
    whole.failures = keep(plan, &base, &mut memo, failures);
    whole.stages.retain(|s| s.stage != "failures");
    whole.stages.push(StageTime { stage: "failures", milliseconds: start.elapsed().as_secs_f64() * 1e3, reused: false });
    whole.memo = Arc::new(memo);
    Some(whole)
}

/// The plan in the scenario of an outcome, where there is one.
fn in_scenario(plan: &Plan, outcome: &Outcome) -> Option<Plan> {
    let scenario = outcome.condition.scenario.as_ref().and_then(|id| plan.scenarios().find(|s| s.id == *id));
    scenario.map(|s| plan.in_scenario(s))
}

/// Chosen outages of a solved plan, each of several things at once, on top of what was out already; worst first.
///
/// `plan` and `catalog` are those of the outcome, as for [`crate::checks::assess`].
#[must_use]
pub fn fail(plan: &Plan, catalog: &Catalog, outcome: &Outcome, sets: &[Vec<Outage>]) -> Failures {
    let changed = in_scenario(plan, outcome);
    let plan = changed.as_ref().unwrap_or(plan);
    let (Some(known), Some(air)) = (&outcome.memo.power, &outcome.memo.air) else { return Failures::default() };
    let base = Base::of(outcome);
    let mut follower = Follower::new(plan, catalog, &base, air);
    power::Question { plan, catalog, demand: &known.demand, out: &base.power.out }.chosen(sets, &mut |f| follower.follow(f))
}

/// Every single outage of the cooling of a solved plan.
#[must_use]
pub fn cooling_outages(plan: &Plan, catalog: &Catalog, outcome: &Outcome) -> Vec<Outage> {
    service::outages(plan, catalog, &outcome.cooling, &[])
}

/// Whether an outage names something of the cooling of a plan.
#[must_use]
pub fn is_of_cooling(plan: &Plan, outage: &Outage) -> bool {
    service::Service::knows(plan, outage)
}

/// How hot the racks get in a state, each against its limits.
pub(super) fn heat(plan: &Plan, catalog: &Catalog, loads: &Loads, power: &PowerFlow, cooling: &Cooling) -> Overheat {
    let loads = loads::without(loads, power.dark.iter().zip(power.unserved.iter().copied()));
    racks::Racks::fine(plan, catalog).overheat(cooling, &loads)
}
