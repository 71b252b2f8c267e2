//! Redundancy as a planner asks for it: one command, every row fed, taken back whole.

use super::*;
use crate::plan::{Element, Id, Plan, Row, file};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A hall with rows of so many racks each, on four AC blocks of three modules, with two mechanical blocks and one DC block.
fn plan(racks: &[u32]) -> Plan {
    let block = |id: &str, ups: &str| {
        format!(r#"(id: "{id}", from: "BUS1", conductor: "c", length: "10 m", transformer: "t", ups: "{ups}", modules: 3, at: (0.0, 0.0)),"#)
    };
    let blocks: String =
        ["B1", "B2", "B3", "B4", "M1", "M2"].iter().map(|b| block(b, "eaton-9395xr-1500")).chain([block("D1", "rectifier-800vdc-1500")]).collect();
    let rows: String = racks
        .iter()
        .enumerate()
        .map(|(i, n)| {
            format!(
                r#"(id: "R{i:03}", hall: "H1", at: (0.0, 0.0), rack: "gb300-nvl72", count: {n}, a: "B{}", b: "B{}", busway: "y", tcs: "L1"),"#,
                i % 2 + 1,
                i % 2 + 3
            )
        })
        .collect();
    let text = format!(
        r#"(format: 1, campus: (name: "C", date: "2026-11"), site: (library: "memphis-tn"), workload: (gpu: "90 %", cpu: "50 %", daily_swing: "0 %", peak_hour: 15),
        buses: [(id: "BUS1", voltage: "13.8 kV", at: (0.0, 0.0))], blocks: [{blocks}],
        halls: [(id: "H1", at: (0.0, 0.0), size: (50.0, 30.0), supply_air: "25 °C", recirculation: "5 %"),
                (id: "H2", at: (90.0, 0.0), size: (50.0, 30.0), supply_air: "25 °C", recirculation: "5 %")],
        rows: [{rows}],
        tcs: [(id: "L1", hall: "H1", coolant: Pg25, supply: "30 °C", header: "150 mm", roughness: "50 um")],
        cdus: [(id: "CDU1", tcs: "L1", fws: "F", model: "m", units: 2, a: "B1", b: "B3", at: (1.0, 1.0)), (id: "CDU2", tcs: "L1", fws: "F", model: "m", at: (1.0, 1.0))],
        air_handlers: [(id: "AH1", hall: "H1", fws: "F", model: "m", a: "M1", b: "M2", at: (1.0, 1.0))])"#
    );
    file::read(&text).unwrap().plan
}

fn ids(list: &[&str]) -> Vec<Id> {
    list.iter().map(|i| Id::from(*i)).collect()
}
fn wire(scheme: RedundancyScheme, blocks: &[&str], reserve: Option<&str>) -> Command {
    Command::Redundancy { ids: ids(&["H1"]), scheme, blocks: ids(blocks), reserve: reserve.map(Id::from) }
}
fn applied(plan: Plan, command: &Command) -> Document {
    let mut document = Document::new(plan);
    document.apply(command, None).unwrap();
    document
}
fn pair(row: &Row) -> (String, String) {
    (row.a.to_string(), row.b.as_ref().map(ToString::to_string).unwrap_or_default())
}
/// Racks by pair of feeds.
fn pairs(plan: &Plan) -> BTreeMap<(String, String), u32> {
    let mut sums = BTreeMap::new();
    for row in plan.rows() {
        *sums.entry(pair(row)).or_insert(0) += row.count;
    }
    sums
}

#[test]
fn four_to_make_three_uses_all_six_pairs_alike() {
    let document = applied(plan(&[10; 24]), &wire(RedundancyScheme::Distributed, &["B1", "B2", "B3", "B4"], None));
    let sums = pairs(document.plan());
    assert_eq!(sums.len(), 6);
    assert!(sums.values().all(|n| *n == 40), "{sums:?}");
    assert!(document.plan().rows().all(|r| r.share_a == crate::plan::EVEN_SHARE));
    assert_eq!(document.undo_label(), Some("Feed H1 4 to make 3"));
}

