//! What the pointer learns by resting on a part of the diagram.

use super::brush::{Brush, Live, fine_percent, percent};
use super::outages;
use super::touch::What;
use crate::checks::Standing;
use crate::plan::{Element, Id};
use crate::solve::{Branch, BranchKind, NodeKind};
use crate::ui::theme;
use crate::units::{ApparentPower, Current, Power, ReactivePower, Voltage, show};
use egui::Ui;

type Lines = Vec<(String, String)>;

/// Fills the card.
pub fn show_card(ui: &mut Ui, brush: &Brush<'_>, what: &What) {
    let (title, lines) = match what {
        What::Bar(node) => bar(brush, *node),
        What::Branch(branch) => of_branch(brush, *branch),
        What::Source(id) => source(brush, id),
        What::Block(id) => block(brush, id),
        What::Machines(node) => machines(brush, *node),
    };
    ui.strong(title);
    egui::Grid::new("one-line-card").num_columns(2).spacing([12.0, 2.0]).show(ui, |ui| {
        for (name, value) in lines {
            ui.weak(name);
            ui.label(value);
            ui.end_row();
        }
    });
    let hint = match what {
        What::Machines(_) => "",
        _ => "Right button: fail or restore. Double click: zoom in.",
    };
    if !hint.is_empty() {
        ui.label(egui::RichText::new(hint).size(theme::CAPTION).color(theme::of(ui).weak_text));
    }
}

fn voltage(brush: &Brush<'_>, node: usize) -> Lines {
    let Some(n) = brush.flow.nodes.get(node) else { return Lines::new() };
    let mut lines = vec![("Nominal".to_owned(), show(n.nominal, brush.view.system))];
    if n.v_pu.is_finite() {
        let volts = Voltage::from_volts(n.nominal.volts() * n.v_pu);
        let held = if n.source { ", held here" } else { "" };
        lines.push(("Voltage".to_owned(), format!("{} ({}{held})", show(volts, brush.view.system), fine_percent(n.v_pu))));
    } else {
        lines.push(("Voltage".to_owned(), "none: dead".to_owned()));
    }
    if let Some(worst) = brush.failures.nodes.get(node).and_then(Option::as_ref) {
        let name = brush.failures.list.get(worst.failure).map_or_else(String::new, crate::solve::Failure::name);
        lines.push(("Lowest in an outage".to_owned(), format!("{} with {name} out", fine_percent(worst.value))));
    }
    let level = brush.flow.fault_levels.get(node).copied().unwrap_or(f64::NAN);
    if level.is_finite() {
        let amps = Current::from_amperes(level / (3.0_f64.sqrt() * n.nominal.volts()));
        let power = show(ApparentPower::from_volt_amperes(level), brush.view.system);
        lines.push(("Short circuit, three-phase".to_owned(), format!("{power}, {}", show(amps, brush.view.system))));
    }
    lines
}

fn bar(brush: &Brush<'_>, node: usize) -> (String, Lines) {
    let Some(n) = brush.flow.nodes.get(node) else { return (String::new(), Lines::new()) };
    let what = match n.kind {
        NodeKind::Poi => "Point of interconnection",
        NodeKind::Bus => "Bus",
        NodeKind::BlockOutput => "Output of block",
        NodeKind::BlockLow => "Low side of block",
        NodeKind::BlockInput => "High side of block",
        NodeKind::RowFeed => "End of busway",
        NodeKind::Standby => "Standby sets of block",
    };
    let mut lines = voltage(brush, node);
    let (p, q) = brush.diagram.wiring.through(brush.flow, node);
    lines.push(("Power through it".to_owned(), format!("{}, {}", brush.watts(p), brush.vars(q))));
    if let Some(poi) = brush.flow.poi.iter().find(|p| p.node == node) {
        lines.push(("Power factor".to_owned(), format!("{:.3}", poi.power_factor())));
        lines.push(("Short circuit over load".to_owned(), format!("{:.1}", poi.short_circuit_ratio())));
        lines.push(("Voltage step on a trip".to_owned(), fine_percent(poi.step)));
    }
    (format!("{what} {}", n.element), lines)
}

fn rated(brush: &Brush<'_>, b: &Branch, value: f64) -> String {
    match b.kind {
        BranchKind::Transformer | BranchKind::Substation => show(ApparentPower::from_volt_amperes(value), brush.view.system),
        BranchKind::Ups | BranchKind::Standby => show(Power::from_watts(value), brush.view.system),
        BranchKind::Feeder | BranchKind::BlockFeeder | BranchKind::Busway => show(Current::from_amperes(value), brush.view.system),
    }
}

fn of_branch(brush: &Brush<'_>, branch: usize) -> (String, Lines) {
    let Some(b) = brush.branch(branch) else { return (String::new(), Lines::new()) };
    let system = brush.view.system;
    let live = brush.branch_live(branch);
    let mut lines = Lines::new();
    let mut add = |name: &str, value: String| lines.push((name.to_owned(), value));
    let ends = (brush.flow.nodes.get(b.from), brush.flow.nodes.get(b.to));
    if let (Some(from), Some(to)) = ends {
        add("From, to", format!("{}, {}", from.id, to.id));
    }
    if live != Live::Normal {
        add("State", live.label().to_owned());
    }
    if b.units > 1 {
        let left = (b.in_service * f64::from(b.units)).round();
        add("In parallel", if live == Live::Open { b.units.to_string() } else { format!("{left:.0} of {} in service", b.units) });
    }
    if !live.is_off() {
        add("In", format!("{}, {}", show(b.p_from, system), show(b.q_from, system)));
        add("Out", format!("{}, {}", brush.watts(-b.p_to.watts()), show(ReactivePower::from_vars(-b.q_to.vars()), system)));
        add("Current", show(b.current, system));
        add("Loading", format!("{}: {} of {}", percent(b.loading()), rated(brush, b, b.load), rated(brush, b, b.rating)));
        let share = b.loss.watts() / b.p_from.watts().abs();
        add("Loss", if share.is_finite() { format!("{} ({:.2} %)", show(b.loss, system), share * 100.0) } else { show(b.loss, system) });
    }
    if let Some(worst) = brush.failures.of_branch(branch) {
        let name = brush.failures.list.get(worst.failure).map_or_else(String::new, crate::solve::Failure::name);
        add("Worst outage", format!("{} with {name} out", percent(worst.value / worst.rating)));
    }
    add_short_circuit(brush, b, &mut lines);
    (format!("{} {}", brush.title(b), b.id), lines)
}

