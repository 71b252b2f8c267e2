//! What the pointer does on the canvas. One tool a file.

pub mod build;
pub mod measure;
pub mod place;
pub mod select;

use crate::plan::Kind;

/// What the pointer does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Tool {
    /// Selects, moves and copies.
    #[default]
    Select,
    /// Puts new elements on the ground.
    Place(Placing),
    /// Measures distances.
    Measure,
}

/// What is put on the ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    /// The kind.
    pub kind: Kind,
    /// The catalog key, where the planner chose one.
    pub model: Option<String>,
}

impl Placing {
    /// A kind with the model that the plan uses already, or else the first of the catalog.
    #[must_use]
    pub fn any(kind: Kind) -> Self {
        Self { kind, model: None }
    }
    /// The element that a catalog entry is put on the ground as.
    #[must_use]
    pub fn of_catalog(list: &str, id: &str) -> Option<Self> {
        let kind = match list {
            "rack" => Kind::Row,
            "CDU" => Kind::Cdu,
            "air handler" => Kind::AirHandler,
            "dry cooler" | "cooling tower" | "chiller" => Kind::Cooler,
            "pump" => Kind::Fws,
            "transformer" => Kind::Transformer,
            "UPS" => Kind::Block,
            "generator" => Kind::Generator,
            "battery" => Kind::Battery,
            _ => return None,
        };
        Some(Self { kind, model: Some(id.to_owned()) })
    }
}

/// The kinds that can be put on the ground, in the order of the tool strip and the Insert menu.
pub const PLACEABLE: [Kind; 12] = [
    Kind::Hall,
    Kind::Row,
    Kind::Cdu,
    Kind::AirHandler,
    Kind::Block,
    Kind::Cooler,
    Kind::Generator,
    Kind::Battery,
    Kind::Fws,
    Kind::Transformer,
    Kind::Bus,
    Kind::Grid,
];

/// What the tool strip and the Insert menu call a kind.
#[must_use]
pub fn short_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Hall => "Hall",
        Kind::Row => "Row",
        Kind::Cdu => "CDU",
        Kind::AirHandler => "Air handler",
        Kind::Block => "Block",
        Kind::Cooler => "Cooler",
        Kind::Generator => "Generator",
        Kind::Battery => "Battery",
        Kind::Fws => "Water system",
        Kind::Transformer => "Transformer",
        Kind::Bus => "Bus",
        Kind::Grid => "Grid connection",
        other => other.label(),
    }
}
