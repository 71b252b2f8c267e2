//! Where the mains run: from the pumps past the consumers, as a tree or as a ring.
//!
//! Each place (a hall) has a spine: a straight line through the middle of its consumers, along the direction in which they extend most. On it are the
//! stops, one for all consumers that stand beside the same spot, each reached from there by a branch at a right angle. In a tree each spine is joined
//! to what is nearest to it, the pumps or another spine, and runs both ways from there. A ring runs along one spine after the other, nearest end first,
//! and back to the pumps. Trenches follow the axes of the campus.

use super::Tap;
use crate::plan::Point;

/// Consumers closer than this along the spine share a stop, m.
const SAME: f64 = 0.5;
/// Pipes are at least this long, m.
pub(super) const SHORTEST: f64 = 0.1;

/// A piece of the mains between two stops; stop 0 is the pumps. Piece `i` has the number `i + 1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub from: usize,
    pub to: usize,
    pub length: f64,
}

/// The mains and the branches.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Route {
    /// Stops, the pumps included.
    pub stops: usize,
    pub pieces: Vec<Piece>,
    /// Stop of each tap, and meters of its branch.
    pub taps: Vec<(usize, f64)>,
}

/// The stops of one place in order along its spine: where they are and which taps branch off.
type Spine = Vec<(Point, Vec<usize>)>;

pub(super) fn route(pumps: Point, taps: &[Tap], ring: bool) -> Route {
    let mut places: Vec<usize> = taps.iter().map(|t| t.place).collect();
    places.sort_unstable();
    places.dedup();
    let spines: Vec<Spine> = places.iter().map(|p| spine(taps, *p)).collect();
    let mut route = Route { stops: 1, pieces: Vec::new(), taps: vec![(0, SHORTEST); taps.len()] };
    if ring {
        as_ring(&mut route, pumps, taps, spines)
    } else {
        as_tree(&mut route, pumps, taps, spines)
    }
    route
}

/// The middle one by the flow they are built for.
fn middle(mut values: Vec<(f64, f64)>) -> f64 {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|v| v.1).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    for (value, weight) in &values {
        sum += weight;
        if sum >= half {
            return *value;
        }
    }
    values.last().map_or(0.0, |v| v.0)
}

fn spine(taps: &[Tap], place: usize) -> Spine {
    let mut here: Vec<usize> = (0..taps.len()).filter(|i| taps[*i].place == place).collect();
    let at = |i: usize| taps[i].at;
    let span = |f: fn(Point) -> f64| {
        let (low, high) = here.iter().map(|i| f(at(*i))).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        high - low
    };
    let eastward = span(|p| p.0) >= span(|p| p.1);
    let along = |p: Point| if eastward { p.0 } else { p.1 };
    let across = |p: Point| if eastward { p.1 } else { p.0 };
    let line = middle(here.iter().map(|i| (across(at(*i)), taps[*i].size.max(1e-9))).collect());
    here.sort_by(|a, b| along(at(*a)).total_cmp(&along(at(*b))).then(a.cmp(b)));
    let mut spine: Spine = Vec::new();
    for i in here {
        let here = along(at(i));
        match spine.last_mut() {
            Some((stop, members)) if here - along(*stop) < SAME => members.push(i),
            _ => spine.push((if eastward { Point(here, line) } else { Point(line, here) }, vec![i])),
        }
    }
    spine
}

impl Route {
    /// A new stop, reached by a new piece.
    fn extend(&mut self, from: usize, place: Point, stop: &(Point, Vec<usize>), taps: &[Tap]) -> usize {
        let number = self.stops;
        self.stops += 1;
        self.pieces.push(Piece { from, to: number, length: place.path_to(stop.0).max(SHORTEST) });
        for i in &stop.1 {
            self.taps[*i] = (number, stop.0.path_to(taps[*i].at).max(SHORTEST));
        }
        number
    }
}

fn as_tree(route: &mut Route, pumps: Point, taps: &[Tap], mut spines: Vec<Spine>) {
    let mut known = vec![pumps];
    while !spines.is_empty() {
        // The nearest of what is left to what is there.
        let mut best = (f64::INFINITY, 0, 0);
        for (s, spine) in spines.iter().enumerate() {
            for (k, from) in known.iter().enumerate() {
                let distance = reach(*from, spine);
                if distance < best.0 {
                    best = (distance, s, k);
                }
            }
        }
        let spine = spines.remove(best.1);
        let (from, place) = (best.2, known[best.2]);
        let entry = (0..spine.len()).min_by(|a, b| place.path_to(spine[*a].0).total_cmp(&place.path_to(spine[*b].0))).unwrap_or(0);
        let first = route.extend(from, place, &spine[entry], taps);
        known.push(spine[entry].0);
        let arms: [Vec<usize>; 2] = [(entry + 1..spine.len()).collect(), (0..entry).rev().collect()];
        for arm in arms {
            let (mut from, mut place) = (first, spine[entry].0);
            for i in arm {
                from = route.extend(from, place, &spine[i], taps);
                place = spine[i].0;
                known.push(place);
            }
        }
    }
}

