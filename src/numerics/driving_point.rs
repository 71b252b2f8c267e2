//! Driving-point impedances: what a network looks like from each of its buses, sources short-circuited behind their own impedances.
//!
//! # Derivation
//!
//! With the admittance matrix `Y` of branches and sources, a unit current into bus `i` raises its own voltage by `Z_ii = (Y⁻¹)_ii`. A bus that hangs on a
//! single neighbor adds nothing to the rest of the network, so it can be taken off first, and its impedance follows from that of its neighbor `p`: for a
//! branch of series impedance `z` behind an ideal transformer of ratio `τ` at its *from* end
//!
//! ```text
//! Z = Z_p/τ² + z      with p at the from end
//! Z = τ² (Z_p + z)    with p at the to end
//! ```
//!
//! What is left when no such bus remains (rings, several sources) is solved with the sparse factors of `Y`. So the cost is linear in a radial network.
//! Phase shifts turn `Z_ik` but not `Z_ii`.
//!
//! # Source
//! J. J. Grainger, W. D. Stevenson, *Power System Analysis*, ch. 8 (bus impedance matrix) and 10 (symmetrical faults).

use super::power_flow::{Branch, LEAST_REACTANCE, SMALLEST_SERIES};
use super::sparse::{Lu, SparseMatrix, order};
use nalgebra::{Complex, DVector};

/// Nobody: bus without a neighbor of that kind.
const NONE: usize = usize::MAX;

/// Impedance seen from each of `size` buses; `None` where no source reaches. Loads, charging and no-load admittances are left out.
///
/// `sources` are buses with the impedance of the source there.
#[must_use]
pub fn driving_point(size: usize, branches: &[Branch], sources: &[(usize, Complex<f64>)]) -> Vec<Option<Complex<f64>>> {
    let live: Vec<&Branch> = branches.iter().filter(|b| b.in_service && b.from < size && b.to < size && b.from != b.to).collect();
    let mut at: Vec<Vec<usize>> = vec![Vec::new(); size];
    for (i, b) in live.iter().enumerate() {
        at[b.from].push(i);
        at[b.to].push(i);
    }
    let reached = reach(&live, &at, sources);
    let mut fixed = vec![false; size];
    for &(bus, _) in sources.iter().filter(|(bus, _)| *bus < size) {
        fixed[bus] = true;
    }
    let stripped = strip(&live, &at, &fixed, &reached);
    let mut taken = vec![false; size];
    stripped.iter().for_each(|&(bus, _)| taken[bus] = true);
    let core: Vec<usize> = (0..size).filter(|&bus| reached[bus] && !taken[bus]).collect();
    let mut z = vec![None; size];
    solve_core(&live, &core, sources, &mut z);
    for &(bus, branch) in stripped.iter().rev() {
        let b = live[branch];
        let parent = if b.from == bus { b.to } else { b.from };
        z[bus] = z[parent].map(|z: Complex<f64>| {
            let square = b.tap * b.tap;
            if b.from == parent { z / square + series(b) } else { (z + series(b)) * square }
        });
    }
    z
}

fn series(branch: &Branch) -> Complex<f64> {
    if branch.series.norm() < SMALLEST_SERIES { Complex::new(0.0, LEAST_REACTANCE) } else { branch.series }
}

fn reach(live: &[&Branch], at: &[Vec<usize>], sources: &[(usize, Complex<f64>)]) -> Vec<bool> {
    let mut reached = vec![false; at.len()];
    let mut waiting: Vec<usize> = sources.iter().map(|(bus, _)| *bus).filter(|bus| *bus < at.len()).collect();
    while let Some(bus) = waiting.pop() {
        if !std::mem::replace(&mut reached[bus], true) {
            waiting.extend(at[bus].iter().map(|&i| if live[i].from == bus { live[i].to } else { live[i].from }));
        }
    }
    reached
}

/// Buses that hang on a single branch, in the order in which they come off, each with that branch.
fn strip(live: &[&Branch], at: &[Vec<usize>], fixed: &[bool], reached: &[bool]) -> Vec<(usize, usize)> {
    let mut degree: Vec<usize> = at.iter().map(Vec::len).collect();
    let mut off = vec![false; live.len()];
    let mut waiting: Vec<usize> = (0..at.len()).filter(|&bus| degree[bus] == 1 && !fixed[bus] && reached[bus]).collect();
    let mut stripped = Vec::new();
    while let Some(bus) = waiting.pop() {
        let Some(&branch) = at[bus].iter().find(|&&i| !off[i]) else { continue };
        off[branch] = true;
        stripped.push((bus, branch));
        let parent = if live[branch].from == bus { live[branch].to } else { live[branch].from };
        degree[parent] -= 1;
        if degree[parent] == 1 && !fixed[parent] {
            waiting.push(parent);
        }
    }
    stripped
}

