//! Energy storage: one step of the state, with losses both ways, power limits and self-discharge.

use crate::units::{Duration, Energy, Power, Ratio};

/// A battery as seen from its alternating-current terminals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Battery {
    /// Most energy it may hold.
    pub capacity: Energy,
    /// Least energy it must keep.
    pub floor: Energy,
    /// Stored energy per energy taken from the bus.
    pub charge_efficiency: Ratio,
    /// Energy given to the bus per energy taken from the store.
    pub discharge_efficiency: Ratio,
    /// Most power taken from the bus.
    pub charge_limit: Power,
    /// Most power given to the bus.
    pub discharge_limit: Power,
    /// Share of the stored energy lost per day.
    pub self_discharge_per_day: Ratio,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Power at the terminals: positive to the bus, negative from it.
    pub power: Power,
    /// Energy held afterward.
    pub stored: Energy,
    /// Energy lost in conversion and self-discharge.
    pub lost: Energy,
    /// Whether a limit cut the request.
    pub limited: bool,
}

/// The two one-way efficiencies of a known round trip.
///
/// ```text
/// η_c = η_d = √η_rt
/// ```
/// # Source
/// [`super::sources::PYPSA`], the usual split when only the round trip is published.
/// # Range
/// 0 to 1.
/// # Assumptions
/// Loss is equal both ways.
/// # Check
/// `arbitrage_of_a_day`.
#[must_use]
pub fn one_way_efficiency(round_trip: Ratio) -> Ratio {
    Ratio::from_value(round_trip.value().max(0.0).sqrt())
}

/// Power at a C-rate: one C empties the capacity in one hour.
///
/// ```text
/// P = C E / 1 h
/// ```
/// # Source
/// Definition of the C-rate.
/// # Range
/// `c_rate` ≥ 0, per hour.
/// # Assumptions
/// On the capacity, not on the charge.
/// # Check
/// `c_rate_round_trip`.
#[must_use]
pub fn power_at_c_rate(capacity: Energy, c_rate: f64) -> Power {
    capacity / Duration::from_hours(1.0) * c_rate
}

/// C-rate of a power, per hour.
///
/// ```text
/// C = P · 1 h / E
/// ```
/// # Source
/// Definition of the C-rate.
/// # Range
/// Zero for no capacity.
/// # Assumptions
/// On the capacity, not on the charge.
/// # Check
/// `c_rate_round_trip`.
#[must_use]
pub fn c_rate(capacity: Energy, power: Power) -> f64 {
    if capacity > Energy::ZERO { (power * Duration::from_hours(1.0)) / capacity } else { 0.0 }
}

/// Advances the state of charge by one step with a requested power, positive to the bus.
///
/// ```text
/// E⁺ = E (1 − σ) + η_c P_c Δt − P_d Δt / η_d,   E_min ≤ E⁺ ≤ E_max
/// ```
/// # Source
/// [`super::sources::PYPSA`], storage unit energy balance.
/// # Range
/// A request beyond a power limit or beyond what the state allows is cut, and `limited` says so. Δt ≤ 0 changes nothing.
/// # Assumptions
/// Power and efficiency are constant over the step; the capacity does not depend on the rate.
/// # Check
/// `arbitrage_of_a_day`, `energy_is_conserved`.
#[must_use]
pub fn step(battery: &Battery, stored: Energy, request: Power, duration: Duration) -> Step {
    let dt = duration.seconds();
    if dt <= 0.0 {
        return Step { power: Power::ZERO, stored, lost: Energy::ZERO, limited: request != Power::ZERO };
    }
    let kept = stored * (1.0 - battery.self_discharge_per_day.value()).max(0.0).powf(duration.days());
    let (eta_c, eta_d) = (battery.charge_efficiency.value(), battery.discharge_efficiency.value());
    let power = if request >= Power::ZERO {
        let available = (kept - battery.floor).max(Energy::ZERO) * eta_d / duration;
        request.min(battery.discharge_limit).min(available)
    } else {
        let room = if eta_c > 0.0 { (battery.capacity - kept).max(Energy::ZERO) / eta_c / duration } else { Power::ZERO };
        -(-request).min(battery.charge_limit).min(room)
    };
    let exchanged = power * duration;
    let after = if power > Power::ZERO { kept - exchanged / eta_d } else { kept - exchanged * eta_c };
    let lost = stored - after - exchanged;
    Step { power, stored: after, lost, limited: (power - request).abs() > Power::from_watts(1e-6) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn battery() -> Battery {
        let eta = one_way_efficiency(Ratio::from_percent(85.0));
        Battery {
            capacity: Energy::from_megawatt_hours(4.0),
            floor: Energy::ZERO,
            charge_efficiency: eta,
            discharge_efficiency: eta,
            charge_limit: Power::from_megawatts(1.0),
            discharge_limit: Power::from_megawatts(1.0),
            self_discharge_per_day: Ratio::ZERO,
        }
    }

    #[test]
    fn arbitrage_of_a_day() {
        // An independent linear program: 12 h at 20 $/MWh, then 12 h at 100 $/MWh: buy 4.3386 MWh, sell 3.6878 MWh, earn 282.01 $.
        let b = battery();
        let (mut e, mut bought, mut sold) = (Energy::ZERO, 0.0, 0.0);
        for hour in 0..24 {
            let request = Power::from_megawatts(if hour < 12 { -1.0 } else { 1.0 });
            let s = step(&b, e, request, Duration::from_hours(1.0));
            e = s.stored;
            if s.power < Power::ZERO {
                bought -= s.power.megawatts();
            } else {
                sold += s.power.megawatts();
            }
        }
        assert!((bought - 4.3386).abs() < 1e-4 && (sold - 3.6878).abs() < 1e-4, "{bought} {sold}");
        assert!((100.0 * sold - 20.0 * bought - 282.01).abs() < 0.01);
    }

    #[test]
    fn energy_is_conserved() {
        let b = Battery { self_discharge_per_day: Ratio::from_percent(1.0), floor: Energy::from_megawatt_hours(0.4), ..battery() };
        let start = Energy::from_megawatt_hours(2.0);
        for request in [-3.0, -0.4, 0.0, 0.7, 5.0] {
            let s = step(&b, start, Power::from_megawatts(request), Duration::from_hours(0.25));
            let closed = start - s.stored - s.lost - s.power * Duration::from_hours(0.25);
            assert!(closed.joules().abs() < 1.0 && s.lost >= Energy::ZERO);
            assert_eq!(s.limited, request.abs() > 1.0);
        }
        // Two days without a request lose 1 − 0.99².
        let s = step(&b, start, Power::ZERO, Duration::from_days(2.0));
        assert!((s.lost.megawatt_hours() - 2.0 * (1.0 - 0.9801)).abs() < 1e-9);
        // The floor stays.
        let s = step(&b, b.floor, Power::from_megawatts(1.0), Duration::from_hours(1.0));
        assert!(s.limited && s.power.watts() < 1e-6);
    }

    #[test]
    fn c_rate_round_trip() {
        let e = Energy::from_megawatt_hours(3.9);
        assert!((power_at_c_rate(e, 0.5).megawatts() - 1.95).abs() < 1e-12);
        assert!((c_rate(e, power_at_c_rate(e, 0.25)) - 0.25).abs() < 1e-15);
        assert_eq!(c_rate(Energy::ZERO, Power::from_megawatts(1.0)), 0.0);
    }
}
