//! The order of elimination on a floor plan: halves first, then the line between them.
//!
//! Each part is cut along the line of cells near its middle that has the fewest open ones, so that walls and rows of machines, along which
//! little is open, make small separators.
//!
//! # Source
//! A. George: Nested dissection of a regular finite element mesh. SIAM J. Numer. Anal. 10(2), 1973, 345-363.

/// Parts of this many open cells are not cut further.
const LEAF: usize = 6;

/// Open cells of a plan of `columns` × `lines`, in the order of their elimination; `unknown` gives the number of each cell, or none.
pub(super) fn order(columns: usize, lines: usize, unknown: &[u32]) -> Vec<usize> {
    let plan = Plan { columns, unknown, sums: sums(columns, lines, unknown) };
    let mut order = Vec::with_capacity(unknown.len());
    plan.cut([0, columns, 0, lines], &mut order);
    order
}

struct Plan<'a> {
    columns: usize,
    unknown: &'a [u32],
    /// Open cells west and south of each corner.
    sums: Vec<u32>,
}

fn sums(columns: usize, lines: usize, unknown: &[u32]) -> Vec<u32> {
    let mut sums = vec![0; (columns + 1) * (lines + 1)];
    for j in 0..lines {
        let mut line = 0;
        for i in 0..columns {
            line += u32::from(unknown[j * columns + i] != super::floor::SOLID);
            sums[(j + 1) * (columns + 1) + i + 1] = sums[j * (columns + 1) + i + 1] + line;
        }
    }
    sums
}

impl Plan<'_> {
    /// Open cells in columns `a..b` and lines `c..d`.
    fn open(&self, [a, b, c, d]: [usize; 4]) -> usize {
        let at = |i: usize, j: usize| self.sums[j * (self.columns + 1) + i] as usize;
        at(b, d) + at(a, c) - at(a, d) - at(b, c)
    }

    fn cut(&self, part: [usize; 4], order: &mut Vec<usize>) {
        let all = self.open(part);
        if all == 0 {
            return;
        }
        let [a, b, c, d] = part;
        let separator = if all > LEAF { self.separator(part, all) } else { None };
        let Some((across, at)) = separator else {
            self.list(part, order);
            return;
        };
        let (first, second, line) =
            if across { ([a, at, c, d], [at + 1, b, c, d], [at, at + 1, c, d]) } else { ([a, b, c, at], [a, b, at + 1, d], [a, b, at, at + 1]) };
        self.cut(first, order);
        self.cut(second, order);
        self.list(line, order);
    }

    /// The line of cells to cut at: whether it is a column, and which.
    fn separator(&self, [a, b, c, d]: [usize; 4], all: usize) -> Option<(bool, usize)> {
        let mut best: Option<(f64, bool, usize)> = None;
        let mut weigh = |across: bool, at: usize, size: usize, before: usize| {
            let after = all - size - before;
            let larger = before.max(after) as f64 / all as f64;
            if before > 0 && after > 0 && larger < 0.72 {
                // What a separator of size n costs grows as n³, and halves of unequal size cost more.
                let cost = (size as f64 + 0.5) * (1.0 + 2.0 * (larger - 0.5));
                if best.is_none_or(|(least, _, _)| cost < least) {
                    best = Some((cost, across, at));
                }
            }
        };
        for at in a + 1..b.saturating_sub(1) {
            weigh(true, at, self.open([at, at + 1, c, d]), self.open([a, at, c, d]));
        }
        for at in c + 1..d.saturating_sub(1) {
            weigh(false, at, self.open([a, b, at, at + 1]), self.open([a, b, c, at]));
        }
        best.map(|(_, across, at)| (across, at))
    }

    fn list(&self, [a, b, c, d]: [usize; 4], order: &mut Vec<usize>) {
        let cells = (c..d).flat_map(|j| (a..b).map(move |i| j * self.columns + i));
        order.extend(cells.map(|cell| self.unknown[cell]).filter(|u| *u != super::floor::SOLID).map(|u| u as usize));
    }
}
