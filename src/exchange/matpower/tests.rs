use super::*;

/// Two buses and what is between them; parts are replaced by the tests.
const SMALL: &str = "\
function mpc = small
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
1 3 0 0 0 0 1 1 0 138 1 1.1 0.9;
2 1 50 20 0 0 1 1 0 138 1 1.1 0.9;
];
mpc.gen = [
1 0 0 100 -100 1.02 100 1 200 0;
];
mpc.branch = [
1 2 0.01 0.1 0.02 0 0 0 0 0 1 -360 360;
];
";

fn case(text: &str) -> Case {
    read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn with(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "no `{from}`");
    SMALL.replacen(from, to, 1)
}

fn refused(text: &str, parts: &[&str]) {
    let sentence = read(text.as_bytes()).map_or_else(|e| e.to_string(), |_| panic!("it was read:\n{text}"));
    for part in parts {
        assert!(sentence.contains(part), "no `{part}` in: {sentence}");
    }
}

/// The case with statements behind its matrices.
fn then(statements: &str) -> Case {
    case(&format!("{SMALL}{statements}\n"))
}

#[test]
fn ways_of_writing_say_the_same() {
    let plain = case(SMALL);
    for text in [
        SMALL.replace('\n', "\r\n"),
        SMALL.replace(";\n];", "\n]"),
        with("1 2 0.01 0.1 0.02 0", "1, 2, 0.01, .1, 2e-2, ... and so on\n 0"),
        with("1 3 0 0", "%{\n mpc.bus = nonsense [\n%}\n1\t3 -0 +0"),
        with("mpc.version = '2';\nmpc.baseMVA", "mpc.version = \"2\", mpc.baseMVA"),
        with("];\nmpc.gen", "]; % loads [ '\nmpc.gen"),
        with("2 1 50 20", "2 1 1e2/2 (4 + 1)*2^2"),
        with("2 1 50 20", "2 1 50 - 0 20"),
        with("function mpc = small", "function mpc = small()") + "\nreturn;\n",
        SMALL.replace("mpc", "s"),
        with("mpc.gen = [", "mpc.gencost = [2 0 0 3 0 20 0];\nmpc.bus_name = {\n'it''s 1';\n'B [2]'};\nmpc.dcline = [];\nmpc.gen = ["),
    ] {
        assert_eq!(case(&text), plain, "{text}");
    }
    assert_eq!(case(&with("function mpc = small\n", "")).buses, plain.buses);
    // A blank before a sign and none behind it begins the next number.
    assert_eq!(case(&with("2 1 50 20 0 0", "2 1 50 -20 0 0")).buses[1].load.im, -20.0);
    assert_eq!(read(b"% \xe9t\xe9\n\nfunction mpc = x"), read(b"function mpc = x"));
}

#[test]
fn statements_convert_units() {
    // Ohms on 138 kV and 100 MVA: 190.44 Ω to the unit.
    let names = "[PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, GS, BS, BUS_AREA, VM, ...\n VA, BASE_KV] = idx_bus;\n[F_BUS, T_BUS, BR_R, BR_X] = idx_brch;\n";
    let bases = "Vbase = mpc.bus(1, BASE_KV) * 1e3; Sbase = mpc.baseMVA * 1e6;\n";
    let ohms = "mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);\nmpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;";
    let read = then(&format!("{names}{bases}{ohms}"));
    assert!((read.branches[0].series.im - 0.1 / 190.44).abs() < 1e-15);
    assert!((read.buses[1].load.re - 0.05).abs() < 1e-15 && (read.buses[1].load.im - 0.02).abs() < 1e-15);
    // Load by apparent power and power factor.
    let read = then("define_constants;\npf = 0.8;\nmpc.bus(:, QD) = mpc.bus(:, PD) * sin(acos(pf));\nmpc.bus(:, PD) = mpc.bus(:, PD) * pf;");
    assert!((read.buses[1].load.re - 40.0).abs() < 1e-12 && (read.buses[1].load.im - 30.0).abs() < 1e-12);
    let read = then("k = 1:2;\nmpc.bus(end, 3:4) = [7 -8];\nmpc.gen(1, 2) = -2^2 + mpc.bus(k(2), 3) * 2;");
    assert_eq!((read.buses[1].load.re, read.buses[1].load.im, read.generators[0].power.re), (7.0, -8.0, 10.0));
    let read = then("mpc.branch(:, 3) = mpc.branch(:, 4) ./ [4] .* 2;\nmpc.weather = 'fine';");
    assert_eq!(read.branches[0].series.re, 0.05);
    assert_eq!(read.notes, ["line 15: the field `weather` is unknown and was left out"]);
}

