//! Files: dialogs of the system or our own, recent files, and recovery after a crash. The frame never waits for any of them.

use crate::session::storage;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

/// A system dialog that is gone sooner than this was never there: without a portal it answers at once.
const TOO_QUICK: Duration = Duration::from_millis(400);
/// Recent files kept.
const MOST_RECENT: usize = 10;
/// Time between two recovery files.
const AUTOSAVE: Duration = Duration::from_secs(30);
/// With this variable set to `builtin` the program's own path dialog is used.
const DIALOG_VARIABLE: &str = "MEGAWATT_FILE_DIALOG";

/// What a path is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To open a plan.
    Open,
    /// To save the plan.
    Save,
}

/// The answer of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Still open, or none was asked for.
    Waiting,
    /// A path.
    Path(Purpose, PathBuf),
    /// The planner thought better of it.
    Cancelled,
    /// There is no system dialog here; ask for the path ourselves.
    None(Purpose),
}

struct Asked {
    purpose: Purpose,
    since: Instant,
    answer: Receiver<Option<PathBuf>>,
}

/// Dialogs of the system.
pub struct Dialogs {
    builtin: bool,
    asked: Option<Asked>,
}

impl Dialogs {
    /// System dialogs, unless the environment or the caller wants our own.
    #[must_use]
    pub fn new(builtin: bool) -> Self {
        let wanted = std::env::var(DIALOG_VARIABLE).is_ok_and(|v| v == "builtin");
        Self { builtin: builtin || wanted, asked: None }
    }
    /// Asks for a path. The answer comes by [`Self::poll`]; `wake` is called when it is there.
    pub fn ask(&mut self, purpose: Purpose, beside: Option<&Path>, wake: impl Fn() + Send + 'static) -> Answer {
        if self.builtin {
            return Answer::None(purpose);
        }
        let (sender, answer) = channel();
        let beside = beside.map(Path::to_owned);
        let thread = std::thread::Builder::new().name("file dialog".to_owned()).spawn(move || {
            // The window may be gone before the dialog is; then nobody waits for the answer.
            let _ = sender.send(native(purpose, beside.as_deref()));
            wake();
        });
        if thread.is_err() {
            return Answer::None(purpose);
        }
        self.asked = Some(Asked { purpose, since: Instant::now(), answer });
        Answer::Waiting
    }
    /// Whether a system dialog is out.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.asked.is_some()
    }
    /// Stops waiting for a system dialog, as when one hangs.
    pub fn give_up(&mut self) -> Option<Purpose> {
        self.asked.take().map(|a| a.purpose)
    }
    /// The answer, if it is there.
    pub fn poll(&mut self) -> Answer {
        let Some(asked) = &self.asked else { return Answer::Waiting };
        let answer = match asked.answer.try_recv() {
            Err(TryRecvError::Empty) => return Answer::Waiting,
            Ok(Some(path)) => Answer::Path(asked.purpose, path),
            Ok(None) if asked.since.elapsed() > TOO_QUICK => Answer::Cancelled,
            Ok(None) | Err(TryRecvError::Disconnected) => {
                self.builtin = true;
                Answer::None(asked.purpose)
            }
        };
        self.asked = None;
        answer
    }
}

fn native(purpose: Purpose, beside: Option<&Path>) -> Option<PathBuf> {
    let mut dialog = rfd::FileDialog::new().add_filter("Layout file", &["ron"]).add_filter("All files", &["*"]);
    if let Some(folder) = beside.and_then(Path::parent).filter(|f| !f.as_os_str().is_empty()) {
        dialog = dialog.set_directory(folder);
    }
    match purpose {
        Purpose::Open => dialog.set_title("Open a plan").pick_file(),
        Purpose::Save => {
            let name = beside.and_then(Path::file_name).map_or_else(|| "plan.ron".to_owned(), |n| n.to_string_lossy().into_owned());
            dialog.set_title("Save the plan").set_file_name(name).save_file().map(with_extension)
        }
    }
}

/// A file without an extension gets that of layout files.
#[must_use]
pub fn with_extension(path: PathBuf) -> PathBuf {
    if path.extension().is_none() { path.with_extension("ron") } else { path }
}

/// Files opened and saved lately, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent(pub Vec<PathBuf>);

impl Recent {
    /// Puts a file in front.
    pub fn add(&mut self, path: &Path) {
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        self.0.retain(|p| *p != path);
        self.0.insert(0, path);
        self.0.truncate(MOST_RECENT);
    }
    /// Takes a file out, as when it is gone.
    pub fn forget(&mut self, path: &Path) {
        self.0.retain(|p| p != path);
    }
}

/// Unsaved work as it is kept beside the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The file the work belongs to; none for a plan never saved.
    pub path: Option<PathBuf>,
    /// The process that wrote it.
    pub process: u32,
    /// The plan.
    pub text: String,
}

/// Recovery: unsaved work is written aside now and then, and offered when the program next starts.
pub struct Recovery {
    folder: Option<PathBuf>,
    written: Option<u64>,
    last: Instant,
    writer: Option<std::thread::JoinHandle<()>>,
}

