//! The cooling side as a whole: coolant loops and hall air on facility water, facility water on the plant, coupled to one steady state.
//!
//! The facility water couples everything. It begins at its set-points, with as much as anyone wants; loops and halls say how much heat they bring and
//! how much water they want, the mains say who gets how much, the plant says at which temperature it can take the heat, and the round repeats until
//! temperatures and shares stand still. When every set-point is held and the pumps suffice, which is what a plant is built for, that is one round.

mod sides;
mod water;

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
pub(super) type LoopMemo = Vec<(hydraulic::Input, hydraulic::Answer)>;

/// Loops and mains solved before.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo {
    loops: LoopMemo,
    mains: fws::Memo,
}

impl Memo {
    /// Keeps this many loops. Those not used for long are at the front.
    pub fn forget(&mut self, keep: usize) {
        self.loops.drain(..self.loops.len().saturating_sub(keep));
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

/// What stays the same while the coupling turns.
struct Sides<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    loads: &'a Loads,
    pressure: Pressure,
    service: &'a Service,
}

/// A CDU group as the solver sees it: element, exchanger, pump curves, units in use, electric power at full speed, fixed speed.
struct CduGroup<'a> {
    id: &'a Id,
    fws: &'a Id,
    exchanger: Option<Exchanger>,
    curve: (f64, f64, f64),
    units: f64,
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
            (f.id.clone(), plant::Plant { groups, exchanger: f.exchanger.map(Ratio::value), rho_c, setpoint: f.supply.kelvin() })
        })
        .collect()
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
    memo: &mut Memo,
) -> Solved {
    let sides = Sides { plan, catalog, loads, pressure, service };
    let mut supply: BTreeMap<Id, f64> = plants.iter().map(|(id, p)| (id.clone(), p.setpoint)).collect();
    let mut water = Sharing::new(&sides);
    let mut round = 0;
    loop {
        let (mut solved, draws) = sides.round(&supply, &water.share, &mut memo.loops);
        let shared = mains(&sides, &supply, &draws, &mut water, &mut memo.mains, &mut solved);
        let moved = match outdoor {
            Some(outdoor) => reject(plants, outdoor, &mut supply, &mut solved),
            None => 0.0,
        };
        round += 1;
        if (moved <= STILL && shared) || round >= ROUNDS {
            finish(&sides, plants, outdoor, &mut solved, round, moved <= STILL && shared);
            return solved;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    #[ignore = "a measurement: run it alone, built for release"]
    #[allow(clippy::print_stdout, reason = "the measurement is what it is for")]
    fn how_long_the_mains_of_colossus_take() {
        let plan = crate::plan::file::read(include_str!("../../../layouts/colossus.ron")).unwrap().plan;
        let catalog = Catalog::builtin().unwrap();
        let loads = crate::solve::loads::solve(&plan, &catalog, 1.0);
        let service = Service::default();
        let sides = Sides { plan: &plan, catalog: &catalog, loads: &loads, pressure: Pressure::from_pascals(101_325.0), service: &service };
        let supply: BTreeMap<Id, f64> = plants(&plan, &catalog, &service).iter().map(|(id, p)| (id.clone(), p.setpoint)).collect();
        let mut water = Sharing::new(&sides);
        let (solved, draws) = sides.round(&supply, &water.share, &mut LoopMemo::default());
        let mut known = fws::Memo::default();
        let mut time = |memo: &mut fws::Memo| {
            let mut solved = solved.clone();
            let start = Instant::now();
            assert!(mains(&sides, &supply, &draws, &mut water, memo, &mut solved));
            start.elapsed().as_secs_f64() * 1e3
        };
        let least = |mut f: Box<dyn FnMut() -> f64 + '_>| (0..20).map(|_| f()).fold(f64::INFINITY, f64::min);
        println!("cold {:.3} ms", least(Box::new(|| time(&mut fws::Memo::default()))));
        println!("known {:.3} ms", least(Box::new(|| time(&mut known))));
        let start = Instant::now();
        let _ = Sharing::new(&sides);
        println!("consumers {:.3} ms", start.elapsed().as_secs_f64() * 1e3);
        let plants = plants(&plan, &catalog, &service);
        let outdoor = MoistAir { dry_bulb: Temperature::from_celsius(35.0), pressure: Pressure::from_pascals(101_325.0), humidity_ratio: 0.012 };
        let mut memo = Memo::default();
        for _ in 0..4 {
            let start = Instant::now();
            let _ = super::solve(&plan, &catalog, &loads, &plants, &service, Some(&outdoor), outdoor.pressure, &mut memo);
            println!("all of the cooling {:.3} ms", start.elapsed().as_secs_f64() * 1e3);
        }
    }
}
