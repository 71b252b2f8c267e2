//! How a part of a tree answers to a small change of the voltage it hangs on.
//!
//! # Derivation
//!
//! Let `V` and `J` satisfy (2) and (3) of [power flow](super), and let the parent's voltage move by `d`. The bus behind the link moves by `e`, with
//!
//! ```text
//! e = a d + b ΔJ(e),     ΔI = c d + d' ΔJ(e)                                   (5)
//! ΔJ(e) = y e + Σ_children ΔI_child(e) + conj(s)/(V̄ + ē) − conj(s)/V̄           (6)
//! ```
//!
//! (`d'` is the chain coefficient called `d` in (2)). To second order every such function is `p e + q ē + r₀ e² + r₁ e ē + r₂ ē²`, a [`Quad`]; a constant power
//! adds, with `u = 1/V̄` and `i₀ = conj(s) u`, `q = −i₀ u` and `r₂ = i₀ u²`. The first order of (5) is `m e + n ē = a d` with `m = 1 − bp`, `n = −bq`, solved by
//!
//! ```text
//! e₁ = ( m̄ (a d) − n conj(a d) )/(|m|² − |n|²)                                  (7)
//! ```
//!
//! the second order the same with `b (r₀ e₁² + r₁ e₁ ē₁ + r₂ ē₁²)` in place of `a d`. So one pass from the leaves to the slack gives every bus the function `e(d)`
//! and every link the function `ΔI(d)`.
//!
//! **What is neglected.** Let `|ΔI_child − its quad| ≤ U_child |e|³` hold for `|e| ≤ R`, as it does with `U = 0` without children. A constant power leaves
//! `|i₀||u|³|e|³/(1 − R|u|)`. With `ε = |e₁|/|d|`, `γ = |e₂|/|d|²` at most, `ρ` the largest `|d|`, and `|e − e₁ − e₂| ≤ τ|d|³` to be shown, all that (5) neglects is
//! at most `|b| B|d|³` with
//!
//! ```text
//! κ = ε + γρ + τρ²,   B(τ) = (ΣU + |i₀||u|³/(1 − R|u|)) κ³ + |r| ( 2ε(γ + τρ) + ρ(γ + τρ)² )
//! ```
//!
//! so that any `τ ≥ B(τ)|b|/(|m| − |n|)` with `κρ ≤ R` will do, by continuity in `d` from `d = 0`; then `U = |d'| ((|p| + |q|)τ + B(τ))` bounds the link's own
//! remainder, and `|e| ≤ κ|d|`. Where no such `ρ` is found, the expansion is not used.
//!
//! # Source
//! The elimination of leaves from a tree's equations is that of the sweep (Kersting, ch. 10) with derivatives; bounds by majorants are textbook analysis. No part is
//! taken from elsewhere.

use nalgebra::Complex;

use super::two_port::Chain;

type C = Complex<f64>;

const ZERO: C = C::new(0.0, 0.0);

/// The absolute value without the care that `hypot` takes for numbers near the ends of the range, which voltages and currents per unit are not.
pub(super) trait Size {
    /// `|z|`.
    fn size(&self) -> f64;
}

impl Size for C {
    fn size(&self) -> f64 {
        self.norm_sqr().sqrt()
    }
}

/// `p e + q ē + r₀ e² + r₁ e ē + r₂ ē²`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quad {
    pub p: C,
    pub q: C,
    pub r: [C; 3],
}

impl Quad {
    pub fn at(&self, e: C) -> C {
        let conj = e.conj();
        (self.p + self.r[0] * e + self.r[1] * conj) * e + (self.q + self.r[2] * conj) * conj
    }

    /// The derivatives by `e` and by `ē`.
    pub fn slope(&self, e: C) -> (C, C) {
        let conj = e.conj();
        (self.p + self.r[0] * e * 2.0 + self.r[1] * conj, self.q + self.r[1] * e + self.r[2] * conj * 2.0)
    }

