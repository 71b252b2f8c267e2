//! Every rack against its limits of temperature and flow, before an outage and in it.

use super::Base;
use crate::plan::catalog::RackModel;
use crate::plan::{Catalog, Element, Id, Plan, Row};
use crate::solve::{Cooling, HallAir, Loads, LoopState, Overheat, RowCoolant, Warmest, loads};
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
    before: State,
}

/// How the racks of a row stand.
#[derive(Default)]
struct State {
    standings: Vec<Standing>,
    /// The warmest inlet, supply and return, K, and their slots.
    warmest: [Option<(f64, u32)>; 3],
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
            Line { row, slots, before: State { standings: vec![Standing::Fine; row.count as usize], ..State::default() } }
        };
        Self { lines: plan.rows().map(line).collect() }
    }

    /// With how every rack stood before.
    pub fn new(plan: &'a Plan, catalog: &'a Catalog, base: &Base<'_>) -> Self {
        let mut racks = Self::fine(plan, catalog);
        let loads = loads::without(base.loads, base.power.dark.iter().zip(base.power.unserved.iter().copied()));
        for line in &mut racks.lines {
            line.before = line.state(&[base.cooling], &loads);
        }
        racks
    }

    /// What a state of the cooling does to the racks.
    pub fn overheat(&self, cooling: &Cooling, loads: &Loads) -> Overheat {
        self.add_up(&[cooling], loads, |_| true)
    }

    /// What a state does to the racks of which `part` of the cooling is what changed from the state before, besides the `rows` that lost power.
    pub fn overheat_in(&self, part: &Cooling, base: &Cooling, loads: &Loads, rows: &[Id]) -> Overheat {
        self.add_up(&[part, base], loads, |row| {
            part.halls.contains_key(&row.hall) || row.tcs.as_ref().is_some_and(|t| part.loops.contains_key(t)) || rows.contains(&row.id)
        })
    }

    fn add_up(&self, cooling: &[&Cooling], loads: &Loads, changed: impl Fn(&Row) -> bool) -> Overheat {
        let mut heat = Overheat::default();
        let mut warmest: [Option<(f64, &Row, u32)>; 3] = [None; 3];
        for line in &self.lines {
            let now = changed(line.row).then(|| line.state(cooling, loads));
            for (worst, of_row) in warmest.iter_mut().zip(now.as_ref().unwrap_or(&line.before).warmest) {
                if let Some((kelvin, slot)) = of_row.filter(|(k, _)| worst.is_none_or(|(w, ..)| *k > w)) {
                    *worst = Some((kelvin, line.row, slot));
                }
            }
            let Some(now) = now else { continue };
            let worse = |standing: Standing| now.standings.iter().zip(&line.before.standings).filter(move |(n, b)| **n == standing && n > b).count() as u32;
            let (hot, uncooled) = (worse(Standing::Hot), worse(Standing::Uncooled));
            if hot > 0 {
                heat.hot.push((line.row.id.clone(), hot));
            }
            if uncooled > 0 {
                heat.uncooled.push((line.row.id.clone(), uncooled));
                let newly = now.standings.iter().zip(&line.before.standings).map(|(n, b)| *n == Standing::Uncooled && *b != Standing::Uncooled);
                heat.uncooled_it +=
                    line.slots.iter().zip(newly).filter(|(_, new)| *new).filter_map(|(l, _)| l.as_ref()).map(|l| load(loads, line.row, l.model).0).sum();
            }
        }
        let named = |w: Option<(f64, &Row, u32)>| w.map(|(k, row, slot)| Warmest { temperature: Temperature::from_kelvin(k), row: row.id.clone(), slot });
        let [inlet, supply, back] = warmest.map(named);
        Overheat { inlet, supply, back, ..heat }
    }
}

/// Power of a rack of a row, and its heat to liquid and to air, W.
fn load(loads: &Loads, row: &Row, model: &str) -> (Power, f64, f64) {
    let load = loads.rows.get(&row.id).and_then(|l| l.models.get(model));
    load.map_or((Power::ZERO, 0.0, 0.0), |l| (l.power, l.liquid.watts(), l.air.watts()))
}

impl Line<'_> {
    fn state(&self, cooling: &[&Cooling], loads: &Loads) -> State {
        let mut state = State { standings: Vec::with_capacity(self.slots.len()), ..State::default() };
        let hall = cooling.iter().find_map(|c| c.halls.get(&self.row.hall));
        let coolant = self.row.tcs.as_ref().and_then(|t| cooling.iter().find_map(|c| c.loops.get(t)));
        for (place, limits) in self.slots.iter().enumerate() {
            let Some(limits) = limits else {
                state.standings.push(Standing::Fine);
                continue;
            };
            let reading = self.reading(hall, coolant, place, limits);
            state.standings.push(stands(limits, load(loads, self.row, limits.model), &reading));
            for (worst, kelvin) in state.warmest.iter_mut().zip([reading.inlet, reading.supply, reading.back]) {
                if kelvin.is_finite() && worst.is_none_or(|(w, _)| kelvin > w) {
                    *worst = Some((kelvin, place as u32 + 1));
                }
            }
        }
        state
    }

    fn reading(&self, hall: Option<&HallAir>, coolant: Option<&LoopState>, place: usize, limits: &Limits<'_>) -> Reading {
        let inlet = hall.map_or(f64::NAN, |h| h.inlet_of(&self.row.id, place as u32 + 1).kelvin());
        let nothing = Reading { inlet, supply: f64::NAN, back: f64::NAN, flow: f64::NAN };
        let Some(state) = coolant.filter(|_| limits.liquid.is_some()) else { return nothing };
        let Some(RowCoolant { flow, return_k, wanted, .. }) = state.rows.get(&self.row.id) else { return nothing };
        let at = |list: &[f64]| list.get(place).copied().unwrap_or(f64::NAN);
        Reading { inlet, supply: state.supply.kelvin(), back: at(return_k), flow: at(flow) / at(wanted) }
    }
}

fn stands(limits: &Limits<'_>, (_, liquid, air): (Power, f64, f64), r: &Reading) -> Standing {
    let wet = limits.liquid.filter(|_| liquid > 0.0);
    let stuck = wet.is_some() && !(r.supply.is_finite() && r.back.is_finite() && r.flow > 1e-6) || air > 0.0 && !r.inlet.is_finite();
    let short = wet.is_some_and(|(supply, back)| r.supply > supply || r.back > back || r.flow < LEAST_FLOW);
    let warm = air > 0.0 && r.inlet > limits.inlet;
    match (stuck, short || warm) {
        (true, _) => Standing::Uncooled,
        (false, true) => Standing::Hot,
        (false, false) => Standing::Fine,
    }
}
