use super::*;
use crate::numerics::pipe_network::Link;
use crate::plan::Catalog;
use crate::solve::Status;

const CURVE_FLOW: f64 = 1200.0;

fn curve(liters_per_minute: f64, kilopascals: f64) -> (f64, f64, f64) {
    cdu_curve(VolumeFlow::from_liters_per_minute(liters_per_minute), Pressure::from_kilopascals(kilopascals))
}

fn source(curve: (f64, f64, f64), units: Vec<Unit>) -> Source {
    Source { curve, filter: None, units }
}

/// Eight GB300 racks at 35 °C on one header of 102.3 mm.
fn eight(reverse: bool) -> Input {
    let catalog = Catalog::builtin().unwrap();
    let supply = Temperature::from_celsius(35.0);
    let one = rack(catalog.racks("gb300-nvl72").unwrap(), supply, Fluid::Pg25, 121_500.0).unwrap();
    Input {
        supply: supply.kelvin(),
        reference: supply.kelvin(),
        branches: vec![Branch { lead: 3.0, pitch: 0.6, racks: vec![Some(one); 8], closed: false }],
        sources: vec![source(curve(CURVE_FLOW, 250.0), vec![Unit::Runs(1.0)])],
        control: Control::Flow,
        fluid: Fluid::Pg25,
        header: 0.1023,
        roughness: 45e-6,
        reverse,
        disconnects: 0.0,
        valves: false,
    }
}

fn solved(input: &Input) -> Answer {
    let answer = solve(input, &mut Solver::new(&Network::default()));
    assert_eq!(answer.status, Status::Converged, "{answer:?}");
    consistent(&answer);
    answer
}

/// What the answer says of its network holds: mass at every node, every law, and heat.
fn consistent(answer: &Answer) {
    let p = &*answer.piping;
    let mut balance = vec![0.0; p.nodes.len()];
    for ((from, to, _), q) in p.network.links.iter().zip(&p.flows) {
        balance[*from] -= q;
        balance[*to] += q;
    }
    assert!(balance.iter().all(|b| b.abs() <= 1e-9 * answer.flow.max(1e-9)), "{balance:?}");
    for (k, (from, to, law)) in p.network.links.iter().enumerate() {
        let (q, lost) = (p.flows[k], p.pressures[*from] - p.pressures[*to]);
        let by_law = match law {
            Link::Power { r, n } => r * q.powf(*n),
            Link::Resistance { r, n, local } => r * q.powf(*n) + local * q * q,
            Link::Pump { shutoff, b, n, speed } if q > 0.0 => b * speed.powf(2.0 - n) * q.powf(*n) - shutoff * speed * speed,
            _ => continue,
        };
        assert!(q <= 1e-6 || (lost - by_law).abs() <= 1e-6 * answer.head.max(1.0), "{:?}: {lost} {by_law}", p.links[k]);
    }
}

#[test]
fn a_rack_wants_what_its_data_sheet_says() {
    let catalog = Catalog::builtin().unwrap();
    let model = catalog.racks("gb300-nvl72").unwrap();
    // Lenovo LP2357, table 27.
    for (celsius, flow, kilopascals) in [(25.0, 59.0, 15.9), (40.0, 119.0, 58.6), (45.0, 177.0, 126.9)] {
        let r = rack(model, Temperature::from_celsius(celsius), Fluid::Pg25, 0.0).unwrap();
        assert!((r.wanted * 60_000.0 - flow).abs() < 1e-6);
        assert!((r.r * r.wanted.powf(r.n) / 1e3 - kilopascals).abs() < 0.01 * kilopascals + 0.1);
        assert!((r.n - 1.9).abs() < 0.05, "exponent {}", r.n);
    }
}

