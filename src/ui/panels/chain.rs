//! The power chain from the point of interconnection to the chip: what each stage loses of the racks' power, and what other chains would.

use super::chain_compare::{self, Side};
use super::parts;
use crate::plan::{Block, Element, Id};
use crate::session::{StageKind, Stages, stages};
use crate::solve::{BranchKind, Outcome, PowerFlow};
use crate::ui::plots::csv;
use crate::ui::theme;
use crate::ui::view::{Action, View};
use crate::units::{Power, grouped, show};
use egui::{Align, Layout, Rect, RichText, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use egui_extras::{Column, TableBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is looked at, and what was worked out for it.
#[derive(Default)]
pub struct State {
    /// Chains side by side instead of the stages of this one.
    side_shown: bool,
    hall: Option<Id>,
    known: Option<(Arc<PowerFlow>, Option<Id>, Arc<Stages>)>,
    side: Side,
}

impl State {
    /// Takes up chains solved beside the window. The window calls this once a frame.
    pub fn poll(&mut self, ctx: &egui::Context) {
        self.side.poll(ctx);
    }

    fn stages(&mut self, view: &View<'_>, outcome: &Outcome) -> Arc<Stages> {
        if let Some((flow, hall, known)) = &self.known
            && Arc::ptr_eq(flow, &outcome.power)
            && *hall == self.hall
        {
            return known.clone();
        }
        let found = Arc::new(stages(view.plan, outcome, self.hall.as_ref()));
        self.known = Some((outcome.power.clone(), self.hall.clone(), found.clone()));
        found
    }
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved else {
        parts::empty(ui, "Not solved yet", "The stages of the power chain appear as soon as the plan is solved.");
        return;
    };
    if view.plan.rows().next().is_none() || solved.outcome.power.branches.is_empty() {
        parts::empty(
            ui,
            "No power chain yet",
            "Draw a bus with a grid connection, a power block on it and a row of racks fed from the block: every stage of the way is then shown with its loss.",
        );
        return;
    }
    if state.hall.as_ref().is_some_and(|h| view.plan.get(h).is_none()) {
        state.hall = None;
    }
    ui.horizontal_wrapped(|ui| {
        ui.selectable_value(&mut state.side_shown, false, "Stages");
        ui.selectable_value(&mut state.side_shown, true, "Chains side by side").on_hover_text("The same racks on AC, eco mode and 800 V DC");
        ui.separator();
        if state.side_shown {
            chain_compare::controls(ui, view, &mut state.side);
        } else {
            halls(ui, view, &mut state.hall);
            let stages = state.stages(view, &solved.outcome);
            csv::button(ui, "power chain", || table_of(&stages), actions);
        }
    });
    if state.side_shown {
        chain_compare::ui(ui, view, &mut state.side, actions);
        return;
    }
    let stages = state.stages(view, &solved.outcome);
    if stages.source.watts() <= 0.0 || !stages.source.is_finite() {
        parts::empty(ui, "No power reaches these racks", "They are without load, or something on the way is missing or out of service.");
        return;
    }
    summary(ui, view, &solved.outcome, &stages, state.hall.as_ref());
    table(ui, view, &stages);
}

fn halls(ui: &mut Ui, view: &View<'_>, chosen: &mut Option<Id>) {
    let name = |id: &Option<Id>| id.as_ref().and_then(|h| view.plan.get(h)).map_or("Whole campus", |e| e.name()).to_owned();
    let text = name(chosen);
    let response = egui::ComboBox::from_id_salt("hall of the chain")
        .selected_text(&text)
        .width(140.0)
        .show_ui(ui, |ui| {
            ui.selectable_value(chosen, None, "Whole campus");
            for hall in view.plan.halls() {
                let id = Some(hall.id.clone());
                let text = name(&id);
                ui.selectable_value(chosen, id, text);
            }
        })
        .response;
    response.accessible_name(format!("Racks of: {text}"));
}

/// The chain in two sentences.
fn summary(ui: &mut Ui, view: &View<'_>, outcome: &Outcome, stages: &Stages, hall: Option<&Id>) {
    let u = view.system;
    let t = theme::of(ui);
    ui.label(
        RichText::new(format!(
            "{:.2} % from the point of interconnection to the chip: of {} taken for the racks, {} arrive and {} are lost on the way.",
            stages.efficiency() * 100.0,
            show(stages.source, u),
            show(stages.chips, u),
            show(stages.loss(), u)
        ))
        .strong(),
    );
    let mut text = ups(view, outcome, hall);
    if hall.is_none() {
        let rest = outcome.power.loss - (stages.source - stages.racks);
        text.push_str(&format!(" The chain loses {} more for cooling, house power and what stands by.", show(rest.max(Power::ZERO), u)));
    }
    ui.label(RichText::new(text).color(t.weak_text));
    ui.add_space(4.0);
}

/// How the UPS of the racks looked at run, and how full they are.
fn ups(view: &View<'_>, outcome: &Outcome, hall: Option<&Id>) -> String {
    let rows = view.plan.rows().filter(|r| hall.is_none_or(|h| r.hall == *h));
    let fed: BTreeSet<&Id> = rows.flat_map(|r| std::iter::once(&r.a).chain(&r.b)).collect();
    let blocks: Vec<&Block> = fed
        .iter()
        .filter_map(|id| if let Some(Element::Block(b)) = view.plan.get(id) { Some(b) } else { None })
        .filter(|b| b.ups.is_some() && b.modules > 0)
        .collect();
    if blocks.is_empty() {
        return "The racks stand on raw power, without UPS.".to_owned();
    }
    let mut modes: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut load, mut installed) = (0.0, 0.0);
    for b in &blocks {
        let mode = if b.dc_voltage(view.catalog).is_some() { "rectifier to DC" } else { b.mode.label() };
        *modes.entry(mode).or_default() += 1;
        let branches = outcome.power.of_element.get(&b.id).into_iter().flatten().filter_map(|i| outcome.power.branches.get(*i));
        load += branches.filter(|x| x.kind == BranchKind::Ups && x.load.is_finite()).map(|x| x.load).sum::<f64>();
        installed += b.converter(view.catalog).map_or(0.0, |m| m.rating.watts() * f64::from(b.modules));
    }
    let modes: Vec<String> =
        if modes.len() == 1 { modes.into_keys().map(str::to_owned).collect() } else { modes.iter().map(|(m, n)| format!("{n} × {m}")).collect() };
    format!(
        "UPS of {}: {}, on average {} of all modules' rating.",
        if blocks.len() < fed.len() { format!("{} of {} blocks", blocks.len(), fed.len()) } else { format!("{} blocks", blocks.len()) },
        modes.join(", "),
        parts::percent(load / installed)
    )
}

/// Where the axis of the waterfall begins: a round percentage below the last stage.
fn floor(stages: &Stages) -> f64 {
    let least = stages.list.last().map_or(0.0, |s| s.left.value());
    ((least - 0.01) * 50.0).floor().max(0.0) / 50.0
}

fn caption(ui: &mut Ui, text: &str, right: bool, tip: &str) {
    let layout = if right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    ui.with_layout(layout, |ui| parts::caption(ui, text).on_hover_text(tip));
}

fn table(ui: &mut Ui, view: &View<'_>, stages: &Stages) {
    let number = 92.0;
    let from = floor(stages);
    let bar = (ui.available_width() - 150.0 - 5.0 * number - 7.0 * ui.spacing().item_spacing.x - 16.0).max(120.0);
    TableBuilder::new(ui)
        .id_salt("stages")
        .striped(true)
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(150.0))
        .columns(Column::exact(number), 5)
        .column(Column::exact(bar))
        .header(20.0, |mut header| {
            header.col(|ui| caption(ui, "Stage", false, "From the point of interconnection on"));
            header.col(|ui| caption(ui, "Parts", true, "Branches that carry some of it; racks at the end"));
            header.col(|ui| caption(ui, "Passes", true, "Power into the stage, for the racks"));
            header.col(|ui| caption(ui, "Loss", true, "The racks' share of the stage's loss: what else runs through it pays its own"));
            header.col(|ui| caption(ui, "Of what passes", true, "Loss over what passes"));
            header.col(|ui| caption(ui, "Left so far", true, "Of what the racks take at the point of interconnection"));
            header.col(|ui| {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    parts::caption(ui, format!("{:.0} %", from * 100.0));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| parts::caption(ui, "100 %"));
                });
            });
        })
        .body(|body| {
            body.rows(24.0, stages.list.len() + 1, |mut row| {
                let i = row.index();
                let Some(stage) = stages.list.get(i) else {
                    total(&mut row, view, stages, from);
                    return;
                };
                let before = if i == 0 { 1.0 } else { stages.list[i - 1].left.value() };
                row.col(|ui| drop(ui.label(stage.kind.label()).on_hover_text(meaning(stage.kind))));
                row.col(|ui| drop(parts::number(ui, parts::whole(stage.parts as u64))));
                row.col(|ui| drop(parts::number(ui, show(stage.through, view.system))));
                row.col(|ui| drop(parts::number(ui, show(stage.loss, view.system))));
                row.col(|ui| drop(parts::number(ui, format!("{:.2} %", stage.share() * 100.0))));
                row.col(|ui| drop(parts::number(ui, format!("{:.2} %", stage.left.percent()))));
                row.col(|ui| step(ui, from, before, stage.left.value(), stage.kind.label()));
            });
        });
}

