//! Results laid over the plan as colors.

use super::air::Quantity;
use crate::plan::{Element, Id, Plan, Row};
use crate::solve::{AirField, Outcome};
use crate::ui::theme;
use crate::ui::view::View;
use crate::units::{Power, Pressure, Ratio, System, Temperature, VolumeFlow, grouped, show};
use egui::Color32;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which result is laid over the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Overlay {
    /// None.
    #[default]
    None,
    /// Power of each rack.
    RackPower,
    /// IT power of each hall over its floor.
    Density,
    /// Use of the busiest part of each element, as a share of its rating.
    Loading,
    /// Coolant supply temperature.
    Supply,
    /// Coolant return temperature of each rack.
    Return,
    /// Coolant flow of each rack as a share of what it wants.
    Flow,
    /// Coolant flow of each rack.
    RackFlow,
    /// Pressure drop of the coolant in each rack.
    Drop,
    /// Facility water supply at what takes it.
    Water,
    /// Inlet air of the racks.
    Inlet,
    /// Temperature of the air over the floor of the halls, and inlet air of the racks.
    HallAir,
    /// Speed of the air over the floor of the halls.
    AirSpeed,
}

impl Overlay {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::None,
        Self::RackPower,
        Self::Density,
        Self::Loading,
        Self::Supply,
        Self::Return,
        Self::Flow,
        Self::RackFlow,
        Self::Drop,
        Self::Water,
        Self::Inlet,
        Self::HallAir,
        Self::AirSpeed,
    ];
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::RackPower => "Rack power",
            Self::Density => "Power density",
            Self::Loading => "Loading",
            Self::Supply => "Coolant supply",
            Self::Return => "Coolant return",
            Self::Flow => "Flow over wanted",
            Self::RackFlow => "Coolant flow of a rack",
            Self::Drop => "Pressure drop of a rack",
            Self::Water => "Facility water supply",
            Self::Inlet => "Inlet air",
            Self::HallAir => "Hall air",
            Self::AirSpeed => "Air speed",
        }
    }
}

/// A result for every place that has one.
pub struct Field<'a> {
    /// What it is.
    pub title: &'static str,
    /// The value of the first color.
    pub low: f64,
    /// The value of the last color.
    pub high: f64,
    diverging: bool,
    show: fn(f64, System) -> String,
    racks: BTreeMap<&'a Id, Vec<f64>>,
    elements: BTreeMap<&'a Id, f64>,
    /// Over the floor of halls, and what of it.
    floors: BTreeMap<&'a Id, &'a Arc<AirField>>,
    quantity: Quantity,
}

impl<'a> Field<'a> {
    /// The field of an overlay, if the plan is solved and the result has any value.
    #[must_use]
    pub fn of(overlay: Overlay, view: &View<'a>) -> Option<Self> {
        let outcome: &'a Outcome = &view.solved?.outcome;
        let mut field = Self {
            title: overlay.label(),
            low: f64::NAN,
            high: f64::NAN,
            diverging: false,
            show: celsius,
            racks: BTreeMap::new(),
            elements: BTreeMap::new(),
            floors: BTreeMap::new(),
            quantity: Quantity::Temperature,
        };
        match overlay {
            Overlay::None => return None,
            Overlay::RackPower => field.rack_power(view.plan, outcome),
            Overlay::Density => field.density(view.plan, outcome),
            Overlay::Loading => field.loading(view.plan, outcome),
            Overlay::Supply => field.supply(view.plan, outcome),
            Overlay::Return => field.returns(view.plan, outcome),
            Overlay::Flow => field.flow(outcome),
            Overlay::RackFlow => field.rack_flow(outcome),
            Overlay::Drop => field.drops(outcome),
            Overlay::Water => field.facility_water(view.plan, outcome),
            Overlay::Inlet => field.inlet(view.plan, outcome),
            Overlay::HallAir => {
                field.inlet(view.plan, outcome);
                field.floors(outcome);
            }
            Overlay::AirSpeed => field.speed(outcome),
        }
        field.unknown_rows(overlay, view.plan);
        field.span();
        Some(field)
    }

