//! Checks of heat exchangers against printed tables, worked examples and limits.
#![allow(clippy::unwrap_used, clippy::panic, clippy::approx_constant)]

use super::*;
use Arrangement::{Counterflow, CrossflowUnmixed, Parallel, ShellTube12};

const ALL: [Arrangement; 4] = [Counterflow, Parallel, CrossflowUnmixed, ShellTube12];

fn rate(watts_per_kelvin: f64) -> Conductance {
    Conductance::from_watts_per_kelvin(watts_per_kelvin)
}
fn celsius(t: f64) -> Temperature {
    Temperature::from_celsius(t)
}

#[test]
fn effectiveness_matches_the_tables() {
    // N, then for c = 0.25, 0.5, 0.75, 1 the four arrangements in the order of `ALL`, rounded to four digits.
    let table = [
        (1.0, [[0.5983, 0.5708, 0.5872, 0.5841], [0.5647, 0.5179, 0.5448, 0.5399], [0.5319, 0.4721, 0.5052, 0.4995], [0.5000, 0.4323, 0.4685, 0.4627]]),
        (2.0, [[0.8228, 0.7343, 0.8033, 0.7748], [0.7746, 0.6335, 0.7388, 0.6931], [0.7218, 0.5542, 0.6752, 0.6204], [0.6667, 0.4908, 0.6154, 0.5568]]),
        (3.0, [[0.9188, 0.7812, 0.8964, 0.8408], [0.8744, 0.6593, 0.8284, 0.7410], [0.8171, 0.5684, 0.7553, 0.6535], [0.7500, 0.4988, 0.6842, 0.5788]]),
        (5.0, [[0.9823, 0.7985, 0.9642, 0.8723], [0.9572, 0.6663, 0.9053, 0.7615], [0.9088, 0.5713, 0.8285, 0.6656], [0.8333, 0.5000, 0.7490, 0.5854]]),
    ];
    for (n, by_ratio) in table {
        for (c, row) in [0.25, 0.5, 0.75, 1.0].into_iter().zip(by_ratio) {
            for (arrangement, wanted) in ALL.into_iter().zip(row) {
                let found = effectiveness(arrangement, n, c);
                assert!((found - wanted).abs() < 6e-5, "{arrangement:?} N {n} c {c}: {found}, expected {wanted}");
            }
        }
    }
}

#[test]
fn crossflow_is_near_the_exact_series() {
    // The program `HT` evaluates the exact series for both streams unmixed; the first is its published test, 0.844482 at N 5, c 0.7.
    for (n, c, exact, share) in
        [(5.0, 0.7, 0.844_482_18, 0.006), (1.5, 1.0, 0.560_172_933, 0.005), (3.0, 0.5, 0.819_708_280, 0.011), (0.25, 1.0, 0.198_543_926, 0.038)]
    {
        let found = effectiveness(CrossflowUnmixed, n, c);
        assert!((found / exact - 1.0).abs() < share, "N {n} c {c}: {found}");
    }
}

#[test]
fn both_limits_are_smooth() {
    for arrangement in ALL {
        for n in [0.01_f64, 1.0, 6.0] {
            let boiling = 1.0 - (-n).exp();
            assert!((effectiveness(arrangement, n, 0.0) - boiling).abs() < 1e-12, "{arrangement:?}");
            assert!((effectiveness(arrangement, n, 1e-10) - boiling).abs() < 1e-9, "{arrangement:?}");
            let (near, at) = (effectiveness(arrangement, n, 1.0 - 1e-10), effectiveness(arrangement, n, 1.0));
            assert!((near - at).abs() < 1e-9, "{arrangement:?}");
        }
    }
    // The printed value of `HT` at N 9, c 1.
    assert!((effectiveness(Counterflow, 9.0, 1.0) - 0.9).abs() < 1e-14);
    assert!((effectiveness(Counterflow, f64::INFINITY, 0.5) - 1.0).abs() < 1e-15);
}

#[test]
fn ntu_inverts_the_effectiveness() {
    for arrangement in ALL {
        for c in [0.0, 1e-9, 0.3, 0.8, 1.0 - 1e-9, 1.0] {
            for n in [0.0, 1e-3, 0.4, 1.7, 4.0] {
                let found = ntu_for(arrangement, effectiveness(arrangement, n, c), c).unwrap();
                assert!((found - n).abs() < 1e-8 * (1.0 + n), "{arrangement:?} N {n} c {c}: {found}");
            }
        }
    }
    assert!(ntu_for(Parallel, 0.51, 1.0).is_none() && ntu_for(Counterflow, 1.0, 0.4).is_none() && ntu_for(Counterflow, -0.1, 0.4).is_none());
}

#[test]
fn incropera_oil_cooler() {
    // Example 11.1: oil 0.1 kg/s of 2131 J/(kg·K) from 100 to 60 °C, water 0.2 kg/s of 4178 from 30 °C; q 8524 W, 40.2 °C, LMTD 43.2 K, L 65.9 m at U 38.1, D 25 mm.
    let (c_hot, c_cold) = (rate(213.1), rate(835.6));
    let heat = c_hot * TemperatureDifference::from_kelvins(40.0);
    assert!((heat.watts() - 8_524.0).abs() < 0.5);
    let out = celsius(30.0) + heat / c_cold;
    assert!((out.celsius() - 40.2).abs() < 0.01);
    let mean = log_mean_difference(celsius(100.0) - out, celsius(60.0) - celsius(30.0));
    assert!((mean.kelvins() - 43.2).abs() < 0.05, "{}", mean.kelvins());
    let ua = conductance_from_rating(heat, celsius(100.0), celsius(30.0), c_hot, c_cold, Counterflow).unwrap();
    let length = ua.watts_per_kelvin() / (38.1 * std::f64::consts::PI * 0.025);
    assert!((length - 65.9).abs() < 0.1, "{length}");
    assert!((ua * mean / heat - 1.0).abs() < 1e-12, "effectiveness and mean difference are two ways to the same conductance");
}

