//! Whatever is typed, clicked or found on a disk: an answer or a sentence, never a crash, and nothing lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use megawatt::edit::{Command, Document, Gesture};
use megawatt::plan::{Catalog, Element, Id, Kind, Plan, Point, file};
use megawatt::session::{Session, Terms, prepare};
use megawatt::units::{self, Quantity};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Longer than any solve of a plan of this size, on a slow machine in a development build.
const HANGS: Duration = Duration::from_secs(20);

fn text_of(name: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(name)).unwrap()
}

fn plan_of(name: &str) -> Plan {
    file::read(&text_of(name)).unwrap().plan
}

// ---- commands -------------------------------------------------------------------------------------------------------------------------

/// What a planner, a script or a cat on the keyboard may type into a field.
const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "3",
    "-1",
    "20000",
    "20001",
    "4294967295",
    "4294967296",
    "1e30",
    "1e308",
    "NaN",
    "inf",
    "-0",
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "[1,2]",
    "[1e308,-1e308]",
    "{\"1\":\"\"}",
    "{\"0\":\"x\",\"9\":\"cpu-rack\"}",
    "(1, 2)",
    "45 °C",
    "-300 °C",
    "1e300 GW",
    "1e308 GW",
    "0 W",
    "-1 W",
    "12 MW",
    "1e-300 m",
    "1 um",
    "1e308 km",
    "50 %",
    "101 %",
    "-1 %",
    "1e999 %",
    "1,500 kW",
    "1.5 kPa",
    "H1",
    "R1",
    "POI",
    "B-A",
    "B-B",
    "nowhere",
    "gb300-nvl72",
    "cpu-rack",
    "crah-120",
    "york-ycal-101",
    "Pg25",
    "Water",
    "A4",
    "2026-11",
    "2026-13",
    "9999-01",
    "\u{202e}naïve\u{0}日本\u{1f525}",
    "\"quoted\" \\ \n line",
    "chicago-il",
    "el-paso-tx",
    "[{\"from\":\"2026-01\",\"firm\":\"1 MW\"}]",
];

fn pick<T: Clone + std::fmt::Debug + 'static>(of: Vec<T>) -> impl Strategy<Value = T> + Clone {
    proptest::sample::select(of)
}

fn ids(plan: &Plan) -> Vec<Id> {
    let mut ids: Vec<Id> = plan.elements.keys().cloned().collect();
    ids.extend(["", "nowhere", "R2", "R1-2", "contract", "campus", "R18446744073709551615", "日本"].map(Id::from));
    ids
}

/// Elements to put in: those of the plan under their own and under other names, also the names of other kinds.
fn elements(plan: &Plan) -> impl Strategy<Value = Element> + use<> {
    let all: Vec<Element> = plan.elements.values().cloned().collect();
    let contract: Element =
        file::read_ron::<megawatt::plan::Contract>("(fee: \"1 M$\", from: \"2026-01\", until: \"2030-12\", exit_notice: \"90 d\")").unwrap().into();
    let all: Vec<Element> = all.into_iter().chain([contract]).collect();
    (pick(all), proptest::option::of(pick(ids(plan)))).prop_map(|(mut element, id)| {
        if let Some(id) = id {
            element.set_id(id);
        }
        element
    })
}

fn points() -> impl Strategy<Value = Point> {
    let number = prop_oneof![Just(0.0), Just(1e6), Just(-1e30), Just(f64::NAN), Just(f64::INFINITY), Just(5e-324), -50.0..50.0];
    (number.clone(), number).prop_map(|(x, y)| Point(x, y))
}

