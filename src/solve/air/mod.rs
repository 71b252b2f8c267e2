//! The air of a hall: how much, how warm, and where. A planning estimate, not CFD.
//!
//! # Who moves how much
//!
//! With `V = Σ Q/(ρ·c·ΔT)` the air the racks draw, `r` the share of exhaust that escapes containment ([`Hall::recirculation`](crate::plan::Hall)) and
//! `a` the handlers' air over the racks' ([`Hall::air_ratio`](crate::plan::Hall), else `max(1 − r, r)`):
//!
//! ```text
//! handlers   F = min(a·V, F_max)                      all at one fan speed; a unit that is out moves nothing
//! plenum     P = min((1 − r)·V, F)                    what containment catches, well mixed, straight to the handlers
//! escapes    e = 1 − P/V ≥ r                          more, if the handlers don't take what is caught
//!   of it    g = min(e/2, 5 %)                        through gaps within the rack to its own front; e − g behind it into the room
//! room       F − P                                    what the handlers take from the room, where the plenum doesn't give enough
//! ```
//! so that the room gets `F + (e − g)·V` and gives `(1 − g)·V + F − P`, which is the same. `a = 1 − r` is what a contained hall needs; the more
//! escapes, the more the handlers have to move, and without containment (`r` = 100 %) as much as the racks do. [`GAPS`] and [`GAPS_MOST`] are
//! assumed.
//!
//! # Where it goes
//!
//! In plan view, the same at every height: racks and machines are solid; racks draw at the cells along their front, exhaust that escapes
//! comes out along their rear, handlers blow from the side that faces the middle of the hall. Between them air flows as a potential flow
//! and carries its temperature upwind ([`crate::numerics::potential_flow`]). What the handlers take from the room they take behind them;
//! where they stand at a wall, at the ends of their group, else from above the whole floor.
//!
//! ```text
//! rack      T_in = T_front + g/(1 − g)·ΔT,  T_out = T_in + ΔT       the share g of what it draws is its own exhaust
//! plenum    T_P = Σ V_i·T_out,i / V
//! handler   T_r = (P·T_P + (F − P)·T_room)/F,   T_s = T_set, or what the coil can do on its water (ε-NTU), fan heat included
//! ```
//! If nothing is taken from the room (`F = P`), handlers see the plenum alone and the balance of the hall gives `T_P` without the field:
//! then `T_in = T_s + r/(1 − r)·ΔT` in the mean, the mixing form of recirculation (Sharma, Bash and Patel 2002; Herrlin 2008). The field gives
//! who gets how much of it. Otherwise both are found together, to 1e-9 K.
//!
//! # Assumptions and range
//!
//! * No buoyancy, no jets, no momentum: air turns freely, so that a strong throw past the first racks isn't seen. No height: air doesn't pass over
//!   racks, and the top of a rack is as warm as its foot. Halls ruled by stratification or under-floor pressure need CFD.
//! * Density is that of the supply air. Humidity does not change.
//! * Streams mix over [`MIXING`], as much as upwind cells of 0.6 m do; finer cells resolve more, and mix no less. It decides how far the hot air that
//!   leaves an aisle reaches into the front of the racks at its end. What this warms the worst rack comes out up to a fifth low in cells of 0.6 m,
//!   a tenth low in cells of 0.3 m. Larger cells, as a hall of more than 29,000 m² gets them, mix more.
//! * Streams mix as they flow, not across the line between two of them. Where a part of the hall has no coil that works and no plenum leads its exhaust
//!   away, there may be no steady state: then nothing is said of its temperatures.
//! * Parts of the floor that nothing else reaches exchange air through a gap, as under a door.
//! * Handlers of all groups run at one speed and hold one set-point; each has its own coil, water temperature and water flow.
//!
//! # Check
//!
//! Against the mixing form, symmetric halls, refinement and failed units (`tests`); the flow itself in [`crate::numerics::potential_flow`]; the indices in
//! [`crate::physics::air_management`].

mod coil;
mod layout;
mod room;
mod shape;
#[cfg(test)]
mod tests;

use super::Status;
pub(super) use coil::{Group, Handler, rho_c};
use coil::{Running, capacity, common_return};
use layout::Layout;
pub(super) use shape::{Shape, Sites, sites};
use std::sync::Arc;

/// Humidity ratio of hall air, kg/kg, about a dew point of 10 °C. Assumed; air density hardly depends on it.
pub(super) const HUMIDITY: f64 = 0.0077;
/// Share of what escapes that comes to the rack's own front through its gaps. Assumed.
pub(super) const GAPS: f64 = 0.5;
/// The most of a rack's air that comes through its gaps, as without blanking panels. Assumed.
pub(super) const GAPS_MOST: f64 = 0.05;
/// Clear height of a hall, for speeds alone, m. Assumed.
pub(super) const HEIGHT: f64 = 3.0;
/// Length over which streams mix, m. Assumed: upwind cells of 0.6 m mix so.
pub(super) const MIXING: f64 = 0.3;
/// Flow from the room below which handlers count as fed by the plenum alone, as a share of theirs.
const NONE_FROM_ROOM: f64 = 1e-12;
/// Heat that may be missing, as a share, in a steady state.
const CLOSED: f64 = 1e-8;
/// Answers and layouts kept.
const ANSWERS: usize = 64;
const LAYOUTS: usize = 24;

