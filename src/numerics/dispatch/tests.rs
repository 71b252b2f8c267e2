//! Small cases worked out by hand, and a plain search over storage levels beside the convex one.

use super::*;

const MWH: f64 = 3.6e9;

fn problem<'a>(load: &'a [f64], cap: &'a [f64], price: &'a [f64], units: &'a [Unit], storage: Option<Storage>) -> Problem<'a> {
    Problem { load, grid_cap: cap, grid_price: price, units, storage, shed_cost: 10_000.0 / MWH }
}

fn battery(efficiency: f64, start_fraction: f64) -> Storage {
    let (charge_efficiency, discharge_efficiency) = (efficiency, efficiency);
    Storage { energy: 4.0 * MWH, charge: 1e6, discharge: 1e6, charge_efficiency, discharge_efficiency, start_fraction, throughput_cost_per_joule: 0.0 }
}

/// 1 MW and 4 MWh, 85 % round trip split evenly, twelve hours at 20 $/MWh and twelve at 100: buys 4/√0.85 = 4.3386 MWh, sells
/// 4·√0.85 = 3.6878 MWh, and saves 282.01 $ in the day.
#[test]
fn arbitrage_over_a_day_earns_what_the_arithmetic_says() {
    let price: Vec<f64> = (0..24).map(|t| if t < 12 { 20.0 } else { 100.0 } / MWH).collect();
    let load = vec![5e6; 24];
    let with = merit_order(&problem(&load, &[1e9], &price, &[], Some(battery(0.85_f64.sqrt(), 0.0))));
    let without = merit_order(&problem(&load, &[1e9], &price, &[], None));
    assert!((without.objective - 5.0 * 12.0 * 120.0).abs() < 1e-6);
    assert!((without.objective - with.objective - 282.01).abs() < 0.005, "{}", without.objective - with.objective);
    assert!((with.charge.iter().sum::<f64>() / 1e6 - 4.3386).abs() < 5e-5);
    assert!((with.discharge.iter().sum::<f64>() / 1e6 - 3.6878).abs() < 5e-5);
    assert!(with.max_violation < 1e-12);

    // A spread that does not pay for the loss and the wear leaves the battery alone.
    let mut worn = battery(0.85_f64.sqrt(), 0.5);
    worn.throughput_cost_per_joule = 80.0 / MWH;
    let idle = merit_order(&problem(&load, &[1e9], &price, &[], Some(worn)));
    assert!(idle.charge.iter().chain(&idle.discharge).all(|p| *p == 0.0));
}

#[test]
fn the_cheapest_come_first_and_load_is_shed_only_when_all_run_out() {
    let unit = |capacity: f64, price: f64| Unit { capacity: vec![capacity], cost_per_joule: vec![price / MWH], minimum: 0.0 };
    let units = [unit(30e6, 60.0), unit(20e6, 40.0)];
    let load = [10e6, 60e6, 95e6, 120e6];
    let schedule = merit_order(&problem(&load, &[50e6], &[50.0 / MWH], &units, None));
    assert_eq!(schedule.units[1], [10e6, 20e6, 20e6, 20e6]);
    assert_eq!(schedule.grid, [0.0, 40e6, 50e6, 50e6]);
    assert_eq!(schedule.units[0], [0.0, 0.0, 25e6, 30e6]);
    assert_eq!(schedule.shed, [0.0, 0.0, 0.0, 20e6]);
    let by_hand = 70.0 * 40.0 + 140.0 * 50.0 + 55.0 * 60.0 + 20.0 * 10_000.0;
    assert!((schedule.objective - by_hand).abs() < 1e-6, "{} {by_hand}", schedule.objective);

    // The battery takes 2 MW at 40 and 2 MW at 50, gives 2 MW where 60 is on the margin, and 2 MW where load is shed.
    let mut storage = battery(1.0, 0.0);
    (storage.charge, storage.discharge) = (2e6, 2e6);
    let saved = merit_order(&problem(&load, &[50e6], &[50.0 / MWH], &units, Some(storage)));
    assert_eq!((saved.charge, saved.discharge), (vec![2e6, 2e6, 0.0, 0.0], vec![0.0, 0.0, 2e6, 2e6]));
    assert_eq!((saved.state, saved.shed), (vec![2.0 * MWH, 4.0 * MWH, 2.0 * MWH, 0.0], vec![0.0, 0.0, 0.0, 18e6]));
    let gain = 2.0 * (60.0 + 10_000.0 - 40.0 - 50.0);
    assert!((saved.objective - (by_hand - gain)).abs() < 1e-6, "{}", saved.objective);
}

