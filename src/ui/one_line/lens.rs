//! What part of the drawing is seen: its points as points of the screen. Down is down.

use crate::plan::{Point, Rect as Ground};
use crate::ui::canvas::camera::Camera;
use egui::{Pos2, Rect, vec2};

/// The canvas' camera, turned so that a drawing grows downward.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lens {
    /// The camera.
    pub camera: Camera,
    /// The area of the screen.
    pub area: Rect,
}

/// The most that a drawing is enlarged to fill the area, so that few parts do not become huge.
const MOST: f64 = 5.0;

impl Lens {
    /// Shows the whole of a drawing.
    #[must_use]
    pub fn fit(area: Rect, rect: Rect) -> Self {
        let mut lens = Self::near(area, rect);
        lens.camera.scale = lens.camera.scale.min(MOST);
        lens
    }
    /// Shows a part of the drawing, as large as the area allows.
    #[must_use]
    pub fn near(area: Rect, rect: Rect) -> Self {
        let ground = Ground { min: Point(f64::from(rect.left()), -f64::from(rect.bottom())), max: Point(f64::from(rect.right()), -f64::from(rect.top())) };
        // The camera leaves room around a plan; a drawing needs less of it.
        let camera = Camera::fit(area.expand2(area.size() * vec2(0.035, 0.03)), &ground);
        Self { camera, area }
    }
    /// Points of the screen for a point of the drawing.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.camera.points(1.0)
    }
    /// Where a place is seen.
    #[must_use]
    pub fn at(&self, p: Pos2) -> Pos2 {
        self.camera.to_screen(self.area, Point(f64::from(p.x), -f64::from(p.y)))
    }
    /// Where a rectangle is seen.
    #[must_use]
    pub fn rect(&self, r: Rect) -> Rect {
        Rect::from_min_max(self.at(r.min), self.at(r.max))
    }
}
