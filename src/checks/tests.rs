//! Checks of redundancy, caps and direct current on the layout that shows them: each fault is put in by an edit, and its rule must speak.

use super::*;
use crate::edit::{Document, RedundancyScheme};
use crate::plan::file;
use crate::solve::{Request, solve};

struct Seen {
    plan: Plan,
    assessment: Assessment,
    outcome: Outcome,
}

impl Seen {
    fn rules(&self) -> Vec<&'static str> {
        self.assessment.findings.iter().map(|f| f.rule).collect()
    }
    fn finding(&self, rule: &str) -> &Finding {
        self.assessment.findings.iter().find(|f| f.rule == rule).unwrap_or_else(|| panic!("no finding `{rule}` among {:?}", self.rules()))
    }
    fn limit(&self, id: &str) -> &Limit {
        self.assessment.limits.iter().find(|l| l.id == id).unwrap_or_else(|| panic!("no limit `{id}`"))
    }
}

fn look(commands: &[Command]) -> Seen {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts/four-to-make-three.ron");
    let mut document = Document::new(file::read(&std::fs::read_to_string(path).unwrap()).unwrap().plan);
    commands.iter().for_each(|c| document.apply(c, None).unwrap());
    let catalog = Catalog::builtin().unwrap();
    let plan = (**document.plan()).clone();
    let outcome = solve(&plan, &catalog, &Request::default(), None);
    Seen { assessment: assess(&plan, &catalog, &outcome), plan, outcome }
}
fn set(id: &str, field: &str, value: &str) -> Command {
    Command::Set { id: id.into(), field: field.into(), value: value.into() }
}

/// The rules of this issue's files.
const OURS: &[&str] = &[
    "single-point",
    "pair-balance",
    "reserve-small",
    "power-cap",
    "mixed-current",
    "no-dc-input",
    "needs-dc",
    "busway-current",
    "no-eco-mode",
    "no-transformer",
    "transformer-twice",
    "input-voltage",
    "drive-on-dc",
];

#[test]
fn the_layout_itself_gives_no_such_finding() {
    let seen = look(&[]);
    assert!(seen.rules().iter().all(|r| !OURS.contains(r)), "{:?}", seen.rules());
    // Its cap is listed with what the hall wants: 16 racks, below it at this utilization.
    let cap = seen.limit("H2/cap");
    assert!((cap.capacity - 2.1).abs() < 1e-12 && cap.standing == Standing::Ok && cap.condition.contains("1.03"), "{cap:?}");
}

#[test]
fn every_fault_has_its_rule() {
    let cases: &[(&[Command], &str, &str)] = &[
        (&[set("R01", "b", "B1"), set("R01", "a", "B1")], "single-point", "R01"),
        (&[set("M1", "mode", "Eco")], "no-eco-mode", "M1"),
        (&[set("DC1", "mode", "Eco")], "no-eco-mode", "DC1"),
        (&[set("D01", "b", "B1")], "mixed-current", "D01"),
        (&[set("D01", "rack", "hgx-h100-air")], "no-dc-input", "D01"),
        (&[set("R01", "rack", "rubin-ultra-kyber")], "needs-dc", "R01"),
        (&[set("R01", "busway", "busway-800vdc-1600")], "busway-current", "R01"),
        (&[set("D02", "busway", "busway-480-1250")], "busway-current", "D02"),
        (&[set("CDU5", "a", "DC1")], "drive-on-dc", "CDU5"),
        (&[set("B1", "transformers", "0")], "no-transformer", "B1"),
        (&[set("DC1", "ups", "sst-13.8-800vdc-2500")], "transformer-twice", "DC1"),
        (&[set("DC1", "ups", "sst-34.5-800vdc-2500"), set("DC1", "transformers", "0")], "input-voltage", "DC1"),
        (&[set("H2", "cap", "1 MW")], "power-cap", "H2"),
    ];
    for (commands, rule, subject) in cases {
        let seen = look(commands);
        assert_eq!(seen.finding(rule).subjects[0].as_str(), *subject, "{rule}");
    }
}