/// Columns of `Y⁻¹` by sparse factors of the real form `[G −B; B G]`, two unknowns to a bus.
fn solve_core(live: &[&Branch], core: &[usize], sources: &[(usize, Complex<f64>)], z: &mut [Option<Complex<f64>>]) {
    let mut place = vec![NONE; z.len()];
    for (k, &bus) in core.iter().enumerate() {
        place[bus] = k;
    }
    let mut entries: Vec<(usize, usize, Complex<f64>)> = Vec::new();
    for b in live.iter().filter(|b| place[b.from] != NONE && place[b.to] != NONE) {
        let (f, t, y) = (place[b.from], place[b.to], series(b).inv());
        entries.extend([(f, f, y / (b.tap * b.tap)), (f, t, -y / b.tap), (t, f, -y / b.tap), (t, t, y)]);
    }
    entries.extend(sources.iter().filter(|(bus, _)| *bus < z.len()).map(|(bus, z)| (place[*bus], place[*bus], z.inv())));
    let triplets: Vec<(usize, usize, f64)> = entries
        .iter()
        .flat_map(|&(i, k, y)| [(2 * i, 2 * k, y.re), (2 * i, 2 * k + 1, -y.im), (2 * i + 1, 2 * k, y.im), (2 * i + 1, 2 * k + 1, y.re)])
        .collect();
    let size = 2 * core.len();
    let matrix = SparseMatrix::from_triplets(size, size, &triplets);
    let mut neighbors = vec![Vec::new(); core.len()];
    entries.iter().filter(|(i, k, _)| i != k).for_each(|&(i, k, _)| neighbors[i].push(k));
    let order = order::of_graph(neighbors).into_iter().flat_map(|i| [2 * i, 2 * i + 1]).collect();
    let Ok(lu) = Lu::with_order(&matrix, order) else { return };
    for (k, &bus) in core.iter().enumerate() {
        let mut unit = DVector::zeros(size);
        unit[2 * k] = 1.0;
        let column = lu.solve(&unit);
        z[bus] = Some(Complex::new(column[2 * k], column[2 * k + 1]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(from: usize, to: usize, z: Complex<f64>, tap: f64) -> Branch {
        Branch { from, to, series: z, charging: 0.0, tap, shift: 0.3, no_load: Complex::new(0.0, 0.0), in_service: true }
    }

    #[test]
    fn impedances_in_series_and_in_parallel() {
        let (j, s) = (Complex::new(0.0, 0.1), Complex::new(0.02, 0.2));
        let branches = [branch(0, 1, j, 1.0), branch(1, 2, j, 0.5), branch(3, 2, j, 2.0), branch(4, 5, j, 1.0)];
        let z = driving_point(6, &branches, &[(0, s)]);
        let near = |bus: usize, wanted: Complex<f64>| assert!((z[bus].unwrap() - wanted).norm() < 1e-14, "{bus}: {:?}", z[bus]);
        near(0, s);
        near(1, s + j);
        near(2, (s + j) / 0.25 + j);
        near(3, (z[2].unwrap() + j) * 4.0);
        assert!(z[4].is_none() && z[5].is_none());
    }

    #[test]
    fn a_ring_with_two_sources_by_hand() {
        // Two sources of 0.2 at both ends of one branch of 0.1, and a second such branch beside it: 0.2 parallel to 0.25.
        let one = |x: f64| Complex::new(0.0, x);
        let branches = [branch(0, 1, one(0.1), 1.0), branch(1, 0, one(0.1), 1.0), branch(1, 2, one(0.3), 1.0)];
        let z = driving_point(3, &branches, &[(0, one(0.2)), (1, one(0.2))]);
        let wanted = one(0.2 * 0.25 / 0.45);
        assert!((z[1].unwrap() - wanted).norm() < 1e-12);
        assert!((z[2].unwrap() - wanted - one(0.3)).norm() < 1e-12);
    }
}
