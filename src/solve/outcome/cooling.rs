//! What is known about the cooling side at the condition.

use super::Convergence;
use crate::plan::Id;
use crate::units::*;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// Heat its racks give to coolant.
    pub heat: Power,
    /// Of it, what the coolant carries: racks without flow give it nothing.
    pub carried: Power,
    /// Heat its CDUs pass to facility water: what it carries and the power of its pumps.
    pub passed: Power,
    /// Heat its CDUs can carry at their rating, spare units left out.
    pub capacity: Power,
    /// Supply temperature to the racks.
    pub supply: Temperature,
    /// Mixed return temperature.
    pub return_: Temperature,
    /// Whether the set-point is held.
    pub held: bool,
    /// Dew point of the hall's air: the plan's, or that of the assumed humidity.
    pub dew_point: Temperature,
    /// Facility water its CDUs take.
    pub fws_flow: VolumeFlow,
    /// Facility water temperature leaving its CDUs.
    pub fws_return: Temperature,
    /// By row.
    pub rows: BTreeMap<Id, RowCoolant>,
    /// Its network.
    pub pipes: super::Pipes,
}

impl LoopState {
    /// How far heat out of the loop is from heat in, over heat in: what the racks and pumps give against what the facility water takes. Zero for a
    /// loop that carries none.
    #[must_use]
    pub fn heat_residual(&self) -> f64 {
        let given = self.carried + self.cdu_power;
        if given > Power::ZERO && self.supply.is_finite() { (self.passed / given - 1.0).abs() } else { 0.0 }
    }
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
    /// Heat the rack gives to coolant, W.
    pub heat: Vec<f64>,
    /// Case temperature of what its cold plates cool, K; NaN where no resistance of them is known.
    pub case_k: Vec<f64>,
}

/// The air of a hall.
#[derive(Debug, Clone)]
pub struct HallAir {
    /// Convergence of its field.
    pub convergence: Convergence,
    /// Heat from the racks to the air.
    pub heat: Power,
    /// What the air handlers can carry, spare units left out, at the present water temperature.
    pub capacity: Power,
    /// Air the racks draw.
    pub rack_flow: VolumeFlow,
    /// Air the handlers move.
    pub handler_flow: VolumeFlow,
    /// Share of the racks' exhaust that gets into the room instead of straight to the handlers.
    pub escapes: Ratio,
    /// Mean supply temperature.
    pub supply: Temperature,
    /// Mean return temperature of the handlers.
    pub return_: Temperature,
    /// Mean inlet temperature of the racks.
    pub inlet: Temperature,
    /// Mean temperature behind the racks.
    pub exhaust: Temperature,
    /// The rack with the warmest inlet: row and slot.
    pub worst: Option<(Id, u32)>,
    /// Its inlet temperature.
    pub worst_inlet: Temperature,
    /// Supply heat index; the return heat index is one less it.
    pub shi: Ratio,
    /// Return temperature index.
    pub rti: Ratio,
    /// Rack cooling index, high end.
    pub rci_hi: Ratio,
    /// Rack cooling index, low end.
    pub rci_lo: Ratio,
    /// Fan power.
    pub fan_power: Power,
    /// Fan speed, 1 is full.
    pub fan_speed: f64,
    /// Whether the supply temperature is held.
    pub held: bool,
    /// Facility water its coils take.
    pub fws_flow: VolumeFlow,
    /// Inlets by row.
    pub rows: BTreeMap<Id, RowAir>,
    /// Air handlers that run, by group: the first ones of each.
    pub units: BTreeMap<Id, Vec<UnitAir>>,
    /// The air over the floor.
    pub field: Option<Arc<AirField>>,
}

impl PartialEq for HallAir {
    /// To the bit, with what is unknown equal to what is unknown.
    fn eq(&self, other: &Self) -> bool {
        let flows = |h: &Self| [h.rack_flow, h.handler_flow, h.fws_flow].map(|q| q.cubic_meters_per_second().to_bits());
        let powers = |h: &Self| [h.heat, h.capacity, h.fan_power].map(|p| p.watts().to_bits());
        let temperatures = |h: &Self| [h.supply, h.return_, h.inlet, h.exhaust, h.worst_inlet].map(|t| t.kelvin().to_bits());
        let shares = |h: &Self| [h.escapes, h.shi, h.rti, h.rci_hi, h.rci_lo].map(|s| s.value().to_bits());
        let rest = |h: &Self| (h.held, h.fan_speed.to_bits(), h.worst.clone(), h.convergence.clone());
        flows(self) == flows(other)
            && powers(self) == powers(other)
            && temperatures(self) == temperatures(other)
            && shares(self) == shares(other)
            && rest(self) == rest(other)
            && self.rows == other.rows
            && self.units == other.units
            && self.field == other.field
    }
}

