//! Equipment, sites, climates and tariffs: what can be put into a plan.
//!
//! The built-in catalog comes from `assets/`; a plan may carry entries of its own, and they win. Every figure knows its source and how far to
//! trust it: a [`Figure`] is a value, a [`Confidence`] letter and a key into the list of sources.

use crate::units::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a figure can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Primary: maker, utility, regulator, or computed from hourly data.
    P,
    /// A secondary page that cites the primary.
    S,
    /// Uncertain: single, conflicting, or a rule of thumb.
    U,
    /// General engineering knowledge.
    K,
}

impl Confidence {
    /// Whether the figure is shown as *assumed*: everything but a primary one.
    #[must_use]
    pub fn assumed(self) -> bool {
        self != Self::P
    }
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::P => "primary source",
            Self::S => "secondary source, assumed",
            Self::U => "uncertain, assumed",
            Self::K => "engineering judgment, assumed",
        }
    }
}

/// A catalog value with its confidence and the key of its source. In a file: `("132 kW", S, "hpe-gb200")`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure<T>(pub T, pub Confidence, pub String);

impl<T> std::ops::Deref for Figure<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Width, depth and height in meters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Size(pub f64, pub f64, pub f64);

/// What a part of a rack is, and with it which utilization it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartKind {
    /// Follows the CPU utilization.
    Cpu,
    /// Follows the GPU utilization.
    Gpu,
    /// A whole node or tray, follows the GPU utilization where the rack has GPUs, else the CPU utilization. So do all that follow.
    Node,
    /// Main memory.
    Memory,
    /// Network cards.
    Network,
    /// Disks.
    Storage,
    /// Network switches.
    Switch,
    /// Fans of the rack itself.
    Fan,
    /// Pumps inside the rack.
    Pump,
    /// Anything else.
    Other,
}

/// Where in the rack a part takes its power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Behind {
    /// Behind the node's own converter and the power shelf.
    Node,
    /// Behind the power shelf.
    #[default]
    Shelf,
    /// Directly at the AC input.
    Input,
}

/// Equal parts of a rack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// How many in one rack.
    pub count: u32,
    /// Power of one at no work.
    pub idle: Figure<Power>,
    /// Power of one at full work.
    pub peak: Figure<Power>,
    /// Where it takes its power.
    #[serde(default)]
    pub behind: Behind,
}

/// A stage of power conversion in the rack: `P_in = (P_out + units × constant) / efficiency`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Converters in one rack.
    pub units: u32,
    /// Constant loss of one.
    pub constant: Figure<Power>,
    /// Proportional efficiency.
    pub efficiency: Figure<Ratio>,
    /// Rating of one at its output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Figure<Power>>,
    /// Smart sharing: as few units as carry this load each are on. Without it all share equally.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_at: Option<Figure<Power>>,
}

/// One point of a rack's liquid side: what flow it wants at a supply temperature, and its pressure drop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FlowPoint(pub Temperature, pub VolumeFlow, pub Pressure);

/// The liquid side of a rack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiquidSide {
    /// Share of the rack's heat that the liquid takes.
    pub share: Figure<Ratio>,
    /// Flow and pressure drop by supply temperature, at design power, coldest first.
    pub points: Figure<Vec<FlowPoint>>,
    /// Largest flow allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_flow: Option<Figure<VolumeFlow>>,
    /// Largest supply temperature allowed.
    pub max_supply: Figure<Temperature>,
    /// Largest return temperature allowed.
    pub max_return: Figure<Temperature>,
}

/// The air side of a rack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AirSide {
    /// Temperature rise of the air through the rack.
    pub rise: Figure<TemperatureDifference>,
    /// Largest inlet temperature allowed.
    pub max_inlet: Figure<Temperature>,
}

/// A rack as sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RackModel {
    /// Key.
    pub id: String,
    /// Name on the data sheet.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// GPU packages in one rack.
    pub gpus: Figure<u32>,
    /// Power at the AC input to plan for (nameplate or thermal design power).
    pub design_power: Figure<Power>,
    /// Largest short-time power (electrical design point), where published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_power: Option<Figure<Power>>,
    /// What takes the power.
    pub parts: Vec<Part>,
    /// The converter of each node, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_stage: Option<Stage>,
    /// The rack's power shelves or supplies.
    pub shelf: Stage,
    /// Input voltage, line to line.
    pub voltage: Figure<Voltage>,
    /// The liquid side, absent for an air-cooled rack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liquid: Option<LiquidSide>,
    /// The air side.
    pub air: AirSide,
    /// Size.
    pub size: Figure<Size>,
    /// Mass, filled.
    pub mass: Figure<Mass>,
    /// Price of one, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Money>>,
}

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

