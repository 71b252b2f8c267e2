//! The program from outside: what it prints, where, and its exit codes.

#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_megawatt"));
    command.current_dir(root());
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn temporary(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn help_is_everywhere_and_has_examples() {
    for command in [None, Some("solve"), Some("check"), Some("compare"), Some("apply"), Some("catalog"), Some("sites"), Some("flow"), Some("weather")] {
        let arguments: Vec<&str> = command.into_iter().chain(["--help"]).collect();
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(out(&output).contains("Examples:"), "{arguments:?}");
        assert!(output.stderr.is_empty());
    }
    assert!(out(&run(&["--version"])).starts_with("megawatt "));
}

#[test]
fn wrong_arguments_are_bad_input() {
    for arguments in
        [&["solve"] as &[&str], &["solve", "a.ron", "--hour", "0"], &["solve", "a.ron", "--hour", "8761"], &["apply", "a", "b"], &["check", "--frob"]]
    {
        let output = run(arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
    }
    let output = run(&["slove"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("nor is there a command `slove`"));
}

#[test]
fn without_a_display_there_is_a_summary() {
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(err(&output).contains("no display"), "{}", err(&output));
    assert!(out(&output).starts_with("Colossus"), "{}", out(&output));
    // Elsewhere the built-in copy stands for the file.
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = program().current_dir(folder.path()).output().unwrap();
    assert_eq!(elsewhere.status.code(), Some(0));
    assert!(out(&elsewhere).starts_with("Colossus") && !out(&elsewhere).contains(".ron"));
    let output = run(&["layouts/row.ron"]);
    assert!(output.status.success() && out(&output).contains("(layouts/row.ron)"));
}

#[test]
fn solve_prints_a_summary() {
    let output = run(&["solve", "layouts/row.ron"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", err(&output));
    for part in ["One row", "GPUs", "576", "PUE", "Bill of a year", "Limits, binding first", "Findings", "power: converged", "balance:", "time, ms:"] {
        assert!(out(&output).contains(part), "no `{part}` in {}", out(&output));
    }
}

fn no_nulls(value: &Value, path: &str) {
    match value {
        Value::Null => panic!("{path} is null; unknown is absent"),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| no_nulls(v, &format!("{path}[{i}]"))),
        Value::Object(map) => map.iter().for_each(|(k, v)| no_nulls(v, &format!("{path}.{k}"))),
        _ => {}
    }
}

#[test]
fn the_report_is_what_scripts_expect() {
    let report = json(&["solve", "layouts/row.ron", "--json"]);
    no_nulls(&report, "");
    assert_eq!(report["schema"], "megawatt.report/1");
    assert_eq!((&report["plan"]["name"], &report["plan"]["format"]), (&Value::from("One row"), &Value::from(1)));
    let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("no number at {pointer}"));
    // Eight racks of 72 GPUs, told by the layout.
    assert_eq!((number("/summary/racks"), number("/summary/gpus")), (8.0, 576.0));
    assert_eq!(report["racks"].as_array().unwrap().len(), 8);
    // The racks' powers add up to the IT power, the bill's lines to its total, the months to the year.
    let sum = |list: &Value, key: &str| list.as_array().unwrap().iter().map(|v| v[key].as_f64().unwrap()).sum::<f64>();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    assert!(close(sum(&report["racks"], "power_w"), number("/summary/it_power_w")));
    assert!(close(sum(&report["year"]["bill"], "usd"), number("/summary/cost_usd_per_year")));
    assert!(close(sum(&report["year"]["monthly"], "facility_kwh"), number("/summary/energy_kwh_per_year")));
    assert!(close(number("/summary/energy_kwh_per_year") / number("/year/it_kwh"), number("/summary/pue")));
    assert_eq!((number("/year/hours"), report["year"]["monthly"].as_array().unwrap().len()), (8760.0, 12));
    for list in ["limits", "findings"] {
        assert!(report[list].is_array());
    }
    for pointer in
        ["/power/convergence/status", "/power/nodes/0/v_pu", "/power/branches/0/loss_w", "/cooling/loops/0/branches/0/flow_m3_s", "/cooling/air/0/t_supply_c"]
    {
        assert!(report.pointer(pointer).is_some(), "no {pointer}");
    }
    for key in ["/stages_ms/power", "/stages_ms/total", "/balance/power_residual", "/balance/mass_residual", "/balance/heat_residual", "/year/plant/makeup_m3"]
    {
        assert!(number(key) >= 0.0, "{key}");
    }
    let text = out(&run(&["solve", "layouts/row.ron", "--json"]));
    let keys = ["schema", "plan", "summary", "limits", "findings", "power", "cooling", "racks", "year", "stages_ms", "balance"];
    let order: Vec<usize> = keys.iter().map(|key| text.find(&format!("\n  \"{key}\":")).unwrap_or_else(|| panic!("no {key}"))).collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn hours_are_written_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hours.csv");
    let report = json(&["solve", "layouts/row.ron", "--json", "--hour", "4890", "--hourly", path.to_str().unwrap()]);
    assert!(report["condition"]["label"].as_str().unwrap().contains("4890") || report["condition"]["label"].as_str().unwrap().contains("4,890"));
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name}"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 8760);
    assert_eq!((&rows[0][column("hour")], &rows[8759][column("month")], &rows[8759][column("day")]), ("1", "12", "31"));
    let energy: f64 = rows.iter().map(|r| r[column("facility_w")].parse::<f64>().unwrap()).sum::<f64>() / 1e3;
    let told = report["summary"]["energy_kwh_per_year"].as_f64().unwrap();
    assert!((energy / told - 1.0).abs() < 1e-9, "{energy} {told}");
    // The steady state at an hour has the weather of that hour.
    let dry: f64 = rows[4889][column("dry_bulb_c")].parse().unwrap();
    assert!((dry - report["condition"]["dry_bulb_c"].as_f64().unwrap()).abs() < 1e-6);
}

#[test]
fn compare_ranks_and_counts_from_a_baseline() {
    let rows = json(&["compare", "layouts/row.ron", "--sites", "memphis-tn,reykjavik,des-moines-ia", "--baseline", "des-moines-ia", "--json"]);
    no_nulls(&rows, "");
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 3);
    let costs: Vec<f64> = rows.iter().map(|r| r["summary"]["cost_usd_per_year"].as_f64().unwrap()).collect();
    assert!(costs.is_sorted());
    let base = rows.iter().position(|r| r["baseline"] == true).unwrap();
    assert_eq!(rows[base]["site"], "des-moines-ia");
    for (row, cost) in rows.iter().zip(&costs) {
        assert!((row["cost_difference_usd_per_year"].as_f64().unwrap() - (cost - costs[base])).abs() < 1e-6);
    }
    let all = out(&run(&["compare", "layouts/row.ron", "--sites", "all"]));
    assert!(all.contains("reykjavik") && all.contains("binding limit"));
    let output = run(&["compare", "layouts/row.ron", "--sites", "atlantis"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("there is no site `atlantis`") && err(&output).contains("`memphis-tn`"));
}

#[test]
fn edits_are_applied_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (edits, result) = (folder.path().join("edits.ron"), folder.path().join("out.ron"));
    let apply = || run(&["apply", edits.to_str().unwrap(), "layouts/row.ron", "-o", result.to_str().unwrap()]);
    std::fs::write(&edits, "[Set(id: \"R1\", field: \"count\", value: \"5\")]").unwrap();
    let output = apply();
    assert!(output.status.success() && output.stdout.is_empty(), "{}", err(&output));
    assert_eq!(json(&["solve", result.to_str().unwrap(), "--json"])["summary"]["racks"], 5);
    // No commands: the file is copied byte by byte.
    std::fs::write(&edits, "[]").unwrap();
    assert!(apply().status.success());
    assert_eq!(std::fs::read(&result).unwrap(), std::fs::read(root().join("layouts/row.ron")).unwrap());
    // The second command can't happen: the first doesn't either.
    std::fs::write(&edits, "[Set(id: \"R1\", field: \"count\", value: \"5\"), Remove(ids: [\"NOWHERE\"])]").unwrap();
    let output = apply();
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("command 2") && err(&output).contains("NOWHERE"), "{}", err(&output));
    assert_eq!(std::fs::read(&result).unwrap(), std::fs::read(root().join("layouts/row.ron")).unwrap());
    std::fs::write(&edits, "[Frobnicate]").unwrap();
    assert!(err(&apply()).contains("edits.ron, line 1"));
}

