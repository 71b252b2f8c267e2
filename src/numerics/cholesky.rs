//! Sparse symmetric positive definite systems with a kept symbolic part.
//!
//! A network matrix changes its numbers at every Newton step but not its pattern, so the work is split:
//! [`Symbolic`] orders the rows and lays out the factor once, [`Symbolic::factor`] fills in numbers, and
//! [`Symbolic::solve`] substitutes. [`Symbolic::update`] mends a factor for one pair that changed, [`Symbolic::factor_ties`] factors networks with parts
//! that hang on next to nothing.
//!
//! ```text
//! P A Pᵀ = L D Lᵀ       L unit lower triangular, D diagonal
//! ```
//!
//! The numbers are computed row by row ("up-looking": Davis, *Algorithm 849: a concise sparse Cholesky factorization package*,
//! ACM Trans. Math. Softw. 31, 2005), along the elimination tree (Liu, SIAM J. Matrix Anal. Appl. 11, 1990), in the order that
//! [`order`] chooses: leaves and chains, of which pipes mostly consist, eliminate without any fill.

use crate::numerics::sparse::order;

#[cfg(test)]
mod tests;

/// What no index is: the end of a list, or an entry that is not stored.
const NONE: usize = usize::MAX;

/// The row order and the layout of the factor of one sparsity pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbolic {
    size: usize,
    /// New row → old row.
    order: Vec<usize>,
    /// Old row → new row.
    place: Vec<usize>,
    /// Caller's pair → place in `upper_row`, or `NONE` for a pair of a row with itself.
    slot: Vec<usize>,
    upper_start: Vec<usize>,
    upper_row: Vec<u32>,
    /// Row k of L without its diagonal, in an order that respects the elimination tree.
    row_start: Vec<usize>,
    row_column: Vec<u32>,
    column_start: Vec<usize>,
    column_row: Vec<u32>,
}

/// The numbers of one factorization; its vectors are reused by the next.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Factor {
    upper: Vec<f64>,
    lower: Vec<f64>,
    pivot: Vec<f64>,
    /// One over each pivot.
    inverse: Vec<f64>,
    work: Vec<f64>,
    filled: Vec<usize>,
    /// Rows whose pivot was lost in rounding and replaced by the row's own diagonal.
    pub replaced: usize,
}

/// The matrix is not positive definite, or holds a number that is not finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotPositive {
    /// The row (in the caller's numbering) at which it shows.
    pub row: usize,
}

impl Symbolic {
    /// Orders a matrix of `size` rows whose entries off the diagonal lie at `pairs` (either triangle; repeats add up).
    ///
    /// Pairs with an index outside the matrix are left out, as are pairs of a row with itself.
    pub fn analyze(size: usize, pairs: &[(usize, usize)]) -> Self {
        let valid = |&(a, b): &(usize, usize)| a != b && a < size && b < size;
        let mut neighbors = vec![Vec::new(); size];
        for &(a, b) in pairs.iter().filter(|pair| valid(pair)) {
            neighbors[a].push(b);
            neighbors[b].push(a);
        }
        Self::ordered(order::of_graph(neighbors), pairs)
    }

    /// As [`Symbolic::analyze`], with the order given by someone who knows the pattern: each row once.
    pub fn ordered(order: Vec<usize>, pairs: &[(usize, usize)]) -> Self {
        let layout = Self::lay_out(order, pairs);
        // Rows that follow one another in the elimination tree get places next to each other, which costs no entry and keeps the work in the cache.
        let order = layout.postorder().into_iter().map(|row| layout.order[row]).collect();
        Self::lay_out(order, pairs)
    }

    /// The layout with the rows in this order.
    fn lay_out(order: Vec<usize>, pairs: &[(usize, usize)]) -> Self {
        let size = order.len();
        let valid = |&(a, b): &(usize, usize)| a != b && a < size && b < size;
        let mut place = vec![0; size];
        for (new, &old) in order.iter().enumerate() {
            place[old] = new;
        }
        let mut entries: Vec<(u32, u32, usize)> = Vec::with_capacity(pairs.len());
        for (index, pair) in pairs.iter().enumerate().filter(|(_, pair)| valid(pair)) {
            let (i, j) = (place[pair.0], place[pair.1]);
            entries.push((i.max(j) as u32, i.min(j) as u32, index));
        }
        entries.sort_unstable();
        let mut slot = vec![NONE; pairs.len()];
        let mut upper_start = vec![0; size + 1];
        let mut upper_row: Vec<u32> = Vec::with_capacity(entries.len());
        let mut last = None;
        for &(column, row, index) in &entries {
            if last != Some((column, row)) {
                upper_row.push(row);
                upper_start[column as usize + 1] += 1;
                last = Some((column, row));
            }
            slot[index] = upper_row.len() - 1;
        }
        accumulate(&mut upper_start);
        let (row_start, row_column) = row_patterns(size, &upper_start, &upper_row);
        let (column_start, column_row) = transpose(size, &row_start, &row_column);
        Self { size, order, place, slot, upper_start, upper_row, row_start, row_column, column_start, column_row }
    }

