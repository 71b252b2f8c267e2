//! Equations, one file per phenomenon.