/// All that the air of a hall depends on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Input {
    pub shape: Arc<Shape>,
    /// ρ·c of the air, J/(m³·K), and its density over that at sea level.
    pub volume: f64,
    pub density: f64,
    /// By row and slot: flow drawn, m³/s, and rise, K; zero where nothing stands.
    pub racks: Vec<Vec<(f64, f64)>>,
    /// By group of handlers.
    pub groups: Vec<Group>,
    /// Supply set-point, K.
    pub set: f64,
    pub recirculation: f64,
    pub ratio: Option<f64>,
}

/// A handler at work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    /// Air, m³/s.
    pub flow: f64,
    /// Return and supply temperature, K.
    pub back: f64,
    pub supply: f64,
    /// Heat to the water, W, and the water's capacity rate, W/K.
    pub heat: f64,
    pub water: f64,
    pub fan: f64,
}

/// The field of a hall.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// By row and slot: inlet temperature, K, and the share of the inlet air that was exhaust before; NaN where nothing draws.
    pub inlets: Vec<Vec<f64>>,
    pub exhaust: Vec<Vec<f64>>,
    pub picture: Arc<super::AirField>,
}

/// The air of a hall.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Answer {
    /// Heat from the racks, W, and ρ·c of the air, J/(m³·K).
    pub heat: f64,
    pub volume: f64,
    pub rack_flow: f64,
    pub handler_flow: f64,
    pub speed: f64,
    /// Share of the exhaust that isn't caught.
    pub escapes: f64,
    /// Means weighed by flow, K.
    pub supply: f64,
    pub inlet: f64,
    pub exhaust: f64,
    pub back: f64,
    pub fan: f64,
    pub capacity: f64,
    pub held: bool,
    pub status: Status,
    pub iterations: usize,
    /// Heat that the handlers take less than the racks give, over what the racks give.
    pub residual: f64,
    /// By group and unit; units that don't run move nothing.
    pub units: Vec<Vec<Unit>>,
    pub field: Option<Field>,
}

/// Layouts with their factored matrices, and halls solved before.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo {
    layouts: Vec<(Arc<Shape>, Option<Arc<Layout>>)>,
    /// With whether the field was asked for.
    answers: Vec<(Arc<Input>, bool, Arc<Answer>)>,
}

impl Memo {
    /// The answer to an input, from memory if it was asked before; with the field where the balance needs it, or it is asked for.
    pub fn solve(&mut self, input: Input, field: bool) -> Arc<Answer> {
        let enough = |had: bool, answer: &Answer| had || !field || answer.field.is_some();
        let found = self.answers.iter().rposition(|(known, had, answer)| enough(*had, answer) && **known == input);
        let entry = match found {
            Some(place) => self.answers.remove(place),
            None => {
                let answer = Arc::new(solve(&input, field, &mut |shape| self.layout(shape)));
                (Arc::new(input), field, answer)
            }
        };
        let answer = entry.2.clone();
        self.answers.push(entry);
        self.answers.drain(..self.answers.len().saturating_sub(ANSWERS));
        answer
    }
    /// What depends on the floors alone.
    pub fn layouts(&self) -> Self {
        Self { layouts: self.layouts.clone(), answers: Vec::new() }
    }
    fn layout(&mut self, shape: &Arc<Shape>) -> Option<Arc<Layout>> {
        let found = self.layouts.iter().rposition(|(known, _)| known == shape);
        let entry = match found {
            Some(place) => self.layouts.remove(place),
            None => (shape.clone(), Layout::new(shape).map(Arc::new)),
        };
        let layout = entry.1.clone();
        self.layouts.push(entry);
        self.layouts.drain(..self.layouts.len().saturating_sub(LAYOUTS));
        layout
    }
}

/// Flows of a hall as its head says, m³/s.
#[derive(Debug, Clone, Copy)]
struct Flows {
    racks: f64,
    handlers: f64,
    plenum: f64,
    escapes: f64,
    gaps: f64,
    speed: f64,
    wanted: f64,
}

fn flows(input: &Input) -> Flows {
    let racks: f64 = input.racks.iter().flatten().map(|(v, _)| v).sum();
    let most: f64 = input.groups.iter().map(|g| f64::from(g.on) * g.handler.flow).sum();
    let r = input.recirculation;
    let wanted = racks * ratio(r, input.ratio);
    let handlers = wanted.min(most);
    let plenum = ((1.0 - r) * racks).min(handlers);
    let escapes = if racks > 0.0 { (1.0 - plenum / racks).max(0.0) } else { 0.0 };
    let speed = if most > 0.0 { handlers / most } else { 0.0 };
    Flows { racks, handlers, plenum, escapes, gaps: (GAPS * escapes).min(GAPS_MOST), speed, wanted }
}

