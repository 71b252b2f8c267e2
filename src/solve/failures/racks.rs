//! Every rack against its limits of temperature and flow, before an outage and in it.

use super::Base;
use crate::plan::catalog::RackModel;
use crate::plan::{Catalog, Element, Plan, Row};
use crate::solve::{Cooling, Loads, Overheat, RowCoolant, Warmest, loads};
use crate::units::*;

/// Share of the wanted flow that a rack must get: the low-flow alarm of the Vertiv CDU 600 is at 90 % (its commissioning manual, page 34).
pub const LEAST_FLOW: f64 = 0.9;

/// How a rack stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Empty, dark, or within its limits.
    Fine,
    /// Above a limit of temperature, or below its least flow.
    Hot,
    /// Nothing carries its heat away.
    Uncooled,
}

/// A rack slot's limits.
struct Limits<'a> {
    model: &'a str,
    inlet: f64,
    /// Largest supply and return temperature of its liquid side.
    liquid: Option<(f64, f64)>,
}

/// A row with the limits of its slots, and how they stood before.
struct Line<'a> {
    row: &'a Row,
    slots: Vec<Option<Limits<'a>>>,
    before: Vec<Standing>,
}

/// The racks of a plan.
pub(super) struct Racks<'a> {
    lines: Vec<Line<'a>>,
}

/// What a rack has to do with: K, and shares.
struct Reading {
    inlet: f64,
    supply: f64,
    back: f64,
    /// Flow over wanted.
    flow: f64,
}

impl<'a> Racks<'a> {
    /// With every rack taken to have been fine before.
    pub fn fine(plan: &'a Plan, catalog: &'a Catalog) -> Self {
        let line = |row: &'a Row| {
            let class = if let Some(Element::Hall(h)) = plan.get(&row.hall) { h.class.max_inlet().kelvin() } else { f64::INFINITY };
            let limits = |model: &'a str| {
                let known: &RackModel = catalog.racks(model)?;
                let liquid = known.liquid.as_ref().filter(|_| row.tcs.is_some()).map(|l| (l.max_supply.kelvin(), l.max_return.kelvin()));
                Some(Limits { model, inlet: known.air.max_inlet.kelvin().min(class), liquid })
            };
            let slots = (1..=row.count).map(|slot| row.model_at(slot).and_then(limits)).collect();
            Line { row, slots, before: vec![Standing::Fine; row.count as usize] }
        };
        Self { lines: plan.rows().map(line).collect() }
    }

    /// With how every rack stood before.
    pub fn new(plan: &'a Plan, catalog: &'a Catalog, base: &Base<'_>) -> Self {
        let mut racks = Self::fine(plan, catalog);
        let loads = loads::without(base.loads, base.power.dark.iter().zip(base.power.unserved.iter().copied()));
        for line in &mut racks.lines {
            line.before = line.standings(&[base.cooling], &loads);
        }
        racks
    }

    /// What a state of the cooling does to the racks. Of several, the first that knows a loop or a hall counts.
    pub fn overheat(&self, cooling: &[&Cooling], loads: &Loads) -> Overheat {
        let mut heat = Overheat::default();
        for line in &self.lines {
            let now = line.standings(cooling, loads);
            let count = |standing: Standing| now.iter().zip(&line.before).filter(|(n, b)| **n == standing && n > b).count() as u32;
            let (hot, uncooled) = (count(Standing::Hot), count(Standing::Uncooled));
            if hot > 0 {
                heat.hot.push((line.row.id.clone(), hot));
            }
            if uncooled > 0 {
                heat.uncooled.push((line.row.id.clone(), uncooled));
            }
            for (place, limits) in line.slots.iter().enumerate().filter_map(|(i, l)| l.as_ref().map(|l| (i, l))) {
                if now[place] == Standing::Uncooled && line.before[place] != Standing::Uncooled {
                    heat.uncooled_it += load(loads, line.row, limits.model).0;
                }
                let Some(reading) = line.reading(cooling, place, limits) else { continue };
                let slot = place as u32 + 1;
                for (worst, kelvin) in [(&mut heat.inlet, reading.inlet), (&mut heat.supply, reading.supply), (&mut heat.back, reading.back)] {
                    if kelvin.is_finite() && worst.as_ref().is_none_or(|w| kelvin > w.temperature.kelvin()) {
                        *worst = Some(Warmest { temperature: Temperature::from_kelvin(kelvin), row: line.row.id.clone(), slot });
                    }
                }
            }
        }
        heat
    }
}

/// Power of a rack of a row, and its heat to liquid and to air, W.
fn load(loads: &Loads, row: &Row, model: &str) -> (Power, f64, f64) {
    let load = loads.rows.get(&row.id).and_then(|l| l.models.get(model));
    load.map_or((Power::ZERO, 0.0, 0.0), |l| (l.power, l.liquid.watts(), l.air.watts()))
}

impl Line<'_> {
    fn standings(&self, cooling: &[&Cooling], loads: &Loads) -> Vec<Standing> {
        let standing = |(place, limits): (usize, &Option<Limits<'_>>)| {
            let Some(limits) = limits else { return Standing::Fine };
            let (_, liquid, air) = load(loads, self.row, limits.model);
            let Some(r) = self.reading(cooling, place, limits) else { return Standing::Fine };
            let wet = limits.liquid.filter(|_| liquid > 0.0);
            let stands = wet.is_some() && !(r.supply.is_finite() && r.back.is_finite() && r.flow > 1e-6) || air > 0.0 && !r.inlet.is_finite();
            let short = wet.is_some_and(|(supply, back)| r.supply > supply || r.back > back || r.flow < LEAST_FLOW);
            let warm = air > 0.0 && r.inlet > limits.inlet;
            match (stands, short || warm) {
                (true, _) => Standing::Uncooled,
                (false, true) => Standing::Hot,
                (false, false) => Standing::Fine,
            }
        };
        self.slots.iter().enumerate().map(standing).collect()
    }

    fn reading(&self, cooling: &[&Cooling], place: usize, limits: &Limits<'_>) -> Option<Reading> {
        let inlet = cooling.iter().find_map(|c| c.halls.get(&self.row.hall)).map_or(f64::NAN, |h| h.inlet.kelvin());
        let nothing = Reading { inlet, supply: f64::NAN, back: f64::NAN, flow: f64::NAN };
        let Some(state) = self.row.tcs.as_ref().filter(|_| limits.liquid.is_some()).and_then(|t| cooling.iter().find_map(|c| c.loops.get(t))) else {
            return Some(nothing);
        };
        let Some(coolant) = state.rows.get(&self.row.id) else { return Some(nothing) };
        let at = |list: &[f64]| list.get(place).copied().unwrap_or(f64::NAN);
        let RowCoolant { flow, return_k, wanted, .. } = coolant;
        Some(Reading { inlet, supply: state.supply.kelvin(), back: at(return_k), flow: at(flow) / at(wanted) })
    }
}
