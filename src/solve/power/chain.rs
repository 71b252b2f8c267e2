//! The plan's elements as numbered places, wires and converters. Nothing here depends on what is in service.

use super::state::Target;
use super::{BASE, DRIVE_POWER_FACTOR, Demand, RACK_POWER_FACTOR, per_watt};
use crate::numerics::power_flow as pf;
use crate::physics::{line, transformer};
use crate::plan::catalog::{ConductorModel, TransformerModel};
use crate::plan::{Block, Catalog, Element, Id, Plan, Row, UpsMode, footprint};
use crate::solve::{BranchKind, NodeKind};
use crate::units::*;
use nalgebra::Complex;
use std::collections::BTreeMap;

/// Who may hold the voltage of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Nobody.
    None,
    /// A grid connection.
    Grid,
    /// Generators, when no grid is there.
    Generator,
    /// The converter with this number.
    Converter(usize),
    /// The standby sets of a block.
    Standby,
}

/// A node as assembled.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub id: String,
    pub element: Id,
    pub kind: NodeKind,
    /// Line to line; between the poles where it is DC.
    pub nominal: Voltage,
    pub dc: bool,
    pub source: Source,
}

/// In what the loading of a wire is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Measure {
    VoltAmperes,
    Amperes,
    Watts,
}

/// A branch with all of its units in service.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    pub id: String,
    pub element: Id,
    pub kind: BranchKind,
    pub branch: pf::Branch,
    pub measure: Measure,
    /// Units alike in parallel, and how many of them are spare.
    pub units: u32,
    pub spare: u32,
    /// Rating of one unit.
    pub rating: f64,
}

/// A UPS between two places.
#[derive(Debug, Clone)]
pub(super) struct Converter {
    pub id: String,
    pub element: Id,
    pub input: usize,
    pub output: usize,
    /// Modules alike, and how many of them are spare.
    pub units: u32,
    pub spare: u32,
    /// Output of one module, W.
    pub rating: f64,
    pub loss: (f64, f64, f64),
    /// Load of one watt at its input, per unit.
    pub per_watt: Complex<f64>,
}

/// One cord of a draw.
#[derive(Debug, Clone)]
pub(super) struct Cord {
    /// Where the power is taken: end of the busway, or the outlet itself.
    pub place: usize,
    /// The busways in between.
    pub wire: Option<usize>,
    /// Share of the power in the normal state.
    pub share: f64,
}

/// A row or a piece of equipment, with its cords: none, one or two.
#[derive(Debug, Clone)]
pub(super) struct Draw {
    pub element: Id,
    pub watts: f64,
    /// Load of one watt, per unit.
    pub per_watt: Complex<f64>,
    /// Racks and GPUs of a row.
    pub racks: u32,
    pub gpus: u64,
    /// Whether it is a row.
    pub it: bool,
    pub cords: Vec<Cord>,
}

/// A grid connection, a generator group or a battery group at its bus.
#[derive(Debug, Clone)]
pub(super) struct Feed {
    pub id: Id,
    pub place: usize,
    /// Firm import of a grid connection in the plan's month, or what the group could give, W.
    pub watts: f64,
    /// Units of a group, and how many of them are spare.
    pub units: u32,
    pub spare: u32,
    /// What a group gives before anything fails, W.
    pub given: f64,
    /// What a battery group holds when full, J.
    pub energy: f64,
}

/// The network as assembled from the plan.
pub(super) struct Chain<'a> {
    pub plan: &'a Plan,
    pub catalog: &'a Catalog,
    pub places: Vec<Place>,
    pub wires: Vec<Wire>,
    pub converters: Vec<Converter>,
    pub draws: Vec<Draw>,
    /// Where an element takes power from: bus, or output of a block.
    pub outlet: BTreeMap<Id, usize>,
    /// By place: wires at it and the place at their other end.
    pub wires_at: Vec<Vec<(usize, usize)>>,
    /// By place: the converter fed from it, if there is one.
    pub converters_at: Vec<Vec<usize>>,
    /// By place: the draws with a cord there.
    pub draws_at: Vec<Vec<usize>>,
    /// IT power that all rows ask for, W.
    pub it: f64,
    /// By place: index into [`Self::standby`] for the low side of a block with standby sets.
    pub standby_at: BTreeMap<usize, usize>,
    /// By block: place of its low side, and the wire of its standby sets.
    pub standby: Vec<(Id, usize, usize)>,
    pub grids: Vec<Feed>,
    pub generators: Vec<Feed>,
    pub batteries: Vec<Feed>,
    /// Places that a grid, generators or standby sets may hold.
    pub sources: Vec<usize>,
    /// Wires and converters by name.
    pub names: BTreeMap<String, Target>,
}

