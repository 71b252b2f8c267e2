//! The table of outages: what is out, how it ends, what is lost, what is overloaded.

use super::failures::State;
use super::failures_words::{branch_name, ending, loaded, together, what};
use super::parts;
use crate::checks::Standing;
use crate::plan::{Id, Plan};
use crate::solve::{Failure, Outcome, Overheat, PowerFlow, Warmest};
use crate::ui::plots::csv::quoted;
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use crate::units::show;
use egui::{Align, Button, Layout, RichText, Ui, WidgetInfo, accesskit::Role};
use egui_extras::{Column as Size, TableBuilder, TableRow};
use std::cmp::Ordering;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// What is out.
    What,
    /// How it ends.
    Result,
    /// IT power lost.
    It,
    /// Racks without power.
    Racks,
    /// GPUs in them.
    Gpus,
    /// Rows and units without all of their power.
    Dark,
    /// Racks that nothing cools.
    Uncooled,
    /// Racks above a limit.
    Hot,
    /// The warmest inlet air of a rack.
    Inlet,
    /// Power that is not there.
    Shortage,
    /// The branch loaded most.
    Loading,
    /// The lowest voltage.
    Voltage,
    /// Blocks on standby sets.
    Standby,
}

impl Column {
    const LOST: [Self; 8] = [Self::It, Self::Racks, Self::Gpus, Self::Dark, Self::Uncooled, Self::Hot, Self::Inlet, Self::Shortage];

    fn title(self) -> &'static str {
        match self {
            Self::What => "What is out",
            Self::Result => "Result",
            Self::It => "IT lost",
            Self::Racks => "Racks",
            Self::Gpus => "GPUs",
            Self::Dark => "Dark",
            Self::Uncooled => "Uncooled",
            Self::Hot => "Too hot",
            Self::Inlet => "Inlet",
            Self::Shortage => "Shortage",
            Self::Loading => "Fullest then",
            Self::Voltage => "Lowest",
            Self::Standby => "On sets",
        }
    }
    fn help(self) -> &'static str {
        match self {
            Self::What => "The element, and which part of it is out",
            Self::Result => "Survived: no power is lost, and nothing is overloaded by it",
            Self::It => "IT power of racks without a live cord, and what a shortage of supply takes",
            Self::Racks => "Racks without a live cord",
            Self::Gpus => "GPUs in them",
            Self::Dark => "Rows, and units of the cooling, without all of their power",
            Self::Uncooled => "Racks whose heat nothing carries away: they must stop",
            Self::Hot => "Racks above a limit they kept before: inlet air, coolant supply or return, or least coolant flow",
            Self::Inlet => "The warmest inlet air of a rack once the cooling has settled; empty where the outage reaches no cooling",
            Self::Shortage => "Facility power that neither the grid nor the site's own supply can give",
            Self::Loading => "The branch that is then loaded most, and its load over its rating",
            Self::Voltage => "The lowest voltage anywhere that is live, % of nominal",
            Self::Standby => "Blocks carried by their standby sets",
        }
    }
    fn key(self, f: &Failure) -> f64 {
        match self {
            Self::What => 0.0,
            Self::Result => f64::from(u8::from(!f.survived)) + f64::from(u8::from(ending(f).1 == Standing::Broken)),
            Self::It => f.lost.it.watts(),
            Self::Racks => f64::from(f.lost.racks),
            Self::Gpus => f.lost.gpus as f64,
            Self::Dark => f.dark.len() as f64,
            Self::Uncooled => f.heat.as_ref().map_or(0.0, |h| f64::from(h.uncooled_racks())),
            Self::Hot => f.heat.as_ref().map_or(0.0, |h| f64::from(h.hot_racks())),
            Self::Inlet => f.heat.as_ref().and_then(|h| h.inlet.as_ref()).map_or(f64::NAN, |w| w.temperature.celsius()),
            Self::Shortage => f.lost.shortage.watts(),
            Self::Loading => f.highest.map_or(f64::NAN, |h| h.1),
            Self::Voltage => f.lowest.map_or(f64::NAN, |l| l.1),
            Self::Standby => f.standby.len() as f64,
        }
    }
}

