//! Every edit there is, as data.

use super::RedundancyScheme;
use crate::plan::{Element, Id, Point};
use serde::{Deserialize, Serialize};

/// An edit. `megawatt apply` reads a RON list of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Puts an element in. With an empty id it gets a fresh one.
    Add(Element),
    /// Takes elements out. A hall goes with its rows, loops and air handlers, a loop with its CDUs.
    Remove {
        /// Which.
        ids: Vec<Id>,
    },
    /// Moves elements on the ground, meters. A hall takes along what stands in it.
    Move {
        /// Which.
        ids: Vec<Id>,
        /// How far east and north.
        by: Point,
    },
    /// Sets one field of an element from text, as a planner types it: `"1.5 MW"`, `"12"`, `"H1-B2"`. An empty text clears an optional field.
    Set {
        /// Which element.
        id: Id,
        /// Which field, as in the file.
        field: String,
        /// The new value.
        value: String,
    },
    /// Puts an element in the place of the one with the same id.
    Replace(Element),
    /// Copies elements one or more times, each copy a step farther. Connections stay those of the original.
    Duplicate {
        /// Which.
        ids: Vec<Id>,
        /// The step, meters.
        by: Point,
        /// How many copies.
        times: u32,
    },
    /// Moves the plan to another library site.
    AtSite {
        /// Catalog key of the site.
        library: String,
    },
    /// Rewires rows to a scheme of redundancy: which block feeds which cord, and how the cords share. The rows are balanced by design power.
    Redundancy {
        /// Halls (their CDUs and air handlers go along, unless they stand on blocks of their own) and single rows.
        ids: Vec<Id>,
        /// The scheme.
        scheme: RedundancyScheme,
        /// The power blocks, in order; 2N takes the first half for A. Empty: those that feed the rows now, by id.
        #[serde(default)]
        blocks: Vec<Id>,
        /// The reserve of a block redundant scheme; without it the last of the blocks.
        #[serde(default)]
        reserve: Option<Id>,
    },
    /// Several commands as one.
    Batch {
        /// What they do together.
        label: String,
        /// In this order.
        commands: Vec<Command>,
    },
}

impl Command {
    /// What it does, for the history and the menu.
    #[must_use]
    pub fn label(&self) -> String {
        let several = |ids: &[Id]| match ids {
            [one] => one.to_string(),
            many => format!("{} elements", many.len()),
        };
        match self {
            Self::Add(e) => format!("Add {}", e.kind().label()),
            Self::Remove { ids } => format!("Delete {}", several(ids)),
            Self::Move { ids, .. } => format!("Move {}", several(ids)),
            Self::Set { id, field, value } => format!("Set {field} of {id} to {value}"),
            Self::Replace(e) => format!("Change {}", e.id()),
            Self::Duplicate { ids, times, .. } => format!("Copy {} ×{times}", several(ids)),
            Self::AtSite { library } => format!("Move to {library}"),
            Self::Redundancy { ids, scheme: RedundancyScheme::Distributed, blocks, .. } if !blocks.is_empty() => {
                format!("Feed {} {} to make {}", several(ids), blocks.len(), blocks.len() - 1)
            }
            Self::Redundancy { ids, scheme, .. } => format!("Feed {} {}", several(ids), scheme.label()),
            Self::Batch { label, .. } => label.clone(),
        }
    }
}

/// Why a command did not happen. The plan is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No element has this id.
    #[error("there is no element `{0}`")]
    NoSuchElement(Id),
    /// The id is taken.
    #[error("the id `{0}` is in use, or was in use earlier in this session")]
    IdTaken(Id),
    /// The element has no such field.
    #[error("{kind} `{id}` has no field `{field}`; it has {known}")]
    NoSuchField {
        /// Element.
        id: Id,
        /// Its kind.
        kind: &'static str,
        /// The field asked for.
        field: String,
        /// The fields it has.
        known: String,
    },
    /// The value doesn't fit the field.
    #[error("`{field}` of `{id}`: {message}")]
    BadValue {
        /// Element.
        id: Id,
        /// Field.
        field: String,
        /// What is wrong.
        message: String,
    },
    /// The element is not possible.
    #[error("`{id}`: {message}")]
    Invalid {
        /// Element.
        id: Id,
        /// What is wrong.
        message: String,
    },
    /// An element every plan has can't be taken out or added a second time.
    #[error("a plan always has one {0}")]
    Essential(&'static str),
    /// A scheme of redundancy that these blocks can't give.
    #[error("{0}")]
    Redundancy(String),
    /// A number of copies, or a distance, that can't be.
    #[error("{0}")]
    Amount(String),
}
