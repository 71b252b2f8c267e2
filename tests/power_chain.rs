//! The power chain of small plans against arithmetic by hand.

#![allow(clippy::unwrap_used)]

use megawatt::checks::Severity;
use megawatt::session::{Prepared, Solved, Terms, prepare, storage};
use megawatt::solve::{Branch, Outage};
use nalgebra::Complex;
use std::path::Path;

fn prepared(case: &str, out: &[&str]) -> Prepared {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/power").join(case).join("plan.ron");
    let (loaded, _) = storage::load(&path).unwrap();
    let out = out.iter().map(|o| Outage::parse(o)).collect();
    prepare(&loaded, Some(&path), &Terms { out, ..Terms::default() }).unwrap()
}

fn branch<'s>(solved: &'s Solved, id: &str) -> &'s Branch {
    solved.outcome.power.branches.iter().find(|b| b.id == id).unwrap()
}

/// Load over rating of some transformers in parallel, worked out as the case's README says.
fn by_hand(transformers: f64, load: Complex<f64>) -> f64 {
    let (rating, short_circuit, load_loss, no_load_loss) = (3e6, 0.0575_f64, 13_530.0, 3_383.0);
    let r: f64 = load_loss / rating;
    let z = Complex::new(r, (short_circuit.powi(2) - r * r).sqrt()) / transformers;
    let s = load / rating;
    let b = 0.5 - (z * s.conj()).re;
    let square = b + (b * b - z.norm_sqr() * s.norm_sqr()).sqrt();
    let taken = s + z * (s.norm_sqr() / square) + no_load_loss * transformers / rating;
    taken.norm() / transformers
}

#[test]
fn one_of_four_transformers_out_moves_its_load_to_three() {
    let normal = prepared("four-transformers", &[]).solve();
    let racks = normal.outcome.loads.it_power.watts() + branch(&normal, "R1/A").loss.watts();
    let at = |p: f64, power_factor: f64| Complex::new(p, p * power_factor.acos().tan());
    let load = at(1e7, 0.95) + at(racks, 0.99);
    let failure = normal.outcome.failures.list.iter().find(|f| f.name() == "T1#1").unwrap();
    let number = normal.outcome.power.branches.iter().position(|b| b.id == "T1").unwrap();
    let worst = normal.outcome.failures.of_branch(number).unwrap();
    let three = prepared("four-transformers", &["T1#1"]).solve();
    for (what, got, transformers) in [
        ("normal", branch(&normal, "T1").loading(), 4.0),
        ("one out, from the list of outages", worst.value / worst.rating, 3.0),
        ("one out, solved", branch(&three, "T1").loading(), 3.0),
    ] {
        let wanted = by_hand(transformers, load);
        assert!((got / wanted - 1.0).abs() < 1e-3, "{what}: {got} instead of {wanted}");
    }
    assert!(branch(&normal, "T1").loading() < 1.0 && worst.value / worst.rating > 1.2);
    assert!(!failure.survived && failure.overloads.iter().any(|o| o.branch == number && o.risen), "{failure:?}");
    let said = |rule: &str, part: &str| {
        normal
            .assessment
            .findings
            .iter()
            .any(|f| f.rule == rule && f.severity == Severity::Broken && f.message.contains(part) && f.subjects[0].as_str() != "H1")
    };
    assert!(said("transformer-overload", "with T1#1 out"));
    // Four racks draw more than 80 % of 800 A, and less than 800 A.
    let busway = branch(&normal, "R1/A");
    let amperes = normal.outcome.loads.it_power.watts() / (0.99 * 3.0_f64.sqrt() * 415.0);
    assert!((busway.rating - 640.0).abs() < 1e-9 && busway.load > 640.0 && busway.load < 800.0, "{busway:?}");
    assert!((busway.load / amperes - 1.0).abs() < 0.06, "{} A, {amperes} A at nominal voltage", busway.load);
    assert!(said("busway-overload", "640 A"));
}
