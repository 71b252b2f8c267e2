//! New elements with what they need: feeds, loops and water from what stands nearest, so that a click gives something that works.

use super::Placing;
use crate::plan::*;
use crate::ui::canvas::scene::Scene;
use crate::ui::view::{Action, View};
use crate::units::{ApparentPower, Length, Power, Quantity as _, Ratio, Temperature, Voltage};

/// An element ready to be put on the ground.
#[derive(Debug, Clone, PartialEq)]
pub struct New {
    /// The element, with an empty id.
    pub element: Element,
    /// What has to be added before it, such as the loop of the first CDU of a hall.
    pub before: Vec<Element>,
    /// What it is connected to, for people.
    pub note: String,
}

impl New {
    fn plain(element: impl Into<Element>, note: String) -> Self {
        Self { element: element.into(), before: Vec::new(), note }
    }
    /// Asks for it to be added.
    pub fn put(self, actions: &mut Vec<Action>) {
        actions.push(Action::AddAndSelect(self.before.into_iter().chain([self.element]).collect()));
    }
}

/// A key that the plan doesn't have yet.
fn fresh(plan: &Plan, prefix: &str) -> Id {
    (1u32..).map(|n| Id::new(format!("{prefix}{n}"))).find(|id| plan.get(id).is_none()).unwrap_or_default()
}

struct Spot<'a> {
    view: &'a View<'a>,
    scene: &'a Scene<'a>,
    at: Point,
    model: Option<&'a str>,
}

/// The element that a click at this place adds, with its south-west corner there.
///
/// # Errors
/// A sentence that says what is missing.
pub fn element(placing: &Placing, at: Point, scene: &Scene<'_>, view: &View<'_>) -> Result<New, String> {
    let site = Spot { view, scene, at, model: placing.model.as_deref() };
    match placing.kind {
        Kind::Hall => hall(&Rect::new(at, 40.0, 24.0), view),
        Kind::Row => site.row(),
        Kind::Cdu => site.cdu(),
        Kind::AirHandler => site.air_handler(),
        Kind::Block => site.block(),
        Kind::Cooler => site.cooler(),
        Kind::Generator => site.generator(),
        Kind::Battery => site.battery(),
        Kind::Fws => site.fws(),
        Kind::Transformer => site.transformer(),
        Kind::Bus => Ok(site.bus()),
        Kind::Grid => site.grid(),
        other => Err(format!("A {} has no place on the ground.", other.label())),
    }
}

/// A hall on this ground, with the air of the plan's first hall.
///
/// # Errors
/// Never; the other builders may fail.
pub fn hall(ground: &Rect, view: &View<'_>) -> Result<New, String> {
    let like = view.plan.halls().next();
    let hall = Hall {
        id: Id::default(),
        name: String::new(),
        at: ground.min,
        size: Point(ground.width(), ground.depth()),
        // ASHRAE TC 9.9 (2021) recommends 18–27 °C at the inlets; a plan that has halls keeps its own setting.
        supply_air: like.map_or_else(|| Temperature::from_celsius(24.0), |h| h.supply_air),
        recirculation: like.map_or_else(|| Ratio::from_percent(5.0), |h| h.recirculation),
        class: like.map_or_else(AirClass::default, |h| h.class),
        air_ratio: like.and_then(|h| h.air_ratio),
        cell: like.and_then(|h| h.cell),
        dew_point: like.and_then(|h| h.dew_point),
        house: None,
        a: None,
        gpu: None,
        cpu: None,
        cap: None,
        assumed: like.map_or_else(|| "supply air and recirculation not yet set by the planner".to_owned(), |h| h.assumed.clone()),
    };
    Ok(New::plain(hall, String::new()))
}

