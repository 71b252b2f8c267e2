//! Catalog figures in the form the physics wants, and one machine at one load.

use super::*;

pub(super) fn dry(m: &DryCoolerModel) -> Machine {
    let rating = dry_cooler::Rating {
        heat: *m.heat,
        fan_power: *m.fan_power,
        air_in: *m.air_in,
        coolant_in: *m.coolant_in,
        coolant_out: *m.coolant_out,
        air_flow: *m.air_flow,
    };
    Machine::Dry { ua: dry_cooler::conductance(&rating), rating, wet: m.adiabatic.as_ref().map(|a| (*a.efficiency, *a.starts_at, *a.cycles)) }
}

pub(super) fn tower_machine(m: &TowerModel) -> Machine {
    // The water flow of a tower follows from its heat and range.
    let water = crate::physics::coolant::properties(crate::physics::coolant::Fluid::Water, *m.wet_bulb + *m.approach);
    let flow = m.heat.watts() / (m.range.kelvins() * crate::solve::thermal::volumetric(&water));
    let rating = tower::Rating {
        heat: *m.heat,
        fan_power: *m.fan_power,
        wet_bulb: *m.wet_bulb,
        approach: *m.approach,
        range: *m.range,
        water_flow: VolumeFlow::from_cubic_meters_per_second(flow),
        air_flow: *m.air_flow,
    };
    Machine::Tower { rating, treatment: Treatment { cycles: *m.cycles, drift: *m.drift }, pump: *m.pump_power }
}

#[allow(clippy::too_many_arguments, reason = "the cooler, its water and its air")]
pub(super) fn dry_run(
    rating: &dry_cooler::Rating,
    ua: Option<Conductance>,
    wet: Option<&(Ratio, Temperature, f64)>,
    n: f64,
    air: &MoistAir,
    rate: f64,
    back: f64,
    target: f64,
) -> (GroupRun, f64) {
    let each = Conductance::from_watts_per_kelvin(rate / n);
    let (inlet, set) = (Temperature::from_kelvin(back), Temperature::from_kelvin(target));
    let mut run = dry_cooler::operate_sized(rating, ua, air, inlet, each, set);
    let mut group = GroupRun { units_on: n, mode: "dry", in_range: true, ..GroupRun::default() };
    if let Some((efficiency, starts_at, cycles)) = wet.filter(|w| !run.held && air.dry_bulb >= w.1) {
        let _ = starts_at;
        let wetted = dry_cooler::adiabatic_inlet(air, *efficiency);
        run = dry_cooler::operate_sized(rating, ua, &wetted, inlet, each, set);
        let flow = rating.air_flow * run.speed;
        let makeup = dry_cooler::adiabatic_makeup(air, &wetted, flow, *cycles).cubic_meters_per_second() * n;
        // Make-up is evaporation times C/(C − 1).
        group.evaporation = makeup * (cycles - 1.0) / cycles;
        group.blowdown = makeup - group.evaporation;
        group.mode = "wet";
    }
    group.heat = run.heat.watts() * n;
    group.fan = run.fan_power.watts() * n;
    group.speed = run.speed;
    (group, run.coolant_out.kelvin())
}

/// One chiller at a load.
pub(super) fn point(model: &ChillerModel, load: Power, leaving: Temperature, entering: Temperature) -> chiller::ChillerPoint {
    match &*model.curve {
        ChillerCurve::Eir { cap_ft, eir_ft, eir_fplr, part_load, evaporator, condenser } => {
            let curves = EirCurves {
                capacity: *model.capacity,
                cop: *model.cop,
                cap_ft: *cap_ft,
                eir_ft: *eir_ft,
                eir_fplr: *eir_fplr,
                plr: *part_load,
                evaporator_leaving: *evaporator,
                condenser_entering: *condenser,
            };
            chiller::operate(&curves, load, leaving, entering)
        }
        // The catalog's share of Carnot is set on the water's and the air's temperatures, so that the approaches are inside it.
        ChillerCurve::CarnotFraction { share, minimum_lift } => {
            chiller::carnot_fraction(load, *model.capacity, *share, leaving, entering, *minimum_lift, [0.0, 1.0, 0.0])
        }
    }
}
