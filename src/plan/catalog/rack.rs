//! Racks: what takes the power, and what the liquid and the air carry away.

use super::{Figure, Size};
use crate::units::*;
use serde::{Deserialize, Serialize};

/// What a part of a rack is, and with it which utilization it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartKind {
    /// Follows the CPU utilization.
    Cpu,
    /// Follows the GPU utilization.
    Gpu,
    /// A whole node or tray, follows the GPU utilization where the rack has GPUs, else the CPU utilization. So do all that follow.
    Node,
    /// Main memory.
    Memory,
    /// Network cards.
    Network,
    /// Disks.
    Storage,
    /// Network switches.
    Switch,
    /// Fans of the rack itself.
    Fan,
    /// Pumps inside the rack.
    Pump,
    /// Anything else.
    Other,
}

/// Where in the rack a part takes its power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Behind {
    /// Behind the node's own converter and the power shelf.
    Node,
    /// Behind the power shelf.
    #[default]
    Shelf,
    /// Directly at the AC input.
    Input,
}

/// Equal parts of a rack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// How many in one rack.
    pub count: u32,
    /// Power of one at no work.
    pub idle: Figure<Power>,
    /// Power of one at full work.
    pub peak: Figure<Power>,
    /// Where it takes its power.
    #[serde(default)]
    pub behind: Behind,
}

/// A stage of power conversion in the rack: `P_in = (P_out + units × constant) / efficiency`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Converters in one rack.
    pub units: u32,
    /// Constant loss of one.
    pub constant: Figure<Power>,
    /// Proportional efficiency.
    pub efficiency: Figure<Ratio>,
    /// Rating of one at its output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Figure<Power>>,
    /// Smart sharing: as few units as carry this load each are on. Without it all share equally.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_at: Option<Figure<Power>>,
}

/// One point of a rack's liquid side: what flow it wants at a supply temperature, and its pressure drop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FlowPoint(pub Temperature, pub VolumeFlow, pub Pressure);

/// The cold plates of a rack, all alike and in parallel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColdPlates {
    /// How many.
    pub count: Figure<u32>,
    /// Share of the rack's liquid heat that passes through them, and of its flow.
    pub share: Figure<Ratio>,
    /// Two points of the published resistance from case to inlet: flow of one plate, and K/W.
    pub resistance: Figure<[(VolumeFlow, f64); 2]>,
    /// Exponent of the flow between them.
    pub exponent: Figure<f64>,
    /// Largest case temperature allowed.
    pub max_case: Figure<Temperature>,
}

/// The liquid side of a rack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiquidSide {
    /// Share of the rack's heat that the liquid takes.
    pub share: Figure<Ratio>,
    /// Flow and pressure drop by supply temperature, at design power, coldest first.
    pub points: Figure<Vec<FlowPoint>>,
    /// Return temperature the flow is set for at design power. Where given, the rack wants the flow of that heat balance, and the points give
    /// its pressure drop only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_return: Option<Figure<Temperature>>,
    /// Largest flow allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_flow: Option<Figure<VolumeFlow>>,
    /// Least flow for the heat to liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_flow: Option<Figure<SpecificFlow>>,
    /// Largest pressure drop allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_drop: Option<Figure<Pressure>>,
    /// Its cold plates, where their resistance is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cold_plates: Option<ColdPlates>,
    /// Largest supply temperature allowed.
    pub max_supply: Figure<Temperature>,
    /// Largest return temperature allowed.
    pub max_return: Figure<Temperature>,
}

/// The air side of a rack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AirSide {
    /// Temperature rise of the air through the rack.
    pub rise: Figure<TemperatureDifference>,
    /// Largest inlet temperature allowed.
    pub max_inlet: Figure<Temperature>,
}

/// A rack as sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RackModel {
    /// Key.
    pub id: String,
    /// Name on the data sheet.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// GPU packages in one rack.
    pub gpus: Figure<u32>,
    /// Power at the AC input to plan for (nameplate or thermal design power).
    pub design_power: Figure<Power>,
    /// Largest short-time power (electrical design point), where published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_power: Option<Figure<Power>>,
    /// What takes the power.
    pub parts: Vec<Part>,
    /// The converter of each node, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_stage: Option<Stage>,
    /// The rack's power shelves or supplies.
    pub shelf: Stage,
    /// What takes the shelf's place on a DC feed: the converter from the DC busway to the rack's own bus. Without it the rack has no DC input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dc_input: Option<Stage>,
    /// Whether it takes DC alone: an AC feed is then a mistake.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dc_only: bool,
    /// Input voltage, line to line.
    pub voltage: Figure<Voltage>,
    /// The liquid side, absent for an air-cooled rack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liquid: Option<LiquidSide>,
    /// The air side.
    pub air: AirSide,
    /// Size.
    pub size: Figure<Size>,
    /// Mass, filled.
    pub mass: Figure<Mass>,
    /// Price of one, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Money>>,
}