    /// The rows with the children of each in the elimination tree right before it, each child behind its own.
    fn postorder(&self) -> Vec<usize> {
        let mut children = vec![Vec::new(); self.size];
        let mut stack = Vec::new();
        for row in 0..self.size {
            match self.column_row[self.column_start[row]..self.column_start[row + 1]].first() {
                Some(parent) => children[*parent as usize].push(row),
                None => stack.push(row),
            }
        }
        // Parents before children, and all of it backward.
        let mut rows = Vec::with_capacity(self.size);
        while let Some(row) = stack.pop() {
            rows.push(row);
            stack.append(&mut children[row]);
        }
        rows.reverse();
        rows
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Entries of L below the diagonal: the fill plus the entries of the matrix itself.
    pub fn entries(&self) -> usize {
        self.column_row.len()
    }

    /// Factors the matrix with the given `diagonal` and one value per pair given to [`Symbolic::analyze`].
    ///
    /// A pivot that falls below `lost` times its own diagonal carries no correct digit when `lost` is near the rounding error; it is
    /// replaced by the diagonal, which ties that row weakly to where it is instead of dividing by noise. `lost = 0` refuses instead.
    ///
    /// # Errors
    /// [`NotPositive`] names the first row whose pivot is not a positive number.
    pub fn factor(&self, diagonal: &[f64], off: &[f64], lost: f64, factor: &mut Factor) -> Result<(), NotPositive> {
        factor.reset(self);
        for (&slot, &value) in self.slot.iter().zip(off) {
            if slot != NONE {
                factor.upper[slot] += value;
            }
        }
        for k in 0..self.size {
            let row = self.order[k];
            let own = diagonal.get(row).copied().unwrap_or(0.0);
            let pivot = self.row(k, own, factor);
            factor.pivot[k] = if pivot > lost * own {
                pivot
            } else if own > 0.0 && lost > 0.0 {
                factor.replaced += 1;
                own
            } else {
                return Err(NotPositive { row });
            };
            if !factor.pivot[k].is_finite() {
                return Err(NotPositive { row });
            }
            factor.inverse[k] = 1.0 / factor.pivot[k];
        }
        Ok(())
    }

    /// Factors a matrix whose entries off the diagonal are zero or negative and whose rows add up to `ties`, zero or more, without subtracting anything.
    ///
    /// So every pivot is right to nearly all its digits, however weakly a part of the network is tied to the rest:
    ///
    /// ```text
    /// d_j = ties_j − Σ_r c_rj       c_rs ← c_rs − c_rj c_sj / d_j,   ties_r ← ties_r − ties_j c_rj / d_j       for r, s after j
    /// ```
    ///
    /// (Grassmann, Taksar and Heyman, Operations Research 33, 1985, for Markov chains; Alfa, Xue and Ye, Math. Comp. 71, 2002, for such matrices.)
    /// Takes longer than [`Symbolic::factor`].
    ///
    /// # Errors
    /// [`NotPositive`] names the first row that is tied to nothing.
    pub fn factor_ties(&self, ties: &[f64], off: &[f64], factor: &mut Factor) -> Result<(), NotPositive> {
        let replaced = factor.replaced;
        factor.reset(self);
        factor.replaced = replaced;
        factor.lower.fill(0.0);
        for (&slot, &value) in self.slot.iter().zip(off) {
            if slot != NONE {
                factor.upper[slot] += value;
            }
        }
        for s in 0..self.size {
            factor.pivot[s] = ties.get(self.order[s]).copied().unwrap_or(0.0);
            for at in self.upper_start[s]..self.upper_start[s + 1] {
                let j = self.upper_row[at] as usize;
                let column = &self.column_row[self.column_start[j]..self.column_start[j + 1]];
                if let Ok(place) = column.binary_search(&(s as u32)) {
                    factor.lower[self.column_start[j] + place] += factor.upper[at];
                }
            }
        }
        (0..self.size).try_for_each(|j| self.eliminate(j, factor).ok_or(NotPositive { row: self.order[j] }))
    }

    /// Eliminates row j from the rows after it. `pivot` holds the ties of the rows that are left.
    fn eliminate(&self, j: usize, factor: &mut Factor) -> Option<()> {
        let (start, end) = (self.column_start[j], self.column_start[j + 1]);
        let tie = factor.pivot[j];
        let pivot = factor.lower[start..end].iter().fold(tie, |sum, c| sum - c);
        if !(pivot > 0.0 && pivot.is_finite()) {
            return None;
        }
        for at in start..end {
            let (r, l) = (self.column_row[at] as usize, factor.lower[at] / pivot);
            factor.pivot[r] -= l * tie;
            // The column of r has all rows of this one that come after r.
            let mut place = self.column_start[r];
            for next in at + 1..end {
                while self.column_row[place] < self.column_row[next] {
                    place += 1;
                }
                factor.lower[place] -= l * factor.lower[next];
            }
        }
        factor.lower[start..end].iter_mut().for_each(|c| *c /= pivot);
        (factor.pivot[j], factor.inverse[j]) = (pivot, 1.0 / pivot);
        Some(())
    }

    /// Computes row k of L from the rows above it and returns what is left of its pivot.
    fn row(&self, k: usize, own: f64, factor: &mut Factor) -> f64 {
        for at in self.upper_start[k]..self.upper_start[k + 1] {
            factor.work[self.upper_row[at] as usize] = factor.upper[at];
        }
        let mut pivot = own;
        for &column in &self.row_column[self.row_start[k]..self.row_start[k + 1]] {
            let i = column as usize;
            let y = std::mem::take(&mut factor.work[i]);
            let (start, end) = (self.column_start[i], factor.filled[i]);
            for (&row, &l) in self.column_row[start..end].iter().zip(&factor.lower[start..end]) {
                factor.work[row as usize] -= l * y;
            }
            let l = y * factor.inverse[i];
            pivot -= l * y;
            factor.lower[end] = l;
            factor.filled[i] = end + 1;
        }
        factor.work[k] = 0.0;
        pivot
    }

    /// Solves `A x = rhs` in place with a factorization made by [`Symbolic::factor`].
    pub fn solve(&self, factor: &mut Factor, rhs: &mut [f64]) {
        let Factor { lower, inverse, work: x, .. } = factor;
        if x.len() != self.size || rhs.len() != self.size {
            return;
        }
        for (value, &old) in x.iter_mut().zip(&self.order) {
            *value = rhs[old];
        }
        for k in 0..self.size {
            let value = x[k];
            let column = self.column_start[k]..self.column_start[k + 1];
            for (&row, &l) in self.column_row[column.clone()].iter().zip(&lower[column]) {
                x[row as usize] -= l * value;
            }
        }
        for k in (0..self.size).rev() {
            let column = self.column_start[k]..self.column_start[k + 1];
            let mut value = x[k] * inverse[k];
            for (&row, &l) in self.column_row[column.clone()].iter().zip(&lower[column]) {
                value -= l * x[row as usize];
            }
            x[k] = value;
        }
        for (value, &old) in x.iter_mut().zip(&self.order) {
            rhs[old] = std::mem::take(value);
        }
    }
}

impl Symbolic {
    /// Adds `change · w wᵀ` to a factored matrix, with `w` one at the first row and minus one at the second, or one at the only row there is.
    ///
    /// Both rows must be a pair given to [`Symbolic::analyze`]. Only the columns on the way from there to the root of the elimination tree change (Gill,
    /// Golub, Murray and Saunders, Math. Comp. 28, 1974, method C1; Davis and Hager, SIAM J. Matrix Anal. Appl. 20, 1999, for the path). Returns whether
    /// the matrix is still positive; if not, the factor is of no more use.
    pub fn update(&self, factor: &mut Factor, rows: (Option<usize>, Option<usize>), change: f64) -> bool {
        let Factor { lower, pivot, inverse, work: w, .. } = factor;
        let place = |row: Option<usize>| row.and_then(|row| self.place.get(row)).copied().unwrap_or(NONE);
        let (a, b) = (place(rows.0), place(rows.1));
        if w.len() != self.size {
            return false;
        }
        if let Some(value) = w.get_mut(a) {
            *value = 1.0;
        }
        if let Some(value) = w.get_mut(b) {
            *value = -1.0;
        }
        let (mut j, mut weight, mut positive) = (a.min(b), change, true);
        while j < self.size {
            let p = std::mem::take(&mut w[j]);
            let new = pivot[j] + weight * p * p;
            // Beyond this a change for the worse leaves too few digits.
            positive &= new > 1e-6 * pivot[j] && new.is_finite();
            let share = weight * p / new;
            weight *= pivot[j] / new;
            (pivot[j], inverse[j]) = (new, 1.0 / new);
            let column = self.column_start[j]..self.column_start[j + 1];
            j = self.column_row.get(column.start).filter(|_| !column.is_empty()).map_or(NONE, |row| *row as usize);
            for (&row, l) in self.column_row[column.clone()].iter().zip(&mut lower[column]) {
                let value = &mut w[row as usize];
                *value -= p * *l;
                *l += share * *value;
            }
        }
        positive
    }

