//! Indices of how well a hall keeps its cold and its hot air apart.
//!
//! Letters: `T_s` supply and `T_r` return of the air handlers, `T_in` and `T_out` of the racks, `m` air through a rack.

use crate::units::{Ratio, Temperature, TemperatureDifference};

/// A rack as the indices see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RackAir {
    /// Air drawn, in any unit that is the same for all racks.
    pub flow: f64,
    /// Inlet temperature.
    pub inlet: Temperature,
    /// Temperature behind the rack.
    pub outlet: Temperature,
}

/// Recommended inlet temperatures of ASHRAE TC 9.9, classes A1 to A4.
///
/// # Source
/// `ASHRAE_TC99_2021`: 18 to 27 °C for all four classes.
pub const RECOMMENDED: (Temperature, Temperature) = (Temperature::from_kelvin(291.15), Temperature::from_kelvin(300.15));

/// Supply heat index: the share of the air's warming that it took up before it reached the racks. The return heat index is the rest, 1 − SHI.
///
/// ```text
/// SHI = δQ/(Q + δQ) = Σ m·(T_in − T_s) / Σ m·(T_out − T_s),   RHI = Q/(Q + δQ) = 1 − SHI
/// ```
/// # Source
/// `SHARMA_2002` equations for SHI and RHI.
/// # Range
/// 0 (all racks get supply air) to 1; NaN without air.
/// # Assumptions
/// One supply temperature, equal specific heats.
/// # Check
/// `indices_by_hand`, `well_mixed_air_has_the_index_of_its_recirculation`.
#[must_use]
pub fn supply_heat_index(racks: impl IntoIterator<Item = RackAir>, supply: Temperature) -> Ratio {
    let (mut before, mut all) = (0.0, 0.0);
    for rack in racks {
        before += rack.flow * (rack.inlet - supply).kelvins();
        all += rack.flow * (rack.outlet - supply).kelvins();
    }
    Ratio::from_value(before / all)
}

/// Return temperature index: above 1 racks draw their own exhaust, below 1 supply air returns without having met a rack.
///
/// ```text
/// RTI = (T_r − T_s)/ΔT_racks
/// ```
/// # Source
/// `HERRLIN_2008`. As flows and rises balance, it is the racks' air over the handlers' air.
/// # Range
/// Above 0; NaN where the racks don't warm the air.
/// # Assumptions
/// Means weighed by flow.
/// # Check
/// `indices_by_hand`.
#[must_use]
pub fn return_temperature_index(handlers: TemperatureDifference, racks: TemperatureDifference) -> Ratio {
    Ratio::from_value(handlers.kelvins() / racks.kelvins())
}

/// Rack cooling indices: 1 where no inlet is above (`hi`) or below (`lo`) what is recommended, 0 where all are at what is just allowed; below 0 beyond.
///
/// ```text
/// RCI_HI = 1 − Σ_{T > T_max,rec} (T − T_max,rec) / [(T_max,all − T_max,rec)·n]
/// RCI_LO = 1 − Σ_{T < T_min,rec} (T_min,rec − T) / [(T_min,rec − T_min,all)·n]
/// ```
/// # Source
/// `HERRLIN_2005`. Its author calls 96 % and more good, and less than 90 % often poor.
/// # Range
/// Any inlets; NaN without any.
/// # Assumptions
/// Each rack counts as one intake.
/// # Check
/// `indices_by_hand`.
#[must_use]
pub fn rack_cooling_index(
    inlets: impl IntoIterator<Item = Temperature>,
    recommended: (Temperature, Temperature),
    allowed: (Temperature, Temperature),
) -> (Ratio, Ratio) {
    let (mut over, mut under, mut count) = (0.0, 0.0, 0.0);
    for inlet in inlets {
        over += (inlet - recommended.1).kelvins().max(0.0);
        under += (recommended.0 - inlet).kelvins().max(0.0);
        count += 1.0;
    }
    let index = |sum: f64, span: TemperatureDifference| Ratio::from_value(1.0 - sum / (span.kelvins() * count));
    (index(over, allowed.1 - recommended.1), index(under, recommended.0 - allowed.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn celsius(c: f64) -> Temperature {
        Temperature::from_celsius(c)
    }

    /// Four inlets by hand. Class A1 allows 15 to 32 °C: 29 and 31 °C are 2 and 4 K over, 6 of 4 × 5 K, 17 °C is 1 K under, of 4 × 3 K.
    #[test]
    fn indices_by_hand() {
        let (hi, lo) = rack_cooling_index([17.0, 25.0, 29.0, 31.0].map(celsius), RECOMMENDED, (celsius(15.0), celsius(32.0)));
        assert!((hi.value() - 0.7).abs() < 1e-9 && (lo.value() - (1.0 - 1.0 / 12.0)).abs() < 1e-9);
        let (hi, lo) = rack_cooling_index([32.0; 9].map(celsius), RECOMMENDED, (celsius(15.0), celsius(32.0)));
        assert!(hi.value().abs() < 1e-9 && lo.value() == 1.0);
        // Two racks on 20 °C supply: one gets it as it is, the other at 22 °C with twice the air; both add 12 K. δQ = 2·2, Q = 12 + 24.
        let rack = |flow: f64, inlet: f64| RackAir { flow, inlet: celsius(inlet), outlet: celsius(inlet + 12.0) };
        assert!((supply_heat_index([rack(1.0, 20.0), rack(2.0, 22.0)], celsius(20.0)).value() - 4.0 / 40.0).abs() < 1e-12);
        let kelvins = TemperatureDifference::from_kelvins;
        assert!((return_temperature_index(kelvins(9.0), kelvins(12.0)).value() - 0.75).abs() < 1e-12);
    }

    /// With the share r of all exhaust back at the inlets, T_in = T_s + r/(1 − r)·ΔT, and the index is r itself.
    #[test]
    fn well_mixed_air_has_the_index_of_its_recirculation() {
        for r in [0.0, 0.05, 0.3, 0.9] {
            let inlet = celsius(20.0 + r / (1.0 - r) * 12.0);
            let rack = RackAir { flow: 3.0, inlet, outlet: inlet + TemperatureDifference::from_kelvins(12.0) };
            assert!((supply_heat_index([rack], celsius(20.0)).value() - r).abs() < 1e-12);
        }
    }
}
