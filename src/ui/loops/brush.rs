//! What painting the diagram needs to know, and the words and colors for what is known about its parts.

use super::layout::Diagram;
use super::symbols::Turning;
use crate::checks::{Assessment, Standing};
use crate::plan::{Element, Id};
use crate::solve::{BranchFlow, Cooling, FwsState, LoopState, Side};
use crate::ui::one_line::brush::{Line, write};
use crate::ui::one_line::lens::Lens;
use crate::ui::one_line::outages::Switch;
use crate::ui::one_line::symbols::{Ink, cross, line, square, stripes, triangle};
use crate::ui::theme::{self, Tokens};
use crate::ui::view::View;
use crate::units::{System, Temperature, VolumeFlow, show, show_in};
use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke};
use std::collections::BTreeMap;

/// What the checks say of the cooling side, and the span of its temperatures: found once for each answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// How an element stands, where it has a limit of coolant, water or air.
    pub standing: BTreeMap<Id, Standing>,
    /// The lowest and the highest water temperature, K.
    pub span: (f64, f64),
}

impl Facts {
    /// Reads them out of an answer.
    #[must_use]
    pub fn of(assessment: &Assessment, cooling: &Cooling) -> Self {
        let mut standing: BTreeMap<Id, Standing> = BTreeMap::new();
        let ours = |unit: &str, id: &str| matches!(unit, "°C" | "L/min" | "kPa") || id.ends_with("/heat") || id.ends_with("/air");
        for limit in assessment.limits.iter().filter(|l| ours(l.unit, &l.id)) {
            standing.entry(limit.element.clone()).and_modify(|s| *s = (*s).min(limit.standing)).or_insert(limit.standing);
        }
        let loops = cooling.loops.values().flat_map(|l| [l.supply, l.return_]);
        let water = cooling.fws.values().flat_map(|f| [f.supply, f.return_]);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for t in loops.chain(water).map(Temperature::kelvin).filter(|t| t.is_finite()) {
            (low, high) = (low.min(t), high.max(t));
        }
        Self { standing, span: if high - low > 0.1 { (low, high) } else { (low - 1.0, low + 1.0) } }
    }
}

/// What is said about a consumer or a plant at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All of it is out of service.
    Out,
    /// It has heat, and no water or no steady temperature.
    Lost,
    /// It is not solved, or has nothing to do.
    Idle,
    /// It works, and stands so.
    Works(Standing),
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
    /// The cooling side.
    pub cooling: &'a Cooling,
    /// What the checks say of it.
    pub facts: &'a Facts,
    /// Where everything stands.
    pub diagram: &'a Diagram,
    /// Whether pipes and racks are colored by temperature.
    pub warmth: bool,
}

