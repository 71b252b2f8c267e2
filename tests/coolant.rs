//! Coolant loops of whole plans: the maker's table, heat in and out, what fails, and the sizes of headers.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use megawatt::checks::{Assessment, Severity, assess, resize};
use megawatt::edit::{Command, Document};
use megawatt::plan::catalog::{Behind, ColdPlates, Confidence, Figure, FlowPoint, Part, PartKind, RackModel};
use megawatt::plan::{Catalog, Id, Plan};
use megawatt::session::storage;
use megawatt::solve::{LoopState, Outage, Outcome, Request, pump_curves, solve};
use megawatt::units::*;
use std::path::Path;

const LAYOUTS: [&str; 6] = ["row.ron", "enterprise.ron", "frontier.ron", "abilene.ron", "four-to-make-three.ron", "colossus.ron"];

fn layout(name: &str) -> Plan {
    storage::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(name)).unwrap().0.plan
}

/// A layout with some fields set, as a planner types them.
fn with(name: &str, fields: &[(&str, &str, &str)]) -> Plan {
    let mut document = Document::new(layout(name));
    for (id, field, value) in fields {
        document.apply(&Command::Set { id: Id::from(*id), field: (*field).to_owned(), value: (*value).to_owned() }, None).unwrap();
    }
    Plan::clone(document.plan())
}

fn figure<T>(value: T) -> Figure<T> {
    Figure(value, Confidence::K, "test".to_owned())
}

/// The built-in catalog with the GB300 rack changed.
fn catalog(change: impl FnOnce(&mut RackModel)) -> Catalog {
    let mut catalog = Catalog::builtin().unwrap();
    change(catalog.racks.iter_mut().find(|r| r.id == "gb300-nvl72").unwrap());
    catalog
}

/// In a cold hour, so that every set-point can be held.
fn run(plan: &Plan, catalog: &Catalog, out: &[&str]) -> (Outcome, Assessment) {
    let request = Request { hour: Some(30), out: out.iter().map(|o| Outage::parse(o)).collect(), failures_later: true, ..Request::default() };
    let outcome = solve(plan, catalog, &request, None);
    let assessment = assess(plan, catalog, &outcome);
    (outcome, assessment)
}

fn state<'a>(outcome: &'a Outcome, id: &str) -> &'a LoopState {
    &outcome.cooling.loops[&Id::from(id)]
}

fn finds(assessment: &Assessment, rule: &str, severity: Severity) -> bool {
    assessment.findings.iter().any(|f| f.rule == rule && f.severity == severity)
}

/// Lenovo LP2357, table 27, from one of its points: the flow by the heat balance up to the return of 55.4 °C, the pressure drop by its exponent.
#[test]
fn the_table_of_the_gb300_follows_from_one_of_its_points() {
    let catalog = catalog(|rack| {
        let liquid = rack.liquid.as_mut().unwrap();
        liquid.points = figure(vec![FlowPoint(Temperature::from_celsius(35.0), VolumeFlow::from_liters_per_minute(89.0), Pressure::from_kilopascals(33.8))]);
        liquid.target_return = Some(figure(Temperature::from_celsius(55.4)));
    });
    for (supply, flow, drop) in [(25.0, 59.0, 15.9), (30.0, 71.0, 22.1), (35.0, 89.0, 33.8), (40.0, 119.0, 58.6), (45.0, 177.0, 126.9)] {
        let (tcs, fws) = (format!("{supply} °C"), format!("{} °C", supply - 5.0));
        let wide = [
            ("L1", "supply", tcs.as_str()),
            ("L1", "header", "200 mm"),
            ("FWS1", "supply", fws.as_str()),
            ("CDU1", "units", "2"),
            ("L1", "disconnect_kv", "null"),
            ("L1", "rack_valves", "false"),
        ];
        let plan = with("row.ron", &[&wide[..], &[("workload", "gpu", "100 %"), ("workload", "cpu", "100 %")]].concat());
        let (outcome, assessment) = run(&plan, &catalog, &[]);
        let l = state(&outcome, "L1");
        let row = &l.rows[&Id::from("R1")];
        for (got, dp) in row.flow.iter().zip(&row.drop) {
            assert!((got * 60_000.0 / flow - 1.0).abs() < 0.05, "{supply} °C: {} L/min instead of {flow}", got * 60_000.0);
            assert!((dp / 1e3 / drop - 1.0).abs() < 0.05, "{supply} °C: {} kPa instead of {drop}", dp / 1e3);
        }
        assert!(l.held && (l.return_.celsius() - 55.4).abs() < 0.5, "{supply} °C: back at {}", l.return_.celsius());
        // A manifold for 130 L/min is too small at 45 °C, and at 45 °C only.
        assert_eq!(finds(&assessment, "rack-flow", Severity::Broken), supply == 45.0, "{supply} °C");
    }
}

