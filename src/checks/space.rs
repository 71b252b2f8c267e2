//! What stands where: overlaps and rows outside their hall.

use super::{Review, Severity};
use crate::plan::{Element, Rect, footprint};

pub(super) fn check(review: &mut Review<'_>) {
    let plan = review.plan;
    let placed: Vec<(&Element, Rect)> = plan
        .elements
        .values()
        .filter(|e| !matches!(e, Element::Hall(_) | Element::Bus(_)))
        .filter_map(|e| footprint(e, review.catalog).map(|r| (e, r)))
        .collect();
    overlaps(review, &placed);
    let halls: Vec<(&Element, Rect)> =
        plan.elements.values().filter(|e| matches!(e, Element::Hall(_))).filter_map(|e| footprint(e, review.catalog).map(|r| (e, r))).collect();
    overlaps(review, &halls);
    for (element, rect) in &placed {
        let Some(Element::Hall(hall)) = element.hall().and_then(|h| plan.get(h)).filter(|_| matches!(element, Element::Row(_))) else { continue };
        let room = Rect::new(hall.at, hall.size.0, hall.size.1);
        if !(room.contains(rect.min) && room.contains(rect.max)) {
            let message = format!("{} stands outside {}", element.name(), review.name(&hall.id));
            review.say(Severity::Warning, "outside-hall", element.id(), message, "move it, or make the hall larger");
        }
    }
}

/// CDUs drawn inside a row of their own loop stand in its racks.
fn in_rack(cdu: &Element, row: &Element) -> bool {
    matches!((cdu, row), (Element::Cdu(c), Element::Row(r)) if r.tcs.as_ref() == Some(&c.tcs))
}

/// Sweeps from west to east, so that only neighbors are compared.
fn overlaps(review: &mut Review<'_>, placed: &[(&Element, Rect)]) {
    let mut order: Vec<usize> = (0..placed.len()).collect();
    order.sort_by(|a, b| placed[*a].1.min.0.total_cmp(&placed[*b].1.min.0));
    let mut open: Vec<usize> = Vec::new();
    for i in order {
        let rect = placed[i].1;
        open.retain(|o| placed[*o].1.max.0 > rect.min.0);
        for &o in open.iter().filter(|o| placed[**o].1.overlaps(&rect)) {
            let (a, b) = (placed[o].0, placed[i].0);
            if in_rack(a, b) || in_rack(b, a) {
                continue;
            }
            let message = format!("{} and {} stand on the same ground", a.name(), b.name());
            review.say(Severity::Warning, "overlap", a.id(), message, "move one of them");
            if let Some(last) = review.findings.last_mut() {
                last.subjects.push(b.id().clone());
            }
        }
        open.push(i);
    }
}
