//! `A = P⁻¹ L U Q⁻¹` for matrices of any kind, one column at a time, with row exchanges where the numbers ask for them.
//!
//! Column `k` of `L` and `U` solves `L x = A q_k` with the columns of `L` known so far; the nonzeros of `x` are the nodes reached in
//! the graph of `L` from the nonzeros of the column, so the work is proportional to the arithmetic (Gilbert & Peierls 1988).
//! The pivot is the diagonal entry if it is not smaller than a tenth of the largest one, which keeps the fill-reducing order.
//! Factorizing new values in a known pattern repeats the arithmetic in the known sequence, and starts afresh only when a pivot has
//! become too small for it.
//!
//! # Source
//! J. R. Gilbert, T. Peierls, "Sparse partial pivoting in time proportional to arithmetic operations", SIAM J. Sci. Stat. Comput. 9(5),
//! 1988; T. A. Davis, E. Palamadai Natarajan, "Algorithm 907: KLU", ACM TOMS 37(3), 2010 (keeping the pivot sequence).

use nalgebra::DVector;

use super::{Singular, SparseMatrix, order};

const NONE: usize = usize::MAX;

/// The diagonal is the pivot as long as it is this part of the largest candidate.
const DIAGONAL_PREFERENCE: f64 = 0.1;

/// A kept pivot that has shrunk to less than this part of its column is chosen anew.
const KEPT_PIVOT: f64 = 1e-4;

/// A factorization that keeps its structure.
#[derive(Clone, Debug)]
pub struct Lu {
    starts_of_a: Vec<usize>,
    rows_of_a: Vec<usize>,
    /// Column of `A` by position.
    order: Vec<usize>,
    /// Position of each row of `A`.
    position: Vec<usize>,
    lower: Columns,
    /// The strict upper triangle; each column in an order in which it can be solved.
    upper: Columns,
    diagonal: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Columns {
    starts: Vec<usize>,
    rows: Vec<usize>,
    values: Vec<f64>,
}

impl Columns {
    fn new(size: usize) -> Self {
        let mut starts = Vec::with_capacity(size + 1);
        starts.push(0);
        Self { starts, rows: Vec::new(), values: Vec::new() }
    }

    fn push(&mut self, row: usize, value: f64) {
        self.rows.push(row);
        self.values.push(value);
    }

    fn close_column(&mut self) {
        self.starts.push(self.rows.len());
    }

    fn range(&self, column: usize) -> std::ops::Range<usize> {
        self.starts[column]..self.starts[column + 1]
    }
}

impl Lu {
    /// Finds an order by minimum degree and factorizes.
    pub fn new(matrix: &SparseMatrix) -> Result<Self, Singular> {
        Self::with_order(matrix, order::of_matrix(matrix))
    }

    /// Factorizes with the columns in the given order; one that does not name each column once is replaced by minimum degree.
    pub fn with_order(matrix: &SparseMatrix, order: Vec<usize>) -> Result<Self, Singular> {
        let size = matrix.width();
        if matrix.height() != size {
            return Err(Singular { column: size.min(matrix.height()) });
        }
        let order = if is_permutation(&order, size) { order } else { order::of_matrix(matrix) };
        let mut lu = Self {
            starts_of_a: matrix.starts.clone(),
            rows_of_a: matrix.rows.clone(),
            order,
            position: vec![NONE; size],
            lower: Columns::new(size),
            upper: Columns::new(size),
            diagonal: Vec::with_capacity(size),
        };
        let mut work = Work::new(size);
        for k in 0..size {
            lu.eliminate_column(matrix, k, &mut work)?;
        }
        // While pivots were being chosen, L named the rows of A; from here on it names positions.
        for row in &mut lu.lower.rows {
            *row = lu.position[*row];
        }
        Ok(lu)
    }

    /// Factorizes again, keeping order, pattern and pivots while they serve.
    pub fn refactor(&mut self, matrix: &SparseMatrix) -> Result<(), Singular> {
        if !matrix.same_pattern(&self.starts_of_a, &self.rows_of_a) {
            *self = Self::new(matrix)?;
        } else if !self.repeat(matrix) {
            *self = Self::with_order(matrix, self.order.clone())?;
        }
        Ok(())
    }