/// Sorts lines by a column; what isn't known comes last, and what is equal stays worst first.
pub(super) fn sort(lines: &mut [usize], list: &[Failure], column: Column, falling: bool) {
    let turned = |o: Ordering| if falling { o.reverse() } else { o };
    if column == Column::What {
        lines.sort_by(|a, b| turned(list[*a].outages.cmp(&list[*b].outages)));
        return;
    }
    lines.sort_by(|a, b| {
        let (x, y) = (column.key(&list[*a]), column.key(&list[*b]));
        match (x.is_nan(), y.is_nan()) {
            (false, false) => turned(x.total_cmp(&y)),
            (x, y) => x.cmp(&y),
        }
    });
}

/// Widths of the parts of the table.
const NUMBER: f32 = 64.0;
const RESULT: f32 = 116.0;
const BUTTON: f32 = 58.0;
/// Columns of what is lost that leave room for names.
const MOST_NUMBERS: usize = 5;
/// Width below which the table scrolls sideways instead of shrinking further.
const LEAST_WIDTH: f32 = 900.0;

pub(super) fn ui(ui: &mut Ui, view: &View<'_>, outcome: &Outcome, state: &mut State, list: &[Failure], lines: &[usize], actions: &mut Vec<Action>) {
    let width = ui.available_width().max(LEAST_WIDTH);
    egui::ScrollArea::horizontal().id_salt("outages sideways").auto_shrink(false).show(ui, |ui| {
        ui.set_width(width);
        table(ui, view, outcome, state, list, lines, actions);
    });
}

fn table(ui: &mut Ui, view: &View<'_>, outcome: &Outcome, state: &mut State, list: &[Failure], lines: &[usize], actions: &mut Vec<Action>) {
    // A column in which nothing happens leaves its room to the names.
    let mut lost: Vec<Column> = Column::LOST.into_iter().filter(|c| list.iter().any(|f| c.key(f) > 0.5)).collect();
    // With temperatures beside them, IT lost says enough: the tooltip and the file have the rest.
    if lost.len() > MOST_NUMBERS {
        lost.retain(|c| !matches!(c, Column::Racks | Column::Gpus));
    }
    let sets = list.iter().any(|f| !f.standby.is_empty());
    let last: &[Column] = if sets { &[Column::Voltage, Column::Standby] } else { &[Column::Voltage] };
    let numbers = lost.len() + last.len();
    let gaps = (numbers + 4) as f32 * ui.spacing().item_spacing.x + 14.0;
    let rest = (ui.available_width() - RESULT - numbers as f32 * NUMBER - BUTTON - gaps).max(240.0);
    let share = |part: f32| Size::exact((rest * part).floor()).clip(true);
    TableBuilder::new(ui)
        .id_salt(("outages", numbers))
        .striped(true)
        .sense(egui::Sense::click())
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Size::exact(RESULT).clip(true))
        .column(share(0.55))
        .columns(Size::exact(NUMBER), lost.len())
        .column(share(0.45))
        .columns(Size::exact(NUMBER), last.len())
        .column(Size::exact(BUTTON))
        .header(22.0, |mut header| {
            header.col(|ui| heading(ui, state, Column::Result, false));
            header.col(|ui| heading(ui, state, Column::What, false));
            lost.iter().for_each(|c| drop(header.col(|ui| heading(ui, state, *c, true))));
            header.col(|ui| heading(ui, state, Column::Loading, false));
            last.iter().for_each(|c| drop(header.col(|ui| heading(ui, state, *c, true))));
            header.col(|_| {});
        })
        .body(|body| {
            body.rows(21.0, lines.len(), |mut row| {
                if let Some(f) = lines.get(row.index()).and_then(|i| list.get(*i)) {
                    line(&mut row, view, &outcome.power, f, (&lost, last), actions);
                }
            });
        });
}

