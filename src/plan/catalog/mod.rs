//! Equipment, sites, climates and tariffs: what can be put into a plan.
//!
//! The built-in catalog comes from `assets/`; a plan may carry entries of its own, and they win. Every figure knows its source and how far to
//! trust it: a [`Figure`] is a value, a [`Confidence`] letter and a key into the list of sources.

mod cooling;
mod electrical;
mod place;
mod rack;
mod supply;

pub use cooling::*;
pub use electrical::*;
pub use place::*;
pub use rack::*;
pub use supply::*;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a figure can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Primary: maker, utility, regulator, or computed from hourly data.
    P,
    /// A secondary page that cites the primary.
    S,
    /// Uncertain: single, conflicting, or a rule of thumb.
    U,
    /// General engineering knowledge.
    K,
}

impl Confidence {
    /// Whether the figure is shown as *assumed*: everything but a primary one.
    #[must_use]
    pub fn assumed(self) -> bool {
        self != Self::P
    }
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::P => "primary source",
            Self::S => "secondary source, assumed",
            Self::U => "uncertain, assumed",
            Self::K => "engineering judgment, assumed",
        }
    }
}

/// A catalog value with its confidence and the key of its source. In a file: `("132 kW", S, "hpe-gb200")`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure<T>(pub T, pub Confidence, pub String);

impl<T> std::ops::Deref for Figure<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Width, depth and height in meters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Size(pub f64, pub f64, pub f64);

macro_rules! catalog {
    ($($(#[$doc:meta])* $field:ident: $model:ident, $label:literal;)*) => {
        /// Entries by kind and key.
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Catalog {
            $(
                $(#[$doc])*
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                pub $field: Vec<$model>,
            )*
            /// Full references by key.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub sources: BTreeMap<String, String>,
        }

        impl Catalog {
            /// Whether there is nothing in it.
            #[must_use]
            pub fn is_empty(&self) -> bool { true $(&& self.$field.is_empty())* && self.sources.is_empty() }
            /// This catalog with the entries of `own` put in, replacing those with the same key.
            #[must_use]
            pub fn with(&self, own: &Self) -> Self {
                let mut all = self.clone();
                $(for entry in &own.$field {
                    match all.$field.iter_mut().find(|e| e.id == entry.id) {
                        Some(old) => *old = entry.clone(),
                        None => all.$field.push(entry.clone()),
                    }
                })*
                all.sources.extend(own.sources.clone());
                all
            }
            /// Kind, key and name of every entry, by kind.
            #[must_use]
            pub fn entries(&self) -> Vec<(&'static str, &str, String)> {
                let mut list = Vec::new();
                $(for e in &self.$field { list.push(($label, e.id.as_str(), e.display_name())); })*
                list
            }
            $(
                #[doc = concat!("The ", $label, " with this key.")]
                #[must_use]
                pub fn $field(&self, id: &str) -> Option<&$model> { self.$field.iter().find(|e| e.id == id) }
            )*
        }
    };
}

macro_rules! named {
    ($($model:ident)*) => {$(impl $model { fn display_name(&self) -> String { self.name.clone() } })*};
}
named!(RackModel CduModel AirHandlerModel DryCoolerModel TowerModel ChillerModel PumpModel TransformerModel UpsModel ConductorModel GensetModel
    GeneratorModel BatteryModel Tariff SiteModel);
impl Climate {
    fn display_name(&self) -> String {
        self.station.clone()
    }
}

catalog! {
    /// Rack models.
    racks: RackModel, "rack";
    /// Coolant distribution units.
    cdus: CduModel, "CDU";
    /// Air handlers.
    air_handlers: AirHandlerModel, "air handler";
    /// Dry and adiabatic coolers.
    dry_coolers: DryCoolerModel, "dry cooler";
    /// Cooling towers.
    towers: TowerModel, "cooling tower";
    /// Chillers.
    chillers: ChillerModel, "chiller";
    /// Pumps.
    pumps: PumpModel, "pump";
    /// Transformers.
    transformers: TransformerModel, "transformer";
    /// UPS modules.
    ups: UpsModel, "UPS";
    /// Busways.
    busways: ConductorModel, "busway";
    /// Cables and lines.
    conductors: ConductorModel, "conductor";
    /// Diesel sets.
    gensets: GensetModel, "diesel set";
    /// Turbines, engines and fuel cells.
    generators: GeneratorModel, "generator";
    /// Batteries.
    batteries: BatteryModel, "battery";
    /// Tariffs.
    tariffs: Tariff, "tariff";
    /// Sites.
    sites: SiteModel, "site";
    /// Climates.
    climates: Climate, "climate";
}

/// Files of the built-in catalog: name in `assets/catalog`, and text.
const ASSETS: &[(&str, &str)] = &[
    ("sources.ron", include_str!("../../../assets/catalog/sources.ron")),
    ("racks.ron", include_str!("../../../assets/catalog/racks.ron")),
    ("cooling.ron", include_str!("../../../assets/catalog/cooling.ron")),
    ("electrical.ron", include_str!("../../../assets/catalog/electrical.ron")),
    ("supply.ron", include_str!("../../../assets/catalog/supply.ron")),
    ("sites.ron", include_str!("../../../assets/catalog/sites.ron")),
    ("climates.ron", include_str!("../../../assets/catalog/climates.ron")),
];

impl Catalog {
    /// The catalog built into the program.
    ///
    /// # Errors
    /// With the name of the asset, if one of the built-in files doesn't read: a fault of this build, found by its tests.
    pub fn builtin() -> Result<Self, crate::plan::file::LoadError> {
        let mut all = Self::default();
        for (name, text) in ASSETS {
            let part: Self = crate::plan::file::read_ron(text).map_err(|e| e.in_file(*name))?;
            all = all.with(&part);
        }
        Ok(all)
    }
}
