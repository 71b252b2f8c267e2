//! The window. egui only: it reads everything, changes nothing, sends [`view::Action`]s.

pub mod theme;
pub mod view;
