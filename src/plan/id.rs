//! Names of elements, months and points.

use serde::{Deserialize, Serialize};

/// The name by which elements refer to each other. Unique in a plan, and never given twice in one session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// From text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether nothing is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}
impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
impl std::borrow::Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A calendar month, written `"2026-11"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Year.
    pub year: i32,
    /// 1–12.
    pub month: u32,
}

impl Month {
    /// Months from `other` to this one; negative when this one is earlier.
    #[must_use]
    pub fn since(self, other: Self) -> i32 {
        (self.year - other.year) * 12 + self.month as i32 - other.month as i32
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl std::str::FromStr for Month {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected a month such as `2026-11`, found `{text}`");
        let (year, month) = text.trim().split_once('-').ok_or_else(wrong)?;
        let (year, month) = (year.parse().map_err(|_| wrong())?, month.parse().map_err(|_| wrong())?);
        if !(1900..=2200).contains(&year) || !(1..=12).contains(&month) {
            return Err(wrong());
        }
        Ok(Self { year, month })
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A place on the campus: meters east and meters north (up) of its corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct Point(pub f64, pub f64);

impl Point {
    /// This point moved.
    #[must_use]
    pub fn moved(self, by: Self) -> Self {
        Self(self.0 + by.0, self.1 + by.1)
    }
    /// Distance along the axes, as pipes and cables run.
    #[must_use]
    pub fn path_to(self, other: Self) -> f64 {
        (self.0 - other.0).abs() + (self.1 - other.1).abs()
    }
}
