//! Rewires the rows of a hall for a scheme of redundancy: which block feeds which cord, and which share each cord carries.

use super::transaction::Transaction;
use super::{CommandError, balance};
use crate::plan::{Block, Catalog, EVEN_SHARE, Element, Id, Kind, Plan, Row};
use crate::units::{Power, Ratio};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How power is made to survive the loss of a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RedundancyScheme {
    /// Exactly what is needed: every row on one block, no module spare.
    N,
    /// Every row on one block, in which one UPS module is spare.
    NPlusOne,
    /// Two full paths: the first half of the blocks feeds the A cords, the second the B cords.
    TwoN,
    /// x to make x − 1, such as 4 to make 3: the rows are spread over all pairs of the blocks.
    Distributed,
    /// Catcher: every row on a primary block, with a reserve block behind a transfer switch that carries nothing in the normal state.
    BlockRedundant,
}

impl RedundancyScheme {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::N => "N, single feed",
            Self::NPlusOne => "N+1",
            Self::TwoN => "2N",
            Self::Distributed => "distributed redundant",
            Self::BlockRedundant => "block redundant",
        }
    }
}

/// Most blocks that make one distributed system: far above any built, and low enough that the pairs stay countable.
const MOST_SHARED: usize = 64;

/// The feeds of one row, A and B, as indices of the blocks.
type Feeds = (usize, Option<usize>);

/// Carries the command out: the rows (and with a hall its CDUs and air handlers) get new feeds.
pub(super) fn rewire(transaction: &mut Transaction<'_>, ids: &[Id], scheme: RedundancyScheme, blocks: &[Id], reserve: Option<&Id>) -> Result<(), CommandError> {
    // The built-in entries are part of the program: without them no row has a power to balance by.
    let builtin = Catalog::builtin().map_err(|e| CommandError::Redundancy(e.to_string()))?;
    let catalog = builtin.with(&transaction.plan.catalog);
    let (rows, halls) = subjects(&transaction.plan, ids)?;
    let before: BTreeSet<Id> = rows.iter().flat_map(|r| std::iter::once(&r.a).chain(&r.b)).filter(|f| block(&transaction.plan, f).is_some()).cloned().collect();
    let mut used = blocks.to_vec();
    if used.is_empty() {
        used.extend(before.iter().filter(|b| Some(*b) != reserve).cloned());
    }
    used.extend(reserve.filter(|_| scheme == RedundancyScheme::BlockRedundant).cloned());
    let direct = checked(&transaction.plan, &catalog, &used, scheme, reserve)?;
    let places = places(&used, scheme)?;
    let lists: Vec<Vec<usize>> =
        places.iter().map(|(a, b)| std::iter::once(*a).chain(b.filter(|_| scheme != RedundancyScheme::BlockRedundant)).collect()).collect();
    let share = if scheme == RedundancyScheme::BlockRedundant { Ratio::from_value(1.0) } else { EVEN_SHARE };

    let weights = weights(&rows, &catalog);
    for (row, place) in rows.iter().zip(balance::spread(&weights, &lists, used.len())) {
        let (a, b) = &places[place];
        transaction.put(Row { a: used[*a].clone(), b: b.map(|b| used[b].clone()), share_a: share, ..row.clone() }.into())?;
    }
    // Drives need AC: what stands on other blocks stays there when the racks go on DC.
    if !direct {
        equipment(transaction, &halls, &before, &used, &places, &lists)?;
    }
    modules(transaction, scheme, &used)
}

/// The rows named, one by one or by their hall, and the halls.
fn subjects(plan: &Plan, ids: &[Id]) -> Result<(Vec<Row>, BTreeSet<Id>), CommandError> {
    let (mut rows, mut halls) = (BTreeMap::new(), BTreeSet::new());
    for id in ids {
        match plan.get(id) {
            Some(Element::Row(r)) => drop(rows.insert(r.id.clone(), r.clone())),
            Some(Element::Hall(h)) => {
                let inside: Vec<&Row> = plan.rows().filter(|r| r.hall == h.id).collect();
                if inside.is_empty() {
                    return Err(CommandError::Redundancy(format!("the hall `{id}` has no rows to feed")));
                }
                rows.extend(inside.into_iter().map(|r| (r.id.clone(), r.clone())));
                halls.insert(id.clone());
            }
            Some(other) => return Err(CommandError::Redundancy(format!("`{id}` is a {}; redundancy is set for halls and rows", other.kind().label()))),
            None => return Err(CommandError::NoSuchElement(id.clone())),
        }
    }
    if rows.is_empty() {
        return Err(CommandError::Redundancy("name the halls or rows to rewire".to_owned()));
    }
    Ok((rows.into_values().collect(), halls))
}

fn block<'a>(plan: &'a Plan, id: &Id) -> Option<&'a Block> {
    if let Some(Element::Block(b)) = plan.get(id) { Some(b) } else { None }
}

/// Whether the blocks can stand in the scheme; and whether they give direct current.
fn checked(plan: &Plan, catalog: &Catalog, used: &[Id], scheme: RedundancyScheme, reserve: Option<&Id>) -> Result<bool, CommandError> {
    let bad = |message: String| Err(CommandError::Redundancy(message));
    if reserve.is_some() && scheme != RedundancyScheme::BlockRedundant {
        return bad(format!("only a block redundant scheme has a reserve block, not {}", scheme.label()));
    }
    if used.is_empty() {
        return bad("no power block feeds these rows now: name the blocks".to_owned());
    }
    let mut seen = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    for id in used {
        match plan.get(id) {
            Some(Element::Block(b)) => {
                kinds.insert(b.dc_voltage(catalog).map(|v| v.volts() as u64));
            }
            Some(other) => return bad(format!("`{id}` is a {}, not a {}", other.kind().label(), Kind::Block.label())),
            None => return Err(CommandError::NoSuchElement(id.clone())),
        }
        if !seen.insert(id) {
            return bad(format!("the block `{id}` is named twice"));
        }
    }
    if kinds.len() > 1 {
        return bad("the blocks give different currents: AC and DC, or DC of different voltages, can't feed the same rows".to_owned());
    }
    Ok(kinds.into_iter().next().flatten().is_some())
}

