//! How long a power flow takes on the chain of a data center as it grows: cold, and after one load changed.
//!
//! 138 kV line, main transformers, 34.5 kV feeders of eight blocks each; a block is a unit substation, three busways and eight racks on each. Main line and
//! transformers grow with the number of blocks, so that the voltages stay where they are.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use megawatt::numerics::power_flow::{Branch, Bus, BusKind, Network, Options, Prepared, Status, solve};
use nalgebra::Complex;
use std::hint::black_box;

/// Blocks of 29 buses: about 120, 1,200 and 12,000 buses.
const BLOCKS: [usize; 3] = [4, 42, 418];
const BLOCKS_OF_A_FEEDER: usize = 8;
const BUSWAYS: usize = 3;
const RACKS: usize = 8;

/// A network while it is built; powers in units of 100 MW.
#[derive(Default)]
struct Chain(Network);

impl Chain {
    fn bus(&mut self, kind: BusKind, load: Complex<f64>) -> usize {
        self.0.buses.push(Bus { kind, load, shunt: Complex::new(0.0, 0.0) });
        self.0.buses.len() - 1
    }

    /// A bus behind a branch.
    fn behind(&mut self, from: usize, (r, x, charging, tap): (f64, f64, f64, f64), load: Complex<f64>) -> usize {
        let to = self.bus(BusKind::Pq, load);
        let (series, no_load) = (Complex::new(r, x), Complex::new(0.0, 0.0));
        self.0.branches.push(Branch { from, to, series, charging, tap, shift: 0.0, no_load, in_service: true });
        to
    }

    fn block(&mut self, feeder: usize) {
        let none = Complex::new(0.0, 0.0);
        let low = self.behind(feeder, (0.1714, 1.634, 0.0, 1.0), none);
        for busway in 0..BUSWAYS {
            let mut tap_off = self.behind(low, (0.05, 0.04, 0.0, 1.0), none);
            for rack in 0..RACKS {
                // Racks of three sizes, so that no two busways are alike.
                let kilowatts = [82.0, 120.0, 132.0][(rack * 7 + busway) % 3];
                let load = Complex::new(kilowatts, 0.08 * kilowatts) / 1e5;
                let next = self.behind(tap_off, (0.0052, 0.00434, 0.0, 1.0), load);
                tap_off = if rack % 2 == 0 { next } else { tap_off };
            }
        }
    }
}

fn chain(blocks: usize) -> Network {
    let none = Complex::new(0.0, 0.0);
    let size = blocks as f64;
    let mut chain = Chain::default();
    let grid = chain.bus(BusKind::Slack { v: 1.02, angle: 0.0 }, none);
    let yard = chain.behind(grid, (0.0025 / size, 0.016 / size, 0.0004 * size, 1.0), none);
    let main = chain.behind(yard, (0.0133 / size, 0.333 / size, 0.0, 0.9875), none);
    let mut feeder = main;
    for block in 0..blocks {
        let first = block % BLOCKS_OF_A_FEEDER == 0;
        feeder = chain.behind(if first { main } else { feeder }, (0.0009, 0.0013, 7e-5, 1.0), none);
        chain.block(feeder);
    }
    chain.0
}

fn all(c: &mut Criterion) {
    let options = Options::default();
    for (title, changes) in [("cold", false), ("one load changed", true)] {
        let mut group = c.benchmark_group(format!("power flow, {title}"));
        for blocks in BLOCKS {
            let network = chain(blocks);
            let size = network.buses.len();
            let mut last = solve(&network, &options, None);
            assert_eq!(last.status, Status::Converged);
            group.throughput(Throughput::Elements(size as u64));
            let name = BenchmarkId::from_parameter(format!("{size} buses"));
            if changes {
                let mut prepared = Prepared::new(network);
                let mut turn = 0_u32;
                group.bench_function(name, |b| {
                    b.iter(|| {
                        turn += 1;
                        prepared.set_load(size - 1, Complex::new(1e-3 + 1e-4 * f64::from(turn % 2), 1e-4));
                        last = prepared.solve(&options, Some(&last));
                        assert_eq!(last.status, Status::Converged);
                    });
                });
            } else {
                group.bench_function(name, |b| b.iter(|| solve(black_box(&network), &options, None)));
            }
        }
        group.finish();
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