#[test]
fn what_cannot_be_followed_is_named_with_its_line() {
    let then = |s: &str| format!("{SMALL}{s}\n");
    refused(&then("mpc = ext2int(mpc);"), &["line 14", "`ext2int(…)`"]);
    refused(&then("mpc.bus(:, 3) = scale_load(1.1, mpc);"), &["line 14", "`scale_load(…)`"]);
    refused(&then("if 1\nend"), &["line 14", "`if`"]);
    refused(&then("disp hello"), &["line 14", "`disp`"]);
    refused(&then("[a, b] = size(mpc.bus);"), &["line 14", "`size`"]);
    refused(&then("mpc.dcline = [1 2 1 10 8.9 0 0 1 1 0 10 0 0 0 0 0 0];"), &["line 14", "dcline"]);
    refused(&then("mpc.bus(:, 3) = mpc.bus(:, 3)';"), &["line 14", "`'`"]);
    refused(&then("mpc.bus(:, 3) = [1 2 3];"), &["line 14", "1×3", "2×1"]);
    refused(&then("mpc.bus(3, 3) = 1;"), &["line 14", "no row 3"]);
    refused(&then("mpc.bus(:, 3) = 2 * (x);"), &["line 14", "`x` is not known"]);
    refused(&then("mpc.bus = mpc.bus * mpc.bus;"), &["line 14", "`.*`"]);
    refused(&then("k = 1:1e12;"), &["line 14", "too long"]);
    refused(&then("k = 1:0:2;"), &["line 14", "too long"]);
    refused(&then(&format!("k = {}1{};", "(".repeat(500), ")".repeat(500))), &["line 14", "nested deeper"]);
    refused(&then("end\nmpc.baseMVA = 1;"), &["line 14", "`end`"]);
    refused("function [baseMVA, bus, gen, branch] = case9\nbaseMVA = 100;", &["line 1", "format 1"]);
    refused(&with("'2'", "'1'"), &["format 1"]);
}

#[test]
fn files_that_end_too_early_say_so() {
    // Wherever the text is cut off before its last matrix is closed, there is a sentence and no case.
    let whole = SMALL.rfind("];").unwrap();
    for end in 0..whole {
        assert!(read(&SMALL.as_bytes()[..end]).is_err(), "cut at {end}");
    }
    refused(&SMALL[..SMALL.find("2 1 50").unwrap()], &["line 4", "never closed"]);
    refused(&SMALL[..SMALL.find("mpc.branch").unwrap()], &["`mpc.branch` is missing"]);
    refused("", &["empty"]);
    refused("Plan(name: \"row\")", &["line 1"]);
    refused("mpc.version = '2", &["line 1", "quotes"]);
    refused("%{\nnothing", &["line 1", "comment"]);
    refused("a\0b", &["NUL"]);
}

#[test]
fn rows_that_cannot_be_are_named() {
    refused(&with("2 1 50 20", "2 1 NaN 20"), &["line 6", "mpc.bus row 2", "Pd is NaN"]);
    refused(&with("2 1 50 20", "2 1 50 Inf"), &["line 6", "Qd is inf"]);
    refused(&with("2 1 50 20", "2 1 50"), &["line 6", "12 numbers", "13"]);
    refused(&with("2 1 50 20", "2 5 50 20"), &["line 6", "bus 2 is 5"]);
    refused(&with("2 1 50 20", "1 1 50 20"), &["line 6", "bus 1 is there twice", "line 5"]);
    refused(&with("2 1 50 20", "2.5 1 50 20"), &["line 6", "2.5 is no bus number"]);
    refused(&with("2 1 50 20", "2 1 50 2O"), &["line 6", "`2O…` is no number"]);
    refused(&with("1 2 0.01", "1 7 0.01"), &["line 12", "mpc.branch row 1", "no bus 7"]);
    refused(&with("1 2 0.01", "1 1 0.01"), &["line 12", "begins and ends"]);
    refused(&with("1 2 0.01 0.1 0.02 0 0 0 0", "1 2 0.01 0.1 0.02 0 0 0 -1"), &["line 12", "ratio is -1"]);
    refused(&with("1 0 0 100 -100 1.02", "9 0 0 100 -100 1.02"), &["line 9", "no bus 9"]);
    refused(&with("1 0 0 100 -100 1.02", "1 0 0 100 -100 0"), &["line 9", "Vg is 0"]);
    refused(&with("1 0 0 100 -100 1.02 100 1", "1 0 0 100 -100 1.02 100 0"), &["line 5", "bus 1 is the reference", "no generator"]);
    refused(&with("1 3 0 0", "1 1 0 0"), &["no bus is the reference"]);
    refused(&with("baseMVA = 100", "baseMVA = 0"), &["line 3", "baseMVA"]);
    refused(&with("baseMVA = 100", "baseMVA = 'x'"), &["line 3"]);
    refused(&with("1 3 0 0 0 0 1 1 0 138 1 1.1 0.9;\n2 1 50 20 0 0 1 1 0 138 1 1.1 0.9;", ""), &["no rows"]);
}

