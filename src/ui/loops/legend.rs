//! What the colors and marks of the diagram mean, at its lower left.

use super::brush::Brush;
use crate::solve::Side;
use crate::ui::theme;
use crate::units::Temperature;
use egui::{Align2, FontId, Mesh, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// Draws the legend.
pub fn draw(b: &Brush<'_>) {
    const WIDTH: f32 = 190.0;
    let t = b.t;
    let height = if b.warmth { 52.0 } else { 24.0 };
    let panel = Rect::from_min_size(b.lens.area.left_bottom() + vec2(12.0, -12.0 - height), vec2(WIDTH + 24.0, height));
    b.painter.rect(panel, 4.0, t.panel, Stroke::new(1.0, t.stroke), StrokeKind::Inside);
    let text = |at, align: Align2, text: String, color| b.painter.text(at, align, text, FontId::proportional(theme::CAPTION), color);
    let left = panel.left() + 12.0;
    if !b.warmth {
        let mut x = left;
        for (side, word) in [(Side::Supply, "supply"), (Side::Return, "return")] {
            let y = panel.center().y;
            b.painter.line_segment([pos2(x, y), pos2(x + 20.0, y)], Stroke::new(3.0, b.water_color(side, None)));
            x = text(pos2(x + 25.0, y), Align2::LEFT_CENTER, word.to_owned(), t.weak_text).right() + 14.0;
        }
        return;
    }
    let title = text(pos2(left, panel.top() + 5.0), Align2::LEFT_TOP, "Coolant and water temperature".to_owned(), t.text);
    let bar = Rect::from_min_size(pos2(left, title.bottom() + 4.0), vec2(WIDTH, 9.0));
    const STEPS: u16 = 48;
    let mut mesh = Mesh::default();
    for i in 0..STEPS {
        let at = |i: u16| bar.left() + bar.width() * f32::from(i) / f32::from(STEPS);
        mesh.add_colored_rect(
            Rect::from_min_max(pos2(at(i), bar.top()), pos2(at(i + 1), bar.bottom())),
            theme::sequential((f32::from(i) + 0.5) / f32::from(STEPS)),
        );
    }
    b.painter.add(Shape::mesh(mesh));
    let (low, high) = b.facts.span;
    text(pos2(bar.left(), bar.bottom() + 3.0), Align2::LEFT_TOP, b.celsius(Temperature::from_kelvin(low)), t.weak_text);
    text(pos2(bar.right(), bar.bottom() + 3.0), Align2::RIGHT_TOP, b.celsius(Temperature::from_kelvin(high)), t.weak_text);
}
