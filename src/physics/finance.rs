//! Money over time: present value, capital recovery, levelized cost, and what a lease that ends early leaves unpaid.

use crate::units::{CapacityPrice, Duration, EnergyPrice, FuelPrice, HeatRate, Money, Ratio};

const HOURS_PER_YEAR: f64 = 8760.0;

/// Net present value of equally spaced flows, the first one now.
///
/// ```text
/// NPV = Σ_t CF_t / (1 + r)^t,   t = 0, 1, 2 …
/// ```
/// # Source
/// Definition; [`super::sources::NUMPY_FINANCIAL`] has the same convention.
/// # Range
/// r > −1 per period.
/// # Assumptions
/// One rate for all periods; flows at the start of each.
/// # Check
/// `present_values`.
#[must_use]
pub fn npv(rate: Ratio, flows: &[Money]) -> Money {
    // Horner from the last flow: no powers, and no loss of digits over long horizons.
    let growth = 1.0 + rate.value();
    Money::from_dollars(flows.iter().rev().fold(0.0, |sum, flow| sum / growth + flow.dollars()))
}

/// Rate at which the present value of the flows is zero.
///
/// ```text
/// NPV(r) = 0
/// ```
/// # Source
/// Definition; bisection of [`npv`] between −99 % and 1000 % per period.
/// # Range
/// `None` without a change of sign. With more than one root any of them may be found.
/// # Assumptions
/// As for [`npv`].
/// # Check
/// `rates_of_return`.
#[must_use]
pub fn irr(flows: &[Money]) -> Option<Ratio> {
    let value = |r: f64| npv(Ratio::from_value(r), flows).dollars();
    let (mut low, mut high) = (-0.99, 10.0);
    let at_low = value(low);
    if flows.is_empty() || at_low * value(high) > 0.0 || !at_low.is_finite() {
        return None;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if value(middle) * at_low > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
        if high - low < 1e-14 {
            break;
        }
    }
    Some(Ratio::from_value(0.5 * (low + high)))
}

/// Yearly payment per capital that returns the capital with interest.
///
/// ```text
/// CRF = r (1 + r)^n / ((1 + r)^n − 1) = r / (1 − (1 + r)^−n),   1/n for r = 0
/// ```
/// # Source
/// [`super::sources::NREL_ATB`].
/// # Range
/// r > −1, n > 0 periods.
/// # Assumptions
/// Equal payments at the end of each period.
/// # Check
/// `capital_recovery_and_payments`: 8 %, 20 years is 0.1018522.
#[must_use]
pub fn capital_recovery_factor(rate: Ratio, periods: f64) -> f64 {
    let r = rate.value();
    // ln_1p and exp_m1 keep the digits for small rates, where the plain form is 0/0.
    if r.abs() < 1e-14 { 1.0 / periods } else { r / -(-periods * r.ln_1p()).exp_m1() }
}

/// Payment per period of a loan.
///
/// ```text
/// A = CRF · K
/// ```
/// # Source
/// [`super::sources::NREL_ATB`].
/// # Range
/// As for [`capital_recovery_factor`].
/// # Assumptions
/// As for [`capital_recovery_factor`].
/// # Check
/// `capital_recovery_and_payments`.
#[must_use]
pub fn payment(capital: Money, rate: Ratio, periods: f64) -> Money {
    capital * capital_recovery_factor(rate, periods)
}

/// What one levelized unit of energy costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlantCost {
    /// To build, per capacity.
    pub capital: CapacityPrice,
    /// Fixed operation and maintenance per capacity and year.
    pub fixed_per_year: CapacityPrice,
    /// Variable operation and maintenance.
    pub variable: EnergyPrice,
    /// Fuel per energy, on the heating value of the fuel price (higher).
    pub heat_rate: HeatRate,
    /// Fuel price.
    pub fuel: FuelPrice,
}

