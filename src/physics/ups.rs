//! Uninterruptible power supplies, and any converter with a quadratic loss: fixed, proportional and square-law parts.

use crate::units::{Power, Ratio};

/// Loss of a unit at a load.
///
/// ```text
/// P_loss = P_r (α + β x + γ x²),   x = P / P_r
/// ```
/// # Source
/// [`super::sources::APC_WP113`]: no-load, proportional and square-law losses.
/// # Range
/// Meant for 0 ≤ x ≤ 1; the same law continues above. A rating of zero has no loss.
/// # Assumptions
/// Steady state; the mode (double conversion or bypass) is in the coefficients.
/// # Check
/// `fit_gives_back_the_curve`.
#[must_use]
pub fn loss(rating: Power, load: Power, alpha: f64, beta: f64, gamma: f64) -> Power {
    if rating <= Power::ZERO {
        return Power::ZERO;
    }
    let x = load / rating;
    rating * (alpha + x * (beta + x * gamma))
}

/// Change of the loss per change of load.
///
/// ```text
/// dP_loss/dP = β + 2 γ x
/// ```
/// # Source
/// Derived from [`loss`].
/// # Range
/// As for [`loss`].
/// # Assumptions
/// As for [`loss`].
/// # Check
/// `marginal_loss_is_the_slope`, against a central difference.
#[must_use]
pub fn marginal_loss(rating: Power, load: Power, beta: f64, gamma: f64) -> f64 {
    if rating > Power::ZERO { beta + 2.0 * gamma * (load / rating) } else { 0.0 }
}

/// Output over input at a load.
///
/// ```text
/// η = P / (P + P_loss)
/// ```
/// # Source
/// Derived from [`loss`].
/// # Range
/// Zero at no load.
/// # Assumptions
/// As for [`loss`].
/// # Check
/// `fit_gives_back_the_curve`.
#[must_use]
pub fn efficiency(rating: Power, load: Power, alpha: f64, beta: f64, gamma: f64) -> Ratio {
    if load <= Power::ZERO {
        return Ratio::ZERO;
    }
    Ratio::from_value(load / (load + loss(rating, load, alpha, beta, gamma)))
}

/// Loss coefficients `[α, β, γ]` from points of load share and efficiency, by least squares on the loss.
///
/// ```text
/// min Σ (α + β x_i + γ x_i² − l_i)²,   l_i = x_i (1/η_i − 1)
/// ```
/// # Source
/// Derived: the normal equations of the law of [`loss`].
/// # Range
/// At least three points with different loads in (0, 1.5] and efficiencies in (0, 1]; otherwise `None`.
/// # Assumptions
/// Every point weighs the same in loss, not in efficiency. A coefficient may come out slightly negative.
/// # Check
/// `fit_gives_back_the_curve`.
#[must_use]
pub fn fit(points: &[(Ratio, Ratio)]) -> Option<[f64; 3]> {
    let mut sums = [0.0; 5];
    let mut right = [0.0; 3];
    for &(load, eta) in points {
        let (x, eta) = (load.value(), eta.value());
        if !(x > 0.0 && x <= 1.5 && eta > 0.0 && eta <= 1.0) {
            return None;
        }
        let l = x * (1.0 / eta - 1.0);
        let mut power = 1.0;
        for (k, sum) in sums.iter_mut().enumerate() {
            *sum += power;
            if let Some(r) = right.get_mut(k) {
                *r += power * l;
            }
            power *= x;
        }
    }
    let [s0, s1, s2, s3, s4] = sums;
    let [r0, r1, r2] = right;
    let det3 =
        |a: [f64; 3], b: [f64; 3], c: [f64; 3]| a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
    let det = det3([s0, s1, s2], [s1, s2, s3], [s2, s3, s4]);
    // Two different loads or fewer leave the parabola free: the determinant is then zero to rounding.
    if det.abs() <= 1e-12 * s0 * s2 * s4 {
        return None;
    }
    let alpha = det3([r0, s1, s2], [r1, s2, s3], [r2, s3, s4]) / det;
    let beta = det3([s0, r0, s2], [s1, r1, s3], [s2, r2, s4]) / det;
    let gamma = det3([s0, s1, r0], [s1, s2, r1], [s2, s3, r2]) / det;
    Some([alpha, beta, gamma])
}

