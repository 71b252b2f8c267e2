//! One solve of a layout file, without a document to keep: what the command line asks for.

use super::{Job, Solved, storage};
use crate::checks::Severity;
use crate::plan::file::{LoadError, Loaded};
use crate::plan::{Catalog, Id, Plan};
use crate::solve::{Outage, Problem, Request, Weather};
use std::path::Path;
use std::sync::Arc;

/// Under which conditions a plan is solved.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The scenario to apply.
    pub scenario: Option<Id>,
    /// The hour of the year for the steady state, from 0; none is the design day.
    pub hour: Option<usize>,
    /// Weather instead of the plan's own.
    pub weather: Option<Arc<Weather>>,
    /// What of the power chain is out of service.
    pub out: Vec<Outage>,
}

/// A plan, its catalog and what it is solved with.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The plan.
    pub plan: Arc<Plan>,
    /// Built-in catalog with the plan's own entries.
    pub catalog: Arc<Catalog>,
    /// The request.
    pub request: Request,
    outside: Vec<Problem>,
}

impl Prepared {
    /// Solves it.
    #[must_use]
    pub fn solve(&self) -> Solved {
        Job { plan: self.plan.clone(), catalog: self.catalog.clone(), request: self.request.clone(), outside: self.outside.clone() }.run(None)
    }
}

/// Gets a plan ready to solve: reads the built-in catalog and the weather file it names. A weather file that can't be read is a problem of
/// the answer, and the rest still solves.
///
/// # Errors
/// When the built-in catalog doesn't read.
pub fn prepare(loaded: &Loaded, path: Option<&Path>, terms: &Terms) -> Result<Prepared, LoadError> {
    let builtin = Catalog::builtin()?;
    let catalog = if loaded.plan.catalog.is_empty() { builtin } else { builtin.with(&loaded.plan.catalog) };
    let (weather, outside) = match &terms.weather {
        Some(weather) => (Some(weather.clone()), Vec::new()),
        None => weather_of(&loaded.plan, path),
    };
    let request = Request { revision: 1, scenario: terms.scenario.clone(), hour: terms.hour, weather, out: terms.out.clone(), failures_later: false };
    Ok(Prepared { plan: Arc::new(loaded.plan.clone()), catalog: Arc::new(catalog), request, outside })
}

/// The weather file that a plan names, and what is wrong with it.
pub(super) fn weather_of(plan: &Plan, path: Option<&Path>) -> (Option<Arc<Weather>>, Vec<Problem>) {
    let Some(wanted) = plan.site().and_then(|s| s.weather.clone()) else { return (None, Vec::new()) };
    let problem = |message: String, hint: String| Problem { subject: Id::from("site"), field: "weather", message, hint, excluded: false };
    match storage::load_weather(path, &wanted) {
        Ok((weather, epw)) => {
            let doubts = epw.findings.into_iter().filter(|f| f.severity < Severity::Note);
            (Some(Arc::new(weather)), doubts.map(|f| problem(format!("{wanted}: {}", f.message), f.hint)).collect())
        }
        Err(e) => {
            let hint = "the year is computed on the synthetic climate of the site until the file is there";
            (None, vec![problem(e.to_string(), hint.to_owned())])
        }
    }
}
