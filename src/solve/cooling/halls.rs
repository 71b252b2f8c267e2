//! Hall air alone, on facility water at its set-points.

use super::{Memo, Sharing, Sides, Solved};
use crate::plan::{Catalog, Id, Plan};
use crate::solve::service::Service;
use crate::solve::{HallAir, air, loads};
use crate::units::Pressure;
use std::collections::BTreeMap;

/// Solves the air of halls and keeps what depends on their floor alone, so that the next solve is fast.
#[derive(Debug, Default)]
pub struct HallSolver {
    memory: Memo,
}

impl HallSolver {
    /// The air of every hall at sea level, with all utilizations times a factor.
    pub fn solve(&mut self, plan: &Plan, catalog: &Catalog, factor: f64) -> BTreeMap<Id, HallAir> {
        let loads = loads::solve(plan, catalog, factor);
        let service = Service::default();
        let sites = air::sites(plan, catalog);
        let sides = Sides { plan, catalog, loads: &loads, pressure: Pressure::from_pascals(101_325.0), service: &service, sites: &sites, scope: None };
        let water = plan.fws_systems().map(|f| (f.id.clone(), f.supply.kelvin())).collect();
        let mut solved = Solved::default();
        sides.fields(&water, &Sharing::default().share, &mut self.memory.air, &mut solved);
        solved.cooling.halls
    }
}
