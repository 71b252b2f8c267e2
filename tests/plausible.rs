//! Sums that a planner can do on the back of the report, done again here from its parts: each number of the report that follows from others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use megawatt::plan::{Catalog, Element, Id};
use megawatt::session::{Prepared, Solved, Terms, prepare, storage};
use megawatt::solve::{Branch, BranchKind};
use serde_json::Value;
use std::path::Path;

const LAYOUTS: [&str; 5] = ["row.ron", "enterprise.ron", "frontier.ron", "abilene.ron", "colossus.ron"];

fn prepared(name: &str, scenario: Option<&str>) -> Prepared {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(name);
    let (loaded, _) = storage::load(&path).unwrap();
    prepare(&loaded, Some(&path), &Terms { scenario: scenario.map(Id::from), ..Terms::default() }).unwrap()
}

fn near(what: &str, a: f64, b: f64, relative: f64) {
    assert!((a - b).abs() <= relative * a.abs().max(b.abs()) + 1e-9, "{what}: {a} against {b}");
}

fn branch<'a>(solved: &'a Solved, id: &str) -> &'a Branch {
    solved.outcome.power.branches.iter().find(|b| b.id == id).unwrap_or_else(|| panic!("no branch {id}"))
}

/// Load of a branch under the single outage that loads it most.
fn worst(solved: &Solved, id: &str) -> f64 {
    let number = solved.outcome.power.branches.iter().position(|b| b.id == id).unwrap();
    solved.outcome.failures.of_branch(number).unwrap().value
}

/// What a block is said to carry when the other one is lost is what it does carry once the other one is taken away.
#[test]
fn the_loss_of_a_feed_is_the_scenario_of_its_loss() {
    for (name, scenario, left, lost) in [("row.ron", "block-lost", "B-A", "B-B"), ("enterprise.ron", "path-lost", "B-A", "B-B")] {
        let (normal, after) = (prepared(name, None).solve(), prepared(name, Some(scenario)).solve());
        for part in ["ups", "substation"] {
            let id = format!("{left}/{part}");
            let (said, real) = (worst(&normal, &id), branch(&after, &id).load);
            // Without the other block the plant is fed a little differently, no more.
            assert!((0.999..1.001).contains(&(said / real)), "{name} {id}: {said} said, {real} carried");
        }
        // Both together before, the one alone after.
        let out = |s: &Solved, block: &str| branch(s, &format!("{block}/ups")).load;
        near(name, out(&normal, left) + out(&normal, lost), out(&after, left), 5e-3);
    }
    // Blocks that carry cooling alone have standby sets: with its feeder out each runs on these, and the other one carries no more than before.
    let normal = prepared("enterprise.ron", None).solve();
    let failure = normal.outcome.failures.list.iter().find(|f| f.name() == "M-B/feeder").unwrap();
    assert!(failure.survived && failure.standby.iter().any(|b| b.as_str() == "M-B"), "{failure:?}");
    assert!(worst(&normal, "M-A/substation") < 1.05 * branch(&normal, "M-A/substation").load);
    assert!((worst(&normal, "M-B/standby") / branch(&normal, "M-B/substation").p_to.watts().abs() - 1.0).abs() < 1e-3);
}

