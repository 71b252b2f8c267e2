//! Pumps against what they pump into: the curves of a coolant loop or a facility water system, and where it stands on them.

use super::parts;
use crate::plan::{Element, Id, Plan};
use crate::solve::{Cooling, Outcome, Pipes, PumpCurves, pump_curves};
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use crate::units::{Pressure, Quantity as _, System, Unit, VolumeFlow, grouped, show};
use egui::{ComboBox, RichText, Ui};
use egui_plot::{Corner, HoverPosition, Legend, Line, LineStyle, MarkerShape, Plot, PlotPoints, Points};
use std::sync::Arc;

/// What the panel remembers.
#[derive(Default)]
pub struct State {
    /// The loop or system shown last.
    shown: Option<Id>,
    /// The curves of it, and the answer they were made from.
    known: Option<(Arc<Cooling>, Id, Option<PumpCurves>)>,
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved else {
        parts::empty(ui, "Not solved yet", "Pump and system curves appear as soon as the plan is solved.");
        return;
    };
    let outcome = &solved.outcome;
    let meant = view.selection.single().and_then(|id| network_of(view.plan, id)).filter(|id| pipes(outcome, id).is_some());
    let last = state.shown.clone().filter(|id| pipes(outcome, id).is_some());
    let first = || outcome.cooling.loops.keys().chain(outcome.cooling.fws.keys()).find(|id| pipes(outcome, id).is_some()).cloned();
    let Some(id) = meant.or(last).or_else(first) else {
        parts::empty(ui, "No pumps yet", "Put a CDU on a coolant loop, or pumps into facility water: what they give and what the pipes take is drawn here.");
        return;
    };
    state.shown = Some(id.clone());
    choice(ui, view, outcome, &id, actions);
    let fresh = !matches!(&state.known, Some((cooling, of, _)) if Arc::ptr_eq(cooling, &outcome.cooling) && *of == id);
    if fresh {
        let curves = pipes(outcome, &id).and_then(pump_curves);
        state.known = Some((outcome.cooling.clone(), id.clone(), curves));
    }
    match state.known.as_ref().and_then(|k| k.2.as_ref()) {
        Some(curves) => {
            figures(ui, view, outcome, &id, curves);
            plot(ui, curves, view.system);
        }
        None => parts::empty(ui, "No pump turns here", "Its pumps are out of service, or nothing on it wants coolant."),
    }
}

/// The network that an element belongs to: its loop, or its facility water.
fn network_of(plan: &Plan, id: &Id) -> Option<Id> {
    Some(match plan.get(id)? {
        Element::Tcs(_) | Element::Fws(_) => id.clone(),
        Element::Cdu(c) => c.tcs.clone(),
        Element::Row(r) => r.tcs.clone()?,
        Element::AirHandler(a) => a.fws.clone(),
        Element::Cooler(c) => c.fws.clone(),
        _ => return None,
    })
}

fn pipes<'a>(outcome: &'a Outcome, id: &Id) -> Option<&'a Pipes> {
    let cooling = &outcome.cooling;
    let pipes = cooling.loops.get(id).map(|l| &l.pipes).or_else(|| cooling.fws.get(id).map(|f| &f.pipes))?;
    (!pipes.piping.links.is_empty()).then_some(pipes)
}

/// What is shown, to choose; choosing selects it.
fn choice(ui: &mut Ui, view: &View<'_>, outcome: &Outcome, id: &Id, actions: &mut Vec<Action>) {
    let title = |id: &Id| {
        let name = view.plan.get(id).map_or("", Element::name);
        if name.is_empty() || name == id.as_str() { id.to_string() } else { format!("{id}  {name}") }
    };
    ui.horizontal(|ui| {
        ui.label("Pumps of");
        let mut chosen = None;
        let combo = ComboBox::from_id_salt("hydraulics of").selected_text(title(id)).width(220.0).show_ui(ui, |ui| {
            for other in outcome.cooling.fws.keys().chain(outcome.cooling.loops.keys()).filter(|id| pipes(outcome, id).is_some()) {
                if ui.selectable_label(other == id, title(other)).clicked() {
                    chosen = Some(other.clone());
                }
            }
        });
        combo.response.on_hover_text("A coolant loop or a facility water system; the selection is followed");
        actions.extend(chosen.map(|id| Action::Select(Selection::one(id))));
    });
}

