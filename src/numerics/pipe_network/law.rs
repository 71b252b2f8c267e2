//! Pressure lost along one link and its slope.

use super::{Holds, Link};
use std::f64::consts::{LN_10, PI};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Exponents that are taken.
pub(super) const EXPONENTS: RangeInclusive<f64> = 0.05..=20.0;

/// Exponent from which the odd cubic near zero flow would fall.
const CUBIC: f64 = 3.0;

/// Slope of a one-way link against its direction, Pa/(m³/s): steep enough to show which links hold back pressure, and no
/// steeper, because the factorization has to tell it from an open pipe. Those links are then taken out, so no leak is left.
pub(super) const BACKWARD: f64 = 1e10;

/// Pressure rise up to which a pump of constant power follows its law, Pa.
const MOST_RISE: f64 = 1e8;

/// A [`Link`] with everything computed that does not depend on the flow.
#[derive(Debug, Clone)]
pub(super) struct Law {
    kind: Kind,
    /// The pressure rise at no flow.
    rise: f64,
    /// The flow at which the law becomes a wall, below and above.
    least: f64,
    most: f64,
    /// What it holds, for a regulator.
    pub(super) holds: Option<(Holds, f64)>,
}

#[derive(Debug, Clone)]
enum Kind {
    Curve(Curve),
    Pipe(Pipe),
    Table { points: Arc<[(f64, f64)]>, sign: f64, speed: f64 },
    Power { power: f64, from: f64 },
    Breaker { drop: f64, local: f64 },
    Closed,
}

#[derive(Debug, Clone, Copy)]
struct Curve {
    r: f64,
    n: f64,
    small: f64,
    /// The odd cubic below `small`: linear and cubic coefficient.
    linear: f64,
    cubic: f64,
    local: f64,
}

impl Curve {
    /// The cubic `a·q + c·q³` with the value and the slope of `r·qⁿ` at `small`; a line with its value where the exponent is too high for that.
    fn new(r: f64, n: f64, local: f64, small: f64) -> Self {
        let (linear, cubic) =
            if n < CUBIC { (r * small.powf(n - 1.0) * (3.0 - n) / 2.0, r * small.powf(n - 3.0) * (n - 1.0) / 2.0) } else { (r * small.powf(n - 1.0), 0.0) };
        Self { r, n, small, linear, cubic, local }
    }

    fn loss(&self, q: f64) -> (f64, f64) {
        let size = q.abs();
        if size < self.small {
            let slope = self.linear + 3.0 * self.cubic * q * q + 2.0 * self.local * size;
            return (q * (self.linear + self.cubic * q * q + self.local * size), slope);
        }
        let ratio = self.r * if self.n == 2.0 { size } else { size.powf(self.n - 1.0) };
        ((ratio + self.local * size) * q, self.n * ratio + 2.0 * self.local * size)
    }

    /// The flow at which the law loses about `drop`.
    fn flow(&self, drop: f64) -> f64 {
        let flow = |r: f64, n: f64| if r > 0.0 { (drop / r).powf(1.0 / n) } else { f64::INFINITY };
        flow(self.r, self.n).min(flow(self.local, 2.0))
    }
}

