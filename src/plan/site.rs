//! Where the campus stands.

use super::Id;
use crate::units::*;
use serde::{Deserialize, Serialize};

/// The site: a key into the library, and what this plan knows better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Always `site`.
    #[serde(default = "site_id", skip_serializing)]
    pub id: Id,
    /// Catalog key.
    pub library: String,
    /// Hourly weather file (EPW), relative to the plan; without it a synthetic year of the station's climate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weather: Option<String>,
    /// Catalog key of the tariff, if other than the site's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<String>,
    /// Price of gas, if other than the site's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gas: Option<FuelPrice>,
    /// Price of water, if other than the site's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub water: Option<VolumePrice>,
    /// Carbon of the grid, if other than the site's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon: Option<CarbonIntensity>,
    /// Water allowed per day, where a permit sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub water_cap: Option<VolumeFlow>,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

fn site_id() -> Id {
    Id::from("site")
}
