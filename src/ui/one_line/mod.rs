//! The power chain as a one-line diagram: laid out from what was solved, with live figures, and with everything in it to fail and restore.
//!
//! A second view of the same plan, with the same selection. Zooming is how it unfolds: from far away every block is a cell colored by its state; nearer it
//! says name, power and loading; nearer still it shows its feeder, unit substation, UPS, standby sets and output, and then each row's busways. Only what is in sight is
//! worked out and painted.

mod banner;
mod boxes;
pub(in crate::ui) mod brush;
mod cards;
mod inside;
pub mod layout;
pub(in crate::ui) mod lens;
pub mod outages;
pub(in crate::ui) mod paint;
pub(in crate::ui) mod symbols;
mod touch;
pub mod tree;
pub mod wiring;

#[cfg(test)]
mod tests;

pub use banner::{ui as banner, words};
pub use symbols::cross;

use crate::plan::Id;
use crate::session::Solved;
use crate::solve::{Outage, PowerFlow};
use crate::ui::canvas::camera::Camera;
use crate::ui::canvas::navigate;
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use brush::Brush;
use egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo};
use layout::{Content, Diagram};
use lens::Lens;
use outages::Switch;
use std::sync::Arc;
use touch::{Asked, Touch};
use wiring::Wiring;

/// A view that was asked for and is taken up in the next frame, when the size of the area is known.
#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    All,
    Elements(Vec<Id>),
    Part(Rect),
    Zoom(f64),
}

/// What the diagram remembers between frames.
#[derive(Default)]
pub struct State {
    camera: Option<Camera>,
    wanted: Option<Wanted>,
    /// The drawing, and the answer it was made from.
    drawn: Option<(Arc<PowerFlow>, Arc<Diagram>)>,
    /// What was clicked last: a part that can be switched.
    part: Option<Switch>,
}

impl State {
    /// Shows the whole diagram.
    pub fn fit_all(&mut self) {
        self.wanted = Some(Wanted::All);
    }
    /// Shows these elements.
    pub fn zoom_to(&mut self, ids: impl IntoIterator<Item = Id>) {
        self.wanted = Some(Wanted::Elements(ids.into_iter().collect()));
    }
    /// Zooms about the middle.
    pub fn zoom(&mut self, factor: f64) {
        self.wanted = Some(Wanted::Zoom(factor));
    }
    /// Whether an element has a place in the diagram that was drawn last.
    #[must_use]
    pub fn shows(&self, id: &Id) -> bool {
        self.drawn.as_ref().is_some_and(|(flow, diagram)| places(flow, diagram, id).next().is_some())
    }
    /// The drawing, once there is one.
    #[must_use]
    pub fn diagram(&self) -> Option<&Diagram> {
        self.drawn.as_ref().map(|(_, d)| &**d)
    }
    /// What part of it is seen, once it was drawn.
    #[must_use]
    pub fn camera(&self) -> Option<Camera> {
        self.camera
    }

    /// The drawing of an answer: made once for each.
    fn draw(&mut self, solved: &Solved) -> (Arc<PowerFlow>, Arc<Diagram>) {
        let flow = &solved.outcome.power;
        if let Some((of, diagram)) = &self.drawn
            && Arc::ptr_eq(of, flow)
        {
            return (of.clone(), diagram.clone());
        }
        let wiring = Wiring::of(flow, &solved.plan);
        // What is out, or another load, changes no line of the drawing.
        let diagram = match &self.drawn {
            Some((_, before)) if before.wiring == wiring && !wiring.has_loose_machines(flow) => before.clone(),
            _ => Arc::new(Diagram::of(flow, wiring)),
        };
        self.drawn = Some((flow.clone(), diagram.clone()));
        (flow.clone(), diagram)
    }
}

