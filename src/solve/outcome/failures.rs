//! What fails when something electrical is out.

use super::Status;
use crate::plan::Id;
use crate::units::*;
use std::fmt;

/// Something electrical out of service: all of it, or some of several alike in parallel.
///
/// As text `H1-B02/ups` or, for two of its modules, `H1-B02/ups#2`. What is named is a branch of the power chain, a bus, a grid connection, a
/// generator group, a battery group or a whole block.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outage {
    /// Id of the branch or element.
    pub of: String,
    /// How many of its units; all when absent.
    pub units: Option<u32>,
}

impl Outage {
    /// All of a branch or element.
    #[must_use]
    pub fn whole(of: impl Into<String>) -> Self {
        Self { of: of.into(), units: None }
    }
    /// Some units of a branch or element.
    #[must_use]
    pub fn units(of: impl Into<String>, units: u32) -> Self {
        Self { of: of.into(), units: Some(units) }
    }
    /// From text; a `#` with a number behind it counts units.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.rsplit_once('#').and_then(|(of, n)| Some((of, n.parse().ok().filter(|n| *n > 0)?))) {
            Some((of, units)) => Self::units(of, units),
            None => Self::whole(text),
        }
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.units {
            Some(n) => write!(f, "{}#{n}", self.of),
            None => f.write_str(&self.of),
        }
    }
}

/// What isn't served.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lost {
    /// IT power of racks without a live cord, and what a shortage of supply takes.
    pub it: Power,
    /// Racks without a live cord.
    pub racks: u32,
    /// GPU packages in them.
    pub gpus: u64,
    /// Facility power that neither the grid nor the site's own supply can give.
    pub shortage: Power,
}

/// A branch above its rating in a failed state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overload {
    /// Index of the branch.
    pub branch: usize,
    /// Its load in its own measure.
    pub load: f64,
    /// What is left of its rating in that state, in the same measure.
    pub rating: f64,
    /// Whether it carries more than in the state before.
    pub risen: bool,
}

impl Overload {
    /// Load over rating.
    #[must_use]
    pub fn loading(&self) -> f64 {
        self.load / self.rating
    }
}

/// One outage, solved.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What is out: one, or two at once.
    pub outages: Vec<Outage>,
    /// The element it belongs to, of two the first.
    pub element: Id,
    /// For people: "one of 4 transformers".
    pub what: String,
    /// What isn't served.
    pub lost: Lost,
    /// Rows and equipment without power, or rows with less of it.
    pub dark: Vec<Id>,
    /// Blocks carried by their standby sets.
    pub standby: Vec<Id>,
    /// How long batteries carry what grid and generators don't, where they must.
    pub on_battery: Option<Duration>,
    /// Branches above their rating, worst first.
    pub overloads: Vec<Overload>,
    /// The branch that is loaded most and its load over rating.
    pub highest: Option<(usize, f64)>,
    /// The live node of lowest voltage, and that over nominal.
    pub lowest: Option<(usize, f64)>,
    /// Power that the campus takes from grid, generators and batteries; what standby sets give is left out.
    pub facility: Power,
    /// Loss of the chain.
    pub loss: Power,
    /// How the solution ended.
    pub status: Status,
    /// Whether nothing more is lost than before, and nothing is overloaded by it.
    pub survived: bool,
}

impl Failure {
    /// Names of what is out, joined.
    #[must_use]
    pub fn name(&self) -> String {
        self.outages.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ")
    }
}

/// The worst that single outages do to one branch or node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worst {
    /// Load in the branch's measure, or voltage over nominal.
    pub value: f64,
    /// Rating left in that state, in the branch's measure; 1 for a voltage.
    pub rating: f64,
    /// Index of the failure in the list.
    pub failure: usize,
}

/// Every single outage of the power chain.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Failures {
    /// Worst first: by IT power lost, then by overload.
    pub list: Vec<Failure>,
    /// By branch: the outage that loads it most.
    pub branches: Vec<Option<Worst>>,
    /// By node: the outage that leaves it alive with the lowest voltage.
    pub nodes: Vec<Option<Worst>>,
    /// Whether it is not complete: of the state before the last edit, or only the first outages of this one. The rest is on its way.
    pub pending: bool,
}

/// How to go on between two outages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// With the next one.
    Go,
    /// With the next one, and show what is known so far.
    Show,
    /// Not at all: the answer is no longer wanted.
    Stop,
}

impl Failures {
    /// Failures that lose power or overload something.
    pub fn felt(&self) -> impl Iterator<Item = &Failure> {
        self.list.iter().filter(|f| !f.survived)
    }
    /// The worst that single outages do to a branch.
    #[must_use]
    pub fn of_branch(&self, branch: usize) -> Option<&Worst> {
        self.branches.get(branch)?.as_ref()
    }
}
