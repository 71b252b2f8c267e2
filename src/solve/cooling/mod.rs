//! The cooling side as a whole: coolant loops and hall air on facility water, facility water on the plant, coupled to one steady state.
//!
//! The facility water couples everything. It begins at its set-points, with as much as anyone wants; loops and halls say how much heat they bring and
//! how much water they want, the mains say who gets how much, the plant says at which temperature it can take the heat, and the round repeats until
//! temperatures and shares stand still. When every set-point is held and the pumps suffice, which is what a plant is built for, that is one round.

mod again;
mod halls;
mod sides;
mod water;

pub(super) use again::{Before, again};
pub use halls::HallSolver;

use again::Scope;
use water::{Sharing, finish, mains, reject};

use super::hydraulic::{self, Branch};
use super::service::Service;
use super::thermal::{self, Exchanger, volumetric};
use super::{BranchFlow, Convergence, CoolerState, Cooling, FwsState, Loads, LoopState, RowCoolant, Status, air, fws, plant};
use crate::physics::coolant::{Fluid, Properties, properties};
use crate::physics::moist_air::MoistAir;
use crate::plan::{Catalog, Coolant, Id, Plan, Point, Tcs, footprint};
use crate::units::*;
use std::collections::BTreeMap;

/// Temperatures that move less than this between rounds stand still, K.
const STILL: f64 = 1e-7;
/// Rounds of the coupling at most.
const ROUNDS: usize = 40;

/// Loops solved before, so that like loops, and loops an edit did not touch, are solved once.
pub(super) type LoopMemo = hydraulic::Memo;

/// What was solved before on the cooling side.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo {
    loops: LoopMemo,
    air: air::Memo,
    mains: fws::Memo,
}

impl Memo {
    /// With halls that were solved before.
    pub fn with_halls(air: air::Memo) -> Self {
        Self { air, ..Self::default() }
    }
    /// Halls solved before.
    pub fn halls(&self) -> &air::Memo {
        &self.air
    }
    /// Keeps this many loops. Those not used for long are at the front.
    pub fn forget(&mut self, keep: usize) {
        self.loops.forget(keep);
    }
}

/// Facility water of one system at a load: what the year needs to know.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FwsDuty {
    /// Heat brought to the plant, W.
    pub heat: f64,
    /// Capacity rate of the water, W/K.
    pub rate: f64,
    /// Electric power of its pumps, its CDUs and its air handlers, W.
    pub pumps: f64,
    pub cdus: f64,
    pub fans: f64,
}

/// The cooling side at one load.
#[derive(Debug, Clone, Default)]
pub(super) struct Solved {
    pub cooling: Cooling,
    pub duties: BTreeMap<Id, FwsDuty>,
    /// Electric power by element, W; the halls' house power too.
    pub electric: BTreeMap<Id, f64>,
    /// The water, for what may be solved again.
    pub before: Before,
    /// How much the water of each system warms in each of its consumers, K, in the order of its pipes.
    water: BTreeMap<Id, Vec<f64>>,
}

pub(super) fn fluid(coolant: Coolant) -> Fluid {
    match coolant {
        Coolant::Water => Fluid::Water,
        Coolant::Pg25 => Fluid::Pg25,
        Coolant::Eg25 => Fluid::Eg25,
    }
}

/// A plan in a state.
#[derive(Clone, Copy)]
pub(super) struct State<'a> {
    pub plan: &'a Plan,
    pub catalog: &'a Catalog,
    pub loads: &'a Loads,
    pub plants: &'a BTreeMap<Id, plant::Plant>,
    pub service: &'a Service,
    pub pressure: Pressure,
    /// What stands where in each hall.
    pub sites: &'a air::Sites,
}

/// What stays the same while the coupling turns.
struct Sides<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    loads: &'a Loads,
    pressure: Pressure,
    service: &'a Service,
    /// What is solved again, and the state before; all where there is none.
    scope: Option<(&'a Scope, &'a Before)>,
    /// What stands where in each hall.
    sites: &'a air::Sites,
}

