//! The power chain: AC power flow over the plan's own network, from the point of interconnection to the racks' inputs, in the normal state and with
//! anything out.
//!
//! ```text
//! chain     elements → places, wires, converters, draws              chain.rs
//! state     what is out → who has voltage, who carries what          state.rs
//! flow      voltages and powers                                      flow.rs
//! depart    from one state to the next by what an outage changes    depart.rs
//! failures  every single outage, from the state before it            failures.rs
//! faults    short-circuit power, and the voltage step of a trip      faults.rs
//! ```
//!
//! A UPS decouples the voltages on its two sides. So the network is solved in two steps with the same solver: first everything behind the
//! UPS modules, each output a source at nominal voltage; then everything before them, where each UPS takes
//!
//! ```text
//! P_in = P_out + P_r·(α + β·x + γ·x²),   x = P_out/P_r,   Q_in = P_in·tan(arccos pf)
//! ```
//! Per unit on 100 MVA and each node's nominal voltage. Racks, pumps and fans take constant power; racks at a power factor of
//! [`RACK_POWER_FACTOR`], motors behind drives at [`DRIVE_POWER_FACTOR`].

mod chain;
mod depart;
mod failures;
mod faults;
mod flow;
mod state;
#[cfg(test)]
mod tests;

use super::{Failures, Loads, Outage, Pace, PowerFlow, RowLoad};
use crate::plan::{Catalog, Id, Plan};
use crate::units::Power;
use chain::Chain;
use failures::Follow;
use nalgebra::Complex;
use std::collections::BTreeMap;

/// Base of the per-unit values, VA.
const BASE: f64 = super::BASE_POWER.volt_amperes();
/// Power factor of rack power supplies with active correction. Assumed.
pub(super) const RACK_POWER_FACTOR: f64 = 0.99;
/// Power factor of drives of pumps, fans and compressors. Assumed.
pub(super) const DRIVE_POWER_FACTOR: f64 = 0.95;

/// What a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct RowDemand {
    /// Power at the racks' inputs, W.
    pub watts: f64,
    pub racks: u32,
    pub gpus: u64,
}

/// What the chain carries and what feeds it besides the grid, W.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Demand {
    /// By row.
    pub rows: BTreeMap<Id, RowDemand>,
    /// By cooling element.
    pub equipment: BTreeMap<Id, f64>,
    /// What generators give, by group.
    pub injected: BTreeMap<Id, f64>,
    /// What they could give, by group.
    pub available: BTreeMap<Id, f64>,
    /// What batteries could give, by group.
    pub batteries: BTreeMap<Id, f64>,
}

impl Demand {
    /// What the rows ask for, and nothing else.
    pub fn of(loads: &Loads) -> Self {
        let row = |l: &RowLoad| RowDemand { watts: l.power.watts(), racks: l.racks, gpus: l.gpus };
        Self { rows: loads.rows.iter().map(|(id, l)| (id.clone(), row(l))).collect(), ..Self::default() }
    }
}

/// Solves the chain with some things out of service.
pub(super) fn solve(plan: &Plan, catalog: &Catalog, demand: &Demand, out: &[Outage]) -> PowerFlow {
    let chain = Chain::assemble(plan, catalog, demand);
    let state = chain.state(out);
    let flow = chain.flow(&state);
    let mut result = chain.outcome(&state, &flow);
    result.out = out.to_vec();
    chain.interconnections(&state, &flow, &mut result);
    result
}

/// Solves the chain without generators, then with what they give for the facility power found; twice, for losses change along. What they give in the end is
/// left in the demand.
pub(super) fn solve_supplied(plan: &Plan, catalog: &Catalog, demand: &mut Demand, out: &[Outage], give: impl Fn(Power) -> BTreeMap<Id, f64>) -> PowerFlow {
    demand.injected.clear();
    let mut chain = Chain::assemble(plan, catalog, demand);
    let mut state = chain.state(out);
    let mut flow = chain.flow(&state);
    for _ in 0..2 {
        demand.injected = give(chain.facility(&state, &flow));
        if demand.injected.is_empty() {
            break;
        }
        chain.dispatch(demand);
        state = chain.state(out);
        flow = chain.flow(&state);
    }
    let mut result = chain.outcome(&state, &flow);
    result.out = out.to_vec();
    chain.interconnections(&state, &flow, &mut result);
    result
}

/// The chain whose outages are wanted.
pub(super) struct Question<'a> {
    pub plan: &'a Plan,
    pub catalog: &'a Catalog,
    pub demand: &'a Demand,
    /// What is out already.
    pub out: &'a [Outage],
}

impl Question<'_> {
    /// Every single outage of the chain, and `more` outages of what hangs on it.
    pub fn every(&self, more: &[Outage], follow: &mut Follow<'_>, pace: &mut dyn FnMut() -> Pace, show: &mut dyn FnMut(Failures)) -> Option<Failures> {
        let chain = Chain::assemble(self.plan, self.catalog, self.demand);
        failures::every(&chain, self.out, more, follow, pace, show)
    }
    /// Chosen outages, several things at once each.
    pub fn chosen(&self, sets: &[Vec<Outage>], follow: &mut Follow<'_>) -> Failures {
        let chain = Chain::assemble(self.plan, self.catalog, self.demand);
        failures::of(&chain, self.out, sets, follow)
    }
}

/// Per-unit load of one watt at a power factor.
fn per_watt(power_factor: f64) -> Complex<f64> {
    Complex::new(1.0, power_factor.clamp(0.1, 1.0).acos().tan()) / BASE
}
