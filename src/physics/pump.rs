//! Pumps: a power-law curve with the affinity laws, its inverse for the speed, and electrical power.
//!
//! Letters: `h0` pressure rise at no flow and full speed, `r` coefficient, `n` exponent, `ω` speed as a share of full speed, `Q` flow.
//! Why not a polynomial in the flow: the power law falls everywhere, so that a network has one operating point, and it scales with speed exactly.

use crate::units::{Power, Pressure, Ratio, VolumeFlow};

/// A pump's pressure rise over its flow at full speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Rise at no flow and full speed.
    pub shutoff: Pressure,
    /// Fall of the rise with the flow, Pa/(m³/s)ⁿ.
    pub coefficient: f64,
    /// Exponent of the flow.
    pub exponent: f64,
}

impl Curve {
    /// The curve through the rise at no flow and two operating points.
    ///
    /// ```text
    /// n = ln[(h0 − h2)/(h0 − h1)] / ln(Q2/Q1),   r = (h0 − h1)/Q1ⁿ
    /// ```
    /// # Source
    /// `EPANET_2020` section 3.2, three-point curve.
    /// # Range
    /// 0 < Q1 < Q2 and h0 > h1 > h2; none otherwise, or if the exponent exceeds 20.
    /// # Assumptions
    /// The curve falls from no flow on; a hump at low flow is not represented.
    /// # Check
    /// `curve_passes_through_its_points`.
    #[must_use]
    pub fn through_points(shutoff: Pressure, first: (VolumeFlow, Pressure), second: (VolumeFlow, Pressure)) -> Option<Self> {
        let (q1, q2) = (first.0.cubic_meters_per_second(), second.0.cubic_meters_per_second());
        let (fall1, fall2) = ((shutoff - first.1).pascals(), (shutoff - second.1).pascals());
        if !(q1 > 0.0 && q2 > q1 && fall1 > 0.0 && fall2 > fall1 && shutoff.is_finite()) {
            return None;
        }
        let exponent = (fall2 / fall1).ln() / (q2 / q1).ln();
        (exponent <= 20.0).then(|| Self { shutoff, coefficient: fall1 / q1.powf(exponent), exponent })
    }

    /// The curve of a pump of which only the rated point is known.
    ///
    /// ```text
    /// h0 = 4/3·h,  rise zero at 2·Q   ⇒   n = 2,  r = h/(3·Q²)
    /// ```
    /// # Source
    /// `EPANET_2020` section 3.2, single-point curve.
    /// # Range
    /// A flow and a rise above zero; none otherwise.
    /// # Assumptions
    /// A centrifugal pump of ordinary shape.
    /// # Check
    /// `one_point_makes_a_parabola`.
    #[must_use]
    pub fn from_rating(flow: VolumeFlow, rise: Pressure) -> Option<Self> {
        let (q, h) = (flow.cubic_meters_per_second(), rise.pascals());
        (q > 0.0 && h > 0.0 && q.is_finite() && h.is_finite()).then(|| Self { shutoff: rise * (4.0 / 3.0), coefficient: h / (3.0 * q * q), exponent: 2.0 })
    }

    /// The pressure rise.
    ///
    /// ```text
    /// Δp = ω²·[h0 − r·(Q/ω)ⁿ];  for Q < 0 the power is odd, and the rise grows
    /// ```
    /// # Source
    /// `EPANET_2020` section 12.1 (affinity laws Q ∝ ω, Δp ∝ ω²).
    /// # Range
    /// Speeds above zero; zero rise at standstill. Beyond the free flow the rise is below zero: the pump is dragged.
    /// # Assumptions
    /// Affinity holds, which it does well between 50 and 100 % speed. A standing pump is shut off by its check valve.
    /// # Check
    /// `affinity_laws`.
    #[must_use]
    pub fn rise(&self, flow: VolumeFlow, speed: f64) -> Pressure {
        self.rise_with_slope(flow, speed).0
    }

    /// The pressure rise and its derivative by the flow, Pa/(m³/s).
    ///
    /// ```text
    /// dΔp/dQ = −n·r·ω·|Q/ω|ⁿ⁻¹
    /// ```
    /// # Source
    /// Derived: the derivative of [`Self::rise`].
    /// # Range
    /// As [`Self::rise`]. At no flow zero for exponents above 1 and infinite below 1.
    /// # Assumptions
    /// As [`Self::rise`].
    /// # Check
    /// `slope_is_the_derivative`.
    #[must_use]
    pub fn rise_with_slope(&self, flow: VolumeFlow, speed: f64) -> (Pressure, f64) {
        if speed <= 0.0 {
            return (Pressure::ZERO, 0.0);
        }
        let q = flow.cubic_meters_per_second() / speed;
        let fall = self.coefficient * q.abs().powf(self.exponent) * q.signum();
        let slope = if q == 0.0 && self.exponent > 1.0 { 0.0 } else { -self.exponent * self.coefficient * speed * q.abs().powf(self.exponent - 1.0) };
        ((self.shutoff - Pressure::from_pascals(fall)) * (speed * speed), slope)
    }

