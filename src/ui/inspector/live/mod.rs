//! What the outcome says of one element, in the words of the field. Pure: plan and outcome in, lines out.

mod campus;
mod cooling;
mod power;
mod space;

pub use campus::campus;
pub use power::along;

use crate::checks::Standing;
use crate::plan::Element;
use crate::plan::Id;
use crate::solve::Outcome;
use crate::ui::panels::parts::standing_of;
use crate::ui::view::View;
use crate::units::{Quantity, System, show};

/// Use over capacity, and what it becomes when another feed is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gauge {
    /// Use over capacity.
    pub share: f64,
    /// The same after the worst loss of another feed.
    pub after_loss: Option<f64>,
}

/// One line: what it is, how much, and a bar where there is a capacity.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What it is.
    pub label: String,
    /// How much.
    pub value: String,
    /// Of what capacity.
    pub gauge: Option<Gauge>,
    /// How it stands.
    pub standing: Standing,
    /// What it means, on hover.
    pub why: String,
}

impl Reading {
    pub(in crate::ui::inspector) fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), gauge: None, standing: Standing::Ok, why: String::new() }
    }
    pub(in crate::ui::inspector) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }
    fn bad_if(mut self, bad: bool) -> Self {
        if bad {
            self.standing = Standing::Broken;
        }
        self
    }
    /// `used` of `capacity`, with a bar.
    pub(in crate::ui::inspector) fn of<Q: Quantity>(label: impl Into<String>, used: Q, capacity: Q, system: System) -> Self {
        let share = used.si() / capacity.si();
        Self {
            label: label.into(),
            value: format!("{} of {}", show(used, system), show(capacity, system)),
            gauge: Some(Gauge { share, after_loss: None }),
            standing: standing_of(share),
            why: String::new(),
        }
    }
    /// The same load after the worst loss of another feed.
    fn after_loss(mut self, share: f64) -> Self {
        if let Some(gauge) = &mut self.gauge
            && share.is_finite()
        {
            gauge.after_loss = Some(share);
            self.standing = self.standing.min(standing_of(share));
        }
        self
    }
}

/// A power cap: what it leaves of what is wanted, and how much more is installed than it lets run.
fn cap(outcome: &Outcome, id: &Id, u: System) -> Vec<Reading> {
    let Some(load) = outcome.loads.caps.get(id) else { return Vec::new() };
    let mut list =
        vec![Reading::of("Of its power cap", load.power, load.cap, u).why("What the racks behind the cap draw; at the cap they are slowed down alike")];
    // Racks that run at their cap are where the planner wants them: full, not broken.
    list[0].standing = if load.throttled().watts() > 0.0 { Standing::Near } else { Standing::Ok };
    if load.throttled().watts() > 0.0 {
        let mut reading = Reading::new("Throttled", format!("{} of {} wanted", show(load.throttled(), u), show(load.wanted, u)))
            .why("What the cap takes away from the racks at this utilization");
        reading.standing = Standing::Near;
        list.push(reading);
    }
    let over = load.oversubscription();
    if over.is_finite() {
        list.push(
            Reading::new("Oversubscription", format!("{over:.2} × ({} nameplate)", show(load.design_power, u)))
                .why("Sum of the racks' nameplate over the cap: above 1, more is installed than may run at once"),
        );
    }
    list
}

/// What the outcome says of an element.
#[must_use]
pub fn of(view: &View<'_>, outcome: &Outcome, element: &Element) -> Vec<Reading> {
    match element {
        Element::Campus(_) => campus(view, outcome),
        Element::Site(e) => campus::site(view, outcome, e),
        Element::Workload(_) => campus::workload(view, outcome),
        Element::Contract(_) => campus::contract(view, outcome),
        Element::Scenario(e) => campus::scenario(outcome, e),
        Element::Row(e) => match view.selection.slot {
            Some(slot) => space::rack(view, outcome, e, slot),
            None => space::row(view, outcome, e),
        },
        Element::Hall(e) => space::hall(view, outcome, e),
        Element::Tcs(e) => cooling::coolant_loop(view, outcome, &e.id),
        Element::Cdu(e) => cooling::cdu(view, outcome, e),
        Element::AirHandler(e) => cooling::air_handler(view, outcome, e),
        Element::Fws(e) => cooling::fws(view, outcome, &e.id),
        Element::Cooler(e) => cooling::cooler(view, outcome, e),
        Element::Block(e) => power::chain(view, outcome, &e.id),
        Element::Transformer(e) => power::chain(view, outcome, &e.id),
        Element::Feeder(e) => power::chain(view, outcome, &e.id),
        Element::Bus(e) => power::bus(view, outcome, &e.id),
        Element::Grid(e) => power::grid(view, outcome, e),
        Element::Generator(e) => power::generator(view, outcome, &e.id),
        Element::Battery(e) => power::battery(view, outcome, &e.id),
        Element::Acceptance(_) => Vec::new(),
    }
}
