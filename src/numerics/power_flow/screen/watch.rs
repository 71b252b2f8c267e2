//! What an outage is judged by.

use nalgebra::Complex;

use super::super::response::Size;
use super::super::{BranchFlow, Network};

/// What a branch may carry, per unit; the more loaded end counts.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Rating {
    /// Nothing is known: it has no loading.
    #[default]
    Unknown,
    /// A current at each end, as of a line, or of a transformer by its windings.
    Current {
        /// At the *from* end.
        from: f64,
        /// At the *to* end.
        to: f64,
    },
    /// An apparent power.
    Power(f64),
}

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watch {
    /// By branch; branches beyond its length have no rating.
    pub ratings: Vec<Rating>,
    /// Buses with less voltage than this are counted, pu.
    pub low_voltage: f64,
}

impl Rating {
    /// Loading of a branch between two voltages with the given flow, or `None` if it has no rating.
    pub fn loading(&self, flow: &BranchFlow, from: Complex<f64>, to: Complex<f64>) -> Option<f64> {
        let loading = match *self {
            Self::Unknown => return None,
            Self::Current { from: rated_from, to: rated_to } => (flow.from.size() / from.size() / rated_from).max(flow.to.size() / to.size() / rated_to),
            Self::Power(rated) => flow.from.size().max(flow.to.size()) / rated,
        };
        loading.is_finite().then_some(loading)
    }

    /// How fast the loading can change with a movement of the parent's voltage of up to `reach`: from voltages, currents and the changes of both per unit of movement,
    /// each of the *from* end and of the *to* end.
    pub(super) fn slope(&self, voltages: [f64; 2], currents: [f64; 2], moved: [f64; 2], drawn: [f64; 2], reach: f64) -> f64 {
        let power = |end: usize| currents[end] * moved[end] + voltages[end] * drawn[end] + reach * moved[end] * drawn[end];
        match *self {
            Self::Unknown => 0.0,
            Self::Current { from, to } => (drawn[0] / from).max(drawn[1] / to),
            Self::Power(rated) => power(0).max(power(1)) / rated,
        }
    }
}

impl Watch {
    /// The rating of a branch.
    pub fn rating(&self, branch: usize) -> Rating {
        self.ratings.get(branch).copied().unwrap_or_default()
    }
}

/// What is worst in a state or in a part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extremes {
    /// Lowest voltage and its bus; infinite where there is none.
    pub lowest: (f64, usize),
    /// Highest loading and its branch; minus infinity where there is none.
    pub highest: (f64, usize),
    /// Branches loaded above 1.
    pub over: usize,
    /// Buses below the low voltage.
    pub below: usize,
}

impl Default for Extremes {
    fn default() -> Self {
        Self { lowest: (f64::INFINITY, usize::MAX), highest: (f64::NEG_INFINITY, usize::MAX), over: 0, below: 0 }
    }
}

impl Extremes {
    /// Takes a bus in.
    pub fn bus(&mut self, watch: &Watch, bus: usize, voltage: f64) {
        self.below += usize::from(voltage < watch.low_voltage);
        self.lower((voltage, bus));
    }

    /// Takes a branch in.
    pub fn branch(&mut self, branch: usize, loading: Option<f64>) {
        let Some(loading) = loading else { return };
        self.over += usize::from(loading > 1.0);
        self.higher((loading, branch));
    }

    /// Takes a voltage in without counting it. Of equal ones the first in number remains.
    pub fn lower(&mut self, other: (f64, usize)) {
        if other.0 < self.lowest.0 || (other.0 == self.lowest.0 && other.1 < self.lowest.1) {
            self.lowest = other;
        }
    }

    /// Takes a loading in without counting it.
    pub fn higher(&mut self, other: (f64, usize)) {
        if other.0 > self.highest.0 || (other.0 == self.highest.0 && other.1 < self.highest.1) {
            self.highest = other;
        }
    }

    /// Takes another part in.
    pub fn join(&mut self, other: &Self) {
        self.lower(other.lowest);
        self.higher(other.highest);
        self.over += other.over;
        self.below += other.below;
    }

    /// What is worst in a whole state.
    pub fn of_state(network: &Network, watch: &Watch, voltages: &[Complex<f64>], energized: &[bool], flows: &[BranchFlow]) -> Self {
        let mut extremes = Self::default();
        for (bus, voltage) in voltages.iter().enumerate().filter(|&(bus, _)| energized[bus]) {
            extremes.bus(watch, bus, voltage.size());
        }
        for (index, (branch, flow)) in network.branches.iter().zip(flows).enumerate() {
            let alive = |bus: usize| energized.get(bus).copied().unwrap_or(false);
            if branch.in_service && alive(branch.from) && alive(branch.to) {
                extremes.branch(index, watch.rating(index).loading(flow, voltages[branch.from], voltages[branch.to]));
            }
        }
        extremes
    }
}
