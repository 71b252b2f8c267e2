//! What feeds the campus: capacities in the weather, prices by hour, dispatch by merit order with storage.

use super::weather::Outdoor;
use super::{Condition, HOURS, Hourly, Supply};
use crate::numerics::dispatch::{self, Problem, Storage, Unit};
use crate::physics::{battery, turbine};
use crate::plan::catalog::{GeneratorModel, Tariff};
use crate::plan::{Catalog, Generator, Id, Plan};
use crate::units::*;
use std::collections::BTreeMap;

/// Price of load not served, $/MWh, for the dispatch alone: it is no line of the bill. As in the reference dispatch cases.
const UNSERVED: f64 = 10_000.0;

/// The tariff of the plan's grid connection.
pub(super) fn tariff<'a>(plan: &Plan, catalog: &'a Catalog) -> Option<&'a Tariff> {
    let site = plan.site()?;
    catalog.tariffs(site.tariff.as_deref().or_else(|| catalog.sites(&site.library).map(|s| s.tariff.as_str()))?)
}

/// Firm grid import in the plan's month.
pub(super) fn firm(plan: &Plan) -> Power {
    plan.grids().map(|g| g.firm(plan.date())).sum()
}

/// Generator groups in service, with their models.
pub(super) fn generators<'a>(plan: &'a Plan, catalog: &'a Catalog) -> impl Iterator<Item = (&'a Generator, &'a GeneratorModel)> {
    plan.generators().filter(|g| g.in_service(plan.date())).filter_map(|g| Some((g, catalog.generators(&g.model)?)))
}

fn available(g: &Generator, m: &GeneratorModel, ambient: Temperature, pressure: Pressure) -> Power {
    let units = f64::from(g.units.saturating_sub(g.redundant));
    // The generator's rating limits what cold air would give.
    turbine::available(*m.rating, ambient, pressure, *m.derate_per_kelvin).min(*m.rating) * units
}

/// Rating of each generator group in service, spare units left out, W.
pub(super) fn ratings(plan: &Plan, catalog: &Catalog) -> BTreeMap<Id, f64> {
    generators(plan, catalog).map(|(g, m)| (g.id.clone(), m.rating.watts() * f64::from(g.units.saturating_sub(g.redundant)))).collect()
}

/// Fuel of a group per electrical energy at full load, higher heating value.
pub(super) fn heat_rate(m: &GeneratorModel) -> HeatRate {
    turbine::lower_to_higher(*m.heat_rate)
}

/// Price of gas at the plan's site.
pub(super) fn gas(plan: &Plan, catalog: &Catalog) -> FuelPrice {
    plan.site().and_then(|s| s.gas.or_else(|| catalog.sites(&s.library).map(|m| *m.gas))).unwrap_or(FuelPrice::ZERO)
}

/// Carbon of the grid at the plan's site.
pub(super) fn carbon(plan: &Plan, catalog: &Catalog) -> CarbonIntensity {
    plan.site().and_then(|s| s.carbon.or_else(|| catalog.sites(&s.library).map(|m| *m.carbon))).unwrap_or(CarbonIntensity::ZERO)
}

/// What could feed the campus at the condition.
pub(super) fn at_condition(plan: &Plan, catalog: &Catalog, condition: &Condition, load: Power) -> Supply {
    let mut supply = Supply { grid_firm: firm(plan), load, ..Supply::default() };
    for (g, m) in generators(plan, catalog) {
        supply.generators.insert(g.id.clone(), available(g, m, condition.dry_bulb, condition.pressure));
    }
    for b in plan.batteries() {
        let Some(m) = catalog.batteries(&b.model) else { continue };
        let units = f64::from(b.units);
        supply.batteries.insert(b.id.clone(), *m.power * units);
        supply.battery_energy += *m.energy * units * (1.0 - b.reserve.value());
    }
    supply
}

/// Power each generator group gives in the steady state: what the firm grid import doesn't cover, by merit.
pub(super) fn injection(plan: &Plan, catalog: &Catalog, supply: &Supply) -> BTreeMap<Id, f64> {
    let mut left = (supply.load - supply.grid_firm).watts().max(0.0);
    let mut by_cost: Vec<(&Generator, f64)> = generators(plan, catalog).map(|(g, m)| (g, heat_rate(m).joules_per_joule())).collect();
    by_cost.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.id.cmp(&b.0.id)));
    let mut injected: BTreeMap<Id, f64> = BTreeMap::new();
    for (g, _) in by_cost {
        let given = left.min(supply.generators.get(&g.id).map_or(0.0, |p| p.watts()));
        left -= given;
        injected.insert(g.id.clone(), given);
    }
    injected.retain(|_, w| *w > 0.0);
    injected
}

/// Price of grid energy in an hour, $/J.
pub(super) fn price(tariff: &Tariff, hour: usize, first_weekday: usize) -> f64 {
    let (month, clock, weekday) = (super::year::month_of(hour) as u32 + 1, (hour % 24) as u32, (hour / 24 + first_weekday) % 7);
    let fits = |p: &&crate::plan::catalog::Period| p.months.contains(&month) && (p.hours.0..p.hours.1).contains(&clock) && (!p.weekdays_only || weekday < 5);
    tariff.periods.iter().find(fits).map_or(*tariff.energy, |p| *p.energy).dollars_per_joule()
}

