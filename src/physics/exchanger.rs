//! Heat exchangers by effectiveness and number of transfer units.
//!
//! Letters: `ε` effectiveness, `N` number of transfer units UA/C_min, `c` capacity ratio C_min/C_max, `C` capacity rate (mass flow × specific heat).
//!
//! The counterflow formula is 0/0 where both streams have the same capacity. Written with `g(x) = (1 − e⁻ˣ)/x`, which is smooth through zero,
//! it has no special case: `ε = N·g/(1 + c·N·g)` with `x = N·(1 − c)`.

use crate::units::{Conductance, Power, Temperature, TemperatureDifference};

/// How the two streams pass each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// Against each other, as in a plate exchanger.
    Counterflow,
    /// Side by side.
    Parallel,
    /// Across each other, neither mixed, as in a finned coil.
    CrossflowUnmixed,
    /// One shell pass and two (or any even number of) tube passes.
    ShellTube12,
}

/// `(1 − e⁻ˣ)/x`, smooth through zero.
fn decay_share(x: f64) -> f64 {
    if x.abs() < 1e-8 { 1.0 - 0.5 * x } else { -(-x).exp_m1() / x }
}

/// The share of the largest possible heat that is transferred.
///
/// ```text
/// counterflow        ε = (1 − e^(−N(1−c))) / (1 − c·e^(−N(1−c)));  N/(1+N) at c = 1
/// parallel           ε = (1 − e^(−N(1+c))) / (1 + c)
/// crossflow unmixed  ε = 1 − exp[N^0.22·(exp(−c·N^0.78) − 1)/c]
/// shell and tube     ε = 2 / {1 + c + √(1+c²)·coth[N·√(1+c²)/2]}
/// c = 0, all         ε = 1 − e^(−N)
/// ```
/// # Source
/// `INCROPERA_2007` table 11.3, after `KAYS_LONDON_1984`. The crossflow formula is the book's approximation.
/// # Range
/// N ≥ 0, 0 ≤ c ≤ 1 (held there). Against the exact series (`HT`) the crossflow formula is within 1.1 % for N 1.5 to 5, where exchangers are built;
/// it is up to 3.8 % low for N around 0.25 and up to 3.5 % low at N 20, most at c = 1.
/// # Assumptions
/// Constant conductance and capacity rates.
/// # Check
/// `effectiveness_matches_the_tables`, `incropera_gas_cooler`.
#[must_use]
pub fn effectiveness(arrangement: Arrangement, ntu: f64, capacity_ratio: f64) -> f64 {
    let (n, c) = (ntu.max(0.0), capacity_ratio.clamp(0.0, 1.0));
    if n == 0.0 {
        return 0.0;
    }
    if n.is_infinite() {
        return limit(arrangement, c);
    }
    match arrangement {
        Arrangement::Counterflow => {
            let ng = n * decay_share(n * (1.0 - c));
            ng / (1.0 + c * ng)
        }
        Arrangement::Parallel => -(-n * (1.0 + c)).exp_m1() / (1.0 + c),
        Arrangement::CrossflowUnmixed => {
            let power = n.powf(0.78);
            // N^0.22·N^0.78 = N: written so, the limit c = 0 needs no case of its own.
            -(-n * decay_share(c * power)).exp_m1()
        }
        Arrangement::ShellTube12 => {
            let root = (1.0 + c * c).sqrt();
            2.0 / (1.0 + c + root / (0.5 * n * root).tanh())
        }
    }
}

/// Effectiveness of an infinitely large exchanger.
fn limit(arrangement: Arrangement, c: f64) -> f64 {
    match arrangement {
        Arrangement::Counterflow | Arrangement::CrossflowUnmixed => 1.0,
        Arrangement::Parallel => 1.0 / (1.0 + c),
        Arrangement::ShellTube12 => 2.0 / (1.0 + c + (1.0 + c * c).sqrt()),
    }
}