fn heading(ui: &mut Ui, state: &mut State, column: Column, right: bool) {
    let mark = match state.sort {
        Some((c, true)) if c == column => " ⏷",
        Some((c, false)) if c == column => " ⏶",
        _ => "",
    };
    let title = RichText::new(format!("{}{mark}", column.title())).size(theme::CAPTION);
    let layout = if right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    ui.with_layout(layout, |ui| {
        if ui
            .add(Button::selectable(!mark.is_empty(), title).small())
            .on_hover_text(format!("{}\nClick to sort by it; a third click puts the worst first again", column.help()))
            .clicked()
        {
            // Numbers begin with the largest, the voltage and names with the least.
            let first = !matches!(column, Column::What | Column::Voltage);
            state.sort = match state.sort {
                Some((c, falling)) if c == column => (falling == first).then_some((column, !first)),
                _ => Some((column, first)),
            };
        }
    });
}

fn line(row: &mut TableRow<'_, '_>, view: &View<'_>, power: &PowerFlow, f: &Failure, columns: (&[Column], &[Column]), actions: &mut Vec<Action>) {
    let selected = view.selection.contains(&f.element);
    row.set_selected(selected);
    let (word, standing) = ending(f);
    row.col(|ui| {
        let t = theme::of(ui);
        let (mark, color) = if standing == Standing::Ok { ("✔", t.ok) } else { (theme::standing_mark(standing), t.standing(standing)) };
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.add(egui::Label::new(RichText::new(mark).color(color)).selectable(false));
        ui.add(egui::Label::new(RichText::new(word).color(if standing == Standing::Ok { t.weak_text } else { color })).selectable(false));
    });
    let text = what(view.plan, f);
    row.col(|ui| {
        ui.add(egui::Label::new(&text).selectable(false).truncate());
    });
    for column in columns.0 {
        row.col(|ui| drop(parts::number(ui, cell(view, *column, f))));
    }
    row.col(|ui| loading(ui, view.plan, power, f));
    for column in columns.1 {
        row.col(|ui| drop(parts::number(ui, cell(view, *column, f))));
    }
    row.col(|ui| {
        let button = ui.add(Button::new(RichText::new("Fail it").size(theme::CAPTION)).small());
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Fail {}", f.name())));
        if button.on_hover_text("Take it out of service now, and see what a second outage would do").clicked() {
            actions.push(Action::SetOut(together(view.out, &f.outages)));
        }
    });
    let response = row.response();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, format!("{text}, {word}")));
    let (clicked, twice) = (response.clicked(), response.double_clicked());
    response.on_hover_ui(|ui| details(ui, view, power, f));
    if twice {
        actions.push(Action::ZoomTo(f.element.clone()));
    } else if clicked {
        actions.push(Action::Select(Selection::one(f.element.clone())));
    }
}

/// A number of a line; nothing where nothing is lost.
fn cell(view: &View<'_>, column: Column, f: &Failure) -> String {
    let value = column.key(f);
    match column {
        Column::Voltage => f.lowest.filter(|_| loaded(f).is_some()).map_or_else(|| "—".to_owned(), |(_, v)| format!("{:.1} %", v * 100.0)),
        Column::Inlet => f.heat.as_ref().and_then(|h| h.inlet.as_ref()).map_or_else(String::new, |w| show(w.temperature, view.system)),
        _ if value <= 0.5 => String::new(),
        Column::It => show(f.lost.it, view.system),
        Column::Shortage => show(f.lost.shortage, view.system),
        Column::Gpus => parts::whole(f.lost.gpus),
        _ => parts::whole(value as u64),
    }
}

