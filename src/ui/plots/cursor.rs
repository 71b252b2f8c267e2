//! The time cursor that plots of hours share: pointing at an hour in one shows it in every other.

use egui::{Context, Id};

/// The hour pointed at, and the frame in which it was.
#[derive(Debug, Clone, Copy)]
struct Pointed {
    hour: usize,
    frame: u64,
}

fn key() -> Id {
    Id::unique("shared time cursor")
}

/// Says that the pointer is at this hour of the year.
pub fn point(ctx: &Context, hour: usize) {
    let frame = ctx.cumulative_frame_nr();
    ctx.data_mut(|d| d.insert_temp(key(), Pointed { hour, frame }));
}

/// The hour pointed at in this frame or the one before, so that a plot drawn earlier shows it too.
#[must_use]
pub fn pointed(ctx: &Context) -> Option<usize> {
    let now = ctx.cumulative_frame_nr();
    let pointed: Option<Pointed> = ctx.data(|d| d.get_temp(key()));
    pointed.filter(|p| now.saturating_sub(p.frame) <= 1).map(|p| p.hour)
}
