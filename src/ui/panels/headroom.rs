//! Every limit, binding first: how much of it is used, what is left, and what it strands.

use super::parts;
use crate::checks::{Assessment, Limit, Standing};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use crate::units::show;
use egui::{Align, Layout, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2};
use egui_extras::{Column, TableBuilder, TableRow};

/// What of the limits is shown.
#[derive(Debug, Clone, Default)]
pub struct State {
    text: String,
    condition: Option<String>,
    quantity: Option<String>,
    tight_only: bool,
    /// Every element; else the tightest of each limit and condition.
    every_element: bool,
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved else {
        parts::empty(ui, "Not solved yet", "The limits appear as soon as the plan is solved.");
        return;
    };
    let limits = &solved.assessment.limits;
    if limits.is_empty() {
        parts::empty(
            ui,
            "No limits yet",
            "Draw a hall with a row of racks and feed it from a power block: every limit the racks meet on the way to the grid is listed here.",
        );
        return;
    }
    filters(ui, &solved.assessment, state);
    let mut shown: Vec<&Limit> = limits.iter().filter(|l| state.lets_through(l, view)).collect();
    if !state.every_element && state.text.trim().is_empty() {
        // Limits stand binding first, so the first of its kind is the tightest; the next kind is what binds behind it.
        let mut seen = std::collections::BTreeSet::new();
        shown.retain(|l| l.standing != Standing::Ok || seen.insert((&l.quantity, &l.condition)));
    }
    if shown.is_empty() {
        parts::empty(ui, "No limit fits the filter", "Clear the filter to see all limits again.");
        return;
    }
    table(ui, view, &shown, actions);
}

impl State {
    fn lets_through(&self, limit: &Limit, view: &View<'_>) -> bool {
        if self.tight_only && limit.standing == Standing::Ok {
            return false;
        }
        if self.condition.as_ref().is_some_and(|c| *c != limit.condition) || self.quantity.as_ref().is_some_and(|q| *q != limit.quantity) {
            return false;
        }
        let wanted = self.text.trim().to_lowercase();
        wanted.is_empty()
            || limit.id.to_lowercase().contains(&wanted)
            || limit.quantity.to_lowercase().contains(&wanted)
            || element_name(view, limit).to_lowercase().contains(&wanted)
    }
}

fn element_name<'a>(view: &View<'a>, limit: &'a Limit) -> &'a str {
    view.plan.get(&limit.element).map_or(limit.element.as_str(), |e| parts::name_of(view, e))
}

fn filters(ui: &mut Ui, assessment: &Assessment, state: &mut State) {
    let limits = &assessment.limits;
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Find");
        ui.add(TextEdit::singleline(&mut state.text).desired_width(130.0).hint_text("element or limit")).labelled_by(label.id);
        choice(ui, "Condition", "any condition", limits.iter().map(|l| l.condition.as_str()), &mut state.condition);
        choice(ui, "Limit", "any limit", limits.iter().map(|l| l.quantity.as_str()), &mut state.quantity);
        ui.checkbox(&mut state.tight_only, "Only what is tight");
        ui.checkbox(&mut state.every_element, "Every element").on_hover_text("Otherwise of all limits with room left only the tightest of each kind is listed");
        let count = |s: Standing| limits.iter().filter(|l| parts::standing(assessment, l) == s).count();
        parts::caption(
            ui,
            format!("{} limits, {} broken, {} near, {} unknown", limits.len(), count(Standing::Broken), count(Standing::Near), count(Standing::Unknown)),
        );
    });
    ui.add_space(2.0);
}

fn choice<'a>(ui: &mut Ui, name: &str, any: &str, values: impl Iterator<Item = &'a str>, chosen: &mut Option<String>) {
    let response = egui::ComboBox::from_id_salt(name)
        .selected_text(chosen.as_deref().unwrap_or(any))
        .width(150.0)
        .show_ui(ui, |ui| {
            ui.selectable_value(chosen, None, any);
            let values: std::collections::BTreeSet<&str> = values.collect();
            for value in values {
                ui.selectable_value(chosen, Some(value.to_owned()), value);
            }
        })
        .response;
    let text = format!("{name}: {}", chosen.as_deref().unwrap_or(any));
    response.accessible_name(text);
}

/// Width below which the table scrolls sideways instead of shrinking further.
const LEAST_WIDTH: f32 = 720.0;
/// Width from which there is room for every column.
const WIDE: f32 = 900.0;
/// Width of a number.
const NUMBER: f32 = 74.0;

fn table(ui: &mut Ui, view: &View<'_>, shown: &[&Limit], actions: &mut Vec<Action>) {
    if ui.available_width() < LEAST_WIDTH {
        egui::ScrollArea::horizontal().show(ui, |ui| {
            ui.set_width(LEAST_WIDTH);
            columns(ui, view, shown, actions);
        });
    } else {
        columns(ui, view, shown, actions);
    }
}

