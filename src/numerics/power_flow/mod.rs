//! AC power flow of a balanced three-phase network in positive sequence: the voltages at which every bus takes what it asks for.
//!
//! # Derivation
//!
//! Everything is per unit. A branch is a π section of series impedance `z = r + jx` and total charging `b`, behind an ideal transformer of complex ratio
//! `N = τ e^{jφ}` at its *from* end, with a magnetizing shunt `y₀` before it. With `y = 1/z` the currents entering at both ends are
//!
//! ```text
//! I_f = ( (y + jb/2)/τ² + y₀ ) V_f −  y/conj(N) V_t
//! I_t =          −y/N          V_f + (y + jb/2) V_t
//! ```
//!
//! Summed over the branches and with the shunts `y_i` of the buses this gives the admittance matrix `Y`. A bus that consumes `s_i = p_i + jq_i` asks that
//!
//! ```text
//! V_i conj( Σ_k Y_ik V_k ) + s_i = 0                                          (1)
//! ```
//!
//! A `Pq` bus asks for both parts of (1); a `Pv` bus for the real part, with `|V_i|` held; a `Slack` bus for nothing, with `V_i` held.
//!
//! **Tree.** In a tree the current a child draws determines its voltage from that of its parent, and the current the parent sees (see `two_port.rs`):
//!
//! ```text
//! V_c = a V_p + b J_c,     I_p = c V_p + d J_c                                (2)
//! J_i = conj(s_i/V_i) + y_i V_i + Σ_children (c V_i + d J_c)                  (3)
//! ```
//!
//! The sweep goes from the leaves to the slack with (3) and back with (2) until (1) holds. It costs a few operations per bus, and zero impedances do not
//! spoil its accuracy.
//!
//! **Mesh.** Newton–Raphson on (1) with the unknowns `θ_i` and `u_i = ln |V_i|`, for which with `s_ik = V_i conj(Y_ik V_k)` and `S_i = Σ_k s_ik`
//!
//! ```text
//! ∂S_i/∂θ_k = −j s_ik,     ∂S_i/∂u_k = s_ik                    (k ≠ i)
//! ∂S_i/∂θ_i = j (S_i − s_ii),  ∂S_i/∂u_i = S_i + s_ii                         (4)
//! ```
//!
//! A step is halved until the mismatch falls, so that a network without a solution ends where it stalls instead of wandering off.
//!
//! Every island takes its own way: none without a slack, the sweep for a tree (parallel branches count as one) of a single slack and `Pq` buses, Newton
//! otherwise or when the sweep does not settle. Buses joined by closed switches without impedance are one bus meanwhile (`ties.rs`).
//!
//! While loads change one by one, [`Live`] solves again only what that moves. The state after an outage is found from the state before (`outage.rs`), and what matters of every outage without solving the whole again (`screen`).
//!
//! Why not Newton for all: on a tree it gives the same voltages (a test holds both together) at several times the cost. Why not the fast decoupled method: it
//! fails where `r` exceeds `x`, as in every low-voltage feeder.
//!
//! # Source
//! R. D. Zimmerman, C. E. Murillo-Sánchez, *MATPOWER User's Manual*, §3.2 (branch) and §4.1 (Newton, polar); W. F. Tinney, C. E. Hart, "Power flow solution by
//! Newton's method", IEEE Trans. PAS-86, 1967; W. H. Kersting, *Distribution System Modeling and Analysis*, ch. 10 (sweep, there called ladder). (2) is derived in
//! `two_port.rs`.
//!
//! # Range
//! Any network. What cannot be solved is said in [`Solution::status`], with the bus that is worst off. Reactive limits of `Pv` buses are not enforced.
//!
//! # Check
//! IEEE 33-bus feeder (Baran & Wu), IEEE 14-bus, the four buses of Grainger & Stevenson, and a two-bus network in closed form.

mod contracted;
mod live;
mod newton;
mod outage;
mod response;
mod screen;
mod sweep;
#[cfg(test)]
mod tests;
mod ties;
mod topology;
mod two_port;

use nalgebra::Complex;

use contracted::Contracted;
pub use live::{Live, Update};
pub use outage::Change;
pub use screen::{Effect, Mode, Rating, Screen, Transfer, Watch};
use ties::Ties;

/// What is held at a bus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BusKind {
    /// Voltage and angle are held, and power is whatever the island needs.
    Slack {
        /// Voltage magnitude.
        v: f64,
        /// Angle, rad.
        angle: f64,
    },
    /// Voltage is held by as much reactive power as that takes.
    Pv {
        /// Voltage magnitude.
        v: f64,
    },
    /// Active and reactive power are given.
    Pq,
}

/// A place with one voltage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bus {
    /// What is held here.
    pub kind: BusKind,
    /// Net consumption `p + jq` at any voltage; generation counts negative. At a slack it adds to what the source gives; so does `q` at a `Pv` bus.
    pub load: Complex<f64>,
    /// Admittance `g + jb` to ground.
    pub shunt: Complex<f64>,
}

