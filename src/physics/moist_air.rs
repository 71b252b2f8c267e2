//! Moist air: saturation, humidity, wet bulb, dew point, enthalpy, density.
//!
//! Perfect-gas relations of the ASHRAE handbook, with saturation by Hyland and Wexler. The wet bulb is found from its definition (adiabatic
//! saturation), not from a fit: Newton's method on a function that is concave and falling, started on the side from which it cannot overshoot.
//! Why not a fit such as Stull's: it is off by up to 1 K, holds at sea level only, and cooling towers multiply that error.
//!
//! Letters: `t` dry bulb °C, `t*` wet bulb °C, `T` absolute temperature K, `p` pressure, `p_w` vapour pressure, `W` humidity ratio (kg/kg dry air).

use crate::units::{Density, Pressure, Ratio, SpecificHeat, Temperature};

#[path = "saturation.rs"]
mod saturation;
use saturation::ln_saturation;
pub use saturation::{saturation_pressure, saturation_temperature, standard_pressure};

/// Ratio of the molar masses of water and dry air (ASHRAE 2017, equation 20).
const MASS_RATIO: f64 = 0.621_945;
/// Gas constant of dry air, J/(kg·K) (ASHRAE 2017, equation 1).
const R_DRY_AIR: f64 = 287.042;
/// The inverse of the mass ratio as the handbook rounds it in equation 26.
const VOLUME_RATIO: f64 = 1.607_858;
/// Of the saturation pressure, the largest share of the total that the searches for a saturated state admit.
const BOILING_SHARE: f64 = 0.98;

/// A state of moist air.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MoistAir {
    /// Dry-bulb temperature.
    pub dry_bulb: Temperature,
    /// Total pressure.
    pub pressure: Pressure,
    /// Mass of vapour per mass of dry air.
    pub humidity_ratio: f64,
}

/// Humidity ratio at a vapour pressure, and its derivative by vapour pressure.
fn ratio_of(vapor: f64, pressure: f64) -> (f64, f64) {
    let dry = pressure - vapor;
    (MASS_RATIO * vapor / dry, MASS_RATIO * pressure / (dry * dry))
}

/// Humidity ratio of saturated air and its derivative by temperature, at °C. Near boiling the vapour pressure is held below the total.
fn saturated_ratio(celsius: f64, pressure: f64) -> (f64, f64) {
    let (ln, slope) = ln_saturation(celsius + 273.15);
    let vapor = ln.exp().min(BOILING_SHARE * pressure);
    let (ratio, by_vapor) = ratio_of(vapor, pressure);
    (ratio, by_vapor * vapor * slope)
}

/// Coefficients of the wet-bulb balance: latent heat `latent − falling·t*`, and heat of the water or ice `condensed·t*`, all in kJ.
#[derive(Clone, Copy)]
struct Balance {
    latent: f64,
    falling: f64,
    condensed: f64,
}
const OVER_WATER: Balance = Balance { latent: 2501.0, falling: 2.326, condensed: 4.186 };
const OVER_ICE: Balance = Balance { latent: 2830.0, falling: 0.24, condensed: 2.1 };

impl Balance {
    /// What the heat balance of adiabatic saturation at `wet` leaves over, and its derivative; zero at the wet bulb and falling with `wet`.
    fn residual(self, t: f64, ratio: f64, wet: f64, pressure: f64) -> (f64, f64) {
        let (saturated, by_t) = saturated_ratio(wet, pressure);
        let latent = self.latent - self.falling * wet;
        let value = ratio * (self.latent + 1.86 * t - self.condensed * wet) - latent * saturated + 1.006 * (t - wet);
        let slope = -self.condensed * ratio + self.falling * saturated - latent * by_t - 1.006;
        (value, slope)
    }
    /// Newton from the hot side. The residual is concave and falling there, so that every step lands between the root and the last point.
    fn solve(self, t: f64, ratio: f64, pressure: f64, start: f64) -> f64 {
        let mut wet = start;
        for _ in 0..60 {
            let (value, slope) = self.residual(t, ratio, wet, pressure);
            let step = value / slope;
            wet = (wet - step).max(-100.0);
            if step.abs() < 1e-9 {
                break;
            }
        }
        wet
    }
}

