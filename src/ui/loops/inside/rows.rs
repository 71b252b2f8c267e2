//! The rows of a loop: headers, risers, valves and every rack.

use super::{BACK, Inside, RISER, ROWS, TOP};
use crate::plan::{Element, Return, Row};
use crate::ui::loops::parts::What;
use crate::ui::loops::rack::{Racks, Trouble};
use crate::ui::loops::symbols;
use crate::ui::loops::touch::Touch;
use crate::ui::one_line::brush::Line;
use crate::ui::one_line::paint::named;
use crate::ui::theme;
use crate::units::{Pressure, Temperature, VolumeFlow, show};
use egui::{Align2, Color32, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

impl Inside<'_, '_> {
    /// The rows and the risers that feed them.
    pub(super) fn rows(&self, touch: &mut Touch<'_>) {
        let b = self.brush;
        let rows: Vec<&Row> = b
            .diagram
            .chain
            .rows
            .get(self.tcs)
            .into_iter()
            .flatten()
            .filter_map(|id| if let Some(Element::Row(r)) = b.view.plan.get(id) { Some(r) } else { None })
            .collect();
        let n = rows.len();
        if n == 0 {
            let text = Rect::from_min_max(self.at(ROWS.0, TOP), self.at(ROWS.1, 0.95));
            b.write(text, &[Line::small(b.t.weak_text, ["No row on this loop".to_owned(), "no row".to_owned()])], Align2::CENTER_CENTER);
            return;
        }
        let strip = |i: usize| {
            let y = |k: usize| TOP + (0.97 - TOP) * k as f32 / n as f32;
            Rect::from_min_max(self.at(ROWS.0, y(i)), self.at(ROWS.1, y(i + 1)))
        };
        let reverse = matches!(b.view.plan.get(self.tcs), Some(Element::Tcs(t)) if t.arrangement == Return::Reverse);
        // The risers reach from the CDUs to the farthest row.
        let (first, last) = (Header::of(strip(0), reverse), Header::of(strip(n - 1), reverse));
        let machines = (self.at(0.0, TOP + (0.97 - TOP) * 0.42).y, self.at(0.0, 0.97).y.min(self.at(0.0, TOP + (0.97 - TOP) * 0.8).y));
        let (xs, xr) = (self.at(RISER, 0.0).x, self.at(BACK, 0.0).x);
        b.pipe(&[pos2(xr, first.outlet.min(machines.1)), pos2(xr, last.outlet.max(machines.1))], self.red, self.most, self.flows);
        b.pipe(&[pos2(xs, first.supply.min(machines.0)), pos2(xs, last.supply.max(machines.0))], self.blue, self.most, self.flows);
        let mut mesh = Mesh::default();
        for (i, row) in rows.iter().enumerate() {
            let rect = strip(i);
            if b.sees(rect) {
                self.row(row, rect, reverse, &mut mesh, touch);
            }
        }
        b.painter.add(Shape::mesh(mesh));
        for (i, row) in rows.iter().enumerate().filter(|(i, _)| b.sees(strip(*i))) {
            self.racks(row, strip(i), reverse, touch);
        }
    }

    /// Flow of the racks of a row, m³/s.
    fn rack_flow(&self, row: &Row, slot: u32) -> f64 {
        let q = self.state.and_then(|s| s.rows.get(&row.id)).and_then(|r| r.flow.get(slot as usize - 1)).copied();
        q.filter(|q| q.is_finite()).unwrap_or(0.0)
    }

    /// A row's headers.
    fn row(&self, row: &Row, rect: Rect, reverse: bool, mesh: &mut Mesh, touch: &mut Touch<'_>) {
        let b = self.brush;
        let header = Header::of(rect, reverse);
        let flows: Vec<f64> = (1..=row.count).map(|s| self.rack_flow(row, s)).collect();
        let (sum, all) = (flows.iter().sum::<f64>(), self.state.map_or(f64::NAN, |s| s.flow.cubic_meters_per_second()));
        let runs = self.flows && sum > 0.0;
        let width = |q: f64| b.thickness(q / all, self.most);
        let (xs, xr) = (self.at(RISER, 0.0).x, self.at(BACK, 0.0).x);
        let (_, end) = header.slot_span(row, row.count);
        let (begin, _) = header.slot_span(row, 1);
        // The supply thins out from rack to rack; the return grows the other way, or along it.
        let mut rest = sum;
        let mut x = xs;
        for (slot, q) in (1..=row.count).zip(&flows) {
            let (left, right) = header.slot_span(row, slot);
            let next = (left + right) / 2.0;
            b.pipe(&[pos2(x, header.supply), pos2(next, header.supply)], self.blue, width(rest), runs && rest > sum * 1e-9);
            x = next;
            rest -= q;
        }
        if reverse {
            b.pipe(
                &[pos2(begin, header.back), pos2(end + 3.0, header.back), pos2(end + 3.0, header.outlet), pos2(xr, header.outlet)],
                self.red,
                width(sum),
                runs,
            );
        } else {
            let mut gathered = sum;
            let mut x = xr;
            for (slot, q) in (1..=row.count).zip(&flows) {
                let (left, right) = header.slot_span(row, slot);
                let next = (left + right) / 2.0;
                b.pipe(&[pos2(x, header.back), pos2(next, header.back)], self.red, width(gathered), runs && gathered > sum * 1e-9);
                x = next;
                gathered -= q;
            }
        }
        let selected = b.view.selection.contains(&row.id);
        if selected {
            b.painter.rect_stroke(rect.shrink(1.0), 2.0, Stroke::new(1.5, b.t.accent), StrokeKind::Inside);
        }
        let name = Rect::from_min_max(pos2(rect.left() + 14.0, rect.top()), pos2(rect.right() - 4.0, header.supply - self.most * 0.5));
        let racks = Racks::of(b.view, row);
        let temperatures: Vec<f64> = (1..=row.count).filter_map(|s| racks.coolant(s)).map(|c| c.back).filter(|t| t.is_finite()).collect();
        let warmest = temperatures.iter().copied().fold(f64::NAN, f64::max);
        let flow = b.flow(VolumeFlow::from_cubic_meters_per_second(sum));
        let back = if warmest.is_finite() { format!(", warmest return {}", b.celsius(Temperature::from_kelvin(warmest))) } else { String::new() };
        let lines = [Line::small(b.name_color(&row.id), [format!("{}  {flow}{back}", row.id), format!("{}  {flow}", row.id), row.id.to_string()])];
        b.write(name, &lines, Align2::LEFT_CENTER);
        let home = self.cell.rect.expand(3.0);
        touch.thing(rect, &What::Row(row.id.clone()), home, 0, || named(&format!("Row {}", row.id), &flow, back.trim_start_matches(", ")));
        self.row_valve(row, pos2(rect.left() + 4.0, header.supply), touch);
        mesh_racks(self, &racks, row, header, mesh);
    }

    fn row_valve(&self, row: &Row, at: Pos2, touch: &mut Touch<'_>) {
        let b = self.brush;
        let r = (2.8 * self.scale).clamp(2.0, 6.0);
        let closed = b.is_out(&format!("{}/valve", row.id));
        let color = if closed { b.t.broken } else { b.machine() };
        symbols::valve(&b.painter, at, r, vec2(1.0, 0.0), closed, b.ink(color, b.t.background));
        let word = if closed { "closed" } else { "open" };
        touch.thing(Rect::from_center_size(at, vec2(2.6, 2.6) * r), &What::RowValve(row.id.clone()), self.cell.rect.expand(3.0), 0, || {
            named(&format!("Valve of row {}", row.id), word, "")
        });
    }

    /// Figures, marks and nodes of the racks of a row.
    fn racks(&self, row: &Row, rect: Rect, reverse: bool, touch: &mut Touch<'_>) {
        let b = self.brush;
        let header = Header::of(rect, reverse);
        let racks = Racks::of(b.view, row);
        for slot in (1..=row.count).filter(|s| row.model_at(*s).is_some()) {
            let (left, right) = header.slot_span(row, slot);
            let place = Rect::from_min_max(pos2(left, header.top), pos2(right, header.bottom));
            if place.width() < 4.0 || !b.sees(place) {
                continue;
            }
            let (now, trouble) = (racks.coolant(slot), racks.trouble(slot));
            let selected = b.view.selection.contains(&row.id) && b.view.selection.slot == Some(slot);
            if selected {
                b.painter.rect_stroke(place, 0.0, Stroke::new(2.0, b.t.accent), StrokeKind::Outside);
            }
            let (flow, back) = now.map_or((f64::NAN, f64::NAN), |c| (c.flow, c.back));
            let (flow, back) = (b.flow(VolumeFlow::from_cubic_meters_per_second(flow)), b.celsius(Temperature::from_kelvin(back)));
            if trouble == Some(Trouble::Parted) {
                b.crossed(place.center(), (place.width() * 0.3).clamp(2.5, 6.0));
            } else {
                let ink = theme::on(self.rack_fill(&racks, slot));
                let degrees = back.split(' ').next().map(|n| format!("{n}°")).filter(|_| back != "—").unwrap_or_default();
                let drop = now.map_or_else(String::new, |c| show(Pressure::from_pascals(c.drop), b.view.system));
                let lines = [
                    Line::small(ink, [slot.to_string()]),
                    Line::small(ink, [back.clone(), degrees]),
                    Line::small(ink, [flow.clone()]),
                    Line::small(ink, [drop]),
                ];
                let lines = if place.height() < 30.0 { &lines[1..] } else { &lines[..] };
                b.write(place.shrink(1.0), lines, Align2::CENTER_CENTER);
            }
            if place.width() >= 6.0 {
                let says = trouble.map_or_else(|| format!("returns at {back}"), |t| t.label().to_owned());
                touch.thing(place, &What::Rack(row.id.clone(), slot), self.cell.rect.expand(3.0), 0, || {
                    named(&format!("Rack {slot} of {}", row.id), &flow, &says)
                });
            }
        }
    }

    /// The color of a rack.
    fn rack_fill(&self, racks: &Racks<'_>, slot: u32) -> Color32 {
        let b = self.brush;
        let Some(now) = racks.coolant(slot) else { return b.t.empty_slot };
        match racks.trouble(slot) {
            Some(Trouble::Parted) => b.t.dead.lerp_to_gamma(b.t.background, 0.5),
            Some(Trouble::LowFlow | Trouble::WarmReturn | Trouble::WarmSupply) if !b.warmth => b.t.near,
            Some(Trouble::NoCoolant | Trouble::NoSteadyState) => b.t.broken,
            _ if b.warmth && now.back.is_finite() => theme::sequential(b.share(now.back)),
            _ => b.t.rack,
        }
    }
}

/// The racks of a row and the short pipes to its headers, as one mesh.
fn mesh_racks(inside: &Inside<'_, '_>, racks: &Racks<'_>, row: &Row, header: Header, mesh: &mut Mesh) {
    let b = inside.brush;
    for slot in 1..=row.count {
        let (left, right) = header.slot_span(row, slot);
        let place = Rect::from_min_max(pos2(left, header.top), pos2(right, header.bottom));
        if row.model_at(slot).is_none() {
            mesh.add_colored_rect(place, b.t.empty_slot);
            continue;
        }
        let q = inside.rack_flow(row, slot);
        let x = place.center().x;
        let thin = (0.35 * inside.scale).clamp(0.6, 1.6);
        if q > 0.0 && place.width() >= 4.0 {
            mesh.add_colored_rect(Rect::from_min_max(pos2(x - thin, header.supply), pos2(x + thin, header.top)), inside.blue);
            mesh.add_colored_rect(Rect::from_min_max(pos2(x - thin, header.bottom), pos2(x + thin, header.back)), inside.red);
        }
        let fill = inside.rack_fill(racks, slot);
        mesh.add_colored_rect(place, fill);
        if racks.trouble(slot).is_some_and(Trouble::is_without) {
            crate::ui::canvas::hatch(mesh, place, theme::on(fill));
        }
    }
}

/// Heights of what belongs to a row, from its strip.
#[derive(Clone, Copy)]
struct Header {
    rect: Rect,
    /// The supply header.
    supply: f32,
    /// Upper edge of the racks.
    top: f32,
    /// Lower edge of the racks.
    bottom: f32,
    /// The return header along the racks.
    back: f32,
    /// The return where it leaves the row.
    outlet: f32,
}

impl Header {
    fn of(rect: Rect, reverse: bool) -> Self {
        let y = |share: f32| rect.top() + rect.height() * share;
        // Names need a line of their own; what is left is for pipes and racks.
        let name = 14.0_f32.min(rect.height() * 0.31);
        let supply = rect.top() + name + rect.height() * 0.05;
        let (back, outlet) = if reverse { (y(0.8), y(0.92)) } else { (y(0.88), y(0.88)) };
        let gap = rect.height() * 0.07;
        Self { rect, supply, top: supply + gap, bottom: (back - gap).max(supply + gap), back, outlet }
    }
    /// Left and right edge of a slot.
    fn slot_span(&self, row: &Row, slot: u32) -> (f32, f32) {
        let (left, right) = (self.rect.left() + 0.05 * self.rect.width(), self.rect.right() - 0.025 * self.rect.width());
        let pitch = (right - left) / row.count.max(1) as f32;
        let gap = (pitch * 0.08).min(2.0);
        (left + pitch * (slot as f32 - 1.0) + gap, left + pitch * slot as f32 - gap)
    }
}
