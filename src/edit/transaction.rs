//! Carries a command out whole or not at all, recording before-values.

use super::{Command, CommandError, redundancy};
use crate::plan::{Change, Element, Id, Kind, Plan, Point, validate};
use std::collections::{BTreeMap, BTreeSet};

/// Most copies one command makes.
const MOST_COPIES: u32 = 1_000;

/// A plan being changed. Dropped without [`Transaction::finish`], it leaves nothing behind: the plan it began from is untouched.
pub(super) struct Transaction<'a> {
    pub(super) plan: Plan,
    before: BTreeMap<Id, Option<Element>>,
    retired: &'a BTreeSet<Id>,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(plan: &Plan, retired: &'a BTreeSet<Id>) -> Self {
        Self { plan: plan.clone(), before: BTreeMap::new(), retired }
    }

    /// The plan as changed, and the record of every element that differs.
    pub(super) fn finish(self) -> (Plan, Vec<Change>) {
        let changes = self
            .before
            .into_iter()
            .filter_map(|(id, before)| {
                let after = self.plan.get(&id).cloned();
                (before != after).then_some(Change { id, before, after })
            })
            .collect();
        (self.plan, changes)
    }

    pub(super) fn run(&mut self, command: &Command) -> Result<(), CommandError> {
        match command {
            Command::Add(element) => self.add(element.clone()).map(|_| ()),
            Command::Remove { ids } => ids.iter().try_for_each(|id| self.remove(id)),
            Command::Move { ids, by } => self.shift(ids, *by),
            Command::Set { id, field, value } => self.set(id, field, value),
            Command::Replace(element) => {
                let kind = self.existing(element.id())?.kind();
                if kind != element.kind() {
                    let message = format!("it is a {}, and a {} can't take its place", kind.label(), element.kind().label());
                    return Err(CommandError::Invalid { id: element.id().clone(), message });
                }
                self.put(element.clone())
            }
            Command::Duplicate { ids, by, times } => self.duplicate(ids, *by, *times),
            Command::AtSite { library } => {
                let moved = self.plan.at_site(library);
                let Some(site) = moved.site() else { return Err(CommandError::Essential(Kind::Site.label())) };
                self.put(site.clone().into())
            }
            Command::Redundancy { ids, scheme, blocks, reserve } => redundancy::rewire(self, ids, *scheme, blocks, reserve.as_ref()),
            Command::Batch { commands, .. } => commands.iter().try_for_each(|c| self.run(c)),
        }
    }

    fn existing(&self, id: &Id) -> Result<&Element, CommandError> {
        self.plan.get(id).ok_or_else(|| CommandError::NoSuchElement(id.clone()))
    }

    fn remember(&mut self, id: &Id) {
        if !self.before.contains_key(id) {
            self.before.insert(id.clone(), self.plan.get(id).cloned());
        }
    }

    pub(super) fn put(&mut self, element: Element) -> Result<(), CommandError> {
        let id = element.id().clone();
        validate(&element).map_err(|message| CommandError::Invalid { id: id.clone(), message })?;
        self.remember(&id);
        self.plan.elements.insert(id, element);
        Ok(())
    }

    fn add(&mut self, mut element: Element) -> Result<Id, CommandError> {
        if element.kind().is_single() {
            // The contract may be missing; the rest every plan has.
            if self.plan.elements.values().any(|e| e.kind() == element.kind()) {
                return Err(CommandError::Essential(element.kind().label()));
            }
            if element.id().is_empty() {
                element.set_id(Id::from(element.kind().prefix()));
            }
        } else if element.id().is_empty() {
            element.set_id(self.fresh(element.kind().prefix(), 1));
        } else if self.taken(element.id()) {
            return Err(CommandError::IdTaken(element.id().clone()));
        }
        let id = element.id().clone();
        self.put(element)?;
        Ok(id)
    }

    fn taken(&self, id: &Id) -> bool {
        self.plan.elements.contains_key(id) || self.retired.contains(id) || self.before.contains_key(id)
    }

    fn fresh(&self, prefix: &str, first: u64) -> Id {
        let mut n = first;
        loop {
            let id = Id::new(format!("{prefix}{n}"));
            if !self.taken(&id) {
                return id;
            }
            n += 1;
        }
    }

    /// The next free id after this one: `H1-R16` gives `H1-R17`, with the same number of digits where it had leading zeros.
    fn next_id(&self, id: &Id) -> Id {
        let text = id.as_str();
        let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &text[stem.len()..];
        // A number too long to count on is part of the name.
        let (stem, digits, mut n) = match digits.parse::<u64>() {
            Ok(n) if digits.len() <= 18 => (stem, digits, n),
            _ => (text, "", 1),
        };
        loop {
            n += 1;
            let next = if digits.is_empty() { Id::new(format!("{stem}-{n}")) } else { Id::new(format!("{stem}{n:0width$}", width = digits.len())) };
            if !self.taken(&next) {
                return next;
            }
        }
    }

    fn remove(&mut self, id: &Id) -> Result<(), CommandError> {
        // An element already taken along by an earlier one of the same command is gone, and that is what was asked.
        let Some(element) = self.plan.get(id) else {
            return if self.before.contains_key(id) { Ok(()) } else { Err(CommandError::NoSuchElement(id.clone())) };
        };
        if element.kind().is_single() && element.kind() != Kind::Contract {
            return Err(CommandError::Essential(element.kind().label()));
        }
        let inside = self.contents(id);
        for gone in inside.iter().chain([id]) {
            self.remember(gone);
            self.plan.elements.remove(gone);
            self.forget_references(gone);
        }
        Ok(())
    }

    /// What goes with an element: rows, loops, air handlers and CDUs of a hall; CDUs of a loop.
    fn contents(&self, id: &Id) -> Vec<Id> {
        let mut inside: Vec<Id> = self.plan.elements.values().filter(|e| e.hall() == Some(id)).map(|e| e.id().clone()).collect();
        let cdus = self.plan.cdus().filter(|c| &c.tcs == id || inside.contains(&c.tcs)).map(|c| c.id.clone()).collect::<Vec<_>>();
        inside.extend(cdus);
        inside
    }

    /// Clears optional references to an element that is gone. A required one stays, and becomes a finding.
    fn forget_references(&mut self, gone: &Id) {
        let touched: Vec<Id> = self.plan.elements.values().filter(|e| e.references().iter().any(|(_, id, _)| *id == gone)).map(|e| e.id().clone()).collect();
        for id in touched {
            self.remember(&id);
            let Some(element) = self.plan.elements.get_mut(&id) else { continue };
            let clear = |field: &mut Option<Id>| {
                if field.as_ref() == Some(gone) {
                    *field = None;
                }
            };
            match element {
                Element::Row(e) => {
                    clear(&mut e.b);
                    clear(&mut e.tcs);
                }
                Element::Hall(e) => clear(&mut e.a),
                Element::Cdu(e) => [&mut e.a, &mut e.b].into_iter().for_each(clear),
                Element::AirHandler(e) => [&mut e.a, &mut e.b].into_iter().for_each(clear),
                Element::Fws(e) => [&mut e.a, &mut e.b].into_iter().for_each(clear),
                Element::Cooler(e) => [&mut e.a, &mut e.b].into_iter().for_each(clear),
                Element::Scenario(e) => e.out.retain(|id| id != gone),
                _ => {}
            }
        }
    }

    fn shift(&mut self, ids: &[Id], by: Point) -> Result<(), CommandError> {
        if !(by.0.is_finite() && by.1.is_finite()) {
            return Err(CommandError::Amount("a move needs a finite distance".to_owned()));
        }
        let mut all: BTreeSet<Id> = ids.iter().cloned().collect();
        for id in ids {
            if matches!(self.existing(id)?, Element::Hall(_)) {
                all.extend(self.contents(id));
            }
        }
        for id in all {
            let mut element = self.existing(&id)?.clone();
            if let Some(at) = element.at_mut() {
                *at = at.moved(by);
                self.put(element)?;
            }
        }
        Ok(())
    }

    fn set(&mut self, id: &Id, field: &str, value: &str) -> Result<(), CommandError> {
        let element = self.existing(id)?.clone();
        let bad = |message: String| CommandError::BadValue { id: id.clone(), field: field.to_owned(), message };
        if field == "id" {
            return Err(bad("an id never changes; copy the element and delete the old one".to_owned()));
        }
        let fields = element.fields().map_err(|e| bad(e.to_string()))?;
        if !element.has_field(field) {
            let known = fields.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(CommandError::NoSuchField { id: id.clone(), kind: element.kind().label(), field: field.to_owned(), known });
        }
        let text = value.trim();
        if text.is_empty() {
            let mut cleared = fields;
            cleared.remove(field);
            let element = element.with_fields(cleared).map_err(|_| bad("it may not be empty".to_owned()))?;
            return self.put(element);
        }
        // A value is tried as text first (quantities, names), then as a bare number, truth value, tuple or map, as JSON writes them.
        let with = |value: serde_json::Value| {
            let mut fields = fields.clone();
            fields.insert(field.to_owned(), value);
            element.with_fields(fields)
        };
        let as_text = with(serde_json::Value::String(text.to_owned()));
        let changed = match as_text {
            Ok(changed) => changed,
            Err(first) => match serde_json::from_str(text).ok().map(with) {
                Some(Ok(changed)) => changed,
                _ => return Err(bad(first.to_string())),
            },
        };
        self.put(changed)
    }

    fn duplicate(&mut self, ids: &[Id], by: Point, times: u32) -> Result<(), CommandError> {
        if times == 0 || times > MOST_COPIES {
            return Err(CommandError::Amount(format!("copies must be 1 to {MOST_COPIES}, found {times}")));
        }
        let mut last: Vec<Id> = ids.to_vec();
        for _ in 0..times {
            for id in &mut last {
                let mut copy = self.existing(id)?.clone();
                if copy.kind().is_single() {
                    return Err(CommandError::Essential(copy.kind().label()));
                }
                let next = self.next_id(id);
                copy.set_id(next.clone());
                if let Some(name) = copy.name_mut().filter(|n| !n.is_empty()) {
                    *name = next_name(name);
                }
                if let Some(at) = copy.at_mut() {
                    *at = at.moved(by);
                }
                self.put(copy)?;
                *id = next;
            }
        }
        Ok(())
    }
}

/// A copy's name: the number at its end counts on, or a 2 is put behind it.
fn next_name(name: &str) -> String {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match name[stem.len()..].parse::<u64>() {
        Ok(n) => format!("{stem}{}", n.saturating_add(1)),
        Err(_) => format!("{name} 2"),
    }
}
