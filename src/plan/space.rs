//! Halls and rows of racks, to scale.

use super::{Id, Point};
use crate::units::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The campus as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campus {
    /// Always `campus`.
    #[serde(default = "campus_id", skip_serializing)]
    pub id: Id,
    /// Name of the plan.
    pub name: String,
    /// The month the plan is looked at: grid steps and generators count from their dates.
    pub date: super::Month,
    /// Largest IT power of the whole campus, where a cap is set: the racks slow down alike until they draw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Power>,
    /// What a reader should know, assumptions above all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

fn campus_id() -> Id {
    Id::from("campus")
}

/// ASHRAE TC 9.9 class of air-cooled equipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum AirClass {
    /// 15–32 °C.
    A1,
    /// 10–35 °C.
    #[default]
    A2,
    /// 5–40 °C.
    A3,
    /// 5–45 °C.
    A4,
}

impl AirClass {
    /// Largest allowable inlet temperature.
    #[must_use]
    pub fn max_inlet(self) -> Temperature {
        Temperature::from_celsius(match self {
            Self::A1 => 32.0,
            Self::A2 => 35.0,
            Self::A3 => 40.0,
            Self::A4 => 45.0,
        })
    }
}

impl AirClass {
    /// Least allowable inlet temperature.
    #[must_use]
    pub fn min_inlet(self) -> Temperature {
        Temperature::from_celsius(match self {
            Self::A1 => 15.0,
            Self::A2 => 10.0,
            Self::A3 | Self::A4 => 5.0,
        })
    }
}

/// A side of something that stands along the axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Side {
    /// Toward growing y.
    North,
    /// Toward growing x.
    East,
    /// Toward falling y.
    South,
    /// Toward falling x.
    West,
}

impl Side {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::North => "north",
            Self::East => "east",
            Self::South => "south",
            Self::West => "west",
        }
    }
    /// The side across.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::North => Self::South,
            Self::East => Self::West,
            Self::South => Self::North,
            Self::West => Self::East,
        }
    }
    /// Whether it is one of the two sides along a row that runs west–east, or south–north if `turned`.
    #[must_use]
    pub fn along(self, turned: bool) -> bool {
        matches!(self, Self::East | Self::West) == turned
    }
}

/// A data hall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hall {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// South-west corner.
    pub at: Point,
    /// East–west and north–south extent, m.
    pub size: Point,
    /// Supply air temperature that the air handlers hold.
    pub supply_air: Temperature,
    /// Share of rack exhaust that escapes containment into the room and returns to the inlets (1 − containment); 100 % without containment.
    pub recirculation: Ratio,
    /// Air that the handlers move over what the racks draw. Without it, as much as keeps all that containment catches, and no less than what escapes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub air_ratio: Option<Ratio>,
    /// Edge of the cells in which its air is solved, if other than 0.6 m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Length>,
    /// Class of its equipment.
    #[serde(default)]
    pub class: AirClass,
    /// Dew point of its air, where that is controlled; coolant must stay above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dew_point: Option<Temperature>,
    /// Power of lights, controls, offices and the ventilation of electrical rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub house: Option<Power>,
    /// Power block (or bus) that feeds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a: Option<Id>,
    /// GPU utilization here, if other than the campus's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu: Option<Ratio>,
    /// CPU utilization here, if other than the campus's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Ratio>,
    /// Largest IT power of the hall, where a cap is set: its racks slow down alike until they draw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Power>,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

/// A row of racks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Key.
    pub id: Id,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The hall it stands in.
    pub hall: Id,
    /// South-west corner.
    pub at: Point,
    /// Whether the row runs south–north instead of west–east.
    #[serde(default, skip_serializing_if = "is_false")]
    pub turned: bool,
    /// Side from which its racks draw air. Without it the rows of a hall alternate, so that the wider aisles are cold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub front: Option<Side>,
    /// Rack model of its slots.
    pub rack: String,
    /// Slots.
    pub count: u32,
    /// Center-to-center distance, if other than the rack's width.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pitch: Option<Length>,
    /// Slots (from 1) with another model; an empty text is an empty slot.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<u32, String>,
    /// Power block (or bus) of the A cords.
    pub a: Id,
    /// Power block (or bus) of the B cords; without it the racks are single-corded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b: Option<Id>,
    /// Share of a dual-corded row's power on the A cords in the normal state. At 100 % the B side stands by, as behind a static transfer
    /// switch to a reserve (catcher) block. Without a B side it has no meaning.
    #[serde(default = "half", skip_serializing_if = "is_half")]
    pub share_a: Ratio,
    /// Busway model of each side.
    pub busway: String,
    /// Parallel busways on each side.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub busways: u32,
    /// Coolant loop of the liquid-cooled racks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcs: Option<Id>,
    /// GPU utilization here, if other than the hall's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu: Option<Ratio>,
    /// CPU utilization here, if other than the hall's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Ratio>,
    /// Largest power the row may draw, where a cap is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Power>,
    /// What in it is assumed, and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
}

impl Row {
    /// The model in a slot (from 1): `None` for an empty one.
    #[must_use]
    pub fn model_at(&self, slot: u32) -> Option<&str> {
        let model = self.others.get(&slot).unwrap_or(&self.rack);
        (!model.is_empty()).then_some(model.as_str())
    }
    /// How many racks of each model stand in the row.
    #[must_use]
    pub fn models(&self) -> BTreeMap<&str, u32> {
        let mut models = BTreeMap::new();
        let others = self.others.iter().filter(|(slot, _)| (1..=self.count).contains(*slot));
        let mut plain = self.count;
        for (_, model) in others {
            plain -= 1;
            if !model.is_empty() {
                *models.entry(model.as_str()).or_insert(0) += 1;
            }
        }
        if plain > 0 && !self.rack.is_empty() {
            *models.entry(self.rack.as_str()).or_insert(0) += plain;
        }
        models
    }
}

/// Dual-corded power supplies draw evenly from both sides unless the plan says otherwise.
pub const EVEN_SHARE: Ratio = Ratio::from_value(0.5);

fn half() -> Ratio {
    EVEN_SHARE
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_half(share: &Ratio) -> bool {
    *share == EVEN_SHARE
}
pub(super) fn one() -> u32 {
    1
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
pub(super) fn is_one(n: &u32) -> bool {
    *n == 1
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
pub(super) fn is_zero(n: &u32) -> bool {
    *n == 0
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
pub(super) fn is_false(b: &bool) -> bool {
    !*b
}
