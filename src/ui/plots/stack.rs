//! What supplies the campus, stacked from the bottom in the order it is called: by month, or by hour over a window of time.

use super::calendar::{MONTHS, day_label, hour_label, monthly_sums};
use super::cursor;
use crate::solve::Year;
use crate::ui::theme::{self, Tokens};
use crate::units::grouped;
use egui::{Color32, Ui, vec2};
use egui_plot::{Bar, BarChart, Corner, FilledArea, HLine, Legend, Line, LineStyle, Plot, PlotPoint, PlotPoints, VLine};
use std::ops::Range;

/// Series of a stack are never more than this; further generator groups are added together.
const MOST_GENERATORS: usize = 5;

/// One layer: 8,760 hours in W.
pub struct Layer {
    /// For people.
    pub name: String,
    /// Its color.
    pub color: Color32,
    /// By hour, W.
    pub hourly: Vec<f64>,
    /// By month, GWh.
    pub monthly: [f64; 12],
}

impl Layer {
    fn new(name: impl Into<String>, color: Color32, hourly: Vec<f64>) -> Self {
        let monthly = monthly_sums(&hourly).map(|wh| wh / 1e9);
        Self { name: name.into(), color, hourly, monthly }
    }
    fn is_used(&self) -> bool {
        // A dispatch by optimization leaves crumbs; less than a kilowatt in every hour is nothing.
        self.hourly.iter().any(|v| *v > 1e3)
    }
}

/// The layers of a year: grid, generators, batteries, and what isn't served. Layers that are nothing all year are left out.
#[must_use]
pub fn layers(year: &Year, t: &Tokens, name: &dyn Fn(&crate::plan::Id) -> String) -> Vec<Layer> {
    let hourly = &year.hourly;
    let mut layers = vec![Layer::new("grid", t.power, hourly.grid.clone())];
    // The first color is left to the batteries, the second is that of power itself.
    let palette = [t.categorical[2], t.categorical[3], t.categorical[4], t.categorical[6], t.categorical[5]];
    for (i, (id, watts)) in hourly.generators.iter().enumerate() {
        if i < MOST_GENERATORS - 1 || hourly.generators.len() == MOST_GENERATORS {
            layers.push(Layer::new(name(id), palette[i.min(palette.len() - 1)], watts.clone()));
        } else if i == MOST_GENERATORS - 1 {
            layers.push(Layer::new("other generators", t.categorical[7], watts.clone()));
        } else if let Some(others) = layers.last_mut() {
            let sum = others.hourly.iter().zip(watts).map(|(a, b)| a + b).collect();
            *others = Layer::new("other generators", t.categorical[7], sum);
        }
    }
    layers.push(Layer::new("batteries, discharging", t.categorical[0], hourly.discharge.clone()));
    layers.push(Layer::new("not served", t.broken, hourly.unserved.clone()));
    layers.retain(Layer::is_used);
    layers
}

/// Room above a stack for the legend, as a factor.
const HEADROOM: f64 = 1.3;
/// Pixels between lines of the grid: the least at which one is drawn, and that from which it is drawn in full.
const GRID: egui::Rangef = egui::Rangef { min: 22.0, max: 400.0 };

fn legend() -> Legend {
    Legend::default().position(Corner::RightTop).follow_insertion_order(true).text_style(egui::TextStyle::Small)
}

/// Energy by month as stacked bars.
pub fn months(ui: &mut Ui, layers: &[Layer]) {
    let charts: Vec<BarChart> = layers
        .iter()
        .map(|layer| {
            let bars = layer
                .monthly
                .iter()
                .enumerate()
                .map(|(m, v)| Bar::new(m as f64, if v.is_finite() { *v } else { 0.0 }).width(0.72).fill(layer.color.gamma_multiply(0.85)).name(MONTHS[m]))
                .collect();
            let name = layer.name.clone();
            BarChart::new(layer.name.clone(), bars)
                .color(layer.color)
                .element_formatter(Box::new(move |bar, _| format!("{} {name}\n{} GWh", bar.name, grouped(bar.value))))
        })
        .collect();
    let top = (0..12).map(|m| layers.iter().map(|l| l.monthly[m]).filter(|v| v.is_finite()).sum::<f64>()).fold(0.0, f64::max);
    let mut stacked: Vec<BarChart> = Vec::with_capacity(charts.len());
    for chart in charts {
        let below: Vec<&BarChart> = stacked.iter().collect();
        let chart = chart.stack_on(&below);
        stacked.push(chart);
    }
    let marks: Vec<egui_plot::GridMark> = (0..12).map(|m| egui_plot::GridMark { value: f64::from(m), step_size: 1e6 }).collect();
    Plot::new("supply by month")
        .height(ui.available_height().clamp(160.0, 420.0))
        .legend(legend())
        .include_y(top * HEADROOM)
        .grid_spacing(GRID)
        .grid_color(theme::of(ui).stroke)
        .y_axis_label("GWh a month")
        .x_grid_spacer(move |_| marks.clone())
        .x_axis_formatter(|mark, _| MONTHS.get(mark.value as usize).map_or_else(String::new, |m| (*m).to_owned()))
        .y_axis_formatter(|mark, _| grouped(mark.value))
        .label_formatter(|_| None)
        .allow_scroll(false)
        .show_grid([false, true])
        .show_crosshair(false)
        .show(ui, |plot| stacked.into_iter().for_each(|chart| plot.bar_chart(chart)));
}

