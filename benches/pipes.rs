//! Coolant loops of 1,000, 10,000 and 100,000 racks: preparing a network, solving it cold, and again after edits of several kinds.
//!
//! With MEGAWATT_REFERENCE set, also the reference loop of 10,000 racks, 41,002 links. Compare times of one run only, on a quiet machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use megawatt::exchange::epanet;
use megawatt::numerics::pipe_network::{Link, Network, Node, Options, Solution, Solver, Status};
use std::hint::black_box;
use std::path::Path;

const RACKS: [usize; 3] = [1_000, 10_000, 100_000];
const RACKS_OF_A_ROW: usize = 10;
const DENSITY: f64 = 1015.0;

fn pipe(diameter: f64, length: f64, k: f64) -> Link {
    Link::Pipe { diameter, length, roughness: 1.5e-5, k, density: DENSITY, viscosity: 1.675e-6 * DENSITY }
}

/// Pumps, an exchanger, mains along the rows, and in each row headers with racks: a pipe and a valve each. 4.1 links a rack.
fn campus(racks: usize) -> Network {
    let flow = 8.5e-4 * racks as f64;
    let head = 2.1e5;
    let mut nodes = vec![Node { demand: 0.0, fixed: Some(1.5e5) }, Node::default()];
    let mut links = Vec::with_capacity(4 * racks + racks / 2);
    links.push((0, 1, Link::Pump { shutoff: 4.0 / 3.0 * head, b: head / (3.0 * flow * flow), n: 2.0, speed: 1.0 }));
    let back = add(&mut nodes);
    links.push((back, 0, Link::Power { r: 6e4 / (flow * flow), n: 2.0 }));
    // Mains wide enough for 2 m/s.
    let main = (flow / 2.0 * 4.0 / std::f64::consts::PI).sqrt();
    let (mut supply, mut collect) = (1, back);
    for row in 0..racks / RACKS_OF_A_ROW {
        let (s, r) = (add(&mut nodes), add(&mut nodes));
        links.push((supply, s, pipe(main, 3.0, 0.2)));
        links.push((r, collect, pipe(main, 3.0, 0.2)));
        (supply, collect) = (s, r);
        let (mut from, mut to) = (s, r);
        for rack in 0..RACKS_OF_A_ROW {
            let (a, b, valve) = (add(&mut nodes), add(&mut nodes), add(&mut nodes));
            links.push((from, a, pipe(0.1023, 0.75, 0.2)));
            links.push((b, to, pipe(0.1023, 0.75, 0.2)));
            links.push((a, valve, pipe(0.025, 4.0, 3.0)));
            // Racks of different resistance, so that no two rows are alike.
            let r = 1e11 * (1.0 + 0.1 * ((rack * 7 + row * 3) % 13) as f64);
            links.push((valve, b, Link::Power { r, n: 1.9 }));
            (from, to) = (a, b);
        }
    }
    Network { nodes, links }
}

fn add(nodes: &mut Vec<Node>) -> usize {
    nodes.push(Node::default());
    nodes.len() - 1
}

fn networks() -> Vec<(String, Network)> {
    let mut networks: Vec<_> = RACKS.iter().map(|&racks| campus(racks)).map(|n| (format!("{} links", n.links.len()), n)).collect();
    if let Some(root) = std::env::var_os("MEGAWATT_REFERENCE") {
        let path = Path::new(&root).join("cases/hydraulic/hyd_10000_direct.inp");
        if let Some(inp) = std::fs::read(path).ok().and_then(|bytes| epanet::read(&bytes).ok()) {
            networks.push(("reference, 10,000 racks".to_owned(), epanet::flow::network(&inp).unwrap()));
        }
    }
    networks
}

type Edit = fn(&mut Network, f64);

/// The last link that only resists: a rack's valve.
fn valve(network: &mut Network, factor: f64) {
    for (_, _, link) in network.links.iter_mut().rev() {
        match link {
            Link::Power { r, .. } => *r *= factor,
            Link::Resistance { local, .. } if *local > 0.0 => *local *= factor,
            _ => continue,
        }
        return;
    }
}

/// The first pump's speed: every flow changes.
fn pump(network: &mut Network, factor: f64) {
    for (_, _, link) in &mut network.links {
        if let Link::Pump { speed, .. } | Link::TablePump { speed, .. } = link {
            *speed *= factor;
            return;
        }
    }
}

/// A rack that is shut off and put back: a tenth more is shut, a tenth less open.
fn shut(network: &mut Network, factor: f64) {
    let count = network.links.len();
    network.links[count - 1].2 = if factor > 1.0 { Link::Closed } else { Link::Power { r: 1.3e11, n: 1.9 } };
}

/// What is drawn at the last node.
fn demand(network: &mut Network, factor: f64) {
    if let Some(node) = network.nodes.last_mut() {
        node.demand = 1e-4 * factor;
    }
}

fn all(c: &mut Criterion) {
    let options = Options::default();
    let networks = networks();
    let solved = |solution: &Solution| assert_eq!(solution.status, Status::Converged);
    let mut open = c.benchmark_group("pipes, prepared");
    open.sample_size(20);
    for (name, network) in &networks {
        open.throughput(Throughput::Elements(network.links.len() as u64));
        open.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| Solver::new(black_box(network))));
    }
    open.finish();
    let mut cold = c.benchmark_group("pipes, cold, prepared");
    cold.sample_size(20);
    for (name, network) in &networks {
        let mut solver = Solver::new(network);
        println!("{name}: {} steps", solver.solve(network, &options, None).iterations);
        cold.throughput(Throughput::Elements(network.links.len() as u64));
        cold.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| solved(&solver.solve(black_box(network), &options, None))));
    }
    cold.finish();
    let edits: [(&str, Edit); 4] = [("one valve changed", valve), ("one pump's speed changed", pump), ("one rack shut", shut), ("one demand changed", demand)];
    for (what, edit) in edits {
        let mut warm = c.benchmark_group(format!("pipes, {what}"));
        warm.sample_size(20);
        for (name, network) in &networks {
            let (mut network, mut solver) = (network.clone(), Solver::new(network));
            let mut last = solver.solve(&network, &options, None);
            let mut more = true;
            warm.throughput(Throughput::Elements(network.links.len() as u64));
            warm.bench_function(BenchmarkId::from_parameter(name), |b| {
                b.iter(|| {
                    edit(&mut network, if more { 1.1 } else { 1.0 / 1.1 });
                    more = !more;
                    last = solver.solve(&network, &options, Some(&last));
                    solved(&last);
                });
            });
            println!("{name}: {} steps after an edit", last.iterations);
        }
        warm.finish();
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
