//! Turbines, engines, fuel cells and batteries.

use super::{Figure, Size};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// What drives a generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GeneratorKind {
    /// Industrial gas turbine.
    IndustrialTurbine,
    /// Aeroderivative gas turbine.
    AeroTurbine,
    /// Reciprocating gas engine.
    Engine,
    /// Fuel cell.
    FuelCell,
}

/// On-site generation on gas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratorModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// What drives it.
    pub kind: GeneratorKind,
    /// Rating at 15 °C and sea level.
    pub rating: Figure<Power>,
    /// Heat rate at full load, lower heating value.
    pub heat_rate: Figure<HeatRate>,
    /// Share of output lost per kelvin of ambient above 15 °C.
    pub derate_per_kelvin: Figure<Ratio>,
    /// Smallest load as a share of the rating.
    pub minimum_load: Figure<Ratio>,
    /// Relative rise of the heat rate at minimum load.
    pub part_load_penalty: Figure<Ratio>,
    /// Ramp of one unit.
    pub ramp: Figure<Ramp>,
    /// Share of the time it can run.
    pub availability: Figure<Ratio>,
    /// Maintenance and consumables per energy.
    pub maintenance: Figure<EnergyPrice>,
    /// NOx after the exhaust treatment named in the source, per energy out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nox: Option<Figure<CarbonIntensity>>,
    /// Price per rating, installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<CapacityPrice>>,
    /// Size.
    pub size: Figure<Size>,
}

/// A battery container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatteryModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Usable energy.
    pub energy: Figure<Energy>,
    /// Power in and out.
    pub power: Figure<Power>,
    /// Round-trip efficiency, AC to AC.
    pub round_trip: Figure<Ratio>,
    /// Cost of wear per energy through.
    pub wear: Figure<EnergyPrice>,
    /// Price per power, installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<CapacityPrice>>,
    /// Size.
    pub size: Figure<Size>,
}
