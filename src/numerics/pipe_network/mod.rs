//! Steady flow in a network of pipes, valves and pumps: the global gradient algorithm.
//!
//! Unknown are the flow `q` of every link and the pressure `p` of every node that has none given. They satisfy
//!
//! ```text
//! mass at node i:        Σ_in q − Σ_out q = demand_i
//! energy on link k=(a,b): h_k(q_k) = p_a − p_b            h_k strictly increasing
//! ```
//!
//! One Newton step on both at once, with the link equations eliminated (Todini and Pilati, *A gradient algorithm for the analysis of
//! pipe networks*, 1988; EPANET 2.2 manual, chapter 12), is, with `g_k = 1 / h'_k(q_k)` and `δ` the change of pressure,
//!
//! ```text
//! q*_k = q_k − g_k (h_k(q_k) − (p_a − p_b))
//! Σ_k g_k (δ_i − δ_other) = Σ_in q* − Σ_out q* − demand_i          a sparse symmetric positive definite system
//! q_k ← q*_k + g_k (δ_a − δ_b),   p ← p + δ
//! ```
//!
//! After the first full step the flows balance at every node, whatever happens later. The step is written for the *change* of pressure
//! because differences of pressures themselves lose the digits that short, wide pipes need.
//!
//! **Why it converges.** The solution is the minimum of the content `Σ ∫ h_k dq` over balanced flows (Collins, Cooper, Helgason,
//! Kennington and LeBlanc, Management Science 24, 1978), which is convex because every `h_k` increases. The step is Newton's for that
//! minimum. Full steps come first because they are nearly always enough; when they have not settled after some iterations, the length
//! of each step is the root of the content's slope along it, which makes the content fall at every step.
//!
//! **Kinks.** Near zero flow a power law has no usable slope, so below [`Options::small_flow`] it is an odd cubic that meets it with
//! equal value and slope, and every link has at least the slope [`Options::least_slope`]. A link that only flows forward is a steep
//! line for `q < 0`; once the flows have settled, each such link that holds back pressure is taken out, and the network is solved again
//! without it, so that what is shut carries exactly nothing. It is put back if it would then flow. A flow limiter likewise is a steep line
//! above its limit, then a given flow. Links change all together at first; if that goes on, the first alone (the least-index rule, which
//! ends for the complementarity problems of convex networks: Murty, Math. Programming 7, 1974).
//!
//! **Going on.** A [`Solver`] that is asked to start from the answer it gave last knows what each link loses there. Only the laws of links that have changed are
//! compiled and evaluated; the others follow their tangents while their flow moves by less than a hundred-thousandth, and the factor of the matrix is mended for
//! links whose slope moved by more than a hundredth, each along one path of the elimination tree.
//!
//! **Weak ties.** A pump of constant power against something shut has a slope of 1e13 Pa/(m³/s) and more, a wide pipe one of 1e-3: pivots of what lies behind such
//! a pump are lost in rounding. Then the matrix is factored again without subtracting anything (`Symbolic::factor_ties`), which keeps them.
//!
//! **Regulators.** A valve that holds the pressure of one of its ends makes that node a given pressure and its own flow an unknown `q_v`,
//! found from the balance there. That leaves the symmetric matrix `A` of all other nodes and a border as wide as the regulators at work:
//!
//! ```text
//! A δ = b + B q_v        b_h + g_hᵀ δ + s_hᵀ q_v = 0 at each held node h        one solve with A per regulator, then a small dense system
//! ```
//!
//! which is Newton's step still, so that zones fed through several regulators settle as fast as others. Where that fails, because regulators and rings
//! play into each other, the throttling of one valve at a time finds their states (see `throttle`).
//!
//! **Levels.** A part of the network that never meets a given pressure takes its first node as zero. A part that closed or shut links
//! cut off from every given pressure has flows but no known level: its pressures are NaN.

mod law;
mod laws;
mod newton;
mod parts;
mod regulate;
mod run;
mod switch;
#[cfg(test)]
mod tests;
mod throttle;

pub use law::{friction_factor, friction_with_slope};
pub use newton::Solver;
use std::sync::Arc;

