//! Plants against a printed record, balances, and what towers and chillers must do.

use super::*;
use crate::plan::Point;

fn cooler(model: &str, units: u32) -> Group {
    let catalog = Catalog::builtin().unwrap();
    let element = Cooler {
        id: Id::from("C"),
        name: String::new(),
        fws: Id::from("F"),
        model: model.to_owned(),
        units,
        redundant: 0,
        at: Point::default(),
        columns: 1,
        a: None,
        b: None,
        assumed: String::new(),
    };
    Group::new(&element, &catalog, f64::from(element.units - element.redundant)).unwrap()
}
fn plant(groups: Vec<Group>, celsius: f64) -> Plant {
    Plant { groups, exchanger: None, rho_c: 4.15e6, setpoint: celsius + 273.15, planned: true }
}
fn air(dry: f64, wet: f64) -> MoistAir {
    MoistAir::from_wet_bulb(Temperature::from_celsius(dry), Temperature::from_celsius(wet), Pressure::from_pascals(101_325.0))
}

/// BAC Trillium TDFS1238N: 2,931 kW, 46.11 → 40.55 °C at 35 °C air with 117.68 kW of fans.
#[test]
fn the_dry_cooler_record_comes_back() {
    let p = plant(vec![cooler("bac-tdfs1238n", 1)], 40.55);
    let dry_air = MoistAir { dry_bulb: Temperature::from_celsius(35.0), pressure: Pressure::from_pascals(101_325.0), humidity_ratio: 0.0 };
    let run = p.run(&dry_air, 2_931e3, 2_931e3 / 5.56);
    assert!((run.supply - 313.70).abs() < 0.02, "{run:?}");
    assert!((run.groups[0].fan - 117_680.0).abs() < 2_400.0, "{run:?}");
    assert!((p.capacity(&dry_air, 5.56) / 2_931e3 - 1.0).abs() < 0.02);
}

#[test]
fn too_much_heat_floats_up_and_still_balances() {
    let p = plant(vec![cooler("bac-tdfs1238n", 2)], 38.0);
    let run = p.run(&air(39.0, 25.0), 6e6, 6e6 / 8.0);
    assert!(!run.held && run.supply > p.setpoint);
    // The least temperature that works, not any that does: a tenth of a kelvin below, the plant can't take the heat.
    assert!(run.supply < p.setpoint + 20.0 && p.attempt(&air(39.0, 25.0), 6e6, 6e6 / 8.0, run.supply - 0.1).leaving > run.supply - 0.1);
    assert!((run.groups[0].heat / 6e6 - 1.0).abs() < 1e-5, "{run:?}");
}

#[test]
fn towers_hold_what_dry_coolers_cannot() {
    let hot = air(38.0, 24.0);
    let dry = plant(vec![cooler("bac-tdfs1238n", 2)], 32.0).run(&hot, 4e6, 4e6 / 8.0);
    let wet = plant(vec![cooler("tower-1300", 5)], 32.0).run(&hot, 4e6, 4e6 / 8.0);
    assert!(!dry.held && wet.held);
    // Evaporation carries the heat: 1.45 to 1.6 L/kWh.
    let litres_per_kwh = wet.groups[0].evaporation * 1e3 * 3600.0 / (4e6 / 1e3);
    assert!((1.0..1.7).contains(&litres_per_kwh), "{litres_per_kwh}");
}

#[test]
fn chillers_take_what_free_cooling_leaves() {
    let p = plant(vec![cooler("air-cooled-high-temp-1700", 4)], 24.0);
    let cold = p.run(&air(2.0, 0.0), 5e6, 5e6 / 8.0);
    let hot = p.run(&air(38.0, 24.0), 5e6, 5e6 / 8.0);
    assert!(cold.held && hot.held, "{cold:?} {hot:?}");
    assert!(cold.groups[0].compressor == 0.0 && cold.groups[0].mode == "free cooling", "{cold:?}");
    assert!(hot.groups[0].compressor > 0.5e6 && hot.groups[0].mode == "mechanical", "{hot:?}");
    assert!((hot.groups[0].heat / 5e6 - 1.0).abs() < 1e-9);
}
