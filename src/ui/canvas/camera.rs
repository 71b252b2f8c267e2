//! Meters of the plan to points of the screen and back. North is up.

use crate::plan::{Point, Rect as Ground};
use egui::{Pos2, Rect, Vec2, pos2};

/// Fewest and most points per meter: a campus of several kilometers, a hand's breadth.
const SCALES: std::ops::RangeInclusive<f64> = 0.02..=400.0;

/// What part of the plan is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// The place in the middle of the canvas.
    pub center: Point,
    /// Points per meter.
    pub scale: f64,
}

impl Camera {
    /// Shows all of a ground rectangle with some room around it.
    #[must_use]
    pub fn fit(area: Rect, ground: &Ground) -> Self {
        const ROOM: f64 = 1.12;
        let (w, h) = (ground.width().max(4.0) * ROOM, ground.depth().max(4.0) * ROOM);
        let scale = (f64::from(area.width()) / w).min(f64::from(area.height()) / h);
        Self { center: ground.center(), scale: scale.clamp(*SCALES.start(), *SCALES.end()) }
    }
    /// Where a place is seen.
    #[must_use]
    pub fn to_screen(&self, area: Rect, p: Point) -> Pos2 {
        let c = area.center();
        pos2(c.x + ((p.0 - self.center.0) * self.scale) as f32, c.y - ((p.1 - self.center.1) * self.scale) as f32)
    }
    /// What place is seen there.
    #[must_use]
    pub fn to_ground(&self, area: Rect, p: Pos2) -> Point {
        let c = area.center();
        Point(self.center.0 + f64::from(p.x - c.x) / self.scale, self.center.1 - f64::from(p.y - c.y) / self.scale)
    }
    /// Where a ground rectangle is seen.
    #[must_use]
    pub fn rect(&self, area: Rect, r: &Ground) -> Rect {
        Rect::from_two_pos(self.to_screen(area, r.min), self.to_screen(area, r.max))
    }
    /// The ground that is seen.
    #[must_use]
    pub fn visible(&self, area: Rect) -> Ground {
        Ground { min: self.to_ground(area, area.left_bottom()), max: self.to_ground(area, area.right_top()) }
    }
    /// Zooms so that the place under the pointer stays there.
    pub fn zoom_about(&mut self, area: Rect, pointer: Pos2, factor: f64) {
        let before = self.to_ground(area, pointer);
        self.scale = (self.scale * factor).clamp(*SCALES.start(), *SCALES.end());
        let after = self.to_ground(area, pointer);
        self.center = self.center.moved(Point(before.0 - after.0, before.1 - after.1));
    }
    /// Moves the plan along with the pointer.
    pub fn pan(&mut self, by: Vec2) {
        self.center = self.center.moved(Point(-f64::from(by.x) / self.scale, f64::from(by.y) / self.scale));
    }
    /// Points of the screen as meters.
    #[must_use]
    pub fn meters(&self, points: f32) -> f64 {
        f64::from(points) / self.scale
    }
    /// Meters as points of the screen.
    #[must_use]
    pub fn points(&self, meters: f64) -> f32 {
        (meters * self.scale) as f32
    }
}

/// The nearest round number (1, 2 or 5 times a power of ten) at or above this one.
#[must_use]
pub fn round_up(value: f64) -> f64 {
    let ten = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * ten).find(|v| *v >= value * 0.999).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let area = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
        let mut camera = Camera::fit(area, &Ground::new(Point(0.0, 0.0), 120.0, 40.0));
        let pointer = pos2(233.0, 411.0);
        let place = camera.to_ground(area, pointer);
        camera.zoom_about(area, pointer, 3.7);
        let seen = camera.to_screen(area, place);
        assert!((seen - pointer).length() < 1e-3, "{seen:?}");
        camera.pan(vec2(17.0, -9.0));
        assert!((camera.to_screen(area, place) - pos2(250.0, 402.0)).length() < 1e-3);
        assert!(camera.to_screen(area, Point(0.0, 10.0)).y < camera.to_screen(area, Point(0.0, 0.0)).y, "north is up");
    }

    #[test]
    fn a_fitted_plan_is_seen_whole() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(640.0, 480.0));
        let ground = Ground::new(Point(-30.0, 5.0), 400.0, 10.0);
        let camera = Camera::fit(area, &ground);
        assert!(area.contains_rect(camera.rect(area, &ground)));
    }

    #[test]
    fn round_numbers() {
        assert_eq!([0.9, 1.0, 1.1, 3.0, 7.0, 42.0].map(round_up), [1.0, 1.0, 2.0, 5.0, 10.0, 50.0]);
    }
}