impl Default for HallAir {
    /// Nothing flows, and nothing is known.
    fn default() -> Self {
        let (unknown, none) = (Temperature::from_kelvin(f64::NAN), Ratio::from_value(f64::NAN));
        Self {
            convergence: Convergence::default(),
            heat: Power::ZERO,
            capacity: Power::ZERO,
            rack_flow: VolumeFlow::ZERO,
            handler_flow: VolumeFlow::ZERO,
            escapes: none,
            supply: unknown,
            return_: unknown,
            inlet: unknown,
            exhaust: unknown,
            worst: None,
            worst_inlet: unknown,
            shi: none,
            rti: none,
            rci_hi: none,
            rci_lo: none,
            fan_power: Power::ZERO,
            fan_speed: 0.0,
            held: false,
            fws_flow: VolumeFlow::ZERO,
            rows: BTreeMap::new(),
            units: BTreeMap::new(),
            field: None,
        }
    }
}

impl HallAir {
    /// Inlet temperature of a rack by its slot, from 1; NaN where none draws air, or nothing is known.
    #[must_use]
    pub fn inlet_of(&self, row: &Id, slot: u32) -> Temperature {
        let known = self.rows.get(row).and_then(|r| r.inlet_k.get((slot as usize).wrapping_sub(1)));
        Temperature::from_kelvin(known.copied().unwrap_or(f64::NAN))
    }
    /// The warmest inlet of a row; NaN where nothing is known.
    #[must_use]
    pub fn warmest_of(&self, row: &Id) -> Temperature {
        Temperature::from_kelvin(self.rows.get(row).map_or(f64::NAN, |r| r.inlet_k.iter().copied().fold(f64::NAN, f64::max)))
    }
}

/// The air of a row's racks, by slot (index 0 is slot 1); NaN where none draws air.
#[derive(Debug, Clone)]
pub struct RowAir {
    /// Inlet temperature, K.
    pub inlet_k: Vec<f64>,
    /// Share of the inlet air that was exhaust before (one less the capture index).
    pub exhaust_share: Vec<f64>,
    /// The side it draws from.
    pub front: crate::plan::Side,
}

impl PartialEq for RowAir {
    /// To the bit, with what is unknown equal to what is unknown.
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
        self.front == other.front && same(&self.inlet_k, &other.inlet_k) && same(&self.exhaust_share, &other.exhaust_share)
    }
}

/// An air handler at work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitAir {
    /// Air it moves.
    pub flow: VolumeFlow,
    /// Return temperature.
    pub return_: Temperature,
    /// Supply temperature, fan heat included.
    pub supply: Temperature,
    /// Heat to its water.
    pub heat: Power,
}

/// The air over the floor of a hall, in cells; cell (i, j) is `j·columns + i`, NaN where something stands. A planning estimate in plan view, not CFD.
#[derive(Clone, Default)]
pub struct AirField {
    /// West to east: edges of the columns, m from the hall's corner; one more than columns.
    pub x: Vec<f64>,
    /// South to north: edges of the lines, m.
    pub y: Vec<f64>,
    /// Temperature, K.
    pub temperature: Vec<f32>,
    /// Speed, m/s, in an assumed clear height.
    pub speed: Vec<f32>,
}

impl PartialEq for AirField {
    /// To the bit, with what is unknown equal to what is unknown.
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &[f32], b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
        self.x == other.x && self.y == other.y && same(&self.temperature, &other.temperature) && same(&self.speed, &other.speed)
    }
}

impl Eq for AirField {}

impl std::fmt::Debug for AirField {
    /// Short: there are tens of thousands of cells.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AirField({} x {} cells)", self.x.len().saturating_sub(1), self.y.len().saturating_sub(1))
    }
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