/// Where an element is in the drawing: a row has a place at every block that feeds it.
fn places<'a>(flow: &'a PowerFlow, diagram: &'a Diagram, id: &'a Id) -> impl Iterator<Item = Rect> {
    let bars = diagram.bars.iter().filter(move |b| b.element == *id && b.title.is_positive()).map(|b| Rect::from_min_max(b.from, b.to).union(b.title));
    let links = diagram
        .links
        .iter()
        .filter(move |l| flow.branches.get(l.branch).is_some_and(|b| b.element == *id))
        .map(|l| l.text.union(Rect::from_center_size(l.at, l.text.size())));
    let sources = diagram.sources.iter().filter(move |s| s.element == *id).map(|s| s.text.union(Rect::from_two_pos(s.at, s.foot)));
    let cells = diagram.cells.iter().filter_map(move |c| match &c.content {
        Content::Block(block) if block == id => Some(c.rect),
        Content::Block(block) => inside_place(flow, diagram, block, c.rect, id),
        Content::Feed(b) => flow.branches.get(*b).filter(|b| b.element == *id).map(|_| c.rect),
        Content::Machines(n) => flow.nodes.get(*n).and_then(|n| diagram.wiring.equipment.get(&n.element)).filter(|e| e.contains(id)).map(|_| c.rect),
    });
    bars.chain(links).chain(sources).chain(cells)
}

/// The place of a row or a machine inside of a block.
fn inside_place(flow: &PowerFlow, diagram: &Diagram, block: &Id, rect: Rect, id: &Id) -> Option<Rect> {
    let inside = diagram.wiring.blocks.get(block)?;
    let machines = diagram.wiring.equipment.get(block);
    if machines.is_some_and(|m| m.contains(id)) {
        return Some(rect);
    }
    let all = inside.feeds.len() + usize::from(machines.is_some());
    let n = inside.feeds.iter().position(|b| flow.branches.get(*b).is_some_and(|b| b.element == *id))?;
    // From the output of the block down, and wide enough for its neighbors.
    let slot = inside::slot(rect, n + usize::from(machines.is_some()), all);
    Some(slot.expand2(egui::vec2(slot.width(), slot.height() * 0.4)))
}

/// The diagram with its strip.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved else {
        empty(ui, "Solving…");
        return;
    };
    let (flow, diagram) = state.draw(solved);
    let out = view.out;
    let mut asked = strip(ui, view, state, out, &diagram);
    banner(ui, view, actions, |_| {});
    if diagram.bars.is_empty() {
        let text = "There is no power chain yet: insert a grid, a bus and a block on the plan (Insert menu), and connect them in the inspector.";
        empty(ui, text);
        return;
    }
    let area = ui.available_rect_before_wrap();
    if !area.is_positive() {
        return;
    }
    let response = ui.allocate_rect(area, Sense::click_and_drag());
    let mut lens = Lens { camera: look(state, area, &flow, &diagram), area };
    navigate(ui, &response, &mut lens.camera, false);
    if response.dragged_by(egui::PointerButton::Primary) {
        lens.camera.pan(response.drag_delta());
    }
    state.camera = Some(lens.camera);
    let brush = Brush { painter: ui.painter_at(area), lens, t: theme::of(ui), view, flow: &flow, failures: &solved.outcome.failures, diagram: &diagram, out };
    brush.painter.rect_filled(area, 0.0, brush.t.background);
    let mut touch = Touch::new(ui, &brush);
    brush.links(&mut touch);
    brush.bars(&mut touch);
    brush.sources(&mut touch);
    brush.boxes(&mut touch);
    asked.extend(touch.asked);
    if response.clicked() {
        actions.push(Action::Select(Selection::default()));
        state.part = None;
    }
    let seen = describe(view, &diagram, &flow);
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &seen));
    for asked in asked {
        answer(ui, asked, view, state, actions);
    }
}

fn answer(ui: &Ui, asked: Asked, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    match asked {
        Asked::Click(id, switch) => {
            let mut selection = Selection::one(id.clone());
            if ui.input(|i| i.modifiers.shift) {
                selection.ids.extend(view.selection.ids.iter().cloned());
            }
            state.part = switch;
            actions.push(Action::Select(selection));
        }
        Asked::Zoom(part) => state.wanted = Some(Wanted::Part(part)),
        Asked::Out(list) => actions.push(Action::SetOut(list)),
        Asked::Select(id) => actions.push(Action::Select(Selection::one(id))),
        Asked::ShowOnPlan(id) => actions.push(Action::ShowOnPlan(id)),
    }
    ui.ctx().request_repaint();
}

