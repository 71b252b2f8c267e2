//! What painting the diagram needs to know, and the words and colors for what is known about its parts.

use super::layout::Diagram;
use super::lens::Lens;
use super::outages::Switch;
use super::symbols::Ink;
use super::wiring::Inside;
use crate::checks::Standing;
use crate::plan::{Element, Id};
use crate::solve::{Branch, BranchKind, Failures, Fed, Outage, PowerFlow};
use crate::ui::theme::{self, Tokens};
use crate::ui::view::View;
use crate::units::{Power, ReactivePower, show};
use egui::{Align2, Color32, FontId, Painter, Rect, Stroke, vec2};

/// Height of a line over the size of its text.
const LINE: f32 = 1.225;

/// Text smaller than this can't be read.
const SMALLEST: f32 = 9.5;

/// How a part stands electrically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// Taken out of service.
    Out,
    /// Without voltage.
    Dead,
    /// An open breaker of standby sets, which is how they wait.
    Open,
    /// On standby sets.
    Standby,
    /// In service.
    Normal,
}

impl Live {
    /// For people; nothing when all is well.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Out => "out of service",
            Self::Dead => "dead",
            Self::Open => "ready",
            Self::Standby => "on standby sets",
            Self::Normal => "",
        }
    }
    /// The same in a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Standby => "standby",
            other => other.label(),
        }
    }
    /// Whether no current can flow.
    #[must_use]
    pub fn is_off(self) -> bool {
        matches!(self, Self::Out | Self::Dead | Self::Open)
    }
}

/// What is said about a block at a glance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glance {
    /// Power in, W.
    pub power: f64,
    /// The highest load over rating of its own branches.
    pub loading: f64,
    /// The highest that a single outage brings.
    pub worst: f64,
    /// How the worst of its branches stands, busways included.
    pub standing: Standing,
    /// How its output stands.
    pub live: Live,
    /// Whether something of it was taken out.
    pub out: bool,
}

/// A line of text: the first of its versions that fits is written.
pub struct Line {
    /// From long to short.
    pub versions: Vec<String>,
    /// Its color.
    pub color: Color32,
    /// Its size.
    pub size: f32,
}

impl Line {
    /// Small text.
    pub fn small(color: Color32, versions: impl IntoIterator<Item = String>) -> Self {
        Self::sized(theme::CAPTION, color, versions)
    }
    /// Text of a size.
    pub fn sized(size: f32, color: Color32, versions: impl IntoIterator<Item = String>) -> Self {
        Self { versions: versions.into_iter().collect(), color, size }
    }
}

/// What painting needs to know.
pub struct Brush<'a> {
    /// Where to.
    pub painter: Painter,
    /// What part is seen.
    pub lens: Lens,
    /// Colors.
    pub t: &'static Tokens,
    /// What the window shows.
    pub view: &'a View<'a>,
    /// The power chain.
    pub flow: &'a PowerFlow,
    /// Single outages.
    pub failures: &'a Failures,
    /// Where everything stands.
    pub diagram: &'a Diagram,
    /// What is out of service, as asked for last.
    pub out: &'a [Outage],
}

