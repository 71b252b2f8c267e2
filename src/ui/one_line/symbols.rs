//! The symbols of a one-line diagram, as shapes.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// How a symbol is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Ink {
    /// Its lines.
    pub line: Stroke,
    /// What is behind it; symbols cover the line they stand on.
    pub ground: Color32,
}

/// Two circles that overlap.
pub fn transformer(painter: &Painter, at: Pos2, r: f32, ink: Ink) {
    let (upper, lower) = (at - vec2(0.0, r * 0.48), at + vec2(0.0, r * 0.48));
    for center in [upper, lower] {
        painter.circle_filled(center, r * 0.72, ink.ground);
    }
    for center in [upper, lower] {
        painter.circle_stroke(center, r * 0.72, ink.line);
    }
}

/// A small square: full when closed, empty with a blade that stands off when open.
pub fn breaker(painter: &Painter, at: Pos2, r: f32, closed: bool, ink: Ink) {
    let rect = Rect::from_center_size(at, vec2(2.0 * r, 2.0 * r));
    painter.rect(rect, 0.0, if closed { ink.line.color } else { ink.ground }, ink.line, StrokeKind::Middle);
    if !closed && r >= 3.0 {
        painter.line_segment([rect.center_bottom(), rect.right_top()], ink.line);
    }
}

/// A letter in a circle.
pub fn machine(painter: &Painter, at: Pos2, r: f32, letter: &str, ink: Ink) {
    painter.circle(at, r, ink.ground, ink.line);
    if r >= 6.0 {
        painter.text(at, Align2::CENTER_CENTER, letter, FontId::proportional(r * 1.15), ink.line.color);
    }
}

/// One wave, from left to right.
fn wave(painter: &Painter, at: Pos2, r: f32, stroke: Stroke) {
    const STEPS: u16 = 16;
    let points = (0..=STEPS).map(|i| {
        let x = f32::from(i) / f32::from(STEPS) * 2.0 - 1.0;
        at + vec2(x * r, -(x * std::f32::consts::PI).sin() * r * 0.45)
    });
    painter.add(Shape::line(points.collect(), stroke));
}

/// The utility: a circle with a wave.
pub fn grid(painter: &Painter, at: Pos2, r: f32, ink: Ink) {
    painter.circle(at, r, ink.ground, Stroke::new(ink.line.width * 1.5, ink.line.color));
    wave(painter, at, r * 0.6, ink.line);
}

/// Two cells: long and short plates.
pub fn battery(painter: &Painter, at: Pos2, r: f32, ink: Ink) {
    painter.rect_filled(Rect::from_center_size(at, vec2(2.0 * r, 2.0 * r)), 0.0, ink.ground);
    for (y, half, width) in [(-0.75, 1.0, 1.0), (-0.25, 0.5, 2.2), (0.25, 1.0, 1.0), (0.75, 0.5, 2.2)] {
        let middle = at + vec2(0.0, y * r);
        painter.line_segment([middle - vec2(half * r, 0.0), middle + vec2(half * r, 0.0)], Stroke::new(ink.line.width * width, ink.line.color));
    }
}

/// Direct current: a line above three dashes.
pub fn direct_current(painter: &Painter, at: Pos2, r: f32, stroke: Stroke) {
    painter.line_segment([at - vec2(r, r * 0.3), at + vec2(r, -r * 0.3)], stroke);
    for i in [-1.0_f32, 0.0, 1.0] {
        let middle = at + vec2(i * r * 0.76, r * 0.3);
        painter.line_segment([middle - vec2(r * 0.24, 0.0), middle + vec2(r * 0.24, 0.0)], stroke);
    }
}

/// One converter: what comes in above the diagonal, what goes out below it.
fn converter(painter: &Painter, rect: Rect, from_dc: bool, to_dc: bool, ink: Ink) {
    painter.rect(rect, 0.0, ink.ground, ink.line, StrokeKind::Middle);
    painter.line_segment([rect.left_bottom(), rect.right_top()], ink.line);
    let r = rect.width().min(rect.height()) * 0.17;
    let (upper, lower) = (rect.lerp_inside(vec2(0.28, 0.28)), rect.lerp_inside(vec2(0.72, 0.72)));
    for (at, dc) in [(upper, from_dc), (lower, to_dc)] {
        if dc { direct_current(painter, at, r, ink.line) } else { wave(painter, at, r, ink.line) }
    }
}

/// A UPS: rectifier and inverter one above the other; a rectifier alone where the output is direct current.
pub fn ups(painter: &Painter, at: Pos2, r: f32, dc: bool, ink: Ink) {
    if dc {
        converter(painter, Rect::from_center_size(at, vec2(1.9 * r, 1.9 * r)), false, true, ink);
    } else {
        let size = vec2(1.7 * r, 1.15 * r);
        converter(painter, Rect::from_center_size(at - vec2(0.0, 0.575 * r), size), false, true, ink);
        converter(painter, Rect::from_center_size(at + vec2(0.0, 0.575 * r), size), true, false, ink);
    }
}

/// A load: an arrow head that points down.
pub fn load(painter: &Painter, at: Pos2, r: f32, fill: Color32, line: Stroke) {
    painter.add(Shape::convex_polygon(vec![at + vec2(-r, -r * 0.8), at + vec2(r, -r * 0.8), at + vec2(0.0, r)], fill, line));
}

/// A cross: taken out of service.
pub fn cross(painter: &Painter, at: Pos2, r: f32, stroke: Stroke) {
    painter.line_segment([at - vec2(r, r), at + vec2(r, r)], stroke);
    painter.line_segment([at + vec2(-r, r), at + vec2(r, -r)], stroke);
}

/// A triangle (near its limit).
pub fn triangle(painter: &Painter, at: Pos2, r: f32, fill: Color32) {
    painter.add(Shape::convex_polygon(vec![at + vec2(0.0, -r), at + vec2(r, r * 0.8), at + vec2(-r, r * 0.8)], fill, Stroke::NONE));
}

/// A square (above its limit).
pub fn square(painter: &Painter, at: Pos2, r: f32, fill: Color32) {
    painter.rect_filled(Rect::from_center_size(at, vec2(1.8 * r, 1.8 * r)), 0.0, fill);
}

/// A line, dashed when it is dead.
pub fn line(painter: &Painter, points: &[Pos2], stroke: Stroke, dashed: bool) {
    if dashed {
        painter.extend(Shape::dashed_line(points, stroke, 5.0, 4.0));
    } else {
        painter.add(Shape::line(points.to_vec(), stroke));
    }
}

/// A line with the ground beside it, so that what it crosses is seen to pass below.
pub fn bridge(painter: &Painter, points: &[Pos2], stroke: Stroke, ground: Color32, dashed: bool) {
    // The ends stay bare, or the halo would cut the bars.
    const BARE: f32 = 6.0;
    let mut inner = points.to_vec();
    if let [first, second, .., before, last] = inner.as_mut_slice() {
        *first += (*second - *first).normalized() * BARE.min((*second - *first).length() * 0.4);
        *last += (*before - *last).normalized() * BARE.min((*before - *last).length() * 0.4);
    }
    painter.add(Shape::line(inner, Stroke::new(stroke.width + 5.0, ground)));
    line(painter, points, stroke, dashed);
}

/// Slanted stripes over what is dead.
pub fn stripes(painter: &Painter, rect: Rect, stroke: Stroke) {
    const STEP: f32 = 7.0;
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        painter.line_segment([pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())], stroke);
        x += STEP;
    }
}
