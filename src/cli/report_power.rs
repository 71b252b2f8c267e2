//! The part of the report about the power chain: nodes, branches, points of interconnection, outages.

use super::report::records;
use super::report_stages::{Convergence, convergence};
use crate::solve::{self, Outcome};
use crate::units::Duration;

records! {
    /// A node of the power chain.
    Node {
        id: String, kind: &'static str, element: String, v_pu: f64, angle_rad: f64, nominal_v: f64, fed: &'static str, load_w: f64, load_var: f64,
        short_circuit_va: f64,
    }
    /// A branch of the power chain.
    Branch {
        id: String, kind: &'static str, element: String, from: String, to: String, p_from_w: f64, q_from_var: f64, p_to_w: f64, q_to_var: f64,
        i_a: f64, loading: f64, loading_failover: f64, loss_w: f64, units: u32, in_service: f64,
    }
    /// A point of interconnection.
    Interconnection { grid: String, p_w: f64, q_var: f64, power_factor: f64, short_circuit_va: f64, short_circuit_ratio: f64, voltage_step: f64, }
    /// An overloaded branch.
    Overload { id: String, loading: f64, risen: bool, }
    /// Racks of a row.
    RowRacks { row: String, racks: u32, }
    /// An outage.
    Failure {
        id: String, element: String, what: String, survived: bool, status: &'static str, lost_it_w: f64, lost_racks: u32, lost_gpus: u64, shortage_w: f64,
        on_battery_s: Option<f64>, overloaded: Vec<Overload>, dark: Vec<String>, standby: Vec<String>, most_loaded: Option<String>, loading: Option<f64>, lowest: Option<String>,
        lowest_v_pu: Option<f64>, facility_w: f64, loss_w: f64, worst_inlet_c: Option<f64>, worst_inlet: Option<String>, worst_supply_c: Option<f64>, worst_supply: Option<String>,
        worst_return_c: Option<f64>, worst_return: Option<String>, hot: Vec<RowRacks>, uncooled: Vec<RowRacks>, uncooled_it_w: f64,
    }
    /// The power chain.
    Power {
        convergence: Convergence, facility_w: f64, reactive_var: f64, loss_w: f64, lost_it_w: f64, out: Vec<String>, dark: Vec<String>, standby: Vec<String>,
        interconnections: Vec<Interconnection>, nodes: Vec<Node>, branches: Vec<Branch>,
    }
}

fn node_kind(kind: solve::NodeKind) -> &'static str {
    match kind {
        solve::NodeKind::Poi => "point of interconnection",
        solve::NodeKind::Bus => "bus",
        solve::NodeKind::BlockInput => "block input",
        solve::NodeKind::BlockLow => "block low side",
        solve::NodeKind::BlockOutput => "block output",
        solve::NodeKind::RowFeed => "row feed",
        solve::NodeKind::Standby => "standby sets",
    }
}

fn fed(fed: solve::Fed) -> &'static str {
    match fed {
        solve::Fed::Dead => "dead",
        solve::Fed::Normal => "normal",
        solve::Fed::Standby => "standby",
    }
}

fn names<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn warmest(f: &solve::Failure, of: fn(&solve::Overheat) -> &Option<solve::Warmest>) -> Option<&solve::Warmest> {
    f.heat.as_ref().and_then(|h| of(h).as_ref())
}

fn rack(w: &solve::Warmest) -> String {
    format!("{}/{}", w.row, w.slot)
}

fn racks(list: &[(crate::plan::Id, u32)]) -> Vec<RowRacks> {
    list.iter().map(|(row, racks)| RowRacks { row: row.to_string(), racks: *racks }).collect()
}

