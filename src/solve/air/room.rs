//! The field of a hall: where its air flows, and how warm each rack gets it.

use super::coil::Running;
use super::layout::{Layout, Opening};
use super::{Field, Flows, HEIGHT, Input, MIXING};
use crate::numerics::potential_flow::{Carried, Carrier, Inlet};
use crate::solve::AirField;
use std::sync::Arc;

/// Temperatures that move less than this stand still, K.
const STILL: f64 = 1e-10;
/// Values of the field that move less than this from pass to pass stand still, K.
const FIELD_STILL: f64 = 1e-11;
/// Passes at most.
const PASSES: usize = 400;
/// Passes at most until the field stands still for given temperatures of what enters.
const FIELD_PASSES: usize = 2000;
/// Share of exhaust that escapes, up to which simply going around converges fast.
const FEW: f64 = 0.3;
/// Passes that Anderson's method looks back on.
const DEPTH: usize = 8;

/// A room that was solved.
pub(super) struct Room {
    pub field: Field,
    pub iterations: usize,
}

/// A rack that draws air.
struct Rack<'a> {
    place: (usize, usize),
    flow: f64,
    rise: f64,
    front: &'a Opening,
    rear: &'a Opening,
}

/// A handler that runs.
struct Blower<'a> {
    flow: f64,
    run: &'a Running,
    supply: &'a Opening,
    back: Option<&'a Opening>,
}

/// The mean over an opening.
fn over(opening: &Opening, carrier: &Carrier, carried: &Carried) -> f64 {
    opening.iter().map(|(cell, share)| share * carrier.at(carried, *cell as usize)).sum()
}

fn spread(opening: &Opening, amount: f64, into: &mut [f64]) {
    for (cell, share) in opening {
        into[*cell as usize] += amount * share;
    }
}

struct Rooms<'a> {
    input: &'a Input,
    flows: &'a Flows,
    layout: &'a Layout,
    racks: Vec<Rack<'a>>,
    blowers: Vec<Blower<'a>>,
    /// Share of each open cell in the floor.
    area: Vec<f64>,
    from_room: f64,
    enters: Vec<f64>,
    carried: Carried,
}

/// Solves the room. `backs` are the handlers' return temperatures: those that the plenum gives alone are known, the others are found.
/// Nothing if the temperatures don't come to stand.
pub(super) fn solve(input: &Input, flows: &Flows, running: &[Running], layout: &Layout, backs: &mut [Vec<f64>]) -> Option<Room> {
    let mut room = Rooms::new(input, flows, running, layout);
    let flow = layout.floor.flow(room.sources());
    let carrier = Carrier::new(&layout.floor, &flow, &room.inlets(), MIXING);
    let known = backs.iter().flatten().all(|t| t.is_finite());
    // Unknown: air in front of each rack, and supply air of each handler, both over the set-point.
    let supplies = |room: &Rooms<'_>, backs: &[Vec<f64>]| -> Vec<f64> {
        room.blowers.iter().zip(backs.iter().flatten()).map(|(b, t)| b.run.supply(*t) - input.set).collect()
    };
    let racks = room.racks.len();
    let mut x = vec![0.0; racks];
    x.extend(if known { supplies(&room, backs) } else { vec![0.0; room.blowers.len()] });
    let simple = known && flows.escapes <= FEW;
    let mut anderson = Anderson::default();
    let mut passes = 0;
    let mut next;
    loop {
        passes += 1;
        next = room.pass(&carrier, &x, known, simple);
        let moved = x.iter().zip(&next.0).fold(next.2, |m: f64, (a, b)| if (a - b).abs() <= m || m.is_nan() { m } else { (a - b).abs() });
        if !moved.is_finite() || passes >= if simple { FIELD_PASSES } else { PASSES } {
            return None;
        }
        if moved <= STILL {
            break;
        }
        x = if simple { next.0 } else { anderson.step(x, next.0) };
    }
    let (solved, found, _) = next;
    if !known {
        for (place, t) in backs.iter_mut().flatten().zip(found) {
            *place = t + input.set;
        }
    }
    let temperatures = carrier.values(&room.carried);
    let exhaust = room.tracer(&carrier)?;
    let speed = layout.floor.speed(&flow);
    let field = room.picture(&solved, &exhaust, &temperatures, &speed);
    Some(Room { field, iterations: passes })
}

