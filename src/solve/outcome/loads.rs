//! What is known about the racks.

use crate::plan::Id;
use crate::units::*;
use std::collections::BTreeMap;

/// Rack loads by row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loads {
    /// By row.
    pub rows: BTreeMap<Id, RowLoad>,
    /// Racks.
    pub racks: u32,
    /// GPU packages.
    pub gpus: u64,
    /// Power at the racks' inputs.
    pub it_power: Power,
    /// Of it, lost in the racks' own converters.
    pub conversion_loss: Power,
    /// Heat to liquid.
    pub liquid: Power,
    /// Heat to air.
    pub air: Power,
    /// IT power if every rack drew its design power.
    pub design_power: Power,
    /// IT power at no utilization.
    pub idle_power: Power,
}

/// The load of one row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowLoad {
    /// By rack model.
    pub models: BTreeMap<String, RackLoad>,
    /// Racks.
    pub racks: u32,
    /// GPUs.
    pub gpus: u64,
    /// Power at the racks' inputs.
    pub power: Power,
    /// Heat to liquid.
    pub liquid: Power,
    /// Heat to air.
    pub air: Power,
    /// Sum of the racks' design powers.
    pub design_power: Power,
}

/// The load of one rack of a model.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RackLoad {
    /// Racks of this model.
    pub count: u32,
    /// Power at the input of one.
    pub power: Power,
    /// Of it, lost in its converters.
    pub conversion_loss: Power,
    /// Heat to liquid.
    pub liquid: Power,
    /// Heat to air.
    pub air: Power,
}
