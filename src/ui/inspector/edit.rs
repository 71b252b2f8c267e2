//! The boxes in which fields are edited. What is typed is tried on a copy of the plan first, so that a wrong text stays and says why.

use super::fields::{self, Edit, Field};
use super::{Draft, State, lists, name};
use crate::edit::{Command, CommandError, Document, Gesture};
use crate::plan::{Element, Id, Kind};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use egui::{ComboBox, DragValue, Key, RichText, TextEdit, Ui};
use serde_json::{Map, Value};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// What an editor needs to know of its field.
pub(super) struct Box_<'a, 'v> {
    pub(super) view: &'a View<'v>,
    pub(super) id: &'a Id,
    pub(super) field: Field,
    pub(super) value: Option<&'a Value>,
}

/// Every field of an element: those of its kind, then whatever else the element holds.
pub(super) fn fields(ui: &mut Ui, view: &View<'_>, element: &Element, state: &mut State, actions: &mut Vec<Action>) {
    let values = element.fields().unwrap_or_else(|_| Map::new());
    let known = fields::of(element.kind());
    for field in known {
        one(ui, &Box_ { view, id: element.id(), field: *field, value: values.get(field.name) }, state, actions);
    }
    for (name, value) in values.iter().filter(|(n, _)| *n != "id" && !known.iter().any(|f| f.name == n.as_str())) {
        ui.horizontal(|ui| {
            ui.label(name.replace('_', " "));
            ui.monospace(value.to_string());
        });
    }
}

fn one(ui: &mut Ui, b: &Box_<'_, '_>, state: &mut State, actions: &mut Vec<Action>) {
    ui.push_id(b.field.name, |ui| {
        match b.field.edit {
            Edit::Long => long(ui, b, state, actions),
            Edit::Steps => lists::steps(ui, b, state, actions),
            Edit::Elements => lists::elements(ui, b, state, actions),
            Edit::Slots => lists::slots(ui, b),
            _ => {
                ui.horizontal(|ui| {
                    let left = (ui.available_width() * 0.42).min(150.0);
                    let label = name(ui, b.field.label, left).on_hover_text(help(&b.field));
                    short(ui, b, label.id, state, actions);
                });
            }
        }
        let key = (b.id.clone(), b.field.name.to_owned());
        if let Some(error) = state.drafts.get(&key).and_then(|d| d.error.as_ref()) {
            let t = theme::of(ui);
            ui.label(RichText::new(format!("■ {error}")).size(theme::CAPTION).color(t.broken));
        }
    });
}

/// What hovering a field says.
pub(super) fn help(field: &Field) -> String {
    let example = match field.edit {
        Edit::Text(example) if example.chars().any(|c| c.is_ascii_digit()) => format!("\nFor example: {example}"),
        _ => String::new(),
    };
    let empty = if field.optional && matches!(field.edit, Edit::Text(_) | Edit::Reference(_) | Edit::Model(_)) { "\nMay be empty." } else { "" };
    format!("{}{example}{empty}", field.help)
}

fn short(ui: &mut Ui, b: &Box_<'_, '_>, label: egui::Id, state: &mut State, actions: &mut Vec<Action>) {
    match b.field.edit {
        Edit::Flag => flag(ui, b, state, actions),
        Edit::Count(missing) => count(ui, b, missing, label, state, actions),
        Edit::Choice(choices) => {
            // What a file leaves out is the first of them.
            let now = b.value.and_then(Value::as_str).unwrap_or_else(|| choices.first().map_or("", |(value, _)| value));
            let options: Vec<(String, String)> = choices.iter().map(|(v, l)| ((*v).to_owned(), (*l).to_owned())).collect();
            combo(ui, b, now, &options, state, actions);
        }
        Edit::Reference(kinds) => {
            let now = b.value.and_then(Value::as_str).unwrap_or_default();
            // Elements named alike stand near each other more often than not: they come first.
            let mut options = elements_of(b.view, kinds, b.id);
            let alike = |id: &str| id.bytes().zip(b.id.as_str().bytes()).take_while(|(x, y)| x == y).count();
            options.sort_by_key(|(id, _)| std::cmp::Reverse(alike(id)));
            combo(ui, b, now, &options, state, actions);
        }
        Edit::Model(kinds) => {
            let now = b.value.and_then(Value::as_str).unwrap_or_default();
            let options: Vec<(String, String)> =
                b.view.catalog.entries().into_iter().filter(|(kind, _, _)| kinds.contains(kind)).map(|(_, id, name)| (id.to_owned(), name)).collect();
            combo(ui, b, now, &options, state, actions);
        }
        Edit::Place => place(ui, b, label, state, actions),
        _ => text(ui, b, label, state, actions),
    }
}

