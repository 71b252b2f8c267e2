//! Several elements are selected: what they are, what they draw together, and what can be done with all of them.

use super::{State, name};
use crate::edit::Command;
use crate::plan::{Element, Id, Kind, Point};
use crate::ui::arrange::Arrange;
use crate::ui::panels::parts;
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use crate::units::{Power, show};
use egui::{DragValue, RichText, Ui};
use std::collections::BTreeMap;

pub(super) fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let chosen: Vec<&Element> = view.selection.ids.iter().filter_map(|id| view.plan.get(id)).collect();
    let ids: Vec<Id> = chosen.iter().map(|e| e.id().clone()).collect();
    ui.label(RichText::new(format!("{} elements", chosen.len())).size(theme::HEADING).strong());
    kinds(ui, &chosen, actions);
    sums(ui, view, &chosen);
    parts::heading(ui, "Move");
    ui.horizontal_wrapped(|ui| {
        number(ui, "East", &mut state.shift.0);
        number(ui, "North", &mut state.shift.1);
        let by = Point(state.shift.0, state.shift.1);
        if ui.add_enabled(by != Point(0.0, 0.0), egui::Button::new("Move")).on_disabled_hover_text("Type a distance first").clicked() {
            actions.push(Action::Apply(Command::Move { ids: ids.clone(), by }, None));
        }
    });
    parts::heading(ui, "Line up");
    ui.horizontal_wrapped(|ui| {
        for arrange in Arrange::ALL {
            let command = arrange.command(&view.selection.ids, view.plan, view.catalog);
            let button = ui.add_enabled(command.is_some(), egui::Button::new(arrange.label()));
            if button.on_hover_text(arrange.tip()).on_disabled_hover_text("They stand so already, or too few have a place of their own").clicked()
                && let Some(command) = command
            {
                actions.push(Action::Apply(command, None));
            }
        }
    });
    parts::heading(ui, "Copy");
    ui.horizontal_wrapped(|ui| {
        number(ui, "Step east", &mut state.copies.0);
        number(ui, "Step north", &mut state.copies.1);
        state.copies.2 = state.copies.2.max(1);
        let label = ui.label("Copies");
        ui.add(DragValue::new(&mut state.copies.2).range(1..=1000)).labelled_by(label.id);
        if ui.button("Copy").clicked() {
            actions.push(Action::Apply(Command::Duplicate { ids: ids.clone(), by: Point(state.copies.0, state.copies.1), times: state.copies.2 }, None));
        }
    });
    parts::heading(ui, "All of them");
    ui.horizontal(|ui| {
        if ui.button("Delete").on_hover_text("Halls go with what stands in them").clicked() {
            actions.push(Action::Apply(Command::Remove { ids }, None));
        }
        if ui.button("Select nothing").clicked() {
            actions.push(Action::Select(Selection::default()));
        }
    });
}

fn number(ui: &mut Ui, text: &str, value: &mut f64) {
    let label = ui.label(text);
    ui.add(DragValue::new(value).speed(0.1).suffix(" m").max_decimals(3)).labelled_by(label.id);
}

/// How many of each kind; a click keeps only those selected.
fn kinds(ui: &mut Ui, chosen: &[&Element], actions: &mut Vec<Action>) {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for e in chosen {
        *counts.entry(e.kind()).or_insert(0) += 1;
    }
    ui.horizontal_wrapped(|ui| {
        for (kind, count) in &counts {
            if ui.button(format!("{count} × {}", kind.label())).on_hover_text("Keep only these selected").clicked() {
                let ids = chosen.iter().filter(|e| e.kind() == *kind).map(|e| e.id().clone()).collect();
                actions.push(Action::Select(Selection { ids, slot: None }));
            }
        }
    });
}

fn sums(ui: &mut Ui, view: &View<'_>, chosen: &[&Element]) {
    let Some(outcome) = view.solved.map(|s| &s.outcome) else { return };
    let rows: Vec<&crate::solve::RowLoad> = chosen.iter().filter_map(|e| outcome.loads.rows.get(e.id())).collect();
    if rows.is_empty() {
        return;
    }
    let sum = |f: fn(&crate::solve::RowLoad) -> Power| -> String { show(rows.iter().map(|r| f(r)).sum::<Power>(), view.system) };
    let lines = [
        ("Racks", parts::whole(rows.iter().map(|r| r.racks).sum::<u32>())),
        ("GPUs", parts::whole(rows.iter().map(|r| r.gpus).sum::<u64>())),
        ("Power", sum(|r| r.power)),
        ("Design power", sum(|r| r.design_power)),
        ("Heat to liquid", sum(|r| r.liquid)),
        ("Heat to air", sum(|r| r.air)),
    ];
    parts::heading(ui, "Together");
    for (label, value) in lines {
        ui.horizontal(|ui| {
            name(ui, label, 120.0);
            ui.label(value);
        });
    }
}