/// A unit of 10 to 30 MW at 40 $/MWh beside a grid of 50 $/MWh: a load of 5 MW is too small for it, 60 MW with a grid cap of 55 MW needs
/// it at its minimum, with the grid giving way.
#[test]
fn a_unit_runs_at_its_minimum_or_not_at_all() {
    let unit = |price: f64| Unit { capacity: vec![30e6], cost_per_joule: vec![price / MWH], minimum: 10e6 };
    let cheap = [unit(40.0)];
    let schedule = merit_order(&problem(&[5e6, 20e6], &[55e6], &[50.0 / MWH], &cheap, None));
    assert_eq!((schedule.units[0][0], schedule.grid[0], schedule.units[0][1]), (0.0, 5e6, 20e6));
    let dear = [unit(90.0)];
    let schedule = merit_order(&problem(&[60e6, 50e6], &[55e6], &[50.0 / MWH], &dear, None));
    assert_eq!((schedule.units[0][0], schedule.grid[0], schedule.units[0][1]), (10e6, 50e6, 0.0));
    assert_eq!((schedule.shed[0], schedule.max_violation), (0.0, 0.0));
}

#[test]
fn nonsense_is_marked_and_does_not_stop_the_rest() {
    let schedule = merit_order(&problem(&[1e6, f64::NAN], &[5e6], &[1e-8], &[], None));
    assert_eq!((schedule.max_violation, schedule.grid[0]), (f64::INFINITY, 1e6));
    assert_eq!(merit_order(&problem(&[1e6, 1e6], &[5e6], &[1e-8, 1e-8, 1e-8], &[], None)).max_violation, f64::INFINITY);
    assert_eq!(merit_order(&problem(&[], &[5e6], &[1e-8], &[], Some(battery(0.9, 0.3)))).objective, 0.0);
}

struct Lcg(u64);

impl Lcg {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Least cost over whole steps of the stored energy, by trying every step from every level in every hour.
fn searched(problem: &Problem<'_>, storage: &Storage, levels: usize) -> f64 {
    let step = storage.energy / levels as f64;
    let start = (storage.start_fraction * levels as f64).round() as usize;
    let mut value: Vec<f64> = (0..=levels).map(|s| if s >= start { 0.0 } else { f64::INFINITY }).collect();
    for t in (0..problem.load.len()).rev() {
        let stack = Stack::new(problem, t);
        let cost = |from: usize, to: usize| {
            let (charge, discharge) = storage.powers((to as f64 - from as f64) * step);
            let taken = problem.load[t] + charge - discharge;
            let room: f64 = stack.capacity.iter().sum();
            if charge > storage.charge * 1.000_001 || discharge > storage.discharge * 1.000_001 || taken < 0.0 || (charge > 0.0 && taken > room) {
                return f64::INFINITY;
            }
            HOUR * (stack.commit(taken).cost + storage.throughput_cost_per_joule * discharge)
        };
        value = (0..=levels).map(|from| (0..=levels).map(|to| cost(from, to) + value[to]).fold(f64::INFINITY, f64::min)).collect();
    }
    value[start]
}

#[test]
fn the_plan_is_no_dearer_than_a_search_over_levels_and_everything_balances() {
    let mut random = Lcg(11);
    for case in 0..12 {
        let load: Vec<f64> = (0..30).map(|_| 20e6 + 60e6 * random.next()).collect();
        let price: Vec<f64> = (0..30).map(|_| (10.0 + 90.0 * random.next()) / MWH).collect();
        let cap: Vec<f64> = (0..30).map(|_| 30e6 + 30e6 * random.next()).collect();
        let unit = |share: f64| Unit { capacity: vec![20e6 * share], cost_per_joule: vec![(30.0 + 60.0 * share) / MWH], minimum: 0.0 };
        let units = [unit(random.next()), unit(random.next())];
        let storage = Storage {
            energy: 50.0 * MWH * (0.2 + random.next()),
            charge: 20e6 * random.next(),
            discharge: 20e6 * random.next(),
            charge_efficiency: 0.8 + 0.2 * random.next(),
            discharge_efficiency: 0.8 + 0.2 * random.next(),
            start_fraction: 0.5,
            throughput_cost_per_joule: 5.0 * random.next() / MWH,
        };
        // Load not served at little more than the dearest unit: at its real price the levels of the search would decide the cost.
        let problem = Problem { shed_cost: 120.0 / MWH, ..problem(&load, &cap, &price, &units, Some(storage)) };
        let schedule = merit_order(&problem);
        assert!(schedule.max_violation < 1e-12, "case {case}: {}", schedule.max_violation);
        assert!(schedule.state[29] >= storage.energy * 0.5 * (1.0 - 1e-12));
        let searched = searched(&problem, &storage, 60);
        assert!(schedule.objective <= searched * (1.0 + 1e-12), "case {case}: {} {searched}", schedule.objective);
        // A grid of sixty levels loses little, so the plan cannot be far below it either.
        assert!(schedule.objective > 0.99 * searched, "case {case}: {} {searched}", schedule.objective);
    }
}
