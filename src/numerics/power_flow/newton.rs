//! Newton–Raphson on equation (1) of the [module](super), with the derivatives (4).
//!
//! The rows of the Jacobian are the active and reactive mismatches, the columns the changes of `θ` and `u = ln |V|`, side by side for each bus. The order of
//! elimination is found for buses, where the graph is a quarter of the size, and the factors are kept between steps and between calls.

use nalgebra::{Complex, DVector};

use super::contracted::Ending;
use super::topology::Island;
use super::two_port::TwoPort;
use super::{BusKind, Network, Options, Status};
use crate::numerics::sparse::{Lu, SparseMatrix, order};

const NONE: usize = usize::MAX;

/// A step is halved at most this often.
const HALVINGS: usize = 12;

/// Data so far apart that rounding exceeds this cannot be solved to any use.
const WORST_ROUNDING: f64 = 1e-6;

/// The decrease asked of a step, as a part of what the linear model promises (Nocedal & Wright, *Numerical Optimization*, §3.1).
const SUFFICIENT: f64 = 1e-4;

/// No step changes `ln |V|` or an angle by more than this, which keeps voltages from changing sign on the way.
const LONGEST_STEP: f64 = 1.0;

/// Everything about an island that loads do not change.
#[derive(Clone, Debug)]
pub(super) struct Newton {
    /// The rows of `Y`: row `i` is `entries[starts[i]..starts[i + 1]]`, with the diagonal.
    starts: Vec<usize>,
    entries: Vec<(usize, Complex<f64>)>,
    /// What each entry is made of: `makings[making[e]..making[e + 1]]`.
    making: Vec<usize>,
    makings: Vec<Making>,
    /// `Σ_k |Y_ik|`, for the rounding in (1).
    strength: Vec<f64>,
    /// Buses that an outage cut off: without voltage and without demands. Empty when there are none.
    dead: Vec<bool>,
    /// Index of `θ_i` and of the active mismatch, or `NONE`; `u_i` and the reactive mismatch follow it, if they are asked for.
    angle: Vec<usize>,
    magnitude: Vec<usize>,
    /// Position in the island of each unknown.
    owner: Vec<usize>,
    jacobian: SparseMatrix,
    /// For each entry of `Y` the slots of `∂P/∂θ, ∂P/∂u, ∂Q/∂θ, ∂Q/∂u`.
    slots: Vec<[usize; 4]>,
    order: Vec<usize>,
    lu: Option<Lu>,
}

/// A part of an entry of `Y`.
#[derive(Clone, Copy, Debug)]
enum Making {
    /// The shunt of the bus.
    Shunt(usize),
    /// A coefficient of a branch: its number, whether the row is its *to* end, and whether the column is.
    Port(usize, bool, bool),
}

/// How far a state is from (1).
struct Mismatch {
    powers: Vec<Complex<f64>>,
    missing: DVector<f64>,
    residual: f64,
    worst: Option<usize>,
    /// Whether every bus is within the tolerance, or within rounding.
    settled: bool,
}

impl Newton {
    pub fn new(network: &Network, ports: &[TwoPort], island: &Island) -> Self {
        let size = island.buses.len();
        let Pattern { starts, entries, making, makings } = pattern(network, island);
        let (mut angle, mut magnitude, mut owner) = (vec![NONE; size], vec![NONE; size], Vec::new());
        for (i, &bus) in island.buses.iter().enumerate() {
            let kind = network.buses[bus].kind;
            if !matches!(kind, BusKind::Slack { .. }) {
                angle[i] = owner.len();
                owner.push(i);
            }
            if kind == BusKind::Pq {
                magnitude[i] = owner.len();
                owner.push(i);
            }
        }
        let mut places = Vec::with_capacity(4 * entries.len());
        let mut neighbors = vec![Vec::new(); size];
        for i in 0..size {
            for &(k, _) in &entries[starts[i]..starts[i + 1]] {
                places.extend([(angle[i], angle[k]), (angle[i], magnitude[k]), (magnitude[i], angle[k]), (magnitude[i], magnitude[k])]);
                if angle[i] != NONE && angle[k] != NONE {
                    neighbors[i].push(k);
                }
            }
        }
        let (jacobian, flat) = SparseMatrix::with_pattern(owner.len(), owner.len(), &places);
        let slots = flat.chunks_exact(4).map(|four| [four[0], four[1], four[2], four[3]]).collect();
        let order = order::of_graph(neighbors).into_iter().flat_map(|i| [angle[i], magnitude[i]]).filter(|&unknown| unknown != NONE).collect();
        let strength = vec![0.0; size];
        let mut newton = Self { starts, entries, making, makings, strength, dead: Vec::new(), angle, magnitude, owner, jacobian, slots, order, lu: None };
        (0..size).for_each(|i| newton.refresh(network, ports, i));
        newton
    }

