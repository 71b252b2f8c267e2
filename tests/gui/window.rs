//! Menus, panels, dialogs, files and the status bar.

use super::*;
use megawatt::ui::dock::Pane;

#[test]
fn the_palette_finds_a_command_and_an_element() {
    let mut h = harness();
    command(&mut h, "us units");
    assert!(texts(&h, "Des Moines")[0].ends_with("°F"));
    command(&mut h, "go to cdu1");
    assert_eq!(h.state().selection().single(), Some(&id("CDU1")));
}

#[test]
fn every_panel_opens_hides_and_comes_back() {
    let mut h = harness();
    for pane in [Pane::Findings, Pane::Year, Pane::Cost, Pane::Compare, Pane::Headroom] {
        h.get_by(|n| n.role() == Role::Button && n.label().is_some_and(|l| l.starts_with(pane.title()))).click();
        h.run();
        assert!(h.state().dock().is_in_front(pane), "{}", pane.title());
    }
    for pane in Pane::ALL {
        if !h.state().dock().is_in_front(pane) {
            command(&mut h, &format!("{} panel", pane.title()));
        }
        assert!(h.state().dock().is_in_front(pane));
        command(&mut h, &format!("{} panel", pane.title()));
        assert!(!h.state().dock().is_shown(pane), "{} is hidden", pane.title());
    }
    command(&mut h, "reset layout");
    assert!(Pane::ALL.into_iter().all(|p| h.state().dock().is_shown(p)));
}

#[test]
fn the_menu_undoes_by_name_and_quits_only_after_a_question() {
    let mut h = harness();
    thing(&h, "Block B-B").click();
    h.run();
    h.key_press_modifiers(Modifiers::COMMAND, Key::D);
    h.run();
    assert_eq!(h.state().session().document().steps().len(), 1);
    h.get_by_role_and_label(Role::Button, "Edit").click();
    h.run();
    h.get_by(|n| n.label().is_some_and(|l| l.starts_with("Undo: Copy B-B"))).click();
    h.run();
    assert!(!h.state().session().document().is_changed());
    h.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    h.run();
    h.key_press_modifiers(Modifiers::COMMAND, Key::N);
    h.run();
    assert_eq!(h.state().session().plan().name(), "Small", "nothing is lost without a question");
    h.get_by_role_and_label(Role::Button, "Don't save").click();
    h.run();
    assert_eq!(h.state().session().plan().name(), "New plan");
}

#[test]
fn a_plan_is_saved_opened_and_a_broken_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("saved.ron");
    let mut h = harness();
    h.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    h.run();
    h.get_by_role_and_label(Role::TextInput, "Path of the layout file").focus();
    h.run();
    h.key_press_modifiers(Modifiers::COMMAND, Key::A);
    h.get_by_role_and_label(Role::TextInput, "Path of the layout file").type_text(&path.display().to_string());
    h.run();
    h.key_press(Key::Enter);
    h.run_steps(4);
    settle(&mut h);
    let path = std::fs::canonicalize(&path).unwrap();
    assert_eq!(h.state().session().path(), Some(path.as_path()));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("// A plan for tests."));

    let broken = folder.path().join("broken.ron");
    std::fs::write(&broken, PLAN.replace("count: 4, a: \"B-A\"", "count: -4, a: \"B-A\"")).unwrap();
    drop_file(&mut h, &broken);
    assert!(h.query_by_label("The plan was not opened").is_some());
    assert!(!texts(&h, "line ").is_empty());
    assert_eq!(h.state().session().path(), Some(path.as_path()));
    h.get_by_role_and_label(Role::Button, "OK").click();
    h.run_steps(4);

    let other = folder.path().join("other.ron");
    std::fs::write(&other, PLAN.replace("\"Small\"", "\"Other\"")).unwrap();
    drop_file(&mut h, &other);
    assert_eq!(h.state().session().plan().name(), "Other");
}

