//! What the pointer learns by resting on a part of the diagram.

use super::brush::{Brush, units};
use super::parts::What;
use super::rack;
use crate::plan::{Element, Id, Return};
use crate::solve::{Convergence, Part, Side, Status};
use crate::ui::one_line::brush::percent;
use crate::ui::one_line::outages;
use crate::ui::theme;
use crate::units::{Length, Pressure, Temperature, VolumeFlow, show};
use egui::Ui;

type Lines = Vec<(&'static str, String)>;

/// Fills the card.
pub fn show_card(ui: &mut Ui, brush: &Brush<'_>, what: &What) {
    let (title, mut lines) = match what {
        What::System(id) => system(brush, id),
        What::Pumps(id) => pumps(brush, id),
        What::Plant(id) => plant(brush, id),
        What::Main(id, number) => main(brush, id, *number),
        What::Loop(id) => coolant(brush, id),
        What::Air(id) => air(brush, id),
        What::Cdu(id) | What::CduPumps(id) => cdu(brush, id),
        What::Valve(id) => valve(brush, id),
        What::Row(id) => row(brush, id),
        What::RowValve(id) => row_valve(brush, id),
        What::Rack(id, slot) => of_rack(brush, id, *slot),
    };
    let id = what.element();
    let name = brush.view.plan.get(id).map_or("", Element::name);
    if !name.is_empty() && name != id.as_str() {
        lines.insert(0, ("Name", name.to_owned()));
    }
    let own = |o: &&crate::solve::Outage| o.of.split('/').next() == Some(id.as_str());
    let out: Vec<String> = brush.view.out.iter().filter(own).map(outages::name).collect();
    if !out.is_empty() {
        lines.push(("Out of service", out.join(", ")));
    }
    ui.strong(title);
    egui::Grid::new("loop-card").num_columns(2).spacing([12.0, 2.0]).show(ui, |ui| {
        for (name, value) in lines {
            ui.weak(name);
            ui.label(value);
            ui.end_row();
        }
    });
    let hint = "Right button: fail, close or restore. Double click: zoom in.";
    ui.label(egui::RichText::new(hint).size(theme::CAPTION).color(theme::of(ui).weak_text));
}

fn closed(lines: &mut Lines, c: &Convergence) {
    if c.status != Status::Converged {
        let at = c.worst.as_ref().map_or_else(String::new, |id| format!(", worst at {id}"));
        lines.push(("Solution", format!("{} after {} iterations{at}", c.status.label(), c.iterations)));
    }
}

fn system(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let u = b.view.system;
    let mut lines = Lines::new();
    if let Some(s) = b.water(id) {
        lines.push(("Flow", show(s.flow, u)));
        lines.push(("Head", show(s.head, u)));
        lines.push(("Supply, return", b.span(s.supply, s.return_)));
        lines.push(("Set-point", if s.held { "held" } else { "not held" }.to_owned()));
        lines.push(("Heat", format!("{} of {}", show(s.heat, u), show(s.capacity, u))));
        lines.push(("Pumps", format!("{} at {} of full speed", show(s.pump_power, u), percent(s.pump_speed))));
        if let Some(worst) = &s.worst_branch {
            let left = s.branches.get(worst).map_or_else(String::new, |w| format!(", {} between supply and return", show(w.available, u)));
            lines.push(("Farthest by pressure", format!("{worst}{left}")));
        }
        closed(&mut lines, &s.convergence);
    }
    (format!("Facility water {id}"), lines)
}

fn pumps(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let mut lines = Lines::new();
    if let Some(Element::Fws(f)) = b.view.plan.get(id) {
        lines.push(("Pumps", units(f.pumps, f.redundant)));
        lines.push(("Model", f.pump.clone()));
    }
    if let Some(s) = b.water(id) {
        let u = b.view.system;
        lines.push(("Speed", format!("{} of full speed", percent(s.pump_speed))));
        lines.push(("Flow, head", format!("{}, {}", show(s.flow, u), show(s.head, u))));
        lines.push(("Power", show(s.pump_power, u)));
    }
    (format!("Pumps of {id}"), lines)
}

fn plant(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let u = b.view.system;
    let Some(Element::Cooler(c)) = b.view.plan.get(id) else { return (id.to_string(), Lines::new()) };
    let mut lines = vec![("Units", units(c.units, c.redundant)), ("Model", c.model.clone())];
    if let Some(s) = b.water(&c.fws).and_then(|f| f.coolers.get(id)) {
        lines.push(("Heat", format!("{} of {}", show(s.heat, u), show(s.capacity, u))));
        lines.push(("Runs", s.mode.to_owned()));
        lines.push(("Units on", s.units_on.to_string()));
        lines.push(("Fan speed", percent(s.speed)));
        lines.push(("Power", show(s.power, u)));
    }
    (format!("{} {id}", b.plant_symbol(&c.model)), lines)
}

fn main(b: &Brush<'_>, id: &Id, number: usize) -> (String, Lines) {
    let u = b.view.system;
    let mut lines = Lines::new();
    if let Some(pipes) = b.water(id).map(|w| &w.pipes)
        && let Some(link) = pipes.find(Part::Main { number, side: Side::Supply })
    {
        let piping = &pipes.piping;
        let flow = piping.flows.get(link).map_or(f64::NAN, |q| q.abs());
        lines.push(("Flow", b.flow(VolumeFlow::from_cubic_meters_per_second(flow))));
        lines.push(("Pressure lost, one way", show(Pressure::from_pascals(piping.lost(link).abs()), u)));
        if let Some(v) = piping.velocity(link) {
            lines.push(("Velocity", format!("{v:.2} m/s")));
        }
        if let Some(d) = piping.diameter(link) {
            lines.push(("Inner diameter", show(Length::from_meters(d), u)));
        }
    }
    (format!("Main {number} of {id}, supply and return"), lines)
}

fn coolant(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let u = b.view.system;
    let mut lines = Lines::new();
    if let Some(s) = b.coolant(id) {
        lines.push(("Flow", format!("{} of {} wanted", show(s.flow, u), show(s.wanted_flow, u))));
        lines.push(("Head", format!("{} at {} of full speed", show(s.head, u), percent(s.pump_speed))));
        lines.push(("Supply, return", b.span(s.supply, s.return_)));
        lines.push(("Set-point", if s.held { "held" } else { "not held" }.to_owned()));
        lines.push(("Heat", format!("{} of {}", show(s.heat, u), show(s.capacity, u))));
        lines.push(("Facility water", format!("{}, leaves at {}", show(s.fws_flow, u), show(s.fws_return, u))));
        closed(&mut lines, &s.convergence);
    }
    if let Some(Element::Tcs(t)) = b.view.plan.get(id) {
        lines.push(("Coolant", t.coolant.label().to_owned()));
        lines.push(("Return header", if t.arrangement == Return::Reverse { "reverse: first supplied, last returned" } else { "direct" }.to_owned()));
    }
    (format!("Coolant loop {id}"), lines)
}

fn air(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let u = b.view.system;
    let Some(Element::AirHandler(a)) = b.view.plan.get(id) else { return (id.to_string(), Lines::new()) };
    let mut lines = vec![("Units", units(a.units, a.redundant)), ("Hall", a.hall.to_string())];
    if let Some(s) = b.cooling.halls.get(&a.hall) {
        lines.push(("Heat of the hall", format!("{} of {}", show(s.heat, u), show(s.capacity, u))));
        lines.push(("Air supply, exhaust", b.span(s.supply, s.exhaust)));
        lines.push(("Inlet of the racks", show(s.inlet, u)));
        lines.push(("Air", format!("{} at {} fan speed", b.air_flow(s.handler_flow), percent(s.fan_speed))));
    }
    if let Some(f) = b.branch(id) {
        lines.push(("Facility water", format!("{} of {} wanted", show(f.flow, u), show(f.wanted, u))));
    }
    (format!("Air handlers {id}"), lines)
}

fn cdu(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let u = b.view.system;
    let Some(Element::Cdu(c)) = b.view.plan.get(id) else { return (id.to_string(), Lines::new()) };
    let mut lines = vec![("CDUs", units(c.units, c.redundant)), ("Model", c.model.clone())];
    if let Some(model) = b.view.catalog.cdus(&c.model) {
        lines.push(("Pumps in each", model.pumps.to_string()));
    }
    if let Some(s) = b.coolant(&c.tcs) {
        lines.push(("Heat of the loop", format!("{} of {}", show(s.heat, u), show(s.capacity, u))));
        lines.push(("Pumps", format!("{} of full speed, {}", percent(s.pump_speed), show(s.head, u))));
        lines.push(("Coolant supply, return", b.span(s.supply, s.return_)));
    }
    if let Some(f) = b.branch(id) {
        lines.push(("Facility water", format!("{} of {} wanted", show(f.flow, u), show(f.wanted, u))));
        lines.push(("Pressure at its valve", show(f.available, u)));
    }
    (format!("CDU {id}"), lines)
}

fn valve(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let u = b.view.system;
    let mut lines = vec![("Stands", if b.is_out(&format!("{id}/valve")) { "closed" } else { "open" }.to_owned())];
    if let Some(f) = b.branch(id) {
        lines.push(("Flow", format!("{} of {} wanted", show(f.flow, u), show(f.wanted, u))));
        lines.push(("Pressure between supply and return", show(f.available, u)));
    }
    (format!("Facility water valve of {id}"), lines)
}

fn row(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let u = b.view.system;
    let Some(Element::Row(row)) = b.view.plan.get(id) else { return (id.to_string(), Lines::new()) };
    let known = rack::Racks::of(b.view, row);
    let racks: Vec<_> = (1..=row.count).filter_map(|s| known.coolant(s)).collect();
    let sum = |of: fn(&rack::Coolant) -> f64| racks.iter().map(of).filter(|v| v.is_finite()).sum::<f64>();
    let ends = |of: fn(&rack::Coolant) -> f64| {
        let values = || racks.iter().map(of).filter(|v| v.is_finite());
        (values().fold(f64::NAN, f64::min), values().fold(f64::NAN, f64::max))
    };
    let flow = |q: f64| b.flow(VolumeFlow::from_cubic_meters_per_second(q));
    let kelvin = |t: (f64, f64)| b.span(Temperature::from_kelvin(t.0), Temperature::from_kelvin(t.1));
    let (drops, flows) = (ends(|c| c.drop), ends(|c| c.flow));
    let mut lines = vec![("Liquid-cooled racks", racks.len().to_string())];
    if !racks.is_empty() {
        lines.push(("Flow", format!("{} of {} wanted", flow(sum(|c| c.flow)), flow(sum(|c| c.wanted)))));
        lines.push(("Flow of a rack", format!("{} to {}", flow(flows.0), flow(flows.1))));
        lines.push(("Return of a rack", kelvin(ends(|c| c.back))));
        lines.push(("Pressure drop of a rack", format!("{} to {}", show(Pressure::from_pascals(drops.0), u), show(Pressure::from_pascals(drops.1), u))));
    }
    (format!("Row {id}"), lines)
}

fn row_valve(b: &Brush<'_>, id: &Id) -> (String, Lines) {
    let stands = if b.is_out(&format!("{id}/valve")) { "closed" } else { "open" };
    (format!("Valve of row {id}"), vec![("Stands", stands.to_owned())])
}

fn of_rack(b: &Brush<'_>, id: &Id, slot: u32) -> (String, Lines) {
    let u = b.view.system;
    let mut lines = Lines::new();
    if let Some(Element::Row(row)) = b.view.plan.get(id) {
        let model = row.model_at(slot).unwrap_or_default();
        lines.push(("Model", model.to_owned()));
        let load = b.view.solved.and_then(|s| s.outcome.loads.rows.get(id)).and_then(|l| l.models.get(model));
        if let Some(load) = load {
            lines.push(("Heat to coolant, to air", format!("{}, {}", show(load.liquid, u), show(load.air, u))));
        }
        let racks = rack::Racks::of(b.view, row);
        if let Some(c) = racks.coolant(slot) {
            let flow = |q: f64| b.flow(VolumeFlow::from_cubic_meters_per_second(q));
            lines.push(("Flow", format!("{} of {} wanted", flow(c.flow), flow(c.wanted))));
            lines.push(("Pressure drop", show(Pressure::from_pascals(c.drop), u)));
            lines.push(("Supply, return", b.span(Temperature::from_kelvin(c.supply), Temperature::from_kelvin(c.back))));
        } else {
            lines.push(("Coolant", "none: no liquid-cooled rack stands here".to_owned()));
        }
        if let Some(trouble) = racks.worst(slot) {
            lines.push(("Trouble", trouble.label().to_owned()));
        }
    }
    (format!("Rack {slot} of {id}"), lines)
}
