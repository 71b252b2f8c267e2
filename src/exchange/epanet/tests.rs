//! Small files with answers by hand, and files that are no networks.

use super::*;
use proptest::prelude::*;

const FOOT: f64 = 0.3048;

fn flow_of(text: &str) -> Flow {
    solve(&read(text.as_bytes()).unwrap_or_else(|e| panic!("{e} in\n{text}")))
}

fn refusal(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().to_string()
}

fn link<'a>(flow: &'a Flow, id: &str) -> &'a FlowLink {
    flow.links.iter().find(|l| l.id == id).unwrap()
}

fn head(flow: &Flow, id: &str) -> f64 {
    flow.nodes.iter().find(|n| n.id == id).unwrap().head
}

/// Two reservoirs, 100 and 60 m, and a link of some kind between the junctions A and B on the way.
fn between(valve: &str, more: &str) -> String {
    format!(
        "[JUNCTIONS]\nA 10 0\nB 5 0\n[RESERVOIRS]\nR1 100\nR2 60\n[PIPES]\np R1 A 1000 300 130\nq B R2 1000 300 130\n[VALVES]\n{valve}\n\
         [OPTIONS]\nUNITS LPS\nHEADLOSS H-W\n{more}\n[END]\nwhat follows is no matter"
    )
}

#[test]
fn headloss_laws_are_those_of_the_manual() {
    // One pipe of 1,000 ft and 1 ft that carries 1 ft³/s: 4.727·130^−1.852·1000 ft, and (4·0.012/(1.49π))²·4^1.333·1000 ft.
    for (formula, roughness, feet) in [("H-W", 130.0, 0.574_914), ("C-M", 0.012, 0.667_33)] {
        let text = format!("[JUNCTIONS]\nA 0 1\n[RESERVOIRS]\nR 50\n[PIPES]\np R A 1000 12 {roughness}\n[OPTIONS]\nUNITS CFS\nHEADLOSS {formula}\n");
        let flow = flow_of(&text);
        assert!((link(&flow, "p").headloss / FOOT / feet - 1.0).abs() < 1e-4, "{formula}: {}", link(&flow, "p").headloss / FOOT);
        assert!((link(&flow, "p").velocity / FOOT - 4.0 / std::f64::consts::PI).abs() < 1e-6);
    }
    // Laminar, 0.1 L/s of 1e-4 m²/s in 50 mm over 10 m: 128 ν L q/(π g d⁴) with 32.2 ft/s².
    let text = "[JUNCTIONS]\nA 0 0.1\n[RESERVOIRS]\nR 50\n[PIPES]\np R A 10 50 0.1\n[OPTIONS]\nUNITS LPS\nHEADLOSS D-W\nVISCOSITY 1e-4\n";
    let wanted = 128.0 * 1e-4 * 10.0 * 1e-4 / (std::f64::consts::PI * 32.2 * FOOT * 0.05_f64.powi(4));
    assert!((link(&flow_of(text), "p").headloss / wanted - 1.0).abs() < 1e-9);
}

#[test]
fn units_patterns_and_demands_add_up() {
    for (unit, liters) in
        [("LPS", 1.0), ("LPM", 1.0 / 60.0), ("CMH", 1.0 / 3.6), ("CMD", 1.0 / 86.4), ("MLD", 1e6 / 86_400.0), ("GPM", 0.063_090_2), ("CFS", 28.316_85)]
    {
        let text = format!(
            "[JUNCTIONS]\nA 0 1 ;its own\nB 0 7 twice\n[DEMANDS]\nB 2 twice\nB 3\n[RESERVOIRS]\nR 500\n[PIPES]\np R A 10 900 130\nq A B 10 900 130 0.5 Open\n\
             [PATTERNS]\ntwice 5 2\n1 9 1.5\n[TIMES]\nPATTERN START 1:00\nPATTERN TIMESTEP 60 MIN\n[OPTIONS]\nUNITS {unit}\nDEMAND MULTIPLIER 2\n"
        );
        let flow = flow_of(&text);
        // A: 1·1.5·2; B: (2·2 + 3·1.5)·2.
        assert!((link(&flow, "p").flow * 1e3 / (20.0 * liters) - 1.0).abs() < 1e-6, "{unit}: {}", link(&flow, "p").flow);
        assert!((link(&flow, "q").flow * 1e3 / (17.0 * liters) - 1.0).abs() < 1e-6, "{unit}");
    }
}

