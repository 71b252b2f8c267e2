//! The air of halls: the floor of a hall of 60 × 100 m, and Colossus with its five halls, cold and after a load edit.
//!
//! Compare times of one run only, on a quiet machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use megawatt::plan::{Catalog, Plan, file};
use megawatt::solve::HallSolver;
use std::hint::black_box;

/// A hall of 60 × 100 m with 40 rows of 40 racks of 0.6 m between two fan walls.
fn hall() -> Plan {
    let rows: String = (0..40)
        .map(|k| {
            let y = 10.0 + 4.0 * f64::from(k / 2) + 1.8 * f64::from(k % 2);
            format!("(id: \"R{k:02}\", hall: \"H1\", at: (18.0, {y}), rack: \"hgx-h100-air\", count: 40, a: \"B1\", busway: \"b\"),\n")
        })
        .collect();
    let text = format!(
        "(format: 1, campus: (name: \"Hall\", date: \"2026-11\"), site: (library: \"memphis-tn\"), workload: (gpu: \"80 %\", cpu: \"50 %\", daily_swing: \"0 %\", peak_hour: 15),
         halls: [(id: \"H1\", at: (0.0, 0.0), size: (60.0, 100.0), supply_air: \"24 °C\", recirculation: \"5 %\")],
         air_handlers: [(id: \"A1\", hall: \"H1\", fws: \"F\", model: \"fan-wall-500\", units: 40, at: (4.0, 5.0), turned: true),
                        (id: \"A2\", hall: \"H1\", fws: \"F\", model: \"fan-wall-500\", units: 40, at: (55.0, 5.0), turned: true)],
         fws: [(id: \"F\", coolant: Water, supply: \"15 °C\", pump: \"p\", pumps: 1, main: \"300 mm\", roughness: \"45 um\", at: (70.0, 0.0))],
         rows: [{rows}])"
    );
    file::read(&text).unwrap().plan
}

fn bench(c: &mut Criterion) {
    let catalog = Catalog::builtin().unwrap();
    let campus = file::read(include_str!("../layouts/colossus.ron")).unwrap().plan;
    for (name, plan) in [("hall of 60 × 100 m", hall()), ("five halls of Colossus", campus)] {
        let catalog = catalog.with(&plan.catalog);
        let mut group = c.benchmark_group(name);
        group.sample_size(20);
        let mut kept = HallSolver::default();
        for (id, hall) in kept.solve(&plan, &catalog, 1.0) {
            let field = hall.field.unwrap();
            let (columns, lines) = (field.x.len() - 1, field.y.len() - 1);
            println!("{name}, {id}: {columns} × {lines} cells, {} passes, warmest inlet {:.2} °C", hall.convergence.iterations, hall.worst_inlet.celsius());
        }
        group.bench_function("cold", |b| b.iter(|| black_box(HallSolver::default().solve(&plan, &catalog, 1.0))));
        let mut load = 1.0;
        group.bench_function("after a load edit", |b| {
            b.iter(|| {
                load = if load > 0.9 { load - 1e-4 } else { 1.0 };
                black_box(kept.solve(&plan, &catalog, load))
            });
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
