//! A document kept solved: what an edit, an undo and a save must be, whatever the plan.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't begin has failed")]

use megawatt::edit::{Command, Gesture};
use megawatt::plan::{Element, Id, Point, file};
use megawatt::session::{Session, Solved, storage};
use std::path::Path;

fn open(name: &str) -> Session {
    let (loaded, _) = storage::load(Path::new("layouts").join(name).as_path()).expect("a layout of the project loads");
    Session::inline(loaded.plan).expect("the built-in catalog reads")
}

fn set(id: &str, field: &str, value: &str) -> Command {
    Command::Set { id: Id::from(id), field: field.to_owned(), value: value.to_owned() }
}

fn solved(session: &Session) -> &Solved {
    session.solved().expect("an inline session is always solved")
}

/// Everything an outcome says, without the times.
fn said(solved: &Solved) -> String {
    let o = &solved.outcome;
    format!("{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}", o.loads, o.cooling, o.power, o.supply, o.year, o.bill, o.summary, solved.assessment)
}

#[test]
fn an_incremental_solve_equals_one_from_scratch_bit_for_bit() {
    let mut session = open("frontier.ron");
    let edits = [
        set("workload", "gpu", "85 %"),
        set("R01", "count", "2"),
        set("CT1", "units", "16"),
        set("site", "library", "el-paso-tx"),
        Command::Move { ids: vec![Id::from("R02")], by: Point(0.5, 0.0) },
        set("CHW", "supply", "17 °C"),
        Command::Remove { ids: vec![Id::from("R03")] },
        set("site", "water", "2 $/m³"),
    ];
    for edit in edits {
        session.apply(&edit, None).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
        let scratch = Session::inline((**session.plan()).clone()).expect("the built-in catalog reads");
        assert_eq!(said(solved(&session)), said(solved(&scratch)), "after {edit:?}");
    }
}

#[test]
fn what_an_edit_does_not_touch_is_reused() {
    let mut session = open("frontier.ron");
    session.apply(&set("site", "water", "2 $/m³"), None).expect("the site has a price of water");
    let reused: Vec<&str> = solved(&session).outcome.stages.iter().filter(|s| s.reused).map(|s| s.stage).collect();
    for stage in ["weather", "power", "levels", "plant year"] {
        assert!(reused.contains(&stage), "{stage} was computed again: {reused:?}");
    }
}

#[test]
fn undo_restores_the_plan_and_the_answer_and_redo_brings_them_back() {
    let mut session = open("row.ron");
    let text = session.text().expect("a plan has a text");
    let before = said(solved(&session));
    session.apply(&set("R1", "count", "12"), None).expect("a row has a count");
    session.apply(&Command::Duplicate { ids: vec![Id::from("R1")], by: Point(0.0, 3.0), times: 1 }, None).expect("a row can be copied");
    let after = said(solved(&session));
    assert_ne!(before, after);
    assert!(solved(&session).outcome.summary.racks > 12);
    session.undo();
    session.undo();
    assert_eq!(session.text().expect("a plan has a text"), text);
    assert_eq!(said(solved(&session)), before);
    assert!(!session.document().is_changed());
    session.redo();
    session.redo();
    assert_eq!(said(solved(&session)), after);
}

#[test]
fn one_drag_is_one_undo_step() {
    let mut session = open("row.ron");
    let text = session.text().expect("a plan has a text");
    for _ in 0..25 {
        session.apply(&Command::Move { ids: vec![Id::from("R1")], by: Point(0.1, 0.0) }, Some(Gesture(7))).expect("a row can be moved");
    }
    assert_eq!(session.document().steps().len(), 1);
    session.undo();
    assert_eq!(session.text().expect("a plan has a text"), text);
}

#[test]
fn a_command_happens_whole_or_not_at_all() {
    let mut session = open("row.ron");
    let text = session.text().expect("a plan has a text");
    let half = Command::Batch {
        label: "half".to_owned(),
        commands: vec![set("R1", "count", "3"), Command::Remove { ids: vec![Id::from("HR1")] }, set("R1", "count", "many")],
    };
    let message = session.apply(&half, None).expect_err("`many` is no count").to_string();
    assert!(message.contains("count") && message.contains("R1"), "{message}");
    assert_eq!(session.text().expect("a plan has a text"), text);
    for (command, part) in [
        (set("R1", "busways", "-1"), "busways"),
        (set("R1", "colour", "red"), "no field"),
        (set("R9", "count", "1"), "no element"),
        (set("FWS1", "supply", "1.5 kPa"), "a pressure"),
        (set("FWS1", "supply", "400 °C"), "95 °C"),
        (set("R1", "id", "R2"), "never changes"),
        (Command::Remove { ids: vec![Id::from("site")] }, "always has"),
    ] {
        let message = session.apply(&command, None).expect_err("this can't be").to_string();
        assert!(message.contains(part), "{command:?}: {message}");
    }
    assert_eq!(session.text().expect("a plan has a text"), text);
}

