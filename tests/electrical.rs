//! Neutral electrical cases, ring feeds and dual cords included: voltages, flows and every N−1 row against another program's.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that skips says so")]

use megawatt::numerics::power_flow::{Branch, Bus, BusKind, Effect, Mode, Network, Options, Rating, Screen, Status, Transfer, Watch};
use nalgebra::Complex;
use serde_json::Value;
use std::collections::BTreeMap;
use std::f64::consts::{PI, TAU};
use std::path::{Path, PathBuf};

/// Base of the per-unit values, VA.
const BASE: f64 = 1e6;
const LOW: f64 = 0.95;

fn folder() -> Option<PathBuf> {
    let root = std::env::var_os("MEGAWATT_REFERENCE");
    if root.is_none() {
        println!("skipped: MEGAWATT_REFERENCE is not set");
    }
    Some(Path::new(&root?).join("cases/electrical"))
}

/// The rows of a table by column.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

struct Case {
    network: Network,
    transfers: Vec<Transfer>,
    watch: Watch,
    /// Name by branch: lines, then transformers, as in the tables.
    branches: Vec<String>,
    nominal: Vec<f64>,
    buses: Vec<String>,
    /// Constant losses of UPS modules, by bus: the tables of the dual-corded cases don't count them as lost when the module is dead.
    uncounted: Vec<(usize, f64)>,
}

impl Case {
    /// Reads a case; the models are those that its `meta` states.
    fn read(path: &Path) -> Self {
        let data: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let none = Complex::new(0.0, 0.0);
        let buses = data["buses"].as_array().unwrap();
        let mut case = Self {
            network: Network { buses: vec![Bus { kind: BusKind::Pq, load: none, shunt: none }; buses.len()], branches: Vec::new() },
            transfers: Vec::new(),
            watch: Watch { ratings: Vec::new(), low_voltage: LOW },
            branches: Vec::new(),
            nominal: buses.iter().map(|bus| bus["vn_v"].as_f64().unwrap()).collect(),
            buses: buses.iter().map(|bus| bus["name"].as_str().unwrap().to_owned()).collect(),
            uncounted: Vec::new(),
        };
        let slack = &data["slack"];
        let (v, angle) = (slack["vm_pu"].as_f64().unwrap(), slack["va_deg"].as_f64().unwrap().to_radians());
        case.network.buses[slack["bus"].as_u64().unwrap() as usize].kind = BusKind::Slack { v, angle };
        let frequency = data["meta"]["f_hz"].as_f64().unwrap();
        data["lines"].as_array().unwrap().iter().for_each(|line| case.line(line, frequency));
        data["trafos"].as_array().unwrap().iter().for_each(|transformer| case.transformer(transformer));
        data["loads"].as_array().unwrap().iter().for_each(|load| case.load(load));
        case
    }

    fn add(&mut self, name: &Value, rating: Rating, branch: Branch) {
        self.network.branches.push(branch);
        self.watch.ratings.push(rating);
        self.branches.push(name.as_str().unwrap().to_owned());
    }

    /// π section: `(r + jx) L`, half of `j 2πf C L` at each end.
    fn line(&mut self, line: &Value, frequency: f64) {
        let get = |key: &str| line[key].as_f64().unwrap();
        let (from, to) = (line["from_bus"].as_u64().unwrap() as usize, line["to_bus"].as_u64().unwrap() as usize);
        let (volts, kilometers) = (self.nominal[from], get("length_m") / 1e3);
        let ohms = volts * volts / BASE;
        let series = Complex::new(get("r_ohm_per_km"), get("x_ohm_per_km")) * kilometers / ohms;
        let charging = 2.0 * PI * frequency * get("c_nf_per_km") * 1e-9 * kilometers * ohms;
        let rated = get("i_max_a") * 3.0_f64.sqrt() * volts / BASE;
        let branch = Branch { from, to, series, charging, tap: 1.0, shift: 0.0, no_load: Complex::new(0.0, 0.0), in_service: true };
        self.add(&line["name"], Rating::Current { from: rated, to: rated }, branch);
    }

