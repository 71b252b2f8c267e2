//! The tape: from the first click to the pointer, then to the second click.

use crate::plan::Point;
use crate::ui::canvas::draw::Brush;
use crate::units::{Length, System, show};
use egui::{Align2, Stroke, vec2};

/// A tape on the ground.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tape {
    /// Where it begins.
    pub from: Option<Point>,
    /// Where it ends; until then it follows the pointer.
    pub to: Option<Point>,
}

impl Tape {
    /// A click: begins, ends, or begins anew.
    pub fn click(&mut self, p: Point) {
        match (self.from, self.to) {
            (Some(_), None) => self.to = Some(p),
            _ => *self = Self { from: Some(p), to: None },
        }
    }
    /// Draws the tape with its length and its extents.
    pub fn draw(&self, brush: &Brush<'_>, pointer: Option<Point>, system: System) {
        let (Some(from), Some(to)) = (self.from, self.to.or(pointer)) else { return };
        let at = |p| brush.camera.to_screen(brush.area, p);
        let stroke = Stroke::new(1.5, brush.tokens.accent);
        brush.painter.line_segment([at(from), at(to)], stroke);
        for p in [from, to] {
            brush.painter.circle_filled(at(p), 3.0, brush.tokens.accent);
        }
        brush.tag(Align2::LEFT_BOTTOM, at(to) + vec2(10.0, -8.0), &text(from, to, system), brush.tokens.text);
    }
}

fn text(from: Point, to: Point, system: System) -> String {
    let m = |v: f64| show(Length::from_meters(v), system);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    format!("{}  (Δx {}, Δy {})", m(dx.hypot(dy)), m(dx), m(dy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_clicks_begin_end_and_begin_anew() {
        let mut tape = Tape::default();
        tape.click(Point(0.0, 0.0));
        tape.click(Point(30.0, 40.0));
        assert!(text(Point(0.0, 0.0), Point(30.0, 40.0), System::Si).starts_with("50.0 m"));
        tape.click(Point(1.0, 1.0));
        assert_eq!(tape, Tape { from: Some(Point(1.0, 1.0)), to: None });
    }
}