#[test]
fn a_scheme_without_blocks_named_takes_those_that_feed_the_rows_now() {
    let document = applied(plan(&[10; 12]), &wire(RedundancyScheme::Distributed, &[], None));
    assert!(pairs(document.plan()).keys().flat_map(|(a, b)| [a, b]).all(|b| b.starts_with('B')));
    assert_eq!(pairs(document.plan()).len(), 6);
}

#[test]
fn two_paths_take_a_from_one_half_and_b_from_the_other() {
    let sums = pairs(applied(plan(&[10; 8]), &wire(RedundancyScheme::TwoN, &["B1", "B2", "B3", "B4"], None)).plan());
    let expected = [(("B1".to_owned(), "B3".to_owned()), 40), (("B2".to_owned(), "B4".to_owned()), 40)];
    assert_eq!(sums, BTreeMap::from(expected));
}

#[test]
fn a_catcher_stands_behind_every_primary_and_carries_nothing() {
    for command in [wire(RedundancyScheme::BlockRedundant, &["B1", "B2", "B3", "B4"], None), wire(RedundancyScheme::BlockRedundant, &[], Some("B4"))] {
        let document = applied(plan(&[10; 9]), &command);
        assert!(document.plan().rows().all(|r| r.b == Some(Id::from("B4")) && r.share_a.value() == 1.0));
        let sums = pairs(document.plan());
        assert_eq!(sums.len(), 3);
        assert!(sums.values().all(|n| *n == 30));
    }
}

#[test]
fn spare_modules_come_and_go_with_n_plus_one() {
    let document = applied(plan(&[10; 8]), &wire(RedundancyScheme::NPlusOne, &["B1", "B2"], None));
    let spare = |d: &Document, id: &str| if let Some(Element::Block(b)) = d.plan().get(&Id::from(id)) { b.redundant } else { 99 };
    assert!(spare(&document, "B1") == 1 && spare(&document, "B3") == 0 && document.plan().rows().all(|r| r.b.is_none()));
    let document = applied((**document.plan()).clone(), &wire(RedundancyScheme::N, &[], None));
    assert_eq!(spare(&document, "B1"), 0);
}

#[test]
fn cooling_goes_along_unless_it_has_blocks_of_its_own() {
    let document = applied(plan(&[10; 24]), &wire(RedundancyScheme::TwoN, &["B1", "B2"], None));
    let feeds = |id: &str| match document.plan().get(&Id::from(id)) {
        Some(Element::Cdu(c)) => (c.a.clone(), c.b.clone()),
        Some(Element::AirHandler(h)) => (h.a.clone(), h.b.clone()),
        _ => (None, None),
    };
    let two = |a: &str, b: &str| (Some(Id::from(a)), Some(Id::from(b)));
    assert_eq!([feeds("CDU1"), feeds("CDU2"), feeds("AH1")], [two("B1", "B2"), two("B1", "B2"), two("M1", "M2")]);
}

#[test]
fn racks_go_on_direct_current_and_pumps_stay_behind() {
    let document = applied(plan(&[10; 4]), &wire(RedundancyScheme::N, &["D1"], None));
    assert!(document.plan().rows().all(|r| r.a == Id::from("D1")));
    assert!(matches!(document.plan().get(&Id::from("CDU1")), Some(Element::Cdu(c)) if c.a == Some(Id::from("B1"))));
}

