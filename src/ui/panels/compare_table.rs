//! The ranked table of a comparison, differences against the baseline, and the bars of one column.

use super::compare::{Entry, State};
use super::{cost_bill::small_money, parts};
use crate::checks::Standing;
use crate::edit::Command;
use crate::ui::theme;
use crate::ui::view::{Action, View};
use crate::units::{Energy, Mass, Money, Power, grouped, show};
use egui::{Align, Align2, Layout, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use egui_extras::{Column as Size, TableBuilder, TableRow};

/// A column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Column {
    /// Yearly PUE.
    Pue,
    /// Yearly WUE.
    Wue,
    /// Cooling energy of a year.
    Cooling,
    /// Highest facility power of the year.
    Peak,
    /// Cost per facility energy.
    #[default]
    PerEnergy,
    /// Cost of a year.
    PerYear,
    /// Cost per GPU-hour.
    PerGpuHour,
    /// Carbon of a year.
    Carbon,
    /// Findings that break a limit.
    Broken,
}

impl Column {
    const ALL: [Self; 9] = [Self::Pue, Self::Wue, Self::Cooling, Self::Peak, Self::PerEnergy, Self::PerYear, Self::PerGpuHour, Self::Carbon, Self::Broken];

    fn title(self) -> &'static str {
        match self {
            Self::Pue => "PUE",
            Self::Wue => "WUE",
            Self::Cooling => "Cooling",
            Self::Peak => "Peak",
            Self::PerEnergy => "Per energy",
            Self::PerYear => "Per year",
            Self::PerGpuHour => "Per GPU-hour",
            Self::Carbon => "CO₂e",
            Self::Broken => "Broken",
        }
    }
    fn help(self) -> &'static str {
        match self {
            Self::Pue => "Facility energy over IT energy, over the year (ISO/IEC 30134-2)",
            Self::Wue => "Water taken in over IT energy, L/kWh, over the year (ISO/IEC 30134-9)",
            Self::Cooling => "Electric energy of cooling in a year: compressors, fans, pumps, CDUs",
            Self::Peak => "Highest facility power of the year",
            Self::PerEnergy => "Cost of energy and water over facility energy",
            Self::PerYear => "Cost of energy and water in a year",
            Self::PerGpuHour => "Cost of energy and water per GPU and hour",
            Self::Carbon => "Carbon of grid and fuel in a year",
            Self::Broken => "Limits broken",
        }
    }
    /// The value of an entry in SI ($/MWh for a price of energy); none where it isn't known.
    fn value(self, e: &Entry) -> Option<f64> {
        let (o, s) = (&e.solved.outcome, &e.solved.outcome.summary);
        let plant = &o.year.plant;
        match self {
            Self::Pue => s.pue,
            Self::Wue => s.wue,
            Self::Cooling => Some((plant.chiller + plant.tower_fan + plant.dry_cooler_fan + plant.pump + plant.air_fan).joules()),
            Self::Peak => Some(s.poi_peak.watts()),
            Self::PerEnergy => s.cost_per_energy.map(|p| p.dollars_per_megawatt_hour()),
            Self::PerYear => Some(s.cost.dollars()),
            Self::PerGpuHour => s.cost_per_gpu_hour.map(|m| m.dollars()),
            Self::Carbon => Some(s.carbon.kilograms()),
            Self::Broken => Some(e.solved.assessment.broken().count() as f64),
        }
        .filter(|v| v.is_finite())
    }
    fn text(self, value: f64, view: &View<'_>) -> String {
        match self {
            Self::Pue | Self::Wue => format!("{value:.3}").replace('-', "−"),
            Self::Cooling => show(Energy::from_joules(value), view.system),
            Self::Peak => show(Power::from_watts(value), view.system),
            Self::PerEnergy => format!("{} $/MWh", grouped(value)),
            Self::PerYear => show(Money::from_dollars(value), view.system),
            Self::PerGpuHour => small_money(Money::from_dollars(value)),
            Self::Carbon => show(Mass::from_kilograms(value), view.system),
            Self::Broken => format!("{value:.0}").replace('-', "−"),
        }
    }
}

/// Indices of the entries in the chosen order; the unknown come last.
fn order(entries: &[Entry], sort: Option<(Column, bool)>) -> Vec<usize> {
    let mut list: Vec<usize> = (0..entries.len()).collect();
    if let Some((column, falling)) = sort {
        let key = |i: &usize| column.value(&entries[*i]);
        list.sort_by(|a, b| match (key(a), key(b)) {
            (Some(x), Some(y)) => {
                if falling {
                    y.total_cmp(&x)
                } else {
                    x.total_cmp(&y)
                }
            }
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => std::cmp::Ordering::Equal,
        });
    }
    list
}

