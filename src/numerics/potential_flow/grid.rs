//! Lines across a rectangle, such that given edges lie on lines.

/// A rectangle from (0, 0), cut into rectangles. They are counted line by line: cell (i, j) is `j·columns + i`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// West to east: the columns' edges, m; one more than columns.
    pub x: Vec<f64>,
    /// South to north: the lines' edges, m.
    pub y: Vec<f64>,
}

impl Grid {
    /// Cells of about `cell` over `width` × `depth`, with lines at the given places as far as they are apart by half a cell.
    ///
    /// At most `most` cells in all: the cells grow if need be.
    pub fn new(width: f64, depth: f64, cell: f64, most: usize, at_x: &[f64], at_y: &[f64]) -> Self {
        let cell = cell.max((width * depth / most.max(1) as f64).sqrt());
        let mut grid = Self { x: cut(width, cell, at_x), y: cut(depth, cell, at_y) };
        // Lines at given places add cells: without them the number holds.
        if grid.cells() > 2 * most {
            grid = Self { x: cut(width, cell, &[]), y: cut(depth, cell, &[]) };
        }
        grid
    }
    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.x.len().saturating_sub(1)
    }
    /// Number of lines.
    pub fn lines(&self) -> usize {
        self.y.len().saturating_sub(1)
    }
    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.columns() * self.lines()
    }
    /// Width of a column, m.
    pub fn dx(&self, i: usize) -> f64 {
        self.x[i + 1] - self.x[i]
    }
    /// Depth of a line, m.
    pub fn dy(&self, j: usize) -> f64 {
        self.y[j + 1] - self.y[j]
    }
    /// Middle of a cell.
    pub fn center(&self, i: usize, j: usize) -> (f64, f64) {
        ((self.x[i] + self.x[i + 1]) / 2.0, (self.y[j] + self.y[j + 1]) / 2.0)
    }
    /// The column at a place, the outermost one beyond the edges.
    pub fn column_at(&self, x: f64) -> usize {
        place(&self.x, x)
    }
    /// The line at a place.
    pub fn line_at(&self, y: f64) -> usize {
        place(&self.y, y)
    }
}

fn place(edges: &[f64], at: f64) -> usize {
    let after = edges.partition_point(|e| *e <= at);
    after.saturating_sub(1).min(edges.len().saturating_sub(2))
}

/// Edges from 0 to `length`, at the given places where they aren't too close to each other, and evenly between.
fn cut(length: f64, cell: f64, at: &[f64]) -> Vec<f64> {
    let near = cell / 2.0;
    let mut fixed: Vec<f64> = at.iter().copied().filter(|v| *v > near && *v < length - near).collect();
    fixed.sort_unstable_by(f64::total_cmp);
    let mut edges = vec![0.0];
    let mut stops: Vec<f64> = Vec::new();
    for v in fixed {
        if stops.last().is_none_or(|last| v - last >= near) {
            stops.push(v);
        }
    }
    stops.push(length);
    for stop in stops {
        let from = edges[edges.len() - 1];
        // A little slack, so that 1.2 m in cells of 0.6 m are two for all their rounding.
        let parts = ((stop - from) / cell - 1e-6).ceil().max(1.0) as usize;
        edges.extend((1..parts).map(|k| from + (stop - from) * k as f64 / parts as f64));
        edges.push(stop);
    }
    edges
}