impl<'a> State<'a> {
    fn sides(&self, scope: Option<(&'a Scope, &'a Before)>) -> Sides<'a> {
        let Self { plan, catalog, loads, pressure, service, sites, .. } = *self;
        Sides { plan, catalog, loads, pressure, service, sites, scope }
    }
}

/// A CDU group as the solver sees it: element, exchanger, pumps, electric power of those that run at full speed, fixed speed.
struct CduGroup<'a> {
    id: &'a Id,
    fws: &'a Id,
    exchanger: Option<Exchanger>,
    source: hydraulic::Source,
    electric: f64,
    capacity: f64,
    drop: f64,
    fixed_speed: bool,
    at: Point,
}

/// Water wanted by a consumer in this round.
#[derive(Debug, Clone)]
struct Draw {
    id: Id,
    consumer: fws::Consumer,
    heat: f64,
    rate: f64,
}

/// The plant of every facility water system.
pub(super) fn plants(plan: &Plan, catalog: &Catalog, service: &Service) -> BTreeMap<Id, plant::Plant> {
    plan.fws_systems()
        .map(|f| {
            let groups = plan
                .coolers()
                .filter(|c| c.fws == f.id)
                .filter_map(|c| plant::Group::new(c, catalog, service.units(&c.id, c.units, c.redundant)))
                .filter(|g| g.units > 0.0)
                .collect();
            let rho_c = volumetric(&properties(fluid(f.coolant), f.supply));
            (
                f.id.clone(),
                plant::Plant {
                    groups,
                    exchanger: f.exchanger.map(Ratio::value),
                    rho_c,
                    setpoint: f.supply.kelvin(),
                    planned: plan.coolers().any(|c| c.fws == f.id),
                },
            )
        })
        .collect()
}

/// The coolant loops of a plan alone, each with its facility water at the set-point.
#[must_use]
pub fn coolant_loops(plan: &Plan, catalog: &Catalog, loads: &Loads) -> BTreeMap<Id, LoopState> {
    let (service, sites) = (Service::default(), air::Sites::new());
    let sides = Sides { plan, catalog, loads, pressure: Pressure::from_pascals(101_325.0), service: &service, sites: &sites, scope: None };
    let supply = plan.fws_systems().map(|f| (f.id.clone(), f.supply.kelvin())).collect();
    let (mut solved, mut draws, mut memo) = (Solved::default(), BTreeMap::new(), LoopMemo::default());
    for tcs in plan.tcs_loops() {
        sides.coolant_loop(tcs, &supply, &BTreeMap::new(), &mut memo, &mut solved, &mut draws);
    }
    solved.cooling.loops
}

/// Solves the cooling side in the given outdoor air; without air at the set-points, as the year needs it.
pub(super) fn solve(state: &State<'_>, outdoor: Option<&MoistAir>, memo: &mut Memo) -> Solved {
    let sides = state.sides(None);
    let mut supply: BTreeMap<Id, f64> = state.plants.iter().map(|(id, p)| (id.clone(), p.setpoint)).collect();
    let mut water = Sharing::new(&sides);
    let mut round = 0;
    loop {
        let (mut solved, draws) = sides.round(&supply, &water.share, memo);
        let given = (supply.clone(), water.share.clone());
        let shared = mains(&sides, &supply, &draws, &mut water, &mut memo.mains, &mut solved);
        let moved = match outdoor {
            Some(outdoor) => reject(state.plants, outdoor, &mut supply, &mut solved),
            None => 0.0,
        };
        round += 1;
        if (moved <= STILL && shared) || round >= ROUNDS {
            // Who gets how warm air matters to no one but the racks: the year does without.
            if outdoor.is_some() {
                sides.fields(&given.0, &given.1, &mut memo.air, &mut solved);
            }
            finish(&sides, state.plants, outdoor, &mut solved, round, moved <= STILL && shared);
            solved.before = Before { supply, water, draws };
            return solved;
        }
    }
}
