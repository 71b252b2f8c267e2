//! Cold plates: case temperature from coolant inlet, heat and flow.
//!
//! Letters: `R` thermal resistance case to inlet, K/W, of which `R_k` conduction (independent of flow) and `a·m^(−b)` convection.
//! The flow is taken relative to a reference flow, so that the coefficient keeps the plain unit K/W.

use crate::units::{Power, Temperature, TemperatureDifference, VolumeFlow};

/// Thermal resistance of a cold plate over its flow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColdPlate {
    /// Conduction through case, interface material and base, K/W.
    pub conduction: f64,
    /// Convection at the reference flow, K/W.
    pub convection: f64,
    /// Reference flow.
    pub reference_flow: VolumeFlow,
    /// Exponent of the flow, 0.5 to 0.8 by vendors' curves.
    pub exponent: f64,
}

impl ColdPlate {
    /// The plate through two points of a vendor's curve, with a known exponent.
    ///
    /// ```text
    /// R₁ = R_k + a,  R₂ = R_k + a·(m₂/m₁)^(−b)
    /// ```
    /// # Source
    /// Derived: two linear equations.
    /// # Range
    /// Different flows above zero, an exponent above zero, and neither part of the resistance below zero; none otherwise.
    /// # Assumptions
    /// As [`Self::resistance`].
    /// # Check
    /// `passes_through_two_points`.
    #[must_use]
    pub fn through_points(first: (VolumeFlow, f64), second: (VolumeFlow, f64), exponent: f64) -> Option<Self> {
        let (m1, m2) = (first.0.cubic_meters_per_second(), second.0.cubic_meters_per_second());
        if !(m1 > 0.0 && m2 > 0.0 && m1 != m2 && exponent > 0.0) {
            return None;
        }
        let convection = (second.1 - first.1) / ((m2 / m1).powf(-exponent) - 1.0);
        let conduction = first.1 - convection;
        (convection >= 0.0 && conduction >= 0.0).then_some(Self { conduction, convection, reference_flow: first.0, exponent })
    }

    /// The resistance from case to coolant inlet, K/W.
    ///
    /// ```text
    /// R = R_k + a·(m/m₀)^(−b)
    /// ```
    /// # Source
    /// Derived: conduction in series with forced convection, Nu ∝ Reᵇ (`INCROPERA_2007` chapter 8); b fitted to vendors' curves.
    /// # Range
    /// Flows from a third to three times the points it was fitted to; infinite at no flow.
    /// # Assumptions
    /// Referred to the inlet, so that the coolant's own warming is part of the convection term, as vendors state it.
    /// # Check
    /// `passes_through_two_points`, `infinite_flow_leaves_conduction`.
    #[must_use]
    pub fn resistance(&self, flow: VolumeFlow) -> f64 {
        let ratio = (flow / self.reference_flow).max(0.0);
        self.conduction + if self.convection == 0.0 { 0.0 } else { self.convection * ratio.powf(-self.exponent) }
    }

    /// The derivative of the resistance by the flow, K/W per m³/s.
    ///
    /// ```text
    /// dR/dm = −b·a·(m/m₀)^(−b) / m
    /// ```
    /// # Source
    /// Derived: the derivative of [`Self::resistance`].
    /// # Range
    /// Flows above zero.
    /// # Assumptions
    /// As [`Self::resistance`].
    /// # Check
    /// `slope_is_the_derivative`.
    #[must_use]
    pub fn resistance_slope(&self, flow: VolumeFlow) -> f64 {
        -self.exponent * (self.resistance(flow) - self.conduction) / flow.cubic_meters_per_second()
    }

    /// The case temperature.
    ///
    /// ```text
    /// T_case = T_in + q·R(m)
    /// ```
    /// # Source
    /// Derived: the definition of the resistance.
    /// # Range
    /// As [`Self::resistance`]; with neither flow nor heat, the inlet.
    /// # Assumptions
    /// Steady state.
    /// # Check
    /// `case_temperature_by_hand`.
    #[must_use]
    pub fn case_temperature(&self, inlet: Temperature, heat: Power, flow: VolumeFlow) -> Temperature {
        if heat == Power::ZERO {
            return inlet;
        }
        inlet + TemperatureDifference::from_kelvins(heat.watts() * self.resistance(flow))
    }

