//! Mathematics that has never heard of a data center: plain `f64`, no units.

pub mod cholesky;
pub mod dispatch;
pub mod driving_point;
pub mod pipe_network;
pub mod potential_flow;
pub mod power_flow;
pub mod roots;
pub mod sparse;
