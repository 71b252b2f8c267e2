//! Sites with their design conditions, tariffs and climates.

use super::Figure;
use crate::units::*;
use serde::{Deserialize, Serialize};

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
