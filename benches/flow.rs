//! How long a power flow takes on the chain of a data center as it grows: cold, after one load changed, and with every branch out in turn.
//!
//! 138 kV line, main transformers, 34.5 kV feeders of eight blocks each; a block is a unit substation, three busways and eight racks on each. Main line and
//! transformers grow with the number of blocks, so that the voltages stay where they are.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use megawatt::exchange::matpower;
use megawatt::numerics::power_flow::{Branch, Bus, BusKind, Live, Network, Options, Prepared, Rating, Screen, Solution, Status, Watch, solve};
use nalgebra::Complex;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

/// Blocks of 29 buses: about 120, 1,200 and 12,000 buses.
const BLOCKS: [usize; 3] = [4, 42, 418];
/// Ten times the largest, for the outages alone.
const LARGE: usize = 4180;
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

/// The chain at three sizes, and the reference cases in the folder that MEGAWATT_REFERENCE names, if it does.
fn networks() -> Vec<(String, Network)> {
    let mut networks: Vec<_> = BLOCKS.iter().map(|&blocks| chain(blocks)).map(|network| (format!("{} buses", network.buses.len()), network)).collect();
    if let Some(root) = std::env::var_os("MEGAWATT_REFERENCE") {
        for name in ["radial_100", "radial_1000", "radial_10000", "case2869pegase"] {
            let path = Path::new(&root).join("cases/matpower").join(name).with_extension("m");
            if let Some(case) = std::fs::read(path).ok().and_then(|bytes| matpower::read(&bytes).ok()) {
                networks.push((name.to_owned(), matpower::network(&case)));
            }
        }
    }
    networks
}

/// Every branch rated a tenth above the most that one of its kind carries, the kind told by the impedance.
fn watch(network: &Network, base: &Solution) -> Watch {
    let kind = |branch: &Branch| (branch.series.re.to_bits(), branch.series.im.to_bits());
    let mut most = BTreeMap::<_, f64>::new();
    for (branch, flow) in network.branches.iter().zip(&base.flows) {
        let most = most.entry(kind(branch)).or_default();
        *most = most.max(flow.from.norm());
    }
    let rating = |branch: &Branch| 1.1 * most.get(&kind(branch)).copied().unwrap_or_default();
    let ratings = network.branches.iter().map(|branch| Rating::Current { from: rating(branch), to: rating(branch) }).collect();
    Watch { ratings, low_voltage: 0.95 }
}

fn all(c: &mut Criterion) {
    let options = Options::default();
    let networks = networks();
    let mut cold = c.benchmark_group("power flow, cold, prepared");
    for (name, network) in &networks {
        let mut prepared = Prepared::new(network.clone());
        assert_eq!(prepared.solve(&options, None).status, Status::Converged, "{name}");
        cold.throughput(Throughput::Elements(network.buses.len() as u64));
        cold.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| prepared.solve(black_box(&options), None)));
    }
    cold.finish();
    let mut changed = c.benchmark_group("power flow, one load changed");
    for (name, network) in &networks {
        let mut prepared = Prepared::new(network.clone());
        let mut last = prepared.solve(&options, None);
        let (bus, mut turn) = (network.buses.len() - 1, 0_u32);
        let load = network.buses[bus].load;
        changed.throughput(Throughput::Elements(network.buses.len() as u64));
        changed.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| {
                turn += 1;
                prepared.set_load(bus, load + Complex::new(1e-4 * f64::from(turn % 2), 0.0));
                last = prepared.solve(&options, Some(&last));
                assert_eq!(last.status, Status::Converged);
            });
        });
    }
    changed.finish();
    let mut live = c.benchmark_group("power flow, kept solved, one load changed");
    for (name, network) in networks.iter().filter(|(name, _)| !name.starts_with("case")) {
        let mut kept = Live::new(network.clone(), options);
        // One rack of 100 kW at a time, all over the network, off and on again.
        let racks: Vec<usize> = (0..network.buses.len()).filter(|&bus| network.buses[bus].load.re > 0.0).collect();
        let mut turn = 0_usize;
        live.throughput(Throughput::Elements(network.buses.len() as u64));
        live.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| {
                let bus = racks[turn / 2 * 7919 % racks.len()];
                kept.set_load(bus, network.buses[bus].load * (turn % 2) as f64);
                turn += 1;
                assert_eq!(kept.update().status, Status::Converged);
            });
        });
    }
    live.finish();
    // Each sample is a whole screen, so that few have to do.
    let mut outages = c.benchmark_group("power flow, every outage");
    outages.sample_size(10);
    let large = (format!("{LARGE} blocks"), chain(LARGE));
    for (name, network) in networks.iter().chain([&large]).filter(|(name, _)| !name.starts_with("case")) {
        let base = solve(network, &options, None);
        let watch = watch(network, &base);
        outages.throughput(Throughput::Elements(network.branches.len() as u64));
        outages.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| {
                let mut screen = Screen::new(network.clone(), &[], watch.clone(), options);
                screen.effects().filter(|effect| effect.status == Status::Converged).count()
            });
        });
    }
    outages.finish();
}

criterion_group!(benches, all);
criterion_main!(benches);
