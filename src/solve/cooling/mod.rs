//! The cooling side as a whole: coolant loops and hall air on facility water, facility water on the plant, coupled to one steady state.
//!
//! The facility water temperatures couple everything. They begin at their set-points; loops and halls say how much heat and water they
//! bring, the plant says at which temperature it can take that, and the round repeats until the temperatures stand still. When every
//! set-point is held, which is what a plant is built for, that is one round.

mod sides;
mod water;

use water::{finish, mains, reject};

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
}

pub(super) fn fluid(coolant: Coolant) -> Fluid {
    match coolant {
        Coolant::Water => Fluid::Water,
        Coolant::Pg25 => Fluid::Pg25,
        Coolant::Eg25 => Fluid::Eg25,
    }
}

/// What stays the same while the coupling turns.
struct Sides<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    loads: &'a Loads,
    pressure: Pressure,
    service: &'a Service,
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
            (f.id.clone(), plant::Plant { groups, exchanger: f.exchanger.map(Ratio::value), rho_c, setpoint: f.supply.kelvin() })
        })
        .collect()
}

/// The coolant loops of a plan alone, each with its facility water at the set-point.
#[must_use]
pub fn coolant_loops(plan: &Plan, catalog: &Catalog, loads: &Loads) -> BTreeMap<Id, LoopState> {
    let service = Service::default();
    let sides = Sides { plan, catalog, loads, pressure: Pressure::from_pascals(101_325.0), service: &service };
    let supply = plan.fws_systems().map(|f| (f.id.clone(), f.supply.kelvin())).collect();
    let (mut solved, mut draws, mut memo) = (Solved::default(), BTreeMap::new(), LoopMemo::default());
    for tcs in plan.tcs_loops() {
        sides.coolant_loop(tcs, &supply, &BTreeMap::new(), &mut memo, &mut solved, &mut draws);
    }
    solved.cooling.loops
}

/// Solves the cooling side in the given outdoor air; without air at the set-points, as the year needs it.
pub(super) fn solve(
    plan: &Plan,
    catalog: &Catalog,
    loads: &Loads,
    plants: &BTreeMap<Id, plant::Plant>,
    service: &Service,
    outdoor: Option<&MoistAir>,
    pressure: Pressure,
    memo: &mut LoopMemo,
) -> Solved {
    let sides = Sides { plan, catalog, loads, pressure, service };
    let mut supply: BTreeMap<Id, f64> = plants.iter().map(|(id, p)| (id.clone(), p.setpoint)).collect();
    let mut share: BTreeMap<Id, BTreeMap<Id, f64>> = BTreeMap::new();
    let mut round = 0;
    loop {
        let (mut solved, draws) = sides.round(&supply, &share, memo);
        let (next_share, short) = mains(&sides, &draws, &mut solved);
        let moved = match outdoor {
            Some(outdoor) => reject(plants, outdoor, &mut supply, &mut solved),
            None => 0.0,
        };
        round += 1;
        // Water that is short is shared out once and then stays: the flows themselves don't depend on temperature any more.
        let settled = moved <= STILL && (!short || !share.is_empty());
        if settled || round >= ROUNDS {
            finish(&sides, plants, outdoor, &mut solved, round, moved);
            return solved;
        }
        if short {
            share = next_share;
        }
    }
}
