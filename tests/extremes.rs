//! Plans that are legal and absurd: each solves in time, and says nothing that can't be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use megawatt::plan::{Catalog, file};
use megawatt::session::{Solved, Terms, prepare};
use megawatt::solve::BranchKind;
use std::time::{Duration, Instant};

/// Longer than any of these takes, on a slow machine in a development build.
const HANGS: Duration = Duration::from_secs(60);

fn text_of(name: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(name)).unwrap()
}

/// The text with some things changed; a change that finds nothing to change is a fault of the test.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the layout has no `{from}` any more");
        text.replace(from, to)
    })
}

fn without_lines(text: &str, part: &str) -> String {
    assert!(text.contains(part), "the layout has no `{part}` any more");
    text.lines().filter(|l| !l.contains(part)).map(|l| format!("{l}\n")).collect()
}

/// Solves a text and holds what must hold of every answer.
fn solve(name: &str, text: &str) -> Solved {
    let loaded = file::read(text).unwrap_or_else(|e| panic!("{name}: {e}"));
    let start = Instant::now();
    let solved = prepare(&loaded, None, &Terms::default()).unwrap().solve();
    let took = start.elapsed();
    assert!(took < HANGS, "{name} took {took:?}");
    let (o, s) = (&solved.outcome, &solved.outcome.summary);
    assert!(s.pue.is_none_or(|p| p >= 1.0 || p.is_nan()), "{name}: a PUE of {:?}", s.pue);
    for b in &o.power.branches {
        assert!(b.loss.watts() >= -1e-3 || b.loss.watts().is_nan(), "{name}: {} loses {}", b.id, b.loss);
    }
    for (what, value) in [("energy", s.energy.joules()), ("water", s.water.cubic_meters()), ("carbon", s.carbon.kilograms()), ("cost", s.cost.dollars())] {
        assert!(value >= 0.0, "{name}: {what} of {value}");
    }
    for (id, system) in &o.cooling.fws {
        assert!(system.pump_power.watts() >= 0.0 && !system.supply.kelvin().is_infinite(), "{name}: {id}");
    }
    for h in [&o.year.hourly.facility, &o.year.hourly.grid, &o.year.hourly.unserved] {
        assert!(h.iter().all(|w| *w >= -1e-3 && w.is_finite()), "{name}: an hour of the year");
    }
    let report = serde_json::to_string(&megawatt::cli::report(&solved, None)).unwrap();
    serde_json::from_str::<serde_json::Value>(&report).unwrap();
    solved
}

fn rules(solved: &Solved) -> Vec<&'static str> {
    solved.assessment.findings.iter().map(|f| f.rule).collect()
}

fn told(solved: &Solved, rule: &str) {
    assert!(rules(solved).contains(&rule), "no `{rule}` in {:?}", solved.assessment.findings);
}

#[test]
fn counts_from_none_to_the_most() {
    let row = text_of("row.ron");
    let none = solve("no racks", &with(&row, &[("count: 8", "count: 0")]));
    assert_eq!((none.outcome.summary.racks, none.outcome.summary.pue), (0, None));
    let many = solve("three thousand racks", &with(&row, &[("count: 8", "count: 3000")]));
    assert_eq!(many.outcome.summary.racks, 3_000);
    assert!(many.assessment.broken().count() > 3);
    solve(
        "twenty thousand CDUs on a rack",
        &with(&row, &[("count: 8", "count: 1"), ("model: \"hpe-in-row-1300\"", "model: \"hpe-in-row-1300\", units: 20000")]),
    );
    solve("no units", &with(&row, &[("units: 3, redundant: 1", "units: 0"), ("pumps: 2, redundant: 1", "pumps: 0"), ("modules: 1", "modules: 0")]));
    solve("all spare", &with(&row, &[("redundant: 1", "redundant: 3"), ("modules: 1", "modules: 1, redundant: 9")]));
}