/// The feeds that a row may have in a scheme, as indices of the blocks.
fn places(used: &[Id], scheme: RedundancyScheme) -> Result<Vec<Feeds>, CommandError> {
    let n = used.len();
    let names = || used.iter().take(8).map(Id::as_str).collect::<Vec<_>>().join(", ") + if n > 8 { ", …" } else { "" };
    let few = |wanted: &str| Err(CommandError::Redundancy(format!("{} needs {wanted}, found {n}: {}", scheme.label(), names())));
    match scheme {
        RedundancyScheme::N | RedundancyScheme::NPlusOne => Ok((0..n).map(|a| (a, None)).collect()),
        RedundancyScheme::TwoN if n < 2 || n % 2 == 1 => few("an even number of blocks, at least two"),
        RedundancyScheme::TwoN => Ok((0..n / 2).map(|a| (a, Some(a + n / 2))).collect()),
        RedundancyScheme::Distributed if n < 3 => few("at least three blocks (two of them are 2N)"),
        RedundancyScheme::Distributed if n > MOST_SHARED => few(&format!("at most {MOST_SHARED} blocks")),
        RedundancyScheme::Distributed => Ok((0..n).flat_map(|a| (a + 1..n).map(move |b| (a, Some(b)))).collect()),
        RedundancyScheme::BlockRedundant if n < 2 => few("a primary block and a reserve"),
        RedundancyScheme::BlockRedundant => Ok((0..n - 1).map(|a| (a, Some(n - 1))).collect()),
    }
}

/// Design power of every row, W, or its cap where that is less; rows of unknown racks count as the average rack does.
fn weights(rows: &[Row], catalog: &Catalog) -> Vec<f64> {
    let known = |r: &Row| -> (f64, f64) {
        let racks = r.models().into_iter().filter_map(|(m, n)| Some((catalog.racks(m)?.design_power.watts() * f64::from(n), f64::from(n))));
        racks.fold((0.0, 0.0), |(sum, count), (watts, n)| (sum + watts, count + n))
    };
    let (watts, racks) = rows.iter().map(known).fold((0.0, 0.0), |(w, n), (x, m)| (w + x, n + m));
    let average = if racks > 0.0 { watts / racks } else { 1.0 };
    rows.iter()
        .map(|r| {
            let (watts, count) = known(r);
            let unknown = r.models().values().map(|n| f64::from(*n)).sum::<f64>() - count;
            (watts + average * unknown).min(r.cap.map_or(f64::INFINITY, Power::watts))
        })
        .collect()
}

/// CDUs and air handlers of the halls go the way of the rows; those on blocks of their own (mechanical blocks) stay there.
fn equipment(
    transaction: &mut Transaction<'_>,
    halls: &BTreeSet<Id>,
    before: &BTreeSet<Id>,
    used: &[Id],
    places: &[Feeds],
    lists: &[Vec<usize>],
) -> Result<(), CommandError> {
    let ours = |feed: &Option<Id>| feed.as_ref().is_none_or(|f| before.contains(f) || used.contains(f));
    let plan = &transaction.plan;
    let list: Vec<Element> = plan
        .elements
        .values()
        .filter(|e| match e {
            Element::Cdu(c) => ours(&c.a) && ours(&c.b) && matches!(plan.get(&c.tcs), Some(Element::Tcs(t)) if halls.contains(&t.hall)),
            Element::AirHandler(h) => ours(&h.a) && ours(&h.b) && halls.contains(&h.hall),
            _ => false,
        })
        .cloned()
        .collect();
    let weights: Vec<f64> = list
        .iter()
        .map(|e| match e {
            Element::Cdu(c) => f64::from(c.units.max(1)),
            Element::AirHandler(h) => f64::from(h.units.max(1)),
            _ => 1.0,
        })
        .collect();
    for (mut element, place) in list.into_iter().zip(balance::spread(&weights, lists, used.len())) {
        let (a, b) = &places[place];
        let feeds = (Some(used[*a].clone()), b.map(|b| used[b].clone()));
        match &mut element {
            Element::Cdu(c) => (c.a, c.b) = feeds,
            Element::AirHandler(h) => (h.a, h.b) = feeds,
            _ => {}
        }
        transaction.put(element)?;
    }
    Ok(())
}

/// N+1 keeps one module of every block spare, N none. The number of modules stays: what is then too little becomes a finding.
fn modules(transaction: &mut Transaction<'_>, scheme: RedundancyScheme, used: &[Id]) -> Result<(), CommandError> {
    for id in used {
        let Some(b) = block(&transaction.plan, id).cloned() else { continue };
        let redundant = match scheme {
            RedundancyScheme::N => 0,
            RedundancyScheme::NPlusOne if b.ups.is_none() || b.modules < 2 => {
                let has = if b.ups.is_none() { "no UPS".to_owned() } else { format!("{} module", b.modules) };
                return Err(CommandError::Redundancy(format!("N+1 needs a spare UPS module in every block, and `{id}` has {has}: set `modules` first")));
            }
            RedundancyScheme::NPlusOne => b.redundant.max(1),
            _ => continue,
        };
        if redundant != b.redundant {
            transaction.put(Block { redundant, ..b }.into())?;
        }
    }
    Ok(())
}
