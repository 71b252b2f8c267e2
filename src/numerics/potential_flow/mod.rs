//! Flow without friction and rotation over a floor plan, and what it carries.
//!
//! ```text
//! ∇·u = s,  u = −∇φ              flow from sources to sinks, the same at every height
//! u·n = 0                        at the edge of the plan and at what stands on it
//! u·∇T = ∂ₓ(|u|·ℓ·∂ₓT) + ∂ᵧ(|v|·ℓ·∂ᵧT) + s⁺·(T_source − T)     carried, and mixed over the length ℓ
//! ```
//! Each rectangle of a [`Grid`] that isn't solid is an unknown. Between neighbors the flow is `(φ_a − φ_b)·width/distance`, so that what leaves
//! one enters the other and nothing is lost but to rounding. The matrix belongs to the floor alone: [`Floor`] factors it once, and every
//! [`Floor::flow`] is a substitution. A flow that falls with φ everywhere has no loops: a pass from high to low φ solves upwind equations
//! exactly. Upwinding mixes like `ℓ` = half a cell; what a mixing length adds to that in smaller cells is found by a few passes more ([`Carrier`]), so that
//! the answer doesn't hang on the cells.
//!
//! # Source
//! Finite volumes with upwind differences: S. V. Patankar, *Numerical Heat Transfer and Fluid Flow*, Hemisphere, 1980, chapters 4 and 5.
//! # Range
//! First order in the cell. Cells larger than twice the mixing length mix more than it says.
//! # Check
//! `tests`: a channel (exact), one source and one sink in a rectangle against the sum of their images, balances, refinement.

mod carry;
mod dissect;
mod floor;
mod grid;
#[cfg(test)]
mod tests;

pub use carry::{Carried, Carrier, Inlet};
pub use floor::{Floor, Flow};
pub use grid::Grid;
