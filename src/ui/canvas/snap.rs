//! Snapping: to the edges of what stands near, else to a grid.

use super::scene::Scene;
use crate::plan::{Id, Kind, Point, Rect};
use std::collections::BTreeSet;

/// An edge that something snapped to: a line across the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Guide {
    /// A line south–north at this distance east.
    East(f64),
    /// A line west–east at this distance north.
    North(f64),
}

/// A move after snapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapped {
    /// How far.
    pub by: Point,
    /// What it snapped to.
    pub guides: Vec<Guide>,
}

/// Snaps the move of a rectangle. `reach` is how near an edge pulls, `grid` the distance of the grid that holds otherwise.
#[must_use]
pub fn snap(rect: &Rect, by: Point, others: &[Rect], reach: f64, grid: f64) -> Snapped {
    let moved = Rect { min: rect.min.moved(by), max: rect.max.moved(by) };
    let near: Vec<&Rect> = others.iter().filter(|o| gap(o, &moved) < 12.0_f64.max(reach * 4.0)).collect();
    let mut guides = Vec::new();
    let east = pull([moved.min.0, moved.max.0], near.iter().flat_map(|o| [o.min.0, o.max.0]), reach);
    let north = pull([moved.min.1, moved.max.1], near.iter().flat_map(|o| [o.min.1, o.max.1]), reach);
    guides.extend(east.map(|(_, at)| Guide::East(at)));
    guides.extend(north.map(|(_, at)| Guide::North(at)));
    let to_grid = |from: f64, by: f64| ((from + by) / grid).round() * grid - from;
    Snapped {
        by: Point(east.map_or_else(|| to_grid(rect.min.0, by.0), |(d, _)| by.0 + d), north.map_or_else(|| to_grid(rect.min.1, by.1), |(d, _)| by.1 + d)),
        guides,
    }
}

/// The least correction that brings one of the edges onto one of the lines.
fn pull(edges: [f64; 2], lines: impl Iterator<Item = f64>, reach: f64) -> Option<(f64, f64)> {
    lines.flat_map(|line| edges.map(|e| (line - e, line))).filter(|(d, _)| d.abs() <= reach).min_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))
}

/// Distance between two rectangles along the worse axis.
fn gap(a: &Rect, b: &Rect) -> f64 {
    let x = (a.min.0 - b.max.0).max(b.min.0 - a.max.0);
    let y = (a.min.1 - b.max.1).max(b.min.1 - a.max.1);
    x.max(y)
}

/// What something may snap to: all but itself and what moves along.
#[must_use]
pub fn targets(scene: &Scene<'_>, moving: &BTreeSet<Id>) -> Vec<Rect> {
    let fixed = |i: &&super::scene::Item<'_>| !moving.contains(i.id()) && !i.element.hall().is_some_and(|h| moving.contains(h));
    scene.items.iter().filter(fixed).map(|i| i.rect).collect()
}

/// The grid that fits the zoom: 0.1 m close up, 0.5 m from afar.
#[must_use]
pub fn grid_for(points_per_meter: f64) -> f64 {
    if points_per_meter >= 25.0 { 0.1 } else { 0.5 }
}

/// Whether elements of this kind are drawn on the floor of a hall.
#[must_use]
pub fn stands_in_hall(kind: Kind) -> bool {
    matches!(kind, Kind::Row | Kind::Cdu | Kind::AirHandler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_wins_over_the_grid() {
        let row = Rect::new(Point(0.0, 0.0), 6.0, 1.0);
        let others = [Rect::new(Point(0.3, 3.07), 9.0, 1.0)];
        let snapped = snap(&row, Point(0.24, 2.0), &others, 0.2, 0.5);
        assert!((snapped.by.0 - 0.3).abs() < 1e-12, "west edges meet: {:?}", snapped.by);
        assert!((snapped.by.1 - 2.07).abs() < 1e-12, "back to back: {:?}", snapped.by);
        assert_eq!(snapped.guides, [Guide::East(0.3), Guide::North(3.07)]);
    }

    #[test]
    fn without_an_edge_the_corner_lands_on_the_grid() {
        let row = Rect::new(Point(1.03, 0.0), 6.0, 1.0);
        let snapped = snap(&row, Point(10.0, 0.3), &[], 0.2, 0.5);
        assert!((1.03 + snapped.by.0 - 11.0).abs() < 1e-12 && (snapped.by.1 - 0.5).abs() < 1e-12);
        assert!(snapped.guides.is_empty());
    }
}
