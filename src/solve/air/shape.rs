//! Where things stand in a hall, as far as its air depends on it: the key of its grid and matrix.

use crate::plan::{Catalog, Element, Hall, Id, Plan, Point, Rect, Side, footprint};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lengths are kept in micrometers from the hall's south-west corner: like halls are then alike to the bit, wherever they stand.
const PER_METER: f64 = 1e6;
/// Cell where the plan says nothing, m.
const CELL: f64 = 0.6;
/// Least cell, m: finer ones would only cost time.
const LEAST_CELL: f64 = 0.05;
/// Rows whose middles are closer than this across stand in one line, m.
const SAME_LINE: f64 = 0.6;

/// A rectangle, µm: west, south, east, north.
pub(super) type Box = [i64; 4];

/// A row, or a group of air handlers: things of one size side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bank {
    pub ground: Box,
    /// Whether they stand south–north.
    pub turned: bool,
    pub count: u32,
    /// Where racks draw their air from; where handlers blow it to.
    pub front: Side,
}

/// What stands where in a hall.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::solve) struct Shape {
    pub(super) size: (i64, i64),
    pub(super) cell: i64,
    pub(super) solids: Vec<Box>,
    pub(super) rows: Vec<Bank>,
    pub(super) handlers: Vec<Bank>,
}

impl Shape {
    /// The side from which a row draws.
    pub fn front(&self, row: usize) -> Side {
        self.rows.get(row).map_or(Side::South, |b| b.front)
    }
}

/// A hall's shape, and who is who in it.
#[derive(Debug, Clone)]
pub(in crate::solve) struct Site {
    pub shape: Arc<Shape>,
    pub rows: Vec<Id>,
    pub handlers: Vec<Id>,
}

fn micrometers(meters: f64) -> i64 {
    (meters * PER_METER).round() as i64
}

/// In meters.
pub(super) fn meters(micrometers: i64) -> f64 {
    micrometers as f64 / PER_METER
}

fn within(hall: &Hall, rect: &Rect) -> Box {
    let at = |p: &Point| (micrometers(p.0 - hall.at.0), micrometers(p.1 - hall.at.1));
    let ((a, b), (c, d)) = (at(&rect.min), at(&rect.max));
    [a, b, c, d]
}

/// What stands where, by hall.
pub(in crate::solve) type Sites = BTreeMap<Id, Site>;

