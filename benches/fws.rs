//! Facility water mains of Colossus: its ten systems as networks with pumps and valves, by the network solver, cold and with the order of elimination known.
//!
//! A solve of the plan is faster than this where pumps suffice, for then the flows follow from the balance alone.

#![allow(clippy::unwrap_used, missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use megawatt::numerics::pipe_network::{self, Network, Options, Solver, Status};
use megawatt::plan::{Catalog, file};
use megawatt::solve::{Request, solve};
use std::hint::black_box;

fn mains() -> Vec<Network> {
    let plan = file::read(include_str!("../layouts/colossus.ron")).unwrap().plan;
    let catalog = Catalog::builtin().unwrap().with(&plan.catalog);
    let outcome = solve(&plan, &catalog, &Request { failures_later: true, ..Request::default() }, None);
    outcome.cooling.fws.values().map(|s| s.pipes.piping.network.clone()).collect()
}

fn all(c: &mut Criterion) {
    let mains = mains();
    let links: usize = mains.iter().map(|n| n.links.len()).sum();
    let options = Options::default();
    c.bench_function(&format!("mains of Colossus, {links} links, cold"), |b| {
        b.iter(|| {
            for network in &mains {
                assert_eq!(black_box(pipe_network::solve(black_box(network), &options, None)).status, Status::Converged);
            }
        });
    });
    let mut solvers: Vec<Solver> = mains.iter().map(Solver::new).collect();
    c.bench_function(&format!("mains of Colossus, {links} links, known order"), |b| {
        b.iter(|| {
            for (network, solver) in mains.iter().zip(&mut solvers) {
                black_box(solver.solve(black_box(network), &options, None));
            }
        });
    });
}

criterion_group!(benches, all);
criterion_main!(benches);
