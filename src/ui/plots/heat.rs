//! A heat map of the year: one column a day, one line an hour of the day, as one small texture.

use super::calendar::{DAYS_OF_YEAR, MONTHS, day_label, first_day};
use super::cursor;
use crate::solve::HOURS;
use crate::ui::theme;
use egui::{ColorImage, Mesh, Rect, Sense, TextureHandle, TextureOptions, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use egui_plot::{MarkerShape, Plot, PlotImage, PlotPoint, Points, VLine};

/// The texture of a series of 8,760 hours, and its range.
pub struct HeatMap {
    texture: TextureHandle,
    values: Vec<f64>,
    low: f64,
    high: f64,
}

/// What the pointer does on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pointed {
    /// The hour under the pointer.
    pub hour: Option<usize>,
    /// Whether it was clicked.
    pub clicked: bool,
}

/// The smallest and largest finite value.
#[must_use]
pub fn range_of(values: &[f64]) -> Option<(f64, f64)> {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    (low <= high).then_some((low, high))
}

impl HeatMap {
    /// The map of a series; none unless it has 8,760 hours with a number among them.
    #[must_use]
    pub fn new(ctx: &egui::Context, values: Vec<f64>) -> Option<Self> {
        if values.len() != HOURS {
            return None;
        }
        let (low, high) = range_of(&values)?;
        let span = if high > low { high - low } else { 1.0 };
        // The first line of a picture is its top: the last hour of the day.
        let mut pixels = Vec::with_capacity(HOURS);
        for line in (0..24).rev() {
            for day in 0..DAYS_OF_YEAR {
                let value = values[day * 24 + line];
                pixels.push(if value.is_finite() { theme::sequential(((value - low) / span) as f32) } else { egui::Color32::TRANSPARENT });
            }
        }
        let texture = ctx.load_texture("year", ColorImage::new([DAYS_OF_YEAR, 24], pixels), TextureOptions::NEAREST);
        Some(Self { texture, values, low, high })
    }

    /// Smallest and largest value.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// The value of an hour.
    #[must_use]
    pub fn value(&self, hour: usize) -> f64 {
        self.values.get(hour).copied().unwrap_or(f64::NAN)
    }

    /// Draws it over the space there is, with the `name` of what is shown, `text` for its values and a ring around the chosen hour.
    pub fn show(&self, ui: &mut Ui, name: &str, chosen: Option<usize>, text: &dyn Fn(f64) -> String) -> Pointed {
        let mut pointed = Pointed::default();
        let legend_height = 36.0;
        // Half of the highest label of the axis stands above the plot.
        ui.add_space(6.0);
        let height = (ui.available_height() - legend_height - 8.0).clamp(120.0, 420.0);
        let center = PlotPoint::new(DAYS_OF_YEAR as f64 / 2.0, 12.0);
        let size = vec2(DAYS_OF_YEAR as f32, 24.0);
        let months: Vec<egui_plot::GridMark> = (0..12).map(|m| egui_plot::GridMark { value: first_day(m) as f64, step_size: 1e6 }).collect();
        let hours: Vec<egui_plot::GridMark> = (0..=4).map(|i| egui_plot::GridMark { value: f64::from(i) * 6.0, step_size: 1e6 }).collect();
        let t = theme::of(ui);
        let plot = Plot::new("year heat map")
            .height(height)
            .show_grid(false)
            .show_crosshair(false)
            .allow_scroll(false)
            .set_margin_fraction(vec2(0.0, 0.0))
            .include_x(0.0)
            .include_x(DAYS_OF_YEAR as f64)
            .include_y(0.0)
            .include_y(24.0)
            .x_grid_spacer(move |_| months.clone())
            .y_grid_spacer(move |_| hours.clone())
            .x_axis_formatter(|mark, _| month_starting(mark.value))
            .y_axis_formatter(|mark, _| format!("{:02}:00", mark.value as i64))
            .y_axis_label("hour of day")
            .label_formatter(|_| None);
        let elsewhere = cursor::pointed(ui.ctx());
        let shown = plot.show(ui, |plot| {
            plot.image(PlotImage::new("", &self.texture, center, size).allow_hover(false));
            if let Some(chosen) = chosen {
                let at = [(chosen / 24) as f64 + 0.5, (chosen % 24) as f64 + 0.5];
                plot.points(Points::new("", vec![at]).radius(6.0).filled(false).shape(MarkerShape::Circle).color(t.broken).allow_hover(false));
            }
            let hour = plot.pointer_coordinate().filter(|_| plot.response().hovered()).and_then(|p| hour_at(p.x, p.y));
            if let Some(hour) = hour.or(elsewhere) {
                plot.vline(VLine::new("", (hour / 24) as f64 + 0.5).color(t.text).width(1.0).allow_hover(false));
            }
            hour
        });
        pointed.hour = shown.inner;
        pointed.clicked = shown.response.clicked();
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Heat map of the year: a column a day, a line an hour of the day"));
        if let Some(hour) = pointed.hour {
            cursor::point(ui.ctx(), hour);
            let message = format!("{}, {:02}:00\n{name}: {}\nClick to look at this hour on the plan", day_label(hour / 24), hour % 24, text(self.value(hour)));
            shown.response.on_hover_text_at_pointer(message);
        }
        self.legend(ui, pointed.hour.or(elsewhere), text);
        pointed
    }

