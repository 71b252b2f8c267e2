//! Parts of the report that list every node, loop, rack and month.

use super::report::{Known, records};
use super::report_air::{Air, air};
use crate::plan::Plan;
use crate::solve::{self, BillKind, HOURS, Outcome, Status, WeatherSource};
use crate::units::Energy;
use std::collections::BTreeMap;

/// Hours listed as the worst ones.
const WORST_HOURS: usize = 10;
/// Days of the months.
const DAYS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

records! {
    /// How well a stage closed.
    Convergence { status: &'static str, iterations: usize, residual: f64, worst: Option<String>, }
    /// A rack's branch of a loop.
    LoopBranch { id: String, flow_m3_s: f64, dp_pa: f64, t_out_c: f64, wanted_m3_s: f64, heat_w: f64, t_case_c: Option<f64>, }
    /// A coolant loop.
    Loop {
        id: String, convergence: Convergence, flow_m3_s: f64, wanted_m3_s: f64, dp_pa: f64, t_supply_c: f64, t_return_c: f64, heat_w: f64, capacity_w: f64,
        pump_w: f64, pump_speed: f64, held: bool, fws_flow_m3_s: f64, carried_w: f64, passed_w: f64, heat_residual: f64, t_dew_point_c: f64,
        branches: Vec<LoopBranch>,
    }
    /// Heat rejection equipment.
    Cooler { id: String, heat_w: f64, capacity_w: f64, power_w: f64, compressor_w: f64, speed: f64, units_on: u32, mode: &'static str, in_range: bool, evaporation_m3_s: f64, }
    /// A facility water system.
    Fws {
        id: String, convergence: Convergence, flow_m3_s: f64, bypass_m3_s: f64, dp_pa: f64, t_supply_c: f64, t_return_c: f64, heat_w: f64, capacity_w: f64, pump_w: f64,
        pumps_on: u32, pump_speed: f64, held: bool, makeup_m3_s: f64, coolers: Vec<Cooler>,
    }
    /// The cooling side.
    Cooling { convergence: Convergence, power_w: f64, loops: Vec<Loop>, air: Vec<Air>, fws: Vec<Fws>, }
    /// A rack.
    Rack {
        row: String, slot: u32, model: String, power_w: f64, liquid_w: f64, air_w: f64, flow_m3_s: Option<f64>, t_supply_c: Option<f64>,
        t_return_c: Option<f64>, inlet_air_c: Option<f64>, inlet_exhaust_share: Option<f64>, feeds: Vec<String>,
    }
    /// A month.
    Month { month: usize, it_kwh: f64, facility_kwh: f64, cooling_kwh: f64, house_kwh: f64, chain_loss_kwh: f64, grid_kwh: f64, unserved_kwh: f64, peak_w: f64, makeup_m3: f64, pue: f64, cost_usd: f64, }
    /// One of the hours with the highest facility power.
    WorstHour { hour: usize, facility_w: f64, it_w: f64, pue: f64, dry_bulb_c: f64, wet_bulb_c: f64, }
    /// Energy of the year by supply.
    YearSupply {
        grid_kwh: f64, generators_kwh: BTreeMap<String, f64>, discharge_kwh: f64, unserved_kwh: f64, unserved_hours: u32, grid_peak_w: f64, carbon_kg: f64,
        nox_kg: BTreeMap<String, f64>,
    }
    /// A line of the bill.
    BillLine { label: String, kind: &'static str, usd: f64, monthly_usd: [f64; 12], basis: String, }
    /// The lease.
    Lease { fee_usd_per_year: f64, fee_usd_per_mwh: f64, fee_usd_per_gpu_hour: Option<f64>, fees_left_usd: f64, at_risk_usd: f64, stranded_usd: Option<f64>, }
    /// Yearly sums of the plant.
    Plant {
        chiller_kwh: f64, tower_fan_kwh: f64, dry_cooler_fan_kwh: f64, pump_kwh: f64, air_fan_kwh: f64, makeup_m3: f64, evaporation_m3: f64,
        drift_m3: f64, blowdown_m3: f64,
        mean_supply_c: Option<f64>, max_supply_c: Option<f64>, hours_not_held: u32, hours_out_of_range: u32,
    }
    /// The year.
    Year {
        hours: usize, it_kwh: f64, facility_kwh: f64, monthly: Vec<Month>, pue_hourly: Option<[f64; 4]>, worst_hours: Vec<WorstHour>, supply: YearSupply,
        bill: Vec<BillLine>, lease: Option<Lease>, plant: Plant,
    }
    /// Relative residuals of the whole solve.
    Balance { power_residual: f64, mass_residual: f64, heat_residual: f64, supply_residual: f64, }
}

/// As written in reports.
pub(super) fn weather_source(source: WeatherSource) -> &'static str {
    match source {
        WeatherSource::Synthetic => "synthetic",
        WeatherSource::File => "file",
    }
}

pub(super) fn convergence(c: &solve::Convergence) -> Convergence {
    Convergence { status: c.status.label(), iterations: c.iterations, residual: c.residual, worst: c.worst.as_ref().map(ToString::to_string) }
}

/// The loops, the halls and the facility water.
pub(super) fn cooling(outcome: &Outcome) -> Cooling {
    let c = &outcome.cooling;
    let all = c.loops.values().map(|l| &l.convergence).chain(c.fws.values().map(|f| &f.convergence));
    // One stage that did not close speaks for all; among the closed ones the worst residual does.
    let worst = all.max_by(|a, b| {
        (a.status != Status::Converged, a.residual).partial_cmp(&(b.status != Status::Converged, b.residual)).unwrap_or(std::cmp::Ordering::Equal)
    });
    Cooling {
        convergence: convergence(worst.unwrap_or(&solve::Convergence::default())),
        power_w: c.power.watts(),
        loops: c.loops.iter().map(|(id, l)| one_loop(id.as_str(), l)).collect(),
        air: c.halls.iter().map(|(id, a)| air(id.as_str(), a)).collect(),
        fws: c.fws.iter().map(|(id, f)| fws(id.as_str(), f)).collect(),
    }
}

fn one_loop(id: &str, l: &solve::LoopState) -> Loop {
    let branches = l.rows.iter().flat_map(|(row, c)| {
        let at = |list: &Vec<f64>, i: usize| list.get(i).copied().unwrap_or(f64::NAN);
        c.flow.iter().enumerate().filter(|(_, q)| q.is_finite()).map(move |(i, q)| LoopBranch {
            id: format!("{row}/{}", i + 1),
            flow_m3_s: *q,
            dp_pa: at(&c.drop, i),
            t_out_c: at(&c.return_k, i) - 273.15,
            wanted_m3_s: at(&c.wanted, i),
            heat_w: at(&c.heat, i),
            t_case_c: Some(at(&c.case_k, i) - 273.15).filter(|t| t.is_finite()),
        })
    });
    Loop {
        id: id.to_owned(),
        convergence: convergence(&l.convergence),
        flow_m3_s: l.flow.cubic_meters_per_second(),
        wanted_m3_s: l.wanted_flow.cubic_meters_per_second(),
        dp_pa: l.head.pascals(),
        t_supply_c: l.supply.celsius(),
        t_return_c: l.return_.celsius(),
        heat_w: l.heat.watts(),
        capacity_w: l.capacity.watts(),
        pump_w: l.cdu_power.watts(),
        pump_speed: l.pump_speed,
        held: l.held,
        fws_flow_m3_s: l.fws_flow.cubic_meters_per_second(),
        carried_w: l.carried.watts(),
        passed_w: l.passed.watts(),
        heat_residual: l.heat_residual(),
        t_dew_point_c: l.dew_point.celsius(),
        branches: branches.collect(),
    }
}

fn fws(id: &str, f: &solve::FwsState) -> Fws {
    let coolers = f.coolers.iter().map(|(id, c)| Cooler {
        id: id.to_string(),
        heat_w: c.heat.watts(),
        capacity_w: c.capacity.watts(),
        power_w: c.power.watts(),
        compressor_w: c.compressor.watts(),
        speed: c.speed,
        units_on: c.units_on,
        mode: c.mode,
        in_range: c.in_range,
        evaporation_m3_s: c.evaporation.cubic_meters_per_second(),
    });
    Fws {
        id: id.to_owned(),
        convergence: convergence(&f.convergence),
        flow_m3_s: f.flow.cubic_meters_per_second(),
        bypass_m3_s: f.bypass.cubic_meters_per_second(),
        dp_pa: f.head.pascals(),
        t_supply_c: f.supply.celsius(),
        t_return_c: f.return_.celsius(),
        heat_w: f.heat.watts(),
        capacity_w: f.capacity.watts(),
        pump_w: f.pump_power.watts(),
        pumps_on: f.pumps_on,
        pump_speed: f.pump_speed,
        held: f.held,
        makeup_m3_s: f.makeup.cubic_meters_per_second(),
        coolers: coolers.collect(),
    }
}

/// Every rack, by row and slot.
pub(super) fn racks(plan: &Plan, outcome: &Outcome) -> Vec<Rack> {
    let mut list = Vec::new();
    for row in plan.rows() {
        let Some(load) = outcome.loads.rows.get(&row.id) else { continue };
        let state = row.tcs.as_ref().and_then(|t| outcome.cooling.loops.get(t));
        let coolant = state.and_then(|s| s.rows.get(&row.id));
        let hall = outcome.cooling.halls.get(&row.hall);
        let air = hall.and_then(|h| h.rows.get(&row.id));
        let dark = outcome.power.dark.contains(&row.id);
        for slot in 1..=row.count {
            let Some(model) = row.model_at(slot) else { continue };
            let Some(rack) = load.models.get(model) else { continue };
            let of = |list: fn(&solve::RowCoolant) -> &Vec<f64>| coolant.and_then(|c| list(c).get(slot as usize - 1).copied()).filter(|v| v.is_finite());
            let flow = of(|c| &c.flow);
            list.push(Rack {
                row: row.id.to_string(),
                slot,
                model: model.to_owned(),
                power_w: rack.power.watts(),
                liquid_w: rack.liquid.watts(),
                air_w: rack.air.watts(),
                flow_m3_s: flow,
                t_supply_c: flow.and(state.map(|s| s.supply.celsius())),
                t_return_c: of(|c| &c.return_k).map(|k| k - 273.15),
                inlet_air_c: hall.map(|h| h.inlet_of(&row.id, slot).celsius()).filter(|t| t.is_finite()),
                inlet_exhaust_share: air.and_then(|a| a.exhaust_share.get(slot as usize - 1).copied()).filter(|v| v.is_finite()),
                feeds: if dark { Vec::new() } else { std::iter::once(&row.a).chain(&row.b).map(ToString::to_string).collect() },
            });
        }
    }
    list
}

fn bill_kind(kind: BillKind) -> &'static str {
    match kind {
        BillKind::Energy => "energy",
        BillKind::Demand => "demand",
        BillKind::Fixed => "fixed",
        BillKind::Fuel => "fuel",
        BillKind::Maintenance => "maintenance",
        BillKind::Water => "water",
    }
}

/// The year.
pub(super) fn year(outcome: &Outcome) -> Year {
    let (y, bill) = (&outcome.year, &outcome.bill);
    let kwh = |e: Energy| e.kilowatt_hours();
    let lines = bill.lines.iter().map(|l| BillLine {
        label: l.label.clone(),
        kind: bill_kind(l.kind),
        usd: l.total().dollars(),
        monthly_usd: l.monthly.map(|m| m.dollars()),
        basis: l.basis.clone(),
    });
    Year {
        hours: HOURS,
        it_kwh: kwh(y.it_energy),
        facility_kwh: kwh(y.facility_energy),
        monthly: monthly(outcome),
        pue_hourly: pue_hourly(&y.hourly),
        worst_hours: worst_hours(&y.hourly),
        supply: YearSupply {
            grid_kwh: kwh(y.grid_energy),
            generators_kwh: y.generation.iter().map(|(id, e)| (id.to_string(), kwh(*e))).collect(),
            discharge_kwh: y.hourly.discharge.iter().sum::<f64>() / 1e3,
            unserved_kwh: kwh(y.unserved_energy),
            unserved_hours: y.unserved_hours,
            grid_peak_w: y.grid_peak.watts(),
            carbon_kg: y.carbon.kilograms(),
            nox_kg: y.nox.iter().map(|(id, m)| (id.to_string(), m.kilograms())).collect(),
        },
        bill: lines.collect(),
        lease: bill.lease.map(|l| Lease {
            fee_usd_per_year: l.fee_per_year.dollars(),
            fee_usd_per_mwh: l.fee_per_energy.dollars_per_megawatt_hour(),
            fee_usd_per_gpu_hour: l.fee_per_gpu_hour.map(|m| m.dollars()),
            fees_left_usd: l.fees_left.dollars(),
            at_risk_usd: l.at_risk.dollars(),
            stranded_usd: l.stranded.map(|m| m.dollars()),
        }),
        plant: plant(outcome),
    }
}

fn plant(outcome: &Outcome) -> Plant {
    let p = &outcome.year.plant;
    let supply: Vec<f64> = outcome.year.hourly.fws_supply_c.iter().copied().filter(|t| t.is_finite()).collect();
    Plant {
        chiller_kwh: p.chiller.kilowatt_hours(),
        tower_fan_kwh: p.tower_fan.kilowatt_hours(),
        dry_cooler_fan_kwh: p.dry_cooler_fan.kilowatt_hours(),
        pump_kwh: p.pump.kilowatt_hours(),
        air_fan_kwh: p.air_fan.kilowatt_hours(),
        makeup_m3: p.makeup.cubic_meters(),
        evaporation_m3: p.evaporation.cubic_meters(),
        drift_m3: p.drift.cubic_meters(),
        blowdown_m3: p.blowdown.cubic_meters(),
        mean_supply_c: (!supply.is_empty()).then(|| supply.iter().sum::<f64>() / supply.len() as f64),
        max_supply_c: supply.iter().copied().reduce(f64::max),
        hours_not_held: p.hours_not_held,
        hours_out_of_range: p.hours_out_of_range,
    }
}

/// First hour of each month, and the hour after the last.
fn spans() -> impl Iterator<Item = (usize, std::ops::Range<usize>)> {
    let mut start = 0;
    DAYS.iter().enumerate().map(move |(month, days)| {
        let range = start..start + days * 24;
        start = range.end;
        (month, range)
    })
}

/// Month and day, from 1, of an hour of the year.
pub(super) fn date(hour: usize) -> (usize, usize) {
    spans().find(|(_, r)| r.contains(&hour)).map_or((12, 31), |(month, range)| (month + 1, (hour - range.start) / 24 + 1))
}

fn monthly(outcome: &Outcome) -> Vec<Month> {
    let h = &outcome.year.hourly;
    spans()
        .map(|(month, range)| {
            // A series that isn't there is unknown, not zero.
            let sum = |series: &[f64]| series.get(range.clone()).map_or(f64::NAN, |part| part.iter().sum::<f64>());
            let (it, facility) = (sum(&h.it), sum(&h.facility));
            Month {
                month: month + 1,
                it_kwh: it / 1e3,
                facility_kwh: facility / 1e3,
                cooling_kwh: sum(&h.cooling) / 1e3,
                house_kwh: sum(&h.house) / 1e3,
                chain_loss_kwh: sum(&h.chain_loss) / 1e3,
                grid_kwh: sum(&h.grid) / 1e3,
                unserved_kwh: sum(&h.unserved) / 1e3,
                peak_w: h.facility.get(range.clone()).and_then(|p| p.iter().copied().reduce(f64::max)).unwrap_or(f64::NAN),
                makeup_m3: sum(&h.makeup_m3),
                pue: facility / it,
                cost_usd: outcome.bill.lines.iter().map(|l| l.monthly[month].dollars()).sum(),
            }
        })
        .collect()
}

/// Least, median, 95th percentile and largest PUE of the hours.
fn pue_hourly(hourly: &solve::Hourly) -> Option<[f64; 4]> {
    let mut pue: Vec<f64> = (0..hourly.facility.len()).map(|i| hourly.pue(i)).filter(|p| p.is_finite()).collect();
    pue.sort_by(f64::total_cmp);
    let at = |share: f64| pue.get(((pue.len() as f64 - 1.0) * share).round() as usize).copied();
    Some([at(0.0)?, at(0.5)?, at(0.95)?, at(1.0)?]).filter(|p| !p.is_unknown())
}

fn worst_hours(hourly: &solve::Hourly) -> Vec<WorstHour> {
    let mut order: Vec<usize> = (0..hourly.facility.len()).collect();
    order.sort_by(|a, b| hourly.facility[*b].total_cmp(&hourly.facility[*a]).then(a.cmp(b)));
    let at = |series: &[f64], i: usize| series.get(i).copied().unwrap_or(f64::NAN);
    order
        .into_iter()
        .take(WORST_HOURS)
        .map(|i| WorstHour {
            hour: i + 1,
            facility_w: hourly.facility[i],
            it_w: at(&hourly.it, i),
            pue: hourly.pue(i),
            dry_bulb_c: at(&hourly.dry_bulb_c, i),
            wet_bulb_c: at(&hourly.wet_bulb_c, i),
        })
        .collect()
}

/// Residuals of the whole solve.
pub(super) fn balance(outcome: &Outcome) -> Balance {
    let b = &outcome.balance;
    Balance { power_residual: b.power, mass_residual: b.mass, heat_residual: b.heat, supply_residual: b.supply }
}
