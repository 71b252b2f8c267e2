//! Files read and written on a thread beside the window: the frame waits for no disk.

use super::App;
use super::dialogs::Dialog;
use super::opening::Next;
use super::perform::sentence;
use crate::plan::file::{self, LoadError, Loaded};
use crate::session::{Saving, Task, storage};
use crate::ui::files::{self, Kept};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Work that is over sooner is not told about.
const SHORT: Duration = Duration::from_millis(300);

/// What a piece of work with files gave.
pub(super) enum Done {
    /// A plan was read.
    Opened {
        /// Its file.
        path: PathBuf,
        /// The plan and the text of the file.
        read: Result<(Loaded, String), LoadError>,
        /// Whether there is no such file.
        missing: bool,
        /// The state of the plan in hand when reading began.
        state: u64,
    },
    /// The plan was written.
    Saved {
        /// Its file.
        path: PathBuf,
        /// What was written.
        saving: Saving,
        /// Its text.
        written: Result<String, LoadError>,
        /// What comes next.
        then: Option<Next>,
    },
    /// A table was written.
    Table(PathBuf, Result<(), LoadError>),
    /// Work left behind was read as a plan.
    Recovered(PathBuf, Kept, Result<Loaded, LoadError>),
    /// Work left behind was looked for.
    LeftBehind(Vec<(PathBuf, Kept)>),
}

/// Work under way.
pub(super) struct Busy {
    what: String,
    since: Instant,
    task: Task<Done>,
    /// Reading can be given up; a write ends by itself.
    may_stop: bool,
}