/// The handlers' air over the racks'.
fn ratio(recirculation: f64, given: Option<f64>) -> f64 {
    given.unwrap_or((1.0 - recirculation).max(recirculation))
}

/// Solves a hall; `layout` gives its floor if it is needed.
fn solve(input: &Input, field: bool, layout: &mut dyn FnMut(&Arc<Shape>) -> Option<Arc<Layout>>) -> Answer {
    let flows = flows(input);
    let heat: f64 = input.racks.iter().flatten().map(|(v, rise)| v * rise * input.volume).sum();
    let rise = if flows.racks > 0.0 { heat / (flows.racks * input.volume) } else { 0.0 };
    let mut answer = Answer {
        heat,
        volume: input.volume,
        rack_flow: flows.racks,
        handler_flow: flows.handlers,
        speed: flows.speed,
        escapes: flows.escapes,
        supply: input.set,
        inlet: input.set,
        exhaust: input.set,
        back: input.set,
        held: true,
        status: Status::Converged,
        capacity: if input.groups.iter().any(|g| g.on > 0) {
            capacity(&input.groups, input.set, input.volume, input.density, rise, ratio(input.recirculation, input.ratio))
        } else {
            0.0
        },
        units: input.groups.iter().map(|_| Vec::new()).collect(),
        ..Answer::default()
    };
    if flows.racks <= 0.0 {
        return answer;
    }
    let running: Vec<Running> = input.groups.iter().map(|g| Running::new(g, input.set, flows.speed, input.volume, input.density)).collect();
    let on: Vec<(f64, Running)> = input.groups.iter().zip(&running).filter(|(g, _)| g.on > 0).map(|(g, r)| (f64::from(g.on), *r)).collect();
    answer.fan = on.iter().map(|(n, r)| n * r.fan).sum();
    let from_room = flows.handlers - flows.plenum > NONE_FROM_ROOM * flows.handlers;
    let plenum = if from_room { f64::NAN } else { common_return(&on, heat) };
    if flows.handlers <= 0.0 || !(from_room || plenum.is_finite()) {
        return unknown(answer);
    }
    let mut backs: Vec<Vec<f64>> = input.groups.iter().map(|g| vec![plenum; g.on as usize]).collect();
    if from_room || field {
        let room = layout(&input.shape).and_then(|layout| room::solve(input, &flows, &running, &layout, &mut backs));
        if let Some(room) = &room {
            answer.iterations = room.iterations;
        }
        answer.field = room.map(|r| r.field);
        if answer.field.is_none() {
            answer.status = Status::Stalled;
        }
        if from_room && answer.field.is_none() {
            return unknown(answer);
        }
    }
    units(input, &flows, &running, &backs, &mut answer);
    answer.inlet = match (&answer.field, from_room) {
        (Some(field), true) => {
            let inlets = field.inlets.iter().flatten();
            input.racks.iter().flatten().zip(inlets).filter(|((v, _), _)| *v > 0.0).map(|((v, _), t)| v * t).sum::<f64>() / flows.racks
        }
        // Handlers that see the plenum alone see what the racks give, in the mean.
        _ => answer.back - rise,
    };
    answer.exhaust = answer.inlet + rise;
    answer.held = answer.held && flows.wanted <= flows.handlers * (1.0 + 1e-9);
    let carried: f64 = answer.units.iter().flatten().map(|u| u.flow * (u.back - u.supply)).sum::<f64>() * input.volume;
    answer.residual = (carried / heat - 1.0).abs();
    // Air that goes in circles past no coil grows ever warmer: what the passes end at then is no steady state.
    if answer.residual > CLOSED || answer.residual.is_nan() {
        return Answer { status: Status::Diverged, ..unknown(answer) };
    }
    answer
}

/// Of what can't be known, nothing is said.
fn unknown(mut answer: Answer) -> Answer {
    (answer.supply, answer.inlet, answer.exhaust, answer.back) = (f64::NAN, f64::NAN, f64::NAN, f64::NAN);
    answer.held = false;
    answer.status = Status::Stalled;
    answer.field = None;
    answer
}

/// What each handler does at its return temperature, and the means over all.
fn units(input: &Input, flows: &Flows, running: &[Running], backs: &[Vec<f64>], answer: &mut Answer) {
    let (mut supply, mut back) = (0.0, 0.0);
    for (((group, run), backs), units) in input.groups.iter().zip(running).zip(backs).zip(&mut answer.units) {
        let flow = group.handler.flow * flows.speed;
        let mut last: Option<Unit> = None;
        for t in backs {
            // Units that see the same air do the same.
            let unit = match last.filter(|u| u.back == *t) {
                Some(same) => same,
                None => Unit { flow, back: *t, supply: run.supply(*t), heat: run.heat(*t), water: run.water(*t), fan: run.fan },
            };
            answer.held &= unit.supply <= input.set + 1e-9;
            supply += flow * unit.supply;
            back += flow * unit.back;
            units.push(unit);
            last = Some(unit);
        }
    }
    answer.supply = supply / flows.handlers;
    answer.back = back / flows.handlers;
}
