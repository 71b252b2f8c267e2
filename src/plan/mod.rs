//! What the planner draws: pure data, no physics, no I/O.
//!
//! A [`Plan`] is a map of [`Element`]s by [`Id`]. Everything in it is an element (also the site, the workload and the contract), so that one
//! kind of record, the element before and after, is the undo step, the journal line and the test fixture. A plan never stores a computed value.
//!
//! Why one map and not a field per kind: an edit, its undo and its journal need no code per kind, ids are unique by construction, and
//! iteration is by id, so the same plan gives the same bits.

pub mod catalog;
mod change;
mod contract;
mod cooling;
mod direct;
mod electrical;
mod element;
pub mod file;
mod geometry;
mod id;
mod site;
mod space;
mod supply;
mod validate;
mod workload;

pub use catalog::Catalog;
pub use change::Change;
pub use contract::Contract;
pub use cooling::{AirHandler, Cdu, Coolant, Cooler, Fws, PumpControl, Return, Tcs};
pub use electrical::{Block, Bus, Feeder, Transformer, UpsMode};
pub use geometry::{ARRAY_GAP, Rect, array_of, footprint};
pub use id::{Id, Month, Point};
pub use site::Site;
pub use space::{AirClass, Campus, EVEN_SHARE, Hall, Row, Side};
pub use supply::{Battery, Generator, Grid, GridStep};
pub use validate::{MOST_UNITS, validate};
pub use workload::{Acceptance, Scenario, Workload};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! elements {
    ($($kind:ident, $label:literal, $prefix:literal, $iter:ident;)*) => {
        /// Anything a plan consists of.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[allow(clippy::large_enum_variant, reason = "a plan has some hundred elements, and boxing every one costs more than it saves")]
        pub enum Element {
            $(
                #[doc = concat!("A ", $label, ".")]
                $kind($kind),
            )*
        }

        /// The kind of an element.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $(
                #[doc = concat!("A ", $label, ".")]
                $kind,
            )*
        }

        impl Kind {
            /// Every kind, in the order of the file.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];
            /// For people, in the singular.
            #[must_use]
            pub fn label(self) -> &'static str { match self { $(Self::$kind => $label),* } }
            /// How a fresh id of this kind begins.
            #[must_use]
            pub fn prefix(self) -> &'static str { match self { $(Self::$kind => $prefix),* } }
            /// Whether a plan has exactly one of it (the contract: at most one), whose id is the prefix itself.
            #[must_use]
            pub fn is_single(self) -> bool { matches!(self, Self::Campus | Self::Site | Self::Workload | Self::Contract) }
        }

        impl Element {
            /// Its key.
            #[must_use]
            pub fn id(&self) -> &Id { match self { $(Self::$kind(e) => &e.id),* } }
            /// Gives it another key.
            pub fn set_id(&mut self, id: Id) { match self { $(Self::$kind(e) => e.id = id),* } }
            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> Kind { match self { $(Self::$kind(_) => Kind::$kind),* } }
            /// Its fields as a JSON object, for views and commands that treat all kinds alike.
            ///
            /// # Errors
            /// When a field has no JSON form, which none has.
            pub fn fields(&self) -> Result<serde_json::Map<String, serde_json::Value>, serde_json::Error> {
                let value = match self { $(Self::$kind(e) => serde_json::to_value(e)?),* };
                match value {
                    serde_json::Value::Object(map) => Ok(map),
                    _ => Ok(serde_json::Map::new()),
                }
            }
            /// Whether elements of its kind have a field of this name, also one that a file may leave out.
            #[must_use]
            pub fn has_field(&self, field: &str) -> bool {
                let mut fields = self.fields().unwrap_or_default();
                fields.insert(field.to_owned(), serde_json::Value::Null);
                let value = serde_json::Value::Object(fields);
                let mut unknown = false;
                let note = |path: serde_ignored::Path<'_>| unknown |= path.to_string() == field;
                // Whether the null fits doesn't matter, only whether anyone looks at it.
                match self { $(Self::$kind(_) => drop(serde_ignored::deserialize::<_, _, $kind>(value, note))),* }
                !unknown
            }
            /// The element of the same kind with these fields.
            ///
            /// # Errors
            /// When a field has the wrong form: the sentence of its parser.
            pub fn with_fields(&self, fields: serde_json::Map<String, serde_json::Value>) -> Result<Self, serde_json::Error> {
                let value = serde_json::Value::Object(fields);
                Ok(match self { $(Self::$kind(_) => Self::$kind(serde_json::from_value(value)?)),* })
            }
        }

        impl Plan {
            $(
                #[doc = concat!("Every ", $label, ", by id.")]
                pub fn $iter(&self) -> impl Iterator<Item = &$kind> { self.elements.values().filter_map(|e| if let Element::$kind(x) = e { Some(x) } else { None }) }
            )*
        }
        $(impl From<$kind> for Element { fn from(e: $kind) -> Self { Self::$kind(e) } })*
    };
}

