//! Fields that are lists: steps of the grid, elements out of service, and slots with a rack of their own.

use super::edit::{self, Box_, commit};
use super::fields::{Edit, Field};
use super::{State, name};
use crate::plan::{Kind, Row};
use crate::ui::panels::parts;
use crate::ui::theme;
use crate::ui::view::{Action, View};
use egui::{ComboBox, RichText, TextEdit, Ui};
use serde_json::{Value, json};

fn title(ui: &mut Ui, field: &Field) {
    let t = theme::of(ui);
    ui.label(RichText::new(field.label).color(t.weak_text)).on_hover_text(edit::help(field));
}

/// Month and power, a line each.
pub(super) fn steps(ui: &mut Ui, b: &Box_<'_, '_>, state: &mut State, actions: &mut Vec<Action>) {
    title(ui, &b.field);
    let steps: Vec<Value> = b.value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut changed: Option<Vec<Value>> = None;
    for (i, step) in steps.iter().enumerate() {
        ui.horizontal(|ui| {
            ui.add_space(8.0);
            for (key, width, words) in [("from", 70.0, "From month"), ("firm", 90.0, "Firm power")] {
                let was = step.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                if let Some(typed) = kept_box(ui, (i, key), &was, width, &format!("{words}, step {}", i + 1)) {
                    let mut list = steps.clone();
                    list[i][key] = Value::String(typed);
                    changed = Some(list);
                }
            }
            if ui.add(egui::Button::new("✖").small()).on_hover_text(format!("Remove step {}", i + 1)).clicked() {
                let mut list = steps.clone();
                list.remove(i);
                changed = Some(list);
            }
        });
    }
    if ui.add(egui::Button::new("Add a step").small()).clicked() {
        let last = steps.last().cloned().unwrap_or_else(|| json!({"from": b.view.plan.date().to_string(), "firm": "100 MW"}));
        let mut list = steps;
        list.push(last);
        changed = Some(list);
    }
    if let Some(list) = changed {
        commit(b, Value::Array(list).to_string(), false, state, actions);
    }
}

/// A text box whose text is kept by its id while it has the focus. Gives the text when the box is left changed.
fn kept_box(ui: &mut Ui, salt: (usize, &str), was: &str, width: f32, label: &str) -> Option<String> {
    let id = ui.unique_id().with(salt.0).with(salt.1);
    let mut typed = ui.data(|d| d.get_temp::<String>(id)).unwrap_or_else(|| was.to_owned());
    let response = ui.add(TextEdit::singleline(&mut typed).id(id.with("box")).desired_width(width)).accessible_name(label);
    if response.changed() {
        ui.data_mut(|d| d.insert_temp(id, typed.clone()));
    }
    if response.lost_focus() {
        ui.data_mut(|d| d.remove::<String>(id));
        let escaped = ui.input(|i| i.key_pressed(egui::Key::Escape));
        return (!escaped && typed.trim() != was).then_some(typed);
    }
    None
}

/// Elements by id, each to take out, and one more to put in.
pub(super) fn elements(ui: &mut Ui, b: &Box_<'_, '_>, state: &mut State, actions: &mut Vec<Action>) {
    title(ui, &b.field);
    let list: Vec<String> = b.value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut changed: Option<Vec<String>> = None;
    ui.horizontal_wrapped(|ui| {
        for id in &list {
            if ui.add(egui::Button::new(format!("{id} ✖")).small()).on_hover_text("Back into service").clicked() {
                changed = Some(list.iter().filter(|x| *x != id).cloned().collect());
            }
        }
    });
    let kinds: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|k| !matches!(k, Kind::Campus | Kind::Site | Kind::Workload | Kind::Contract | Kind::Scenario | Kind::Acceptance))
        .collect();
    let response = ComboBox::from_id_salt("add").selected_text("Add an element…").height(320.0).show_ui(ui, |ui| {
        for (id, label) in edit::elements_of(b.view, &kinds, b.id) {
            if !list.contains(&id) && ui.selectable_label(false, label).clicked() {
                changed = Some(list.iter().cloned().chain([id]).collect());
            }
        }
    });
    response.response.accessible_name("Add an element out of service");
    if let Some(list) = changed {
        commit(b, json!(list).to_string(), false, state, actions);
    }
}

/// The slots with a model of their own, in one line; each is edited by selecting its rack.
pub(super) fn slots(ui: &mut Ui, b: &Box_<'_, '_>) {
    ui.horizontal(|ui| {
        let left = (ui.available_width() * 0.42).min(150.0);
        name(ui, b.field.label, left).on_hover_text(edit::help(&b.field));
        let others = b.value.and_then(Value::as_object);
        let text = match others.filter(|o| !o.is_empty()) {
            None => "none; click a rack on the plan to change it".to_owned(),
            Some(map) => map
                .iter()
                .map(|(slot, model)| match model.as_str().unwrap_or_default() {
                    "" => format!("{slot}: empty"),
                    model => format!("{slot}: {}", b.view.catalog.racks(model).map_or(model, |m| m.name.as_str())),
                })
                .collect::<Vec<_>>()
                .join(", "),
        };
        ui.add(egui::Label::new(text).wrap());
    });
}

/// The rack in one slot of a row.
pub(super) fn slot(ui: &mut Ui, view: &View<'_>, row: &Row, slot: u32, state: &mut State, actions: &mut Vec<Action>) {
    parts::heading(ui, &format!("Slot {slot}"));
    let now = row.others.get(&slot).cloned();
    let shown = match now.as_deref() {
        None => "as the row".to_owned(),
        Some("") => "empty".to_owned(),
        Some(model) => view.catalog.racks(model).map_or_else(|| model.to_owned(), |m| m.name.clone()),
    };
    let mut chosen: Option<Option<String>> = None;
    ui.horizontal(|ui| {
        let left = (ui.available_width() * 0.42).min(150.0);
        name(ui, "Rack in this slot", left);
        let response = ComboBox::from_id_salt("slot").width(ui.available_width()).truncate().selected_text(shown).show_ui(ui, |ui| {
            if ui.selectable_label(now.is_none(), "as the row").clicked() {
                chosen = Some(None);
            }
            if ui.selectable_label(now.as_deref() == Some(""), "empty").clicked() {
                chosen = Some(Some(String::new()));
            }
            for model in &view.catalog.racks {
                if ui.selectable_label(now.as_deref() == Some(model.id.as_str()), &model.name).clicked() {
                    chosen = Some(Some(model.id.clone()));
                }
            }
        });
        response.response.accessible_name("Rack in this slot");
    });
    if let Some(model) = chosen.filter(|c| *c != now) {
        let mut others = row.others.clone();
        match model {
            Some(model) => others.insert(slot, model),
            None => others.remove(&slot),
        };
        let field = Field { name: "others", label: "Other slots", help: "", edit: Edit::Slots, optional: true };
        let b = Box_ { view, id: &row.id, field, value: None };
        // An empty map clears the field.
        let value = if others.is_empty() { String::new() } else { json!(others).to_string() };
        commit(&b, value, false, state, actions);
    }
}
