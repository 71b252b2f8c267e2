//! A network as a MATPOWER case of format 2.
//!
//! Buses are numbered from 1 in the order of the network, and `mpc.bus_name`, `mpc.gen_name` and `mpc.branch_name` have their names. Every island has the
//! reference bus that holds its voltage, at 1 pu and angle 0; buses without voltage have type 4. No-load losses of transformers are shunt conductances of their
//! *from* buses, since a branch of MATPOWER has none.
//!
//! Nodes that a closed breaker joins are one bus, under all of their names: MATPOWER divides by the impedance of a branch.

use super::super::network::{BASE_MVA, Branch, Bus, Form, Load, Network, Source};
use std::fmt::Write as _;

/// What joins the names of nodes that are one bus.
pub const JOINT: &str = " = ";
/// Reactance of an open breaker, pu, so that a reader who divides by it before looking at the status does no harm.
const OPEN: f64 = 1e-6;
/// No limit, in MW, Mvar or MVA.
const UNLIMITED: f64 = 9999.0;
/// Range of voltages on which nothing here depends, pu.
const V_MIN_MAX: (f64, f64) = (0.9, 1.1);

/// The text of the file.
#[must_use]
pub fn write(network: &Network) -> String {
    let joined = Joined::new(network);
    let mut text = header(network, &joined);
    let _ = writeln!(text, "mpc.version = '2';\nmpc.baseMVA = {};\n", number(BASE_MVA));
    text.push_str(&buses(network, &joined));
    text.push_str(&generators(network, &joined));
    text.push_str(&branches(network, &joined));
    text
}

/// Which nodes are one bus.
struct Joined {
    /// By node: the first of those that are one with it.
    first: Vec<usize>,
    /// By node: number of its bus.
    number: Vec<usize>,
}

impl Joined {
    fn new(network: &Network) -> Self {
        let mut first: Vec<usize> = (0..network.buses.len()).collect();
        for b in network.branches.iter().filter(|b| b.form == Form::Tie && b.in_service) {
            let (a, z) = (first[b.from].min(first[b.to]), first[b.from].max(first[b.to]));
            // Ties are few, and so is what hangs together by them.
            first.iter_mut().filter(|f| **f == z).for_each(|f| *f = a);
        }
        let mut number = vec![0; first.len()];
        let mut count = 0;
        for n in 0..first.len() {
            if first[n] == n {
                count += 1;
                number[n] = count;
            } else {
                // The first of its kind comes before it.
                number[n] = number[first[n]];
            }
        }
        Self { first, number }
    }

    /// Nodes that are the bus of this first one.
    fn members(&self, first: usize) -> impl Iterator<Item = usize> {
        self.first.iter().enumerate().filter(move |(_, f)| **f == first).map(|(n, _)| n)
    }

    fn is_inner(&self, b: &Branch) -> bool {
        self.first[b.from] == self.first[b.to]
    }
}

fn header(network: &Network, joined: &Joined) -> String {
    let mut text = format!("function mpc = {}\n", identifier(&network.title));
    let _ = writeln!(text, "% {}: the power chain as Megawatt solved it.", line(&network.title));
    for note in &network.notes {
        let _ = writeln!(text, "% {}", line(note));
    }
    text.push_str("% Impedances are those of the units in service together. No-load losses of transformers are the shunts Gs of their from buses: clear them with the branch.\n");
    let _ = writeln!(text, "% Ratings are MVA at nominal voltage, spare units left out. Limits of {} are none.", number(UNLIMITED));
    let closed: Vec<String> = network.branches.iter().filter(|b| joined.is_inner(b)).map(|b| line(&b.name)).collect();
    if !closed.is_empty() {
        let _ = writeln!(text, "% Without impedance, and so no branches here, both of their ends being one bus: {}.", closed.join(", "));
    }
    if network.branches.iter().any(|b| b.form == Form::Tie && !b.in_service) {
        let _ = writeln!(text, "% An open breaker has no impedance of its own; {} pu stands for it.", number(OPEN));
    }
    text.push('\n');
    text
}

