//! What is known about a plan once it is solved.
//!
//! Parts are shared (`Arc`), so that an outcome that reuses a stage costs a pointer. Absent means unknown and is never zero.

use crate::plan::Id;
use crate::units::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Hours in a year of this program.
pub const HOURS: usize = 8760;

/// How a numerical method ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Within tolerance.
    #[default]
    Converged,
    /// No further progress.
    Stalled,
    /// Ran away: there is no such steady state.
    Diverged,
    /// The equations don't determine an answer.
    Singular,
}

impl Status {
    /// As written in reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::Stalled => "stalled",
            Self::Diverged => "diverged",
            Self::Singular => "singular",
        }
    }
}

/// How well a stage closed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Convergence {
    /// How it ended.
    pub status: Status,
    /// Iterations.
    pub iterations: usize,
    /// Largest relative residual.
    pub residual: f64,
    /// The element where it is worst.
    pub worst: Option<Id>,
}

/// Everything the solver says about a plan.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The revision of the document it belongs to.
    pub revision: u64,
    /// Weather and time of the steady state.
    pub condition: Condition,
    /// What couldn't be understood: dangling references, unknown models. The rest is solved.
    pub problems: Arc<Vec<Problem>>,
    /// Rack loads.
    pub loads: Arc<Loads>,
    /// Coolant loops, hall air, facility water and heat rejection at the condition.
    pub cooling: Arc<Cooling>,
    /// The power chain at the condition.
    pub power: Arc<PowerFlow>,
    /// Supply at the condition.
    pub supply: Arc<Supply>,
    /// 8,760 hours.
    pub year: Arc<Year>,
    /// The year's money.
    pub bill: Arc<Bill>,
    /// The numbers one looks at first.
    pub summary: Summary,
    /// How long each stage took, in order.
    pub stages: Vec<StageTime>,
    /// How well energy and mass balance.
    pub balance: Balance,
    /// Answers kept for the next solve.
    pub(crate) memo: Arc<super::Memo>,
    /// The plan's own catalog entries it was solved with.
    pub(crate) own_catalog: Arc<crate::plan::Catalog>,
}

/// The time a stage took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageTime {
    /// Its name.
    pub stage: &'static str,
    /// Milliseconds; only what was computed anew.
    pub milliseconds: f64,
    /// Whether the earlier result was reused.
    pub reused: bool,
}

/// Outdoor air and time of a steady state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Condition {
    /// For people: "Design day", "Hour 4,321".
    pub label: String,
    /// Dry bulb.
    pub dry_bulb: Temperature,
    /// Wet bulb.
    pub wet_bulb: Temperature,
    /// Station pressure.
    pub pressure: Pressure,
    /// Name of the scenario, if one is applied.
    pub scenario: Option<Id>,
}

/// Something in a plan that the solver couldn't use.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The element.
    pub subject: Id,
    /// The field.
    pub field: &'static str,
    /// A sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Whether the element takes no part in the solve because of it.
    pub excluded: bool,
}

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
    /// Return temperature.
    pub return_: Temperature,
    /// Whether the set-point is held.
    pub held: bool,
    /// Pressure at the worst branch's valve: below zero the branch gets too little.
    pub worst_branch: Option<Id>,
    /// Flow each branch gets (by loop or air handler group).
    pub branches: BTreeMap<Id, BranchFlow>,
    /// Heat rejection groups.
    pub coolers: BTreeMap<Id, CoolerState>,
    /// Water taken in for evaporation, drift and blowdown.
    pub makeup: VolumeFlow,
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

/// Hours of one year, W unless said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hourly {
    /// Dry bulb, °C.
    pub dry_bulb_c: Vec<f64>,
    /// Wet bulb, °C.
    pub wet_bulb_c: Vec<f64>,
    /// IT power.
    pub it: Vec<f64>,
    /// Cooling power, and the halls' house power.
    pub cooling: Vec<f64>,
    /// Losses of the power chain.
    pub chain_loss: Vec<f64>,
    /// Facility power.
    pub facility: Vec<f64>,
    /// Water taken in, m³/h.
    pub makeup_m3: Vec<f64>,
    /// Facility water supply temperature of the warmest system, °C.
    pub fws_supply_c: Vec<f64>,
    /// Grid import.
    pub grid: Vec<f64>,
    /// By generator group, in id order.
    pub generators: Vec<(Id, Vec<f64>)>,
    /// Battery charging.
    pub charge: Vec<f64>,
    /// Battery discharging.
    pub discharge: Vec<f64>,
    /// Battery energy at the end of the hour, J.
    pub stored: Vec<f64>,
    /// Load not served.
    pub unserved: Vec<f64>,
    /// Price of grid energy, $/MWh.
    pub price: Vec<f64>,
}

impl Hourly {
    /// PUE of an hour, NaN at no IT power.
    #[must_use]
    pub fn pue(&self, hour: usize) -> f64 {
        match (self.facility.get(hour), self.it.get(hour)) {
            (Some(f), Some(it)) if *it > 0.0 => f / it,
            _ => f64::NAN,
        }
    }
}

