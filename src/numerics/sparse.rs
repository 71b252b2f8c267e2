//! Sparse matrices, a fill-reducing order, and factorizations that keep what does not change.
//!
//! A network gives a matrix with a handful of entries per row. Eliminating row after row fills zeros in, and how many
//! depends on the order only: [`order`] chooses it by minimum degree, [`Lu`] and, for symmetric matrices, [`super::cholesky`] eliminate in
//! it. Both keep their structure between calls, because in a Newton iteration and in a time series only the numbers change.
//!
//! Why not the factorizations of `nalgebra`: they are dense, and `nalgebra-sparse` has a Cholesky but no pivoting LU and no
//! fill-reducing order. Vectors here are `nalgebra`'s.
//!
//! # Source
//! T. A. Davis, *Direct Methods for Sparse Linear Systems*, SIAM 2006, chapters 2 (storage), 4 (elimination tree, up-looking
//! factorization), 6 (left-looking LU) and 7 (order).

mod lu;
pub mod order;

use nalgebra::{DMatrix, DVector};

pub use lu::Lu;

/// A matrix in compressed columns: the rows of column `j` are `rows[starts[j]..starts[j + 1]]`, ascending, without repetition.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseMatrix {
    height: usize,
    starts: Vec<usize>,
    rows: Vec<usize>,
    values: Vec<f64>,
}

/// The elimination met a column without a usable pivot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Singular {
    /// The column of the matrix, in the caller's numbering.
    pub column: usize,
}

impl std::fmt::Display for Singular {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the matrix is singular: no pivot in column {}", self.column)
    }
}

impl std::error::Error for Singular {}

impl SparseMatrix {
    /// A matrix of zeros with room at the given places, and for each place the index of its value.
    ///
    /// Repeated places share one value, so that contributions of elements side by side can be added. Places outside the matrix
    /// are given the slot `usize::MAX`, which [`SparseMatrix::add_at`] ignores.
    pub fn with_pattern(height: usize, width: usize, places: &[(usize, usize)]) -> (Self, Vec<usize>) {
        let inside = |&(row, column): &(usize, usize)| row < height && column < width;
        let mut sorted: Vec<usize> = (0..places.len()).filter(|&k| inside(&places[k])).collect();
        sorted.sort_unstable_by_key(|&k| (places[k].1, places[k].0));
        let mut matrix = Self { height, starts: vec![0; width + 1], rows: Vec::with_capacity(sorted.len()), values: Vec::new() };
        let mut slots = vec![usize::MAX; places.len()];
        let mut last = None;
        for k in sorted {
            if last != Some(places[k]) {
                last = Some(places[k]);
                matrix.rows.push(places[k].0);
                matrix.starts[places[k].1 + 1] += 1;
            }
            slots[k] = matrix.rows.len() - 1;
        }
        for column in 0..width {
            matrix.starts[column + 1] += matrix.starts[column];
        }
        matrix.values = vec![0.0; matrix.rows.len()];
        (matrix, slots)
    }

    /// The matrix whose entries are the sums of the given `(row, column, value)` contributions.
    pub fn from_triplets(height: usize, width: usize, triplets: &[(usize, usize, f64)]) -> Self {
        let places: Vec<(usize, usize)> = triplets.iter().map(|&(row, column, _)| (row, column)).collect();
        let (mut matrix, slots) = Self::with_pattern(height, width, &places);
        for (&slot, &(_, _, value)) in slots.iter().zip(triplets) {
            matrix.add_at(slot, value);
        }
        matrix
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of stored entries.
    pub fn stored(&self) -> usize {
        self.rows.len()
    }

    /// Sets every stored value to zero and keeps the pattern.
    pub fn clear(&mut self) {
        self.values.fill(0.0);
    }

    /// Adds to the value with the given slot (see [`SparseMatrix::with_pattern`]).
    pub fn add_at(&mut self, slot: usize, value: f64) {
        if let Some(entry) = self.values.get_mut(slot) {
            *entry += value;
        }
    }

    /// The entries of one column as `(row, value)`, by ascending row.
    pub fn column(&self, column: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[column]..self.starts[column + 1];
        self.rows[range.clone()].iter().copied().zip(self.values[range].iter().copied())
    }

    /// `A x`. An `x` of another length counts as cut off or filled with zeros.
    pub fn multiply(&self, x: &DVector<f64>) -> DVector<f64> {
        let mut y = DVector::zeros(self.height);
        for (column, &factor) in x.iter().enumerate().take(self.width()) {
            for (row, value) in self.column(column) {
                y[row] += value * factor;
            }
        }
        y
    }

    /// The same matrix with its zeros, for small cases and for tests.
    pub fn to_dense(&self) -> DMatrix<f64> {
        let mut dense = DMatrix::zeros(self.height, self.width());
        for column in 0..self.width() {
            for (row, value) in self.column(column) {
                dense[(row, column)] = value;
            }
        }
        dense
    }

    /// Whether both matrices have room at the same places.
    fn same_pattern(&self, starts: &[usize], rows: &[usize]) -> bool {
        self.starts == starts && self.rows == rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reproducible stream of numbers in −0.5 … 0.5 (the 64-bit linear congruential generator of Knuth, TAOCP 2, 3.3.4).
    pub(super) fn random(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        }
    }

    /// A matrix with an irregular pattern and a well-behaved inverse; symmetric on request.
    pub(super) fn sample(size: usize, seed: u64, symmetric: bool) -> SparseMatrix {
        let mut next = random(seed);
        let mut triplets = Vec::new();
        for row in 0..size {
            triplets.push((row, row, 4.0 + next()));
            for _ in 0..3 {
                let column = (((next() + 0.5) * size as f64) as usize).min(size - 1);
                let value = next();
                triplets.push((row, column, value));
                if symmetric {
                    triplets.push((column, row, value));
                }
            }
        }
        SparseMatrix::from_triplets(size, size, &triplets)
    }

    #[test]
    fn repeated_places_add_up_and_places_outside_are_ignored() {
        let matrix = SparseMatrix::from_triplets(2, 2, &[(0, 0, 1.0), (1, 0, 2.0), (0, 0, 3.0), (5, 0, 9.0)]);
        assert_eq!(matrix.stored(), 2);
        assert_eq!(matrix.to_dense(), DMatrix::from_row_slice(2, 2, &[4.0, 0.0, 2.0, 0.0]));
        assert_eq!(matrix.multiply(&DVector::from_vec(vec![1.0, 1.0])), DVector::from_vec(vec![4.0, 2.0]));
    }
}