fn buses(network: &Network, joined: &Joined) -> String {
    let mut text = String::from("%\tbus_i\ttype\tPd\tQd\tGs\tBs\tarea\tVm\tVa\tbaseKV\tzone\tVmax\tVmin\nmpc.bus = [\n");
    let size = network.buses.len();
    let (mut loads, mut shunts, mut held) = (vec![(0.0, 0.0); size], vec![0.0; size], vec![false; size]);
    for Load { bus, p_mw, q_mvar, .. } in &network.loads {
        let sum: &mut (f64, f64) = &mut loads[joined.first[*bus]];
        *sum = (sum.0 + p_mw, sum.1 + q_mvar);
    }
    for b in network.branches.iter().filter(|b| b.in_service) {
        shunts[joined.first[b.from]] += b.no_load * BASE_MVA;
    }
    network.sources.iter().for_each(|s| held[joined.first[s.bus]] = true);
    let mut names = Vec::new();
    for (n, bus) in network.buses.iter().enumerate().filter(|(n, _)| joined.first[*n] == *n) {
        let Bus { kv, v_pu, angle_deg, alive, .. } = bus;
        let kind = match (alive, held[n]) {
            (false, _) => 4,
            (true, true) => 3,
            (true, false) => 1,
        };
        let (v, angle) = if *alive { (*v_pu, *angle_deg) } else { (1.0, 0.0) };
        let columns = [loads[n].0, loads[n].1, shunts[n], 0.0, 1.0, v, angle, *kv, 1.0, V_MIN_MAX.1, V_MIN_MAX.0];
        row(&mut text, [joined.number[n] as f64, f64::from(kind)].into_iter().chain(columns));
        names.push(joined.members(n).map(|m| network.buses[m].name.as_str()).collect::<Vec<_>>().join(JOINT));
    }
    text.push_str("];\n");
    text + &cells("bus_name", &names)
}

fn generators(network: &Network, joined: &Joined) -> String {
    let mut text = String::from("%\tbus\tPg\tQg\tQmax\tQmin\tVg\tmBase\tstatus\tPmax\tPmin\nmpc.gen = [\n");
    for Source { bus, v_pu, p_mw, q_mvar, .. } in &network.sources {
        row(&mut text, [joined.number[*bus] as f64, *p_mw, *q_mvar, UNLIMITED, -UNLIMITED, *v_pu, BASE_MVA, 1.0, UNLIMITED, -UNLIMITED]);
    }
    text.push_str("];\n");
    text + &cells("gen_name", &network.sources.iter().map(|s| s.name.clone()).collect::<Vec<_>>())
}

fn branches(network: &Network, joined: &Joined) -> String {
    let mut text = String::from("%\tfbus\ttbus\tr\tx\tb\trateA\trateB\trateC\tratio\tangle\tstatus\tangmin\tangmax\nmpc.branch = [\n");
    let list: Vec<&Branch> = network.branches.iter().filter(|b| !joined.is_inner(b)).collect();
    for b in &list {
        let x = if b.form == Form::Tie { OPEN } else { b.x };
        let ratio = if b.form == Form::Transformer { b.tap } else { 0.0 };
        let ends = [joined.number[b.from] as f64, joined.number[b.to] as f64];
        let rest = [b.r, x, b.charging, b.rating_mva, b.rating_mva, b.rating_mva, ratio, 0.0, f64::from(u8::from(b.in_service)), -360.0, 360.0];
        row(&mut text, ends.into_iter().chain(rest));
    }
    text.push_str("];\n");
    text + &cells("branch_name", &list.iter().map(|b| b.name.clone()).collect::<Vec<_>>())
}

fn row(text: &mut String, values: impl IntoIterator<Item = f64>) {
    values.into_iter().for_each(|v| {
        text.push('\t');
        text.push_str(&number(v));
    });
    text.push_str(";\n");
}

/// As few digits as tell the number from its neighbors, with an exponent where there would be many zeros.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if (1e-4..1e7).contains(&size) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

fn cells(field: &str, names: &[String]) -> String {
    let mut text = format!("mpc.{field} = {{\n");
    for name in names {
        let _ = writeln!(text, "\t'{}';", line(name).replace('\'', "''"));
    }
    text.push_str("};\n\n");
    text
}

/// On one line.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A name that MATLAB takes: letters, digits and underscores, a letter first.
fn identifier(text: &str) -> String {
    let mut name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    while name.contains("__") {
        name = name.replace("__", "_");
    }
    let name = name.trim_matches('_');
    // 63 characters are the longest name that MATLAB tells apart.
    format!("case_{name}").chars().take(63).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_what_matlab_reads() {
        assert_eq!([0.0, -0.0, 1.5, -9999.0, 0.00025, 1e-7, 1e22].map(number), ["0", "0", "1.5", "-9999", "0.00025", "1e-7", "1e22"]);
        assert_eq!(identifier("Colossus – Memphis, 150 MW"), "case_colossus_memphis_150_mw");
        assert_eq!(identifier(""), "case_");
        assert_eq!(cells("bus_name", &["O'Hare\n1".to_owned()]), "mpc.bus_name = {\n\t'O''Hare 1';\n};\n\n");
    }
}
