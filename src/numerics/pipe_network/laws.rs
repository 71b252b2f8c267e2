//! The laws of all links of a network, compiled once and again only where a link has changed.

use super::law::Law;
use super::newton::held_node;
use super::{Link, Network, Worst};

/// Compiled laws, and what follows from all of them together.
#[derive(Debug, Clone, Default)]
pub(super) struct Laws {
    /// What they were compiled from.
    links: Vec<Link>,
    small: f64,
    pub(super) each: Vec<Law>,
    /// Links that can be in more than one state.
    pub(super) gated: Vec<u32>,
    /// The largest pressure rise that a link makes by itself.
    pub(super) rise: f64,
    /// Whether any link is a regulator.
    pub(super) regulates: bool,
}

impl Laws {
    /// The laws of all links, or the element whose figures make no sense.
    pub(super) fn compile(network: &Network, small: f64) -> Result<Self, Worst> {
        check_nodes(network)?;
        let nodes = network.nodes.len();
        let mut regulated = vec![false; nodes];
        let mut each = Vec::with_capacity(network.links.len());
        for (k, (a, b, link)) in network.links.iter().enumerate() {
            let law = Law::compile(link, small).filter(|_| *a < nodes && *b < nodes).ok_or(Worst::Link(k))?;
            if let Some((holds, _)) = law.holds {
                let (node, other) = held_node(holds, *a, *b);
                // What is given or held already can't be held.
                if node == other || network.nodes[node].fixed.is_some() || std::mem::replace(&mut regulated[node], true) {
                    return Err(Worst::Link(k));
                }
            }
            each.push(law);
        }
        let links = network.links.iter().map(|link| link.2.clone()).collect();
        let mut laws = Self { links, small, each, ..Self::default() };
        laws.sum_up();
        Ok(laws)
    }

    fn sum_up(&mut self) {
        self.gated.clear();
        self.gated.extend(self.each.iter().enumerate().filter(|(_, law)| law.is_gated()).map(|(k, _)| k as u32));
        self.rise = self.each.iter().map(Law::rise).fold(0.0, f64::max);
        self.regulates = self.each.iter().any(|law| law.holds.is_some());
    }

    /// Compiles the links again that differ from what was compiled, and names them. All are compiled again where regulators are or were, because
    /// what those may hold depends on one another.
    ///
    /// The connections must be the same.
    pub(super) fn update(&mut self, network: &Network, small: f64) -> Result<Vec<usize>, Worst> {
        let same = small == self.small && self.links.len() == network.links.len();
        let changed: Vec<usize> = if same {
            check_nodes(network)?;
            self.links.iter().zip(&network.links).enumerate().filter(|(_, (old, new))| **old != new.2).map(|(k, _)| k).collect()
        } else {
            (0..network.links.len()).collect()
        };
        let regulates = |k: &usize| matches!(network.links[*k].2, Link::Regulator { .. });
        if !same || self.regulates || changed.iter().any(regulates) {
            *self = Self::compile(network, small)?;
            return Ok(changed);
        }
        let mut sums_differ = false;
        for &k in &changed {
            let law = Law::compile(&network.links[k].2, small).ok_or(Worst::Link(k))?;
            let old = std::mem::replace(&mut self.each[k], law);
            self.links[k] = network.links[k].2.clone();
            sums_differ |= old.is_gated() != self.each[k].is_gated() || old.rise() != self.each[k].rise();
        }
        if sums_differ {
            self.sum_up();
        }
        Ok(changed)
    }
}

fn check_nodes(network: &Network) -> Result<(), Worst> {
    let wrong = |node: &super::Node| !node.demand.is_finite() || node.fixed.is_some_and(|p| !p.is_finite());
    network.nodes.iter().position(wrong).map_or(Ok(()), |i| Err(Worst::Node(i)))
}
