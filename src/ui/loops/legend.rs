//! What the colors of the diagram mean, in the strip above it.

use super::brush::Facts;
use crate::ui::theme;
use crate::ui::view::View;
use crate::units::{Temperature, show};
use egui::{Mesh, Rect, RichText, Sense, Shape, Stroke, Ui, pos2, vec2};

/// Draws the legend.
pub fn ui(ui: &mut Ui, view: &View<'_>, facts: &Facts, warmth: bool) {
    let t = theme::of(ui);
    let caption = |ui: &mut Ui, text: String| drop(ui.label(RichText::new(text).size(theme::CAPTION).color(t.weak_text)));
    if !warmth {
        for (color, word) in [(t.liquid_supply, "supply"), (t.liquid_return, "return")] {
            let (rect, _) = ui.allocate_exact_size(vec2(18.0, 12.0), Sense::hover());
            ui.painter().line_segment([rect.left_center(), rect.right_center()], Stroke::new(3.0, color));
            caption(ui, word.to_owned());
        }
        return;
    }
    const STEPS: u16 = 40;
    let (low, high) = facts.span;
    let kelvin = |k: f64| show(Temperature::from_kelvin(k), view.system);
    caption(ui, kelvin(low));
    let (bar, _) = ui.allocate_exact_size(vec2(120.0, 10.0), Sense::hover());
    let mut mesh = Mesh::default();
    for i in 0..STEPS {
        let at = |i: u16| bar.left() + bar.width() * f32::from(i) / f32::from(STEPS);
        let color = theme::sequential((f32::from(i) + 0.5) / f32::from(STEPS));
        mesh.add_colored_rect(Rect::from_min_max(pos2(at(i), bar.top()), pos2(at(i + 1), bar.bottom())), color);
    }
    ui.painter().add(Shape::mesh(mesh));
    caption(ui, kelvin(high));
}