/// A UPS module. Loss over rating is `alpha + beta·x + gamma·x²` at load share x.
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
    /// Nominal voltage, line to line.
    pub voltage: Figure<Voltage>,
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

/// A time of the week and year with a price of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Name on the bill.
    pub name: String,
    /// Months 1–12.
    pub months: Vec<u32>,
    /// First hour of the day and the hour after the last, 0–24.
    pub hours: (u32, u32),
    /// Whether Saturday and Sunday are left out.
    #[serde(default)]
    pub weekdays_only: bool,
    /// Price of energy in it.
    pub energy: Figure<EnergyPrice>,
}

/// What the grid costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Price of energy outside every period.
    pub energy: Figure<EnergyPrice>,
    /// Periods with a price of their own; the first that fits counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<Period>,
    /// Charge on the highest hour of each month.
    pub demand: Figure<DemandPrice>,
    /// Fixed charge per month.
    pub customer: Figure<Money>,
    /// Least demand billed, as a share of the contracted (firm) power.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_demand: Option<Figure<Ratio>>,
}

/// Weather figures to size on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignConditions {
    /// Dry bulb exceeded 0.4 % of the year.
    pub dry_bulb: Figure<Temperature>,
    /// Wet bulb at that dry bulb.
    pub coincident_wet_bulb: Figure<Temperature>,
    /// Wet bulb exceeded 0.4 % of the year.
    pub wet_bulb: Figure<Temperature>,
    /// Highest dry bulb in 20 years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extreme_dry_bulb: Option<Figure<Temperature>>,
    /// Highest wet bulb on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extreme_wet_bulb: Option<Figure<Temperature>>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteModel {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// State or region, and country.
    pub region: String,
    /// Degrees north.
    pub latitude: Figure<f64>,
    /// Degrees east.
    pub longitude: Figure<f64>,
    /// Height above sea level.
    pub altitude: Figure<Length>,
    /// Hours ahead of UTC, standard time.
    pub utc_offset: f64,
    /// Key of the climate.
    pub climate: String,
    /// Weather to size on.
    pub design: DesignConditions,
    /// Key of the tariff.
    pub tariff: String,
    /// Carbon of the grid.
    pub carbon: Figure<CarbonIntensity>,
    /// Price of gas.
    pub gas: Figure<FuelPrice>,
    /// Price of water, sewer included where known.
    pub water: Figure<VolumePrice>,
}

/// Statistics of a weather station, from which a typical year is made. Rows are months.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Climate {
    /// Key.
    pub id: String,
    /// Station and period.
    pub station: String,
    /// Key of the source.
    pub source: String,
    /// Mean station pressure.
    pub pressure: Pressure,
    /// Mean dry bulb by month and hour, °C.
    pub dry_bulb_mean_c: Vec<Vec<f64>>,
    /// Mean dew point by month and hour, °C.
    pub dew_point_mean_c: Vec<Vec<f64>>,
    /// Standard deviation of the daily mean dry bulb by month, K.
    pub dry_bulb_sd_k: Vec<f64>,
    /// Standard deviation of the daily mean dew point by month, K.
    pub dew_point_sd_k: Vec<f64>,
    /// Correlation of the two by month.
    pub correlation: Vec<f64>,
    /// Lag-one autocorrelation of the daily mean dry bulb and dew point.
    pub lag_one: (f64, f64),
    /// Dry bulb percentiles by month, °C, at 0.4, 1, 2, 5, 10, 25, 50, 75, 90, 95, 98, 99 and 99.6 %.
    pub dry_bulb_percentiles_c: Vec<Vec<f64>>,
    /// Wet bulb percentiles by month at the same levels, °C.
    pub wet_bulb_percentiles_c: Vec<Vec<f64>>,
    /// Dry bulb percentiles of the year at the same levels, °C.
    pub dry_bulb_year_c: Vec<f64>,
    /// Dew point percentiles of the year at the same levels, °C.
    pub dew_point_year_c: Vec<f64>,
    /// Least, mean and largest dew point of the year, °C.
    pub dew_point_range_c: (f64, f64, f64),
    /// Least, mean and largest dry bulb of the year, °C.
    pub dry_bulb_range_c: (f64, f64, f64),
    /// Least, mean and largest wet bulb of the year, °C.
    pub wet_bulb_range_c: (f64, f64, f64),
}

