//! 8,760 hours: IT load through the chain, cooling through the weather, supply by merit order.
//!
//! The load of an hour is the mean load times the day's shape. What depends on the load alone (coolant loops, pumps, fans, losses of the
//! chain) is solved at a few loads between the least and the largest and interpolated; what depends on the weather (heat rejection) is
//! solved for every hour. Losses of the chain are interpolated between full power flows at two levels of cooling power as well.

use super::cooling::FwsDuty;
use super::service::Service;
use super::weather::Outdoor;
use super::{HOURS, Hourly, PlantYear, Year, air, cooling, loads, plant, power, supply};
use crate::physics::moist_air::MoistAir;
use crate::plan::{Catalog, Id, Plan};
use crate::units::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days before each month.
pub(super) const MONTH_STARTS: [usize; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
/// Loads at which the load-dependent parts are solved when the load varies.
const LEVELS: usize = 3;
/// Shares of the design day's cooling power at which the losses of the chain are solved.
const COOLING_LEVELS: [f64; 2] = [0.3, 1.0];

/// Month (0–11) of an hour of the year.
pub(super) fn month_of(hour: usize) -> usize {
    let day = hour / 24;
    (1..12).take_while(|m| day >= MONTH_STARTS[*m]).count()
}

/// The campus at one load.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Level {
    pub factor: f64,
    pub it: f64,
    pub duties: BTreeMap<Id, FwsDuty>,
    /// Cooling power that doesn't depend on the weather, W.
    pub steady: f64,
    /// House power of the halls, W.
    pub house: f64,
    /// Losses of the chain at each of [`COOLING_LEVELS`], and the cooling power there, W.
    pub losses: Vec<(f64, f64)>,
}

/// Load over mean load by hour of the day: a cosine with its top at the peak hour.
pub(super) fn shape(plan: &Plan) -> [f64; 24] {
    let (swing, peak) = plan.workload().map_or((0.0, 15), |w| (w.daily_swing.value(), w.peak_hour));
    std::array::from_fn(|h| 1.0 + swing * ((h as f64 - f64::from(peak)) / 24.0 * std::f64::consts::TAU).cos())
}

/// Solves the load-dependent parts. `design` is the electric power of the cooling elements on the design day.
pub(super) fn levels(
    plan: &Plan,
    catalog: &Catalog,
    plants: &BTreeMap<Id, plant::Plant>,
    design: &BTreeMap<Id, f64>,
    pressure: Pressure,
    memo: &mut cooling::Memo,
) -> Vec<Level> {
    let (shape, sites) = (shape(plan), air::sites(plan, catalog));
    let (least, most) = shape.iter().fold((f64::MAX, f64::MIN), |(a, b), f| (a.min(*f), b.max(*f)));
    let count = if most - least < 1e-9 { 1 } else { LEVELS };
    (0..count)
        .map(|i| {
            let factor = if count == 1 { least } else { least + (most - least) * i as f64 / (count - 1) as f64 };
            let loads = loads::solve(plan, catalog, factor);
            let side =
                cooling::solve(&cooling::State { plan, catalog, loads: &loads, plants, service: &Service::default(), sites: &sites, pressure }, None, memo);
            let (steady, house) = (side.cooling.power.watts(), side.cooling.house.watts());
            let bare = power::Demand::of(&loads);
            let losses = COOLING_LEVELS
                .iter()
                .map(|share| {
                    let equipment: BTreeMap<Id, f64> = design.iter().map(|(id, w)| (id.clone(), w * share)).collect();
                    let cooling = equipment.values().filter(|w| w.is_finite()).sum();
                    // Without a grid, generators at their rating hold the voltage.
                    let flow = power::solve(plan, catalog, &power::Demand { equipment, available: supply::ratings(plan, catalog), ..bare.clone() }, &[]);
                    (cooling, flow.loss.watts())
                })
                .collect();
            Level { factor, it: loads.it_power.watts(), duties: side.duties, steady, house, losses }
        })
        .collect()
}

/// Two levels around a load factor, and the share of the upper one.
fn between(levels: &[Level], factor: f64) -> (&Level, &Level, f64) {
    let upper = levels.iter().position(|l| l.factor >= factor - 1e-12).unwrap_or(levels.len() - 1);
    let lower = upper.saturating_sub(1);
    let (a, b) = (&levels[lower], &levels[upper]);
    let span = b.factor - a.factor;
    (a, b, if span > 0.0 { ((factor - a.factor) / span).clamp(0.0, 1.0) } else { 0.0 })
}