/// The shape of every hall.
pub(in crate::solve) fn sites(plan: &Plan, catalog: &Catalog) -> Sites {
    let mut sites = BTreeMap::new();
    if plan.halls().next().is_none() {
        return sites;
    }
    let grounds: Vec<(&Element, Rect)> =
        plan.elements.values().filter(|e| !matches!(e, Element::Hall(_))).filter_map(|e| Some((e, footprint(e, catalog)?))).collect();
    for hall in plan.halls() {
        let whole = Rect::new(hall.at, hall.size.0, hall.size.1);
        let mut site = Site { shape: Arc::default(), rows: Vec::new(), handlers: Vec::new() };
        let (mut solids, mut rows, mut given, mut handlers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (element, rect) in &grounds {
            match element {
                Element::Row(r) if r.hall == hall.id => {
                    site.rows.push(r.id.clone());
                    rows.push(Bank { ground: within(hall, rect), turned: r.turned, count: r.count, front: Side::South });
                    given.push(r.front.filter(|s| s.along(r.turned)));
                }
                Element::AirHandler(a) if a.hall == hall.id => {
                    site.handlers.push(a.id.clone());
                    let front = inward(&whole, rect, a.turned);
                    handlers.push(Bank { ground: within(hall, rect), turned: a.turned, count: a.units, front });
                }
                _ => {}
            }
            if whole.overlaps(rect) {
                solids.push(within(hall, rect));
            }
        }
        fronts(&mut rows, &given);
        let cell = hall.cell.map_or(CELL, crate::units::Length::meters).max(LEAST_CELL);
        let size = (micrometers(hall.size.0), micrometers(hall.size.1));
        site.shape = Arc::new(Shape { size, cell: micrometers(cell), solids, rows, handlers });
        sites.insert(hall.id.clone(), site);
    }
    sites
}

/// The side of a bank that faces the middle of the hall.
fn inward(hall: &Rect, bank: &Rect, turned: bool) -> Side {
    let (middle, own) = (hall.center(), bank.center());
    match turned {
        true if own.0 <= middle.0 => Side::East,
        true => Side::West,
        false if own.1 <= middle.1 => Side::North,
        false => Side::South,
    }
}

/// Fronts of rows: those that are given, and by turns the others, so that fronts face fronts over the wider aisles.
///
/// Rows that run alike stand in lines; every other aisle between two lines is hot. Which ones: those that are narrower in the mean, as cold
/// aisles are where people work; where that says nothing, the first aisle is hot, and the outermost rows draw from the sides of the hall.
fn fronts(rows: &mut [Bank], given: &[Option<Side>]) {
    for turned in [false, true] {
        let (low, high) = if turned { (Side::West, Side::East) } else { (Side::South, Side::North) };
        let across = |b: &Bank| if turned { (b.ground[0], b.ground[2]) } else { (b.ground[1], b.ground[3]) };
        let mut order: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].turned == turned).collect();
        let middle = |i: &usize| across(&rows[*i]).0 + across(&rows[*i]).1;
        order.sort_by_key(|i| (middle(i), *i));
        let mut lines: Vec<(i64, i64, i64)> = Vec::new();
        let mut line_of = vec![0; rows.len()];
        for i in order {
            let ((from, to), m) = (across(&rows[i]), middle(&i));
            match lines.last_mut() {
                Some((a, b, first)) if m - *first < 2 * micrometers(SAME_LINE) => (*a, *b) = ((*a).min(from), (*b).max(to)),
                _ => lines.push((from, to, m)),
            }
            line_of[i] = lines.len() - 1;
        }
        let gap = |k: usize| (lines[k + 1].0 - lines[k].1) as f64;
        let mean = |first: usize| {
            let gaps: Vec<f64> = (first..lines.len().saturating_sub(1)).step_by(2).map(gap).collect();
            gaps.iter().sum::<f64>() / gaps.len() as f64
        };
        // No second aisle gives NaN, which is not less.
        let first_is_cold = mean(1) < mean(0);
        for i in 0..rows.len() {
            if rows[i].turned == turned {
                let hot_above = line_of[i].is_multiple_of(2) != first_is_cold;
                rows[i].front = given[i].unwrap_or(if hot_above { low } else { high });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(at: &[(f64, f64)], turned: bool) -> Vec<Bank> {
        let ground = |(a, b): &(f64, f64)| if turned { [*a, 0.0, *b, 9.0] } else { [0.0, *a, 9.0, *b] }.map(micrometers);
        at.iter().map(|at| Bank { ground: ground(at), turned, count: 9, front: Side::North }).collect()
    }

    #[test]
    fn wider_aisles_are_cold() {
        // Aisles of 1.2, 2.4 and 1.2 m: the narrow ones are hot, so that the first row faces away from the second.
        let mut four = rows(&[(0.0, 1.2), (2.4, 3.6), (6.0, 7.2), (8.4, 9.6)], true);
        fronts(&mut four, &[None; 4]);
        assert_eq!(four.iter().map(|b| b.front).collect::<Vec<_>>(), [Side::West, Side::East, Side::West, Side::East]);
        let mut other = rows(&[(0.0, 1.2), (3.6, 4.8), (6.0, 7.2), (9.6, 10.8)], false);
        fronts(&mut other, &[None, None, Some(Side::North), None]);
        assert_eq!(other.iter().map(|b| b.front).collect::<Vec<_>>(), [Side::North, Side::South, Side::North, Side::South]);
        let mut two = rows(&[(0.0, 1.2), (3.6, 4.8)], false);
        fronts(&mut two, &[None; 2]);
        assert_eq!(two.iter().map(|b| b.front).collect::<Vec<_>>(), [Side::South, Side::North]);
    }
}
