//! Equations, one file per phenomenon. Each function says what it gives, from which source, in which range, under which assumptions, and
//! which test compares it with numbers this code did not produce.
//!
//! Nothing here knows the plan: values in, values out, in the quantities of [`crate::units`].

pub mod air_management;
pub mod battery;
pub mod chiller;
pub mod climate;
pub mod cold_plate;
pub mod coolant;
pub mod dry_cooler;
pub mod exchanger;
pub mod finance;
pub mod header;
pub mod line;
pub mod moist_air;
pub mod pipe;
pub mod pump;
pub mod redundancy;
pub mod shelf;
pub mod short_circuit;
pub mod sources;
pub mod tower;
pub mod transformer;
pub mod turbine;
pub mod ups;
pub mod voltage_step;
