//! Checks of [`super`].

use super::*;
use crate::units::Pressure;

const TREATMENT: Treatment = Treatment { cycles: 5.0, drift: Ratio::from_value(8e-5) };

fn rating() -> Rating {
    // The tower of the EnergyPlus check case. Water at 4.1805 MJ/(m³·K), the heat capacity of its loop.
    Rating {
        heat: Power::from_watts(5.6 * 0.05678 * 4.1805e6),
        fan_power: Power::from_kilowatts(13.9),
        wet_bulb: Temperature::from_celsius(25.6),
        approach: TemperatureDifference::from_kelvins(3.9),
        range: TemperatureDifference::from_kelvins(5.6),
        water_flow: VolumeFlow::from_cubic_meters_per_second(0.05678),
        air_flow: VolumeFlow::from_cubic_meters_per_second(36.5),
    }
}

fn air(dry: f64, wet: f64, pascals: f64) -> MoistAir {
    MoistAir::from_wet_bulb(Temperature::from_celsius(dry), Temperature::from_celsius(wet), Pressure::from_pascals(pascals))
}

fn reject(air: &MoistAir, watts: f64, setpoint: f64) -> Operation {
    let r = rating();
    operate(&r, air, Duty::Heat(Power::from_watts(watts)), r.water_flow, Temperature::from_celsius(setpoint), &TREATMENT)
}

#[test]
fn yorkcalc_points() {
    // Range, wet bulb, water and air flow ratio, approach: computed independently.
    for (range, wet, water, air, approach) in [
        (5.6, 25.6, 1.0, 1.0, 3.8561),
        (5.6, 20.0, 1.0, 1.0, 5.0872),
        (5.6, 10.0, 1.0, 1.0, 7.8130),
        (4.0, 20.0, 1.0, 0.6, 7.0069),
        (8.0, 22.0, 1.0, 1.0, 6.1248),
        (10.0, 25.55, 1.0, 1.0, 6.042),
        (5.56, 25.55, 0.7, 1.0, 2.391),
    ] {
        let found = yorkcalc_approach(Temperature::from_celsius(wet), TemperatureDifference::from_kelvins(range), water / air).kelvins();
        assert!((found - approach).abs() < 6e-4, "{found} {approach}");
    }
}

#[test]
fn rating_comes_back() {
    let r = rating();
    let op = reject(&air(30.0, 25.6, 101_325.0), r.heat.watts(), 20.0);
    assert!(!op.held && op.in_range && op.speed == 1.0 && op.fan_power == r.fan_power);
    assert!((op.water_out.celsius() - 29.5).abs() < 1e-4, "{}", op.water_out);
    assert!((op.heat / r.heat - 1.0).abs() < 1e-9);
}

#[test]
fn plant_hours_of_energyplus() {
    // EnergyPlus 25.2, hours of the Chicago and Phoenix years of the chiller and tower case: dry bulb, wet bulb, pressure, heat,
    // set-point; leaving water, fan power, evaporation and drift per hour.
    for (dry, wet, p, heat, set, out, fan, evaporation, drift) in [
        (-11.8875, -12.6686, 99_562.5, 994_499.0, 16.0, 16.0, 882.679, 0.666727, 0.00652402),
        (7.575, 3.87549, 98_562.5, 994_499.0, 16.0, 16.0, 3850.75, 0.973494, 0.0106593),
        (30.7875, 20.5101, 98_637.5, 1.02427e6, 23.51, 24.6014, 13_900.0, 1.65443, 0.0163526),
        (22.575, 21.5285, 99_137.5, 1.02209e6, 24.53, 25.422, 13_900.0, 1.10974, 0.0163526),
        (24.2125, 22.1426, 98_800.0, 1.02546e6, 25.14, 25.934, 13_900.0, 1.1821, 0.0163526),
        (38.9, 23.0077, 97_137.5, 1.03358e6, 26.0, 26.6688, 13_900.0, 1.99082, 0.0163526),
    ] {
        let op = reject(&air(dry, wet, p), heat, set);
        assert!((op.water_out.celsius() - out).abs() < 0.03, "{} {out}", op.water_out.celsius());
        assert!((op.fan_power.watts() / fan - 1.0).abs() < 0.025, "{} {fan}", op.fan_power.watts());
        let per_hour = op.evaporation.cubic_meters_per_second() * 3600.0;
        assert!((per_hour / evaporation - 1.0).abs() < 0.045, "{per_hour} {evaporation}");
        assert!((op.drift.cubic_meters_per_second() * 3600.0 / drift - 1.0).abs() < 0.01);
        assert!((op.makeup - op.evaporation - op.drift - op.blowdown).cubic_meters_per_second().abs() < 1e-15);
        let drained = op.blowdown + op.drift;
        assert!((op.evaporation / drained - 4.0).abs() < 1e-9);
    }
}

