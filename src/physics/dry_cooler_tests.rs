//! Checks of [`super`].
#![allow(clippy::unwrap_used)]

use super::*;

/// The published record of a cooler with 5.55 K between leaving coolant and air; its air flow is not published.
fn rating() -> Rating {
    let (heat, air_in) = (Power::from_kilowatts(2931.0), Temperature::from_celsius(35.0));
    Rating {
        heat,
        fan_power: Power::from_kilowatts(117.68),
        air_in,
        coolant_in: Temperature::from_celsius(46.11),
        coolant_out: Temperature::from_celsius(40.55),
        air_flow: air_flow_from_rise(heat, air_in, TemperatureDifference::from_kelvins(5.56)),
    }
}

fn rated_capacity() -> Conductance {
    Power::from_kilowatts(2931.0) / TemperatureDifference::from_kelvins(5.56)
}

fn dry(celsius: f64, pascals: f64) -> MoistAir {
    MoistAir { dry_bulb: Temperature::from_celsius(celsius), pressure: Pressure::from_pascals(pascals), humidity_ratio: 0.0 }
}

fn at(air: f64, pascals: f64, coolant: f64, set: f64, share: f64) -> Operation {
    operate(&rating(), &dry(air, pascals), Temperature::from_celsius(coolant), rated_capacity() * share, Temperature::from_celsius(set))
}

#[test]
fn rating_comes_back() {
    let r = rating();
    let air = air_capacity(&rating_air(r.air_in), r.air_flow);
    assert!((air / rated_capacity() - 1.0).abs() < 1e-12);
    let op = at(35.0, 101_325.0, 46.11, 30.0, 1.0);
    assert!(!op.held && op.speed == 1.0);
    assert!((op.heat / r.heat - 1.0).abs() < 1e-9 && (op.coolant_out - r.coolant_out).kelvins().abs() < 1e-6);
    assert!((op.fan_power / r.fan_power - 1.0).abs() < 1e-12);
    // 607.48 kW/K from an independent inversion of the crossflow formula.
    assert!((conductance(&r).unwrap().watts_per_kelvin() / 607_477.3 - 1.0).abs() < 1e-4);
}

#[test]
fn independent_points() {
    // Air °C, Pa, coolant in °C, speed, share of coolant flow; heat and fan power in kW from a separate script with the same formulas
    // and its own air density.
    for (air, pascals, coolant, speed, share, heat, fan) in [
        (25.0, 101_325.0, 46.11, 1.0, 1.0, 5670.94, 121.627),
        (35.0, 83_431.04, 46.11, 1.0, 1.0, 2656.56, 96.898),
        (20.0, 101_325.0, 40.0, 0.5, 1.0, 3651.93, 15.4627),
        (10.0, 95_000.0, 45.0, 0.7, 0.6, 6318.15, 41.186),
    ] {
        let set = coolant - heat * 1e3 / (rated_capacity() * share).watts_per_kelvin();
        // A set-point a hair warmer than full speed reaches, so that the last one is held too.
        let op = at(air, pascals, coolant, set + 1e-6, share);
        assert!((op.speed - speed).abs() < 1e-3, "{} {speed}", op.speed);
        assert!((op.heat.kilowatts() / heat - 1.0).abs() < 1e-3, "{} {heat}", op.heat);
        assert!((op.fan_power.kilowatts() / fan - 1.0).abs() < 3e-3, "{} {fan}", op.fan_power);
    }
}

#[test]
fn set_point_is_held_at_the_lowest_speed() {
    let mut last = 0.0;
    // From bypass over free convection, cycling and modulation to full speed as the set-point falls: no jump.
    for step in 0..450 {
        let set = 45.0 - 0.05 * f64::from(step);
        let op = at(20.0, 101_325.0, 45.0, set, 1.0);
        if op.held {
            assert!((op.coolant_out.celsius() - set).abs() < 1e-9);
        } else {
            assert!(op.speed == 1.0 && op.coolant_out.celsius() > set);
        }
        let balance = rated_capacity() * (Temperature::from_celsius(45.0) - op.coolant_out) - op.heat;
        assert!(balance.watts().abs() < 1e-3);
        assert!(op.speed >= last - 1e-9 && op.speed - last < 0.03, "{set} {last} {}", op.speed);
        last = op.speed;
    }
    assert_eq!(last, 1.0);
}

#[test]
fn altitude_costs_heat_and_saves_fan_power() {
    let (sea, high) = (at(35.0, 101_325.0, 46.11, 20.0, 1.0), at(35.0, 83_431.0, 46.11, 20.0, 1.0));
    assert!(high.heat < sea.heat && high.heat > sea.heat * 0.8234);
    assert!((high.fan_power / sea.fan_power - 83_431.0 / 101_325.0).abs() < 1e-9);
}

#[test]
fn nothing_to_do_is_free() {
    let below = at(20.0, 101_325.0, 25.0, 30.0, 1.0);
    assert!(below.held && below.fan_power == Power::ZERO && below.coolant_out == Temperature::from_celsius(25.0));
    // Hotter air than coolant would heat it: the fans stay off and the set-point is lost.
    let hot = at(40.0, 101_325.0, 35.0, 30.0, 1.0);
    assert!(!hot.held && hot.heat == Power::ZERO && hot.fan_power == Power::ZERO);
    assert!(at(20.0, 101_325.0, 45.0, 30.0, 0.0).heat == Power::ZERO);
}

#[test]
fn impossible_rating_is_refused() {
    let short = Rating { air_flow: air_flow_from_rise(rating().heat, rating().air_in, TemperatureDifference::from_kelvins(12.0)), ..rating() };
    assert_eq!(conductance(&short), None);
    let op = operate(&short, &dry(20.0, 101_325.0), Temperature::from_celsius(46.0), rated_capacity(), Temperature::from_celsius(30.0));
    assert!(!op.held && op.heat == Power::ZERO);
}

#[test]
fn pad_follows_the_wet_bulb() {
    // 40 °C and 20 %: wet bulb 22.032 °C, humidity 9.198 g/kg (ASHRAE equations by PsychroLib). With an efficiency of 0.8: 25.626 °C.
    let sea = Pressure::from_pascals(101_325.0);
    let before = MoistAir::from_relative_humidity(Temperature::from_celsius(40.0), Ratio::from_percent(20.0), sea);
    let after = adiabatic_inlet(&before, Ratio::from_percent(80.0));
    assert!((after.dry_bulb.celsius() - 25.626).abs() < 0.01);
    assert!((after.wet_bulb() - before.wet_bulb()).kelvins().abs() < 1e-3);
    let water = adiabatic_water(&before, &after);
    // Enthalpy balance: the air takes up the water at the wet bulb, so h₂ = h₁ + w c_w T_wb.
    let gained = after.enthalpy() - before.enthalpy();
    assert!((gained - water * 4186.0 * 22.032).abs() < 0.03 * gained.abs(), "{gained} {water}");
    assert!((water - (14.38 * 1006.0) / 2.5e6).abs() < 5e-4, "{water}");
    assert_eq!(adiabatic_inlet(&before, Ratio::ZERO), before);
    // 100 m³/s behind the pad at 4 cycles: evaporation and a third more.
    let makeup = adiabatic_makeup(&before, &after, VolumeFlow::from_cubic_meters_per_second(100.0), 4.0);
    let dry_air = 100.0 * after.density().kilograms_per_cubic_meter() / (1.0 + after.humidity_ratio);
    assert!((makeup.cubic_meters_per_second() * 998.25 / (dry_air * water) - 4.0 / 3.0).abs() < 1e-9);
}