impl MoistAir {
    /// The state with this humidity ratio.
    ///
    /// ```text
    /// W as given, at least zero
    /// ```
    /// # Source
    /// Derived: a definition.
    /// # Range
    /// Any; a negative ratio counts as dry air. More than saturation is kept, as fog.
    /// # Assumptions
    /// None.
    /// # Check
    /// `air_matches_the_published_table`.
    #[must_use]
    pub fn from_humidity_ratio(dry_bulb: Temperature, humidity_ratio: f64, pressure: Pressure) -> Self {
        Self { dry_bulb, pressure, humidity_ratio: humidity_ratio.max(0.0) }
    }

    fn from_vapor(dry_bulb: Temperature, vapor: f64, pressure: Pressure) -> Self {
        let p = pressure.pascals();
        Self::from_humidity_ratio(dry_bulb, ratio_of(vapor.min(BOILING_SHARE * p), p).0, pressure)
    }

    /// The state with this relative humidity.
    ///
    /// ```text
    /// p_w = φ·p_sat(t),  W = 0.621945·p_w / (p − p_w)
    /// ```
    /// # Source
    /// `ASHRAE_2017` equations 12, 20 and 22.
    /// # Range
    /// −100 to 200 °C while the vapour pressure stays below 98 % of the total; beyond, that vapour pressure.
    /// # Assumptions
    /// Perfect gases.
    /// # Check
    /// `air_matches_the_published_table`.
    #[must_use]
    pub fn from_relative_humidity(dry_bulb: Temperature, relative: Ratio, pressure: Pressure) -> Self {
        Self::from_vapor(dry_bulb, relative.value().max(0.0) * saturation_pressure(dry_bulb).pascals(), pressure)
    }

    /// The state with this dew point.
    ///
    /// ```text
    /// p_w = p_sat(t_dew),  W = 0.621945·p_w / (p − p_w)
    /// ```
    /// # Source
    /// `ASHRAE_2017` equations 20 and 36.
    /// # Range
    /// As [`Self::from_relative_humidity`].
    /// # Assumptions
    /// Below 0.01 °C the dew point is the frost point.
    /// # Check
    /// `round_trips`.
    #[must_use]
    pub fn from_dew_point(dry_bulb: Temperature, dew_point: Temperature, pressure: Pressure) -> Self {
        Self::from_vapor(dry_bulb, saturation_pressure(dew_point).pascals(), pressure)
    }

    /// The state with this wet bulb.
    ///
    /// ```text
    /// W = [(2501 − 2.326·t*)·W_sat(t*) − 1.006·(t − t*)] / (2501 + 1.86·t − 4.186·t*)    t* ≥ 0 °C
    /// W = [(2830 − 0.24·t*)·W_sat(t*) − 1.006·(t − t*)] / (2830 + 1.86·t − 2.1·t*)       t* < 0 °C
    /// ```
    /// # Source
    /// `ASHRAE_2017` equations 33 and 35.
    /// # Range
    /// −100 to 200 °C; a wet bulb lower than dry air allows gives dry air.
    /// # Assumptions
    /// Below 0 °C the wick carries ice.
    /// # Check
    /// `round_trips`.
    #[must_use]
    pub fn from_wet_bulb(dry_bulb: Temperature, wet_bulb: Temperature, pressure: Pressure) -> Self {
        let (t, wet) = (dry_bulb.celsius(), wet_bulb.celsius());
        let saturated = saturated_ratio(wet, pressure.pascals()).0;
        let b = if wet >= 0.0 { OVER_WATER } else { OVER_ICE };
        let ratio = ((b.latent - b.falling * wet) * saturated - 1.006 * (t - wet)) / (b.latent + 1.86 * t - b.condensed * wet);
        Self::from_humidity_ratio(dry_bulb, ratio, pressure)
    }