#[test]
fn elements_out_of_service_and_isolated_buses_drop_out() {
    let more = with("2 1 50 20 0 0", "3 4 500 200 0 0 1 1 0 138 1 1.1 0.9;\n2 1 50 20 0 0");
    let more = more.replacen("1 2 0.01", "1 3 0.01 0.1 0 0 0 0 0 0 1 -360 360;\n1 2 0.001 0.01 0 0 0 0 0 0 0 -360 360;\n1 2 0.01", 1);
    let more = more.replacen("1 0 0 100 -100 1.02", "2 999 999 0 0 0 100 0 0 0;\n3 9 9 1 1 1 100 1 1 1;\n1 0 0 100 -100 1.02", 1);
    let (alone, among) = (solve(&case(SMALL)), solve(&case(&more)));
    assert!(alone.converged && among.converged);
    assert_eq!(among.dark, [3]);
    assert_eq!(alone.slack, among.slack);
    assert_eq!((alone.nodes, alone.load, alone.generation), (among.nodes, among.load, among.generation));
    assert_eq!(among.branches.len(), 1);
}

#[test]
fn generators_at_load_buses_and_held_voltages() {
    // At a PQ bus a generator is a negative load, here as large as the load: nothing flows but the charging.
    let equal = with("1 0 0 100 -100 1.02", "2 50 20 0 0 1.1 100 1 99 0;\n1 0 0 100 -100 1.02");
    let flow = solve(&case(&equal));
    assert!(flow.slack[0].1.re < 1e3 && flow.beyond.is_empty(), "{flow:?}");
    assert!((flow.generation - flow.load - flow.slack[0].1).norm() < 1.0);
    // At a PV bus it holds its voltage beyond its limits, which is told.
    let holds = equal.replacen("2 1 50 20", "2 2 50 20", 1);
    let flow = solve(&case(&holds));
    assert!((flow.nodes[1].v_pu - 1.1).abs() < 1e-12);
    assert_eq!(flow.beyond.iter().map(|b| b.number).collect::<Vec<_>>(), [2]);
    // Without a generator that runs it is a load bus.
    let read = case(&with("2 1 50 20", "2 2 50 20"));
    assert_eq!((read.buses[1].kind, read.notes.len()), (BusType::Pq, 1));
    assert_eq!(solve(&read).nodes, solve(&case(SMALL)).nodes);
}

#[test]
fn two_references_share() {
    let two = with("2 1 50 20", "2 3 50 20").replacen("1 0 0 100", "2 0 0 99 -99 1.02 100 1 99 0;\n1 0 0 100", 1);
    let read = case(&two);
    assert!(read.notes[0].contains("2 buses are references"));
    let flow = solve(&read);
    // Equal voltages at both ends: no power flows, and the second reference carries the load.
    assert!(flow.slack[0].1.re.abs() < 1.0 && (flow.slack[1].1.re - 50e6).abs() < 1.0, "{:?}", flow.slack);
}

#[test]
fn ratios_shifts_and_shunts_as_the_manual_has_them() {
    // No load behind an ideal ratio: V₂ = V₁/τ, lagging by the shift; a shunt of Bs Mvar at 1 pu gives Bs V².
    let text = with("2 1 50 20 0 0", "2 1 0 0 0 30").replacen("0.01 0.1 0.02 0 0 0 0 0 1", "0 0.0001 0 0 0 0 0.95 30 1", 1);
    let flow = solve(&case(&text));
    let node = flow.nodes[1];
    assert!((node.angle.to_degrees() + 30.0).abs() < 1e-9, "{node:?}");
    // With x between: V₂ = V₁/τ/(1 − x b).
    let expected = 1.02 / 0.95 / (1.0 - 0.0001 * 0.3);
    assert!((node.v_pu - expected).abs() < 1e-9, "{node:?}");
    assert!((flow.shunts.im + 30e6 * expected * expected).abs() < 1.0);
    assert!(flow.branches[0].transformer);
    // 30 Mvar at V² on √3 · 138 kV.
    let current = 30e6 * expected / (3.0_f64.sqrt() * 138e3);
    assert!((flow.branches[0].current - current / 0.95).abs() < 1e-3 * current, "{:?}", flow.branches[0]);
}

proptest::proptest! {
    /// A few characters changed at random give a case that solves in some way, or a sentence.
    #[test]
    fn damaged_cases_are_read_or_refused(changes in proptest::collection::vec((0..SMALL.len(), "[\\PC\\n]|[0-9.eE+*/:;,()'\"%\\[\\]{} -]{1,3}|Inf|end|mpc|\\.\\.\\."), 1..4)) {
        let mut text = format!("{SMALL}mpc.bus(:, [3 4]) = mpc.bus(:, 3:4) / 1e3;\n");
        for (at, to) in changes {
            if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                text.replace_range(at..=at, &to);
            }
        }
        if let Ok(case) = read(text.as_bytes()) {
            let flow = solve(&case);
            proptest::prop_assert!(!flow.converged || flow.loss().is_finite());
        }
    }
}