/// 8 × 132 kW on 12.275 L/s of PG25 at 40 °C: 21.46 K of rise, and less than half of the 1.5 L/min/kW of the OCP guideline.
#[test]
fn an_underpumped_manifold_is_a_warning() {
    let catalog = catalog(|rack| {
        let part = Part {
            kind: PartKind::Other,
            count: 1,
            idle: figure(Power::from_kilowatts(132.0)),
            peak: figure(Power::from_kilowatts(132.0)),
            behind: Behind::Input,
        };
        rack.parts = vec![part];
        // What the empty shelf itself takes is no heat of this case.
        rack.shelf.constant = figure(Power::ZERO);
        let liquid = rack.liquid.as_mut().unwrap();
        liquid.share = figure(Ratio::from_value(1.0));
        let flow = VolumeFlow::from_cubic_meters_per_second(12.275e-3 / 8.0);
        liquid.points = figure(vec![FlowPoint(Temperature::from_celsius(40.0), flow, Pressure::from_kilopascals(60.0))]);
        liquid.min_flow = Some(figure(SpecificFlow::from_liters_per_minute_per_kilowatt(1.5)));
    });
    let (outcome, assessment) = run(&with("row.ron", &[("L1", "supply", "40 °C")]), &catalog, &[]);
    let l = state(&outcome, "L1");
    assert!((l.return_.kelvin() - l.supply.kelvin() - 21.46).abs() < 0.01, "{}", l.return_.kelvin() - l.supply.kelvin());
    assert!(finds(&assessment, "rack-flow-per-kw", Severity::Warning));
    let (_, built_in) = run(&layout("row.ron"), &Catalog::builtin().unwrap(), &[]);
    assert!(!finds(&built_in, "rack-flow-per-kw", Severity::Warning));
}

#[test]
fn heat_out_of_every_loop_is_heat_in() {
    let catalog = Catalog::builtin().unwrap();
    for name in LAYOUTS {
        let plan = layout(name);
        // On the design day too, when set-points may float.
        for hour in [None, Some(30)] {
            let catalog = catalog.with(&plan.catalog);
            let outcome = solve(&plan, &catalog, &Request { hour, failures_later: true, ..Request::default() }, None);
            for (id, l) in &outcome.cooling.loops {
                assert!(l.heat_residual() <= 1e-9, "{name}, {id}: {}", l.heat_residual());
                let p = &l.pipes.piping;
                assert_eq!((p.temperatures.len(), p.flows.len()), (p.nodes.len(), p.links.len()));
                let unknown: Vec<_> = p.nodes.iter().zip(&p.temperatures).filter(|(_, t)| !t.is_finite()).map(|(n, _)| n).collect();
                assert!(
                    l.heat <= Power::ZERO || unknown.is_empty(),
                    "{name}, {id} at {hour:?}: {unknown:?}, supply {}, status {:?}",
                    l.supply.celsius(),
                    l.convergence
                );
                assert!((l.carried / l.heat - 1.0).abs() < 1e-9 || l.heat <= Power::ZERO, "{name}, {id}");
            }
            assert!(outcome.cooling.heat_residual <= 1e-6 && outcome.cooling.mass_residual <= 1e-6, "{name}");
        }
    }
}

