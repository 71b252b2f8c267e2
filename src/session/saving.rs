//! Saving in two halves, so that a slow disk holds up nothing: what is to be written, and that it was.

use super::{Session, storage};
use crate::plan::Plan;
use crate::plan::file::{self, LoadError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The plan as it is to be written: complete in itself, so that any thread can write it.
#[derive(Debug, Clone)]
pub struct Saving {
    plan: Arc<Plan>,
    header: String,
    /// The text on disk, where the plan is as it was saved: saving an unchanged plan changes no byte.
    unchanged: Option<String>,
    state: u64,
}

impl Saving {
    /// The text of the file.
    ///
    /// # Errors
    /// When the plan has no text form, which every plan has.
    pub fn text(&self) -> Result<String, LoadError> {
        self.unchanged.clone().map_or_else(|| file::write(&self.plan, &self.header), Ok)
    }
    /// Writes the file, whole or not at all, and gives its text.
    ///
    /// # Errors
    /// A sentence with the file and the reason. The file on disk is as it was.
    pub fn write(&self, path: &Path) -> Result<String, LoadError> {
        let text = self.text()?;
        storage::write_atomically(path, &text)?;
        Ok(text)
    }
}

impl Session {
    /// What saving writes, of the plan as it is now.
    #[must_use]
    pub fn saving(&self) -> Saving {
        let unchanged = self.saved_text.clone().filter(|_| !self.document.is_changed());
        Saving { plan: self.document.plan().clone(), header: self.header.clone(), unchanged, state: self.document.state() }
    }
    /// Remembers that it was written. Edits made in the meantime stay unsaved.
    pub fn saved(&mut self, saving: &Saving, path: PathBuf, text: String) {
        self.path = Some(path);
        self.saved_text = Some(text);
        self.document.mark_saved_as(saving.state);
    }
}
