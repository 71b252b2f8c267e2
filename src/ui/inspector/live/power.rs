//! The power chain, from the grid to the busways, and what feeds it.

use super::Reading;
use crate::plan::{Grid, Id, Row};
use crate::solve::{Branch, BranchKind, NodeKind, Outcome};
use crate::ui::panels::parts::capital;
use crate::ui::view::View;
use crate::units::{ApparentPower, Current, Power, System, grouped, show};

/// The branches of an element.
fn branches<'o>(outcome: &'o Outcome, id: &Id) -> impl Iterator<Item = (usize, &'o Branch)> {
    outcome.power.of_element.get(id).into_iter().flatten().filter_map(|i| Some((*i, outcome.power.branches.get(*i)?)))
}

/// A branch as load of rating in its own measure, and under the single outage that loads it most.
fn loading(label: impl Into<String>, outcome: &Outcome, number: usize, b: &Branch, u: System) -> Reading {
    let reading = match b.kind {
        BranchKind::Transformer | BranchKind::Substation => {
            Reading::of(label, ApparentPower::from_volt_amperes(b.load), ApparentPower::from_volt_amperes(b.rating), u)
        }
        BranchKind::Ups | BranchKind::Standby => Reading::of(label, Power::from_watts(b.load), Power::from_watts(b.rating), u),
        BranchKind::Feeder | BranchKind::BlockFeeder | BranchKind::Busway => {
            Reading::of(label, Current::from_amperes(b.load), Current::from_amperes(b.rating), u)
        }
    };
    let worst = outcome.failures.of_branch(number);
    let after = worst.map_or(f64::NAN, |w| w.value / w.rating);
    let cause = worst.and_then(|w| outcome.failures.list.get(w.failure)).map_or_else(String::new, |f| format!(". Worst with {} out", f.name()));
    let mut reading = reading.after_loss(after).why(format!("{}, spare units left out. Loss {}{cause}", b.id, show(b.loss, u)));
    if after.is_finite() && after > b.loading() * 1.001 {
        reading.value = format!("{}; {:.0} % in the worst outage", reading.value, after * 100.0);
    }
    reading
}

/// A block, a transformer or a feeder: each of its branches.
pub(super) fn chain(view: &View<'_>, outcome: &Outcome, id: &Id) -> Vec<Reading> {
    let u = view.system;
    let mut list: Vec<Reading> = branches(outcome, id)
        .filter(|(_, b)| b.kind != BranchKind::Standby || b.in_service > 0.0)
        .map(|(i, b)| loading(capital(b.kind.label()), outcome, i, b, u))
        .collect();
    let loss: Power = branches(outcome, id).map(|(_, b)| b.loss).sum();
    if !list.is_empty() {
        list.push(Reading::new("Loss", show(loss, u)));
    }
    for node in outcome.power.nodes.iter().filter(|n| n.element == *id && matches!(n.kind, NodeKind::BlockOutput | NodeKind::BlockLow)) {
        let name = if node.kind == NodeKind::BlockOutput { "Voltage behind the UPS" } else { "Low-side voltage" };
        list.push(voltage(name, node.v_pu, node.nominal, u));
    }
    list.extend(fault_levels(outcome, id, u));
    let rows = view.plan.rows().filter(|r| r.a == *id || r.b.as_ref() == Some(id)).count();
    if rows > 0 {
        list.push(Reading::new("Feeds", if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }));
    }
    if outcome.power.dark.contains(id) {
        list.push(Reading::new("Power feed", "without power").bad_if(true));
    }
    list
}

fn voltage(label: &str, v_pu: f64, nominal: crate::units::Voltage, u: System) -> Reading {
    if v_pu.is_finite() { Reading::new(label, format!("{:.1} % of {}", v_pu * 100.0, show(nominal, u))) } else { Reading::new(label, "dead").bad_if(true) }
}

