//! An outage followed into the cooling.

use super::racks::Racks;
use super::{Air, Base};
use crate::plan::{Catalog, Id, Plan};
use crate::solve::service::Service;
use crate::solve::{Failure, Outage, cooling, loads};

/// Follows one outage after another into the cooling of a plan.
pub(super) struct Follower<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    base: Base<'a>,
    air: &'a Air,
    racks: Racks<'a>,
    memo: cooling::Memo,
}

impl<'a> Follower<'a> {
    pub fn new(plan: &'a Plan, catalog: &'a Catalog, base: &Base<'a>, air: &'a Air) -> Self {
        let racks = Racks::new(plan, catalog, base);
        let memo = cooling::Memo::with_halls(air.halls.clone());
        Self { plan, catalog, base: *base, air, racks, memo }
    }

    /// Says what an outage does to temperatures, where it reaches the cooling.
    pub fn follow(&mut self, failure: &mut Failure) {
        let cools = |o: &Outage| Service::knows(self.plan, o);
        let dark = || failure.dark.iter().zip(failure.unserved.iter().copied());
        let same_dark = failure.dark == self.base.power.dark && failure.unserved == self.base.power.unserved;
        if same_dark && !failure.outages.iter().any(cools) {
            return;
        }
        let all: Vec<Outage> = self.base.power.out.iter().chain(&failure.outages).cloned().collect();
        let service = Service::of(self.plan, &all).without_power(dark());
        let loads = loads::without(self.base.loads, dark());
        let plants = cooling::plants(self.plan, self.catalog, &service);
        let (sites, pressure) = (&self.air.sites, self.air.pressure);
        let state = cooling::State { plan: self.plan, catalog: self.catalog, loads: &loads, plants: &plants, service: &service, sites, pressure };
        let named: Vec<Id> = failure.outages.iter().filter(|o| cools(o)).map(Outage::element).collect();
        let touched = named.iter().chain(&failure.dark).chain(&self.base.power.dark);
        let cooling = cooling::again(&state, &self.air.before, touched, &self.air.outdoor, &mut self.memo);
        let rows: Vec<Id> = failure.dark.iter().chain(&self.base.power.dark).cloned().collect();
        let heat = self.racks.overheat_in(&cooling, self.base.cooling, &loads, &rows);
        failure.survived &= !heat.is_felt();
        failure.heat = Some(heat);
    }
}