    /// Ideal ratio `vn_hv : vn_lv`, series impedance on the low side, magnetizing shunt at the high side.
    fn transformer(&mut self, transformer: &Value) {
        let get = |key: &str| transformer[key].as_f64().unwrap();
        let (from, to) = (transformer["hv_bus"].as_u64().unwrap() as usize, transformer["lv_bus"].as_u64().unwrap() as usize);
        let rated = get("sn_va");
        let (high, low) = (get("vn_hv_v") / self.nominal[from], get("vn_lv_v") / self.nominal[to]);
        let (uk, ur) = (get("uk_pu"), get("ur_pu"));
        let series = Complex::new(ur, (uk * uk - ur * ur).sqrt()) * (BASE / rated) * low * low;
        let magnetizing = (get("i0_pu") * rated).powi(2) - get("p0_w").powi(2);
        let no_load = Complex::new(get("p0_w"), -magnetizing.sqrt()) / BASE / (high * high);
        let branch = Branch { from, to, series, charging: 0.0, tap: high / low, shift: 0.0, no_load, in_service: true };
        // The rated current of each winding, from its own rated voltage.
        self.add(&transformer["name"], Rating::Current { from: rated / BASE / high, to: rated / BASE / low }, branch);
    }

    fn load(&mut self, load: &Value) {
        let power = Complex::new(load["p_w"].as_f64().unwrap(), load["q_var"].as_f64().unwrap()) / BASE;
        let first = load["bus"].as_u64().unwrap() as usize;
        let Some(mode) = load.get("mode") else {
            self.network.buses[first].load += power;
            return;
        };
        let mode = match mode.as_str().unwrap() {
            "dual_cord_50_50" => Mode::Half,
            "ats" => Mode::FirstElseSecond,
            "fixed" => Mode::Fixed,
            other => panic!("the mode `{other}` is unknown"),
        };
        if load["kind"] == "ups_const_loss" {
            self.uncounted.push((first, power.re));
        }
        let second = load["alt_bus"].as_u64().map_or(first, |bus| bus as usize);
        self.transfers.push(Transfer { first, second, load: power, mode });
    }

    fn screen(&self) -> Screen {
        Screen::new(self.network.clone(), &self.transfers, self.watch.clone(), Options::default())
    }

    fn demand(&self) -> f64 {
        self.network.buses.iter().map(|bus| bus.load.re).sum::<f64>() + self.transfers.iter().map(|transfer| transfer.load.re).sum::<f64>()
    }
}

fn close(got: f64, wanted: f64, within: f64, what: &str) {
    assert!((got - wanted).abs() <= within, "{what}: {got} instead of {wanted} ± {within}");
}

fn check_base(name: &str, case: &Case, screen: &Screen, folder: &Path) {
    let base = screen.base();
    assert_eq!(base.status, Status::Converged, "{name}");
    let buses = table(&folder.join(format!("{name}_bus.csv")));
    assert_eq!(buses.len(), case.buses.len());
    for (row, voltage) in buses.iter().zip(&base.voltages) {
        close(voltage.norm(), number(row, "vm_pu"), 1e-6, &format!("{name}, voltage of {}", row["name"]));
        let turned = (voltage.arg() - number(row, "va_deg").to_radians()).rem_euclid(TAU);
        assert!(turned.min(TAU - turned) < 1e-5, "{name}, angle of {}", row["name"]);
    }
    let branches = table(&folder.join(format!("{name}_branch.csv")));
    assert_eq!(branches.len(), case.branches.len());
    for (index, (row, flow)) in branches.iter().zip(&base.flows).enumerate() {
        assert_eq!(row["name"], case.branches[index]);
        let powers = [("p_from_w", flow.from.re), ("q_from_var", flow.from.im), ("p_to_w", flow.to.re), ("q_to_var", flow.to.im)];
        for (column, power) in powers {
            let wanted = number(row, column);
            close(power * BASE, wanted, 1.0_f64.max(1e-6 * wanted.abs()), &format!("{name}, {column} of {}", row["name"]));
        }
        let branch = &case.network.branches[index];
        let loading = case.watch.ratings[index].loading(flow, base.voltages[branch.from], base.voltages[branch.to]);
        close(loading.unwrap(), number(row, "loading_pu"), 1e-6, &format!("{name}, loading of {}", row["name"]));
    }
}

