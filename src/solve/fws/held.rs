//! Mains whose consumers all take what they want: the flows follow from the balance at each stop, the pressures from the flows.
//!
//! ```text
//! tree    q_piece = Σ demand behind it
//! ring    one more unknown, the flow x through the piece that closes it:   h(x) + Δp(pumps → its start) − Δp(pumps → its end) = 0
//! ```
//! The left side rises with x (one loop of Hardy Cross's method), so that Newton's steps kept within a bracket find it.

use super::route::Route;
use crate::physics::coolant::Properties;
use crate::physics::pipe;
use crate::units::*;

/// Steps of the ring's root at most.
const STEPS: usize = 80;

/// One side of the mains.
pub(super) struct Pipes<'a> {
    pub route: &'a Route,
    pub diameter: f64,
    pub roughness: f64,
    /// Loss coefficient of a piece besides friction.
    pub k: f64,
    pub fluid: Properties,
}

/// What flows in the mains.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Carried {
    /// Flow of each piece from its start to its end, m³/s.
    pub flows: Vec<f64>,
    /// Pressure lost from the pumps to each stop, Pa; NaN where no water reaches.
    pub lost: Vec<f64>,
    pub steps: usize,
    /// Error of the ring's pressures over the largest loss in it.
    pub residual: f64,
}

/// The way from the pumps to each stop over open pieces: stops in order of reaching, the piece by which each was reached, and the piece left over.
pub(super) struct Ways {
    pub order: Vec<usize>,
    pub by: Vec<Option<usize>>,
    pub reached: Vec<bool>,
    pub closing: Option<usize>,
}

pub(super) fn ways(route: &Route, open: &[bool]) -> Ways {
    let mut at: Vec<Vec<usize>> = vec![Vec::new(); route.stops];
    for (i, p) in route.pieces.iter().enumerate().filter(|(i, _)| open[*i]) {
        at[p.from].push(i);
        at[p.to].push(i);
    }
    let mut ways = Ways { order: vec![0], by: vec![None; route.stops], reached: vec![false; route.stops], closing: None };
    ways.reached[0] = true;
    let mut used = vec![false; route.pieces.len()];
    let mut next = 0;
    while let Some(&stop) = ways.order.get(next) {
        next += 1;
        for &i in &at[stop] {
            let p = route.pieces[i];
            let other = if p.from == stop { p.to } else { p.from };
            if !ways.reached[other] {
                (ways.reached[other], ways.by[other], used[i]) = (true, Some(i), true);
                ways.order.push(other);
            }
        }
    }
    ways.closing = (0..route.pieces.len()).find(|i| open[*i] && !used[*i] && ways.reached[route.pieces[*i].from]);
    ways
}

impl Pipes<'_> {
    /// Pressure lost along a piece and its slope.
    fn loss(&self, piece: usize, flow: f64) -> (f64, f64) {
        let length = Length::from_meters(self.route.pieces[piece].length);
        let (diameter, roughness) = (Length::from_meters(self.diameter), Length::from_meters(self.roughness));
        let (drop, slope) = pipe::pressure_drop_with_slope(VolumeFlow::from_cubic_meters_per_second(flow), diameter, length, roughness, self.k, &self.fluid);
        (drop.pascals(), slope)
    }

    /// With the given demand of each stop, m³/s; what is not reached gets nothing.
    pub fn carry(&self, ways: &Ways, demand: &[f64]) -> Carried {
        let mut out = Carried { flows: vec![0.0; self.route.pieces.len()], lost: vec![f64::NAN; self.route.stops], ..Carried::default() };
        let mut through = demand.to_vec();
        for &stop in ways.order.iter().skip(1).rev() {
            let Some(i) = ways.by[stop] else { continue };
            let p = self.route.pieces[i];
            let (before, sign) = if p.to == stop { (p.from, 1.0) } else { (p.to, -1.0) };
            out.flows[i] = sign * through[stop];
            through[before] += through[stop];
        }
        if let Some(closing) = ways.closing {
            self.close(ways, closing, &mut out);
        }
        out.lost[0] = 0.0;
        for &stop in ways.order.iter().skip(1) {
            let Some(i) = ways.by[stop] else { continue };
            let p = self.route.pieces[i];
            let drop = self.loss(i, out.flows[i]).0;
            out.lost[stop] = if p.to == stop { out.lost[p.from] + drop } else { out.lost[p.to] - drop };
        }
        out
    }

    /// Finds the flow through the piece that closes the ring.
    fn close(&self, ways: &Ways, closing: usize, out: &mut Carried) {
        let piece = self.route.pieces[closing];
        // Pieces around the ring with the sign by which the closing flow adds to theirs.
        let mut around: Vec<(usize, f64)> = vec![(closing, 1.0)];
        for (end, sign) in [(piece.from, 1.0), (piece.to, -1.0)] {
            let mut stop = end;
            while let Some(i) = ways.by[stop] {
                let p = self.route.pieces[i];
                let (before, forward) = if p.to == stop { (p.from, 1.0) } else { (p.to, -1.0) };
                around.push((i, sign * forward));
                stop = before;
            }
        }
        let base: Vec<f64> = around.iter().map(|(i, _)| out.flows[*i]).collect();
        let error = |x: f64| {
            around.iter().zip(&base).fold((0.0, 0.0, 0.0_f64), |(sum, slopes, most), ((i, sign), q)| {
                let (drop, slope) = self.loss(*i, q + sign * x);
                (sum + sign * drop, slopes + slope, most.max(drop.abs()))
            })
        };
        let most = base.iter().map(|q| q.abs()).fold(0.0, f64::max);
        let (mut low, mut high, mut x) = (-most, most, 0.0);
        let (mut sum, mut slope, mut scale) = error(x);
        while out.steps < STEPS && most > 0.0 {
            out.steps += 1;
            if sum > 0.0 {
                high = x
            } else {
                low = x
            }
            let newton = x - sum / slope;
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            let moved = (next - x).abs();
            x = next;
            (sum, slope, scale) = error(x);
            if moved <= 1e-15 * most || sum == 0.0 {
                break;
            }
        }
        out.residual = if scale > 0.0 { sum.abs() / scale } else { 0.0 };
        for ((i, sign), q) in around.iter().zip(&base) {
            out.flows[*i] = q + sign * x;
        }
    }
}