/// The line through points and its slope at `x`, both ends going on straight. There are two points at least.
fn along(points: &[(f64, f64)], x: f64) -> (f64, f64) {
    let after = points.partition_point(|p| p.0 <= x).clamp(1, points.len() - 1);
    let ((x0, y0), (x1, y1)) = (points[after - 1], points[after]);
    let slope = (y1 - y0) / (x1 - x0);
    (y0 + slope * (x - x0), slope)
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Pipe {
    area: f64,
    /// Reynolds number over flow.
    reynolds: f64,
    /// Velocity head times L/D over flow squared, and the same for the local loss.
    friction: f64,
    local: f64,
    relative: f64,
}

impl Pipe {
    fn loss(&self, q: f64) -> (f64, f64) {
        let size = q.abs();
        let re = self.reynolds * size;
        let (friction, slope) = if re <= LAMINAR {
            // 64/Re·q|q| without the division, so that zero flow has its slope.
            let linear = self.friction * 64.0 / self.reynolds;
            (linear * q, linear)
        } else {
            let (f, re_df) = friction(re, self.relative);
            (self.friction * f * q * size, self.friction * size * (2.0 * f + re_df))
        };
        (friction + self.local * q * size, slope + 2.0 * self.local * size)
    }
}

impl Law {
    fn new(kind: Kind, rise: f64, one_way: bool) -> Self {
        Self { kind, rise, least: if one_way { 0.0 } else { f64::NEG_INFINITY }, most: f64::INFINITY, holds: None }
    }

    /// `None` if a figure is not finite or outside its range.
    pub(super) fn compile(link: &Link, small: f64) -> Option<Self> {
        let not_negative = |x: f64| x.is_finite() && x >= 0.0;
        let curve = |r: f64, n: f64, local: f64| {
            let curve = Curve::new(r, n, local, small);
            (not_negative(r) && not_negative(local) && EXPONENTS.contains(&n) && not_negative(curve.linear)).then_some(Kind::Curve(curve))
        };
        match link {
            Link::Closed => Some(Self::new(Kind::Closed, 0.0, false)),
            &Link::Power { r, n } => Some(Self::new(curve(r, n, 0.0)?, 0.0, false)),
            &Link::Resistance { r, n, local } => Some(Self::new(curve(r, n, local)?, 0.0, false)),
            &Link::Check { r, n } => Some(Self::new(curve(r, n, 0.0)?, 0.0, true)),
            &Link::Pump { shutoff, b, n, speed } => {
                if !(not_negative(shutoff) && not_negative(speed)) {
                    return None;
                }
                if speed == 0.0 {
                    return curve(b, n, 0.0).map(|_| Self::new(Kind::Closed, 0.0, false));
                }
                Some(Self::new(curve(b * speed.powf(2.0 - n), n, 0.0)?, shutoff * speed * speed, true))
            }
            Link::TablePump { points, speed } => Self::table(points, -1.0, *speed),
            Link::Table { points } => {
                let from_zero = points.first().is_some_and(|p| *p == (0.0, 0.0));
                from_zero.then(|| Self::table(points, 1.0, 1.0)).flatten()
            }
            &Link::PowerPump { power } => {
                let valid = power.is_finite() && power > 0.0;
                valid.then(|| Self::new(Kind::Power { power, from: power / MOST_RISE }, 2.0 * MOST_RISE, true))
            }
            &Link::Breaker { drop, local } => (not_negative(drop) && not_negative(local)).then(|| Self::new(Kind::Breaker { drop, local }, 0.0, false)),
            &Link::Limiter { flow, local } => {
                let open = Self::new(curve(0.0, 2.0, local)?, 0.0, false);
                not_negative(flow).then_some(Self { most: flow, ..open })
            }
            &Link::Regulator { holds, pressure, local } => {
                let open = Self::new(curve(0.0, 2.0, local)?, 0.0, true);
                pressure.is_finite().then_some(Self { holds: Some((holds, pressure)), ..open })
            }
            Link::Forward(inner) => match inner.as_ref() {
                // A stack of them would cost depth, and says no more than one.
                Link::Forward(_) => None,
                inner => Self::compile(inner, small).map(|law| Self { least: 0.0, ..law }),
            },
            &Link::Pipe { diameter, length, roughness, k, density, viscosity } => {
                let positive = [diameter, density, viscosity].iter().all(|x| x.is_finite() && *x > 0.0);
                let valid = positive && [length, roughness, k].into_iter().all(not_negative);
                let area = PI * diameter * diameter / 4.0;
                let head = density / (2.0 * area * area);
                let reynolds = density * diameter / (viscosity * area);
                let pipe = Pipe { area, reynolds, friction: head * length / diameter, local: head * k, relative: roughness / diameter };
                let finite = [pipe.friction, pipe.local, pipe.relative, pipe.reynolds].iter().all(|x| x.is_finite());
                (valid && finite).then(|| Self::new(Kind::Pipe(pipe), 0.0, false))
            }
        }
    }

    fn table(points: &Arc<[(f64, f64)]>, sign: f64, speed: f64) -> Option<Self> {
        let finite = points.iter().all(|p| p.0.is_finite() && p.1.is_finite()) && speed.is_finite() && speed >= 0.0;
        let rises = points.windows(2).all(|w| w[0].0 < w[1].0 && if sign < 0.0 { w[1].1 < w[0].1 } else { w[1].1 >= w[0].1 });
        if points.len() < 2 || !finite || !rises || points[0].0 < 0.0 {
            return None;
        }
        if speed == 0.0 {
            return Some(Self::new(Kind::Closed, 0.0, false));
        }
        let rise = if sign < 0.0 { along(points, 0.0).0 * speed * speed } else { 0.0 };
        Some(Self::new(Kind::Table { points: points.clone(), sign, speed }, rise, sign < 0.0))
    }

    /// Pressure lost from the first node to the second, and its derivative by the flow.
    pub(super) fn loss(&self, q: f64) -> (f64, f64) {
        if q < self.least {
            return (BACKWARD * q - self.rise, BACKWARD);
        }
        if q > self.most {
            return (self.free(self.most).0 + BACKWARD * (q - self.most), BACKWARD);
        }
        self.free(q)
    }

    fn free(&self, q: f64) -> (f64, f64) {
        match &self.kind {
            Kind::Curve(curve) => {
                let (loss, slope) = curve.loss(q);
                (loss - self.rise, slope)
            }
            Kind::Pipe(pipe) => pipe.loss(q),
            Kind::Table { points, sign, speed } => {
                let (y, slope) = along(points, q.abs() / speed);
                let way = if *sign < 0.0 { -1.0 } else { q.signum() };
                (way * y * speed * speed, sign * slope * speed)
            }
            Kind::Power { power, from } => {
                // Below `from`, the tangent there.
                if q < *from { (q * power / (from * from) - 2.0 * power / from, power / (from * from)) } else { (-power / q, power / (q * q)) }
            }
            Kind::Breaker { drop, local } => {
                let loss = local * q * q.abs();
                if loss > *drop { (loss, 2.0 * local * q) } else { (*drop, 0.0) }
            }
            Kind::Closed => (0.0, f64::INFINITY),
        }
    }

    /// A flow to begin with: 1 m/s in a pipe, the middle of a pump's range, elsewhere what a tenth of `drive` (Pa) would move.
    pub(super) fn guess(&self, drive: f64) -> f64 {
        let flow = match &self.kind {
            Kind::Curve(curve) if self.rise > 0.0 => curve.flow(0.25 * self.rise),
            Kind::Curve(curve) => curve.flow(0.1 * drive),
            Kind::Pipe(pipe) => pipe.area,
            Kind::Table { points, speed, .. } => points[points.len() / 2].0 * speed,
            Kind::Power { power, from } => (power / drive).max(*from),
            Kind::Breaker { .. } => 1e-2,
            Kind::Closed => return 0.0,
        };
        let flow = if flow.is_finite() { flow.min(10.0) } else { GUESS };
        flow.min(self.most)
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.kind, Kind::Closed)
    }

    /// The pressure rise at no flow of a link that only flows forward.
    pub(super) fn one_way(&self) -> Option<f64> {
        (self.least == 0.0 && !self.is_closed()).then_some(self.rise)
    }

    /// Whether the link can be in more than one state.
    pub(super) fn is_gated(&self) -> bool {
        self.one_way().is_some() || self.most.is_finite() || self.holds.is_some()
    }

    /// Whether a small part of any flow away the law is its tangent but for what is of second order: no corner, no wall to run into, no hyperbola.
    pub(super) fn is_smooth(&self) -> bool {
        let bends_little = match &self.kind {
            Kind::Curve(curve) => curve.n <= CUBIC,
            Kind::Pipe(_) => true,
            _ => false,
        };
        bends_little && self.most == f64::INFINITY
    }

    /// The most flow a limiter lets pass.
    pub(super) fn limit(&self) -> Option<f64> {
        self.most.is_finite().then_some(self.most)
    }

    /// The pressure that drives flow on its own account. What a pump of constant power could reach says nothing about what it does.
    pub(super) fn rise(&self) -> f64 {
        if matches!(self.kind, Kind::Power { .. }) { 0.0 } else { self.rise.max(0.0) }
    }
}