#[test]
fn incropera_gas_cooler() {
    // Example 11.3: gas 300 → 100 °C, water 1 kg/s of 4197 J/(kg·K) 35 → 125 °C. C_h 1888.65 W/K, ε 0.755, c 0.45, N 2.02 by the approximation.
    let (c_hot, c_cold) = (rate(1_888.65), rate(4_197.0));
    let heat = c_cold * TemperatureDifference::from_kelvins(90.0);
    assert!((heat.watts() - 3.777e5).abs() < 50.0);
    let ua = conductance_from_rating(heat, celsius(300.0), celsius(35.0), c_hot, c_cold, CrossflowUnmixed).unwrap();
    assert!((ua.watts_per_kelvin() / 1_888.65 - 2.02).abs() < 0.006, "{}", ua.watts_per_kelvin() / 1_888.65);
    // Example 11.4: the same exchanger with gas at 250 °C: 3.06e5 W, out 87.7 and 108.0 °C.
    let t = transfer(ua, c_hot, c_cold, celsius(250.0), celsius(35.0), CrossflowUnmixed);
    assert!((t.effectiveness - 0.755).abs() < 0.001);
    assert!((t.heat.watts() / 3.06e5 - 1.0).abs() < 0.003, "{}", t.heat.watts());
    assert!((t.hot_out.celsius() - 87.7).abs() < 0.5 && (t.cold_out.celsius() - 108.0).abs() < 0.2);
}

#[test]
fn cdu_matches_ht() {
    // Computed with `HT` and CoolProp: CDU of UA 60 kW/K, technology side 20.3257 kg/s of 3937.397, facility side 17.9694 kg/s of 4183.430 at 15 °C, 200 kW.
    let (c_hot, c_cold) = (rate(20.325_713_773 * 3_937.397_156), rate(17.969_366_562 * 4_183.430_261));
    let t = transfer(rate(60_000.0), c_hot, c_cold, celsius(20.913_764_474_287), celsius(15.0), Counterflow);
    assert!((t.effectiveness - 0.449_884_126_5).abs() < 1e-9);
    assert!((t.heat.kilowatts() - 200.0).abs() < 1e-5, "{}", t.heat.kilowatts());
    assert!((t.hot_out.celsius() - 18.414_714_351).abs() < 1e-7, "{}", t.hot_out.celsius());
    assert!((t.cold_out.celsius() - 17.660_508_765).abs() < 1e-7, "{}", t.cold_out.celsius());
}

#[test]
fn energy_balances() {
    for arrangement in ALL {
        for (hot, cold) in [(45.0, 30.0), (20.0, 35.0)] {
            let (c_hot, c_cold) = (rate(7_000.0), rate(4_000.0));
            let t = transfer(rate(9_000.0), c_hot, c_cold, celsius(hot), celsius(cold), arrangement);
            let (given, taken) = (c_hot * (celsius(hot) - t.hot_out), c_cold * (t.cold_out - celsius(cold)));
            assert!((given.watts() - taken.watts()).abs() < 1e-6 && (given.watts() - t.heat.watts()).abs() < 1e-6);
        }
    }
    let still = transfer(rate(9_000.0), rate(0.0), rate(4_000.0), celsius(45.0), celsius(30.0), Counterflow);
    let slow = transfer(rate(9_000.0), rate(1e-6), rate(4_000.0), celsius(45.0), celsius(30.0), Counterflow);
    assert!(still.heat == Power::ZERO && (still.hot_out.celsius() - slow.hot_out.celsius()).abs() < 1e-6);
}

#[test]
fn rating_round_trip() {
    for arrangement in ALL {
        let (c_hot, c_cold) = (rate(60_000.0), rate(75_000.0));
        let t = transfer(rate(50_000.0), c_hot, c_cold, celsius(46.0), celsius(31.0), arrangement);
        let ua = conductance_from_rating(t.heat, celsius(46.0), celsius(31.0), c_hot, c_cold, arrangement).unwrap();
        assert!((ua.watts_per_kelvin() / 50_000.0 - 1.0).abs() < 1e-9, "{arrangement:?}");
    }
    assert!(conductance_from_rating(Power::from_kilowatts(1e6), celsius(46.0), celsius(31.0), rate(1e3), rate(1e3), Counterflow).is_none());
}

#[test]
fn off_design_limits() {
    let ua0 = rate(1_000.0);
    assert!((off_design(ua0, 1.0, 1.0, 0.85, 0.8, 0.3) / ua0 - 1.0).abs() < 1e-15);
    // With all resistance on one side the conductance follows that side's power: 0.5^0.8 = 0.574349.
    assert!((off_design(ua0, 1.0, 0.5, 0.85, 0.8, 0.0) / ua0 - 0.574_349_177).abs() < 1e-9);
    assert!((off_design(ua0, 0.5, 0.0, 0.8, 0.8, 1.0) / ua0 - 0.574_349_177).abs() < 1e-9);
    assert_eq!(off_design(ua0, 0.0, 1.0, 0.85, 0.8, 0.5).watts_per_kelvin(), 0.0);
    // All in the wall: no flow matters.
    assert!((off_design_with_wall(ua0, 0.1, 3.0, 0.8, 0.8, 0.0, 1.0) / ua0 - 1.0).abs() < 1e-12);
}