#[test]
fn a_bill_is_its_hours_times_its_prices() {
    let catalog = Catalog::builtin().unwrap();
    for name in LAYOUTS {
        let p = prepared(name, None);
        let s = p.solve();
        let (o, h) = (&s.outcome, &s.outcome.year.hourly);
        let line = |start: &str| o.bill.lines.iter().filter(|l| l.label.starts_with(start)).map(|l| l.total().dollars()).sum::<f64>();
        let energy: f64 = h.grid.iter().zip(&h.price).map(|(w, usd)| w / 1e6 * usd).sum();
        near(&format!("{name}: grid energy"), line("Grid energy"), energy, 1e-9);
        let site = p.plan.site().unwrap();
        let model = catalog.sites(&site.library).unwrap();
        let tariff = catalog.tariffs(site.tariff.as_deref().unwrap_or(&model.tariff)).unwrap();
        let starts = [0, 744, 1416, 2160, 2880, 3624, 4344, 5088, 5832, 6552, 7296, 8016, 8760];
        let firm: f64 = p.plan.grids().map(|g| g.firm(p.plan.date()).watts()).sum();
        let least = tariff.minimum_demand.as_ref().map_or(0.0, |m| m.value() * firm);
        let peaks: f64 = starts.windows(2).map(|m| h.grid[m[0]..m[1]].iter().copied().fold(least, f64::max)).sum();
        near(&format!("{name}: demand"), line("Demand"), peaks / 1e3 * tariff.demand.dollars_per_kilowatt_month(), 1e-9);
        let water = site.water.unwrap_or(*model.water).dollars_per_cubic_meter();
        near(&format!("{name}: water"), line("Water"), o.summary.water.cubic_meters() * water, 1e-9);
        let gas = site.gas.unwrap_or(*model.gas).dollars_per_mmbtu();
        let fuel: f64 = p
            .plan
            .generators()
            .map(|g| {
                let m = catalog.generators(&g.model).unwrap();
                // Natural gas: higher over lower heating value 1.108 within half a percent, and 1 MWh is 1,000 kWh.
                o.year.generation.get(&g.id).map_or(0.0, |e| e.kilowatt_hours()) * m.heat_rate.btu_per_kilowatt_hour() * 1.108 / 1e6 * gas
            })
            .sum();
        near(&format!("{name}: gas"), line("Gas"), fuel, 5e-3);
        near(&format!("{name}: total"), o.summary.cost.dollars(), o.bill.lines.iter().map(|l| l.total().dollars()).sum(), 1e-12);
        near(&format!("{name}: a GPU-hour"), o.summary.cost_per_gpu_hour.unwrap().dollars(), o.summary.cost.dollars() / o.summary.gpus as f64 / 8760.0, 1e-9);
        near(
            &format!("{name}: a MWh"),
            o.summary.cost_per_energy.unwrap().dollars_per_megawatt_hour(),
            o.summary.cost.dollars() / o.summary.energy.megawatt_hours(),
            1e-9,
        );
    }
}

#[test]
fn shares_and_means_are_what_they_say() {
    for name in LAYOUTS {
        let s = prepared(name, None).solve();
        let (o, y) = (&s.outcome, &s.outcome.year);
        let it: f64 = y.hourly.it.iter().sum::<f64>() / 1e3;
        near("IT energy", y.it_energy.kilowatt_hours(), it, 1e-12);
        near("PUE", o.summary.pue.unwrap(), y.facility_energy.kilowatt_hours() / it, 1e-12);
        near("WUE", o.summary.wue.unwrap(), y.hourly.makeup_m3.iter().sum::<f64>() * 1e3 / it, 1e-12);
        near("CUE", o.summary.cue.unwrap(), o.summary.carbon.kilograms() / it, 1e-12);
        let plant = y.plant.chiller + y.plant.tower_fan + y.plant.dry_cooler_fan + y.plant.pump + y.plant.air_fan;
        near(&format!("{name}: house"), y.hourly.house.iter().sum::<f64>() / 1e3, o.cooling.house.kilowatts() * 8760.0, 1e-9);
        near(&format!("{name}: cooling of the year"), y.hourly.cooling.iter().sum::<f64>() / 1e3, plant.kilowatt_hours(), 1e-6);
        // Evaporating water takes 2.4 MJ/kg: there can't be more of it than heat to evaporate it.
        let heat = y.facility_energy.joules() - o.power.loss.watts() * 8760.0 * 3600.0;
        assert!(y.plant.evaporation.cubic_meters() * 1e3 * 2.4e6 < heat, "{name}: {} evaporate", y.plant.evaporation);
        assert!(y.plant.evaporation <= y.plant.makeup, "{name}");
        for (h, facility) in y.hourly.facility.iter().enumerate() {
            near(&format!("{name}, hour {h}"), *facility, y.hourly.it[h] + y.hourly.cooling[h] + y.hourly.house[h] + y.hourly.chain_loss[h], 1e-12);
        }
    }
}

