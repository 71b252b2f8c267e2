//! One branch seen from its ends.
//!
//! ```text
//! from ──┬── N : 1 ──┬── z ──┬── to        y₀ at the from bus, jb/2 at both ends of z
//!        y₀         jb/2    jb/2
//! ```
//!
//! The admittance form serves Newton. The sweep needs the chain form `V_c = a V_p + b J`, `I_p = c V_p + d J` with `J` the current delivered to the child. For a
//! section with shunt `y_p` before and `y_c` behind `z`, Kirchhoff gives `V_p − V_c = z (J + y_c V_c)` and `I_p = y_p V_p + J + y_c V_c`, hence with
//! `w = 1/(1 + z y_c)`
//!
//! ```text
//! a = w,   b = −z w,   c = y_p + y_c w,   d = w
//! ```
//!
//! The ideal transformer keeps power, so `V_f = N V′` goes with `I′ = conj(N) I_f`. A parent at the *from* end divides `a` by `N`, `d` by `conj(N)` and `c` by
//! `|N|²`, and adds `y₀` to `c`. A child at the *from* end moves `y₀` through the transformer as `|N|² y₀` into `y_c`, and multiplies `a` by `N`,
//! `d` by `conj(N)` and `b` by `|N|²`. No term subtracts large admittances from each other, which the admittance form does when `z` is small.
//!
//! Parallel sections share both voltages. With `J_k = (V_c − a_k V_p)/b_k` and `J = Σ J_k`
//!
//! ```text
//! b = 1/Σ(1/b_k),   a = b Σ(a_k/b_k),   J_k = (a − a_k)/b_k V_p + b/b_k J
//! ```

use nalgebra::Complex;

use super::{Branch, LEAST_REACTANCE, SMALLEST_SERIES};

/// A branch in admittance form, with what the chain form needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct TwoPort {
    /// `I_f = ff V_f + ft V_t`.
    pub ff: Complex<f64>,
    pub ft: Complex<f64>,
    /// `I_t = tf V_f + tt V_t`.
    pub tf: Complex<f64>,
    pub tt: Complex<f64>,
    series: Complex<f64>,
    half_charging: Complex<f64>,
    ratio: Complex<f64>,
    no_load: Complex<f64>,
}

impl TwoPort {
    pub fn new(branch: &Branch) -> Self {
        let small = branch.series.norm() < SMALLEST_SERIES;
        let series = if small { Complex::new(0.0, LEAST_REACTANCE) } else { branch.series };
        let half_charging = Complex::new(0.0, branch.charging / 2.0);
        let ratio = Complex::from_polar(branch.tap, branch.shift);
        let y = series.inv();
        Self {
            ff: (y + half_charging) / ratio.norm_sqr() + branch.no_load,
            ft: -y / ratio.conj(),
            tf: -y / ratio,
            tt: y + half_charging,
            series,
            half_charging,
            ratio,
            no_load: branch.no_load,
        }
    }

    /// Takes the branch out: nothing enters at either end.
    pub fn open(&mut self) {
        let zero = Complex::new(0.0, 0.0);
        (self.ff, self.ft, self.tf, self.tt) = (zero, zero, zero, zero);
    }

    /// Currents entering at both ends.
    pub fn currents(&self, from: Complex<f64>, to: Complex<f64>) -> (Complex<f64>, Complex<f64>) {
        (self.ff * from + self.ft * to, self.tf * from + self.tt * to)
    }

    pub fn is_finite(&self) -> bool {
        [self.ff, self.ft, self.tf, self.tt].iter().all(|y| y.is_finite())
    }

    /// The angle by which the *to* end lags at no load.
    pub fn lag(&self) -> f64 {
        self.ratio.arg()
    }

    /// The chain form from parent to child; `reversed` when the parent is the *to* end.
    pub fn chain(&self, reversed: bool) -> Chain {
        let square = self.ratio.norm_sqr();
        let before = self.half_charging;
        let behind = if reversed { self.half_charging + self.no_load * square } else { self.half_charging };
        let w = (Complex::new(1.0, 0.0) + self.series * behind).inv();
        let (a, b, c, d) = (w, -self.series * w, before + behind * w, w);
        if reversed {
            Chain { a: a * self.ratio, b: b * square, c, d: d * self.ratio.conj() }
        } else {
            Chain { a: a / self.ratio, b, c: c / square + self.no_load, d: d / self.ratio.conj() }
        }
    }
}

/// `V_c = a V_p + b J`, `I_p = c V_p + d J`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    pub a: Complex<f64>,
    pub b: Complex<f64>,
    pub c: Complex<f64>,
    pub d: Complex<f64>,
}

impl Chain {
    /// Several sections side by side as one. One section stays as it is, to the last bit.
    pub fn parallel<'a>(parts: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let mut ahead = parts.clone();
        if let (Some(only), None) = (ahead.next(), ahead.next()) {
            return *only;
        }
        let b = parts.clone().map(|part| part.b.inv()).sum::<Complex<f64>>().inv();
        let a = parts.clone().map(|part| part.a / part.b).sum::<Complex<f64>>() * b;
        let c = parts.clone().map(|part| part.c + part.d * (a - part.a) / part.b).sum();
        let d = parts.map(|part| part.d * b / part.b).sum();
        Self { a, b, c, d }
    }

    /// The part of the common current `current` that this section of `whole` delivers.
    pub fn share(&self, whole: &Self, parent: Complex<f64>, current: Complex<f64>) -> Complex<f64> {
        (whole.a - self.a) / self.b * parent + whole.b / self.b * current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transformer() -> TwoPort {
        TwoPort::new(&Branch {
            from: 0,
            to: 1,
            series: Complex::new(0.01, 0.08),
            charging: 0.3,
            tap: 0.95,
            shift: 0.5,
            no_load: Complex::new(0.002, -0.01),
            in_service: true,
        })
    }

    #[test]
    fn chain_and_admittance_form_say_the_same() {
        let port = transformer();
        let (parent, drawn) = (Complex::new(1.02, -0.1), Complex::new(0.7, -0.4));
        for reversed in [false, true] {
            let chain = port.chain(reversed);
            let child = chain.a * parent + chain.b * drawn;
            let entering = chain.c * parent + chain.d * drawn;
            let (from, to) = if reversed { (child, parent) } else { (parent, child) };
            let (current_from, current_to) = port.currents(from, to);
            let (at_parent, at_child) = if reversed { (current_to, current_from) } else { (current_from, current_to) };
            assert!((entering - at_parent).norm() < 1e-13);
            assert!((drawn + at_child).norm() < 1e-13);
        }
    }

    #[test]
    fn parallel_sections_share_both_voltages() {
        let parts = [transformer().chain(false), transformer().chain(true)];
        let whole = Chain::parallel(parts.iter());
        let (parent, drawn) = (Complex::new(1.02, -0.1), Complex::new(0.7, -0.4));
        let child = whole.a * parent + whole.b * drawn;
        let shares: Vec<_> = parts.iter().map(|part| part.share(&whole, parent, drawn)).collect();
        assert!((shares[0] + shares[1] - drawn).norm() < 1e-13);
        let mut entering = Complex::new(0.0, 0.0);
        for (part, share) in parts.iter().zip(shares) {
            assert!((part.a * parent + part.b * share - child).norm() < 1e-13);
            entering += part.c * parent + part.d * share;
        }
        assert!((whole.c * parent + whole.d * drawn - entering).norm() < 1e-12);
    }
}
