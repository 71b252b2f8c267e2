//! What a rack lacks on the cooling side.

use crate::checks::LEAST_FLOW;
use crate::plan::catalog::RackModel;
use crate::plan::{Element, Row};
use crate::solve::{LoopState, RowCoolant};
use crate::ui::view::View;

/// What is wrong with the cooling of a rack, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Parted from its loop.
    Parted,
    /// It has heat for the coolant, and none flows.
    NoCoolant,
    /// Its loop has no steady temperature: the heat has nowhere to go.
    NoSteadyState,
    /// Coolant comes in warmer than it may.
    WarmSupply,
    /// Coolant goes out warmer than it may.
    WarmReturn,
    /// It gets less coolant than its low-flow alarm allows.
    LowFlow,
    /// Air comes in warmer than it may.
    WarmAir,
}

impl Trouble {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Parted => "parted from its loop",
            Self::NoCoolant => "no coolant",
            Self::NoSteadyState => "no steady temperature: the heat has nowhere to go",
            Self::WarmSupply => "coolant supply above the limit",
            Self::WarmReturn => "coolant return above the limit",
            Self::LowFlow => "too little coolant",
            Self::WarmAir => "inlet air above the limit",
        }
    }
    /// Whether the rack has lost its coolant, rather than being too warm.
    #[must_use]
    pub fn is_without(self) -> bool {
        matches!(self, Self::Parted | Self::NoCoolant | Self::NoSteadyState)
    }
}

/// Coolant of a rack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coolant {
    /// Flow, m³/s; NaN where unknown.
    pub flow: f64,
    /// Flow wanted, m³/s.
    pub wanted: f64,
    /// Pressure drop, Pa.
    pub drop: f64,
    /// Supply temperature, K.
    pub supply: f64,
    /// Return temperature, K.
    pub back: f64,
}

/// A model of rack in a row.
struct Kind<'a> {
    name: &'a str,
    model: &'a RackModel,
    /// Heat of one rack to the coolant and to the air, W.
    heat: (f64, f64),
}

/// The racks of a row, with what is known about their cooling.
pub struct Racks<'a> {
    row: &'a Row,
    state: Option<(&'a LoopState, &'a RowCoolant)>,
    kinds: Vec<Kind<'a>>,
    parted: Vec<u32>,
    /// Inlet air by slot, and that of the hall where a slot has none, K.
    inlets: Option<&'a [f64]>,
    inlet: f64,
    /// The warmest inlet that the class of the hall allows, K.
    class: f64,
}

impl<'a> Racks<'a> {
    /// The racks of a row.
    #[must_use]
    pub fn of(view: &View<'a>, row: &'a Row) -> Self {
        let outcome = view.solved.map(|s| &*s.outcome);
        let tcs = row.tcs.as_ref().and_then(|t| outcome?.cooling.loops.get(t));
        let state = tcs.and_then(|l| Some((l, l.rows.get(&row.id)?)));
        let loads = outcome.and_then(|o| o.loads.rows.get(&row.id));
        // A rack without power gives no heat.
        let gone = outcome.and_then(|o| o.power.dark.iter().zip(&o.power.unserved).find(|(id, _)| **id == row.id)).map_or(0.0, |(_, share)| *share);
        let kind = |name: &'a str| {
            let heat = loads.and_then(|l| l.models.get(name)).map_or((f64::NAN, f64::NAN), |l| (l.liquid.watts(), l.air.watts()));
            let heat = (heat.0 * (1.0 - gone), heat.1 * (1.0 - gone));
            Some(Kind { name, model: view.catalog.racks(name)?, heat })
        };
        let mut kinds: Vec<Kind<'a>> = kind(&row.rack).into_iter().collect();
        for name in row.others.values() {
            if !kinds.iter().any(|k| k.name == name) {
                kinds.extend(kind(name));
            }
        }
        let slot = |of: &str| of.strip_prefix(row.id.as_str())?.strip_prefix('/')?.parse().ok();
        let parted = view.out.iter().filter_map(|o| slot(&o.of)).collect();
        let hall = outcome.and_then(|o| o.cooling.halls.get(&row.hall));
        let inlet = hall.map_or(f64::NAN, |h| h.inlet.kelvin());
        let inlets = hall.and_then(|h| h.rows.get(&row.id)).map(|r| r.inlet_k.as_slice());
        let class = if let Some(Element::Hall(h)) = view.plan.get(&row.hall) { h.class.max_inlet().kelvin() } else { f64::NAN };
        Self { row, state, kinds, parted, inlets, inlet, class }
    }

    fn kind(&self, slot: u32) -> Option<&Kind<'a>> {
        let name = self.row.model_at(slot)?;
        self.kinds.iter().find(|k| k.name == name)
    }

    /// What flows through a rack; `None` for one without liquid cooling, or an empty slot.
    #[must_use]
    pub fn coolant(&self, slot: u32) -> Option<Coolant> {
        self.kind(slot)?.model.liquid.as_ref()?;
        let (state, coolant) = self.state?;
        let at = |list: &[f64]| list.get(slot.saturating_sub(1) as usize).copied().unwrap_or(f64::NAN);
        let (flow, wanted, drop, back) = (at(&coolant.flow), at(&coolant.wanted), at(&coolant.drop), at(&coolant.return_k));
        Some(Coolant { flow, wanted, drop, supply: state.supply.kelvin(), back })
    }

    /// What is wrong with the coolant of a rack.
    #[must_use]
    pub fn trouble(&self, slot: u32) -> Option<Trouble> {
        let now = self.coolant(slot)?;
        let kind = self.kind(slot)?;
        let liquid = kind.model.liquid.as_ref()?;
        if self.parted.contains(&slot) {
            return Some(Trouble::Parted);
        }
        if kind.heat.0 <= SMALL || kind.heat.0.is_nan() {
            return None;
        }
        if now.flow <= now.wanted * TRICKLE || now.flow.is_nan() {
            return Some(Trouble::NoCoolant);
        }
        if !now.supply.is_finite() {
            return Some(Trouble::NoSteadyState);
        }
        if now.supply > liquid.max_supply.kelvin() + SAME {
            return Some(Trouble::WarmSupply);
        }
        if now.back > liquid.max_return.kelvin() + SAME {
            return Some(Trouble::WarmReturn);
        }
        (now.flow < now.wanted * LEAST_FLOW).then_some(Trouble::LowFlow)
    }

    /// What is wrong with the air of a rack.
    #[must_use]
    pub fn air_trouble(&self, slot: u32) -> Option<Trouble> {
        let kind = self.kind(slot)?;
        let own = self.inlets.and_then(|i| i.get(slot.saturating_sub(1) as usize)).copied().filter(|t| t.is_finite());
        let inlet = own.unwrap_or(self.inlet);
        let limit = kind.model.air.max_inlet.kelvin().min(self.class);
        (kind.heat.1 > SMALL && inlet > limit + SAME).then_some(Trouble::WarmAir)
    }

    /// The worst that is wrong with a rack.
    #[must_use]
    pub fn worst(&self, slot: u32) -> Option<Trouble> {
        self.trouble(slot).or_else(|| self.air_trouble(slot))
    }
}

/// Share of the wanted flow below which there is none: a trickle would leave the rack boiling.
const TRICKLE: f64 = 1e-3;
/// Heat that is none, W.
const SMALL: f64 = 0.5;
/// Temperatures closer than this are the same, K.
const SAME: f64 = 1e-6;
