//! A plan's coolant and water networks as EPANET files: read back by this program's own reader, and against EPANET 2.2.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use megawatt::exchange::epanet::export::{Source, Written, sources, write};
use megawatt::exchange::epanet::{Flow, read, solve};
use megawatt::numerics::pipe_network::{self, Link, LinkState, Network, Node, Options};
use megawatt::plan::{Catalog, Id, Plan, file};
use megawatt::session::{Terms, prepare};
use megawatt::solve::{Junction, LoopState, Outage, Outcome, Part, Pipes, Piping, Side};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn layout(name: &str) -> String {
    std::fs::read_to_string(root().join("layouts").join(name)).unwrap()
}

fn solved(text: &str, out: &[&str]) -> (Plan, Catalog, Arc<Outcome>) {
    let terms = Terms { out: out.iter().map(|o| Outage::parse(o)).collect(), ..Terms::default() };
    let prepared = prepare(&file::read(text).unwrap(), None, &terms).unwrap();
    let outcome = prepared.solve().outcome;
    (Plan::clone(&prepared.plan), Catalog::clone(&prepared.catalog), outcome)
}

/// The names in a file by id: what stands behind the semicolon, else the id.
fn named(text: &str, sections: &[&str]) -> BTreeMap<String, String> {
    let mut inside = false;
    let mut names = BTreeMap::new();
    for line in text.lines() {
        if let Some(section) = line.strip_prefix('[') {
            inside = sections.contains(&section.trim_end_matches(']'));
        } else if inside && !line.starts_with(';') && !line.is_empty() {
            let (data, name) = line.split_once(';').unwrap_or((line, ""));
            let id = data.split_whitespace().next().unwrap();
            assert!(id.len() <= 31 && id.is_ascii(), "{id}");
            let name = if name.is_empty() { id } else { name };
            assert!(names.insert(name.to_owned(), id.to_owned()).is_none() || name.ends_with('~'), "{name} is there twice");
        }
    }
    names
}

const LINKS: [&str; 3] = ["PIPES", "PUMPS", "VALVES"];