#[test]
fn sizes_from_a_hair_to_a_continent() {
    let row = text_of("row.ron");
    for (name, from, to) in [
        ("hair", "header: \"125 mm\"", "header: \"1 um\""),
        ("tunnel", "header: \"125 mm\"", "header: \"1 km\""),
        ("hair main", "main: \"150 mm\"", "main: \"1 um\""),
        ("rough", "roughness: \"45 um\"", "roughness: \"3 m\""),
        ("smooth", "roughness: \"45 um\"", "roughness: \"0 m\""),
        ("far", "at: (47.0, 4.0)", "at: (1000000.0, -1000000.0)"),
        ("far pumps", "at: (34.0, 10.0)", "at: (-1000000.0, 1000000.0)"),
        ("far CDU", "at: (24.0, 15.0)", "at: (1000000.0, 1000000.0)"),
        ("far block", "at: (20.0, 0.0)", "at: (1000000.0, 1000000.0)"),
        ("long feeder", "length: \"40 m\"", "length: \"40000 km\""),
        ("short feeder", "length: \"40 m\"", "length: \"1 um\""),
        ("weak grid", "short_circuit: \"250 MVA\"", "short_circuit: \"1e-9 VA\""),
        ("low bus", "voltage: \"13.8 kV\"", "voltage: \"1 V\""),
        ("high bus", "voltage: \"13.8 kV\"", "voltage: \"1e9 kV\""),
        ("large hall", "size: (16.0, 12.0)", "size: (1000000.0, 1e-9)"),
        ("wide", "count: 8,", "count: 8, pitch: \"1e9 km\","),
        ("narrow", "count: 8,", "count: 8, pitch: \"1e-300 m\","),
        ("firm", "firm: \"2 MW\"", "firm: \"1e300 MW\""),
    ] {
        solve(name, &with(&row, &[(from, to)]));
    }
    let places = all_at_one_place(&row);
    solve("everything at one place", &places);
}

/// Every place of the plan at the same point.
fn all_at_one_place(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(" at: (") {
        out.push_str(&rest[..at]);
        out.push_str(" at: (3.0, 3.0)");
        let after = &rest[at + 6..];
        rest = &after[after.find(')').unwrap() + 1..];
    }
    out + rest
}

#[test]
fn temperatures_at_the_edge() {
    let row = text_of("row.ron");
    for celsius in ["-10 °C", "0 °C", "4 °C", "60 °C", "90 °C", "95 °C"] {
        solve("chilled water", &with(&row, &[("supply: \"10 °C\"", &format!("supply: \"{celsius}\""))]));
        solve("facility water", &with(&row, &[("supply: \"36 °C\"", &format!("supply: \"{celsius}\""))]));
        solve("coolant", &with(&row, &[("supply: \"39 °C\"", &format!("supply: \"{celsius}\""))]));
        solve("air", &with(&row, &[("supply_air: \"24 °C\"", &format!("supply_air: \"{celsius}\""))]));
    }
    for recirculation in ["0 %", "99.999 %", "100 %"] {
        solve("recirculation", &with(&row, &[("recirculation: \"5 %\"", &format!("recirculation: \"{recirculation}\""))]));
    }
    let loaded = file::read(&with(&row, &[("dry_bulb: \"39.5 °C\", wet_bulb: \"26 °C\"", "dry_bulb: \"-40 °C\", wet_bulb: \"70 °C\"")])).unwrap();
    for scenario in ["heat-wave", "idle", "block-lost", "nowhere"] {
        let terms = Terms { scenario: Some(scenario.into()), ..Terms::default() };
        let solved = prepare(&loaded, None, &terms).unwrap().solve();
        assert!(solved.outcome.summary.pue.is_none_or(|p| p >= 1.0), "{scenario}");
    }
    let idle = solve("idle", &with(&row, &[("gpu: \"85 %\", cpu: \"40 %\"", "gpu: \"0 %\", cpu: \"0 %\"")]));
    assert!(idle.outcome.summary.it_power.watts() > 0.0, "racks draw power at no work");
}

