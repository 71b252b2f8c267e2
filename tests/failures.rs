//! `megawatt failures` from outside.

#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn megawatt(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_megawatt")).current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).args(arguments).output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = megawatt(arguments);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&text(arguments)).unwrap()
}

fn ids(list: &Value) -> Vec<&str> {
    list["failures"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect()
}

/// Rows of the table: lines behind the one with the titles.
fn rows(text: &str) -> Vec<&str> {
    text.lines().skip_while(|l| !l.starts_with("outage")).skip(1).take_while(|l| !l.is_empty()).collect()
}

#[test]
fn the_worst_come_first_and_the_headline_counts_them() {
    let felt = text(&["failures", "layouts/row.ron"]);
    let report = json(&["failures", "layouts/row.ron", "--json"]);
    let outages = report["outages"].as_u64().unwrap();
    // Ten of the chain; of the cooling the CDU, an air handler, a pump, coolers, two valves and pieces of the mains.
    assert!(outages >= 10 + 6, "{outages}");
    assert!(felt.starts_with(&format!("One row: Design day\n{outages} single outages of the power chain and the cooling: ")), "{felt}");
    assert!(felt.contains("Worst: CDU1 (CDU) leaves 8 racks uncooled"), "{felt}");
    let all = text(&["failures", "layouts/row.ron", "--all"]);
    assert_eq!(rows(&all).len() as u64, outages);
    assert_eq!(rows(&felt).len(), report["felt"].as_u64().unwrap() as usize);
    // Columns are as wide as they must be for the rows shown.
    let words = |row: &&str| row.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
    assert!(rows(&all).iter().map(words).zip(rows(&felt).iter().map(words)).all(|(a, b)| a == b));
    for (row, id) in rows(&all).iter().zip(ids(&report)) {
        assert!(row.starts_with(id), "{row}");
    }
    let lost = |f: &Value| f["lost_it_w"].as_f64().unwrap() + f["uncooled_it_w"].as_f64().unwrap();
    let lost: Vec<f64> = report["failures"].as_array().unwrap().iter().map(lost).collect();
    assert!(lost.is_sorted_by(|a, b| a >= b) && lost[0] > 8e5, "{lost:?}");
}

#[test]
fn the_list_is_that_of_the_report() {
    let report = json(&["solve", "layouts/enterprise.ron", "--json"]);
    assert_eq!(json(&["failures", "layouts/enterprise.ron", "--json"])["failures"], report["failures"]);
}

#[test]
fn long_lists_are_cut_and_say_so() {
    // With a transformer out, the other feeds of its rows are the last ones.
    let cut = text(&["failures", "layouts/colossus.ron", "--out", "T1"]);
    let report = json(&["failures", "layouts/colossus.ron", "--out", "T1", "--json"]);
    let felt = report["felt"].as_u64().unwrap() as usize;
    assert_eq!(report["out"][0], "T1");
    assert!(felt > 40, "{felt}");
    assert_eq!(rows(&cut).len(), 40);
    assert!(cut.contains("Out already: T1") && cut.contains(&format!("and {} more", felt - 40)), "{cut}");
}

#[test]
fn a_pair_is_both_at_once() {
    let report = json(&["failures", "layouts/row.ron", "--pair", "B-A/ups,B-B/ups", "--json"]);
    assert_eq!(ids(&report), ["B-A/ups + B-B/ups"]);
    let pair = &report["failures"][0];
    let both = json(&["solve", "layouts/row.ron", "--json", "--out", "B-A/ups", "--out", "B-B/ups"])["power"].clone();
    assert_eq!((&pair["lost_it_w"], &pair["dark"]), (&both["lost_it_w"], &both["dark"]));
    assert!((pair["loss_w"].as_f64().unwrap() - both["loss_w"].as_f64().unwrap()).abs() < 1.0);
    // One of them out already and the other failing is the same.
    let second = json(&["failures", "layouts/row.ron", "--out", "B-A/ups", "--json"]);
    let other = second["failures"].as_array().unwrap().iter().find(|f| f["id"] == "B-B/ups").unwrap();
    assert_eq!(other["lost_it_w"], pair["lost_it_w"]);
    // A pair that isn't felt is shown as well: it was asked for.
    let shown = text(&["failures", "layouts/enterprise.ron", "--pair", "B-A/ups#1,B-A/standby"]);
    assert_eq!(rows(&shown).len(), 1, "{shown}");
}

#[test]
fn a_sample_of_pairs_is_the_same_every_time() {
    let arguments = ["failures", "layouts/enterprise.ron", "--pairs", "30", "--json"];
    let sample = json(&arguments);
    assert_eq!(sample, json(&arguments));
    assert_eq!(sample["outages"], 30);
    let mut unique = ids(&sample);
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), 30);
    let single = json(&["failures", "layouts/enterprise.ron", "--json"]);
    let survived: Vec<&str> = single["failures"].as_array().unwrap().iter().filter(|f| f["survived"] == true).map(|f| f["id"].as_str().unwrap()).collect();
    for pair in unique {
        let (a, b) = pair.split_once(" + ").unwrap();
        assert!(a != b && survived.contains(&a) && survived.contains(&b), "{pair}");
    }
    // There are not that many.
    assert!(json(&["failures", "layouts/row.ron", "--pairs", "1000", "--json"])["outages"].as_u64().unwrap() < 1000);
}

