//! Foreign formats in and out.

pub mod epw;
pub mod matpower;
