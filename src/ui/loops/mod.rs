//! The cooling chain as a process diagram: facility water with its plant and pumps, and what hangs on its mains, down to every rack; live, and with
//! everything in it to fail, close and restore.
//!
//! A third view of the same plan, with the same selection. Zooming is how it unfolds: from far away every loop is a cell colored by its state; nearer it
//! says name, temperatures, flow and heat; nearer still it shows exchangers, pumps, valves, filters, headers and racks. Only what is in sight is worked
//! out and painted.

mod air;
mod brush;
mod cards;
mod cells;
pub mod chain;
mod inside;
pub mod layout;
mod legend;
pub mod parts;
pub mod rack;
mod symbols;
mod touch;
mod water;
mod words;

#[cfg(test)]
mod tests;

pub use words::words;

use crate::checks::Assessment;
use crate::plan::Id;
use crate::session::Solved;
use crate::solve::Cooling;
use crate::ui::canvas::camera::Camera;
use crate::ui::canvas::navigate;
use crate::ui::one_line::banner;
use crate::ui::one_line::lens::Lens;
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use brush::{Brush, Facts};
use chain::Chain;
use egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo};
use layout::Diagram;
use parts::What;
use std::sync::Arc;
use touch::{Asked, Touch};

/// A view that was asked for and is taken up in the next frame, when the size of the area is known.
#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    All,
    Elements(Vec<Id>),
    Part(Rect),
    Zoom(f64),
}

/// The drawing of an answer.
struct Drawn {
    cooling: Arc<Cooling>,
    assessment: Arc<Assessment>,
    diagram: Arc<Diagram>,
    facts: Arc<Facts>,
}

/// What the diagram remembers between frames.
#[derive(Default)]
pub struct State {
    camera: Option<Camera>,
    wanted: Option<Wanted>,
    drawn: Option<Drawn>,
    /// What was clicked last.
    part: Option<What>,
    /// Whether pipes and racks are colored by temperature.
    warmth: bool,
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
        self.diagram().is_some_and(|d| d.places(id).next().is_some())
    }
    /// The drawing, once there is one.
    #[must_use]
    pub fn diagram(&self) -> Option<&Diagram> {
        self.drawn.as_ref().map(|d| &*d.diagram)
    }
    /// What part of it is seen, once it was drawn.
    #[must_use]
    pub fn camera(&self) -> Option<Camera> {
        self.camera
    }

    /// The drawing of an answer: made once for each.
    fn draw(&mut self, solved: &Solved, view: &View<'_>) -> (Arc<Cooling>, Arc<Diagram>, Arc<Facts>) {
        let cooling = &solved.outcome.cooling;
        let same = |d: &&Drawn| Arc::ptr_eq(&d.cooling, cooling) && Arc::ptr_eq(&d.assessment, &solved.assessment);
        if let Some(d) = self.drawn.as_ref().filter(same) {
            return (d.cooling.clone(), d.diagram.clone(), d.facts.clone());
        }
        let mut chain = Chain::of(&solved.plan, view.catalog, cooling);
        if let Some(before) = self.drawn.as_ref().filter(|_| !solved.outcome.power.out.is_empty()) {
            chain = chain.in_order_of(&before.diagram.chain);
        }
        // What is out, or another load, changes no line of the drawing.
        let diagram = match &self.drawn {
            Some(before) if before.diagram.chain == chain => before.diagram.clone(),
            _ => Arc::new(Diagram::of(chain)),
        };
        let facts = Arc::new(Facts::of(&solved.assessment, cooling));
        self.drawn = Some(Drawn { cooling: cooling.clone(), assessment: solved.assessment.clone(), diagram: diagram.clone(), facts: facts.clone() });
        (cooling.clone(), diagram, facts)
    }
}

