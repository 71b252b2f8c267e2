//! The plan as shapes: floor, halls, racks in one mesh, machines, names.

use super::camera::Camera;
use super::overlay::Field;
use super::scene::{Item, Scene, slot_rect, units};
use crate::plan::{Element, Kind, Rect as Ground, Row};
use crate::ui::theme::{self, Tokens};
use crate::ui::view::View;
use egui::emath::GuiRounding as _;
use egui::{Align2, Color32, FontId, Mesh, Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// A rack narrower than this on the screen is drawn as part of its row.
const SMALLEST_RACK: f32 = 1.5;
/// Racks at least this wide can be clicked one by one.
const CLICKABLE_RACK: f32 = 5.0;
/// Racks at least this wide carry their number.
const NUMBERED_RACK: f32 = 22.0;

/// What drawing needs to know.
pub struct Brush<'a> {
    /// Where to.
    pub painter: Painter,
    /// The canvas.
    pub area: Rect,
    /// What part of the plan is seen.
    pub camera: Camera,
    /// Colors.
    pub tokens: &'static Tokens,
    /// The overlay, if one is on.
    pub field: Option<&'a Field<'a>>,
}

impl Brush<'_> {
    /// Where a ground rectangle is seen, on whole pixels.
    #[must_use]
    pub fn rect(&self, ground: &Ground) -> Rect {
        self.camera.rect(self.area, ground).round_to_pixels(self.painter.pixels_per_point())
    }
    /// Whether any of it is seen.
    #[must_use]
    pub fn sees(&self, rect: Rect) -> bool {
        rect.intersects(self.area)
    }
    fn font(&self, size: f32) -> FontId {
        FontId::proportional(size)
    }
    /// Like [`Self::tag`], unless another name stands there already. Names on top of each other can't be read.
    fn tag_where_free(&self, anchor: Align2, at: egui::Pos2, text: &str, color: Color32, taken: &mut Vec<Rect>) {
        let galley = self.painter.layout_no_wrap(text.to_owned(), self.font(theme::CAPTION), color);
        let rect = anchor.anchor_size(at, galley.size()).expand2(vec2(3.0, 0.0));
        if !taken.iter().any(|t| t.intersects(rect)) {
            self.tag(anchor, at, text, color);
            taken.push(rect);
        }
    }
    /// Text with a shade behind it, so that it can be read on anything.
    pub fn tag(&self, anchor: Align2, at: egui::Pos2, text: &str, color: Color32) -> Rect {
        let galley = self.painter.layout_no_wrap(text.to_owned(), self.font(theme::CAPTION), color);
        let rect = anchor.anchor_size(at, galley.size());
        self.painter.rect_filled(rect.expand2(vec2(3.0, 1.0)), 2.0, self.tokens.shade);
        self.painter.galley(rect.min, galley, color);
        rect
    }
}

/// Whether racks of a row are seen apart well enough to be clicked.
#[must_use]
pub fn racks_clickable(camera: &Camera, row: &Row, rect: &Ground) -> bool {
    let slot = slot_rect(row, rect, 1);
    camera.points(slot.width().min(slot.depth())) >= CLICKABLE_RACK
}

/// Draws the whole plan.
pub fn draw(brush: &Brush<'_>, scene: &Scene<'_>, view: &View<'_>) {
    for item in &scene.items {
        if item.element.kind() == Kind::Hall {
            hall(brush, item);
        }
    }
    // One mesh holds every rack and machine: a shape each would cost twenty times as much.
    let mut mesh = Mesh::default();
    for item in &scene.items {
        let rect = brush.rect(&item.rect);
        if !brush.sees(rect) {
            continue;
        }
        match item.element {
            Element::Hall(_) => {}
            Element::Row(row) => racks(brush, &mut mesh, row, item, view),
            other => machines(brush, &mut mesh, other, item, view),
        }
    }
    brush.painter.add(Shape::mesh(mesh));
}

/// Names everything there is room for. Drawn last, so that no feeder or pipe runs through a name.
pub fn labels(brush: &Brush<'_>, scene: &Scene<'_>) {
    let mut labels: Vec<Shape> = Vec::new();
    // Halls come first, so that their names win over those of what stands around them.
    let mut taken = Vec::new();
    for item in &scene.items {
        names(brush, item, &mut labels, &mut taken);
    }
    brush.painter.extend(labels);
}

fn hall(brush: &Brush<'_>, item: &Item<'_>) {
    let rect = brush.rect(&item.rect);
    if !brush.sees(rect) {
        return;
    }
    let t = brush.tokens;
    let value = brush.field.map_or(f64::NAN, |f| f.value(item.id(), None));
    let fill = match brush.field.and_then(|f| f.color(value)) {
        Some(color) => t.hall_fill.lerp_to_gamma(color, 0.35),
        None => t.hall_fill,
    };
    brush.painter.rect(rect, 0.0, fill, Stroke::new(1.5, t.hall_stroke), StrokeKind::Outside);
    if let Some((field, (air, quantity))) = brush.field.and_then(|f| Some((f, f.floor(item.id())?))) {
        super::air::paint(brush, item.id(), air, quantity, field, rect);
    }
}

