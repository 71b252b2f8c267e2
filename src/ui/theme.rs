//! Every color and text size of the window. No other file names a color.
//!
//! Structure is neutral grey, one accent marks selection and focus, status is told by color and by shape, and each domain (power, coolant, air,
//! money, water, carbon) keeps its hue on the canvas, in diagrams and in plots.

use crate::checks::{Severity, Standing};
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Theme, Visuals, vec2};

/// The colors of one appearance, dark or light.
#[derive(Debug, Clone, PartialEq)]
pub struct Tokens {
    /// Behind everything: the canvas and plot areas.
    pub background: Color32,
    /// Panels.
    pub panel: Color32,
    /// A field or row that stands out from its panel.
    pub raised: Color32,
    /// Lines between things.
    pub stroke: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text; still 4.5 : 1 against the panel.
    pub weak_text: Color32,
    /// Selection and focus.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Fine.
    pub ok: Color32,
    /// Nearly broken.
    pub near: Color32,
    /// Broken.
    pub broken: Color32,
    /// Not known.
    pub unknown: Color32,
    /// Electric power.
    pub power: Color32,
    /// Cold liquid.
    pub liquid_supply: Color32,
    /// Warm liquid.
    pub liquid_return: Color32,
    /// Air.
    pub air: Color32,
    /// Money.
    pub money: Color32,
    /// Water.
    pub water: Color32,
    /// Carbon.
    pub carbon: Color32,
    /// Eight that differ for every kind of color vision.
    pub categorical: [Color32; 8],
    /// Floor of a hall.
    pub hall_fill: Color32,
    /// Wall of a hall.
    pub hall_stroke: Color32,
    /// A rack.
    pub rack: Color32,
    /// A slot without a rack.
    pub empty_slot: Color32,
    /// A CDU.
    pub cdu: Color32,
    /// An air handler.
    pub air_handler: Color32,
    /// A power block or transformer.
    pub block: Color32,
    /// A bus or the grid connection.
    pub bus: Color32,
    /// Heat rejection and pumps in the yard.
    pub yard: Color32,
    /// Generators and batteries.
    pub supply: Color32,
    /// Fine grid of the canvas.
    pub grid_line: Color32,
    /// Every tenth line of that grid.
    pub grid_line_major: Color32,
    /// Shade behind labels on the canvas.
    pub shade: Color32,
    /// Electrical parts without voltage.
    pub dead: Color32,
    /// Electrical parts on standby sets.
    pub standby: Color32,
    /// Veil over the window behind a dialog.
    pub veil: Color32,
}

/// A color written `0xRRGGBB`.
const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// M. Okabe and K. Ito, "Color Universal Design" (2008): eight colors told apart with every kind of color vision; their black is a grey here,
/// which stands out from both backgrounds.
const OKABE_ITO: [Color32; 8] = [rgb(0x56b4e9), rgb(0xe69f00), rgb(0x009e73), rgb(0xd55e00), rgb(0xcc79a7), rgb(0xf0e442), rgb(0x0072b2), rgb(0x999999)];

static DARK: Tokens = Tokens {
    background: rgb(0x14161a),
    panel: rgb(0x1c1f25),
    raised: rgb(0x272b33),
    stroke: rgb(0x363b45),
    text: rgb(0xd9dce2),
    weak_text: rgb(0x9aa2af),
    accent: rgb(0x5aa9f5),
    on_accent: rgb(0x0b1420),
    ok: rgb(0x58b368),
    near: rgb(0xe6a93c),
    broken: rgb(0xf57d76),
    unknown: rgb(0x8a90a0),
    power: rgb(0xe6a93c),
    liquid_supply: rgb(0x5b9bf0),
    liquid_return: rgb(0xec6a62),
    air: rgb(0x3fb8ac),
    money: rgb(0x6cc070),
    water: rgb(0x4cc3e0),
    carbon: rgb(0xa4a9b3),
    categorical: OKABE_ITO,
    hall_fill: rgb(0x1f242c),
    hall_stroke: rgb(0x667080),
    rack: rgb(0x6f7c90),
    empty_slot: rgb(0x2b303a),
    cdu: rgb(0x4a7fc4),
    air_handler: rgb(0x2f8d84),
    block: rgb(0xa57a2c),
    bus: rgb(0xcf9a3a),
    yard: rgb(0x3d8499),
    supply: rgb(0x8a6f3f),
    grid_line: rgb(0x1a1d22),
    grid_line_major: rgb(0x22262d),
    shade: Color32::from_rgba_unmultiplied_const(0x0a, 0x0c, 0x10, 190),
    dead: rgb(0x767e8c),
    standby: rgb(0xc79af0),
    veil: Color32::from_rgba_unmultiplied_const(0x00, 0x00, 0x00, 120),
};

