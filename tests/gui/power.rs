//! Failures, the power chain, and redundancy, as a planner meets them.

use super::*;
use megawatt::edit::{Command, RedundancyScheme};
use megawatt::solve::Outage;

fn open(h: &mut Harness<'_, App>, tab: &str) {
    h.get_by(|n| n.role() == Role::Button && n.label().is_some_and(|l| l.starts_with(tab))).click();
    h.run();
}

#[test]
fn what_fails_is_ranked_failed_live_and_restored() {
    let mut h = harness();
    open(&mut h, "Failures");
    let failures = h.state().session().solved().unwrap().outcome.failures.clone();
    let (all, felt) = (failures.list.len(), failures.felt().count());
    assert!(felt > 0 && felt < all);
    let said = texts(&h, &format!("{all} single outages: {} survived", all - felt));
    assert!(!said.is_empty(), "{:?}", texts(&h, "single outages"));
    // Survived alone: a UPS of one of two full paths.
    let name = "B-A/ups";
    h.get_by_label("Felt only").click();
    h.run();
    assert!(h.query_by_label(&format!("Fail {name}")).is_none(), "what is survived isn't felt");
    h.get_by_label("All").click();
    h.run();
    h.get_by_role_and_label(Role::TextInput, "Find an outage").focus();
    h.run();
    h.get_by_role_and_label(Role::TextInput, "Find an outage").type_text(name);
    h.run();
    h.get_by_label(&format!("Fail {name}")).click();
    h.run();
    assert_eq!(h.state().session().out(), [Outage::whole(name)]);
    assert!(!texts(&h, "second outages (N-2 with it)").is_empty());
    assert!(!texts(&h, "1 out").is_empty(), "the status bar says so");
    assert!(!it_power(&h).contains("served"), "the other path carries the racks");
    let alone = failures.list.iter().find(|f| f.name() == "B-B/ups").unwrap();
    let second = h.state().session().solved().unwrap().outcome.failures.clone();
    let now = second.list.iter().find(|f| f.name() == "B-B/ups").unwrap();
    assert!(alone.survived && !now.survived, "with one path out the other is all there is");
    h.get_by_label("Put everything back into service").click();
    h.run();
    assert!(h.state().session().out().is_empty());
}

#[test]
fn power_that_is_lost_is_said_in_the_status_bar() {
    let mut h = harness();
    thing(&h, "Block B-A").click();
    h.run();
    assert!(!texts(&h, "If it fails").is_empty());
    h.get_by_label("Out of service").click();
    h.run();
    assert_eq!(h.state().session().out(), [Outage::whole("B-A")]);
    thing(&h, "Block B-B").click();
    h.run();
    h.get_by_label("Out of service").click();
    h.run();
    assert_eq!(h.state().session().out().len(), 2);
    assert!(!texts(&h, "2 out").is_empty());
    assert!(texts(&h, "served").iter().any(|t| t.contains(" of ") && t.starts_with('■')), "{:?}", texts(&h, "served"));
}

#[test]
fn pairs_are_tried_beside_the_window() {
    let mut h = harness();
    open(&mut h, "Failures");
    h.get_by_label("Try pairs (N-2)").click();
    for _ in 0..400 {
        h.run_steps(1);
        if !texts(&h, "pairs of").is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let said = texts(&h, "pairs of");
    assert!(said.iter().any(|t| t.contains("take") && t.contains("survived")), "{said:?}");
    h.get_by_label("Single outages").click();
    h.run();
    assert!(!texts(&h, "single outages:").is_empty());
}

#[test]
fn the_chain_is_told_stage_by_stage_and_changed_with_one_step() {
    let mut h = harness();
    open(&mut h, "Power chain");
    assert!(!texts(&h, "from the point of interconnection to the chip").is_empty());
    for stage in ["Block feeders", "Unit substations", "UPS", "Busways", "Rack shelves"] {
        assert!(h.query_all_by_label(stage).next().is_some(), "{stage}");
    }
    h.get_by_label("Chains side by side").click();
    h.run();
    h.get_by_label("Solve the chains").click();
    for _ in 0..2000 {
        h.run_steps(1);
        if h.query_all_by_label("Use this chain").count() == 3 && h.query_by_label("Solve again").is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    h.run_steps(3);
    assert_eq!(h.query_all_by_label("Use this chain").count(), 3);
    h.query_all_by_label("Use this chain").last().unwrap().click();
    h.run_steps(4);
    let session = h.state().session();
    assert_eq!(session.document().steps().len(), 1);
    let dc = session.plan().rows().all(|r| r.dc_voltage(session.plan(), session.catalog()).is_some());
    assert!(dc, "every row is on direct current");
}

#[test]
fn a_hall_is_put_on_another_scheme_from_the_menu() {
    let mut h = harness();
    h.get_by_role_and_label(Role::Button, "Edit").click();
    h.run();
    h.get_by_label("Redundancy…").click();
    h.run();
    h.get_by_label("N").click();
    h.run();
    h.get_by_label("Feed the rows: N").click();
    h.run();
    let session = h.state().session();
    assert!(session.plan().rows().all(|r| r.b.is_none()));
    let feeds: std::collections::BTreeSet<&Id> = session.plan().rows().map(|r| &r.a).collect();
    assert_eq!(feeds.len(), 2, "the two rows are spread over both blocks");
    let label = Command::Redundancy { ids: vec![id("H1")], scheme: RedundancyScheme::N, blocks: Vec::new(), reserve: None }.label();
    assert_eq!(session.document().undo_label(), Some(label.as_str()));
}
