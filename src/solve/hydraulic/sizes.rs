//! Which diameter the headers of a loop should have.

use crate::physics::header::{smallest_bore, velocity_limit};
use crate::plan::{Id, Plan};
use crate::solve::{LoopState, Outcome};
use crate::units::{Length, Velocity, VolumeFlow};

/// Share of the velocity limit that headers are sized for, so that a header just sized is not close to its limit.
const SHARE: f64 = 0.9;

/// The flow of the fullest header of a loop, when every rack gets what it wants.
#[must_use]
pub fn header_flow(state: &LoopState) -> VolumeFlow {
    let rows = state.rows.values().map(|row| row.wanted.iter().filter(|w| w.is_finite()).sum::<f64>());
    VolumeFlow::from_cubic_meters_per_second(rows.fold(0.0, f64::max))
}

/// The narrowest standard diameter for the headers of a loop; none for a loop without racks, or one that no pipe of the table is wide enough for.
#[must_use]
pub fn header_size(state: &LoopState) -> Option<Length> {
    let target = Velocity::from_meters_per_second(SHARE * velocity_limit().meters_per_second());
    Some(header_flow(state)).filter(|flow| *flow > VolumeFlow::ZERO).and_then(|flow| smallest_bore(flow, target))
}

/// [`header_size`] of every loop that has one.
#[must_use]
pub fn header_sizes(plan: &Plan, outcome: &Outcome) -> Vec<(Id, Length)> {
    let loops = plan.tcs_loops().filter_map(|tcs| Some((tcs, outcome.cooling.loops.get(&tcs.id)?)));
    loops.filter_map(|(tcs, state)| Some((tcs.id.clone(), header_size(state)?))).collect()
}
