//! What the layouts of the project must answer: the questions the program exists for, on figures it did not produce.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't begin has failed")]

use megawatt::checks::Severity;
use megawatt::plan::Id;
use megawatt::session::{Session, Solved, compare_sites, storage};
use megawatt::units::*;
use std::path::Path;
use std::sync::Arc;

fn open(name: &str) -> Session {
    let (loaded, _) = storage::load(Path::new("layouts").join(name).as_path()).expect("a layout of the project loads");
    Session::inline(loaded.plan).expect("the built-in catalog reads")
}

fn solved(session: &Session) -> &Solved {
    session.solved().expect("an inline session is always solved")
}

/// Published: 200,000 Hopper GPUs and 30,000 GB200, 237–330 MW of IT power, 150 MW of firm grid, 15 turbines of 16.5 MW.
#[test]
fn colossus_is_the_campus_that_the_public_sources_describe() {
    let session = open("colossus.ron");
    let s = &solved(&session).outcome.summary;
    assert!(s.racks >= 3_500 && s.gpus >= 220_000, "{} racks, {} GPUs", s.racks, s.gpus);
    assert!((237.0..330.0).contains(&s.it_power.megawatts()), "{}", s.it_power);
    let pue = s.pue.expect("the year is solved");
    assert!((1.05..1.35).contains(&pue), "PUE {pue}");
    assert!(s.cost > Money::from_dollars(50e6), "{}", s.cost);
    let found = solved(&session).assessment.findings.iter().find(|f| f.rule == "grid-short").expect("150 MW don't carry it alone");
    assert!(found.message.contains("150 MW"), "{}", found.message);
    assert!(solved(&session).assessment.broken().next().is_none(), "{:?}", solved(&session).assessment.broken().collect::<Vec<_>>());
}

#[test]
fn every_balance_closes() {
    for name in ["colossus.ron", "frontier.ron", "abilene.ron", "row.ron", "enterprise.ron"] {
        let session = open(name);
        let b = solved(&session).outcome.balance;
        for (what, residual) in [("power", b.power), ("mass", b.mass), ("heat", b.heat), ("supply", b.supply)] {
            assert!(residual <= 1e-6, "{name}: {what} {residual:e}");
        }
        let o = &solved(&session).outcome;
        let sum = o.loads.it_power + o.cooling.power + o.cooling.house + o.power.loss;
        assert!((sum / o.power.facility - 1.0).abs() < 1e-6, "{name}: {sum} against {}", o.power.facility);
        for h in 0..o.year.hourly.it.len() {
            let y = &o.year.hourly;
            let given = y.grid[h] + y.generators.iter().map(|(_, g)| g[h]).sum::<f64>() + y.discharge[h] + y.unserved[h];
            assert!((given / (y.facility[h] + y.charge[h]) - 1.0).abs() < 1e-6, "{name}: hour {h}");
        }
    }
}

/// Frontier by the public RAPS configuration, convention A (74 cabinets of 128 nodes, switches behind the rectifier, 25 CDUs): idle
/// 7.3065, HPL 22.9545, peak 28.2279 MW, conversion loss 8.04 % and 6.46 %.
#[test]
fn frontier_reproduces_the_published_chain() {
    let mut session = open("frontier.ron");
    for (scenario, megawatts) in [("idle", 7.3065), ("hpl", 22.9545), ("peak", 28.2279)] {
        session.set_scenario(Some(Id::from(scenario)));
        let o = &solved(&session).outcome;
        let cdus: Power = o.cooling.loops.values().map(|l| l.cdu_power).sum();
        let total = (o.loads.it_power + cdus).megawatts();
        assert!((total / megawatts - 1.0).abs() < 0.005, "{scenario}: {total} MW, expected {megawatts}");
        let loss = o.loads.conversion_loss / o.loads.it_power;
        assert!((0.06..0.09).contains(&loss), "{scenario}: conversion loss {loss}");
    }
    assert_eq!(solved(&session).outcome.loads.racks, 74);
    // Towers alone, 32 °C at most.
    assert!(solved(&session).outcome.cooling.fws.values().any(|f| f.held && f.supply <= Temperature::from_celsius(32.0)));
}