#[test]
fn an_edits_file_rewires_a_hall_with_one_command() {
    let folder = tempfile::tempdir().unwrap();
    let (edits, result) = (folder.path().join("edits.ron"), folder.path().join("out.ron"));
    let apply = || run(&["apply", edits.to_str().unwrap(), "layouts/four-to-make-three.ron", "-o", result.to_str().unwrap()]);
    std::fs::write(&edits, r#"[Redundancy(ids: ["H1"], scheme: BlockRedundant, reserve: "B4")]"#).unwrap();
    let output = apply();
    assert!(output.status.success(), "{}", err(&output));
    let text = std::fs::read_to_string(&result).unwrap();
    assert_eq!(text.lines().filter(|l| l.contains(r#"b: "B4", share_a: "100 %""#)).count(), 24);
    // The layout is wired by this very command: done again, it changes no byte.
    std::fs::write(&edits, r#"[Redundancy(ids: ["H1"], scheme: Distributed, blocks: ["B1", "B2", "B3", "B4"])]"#).unwrap();
    assert!(apply().status.success());
    assert_eq!(std::fs::read(&result).unwrap(), std::fs::read(root().join("layouts/four-to-make-three.ron")).unwrap());
    std::fs::write(&edits, r#"[Redundancy(ids: ["H1"], scheme: TwoN, blocks: ["B1", "B2", "B3"])]"#).unwrap();
    assert!(err(&apply()).contains("even number of blocks"));
}

#[test]
fn what_is_built_in_has_sources() {
    for arguments in [&["catalog"] as &[&str], &["catalog", "rack"], &["catalog", "dry cooler"], &["sites"]] {
        let output = run(arguments);
        assert!(output.status.success() && out(&output).lines().count() > 3, "{arguments:?}");
    }
    assert!(out(&run(&["catalog", "chiller"])).contains("Sources\n"));
    assert!(json(&["sites", "--json"])["sites"].as_array().unwrap().len() > 10);
    let output = run(&["catalog", "spaceship"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("`rack`"));
}

#[test]
fn a_closed_pipe_is_no_fault() {
    let mut child = program().args(["solve", "layouts/colossus.ron", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{}", err(&output));
}

/// An EPW of a year with a plain daily wave.
fn weather_text() -> String {
    let mut text = "LOCATION,Testville,TN,USA,made,1,35.1,-90.0,-6.0,81.0\nDESIGN CONDITIONS,0\nTYPICAL/EXTREME PERIODS,0\nGROUND TEMPERATURES,0\nHOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0\nCOMMENTS 1,\nCOMMENTS 2,\nDATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31\n".to_owned();
    for (month, days) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
        for day in 1..=days {
            for hour in 1..=24 {
                let dry = if hour > 12 { 30.0 } else { 20.0 };
                text.push_str(&format!("1999,{},{day},{hour},0,?9,{dry},10.0,999,{},0\n", month + 1, 100_000 + day));
            }
        }
    }
    text
}

#[test]
fn weather_files_are_told_and_used() {
    let (_folder, path) = temporary("t.epw", &weather_text());
    let path = path.to_str().unwrap();
    let report = json(&["weather", path, "--json"]);
    assert_eq!((&report["rows"], &report["steps_per_hour"]), (&Value::from(8760), &Value::from(1)));
    assert_eq!(
        (report["dry_bulb_c"]["min"].as_f64(), report["dry_bulb_c"]["mean"].as_f64(), report["dry_bulb_c"]["max"].as_f64()),
        (Some(20.0), Some(25.0), Some(30.0))
    );
    assert_eq!(report["hours_at_or_below"]["dry_bulb_c"]["24"], 4380);
    let wet = report["wet_bulb_c"]["max"].as_f64().unwrap();
    assert!(wet > 10.0 && wet < 30.0, "a wet bulb lies between dew point and dry bulb, found {wet}");
    assert!(out(&run(&["weather", path])).contains("Testville"));
    let solved = json(&["solve", "layouts/row.ron", "--weather", path, "--json", "--hour", "13"]);
    assert_eq!(solved["condition"]["weather_source"], "file");
    assert!((solved["condition"]["dry_bulb_c"].as_f64().unwrap() - 30.0).abs() < 1e-9);
    let (_folder, bad) = temporary("bad.epw", "<html>");
    let output = run(&["solve", "layouts/row.ron", "--weather", bad.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("bad.epw") && err(&output).contains("no EPW file"));
}

#[test]
fn stdout_that_is_full_is_told() {
    // Only Linux has this device.
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let output = program().args(["sites"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).contains("could not be printed"));
    let _ = std::io::stdout().flush();
}
