//! How long every single outage of the Colossus campus takes, at a tenth of it, at its size, and at ten of it side by side; and sampled pairs.
#![allow(missing_docs, clippy::expect_used, reason = "criterion's macros make public items; a bench that can't begin has failed")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use megawatt::plan::{Catalog, Element, Id, Plan};
use megawatt::session::storage;
use megawatt::solve::{Outage, Request, fail, solve};
use serde_json::Value;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::Path;

fn colossus() -> Plan {
    storage::load(Path::new("layouts/colossus.ron")).expect("a layout of the project loads").0.plan
}

/// The campus with a tenth of its blocks, and the rows that these feed.
fn tenth(plan: &Plan) -> Plan {
    let mut small = plan.clone();
    let kept: BTreeSet<Id> = plan.blocks().take(plan.blocks().count() / 10).map(|b| b.id.clone()).collect();
    small.elements.retain(|_, e| match e {
        Element::Block(b) => kept.contains(&b.id),
        Element::Row(r) => kept.contains(&r.a) && r.b.as_ref().is_none_or(|b| kept.contains(b)),
        _ => true,
    });
    small
}

/// Ten campuses side by side, each with a grid connection of its own.
fn ten(plan: &Plan) -> Plan {
    let mut large = plan.clone();
    for copy in 1..10 {
        for element in plan.elements.values().filter(|e| !e.kind().is_single() && !matches!(e, Element::Scenario(_) | Element::Acceptance(_))) {
            let renamed = |value: &Value| match value.as_str().map(Id::from).filter(|id| plan.elements.contains_key(id)) {
                Some(id) => Value::from(format!("K{copy}-{id}")),
                None => value.clone(),
            };
            let fields = element.fields().expect("an element has fields").iter().map(|(name, value)| (name.clone(), renamed(value))).collect();
            let element = element.with_fields(fields).expect("only names differ");
            large.elements.insert(element.id().clone(), element);
        }
    }
    large
}

fn all(c: &mut Criterion) {
    let catalog = Catalog::builtin().expect("the built-in catalog reads");
    let plan = colossus();
    let mut group = c.benchmark_group("every single outage");
    group.sample_size(10);
    for (name, plan) in [("Colossus ×0.1", tenth(&plan)), ("Colossus", plan.clone()), ("Colossus ×10", ten(&plan))] {
        let outcome = solve(&plan, &catalog, &Request::default(), None);
        let sets: Vec<Vec<Outage>> = outcome.failures.list.iter().map(|f| f.outages.clone()).collect();
        group.throughput(Throughput::Elements(sets.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("{name}, {} outages", sets.len())), |b| {
            b.iter(|| black_box(fail(&plan, &catalog, &outcome, black_box(&sets))));
        });
    }
    group.finish();
    let outcome = solve(&plan, &catalog, &Request::default(), None);
    let names: Vec<Outage> = outcome.failures.list.iter().flat_map(|f| f.outages.clone()).collect();
    let pairs: Vec<Vec<Outage>> = (0..1000).map(|i| vec![names[i * 7 % names.len()].clone(), names[i * 13 % names.len()].clone()]).collect();
    let mut group = c.benchmark_group("pairs of outages");
    group.sample_size(10);
    group.bench_function("1,000 of Colossus", |b| b.iter(|| black_box(fail(&plan, &catalog, &outcome, black_box(&pairs)))));
    group.finish();
}

criterion_group!(benches, all);
criterion_main!(benches);