impl Brush<'_> {
    /// Whether any of it is seen.
    #[must_use]
    pub fn sees(&self, rect: Rect) -> bool {
        rect.intersects(self.lens.area)
    }
    /// A loop's state.
    #[must_use]
    pub fn coolant(&self, tcs: &Id) -> Option<&LoopState> {
        self.cooling.loops.get(tcs)
    }
    /// A facility water system's state.
    #[must_use]
    pub fn water(&self, fws: &Id) -> Option<&FwsState> {
        self.cooling.fws.get(fws)
    }
    /// Facility water to a CDU or air handler group.
    #[must_use]
    pub fn branch(&self, id: &Id) -> Option<&BranchFlow> {
        let fws = match self.view.plan.get(id)? {
            Element::Cdu(c) => &c.fws,
            Element::AirHandler(a) => &a.fws,
            _ => return None,
        };
        self.water(fws)?.branches.get(id)
    }
    /// Whether a part that outages name so is out as a whole.
    #[must_use]
    pub fn is_out(&self, name: &str) -> bool {
        self.view.out.iter().any(|o| o.of == name && o.units.is_none())
    }
    /// How many of so many are out under a name.
    #[must_use]
    pub fn out_of(&self, name: &str, units: u32) -> u32 {
        Switch { of: name.to_owned(), element: Id::from(name), units, unit: "" }.units_out(self.view.out)
    }
    /// Whether an element or a part of it is out.
    #[must_use]
    pub fn is_touched(&self, id: &Id) -> bool {
        Switch { of: id.to_string(), element: id.clone(), units: 1, unit: "" }.is_out(self.view.out)
    }
    /// How each of some machines in parallel turns: those in use first, then the spare ones, then those that are out.
    #[must_use]
    pub fn turning(&self, name: &str, units: u32, spare: u32, flows: bool) -> Vec<Turning> {
        let out = self.out_of(name, units);
        let used = units.saturating_sub(spare).min(units - out);
        let of = |i: u32| match i {
            i if i < used => {
                if flows {
                    Turning::Runs
                } else {
                    Turning::Stopped
                }
            }
            i if i < units - out => Turning::Standby,
            _ => Turning::Out,
        };
        (0..units).map(of).collect()
    }
    /// How an element stands by its own limits.
    #[must_use]
    pub fn standing(&self, id: &Id) -> Standing {
        self.facts.standing.get(id).copied().unwrap_or(Standing::Ok)
    }

    /// The color of water.
    #[must_use]
    pub fn water_color(&self, side: Side, temperature: Option<Temperature>) -> Color32 {
        let known = temperature.map(Temperature::kelvin).filter(|k| k.is_finite());
        match (self.warmth, known, side) {
            (true, Some(k), _) => theme::sequential(self.share(k)),
            (true, None, _) => self.t.unknown,
            (false, _, Side::Supply) => self.t.liquid_supply,
            (false, _, Side::Return) => self.t.liquid_return,
        }
    }
    /// Where between the ends of the colors a temperature lies.
    #[must_use]
    pub fn share(&self, kelvin: f64) -> f32 {
        let (low, high) = self.facts.span;
        ((kelvin - low) / (high - low)).clamp(0.0, 1.0) as f32
    }
    /// Thickness of a pipe by its share of the largest flow around it.
    #[must_use]
    pub fn thickness(&self, share: f64, most: f32) -> f32 {
        let most = most.max(1.5);
        if share.is_finite() { 1.2 + (most - 1.2) * share.clamp(0.0, 1.0).sqrt() as f32 } else { 1.2 }
    }
    /// A pipe with its water; dashed when nothing flows in it.
    pub fn pipe(&self, points: &[Pos2], color: Color32, width: f32, flows: bool) {
        if self.warmth && flows {
            // The ends of the map come close to the ground of either appearance.
            line(&self.painter, points, Stroke::new(width + 1.6, self.t.weak_text), false);
        }
        let color = if flows { color } else { self.t.dead };
        line(&self.painter, points, Stroke::new(width, color), !flows);
    }
    /// The ink of a symbol in a pipe of this color.
    #[must_use]
    pub fn ink(&self, color: Color32, ground: Color32) -> Ink {
        Ink { line: Stroke::new(1.3, color), ground }
    }
    /// The neutral color of machines.
    #[must_use]
    pub fn machine(&self) -> Color32 {
        self.t.text.lerp_to_gamma(self.t.background, 0.25)
    }

    /// The shape that goes with a standing.
    pub fn shape(&self, at: Pos2, standing: Standing, size: f32) {
        match standing {
            Standing::Broken => square(&self.painter, at, size, self.t.broken),
            Standing::Near => triangle(&self.painter, at, size, self.t.near),
            Standing::Unknown | Standing::Ok => {}
        }
    }
    /// The cross of what is out.
    pub fn crossed(&self, at: Pos2, size: f32) {
        self.painter.circle_filled(at, size * 1.5, self.t.background);
        cross(&self.painter, at, size, Stroke::new(2.0, self.t.broken));
    }
    /// Slanted stripes over what is lost.
    pub fn striped(&self, rect: Rect, color: Color32) {
        stripes(&self.painter, rect.shrink(1.0), Stroke::new(1.0, color.gamma_multiply(0.5)));
    }
    /// The fill of a small cell by its state; the fuller, the stronger.
    #[must_use]
    pub fn fill(&self, state: State, share: f64) -> Color32 {
        match state {
            State::Out | State::Idle => self.t.dead.lerp_to_gamma(self.t.background, 0.45),
            State::Lost | State::Works(Standing::Broken) => self.t.broken,
            State::Works(Standing::Near) => self.t.near,
            State::Works(_) => {
                let share = if share.is_finite() { share.clamp(0.0, 1.0) as f32 } else { 0.0 };
                self.t.raised.lerp_to_gamma(self.t.cdu, 0.3 + 0.6 * share)
            }
        }
    }
    /// The rim of a box by its state.
    #[must_use]
    pub fn rim(&self, state: State, selected: bool) -> Stroke {
        match (selected, state) {
            (true, _) => Stroke::new(2.0, self.t.accent),
            (_, State::Lost | State::Works(Standing::Broken)) => Stroke::new(1.5, self.t.broken),
            (_, State::Works(Standing::Near)) => Stroke::new(1.5, self.t.near),
            _ => Stroke::new(1.0, self.t.stroke),
        }
    }
    /// The color of a figure by a state.
    #[must_use]
    pub fn figure(&self, state: State) -> Color32 {
        match state {
            State::Out | State::Lost | State::Works(Standing::Broken) => self.t.broken,
            State::Works(Standing::Near) => self.t.near,
            State::Idle => self.t.weak_text,
            State::Works(_) => self.t.text,
        }
    }

    /// "1,136 L/min".
    #[must_use]
    pub fn flow(&self, flow: VolumeFlow) -> String {
        show(flow, self.view.system)
    }
    /// "58.1 m³/s": air is never counted in liters.
    #[must_use]
    pub fn air_flow(&self, flow: VolumeFlow) -> String {
        show_in(flow, if self.view.system == System::Us { "cfm" } else { "m³/s" })
    }
    /// "39.0 °C".
    #[must_use]
    pub fn celsius(&self, t: Temperature) -> String {
        show(t, self.view.system)
    }
    /// "39.0 to 52.1 °C".
    #[must_use]
    pub fn span(&self, from: Temperature, to: Temperature) -> String {
        let (a, b) = (self.celsius(from), self.celsius(to));
        let bare = a.split(' ').next().unwrap_or_default().to_owned();
        if b == "—" && a == "—" { a } else { format!("{bare} to {b}") }
    }
    /// The id, and the name where it says more.
    #[must_use]
    pub fn titles(&self, id: &Id) -> Vec<String> {
        let name = self.view.plan.get(id).map_or("", Element::name);
        if name.is_empty() || name == id.as_str() { vec![id.to_string()] } else { vec![format!("{id}  {name}"), id.to_string()] }
    }
    /// The color of a name.
    #[must_use]
    pub fn name_color(&self, id: &Id) -> Color32 {
        if self.view.selection.contains(id) { self.t.accent } else { self.t.text }
    }
    /// Writes lines into a rectangle, as many as fit.
    pub fn write(&self, rect: Rect, lines: &[Line], anchor: Align2) {
        if self.sees(rect) {
            write(&self.painter, rect, lines, anchor);
        }
    }
}

/// "3, of them 1 spare".
#[must_use]
pub fn units(all: u32, spare: u32) -> String {
    if spare > 0 { format!("{all}, of them {spare} spare") } else { all.to_string() }
}