#[test]
fn a_hall_goes_with_what_stands_in_it_and_ids_are_not_given_twice() {
    let mut session = open("row.ron");
    let count = session.plan().elements.len();
    session.apply(&Command::Remove { ids: vec![Id::from("H1")] }, None).expect("a hall can be deleted");
    assert_eq!(session.plan().rows().count() + session.plan().cdus().count() + session.plan().air_handlers().count(), 0);
    session.undo();
    assert_eq!(session.plan().elements.len(), count);
    session.apply(&Command::Remove { ids: vec![Id::from("R1")] }, None).expect("a row can be deleted");
    session.undo();
    let Some(Element::Row(row)) = session.plan().get(&Id::from("R1")).cloned() else { panic!("the row is back") };
    session.apply(&Command::Add(Element::Row(megawatt::plan::Row { id: Id::default(), ..row })), None).expect("a row can be added");
    assert!(session.plan().get(&Id::from("R2")).is_some());
}

#[test]
fn saving_replaces_the_file_whole_and_an_unchanged_plan_changes_no_byte() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("plan.ron");
    let hand_written = "// by hand\n".to_owned() + &std::fs::read_to_string("layouts/row.ron").expect("a layout of the project");
    std::fs::write(&path, &hand_written).expect("the folder can be written");
    let mut session = Session::inline(megawatt::plan::Plan::default()).expect("the built-in catalog reads");
    session.open(&path).expect("the plan loads");
    session.save_as(&path).expect("the plan saves");
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), hand_written);
    session.apply(&set("R1", "count", "7"), None).expect("a row has a count");
    assert!(session.document().is_changed());
    session.save_as(&path).expect("the plan saves");
    assert!(!session.document().is_changed());
    let saved = std::fs::read_to_string(&path).expect("still there");
    assert!(saved.starts_with("// by hand\n"));
    let again = file::read(&saved).expect("what was saved loads");
    assert_eq!(file::write(&again.plan, &again.header).expect("a plan has a text"), saved);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder can be read").count(), 1, "no temporary file is left");
    // A folder that isn't there: the plan on disk and the session stay as they are.
    let message = session.save_as(&folder.path().join("no/such/plan.ron")).expect_err("there is no such folder").to_string();
    assert!(message.contains("could not be saved"), "{message}");
    assert_eq!(session.path(), Some(path.as_path()));
}

#[test]
fn the_background_solver_ends_with_the_newest_request() {
    let (sender, woken) = std::sync::mpsc::channel();
    let (loaded, _) = storage::load(Path::new("layouts/row.ron")).expect("a layout of the project loads");
    let sender = std::sync::Mutex::new(sender);
    let wake = move || {
        if let Ok(s) = sender.lock() {
            let _ = s.send(());
        }
    };
    let mut session = Session::background(loaded.plan, wake).expect("the solver starts");
    for count in 1..=20 {
        session.apply(&set("R1", "count", &count.to_string()), None).expect("a row has a count");
    }
    while session.is_solving() {
        woken.recv_timeout(std::time::Duration::from_secs(60)).expect("the solver answers");
        session.poll();
    }
    let solved = session.solved().expect("solved by now");
    assert_eq!(solved.revision, session.document().revision());
    assert_eq!(solved.outcome.summary.racks, 20);
}

/// The first answer after an edit comes without what single outages do; the last one is that of a session that solves all at once.
#[test]
fn outages_follow_the_answer_and_are_the_same() {
    let (sender, woken) = std::sync::mpsc::channel();
    let (loaded, _) = storage::load(Path::new("layouts/enterprise.ron")).expect("a layout of the project loads");
    let sender = std::sync::Mutex::new(sender);
    let wake = move || {
        if let Ok(s) = sender.lock() {
            let _ = s.send(());
        }
    };
    let plan = loaded.plan;
    let mut session = Session::background(plan.clone(), wake).expect("the solver starts");
    while session.is_solving() {
        woken.recv_timeout(std::time::Duration::from_secs(60)).expect("the solver answers");
        session.poll();
        let failures = &session.solved().expect("an answer").outcome.failures;
        assert_eq!(failures.pending, session.is_solving(), "an answer is whole when nothing is waited for");
    }
    let inline = Session::inline(plan).expect("the catalog reads");
    let (one, other) = (session.solved().expect("solved"), inline.solved().expect("solved"));
    assert!(!other.outcome.failures.list.is_empty());
    assert_eq!(one.outcome.failures, other.outcome.failures);
    assert_eq!(one.assessment, other.assessment);
}
