//! Selecting, drawing, moving and changing on the plan.

use super::*;
use megawatt::plan::Element;

#[test]
fn a_click_on_a_rack_selects_it() {
    let mut h = harness();
    thing(&h, "Rack H1-R02 3").click();
    h.run();
    assert_eq!(h.state().selection().single(), Some(&id("H1-R02")));
    assert_eq!(h.state().selection().slot, Some(3));
    thing(&h, "CDU CDU1").click();
    h.run();
    assert_eq!(h.state().selection().single(), Some(&id("CDU1")));
    assert_eq!(h.state().selection().slot, None);
    h.key_press(Key::Escape);
    h.run();
    assert!(h.state().selection().ids.is_empty());
}

#[test]
fn shift_adds_to_the_selection() {
    let mut h = harness();
    thing(&h, "Block B-A").click();
    h.run();
    thing(&h, "Block B-B").click_modifiers(Modifiers::SHIFT);
    h.run();
    assert_eq!(h.state().selection().ids.iter().cloned().collect::<Vec<_>>(), [id("B-A"), id("B-B")]);
}

#[test]
fn delete_changes_the_status_bar_and_undo_brings_it_back() {
    let mut h = harness();
    let before = it_power(&h);
    // Eight racks at 85 % of the way from idle to their design power of 135 kW or so.
    assert!(before.ends_with("kW") && before.starts_with("IT 8"), "{before}");
    // A screen reader can take the row that the racks cover; with it the whole row goes.
    thing(&h, "Row H1-R01").click_accesskit();
    h.run();
    assert_eq!(h.state().selection().slot, None);
    h.key_press(Key::Delete);
    h.run();
    assert!(h.state().session().plan().get(&id("H1-R01")).is_none());
    let without = it_power(&h);
    assert_ne!(before, without);
    assert!(h.query_by_label("Row H1-R01").is_none());
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run();
    assert_eq!(it_power(&h), before);
    h.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    h.run();
    assert_eq!(it_power(&h), without);
}

#[test]
fn deleting_one_rack_leaves_its_slot_empty() {
    let mut h = harness();
    thing(&h, "Rack H1-R01 2").click();
    h.run();
    h.key_press(Key::Delete);
    h.run();
    let Some(Element::Row(row)) = h.state().session().plan().get(&id("H1-R01")).cloned() else { panic!("the row is gone") };
    assert_eq!(row.model_at(2), None);
    assert_eq!(row.models().values().sum::<u32>(), 3);
    assert!(h.query_by_label("Rack H1-R01 2").is_none());
}

#[test]
fn a_drag_is_one_undo_step_and_lands_on_the_grid() {
    let mut h = harness();
    let from = center(&h, "Block B-B");
    let Some(Element::Block(before)) = h.state().session().plan().get(&id("B-B")).cloned() else { panic!() };
    h.drag_at(from);
    h.run();
    for step in 1..=5 {
        h.hover_at(from + vec2(8.0, -6.0) * step as f32);
        h.run();
    }
    h.drop_at(from + vec2(40.0, -30.0));
    h.run();
    let Some(Element::Block(after)) = h.state().session().plan().get(&id("B-B")).cloned() else { panic!() };
    assert!(after.at.0 > before.at.0 && after.at.1 > before.at.1, "{:?} → {:?}", before.at, after.at);
    assert_eq!(h.state().session().document().steps().len(), 1);
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run();
    let Some(Element::Block(back)) = h.state().session().plan().get(&id("B-B")).cloned() else { panic!() };
    assert_eq!(back.at, before.at);
}

#[test]
fn the_wheel_zooms_about_the_pointer_and_the_middle_button_pans() {
    let mut h = harness();
    let at = center(&h, "Block B-A");
    let scale = h.state().panels().canvas.camera().unwrap().scale;
    h.hover_at(at);
    h.run();
    h.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: vec2(0.0, 3.0),
        modifiers: Modifiers::NONE,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
    });
    h.run();
    let zoomed = h.state().panels().canvas.camera().unwrap();
    assert!((zoomed.scale / scale - 1.15f64.powi(3)).abs() < 1e-9);
    assert!((center(&h, "Block B-A") - at).length() < 3.0, "what is under the pointer stays");
    for (pressed, to) in [(true, at), (true, at + vec2(60.0, 40.0)), (false, at + vec2(60.0, 40.0))] {
        h.event(egui::Event::PointerMoved(to));
        if to == at || !pressed {
            h.event(egui::Event::PointerButton { pos: to, button: egui::PointerButton::Middle, pressed, modifiers: Modifiers::NONE });
        }
        h.run();
    }
    assert!((center(&h, "Block B-A") - (at + vec2(60.0, 40.0))).length() < 4.0);
    h.key_press(Key::Home);
    h.run();
    assert!((h.state().panels().canvas.camera().unwrap().scale / scale - 1.0).abs() < 1e-9);
}

