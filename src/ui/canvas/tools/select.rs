//! Selecting and moving: click, Shift-click, rubber band, drag.

use crate::edit::{Command, Gesture};
use crate::plan::{Id, Kind, Point, Rect as Ground};
use crate::ui::canvas::draw::Brush;
use crate::ui::canvas::scene::{Hit, Scene};
use crate::ui::canvas::snap::{self, Guide};
use crate::ui::view::{Action, Selection, View};
use crate::units::{Length, System, show};
use egui::{Align2, Pos2, Rect, Shape, Stroke, StrokeKind, vec2};
use std::collections::BTreeSet;

/// A drag with the select tool.
#[derive(Debug, Clone, PartialEq)]
pub enum Drag {
    /// A rubber band.
    Band {
        /// Where it began.
        from: Point,
        /// Whether it adds to the selection.
        add: bool,
    },
    /// Elements on the move.
    Move {
        /// Which.
        ids: BTreeSet<Id>,
        /// Where the pointer took hold.
        from: Point,
        /// The ground of the element taken hold of, before the move.
        rect: Ground,
        /// How far they have been moved.
        done: Point,
        /// What they snapped to.
        guides: Vec<Guide>,
        /// The undo step.
        gesture: Gesture,
    },
}

impl Drag {
    /// Begins a drag at a place of the ground.
    #[must_use]
    pub fn begin(at: Point, hit: Option<&Hit>, scene: &Scene<'_>, view: &View<'_>, add: bool, gesture: Gesture, actions: &mut Vec<Action>) -> Self {
        let band = Self::Band { from: at, add };
        let Some((hit, item)) = hit.and_then(|h| scene.find(&h.id).map(|i| (h, i))) else { return band };
        let selected = view.selection.contains(&hit.id);
        // A hall's floor is where rubber bands begin; a hall moves only once it is selected.
        if add || (item.element.kind() == Kind::Hall && !selected) {
            return band;
        }
        let ids = if selected {
            view.selection.ids.clone()
        } else {
            actions.push(Action::Select(Selection::one(hit.id.clone())));
            BTreeSet::from([hit.id.clone()])
        };
        Self::Move { ids, from: at, rect: item.rect, done: Point(0.0, 0.0), guides: Vec::new(), gesture }
    }

    /// Follows the pointer.
    pub fn follow(&mut self, to: Point, scene: &Scene<'_>, points_per_meter: f64, free: bool, actions: &mut Vec<Action>) {
        let Self::Move { ids, from, rect, done, guides, gesture } = self else { return };
        let wanted = Point(to.0 - from.0, to.1 - from.1);
        let (by, lines) = if free {
            (wanted, Vec::new())
        } else {
            const REACH: f64 = 7.0;
            let snapped = snap::snap(rect, wanted, &snap::targets(scene, ids), REACH / points_per_meter, snap::grid_for(points_per_meter));
            (snapped.by, snapped.guides)
        };
        *guides = lines;
        let step = Point(by.0 - done.0, by.1 - done.1);
        if step.0.abs().max(step.1.abs()) > 1e-9 {
            // What has moved is exactly the sum of the steps, so that the last of them lands on the snapped place.
            *done = by;
            actions.push(Action::Apply(Command::Move { ids: ids.iter().cloned().collect(), by: step }, Some(*gesture)));
        }
    }

    /// Ends the drag: a rubber band selects what it touches.
    pub fn end(self, to: Point, scene: &Scene<'_>, view: &View<'_>, actions: &mut Vec<Action>) {
        if let Self::Band { from, add } = self {
            let band = around(from, to);
            let touched = scene.items.iter().filter(|i| if i.element.kind() == Kind::Hall { holds(&band, &i.rect) } else { band.overlaps(&i.rect) });
            let mut ids: BTreeSet<Id> = touched.map(|i| i.id().clone()).collect();
            if add {
                ids.extend(view.selection.ids.iter().cloned());
            }
            actions.push(Action::Select(Selection { ids, slot: None }));
        }
    }

    /// Draws the rubber band, or what the move snapped to and how far it went.
    pub fn draw(&self, brush: &Brush<'_>, pointer: Pos2, system: System) {
        let t = brush.tokens;
        match self {
            Self::Band { from, .. } => {
                let rect = Rect::from_two_pos(brush.camera.to_screen(brush.area, *from), pointer);
                brush.painter.rect(rect, 0.0, t.accent_veil(), Stroke::new(1.0, t.accent), StrokeKind::Middle);
            }
            Self::Move { done, guides, .. } => {
                draw_guides(brush, guides);
                let m = |v: f64| show(Length::from_meters(v), system);
                brush.tag(Align2::LEFT_TOP, pointer + vec2(16.0, 16.0), &format!("Δx {}   Δy {}", m(done.0), m(done.1)), t.text);
            }
        }
    }
}

/// Draws the edges that something snapped to.
pub fn draw_guides(brush: &Brush<'_>, guides: &[Guide]) {
    let stroke = Stroke::new(1.0, brush.tokens.accent);
    for guide in guides {
        let ends = match guide {
            Guide::East(x) => {
                let x = brush.painter.round_to_pixel_center(brush.camera.to_screen(brush.area, Point(*x, 0.0)).x);
                [egui::pos2(x, brush.area.top()), egui::pos2(x, brush.area.bottom())]
            }
            Guide::North(y) => {
                let y = brush.painter.round_to_pixel_center(brush.camera.to_screen(brush.area, Point(0.0, *y)).y);
                [egui::pos2(brush.area.left(), y), egui::pos2(brush.area.right(), y)]
            }
        };
        brush.painter.extend(Shape::dashed_line(&ends, stroke, 4.0, 4.0));
    }
}

/// A click on something, or on nothing.
pub fn click(hit: Option<&Hit>, add: bool, view: &View<'_>, actions: &mut Vec<Action>) {
    let selection = match hit {
        None if add => return,
        None => Selection::default(),
        Some(hit) if add => {
            let mut ids = view.selection.ids.clone();
            if !ids.remove(&hit.id) {
                ids.insert(hit.id.clone());
            }
            Selection { ids, slot: None }
        }
        Some(hit) => hit.selection(),
    };
    actions.push(Action::Select(selection));
}

/// The rectangle between two places.
#[must_use]
pub fn around(a: Point, b: Point) -> Ground {
    Ground { min: Point(a.0.min(b.0), a.1.min(b.1)), max: Point(a.0.max(b.0), a.1.max(b.1)) }
}

fn holds(outer: &Ground, inner: &Ground) -> bool {
    outer.contains(inner.min) && outer.contains(inner.max)
}