#[test]
fn hot_sites_cost_more_cooling_than_cold_ones() {
    let session = open("colossus.ron");
    let sites: Vec<String> = ["helsinki", "las-vegas-nv", "miami-fl", "reykjavik"].map(str::to_owned).to_vec();
    let list = compare_sites(session.plan(), session.catalog(), &session.request_for(), &sites);
    let cooling = |site: &str| -> f64 {
        let found = list.iter().find(|c| c.site == site).expect("compared");
        found.solved.outcome.year.hourly.cooling.iter().sum()
    };
    for (cold, hot) in [("helsinki", "las-vegas-nv"), ("helsinki", "miami-fl"), ("reykjavik", "miami-fl"), ("reykjavik", "las-vegas-nv")] {
        assert!(cooling(cold) < cooling(hot), "{cold} {} {hot} {}", cooling(cold), cooling(hot));
    }
}

#[test]
fn the_second_grid_step_carries_the_campus() {
    let mut session = open("colossus.ron");
    session.set_scenario(Some(Id::from("second-substation")));
    let o = &solved(&session).outcome;
    assert!(o.supply.grid_firm >= Power::from_megawatts(300.0));
    assert!(!solved(&session).assessment.findings.iter().any(|f| f.rule == "grid-short"));
}

#[test]
fn without_turbines_the_campus_is_short_of_power() {
    let mut session = open("colossus.ron");
    session.set_scenario(Some(Id::from("no-turbines")));
    let broken: Vec<_> = solved(&session).assessment.broken().map(|f| f.rule).collect();
    assert!(broken.contains(&"unserved") && broken.contains(&"grid-short"), "{broken:?}");
    assert!(solved(&session).outcome.year.unserved_energy > Energy::ZERO);
}

#[test]
fn the_tutorial_row_has_nothing_broken_and_breaks_when_it_is_overfilled() {
    let mut session = open("row.ron");
    assert!(!solved(&session).assessment.findings.iter().any(|f| f.severity == Severity::Broken));
    let command = megawatt::edit::Command::Set { id: Id::from("R1"), field: "count".to_owned(), value: "24".to_owned() };
    session.apply(&command, None).expect("a row has a count");
    let broken: Vec<&str> = solved(&session).assessment.broken().map(|f| f.rule).collect();
    assert!(broken.contains(&"cdu-overload"), "{broken:?}");
    // Each fix is a command that can be carried out.
    let fixes: Vec<_> = solved(&session).assessment.findings.iter().flat_map(|f| f.fixes.clone()).collect();
    assert!(!fixes.is_empty());
    for fix in fixes {
        session.apply(&fix.command, None).unwrap_or_else(|e| panic!("{}: {e}", fix.label));
    }
}

/// No plan that loads can make the solver panic, whatever is taken out of it.
#[test]
fn taking_out_any_element_still_gives_an_answer() {
    for name in ["row.ron", "enterprise.ron"] {
        let session = open(name);
        for id in session.plan().elements.keys() {
            let mut plan = (**session.plan()).clone();
            plan.elements.remove(id);
            let broken = Session::inline(plan).expect("the built-in catalog reads");
            assert!(broken.solved().is_some(), "{name} without {id}");
        }
    }
    assert!(Session::inline(megawatt::plan::Plan::default()).expect("the built-in catalog reads").solved().is_some());
}

/// Any site's own prices stay when the plan is compared with the place it stands at.
#[test]
fn comparing_with_the_own_site_gives_the_plan_itself() {
    let session = open("row.ron");
    let own = session.plan().site().expect("a plan has a site").library.clone();
    let list = compare_sites(session.plan(), session.catalog(), &session.request_for(), &[own]);
    assert!(Arc::ptr_eq(&list[0].solved.plan, session.plan()));
    assert_eq!(list[0].solved.outcome.summary, solved(&session).outcome.summary);
}
