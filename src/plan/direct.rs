//! Which parts of a plan are on direct current: blocks with rectifiers, and the rows they feed.

use super::{Block, Catalog, Element, Id, Plan, Row};
use crate::plan::catalog::UpsModel;
use crate::units::Voltage;

impl Block {
    /// The model of its UPS modules or rectifiers, where it has any.
    #[must_use]
    pub fn converter<'c>(&self, catalog: &'c Catalog) -> Option<&'c UpsModel> {
        self.ups.as_deref().filter(|_| self.modules > 0).and_then(|u| catalog.ups(u))
    }
    /// Voltage between the poles of its output; `None` for a block with an AC output.
    #[must_use]
    pub fn dc_voltage(&self, catalog: &Catalog) -> Option<Voltage> {
        self.converter(catalog)?.dc.as_ref().map(|f| f.0)
    }
    /// Whether its modules take medium voltage themselves (solid-state transformers), so that it needs no transformer.
    #[must_use]
    pub fn takes_medium_voltage(&self, catalog: &Catalog) -> bool {
        self.converter(catalog).is_some_and(|m| m.input.is_some())
    }
}

impl Row {
    /// The feed that says what current the row is on: its A feed, or B where the plan (or a scenario of it) has no A.
    #[must_use]
    pub fn leading_feed(&self, plan: &Plan) -> Option<&Id> {
        std::iter::once(&self.a).chain(&self.b).find(|id| matches!(plan.get(id), Some(Element::Block(_) | Element::Bus(_))))
    }
    /// Voltage between the poles of that feed; `None` for an AC feed. That both feeds are of the same kind is checked elsewhere.
    #[must_use]
    pub fn dc_voltage(&self, plan: &Plan, catalog: &Catalog) -> Option<Voltage> {
        plan.dc_voltage(self.leading_feed(plan)?, catalog)
    }
}

impl Plan {
    /// Voltage between the poles of what a block (or bus) gives out; `None` where that is AC, or where there is no such element.
    #[must_use]
    pub fn dc_voltage(&self, source: &Id, catalog: &Catalog) -> Option<Voltage> {
        match self.get(source) {
            Some(Element::Block(b)) => b.dc_voltage(catalog),
            _ => None,
        }
    }
}
