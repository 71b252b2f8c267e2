//! A document kept solved. The only threads of the library live here.
//!
//! A [`Session`] owns the document, where it is saved, its weather and the latest answer. It has two solvers with one face: inline (command
//! line, tests: `apply` returns solved) and background (window: the frame never waits, the newest request wins).

mod chains;
mod compare;
mod once;
mod saving;
mod stages;
pub mod storage;
mod task;
mod worker;

pub use chains::{ChainKind, ChainVariant, Copper, Variant, solve_chain, variants};
pub use compare::{Comparison, compare_sites};
pub use once::{Prepared, Terms, prepare};
pub use saving::Saving;
pub use stages::{Stage, StageKind, Stages, stages};
pub use task::Task;

use crate::checks::{Assessment, assess};
use crate::edit::{Command, CommandError, Document, Gesture};
use crate::plan::file::{Ignored, LoadError};
use crate::plan::{Catalog, Id, Plan, file};
use crate::solve::{Outage, Outcome, Request, Weather, solve};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use worker::Worker;

/// An answer: the plan it is about, what is known about it, and what the checks say.
#[derive(Debug, Clone)]
pub struct Solved {
    /// The revision of the document it belongs to.
    pub revision: u64,
    /// The plan as it was solved, the scenario not applied.
    pub plan: Arc<Plan>,
    /// The answer.
    pub outcome: Arc<Outcome>,
    /// Limits and findings.
    pub assessment: Arc<Assessment>,
}

/// A request to solve, complete in itself.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) plan: Arc<Plan>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) request: Request,
    /// What went wrong outside the solver: a weather file that couldn't be read.
    pub(crate) outside: Vec<crate::solve::Problem>,
}

impl Job {
    pub(crate) fn run(&self, previous: Option<&Solved>) -> Solved {
        let mut outcome = solve(&self.plan, &self.catalog, &self.request, previous.map(|p| &*p.outcome));
        if !self.outside.is_empty() {
            let mut problems = (*outcome.problems).clone();
            problems.extend(self.outside.iter().cloned());
            outcome.problems = Arc::new(problems);
        }
        self.solved(outcome)
    }

    /// An outcome with what the checks say about it.
    pub(crate) fn solved(&self, outcome: Outcome) -> Solved {
        let assessment = assess(&self.plan, &self.catalog, &outcome);
        Solved { revision: self.request.revision, plan: self.plan.clone(), outcome: Arc::new(outcome), assessment: Arc::new(assessment) }
    }
}

enum Solver {
    Inline,
    Background(Worker),
}

/// A document kept solved.
pub struct Session {
    document: Document,
    header: String,
    path: Option<PathBuf>,
    /// The text on disk that the saved state stands for, so that saving an unchanged plan changes no byte.
    saved_text: Option<String>,
    ignored: Vec<Ignored>,
    builtin: Arc<Catalog>,
    catalog: Arc<Catalog>,
    /// Path as the plan has it, what was read there, and what is wrong with it.
    weather: Option<(String, Option<Arc<Weather>>, Vec<crate::solve::Problem>)>,
    scenario: Option<Id>,
    hour: Option<usize>,
    out: Vec<Outage>,
    requested: u64,
    tickets: u64,
    solver: Solver,
    solved: Option<Arc<Solved>>,
}

impl Session {
    /// A session that solves on the calling thread.
    ///
    /// # Errors
    /// When the built-in catalog doesn't read.
    pub fn inline(plan: Plan) -> Result<Self, LoadError> {
        Self::new(plan, Solver::Inline)
    }
    /// A session that solves on a thread of its own and calls `wake` when an answer is ready.
    ///
    /// # Errors
    /// When the built-in catalog doesn't read, or the thread doesn't start.
    pub fn background(plan: Plan, wake: impl Fn() + Send + Sync + 'static) -> Result<Self, LoadError> {
        let worker = Worker::start(Box::new(wake)).map_err(|e| LoadError::new(format!("the solver's thread did not start: {e}")))?;
        Self::new(plan, Solver::Background(worker))
    }

    fn new(plan: Plan, solver: Solver) -> Result<Self, LoadError> {
        let builtin = Arc::new(Catalog::builtin()?);
        let mut session = Self {
            document: Document::new(plan),
            header: String::new(),
            path: None,
            saved_text: None,
            ignored: Vec::new(),
            catalog: builtin.clone(),
            builtin,
            weather: None,
            scenario: None,
            hour: None,
            out: Vec::new(),
            requested: 0,
            tickets: 0,
            solver,
            solved: None,
        };
        session.after_new_plan();
        Ok(session)
    }

    /// Puts another plan in the place of this one, as read from a file.
    pub fn replace(&mut self, loaded: file::Loaded, path: Option<PathBuf>, text: Option<String>) {
        self.document = Document::new(loaded.plan);
        self.header = loaded.header;
        self.ignored = loaded.ignored;
        self.path = path;
        self.saved_text = text;
        self.scenario = None;
        self.hour = None;
        self.out.clear();
        self.weather = None;
        self.after_new_plan();
    }

    /// Opens a layout file.
    ///
    /// # Errors
    /// A sentence with file, line and element. The session keeps its plan.
    pub fn open(&mut self, path: &Path) -> Result<(), LoadError> {
        let (loaded, text) = storage::load(path)?;
        self.replace(loaded, Some(path.to_owned()), Some(text));
        Ok(())
    }

