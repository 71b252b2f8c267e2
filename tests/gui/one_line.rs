//! The one-line diagram: selecting, zooming, failing and restoring there, and what goes dark on the plan.

use super::*;
use megawatt::solve::Outage;
use megawatt::ui::dock::Pane;

fn opened() -> Harness<'static, App> {
    let mut h = harness();
    command(&mut h, "one-line panel");
    assert!(h.state().dock().is_in_front(Pane::OneLine));
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
fn a_block_selected_there_is_selected_everywhere() {
    let mut h = opened();
    part(&h, "Block B-A").click();
    h.run();
    assert_eq!(h.state().selection().single(), Some(&id("B-A")));
    assert!(canvas_says(&h).contains("2 blocks, selected B-A"), "{}", canvas_says(&h));
    part(&h, "UPS B-B/ups").click();
    h.run();
    assert_eq!(h.state().selection().single(), Some(&id("B-B")), "a part selects its element");
    part(&h, "Busway H1-R02/A").click();
    h.run();
    assert_eq!(h.state().selection().single(), Some(&id("H1-R02")));
    h.key_press(Key::Escape);
    h.run();
    assert!(h.state().selection().ids.is_empty());
    part(&h, "Bus POI, 13.8 kV").click();
    h.run();
    assert_eq!(h.state().selection().single(), Some(&id("POI")));
    command(&mut h, "plan panel");
    assert!(canvas_says(&h).starts_with("Plan") && canvas_says(&h).contains("selected POI"), "{}", canvas_says(&h));
}

#[test]
fn zooming_goes_where_the_diagram_is_in_front() {
    let mut h = opened();
    let scale = |h: &Harness<'_, App>| h.state().panels().one_line.camera().unwrap().scale;
    let all = scale(&h);
    part(&h, "Busway H1-R01/A").click();
    h.run();
    h.key_press(Key::F);
    h.run();
    assert!(h.state().dock().is_in_front(Pane::OneLine), "a row is part of the diagram");
    h.key_press(Key::Home);
    h.run();
    assert!((scale(&h) / all - 1.0).abs() < 1e-9);
    command(&mut h, "go to b-a");
    assert!(scale(&h) > all * 1.2, "one block fills the diagram");
    assert!(h.state().dock().is_in_front(Pane::OneLine));
    command(&mut h, "go to cdu1");
    assert_eq!(h.state().selection().single(), Some(&id("CDU1")));
    command(&mut h, "go to l1");
    assert!(h.state().dock().is_in_front(Pane::Plan), "a coolant loop is no part of the diagram");
}

#[test]
fn a_ups_fails_rows_go_dark_and_all_is_restored() {
    let mut h = opened();
    for (ups, text) in [("UPS B-A/ups", "No IT power lost."), ("UPS B-B/ups", "Lost: ")] {
        part(&h, ups).click();
        h.run();
        button(&h, "Fail").click();
        h.run();
        assert!(!texts(&h, text).is_empty() || !texts(&h, "No racks lost").is_empty(), "{text}");
    }
    assert_eq!(out(&h), [Outage::whole("B-A/ups"), Outage::whole("B-B/ups")]);
    let banner = texts(&h, "Out: B-A/ups, B-B/ups.");
    assert!(banner[0].contains("8 racks."), "{}", banner[0]);
    assert!(part(&h, "Output of B-A, 415 V").accesskit_node().label().unwrap().ends_with("dead"));
    assert!(part(&h, "Busway H1-R01/A").accesskit_node().label().unwrap().ends_with("dead"));
    assert!(part(&h, "UPS B-A/ups").accesskit_node().label().unwrap().ends_with("out of service"));
    command(&mut h, "plan panel");
    assert_eq!(texts(&h, "Out: B-A/ups, B-B/ups."), banner, "the plan says it too");
    assert!(canvas_says(&h).contains("without power: H1-R01, H1-R02, CDU1, FWS1"), "{}", canvas_says(&h));
    button(&h, "Restore all").click();
    h.run();
    assert!(out(&h).is_empty());
    assert!(texts(&h, "Out: ").is_empty());
    assert!(!canvas_says(&h).contains("without power"));
    let document = h.state().session().document();
    assert!(!document.is_changed(), "what is out is no part of the plan");
}

#[test]
fn a_breaker_is_opened_and_closed_by_a_click() {
    let mut h = opened();
    part(&h, "Breaker of B-A/feeder, closed").click();
    h.run();
    assert_eq!(out(&h), [Outage::whole("B-A/feeder")]);
    assert!(h.state().session().solved().unwrap().outcome.power.nodes.iter().any(|n| n.id == "B-A/out" && n.v_pu.is_nan()));
    part(&h, "Breaker of B-A/feeder, open").click();
    h.run();
    assert!(out(&h).is_empty());
    part(&h, "Breaker of G1, closed").click();
    h.run();
    assert_eq!(out(&h), [Outage::whole("G1")]);
    assert!(!texts(&h, "Lost: ").is_empty());
}

#[test]
fn the_right_button_fails_one_of_several_and_restores_a_block() {
    let mut h = opened();
    part(&h, "UPS B-A/ups").click_secondary();
    h.run();
    button(&h, "Fail one module of 2 of B-A/ups").click();
    h.run();
    assert_eq!(out(&h), [Outage::units("B-A/ups", 1)]);
    assert!(!texts(&h, "Out: 1 of B-A/ups. No IT power lost.").is_empty());
    part(&h, "Block B-A").click_secondary();
    h.run();
    button(&h, "Restore B-A").click();
    h.run();
    assert!(out(&h).is_empty());
    part(&h, "Bus POI, 13.8 kV").click_secondary();
    h.run();
    button(&h, "Fail POI").click();
    h.run();
    assert_eq!(out(&h), [Outage::whole("POI")]);
    assert!(part(&h, "Bus POI, 13.8 kV").accesskit_node().label().unwrap().ends_with("out of service"));
}

#[test]
fn a_double_click_zooms_into_a_block_and_the_wheel_out_again() {
    // Frames far shorter than the time between two clicks.
    let builder = Harness::builder().with_size(vec2(1600.0, 1000.0)).with_max_steps(200).with_step_dt(0.01).with_context_setup(theme::install);
    let mut h = builder.build_ui_state(|ui, app: &mut App| app.build(ui), app());
    h.run();
    command(&mut h, "one-line panel");
    let scale = |h: &Harness<'_, App>| h.state().panels().one_line.camera().unwrap().scale;
    let before = scale(&h);
    part(&h, "UPS B-B/ups").click();
    part(&h, "UPS B-B/ups").click();
    h.run();
    let near = scale(&h);
    assert!(near > before * 1.2, "{before} → {near}");
    h.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: vec2(0.0, -3.0),
        modifiers: Modifiers::NONE,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
    });
    h.run();
    assert!((scale(&h) / near * 1.15f64.powi(3) - 1.0).abs() < 1e-9);
}

#[test]
fn a_plan_without_power_says_what_to_do() {
    let mut h = opened();
    h.key_press_modifiers(Modifiers::COMMAND, Key::N);
    h.run();
    h.run_steps(3);
    assert!(canvas_says(&h).starts_with("There is no power chain yet"), "{}", canvas_says(&h));
}