pub(super) fn bus(view: &View<'_>, outcome: &Outcome, id: &Id) -> Vec<Reading> {
    let u = view.system;
    let mut list = Vec::new();
    for (i, node) in outcome.power.nodes.iter().enumerate().filter(|(_, n)| n.element == *id) {
        list.push(voltage("Voltage", node.v_pu, node.nominal, u));
        let out: Power = outcome.power.branches.iter().filter(|b| b.from == i).map(|b| b.p_from).sum();
        let taken: Power = outcome.power.branches.iter().filter(|b| b.to == i).map(|b| -b.p_to).sum();
        let text = match (taken.watts() > 0.0, out.watts() > 0.0) {
            (true, true) => format!("{} in by feeders, {} out", show(taken, u), show(out, u)),
            (true, false) => format!("{} in by feeders", show(taken, u)),
            _ => format!("{} out by feeders", show(out, u)),
        };
        list.push(Reading::new("Power", text).why("Of the chain, on-site supply left out"));
    }
    list.extend(fault_levels(outcome, id, u));
    list
}

/// Three-phase fault levels at the nodes of an element, `I = S / (√3 U)`, fed by the grid alone; where it isn't known there is none.
fn fault_levels(outcome: &Outcome, id: &Id, u: System) -> Vec<Reading> {
    let power = &outcome.power;
    let mine = power.nodes.iter().zip(&power.fault_levels).filter(|(n, s)| n.element == *id && s.is_finite() && n.kind != NodeKind::RowFeed);
    mine.map(|(n, s)| {
        let name = match n.kind {
            NodeKind::BlockInput => "Fault level, high side",
            NodeKind::BlockLow => "Fault level, low side",
            _ => "Fault level",
        };
        let kiloamperes = s / (3.0_f64.sqrt() * n.nominal.volts()) / 1e3;
        let text = format!("{} kA at {} ({})", grouped(kiloamperes), show(n.nominal, u), show(ApparentPower::from_volt_amperes(*s), u));
        Reading::new(name, text).why(
            "Initial symmetrical three-phase short-circuit current from the grid: what switchgear here must break. Generators and UPS on the site are left out",
        )
    })
    .collect()
}

/// Nodes between the supply and a row's end of a feed, with their voltage, from the supply on.
#[must_use]
pub fn along<'o>(outcome: &'o Outcome, feed: &str) -> Vec<(&'o crate::solve::Node, Option<&'o Branch>)> {
    let power = &outcome.power;
    let Some(mut at) = power.nodes.iter().position(|n| n.id == feed) else { return Vec::new() };
    let mut path = vec![(at, None)];
    // Upstream along what brings the most power; no node twice.
    while path.len() <= power.nodes.len() {
        let into = power.branches.iter().filter_map(|b| {
            let (from, given) = if b.to == at {
                (b.from, -b.p_to.watts())
            } else if b.from == at {
                (b.to, -b.p_from.watts())
            } else {
                return None;
            };
            (given > 0.0 && path.iter().all(|(n, _)| *n != from)).then_some((from, given, b))
        });
        let Some((from, _, branch)) = into.max_by(|a, b| a.1.total_cmp(&b.1)) else { break };
        if let Some(last) = path.last_mut() {
            last.1 = Some(branch);
        }
        path.push((from, None));
        at = from;
    }
    path.into_iter().rev().filter_map(|(n, b)| Some((power.nodes.get(n)?, b))).collect()
}

/// The busways of a row, one for each feed.
pub(super) fn feeds(view: &View<'_>, outcome: &Outcome, row: &Row) -> Vec<Reading> {
    let u = view.system;
    let mut list = Vec::new();
    for (i, b) in branches(outcome, &row.id).filter(|(_, b)| b.kind == BranchKind::Busway) {
        let from = outcome.power.nodes.get(b.from).map_or_else(|| "—".to_owned(), |n| n.element.to_string());
        let side = if from == row.a.as_str() { "A" } else { "B" };
        list.push(loading(format!("Feed {side}: {from}"), outcome, i, b, u));
    }
    list
}

