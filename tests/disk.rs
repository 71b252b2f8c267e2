//! The disk at its worst: whatever happens, the file is the old one or the new one, whole.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

use megawatt::edit::Command as Edit;
use megawatt::plan::{Id, file};
use megawatt::session::{Session, storage};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn row() -> String {
    std::fs::read_to_string(layout("row.ron")).unwrap()
}

fn layout(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(name)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// `megawatt apply` with one edit of the tutorial row.
fn apply(folder: &Path, count: u32, plan: &Path, output: &Path) -> Command {
    let edits = folder.join(format!("edits-{count}.ron"));
    std::fs::write(&edits, format!("[Set(id: \"R1\", field: \"count\", value: \"{count}\")]")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_megawatt"));
    command.arg("apply").arg(edits).arg(plan).arg("-o").arg(output).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn count_in(text: &str) -> u32 {
    file::read(text).expect("a whole plan").plan.rows().find(|r| r.id.as_str() == "R1").unwrap().count
}

#[test]
fn a_killed_save_leaves_the_old_file_or_the_new_one() {
    let place = folder();
    let plan = place.path().join("plan.ron");
    std::fs::write(&plan, row()).unwrap();
    let (mut now, mut killed) = (8, 0);
    for turn in 0..60_u64 {
        let next = 9 + turn as u32;
        let mut child = apply(place.path(), next, &plan, &plan).spawn().unwrap();
        // From before it has begun to after it is done.
        std::thread::sleep(Duration::from_micros(turn * 700));
        let _ = child.kill();
        killed += u32::from(!child.wait().unwrap().success());
        let text = std::fs::read_to_string(&plan).unwrap();
        let count = count_in(&text);
        assert!(count == now || count == next, "{count} is neither the old nor the new one");
        assert!(file::write(&file::read(&text).unwrap().plan, "").unwrap().len() > 1000);
        now = count;
    }
    assert!(killed > 0, "no save was killed: the test tests nothing");
    let left = names(place.path()).into_iter().filter(|n| n.starts_with(".megawatt-")).count();
    assert!(left <= killed as usize, "{left} files left by {killed} killed saves");
}

#[test]
fn savers_of_one_file_at_a_time_leave_one_of_their_plans() {
    let place = folder();
    let plan = place.path().join("plan.ron");
    std::fs::write(&plan, row()).unwrap();
    for turn in 0..10 {
        let children: Vec<_> = (0..4).map(|i| apply(place.path(), 100 + turn * 4 + i, &layout("row.ron"), &plan).spawn().unwrap()).collect();
        for child in children {
            assert!(child.wait_with_output().unwrap().status.success());
        }
        let count = count_in(&std::fs::read_to_string(&plan).unwrap());
        assert!((100 + turn * 4..104 + turn * 4).contains(&count), "{count}");
    }
    assert!(names(place.path()).iter().all(|n| !n.starts_with(".megawatt-")));
}

#[test]
fn links_are_followed_and_stay() {
    let place = folder();
    std::fs::create_dir(place.path().join("far")).unwrap();
    let (real, there, not_yet) = (place.path().join("far/real.ron"), place.path().join("there.ron"), place.path().join("not-yet.ron"));
    std::fs::write(&real, row()).unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("far/real.ron", &there).unwrap();
    symlink("far/new.ron", &not_yet).unwrap();
    storage::write_atomically(&there, "one").unwrap();
    storage::write_atomically(&not_yet, "two").unwrap();
    for (link, target, text) in [(&there, "far/real.ron", "one"), (&not_yet, "far/new.ron", "two")] {
        assert_eq!(std::fs::read_link(link).unwrap(), Path::new(target), "the link is gone");
        assert_eq!(std::fs::read_to_string(place.path().join(target)).unwrap(), text);
    }
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640, "the file has other rights");
    let circle = place.path().join("circle.ron");
    symlink("circle.ron", &circle).unwrap();
    let _ = storage::write_atomically(&circle, "three");
    assert_eq!(names(&place.path().join("far")), ["new.ron", "real.ron"]);
    assert_eq!(names(place.path()), ["circle.ron", "far", "not-yet.ron", "there.ron"]);
}

#[test]
fn what_is_no_file_is_not_replaced() {
    let place = folder();
    let pipe = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    storage::write_atomically(&pipe, "through the pipe").unwrap();
    assert_eq!(reader.join().unwrap(), "through the pipe");
    assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo(), "the pipe is gone");
    let message = storage::write_atomically(place.path(), "x").unwrap_err().to_string();
    assert!(message.contains("this is a folder"), "{message}");
    assert_eq!(names(place.path()), ["pipe"]);
}

#[test]
fn odd_names_are_names() {
    let place = folder();
    for name in ["a plan with spaces.ron", "Größe 日本 🔥.ron", "-o.ron", "'quoted\" \\.ron", "new\nline.ron", &format!("{}.ron", "long".repeat(60))] {
        let target = place.path().join(name);
        std::fs::write(&target, row()).unwrap();
        let output = apply(place.path(), 3, &target, &target).output().unwrap();
        assert!(output.status.success(), "{name}: {}", err(&output));
        assert_eq!(count_in(&std::fs::read_to_string(&target).unwrap()), 3);
    }
}

/// A limit on the size of files stands for a full disk: both end the write half-way. The signal of the limit is ignored, so that the write fails.
fn with_little_room(command: &Command) -> Output {
    let words: Vec<&std::ffi::OsStr> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
    Command::new("sh").args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "sh"]).args(words).output().unwrap()
}

