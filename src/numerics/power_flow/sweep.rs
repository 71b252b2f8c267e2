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
    let mut buses: Vec<Place> = island.buses.iter().zip(voltages.iter()).map(|(&bus, &voltage)| Place::new(network, bus, voltage)).collect();
    for link in &tree.links {
        buses[link.parent].held += link.whole.c;
    }
    buses.iter_mut().for_each(|bus| bus.drawn = bus.own());
    let mut totals: Vec<Complex<f64>> = buses.iter().map(|bus| bus.drawn).collect();
    let mut checkpoint = f64::INFINITY;
    for sweep in 1..=MAX_SWEEPS {
        for (k, link) in tree.up.iter().enumerate().rev() {
            let part = link.d * totals[k + 1];
            totals[link.parent as usize] += part;
        }
        let (mut residual, mut sum) = (0.0_f64, 0.0);
        for (k, (link, &total)) in tree.down.iter().zip(&totals[1..]).enumerate() {
            let parent = buses[link.parent as usize].voltage;
            let bus = &mut buses[k + 1];
            bus.voltage = link.a * parent + link.b * total;
            let next = bus.own();
            let missed = bus.voltage * (next - bus.drawn).conj();
            bus.drawn = next;
            bus.missed = missed.re.abs().max(missed.im.abs());
            // A sum keeps what is not a number, as a maximum does not.
            sum += missed.re + missed.im;
            residual = residual.max(bus.missed);
        }
        if !sum.is_finite() {
            return None;
        }
        if residual <= options.tolerance {
            voltages.iter_mut().zip(&buses).for_each(|(voltage, bus)| *voltage = bus.voltage);
            write_flows(tree, &buses, &totals, flows);
            let worst = buses.iter().rposition(|bus| bus.missed == residual).filter(|&worst| worst > 0);
            return Some(Ending { status: Status::Converged, iterations: sweep, residual, worst });
        }
        if sweep % PATIENCE == 0 {
            if residual > 0.5 * checkpoint {
                return None;
            }
            checkpoint = residual;
        }
        totals.iter_mut().zip(&buses).for_each(|(total, bus)| *total = bus.drawn);
    }
    None
}

/// A bus on the way, with all that the sweep asks of it side by side.
#[derive(Clone, Copy)]
struct Place {
    voltage: Complex<f64>,
    load: Complex<f64>,
    /// `C` of the derivation, conjugated loads aside.
    held: Complex<f64>,
    /// `o` at the voltage before.
    drawn: Complex<f64>,
    /// By how much it misses (1).
    missed: f64,
}

impl Place {
    fn new(network: &Network, bus: usize, voltage: Complex<f64>) -> Self {
        let zero = Complex::new(0.0, 0.0);
        let bus = &network.buses[bus];
        Self { voltage, load: bus.load, held: bus.shunt, drawn: zero, missed: 0.0 }
    }

    /// `o = conj(s/V) + C V`, with one division.
    fn own(&self) -> Complex<f64> {
        let scale = 1.0 / self.voltage.norm_sqr();
        self.load.conj() * self.voltage * scale + self.held * self.voltage
    }
}

/// Flows from the currents of the sweep, which know small differences of voltage better than the voltages do.
fn write_flows(tree: &Tree, buses: &[Place], totals: &[Complex<f64>], flows: &mut [BranchFlow]) {
    for (k, link) in tree.links.iter().enumerate() {
        let (parent, child, total) = (buses[link.parent].voltage, buses[k + 1].voltage, totals[k + 1]);
        for part in tree.parts(link) {
            let current = if link.count == 1 { total } else { part.chain.share(&link.whole, parent, total) };
            flows[part.branch] = part.flow(parent, child, current);
        }
    }
}