#[test]
fn near_racks_get_more_with_direct_return_and_reverse_return_evens_out() {
    let (direct, reverse) = (solved(&eight(false)), solved(&eight(true)));
    let spread = |a: &Answer| a.flows[0].iter().copied().fold(0.0, f64::max) / a.flows[0].iter().copied().fold(f64::MAX, f64::min);
    assert!(direct.flows[0].windows(2).all(|w| w[0] > w[1]), "{:?}", direct.flows);
    assert!(spread(&reverse) < spread(&direct));
    let wanted = 8.0 * 89.0 / 60_000.0;
    assert!((direct.flow / wanted - 1.0).abs() < 1e-9 && (direct.flows[0].iter().sum::<f64>() / wanted - 1.0).abs() < 1e-9);
    assert!(direct.speed > 0.3 && direct.speed < 1.0, "{}", direct.speed);
}

#[test]
fn a_weak_pump_runs_at_full_speed_and_gives_less() {
    let weak = solved(&Input { sources: vec![source(curve(300.0, 30.0), vec![Unit::Runs(1.0)])], ..eight(false) });
    assert_eq!(weak.speed, 1.0);
    assert!(weak.flow < 8.0 * 89.0 / 60_000.0);
    assert!((weak.flows[0].iter().sum::<f64>() / weak.flow - 1.0).abs() < 1e-9);
}

/// One rack behind headers so wide that they lose next to nothing.
fn one(units: Vec<Unit>, filter: Option<f64>) -> Input {
    let input = eight(false);
    let racks = vec![input.branches[0].racks[0]];
    Input {
        branches: vec![Branch { racks, ..input.branches[0].clone() }],
        sources: vec![Source { filter, ..source(curve(CURVE_FLOW, 250.0), units) }],
        header: 0.5,
        ..input
    }
}

#[test]
fn speeds_by_hand() {
    // Shut-off 4/3·250 = 333.33 kPa; b = 250e3/(3·0.02²) = 2.08333e8. The rack wants 89 L/min = 1.48333e-3 m³/s at 4.9 psi = 33,784 Pa.
    // One unit falls by b·q² = 458.4 Pa: √(34,242/333,333) = 0.32051.
    let whole = solved(&one(vec![Unit::Runs(1.0)], None));
    assert!((whole.speed / 0.32051 - 1.0).abs() < 1e-4, "{}", whole.speed);
    // With two of its three pumps the fall is 2.25 times as much: √(34,815.4/333,333) = 0.32318.
    let two = solved(&one(vec![Unit::Runs(2.0 / 3.0)], None));
    assert!((two.speed / 0.32318 - 1.0).abs() < 1e-4, "{}", two.speed);
    // A filter of 20 kPa at 1,200 L/min takes 20e3·(89/1200)² = 110.0 Pa: √(34,352.4/333,333) = 0.32103.
    let filter = solved(&one(vec![Unit::Runs(1.0)], Some(20e3 / (0.02 * 0.02))));
    assert!((filter.speed / 0.32103 - 1.0).abs() < 1e-4, "{}", filter.speed);
    // Two units share the flow: b·(q/2)² = 114.6 Pa: √(33,898.6/333,333) = 0.31890.
    let pair = solved(&one(vec![Unit::Runs(1.0), Unit::Runs(1.0)], None));
    assert!((pair.speed / 0.31890 - 1.0).abs() < 1e-4, "{}", pair.speed);
    assert!([whole, two, filter, pair].iter().all(|a| (a.flow * 60_000.0 - 89.0).abs() < 1e-9));
}

#[test]
fn standing_pumps_are_in_the_network_and_carry_nothing() {
    let answer = solved(&one(vec![Unit::Out, Unit::Runs(1.0), Unit::Spare], Some(1e6)));
    let state = |unit| {
        let k = answer.piping.links.iter().position(|p| *p == Part::Pump { source: 0, unit }).unwrap();
        (answer.piping.states[k], answer.piping.flows[k] > 0.0, answer.piping.network.links[k].2 == Link::Closed)
    };
    use crate::numerics::pipe_network::LinkState::{Open, Shut};
    assert_eq!([state(1), state(2), state(3)], [(Shut, false, true), (Open, true, false), (Shut, false, false)]);
    let none = solve(&one(vec![Unit::Spare], None), &mut Solver::new(&Network::default()));
    assert_eq!((none.flow, none.heat, none.status, none.flows[0][0]), (0.0, 0.0, Status::Converged, 0.0));
    assert!(none.returns[0][0].is_nan() && none.piping.temperatures.iter().all(|t| t.is_nan()));
}

