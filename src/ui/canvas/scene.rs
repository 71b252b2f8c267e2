//! What stands on the ground, in drawing order, and what a place belongs to.

use crate::plan::{ARRAY_GAP, Catalog, Element, Id, Kind, Plan, Point, Rect, Row, array_of, footprint};
use crate::ui::view::Selection;

/// An element with a place.
pub struct Item<'a> {
    /// The element.
    pub element: &'a Element,
    /// Its ground.
    pub rect: Rect,
}

impl Item<'_> {
    /// Its key.
    #[must_use]
    pub fn id(&self) -> &Id {
        self.element.id()
    }
}

/// Everything on the ground, halls first.
pub struct Scene<'a> {
    /// The items in drawing order.
    pub items: Vec<Item<'a>>,
}

/// What is under the pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The element.
    pub id: Id,
    /// The rack, counted from 1, if it is one of a row.
    pub slot: Option<u32>,
}

impl Hit {
    /// The selection that a click on it makes.
    #[must_use]
    pub fn selection(&self) -> Selection {
        match self.slot {
            Some(slot) => Selection::rack(self.id.clone(), slot),
            None => Selection::one(self.id.clone()),
        }
    }
}

fn layer(kind: Kind) -> u8 {
    match kind {
        Kind::Hall => 0,
        Kind::Row => 1,
        _ => 2,
    }
}

impl<'a> Scene<'a> {
    /// The scene of a plan.
    #[must_use]
    pub fn new(plan: &'a Plan, catalog: &Catalog) -> Self {
        let mut items: Vec<Item<'a>> = plan.elements.values().filter_map(|element| footprint(element, catalog).map(|rect| Item { element, rect })).collect();
        beside_their_racks(&mut items);
        // A big thing never hides a small one.
        items.sort_by(|a, b| {
            let area = |i: &Item<'_>| i.rect.width() * i.rect.depth();
            layer(a.element.kind()).cmp(&layer(b.element.kind())).then(area(b).total_cmp(&area(a))).then(a.id().cmp(b.id()))
        });
        Self { items }
    }
    /// The ground that everything covers.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        self.items.iter().map(|i| i.rect).reduce(Rect::union)
    }
    /// The ground that these elements cover. A rack counts as its row, an element without a place as what it serves.
    #[must_use]
    pub fn bounds_of(&self, ids: impl IntoIterator<Item = &'a Id>) -> Option<Rect> {
        ids.into_iter().filter_map(|id| self.find(id)).map(|i| i.rect).reduce(Rect::union)
    }
    /// The item of an element.
    #[must_use]
    pub fn find(&self, id: &Id) -> Option<&Item<'a>> {
        self.items.iter().find(|i| i.id() == id)
    }
    /// The topmost thing at a place. Racks are told apart only where `racks` says that they can be seen apart.
    #[must_use]
    pub fn hit(&self, p: Point, reach: f64, racks: bool) -> Option<Hit> {
        // Thin things may be missed by a little; the exact hit still wins.
        self.hit_within(p, 0.0, racks).filter(|h| self.find(&h.id).is_some_and(|i| i.element.kind() != Kind::Hall)).or_else(|| self.hit_within(p, reach, racks))
    }
    fn hit_within(&self, p: Point, reach: f64, racks: bool) -> Option<Hit> {
        let near = |r: &Rect| p.0 >= r.min.0 - reach && p.0 <= r.max.0 + reach && p.1 >= r.min.1 - reach && p.1 <= r.max.1 + reach;
        let item = self.items.iter().rev().find(|i| if i.element.kind() == Kind::Hall { i.rect.contains(p) } else { near(&i.rect) })?;
        let slot = match item.element {
            Element::Row(row) if racks => slot_at(row, &item.rect, p),
            _ => None,
        };
        Some(Hit { id: item.id().clone(), slot })
    }
    /// The hall around a place.
    #[must_use]
    pub fn hall_at(&self, p: Point) -> Option<&Item<'a>> {
        self.items.iter().take_while(|i| i.element.kind() == Kind::Hall).filter(|i| i.rect.contains(p)).last()
    }
}