macro_rules! catalog {
    ($($(#[$doc:meta])* $field:ident: $model:ident, $label:literal;)*) => {
        /// Entries by kind and key.
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Catalog {
            $(
                $(#[$doc])*
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                pub $field: Vec<$model>,
            )*
            /// Full references by key.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub sources: BTreeMap<String, String>,
        }

        impl Catalog {
            /// Whether there is nothing in it.
            #[must_use]
            pub fn is_empty(&self) -> bool { true $(&& self.$field.is_empty())* && self.sources.is_empty() }
            /// This catalog with the entries of `own` put in, replacing those with the same key.
            #[must_use]
            pub fn with(&self, own: &Self) -> Self {
                let mut all = self.clone();
                $(for entry in &own.$field {
                    match all.$field.iter_mut().find(|e| e.id == entry.id) {
                        Some(old) => *old = entry.clone(),
                        None => all.$field.push(entry.clone()),
                    }
                })*
                all.sources.extend(own.sources.clone());
                all
            }
            /// Kind, key and name of every entry, by kind.
            #[must_use]
            pub fn entries(&self) -> Vec<(&'static str, &str, String)> {
                let mut list = Vec::new();
                $(for e in &self.$field { list.push(($label, e.id.as_str(), e.display_name())); })*
                list
            }
            $(
                #[doc = concat!("The ", $label, " with this key.")]
                #[must_use]
                pub fn $field(&self, id: &str) -> Option<&$model> { self.$field.iter().find(|e| e.id == id) }
            )*
        }
    };
}

macro_rules! named {
    ($($model:ident)*) => {$(impl $model { fn display_name(&self) -> String { self.name.clone() } })*};
}
named!(RackModel CduModel AirHandlerModel DryCoolerModel TowerModel ChillerModel PumpModel TransformerModel UpsModel ConductorModel GensetModel
    GeneratorModel BatteryModel Tariff SiteModel);
impl Climate {
    fn display_name(&self) -> String {
        self.station.clone()
    }
}

catalog! {
    /// Rack models.
    racks: RackModel, "rack";
    /// Coolant distribution units.
    cdus: CduModel, "CDU";
    /// Air handlers.
    air_handlers: AirHandlerModel, "air handler";
    /// Dry and adiabatic coolers.
    dry_coolers: DryCoolerModel, "dry cooler";
    /// Cooling towers.
    towers: TowerModel, "cooling tower";
    /// Chillers.
    chillers: ChillerModel, "chiller";
    /// Pumps.
    pumps: PumpModel, "pump";
    /// Transformers.
    transformers: TransformerModel, "transformer";
    /// UPS modules.
    ups: UpsModel, "UPS";
    /// Busways.
    busways: ConductorModel, "busway";
    /// Cables and lines.
    conductors: ConductorModel, "conductor";
    /// Diesel sets.
    gensets: GensetModel, "diesel set";
    /// Turbines, engines and fuel cells.
    generators: GeneratorModel, "generator";
    /// Batteries.
    batteries: BatteryModel, "battery";
    /// Tariffs.
    tariffs: Tariff, "tariff";
    /// Sites.
    sites: SiteModel, "site";
    /// Climates.
    climates: Climate, "climate";
}

/// Files of the built-in catalog: name in `assets/catalog`, and text.
const ASSETS: &[(&str, &str)] = &[
    ("sources.ron", include_str!("../../assets/catalog/sources.ron")),
    ("racks.ron", include_str!("../../assets/catalog/racks.ron")),
    ("cooling.ron", include_str!("../../assets/catalog/cooling.ron")),
    ("electrical.ron", include_str!("../../assets/catalog/electrical.ron")),
    ("supply.ron", include_str!("../../assets/catalog/supply.ron")),
    ("sites.ron", include_str!("../../assets/catalog/sites.ron")),
    ("climates.ron", include_str!("../../assets/catalog/climates.ron")),
];

impl Catalog {
    /// The catalog built into the program.
    ///
    /// # Errors
    /// With the name of the asset, if one of the built-in files doesn't read: a fault of this build, found by its tests.
    pub fn builtin() -> Result<Self, super::file::LoadError> {
        let mut all = Self::default();
        for (name, text) in ASSETS {
            let part: Self = super::file::read_ron(text).map_err(|e| e.in_file(*name))?;
            all = all.with(&part);
        }
        Ok(all)
    }
}