#[test]
fn every_site_of_the_library() {
    let catalog = Catalog::builtin().unwrap();
    for name in ["row.ron", "enterprise.ron"] {
        let loaded = file::read(&text_of(name)).unwrap();
        for site in &catalog.sites {
            let plan = loaded.plan.at_site(&site.id);
            let solved = solve(&site.id, &file::write(&plan, "").unwrap());
            let s = &solved.outcome.summary;
            assert!(s.pue.unwrap() < 2.0 && s.cost.dollars() > 0.0, "{}: {s:?}", site.id);
        }
    }
    let unknown = solve("no such site", &with(&text_of("row.ron"), &[("chicago-il", "atlantis")]));
    told(&unknown, "unknown-model");
    let nameless = solve("no site", &with(&text_of("row.ron"), &[("chicago-il", "")]));
    told(&nameless, "unknown-model");
}

#[test]
fn chains_that_loop_and_chains_that_end_nowhere() {
    let row = text_of("row.ron");
    let more = |extra: &str, changes: &[(&str, &str)]| with(&with(&row, changes), &[("    blocks: [", &format!("{extra}    blocks: ["))]);
    let bus = |id: &str| format!("(id: \"{id}\", voltage: \"13.8 kV\", at: (5.0, 5.0)),");
    let buses = |ids: &[&str]| ids.iter().map(|i| bus(i)).collect::<String>();
    let second =
        |ids: &[&str]| format!("(id: \"POI\", name: \"13.8 kV switchgear\", voltage: \"13.8 kV\", rating: \"1200 A\", at: (2.0, 2.0)), {}", buses(ids));
    let poi = "(id: \"POI\", name: \"13.8 kV switchgear\", voltage: \"13.8 kV\", rating: \"1200 A\", at: (2.0, 2.0), assumed: \"Rating.\"),";
    let feeder = |id: &str, from: &str, to: &str| format!("(id: \"{id}\", from: \"{from}\", to: \"{to}\", conductor: \"cable-15kv-750\", length: \"100 m\"),");
    // A ring main: three buses, each joined to the next.
    let ring = more(
        &format!("    feeders: [{}{}{}{}],\n", feeder("F1", "POI", "X"), feeder("F2", "X", "Y"), feeder("F3", "Y", "POI"), feeder("F4", "X", "X")),
        &[(poi, &second(&["X", "Y"])), ("name: \"Block B\", from: \"POI\"", "name: \"Block B\", from: \"Y\"")],
    );
    let ring = solve("ring", &ring);
    let share = |id: &str| ring.outcome.power.branches.iter().find(|b| b.id == id).unwrap().p_from.watts().abs();
    // Two ways to Y, one twice as long as the other: currents two to one.
    assert!((share("F3") / share("F1") - 2.0).abs() < 1e-2, "{} {}", share("F3"), share("F1"));
    // A block fed from a bus fed from itself, and a block fed from a block.
    for (name, from) in [("itself", "B-A"), ("each other", "B-B"), ("nothing", "NOWHERE"), ("the row", "R1"), ("a lonely bus", "X")] {
        let text = more("", &[(poi, &second(&["X"])), ("name: \"Block A\", from: \"POI\"", &format!("name: \"Block A\", from: \"{from}\""))]);
        let solved = solve(name, &text);
        assert!(!rules(&solved).is_empty(), "{name}: nothing to say about it");
    }
    let both = with(
        &row,
        &[("name: \"Block A\", from: \"POI\"", "name: \"Block A\", from: \"B-B\""), ("name: \"Block B\", from: \"POI\"", "name: \"Block B\", from: \"B-A\"")],
    );
    told(&solve("a circle", &both), "no-power");
    // Transformers the wrong way round, and between the same two buses in both directions.
    let t = |id: &str, from: &str, to: &str| format!("(id: \"{id}\", from: \"{from}\", to: \"{to}\", model: \"unit-13.8-2500\", at: (8.0, 8.0)),");
    let low = "(id: \"POI\", voltage: \"13.8 kV\", at: (2.0, 2.0)), (id: \"LV\", voltage: \"480 V\", at: (5.0, 5.0)),";
    for list in [t("T1", "POI", "LV") + &t("T2", "LV", "POI"), t("T1", "LV", "POI"), t("T1", "POI", "POI")] {
        solve("transformers", &more(&format!("    transformers: [{list}],\n"), &[(poi, low), ("house: \"8 kW\", a: \"B-A\"", "house: \"8 kW\", a: \"LV\"")]));
    }
}