fn check_outage(name: &str, case: &Case, row: &BTreeMap<String, String>, effect: &Effect, uncounted: f64) {
    let what = format!("{name} without {}", row["name"]);
    assert_eq!(effect.status, Status::Converged, "{what}");
    let lost = number(row, "lost_p_w");
    close((effect.lost.re - uncounted) * BASE, lost, 1e-6_f64.max(1e-9 * lost), &format!("{what}, lost power"));
    let counts = (effect.dead_buses, effect.over, effect.below);
    assert_eq!(counts, (number(row, "n_dead_buses") as usize, number(row, "n_over_1pu") as usize, number(row, "n_vm_below_0p95") as usize), "{what}");
    let slack = number(row, "slack_p_w");
    // A thousandth of a watt is the rounding of the tables' own solution where next to nothing is left.
    close(effect.slack.re * BASE, slack, 1e-3_f64.max(1e-6 * slack.abs()), &format!("{what}, slack power"));
    if let Some(wanted) = row.get("slack_q_var").map(|q| q.parse::<f64>().unwrap()) {
        close(effect.slack.im * BASE, wanted, 1.0_f64.max(1e-6 * wanted.abs()), &format!("{what}, reactive slack power"));
    }
    if let Some(loss) = row.get("loss_p_w").map(|loss| loss.parse::<f64>().unwrap()) {
        let found = effect.slack.re * BASE - (case.demand() * BASE - effect.lost.re * BASE);
        close(found, loss, 1e-3_f64.max(1e-6 * loss), &format!("{what}, loss"));
    }
    let (lowest, bus) = effect.lowest.unwrap();
    close(lowest, number(row, "vm_min_pu"), 1e-6, &format!("{what}, lowest voltage"));
    assert_eq!(case.buses[bus], row["vm_min_bus"], "{what}, bus of the lowest voltage");
    match effect.highest {
        Some((highest, branch)) => {
            close(highest, number(row, "loading_max_pu"), 1e-6, &format!("{what}, highest loading"));
            assert_eq!(case.branches[branch], row["loading_max_branch"], "{what}, branch of the highest loading");
        }
        None => assert!(number(row, "loading_max_pu") == 0.0, "{what}: there is no loading"),
    }
}

/// Checks a case and returns how many outages it has.
fn check(name: &str) -> Option<usize> {
    let folder = folder()?;
    let case = Case::read(&folder.join(format!("{name}.json")));
    let mut screen = case.screen();
    check_base(name, &case, &screen, &folder);
    let effects: BTreeMap<String, Effect> = screen.effects().map(|effect| (case.branches[effect.out[0]].clone(), effect)).collect();
    let rows = table(&folder.join(format!("{name}_n1.csv")));
    assert_eq!(effects.len(), rows.len(), "every branch is out once");
    for row in &rows {
        let effect = &effects[&row["name"]];
        let mut uncounted = 0.0;
        if !case.uncounted.is_empty() {
            let alive = screen.state(&effect.out).energized;
            uncounted = case.uncounted.iter().filter(|(bus, _)| !alive[*bus]).map(|(_, watts)| watts).sum();
        }
        check_outage(name, &case, row, effect, uncounted);
    }
    Some(rows.len())
}

#[test]
fn ten_racks() {
    assert!(check("elec_10").is_none_or(|count| count == 23));
}

#[test]
fn a_hundred_racks() {
    assert!(check("elec_100").is_none_or(|count| count == 119));
}

#[test]
fn a_thousand_racks() {
    assert!(check("elec_1000").is_none_or(|count| count == 1092));
}

#[test]
fn ten_racks_with_two_cords() {
    assert!(check("elec2n_10").is_none_or(|count| count == 38));
}

#[test]
fn a_hundred_racks_with_two_cords() {
    assert!(check("elec2n_100").is_none_or(|count| count == 230));
}
