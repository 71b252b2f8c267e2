//! Plan in, outcome out: pure functions.

mod outcome;

pub use outcome::*;

use crate::plan::{Catalog, Id, Plan};
use crate::units::*;
use std::sync::Arc;

/// One hour of weather.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeatherHour {
    /// Dry bulb.
    pub dry_bulb: Temperature,
    /// Dew point.
    pub dew_point: Temperature,
    /// Station pressure.
    pub pressure: Pressure,
}

/// Weather read from a file for the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Weather {
    /// For people: station and file.
    pub name: String,
    /// 8,760 hours of local standard time, from January 1st.
    pub hours: Vec<WeatherHour>,
}

/// What the solver is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Revision of the document, handed back in the outcome.
    pub revision: u64,
    /// The scenario to apply.
    pub scenario: Option<Id>,
    /// The hour of the year for the steady state, instead of the design day.
    pub hour: Option<usize>,
    /// Weather from the plan's file, if it has one and it could be read.
    pub weather: Option<Arc<Weather>>,
}

/// Solves a plan. What the previous outcome already holds for the same inputs is reused.
#[must_use]
pub fn solve(_plan: &Plan, _catalog: &Catalog, request: &Request, _previous: Option<&Outcome>) -> Outcome {
    Outcome { revision: request.revision, ..Outcome::default() }
}
