//! Facility water: its pumps and mains, the plants that take its heat, and the balances.

use super::*;

/// Pumps and mains of every system. Gives the share of its largest flow each consumer gets where water is short.
pub(super) fn mains(sides: &Sides<'_>, draws: &BTreeMap<Id, Vec<Draw>>, solved: &mut Solved) -> (BTreeMap<Id, BTreeMap<Id, f64>>, bool) {
    let (mut shares, mut short) = (BTreeMap::new(), false);
    for system in sides.plan.fws_systems() {
        let none = Vec::new();
        let draws = draws.get(&system.id).unwrap_or(&none);
        let fluid = properties(fluid(system.coolant), system.supply);
        let model = sides.catalog.pumps(&system.pump);
        let pumps = sides.service.pumps(system);
        let mains = fws::Mains {
            pumps_at: system.at,
            diameter: system.main.meters(),
            roughness: system.roughness.meters(),
            density: fluid.density.kilograms_per_cubic_meter(),
            viscosity: fluid.viscosity.pascal_seconds(),
            consumers: draws.iter().map(|d| d.consumer.clone()).collect(),
            pump: model.map_or((0.0, 0.0, 2.0), fws::pump_curve),
            pumps: if model.is_some() { pumps } else { 0.0 },
            efficiency: model.map_or(1.0, |m| m.efficiency.value()),
        };
        let run = fws::solve(&mains);
        if run.share < 1.0 {
            short = true;
            let limits =
                draws.iter().map(|d| (d.id.clone(), if d.consumer.design > 0.0 { run.share * d.consumer.flow / d.consumer.design } else { 0.0 })).collect();
            shares.insert(system.id.clone(), limits);
        }
        let heat: f64 = draws.iter().map(|d| d.heat).sum();
        let rate: f64 = draws.iter().map(|d| d.rate).sum();
        let branches = draws
            .iter()
            .zip(&run.available)
            .map(|(d, available)| {
                let wanted = VolumeFlow::from_cubic_meters_per_second(d.consumer.flow);
                (d.id.clone(), BranchFlow { flow: wanted * run.share, wanted, available: Pressure::from_pascals(*available) })
            })
            .collect();
        let electric = |wanted: fn(&crate::plan::Element) -> bool| -> f64 {
            draws.iter().filter(|d| sides.plan.get(&d.id).is_some_and(wanted)).filter_map(|d| solved.electric.get(&d.id)).sum()
        };
        let duty = FwsDuty {
            // The pumps' power ends as heat in the water.
            heat: heat + run.power,
            rate,
            pumps: run.power,
            cdus: electric(|e| matches!(e, crate::plan::Element::Cdu(_))),
            fans: electric(|e| matches!(e, crate::plan::Element::AirHandler(_))),
        };
        let state = FwsState {
            convergence: Convergence {
                status: run.status,
                iterations: run.iterations,
                residual: run.residual,
                worst: (run.status != Status::Converged).then(|| system.id.clone()),
            },
            flow: VolumeFlow::from_cubic_meters_per_second(run.flow),
            head: Pressure::from_pascals(run.head),
            pump_speed: run.speed,
            pump_power: Power::from_watts(run.power),
            heat: Power::from_watts(duty.heat),
            supply: system.supply,
            return_: Temperature::from_kelvin(if rate > 0.0 { system.supply.kelvin() + duty.heat / rate } else { f64::NAN }),
            held: true,
            worst_branch: run.worst.and_then(|w| draws.get(w)).map(|d| d.id.clone()),
            branches,
            ..FwsState::default()
        };
        solved.electric.insert(system.id.clone(), run.power);
        solved.duties.insert(system.id.clone(), duty);
        solved.cooling.fws.insert(system.id.clone(), state);
    }
    (shares, short)
}

