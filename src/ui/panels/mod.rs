//! Panels.
pub mod catalog;
pub mod compare;
pub mod cost;
pub mod findings;
pub mod headroom;
pub mod year;
