//! What a flow carries: temperatures, or the share of air that came from somewhere.

use super::{Floor, Flow};

/// What flows into a cell from outside the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inlet {
    /// Number of the open cell.
    pub cell: usize,
    /// Flow, above zero.
    pub flow: f64,
}

/// A flow as a mixing rule: each cell is the mean of what enters it, weighed by flow.
///
/// Across a face of flow `q` go `q·T_up + q·ε·(T_up − T_down)`: upwinding, and what the mixing length adds to it, with `ε = max(0, mixing/distance − ½)`.
///
/// ```text
/// T_k = (Σ q·(1 + ε)·T_up + Σ q·ε·T_down + Σ s·T_s) / (Σ q·(1 + ε) + Σ q·ε + Σ s)
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Carrier {
    /// Cells from high to low potential.
    order: Vec<u32>,
    /// Where the neighbors of each cell in that order begin.
    start: Vec<u32>,
    /// Place in the order, and share of what enters the cell.
    beside: Vec<(u32, f64)>,
    /// Place of each cell in the order.
    place: Vec<u32>,
    /// One over what enters each cell, in that order; zero where nothing does.
    per_inflow: Vec<f64>,
    /// Cells nothing flows into take the value of a neighbor.
    idle: Vec<(u32, u32)>,
    mixes: bool,
}

/// A flow between two open cells.
#[derive(Debug, Clone, Copy)]
struct Stream {
    from: usize,
    to: usize,
    flow: f64,
    /// ε.
    mixing: f64,
}

/// What is carried, from pass to pass.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Carried {
    /// In the order of the flow.
    values: Vec<f64>,
}

impl Carrier {
    /// Of a flow and all that enters from outside, with a mixing length (m; zero for upwinding alone).
    pub fn new(floor: &Floor, flow: &Flow, inlets: &[Inlet], mixing: f64) -> Self {
        let size = floor.size();
        let (mut waiting, mut count) = (vec![0_u32; size], vec![0_u32; size + 1]);
        for s in streams(floor, flow, mixing) {
            waiting[s.to] += 1;
            count[s.from + 1] += 1;
        }
        let (starts, down) = lists(floor, flow, mixing, count);
        let below = |cell: usize| &down[starts[cell] as usize..starts[cell + 1] as usize];
        let mut inflow = vec![0.0; size];
        for inlet in inlets {
            inflow[inlet.cell] += inlet.flow;
        }
        let mut order: Vec<u32> = (0..size as u32).filter(|c| waiting[*c as usize] == 0).collect();
        let (mut place, mut count) = (vec![0_u32; size], vec![0_u32; size]);
        // What mixes back is no inflow that could begin a value.
        let mut back = vec![0.0; size];
        let mut done = 0;
        while done < order.len() {
            let cell = order[done] as usize;
            place[cell] = done as u32;
            done += 1;
            for (to, q, mixing) in below(cell) {
                let to = *to as usize;
                // What leaves a cell that nothing enters is rounding, and has no value of its own.
                if inflow[cell] > 0.0 {
                    inflow[to] += q * (1.0 + mixing);
                    count[to] += 1;
                    if *mixing > 0.0 {
                        back[cell] += q * mixing;
                        count[cell] += 1;
                    }
                }
                waiting[to] -= 1;
                if waiting[to] == 0 {
                    order.push(to as u32);
                }
            }
        }
        let all = |cell: usize| inflow[cell] + back[cell];
        let mut start = vec![0_u32; size + 1];
        for (k, cell) in order.iter().enumerate() {
            start[k + 1] = start[k] + count[*cell as usize];
        }
        let mut beside = vec![(0, 0.0); start[size] as usize];
        let mut next = start.clone();
        let mut add = |at: usize, other: usize, share: f64| {
            beside[next[at] as usize] = (other as u32, share);
            next[at] += 1;
        };
        let mut mixes = false;
        for (k, cell) in order.iter().enumerate().filter(|(_, cell)| inflow[**cell as usize] > 0.0) {
            for (to, q, mixing) in below(*cell as usize) {
                let at = place[*to as usize] as usize;
                add(at, k, q * (1.0 + mixing) / all(*to as usize));
                if *mixing > 0.0 {
                    mixes = true;
                    add(k, at, q * mixing / all(*cell as usize));
                }
            }
        }
        let per_inflow = order.iter().map(|c| if inflow[*c as usize] > 0.0 { 1.0 / all(*c as usize) } else { 0.0 }).collect();
        let idle = idle(floor, &inflow);
        Self { order, start, beside, place, per_inflow, idle, mixes }
    }

