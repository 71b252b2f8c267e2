//! What is known about the power chain and its supply at the condition.

use super::{Convergence, Lost, Outage};
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
    /// Terminals of a block's standby sets.
    Standby,
}

/// Where a node's voltage comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fed {
    /// From nowhere.
    #[default]
    Dead,
    /// From the grid, or in island operation from generators.
    Normal,
    /// From a block's standby sets.
    Standby,
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
    /// Whether the voltage is held here: a grid bus, the output of a UPS, a standby set.
    pub source: bool,
    /// Where its voltage comes from.
    pub fed: Fed,
    /// Active power consumed here, UPS inputs included; generation counts negative.
    pub load: Power,
    /// Reactive power consumed here.
    pub load_reactive: ReactivePower,
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
    /// Breaker of a block's standby sets, closed when they carry the block.
    Standby,
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
            Self::Standby => "standby sets",
        }
    }
}

/// Base of per-unit impedances and admittances: 100 MVA, and the nominal voltage of the node.
pub const BASE_POWER: ApparentPower = ApparentPower::from_volt_amperes(1e8);

/// The electrical model of a branch as it was solved, per unit of [`BASE_POWER`]: an ideal transformer and a no-load admittance at *from*, then a series impedance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BranchModel {
    /// Series resistance.
    pub r: f64,
    /// Series reactance.
    pub x: f64,
    /// Total charging susceptance of the series part, half of it at each end.
    pub charging: f64,
    /// Ratio of the ideal transformer.
    pub tap: f64,
    /// Conductance of the no-load loss at *from*.
    pub no_load: f64,
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
    /// How many alike are in parallel: transformers, cables, modules, busways, standby sets.
    pub units: u32,
    /// Share of them in service, 0–1.
    pub in_service: f64,
    /// How it was modeled; a UPS is no passive branch.
    pub model: Option<BranchModel>,
}

impl Branch {
    /// Load over rating in the normal state.
    #[must_use]
    pub fn loading(&self) -> f64 {
        self.load / self.rating
    }
}

/// A point of interconnection as the utility sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Interconnection {
    /// The grid connection.
    pub grid: Id,
    /// Index of its node.
    pub node: usize,
    /// Active power taken.
    pub power: Power,
    /// Reactive power taken.
    pub reactive: ReactivePower,
    /// Three-phase short-circuit power of the grid there.
    pub short_circuit: ApparentPower,
    /// Rise of voltage, over nominal, when all of the load trips at once.
    pub step: f64,
}

impl Interconnection {
    /// Power factor, 1 without load.
    #[must_use]
    pub fn power_factor(&self) -> f64 {
        let apparent = self.power.watts().hypot(self.reactive.vars());
        if apparent > 0.0 { self.power.watts().abs() / apparent } else { 1.0 }
    }
    /// Short-circuit power over the load.
    #[must_use]
    pub fn short_circuit_ratio(&self) -> f64 {
        self.short_circuit.volt_amperes() / self.power.watts().abs()
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
    /// Power that the campus takes: from the grid, from generators and batteries, and from the standby sets of blocks.
    pub facility: Power,
    /// Of it, what standby sets give.
    pub from_sets: Power,
    /// Reactive power there.
    pub reactive: ReactivePower,
    /// Loss of the chain from the point of interconnection to the racks' inputs.
    pub loss: Power,
    /// What was out of service on request.
    pub out: Vec<Outage>,
    /// Of [`Self::out`], names that nothing in the chain or the cooling has.
    pub unknown_out: Vec<Outage>,
    /// Rows and equipment without power, or rows with less of it.
    pub dark: Vec<Id>,
    /// Of each of these, the share of its power that is gone.
    pub unserved: Vec<f64>,
    /// What isn't served.
    pub lost: Lost,
    /// Blocks carried by their standby sets.
    pub standby: Vec<Id>,
    /// Points of interconnection.
    pub poi: Vec<Interconnection>,
    /// Relative residual of active power over the whole chain.
    pub residual: f64,
    /// Initial symmetrical three-phase short-circuit power by node, fed by the grid alone; NaN where a UPS or standby set holds the voltage, or unknown.
    pub fault_levels: Vec<f64>,
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