    /// The colors from low to high, with the value under the pointer marked.
    fn legend(&self, ui: &mut Ui, hour: Option<usize>, text: &dyn Fn(f64) -> String) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            ui.add_space(48.0);
            ui.label(text(self.low));
            let (rect, _) = ui.allocate_exact_size(vec2(240.0, 10.0), Sense::hover());
            ui.painter().add(gradient(rect));
            let span = self.high - self.low;
            let value = hour.map(|h| self.value(h)).filter(|v| v.is_finite());
            if let Some(value) = value
                && span > 0.0
            {
                let x = rect.left() + rect.width() * ((value - self.low) / span) as f32;
                ui.painter().line_segment([pos2(x, rect.top() - 3.0), pos2(x, rect.bottom() + 3.0)], egui::Stroke::new(2.0, t.text));
            }
            ui.label(text(self.high));
            if let (Some(hour), Some(value)) = (hour, value) {
                ui.separator();
                ui.label(format!("{}: {}", super::calendar::hour_label(hour), text(value)));
            }
        });
    }
}

fn month_starting(day: f64) -> String {
    (0..12).find(|m| first_day(*m) as f64 == day).map_or_else(String::new, |m| MONTHS[m].to_owned())
}

/// The hour of the year at a place of the map.
fn hour_at(x: f64, y: f64) -> Option<usize> {
    ((0.0..DAYS_OF_YEAR as f64).contains(&x) && (0.0..24.0).contains(&y)).then(|| x.floor() as usize * 24 + y.floor() as usize)
}

/// The sequential colors from left to right.
fn gradient(rect: Rect) -> Mesh {
    const STEPS: u32 = 32;
    let mut mesh = Mesh::default();
    for i in 0..=STEPS {
        let share = i as f32 / STEPS as f32;
        let x = rect.left() + rect.width() * share;
        let color = theme::sequential(share);
        mesh.colored_vertex(pos2(x, rect.top()), color);
        mesh.colored_vertex(pos2(x, rect.bottom()), color);
        if i > 0 {
            let n = i * 2;
            mesh.add_triangle(n - 2, n - 1, n);
            mesh.add_triangle(n - 1, n, n + 1);
        }
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_hours() {
        assert_eq!(hour_at(0.5, 0.5), Some(0));
        assert_eq!(hour_at(364.9, 23.9), Some(8759));
        assert_eq!(hour_at(1.0, 3.2), Some(27));
        assert_eq!(hour_at(365.0, 3.0), None);
        assert_eq!(hour_at(-0.1, 3.0), None);
        assert_eq!(range_of(&[f64::NAN, 2.0, 1.0]), Some((1.0, 2.0)));
        assert_eq!(range_of(&[f64::NAN]), None);
    }
}
