//! Mathematics that has never heard of a data center: plain `f64`, no units.
