//! Checks of moist air against numbers from `PSYCHROLIB` (which cites the handbook's tables) and from solutions to convergence.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::units::Length;

const SEA: Pressure = Pressure::from_pascals(101_325.0);

fn close(found: f64, wanted: f64, share: f64, what: &str) {
    assert!((found - wanted).abs() <= share * wanted.abs(), "{what}: found {found}, expected {wanted}");
}

fn at(celsius: f64, percent: f64, pressure: Pressure) -> MoistAir {
    MoistAir::from_relative_humidity(Temperature::from_celsius(celsius), Ratio::from_percent(percent), pressure)
}

#[test]
fn saturation_matches_the_published_table() {
    // psychrolib's own test values, from the handbook's table 3.
    let table = [
        (-60.0, 1.0817),
        (-40.0, 12.8452),
        (-20.0, 103.2604),
        (-10.0, 259.9029),
        (5.0, 872.4867),
        (10.0, 1_227.995_3),
        (20.0, 2_338.803_7),
        (25.0, 3_169.216_5),
        (30.0, 4_246.030_2),
        (40.0, 7_383.460),
        (50.0, 12_349.857),
        (60.0, 19_943.761),
        (100.0, 101_418.72),
    ];
    for (t, p) in table {
        close(saturation_pressure(Temperature::from_celsius(t)).pascals(), p, 1e-4, &format!("{t} °C"));
    }
}

#[test]
fn saturation_slope_is_the_derivative() {
    for t in [-60.0, -5.0, 0.5, 25.0, 90.0] {
        let kelvin = t + 273.15;
        let by_difference = (ln_saturation(kelvin + 1e-3).0 - ln_saturation(kelvin - 1e-3).0) / 2e-3;
        close(ln_saturation(kelvin).1, by_difference, 1e-7, &format!("slope at {t} °C"));
    }
}

#[test]
fn saturation_inverts() {
    for step in 0..290 {
        let t = Temperature::from_celsius(-95.0 + f64::from(step));
        let back = saturation_temperature(saturation_pressure(t));
        assert!((back.celsius() - t.celsius()).abs() < 1e-8, "{} gives {}", t.celsius(), back.celsius());
    }
}

#[test]
fn pressure_at_altitude() {
    close(standard_pressure(Length::from_meters(1609.0)).pascals(), 83_431.04, 1e-6, "Denver");
    close(standard_pressure(Length::from_meters(0.0)).pascals(), 101_325.0, 1e-12, "sea level");
}

#[test]
fn air_matches_the_published_table() {
    // t, φ %, W g/kg, wet bulb, dew point, h kJ/kg, v, ρ at 101 325 Pa.
    let table = [
        (25.0, 50.0, 9.881, 17.889, 13.864, 50.322, 0.85804, 1.17696),
        (30.0, 80.0, 21.573, 27.091, 26.169, 85.339, 0.88858, 1.14967),
        (40.0, 20.0, 9.198, 22.032, 12.783, 63.929, 0.90024, 1.12104),
        (20.0, 40.0, 5.796, 12.355, 6.004, 34.831, 0.83820, 1.19995),
        (35.0, 30.0, 10.539, 21.524, 14.844, 62.254, 0.88775, 1.13832),
        (10.0, 90.0, 6.859, 9.157, 8.437, 27.341, 0.81098, 1.24154),
    ];
    for (t, rh, w, wet, dew, h, v, rho) in table {
        let air = at(t, rh, SEA);
        let name = format!("{t} °C {rh} %");
        close(air.humidity_ratio, w / 1000.0, 1e-3, &name);
        assert!((air.wet_bulb().celsius() - wet).abs() < 0.002, "{name}: wet bulb {}", air.wet_bulb().celsius());
        assert!((air.dew_point().celsius() - dew).abs() < 0.002, "{name}: dew point {}", air.dew_point().celsius());
        close(air.enthalpy(), h * 1000.0, 1e-4, &name);
        close(air.specific_volume(), v, 1e-4, &name);
        close(air.density().kilograms_per_cubic_meter(), rho, 1e-4, &name);
    }
}

