//! What the colors of an overlay mean.

use super::draw::Brush;
use super::overlay::Field;
use crate::ui::theme;
use crate::ui::view::View;
use egui::{Align2, Color32, FontId, Mesh, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// Draws the legend at the lower left, with the value under the pointer marked.
pub fn draw(brush: &Brush<'_>, field: &Field<'_>, view: &View<'_>, pointed: f64) {
    const WIDTH: f32 = 190.0;
    let t = brush.tokens;
    let panel = Rect::from_min_size(brush.area.left_bottom() + vec2(12.0, -66.0), vec2(WIDTH + 24.0, 54.0));
    brush.painter.rect(panel, 4.0, t.panel, Stroke::new(1.0, t.stroke), StrokeKind::Inside);
    let text = |at, align: Align2, text: String, color: Color32| brush.painter.text(at, align, text, FontId::proportional(theme::CAPTION), color);
    let left = panel.left() + 12.0;
    let title = text(pos2(left, panel.top() + 5.0), Align2::LEFT_TOP, field.title.to_owned(), t.text);
    if !field.has_values() {
        text(pos2(left, title.bottom() + 6.0), Align2::LEFT_TOP, "no values: not solved for this plan".to_owned(), t.weak_text);
        return;
    }
    if field.is_estimate() {
        brush.tag(Align2::LEFT_BOTTOM, panel.left_top() + vec2(3.0, -3.0), "planning estimate in plan view, not CFD", t.weak_text);
    }
    if field.has_unknown(view.plan) {
        let swatch = Rect::from_min_size(pos2(panel.right() + 8.0, panel.bottom() - 20.0), vec2(16.0, 12.0));
        let named = brush.tag(Align2::LEFT_CENTER, swatch.right_center() + vec2(6.0, 0.0), "unknown", t.weak_text);
        let mut mesh = Mesh::default();
        mesh.add_colored_rect(swatch, t.empty_slot);
        super::draw::hatch(&mut mesh, swatch, t.unknown);
        brush.painter.add(Shape::mesh(mesh));
        brush.painter.rect_stroke(swatch.union(named).expand(4.0), 3.0, Stroke::new(1.0, t.stroke), StrokeKind::Outside);
    }
    if pointed.is_finite() {
        text(pos2(panel.right() - 12.0, panel.top() + 5.0), Align2::RIGHT_TOP, field.text(pointed, view.system), t.text);
    }
    let bar = Rect::from_min_size(pos2(left, title.bottom() + 4.0), vec2(WIDTH, 9.0));
    brush.painter.add(Shape::mesh(gradient(bar, field)));
    let below = bar.bottom() + 3.0;
    text(pos2(bar.left(), below), Align2::LEFT_TOP, field.text(field.low, view.system), t.weak_text);
    text(pos2(bar.right(), below), Align2::RIGHT_TOP, field.text(field.high, view.system), t.weak_text);
    if pointed.is_finite() {
        let x = bar.left() + bar.width() * field.share(pointed).clamp(0.0, 1.0);
        brush.painter.rect_stroke(Rect::from_center_size(pos2(x, bar.center().y), vec2(4.0, 13.0)), 1.0, Stroke::new(1.5, t.text), StrokeKind::Middle);
    }
}

fn gradient(bar: Rect, field: &Field<'_>) -> Mesh {
    const STEPS: u16 = 48;
    let mut mesh = Mesh::default();
    for i in 0..=STEPS {
        let share = f32::from(i) / f32::from(STEPS);
        let x = bar.left() + bar.width() * share;
        let first = u32::from(i) * 2;
        mesh.colored_vertex(pos2(x, bar.top()), field.color_at(share));
        mesh.colored_vertex(pos2(x, bar.bottom()), field.color_at(share));
        if i > 0 {
            mesh.add_triangle(first - 2, first - 1, first);
            mesh.add_triangle(first - 1, first, first + 1);
        }
    }
    mesh
}