/// Table or bars.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let order = order(&state.entries, state.sort);
    state.baseline = state.baseline.min(state.entries.len().saturating_sub(1));
    ui.horizontal(|ui| {
        ui.selectable_value(&mut state.bars, false, "Table");
        ui.selectable_value(&mut state.bars, true, "Bars");
        if state.bars {
            for column in Column::ALL {
                ui.selectable_value(&mut state.plotted, column, column.title()).on_hover_text(column.help());
            }
        } else {
            parts::caption(ui, "Small figures are differences against the baseline. Click a heading to sort by it.");
        }
    });
    if state.bars {
        bars(ui, view, state);
        return;
    }
    ScrollArea::horizontal().id_salt("compare table").auto_shrink(false).show(ui, |ui| {
        ui.set_min_width(WIDTH);
        table(ui, view, state, &order, actions);
    });
}

/// Widths of the parts of the table.
const NAME: f32 = 190.0;
const NUMBER: f32 = 84.0;
const BINDING: f32 = 220.0;
const BUTTON: f32 = 104.0;
const WIDTH: f32 = 40.0 + NAME + 9.0 * NUMBER + BINDING + BUTTON + 13.0 * 8.0;

fn table(ui: &mut Ui, view: &View<'_>, state: &mut State, order: &[usize], actions: &mut Vec<Action>) {
    TableBuilder::new(ui)
        .id_salt("comparison")
        .striped(true)
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Size::exact(40.0))
        .column(Size::exact(NAME).clip(true))
        .columns(Size::exact(NUMBER), Column::ALL.len())
        .column(Size::exact(BINDING).clip(true))
        .column(Size::exact(BUTTON))
        .header(22.0, |mut header| {
            header.col(|ui| {
                parts::caption(ui, "Base");
            });
            header.col(|ui| {
                parts::caption(ui, "Site or plan");
            });
            for column in Column::ALL {
                header.col(|ui| heading(ui, state, column));
            }
            header.col(|ui| {
                parts::caption(ui, "Binds first");
            });
            header.col(|_| {});
        })
        .body(|body| {
            body.rows(36.0, order.len(), |mut row| {
                let i = order[row.index()];
                line(&mut row, view, state, i, actions);
            });
        });
}

fn heading(ui: &mut Ui, state: &mut State, column: Column) {
    let mark = match state.sort {
        Some((c, true)) if c == column => " ⏷",
        Some((c, false)) if c == column => " ⏶",
        _ => "",
    };
    let title = RichText::new(format!("{}{mark}", column.title())).size(theme::CAPTION);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let sorted = !mark.is_empty();
        if ui.add(egui::Button::selectable(sorted, title).small()).on_hover_text(format!("{}\nClick to sort by it", column.help())).clicked() {
            state.sort = Some((column, matches!(state.sort, Some((c, false)) if c == column)));
            state.plotted = column;
        }
    });
}

fn line(row: &mut TableRow<'_, '_>, view: &View<'_>, state: &mut State, i: usize, actions: &mut Vec<Action>) {
    let (entry, base) = (state.entries[i].clone(), state.entries[state.baseline].clone());
    let own = entry.site.is_some() && view.plan.site().is_some_and(|s| Some(&s.library) == entry.site.as_ref());
    row.col(|ui| {
        let radio = ui.radio(state.baseline == i, "").accessible_name(format!("Baseline {}", entry.name));
        if radio.on_hover_text("Show differences against this one").clicked() {
            state.baseline = i;
        }
    });
    row.col(|ui| {
        let name = match (&entry.site, own) {
            (_, true) => format!("{} (this plan)", entry.name),
            (None, _) => format!("{} (file)", entry.name),
            _ => entry.name.clone(),
        };
        ui.add(egui::Label::new(if own { RichText::new(name).strong() } else { RichText::new(name) }).truncate());
    });
    for column in Column::ALL {
        let reference = (i != state.baseline).then_some(&base);
        row.col(|ui| number(ui, view, column, &entry, reference));
    }
    row.col(|ui| binding(ui, &entry));
    row.col(|ui| {
        if let Some(site) = entry.site.as_ref().filter(|_| !own)
            && ui.button("Use this site").on_hover_text(format!("Move the plan to {}", entry.name)).clicked()
        {
            actions.push(Action::Apply(Command::AtSite { library: site.clone() }, None));
        }
    });
}