impl<'a> Rooms<'a> {
    fn new(input: &'a Input, flows: &'a Flows, running: &'a [Running], layout: &'a Layout) -> Self {
        let mut racks = Vec::new();
        for (row, slots) in input.racks.iter().enumerate() {
            for (slot, (flow, rise)) in slots.iter().enumerate().filter(|(_, (flow, _))| *flow > 0.0) {
                let (front, rear) = (&layout.fronts[row][slot], &layout.rears[row][slot]);
                racks.push(Rack { place: (row, slot), flow: *flow, rise: *rise, front, rear });
            }
        }
        let mut blowers = Vec::new();
        for (group, (of, run)) in input.groups.iter().zip(running).enumerate() {
            for unit in 0..of.on as usize {
                let (supply, back) = (&layout.supplies[group][unit], layout.returns[group][unit].as_ref());
                blowers.push(Blower { flow: of.handler.flow * flows.speed, run, supply, back });
            }
        }
        let floor = &layout.floor;
        let whole: f64 = (0..floor.size()).map(|c| floor.area(c)).sum();
        let area = (0..floor.size()).map(|c| floor.area(c) / whole).collect();
        Self {
            input,
            flows,
            layout,
            racks,
            blowers,
            area,
            from_room: ((flows.handlers - flows.plenum) / flows.handlers).max(0.0),
            enters: vec![0.0; floor.size()],
            carried: Carried::default(),
        }
    }

    /// Share of a rack's air that comes out behind it into the room.
    fn behind(&self) -> f64 {
        self.flows.escapes - self.flows.gaps
    }

    fn sources(&self) -> Vec<f64> {
        let mut source = vec![0.0; self.layout.floor.size()];
        for rack in &self.racks {
            spread(rack.front, -rack.flow * (1.0 - self.flows.gaps), &mut source);
            spread(rack.rear, rack.flow * self.behind(), &mut source);
        }
        for b in &self.blowers {
            spread(b.supply, b.flow, &mut source);
            let taken = b.flow * self.from_room;
            match b.back {
                Some(back) => spread(back, -taken, &mut source),
                None => source.iter_mut().zip(&self.area).for_each(|(s, a)| *s -= taken * a),
            }
        }
        source
    }

    fn inlets(&self) -> Vec<Inlet> {
        let racks = self.racks.iter().map(|r| (r.rear, r.flow * self.behind()));
        let all = racks.chain(self.blowers.iter().map(|b| (b.supply, b.flow)));
        all.flat_map(|(opening, flow)| opening.iter().map(move |(cell, share)| Inlet { cell: *cell as usize, flow: flow * share }))
            .filter(|i| i.flow > 0.0)
            .collect()
    }

    fn inlet(&self, front: f64, rise: f64) -> f64 {
        front + self.flows.gaps / (1.0 - self.flows.gaps) * rise
    }

    /// From the air in front of the racks and the supply air, once around: what comes to the fronts and out of the handlers, and to the handlers.
    /// With `simple`, the field goes along by one pass, and its largest change comes with them; else it stands still.
    fn pass(&mut self, carrier: &Carrier, x: &[f64], known: bool, simple: bool) -> (Vec<f64>, Vec<f64>, f64) {
        let (fronts, supplies) = x.split_at(self.racks.len());
        let behind = self.behind();
        self.enters.iter_mut().for_each(|e| *e = 0.0);
        let mut plenum = 0.0;
        for (rack, front) in self.racks.iter().zip(fronts) {
            let out = self.inlet(*front, rack.rise) + rack.rise;
            plenum += rack.flow * out / self.flows.racks;
            spread(rack.rear, rack.flow * behind * out, &mut self.enters);
        }
        for (b, supply) in self.blowers.iter().zip(supplies) {
            spread(b.supply, b.flow * supply, &mut self.enters);
        }
        let moved = if simple {
            carrier.pass(&self.enters, &mut self.carried)
        } else if carrier.settle(&self.enters, &mut self.carried, FIELD_STILL, FIELD_PASSES) {
            0.0
        } else {
            f64::NAN
        };
        let mut next: Vec<f64> = self.racks.iter().map(|r| over(r.front, carrier, &self.carried)).collect();
        if known {
            next.extend_from_slice(supplies);
            return (next, Vec::new(), moved);
        }
        let from_above = self.blowers.iter().any(|b| b.back.is_none());
        let above = if from_above { self.area.iter().zip(carrier.values(&self.carried)).map(|(a, t)| a * t).sum() } else { 0.0 };
        let room = |b: &Blower<'_>| b.back.map_or(above, |o| over(o, carrier, &self.carried));
        let backs: Vec<f64> = self.blowers.iter().map(|b| plenum + (room(b) - plenum) * self.from_room).collect();
        let set = self.input.set;
        next.extend(self.blowers.iter().zip(&backs).map(|(b, back)| b.run.supply(back + set) - set));
        (next, backs, moved)
    }

