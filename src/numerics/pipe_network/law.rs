//! Pressure lost along one link and its slope.

use super::Link;
use std::f64::consts::{LN_10, PI};
use std::ops::RangeInclusive;

/// Exponents for which the smoothing near zero flow stays increasing (it needs n < 3).
pub(super) const EXPONENTS: RangeInclusive<f64> = 1.0..=2.5;

/// Slope of a one-way link against its direction, Pa/(m³/s): steep enough to show which links hold back pressure, and no
/// steeper, because the factorization has to tell it from an open pipe. Those links are then taken out, so no leak is left.
pub(super) const BACKWARD: f64 = 1e10;

/// A [`Link`] with everything computed that does not depend on the flow.
#[derive(Debug, Clone, Copy)]
pub(super) enum Law {
    Power { curve: Curve, one_way: bool, rise: f64 },
    Pipe(Pipe),
    Closed,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Curve {
    r: f64,
    n: f64,
    small: f64,
    /// The odd cubic below `small`: linear and cubic coefficient.
    linear: f64,
    cubic: f64,
}

impl Curve {
    /// The cubic `a·q + c·q³` with the value and the slope of `r·qⁿ` at `small`.
    fn new(r: f64, n: f64, small: f64) -> Self {
        let linear = r * small.powf(n - 1.0) * (3.0 - n) / 2.0;
        let cubic = r * small.powf(n - 3.0) * (n - 1.0) / 2.0;
        Self { r, n, small, linear, cubic }
    }

    fn loss(&self, q: f64) -> (f64, f64) {
        let size = q.abs();
        if size < self.small {
            return (q * (self.linear + self.cubic * q * q), self.linear + 3.0 * self.cubic * q * q);
        }
        let ratio = self.r * if self.n == 2.0 { size } else { size.powf(self.n - 1.0) };
        (ratio * q, self.n * ratio)
    }

    /// The flow at which the law loses `drop`.
    fn flow(&self, drop: f64) -> f64 {
        (drop / self.r).powf(1.0 / self.n)
    }
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
            let (f, df) = friction(re, self.relative);
            (self.friction * f * q * size, self.friction * size * (2.0 * f + re * df))
        };
        (friction + self.local * q * size, slope + 2.0 * self.local * size)
    }
}

impl Law {
    /// `None` if a figure is not finite or outside its range.
    pub(super) fn compile(link: &Link, small: f64) -> Option<Self> {
        let power = |r: f64, n: f64| (r.is_finite() && r >= 0.0 && EXPONENTS.contains(&n)).then(|| Curve::new(r, n, small));
        match *link {
            Link::Closed => Some(Self::Closed),
            Link::Power { r, n } => Some(Self::Power { curve: power(r, n)?, one_way: false, rise: 0.0 }),
            Link::Check { r, n } => Some(Self::Power { curve: power(r, n)?, one_way: true, rise: 0.0 }),
            Link::Pump { shutoff, b, n, speed } => {
                let valid = shutoff.is_finite() && shutoff >= 0.0 && speed.is_finite() && speed >= 0.0;
                let curve = power(b * speed.powf(2.0 - n), n);
                match (valid, speed == 0.0) {
                    (true, true) => power(b, n).map(|_| Self::Closed),
                    (true, false) => Some(Self::Power { curve: curve?, one_way: true, rise: shutoff * speed * speed }),
                    _ => None,
                }
            }
            Link::Pipe { diameter, length, roughness, k, density, viscosity } => {
                let positive = [diameter, density, viscosity].iter().all(|x| x.is_finite() && *x > 0.0);
                let valid = positive && [length, roughness, k].iter().all(|x| x.is_finite() && *x >= 0.0);
                let area = PI * diameter * diameter / 4.0;
                let head = density / (2.0 * area * area);
                let reynolds = density * diameter / (viscosity * area);
                valid.then(|| Self::Pipe(Pipe { area, reynolds, friction: head * length / diameter, local: head * k, relative: roughness / diameter }))
            }
        }
    }

    /// Pressure lost from the first node to the second, and its derivative by the flow.
    pub(super) fn loss(&self, q: f64) -> (f64, f64) {
        match self {
            Self::Power { one_way: true, rise, .. } if q < 0.0 => (BACKWARD * q - rise, BACKWARD),
            Self::Power { curve, rise, .. } => {
                let (loss, slope) = curve.loss(q);
                (loss - rise, slope)
            }
            Self::Pipe(pipe) => pipe.loss(q),
            Self::Closed => (0.0, f64::INFINITY),
        }
    }

    /// A flow to begin with: 1 m/s in a pipe, the middle of a pump's range, elsewhere what a tenth of `drive` (Pa) would move.
    pub(super) fn guess(&self, drive: f64) -> f64 {
        let flow = match self {
            Self::Power { curve, rise, .. } if *rise > 0.0 => curve.flow(0.25 * rise),
            Self::Power { curve, .. } => curve.flow(0.1 * drive),
            Self::Pipe(pipe) => pipe.area,
            Self::Closed => return 0.0,
        };
        if flow.is_finite() { flow.min(10.0) } else { 1.0 }
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }

    /// The pressure rise at no flow of a link that only flows forward.
    pub(super) fn one_way(&self) -> Option<f64> {
        match self {
            Self::Power { one_way: true, rise, .. } => Some(*rise),
            _ => None,
        }
    }

    /// The pressure that drives flow on its own account.
    pub(super) fn rise(&self) -> f64 {
        self.one_way().unwrap_or(0.0)
    }
}

/// Reynolds number up to which the flow is laminar, and from which it is turbulent.
const LAMINAR: f64 = 2000.0;
const TURBULENT: f64 = 4000.0;

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
    if reynolds <= LAMINAR { (64.0 / reynolds, -64.0 / (reynolds * reynolds)) } else { friction(reynolds, relative_roughness) }
}

/// The factor and its derivative by the Reynolds number, beyond laminar flow.
pub(super) fn friction(re: f64, relative: f64) -> (f64, f64) {
    if re >= TURBULENT {
        return swamee_jain(re, relative);
    }
    let (fa, dfa) = swamee_jain(TURBULENT, relative);
    let fb = 2.0 * fa + TURBULENT * dfa;
    let x1 = 7.0 * fa - fb;
    let x2 = 0.128 - 17.0 * fa + 2.5 * fb;
    let x3 = -0.128 + 13.0 * fa - 2.0 * fb;
    let x4 = 0.032 - 3.0 * fa + 0.5 * fb;
    let r = re / LAMINAR;
    (x1 + r * (x2 + r * (x3 + r * x4)), (x2 + r * (2.0 * x3 + r * 3.0 * x4)) / LAMINAR)
}

fn swamee_jain(re: f64, relative: f64) -> (f64, f64) {
    let smooth = 5.74 / re.powf(0.9);
    let y = relative / 3.7 + smooth;
    let root = -2.0 / LN_10 * y.ln();
    let f = 1.0 / (root * root);
    // df/dRe = −2 f/root · d root/dy · dy/dRe, with d root/dy = −2/(ln 10 · y) and dy/dRe = −0.9 smooth/Re.
    (f, -2.0 * f / root * (2.0 / (LN_10 * y)) * 0.9 * smooth / re)
}