fn columns(ui: &mut Ui, view: &View<'_>, shown: &[&Limit], actions: &mut Vec<Action>) {
    let right = Layout::right_to_left(Align::Center);
    // What the mark, five numbers and the gaps leave is shared by the texts and the bar.
    let gaps = 9.0 * ui.spacing().item_spacing.x + 14.0;
    // Where there is little room, what is stranded is left to the tooltip, so that the names of the limits can be read.
    let wide = ui.available_width() >= WIDE;
    let numbers = if wide { 5 } else { 4 };
    let rest = (ui.available_width() - 16.0 - numbers as f32 * NUMBER - gaps).max(260.0);
    let share = |part: f32| Column::exact((rest * part).floor()).clip(true);
    TableBuilder::new(ui)
        .id_salt("headroom")
        .striped(true)
        .sense(egui::Sense::click())
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(16.0))
        .column(share(0.29))
        .column(share(0.27))
        .column(share(0.26))
        .column(share(0.18))
        .columns(Column::exact(NUMBER), numbers)
        .header(20.0, |mut header| {
            header.col(|_| {});
            for name in ["Limit", "Element", "Condition", "Use"] {
                header.col(|ui| caption(ui, name));
            }
            for name in ["Used", "Capacity", "Share", "Headroom", "Stranded"].into_iter().take(numbers) {
                header.col(|ui| {
                    ui.with_layout(right, |ui| caption(ui, name));
                });
            }
        })
        .body(|body| {
            body.rows(21.0, shown.len(), |mut row| {
                let limit = shown[row.index()];
                one(&mut row, view, limit, wide, actions);
            })
        });
}

fn caption(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    ui.add(egui::Label::new(RichText::new(text).size(theme::CAPTION).color(t.weak_text)).selectable(false));
}

fn one(row: &mut TableRow<'_, '_>, view: &View<'_>, limit: &Limit, wide: bool, actions: &mut Vec<Action>) {
    let standing = view.solved.map_or(limit.standing, |s| parts::standing(&s.assessment, limit));
    row.set_selected(view.selection.contains(&limit.element));
    let share = limit.share();
    let text = |value: f64, difference: bool| parts::limit_text(value, limit.unit, difference, view.system);
    row.col(|ui| {
        let t = theme::of(ui);
        ui.add(egui::Label::new(RichText::new(theme::standing_mark(standing)).color(t.standing(standing))).selectable(false));
    });
    row.col(|ui| plain(ui, &parts::capital(&limit.quantity)));
    row.col(|ui| plain(ui, element_name(view, limit)));
    row.col(|ui| plain(ui, &parts::capital(&limit.condition)));
    row.col(|ui| {
        let size = vec2(ui.available_width() - 4.0, 10.0);
        parts::bar(ui, size, share, None, standing, &format!("{} of {}", parts::percent(share), limit.quantity));
    });
    row.col(|ui| {
        parts::number(ui, text(limit.used, false));
    });
    row.col(|ui| {
        parts::number(ui, text(limit.capacity, false));
    });
    row.col(|ui| {
        // A share of a temperature has no meaning.
        parts::number(ui, if limit.unit == "°C" { String::new() } else { parts::percent(share) });
    });
    row.col(|ui| {
        let t = theme::of(ui);
        let color = if limit.headroom() < 0.0 { t.standing(standing) } else { t.text };
        parts::number(ui, RichText::new(text(limit.headroom(), true)).color(color));
    });
    if wide {
        row.col(|ui| stranded(ui, view, limit));
    }
    let response = row.response();
    let label = format!("{} of {}, {}", limit.quantity, element_name(view, limit), limit.condition);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, view.selection.contains(&limit.element), &label));
    let clicked = response.clicked();
    let cover = view.solved.and_then(|s| parts::cover(s, limit, view.system)).map_or_else(String::new, |c| format!("\nCovered: {c}"));
    let stranded = limit.stranded.filter(|_| !wide).map_or_else(String::new, |p| format!("\nStranded: {}", show(p, view.system)));
    response.on_hover_text(format!(
        "{label}\n{} of {}: {}{cover}{stranded}\nClick to see the element",
        text(limit.used, false),
        text(limit.capacity, false),
        standing.label()
    ));
    if clicked {
        actions.push(Action::ZoomTo(limit.element.clone()));
    }
}

fn stranded(ui: &mut Ui, view: &View<'_>, limit: &Limit) {
    match limit.stranded {
        Some(power) => parts::number(ui, show(power, view.system)),
        None => parts::number(ui, "—").on_hover_text("How much IT power this limit keeps from being used can't be told from it alone."),
    };
}

fn plain(ui: &mut Ui, text: &str) {
    ui.add(egui::Label::new(text).selectable(false).truncate());
}