/// Outages, in the order of the list.
pub(super) fn failures(outcome: &Outcome, failures: &solve::Failures) -> Vec<Failure> {
    let p = &outcome.power;
    let branch = |i: usize| p.branches.get(i).map_or_else(String::new, |b| b.id.clone());
    let node = |i: usize| p.nodes.get(i).map_or_else(String::new, |n| n.id.clone());
    let entry = |f: &solve::Failure| Failure {
        id: f.name(),
        element: f.element.to_string(),
        what: f.what.clone(),
        survived: f.survived,
        status: f.status.label(),
        lost_it_w: f.lost.it.watts(),
        lost_racks: f.lost.racks,
        lost_gpus: f.lost.gpus,
        shortage_w: f.lost.shortage.watts(),
        on_battery_s: f.on_battery.map(Duration::seconds),
        overloaded: f.overloads.iter().map(|o| Overload { id: branch(o.branch), loading: o.loading(), risen: o.risen }).collect(),
        dark: names(&f.dark),
        standby: names(&f.standby),
        most_loaded: f.highest.map(|(b, _)| branch(b)),
        loading: f.highest.map(|(_, l)| l),
        lowest: f.lowest.map(|(n, _)| node(n)),
        lowest_v_pu: f.lowest.map(|(_, v)| v),
        facility_w: f.facility.watts(),
        loss_w: f.loss.watts(),
        worst_inlet_c: warmest(f, |h| &h.inlet).map(|w| w.temperature.celsius()),
        worst_inlet: warmest(f, |h| &h.inlet).map(rack),
        worst_supply_c: warmest(f, |h| &h.supply).map(|w| w.temperature.celsius()),
        worst_supply: warmest(f, |h| &h.supply).map(rack),
        worst_return_c: warmest(f, |h| &h.back).map(|w| w.temperature.celsius()),
        worst_return: warmest(f, |h| &h.back).map(rack),
        hot: f.heat.as_ref().map_or_else(Vec::new, |h| racks(&h.hot)),
        uncooled: f.heat.as_ref().map_or_else(Vec::new, |h| racks(&h.uncooled)),
        uncooled_it_w: f.heat.as_ref().map_or(0.0, |h| h.uncooled_it.watts()),
    };
    failures.list.iter().map(entry).collect()
}

fn interconnection(poi: &solve::Interconnection) -> Interconnection {
    Interconnection {
        grid: poi.grid.to_string(),
        p_w: poi.power.watts(),
        q_var: poi.reactive.vars(),
        power_factor: poi.power_factor(),
        short_circuit_va: poi.short_circuit.volt_amperes(),
        short_circuit_ratio: poi.short_circuit_ratio(),
        voltage_step: poi.step,
    }
}

/// The power chain.
pub(super) fn power(outcome: &Outcome) -> Power {
    let p = &outcome.power;
    let name = |i: usize| p.nodes.get(i).map_or_else(String::new, |n| n.id.clone());
    let nodes = p.nodes.iter().enumerate().map(|(i, n)| Node {
        id: n.id.clone(),
        kind: node_kind(n.kind),
        element: n.element.to_string(),
        v_pu: n.v_pu,
        angle_rad: n.angle,
        nominal_v: n.nominal.volts(),
        fed: fed(n.fed),
        load_w: n.load.watts(),
        load_var: n.load_reactive.vars(),
        short_circuit_va: p.fault_levels.get(i).copied().unwrap_or(f64::NAN),
    });
    let branches = p.branches.iter().enumerate().map(|(i, b)| Branch {
        id: b.id.clone(),
        kind: b.kind.label(),
        element: b.element.to_string(),
        from: name(b.from),
        to: name(b.to),
        p_from_w: b.p_from.watts(),
        q_from_var: b.q_from.vars(),
        p_to_w: b.p_to.watts(),
        q_to_var: b.q_to.vars(),
        i_a: b.current.amperes(),
        loading: b.loading(),
        loading_failover: outcome.failures.of_branch(i).map_or(f64::NAN, |w| w.value / w.rating),
        loss_w: b.loss.watts(),
        units: b.units,
        in_service: b.in_service,
    });
    let (mut nodes, mut branches): (Vec<_>, Vec<_>) = (nodes.collect(), branches.collect());
    nodes.sort_by(|a, b| a.id.cmp(&b.id));
    branches.sort_by(|a, b| a.id.cmp(&b.id));
    Power {
        convergence: convergence(&p.convergence),
        facility_w: p.facility.watts(),
        reactive_var: p.reactive.vars(),
        loss_w: p.loss.watts(),
        lost_it_w: p.lost.it.watts(),
        out: names(&p.out),
        dark: names(&p.dark),
        standby: names(&p.standby),
        interconnections: p.poi.iter().map(interconnection).collect(),
        nodes,
        branches,
    }
}