    /// Takes the admittances of a bus's row from the branches as they are now.
    pub fn refresh(&mut self, network: &Network, ports: &[TwoPort], i: usize) {
        for entry in self.starts[i]..self.starts[i + 1] {
            let sum = self.makings[self.making[entry]..self.making[entry + 1]].iter().map(|making| making.value(network, ports)).sum();
            self.entries[entry].1 = sum;
        }
        self.strength[i] = self.row(i).iter().map(|(_, y)| y.norm()).sum();
    }

    /// Says which buses an outage cut off, by position. Their voltages have to be given as zero.
    pub fn set_dead(&mut self, dead: Vec<bool>) {
        self.dead = dead;
    }

    fn is_dead(&self, i: usize) -> bool {
        self.dead.get(i).copied().unwrap_or(false)
    }

    pub fn solve(&mut self, network: &Network, island: &Island, options: &Options, voltages: &mut [Complex<f64>]) -> Ending {
        let load = |(i, &bus): (usize, &usize)| if self.is_dead(i) { Complex::new(0.0, 0.0) } else { network.buses[bus].load };
        let loads: Vec<Complex<f64>> = island.buses.iter().enumerate().map(load).collect();
        let mut state = self.mismatch(voltages, &loads, options.tolerance);
        let mut iterations = 0;
        let status = loop {
            if !state.residual.is_finite() {
                break Status::Diverged;
            }
            if state.settled {
                break Status::Converged;
            }
            if iterations == options.max_iterations {
                break Status::Stalled;
            }
            iterations += 1;
            let step = match self.step(voltages, &state) {
                Ok(step) => step,
                Err(worst) => return Ending { status: Status::Singular, iterations, residual: state.residual, worst: Some(worst) },
            };
            match self.advance(voltages, &loads, options.tolerance, &state, &step) {
                Some(next) => state = next,
                None => break Status::Stalled,
            }
        };
        Ending { status, iterations, residual: state.residual, worst: state.worst }
    }

    fn row(&self, i: usize) -> &[(usize, Complex<f64>)] {
        &self.entries[self.starts[i]..self.starts[i + 1]]
    }

    fn mismatch(&self, voltages: &[Complex<f64>], loads: &[Complex<f64>], tolerance: f64) -> Mismatch {
        let mut powers = Vec::with_capacity(voltages.len());
        let mut missing = DVector::zeros(self.owner.len());
        let (mut residual, mut worst, mut settled) = (0.0_f64, None, true);
        let highest = voltages.iter().fold(0.0_f64, |highest, voltage| highest.max(voltage.norm()));
        for i in 0..voltages.len() {
            let current: Complex<f64> = self.row(i).iter().map(|&(k, y)| y * voltages[k]).sum();
            let power = voltages[i] * current.conj();
            powers.push(power);
            let missed = power + loads[i];
            let mut most = 0.0_f64;
            for (unknown, part) in [(self.angle[i], missed.re), (self.magnitude[i], missed.im)] {
                if unknown != NONE {
                    missing[unknown] = part;
                    // `max` would drop a NaN.
                    most = if part.is_finite() { most.max(part.abs()) } else { f64::INFINITY };
                }
            }
            if most >= residual && self.angle[i] != NONE {
                (residual, worst) = (most, Some(i));
            }
            // Each product of the sum is rounded to a few units in the last place.
            let rounding = 4.0 * f64::EPSILON * self.strength[i] * voltages[i].norm() * highest;
            settled &= most <= tolerance.max(rounding.min(WORST_ROUNDING));
        }
        Mismatch { powers, missing, residual, worst, settled }
    }

    /// The Newton step, or the position of the bus at which elimination failed.
    fn step(&mut self, voltages: &[Complex<f64>], state: &Mismatch) -> Result<DVector<f64>, usize> {
        self.fill_jacobian(voltages, &state.powers);
        let kept = self.lu.take();
        let lu = match kept {
            Some(mut lu) => lu.refactor(&self.jacobian).map(|()| lu),
            None => Lu::with_order(&self.jacobian, self.order.clone()),
        };
        let lu = lu.map_err(|singular| self.owner.get(singular.column).copied().unwrap_or(0))?;
        let step = -lu.solve(&state.missing);
        self.lu = Some(lu);
        Ok(step)
    }

    fn fill_jacobian(&mut self, voltages: &[Complex<f64>], powers: &[Complex<f64>]) {
        self.jacobian.clear();
        let turn = Complex::new(0.0, 1.0);
        for i in 0..voltages.len() {
            for entry in self.starts[i]..self.starts[i + 1] {
                let (k, y) = self.entries[entry];
                let part = voltages[i] * (y * voltages[k]).conj();
                let (by_angle, by_magnitude) = if k == i { (turn * (powers[i] - part), powers[i] + part) } else { (-turn * part, part) };
                let [p_angle, p_magnitude, q_angle, q_magnitude] = self.slots[entry];
                self.jacobian.add_at(p_angle, by_angle.re);
                self.jacobian.add_at(p_magnitude, by_magnitude.re);
                self.jacobian.add_at(q_angle, by_angle.im);
                self.jacobian.add_at(q_magnitude, by_magnitude.im);
                // A row that asks for nothing: no change.
                if k == i && self.is_dead(i) {
                    self.jacobian.add_at(p_angle, 1.0);
                    self.jacobian.add_at(q_magnitude, 1.0);
                }
            }
        }
    }

