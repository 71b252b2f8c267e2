//! The air over the floor of halls, as one picture a hall.

use super::draw::Brush;
use super::overlay::Field;
use crate::plan::Id;
use crate::solve::AirField;
use egui::{Color32, ColorImage, Id as Key, Rect, TextureHandle, TextureOptions, pos2};
use std::sync::Arc;

/// Pixels of a picture along its longer side at most.
const MOST_PIXELS: usize = 1024;

/// What a result of the air is at a place of a hall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Temperature, K.
    Temperature,
    /// Speed, m/s.
    Speed,
}

impl Quantity {
    /// Its values by cell.
    #[must_use]
    pub fn of(self, air: &AirField) -> &[f32] {
        match self {
            Self::Temperature => &air.temperature,
            Self::Speed => &air.speed,
        }
    }
}

/// A picture on the graphics card, and what it shows.
#[derive(Clone)]
struct Kept {
    air: Arc<AirField>,
    quantity: Quantity,
    span: (f64, f64),
    texture: TextureHandle,
}

/// The cell at a place, meters from the hall's corner.
fn cell(edges: &[f64], at: f64) -> usize {
    edges.partition_point(|e| *e <= at).saturating_sub(1).min(edges.len().saturating_sub(2))
}

/// The value at a place of a hall, meters from its corner; NaN where something stands.
#[must_use]
pub fn value_at(air: &AirField, quantity: Quantity, x: f64, y: f64) -> f64 {
    let columns = air.x.len().saturating_sub(1);
    quantity.of(air).get(cell(&air.y, y) * columns + cell(&air.x, x)).map_or(f64::NAN, |v| f64::from(*v))
}

/// Paints a hall's air into its ground on the screen. The picture is made anew only when it shows something else.
pub fn paint(brush: &Brush<'_>, hall: &Id, air: &Arc<AirField>, quantity: Quantity, field: &Field<'_>, ground: Rect) {
    let context = brush.painter.ctx();
    let key = Key::unique(("hall air", hall));
    let span = (field.low, field.high);
    let kept: Option<Kept> = context.data(|d| d.get_temp(key));
    let texture = match kept.filter(|k| Arc::ptr_eq(&k.air, air) && k.quantity == quantity && k.span == span) {
        Some(kept) => kept.texture,
        None => {
            let texture = context.load_texture(format!("air of {hall}"), picture(air, quantity, field), TextureOptions::LINEAR);
            context.data_mut(|d| d.insert_temp(key, Kept { air: air.clone(), quantity, span, texture: texture.clone() }));
            texture
        }
    };
    brush.painter.image(texture.id(), ground, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
}

/// North is up.
fn picture(air: &AirField, quantity: Quantity, field: &Field<'_>) -> ColorImage {
    let pixels = |edges: &[f64]| {
        let least = edges.windows(2).map(|e| e[1] - e[0]).fold(f64::INFINITY, f64::min);
        let length = edges.last().copied().unwrap_or(0.0);
        (length, ((length / least).ceil() as usize).clamp(1, MOST_PIXELS))
    };
    let ((width, nx), (depth, ny)) = (pixels(&air.x), pixels(&air.y));
    let middle = |k: usize, n: usize, length: f64| (k as f64 + 0.5) / n as f64 * length;
    let color = |line: usize, column: usize| {
        let value = value_at(air, quantity, middle(column, nx, width), middle(ny - 1 - line, ny, depth));
        field.color(value).unwrap_or(Color32::TRANSPARENT)
    };
    ColorImage::new([nx, ny], (0..ny).flat_map(|line| (0..nx).map(move |column| (line, column))).map(|(l, c)| color(l, c)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_the_value_of_its_cell() {
        let air = AirField { x: vec![0.0, 1.0, 3.0], y: vec![0.0, 0.5, 1.0], temperature: vec![1.0, 2.0, 3.0, f32::NAN], speed: vec![0.1; 4] };
        let at = |x, y| value_at(&air, Quantity::Temperature, x, y);
        assert_eq!((at(0.2, 0.2), at(2.9, 0.2), at(0.9, 0.9)), (1.0, 2.0, 3.0));
        assert!(at(2.0, 0.7).is_nan() && at(9.0, 9.0).is_nan());
        assert!((value_at(&air, Quantity::Speed, 0.0, 0.0) - 0.1).abs() < 1e-6);
    }
}