/// What relates the flow through a link to the pressure lost along it.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// `Δp = r·|q|ⁿ·sign q`.
    Power {
        /// Resistance, Pa/(m³/s)ⁿ, not negative.
        r: f64,
        /// Exponent, 0.05 to 20.
        n: f64,
    },
    /// A power law and a local loss: `Δp = (r·|q|ⁿ + local·q²)·sign q`.
    Resistance {
        /// Resistance, Pa/(m³/s)ⁿ, not negative.
        r: f64,
        /// Exponent, 0.05 to 20.
        n: f64,
        /// Local loss, Pa/(m³/s)², not negative.
        local: f64,
    },
    /// A round pipe with friction after Darcy and Weisbach and a local loss: `Δp = (f·L/D + k)·ρ·v²/2`. See [`friction_factor`].
    Pipe {
        /// Inside diameter, m.
        diameter: f64,
        /// Length, m (0 leaves the local loss alone).
        length: f64,
        /// Height of the roughness, m.
        roughness: f64,
        /// Local loss coefficient on the velocity head.
        k: f64,
        /// Density of the fluid, kg/m³.
        density: f64,
        /// Dynamic viscosity of the fluid, Pa·s.
        viscosity: f64,
    },
    /// A pump with a non-return valve: the pressure rises by `ω²·shutoff − b·ω²⁻ⁿ·qⁿ` (affinity laws), `q ≥ 0`. At `ω = 0` it is closed.
    Pump {
        /// Pressure rise at no flow and full speed, Pa.
        shutoff: f64,
        /// Coefficient of the fall with flow, Pa/(m³/s)ⁿ.
        b: f64,
        /// Exponent of the fall, 0.05 to 20.
        n: f64,
        /// Speed over full speed, ω.
        speed: f64,
    },
    /// A non-return valve: a power law that flows only forward.
    Check {
        /// Resistance when open, Pa/(m³/s)ⁿ.
        r: f64,
        /// Exponent, 0.05 to 20.
        n: f64,
    },
    /// A pump with a non-return valve whose pressure rise is a line through points, each end going on straight: `ω²·H(q/ω)`.
    TablePump {
        /// Flow, m³/s, rising from zero or more, and pressure rise at full speed, Pa, falling.
        points: Arc<[(f64, f64)]>,
        /// Speed over full speed, ω. At zero it is closed.
        speed: f64,
    },
    /// A pump with a non-return valve that gives the water a constant power: the pressure rises by `P/q`, up to 1e8 Pa; beyond, in a straight line to
    /// twice that at no flow.
    PowerPump {
        /// Power given to the fluid, W, above zero.
        power: f64,
    },
    /// A loss that follows a line through points for flow either way, from no loss at no flow.
    Table {
        /// Flow, m³/s, rising from zero, and loss, Pa, not falling, from zero.
        points: Arc<[(f64, f64)]>,
    },
    /// A valve that takes a fixed pressure whatever flows either way, or its local loss where that is more.
    Breaker {
        /// Pressure taken from the first node to the second, Pa, not negative.
        drop: f64,
        /// Local loss, Pa/(m³/s)², not negative.
        local: f64,
    },
    /// A valve that lets no more than a given flow pass forward.
    Limiter {
        /// The flow, m³/s, not negative.
        flow: f64,
        /// Local loss when open, Pa/(m³/s)², not negative.
        local: f64,
    },
    /// A valve that flows forward only and holds the pressure of one of its nodes while it can.
    Regulator {
        /// Which node, and how.
        holds: Holds,
        /// The pressure, Pa.
        pressure: f64,
        /// Local loss when open, Pa/(m³/s)², not negative.
        local: f64,
    },
    /// Another link behind a non-return valve.
    Forward(Arc<Link>),
    /// No flow.
    Closed,
}

/// What a [`Link::Regulator`] keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Its second node at its pressure, where more would come (a reducing valve).
    After,
    /// Its first node at its pressure, where less would be left (a sustaining valve).
    Before,
}