/// A transformer or conductor between two places.
struct Section {
    id: String,
    element: Id,
    kind: BranchKind,
    from: usize,
    to: usize,
    units: u32,
    spare: u32,
}

impl<'a> Chain<'a> {
    pub fn assemble(plan: &'a Plan, catalog: &'a Catalog, demand: &Demand) -> Self {
        let mut chain = Self {
            plan,
            catalog,
            places: Vec::new(),
            wires: Vec::new(),
            converters: Vec::new(),
            draws: Vec::new(),
            outlet: BTreeMap::new(),
            wires_at: Vec::new(),
            converters_at: Vec::new(),
            draws_at: Vec::new(),
            it: 0.0,
            standby_at: BTreeMap::new(),
            standby: Vec::new(),
            grids: Vec::new(),
            generators: Vec::new(),
            batteries: Vec::new(),
            sources: Vec::new(),
            names: BTreeMap::new(),
        };
        chain.buses();
        chain.feeds(demand);
        for block in plan.blocks() {
            chain.block(block);
        }
        for row in plan.rows() {
            chain.row(row, demand);
        }
        chain.equipment(demand);
        chain.index();
        chain
    }

    fn index(&mut self) {
        let size = self.places.len();
        (self.wires_at, self.converters_at) = (vec![Vec::new(); size], vec![Vec::new(); size]);
        for (i, w) in self.wires.iter().enumerate() {
            self.wires_at[w.branch.from].push((i, w.branch.to));
            self.wires_at[w.branch.to].push((i, w.branch.from));
            self.names.insert(w.id.clone(), Target::Wire(i));
        }
        for (i, c) in self.converters.iter().enumerate() {
            self.converters_at[c.input].push(i);
            self.names.insert(c.id.clone(), Target::Converter(i));
        }
        self.draws_at = vec![Vec::new(); size];
        for (i, d) in self.draws.iter().enumerate() {
            let mut places: Vec<usize> = d.cords.iter().map(|c| c.place).collect();
            places.dedup();
            places.into_iter().for_each(|p| self.draws_at[p].push(i));
        }
        self.it = self.draws.iter().filter(|d| d.it).map(|d| d.watts).sum();
        self.standby_at = self.standby.iter().enumerate().map(|(i, (_, low, _))| (*low, i)).collect();
        self.sources = (0..size).filter(|p| !matches!(self.places[*p].source, Source::None | Source::Converter(_))).collect();
    }

    fn place(&mut self, id: String, element: &Id, kind: NodeKind, nominal: Voltage, source: Source) -> usize {
        self.places.push(Place { id, element: element.clone(), kind, nominal, dc: false, source });
        self.places.len() - 1
    }

    fn buses(&mut self) {
        let (plan, catalog) = (self.plan, self.catalog);
        for bus in plan.buses() {
            let grid = plan.grids().any(|g| g.bus == bus.id);
            // Without a grid, generators hold the voltage.
            let generator = plan.generators().any(|g| g.bus == bus.id) || plan.batteries().any(|b| b.bus == bus.id);
            let source = if grid {
                Source::Grid
            } else if generator {
                Source::Generator
            } else {
                Source::None
            };
            let place = self.place(bus.id.to_string(), &bus.id, if grid { NodeKind::Poi } else { NodeKind::Bus }, bus.voltage, source);
            self.outlet.insert(bus.id.clone(), place);
        }
        for t in plan.transformers() {
            let (Some(model), Some(&from), Some(&to)) = (catalog.transformers(&t.model), self.outlet.get(&t.from), self.outlet.get(&t.to)) else {
                continue;
            };
            if from != to && t.units > 0 {
                let (id, element, kind) = (t.id.to_string(), t.id.clone(), BranchKind::Transformer);
                self.transformer(Section { id, element, kind, from, to, units: t.units, spare: t.redundant.min(t.units - 1) }, model);
            }
        }
        for f in plan.feeders() {
            let (Some(model), Some(&from), Some(&to)) = (catalog.conductors(&f.conductor), self.outlet.get(&f.from), self.outlet.get(&f.to)) else {
                continue;
            };
            if from != to && f.parallel > 0 {
                let (id, element, kind) = (f.id.to_string(), f.id.clone(), BranchKind::Feeder);
                self.conductor(Section { id, element, kind, from, to, units: f.parallel, spare: 0 }, model, f.length);
            }
        }
    }

