use super::*;
use std::f64::consts::TAU;

fn floor(width: f64, depth: f64, cell: f64, solid: impl Fn(f64, f64) -> bool) -> Floor {
    let grid = Grid::new(width, depth, cell, 200_000, &[], &[]);
    let mut cells = Vec::new();
    for j in 0..grid.lines() {
        for i in 0..grid.columns() {
            let (x, y) = grid.center(i, j);
            cells.push(solid(x, y));
        }
    }
    Floor::new(grid, &cells).unwrap()
}

fn at(floor: &Floor, x: f64, y: f64) -> usize {
    floor.open(floor.grid().column_at(x), floor.grid().line_at(y)).unwrap()
}

/// Between two walls the flow is uniform and the potential linear: exactly, on any grid.
#[test]
fn a_channel_has_uniform_flow() {
    let grid = Grid::new(12.0, 3.0, 0.6, 10_000, &[1.3, 5.0, 9.7], &[0.5]);
    let floor = Floor::new(grid.clone(), &vec![false; grid.cells()]).unwrap();
    let mut source = vec![0.0; floor.size()];
    for j in 0..grid.lines() {
        let part = grid.dy(j) / 3.0 * 6.0;
        source[floor.open(0, j).unwrap()] += part;
        source[floor.open(grid.columns() - 1, j).unwrap()] -= part;
    }
    let flow = floor.flow(source);
    assert!(floor.residual(&flow) < 1e-12);
    let speed = floor.speed(&flow);
    for i in 1..grid.columns() - 1 {
        for j in 0..grid.lines() {
            assert!((speed[floor.open(i, j).unwrap()] - 2.0).abs() < 1e-10, "6 m²/s over 3 m");
        }
    }
    let (a, b) = (floor.open(2, 1).unwrap(), floor.open(9, 1).unwrap());
    let slope = (flow.potential[a] - flow.potential[b]) / (grid.center(9, 1).0 - grid.center(2, 1).0);
    assert!((slope - 2.0).abs() < 1e-10);
}

/// Potential of a source at `(u, v)` in a rectangle with tight walls: the sum over its mirror images. Only differences have a meaning.
fn images(x: f64, y: f64, u: f64, v: f64, width: f64, depth: f64) -> f64 {
    let mut sum = 0.0;
    for m in -30..=30 {
        for n in -30..=30 {
            for (su, sv) in [(u, v), (-u, v), (u, -v), (-u, -v)] {
                let (dx, dy) = (x - su - 2.0 * f64::from(m) * width, y - sv - 2.0 * f64::from(n) * depth);
                sum -= (dx * dx + dy * dy).ln() / 2.0 / TAU;
            }
        }
    }
    sum
}

/// One source and one sink of 1 m²/s in a room of 10 × 6 m: halving the cells halves the error twice, and the finest is within 0.2 % of the analytic drop.
#[test]
fn a_source_and_a_sink_have_the_potential_of_their_images() {
    let (source, sink) = ((2.5, 1.5), (7.5, 4.5));
    let probes = [(1.5, 4.5), (4.5, 1.5), (5.5, 3.5), (8.5, 2.5), (9.5, 5.5)];
    let exact = |p: (f64, f64)| images(p.0, p.1, source.0, source.1, 10.0, 6.0) - images(p.0, p.1, sink.0, sink.1, 10.0, 6.0);
    let mut worst = Vec::new();
    for cell in [1.0, 1.0 / 3.0, 1.0 / 9.0] {
        // With an odd number of cells to a meter, every place is the middle of a cell.
        let floor = floor(10.0, 6.0, cell, |_, _| false);
        let mut given = vec![0.0; floor.size()];
        given[at(&floor, source.0, source.1)] = 1.0;
        given[at(&floor, sink.0, sink.1)] = -1.0;
        let flow = floor.flow(given);
        assert!(floor.residual(&flow) < 1e-12);
        let potential = |p: (f64, f64)| flow.potential[at(&floor, p.0, p.1)];
        let drop = exact(probes[0]) - exact(probes[4]);
        let error = probes[1..].iter().map(|p| ((potential(probes[0]) - potential(*p)) - (exact(probes[0]) - exact(*p))).abs() / drop).fold(0.0, f64::max);
        worst.push(error);
    }
    assert!(worst[1] < worst[0] / 4.0 && worst[2] < worst[1] / 6.0 && worst[2] < 2e-3, "{worst:?}");
}

fn random(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1_u64 << 53) as f64
}

