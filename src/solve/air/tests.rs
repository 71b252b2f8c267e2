use super::shape::{Bank, Shape};
use super::*;
use crate::plan::{Catalog, Side};
use crate::units::*;

const WATER: f64 = 4.17e6;
const SET: f64 = 297.15;

fn bank(ground: [f64; 4], turned: bool, count: u32, front: Side) -> Bank {
    Bank { ground: ground.map(|m| (m * 1e6).round() as i64), turned, count, front }
}

/// A hall of `lines` rows of ten racks between two walls of five handlers each, 24 m wide; a row is 1.2 m deep, aisles are 1.2 (hot) and 2.4 m (cold) wide.
fn hall(lines: usize, cell: f64) -> Shape {
    let rows: Vec<Bank> = (0..lines)
        .map(|k| {
            let south = 6.0 + 6.0 * (k / 2) as f64 + 2.4 * (k % 2) as f64;
            bank([9.0, south, 15.0, south + 1.2], false, 10, if k % 2 == 0 { Side::South } else { Side::North })
        })
        .collect();
    let depth = rows.last().map_or(0.0, |r| r.ground[3] as f64 / 1e6) + 6.0;
    let handlers = vec![bank([2.0, 3.0, 3.2, depth - 3.0], true, 5, Side::East), bank([20.8, 3.0, 22.0, depth - 3.0], true, 5, Side::West)];
    let solids = rows.iter().chain(&handlers).map(|b| b.ground).collect();
    Shape { size: (24_000_000, (depth * 1e6).round() as i64), cell: (cell * 1e6).round() as i64, solids, rows, handlers }
}

fn handler() -> Handler {
    Handler::new(&Catalog::builtin().unwrap().air_handlers[0], WATER)
}

fn volume() -> f64 {
    rho_c(Temperature::from_kelvin(SET), Pressure::from_pascals(101_325.0))
}

/// Racks of `kilowatts` each at a rise of 12 K.
fn input(shape: Shape, kilowatts: f64, recirculation: f64) -> Input {
    let rack = (kilowatts * 1e3 / (volume() * 12.0), 12.0);
    let racks = shape.rows.iter().map(|r| vec![rack; r.count as usize]).collect();
    let groups = shape.handlers.iter().map(|h| Group { handler: handler(), on: h.count, water: 285.15, share: 1.0 }).collect();
    Input { shape: Arc::new(shape), volume: volume(), density: 1.0, racks, groups, set: SET, recirculation, ratio: None }
}

