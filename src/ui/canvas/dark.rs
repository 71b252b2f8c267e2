//! What a failure reaches: dark rows and machines, blocks without voltage, blocks on their standby sets. Seen for as long as anything is out of service.

use super::draw::{Brush, hatch};
use super::scene::Scene;
use crate::plan::{Element, Id, Kind};
use crate::solve::{Fed, NodeKind, PowerFlow};
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
            Reach::Part => hatch(&mut mesh, rect, t.near),
            Reach::Standby | Reach::None => {}
        }
        marks.push((rect, reach));
    }
    brush.painter.add(Shape::mesh(mesh));
    for (rect, reach) in marks {
        mark(brush, rect, reach);
    }
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
    for (reach, color, text) in
        [(Reach::Dark, t.broken, "without power"), (Reach::Part, t.near, "lost a feed or a unit"), (Reach::Standby, t.standby, "on standby sets")]
    {
        if reaches.contains(&reach) {
            let (swatch, _) = ui.allocate_exact_size(vec2(16.0, 12.0), Sense::hover());
            let mut mesh = Mesh::default();
            mesh.add_colored_rect(swatch, t.background);
            if reach != Reach::Standby {
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
        Reach::Dark => t.broken,
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
        Reach::Dark => {
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

/// What is dark, for screen readers.
pub fn words(view: &View<'_>) -> String {
    const NAMED: usize = 12;
    let Some(state) = State::of(view).filter(|s| !s.flow.dark.is_empty()) else { return String::new() };
    let names: Vec<&str> = state.flow.dark.iter().take(NAMED).map(Id::as_str).collect();
    let more = state.flow.dark.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(", without power: {}{more}", names.join(", "))
}