static LIGHT: Tokens = Tokens {
    background: rgb(0xf3f4f6),
    panel: rgb(0xfcfcfd),
    raised: rgb(0xeceef1),
    stroke: rgb(0xc9ced6),
    text: rgb(0x1c2129),
    weak_text: rgb(0x5a6371),
    accent: rgb(0x0f62c4),
    on_accent: rgb(0xffffff),
    ok: rgb(0x1d7a37),
    near: rgb(0x9a5f00),
    broken: rgb(0xc0221c),
    unknown: rgb(0x666e7c),
    power: rgb(0xa86a00),
    liquid_supply: rgb(0x1f63c4),
    liquid_return: rgb(0xc2382f),
    air: rgb(0x0f7f74),
    money: rgb(0x1f7d3a),
    water: rgb(0x0a7c9c),
    carbon: rgb(0x5f6672),
    categorical: [rgb(0x0072b2), rgb(0xd55e00), rgb(0x009e73), rgb(0xcc79a7), rgb(0xe69f00), rgb(0x56b4e9), rgb(0xb0a400), rgb(0x666666)],
    hall_fill: rgb(0xe6e9ee),
    hall_stroke: rgb(0x7a8494),
    rack: rgb(0x8d99ab),
    empty_slot: rgb(0xd5dae2),
    cdu: rgb(0x5b92d8),
    air_handler: rgb(0x4aa89f),
    block: rgb(0xd3a44c),
    bus: rgb(0xb57f1b),
    yard: rgb(0x5fa3b8),
    supply: rgb(0xbfa26a),
    grid_line: rgb(0xe9ebef),
    grid_line_major: rgb(0xdcdfe5),
    shade: Color32::from_rgba_unmultiplied_const(0xf8, 0xf9, 0xfb, 205),
    dead: rgb(0x7f8896),
    standby: rgb(0x7a3fb0),
    veil: Color32::from_rgba_unmultiplied_const(0x20, 0x28, 0x34, 90),
};

impl Tokens {
    /// The color of a limit's standing.
    #[must_use]
    pub fn standing(&self, standing: Standing) -> Color32 {
        match standing {
            Standing::Broken => self.broken,
            Standing::Near => self.near,
            Standing::Unknown => self.unknown,
            Standing::Ok => self.ok,
        }
    }
    /// The color of a finding's severity.
    #[must_use]
    pub fn severity(&self, severity: Severity) -> Color32 {
        match severity {
            Severity::Broken => self.broken,
            Severity::Warning => self.near,
            Severity::Note => self.weak_text,
        }
    }
    /// The accent, so thin that what lies under it stays readable.
    #[must_use]
    pub fn accent_veil(&self) -> Color32 {
        self.accent.gamma_multiply(0.18)
    }
}

/// A triangle that the built-in fonts have: grown, or near a limit.
pub const UP: &str = "⏶";
/// Its reverse: shrunk.
pub const DOWN: &str = "⏷";

/// The shape that goes with a standing, so that status is never told by color alone.
#[must_use]
pub fn standing_mark(standing: Standing) -> &'static str {
    match standing {
        Standing::Broken => "■",
        Standing::Near => UP,
        Standing::Unknown => "?",
        Standing::Ok => "",
    }
}