/// Key and name of every element of these kinds but one.
pub(super) fn elements_of(view: &View<'_>, kinds: &[Kind], but: &Id) -> Vec<(String, String)> {
    let of = |e: &&Element| kinds.contains(&e.kind()) && e.id() != but;
    view.plan
        .elements
        .values()
        .filter(of)
        .map(|e| (e.id().to_string(), if e.name() == e.id().as_str() { e.name().to_owned() } else { format!("{}  ({})", e.name(), e.id()) }))
        .collect()
}

/// Tries a command on a copy of the plan.
///
/// # Errors
/// The sentence that says why it can't be.
pub(super) fn attempt(view: &View<'_>, command: &Command) -> Result<(), String> {
    Document::new(view.plan.clone()).apply(command, None).map_err(|e| match e {
        CommandError::BadValue { message, .. } | CommandError::Invalid { message, .. } => message,
        other => other.to_string(),
    })
}

/// Sets the field, or keeps the text with the reason why it can't be.
pub(super) fn commit(b: &Box_<'_, '_>, value: String, continues: bool, state: &mut State, actions: &mut Vec<Action>) {
    let key = (b.id.clone(), b.field.name.to_owned());
    let command = Command::Set { id: b.id.clone(), field: b.field.name.to_owned(), value: value.clone() };
    match attempt(b.view, &command) {
        Ok(()) => {
            state.drafts.remove(&key);
            if !continues {
                state.edits += 1;
            }
            let mut hasher = DefaultHasher::new();
            (b.id.as_str(), b.field.name, state.edits).hash(&mut hasher);
            actions.push(Action::Apply(command, Some(Gesture(hasher.finish()))));
        }
        Err(message) => {
            state.drafts.insert(key, Draft { text: value, error: Some(message) });
        }
    }
}

/// The text of a value as in the file.
fn as_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn text(ui: &mut Ui, b: &Box_<'_, '_>, label: egui::Id, state: &mut State, actions: &mut Vec<Action>) {
    let hint = match b.field.edit {
        Edit::Text(example) if b.field.optional && example.chars().any(|c| c.is_ascii_digit()) => format!("e.g. {example}"),
        Edit::Text(example) if b.field.optional => example.to_owned(),
        _ => String::new(),
    };
    let edit = |text: &mut String, ui: &mut Ui| {
        let bad = state.drafts.get(&(b.id.clone(), b.field.name.to_owned())).is_some_and(|d| d.error.is_some());
        let color = bad.then(|| theme::of(ui).broken);
        ui.add(TextEdit::singleline(text).id_salt(b.field.name).desired_width(f32::INFINITY).hint_text(hint.as_str()).text_color_opt(color)).labelled_by(label)
    };
    let (typed, response) = {
        let mut typed = state.drafts.get(&(b.id.clone(), b.field.name.to_owned())).map_or_else(|| as_text(b.value), |d| d.text.clone());
        let response = edit(&mut typed, ui);
        (typed, response)
    };
    let response = response.on_hover_text(help(&b.field));
    take_up(ui, b, typed, &response, state, actions);
}

/// Keeps what is typed while it is typed, takes it up when the box is left, drops it on Escape.
fn take_up(ui: &Ui, b: &Box_<'_, '_>, typed: String, response: &egui::Response, state: &mut State, actions: &mut Vec<Action>) {
    let key = (b.id.clone(), b.field.name.to_owned());
    if response.changed() {
        state.drafts.insert(key.clone(), Draft { text: typed.clone(), error: None });
    }
    if !response.lost_focus() {
        return;
    }
    let unchanged = typed.trim() == as_text(b.value);
    if ui.input(|i| i.key_pressed(Key::Escape)) || unchanged {
        state.drafts.remove(&key);
    } else if state.drafts.contains_key(&key) {
        commit(b, typed, false, state, actions);
    }
}

