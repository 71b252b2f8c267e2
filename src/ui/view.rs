//! What every view of the window may read, and what it may ask for.

use crate::edit::{Command, Gesture};
use crate::plan::{Catalog, Element, Id, Plan};
use crate::session::Solved;
use crate::solve::Outage;
use crate::units::System;
use std::collections::BTreeSet;

/// What is selected: elements, and one slot where a single rack of a row is meant. One selection is shared by every view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// The elements.
    pub ids: BTreeSet<Id>,
    /// The rack's slot (from 1) when one rack of the one selected row is meant.
    pub slot: Option<u32>,
}

impl Selection {
    /// One element.
    #[must_use]
    pub fn one(id: Id) -> Self {
        Self { ids: BTreeSet::from([id]), slot: None }
    }
    /// One rack.
    #[must_use]
    pub fn rack(row: Id, slot: u32) -> Self {
        Self { ids: BTreeSet::from([row]), slot: Some(slot) }
    }
    /// Whether an element is in it.
    #[must_use]
    pub fn contains(&self, id: &Id) -> bool {
        self.ids.contains(id)
    }
    /// The element, when there is just one.
    #[must_use]
    pub fn single(&self) -> Option<&Id> {
        if self.ids.len() == 1 { self.ids.first() } else { None }
    }
}

/// Everything a view reads. The plan is the document's; `solved` may be of an earlier revision, then `stale` is set.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Built-in catalog with the plan's own entries.
    pub catalog: &'a Catalog,
    /// The latest answer.
    pub solved: Option<&'a Solved>,
    /// Whether the answer is not yet about this plan.
    pub stale: bool,
    /// What is selected.
    pub selection: &'a Selection,
    /// SI or US.
    pub system: System,
    /// What was asked to be out of service, of power and of cooling; the answer may still be of what was out before.
    pub out: &'a [Outage],
}

/// What a view asks for. The window carries actions out after the frame is drawn.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a frame makes a handful of actions, and most of them carry a command")]
pub enum Action {
    /// Carry out an edit. Edits of one gesture are one undo step.
    Apply(Command, Option<Gesture>),
    /// Add elements as one undo step and select the last of them; the window gives fresh ids where there are none.
    AddAndSelect(Vec<Element>),
    /// Select.
    Select(Selection),
    /// Show an element on the canvas: select it and zoom to it.
    ZoomTo(Id),
    /// Show an element on the plan, whatever is in front.
    ShowOnPlan(Id),
    /// Take the last step back.
    Undo,
    /// Do it again.
    Redo,
    /// Apply a scenario, or none.
    Scenario(Option<Id>),
    /// Solve the steady state at an hour of the year, or on the design day.
    Hour(Option<usize>),
    /// Take these things of the power chain and the cooling side out of service for now, in place of what was out before; none restores all. It is no part of the plan.
    SetOut(Vec<Outage>),
    /// Save a table (CSV) under a path that the planner chooses.
    SaveTable {
        /// A name for the file.
        name: String,
        /// What is in it.
        text: String,
    },
    /// Ask for a layout file and solve it for the comparison.
    AddToComparison,
    /// Show a short message.
    Say(String),
}
