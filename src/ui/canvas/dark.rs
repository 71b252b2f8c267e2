//! What a failure reaches: dark rows and machines, blocks without voltage, blocks on their standby sets, racks too hot or without coolant. Seen for as
//! long as anything is out of service.

use super::draw::{Brush, hatch, racks_clickable};
use super::scene::{Scene, slot_rect};
use crate::plan::{Element, Id, Kind};
use crate::solve::{Fed, NodeKind, PowerFlow};
use crate::ui::loops::rack::{Racks, Trouble};
use crate::ui::theme;
use crate::ui::view::View;
use egui::{Align2, FontId, Mesh, Rect, RichText, Sense, Shape, Stroke, StrokeKind, Ui, vec2};
use std::collections::BTreeSet;

/// Smaller things are covered but carry no mark.
const MARKED: f32 = 14.0;

/// How far a failure reaches into an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Nothing has power.
    Dark,
    /// Taken out of service: a machine of the cooling side.
    Out,
    /// A part of its power, or one of its cords, is gone.
    Part,
    /// Carried by standby sets.
    Standby,
    /// Not reached.
    None,
}

struct State<'a> {
    flow: &'a PowerFlow,
    dark: BTreeSet<&'a Id>,
    standby: BTreeSet<&'a Id>,
    /// Elements with a live node, and elements with a dead one.
    live: BTreeSet<&'a Id>,
    dead: BTreeSet<&'a Id>,
}

impl<'a> State<'a> {
    /// None while nothing is out.
    fn of(view: &View<'a>) -> Option<Self> {
        let flow: &'a PowerFlow = &view.solved?.outcome.power;
        if flow.out.is_empty() {
            return None;
        }
        // The terminals of standby sets that wait are dead, and so they should be.
        let counts = || flow.nodes.iter().filter(|n| n.kind != NodeKind::Standby);
        let live = counts().filter(|n| n.fed != Fed::Dead).map(|n| &n.element).collect();
        let dead = counts().filter(|n| n.fed == Fed::Dead).map(|n| &n.element).collect();
        Some(Self { flow, dark: flow.dark.iter().collect(), standby: flow.standby.iter().collect(), live, dead })
    }

    fn reach(&self, element: &Element) -> Reach {
        let id = element.id();
        let (live, dead) = (self.live.contains(id), self.dead.contains(id));
        let lost = self.dark.contains(id);
        match element.kind() {
            Kind::Row if lost && !live => Reach::Dark,
            Kind::Row if lost || dead => Reach::Part,
            Kind::Block if dead && !live => Reach::Dark,
            Kind::Block if self.standby.contains(id) => Reach::Standby,
            Kind::Block if dead => Reach::Part,
            Kind::Bus if dead => Reach::Dark,
            Kind::Transformer => self.branches(id),
            Kind::Grid | Kind::Generator | Kind::Battery => self.named(id),
            _ if lost => Reach::Dark,
            Kind::Cdu | Kind::AirHandler | Kind::Fws | Kind::Cooler => self.machine(id),
            _ => Reach::None,
        }
    }
    fn branches(&self, id: &Id) -> Reach {
        let shares = self.flow.of_element.get(id).into_iter().flatten().filter_map(|b| self.flow.branches.get(*b)).map(|b| b.in_service);
        let (least, most) = shares.fold((1.0_f64, 0.0_f64), |(l, m), s| (l.min(s), m.max(s)));
        if most <= 0.0 {
            Reach::Dark
        } else if least < 1.0 {
            Reach::Part
        } else {
            Reach::None
        }
    }
    /// A machine of the cooling side: all of it out, or a unit, a pump or a valve.
    fn machine(&self, id: &Id) -> Reach {
        let mut own = self.flow.out.iter().filter(|o| o.element() == *id).peekable();
        if own.peek().is_none() {
            return Reach::None;
        }
        if own.any(|o| o.of == id.as_str() && o.units.is_none()) { Reach::Out } else { Reach::Part }
    }
    fn named(&self, id: &Id) -> Reach {
        match self.flow.out.iter().find(|o| o.of == id.as_str()) {
            Some(outage) if outage.units.is_none() => Reach::Dark,
            Some(_) => Reach::Part,
            None => Reach::None,
        }
    }
}