    /// One pass along the flow: each cell from its neighbors as they are known by now; `enters` holds flow × value of what enters each open cell
    /// from outside. Gives the largest change. Without a mixing length one pass is all it takes.
    pub fn pass(&self, enters: &[f64], carried: &mut Carried) -> f64 {
        carried.values.resize(self.order.len(), 0.0);
        let values = &mut carried.values[..];
        let mut moved: f64 = 0.0;
        for (k, cell) in self.order.iter().enumerate() {
            let mut value = enters[*cell as usize] * self.per_inflow[k];
            for (other, share) in &self.beside[self.start[k] as usize..self.start[k + 1] as usize] {
                value += share * values[*other as usize];
            }
            let change = (value - values[k]).abs();
            // A value that is no number must not pass for one that stands still.
            moved = if change > moved || change.is_nan() { change } else { moved };
            values[k] = value;
        }
        if self.mixes || moved.is_nan() { moved } else { 0.0 }
    }

    /// Passes until no value changes by more than `still`, `most` times at most. Says whether they stand still.
    pub fn settle(&self, enters: &[f64], carried: &mut Carried, still: f64, most: usize) -> bool {
        (0..most).any(|_| self.pass(enters, carried) <= still)
    }

    /// The value at an open cell, as far as something flows there.
    pub fn at(&self, carried: &Carried, open: usize) -> f64 {
        carried.values[self.place[open] as usize]
    }

    /// All values by open cell.
    pub fn values(&self, carried: &Carried) -> Vec<f64> {
        let mut values: Vec<f64> = (0..self.place.len()).map(|open| self.at(carried, open)).collect();
        for (cell, from) in &self.idle {
            values[*cell as usize] = values[*from as usize];
        }
        values
    }
}

/// Flows between open cells.
fn streams<'a>(floor: &'a Floor, flow: &'a Flow, mixing: f64) -> impl Iterator<Item = Stream> + 'a {
    floor.sides().zip(&flow.through).filter(|(_, q)| q.abs() > 0.0).map(move |((a, b, distance), q)| {
        let (from, to) = if *q > 0.0 { (a, b) } else { (b, a) };
        Stream { from, to, flow: q.abs(), mixing: (mixing / distance - 0.5).max(0.0) }
    })
}

/// Downstream neighbors of each cell with the flow to them and its ε: where each list begins, and the lists.
fn lists(floor: &Floor, flow: &Flow, mixing: f64, mut count: Vec<u32>) -> (Vec<u32>, Vec<(u32, f64, f64)>) {
    for i in 1..count.len() {
        count[i] += count[i - 1];
    }
    let starts = count.clone();
    let mut down = vec![(0, 0.0, 0.0); starts[starts.len() - 1] as usize];
    for s in streams(floor, flow, mixing) {
        down[count[s.from] as usize] = (s.to as u32, s.flow, s.mixing);
        count[s.from] += 1;
    }
    (starts, down)
}

/// Cells that nothing enters, each with a cell beside it that something does, as far as there is one.
fn idle(floor: &Floor, inflow: &[f64]) -> Vec<(u32, u32)> {
    if inflow.iter().all(|q| *q > 0.0) {
        return Vec::new();
    }
    let mut known: Vec<bool> = inflow.iter().map(|q| *q > 0.0).collect();
    let mut idle = Vec::new();
    // Each round reaches one cell farther.
    loop {
        let before = idle.len();
        for (a, b, _) in floor.sides() {
            for (from, to) in [(a, b), (b, a)] {
                if known[from] && !known[to] {
                    known[to] = true;
                    idle.push((to as u32, from as u32));
                }
            }
        }
        if idle.len() == before {
            return idle;
        }
    }
}
