//! The power chain: AC power flow over the plan's own network, from the point of interconnection to the racks' inputs.
//!
//! A UPS decouples the voltages on its two sides. So the network is solved in two steps with the same solver: first everything behind the
//! UPS modules, each output a source at nominal voltage; then everything before them, where each UPS takes
//!
//! ```text
//! P_in = P_out + P_r·(α + β·x + γ·x²),   x = P_out/P_r,   Q_in = P_in·tan(arccos pf)
//! ```
//! Per unit on 100 MVA and each node's nominal voltage. Racks, pumps and fans take constant power; racks at a power factor of
//! [`RACK_POWER_FACTOR`], motors behind drives at [`DRIVE_POWER_FACTOR`].

mod flow;

use super::{Branch, BranchKind, Convergence, Node, NodeKind, PowerFlow, Status};
use crate::numerics::power_flow::{self as pf, BusKind, Network, Options};
use crate::physics::{line, transformer, ups};
use crate::plan::catalog::{ConductorModel, TransformerModel};
use crate::plan::{Block, Catalog, Element, Id, Plan, Row, footprint};
use crate::units::*;
use nalgebra::Complex;
use std::collections::BTreeMap;

/// Base of the per-unit values, VA.
const BASE: f64 = 1e8;
/// Power factor of rack power supplies with active correction. Assumed.
pub(super) const RACK_POWER_FACTOR: f64 = 0.99;
/// Power factor of drives of pumps, fans and compressors. Assumed.
pub(super) const DRIVE_POWER_FACTOR: f64 = 0.95;

/// What the chain carries, W.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Demand {
    /// By row.
    pub rows: BTreeMap<Id, f64>,
    /// By cooling element.
    pub equipment: BTreeMap<Id, f64>,
    /// Fed in by generators and batteries, by bus.
    pub injected: BTreeMap<Id, f64>,
}

/// A node and which side of a UPS it stands on.
struct Place {
    node: Node,
    /// Slack: grid bus or UPS output.
    source: bool,
    /// Net load, VA per BASE.
    load: Complex<f64>,
}

/// A branch with what its loading is measured in.
struct Wire {
    id: String,
    element: Id,
    kind: BranchKind,
    branch: pf::Branch,
    measure: Measure,
    rating: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Measure {
    VoltAmperes,
    Amperes,
}

/// A UPS between two nodes.
struct Converter {
    id: String,
    element: Id,
    input: usize,
    output: usize,
    rating: f64,
    loss: (f64, f64, f64),
    installed: f64,
    power_factor: f64,
}

/// The network as assembled from the plan.
struct Chain<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    places: Vec<Place>,
    wires: Vec<Wire>,
    converters: Vec<Converter>,
    /// Where an element takes power from: bus, or output of a block.
    outlet: BTreeMap<Id, usize>,
}

/// Solves the chain.
pub(super) fn solve(plan: &Plan, catalog: &Catalog, demand: &Demand) -> PowerFlow {
    let mut chain = Chain { plan, catalog, places: Vec::new(), wires: Vec::new(), converters: Vec::new(), outlet: BTreeMap::new() };
    chain.buses();
    chain.blocks();
    let mut dark = Vec::new();
    let feeds = chain.rows(demand, &mut dark);
    let shared = chain.equipment(demand, &mut dark);
    for (bus, watts) in &demand.injected {
        if let Some(place) = chain.outlet.get(bus) {
            chain.places[*place].load -= Complex::new(watts / BASE, 0.0);
        }
    }
    chain.flow(demand, feeds, shared, dark)
}

/// Which wire of a row carries which share, for the state after a loss.
struct Feed {
    row: Id,
    wire: usize,
    block: Id,
    watts: f64,
    other: Option<(usize, Id)>,
}

/// Power of equipment on two feeds: what one side carries, and moves over when it is lost.
struct Shared {
    block: Id,
    other: Id,
    watts: f64,
}

