//! Grid, generation, water and permits.

use super::{Limit, Review, Rule, Severity, Standing, standing};
use crate::plan::{Id, Plan};
use crate::units::*;

pub(super) fn check(review: &mut Review<'_>) {
    now(review);
    year(review);
    permits(review);
}

/// Whether grid and generators carry the facility at the condition.
fn now(review: &mut Review<'_>) {
    let outcome = review.outcome;
    // What standby sets carry is no matter of the supply.
    let (supply, facility) = (&outcome.supply, outcome.supply.load);
    let Some(grid) = review.plan.grids().next() else { return islanded(review) };
    let (firm, generation) = (supply.grid_firm, supply.generation());
    let condition = outcome.condition.label.clone();
    let covered = facility <= firm + generation;
    if facility > firm {
        let left = facility - firm;
        let rest = if generation <= Power::ZERO {
            "there is no on-site generation".to_owned()
        } else if covered {
            format!("on-site generation of {} covers the remaining {}", show(generation, System::Si), show(left, System::Si))
        } else {
            format!("with {} of on-site generation {} are still missing", show(generation, System::Si), show(left - generation, System::Si))
        };
        let message =
            format!("{} of firm grid does not carry the campus alone: it takes {} ({}); {rest}", show(firm, System::Si), show(facility, System::Si), condition);
        let severity = if covered { Severity::Warning } else { Severity::Broken };
        review.say(severity, "grid-short", &grid.id, message, "wait for the next grid step, add generation, or take less power until then");
    }
    // What the grid alone doesn't carry and generation does is no broken limit; it is as near as one can be.
    let stands = |capacity: Power| match standing(facility.megawatts(), capacity.megawatts(), "MW") {
        Standing::Broken if covered => Standing::Near,
        other => other,
    };
    for (id, quantity, capacity) in [("firm", "firm grid import, alone", firm), ("supply", "grid and generation", firm + generation)] {
        review.limits.push(Limit {
            id: format!("{}/{id}", grid.id),
            element: grid.id.clone(),
            quantity: quantity.to_owned(),
            condition: condition.clone(),
            used: facility.megawatts(),
            capacity: capacity.megawatts(),
            unit: "MW",
            standing: stands(capacity),
            stranded: (facility > capacity).then(|| facility - capacity),
        });
    }
    if let Some(pf) = power_factor(facility, outcome.power.reactive).filter(|pf| *pf < 0.9) {
        let message = format!("the power factor at the point of interconnection is {pf:.2}");
        review.say(
            Severity::Note,
            "power-factor",
            &grid.id,
            message,
            "large-load tariffs often ask for 0.95; batteries and capacitors can give reactive power",
        );
    }
}

/// Whether on-site generation carries a campus without a grid.
fn islanded(review: &mut Review<'_>) {
    let (generation, facility) = (review.outcome.supply.generation(), review.outcome.supply.load);
    let Some(generator) = review.plan.generators().next() else { return };
    review.limit(Rule {
        rule: "generation-short",
        id: format!("{}/supply", generator.id),
        element: &generator.id,
        quantity: "generation",
        condition: &review.outcome.condition.label,
        used: facility.megawatts(),
        capacity: generation.megawatts(),
        unit: "MW",
        hint: "add generation or a grid connection, or take less power",
        fix: super::one_more(&generator.id, "units", generator.units, "Add a generator"),
        soft: false,
    });
}

/// What stands for the supply in a finding: a grid connection, else what there is on site, else the campus.
fn source(plan: &Plan) -> Id {
    let on_site = || plan.generators().map(|g| &g.id).chain(plan.batteries().map(|b| &b.id)).next();
    plan.grids().map(|g| &g.id).next().or_else(on_site).cloned().unwrap_or_else(|| Id::from("campus"))
}

fn power_factor(p: Power, q: ReactivePower) -> Option<f64> {
    let s = p.watts().hypot(q.vars());
    (s > 0.0).then(|| p.watts() / s)
}

/// Whether every hour of the year is served.
fn year(review: &mut Review<'_>) {
    let year = &review.outcome.year;
    if year.unserved_hours > 0 {
        let source = source(review.plan);
        let message = format!(
            "over the year {} are not served, in {} hours: grid, generators and batteries are not enough",
            show(year.unserved_energy, System::Si),
            number_of(year.unserved_hours)
        );
        review.say(Severity::Broken, "unserved", &source, message, "add generation or batteries, or lower the load in the hottest hours");
    }
    if year.plant.hours_not_held > 0 {
        let site = Id::from("site");
        let message = format!("heat rejection does not hold its water temperature in {} hours of the year", number_of(year.plant.hours_not_held));
        review.say(Severity::Warning, "warm-hours", &site, message, "see the Year panel for when; add heat rejection or allow warmer water");
    }
}

fn number_of(n: u32) -> String {
    if n < 1000 { n.to_string() } else { grouped(f64::from(n)) }
}

fn permits(review: &mut Review<'_>) {
    let year = &review.outcome.year;
    for g in review.plan.generators() {
        let (Some(cap), Some(nox)) = (g.nox_cap, year.nox.get(&g.id)) else { continue };
        review.limit(Rule {
            rule: "nox",
            id: format!("{}/nox", g.id),
            element: &g.id,
            quantity: "NOx emitted",
            condition: "over the year",
            used: nox.tonnes(),
            capacity: cap.tonnes(),
            unit: "t",
            hint: "run the units less, or treat the exhaust better",
            fix: None,
            soft: false,
        });
    }
    if let Some(site) = review.plan.site()
        && let Some(cap) = site.water_cap
    {
        let days = year.hourly.makeup_m3.chunks(24).map(|d| d.iter().sum::<f64>());
        let most = days.fold(0.0, f64::max);
        review.limit(Rule {
            rule: "water",
            id: "site/water".to_owned(),
            element: &site.id,
            quantity: "water taken in",
            condition: "on the worst day of the year",
            used: most,
            capacity: (cap * Duration::from_days(1.0)).cubic_meters(),
            unit: "m³/d",
            hint: "cool dry in more hours, or raise the cycles of concentration",
            fix: None,
            soft: false,
        });
    }
}