fn loading(ui: &mut Ui, plan: &Plan, power: &PowerFlow, f: &Failure) {
    let t = theme::of(ui);
    let Some((branch, loading)) = loaded(f) else {
        ui.label("—");
        return;
    };
    let risen = f.overloads.iter().any(|o| o.risen);
    let color = if risen { t.standing(Standing::Broken) } else { t.text };
    let more = f.overloads.iter().filter(|o| o.risen).count().saturating_sub(1);
    let more = if more > 0 { format!(", {more} more") } else { String::new() };
    ui.add(
        egui::Label::new(RichText::new(format!("{} {}{more}", parts::percent(loading), branch_name(plan, power, branch))).color(color))
            .selectable(false)
            .truncate(),
    );
}

/// How many names a tooltip lists.
const NAMES: usize = 8;

fn names<'a>(ids: impl ExactSizeIterator<Item = &'a Id>) -> String {
    let more = ids.len().saturating_sub(NAMES);
    let list: Vec<&str> = ids.take(NAMES).map(Id::as_str).collect();
    if more > 0 { format!("{} and {more} more", list.join(", ")) } else { list.join(", ") }
}

fn details(ui: &mut Ui, view: &View<'_>, power: &PowerFlow, f: &Failure) {
    let name = view.plan.get(&f.element).map_or("", |e| e.name());
    ui.label(RichText::new(format!("{} ({name}, {})", what(view.plan, f), f.name())).strong());
    let standing = ending(f).0;
    ui.label(format!("{}. Facility {}, loss of the chain {}.", parts::capital(standing), show(f.facility, view.system), show(f.loss, view.system)));
    if f.lost.racks > 0 {
        ui.label(format!("Without power: {} racks with {} GPUs", parts::whole(u64::from(f.lost.racks)), parts::whole(f.lost.gpus)));
    }
    if !f.dark.is_empty() {
        ui.label(format!("Without all of their power: {}", names(f.dark.iter())));
    }
    if let Some(heat) = &f.heat {
        warmth(ui, view, heat);
    }
    if !f.standby.is_empty() {
        ui.label(format!("Carried by standby sets: {}", names(f.standby.iter())));
    }
    if let Some(time) = f.on_battery {
        ui.label(format!("Full batteries carry what grid and generators don't for {}", show(time, view.system)));
    }
    for o in f.overloads.iter().take(NAMES) {
        let branch = branch_name(view.plan, power, o.branch);
        ui.label(format!("{branch} at {} of its rating{}", parts::percent(o.loading()), if o.risen { "" } else { ", no more than before" }));
    }
    if let Some((node, v)) = f.lowest {
        ui.label(format!("Lowest voltage {:.2} % at {}", v * 100.0, power.nodes.get(node).map_or("?", |n| n.id.as_str())));
    }
    parts::caption(ui, "Click selects it, a double click shows it on the plan");
}

/// A figure of what an outage does to temperatures; empty where it does nothing to them.
fn heat(f: &Failure, of: impl Fn(&Overheat) -> String) -> String {
    f.heat.as_ref().map_or_else(String::new, of)
}

fn celsius(warmest: Option<&Warmest>) -> String {
    warmest.map_or_else(String::new, |w| w.temperature.celsius().to_string())
}

/// What an outage does to temperatures.
fn warmth(ui: &mut Ui, view: &View<'_>, heat: &Overheat) {
    let rows = |list: &[(Id, u32)]| names(list.iter().map(|(id, _)| id));
    if !heat.uncooled.is_empty() {
        let power = show(heat.uncooled_it, view.system);
        ui.label(format!("Nothing cools {} racks ({power} of IT power), in {}", parts::whole(u64::from(heat.uncooled_racks())), rows(&heat.uncooled)));
    }
    if !heat.hot.is_empty() {
        ui.label(format!("Above a limit: {} racks, in {}", parts::whole(u64::from(heat.hot_racks())), rows(&heat.hot)));
    }
    for (what, warmest) in [("inlet air", &heat.inlet), ("coolant supply", &heat.supply), ("coolant return", &heat.back)] {
        if let Some(w) = warmest {
            ui.label(format!("Warmest {what} {} at {}, rack {}", show(w.temperature, view.system), w.row, w.slot));
        }
    }
}

