//! What can be pointed at: each thing in sight as a named node that answers to clicks, double clicks and the right button.

use super::brush::Brush;
use super::cards;
use super::outages::Switch;
use crate::plan::Id;
use crate::solve::Outage;
use egui::{Rect, Role, Sense, Ui, WidgetInfo};

/// Most nodes of one frame; what is left out is reached by the outline and by zooming.
const MOST_NODES: usize = 1_500;

/// Something of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A node's bar.
    Bar(usize),
    /// A branch.
    Branch(usize),
    /// A grid, a generator group or a battery group.
    Source(Id),
    /// A block.
    Block(Id),
    /// Machines straight on a bus or block: its node.
    Machines(usize),
}

impl What {
    /// The element it belongs to.
    #[must_use]
    pub fn element(&self, brush: &Brush<'_>) -> Option<Id> {
        match self {
            Self::Bar(n) | Self::Machines(n) => brush.flow.nodes.get(*n).map(|n| n.element.clone()),
            Self::Branch(b) => brush.branch(*b).map(|b| b.element.clone()),
            Self::Source(id) | Self::Block(id) => Some(id.clone()),
        }
    }
    /// How it is taken out of service.
    #[must_use]
    pub fn switch(&self, brush: &Brush<'_>) -> Option<Switch> {
        match self {
            Self::Branch(b) => Switch::of_branch(brush.flow, *b),
            Self::Machines(_) => None,
            _ => Switch::of_element(brush.view.plan, &self.element(brush)?),
        }
    }
}

/// What was asked for in a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// This was clicked.
    Click(Id, Option<Switch>),
    /// Show this part of the drawing.
    Zoom(Rect),
    /// This shall be out of service.
    Out(Vec<Outage>),
    /// Select this.
    Select(Id),
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

    /// A thing seen in `rect`. `home` is the part of the drawing that a double click shows.
    pub fn thing(&mut self, rect: Rect, what: &What, home: Rect, name: impl Fn() -> String) {
        self.node(rect, what, home, 0, Some(&name));
    }

    /// A further part of a thing that has a node already, told apart by its place: for the pointer alone.
    pub fn limb(&mut self, rect: Rect, what: &What, home: Rect, place: usize) {
        self.node(rect, what, home, place + 1, None);
    }

    fn node(&mut self, rect: Rect, what: &What, home: Rect, place: usize, name: Option<&dyn Fn() -> String>) {
        let seen = rect.intersect(self.brush.lens.area);
        if self.left == 0 || !seen.is_positive() {
            return;
        }
        self.left -= 1;
        let brush = self.brush;
        let Some(element) = what.element(brush) else { return };
        let response = self.ui.interact(
            seen,
            self.ui.scope_id().with(("one-line", format!("{what:?}"), place)),
            if name.is_some() { Sense::click() } else { Sense::CLICK },
        );
        let selected = brush.view.selection.contains(&element);
        if let Some(name) = name {
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, name()));
        }
        if response.hovered() && self.ui.input(|i| !i.pointer.any_down()) {
            response.clone().on_hover_ui_at_pointer(|ui| cards::show_card(ui, brush, what));
        }
        if response.double_clicked() {
            self.asked.push(Asked::Zoom(home));
        } else if response.clicked() {
            self.asked.push(Asked::Click(element.clone(), what.switch(brush)));
        }
        let asked = &mut self.asked;
        response.context_menu(|ui| menu(ui, brush, what, &element, home, asked));
    }

    /// A breaker: a click opens or closes it.
    pub fn breaker(&mut self, rect: Rect, what: &What, closed: bool) {
        // A target smaller than this is hit by accident.
        const LEAST: f32 = 9.0;
        let seen = rect.intersect(self.brush.lens.area);
        let Some(switch) = what.switch(self.brush).filter(|_| rect.width() >= LEAST && seen.is_positive() && self.left > 0) else { return };
        self.left -= 1;
        let response = self.ui.interact(seen, self.ui.scope_id().with(("breaker", switch.of.as_str())), Sense::click());
        let state = if closed { "closed" } else { "open" };
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Breaker of {}, {state}", switch.of)));
        if response.hovered() {
            self.ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        }
        let tip = if switch.is_all_out(self.brush.out) { "Click restores" } else { "Click fails" };
        let response = response.on_hover_text(format!("{tip} {}", switch.of));
        if response.clicked() {
            self.asked.push(Asked::Out(switch.toggle(self.brush.out)));
        }
    }
}

/// The menu of the right button.
fn menu(ui: &mut Ui, brush: &Brush<'_>, what: &What, element: &Id, home: Rect, asked: &mut Vec<Asked>) {
    let switches = what.switch(brush).into_iter();
    // A part also offers the whole it belongs to.
    let whole = Switch::of_element(brush.view.plan, element);
    let mut shown: Vec<Switch> = Vec::new();
    for switch in switches.chain(whole) {
        if !shown.iter().any(|s| s.of == switch.of) {
            switch_items(ui, brush.out, &switch, asked);
            shown.push(switch);
        }
    }
    if !brush.out.is_empty() && ui.button("Restore all").clicked() {
        asked.push(Asked::Out(Vec::new()));
    }
    ui.separator();
    if ui.button("Select").clicked() {
        asked.push(Asked::Select(element.clone()));
    }
    if ui.button("Zoom in on it").clicked() {
        asked.push(Asked::Zoom(home));
    }
    if ui.button("Show on the plan").clicked() {
        asked.push(Asked::ShowOnPlan(element.clone()));
    }
}

/// Fail and restore, for one thing.
fn switch_items(ui: &mut Ui, out: &[Outage], switch: &Switch, asked: &mut Vec<Asked>) {
    if !switch.is_all_out(out) {
        if ui.button(format!("Fail {}", switch.of)).clicked() {
            asked.push(Asked::Out(switch.fail(out)));
        }
        let left = switch.units.saturating_sub(switch.units_out(out));
        if switch.units > 1 && left > 1 && ui.button(format!("Fail one {} of {left} of {}", switch.unit, switch.of)).clicked() {
            asked.push(Asked::Out(switch.fail_one(out)));
        }
    }
    if switch.is_out(out) && ui.button(format!("Restore {}", switch.of)).clicked() {
        asked.push(Asked::Out(switch.restore(out)));
    }
}
