//! The open cells of a plan, their matrix, and the flow that sources and sinks make.

use super::{Grid, dissect};
use crate::numerics::cholesky::{Factor, Symbolic};

/// What stands for a cell that is no unknown.
pub(super) const SOLID: u32 = u32::MAX;
/// Width over distance of the gap through which a part of the floor that nothing else reaches exchanges its air.
const GAP: f64 = 1e-2;

/// Two open cells side by side.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Face {
    a: u32,
    b: u32,
    /// Width over distance.
    conductance: f64,
    /// Between the middles of the two; endless through a gap, where nothing mixes back.
    distance: f64,
}

/// A floor plan with its factored matrix.
#[derive(Debug, Clone)]
pub struct Floor {
    grid: Grid,
    /// Number of each cell among the open ones.
    unknown: Vec<u32>,
    /// Cell of each open one.
    cells: Vec<u32>,
    faces: Vec<Face>,
    /// How many of the faces are gaps, the last ones.
    gaps: usize,
    symbolic: Symbolic,
    factor: Factor,
}

/// A flow over a floor.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Potential of each open cell.
    pub potential: Vec<f64>,
    /// Through each face of the floor, from its first to its second cell.
    pub through: Vec<f64>,
    /// Net source of each open cell, as given.
    pub source: Vec<f64>,
}

impl Floor {
    /// Of a grid whose cells (`j·columns + i`) are solid or not. Nothing if nothing is open, or a length is no number.
    pub fn new(grid: Grid, solid: &[bool]) -> Option<Self> {
        let (columns, lines) = (grid.columns(), grid.lines());
        let mut unknown = vec![SOLID; grid.cells()];
        let mut cells = Vec::new();
        for (cell, place) in unknown.iter_mut().enumerate() {
            if !solid.get(cell).copied().unwrap_or(false) {
                *place = cells.len() as u32;
                cells.push(cell as u32);
            }
        }
        if cells.is_empty() {
            return None;
        }
        let mut faces = faces(&grid, &unknown);
        let before = faces.len();
        join(&grid, &unknown, &cells, &mut faces);
        let order = dissect::order(columns, lines, &unknown);
        let pairs: Vec<(usize, usize)> = faces.iter().map(|f| (f.a as usize, f.b as usize)).collect();
        let symbolic = Symbolic::ordered(order, &pairs);
        let mut diagonal = vec![0.0; cells.len()];
        for f in &faces {
            diagonal[f.a as usize] += f.conductance;
            diagonal[f.b as usize] += f.conductance;
        }
        // Potentials are known up to a constant: that of the first cell is held at zero. Nothing flows there as sources and sinks add up to nothing.
        diagonal[0] += 1.0;
        let off: Vec<f64> = faces.iter().map(|f| -f.conductance).collect();
        let mut factor = Factor::default();
        symbolic.factor(&diagonal, &off, 0.0, &mut factor).ok()?;
        Some(Self { gaps: faces.len() - before, grid, unknown, cells, faces, symbolic, factor })
    }

    /// The grid.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }
    /// Number of open cells.
    pub fn size(&self) -> usize {
        self.cells.len()
    }
    /// Entries of the factor.
    pub fn entries(&self) -> usize {
        self.symbolic.entries()
    }
    /// Gaps added to reach parts of the floor that are shut off.
    pub fn gaps(&self) -> usize {
        self.gaps
    }
    /// The number of a cell among the open ones, if it is open.
    pub fn open(&self, i: usize, j: usize) -> Option<usize> {
        let inside = i < self.grid.columns() && j < self.grid.lines();
        let unknown = if inside { self.unknown[j * self.grid.columns() + i] } else { SOLID };
        (unknown != SOLID).then_some(unknown as usize)
    }
    /// Column and line of an open cell.
    pub fn place(&self, open: usize) -> (usize, usize) {
        let cell = self.cells[open] as usize;
        (cell % self.grid.columns(), cell / self.grid.columns())
    }
    /// Area of an open cell, m².
    pub fn area(&self, open: usize) -> f64 {
        let (i, j) = self.place(open);
        self.grid.dx(i) * self.grid.dy(j)
    }
    /// The open cells that each face lies between, and how far their middles are apart.
    pub(super) fn sides(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        self.faces.iter().map(|f| (f.a as usize, f.b as usize, f.distance))
    }

    /// The flow of sources (above zero) and sinks (below) in each open cell, m³/s or per m of height. They must add up to zero.
    pub fn flow(&self, source: Vec<f64>) -> Flow {
        let mut potential = source.clone();
        potential.resize(self.size(), 0.0);
        let mut work = Vec::new();
        self.symbolic.substitute(&self.factor, &mut work, &mut potential);
        let through = self.faces.iter().map(|f| (potential[f.a as usize] - potential[f.b as usize]) * f.conductance).collect();
        Flow { potential, through, source }
    }