#[test]
fn unknown_names_are_bad_input_and_near_ones_are_offered() {
    for (arguments, says) in [
        (&["failures", "layouts/row.ron", "--out", "B-A/usp"] as &[&str], "did you mean `B-A/ups`"),
        (&["failures", "layouts/row.ron", "--pair", "B-A/ups,POJ"], "did you mean `POI`"),
        (&["failures", "layouts/row.ron", "--pair", "B-A/ups"], "no pair"),
        (&["failures", "layouts/row.ron", "--pair", "B-A/ups,"], "anything called ``"),
        (&["failures", "layouts/row.ron", "--pairs", "0"], "--pairs"),
        (&["failures", "layouts/none.ron"], "none.ron"),
    ] {
        let output = megawatt(arguments);
        let message = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {message}");
        assert!(message.contains(says), "{arguments:?}: {message}");
    }
    for command in ["failures", "export"] {
        assert!(text(&[command, "--help"]).contains("Examples:"));
    }
}

/// The summary of a state says what is out, who runs on standby sets, and how the outages end.
#[test]
fn a_summary_says_what_is_out() {
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_megawatt")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = run(&["solve", "layouts/enterprise.ron", "--out", "G1"]);
    assert!(text.contains("Out of service: G1\n") && text.contains("on standby sets: B-A, B-B, M-A, M-B\n"), "{text}");
    let text = run(&["solve", "layouts/row.ron", "--out", "POI"]);
    assert!(text.contains("8 racks, 576 GPUs\n") && text.contains("without all of their power:"), "{text}");
    let text = run(&["solve", "layouts/row.ron"]);
    assert!(!text.contains("Out of service") && text.contains("Single outages of the power chain and the cooling:"), "{text}");
}

/// With its only CDU out nothing cools the row's liquid side; with one of two pumps of the facility water out the spare takes over.
#[test]
fn outages_of_the_cooling_say_who_gets_how_hot() {
    let report = json(&["failures", "layouts/row.ron", "--json"]);
    let of = |id: &str| report["failures"].as_array().unwrap().iter().find(|f| f["id"] == id).unwrap_or_else(|| panic!("{id}: {:?}", ids(&report)));
    let cdu = of("CDU1");
    assert_eq!((cdu["survived"].as_bool(), cdu["uncooled"][0]["racks"].as_u64()), (Some(false), Some(8)));
    assert!(cdu["uncooled_it_w"].as_f64().unwrap() > 8e5 && cdu["lost_it_w"] == 0.0);
    let pump = of("CHW1/pump#1");
    assert_eq!(pump["survived"].as_bool(), Some(true), "{pump}");
    assert!(pump["worst_inlet_c"].as_f64().unwrap() < 27.0 && pump["worst_supply_c"].as_f64().is_some());
    // What the list says is what solving that state says.
    let summary = text(&["solve", "layouts/row.ron", "--out", "CDU1"]);
    assert!(summary.contains("nothing cools: 8 racks") && summary.contains(" in R1"), "{summary}");
    let valve = text(&["failures", "layouts/row.ron", "--pair", "CDU1/valve,B-A/ups"]);
    assert_eq!(rows(&valve).len(), 1, "{valve}");
}
