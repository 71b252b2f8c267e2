//! Coolants: water and the two glycol mixtures sold for cold plates, from the freezing side to 90 °C.
//!
//! Each property is one polynomial in `x = (t − 40 °C)/50 K`, the logarithm for viscosity. The glycols' cubics give back the source program,
//! which uses the same form; water's sixth-order ones are fits to the formulations of IAPWS. Why not tables: a polynomial is smooth, and a solver
//! differentiates it.
//!
//! The percentage is by **mass**. In the trade "PG25" often means 25 % by volume, which is about 26 % by mass.

use crate::units::{Conductivity, Density, SpecificHeat, Temperature, Viscosity};

/// A coolant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fluid {
    /// Water without additives.
    Water,
    /// Propylene glycol, 25 % by mass.
    Pg25,
    /// Ethylene glycol, 25 % by mass.
    Eg25,
}

/// What a coolant is like at one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Properties {
    /// Density.
    pub density: Density,
    /// Specific heat capacity.
    pub specific_heat: SpecificHeat,
    /// Dynamic viscosity.
    pub viscosity: Viscosity,
    /// Thermal conductivity.
    pub conductivity: Conductivity,
}

/// Polynomials of one fluid, lowest order first.
struct Fit {
    coldest: f64,
    hottest: f64,
    density: &'static [f64],
    specific_heat: &'static [f64],
    ln_viscosity: &'static [f64],
    conductivity: &'static [f64],
}

const WATER: Fit = Fit {
    coldest: 5.0,
    hottest: 90.0,
    density: &[992.303_231, -19.126_897_9, -9.293_925_24, 2.154_481_32, -0.967_589_985, 0.493_937_16, -0.162_895_623],
    specific_heat: &[4_178.936_76, 4.749_917_08, 27.694_421_4, -18.660_426, 22.195_835_3, -15.596_080_9, 5.449_179_31],
    ln_viscosity: &[-7.334_297_21, -0.939_786_038, 0.277_283_898, -0.098_215_376_4, 0.046_897_312_1, -0.025_251_633_6, 0.007_989_836_7],
    conductivity: &[0.628_589_614, 0.065_358_655_5, -0.024_265_595_7, 0.004_978_671_52, -0.003_324_793_7, 0.002_421_273_71, -0.000_860_456_949],
};
const PG25: Fit = Fit {
    coldest: -5.0,
    hottest: 90.0,
    density: &[1_009.909_41, -26.387_327_3, -6.699_830_52, 1.793_216_49],
    specific_heat: &[3_968.649_5, 119.462_674, -3.509_940_11, -2.573_012_84],
    ln_viscosity: &[-6.605_421_74, -1.254_373_27, 0.498_140_551, -0.161_796_825],
    conductivity: &[0.485_839_823, 0.044_319_003_2, -0.001_948_567_12, -0.000_811_946_181],
};
const EG25: Fit = Fit {
    coldest: -10.0,
    hottest: 90.0,
    density: &[1_022.553_63, -24.196_681_8, -7.163_077_27, 0.599_559_286],
    specific_heat: &[3_857.411_84, 114.643_381, -6.187_920_86, -2.176_177_83],
    ln_viscosity: &[-6.775_453_85, -1.103_503_95, 0.387_794_614, -0.086_687_922_8],
    conductivity: &[0.505_621_64, 0.047_445_772_4, -0.004_648_005_1, -0.000_255_066_608],
};

/// How far beyond its range a fit can be drawn, K. The temperature approaches this limit smoothly, with no kink where the range ends.
const MARGIN: f64 = 10.0;

fn fit(fluid: Fluid) -> &'static Fit {
    match fluid {
        Fluid::Water => &WATER,
        Fluid::Pg25 => &PG25,
        Fluid::Eg25 => &EG25,
    }
}

