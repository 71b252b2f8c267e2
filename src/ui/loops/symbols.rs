//! The symbols of a process diagram, as shapes.

use crate::ui::one_line::symbols::Ink;
use egui::{Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

/// How a pump stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turning {
    /// It runs.
    Runs,
    /// It stands by.
    Standby,
    /// It is out of service.
    Out,
    /// It could run, but nothing drives it or nothing flows.
    Stopped,
}

/// A pump: a circle with a triangle that points where it pumps, full when it runs.
pub fn pump(painter: &Painter, at: Pos2, r: f32, towards: Vec2, turning: Turning, ink: Ink) {
    painter.circle(at, r, ink.ground, ink.line);
    if r < 2.5 {
        return;
    }
    let across = towards.rot90() * r * 0.78;
    let points = vec![at + towards * r * 0.95, at - towards * r * 0.45 + across, at - towards * r * 0.45 - across];
    let fill = if turning == Turning::Runs { ink.line.color } else { ink.ground };
    painter.add(Shape::convex_polygon(points, fill, ink.line));
}

/// A valve: two triangles that meet; full when closed.
pub fn valve(painter: &Painter, at: Pos2, r: f32, along: Vec2, closed: bool, ink: Ink) {
    let across = along.rot90() * r * 0.7;
    let fill = if closed { ink.line.color } else { ink.ground };
    for sign in [-1.0, 1.0] {
        let end = at + along * r * sign;
        painter.add(Shape::convex_polygon(vec![at, end + across, end - across], fill, ink.line));
    }
}

/// A heat exchanger between two liquids: a box with a diagonal, the two sides apart.
pub fn exchanger(painter: &Painter, rect: Rect, ink: Ink) {
    painter.rect(rect, 0.0, ink.ground, ink.line, StrokeKind::Middle);
    painter.line_segment([rect.left_bottom(), rect.right_top()], ink.line);
}

/// A coil in an air stream: a box with a zigzag.
pub fn coil(painter: &Painter, rect: Rect, ink: Ink) {
    painter.rect(rect, 0.0, ink.ground, ink.line, StrokeKind::Middle);
    const TEETH: u16 = 6;
    let points = (0..=TEETH).map(|i| {
        let y = rect.top() + rect.height() * (0.12 + 0.76 * f32::from(i) / f32::from(TEETH));
        let x = if i % 2 == 0 { 0.25 } else { 0.75 };
        pos2(rect.left() + rect.width() * x, y)
    });
    painter.add(Shape::line(points.collect(), ink.line));
}

/// A filter: a diamond with a dashed line across the stream.
pub fn filter(painter: &Painter, at: Pos2, r: f32, ink: Ink) {
    painter.add(Shape::convex_polygon(vec![at + vec2(r, 0.0), at + vec2(0.0, r), at - vec2(r, 0.0), at - vec2(0.0, r)], ink.ground, ink.line));
    if r >= 3.0 {
        painter.extend(Shape::dashed_line(&[at - vec2(0.0, r), at + vec2(0.0, r)], ink.line, r * 0.35, r * 0.3));
    }
}

/// A fan: two blades about a hub.
pub fn fan(painter: &Painter, at: Pos2, r: f32, ink: Ink) {
    for sign in [-1.0, 1.0] {
        let middle = at + vec2(sign * r * 0.52, 0.0);
        painter.add(egui::epaint::EllipseShape { center: middle, radius: vec2(r * 0.46, r * 0.2), fill: ink.line.color, stroke: Stroke::NONE, angle: 0.0 });
    }
    painter.circle_filled(at, (r * 0.14).max(0.8), ink.line.color);
}

/// A cooling tower: a waisted shell with its fan on top.
pub fn tower(painter: &Painter, rect: Rect, ink: Ink) {
    let at = |x: f32, y: f32| rect.lerp_inside(vec2(x, y));
    let left = [at(0.12, 0.3), at(0.24, 0.62), at(0.04, 1.0)];
    let right = [at(0.96, 1.0), at(0.76, 0.62), at(0.88, 0.3)];
    painter.add(Shape::closed_line(left.into_iter().chain(right).collect(), ink.line));
    fan(painter, at(0.5, 0.14), rect.width() * 0.34, ink);
    for x in [0.36, 0.5, 0.64] {
        painter.line_segment([at(x, 0.56), at(x, 0.84)], ink.line);
    }
}

/// A dry cooler: a coil between two slanted walls, fans above.
pub fn dry_cooler(painter: &Painter, rect: Rect, ink: Ink) {
    let at = |x: f32, y: f32| rect.lerp_inside(vec2(x, y));
    painter.add(Shape::line(vec![at(0.05, 0.32), at(0.3, 1.0), at(0.7, 1.0), at(0.95, 0.32)], ink.line));
    painter.line_segment([at(0.0, 0.32), at(1.0, 0.32)], ink.line);
    for x in [0.27, 0.73] {
        fan(painter, at(x, 0.14), rect.width() * 0.2, ink);
    }
}

/// A chiller: compressor circle between condenser and evaporator.
pub fn chiller(painter: &Painter, rect: Rect, ink: Ink) {
    let at = |x: f32, y: f32| rect.lerp_inside(vec2(x, y));
    for y in [0.16, 0.84] {
        painter.rect(
            Rect::from_center_size(at(0.5, y), vec2(rect.width() * 0.94, rect.height() * 0.28)),
            rect.height() * 0.1,
            ink.ground,
            ink.line,
            StrokeKind::Middle,
        );
    }
    pump(painter, at(0.5, 0.5), rect.height() * 0.17, vec2(0.0, -1.0), Turning::Runs, ink);
}
