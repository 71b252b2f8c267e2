//! The lease and the money to build.

use super::{Id, Month};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// The tenant's contract and the cost of the campus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// Always `contract`.
    #[serde(default = "contract_id", skip_serializing)]
    pub id: Id,
    /// Fee per month.
    pub fee: Money,
    /// First month.
    pub from: Month,
    /// Last month.
    pub until: Month,
    /// Notice either side must give to leave.
    pub exit_notice: Duration,
    /// Cost to build, racks left out, per watt of IT power.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_cost: Option<CapacityPrice>,
    /// Straight-line life of the buildings and the plant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Duration>,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

fn contract_id() -> Id {
    Id::from("contract")
}
