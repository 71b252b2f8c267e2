//! The order of elimination: which unknown goes next so that little fills in.
//!
//! Minimum degree on the quotient graph. Eliminating a variable `p` joins its neighbors into a clique; instead of writing the
//! clique out, it is kept as an *element* `p` with its members `L_p`. A variable then has variables and elements as neighbors,
//! and its degree is bounded by
//!
//! ```text
//! d_i ≤ |variables_i| + |L_p \ i| + Σ_{e ≠ p} |L_e \ L_p|
//! ```
//!
//! which costs only the lists at hand. Elements inside `L_p` are absorbed, and a variable that sees nothing but `p` goes at
//! once. Ties are broken by index, so the same graph gives the same order.
//!
//! # Source
//! P. R. Amestoy, T. A. Davis, I. S. Duff, "An approximate minimum degree ordering algorithm", SIAM J. Matrix Anal. Appl. 17(4), 1996.
//! Indistinguishable variables are not merged: it saves time on meshes in space, hardly on networks.

use std::collections::BTreeSet;

use super::SparseMatrix;

/// The order for a square matrix, from the pattern of `A + Aᵀ`: position by position, the index to eliminate.
pub fn of_matrix(matrix: &SparseMatrix) -> Vec<usize> {
    let size = matrix.width();
    let mut neighbors = vec![Vec::new(); size];
    for column in 0..size {
        for (row, _) in matrix.column(column).filter(|&(row, _)| row < size && row != column) {
            neighbors[row].push(column);
            neighbors[column].push(row);
        }
    }
    of_graph(neighbors)
}

/// The order for a graph given by the neighbors of each node. Repetitions, loops and nodes that do not exist are ignored; every
/// neighborhood must be told by both of its nodes.
pub fn of_graph(mut neighbors: Vec<Vec<usize>>) -> Vec<usize> {
    let size = neighbors.len();
    for (node, list) in neighbors.iter_mut().enumerate() {
        list.retain(|&other| other != node && other < size);
        list.sort_unstable();
        list.dedup();
    }
    let mut graph = Quotient::new(neighbors);
    let mut order = Vec::with_capacity(size);
    while let Some((_, pivot)) = graph.queue.pop_first() {
        graph.eliminate(pivot, &mut order);
    }
    order
}

/// The graph of what is left, part variables and part elements.
struct Quotient {
    variables: Vec<Vec<usize>>,
    elements: Vec<Vec<usize>>,
    members: Vec<Vec<usize>>,
    gone: Vec<bool>,
    absorbed: Vec<bool>,
    degree: Vec<usize>,
    queue: BTreeSet<(usize, usize)>,
    /// The last pivot whose clique holds the variable.
    mark: Vec<usize>,
    /// `|L_e \ L_p|`, and the pivot it was counted for.
    outside: Vec<(usize, usize)>,
}

impl Quotient {
    fn new(variables: Vec<Vec<usize>>) -> Self {
        let size = variables.len();
        let degree: Vec<usize> = variables.iter().map(Vec::len).collect();
        let queue = degree.iter().enumerate().map(|(node, &degree)| (degree, node)).collect();
        Self {
            variables,
            elements: vec![Vec::new(); size],
            members: vec![Vec::new(); size],
            gone: vec![false; size],
            absorbed: vec![false; size],
            degree,
            queue,
            mark: vec![usize::MAX; size],
            outside: vec![(0, usize::MAX); size],
        }
    }

    fn eliminate(&mut self, pivot: usize, order: &mut Vec<usize>) {
        order.push(pivot);
        self.gone[pivot] = true;
        let clique = self.clique(pivot);
        self.count_outside(pivot, &clique);
        let mut rest = Vec::with_capacity(clique.len());
        for &node in &clique {
            self.prune(pivot, node);
            if self.elements[node].is_empty() && self.variables[node].is_empty() {
                self.queue.remove(&(self.degree[node], node));
                self.gone[node] = true;
                order.push(node);
            } else {
                rest.push(node);
            }
        }
        let others = rest.len().saturating_sub(1);
        for &node in &rest {
            let beyond: usize = self.elements[node].iter().map(|&element| self.outside[element].0).sum();
            let bound = (self.variables[node].len() + others + beyond).min(self.degree[node] + others);
            self.queue.remove(&(self.degree[node], node));
            self.degree[node] = bound;
            self.queue.insert((bound, node));
            self.elements[node].push(pivot);
        }
        self.members[pivot] = rest;
    }

