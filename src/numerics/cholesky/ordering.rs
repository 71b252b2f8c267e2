//! Minimum degree on the quotient graph; the parent module names the sources.

use super::NONE;

/// The quotient graph: variables not yet eliminated, and elements, each the clique that one elimination left behind.
struct Quotient {
    variables: Vec<Vec<u32>>,
    elements: Vec<Vec<u32>>,
    members: Vec<Vec<u32>>,
    absorbed: Vec<bool>,
    mark: Vec<usize>,
    outside: Vec<usize>,
    counted: Vec<usize>,
    degree: Vec<usize>,
    buckets: Buckets,
}

/// The order of elimination: old rows by new place, always a row that (by an upper bound) has the fewest neighbours left.
pub(super) fn minimum_degree(size: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Vec<usize> {
    let mut variables: Vec<Vec<u32>> = vec![Vec::new(); size];
    for (a, b) in pairs {
        variables[a].push(b as u32);
        variables[b].push(a as u32);
    }
    for list in &mut variables {
        list.sort_unstable();
        list.dedup();
    }
    let degree: Vec<usize> = variables.iter().map(Vec::len).collect();
    let mut buckets = Buckets::new(size);
    // Pushed backwards, so that of equal degrees the lowest index comes first and the order follows the caller's numbering.
    for i in (0..size).rev() {
        buckets.push(i, degree[i]);
    }
    let empty = vec![Vec::new(); size];
    let (mark, outside, counted) = (vec![NONE; size], vec![0; size], vec![NONE; size]);
    let mut graph = Quotient { variables, elements: empty.clone(), members: empty, absorbed: vec![false; size], mark, outside, counted, degree, buckets };
    let mut order = Vec::with_capacity(size);
    while let Some(pivot) = graph.buckets.pop_least() {
        graph.eliminate(pivot, size - order.len());
        order.push(pivot);
    }
    order
}

impl Quotient {
    fn eliminate(&mut self, pivot: usize, left: usize) {
        let clique = self.clique(pivot);
        // After this count, outside[e] is how many members of element e lie outside the new clique.
        for &i in &clique {
            for &e in &self.elements[i as usize] {
                let e = e as usize;
                if self.absorbed[e] {
                    continue;
                }
                if self.counted[e] != pivot {
                    self.counted[e] = pivot;
                    self.outside[e] = self.members[e].len();
                }
                self.outside[e] -= 1;
            }
        }
        for &i in &clique {
            self.update(i as usize, pivot, clique.len() - 1, left);
        }
        self.members[pivot] = clique;
    }

    /// The neighbours of `pivot`, direct and through elements, which it absorbs.
    fn clique(&mut self, pivot: usize) -> Vec<u32> {
        self.mark[pivot] = pivot;
        let mut clique = std::mem::take(&mut self.variables[pivot]);
        for &i in &clique {
            self.mark[i as usize] = pivot;
        }
        for e in std::mem::take(&mut self.elements[pivot]) {
            self.absorbed[e as usize] = true;
            for i in std::mem::take(&mut self.members[e as usize]) {
                if self.mark[i as usize] != pivot {
                    self.mark[i as usize] = pivot;
                    clique.push(i);
                }
            }
        }
        clique
    }

    fn update(&mut self, i: usize, pivot: usize, others: usize, left: usize) {
        let Self { variables, elements, absorbed, mark, outside, .. } = self;
        // Neighbours inside the clique are reached through the new element from now on.
        variables[i].retain(|&j| mark[j as usize] != pivot);
        let mut beyond = 0;
        elements[i].retain(|&e| {
            let e = e as usize;
            let keep = !absorbed[e] && outside[e] > 0;
            if keep {
                beyond += outside[e];
            }
            keep
        });
        elements[i].push(pivot as u32);
        let bound = (variables[i].len() + others + beyond).min(self.degree[i] + others).min(left.saturating_sub(2));
        self.buckets.remove(i, self.degree[i]);
        self.degree[i] = bound;
        self.buckets.push(i, bound);
    }
}

/// Variables by degree, in doubly linked lists.
struct Buckets {
    head: Vec<usize>,
    next: Vec<usize>,
    previous: Vec<usize>,
    least: usize,
}

impl Buckets {
    fn new(size: usize) -> Self {
        Self { head: vec![NONE; size + 1], next: vec![NONE; size], previous: vec![NONE; size], least: 0 }
    }

    fn push(&mut self, i: usize, degree: usize) {
        let first = self.head[degree];
        self.next[i] = first;
        self.previous[i] = NONE;
        if first != NONE {
            self.previous[first] = i;
        }
        self.head[degree] = i;
        self.least = self.least.min(degree);
    }

    fn remove(&mut self, i: usize, degree: usize) {
        let (before, after) = (self.previous[i], self.next[i]);
        if before == NONE {
            self.head[degree] = after;
        } else {
            self.next[before] = after;
        }
        if after != NONE {
            self.previous[after] = before;
        }
    }

    fn pop_least(&mut self) -> Option<usize> {
        while self.least < self.head.len() {
            let i = self.head[self.least];
            if i != NONE {
                self.remove(i, self.least);
                return Some(i);
            }
            self.least += 1;
        }
        None
    }
}
