//! Foreign formats in and out.

pub mod epw;
