//! The painted plan as named things for screen readers and tests. Only what can be seen apart gets a node.

use super::draw::{Brush, racks_clickable};
use super::scene::{Hit, Item, Scene, label, rack_label, slot_rect};
use super::tips;
use crate::checks::Finding;
use crate::plan::{Element, Id};
use crate::ui::view::View;
use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo};
use std::collections::BTreeMap;

/// Most nodes of one frame; what is left out is reached by the outline.
const MOST_NODES: usize = 1_500;
/// Smaller things have no node.
const SMALLEST: f32 = 3.0;

/// A click on a node, by pointer, keyboard or screen reader.
pub struct Clicked {
    /// On what.
    pub hit: Hit,
    /// Whether it was a double click.
    pub double: bool,
}

/// Makes the nodes. `live` is whether clicks on them select.
pub fn make(ui: &Ui, brush: &Brush<'_>, scene: &Scene<'_>, view: &View<'_>, live: bool, findings: &BTreeMap<Id, Vec<&Finding>>) -> Option<Clicked> {
    let mut maker = Maker { ui, brush, view, live, findings, left: MOST_NODES, clicked: None };
    for item in &scene.items {
        maker.element(item);
    }
    for item in &scene.items {
        if let Element::Row(row) = item.element
            && racks_clickable(&brush.camera, row, &item.rect)
        {
            for slot in (1..=row.count).filter(|s| row.model_at(*s).is_some()) {
                maker.node(brush.rect(&slot_rect(row, &item.rect, slot)), Hit { id: row.id.clone(), slot: Some(slot) }, || rack_label(&row.id, slot));
            }
        }
    }
    maker.clicked
}

struct Maker<'a> {
    ui: &'a Ui,
    brush: &'a Brush<'a>,
    view: &'a View<'a>,
    live: bool,
    findings: &'a BTreeMap<Id, Vec<&'a Finding>>,
    left: usize,
    clicked: Option<Clicked>,
}

impl Maker<'_> {
    fn element(&mut self, item: &Item<'_>) {
        let rect = self.brush.rect(&item.rect);
        if rect.width().max(rect.height()) >= SMALLEST {
            self.node(rect, Hit { id: item.id().clone(), slot: None }, || label(item.element));
        }
    }

    fn node(&mut self, rect: Rect, hit: Hit, name: impl Fn() -> String) {
        let seen = rect.intersect(self.brush.area);
        if self.left == 0 || !seen.is_positive() {
            return;
        }
        self.left -= 1;
        let id = self.ui.scope_id().with(("plan", hit.id.as_str(), hit.slot));
        // Tab goes from element to element; the racks of a row are too many for that, and are reached in the inspector of the row.
        let click = if hit.slot.is_some() { Sense::CLICK } else { Sense::click() };
        let response = self.ui.interact(seen, id, if self.live { click } else { Sense::hover() });
        let selected = self.view.selection.contains(&hit.id) && (hit.slot.is_none() || self.view.selection.slot == hit.slot);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, name()));
        self.answer(&response, hit);
    }

    fn answer(&mut self, response: &Response, hit: Hit) {
        // While a button is down the tip would cover what is being dragged.
        if self.live && response.hovered() && self.ui.input(|i| !i.pointer.any_down()) {
            let findings = self.findings.get(&hit.id).map_or(&[][..], Vec::as_slice);
            response.clone().on_hover_ui_at_pointer(|ui| tips::show_tip(ui, &hit, self.view, self.brush.field, findings));
        }
        if response.clicked() {
            self.clicked = Some(Clicked { hit, double: response.double_clicked() });
        }
    }
}
