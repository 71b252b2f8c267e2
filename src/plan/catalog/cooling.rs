//! CDUs, air handlers, dry coolers, towers, chillers and pumps.

use super::{Figure, Size};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// A coolant distribution unit, liquid to liquid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CduModel {
    /// Key.
    pub id: String,
    /// Name on the data sheet.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Heat at the rating point.
    pub capacity: Figure<Power>,
    /// Rating: TCS supply minus FWS supply.
    pub approach: Figure<TemperatureDifference>,
    /// TCS flow at the rating point.
    pub secondary_flow: Figure<VolumeFlow>,
    /// Pressure the pumps give to the outside at that flow.
    pub secondary_head: Figure<Pressure>,
    /// FWS flow at the rating point.
    pub primary_flow: Figure<VolumeFlow>,
    /// FWS pressure drop at that flow, exchanger and valve open.
    pub primary_drop: Figure<Pressure>,
    /// Electric power at the rating point.
    pub electric: Figure<Power>,
    /// Pumps inside.
    pub pumps: Figure<u32>,
    /// Whether the pumps run at one speed, and the electric power is the same at any load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_speed: Option<Figure<bool>>,
    /// Size.
    pub size: Figure<Size>,
}

/// A room air handler with a water coil: CRAH or fan wall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AirHandlerModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Sensible heat at the rating point.
    pub capacity: Figure<Power>,
    /// Air flow at full speed.
    pub air_flow: Figure<VolumeFlow>,
    /// Fan power at full speed.
    pub fan_power: Figure<Power>,
    /// Rating: return air temperature.
    pub air_in: Figure<Temperature>,
    /// Rating: water supply temperature.
    pub water_in: Figure<Temperature>,
    /// Water flow at the rating point.
    pub water_flow: Figure<VolumeFlow>,
    /// Water pressure drop at that flow.
    pub water_drop: Figure<Pressure>,
    /// Size.
    pub size: Figure<Size>,
}

/// Wetting in front of a dry cooler's coil.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adiabatic {
    /// Saturation efficiency of the pads.
    pub efficiency: Figure<Ratio>,
    /// Dry bulb above which the pads are wetted when needed.
    pub starts_at: Figure<Temperature>,
    /// Cycles of concentration of the pad water.
    pub cycles: Figure<f64>,
}

/// A dry cooler, or an adiabatic one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DryCoolerModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Heat at the rating point.
    pub heat: Figure<Power>,
    /// Fan power at full speed.
    pub fan_power: Figure<Power>,
    /// Rating: air dry bulb.
    pub air_in: Figure<Temperature>,
    /// Rating: coolant in.
    pub coolant_in: Figure<Temperature>,
    /// Rating: coolant out.
    pub coolant_out: Figure<Temperature>,
    /// Air flow at full speed.
    pub air_flow: Figure<VolumeFlow>,
    /// Wetting, for an adiabatic cooler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adiabatic: Option<Adiabatic>,
    /// Size.
    pub size: Figure<Size>,
    /// Price of one, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Money>>,
}

/// A cell of an open cooling tower.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TowerModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Heat at the rating point.
    pub heat: Figure<Power>,
    /// Fan power at full speed.
    pub fan_power: Figure<Power>,
    /// Rating: entering wet bulb.
    pub wet_bulb: Figure<Temperature>,
    /// Rating: leaving water minus wet bulb.
    pub approach: Figure<TemperatureDifference>,
    /// Rating: entering minus leaving water.
    pub range: Figure<TemperatureDifference>,
    /// Air flow at full speed.
    pub air_flow: Figure<VolumeFlow>,
    /// Cycles of concentration.
    pub cycles: Figure<f64>,
    /// Drift as a share of the circulating water.
    pub drift: Figure<Ratio>,
    /// Power of the tower-water pump of one cell.
    pub pump_power: Figure<Power>,
    /// Size.
    pub size: Figure<Size>,
    /// Price of one, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Money>>,
}

/// How a chiller's power follows its temperatures and load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ChillerCurve {
    /// Electric input ratio, DOE-2 form. Valid only between the leaving and entering temperatures given.
    Eir {
        /// Capacity by temperatures.
        cap_ft: [f64; 6],
        /// Electric input ratio by temperatures.
        eir_ft: [f64; 6],
        /// Electric input ratio by part load.
        eir_fplr: [f64; 3],
        /// Part loads covered.
        part_load: (f64, f64),
        /// Leaving evaporator temperatures covered.
        evaporator: (Temperature, Temperature),
        /// Entering condenser temperatures covered.
        condenser: (Temperature, Temperature),
    },
    /// A fixed share of the Carnot coefficient of performance, for leaving temperatures that no published fit covers.
    CarnotFraction {
        /// Share of Carnot.
        share: Ratio,
        /// Smallest temperature lift the compressor runs at.
        minimum_lift: TemperatureDifference,
    },
}

/// What takes a chiller's heat away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condenser {
    /// Outdoor air.
    Air,
    /// Water from the cooling towers of the same plant.
    Water,
}

/// A chiller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChillerModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Air- or water-cooled.
    pub condenser: Condenser,
    /// Capacity at the rating point.
    pub capacity: Figure<Power>,
    /// Coefficient of performance at the rating point.
    pub cop: Figure<f64>,
    /// Rating: leaving chilled water.
    pub leaving: Figure<Temperature>,
    /// Rating: entering condenser water or air.
    pub entering: Figure<Temperature>,
    /// Curves.
    pub curve: Figure<ChillerCurve>,
    /// Dry-cooler coils that cool without the compressor, as the heat they take per kelvin of water entering above air.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_cooling: Option<Figure<Conductance>>,
    /// Condenser fans (air-cooled) at full speed; included in the coefficient of performance, and used alone in free cooling.
    pub fan_power: Figure<Power>,
    /// Size.
    pub size: Figure<Size>,
    /// Price of one, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Money>>,
}

/// A pump set's pump.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PumpModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// Flow at the rating point.
    pub flow: Figure<VolumeFlow>,
    /// Head at the rating point.
    pub head: Figure<Pressure>,
    /// Head at no flow.
    pub shutoff: Figure<Pressure>,
    /// Hydraulic × motor × drive efficiency.
    pub efficiency: Figure<Ratio>,
    /// Size.
    pub size: Figure<Size>,
}