/// Greys, hatches and marks what a failure reaches.
pub fn draw(brush: &Brush<'_>, scene: &Scene<'_>, view: &View<'_>) {
    let Some(state) = State::of(view) else { return };
    let t = brush.tokens;
    let mut mesh = Mesh::default();
    let mut marks: Vec<(Rect, Reach)> = Vec::new();
    for item in &scene.items {
        let reach = state.reach(item.element);
        let rect = brush.rect(&item.rect);
        // A hall would cover all that stands in it.
        if reach == Reach::None || item.element.kind() == Kind::Hall || !brush.sees(rect) {
            continue;
        }
        let rect = Rect::from_center_size(rect.center(), rect.size().max(vec2(2.0, 2.0)));
        match reach {
            Reach::Dark => {
                mesh.add_colored_rect(rect, t.background.gamma_multiply(0.82));
                hatch(&mut mesh, rect, t.broken);
            }
            Reach::Part | Reach::Out => hatch(&mut mesh, rect, if reach == Reach::Out { t.broken } else { t.near }),
            Reach::Standby | Reach::None => {}
        }
        marks.push((rect, reach));
    }
    heat(brush, scene, view, &state, &mut mesh);
    brush.painter.add(Shape::mesh(mesh));
    for (rect, reach) in marks {
        mark(brush, rect, reach);
    }
}

/// Racks that the failure leaves too hot, and racks that nothing cools any more.
fn heat(brush: &Brush<'_>, scene: &Scene<'_>, view: &View<'_>, state: &State<'_>, mesh: &mut Mesh) {
    let t = brush.tokens;
    for item in &scene.items {
        let Element::Row(row) = item.element else { continue };
        let whole = brush.rect(&item.rect);
        if !brush.sees(whole) || state.reach(item.element) == Reach::Dark {
            continue;
        }
        let racks = Racks::of(view, row);
        let slots: Vec<(u32, Trouble)> = (1..=row.count).filter_map(|s| Some((s, racks.worst(s)?))).collect();
        let veil = |mesh: &mut Mesh, rect: Rect, trouble: Trouble| {
            if trouble.is_without() {
                mesh.add_colored_rect(rect, t.background.gamma_multiply(0.7));
            }
            hatch(mesh, rect, t.liquid_return);
        };
        // Racks too small to be seen apart: the row says it, in the worst that any of them has.
        if !racks_clickable(&brush.camera, row, &item.rect) {
            if let Some(worst) = slots.iter().map(|s| s.1).min() {
                veil(mesh, Rect::from_center_size(whole.center(), whole.size().max(vec2(3.5, 3.5))), worst);
            }
            continue;
        }
        for (slot, trouble) in slots {
            veil(mesh, brush.rect(&slot_rect(row, &item.rect, slot)), trouble);
        }
    }
}

/// Rows with racks in trouble, and whether any of these racks has lost its coolant.
fn hot_rows<'a>(view: &View<'a>) -> Vec<(&'a Id, bool)> {
    let found = |row: &'a crate::plan::Row| {
        let racks = Racks::of(view, row);
        let worst = (1..=row.count).filter_map(|s| racks.worst(s)).min()?;
        Some((&row.id, worst.is_without()))
    };
    view.plan.rows().filter_map(found).collect()
}

/// Names of dark machines again, with a shade behind them: on a veil with stripes they could not be read.
pub fn names(brush: &Brush<'_>, scene: &Scene<'_>, view: &View<'_>) {
    let Some(state) = State::of(view) else { return };
    for item in scene.items.iter().filter(|i| !matches!(i.element.kind(), Kind::Hall | Kind::Row)) {
        let rect = brush.rect(&item.rect);
        if rect.width() >= 44.0 && rect.height() >= 16.0 && brush.sees(rect) && state.reach(item.element) == Reach::Dark {
            brush.tag(Align2::CENTER_CENTER, rect.center(), item.id().as_str(), brush.tokens.text);
        }
    }
}