fn racks(brush: &Brush<'_>, mesh: &mut Mesh, row: &Row, item: &Item<'_>, view: &View<'_>) {
    let t = brush.tokens;
    let slot = slot_rect(row, &item.rect, 1);
    let step = brush.camera.points(if row.turned { slot.depth() } else { slot.width() });
    let plain = |model: Option<&str>| match model {
        None => t.empty_slot,
        Some(m) if view.catalog.racks(m).is_some_and(|r| r.liquid.is_some()) => t.rack.lerp_to_gamma(t.liquid_supply, 0.3),
        Some(_) => t.rack,
    };
    let color = |slot: Option<u32>, model: Option<&str>| match brush.field {
        Some(field) => field.color(field.value(&row.id, slot)).unwrap_or(t.empty_slot),
        None => plain(model),
    };
    // A row that the overlay does not speak of, as one cooled by air when coolant is shown, is no unknown.
    let unknown = |slot: Option<u32>| brush.field.is_some_and(|f| f.covers(&row.id) && !f.value(&row.id, slot).is_finite());
    if step < SMALLEST_RACK {
        let mut rect = brush.rect(&item.rect);
        // A row thinner than a pixel would flicker while zooming.
        rect.set_height(rect.height().max(1.0));
        rect.set_width(rect.width().max(1.0));
        mesh.add_colored_rect(rect, color(None, row.model_at(1)));
        if unknown(None) {
            hatch(mesh, rect, t.unknown);
        }
        return;
    }
    let gap = if step >= 8.0 { 1.0 } else { 0.0 };
    for slot in 1..=row.count {
        let mut rect = brush.rect(&slot_rect(row, &item.rect, slot));
        if !brush.sees(rect) {
            continue;
        }
        if row.turned {
            rect.max.y -= gap;
        } else {
            rect.max.x -= gap;
        }
        mesh.add_colored_rect(rect, color(Some(slot), row.model_at(slot)));
        // An empty slot has nothing to be known about.
        if row.model_at(slot).is_some() && unknown(Some(slot)) {
            hatch(mesh, rect, t.unknown);
        }
    }
}

/// Slanted stripes over what has no value under the overlay: unknown is neither low nor high.
pub fn hatch(mesh: &mut Mesh, rect: Rect, color: Color32) {
    const STEP: f32 = 6.0;
    const LEAST: f32 = 3.0;
    const THICK: f32 = 1.2;
    let (w, h) = (rect.width(), rect.height());
    if w.min(h) < LEAST {
        return;
    }
    let mut x = STEP / 2.0 - h;
    while x < w {
        // The stripe from the lower to the upper edge, cut off at the sides.
        let (from, to) = (x.max(0.0), (x + h).min(w - THICK));
        if to > from {
            let at = |along: f32| pos2(rect.left() + along, rect.bottom() - (along - x));
            let first = mesh.vertices.len() as u32;
            for corner in [at(from), at(from) + vec2(THICK, 0.0), at(to), at(to) + vec2(THICK, 0.0)] {
                mesh.colored_vertex(corner, color);
            }
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 1, first + 2, first + 3);
        }
        x += STEP;
    }
}

/// The plain color of a machine.
#[must_use]
pub fn machine_color(t: &Tokens, kind: Kind) -> Color32 {
    match kind {
        Kind::Cdu => t.cdu,
        Kind::AirHandler => t.air_handler,
        Kind::Block | Kind::Transformer => t.block,
        Kind::Bus | Kind::Grid => t.bus,
        Kind::Generator | Kind::Battery => t.supply,
        Kind::Cooler | Kind::Fws => t.yard,
        _ => t.rack,
    }
}

fn machines(brush: &Brush<'_>, mesh: &mut Mesh, element: &Element, item: &Item<'_>, view: &View<'_>) {
    let t = brush.tokens;
    let color = match brush.field {
        Some(field) if field.covers(item.id()) => field.color(field.value(item.id(), None)).unwrap_or(t.empty_slot),
        Some(_) => machine_color(t, element.kind()).lerp_to_gamma(t.background, 0.6),
        None => machine_color(t, element.kind()),
    };
    let unknown = brush.field.is_some_and(|f| f.covers(item.id()) && !f.value(item.id(), None).is_finite());
    let whole = brush.rect(&item.rect);
    if whole.width().max(whole.height()) < 4.0 {
        mesh.add_colored_rect(Rect::from_center_size(whole.center(), whole.size().max(vec2(2.0, 2.0))), color);
        return;
    }
    for unit in units(element, view.catalog, &item.rect) {
        let rect = brush.rect(&unit);
        if brush.sees(rect) {
            let gap = if rect.width() >= 8.0 { 1.0 } else { 0.0 };
            let rect = Rect::from_min_max(rect.min, rect.max - vec2(gap, 0.0));
            mesh.add_colored_rect(rect, color);
            if unknown {
                hatch(mesh, rect, t.unknown);
            }
        }
    }
}