fn mix(a: f64, b: f64, share: f64) -> f64 {
    a + (b - a) * share
}

impl Level {
    fn loss(&self, cooling: f64) -> f64 {
        match self.losses.as_slice() {
            [(c0, l0), (c1, l1)] if c1 > c0 => mix(*l0, *l1, (cooling - c0) / (c1 - c0)).max(0.0),
            [(_, l0), ..] => *l0,
            [] => 0.0,
        }
    }
}

/// Sums over the year: energies in J, water in m³.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sums {
    pub compressor: f64,
    pub tower_fan: f64,
    pub tower_pump: f64,
    pub dry_fan: f64,
    pub evaporation: f64,
    pub drift: f64,
    pub blowdown: f64,
}

/// The heat rejection of one facility water system over the year.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FwsYear {
    pub power: Vec<f64>,
    pub supply: Vec<f64>,
    pub makeup: Vec<f64>,
    pub sums: Sums,
    pub not_held: u32,
    pub out_of_range: u32,
}

/// What a plant's year was computed from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FwsKey {
    pub plant: plant::Plant,
    pub duties: Vec<FwsDuty>,
    pub shape: [f64; 24],
    pub weather: super::weather::Key,
}

impl FwsKey {
    /// Whether two systems are alike in all that matters to their year: the names of their groups don't.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        let alike = |a: &plant::Plant, b: &plant::Plant| {
            a.exchanger == b.exchanger
                && a.rho_c == b.rho_c
                && a.setpoint == b.setpoint
                && a.groups.len() == b.groups.len()
                && a.groups.iter().zip(&b.groups).all(|(x, y)| x.machine == y.machine && x.units == y.units)
        };
        self.duties == other.duties && self.shape == other.shape && self.weather == other.weather && alike(&self.plant, &other.plant)
    }
}

/// One plant through the weather.
pub(super) fn plant_year(plant: &plant::Plant, id: &Id, levels: &[Level], shape: &[f64; 24], outdoor: &Outdoor) -> FwsYear {
    let mut year = FwsYear { power: Vec::with_capacity(HOURS), supply: Vec::with_capacity(HOURS), makeup: Vec::with_capacity(HOURS), ..FwsYear::default() };
    let none = FwsDuty::default();
    let duty = |l: &Level| -> FwsDuty { l.duties.get(id).unwrap_or(&none).clone() };
    let by_hour: Vec<(f64, f64)> = shape
        .iter()
        .map(|f| {
            let (a, b, share) = between(levels, *f);
            let (a, b) = (duty(a), duty(b));
            (mix(a.heat, b.heat, share), mix(a.rate, b.rate, share))
        })
        .collect();
    for (hour, air) in outdoor.air.iter().enumerate() {
        let (heat, rate) = by_hour[hour % 24];
        let run = plant.run(air, heat, rate);
        let (mut electric, mut water) = (0.0, 0.0);
        for (group, r) in plant.groups.iter().zip(&run.groups) {
            electric += r.fan + r.compressor + r.pump;
            water += r.makeup() * 3600.0;
            year.sums.compressor += r.compressor * 3600.0;
            year.sums.tower_pump += r.pump * 3600.0;
            match group.machine {
                plant::Machine::Tower { .. } => year.sums.tower_fan += r.fan * 3600.0,
                plant::Machine::Dry { .. } | plant::Machine::Chiller { .. } => year.sums.dry_fan += r.fan * 3600.0,
            }
            year.sums.evaporation += r.evaporation * 3600.0;
            year.sums.drift += r.drift * 3600.0;
            year.sums.blowdown += r.blowdown * 3600.0;
        }
        year.not_held += u32::from(!run.held);
        year.out_of_range += u32::from(run.groups.iter().any(|g| !g.in_range));
        year.power.push(electric);
        year.supply.push(run.supply);
        year.makeup.push(water);
    }
    year
}

/// Everything the year is put together from.
pub(super) struct Parts<'a> {
    pub plan: &'a Plan,
    pub catalog: &'a Catalog,
    pub outdoor: &'a Outdoor,
    pub levels: &'a [Level],
    pub plants: &'a BTreeMap<Id, Arc<FwsYear>>,
}

