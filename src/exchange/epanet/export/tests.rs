//! Curves, the reference fluid and ids. Whole files are compared in `tests/loops.rs`.

use super::curves::Curves;
use super::fluid::Fluid;
use super::names::{Names, line};
use crate::numerics::pipe_network::{Link, pump_curve};
use std::sync::Arc;

const FLUID: Fluid = Fluid { density: 1000.0, viscosity: 1e-6 };

fn points(law: &Link, flows: &[f64]) -> Vec<(f64, f64)> {
    let mut curves = Curves::new(FLUID, 1e5);
    flows.iter().for_each(|q| curves.gather(law, *q));
    assert_eq!(curves.id(law).as_deref(), Some("C1"));
    let mut all: Vec<_> = curves.all().collect();
    assert_eq!(all.len(), 1);
    all.remove(0).2
}

/// What EPANET makes of a curve of losses: a straight line between its points.
fn along(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|p| p.0 <= x).clamp(1, points.len() - 1);
    let ((x0, y0), (x1, y1)) = (points[after - 1], points[after]);
    y0 + (y1 - y0) / (x1 - x0) * (x - x0)
}

#[test]
fn a_curve_of_losses_goes_through_the_flows_and_is_close_around_them() {
    let (r, n) = (5.0e9, 1.9);
    let law = Link::Power { r, n };
    let solved = [1.5e-3, 1.500_000_1e-3, 1.52e-3, 4e-4, 0.0];
    let curve = points(&law, &solved);
    assert_eq!(curve[0], (0.0, 0.0));
    // Files written with six decimals must still rise.
    assert!(curve.windows(2).all(|w| w[1].0 - w[0].0 > 2e-6 && w[1].1 - w[0].1 > 2e-6), "{curve:?}");
    let error = |q: f64| (along(&curve, q * 1e3) / (r * q.powf(n) / FLUID.weight()) - 1.0).abs();
    for q in [1.5e-3, 1.52e-3, 4e-4] {
        assert!(error(q) < 1e-12, "{q}: {}", error(q));
        for share in [0.951, 0.973, 0.9981, 1.0027, 1.031, 1.049] {
            assert!(error(q * share) < 1e-5, "{q}·{share}: {}", error(q * share));
        }
    }
    assert!(error(1.500_000_1e-3) < 1e-7 && error(3e-3) < 2e-3 && error(2e-4) < 2e-3 && curve.len() < 200);
    // Nothing flows: what the largest pressure would drive, 1e5 Pa, is in range.
    let idle = points(&law, &[0.0]);
    let q = (1e5 / r).powf(1.0 / n);
    assert!((along(&idle, q * 1e3) / (1e5 / FLUID.weight()) - 1.0).abs() < 1e-5);
}

#[test]
fn equal_laws_share_a_curve_and_squares_need_none() {
    let mut curves = Curves::new(FLUID, 1e5);
    let rack = Link::Power { r: 5e9, n: 1.9 };
    let pump = |speed| Link::Pump { shutoff: 2e5, b: 1e8, n: 1.7, speed };
    let check = Link::Check { r: 5e9, n: 1.9 };
    for law in [&rack, &check, &Link::Forward(Arc::new(rack.clone())), &pump(1.0), &pump(0.7), &Link::Power { r: 5e9, n: 2.0 }, &Link::Closed] {
        curves.gather(law, 1e-3);
    }
    assert_eq!((curves.id(&check), curves.id(&pump(0.3)), curves.all().count()), (Some("C1".into()), Some("C2".into()), 2));
    assert_eq!((curves.id(&Link::Power { r: 5e9, n: 2.0 }), curves.id(&Link::Power { r: 4e9, n: 1.9 })), (None, None));
}