/// The number of transfer units that gives this effectiveness, if any does.
///
/// ```text
/// counterflow     N = ln[(1 − ε·c)/(1 − ε)] / (1 − c);  ε/(1−ε) at c = 1
/// parallel        N = −ln[1 − ε·(1 + c)] / (1 + c)
/// shell and tube  N = 2/√(1+c²) · artanh{√(1+c²) / (2/ε − 1 − c)}
/// crossflow       by bisection and secant on [`effectiveness`]
/// ```
/// # Source
/// `INCROPERA_2007` table 11.4; the crossflow formula has no closed inverse.
/// # Range
/// Zero up to what an infinite exchanger reaches; none from there on (for crossflow, from N 1e6 on).
/// # Assumptions
/// As [`effectiveness`].
/// # Check
/// `ntu_inverts_the_effectiveness`.
#[must_use]
pub fn ntu_for(arrangement: Arrangement, effectiveness: f64, capacity_ratio: f64) -> Option<f64> {
    let (e, c) = (effectiveness, capacity_ratio.clamp(0.0, 1.0));
    if !(0.0..1.0).contains(&e) || e >= limit(arrangement, c) {
        return None;
    }
    if e == 0.0 {
        return Some(0.0);
    }
    let ntu = match arrangement {
        Arrangement::Counterflow => {
            let y = e * (1.0 - c) / (1.0 - e);
            e / (1.0 - e) * if y < 1e-8 { 1.0 - 0.5 * y } else { y.ln_1p() / y }
        }
        Arrangement::Parallel => -(-e * (1.0 + c)).ln_1p() / (1.0 + c),
        Arrangement::CrossflowUnmixed => crossflow_ntu(e, c)?,
        Arrangement::ShellTube12 => {
            let root = (1.0 + c * c).sqrt();
            2.0 / root * (root / (2.0 / e - 1.0 - c)).atanh()
        }
    };
    ntu.is_finite().then_some(ntu)
}

/// Regula falsi with the Illinois rule on the crossflow formula, in ln N, where the curve is gentle.
fn crossflow_ntu(wanted: f64, c: f64) -> Option<f64> {
    let miss = |ln_n: f64| effectiveness(Arrangement::CrossflowUnmixed, ln_n.exp(), c) - wanted;
    // No exchanger needs fewer units than one against a stream of constant temperature.
    let (mut a, mut b) = ((-(-wanted).ln_1p()).ln(), 1e6_f64.ln());
    let (mut fa, mut fb) = (miss(a), miss(b));
    if fa >= 0.0 {
        return Some(a.exp());
    }
    if fb < 0.0 {
        return None;
    }
    for _ in 0..200 {
        let x = (a * fb - b * fa) / (fb - fa);
        let fx = miss(x);
        if fx.abs() < 1e-15 || (b - a).abs() < 1e-14 {
            return Some(x.exp());
        }
        if fx * fb < 0.0 {
            (a, fa) = (b, fb);
        } else {
            fa *= 0.5;
        }
        (b, fb) = (x, fx);
    }
    Some(b.exp())
}

/// What an exchanger does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// Heat from the hot to the cold stream; below zero if the "hot" one is colder.
    pub heat: Power,
    /// The hot stream's outlet.
    pub hot_out: Temperature,
    /// The cold stream's outlet.
    pub cold_out: Temperature,
    /// Share of the largest possible heat.
    pub effectiveness: f64,
}

/// Capacity rates sorted: the smaller one and the ratio.
fn smaller(c_hot: Conductance, c_cold: Conductance) -> (f64, f64) {
    let (h, c) = (c_hot.watts_per_kelvin().max(0.0), c_cold.watts_per_kelvin().max(0.0));
    let (low, high) = (h.min(c), h.max(c));
    (low, if high > 0.0 { low / high } else { 0.0 })
}

/// The heat and the outlets of an exchanger of known conductance.
///
/// ```text
/// q = ε·C_min·(T_hot,in − T_cold,in),  T_hot,out = T_hot,in − q/C_hot,  T_cold,out = T_cold,in + q/C_cold
/// ```
/// # Source
/// `INCROPERA_2007` equations 11.18 and 11.22.
/// # Range
/// Any inlets, also reversed. A stream that stands transfers nothing and leaves at its limit, the other stream's inlet; if both stand, at their inlets.
/// # Assumptions
/// No loss to the surroundings, no condensation.
/// # Check
/// `incropera_gas_cooler`, `energy_balances`.
#[must_use]
pub fn transfer(ua: Conductance, c_hot: Conductance, c_cold: Conductance, hot_in: Temperature, cold_in: Temperature, arrangement: Arrangement) -> Transfer {
    let (low, ratio) = smaller(c_hot, c_cold);
    let span = hot_in - cold_in;
    let ua = ua.watts_per_kelvin().max(0.0);
    if low <= 0.0 {
        let (h, c) = (c_hot.watts_per_kelvin(), c_cold.watts_per_kelvin());
        let hot_out = if h <= 0.0 && c > 0.0 && ua > 0.0 { cold_in } else { hot_in };
        let cold_out = if c <= 0.0 && h > 0.0 && ua > 0.0 { hot_in } else { cold_in };
        return Transfer { heat: Power::ZERO, hot_out, cold_out, effectiveness: if ua > 0.0 { 1.0 } else { 0.0 } };
    }
    let effectiveness = effectiveness(arrangement, ua / low, ratio);
    let heat = Conductance::from_watts_per_kelvin(effectiveness * low) * span;
    Transfer { heat, hot_out: hot_in - heat / c_hot, cold_out: cold_in + heat / c_cold, effectiveness }
}

