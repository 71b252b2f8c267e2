//! Loading of the power chain, normal and with one feed lost, and voltage at the racks.

use super::{Fix, Review, Rule, one_more};
use crate::plan::{Element, Id, Plan};
use crate::solve::{Branch, BranchKind, NodeKind};

/// Voltage drop from the source to the racks that the National Electrical Code recommends at most (informational notes to 210.19 and 215.2), %.
const VOLTAGE_DROP: f64 = 5.0;

pub(super) fn check(review: &mut Review<'_>) {
    let outcome = review.outcome;
    for branch in &outcome.power.branches {
        loading(review, branch, branch.load, "normal", "");
        if branch.failover > branch.load * (1.0 + 1e-9) {
            loading(review, branch, branch.failover, "with the other feed lost", "/lost");
        }
    }
    buses(review);
    voltage(review);
}

fn rule(kind: BranchKind) -> (&'static str, &'static str, &'static str, f64) {
    match kind {
        BranchKind::Transformer => ("transformer-overload", "transformer load", "MVA", 1e6),
        BranchKind::Substation => ("substation-overload", "unit substation load", "MVA", 1e6),
        BranchKind::Ups => ("ups-overload", "UPS load", "MW", 1e6),
        BranchKind::Feeder => ("feeder-overload", "feeder current", "A", 1.0),
        BranchKind::BlockFeeder => ("feeder-overload", "block feeder current", "A", 1.0),
        BranchKind::Busway => ("busway-overload", "busway current", "A", 1.0),
    }
}

fn loading(review: &mut Review<'_>, branch: &Branch, used: f64, condition: &str, suffix: &str) {
    let (name, quantity, unit, scale) = rule(branch.kind);
    let hint = match branch.kind {
        BranchKind::Busway => "use a larger busway, a second one, or split the row",
        BranchKind::Ups => "add a UPS module, or move rows to another block",
        BranchKind::Transformer => "add a transformer",
        BranchKind::Substation => "add a transformer to the block, or move rows to another block",
        BranchKind::Feeder | BranchKind::BlockFeeder => "use a larger cable or one more",
    };
    review.limit(Rule {
        rule: name,
        id: format!("{}{suffix}", branch.id),
        element: &branch.element,
        quantity,
        condition,
        used: used / scale,
        capacity: branch.rating / scale,
        unit,
        hint,
        fix: fix(review.plan, branch.kind, &branch.element),
        soft: false,
    });
}

fn fix(plan: &Plan, kind: BranchKind, id: &Id) -> Option<Fix> {
    match (kind, plan.get(id)?) {
        (BranchKind::Busway, Element::Row(e)) => one_more(id, "busways", e.busways, "Add a busway"),
        (BranchKind::Ups, Element::Block(e)) => one_more(id, "modules", e.modules, "Add a UPS module"),
        (BranchKind::Substation, Element::Block(e)) => one_more(id, "transformers", e.transformers, "Add a transformer"),
        (BranchKind::Transformer, Element::Transformer(e)) => one_more(id, "units", e.units, "Add a transformer"),
        (BranchKind::Feeder, Element::Feeder(e)) => one_more(id, "parallel", e.parallel, "Add a cable"),
        _ => None,
    }
}

/// Current of switchgear: what leaves it to transformers, feeders and blocks.
fn buses(review: &mut Review<'_>) {
    let flow = &review.outcome.power;
    for bus in review.plan.buses() {
        let Some(rating) = bus.rating else { continue };
        let Some(place) = flow.nodes.iter().position(|n| n.element == bus.id) else { continue };
        let out: f64 = flow.branches.iter().filter(|b| b.from == place).map(|b| b.current.amperes()).sum();
        review.limit(Rule {
            rule: "bus-overload",
            id: format!("{}/current", bus.id),
            element: &bus.id,
            quantity: "switchgear current",
            condition: "normal",
            used: out,
            capacity: rating.amperes(),
            unit: "A",
            hint: "split the bus",
            fix: None,
            soft: false,
        });
    }
}

/// Voltage at the racks against the source in front of them: the worst row of each block.
fn voltage(review: &mut Review<'_>) {
    let outcome = review.outcome;
    for node in outcome.power.nodes.iter().filter(|n| n.kind == NodeKind::RowFeed && n.v_pu.is_finite()) {
        review.limit(Rule {
            rule: "voltage-drop",
            id: format!("{}/voltage", node.id),
            element: &node.element,
            quantity: "voltage drop to the racks",
            condition: "normal",
            used: ((1.0 - node.v_pu) * 100.0).max(0.0),
            capacity: VOLTAGE_DROP,
            unit: "%",
            hint: "shorten the busway, use a larger one, or feed the row from a nearer block",
            fix: None,
            soft: true,
        });
    }
}