#[test]
fn valves_do_what_their_setting_says() {
    let free = flow_of(&between("v A B 300 TCV 0", ""));
    let open = link(&free, "v").flow;
    assert!(open > 0.1 && link(&free, "v").status == "open");
    // 30 m over B's elevation of 5 m would be below R2; 70 m are held.
    let prv = flow_of(&between("v A B 300 PRV 70", ""));
    assert!((head(&prv, "B") - 75.0).abs() < 1e-9 && link(&prv, "v").status == "active", "{}", head(&prv, "B"));
    assert_eq!(
        (link(&flow_of(&between("v A B 300 PRV 30", "")), "v").status, link(&flow_of(&between("v A B 300 PRV 95", "")), "v").status),
        ("closed", "open")
    );
    let psv = flow_of(&between("v A B 300 PSV 85", ""));
    assert!((head(&psv, "A") - 95.0).abs() < 1e-9 && link(&psv, "v").status == "active");
    assert_eq!(
        (link(&flow_of(&between("v A B 300 PSV 95", "")), "v").status, link(&flow_of(&between("v A B 300 PSV 20", "")), "v").status),
        ("closed", "open")
    );
    let fcv = flow_of(&between("v A B 300 FCV 50", ""));
    assert!((link(&fcv, "v").flow - 0.05).abs() < 1e-12 && link(&fcv, "v").status == "active");
    assert_eq!(link(&flow_of(&between("v A B 300 FCV 5000", "")), "v").status, "open");
    let pbv = flow_of(&between("v A B 300 PBV 12", ""));
    assert!((head(&pbv, "A") - head(&pbv, "B") - 12.0).abs() < 1e-6);
    // A loss coefficient of 200 on v²/2g.
    let tcv = flow_of(&between("v A B 300 TCV 200", ""));
    let v = link(&tcv, "v").velocity;
    assert!((link(&tcv, "v").headloss - 200.0 * v * v / (2.0 * 32.2 * FOOT)).abs() < 1e-6);
    // 4 m at 40 L/s, 10 m at 60, on a straight line.
    let gpv = flow_of(&between("v A B 300 GPV C", "[CURVES]\nC 0 0\nC 40 4\nC 60 10\nC 900 20"));
    let q = link(&gpv, "v").flow * 1e3;
    let wanted = if q < 60.0 { 4.0 + 0.3 * (q - 40.0) } else { 10.0 + 10.0 / 840.0 * (q - 60.0) };
    assert!((link(&gpv, "v").headloss - wanted).abs() < 1e-6, "{q}");
    let shut = flow_of(&between("v A B 300 PRV 70", "[STATUS]\nv CLOSED"));
    assert!((link(&shut, "v").flow, link(&shut, "v").status) == (0.0, "closed") && (head(&shut, "A") - 100.0).abs() < 1e-6);
    let fixed = flow_of(&between("v A B 300 PRV 70", "[STATUS]\nv OPEN"));
    assert!((link(&fixed, "v").flow / open - 1.0).abs() < 1e-6);
}

fn pumped(pump: &str, curve: &str, more: &str) -> String {
    format!(
        "[JUNCTIONS]\nA 0 0\n[RESERVOIRS]\nR1 0\nR2 30\n[PIPES]\np A R2 100 200 120\n[PUMPS]\nu R1 A {pump}\n[CURVES]\n{curve}\n[OPTIONS]\nUNITS LPS\n{more}"
    )
}

#[test]
fn pumps_follow_curve_speed_and_power() {
    let one = flow_of(&pumped("HEAD C", "C 50 40", ""));
    let q = link(&one, "u").flow * 1e3;
    // 4/3·40 − 40/3·(q/50)².
    assert!((-link(&one, "u").headloss - (160.0 - 40.0 * (q / 50.0).powi(2)) / 3.0).abs() < 1e-7, "{q}");
    let slow = flow_of(&pumped("HEAD C SPEED 0.9", "C 50 40", ""));
    let q = link(&slow, "u").flow * 1e3;
    assert!((-link(&slow, "u").headloss - (160.0 * 0.81 - 40.0 * (q / 50.0).powi(2)) / 3.0).abs() < 1e-7, "{q}");
    // Too slow for 30 m: its valve shuts.
    assert_eq!(link(&flow_of(&pumped("HEAD C SPEED 0.5", "C 50 40", "")), "u").status, "closed");
    let many = flow_of(&pumped("HEAD C", "C 0 60\nC 20 50\nC 60 35\nC 90 5", ""));
    let q = link(&many, "u").flow * 1e3;
    assert!(q > 60.0 && (-link(&many, "u").headloss - (35.0 - (q - 60.0))).abs() < 1e-6, "{q}");
    // 20 kW on water: q·h·γ, within the rounding of EPANET's horsepower.
    let power = flow_of(&pumped("POWER 20", "", ""));
    let watts = -link(&power, "u").headloss * link(&power, "u").flow * 9806.65;
    assert!((watts / 20e3 - 1.0).abs() < 1e-3, "{watts}");
    let pattern = flow_of(&pumped("HEAD C PATTERN off", "C 50 40", "[PATTERNS]\noff 0 1\n"));
    assert_eq!((link(&pattern, "u").status, pattern.status), ("closed", "converged"));
    assert!(solve(&read(pumped("HEAD C", "C 0 10\nC 5 20\nC 9 5", "").as_bytes()).unwrap()).worst.unwrap().contains("pump `u`"));
}

