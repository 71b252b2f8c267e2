//! Lining up what is selected: edges on one line, or equal free ground between neighbors.

use crate::edit::Command;
use crate::plan::{Catalog, Id, Plan, Point, Rect, footprint};
use std::collections::BTreeSet;

/// A way to line elements up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrange {
    /// West edges on the westernmost.
    Left,
    /// East edges on the easternmost.
    Right,
    /// North edges on the northernmost.
    Top,
    /// South edges on the southernmost.
    Bottom,
    /// Equal gaps from west to east; the outermost two stay.
    Across,
    /// Equal gaps from south to north; the outermost two stay.
    Along,
}

impl Arrange {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Left, Self::Right, Self::Top, Self::Bottom, Self::Across, Self::Along];
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Left => "Align left",
            Self::Right => "Align right",
            Self::Top => "Align top",
            Self::Bottom => "Align bottom",
            Self::Across => "Space equally across",
            Self::Along => "Space equally along",
        }
    }
    /// One sentence more than the label.
    #[must_use]
    pub fn tip(self) -> &'static str {
        match self {
            Self::Left => "Moves the selected elements so that their west edges are on one line",
            Self::Right => "Moves the selected elements so that their east edges are on one line",
            Self::Top => "Moves the selected elements so that their north edges are on one line",
            Self::Bottom => "Moves the selected elements so that their south edges are on one line",
            Self::Across => "Equal free ground from west to east; the outermost two stay where they are",
            Self::Along => "Equal free ground from south to north; the outermost two stay where they are",
        }
    }
    /// The fewest elements with which it does anything.
    #[must_use]
    pub fn least(self) -> usize {
        if matches!(self, Self::Across | Self::Along) { 3 } else { 2 }
    }

    /// The moves as one command; none when everything stands right already, or too little is selected. What stands in a selected hall goes with
    /// its hall and is not moved by itself.
    #[must_use]
    pub fn command(self, ids: &BTreeSet<Id>, plan: &Plan, catalog: &Catalog) -> Option<Command> {
        let placed = self.placed(ids, plan, catalog);
        if placed.len() < self.least() {
            return None;
        }
        let moves = match self {
            Self::Across | Self::Along => self.spaced(placed),
            _ => self.aligned(&placed),
        };
        let commands: Vec<Command> = moves
            .into_iter()
            .filter(|(_, by)| by.0.abs().max(by.1.abs()) > TOLERANCE)
            .map(|(id, by)| Command::Move { ids: vec![id], by: Point(on_grid(by.0), on_grid(by.1)) })
            .collect();
        (!commands.is_empty()).then(|| Command::Batch { label: self.label().to_owned(), commands })
    }

    fn placed(self, ids: &BTreeSet<Id>, plan: &Plan, catalog: &Catalog) -> Vec<(Id, Rect)> {
        let elements = ids.iter().filter_map(|id| plan.get(id));
        let apart = elements.filter(|e| e.hall().is_none_or(|hall| !ids.contains(hall)));
        apart.filter_map(|e| footprint(e, catalog).map(|r| (e.id().clone(), r))).collect()
    }

    fn aligned(self, placed: &[(Id, Rect)]) -> Vec<(Id, Point)> {
        let Some(all) = placed.iter().map(|(_, r)| *r).reduce(Rect::union) else { return Vec::new() };
        let by = |r: &Rect| match self {
            Self::Left => Point(all.min.0 - r.min.0, 0.0),
            Self::Right => Point(all.max.0 - r.max.0, 0.0),
            Self::Top => Point(0.0, all.max.1 - r.max.1),
            _ => Point(0.0, all.min.1 - r.min.1),
        };
        placed.iter().map(|(id, r)| (id.clone(), by(r))).collect()
    }

    fn spaced(self, mut placed: Vec<(Id, Rect)>) -> Vec<(Id, Point)> {
        let across = self == Self::Across;
        let from = |r: &Rect| if across { r.min.0 } else { r.min.1 };
        let to = |r: &Rect| if across { r.max.0 } else { r.max.1 };
        placed.sort_by(|a, b| (from(&a.1) + to(&a.1)).total_cmp(&(from(&b.1) + to(&b.1))).then_with(|| a.0.cmp(&b.0)));
        let (Some(first), Some(last)) = (placed.first(), placed.last()) else { return Vec::new() };
        let sizes: f64 = placed.iter().map(|(_, r)| to(r) - from(r)).sum();
        // Negative where there is too little room: then they overlap equally.
        let gap = (to(&last.1) - from(&first.1) - sizes) / (placed.len() - 1) as f64;
        let mut at = from(&first.1);
        let mut moves = Vec::with_capacity(placed.len());
        for (id, r) in &placed {
            let by = at - from(r);
            moves.push((id.clone(), if across { Point(by, 0.0) } else { Point(0.0, by) }));
            at += to(r) - from(r) + gap;
        }
        moves
    }
}