#[test]
fn a_row_is_put_down_with_the_feeds_of_its_neighbor() {
    let mut h = harness();
    h.get_by_role_and_label(Role::Button, "Row").click();
    h.run();
    let at = center(&h, "Rack H1-R02 2") - vec2(0.0, 60.0);
    h.hover_at(at);
    h.run();
    h.drag_at(at);
    h.drop_at(at);
    h.run();
    let added = h.state().selection().single().cloned().expect("the new row is selected");
    let Some(Element::Row(row)) = h.state().session().plan().get(&added).cloned() else { panic!("no row: {added}") };
    assert_eq!((row.hall, row.a, row.b, row.tcs, row.count), (id("H1"), id("B-A"), Some(id("B-B")), Some(id("L1")), 4));
    h.key_press(Key::Escape);
    h.run();
    assert_eq!(h.state().panels().canvas.tool, megawatt::ui::canvas::tools::Tool::Select);
}

#[test]
fn outside_of_a_hall_a_row_is_refused_with_a_sentence() {
    let mut h = harness();
    let steps = h.state().session().document().steps().len();
    h.get_by_role_and_label(Role::Button, "Row").click();
    h.run();
    let at = center(&h, "Block B-A") - vec2(150.0, 0.0);
    h.hover_at(at);
    h.run();
    h.drag_at(at);
    h.drop_at(at);
    h.run_steps(3);
    assert_eq!(h.state().session().document().steps().len(), steps);
}

#[test]
fn overlays_draw_and_a_hall_is_drawn_by_dragging() {
    let mut h = harness();
    for overlay in megawatt::ui::canvas::overlay::Overlay::ALL {
        command(&mut h, &format!("overlay: {}", overlay.label()));
        assert_eq!(h.state().panels().canvas.overlay, overlay);
    }
    h.get_by_role_and_label(Role::Button, "Hall").click();
    h.run();
    let from = center(&h, "Block B-A") - vec2(200.0, 320.0);
    h.hover_at(from);
    h.run();
    h.drag_at(from);
    h.run();
    h.hover_at(from + vec2(60.0, 50.0));
    h.run();
    h.hover_at(from + vec2(120.0, 100.0));
    h.run();
    h.drop_at(from + vec2(120.0, 100.0));
    h.run();
    assert_eq!(h.state().session().plan().halls().count(), 2);
}

#[test]
fn a_row_is_turned_and_back() {
    let mut h = harness();
    let turned = |h: &Harness<'_, App>| h.state().session().plan().rows().find(|r| r.id == id("H1-R01")).unwrap().turned;
    thing(&h, "Rack H1-R01 1").click();
    h.run();
    h.key_press(Key::R);
    h.run();
    assert!(turned(&h));
    h.key_press(Key::R);
    h.run();
    assert!(!turned(&h));
    assert_eq!(h.state().session().document().steps().len(), 2);
}

#[test]
fn the_first_cdu_of_a_hall_brings_its_loop_as_one_step() {
    let mut h = harness();
    thing(&h, "CDU CDU1").click();
    h.run();
    h.key_press(Key::Delete);
    h.run();
    command(&mut h, "go to l1");
    h.key_press(Key::Delete);
    h.run();
    let before = h.state().session().plan().clone();
    let steps = h.state().session().document().steps().len();
    assert!(before.cdus().next().is_none() && before.tcs_loops().next().is_none());
    h.get_by_role_and_label(Role::Button, "CDU").click();
    h.run();
    let at = center(&h, "Rack H1-R02 2") - vec2(0.0, 60.0);
    h.hover_at(at);
    h.run();
    h.drag_at(at);
    h.drop_at(at);
    h.run();
    let plan = h.state().session().plan().clone();
    assert_eq!((plan.cdus().count(), plan.tcs_loops().count()), (1, 1));
    assert_eq!(h.state().session().document().steps().len(), steps + 1);
    let cdu = plan.cdus().next().unwrap();
    assert_eq!(h.state().selection().single(), Some(&cdu.id), "the CDU is selected, not its loop");
    h.key_press(Key::Escape);
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run();
    assert_eq!(*h.state().session().plan(), before);
}

#[test]
fn selected_elements_are_lined_up_by_name() {
    let mut h = harness();
    let at = |h: &Harness<'_, App>, of: &str| h.state().session().plan().get(&id(of)).unwrap().at().unwrap();
    thing(&h, "Block B-A").click();
    h.run();
    thing(&h, "Block B-B").click_modifiers(Modifiers::SHIFT);
    h.run();
    command(&mut h, "align left");
    assert_eq!((at(&h, "B-A").0, at(&h, "B-B").0), (20.0, 20.0));
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run();
    assert_eq!(at(&h, "B-B").0, 32.0);
    h.get_by_role_and_label(Role::Button, "Align bottom").click();
    h.run();
    assert_eq!(h.state().session().document().steps().len(), 0, "they stand so already");
}