/// Levelized cost of energy.
///
/// ```text
/// LCOE = (CRF · K + F) / (8760 h · CF) + HR · p_fuel + v
/// ```
/// # Source
/// [`super::sources::NREL_ATB`], simple levelized cost.
/// # Range
/// Capacity factor above zero; the cost grows without bound as it falls.
/// # Assumptions
/// Constant prices and output over the life; no taxes.
/// # Check
/// `levelized_cost`: 54.82 $/MWh.
#[must_use]
pub fn lcoe(plant: &PlantCost, crf: f64, capacity_factor: Ratio) -> EnergyPrice {
    let seconds = HOURS_PER_YEAR * 3600.0 * capacity_factor.value();
    let fixed = plant.capital.dollars_per_watt() * crf + plant.fixed_per_year.dollars_per_watt();
    let fuel = plant.heat_rate.joules_per_joule() * plant.fuel.dollars_per_joule();
    EnergyPrice::from_dollars_per_joule(fixed / seconds + fuel) + plant.variable
}

/// Capital not yet recovered by straight-line depreciation: what is stranded when the tenant leaves at `age`.
///
/// ```text
/// B = S + (K − S) · max(0, 1 − a / L)
/// ```
/// # Source
/// Definition of straight-line depreciation.
/// # Range
/// Before the start the whole capital, after the life the salvage value. A life of zero is written off at once.
/// # Assumptions
/// Linear in time.
/// # Check
/// `stranded_balance`.
#[must_use]
pub fn unrecovered_balance(capital: Money, salvage: Money, life: Duration, age: Duration) -> Money {
    let left = if life > Duration::ZERO { (1.0 - age / life).clamp(0.0, 1.0) } else { 0.0 };
    salvage + (capital - salvage) * left
}