/// The shape that goes with a severity.
#[must_use]
pub fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Broken => "■",
        Severity::Warning => UP,
        Severity::Note => "○",
    }
}

/// The colors of an appearance.
#[must_use]
pub fn tokens(dark: bool) -> &'static Tokens {
    if dark { &DARK } else { &LIGHT }
}

/// The colors that fit where this is drawn.
#[must_use]
pub fn of(ui: &egui::Ui) -> &'static Tokens {
    tokens(ui.visuals().dark_mode)
}

/// Black or white, whichever can be read on this fill.
#[must_use]
pub fn on(fill: Color32) -> Color32 {
    // Rec. 709 luma of the linear components decides; 0.18 is where black and white text have equal contrast (WCAG 2.2, relative luminance).
    let linear = egui::Rgba::from(fill);
    let luminance = 0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b();
    if luminance > 0.18 { Color32::BLACK } else { Color32::WHITE }
}

/// Viridis (S. van der Walt and N. Smith, matplotlib 2.0, CC0), by the ten equidistant control points that the Plotly project publishes for it.
const VIRIDIS: [Color32; 10] =
    [rgb(0x440154), rgb(0x482878), rgb(0x3e4989), rgb(0x31688e), rgb(0x26828e), rgb(0x1f9e89), rgb(0x35b779), rgb(0x6ece58), rgb(0xb5de2b), rgb(0xfde725)];

/// Blue–white–red: the nine-class RdBu scheme of ColorBrewer 2.0 (C. Brewer, M. Harrower, Penn State), low to high.
const BLUE_WHITE_RED: [Color32; 9] =
    [rgb(0x2166ac), rgb(0x4393c3), rgb(0x92c5de), rgb(0xd1e5f0), rgb(0xf7f7f7), rgb(0xfddbc7), rgb(0xf4a582), rgb(0xd6604d), rgb(0xb2182b)];

fn along(stops: &[Color32], t: f32) -> Color32 {
    let (Some(first), last) = (stops.first(), stops.len() - 1) else { return Color32::TRANSPARENT };
    if !t.is_finite() {
        return *first;
    }
    let x = t.clamp(0.0, 1.0) * last as f32;
    let i = (x.floor() as usize).min(last.saturating_sub(1));
    stops[i].lerp_to_gamma(stops[(i + 1).min(last)], x - i as f32)
}

/// A perceptually even color for a share from 0 to 1.
#[must_use]
pub fn sequential(t: f32) -> Color32 {
    along(&VIRIDIS, t)
}

/// A color for a difference: 0 is the lowest (blue), 0.5 none (white), 1 the highest (red).
#[must_use]
pub fn diverging(t: f32) -> Color32 {
    along(&BLUE_WHITE_RED, t)
}

/// Text sizes of panels: captions.
pub const CAPTION: f32 = 11.0;
/// Text sizes of panels: body.
pub const BODY: f32 = 12.5;
/// Text sizes of panels: headings.
pub const HEADING: f32 = 15.0;

/// Gives the context this program's look, dark and light.
pub fn install(ctx: &egui::Context) {
    ctx.set_visuals_of(Theme::Dark, visuals(&DARK, Visuals::dark()));
    ctx.set_visuals_of(Theme::Light, visuals(&LIGHT, Visuals::light()));
    ctx.all_styles_mut(|style| {
        let font = |size| FontId::new(size, FontFamily::Proportional);
        style.text_styles = [
            (TextStyle::Small, font(CAPTION)),
            (TextStyle::Body, font(BODY)),
            (TextStyle::Button, font(BODY)),
            (TextStyle::Heading, font(HEADING)),
            (TextStyle::Monospace, FontId::new(BODY - 0.5, FontFamily::Monospace)),
        ]
        .into();
        style.spacing.item_spacing = vec2(8.0, 4.0);
        style.spacing.button_padding = vec2(8.0, 3.0);
        style.spacing.interact_size.y = 20.0;
        style.spacing.menu_margin = Margin::same(4);
        style.spacing.window_margin = Margin::same(12);
        style.spacing.indent = 16.0;
        style.spacing.tooltip_width = 380.0;
        style.interaction.tooltip_delay = 0.3;
    });
}