/// Facility power hour by hour, supply left out.
pub(super) fn demand(parts: &Parts<'_>) -> (Hourly, PlantYear) {
    let hours = parts.outdoor.air.len();
    let mut hourly = Hourly {
        dry_bulb_c: parts.outdoor.air.iter().map(|a: &MoistAir| a.dry_bulb.celsius()).collect(),
        wet_bulb_c: parts.outdoor.wet_bulb.iter().map(|t| t.celsius()).collect(),
        ..Hourly::default()
    };
    let shape = shape(parts.plan);
    for h in 0..hours {
        let (a, b, share) = between(parts.levels, shape[h % 24]);
        let it = mix(a.it, b.it, share);
        let rejection: f64 = parts.plants.values().map(|p| p.power[h]).sum();
        let cooling = mix(a.steady, b.steady, share) + rejection;
        let house = mix(a.house, b.house, share);
        let loss = mix(a.loss(cooling + house), b.loss(cooling + house), share);
        hourly.it.push(it);
        hourly.cooling.push(cooling);
        hourly.house.push(house);
        hourly.chain_loss.push(loss);
        hourly.facility.push(it + cooling + house + loss);
        hourly.makeup_m3.push(parts.plants.values().map(|p| p.makeup[h]).sum());
        hourly.fws_supply_c.push(parts.plants.values().map(|p| p.supply[h] - 273.15).fold(f64::NAN, f64::max));
    }
    let total = |pick: fn(&Sums) -> f64| -> f64 { parts.plants.values().map(|p| pick(&p.sums)).sum() };
    let energy = |pick: fn(&Sums) -> f64| Energy::from_joules(total(pick));
    let water = |pick: fn(&Sums) -> f64| Volume::from_cubic_meters(total(pick));
    let by_level = |f: fn(&FwsDuty) -> f64| -> f64 {
        let mean: f64 = (0..24)
            .map(|h| {
                let (a, b, share) = between(parts.levels, shape[h]);
                let total = |l: &Level| l.duties.values().map(f).filter(|x| x.is_finite()).sum::<f64>();
                mix(total(a), total(b), share)
            })
            .sum::<f64>()
            / 24.0;
        mean * hours as f64 * 3600.0
    };
    let plant = PlantYear {
        chiller: energy(|s| s.compressor),
        tower_fan: energy(|s| s.tower_fan),
        dry_cooler_fan: energy(|s| s.dry_fan),
        pump: Energy::from_joules(by_level(|d| d.pumps + d.cdus)) + energy(|s| s.tower_pump),
        air_fan: Energy::from_joules(by_level(|d| d.fans)),
        makeup: Volume::from_cubic_meters(hourly.makeup_m3.iter().sum()),
        evaporation: water(|s| s.evaporation),
        drift: water(|s| s.drift),
        blowdown: water(|s| s.blowdown),
        hours_not_held: parts.plants.values().map(|p| p.not_held).max().unwrap_or(0),
        hours_out_of_range: parts.plants.values().map(|p| p.out_of_range).max().unwrap_or(0),
    };
    (hourly, plant)
}

/// The year with its supply.
pub(super) fn year(parts: &Parts<'_>, price: Option<Ratio>) -> Year {
    let (mut hourly, plant) = demand(parts);
    let dispatched = supply::dispatch(parts.plan, parts.catalog, parts.outdoor, &mut hourly, price);
    let energy = |series: &[f64]| Energy::from_joules(series.iter().map(|w| w * 3600.0).sum());
    let generation: BTreeMap<Id, Energy> = hourly.generators.iter().map(|(id, s)| (id.clone(), energy(s))).collect();
    Year {
        weather: parts.outdoor.source,
        weather_name: parts.outdoor.name.clone(),
        plant,
        it_energy: energy(&hourly.it),
        facility_energy: energy(&hourly.facility),
        grid_energy: energy(&hourly.grid),
        unserved_energy: energy(&hourly.unserved),
        unserved_hours: hourly.unserved.iter().zip(&hourly.facility).filter(|(u, f)| **u > 1e-6 * **f).count() as u32,
        peak: Power::from_watts(hourly.facility.iter().copied().fold(0.0, f64::max)),
        grid_peak: Power::from_watts(hourly.grid.iter().copied().fold(0.0, f64::max)),
        carbon: dispatched.carbon,
        nox: dispatched.nox,
        residual: dispatched.residual,
        generation,
        hourly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_fall_into_their_months() {
        assert_eq!(month_of(0), 0);
        assert_eq!(month_of(31 * 24 - 1), 0);
        assert_eq!(month_of(31 * 24), 1);
        assert_eq!(month_of(59 * 24), 2);
        assert_eq!(month_of(8759), 11);
    }
}