/// CDUs built into racks would hide them: they are shown as a strip along the edge of their row, where both can be seen and clicked.
fn beside_their_racks(items: &mut [Item<'_>]) {
    const STRIP: f64 = 0.28;
    let rows: Vec<(Rect, bool)> = items.iter().filter_map(|i| if let Element::Row(r) = i.element { Some((i.rect, r.turned)) } else { None }).collect();
    for item in items.iter_mut().filter(|i| i.element.kind() == Kind::Cdu) {
        let Some((row, turned)) = rows.iter().find(|(row, _)| row.contains(item.rect.center())) else { continue };
        if *turned {
            (item.rect.min.0, item.rect.max.0) = (row.max.0 - STRIP * row.width(), row.max.0);
        } else {
            (item.rect.min.1, item.rect.max.1) = (row.max.1 - STRIP * row.depth(), row.max.1);
        }
    }
}

/// The slot at a place of a row, from 1.
fn slot_at(row: &Row, rect: &Rect, p: Point) -> Option<u32> {
    let along = if row.turned { (p.1 - rect.min.1) / rect.depth() } else { (p.0 - rect.min.0) / rect.width() };
    (row.count > 0 && along.is_finite()).then(|| ((along * f64::from(row.count)).floor().clamp(0.0, f64::from(row.count - 1))) as u32 + 1)
}

/// The ground of a slot of a row, from 1.
#[must_use]
pub fn slot_rect(row: &Row, rect: &Rect, slot: u32) -> Rect {
    let (first, n) = (f64::from(slot.saturating_sub(1)), f64::from(row.count.max(1)));
    if row.turned {
        let step = rect.depth() / n;
        Rect::new(Point(rect.min.0, rect.min.1 + first * step), rect.width(), step)
    } else {
        let step = rect.width() / n;
        Rect::new(Point(rect.min.0 + first * step, rect.min.1), step, rect.depth())
    }
}

/// The single machines of an element with several.
#[must_use]
pub fn units(element: &Element, catalog: &Catalog, rect: &Rect) -> Vec<Rect> {
    if let Some((units, columns, w, d)) = array_of(element, catalog) {
        let at = |i: u32| {
            let (column, line) = (f64::from(i % columns), f64::from(i / columns));
            Rect::new(Point(rect.min.0 + column * (w + ARRAY_GAP), rect.min.1 + line * (d + ARRAY_GAP)), w, d)
        };
        return (0..units).map(at).collect();
    }
    let (n, gap, turned) = match element {
        Element::Cdu(e) => (e.units, 0.0, e.turned),
        Element::AirHandler(e) => (e.units, 0.0, e.turned),
        Element::Transformer(e) => (e.units, ARRAY_GAP, false),
        _ => (1, 0.0, false),
    };
    let n = n.max(1);
    let step = |extent: f64| (extent + gap) / f64::from(n);
    let at = |i: u32| {
        let i = f64::from(i);
        if turned {
            let s = step(rect.depth());
            Rect::new(Point(rect.min.0, rect.min.1 + i * s), rect.width(), s - gap)
        } else {
            let s = step(rect.width());
            Rect::new(Point(rect.min.0 + i * s, rect.min.1), s - gap, rect.depth())
        }
    };
    (0..n).map(at).collect()
}

/// What a screen reader and a test call an element.
#[must_use]
pub fn label(element: &Element) -> String {
    let what = match element.kind() {
        Kind::Hall => "Hall",
        Kind::Row => "Row",
        Kind::Cdu => "CDU",
        Kind::AirHandler => "Air handler",
        Kind::Block => "Block",
        Kind::Bus => "Bus",
        Kind::Transformer => "Transformer",
        Kind::Grid => "Grid",
        Kind::Generator => "Generator",
        Kind::Battery => "Battery",
        Kind::Cooler => "Cooler",
        Kind::Fws => "FWS",
        other => other.label(),
    };
    format!("{what} {}", element.id())
}

/// What a screen reader and a test call a rack.
#[must_use]
pub fn rack_label(row: &Id, slot: u32) -> String {
    format!("Rack {row} {slot}")
}
