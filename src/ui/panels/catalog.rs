//! The catalog panel.

use crate::ui::view::{Action, View};

/// What the panel remembers.
#[derive(Debug, Default)]
pub struct State {
    /// The catalog entry to put on the ground: kind and key.
    pub chosen: Option<(String, String)>,
}

/// The panel.
pub fn ui(ui: &mut egui::Ui, view: &View<'_>, _state: &mut State, _actions: &mut Vec<Action>) {
    ui.weak(view.plan.name());
}