impl<'a> Spot<'a> {
    fn plan(&self) -> &'a Plan {
        self.view.plan
    }
    /// Elements of a kind by distance from here.
    fn near(&self, wanted: impl Fn(&Element) -> bool) -> Vec<&'a Element> {
        let mut list: Vec<(f64, &'a Element)> = self
            .scene
            .items
            .iter()
            .filter(|i| wanted(i.element))
            .map(|i| (i.rect.center().path_to(self.at), self.plan().get(i.id())))
            .filter_map(|(d, e)| e.map(|e| (d, e)))
            .collect();
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        list.into_iter().map(|(_, e)| e).collect()
    }
    fn hall(&self) -> Result<&'a Hall, String> {
        let found = self.scene.hall_at(self.at).and_then(|i| self.plan().get(i.id()));
        match found {
            Some(Element::Hall(hall)) => Ok(hall),
            _ => Err("This stands in a hall: click inside one, or draw one first.".to_owned()),
        }
    }
    fn model(&self, like: Option<&str>, first: Option<&String>, what: &str) -> Result<String, String> {
        self.model.or(like).map(str::to_owned).or_else(|| first.cloned()).ok_or_else(|| format!("The catalog has no {what}."))
    }
    /// The two nearest blocks as A and B feed.
    fn feeds(&self) -> (Option<Id>, Option<Id>) {
        let mut blocks = self.near(|e| e.kind() == Kind::Block).into_iter().map(|e| e.id().clone());
        (blocks.next(), blocks.next())
    }
    fn nearest_bus(&self) -> Result<Id, String> {
        self.near(|e| e.kind() == Kind::Bus).first().map(|e| e.id().clone()).ok_or_else(|| "This is connected to a bus: add one first.".to_owned())
    }
    fn nearest_fws(&self) -> Result<Id, String> {
        self.near(|e| e.kind() == Kind::Fws).first().map(|e| e.id().clone()).ok_or_else(|| "This needs facility water: add a water system first.".to_owned())
    }

    fn row(&self) -> Result<New, String> {
        let hall = self.hall()?;
        let like = self.near(|e| matches!(e, Element::Row(r) if r.hall == hall.id)).into_iter().next();
        let catalog = self.view.catalog;
        let row = if let Some(Element::Row(like)) = like {
            Row {
                id: Id::default(),
                name: String::new(),
                rack: self.model.map_or_else(|| like.rack.clone(), str::to_owned),
                others: if self.model.is_some() { Default::default() } else { like.others.clone() },
                pitch: if self.model.is_some_and(|m| m != like.rack) { None } else { like.pitch },
                at: self.at,
                ..like.clone()
            }
        } else {
            let (a, b) = self.feeds();
            let a = a.or_else(|| self.nearest_bus().ok()).ok_or("A row needs power: add a power block first.")?;
            Row {
                id: Id::default(),
                name: String::new(),
                hall: hall.id.clone(),
                at: self.at,
                turned: false,
                front: None,
                rack: self.model(None, catalog.racks.first().map(|r| &r.id), "rack")?,
                count: 10,
                pitch: None,
                others: Default::default(),
                a,
                b,
                share_a: crate::plan::EVEN_SHARE,
                busway: self.model_of_busway()?,
                busways: 1,
                tcs: self.plan().tcs_loops().find(|t| t.hall == hall.id).map(|t| t.id.clone()),
                gpu: None,
                cpu: None,
                cap: None,
                assumed: String::new(),
            }
        };
        let fed = row.b.as_ref().map_or_else(|| row.a.to_string(), |b| format!("{}, {b}", row.a));
        let note = format!("{} × {} in {}, fed by {fed}", row.count, row.rack, hall.id);
        Ok(New::plain(row, note))
    }
    fn model_of_busway(&self) -> Result<String, String> {
        let used = self.plan().rows().next().map(|r| r.busway.clone());
        used.or_else(|| self.view.catalog.busways.first().map(|b| b.id.clone())).ok_or_else(|| "The catalog has no busway.".to_owned())
    }

    fn cdu(&self) -> Result<New, String> {
        let hall = self.hall()?;
        let fws = self.nearest_fws()?;
        let (a, b) = self.feeds();
        let like = self.plan().cdus().find(|c| self.plan().tcs_loops().any(|t| t.id == c.tcs && t.hall == hall.id)).or_else(|| self.plan().cdus().next());
        let existing = self.plan().tcs_loops().find(|t| t.hall == hall.id);
        let (tcs, before) = match existing {
            Some(tcs) => (tcs.id.clone(), Vec::new()),
            None => {
                let tcs = self.new_loop(&hall.id);
                (tcs.id.clone(), vec![tcs.into()])
            }
        };
        let cdu = Cdu {
            id: Id::default(),
            name: String::new(),
            tcs: tcs.clone(),
            fws,
            model: self.model(like.map(|c| c.model.as_str()), self.view.catalog.cdus.first().map(|c| &c.id), "CDU")?,
            units: 1,
            redundant: 0,
            filter: like.and_then(|c| c.filter),
            at: self.at,
            turned: like.is_some_and(|c| c.turned),
            a,
            b,
            assumed: String::new(),
        };
        Ok(New { element: cdu.into(), before, note: format!("on loop {tcs}") })
    }
    /// A loop for a hall that has none, like the plan's other loops.
    fn new_loop(&self, hall: &Id) -> Tcs {
        let like = self.plan().tcs_loops().next();
        Tcs {
            id: fresh(self.plan(), Kind::Tcs.prefix()),
            name: String::new(),
            hall: hall.clone(),
            coolant: like.map_or(Coolant::Pg25, |t| t.coolant),
            supply: like.map_or_else(|| Temperature::from_celsius(30.0), |t| t.supply),
            header: like.map_or_else(|| Length::from_meters(0.15), |t| t.header),
            // Stainless header; like the rest of a new loop it is said to be assumed.
            roughness: like.map_or_else(|| Length::from_meters(0.015e-3), |t| t.roughness),
            arrangement: like.map_or_else(Return::default, |t| t.arrangement),
            control: like.map_or_else(PumpControl::default, |t| t.control),
            difference: like.and_then(|t| t.difference),
            floating: like.is_some_and(|t| t.floating),
            disconnect_kv: like.and_then(|t| t.disconnect_kv),
            rack_valves: like.is_some_and(|t| t.rack_valves),
            assumed: "loop made with its first CDU; set-point and header not yet set by the planner".to_owned(),
        }
    }

    fn air_handler(&self) -> Result<New, String> {
        let hall = self.hall()?;
        let like = self.plan().air_handlers().find(|h| h.hall == hall.id).or_else(|| self.plan().air_handlers().next());
        let (a, b) = self.feeds();
        let handler = AirHandler {
            id: Id::default(),
            name: String::new(),
            hall: hall.id.clone(),
            fws: like.map(|h| Ok(h.fws.clone())).unwrap_or_else(|| self.nearest_fws())?,
            model: self.model(like.map(|h| h.model.as_str()), self.view.catalog.air_handlers.first().map(|h| &h.id), "air handler")?,
            units: 1,
            redundant: 0,
            at: self.at,
            turned: like.is_some_and(|h| h.turned),
            a,
            b,
            assumed: String::new(),
        };
        let note = format!("for {}", hall.id);
        Ok(New::plain(handler, note))
    }

    fn block(&self) -> Result<New, String> {
        let catalog = self.view.catalog;
        let ups = self.model.filter(|m| catalog.ups(m).is_some()).map(str::to_owned);
        if let Some(Element::Block(like)) = self.near(|e| e.kind() == Kind::Block).first() {
            let block = Block { id: Id::default(), name: String::new(), at: self.at, ups: ups.or_else(|| like.ups.clone()), ..like.clone() };
            let note = format!("from {}", block.from);
            return Ok(New::plain(block, note));
        }
        let from = self.nearest_bus()?;
        let block = Block {
            id: Id::default(),
            name: String::new(),
            from: from.clone(),
            conductor: catalog.conductors.first().map(|c| c.id.clone()).ok_or("The catalog has no conductor.")?,
            length: Length::from_meters(100.0),
            transformer: catalog
                .transformers
                .iter()
                .min_by(|x, y| x.rating.si().total_cmp(&y.rating.si()))
                .map(|t| t.id.clone())
                .ok_or("The catalog has no transformer.")?,
            transformers: 1,
            mode: crate::plan::UpsMode::default(),
            modules: 2,
            redundant: 0,
            ups: ups.or_else(|| catalog.ups.first().map(|u| u.id.clone())),
            genset: None,
            gensets: 0,
            at: self.at,
            turned: false,
            assumed: "feeder length not yet set by the planner".to_owned(),
        };
        Ok(New::plain(block, format!("from {from}")))
    }

    fn cooler(&self) -> Result<New, String> {
        let fws = self.nearest_fws()?;
        let like = self.plan().coolers().find(|c| c.fws == fws).or_else(|| self.plan().coolers().next());
        let (a, b) = self.feeds();
        let cooler = Cooler {
            id: Id::default(),
            name: String::new(),
            fws: fws.clone(),
            model: self.model(like.map(|c| c.model.as_str()), self.view.catalog.dry_coolers.first().map(|c| &c.id), "heat rejection equipment")?,
            units: 4,
            redundant: 0,
            at: self.at,
            columns: like.map_or(4, |c| c.columns.clamp(1, 4)),
            a: like.map_or(a, |c| c.a.clone()),
            b: like.map_or(b, |c| c.b.clone()),
            assumed: String::new(),
        };
        Ok(New::plain(cooler, format!("4 units on {fws}")))
    }

    fn generator(&self) -> Result<New, String> {
        let like = self.plan().generators().next();
        let bus = like.map(|g| Ok(g.bus.clone())).unwrap_or_else(|| self.nearest_bus())?;
        let generator = Generator {
            id: Id::default(),
            name: String::new(),
            bus: bus.clone(),
            model: self.model(like.map(|g| g.model.as_str()), self.view.catalog.generators.first().map(|g| &g.id), "generator")?,
            units: 1,
            redundant: 0,
            from: None,
            until: None,
            nox_cap: None,
            at: self.at,
            columns: 4,
            assumed: String::new(),
        };
        Ok(New::plain(generator, format!("on bus {bus}")))
    }

    fn battery(&self) -> Result<New, String> {
        let like = self.plan().batteries().next();
        let bus = like.map(|b| Ok(b.bus.clone())).unwrap_or_else(|| self.nearest_bus())?;
        let battery = Battery {
            id: Id::default(),
            name: String::new(),
            bus: bus.clone(),
            model: self.model(like.map(|b| b.model.as_str()), self.view.catalog.batteries.first().map(|b| &b.id), "battery")?,
            units: 4,
            reserve: like.map_or(Ratio::ZERO, |b| b.reserve),
            at: self.at,
            columns: 4,
            assumed: String::new(),
        };
        Ok(New::plain(battery, format!("on bus {bus}")))
    }

    fn fws(&self) -> Result<New, String> {
        let like = self.plan().fws_systems().next();
        let (a, b) = self.feeds();
        let fws = Fws {
            id: Id::default(),
            name: String::new(),
            coolant: like.map_or(Coolant::Pg25, |f| f.coolant),
            supply: like.map_or_else(|| Temperature::from_celsius(25.0), |f| f.supply),
            pump: self.model(like.map(|f| f.pump.as_str()), self.view.catalog.pumps.first().map(|p| &p.id), "pump")?,
            pumps: 2,
            redundant: 1,
            main: like.map_or_else(|| Length::from_meters(0.3), |f| f.main),
            // Commercial steel, 0.045 mm (Moody 1944).
            roughness: like.map_or_else(|| Length::from_meters(0.045e-3), |f| f.roughness),
            ring: false,
            bypass: None,
            buffer: None,
            exchanger: None,
            at: self.at,
            a,
            b,
            assumed: "set-point and mains not yet set by the planner".to_owned(),
        };
        Ok(New::plain(fws, "2 pumps, one spare".to_owned()))
    }

    fn transformer(&self) -> Result<New, String> {
        let like = self.plan().transformers().next();
        let largest = self.view.catalog.transformers.iter().max_by(|x, y| x.rating.si().total_cmp(&y.rating.si())).map(|t| &t.id);
        let model = self.model(like.map(|t| t.model.as_str()), largest, "transformer")?;
        let voltages = self.view.catalog.transformers(&model).map(|m| (*m.high, *m.low)).ok_or("The catalog has no such transformer.")?;
        let bus_at = |voltage: Voltage| {
            let same = |e: &Element| matches!(e, Element::Bus(b) if (b.voltage.si() / voltage.si() - 1.0).abs() < 0.05);
            self.near(same).first().map(|e| e.id().clone()).ok_or_else(|| format!("This transformer needs a bus of {}: add one first.", voltage.to_text()))
        };
        let (from, to) = (bus_at(voltages.0)?, bus_at(voltages.1)?);
        let note = format!("from {from} to {to}");
        let transformer = Transformer { id: Id::default(), name: String::new(), from, to, model, units: 1, redundant: 0, at: self.at, assumed: String::new() };
        Ok(New::plain(transformer, note))
    }

    fn bus(&self) -> New {
        let voltage = self.near(|e| e.kind() == Kind::Bus).first().and_then(|e| if let Element::Bus(b) = e { Some(b.voltage) } else { None });
        let voltage = voltage.unwrap_or_else(|| Voltage::from_volts(13_800.0));
        let bus = Bus { id: Id::default(), name: String::new(), voltage, rating: None, at: self.at, assumed: String::new() };
        New::plain(bus, voltage.to_text())
    }

    fn grid(&self) -> Result<New, String> {
        let bus = self.nearest_bus()?;
        let firm = Power::from_megawatts(10.0);
        let grid = Grid {
            id: Id::default(),
            name: String::new(),
            bus: bus.clone(),
            steps: vec![GridStep { from: self.plan().date(), firm }],
            short_circuit: ApparentPower::from_volt_amperes(1e9),
            x_over_r: None,
            voltage_step: None,
            power_factor: None,
            at: self.at,
            assumed: "firm power and short-circuit power not yet set by the planner".to_owned(),
        };
        Ok(New::plain(grid, format!("{} on bus {bus}", firm.to_text())))
    }
}