/// Yearly sums of the plant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PlantYear {
    /// Compressors.
    pub chiller: Energy,
    /// Tower fans.
    pub tower_fan: Energy,
    /// Dry cooler fans.
    pub dry_cooler_fan: Energy,
    /// FWS pumps, tower pumps and CDUs.
    pub pump: Energy,
    /// Air handler fans.
    pub air_fan: Energy,
    /// Water taken in.
    pub makeup: Volume,
    /// Water evaporated.
    pub evaporation: Volume,
    /// Water carried off as droplets.
    pub drift: Volume,
    /// Water drained to keep the concentration.
    pub blowdown: Volume,
    /// Hours in which a set-point wasn't held.
    pub hours_not_held: u32,
    /// Hours with a curve outside its range.
    pub hours_out_of_range: u32,
}

/// Where the weather came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WeatherSource {
    /// A synthetic typical year from station statistics.
    #[default]
    Synthetic,
    /// An EPW file.
    File,
}

/// The year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Year {
    /// Where the weather came from.
    pub weather: WeatherSource,
    /// Station or file.
    pub weather_name: String,
    /// By hour.
    pub hourly: Hourly,
    /// Sums of the plant.
    pub plant: PlantYear,
    /// IT energy.
    pub it_energy: Energy,
    /// Facility energy.
    pub facility_energy: Energy,
    /// Grid energy.
    pub grid_energy: Energy,
    /// Energy by generator group.
    pub generation: BTreeMap<Id, Energy>,
    /// Energy not served.
    pub unserved_energy: Energy,
    /// Hours with load not served.
    pub unserved_hours: u32,
    /// Highest facility power.
    pub peak: Power,
    /// Highest grid import.
    pub grid_peak: Power,
    /// Carbon: grid and fuel.
    pub carbon: Mass,
    /// NOx by generator group, where the model has a figure.
    pub nox: BTreeMap<Id, Mass>,
    /// Largest violation of the energy balance in any hour, relative to the largest load.
    pub residual: f64,
}

/// What a bill line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillKind {
    /// Grid energy.
    Energy,
    /// Demand charge.
    Demand,
    /// Fixed charge.
    Fixed,
    /// Fuel.
    Fuel,
    /// Generator and battery maintenance and wear.
    Maintenance,
    /// Water.
    Water,
}

/// A line of the bill.
#[derive(Debug, Clone, PartialEq)]
pub struct BillLine {
    /// For people.
    pub label: String,
    /// What it is for.
    pub kind: BillKind,
    /// By month.
    pub monthly: [Money; 12],
    /// How it is computed, in words.
    pub basis: String,
}

impl BillLine {
    /// Sum of the months.
    #[must_use]
    pub fn total(&self) -> Money {
        self.monthly.iter().copied().sum()
    }
}

/// The year's money.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bill {
    /// Lines.
    pub lines: Vec<BillLine>,
    /// Sum.
    pub total: Money,
    /// Sum over facility energy served.
    pub per_energy: EnergyPrice,
    /// Sum per GPU and hour, where there are GPUs.
    pub per_gpu_hour: Option<Money>,
    /// The lease, where the plan has a contract.
    pub lease: Option<Lease>,
}

/// The lease beside the cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lease {
    /// Fee over a year.
    pub fee_per_year: Money,
    /// Fee per megawatt-hour of facility energy.
    pub fee_per_energy: EnergyPrice,
    /// Fee per GPU-hour.
    pub fee_per_gpu_hour: Option<Money>,
    /// Months from the plan's month to the end.
    pub months_left: i32,
    /// Fees to the end.
    pub fees_left: Money,
    /// Fees that an exit today forgoes: those after the notice.
    pub at_risk: Money,
    /// What is left of the cost to build at the earliest exit, straight-line; absent when the plan has no cost to build.
    pub stranded: Option<Money>,
}

/// The numbers one looks at first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// Racks.
    pub racks: u32,
    /// GPU packages.
    pub gpus: u64,
    /// IT power at the condition.
    pub it_power: Power,
    /// Of the IT power, lost in the racks' own converters.
    pub conversion_loss: Power,
    /// CDUs.
    pub cdu_power: Power,
    /// All cooling at the condition, CDUs included.
    pub cooling_power: Power,
    /// Loss of the power chain in front of the racks.
    pub chain_loss: Power,
    /// Facility power at the condition.
    pub facility_power: Power,
    /// Highest facility power of the year.
    pub poi_peak: Power,
    /// Yearly PUE.
    pub pue: Option<f64>,
    /// PUE at the condition.
    pub pue_now: Option<f64>,
    /// Yearly WUE, L/kWh.
    pub wue: Option<f64>,
    /// Yearly CUE, kg/kWh.
    pub cue: Option<f64>,
    /// Facility energy of a year.
    pub energy: Energy,
    /// Cost of a year.
    pub cost: Money,
    /// Per facility energy.
    pub cost_per_energy: Option<EnergyPrice>,
    /// Per GPU-hour.
    pub cost_per_gpu_hour: Option<Money>,
    /// Water of a year.
    pub water: Volume,
    /// Carbon of a year.
    pub carbon: Mass,
}

/// How well energy and mass balance over the whole solve, relative.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Balance {
    /// Power in the chain.
    pub power: f64,
    /// Mass in the pipes.
    pub mass: f64,
    /// Heat from chip to outdoors.
    pub heat: f64,
    /// Energy supplied and used over the year.
    pub supply: f64,
}