#[test]
fn three_points_of_a_pump_are_its_law_and_a_line_stays_a_line() {
    let (shutoff, b, n) = (2.4e5, 3.1e8, 1.63);
    let three = points(&Link::Pump { shutoff, b, n, speed: 0.8 }, &[1e-3]);
    let [(0.0, h0), (q1, h1), (q2, h2)] = three[..] else { panic!("{three:?}") };
    let weight = FLUID.weight();
    let (again, b_again, n_again) = pump_curve(h0 * weight, (q1 / 1e3, h1 * weight), (q2 / 1e3, h2 * weight)).unwrap();
    assert!((again / shutoff - 1.0).abs() < 1e-12 && (b_again / b - 1.0).abs() < 1e-9 && (n_again / n - 1.0).abs() < 1e-9);
    // A head that does not fall has to, for EPANET.
    let flat = points(&Link::Pump { shutoff, b: 0.0, n: 2.0, speed: 1.0 }, &[1e-3]);
    assert!(flat.len() == 2 && flat[1].1 < flat[0].1 && (flat[1].1 / flat[0].1 - 1.0).abs() < 1e-5);
    // Three points from no flow on would be read as a power law.
    let line: Arc<[(f64, f64)]> = vec![(0.0, 2e5), (0.004, 1.8e5), (0.01, 1e5)].into();
    let four = points(&Link::TablePump { points: line, speed: 1.0 }, &[0.0]);
    assert!(four.len() == 4 && (four[1].1 * weight - 1.9e5).abs() < 1e-6 && (four[1].0 - 2.0).abs() < 1e-12);
}

#[test]
fn the_thinnest_fluid_is_the_reference_and_others_lose_more() {
    let pipe = |density: f64, viscosity: f64| Link::Pipe { diameter: 0.1, length: 20.0, roughness: 4.5e-5, k: 0.4, density, viscosity };
    let (cold, hot) = (pipe(1020.0, 2.4e-3), pipe(1000.0, 1.0e-3));
    let laws = [cold.clone(), Link::Closed, Link::Forward(Arc::new(hot.clone()))];
    let fluid = Fluid::of(laws.iter());
    assert_eq!((fluid.density, fluid.viscosity), (1000.0, 1e-6));
    // Its own fluid changes nothing.
    let same = fluid.pipe(&hot, 0.012).unwrap();
    assert!((same.minor - 0.4).abs() < 1e-9 && same.length == 20.0);
    // By hand, at 12 L/s in 100 mm: v = 1.5279 m/s, Re = 64,935 and 152,789. With Swamee and Jain f = 0.021504 and 0.019185:
    // (0.021504·200 + 0.4)·1.02 − 0.019185·200 = 0.9577.
    let more = fluid.pipe(&cold, 0.012).unwrap();
    let f = |re: f64| 0.25 / (4.5e-4_f64 / 3.7 + 5.74 / re.powf(0.9)).log10().powi(2);
    let re = |nu: f64| 0.012 * 4.0 / (std::f64::consts::PI * 0.1 * nu);
    let by_hand = (f(re(2.4e-3 / 1020.0)) * 200.0 + 0.4) * 1.02 - f(re(1e-6)) * 200.0;
    assert!((more.minor / by_hand - 1.0).abs() < 1e-9 && (by_hand - 0.9577).abs() < 1e-4, "{} for {by_hand}", more.minor);
    // No flow, no loss to correct; laminar here and turbulent there, less is lost and the pipe is shorter.
    assert!((fluid.pipe(&cold, 0.0).unwrap().minor - 0.408).abs() < 1e-12);
    let slow = fluid.pipe(&Link::Pipe { diameter: 0.1, length: 20.0, roughness: 4.5e-5, k: 0.0, density: 1000.0, viscosity: 2.4e-3 }, 3.3e-4).unwrap();
    assert!(slow.minor == 0.0 && slow.length < 20.0 && slow.length > 17.0, "{slow:?}");
}

#[test]
fn ids_are_short_plain_and_unique() {
    let mut names = Names::default();
    assert_eq!(names.take("R1/supply 3"), "R1/supply_3");
    assert_eq!((names.take("r1/SUPPLY;3"), names.take("R1/supply\"3")), ("r1/SUPPLY_3~2".to_owned(), "R1/supply_3~3".to_owned()));
    let long = "a name of a row that is far too long for it/supply 12";
    let (first, second) = (names.take(long), names.take(long));
    assert!(first.len() <= 31 && second.len() <= 31 && first != second && first.starts_with("a_name_of_a_row"), "{first} {second}");
    assert_eq!((names.take("Größe 4/[x]"), names.take("")), ("Gr__e_4/_x_".to_owned(), "_".to_owned()));
    assert_eq!((line("one\ntwo\tthree ", 99), line("Größe", 4)), ("one two three".to_owned(), "Grö".to_owned()));
}
