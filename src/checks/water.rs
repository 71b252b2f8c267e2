//! Facility water: its plant, its pumps and mains, and who gets too little of it.

use super::{Review, Rule, Severity, one_more};
use crate::plan::{Element, Fws, Id};
use crate::solve::{BranchFlow, FwsState, Part, Side};
use crate::units::*;

/// Water velocity above which pipes erode, m/s: AIRAH Industry Directory 2016, page 191 ("normally water velocity in pipe work should not exceed 2.4 m/s").
const FASTEST: f64 = 2.4;
/// Share of its rated flow at its speed below which a pump recirculates inside. Assumed: makers give it for each pump, commonly a fifth to a third.
const LEAST_PUMP_FLOW: f64 = 0.25;
/// Share of the wanted water below which a consumer is said to be short.
const ENOUGH: f64 = 0.98;

pub(super) fn check(review: &mut Review<'_>) {
    let (plan, outcome) = (review.plan, review.outcome);
    for (id, state) in &outcome.cooling.fws {
        let Some(Element::Fws(system)) = plan.get(id) else { continue };
        starved(review, id, state);
        if state.heat <= Power::ZERO {
            continue;
        }
        rejection(review, id, state);
        pumps(review, system, state);
        velocity(review, system, state);
        dew(review, system, state);
    }
}

fn rejection(review: &mut Review<'_>, id: &Id, state: &FwsState) {
    if state.coolers.is_empty() {
        return;
    }
    let cooler = review.plan.coolers().find(|c| c.fws == *id);
    review.limit(Rule {
        rule: "heat-rejection",
        id: format!("{id}/heat"),
        element: id,
        quantity: "heat to reject",
        condition: &review.outcome.condition.label,
        used: state.heat.megawatts(),
        capacity: state.capacity.megawatts(),
        unit: "MW",
        hint: "add heat rejection, or allow warmer water",
        fix: cooler.and_then(|c| one_more(&c.id, "units", c.units, "Add a unit of heat rejection")),
        soft: false,
    });
}

fn pumps(review: &mut Review<'_>, system: &Fws, state: &FwsState) {
    let id = &system.id;
    let wanted: VolumeFlow = state.branches.values().map(|b| b.wanted).sum::<VolumeFlow>() + state.bypass;
    review.limit(Rule {
        rule: "water-flow",
        id: format!("{id}/flow"),
        element: id,
        quantity: "facility water wanted",
        condition: "against what the pumps give",
        used: wanted.liters_per_minute(),
        capacity: state.flow.liters_per_minute() / state.pump_speed.clamp(1e-3, 1.0),
        unit: "L/min",
        hint: "add a pump, or use wider mains",
        fix: one_more(id, "pumps", system.pumps, "Add a pump"),
        soft: false,
    });
    let Some(model) = review.catalog.pumps(&system.pump).filter(|_| state.pumps_on > 0) else { return };
    let least = *model.flow * (f64::from(state.pumps_on) * LEAST_PUMP_FLOW * state.pump_speed);
    if state.flow < least {
        let flow = |q: VolumeFlow| format!("{:.0} L/min", q.liters_per_minute());
        let message = format!(
            "{}: its {} running pumps move {}, below the {} they need at {:.0} % speed",
            review.name(id),
            state.pumps_on,
            flow(state.flow),
            flow(least),
            state.pump_speed * 100.0
        );
        review.say(Severity::Warning, "pump-least-flow", id, message, "give the system a bypass for the least flow of its pumps, or smaller pumps");
    }
}

/// Consumers that get less than they want.
fn starved(review: &mut Review<'_>, id: &Id, state: &FwsState) {
    let short = |b: &BranchFlow| b.wanted > VolumeFlow::ZERO && (b.flow < b.wanted * ENOUGH || b.flow.cubic_meters_per_second().is_nan());
    for (consumer, branch) in state.branches.iter().filter(|(_, b)| short(b)) {
        let (name, system) = (review.name(consumer), review.name(id));
        let (message, hint) = if branch.flow > VolumeFlow::ZERO {
            let share = branch.flow / branch.wanted * 100.0;
            let (gets, wants) = (branch.flow.liters_per_minute(), branch.wanted.liters_per_minute());
            let text = format!("{name}: gets {gets:.0} L/min of the {wants:.0} L/min it wants from {system} ({share:.0} %)");
            (text, "add a pump, use wider mains, or take consumers off these mains")
        } else {
            let text = format!("{name}: gets no water from {system}; what it cools has no steady temperature");
            (text, "open its valve or the mains before it, make the mains a ring, or bring the pumps back")
        };
        review.say(Severity::Broken, "water-short", consumer, message, hint);
    }
}

fn velocity(review: &mut Review<'_>, system: &Fws, state: &FwsState) {
    let pipes = &state.pipes.piping;
    let mains = pipes.links.iter().enumerate().filter(|(_, part)| matches!(part, Part::Main { side: Side::Supply, .. }));
    let Some(fastest) = mains.filter_map(|(i, _)| pipes.velocity(i)).reduce(f64::max) else { return };
    review.limit(Rule {
        rule: "main-velocity",
        id: format!("{}/velocity", system.id),
        element: &system.id,
        quantity: "water velocity in the mains",
        condition: &review.outcome.condition.label,
        used: fastest,
        capacity: FASTEST,
        unit: "m/s",
        hint: "use wider mains, or make them a ring",
        fix: None,
        soft: true,
    });
}

/// Pipes in a hall sweat when their water is below the hall's dew point.
fn dew(review: &mut Review<'_>, system: &Fws, state: &FwsState) {
    let Some(dew) = state.dew_point.filter(|dew| state.supply < *dew) else { return };
    let message = format!(
        "{}: its supply of {:.1} °C is below the dew point of the air in the halls, {:.1} °C; bare pipes sweat",
        review.name(&system.id),
        state.supply.celsius(),
        dew.celsius()
    );
    review.say(Severity::Note, "sweating-pipes", &system.id, message, "insulate these pipes against vapor, or supply warmer water");
}
