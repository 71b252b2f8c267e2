//! What is known of the selected element, and every field of it to edit.
//!
//! Live numbers come from the outcome and say so when it is older than the plan; fields come from the element itself, so that none is missing.

mod edit;
mod failing;
mod fields;
pub mod figures;
mod lists;
pub mod live;
mod many;
mod redundancy;
mod sources;
#[cfg(test)]
mod tests;

use crate::edit::Command;
use crate::plan::{Element, Id};
use crate::ui::panels::{findings, parts};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use egui::{RichText, ScrollArea, Ui, vec2};
use std::collections::BTreeMap;

/// Text typed into a field and not yet taken, and why it can't be.
#[derive(Debug, Clone, Default)]
struct Draft {
    text: String,
    error: Option<String>,
}

/// What the inspector remembers between frames.
#[derive(Debug, Clone, Default)]
pub struct State {
    drafts: BTreeMap<(Id, String), Draft>,
    /// Counts edits, so that each has a gesture of its own.
    edits: u64,
    /// How far a multiple selection is to be moved, meters.
    shift: (f64, f64),
    /// The step of copies, meters, and how many.
    copies: (f64, f64, u32),
    /// The scheme about to be applied to a hall.
    scheme: crate::ui::redundancy::Form,
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    leave(view, state, actions);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        // Room for the scroll bar, so that it never lies over a field.
        ui.set_max_width(ui.available_width() - 6.0);
        match view.selection.ids.len() {
            0 => nothing(ui, view, actions),
            1 => match view.selection.single().and_then(|id| view.plan.get(id)) {
                Some(element) => one(ui, view, element, state, actions),
                None => parts::empty(ui, "It is gone", "The selected element is no longer in the plan. Undo brings it back."),
            },
            _ => many::ui(ui, view, state, actions),
        }
    });
}

/// Takes up what was typed into fields of elements that are no longer shown: leaving a field by selecting something else must not lose it.
fn leave(view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let shown = view.selection.single();
    let left: Vec<(Id, String)> = state.drafts.keys().filter(|(id, _)| Some(id) != shown).cloned().collect();
    for key in left {
        let Some(draft) = state.drafts.remove(&key).filter(|d| d.error.is_none()) else { continue };
        let (id, field) = key;
        let command = Command::Set { id: id.clone(), field: field.clone(), value: draft.text };
        match edit::attempt(view, &command) {
            Ok(()) => actions.push(Action::Apply(command, None)),
            Err(message) => actions.push(Action::Say(format!("{field} of {id} stays as it was: {message}"))),
        }
    }
}

fn one(ui: &mut Ui, view: &View<'_>, element: &Element, state: &mut State, actions: &mut Vec<Action>) {
    ui.push_id(element.id().as_str(), |ui| {
        header(ui, view, element);
        own_findings(ui, view, element.id(), actions);
        readings(ui, view, element);
        failing::ui(ui, view, element, actions);
        if let Element::Hall(hall) = element {
            redundancy::ui(ui, view, hall, state, actions);
        }
        if let (Element::Row(row), Some(slot)) = (element, view.selection.slot) {
            lists::slot(ui, view, row, slot, state, actions);
        }
        parts::heading(ui, "Fields");
        edit::fields(ui, view, element, state, actions);
        sources::ui(ui, view, element);
    });
}

fn header(ui: &mut Ui, view: &View<'_>, element: &Element) {
    let t = theme::of(ui);
    let slot = view.selection.slot.map_or_else(String::new, |s| format!(", slot {s}"));
    ui.label(RichText::new(format!("{}{slot}", parts::name_of(view, element))).size(theme::HEADING).strong());
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(parts::capital(element.kind().label())).color(t.weak_text));
        let id = element.id().to_string();
        let copy = ui.add(egui::Button::new(RichText::new(&id).monospace()).small()).on_hover_text("Id in the file. Click to copy it.");
        if copy.clicked() {
            ui.ctx().copy_text(id);
        }
        if view.stale {
            parts::caption(ui, "solving…");
        }
    });
    if !element.assumed().is_empty() {
        ui.label(RichText::new(format!("† Assumed: {}", element.assumed())).size(theme::CAPTION).color(t.weak_text));
    }
}

fn own_findings(ui: &mut Ui, view: &View<'_>, id: &Id, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved else { return };
    let mine = solved.assessment.findings.iter().filter(|f| f.accepted.is_none() && f.subjects.contains(id));
    for (i, finding) in mine.take(6).enumerate() {
        let t = theme::of(ui);
        egui::Frame::new().fill(t.raised).corner_radius(3.0).inner_margin(6.0).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.push_id(("finding", i), |ui| findings::card(ui, finding, actions));
        });
    }
}

fn readings(ui: &mut Ui, view: &View<'_>, element: &Element) {
    let Some(solved) = view.solved else {
        parts::caption(ui, "Numbers appear when the plan is solved.");
        return;
    };
    let list = live::of(view, &solved.outcome, element);
    if list.is_empty() {
        return;
    }
    parts::heading(ui, &format!("Now: {}", parts::condition(&solved.outcome.condition)));
    show_readings(ui, &list);
}