/// Power by hour over a window, as stacked areas, with the load as a line and the firm grid as a ceiling.
pub fn hours(ui: &mut Ui, layers: &[Layer], year: &Year, window: Range<usize>, firm: Option<f64>) -> Option<usize> {
    let t = theme::of(ui);
    let hours: Vec<usize> = window.filter(|h| *h < year.hourly.facility.len()).collect();
    let xs: Vec<f64> = hours.iter().map(|h| *h as f64).collect();
    let mut below = vec![0.0; xs.len()];
    let mut areas = Vec::with_capacity(layers.len());
    for layer in layers {
        let top: Vec<f64> = hours.iter().zip(&below).map(|(h, b)| b + layer.hourly.get(*h).copied().filter(|v| v.is_finite()).unwrap_or(0.0) / 1e6).collect();
        areas.push(FilledArea::new(layer.name.clone(), &xs, &below, &top).fill_color(layer.color.gamma_multiply(0.85)).allow_hover(false));
        below = top;
    }
    let load: Vec<PlotPoint> = hours.iter().map(|h| PlotPoint::new(*h as f64, year.hourly.facility[*h] / 1e6)).collect();
    let highest = below.iter().copied().fold(firm.unwrap_or(0.0) / 1e6, f64::max);
    let days: Vec<egui_plot::GridMark> = day_marks(&hours);
    let plot = Plot::new("supply by hour")
        .height(ui.available_height().clamp(160.0, 420.0))
        .legend(legend())
        .include_y(highest * HEADROOM)
        .grid_spacing(GRID)
        .grid_color(theme::of(ui).stroke)
        .y_axis_label("MW")
        .x_grid_spacer(move |_| days.clone())
        .x_axis_formatter(|mark, _| day_label(mark.value as usize / 24))
        .y_axis_formatter(|mark, _| grouped(mark.value))
        .label_formatter(|_| None)
        .set_margin_fraction(vec2(0.0, 0.06))
        .include_y(0.0)
        .allow_scroll(false);
    let elsewhere = cursor::pointed(ui.ctx()).filter(|h| hours.contains(h));
    let shown = plot.show(ui, |plot| {
        if let Some(hour) = elsewhere {
            plot.vline(VLine::new("", hour as f64).color(t.weak_text).width(1.0).allow_hover(false));
        }
        areas.into_iter().for_each(|area| plot.add(area));
        plot.line(Line::new("load of the campus", PlotPoints::Borrowed(&load)).color(t.text).width(1.4));
        if let Some(firm) = firm {
            plot.hline(HLine::new("firm grid", firm / 1e6).color(t.broken).style(LineStyle::dashed_dense()).width(1.2));
        }
        plot.pointer_coordinate().filter(|_| plot.response().hovered()).map(|p| p.x.round().max(0.0) as usize)
    });
    let hour = shown.inner.filter(|h| hours.contains(h));
    if let Some(hour) = hour {
        cursor::point(ui.ctx(), hour);
        let mut text = hour_label(hour);
        for layer in layers.iter().rev() {
            text.push_str(&format!("\n{}: {} MW", layer.name, grouped(layer.hourly.get(hour).copied().unwrap_or(f64::NAN) / 1e6)));
        }
        text.push_str(&format!("\nload: {} MW", grouped(year.hourly.facility.get(hour).copied().unwrap_or(f64::NAN) / 1e6)));
        shown.response.clone().on_hover_text_at_pointer(text);
    }
    hour.filter(|_| shown.response.clicked())
}

fn day_marks(hours: &[usize]) -> Vec<egui_plot::GridMark> {
    let step = if hours.len() > 24 * 14 { 7 } else { 1 };
    let first = hours.first().map_or(0, |h| h / 24);
    hours
        .iter()
        .filter(|h| **h % 24 == 0 && (**h / 24 - first).is_multiple_of(step))
        .map(|h| egui_plot::GridMark { value: *h as f64, step_size: 1e6 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Id;

    #[test]
    fn a_stack_has_at_most_eight_layers_and_loses_no_energy() {
        let mut year = Year::default();
        year.hourly.grid = vec![1e9; 8760];
        year.hourly.generators = (0..9).map(|i| (Id::new(format!("GEN{i}")), vec![1e8; 8760])).collect();
        year.hourly.discharge = vec![0.0; 8760];
        year.hourly.unserved = vec![2e6; 8760];
        let layers = layers(&year, theme::tokens(true), &|id| id.to_string());
        assert!(layers.len() <= 8);
        assert!(layers.iter().all(|l| !l.name.contains("batteries")));
        let january: f64 = layers.iter().map(|l| l.monthly[0]).sum();
        assert!((january - 744.0 * (1.0 + 0.9 + 0.002)).abs() < 1e-6, "{january}");
    }
}
