//! Physical quantities: SI inside, units at the edges.
//!
//! Every quantity is a newtype over an SI `f64`. A unit appears only in a constructor (`Power::from_kilowatts`), a getter
//! (`.kilowatts()`) or in text (`"1.5 MW"`). Files, the command line and the input boxes of the window share the one parser here.
//!
//! * [`Quantity::parse`] reads text with a unit and answers a wrong one with a sentence.
//! * [`Quantity::to_text`] writes the shortest text that reads back to exactly the same bits: save → load → save is a fixed point.
//! * [`show`] writes for people: three to four significant digits, a prefix, a comma every three digits, SI or US customary.
//!
//! Why not the crate `uom`: it cannot tell a temperature from a temperature difference without patches, and its type errors are
//! hard to read. Only the products in use are implemented, in [`products`].

mod products;
mod quantity;
mod show;
mod text;

pub use quantity::*;
pub use show::{System, grouped, show, show_in, whole};
pub use text::UnitError;
