//! The power chain from the point of interconnection to the busway.

use super::space::{is_false, is_one, is_zero, one};
use super::{Id, Point};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// Switchgear: a busbar at one voltage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bus {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Nominal voltage, line to line.
    pub voltage: Voltage,
    /// Continuous current of the busbar, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Current>,
    /// Place.
    pub at: Point,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

/// Transformers in parallel between two buses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transformer {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// High-side bus.
    pub from: Id,
    /// Low-side bus.
    pub to: Id,
    /// Catalog key.
    pub model: String,
    /// Transformers in parallel.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub units: u32,
    /// Of these, spare: the rest must carry the load.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redundant: u32,
    /// Place.
    pub at: Point,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

/// A cable or line between two buses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feeder {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Bus at one end.
    pub from: Id,
    /// Bus at the other end.
    pub to: Id,
    /// Catalog key of the cable.
    pub conductor: String,
    /// Length.
    pub length: Length,
    /// Cables in parallel.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub parallel: u32,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

/// How UPS modules run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum UpsMode {
    /// Rectifier and inverter carry the load all the time.
    #[default]
    DoubleConversion,
    /// The load is on the mains through the static switch, the inverter is ready (Eaton: energy saver system, Schneider: eConversion).
    /// Its input power factor is taken to be that of double conversion. Assumed.
    Eco,
}

impl UpsMode {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::DoubleConversion => "double conversion",
            Self::Eco => "eco mode",
        }
    }
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A power block: medium-voltage feeder, unit substation, UPS and standby set, the repeated unit of the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The bus that feeds it.
    pub from: Id,
    /// Catalog key of the feeder cable.
    pub conductor: String,
    /// Length of the feeder.
    pub length: Length,
    /// Catalog key of the unit substation's transformer; may be empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub transformer: String,
    /// Transformers in parallel. None where the UPS module takes medium voltage itself (a solid-state transformer).
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub transformers: u32,
    /// Catalog key of the UPS module; without it the load is on raw power. A module with a DC output (a rectifier) makes it a DC block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ups: Option<String>,
    /// How the UPS modules run.
    #[serde(default, skip_serializing_if = "UpsMode::is_default")]
    pub mode: UpsMode,
    /// UPS modules.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub modules: u32,
    /// Of these, spare.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redundant: u32,
    /// Catalog key of the standby diesel set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genset: Option<String>,
    /// Diesel sets.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gensets: u32,
    /// South-west corner.
    pub at: Point,
    /// Whether its long side runs south–north.
    #[serde(default, skip_serializing_if = "is_false")]
    pub turned: bool,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}