fn commands(plan: &Plan) -> impl Strategy<Value = Command> + use<> {
    let mut fields: Vec<(Id, String)> = Vec::new();
    for (id, element) in &plan.elements {
        let known = element.fields().unwrap();
        let optional = [
            "name",
            "assumed",
            "cap",
            "gpu",
            "others",
            "pitch",
            "b",
            "tcs",
            "redundant",
            "weather",
            "water_cap",
            "house",
            "life",
            "modules",
            "colour",
            "id",
            "",
        ];
        fields.extend(known.keys().map(String::as_str).chain(optional).map(|f| (id.clone(), f.to_owned())));
    }
    let values = prop_oneof![4 => pick(VALUES.iter().map(|v| (*v).to_owned()).collect()), 1 => any::<String>(), 1 => any::<f64>().prop_map(|x| x.to_string())];
    let some = proptest::collection::vec(pick(ids(plan)), 0..4);
    let one = prop_oneof![
        6 => (pick(fields), values).prop_map(|((id, field), value)| Command::Set { id, field, value }),
        2 => elements(plan).prop_map(Command::Add),
        2 => elements(plan).prop_map(Command::Replace),
        2 => some.clone().prop_map(|ids| Command::Remove { ids }),
        2 => (some.clone(), points()).prop_map(|(ids, by)| Command::Move { ids, by }),
        2 => (some, points(), prop_oneof![0..4_u32, Just(1000), Just(1001), Just(u32::MAX)]).prop_map(|(ids, by, times)| Command::Duplicate { ids, by, times }),
        1 => pick(vec!["el-paso-tx", "", "nowhere", "chicago-il"]).prop_map(|s| Command::AtSite { library: s.to_owned() }),
    ];
    let several = proptest::collection::vec(one.clone(), 0..4).prop_map(|commands| Command::Batch { label: "several".to_owned(), commands });
    prop_oneof![5 => one, 1 => several]
}

/// A command with the gesture it may belong to.
fn edits(plan: &Plan, most: usize) -> impl Strategy<Value = Vec<(Command, Option<u64>)>> + use<> {
    proptest::collection::vec((commands(plan), proptest::option::weighted(0.3, 0..2_u64)), 1..most)
}

fn text(document: &Document) -> String {
    file::write(document.plan(), "").unwrap()
}

/// Carries the edits out and holds what must hold of every single one.
fn run(plan: &Plan, edits: &[(Command, Option<u64>)]) -> Document {
    let mut document = Document::new(plan.clone());
    let start = text(&document);
    for (command, gesture) in edits {
        let (before, steps) = (document.plan().clone(), document.steps().len());
        match document.apply(command, gesture.map(Gesture)) {
            Err(e) => {
                assert!(!e.to_string().is_empty());
                assert_eq!(document.plan(), &before, "a refused command changed the plan: {command:?}");
                assert_eq!(document.steps().len(), steps);
            }
            Ok(()) => {
                for kind in [Kind::Campus, Kind::Site, Kind::Workload] {
                    assert_eq!(document.plan().elements.values().filter(|e| e.kind() == kind).count(), 1, "after {command:?}");
                }
                assert!(document.plan().elements.iter().all(|(id, e)| e.id() == id), "after {command:?}");
            }
        }
    }
    let end = text(&document);
    // What was edited saves to a text that loads as the same plan, and saving that again changes no byte.
    let again = file::read(&end).unwrap_or_else(|e| panic!("what was saved does not load: {e}\n{end}"));
    assert_eq!(file::write(&again.plan, "").unwrap(), end);
    assert!(again.ignored.is_empty());
    assert_eq!(*again.plan.elements.values().collect::<Vec<_>>(), *document.plan().elements.values().collect::<Vec<_>>());
    let steps = document.steps().len();
    while document.undo().is_some() {}
    assert_eq!(text(&document), start, "undoing everything leads elsewhere");
    assert!(!document.is_changed());
    for _ in 0..steps {
        document.redo().unwrap();
    }
    assert!(document.redo().is_none());
    assert_eq!(text(&document), end, "redoing everything leads elsewhere");
    document
}

