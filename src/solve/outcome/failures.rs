//! What fails when something of the power chain or the cooling is out.

use super::Status;
use crate::plan::Id;
use crate::units::*;
use std::fmt;

/// Something out of service: all of it, or some of several alike in parallel.
///
/// As text `H1-B02/ups` or, for two of its modules, `H1-B02/ups#2`. What is named is a branch of the power chain, a bus, a grid connection, a
/// generator group, a battery group, a whole block, or something of the cooling: a group of CDUs, air handlers or coolers, its pumps (`C1/pump#1`), a valve that
/// closes (`C1/valve`, `R1/valve`), a piece of the mains (`FWS1/main/3`), a rack parted from its loop (`R1/4`).
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
    /// The id of the element that its name begins with.
    #[must_use]
    pub fn element(&self) -> Id {
        Id::from(self.of.split('/').next().unwrap_or_default())
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
    /// Of each of these, the share of its power that is gone.
    pub unserved: Vec<f64>,
    /// What it does to temperatures; none where it reaches no cooling.
    pub heat: Option<Overheat>,
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
    /// Whether nothing more is lost than before, nothing is overloaded by it, and no rack gets too hot.
    pub survived: bool,
}

impl Failure {
    /// Names of what is out, joined.
    #[must_use]
    pub fn name(&self) -> String {
        self.outages.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ")
    }
}

/// What an outage does to temperatures, once the cooling has settled in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overheat {
    /// The warmest inlet air of a rack, with its row and slot; of all racks, reached or not.
    pub inlet: Option<Warmest>,
    /// The warmest coolant supplied to a rack.
    pub supply: Option<Warmest>,
    /// The warmest coolant from a rack.
    pub back: Option<Warmest>,
    /// Rows with racks above a limit that they were not above before: inlet air, coolant supply, coolant return or least flow. And how many racks.
    pub hot: Vec<(Id, u32)>,
    /// Rows with racks whose heat nothing carries away, so that no temperature is steady; and how many.
    pub uncooled: Vec<(Id, u32)>,
    /// IT power of the racks that nothing cools.
    pub uncooled_it: Power,
}

/// The place of an extreme temperature.
#[derive(Debug, Clone, PartialEq)]
pub struct Warmest {
    /// How warm.
    pub temperature: Temperature,
    /// The row.
    pub row: Id,
    /// Its slot, from 1.
    pub slot: u32,
}

impl Overheat {
    /// Racks above a limit.
    #[must_use]
    pub fn hot_racks(&self) -> u32 {
        self.hot.iter().map(|(_, n)| n).sum()
    }
    /// Racks that nothing cools.
    #[must_use]
    pub fn uncooled_racks(&self) -> u32 {
        self.uncooled.iter().map(|(_, n)| n).sum()
    }
    /// Whether any rack is worse off than its limits allow.
    #[must_use]
    pub fn is_felt(&self) -> bool {
        !self.hot.is_empty() || !self.uncooled.is_empty()
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

/// Every single outage of the power chain and the cooling.
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
