//! A hall's floor in cells, and which cells racks and air handlers draw from and blow into.

use super::shape::{Bank, Box, Shape, meters};
use crate::numerics::potential_flow::{Floor, Grid};
use crate::plan::Side;

/// Cells at most, lines through edges not counted: larger halls get larger cells.
const MOST_CELLS: usize = 80_000;

/// Open cells and the share of a flow that each takes; the shares add up to 1.
pub(super) type Opening = Vec<(u32, f64)>;

/// The floor of a hall and its openings.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub floor: Floor,
    /// By row and slot.
    pub fronts: Vec<Vec<Opening>>,
    pub rears: Vec<Vec<Opening>>,
    /// By group and unit: where it blows to, and where it takes air that no plenum gives it.
    pub supplies: Vec<Vec<Opening>>,
    /// None: from above the whole floor.
    pub returns: Vec<Vec<Option<Opening>>>,
}

impl Layout {
    /// Of a shape; nothing if the hall has no open floor.
    pub fn new(shape: &Shape) -> Option<Self> {
        let (width, depth) = (meters(shape.size.0), meters(shape.size.1));
        let edges = |low: usize| -> Vec<f64> { shape.solids.iter().flat_map(|s| [meters(s[low]), meters(s[low + 2])]).collect() };
        let grid = Grid::new(width, depth, meters(shape.cell), MOST_CELLS, &edges(0), &edges(1));
        let solid = solid(&grid, &shape.solids);
        let floor = Floor::new(grid, &solid)?;
        let draw = Draw { floor: &floor };
        let side = |banks: &[Bank], pick: fn(&Bank) -> Side| -> Vec<Vec<Opening>> {
            banks.iter().map(|b| (0..b.count).map(|unit| draw.opening(b, unit, pick(b))).collect()).collect()
        };
        let fronts = side(&shape.rows, |b| b.front);
        let rears = side(&shape.rows, |b| b.front.opposite());
        let supplies = side(&shape.handlers, |b| b.front);
        let returns = draw.returns(&shape.handlers);
        Some(Self { fronts, rears, supplies, returns, floor })
    }
}

/// Cells whose middle lies in something.
fn solid(grid: &Grid, solids: &[Box]) -> Vec<bool> {
    let mut solid = vec![false; grid.cells()];
    for s in solids {
        let [west, south, east, north] = s.map(meters);
        let (i0, i1) = (grid.column_at(west), grid.column_at(east));
        let (j0, j1) = (grid.line_at(south), grid.line_at(north));
        for j in j0..=j1 {
            for i in i0..=i1 {
                let (x, y) = grid.center(i, j);
                solid[j * grid.columns() + i] |= (west..east).contains(&x) && (south..north).contains(&y);
            }
        }
    }
    solid
}

struct Draw<'a> {
    floor: &'a Floor,
}

impl Draw<'_> {
    /// The cells along one side of a unit of a bank; where one is taken, the open cell that the fewest steps lead to.
    fn opening(&self, bank: &Bank, unit: u32, side: Side) -> Opening {
        let mut opening = Opening::new();
        for (i, j, share) in self.beside(&part(bank, unit), side) {
            if let Some(open) = self.floor.open(i, j).or_else(|| self.nearest(i, j)) {
                add(&mut opening, open, share);
            }
        }
        opening
    }

    /// Cells just beyond a side of a rectangle, with the share of the side that each covers.
    fn beside(&self, ground: &[f64; 4], side: Side) -> Vec<(usize, usize, f64)> {
        const JUST: f64 = 1e-6;
        let grid = self.floor.grid();
        let [west, south, east, north] = *ground;
        let spread = |edges: &[f64], from: f64, to: f64, first: usize, last: usize| -> Vec<(usize, f64)> {
            let covers = |k: usize| (edges[k + 1].min(to) - edges[k].max(from)).max(0.0);
            let all: f64 = (first..=last).map(covers).sum();
            // What lies beyond the hall opens into its outermost cells.
            if all > 0.0 { (first..=last).map(|k| (k, covers(k) / all)).filter(|(_, s)| *s > 0.0).collect() } else { vec![(first, 1.0)] }
        };
        match side {
            Side::North | Side::South => {
                let j = grid.line_at(if side == Side::North { north + JUST } else { south - JUST });
                let columns = spread(&grid.x, west, east, grid.column_at(west), grid.column_at(east));
                columns.into_iter().map(|(i, share)| (i, j, share)).collect()
            }
            Side::East | Side::West => {
                let i = grid.column_at(if side == Side::East { east + JUST } else { west - JUST });
                let lines = spread(&grid.y, south, north, grid.line_at(south), grid.line_at(north));
                lines.into_iter().map(|(j, share)| (i, j, share)).collect()
            }
        }
    }

    fn nearest(&self, i: usize, j: usize) -> Option<usize> {
        let grid = self.floor.grid();
        let mut seen = vec![false; grid.cells()];
        let mut queue = vec![(i, j)];
        seen[j * grid.columns() + i] = true;
        let mut done = 0;
        while done < queue.len() {
            let (i, j) = queue[done];
            done += 1;
            if let Some(open) = self.floor.open(i, j) {
                return Some(open);
            }
            let beside = [(i.wrapping_sub(1), j), (i + 1, j), (i, j.wrapping_sub(1)), (i, j + 1)];
            for (i, j) in beside.into_iter().filter(|(i, j)| *i < grid.columns() && *j < grid.lines()) {
                if !std::mem::replace(&mut seen[j * grid.columns() + i], true) {
                    queue.push((i, j));
                }
            }
        }
        None
    }

    /// Where handlers take air from the room: behind them, else at the ends of their group, else from above the whole floor.
    fn returns(&self, handlers: &[Bank]) -> Vec<Vec<Option<Opening>>> {
        let group = |bank: &Bank| {
            let ends = if bank.turned { [Side::South, Side::North] } else { [Side::West, Side::East] };
            let whole = bank.ground.map(meters);
            let at_ends = self.free(ends.iter().flat_map(|side| self.beside(&whole, *side)));
            let unit = |unit| {
                let behind = self.free(self.beside(&part(bank, unit), bank.front.opposite()).into_iter());
                [behind, at_ends.clone()].into_iter().find(|o| !o.is_empty())
            };
            (0..bank.count).map(unit).collect()
        };
        handlers.iter().map(group).collect()
    }

    /// Those of some cells that are open, all together taking the whole.
    fn free(&self, cells: impl Iterator<Item = (usize, usize, f64)>) -> Opening {
        let mut opening = Opening::new();
        for (i, j, share) in cells {
            if let Some(open) = self.floor.open(i, j) {
                add(&mut opening, open, share);
            }
        }
        let all: f64 = opening.iter().map(|(_, share)| share).sum();
        opening.iter_mut().for_each(|(_, share)| *share /= all);
        opening
    }
}

fn add(opening: &mut Opening, open: usize, share: f64) {
    match opening.iter_mut().find(|(cell, _)| *cell as usize == open) {
        Some((_, known)) => *known += share,
        None => opening.push((open as u32, share)),
    }
}

/// The ground of a unit of a bank, m.
fn part(bank: &Bank, unit: u32) -> [f64; 4] {
    let [west, south, east, north] = bank.ground.map(meters);
    let (from, to) = (f64::from(unit) / f64::from(bank.count.max(1)), f64::from(unit + 1) / f64::from(bank.count.max(1)));
    if bank.turned {
        [west, south + (north - south) * from, east, south + (north - south) * to]
    } else {
        [west + (east - west) * from, south, west + (east - west) * to, north]
    }
}