fn long(ui: &mut Ui, b: &Box_<'_, '_>, state: &mut State, actions: &mut Vec<Action>) {
    let t = theme::of(ui);
    let label = ui.label(RichText::new(b.field.label).color(t.weak_text)).on_hover_text(help(&b.field));
    let mut typed = state.drafts.get(&(b.id.clone(), b.field.name.to_owned())).map_or_else(|| as_text(b.value), |d| d.text.clone());
    let rows = typed.len().div_ceil(52).clamp(1, 6);
    let response = ui.add(TextEdit::multiline(&mut typed).id_salt(b.field.name).desired_width(f32::INFINITY).desired_rows(rows)).labelled_by(label.id);
    take_up(ui, b, typed, &response, state, actions);
}

fn flag(ui: &mut Ui, b: &Box_<'_, '_>, state: &mut State, actions: &mut Vec<Action>) {
    let mut on = b.value.and_then(Value::as_bool).unwrap_or(false);
    let response = ui.checkbox(&mut on, "").accessible_name(b.field.label);
    if response.on_hover_text(help(&b.field)).changed() {
        commit(b, on.to_string(), false, state, actions);
    }
}

fn count(ui: &mut Ui, b: &Box_<'_, '_>, missing: u32, label: egui::Id, state: &mut State, actions: &mut Vec<Action>) {
    let mut number = b.value.and_then(Value::as_u64).map_or(missing, |n| u32::try_from(n).unwrap_or(u32::MAX));
    let drag = DragValue::new(&mut number).range(0..=crate::plan::MOST_UNITS).clamp_existing_to_range(false).speed(0.1).update_while_editing(false);
    let response = ui.add(drag).labelled_by(label).on_hover_text(help(&b.field));
    if response.changed() {
        commit(b, number.to_string(), response.dragged() && !response.drag_started(), state, actions);
    }
}

fn place(ui: &mut Ui, b: &Box_<'_, '_>, label: egui::Id, state: &mut State, actions: &mut Vec<Action>) {
    let at = |i: usize| b.value.and_then(|v| v.get(i)).and_then(Value::as_f64).unwrap_or(0.0);
    let (mut x, mut y) = (at(0), at(1));
    let drag = |number| DragValue::new(number).speed(0.1).max_decimals(3).suffix(" m").update_while_editing(false);
    let first = ui.add(drag(&mut x)).labelled_by(label).on_hover_text("East–west, meters");
    let second = ui.add(drag(&mut y)).labelled_by(label).on_hover_text("South–north, meters");
    if (first.changed() || second.changed()) && x.is_finite() && y.is_finite() {
        let dragged = (first.dragged() && !first.drag_started()) || (second.dragged() && !second.drag_started());
        commit(b, format!("[{x:?}, {y:?}]"), dragged, state, actions);
    }
}

fn combo(ui: &mut Ui, b: &Box_<'_, '_>, now: &str, options: &[(String, String)], state: &mut State, actions: &mut Vec<Action>) {
    let t = theme::of(ui);
    let known = options.iter().find(|(value, _)| value == now);
    let shown = match known {
        Some((_, label)) => RichText::new(label),
        None if now.is_empty() => RichText::new("none").color(t.weak_text),
        None => RichText::new(format!("{now} (missing)")).color(t.broken),
    };
    let mut chosen: Option<String> = None;
    let response = ComboBox::from_id_salt(b.field.name)
        .width(ui.available_width())
        .height(320.0)
        .truncate()
        .selected_text(shown)
        .show_ui(ui, |ui| {
            if b.field.optional && !matches!(b.field.edit, Edit::Choice(_)) && ui.selectable_label(now.is_empty(), "none").clicked() {
                chosen = Some(String::new());
            }
            for (value, label) in options {
                if ui.selectable_label(value == now, label).clicked() {
                    chosen = Some(value.clone());
                }
            }
            if options.is_empty() {
                ui.label("There is none in the plan yet.");
            }
        })
        .response;
    response.accessible_name(b.field.label).on_hover_text(help(&b.field));
    if let Some(value) = chosen.filter(|v| v != now) {
        commit(b, value, false, state, actions);
    }
}