    /// Saves to a file and remembers it. The file is replaced whole or not at all.
    ///
    /// # Errors
    /// A sentence with the file and the reason. The file on disk is as it was.
    pub fn save_as(&mut self, path: &Path) -> Result<(), LoadError> {
        let saving = self.saving();
        let text = saving.write(path)?;
        self.saved(&saving, path.to_owned(), text);
        Ok(())
    }

    fn after_new_plan(&mut self) {
        self.catalog = if self.document.plan().catalog.is_empty() { self.builtin.clone() } else { Arc::new(self.builtin.with(&self.document.plan().catalog)) };
        self.request();
    }

    /// The document's plan.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        self.document.plan()
    }
    /// The document: history, labels, changed or not.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }
    /// To mark a recovered plan as unsaved.
    pub fn mark_unsaved(&mut self) {
        self.document.mark_unsaved();
    }
    /// Built-in catalog with the plan's own entries.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }
    /// The file of the plan.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
    /// Unknown fields left out when the plan was read.
    #[must_use]
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }
    /// The text that saving would write.
    ///
    /// # Errors
    /// When the plan has no text form, which every plan has.
    pub fn text(&self) -> Result<String, LoadError> {
        file::write(self.document.plan(), &self.header)
    }

    /// Carries a command out and asks for a solve. Commands of one gesture make one undo step.
    ///
    /// # Errors
    /// The command did not happen.
    pub fn apply(&mut self, command: &Command, gesture: Option<Gesture>) -> Result<(), CommandError> {
        let revision = self.document.revision();
        self.document.apply(command, gesture)?;
        if self.document.revision() != revision {
            self.request();
        }
        Ok(())
    }
    /// Takes the last step back. Says what it was.
    pub fn undo(&mut self) -> Option<String> {
        let label = self.document.undo()?;
        self.request();
        Some(label)
    }
    /// Does the last undone step again. Says what it was.
    pub fn redo(&mut self) -> Option<String> {
        let label = self.document.redo()?;
        self.request();
        Some(label)
    }

    /// The scenario applied to the solve.
    #[must_use]
    pub fn scenario(&self) -> Option<&Id> {
        self.scenario.as_ref()
    }
    /// Applies a scenario, or none.
    pub fn set_scenario(&mut self, scenario: Option<Id>) {
        if self.scenario != scenario {
            self.scenario = scenario;
            self.request();
        }
    }
    /// The hour of the year that the steady state is solved at; none is the design day.
    #[must_use]
    pub fn hour(&self) -> Option<usize> {
        self.hour
    }
    /// Solves the steady state at an hour of the year, or on the design day.
    pub fn set_hour(&mut self, hour: Option<usize>) {
        if self.hour != hour {
            self.hour = hour;
            self.request();
        }
    }

    /// What of the power chain is out of service for now. It is no part of the plan.
    #[must_use]
    pub fn out(&self) -> &[Outage] {
        &self.out
    }
    /// Takes things of the power chain out of service, in place of what was out before; none restores all.
    pub fn set_out(&mut self, mut out: Vec<Outage>) {
        out.sort();
        out.dedup();
        if self.out != out {
            self.out = out;
            self.request();
        }
    }

    /// The latest answer, maybe of an earlier revision.
    #[must_use]
    pub fn solved(&self) -> Option<&Arc<Solved>> {
        self.solved.as_ref()
    }
    /// Whether the latest answer is not yet about the latest request.
    #[must_use]
    pub fn is_solving(&self) -> bool {
        self.requested != self.tickets
    }
    /// Takes up answers of the background solver. Whether there was a new one.
    pub fn poll(&mut self) -> bool {
        let Solver::Background(worker) = &self.solver else { return false };
        let Some((ticket, solved)) = worker.take() else { return false };
        // An answer without its outages is shown, and waited for as before.
        if !solved.outcome.failures.pending {
            self.tickets = ticket;
        }
        self.solved = Some(Arc::new(solved));
        true
    }
    /// Solves this session's plan at every library site, see [`compare_sites`].
    #[must_use]
    pub fn request_for(&self) -> Request {
        Request {
            revision: self.document.revision(),
            scenario: self.scenario.clone(),
            hour: self.hour,
            weather: None,
            out: self.out.clone(),
            failures_later: false,
        }
    }

    fn request(&mut self) {
        let (weather, outside) = self.weather();
        let request = Request {
            revision: self.document.revision(),
            scenario: self.scenario.clone(),
            hour: self.hour,
            weather,
            out: self.out.clone(),
            failures_later: matches!(self.solver, Solver::Background(_)),
        };
        let job = Job { plan: self.document.plan().clone(), catalog: self.catalog.clone(), request, outside };
        self.requested += 1;
        match &self.solver {
            Solver::Inline => {
                self.solved = Some(Arc::new(job.run(self.solved.as_deref())));
                self.tickets = self.requested;
            }
            Solver::Background(worker) => worker.submit(self.requested, job),
        }
    }

    /// The weather file of the site, read once per path. A missing one is a finding, and the rest still solves.
    fn weather(&mut self) -> (Option<Arc<Weather>>, Vec<crate::solve::Problem>) {
        let Some(wanted) = self.document.plan().site().and_then(|s| s.weather.clone()) else {
            self.weather = None;
            return (None, Vec::new());
        };
        match &self.weather {
            Some((path, weather, problems)) if *path == wanted => (weather.clone(), problems.clone()),
            _ => {
                let (weather, problems) = once::weather_of(self.document.plan(), self.path.as_deref());
                self.weather = Some((wanted, weather.clone(), problems.clone()));
                (weather, problems)
            }
        }
    }
}