#[test]
fn escape_leaves_every_tool() {
    use megawatt::ui::canvas::tools::{PLACEABLE, Tool, short_label};
    let mut h = harness();
    for kind in PLACEABLE {
        command(&mut h, &format!("insert {}", short_label(kind)));
        assert_ne!(h.state().panels().canvas.tool, Tool::Select, "{}", short_label(kind));
        h.key_press(Key::Escape);
        h.run();
        assert_eq!(h.state().panels().canvas.tool, Tool::Select, "{}", short_label(kind));
    }
    command(&mut h, "measure tool");
    h.key_press(Key::Escape);
    h.run();
    assert_eq!(h.state().panels().canvas.tool, Tool::Select);
}

#[test]
fn a_number_that_changed_shows_by_how_much() {
    let mut h = harness();
    let change = |h: &Harness<'_, App>| texts(h, theme::DOWN).into_iter().find(|t| t.starts_with(theme::DOWN) && t.ends_with("kW"));
    assert_eq!(change(&h), None);
    thing(&h, "Rack H1-R01 2").click();
    h.run();
    h.key_press(Key::Delete);
    h.run_steps(3);
    // One of eight racks less is a little above 100 kW less.
    let change = change(&h).expect("a difference in kW");
    assert!(change.contains(" 1"), "{change}");
}

#[test]
fn the_help_lists_every_key() {
    let mut h = harness();
    h.key_press(Key::F1);
    h.run();
    for text in ["Keyboard shortcuts", "Zoom to selection", "Command palette…", "Duplicate", "Leave tool or selection"] {
        assert!(!texts(&h, text).is_empty(), "{text}");
    }
    h.key_press(Key::Escape);
    h.run();
    assert!(h.query_by_label("Keyboard shortcuts").is_none());
}

#[test]
fn the_year_is_saved_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("year");
    let mut h = harness();
    h.get_by(|n| n.role() == Role::Button && n.label().is_some_and(|l| l == "Year")).click();
    h.run();
    h.get_by_role_and_label(Role::Button, "CSV").click();
    h.run();
    h.get_by_role_and_label(Role::Button, "Save as CSV…").click();
    h.run();
    h.get_by_role_and_label(Role::TextInput, "Path of the table").focus();
    h.run();
    h.key_press_modifiers(Modifiers::COMMAND, Key::A);
    h.get_by_role_and_label(Role::TextInput, "Path of the table").type_text(&path.display().to_string());
    h.run_steps(4);
    h.key_press(Key::Enter);
    h.run_steps(4);
    settle(&mut h);
    let text = std::fs::read_to_string(path.with_extension("csv")).unwrap();
    assert_eq!(text.lines().count(), 8761);
    assert!(text.starts_with("hour,PUE,"), "{}", &text[..60]);
}

#[test]
fn every_fix_of_a_finding_works_and_undo_restores() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    let mut tried = 0;
    for name in ["row", "frontier", "enterprise", "colossus", "abilene"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.ron"))).unwrap();
        let mut session = megawatt::session::Session::inline(file::read(&text).unwrap().plan).unwrap();
        if name == "row" {
            // The tutorial: twelve racks are more than the row's neighbors carry at ease.
            let set = megawatt::edit::Command::Set { id: id("R1"), field: "count".to_owned(), value: "12".to_owned() };
            session.apply(&set, None).unwrap();
        }
        let before = session.plan().clone();
        let fixes: Vec<_> = session.solved().unwrap().assessment.findings.iter().flat_map(|f| f.fixes.clone()).collect();
        if name == "row" {
            assert!(fixes.iter().any(|f| f.label == "Add a CDU"), "the README promises it");
        }
        for fix in fixes {
            let mut document = megawatt::edit::Document::new((*before).clone());
            document.apply(&fix.command, None).unwrap_or_else(|e| panic!("{name}: {}: {e}", fix.label));
            assert_ne!(*document.plan(), before, "{name}: {} changes nothing", fix.label);
            assert_eq!(document.steps().len(), 1);
            document.undo();
            assert_eq!(*document.plan(), before, "{name}: {}", fix.label);
            tried += 1;
        }
    }
    assert!(tried >= 3, "{tried}");
}
