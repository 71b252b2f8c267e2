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
/// ```text
/// T_k = (Σ q_up·T_up + Σ s·T_s) / (Σ q_up + Σ s)
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Carrier {
    /// Cells from high to low potential.
    order: Vec<u32>,
    /// Where the neighbors upstream of each cell in that order begin.
    start: Vec<u32>,
    /// Place in the order, and share of the cell's inflow.
    up: Vec<(u32, f64)>,
    /// Place of each cell in the order.
    place: Vec<u32>,
    /// One over the inflow of each cell, in that order; zero where nothing enters.
    per_inflow: Vec<f64>,
    /// Cells nothing flows into take the value of a neighbor.
    idle: Vec<(u32, u32)>,
}

impl Carrier {
    /// Of a flow and all that enters from outside.
    pub fn new(floor: &Floor, flow: &Flow, inlets: &[Inlet]) -> Self {
        let size = floor.size();
        let (mut waiting, mut count) = (vec![0_u32; size], vec![0_u32; size + 1]);
        for (from, to, _) in streams(floor, flow) {
            waiting[to] += 1;
            count[from + 1] += 1;
        }
        let (starts, down) = lists(floor, flow, count);
        let below = |cell: usize| &down[starts[cell] as usize..starts[cell + 1] as usize];
        let mut inflow = vec![0.0; size];
        for inlet in inlets {
            inflow[inlet.cell] += inlet.flow;
        }
        let mut order: Vec<u32> = (0..size as u32).filter(|c| waiting[*c as usize] == 0).collect();
        let (mut place, mut ups) = (vec![0_u32; size], vec![0_u32; size]);
        let mut done = 0;
        while done < order.len() {
            let cell = order[done] as usize;
            place[cell] = done as u32;
            done += 1;
            for (to, q) in below(cell) {
                // What leaves a cell that nothing enters is rounding, and has no value of its own.
                if inflow[cell] > 0.0 {
                    inflow[*to as usize] += q;
                    ups[*to as usize] += 1;
                }
                waiting[*to as usize] -= 1;
                if waiting[*to as usize] == 0 {
                    order.push(*to);
                }
            }
        }
        let mut start = vec![0_u32; size + 1];
        for (k, cell) in order.iter().enumerate() {
            start[k + 1] = start[k] + ups[*cell as usize];
        }
        let mut up = vec![(0, 0.0); start[size] as usize];
        let mut next = start.clone();
        for (k, cell) in order.iter().enumerate().filter(|(_, cell)| inflow[**cell as usize] > 0.0) {
            for (to, q) in below(*cell as usize) {
                let at = place[*to as usize] as usize;
                up[next[at] as usize] = (k as u32, q / inflow[*to as usize]);
                next[at] += 1;
            }
        }
        let per_inflow = order.iter().map(|c| if inflow[*c as usize] > 0.0 { 1.0 / inflow[*c as usize] } else { 0.0 }).collect();
        let idle = idle(floor, &inflow);
        Self { order, start, up, place, per_inflow, idle }
    }

    /// Carries values into `out`, by open cell; `enters` holds flow × value of what enters each open cell from outside.
    pub fn carry(&self, enters: &[f64], work: &mut Vec<f64>, out: &mut Vec<f64>) {
        work.clear();
        for (k, cell) in self.order.iter().enumerate() {
            let mut value = enters[*cell as usize] * self.per_inflow[k];
            for (from, share) in &self.up[self.start[k] as usize..self.start[k + 1] as usize] {
                value += share * work[*from as usize];
            }
            work.push(value);
        }
        out.clear();
        out.extend(self.place.iter().map(|k| work[*k as usize]));
        for (cell, from) in &self.idle {
            out[*cell as usize] = out[*from as usize];
        }
    }
}

/// Flows between open cells: from, to, how much.
fn streams<'a>(floor: &'a Floor, flow: &'a Flow) -> impl Iterator<Item = (usize, usize, f64)> + 'a {
    floor.sides().zip(&flow.through).filter(|(_, q)| q.abs() > 0.0).map(|((a, b), q)| if *q > 0.0 { (a, b, *q) } else { (b, a, -q) })
}

/// Downstream neighbors of each cell with the flow to them: where each list begins, and the lists.
fn lists(floor: &Floor, flow: &Flow, mut count: Vec<u32>) -> (Vec<u32>, Vec<(u32, f64)>) {
    for i in 1..count.len() {
        count[i] += count[i - 1];
    }
    let starts = count.clone();
    let mut down = vec![(0, 0.0); starts[starts.len() - 1] as usize];
    for (from, to, q) in streams(floor, flow) {
        down[count[from] as usize] = (to as u32, q);
        count[from] += 1;
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
        for (a, b) in floor.sides() {
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
