//! Hall air: what it must carry, and how warm it reaches the racks.

use super::{Review, Rule, Severity, one_more};
use crate::physics::air_management::RECOMMENDED;
use crate::plan::{Element, Row};
use crate::solve::{HallAir, Status};
use crate::units::*;

pub(super) fn check(review: &mut Review<'_>) {
    halls(review);
    let plan = review.plan;
    for row in plan.rows() {
        let air = review.outcome.loads.rows.get(&row.id).map_or(Power::ZERO, |l| l.air);
        if let Some(state) = review.outcome.cooling.halls.get(&row.hall).filter(|_| air > Power::ZERO) {
            inlets(review, row, state);
        }
    }
}

/// The rack of a row that is nearest to what it allows: slot, inlet and largest inlet, °C.
fn nearest(review: &Review<'_>, row: &Row, state: &HallAir) -> Option<(u32, f64, f64)> {
    let class = if let Some(Element::Hall(h)) = review.plan.get(&row.hall) { h.class.max_inlet().celsius() } else { f64::NAN };
    let mut worst: Option<(u32, f64, f64)> = None;
    for slot in 1..=row.count {
        let Some(model) = row.model_at(slot).and_then(|m| review.catalog.racks(m)) else { continue };
        let (inlet, allowed) = (state.inlet_of(&row.id, slot).celsius(), model.air.max_inlet.celsius().min(class));
        if inlet.is_finite() && worst.is_none_or(|(_, t, most)| inlet - allowed > t - most) {
            worst = Some((slot, inlet, allowed));
        }
    }
    worst
}

fn inlets(review: &mut Review<'_>, row: &Row, state: &HallAir) {
    let near = nearest(review, row, state);
    let (slot, inlet, allowed) = near.unwrap_or((0, f64::NAN, f64::NAN));
    let quantity = if slot > 0 { format!("inlet air temperature of rack {slot}") } else { "inlet air temperature".to_owned() };
    let condition = review.outcome.condition.label.clone();
    review.limit(Rule {
        rule: "inlet-air",
        id: format!("{}/inlet", row.id),
        element: &row.id,
        quantity: &quantity,
        condition: &condition,
        used: inlet,
        capacity: allowed,
        unit: "°C",
        hint: "move more air, contain the aisles better, or supply colder air",
        fix: None,
        soft: false,
    });
    let warmest = state.warmest_of(&row.id);
    if warmest > RECOMMENDED.1 && inlet <= allowed {
        let message = format!(
            "{}: inlet air of {:.1} °C is allowed, but warmer than the recommended {:.0} °C",
            review.name(&row.id),
            warmest.celsius(),
            RECOMMENDED.1.celsius()
        );
        review.say(Severity::Note, "inlet-recommended", &row.id, message, "contain the aisles better, move more air, or supply colder air");
    }
}

fn halls(review: &mut Review<'_>) {
    let (plan, outcome) = (review.plan, review.outcome);
    for (id, state) in outcome.cooling.halls.iter().filter(|(_, h)| h.heat > Power::ZERO && h.capacity > Power::ZERO) {
        let handler = plan.air_handlers().find(|a| a.hall == *id);
        review.limit(Rule {
            rule: "air-overload",
            id: format!("{id}/air"),
            element: id,
            quantity: "heat to hall air",
            condition: &outcome.condition.label,
            used: state.heat.megawatts(),
            capacity: state.capacity.megawatts(),
            unit: "MW",
            hint: "add an air handler, give it colder water, or supply warmer air",
            fix: handler.and_then(|a| one_more(&a.id, "units", a.units, "Add an air handler")),
            soft: false,
        });
        if state.convergence.status != Status::Converged {
            let message = format!("{}: no steady state of its air was found, so that the inlets of its racks are unknown", review.name(id));
            review.say(Severity::Broken, "air-unknown", id, message, "look for air handlers without water, and for a hall without free floor");
        }
    }
    for row in plan.rows() {
        if let Some(front) = row.front.filter(|front| !front.along(row.turned)) {
            let message = format!("{}: its front is said to face {}, which is an end of the row; it is chosen instead", review.name(&row.id), front.label());
            review.say(Severity::Warning, "row-front", &row.id, message, "choose a side along the row, or leave the front empty");
        }
    }
}
