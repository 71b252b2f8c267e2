//! Coolant loops, their CDUs, air handlers, and the facility water system with its plant.

use super::space::{is_false, is_one, is_zero, one};
use super::{Id, Point};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// What flows in a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coolant {
    /// Treated water.
    Water,
    /// Propylene glycol, 25 % by mass.
    Pg25,
    /// Ethylene glycol, 25 % by mass.
    Eg25,
}

impl Coolant {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Water => "water",
            Self::Pg25 => "PG25 (25 % propylene glycol by mass)",
            Self::Eg25 => "EG25 (25 % ethylene glycol by mass)",
        }
    }
}

/// How the branches of a header return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum Return {
    /// First supplied, first returned: near racks get more flow.
    #[default]
    Direct,
    /// First supplied, last returned: flows are even.
    Reverse,
}

/// What the pumps of a coolant loop hold by their speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum PumpControl {
    /// The sum of what the racks want; with valves at the racks, the least speed at which every rack gets it.
    #[default]
    Flow,
    /// The pressure between the manifolds of supply and return.
    Difference,
    /// Nothing: full speed.
    Full,
}

impl PumpControl {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A technology cooling system loop (TCS): the coolant from its CDUs to the cold plates of its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tcs {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The hall it serves.
    pub hall: Id,
    /// Coolant.
    pub coolant: Coolant,
    /// Supply temperature that its CDUs hold.
    pub supply: Temperature,
    /// Inner diameter of the row headers.
    pub header: Length,
    /// Wall roughness of the headers.
    pub roughness: Length,
    /// Arrangement of the return header.
    #[serde(default)]
    pub arrangement: Return,
    /// What the CDU pumps hold.
    #[serde(default, skip_serializing_if = "PumpControl::is_default")]
    pub control: PumpControl,
    /// The pressure between the manifolds, where that is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Pressure>,
    /// Whether the supply temperature floats: the CDUs take all the facility water they can, and the set-point is only the most that is meant.
    #[serde(default, skip_serializing_if = "is_false")]
    pub floating: bool,
    /// Flow coefficient Kv of one quick disconnect, m³/h of water at 1 bar; a rack has two in series. Without it they are in the rack's own drop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disconnect_kv: Option<f64>,
    /// Whether every rack has a valve that holds its flow at what it wants, as far as the pressure goes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rack_valves: bool,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

/// CDUs in parallel on one TCS loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cdu {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The TCS loop it feeds.
    pub tcs: Id,
    /// The facility water system it gives its heat to.
    pub fws: Id,
    /// Catalog key.
    pub model: String,
    /// CDUs.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub units: u32,
    /// Of these, spare.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redundant: u32,
    /// Pressure the coolant loses in the filter of one at its rated flow. Without it the filter is in the CDU's own figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Pressure>,
    /// South-west corner of the first.
    pub at: Point,
    /// Whether the group runs south–north.
    #[serde(default, skip_serializing_if = "is_false")]
    pub turned: bool,
    /// Power block of the A side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a: Option<Id>,
    /// Power block of the B side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b: Option<Id>,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

/// Air handlers (CRAH, fan wall) of a hall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AirHandler {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The hall it serves.
    pub hall: Id,
    /// The facility water system of its coil.
    pub fws: Id,
    /// Catalog key.
    pub model: String,
    /// Air handlers.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub units: u32,
    /// Of these, spare.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redundant: u32,
    /// South-west corner of the first.
    pub at: Point,
    /// Whether the group runs south–north.
    #[serde(default, skip_serializing_if = "is_false")]
    pub turned: bool,
    /// Power block of the A side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a: Option<Id>,
    /// Power block of the B side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b: Option<Id>,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

/// A facility water system (FWS): pumps and mains from the plant to the CDUs and air handlers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fws {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Coolant.
    pub coolant: Coolant,
    /// Supply temperature that the plant holds.
    pub supply: Temperature,
    /// Catalog key of the pumps.
    pub pump: String,
    /// Pumps in parallel.
    pub pumps: u32,
    /// Of these, spare.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redundant: u32,
    /// Inner diameter of the mains.
    pub main: Length,
    /// Wall roughness of the mains.
    pub roughness: Length,
    /// Whether the mains come back to the pumps, so that each consumer is fed from two ways; otherwise they are a tree.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ring: bool,
    /// Least flow of the running pumps together: a bypass from supply to return passes what the consumers don't take of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bypass: Option<VolumeFlow>,
    /// Volume of a buffer tank in the supply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffer: Option<Volume>,
    /// Effectiveness of the plate exchanger between this water and the open tower water, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanger: Option<Ratio>,
    /// Place of the pumps.
    pub at: Point,
    /// Power block of the A side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a: Option<Id>,
    /// Power block of the B side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b: Option<Id>,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

/// Heat rejection equipment of a facility water system: dry or adiabatic coolers, tower cells, or chillers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cooler {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The facility water system it cools.
    pub fws: Id,
    /// Catalog key of a dry cooler, a tower or a chiller.
    pub model: String,
    /// Units.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub units: u32,
    /// Of these, spare.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redundant: u32,
    /// South-west corner of the first.
    pub at: Point,
    /// Units side by side before the next line of them begins.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub columns: u32,
    /// Power block (or bus) of the A side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a: Option<Id>,
    /// Power block (or bus) of the B side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b: Option<Id>,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}
