//! Halls, rows and single racks.

use super::{Reading, power};
use crate::plan::{Hall, Row};
use crate::solve::{HallAir, LoopState, Outcome, RowCoolant};
use crate::ui::panels::parts::whole;
use crate::ui::view::View;
use crate::units::{Power, Pressure, System, Temperature, VolumeFlow, grouped, show, show_in};

pub(super) fn row(view: &View<'_>, outcome: &Outcome, row: &Row) -> Vec<Reading> {
    let u = view.system;
    let mut list = Vec::new();
    if let Some(load) = outcome.loads.rows.get(&row.id) {
        list.push(Reading::of("Power", load.power, load.design_power, u).why("What the row draws, of the design power of its racks"));
        list.extend(super::cap(outcome, &row.id, u));
        list.push(Reading::new("Racks", whole(load.racks)));
        list.push(Reading::new("GPUs", whole(load.gpus)));
        list.push(Reading::new("Heat", format!("{} to liquid, {} to air", show(load.liquid, u), show(load.air, u))));
    }
    list.extend(power::feeds(view, outcome, row));
    if let Some((state, coolant)) = coolant(outcome, row) {
        list.extend(row_coolant(state, coolant, u));
    }
    if let Some(air) = outcome.cooling.halls.get(&row.hall) {
        list.extend(inlet(view, air, row, None));
    }
    if outcome.power.dark.contains(&row.id) {
        list.push(Reading::new("Power feed", "without power").bad_if(true));
    }
    list
}

fn coolant<'o>(outcome: &'o Outcome, row: &Row) -> Option<(&'o LoopState, &'o RowCoolant)> {
    let state = outcome.cooling.loops.get(row.tcs.as_ref()?)?;
    Some((state, state.rows.get(&row.id)?))
}

/// Least and largest of the finite values.
fn range(values: &[f64]) -> Option<(f64, f64)> {
    crate::ui::plots::heat::range_of(values)
}

fn row_coolant(state: &LoopState, coolant: &RowCoolant, u: System) -> Vec<Reading> {
    let mut list = Vec::new();
    let flow = |v: f64| VolumeFlow::from_cubic_meters_per_second(v);
    let sum: f64 = coolant.flow.iter().filter(|v| v.is_finite()).sum();
    let wanted: f64 = coolant.wanted.iter().filter(|v| v.is_finite()).sum();
    if let Some((low, high)) = range(&coolant.flow) {
        let short = coolant.flow.iter().zip(&coolant.wanted).any(|(f, w)| *f < w * crate::checks::LEAST_FLOW);
        let text = if (high - low) < 0.005 * high { show(flow(low), u) } else { format!("{} to {}", show(flow(low), u), show(flow(high), u)) };
        list.push(Reading::new("Flow per rack", text).bad_if(short).why("Of the racks in this row; red where one gets less than nine tenths of what it wants"));
        list.push(Reading::new("Flow of the row", format!("{} of {} wanted", show(flow(sum), u), show(flow(wanted), u))));
    }
    let back = range(&coolant.return_k).map(|(_, high)| Temperature::from_kelvin(high));
    let text = format!("{} to {}", show(state.supply, u), back.map_or_else(|| "—".to_owned(), |b| show(b, u)));
    list.push(Reading::new("Supply, return", text).bad_if(!state.held).why("Coolant to the racks, and from the warmest of them"));
    if let Some((_, drop)) = range(&coolant.drop) {
        list.push(Reading::new("Pressure drop", show(Pressure::from_pascals(drop), u)).why("Of the rack with the largest"));
    }
    list
}