    /// As [`Symbolic::solve`], with work space of the caller's own: a kept factorization can be used from several places.
    pub fn substitute(&self, factor: &Factor, x: &mut Vec<f64>, rhs: &mut [f64]) {
        if rhs.len() != self.size || factor.pivot.len() != self.size {
            return;
        }
        x.clear();
        x.extend(self.order.iter().map(|&old| rhs[old]));
        for k in 0..self.size {
            let value = x[k];
            let column = self.column_start[k]..self.column_start[k + 1];
            for (&row, &l) in self.column_row[column.clone()].iter().zip(&factor.lower[column]) {
                x[row as usize] -= l * value;
            }
        }
        for k in (0..self.size).rev() {
            let column = self.column_start[k]..self.column_start[k + 1];
            let mut value = x[k] / factor.pivot[k];
            for (&row, &l) in self.column_row[column.clone()].iter().zip(&factor.lower[column]) {
                value -= l * x[row as usize];
            }
            x[k] = value;
        }
        for (value, &old) in x.iter().zip(&self.order) {
            rhs[old] = *value;
        }
    }
}

impl Factor {
    fn reset(&mut self, symbolic: &Symbolic) {
        self.upper.clear();
        self.upper.resize(symbolic.upper_row.len(), 0.0);
        self.lower.resize(symbolic.column_row.len(), 0.0);
        self.pivot.resize(symbolic.size, 0.0);
        self.inverse.resize(symbolic.size, 0.0);
        self.work.clear();
        self.work.resize(symbolic.size, 0.0);
        self.filled.clear();
        self.filled.extend_from_slice(&symbolic.column_start[..symbolic.size]);
        self.replaced = 0;
    }
}

/// Turns counts at `[i + 1]` into starts at `[i]`.
fn accumulate(counts: &mut [usize]) {
    for i in 1..counts.len() {
        counts[i] += counts[i - 1];
    }
}

/// The columns of each row of L: the nodes of the elimination tree reached from the row's own entries, children before parents.
fn row_patterns(size: usize, upper_start: &[usize], upper_row: &[u32]) -> (Vec<usize>, Vec<u32>) {
    let mut parent = vec![NONE; size];
    let mut seen = vec![NONE; size];
    let mut starts = Vec::with_capacity(size + 1);
    let mut columns: Vec<u32> = Vec::with_capacity(2 * upper_row.len());
    let (mut branch, mut row) = (Vec::new(), Vec::new());
    starts.push(0);
    for k in 0..size {
        seen[k] = k;
        row.clear();
        for &entry in &upper_row[upper_start[k]..upper_start[k + 1]] {
            let mut i = entry as usize;
            branch.clear();
            while seen[i] != k {
                if parent[i] == NONE {
                    parent[i] = k;
                }
                branch.push(i as u32);
                seen[i] = k;
                i = parent[i];
            }
            // A later branch joins an earlier one from below, so it has to come before it.
            row.extend(branch.drain(..).rev());
        }
        columns.extend(row.drain(..).rev());
        starts.push(columns.len());
    }
    (starts, columns)
}

/// The rows of each column, ascending.
fn transpose(size: usize, row_start: &[usize], row_column: &[u32]) -> (Vec<usize>, Vec<u32>) {
    let mut starts = vec![0; size + 1];
    for &column in row_column {
        starts[column as usize + 1] += 1;
    }
    accumulate(&mut starts);
    let mut next = starts.clone();
    let mut rows = vec![0; row_column.len()];
    for k in 0..size {
        for &column in &row_column[row_start[k]..row_start[k + 1]] {
            rows[next[column as usize]] = k as u32;
            next[column as usize] += 1;
        }
    }
    (starts, rows)
}
