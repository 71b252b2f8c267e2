//! Power flow of MATPOWER cases against published solutions, against reference cases where they lie, and on what has no solution.

#![allow(clippy::unwrap_used, clippy::panic)]

use megawatt::exchange::matpower::{Flow, read, solve};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn published(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/power").join(name)
}

fn expected(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn flow_of(path: &Path) -> Flow {
    solve(&read(&std::fs::read(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

fn megawatt(path: &Path, json: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_megawatt"));
    command.arg("flow").arg(path).args(json.then_some("--json")).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.m");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

/// Whether a report agrees with the figures of a published case.
fn check(name: &str) -> Value {
    let output = megawatt(&published(name).join("case.m"), true);
    assert!(output.status.success(), "{}", err(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = expected(&published(name).join("expected.json"));
    assert_eq!(report["convergence"]["status"], "converged");
    let close = |what: &str, got: &Value, wanted: &Value, within: f64| {
        let (got, wanted) = (got.as_f64().unwrap(), wanted.as_f64().unwrap());
        assert!((got - wanted).abs() <= within, "{name}, {what}: {got} instead of {wanted} ± {within}");
    };
    let sums = [("loss_w", &report["loss_w"]), ("slack_w", &report["slack"][0]["p_w"]), ("slack_var", &report["slack"][0]["q_var"])];
    for (key, got) in sums {
        close(key, got, &expected[key]["value"], expected[key]["within"].as_f64().unwrap());
    }
    let nodes = report["nodes"].as_array().unwrap();
    for wanted in expected["nodes"].as_array().unwrap() {
        let bus = wanted["bus"].as_str().unwrap();
        let node = nodes.iter().find(|n| n["id"] == bus).unwrap();
        close(bus, &node["v_pu"], &wanted["v_pu"], wanted["within"].as_f64().unwrap());
        if let Some(angle) = wanted["angle_deg"].as_f64() {
            let got = node["angle_rad"].as_f64().unwrap().to_degrees();
            assert!((got - angle).abs() <= 5e-4, "{name}, {bus}: {got}° instead of {angle}°");
        }
    }
    let lowest = nodes.iter().min_by(|a, b| a["v_pu"].as_f64().unwrap().total_cmp(&b["v_pu"].as_f64().unwrap())).unwrap();
    assert_eq!(lowest["id"], expected["lowest"]["bus"]);
    report
}

#[test]
fn baran_and_wu_33_buses() {
    let report = check("ieee33");
    assert_eq!(report["branches"].as_array().unwrap().len(), 32, "the tie switches are open");
    // The whole feeder, 3.9177 MW and 2.4351 Mvar, at 12.66 kV and 1 pu.
    let first = &report["branches"][0];
    assert!((first["i_a"].as_f64().unwrap() - 210.4).abs() < 0.1, "{first}");
    assert_eq!((first["id"].as_str(), first["kind"].as_str()), (Some("1-2"), Some("line")));
}

#[test]
fn ieee_14_buses() {
    let report = check("ieee14");
    assert_eq!(report["beyond_q_limits"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap()).collect::<Vec<_>>(), ["1"]);
    // The archive has no nominal voltages: currents are unknown, and absent.
    assert!(report["branches"][0].get("i_a").is_none() && report["branches"][0].get("loading").is_none());
    let transformers = report["branches"].as_array().unwrap().iter().filter(|b| b["kind"] == "transformer").count();
    assert_eq!(transformers, 3);
}

#[test]
fn powers_balance_at_every_bus() {
    for name in ["ieee33", "ieee14"] {
        let flow = flow_of(&published(name).join("case.m"));
        let balance = flow.generation - flow.load - flow.shunts - flow.branches.iter().map(|b| b.power_from + b.power_to).sum::<nalgebra::Complex<f64>>();
        assert!(balance.norm() < 1.0, "{name}: {balance} W are missing");
    }
}

#[test]
fn a_summary_is_printed() {
    let output = megawatt(&published("ieee14").join("case.m"), false);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["ieee14: 14 buses, 20 branches, 5 generators", "converged in", "232.393", "13.393", "-16.034", "beyond the limits"] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    assert!(output.stderr.is_empty());
}

/// Angles are compared on the circle.
fn turned(a: f64, b: f64) -> f64 {
    let d = (a - b).rem_euclid(std::f64::consts::TAU);
    d.min(std::f64::consts::TAU - d)
}

#[test]
fn reference_cases_agree() {
    let Some(root) = std::env::var_os("MEGAWATT_REFERENCE") else {
        println!("skipped: MEGAWATT_REFERENCE is not set");
        return;
    };
    let folder = Path::new(&root).join("cases/matpower");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "m") {
            continue;
        }
        let expected = expected(&path.with_extension("expected.json"));
        let flow = flow_of(&path);
        let name = path.display();
        assert!(flow.converged, "{name}: {}", flow.status);
        assert_eq!(flow.nodes.len(), expected["vm_pu"].as_object().unwrap().len(), "{name}");
        for node in &flow.nodes {
            let bus = node.number.to_string();
            let (v, angle) = (expected["vm_pu"][&bus].as_f64().unwrap(), expected["va_deg"][&bus].as_f64().unwrap().to_radians());
            assert!((node.v_pu - v).abs() < 1e-6, "{name}, bus {bus}: {} instead of {v} pu", node.v_pu);
            assert!(turned(node.angle, angle) < 1e-5, "{name}, bus {bus}: {} instead of {angle} rad", node.angle);
        }
        let close = |got: f64, wanted: &Value| (got / 1e6 - wanted.as_f64().unwrap()).abs() < 1e-5 * wanted.as_f64().unwrap().abs().max(1.0);
        assert!(close(flow.loss(), &expected["total_injection_mw"]), "{name}: {} W lost", flow.loss());
        assert!(close(flow.slack[0].1.re, &expected["slack_mw"][0]) && close(flow.slack[0].1.im, &expected["slack_mvar"][0]), "{name}: {:?}", flow.slack);
        count += 1;
    }
    assert!(count > 0, "{} has no cases", folder.display());
}

#[test]
fn more_than_the_network_can_carry_has_no_solution() {
    // The load of one bus ten times as large: beyond the nose of the curve by far.
    let text = std::fs::read_to_string(published("ieee14").join("case.m")).unwrap();
    let changed = text.replacen("14, 1, 14.9, 5,", "14, 1, 1490, 500,", 1);
    assert_ne!(text, changed);
    let (_folder, path) = written(&changed);
    let begun = Instant::now();
    for json in [false, true] {
        let output = megawatt(&path, json);
        assert_eq!(output.status.code(), Some(1), "{}", err(&output));
        assert!(err(&output).contains("no solution was found") && err(&output).contains("bus 14"), "{}", err(&output));
        if json {
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["convergence"]["status"], "diverged");
            assert_eq!(report["convergence"]["worst"], "14");
            assert!(report["nodes"].as_array().unwrap().is_empty() && report.get("loss_w").is_none(), "no state that was not found");
        } else {
            assert!(output.stdout.is_empty());
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_feeder_past_its_limit_ends_in_bounded_time() {
    let text = std::fs::read_to_string(published("ieee33").join("case.m")).unwrap();
    let (_folder, path) = written(&text.replacen("[PD QD]) / 1e3", "[PD QD]) / 200", 1));
    let output = megawatt(&path, true);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
}

#[test]
fn bad_cases_are_refused_with_file_and_line() {
    let text = std::fs::read_to_string(published("ieee14").join("case.m")).unwrap();
    let refused = |text: &str, parts: &[&str]| {
        let (_folder, path) = written(text);
        let output = megawatt(&path, true);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{}", err(&output));
        for part in ["case.m"].iter().chain(parts) {
            assert!(err(&output).contains(part), "no `{part}` in: {}", err(&output));
        }
    };
    refused(&text[..text.len() / 2], &["never closed"]);
    refused(&text.replacen("21.7", "NaN", 1), &["line 9", "Pd is NaN"]);
    refused(&text.replacen("1, 3, 0", "1, 2, 0", 1), &["no bus is the reference"]);
    refused(&format!("{text}mpc = scale(mpc);\n"), &["`scale(…)`"]);
    refused("", &["empty"]);
    let output = megawatt(Path::new("/nowhere/case.m"), false);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("there is no such file"));
}

/// The fourteen buses with every branch out: what the screen says is what the case without that branch says.
#[test]
fn outages_of_a_case_are_those_of_the_case_without_the_branch() {
    let path = published("ieee14").join("case.m");
    let output = Command::new(env!("CARGO_BIN_EXE_megawatt")).arg("flow").arg(&path).args(["--outages", "--json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = report["outages"].as_array().unwrap();
    assert_eq!(list.len(), 20);
    // The synchronous condenser at bus 8 hangs on one branch, and takes no load along.
    let end = list.iter().find(|o| o["id"] == "7-8").unwrap();
    assert_eq!((end["dead_buses"].as_u64(), end["lost_w"].as_f64()), (Some(1), Some(0.0)));
    let mut case = read(&std::fs::read(&path).unwrap()).unwrap();
    let ids: Vec<String> = case.branches.iter().map(|b| format!("{}-{}", case.buses[b.from].number, case.buses[b.to].number)).collect();
    for (row, id) in ids.iter().enumerate() {
        case.branches[row].in_service = false;
        let flow = solve(&case);
        case.branches[row].in_service = true;
        let said = list.iter().find(|o| o["id"] == id.as_str()).unwrap();
        assert!(flow.converged && said["status"] == "converged", "{id}");
        let lowest = flow.nodes.iter().map(|n| n.v_pu).fold(f64::INFINITY, f64::min);
        assert!((said["lowest_v_pu"].as_f64().unwrap() - lowest).abs() < 1e-8, "{id}: {said}");
        assert!((said["slack_w"].as_f64().unwrap() - flow.slack[0].1.re).abs() < 1.0, "{id}: {said}");
    }
    let text = Command::new(env!("CARGO_BIN_EXE_megawatt")).arg("flow").arg(&path).arg("--outages").output().unwrap();
    assert!(String::from_utf8(text.stdout).unwrap().contains("20 outages, one branch at a time"));
}