/// Inlet air of a rack, or of the warmest of a row, and what share of it was exhaust before.
fn inlet(view: &View<'_>, air: &HallAir, row: &Row, slot: Option<u32>) -> Vec<Reading> {
    const WHY: &str = "A planning estimate in plan view, not CFD; the limit is the rack's own";
    let u = view.system;
    let model = slot.map_or(Some(row.rack.as_str()), |s| row.model_at(s));
    let allowed = model.and_then(|m| view.catalog.racks(m)).map(|m| m.air.max_inlet.0);
    let warmest = slot.map_or_else(|| air.warmest_of(&row.id), |s| air.inlet_of(&row.id, s));
    let bad = allowed.is_some_and(|a| warmest > a);
    let most = allowed.map_or_else(String::new, |a| format!(" (at most {})", show(a, u)));
    let Some(known) = air.rows.get(&row.id) else { return vec![Reading::new("Inlet air", "unknown").why(WHY)] };
    let Some(slot) = slot else {
        let text = match range(&known.inlet_k) {
            Some((low, high)) if high - low >= 0.05 => {
                format!("{} to {}{most}", show(Temperature::from_kelvin(low), u), show(Temperature::from_kelvin(high), u))
            }
            Some(_) => format!("{}{most}", show(warmest, u)),
            None => "none drawn".to_owned(),
        };
        return vec![
            Reading::new("Inlet air", text).bad_if(bad).why(WHY),
            Reading::new("Front", known.front.label()).why("The side from which its racks draw air"),
        ];
    };
    if !warmest.is_finite() {
        return vec![Reading::new("Inlet air", "none drawn")];
    }
    let mut list = vec![Reading::new("Inlet air", format!("{}{most}", show(warmest, u))).bad_if(bad).why(WHY)];
    if let Some(share) = known.exhaust_share.get(slot.saturating_sub(1) as usize).filter(|s| s.is_finite()) {
        list.push(
            Reading::new("Exhaust in it", format!("{} %", grouped(share * 100.0)))
                .why("Share of the inlet air that came out of racks before: one less the capture index"),
        );
    }
    list
}

/// One rack of a row.
pub(super) fn rack(view: &View<'_>, outcome: &Outcome, row: &Row, slot: u32) -> Vec<Reading> {
    let u = view.system;
    let Some(model) = row.model_at(slot) else { return vec![Reading::new("Rack", "empty slot")] };
    let mut list = vec![Reading::new("Rack", view.catalog.racks(model).map_or(model, |m| m.name.as_str()))];
    if let Some(load) = outcome.loads.rows.get(&row.id).and_then(|l| l.models.get(model)) {
        match view.catalog.racks(model).map(|m| m.design_power.0) {
            Some(design) => list.push(Reading::of("Power", load.power, design, u).why("Of its design power")),
            None => list.push(Reading::new("Power", show(load.power, u))),
        }
        let stages = format!("{} in its nodes, {} in its shelves or its DC input", show(load.node_loss, u), show(load.conversion_loss - load.node_loss, u));
        list.push(Reading::new("Lost in its converters", show(load.conversion_loss, u)).why(stages));
        list.push(Reading::new("Heat", format!("{} to liquid, {} to air", show(load.liquid, u), show(load.air, u))));
    }
    if let Some((state, coolant)) = coolant(outcome, row) {
        list.extend(rack_coolant(state, coolant, slot, u));
    }
    if let Some(air) = outcome.cooling.halls.get(&row.hall) {
        list.extend(inlet(view, air, row, Some(slot)));
    }
    list
}

fn rack_coolant(state: &LoopState, coolant: &RowCoolant, slot: u32, u: System) -> Vec<Reading> {
    let i = (slot as usize).saturating_sub(1);
    let at = |list: &[f64]| list.get(i).copied().filter(|v| v.is_finite());
    let Some(flow) = at(&coolant.flow) else {
        return vec![Reading::new("Liquid", "none: this rack is cooled by air alone")];
    };
    let text = |v: f64| show(VolumeFlow::from_cubic_meters_per_second(v), u);
    let mut list = Vec::new();
    match at(&coolant.wanted) {
        Some(wanted) => list.push(Reading::new("Flow", format!("{} of {} wanted", text(flow), text(wanted))).bad_if(flow < wanted * 0.98)),
        None => list.push(Reading::new("Flow", text(flow))),
    }
    let back = at(&coolant.return_k).map_or_else(|| "—".to_owned(), |k| show(Temperature::from_kelvin(k), u));
    list.push(Reading::new("Supply, return", format!("{} to {back}", show(state.supply, u))).bad_if(!state.held));
    if let Some(drop) = at(&coolant.drop) {
        list.push(Reading::new("Pressure drop", show(Pressure::from_pascals(drop), u)));
    }
    if let Some(case) = at(&coolant.case_k) {
        list.push(Reading::new("Case on the cold plates", show(Temperature::from_kelvin(case), u)).why("By the plates' published resistance at this flow"));
    }
    list
}

