//! Roots of a function of one variable between two points of opposite sign.

/// Why no root was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NoRoot {
    /// The function has the same sign at both ends, with these values.
    SameSign {
        /// Value at the lower end.
        at_low: f64,
        /// Value at the upper end.
        at_high: f64,
    },
    /// The function or an end is not a number.
    NotFinite {
        /// Where.
        at: f64,
    },
}

/// Steps after which the bracket is returned as it is. Brent's bound is the square of the bisections, but doubles run out of digits
/// long before, and in practice ten steps do.
const STEPS: usize = 200;

/// A root of `f` between `low` and `high`, to within `tolerance` (and never less than the spacing of doubles there).
///
/// Inverse quadratic interpolation and secants while they close in faster than halving, bisection otherwise: never leaves the bracket,
/// needs no derivative, and takes kinks and jumps (at a jump it returns the place of it).
///
/// # Source
/// Brent, *Algorithms for Minimization without Derivatives*, Prentice-Hall 1973, chapter 4 (`zero`).
///
/// # Errors
/// [`NoRoot`] if the ends do not bracket a root, or the function gives something that is not a number.
pub fn bracketed(mut f: impl FnMut(f64) -> f64, low: f64, high: f64, tolerance: f64) -> Result<f64, NoRoot> {
    let mut value = |x: f64| {
        let y = f(x);
        if x.is_finite() && !y.is_nan() { Ok(y) } else { Err(NoRoot::NotFinite { at: x }) }
    };
    // b is the best point, a the one before it, c the end on the other side of the root.
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (value(a)?, value(b)?);
    if fa * fb > 0.0 {
        return Err(NoRoot::SameSign { at_low: fa, at_high: fb });
    }
    let (mut c, mut fc) = (a, fa);
    let (mut step, mut previous) = (b - a, b - a);
    for _ in 0..STEPS {
        if fc.abs() < fb.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let least = 2.0 * f64::EPSILON * b.abs() + 0.5 * tolerance.max(0.0);
        let half = 0.5 * (c - b);
        if half.abs() <= least || fb == 0.0 {
            break;
        }
        let guess = (previous.abs() >= least && fa.abs() > fb.abs()).then(|| interpolate((a, fa), (b, fb), (c, fc), half));
        match guess {
            Some(d) if d.is_finite() && d * half >= 0.0 && d.abs() < 1.5 * half.abs() - 0.5 * least && d.abs() < 0.5 * previous.abs() => {
                (previous, step) = (step, d)
            }
            _ => (previous, step) = (half, half),
        }
        (a, fa) = (b, fb);
        b += if step.abs() > least { step } else { least.copysign(half) };
        fb = value(b)?;
        if (fb > 0.0) == (fc > 0.0) {
            (c, fc) = (a, fa);
            (step, previous) = (b - a, b - a);
        }
    }
    Ok(b)
}

/// The step from b towards the root: a secant while only two points are known, inverse quadratic interpolation with three.
fn interpolate((a, fa): (f64, f64), (b, fb): (f64, f64), (c, fc): (f64, f64), half: f64) -> f64 {
    let s = fb / fa;
    let (p, q) = if a == c {
        (2.0 * half * s, 1.0 - s)
    } else {
        let (q, r) = (fa / fc, fb / fc);
        (s * (2.0 * half * q * (q - r) - (b - a) * (r - 1.0)), (q - 1.0) * (r - 1.0) * (s - 1.0))
    };
    -p / q
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(f: impl Fn(f64) -> f64, low: f64, high: f64) -> (f64, usize) {
        let mut calls = 0;
        let root = bracketed(
            |x| {
                calls += 1;
                f(x)
            },
            low,
            high,
            1e-13,
        );
        (root.unwrap(), calls)
    }

    #[test]
    fn finds_roots_known_in_closed_form_in_few_calls() {
        let (root, calls) = counted(|x| x * x - 2.0, 0.0, 2.0);
        assert!((root - std::f64::consts::SQRT_2).abs() < 1e-13 && calls < 12, "{root} {calls}");
        let (root, calls) = counted(f64::cos, 1.0, 2.0);
        assert!((root - std::f64::consts::FRAC_PI_2).abs() < 1e-13 && calls < 12, "{root} {calls}");
        let (root, calls) = counted(|x| x.exp() - 1e6, 0.0, 100.0);
        assert!((root - 6.0 * std::f64::consts::LN_10).abs() < 1e-12 && calls < 40, "{root} {calls}");
        // Reversed ends, a root at an end, and a flat triple root.
        assert!((counted(|x| x - 0.3, 1.0, 0.0).0 - 0.3).abs() < 1e-13);
        assert_eq!(counted(|x| x, 0.0, 5.0).0, 0.0);
        let (root, calls) = counted(|x| (x - 1.0).powi(3), -3.0, 6.0);
        assert!((root - 1.0).abs() < 1e-4 && calls < 200, "{root} {calls}");
    }

    #[test]
    fn a_jump_is_located_and_nonsense_refused() {
        let (root, _) = counted(|x| if x < 0.7 { -1.0 } else { 3.0 }, 0.0, 1.0);
        assert!((root - 0.7).abs() < 1e-12);
        assert_eq!(bracketed(|x| x + 1.0, 0.0, 1.0, 1e-9), Err(NoRoot::SameSign { at_low: 1.0, at_high: 2.0 }));
        assert!(matches!(bracketed(|_| f64::NAN, 0.0, 1.0, 1e-9), Err(NoRoot::NotFinite { .. })));
        assert!(matches!(bracketed(|x| x, f64::NEG_INFINITY, 1.0, 1e-9), Err(NoRoot::NotFinite { .. })));
    }
}
