//! A network as the JSON that `pandapower.from_json` opens.
//!
//! The form is that of `pandapower.to_json`, release 3.5 (network format 3.3): an object of tables, each a pandas data frame as text in *split* orientation with
//! the types of its columns beside it. Tables that aren't there are empty ones to pandapower.
//!
//! * Lines, cables and busways: `line` of length 1 km, which stands for their whole length, with the units in service as `parallel`.
//! * Transformers: `trafo` from their nameplate. All of the no-load branch is at the high-voltage terminals, as this program solves it; that is pandapower's T
//!   model (its default) with the leakage put behind the magnetizing branch, [`AT_TERMINALS`]. Spare units are a derating `df`.
//! * Ties: `switch` between two buses, closed or open.
//! * What holds a voltage: `ext_grid`. Constant power: `load`, or `sgen` where power is given.
//!
//! L. Thurner et al., *pandapower: an open source Python tool for convenient modeling, analysis and optimization of electric power systems*, IEEE Trans. Power
//! Systems 33(6), 2018; elements and parameters: <https://pandapower.readthedocs.io>.

use super::network::{BASE_MVA, Branch, Form, Network};
use serde_json::{Map, Value, json};

/// The release and the format whose form this is.
const VERSION: (&str, &str) = ("3.5.6", "3.3.0");
/// Frequency by which charging is given as capacitance, Hz.
const FREQUENCY: f64 = 60.0;
/// Share of a transformer's leakage in front of its magnetizing branch. Zero is meant; pandapower divides by it.
const AT_TERMINALS: f64 = 1e-9;

/// Reactance over resistance of a line that has none, on direct current. Zero is meant; pandapower starts from a linear flow that divides by it. It turns
/// angles by nanoradians.
const LEAST_REACTANCE: f64 = 1e-6;

/// A table: columns with their types, and rows.
struct Table {
    columns: &'static [(&'static str, &'static str)],
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn json(&self) -> Value {
        let names: Vec<&str> = self.columns.iter().map(|c| c.0).collect();
        let index: Vec<usize> = (0..self.rows.len()).collect();
        let types: Map<String, Value> = self.columns.iter().map(|(name, kind)| ((*name).to_owned(), json!(kind))).collect();
        let frame = json!({ "columns": names, "index": index, "data": self.rows });
        json!({
            "_module": "pandas.core.frame", "_class": "DataFrame", "_object": frame.to_string(), "orient": "split", "dtype": types,
            "is_multiindex": false, "is_multicolumn": false,
        })
    }
}

/// A row from values of any kind; what is unknown or not finite becomes null.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$(json!($value)),*] };
}

/// The text of the file.
#[must_use]
pub fn write(network: &Network) -> String {
    let mut net = Map::new();
    for (name, table) in [
        ("bus", buses(network)),
        ("ext_grid", sources(network)),
        ("load", loads(network)),
        ("sgen", injections(network)),
        ("line", lines(network)),
        ("trafo", transformers(network)),
        ("shunt", shunts(network)),
        ("switch", switches(network)),
    ] {
        net.insert(name.to_owned(), table.json());
    }
    let (version, format) = VERSION;
    for (key, value) in [
        ("name", json!(network.title)),
        ("comment", json!(network.notes.join(" "))),
        ("f_hz", json!(FREQUENCY)),
        ("sn_mva", json!(BASE_MVA)),
        ("version", json!(version)),
        ("format_version", json!(format)),
        ("converged", json!(false)),
        ("OPF_converged", json!(false)),
    ] {
        net.insert(key.to_owned(), value);
    }
    let whole = json!({ "_module": "pandapower.auxiliary", "_class": "pandapowerNet", "_object": net });
    format!("{whole:#}\n")
}

fn buses(network: &Network) -> Table {
    let columns = &[("name", "object"), ("vn_kv", "float64"), ("type", "object"), ("zone", "object"), ("in_service", "bool"), ("geo", "object")];
    let rows = network.buses.iter().map(|b| row![b.name, b.kv, "b", b.element, b.alive, Value::Null]);
    Table { columns, rows: rows.collect() }
}

