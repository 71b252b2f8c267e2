//! `megawatt [FILE…]`: the window, or the summary where there is no display.

use super::output::{self, Failure};
use super::solve::design_day;
use crate::plan::file::{self, Loaded};
use std::path::{Path, PathBuf};

/// The layout that opens when none is named.
const DEFAULT_LAYOUT: &str = include_str!("../../layouts/colossus.ron");
/// Its file, in a checkout.
const DEFAULT_PATH: &str = "layouts/colossus.ron";

/// A layout to open in the window.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The plan as read.
    pub loaded: Loaded,
    /// Its file, if it has one.
    pub path: Option<PathBuf>,
    /// The text of that file.
    pub text: Option<String>,
}

/// Opens the window and stays until it is closed, or says why it didn't open.
pub type OpenWindow<'a> = &'a dyn Fn(Opened) -> Result<(), String>;

pub(super) fn run(files: &[PathBuf], open: OpenWindow<'_>) -> Result<(), Failure> {
    let mut opened = Vec::with_capacity(files.len().max(1));
    for path in files {
        let (loaded, text) = output::load(path).map_err(|e| no_such_command(e, path))?;
        opened.push(Opened { loaded, path: Some(path.clone()), text: Some(text) });
    }
    if opened.is_empty() {
        opened.push(default_layout()?);
    }
    if !has_display() {
        output::note("There is no display (neither WAYLAND_DISPLAY nor DISPLAY is set): here is the summary instead of the window.");
        return summaries(&opened);
    }
    if let Some(other) = opened.get(1).and_then(|o| o.path.as_ref()) {
        output::note(&format!("The window shows one plan at a time: {} and what follows are left out.", other.display()));
    }
    match open(opened[0].clone()) {
        Ok(()) => Ok(()),
        Err(reason) => {
            output::note(&format!("The window did not open ({reason}): here is the summary instead."));
            summaries(&opened)
        }
    }
}

/// The file on disk where there is one, so that saving goes there; the built-in copy elsewhere.
fn default_layout() -> Result<Opened, Failure> {
    let path = Path::new(DEFAULT_PATH);
    if path.is_file() {
        let (loaded, text) = output::load(path)?;
        return Ok(Opened { loaded, path: Some(path.to_owned()), text: Some(text) });
    }
    let loaded = file::read(DEFAULT_LAYOUT).map_err(|e| e.in_file(DEFAULT_PATH))?;
    Ok(Opened { loaded, path: None, text: None })
}

/// A word that is no file may be a command misspelled.
fn no_such_command(failure: Failure, path: &Path) -> Failure {
    match failure {
        Failure::Input(message) if !path.exists() && path.extension().is_none() => {
            Failure::Input(format!("{message}; nor is there a command `{}`, see `megawatt --help`", path.display()))
        }
        other => other,
    }
}

fn summaries(opened: &[Opened]) -> Result<(), Failure> {
    for (n, o) in opened.iter().enumerate() {
        if n > 0 {
            output::emit("")?;
        }
        output::emit(&design_day(&o.loaded, o.path.as_deref())?)?;
    }
    Ok(())
}

/// Whether a window could open. Only where X11 or Wayland is used does the environment tell.
fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") || set("DISPLAY")
}