impl Brush<'_> {
    /// Whether any of it is seen.
    #[must_use]
    pub fn sees(&self, rect: Rect) -> bool {
        rect.intersects(self.lens.area)
    }
    /// A branch.
    #[must_use]
    pub fn branch(&self, branch: usize) -> Option<&Branch> {
        self.flow.branches.get(branch)
    }
    /// How a node stands.
    #[must_use]
    pub fn node_live(&self, node: usize) -> Live {
        let Some(node) = self.flow.nodes.get(node) else { return Live::Dead };
        match node.fed {
            Fed::Dead => Live::Dead,
            Fed::Normal => Live::Normal,
            Fed::Standby => Live::Standby,
        }
    }
    /// How a branch stands.
    #[must_use]
    pub fn branch_live(&self, branch: usize) -> Live {
        let Some(b) = self.branch(branch) else { return Live::Dead };
        let named = Switch::of_branch(self.flow, branch).is_some_and(|s| s.is_all_out(&self.flow.out));
        if named {
            return Live::Out;
        }
        if b.in_service <= 0.0 {
            return if b.kind == BranchKind::Standby { Live::Open } else { Live::Dead };
        }
        // A branch whose far end is dead carries nothing: a breaker beyond is open.
        match (self.node_live(b.from), self.node_live(b.to)) {
            (Live::Dead, _) | (_, Live::Dead) => Live::Dead,
            (Live::Standby, _) | (_, Live::Standby) => Live::Standby,
            _ => Live::Normal,
        }
    }
    /// How the load of a branch stands.
    #[must_use]
    pub fn standing(&self, branch: usize) -> Standing {
        match self.branch(branch) {
            Some(b) if !self.branch_live(branch).is_off() => Standing::of_share(b.loading()),
            _ => Standing::Ok,
        }
    }
    /// The worst load over rating that a single outage brings to a branch.
    #[must_use]
    pub fn worst(&self, branch: usize) -> f64 {
        self.failures.of_branch(branch).map_or(f64::NAN, |w| w.value / w.rating)
    }
    /// Whether a block gives direct current.
    #[must_use]
    pub fn is_dc(&self, block: &Id) -> bool {
        match self.view.plan.get(block) {
            Some(Element::Block(b)) => b.ups.as_deref().and_then(|u| self.view.catalog.ups(u)).is_some_and(|u| u.dc.is_some()),
            _ => false,
        }
    }

    /// What is said about a block at a glance.
    #[must_use]
    pub fn glance(&self, block: &Id, inside: &Inside) -> Glance {
        let (mut loading, mut worst) = (f64::NAN, f64::NAN);
        for b in inside.own().filter(|b| !self.branch_live(*b).is_off()) {
            loading = loading.max(self.branch(b).map_or(f64::NAN, Branch::loading));
        }
        for b in inside.own() {
            worst = worst.max(self.worst(b));
        }
        let own = inside.own().map(|b| self.standing(b));
        let standing = own.chain(inside.feeds.iter().map(|b| self.standing(*b))).min().unwrap_or(Standing::Ok);
        let live = inside.outlet.map_or(Live::Dead, |n| self.node_live(n));
        let into = |b: Option<usize>| b.and_then(|b| self.branch(b)).map_or(0.0, |b| b.p_from.watts());
        let power = if live == Live::Dead { 0.0 } else { into(inside.feeder) + into(inside.standby) };
        let switch = Switch { of: block.to_string(), element: block.clone(), units: 1, unit: "unit" };
        Glance { power, loading, worst, standing, live, out: switch.is_out(&self.flow.out) }
    }

    /// The color of a line.
    #[must_use]
    pub fn line_color(&self, live: Live, standing: Standing) -> Color32 {
        match (live, standing) {
            (Live::Out | Live::Dead | Live::Open, _) => self.t.dead,
            (_, Standing::Broken) => self.t.broken,
            (_, Standing::Near) => self.t.near,
            (Live::Standby, _) => self.t.standby,
            (Live::Normal, _) => self.t.text.lerp_to_gamma(self.t.background, 0.3),
        }
    }
    /// How a branch and its symbol are drawn.
    #[must_use]
    pub fn ink(&self, branch: usize, ground: Color32) -> Ink {
        let standing = self.standing(branch);
        let width = if matches!(standing, Standing::Near | Standing::Broken) { 2.0 } else { 1.3 };
        Ink { line: Stroke::new(width, self.line_color(self.branch_live(branch), standing)), ground }
    }
    /// The color of a figure about a load.
    #[must_use]
    pub fn figure_color(&self, live: Live, standing: Standing) -> Color32 {
        match (live, standing) {
            (Live::Out, _) | (_, Standing::Broken) => self.t.broken,
            (_, Standing::Near) => self.t.near,
            (Live::Dead | Live::Open, _) => self.t.weak_text,
            (Live::Standby, _) => self.t.standby,
            (Live::Normal, _) => self.t.text,
        }
    }

    /// What a branch is, with a capital letter. A module with direct current behind it is no UPS to an engineer.
    #[must_use]
    pub fn title(&self, branch: &Branch) -> String {
        if branch.kind == BranchKind::Ups && self.is_dc(&branch.element) {
            let inside = self.diagram.wiring.blocks.get(&branch.element);
            let direct = inside.is_some_and(|i| i.substation.is_none());
            return if direct { "Solid-state transformer" } else { "Rectifier" }.to_owned();
        }
        let mut letters = branch.kind.label().chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
    /// "2.31 MW".
    #[must_use]
    pub fn watts(&self, watts: f64) -> String {
        show(Power::from_watts(watts), self.view.system)
    }
    /// "0.4 Mvar".
    #[must_use]
    pub fn vars(&self, vars: f64) -> String {
        show(ReactivePower::from_vars(vars), self.view.system)
    }
    /// The figures of a branch: "63.1 MW" and "52 %", or the word for why there are none.
    #[must_use]
    pub fn figures(&self, branch: usize) -> (String, String) {
        let live = self.branch_live(branch);
        match self.branch(branch) {
            Some(b) if !live.is_off() => (self.watts(carried(b)), percent(b.loading())),
            _ => (live.label().to_owned(), String::new()),
        }
    }

    /// Writes lines into a rectangle, see [`write`].
    pub fn write(&self, rect: Rect, lines: &[Line], anchor: Align2) {
        if self.sees(rect) {
            write(&self.painter, rect, lines, anchor);
        }
    }
}