impl Recovery {
    /// In the program's data folder.
    #[must_use]
    pub fn standard() -> Self {
        Self::in_folder(directories::ProjectDirs::from("", "", "megawatt").map(|d| d.data_local_dir().join("recovery")))
    }
    /// In this folder, or nowhere.
    #[must_use]
    pub fn in_folder(folder: Option<PathBuf>) -> Self {
        Self { folder, written: None, last: Instant::now(), writer: None }
    }
    fn file(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|f| f.join(format!("{}.json", std::process::id())))
    }
    /// Whether it is time to write this revision.
    #[must_use]
    pub fn is_due(&self, revision: u64) -> bool {
        self.folder.is_some() && self.written != Some(revision) && self.last.elapsed() >= AUTOSAVE
    }
    /// When to look again.
    #[must_use]
    pub fn next(&self) -> Duration {
        AUTOSAVE.saturating_sub(self.last.elapsed()) + Duration::from_millis(50)
    }
    /// Writes unsaved work aside, on a thread of its own: a full disk or a slow one holds up nothing.
    pub fn keep(&mut self, revision: u64, path: Option<&Path>, text: String) {
        self.last = Instant::now();
        self.written = Some(revision);
        let Some(file) = self.file() else { return };
        let kept = Kept { path: path.map(Path::to_owned), process: std::process::id(), text };
        let write = move || {
            if let Err(e) = write(&file, &kept) {
                log::warn!("the recovery file was not written: {e}");
            }
        };
        match std::thread::Builder::new().name("recovery".to_owned()).spawn(write) {
            Ok(writer) => self.writer = Some(writer),
            Err(e) => log::warn!("the recovery file was not written: {e}"),
        }
    }
    /// Removes this process's recovery file: the work is saved, or given up on purpose.
    pub fn clear(&mut self) {
        self.written = None;
        // A write under way would bring the file back.
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        if let Some(file) = self.file() {
            let _ = std::fs::remove_file(file);
        }
    }
    /// Work left behind by a process that is gone, newest first.
    #[must_use]
    pub fn left_behind(&self) -> Vec<(PathBuf, Kept)> {
        let Some(entries) = self.folder.as_ref().and_then(|f| std::fs::read_dir(f).ok()) else { return Vec::new() };
        let mut found: Vec<(std::time::SystemTime, PathBuf, Kept)> = entries
            .flatten()
            .filter_map(|entry| {
                let path = entry.path();
                let kept: Kept = serde_json::from_str(&std::fs::read_to_string(&path).ok()?).ok()?;
                let time = entry.metadata().and_then(|m| m.modified()).ok()?;
                (!is_running(kept.process) && is_newer(time, kept.path.as_deref())).then_some((time, path, kept))
            })
            .collect();
        found.sort_by_key(|(time, _, _)| std::cmp::Reverse(*time));
        found.into_iter().map(|(_, path, kept)| (path, kept)).collect()
    }
}

fn write(file: &Path, kept: &Kept) -> Result<(), String> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    }
    let text = serde_json::to_string(kept).map_err(|e| e.to_string())?;
    storage::write_atomically(file, &text).map_err(|e| e.to_string())
}

/// A file saved after the work was kept holds more than the work does.
fn is_newer(time: std::time::SystemTime, plan: Option<&Path>) -> bool {
    plan.and_then(|p| std::fs::metadata(p).ok()).and_then(|m| m.modified().ok()).is_none_or(|saved| saved < time)
}

/// Another window that still runs keeps its own work. Where processes can't be told, the work is offered.
fn is_running(process: u32) -> bool {
    cfg!(target_os = "linux") && (process == std::process::id() || Path::new(&format!("/proc/{process}")).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recent_file_is_there_once_and_in_front() {
        let mut recent = Recent::default();
        for name in ["a", "b", "a"] {
            recent.add(Path::new(name));
        }
        assert_eq!(recent.0, [PathBuf::from("a"), PathBuf::from("b")]);
        (0..30).for_each(|i| recent.add(Path::new(&i.to_string())));
        assert_eq!(recent.0.len(), MOST_RECENT);
    }

    #[test]
    fn work_of_a_dead_process_is_offered_and_that_of_a_living_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let dead = Kept { path: None, process: u32::MAX, text: "dead".to_owned() };
        let living = Kept { path: None, process: std::process::id(), text: "living".to_owned() };
        write(&folder.path().join("1.json"), &dead).unwrap();
        write(&folder.path().join("2.json"), &living).unwrap();
        std::fs::write(folder.path().join("3.json"), "no recovery file").unwrap();
        let found = Recovery::in_folder(Some(folder.path().to_owned())).left_behind();
        assert!(found.iter().any(|(_, k)| *k == dead));
        if cfg!(target_os = "linux") {
            assert_eq!(found.len(), 1);
        }
    }

    #[test]
    fn work_older_than_its_file_is_not_offered() {
        let folder = tempfile::tempdir().unwrap();
        let plan = folder.path().join("plan.ron");
        write(&folder.path().join("1.json"), &Kept { path: Some(plan.clone()), process: u32::MAX, text: String::new() }).unwrap();
        std::thread::sleep(Duration::from_millis(30));
        std::fs::write(&plan, "saved since").unwrap();
        assert!(Recovery::in_folder(Some(folder.path().to_owned())).left_behind().is_empty());
    }
}
