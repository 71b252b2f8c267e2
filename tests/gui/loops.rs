//! The loop diagram: selecting, zooming, failing, closing and restoring there, what the plan says of it, and the pump curves.

use super::*;
use megawatt::solve::Outage;
use megawatt::ui::dock::Pane;

fn opened() -> Harness<'static, App> {
    let mut h = harness();
    command(&mut h, "loop panel");
    assert!(h.state().dock().is_in_front(Pane::Loop));
    h
}

/// What is painted under a name that begins so, figures behind it.
fn part<'h>(h: &'h Harness<'_, App>, name: &'h str) -> Node<'h> {
    let canvas = h.get_by_role(Role::Canvas).rect();
    let begins = move |n: &AccessKitNode<'_>| n.role() == Role::Button && n.label().is_some_and(|l| l == name || l.starts_with(&format!("{name}, ")));
    let mut found: Vec<Node<'h>> = h.query_all_by(begins).filter(|n| canvas.contains_rect(n.rect())).collect();
    assert_eq!(found.len(), 1, "{name}: {:?}", found.iter().map(|n| n.accesskit_node().label()).collect::<Vec<_>>());
    found.remove(0)
}

fn label(h: &Harness<'_, App>, name: &str) -> String {
    part(h, name).accesskit_node().label().unwrap()
}

fn button<'h>(h: &'h Harness<'_, App>, name: &'h str) -> Node<'h> {
    h.get_by_role_and_label(Role::Button, name)
}

fn canvas_says(h: &Harness<'_, App>) -> String {
    h.get_by_role(Role::Canvas).accesskit_node().label().unwrap()
}

fn out(h: &Harness<'_, App>) -> Vec<Outage> {
    h.state().session().out().to_vec()
}

#[test]
fn what_is_clicked_there_is_selected_everywhere() {
    let mut h = opened();
    assert!(canvas_says(&h).starts_with("Loop diagram with 1 facility water system and 1 consumer, nothing selected"), "{}", canvas_says(&h));
    part(&h, "Loop L1").click_accesskit();
    h.run();
    assert_eq!(h.state().selection().single(), Some(&id("L1")));
    for (name, element) in
        [("CDU CDU1", "CDU1"), ("Pumps of CDU1", "CDU1"), ("Pumps of FWS1", "FWS1"), ("Valve of row H1-R02", "H1-R02"), ("Facility water FWS1", "FWS1")]
    {
        part(&h, name).click();
        h.run();
        assert_eq!(h.state().selection().single(), Some(&id(element)), "{name}");
    }
    part(&h, "Rack 3 of H1-R01").click();
    h.run();
    assert_eq!((h.state().selection().single(), h.state().selection().slot), (Some(&id("H1-R01")), Some(3)));
    command(&mut h, "plan panel");
    assert!(canvas_says(&h).contains("selected rack H1-R01 3"), "{}", canvas_says(&h));
}

#[test]
fn zooming_goes_where_the_diagram_is_in_front() {
    let mut h = opened();
    let scale = |h: &Harness<'_, App>| h.state().panels().loops.camera().unwrap().scale;
    let all = scale(&h);
    command(&mut h, "go to l1");
    assert!(h.state().dock().is_in_front(Pane::Loop), "a loop is part of the diagram");
    assert!(scale(&h) > all * 1.2);
    h.key_press(Key::Home);
    h.run();
    assert!((scale(&h) / all - 1.0).abs() < 1e-9);
    command(&mut h, "go to b-a");
    assert!(h.state().dock().is_in_front(Pane::Plan), "a power block is no part of it");
}

#[test]
fn one_pump_fails_and_is_restored_from_the_strip() {
    let mut h = opened();
    assert!(label(&h, "Pumps of CDU1").ends_with("2 of 2 pumps run"), "{}", label(&h, "Pumps of CDU1"));
    part(&h, "CDU CDU1").click();
    h.run();
    button(&h, "Fail one pump of 2 of CDU1").click();
    h.run();
    assert_eq!(out(&h), [Outage::units("CDU1/pump", 1)]);
    assert!(!texts(&h, "Out: one pump of CDU1.").is_empty(), "{:?}", texts(&h, "Out:"));
    assert!(label(&h, "Pumps of CDU1").ends_with("1 of 2 pumps run, 1 out"), "{}", label(&h, "Pumps of CDU1"));
    button(&h, "Restore the pumps of CDU1").click();
    h.run();
    assert!(out(&h).is_empty());
    assert!(!h.state().session().document().is_changed(), "what is out is no part of the plan");
}

