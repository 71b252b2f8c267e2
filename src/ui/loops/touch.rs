//! What can be pointed at: each thing in sight as a named node that answers to clicks, double clicks and the right button.

use super::brush::Brush;
use super::cards;
use super::parts::What;
use crate::plan::Id;
use crate::solve::Outage;
use egui::{Rect, Role, Sense, Ui, WidgetInfo};

/// Most nodes of one frame; what is left out is reached by the outline and by zooming.
const MOST_NODES: usize = 1_500;

/// What was asked for in a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// This was clicked.
    Click(What),
    /// Show this part of the drawing.
    Zoom(Rect),
    /// This shall be out of service.
    Out(Vec<Outage>),
    /// Show this on the plan.
    ShowOnPlan(Id),
}

/// Makes the nodes.
pub struct Touch<'a> {
    ui: &'a Ui,
    brush: &'a Brush<'a>,
    left: usize,
    /// What was asked for.
    pub asked: Vec<Asked>,
}

impl<'a> Touch<'a> {
    /// None yet.
    #[must_use]
    pub fn new(ui: &'a Ui, brush: &'a Brush<'a>) -> Self {
        Self { ui, brush, left: MOST_NODES, asked: Vec::new() }
    }

    /// A thing seen in `rect`. `home` is the part of the drawing that a double click shows; `place` tells things apart that are drawn more than once.
    pub fn thing(&mut self, rect: Rect, what: &What, home: Rect, place: usize, name: impl Fn() -> String) {
        let seen = rect.intersect(self.brush.lens.area);
        if self.left == 0 || !seen.is_positive() {
            return;
        }
        self.left -= 1;
        let brush = self.brush;
        let response = self.ui.interact(seen, self.ui.scope_id().with(("loop", format!("{what:?}"), place)), Sense::click());
        let selected = match what {
            What::Rack(row, slot) => brush.view.selection.contains(row) && brush.view.selection.slot == Some(*slot),
            _ => brush.view.selection.contains(what.element()),
        };
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, name()));
        if response.hovered() && self.ui.input(|i| !i.pointer.any_down()) {
            response.clone().on_hover_ui_at_pointer(|ui| cards::show_card(ui, brush, what));
        }
        if response.double_clicked() {
            self.asked.push(Asked::Zoom(home));
        } else if response.clicked() {
            self.asked.push(Asked::Click(what.clone()));
        }
        let asked = &mut self.asked;
        response.context_menu(|ui| menu(ui, brush, what, home, asked));
    }
}

/// The menu of the right button.
fn menu(ui: &mut Ui, brush: &Brush<'_>, what: &What, home: Rect, asked: &mut Vec<Asked>) {
    for choice in what.choices(brush.view.plan, brush.view.catalog) {
        for (text, out) in choice.steps(brush.view.out) {
            if ui.button(text).clicked() {
                asked.push(Asked::Out(out));
            }
        }
    }
    if !brush.view.out.is_empty() && ui.button("Restore all").clicked() {
        asked.push(Asked::Out(Vec::new()));
    }
    ui.separator();
    if ui.button("Select").clicked() {
        asked.push(Asked::Click(what.clone()));
    }
    if ui.button("Zoom in on it").clicked() {
        asked.push(Asked::Zoom(home));
    }
    if ui.button("Show on the plan").clicked() {
        asked.push(Asked::ShowOnPlan(what.element().clone()));
    }
}