#[test]
fn what_is_held_is_held() {
    for head in [20e3, 40e3, 60e3] {
        let answer = solved(&Input { control: Control::Difference(head), ..eight(false) });
        let p = &answer.piping;
        assert!((p.pressures[0] - p.pressures[1] - head).abs() < 1e-6 && answer.speed < 1.0, "{answer:?}");
    }
    let full = solved(&Input { control: Control::Full, ..eight(false) });
    assert!(full.speed == 1.0 && full.flow > solved(&eight(false)).flow);
    // More than the pumps can: they run at full speed, as with no control.
    let beyond = solved(&Input { control: Control::Difference(400e3), ..eight(false) });
    assert!(beyond.speed == 1.0 && (beyond.flow / full.flow - 1.0).abs() < 1e-9, "{} and {}", beyond.flow, full.flow);
}

#[test]
fn rack_valves_give_every_rack_what_it_wants_at_the_least_speed() {
    let input = Input { valves: true, disconnects: 1e8, ..eight(false) };
    let answer = solved(&input);
    let wanted = 89.0 / 60_000.0;
    assert!(answer.flows[0].iter().all(|q| (q / wanted - 1.0).abs() < 1e-7), "{:?}", answer.flows);
    // The last rack's valve is just open: it loses what it needs to work and no more.
    let loss = |slot| answer.piping.lost(answer.piping.links.iter().position(|p| *p == Part::RackValve { row: 0, slot }).unwrap());
    assert!((loss(8) / VALVE_OPEN - 1.0).abs() < 1e-4 && loss(1) > VALVE_OPEN * 1.01, "{} {}", loss(8), loss(1));
    // A little slower, and it gets too little.
    let slow = solved(&Input { control: Control::Difference(0.97 * answer.head), ..input });
    assert!(slow.flows[0][7] < 0.999 * wanted && slow.flows[0][7] <= slow.flows[0][0]);
}

#[test]
fn what_is_parted_gets_nothing_and_gives_nothing() {
    let mut input = eight(false);
    input.branches[0].racks[3].as_mut().unwrap().parted = true;
    let parted = solved(&input);
    assert!(parted.flows[0][3] == 0.0 && parted.returns[0][3].is_nan());
    assert!((parted.heat / (7.0 * 121_500.0) - 1.0).abs() < 1e-12 && (parted.flow * 60_000.0 / (7.0 * 89.0) - 1.0).abs() < 1e-9);
    let mut two = eight(true);
    two.branches.push(Branch { closed: true, ..two.branches[0].clone() });
    let closed = solved(&two);
    assert!(closed.flows[1].iter().all(|q| q.abs() < 1e-12) && (closed.heat / (8.0 * 121_500.0) - 1.0).abs() < 1e-12, "{closed:?}");
}