#[test]
fn racks_get_hotter_when_a_cdu_or_a_pump_fails() {
    let catalog = Catalog::builtin().unwrap();
    let plan = with("row.ron", &[("CDU1", "model", "vertiv-coolchip-600"), ("CDU1", "units", "2")]);
    let (normal, _) = run(&plan, &catalog, &[]);
    let warmest = |o: &Outcome| state(o, "L1").rows[&Id::from("R1")].return_k.iter().copied().fold(0.0, f64::max);
    let (one, assessment) = run(&plan, &catalog, &["CDU1#1"]);
    assert!(warmest(&one) > warmest(&normal) + 3.0, "{} {}", warmest(&one), warmest(&normal));
    assert!(state(&one, "L1").heat_residual() <= 1e-9 && assessment.broken().next().is_some());
    // A lost pump: the others turn faster, or give less.
    let (pump, _) = run(&plan, &catalog, &["CDU1/pump#1"]);
    let (a, b) = (state(&normal, "L1"), state(&pump, "L1"));
    assert!(b.pump_speed > a.pump_speed || b.flow < a.flow, "{} {}", b.pump_speed, a.pump_speed);
    // A spare unit takes the place of one that is out: all is as before.
    let spare = with("row.ron", &[("CDU1", "units", "2"), ("CDU1", "redundant", "1")]);
    let (before, after) = (run(&spare, &catalog, &[]).0, run(&spare, &catalog, &["CDU1#1"]).0);
    assert_eq!((warmest(&before), state(&before, "L1").flow), (warmest(&after), state(&after, "L1").flow));
}

#[test]
fn what_is_shut_off_gets_no_coolant() {
    let catalog = Catalog::builtin().unwrap();
    let plan = layout("row.ron");
    let (all, _) = run(&plan, &catalog, &["CDU1"]);
    assert!(state(&all, "L1").supply.kelvin().is_nan() && state(&all, "L1").flow == VolumeFlow::ZERO);
    for out in ["R1/4", "R1/valve", "CDU1", "L1"] {
        let (outcome, assessment) = run(&plan, &catalog, &[out]);
        let l = state(&outcome, "L1");
        let row = &l.rows[&Id::from("R1")];
        assert!(row.flow[3] == 0.0 && row.return_k[3].is_nan() && l.carried < l.heat, "{out}");
        assert_eq!(row.flow[0] > 0.0, out == "R1/4", "{out}");
        assert!(finds(&assessment, "rack-underflow", Severity::Broken), "{out}");
    }
}

#[test]
fn a_floating_supply_follows_the_water() {
    let catalog = Catalog::builtin().unwrap();
    let held = state(&run(&layout("row.ron"), &catalog, &[]).0, "L1").clone();
    let (outcome, _) = run(&with("row.ron", &[("L1", "floating", "true")]), &catalog, &[]);
    let l = state(&outcome, "L1");
    assert!(l.supply < held.supply && l.held && l.fws_flow > held.fws_flow, "{} {}", l.supply, held.supply);
    let colder = with("row.ron", &[("L1", "floating", "true"), ("FWS1", "supply", "31 °C")]);
    let m = state(&run(&colder, &catalog, &[]).0, "L1").clone();
    assert!((l.supply.kelvin() - m.supply.kelvin() - 5.0).abs() < 0.2, "{} {}", l.supply, m.supply);
    assert!(m.heat_residual() <= 1e-9 && l.heat_residual() <= 1e-9);
}

#[test]
fn valves_and_filters_are_in_the_network_a_plan_solves() {
    let catalog = Catalog::builtin().unwrap();
    let fields =
        [("L1", "rack_valves", "true"), ("L1", "disconnect_kv", "9"), ("CDU1", "filter", "15 kPa"), ("CDU1", "units", "3"), ("CDU1", "redundant", "1")];
    let plan = with("row.ron", &fields);
    let (outcome, _) = run(&plan, &catalog, &[]);
    let l = state(&outcome, "L1");
    let row = &l.rows[&Id::from("R1")];
    assert!(row.flow.iter().zip(&row.wanted).all(|(f, w)| (f / w - 1.0).abs() < 1e-7), "{:?}", row.flow);
    let names: Vec<String> = l.pipes.piping.links.iter().map(|p| l.pipes.name(&Id::from("L1"), *p)).collect();
    for name in ["CDU1/pump 1", "CDU1/filter 3", "R1/valve", "R1/8/valve", "R1/8", "R1/return"] {
        assert!(names.iter().any(|n| n == name), "{name} is not in {names:?}");
    }
    let curves = pump_curves(&l.pipes).unwrap();
    assert!(curves.pumps_all[20].0 > curves.pumps_full[20].0 && curves.pumps_full[20].0 > curves.pumps_now[20].0);
    // Colder coolant than the dew point is a broken limit.
    let cold = with("row.ron", &[("H1", "dew_point", "38 °C")]);
    assert!(finds(&run(&cold, &catalog, &[]).1, "dew-point", Severity::Broken));
    assert!(!finds(&run(&layout("row.ron"), &catalog, &[]).1, "dew-point", Severity::Broken));
}