fn total(row: &mut egui_extras::TableRow<'_, '_>, view: &View<'_>, stages: &Stages, from: f64) {
    let strong = |text: String| RichText::new(text).strong();
    row.col(|ui| drop(ui.strong("To the chip")));
    row.col(|_| {});
    row.col(|ui| drop(parts::number(ui, strong(show(stages.source, view.system)))));
    row.col(|ui| drop(parts::number(ui, strong(show(stages.loss(), view.system)))));
    row.col(|ui| drop(parts::number(ui, strong(format!("{:.2} %", (1.0 - stages.efficiency()) * 100.0)))));
    row.col(|ui| drop(parts::number(ui, strong(format!("{:.2} %", stages.efficiency() * 100.0)))));
    row.col(|ui| step(ui, from, stages.efficiency(), stages.efficiency(), "To the chip"));
}

fn meaning(kind: StageKind) -> &'static str {
    match kind {
        StageKind::StepUp => "Transformers that bring generators and batteries up to the voltage of the grid; their power passes the stages behind as well",
        StageKind::Transformers => "Transformers between buses, no-load and load loss",
        StageKind::Feeders => "Cables and lines between buses",
        StageKind::BlockFeeders => "Medium-voltage cables to the power blocks",
        StageKind::Substations => "Transformers of the power blocks",
        StageKind::Ups => "UPS modules or rectifiers: fixed, proportional and square-law loss",
        StageKind::Busways => "Busways from the blocks along the rows",
        StageKind::Shelves => "Power shelves of the racks, or what takes their place on a DC feed",
        StageKind::Nodes => "Converters of the nodes, down to what the boards take",
    }
}