    /// `L_p`: everything the pivot touches, directly or through elements, which thereby dissolve into it.
    fn clique(&mut self, pivot: usize) -> Vec<usize> {
        let mut clique = Vec::new();
        for node in std::mem::take(&mut self.variables[pivot]) {
            if !self.gone[node] && self.mark[node] != pivot {
                self.mark[node] = pivot;
                clique.push(node);
            }
        }
        for element in std::mem::take(&mut self.elements[pivot]) {
            self.absorbed[element] = true;
            for node in std::mem::take(&mut self.members[element]) {
                if !self.gone[node] && self.mark[node] != pivot {
                    self.mark[node] = pivot;
                    clique.push(node);
                }
            }
        }
        clique
    }

    fn count_outside(&mut self, pivot: usize, clique: &[usize]) {
        for &node in clique {
            for &element in self.elements[node].iter().filter(|&&element| !self.absorbed[element]) {
                let (count, stamp) = self.outside[element];
                let before = if stamp == pivot { count } else { self.members[element].len() };
                self.outside[element] = (before.saturating_sub(1), pivot);
            }
        }
    }

    /// Drops from a member of the new clique what the clique now says.
    fn prune(&mut self, pivot: usize, node: usize) {
        let (absorbed, outside) = (&mut self.absorbed, &self.outside);
        self.elements[node].retain(|&element| {
            // An element wholly inside the clique says nothing new.
            if outside[element] == (0, pivot) {
                absorbed[element] = true;
            }
            !absorbed[element]
        });
        let (gone, mark) = (&self.gone, &self.mark);
        self.variables[node].retain(|&other| !gone[other] && mark[other] != pivot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(neighbors: &[Vec<usize>], order: &[usize]) -> usize {
        let mut sets: Vec<BTreeSet<usize>> = neighbors.iter().map(|list| list.iter().copied().collect()).collect();
        let mut added = 0;
        for &pivot in order {
            let clique: Vec<usize> = std::mem::take(&mut sets[pivot]).into_iter().collect();
            for &a in &clique {
                sets[a].remove(&pivot);
                added += clique.iter().filter(|&&b| b != a && sets[a].insert(b)).count();
            }
        }
        added / 2
    }

    fn grid(side: usize) -> Vec<Vec<usize>> {
        let mut neighbors = vec![Vec::new(); side * side];
        for node in 0..side * side {
            let right = (node % side + 1 < side).then_some(node + 1);
            let below = (node + side < side * side).then_some(node + side);
            for other in right.into_iter().chain(below) {
                neighbors[node].push(other);
                neighbors[other].push(node);
            }
        }
        neighbors
    }

    #[test]
    fn a_tree_fills_nothing() {
        let mut neighbors = vec![Vec::new(); 50];
        for node in 1..50_usize {
            let parent = (node * 7 % 11) % node;
            neighbors[node].push(parent);
            neighbors[parent].push(node);
        }
        let order = of_graph(neighbors.clone());
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
        assert_eq!(fill(&neighbors, &order), 0);
    }

    #[test]
    fn a_grid_fills_far_less_than_row_by_row() {
        let neighbors = grid(20);
        let natural: Vec<usize> = (0..400).collect();
        let order = of_graph(neighbors.clone());
        // Row by row fills the whole band: 19 new entries in nearly every column.
        assert!(fill(&neighbors, &natural) > 6000);
        assert!(fill(&neighbors, &order) < 3000, "{}", fill(&neighbors, &order));
    }
}