/// What a link does in a solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// It flows as its law says.
    Open,
    /// It carries nothing: closed, or shut against flow backward.
    Shut,
    /// A limiter at its flow, or a regulator at its pressure.
    Regulating,
}

/// A point where links meet.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Node {
    /// Volume flow taken out of the network here, m³/s (negative feeds in). Not used where the pressure is given.
    pub demand: f64,
    /// The pressure, Pa, where it is given.
    pub fixed: Option<f64>,
}

/// Nodes, and links with the nodes they lead from and to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// The nodes; links name them by place.
    pub nodes: Vec<Node>,
    /// From, to, and law of each link.
    pub links: Vec<(usize, usize, Link)>,
}

/// When to stop and how to smooth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Largest accepted [`Solution::residual`].
    pub tolerance: f64,
    /// Largest accepted change of the flows in the last step, over the sum of the flows. The error left is of the order of its square.
    pub flow_tolerance: f64,
    /// Newton steps allowed in all (and some more when one-way links and valves must change one by one).
    pub iterations: usize,
    /// Steps taken in full before their length is searched for.
    pub full_steps: usize,
    /// Flow below which a power law is smoothed, m³/s.
    pub small_flow: f64,
    /// Slope added to every link, Pa/(m³/s).
    pub least_slope: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { tolerance: 1e-9, flow_tolerance: 1e-6, iterations: 200, full_steps: 24, small_flow: 1e-7, least_slope: 1e-6 }
    }
}

/// How a solve ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Within the tolerances.
    Converged,
    /// The steps ran out; the answer is the best there is.
    Stalled,
    /// A number is not finite or out of its range, in the input or on the way.
    Diverged,
    /// A part of the network takes or gives flow that nothing can supply.
    Singular,
}

/// The element with the largest residual, or the one that is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worst {
    /// A node, by place.
    Node(usize),
    /// A link, by place.
    Link(usize),
}

/// Flows and pressures, and how good they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Flow of each link, m³/s, positive from its first node to its second.
    pub flows: Vec<f64>,
    /// Pressure of each node, Pa; NaN where a node is cut off from every given pressure.
    pub pressures: Vec<f64>,
    /// What each link does.
    pub states: Vec<LinkState>,
    /// Nodes in parts that take or give flow that nothing can supply; not empty when [`Status::Singular`].
    pub unsupplied: Vec<usize>,
    /// How the solve ended.
    pub status: Status,
    /// Newton steps taken.
    pub iterations: usize,
    /// The larger of: imbalance of a node over the largest flow; error of a link over the largest pressure difference.
    pub residual: f64,
    /// Where the residual is largest; none when converged.
    pub worst: Option<Worst>,
}

/// Solves the network, from `start` if given (a solution of a similar network) or from a guess.
///
/// A caller that solves the same connections again keeps a [`Solver`] instead, which remembers the order of elimination, the laws, and where it ended.
pub fn solve(network: &Network, options: &Options, start: Option<&Solution>) -> Solution {
    Solver::new(network).solve(network, options, start)
}

/// The pump law through three points of a curve: no flow, the middle, and the end: `(shutoff, b, n)` of [`Link::Pump`].
///
/// ```text
/// Δp = Δp₀ − b·qⁿ      n = ln((Δp₀ − Δp₂)/(Δp₀ − Δp₁)) / ln(q₂/q₁),   b = (Δp₀ − Δp₁)/q₁ⁿ
/// ```
/// # Source
/// EPANET 2.2 manual, chapter 12 (power function through three points). `None` if the points do not fall, or bend outside the range
/// of exponents this network accepts.
pub fn pump_curve(shutoff: f64, (q1, p1): (f64, f64), (q2, p2): (f64, f64)) -> Option<(f64, f64, f64)> {
    let falls = 0.0 < q1 && q1 < q2 && q2.is_finite() && shutoff.is_finite() && shutoff > p1 && p1 > p2;
    let n = ((shutoff - p2) / (shutoff - p1)).ln() / (q2 / q1).ln();
    (falls && law::EXPONENTS.contains(&n)).then(|| (shutoff, (shutoff - p1) / q1.powf(n), n))
}
