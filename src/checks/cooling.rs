//! Coolant loops, racks and hall air.

use super::{Fix, Review, Rule, one_more};
use crate::plan::{Element, Id, Row};
use crate::solve::{LEAST_FLOW, LoopState};
use crate::units::*;

pub(super) fn check(review: &mut Review<'_>) {
    loops(review);
    rows(review);
    uncooled(review);
}

/// Racks whose heat nothing carries away: no temperature of theirs is steady, so no other rule can speak of them.
fn uncooled(review: &mut Review<'_>) {
    let outcome = review.outcome;
    for (row, racks) in &outcome.heat.uncooled {
        let message = format!("{}: nothing carries the heat of {racks} racks away", review.name(row));
        review.say(
            super::Severity::Broken,
            "rack-uncooled",
            row,
            message,
            "give them coolant and air: CDUs, air handlers and heat rejection in service, with water that reaches them",
        );
    }
}

fn cdu_of<'a>(review: &Review<'a>, tcs: &Id) -> Option<(&'a Id, Option<Fix>)> {
    let plan = review.plan;
    plan.cdus().find(|c| c.tcs == *tcs).map(|c| (&c.id, one_more(&c.id, "units", c.units, "Add a CDU")))
}

fn loops(review: &mut Review<'_>) {
    let outcome = review.outcome;
    for (id, state) in outcome.cooling.loops.iter().filter(|(_, s)| s.heat > Power::ZERO) {
        let Some((cdu, fix)) = cdu_of(review, id) else { continue };
        review.limit(Rule {
            rule: "cdu-overload",
            id: format!("{id}/heat"),
            element: cdu,
            quantity: "CDU heat",
            condition: "normal, spare units off",
            used: state.heat.megawatts(),
            capacity: state.capacity.megawatts(),
            unit: "MW",
            hint: "add a CDU to the loop, or move racks to another one",
            fix: fix.clone(),
            soft: false,
        });
        review.limit(Rule {
            rule: "loop-flow",
            id: format!("{id}/flow"),
            element: id,
            quantity: "coolant flow wanted",
            condition: "against what the pumps give",
            used: state.wanted_flow.liters_per_minute(),
            // Pumps below full speed have room; at full speed the flow is all there is.
            capacity: state.flow.liters_per_minute() / state.pump_speed.max(1e-3),
            unit: "L/min",
            hint: "add a CDU, use wider headers, or lower the supply temperature",
            fix,
            soft: false,
        });
        if !state.held {
            let setpoint = if let Some(Element::Tcs(t)) = review.plan.get(id) { t.supply } else { continue };
            review.limit(Rule {
                rule: "loop-warm",
                id: format!("{id}/setpoint"),
                element: id,
                quantity: "coolant supply temperature",
                condition: &outcome.condition.label,
                used: state.supply.celsius(),
                capacity: setpoint.celsius(),
                unit: "°C",
                hint: "the CDU or its facility water can't hold the set-point: give colder or more water, or add a CDU",
                fix: None,
                soft: true,
            });
        }
    }
}

fn rows(review: &mut Review<'_>) {
    let (plan, outcome) = (review.plan, review.outcome);
    for row in plan.rows() {
        if let Some(state) = row.tcs.as_ref().and_then(|t| outcome.cooling.loops.get(t)) {
            row_coolant(review, row, state);
        }
    }
}

fn row_coolant(review: &mut Review<'_>, row: &Row, state: &LoopState) {
    let condition = review.outcome.condition.label.clone();
    let Some(coolant) = state.rows.get(&row.id).filter(|_| state.heat > Power::ZERO) else { return };
    let catalog = review.catalog;
    let mut rule = |rule, key: &str, quantity: &str, used: f64, capacity: Option<f64>, unit, hint: &str| {
        let Some(capacity) = capacity else { return };
        review.limit(Rule {
            rule,
            id: format!("{}/{key}", row.id),
            element: &row.id,
            quantity,
            condition: &condition,
            used,
            capacity,
            unit,
            hint,
            fix: None,
            soft: false,
        });
    };
    let most = |values: &[f64]| values.iter().copied().filter(|v| v.is_finite()).reduce(f64::max);
    let allowed = |pick: fn(&crate::plan::catalog::LiquidSide) -> Option<f64>| {
        row.models().keys().filter_map(|m| catalog.racks(m)?.liquid.as_ref()).filter_map(pick).reduce(f64::min)
    };
    let supply = allowed(|l| Some(l.max_supply.celsius()));
    rule(
        "coolant-supply",
        "supply",
        "coolant supply temperature",
        state.supply.celsius(),
        supply,
        "°C",
        "supply colder coolant: lower the set-point, or give the CDU colder water",
    );
    if let Some(warmest) = most(&coolant.return_k) {
        let back = allowed(|l| Some(l.max_return.celsius()));
        rule("coolant-return", "return", "coolant return temperature", warmest - 273.15, back, "°C", "give the racks more flow, or colder coolant");
    }
    if let Some(flow) = most(&coolant.flow) {
        let limit = allowed(|l| l.max_flow.as_ref().map(|f| f.liters_per_minute()));
        rule("rack-flow", "flow", "coolant flow of a rack", flow * 60_000.0, limit, "L/min", "supply colder coolant, so that the racks want less flow");
    }
    let short = coolant.flow.iter().zip(&coolant.wanted).filter(|(f, w)| f.is_finite() && **w > 0.0).map(|(f, w)| f / w).reduce(f64::min);
    if let Some(share) = short.filter(|s| *s < LEAST_FLOW) {
        let message = format!("{}: the worst rack gets {:.0} % of the coolant it wants", review.name(&row.id), share * 100.0);
        review.say(super::Severity::Broken, "rack-underflow", &row.id, message, "use wider headers or reverse return, or add a CDU");
    }
}
