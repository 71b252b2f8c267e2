//! What feeds the campus: the grid, generators and batteries.

use super::space::{is_one, is_zero, one};
use super::{Id, Month, Point};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// Firm grid power from a month on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GridStep {
    /// First month.
    pub from: Month,
    /// Power that may be imported.
    pub firm: Power,
}

/// The grid connection, at the point of interconnection (POI).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The bus at the point of interconnection.
    pub bus: Id,
    /// Firm import by date, earliest first.
    pub steps: Vec<GridStep>,
    /// Short-circuit power at the point of interconnection.
    pub short_circuit: ApparentPower,
    /// Reactance over resistance of the grid there, where the utility states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_over_r: Option<f64>,
    /// Largest step of the voltage that the utility allows when load trips or comes back, where it states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voltage_step: Option<Ratio>,
    /// Lowest power factor that the utility allows there, where it states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_factor: Option<Ratio>,
    /// Place.
    pub at: Point,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

impl Grid {
    /// Firm import in a month.
    #[must_use]
    pub fn firm(&self, month: Month) -> Power {
        self.steps.iter().filter(|s| s.from <= month).max_by_key(|s| s.from).map_or(Power::ZERO, |s| s.firm)
    }
}

/// Generators of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The bus they feed.
    pub bus: Id,
    /// Catalog key.
    pub model: String,
    /// Units.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub units: u32,
    /// Of these, spare (spinning reserve or maintenance).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redundant: u32,
    /// First month in service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Month>,
    /// Last month in service (end of a permit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Month>,
    /// NOx allowed in any twelve months, where a permit sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nox_cap: Option<Mass>,
    /// South-west corner of the first.
    pub at: Point,
    /// Units side by side before the next line of them begins.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub columns: u32,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

impl Generator {
    /// Whether it is in service in a month.
    #[must_use]
    pub fn in_service(&self, month: Month) -> bool {
        self.from.is_none_or(|f| f <= month) && self.until.is_none_or(|u| month <= u)
    }
}

/// Batteries of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Battery {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The bus they feed.
    pub bus: Id,
    /// Catalog key.
    pub model: String,
    /// Units.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub units: u32,
    /// Share of the energy kept for ride-through and swings, not dispatched.
    #[serde(default)]
    pub reserve: Ratio,
    /// South-west corner of the first.
    pub at: Point,
    /// Units side by side before the next line of them begins.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub columns: u32,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}
