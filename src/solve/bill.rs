//! The year's money, line by line and month by month.

use super::year::{MONTH_STARTS, month_of};
use super::{Bill, BillKind, BillLine, Lease, Loads, Year, supply};
use crate::physics::finance;
use crate::plan::{Catalog, Contract, Plan};
use crate::units::*;

/// Sums an hourly cost in dollars by month.
fn monthly(hours: usize, cost: impl Fn(usize) -> f64) -> [Money; 12] {
    let mut months = [0.0; 12];
    for h in 0..hours {
        months[month_of(h)] += cost(h);
    }
    months.map(Money::from_dollars)
}

/// Energy of an hour at a power, J.
const HOUR: f64 = 3600.0;

/// The bill of a year.
pub(super) fn solve(plan: &Plan, catalog: &Catalog, year: &Year, loads: &Loads, build: Power) -> Bill {
    let hours = year.hourly.facility.len();
    let mut lines = Vec::new();
    if hours > 0 {
        grid(plan, catalog, year, &mut lines);
        generators(plan, catalog, year, &mut lines);
        let wear = supply::wear(plan, catalog);
        // Below a kilowatt-hour a year it is the rounding of the dispatch.
        if year.hourly.discharge.iter().sum::<f64>() > 1e3 {
            let cost = monthly(hours, |h| year.hourly.discharge[h] * HOUR * wear);
            lines.push(BillLine { label: "Battery wear".to_owned(), kind: BillKind::Maintenance, monthly: cost, basis: "energy delivered × wear".to_owned() });
        }
        water(plan, catalog, year, &mut lines);
    }
    let total: Money = lines.iter().map(BillLine::total).sum();
    let served = year.facility_energy - year.unserved_energy;
    let per_energy = if served > Energy::ZERO { total / served } else { EnergyPrice::ZERO };
    let gpu_hours = loads.gpus as f64 * hours as f64;
    let per_gpu_hour = (gpu_hours > 0.0).then(|| total / gpu_hours);
    let lease = plan.contract().map(|c| lease(plan, c, year, loads, build));
    Bill { lines, total, per_energy, per_gpu_hour, lease }
}

fn grid(plan: &Plan, catalog: &Catalog, year: &Year, lines: &mut Vec<BillLine>) {
    let Some(tariff) = supply::tariff(plan, catalog).filter(|_| plan.grids().next().is_some()) else { return };
    let h = &year.hourly;
    let mut line = |label: String, kind, monthly, basis: String| lines.push(BillLine { label, kind, monthly, basis });
    // Prices are kept in $/MWh in the hours.
    let energy = monthly(h.grid.len(), |i| h.grid[i] * HOUR / 3.6e9 * h.price[i]);
    line(format!("Grid energy ({})", tariff.name), BillKind::Energy, energy, "import of each hour × its price".to_owned());
    let floor = tariff.minimum_demand.as_ref().map_or(0.0, |m| m.value()) * supply::firm(plan).watts();
    let mut peaks = [floor; 12];
    for (i, w) in h.grid.iter().enumerate() {
        peaks[month_of(i)] = peaks[month_of(i)].max(*w);
    }
    let demand = peaks.map(|w| Money::from_dollars(w * tariff.demand.dollars_per_watt_month()));
    let basis = if floor > 0.0 { "highest import of the month, at least the minimum demand" } else { "highest import of the month" };
    line("Demand charge".to_owned(), BillKind::Demand, demand, format!("{basis} × {}", show(*tariff.demand, System::Si)));
    line("Customer charge".to_owned(), BillKind::Fixed, [*tariff.customer; 12], "per month".to_owned());
}

fn generators(plan: &Plan, catalog: &Catalog, year: &Year, lines: &mut Vec<BillLine>) {
    let fuel = supply::gas(plan, catalog);
    for (g, m) in supply::generators(plan, catalog) {
        let Some((_, series)) = year.hourly.generators.iter().find(|(id, _)| *id == g.id) else { continue };
        let name = if g.name.is_empty() { g.id.as_str() } else { &g.name };
        let rate = supply::heat_rate(m);
        let cost = monthly(series.len(), |i| series[i] * HOUR * rate.joules_per_joule() * fuel.dollars_per_joule());
        lines.push(BillLine {
            label: format!("Gas for {name}"),
            kind: BillKind::Fuel,
            monthly: cost,
            basis: format!("energy × {} (higher heating value, full load) × {}", show(rate, System::Si), show(fuel, System::Si)),
        });
        let cost = monthly(series.len(), |i| series[i] * HOUR * m.maintenance.dollars_per_joule());
        lines.push(BillLine {
            label: format!("Maintenance of {name}"),
            kind: BillKind::Maintenance,
            monthly: cost,
            basis: format!("energy × {}", show(*m.maintenance, System::Si)),
        });
    }
}

fn water(plan: &Plan, catalog: &Catalog, year: &Year, lines: &mut Vec<BillLine>) {
    let Some(site) = plan.site() else { return };
    let Some(price) = site.water.or_else(|| catalog.sites(&site.library).map(|s| *s.water)) else { return };
    if year.plant.makeup > Volume::ZERO {
        let cost = monthly(year.hourly.makeup_m3.len(), |i| year.hourly.makeup_m3[i] * price.dollars_per_cubic_meter());
        lines.push(BillLine {
            label: "Water".to_owned(),
            kind: BillKind::Water,
            monthly: cost,
            basis: format!("water taken in × {}", show(price, System::Si)),
        });
    }
}

fn lease(plan: &Plan, contract: &Contract, year: &Year, loads: &Loads, it: Power) -> Lease {
    let fee_per_year = contract.fee * 12.0;
    let hours = MONTH_STARTS[12] as f64 * 24.0;
    let gpu_hours = loads.gpus as f64 * hours;
    let months_left = (contract.until.since(plan.date().max(contract.from)) + 1).max(0);
    // Notice in months of a twelfth of a year.
    let notice = (contract.exit_notice.seconds() / (Duration::from_days(365.0).seconds() / 12.0)).min(f64::from(months_left));
    let capital = contract.build_cost.map(|price| price * it);
    let age = Duration::from_days(365.0 / 12.0 * (f64::from(plan.date().since(contract.from).max(0)) + notice));
    let stranded = capital.zip(contract.life).map(|(capital, life)| finance::unrecovered_balance(capital, Money::ZERO, life, age));
    Lease {
        fee_per_year,
        fee_per_energy: if year.facility_energy > Energy::ZERO { fee_per_year / year.facility_energy } else { EnergyPrice::ZERO },
        fee_per_gpu_hour: (gpu_hours > 0.0).then(|| fee_per_year / gpu_hours),
        months_left,
        fees_left: contract.fee * f64::from(months_left),
        at_risk: contract.fee * (f64::from(months_left) - notice).max(0.0),
        stranded,
    }
}