fn add_short_circuit(brush: &Brush<'_>, b: &Branch, lines: &mut Lines) {
    let level = brush.flow.fault_levels.get(b.to).copied().unwrap_or(f64::NAN);
    if level.is_finite() {
        lines.push(("Short circuit behind it".to_owned(), show(ApparentPower::from_volt_amperes(level), brush.view.system)));
    }
}

fn source(brush: &Brush<'_>, id: &Id) -> (String, Lines) {
    let (plan, system) = (brush.view.plan, brush.view.system);
    let mut lines = Lines::new();
    let mut add = |name: &str, value: String| lines.push((name.to_owned(), value));
    let supply = brush.view.solved.map(|s| &s.outcome.supply);
    let what = match plan.get(id) {
        Some(Element::Grid(g)) => {
            add("Firm import", show(g.firm(plan.date()), system));
            add("Short circuit", show(g.short_circuit, system));
            if let Some(poi) = brush.flow.poi.iter().find(|p| p.grid == *id) {
                add("Taken", format!("{}, {}", show(poi.power, system), show(poi.reactive, system)));
            }
            "Grid"
        }
        Some(Element::Generator(g)) => {
            add("Units", if g.redundant > 0 { format!("{}, of them {} spare", g.units, g.redundant) } else { g.units.to_string() });
            add("Model", g.model.clone());
            if let Some(power) = supply.and_then(|s| s.generators.get(id)) {
                add("Available now", show(*power, system));
            }
            "Generators"
        }
        Some(Element::Battery(b)) => {
            add("Units", b.units.to_string());
            add("Model", b.model.clone());
            if let Some(power) = supply.and_then(|s| s.batteries.get(id)) {
                add("Power", show(*power, system));
            }
            "Batteries"
        }
        _ => "Source",
    };
    let out: Vec<String> = brush.out.iter().filter(|o| o.of == id.as_str()).map(outages::name).collect();
    if !out.is_empty() {
        lines.push(("Out of service".to_owned(), out.join(", ")));
    }
    (format!("{what} {id}"), lines)
}

fn block(brush: &Brush<'_>, id: &Id) -> (String, Lines) {
    let Some(inside) = brush.diagram.wiring.blocks.get(id) else { return (String::new(), Lines::new()) };
    let glance = brush.glance(id, inside);
    let mut lines = Lines::new();
    let mut add = |name: &str, value: String| lines.push((name.to_owned(), value));
    if glance.live != Live::Normal {
        add("State", glance.live.label().to_owned());
    }
    add("Power in", brush.watts(glance.power));
    for b in inside.own() {
        let Some(branch) = brush.branch(b) else { continue };
        let (power, share) = brush.figures(b);
        let mark = theme::standing_mark(brush.standing(b));
        let worst = brush.worst(b);
        let worst = if worst.is_finite() { format!("; {} in the worst outage", percent(worst)) } else { String::new() };
        let figures = if share.is_empty() { power } else { format!("{share} {mark} ({power})") };
        add(&brush.title(branch), format!("{figures}{worst}"));
    }
    if let Some(n) = inside.outlet.and_then(|n| brush.flow.nodes.get(n)) {
        let dc = if brush.is_dc(id) { " DC" } else { "" };
        add("Output", format!("{}{dc}, {}", show(n.nominal, brush.view.system), fine_percent(n.v_pu)));
    }
    let over = inside.feeds.iter().filter(|b| brush.standing(**b) == Standing::Broken).count();
    let over = if over > 0 { format!(", {over} above rating") } else { String::new() };
    add("Busways", format!("{}{over}", inside.feeds.len()));
    if let Some(machines) = brush.diagram.wiring.equipment.get(id) {
        add("Machines", listed(machines));
    }
    (format!("Block {id}"), lines)
}

fn machines(brush: &Brush<'_>, node: usize) -> (String, Lines) {
    let Some(n) = brush.flow.nodes.get(node) else { return (String::new(), Lines::new()) };
    let mut lines = vec![("Power".to_owned(), brush.watts(brush.diagram.wiring.machines(brush.flow, node)))];
    match brush.diagram.wiring.equipment.get(&n.element) {
        Some(list) => lines.push(("Machines".to_owned(), listed(list))),
        None => lines.push(("Machines".to_owned(), "those whose feed is not drawn yet".to_owned())),
    }
    (format!("Machines on {}", n.element), lines)
}

fn listed(ids: &[Id]) -> String {
    const NAMED: usize = 6;
    let mut names: Vec<&str> = ids.iter().take(NAMED).map(Id::as_str).collect();
    let more = format!("{} more", ids.len().saturating_sub(NAMED));
    if ids.len() > NAMED {
        names.push(&more);
    }
    names.join(", ")
}