#[test]
fn supplies_of_every_kind() {
    let row = text_of("row.ron");
    let grid = "(id: \"G1\", name: \"Utility feeder\"";
    let two = with(&row, &[(grid, "(id: \"G2\", bus: \"POI\", steps: [], short_circuit: \"1 MVA\", at: (-30.0, 0.0)), (id: \"G1\", name: \"Utility feeder\"")]);
    let (one, two) = (solve("one grid", &row), solve("two grids on a bus", &two));
    assert_eq!(one.outcome.summary.poi_peak, two.outcome.summary.poi_peak);
    let islanded = |sources: &str| with(&without_lines(&row, grid), &[("    buses: [", &format!("{sources}\n    buses: ["))]);
    let catalog = Catalog::builtin().unwrap();
    let (engine, battery) = (&catalog.generators[0].id, &catalog.batteries[0].id);
    let generators = |n: u32| format!("    generators: [(id: \"GEN1\", bus: \"POI\", model: \"{engine}\", units: {n}, at: (-60.0, 0.0))],");
    let batteries = format!("    batteries: [(id: \"BESS1\", bus: \"POI\", model: \"{battery}\", at: (-60.0, 30.0))],");
    let enough = solve("generators alone", &islanded(&generators(3)));
    assert_eq!((enough.outcome.year.unserved_hours, enough.outcome.summary.poi_peak), (0, one.outcome.summary.poi_peak));
    assert!(enough.outcome.bill.lines.iter().any(|l| l.label.starts_with("Gas")), "{:?}", enough.outcome.bill.lines);
    // Without a grid, too little on-site power must be said all the same.
    for (name, text) in [("no unit", islanded(&generators(0))), ("battery alone", islanded(&batteries)), ("nothing", islanded(""))] {
        let solved = solve(name, &text);
        assert!(solved.outcome.year.unserved_hours > 8000, "{name}: {} h", solved.outcome.year.unserved_hours);
        assert!(solved.assessment.broken().any(|f| f.rule == "unserved"), "{name}: {:?}", solved.assessment.findings);
    }
}

#[test]
fn halls_in_halls_and_water_without_pumps() {
    let row = text_of("row.ron");
    let hall = "    halls: [";
    let inner = "    halls: [(id: \"H2\", at: (15.0, 11.0), size: (4.0, 4.0), supply_air: \"24 °C\", recirculation: \"0 %\"),";
    told(&solve("a hall in a hall", &with(&row, &[(hall, inner)])), "overlap");
    let dry = solve("no pumps", &with(&row, &[("pumps: 2, redundant: 1", "pumps: 0")]));
    assert!(dry.assessment.broken().count() > 0);
    let hot = &dry.outcome.cooling.loops.values().next().unwrap();
    assert!(!hot.held && !hot.supply.is_finite(), "{hot:?}");
    let heads = solve("tiny CDU", &with(&row, &[("header: \"125 mm\"", "header: \"10 mm\"")]));
    told(&heads, "loop-flow");
    assert!(heads.outcome.power.branches.iter().any(|b| b.kind == BranchKind::Busway && b.load > 0.0));
}