/// Largest differences of flows and pressures between a plan's networks and their file as solved, over the largest flow and pressure of each network.
fn differences(list: &[Source<'_>], text: &str, flow: &Flow) -> (f64, f64) {
    let weight = weight(text);
    let links = named(text, &LINKS);
    let found: BTreeMap<&str, f64> = flow.links.iter().map(|l| (l.id.as_str(), l.flow)).collect();
    let heads: BTreeMap<&str, f64> = flow.nodes.iter().map(|n| (n.id.as_str(), n.head)).collect();
    let ends = ends(text);
    let (mut flows, mut pressures): (f64, f64) = (0.0, 0.0);
    for source in list.iter().filter(|s| s.is_running()) {
        let piping = &source.pipes.piping;
        let largest = |list: &[f64]| list.iter().filter(|x| x.is_finite()).fold(0.0, |most: f64, x| most.max(x.abs()));
        let (most_q, most_p) = (largest(&piping.flows), largest(&piping.pressures));
        for (k, part) in piping.links.iter().enumerate() {
            let name = source.pipes.name(source.id, *part);
            let id = links.get(&name).unwrap_or_else(|| panic!("{name} is not in the file"));
            flows = flows.max((found[id.as_str()] - piping.flows[k]).abs() / most_q);
            // Its ends, where it is one element.
            let (a, b, _) = piping.network.links[k];
            let (from, to) = &ends[id];
            for (node, end) in [(a, from), (b, to)] {
                let p = piping.pressures[node];
                if p.is_finite() && !end.contains('~') {
                    pressures = pressures.max((heads[end.as_str()] * weight - p).abs() / most_p);
                }
            }
        }
    }
    (flows, pressures)
}

/// Nodes at the ends of each link.
fn ends(text: &str) -> BTreeMap<String, (String, String)> {
    let lines = text.lines().filter(|l| !l.starts_with([';', '[']));
    let cells = lines.map(|l| l.split_whitespace().take(4).map(str::to_owned).collect::<Vec<_>>());
    cells.filter(|c| c.len() == 4).map(|c| (c[0].clone(), (c[1].clone(), c[2].clone()))).collect()
}

/// Pa in a meter of head, as the file says.
fn weight(text: &str) -> f64 {
    let (_, rest) = text.split_once("SPECIFIC GRAVITY ").unwrap();
    1e3 * rest.lines().next().unwrap().parse::<f64>().unwrap() * 32.2 * 0.3048
}

fn flow_of(written: &Written) -> Flow {
    let inp = read(written.text.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((inp.nodes.len(), inp.links.len()), (written.nodes, written.links));
    assert!(inp.notes.is_empty(), "{:?}", inp.notes);
    let flow = solve(&inp);
    assert!(flow.converged, "{}: {:?}", flow.status, flow.worst);
    flow
}

#[test]
fn every_layout_gives_the_same_flows_when_it_is_read_back() {
    let names = std::fs::read_dir(root().join("layouts")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut states: Vec<(String, Vec<&str>)> = names.map(|name| (name, Vec::new())).collect();
    // A rack without flow, a row shut off, a pump less, and pumps too weak for what is left.
    let outages = [("row.ron", "R1/4"), ("row.ron", "FWS1/pump#1"), ("row.ron", "CHW1"), ("frontier.ron", "C14#1"), ("abilene.ron", "H2C46/valve")];
    states.extend(outages.map(|(name, out)| (name.to_owned(), vec![out])));
    let mut largest = 0;
    for (name, out) in states {
        let (plan, catalog, outcome) = solved(&layout(&name), &out);
        assert!(outcome.power.unknown_out.is_empty(), "{:?}", outcome.power.unknown_out);
        let list = sources(&outcome);
        let written = write(&plan, &catalog, &outcome, &list);
        let (flows, pressures) = differences(&list, &written.text, &flow_of(&written));
        println!("{name} {out:?}: {} links, flows within {flows:.1e}, pressures within {pressures:.1e}", written.links);
        assert!(flows < 1e-6 && pressures < 1e-6, "{name} {out:?}: {flows:.1e}, {pressures:.1e}");
        largest = largest.max(written.links);
    }
    assert!(largest > 10_000);
}

/// Fluids of different temperatures: density in kg/m³, viscosity in Pa·s.
const COLD: (f64, f64) = (1022.0, 2.6e-3);
const WARM: (f64, f64) = (1012.0, 1.5e-3);
const HOT: (f64, f64) = (1004.0, 1.05e-3);

fn pipe(diameter: f64, length: f64, k: f64, (density, viscosity): (f64, f64)) -> Link {
    Link::Pipe { diameter, length, roughness: 4.5e-5, k, density, viscosity }
}

/// A network with every law but regulators and pumps of constant power, which no plan has, solved, and its parts. Elements are those of the tutorial plan.
fn every_law() -> Piping {
    use Junction::{At, Behind, Inside, Main, Manifold, Slot};
    use Part::{Back, Branch, Bypass, Exchanger, Filter, Header, Plant, Pump, Rack, RackValve, RowValve, Tank, Valve};
    use Side::{Return, Supply};
    let nodes = vec![
        Manifold(Supply),
        Manifold(Return),
        Inside { source: 0, number: 0 },
        Inside { source: 0, number: 1 },
        Main { number: 1, side: Supply },
        Main { number: 2, side: Supply },
        Main { number: 1, side: Return },
        At { consumer: 1, side: Supply },
        At { consumer: 1, side: Return },
        Behind { consumer: 1 },
        Slot { row: 0, slot: 1, side: Supply },
        Slot { row: 0, slot: 1, side: Return },
        Slot { row: 0, slot: 2, side: Supply },
        Slot { row: 0, slot: 2, side: Return },
        Slot { row: 0, slot: 3, side: Supply },
    ];
    let pump = Link::Pump { shutoff: 2.4e5, b: 1.1e9, n: 2.3, speed: 0.92 };
    let table: Arc<[(f64, f64)]> = vec![(0.0, 2.3e5), (0.006, 2.0e5), (0.014, 1.0e5)].into();
    let loss: Arc<[(f64, f64)]> = vec![(0.0, 0.0), (0.0005, 4e3), (0.002, 5e4), (0.01, 9e5)].into();
    let row = 0;
    let links: Vec<(usize, usize, Link, Part)> = vec![
        // Four pumps: on a power law behind a check valve, on a line, standing, and one that is too weak.
        (1, 2, pump.clone(), Pump { source: 0, unit: 1 }),
        (2, 0, Link::Check { r: 2.5e8, n: 1.9 }, Filter { source: 0, unit: 1 }),
        (1, 3, Link::TablePump { points: table, speed: 0.95 }, Pump { source: 0, unit: 2 }),
        (3, 0, Link::Check { r: 3.0e8, n: 2.0 }, Filter { source: 0, unit: 2 }),
        (1, 2, Link::Pump { shutoff: 2.4e5, b: 1.1e9, n: 2.3, speed: 0.0 }, Pump { source: 0, unit: 3 }),
        (1, 0, Link::Pump { shutoff: 2.4e5, b: 1.1e9, n: 2.3, speed: 0.4 }, Pump { source: 0, unit: 4 }),
        // Mains of different temperature, a valve without a length, a limiter beside the return.
        (0, 4, pipe(0.08, 14.0, 1.2, COLD), Part::Main { number: 1, side: Supply }),
        (4, 5, pipe(0.08, 22.0, 0.4, WARM), Part::Main { number: 2, side: Supply }),
        (6, 1, pipe(0.08, 35.0, 0.9, HOT), Part::Main { number: 1, side: Return }),
        (4, 7, pipe(0.05, 6.0, 2.0, WARM), Branch { consumer: 1, side: Supply }),
        (7, 9, Link::Resistance { r: 6.0e9, n: 2.0, local: 0.0 }, Exchanger { consumer: 1 }),
        (9, 8, Link::Limiter { flow: 0.0021, local: 1e8 }, Valve { consumer: 1 }),
        (8, 6, pipe(0.05, 6.0, 2.0, HOT), Branch { consumer: 1, side: Return }),
        (5, 1, Link::Limiter { flow: 0.0009, local: 2e8 }, Bypass),
        // Racks: a power law, one with a local loss, one behind a closed valve, and pipes without a length.
        (5, 10, pipe(0.05, 0.0, 0.8, WARM), RowValve { row }),
        (10, 11, Link::Power { r: 4.0e9, n: 1.88 }, Rack { row, slot: 1 }),
        (10, 12, pipe(0.04, 0.6, 0.2, WARM), Header { row, slot: 2, side: Supply }),
        (12, 13, Link::Resistance { r: 3.0e9, n: 1.85, local: 4e9 }, Rack { row, slot: 2 }),
        (12, 14, Link::Closed, RackValve { row, slot: 3 }),
        (14, 13, Link::Power { r: 4.0e9, n: 1.88 }, Rack { row, slot: 3 }),
        (13, 11, Link::Forward(Arc::new(pipe(0.04, 0.6, 0.2, HOT))), Header { row, slot: 2, side: Return }),
        (11, 6, Link::Breaker { drop: 9e3, local: 1e8 }, Back { row }),
        // A loss on a line that flows one way, and a slow pipe between laminar and turbulent.
        (4, 6, Link::Forward(Arc::new(Link::Table { points: loss })), Tank),
        (0, 6, pipe(0.012, 650.0, 0.5, COLD), Plant),
    ];
    let mut network = Network { nodes: vec![Node::default(); nodes.len()], links: Vec::new() };
    network.nodes[1].fixed = Some(0.0);
    network.nodes[5].demand = 0.0004;
    let mut parts = Vec::new();
    for (a, b, law, part) in links {
        network.links.push((a, b, law));
        parts.push(part);
    }
    let solution = pipe_network::solve(&network, &Options::default(), None);
    assert_eq!(solution.status, pipe_network::Status::Converged, "{:?}", solution.worst);
    Piping::of(network, nodes, parts, &solution, 0.92)
}

/// The tutorial plan with this network as that of its loop.
fn with(piping: Piping) -> (Plan, Catalog, Outcome) {
    let (plan, catalog, mut outcome) = (file::read(&layout("row.ron")).unwrap().plan, Catalog::builtin().unwrap(), Outcome::default());
    let pipes = Pipes { sources: vec![Id::from("CDU1")], consumers: vec![Id::from("R1"), Id::from("AH1")], piping: Arc::new(piping) };
    Arc::make_mut(&mut outcome.cooling).loops.insert(Id::from("L1"), LoopState { pipes, ..LoopState::default() });
    (plan, catalog, outcome)
}

#[test]
fn every_law_has_an_element_that_does_the_same() {
    let piping = every_law();
    // It does what it is there for.
    let of = |part: Part| piping.links.iter().position(|p| *p == part).unwrap();
    let state = |part: Part| piping.states[of(part)];
    assert_eq!(
        (state(Part::Valve { consumer: 1 }), state(Part::Bypass), state(Part::Pump { source: 0, unit: 4 }), state(Part::Pump { source: 0, unit: 3 })),
        (LinkState::Regulating, LinkState::Regulating, LinkState::Shut, LinkState::Shut)
    );
    let reynolds = |k: usize, d: f64, (rho, mu): (f64, f64)| 4.0 * piping.flows[k] * rho / (std::f64::consts::PI * d * mu);
    let slow = reynolds(of(Part::Plant), 0.012, COLD);
    // With the reference fluid it would be turbulent and lose more.
    assert!((1700.0..2300.0).contains(&slow), "{slow}");
    let (plan, catalog, outcome) = with(piping);
    let list = sources(&outcome);
    let written = write(&plan, &catalog, &outcome, &list);
    let flow = flow_of(&written);
    let (flows, pressures) = differences(&list, &written.text, &flow);
    assert!(flows < 1e-6 && pressures < 1e-6, "{flows:.1e}, {pressures:.1e}");

    // What EPANET finds for such a file.
    let case = root().join("tests/cases/hydraulic/laws");
    let text = std::fs::read_to_string(case.join("network.inp")).unwrap();
    let same = solve(&read(text.as_bytes()).unwrap());
    let (flows, pressures) = differences(&list, &text, &same);
    assert!(flows < 1e-6 && pressures < 1e-6, "the file that EPANET solved is another network: {flows:.1e}, {pressures:.1e}");
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(case.join("expected.json")).unwrap()).unwrap();
    let within = expected["within"].as_f64().unwrap();
    let theirs = |list: &str, id: &str| expected[list][id].as_f64().unwrap();
    for link in &flow.links {
        let (ours, theirs) = (link.flow * 1e3, theirs("flows_l_s", &link.id));
        assert!((ours - theirs).abs() <= within * theirs.abs() + 2e-5, "{}: {ours} L/s, {theirs} with EPANET", link.id);
    }
    for node in flow.nodes.iter().filter(|n| n.head.is_finite() && !n.id.contains('~')) {
        let theirs = theirs("heads_m", &node.id);
        assert!((node.head - theirs).abs() <= within * theirs.abs(), "{}: {} m, {theirs} with EPANET", node.id, node.head);
    }
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
fn the_command_writes_a_file_that_pipes_solves() {
    let (_folder, path) = target("loops.inp");
    let file = path.to_str().unwrap();
    let output = megawatt(&["export", "layouts/row.ron", "--to", "epanet", "-o", file]);
    assert!(output.status.success() && output.stdout.is_empty() && err(&output).contains("saved 3 networks"), "{}", err(&output));
    let output = megawatt(&["pipes", file, "--json"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", err(&output));
    let flow: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((flow["title"].as_str(), flow["convergence"]["status"].as_str()), (Some("One row"), Some("converged")));
    // The tutorial's racks want 1.88 L/s each at 39 degrees C (GB300 table: 113 L/min).
    let rack = flow["links"].as_array().unwrap().iter().find(|l| l["id"] == "R1/1").unwrap();
    assert!((rack["flow_m3_s"].as_f64().unwrap() * 6e4 - 113.0).abs() < 2.0, "{rack}");
    // The same plan gives the same bytes, and lines that EPANET reads.
    let first = std::fs::read_to_string(&path).unwrap();
    assert!(megawatt(&["export", "layouts/row.ron", "--to", "epanet", "-o", file]).status.success());
    assert_eq!(first, std::fs::read_to_string(&path).unwrap());
    assert!(first.lines().all(|l| l.len() < 256) && first.lines().skip(1).take(3).all(|l| l.len() < 80));
    // One of them alone.
    let output = megawatt(&["export", "layouts/row.ron", "--to", "epanet", "-o", file, "--network", "FWS1"]);
    assert!(output.status.success() && err(&output).contains("saved 1 networks"), "{}", err(&output));
    let one = std::fs::read_to_string(&path).unwrap();
    assert!(one.contains("\nFWS1/return\t") && !one.contains("\nR1/1\t"));
}

#[test]
fn nodes_lie_where_the_plan_has_them() {
    let (plan, catalog, outcome) = solved(&layout("row.ron"), &[]);
    let written = write(&plan, &catalog, &outcome, &sources(&outcome));
    let (_, rest) = written.text.split_once("[COORDINATES]").unwrap();
    let cells = rest.lines().skip(2).take_while(|l| !l.is_empty()).map(|l| l.split('\t').collect::<Vec<_>>());
    let places: BTreeMap<&str, (f64, f64)> = cells.map(|c| (c[0], (c[1].parse().unwrap(), c[2].parse().unwrap()))).collect();
    assert_eq!(places.len(), written.nodes);
    // The row begins at (19, 15) and is eight slots of 0.6 m long.
    let slot = |n: usize| places[format!("R1/supply_{n}").as_str()];
    assert!((slot(1).0 - 19.3).abs() < 1e-3 && (slot(8).0 - 23.5).abs() < 1e-3 && slot(1).1 > 15.0 && slot(1).1 < places["R1/return_1"].1);
    assert!(places.values().all(|(x, y)| (0.0..60.0).contains(x) && (0.0..30.0).contains(y)), "{places:?}");
    let distinct: HashSet<String> = places.values().map(|p| format!("{p:?}")).collect();
    assert!(distinct.len() + 2 >= places.len(), "{places:?}");
}

#[test]
fn what_has_no_solution_or_no_pipes_is_refused() {
    let (folder, path) = target("x.inp");
    let file = path.to_str().unwrap();
    let changed = |name: &str, from: &str, to: &str| {
        let text = layout("row.ron");
        assert!(text.contains(from));
        let path = folder.path().join(name);
        std::fs::write(&path, text.replace(from, to)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let narrow = changed("narrow.ron", "header: \"125 mm\"", "header: \"1e-300 mm\"");
    let odd = changed("odd.ron", "R1", "R 1; \\\"[é");
    let (text, start) = (layout("row.ron"), "    tcs: [");
    let bare = folder.path().join("bare.ron");
    // Without loops and all that hangs on them.
    let without = |text: &str, list: &str| {
        let (before, rest) = text.split_once(&format!("    {list}: [\n")).unwrap();
        format!("{before}{}", rest.split_once("    ],\n").unwrap().1)
    };
    assert!(text.contains(start));
    let text = ["tcs", "cdus", "air_handlers", "fws", "coolers"].iter().fold(text.replace(", tcs: \"L1\"", ""), |text, list| without(&text, list));
    std::fs::write(&bare, text).unwrap();
    let plain = "layouts/row.ron";
    for (arguments, code, says) in [
        (&[narrow.as_str()] as &[&str], 1, "coolant loop L1 has no solution"),
        (&[bare.to_str().unwrap()], 2, "nothing flows in any coolant loop or facility water system of the plan"),
        (&[plain, "--network", "L2"], 2, "no coolant loop or facility water system is called `L2`; did you mean `L1`"),
        (&[plain, "--network", "L1", "--out", "CDU1"], 2, "nothing flows in coolant loop L1"),
        (&[plain, "--to", "matpower", "--network", "L1"], 2, "--network"),
    ] {
        let mut all = vec!["export", "-o", file];
        if !arguments.contains(&"--to") {
            all.extend(["--to", "epanet"]);
        }
        all.extend(arguments);
        let output = megawatt(&all);
        assert_eq!((output.status.code(), output.stdout.len(), path.exists()), (Some(code), 0, false), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(says), "{arguments:?}: {}", err(&output));
    }
    // A loop that has no solution does not keep the others from being written, and odd names become ids.
    assert!(megawatt(&["export", "-o", file, "--to", "epanet", &narrow, "--network", "FWS1"]).status.success());
    let output = megawatt(&["export", "-o", file, "--to", "epanet", &odd]);
    assert!(output.status.success(), "{}", err(&output));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("\nR_1_____/1\t") && text.contains(";R 1; \"[é/1\n"), "{text}");
    assert!(megawatt(&["pipes", file]).status.success());
}