/// The operating point and the room left, in words.
fn figures(ui: &mut Ui, view: &View<'_>, outcome: &Outcome, id: &Id, curves: &PumpCurves) {
    let u = view.system;
    let (flow, head) = curves.operating;
    let speed = outcome.cooling.loops.get(id).map(|l| l.pump_speed).or_else(|| outcome.cooling.fws.get(id).map(|f| f.pump_speed)).unwrap_or(f64::NAN);
    let most = flow_at(&curves.pumps_full, head);
    let room = most.map_or_else(String::new, |q| format!("; at full speed the pumps in use would give {} at that pressure", show(q, u)));
    let text = format!("{} at {}, pumps at {} of full speed{room}", show(flow, u), show(head, u), parts::percent(speed));
    ui.label(RichText::new(text).color(theme::of(ui).text));
}

/// Flow of a falling curve at a pressure.
fn flow_at(curve: &[(VolumeFlow, Pressure)], head: Pressure) -> Option<VolumeFlow> {
    curve.windows(2).find_map(|pair| {
        let (above, below) = (pair[0], pair[1]);
        let share = (above.1 >= head && below.1 < head).then(|| (above.1 - head).pascals() / (above.1 - below.1).pascals())?;
        Some(above.0 + (below.0 - above.0) * share)
    })
}

/// The curve in strokes: up to where the flow is held, and from there straight up. In one stroke the corner between them would be drawn as a wedge.
fn strokes(list: &[[f64; 2]]) -> Vec<Vec<[f64; 2]>> {
    let most = list.iter().map(|p| p[0]).fold(0.0, f64::max);
    let held = |p: &[f64; 2]| most - p[0] <= HELD * most;
    let below: Vec<[f64; 2]> = list.iter().copied().filter(|p| !held(p)).collect();
    let (low, high) = list.iter().filter(|p| held(p)).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p[1]), h.max(p[1])));
    let upright = high > low;
    let rising = below.iter().copied().chain(low.is_finite().then_some([most, low])).collect();
    let mut strokes = vec![rising];
    strokes.extend(upright.then(|| vec![[most, low], [most, high]]));
    strokes
}

/// Flows this near to the largest are the same, held one, as a share of it.
const HELD: f64 = 2e-3;

/// The unit of an axis.
fn unit<Q: crate::units::Quantity>(si: &str, us: &str, system: System) -> Option<&'static Unit> {
    let symbol = if system == System::Us { us } else { si };
    Q::UNITS.iter().find(|u| u.symbol == symbol)
}

fn plot(ui: &mut Ui, curves: &PumpCurves, system: System) {
    let t = theme::of(ui);
    let (Some(flow), Some(head)) = (unit::<VolumeFlow>("L/min", "gpm", system), unit::<Pressure>("kPa", "psi", system)) else { return };
    let point = |(q, p): &(VolumeFlow, Pressure)| [flow.from_si(q.si()), head.from_si(p.si())];
    let line = |list: &[(VolumeFlow, Pressure)]| -> Vec<[f64; 2]> { list.iter().map(point).collect() };
    let at = point(&curves.operating);
    let spare = curves.pumps_all.first().zip(curves.pumps_full.first()).is_some() && differ(&curves.pumps_all, &curves.pumps_full);
    let (x_unit, y_unit) = (flow.symbol, head.symbol);
    // The system's curve goes on far above what the pumps can: the plot ends a little above them.
    let top = curves.pumps_all.iter().chain(&curves.pumps_full).map(|p| point(p)[1]).fold(at[1], f64::max);
    let taken: Vec<[f64; 2]> = line(&curves.system).into_iter().filter(|p| p[1] <= top * 1.05).collect();
    Plot::new("pump curves")
        .height(ui.available_height().clamp(120.0, 420.0))
        .legend(Legend::default().position(Corner::RightTop).follow_insertion_order(true).text_style(egui::TextStyle::Small))
        .x_axis_label(format!("flow, {x_unit}"))
        .y_axis_label(format!("pressure, {y_unit}"))
        .x_axis_formatter(|mark, _| grouped(mark.value))
        .y_axis_formatter(|mark, _| grouped(mark.value))
        .grid_spacing(egui::Rangef::new(22.0, 400.0))
        .include_x(0.0)
        .include_y(0.0)
        .include_y(top * 1.15)
        .allow_scroll(false)
        .cursor_color(t.text)
        .grid_color(t.stroke)
        .label_formatter(move |near| match near {
            HoverPosition::NearDataPoint { plot_name, position, .. } => {
                Some(format!("{plot_name}\n{} {x_unit}\n{} {y_unit}", grouped(position.x), grouped(position.y)))
            }
            HoverPosition::Elsewhere { .. } => None,
        })
        .show(ui, |plot| {
            for stroke in strokes(&taken) {
                plot.line(Line::new("System", PlotPoints::from(stroke)).color(t.liquid_return).width(2.0));
            }
            plot.line(Line::new("Pumps now", PlotPoints::from(line(&curves.pumps_now))).color(t.liquid_supply).width(2.0));
            let full = Line::new("Pumps at full speed", PlotPoints::from(line(&curves.pumps_full))).color(t.liquid_supply);
            plot.line(full.style(LineStyle::dashed_loose()).width(1.5));
            if spare {
                let all = Line::new("With spare pumps", PlotPoints::from(line(&curves.pumps_all))).color(t.weak_text);
                plot.line(all.style(LineStyle::dotted_loose()).width(1.5));
            }
            let here = Points::new("Operating point", PlotPoints::from(vec![at]));
            plot.points(here.color(t.accent).radius(6.0).shape(MarkerShape::Circle).filled(true));
        });
}