pub(super) fn hall(view: &View<'_>, outcome: &Outcome, hall: &Hall) -> Vec<Reading> {
    let u = view.system;
    let rows: Vec<_> = view.plan.rows().filter(|r| r.hall == hall.id).filter_map(|r| outcome.loads.rows.get(&r.id)).collect();
    let power: Power = rows.iter().map(|r| r.power).sum();
    let square_meters = hall.size.0 * hall.size.1;
    let mut list = vec![
        Reading::new("Racks", whole(rows.iter().map(|r| r.racks).sum::<u32>())),
        Reading::new("GPUs", whole(rows.iter().map(|r| r.gpus).sum::<u64>())),
        Reading::new("IT power", show(power, u)),
        Reading::new("Density", format!("{} kW/m²", grouped(power.kilowatts() / square_meters))).why("IT power over the floor of the hall"),
    ];
    list.extend(super::cap(outcome, &hall.id, u));
    if let Some(air) = outcome.cooling.halls.get(&hall.id) {
        list.extend(hall_air(air, hall, u));
    }
    list
}

/// Air in the units of the trade: m³/s, or cubic feet a minute.
fn air_flow(flow: VolumeFlow, u: System) -> String {
    show_in(flow, if u == System::Us { "cfm" } else { "m³/s" })
}

/// The air of a hall.
pub(super) fn hall_air(air: &HallAir, hall: &Hall, u: System) -> Vec<Reading> {
    let allowed = hall.class.max_inlet();
    let mut list = vec![
        Reading::of("Heat to air", air.heat, air.capacity, u).why("What the air handlers can carry, spare units left out, at the present water temperature"),
        Reading::new("Inlet air", format!("{} in the mean (at most {})", show(air.inlet, u), show(allowed, u))).bad_if(air.inlet > allowed),
    ];
    if let Some((row, slot)) = &air.worst {
        let text = format!("{row}/{slot}, {}", show(air.worst_inlet, u));
        list.push(Reading::new("Warmest rack", text).bad_if(air.worst_inlet > allowed).why("A planning estimate in plan view, not CFD"));
        let percent = |share: crate::units::Ratio| if share.is_finite() { format!("{} %", grouped(share.value() * 100.0)) } else { "unknown".to_owned() };
        list.push(
            Reading::new("SHI, RTI", format!("{}, {}", percent(air.shi), percent(air.rti)))
                .why("Supply heat index: what of the air's warming it took up before the racks. Return temperature index: above 100 % racks draw exhaust, below it supply air returns unused"),
        );
        list.push(
            Reading::new("RCI high, low", format!("{}, {}", percent(air.rci_hi), percent(air.rci_lo)))
                .why("Rack cooling indices: 100 % if all inlets are within the recommended 18 to 27 °C, 0 % if all are at what the class just allows"),
        );
    }
    list.extend([
        Reading::new("Supply, exhaust", format!("{} to {}", show(air.supply, u), show(air.exhaust, u))).bad_if(!air.held).why(if air.held {
            "The supply temperature is held"
        } else {
            "The supply temperature isn't held"
        }),
        Reading::new("Air", format!("{} drawn, {} moved", air_flow(air.rack_flow, u), air_flow(air.handler_flow, u)))
            .bad_if(air.escapes.value() > hall.recirculation.value() + 1e-3)
            .why("What the racks draw, and what the handlers move; red where the handlers don't take what containment catches"),
        Reading::new("Fans", format!("{} at {:.0} % speed", show(air.fan_power, u), air.fan_speed * 100.0)),
    ]);
    list
}
