//! Coolant at the racks: least flow, pressure drop, case temperature; condensation; velocity in the headers.

use super::{Fix, Review, Rule, Severity};
use crate::edit::Command;
use crate::physics::{header, pipe};
use crate::plan::catalog::LiquidSide;
use crate::plan::{Element, Id, Row, Tcs};
use crate::solve::{LoopState, Part, RowCoolant, header_flow, header_size, header_sizes};
use crate::units::*;

/// Kelvins that coolant must be above the dew point of the hall. Commissioning lists ask for 2 to 3 K (resistancezero.com, CDU checklist). Assumed.
pub const DEW_POINT_MARGIN: f64 = 2.0;

pub(super) fn check(review: &mut Review<'_>) {
    let (plan, outcome) = (review.plan, review.outcome);
    for tcs in plan.tcs_loops() {
        let Some(state) = outcome.cooling.loops.get(&tcs.id).filter(|s| s.heat > Power::ZERO) else { continue };
        dew_point(review, tcs, state);
        velocity(review, tcs, state);
    }
    for row in plan.rows() {
        let state = row.tcs.as_ref().and_then(|t| outcome.cooling.loops.get(t)).filter(|s| s.heat > Power::ZERO);
        if let Some(coolant) = state.and_then(|s| s.rows.get(&row.id)) {
            least_flow(review, row, coolant);
            drop(review, row, coolant);
            case(review, row, coolant);
        }
    }
}

fn dew_point(review: &mut Review<'_>, tcs: &Tcs, state: &LoopState) {
    let condition = review.outcome.condition.label.clone();
    review.limit(Rule {
        rule: "dew-point",
        id: format!("{}/dew point", tcs.id),
        element: &tcs.id,
        quantity: "dew point of the hall with a margin of 2 K",
        condition: &condition,
        used: state.dew_point.celsius() + DEW_POINT_MARGIN,
        capacity: state.supply.celsius(),
        unit: "°C",
        hint: "supply warmer coolant, or dry the air of the hall: water condenses on cold pipes and plates",
        fix: None,
        soft: false,
    });
}

/// The fastest flow in a loop's headers, at what its racks want.
fn velocity(review: &mut Review<'_>, tcs: &Tcs, state: &LoopState) {
    let piping = &*state.pipes.piping;
    let headers = piping.links.iter().enumerate().filter(|(_, p)| matches!(p, Part::Header { .. } | Part::Back { .. }));
    let now = headers.filter_map(|(k, _)| piping.velocity(k)).fold(0.0, f64::max);
    let wanted = pipe::velocity(header_flow(state), tcs.header).meters_per_second();
    let fix = header_size(state).filter(|bore| *bore > tcs.header).map(|bore| sized(&tcs.id, bore));
    review.limit(Rule {
        rule: "header-velocity",
        id: format!("{}/velocity", tcs.id),
        element: &tcs.id,
        quantity: "velocity in the headers",
        condition: "normal",
        used: now.max(wanted),
        capacity: header::velocity_limit().meters_per_second(),
        unit: "m/s",
        hint: "use wider headers: fast coolant wears pipes out, and costs pump power",
        fix,
        soft: true,
    });
}

/// The edit that gives a loop's headers a diameter.
#[must_use]
pub fn sized(tcs: &Id, bore: Length) -> Fix {
    // To the hundredth of a millimeter, as pipe tables are.
    let value = format!("{} mm", (bore.millimeters() * 100.0).round() / 100.0);
    Fix { label: format!("Size the headers: {value}"), command: Command::Set { id: tcs.clone(), field: "header".to_owned(), value } }
}

/// Racks of a row with their liquid side: slot, and it.
fn racks<'a>(review: &Review<'a>, row: &'a Row) -> impl Iterator<Item = (usize, &'a LiquidSide)> + use<'a> {
    let catalog = review.catalog;
    (1..=row.count).filter_map(move |slot| Some((slot as usize - 1, catalog.racks(row.model_at(slot)?)?.liquid.as_ref()?)))
}

fn at(list: &[f64], slot: usize) -> f64 {
    list.get(slot).copied().unwrap_or(f64::NAN)
}

fn least_flow(review: &mut Review<'_>, row: &Row, coolant: &RowCoolant) {
    let of = |(slot, liquid): (usize, &LiquidSide)| {
        let needed = liquid.min_flow.as_ref()?.liters_per_minute_per_kilowatt();
        let given = at(&coolant.flow, slot) * 60_000.0 / (at(&coolant.heat, slot) / 1e3);
        (given < needed).then_some((given, needed))
    };
    let worst = racks(review, row).filter_map(of).reduce(|a, b| if a.0 / a.1 <= b.0 / b.1 { a } else { b });
    if let Some((given, needed)) = worst {
        let name = review.name(&row.id);
        let message = format!("{name}: the worst rack gets {given:.2} L/min of coolant for each kW of heat, less than the {needed:.2} it should have");
        review.say(
            Severity::Warning,
            "rack-flow-per-kw",
            &row.id,
            message,
            "give the racks more flow: another CDU, wider headers, or a higher pressure to hold",
        );
    }
}

fn drop(review: &mut Review<'_>, row: &Row, coolant: &RowCoolant) {
    let worst = racks(review, row).filter_map(|(slot, l)| Some((at(&coolant.drop, slot) / 1e3, l.max_drop.as_ref()?.pascals() / 1e3)));
    let Some((used, capacity)) = worst.reduce(|a, b| if a.0 / a.1 >= b.0 / b.1 { a } else { b }) else { return };
    review.limit(Rule {
        rule: "rack-drop",
        id: format!("{}/drop", row.id),
        element: &row.id,
        quantity: "pressure drop of a rack",
        condition: "normal",
        used,
        capacity,
        unit: "kPa",
        hint: "supply colder coolant, so that the racks want less flow, or hold a lower pressure",
        fix: None,
        soft: false,
    });
}

fn case(review: &mut Review<'_>, row: &Row, coolant: &RowCoolant) {
    let condition = review.outcome.condition.label.clone();
    let known = racks(review, row).filter_map(|(slot, l)| Some((at(&coolant.case_k, slot) - 273.15, l.cold_plates.as_ref()?.max_case.celsius())));
    let Some((used, capacity)) = known.reduce(|a, b| if a.0 - a.1 >= b.0 - b.1 { a } else { b }) else { return };
    review.limit(Rule {
        rule: "case-temperature",
        id: format!("{}/case", row.id),
        element: &row.id,
        quantity: "case temperature on the cold plates",
        condition: &condition,
        used,
        capacity,
        unit: "°C",
        hint: "give the racks colder coolant, or more of it",
        fix: None,
        soft: false,
    });
}

/// Edits that give the headers of loops the diameters they should have: all loops, or those named. Headers that have it are left alone.
#[must_use]
pub fn resize(plan: &crate::plan::Plan, outcome: &crate::solve::Outcome, only: &[Id]) -> Option<Command> {
    let sizes = header_sizes(plan, outcome).into_iter().filter(|(id, _)| only.is_empty() || only.contains(id));
    let differs = |(id, bore): &(Id, Length)| matches!(plan.get(id), Some(Element::Tcs(t)) if (t.header - *bore).millimeters().abs() > 0.005);
    let commands: Vec<Command> = sizes.filter(differs).map(|(id, bore)| sized(&id, bore).command).collect();
    (!commands.is_empty()).then(|| Command::Batch { label: "Size headers".to_owned(), commands })
}