/// Whether two curves are not the same.
fn differ(a: &[(VolumeFlow, Pressure)], b: &[(VolumeFlow, Pressure)]) -> bool {
    a.len() != b.len() || a.iter().zip(b).any(|(a, b)| (a.0.si() - b.0.si()).abs() > 1e-9 * a.0.si().abs().max(1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::file;
    use crate::session::Session;

    fn curve(points: &[(f64, f64)]) -> Vec<(VolumeFlow, Pressure)> {
        points.iter().map(|(q, p)| (VolumeFlow::from_cubic_meters_per_second(*q), Pressure::from_pascals(*p))).collect()
    }

    /// Pressure of a falling curve at a flow, Pa.
    fn along(curve: &[(VolumeFlow, Pressure)], q: f64) -> Option<f64> {
        let at = |i: usize| curve.get(i).map(|(q, p)| (q.cubic_meters_per_second(), p.pascals()));
        let after = (0..curve.len()).find(|i| at(*i).is_some_and(|p| p.0 >= q));
        match after {
            Some(0) => at(0).map(|p| p.1),
            Some(i) => {
                let ((q0, p0), (q1, p1)) = (at(i - 1)?, at(i)?);
                Some(if q1 > q0 { p0 + (p1 - p0) * (q - q0) / (q1 - q0) } else { p1 })
            }
            // Beyond its end the pumps give nothing.
            None => (!curve.is_empty()).then_some(0.0),
        }
    }

    #[test]
    fn a_falling_curve_is_read_at_a_pressure() {
        // 100 − 10 q = 80 at q = 2.
        let pumps = curve(&[(0.0, 100.0), (10.0, 0.0)]);
        assert!((flow_at(&pumps, Pressure::from_pascals(80.0)).unwrap().cubic_meters_per_second() - 2.0).abs() < 1e-9);
        assert_eq!(flow_at(&pumps, Pressure::from_pascals(120.0)), None, "more than they can give");
    }

    #[test]
    fn a_held_flow_stands_upright_in_a_stroke_of_its_own() {
        let list = [[0.0, 0.0], [5.0, 4.0], [9.0, 9.0], [9.000_01, 10.0], [8.999_99, 20.0], [9.0, 30.0]];
        assert_eq!(strokes(&list), [vec![[0.0, 0.0], [5.0, 4.0], [9.000_01, 9.0]], vec![[9.000_01, 9.0], [9.000_01, 30.0]]]);
        let free = [[0.0, 0.0], [5.0, 4.0], [9.0, 9.0]];
        assert_eq!(strokes(&free), [free.to_vec()]);
    }

    #[test]
    fn the_operating_point_is_on_both_curves() {
        let plan = file::read(include_str!("../../../layouts/row.ron")).unwrap().plan;
        let session = Session::inline(plan).unwrap();
        let outcome = &session.solved().unwrap().outcome;
        for id in ["L1", "FWS1", "CHW1"] {
            let curves = pump_curves(pipes(outcome, &Id::from(id)).unwrap()).unwrap();
            let (flow, head) = curves.operating;
            let given = along(&curves.pumps_now, flow.cubic_meters_per_second()).unwrap();
            assert!((given / head.pascals() - 1.0).abs() < 0.02, "{id}: the pumps give {given} Pa at {flow:?}, and {head:?} is there");
            let most = curves.system.iter().filter(|p| p.1 <= head * 1.3).map(|p| p.0).fold(VolumeFlow::ZERO, VolumeFlow::max);
            assert!(most >= flow * 0.98, "{id}: the system takes {most:?} of {flow:?}");
        }
    }
}
