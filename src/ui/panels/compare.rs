//! The plan at other sites, and other plans, side by side with a baseline.

use super::compare_table::{self, Column};
use super::parts;
use crate::plan::{Catalog, Plan};
use crate::session::{Session, Solved, Task, compare_sites};
use crate::solve::Request;
use crate::ui::theme;
use crate::ui::view::{Action, View};
use egui::{ScrollArea, Ui};
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

/// One line of the comparison.
#[derive(Clone)]
pub(super) struct Entry {
    /// Catalog key of the site, or none for another plan file.
    pub(super) site: Option<String>,
    /// For people.
    pub(super) name: String,
    /// The answer.
    pub(super) solved: Arc<Solved>,
}

/// Sites solved in one go. What doesn't depend on the place is reused within a go; between two of them answers appear and a stop is heeded.
const AT_ONCE: usize = 4;

/// What a background comparison gives.
enum Answer {
    Sites(Vec<Entry>),
    Plan(Result<Entry, String>),
}

/// Sites still to be solved, and for what.
struct Queue {
    sites: VecDeque<String>,
    of: usize,
    plan: Arc<Plan>,
    catalog: Arc<Catalog>,
    request: Request,
}

/// Sites and plans under comparison.
#[derive(Default)]
pub struct State {
    picked: BTreeSet<String>,
    pub(super) entries: Vec<Entry>,
    pub(super) baseline: usize,
    pub(super) sort: Option<(Column, bool)>,
    pub(super) plotted: Column,
    pub(super) bars: bool,
    /// The plan that the entries are about.
    about: Option<Arc<Plan>>,
    /// Sites being solved right now.
    in_hand: usize,
    message: Option<String>,
    task: Option<Task<Answer>>,
    solving: String,
    queue: Option<Queue>,
}

impl State {
    /// Takes up an answer of the background comparison. The window calls this once a frame.
    pub fn poll(&mut self, ctx: &egui::Context) {
        let Some(task) = &mut self.task else { return };
        let answer = task.poll();
        if answer.is_none() && !task.ended() {
            return;
        }
        self.task = None;
        match answer {
            Some(Answer::Sites(sites)) => {
                // Sites stand before plan files, in the order in which they were solved.
                let at = self.entries.iter().take_while(|e| e.site.is_some()).count();
                self.entries.splice(at..at, sites);
                self.message = None;
                self.next(ctx);
            }
            Some(Answer::Plan(Ok(entry))) => {
                self.entries.push(entry);
                self.message = None;
            }
            Some(Answer::Plan(Err(message))) => self.message = Some(message),
            None => {
                self.queue = None;
                self.message = Some("The comparison broke off without an answer. Try fewer sites.".to_owned());
            }
        }
        ctx.request_repaint();
    }

    /// Solves another plan beside the window and puts it into the comparison.
    pub fn add_plan(&mut self, ctx: &egui::Context, path: PathBuf) {
        if self.task.is_some() {
            self.message = Some("One moment: a comparison is under way.".to_owned());
            return;
        }
        self.solving = format!("Solving {}…", path.display());
        start(ctx, self, move || Answer::Plan(solve_file(&path)));
    }

    /// Share of the sites that are solved, while some are not.
    fn progress(&self) -> Option<f32> {
        let queue = self.queue.as_ref()?;
        let solved = queue.of.saturating_sub(queue.sites.len() + self.in_hand);
        Some(solved as f32 / queue.of.max(1) as f32)
    }

    /// Starts with the next sites of the queue.
    fn next(&mut self, ctx: &egui::Context) {
        let Some(queue) = &mut self.queue else { return };
        let count = queue.sites.len().min(AT_ONCE);
        let sites: Vec<String> = queue.sites.drain(..count).collect();
        self.in_hand = sites.len();
        if sites.is_empty() {
            self.queue = None;
            return;
        }
        let left = queue.sites.len() + sites.len();
        self.solving = format!("Solved {} of {} sites…", queue.of - left, queue.of);
        let (plan, catalog, request) = (queue.plan.clone(), queue.catalog.clone(), queue.request.clone());
        start(ctx, self, move || {
            let compared = compare_sites(&plan, &catalog, &request, &sites);
            Answer::Sites(compared.into_iter().map(|c| Entry { site: Some(c.site), name: c.site_name, solved: c.solved }).collect())
        });
    }
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    controls(ui, view, state, actions);
    ui.separator();
    if let Some(message) = &state.message {
        let t = theme::of(ui);
        ui.label(egui::RichText::new(message).color(t.broken));
    }
    if state.entries.is_empty() {
        if state.task.is_none() {
            parts::empty(
                ui,
                "Nothing compared yet",
                "Tick the sites to look at and press Compare: the same campus is solved at each of them, with its climate, tariff, gas, water and carbon.",
            );
        }
        return;
    }
    compare_table::ui(ui, view, state, actions);
}