#[test]
fn a_disk_without_room_keeps_the_old_file() {
    let place = folder();
    let plan = place.path().join("plan.ron");
    let old = std::fs::read_to_string(layout("frontier.ron")).unwrap();
    std::fs::write(&plan, &old).unwrap();
    let edits = place.path().join("edits.ron");
    std::fs::write(&edits, "[Set(id: \"R01\", field: \"count\", value: \"2\")]").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_megawatt"));
    command.arg("apply").arg(&edits).arg(&plan).arg("-o").arg(&plan);
    let output = with_little_room(&command);
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert!(err(&output).contains("could not be saved"), "{}", err(&output));
    assert_eq!(std::fs::read_to_string(&plan).unwrap(), old);
    assert_eq!(names(place.path()), ["edits.ron", "plan.ron"], "something was left behind");
    // The hours of a year likewise.
    let mut command = Command::new(env!("CARGO_BIN_EXE_megawatt"));
    command.arg("solve").arg(&plan).arg("--hourly").arg(place.path().join("year.csv"));
    assert_eq!(with_little_room(&command).status.code(), Some(2));
    assert_eq!(names(place.path()), ["edits.ron", "plan.ron"], "something was left behind");
}

#[test]
fn folders_and_files_without_permission() {
    let place = folder();
    let locked = place.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    let plan = locked.join("plan.ron");
    std::fs::write(&plan, row()).unwrap();
    let mut session = Session::inline(file::read(&row()).unwrap().plan).unwrap();
    session.open(&plan).unwrap();
    session.apply(&Edit::Set { id: Id::from("R1"), field: "count".to_owned(), value: "5".to_owned() }, None).unwrap();
    // A write-protected file is refused to everyone, also to a user whom the system would let through.
    std::fs::set_permissions(&plan, std::fs::Permissions::from_mode(0o444)).unwrap();
    let message = session.save_as(&plan).unwrap_err().to_string();
    assert!(message.contains("write-protected") && session.document().is_changed(), "{message}");
    std::fs::set_permissions(&plan, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    let saved = session.save_as(&plan);
    let text = std::fs::read_to_string(&plan).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o755)).unwrap();
    // A superuser may write into any folder: then saving has to work whole, else it must leave all as it was.
    match saved {
        Ok(()) => assert_eq!((count_in(&text), session.document().is_changed()), (5, false)),
        Err(e) => {
            assert!(e.to_string().contains("could not be saved"), "{e}");
            assert_eq!((text, session.document().is_changed()), (row(), true));
        }
    }
    assert_eq!(names(&locked), ["plan.ron"]);
}