    /// The same function of the movement that goes on from `e`, without its constant.
    pub fn beyond(&self, e: C) -> Self {
        let (p, q) = self.slope(e);
        Self { p, q, r: self.r }
    }

    pub fn add(&mut self, other: &Self) {
        self.p += other.p;
        self.q += other.q;
        (0..3).for_each(|k| self.r[k] += other.r[k]);
    }

    pub fn subtract(&mut self, other: &Self) {
        self.p -= other.p;
        self.q -= other.q;
        (0..3).for_each(|k| self.r[k] -= other.r[k]);
    }

    fn bend(&self) -> f64 {
        self.r.iter().map(|r| r.size()).sum()
    }
}

/// What (7) needs: the solution of `e = w + b (p e + q ē)`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inverse {
    m: C,
    n: C,
}

impl Inverse {
    /// `None` where it is not contractive in the sense that `|n| < |m|`.
    pub fn new(b: C, p: C, q: C) -> Option<Self> {
        let (m, n) = (C::new(1.0, 0.0) - b * p, -b * q);
        let determinant = m.norm_sqr() - n.norm_sqr();
        (determinant > 0.0 && determinant.is_finite()).then(|| Self { m: m.conj() / determinant, n: n / determinant })
    }

    pub fn solve(&self, w: C) -> C {
        self.m * w - self.n * w.conj()
    }

    /// Coefficients of `d` and `d̄` in the solution for `w = a d`.
    pub fn linear(&self, a: C) -> (C, C) {
        (self.m * a, -self.n * a.conj())
    }

    /// The largest solution for `|w| = 1`.
    fn gain(&self) -> f64 {
        self.m.size() + self.n.size()
    }
}

/// A bus with all that hangs behind it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Behind {
    /// `y e + Σ ΔI_child(e)`.
    pub quad: Quad,
    /// Its remainder is at most `third·|e|³` …
    pub third: f64,
    /// … for `|e|` up to this.
    pub reach: f64,
}

/// A link with all that hangs behind it, as functions of the parent's movement `d`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Response {
    /// The movement of the bus.
    pub moved: Quad,
    /// The change of the current that the parent sees.
    pub drawn: Quad,
    /// `|e| ≤ gain·|d|`.
    pub gain: f64,
    /// What `moved` neglects, per `|d|³`.
    pub third_moved: f64,
    /// What `drawn` neglects, per `|d|³`.
    pub third_drawn: f64,
    /// All this for `|d|` up to this; zero where there is no use in it.
    pub reach: f64,
    /// `|ΔJ| ≤ stiffness·|d|`.
    pub stiffness: f64,
}

/// No expansion is used beyond a movement of this, pu.
const FARTHEST: f64 = 0.1;

impl Response {
    pub fn new(chain: &Chain, behind: &Behind, voltage: C, load: C) -> Self {
        let u = voltage.conj().inv();
        let own = load.conj() * u;
        let mut total = behind.quad;
        total.q -= own * u;
        total.r[2] += own * u * u;
        let Some(inverse) = Inverse::new(chain.b, total.p, total.q) else { return Self::default() };
        let (e, f) = inverse.linear(chain.a);
        let bent = bend(&total.r, e, f);
        let w = bent.map(|w| chain.b * w);
        // The conjugate of a quadratic form swaps its first and last coefficient.
        let g = [0, 1, 2].map(|k| inverse.m * w[k] - inverse.n * w[2 - k].conj());
        let moved = Quad { p: e, q: f, r: g };
        let through = |k: usize| total.p * g[k] + total.q * g[2 - k].conj() + bent[k];
        let drawn = Quad {
            p: chain.c + chain.d * (total.p * e + total.q * f.conj()),
            q: chain.d * (total.p * f + total.q * e.conj()),
            r: [0, 1, 2].map(|k| chain.d * through(k)),
        };
        let mut response = Self { moved, drawn, ..Self::default() };
        response.bound(chain, behind, &total, u.size(), own.size(), inverse.gain());
        response
    }