/// Less than this is no move, m.
const TOLERANCE: f64 = 5e-4;

/// Places are told to the millimeter.
fn on_grid(meters: f64) -> f64 {
    (meters * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Document;
    use crate::plan::file;
    use std::sync::Arc;

    const PLAN: &str = r#"(format: 1, campus: (name: "C", date: "2026-11"), site: (library: "memphis"), workload: (gpu: "90 %", cpu: "50 %"),
        halls: [
            (id: "H1", at: (0.0, 0.0), size: (10.0, 20.0), supply_air: "25 °C", recirculation: "5 %"),
            (id: "H2", at: (15.0, 3.0), size: (20.0, 10.0), supply_air: "25 °C", recirculation: "5 %"),
            (id: "H3", at: (50.0, -4.0), size: (10.0, 10.0), supply_air: "25 °C", recirculation: "5 %"),
        ],
        rows: [(id: "R1", hall: "H1", at: (2.0, 5.0), rack: "gb200-nvl72", count: 4, a: "B1", busway: "y")])"#;

    fn after(arrange: Arrange, ids: &[&str]) -> Option<Vec<(f64, f64)>> {
        let plan = Arc::new(file::read(PLAN).unwrap().plan);
        let catalog = Catalog::builtin().unwrap();
        let ids: BTreeSet<Id> = ids.iter().map(|i| Id::from(*i)).collect();
        let command = arrange.command(&ids, &plan, &catalog)?;
        let mut document = Document::new((*plan).clone());
        document.apply(&command, None).unwrap();
        Some(["H1", "H2", "H3", "R1"].map(|id| document.plan().get(&Id::from(id)).unwrap().at().map(|p| (p.0, p.1)).unwrap()).to_vec())
    }

    #[test]
    fn edges_come_to_lie_on_the_outermost() {
        let all = ["H1", "H2", "H3"];
        assert_eq!(after(Arrange::Left, &all).unwrap(), [(0.0, 0.0), (0.0, 3.0), (0.0, -4.0), (2.0, 5.0)]);
        assert_eq!(after(Arrange::Right, &all).unwrap(), [(50.0, 0.0), (40.0, 3.0), (50.0, -4.0), (52.0, 5.0)]);
        assert_eq!(after(Arrange::Top, &all).unwrap(), [(0.0, 0.0), (15.0, 10.0), (50.0, 10.0), (2.0, 5.0)]);
        assert_eq!(after(Arrange::Bottom, &all).unwrap(), [(0.0, -4.0), (15.0, -4.0), (50.0, -4.0), (2.0, 1.0)]);
    }

    #[test]
    fn gaps_become_equal_and_the_outermost_stay() {
        // 60 m from end to end, 40 m of halls: two gaps of 10 m.
        assert_eq!(after(Arrange::Across, &["H1", "H2", "H3"]).unwrap(), [(0.0, 0.0), (20.0, 3.0), (50.0, -4.0), (2.0, 5.0)]);
        assert_eq!(after(Arrange::Across, &["H1", "H2"]), None, "two have but one gap");
    }

    #[test]
    fn what_stands_in_a_selected_hall_goes_with_it() {
        assert_eq!(after(Arrange::Bottom, &["H1", "H3", "R1"]).unwrap()[3], (2.0, 1.0));
        assert_eq!(after(Arrange::Left, &["H1", "R1"]), None, "one hall and what stands in it");
    }
}
