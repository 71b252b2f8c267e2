//! Foreign formats in and out.

pub mod epanet;
pub mod epw;
pub mod matpower;
pub mod network;
pub mod pandapower;