/// Everything an answer says, without the times.
fn said(session: &Session) -> String {
    let s = session.solved().unwrap();
    let o = &s.outcome;
    format!("{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}", o.problems, o.loads, o.cooling, o.power, o.supply, o.year, o.bill, o.summary, s.assessment)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_commands_keep_a_document_whole(edits in edits(&plan_of("row.ron"), 12)) {
        run(&plan_of("row.ron"), &edits);
    }

    #[test]
    fn any_text_is_a_plan_or_a_sentence(change in mutations(), name in pick(vec!["row.ron", "enterprise.ron"])) {
        let text = mutated(&text_of(name), &change);
        match file::read(&text) {
            Ok(loaded) => {
                // What loads can be saved, and what was saved loads.
                let saved = file::write(&loaded.plan, &loaded.header).unwrap();
                let again = file::read(&saved).unwrap_or_else(|e| panic!("what was saved does not load: {e}\n{saved}"));
                prop_assert_eq!(file::write(&again.plan, &again.header).unwrap(), saved);
            }
            Err(e) => prop_assert!(!e.to_string().is_empty()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_solve_and_the_incremental_answer_is_the_one_from_scratch(edits in edits(&plan_of("row.ron"), 6)) {
        let plan = plan_of("row.ron");
        let mut session = Session::inline(plan).unwrap();
        let start = Instant::now();
        for (command, gesture) in &edits {
            let _ = session.apply(command, gesture.map(Gesture));
        }
        prop_assert!(start.elapsed() < HANGS * edits.len() as u32, "{:?}", start.elapsed());
        let scratch = Session::inline((**session.plan()).clone()).unwrap();
        prop_assert_eq!(said(&session), said(&scratch));
        sound(&session);
    }

    #[test]
    fn any_text_that_loads_solves(changes in mutations(), name in pick(vec!["row.ron", "enterprise.ron"])) {
        let text = mutated(&text_of(name), &changes);
        if let Ok(loaded) = file::read(&text) {
            let start = Instant::now();
            let session = Session::inline(loaded.plan).unwrap();
            prop_assert!(start.elapsed() < HANGS, "{:?}", start.elapsed());
            sound(&session);
        }
    }
}

/// What no answer may say, whatever was asked.
fn sound(session: &Session) {
    let solved = session.solved().unwrap();
    let report = serde_json::to_value(megawatt::cli::report(solved, None)).unwrap();
    let s = &solved.outcome.summary;
    if let Some(pue) = s.pue {
        assert!(pue.is_nan() || pue >= 1.0 - 1e-9, "a PUE of {pue}");
    }
    for (name, value) in [("energy", s.energy.si()), ("water", s.water.si()), ("carbon", s.carbon.si()), ("cost", s.cost.si()), ("peak", s.poi_peak.si())] {
        assert!(value.is_nan() || value >= 0.0, "{name} of {value}");
    }
    for b in &solved.outcome.power.branches {
        assert!(b.loss.is_finite() || b.loss.watts().is_nan());
    }
    assert!(report["schema"].is_string(), "{report}");
}

// ---- texts ----------------------------------------------------------------------------------------------------------------------------

/// One way to harm a text: where (as a share of it), how, and with what.
type Mutation = (f64, u8, String);

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let with = pick(
        [
            "(",
            ")",
            "[",
            "]",
            "\"",
            ",",
            "0",
            "-",
            "9999999999",
            "1e30",
            "0 %",
            "-1",
            "None",
            "Some(",
            "//",
            "/*",
            "\u{0}",
            "\u{feff}",
            "°",
            "r#\"",
            "'",
            "nan",
            "\n",
            "#![enable(unwrap_newtypes)]",
        ]
        .map(str::to_owned)
        .to_vec(),
    );
    proptest::collection::vec((0.0..1.0, 0..7_u8, with), 1..4)
}

fn mutated(text: &str, changes: &[Mutation]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (place, how, with) in changes {
        let at = ((bytes.len() as f64 * place) as usize).min(bytes.len().saturating_sub(1));
        match how {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << (at % 7),
            2 => drop(bytes.splice(at..at, with.bytes())),
            // A line gone, a line twice.
            3 | 4 => {
                let end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n + 1);
                let begin = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
                let line = bytes[begin..end].to_vec();
                if *how == 3 { drop(bytes.drain(begin..end)) } else { drop(bytes.splice(end..end, line)) }
            }
            // The next number is another one.
            5 => {
                if let Some(begin) = bytes[at..].iter().position(u8::is_ascii_digit).map(|n| at + n) {
                    let end = bytes[begin..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| begin + n);
                    let other = ["0", "1", "20000", "99999", "1e300", "-5", "0.000001"][at % 7];
                    bytes.splice(begin..end, other.bytes());
                }
            }
            _ => drop(bytes.splice(at..at, with.bytes().cycle().take(300))),
        }
        if bytes.is_empty() {
            bytes.push(b'(');
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn depth_without_end_is_a_sentence() {
    let row = text_of("row.ron");
    for open in ["(", "[", "{", "Some(", "(a:", "[[", "/*", "((\"", "r#", "-", "{1:"] {
        for text in [
            open.repeat(300_000),
            row.replacen("halls: [", &format!("halls: [{}", open.repeat(200_000)), 1),
            row.replacen("format: 1,", &format!("format: 1, x: {},", open.repeat(200_000)), 1),
        ] {
            let start = Instant::now();
            let e = file::read(&text).expect_err("this is no plan");
            assert!(e.to_string().len() < 2000, "the sentence about {open} is endless");
            assert!(start.elapsed() < HANGS);
        }
    }
    for value in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000), "9".repeat(1_000_000)] {
        let mut document = Document::new(plan_of("row.ron"));
        for field in ["count", "others", "at", "name", "rack"] {
            let _ = document.apply(&Command::Set { id: Id::from("R1"), field: field.to_owned(), value: value.clone() }, None);
        }
        run(document.plan(), &[]);
    }
}

#[test]
fn an_element_never_takes_the_place_of_another_kind() {
    let plan = plan_of("row.ron");
    let mut contract: Element =
        file::read_ron::<megawatt::plan::Contract>("(fee: \"1 M$\", from: \"2026-01\", until: \"2030-12\", exit_notice: \"90 d\")").unwrap().into();
    contract.set_id(Id::from("R1"));
    let mut document = Document::new(plan.clone());
    document.apply(&Command::Add(contract), None).expect_err("the row R1 would be gone");
    let mut row = plan.get(&Id::from("R1")).unwrap().clone();
    row.set_id(Id::from("campus"));
    document.apply(&Command::Replace(row), None).expect_err("the campus would be gone");
    assert_eq!(**document.plan(), plan);
    // In a file likewise: an id that isn't written back would be lost.
    let text = text_of("row.ron").replacen("campus: (", "campus: (id: \"other\", ", 1);
    assert!(file::read(&text).expect_err("the campus has a fixed id").to_string().contains("campus"));
}

#[test]
fn ids_count_on_to_the_end() {
    let plan = plan_of("row.ron");
    for id in ["R18446744073709551615", "R99999999999999999999", "R000", "18446744073709551615", &format!("R{}", "0".repeat(70_000))] {
        let mut row = plan.get(&Id::from("R1")).unwrap().clone();
        row.set_id(Id::from(id));
        let copy = Command::Duplicate { ids: vec![Id::from(id)], by: Point(0.0, 0.0), times: 3 };
        let document = run(&plan, &[(Command::Add(row), None), (copy, None)]);
        assert_eq!(document.plan().rows().count(), 5, "{}", &id[..id.len().min(30)]);
    }
}

// ---- quantities -----------------------------------------------------------------------------------------------------------------------

/// Text of a quantity reads back: the same bits where they came from a text, and as near as the unit allows from any number.
fn round_trip<Q: Quantity>(si: f64, number: f64) {
    for unit in Q::UNITS {
        let typed = format!("{number} {}", unit.symbol);
        let Ok(once) = Q::parse(&typed) else { continue };
        let text = once.to_text();
        let again = Q::parse(&text).unwrap_or_else(|e| panic!("{typed} is written as {text}: {e}"));
        assert!(
            again.si().to_bits() == once.si().to_bits() || again.si() == 0.0 && once.si() == 0.0,
            "{typed} → {text}: {:e} is not {:e}",
            again.si(),
            once.si()
        );
    }
    let text = Q::from_si(si).to_text();
    let again = Q::parse(&text).unwrap_or_else(|e| panic!("{si:e} is written as {text}: {e}"));
    // A scale with an offset keeps no more digits than the offset leaves it.
    let grain = Q::UNITS.iter().map(|u| u.offset.abs()).fold(si.abs(), f64::max);
    assert!((again.si() - si).abs() <= 4.0 * f64::EPSILON * grain, "{si:e} is written as {text}, which is {:e}", again.si());
    assert_eq!(again.to_text(), text);
}

fn every_kind(si: f64, number: f64) {
    macro_rules! kinds { ($($kind:ident)*) => { $(round_trip::<units::$kind>(si, number);)* } }
    kinds!(Power ReactivePower ApparentPower Energy Temperature TemperatureDifference VolumeFlow MassFlow Pressure Length Area Volume Mass Voltage Current
        ImpedancePerLength Duration Ratio Money EnergyPrice FuelPrice DemandPrice CapacityPrice VolumePrice CarbonIntensity SpecificFlow Conductance HeatRate Ramp
        Density SpecificHeat Viscosity Conductivity Velocity);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn quantities_read_back_from_their_text(mantissa in -10.0..10.0_f64, exponent in -12..15_i32, digits in 1..18_usize) {
        let si = mantissa * 10.0_f64.powi(exponent);
        let number: f64 = format!("{:.*e}", digits - 1, si).parse().unwrap();
        every_kind(si, number);
    }
}

#[test]
fn quantities_at_the_ends_of_the_scale() {
    for x in [0.0, -0.0, 1e-9, 1e6, 999.9999999999, 999_999.999_999_9, 1e15, 1e20, 273.15, 0.1 + 0.2] {
        every_kind(x, x);
    }
    // Too large once it is in SI units: said at once, not found in the saved file.
    for text in ["1e308 GW", "-1e308 GW"] {
        assert!(units::Power::parse(text).expect_err("infinite").to_string().contains("finite"));
    }
    // A decimal comma is not a thousands separator, and ten times the power is no small matter.
    assert_eq!(units::Power::parse("1,500 kW").unwrap(), units::Power::from_megawatts(1.5));
    assert_eq!(units::Power::parse("1,234,567.5 W").unwrap(), units::Power::from_watts(1_234_567.5));
    for text in ["1,5 MW", "1,50 MW", "12,3456 MW", ",5 MW", "1,5,00 MW", "1.5,000 MW"] {
        assert!(units::Power::parse(text).is_err(), "{text} was read");
    }
}

// ---- whatever the catalog of a plan says ----------------------------------------------------------------------------------------------

#[test]
fn every_model_of_the_catalog_can_stand_in_a_plan() {
    let catalog = Catalog::builtin().unwrap();
    let plan = plan_of("row.ron");
    let mut session = Session::inline(plan).unwrap();
    let set = |id: &str, field: &str, value: &str| Command::Set { id: Id::from(id), field: field.to_owned(), value: value.to_owned() };
    for (kind, key, _) in catalog.entries() {
        let command = match kind {
            "rack" => set("R1", "rack", key),
            "CDU" => set("CDU1", "model", key),
            "air handler" => set("AH1", "model", key),
            "dry cooler" | "cooling tower" | "chiller" => set("HR1", "model", key),
            "pump" => set("FWS1", "pump", key),
            "transformer" => set("B-A", "transformer", key),
            "UPS" => set("B-A", "ups", key),
            "conductor" => set("B-A", "conductor", key),
            "busway" => set("R1", "busway", key),
            "diesel set" => set("B-A", "genset", key),
            "site" => Command::AtSite { library: key.to_owned() },
            "tariff" => set("site", "tariff", key),
            _ => continue,
        };
        session.apply(&command, None).unwrap_or_else(|e| panic!("{command:?}: {e}"));
        sound(&session);
        let o = &session.solved().unwrap().outcome;
        assert!(o.problems.is_empty(), "{command:?}: {:?}", o.problems);
        assert!(o.summary.pue.is_none_or(|p| p.is_finite()), "{command:?}");
        session.undo();
    }
}

#[test]
fn an_hour_that_never_comes_is_the_design_day() {
    let loaded = file::read(&text_of("row.ron")).unwrap();
    let at = |hour| prepare(&loaded, None, &Terms { hour, ..Terms::default() }).unwrap().solve().outcome.condition.clone();
    assert_eq!(format!("{:?}", at(Some(usize::MAX))), format!("{:?}", at(None)));
    assert_ne!(format!("{:?}", at(Some(0))), format!("{:?}", at(None)));
}

#[test]
fn another_feed_of_the_same_equipment_is_another_chain() {
    let mut session = Session::inline(plan_of("row.ron")).unwrap();
    for (id, field, value) in [("HR1", "a", "B-B"), ("CDU1", "b", ""), ("AH1", "a", "POI"), ("FWS1", "b", "B-A"), ("H1", "a", "B-B")] {
        session.apply(&Command::Set { id: Id::from(id), field: field.to_owned(), value: value.to_owned() }, None).unwrap();
        let scratch = Session::inline((**session.plan()).clone()).unwrap();
        assert!(said(&session) == said(&scratch), "{field} of {id} to {value}: the incremental answer is an old one");
    }
}
