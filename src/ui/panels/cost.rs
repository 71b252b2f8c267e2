//! What supplies the campus hour by hour, and what the year costs.

use super::{cost_bill, parts};
use crate::plan::Id;
use crate::solve::Year;
use crate::ui::plots::calendar::{self, MONTHS};
use crate::ui::plots::csv;
use crate::ui::plots::stack::{self, Layer};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use egui::{ScrollArea, Ui, vec2};
use std::ops::Range;
use std::sync::Arc;

/// The window of time of the supply plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    /// The year, month by month.
    Year,
    /// One month (from 0), hour by hour.
    Month(usize),
    /// One week (from 0), hour by hour.
    Week(usize),
}

/// What is shown, and the layers computed for it.
pub struct State {
    span: Span,
    pub(super) months_open: bool,
    drawn: Option<(Arc<Year>, bool, Vec<Layer>)>,
}

impl Default for State {
    fn default() -> Self {
        Self { span: Span::Year, months_open: false, drawn: None }
    }
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved.filter(|s| !s.outcome.year.hourly.facility.is_empty()) else {
        parts::empty(
            ui,
            "No supply and no bill yet",
            "They are computed over a year once the plan has racks with power. Add a grid connection or generators, and choose a site with a tariff.",
        );
        return;
    };
    let year = solved.outcome.year.clone();
    let dark = ui.visuals().dark_mode;
    let fresh = state.drawn.as_ref().is_some_and(|(y, d, _)| Arc::ptr_eq(y, &year) && *d == dark);
    if !fresh {
        let name = |id: &Id| view.plan.get(id).map_or_else(|| id.to_string(), |e| e.name().to_owned());
        state.drawn = Some((year.clone(), dark, stack::layers(&year, theme::of(ui), &name)));
    }
    if ui.available_width() > 760.0 {
        let width = (ui.available_width() * 0.5).floor();
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(width, height), |ui| ui.vertical(|ui| supply(ui, view, state, &year, actions)));
            ui.separator();
            ui.vertical(|ui| ScrollArea::both().id_salt("bill").auto_shrink(false).show(ui, |ui| cost_bill::ui(ui, view, solved, state)));
        });
    } else {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.allocate_ui(vec2(ui.available_width(), 260.0), |ui| supply(ui, view, state, &year, actions));
            ui.separator();
            ScrollArea::horizontal().id_salt("bill").show(ui, |ui| cost_bill::ui(ui, view, solved, state));
        });
    }
}

fn supply(ui: &mut Ui, view: &View<'_>, state: &mut State, year: &Year, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        chooser(ui, &mut state.span);
        if let Some((_, _, layers)) = &state.drawn {
            let text = || window(state.span).map_or_else(|| csv::months(layers), |window| csv::hours(layers, year, window));
            csv::button(ui, "supply", text, actions);
        }
    });
    let Some((_, _, layers)) = &state.drawn else { return };
    if layers.is_empty() {
        parts::empty(ui, "Nothing supplies the campus", "Add a grid connection with firm power, or generators.");
        return;
    }
    let firm = view.solved.map(|s| s.outcome.supply.grid_firm.watts()).filter(|w| *w > 0.0);
    match window(state.span) {
        None => stack::months(ui, layers),
        Some(window) => {
            if let Some(hour) = stack::hours(ui, layers, year, window, firm) {
                actions.push(Action::Hour(Some(hour)));
            }
        }
    }
}

fn chooser(ui: &mut Ui, span: &mut Span) {
    let month = match *span {
        Span::Month(m) => m,
        Span::Week(w) => calendar::month_and_day(w * 7).0,
        Span::Year => 6,
    };
    if ui.selectable_label(*span == Span::Year, "Year by month").clicked() {
        *span = Span::Year;
    }
    if ui.selectable_label(matches!(span, Span::Month(_)), "Month by hour").clicked() {
        *span = Span::Month(month);
    }
    if ui.selectable_label(matches!(span, Span::Week(_)), "Week by hour").clicked() {
        *span = Span::Week(calendar::first_day(month).div_ceil(7));
    }
    match span {
        Span::Year => {}
        Span::Month(m) => {
            let combo = egui::ComboBox::from_id_salt("month").width(60.0).selected_text(MONTHS[(*m).min(11)]).show_ui(ui, |ui| {
                for (i, name) in MONTHS.iter().enumerate() {
                    ui.selectable_value(m, i, *name);
                }
            });
            combo.response.accessible_name("Month");
        }
        Span::Week(w) => {
            if ui.button("◀").on_hover_text("A week earlier").clicked() {
                *w = w.saturating_sub(1);
            }
            let first = *w * 7;
            ui.label(format!("{} to {}", calendar::day_label(first), calendar::day_label((first + 6).min(364))));
            if ui.button("▶").on_hover_text("A week later").clicked() {
                *w = (*w + 1).min(52);
            }
        }
    }
}

/// The hours of a span; none for the whole year.
fn window(span: Span) -> Option<Range<usize>> {
    match span {
        Span::Year => None,
        Span::Month(m) => Some(calendar::hours_of(m)),
        Span::Week(w) => Some(w * 168..(w * 168 + 168).min(8760)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_lies_in_the_year() {
        assert_eq!(window(Span::Week(0)), Some(0..168));
        assert_eq!(window(Span::Week(52)), Some(8736..8760));
        assert_eq!(window(Span::Month(0)), Some(0..744));
    }
}