/// The conductance that a rated duty implies.
///
/// ```text
/// ε = q / [C_min·(T_hot,in − T_cold,in)],  UA = N(ε, c)·C_min
/// ```
/// # Source
/// Derived: [`ntu_for`] at the rating.
/// # Range
/// None if the duty is below zero, the inlets are reversed, or no exchanger of this arrangement could do it.
/// # Assumptions
/// The rating is for the same fluids.
/// # Check
/// `rating_round_trip`.
#[must_use]
pub fn conductance_from_rating(
    heat: Power,
    hot_in: Temperature,
    cold_in: Temperature,
    c_hot: Conductance,
    c_cold: Conductance,
    arrangement: Arrangement,
) -> Option<Conductance> {
    let (low, ratio) = smaller(c_hot, c_cold);
    let most = low * (hot_in - cold_in).kelvins();
    if most <= 0.0 || !most.is_finite() {
        return None;
    }
    Some(Conductance::from_watts_per_kelvin(ntu_for(arrangement, heat.watts() / most, ratio)? * low))
}

/// The conductance at other flows than at the rating, where the wall's share of the resistance is negligible.
///
/// ```text
/// 1/UA = (1/UA₀)·[s_h·r_h^(−n_h) + (1 − s_h)·r_c^(−n_c)]
/// ```
/// # Source
/// `WETTER_1999`: film coefficients follow a power of the flow, 0.85 for water and 0.8 for air as in its Modelica implementation.
/// # Range
/// Flow ratios from zero (no conductance) up; turbulent films, that is down to about 20 % of the rated flow in plate exchangers.
/// # Assumptions
/// Fluid properties as at the rating; no fouling.
/// # Check
/// `off_design_limits`.
#[must_use]
pub fn off_design(ua0: Conductance, hot_flow_ratio: f64, cold_flow_ratio: f64, n_hot: f64, n_cold: f64, hot_share: f64) -> Conductance {
    off_design_with_wall(ua0, hot_flow_ratio, cold_flow_ratio, n_hot, n_cold, hot_share, 0.0)
}

/// The conductance at other flows than at the rating, with a wall (or fouling) that does not depend on the flow.
///
/// ```text
/// 1/UA = (1/UA₀)·[s_h·r_h^(−n_h) + s_w + (1 − s_h − s_w)·r_c^(−n_c)]
/// ```
/// # Source
/// As [`off_design`].
/// # Range
/// As [`off_design`]; the shares are held so that they add up to 1.
/// # Assumptions
/// As [`off_design`].
/// # Check
/// `off_design_limits`.
#[must_use]
pub fn off_design_with_wall(
    ua0: Conductance,
    hot_flow_ratio: f64,
    cold_flow_ratio: f64,
    n_hot: f64,
    n_cold: f64,
    hot_share: f64,
    wall_share: f64,
) -> Conductance {
    let hot = hot_share.clamp(0.0, 1.0);
    let wall = wall_share.clamp(0.0, 1.0 - hot);
    let film = |share: f64, ratio: f64, n: f64| if share == 0.0 { 0.0 } else { share * ratio.max(0.0).powf(-n) };
    ua0 / (film(hot, hot_flow_ratio, n_hot) + wall + film(1.0 - hot - wall, cold_flow_ratio, n_cold))
}

/// The logarithmic mean of the temperature differences at the two ends.
///
/// ```text
/// ΔT_lm = (ΔT₁ − ΔT₂) / ln(ΔT₁/ΔT₂);  the common value where they are equal
/// ```
/// # Source
/// `INCROPERA_2007` equation 11.15.
/// # Range
/// Both above zero; zero if either is not.
/// # Assumptions
/// Constant capacity rates.
/// # Check
/// `incropera_oil_cooler`.
#[must_use]
pub fn log_mean_difference(first: TemperatureDifference, second: TemperatureDifference) -> TemperatureDifference {
    let (a, b) = (first.kelvins(), second.kelvins());
    if a <= 0.0 || b <= 0.0 {
        return TemperatureDifference::ZERO;
    }
    let y = a / b - 1.0;
    let mean = if y.abs() < 1e-6 { 1.0 + 0.5 * y } else { y / y.ln_1p() };
    TemperatureDifference::from_kelvins(b * mean)
}

#[cfg(test)]
#[path = "exchanger_tests.rs"]
mod tests;
