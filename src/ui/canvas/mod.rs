//! The plan, to scale: seen, selected, moved and drawn.

pub mod air;
pub mod camera;
mod dark;
mod draw;
mod floor;
mod legend;
mod links;
mod marks;
mod nodes;
pub mod overlay;
pub mod scene;
pub mod snap;
mod strip;
mod tips;
pub mod tools;

use crate::edit::Gesture;
use crate::plan::{Id, Kind, Point};
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use camera::Camera;
use draw::Brush;
pub use draw::hatch;
use egui::{CursorIcon, Key, MouseWheelUnit, PointerButton, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};
use overlay::{Field, Overlay};
use scene::{Hit, Scene};
use tools::{Tool, measure::Tape, place, select};

/// Gestures of the canvas are counted from here, so that they never meet those of another view.
const FIRST_GESTURE: u64 = 1 << 40;
/// A step of the mouse wheel zooms by this factor.
const WHEEL: f64 = 1.15;

/// A view that was asked for and is taken up in the next frame, when the size of the canvas is known.
#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    All,
    Elements(Vec<Id>),
    Zoom(f64),
}

/// What the canvas remembers between frames.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The tool in hand.
    pub tool: Tool,
    /// The result laid over the plan.
    pub overlay: Overlay,
    camera: Option<Camera>,
    wanted: Option<Wanted>,
    drag: Option<select::Drag>,
    drawn_from: Option<Point>,
    tape: Tape,
    gestures: u64,
    /// The catalog choice last seen, to notice a new one.
    chosen: Option<(String, String)>,
}

impl State {
    /// Shows the whole plan.
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
    /// Takes up a tool.
    pub fn take(&mut self, tool: Tool) {
        self.tool = tool;
        (self.drag, self.drawn_from, self.tape) = (None, None, Tape::default());
    }
    /// Escape: leaves what is being done, then the tool. Whether there was anything to leave.
    pub fn leave(&mut self) -> bool {
        let busy = self.drag.is_some() || self.drawn_from.is_some() || self.tool != Tool::Select;
        self.take(Tool::Select);
        busy
    }
    /// Follows the choice in the catalog panel: a new choice takes up the tool that places it.
    pub fn follow_catalog(&mut self, chosen: Option<&(String, String)>) {
        if self.chosen.as_ref() != chosen {
            self.chosen = chosen.cloned();
            if let Some(placing) = chosen.and_then(|(kind, id)| tools::Placing::of_catalog(kind, id)) {
                self.take(Tool::Place(placing));
            }
        }
    }
    /// What part of the plan is seen, once it was drawn.
    #[must_use]
    pub fn camera(&self) -> Option<Camera> {
        self.camera
    }
    fn next_gesture(&mut self) -> Gesture {
        self.gestures += 1;
        Gesture(FIRST_GESTURE + self.gestures)
    }
}

/// The canvas with its tool strip.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    strip::ui(ui, state);
    crate::ui::one_line::banner(ui, view, actions, |ui| dark::legend(ui, view));
    let area = ui.available_rect_before_wrap();
    if !area.is_positive() {
        return;
    }
    let response = ui.allocate_rect(area, Sense::click_and_drag());
    let scene = Scene::new(view.plan, view.catalog);
    let mut camera = look(state, area, &scene);
    navigate(ui, &response, &mut camera, state.drag.is_some());
    state.camera = Some(camera);

    let field = Field::of(state.overlay, view);
    let brush = Brush { painter: ui.painter_at(area), area, camera, tokens: theme::of(ui), field: field.as_ref() };
    floor::grid(&brush);
    draw::draw(&brush, &scene, view);
    dark::draw(&brush, &scene, view);
    let pointer = response
        .hover_pos()
        .or_else(|| response.interact_pointer_pos())
        .or_else(|| ui.input(|i| i.pointer.hover_pos()).filter(|p| response.contains_pointer() && area.contains(*p)));
    // What a click would select is exactly what lies under the pointer, as for the nodes of the plan.
    let hover = pointer.filter(|_| state.tool == Tool::Select && state.drag.is_none()).and_then(|p| hit_at(&brush, &scene, p, 0.0));
    draw::outlines(&brush, &scene, view, hover.as_ref());
    links::draw(&brush, &scene, view);
    draw::labels(&brush, &scene);
    dark::names(&brush, &scene, view);
    let findings = marks::by_element(&scene, view);
    marks::draw(&brush, &scene, &findings);

    let clicked = nodes::make(ui, &brush, &scene, view, state.tool == Tool::Select, &findings);
    let mut hands = Hands { ui, response: &response, brush: &brush, scene: &scene, view, pointer, actions };
    hands.work(state, clicked);

    floor::scale(&brush, view.system);
    if let Some(field) = &field {
        let pointed = hover.as_ref().map_or(f64::NAN, |h| field.value(&h.id, h.slot));
        legend::draw(&brush, field, view, pointed);
    }
    if state.tool == Tool::Select {
        empty_state(&brush, &scene);
    }
    let seen = describe(view, &scene);
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &seen));
}

