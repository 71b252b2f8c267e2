//! `megawatt chains`: the same racks on other power chains, from the command line.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

fn run(arguments: &[&str]) -> (String, String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_megawatt")).args(arguments).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap(), output.status.success())
}

#[test]
fn chains_are_compared_and_say_what_is_assumed() {
    let (text, _, fine) = run(&["chains", "layouts/row.ron"]);
    assert!(fine);
    for part in ["415 V AC, UPS in double conversion", "eco mode", "800 V DC, central rectifiers", "solid-state transformers", "planned", "assumed: "] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn the_report_closes() {
    let (text, _, fine) = run(&["chains", "layouts/row.ron", "--json"]);
    assert!(fine);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let chains = report["chains"].as_array().unwrap();
    assert_eq!(chains.len(), 4);
    for c in chains {
        let number = |key: &str| c[key].as_f64().unwrap();
        let stages: f64 = c["stages"].as_array().unwrap().iter().map(|s| s["loss_mw"].as_f64().unwrap()).sum();
        assert!((number("source_mw") - number("chip_mw") - stages).abs() < 1e-9);
        assert!((number("chip_mw") / number("source_mw") - number("efficiency")).abs() < 1e-12);
    }
    assert_eq!(chains.iter().filter(|c| c["planned"].as_bool().unwrap()).count(), 1);
}

#[test]
fn an_unknown_scenario_is_refused_by_name() {
    let (_, message, fine) = run(&["chains", "layouts/row.ron", "--scenario", "nowhere"]);
    assert!(!fine && message.contains("nowhere"), "{message}");
}
