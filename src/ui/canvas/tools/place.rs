//! Putting new elements on the ground: a ghost under the pointer, a click adds it.

use super::build::{self, New};
use super::{Placing, select};
use crate::plan::{Kind, Point, Rect as Ground, footprint};
use crate::ui::canvas::draw::Brush;
use crate::ui::canvas::scene::Scene;
use crate::ui::canvas::snap::{self, Guide};
use crate::ui::view::{Action, View};
use crate::units::{Length, System, show};
use egui::{Align2, Stroke, StrokeKind, vec2};
use std::collections::BTreeSet;

/// The least side of a hall that a drag draws, m.
const SMALLEST_HALL: f64 = 2.0;

/// Something about to be put on the ground.
pub struct Ghost {
    /// The element, or why it can't stand there.
    pub new: Result<New, String>,
    /// The ground it would cover.
    pub rect: Ground,
    guides: Vec<Guide>,
}

/// The ghost at a place. `from` is where a drag began, for a hall that is being drawn.
#[must_use]
pub fn ghost(placing: &Placing, at: Point, from: Option<Point>, scene: &Scene<'_>, view: &View<'_>, points_per_meter: f64) -> Ghost {
    let (grid, reach) = (snap::grid_for(points_per_meter), 7.0 / points_per_meter);
    let round = |p: Point| Point((p.0 / grid).round() * grid, (p.1 / grid).round() * grid);
    if let (Kind::Hall, Some(from)) = (placing.kind, from) {
        let drawn = select::around(round(from), round(at));
        let big = drawn.width() >= SMALLEST_HALL && drawn.depth() >= SMALLEST_HALL;
        let new = if big { build::hall(&drawn, view) } else { Err(format!("A hall needs at least {SMALLEST_HALL} m on each side.")) };
        return Ghost { new, rect: drawn, guides: Vec::new() };
    }
    let new = build::element(placing, at, scene, view);
    let size = new.as_ref().ok().and_then(|n| footprint(&n.element, view.catalog)).map_or((4.0, 2.0), |r| (r.width(), r.depth()));
    // The pointer holds the element by its middle.
    let corner = Point(at.0 - size.0 / 2.0, at.1 - size.1 / 2.0);
    let rect = Ground::new(corner, size.0, size.1);
    let snapped = snap::snap(&rect, Point(0.0, 0.0), &snap::targets(scene, &BTreeSet::new()), reach, grid);
    let corner = corner.moved(snapped.by);
    let new = new.map(|mut n| {
        if let Some(place) = n.element.at_mut() {
            *place = corner;
        }
        n
    });
    Ghost { new, rect: Ground::new(corner, size.0, size.1), guides: snapped.guides }
}

impl Ghost {
    /// Puts it on the ground, or says why not.
    pub fn put(self, actions: &mut Vec<Action>) {
        match self.new {
            Ok(new) => new.put(actions),
            Err(reason) => actions.push(Action::Say(reason)),
        }
    }
    /// Draws it.
    pub fn draw(&self, brush: &Brush<'_>, system: System) {
        let t = brush.tokens;
        select::draw_guides(brush, &self.guides);
        let rect = brush.rect(&self.rect);
        let (color, text) = match &self.new {
            Ok(new) => (t.accent, new.note.clone()),
            Err(reason) => (t.broken, reason.clone()),
        };
        brush.painter.rect(rect, 0.0, color.gamma_multiply(0.22), Stroke::new(1.5, color), StrokeKind::Middle);
        let m = |v: f64| show(Length::from_meters(v), system);
        let size = format!("{} × {}", m(self.rect.width()), m(self.rect.depth()));
        brush.tag(Align2::LEFT_TOP, rect.left_bottom() + vec2(0.0, 4.0), &format!("{size}   {text}"), if self.new.is_ok() { t.text } else { t.broken });
    }
}
