//! The ranked table of a comparison, differences against the baseline, and the bars of one column.

use super::compare::{Entry, State};
use super::{cost_bill::small_money, parts};
use crate::edit::Command;
use crate::ui::theme;
use crate::ui::view::{Action, View};
use crate::units::{Energy, Mass, Money, Power, grouped, show};
use egui::{Grid, RichText, ScrollArea, Ui, WidgetInfo, accesskit::Role};
use egui_plot::{Bar, BarChart, Plot};

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
    /// The unit of the bars, and what divides the value to reach it.
    fn axis(self) -> (&'static str, f64) {
        match self {
            Self::Pue => ("PUE", 1.0),
            Self::Wue => ("L/kWh", 1.0),
            Self::Cooling => ("GWh a year", 3.6e12),
            Self::Peak => ("MW", 1e6),
            Self::PerEnergy => ("$/MWh", 1.0),
            Self::PerYear => ("M$ a year", 1e6),
            Self::PerGpuHour => ("$ per GPU-hour", 1.0),
            Self::Carbon => ("kt a year", 1e6),
            Self::Broken => ("limits broken", 1.0),
        }
    }
    /// The value of an entry in SI ($/MWh for a price of energy); none where it isn't known.
    fn value(self, e: &Entry) -> Option<f64> {
        let (o, s) = (&e.solved.outcome, &e.solved.outcome.summary);
        let plant = &o.year.plant;
        match self {
            Self::Pue => s.pue,
            Self::Wue => s.wue,
            Self::Cooling => Some((plant.chiller + plant.tower + plant.dry_cooler_fan + plant.pump + plant.air_fan).joules()),
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
            Self::Broken => grouped(value),
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

/// Table and bars.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let order = order(&state.entries, state.sort);
    state.baseline = state.baseline.min(state.entries.len().saturating_sub(1));
    ScrollArea::horizontal().id_salt("compare table").show(ui, |ui| {
        Grid::new("comparison").striped(true).spacing([14.0, 5.0]).show(ui, |ui| {
            header(ui, state);
            for i in &order {
                line(ui, view, state, *i, actions);
            }
        });
    });
    ui.add_space(6.0);
    bars(ui, view, state, &order);
}

fn header(ui: &mut Ui, state: &mut State) {
    parts::caption(ui, "Baseline");
    parts::caption(ui, "Site or plan");
    for column in Column::ALL {
        let mark = match state.sort {
            Some((c, falling)) if c == column => {
                if falling {
                    " ▼"
                } else {
                    " ▲"
                }
            }
            _ => "",
        };
        let selected = state.plotted == column;
        let title = RichText::new(format!("{}{mark}", column.title())).size(theme::CAPTION);
        let clicked = ui
            .with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.add(egui::Button::selectable(selected, title).small())
                    .on_hover_text(format!("{}\nClick to sort by it and to plot it", column.help()))
                    .clicked()
            })
            .inner;
        if clicked {
            state.sort = Some((column, matches!(state.sort, Some((c, false)) if c == column)));
            state.plotted = column;
        }
    }
    parts::caption(ui, "Binds first");
    parts::caption(ui, "");
    ui.end_row();
}

fn line(ui: &mut Ui, view: &View<'_>, state: &mut State, i: usize, actions: &mut Vec<Action>) {
    let t = theme::of(ui);
    let entry = state.entries[i].clone();
    let base = state.entries[state.baseline].clone();
    let radio = ui.radio(state.baseline == i, "");
    let label = format!("Baseline {}", entry.name);
    radio.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, state.baseline == i, &label));
    if radio.on_hover_text("Show differences against this one").clicked() {
        state.baseline = i;
    }
    let own = entry.site.is_some() && view.plan.site().is_some_and(|s| Some(&s.library) == entry.site.as_ref());
    let name = match (&entry.site, own) {
        (_, true) => format!("{} (this plan)", entry.name),
        (None, _) => format!("{} (file)", entry.name),
        _ => entry.name.clone(),
    };
    ui.add(egui::Label::new(if own { RichText::new(name).strong() } else { RichText::new(name) }).wrap_mode(egui::TextWrapMode::Extend));
    for column in Column::ALL {
        let Some(value) = column.value(&entry) else {
            parts::number(ui, "—").on_hover_text("Not known for this plan here");
            continue;
        };
        let difference = column.value(&base).filter(|_| i != state.baseline).map(|b| value - b);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let color = if column == Column::Broken && value > 0.0 { t.broken } else { t.text };
            parts::number(ui, RichText::new(column.text(value, view)).color(color));
            if let Some(difference) = difference {
                let sign = if difference > 0.0 { "+" } else { "" };
                // Every column is better when it is lower.
                let color = if difference.abs() < 1e-12 {
                    t.weak_text
                } else if difference > 0.0 {
                    t.near
                } else {
                    t.ok
                };
                parts::number(ui, RichText::new(format!("{sign}{}", column.text(difference, view))).size(theme::CAPTION).color(color));
            }
        });
    }
    match entry.solved.assessment.binding() {
        Some(limit) => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add(
                    egui::Label::new(
                        RichText::new(format!("{} {}", theme::standing_mark(limit.standing), limit.quantity))
                            .color(if limit.standing == crate::checks::Standing::Ok { t.text } else { t.standing(limit.standing) }),
                    )
                    .wrap_mode(egui::TextWrapMode::Extend),
                );
                parts::caption(ui, format!("{}, {}", limit.element, limit.condition));
            });
        }
        None => {
            ui.label("—").on_hover_text("No limit is known");
        }
    }
    match &entry.site {
        Some(site) if !own => {
            if ui.button("Use this site").on_hover_text(format!("Move the plan to {}", entry.name)).clicked() {
                actions.push(Action::Apply(Command::AtSite { library: site.clone() }, None));
            }
        }
        _ => {
            ui.label("");
        }
    }
    ui.end_row();
}

fn bars(ui: &mut Ui, view: &View<'_>, state: &State, order: &[usize]) {
    let t = theme::of(ui);
    let column = state.plotted;
    let (unit, divisor) = column.axis();
    let names: Vec<String> = order.iter().map(|i| state.entries[*i].name.clone()).collect();
    let bars: Vec<Bar> = order
        .iter()
        .enumerate()
        .filter_map(|(x, i)| {
            let value = column.value(&state.entries[*i])?;
            let fill = if *i == state.baseline { t.accent } else { t.accent.gamma_multiply(0.5) };
            let text = format!("{}\n{}", state.entries[*i].name, column.text(value, view));
            Some(Bar::new(x as f64, value / divisor).width(0.6).fill(fill).name(text))
        })
        .collect();
    let count = names.len();
    let axis_names = names.clone();
    Plot::new("comparison bars")
        .height(190.0)
        .y_axis_label(unit)
        .show_grid([false, true])
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .x_grid_spacer(move |_| (0..count).map(|i| egui_plot::GridMark { value: i as f64, step_size: 1.0 }).collect())
        .x_axis_formatter(move |mark, _| axis_names.get(mark.value.round() as usize).cloned().unwrap_or_default())
        .y_axis_formatter(|mark, _| grouped(mark.value))
        .label_formatter(|_| None)
        .include_y(0.0)
        .show(ui, |plot| plot.bar_chart(BarChart::new(column.title(), bars).color(t.accent).element_formatter(Box::new(|bar, _| bar.name.clone()))));
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
