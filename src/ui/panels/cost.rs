//! The cost panel.

use crate::ui::view::{Action, View};

/// What the panel remembers.
#[derive(Debug, Default)]
pub struct State {}

/// The panel.
pub fn ui(ui: &mut egui::Ui, view: &View<'_>, _state: &mut State, _actions: &mut Vec<Action>) {
    ui.weak(view.plan.name());
}
