//! The window. egui only: it reads everything, changes nothing, sends [`view::Action`]s.

pub mod inspector;
pub mod outline;
pub mod panels;
pub mod plots;
pub mod theme;
pub mod view;