    fn rack_power(&mut self, plan: &'a Plan, outcome: &Outcome) {
        self.show = |v, system| show(Power::from_watts(v), system);
        for row in plan.rows() {
            let Some(load) = outcome.loads.rows.get(&row.id) else { continue };
            let of = |slot| row.model_at(slot).and_then(|m| load.models.get(m)).map_or(f64::NAN, |m| m.power.watts());
            self.racks.insert(&row.id, (1..=row.count).map(of).collect());
        }
        self.low = 0.0;
    }
    fn density(&mut self, plan: &'a Plan, outcome: &Outcome) {
        self.show = |v, _| format!("{} kW/m²", grouped(v / 1e3));
        for hall in plan.halls() {
            let power: Power = plan.rows().filter(|r| r.hall == hall.id).filter_map(|r| outcome.loads.rows.get(&r.id)).map(|l| l.power).sum();
            self.elements.insert(&hall.id, power.watts() / (hall.size.0 * hall.size.1));
        }
        self.low = 0.0;
    }
    fn loading(&mut self, plan: &'a Plan, outcome: &'a Outcome) {
        self.show = |v, _| format!("{} %", grouped(v * 100.0));
        (self.low, self.high) = (0.0, 1.0);
        for (id, branches) in &outcome.power.of_element {
            let worst = branches.iter().filter_map(|b| outcome.power.branches.get(*b)).map(|b| b.loading()).fold(f64::NAN, f64::max);
            self.elements.insert(id, worst);
        }
        let share = |heat: Power, capacity: Power| heat.watts() / capacity.watts();
        for cdu in plan.cdus() {
            self.put(&cdu.id, outcome.cooling.loops.get(&cdu.tcs).map(|l| share(l.heat, l.capacity)));
        }
        for handler in plan.air_handlers() {
            self.put(&handler.id, outcome.cooling.halls.get(&handler.hall).map(|h| share(h.heat, h.capacity)));
        }
        for cooler in plan.coolers() {
            let state = outcome.cooling.fws.get(&cooler.fws).and_then(|f| f.coolers.get(&cooler.id));
            self.put(&cooler.id, state.map(|c| share(c.heat, c.capacity)));
        }
        for row in plan.rows() {
            let value = self.elements.get(&row.id).copied().unwrap_or(f64::NAN);
            self.racks.insert(&row.id, full(row, value));
        }
    }
    fn supply(&mut self, plan: &'a Plan, outcome: &Outcome) {
        for row in plan.rows() {
            let Some(tcs) = &row.tcs else { continue };
            let supply = outcome.cooling.loops.get(tcs).map_or(f64::NAN, |l| l.supply.kelvin());
            self.racks.insert(&row.id, full(row, supply));
        }
        for cdu in plan.cdus() {
            self.put(&cdu.id, outcome.cooling.loops.get(&cdu.tcs).map(|l| l.supply.kelvin()));
        }
        self.water(plan, outcome, |f| f.supply);
    }
    fn returns(&mut self, plan: &'a Plan, outcome: &'a Outcome) {
        for state in outcome.cooling.loops.values() {
            for (id, row) in &state.rows {
                self.racks.insert(id, row.return_k.clone());
            }
        }
        for cdu in plan.cdus() {
            self.put(&cdu.id, outcome.cooling.loops.get(&cdu.tcs).map(|l| l.return_.kelvin()));
        }
        self.water(plan, outcome, |f| f.return_);
    }
    fn water(&mut self, plan: &'a Plan, outcome: &Outcome, of: fn(&crate::solve::FwsState) -> Temperature) {
        for fws in plan.fws_systems() {
            self.put(&fws.id, outcome.cooling.fws.get(&fws.id).map(|f| of(f).kelvin()));
        }
        for cooler in plan.coolers() {
            self.put(&cooler.id, outcome.cooling.fws.get(&cooler.fws).map(|f| of(f).kelvin()));
        }
    }
    fn flow(&mut self, outcome: &'a Outcome) {
        self.show = |v, _| format!("{} %", grouped(v * 100.0));
        self.diverging = true;
        (self.low, self.high) = (0.8, 1.2);
        for state in outcome.cooling.loops.values() {
            for (id, row) in &state.rows {
                self.racks.insert(id, row.flow.iter().zip(&row.wanted).map(|(f, w)| f / w).collect());
            }
        }
    }
    fn rack_flow(&mut self, outcome: &'a Outcome) {
        self.show = |v, system| show(VolumeFlow::from_cubic_meters_per_second(v), system);
        for (id, row) in outcome.cooling.loops.values().flat_map(|l| &l.rows) {
            self.racks.insert(id, row.flow.clone());
        }
    }
    fn drops(&mut self, outcome: &'a Outcome) {
        self.show = |v, system| show(Pressure::from_pascals(v), system);
        for (id, row) in outcome.cooling.loops.values().flat_map(|l| &l.rows) {
            self.racks.insert(id, row.drop.clone());
        }
    }
    fn facility_water(&mut self, plan: &'a Plan, outcome: &Outcome) {
        let supply = |fws: &Id| outcome.cooling.fws.get(fws).map(|f| f.supply.kelvin());
        for cdu in plan.cdus() {
            self.put(&cdu.id, supply(&cdu.fws));
        }
        for handler in plan.air_handlers() {
            self.put(&handler.id, supply(&handler.fws));
        }
        self.water(plan, outcome, |f| f.supply);
    }
    fn inlet(&mut self, plan: &'a Plan, outcome: &Outcome) {
        for hall in plan.halls() {
            self.put(&hall.id, outcome.cooling.halls.get(&hall.id).map(|h| h.inlet.kelvin()));
        }
        for row in plan.rows() {
            // A rack without heat to air has no inlet to speak of: it is no unknown where the others have one.
            let known = outcome.cooling.halls.get(&row.hall).and_then(|h| h.rows.get(&row.id));
            self.racks.insert(&row.id, known.map_or_else(|| full(row, f64::NAN), |r| r.inlet_k.clone()));
        }
    }
    fn floors(&mut self, outcome: &'a Outcome) {
        for (id, hall) in &outcome.cooling.halls {
            if let Some(air) = &hall.field {
                self.floors.insert(id, air);
            }
        }
    }
    fn speed(&mut self, outcome: &'a Outcome) {
        self.show = |v, _| format!("{} m/s", grouped(v));
        self.quantity = Quantity::Speed;
        self.floors(outcome);
        self.low = 0.0;
    }
    /// The air over the floor of a hall, where the overlay shows it.
    #[must_use]
    pub fn floor(&self, hall: &Id) -> Option<(&'a Arc<AirField>, Quantity)> {
        self.floors.get(hall).map(|air| (*air, self.quantity))
    }