fn controls(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let own = view.plan.site().map(|s| s.library.clone()).unwrap_or_default();
    ui.horizontal_wrapped(|ui| {
        let picked = state.picked.len();
        egui::containers::menu::MenuButton::new(format!("Sites ({picked} of {})", view.catalog.sites.len()))
            .config(egui::containers::menu::MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside))
            .ui(ui, |ui| sites_menu(ui, view, &own, &mut state.picked));
        let busy = state.task.is_some();
        let ready = !busy && !state.picked.is_empty();
        if ui
            .add_enabled(ready, egui::Button::new("Compare"))
            .on_disabled_hover_text(if busy { "A comparison is under way" } else { "Tick a site first" })
            .clicked()
        {
            start_sites(ui.ctx(), view, &own, state);
        }
        if ui.add_enabled(!busy, egui::Button::new("All sites")).on_hover_text("Compare the plan at every site of the catalog").clicked() {
            state.picked = view.catalog.sites.iter().map(|s| s.id.clone()).collect();
            start_sites(ui.ctx(), view, &own, state);
        }
        if busy {
            match state.progress() {
                Some(share) => {
                    let bar = ui.add(egui::ProgressBar::new(share).desired_width(180.0).desired_height(16.0).corner_radius(3.0).text(state.solving.as_str()));
                    bar.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &state.solving));
                }
                None => {
                    ui.spinner();
                    ui.label(&state.solving);
                }
            }
            if ui.button("Stop").on_hover_text("Keep what is solved, and leave the rest").clicked() {
                state.queue = None;
                state.task = None;
            }
        }
        ui.separator();
        if ui.add_enabled(!busy, egui::Button::new("Add a plan…")).on_hover_text("Solve another layout file and put it beside this plan").clicked() {
            actions.push(Action::AddToComparison);
        }
        if !state.entries.is_empty() && ui.add_enabled(!busy, egui::Button::new("Clear")).clicked() {
            state.entries.clear();
        }
        if !busy && state.about.as_ref().is_some_and(|p| **p != *view.plan) && state.entries.iter().any(|e| e.site.is_some()) {
            let t = theme::of(ui);
            ui.label(egui::RichText::new("⚠ The plan has changed since. Compare again.").color(t.near));
        }
    });
}

fn sites_menu(ui: &mut Ui, view: &View<'_>, own: &str, picked: &mut BTreeSet<String>) {
    ui.horizontal(|ui| {
        if ui.button("All").clicked() {
            *picked = view.catalog.sites.iter().map(|s| s.id.clone()).collect();
        }
        if ui.button("None").clicked() {
            picked.clear();
        }
    });
    ScrollArea::vertical().max_height(300.0).show(ui, |ui| {
        for site in &view.catalog.sites {
            let mut on = picked.contains(&site.id);
            let here = if site.id == own { "  (this plan)" } else { "" };
            if ui.checkbox(&mut on, format!("{}, {}{here}", site.name, site.region)).changed() {
                if on {
                    picked.insert(site.id.clone());
                } else {
                    picked.remove(&site.id);
                }
            }
        }
    });
}

fn start_sites(ctx: &egui::Context, view: &View<'_>, own: &str, state: &mut State) {
    let plan = Arc::new(view.plan.clone());
    let catalog: Arc<Catalog> = Arc::new(view.catalog.clone());
    let request = Request { scenario: view.solved.and_then(|s| s.outcome.condition.scenario.clone()), ..Request::default() };
    state.entries.retain(|e| e.site.is_none());
    state.baseline = 0;
    state.about = Some(plan.clone());
    let mut sites: VecDeque<String> = state.picked.iter().filter(|s| *s != own).cloned().collect();
    // The plan's own site comes first: it is the baseline. It may have a weather file, which the window has read already: then its answer is
    // taken as it is.
    if let Some(site) = catalog.sites(own) {
        let measured = view.plan.site().is_some_and(|s| s.weather.is_some());
        match view.solved.filter(|_| measured && !view.stale) {
            Some(solved) => state.entries.insert(0, Entry { site: Some(own.to_owned()), name: site.name.clone(), solved: Arc::new(solved.clone()) }),
            None => sites.push_front(own.to_owned()),
        }
    }
    state.queue = Some(Queue { of: sites.len(), sites, plan, catalog, request });
    state.next(ctx);
}

fn solve_file(path: &std::path::Path) -> Result<Entry, String> {
    let mut session = Session::inline(Plan::default()).map_err(|e| e.to_string())?;
    session.open(path).map_err(|e| e.to_string())?;
    let solved = session.solved().cloned().ok_or_else(|| format!("{} could not be solved", path.display()))?;
    Ok(Entry { site: None, name: session.plan().name().to_owned(), solved })
}

fn start(ctx: &egui::Context, state: &mut State, work: impl FnOnce() -> Answer + Send + 'static) {
    let wake = ctx.clone();
    match Task::spawn("compare", work, move || wake.request_repaint()) {
        Ok(task) => state.task = Some(task),
        Err(e) => {
            state.queue = None;
            state.message = Some(format!("The comparison could not start: {e}"));
        }
    }
}
