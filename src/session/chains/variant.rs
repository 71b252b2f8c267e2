//! How a plan becomes another chain: which entries of the catalog take the place of which.

use crate::edit::Command;
use crate::plan::catalog::{ConductorModel, UpsModel};
use crate::plan::{Block, Catalog, Element, Id, Plan, Row, UpsMode};
use crate::units::{Power, Voltage};
use std::collections::BTreeSet;

/// A chain from medium voltage to the rack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChainKind {
    /// As the plan has it, where that is none of the others.
    AsPlanned,
    /// AC through rectifier and inverter.
    DoubleConversion,
    /// AC with the UPS in eco mode.
    Eco,
    /// 800 V DC from central rectifiers behind the unit substations.
    Rectifier,
    /// 800 V DC from solid-state transformers at medium voltage.
    SolidState,
}

impl ChainKind {
    /// Those a plan can be turned into.
    pub const ALL: [Self; 4] = [Self::DoubleConversion, Self::Eco, Self::Rectifier, Self::SolidState];
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::AsPlanned => "as planned",
            Self::DoubleConversion => "AC, UPS in double conversion",
            Self::Eco => "AC, UPS in eco mode",
            Self::Rectifier => "800 V DC, central rectifiers",
            Self::SolidState => "800 V DC, solid-state transformers",
        }
    }
    fn dc(self) -> bool {
        matches!(self, Self::Rectifier | Self::SolidState)
    }
}

/// A chain, and the command that turns the plan into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Which.
    pub kind: ChainKind,
    /// For people.
    pub name: String,
    /// The edit; `None` where the plan is so already.
    pub command: Option<Command>,
    /// What is assumed in it, a sentence each.
    pub assumed: Vec<String>,
}

/// The plan as it is, then every other chain, or why the plan can't be put on it.
#[must_use]
pub fn variants(plan: &Plan, catalog: &Catalog) -> Vec<Result<Variant, String>> {
    let mut list: Vec<Result<Variant, String>> = ChainKind::ALL.into_iter().map(|k| variant(plan, catalog, k)).collect();
    match list.iter().position(|v| v.as_ref().is_ok_and(|v| v.command.is_none())) {
        Some(own) => list[..=own].rotate_right(1),
        None => list.insert(0, Ok(Variant { kind: ChainKind::AsPlanned, name: "This plan as drawn".to_owned(), command: None, assumed: Vec::new() })),
    }
    list
}

/// Makes one.
struct Maker<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    kind: ChainKind,
    commands: Vec<Command>,
    assumed: Vec<String>,
    /// Models put in, each told once.
    models: BTreeSet<String>,
    /// Rows whose busway isn't the planned one.
    busways: usize,
}

fn variant(plan: &Plan, catalog: &Catalog, kind: ChainKind) -> Result<Variant, String> {
    let mut maker = Maker { plan, catalog, kind, commands: Vec::new(), assumed: Vec::new(), models: BTreeSet::new(), busways: 0 };
    let why = |e: String| format!("{}: {e}", kind.label());
    let fed: BTreeSet<&Id> = plan.rows().flat_map(|r| std::iter::once(&r.a).chain(&r.b)).collect();
    if fed.is_empty() {
        return Err(why("the plan has no rows".to_owned()));
    }
    for id in &fed {
        match plan.get(id) {
            Some(Element::Block(b)) => maker.block(b).map_err(why)?,
            Some(_) if kind.dc() => return Err(why(format!("rows hang on {id} without a power block"))),
            _ => {}
        }
    }
    for row in plan.rows() {
        maker.row(row).map_err(why)?;
    }
    maker.remarks(&fed);
    let name = maker.name();
    let (commands, assumed) = (maker.commands, maker.assumed);
    let command = (!commands.is_empty()).then(|| Command::Batch { label: format!("Put the racks on {name}"), commands });
    Ok(Variant { kind, name, command, assumed })
}

/// A number of things.
fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// How many modules of a rating stand for modules of another: needed and spare ones by themselves.
fn exchanged(b: &Block, was: Power, now: Power) -> (u32, u32) {
    let of = |n: u32| (f64::from(n) * (was / now) - 1e-9).ceil().max(0.0) as u32;
    let spare = b.redundant.min(b.modules);
    (of(b.modules - spare).max(1) + of(spare), of(spare))
}

