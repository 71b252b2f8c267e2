//! An outage followed into the cooling.

use super::racks::Racks;
use super::{Air, Base};
use crate::plan::{Catalog, Plan};
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
        Self { plan, catalog, base: *base, air, racks, memo: cooling::Memo::default() }
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
        let outdoor = Some(&self.air.outdoor);
        let solved = cooling::solve(self.plan, self.catalog, &loads, &plants, &service, outdoor, self.air.pressure, &mut self.memo);
        let heat = self.racks.overheat(&solved.cooling, &loads);
        failure.survived &= !heat.is_felt();
        failure.heat = Some(heat);
    }
}