/// A value, and below it the difference against the baseline.
fn number(ui: &mut Ui, view: &View<'_>, column: Column, entry: &Entry, base: Option<&Entry>) {
    let t = theme::of(ui);
    let Some(value) = column.value(entry) else {
        parts::number(ui, "—").on_hover_text("Not known for this plan here");
        return;
    };
    let color = if column == Column::Broken && value > 0.0 { t.broken } else { t.text };
    let difference = base.and_then(|b| column.value(b)).map(|b| value - b);
    ui.with_layout(Layout::top_down(Align::RIGHT), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(if difference.is_some() { 2.0 } else { 9.0 });
        let one_line = |text: RichText| egui::Label::new(text).wrap_mode(egui::TextWrapMode::Extend).selectable(false);
        ui.add(one_line(RichText::new(column.text(value, view)).color(color)));
        if let Some(difference) = difference {
            let text = column.text(difference, view);
            let sign = if difference > 0.0 { "+" } else { "" };
            // Every column is better when it is lower. What rounds to nothing is no difference.
            let color = if !text.bytes().any(|b| matches!(b, b'1'..=b'9')) {
                t.weak_text
            } else if difference > 0.0 {
                t.near
            } else {
                t.ok
            };
            ui.add(one_line(RichText::new(format!("{sign}{text}")).size(theme::CAPTION).color(color)));
        }
    });
}

/// The limit that binds first.
fn binding(ui: &mut Ui, entry: &Entry) {
    let t = theme::of(ui);
    let Some(limit) = entry.solved.assessment.binding() else {
        ui.label("—").on_hover_text("No limit is known");
        return;
    };
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(2.0);
        let standing = parts::standing(&entry.solved.assessment, limit);
        let color = if standing == Standing::Ok { t.text } else { t.standing(standing) };
        let text = format!("{} {}, {}", theme::standing_mark(standing), parts::capital(&limit.quantity), parts::percent(limit.share()));
        ui.add(egui::Label::new(RichText::new(text.trim()).color(color)).truncate());
        ui.add(egui::Label::new(RichText::new(format!("{}, {}", limit.element, limit.condition)).size(theme::CAPTION).color(t.weak_text)).truncate());
    });
}

/// A bar for each entry, the lowest first, with its name before it and its value behind it: any number of sites can be read.
fn bars(ui: &mut Ui, view: &View<'_>, state: &State) {
    const NAME_WIDTH: f32 = 190.0;
    const VALUE_WIDTH: f32 = 96.0;
    let t = theme::of(ui);
    let column = state.plotted;
    let order = order(&state.entries, Some((column, false)));
    let value = |i: usize| column.value(&state.entries[i]);
    let highest = order.iter().filter_map(|i| value(*i)).fold(0.0, f64::max);
    parts::caption(ui, column.help());
    ScrollArea::vertical().id_salt("bars").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for i in order {
            let entry = &state.entries[i];
            let value = value(i);
            let text = value.map_or_else(|| "—".to_owned(), |v| column.text(v, view));
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
            let label = format!("{}: {} {text}", entry.name, column.title());
            response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &label));
            response.on_hover_text(format!("{}\n{}: {text}", entry.name, column.help()));
            let (font, middle) = (egui::TextStyle::Body.resolve(ui.style()), rect.center().y);
            let own = i == state.baseline;
            let names = ui.painter_at(Rect::from_min_size(rect.min, vec2(NAME_WIDTH - 8.0, rect.height())));
            names.text(pos2(rect.left(), middle), Align2::LEFT_CENTER, &entry.name, font.clone(), if own { t.accent } else { t.text });
            let span = (rect.width() - NAME_WIDTH - VALUE_WIDTH - 8.0).max(20.0);
            let share = value.filter(|_| highest > 0.0).map_or(0.0, |v| (v / highest).clamp(0.0, 1.0)) as f32;
            let bar = Rect::from_min_size(pos2(rect.left() + NAME_WIDTH, rect.top() + 3.0), vec2((span * share).max(1.0), rect.height() - 6.0));
            ui.painter().rect_filled(bar, 2.0, if own { t.accent } else { t.accent.gamma_multiply(0.5) });
            ui.painter().text(pos2(bar.right() + 6.0, middle), Align2::LEFT_CENTER, text, font, t.text);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Assessment;
    use crate::plan::Plan;
    use crate::session::Solved;
    use crate::solve::Outcome;
    use std::sync::Arc;

    fn entry(pue: Option<f64>) -> Entry {
        let mut outcome = Outcome::default();
        outcome.summary.pue = pue;
        let solved = Solved { revision: 1, plan: Arc::new(Plan::default()), outcome: Arc::new(outcome), assessment: Arc::new(Assessment::default()) };
        Entry { site: None, name: "x".to_owned(), solved: Arc::new(solved) }
    }

    #[test]
    fn the_unknown_come_last_in_either_order() {
        let entries = [entry(None), entry(Some(1.3)), entry(Some(1.1))];
        assert_eq!(order(&entries, Some((Column::Pue, false))), [2, 1, 0]);
        assert_eq!(order(&entries, Some((Column::Pue, true))), [1, 2, 0]);
        assert_eq!(order(&entries, None), [0, 1, 2]);
    }
}
