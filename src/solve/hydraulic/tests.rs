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