/// Label, value and bar, one line each.
pub(super) fn show_readings(ui: &mut Ui, list: &[live::Reading]) {
    let t = theme::of(ui);
    for reading in list {
        let response = ui
            .horizontal(|ui| {
                let width = ui.available_width();
                let left = (width * 0.42).min(150.0);
                name(ui, &reading.label, left);
                let value = RichText::new(&reading.value).color(match reading.standing {
                    crate::checks::Standing::Ok => t.text,
                    other => t.standing(other),
                });
                ui.add(egui::Label::new(value).wrap());
            })
            .response;
        if let Some(gauge) = &reading.gauge {
            let size = vec2(ui.available_width(), 7.0);
            let label = format!("{}: {}", reading.label, parts::percent(gauge.share));
            let bar = parts::bar(ui, size, gauge.share, gauge.after_loss, reading.standing, &label);
            let lost = gauge.after_loss.filter(|s| s.is_finite()).map_or_else(String::new, |s| format!("\n{} with one feed lost", parts::percent(s)));
            bar.on_hover_text(format!("{} of the capacity{lost}", parts::percent(gauge.share)));
            ui.add_space(2.0);
        }
        if !reading.why.is_empty() {
            response.on_hover_text(&reading.why);
        }
    }
}

/// A label of fixed width in front of a value.
fn name(ui: &mut Ui, text: &str, width: f32) -> egui::Response {
    let t = theme::of(ui);
    let height = ui.spacing().interact_size.y;
    ui.allocate_ui_with_layout(vec2(width, height), egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_width(width);
        ui.set_max_width(width);
        // Two lines rather than a name cut off: "Cost per energy" and "Cost per GPU-hour" begin alike.
        ui.add(egui::Label::new(RichText::new(text).color(t.weak_text)).wrap().selectable(false))
    })
    .inner
}

/// Nothing is selected: the campus as a whole, and what to do next.
fn nothing(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let Some(campus) = view.plan.campus() else {
        parts::empty(ui, "No plan", "Open a layout file, or begin a new plan with File, New.");
        return;
    };
    ui.label(RichText::new(if campus.name.is_empty() { "Unnamed campus" } else { &campus.name }).size(theme::HEADING).strong());
    parts::caption(ui, format!("Campus, as of {}", campus.date));
    if let Some(solved) = view.solved {
        parts::heading(ui, &format!("Now: {}", parts::condition(&solved.outcome.condition)));
        show_readings(ui, &live::campus(view, &solved.outcome));
        if let Some(limit) = solved.assessment.binding() {
            parts::heading(ui, "Binds first");
            let share = parts::limit_text(limit.used, limit.unit, false, view.system);
            let capacity = parts::limit_text(limit.capacity, limit.unit, false, view.system);
            let standing = parts::standing(&solved.assessment, limit);
            let mark = theme::standing_mark(standing);
            let cover = parts::cover(solved, limit, view.system).map_or_else(String::new, |c| format!(" ({c})"));
            let text = format!("{mark} {} of {}: {share} of {capacity}{cover}", parts::capital(&limit.quantity), limit.element);
            let t = theme::of(ui);
            let color = if standing == crate::checks::Standing::Ok { t.accent } else { t.standing(standing) };
            if ui.link(RichText::new(text.trim()).color(color)).on_hover_text("Show it on the plan").clicked() {
                actions.push(Action::ZoomTo(limit.element.clone()));
            }
        }
        let broken = solved.assessment.broken().count();
        if broken > 0 {
            let t = theme::of(ui);
            ui.label(RichText::new(format!("■ {broken} broken, see Findings")).color(t.broken));
        }
    }
    parts::heading(ui, "Next");
    for hint in next_steps(view) {
        ui.label(format!("• {hint}"));
    }
    ui.horizontal_wrapped(|ui| {
        for (text, id) in [("Edit the campus", "campus"), ("Edit the site", "site"), ("Edit the workload", "workload"), ("Edit the contract", "contract")] {
            if view.plan.get(&Id::from(id)).is_some() && ui.button(text).clicked() {
                actions.push(Action::Select(crate::ui::view::Selection::one(Id::from(id))));
            }
        }
    });
}

/// What a plan still lacks, in the order in which it is drawn.
fn next_steps(view: &View<'_>) -> Vec<&'static str> {
    let plan = view.plan;
    let mut list = Vec::new();
    if plan.halls().next().is_none() {
        list.push("Draw a hall: choose Hall and drag on the plan.");
    }
    if plan.grids().next().is_none() && plan.generators().next().is_none() {
        list.push("Add a bus and a grid connection or generators, so that there is power.");
    }
    if plan.blocks().next().is_none() {
        list.push("Place a power block: substation, UPS and standby set in one.");
    }
    if plan.rows().next().is_none() {
        list.push("Choose a rack in the catalog and click in a hall.");
    }
    if plan.fws_systems().next().is_none() || plan.coolers().next().is_none() {
        list.push("Add a facility water system with coolers, so that the heat has a way out.");
    }
    if plan.contract().is_none() {
        list.push("Add a contract to see its fee beside the cost.");
    }
    if list.is_empty() {
        list.extend(["Click anything on the plan to see and edit it.", "Headroom says which limit binds first, Compare what another site would cost."]);
    }
    list
}