/// The name of an element where there is room for it, and the numbers of racks that are wide enough.
fn names(brush: &Brush<'_>, item: &Item<'_>, labels: &mut Vec<Shape>, taken: &mut Vec<Rect>) {
    let rect = brush.rect(&item.rect);
    if !brush.sees(rect) {
        return;
    }
    let t = brush.tokens;
    let long = rect.width().max(rect.height());
    match item.element {
        Element::Hall(hall) if rect.width() > 60.0 => {
            let name = if hall.name.is_empty() { hall.id.as_str() } else { &hall.name };
            let at = rect.left_top().max(brush.area.left_top() + vec2(0.0, 14.0));
            brush.tag_where_free(Align2::LEFT_BOTTOM, at + vec2(4.0, -3.0), name, t.text, taken);
        }
        Element::Hall(_) => {}
        Element::Row(row) => {
            if long > 90.0 && rect.width().min(rect.height()) > 9.0 {
                brush.tag_where_free(
                    Align2::RIGHT_CENTER,
                    if row.turned { rect.center_bottom() + vec2(0.0, 9.0) } else { rect.left_center() - vec2(6.0, 0.0) },
                    row.id.as_str(),
                    t.weak_text,
                    taken,
                );
            }
            rack_numbers(brush, row, item, labels);
        }
        other => machine_name(brush, other, rect, taken),
    }
}

/// The name of a machine, inside its ground where it fits. Machines outside of halls also carry it below, where there is more room.
fn machine_name(brush: &Brush<'_>, element: &Element, rect: Rect, taken: &mut Vec<Rect>) {
    let t = brush.tokens;
    let text = element.id().as_str();
    let galley = brush.painter.layout_no_wrap(text.to_owned(), FontId::proportional(theme::CAPTION), t.text);
    let size = galley.size();
    if rect.width() >= size.x + 8.0 && rect.height() >= size.y + 2.0 {
        let one = !matches!(element, Element::Cooler(_) | Element::Generator(_) | Element::Battery(_) | Element::Transformer(_));
        if one && brush.field.is_none() {
            let ink = theme::on(machine_color(t, element.kind()));
            brush.painter.text(rect.center(), Align2::CENTER_CENTER, text, FontId::proportional(theme::CAPTION), ink);
        } else {
            brush.tag_where_free(Align2::CENTER_CENTER, rect.center(), text, t.text, taken);
        }
    } else if rect.width() >= size.x && rect.height() >= 6.0 && !super::snap::stands_in_hall(element.kind()) {
        brush.tag_where_free(Align2::CENTER_TOP, pos2(rect.center().x, rect.bottom() + 2.0), text, t.weak_text, taken);
    }
}

fn rack_numbers(brush: &Brush<'_>, row: &Row, item: &Item<'_>, labels: &mut Vec<Shape>) {
    let first = slot_rect(row, &item.rect, 1);
    if brush.camera.points(first.width().min(first.depth())) < NUMBERED_RACK {
        return;
    }
    for slot in 1..=row.count {
        let rect = brush.rect(&slot_rect(row, &item.rect, slot));
        if !brush.sees(rect) || row.model_at(slot).is_none() {
            continue;
        }
        let fill = brush.field.and_then(|f| f.color(f.value(&row.id, Some(slot)))).unwrap_or(brush.tokens.rack);
        let galley = brush.painter.layout_no_wrap(slot.to_string(), FontId::proportional(theme::CAPTION), theme::on(fill));
        labels.push(Shape::galley(rect.center() - galley.size() / 2.0, galley, theme::on(fill)));
    }
}

/// Frames around what is selected and what is under the pointer.
pub fn outlines(brush: &Brush<'_>, scene: &Scene<'_>, view: &View<'_>, hover: Option<&super::scene::Hit>) {
    let t = brush.tokens;
    for item in scene.items.iter().filter(|i| view.selection.contains(i.id())) {
        let rect = brush.rect(&item.rect);
        brush.painter.rect_stroke(rect, 0.0, Stroke::new(2.0, t.accent), StrokeKind::Outside);
        if let (Element::Row(row), Some(slot)) = (item.element, view.selection.slot) {
            brush.painter.rect(brush.rect(&slot_rect(row, &item.rect, slot)), 0.0, t.accent_veil(), Stroke::new(2.0, t.text), StrokeKind::Outside);
        }
    }
    let free = |h: &&super::scene::Hit| !view.selection.contains(&h.id) || h.slot.is_some();
    if let Some((hit, item)) = hover.filter(free).and_then(|h| scene.find(&h.id).map(|i| (h, i))) {
        let ground = match (item.element, hit.slot) {
            (Element::Row(row), Some(slot)) => slot_rect(row, &item.rect, slot),
            _ => item.rect,
        };
        brush.painter.rect_stroke(brush.rect(&ground), 0.0, Stroke::new(1.0, t.text), StrokeKind::Outside);
    }
}