    /// Number of entries in the factors, a measure of the fill.
    pub fn stored(&self) -> usize {
        self.lower.rows.len() + self.upper.rows.len() + self.diagonal.len()
    }

    /// The solution of `A x = b`. A `b` of another length counts as cut off or filled with zeros.
    pub fn solve(&self, b: &DVector<f64>) -> DVector<f64> {
        let size = self.order.len();
        let mut x = vec![0.0; size];
        for (&place, &value) in self.position.iter().zip(b.iter()) {
            x[place] = value;
        }
        for j in 0..size {
            let factor = x[j];
            for p in self.lower.range(j) {
                x[self.lower.rows[p]] -= self.lower.values[p] * factor;
            }
        }
        for j in (0..size).rev() {
            let factor = x[j] / self.diagonal[j];
            x[j] = factor;
            for p in self.upper.range(j) {
                x[self.upper.rows[p]] -= self.upper.values[p] * factor;
            }
        }
        let mut solution = DVector::zeros(size);
        for (&column, value) in self.order.iter().zip(x) {
            solution[column] = value;
        }
        solution
    }

    fn eliminate_column(&mut self, matrix: &SparseMatrix, k: usize, work: &mut Work) -> Result<(), Singular> {
        let column = self.order[k];
        let mut scale = 0.0_f64;
        work.reached.clear();
        for (row, value) in matrix.column(column) {
            work.reach(row, k, &self.position, &self.lower);
            work.x[row] = value;
            scale = scale.max(value.abs());
        }
        // The search lists every node after those it feeds; backwards it is the order of solution.
        for &row in work.reached.iter().rev() {
            let place = self.position[row];
            if place == NONE {
                continue;
            }
            let value = std::mem::take(&mut work.x[row]);
            for p in self.lower.range(place) {
                work.x[self.lower.rows[p]] -= self.lower.values[p] * value;
            }
            self.upper.push(place, value);
        }
        let (mut best, mut largest) = (NONE, 0.0_f64);
        for &row in &work.reached {
            if self.position[row] == NONE && work.x[row].abs() > largest {
                (best, largest) = (row, work.x[row].abs());
            }
        }
        if best == NONE || !largest.is_finite() || largest <= f64::EPSILON * scale {
            return Err(Singular { column });
        }
        if self.position[column] == NONE && work.x[column].abs() >= DIAGONAL_PREFERENCE * largest {
            best = column;
        }
        let pivot = std::mem::take(&mut work.x[best]);
        self.position[best] = k;
        self.diagonal.push(pivot);
        for &row in &work.reached {
            if self.position[row] == NONE {
                self.lower.push(row, std::mem::take(&mut work.x[row]) / pivot);
            }
        }
        self.lower.close_column();
        self.upper.close_column();
        Ok(())
    }

    /// The same arithmetic with new values; `false` when a pivot has become too small.
    fn repeat(&mut self, matrix: &SparseMatrix) -> bool {
        let mut x = vec![0.0; self.order.len()];
        for k in 0..self.order.len() {
            for (row, value) in matrix.column(self.order[k]) {
                x[self.position[row]] = value;
            }
            for u in self.upper.range(k) {
                let place = self.upper.rows[u];
                let value = std::mem::take(&mut x[place]);
                self.upper.values[u] = value;
                for p in self.lower.range(place) {
                    x[self.lower.rows[p]] -= self.lower.values[p] * value;
                }
            }
            let pivot = std::mem::take(&mut x[k]);
            let largest = self.lower.range(k).fold(0.0_f64, |largest, p| largest.max(x[self.lower.rows[p]].abs()));
            if !pivot.is_finite() || pivot == 0.0 || pivot.abs() < KEPT_PIVOT * largest {
                return false;
            }
            self.diagonal[k] = pivot;
            for p in self.lower.range(k) {
                self.lower.values[p] = std::mem::take(&mut x[self.lower.rows[p]]) / pivot;
            }
        }
        true
    }
}

fn is_permutation(order: &[usize], size: usize) -> bool {
    let mut seen = vec![false; size];
    order.len() == size && order.iter().all(|&index| index < size && !std::mem::replace(&mut seen[index], true))
}

/// What one column needs for a while.
struct Work {
    x: Vec<f64>,
    mark: Vec<usize>,
    reached: Vec<usize>,
    stack: Vec<(usize, usize)>,
}

impl Work {
    fn new(size: usize) -> Self {
        Self { x: vec![0.0; size], mark: vec![NONE; size], reached: Vec::new(), stack: Vec::new() }
    }