    fn feeds(&mut self, demand: &Demand) {
        let plan = self.plan;
        for g in plan.grids() {
            let Some(&place) = self.outlet.get(&g.bus) else { continue };
            self.grids.push(Feed { id: g.id.clone(), place, watts: g.firm(plan.date()).watts(), units: 1, spare: 0, given: 0.0, energy: 0.0 });
        }
        for (id, watts) in &demand.available {
            let Some(Element::Generator(g)) = plan.get(id) else { continue };
            let Some(&place) = self.outlet.get(&g.bus) else { continue };
            self.generators.push(Feed { id: id.clone(), place, watts: *watts, units: g.units, spare: g.redundant.min(g.units), given: 0.0, energy: 0.0 });
        }
        self.dispatch(demand);
        for (id, watts) in &demand.batteries {
            let Some(Element::Battery(b)) = plan.get(id) else { continue };
            let Some(&place) = self.outlet.get(&b.bus) else { continue };
            let energy = self.catalog.batteries(&b.model).map_or(0.0, |m| m.energy.joules() * f64::from(b.units));
            self.batteries.push(Feed { id: id.clone(), place, watts: *watts, units: b.units, spare: 0, given: 0.0, energy });
        }
    }

    /// Takes over what generators give.
    pub fn dispatch(&mut self, demand: &Demand) {
        for g in &mut self.generators {
            g.given = demand.injected.get(&g.id).copied().unwrap_or(0.0);
        }
    }

    fn transformer(&mut self, s: Section, model: &TransformerModel) {
        let (r, x) = transformer::series_impedance_pu(*model.impedance, *model.load_loss, *model.rating, ApparentPower::from_volt_amperes(BASE));
        let units = f64::from(s.units);
        // Windings that don't match the nominal voltages of their buses shift the ratio.
        let tap = (model.high.volts() / self.places[s.from].nominal.volts()) / (model.low.volts() / self.places[s.to].nominal.volts());
        let no_load = Complex::new(model.no_load_loss.watts() * units / BASE, 0.0);
        let branch = pf::Branch { from: s.from, to: s.to, series: Complex::new(r, x) / units, charging: 0.0, tap, shift: 0.0, no_load, in_service: true };
        self.wire(s, branch, Measure::VoltAmperes, model.rating.volt_amperes());
    }

    fn conductor(&mut self, s: Section, model: &ConductorModel, length: Length) {
        let (r, x) = line::impedance(*model.resistance, *model.reactance, length, s.units);
        let base = self.places[s.from].nominal.volts().powi(2) / BASE;
        // Direct current flows out on one pole and back on the other, and knows no reactance. With `P = V·I` its per-unit equations are those of AC.
        let series = if self.places[s.from].dc { Complex::new(2.0 * r, 0.0) } else { Complex::new(r, x) } / base;
        let branch = pf::Branch { from: s.from, to: s.to, series, charging: 0.0, tap: 1.0, shift: 0.0, no_load: Complex::new(0.0, 0.0), in_service: true };
        self.wire(s, branch, Measure::Amperes, model.current.amperes() * model.continuous.value());
    }

    fn wire(&mut self, s: Section, branch: pf::Branch, measure: Measure, rating: f64) {
        self.wires.push(Wire { id: s.id, element: s.element, kind: s.kind, branch, measure, units: s.units, spare: s.spare, rating });
    }

    fn block(&mut self, block: &Block) {
        let (Some(model), Some(cable), Some(&from)) =
            (self.catalog.transformers(&block.transformer), self.catalog.conductors(&block.conductor), self.outlet.get(&block.from))
        else {
            return;
        };
        let module = block.ups.as_deref().and_then(|u| self.catalog.ups(u)).filter(|_| block.modules > 0);
        // A solid-state transformer takes the medium voltage itself.
        let direct = module.is_some_and(|m| m.input.is_some());
        if block.transformers == 0 && !direct {
            return;
        }
        let section =
            |part: &str, kind, from, to, units| Section { id: format!("{}/{part}", block.id), element: block.id.clone(), kind, from, to, units, spare: 0 };
        let nominal = self.places[from].nominal;
        let input = self.place(format!("{}/in", block.id), &block.id, NodeKind::BlockInput, nominal, Source::None);
        self.conductor(section("feeder", BranchKind::BlockFeeder, from, input, 1), cable, block.length);
        let low = if direct {
            input
        } else {
            let low = self.place(format!("{}/low", block.id), &block.id, NodeKind::BlockLow, *model.low, Source::None);
            self.transformer(section("substation", BranchKind::Substation, input, low, block.transformers), model);
            low
        };
        if let Some(set) = block.genset.as_deref().and_then(|g| self.catalog.gensets(g)).filter(|_| block.gensets > 0) {
            let terminals = self.place(format!("{}/sets", block.id), &block.id, NodeKind::Standby, self.places[low].nominal, Source::Standby);
            // The breaker of the sets: no impedance to speak of, open until they are called.
            let closed = pf::Branch {
                from: terminals,
                to: low,
                series: Complex::new(0.0, 0.0),
                charging: 0.0,
                tap: 1.0,
                shift: 0.0,
                no_load: Complex::new(0.0, 0.0),
                in_service: true,
            };
            let rating = set.rating.watts();
            self.wire(section("standby", BranchKind::Standby, terminals, low, block.gensets), closed, Measure::Watts, rating);
            self.standby.push((block.id.clone(), low, self.wires.len() - 1));
        }
        let Some(module) = module else {
            self.outlet.insert(block.id.clone(), low);
            return;
        };
        let nominal = module.dc.as_ref().map_or(self.places[low].nominal, |dc| **dc);
        let output = self.place(format!("{}/out", block.id), &block.id, NodeKind::BlockOutput, nominal, Source::Converter(self.converters.len()));
        self.places[output].dc = module.dc.is_some();
        let eco = module.eco.as_ref().filter(|_| block.mode == UpsMode::Eco);
        self.converters.push(Converter {
            id: format!("{}/ups", block.id),
            element: block.id.clone(),
            input: low,
            output,
            units: block.modules,
            spare: block.redundant.min(block.modules),
            rating: module.rating.watts(),
            loss: eco.unwrap_or(&module.loss).0,
            per_watt: per_watt(*module.power_factor),
        });
        self.outlet.insert(block.id.clone(), output);
    }

