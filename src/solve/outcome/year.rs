//! What is known about the 8,760 hours.

use crate::plan::Id;
use crate::units::*;
use std::collections::BTreeMap;

/// Hours of one year, W unless said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hourly {
    /// Dry bulb, °C.
    pub dry_bulb_c: Vec<f64>,
    /// Wet bulb, °C.
    pub wet_bulb_c: Vec<f64>,
    /// IT power.
    pub it: Vec<f64>,
    /// Cooling power.
    pub cooling: Vec<f64>,
    /// House power of the halls.
    pub house: Vec<f64>,
    /// Losses of the power chain.
    pub chain_loss: Vec<f64>,
    /// Facility power.
    pub facility: Vec<f64>,
    /// Water taken in, m³/h.
    pub makeup_m3: Vec<f64>,
    /// Facility water supply temperature of the warmest system, °C.
    pub fws_supply_c: Vec<f64>,
    /// Grid import.
    pub grid: Vec<f64>,
    /// By generator group, in id order.
    pub generators: Vec<(Id, Vec<f64>)>,
    /// Battery charging.
    pub charge: Vec<f64>,
    /// Battery discharging.
    pub discharge: Vec<f64>,
    /// Battery energy at the end of the hour, J.
    pub stored: Vec<f64>,
    /// Load not served.
    pub unserved: Vec<f64>,
    /// Price of grid energy, $/MWh.
    pub price: Vec<f64>,
}

impl Hourly {
    /// PUE of an hour, NaN at no IT power.
    #[must_use]
    pub fn pue(&self, hour: usize) -> f64 {
        match (self.facility.get(hour), self.it.get(hour)) {
            (Some(f), Some(it)) if *it > 0.0 => f / it,
            _ => f64::NAN,
        }
    }
}

/// Yearly sums of the plant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PlantYear {
    /// Compressors.
    pub chiller: Energy,
    /// Tower fans.
    pub tower_fan: Energy,
    /// Dry cooler fans.
    pub dry_cooler_fan: Energy,
    /// FWS pumps, tower pumps and CDUs.
    pub pump: Energy,
    /// Air handler fans.
    pub air_fan: Energy,
    /// Water taken in.
    pub makeup: Volume,
    /// Water evaporated.
    pub evaporation: Volume,
    /// Water carried off as droplets.
    pub drift: Volume,
    /// Water drained to keep the concentration.
    pub blowdown: Volume,
    /// Hours in which a set-point wasn't held.
    pub hours_not_held: u32,
    /// Hours with a curve outside its range.
    pub hours_out_of_range: u32,
}

/// Where the weather came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WeatherSource {
    /// A synthetic typical year from station statistics.
    #[default]
    Synthetic,
    /// An EPW file.
    File,
}

/// The year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Year {
    /// Where the weather came from.
    pub weather: WeatherSource,
    /// Station or file.
    pub weather_name: String,
    /// By hour.
    pub hourly: Hourly,
    /// Sums of the plant.
    pub plant: PlantYear,
    /// IT energy.
    pub it_energy: Energy,
    /// Facility energy.
    pub facility_energy: Energy,
    /// Grid energy.
    pub grid_energy: Energy,
    /// Energy by generator group.
    pub generation: BTreeMap<Id, Energy>,
    /// Energy not served.
    pub unserved_energy: Energy,
    /// Hours with load not served.
    pub unserved_hours: u32,
    /// Highest facility power.
    pub peak: Power,
    /// Highest grid import.
    pub grid_peak: Power,
    /// Carbon: grid and fuel.
    pub carbon: Mass,
    /// NOx by generator group, where the model has a figure.
    pub nox: BTreeMap<Id, Mass>,
    /// Largest violation of the energy balance in any hour, relative to the largest load.
    pub residual: f64,
}
