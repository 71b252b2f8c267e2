//! What is known about the year's money.

use crate::units::*;

/// What a bill line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillKind {
    /// Grid energy.
    Energy,
    /// Demand charge.
    Demand,
    /// Fixed charge.
    Fixed,
    /// Fuel.
    Fuel,
    /// Generator and battery maintenance and wear.
    Maintenance,
    /// Water.
    Water,
}

/// A line of the bill.
#[derive(Debug, Clone, PartialEq)]
pub struct BillLine {
    /// For people.
    pub label: String,
    /// What it is for.
    pub kind: BillKind,
    /// By month.
    pub monthly: [Money; 12],
    /// How it is computed, in words.
    pub basis: String,
}

impl BillLine {
    /// Sum of the months.
    #[must_use]
    pub fn total(&self) -> Money {
        self.monthly.iter().copied().sum()
    }
}

/// The year's money.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bill {
    /// Lines.
    pub lines: Vec<BillLine>,
    /// Sum.
    pub total: Money,
    /// Sum over facility energy served.
    pub per_energy: EnergyPrice,
    /// Sum per GPU and hour, where there are GPUs.
    pub per_gpu_hour: Option<Money>,
    /// The lease, where the plan has a contract.
    pub lease: Option<Lease>,
}

/// The lease beside the cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lease {
    /// Fee over a year.
    pub fee_per_year: Money,
    /// Fee per megawatt-hour of facility energy.
    pub fee_per_energy: EnergyPrice,
    /// Fee per GPU-hour.
    pub fee_per_gpu_hour: Option<Money>,
    /// Months from the plan's month to the end.
    pub months_left: i32,
    /// Fees to the end.
    pub fees_left: Money,
    /// Fees that an exit today forgoes: those after the notice.
    pub at_risk: Money,
    /// What is left of the cost to build at the earliest exit, straight-line; absent when the plan has no cost to build.
    pub stranded: Option<Money>,
}
