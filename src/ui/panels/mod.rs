//! The panels below and beside the plan: each is one question and its answer.

pub mod catalog;
pub mod chain;
mod chain_compare;
pub mod compare;
mod compare_table;
pub mod cost;
mod cost_bill;
pub mod failures;
mod failures_table;
mod failures_words;
pub mod findings;
pub mod headroom;
pub mod hydraulics;
pub mod parts;
#[cfg(test)]
mod tests;
pub mod year;
