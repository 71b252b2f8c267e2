//! How much ground an element covers.

use super::{Catalog, Element, Point};

/// A rectangle along the axes, meters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// South-west corner.
    pub min: Point,
    /// North-east corner.
    pub max: Point,
}

impl Rect {
    /// From a corner and an extent.
    #[must_use]
    pub fn new(at: Point, width: f64, depth: f64) -> Self {
        Self { min: at, max: Point(at.0 + width, at.1 + depth) }
    }
    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self { min: Point(self.min.0.min(other.min.0), self.min.1.min(other.min.1)), max: Point(self.max.0.max(other.max.0), self.max.1.max(other.max.1)) }
    }
    /// Whether a point lies in it.
    #[must_use]
    pub fn contains(&self, p: Point) -> bool {
        (self.min.0..=self.max.0).contains(&p.0) && (self.min.1..=self.max.1).contains(&p.1)
    }
    /// Whether two rectangles share ground.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        const TOUCH: f64 = 1e-6;
        self.min.0 < other.max.0 - TOUCH && other.min.0 < self.max.0 - TOUCH && self.min.1 < other.max.1 - TOUCH && other.min.1 < self.max.1 - TOUCH
    }
    /// The middle.
    #[must_use]
    pub fn center(&self) -> Point {
        Point((self.min.0 + self.max.0) / 2.0, (self.min.1 + self.max.1) / 2.0)
    }
    /// East–west extent.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.max.0 - self.min.0
    }
    /// South–north extent.
    #[must_use]
    pub fn depth(&self) -> f64 {
        self.max.1 - self.min.1
    }
}

/// Free ground between two units of an array, m.
pub const ARRAY_GAP: f64 = 2.0;

/// Units of an array: how many beside each other, and the size of one, m.
#[must_use]
pub fn array_of(element: &Element, catalog: &Catalog) -> Option<(u32, u32, f64, f64)> {
    let size = |s: &super::catalog::Figure<super::catalog::Size>| (s.0.0, s.0.1);
    match element {
        Element::Cooler(e) => {
            let s = catalog
                .dry_coolers(&e.model)
                .map(|m| size(&m.size))
                .or_else(|| catalog.towers(&e.model).map(|m| size(&m.size)))
                .or_else(|| catalog.chillers(&e.model).map(|m| size(&m.size)))
                .unwrap_or((3.0, 3.0));
            Some((e.units, e.columns.max(1), s.0, s.1))
        }
        Element::Generator(e) => {
            let s = catalog.generators(&e.model).map_or((6.0, 3.0), |m| size(&m.size));
            Some((e.units, e.columns.max(1), s.0, s.1))
        }
        Element::Battery(e) => {
            let s = catalog.batteries(&e.model).map_or((6.0, 3.0), |m| size(&m.size));
            Some((e.units, e.columns.max(1), s.0, s.1))
        }
        _ => None,
    }
}

/// The ground an element covers; `None` for elements without a place.
#[must_use]
pub fn footprint(element: &Element, catalog: &Catalog) -> Option<Rect> {
    let at = element.at()?;
    let turn = |turned: bool, w: f64, d: f64| if turned { Rect::new(at, d, w) } else { Rect::new(at, w, d) };
    Some(match element {
        Element::Hall(h) => Rect::new(at, h.size.0, h.size.1),
        Element::Row(r) => {
            let size = catalog.racks(&r.rack).map_or((0.6, 1.2), |m| (m.size.0.0, m.size.0.1));
            let pitch = r.pitch.map_or(size.0, crate::units::Length::meters);
            turn(r.turned, pitch * f64::from(r.count), size.1)
        }
        Element::Cdu(c) => {
            let size = catalog.cdus(&c.model).map_or((0.9, 1.2), |m| (m.size.0.0, m.size.0.1));
            turn(c.turned, size.0 * f64::from(c.units.max(1)), size.1)
        }
        Element::AirHandler(a) => {
            let size = catalog.air_handlers(&a.model).map_or((2.5, 1.2), |m| (m.size.0.0, m.size.0.1));
            turn(a.turned, size.0 * f64::from(a.units.max(1)), size.1)
        }
        Element::Block(b) => {
            // An unknown transformer still takes room; none at all takes none.
            let width = |t: u32| catalog.transformers(&b.transformer).map_or(3.0, |m| m.size.0.0) * f64::from(t);
            let one = if b.transformers == 0 && b.transformer.is_empty() { 0.0 } else { width(b.transformers.max(1)) };
            let ups = b.ups.as_deref().and_then(|u| catalog.ups(u)).map_or(0.0, |m| m.size.0.0) * f64::from(b.modules);
            let sets = b.genset.as_deref().and_then(|g| catalog.gensets(g)).map_or(0.0, |m| m.size.0.1 + 1.0) * f64::from(b.gensets);
            turn(b.turned, (one + ups + sets).max(3.0), 4.0)
        }
        Element::Transformer(t) => {
            let size = catalog.transformers(&t.model).map_or((6.0, 5.0), |m| (m.size.0.0, m.size.0.1));
            let n = f64::from(t.units.max(1));
            Rect::new(at, size.0 * n + ARRAY_GAP * (n - 1.0), size.1)
        }
        Element::Bus(_) => Rect::new(at, 8.0, 2.0),
        Element::Grid(_) => Rect::new(at, 12.0, 8.0),
        Element::Fws(_) => Rect::new(at, 10.0, 6.0),
        Element::Cooler(_) | Element::Generator(_) | Element::Battery(_) => {
            let (units, columns, w, d) = array_of(element, catalog)?;
            let (columns, lines) = (columns.min(units.max(1)), units.max(1).div_ceil(columns));
            let extent = |n: u32, s: f64| f64::from(n) * s + f64::from(n.saturating_sub(1)) * ARRAY_GAP;
            Rect::new(at, extent(columns, w), extent(lines, d))
        }
        _ => return None,
    })
}
