//! Broken plans and broken places: each is answered with a sentence, and nothing is lost.

#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn row() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts/row.ron")).unwrap()
}

/// The text with one thing changed; a change that finds nothing to change is a fault of the test.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the tutorial row has no `{from}` any more");
    text.replacen(from, to, 1)
}

/// The line of an element without the line itself.
fn without_line(text: &str, part: &str) -> String {
    assert!(text.contains(part), "the tutorial row has no `{part}` any more");
    text.lines().filter(|l| !l.contains(part)).map(|l| format!("{l}\n")).collect()
}

/// The line number of a part, from 1.
fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|l| l.contains(part)).unwrap_or_else(|| panic!("no `{part}`")) + 1
}

fn megawatt(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_megawatt"))
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// The sentence with which a plan is refused, by every command alike.
fn refused(bytes: impl AsRef<[u8]>) -> String {
    let place = Place::new();
    let path = place.write("plan.ron", &bytes);
    let path = path.to_str().unwrap();
    let mut sentences = Vec::new();
    for arguments in [&["solve", path] as &[&str], &["solve", path, "--json"], &["check", path], &["compare", path], &[path]] {
        let output = megawatt(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(output.stdout.is_empty(), "{arguments:?} printed a result");
        sentences.push(err(&output));
    }
    assert!(sentences.iter().all(|s| s == &sentences[0]), "{sentences:?}");
    assert!(sentences[0].contains("plan.ron"), "{}", sentences[0]);
    sentences[0].clone()
}

fn refused_with(text: &str, parts: &[&str]) {
    let sentence = refused(text);
    for part in parts {
        assert!(sentence.contains(part), "no `{part}` in: {sentence}");
    }
}

/// Rules and subjects of the findings of a plan that loads, with the exit code of `check`.
fn checked(text: &str) -> (Vec<(String, Vec<String>)>, Option<i32>) {
    let place = Place::new();
    let path = place.write("plan.ron", text);
    let output = megawatt(&["check", path.to_str().unwrap(), "--json"]);
    let list: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", err(&output)));
    let findings = list[0]["findings"].as_array().unwrap();
    let subjects = |f: &Value| f["subjects"].as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect();
    (findings.iter().map(|f| (f["rule"].as_str().unwrap().to_owned(), subjects(f))).collect(), output.status.code())
}

fn found(text: &str, rule: &str, subject: &str, code: i32) {
    let (findings, status) = checked(text);
    assert!(findings.iter().any(|(r, subjects)| r == rule && subjects.iter().any(|s| s == subject)), "no `{rule}` of `{subject}` in {findings:?}");
    assert_eq!(status, Some(code));
}

#[test]
fn units_are_checked() {
    let text = row();
    let line = |t: &str, part: &str| format!("line {}", line_of(t, part));
    let supply = text.split("(id: \"L1\"").nth(1).unwrap().split("supply: \"").nth(1).unwrap().split('"').next().unwrap();
    let supply = format!("supply: \"{supply}\"");
    let unknown = with(&text, &supply, "supply: \"40 °X\"");
    refused_with(&unknown, &["unknown unit `°X`", &line(&unknown, "°X"), "L1"]);
    let wrong = with(&text, &supply, "supply: \"40 kW\"");
    refused_with(&wrong, &["expected a temperature such as `45 °C`, found `40 kW`, which is a power", &line(&wrong, "\"40 kW\""), "L1"]);
    let bare = with(&text, &supply, "supply: 40");
    refused_with(&bare, &["in quotes with its unit", &line(&bare, "supply: 40,")]);
}

#[test]
fn numbers_that_cannot_be_are_refused() {
    let text = row();
    for (value, sentence) in
        [("NaN MW", "found `NaN MW`"), ("inf MW", "found `inf MW`"), ("1e999 MW", "not a finite number"), ("-2 MW", "must not be negative")]
    {
        let broken = with(&text, "firm: \"2 MW\"", &format!("firm: \"{value}\""));
        refused_with(&broken, &[sentence, &format!("line {}", line_of(&broken, value))]);
    }
    refused_with(&with(&text, "count: 8", "count: 4000000000"), &["`count` must be at most", "R1"]);
    refused_with(&with(&text, "count: 8", "count: -8"), &["line "]);
}

#[test]
fn ids_are_unique() {
    let text = row();
    let line = text.lines().find(|l| l.contains("(id: \"R1\"")).unwrap();
    let twice = with(&text, line, &format!("{line}\n{line}"));
    refused_with(&twice, &["the id `R1` is used twice", &format!("line {}", line_of(&text, "(id: \"R1\"") + 1)]);
}

#[test]
fn other_formats_are_refused() {
    let text = row();
    refused_with(&with(&text, "format: 1", "format: 99"), &["this plan has format 99; this program reads up to format 1", "newer Megawatt"]);
    refused_with(&with(&text, "format: 1,", ""), &["`format` is missing"]);
    refused_with("", &["line 1"]);
    refused_with("hello", &["line 1"]);
    refused_with(&text[..text.len() / 2], &["line "]);
}

#[test]
fn what_is_no_text_is_refused() {
    let sentence = refused(b"(format: 1, campus: (name: \"Z\xfcrich\"))");
    assert!(sentence.contains("is not UTF-8") && sentence.contains("byte 29"), "{sentence}");
    refused_with(&"(".repeat(100_000), &["line 1"]);
}

#[test]
fn places_that_hold_no_plan_are_refused() {
    let place = Place::new();
    let huge = place.folder.path().join("huge.ron");
    std::fs::File::create(&huge).unwrap().set_len(20 << 30).unwrap();
    let missing = place.folder.path().join("missing.ron");
    for (path, sentence) in [(huge.as_path(), "larger than 64 MB"), (place.folder.path(), "this is a folder"), (missing.as_path(), "there is no such file")] {
        let output = megawatt(&["solve", path.to_str().unwrap()]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        assert!(err(&output).contains(sentence) && err(&output).contains(path.to_str().unwrap()), "{}", err(&output));
    }
    // The findings of the files that can be read are told all the same.
    let good = place.write("good.ron", row());
    let output = megawatt(&["check", missing.to_str().unwrap(), good.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stdout.clone()).unwrap().contains("good.ron") && err(&output).contains("missing.ron"));
}

#[test]
fn unknown_fields_are_named_and_left_out() {
    let text = with(&row(), "count: 8", "count: 8, colour: \"red\"");
    let place = Place::new();
    let path = place.write("plan.ron", &text);
    let output = megawatt(&["solve", path.to_str().unwrap()]);
    assert!(output.status.success());
    assert!(err(&output).contains(&format!("line {}: the unknown field `rows.0.colour` was left out", line_of(&text, "colour"))), "{}", err(&output));
    assert!(checked(&text).0.iter().any(|(rule, _)| rule == "unknown-field"));
}

#[test]
fn a_sound_plan_passes() {
    let (findings, status) = checked(&row());
    assert_eq!(status, Some(0), "{findings:?}");
}

#[test]
fn plans_that_load_and_cannot_work_get_findings() {
    let text = row();
    let rack = text.split("rack: \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    found(&with(&text, &format!("rack: \"{rack}\""), "rack: \"abacus-9000\""), "unknown-model", "R1", 1);
    found(&with(&text, "count: 8, a: \"B-A\"", "count: 8, a: \"NOWHERE\""), "missing-reference", "R1", 1);
    found(&without_line(&text, "(id: \"CDU1\""), "no-pump", "L1", 1);
    let dark = without_line(&without_line(&text, "(id: \"B-A\""), "(id: \"B-B\"");
    found(&dark, "no-power", "H1", 1);
}

#[test]
fn a_missing_weather_file_is_a_finding_and_the_rest_solves() {
    let text = with(&row(), "site: (", "site: (weather: \"nowhere.epw\", ");
    found(&text, "weather-file", "site", 0);
    let place = Place::new();
    let path = place.write("plan.ron", &text);
    let output = megawatt(&["solve", path.to_str().unwrap(), "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["condition"]["weather_source"], "synthetic");
    assert!(report["summary"]["pue"].as_f64().unwrap() > 1.0);
    // A file that is there and is no weather is told likewise.
    place.write("nowhere.epw", "<html>404</html>");
    let report: Value = serde_json::from_slice(&megawatt(&["solve", path.to_str().unwrap(), "--json"]).stdout).unwrap();
    let told = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "weather-file").unwrap();
    assert!(told["message"].as_str().unwrap().contains("no EPW file"), "{told}");
}

#[test]
fn output_that_cannot_be_written_changes_nothing() {
    let place = Place::new();
    let plan = place.write("plan.ron", row());
    let edits = place.write("edits.ron", "[Set(id: \"R1\", field: \"count\", value: \"5\")]");
    let kept = place.write("kept.ron", "precious");
    let mut rights = std::fs::metadata(&kept).unwrap().permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&kept, rights).unwrap();
    let nowhere = place.folder.path().join("no/such/folder/out.ron");
    for (target, sentence) in [(kept.as_path(), "write-protected"), (nowhere.as_path(), "could not be saved"), (place.folder.path(), "could not be saved")] {
        let before = std::fs::read_dir(place.folder.path()).unwrap().count();
        let output = megawatt(&["apply", edits.to_str().unwrap(), plan.to_str().unwrap(), "-o", target.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{}", err(&output));
        assert!(err(&output).contains(sentence), "{}", err(&output));
        assert_eq!(std::fs::read_dir(place.folder.path()).unwrap().count(), before, "something was left behind");
    }
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "precious");
    assert_eq!(std::fs::read_to_string(&plan).unwrap(), row());
    let output = megawatt(&["solve", plan.to_str().unwrap(), "--hourly", kept.to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "precious");
}
