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
    /// IT power if no cap held it back.
    pub uncapped: Power,
    /// What each cap does, by the row, hall or campus that has it.
    pub caps: BTreeMap<Id, CapLoad>,
}

/// A power cap and what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CapLoad {
    /// The cap.
    pub cap: Power,
    /// What the racks behind it would draw without it; caps inside it (of rows in a hall, of halls in the campus) still hold.
    pub wanted: Power,
    /// What they draw, caps around it included.
    pub power: Power,
    /// Sum of their design powers (nameplate).
    pub design_power: Power,
}

impl CapLoad {
    /// Nameplate over cap: above one, more is installed than may run at once. NaN for a cap of nothing over nothing.
    #[must_use]
    pub fn oversubscription(&self) -> f64 {
        self.design_power / self.cap
    }
    /// What this cap takes away.
    #[must_use]
    pub fn throttled(&self) -> Power {
        if self.wanted > self.cap { self.wanted - self.cap } else { Power::ZERO }
    }
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
    /// Power at the racks' inputs if no cap held it back.
    pub uncapped: Power,
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
    /// Of that, lost in the converters of its nodes; the rest is lost in its shelves, or in its DC input on a DC feed.
    pub node_loss: Power,
    /// Heat to liquid.
    pub liquid: Power,
    /// Heat to air.
    pub air: Power,
}