/// Weekday of January 1st, 0 is Monday.
///
/// Gauss's rule for the Gregorian calendar.
pub(super) fn first_weekday(year: i32) -> usize {
    let y = i64::from(year) - 1;
    ((1 + 5 * (y.rem_euclid(4)) + 4 * (y.rem_euclid(100)) + 6 * (y.rem_euclid(400))).rem_euclid(7) + 6) as usize % 7
}

/// What the dispatch says besides the hours.
pub(super) struct Dispatched {
    pub carbon: Mass,
    pub nox: BTreeMap<Id, Mass>,
    pub residual: f64,
}

/// Serves every hour at least cost and writes it into the hours.
pub(super) fn dispatch(plan: &Plan, catalog: &Catalog, outdoor: &Outdoor, hourly: &mut Hourly, price_factor: Option<Ratio>) -> Dispatched {
    let hours = hourly.facility.len();
    let weekday = first_weekday(plan.date().year);
    let factor = price_factor.map_or(1.0, Ratio::value);
    let grid_price: Vec<f64> = match tariff(plan, catalog) {
        Some(t) => (0..hours).map(|h| price(t, h, weekday) * factor).collect(),
        None => vec![0.0; hours],
    };
    let grid_cap = vec![firm(plan).watts(); hours];
    let fuel = gas(plan, catalog);
    let groups: Vec<(&Generator, &GeneratorModel)> = generators(plan, catalog).collect();
    let units: Vec<Unit> = groups
        .iter()
        .map(|(g, m)| Unit {
            // Availability is taken as a lower capacity in every hour: outages at random, none planned.
            capacity: outdoor.air.iter().map(|a| available(g, m, a.dry_bulb, a.pressure).watts() * m.availability.value()).collect(),
            cost_per_joule: vec![heat_rate(m).joules_per_joule() * fuel.dollars_per_joule() + m.maintenance.dollars_per_joule()],
            minimum: 0.0,
        })
        .collect();
    let storage = storage(plan, catalog);
    let problem = Problem { load: &hourly.facility, grid_cap: &grid_cap, grid_price: &grid_price, units: &units, storage, shed_cost: UNSERVED / 3.6e9 };
    let schedule = dispatch::merit_order(&problem);
    let peak = hourly.facility.iter().copied().fold(0.0, f64::max);
    let residual = if peak > 0.0 { schedule.max_violation / peak } else { 0.0 };

    let mut carbon = carbon(plan, catalog) * Energy::from_joules(schedule.grid.iter().map(|w| w * 3600.0).sum());
    let mut nox = BTreeMap::new();
    for ((g, m), series) in groups.iter().zip(&schedule.units) {
        let energy = Energy::from_joules(series.iter().map(|w| w * 3600.0).sum());
        carbon += turbine::carbon_of_energy(heat_rate(m), turbine::gas_carbon()) * energy;
        if let Some(rate) = &m.nox {
            nox.insert(g.id.clone(), **rate * energy);
        }
    }
    hourly.price = grid_price.iter().map(|p| p * 3.6e9).collect();
    hourly.generators = groups.iter().map(|(g, _)| g.id.clone()).zip(schedule.units).collect();
    (hourly.grid, hourly.charge, hourly.discharge) = (schedule.grid, schedule.charge, schedule.discharge);
    (hourly.stored, hourly.unserved) = (schedule.state, schedule.shed);
    Dispatched { carbon, nox, residual }
}

/// All batteries as one store.
fn storage(plan: &Plan, catalog: &Catalog) -> Option<Storage> {
    let (mut energy, mut power, mut trip, mut wear) = (0.0, 0.0, 0.0, 0.0);
    for b in plan.batteries() {
        let Some(m) = catalog.batteries(&b.model) else { continue };
        let e = m.energy.joules() * f64::from(b.units) * (1.0 - b.reserve.value());
        energy += e;
        power += m.power.watts() * f64::from(b.units);
        trip += e * m.round_trip.value();
        wear += e * m.wear.dollars_per_joule();
    }
    if energy <= 0.0 || power <= 0.0 {
        return None;
    }
    let one_way = battery::one_way_efficiency(Ratio::from_value(trip / energy)).value();
    Some(Storage {
        energy,
        charge: power,
        discharge: power,
        charge_efficiency: one_way,
        discharge_efficiency: one_way,
        start_fraction: 0.5,
        throughput_cost_per_joule: wear / energy,
    })
}

/// Wear of the batteries per energy delivered, $/J.
pub(super) fn wear(plan: &Plan, catalog: &Catalog) -> f64 {
    storage(plan, catalog).map_or(0.0, |s| s.throughput_cost_per_joule)
}

const _: () = assert!(HOURS == 8760);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendars_agree_with_known_days() {
        // 1 January 2024 was a Monday, 2025 a Wednesday, 2026 a Thursday, 2000 a Saturday.
        assert_eq!([2024, 2025, 2026, 2000].map(first_weekday), [0, 2, 3, 5]);
    }
}
