//! The panels and how they are arranged. Every pane docks, hides and is remembered.

use super::canvas;
use super::view::{Action, View};
use super::{inspector, loops, one_line, outline, panels, theme};
use egui::{CentralPanel, Frame, Ui, Visuals, WidgetText};
use egui_tiles::{Behavior, Container, Linear, LinearDir, SimplificationOptions, TabState, Tabs, Tile, TileId, Tiles, Tree, UiResponse};
use serde::{Deserialize, Serialize};

/// A panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Pane {
    /// The plan, to scale.
    Plan,
    /// The power chain as a one-line diagram.
    OneLine,
    /// The cooling chain as a process diagram.
    Loop,
    /// The tree of elements.
    Outline,
    /// Equipment to put on the ground.
    Catalog,
    /// Fields of what is selected.
    Inspector,
    /// Limits, binding first.
    Headroom,
    /// What is wrong.
    Findings,
    /// The 8,760 hours.
    Year,
    /// Supply and bill.
    Cost,
    /// What fails when something electrical is out.
    Failures,
    /// Where the power goes between the point of interconnection and the chip.
    Chain,
    /// Pumps against what they pump into.
    Hydraulics,
    /// Sites side by side.
    Compare,
}

impl Pane {
    /// All panels.
    pub const ALL: [Self; 14] = [
        Self::Plan,
        Self::OneLine,
        Self::Loop,
        Self::Outline,
        Self::Catalog,
        Self::Inspector,
        Self::Headroom,
        Self::Findings,
        Self::Year,
        Self::Cost,
        Self::Failures,
        Self::Chain,
        Self::Hydraulics,
        Self::Compare,
    ];
    /// On its tab.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Plan => "Plan",
            Self::OneLine => "One-line",
            Self::Loop => "Loop",
            Self::Outline => "Outline",
            Self::Catalog => "Catalog",
            Self::Inspector => "Inspector",
            Self::Headroom => "Headroom",
            Self::Findings => "Findings",
            Self::Year => "Year",
            Self::Cost => "Supply & cost",
            Self::Failures => "Failures",
            Self::Chain => "Power chain",
            Self::Hydraulics => "Hydraulics",
            Self::Compare => "Compare",
        }
    }
}

/// What all panels remember.
#[derive(Default)]
pub struct Panels {
    /// The canvas.
    pub canvas: canvas::State,
    /// The one-line diagram.
    pub one_line: one_line::State,
    /// The loop diagram.
    pub loops: loops::State,
    /// The outline.
    pub outline: outline::State,
    /// The catalog.
    pub catalog: panels::catalog::State,
    /// The inspector.
    pub inspector: inspector::State,
    /// Limits.
    pub headroom: panels::headroom::State,
    /// Findings.
    pub findings: panels::findings::State,
    /// The year.
    pub year: panels::year::State,
    /// Supply and cost.
    pub cost: panels::cost::State,
    /// Failures.
    pub failures: panels::failures::State,
    /// The power chain.
    pub chain: panels::chain::State,
    /// Pump curves.
    pub hydraulics: panels::hydraulics::State,
    /// Comparison.
    pub compare: panels::compare::State,
}

/// The arrangement of the panels.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dock {
    tree: Tree<Pane>,
}

impl Default for Dock {
    fn default() -> Self {
        let mut tiles = Tiles::default();
        let tab = |tiles: &mut Tiles<Pane>, panes: &[Pane]| {
            let children: Vec<TileId> = panes.iter().map(|p| tiles.insert_pane(*p)).collect();
            let mut tabs = Tabs::new(children.clone());
            tabs.active = children.first().copied();
            tiles.insert_new(Tile::Container(Container::Tabs(tabs)))
        };
        let outline = tab(&mut tiles, &[Pane::Outline]);
        let catalog = tab(&mut tiles, &[Pane::Catalog]);
        let plan = tab(&mut tiles, &[Pane::Plan, Pane::OneLine, Pane::Loop]);
        let below = tab(&mut tiles, &[Pane::Headroom, Pane::Findings, Pane::Year, Pane::Cost, Pane::Failures, Pane::Chain, Pane::Hydraulics, Pane::Compare]);
        let inspector = tab(&mut tiles, &[Pane::Inspector]);
        let left = tiles.insert_container(Linear::new_binary(LinearDir::Vertical, [outline, catalog], 0.55));
        let middle = tiles.insert_container(Linear::new_binary(LinearDir::Vertical, [plan, below], 0.66));
        let mut all = Linear::new(LinearDir::Horizontal, vec![left, middle, inspector]);
        all.shares.set_share(left, 0.16);
        all.shares.set_share(middle, 0.62);
        all.shares.set_share(inspector, 0.22);
        let root = tiles.insert_container(all);
        Self { tree: Tree::new(egui::Id::unique("panels"), root, tiles) }
    }
}

