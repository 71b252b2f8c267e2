//! Where the nodes of a network lie: at the elements they belong to, and what belongs to none between its neighbors.

use crate::plan::{Catalog, Element, Id, Plan, Point, Rect, footprint};
use crate::solve::{Junction, Pipes, Side};

/// Sweeps in which nodes without a place settle between their neighbors.
const SWEEPS: usize = 200;

/// East and north of every node, m.
pub(super) fn places(plan: &Plan, catalog: &Catalog, pipes: &Pipes) -> Vec<Point> {
    let ground = |id: Option<&Id>| id.and_then(|id| plan.get(id)).and_then(|e| Some((e, footprint(e, catalog)?)));
    // What a source gives and what a consumer takes lie on different diagonals, since a group of CDUs is both.
    let of_side = |r: Rect, side: Side, north: f64| {
        let shift = if side == Side::Supply { -0.25 } else { 0.25 };
        Point(r.center().0 + shift * r.width(), r.center().1 + north * shift * r.depth())
    };
    let sources = || pipes.sources.iter().filter_map(|id| ground(Some(id))).map(|(_, r)| r).reduce(Rect::union);
    let known = |node: &Junction| match *node {
        Junction::Manifold(side) => sources().map(|r| of_side(r, side, 1.0)),
        Junction::Slot { row, slot, side } => ground(pipes.consumers.get(row)).map(|(e, r)| at_slot(e, r, slot, side)),
        Junction::At { consumer, side } => ground(pipes.consumers.get(consumer)).map(|(_, r)| of_side(r, side, -1.0)),
        Junction::Behind { consumer } => ground(pipes.consumers.get(consumer)).map(|(_, r)| r.center()),
        Junction::Inside { source, number } => ground(pipes.sources.get(source)).map(|(_, r)| {
            let share = f64::from(number % 16 + 1) / 17.0;
            Point(r.min.0 + share * r.width(), r.center().1)
        }),
        Junction::Row { row } => ground(pipes.consumers.get(row)).map(|(e, r)| at_slot(e, r, 0, Side::Supply)),
        Junction::Rack { row, slot } => ground(pipes.consumers.get(row)).map(|(e, r)| {
            let (a, b) = (at_slot(e, r, slot, Side::Supply), at_slot(e, r, slot, Side::Return));
            Point((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
        }),
        Junction::Main { .. } => None,
    };
    let mut found: Vec<Option<Point>> = pipes.piping.nodes.iter().map(known).collect();
    found.resize(pipes.piping.network.nodes.len(), None);
    settle(pipes, &found)
}

/// A point on the supply or the return header of a row, which lie along it; slot 0 is before the first.
fn at_slot(element: &Element, r: Rect, slot: u32, side: Side) -> Point {
    let (count, turned) = if let Element::Row(row) = element { (row.count.max(1), row.turned) } else { (slot, false) };
    let along = (f64::from(slot) - 0.5) / f64::from(count);
    let across = if side == Side::Supply { 0.2 } else { 0.8 };
    let (x, y) = if turned { (across, along) } else { (along, across) };
    Point(r.min.0 + x * r.width(), r.min.1 + y * r.depth())
}

/// Puts each node without a place amid its neighbors.
fn settle(pipes: &Pipes, found: &[Option<Point>]) -> Vec<Point> {
    let known = found.iter().flatten();
    let (count, sum) = known.fold((0.0, Point::default()), |(n, s), p| (n + 1.0, Point(s.0 + p.0, s.1 + p.1)));
    let middle = if count > 0.0 { Point(sum.0 / count, sum.1 / count) } else { Point::default() };
    let mut places: Vec<Point> = found.iter().map(|p| p.unwrap_or(middle)).collect();
    let mut neighbors = vec![Vec::new(); places.len()];
    for (a, b, _) in &pipes.piping.network.links {
        neighbors[*a].push(*b);
        neighbors[*b].push(*a);
    }
    let free: Vec<usize> = (0..places.len()).filter(|i| found[*i].is_none() && !neighbors[*i].is_empty()).collect();
    for i in (0..SWEEPS).flat_map(|_| &free) {
        let around = &neighbors[*i];
        let sum = around.iter().fold(Point::default(), |s, j| Point(s.0 + places[*j].0, s.1 + places[*j].1));
        places[*i] = Point(sum.0 / around.len() as f64, sum.1 / around.len() as f64);
    }
    places
}
