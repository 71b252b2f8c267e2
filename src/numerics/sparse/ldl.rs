//! `P A Pᵀ = L D Lᵀ` for symmetric matrices, one row of `L` at a time.
//!
//! Row `k` of `L` solves a triangular system with the rows above it; its nonzeros are the nodes reached in the elimination tree
//! from the nonzeros of column `k` of `A`. Tree and counts depend on the pattern only and are found once.
//!
//! # Source
//! T. A. Davis, "Algorithm 849: a concise sparse Cholesky factorization package", ACM TOMS 31(4), 2005.
//!
//! # Assumptions
//! The whole matrix is stored, both triangles. There is no pivoting: meant for definite matrices (network Laplacians with at least one
//! held node, normal equations); a vanishing pivot is reported.

use nalgebra::DVector;

use super::{Singular, SparseMatrix, order};

const NONE: usize = usize::MAX;

/// A symmetric factorization that keeps its structure.
#[derive(Clone, Debug)]
pub struct Ldl {
    starts_of_a: Vec<usize>,
    rows_of_a: Vec<usize>,
    order: Vec<usize>,
    position: Vec<usize>,
    parent: Vec<usize>,
    starts: Vec<usize>,
    rows: Vec<usize>,
    values: Vec<f64>,
    diagonal: Vec<f64>,
}

impl Ldl {
    /// Finds an order and factorizes.
    pub fn new(matrix: &SparseMatrix) -> Result<Self, Singular> {
        let mut ldl = Self::analyze(matrix);
        ldl.factor(matrix)?;
        Ok(ldl)
    }

    /// Factorizes again. With the pattern unchanged, order and structure are kept; otherwise they are found anew.
    pub fn refactor(&mut self, matrix: &SparseMatrix) -> Result<(), Singular> {
        if !matrix.same_pattern(&self.starts_of_a, &self.rows_of_a) {
            *self = Self::analyze(matrix);
        }
        self.factor(matrix)
    }

    /// The solution of `A x = b`. A `b` of another length counts as cut off or filled with zeros.
    pub fn solve(&self, b: &DVector<f64>) -> DVector<f64> {
        let size = self.order.len();
        let mut x: Vec<f64> = self.order.iter().map(|&index| b.get(index).copied().unwrap_or(0.0)).collect();
        for j in 0..size {
            let factor = x[j];
            for p in self.starts[j]..self.starts[j + 1] {
                x[self.rows[p]] -= self.values[p] * factor;
            }
        }
        for j in (0..size).rev() {
            let mut sum = x[j] / self.diagonal[j];
            for p in self.starts[j]..self.starts[j + 1] {
                sum -= self.values[p] * x[self.rows[p]];
            }
            x[j] = sum;
        }
        let mut solution = DVector::zeros(size);
        for (&index, value) in self.order.iter().zip(x) {
            solution[index] = value;
        }
        solution
    }

    fn analyze(matrix: &SparseMatrix) -> Self {
        let size = matrix.width();
        let order = order::of_matrix(matrix);
        let mut position = vec![0; size];
        for (k, &index) in order.iter().enumerate() {
            position[index] = k;
        }
        let mut parent = vec![NONE; size];
        let mut mark = vec![NONE; size];
        let mut starts = vec![0; size + 1];
        for k in 0..size {
            mark[k] = k;
            for (row, _) in matrix.column(order[k]).filter(|&(row, _)| row < size) {
                let mut node = position[row];
                while node < k && mark[node] != k {
                    if parent[node] == NONE {
                        parent[node] = k;
                    }
                    starts[node + 1] += 1;
                    mark[node] = k;
                    node = parent[node];
                }
            }
        }
        for k in 0..size {
            starts[k + 1] += starts[k];
        }
        let stored = starts[size];
        let (starts_of_a, rows_of_a) = (matrix.starts.clone(), matrix.rows.clone());
        let (rows, values, diagonal) = (vec![0; stored], vec![0.0; stored], vec![0.0; size]);
        Self { starts_of_a, rows_of_a, order, position, parent, starts, rows, values, diagonal }
    }

    fn factor(&mut self, matrix: &SparseMatrix) -> Result<(), Singular> {
        let size = self.order.len();
        let mut y = vec![0.0; size];
        let mut mark = vec![NONE; size];
        let mut filled = vec![0_usize; size];
        let (mut path, mut pattern) = (Vec::<usize>::new(), Vec::<usize>::new());
        for k in 0..size {
            let mut scale = 0.0_f64;
            mark[k] = k;
            pattern.clear();
            for (row, value) in matrix.column(self.order[k]).filter(|&(row, _)| row < size) {
                scale = scale.max(value.abs());
                let mut node = self.position[row];
                if node > k {
                    continue;
                }
                y[node] += value;
                path.clear();
                while mark[node] != k {
                    path.push(node);
                    mark[node] = k;
                    node = self.parent[node];
                }
                // The pattern is read from its end, so that every node comes before its ancestors.
                pattern.extend(path.iter().rev());
            }
            let mut pivot = std::mem::take(&mut y[k]);
            for &node in pattern.iter().rev() {
                let value = std::mem::take(&mut y[node]);
                let end = self.starts[node] + filled[node];
                for p in self.starts[node]..end {
                    y[self.rows[p]] -= self.values[p] * value;
                }
                let entry = value / self.diagonal[node];
                pivot -= entry * value;
                self.rows[end] = k;
                self.values[end] = entry;
                filled[node] += 1;
            }
            if !pivot.is_finite() || pivot.abs() <= f64::EPSILON * scale {
                return Err(Singular { column: self.order[k] });
            }
            self.diagonal[k] = pivot;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{random, sample};
    use super::*;

    #[test]
    fn agrees_with_the_dense_solution_before_and_after_new_values() {
        let mut matrix = sample(60, 3, true);
        let mut next = random(8);
        let b = DVector::from_fn(60, |_, _| next());
        let mut ldl = Ldl::new(&matrix).unwrap();
        for _ in 0..2 {
            let dense = matrix.to_dense().lu().solve(&b).unwrap();
            assert!((ldl.solve(&b) - dense).amax() < 1e-12);
            for value in &mut matrix.values {
                *value *= 1.5;
            }
            ldl.refactor(&matrix).unwrap();
        }
    }

    #[test]
    fn a_floating_network_is_singular() {
        let laplacian = SparseMatrix::from_triplets(2, 2, &[(0, 0, 1.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 1.0)]);
        assert!(Ldl::new(&laplacian).is_err());
    }
}