    /// Lists what the row reaches in the graph of `L`, each row after all it leads to.
    fn reach(&mut self, row: usize, k: usize, position: &[usize], lower: &Columns) {
        if self.mark[row] == k {
            return;
        }
        self.mark[row] = k;
        self.stack.push((row, 0));
        while let Some((node, tried)) = self.stack.pop() {
            let range = if position[node] == NONE { 0..0 } else { lower.range(position[node]) };
            let mut next = range.start + tried;
            while next < range.end && self.mark[lower.rows[next]] == k {
                next += 1;
            }
            if next < range.end {
                let child = lower.rows[next];
                self.stack.push((node, next + 1 - range.start));
                self.mark[child] = k;
                self.stack.push((child, 0));
            } else {
                self.reached.push(node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{random, sample};
    use super::*;

    #[test]
    fn agrees_with_the_dense_solution_before_and_after_new_values() {
        let mut matrix = sample(80, 5, false);
        let mut next = random(6);
        let b = DVector::from_fn(80, |_, _| next());
        let mut lu = Lu::new(&matrix).unwrap();
        for _ in 0..3 {
            let dense = matrix.to_dense().lu().solve(&b).unwrap();
            assert!((lu.solve(&b) - dense).amax() < 1e-12);
            for value in &mut matrix.values {
                *value += 0.1 * next();
            }
            lu.refactor(&matrix).unwrap();
        }
    }

    #[test]
    fn rows_are_exchanged_when_the_diagonal_is_empty_or_vanishes_later() {
        let mut matrix = SparseMatrix::from_triplets(3, 3, &[(0, 1, 2.0), (1, 0, 3.0), (1, 1, 1.0), (2, 2, 1.0), (0, 0, 5.0)]);
        let b = DVector::from_vec(vec![1.0, 2.0, 3.0]);
        let mut lu = Lu::new(&matrix).unwrap();
        assert!((matrix.multiply(&lu.solve(&b)) - &b).amax() < 1e-14);
        matrix.values[0] = 0.0;
        lu.refactor(&matrix).unwrap();
        assert!((matrix.multiply(&lu.solve(&b)) - &b).amax() < 1e-14);
    }

    #[test]
    fn a_dependent_column_is_named() {
        let matrix = SparseMatrix::from_triplets(2, 2, &[(0, 0, 1.0), (0, 1, 2.0), (1, 0, 2.0), (1, 1, 4.0)]);
        assert!(Lu::new(&matrix).is_err());
        let empty = SparseMatrix::from_triplets(2, 2, &[(0, 0, 1.0)]);
        assert_eq!(Lu::new(&empty).unwrap_err(), Singular { column: 1 });
        assert!(Lu::new(&SparseMatrix::from_triplets(1, 1, &[(0, 0, f64::NAN)])).is_err());
        assert!(Lu::new(&SparseMatrix::from_triplets(2, 1, &[(0, 0, 1.0)])).is_err());
    }

    #[test]
    fn an_order_that_is_none_does_no_harm() {
        let matrix = sample(10, 2, false);
        let b = DVector::from_element(10, 1.0);
        let lu = Lu::with_order(&matrix, vec![3; 10]).unwrap();
        assert!((matrix.multiply(&lu.solve(&b)) - b).amax() < 1e-12);
    }

    #[test]
    fn a_grid_keeps_its_factors_small() {
        let side = 40;
        let mut triplets = Vec::new();
        for node in 0..side * side {
            triplets.push((node, node, 4.01));
            for (other, there) in [(node + 1, node % side + 1 < side), (node + side, node + side < side * side)] {
                if there {
                    triplets.extend([(node, other, -1.0), (other, node, -1.0)]);
                }
            }
        }
        let matrix = SparseMatrix::from_triplets(side * side, side * side, &triplets);
        let lu = Lu::new(&matrix).unwrap();
        // Row by row the band would hold 2·40·1600 entries.
        assert!(lu.stored() < 60_000, "{}", lu.stored());
    }
}