    /// The saturated state with this enthalpy, in joules per kilogram of dry air: what leaves a cooling tower.
    ///
    /// ```text
    /// 1006·t + W_sat(t)·(2 501 000 + 1860·t) = h
    /// ```
    /// # Source
    /// Derived: `ASHRAE_2017` equation 30 at saturation, by Newton's method from the hot side (the left is rising and convex).
    /// # Range
    /// −100 °C up to where vapour makes 98 % of the pressure; outside, the end of the range.
    /// # Assumptions
    /// As [`Self::enthalpy`].
    /// # Check
    /// `round_trips`.
    #[must_use]
    pub fn saturated_at_enthalpy(h_j_per_kg: f64, pressure: Pressure) -> Self {
        let p = pressure.pascals();
        let boiling = saturation_temperature(pressure * BOILING_SHARE).celsius();
        let mut t = (h_j_per_kg / 1006.0).clamp(-100.0, boiling);
        for _ in 0..60 {
            let (ratio, by_t) = saturated_ratio(t, p);
            let value = 1006.0 * t + ratio * (2_501_000.0 + 1860.0 * t) - h_j_per_kg;
            let slope = 1006.0 + 1860.0 * ratio + by_t * (2_501_000.0 + 1860.0 * t);
            let step = value / slope;
            t = (t - step).clamp(-100.0, boiling);
            if step.abs() < 1e-9 {
                break;
            }
        }
        Self::from_humidity_ratio(Temperature::from_celsius(t), saturated_ratio(t, p).0, pressure)
    }

    /// The pressure of the vapour alone.
    ///
    /// ```text
    /// p_w = p·W / (0.621945 + W)
    /// ```
    /// # Source
    /// `ASHRAE_2017` equation 20, solved for the vapour pressure.
    /// # Range
    /// Any humidity ratio.
    /// # Assumptions
    /// Perfect gases.
    /// # Check
    /// `round_trips`.
    #[must_use]
    pub fn vapor_pressure(&self) -> Pressure {
        self.pressure * (self.humidity_ratio / (MASS_RATIO + self.humidity_ratio))
    }

    /// The thermodynamic wet bulb: the temperature at which water (below 0 °C, ice) evaporating into the air saturates it adiabatically.
    ///
    /// ```text
    /// W·(2501 + 1.86·t − 4.186·t*) = (2501 − 2.326·t*)·W_sat(t*) − 1.006·(t − t*)
    /// W·(2830 + 1.86·t − 2.1·t*)   = (2830 − 0.24·t*)·W_sat(t*) − 1.006·(t − t*)     below 0 °C
    /// ```
    /// # Source
    /// `ASHRAE_2017` equations 33 and 35, solved for `t*`.
    /// # Range
    /// −100 to 200 °C; saturated air and fog give the dry bulb.
    /// # Assumptions
    /// Where a wick could be wet or frozen, just around 0 °C, both equations have a root; water is taken, and the value steps down where water
    /// ends. The step is the handbook's, not smoothed: the climate enters no Newton iteration.
    /// # Check
    /// `air_matches_the_published_table`, `cold_and_high_air_matches`.
    #[must_use]
    pub fn wet_bulb(&self) -> Temperature {
        let (t, w, p) = (self.dry_bulb.celsius(), self.humidity_ratio, self.pressure.pascals());
        let saturated = saturation_pressure(self.dry_bulb).pascals();
        if saturated <= self.vapor_pressure().pascals() {
            return self.dry_bulb;
        }
        let start = if saturated < BOILING_SHARE * p { t } else { saturation_temperature(self.pressure * BOILING_SHARE).celsius() };
        let wet = if start >= 0.0 && OVER_WATER.residual(t, w, 0.0, p).0 >= 0.0 {
            OVER_WATER.solve(t, w, p, start).max(0.0)
        } else {
            OVER_ICE.solve(t, w, p, start.min(0.0)).min(0.0)
        };
        Temperature::from_celsius(wet.min(t))
    }

