//! The values of a case's statements: matrices of numbers that remember the lines of their rows.

use super::CaseError;

/// Rows of numbers; a number is a matrix of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matrix {
    pub rows: usize,
    pub columns: usize,
    /// Row after row.
    pub data: Vec<f64>,
    /// The line each row stands in.
    pub lines: Vec<usize>,
}

/// Which rows, columns or elements.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Index {
    All,
    /// Positions from 1, as written.
    At(Matrix),
}

impl Matrix {
    pub fn number(value: f64, line: usize) -> Self {
        Self { rows: 1, columns: 1, data: vec![value], lines: vec![line] }
    }

    pub fn row(data: Vec<f64>, line: usize) -> Self {
        Self { rows: 1, columns: data.len(), data, lines: vec![line] }
    }

    pub fn scalar(&self) -> Option<f64> {
        if let [only] = self.data.as_slice() { Some(*only) } else { None }
    }

    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.data.get(row * self.columns + column).copied().unwrap_or(f64::NAN)
    }

    fn size(&self) -> String {
        format!("{}×{}", self.rows, self.columns)
    }

    pub fn map(mut self, f: impl Fn(f64) -> f64) -> Self {
        self.data.iter_mut().for_each(|v| *v = f(*v));
        self
    }

    /// An operation element by element; a number goes with every element.
    pub fn with(self, other: Self, line: usize, f: impl Fn(f64, f64) -> f64) -> Result<Self, CaseError> {
        match (self.scalar(), other.scalar()) {
            (_, Some(b)) => Ok(self.map(|a| f(a, b))),
            (Some(a), None) => Ok(other.map(|b| f(a, b))),
            (None, None) if (self.rows, self.columns) == (other.rows, other.columns) => {
                let mut result = self;
                result.data.iter_mut().zip(&other.data).for_each(|(a, b)| *a = f(*a, *b));
                Ok(result)
            }
            _ => Err(CaseError::at(line, format!("a {} and a {} matrix don't go together element by element", self.size(), other.size()))),
        }
    }

    /// A part of the matrix.
    pub fn part(&self, rows: &Index, columns: &Index, line: usize) -> Result<Self, CaseError> {
        let (rows, columns) = (rows.positions(self.rows, "row", line)?, columns.positions(self.columns, "column", line)?);
        let data = rows.iter().flat_map(|r| columns.iter().map(|c| self.at(*r, *c))).collect();
        let lines = rows.iter().map(|r| self.lines.get(*r).copied().unwrap_or(line)).collect();
        Ok(Self { rows: rows.len(), columns: columns.len(), data, lines })
    }

    /// Elements by a single index, which counts down the columns.
    pub fn elements(&self, index: &Index, line: usize) -> Result<Self, CaseError> {
        let places = index.positions(self.data.len(), "element", line)?;
        let data: Vec<f64> = places.iter().map(|p| self.at(p % self.rows, p / self.rows)).collect();
        let upright = match index {
            Index::All => true,
            Index::At(m) => m.rows > 1 || (m.columns == 1 && self.columns == 1),
        };
        Ok(if upright { Self { rows: data.len(), columns: 1, lines: vec![line; data.len()], data } } else { Self::row(data, line) })
    }

    /// Replaces a part of the matrix.
    pub fn assign(&mut self, rows: &Index, columns: &Index, value: &Self, line: usize) -> Result<(), CaseError> {
        let (rows, columns) = (rows.positions(self.rows, "row", line)?, columns.positions(self.columns, "column", line)?);
        let constant = value.scalar();
        if constant.is_none() && (value.rows, value.columns) != (rows.len(), columns.len()) {
            return Err(CaseError::at(line, format!("a {} matrix does not fit into a part of {}×{}", value.size(), rows.len(), columns.len())));
        }
        for (i, row) in rows.iter().enumerate() {
            for (j, column) in columns.iter().enumerate() {
                if let Some(place) = self.data.get_mut(row * self.columns + column) {
                    *place = constant.unwrap_or_else(|| value.at(i, j));
                }
            }
        }
        Ok(())
    }
}

impl Index {
    /// Positions from 0.
    fn positions(&self, size: usize, what: &str, line: usize) -> Result<Vec<usize>, CaseError> {
        let Self::At(wanted) = self else { return Ok((0..size).collect()) };
        let position = |v: &f64| {
            if v.fract() == 0.0 && *v >= 1.0 && *v <= size as f64 {
                Ok(*v as usize - 1)
            } else {
                Err(CaseError::at(line, format!("there is no {what} {v} in a matrix that has {size}")))
            }
        };
        wanted.data.iter().map(position).collect()
    }
}
