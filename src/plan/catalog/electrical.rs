//! Transformers, UPS, conductors and standby sets.

use super::{Figure, Size};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// A transformer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransformerModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Continuous rating.
    pub rating: Figure<ApparentPower>,
    /// High-side nominal voltage.
    pub high: Figure<Voltage>,
    /// Low-side nominal voltage.
    pub low: Figure<Voltage>,
    /// No-load loss at nominal voltage.
    pub no_load_loss: Figure<Power>,
    /// Load loss at rating.
    pub load_loss: Figure<Power>,
    /// Short-circuit impedance.
    pub impedance: Figure<Ratio>,
    /// Size.
    pub size: Figure<Size>,
    /// Price of one, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Money>>,
}

/// A UPS module, or a rectifier with a DC output. Loss over rating is `alpha + beta·x + gamma·x²` at load share x.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpsModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Output rating of one module.
    pub rating: Figure<Power>,
    /// Loss coefficients alpha, beta, gamma.
    pub loss: Figure<(f64, f64, f64)>,
    /// The same in eco mode, for modules that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eco: Option<Figure<(f64, f64, f64)>>,
    /// Voltage between the poles of its output, for a rectifier that feeds a DC busway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dc: Option<Figure<Voltage>>,
    /// Medium voltage that it takes itself, for a solid-state transformer: its block has no transformer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Figure<Voltage>>,
    /// Input power factor.
    pub power_factor: Figure<f64>,
    /// Battery time at rated load.
    pub ride_through: Figure<Duration>,
    /// Size.
    pub size: Figure<Size>,
    /// Price of one, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Money>>,
}

/// A busway or a cable: a conductor with a current rating.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConductorModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Nominal voltage, line to line; between the poles of a DC busway.
    pub voltage: Figure<Voltage>,
    /// Whether it is a two-pole DC conductor: resistance per length is then that of one pole, and the current runs through both.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dc: bool,
    /// Current rating.
    pub current: Figure<Current>,
    /// Share of the rating allowed without end: 80 % or 100 %.
    pub continuous: Figure<Ratio>,
    /// Resistance per length.
    pub resistance: Figure<ImpedancePerLength>,
    /// Reactance per length.
    pub reactance: Figure<ImpedancePerLength>,
}

/// A standby diesel set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GensetModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Standby rating.
    pub rating: Figure<Power>,
    /// Fuel at full load.
    pub fuel: Figure<VolumeFlow>,
    /// Time from start to load.
    pub start: Figure<Duration>,
    /// Size.
    pub size: Figure<Size>,
    /// Price per rating, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<CapacityPrice>>,
}
