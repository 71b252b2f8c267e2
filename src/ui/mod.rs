//! The window. egui only: it reads everything, changes nothing, sends [`view::Action`]s.

pub mod action;
pub mod app;
pub mod arrange;
pub mod canvas;
pub mod dock;
pub mod files;
pub mod inspector;
pub mod loops;
pub mod one_line;
pub mod outline;
pub mod panels;
pub mod plots;
pub mod redundancy;
pub mod status;
pub mod theme;
pub mod view;
pub mod widgets;

pub use app::{App, Start, run};