#[test]
fn cold_and_high_air_matches() {
    // Pressure, t, φ; W, wet bulb and dew point solved to convergence with psychrolib's equations, h, ρ.
    let table = [
        (101_325.0, -40.0, 40.0, 3.153_987e-5, -40.130_291, -47.826_907, -40_163.465, 1.514_005),
        (101_325.0, -20.0, 60.0, 3.805_274e-4, -20.612_744, -25.212_916, -19_182.457, 1.394_096),
        (101_325.0, -5.0, 60.0, 1.483_174e-3, -6.790_695, -10.845_082, -1_334.374, 1.315_233),
        (101_325.0, 0.0, 40.0, 1.504_163e-3, -3.605_453, -10.688_108, 3_761.911, 1.291_141),
        (83_431.042_12, 20.0, 40.0, 7.053_024e-3, 11.744_921, 6.004_263, 38_021.986, 0.987_296),
        (70_108.422_16, 35.0, 20.0, 1.014_801e-2, 16.975_673, 8.706_691, 61_250.812, 0.787_805),
        // Water and ice both have a root here; water is taken.
        (95_460.812_37, 10.0, 5.0, 4.0e-4, 0.598_745, f64::NAN, f64::NAN, f64::NAN),
    ];
    for (p, t, rh, w, wet, dew, h, rho) in table {
        let air = at(t, rh, Pressure::from_pascals(p));
        let name = format!("{t} °C {rh} % at {p} Pa");
        assert!((air.wet_bulb().celsius() - wet).abs() < 1e-4, "{name}: wet bulb {}", air.wet_bulb().celsius());
        if dew.is_nan() {
            continue;
        }
        close(air.humidity_ratio, w, 1e-5, &name);
        assert!((air.dew_point().celsius() - dew).abs() < 1e-5, "{name}: dew point {}", air.dew_point().celsius());
        close(air.enthalpy(), h, 1e-5, &name);
        close(air.density().kilograms_per_cubic_meter(), rho, 1e-5, &name);
    }
}

#[test]
fn round_trips() {
    for p in [SEA, Pressure::from_pascals(80_000.0)] {
        for t in [-25.0, -3.0, 4.0, 18.0, 33.0, 47.0] {
            for rh in [4.0, 30.0, 75.0, 99.0] {
                let air = at(t, rh, p);
                let name = format!("{t} °C {rh} %");
                close(air.relative_humidity().percent(), rh, 1e-10, &name);
                close(MoistAir::from_dew_point(air.dry_bulb, air.dew_point(), p).humidity_ratio, air.humidity_ratio, 1e-8, &name);
                close(MoistAir::from_wet_bulb(air.dry_bulb, air.wet_bulb(), p).humidity_ratio, air.humidity_ratio, 1e-6, &name);
                let leaving = MoistAir::saturated_at_enthalpy(air.enthalpy(), p);
                close(leaving.enthalpy(), air.enthalpy(), 1e-8, &name);
                close(leaving.relative_humidity().value(), 1.0, 1e-9, &name);
            }
        }
    }
}

#[test]
fn specific_heat_is_the_slope_of_enthalpy() {
    let air = at(25.0, 50.0, SEA);
    let warmer = MoistAir { dry_bulb: Temperature::from_celsius(26.0), ..air };
    let slope = (warmer.enthalpy() - air.enthalpy()) / (1.0 + air.humidity_ratio);
    close(air.specific_heat().joules_per_kilogram_kelvin(), slope, 1e-9, "specific heat");
}

#[test]
fn hot_and_foggy_states_stay_finite() {
    for (t, rh) in [(150.0, 100.0), (95.0, 99.0), (20.0, 150.0), (-90.0, 50.0), (25.0, 0.0)] {
        let air = at(t, rh, SEA);
        assert!(air.wet_bulb().is_finite() && air.dew_point().is_finite() && air.wet_bulb() <= air.dry_bulb, "{t} °C {rh} %");
    }
}