    /// The speed at which the pump delivers this flow against this pressure, as a share of full speed.
    ///
    /// ```text
    /// ω²·h0 − r·Qⁿ·ω²⁻ⁿ = Δp
    /// ```
    /// # Source
    /// Derived: the inverse of [`Self::rise`]; for n = 2 it is ω = √[(Δp + r·Q²)/h0], otherwise Newton's method kept within a bracket.
    /// # Range
    /// A flow and a pressure of zero or more; none otherwise. Not limited to full speed: the caller compares with what the drive allows.
    /// # Assumptions
    /// As [`Self::rise`].
    /// # Check
    /// `speed_inverts_the_rise`.
    #[must_use]
    pub fn speed_for(&self, flow: VolumeFlow, rise: Pressure) -> Option<f64> {
        let (q, dp, h0, n) = (flow.cubic_meters_per_second(), rise.pascals(), self.shutoff.pascals(), self.exponent);
        if !(q >= 0.0 && dp >= 0.0 && h0 > 0.0 && q.is_finite() && dp.is_finite()) {
            return None;
        }
        // Below `low` either the free flow is too small or the shut-off pressure is: the rise is at most the wanted one there.
        let mut low = (q * (self.coefficient / h0).powf(1.0 / n)).max((dp / h0).sqrt());
        if q == 0.0 || dp == 0.0 {
            return Some(low);
        }
        let excess = |speed: f64| self.rise(flow, speed).pascals() - dp;
        let mut high = 2.0 * low;
        while excess(high) < 0.0 {
            high *= 2.0;
            if !high.is_finite() {
                return None;
            }
        }
        let mut speed = ((dp + self.coefficient * q.powf(n)) / h0).sqrt().clamp(low, high);
        for _ in 0..100 {
            let value = excess(speed);
            if value < 0.0 {
                low = speed;
            } else {
                high = speed;
            }
            let slope = 2.0 * speed * h0 - (2.0 - n) * self.coefficient * q.powf(n) * speed.powf(1.0 - n);
            let newton = speed - value / slope;
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            let moved = (next - speed).abs();
            speed = next;
            if moved <= 1e-14 * speed {
                break;
            }
        }
        Some(speed)
    }
}

/// The power taken to lift this flow by this pressure at one overall efficiency.
///
/// ```text
/// P = Q·Δp / η
/// ```
/// # Source
/// `EPANET_2020` section 3.1 (pump energy).
/// # Range
/// Efficiencies above zero; infinite at zero. Never below zero: a dragged pump gives nothing back.
/// # Assumptions
/// Incompressible liquid.
/// # Check
/// `power_by_hand`.
#[must_use]
pub fn power(flow: VolumeFlow, rise: Pressure, efficiency: Ratio) -> Power {
    let useful = (flow * rise).max(Power::ZERO);
    if useful == Power::ZERO { useful } else { useful / efficiency.value().max(0.0) }
}

/// The efficiencies between the grid and the water.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Efficiencies {
    /// Of the hydraulics: water power per shaft power.
    pub hydraulic: Ratio,
    /// Of the motor: shaft power per motor power.
    pub motor: Ratio,
    /// Of the variable-speed drive; 1 without one.
    pub drive: Ratio,
}