fn inlets(answer: &Answer) -> Vec<f64> {
    answer.field.as_ref().unwrap().inlets.iter().flatten().copied().collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean over the racks of the field is that of the mixing form, T_s + r/(1 − r)·ΔT, whatever way the air takes.
#[test]
fn the_mean_of_the_field_is_that_of_the_mixing_form() {
    for r in [0.0, 0.02, 0.05, 0.2, 0.45] {
        let answer = Memo::default().solve(input(hall(6, 0.6), 10.0, r), true);
        let inlets = inlets(&answer);
        assert!(answer.held && answer.residual < 1e-9, "{r}: {}", answer.residual);
        assert!((answer.inlet - SET - r / (1.0 - r) * 12.0).abs() < 1e-9, "{r}");
        assert!((mean(&inlets) - answer.inlet).abs() < 1e-8, "{r}: {} {}", mean(&inlets), answer.inlet);
        assert!(inlets.iter().all(|t| (SET - 1e-9..SET + 40.0).contains(t)));
        let water: f64 = answer.units.iter().flatten().map(|u| u.heat - u.fan).sum();
        assert!((water / answer.heat - 1.0).abs() < 1e-9);
        // Flow-weighted, the share of exhaust in the inlets is the share that escapes.
        let shares: Vec<f64> = answer.field.as_ref().unwrap().exhaust.iter().flatten().copied().collect();
        assert!((mean(&shares) - r).abs() < 1e-9, "{r}: {}", mean(&shares));
    }
}

/// What is alike on both sides of a hall's middle is equally warm.
#[test]
fn a_symmetric_hall_is_symmetric() {
    for r in [0.05, 1.0] {
        let answer = Memo::default().solve(input(hall(4, 0.6), 10.0, r), true);
        let rows = &answer.field.as_ref().unwrap().inlets;
        for (south, north) in rows.iter().zip(rows.iter().rev()) {
            for k in 0..10 {
                assert!((south[k] - north[k]).abs() < 1e-7 && (south[k] - south[9 - k]).abs() < 1e-7, "{r}: {south:?} {north:?}");
            }
        }
    }
}

/// Halving the cells moves the warmest inlet by less than a sixth of what recirculation warms it (0.3 K of 2.3 K), and halving them again by half of that.
#[test]
fn finer_cells_change_little() {
    let warmest = |cell: f64| inlets(&Memo::default().solve(input(hall(6, cell), 10.0, 0.08), true)).into_iter().fold(0.0, f64::max) - SET;
    let (coarse, fine, finest) = (warmest(0.6), warmest(0.3), warmest(0.15));
    assert!((coarse - fine).abs() < 0.15 * fine && (fine - finest).abs() < 0.5 * (fine - coarse).abs(), "{coarse} {fine} {finest} K over supply");
}

/// Without containment all is found together, and still the handlers take exactly what the racks give.
#[test]
fn an_open_hall_balances_and_is_warmer_than_a_contained_one() {
    for (r, ratio) in [(1.0, None), (1.0, Some(1.3)), (0.6, None), (0.05, Some(1.2))] {
        let answer = Memo::default().solve(Input { ratio, ..input(hall(6, 0.6), 8.0, r) }, true);
        assert!(answer.status == Status::Converged && answer.residual < 1e-9, "{r} {ratio:?}: {} after {}", answer.residual, answer.iterations);
        let inlets = inlets(&answer);
        assert!((mean(&inlets) - answer.inlet).abs() < 1e-8);
        assert!(inlets.iter().all(|t| *t > SET - 1e-6));
    }
    let warmest = |r: f64, ratio| inlets(&Memo::default().solve(Input { ratio, ..input(hall(6, 0.6), 8.0, r) }, true)).into_iter().fold(0.0, f64::max);
    assert!(warmest(1.0, None) > warmest(0.05, None) + 1.0);
    assert!(warmest(0.05, Some(1.2)) <= warmest(0.05, None) + 1e-9, "more air from the handlers keeps racks cooler");
}

/// Of two walls of handlers one is out: the racks next to it warm up most.
#[test]
fn racks_near_a_failed_wall_warm_up_most() {
    let whole = Memo::default().solve(input(hall(6, 0.6), 8.0, 0.08), true);
    let mut part = input(hall(6, 0.6), 8.0, 0.08);
    part.groups[1].on = 1;
    let part = Memo::default().solve(part, true);
    assert!(part.held, "the others can do it");
    let (before, after) = (whole.field.as_ref().unwrap(), part.field.as_ref().unwrap());
    let change = |slot: usize| mean(&before.inlets.iter().zip(&after.inlets).map(|(b, a)| a[slot] - b[slot]).collect::<Vec<_>>());
    // Slot 10 is at the east end, where the wall is out.
    assert!(change(9) > change(0) && change(9) > 0.05, "{} {}", change(0), change(9));
    assert_eq!(part.units[1].len(), 1);
}

/// Too little air lets more escape, too warm water floats, and where nothing carries the heat nothing is said.
#[test]
fn what_cannot_be_held_is_said() {
    let starved = Memo::default().solve(input(hall(4, 0.6), 150.0, 0.05), true);
    assert!(!starved.held && starved.escapes > 0.05 && starved.inlet > SET + 1.0 && starved.residual < 1e-9);
    let mut warm = input(hall(4, 0.6), 20.0, 0.05);
    warm.groups.iter_mut().for_each(|g| g.water = 298.0);
    let warm = Memo::default().solve(warm, true);
    assert!(!warm.held && warm.supply > SET && warm.residual < 1e-9 && warm.capacity < warm.heat);
    // The plenum brings half of the heat to both walls, the room the rest: the wall without water only stirs.
    let mut one = Input { ratio: Some(1.0), ..input(hall(4, 0.6), 10.0, 0.5) };
    one.groups[0].share = 0.0;
    let one = Memo::default().solve(one, true);
    assert!(one.residual < 1e-9 && one.status == Status::Converged, "{}", one.residual);
    assert!(one.units[0].iter().all(|u| u.heat.abs() < 1e-6), "without water a coil takes no heat");
    let other: f64 = one.units[1].iter().map(|u| u.heat).sum();
    assert!(((other - one.fan) / one.heat - 1.0).abs() < 1e-9, "the other wall takes it all, the fans' own heat included");
    // Without any containment the half of the hall before that wall goes in circles and has no steady state.
    let mut circles = input(hall(4, 0.6), 10.0, 1.0);
    circles.groups[0].share = 0.0;
    let circles = Memo::default().solve(circles, true);
    assert!(circles.inlet.is_nan() && circles.field.is_none() && circles.status != Status::Converged && !circles.held);
    for r in [0.05, 1.0] {
        let mut dry = input(hall(4, 0.6), 10.0, r);
        dry.groups.iter_mut().for_each(|g| g.share = 0.0);
        let dry = Memo::default().solve(dry, true);
        assert!(dry.inlet.is_nan() && dry.field.is_none() && dry.status != Status::Converged && !dry.held);
        let mut none = input(hall(4, 0.6), 10.0, r);
        none.groups.iter_mut().for_each(|g| g.on = 0);
        let none = Memo::default().solve(none, true);
        assert!(none.inlet.is_nan() && none.capacity == 0.0);
        let mut unknown = input(hall(4, 0.6), 10.0, r);
        unknown.groups[0].water = f64::NAN;
        assert!(Memo::default().solve(unknown, true).inlet.is_nan());
    }
    let idle = Memo::default().solve(input(hall(4, 0.6), 0.0, 0.05), true);
    assert!(idle.held && idle.inlet == SET && idle.field.is_none());
}

/// The heat that holds the set-point just so is the capacity, be it by air or by water.
#[test]
fn at_capacity_the_set_point_is_just_held() {
    for water in [283.15, 293.15] {
        let at = |kilowatts: f64| {
            let mut input = input(hall(4, 0.6), kilowatts, 0.05);
            input.groups.iter_mut().for_each(|g| g.water = water);
            Memo::default().solve(input, true)
        };
        let capacity = at(10.0).capacity / 40.0 / 1e3;
        assert!(at(capacity * 0.999).held && !at(capacity * 1.001).held, "{capacity}");
        assert_eq!(at(capacity * 0.999).speed > 0.99, water < 290.0, "by air on cold water, by the coil on warm water");
    }
}

/// Answers from a kept layout are those from scratch, to the bit.
#[test]
fn kept_layouts_change_nothing() {
    let mut memo = Memo::default();
    memo.solve(input(hall(6, 0.6), 10.0, 0.05), true);
    let again = input(hall(6, 0.6), 12.0, 0.07);
    let (kept, scratch) = (memo.solve(again.clone(), true), Memo::default().solve(again.clone(), true));
    assert!(format!("{kept:?}") == format!("{scratch:?}"));
    assert!(kept.field.as_ref().unwrap().picture == scratch.field.as_ref().unwrap().picture);
    assert!(Arc::ptr_eq(&memo.solve(again.clone(), true), &memo.solve(again, true)));
    assert_eq!(memo.layouts.len(), 1);
}