    /// Goes along the step as far as the mismatch falls; `None` if it does not.
    fn advance(&self, voltages: &mut [Complex<f64>], loads: &[Complex<f64>], tolerance: f64, state: &Mismatch, step: &DVector<f64>) -> Option<Mismatch> {
        let longest = step.iter().fold(0.0_f64, |longest, part| longest.max(part.abs()));
        let before = state.missing.norm();
        let mut length = if longest > LONGEST_STEP { LONGEST_STEP / longest } else { 1.0 };
        for _ in 0..=HALVINGS {
            let part = |unknown: usize| if unknown == NONE { 0.0 } else { length * step[unknown] };
            let turned = |(i, voltage): (usize, &Complex<f64>)| voltage * Complex::new(part(self.magnitude[i]), part(self.angle[i])).exp();
            let trial: Vec<Complex<f64>> = voltages.iter().enumerate().map(turned).collect();
            let next = self.mismatch(&trial, loads, tolerance);
            if next.settled || next.missing.norm() < (1.0 - SUFFICIENT * length) * before {
                voltages.copy_from_slice(&trial);
                return Some(next);
            }
            length /= 2.0;
        }
        None
    }
}

impl Making {
    fn value(self, network: &Network, ports: &[TwoPort]) -> Complex<f64> {
        match self {
            Self::Shunt(bus) => network.buses[bus].shunt,
            Self::Port(branch, false, false) => ports[branch].ff,
            Self::Port(branch, false, true) => ports[branch].ft,
            Self::Port(branch, true, false) => ports[branch].tf,
            Self::Port(branch, true, true) => ports[branch].tt,
        }
    }
}

/// The rows of the island's admittance matrix, columns ascending, and what the entries are made of.
struct Pattern {
    starts: Vec<usize>,
    entries: Vec<(usize, Complex<f64>)>,
    making: Vec<usize>,
    makings: Vec<Making>,
}

fn pattern(network: &Network, island: &Island) -> Pattern {
    let mut rows: Vec<Vec<(usize, Making)>> = island.buses.iter().enumerate().map(|(i, &bus)| vec![(i, Making::Shunt(bus))]).collect();
    for &index in &island.branches {
        let branch = &network.branches[index];
        let ends = [island.position(branch.from), island.position(branch.to)];
        for (row, at_to) in [(0, false), (1, true)] {
            rows[ends[row]].extend([(ends[0], Making::Port(index, at_to, false)), (ends[1], Making::Port(index, at_to, true))]);
        }
    }
    let mut pattern = Pattern { starts: vec![0], entries: Vec::with_capacity(rows.len() * 4), making: Vec::new(), makings: Vec::new() };
    for mut row in rows {
        row.sort_by_key(|&(k, _)| k);
        let first = pattern.entries.len();
        for (k, making) in row {
            if pattern.entries[first..].last().is_none_or(|&(last, _)| last != k) {
                pattern.entries.push((k, Complex::new(0.0, 0.0)));
                pattern.making.push(pattern.makings.len());
            }
            pattern.makings.push(making);
        }
        pattern.starts.push(pattern.entries.len());
    }
    pattern.making.push(pattern.makings.len());
    pattern
}

#[cfg(test)]
mod tests {
    use super::super::contracted::Contracted;
    use super::super::tests::grainger_stevenson;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let prepared = Contracted::new(grainger_stevenson());
        let island = &prepared.islands[0];
        let mut newton = Newton::new(&prepared.network, &prepared.ports, island);
        let loads: Vec<Complex<f64>> = island.buses.iter().map(|&bus| prepared.network.buses[bus].load).collect();
        let voltages: Vec<Complex<f64>> = (0..4).map(|k| Complex::from_polar(1.0 - 0.03 * f64::from(k), 0.1 * f64::from(k))).collect();
        let powers = newton.mismatch(&voltages, &loads, 0.0).powers;
        newton.fill_jacobian(&voltages, &powers);
        let jacobian = newton.jacobian.to_dense();
        let h = 1e-6;
        for unknown in 0..newton.owner.len() {
            let i = newton.owner[unknown];
            let moved = |by: f64| {
                let mut voltages = voltages.clone();
                let change = if newton.angle[i] == unknown { Complex::new(0.0, by) } else { Complex::new(by, 0.0) };
                voltages[i] *= change.exp();
                newton.mismatch(&voltages, &loads, 0.0).missing
            };
            let difference = (moved(h) - moved(-h)) / (2.0 * h);
            assert!((difference - jacobian.column(unknown)).amax() < 1e-7);
        }
    }
}