/// The plants take the heat. Gives how far the supply temperatures moved, K.
pub(super) fn reject(plants: &BTreeMap<Id, plant::Plant>, outdoor: &MoistAir, supply: &mut BTreeMap<Id, f64>, solved: &mut Solved) -> f64 {
    let mut moved: f64 = 0.0;
    for (id, plant) in plants {
        let (Some(duty), Some(state)) = (solved.duties.get(id), solved.cooling.fws.get_mut(id)) else { continue };
        let run = plant.run(outdoor, duty.heat, duty.rate);
        let before = supply.insert(id.clone(), run.supply).unwrap_or(f64::NAN);
        let step = (run.supply - before).abs();
        moved = moved.max(if step.is_nan() { 0.0 } else { step });
        state.supply = Temperature::from_kelvin(run.supply);
        state.return_ = Temperature::from_kelvin(if duty.rate > 0.0 { run.supply + duty.heat / duty.rate } else { run.supply });
        state.held = run.held;
        for (group, r) in plant.groups.iter().zip(&run.groups) {
            let power = r.fan + r.compressor + r.pump;
            solved.electric.insert(group.id.clone(), power);
            state.makeup += VolumeFlow::from_cubic_meters_per_second(r.makeup());
            let cooler = CoolerState {
                heat: Power::from_watts(r.heat),
                capacity: Power::ZERO,
                power: Power::from_watts(power),
                compressor: Power::from_watts(r.compressor),
                speed: r.speed,
                units_on: r.units_on.round() as u32,
                evaporation: VolumeFlow::from_cubic_meters_per_second(r.evaporation),
                losses: VolumeFlow::from_cubic_meters_per_second(r.drift + r.blowdown),
                mode: r.mode,
                in_range: r.in_range,
            };
            state.coolers.insert(group.id.clone(), cooler);
        }
    }
    moved
}

/// Capacities at the condition, sums and balances.
pub(super) fn finish(sides: &Sides<'_>, plants: &BTreeMap<Id, plant::Plant>, outdoor: Option<&MoistAir>, solved: &mut Solved, rounds: usize, moved: f64) {
    let is_hall = |id: &Id| matches!(sides.plan.get(id), Some(crate::plan::Element::Hall(_)));
    let sum = |hall: bool| Power::from_watts(solved.electric.iter().filter(|(id, p)| p.is_finite() && is_hall(id) == hall).map(|(_, p)| p).sum());
    (solved.cooling.power, solved.cooling.house) = (sum(false), sum(true));
    let Some(outdoor) = outdoor else { return };
    let (mut heat_residual, mut mass_residual) = (0.0_f64, 0.0_f64);
    for (id, state) in &mut solved.cooling.fws {
        let (Some(plant), Some(duty)) = (plants.get(id), solved.duties.get(id)) else { continue };
        let range = if duty.rate > 0.0 { duty.heat / duty.rate } else { 0.0 };
        state.capacity = Power::from_watts(plant.capacity(outdoor, range));
        for group in &plant.groups {
            let alone = plant::Plant { groups: vec![group.clone()], ..plant.clone() };
            if let Some(cooler) = state.coolers.get_mut(&group.id) {
                cooler.capacity = Power::from_watts(alone.capacity(outdoor, range));
            }
        }
        if moved > STILL {
            state.convergence.status = Status::Stalled;
            state.convergence.worst = Some(id.clone());
            state.convergence.iterations = rounds;
        }
        // Towers on condensers carry the compressors' heat as well, and not the water's.
        let rejected: f64 = state.coolers.values().filter(|c| c.mode != "condenser").map(|c| c.heat.watts()).sum();
        if duty.heat > 0.0 && !plant.groups.is_empty() && state.supply.is_finite() {
            heat_residual = heat_residual.max((rejected / duty.heat - 1.0).abs());
        }
        mass_residual = mass_residual.max(state.convergence.residual);
    }
    for (id, state) in &solved.cooling.loops {
        let Some(crate::plan::Element::Tcs(tcs)) = sides.plan.get(id) else { continue };
        let rho_c = volumetric(&properties(fluid(tcs.coolant), tcs.supply));
        let (mut carried, mut flow) = (0.0, 0.0);
        for row in state.rows.values() {
            for (q, t) in row.flow.iter().zip(&row.return_k).filter(|(q, t)| q.is_finite() && t.is_finite()) {
                carried += q * rho_c * (t - state.supply.kelvin());
                flow += q;
            }
        }
        if state.carried > Power::ZERO && state.supply.is_finite() {
            heat_residual = heat_residual.max((carried / state.carried.watts() - 1.0).abs()).max(state.heat_residual());
            mass_residual = mass_residual.max((flow / state.flow.cubic_meters_per_second() - 1.0).abs());
        }
        mass_residual = mass_residual.max(state.convergence.residual);
    }
    solved.cooling.heat_residual = heat_residual;
    solved.cooling.mass_residual = mass_residual;
}
