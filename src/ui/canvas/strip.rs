//! The strip above the canvas: tools and overlay.

use super::State;
use super::overlay::Overlay;
use super::tools::{PLACEABLE, Placing, Tool, short_label};
use crate::plan::Kind;
use egui::{ComboBox, Ui};

/// Kinds with a button of their own; the rest are behind "More".
const SHOWN: usize = 8;

/// Draws the strip.
pub fn ui(ui: &mut Ui, state: &mut State) {
    ui.add_space(3.0);
    ui.horizontal_wrapped(|ui| {
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.x = 3.0;
        tool(ui, state, Tool::Select, "Select", "Click selects, drag moves, Shift adds; drag over free ground for a rubber band (Esc)");
        ui.separator();
        for kind in &PLACEABLE[..SHOWN] {
            place(ui, state, *kind);
        }
        ui.menu_button("More ⏷", |ui| {
            for kind in &PLACEABLE[SHOWN..] {
                place(ui, state, *kind);
            }
        });
        ui.separator();
        tool(ui, state, Tool::Measure, "Measure", "Distance between two clicks");
        ui.separator();
        // The caption is in the box, so that the two never end up on different lines.
        let shown = format!("Overlay: {}", state.overlay.label());
        ComboBox::from_id_salt("overlay")
            .selected_text(&shown)
            .width(180.0)
            .height(320.0)
            .show_ui(ui, |ui| {
                for overlay in Overlay::ALL {
                    ui.selectable_value(&mut state.overlay, overlay, overlay.label());
                }
            })
            .response
            .accessible_name(shown);
    });
    ui.add_space(1.0);
}

fn tool(ui: &mut Ui, state: &mut State, tool: Tool, label: &str, tip: &str) {
    if ui.selectable_label(state.tool == tool, label).on_hover_text(tip).clicked() {
        state.take(tool);
    }
}

fn place(ui: &mut Ui, state: &mut State, kind: Kind) {
    let on = matches!(&state.tool, Tool::Place(p) if p.kind == kind);
    let tip = if kind == Kind::Hall { "Drag a rectangle, or click for a hall of 40 × 24 m" } else { "Click on the plan to add one; Esc leaves the tool" };
    if ui.selectable_label(on, short_label(kind)).on_hover_text(tip).clicked() {
        state.take(if on { Tool::Select } else { Tool::Place(Placing::any(kind)) });
    }
}