fn visuals(t: &Tokens, base: Visuals) -> Visuals {
    let mut v = base;
    v.panel_fill = t.panel;
    v.window_fill = t.panel;
    v.window_stroke = Stroke::new(1.0, t.stroke);
    v.extreme_bg_color = t.background;
    v.faint_bg_color = t.raised.gamma_multiply(0.5);
    v.code_bg_color = t.raised;
    v.hyperlink_color = t.accent;
    v.warn_fg_color = t.near;
    v.error_fg_color = t.broken;
    v.weak_text_color = Some(t.weak_text);
    v.selection.bg_fill = t.accent.gamma_multiply(0.35);
    v.selection.stroke = Stroke::new(1.0, t.text);
    v.window_corner_radius = CornerRadius::same(6);
    v.menu_corner_radius = CornerRadius::same(4);
    let w = &mut v.widgets;
    for state in [&mut w.noninteractive, &mut w.inactive, &mut w.hovered, &mut w.active, &mut w.open] {
        state.corner_radius = CornerRadius::same(3);
        state.fg_stroke = Stroke::new(1.0, t.text);
        state.expansion = 0.0;
    }
    w.noninteractive.bg_fill = t.panel;
    w.noninteractive.bg_stroke = Stroke::new(1.0, t.stroke);
    // Without a rim an empty check box could not be told from the panel.
    w.inactive.bg_stroke = Stroke::new(1.0, t.stroke);
    (w.inactive.bg_fill, w.inactive.weak_bg_fill) = (t.raised, t.raised);
    (w.hovered.bg_fill, w.hovered.weak_bg_fill, w.hovered.bg_stroke) = (t.stroke, t.stroke, Stroke::new(1.0, t.weak_text));
    (w.active.bg_fill, w.active.weak_bg_fill, w.active.bg_stroke) = (t.stroke, t.stroke, Stroke::new(1.0, t.accent));
    (w.open.bg_fill, w.open.weak_bg_fill) = (t.raised, t.raised);
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |c: Color32| {
            let l = |v: u8| {
                let s = f32::from(v) / 255.0;
                if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * l(c.r()) + 0.7152 * l(c.g()) + 0.0722 * l(c.b())
        };
        let (x, y) = (luminance(a), luminance(b));
        (x.max(y) + 0.05) / (x.min(y) + 0.05)
    }

    #[test]
    fn text_can_be_read() {
        for t in [&DARK, &LIGHT] {
            for ground in [t.background, t.panel, t.raised] {
                for ink in [t.text, t.weak_text, t.near, t.broken, t.standby] {
                    assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}: {}", contrast(ink, ground));
                }
            }
            assert!(contrast(t.on_accent, t.accent) >= 4.5);
        }
    }

    #[test]
    fn a_map_keeps_its_ends_and_grows_lighter() {
        assert_eq!(sequential(0.0), rgb(0x440154));
        assert_eq!(sequential(1.0), rgb(0xfde725));
        assert_eq!(sequential(f32::NAN), rgb(0x440154));
        assert_eq!(diverging(0.5), rgb(0xf7f7f7));
        let light = |t: f32| contrast(sequential(t), Color32::BLACK);
        assert!((0..20).all(|i| light(i as f32 / 20.0) < light((i + 1) as f32 / 20.0)));
    }

    #[test]
    fn colors_are_named_nowhere_else() {
        fn visit(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    visit(&path, found);
                } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("ui/theme.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    if text.contains("Color32::from_") || text.contains("Rgba::from_") {
                        found.push(path.display().to_string());
                    }
                }
            }
        }
        let mut found = Vec::new();
        visit(std::path::Path::new("src/ui"), &mut found);
        assert!(found.is_empty(), "colors outside the theme: {found:?}");
    }
}