#[test]
fn heat_goes_where_the_water_goes() {
    for name in LAYOUTS {
        let p = prepared(name, None);
        let s = p.solve();
        let o = &s.outcome;
        let rack_heat: f64 = o.cooling.loops.values().map(|l| l.heat.watts()).sum::<f64>() + o.cooling.halls.values().map(|h| h.heat.watts()).sum::<f64>();
        near(&format!("{name}: heat of the racks"), rack_heat, o.summary.it_power.watts(), 1e-9);
        let fans: f64 = o.cooling.halls.values().map(|h| h.fan_power.watts()).sum();
        let cdus: f64 = o.cooling.loops.values().map(|l| l.cdu_power.watts()).sum();
        let pumps: f64 = o.cooling.fws.values().map(|f| f.pump_power.watts()).sum();
        let rejected: f64 = o.cooling.fws.values().map(|f| f.heat.watts()).sum();
        near(&format!("{name}: heat to the plant"), rejected, rack_heat + fans + cdus + pumps, 1e-6);
        for (id, f) in &o.cooling.fws {
            // Pumps: flow times head over an efficiency of 60 to 90 %; coolers: a COP that machines of their kind have.
            let hydraulic = f.flow.cubic_meters_per_second() * f.head.pascals();
            if hydraulic > 0.0 {
                assert!((0.55..0.92).contains(&(hydraulic / f.pump_power.watts())), "{name} {id}: {}", hydraulic / f.pump_power.watts());
                assert!((10e3..600e3).contains(&f.head.pascals()), "{name} {id}: a head of {}", f.head);
            }
            // ρ·c of water within 3 %: what the flow carries over the temperatures shown is the heat shown.
            let carried = f.flow.cubic_meters_per_second() * 4.15e6 * (f.return_ - f.supply).kelvins();
            let glycol = matches!(p.plan.get(id), Some(Element::Fws(e)) if e.coolant != megawatt::plan::Coolant::Water);
            near(&format!("{name} {id}: water"), carried, f.heat.watts(), if glycol { 0.1 } else { 0.03 });
            for (c, cooler) in f.coolers.iter().filter(|(_, c)| c.heat.watts() > 0.0 && c.power.watts() > 0.0) {
                let cop = cooler.heat.watts() / cooler.power.watts();
                let (least, most) = if cooler.compressor.watts() > 0.0 { (2.0, 25.0) } else { (8.0, 400.0) };
                assert!((least..most).contains(&cop), "{name} {c}: {cop} ({})", cooler.mode);
            }
        }
    }
}

#[test]
fn the_chain_loses_what_such_a_chain_loses() {
    for name in LAYOUTS {
        let s = prepared(name, None).solve();
        for b in &s.outcome.power.branches {
            let (into, out) = (b.p_from.watts().abs().max(b.p_to.watts().abs()), b.loss.watts());
            assert!(out >= -1e-6, "{name} {}: a loss of {out} W", b.id);
            let loaded = b.load > 0.2 * b.rating;
            let most = match b.kind {
                BranchKind::Ups => 0.08,
                BranchKind::Transformer | BranchKind::Substation => 0.02,
                BranchKind::Feeder | BranchKind::BlockFeeder | BranchKind::Busway | BranchKind::Standby => 0.03,
            };
            assert!(!loaded || out / into < most, "{name} {}: {:.1} % lost", b.id, 100.0 * out / into);
        }
        let share = s.outcome.power.loss / s.outcome.power.facility;
        assert!((0.005..0.1).contains(&share), "{name}: the chain loses {share}");
    }
}

/// Every number of the report is a number: unknown ones are left out, never NaN, infinite or null.
#[test]
fn the_report_has_no_holes() {
    fn walk(value: &Value, path: &str) {
        match value {
            Value::Null => panic!("{path} is null"),
            Value::Number(n) => assert!(n.as_f64().is_some_and(|x| x.is_finite() && x.abs() < 1e18), "{path} is {n}"),
            Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| walk(v, &format!("{path}[{i}]"))),
            Value::Object(map) => map.iter().for_each(|(k, v)| walk(v, &format!("{path}.{k}"))),
            Value::Bool(_) | Value::String(_) => {}
        }
    }
    for name in ["row.ron", "enterprise.ron", "frontier.ron"] {
        walk(&serde_json::to_value(megawatt::cli::report(&prepared(name, None).solve(), None)).unwrap(), name);
    }
}