impl App {
    /// Whether a file is being read or written.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.busy.is_some()
    }

    fn start(&mut self, ctx: &egui::Context, what: String, may_stop: bool, work: impl FnOnce() -> Done + Send + 'static) {
        if let Some(busy) = &self.busy {
            self.toasts.info(format!("One moment: {}", busy.what));
            return;
        }
        let wake = ctx.clone();
        match Task::spawn("files", work, move || wake.request_repaint()) {
            Ok(task) => self.busy = Some(Busy { what, since: Instant::now(), task, may_stop }),
            Err(e) => self.dialog = Some(Dialog::Message("The file was not touched".to_owned(), sentence(&format!("no thread could be started: {e}")))),
        }
    }

    /// Opens a file. One that can't be read is said, and the plan in hand stays.
    pub(super) fn open(&mut self, ctx: &egui::Context, path: &Path) {
        let (path, state) = (path.to_owned(), self.session.document().state());
        self.start(ctx, format!("opening {}", path.display()), true, move || {
            let read = storage::load(&path);
            Done::Opened { missing: !path.exists(), path: files::full(&path), read, state }
        });
    }

    pub(super) fn save_to(&mut self, ctx: &egui::Context, path: &Path, then: Option<Next>) {
        let (path, saving) = (path.to_owned(), self.session.saving());
        self.start(ctx, format!("saving {}", path.display()), false, move || {
            let written = saving.write(&path);
            Done::Saved { path: files::full(&path), saving, written, then }
        });
    }

    pub(super) fn write_table(&mut self, ctx: &egui::Context, path: PathBuf, text: String) {
        self.start(ctx, format!("saving {}", path.display()), false, move || {
            let written = storage::write_atomically(&path, &text);
            Done::Table(path, written)
        });
    }

    /// Takes up work left behind.
    pub(super) fn recover(&mut self, ctx: &egui::Context, file: PathBuf, kept: Kept) {
        self.start(ctx, "reading what was kept".to_owned(), false, move || {
            let read = file::read(&kept.text);
            Done::Recovered(file, kept, read)
        });
    }

    /// Looks for work that a crash left behind.
    pub(super) fn offer_recovery(&mut self, ctx: &egui::Context) {
        if let Some(folder) = self.recovery.folder() {
            self.start(ctx, "looking for unsaved work".to_owned(), true, move || Done::LeftBehind(files::left_behind(&folder)));
        }
    }

    /// Takes up what the work with files gave, or shows that it is under way.
    pub(super) fn poll_disk(&mut self, ctx: &egui::Context) {
        let Some(busy) = &mut self.busy else { return };
        let done = busy.task.poll();
        if done.is_none() && !busy.task.ended() {
            self.show_busy(ctx);
            return;
        }
        let what = self.busy.take().map(|b| b.what).unwrap_or_default();
        match done {
            Some(done) => self.take_done(ctx, done),
            None => self.dialog = Some(Dialog::Message("The work broke off".to_owned(), sentence(&format!("{what} ended without an answer")))),
        }
    }

    fn show_busy(&mut self, ctx: &egui::Context) {
        let Some(busy) = &self.busy else { return };
        let waited = busy.since.elapsed();
        if waited < SHORT {
            ctx.request_repaint_after(SHORT - waited);
            return;
        }
        let mut stop = false;
        egui::Window::new("Files").title_bar(false).collapsible(false).resizable(false).anchor(egui::Align2::CENTER_TOP, [0.0, 60.0]).show(ctx, |ui| {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(format!("{}…", crate::ui::panels::parts::capital(&busy.what)));
                stop = busy.may_stop && ui.button("Stop").on_hover_text("The plan in hand stays").clicked();
            });
        });
        if stop {
            self.busy = None;
        }
    }

    fn take_done(&mut self, ctx: &egui::Context, done: Done) {
        match done {
            // The plan in hand was edited while the file was read: ask again before it is lost.
            Done::Opened { path, state, .. } if state != self.session.document().state() => self.guard(ctx, Next::OpenFile(path)),
            Done::Opened { path, read, missing, .. } => self.opened(path, read, missing),
            Done::Saved { path, saving, written, then } => self.saved(ctx, path, &saving, written, then),
            Done::Table(path, Ok(())) => {
                self.toasts.success(format!("Saved to {}.", path.display()));
            }
            Done::Table(_, Err(e)) => self.dialog = Some(Dialog::Message("The table was not saved".to_owned(), sentence(&e.to_string()))),
            Done::Recovered(file, kept, read) => self.recovered(&file, &kept, read),
            Done::LeftBehind(list) => {
                if let Some((file, kept)) = list.into_iter().next() {
                    self.dialog = Some(Dialog::Recover { file, kept });
                }
            }
        }
    }

    fn opened(&mut self, path: PathBuf, read: Result<(Loaded, String), LoadError>, missing: bool) {
        match read {
            Ok((loaded, text)) => {
                self.settings.recent.add(&path);
                self.take_up(loaded, Some(path), Some(text));
                self.dialog = None;
            }
            Err(e) => {
                if missing {
                    self.settings.recent.forget(&path);
                }
                self.dialog = Some(Dialog::Message("The plan was not opened".to_owned(), sentence(&e.to_string())));
            }
        }
    }

    fn saved(&mut self, ctx: &egui::Context, path: PathBuf, saving: &Saving, written: Result<String, LoadError>, then: Option<Next>) {
        match written {
            Ok(text) => {
                self.settings.recent.add(&path);
                self.toasts.success(format!("Saved to {}.", path.display()));
                self.session.saved(saving, path, text);
                self.dialog = None;
                if !self.session.document().is_changed() {
                    self.recovery.clear();
                }
                if let Some(next) = then {
                    self.guard(ctx, next);
                }
            }
            Err(e) => self.dialog = Some(Dialog::Message("The plan was not saved".to_owned(), sentence(&e.to_string()))),
        }
    }

    fn recovered(&mut self, file: &Path, kept: &Kept, read: Result<Loaded, LoadError>) {
        match read {
            Ok(loaded) => {
                self.take_up(loaded, kept.path.clone(), None);
                self.session.mark_unsaved();
                // Kept again under this process as well, so that a second crash loses nothing; the old file goes when that is done.
                self.recovery.keep_instead(self.session.document().revision(), kept.path.as_deref(), self.session.saving(), file.to_owned());
            }
            Err(e) => {
                let text = sentence(&e.in_file(file.display().to_string()).to_string());
                self.dialog = Some(Dialog::Message("The work could not be recovered".to_owned(), text));
            }
        }
    }
}