    /// The dew point; below 0.01 °C the frost point.
    ///
    /// ```text
    /// p_sat(t_dew) = p_w
    /// ```
    /// # Source
    /// `ASHRAE_2017` equation 36 by its definition.
    /// # Range
    /// −100 to 200 °C; dry air gives −100 °C.
    /// # Assumptions
    /// Perfect gases.
    /// # Check
    /// `air_matches_the_published_table`.
    #[must_use]
    pub fn dew_point(&self) -> Temperature {
        saturation_temperature(self.vapor_pressure())
    }

    /// The relative humidity.
    ///
    /// ```text
    /// φ = p_w / p_sat(t)
    /// ```
    /// # Source
    /// `ASHRAE_2017` equation 22.
    /// # Range
    /// −100 to 200 °C; above 1 in fog.
    /// # Assumptions
    /// Below 0.01 °C relative to ice.
    /// # Check
    /// `round_trips`.
    #[must_use]
    pub fn relative_humidity(&self) -> Ratio {
        Ratio::from_value(self.vapor_pressure().pascals() / saturation_pressure(self.dry_bulb).pascals())
    }

    /// The enthalpy in joules per kilogram of dry air, zero for dry air at 0 °C.
    ///
    /// ```text
    /// h = 1006·t + W·(2 501 000 + 1860·t)
    /// ```
    /// # Source
    /// `ASHRAE_2017` equation 30.
    /// # Range
    /// −50 to 110 °C within 0.5 %.
    /// # Assumptions
    /// Constant specific heats of air and vapour.
    /// # Check
    /// `air_matches_the_published_table`.
    #[must_use]
    pub fn enthalpy(&self) -> f64 {
        let t = self.dry_bulb.celsius();
        1006.0 * t + self.humidity_ratio * (2_501_000.0 + 1860.0 * t)
    }

    /// Cubic meters of the mixture per kilogram of dry air.
    ///
    /// ```text
    /// v = 287.042·T·(1 + 1.607858·W) / p
    /// ```
    /// # Source
    /// `ASHRAE_2017` equation 26.
    /// # Range
    /// Any temperature and pressure of the atmosphere.
    /// # Assumptions
    /// Perfect gases.
    /// # Check
    /// `air_matches_the_published_table`.
    #[must_use]
    pub fn specific_volume(&self) -> f64 {
        R_DRY_AIR * self.dry_bulb.kelvin() * (1.0 + VOLUME_RATIO * self.humidity_ratio) / self.pressure.pascals()
    }

    /// The density of the mixture.
    ///
    /// ```text
    /// ρ = (1 + W) / v
    /// ```
    /// # Source
    /// `ASHRAE_2017` equation 11.
    /// # Range
    /// As [`Self::specific_volume`].
    /// # Assumptions
    /// Perfect gases.
    /// # Check
    /// `air_matches_the_published_table`.
    #[must_use]
    pub fn density(&self) -> Density {
        Density::from_kilograms_per_cubic_meter((1.0 + self.humidity_ratio) / self.specific_volume())
    }

    /// The specific heat per kilogram of the mixture at constant humidity.
    ///
    /// ```text
    /// c = (1006 + 1860·W) / (1 + W)
    /// ```
    /// # Source
    /// Derived: the derivative of `ASHRAE_2017` equation 30 by temperature, per kilogram of mixture.
    /// # Range
    /// As [`Self::enthalpy`].
    /// # Assumptions
    /// As [`Self::enthalpy`].
    /// # Check
    /// `specific_heat_is_the_slope_of_enthalpy`.
    #[must_use]
    pub fn specific_heat(&self) -> SpecificHeat {
        SpecificHeat::from_joules_per_kilogram_kelvin((1006.0 + 1860.0 * self.humidity_ratio) / (1.0 + self.humidity_ratio))
    }
}

#[cfg(test)]
#[path = "moist_air_tests.rs"]
mod tests;
