//! What is known about a plan once it is solved.
//!
//! Parts are shared (`Arc`), so that an outcome that reuses a stage costs a pointer. Absent means unknown and is never zero.

mod cooling;
mod failures;
mod loads;
mod money;
mod pipes;
mod power;
mod year;

pub use cooling::*;
pub use failures::*;
pub use loads::*;
pub use money::*;
pub use pipes::*;
pub use power::*;
pub use year::*;

use crate::plan::Id;
use crate::units::*;
use std::sync::Arc;

/// Hours in a year of this program.
pub const HOURS: usize = 8760;

/// How a numerical method ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Within tolerance.
    #[default]
    Converged,
    /// No further progress.
    Stalled,
    /// Ran away: there is no such steady state.
    Diverged,
    /// The equations don't determine an answer.
    Singular,
}

impl Status {
    /// As written in reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::Stalled => "stalled",
            Self::Diverged => "diverged",
            Self::Singular => "singular",
        }
    }
}

/// How well a stage closed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Convergence {
    /// How it ended.
    pub status: Status,
    /// Iterations.
    pub iterations: usize,
    /// Largest relative residual.
    pub residual: f64,
    /// The element where it is worst.
    pub worst: Option<Id>,
}

/// Everything the solver says about a plan.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The revision of the document it belongs to.
    pub revision: u64,
    /// Weather and time of the steady state.
    pub condition: Condition,
    /// What couldn't be understood: dangling references, unknown models. The rest is solved.
    pub problems: Arc<Vec<Problem>>,
    /// Rack loads.
    pub loads: Arc<Loads>,
    /// Coolant loops, hall air, facility water and heat rejection at the condition.
    pub cooling: Arc<Cooling>,
    /// How hot the racks get in this state, each against its limits.
    pub heat: Arc<Overheat>,
    /// The power chain at the condition.
    pub power: Arc<PowerFlow>,
    /// Every single outage of the power chain.
    pub failures: Arc<Failures>,
    /// Supply at the condition.
    pub supply: Arc<Supply>,
    /// 8,760 hours.
    pub year: Arc<Year>,
    /// The year's money.
    pub bill: Arc<Bill>,
    /// The numbers one looks at first.
    pub summary: Summary,
    /// How long each stage took, in order.
    pub stages: Vec<StageTime>,
    /// How well energy and mass balance.
    pub balance: Balance,
    /// Answers kept for the next solve.
    pub(crate) memo: Arc<crate::solve::Memo>,
    /// The plan's own catalog entries it was solved with.
    pub(crate) own_catalog: Arc<crate::plan::Catalog>,
}

/// The time a stage took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageTime {
    /// Its name.
    pub stage: &'static str,
    /// Milliseconds; only what was computed anew.
    pub milliseconds: f64,
    /// Whether the earlier result was reused.
    pub reused: bool,
}

/// Outdoor air and time of a steady state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Condition {
    /// For people: "Design day", "Hour 4,321".
    pub label: String,
    /// Dry bulb.
    pub dry_bulb: Temperature,
    /// Wet bulb.
    pub wet_bulb: Temperature,
    /// Station pressure.
    pub pressure: Pressure,
    /// Name of the scenario, if one is applied.
    pub scenario: Option<Id>,
}

/// Something in a plan that the solver couldn't use.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The element.
    pub subject: Id,
    /// The field.
    pub field: &'static str,
    /// A sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Whether the element takes no part in the solve because of it.
    pub excluded: bool,
}

/// The numbers one looks at first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// Racks.
    pub racks: u32,
    /// GPU packages.
    pub gpus: u64,
    /// IT power at the condition.
    pub it_power: Power,
    /// Of the IT power, lost in the racks' own converters.
    pub conversion_loss: Power,
    /// CDUs.
    pub cdu_power: Power,
    /// All cooling at the condition, CDUs included.
    pub cooling_power: Power,
    /// Loss of the power chain in front of the racks.
    pub chain_loss: Power,
    /// Facility power at the condition.
    pub facility_power: Power,
    /// Highest facility power of the year.
    pub poi_peak: Power,
    /// Yearly PUE.
    pub pue: Option<f64>,
    /// PUE at the condition.
    pub pue_now: Option<f64>,
    /// Yearly WUE, L/kWh.
    pub wue: Option<f64>,
    /// Yearly CUE, kg/kWh.
    pub cue: Option<f64>,
    /// Facility energy of a year.
    pub energy: Energy,
    /// Cost of a year.
    pub cost: Money,
    /// Per facility energy.
    pub cost_per_energy: Option<EnergyPrice>,
    /// Per GPU-hour.
    pub cost_per_gpu_hour: Option<Money>,
    /// Water of a year.
    pub water: Volume,
    /// Carbon of a year.
    pub carbon: Mass,
}

/// How well energy and mass balance over the whole solve, relative.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Balance {
    /// Power in the chain.
    pub power: f64,
    /// Mass in the pipes.
    pub mass: f64,
    /// Heat from chip to outdoors.
    pub heat: f64,
    /// Energy supplied and used over the year.
    pub supply: f64,
}
