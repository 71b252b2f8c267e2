//! Files: dialogs of the system or our own, recent files, and recovery after a crash. The frame never waits for any of them.

use crate::session::{Saving, storage};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::JoinHandle;
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
    /// To write a table.
    Table,
    /// To take a plan into a comparison.
    Compare,
}

impl Purpose {
    /// Heading of the dialog.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => "Open a plan",
            Self::Save => "Save the plan",
            Self::Table => "Save the table",
            Self::Compare => "Add a plan to the comparison",
        }
    }
    /// On the button that ends the dialog.
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Save | Self::Table => "Save",
            Self::Compare => "Add",
        }
    }
    /// Whether a file is written.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Save | Self::Table)
    }
    /// Extension of the files.
    #[must_use]
    pub fn extension(self) -> &'static str {
        if self == Self::Table { "csv" } else { "ron" }
    }
    /// What a file is called that has no name yet.
    fn fallback(self) -> &'static str {
        if self == Self::Table { "table.csv" } else { "plan.ron" }
    }
    /// A file without an extension gets the usual one.
    #[must_use]
    pub fn complete(self, path: PathBuf) -> PathBuf {
        if path.extension().is_none() { path.with_extension(self.extension()) } else { path }
    }
    /// The name to begin with: that of the file one begins beside, when writing.
    #[must_use]
    pub fn first_name(self, beside: Option<&Path>) -> String {
        beside.and_then(Path::file_name).map_or_else(|| self.fallback().to_owned(), |n| n.to_string_lossy().into_owned())
    }
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
    let kind = if purpose == Purpose::Table { "Table" } else { "Layout file" };
    let mut dialog = rfd::FileDialog::new().add_filter(kind, &[purpose.extension()]).add_filter("All files", &["*"]).set_title(purpose.title());
    if let Some(folder) = beside.and_then(Path::parent).filter(|f| !f.as_os_str().is_empty()) {
        dialog = dialog.set_directory(folder);
    }
    if purpose.writes() { dialog.set_file_name(purpose.first_name(beside)).save_file().map(|p| purpose.complete(p)) } else { dialog.pick_file() }
}

/// Files opened and saved lately, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent(pub Vec<PathBuf>);

impl Recent {
    /// Puts a file in front. One file has one name here when the caller gives it as [`full`] does.
    pub fn add(&mut self, path: &Path) {
        self.0.retain(|p| p != path);
        self.0.insert(0, path.to_owned());
        self.0.truncate(MOST_RECENT);
    }
    /// Takes a file out, as when it is gone.
    pub fn forget(&mut self, path: &Path) {
        self.0.retain(|p| p != path);
    }
}

/// A path from the root on. Asks the disk.
#[must_use]
pub fn full(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
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
    writer: Option<Writer>,
}

/// A write under way, and whether its file is still wanted.
struct Writer {
    thread: JoinHandle<()>,
    unwanted: Arc<AtomicBool>,
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
    /// Writes unsaved work aside, on a thread of its own: neither the text of a large plan nor a slow disk holds up anything.
    pub fn keep(&mut self, revision: u64, path: Option<&Path>, saving: Saving) {
        self.start(revision, path, saving, None);
    }
    /// Like [`Self::keep`], in the place of another recovery file, which goes once the new one is there.
    pub fn keep_instead(&mut self, revision: u64, path: Option<&Path>, saving: Saving, old: PathBuf) {
        self.start(revision, path, saving, Some(old));
    }
    fn start(&mut self, revision: u64, path: Option<&Path>, saving: Saving, old: Option<PathBuf>) {
        self.last = Instant::now();
        self.written = Some(revision);
        let Some(file) = self.file() else { return };
        let path = path.map(Path::to_owned);
        let unwanted = Arc::new(AtomicBool::new(false));
        let (gone, before) = (unwanted.clone(), self.writer.take());
        let work = move || {
            // One after the other, so that the newest work is what stays.
            if let Some(before) = before {
                let _ = before.thread.join();
            }
            let kept = saving.text().map(|text| Kept { path, process: std::process::id(), text });
            match (kept.map_err(|e| e.to_string()).and_then(|kept| write(&file, &kept)), old) {
                (Ok(()), Some(old)) => {
                    let _ = std::fs::remove_file(old);
                }
                (Ok(()), None) => {}
                (Err(e), _) => log::warn!("the recovery file was not written: {e}"),
            }
            // Given up while it was being written.
            if gone.load(Ordering::SeqCst) {
                let _ = std::fs::remove_file(file);
            }
        };
        match std::thread::Builder::new().name("recovery".to_owned()).spawn(work) {
            Ok(thread) => self.writer = Some(Writer { thread, unwanted }),
            Err(e) => log::warn!("the recovery file was not written: {e}"),
        }
    }
    /// Removes this process's recovery file: the work is saved, or given up on purpose. A write under way removes its file itself.
    pub fn clear(&mut self) {
        self.written = None;
        if let Some(writer) = &self.writer {
            writer.unwanted.store(true, Ordering::SeqCst);
        }
        if let Some(file) = self.file() {
            let _ = std::fs::remove_file(file);
        }
    }
    /// Like [`Self::clear`], and waits for a write under way: the program is about to end.
    pub fn end(&mut self) {
        self.clear();
        if let Some(writer) = self.writer.take() {
            let _ = writer.thread.join();
        }
    }
    /// The folder, to look for work left behind on another thread.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        self.folder.clone()
    }
}

/// Work left behind in a folder by processes that are gone, newest first. Reads the disk.
#[must_use]
pub fn left_behind(folder: &Path) -> Vec<(PathBuf, Kept)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
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
        let found = left_behind(folder.path());
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
        assert!(left_behind(folder.path()).is_empty());
    }
}
