//! Our own path dialog, for desktops that have none. Folders are read on a thread beside the window.

use crate::session::Task;
use crate::ui::files::Purpose;
use crate::ui::theme;
use egui::{Key, RichText, ScrollArea, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// What the disk says about a path.
#[derive(Debug, Clone, Default)]
struct Listing {
    of: PathBuf,
    /// The path itself when it is a folder, else the folder it would be in.
    folder: PathBuf,
    is_folder: bool,
    exists: bool,
    /// Folders (marked) and files that fit.
    entries: Vec<(bool, String)>,
}

/// The dialog.
pub(super) struct PathDialog {
    /// What for.
    pub(super) purpose: Purpose,
    text: String,
    begun: bool,
    listing: Listing,
    reading: Option<(PathBuf, Task<Listing>)>,
}

/// How it ended.
pub(super) enum Choice {
    /// Not yet.
    Open,
    /// With this path.
    Path(PathBuf),
    /// With none.
    Cancel,
}

impl PathDialog {
    /// Begins beside a file, or in the current folder.
    pub(super) fn new(purpose: Purpose, beside: Option<&Path>) -> Self {
        let folder = beside
            .and_then(Path::parent)
            .map(Path::to_owned)
            .filter(|f| !f.as_os_str().is_empty())
            .or_else(|| std::env::current_dir().ok())
            .unwrap_or_default();
        let name = if purpose.writes() { purpose.first_name(beside) } else { String::new() };
        Self { purpose, text: folder.join(name).display().to_string(), begun: false, listing: Listing::default(), reading: None }
    }

    fn path(&self) -> PathBuf {
        PathBuf::from(self.text.trim())
    }

    /// Asks the disk about what is typed, and takes up its answer.
    fn follow(&mut self, ctx: &egui::Context) {
        if let Some((of, task)) = &mut self.reading {
            if let Some(listing) = task.poll() {
                self.listing = listing;
            } else if !task.ended() && of.as_path() == Path::new(self.text.trim()) {
                return;
            }
            if task.ended() {
                self.reading = None;
            }
        }
        let wanted = self.path();
        if self.listing.of == wanted || self.reading.as_ref().is_some_and(|(of, _)| *of == wanted) {
            return;
        }
        let (of, extension, wake) = (wanted.clone(), self.purpose.extension(), ctx.clone());
        if let Ok(task) = Task::spawn("folder", move || look(of, extension), move || wake.request_repaint()) {
            self.reading = Some((wanted, task));
        }
    }

    /// Draws the dialog.
    pub(super) fn ui(&mut self, ui: &mut Ui, recent: &[PathBuf]) -> Choice {
        self.follow(ui.ctx());
        ui.set_width(520.0);
        ui.heading(self.purpose.title());
        let what = if self.purpose == Purpose::Table { "Path of the table" } else { "Path of the layout file" };
        let field = ui.add(TextEdit::singleline(&mut self.text).hint_text(what).desired_width(f32::INFINITY)).accessible_name(what);
        if !self.begun {
            field.request_focus();
            self.begun = true;
        }
        if let Some(path) = self.list(ui, recent) {
            self.text = path.display().to_string();
        }
        let path = self.path();
        let known = self.listing.of == path;
        let folder = known && self.listing.is_folder;
        let ready = !self.text.trim().is_empty() && !folder;
        let overwrites = self.purpose.writes() && known && self.listing.exists && ready;
        ui.label(RichText::new(if overwrites { "This file exists and will be replaced." } else { "" }).color(theme::of(ui).near));
        ui.horizontal(|ui| {
            let enter = ui.input(|i| i.key_pressed(Key::Enter));
            if (ui.add_enabled(ready, egui::Button::new(self.purpose.verb())).clicked() || enter) && ready {
                return Choice::Path(if self.purpose.writes() { self.purpose.complete(path) } else { path });
            }
            if ui.button("Cancel").clicked() { Choice::Cancel } else { Choice::Open }
        })
        .inner
    }

    fn list(&self, ui: &mut Ui, recent: &[PathBuf]) -> Option<PathBuf> {
        let mut picked: Option<PathBuf> = None;
        let line =
            |ui: &mut Ui, text: &str| ui.add(egui::Button::new(text).frame_when_inactive(false).min_size(egui::vec2(ui.available_width(), 0.0))).clicked();
        ScrollArea::vertical().max_height(260.0).auto_shrink([false, true]).show(ui, |ui| {
            if let Some(up) = self.listing.folder.parent().filter(|_| line(ui, "⬆ Parent folder")) {
                picked = Some(up.to_owned());
            }
            for (is_folder, name) in &self.listing.entries {
                let label = if *is_folder { format!("{name}/") } else { name.clone() };
                if line(ui, &label) {
                    picked = Some(self.listing.folder.join(name));
                }
            }
            if !self.purpose.writes() && !recent.is_empty() {
                ui.weak("Recent");
                picked = recent.iter().find(|p| line(ui, &p.display().to_string())).cloned().or(picked.take());
            }
        });
        picked
    }
}

/// Reads the folder of a path.
fn look(of: PathBuf, extension: &str) -> Listing {
    let is_folder = of.is_dir();
    let folder = if is_folder { of.clone() } else { of.parent().map(Path::to_owned).unwrap_or_default() };
    let fits = |name: &str| name.rsplit_once('.').is_some_and(|(_, e)| e.eq_ignore_ascii_case(extension));
    let entry = |entry: &std::fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let folder = entry.path().is_dir();
        (!name.starts_with('.') && (folder || fits(&name))).then_some((folder, name))
    };
    let mut entries: Vec<(bool, String)> =
        std::fs::read_dir(&folder).map_or_else(|_| Vec::new(), |entries| entries.flatten().filter_map(|e| entry(&e)).collect());
    entries.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.to_lowercase().cmp(&b.1.to_lowercase())));
    Listing { exists: of.exists(), of, folder, is_folder, entries }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lists_what_fits() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.ron", "A.RON", "c.csv", ".hidden.ron"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let seen = look(folder.path().join("b.ron"), "ron");
        assert!(seen.exists && !seen.is_folder && seen.folder == folder.path());
        assert_eq!(seen.entries.iter().map(|(_, n)| n.as_str()).collect::<Vec<_>>(), ["sub", "A.RON", "b.ron"]);
        assert!(look(folder.path().to_owned(), "csv").is_folder);
    }
}