    /// The share of exhaust in the air in front of each rack.
    fn tracer(&mut self, carrier: &Carrier) -> Option<Vec<f64>> {
        let behind = self.behind();
        self.enters.iter_mut().for_each(|e| *e = 0.0);
        for rack in &self.racks {
            spread(rack.rear, rack.flow * behind, &mut self.enters);
        }
        let mut share = Carried::default();
        let settled = carrier.settle(&self.enters, &mut share, FIELD_STILL, FIELD_PASSES);
        settled.then(|| self.racks.iter().map(|r| over(r.front, carrier, &share)).collect())
    }

    fn picture(&self, solved: &[f64], exhaust: &[f64], temperatures: &[f64], speed: &[f64]) -> Field {
        let blank: Vec<Vec<f64>> = self.input.racks.iter().map(|slots| vec![f64::NAN; slots.len()]).collect();
        let (mut inlets, mut shares) = (blank.clone(), blank);
        let gaps = self.flows.gaps;
        for ((rack, front), exhaust) in self.racks.iter().zip(solved).zip(exhaust) {
            let (row, slot) = rack.place;
            inlets[row][slot] = self.input.set + self.inlet(*front, rack.rise);
            shares[row][slot] = (1.0 - gaps) * exhaust + gaps;
        }
        let floor = &self.layout.floor;
        let grid = floor.grid();
        let mut temperature = vec![f32::NAN; grid.cells()];
        let mut pace = vec![f32::NAN; grid.cells()];
        for open in 0..floor.size() {
            let (i, j) = floor.place(open);
            let cell = j * grid.columns() + i;
            temperature[cell] = (temperatures[open] + self.input.set) as f32;
            pace[cell] = (speed[open] / HEIGHT) as f32;
        }
        let picture = Arc::new(AirField { x: grid.x.clone(), y: grid.y.clone(), temperature, speed: pace });
        Field { inlets, exhaust: shares, picture }
    }
}

/// A fixed point sought from the last few passes: those are combined so that they would have moved least.
///
/// D. G. Anderson: Iterative procedures for nonlinear integral equations. J. ACM 12(4), 1965, 547-560. On a linear loop it is GMRES in disguise
/// (H. F. Walker, P. Ni, SIAM J. Numer. Anal. 49(4), 2011, 1715-1735).
#[derive(Default)]
struct Anderson {
    before: Option<(Vec<f64>, Vec<f64>)>,
    /// Changes of the image and of the residual from pass to pass.
    images: Vec<Vec<f64>>,
    residuals: Vec<Vec<f64>>,
}

impl Anderson {
    /// The next point to try, from a point and its image.
    fn step(&mut self, x: Vec<f64>, image: Vec<f64>) -> Vec<f64> {
        let residual: Vec<f64> = image.iter().zip(&x).map(|(g, x)| g - x).collect();
        let minus = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
        if let Some((g, f)) = &self.before {
            self.images.push(minus(&image, g));
            self.residuals.push(minus(&residual, f));
            if self.images.len() > DEPTH {
                self.images.remove(0);
                self.residuals.remove(0);
            }
        }
        let mut next = image.clone();
        for (weight, change) in least_squares(&self.residuals, &residual).iter().zip(&self.images) {
            next.iter_mut().zip(change).for_each(|(n, c)| *n -= weight * c);
        }
        self.before = Some((image, residual));
        next
    }
}

/// Weights of `columns` whose sum is nearest to `target`: by Gram–Schmidt, columns that say nothing new left out.
fn least_squares(columns: &[Vec<f64>], target: &[f64]) -> Vec<f64> {
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let n = columns.len();
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(n);
    // Upper triangle of the decomposition; a pivot of zero marks what is left out.
    let mut upper = vec![vec![0.0; n]; n];
    // The latest changes matter most, so they come first.
    for k in 0..n {
        let column = &columns[n - 1 - k];
        let mut rest = column.clone();
        for (i, b) in basis.iter().enumerate() {
            let share = dot(b, &rest);
            upper[i][k] = share;
            rest.iter_mut().zip(b).for_each(|(r, b)| *r -= share * b);
        }
        let (length, whole) = (dot(&rest, &rest).sqrt(), dot(column, column).sqrt());
        if length > 1e-9 * whole && length > 0.0 {
            upper[k][k] = length;
            rest.iter_mut().for_each(|r| *r /= length);
        } else {
            rest.iter_mut().for_each(|r| *r = 0.0);
        }
        basis.push(rest);
    }
    let mut weights = vec![0.0; n];
    for k in (0..n).rev() {
        if upper[k][k] > 0.0 {
            let above: f64 = (k + 1..n).map(|j| upper[k][j] * weights[n - 1 - j]).sum();
            weights[n - 1 - k] = (dot(&basis[k], target) - above) / upper[k][k];
        }
    }
    weights
}
