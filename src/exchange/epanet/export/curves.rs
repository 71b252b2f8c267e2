//! Curves of losses and of pumps, shared by all links with the same law.

use super::fluid::Fluid;
use crate::numerics::pipe_network::Link;
use std::collections::BTreeMap;

/// Distance of points around a flow as solved, and how far they reach, over that flow. A power of 1.9 is met within 1.9·0.9/8·0.005² = 5e-6.
const STEP: f64 = 0.005;
const STEPS: i32 = 10;
/// Distance of points elsewhere.
const WIDE: f64 = 1.08;
/// Elsewhere: from the least flow as solved over this to the largest times it.
const BEYOND: f64 = 20.0;
const ABOVE: f64 = 4.0;
/// Flows nearer to each other than this, relative, are one point.
const SAME: f64 = 1e-5;
/// Other points keep this distance, relative.
const APART: f64 = 0.4 * STEP;
/// Places on a pump's power law that tell it, over the flow at which it has no head left.
const PUMP: [f64; 2] = [0.5, 0.9];
/// Fall of a pump's head that hardly falls, m: EPANET wants it to, and files are written with six decimals.
const FALL: f64 = 1e-5;

/// Laws that need a curve, in the order they were met, with the flows at which they were solved.
pub(super) struct Curves {
    fluid: Fluid,
    /// Largest pressure of any node, Pa: what could drive flow where none is known.
    drive: f64,
    place: BTreeMap<Vec<u64>, usize>,
    list: Vec<(Link, Vec<f64>)>,
}

impl Curves {
    pub fn new(fluid: Fluid, drive: f64) -> Self {
        Self { fluid, drive, place: BTreeMap::new(), list: Vec::new() }
    }

    /// Takes note of a link's law and flow.
    pub fn gather(&mut self, law: &Link, q: f64) {
        let law = strip(law);
        let Some(key) = key(&law) else { return };
        let next = self.list.len();
        let place = *self.place.entry(key).or_insert(next);
        if place == next {
            self.list.push((law, Vec::new()));
        }
        if q != 0.0 && q.is_finite() {
            self.list[place].1.push(q.abs());
        }
    }

    /// The id of a law's curve; `None` for laws without.
    pub fn id(&self, law: &Link) -> Option<String> {
        key(&strip(law)).and_then(|key| self.place.get(&key)).map(|place| format!("C{}", place + 1))
    }

    /// Every curve: id, comment, and points in L/s and m.
    pub fn all(&self) -> impl Iterator<Item = (String, &'static str, Vec<(f64, f64)>)> {
        self.list.iter().enumerate().map(|(i, (law, flows))| {
            let kind = if matches!(law, Link::Pump { .. } | Link::TablePump { .. }) { "PUMP" } else { "HEADLOSS" };
            let weight = self.fluid.weight();
            let points = self.points(law, flows).into_iter().map(|(q, p)| (q * 1e3, p / weight)).collect();
            (format!("C{}", i + 1), kind, points)
        })
    }

    fn points(&self, law: &Link, flows: &[f64]) -> Vec<(f64, f64)> {
        match law {
            &Link::Power { r, n } => self.losses(r, n, 0.0, flows),
            &Link::Resistance { r, n, local } => self.losses(r, n, local, flows),
            Link::Table { points } => points.to_vec(),
            Link::TablePump { points, .. } => table(points),
            &Link::Pump { shutoff, b, n, .. } => pump(shutoff, b, n, FALL * self.fluid.weight()),
            _ => Vec::new(),
        }
    }

    fn losses(&self, r: f64, n: f64, local: f64, flows: &[f64]) -> Vec<(f64, f64)> {
        let mut known = flows.to_vec();
        if known.is_empty() {
            let at = |r: f64, n: f64| if r > 0.0 { (self.drive.max(1.0) / r).powf(1.0 / n) } else { f64::INFINITY };
            known.push(at(r, n).min(at(local, 2.0)));
        }
        grid(&known).into_iter().map(|q| (q, if q > 0.0 { r * q.powf(n) + local * q * q } else { 0.0 })).collect()
    }
}

/// A law without what its elements say beside the curve: speed and direction.
fn strip(law: &Link) -> Link {
    match law {
        Link::Forward(inner) => strip(inner),
        &Link::Check { r, n } => Link::Power { r, n },
        &Link::Pump { shutoff, b, n, .. } => Link::Pump { shutoff, b, n, speed: 1.0 },
        Link::TablePump { points, .. } => Link::TablePump { points: points.clone(), speed: 1.0 },
        other => other.clone(),
    }
}

/// What tells a law with a curve from others.
fn key(law: &Link) -> Option<Vec<u64>> {
    let bits = |tag: u64, values: &[f64]| Some(std::iter::once(tag).chain(values.iter().map(|v| v.to_bits())).collect());
    let flat = |points: &[(f64, f64)]| points.iter().flat_map(|p| [p.0, p.1]).collect::<Vec<f64>>();
    match law {
        &Link::Power { r, n } if r > 0.0 && n != 2.0 => bits(0, &[r, n]),
        &Link::Resistance { r, n, local } if r > 0.0 && n != 2.0 => bits(1, &[r, n, local]),
        Link::Table { points } => bits(2, &flat(points)),
        &Link::Pump { shutoff, b, n, .. } => bits(3, &[shutoff, b, n]),
        Link::TablePump { points, .. } => bits(4, &flat(points)),
        _ => None,
    }
}

/// Flows of a curve of losses: zero, the flows as solved, points close around each, and a coarse line beyond.
fn grid(flows: &[f64]) -> Vec<f64> {
    let mut solved = flows.to_vec();
    solved.sort_by(f64::total_cmp);
    solved.dedup_by(|next, kept| *next <= *kept * (1.0 + SAME));
    let (Some(least), Some(most)) = (solved.first().copied(), solved.last().copied()) else { return vec![0.0] };
    let mut others: Vec<f64> = Vec::new();
    for q in &solved {
        others.extend((-STEPS..=STEPS).filter(|i| *i != 0).map(|i| q * (1.0 + STEP * f64::from(i))));
    }
    let mut q = least / BEYOND;
    while q < most * ABOVE {
        others.push(q);
        q *= WIDE;
    }
    others.sort_by(f64::total_cmp);
    let mut all = solved.clone();
    let mut last = 0.0;
    for q in others {
        let after = solved.partition_point(|s| *s <= q);
        let near = |s: Option<&f64>| s.is_some_and(|s| (s - q).abs() < APART * q);
        let free = !near(solved.get(after)) && !near(after.checked_sub(1).and_then(|i| solved.get(i))) && q > last * (1.0 + APART);
        if free {
            all.push(q);
            last = q;
        }
    }
    all.push(0.0);
    all.sort_by(f64::total_cmp);
    all
}

/// Three points of a power law, from which EPANET makes the same law again.
fn pump(shutoff: f64, b: f64, n: f64, fall: f64) -> Vec<(f64, f64)> {
    let runout = (shutoff / b).powf(1.0 / n);
    if !(runout.is_finite() && runout > 0.0) {
        return vec![(0.0, shutoff.max(fall)), (1.0, shutoff.max(fall) - fall)];
    }
    let at = |share: f64| (share * runout, shutoff - b * (share * runout).powf(n));
    vec![(0.0, shutoff), at(PUMP[0]), at(PUMP[1])]
}

/// The line of a pump. Three points from no flow on would be taken for a power law, one more on the line is not.
fn table(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut points = points.to_vec();
    if let [(0.0, a), (q, b), _] = *points.as_slice() {
        points.insert(1, (q / 2.0, f64::midpoint(a, b)));
    }
    points
}
