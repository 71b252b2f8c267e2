//! A document: the plan, and how it came to be.

use super::transaction::Transaction;
use super::{Command, CommandError};
use crate::plan::{Change, Id, Plan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Names one drag or one stretch of typing: commands of the same gesture are one undo step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gesture(pub u64);

/// One undo step: what it is called, and every element it touched before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// For the menu and the history list.
    pub label: String,
    /// The gesture it belongs to.
    pub gesture: Option<Gesture>,
    /// The record.
    pub changes: Vec<Change>,
    /// Which state of the document it leads to.
    state: u64,
}

/// A plan with undo and redo without end.
#[derive(Debug, Clone)]
pub struct Document {
    plan: Arc<Plan>,
    done: Vec<Step>,
    undone: Vec<Step>,
    retired: BTreeSet<Id>,
    revision: u64,
    next_state: u64,
    saved_state: u64,
}

impl Document {
    /// A document that begins with this plan, unchanged.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self { plan: Arc::new(plan), done: Vec::new(), undone: Vec::new(), retired: BTreeSet::new(), revision: 1, next_state: 1, saved_state: 0 }
    }
    /// The plan as it is.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }
    /// Grows with every change, undo and redo.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }
    /// Steps done, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.done
    }
    /// What undo would take back.
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.done.last().map(|s| s.label.as_str())
    }
    /// What redo would do again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.undone.last().map(|s| s.label.as_str())
    }
    /// Whether the plan differs from what was last marked as saved.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.state() != self.saved_state
    }
    /// Marks the present state as saved.
    pub fn mark_saved(&mut self) {
        self.saved_state = self.state();
    }
    /// Marks the present state as found nowhere on disk, as after a recovery.
    pub fn mark_unsaved(&mut self) {
        self.saved_state = u64::MAX;
    }
    /// Marks a state as saved, which edits may have left since.
    pub fn mark_saved_as(&mut self, state: u64) {
        self.saved_state = state;
    }
    /// Number of the present state of the plan. Undo and redo come back to the numbers that were.
    #[must_use]
    pub fn state(&self) -> u64 {
        self.done.last().map_or(0, |s| s.state)
    }

    /// Carries a command out. Commands of one gesture make one undo step.
    ///
    /// # Errors
    /// The command did not happen, and the plan is as it was.
    pub fn apply(&mut self, command: &Command, gesture: Option<Gesture>) -> Result<(), CommandError> {
        let mut transaction = Transaction::new(&self.plan, &self.retired);
        transaction.run(command)?;
        let (plan, changes) = transaction.finish();
        if changes.is_empty() {
            return Ok(());
        }
        self.retired.extend(changes.iter().filter(|c| c.after.is_none()).map(|c| c.id.clone()));
        self.plan = Arc::new(plan);
        self.revision += 1;
        let state = self.next_state;
        self.next_state += 1;
        let continues = gesture.is_some() && self.undone.is_empty() && self.done.last().is_some_and(|s| s.gesture == gesture && s.state != self.saved_state);
        self.undone.clear();
        match self.done.last_mut() {
            Some(step) if continues => {
                step.changes = merged(std::mem::take(&mut step.changes), changes);
                step.label = command.label();
                step.state = state;
            }
            _ => self.done.push(Step { label: command.label(), gesture, changes, state }),
        }
        Ok(())
    }

    /// Takes the last step back. Says what it was.
    pub fn undo(&mut self) -> Option<String> {
        let step = self.done.pop()?;
        let plan = Arc::make_mut(&mut self.plan);
        step.changes.iter().rev().for_each(|c| c.inverse().apply(plan));
        self.revision += 1;
        let label = step.label.clone();
        self.undone.push(step);
        Some(label)
    }

    /// Does the last undone step again. Says what it was.
    pub fn redo(&mut self) -> Option<String> {
        let step = self.undone.pop()?;
        let plan = Arc::make_mut(&mut self.plan);
        step.changes.iter().for_each(|c| c.apply(plan));
        self.revision += 1;
        let label = step.label.clone();
        self.done.push(step);
        Some(label)
    }
}

/// Two records in a row as one: the first before, the last after.
fn merged(first: Vec<Change>, second: Vec<Change>) -> Vec<Change> {
    let mut all: BTreeMap<Id, Change> = first.into_iter().map(|c| (c.id.clone(), c)).collect();
    for change in second {
        match all.get_mut(&change.id) {
            Some(earlier) => earlier.after = change.after,
            None => {
                all.insert(change.id.clone(), change);
            }
        }
    }
    all.into_values().filter(|c| c.before != c.after).collect()
}
