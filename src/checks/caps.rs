//! Power caps: what the racks want against what a row, a hall or the campus may draw.

use super::{Review, Rule};

/// A cap above which racks are slowed down is a choice, not a fault: it is told, and breaks nothing.
pub(super) fn check(review: &mut Review<'_>) {
    let loads = review.outcome.loads.clone();
    for (id, load) in &loads.caps {
        let over = load.oversubscription();
        let installed = if over > 1.0 { format!("normal; nameplate is {over:.2} times the cap") } else { "normal".to_owned() };
        review.limit(Rule {
            rule: "power-cap",
            id: format!("{id}/cap"),
            element: id,
            quantity: "IT power wanted",
            condition: &installed,
            used: load.wanted.megawatts(),
            capacity: load.cap.megawatts(),
            unit: "MW",
            hint: "the racks behind the cap run slower: raise it, lower the utilization, or take racks out",
            fix: None,
            soft: true,
        });
    }
}