elements! {
    Campus, "campus", "campus", campuses;
    Site, "site", "site", sites;
    Workload, "workload", "workload", workloads;
    Contract, "contract", "contract", contracts;
    Grid, "grid connection", "G", grids;
    Generator, "generator group", "GEN", generators;
    Battery, "battery group", "BESS", batteries;
    Bus, "bus", "BUS", buses;
    Transformer, "transformer group", "T", transformers;
    Feeder, "feeder", "F", feeders;
    Block, "power block", "B", blocks;
    Hall, "hall", "H", halls;
    Row, "row", "R", rows;
    Tcs, "coolant loop (TCS)", "L", tcs_loops;
    Cdu, "CDU group", "CDU", cdus;
    AirHandler, "air handler group", "AH", air_handlers;
    Fws, "facility water system (FWS)", "FWS", fws_systems;
    Cooler, "heat rejection group", "HR", coolers;
    Scenario, "scenario", "S", scenarios;
    Acceptance, "accepted finding", "OK", acceptances;
}

/// One facility at one site, with its workload, supply and contract. Shared parts make a copy cheap.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Everything in the plan.
    pub elements: BTreeMap<Id, Element>,
    /// Catalog entries that only this plan has. They win over the built-in ones.
    pub catalog: std::sync::Arc<Catalog>,
}

impl Plan {
    /// The element with this key.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<&Element> {
        self.elements.get(id)
    }
    /// The campus, where there is one.
    #[must_use]
    pub fn campus(&self) -> Option<&Campus> {
        self.campuses().next()
    }
    /// The site, where there is one.
    #[must_use]
    pub fn site(&self) -> Option<&Site> {
        self.sites().next()
    }
    /// The workload, where there is one.
    #[must_use]
    pub fn workload(&self) -> Option<&Workload> {
        self.workloads().next()
    }
    /// The contract, where there is one.
    #[must_use]
    pub fn contract(&self) -> Option<&Contract> {
        self.contracts().next()
    }
    /// The name of the plan.
    #[must_use]
    pub fn name(&self) -> &str {
        self.campus().map_or("unnamed", |c| c.name.as_str())
    }
    /// The month the plan is looked at.
    #[must_use]
    pub fn date(&self) -> Month {
        self.campus().map_or(Month { year: 2026, month: 1 }, |c| c.date)
    }
    /// This plan at another library site. What only held for the old place (weather file, tariff, prices, carbon, permits) is dropped.
    #[must_use]
    pub fn at_site(&self, library: &str) -> Self {
        let mut plan = self.clone();
        for element in plan.elements.values_mut() {
            if let Element::Site(site) = element {
                *site = Site {
                    id: site.id.clone(),
                    library: library.to_owned(),
                    weather: None,
                    tariff: None,
                    gas: None,
                    water: None,
                    carbon: None,
                    water_cap: None,
                    assumed: String::new(),
                };
            }
        }
        plan
    }
    /// This plan in a scenario: utilization and month replaced, elements out of service taken away. Weather and prices stay with the scenario.
    #[must_use]
    pub fn in_scenario(&self, scenario: &Scenario) -> Self {
        let mut plan = self.clone();
        for id in &scenario.out {
            plan.elements.remove(id);
        }
        for element in plan.elements.values_mut() {
            match element {
                Element::Campus(c) => c.date = scenario.date.unwrap_or(c.date),
                Element::Workload(w) => {
                    w.gpu = scenario.gpu.unwrap_or(w.gpu);
                    w.cpu = scenario.cpu.unwrap_or(w.cpu);
                }
                // A scenario speaks of the whole campus: it overrides what a hall or row says.
                Element::Hall(h) => {
                    h.gpu = if scenario.gpu.is_some() { None } else { h.gpu };
                    h.cpu = if scenario.cpu.is_some() { None } else { h.cpu };
                }
                Element::Row(r) => {
                    r.gpu = if scenario.gpu.is_some() { None } else { r.gpu };
                    r.cpu = if scenario.cpu.is_some() { None } else { r.cpu };
                }
                _ => {}
            }
        }
        plan
    }
}
