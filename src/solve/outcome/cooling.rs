//! What is known about the cooling side at the condition.

use super::Convergence;
use crate::plan::Id;
use crate::units::*;
use std::collections::BTreeMap;

/// The cooling side at the condition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cooling {
    /// Coolant loops.
    pub loops: BTreeMap<Id, LoopState>,
    /// Hall air.
    pub halls: BTreeMap<Id, HallAir>,
    /// Facility water systems.
    pub fws: BTreeMap<Id, FwsState>,
    /// Electric power of all cooling: pumps, CDUs, fans, towers, chillers.
    pub power: Power,
    /// House power of the halls: lights, controls, offices.
    pub house: Power,
    /// Largest relative residual of heat, over all loops.
    pub heat_residual: f64,
    /// Largest relative residual of mass, over all networks.
    pub mass_residual: f64,
}

/// A coolant loop (TCS).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoopState {
    /// Convergence of its network.
    pub convergence: Convergence,
    /// Coolant flow of the loop.
    pub flow: VolumeFlow,
    /// Flow its racks want in all.
    pub wanted_flow: VolumeFlow,
    /// Pressure its pumps give.
    pub head: Pressure,
    /// Pump speed, 1 is full.
    pub pump_speed: f64,
    /// Electric power of its CDUs.
    pub cdu_power: Power,
    /// Heat it carries.
    pub heat: Power,
    /// Heat its CDUs can carry at their rating, spare units left out.
    pub capacity: Power,
    /// Supply temperature to the racks.
    pub supply: Temperature,
    /// Mixed return temperature.
    pub return_: Temperature,
    /// Whether the set-point is held.
    pub held: bool,
    /// Facility water its CDUs take.
    pub fws_flow: VolumeFlow,
    /// Facility water temperature leaving its CDUs.
    pub fws_return: Temperature,
    /// By row.
    pub rows: BTreeMap<Id, RowCoolant>,
    /// Its network.
    pub pipes: super::Pipes,
}

/// Coolant in the racks of a row, by slot (index 0 is slot 1); NaN where a slot has no liquid.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowCoolant {
    /// Flow, m³/s.
    pub flow: Vec<f64>,
    /// Pressure drop of the rack, Pa.
    pub drop: Vec<f64>,
    /// Return temperature, K.
    pub return_k: Vec<f64>,
    /// Flow the rack wants, m³/s.
    pub wanted: Vec<f64>,
}

/// The air of a hall.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HallAir {
    /// Heat from the racks to the air.
    pub heat: Power,
    /// What the air handlers can carry, spare units left out, at the present water temperature.
    pub capacity: Power,
    /// Air the racks draw.
    pub rack_flow: VolumeFlow,
    /// Air the handlers move.
    pub handler_flow: VolumeFlow,
    /// Supply temperature.
    pub supply: Temperature,
    /// Mean inlet temperature of the racks.
    pub inlet: Temperature,
    /// Temperature behind the racks.
    pub exhaust: Temperature,
    /// Fan power.
    pub fan_power: Power,
    /// Fan speed, 1 is full.
    pub fan_speed: f64,
    /// Whether the supply temperature is held.
    pub held: bool,
    /// Facility water its coils take.
    pub fws_flow: VolumeFlow,
}

/// A facility water system.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FwsState {
    /// Convergence of its network.
    pub convergence: Convergence,
    /// Water pumped.
    pub flow: VolumeFlow,
    /// Of it, what the bypass passes to keep the pumps' least flow.
    pub bypass: VolumeFlow,
    /// Pumps that run.
    pub pumps_on: u32,
    /// Pressure the pumps give.
    pub head: Pressure,
    /// Pump speed, 1 is full.
    pub pump_speed: f64,
    /// Electric power of its pumps.
    pub pump_power: Power,
    /// Heat brought to the plant.
    pub heat: Power,
    /// Heat the plant can reject while it holds the set-point at the condition, spare units left out.
    pub capacity: Power,
    /// Supply temperature.
    pub supply: Temperature,
    /// Temperature of the water to the plant: the return with what the bypass adds, warmed by the pumps.
    pub return_: Temperature,
    /// Whether the set-point is held.
    pub held: bool,
    /// Dew point of the air in the halls it serves, the highest of them.
    pub dew_point: Option<Temperature>,
    /// The consumer whose valve has the least pressure left, or which gets the least of what it wants.
    pub worst_branch: Option<Id>,
    /// Flow each branch gets, by CDU group or air handler group.
    pub branches: BTreeMap<Id, BranchFlow>,
    /// Heat rejection groups.
    pub coolers: BTreeMap<Id, CoolerState>,
    /// Water taken in for evaporation, drift and blowdown.
    pub makeup: VolumeFlow,
    /// Its network.
    pub pipes: super::Pipes,
}

/// Facility water to one consumer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BranchFlow {
    /// Flow.
    pub flow: VolumeFlow,
    /// Flow it wants.
    pub wanted: VolumeFlow,
    /// Pressure between supply and return at it.
    pub available: Pressure,
}

/// A heat rejection group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CoolerState {
    /// Heat it rejects.
    pub heat: Power,
    /// Heat it could reject at the condition, spare units left out.
    pub capacity: Power,
    /// Electric power: fans, tower pumps, compressors.
    pub power: Power,
    /// Of it, compressors.
    pub compressor: Power,
    /// Fan speed, 1 is full.
    pub speed: f64,
    /// Units in use.
    pub units_on: u32,
    /// Water evaporated.
    pub evaporation: VolumeFlow,
    /// Water drifted off and blown down.
    pub losses: VolumeFlow,
    /// How it runs: "dry", "wet", "free cooling", "mechanical", "off".
    pub mode: &'static str,
    /// Whether every curve was within its range.
    pub in_range: bool,
}