    fn bound(&mut self, chain: &Chain, behind: &Behind, total: &Quad, u: f64, own: f64, gain: f64) {
        let (epsilon, gamma) = (self.moved.p.size() + self.moved.q.size(), self.moved.bend());
        let farthest = behind.reach.min(FARTHEST).min(0.5 / u);
        let third = behind.third + own * u.powi(3) / (1.0 - farthest * u);
        let (slope, bend) = (total.p.size() + total.q.size(), total.bend());
        let mut reach = farthest / (1.01 * epsilon);
        for _ in 0..12 {
            let kappa = |tau: f64| epsilon + reach * (gamma + tau * reach);
            let neglected = |tau: f64| {
                let beyond = gamma + tau * reach;
                third * kappa(tau).powi(3) + bend * (2.0 * epsilon * beyond + reach * beyond * beyond)
            };
            let lift = chain.b.size() * gain;
            let tau = 2.0 * lift * neglected(0.0);
            if lift * neglected(tau) <= tau && kappa(tau) * reach <= farthest {
                self.reach = reach;
                self.gain = kappa(tau);
                self.third_moved = tau;
                self.third_drawn = chain.d.size() * (slope * tau + neglected(tau));
                self.stiffness = slope * self.gain + bend * self.gain.powi(2) * reach + neglected(tau) * reach * reach;
                return;
            }
            reach *= 0.7;
        }
    }
}

/// `r₀ e² + r₁ e ē + r₂ ē²` with `e = E d + F d̄`, as coefficients of `d²`, `d d̄` and `d̄²`.
fn bend(r: &[C; 3], e: C, f: C) -> [C; 3] {
    let square = [e * e, e * f * 2.0, f * f];
    let mixed = [e * f.conj(), C::new(e.norm_sqr() + f.norm_sqr(), 0.0), f * e.conj()];
    let mut sum = [ZERO; 3];
    for k in 0..3 {
        sum[k] = r[0] * square[k] + r[1] * mixed[k] + r[2] * square[2 - k].conj();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `e` and `ΔI` of a single load behind a link, by iteration of (5).
    fn exact(chain: &Chain, voltage: C, load: C, y: C, d: C) -> (C, C) {
        let mut e = ZERO;
        let drawn = |e: C| y * e + (load / (voltage + e)).conj() - (load / voltage).conj();
        for _ in 0..500 {
            e = chain.a * d + chain.b * drawn(e);
        }
        (e, chain.c * d + chain.d * drawn(e))
    }

    #[test]
    fn the_remainder_is_of_third_order_and_within_its_bound() {
        let chain = Chain { a: C::new(0.99, -0.02), b: C::new(-0.03, -0.12), c: C::new(0.001, 0.02), d: C::new(0.98, 0.01) };
        let (voltage, load, y) = (C::new(0.93, -0.1), C::new(0.8, 0.3), C::new(0.02, 0.05));
        let behind = Behind { quad: Quad { p: y, ..Quad::default() }, third: 0.0, reach: f64::INFINITY };
        let response = Response::new(&chain, &behind, voltage, load);
        assert!(response.reach > 0.05);
        for angle in 0..8 {
            for size in [0.05, 0.01, 0.002] {
                let d = C::from_polar(size, f64::from(angle) * 0.8);
                let (e, drawn) = exact(&chain, voltage, load, y, d);
                let cube = size.powi(3);
                let rounding = 1e-15;
                assert!((response.moved.at(d) - e).norm() <= response.third_moved * cube + rounding);
                assert!((response.drawn.at(d) - drawn).norm() <= response.third_drawn * cube + rounding);
                assert!(e.norm() <= response.gain * size);
                assert!(((drawn - chain.c * d) / chain.d).norm() <= response.stiffness * size);
                // The bound is no idle one.
                assert!((response.moved.at(d) - e).norm() >= 1e-3 * response.third_moved * cube || size < 0.01);
            }
        }
    }
}