/// One step of the waterfall: what is left, and what this stage takes away from it.
fn step(ui: &mut Ui, from: f64, before: f64, after: f64, name: &str) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 14.0), Sense::hover());
    let label = format!("{name}: {:.2} % left", after * 100.0);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &label));
    let x = |share: f64| rect.left() + rect.width() * (((share - from) / (1.0 - from)).clamp(0.0, 1.0) as f32);
    let part = |a: f64, b: f64| Rect::from_min_max(pos2(x(a), rect.top()), pos2(x(b), rect.bottom()));
    let painter = ui.painter();
    painter.rect_filled(part(from, after), 1.0, t.power.gamma_multiply(0.45));
    if before > after {
        let mut lost = part(after, before);
        lost.set_right(lost.right().max(lost.left() + 1.0));
        painter.rect_filled(lost, 0.0, t.liquid_return);
    }
    response.on_hover_text(format!("{label}, {:.3} % lost here", (before - after) * 100.0));
}

/// The stages as comma-separated values.
fn table_of(stages: &Stages) -> String {
    let mut text = "stage,parts,passes (MW),loss (MW),of what passes (%),left so far (%)\n".to_owned();
    for s in &stages.list {
        text.push_str(&format!("{},{},{},{},{},{}\n", s.kind.label(), s.parts, s.through.megawatts(), s.loss.megawatts(), s.share() * 100.0, s.left.percent()));
    }
    text
}

/// Amperes of many conductors: `12.3 kA`.
pub(super) fn kiloamperes(current: crate::units::Current) -> String {
    if current.amperes().is_finite() { format!("{} kA", grouped(current.amperes() / 1e3)) } else { "—".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Stage;
    use crate::units::Ratio;

    #[test]
    fn the_axis_begins_at_a_round_percentage_below_the_chip() {
        let stage = |left: f64| Stage { kind: StageKind::Shelves, parts: 1, through: Power::from_watts(1.0), loss: Power::ZERO, left: Ratio::from_value(left) };
        let of = |left: f64| floor(&Stages { list: vec![stage(left)], ..Stages::default() });
        assert!((of(0.931) - 0.92).abs() < 1e-12 && (of(0.925) - 0.90).abs() < 1e-12);
        assert_eq!(of(0.0), 0.0);
    }
}