impl<'a> Maker<'a> {
    fn name(&self) -> String {
        let low = self.plan.rows().find_map(|r| match self.plan.get(&r.a) {
            Some(Element::Block(b)) => self.catalog.transformers(&b.transformer).map(|t| t.low.volts()),
            _ => None,
        });
        match low.filter(|_| !self.kind.dc()) {
            Some(volts) => format!("{volts:.0} V {}", self.kind.label()),
            None => self.kind.label().to_owned(),
        }
    }

    /// The module that takes the place of a block's.
    fn module(&self, block: &Block) -> Result<&'a UpsModel, String> {
        let now = block.converter(self.catalog);
        let all = || self.catalog.ups.iter();
        let none = |what: &str| format!("the catalog has no {what}");
        match self.kind {
            ChainKind::AsPlanned => now.ok_or_else(|| none("such UPS")),
            ChainKind::DoubleConversion | ChainKind::Eco => {
                if let Some(now) = now.filter(|m| m.dc.is_none()) {
                    // An entry for the eco mode alone has a brother that knows both modes.
                    let brother =
                        all().find(|m| m.dc.is_none() && m.maker == now.maker && *m.rating == *now.rating && m.eco.as_ref().is_some_and(|e| **e == *now.loss));
                    return if self.kind == ChainKind::Eco && now.eco.is_none() && brother.is_none() {
                        Err(format!("the catalog knows no eco mode of {}", now.name))
                    } else {
                        Ok(brother.unwrap_or(now))
                    };
                }
                all().find(|m| m.dc.is_none() && m.eco.is_some()).ok_or_else(|| none("UPS with an eco mode"))
            }
            ChainKind::Rectifier => all().find(|m| m.dc.is_some() && m.input.is_none()).ok_or_else(|| none("rectifier with a DC output")),
            ChainKind::SolidState => {
                let bus = match self.plan.get(&block.from) {
                    Some(Element::Bus(bus)) => bus.voltage,
                    _ => return Err(format!("{} hangs on no bus", block.id)),
                };
                let takes = |m: &UpsModel| m.input.as_ref().is_some_and(|v| (v.volts() / bus.volts() - 1.0).abs() < 0.02);
                all().find(|m| m.dc.is_some() && takes(m)).ok_or_else(|| none(&format!("solid-state transformer for {:.1} kV", bus.volts() / 1e3)))
            }
        }
    }

    fn block(&mut self, block: &Block) -> Result<(), String> {
        let model = self.module(block)?;
        let now = block.converter(self.catalog);
        let substation = self.catalog.transformers(&block.transformer);
        let mut made =
            Block { ups: Some(model.id.clone()), mode: if self.kind == ChainKind::Eco { UpsMode::Eco } else { UpsMode::DoubleConversion }, ..block.clone() };
        match now {
            Some(now) if now.id == model.id => {}
            Some(now) => (made.modules, made.redundant) = exchanged(block, *now.rating, *model.rating),
            // On raw power: modules for all that the transformers give.
            None => {
                let capacity = substation.map_or(0.0, |t| t.rating.volt_amperes() * f64::from(block.transformers));
                made.modules = ((capacity / model.rating.watts() - 1e-9).ceil() as u32).max(1);
                made.redundant = 0;
            }
        }
        let medium = model.input.is_some();
        if medium {
            made.transformers = 0;
        } else if block.transformers == 0 {
            let Some(substation) = substation else { return Err(format!("{} names no unit substation to go back to", block.id)) };
            let needed = model.rating.watts() * f64::from(made.modules - made.redundant.min(made.modules)) / substation.rating.volt_amperes();
            made.transformers = (needed.ceil() as u32).max(1);
        }
        if made != *block {
            let figure = if self.kind == ChainKind::Eco { model.eco.as_ref() } else { None }.unwrap_or(&model.loss);
            if figure.1.assumed() {
                self.models.insert(format!("Losses of {}: {}.", model.name, figure.1.label()));
            }
            self.commands.push(Command::Replace(made.into()));
        }
        Ok(())
    }

    fn row(&mut self, row: &Row) -> Result<(), String> {
        let Some(Element::Block(block)) = self.plan.get(&row.a) else { return Ok(()) };
        let module = self.module(block)?;
        let low = || self.catalog.transformers(&block.transformer).map(|t| *t.low);
        let Some(voltage) = module.dc.as_ref().map(|v| **v).or_else(low) else { return Ok(()) };
        let now = self.catalog.busways(&row.busway);
        if now.is_some_and(|b| b.dc == self.kind.dc() && *b.voltage == voltage) {
            return Ok(());
        }
        let (busway, busways) = self.busway(row, voltage)?;
        self.busways += 1;
        self.commands.push(Command::Replace(Row { busway, busways, ..row.clone() }.into()));
        Ok(())
    }

    /// The smallest busway of a voltage that carries the nameplate of a row on one feed; several of the largest where none does.
    fn busway(&self, row: &Row, voltage: Voltage) -> Result<(String, u32), String> {
        let nameplate: f64 = row.models().into_iter().filter_map(|(m, n)| Some(self.catalog.racks(m)?.design_power.watts() * f64::from(n))).sum();
        let watts = nameplate.min(row.cap.map_or(f64::INFINITY, Power::watts));
        // AC at a power factor of one: the racks' own is known to the solver alone, and a busway so chosen is at most a few percent short of room.
        let amperes = watts / if self.kind.dc() { voltage.volts() } else { voltage.volts() * 3.0_f64.sqrt() };
        let allowed = |b: &ConductorModel| b.current.amperes() * b.continuous.value();
        let mut fit: Vec<&ConductorModel> = self.catalog.busways.iter().filter(|b| b.dc == self.kind.dc() && *b.voltage == voltage).collect();
        fit.sort_by(|a, b| allowed(a).total_cmp(&allowed(b)));
        let Some(largest) = fit.last() else { return Err(format!("the catalog has no busway for {:.0} V", voltage.volts())) };
        match fit.iter().find(|b| allowed(b) >= amperes) {
            Some(b) => Ok((b.id.clone(), 1)),
            None => Ok((largest.id.clone(), (amperes / allowed(largest)).ceil() as u32)),
        }
    }

    /// What the planner must know of it.
    fn remarks(&mut self, fed: &BTreeSet<&Id>) {
        let (plan, catalog) = (self.plan, self.catalog);
        self.assumed.extend(std::mem::take(&mut self.models));
        if self.kind == ChainKind::AsPlanned || self.commands.is_empty() {
            return;
        }
        let bare = fed.iter().filter(|f| matches!(plan.get(f), Some(Element::Block(b)) if b.converter(catalog).is_none())).count();
        if bare > 0 {
            self.assumed.push(format!("{} without UPS: modules for the full rating of the transformers.", counted(bare, "block")));
        }
        if self.busways > 0 {
            self.assumed.push(format!(
                "{}: the smallest busway of the catalog that carries the nameplate on one feed, along the same way.",
                counted(self.busways, "row")
            ));
        }
        if !self.kind.dc() {
            return;
        }
        let mut without: BTreeSet<&str> = BTreeSet::new();
        for row in plan.rows() {
            without.extend(row.models().into_keys().filter(|m| catalog.racks(m).is_some_and(|m| m.dc_input.is_none())));
        }
        if !without.is_empty() {
            let names: Vec<&str> = without.iter().filter_map(|m| catalog.racks(m)).map(|m| m.name.as_str()).collect();
            self.assumed.push(format!("No DC input is known for {}: the loss of the AC shelf is taken.", names.join(", ")));
        }
        let others = plan.elements.values().filter(|e| !matches!(e, Element::Row(_)));
        let moved = others.filter(|e| e.references().iter().any(|(field, id, _)| matches!(*field, "a" | "b") && fed.contains(id))).count();
        if moved > 0 {
            self.assumed
                .push(format!("{} of cooling and house equipment on the same blocks: what turns DC into AC for them is not counted.", counted(moved, "piece")));
        }
    }
}