impl Chain<'_> {
    fn place(&mut self, id: String, element: &Id, kind: NodeKind, nominal: Voltage, source: bool) -> usize {
        self.places.push(Place {
            node: Node { id, element: element.clone(), kind, v_pu: f64::NAN, angle: 0.0, nominal },
            source,
            load: Complex::new(0.0, 0.0),
        });
        self.places.len() - 1
    }

    fn nominal(&self, place: usize) -> f64 {
        self.places[place].node.nominal.volts()
    }

    fn buses(&mut self) {
        let sources: Vec<Id> = match self.plan.grids().next() {
            Some(_) => self.plan.grids().map(|g| g.bus.clone()).collect(),
            // Without a grid the first generators hold the voltage.
            None => self.plan.generators().take(1).map(|g| g.bus.clone()).collect(),
        };
        for bus in self.plan.buses() {
            let poi = sources.contains(&bus.id);
            let place = self.place(bus.id.to_string(), &bus.id, if poi { NodeKind::Poi } else { NodeKind::Bus }, bus.voltage, poi);
            self.outlet.insert(bus.id.clone(), place);
        }
        for t in self.plan.transformers() {
            let (Some(model), Some(&from), Some(&to)) = (self.catalog.transformers(&t.model), self.outlet.get(&t.from), self.outlet.get(&t.to)) else {
                continue;
            };
            if from != to && t.units > 0 {
                let in_use = f64::from(t.units.saturating_sub(t.redundant).max(1));
                self.transformer(t.id.to_string(), &t.id, BranchKind::Transformer, model, f64::from(t.units), in_use, from, to);
            }
        }
        for f in self.plan.feeders() {
            let (Some(model), Some(&from), Some(&to)) = (self.catalog.conductors(&f.conductor), self.outlet.get(&f.from), self.outlet.get(&f.to)) else {
                continue;
            };
            if from != to && f.parallel > 0 {
                self.conductor(f.id.to_string(), &f.id, BranchKind::Feeder, model, f.length, f.parallel, from, to);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a branch has this many properties, and each is named where it is passed")]
    fn transformer(&mut self, id: String, element: &Id, kind: BranchKind, model: &TransformerModel, units: f64, rated_units: f64, from: usize, to: usize) {
        let (r, x) = transformer::series_impedance_pu(*model.impedance, *model.load_loss, *model.rating, ApparentPower::from_volt_amperes(BASE));
        let g = model.no_load_loss.watts() * units / BASE;
        // Windings that don't match the nominal voltages of their buses shift the ratio.
        let tap = (model.high.volts() / self.nominal(from)) / (model.low.volts() / self.nominal(to));
        let branch =
            pf::Branch { from, to, series: Complex::new(r, x) / units, charging: 0.0, tap, shift: 0.0, no_load: Complex::new(g, 0.0), in_service: true };
        self.wires.push(Wire { id, element: element.clone(), kind, branch, measure: Measure::VoltAmperes, rating: model.rating.volt_amperes() * rated_units });
    }

    #[allow(clippy::too_many_arguments, reason = "a branch has this many properties, and each is named where it is passed")]
    fn conductor(&mut self, id: String, element: &Id, kind: BranchKind, model: &ConductorModel, length: Length, parallel: u32, from: usize, to: usize) {
        let (r, x) = line::impedance(*model.resistance, *model.reactance, length, parallel);
        let base = self.nominal(from).powi(2) / BASE;
        let branch =
            pf::Branch { from, to, series: Complex::new(r, x) / base, charging: 0.0, tap: 1.0, shift: 0.0, no_load: Complex::new(0.0, 0.0), in_service: true };
        let rating = model.current.amperes() * model.continuous.value() * f64::from(parallel);
        self.wires.push(Wire { id, element: element.clone(), kind, branch, measure: Measure::Amperes, rating });
    }

    fn blocks(&mut self) {
        let plan = self.plan;
        for block in plan.blocks() {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        let (Some(model), Some(cable), Some(&from)) =
            (self.catalog.transformers(&block.transformer), self.catalog.conductors(&block.conductor), self.outlet.get(&block.from))
        else {
            return;
        };
        if block.transformers == 0 {
            return;
        }
        let nominal = self.places[from].node.nominal;
        let input = self.place(format!("{}/in", block.id), &block.id, NodeKind::BlockInput, nominal, false);
        self.conductor(format!("{}/feeder", block.id), &block.id, BranchKind::BlockFeeder, cable, block.length, 1, from, input);
        let low = self.place(format!("{}/low", block.id), &block.id, NodeKind::BlockLow, *model.low, false);
        let units = f64::from(block.transformers);
        self.transformer(format!("{}/substation", block.id), &block.id, BranchKind::Substation, model, units, units, input, low);
        let Some(module) = block.ups.as_deref().and_then(|u| self.catalog.ups(u)).filter(|_| block.modules > 0) else {
            self.outlet.insert(block.id.clone(), low);
            return;
        };
        let output = self.place(format!("{}/out", block.id), &block.id, NodeKind::BlockOutput, *model.low, true);
        let (modules, spare) = (f64::from(block.modules), f64::from(block.redundant.min(block.modules)));
        self.converters.push(Converter {
            id: format!("{}/ups", block.id),
            element: block.id.clone(),
            input: low,
            output,
            rating: module.rating.watts() * (modules - spare),
            installed: module.rating.watts() * modules,
            loss: module.loss.0,
            power_factor: *module.power_factor,
        });
        self.outlet.insert(block.id.clone(), output);
    }

    /// Whether the grid reaches a node: a source, or joined to one by wires; a UPS output counts when its input does.
    fn alive(&self) -> Vec<bool> {
        let mut alive: Vec<bool> = self.places.iter().map(|p| p.source && p.node.kind == NodeKind::Poi).collect();
        loop {
            let mut changed = false;
            let mut join = |a: usize, b: usize, alive: &mut Vec<bool>| {
                if alive[a] != alive[b] {
                    (alive[a], alive[b]) = (true, true);
                    changed = true;
                }
            };
            for w in &self.wires {
                join(w.branch.from, w.branch.to, &mut alive);
            }
            for c in &self.converters {
                if alive[c.input] {
                    join(c.input, c.output, &mut alive);
                }
            }
            if !changed {
                return alive;
            }
        }
    }

    fn rows(&mut self, demand: &Demand, dark: &mut Vec<Id>) -> Vec<Feed> {
        let alive = self.alive();
        let plan = self.plan;
        let mut feeds = Vec::new();
        for row in plan.rows() {
            let watts = demand.rows.get(&row.id).copied().unwrap_or(0.0);
            let sides: Vec<(&str, &Id, usize)> = [("A", Some(&row.a)), ("B", row.b.as_ref())]
                .into_iter()
                .filter_map(|(side, id)| id.map(|id| (side, id)))
                .filter_map(|(side, id)| self.outlet.get(id).map(|place| (side, id, *place)))
                .filter(|(_, _, place)| alive[*place])
                .collect();
            let Some(busway) = self.catalog.busways(&row.busway).filter(|_| row.busways > 0 && !sides.is_empty()) else {
                if watts > 0.0 {
                    dark.push(row.id.clone());
                }
                continue;
            };
            // Dual-corded racks draw evenly from what is there.
            let share = watts / sides.len() as f64;
            let first = feeds.len();
            for (side, id, place) in sides {
                let wire = self.busway(row, side, id, place, busway, share);
                feeds.push(Feed { row: row.id.clone(), wire, block: id.clone(), watts: share, other: None });
            }
            if feeds.len() == first + 2 {
                feeds[first].other = Some((feeds[first + 1].wire, feeds[first + 1].block.clone()));
                feeds[first + 1].other = Some((feeds[first].wire, feeds[first].block.clone()));
            }
        }
        feeds
    }

    fn busway(&mut self, row: &Row, side: &str, source: &Id, place: usize, model: &ConductorModel, watts: f64) -> usize {
        let nominal = self.places[place].node.nominal;
        let end = self.place(format!("{}/{side}", row.id), &row.id, NodeKind::RowFeed, nominal, false);
        self.places[end].load += load(watts, RACK_POWER_FACTOR);
        let run = self.plan.get(source).and_then(Element::at).map_or(20.0, |at| at.path_to(row.at));
        let along = footprint(&Element::Row(row.clone()), self.catalog).map_or(10.0, |r| r.width().max(r.depth()));
        // Racks take power along the row: half its length carries the whole current's worth of drop.
        let length = Length::from_meters((run + along / 2.0).max(1.0));
        self.conductor(format!("{}/{side}", row.id), &row.id, BranchKind::Busway, model, length, row.busways, place, end);
        self.wires.len() - 1
    }

    fn equipment(&mut self, demand: &Demand, dark: &mut Vec<Id>) -> Vec<Shared> {
        let alive = self.alive();
        let mut shared = Vec::new();
        let fallback = self.places.iter().position(|p| p.node.kind == NodeKind::Poi);
        for (id, watts) in demand.equipment.iter().filter(|(_, w)| w.is_finite() && **w > 0.0) {
            let named = feeds_of(self.plan, id);
            let fed: Vec<(&Id, usize)> = named.iter().filter_map(|f| Some((*f, *self.outlet.get(*f)?))).filter(|(_, p)| alive[*p]).collect();
            if let [(a, _), (b, _)] = fed.as_slice() {
                let half = |block: &Id, other: &Id| Shared { block: block.clone(), other: other.clone(), watts: watts / 2.0 };
                shared.extend([half(a, b), half(b, a)].into_iter().filter(|s| s.block != s.other));
            }
            let places: Vec<usize> = fed.into_iter().map(|(_, place)| place).collect();
            // Equipment whose feed is not drawn yet is taken at the point of interconnection, and a finding says so.
            let places = if places.is_empty() && named.is_empty() { fallback.into_iter().collect() } else { places };
            if places.is_empty() {
                dark.push(id.clone());
            }
            for place in &places {
                self.places[*place].load += load(watts / places.len() as f64, DRIVE_POWER_FACTOR);
            }
        }
        shared
    }
}

fn load(watts: f64, power_factor: f64) -> Complex<f64> {
    Complex::new(watts, watts * power_factor.clamp(0.1, 1.0).acos().tan()) / BASE
}

/// Feeds of an element of the cooling plant.
fn feeds_of<'a>(plan: &'a Plan, id: &Id) -> Vec<&'a Id> {
    match plan.get(id) {
        Some(e) => e.references().into_iter().filter(|(field, _, _)| matches!(*field, "a" | "b")).map(|(_, id, _)| id).collect(),
        None => Vec::new(),
    }
}
