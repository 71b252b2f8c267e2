//! A plan's network in foreign formats: read back by this program's own reader, and held against the equations that pandapower documents.

#![allow(clippy::unwrap_used, clippy::panic)]

use megawatt::exchange::matpower;
use megawatt::exchange::network::{Form, Network};
use megawatt::exchange::pandapower;
use megawatt::plan::{Id, file};
use megawatt::session::{Terms, prepare};
use megawatt::solve::{Fed, Outage, Outcome};
use nalgebra::Complex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn layout(name: &str) -> String {
    std::fs::read_to_string(root().join("layouts").join(name)).unwrap()
}

/// The tutorial's row on 800 V DC.
fn direct_current() -> String {
    let text = layout("row.ron");
    let changed = text.replace("eaton-9395xr-1500", "rectifier-800vdc-1500").replace("busway-415-2500", "busway-800vdc-1600");
    assert_ne!(text, changed);
    changed
}

fn solved(text: &str, out: &[&str], scenario: Option<&str>) -> (Arc<Outcome>, Network) {
    let loaded = file::read(text).unwrap();
    let terms = Terms { out: out.iter().map(|o| Outage::parse(o)).collect(), scenario: scenario.map(Id::from), ..Terms::default() };
    let prepared = prepare(&loaded, None, &terms).unwrap();
    let outcome = prepared.solve().outcome;
    assert!(outcome.power.unknown_out.is_empty());
    let network = Network::of(&prepared.plan, &prepared.catalog, &outcome);
    (outcome, network)
}

/// Every layout as it is, and states of some that have parts without voltage, closed breakers, spare units, direct current, generators alone.
fn states() -> Vec<(String, Arc<Outcome>, Network)> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("layouts")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 5 && names.contains(&"colossus.ron".to_owned()));
    let mut list: Vec<_> = names.iter().map(|n| (n.clone(), layout(n), Vec::new(), None)).collect();
    list.push(("a block out".to_owned(), layout("colossus.ron"), vec!["H1B01", "H1B02/substation", "T1"], None));
    list.push(("on standby sets".to_owned(), layout("enterprise.ron"), vec!["POI"], None));
    list.push(("one block on standby sets".to_owned(), layout("enterprise.ron"), vec!["B-A/feeder"], None));
    list.push(("units out".to_owned(), layout("abilene.ron"), vec!["TG#1", "H1U1/ups#1"], None));
    list.push(("a scenario".to_owned(), layout("row.ron"), Vec::new(), Some("block-lost")));
    list.push(("direct current".to_owned(), direct_current(), Vec::new(), None));
    list.into_iter()
        .map(|(name, text, out, scenario)| {
            let (outcome, network) = solved(&text, &out, scenario);
            (name, outcome, network)
        })
        .collect()
}

/// The names in a cell array of a case.
fn cells(text: &str, field: &str) -> Vec<String> {
    let (_, rest) = text.split_once(&format!("mpc.{field} = {{\n")).unwrap();
    let (body, _) = rest.split_once("};").unwrap();
    body.lines().map(|l| l.trim().trim_end_matches(';').trim_matches('\'').replace("''", "'")).collect()
}