#[test]
fn heat_mixes_along_the_return() {
    for reverse in [false, true] {
        let input = eight(reverse);
        let answer = solved(&input);
        let fluid = properties(Fluid::Pg25, Temperature::from_celsius(35.0));
        let rho_c = fluid.density.kilograms_per_cubic_meter() * fluid.specific_heat.joules_per_kilogram_kelvin();
        let p = &answer.piping;
        let rise = p.temperatures[1] - input.supply;
        assert!((rise * answer.flow * rho_c / (8.0 * 121_500.0) - 1.0).abs() < 1e-12, "{rise}");
        // Where the first three racks have joined, by hand.
        let ours = if reverse { 0..3 } else { 5..8 };
        let slot = if reverse { 3 } else { 6 };
        let node = p.nodes.iter().position(|n| *n == Junction::Slot { row: 0, slot, side: crate::solve::Side::Return }).unwrap();
        let water: f64 = answer.flows[0][ours].iter().sum();
        assert!(((p.temperatures[node] - input.supply) * water * rho_c / (3.0 * 121_500.0) - 1.0).abs() < 1e-12);
        // Each piece of the return is reckoned with the properties of its own coolant.
        let warm = p.links.iter().position(|l| matches!(l, Part::Header { slot: 2, side: crate::solve::Side::Return, .. })).unwrap();
        let (from, _, Link::Pipe { viscosity, density, .. }) = &p.network.links[warm] else { panic!("a header is a pipe") };
        let here = properties(Fluid::Pg25, Temperature::from_kelvin(p.temperatures[*from]));
        let ratio = fluid.density / here.density;
        assert!((viscosity / (here.viscosity.pascal_seconds() * ratio) - 1.0).abs() < 1e-7);
        assert!((density / (fluid.density.kilograms_per_cubic_meter() * ratio) - 1.0).abs() < 1e-7);
    }
}

#[test]
fn the_solver_lent_changes_no_bit() {
    let mut solver = Solver::new(&Network::default());
    let (a, b) = (eight(false), eight(true));
    let (first, _) = (solve(&a, &mut solver), solve(&b, &mut solver));
    let again = solve(&a, &mut solver);
    assert!(first.piping.flows.iter().zip(&again.piping.flows).all(|(x, y)| x.to_bits() == y.to_bits()));
    let mut memo = Memo::default();
    assert!(Arc::ptr_eq(&memo.solve(a.clone()), &memo.solve(a.clone())));
}

/// The 8-rack manifold of the reference cases: 8 × 132 kW on 12.275 L/s of PG25 at 40 °C rise by 21.46 K (by CoolProp's ρ and c).
#[test]
fn the_manifold_of_eight_warms_as_published() {
    let supply = Temperature::from_celsius(40.0).kelvin();
    let rack = Rack { wanted: 12.275e-3 / 8.0, r: 1e10, n: 2.0, heat: 132e3, parted: false };
    let branch = Branch { lead: 4.0, pitch: 1.2, racks: vec![Some(rack); 8], closed: false };
    let answer = solved(&Input { supply, reference: supply, branches: vec![branch], header: 0.0779, ..eight(false) });
    assert!((answer.piping.temperatures[1] - supply - 21.46).abs() < 0.01, "{}", answer.piping.temperatures[1] - supply);
}

#[test]
fn curves_meet_at_the_operating_point() {
    for input in [eight(false), one(vec![Unit::Runs(1.0), Unit::Spare], Some(5e6)), Input { valves: true, ..eight(true) }] {
        let answer = solved(&input);
        let pipes = crate::solve::Pipes { piping: answer.piping.clone(), ..Default::default() };
        let curves = pump_curves(&pipes).unwrap();
        let at = |list: &[(VolumeFlow, Pressure)], head: f64| {
            let (mut points, h) = (list.iter().map(|(q, p)| (p.pascals(), q.cubic_meters_per_second())).collect::<Vec<_>>(), head);
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let after = points.iter().position(|p| p.0 >= h).unwrap();
            let (a, b) = (points[after - 1], points[after]);
            a.1 + (b.1 - a.1) * (h - a.0) / (b.0 - a.0)
        };
        let (flow, head) = (curves.operating.0.cubic_meters_per_second(), curves.operating.1.pascals());
        assert!((flow / answer.flow - 1.0).abs() < 1e-9 && (head / answer.head - 1.0).abs() < 1e-9);
        // Between the points of a curve, a line: within a few percent.
        assert!((at(&curves.system, head) / flow - 1.0).abs() < 0.02, "{} {flow}", at(&curves.system, head));
        assert!((at(&curves.pumps_now, head) / flow - 1.0).abs() < 0.15, "{} {flow}", at(&curves.pumps_now, head));
        assert!(at(&curves.pumps_full, head) > flow && at(&curves.pumps_all, head) >= at(&curves.pumps_full, head));
    }
}
