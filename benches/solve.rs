//! How long an answer takes: cold, and after one edit of the Colossus campus. Sizes ×0.1 and ×1 of the same campus in one run.
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "criterion's macros make public items; a bench that can't begin has failed")]

use criterion::{Criterion, criterion_group, criterion_main};
use megawatt::checks::assess;
use megawatt::edit::{Command, Document};
use megawatt::plan::{Catalog, Element, Id, Plan};
use megawatt::session::storage;
use megawatt::solve::{Request, coolant_loops, solve};
use std::hint::black_box;
use std::path::Path;

fn colossus() -> Plan {
    storage::load(Path::new("layouts/colossus.ron")).expect("a layout of the project loads").0.plan
}

/// The campus with a tenth of its rows; everything else stays.
fn tenth(plan: &Plan) -> Plan {
    let mut small = plan.clone();
    let rows: Vec<Id> = plan.rows().enumerate().filter(|(i, _)| i % 10 != 0).map(|(_, r)| r.id.clone()).collect();
    small.elements.retain(|id, e| !matches!(e, Element::Row(_)) || !rows.contains(id));
    small
}

fn cold(c: &mut Criterion, name: &str, plan: &Plan, catalog: &Catalog) {
    let request = Request { failures_later: true, ..Request::default() };
    c.bench_function(&format!("cold solve, {name}"), |b| b.iter(|| black_box(solve(black_box(plan), catalog, &request, None))));
    let outcome = solve(plan, catalog, &request, None);
    c.bench_function(&format!("checks, {name}"), |b| b.iter(|| black_box(assess(black_box(plan), catalog, &outcome))));
}

/// Alternates between two values of a field, so that every iteration is a real edit.
fn edit(c: &mut Criterion, name: &str, plan: &Plan, catalog: &Catalog, id: &str, field: &str, values: [&str; 2]) {
    let mut document = Document::new(plan.clone());
    // As in the window: the answer first, what outages do after it (`benches/failures.rs`).
    let request = Request { failures_later: true, ..Request::default() };
    let mut outcome = solve(document.plan(), catalog, &request, None);
    let mut turn = 0;
    c.bench_function(&format!("edit and solve, {name}"), |b| {
        b.iter(|| {
            turn += 1;
            let command = Command::Set { id: Id::from(id), field: field.to_owned(), value: values[turn % 2].to_owned() };
            document.apply(&command, None).expect("the edit is legal");
            outcome = solve(document.plan(), catalog, &request, Some(&outcome));
        });
    });
    let stages: Vec<String> = outcome.stages.iter().filter(|s| s.milliseconds > 0.1).map(|s| format!("{} {:.1}", s.stage, s.milliseconds)).collect();
    println!("{name}, the last edit, ms: {}", stages.join(", "));
}

/// Flows and temperatures of every coolant loop from scratch; and of loops no two of which are alike.
fn loops(c: &mut Criterion, plan: &Plan, catalog: &Catalog) {
    let loads = solve(plan, catalog, &Request::default(), None).loads;
    let count = plan.tcs_loops().count();
    c.bench_function(&format!("cold coolant loops, Colossus ({count})"), |b| b.iter(|| black_box(coolant_loops(black_box(plan), catalog, &loads))));
    let mut apart = plan.clone();
    for (n, element) in apart.elements.values_mut().filter(|e| matches!(e, Element::Tcs(_))).enumerate() {
        if let Element::Tcs(tcs) = element {
            tcs.header = tcs.header * (1.0 + 1e-4 * n as f64);
        }
    }
    c.bench_function(&format!("cold coolant loops, {count} unlike"), |b| b.iter(|| black_box(coolant_loops(black_box(&apart), catalog, &loads))));
}

fn all(c: &mut Criterion) {
    let plan = colossus();
    let catalog = Catalog::builtin().expect("the built-in catalog reads").with(&plan.catalog);
    cold(c, "Colossus ×0.1", &tenth(&plan), &catalog);
    cold(c, "Colossus", &plan, &catalog);
    loops(c, &plan, &catalog);
    let row = plan.rows().next().expect("the campus has rows").id.to_string();
    edit(c, "price of water", &plan, &catalog, "site", "water", ["1 $/m³", "2 $/m³"]);
    edit(c, "grid date", &plan, &catalog, "campus", "date", ["2026-11", "2026-12"]);
    edit(c, "racks of a row", &plan, &catalog, &row, "count", ["15", "16"]);
    edit(c, "utilization", &plan, &catalog, "workload", "gpu", ["80 %", "85 %"]);
}

criterion_group!(benches, all);
criterion_main!(benches);