impl Dock {
    /// Whether the arrangement holds every panel once; one that was stored by another version may not.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        Pane::ALL.iter().all(|p| self.tree.tiles.iter().filter(|(_, t)| matches!(t, Tile::Pane(q) if q == p)).count() == 1) && self.tree.root().is_some()
    }
    /// Whether a panel is shown (it may still be behind another tab).
    #[must_use]
    pub fn is_shown(&self, pane: Pane) -> bool {
        self.tree.tiles.find_pane(&pane).is_some_and(|id| self.tree.tiles.is_visible(id))
    }
    /// Shows a panel, in front of the tabs beside it.
    pub fn show(&mut self, pane: Pane) {
        if let Some(id) = self.tree.tiles.find_pane(&pane) {
            self.tree.set_visible(id, true);
            self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(p) if *p == pane));
        }
    }
    /// Whether a panel is in front.
    #[must_use]
    pub fn is_in_front(&self, pane: Pane) -> bool {
        self.tree.tiles.find_pane(&pane).is_some_and(|id| self.tree.active_tiles().contains(&id))
    }
    /// Brings a panel to the front, or hides it if it is there.
    pub fn toggle(&mut self, pane: Pane) {
        if self.is_shown(pane) && self.is_in_front(pane) {
            if let Some(id) = self.tree.tiles.find_pane(&pane) {
                self.tree.set_visible(id, false);
            }
        } else {
            self.show(pane);
        }
    }
    /// Draws every panel.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, panels: &mut Panels, actions: &mut Vec<Action>) {
        CentralPanel::default().frame(Frame::NONE.fill(theme::of(ui).stroke)).show(ui, |ui| {
            let mut behavior = Panes { view, panels, actions };
            self.tree.ui(&mut behavior, ui);
        });
    }
}

struct Panes<'a, 'v> {
    view: &'a View<'v>,
    panels: &'a mut Panels,
    actions: &'a mut Vec<Action>,
}

impl Behavior<Pane> for Panes<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut Pane) -> UiResponse {
        let tokens = theme::of(ui);
        let (view, actions) = (self.view, &mut *self.actions);
        let p = &mut *self.panels;
        ui.painter().rect_filled(ui.max_rect(), 0.0, tokens.panel);
        if *pane == Pane::Plan {
            p.canvas.follow_catalog(p.catalog.chosen.as_ref());
            canvas::ui(ui, view, &mut p.canvas, actions);
            return UiResponse::None;
        }
        if *pane == Pane::OneLine {
            one_line::ui(ui, view, &mut p.one_line, actions);
            return UiResponse::None;
        }
        if *pane == Pane::Loop {
            loops::ui(ui, view, &mut p.loops, actions);
            return UiResponse::None;
        }
        Frame::new().inner_margin(8).show(ui, |ui| {
            match pane {
                Pane::Plan | Pane::OneLine | Pane::Loop => {}
                Pane::Outline => outline::ui(ui, view, &mut p.outline, actions),
                Pane::Catalog => panels::catalog::ui(ui, view, &mut p.catalog, actions),
                Pane::Inspector => inspector::ui(ui, view, &mut p.inspector, actions),
                Pane::Headroom => panels::headroom::ui(ui, view, &mut p.headroom, actions),
                Pane::Findings => panels::findings::ui(ui, view, &mut p.findings, actions),
                Pane::Year => panels::year::ui(ui, view, &mut p.year, actions),
                Pane::Cost => panels::cost::ui(ui, view, &mut p.cost, actions),
                Pane::Failures => panels::failures::ui(ui, view, &mut p.failures, actions),
                Pane::Chain => panels::chain::ui(ui, view, &mut p.chain, actions),
                Pane::Hydraulics => panels::hydraulics::ui(ui, view, &mut p.hydraulics, actions),
                Pane::Compare => panels::compare::ui(ui, view, &mut p.compare, actions),
            }
            ui.take_available_space();
        });
        UiResponse::None
    }
    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        let open = match (pane, self.view.solved) {
            (Pane::Findings, Some(solved)) => solved.assessment.findings.iter().filter(|f| f.accepted.is_none()).count(),
            _ => 0,
        };
        if open > 0 { format!("{} {open}", pane.title()).into() } else { pane.title().into() }
    }
    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }
    fn is_tab_closable(&self, _tiles: &Tiles<Pane>, _tile: TileId) -> bool {
        false
    }
    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        24.0
    }
    fn gap_width(&self, _style: &egui::Style) -> f32 {
        1.0
    }
    fn tab_bar_color(&self, visuals: &Visuals) -> egui::Color32 {
        theme::tokens(visuals.dark_mode).raised
    }
    fn tab_bg_color(&self, visuals: &Visuals, _tiles: &Tiles<Pane>, _tile: TileId, state: &TabState) -> egui::Color32 {
        let tokens = theme::tokens(visuals.dark_mode);
        if state.active { tokens.panel } else { tokens.raised }
    }
    fn tab_text_color(&self, visuals: &Visuals, _tiles: &Tiles<Pane>, _tile: TileId, state: &TabState) -> egui::Color32 {
        let tokens = theme::tokens(visuals.dark_mode);
        if state.active { tokens.text } else { tokens.weak_text }
    }
    fn tab_outline_stroke(&self, _visuals: &Visuals, _tiles: &Tiles<Pane>, _tile: TileId, _state: &TabState) -> egui::Stroke {
        egui::Stroke::NONE
    }
    fn tab_bar_hline_stroke(&self, visuals: &Visuals) -> egui::Stroke {
        egui::Stroke::new(1.0, theme::tokens(visuals.dark_mode).stroke)
    }
}
