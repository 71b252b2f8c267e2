//! What is known about the power chain and its supply at the condition.

use super::Convergence;
use crate::plan::Id;
use crate::units::*;
use std::collections::BTreeMap;

/// What a node of the power chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// Point of interconnection.
    Poi,
    /// Switchgear.
    Bus,
    /// High side of a block's substation.
    BlockInput,
    /// Low-voltage side of a block's substation.
    BlockLow,
    /// Behind the UPS.
    BlockOutput,
    /// End of a row's busway.
    RowFeed,
}

/// A node of the power chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique name, for example `H1-B02/low`.
    pub id: String,
    /// The element it belongs to.
    pub element: Id,
    /// What it is.
    pub kind: NodeKind,
    /// Voltage over nominal; NaN when dead.
    pub v_pu: f64,
    /// Voltage angle, rad.
    pub angle: f64,
    /// Nominal voltage.
    pub nominal: Voltage,
}

/// What a branch of the power chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BranchKind {
    /// Transformer between buses.
    Transformer,
    /// Cable or line between buses.
    Feeder,
    /// Cable from a bus to a block.
    BlockFeeder,
    /// Unit substation of a block.
    Substation,
    /// UPS of a block.
    Ups,
    /// Busway to a row.
    Busway,
}

impl BranchKind {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Transformer => "transformer",
            Self::Feeder => "feeder",
            Self::BlockFeeder => "block feeder",
            Self::Substation => "unit substation",
            Self::Ups => "UPS",
            Self::Busway => "busway",
        }
    }
}

/// A branch of the power chain. Powers are into the branch at each end.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Unique name, for example `H1-B02/ups`.
    pub id: String,
    /// The element it belongs to.
    pub element: Id,
    /// What it is.
    pub kind: BranchKind,
    /// Index of the sending node.
    pub from: usize,
    /// Index of the receiving node.
    pub to: usize,
    /// Active power in at `from`.
    pub p_from: Power,
    /// Reactive power in at `from`.
    pub q_from: ReactivePower,
    /// Active power in at `to` (negative: it comes out).
    pub p_to: Power,
    /// Reactive power in at `to`.
    pub q_to: ReactivePower,
    /// Current at `from`.
    pub current: Current,
    /// Loss.
    pub loss: Power,
    /// Load in its own measure (VA for transformers, W for UPS, A for conductors).
    pub load: f64,
    /// Rating in the same measure, spare units left out.
    pub rating: f64,
    /// Load after the worst single loss of another feed, in the same measure, where rows have two feeds.
    pub failover: f64,
}

impl Branch {
    /// Load over rating in the normal state.
    #[must_use]
    pub fn loading(&self) -> f64 {
        self.load / self.rating
    }
}

/// The power chain, solved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PowerFlow {
    /// How it closed.
    pub convergence: Convergence,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Branches.
    pub branches: Vec<Branch>,
    /// Branch indices by element.
    pub of_element: BTreeMap<Id, Vec<usize>>,
    /// Power at the point of interconnection that the campus takes, on-site supply left out.
    pub facility: Power,
    /// Reactive power there.
    pub reactive: ReactivePower,
    /// Loss of the chain from the point of interconnection to the racks' inputs.
    pub loss: Power,
    /// Rows and equipment without power.
    pub dark: Vec<Id>,
    /// Relative residual of active power over the whole chain.
    pub residual: f64,
}

/// What could feed the campus at the condition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Supply {
    /// Firm grid import in the plan's month.
    pub grid_firm: Power,
    /// Generators by group: available at the condition, spare units left out.
    pub generators: BTreeMap<Id, Power>,
    /// Batteries by group: power.
    pub batteries: BTreeMap<Id, Power>,
    /// Battery energy, reserve left out.
    pub battery_energy: Energy,
    /// Facility power.
    pub load: Power,
}

impl Supply {
    /// Generation available.
    #[must_use]
    pub fn generation(&self) -> Power {
        self.generators.values().copied().sum()
    }
}
