//! What the pointer learns by resting on something.

use super::overlay::{Field, busiest};
use super::scene::{Hit, label, rack_label};
use crate::checks::Finding;
use crate::plan::{Element, Row};
use crate::ui::theme;
use crate::ui::view::View;
use crate::ui::widgets::count;
use crate::units::{Power, Pressure, Temperature, VolumeFlow, grouped, show};

/// Fills the tooltip of what is under the pointer.
pub fn show_tip(ui: &mut egui::Ui, hit: &Hit, view: &View<'_>, field: Option<&Field<'_>>, findings: &[&Finding]) {
    let Some(element) = view.plan.get(&hit.id) else { return };
    let title = match hit.slot {
        Some(slot) => rack_label(&hit.id, slot),
        None => label(element),
    };
    ui.horizontal(|ui| {
        ui.strong(title);
        if element.name() != hit.id.as_str() {
            ui.weak(element.name());
        }
    });
    let mut lines = numbers(element, hit.slot, view);
    if let Some(field) = field.filter(|f| f.covers(&hit.id)) {
        lines.push((field.title.to_owned(), field.text(field.value(&hit.id, hit.slot), view.system)));
    }
    egui::Grid::new("tip").num_columns(2).spacing([12.0, 2.0]).show(ui, |ui| {
        for (name, value) in lines {
            ui.weak(name);
            ui.label(value);
            ui.end_row();
        }
    });
    for finding in findings.iter().take(4) {
        let color = theme::of(ui).severity(finding.severity);
        ui.colored_label(color, format!("{} {}", theme::severity_mark(finding.severity), finding.message));
    }
}

fn numbers(element: &Element, slot: Option<u32>, view: &View<'_>) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: String| lines.push((name.to_owned(), value));
    match element {
        Element::Row(row) => row_numbers(row, slot, view, &mut add),
        Element::Hall(hall) => {
            let rows: Vec<&Row> = view.plan.rows().filter(|r| r.hall == hall.id).collect();
            add("Racks", count(rows.iter().flat_map(|r| r.models().into_values()).map(u64::from).sum()));
            if let Some(solved) = view.solved {
                let power: Power = rows.iter().filter_map(|r| solved.outcome.loads.rows.get(&r.id)).map(|l| l.power).sum();
                add("IT power", show(power, view.system));
                if let Some(air) = solved.outcome.cooling.halls.get(&hall.id) {
                    add("Inlet air", show(air.inlet, view.system));
                    if let Some((row, slot)) = &air.worst {
                        add("Warmest rack", format!("{row}/{slot}, {}", show(air.worst_inlet, view.system)));
                    }
                }
            }
        }
        Element::Cdu(cdu) => {
            add("Units", units(cdu.units, cdu.redundant));
            if let Some(state) = view.solved.and_then(|s| s.outcome.cooling.loops.get(&cdu.tcs)) {
                add("Loop heat", format!("{} of {}", show(state.heat, view.system), show(state.capacity, view.system)));
                add("Supply, return", format!("{}, {}", show(state.supply, view.system), show(state.return_, view.system)));
                add("Flow", show(state.flow, view.system));
            }
        }
        Element::Cooler(cooler) => {
            add("Units", units(cooler.units, cooler.redundant));
            let state = view.solved.and_then(|s| s.outcome.cooling.fws.get(&cooler.fws)).and_then(|f| f.coolers.get(&cooler.id));
            if let Some(state) = state {
                add("Heat", format!("{} of {}", show(state.heat, view.system), show(state.capacity, view.system)));
                add("Mode", state.mode.to_owned());
            }
        }
        Element::AirHandler(e) => add("Units", units(e.units, e.redundant)),
        Element::Generator(e) => add("Units", units(e.units, e.redundant)),
        Element::Battery(e) => add("Units", units(e.units, 0)),
        Element::Grid(e) => add("Firm import", show(e.firm(view.plan.date()), view.system)),
        _ => {}
    }
    if let Some((branch, loading)) = view.solved.and_then(|s| busiest(&s.outcome, element)) {
        add(&format!("Loading ({})", branch.kind.label()), format!("{} %", grouped(loading * 100.0)));
    }
    if slot.is_none() {
        for (field, model, _) in element.models().into_iter().filter(|(f, _, _)| matches!(*f, "model" | "transformer" | "ups" | "pump")) {
            add(
                if field == "ups" {
                    "UPS"
                } else if field == "transformer" {
                    "Transformer"
                } else {
                    "Model"
                },
                model.to_owned(),
            );
        }
    }
    lines
}

fn units(all: u32, spare: u32) -> String {
    if spare > 0 { format!("{all}, of them {spare} spare") } else { all.to_string() }
}

fn row_numbers(row: &Row, slot: Option<u32>, view: &View<'_>, add: &mut impl FnMut(&str, String)) {
    let load = view.solved.and_then(|s| s.outcome.loads.rows.get(&row.id));
    let coolant = view.solved.and_then(|s| row.tcs.as_ref().and_then(|t| s.outcome.cooling.loops.get(t)).and_then(|l| l.rows.get(&row.id)));
    if let Some(slot) = slot {
        let Some(model) = row.model_at(slot) else {
            add("Slot", "empty".to_owned());
            return;
        };
        add("Rack model", model.to_owned());
        if let Some(rack) = load.and_then(|l| l.models.get(model)) {
            add("Power", show(rack.power, view.system));
        }
        let at = slot.saturating_sub(1) as usize;
        if let Some(coolant) = coolant {
            let value = |list: &[f64]| list.get(at).copied().unwrap_or(f64::NAN);
            add("Flow", show(VolumeFlow::from_cubic_meters_per_second(value(&coolant.flow)), view.system));
            add("Pressure drop", show(Pressure::from_pascals(value(&coolant.drop)), view.system));
            add("Return", show(Temperature::from_kelvin(value(&coolant.return_k)), view.system));
        }
        if let Some(air) = view.solved.and_then(|s| s.outcome.cooling.halls.get(&row.hall)).filter(|air| air.inlet_of(&row.id, slot).is_finite()) {
            add("Inlet air", show(air.inlet_of(&row.id, slot), view.system));
        }
        return;
    }
    add("Racks", row.models().iter().map(|(m, n)| format!("{n} × {m}")).collect::<Vec<_>>().join(", "));
    if let Some(load) = load {
        add("Power", show(load.power, view.system));
    }
    add("Feeds", row.b.as_ref().map_or_else(|| row.a.to_string(), |b| format!("A {}, B {b}", row.a)));
}