    /// Rows that have the result by their nature, but without a value, are unknown rather than left out.
    fn unknown_rows(&mut self, overlay: Overlay, plan: &'a Plan) {
        for row in plan.rows() {
            let concerned = match overlay {
                Overlay::None | Overlay::Density | Overlay::Water | Overlay::AirSpeed => false,
                Overlay::RackPower | Overlay::Loading | Overlay::Inlet | Overlay::HallAir => true,
                Overlay::Supply | Overlay::Return | Overlay::Flow | Overlay::RackFlow | Overlay::Drop => row.tcs.is_some(),
            };
            if concerned && !self.racks.contains_key(&row.id) {
                self.racks.insert(&row.id, full(row, f64::NAN));
            }
        }
    }
    fn put(&mut self, id: &'a Id, value: Option<f64>) {
        self.elements.insert(id, value.unwrap_or(f64::NAN));
    }
    /// Spreads the colors over the values there are, where they have no fixed span.
    fn span(&mut self) {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in self.racks.values().flatten().chain(self.elements.values()).filter(|v| v.is_finite()) {
            (low, high) = (low.min(*v), high.max(*v));
        }
        for v in self.floors.values().flat_map(|air| self.quantity.of(air)).filter(|v| v.is_finite()) {
            (low, high) = (low.min(f64::from(*v)), high.max(f64::from(*v)));
        }
        if self.low.is_nan() {
            self.low = low;
        }
        if self.high.is_nan() {
            self.high = high;
        }
        if self.has_values() && self.high - self.low < 1e-9 {
            self.high = self.low + 1.0;
        }
    }
    /// Whether any value is known.
    #[must_use]
    pub fn has_values(&self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }
    /// The value of a rack, of a whole row or of any other element; NaN where it is not known.
    #[must_use]
    pub fn value(&self, id: &Id, slot: Option<u32>) -> f64 {
        match (self.racks.get(id), slot) {
            (Some(racks), Some(slot)) => racks.get(slot.saturating_sub(1) as usize).copied().unwrap_or(f64::NAN),
            (Some(racks), None) => {
                let (sum, n) = racks.iter().filter(|v| v.is_finite()).fold((0.0, 0u32), |(s, n), v| (s + v, n + 1));
                if n > 0 { sum / f64::from(n) } else { f64::NAN }
            }
            (None, _) => self.elements.get(id).copied().unwrap_or(f64::NAN),
        }
    }
    /// Whether the field speaks of this element at all.
    #[must_use]
    pub fn covers(&self, id: &Id) -> bool {
        self.racks.contains_key(id) || self.elements.contains_key(id)
    }
    /// Whether something it speaks of has no value.
    #[must_use]
    pub fn has_unknown(&self, plan: &Plan) -> bool {
        let unknown = |row: &Row| self.covers(&row.id) && (1..=row.count).any(|s| row.model_at(s).is_some() && !self.value(&row.id, Some(s)).is_finite());
        self.elements.values().any(|v| !v.is_finite()) || (!self.racks.is_empty() && plan.rows().any(unknown))
    }
    /// Whether it comes from the estimate of hall air.
    #[must_use]
    pub fn is_estimate(&self) -> bool {
        !self.floors.is_empty() || self.title == Overlay::Inlet.label()
    }
    /// Where between the ends of the colors a value lies.
    #[must_use]
    pub fn share(&self, value: f64) -> f32 {
        ((value - self.low) / (self.high - self.low)) as f32
    }
    /// The color of a share of the span.
    #[must_use]
    pub fn color_at(&self, share: f32) -> Color32 {
        if self.diverging { theme::diverging(1.0 - share) } else { theme::sequential(share) }
    }
    /// The color of a value, if it is known.
    #[must_use]
    pub fn color(&self, value: f64) -> Option<Color32> {
        value.is_finite().then(|| self.color_at(self.share(value)))
    }
    /// A value for people.
    #[must_use]
    pub fn text(&self, value: f64, system: System) -> String {
        if value.is_finite() { (self.show)(value, system) } else { "—".to_owned() }
    }
}

fn full(row: &Row, value: f64) -> Vec<f64> {
    (1..=row.count).map(|slot| if row.model_at(slot).is_some() { value } else { f64::NAN }).collect()
}

fn celsius(v: f64, system: System) -> String {
    show(Temperature::from_kelvin(v), system)
}

/// The share of a limit in words.
#[must_use]
pub fn percent(share: Ratio) -> String {
    format!("{} %", grouped(share.value() * 100.0))
}

/// The busiest branch of an element: what it is and how full.
#[must_use]
pub fn busiest<'a>(outcome: &'a Outcome, element: &Element) -> Option<(&'a crate::solve::Branch, f64)> {
    let branches = outcome.power.of_element.get(element.id())?;
    branches.iter().filter_map(|b| outcome.power.branches.get(*b)).map(|b| (b, b.loading())).filter(|(_, l)| l.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1))
}