/// Reynolds number up to which the flow is laminar, and from which it is turbulent.
const LAMINAR: f64 = 2000.0;
const TURBULENT: f64 = 4000.0;

/// `TURBULENT` to the power of −0.9.
const JOINT: f64 = 0.0005729886347480819;

/// Flow to begin with where nothing resists, m³/s.
const GUESS: f64 = 1.0;

/// The Darcy friction factor of a round pipe.
///
/// ```text
/// Re ≤ 2000   f = 64/Re
/// Re ≥ 4000   f = [−2 log₁₀ y]⁻²,   y = ε/(3.7 D) + 5.74/Re^0.9
/// between     f = X1 + R (X2 + R (X3 + R X4)),   R = Re/2000
/// ```
/// # Source
/// Swamee and Jain, J. Hydraulics Div. ASCE 102 (1976) 657–664; the cubic is Dunlop's (1991) as printed in the EPANET 2.2 manual,
/// chapter 12, and coded in its `hydcoeffs.c`, with FA the turbulent value at 4000 and FB = 2 FA + (R df/dR there). It meets both ends with value and slope.
/// # Range
/// Beside Colebrook's equation it is 0.3 % high at Re 1e4 in a smooth pipe, 2 % at Re 1e4 and ε/D 1e-2, within 0.8 % from Re 1e5 on.
/// # Check
/// `the_friction_factor_meets_printed_values_and_joins_smoothly`.
pub fn friction_factor(reynolds: f64, relative_roughness: f64) -> f64 {
    friction_with_slope(reynolds, relative_roughness).0
}

