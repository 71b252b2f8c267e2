#![allow(clippy::unwrap_used)]

use super::*;
use crate::plan::file;
use crate::solve::{Request, Warmest, service::Service};

/// Solves the whole cooling in the state of each outage, and compares with what was followed from the state before.
fn compare(text: &str, every: usize) -> usize {
    let plan = file::read(text).unwrap().plan;
    let catalog = Catalog::builtin().unwrap().with(&plan.catalog);
    let outcome = crate::solve::solve(&plan, &catalog, &Request::default(), None);
    let air = outcome.memo.air.as_ref().unwrap();
    let base = Base::of(&outcome);
    let racks = racks::Racks::new(&plan, &catalog, &base);
    let mut count = 0;
    for failure in outcome.failures.list.iter().filter(|f| f.heat.is_some()).step_by(every) {
        let (heat, name) = (failure.heat.as_ref().unwrap(), failure.name());
        let dark = || failure.dark.iter().zip(failure.unserved.iter().copied());
        let service = Service::of(&plan, &failure.outages).without_power(dark());
        let (loads, plants) = (loads::without(&outcome.loads, dark()), cooling::plants(&plan, &catalog, &service));
        let state =
            cooling::State { plan: &plan, catalog: &catalog, loads: &loads, plants: &plants, sites: &air.sites, service: &service, pressure: air.pressure };
        let whole = cooling::solve(&state, Some(&air.outdoor), &mut cooling::Memo::default());
        let again = racks.overheat(&whole.cooling, &loads);
        assert_eq!((&heat.hot, &heat.uncooled), (&again.hot, &again.uncooled), "{name}");
        for (a, b) in [(&heat.inlet, &again.inlet), (&heat.supply, &again.supply), (&heat.back, &again.back)] {
            let kelvin = |w: &Option<Warmest>| w.as_ref().map_or(0.0, |w| w.temperature.kelvin());
            assert!((kelvin(a) - kelvin(b)).abs() < 1e-3, "{name}: {a:?} and {b:?}");
        }
        count += 1;
    }
    count
}

#[test]
fn outages_followed_equal_solving_the_whole_again() {
    for text in [
        include_str!("../../../layouts/row.ron"),
        include_str!("../../../layouts/enterprise.ron"),
        include_str!("../../../layouts/four-to-make-three.ron"),
        include_str!("../../../layouts/frontier.ron"),
    ] {
        assert!(compare(text, 1) > 3);
    }
}

#[test]
fn outages_of_colossus_followed_equal_solving_the_whole_again() {
    assert!(compare(include_str!("../../../layouts/colossus.ron"), 40) > 15);
}

/// A remark about the site cools nothing: the outages found before still hold. Another set-point does.
#[test]
fn outages_found_before_are_reused_while_nothing_they_follow_from_changes() {
    let plan = file::read(include_str!("../../../layouts/row.ron")).unwrap().plan;
    let catalog = Catalog::builtin().unwrap().with(&plan.catalog);
    let first = crate::solve::solve(&plan, &catalog, &Request::default(), None);
    let mut remarked = plan.clone();
    for element in remarked.elements.values_mut() {
        if let Element::Site(s) = element {
            s.assumed.push('.');
        }
    }
    let again = crate::solve::solve(&remarked, &catalog, &Request::default(), Some(&first));
    assert!(Arc::ptr_eq(&first.failures, &again.failures));
    let mut warmer = plan.clone();
    for element in warmer.elements.values_mut() {
        if let Element::Tcs(t) = element {
            t.supply = t.supply + crate::units::TemperatureDifference::from_kelvins(1.0);
        }
    }
    let changed = crate::solve::solve(&warmer, &catalog, &Request::default(), Some(&again));
    assert!(!Arc::ptr_eq(&first.failures, &changed.failures));
}
