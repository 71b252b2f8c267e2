//! Findings as marks on the plan: shape and color.

use super::draw::Brush;
use super::scene::Scene;
use crate::checks::{Finding, Severity};
use crate::plan::{Id, Kind};
use crate::ui::view::View;
use egui::{Pos2, Rect, Shape, Stroke, StrokeKind, vec2};
use std::collections::BTreeMap;

/// Things smaller than this on the screen show their findings at their hall.
const SMALLEST: f32 = 7.0;

/// Findings that count, by their foremost element that has a place.
#[must_use]
pub fn by_element<'a>(scene: &Scene<'_>, view: &View<'a>) -> BTreeMap<Id, Vec<&'a Finding>> {
    let mut map: BTreeMap<Id, Vec<&Finding>> = BTreeMap::new();
    let Some(solved) = view.solved else { return map };
    for finding in solved.assessment.findings.iter().filter(|f| f.accepted.is_none() && f.severity != Severity::Note) {
        let place = finding.subjects.iter().find(|id| scene.find(id).is_some());
        // An element without a place, such as a loop, is marked at its hall.
        let place = place.or_else(|| finding.subjects.iter().find_map(|id| view.plan.get(id).and_then(|e| e.hall())));
        if let Some(id) = place {
            map.entry(id.clone()).or_default().push(finding);
        }
    }
    map
}

/// Draws a mark at each element with a finding.
pub fn draw(brush: &Brush<'_>, scene: &Scene<'_>, findings: &BTreeMap<Id, Vec<&Finding>>) {
    let mut marks: BTreeMap<&Id, (Pos2, Severity)> = BTreeMap::new();
    for (id, list) in findings {
        let Some(worst) = list.iter().map(|f| f.severity).min() else { continue };
        let Some(item) = scene.find(id) else { continue };
        let mut at = (item.id(), brush.rect(&item.rect));
        if at.1.width().max(at.1.height()) < SMALLEST
            && let Some(hall) = scene.hall_at(item.rect.center())
        {
            at = (hall.id(), brush.rect(&hall.rect));
        }
        let is_hall = scene.find(at.0).is_some_and(|i| i.element.kind() == Kind::Hall);
        let place = if is_hall { at.1.right_top() + vec2(-9.0, -9.0) } else { at.1.right_top() };
        marks.entry(at.0).and_modify(|m| m.1 = m.1.min(worst)).or_insert((place, worst));
    }
    for (place, severity) in marks.values() {
        mark(brush, *place, *severity);
    }
}

fn mark(brush: &Brush<'_>, at: Pos2, severity: Severity) {
    let (fill, rim) = (brush.tokens.severity(severity), Stroke::new(1.5, brush.tokens.background));
    if severity == Severity::Broken {
        brush.painter.rect(Rect::from_center_size(at, vec2(10.0, 10.0)), 1.0, fill, rim, StrokeKind::Outside);
    } else {
        let points = vec![at + vec2(0.0, -6.5), at + vec2(6.5, 5.0), at + vec2(-6.5, 5.0)];
        brush.painter.add(Shape::convex_polygon(points, fill, rim));
    }
}
