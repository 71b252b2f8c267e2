//! What the racks do, and named variations of it.

use super::{Id, Month};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// The load of the campus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    /// Always `workload`.
    #[serde(default = "workload_id", skip_serializing)]
    pub id: Id,
    /// Mean GPU utilization, as a share of the way from idle to peak power.
    pub gpu: Ratio,
    /// Mean CPU utilization likewise.
    pub cpu: Ratio,
    /// Swing of the utilization over a day, from mean to peak, as a share of the mean (inference has one, training none).
    #[serde(default)]
    pub daily_swing: Ratio,
    /// Hour of the day with the highest load.
    #[serde(default = "afternoon")]
    pub peak_hour: u32,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

fn workload_id() -> Id {
    Id::from("workload")
}
fn afternoon() -> u32 {
    15
}

/// A named variation of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Key, and the name on the command line.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// GPU utilization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu: Option<Ratio>,
    /// CPU utilization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Ratio>,
    /// Outdoor dry bulb instead of the design day's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_bulb: Option<Temperature>,
    /// Outdoor wet bulb instead of the design day's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wet_bulb: Option<Temperature>,
    /// The month instead of the plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Month>,
    /// Factor on the price of grid energy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Ratio>,
    /// Elements out of service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out: Vec<Id>,
}

/// A finding that the planner accepts, with the reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Key.
    pub id: Id,
    /// Rule of the finding.
    pub rule: String,
    /// Element of the finding.
    pub subject: Id,
    /// Why it is accepted.
    pub reason: String,
}