/// The variable of the polynomials.
fn variable(fit: &Fit, temperature: Temperature) -> f64 {
    let t = temperature.celsius();
    let held = if t > fit.hottest {
        fit.hottest + MARGIN * -(-(t - fit.hottest) / MARGIN).exp_m1()
    } else if t < fit.coldest {
        fit.coldest - MARGIN * -(-(fit.coldest - t) / MARGIN).exp_m1()
    } else {
        t
    };
    (held - 40.0) / 50.0
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

impl Fluid {
    /// The share of glycol by mass.
    ///
    /// ```text
    /// 0, 0.25, 0.25
    /// ```
    /// # Source
    /// `COOLPROP`: the fluids' definitions.
    /// # Range
    /// All fluids.
    /// # Assumptions
    /// Corrosion inhibitors count as water.
    /// # Check
    /// `glycol_is_by_mass`.
    #[must_use]
    pub fn glycol_mass_fraction(self) -> f64 {
        match self {
            Self::Water => 0.0,
            Self::Pg25 | Self::Eg25 => 0.25,
        }
    }
    /// Where the first ice forms.
    ///
    /// ```text
    /// water 0 °C, 25 % propylene glycol −9.785 °C, 25 % ethylene glycol −10.966 °C
    /// ```
    /// # Source
    /// `COOLPROP` (`T_freeze`), after `MELINDER_2010`.
    /// # Range
    /// All fluids.
    /// # Assumptions
    /// Slush is pumpable some kelvins lower; that is not a design state.
    /// # Check
    /// `glycol_is_by_mass`.
    #[must_use]
    pub fn freezing_point(self) -> Temperature {
        Temperature::from_celsius(match self {
            Self::Water => 0.0,
            Self::Pg25 => -9.785_447_9,
            Self::Eg25 => -10.966_466_0,
        })
    }
    /// The temperatures between which the properties are known.
    ///
    /// ```text
    /// water 5 to 90 °C, 25 % propylene glycol −5 to 90 °C, 25 % ethylene glycol −10 to 90 °C
    /// ```
    /// # Source
    /// `COOLPROP`: the table that the fits were made from.
    /// # Range
    /// All fluids.
    /// # Assumptions
    /// None.
    /// # Check
    /// `leaves_its_range_without_a_kink`.
    #[must_use]
    pub fn range(self) -> (Temperature, Temperature) {
        let fit = fit(self);
        (Temperature::from_celsius(fit.coldest), Temperature::from_celsius(fit.hottest))
    }
}

/// All properties at once.
///
/// ```text
/// ρ = Σ aᵢ·xⁱ,  c = Σ bᵢ·xⁱ,  µ = exp(Σ mᵢ·xⁱ),  k = Σ kᵢ·xⁱ,  x = (t − 40 °C)/50 K
/// ```
/// # Source
/// Fits to `COOLPROP` (water: IAPWS; glycols: `MELINDER_2010`) every 5 K. Largest deviation: glycols below 1e-8; water ρ 6.3e-7, c 6.2e-6,
/// µ 2.6e-5, k 5.5e-6.
/// # Range
/// [`Fluid::range`]. Beyond it the temperature is held, smoothly, within 10 K of the end.
/// # Assumptions
/// 300 kPa; between 100 and 1,000 kPa the density of water moves by less than 0.05 %.
/// # Check
/// `matches_coolprop`, `matches_coolprop_at_the_ends`.
#[must_use]
pub fn properties(fluid: Fluid, temperature: Temperature) -> Properties {
    let fit = fit(fluid);
    let x = variable(fit, temperature);
    Properties {
        density: Density::from_kilograms_per_cubic_meter(polynomial(fit.density, x)),
        specific_heat: SpecificHeat::from_joules_per_kilogram_kelvin(polynomial(fit.specific_heat, x)),
        viscosity: Viscosity::from_pascal_seconds(polynomial(fit.ln_viscosity, x).exp()),
        conductivity: Conductivity::from_watts_per_meter_kelvin(polynomial(fit.conductivity, x)),
    }
}

/// The density.
///
/// ```text
/// ρ = Σ aᵢ·xⁱ
/// ```
/// # Source
/// As [`properties`].
/// # Range
/// As [`properties`].
/// # Assumptions
/// As [`properties`].
/// # Check
/// `single_properties_agree`.
#[must_use]
pub fn density(fluid: Fluid, temperature: Temperature) -> Density {
    let fit = fit(fluid);
    Density::from_kilograms_per_cubic_meter(polynomial(fit.density, variable(fit, temperature)))
}

/// The specific heat capacity.
///
/// ```text
/// c = Σ bᵢ·xⁱ
/// ```
/// # Source
/// As [`properties`].
/// # Range
/// As [`properties`].
/// # Assumptions
/// As [`properties`].
/// # Check
/// `single_properties_agree`.
#[must_use]
pub fn specific_heat(fluid: Fluid, temperature: Temperature) -> SpecificHeat {
    let fit = fit(fluid);
    SpecificHeat::from_joules_per_kilogram_kelvin(polynomial(fit.specific_heat, variable(fit, temperature)))
}

/// The dynamic viscosity.
///
/// ```text
/// µ = exp(Σ mᵢ·xⁱ)
/// ```
/// # Source
/// As [`properties`].
/// # Range
/// As [`properties`].
/// # Assumptions
/// Newtonian, which both glycols are.
/// # Check
/// `single_properties_agree`.
#[must_use]
pub fn viscosity(fluid: Fluid, temperature: Temperature) -> Viscosity {
    let fit = fit(fluid);
    Viscosity::from_pascal_seconds(polynomial(fit.ln_viscosity, variable(fit, temperature)).exp())
}

/// The thermal conductivity.
///
/// ```text
/// k = Σ kᵢ·xⁱ
/// ```
/// # Source
/// As [`properties`].
/// # Range
/// As [`properties`].
/// # Assumptions
/// As [`properties`].
/// # Check
/// `single_properties_agree`.
#[must_use]
pub fn conductivity(fluid: Fluid, temperature: Temperature) -> Conductivity {
    let fit = fit(fluid);
    Conductivity::from_watts_per_meter_kelvin(polynomial(fit.conductivity, variable(fit, temperature)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fluid: Fluid, t: f64, wanted: [f64; 4], share: f64) {
        let p = properties(fluid, Temperature::from_celsius(t));
        let found = [
            p.density.kilograms_per_cubic_meter(),
            p.specific_heat.joules_per_kilogram_kelvin(),
            p.viscosity.pascal_seconds() * 1e3,
            p.conductivity.watts_per_meter_kelvin(),
        ];
        for (f, w) in found.iter().zip(wanted) {
            assert!((f - w).abs() <= share * w, "{fluid:?} at {t} °C: found {f}, expected {w}");
        }
    }

    #[test]
    fn matches_coolprop() {
        // Printed by CoolProp, rounded to about five digits: ρ, c, µ in mPa·s, k.
        check(Fluid::Pg25, 20.0, [1019.28, 3920.5, 2.4452, 0.4679], 2e-4);
        check(Fluid::Pg25, 30.0, [1014.90, 3944.6, 1.7761, 0.4769], 2e-4);
        check(Fluid::Pg25, 40.0, [1009.91, 3968.6, 1.3530, 0.4858], 2e-4);
        check(Fluid::Pg25, 45.0, [1007.21, 3980.6, 1.1993, 0.4903], 2e-4);
        check(Fluid::Pg25, 60.0, [998.40, 4015.7, 0.878_04, 0.5032], 2e-4);
        check(Fluid::Water, 20.0, [998.25, 4183.7, 1.0016, 0.5981], 2e-4);
        check(Fluid::Water, 30.0, [995.69, 4179.6, 0.797_22, 0.6144], 2e-4);
        check(Fluid::Water, 45.0, [990.26, 4179.9, 0.595_79, 0.6348], 2e-4);
        check(Fluid::Water, 60.0, [983.24, 4184.7, 0.466_06, 0.6511], 2e-4);
        check(Fluid::Eg25, 20.0, [1031.05, 3810.7, 1.8989, 0.485_916], 2e-4);
        check(Fluid::Eg25, 60.0, [1011.77, 3902.1, 0.776_78, 0.523_840], 2e-4);
    }

    #[test]
    fn matches_coolprop_at_the_ends() {
        check(Fluid::Water, 5.0, [1_000.064_294, 4_204.184_543, 1.517_888_364, 0.567_932_964], 3e-5);
        check(Fluid::Water, 90.0, [965.400_537, 4_204.762_347, 0.314_229_213, 0.672_898_395], 3e-5);
        check(Fluid::Pg25, -5.0, [1_026.923_887, 3_860.165_769, 7.047_783_789, 0.444_966_290], 1e-8);
        check(Fluid::Pg25, 90.0, [978.615_468, 4_082.029_221, 0.540_264_737, 0.527_398_313], 1e-8);
        check(Fluid::Eg25, -10.0, [1_038.987_671, 3_738.756_716, 5.530_553_588, 0.453_782_929], 1e-8);
        check(Fluid::Eg25, 90.0, [991.793_426, 3_963.691_122, 0.511_659_547, 0.548_164_340], 1e-8);
    }

    #[test]
    fn single_properties_agree() {
        for fluid in [Fluid::Water, Fluid::Pg25, Fluid::Eg25] {
            let t = Temperature::from_celsius(37.0);
            let separate = Properties {
                density: density(fluid, t),
                specific_heat: specific_heat(fluid, t),
                viscosity: viscosity(fluid, t),
                conductivity: conductivity(fluid, t),
            };
            assert_eq!(properties(fluid, t), separate);
        }
    }

    #[test]
    fn leaves_its_range_without_a_kink() {
        for fluid in [Fluid::Water, Fluid::Pg25, Fluid::Eg25] {
            let (cold, hot) = fluid.range();
            for end in [cold.celsius(), hot.celsius()] {
                let mu = |t: f64| viscosity(fluid, Temperature::from_celsius(t)).pascal_seconds();
                let (below, above) = ((mu(end) - mu(end - 1e-4)) / 1e-4, (mu(end + 1e-4) - mu(end)) / 1e-4);
                assert!((below / above - 1.0).abs() < 1e-3, "{fluid:?} at {end} °C: {below} and {above}");
            }
            let far = properties(fluid, Temperature::from_celsius(400.0));
            assert!(far.density.kilograms_per_cubic_meter() > 900.0 && far.viscosity.pascal_seconds() > 0.0);
        }
    }

    #[test]
    fn glycol_is_by_mass() {
        assert!(Fluid::Water.freezing_point().celsius().abs() < 1e-9 && Fluid::Pg25.freezing_point().celsius() < -9.7);
        assert!((Fluid::Eg25.glycol_mass_fraction() - 0.25).abs() < 1e-12);
        // The same mixture by volume is denser glycol than by mass: CoolProp's APG[0.25] (by volume) has 2.4662 mPa·s at 20 °C.
        assert!(viscosity(Fluid::Pg25, Temperature::from_celsius(20.0)).pascal_seconds() < 2.4662e-3);
    }
}