#[test]
fn what_fits_raises_nothing() {
    let sst = [set("DC1", "ups", "sst-13.8-800vdc-2500"), set("DC1", "transformers", "0"), set("DC1", "transformer", "")];
    let eco = [set("B1", "mode", "Eco"), set("D03", "rack", "rubin-ultra-kyber")];
    for commands in [&sst[..], &eco[..]] {
        let seen = look(commands);
        let ours: Vec<_> = seen.rules().into_iter().filter(|r| OURS.contains(r) && *r != "power-cap").collect();
        assert!(ours.is_empty(), "{ours:?}");
    }
}

#[test]
fn a_block_out_of_service_does_not_make_its_rows_alternating() {
    let mut seen = look(&[Command::Add(crate::plan::Scenario { id: "dc-lost".into(), out: vec!["DC1".into()], ..lost() }.into())]);
    let catalog = Catalog::builtin().unwrap();
    let request = Request { scenario: Some("dc-lost".into()), ..Request::default() };
    let before = seen.outcome.loads.rows["D01"].power;
    seen.outcome = solve(&seen.plan, &catalog, &request, None);
    seen.assessment = assess(&seen.plan, &catalog, &seen.outcome);
    assert!(seen.rules().iter().all(|r| !OURS.contains(r)), "{:?}", seen.rules());
    assert_eq!(seen.outcome.loads.rows["D01"].power, before, "the racks keep their DC input on the other side");
}

fn lost() -> crate::plan::Scenario {
    file::read_ron(r#"(id: "S")"#).unwrap()
}

#[test]
fn a_cap_holds_the_hall_and_says_by_how_much() {
    let seen = look(&[set("H2", "cap", "1 MW"), set("campus", "cap", "10 MW")]);
    let loads = &seen.outcome.loads;
    assert!((loads.it_power.megawatts() - 10.0).abs() < 1e-9 && loads.uncapped.megawatts() > 12.0);
    let (hall, campus) = (seen.limit("H2/cap"), seen.limit("campus/cap"));
    let wanted: f64 = seen.plan.rows().filter(|r| r.hall.as_str() == "H2").map(|r| loads.rows[&r.id].uncapped.megawatts()).sum();
    assert!((hall.used - wanted).abs() < 1e-9 && hall.standing == Standing::Broken);
    assert!((campus.used - (loads.uncapped.megawatts() - wanted + 1.0)).abs() < 1e-9, "what the hall's cap leaves");
    // 112 racks of 135 kW behind 10 MW.
    assert!((loads.caps["campus"].oversubscription() - 1.512).abs() < 1e-9);
    assert_eq!(seen.finding("power-cap").severity, Severity::Warning);
}

#[test]
fn uneven_pairs_are_found_and_the_button_evens_them() {
    // Six of the 24 rows more on blocks 1 and 2.
    let moved: Vec<Command> = (7..13).flat_map(|n| [set(&format!("R{n:02}"), "a", "B1"), set(&format!("R{n:02}"), "b", "B2")]).collect();
    let seen = look(&moved);
    let finding = seen.finding("pair-balance");
    assert_eq!(finding.subjects, [Id::from("B1"), Id::from("B2")]);
    assert!(finding.hint.contains("75 %") && finding.hint.contains("6 pairs"), "{}", finding.hint);
    let fixed = look(&[moved, vec![finding.fixes[0].command.clone()]].concat());
    assert!(!fixed.rules().contains(&"pair-balance"));
}

#[test]
fn a_reserve_must_carry_the_largest_primary() {
    let catcher =
        Command::Redundancy { ids: vec![Id::from("H1")], scheme: RedundancyScheme::BlockRedundant, blocks: Vec::new(), reserve: Some(Id::from("B4")) };
    let seen = look(std::slice::from_ref(&catcher));
    let limit = seen.limit("B4/reserve");
    // Eight rows stand on each of three primaries.
    let row = seen.outcome.loads.rows["R01"].power.megawatts();
    assert!((limit.used - 8.0 * row).abs() < 1e-9 && (limit.capacity - 4.5).abs() < 1e-12 && limit.standing != Standing::Broken, "{limit:?}");
    let small = look(&[catcher, set("B4", "modules", "2")]);
    let finding = small.finding("reserve-small");
    assert!(finding.severity == Severity::Broken && finding.subjects == [Id::from("B4")] && !finding.fixes.is_empty());
}
