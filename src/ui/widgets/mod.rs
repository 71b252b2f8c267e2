//! Small parts that several places of the window share.

use crate::ui::theme;
use egui::{Response, RichText, Ui};

/// An em dash that says on hover why the number is not known.
pub fn unknown(ui: &mut Ui, reason: &str) -> Response {
    let color = theme::of(ui).weak_text;
    ui.label(RichText::new("—").color(color)).on_hover_text(reason)
}

/// A caption and its value, as the status bar shows them.
pub fn reading(ui: &mut Ui, caption: &str, value: &str, tip: &str) -> Response {
    let weak = theme::of(ui).weak_text;
    let inner = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(RichText::new(caption).color(weak).size(theme::CAPTION));
        ui.label(RichText::new(value).strong())
    });
    let name = format!("{caption} {value}");
    let response = inner.response.union(inner.inner);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &name));
    response.on_hover_text(tip)
}

pub use crate::units::whole as count;

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn things_are_counted_whole() {
        assert_eq!([0, 8, 999, 1_000, 221_184].map(count), ["0", "8", "999", "1,000", "221,184"]);
    }
}