/// Expected present value of a lease that may end at any month.
///
/// ```text
/// E = Σ_{m=1..M} s^m R / (1 + i)^m + Σ_{m=1..M} s^(m−1) (1 − s) T / (1 + i)^m
/// ```
/// # Source
/// Derived: the tenant stays each month with probability s and pays R at its end, or leaves in it and pays the termination fee T once.
/// # Range
/// 0 ≤ s ≤ 1; i > −1 per month.
/// # Assumptions
/// The same probability every month, independent of the past; the notice period is in the fee.
/// # Check
/// `lease_with_early_exit`: the closed geometric sum.
#[must_use]
pub fn expected_lease_value(rent_per_month: Money, months: u32, stay: Ratio, termination_fee: Money, rate_per_month: Ratio) -> Money {
    let discount = 1.0 / (1.0 + rate_per_month.value());
    let s = stay.value().clamp(0.0, 1.0);
    let (mut weight, mut total) = (1.0, Money::ZERO);
    for _ in 0..months {
        weight *= discount;
        total += (rent_per_month * s + termination_fee * (1.0 - s)) * weight;
        weight *= s;
    }
    total
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn flows(list: &[f64]) -> Vec<Money> {
        list.iter().map(|&d| Money::from_dollars(d)).collect()
    }

    #[test]
    fn present_values() {
        // numpy-financial, first flow at t = 0.
        let mut long = vec![-250.0e6];
        long.extend([31.0e6; 15]);
        let cases: [(&[f64], f64, f64); 6] = [
            (&[-1000.0, 300.0, 420.0, 680.0], 0.0, 400.0),
            (&[-1000.0, 300.0, 420.0, 680.0], 0.03, 309.448_746_118_655_5),
            (&[-500.0, 100.0, 100.0, -50.0, 700.0, 20.0], 0.08, 166.767_423_469_954_8),
            (&[-500.0, 100.0, 100.0, -50.0, 700.0, 20.0], 0.12, 89.627_281_647_899_5),
            (&long, 0.08, 15_343_839.325_717_42),
            (&long, 0.12, -38_863_200.826_584_965),
        ];
        for (list, rate, expected) in cases {
            let found = npv(Ratio::from_value(rate), &flows(list)).dollars();
            assert!((found - expected).abs() < 1e-9 * expected.abs().max(1e6), "{found} {expected}");
        }
        assert_eq!(npv(Ratio::from_value(0.1), &[]), Money::ZERO);
    }

    #[test]
    fn rates_of_return() {
        // numpy-financial.
        let cases: [(&[f64], f64); 2] =
            [(&[-1000.0, 300.0, 420.0, 680.0], 0.163_405_600_688_989_02), (&[-100.0, 39.0, 59.0, 55.0, 20.0], 0.280_948_421_159_960_66)];
        for (list, expected) in cases {
            assert!((irr(&flows(list)).unwrap().value() - expected).abs() < 1e-9);
        }
        assert_eq!(irr(&flows(&[100.0, 50.0])), None);
        assert_eq!(irr(&[]), None);
    }

    #[test]
    fn capital_recovery_and_payments() {
        assert!((capital_recovery_factor(Ratio::from_percent(8.0), 20.0) - 0.101_852_2).abs() < 5e-8);
        assert!((capital_recovery_factor(Ratio::ZERO, 20.0) - 0.05).abs() < 1e-15);
        assert!((capital_recovery_factor(Ratio::from_value(1e-10), 20.0) - 0.05).abs() < 1e-10);
        // numpy-financial pmt: 250 M$ at 7 % over 20 years; 1 M$ at 5 %/12 over 240 months.
        let a = payment(Money::from_dollars(250e6), Ratio::from_percent(7.0), 20.0).dollars();
        assert!((a - 23_598_231.435_813_92).abs() < 1e-5, "{a}");
        let b = payment(Money::from_dollars(1e6), Ratio::from_value(0.05 / 12.0), 240.0).dollars();
        assert!((b - 6_599.557_392_166_587).abs() < 1e-8, "{b}");
    }

    #[test]
    fn levelized_cost() {
        let plant = PlantCost {
            capital: CapacityPrice::from_dollars_per_kilowatt(1000.0),
            fixed_per_year: CapacityPrice::from_dollars_per_kilowatt(15.0),
            variable: EnergyPrice::from_dollars_per_megawatt_hour(4.0),
            heat_rate: HeatRate::from_btu_per_kilowatt_hour(9000.0),
            fuel: FuelPrice::from_dollars_per_mmbtu(4.0),
        };
        let crf = capital_recovery_factor(Ratio::from_percent(8.0), 20.0);
        let cost = lcoe(&plant, crf, Ratio::from_percent(90.0)).dollars_per_megawatt_hour();
        assert!((cost - 54.82).abs() < 0.005, "{cost}");
    }

    #[test]
    fn stranded_balance() {
        let left = |years: f64| {
            unrecovered_balance(Money::from_dollars(100e6), Money::from_dollars(10e6), Duration::from_days(3650.0), Duration::from_days(365.0 * years))
        };
        assert!((left(0.0).dollars() - 100e6).abs() < 1e-3);
        assert!((left(2.5).dollars() - 77.5e6).abs() < 1e-3);
        assert!((left(12.0).dollars() - 10e6).abs() < 1e-3);
        assert_eq!(unrecovered_balance(Money::from_dollars(5.0), Money::ZERO, Duration::ZERO, Duration::ZERO), Money::ZERO);
    }

    #[test]
    fn lease_with_early_exit() {
        let (rent, fee, s, i) = (Money::from_dollars(1e6), Money::from_dollars(3e6), 0.98, 0.006);
        let found = expected_lease_value(rent, 120, Ratio::from_value(s), fee, Ratio::from_value(i)).dollars();
        let q: f64 = s / (1.0 + i);
        let sum = q * (1.0 - q.powi(120)) / (1.0 - q);
        let expected = sum * 1e6 + sum / s * (1.0 - s) * 3e6;
        assert!((found / expected - 1.0).abs() < 1e-12);
        let sure = expected_lease_value(rent, 12, Ratio::from_value(1.0), fee, Ratio::ZERO);
        assert!((sure.dollars() - 12e6).abs() < 1e-6);
    }
}
