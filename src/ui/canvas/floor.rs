//! The ground: grid, scale bar and north.

use super::camera::round_up;
use super::draw::Brush;
use crate::plan::Point;
use crate::ui::theme;
use crate::units::System;
use egui::{Align2, FontId, Stroke, pos2, vec2};

/// Grid lines closer than this on the screen are left out.
const CLOSEST_LINES: f32 = 12.0;
/// The least length of the scale bar.
const SHORTEST_BAR: f32 = 70.0;
/// Meters in a foot, exactly (international foot of 1959).
const FOOT: f64 = 0.3048;

/// Draws the grid: lines at a round distance, every fifth or tenth one stronger.
pub fn grid(brush: &Brush<'_>) {
    let t = brush.tokens;
    brush.painter.rect_filled(brush.area, 0.0, t.background);
    let step = round_up(brush.camera.meters(CLOSEST_LINES));
    let seen = brush.camera.visible(brush.area);
    for (major, stride) in [(false, 1i64), (true, 10)] {
        let stroke = Stroke::new(1.0, if major { t.grid_line_major } else { t.grid_line });
        let distance = step * stride as f64;
        let lines = |from: f64, to: f64| ((from / distance).ceil() as i64..=(to / distance).floor() as i64).map(move |i| i as f64 * distance);
        for x in lines(seen.min.0, seen.max.0) {
            let at = brush.camera.to_screen(brush.area, Point(x, 0.0)).x;
            brush.painter.vline(brush.painter.round_to_pixel_center(at), brush.area.y_range(), stroke);
        }
        for y in lines(seen.min.1, seen.max.1) {
            let at = brush.camera.to_screen(brush.area, Point(0.0, y)).y;
            brush.painter.hline(brush.area.x_range(), brush.painter.round_to_pixel_center(at), stroke);
        }
    }
}

/// The length of the bar for people: long ones in kilometers.
fn bar_text(length: f64, symbol: &str) -> String {
    match symbol {
        "m" if length >= 1000.0 => format!("{} km", length / 1000.0),
        _ if length >= 1000.0 => format!("{} {symbol}", crate::units::grouped(length)),
        _ => format!("{length} {symbol}"),
    }
}

/// Draws the scale bar and the north arrow.
pub fn scale(brush: &Brush<'_>, system: System) {
    let t = brush.tokens;
    let (unit, symbol) = if system == System::Us { (FOOT, "ft") } else { (1.0, "m") };
    let length = round_up(brush.camera.meters(SHORTEST_BAR) / unit);
    let width = brush.camera.points(length * unit);
    let end = brush.area.right_bottom() - vec2(16.0, 16.0);
    let stroke = Stroke::new(1.5, t.weak_text);
    let y = brush.painter.round_to_pixel_center(end.y);
    brush.painter.hline(end.x - width..=end.x, y, stroke);
    for x in [end.x - width, end.x] {
        brush.painter.vline(brush.painter.round_to_pixel_center(x), y - 4.0..=y + 4.0, stroke);
    }
    brush.tag(Align2::CENTER_BOTTOM, pos2(end.x - width / 2.0, y - 4.0), &bar_text(length, symbol), t.text);
    let north = brush.area.right_top() + vec2(-18.0, 34.0);
    brush.painter.arrow(north, vec2(0.0, -20.0), stroke);
    brush.painter.text(north + vec2(0.0, 2.0), Align2::CENTER_TOP, "N", FontId::proportional(theme::CAPTION), t.weak_text);
}