    fn row(&mut self, row: &Row, demand: &Demand) {
        let load = demand.rows.get(&row.id).copied().unwrap_or_default();
        let mut cords = Vec::new();
        let share = row.share_a.value().clamp(0.0, 1.0);
        let sides = [("A", Some(&row.a), share), ("B", row.b.as_ref(), 1.0 - share)];
        if let Some(busway) = self.catalog.busways(&row.busway).filter(|_| row.busways > 0) {
            for (side, id, share) in sides {
                let Some((id, &outlet)) = id.and_then(|id| Some((id, self.outlet.get(id)?))) else { continue };
                cords.push(self.busway(row, side, (id, outlet), busway, share));
            }
        }
        let (watts, racks, gpus) = (load.watts, load.racks, load.gpus);
        let dc = cords.iter().any(|c| self.places[c.place].dc);
        let per_watt = per_watt(if dc { 1.0 } else { RACK_POWER_FACTOR });
        self.draws.push(Draw { element: row.id.clone(), watts, per_watt, racks, gpus, it: true, cords });
    }

    fn busway(&mut self, row: &Row, side: &str, (source, outlet): (&Id, usize), model: &ConductorModel, share: f64) -> Cord {
        let place = self.place(format!("{}/{side}", row.id), &row.id, NodeKind::RowFeed, self.places[outlet].nominal, Source::None);
        self.places[place].dc = self.places[outlet].dc;
        let run = self.plan.get(source).and_then(Element::at).map_or(20.0, |at| at.path_to(row.at));
        let along = footprint(&Element::Row(row.clone()), self.catalog).map_or(10.0, |r| r.width().max(r.depth()));
        // Racks take power along the row: half its length carries the whole current's worth of drop.
        let length = Length::from_meters((run + along / 2.0).max(1.0));
        let section = Section {
            id: format!("{}/{side}", row.id),
            element: row.id.clone(),
            kind: BranchKind::Busway,
            from: outlet,
            to: place,
            units: row.busways,
            spare: 0,
        };
        self.conductor(section, model, length);
        Cord { place, wire: Some(self.wires.len() - 1), share }
    }

    fn equipment(&mut self, demand: &Demand) {
        let fallback = self.places.iter().position(|p| p.kind == NodeKind::Poi);
        let per_watt = per_watt(DRIVE_POWER_FACTOR);
        for (id, watts) in demand.equipment.iter().filter(|(_, w)| w.is_finite() && **w > 0.0) {
            let named = feeds_of(self.plan, id);
            let mut outlets: Vec<usize> = named.iter().filter_map(|f| self.outlet.get(*f).copied()).collect();
            // Equipment whose feed is not drawn yet is taken at the point of interconnection, and a finding says so.
            if named.is_empty() {
                outlets.extend(fallback);
            }
            let share = 1.0 / outlets.len().max(1) as f64;
            let cords = outlets.into_iter().map(|p| Cord { place: p, wire: None, share }).collect();
            self.draws.push(Draw { element: id.clone(), watts: *watts, per_watt, racks: 0, gpus: 0, it: false, cords });
        }
    }
}

/// Feeds of an element of the cooling plant.
fn feeds_of<'a>(plan: &'a Plan, id: &Id) -> Vec<&'a Id> {
    match plan.get(id) {
        Some(e) => e.references().into_iter().filter(|(field, _, _)| matches!(*field, "a" | "b")).map(|(_, id, _)| id).collect(),
        None => Vec::new(),
    }
}