pub(super) fn grid(view: &View<'_>, outcome: &Outcome, grid: &Grid) -> Vec<Reading> {
    let u = view.system;
    let firm = grid.firm(view.plan.date());
    let peak = outcome.year.grid_peak;
    let mut list = vec![
        Reading::of("Peak import of the year", peak, firm, u).why("Of the firm power in the plan's month"),
        Reading::new("Load of the campus", show(outcome.supply.load, u)),
        Reading::new("Grid energy", format!("{} a year", show(outcome.year.grid_energy, u))),
    ];
    list.extend(interconnection(outcome, grid, u));
    let more = outcome.supply.load - firm;
    if more > Power::ZERO {
        let own = outcome.supply.generation() + outcome.supply.batteries.values().copied().sum();
        list.push(Reading::new("Beyond firm power", format!("{}, on-site supply {}", show(more, u), show(own, u))).bad_if(own < more));
    }
    list
}

/// The campus as the utility sees it, beside what the utility allows where the plan says so.
fn interconnection(outcome: &Outcome, grid: &Grid, u: System) -> Vec<Reading> {
    let Some(poi) = outcome.power.poi.iter().find(|p| p.grid == grid.id) else { return Vec::new() };
    let factor = poi.power_factor();
    let least = grid.power_factor.map(|l| l.value());
    let allowed = least.map_or_else(String::new, |l| format!(" (at least {l:.3})"));
    let mut list = vec![
        Reading::new("Power factor", format!("{factor:.3}{allowed}")).bad_if(least.is_some_and(|l| factor < l)).why(format!(
            "{} and {} taken at the point of interconnection",
            show(poi.power, u),
            show(poi.reactive, u)
        )),
        Reading::new("Short-circuit power", show(poi.short_circuit, u)).why("Three-phase, of the grid at the point of interconnection"),
    ];
    let ratio = poi.short_circuit_ratio();
    if ratio.is_finite() {
        list.push(
            Reading::new("Short-circuit ratio", format!("{ratio:.1}"))
                .why("Short-circuit power over the campus's load: the lower, the more its load moves the voltage there"),
        );
    }
    let most = grid.voltage_step.map(|l| l.value());
    let allowed = most.map_or_else(String::new, |m| format!(" (at most {:.1} %)", m * 100.0));
    list.push(
        Reading::new("Step if all load trips", if poi.step.is_finite() { format!("{:+.2} % of voltage{allowed}", poi.step * 100.0) } else { "—".to_owned() })
            .bad_if(most.is_some_and(|m| poi.step > m))
            .why("Rise of the voltage at the point of interconnection when the whole campus drops off at once"),
    );
    list
}

pub(super) fn generator(view: &View<'_>, outcome: &Outcome, id: &Id) -> Vec<Reading> {
    let u = view.system;
    let available = outcome.supply.generators.get(id).copied();
    let mut list = Vec::new();
    list.push(
        Reading::new("Available now", available.map_or_else(|| "out of service in this month".to_owned(), |p| show(p, u)))
            .why("At this outdoor temperature, spare units left out"),
    );
    if let Some(energy) = outcome.year.generation.get(id) {
        list.push(Reading::new("Energy", format!("{} a year", show(*energy, u))));
        if let Some(power) = available.filter(|p| p.watts() > 0.0) {
            // Joules of a year over the power kept up for 8,760 hours.
            let share = energy.joules() / (power.watts() * 8760.0 * 3600.0);
            list.push(Reading::new("Used", format!("{:.0} % of the year's hours at full output", share * 100.0)));
        }
    }
    if let Some(nox) = outcome.year.nox.get(id) {
        list.push(Reading::new("NOx", format!("{} a year", show(*nox, u))));
    }
    list
}

pub(super) fn battery(view: &View<'_>, outcome: &Outcome, id: &Id) -> Vec<Reading> {
    let u = view.system;
    let Some(power) = outcome.supply.batteries.get(id) else { return Vec::new() };
    let through: f64 = outcome.year.hourly.discharge.iter().filter(|v| v.is_finite()).sum::<f64>() * 3600.0;
    vec![
        Reading::new("Power", show(*power, u)),
        Reading::new("Energy to dispatch", show(outcome.supply.battery_energy, u)).why("Of all batteries together, reserve left out"),
        Reading::new("Discharged", format!("{} a year", show(crate::units::Energy::from_joules(through), u))).why("By all batteries together"),
    ]
}