fn sources(network: &Network) -> Table {
    let columns = &[
        ("name", "object"),
        ("bus", "uint32"),
        ("vm_pu", "float64"),
        ("va_degree", "float64"),
        ("slack_weight", "float64"),
        ("in_service", "bool"),
        ("controllable", "bool"),
    ];
    let rows = network.sources.iter().map(|s| row![s.name, s.bus, s.v_pu, network.buses[s.bus].angle_deg, 1.0, true, false]);
    Table { columns, rows: rows.collect() }
}

fn loads(network: &Network) -> Table {
    let columns = &[
        ("name", "object"),
        ("bus", "uint32"),
        ("p_mw", "float64"),
        ("q_mvar", "float64"),
        ("const_z_p_percent", "float64"),
        ("const_i_p_percent", "float64"),
        ("const_z_q_percent", "float64"),
        ("const_i_q_percent", "float64"),
        ("sn_mva", "float64"),
        ("scaling", "float64"),
        ("in_service", "bool"),
        ("type", "object"),
    ];
    let rows = network.loads.iter().filter(|l| l.p_mw >= 0.0);
    Table { columns, rows: rows.map(|l| row![l.name, l.bus, l.p_mw, l.q_mvar, 0.0, 0.0, 0.0, 0.0, Value::Null, 1.0, true, "wye"]).collect() }
}

fn injections(network: &Network) -> Table {
    let columns = &[
        ("name", "object"),
        ("bus", "int64"),
        ("p_mw", "float64"),
        ("q_mvar", "float64"),
        ("sn_mva", "float64"),
        ("scaling", "float64"),
        ("controllable", "bool"),
        ("in_service", "bool"),
        ("type", "object"),
        ("current_source", "bool"),
    ];
    let rows = network.loads.iter().filter(|l| l.p_mw < 0.0);
    Table { columns, rows: rows.map(|l| row![l.name, l.bus, -l.p_mw, -l.q_mvar, Value::Null, 1.0, false, true, Value::Null, true]).collect() }
}

fn lines(network: &Network) -> Table {
    let columns = &[
        ("name", "object"),
        ("std_type", "object"),
        ("from_bus", "uint32"),
        ("to_bus", "uint32"),
        ("length_km", "float64"),
        ("r_ohm_per_km", "float64"),
        ("x_ohm_per_km", "float64"),
        ("c_nf_per_km", "float64"),
        ("g_us_per_km", "float64"),
        ("max_i_ka", "float64"),
        ("df", "float64"),
        ("parallel", "uint32"),
        ("type", "object"),
        ("in_service", "bool"),
        ("geo", "object"),
    ];
    let row = |b: &Branch| {
        let (kv, units) = (network.buses[b.from].kv, f64::from(b.units));
        let ohms = kv * kv / BASE_MVA * units;
        let farads = b.charging / (kv * kv / BASE_MVA) / (2.0 * std::f64::consts::PI * FREQUENCY) / units;
        let x = if b.x == 0.0 { LEAST_REACTANCE * b.r } else { b.x };
        let current = b.rating_mva / (3.0_f64.sqrt() * kv) / units;
        row![b.name, Value::Null, b.from, b.to, 1.0, b.r * ohms, x * ohms, farads * 1e9, 0.0, rated(current), 1.0, b.units, "cs", b.in_service, Value::Null]
    };
    Table { columns, rows: of(network, Form::Line).map(row).collect() }
}

/// A rating, or null where nothing is left of it.
fn rated(value: f64) -> Option<f64> {
    (value > 0.0).then_some(value)
}

