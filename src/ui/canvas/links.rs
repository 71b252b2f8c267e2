//! Feeders and pipes of what is selected, as lines along the axes.

use super::draw::Brush;
use super::scene::Scene;
use crate::plan::{Element, Id, Plan, Point};
use crate::ui::view::View;
use egui::{Color32, Pos2, Shape, Stroke, vec2};
use std::collections::BTreeSet;

/// More lines than this from one selection would only be a blot.
const MOST_LINES: usize = 400;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    FeedA,
    FeedB,
    Coolant,
    Water,
}

/// Draws what the selected elements are connected to, in both directions.
pub fn draw(brush: &Brush<'_>, scene: &Scene<'_>, view: &View<'_>) {
    let mut done: BTreeSet<(&Id, &Id, Line)> = BTreeSet::new();
    for id in &view.selection.ids {
        for (from, to, line) in links(view.plan, id) {
            if done.len() >= MOST_LINES || !done.insert((from, to, line)) {
                continue;
            }
            if let (Some(a), Some(b)) = (scene.find(from), scene.find(to)) {
                connect(brush, a.rect.center(), b.rect.center(), line);
            }
        }
    }
}

fn connect(brush: &Brush<'_>, from: Point, to: Point, line: Line) {
    let t = brush.tokens;
    // The B side runs beside the A side, where both take the same way.
    let aside = if line == Line::FeedB { vec2(4.0, 4.0) } else { vec2(0.0, 0.0) };
    let at = |p| brush.camera.to_screen(brush.area, p) + aside;
    let path: Vec<Pos2> = vec![at(from), at(Point(from.0, to.1)), at(to)];
    let (color, dashed): (Color32, bool) = match line {
        Line::FeedA => (t.power, false),
        Line::FeedB => (t.power, true),
        Line::Coolant => (t.liquid_supply, false),
        Line::Water => (t.water, false),
    };
    let stroke = Stroke::new(1.5, color);
    if dashed {
        brush.painter.extend(Shape::dashed_line(&path, stroke, 6.0, 4.0));
    } else {
        brush.painter.line(path, stroke);
    }
}

fn line_of(field: &str) -> Option<Line> {
    Some(match field {
        "a" | "from" | "to" | "bus" => Line::FeedA,
        "b" => Line::FeedB,
        "tcs" => Line::Coolant,
        "fws" => Line::Water,
        _ => return None,
    })
}

/// Everything this element is fed by, and everything it feeds. A loop has no place of its own: the line runs to its CDUs.
fn links<'a>(plan: &'a Plan, id: &'a Id) -> Vec<(&'a Id, &'a Id, Line)> {
    let mut list = Vec::new();
    for element in plan.elements.values() {
        for (field, other, _) in element.references() {
            let Some(line) = line_of(field) else { continue };
            if element.id() != id && other != id {
                continue;
            }
            list.push((element.id(), other, line));
            list.extend(through_loop(plan, element, other, line));
        }
    }
    // From a CDU: the rows of its loop.
    if let Some(Element::Cdu(cdu)) = plan.get(id) {
        list.extend(plan.rows().filter(|r| r.tcs.as_ref() == Some(&cdu.tcs)).map(|r| (&r.id, &cdu.id, Line::Coolant)));
    }
    list
}

fn through_loop<'a>(plan: &'a Plan, element: &'a Element, other: &'a Id, line: Line) -> Vec<(&'a Id, &'a Id, Line)> {
    if line != Line::Coolant || matches!(element, Element::Cdu(_)) {
        return Vec::new();
    }
    plan.cdus().filter(|c| &c.tcs == other).map(|c| (element.id(), &c.id, Line::Coolant)).collect()
}
