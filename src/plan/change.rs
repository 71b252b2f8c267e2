//! One element before and after: the record of every edit.

use super::{Element, Id, Plan};
use serde::{Deserialize, Serialize};

/// What happened to one element. `None` before: it was added; `None` after: it was removed.
///
/// The same record is the undo step (swap), the journal line and the test fixture: no command has undo code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The element.
    pub id: Id,
    /// As it was.
    pub before: Option<Element>,
    /// As it is.
    pub after: Option<Element>,
}

impl Change {
    /// The change that undoes this one.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self { id: self.id.clone(), before: self.after.clone(), after: self.before.clone() }
    }
    /// Carries the change out.
    pub fn apply(&self, plan: &mut Plan) {
        match &self.after {
            Some(element) => plan.elements.insert(self.id.clone(), element.clone()),
            None => plan.elements.remove(&self.id),
        };
    }
}
