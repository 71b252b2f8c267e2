//! The sweep over a tree: equations (2) and (3) of the [module](super), by turns.
//!
//! The part of (3) that depends on the bus's own voltage only is kept apart,
//!
//! ```text
//! o_i = conj(s_i/V_i) + C_i V_i,   C_i = y_i + Σ_children c,   J_i = o_i + Σ_children d J_c
//! ```
//!
//! After the way back all of (2) and (3) hold, but with the `o_i` of the voltages before; so bus `i` misses (1) by exactly `V_i conj(o_i(new) − o_i(old))`, and the
//! residual costs nothing and is not blurred by large admittances.

use nalgebra::Complex;

use super::contracted::Ending;
use super::topology::{Island, Tree};
use super::{BranchFlow, Network, Options, Status};

/// Sweeps at most; what has not settled by then is better left to Newton.
const MAX_SWEEPS: usize = 100;

/// Every so many sweeps the mismatch must have halved.
const PATIENCE: usize = 6;

/// Solves the island into `voltages` and writes the flows; `None`, with `flows` untouched, if it does not settle.
pub(super) fn solve(
    network: &Network,
    island: &Island,
    tree: &Tree,
    options: &Options,
    voltages: &mut [Complex<f64>],
    flows: &mut [BranchFlow],
) -> Option<Ending> {
    let (size, links) = (island.buses.len(), &tree.links);
    let loads: Vec<Complex<f64>> = island.buses.iter().map(|&bus| network.buses[bus].load).collect();
    let mut held: Vec<Complex<f64>> = island.buses.iter().map(|&bus| network.buses[bus].shunt).collect();
    for link in links {
        held[link.parent] += link.whole.c;
    }
    let own = |k: usize, voltage: Complex<f64>| (loads[k] / voltage).conj() + held[k] * voltage;
    let mut drawn: Vec<Complex<f64>> = (0..size).map(|k| own(k, voltages[k])).collect();
    let mut totals = vec![Complex::new(0.0, 0.0); size];
    let mut checkpoint = f64::INFINITY;
    for sweep in 1..=MAX_SWEEPS {
        totals.copy_from_slice(&drawn);
        for k in (1..size).rev() {
            let link = &links[k - 1];
            let part = link.whole.d * totals[k];
            totals[link.parent] += part;
        }
        let (mut residual, mut worst) = (0.0_f64, None);
        for k in 1..size {
            let link = &links[k - 1];
            voltages[k] = link.whole.a * voltages[link.parent] + link.whole.b * totals[k];
            let next = own(k, voltages[k]);
            let missed = voltages[k] * (next - drawn[k]).conj();
            drawn[k] = next;
            if !missed.is_finite() {
                return None;
            }
            let missed = missed.re.abs().max(missed.im.abs());
            if missed >= residual {
                (residual, worst) = (missed, Some(k));
            }
        }
        if residual <= options.tolerance {
            write_flows(tree, voltages, &totals, flows);
            return Some(Ending { status: Status::Converged, iterations: sweep, residual, worst });
        }
        if sweep % PATIENCE == 0 {
            if residual > 0.5 * checkpoint {
                return None;
            }
            checkpoint = residual;
        }
    }
    None
}

/// Flows from the currents of the sweep, which know small differences of voltage better than the voltages do.
fn write_flows(tree: &Tree, voltages: &[Complex<f64>], totals: &[Complex<f64>], flows: &mut [BranchFlow]) {
    for (k, link) in tree.links.iter().enumerate() {
        let (parent, child) = (voltages[link.parent], voltages[k + 1]);
        for part in tree.parts(link) {
            let current = if link.count == 1 { totals[k + 1] } else { part.chain.share(&link.whole, parent, totals[k + 1]) };
            flows[part.branch] = part.flow(parent, child, current);
        }
    }
}