impl Efficiencies {
    /// From wire to water.
    ///
    /// ```text
    /// η = η_h·η_m·η_d
    /// ```
    /// # Source
    /// Derived: a chain of conversions.
    /// # Range
    /// 0 to 1 each.
    /// # Assumptions
    /// Each is taken at the operating point.
    /// # Check
    /// `power_by_hand`.
    #[must_use]
    pub fn overall(&self) -> Ratio {
        Ratio::from_value(self.hydraulic.value() * self.motor.value() * self.drive.value())
    }
    /// The electrical power.
    ///
    /// ```text
    /// P = Q·Δp / (η_h·η_m·η_d)
    /// ```
    /// # Source
    /// As [`power`].
    /// # Range
    /// As [`power`].
    /// # Assumptions
    /// As [`power`].
    /// # Check
    /// `power_by_hand`.
    #[must_use]
    pub fn electrical_power(&self, flow: VolumeFlow, rise: Pressure) -> Power {
        power(flow, rise, self.overall())
    }
    /// The heat that the coolant takes up: all that reaches the shaft, as friction turns the pressure into heat along the loop.
    ///
    /// ```text
    /// P_shaft = Q·Δp / η_h
    /// ```
    /// # Source
    /// Derived: energy balance of a closed loop.
    /// # Range
    /// As [`power`].
    /// # Assumptions
    /// An air-cooled motor; a wet-running one adds its own loss.
    /// # Check
    /// `power_by_hand`.
    #[must_use]
    pub fn heat_to_coolant(&self, flow: VolumeFlow, rise: Pressure) -> Power {
        power(flow, rise, self.hydraulic)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn flow(q: f64) -> VolumeFlow {
        VolumeFlow::from_cubic_meters_per_second(q)
    }
    fn odd_curve(exponent: f64) -> Curve {
        Curve { shutoff: Pressure::from_kilopascals(400.0), coefficient: 200e3 / 0.05_f64.powf(exponent), exponent }
    }

    #[test]
    fn curve_passes_through_its_points() {
        let kpa = Pressure::from_kilopascals;
        let curve = Curve::through_points(kpa(300.0), (flow(0.02), kpa(260.0)), (flow(0.04), kpa(150.0))).unwrap();
        // ln(150/40)/ln 2.
        assert!((curve.exponent - 1.906_890_6).abs() < 1e-6, "{}", curve.exponent);
        assert!((curve.rise(flow(0.02), 1.0).pascals() - 260e3).abs() < 1e-6);
        assert!((curve.rise(flow(0.04), 1.0).pascals() - 150e3).abs() < 1e-6);
        assert!(Curve::through_points(kpa(300.0), (flow(0.02), kpa(310.0)), (flow(0.04), kpa(150.0))).is_none());
        assert!(Curve::through_points(kpa(300.0), (flow(0.04), kpa(260.0)), (flow(0.02), kpa(150.0))).is_none());
    }

    #[test]
    fn net1_pump_matches_epanet() {
        // EPANET's Net1, pump 9: one-point curve 1500 gpm at 250 ft; at hour 0 EPANET 2.2 finds 117.7374 L/s and node heads 243.84 → 306.1251 m.
        let per_meter = 9_806.65;
        let curve = Curve::from_rating(flow(1500.0 * 6.309_019_64e-5), Pressure::from_pascals(250.0 * 0.3048 * per_meter)).unwrap();
        let lift = curve.rise(flow(0.117_737_4), 1.0).pascals() / per_meter;
        assert!((lift - (306.125_1 - 243.84)).abs() < 2e-3, "{lift}");
    }

    #[test]
    fn one_point_makes_a_parabola() {
        let curve = Curve::from_rating(flow(0.03), Pressure::from_kilopascals(240.0)).unwrap();
        assert!((curve.rise(flow(0.0), 1.0).kilopascals() - 320.0).abs() < 1e-9);
        assert!((curve.rise(flow(0.03), 1.0).kilopascals() - 240.0).abs() < 1e-9);
        assert!(curve.rise(flow(0.06), 1.0).kilopascals().abs() < 1e-9);
        assert!(Curve::from_rating(flow(0.0), Pressure::from_kilopascals(240.0)).is_none());
    }

    #[test]
    fn affinity_laws() {
        let curve = odd_curve(1.7);
        let (full, half) = (curve.rise(flow(0.04), 1.0), curve.rise(flow(0.02), 0.5));
        assert!((half.pascals() * 4.0 - full.pascals()).abs() < 1e-6);
        assert_eq!(curve.rise(flow(0.02), 0.0), Pressure::ZERO);
    }

    #[test]
    fn slope_is_the_derivative() {
        for n in [1.0, 1.7, 2.0, 2.6] {
            for q in [-0.01, 0.01, 0.05] {
                let curve = odd_curve(n);
                let by_difference = (curve.rise(flow(q + 1e-7), 0.8).pascals() - curve.rise(flow(q - 1e-7), 0.8).pascals()) / 2e-7;
                let slope = curve.rise_with_slope(flow(q), 0.8).1;
                assert!((slope / by_difference - 1.0).abs() < 1e-5, "n {n} Q {q}: {slope} and {by_difference}");
            }
        }
    }

    #[test]
    fn speed_inverts_the_rise() {
        for n in [0.8, 1.0, 1.7, 2.0, 2.6] {
            let curve = odd_curve(n);
            for q in [0.0, 0.005, 0.03, 0.06] {
                for speed in [0.6, 0.95, 1.3] {
                    let rise = curve.rise(flow(q), speed);
                    if rise.pascals() < 0.0 {
                        assert!(curve.speed_for(flow(q), rise).is_none());
                        continue;
                    }
                    let found = curve.speed_for(flow(q), rise).unwrap();
                    assert!((found - speed).abs() < 1e-10, "n {n} Q {q} speed {speed}: {found}");
                }
            }
        }
    }

    #[test]
    fn power_by_hand() {
        // 0.03 m³/s at 200 kPa is 6 kW of water power; 0.75·0.94·0.97 = 0.683 85.
        let chain = Efficiencies { hydraulic: Ratio::from_value(0.75), motor: Ratio::from_value(0.94), drive: Ratio::from_value(0.97) };
        let (q, dp) = (flow(0.03), Pressure::from_kilopascals(200.0));
        assert!((chain.overall().value() - 0.683_85).abs() < 1e-12);
        assert!((chain.electrical_power(q, dp).watts() - 8_773.853_9).abs() < 1e-3);
        assert!((chain.heat_to_coolant(q, dp).watts() - 8_000.0).abs() < 1e-9);
        assert_eq!(power(flow(0.0), dp, Ratio::from_value(0.0)), Power::ZERO);
    }
}
