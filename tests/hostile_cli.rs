//! The command line in hostile hands: a sentence and an exit code, valid JSON or none, and nothing half-written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_megawatt"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET").env_remove("RUST_LOG");
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn row() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts/row.ron")).unwrap()
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A year of weather, the same hour again and again.
fn weather(folder: &Path) -> PathBuf {
    let mut text = String::from(
        "LOCATION,Nowhere,XX,XXX,TEST,999999,40.0,-90.0,-6.0,200.0\nDESIGN CONDITIONS,0\nTYPICAL/EXTREME PERIODS,0\nGROUND TEMPERATURES,0\nHOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0\nCOMMENTS 1,test\nCOMMENTS 2,test\nDATA PERIODS,1,1,Data,Sunday,1/1,12/31\n",
    );
    for (month, days) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
        for day in 1..=days {
            for hour in 1..=24 {
                text.push_str(&format!(
                    "2001,{},{day},{hour},0,A7,-40.0,-42.0,80,101325,0,0,300,0,0,0,0,0,0,0,180,2.0,5,5,16,77777,9,999999999,89,0.1,0,88,0.2,0.0,1.0\n",
                    month + 1
                ));
            }
        }
    }
    write(folder, "cold.epw", &text)
}

#[test]
fn json_of_every_command_is_json_and_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let epw = weather(place.path());
    let epw = epw.to_str().unwrap();
    let commands: [&[&str]; 9] = [
        &["solve", "layouts/row.ron", "--json"],
        &["solve", "layouts/row.ron", "--json", "--hour", "8760", "--scenario", "heat-wave", "--weather", epw],
        &["solve", "layouts/enterprise.ron", "--json", "--hour", "1"],
        &["check", "layouts/row.ron", "layouts/frontier.ron", "--json"],
        &["compare", "layouts/row.ron", "layouts/enterprise.ron", "--sites", "all", "--json"],
        &["catalog", "--json"],
        &["catalog", "chiller", "--json"],
        &["sites", "--json"],
        &["weather", epw, "--json"],
    ];
    for arguments in commands {
        let output = run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str::<Value>(&text).unwrap_or_else(|e| panic!("{arguments:?}: {e}"));
        assert!(!text.contains("NaN") && !text.contains("inf,"), "{arguments:?}");
    }
    // Forty degrees below zero all year is cold, not impossible.
    let report: Value = serde_json::from_slice(&run(&["solve", "layouts/row.ron", "--json", "--weather", epw]).stdout).unwrap();
    let pue = report["summary"]["pue"].as_f64().unwrap();
    assert!((1.0..1.2).contains(&pue), "{pue}");
}

#[test]
fn names_that_are_none_are_answered_with_the_ones_there_are() {
    let cases: [(&[&str], &[&str]); 9] = [
        (&["solve", "layouts/row.ron", "--scenario", "heatwave"], &["heatwave", "`heat-wave`"]),
        (&["solve", "layouts/row.ron", "--scenario", ""], &["`heat-wave`"]),
        (&["solve", "layouts/frontier.ron", "--scenario", "\u{1f525}\n"], &["it has"]),
        (&["compare", "layouts/row.ron", "--sites", "el-paso"], &["`el-paso`", "`el-paso-tx`"]),
        (&["compare", "layouts/row.ron", "--baseline", "nothing"], &["`nothing`", "chicago-il"]),
        (&["catalog", "racks and such"], &["`rack`"]),
        (&["solve", "layouts/row.ron", "--hour", "99999999999999999999"], &["--hour"]),
        (&["solve", "layouts/row.ron", "--hour", "8761"], &["1..=8760"]),
        (&["solve", "layouts/row.ron", "--hour", "NaN"], &["--hour"]),
    ];
    for (arguments, parts) in cases {
        let output = run(arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {}", err(&output));
        for part in parts {
            assert!(err(&output).contains(part), "{arguments:?}: no `{part}` in: {}", err(&output));
        }
    }
}

/// `megawatt … | head -1`: whoever has read enough is not told of it.
#[test]
fn a_reader_who_leaves_early_is_no_fault() {
    for arguments in [
        &["solve", "layouts/frontier.ron", "--json"] as &[&str],
        &["catalog", "--json"],
        &["sites"],
        &["check", "layouts/row.ron", "--json"],
        &["compare", "layouts/row.ron", "--sites", "all"],
        &["--help"],
        &["catalog"],
    ] {
        let mut child = program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(1, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(!line.is_empty());
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn one_broken_file_of_many_is_told_and_the_others_are_checked() {
    let place = tempfile::tempdir().unwrap();
    let broken = write(place.path(), "broken.ron", &row()[..500]);
    let broken = broken.to_str().unwrap();
    let output = run(&["check", "layouts/row.ron", broken, "layouts/enterprise.ron", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    let errors: Vec<bool> = list.as_array().unwrap().iter().map(|f| f["error"].is_string()).collect();
    assert_eq!(errors, [false, true, false]);
    assert!(err(&output).contains("broken.ron, line "), "{}", err(&output));
}

#[test]
fn edits_that_fail_half_way_write_nothing() {
    let place = tempfile::tempdir().unwrap();
    let plan = write(place.path(), "plan.ron", &row());
    let good = "Set(id: \"R1\", field: \"count\", value: \"5\")";
    let too_deep = format!("[{}{good}{}]", "Batch(label: \"x\", commands: [".repeat(100_000), "])".repeat(100_000));
    let later = [
        "Set(id: \"R1\", field: \"count\", value: \"many\")",
        "Set(id: \"R9\", field: \"count\", value: \"5\")",
        "Remove(ids: [\"HR1\", \"site\"])",
        "Move(ids: [\"R1\"], by: (NaN, inf))",
        "Duplicate(ids: [\"R1\"], by: (0.0, 3.0), times: 4294967295)",
        "Add(Row((id: \"HR1\", hall: \"H1\", at: (0.0, 0.0), rack: \"x\", count: 1, a: \"B-A\", busway: \"x\")))",
        "Replace(Bus((id: \"R1\", voltage: \"1 V\", at: (0.0, 0.0))))",
        "Batch(label: \"both\", commands: [Set(id: \"R1\", field: \"count\", value: \"6\"), Set(id: \"R1\", field: \"rack\", value: \"\")])",
        "Explode(ids: [\"R1\"])",
    ];
    let texts = later.iter().map(|l| format!("[{good}, {l}]")).chain([too_deep, "[".to_owned(), String::new(), format!("{good}, {good}"), "\u{0}".to_owned()]);
    for text in texts {
        let edits = write(place.path(), "edits.ron", &text);
        let output = run(&["apply", edits.to_str().unwrap(), plan.to_str().unwrap(), "-o", plan.to_str().unwrap()]);
        let shown = &text[..text.len().min(120)];
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{shown}: {}", err(&output));
        assert!(err(&output).contains("edits.ron") && err(&output).len() < 3000, "{shown}: {}", err(&output));
        assert_eq!(std::fs::read_to_string(&plan).unwrap(), row(), "{shown}");
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 2, "something was left behind");
}

#[test]
fn files_as_other_programs_save_them() {
    let place = tempfile::tempdir().unwrap();
    let texts = [("mark", format!("\u{feff}{}", row())), ("returns", row().replace('\n', "\r\n")), ("no end", row().trim_end().to_owned())];
    for (name, text) in texts {
        let path = write(place.path(), &format!("{name}.ron"), &text);
        let output = run(&["check", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", err(&output));
    }
}
