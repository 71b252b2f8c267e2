//! Temperatures along the mains: supply out, mixing on the way back.

use super::network::{DISCHARGE, RETURN};
use crate::solve::{Junction, Part, Piping, Side};

/// Temperature of the water that leaves each node, K; NaN where none flows.
///
/// Supply water is at `supply` everywhere. What leaves consumer `i` is at `leaving[i]`. Return water and bypass mix by flow, and the pumps' power warms
/// what they give by `lift` K.
pub(in crate::solve) fn temperatures(piping: &Piping, supply: f64, leaving: &[f64], lift: f64) -> Vec<f64> {
    let still = piping.flows.iter().map(|q| q.abs()).fold(0.0, f64::max) * 1e-12;
    let mut t = vec![f64::NAN; piping.nodes.len()];
    // Links that bring water to each node.
    let mut into: Vec<Vec<usize>> = vec![Vec::new(); t.len()];
    let mut flows = vec![false; t.len()];
    for (i, (from, to, _)) in piping.network.links.iter().enumerate().filter(|(i, _)| piping.flows[*i].abs() > still) {
        into[if piping.flows[i] > 0.0 { *to } else { *from }].push(i);
        (flows[*from], flows[*to]) = (true, true);
    }
    let mixed = |n: usize, t: &[f64]| {
        let (mut flow, mut heat) = (0.0, 0.0);
        for i in &into[n] {
            let (a, b, _) = piping.network.links[*i];
            let q = piping.flows[*i].abs();
            flow += q;
            heat += q * t[if a == n { b } else { a }];
        }
        heat / flow
    };
    let mut ring = Vec::new();
    for (n, junction) in piping.nodes.iter().enumerate().filter(|(n, _)| flows[*n]) {
        match junction {
            Junction::Main { side: Side::Return, .. } => ring.push(n),
            Junction::Behind { consumer } | Junction::At { consumer, side: Side::Return } => t[n] = leaving.get(*consumer).copied().unwrap_or(f64::NAN),
            _ => t[n] = supply,
        }
    }
    // Along the return each node knows its temperature once all that flows into it do; pressures fall that way.
    ring.sort_by(|a, b| piping.pressures[*b].total_cmp(&piping.pressures[*a]).then(a.cmp(b)));
    for n in ring {
        t[n] = mixed(n, &t);
    }
    if flows[RETURN] {
        t[RETURN] = mixed(RETURN, &t);
        t[DISCHARGE] = t[RETURN] + lift;
    }
    debug_assert!(piping.links.contains(&Part::Plant));
    t
}