/// What the marks on the plan mean, as far as there are any.
pub fn legend(ui: &mut Ui, view: &View<'_>) {
    let Some(state) = State::of(view) else { return };
    let t = theme::of(ui);
    let reaches: BTreeSet<Reach> = view.plan.elements.values().filter(|e| e.kind() != Kind::Hall).map(|e| state.reach(e)).collect();
    let hot = hot_rows(view);
    let meanings = [
        (reaches.contains(&Reach::Dark), t.broken, true, "without power"),
        (reaches.contains(&Reach::Out), t.broken, true, "out of service"),
        (reaches.contains(&Reach::Part), t.near, true, "lost a feed or a unit"),
        (reaches.contains(&Reach::Standby), t.standby, false, "on standby sets"),
        (!hot.is_empty(), t.liquid_return, true, if hot.iter().any(|h| h.1) { "racks above a limit, darker: not cooled" } else { "racks above a limit" }),
    ];
    for (shown, color, hatched, text) in meanings {
        if shown {
            let (swatch, _) = ui.allocate_exact_size(vec2(16.0, 12.0), Sense::hover());
            let mut mesh = Mesh::default();
            mesh.add_colored_rect(swatch, t.background);
            if hatched {
                hatch(&mut mesh, swatch, color);
            }
            ui.painter().add(Shape::mesh(mesh));
            ui.painter().rect_stroke(swatch, 0.0, Stroke::new(1.0, color), StrokeKind::Inside);
            ui.label(RichText::new(text).size(theme::CAPTION).color(t.weak_text));
        }
    }
}

fn mark(brush: &Brush<'_>, rect: Rect, reach: Reach) {
    let t = brush.tokens;
    let color = match reach {
        Reach::Dark | Reach::Out => t.broken,
        Reach::Part => t.near,
        Reach::Standby | Reach::None => t.standby,
    };
    brush.painter.rect_stroke(rect, 0.0, Stroke::new(1.0, color), StrokeKind::Inside);
    if rect.width().max(rect.height()) < MARKED || rect.width().min(rect.height()) < 6.0 {
        return;
    }
    let r = (rect.width().min(rect.height()) * 0.3).clamp(3.0, 7.0);
    // Names stand in the middle: the mark stands at the end, along the longer side.
    let at = if rect.width() >= rect.height() { rect.left_center() + vec2(r + 5.0, 0.0) } else { rect.center_top() + vec2(0.0, r + 5.0) };
    match reach {
        Reach::Dark | Reach::Out => {
            brush.painter.circle_filled(at, r + 3.0, t.background);
            crate::ui::one_line::cross(&brush.painter, at, r * 0.8, Stroke::new(2.0, color));
        }
        Reach::Standby => {
            let r = r.max(6.0);
            brush.painter.circle(at, r, t.background, Stroke::new(1.5, color));
            brush.painter.text(at, Align2::CENTER_CENTER, "G", FontId::proportional(r * 1.3), color);
        }
        Reach::Part | Reach::None => {}
    }
}

/// What is dark and what is not cooled, for screen readers.
pub fn words(view: &View<'_>) -> String {
    let Some(state) = State::of(view) else { return String::new() };
    let hot = hot_rows(view);
    let of = |lost: bool| hot.iter().filter(|h| h.1 == lost).map(|h| h.0).collect::<Vec<_>>();
    let dark: Vec<&Id> = state.flow.dark.iter().collect();
    [("without power", dark), ("not cooled", of(true)), ("above a limit", of(false))].into_iter().map(|(what, ids)| listed(what, &ids)).collect()
}

/// ", without power: R1, R2 and 3 more"; nothing for none.
fn listed(what: &str, ids: &[&Id]) -> String {
    const NAMED: usize = 12;
    if ids.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = ids.iter().take(NAMED).map(|id| id.as_str()).collect();
    let more = ids.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(", {what}: {}{more}", names.join(", "))
}