/// Random rooms with random walls and pockets: what goes in comes out, of air and of what it carries, and no value lies outside those that enter.
#[test]
fn random_rooms_keep_what_flows_through_them() {
    let mut seed = 11;
    for round in 0..60 {
        let (width, depth) = (4.0 + 20.0 * random(&mut seed), 4.0 + 20.0 * random(&mut seed));
        let walls: Vec<(f64, f64, f64, f64)> =
            (0..8).map(|_| (random(&mut seed) * width, random(&mut seed) * depth, random(&mut seed) * width, random(&mut seed) * 3.0)).collect();
        let floor = floor(width, depth, 0.5, |x, y| walls.iter().any(|w| (w.0..w.0 + w.2).contains(&x) && (w.1..w.1 + w.3).contains(&y)));
        let mut source = vec![0.0; floor.size()];
        let mut enters = vec![0.0; floor.size()];
        let (mut inlets, mut outlets) = (Vec::new(), Vec::new());
        let pick = |seed: &mut u64| ((random(seed) * floor.size() as f64) as usize).min(floor.size() - 1);
        let mut heat = 0.0;
        for k in 0..10 {
            let (a, b, q) = (pick(&mut seed), pick(&mut seed), 0.1 + random(&mut seed));
            let value = 10.0 + f64::from(k);
            source[a] += q;
            source[b] -= q;
            enters[a] += q * value;
            heat += q * value;
            inlets.push(Inlet { cell: a, flow: q });
            outlets.push((b, q));
        }
        let flow = floor.flow(source);
        assert!(floor.residual(&flow) < 1e-10, "round {round}: {}", floor.residual(&flow));
        let carrier = Carrier::new(&floor, &flow, &inlets, if round % 2 == 0 { 0.0 } else { 0.4 });
        let mut carried = Carried::default();
        assert!(carrier.settle(&enters, &mut carried, 1e-12, 10_000), "round {round}");
        let out = carrier.values(&carried);
        let left: f64 = outlets.iter().map(|(cell, q)| q * out[*cell]).sum();
        assert!((left / heat - 1.0).abs() < 1e-9, "round {round}: {left} of {heat}, {} gaps", floor.gaps());
        assert!(out.iter().all(|v| (10.0 - 1e-6..=19.0 + 1e-6).contains(v)), "round {round}");
    }
}

/// Two streams side by side in a channel: each cell holds the one or the other or a mix of both, and the shares at the end are those of the flows.
#[test]
fn streams_side_by_side_stay_apart_but_for_upwinding() {
    let floor = floor(10.0, 2.0, 0.1, |_, _| false);
    let lines = floor.grid().lines();
    let last = floor.grid().columns() - 1;
    let (mut source, mut enters, mut inlets) = (vec![0.0; floor.size()], vec![0.0; floor.size()], Vec::new());
    for j in 0..lines {
        let cell = floor.open(0, j).unwrap();
        source[cell] = 0.1;
        source[floor.open(last, j).unwrap()] = -0.1;
        enters[cell] = 0.1 * if j < lines / 2 { 20.0 } else { 30.0 };
        inlets.push(Inlet { cell, flow: 0.1 });
    }
    let flow = floor.flow(source);
    let carrier = Carrier::new(&floor, &flow, &inlets, 0.0);
    let mut carried = Carried::default();
    assert!(carrier.pass(&enters, &mut carried) == 0.0);
    let out = carrier.values(&carried);
    for j in 0..lines {
        let expected = if j < lines / 2 { 20.0 } else { 30.0 };
        assert!((out[floor.open(last, j).unwrap()] - expected).abs() < 1e-6, "a uniform flow along the grid doesn't mix");
    }
}

/// A hot and a cold half meet in a slanted flow: with the mixing length of half the coarsest cell, finer cells give the same picture.
#[test]
fn a_mixing_length_makes_the_picture_one_of_the_plan_not_of_the_cells() {
    let mixed = |cell: f64| {
        let floor = floor(6.0, 6.0, cell, |_, _| false);
        let n = floor.grid().columns();
        let (mut source, mut enters, mut inlets) = (vec![0.0; floor.size()], vec![0.0; floor.size()], Vec::new());
        for k in 0..n {
            let q = 1.0 / n as f64;
            for (i, j, value) in [(0, k, 1.0), (k, 0, 0.0)] {
                let c = floor.open(i, j).unwrap();
                source[c] += q;
                enters[c] += q * value;
                inlets.push(Inlet { cell: c, flow: q });
            }
            for (i, j) in [(n - 1, k), (k, n - 1)] {
                source[floor.open(i, j).unwrap()] -= q;
            }
        }
        let flow = floor.flow(source);
        let carrier = Carrier::new(&floor, &flow, &inlets, 0.3);
        let mut carried = Carried::default();
        assert!(carrier.settle(&enters, &mut carried, 1e-12, 10_000));
        [(3.0, 4.5), (4.5, 3.0), (5.5, 4.5), (2.0, 2.8)].map(|(x, y)| {
            // Between four cells.
            let near = |d: f64, e: f64| carrier.at(&carried, at(&floor, x + d, y + e));
            (near(1e-3, 1e-3) + near(1e-3, -1e-3) + near(-1e-3, 1e-3) + near(-1e-3, -1e-3)) / 4.0
        })
    };
    let (coarse, fine, finest) = (mixed(0.5), mixed(0.25), mixed(0.125));
    let off = |a: &[f64; 4], b: &[f64; 4]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(off(&coarse, &finest) < 0.04 && off(&fine, &finest) < 0.02, "{coarse:?} {fine:?} {finest:?}");
}

/// A part of the floor that walls shut off still takes part, through a gap.
#[test]
fn what_is_shut_off_gets_a_gap() {
    let floor = floor(6.0, 6.0, 0.5, |x, _| (3.0..3.5).contains(&x));
    assert_eq!(floor.gaps(), 1);
    let mut source = vec![0.0; floor.size()];
    source[at(&floor, 1.0, 1.0)] = 1.0;
    source[at(&floor, 5.0, 5.0)] = -1.0;
    let flow = floor.flow(source);
    assert!(floor.residual(&flow) < 1e-9);
}

/// 100 × 60 m of halls with 40 rows: the order for plans fills less than minimum degree, and far less than line by line.
#[test]
fn halves_first_fill_little() {
    let floor = floor(100.0, 60.0, 0.6, |x, y| (8.0..56.0).contains(&y) && (28.0..32.0).contains(&y) != (y < 60.0) && x % 5.0 < 1.2 && x > 5.0);
    assert!(floor.entries() < 40 * floor.size(), "{} entries for {} cells", floor.entries(), floor.size());
}