#[test]
fn tanks_emitters_check_valves_and_controls() {
    let tank = |level: &str| {
        format!("[JUNCTIONS]\nA 0 0\n[RESERVOIRS]\nR 50\n[TANKS]\nT 20 {level} 1 9 10\n[PIPES]\np R A 10 100 130\nq A T 10 100 130\n[OPTIONS]\nUNITS LPS\n")
    };
    // Full: takes nothing, so nothing flows; else it fills.
    assert_eq!((link(&flow_of(&tank("9")), "q").status, link(&flow_of(&tank("5")), "q").status), ("closed", "open"));
    let emitter = flow_of("[JUNCTIONS]\nA 10 0\n[RESERVOIRS]\nR 50\n[PIPES]\np R A 10 300 130\n[EMITTERS]\nA 2\n[OPTIONS]\nUNITS LPS\n");
    let q = link(&emitter, "p").flow * 1e3;
    assert!((q - 2.0 * (head(&emitter, "A") - 10.0).sqrt()).abs() < 1e-6, "{q}");
    let node = emitter.nodes.iter().find(|n| n.id == "A").unwrap();
    assert!((node.demand * 1e3 - q).abs() < 1e-9);
    let check = |way: &str| format!("[JUNCTIONS]\nA 0 0\n[RESERVOIRS]\nR 50\nS 40\n[PIPES]\np R A 10 100 130\nq {way} 10 100 130 0 CV\n[OPTIONS]\nUNITS LPS\n");
    assert!(link(&flow_of(&check("A S")), "q").flow > 0.0 && link(&flow_of(&check("S A")), "q").flow == 0.0);
    // A junction asks for its pump: without it 20 m, less than 25.
    let asks = |level: &str| pumped("HEAD C", "C 50 40", &format!("[STATUS]\nu CLOSED\n[CONTROLS]\nLINK u OPEN IF NODE A BELOW {level}\n"));
    assert_eq!((link(&flow_of(&asks("25")), "u").status, link(&flow_of(&asks("31")), "u").status), ("closed", "open"));
    let chase = asks("31").replace("[CONTROLS]", "[CONTROLS]\nLINK u CLOSED IF NODE A ABOVE 30.5");
    assert!(flow_of(&chase).worst.unwrap().contains("undo each other"));
    let clock = pumped("HEAD C", "C 50 40", "[TIMES]\nSTART CLOCKTIME 6 PM\n[CONTROLS]\nLINK u CLOSED AT CLOCKTIME 18:00\nLINK u OPEN AT TIME 1\n");
    assert_eq!(link(&flow_of(&clock), "u").status, "closed");
}

#[test]
fn parts_without_supply_are_named() {
    let cut =
        "[JUNCTIONS]\nA 0 1\nB 0 0\nC 0 2\n[RESERVOIRS]\nR 50\n[PIPES]\np R A 10 100 130\nq A B 10 100 130 0 Closed\nr B C 10 100 130\n[OPTIONS]\nUNITS LPS\n";
    let flow = flow_of(cut);
    assert_eq!((flow.converged, flow.status, flow.unsupplied.clone()), (false, "unsupplied", vec!["C".to_owned()]));
    let dry = flow_of(&cut.replace("C 0 2", "C 0 0"));
    assert_eq!((dry.converged, dry.cut_off.clone()), (true, vec!["B".to_owned(), "C".to_owned()]));
    assert!(head(&dry, "C").is_nan());
}