/// The friction factor and its derivative by the Reynolds number; see [`friction_factor`].
pub fn friction_with_slope(reynolds: f64, relative_roughness: f64) -> (f64, f64) {
    if reynolds <= LAMINAR {
        return (64.0 / reynolds, -64.0 / (reynolds * reynolds));
    }
    let (f, re_df) = friction(reynolds, relative_roughness);
    (f, re_df / reynolds)
}

/// The factor, and the Reynolds number times the derivative by it, beyond laminar flow.
pub(super) fn friction(re: f64, relative: f64) -> (f64, f64) {
    if re >= TURBULENT {
        return swamee_jain(re.powf(-0.9), relative);
    }
    let (fa, slope) = swamee_jain(JOINT, relative);
    let fb = 2.0 * fa + slope;
    let x1 = 7.0 * fa - fb;
    let x2 = 0.128 - 17.0 * fa + 2.5 * fb;
    let x3 = -0.128 + 13.0 * fa - 2.0 * fb;
    let x4 = 0.032 - 3.0 * fa + 0.5 * fb;
    let r = re / LAMINAR;
    (x1 + r * (x2 + r * (x3 + r * x4)), r * (x2 + r * (2.0 * x3 + r * 3.0 * x4)))
}

/// The same for turbulent flow, from the Reynolds number to the power of −0.9.
fn swamee_jain(power: f64, relative: f64) -> (f64, f64) {
    let smooth = 5.74 * power;
    let y = relative * (1.0 / 3.7) + smooth;
    let log = y.ln();
    // One division for both quotients: it takes as long as all the rest.
    let both = 1.0 / (log * y);
    let inverse = -LN_10 / 2.0 * both * y;
    let f = inverse * inverse;
    // With f = root⁻²: Re df/dRe = −2 f/root · Re d root/dRe, d root/dy = −2/(ln 10 · y), and Re dy/dRe = −0.9 smooth.
    (f, -3.6 / LN_10 * f * inverse * smooth * (both * log))
}