#[test]
fn case_temperatures_follow_the_plates() {
    let flow = VolumeFlow::from_liters_per_minute;
    let plates = |max: f64| ColdPlates {
        count: figure(72),
        share: figure(Ratio::from_value(0.8)),
        resistance: figure([(flow(1.0), 0.020), (flow(2.0), 0.017)]),
        exponent: figure(0.6),
        max_case: figure(Temperature::from_celsius(max)),
    };
    for max in [60.0, 90.0] {
        let catalog = catalog(|rack| rack.liquid.as_mut().unwrap().cold_plates = Some(plates(max)));
        let (outcome, assessment) = run(&layout("row.ron"), &catalog, &[]);
        let l = state(&outcome, "L1");
        let row = &l.rows[&Id::from("R1")];
        // Two points and the exponent give 0.02 = c + a, 0.017 = c + a·2^-0.6.
        let a = 0.003 / (1.0 - 2.0_f64.powf(-0.6));
        for ((case, heat), q) in row.case_k.iter().zip(&row.heat).zip(&row.flow) {
            let (one, through) = (heat * 0.8 / 72.0, q * 60_000.0 * 0.8 / 72.0);
            let by_hand = l.supply.kelvin() + one * (0.020 - a + a * through.powf(-0.6));
            assert!((case - by_hand).abs() < 1e-6, "{case} {by_hand}");
        }
        assert_eq!(finds(&assessment, "case-temperature", Severity::Broken), max == 60.0);
    }
    let (unknown, _) = run(&layout("row.ron"), &Catalog::builtin().unwrap(), &[]);
    assert!(state(&unknown, "L1").rows[&Id::from("R1")].case_k.iter().all(|c| c.is_nan()));
}

#[test]
fn headers_are_sized_for_the_flow() {
    let catalog = Catalog::builtin().unwrap();
    let plan = with("row.ron", &[("L1", "header", "60 mm")]);
    let (outcome, assessment) = run(&plan, &catalog, &[]);
    let finding = assessment.findings.iter().find(|f| f.rule == "header-velocity").unwrap();
    assert_eq!(finding.severity, Severity::Warning);
    let command = resize(&plan, &outcome, &[]).unwrap();
    for command in [&command, &finding.fixes[0].command] {
        let mut document = Document::new(plan.clone());
        document.apply(command, None).unwrap();
        // 8 × 113 L/min at 39 °C are 15.1 L/s: 1.64 m/s in NPS 4 (108.2 mm), 2.8 m/s in NPS 3.
        let header = document.plan().tcs_loops().next().unwrap().header.millimeters();
        assert!((header - 108.2).abs() < 1e-9, "{header}");
        let (outcome, assessment) = run(document.plan(), &catalog, &[]);
        assert!(!assessment.findings.iter().any(|f| f.rule == "header-velocity"));
        assert!(resize(document.plan(), &outcome, &[]).is_none());
    }
    assert!(resize(&plan, &outcome, &[Id::from("nothing")]).is_none());
}

#[test]
fn the_command_line_sizes_headers() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("sized.ron");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_megawatt"))
        .args(["size", "layouts/row.ron", "-o"])
        .arg(&path)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(String::from_utf8_lossy(&done.stdout).contains("Set header of L1 to 108.2 mm"));
    let sized = storage::load(&path).unwrap().0.plan;
    assert!((sized.tcs_loops().next().unwrap().header.millimeters() - 108.2).abs() < 1e-9);
}

/// No rule about a temperature can speak where none is steady: that nothing cools the racks is a finding of its own.
#[test]
fn racks_that_nothing_cools_are_a_finding() {
    let catalog = Catalog::builtin().unwrap();
    let plan = layout("row.ron");
    assert!(!finds(&run(&plan, &catalog, &[]).1, "rack-uncooled", Severity::Broken));
    let (outcome, assessment) = run(&plan, &catalog, &["CDU1/valve"]);
    assert!(finds(&assessment, "rack-uncooled", Severity::Broken) && outcome.heat.uncooled == [(Id::from("R1"), 8)], "{:?}", outcome.heat);
}