/// Meters from a point to the nearest point of a spine.
fn reach(p: Point, spine: &Spine) -> f64 {
    let (Some(first), Some(last)) = (spine.first(), spine.last()) else { return f64::INFINITY };
    let (a, b) = (first.0, last.0);
    p.path_to(Point(p.0.clamp(a.0.min(b.0), a.0.max(b.0)), p.1.clamp(a.1.min(b.1), a.1.max(b.1))))
}

fn as_ring(route: &mut Route, pumps: Point, taps: &[Tap], mut spines: Vec<Spine>) {
    let (mut from, mut place) = (0, pumps);
    while !spines.is_empty() {
        let near = |s: &Spine| {
            let end = |stop: Option<&(Point, Vec<usize>)>| stop.map_or(f64::INFINITY, |s| place.path_to(s.0));
            (end(s.first()), end(s.last()))
        };
        let distance = |s: &Spine| near(s).0.min(near(s).1);
        let next = (0..spines.len()).min_by(|a, b| distance(&spines[*a]).total_cmp(&distance(&spines[*b]))).unwrap_or(0);
        let mut spine = spines.remove(next);
        if near(&spine).1 < near(&spine).0 {
            spine.reverse();
        }
        for stop in &spine {
            from = route.extend(from, place, stop, taps);
            place = stop.0;
        }
    }
    if from > 0 {
        route.pieces.push(Piece { from, to: 0, length: place.path_to(pumps).max(SHORTEST) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tap(x: f64, y: f64, place: usize) -> Tap {
        Tap { at: Point(x, y), size: 0.01, place, design: 0.01, drop: 1e5, shut: false, wish: 0.01 }
    }

    #[test]
    fn a_hall_hangs_on_its_spine() {
        // Two lines of consumers at y 10 and 20, pumps to the west: the spine is the line of y 10, the lower middle.
        let taps: Vec<Tap> = (0..4).flat_map(|i| [tap(10.0 + 5.0 * f64::from(i), 10.0, 0), tap(10.0 + 5.0 * f64::from(i), 20.0, 0)]).collect();
        let tree = route(Point(0.0, 0.0), &taps, false);
        assert_eq!((tree.stops, tree.pieces.len()), (5, 4));
        // 10 m east and 10 m north to the first stop, then 5 m each.
        assert_eq!(tree.pieces.iter().map(|p| p.length).collect::<Vec<_>>(), [20.0, 5.0, 5.0, 5.0]);
        assert_eq!((tree.taps[0], tree.taps[1]), ((1, SHORTEST), (1, 10.0)));
        // From the middle it runs both ways.
        let middle = route(Point(20.0, 0.0), &taps, false);
        assert_eq!(middle.pieces.iter().map(|p| (p.from, p.to)).collect::<Vec<_>>(), [(0, 1), (1, 2), (1, 3), (3, 4)]);
    }

    #[test]
    fn a_ring_comes_back_to_the_pumps() {
        let taps: Vec<Tap> = [(10.0, 0), (20.0, 0), (60.0, 1), (50.0, 1)].map(|(x, place)| tap(x, 0.0, place)).to_vec();
        let ring = route(Point(0.0, 0.0), &taps, true);
        let ends: Vec<(usize, usize, f64)> = ring.pieces.iter().map(|p| (p.from, p.to, p.length)).collect();
        assert_eq!(ends, [(0, 1, 10.0), (1, 2, 10.0), (2, 3, 30.0), (3, 4, 10.0), (4, 0, 60.0)]);
        assert_eq!(ring.taps.iter().map(|t| t.0).collect::<Vec<_>>(), [1, 2, 4, 3]);
        assert_eq!(route(Point(0.0, 0.0), &[], true).pieces.len(), 0);
    }

    #[test]
    fn halls_are_joined_to_what_is_nearest() {
        let taps: Vec<Tap> = [(10.0, 0.0, 0), (30.0, 0.0, 0), (32.0, 40.0, 1), (60.0, 40.0, 1)].map(|(x, y, place)| tap(x, y, place)).to_vec();
        let tree = route(Point(0.0, 0.0), &taps, false);
        let ends: Vec<(usize, usize, f64)> = tree.pieces.iter().map(|p| (p.from, p.to, p.length)).collect();
        assert_eq!(ends, [(0, 1, 10.0), (1, 2, 20.0), (2, 3, 42.0), (3, 4, 28.0)]);
    }
}