#[test]
fn what_cannot_be_is_said_in_a_sentence_and_changes_nothing() {
    let cases = [
        (wire(RedundancyScheme::TwoN, &["B1", "B2", "B3"], None), "an even number of blocks"),
        (wire(RedundancyScheme::Distributed, &["B1", "B2"], None), "at least three"),
        (wire(RedundancyScheme::Distributed, &["B1", "B2", "D1"], None), "AC and DC"),
        (wire(RedundancyScheme::Distributed, &["B1", "B2", "B1"], None), "named twice"),
        (wire(RedundancyScheme::N, &["BUS1"], None), "is a bus"),
        (wire(RedundancyScheme::N, &["B9"], None), "no element `B9`"),
        (wire(RedundancyScheme::TwoN, &["B1", "B2"], Some("B3")), "only a block redundant"),
        (wire(RedundancyScheme::BlockRedundant, &["B1"], None), "a reserve"),
        (wire(RedundancyScheme::BlockRedundant, &["B1", "B2"], Some("B1")), "named twice"),
        (Command::Redundancy { ids: ids(&["H2"]), scheme: RedundancyScheme::N, blocks: vec![], reserve: None }, "has no rows"),
        (Command::Redundancy { ids: ids(&["CDU1"]), scheme: RedundancyScheme::N, blocks: vec![], reserve: None }, "halls and rows"),
        (Command::Redundancy { ids: vec![], scheme: RedundancyScheme::N, blocks: vec![], reserve: None }, "name the halls"),
        (Command::Redundancy { ids: ids(&["H9"]), scheme: RedundancyScheme::N, blocks: vec![], reserve: None }, "no element `H9`"),
    ];
    for (command, wanted) in cases {
        let mut document = Document::new(plan(&[10; 4]));
        let before = document.plan().clone();
        let error = document.apply(&command, None).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
        assert_eq!(before, *document.plan());
    }
}

#[test]
fn an_edits_file_may_leave_out_blocks_and_reserve() {
    let read: Vec<Command> =
        file::read_ron(r#"[Redundancy(ids: ["H1"], scheme: Distributed), Redundancy(ids: ["H1"], scheme: BlockRedundant, blocks: ["B1"], reserve: "B2")]"#)
            .unwrap();
    assert_eq!(read[0], wire(RedundancyScheme::Distributed, &[], None));
    assert_eq!(read[1], wire(RedundancyScheme::BlockRedundant, &["B1"], Some("B2")));
}

fn scheme() -> impl Strategy<Value = (RedundancyScheme, Vec<&'static str>)> {
    prop_oneof![
        Just((RedundancyScheme::N, vec!["B1", "B3"])),
        Just((RedundancyScheme::NPlusOne, vec!["B1", "B2", "B3"])),
        Just((RedundancyScheme::TwoN, vec!["B1", "B2", "B3", "B4"])),
        Just((RedundancyScheme::Distributed, vec!["B1", "B2", "B3"])),
        Just((RedundancyScheme::Distributed, vec!["B1", "B2", "B3", "B4", "M1"])),
        Just((RedundancyScheme::BlockRedundant, vec!["B1", "B2", "M2"])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_row_ends_on_blocks_asked_for_and_undo_takes_it_back(racks in proptest::collection::vec(0_u32..20, 1..30), (scheme, blocks) in scheme()) {
        let before = plan(&racks);
        let mut document = applied(before.clone(), &wire(scheme, &blocks, None));
        let wanted = ids(&blocks);
        for row in document.plan().rows() {
            prop_assert!(wanted.contains(&row.a) && row.b.as_ref().is_none_or(|b| wanted.contains(b) && *b != row.a));
            let single = matches!(scheme, RedundancyScheme::N | RedundancyScheme::NPlusOne);
            prop_assert_eq!(row.b.is_none(), single);
        }
        let after = document.plan().clone();
        document.undo();
        prop_assert_eq!(&**document.plan(), &before);
        document.redo();
        prop_assert_eq!(document.plan(), &after);
    }

    #[test]
    fn equal_rows_are_balanced_within_one_row(n in 1_usize..40) {
        let document = applied(plan(&vec![10; n]), &wire(RedundancyScheme::Distributed, &["B1", "B2", "B3", "B4"], None));
        let sums = pairs(document.plan());
        let most = sums.values().copied().max().unwrap_or(0);
        let least = if sums.len() < 6 { 0 } else { sums.values().copied().min().unwrap_or(0) };
        prop_assert!(most - least <= 10, "{:?}", sums);
    }
}
