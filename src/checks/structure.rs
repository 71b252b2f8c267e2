//! What can't work at all: references to nothing, racks without power or coolant, heat that nobody takes, a solve that didn't close.

use super::{Finding, Review, Severity};
use crate::plan::Element;
use crate::solve::{Problem, Status, WeatherSource};
use crate::units::*;

pub(super) fn check(review: &mut Review<'_>) {
    problems(review);
    without_power(review);
    without_coolant(review);
    without_heat_rejection(review);
    convergence(review);
    assumptions(review);
}

fn rule_of(p: &Problem) -> &'static str {
    match p.field {
        "weather" => "weather-file",
        "cdu" => "no-pump",
        "supply" => "no-supply",
        _ if p.message.starts_with("the catalog") => "unknown-model",
        _ => "missing-reference",
    }
}

fn problems(review: &mut Review<'_>) {
    for p in review.outcome.problems.iter() {
        review.findings.push(Finding {
            severity: if p.excluded { Severity::Broken } else { Severity::Warning },
            rule: rule_of(p),
            subjects: vec![p.subject.clone()],
            field: Some(p.field.to_owned()),
            message: format!("{}: {}", review.name(&p.subject), p.message),
            hint: p.hint.clone(),
            fixes: Vec::new(),
            accepted: None,
        });
    }
}

fn without_power(review: &mut Review<'_>) {
    for id in &review.outcome.power.dark {
        let message = format!("{} has no power: none of its feeds reaches the grid", review.name(id));
        review.say(Severity::Broken, "no-power", id, message, "connect its A or B feed to a block that a bus feeds");
    }
    for hall in review.plan.halls() {
        let rows: Vec<_> = review.plan.rows().filter(|r| r.hall == hall.id).collect();
        if !rows.is_empty() && rows.iter().all(|r| review.outcome.power.dark.contains(&r.id)) {
            let message = format!("{}: the hall has no power, all of its {} rows are dark", review.name(&hall.id), rows.len());
            review.say(Severity::Broken, "no-power", &hall.id, message, "add a power block and feed the rows from it");
        }
    }
    for element in review.plan.elements.values() {
        let unfed = match element {
            Element::Cdu(e) => e.a.is_none() && e.b.is_none(),
            Element::AirHandler(e) => e.a.is_none() && e.b.is_none(),
            Element::Fws(e) => e.a.is_none() && e.b.is_none(),
            Element::Cooler(e) => e.a.is_none() && e.b.is_none(),
            _ => false,
        };
        if unfed {
            let message = format!("{} names no power feed; its power is counted at the point of interconnection", element.name());
            review.say(Severity::Note, "no-feed", element.id(), message, "set its feed `a` (and `b`)");
        }
    }
}

fn without_coolant(review: &mut Review<'_>) {
    for row in review.plan.rows() {
        let liquid = review.outcome.loads.rows.get(&row.id).map_or(Power::ZERO, |l| l.liquid);
        if liquid > Power::ZERO && row.tcs.is_none() {
            let message = format!("{} gives {} to liquid, but is on no coolant loop", review.name(&row.id), show(liquid, System::Si));
            review.say(Severity::Broken, "no-coolant", &row.id, message, "put the row on a coolant loop (TCS)");
        }
    }
    for (id, hall) in &review.outcome.cooling.halls {
        if hall.heat > Power::ZERO && hall.inlet.kelvin().is_nan() && (hall.capacity <= Power::ZERO || !hall.capacity.is_finite()) {
            let message = format!("{} has {} of heat to air and no air handler that could take it", review.name(id), show(hall.heat, System::Si));
            review.say(Severity::Broken, "no-air-handler", id, message, "add an air handler to the hall");
        }
    }
}

fn without_heat_rejection(review: &mut Review<'_>) {
    for (id, fws) in &review.outcome.cooling.fws {
        if fws.heat > Power::ZERO && fws.coolers.is_empty() {
            let message = format!("{} brings {} and nothing rejects it", review.name(id), show(fws.heat, System::Si));
            review.say(Severity::Broken, "no-heat-rejection", id, message, "add a dry cooler, a tower or a chiller to it");
        } else if fws.heat > Power::ZERO && fws.supply.kelvin().is_nan() {
            let message = format!("{} finds no steady temperature: {} is too much for its plant", review.name(id), show(fws.heat, System::Si));
            review.say(Severity::Broken, "no-steady-state", id, message, "add heat rejection to it");
        }
    }
}

fn convergence(review: &mut Review<'_>) {
    let outcome = review.outcome;
    let power = std::iter::once(("power flow", &outcome.power.convergence));
    let loops = outcome.cooling.loops.values().map(|l| ("coolant loop", &l.convergence));
    let mains = outcome.cooling.fws.values().map(|f| ("facility water", &f.convergence));
    let open: Vec<_> = power.chain(loops).chain(mains).filter(|(_, c)| c.status != Status::Converged).collect();
    for (what, c) in open {
        let subject = c.worst.clone().unwrap_or_else(|| crate::plan::Id::from("campus"));
        let message = format!("the {what} did not converge ({}, residual {:.1e}), worst at {}", c.status.label(), c.residual, review.name(&subject));
        review.say(Severity::Broken, "not-converged", &subject, message, "look there for a load or a resistance that can't be");
    }
}

fn assumptions(review: &mut Review<'_>) {
    let year = &review.outcome.year;
    let site = crate::plan::Id::from("site");
    if year.hourly.it.is_empty() {
        review.say(
            Severity::Warning,
            "no-weather",
            &site,
            "the site has no climate: the year is not computed".to_owned(),
            "choose a site of the library, or give a weather file",
        );
    } else if year.weather == WeatherSource::Synthetic {
        let message = format!("the year's weather is synthetic, made from the statistics of {}", year.weather_name);
        review.say(Severity::Note, "synthetic-weather", &site, message, "give the site an hourly weather file (EPW) for a real typical year");
    }
    if year.plant.hours_out_of_range > 0 {
        let message = format!("heat rejection runs outside the range of a published curve in up to {} hours of the year", year.plant.hours_out_of_range);
        review.say(Severity::Note, "out-of-range", &site, message, "take the plant's power in these hours as an estimate");
    }
}
