//! What of the cooling side does not work as it should, in a sentence or two.

use crate::plan::Id;
use crate::ui::view::View;
use crate::ui::widgets::count;
use crate::units::{Temperature, show};

/// Loops named one by one.
const NAMED: usize = 3;

/// What outages and dark machines do to the cooling side; nothing when all of it holds its set-points and every rack has its coolant.
#[must_use]
pub fn words(view: &View<'_>) -> Option<String> {
    let outcome = &view.solved?.outcome;
    let mut parts = Vec::new();
    let heat = &outcome.heat;
    if heat.uncooled_racks() > 0 {
        parts.push(format!("nothing cools {}", things(heat.uncooled_racks() as usize, "rack")));
    }
    if heat.hot_racks() > 0 {
        parts.push(format!("{} above a limit", things(heat.hot_racks() as usize, "rack")));
    }
    let warm: Vec<(&Id, Temperature)> =
        outcome.cooling.loops.iter().filter(|(_, l)| !l.held && l.heat.watts() > 0.0 && l.supply.is_finite()).map(|(id, l)| (id, l.supply)).collect();
    if let Some((id, t)) = warm.iter().copied().max_by(|a, b| a.1.kelvin().total_cmp(&b.1.kelvin())) {
        let at = show(t, view.system);
        parts.push(if warm.len() == 1 { format!("loop {id} warms to {at}") } else { format!("{} warm up, {id} most: {at}", things(warm.len(), "loop")) });
    }
    let unsteady: Vec<&str> = outcome.cooling.loops.iter().filter(|(_, l)| l.heat.watts() > 0.0 && !l.supply.is_finite()).map(|(id, _)| id.as_str()).collect();
    if !unsteady.is_empty() {
        parts.push(format!("no steady temperature in {}", listed(&unsteady)));
    }
    let halls: Vec<&str> = outcome.cooling.halls.iter().filter(|(_, h)| h.heat.watts() > 0.0 && !h.held).map(|(id, _)| id.as_str()).collect();
    if !halls.is_empty() {
        parts.push(format!("air set-point not held in {}", listed(&halls)));
    }
    (!parts.is_empty()).then(|| format!("Cooling: {}.", parts.join(", ")))
}

fn things(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{} {what}s", count(n as u64)) }
}

fn listed(names: &[&str]) -> String {
    let first = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED { format!("{first} and {} more", names.len() - NAMED) } else { first }
}