#[test]
fn a_matpower_case_gives_the_same_voltages_when_it_is_read_back() {
    for (name, outcome, network) in states() {
        let text = matpower::write(&network);
        let case = matpower::read(text.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let flow = matpower::solve(&case);
        assert!(flow.converged, "{name}: {}", flow.status);
        let names = cells(&text, "bus_name");
        assert_eq!(
            (names.len(), cells(&text, "gen_name").len(), cells(&text, "branch_name").len()),
            (case.buses.len(), case.generators.len(), case.branches.len())
        );
        let mut bus_of: BTreeMap<&str, u64> = BTreeMap::new();
        for (row, joined) in case.buses.iter().zip(&names) {
            joined.split(matpower::write::JOINT).for_each(|n| assert!(bus_of.insert(n, row.number).is_none(), "{name}: {n} is there twice"));
        }
        assert_eq!(bus_of.len(), outcome.power.nodes.len());
        let read: BTreeMap<u64, (f64, f64)> = flow.nodes.iter().map(|n| (n.number, (n.v_pu, n.angle))).collect();
        for node in &outcome.power.nodes {
            let number = bus_of[node.id.as_str()];
            match read.get(&number) {
                Some((v, angle)) => assert!((v - node.v_pu).abs() < 1e-9 && (angle - node.angle).abs() < 1e-9, "{name}, {}: {v} for {}", node.id, node.v_pu),
                None => assert!(node.fed == Fed::Dead && flow.dark.contains(&number), "{name}: {} lost its voltage", node.id),
            }
        }
        // What the UPS lose is what they take as loads less what they give as sources.
        let ups: f64 = outcome.power.branches.iter().filter(|b| b.model.is_none()).map(|b| b.loss.watts()).sum();
        let loss = outcome.power.loss.watts();
        assert!((flow.loss() + ups - loss).abs() <= 1e-6 * loss, "{name}: a loss of {} W for {loss} W", flow.loss() + ups);
        let given: f64 = case.generators.iter().map(|g| g.power.re * 1e6).sum();
        let wanted: f64 = flow.slack.iter().map(|(_, s)| s.re).sum();
        assert!((given - wanted).abs() <= 1e-6 * wanted, "{name}: sources give {given} W in the file and {wanted} W when solved");
    }
}

#[test]
fn a_closed_breaker_joins_two_nodes_to_one_bus() {
    let (_, network) = solved(&layout("enterprise.ron"), &["POI"], None);
    let text = matpower::write(&network);
    let names = cells(&text, "bus_name");
    assert!(names.contains(&"B-A/low = B-A/sets".to_owned()), "{names:?}");
    assert!(!cells(&text, "branch_name").contains(&"B-A/standby".to_owned()) && text.contains("% Without impedance"));
    assert!(cells(&text, "gen_name").contains(&"B-A/standby".to_owned()));
    // Open, it is a branch out of service between two buses.
    let (_, network) = solved(&layout("enterprise.ron"), &[], None);
    let text = matpower::write(&network);
    let names = cells(&text, "branch_name");
    let case = matpower::read(text.as_bytes()).unwrap();
    let breaker = &case.branches[names.iter().position(|n| n == "B-A/standby").unwrap()];
    assert!(!breaker.in_service && breaker.series.norm() > 0.0);
}

/// A table of a pandapower file: rows by column name.
fn table(net: &Value, name: &str) -> Vec<BTreeMap<String, Value>> {
    let frame = &net["_object"][name];
    assert_eq!((frame["_module"].as_str(), frame["_class"].as_str(), frame["orient"].as_str()), (Some("pandas.core.frame"), Some("DataFrame"), Some("split")));
    let data: Value = serde_json::from_str(frame["_object"].as_str().unwrap()).unwrap();
    let columns: Vec<&str> = data["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    let typed: BTreeSet<&str> = frame["dtype"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(typed, columns.iter().copied().collect(), "{name}: columns and types differ");
    let rows = data["data"].as_array().unwrap();
    let index: Vec<usize> = data["index"].as_array().unwrap().iter().map(|i| i.as_u64().unwrap() as usize).collect();
    assert_eq!(index, (0..rows.len()).collect::<Vec<_>>());
    rows.iter()
        .map(|row| {
            let row = row.as_array().unwrap();
            assert_eq!(row.len(), columns.len(), "{name}: a row of {} cells", row.len());
            columns.iter().map(|c| (*c).to_owned()).zip(row.iter().cloned()).collect()
        })
        .collect()
}

fn f(row: &BTreeMap<String, Value>, column: &str) -> f64 {
    row[column].as_f64().unwrap_or_else(|| panic!("{column} of {row:?}"))
}

fn at(row: &BTreeMap<String, Value>, column: &str) -> usize {
    row[column].as_u64().unwrap() as usize
}

fn on(row: &BTreeMap<String, Value>, column: &str) -> bool {
    row[column].as_bool().unwrap()
}

/// Two-port admittances `(ff, ft, tf, tt)` of a transformer, per unit, by pandapower's documentation of its T model: the magnetizing branch between the parts of
/// the leakage, and an ideal ratio at the high side.
fn t_model(row: &BTreeMap<String, Value>, base_mva: f64, hv: f64, lv: f64) -> [Complex<f64>; 4] {
    let (parallel, unit) = (f(row, "parallel"), f(row, "sn_mva"));
    let low = (f(row, "vn_lv_kv") / lv).powi(2);
    let z = f(row, "vk_percent") / 100.0 / unit * base_mva * low / parallel;
    let r = f(row, "vkr_percent") / 100.0 / unit * base_mva * low / parallel;
    let z = Complex::new(r, (z * z - r * r).max(0.0).sqrt());
    let g = f(row, "pfe_kw") / 1e3 / base_mva * parallel / low;
    let y = f(row, "i0_percent") / 100.0 * unit / base_mva * parallel / low;
    let shunt = Complex::new(g, -(y * y - g * g).max(0.0).sqrt());
    let share = f(row, "leakage_resistance_ratio_hv");
    assert_eq!(share, f(row, "leakage_reactance_ratio_hv"));
    let (a, b) = (z * share, z * (1.0 - share));
    // The inner node eliminated: chain matrix of series a, shunt, series b.
    let (ca, cb, cc, cd) = (Complex::new(1.0, 0.0) + a * shunt, a + b + a * b * shunt, shunt, Complex::new(1.0, 0.0) + b * shunt);
    assert!((ca * cd - cb * cc - 1.0).norm() < 1e-9);
    let ratio = (f(row, "vn_hv_kv") / hv) / (f(row, "vn_lv_kv") / lv);
    [cd / cb / (ratio * ratio), -cb.inv() / ratio, -cb.inv() / ratio, ca / cb]
}

/// Largest power by which a bus without a source misses its balance, per unit, when the elements of the file have the voltages of the outcome.
fn imbalance(net: &Value, outcome: &Outcome) -> f64 {
    let object = &net["_object"];
    let base = object["sn_mva"].as_f64().unwrap();
    let buses = table(net, "bus");
    let kv: Vec<f64> = buses.iter().map(|b| f(b, "vn_kv")).collect();
    let v: Vec<Complex<f64>> =
        outcome.power.nodes.iter().map(|n| if n.fed == Fed::Dead { Complex::new(0.0, 0.0) } else { Complex::from_polar(n.v_pu, n.angle) }).collect();
    let mut current = vec![Complex::new(0.0, 0.0); v.len()];
    let mut apply = |from: usize, to: usize, [ff, ft, tf, tt]: [Complex<f64>; 4]| {
        current[from] += ff * v[from] + ft * v[to];
        current[to] += tf * v[from] + tt * v[to];
    };
    for l in table(net, "line").iter().filter(|l| on(l, "in_service")) {
        let (from, to) = (at(l, "from_bus"), at(l, "to_bus"));
        let ohms = kv[from] * kv[from] / base;
        let scale = f(l, "length_km") / f(l, "parallel") / ohms;
        let y = Complex::new(f(l, "r_ohm_per_km") * scale, f(l, "x_ohm_per_km") * scale).inv();
        let b = Complex::new(0.0, 2.0 * std::f64::consts::PI * object["f_hz"].as_f64().unwrap() * f(l, "c_nf_per_km") * 1e-9 * f(l, "parallel") * ohms / 2.0);
        apply(from, to, [y + b, -y, -y, y + b]);
    }
    for t in table(net, "trafo").iter().filter(|t| on(t, "in_service")) {
        let (hv, lv) = (at(t, "hv_bus"), at(t, "lv_bus"));
        apply(hv, lv, t_model(t, base, kv[hv], kv[lv]));
    }
    for s in table(net, "shunt").iter().filter(|s| on(s, "in_service")) {
        current[at(s, "bus")] += Complex::new(f(s, "p_mw"), -f(s, "q_mvar")) / base * v[at(s, "bus")];
    }
    let mut power: Vec<Complex<f64>> = v.iter().zip(&current).map(|(v, i)| v * i.conj()).collect();
    for (name, sign) in [("load", 1.0), ("sgen", -1.0)] {
        for l in table(net, name) {
            power[at(&l, "bus")] += Complex::new(f(&l, "p_mw"), f(&l, "q_mvar")) * (sign / base);
        }
    }
    let mut held: Vec<bool> = vec![false; v.len()];
    for s in table(net, "ext_grid") {
        let bus = at(&s, "bus");
        held[bus] = true;
        assert!((f(&s, "vm_pu") - v[bus].norm()).abs() < 1e-12 && f(&s, "va_degree") == 0.0);
    }
    for s in table(net, "switch").iter().filter(|s| on(s, "closed")) {
        let (a, b) = (at(s, "bus"), at(s, "element"));
        assert!((v[a] - v[b]).norm() < 1e-9, "a closed switch with two voltages");
        (held[a], held[b]) = (held[a] || held[b], held[a] || held[b]);
        let there = std::mem::take(&mut power[b]);
        power[a] += there;
    }
    let dead = |n: usize| outcome.power.nodes[n].fed == Fed::Dead;
    for (n, bus) in buses.iter().enumerate() {
        assert_eq!((bus["name"].as_str(), on(bus, "in_service")), (Some(outcome.power.nodes[n].id.as_str()), !dead(n)));
    }
    (0..v.len()).filter(|n| !held[*n] && !dead(*n)).map(|n| power[n].norm()).fold(0.0, f64::max)
}

#[test]
fn a_pandapower_net_balances_at_the_voltages_of_the_plan() {
    for (name, outcome, network) in states() {
        let net: Value = serde_json::from_str(&pandapower::write(&network)).unwrap();
        assert_eq!((net["_module"].as_str(), net["_class"].as_str()), (Some("pandapower.auxiliary"), Some("pandapowerNet")));
        let miss = imbalance(&net, &outcome);
        // Per unit of 100 MVA: a tenth of a watt would be 1e-9.
        assert!(miss < 2e-8, "{name}: a bus misses {miss} pu");
    }
}

#[test]
fn the_balance_test_can_fail() {
    let (outcome, mut network) = solved(&layout("row.ron"), &[], None);
    for change in [|n: &mut Network| n.branches[0].r *= 1.01, |n: &mut Network| n.loads[0].p_mw *= 1.001, |n: &mut Network| n.branches[1].no_load *= 0.9] {
        let mut other = network.clone();
        change(&mut other);
        let net: Value = serde_json::from_str(&pandapower::write(&other)).unwrap();
        assert!(imbalance(&net, &outcome) > 1e-6);
    }
    network.branches.retain(|b| b.form != Form::Transformer);
    assert!(imbalance(&serde_json::from_str(&pandapower::write(&network)).unwrap(), &outcome) > 1e-3);
}

#[test]
fn transformers_keep_their_nameplate() {
    let (_, network) = solved(&layout("row.ron"), &[], None);
    let net: Value = serde_json::from_str(&pandapower::write(&network)).unwrap();
    let trafos = table(&net, "trafo");
    let t = trafos.iter().find(|t| t["name"] == "B-A/substation").unwrap();
    // The catalog's `unit-13.8-3000-415`: 3,000 kVA, 13.8 kV to 415 V, 5.75 %.
    assert_eq!((f(t, "sn_mva"), f(t, "vn_hv_kv"), f(t, "vn_lv_kv"), t["parallel"].as_u64(), f(t, "df")), (3.0, 13.8, 0.415, Some(1), 1.0));
    let catalog = megawatt::plan::Catalog::builtin().unwrap();
    let model = catalog.transformers("unit-13.8-3000-415").unwrap();
    let close = |column: &str, wanted: f64| assert!((f(t, column) - wanted).abs() < 1e-9 * wanted, "{column}: {} for {wanted}", f(t, column));
    close("vk_percent", 100.0 * model.impedance.value());
    close("vkr_percent", 100.0 * model.load_loss.watts() / model.rating.volt_amperes());
    close("pfe_kw", model.no_load_loss.watts() / 1e3);
    // One of three turbine transformers out: two in parallel, each as before.
    let all = solved(&layout("abilene.ron"), &[], None).1;
    let left = solved(&layout("abilene.ron"), &["TG#1"], None).1;
    let trafo = |n: &Network| table(&serde_json::from_str(&pandapower::write(n)).unwrap(), "trafo").into_iter().find(|t| t["name"] == "TG").unwrap();
    let (all, left) = (trafo(&all), trafo(&left));
    assert_eq!((all["parallel"].as_u64(), left["parallel"].as_u64()), (Some(3), Some(2)));
    assert!((f(&all, "vk_percent") - f(&left, "vk_percent")).abs() < 1e-9 && (f(&all, "pfe_kw") - f(&left, "pfe_kw")).abs() < 1e-9);
}

#[test]
fn direct_current_is_written_as_a_real_valued_line_and_says_so() {
    let (outcome, network) = solved(&direct_current(), &[], None);
    let dc: Vec<&str> = network.buses.iter().filter(|b| b.dc).map(|b| b.name.as_str()).collect();
    assert_eq!(dc, ["B-A/out", "B-B/out", "R1/A", "R1/B"]);
    for b in outcome.power.branches.iter().filter(|b| b.id.starts_with("R1/")) {
        let ours = network.branches.iter().find(|n| n.name == b.id).unwrap();
        assert_eq!(ours.x, 0.0);
        // 800 V between the poles; the rating is a DC current.
        assert!((ours.rating_mva - 800.0 * b.rating / 1e6).abs() < 1e-9);
    }
    assert!(matpower::write(&network).contains("direct current") && pandapower::write(&network).contains("direct current"));
    let (_, alternating) = solved(&layout("row.ron"), &[], None);
    assert!(!matpower::write(&alternating).contains("direct current"));
}

fn megawatt(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_megawatt")).current_dir(root()).args(arguments).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn target(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

#[test]
fn the_command_writes_a_file_that_flow_solves() {
    let (_folder, path) = target("row.m");
    std::fs::write(&path, "something older").unwrap();
    let file = path.to_str().unwrap();
    let output = megawatt(&["export", "layouts/row.ron", "--to", "matpower", "-o", file]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", err(&output));
    assert!(err(&output).contains("saved 9 buses"), "{}", err(&output));
    let output = megawatt(&["flow", file, "--json"]);
    assert!(output.status.success(), "{}", err(&output));
    let flow: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((flow["case"].as_str(), flow["nodes"].as_array().unwrap().len()), (Some("case_one_row"), 9));
    // The same plan gives the same bytes.
    let first = std::fs::read(&path).unwrap();
    assert!(megawatt(&["export", "layouts/row.ron", "--to", "matpower", "-o", file]).status.success());
    assert_eq!(first, std::fs::read(&path).unwrap());
    assert!(String::from_utf8(first).unwrap().contains("% Condition: Design day"));
}

#[test]
fn bad_input_writes_nothing() {
    let (_folder, path) = target("x.json");
    let file = path.to_str().unwrap();
    for (arguments, says) in [
        (&["export", "layouts/row.ron", "--to", "psse", "-o", file] as &[&str], "psse"),
        (&["export", "layouts/row.ron", "--to", "pandapower"], "--output"),
        (&["export", "layouts/row.ron", "-o", file], "--to"),
        (&["export", "layouts/row.ron", "--to", "pandapower", "-o", file, "--out", "B-A/upz"], "did you mean `B-A/ups`"),
        (&["export", "layouts/row.ron", "--to", "pandapower", "-o", file, "--out", "POI"], "nothing in the power chain has voltage"),
        (&["export", "layouts/row.ron", "--to", "pandapower", "-o", file, "--scenario", "none"], "no scenario `none`"),
    ] {
        let output = megawatt(arguments);
        assert_eq!((output.status.code(), output.stdout.len(), path.exists()), (Some(2), 0, false), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(says), "{arguments:?}: {}", err(&output));
    }
}
