//! Facility water of whole plans: rings and trees with a piece shut off, closed valves, failed pumps, and the balance of heat and mass.

#![allow(clippy::unwrap_used)]

use megawatt::checks::assess;
use megawatt::numerics::pipe_network::{self, Options, Status};
use megawatt::plan::{Catalog, Element, Id, Plan, file};
use megawatt::solve::{Outage, Outcome, Part, Request, Side, solve};
use megawatt::units::*;

fn read(text: &str) -> Plan {
    file::read(text).unwrap().plan
}

fn ring() -> Plan {
    read(include_str!("../layouts/four-to-make-three.ron"))
}

fn row() -> Plan {
    read(include_str!("../layouts/row.ron"))
}

fn run(plan: &Plan, out: &[&str]) -> Outcome {
    let catalog = Catalog::builtin().unwrap();
    let request = Request { out: out.iter().map(|o| Outage::parse(o)).collect(), failures_later: true, ..Request::default() };
    let outcome = solve(plan, &catalog, &request, None);
    assert!(outcome.cooling.heat_residual <= 1e-6 && outcome.cooling.mass_residual <= 1e-9, "{:?}", outcome.balance);
    outcome
}

fn with(mut plan: Plan, fws: &str, change: impl FnOnce(&mut megawatt::plan::Fws)) -> Plan {
    if let Some(Element::Fws(f)) = plan.elements.get_mut(&Id::from(fws)) {
        change(f);
    }
    plan
}

#[test]
fn the_network_of_a_plan_stands_alone() {
    for plan in [ring(), row()] {
        let outcome = run(&plan, &[]);
        for (id, state) in &outcome.cooling.fws {
            let pipes = &state.pipes.piping;
            assert_eq!(state.pipes.sources, std::slice::from_ref(id));
            assert_eq!(state.pipes.consumers.len(), state.branches.len());
            let again = pipe_network::solve(&pipes.network, &Options::default(), None);
            assert_eq!(again.status, Status::Converged);
            let most = state.flow.cubic_meters_per_second();
            assert!(pipes.flows.iter().zip(&again.flows).all(|(a, b)| (a - b).abs() <= 1e-6 * most), "{id}");
            // The plant sees the return with the pumps' heat, by the temperatures of the nodes too.
            let plant = state.pipes.find(Part::Plant).unwrap();
            let before = pipes.temperatures[pipes.network.links[plant].0];
            assert!((before - state.return_.kelvin()).abs() < 1e-6, "{id}: {before}");
            // Standby pumps are there too, shut.
            let Some(Element::Fws(system)) = plan.get(id) else { continue };
            assert_eq!(pipes.links.iter().filter(|p| matches!(p, Part::Pump { .. })).count(), system.pumps as usize);
            assert_eq!(state.pumps_on, system.pumps - system.redundant);
        }
    }
}

#[test]
fn a_piece_of_a_ring_can_be_shut_off_and_one_of_a_tree_not() {
    let plan = ring();
    let whole = run(&plan, &[]);
    let fws = Id::from("FWS1");
    let pieces = whole.cooling.fws[&fws].pipes.piping.links.iter().filter(|p| matches!(p, Part::Main { side: Side::Supply, .. })).count();
    assert!(pieces > 2);
    let cut = run(&plan, &["FWS1/main/1"]);
    let (before, after) = (&whole.cooling.fws[&fws], &cut.cooling.fws[&fws]);
    assert!(after.head > before.head && (after.flow / before.flow - 1.0).abs() < 1e-6);
    assert!(cut.cooling.loops.values().all(|l| l.held));
    // The same mains as a tree: all behind the first piece is cut off, and its loops have no steady temperature.
    let tree = with(plan, "FWS1", |f| f.ring = false);
    let dry = run(&tree, &["FWS1/main/1"]);
    assert!(dry.cooling.fws[&fws].flow == VolumeFlow::ZERO && dry.cooling.loops.values().all(|l| l.supply.kelvin().is_nan()));
    let catalog = Catalog::builtin().unwrap();
    let findings = assess(&tree, &catalog, &dry).findings;
    assert!(findings.iter().any(|f| f.rule == "water-short" && f.message.contains("no water")), "{findings:?}");
}

#[test]
fn a_closed_valve_takes_one_consumer_and_leaves_the_numbers_of_the_mains() {
    let plan = ring();
    let whole = run(&plan, &[]);
    let fws = Id::from("FWS1");
    let cdu = whole.cooling.fws[&fws].pipes.consumers[0].clone();
    for out in [format!("{cdu}/valve"), cdu.to_string()] {
        let closed = run(&plan, &[&out]);
        let (before, after) = (&whole.cooling.fws[&fws], &closed.cooling.fws[&fws]);
        assert_eq!(after.branches[&cdu].flow, VolumeFlow::ZERO);
        assert_eq!(before.pipes.piping.links, after.pipes.piping.links);
        assert!(after.branches.iter().filter(|(id, _)| **id != cdu).all(|(_, b)| b.flow >= b.wanted * 0.999_999));
    }
}

#[test]
fn short_pumps_share_by_the_network_and_loops_float() {
    // One pump far too small for the loop.
    let plan = with(row(), "FWS1", |f| {
        f.pump = "fws-pump-10".to_owned();
        f.redundant = 0;
        f.pumps = 1;
    });
    let outcome = run(&plan, &[]);
    let state = &outcome.cooling.fws[&Id::from("FWS1")];
    let branch = &state.branches[&Id::from("CDU1")];
    assert!(branch.flow < branch.wanted && branch.flow > VolumeFlow::ZERO && (state.pump_speed - 1.0).abs() < 1e-12);
    assert!((branch.flow / state.flow - 1.0).abs() < 1e-9);
    let loop_ = &outcome.cooling.loops[&Id::from("L1")];
    assert!(!loop_.held && loop_.supply > Temperature::from_celsius(39.0));
    // What the loop takes is what the mains give.
    assert!((loop_.fws_flow / branch.flow - 1.0).abs() < 1e-8);
    let catalog = Catalog::builtin().unwrap();
    let findings = assess(&plan, &catalog, &outcome).findings;
    assert!(findings.iter().any(|f| f.rule == "water-short" && f.subjects[0] == Id::from("CDU1")), "{findings:?}");
    // With no pump at all nothing is invented.
    let none = run(&plan, &["FWS1/pump#1"]);
    assert!(none.cooling.loops[&Id::from("L1")].supply.kelvin().is_nan());
}

#[test]
fn a_bypass_cools_what_comes_back() {
    let plain = run(&row(), &[]);
    let fws = Id::from("FWS1");
    let flow = plain.cooling.fws[&fws].flow;
    let with = with(row(), "FWS1", |f| {
        f.bypass = Some(flow * 2.0);
        f.buffer = Some(Volume::from_cubic_meters(5.0));
    });
    let outcome = run(&with, &[]);
    let (before, after) = (&plain.cooling.fws[&fws], &outcome.cooling.fws[&fws]);
    assert!((after.flow / flow - 2.0).abs() < 1e-9 && (after.bypass / flow - 1.0).abs() < 1e-9);
    // Half of the rise, and a little more by the pumps.
    let rise = |s: &megawatt::solve::FwsState| (s.return_ - s.supply).kelvins();
    assert!((rise(after) / rise(before) - 0.5).abs() < 0.01, "{} {}", rise(after), rise(before));
    assert!(after.pipes.find(Part::Bypass).is_some() && after.pipes.find(Part::Tank).is_some());
}