/// The camera of this frame: as it was, or as it was asked for.
fn look(state: &mut State, area: Rect, scene: &Scene<'_>) -> Camera {
    let nothing = || crate::plan::Rect::new(Point(0.0, 0.0), 80.0, 50.0);
    let fit = |ids: &[Id]| scene.bounds_of(ids.iter()).map(|b| Camera::fit(area, &b));
    let all = || Camera::fit(area, &scene.bounds().unwrap_or_else(nothing));
    match (state.wanted.take(), state.camera) {
        (Some(Wanted::Elements(ids)), now) => fit(&ids).or(now).unwrap_or_else(all),
        (Some(Wanted::Zoom(factor)), Some(mut camera)) => {
            camera.zoom_about(area, area.center(), factor);
            camera
        }
        (None, Some(camera)) => camera,
        (Some(Wanted::All | Wanted::Zoom(_)) | None, _) => all(),
    }
}

/// Points of the screen by which an arrow key moves the view.
const ARROW: f32 = 60.0;

/// Pans and zooms by the pointer and the arrow keys. `busy` is whether the pointer is dragging something.
pub(in crate::ui) fn navigate(ui: &Ui, response: &Response, camera: &mut Camera, busy: bool) {
    let space = ui.input(|i| i.key_down(Key::Space));
    let panning =
        response.dragged_by(PointerButton::Middle) || response.dragged_by(PointerButton::Secondary) || (space && response.dragged_by(PointerButton::Primary));
    if panning && !busy {
        camera.pan(response.drag_delta());
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    let Some(pointer) = ui.input(|i| i.pointer.hover_pos()).filter(|p| response.contains_pointer() && response.rect.contains(*p)) else { return };
    // Arrows move between widgets once one has the focus.
    if ui.memory(|m| m.focused().is_none()) {
        let pressed = |key| if ui.input(|i| i.key_pressed(key)) { ARROW } else { 0.0 };
        camera.pan(vec2(pressed(Key::ArrowLeft) - pressed(Key::ArrowRight), pressed(Key::ArrowUp) - pressed(Key::ArrowDown)));
    }
    let pinch = ui.input(|i| i.zoom_delta());
    if (pinch - 1.0).abs() > 1e-4 {
        camera.zoom_about(response.rect, pointer, f64::from(pinch));
        return;
    }
    // A wheel with notches zooms, a trackpad moves the plan.
    ui.input(|i| {
        for event in &i.events {
            if let egui::Event::MouseWheel { unit, delta, modifiers, .. } = event {
                match unit {
                    _ if modifiers.command => {}
                    MouseWheelUnit::Point => camera.pan(*delta),
                    MouseWheelUnit::Line | MouseWheelUnit::Page if modifiers.shift => camera.pan(*delta * 40.0),
                    MouseWheelUnit::Line | MouseWheelUnit::Page => camera.zoom_about(response.rect, pointer, WHEEL.powf(f64::from(delta.y))),
                }
            }
        }
    });
}

/// Points around the pointer in which something small can still be taken hold of.
const REACH: f32 = 4.0;

fn hit_at(brush: &Brush<'_>, scene: &Scene<'_>, pointer: Pos2, reach: f32) -> Option<Hit> {
    if !brush.area.contains(pointer) {
        return None;
    }
    let at = brush.camera.to_ground(brush.area, pointer);
    let hit = scene.hit(at, brush.camera.meters(reach), true)?;
    // A rack too small to be told from its neighbor stands for its row.
    let apart = match scene.find(&hit.id) {
        Some(item) => matches!(item.element, crate::plan::Element::Row(row) if draw::racks_clickable(&brush.camera, row, &item.rect)),
        None => false,
    };
    Some(Hit { slot: hit.slot.filter(|_| apart), ..hit })
}

/// What the pointer does with the tool in hand.
struct Hands<'a, 'b> {
    ui: &'a Ui,
    response: &'a Response,
    brush: &'a Brush<'a>,
    scene: &'a Scene<'a>,
    view: &'a View<'a>,
    pointer: Option<Pos2>,
    actions: &'b mut Vec<Action>,
}

impl Hands<'_, '_> {
    fn ground(&self, p: Pos2) -> Point {
        self.brush.camera.to_ground(self.brush.area, p)
    }

    fn work(&mut self, state: &mut State, clicked: Option<nodes::Clicked>) {
        match state.tool.clone() {
            Tool::Select => self.select(state, clicked),
            Tool::Place(placing) => self.place(state, &placing),
            Tool::Measure => {
                self.ui.ctx().set_cursor_icon(if self.response.hovered() { CursorIcon::Crosshair } else { CursorIcon::Default });
                if let Some(p) = self.pointer.filter(|_| self.response.clicked()) {
                    state.tape.click(self.ground(p));
                }
                state.tape.draw(self.brush, self.pointer.map(|p| self.ground(p)), self.view.system);
            }
        }
    }

    fn select(&mut self, state: &mut State, clicked: Option<nodes::Clicked>) {
        let (add, free, space) = self.ui.input(|i| (i.modifiers.shift, i.modifiers.alt, i.key_down(Key::Space)));
        if let Some(clicked) = clicked {
            if clicked.double {
                self.actions.push(Action::ZoomTo(clicked.hit.id));
            } else {
                select::click(Some(&clicked.hit), add, self.view, self.actions);
            }
        } else if self.response.clicked() {
            let hit = self.pointer.and_then(|p| hit_at(self.brush, self.scene, p, REACH));
            select::click(hit.as_ref(), add, self.view, self.actions);
        }
        let primary = |started: bool| started && !space;
        if primary(self.response.drag_started_by(PointerButton::Primary))
            && let Some(origin) = self.ui.input(|i| i.pointer.press_origin())
        {
            let hit = hit_at(self.brush, self.scene, origin, REACH);
            let gesture = state.next_gesture();
            state.drag = Some(select::Drag::begin(self.ground(origin), hit.as_ref(), self.scene, self.view, add, gesture, self.actions));
        }
        let Some(pointer) = self.response.interact_pointer_pos().or(self.pointer) else {
            state.drag = None;
            return;
        };
        let to = self.ground(pointer);
        if let Some(drag) = &mut state.drag {
            drag.follow(to, self.scene, self.brush.camera.scale, free, self.actions);
            drag.draw(self.brush, pointer, self.view.system);
        }
        if self.response.drag_stopped()
            && let Some(drag) = state.drag.take()
        {
            drag.end(to, self.scene, self.view, self.actions);
        }
    }

    fn place(&mut self, state: &mut State, placing: &tools::Placing) {
        let Some(pointer) = self.pointer else { return };
        self.ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        let draws = placing.kind == Kind::Hall;
        if draws && self.response.drag_started_by(PointerButton::Primary) {
            state.drawn_from = self.ui.input(|i| i.pointer.press_origin()).map(|p| self.ground(p));
        }
        let ghost = place::ghost(placing, self.ground(pointer), state.drawn_from, self.scene, self.view, self.brush.camera.scale);
        ghost.draw(self.brush, self.view.system);
        let drawn = draws && self.response.drag_stopped() && state.drawn_from.take().is_some();
        if drawn || self.response.clicked() {
            ghost.put(self.actions);
        }
    }
}

fn empty_state(brush: &Brush<'_>, scene: &Scene<'_>) {
    if scene.items.is_empty() {
        let text = "Nothing stands here yet: take the Hall tool above and drag, or open a plan with Ctrl+O.";
        brush.painter.text(brush.area.center(), egui::Align2::CENTER_CENTER, text, egui::FontId::proportional(theme::BODY), brush.tokens.weak_text);
    }
}

fn describe(view: &View<'_>, scene: &Scene<'_>) -> String {
    let racks: u32 = view.plan.rows().map(|r| r.models().values().sum::<u32>()).sum();
    let Selection { ids, slot } = view.selection;
    let selected = match (ids.len(), slot) {
        (0, _) => "nothing selected".to_owned(),
        (1, Some(slot)) => format!("selected rack {} {slot}", ids.first().map_or("", Id::as_str)),
        (1, None) => format!("selected {}", ids.first().map_or("", Id::as_str)),
        (n, _) => format!("{n} elements selected"),
    };
    let dark = dark::words(view);
    format!("Plan with {} elements and {racks} racks, {selected}{dark}", scene.items.len())
}