/// The camera of this frame: as it was, or as it was asked for.
fn look(state: &mut State, area: Rect, flow: &PowerFlow, diagram: &Diagram) -> Camera {
    let all = || Lens::fit(area, diagram.bounds).camera;
    match (state.wanted.take(), state.camera) {
        (Some(Wanted::Elements(ids)), now) => {
            let found = ids.iter().flat_map(|id| places(flow, diagram, id)).reduce(Rect::union);
            found.map(|r| Lens::near(area, r).camera).or(now).unwrap_or_else(all)
        }
        (Some(Wanted::Part(rect)), _) => Lens::near(area, rect).camera,
        (Some(Wanted::Zoom(factor)), Some(mut camera)) => {
            camera.zoom_about(area, area.center(), factor);
            camera
        }
        (None, Some(camera)) => camera,
        (Some(Wanted::All | Wanted::Zoom(_)) | None, _) => all(),
    }
}

/// The strip above the diagram: what is selected, and what can be done with it.
fn strip(ui: &mut Ui, view: &View<'_>, state: &mut State, out: &[Outage], diagram: &Diagram) -> Vec<Asked> {
    let mut asked = Vec::new();
    // A part that was clicked counts as long as its element is selected; else the selected element itself.
    let part = state.part.clone().filter(|p| view.selection.single() == Some(&p.element));
    let switch = part.or_else(|| view.selection.single().and_then(|id| Switch::of_element(view.plan, id)));
    ui.add_space(3.0);
    ui.horizontal_wrapped(|ui| {
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.x = 4.0;
        if ui.button("Show all").on_hover_text("The whole diagram (Home)").clicked() {
            state.wanted = Some(Wanted::All);
        }
        ui.separator();
        match &switch {
            Some(switch) => switch_buttons(ui, switch, out, &mut asked),
            None => {
                let text = if diagram.cells.is_empty() { "" } else { "Click selects, double click zooms in, a breaker or the right button fails and restores" };
                ui.weak(text);
            }
        }
    });
    ui.add_space(1.0);
    asked
}

fn switch_buttons(ui: &mut Ui, switch: &Switch, out: &[Outage], asked: &mut Vec<Asked>) {
    ui.strong(&switch.of);
    let (all, any) = (switch.is_all_out(out), switch.is_out(out));
    if ui.add_enabled(!all, egui::Button::new("Fail")).on_hover_text(format!("Takes {} out of service; the plan stays as it is", switch.of)).clicked() {
        asked.push(Asked::Out(switch.fail(out)));
    }
    let left = switch.units.saturating_sub(switch.units_out(out));
    if switch.units > 1 && left > 1 && !all {
        let text = format!("Fail one {} of {left}", switch.unit);
        if ui.button(text).clicked() {
            asked.push(Asked::Out(switch.fail_one(out)));
        }
    }
    if ui.add_enabled(any, egui::Button::new("Restore")).clicked() {
        asked.push(Asked::Out(switch.restore(out)));
    }
}

fn empty(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, 0.0, t.background);
    let response = ui.allocate_rect(area, Sense::hover());
    let galley = ui.painter().layout(text.to_owned(), FontId::proportional(theme::BODY), t.weak_text, area.width() * 0.8);
    let at = Align2::CENTER_CENTER.anchor_size(area.center(), galley.size());
    ui.painter().galley(at.min, galley, t.weak_text);
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, text));
}

fn describe(view: &View<'_>, diagram: &Diagram, flow: &PowerFlow) -> String {
    let buses = diagram.wiring.buses.len();
    let selected = match view.selection.ids.len() {
        0 => "nothing selected".to_owned(),
        1 => format!("selected {}", view.selection.ids.first().map_or("", Id::as_str)),
        n => format!("{n} elements selected"),
    };
    let dead = flow.nodes.iter().filter(|n| n.fed == crate::solve::Fed::Dead).count();
    let dead = if dead > 0 { format!(", {dead} nodes without voltage") } else { String::new() };
    format!("One-line diagram with {buses} buses and {} blocks, {selected}{dead}", diagram.blocks.len())
}