/// The diagram with its strip.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved else {
        empty(ui, "Solving…");
        return;
    };
    let (cooling, diagram, facts) = state.draw(solved, view);
    let mut asked = strip(ui, view, state, &diagram, &facts);
    banner(ui, view, actions, |_| {});
    if diagram.panels.is_empty() {
        let text = "Nothing is cooled yet: insert facility water and a CDU on the plan (Insert menu), and name the loop in the rows.";
        empty(ui, text);
        return;
    }
    let area = ui.available_rect_before_wrap();
    if !area.is_positive() {
        return;
    }
    let response = ui.allocate_rect(area, Sense::click_and_drag());
    let mut lens = Lens { camera: look(state, area, &diagram), area };
    navigate(ui, &response, &mut lens.camera, false);
    if response.dragged_by(egui::PointerButton::Primary) {
        lens.camera.pan(response.drag_delta());
    }
    state.camera = Some(lens.camera);
    let brush = Brush { painter: ui.painter_at(area), lens, t: theme::of(ui), view, cooling: &cooling, facts: &facts, diagram: &diagram, warmth: state.warmth };
    brush.painter.rect_filled(area, 0.0, brush.t.background);
    let mut touch = Touch::new(ui, &brush);
    for panel in &diagram.panels {
        brush.panel(panel, &mut touch);
    }
    brush.cells(&mut touch);
    asked.extend(touch.asked);
    if response.clicked() {
        actions.push(Action::Select(Selection::default()));
        state.part = None;
    }
    let seen = describe(view, &diagram, &brush);
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &seen));
    for asked in asked {
        answer(ui, asked, view, state, actions);
    }
}

fn answer(ui: &Ui, asked: Asked, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    match asked {
        Asked::Click(what) => {
            let mut selection = what.selection();
            if ui.input(|i| i.modifiers.shift) {
                selection.ids.extend(view.selection.ids.iter().cloned());
                selection.slot = selection.slot.filter(|_| selection.ids.len() == 1);
            }
            state.part = Some(what);
            actions.push(Action::Select(selection));
        }
        Asked::Zoom(part) => state.wanted = Some(Wanted::Part(part)),
        Asked::Out(list) => actions.push(Action::SetOut(list)),
        Asked::ShowOnPlan(id) => actions.push(Action::ShowOnPlan(id)),
    }
    ui.ctx().request_repaint();
}

/// The camera of this frame: as it was, or as it was asked for.
fn look(state: &mut State, area: Rect, diagram: &Diagram) -> Camera {
    let all = || Lens::fit(area, diagram.bounds).camera;
    match (state.wanted.take(), state.camera) {
        (Some(Wanted::Elements(ids)), now) => {
            let found = ids.iter().flat_map(|id| diagram.places(id)).reduce(Rect::union);
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
fn strip(ui: &mut Ui, view: &View<'_>, state: &mut State, diagram: &Diagram, facts: &Facts) -> Vec<Asked> {
    let mut asked = Vec::new();
    // A part that was clicked counts as long as its element is selected; else the selected element itself.
    let part = state.part.clone().filter(|p| p.selection() == *view.selection).or_else(|| What::of(view.plan, view.selection));
    ui.add_space(3.0);
    ui.horizontal_wrapped(|ui| {
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.x = 4.0;
        if ui.button("Show all").on_hover_text("The whole diagram (Home)").clicked() {
            state.wanted = Some(Wanted::All);
        }
        ui.toggle_value(&mut state.warmth, "Temperatures").on_hover_text("Colors pipes and racks by temperature, instead of supply blue and return red");
        legend::ui(ui, view, facts, state.warmth);
        ui.separator();
        let choices = part.map(|p| p.choices(view.plan, view.catalog)).unwrap_or_default();
        if choices.is_empty() {
            ui.weak(if diagram.panels.is_empty() { "" } else { "Click selects, double click zooms in, the right button fails, closes and restores" });
        }
        for choice in choices {
            for (text, out) in choice.steps(view.out) {
                if ui.button(text).on_hover_text("For now, to see what happens; the plan stays as it is").clicked() {
                    asked.push(Asked::Out(out));
                }
            }
        }
    });
    ui.add_space(1.0);
    asked
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

fn describe(view: &View<'_>, diagram: &Diagram, brush: &Brush<'_>) -> String {
    let systems = diagram.chain.systems.iter().filter(|s| s.id.is_some()).count();
    let selected = match view.selection.ids.len() {
        0 => "nothing selected".to_owned(),
        1 => format!("selected {}", view.selection.ids.first().map_or("", Id::as_str)),
        n => format!("{n} elements selected"),
    };
    let lost = diagram.cells.iter().filter_map(|c| brush.consumer(c)).filter(|c| brush.is_lost(c)).count();
    let lost = if lost > 0 { format!(", {lost} without cooling") } else { String::new() };
    let things = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    format!("Loop diagram with {} and {}, {selected}{lost}", things(systems, "facility water system"), things(diagram.cells.len(), "consumer"))
}