fn transformers(network: &Network) -> Table {
    let columns = &[
        ("name", "object"),
        ("std_type", "object"),
        ("hv_bus", "uint32"),
        ("lv_bus", "uint32"),
        ("sn_mva", "float64"),
        ("vn_hv_kv", "float64"),
        ("vn_lv_kv", "float64"),
        ("vk_percent", "float64"),
        ("vkr_percent", "float64"),
        ("pfe_kw", "float64"),
        ("i0_percent", "float64"),
        ("shift_degree", "float64"),
        ("tap_side", "object"),
        ("tap_neutral", "float64"),
        ("tap_min", "float64"),
        ("tap_max", "float64"),
        ("tap_step_percent", "float64"),
        ("tap_step_degree", "float64"),
        ("tap_pos", "float64"),
        ("tap_changer_type", "object"),
        ("id_characteristic_table", "Int64"),
        ("tap_dependency_table", "bool"),
        ("parallel", "uint32"),
        ("df", "float64"),
        ("in_service", "bool"),
        ("leakage_resistance_ratio_hv", "float64"),
        ("leakage_reactance_ratio_hv", "float64"),
        ("oltc", "bool"),
    ];
    Table { columns, rows: of(network, Form::Transformer).map(|b| transformer(network, b)).collect() }
}

/// Impedances are relative to the low side: `z = v_k/100 · S_base/S_n` of one unit at the nominal voltage of its bus, where the solver has them too. The ideal ratio
/// `tap` is that of the rated voltages over the nominal ones. Behind it, a conductance at *from* is `tap²` times as large.
fn transformer(network: &Network, b: &Branch) -> Vec<Value> {
    let units = f64::from(b.units);
    let rating = if b.rating_mva > 0.0 { b.rating_mva / units } else { 1.0 };
    let unit = b.unit_mva.filter(|s| *s > 0.0).unwrap_or(rating);
    let derating = if b.rating_mva > 0.0 { rating / unit } else { 1.0 };
    let percent = |z: f64| 100.0 * z * units * unit / BASE_MVA;
    let loss_kw = b.no_load * b.tap * b.tap * BASE_MVA / units * 1e3;
    let no_load_percent = loss_kw / 1e3 / unit * 100.0;
    let no = Value::Null;
    row![
        b.name,
        no,
        b.from,
        b.to,
        unit,
        network.buses[b.from].kv * b.tap,
        network.buses[b.to].kv,
        percent(b.r.hypot(b.x)),
        percent(b.r),
        loss_kw,
        no_load_percent,
        0.0,
        no,
        no,
        no,
        no,
        no,
        no,
        no,
        no,
        no,
        false,
        b.units,
        derating,
        b.in_service,
        AT_TERMINALS,
        AT_TERMINALS,
        false
    ]
}

/// What a branch has across its ends that its own element can't say: no-load losses of what is no transformer, charging of what is no line.
fn shunts(network: &Network) -> Table {
    let columns = &[
        ("bus", "uint32"),
        ("name", "object"),
        ("q_mvar", "float64"),
        ("p_mw", "float64"),
        ("vn_kv", "float64"),
        ("step", "uint32"),
        ("max_step", "uint32"),
        ("id_characteristic_table", "Int64"),
        ("step_dependency_table", "bool"),
        ("in_service", "bool"),
    ];
    let mut rows = Vec::new();
    for b in &network.branches {
        let conductance = if b.form == Form::Transformer { 0.0 } else { b.no_load };
        let half = if b.form == Form::Line { 0.0 } else { b.charging / 2.0 };
        for (bus, p, q) in [(b.from, conductance, half / (b.tap * b.tap)), (b.to, 0.0, half)] {
            if p != 0.0 || q != 0.0 {
                rows.push(row![bus, b.name, -q * BASE_MVA, p * BASE_MVA, network.buses[bus].kv, 1, 1, Value::Null, false, b.in_service]);
            }
        }
    }
    Table { columns, rows }
}

fn switches(network: &Network) -> Table {
    let columns = &[
        ("bus", "int64"),
        ("element", "int64"),
        ("et", "object"),
        ("type", "object"),
        ("closed", "bool"),
        ("name", "object"),
        ("z_ohm", "float64"),
        ("in_ka", "float64"),
    ];
    let current = |b: &Branch| rated(b.rating_mva / (3.0_f64.sqrt() * network.buses[b.from].kv));
    let rows = of(network, Form::Tie).map(|b| row![b.from, b.to, "b", "CB", b.in_service, b.name, 0.0, current(b)]);
    Table { columns, rows: rows.collect() }
}

fn of(network: &Network, form: Form) -> impl Iterator<Item = &Branch> {
    network.branches.iter().filter(move |b| b.form == form)
}
