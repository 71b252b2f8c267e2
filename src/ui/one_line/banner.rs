//! What is out of service and what is lost by it, over the plan and over the diagram for as long as anything is out.

use super::outages::{lost_text, out_text};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use egui::{Frame, Margin, RichText, Ui};

/// What the banner says; nothing when nothing is out.
#[must_use]
pub fn words(view: &View<'_>) -> Option<String> {
    Some(said(view)?.0)
}

/// What the banner says, and whether anything is lost.
fn said(view: &View<'_>) -> Option<(String, bool)> {
    if view.out.is_empty() {
        return None;
    }
    let flow = &view.solved?.outcome.power;
    let mut text = format!("{} {}", out_text(view.out), lost_text(flow, view.system));
    let cooling = crate::ui::loops::words(view);
    let serious = !flow.dark.is_empty() || flow.lost.shortage.watts() > 0.5 || cooling.is_some();
    if let Some(cooling) = cooling {
        text.push_str(&format!(" {cooling}"));
    }
    if !flow.unknown_out.is_empty() {
        let names: Vec<String> = flow.unknown_out.iter().map(super::outages::name).collect();
        text.push_str(&format!(" Not in the chain: {}.", names.join(", ")));
    }
    if view.stale {
        text.push_str(" Solving…");
    }
    Some((text, serious))
}

/// Draws the banner, with a button that restores all. `legend` draws what follows it: the meaning of marks.
pub fn ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>, legend: impl FnOnce(&mut Ui)) {
    let Some((text, serious)) = said(view) else { return };
    let t = theme::of(ui);
    let color = if serious { t.broken } else { t.near };
    Frame::new().fill(t.raised).inner_margin(Margin::symmetric(8, 3)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            let (mark, _) = ui.allocate_exact_size(egui::vec2(9.0, 14.0), egui::Sense::hover());
            super::symbols::square(ui.painter(), mark.center(), 4.5, color);
            ui.label(RichText::new(text).color(t.text));
            if ui.button("Restore all").on_hover_text("Brings back everything that was taken out of service").clicked() {
                actions.push(Action::SetOut(Vec::new()));
            }
            legend(ui);
        });
    });
}