/// Writes lines into a rectangle, as many as fit, the first ones first; each in the longest version that fits.
pub fn write(painter: &Painter, rect: Rect, lines: &[Line], anchor: Align2) {
    let height = LINE * lines.iter().map(|l| l.size).fold(theme::CAPTION, f32::max);
    let room = (rect.height() / height).floor() as usize;
    if room == 0 || rect.width() < 10.0 {
        return;
    }
    let fitted: Vec<_> = lines.iter().filter_map(|l| fitted(painter, l, rect.width())).take(room).collect();
    let block = anchor.align_size_within_rect(vec2(rect.width(), fitted.len() as f32 * height), rect);
    for (i, (galley, color)) in fitted.into_iter().enumerate() {
        let line = Rect::from_min_size(block.min + vec2(0.0, i as f32 * height), vec2(block.width(), height));
        let at = anchor.align_size_within_rect(vec2(galley.size().x, height), line).min;
        painter.galley(at, galley, color);
    }
}

fn fitted(painter: &Painter, line: &Line, width: f32) -> Option<(std::sync::Arc<egui::Galley>, Color32)> {
    for text in line.versions.iter().filter(|t| !t.is_empty()) {
        // Four points a letter is less than any word needs: what can't fit is not laid out.
        if text.chars().count() as f32 * 4.0 > width {
            continue;
        }
        // What is a little too long is written a little smaller.
        for size in [line.size, SMALLEST] {
            let galley = painter.layout_no_wrap(text.clone(), FontId::proportional(size), line.color);
            if galley.size().x <= width {
                return Some((galley, line.color));
            }
        }
    }
    None
}

/// The larger of the powers at the ends of a branch, W.
#[must_use]
pub fn carried(branch: &Branch) -> f64 {
    branch.p_from.watts().abs().max(branch.p_to.watts().abs())
}

/// "78 %".
#[must_use]
pub fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.0} %", share * 100.0) } else { "—".to_owned() }
}

/// "99.8 %": voltages differ little.
#[must_use]
pub fn fine_percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", share * 100.0) } else { "—".to_owned() }
}