/// A line, cable, transformer or closed switch between two buses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Branch {
    /// The bus at the transformer's end.
    pub from: usize,
    /// The bus at the other end.
    pub to: usize,
    /// Series impedance `r + jx`; may be zero, as of a closed switch (see [`SMALLEST_SERIES`]).
    pub series: Complex<f64>,
    /// Total charging susceptance.
    pub charging: f64,
    /// Ratio of the ideal transformer at the *from* end, 1 for none.
    pub tap: f64,
    /// Its phase shift, rad: the internal voltage lags the *from* bus by this much.
    pub shift: f64,
    /// Magnetizing admittance `g + jb` (`b` negative for an inductive current) at the *from* end.
    pub no_load: Complex<f64>,
    /// Whether the branch conducts.
    pub in_service: bool,
}

/// A branch of less series impedance holds the voltages at its ends equal; a current of 100 pu would drop 10⁻⁶ pu.
///
/// Where that cannot be, with a transformer ratio or between two buses that hold voltages, it counts as [`LEAST_REACTANCE`].
pub const SMALLEST_SERIES: f64 = 1e-8;

/// What stands for the missing impedance of an ideal transformer; larger than needed to be seen, so that Newton keeps its footing.
pub const LEAST_REACTANCE: f64 = 1e-6;

/// Buses and the branches between them. A branch that names a bus that does not exist is out of service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// The buses, named by their index.
    pub buses: Vec<Bus>,
    /// The branches.
    pub branches: Vec<Branch>,
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Largest active or reactive power by which a bus may miss (1).
    ///
    /// Where large admittances make the rounding of (1) itself larger than this, the rounding is accepted, up to 10⁻⁶.
    pub tolerance: f64,
    /// Newton steps at most.
    pub max_iterations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { tolerance: 1e-10, max_iterations: 40 }
    }
}

/// How the solution ended; of several islands, the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Every energized bus satisfies (1).
    Converged,
    /// No step reduces the mismatch any more, or the steps are used up: most often more power is asked for than the network can carry.
    Stalled,
    /// The linear system of a step has no solution.
    Singular,
    /// Something is not a finite number, in the data or on the way.
    Diverged,
}

/// Power entering a branch at each end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BranchFlow {
    /// From the *from* bus into the branch.
    pub from: Complex<f64>,
    /// From the *to* bus into the branch.
    pub to: Complex<f64>,
}

impl BranchFlow {
    /// What stays in the branch: the difference of what enters and what leaves.
    pub fn loss(&self) -> Complex<f64> {
        self.from + self.to
    }
}

/// The state found, complete also where it did not converge.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Voltage of each bus; zero where de-energized.
    pub voltages: Vec<Complex<f64>>,
    /// Whether a slack reaches the bus.
    pub energized: Vec<bool>,
    /// Power into each branch; zero where out of service or de-energized.
    pub flows: Vec<BranchFlow>,
    /// Net power each bus gives to branches and its shunt: minus the load at a solved `Pq` bus; plus the load it is what the source of a slack gives.
    pub injections: Vec<Complex<f64>>,
    /// How it ended.
    pub status: Status,
    /// Sweeps or Newton steps, of the island that took most.
    pub iterations: usize,
    /// Largest active or reactive power by which a bus misses (1).
    pub residual: f64,
    /// The bus that misses most, or the one with the data that cannot be used.
    pub worst: Option<usize>,
}

/// Solves the network, from the given state if there is one (of the same buses), else from no load.
pub fn solve(network: &Network, options: &Options, start: Option<&Solution>) -> Solution {
    Prepared::new(network.clone()).solve(options, start)
}

/// A network whose islands, orders of elimination and factors are kept while loads change.
#[derive(Clone, Debug)]
pub struct Prepared {
    network: Network,
    ties: Ties,
    contracted: Contracted,
}

impl Prepared {
    /// Finds what is connected and how.
    pub fn new(network: Network) -> Self {
        let ties = Ties::new(&network);
        let contracted = Contracted::new(ties.contract(&network));
        Self { network, ties, contracted }
    }

    /// The network as it stands.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Changes what a bus consumes; `false` if there is no such bus.
    pub fn set_load(&mut self, bus: usize, load: Complex<f64>) -> bool {
        let Some(changed) = self.network.buses.get_mut(bus) else { return false };
        changed.load = load;
        let (group, together) = self.ties.load(&self.network, bus);
        self.contracted.set_load(group, together);
        true
    }

    /// Opens or closes a branch; `false` if there is no such branch. Islands that this does not touch keep their factors.
    pub fn set_in_service(&mut self, branch: usize, in_service: bool) -> bool {
        let Some(changed) = self.network.branches.get_mut(branch) else { return false };
        let was_tie = ties::is_tie(changed);
        changed.in_service = in_service;
        if was_tie || ties::is_tie(changed) {
            *self = Self::new(std::mem::take(&mut self.network));
        } else {
            self.contracted.set_in_service(branch, in_service);
        }
        true
    }

    /// Solves with the present loads and switches.
    pub fn solve(&mut self, options: &Options, start: Option<&Solution>) -> Solution {
        let size = self.network.buses.len();
        let start = start.filter(|start| start.voltages.len() == size && start.status == Status::Converged);
        let start = start.map(|start| self.ties.contract_voltages(&start.voltages));
        let solution = self.contracted.solve(options, start.as_deref());
        self.ties.expand(&self.network, solution)
    }
}