#[test]
fn what_can_not_be_honored_is_refused_by_line() {
    let base = between("v A B 300 PRV 70", "");
    for (from, to, line, part) in [
        ("UNITS LPS", "UNITS FURLONGS", 13, "no unit of flow"),
        ("HEADLOSS H-W", "DEMAND MODEL PDA", 14, "depend on the pressure"),
        ("HEADLOSS H-W", "COLOR RED", 14, "COLOR is not known"),
        ("p R1 A 1000 300 130", "p R1 X 1000 300 130", 8, "no node `X`"),
        ("p R1 A 1000 300 130", "p R1 A 1000 nan 130", 8, "no number"),
        ("p R1 A 1000 300 130", "p R1 A 1000 -3 130", 8, "above zero"),
        ("q B R2", "p B R2", 9, "a link `p` already"),
        ("B 5 0", "A 5 0", 3, "a node `A` already"),
        ("v A B 300 PRV 70", "v A B 300 PCV 70", 11, "`PCV`"),
        ("v A B 300 PRV 70", "v A R2 300 PRV 70", 11, "which holds its own"),
        ("v A B 300 PRV 70", "v A B 300 PRV 70\nw R1 B 300 PRV 70", 12, "both hold"),
        ("[JUNCTIONS]", "hello\n[JUNCTIONS]", 1, "before the first section"),
        ("[VALVES]", "[SHEEP]\n[VALVES]", 10, "[SHEEP]"),
        ("[VALVES]", "[LEAKAGE]\np 1 2\n[VALVES]", 11, "leakage"),
    ] {
        let text = base.replace(from, to);
        let message = refusal(&text);
        assert!(message.starts_with(&format!("line {line}: ")) && message.contains(part), "{message} for {to}");
    }
    assert!(refusal("").contains("no nodes"));
    let rules = read(format!("{}\n[RULES]\nRULE 1", base.replace("[END]", "")).replace("what follows is no matter", "").as_bytes()).unwrap();
    assert!(rules.notes[0].contains("rules act after the first step"));
}

proptest! {
    /// Whatever the bytes: an answer, no panic, and soon.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    /// Words of the format in any order and with any numbers.
    #[test]
    fn any_words_are_read_or_refused(words in proptest::collection::vec(0..WORDS.len(), 0..160)) {
        let text: String = words.iter().map(|w| WORDS[*w]).collect::<Vec<_>>().join(" ");
        if let Ok(inp) = read(text.as_bytes()) {
            let _ = solve(&inp);
        }
    }

    /// A file that reads, one word of it exchanged: it may have no solution, but it has an answer.
    #[test]
    fn a_spoiled_file_has_an_answer(place in 0_usize..80, word in 0..WORDS.len()) {
        let base = between("v A B 300 PRV 70", "[STATUS]\nv 60\n[CONTROLS]\nLINK v CLOSED IF NODE A BELOW 3\n[EMITTERS]\nB 1\n[DEMANDS]\nA 3\n");
        let text: String = base.split(' ').enumerate().map(|(k, w)| if k == place { WORDS[word] } else { w }).collect::<Vec<_>>().join(" ");
        if let Ok(inp) = read(text.as_bytes()) {
            let flow = solve(&inp);
            prop_assert!(flow.converged || flow.worst.is_some());
        }
    }
}

const WORDS: [&str; 48] = [
    "\n",
    "\n",
    "\n",
    "\n[JUNCTIONS]\n",
    "\n[RESERVOIRS]\n",
    "\n[TANKS]\n",
    "\n[PIPES]\n",
    "\n[PUMPS]\n",
    "\n[VALVES]\n",
    "\n[CURVES]\n",
    "\n[PATTERNS]\n",
    "\n[STATUS]\n",
    "\n[CONTROLS]\n",
    "\n[OPTIONS]\n",
    "\n[TIMES]\n",
    "\n[EMITTERS]\n",
    "\n[DEMANDS]\n",
    "a",
    "b",
    "c",
    "0",
    "1",
    "-1",
    "1e308",
    "-1e300",
    "1e-300",
    "nan",
    "inf",
    "12:30",
    "::",
    "\"",
    "PRV",
    "FCV",
    "GPV",
    "HEAD",
    "POWER",
    "SPEED",
    "OPEN",
    "CLOSED",
    "CV",
    "LINK",
    "IF",
    "NODE",
    "ABOVE",
    "AT",
    "UNITS",
    "LPS",
    "*",
];
