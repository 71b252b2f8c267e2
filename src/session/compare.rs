//! One plan at many sites, side by side.

use super::{Job, Solved};
use crate::plan::{Catalog, Plan};
use crate::solve::Request;
use std::sync::Arc;

/// A plan solved at a site.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Catalog key of the site.
    pub site: String,
    /// Its name.
    pub site_name: String,
    /// The answer.
    pub solved: Arc<Solved>,
}

/// Solves a plan at each of these library sites. Where a site is the plan's own, the plan's own prices and weather stay.
#[must_use]
pub fn compare_sites(plan: &Arc<Plan>, catalog: &Arc<Catalog>, request: &Request, sites: &[String]) -> Vec<Comparison> {
    let mut list: Vec<Comparison> = Vec::with_capacity(sites.len());
    for site in sites {
        let own = plan.site().is_some_and(|s| s.library == *site);
        let moved = if own { plan.clone() } else { Arc::new(plan.at_site(site)) };
        let request = Request { weather: if own { request.weather.clone() } else { None }, ..request.clone() };
        let job = Job { plan: moved, catalog: catalog.clone(), request, outside: Vec::new() };
        // Everything that doesn't depend on the place is taken from the site before.
        let solved = job.run(list.last().map(|c| &*c.solved));
        list.push(Comparison { site: site.clone(), site_name: catalog.sites(site).map_or_else(|| site.clone(), |s| s.name.clone()), solved: Arc::new(solved) });
    }
    list
}
