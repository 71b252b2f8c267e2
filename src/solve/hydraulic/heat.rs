//! Heat along the coolant: what leaves each node is the mixture of what enters it.

use super::build::{Built, RETURN, SUPPLY};
use crate::solve::Junction;

/// Flow below which nothing flows, m³/s.
pub(super) const NOTHING: f64 = 1e-12;

/// The temperature of the coolant that leaves each node, K, at these flows, m³/s; NaN where nothing flows.
///
/// ```text
/// T_node = Σ q·T_from + Q_link/(ρ₀c)  /  Σ q        over the links that flow into the node
/// ```
/// The supply manifold is at `supply`, and so are the places between a CDU's pumps and its filter.
pub(super) fn mix(built: &Built, flows: &[f64], supply: f64, rho_c: f64) -> Vec<f64> {
    let count = built.nodes.len();
    let (mut heat, mut water) = (vec![0.0; count], vec![0.0; count]);
    let mut temperatures = vec![f64::NAN; count];
    temperatures[SUPPLY] = supply;
    for &link in &built.order {
        let (from, to, _) = built.network.links[link];
        let q = flows[link];
        if q <= NOTHING {
            continue;
        }
        if temperatures[from].is_nan() && water[from] > 0.0 {
            // Over the supply temperature, so that no digits are lost.
            temperatures[from] = supply + heat[from] / water[from];
        }
        heat[to] += q * (temperatures[from] - supply) + built.heat[link] / rho_c;
        water[to] += q;
    }
    if water[RETURN] > 0.0 {
        temperatures[RETURN] = supply + heat[RETURN] / water[RETURN];
    } else {
        temperatures[SUPPLY] = f64::NAN;
    }
    for (node, junction) in built.nodes.iter().enumerate() {
        match junction {
            Junction::Inside { .. } => temperatures[node] = temperatures[SUPPLY],
            _ if temperatures[node].is_nan() && water[node] > 0.0 => temperatures[node] = supply + heat[node] / water[node],
            _ => {}
        }
    }
    temperatures
}
