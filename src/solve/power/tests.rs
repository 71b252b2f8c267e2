#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::plan::file;
use crate::solve::{Failure, Request, Worst};

fn solved(text: &str) -> (Plan, Catalog, crate::solve::Outcome) {
    let plan = file::read(text).unwrap().plan;
    let catalog = Catalog::builtin().unwrap().with(&plan.catalog);
    let outcome = crate::solve::solve(&plan, &catalog, &Request::default(), None);
    (plan, catalog, outcome)
}

/// Takes each outage out and solves the whole chain again.
fn compare(text: &str, every: usize) -> usize {
    let (plan, catalog, outcome) = solved(text);
    let power = outcome.memo.power.as_ref().unwrap();
    let mut count = 0;
    for failure in outcome.failures.list.iter().step_by(every) {
        let again = solve(&plan, &catalog, &power.demand, &failure.outages);
        let name = failure.name();
        let close = |what: &str, a: f64, b: f64, within: f64| assert!(a == b || (a - b).abs() <= within, "{name}, {what}: {a} and {b}");
        close("facility", failure.facility.watts(), (again.facility - again.from_sets).watts(), 1.0);
        close("loss", failure.loss.watts(), again.loss.watts(), 1.0);
        close("lost IT", failure.lost.it.watts(), again.lost.it.watts(), 1.0);
        close("shortage", failure.lost.shortage.watts(), again.lost.shortage.watts(), 1.0);
        assert_eq!((failure.lost.racks, &failure.dark, &failure.standby), (again.lost.racks, &again.dark, &again.standby), "{name}");
        assert_eq!(failure.status, again.convergence.status, "{name}");
        // Most loaded branch and lowest voltage of the state solved again.
        let left = |b: &crate::solve::Branch| b.load / whole_rating(b, &plan);
        let most = again.branches.iter().filter(|b| b.in_service > 0.0).map(left).fold(0.0, f64::max);
        close("highest loading", failure.highest.map_or(0.0, |h| h.1), most, 1e-8);
        let least = again.nodes.iter().map(|n| n.v_pu).filter(|v| v.is_finite()).fold(f64::INFINITY, f64::min);
        close("lowest voltage", failure.lowest.map_or(f64::INFINITY, |l| l.1), least, 1e-9);
        count += 1;
    }
    count
}

/// The rating of a branch with its spare units at work too, found from the plan.
fn whole_rating(b: &crate::solve::Branch, plan: &Plan) -> f64 {
    use crate::plan::Element;
    let spare = match plan.get(&b.element) {
        Some(Element::Transformer(t)) => t.redundant.min(t.units - 1),
        Some(Element::Block(k)) if b.kind == crate::solve::BranchKind::Ups => k.redundant.min(k.modules),
        _ => 0,
    };
    let units = f64::from(b.units);
    let normal = (units * b.in_service).min(units - f64::from(spare));
    b.rating / normal * units * b.in_service
}

#[test]
fn every_outage_of_colossus_equals_taking_it_out_and_solving_again() {
    let count = compare(include_str!("../../../layouts/colossus.ron"), 1);
    assert!(count > 900, "{count}");
}

#[test]
fn outages_of_small_plans_equal_solving_again() {
    for text in [include_str!("../../../layouts/row.ron"), include_str!("../../../layouts/enterprise.ron"), include_str!("../../../layouts/abilene.ron")] {
        assert!(compare(text, 1) > 3);
    }
}

#[test]
fn worst_loads_are_those_of_the_list() {
    let (_, _, outcome) = solved(include_str!("../../../layouts/row.ron"));
    let ups = outcome.power.branches.iter().position(|b| b.id == "B-B/ups").unwrap();
    let worst: &Worst = outcome.failures.of_branch(ups).unwrap();
    let lost: &Failure = &outcome.failures.list[worst.failure];
    assert!(["B-A/ups", "B-A/feeder", "B-A/substation"].contains(&lost.name().as_str()), "{}", lost.name());
    // The other block is gone: this one carries all of the racks.
    let rows: f64 = outcome.loads.it_power.watts();
    assert!(worst.value > rows && worst.value < rows * 1.2, "{} W, the racks draw {rows} W", worst.value);
}

/// A state reached by a departure is the one found from scratch, and the way back leads home.
#[test]
fn departures_reach_the_state_found_from_scratch() {
    for text in [include_str!("../../../layouts/colossus.ron"), include_str!("../../../layouts/enterprise.ron")] {
        let (plan, catalog, outcome) = solved(text);
        let chain = Chain::assemble(&plan, &catalog, &outcome.memo.power.as_ref().unwrap().demand);
        let home = chain.state(&[]);
        let tree = chain.tree(&home);
        let mut state = home.clone();
        let names: Vec<Outage> = outcome.failures.list.iter().flat_map(|f| f.outages.clone()).collect();
        let singles = names.iter().map(|o| vec![o.clone()]);
        let pairs = (0..300).map(|i| vec![names[i * 31 % names.len()].clone(), names[i * 47 % names.len()].clone()]);
        for set in singles.chain(pairs) {
            let departure = chain.depart(&mut state, &tree, &set, &set);
            let fresh = chain.state(&set);
            assert!(state.lost.iter().zip(&fresh.lost).all(|(a, b)| (a - b).abs() <= 1e-6 * b.abs().max(1.0)), "{set:?}: {:?} {:?}", state.lost, fresh.lost);
            state.lost = fresh.lost;
            assert!((state.injected - fresh.injected).abs() < 1e-6, "{set:?}");
            state.injected = fresh.injected;
            state.unknown.clone_from(&fresh.unknown);
            assert!(state == fresh, "{set:?}");
            chain.return_to(&mut state, departure);
            assert!(state == home, "{set:?}: the way back");
        }
    }
}
