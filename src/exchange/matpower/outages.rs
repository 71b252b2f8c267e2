//! Every branch of a case out, one at a time.

use super::case::Case;
use super::flow::network;
use crate::numerics::power_flow::{Options, Rating, Screen, Status, Watch};
use nalgebra::Complex;

/// Buses below this voltage are counted, pu: the usual lower bound of operation in the files themselves (`Vmin`) is 0.94 or 0.95.
pub const LOW_VOLTAGE: f64 = 0.95;

/// What the outage of a branch does. Buses are numbers of the file, branches rows of it, from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseOutage {
    /// Row of the branch that is out.
    pub row: usize,
    /// Whether there is a solution; where there is none, only what goes dark is known.
    pub converged: bool,
    /// How the solution ended, in a word.
    pub status: &'static str,
    /// Load at buses that lose their voltage, W and var.
    pub lost: Complex<f64>,
    /// How many buses lose it.
    pub dead_buses: usize,
    /// What all references give, W and var.
    pub slack: Complex<f64>,
    /// The lowest voltage, pu, and its bus.
    pub lowest: Option<(f64, u64)>,
    /// The highest loading and the row of its branch, where the file has ratings.
    pub highest: Option<(f64, usize)>,
    /// Branches above their rating.
    pub over: usize,
    /// Buses below [`LOW_VOLTAGE`].
    pub below: usize,
}

/// The outages of all branches in service, worst first: by load lost, then by loading, then by voltage.
#[must_use]
pub fn outages(case: &Case) -> Vec<CaseOutage> {
    let base = case.base_mva * 1e6;
    let ratings = case.branches.iter().map(|b| if b.rating_mva > 0.0 { Rating::Power(b.rating_mva / case.base_mva) } else { Rating::Unknown }).collect();
    let mut screen = Screen::new(network(case), &[], Watch { ratings, low_voltage: LOW_VOLTAGE }, Options::default());
    let number = |bus: usize| case.buses.get(bus).map_or(0, |b| b.number);
    let mut list: Vec<CaseOutage> = screen
        .effects()
        .map(|e| {
            let converged = e.status == Status::Converged;
            CaseOutage {
                row: e.out.first().map_or(0, |b| b + 1),
                converged,
                status: if converged { "converged" } else { "diverged" },
                lost: e.lost * base,
                dead_buses: e.dead_buses,
                slack: e.slack * base,
                lowest: e.lowest.filter(|_| converged).map(|(v, bus)| (v, number(bus))),
                highest: e.highest.filter(|_| converged).map(|(loading, branch)| (loading, branch + 1)),
                over: if converged { e.over } else { 0 },
                below: if converged { e.below } else { 0 },
            }
        })
        .collect();
    let loading = |o: &CaseOutage| o.highest.map_or(0.0, |h| h.0);
    let voltage = |o: &CaseOutage| o.lowest.map_or(f64::INFINITY, |l| l.0);
    list.sort_by(|a, b| {
        (a.converged.cmp(&b.converged))
            .then_with(|| b.lost.re.total_cmp(&a.lost.re))
            .then_with(|| loading(b).total_cmp(&loading(a)))
            .then_with(|| voltage(a).total_cmp(&voltage(b)))
            .then_with(|| a.row.cmp(&b.row))
    });
    list
}
