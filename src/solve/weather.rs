//! The outdoor air of the year, and of the steady state.

use super::{Condition, HOURS, Request, WeatherSource};
use crate::physics::climate::{self, Statistics};
use crate::physics::moist_air::{MoistAir, standard_pressure};
use crate::plan::catalog::{Climate, SiteModel};
use crate::plan::{Catalog, Id, Plan, Scenario};
use crate::units::*;
use std::sync::Arc;

/// Outdoor air by hour, with what is needed again and again worked out once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Outdoor {
    pub source: WeatherSource,
    pub name: String,
    pub air: Vec<MoistAir>,
    pub wet_bulb: Vec<Temperature>,
}

/// What the outdoor air was made from, to tell whether it must be made again.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Key {
    climate: String,
    file: Option<usize>,
}

/// The site of the plan in the catalog.
pub(super) fn site<'a>(plan: &Plan, catalog: &'a Catalog) -> Option<&'a SiteModel> {
    catalog.sites(&plan.site()?.library)
}

pub(super) fn key(site: Option<&SiteModel>, request: &Request) -> Key {
    Key { climate: site.map(|s| s.climate.clone()).unwrap_or_default(), file: request.weather.as_ref().map(|w| Arc::as_ptr(w) as usize) }
}

/// The year's outdoor air: of the file if there is one with a whole year, else the synthetic year of the site's climate. Empty without either.
pub(super) fn year(site: Option<&SiteModel>, catalog: &Catalog, request: &Request) -> Outdoor {
    if let Some(file) = request.weather.as_ref().filter(|w| w.hours.len() == HOURS) {
        let air = file.hours.iter().map(|h| MoistAir::from_dew_point(h.dry_bulb, h.dew_point.min(h.dry_bulb), h.pressure)).collect();
        return outdoor(WeatherSource::File, file.name.clone(), air);
    }
    let Some(climate) = site.and_then(|s| catalog.climates(&s.climate)) else { return Outdoor::default() };
    let Some(statistics) = statistics(climate) else { return Outdoor::default() };
    let air =
        climate::synthetic_year(&statistics).iter().map(|h| MoistAir::from_dew_point(h.dry_bulb, h.dew_point.min(h.dry_bulb), climate.pressure)).collect();
    outdoor(WeatherSource::Synthetic, climate.station.clone(), air)
}

fn outdoor(source: WeatherSource, name: String, air: Vec<MoistAir>) -> Outdoor {
    let wet_bulb = air.iter().map(MoistAir::wet_bulb).collect();
    Outdoor { source, name, air, wet_bulb }
}

/// The catalog's lists as the physics wants them; `None` when one has the wrong length.
fn statistics(c: &Climate) -> Option<Statistics> {
    fn table(rows: &[Vec<f64>]) -> Option<[[f64; 24]; 12]> {
        let rows: Vec<[f64; 24]> = rows.iter().map(|r| r.as_slice().try_into().ok()).collect::<Option<_>>()?;
        rows.try_into().ok()
    }
    fn levels(rows: &[Vec<f64>]) -> Option<Vec<[f64; 13]>> {
        rows.iter().map(|r| r.as_slice().try_into().ok()).collect()
    }
    fn list<const N: usize>(values: &[f64]) -> Option<[f64; N]> {
        values.try_into().ok()
    }
    Some(Statistics {
        dry_bulb_mean_c: table(&c.dry_bulb_mean_c)?,
        dew_point_mean_c: table(&c.dew_point_mean_c)?,
        dry_bulb_daily_sd_k: list(&c.dry_bulb_sd_k)?,
        dew_point_daily_sd_k: list(&c.dew_point_sd_k)?,
        correlation: list(&c.correlation)?,
        dry_bulb_lag1: c.lag_one.0,
        dew_point_lag1: c.lag_one.1,
        dry_bulb_percentiles_c: list(&c.dry_bulb_year_c)?,
        dew_point_percentiles_c: list(&c.dew_point_year_c)?,
        dry_bulb_percentiles_by_month_c: levels(&c.dry_bulb_percentiles_c)?,
        wet_bulb_percentiles_by_month_c: levels(&c.wet_bulb_percentiles_c)?,
        dry_bulb_min_max_c: (c.dry_bulb_range_c.0, c.dry_bulb_range_c.2),
        dew_point_min_max_c: (c.dew_point_range_c.0, c.dew_point_range_c.2),
        wet_bulb_min_max_c: (c.wet_bulb_range_c.0, c.wet_bulb_range_c.2),
        pressure: c.pressure,
    })
}

/// Outdoor air of the steady state: the hour asked for, else the site's design day (0.4 % dry bulb with its coincident wet bulb), with what
/// a scenario says instead.
pub(super) fn condition(site: Option<&SiteModel>, outdoor: &Outdoor, request: &Request, scenario: Option<&Scenario>) -> (Condition, MoistAir) {
    let hour = request.hour.filter(|h| *h < outdoor.air.len());
    let pressure = match hour {
        Some(h) => outdoor.air[h].pressure,
        None => outdoor.air.first().map(|a| a.pressure).unwrap_or_else(|| standard_pressure(site.map_or(Length::ZERO, |s| *s.altitude))),
    };
    let (mut dry_bulb, mut wet_bulb, mut label) = match (hour, site) {
        (Some(h), _) => (outdoor.air[h].dry_bulb, outdoor.wet_bulb[h], format!("Hour {}", h + 1)),
        (None, Some(s)) => (*s.design.dry_bulb, *s.design.coincident_wet_bulb, "Design day".to_owned()),
        // A plan at an unknown site gets the ISO rating air, and a finding.
        (None, None) => (Temperature::from_celsius(35.0), Temperature::from_celsius(24.0), "Assumed air".to_owned()),
    };
    if let Some(s) = scenario {
        if s.dry_bulb.is_some() || s.wet_bulb.is_some() {
            label = if s.name.is_empty() { s.id.to_string() } else { s.name.clone() };
        }
        dry_bulb = s.dry_bulb.unwrap_or(dry_bulb);
        wet_bulb = s.wet_bulb.unwrap_or(wet_bulb);
    }
    wet_bulb = wet_bulb.min(dry_bulb);
    let air = MoistAir::from_wet_bulb(dry_bulb, wet_bulb, pressure);
    let scenario = scenario.map(|s: &Scenario| -> Id { s.id.clone() });
    (Condition { label, dry_bulb, wet_bulb, pressure, scenario }, air)
}