/// Loss coefficients `[α, β, γ]` when only the best efficiency is published.
///
/// ```text
/// l = x_b (1/η − 1),   β = b l / x_b,   α = (1 − b) l / 2,   γ = α / x_b²
/// ```
/// # Source
/// Derived: the law of [`loss`] is best where α = γ x², and there it must lose l.
/// # Range
/// 0 < η ≤ 1, x_b > 0, 0 ≤ b ≤ 1.
/// # Assumptions
/// The load share x_b of the best point and the share b of the loss that is proportional are not published: both are assumed by the caller.
/// # Check
/// `one_published_point_becomes_a_curve`: eco modes of 99 % with four tenths proportional are the catalog's 0.003, 0.004, 0.003.
#[must_use]
pub fn from_best_efficiency(best: Ratio, at: Ratio, proportional: Ratio) -> [f64; 3] {
    let (x, b) = (at.value(), proportional.value());
    let lost = x * (1.0 / best.value() - 1.0);
    let alpha = (1.0 - b) * lost / 2.0;
    [alpha, b * lost / x, alpha / (x * x)]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn points(list: &[(f64, f64)]) -> Vec<(Ratio, Ratio)> {
        list.iter().map(|&(x, e)| (Ratio::from_percent(x), Ratio::from_percent(e))).collect()
    }

    #[test]
    fn fit_gives_back_the_curve() {
        let [a, b, g] = fit(&points(&[(25.0, 94.5), (50.0, 96.3), (75.0, 96.6), (100.0, 96.5)])).unwrap();
        // Coefficients and refitted efficiencies from an independent least-squares program.
        assert!((a - 0.012535).abs() < 1e-6 && (b - 0.002881).abs() < 1e-6 && (g - 0.020846).abs() < 1e-6, "{a} {b} {g}");
        let rating = Power::from_megawatts(1.5);
        for (x, eta) in [(25.0, 94.497), (50.0, 96.304), (75.0, 96.597), (100.0, 96.501)] {
            let found = efficiency(rating, rating * (x / 100.0), a, b, g);
            assert!((found.percent() - eta).abs() < 1e-3, "{x} {found}");
        }
    }

    #[test]
    fn published_coefficients_give_the_published_curve() {
        // 0.005 + 0.005 x + 0.015 x² is a fit of a 1.5 MW module with 97.2, 97.8 and 97.6 % at 25, 50 and 100 % load.
        let rating = Power::from_megawatts(1.5);
        for (x, eta) in [(0.25, 97.2), (0.50, 97.8), (1.0, 97.6)] {
            let found = efficiency(rating, rating * x, 0.005, 0.005, 0.015).percent();
            assert!((found - eta).abs() < 0.05, "{x} {found}");
        }
    }

    #[test]
    fn one_published_point_becomes_a_curve() {
        let [a, b, g] = from_best_efficiency(Ratio::from_percent(99.0), Ratio::from_value(1.0), Ratio::from_value(0.4));
        for (found, catalog) in [(a, 0.003), (b, 0.004), (g, 0.003)] {
            assert!((found - catalog).abs() < 5e-5, "{found} {catalog}");
        }
        // Wherever the best point is put, it is the best, and has the published efficiency.
        let rating = Power::from_megawatts(1.0);
        for at in [0.4, 0.75] {
            let [a, b, g] = from_best_efficiency(Ratio::from_percent(97.5), Ratio::from_value(at), Ratio::from_value(0.3));
            let eta = |x: f64| efficiency(rating, rating * x, a, b, g).percent();
            assert!((eta(at) - 97.5).abs() < 1e-9 && eta(at) > eta(at * 0.95) && eta(at) > eta(at * 1.05));
        }
    }

    #[test]
    fn marginal_loss_is_the_slope() {
        let (rating, load) = (Power::from_kilowatts(1000.0), Power::from_kilowatts(430.0));
        let step = Power::from_watts(10.0);
        let (a, b, g) = (0.0125, 0.0029, 0.0208);
        let numeric = (loss(rating, load + step, a, b, g) - loss(rating, load - step, a, b, g)) / (step * 2.0);
        assert!((numeric - marginal_loss(rating, load, b, g)).abs() < 1e-8);
    }

    #[test]
    fn too_few_points_are_refused() {
        assert_eq!(fit(&points(&[(50.0, 96.0), (100.0, 96.0)])), None);
        assert_eq!(fit(&points(&[(50.0, 96.0), (50.0, 96.1), (100.0, 96.0)])), None);
        assert_eq!(fit(&points(&[(50.0, 0.0), (75.0, 96.1), (100.0, 96.0)])), None);
        assert_eq!(efficiency(Power::from_kilowatts(100.0), Power::ZERO, 0.01, 0.0, 0.02), Ratio::ZERO);
    }
}