    /// What doesn't come out again of the cell where the balance is worst.
    pub fn residual(&self, flow: &Flow) -> f64 {
        let mut left = flow.source.clone();
        for (f, q) in self.faces.iter().zip(&flow.through) {
            left[f.a as usize] -= q;
            left[f.b as usize] += q;
        }
        left.iter().fold(0.0, |worst, v| v.abs().max(worst))
    }

    /// Speed in the middle of each open cell, for flows per m of height: from the means through its opposite faces.
    pub fn speed(&self, flow: &Flow) -> Vec<f64> {
        let mut along = vec![(0.0, 0.0); self.size()];
        for (f, q) in self.faces[..self.faces.len() - self.gaps].iter().zip(&flow.through) {
            let east = f.b == f.a + 1 && self.cells[f.b as usize] == self.cells[f.a as usize] + 1;
            for side in [f.a, f.b] {
                let (i, j) = self.place(side as usize);
                if east {
                    along[side as usize].0 += q / (2.0 * self.grid.dy(j));
                } else {
                    along[side as usize].1 += q / (2.0 * self.grid.dx(i));
                }
            }
        }
        along.iter().map(|(x, y)| x.hypot(*y)).collect()
    }
}

fn faces(grid: &Grid, unknown: &[u32]) -> Vec<Face> {
    let (columns, lines) = (grid.columns(), grid.lines());
    let mut faces = Vec::with_capacity(2 * unknown.len());
    for j in 0..lines {
        for i in 0..columns {
            let a = unknown[j * columns + i];
            if a == SOLID {
                continue;
            }
            if i + 1 < columns && unknown[j * columns + i + 1] != SOLID {
                let distance = (grid.dx(i) + grid.dx(i + 1)) / 2.0;
                faces.push(Face { a, b: unknown[j * columns + i + 1], conductance: grid.dy(j) / distance, distance });
            }
            if j + 1 < lines && unknown[(j + 1) * columns + i] != SOLID {
                let distance = (grid.dy(j) + grid.dy(j + 1)) / 2.0;
                faces.push(Face { a, b: unknown[(j + 1) * columns + i], conductance: grid.dx(i) / distance, distance });
            }
        }
    }
    faces
}

/// Joins each part that nothing else reaches to the rest by a gap, where it takes the fewest steps across what is solid.
fn join(grid: &Grid, unknown: &[u32], cells: &[u32], faces: &mut Vec<Face>) {
    let part = parts(cells.len(), faces);
    let count = part.iter().max().map_or(0, |m| m + 1);
    if count < 2 {
        return;
    }
    let mut sizes = vec![0_usize; count];
    part.iter().for_each(|p| sizes[*p] += 1);
    let main = (0..count).max_by_key(|p| (sizes[*p], usize::MAX - p)).unwrap_or(0);
    let mut joined = vec![false; count];
    joined[main] = true;
    // Steps spread from the largest part over everything; each cell remembers the open one they came from.
    let mut from = vec![SOLID; grid.cells()];
    let mut queue: Vec<usize> = Vec::with_capacity(grid.cells());
    for (open, cell) in cells.iter().enumerate().filter(|(open, _)| part[*open] == main) {
        from[*cell as usize] = open as u32;
        queue.push(*cell as usize);
    }
    let mut done = 0;
    while done < queue.len() {
        let cell = queue[done];
        done += 1;
        let (i, j) = (cell % grid.columns(), cell / grid.columns());
        let west = (i > 0).then(|| cell - 1);
        let south = (j > 0).then(|| cell - grid.columns());
        let beside = [west, (i + 1 < grid.columns()).then_some(cell + 1), south, (j + 1 < grid.lines()).then_some(cell + grid.columns())];
        for next in beside.into_iter().flatten() {
            if from[next] != SOLID {
                continue;
            }
            let open = unknown[next];
            from[next] = if open == SOLID { from[cell] } else { open };
            queue.push(next);
            if open != SOLID && !joined[part[open as usize]] {
                joined[part[open as usize]] = true;
                faces.push(Face { a: from[cell], b: open, conductance: GAP, distance: f64::INFINITY });
            }
        }
    }
}

/// The part of the floor that each open cell belongs to.
fn parts(size: usize, faces: &[Face]) -> Vec<usize> {
    let mut root: Vec<u32> = (0..size as u32).collect();
    fn find(root: &mut [u32], mut of: u32) -> u32 {
        while root[of as usize] != of {
            root[of as usize] = root[root[of as usize] as usize];
            of = root[of as usize];
        }
        of
    }
    for f in faces {
        let (a, b) = (find(&mut root, f.a), find(&mut root, f.b));
        // The lower number is the root, so that parts are counted from the south-west.
        root[a.max(b) as usize] = a.min(b);
    }
    let mut names = vec![usize::MAX; size];
    let mut count = 0;
    (0..size as u32)
        .map(|cell| {
            let of = find(&mut root, cell) as usize;
            if names[of] == usize::MAX {
                names[of] = count;
                count += 1;
            }
            names[of]
        })
        .collect()
}
