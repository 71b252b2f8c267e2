//! Plots of the year: a heat map of its hours, duration curves, months and hours stacked by what supplies them.

pub mod calendar;
pub mod csv;
pub mod cursor;
pub mod duration;
pub mod heat;
pub mod stack;