#[test]
fn holds_the_set_point_at_the_lowest_speed() {
    let r = rating();
    let state = air(18.0, 12.0, 100_000.0);
    let mut last = f64::INFINITY;
    // From free convection over cycling to full speed as the set-point falls: power rises without a jump.
    for step in 0..400 {
        let set = 44.0 - 0.08 * f64::from(step);
        let inlet = Temperature::from_celsius(45.0);
        let op = operate(&r, &state, Duty::Inlet(inlet), r.water_flow, Temperature::from_celsius(set), &TREATMENT);
        if op.held {
            assert!((op.water_out.celsius() - set).abs() < 1e-9);
        } else {
            assert!(op.speed == 1.0 && op.water_out.celsius() > set);
        }
        assert!((op.heat.watts() - 4.1805e6 * 0.05678 * (45.0 - op.water_out.celsius())).abs() < 1.0);
        if step > 0 {
            assert!(op.speed >= last - 1e-9 && op.speed - last < 0.08, "{set} {last} {}", op.speed);
        }
        last = op.speed;
    }
    assert_eq!(last, 1.0);
}

#[test]
fn heat_and_inlet_agree() {
    let r = rating();
    for (dry, wet, heat, set) in [(30.0, 22.0, 1.1e6, 25.0), (15.0, 8.0, 0.9e6, 18.0), (5.0, 2.0, 0.5e6, 25.0)] {
        let state = air(dry, wet, 101_325.0);
        let a = reject(&state, heat, set);
        let b = operate(&r, &state, Duty::Inlet(a.water_in), r.water_flow, Temperature::from_celsius(set), &TREATMENT);
        assert!((a.water_out - b.water_out).kelvins().abs() < 1e-6 && (a.fan_power - b.fan_power).watts().abs() < 1e-3);
    }
}

#[test]
fn odd_requests_stay_finite() {
    let state = air(35.0, 31.0, 101_325.0);
    for heat in [0.0, -5.0, 1e3, 5e6, 5e7] {
        let op = reject(&state, heat, 25.0);
        assert!(op.heat.is_finite() && op.fan_power.is_finite() && op.makeup.is_finite() && op.water_out.is_finite());
    }
    let r = rating();
    let cold = operate(&r, &state, Duty::Inlet(Temperature::from_celsius(20.0)), r.water_flow, Temperature::from_celsius(25.0), &TREATMENT);
    assert!(cold.held && cold.heat == Power::ZERO && cold.fan_power == Power::ZERO && cold.makeup == VolumeFlow::ZERO);
    let dry = operate(&r, &state, Duty::Heat(Power::from_kilowatts(10.0)), VolumeFlow::ZERO, Temperature::from_celsius(25.0), &TREATMENT);
    assert!(dry.heat.is_finite() && dry.water_out.is_finite());
}

#[test]
fn less_air_never_cools_better() {
    let r = rating();
    for wet in [-34.0, -20.0, -5.0, 10.0, 22.0, 29.0] {
        let cell = Cell::new(&r, &air(wet + 2.0, wet, 101_325.0), r.water_flow);
        for range in [1.2, 5.0, 12.0, 22.0] {
            for step in 2..100 {
                let speed = 0.01 * f64::from(step);
                assert!(cell.approach(range, speed) >= cell.approach(range, speed + 0.01) - 1e-12, "{wet} {range} {speed}");
            }
        }
        for inlet in [20.0, 35.0, 60.0, 90.0] {
            for speed in [0.2, 0.5, 1.0] {
                let out = cell.outlet(inlet, speed);
                let closed = cell.wet_bulb + cell.approach(inlet - out, speed);
                assert!(out <= inlet + 1e-9 && (out - closed).abs() < 1e-6 || out == inlet, "{wet} {inlet} {speed} {out} {closed}");
            }
        }
    }
}