/// The lines shown as a table of comma-separated values.
pub(super) fn csv(view: &View<'_>, power: &PowerFlow, list: &[Failure], lines: &[usize]) -> String {
    let mut text = "outage,what,element,result,IT lost (MW),racks,GPUs,rows and units dark,racks uncooled,racks too hot,warmest inlet (°C),warmest coolant supply (°C),shortage (MW),most loaded,loading (%),overloads,lowest voltage (%),at,blocks on standby sets,facility (MW),loss (MW)\n".to_owned();
    for f in lines.iter().filter_map(|i| list.get(*i)) {
        let (branch, loading) = loaded(f)
            .map_or((String::new(), String::new()), |(b, l)| (power.branches.get(b).map_or_else(String::new, |b| b.id.clone()), (l * 100.0).to_string()));
        let (volts, at) = f.lowest.map_or((String::new(), ""), |(n, v)| ((v * 100.0).to_string(), power.nodes.get(n).map_or("", |n| n.id.as_str())));
        let fields = [
            f.name(),
            what(view.plan, f),
            f.element.to_string(),
            ending(f).0.to_owned(),
            f.lost.it.megawatts().to_string(),
            f.lost.racks.to_string(),
            f.lost.gpus.to_string(),
            f.dark.len().to_string(),
            heat(f, |h| h.uncooled_racks().to_string()),
            heat(f, |h| h.hot_racks().to_string()),
            heat(f, |h| celsius(h.inlet.as_ref())),
            heat(f, |h| celsius(h.supply.as_ref())),
            f.lost.shortage.megawatts().to_string(),
            branch,
            loading,
            f.overloads.iter().filter(|o| o.risen).count().to_string(),
            volts,
            at.to_owned(),
            f.standby.len().to_string(),
            f.facility.megawatts().to_string(),
            f.loss.megawatts().to_string(),
        ];
        text.push_str(&fields.iter().map(|f| quoted(f)).collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::{Outage, Status};

    fn failure(name: &str, watts: f64, highest: Option<f64>) -> Failure {
        Failure {
            outages: vec![Outage::whole(name)],
            element: Id::from(name),
            what: "UPS".to_owned(),
            lost: crate::solve::Lost { it: crate::units::Power::from_watts(watts), ..Default::default() },
            dark: Vec::new(),
            unserved: Vec::new(),
            heat: None,
            standby: Vec::new(),
            on_battery: None,
            overloads: Vec::new(),
            highest: highest.map(|h| (0, h)),
            lowest: None,
            facility: crate::units::Power::ZERO,
            loss: crate::units::Power::ZERO,
            status: Status::Converged,
            survived: watts == 0.0,
        }
    }

    #[test]
    fn what_is_not_known_comes_last_either_way() {
        let list = [failure("b", 2.0, None), failure("c", 5.0, Some(0.5)), failure("a", 0.0, Some(0.9))];
        let order = |column, falling| {
            let mut lines = vec![0, 1, 2];
            sort(&mut lines, &list, column, falling);
            lines
        };
        assert_eq!(order(Column::Loading, true), [2, 1, 0]);
        assert_eq!(order(Column::Loading, false), [1, 2, 0]);
        assert_eq!(order(Column::It, true), [1, 0, 2]);
        assert_eq!(order(Column::What, false), [2, 0, 1]);
        assert_eq!(ending(&list[2]), ("survived", Standing::Ok));
        assert_eq!(ending(&list[0]).0, "loses IT power");
        let hot = Overheat { hot: vec![(Id::from("R1"), 3)], ..Overheat::default() };
        let warm = Failure { heat: Some(hot.clone()), survived: false, ..failure("d", 0.0, None) };
        assert_eq!((ending(&warm).0, Column::Hot.key(&warm)), ("racks too hot", 3.0));
        let dry = Failure { heat: Some(Overheat { uncooled: vec![(Id::from("R1"), 2)], ..hot }), ..warm };
        assert_eq!((ending(&dry).0, Column::Uncooled.key(&dry)), ("racks uncooled", 2.0));
    }
}
