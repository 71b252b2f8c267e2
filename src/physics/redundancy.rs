//! Arithmetic of redundant systems: how much of what is installed can be used, and what moves where when one fails.
//!
//! | scheme | installed : needed | usable |
//! |---|---|---|
//! | N | N : N | 100 % |
//! | N+1 | N+1 : N | N/(N+1) |
//! | distributed, x to make y | x : y | y/x (3 to make 2: 66.7 %, 4 to make 3: 75 %) |
//! | block (catcher) | N+1 : N | N/(N+1), the reserve idle |
//! | 2N | 2N : N | 50 % |

use crate::units::Ratio;

/// Share of the installed capacity that may carry load when `needed` of `installed` equal systems must do.
///
/// ```text
/// u = y / x
/// ```
/// # Source
/// [`super::sources::UPTIME`], definitions of N, N+1, 2N and distributed redundant systems.
/// # Range
/// `needed` above `installed` counts as all of them; nothing installed gives zero.
/// # Assumptions
/// Equal systems; the load can be moved to those that are left.
/// # Check
/// `usable_shares_of_the_schemes`.
#[must_use]
pub fn usable(installed: u32, needed: u32) -> Ratio {
    if installed == 0 { Ratio::ZERO } else { Ratio::from_value(f64::from(needed.min(installed)) / f64::from(installed)) }
}

/// Pairs that dual-corded loads can stand on.
///
/// ```text
/// C(x, 2) = x (x − 1) / 2
/// ```
/// # Source
/// Combinations of two.
/// # Range
/// No pair below two systems.
/// # Assumptions
/// Any two systems can be brought to a row.
/// # Check
/// `pairs_of_four_systems`: six.
#[must_use]
pub fn pairs(systems: u32) -> u64 {
    u64::from(systems) * u64::from(systems.saturating_sub(1)) / 2
}

/// Load of each system that is left after one has failed, relative to its load before.
///
/// ```text
/// f = x / (x − 1)     loads spread evenly over all pairs, half of each on either cord
/// ```
/// # Source
/// Derived: each of the x − 1 others shares one x−1-th of the failed system's loads as their other cord.
/// # Range
/// `None` below two systems.
/// # Assumptions
/// Equal loads on every pair; power supplies move the whole load to the cord that is left.
/// # Check
/// `loads_after_a_failure`: at 75 % four systems are at 100 % with one out.
#[must_use]
pub fn after_one_lost(systems: u32) -> Option<f64> {
    (systems >= 2).then(|| f64::from(systems) / f64::from(systems - 1))
}

/// Probability that at least `needed` of `installed` equal and independent systems run.
///
/// ```text
/// A = Σ_{i=k}^{n} C(n, i) a^i (1 − a)^(n−i)
/// ```
/// # Source
/// [`super::sources::IEEE_493`]: k-of-n systems.
/// # Range
/// 0 ≤ a ≤ 1.
/// # Assumptions
/// Independent failures: what is common to all of them, such as one transfer switch or one fuel, is not in it.
/// # Check
/// `availability_of_k_of_n`.
#[must_use]
pub fn availability(installed: u32, needed: u32, each: Ratio) -> Ratio {
    let a = each.value();
    let mut sum = 0.0;
    let mut ways = 1.0;
    for failed in 0..=installed {
        let running = installed - failed;
        if running < needed {
            break;
        }
        sum += ways * a.powf(f64::from(running)) * (1.0 - a).powf(f64::from(failed));
        ways *= f64::from(running) / f64::from(failed + 1);
    }
    Ratio::from_value(sum)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn usable_shares_of_the_schemes() {
        // Published: N 100, 3-to-make-2 66.7, 4-to-make-3 75, 2N 50 %; N+1 as N/(N+1).
        for (installed, needed, percent) in [(4, 4, 100.0), (3, 2, 66.7), (4, 3, 75.0), (2, 1, 50.0), (6, 5, 83.3)] {
            assert!((usable(installed, needed).percent() - percent).abs() < 0.05);
        }
        assert_eq!(usable(0, 1), Ratio::ZERO);
        assert_eq!(usable(2, 3), Ratio::from_value(1.0));
    }

    #[test]
    fn pairs_of_four_systems() {
        assert_eq!([0, 1, 2, 3, 4, 6].map(pairs), [0, 0, 1, 3, 6, 15]);
    }

    #[test]
    fn loads_after_a_failure() {
        for (systems, needed) in [(2, 1), (3, 2), (4, 3), (5, 4)] {
            let full = usable(systems, needed).value() * after_one_lost(systems).unwrap();
            assert!((full - 1.0).abs() < 1e-12, "{systems} to make {needed} is full with one out");
        }
        assert_eq!(after_one_lost(1), None);
    }

    #[test]
    fn availability_of_k_of_n() {
        // Two of three at 0.9: 3·0.81·0.1 + 0.729. Four of five at 0.98: computed in another program.
        assert!((availability(3, 2, Ratio::from_value(0.9)).value() - 0.972).abs() < 1e-12);
        assert!((availability(5, 4, Ratio::from_value(0.98)).value() - 0.996_157_612_8).abs() < 1e-12);
        assert_eq!(availability(4, 5, Ratio::from_value(0.9)), Ratio::ZERO);
        assert!((availability(4, 0, Ratio::from_value(0.9)).value() - 1.0).abs() < 1e-12);
    }
}