    /// The flow that holds a case temperature, if any does.
    ///
    /// ```text
    /// m = m₀·{a / [(T_case − T_in)/q − R_k]}^(1/b)
    /// ```
    /// # Source
    /// Derived: the inverse of [`Self::case_temperature`].
    /// # Range
    /// None if conduction alone exceeds the limit. No heat needs no flow.
    /// # Assumptions
    /// As [`Self::resistance`].
    /// # Check
    /// `flow_inverts_the_case_temperature`.
    #[must_use]
    pub fn flow_for(&self, inlet: Temperature, heat: Power, case: Temperature) -> Option<VolumeFlow> {
        if heat.watts() <= 0.0 {
            return Some(VolumeFlow::ZERO);
        }
        let left = (case - inlet).kelvins() / heat.watts() - self.conduction;
        (left > 0.0).then(|| self.reference_flow * (self.convection / left).powf(1.0 / self.exponent))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lpm(value: f64) -> VolumeFlow {
        VolumeFlow::from_liters_per_minute(value)
    }
    fn plate() -> ColdPlate {
        ColdPlate { conduction: 0.012, convection: 0.008, reference_flow: lpm(1.0), exponent: 0.6 }
    }

    #[test]
    fn passes_through_two_points() {
        let p = ColdPlate::through_points((lpm(1.0), 0.020), (lpm(2.0), 0.017), 0.6).unwrap();
        assert!((p.resistance(lpm(1.0)) - 0.020).abs() < 1e-15 && (p.resistance(lpm(2.0)) - 0.017).abs() < 1e-15);
        // A fall of 40 % on doubling the flow is more than the power law can give, even without conduction (2^-0.6 = 0.66).
        assert!(ColdPlate::through_points((lpm(1.0), 0.020), (lpm(2.0), 0.012), 0.6).is_none());
    }

    #[test]
    fn infinite_flow_leaves_conduction() {
        assert!((plate().resistance(lpm(1e12)) - 0.012).abs() < 1e-8);
        assert!(plate().resistance(VolumeFlow::ZERO).is_infinite());
    }

    #[test]
    fn case_temperature_by_hand() {
        // 1,200 W at 2 L/min and 45 °C: 0.012 + 0.008·2^(-0.6) = 0.017 278 032 K/W, so 65.733 638 °C.
        let t = plate().case_temperature(Temperature::from_celsius(45.0), Power::from_watts(1200.0), lpm(2.0));
        assert!((t.celsius() - 65.733_638).abs() < 1e-5, "{}", t.celsius());
        assert_eq!(plate().case_temperature(t, Power::ZERO, VolumeFlow::ZERO), t);
    }

    #[test]
    fn flow_inverts_the_case_temperature() {
        let (inlet, heat) = (Temperature::from_celsius(45.0), Power::from_watts(1200.0));
        for q in [0.5, 1.0, 3.3] {
            let flow = plate().flow_for(inlet, heat, plate().case_temperature(inlet, heat, lpm(q))).unwrap();
            assert!((flow.liters_per_minute() - q).abs() < 1e-9);
        }
        assert!(plate().flow_for(inlet, heat, Temperature::from_celsius(50.0)).is_none());
    }

    #[test]
    fn slope_is_the_derivative() {
        let (q, h) = (2.0 / 60_000.0, 1e-9);
        let at = |m: f64| plate().resistance(VolumeFlow::from_cubic_meters_per_second(m));
        let by_difference = (at(q + h) - at(q - h)) / (2.0 * h);
        assert!((plate().resistance_slope(lpm(2.0)) / by_difference - 1.0).abs() < 1e-6);
    }
}
