//! Duration curves: for how many hours of the year a load is at least so high.

use crate::ui::theme;
use egui::{Color32, Ui};
use egui_plot::{Corner, HLine, HoverPosition, Legend, Line, LineStyle, Plot, PlotPoint, PlotPoints};

/// Points a curve is drawn with: more than a screen is wide, fewer than the year has hours.
const POINTS: usize = 800;

/// A curve: its name, its color, and values from high to low over the share of the year, decimated.
pub struct Curve {
    /// For people.
    pub name: String,
    /// Its color.
    pub color: Color32,
    points: Vec<PlotPoint>,
}

/// A value that must not be passed.
pub struct Ceiling {
    /// For people.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its color.
    pub color: Color32,
}

/// The curve of an hourly series. `scale` turns its values into the unit of the axis.
#[must_use]
pub fn curve(name: impl Into<String>, color: Color32, hourly: &[f64], scale: f64) -> Curve {
    let mut sorted: Vec<f64> = hourly.iter().copied().filter(|v| v.is_finite()).map(|v| v * scale).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let last = sorted.len().saturating_sub(1);
    let count = sorted.len().min(POINTS);
    // The first and the last hour are always among the points: they are the peak and the least.
    let points = (0..count).map(|i| if count > 1 { i * last / (count - 1) } else { 0 }).map(|i| PlotPoint::new(i as f64, sorted[i])).collect();
    Curve { name: name.into(), color, points }
}

/// Draws the curves with their ceilings.
pub fn show(ui: &mut Ui, curves: &[Curve], ceilings: &[Ceiling], unit: &str) {
    let unit_of_hover = unit.to_owned();
    let t = theme::of(ui);
    // Room above the highest value for the legend.
    let highest =
        curves.iter().filter_map(|c| c.points.first()).map(|p| p.y).chain(ceilings.iter().map(|c| c.value)).filter(|v| v.is_finite()).fold(0.0, f64::max);
    Plot::new("duration curves")
        .height(ui.available_height().clamp(160.0, 520.0))
        .legend(Legend::default().position(Corner::RightTop).follow_insertion_order(true).text_style(egui::TextStyle::Small))
        .x_axis_label("hours of the year at or above")
        .y_axis_label(unit)
        .x_axis_formatter(|mark, _| crate::units::grouped(mark.value))
        .y_axis_formatter(|mark, _| crate::units::grouped(mark.value))
        .grid_spacing(egui::Rangef::new(22.0, 400.0))
        .include_x(0.0)
        .include_y(0.0)
        .allow_scroll(false)
        .label_formatter(move |at| match at {
            HoverPosition::NearDataPoint { plot_name, position, .. } => {
                Some(format!("{plot_name}\n{} {unit_of_hover} or more in {} h", crate::units::grouped(position.y), crate::units::grouped(position.x)))
            }
            HoverPosition::Elsewhere { .. } => None,
        })
        .cursor_color(t.text)
        .grid_color(t.stroke)
        .include_y(highest * 1.3)
        .show(ui, |plot| {
            for curve in curves {
                plot.line(Line::new(curve.name.clone(), PlotPoints::Borrowed(&curve.points)).color(curve.color).width(1.8));
            }
            for ceiling in ceilings.iter().filter(|c| c.value.is_finite()) {
                plot.hline(HLine::new(ceiling.name.clone(), ceiling.value).color(ceiling.color).style(LineStyle::dashed_dense()).width(1.2));
            }
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_keeps_peak_and_least() {
        let hourly: Vec<f64> = (0..8760).map(|h| f64::from(h % 100)).collect();
        let c = curve("x", Color32::WHITE, &hourly, 2.0);
        assert_eq!(c.points.len(), POINTS);
        assert_eq!(c.points[0].y, 198.0);
        assert_eq!(c.points[POINTS - 1].y, 0.0);
        assert_eq!(c.points[POINTS - 1].x, 8759.0);
        assert!(c.points.windows(2).all(|w| w[0].y >= w[1].y));
        assert!(curve("x", Color32::WHITE, &[], 1.0).points.is_empty());
    }
}
