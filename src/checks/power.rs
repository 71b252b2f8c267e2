//! Loading of the power chain, normal and with one feed lost, and voltage at the racks.

use super::{Fix, Review, Rule, Severity, one_more};
use crate::physics::voltage_step::PLANNING_LEVEL;
use crate::plan::{Element, Id, Plan};
use crate::solve::{Branch, BranchKind, Failure, NodeKind, Overheat};

/// Voltage drop from the source to the racks that the National Electrical Code recommends at most (informational notes to 210.19 and 215.2), %.
const VOLTAGE_DROP: f64 = 5.0;

pub(super) fn check(review: &mut Review<'_>) {
    let outcome = review.outcome;
    for (i, branch) in outcome.power.branches.iter().enumerate() {
        if branch.in_service > 0.0 {
            loading(review, branch, (branch.load, branch.rating), "normal", "");
        }
        let Some(worst) = outcome.failures.of_branch(i) else { continue };
        if worst.value / worst.rating > branch.loading() * (1.0 + 1e-6) || branch.in_service <= 0.0 {
            let name = outcome.failures.list.get(worst.failure).map_or_else(String::new, crate::solve::Failure::name);
            loading(review, branch, (worst.value, worst.rating), &format!("with {name} out"), "/outage");
        }
    }
    buses(review);
    voltage(review);
    interconnection(review);
    outages(review);
    heat(review);
}

fn rule(kind: BranchKind) -> (&'static str, &'static str, &'static str, f64) {
    match kind {
        BranchKind::Transformer => ("transformer-overload", "transformer load", "MVA", 1e6),
        BranchKind::Substation => ("substation-overload", "unit substation load", "MVA", 1e6),
        BranchKind::Ups => ("ups-overload", "UPS load", "MW", 1e6),
        BranchKind::Feeder => ("feeder-overload", "feeder current", "A", 1.0),
        BranchKind::BlockFeeder => ("feeder-overload", "block feeder current", "A", 1.0),
        BranchKind::Busway => ("busway-overload", "busway current", "A", 1.0),
        BranchKind::Standby => ("standby-overload", "standby power", "MW", 1e6),
    }
}

fn loading(review: &mut Review<'_>, branch: &Branch, (used, capacity): (f64, f64), condition: &str, suffix: &str) {
    let (name, quantity, unit, scale) = rule(branch.kind);
    let hint = match branch.kind {
        BranchKind::Busway => "use a larger busway, a second one, or split the row",
        BranchKind::Ups => "add a UPS module, or move rows to another block",
        BranchKind::Transformer => "add a transformer",
        BranchKind::Substation => "add a transformer to the block, or move rows to another block",
        BranchKind::Feeder | BranchKind::BlockFeeder => "use a larger cable or one more",
        BranchKind::Standby => "add a standby set, or move rows to another block",
    };
    review.limit(Rule {
        rule: name,
        id: format!("{}{suffix}", branch.id),
        element: &branch.element,
        quantity,
        condition,
        used: used / scale,
        capacity: capacity / scale,
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
        (BranchKind::Standby, Element::Block(e)) => one_more(id, "gensets", e.gensets, "Add a standby set"),
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

/// What the utility asks for at the point of interconnection, where it asks.
fn interconnection(review: &mut Review<'_>) {
    let outcome = review.outcome;
    for poi in &outcome.power.poi {
        let Some(Element::Grid(grid)) = review.plan.get(&poi.grid) else { continue };
        // A level that nobody has asked for yet warns, and breaks nothing.
        let (step, condition) = grid.voltage_step.map_or((PLANNING_LEVEL, "planning level of the standard"), |s| (s, "normal"));
        review.limit(Rule {
            rule: "voltage-step",
            id: format!("{}/step", poi.grid),
            element: &poi.grid,
            quantity: "voltage step when the whole load trips",
            condition,
            used: poi.step * 100.0,
            capacity: step.value() * 100.0,
            unit: "%",
            hint: "ask for a stronger connection, compensate reactive power, or let load trip in parts",
            fix: None,
            soft: grid.voltage_step.is_none(),
        });
        let Some(least) = grid.power_factor.filter(|least| poi.power_factor() < least.value()) else { continue };
        let message = format!(
            "{}: the power factor at the point of interconnection is {:.3}, the utility allows {:.3} at least",
            review.name(&poi.grid),
            poi.power_factor(),
            least.value()
        );
        review.say(Severity::Broken, "power-factor", &poi.grid, message, "compensate reactive power");
    }
}

/// Single outages after which nothing cools some racks, or they get too hot: told once, the worst in front.
fn heat(review: &mut Review<'_>) {
    let outcome = review.outcome;
    let hot = |f: &&Failure| f.heat.as_ref().is_some_and(Overheat::is_felt);
    let list: Vec<&Failure> = outcome.failures.list.iter().filter(hot).collect();
    let Some((worst, reach)) = list.first().and_then(|f| Some((f, f.heat.as_ref()?))) else { return };
    let (uncooled, warm) = (reach.uncooled_racks(), reach.hot_racks());
    let what = match (uncooled, warm) {
        (0, n) => format!("{n} racks get too hot"),
        (n, 0) => format!("nothing cools {n} racks"),
        (n, m) => format!("nothing cools {n} racks, {m} more get too hot"),
    };
    let message = format!(
        "{} of {} single outages leave racks without enough cooling; the worst is {} ({}): {what}",
        list.len(),
        outcome.failures.list.len(),
        review.name(&worst.element),
        worst.what,
    );
    let hint = "the list of failures shows each; give these racks spare CDUs, air handlers or pumps, or ring mains";
    review.say(Severity::Warning, "outage-loses-cooling", &worst.element.clone(), message, hint);
    if let Some(said) = review.findings.last_mut() {
        said.subjects.extend(list.iter().skip(1).map(|f| f.element.clone()));
        said.subjects.dedup();
    }
}

/// Single outages that take IT power away: told once, the worst in front.
fn outages(review: &mut Review<'_>) {
    let outcome = review.outcome;
    let before = outcome.power.lost.it.watts();
    let losing: Vec<&Failure> = outcome.failures.list.iter().filter(|f| f.lost.it.watts() > before + 1.0).collect();
    let Some(worst) = losing.first() else { return };
    let megawatts = (worst.lost.it.watts() - before) / 1e6;
    let cause = if worst.lost.shortage.watts() > 0.0 { "supply falls short" } else { "racks go dark" };
    let message = format!(
        "{} of {} single outages take IT power away; the worst is {} ({}): {} MW, {cause}",
        losing.len(),
        outcome.failures.list.len(),
        review.name(&worst.element),
        worst.what,
        super::number(megawatts)
    );
    let hint = "the list of failures shows each; give these racks a second live cord, or the site more supply of its own";
    review.say(Severity::Warning, "outage-loses-load", &worst.element.clone(), message, hint);
    if let Some(said) = review.findings.last_mut() {
        said.subjects.extend(losing.iter().skip(1).map(|f| f.element.clone()));
        said.subjects.dedup();
    }
}