#[test]
fn a_valve_closes_and_the_plan_shows_what_it_leaves_uncooled() {
    let mut h = opened();
    assert!(label(&h, "Water valve of CDU1").ends_with("open"));
    part(&h, "Water valve of CDU1").click_secondary();
    h.run();
    button(&h, "Close the water valve of CDU1").click();
    h.run();
    assert_eq!(out(&h), [Outage::whole("CDU1/valve")]);
    assert!(label(&h, "Water valve of CDU1").ends_with("closed"));
    assert!(label(&h, "Loop L1").ends_with("no cooling"), "{}", label(&h, "Loop L1"));
    assert!(canvas_says(&h).ends_with(", 1 without cooling"), "{}", canvas_says(&h));
    let banner = texts(&h, "Out: valve of CDU1 closed.");
    assert!(banner[0].contains("nothing cools 8 racks"), "{}", banner[0]);
    command(&mut h, "plan panel");
    assert!(canvas_says(&h).contains("not cooled: H1-R01, H1-R02"), "{}", canvas_says(&h));
    assert!(!texts(&h, "racks above a limit, darker: not cooled").is_empty());
    button(&h, "Restore all").click();
    h.run();
    assert!(out(&h).is_empty() && !canvas_says(&h).contains("not cooled"));
}

#[test]
fn a_rack_is_parted_and_a_row_shut_off_beside_what_is_out_of_the_power_chain() {
    let mut h = opened();
    part(&h, "Rack 2 of H1-R01").click_secondary();
    h.run();
    button(&h, "Part rack 2 of H1-R01").click();
    h.run();
    assert!(label(&h, "Rack 2 of H1-R01").ends_with("parted from its loop"), "{}", label(&h, "Rack 2 of H1-R01"));
    part(&h, "Valve of row H1-R02").click_secondary();
    h.run();
    button(&h, "Close the valve of row H1-R02").click();
    h.run();
    assert!(label(&h, "Rack 1 of H1-R02").ends_with("no coolant"), "{}", label(&h, "Rack 1 of H1-R02"));
    assert_eq!(out(&h), [Outage::whole("H1-R01/2"), Outage::whole("H1-R02/valve")]);
    command(&mut h, "one-line panel");
    let feeder = h.get_by_role_and_label(Role::Button, "Breaker of B-A/feeder, closed");
    feeder.click();
    h.run();
    assert_eq!(out(&h), [Outage::whole("B-A/feeder"), Outage::whole("H1-R01/2"), Outage::whole("H1-R02/valve")], "one list for power and cooling");
}

#[test]
fn pump_curves_follow_the_selection() {
    let mut h = opened();
    part(&h, "CDU CDU1").click();
    h.run();
    command(&mut h, "hydraulics panel");
    assert!(h.state().dock().is_in_front(Pane::Hydraulics));
    let of = |h: &Harness<'_, App>| texts(h, "of full speed; at full speed the pumps in use would give");
    let coolant = of(&h);
    assert!(coolant.iter().any(|t| t.contains("L/min at") && t.contains("kPa")), "{coolant:?}");
    part(&h, "Facility water FWS1").click();
    h.run();
    let water = of(&h);
    assert!(!water.is_empty() && water != coolant, "{water:?}");
    h.key_press_modifiers(Modifiers::COMMAND, Key::U);
    h.run();
    assert!(of(&h).iter().any(|t| t.contains("gpm at") && t.contains("psi")), "{:?}", of(&h));
}

#[test]
fn a_plan_without_cooling_says_what_to_do() {
    let mut h = opened();
    h.key_press_modifiers(Modifiers::COMMAND, Key::N);
    h.run();
    h.run_steps(3);
    assert!(canvas_says(&h).starts_with("Nothing is cooled yet"), "{}", canvas_says(&h));
}
