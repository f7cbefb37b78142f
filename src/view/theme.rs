//! How everything looks: colours, type scale, spacing and corner radius, for dark and light.
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Visuals};

/// The spacing unit in points; every gap is a multiple of it.
pub const UNIT: f32 = 4.0;
/// The one corner radius of panels, buttons and cards, in points.
pub const RADIUS: u8 = 6;
/// The four sizes of text, in points: captions, small figures, body, titles.
pub const SIZES: [f32; 4] = [10.5, 12.0, 13.5, 18.0];

/// Text for captions: the smallest that anyone has to read.
pub const fn caption() -> FontId {
    FontId::proportional(SIZES[0])
}
/// Text for secondary figures.
pub const fn small() -> FontId {
    FontId::proportional(SIZES[1])
}
/// Text for everything else.
pub const fn body() -> FontId {
    FontId::proportional(SIZES[2])
}
/// Text for headings and headline figures.
pub const fn title() -> FontId {
    FontId::proportional(SIZES[3])
}

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Whether text is light on dark.
    pub dark: bool,
    /// Behind the map.
    pub canvas: Color32,
    /// The dots of the map's grid.
    pub grid: Color32,
    /// Behind panels and lists.
    pub panel: Color32,
    /// Behind what stands on a panel: cards, fields, buttons.
    pub raised: Color32,
    /// Behind what the pointer is over.
    pub hover: Color32,
    /// Thin lines between areas.
    pub border: Color32,
    /// Names and figures.
    pub text: Color32,
    /// Secondary text; still readable by WCAG AA.
    pub muted: Color32,
    /// What is there but says little: icons at rest, disabled text.
    pub faint: Color32,
    /// Lines of healthy edges.
    pub edge: Color32,
    /// The filling of namespace boxes.
    pub hull: Color32,
    /// The border of namespace boxes.
    pub hull_border: Color32,
    /// The filling of healthy and unknown nodes.
    pub node: Color32,
    /// Behind figures on edges.
    pub pill: Color32,
    /// Health: as it should be.
    pub healthy: Color32,
    /// Health: worth a look.
    pub warning: Color32,
    /// The same for lines and rings, which need less contrast than text and so can be more of an amber.
    pub warning_mark: Color32,
    /// Health: failing.
    pub critical: Color32,
    /// Health: too few calls to judge.
    pub unknown: Color32,
    /// Text on a filling of a health colour.
    pub on_health: Color32,
    /// Selection and focus, and nothing else.
    pub accent: Color32,
    /// Who calls the selected node.
    pub dependents: Color32,
    /// Whom the selected node calls.
    pub dependencies: Color32,
    /// Edges by how they are called, where colour means that: HTTP, RPC, database, messaging.
    pub protocols: [Color32; 4],
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

impl Palette {
    /// Dark blue-greys.
    pub const DARK: Self = Self {
        dark: true,
        canvas: hex(0x0C1018),
        grid: hex(0x1B2230),
        panel: hex(0x10151F),
        raised: hex(0x171D29),
        hover: hex(0x1F2736),
        border: hex(0x252E3E),
        text: hex(0xE8ECF4),
        muted: hex(0x8F9AAF),
        faint: hex(0x566075),
        edge: hex(0x505C76),
        hull: hex(0x111722),
        hull_border: hex(0x212939),
        node: hex(0x16202C),
        pill: hex(0x131924),
        healthy: hex(0x3DC28B),
        warning: hex(0xF5B63A),
        warning_mark: hex(0xF5B63A),
        critical: hex(0xF2605E),
        unknown: hex(0x7A869C),
        on_health: hex(0x0C1018),
        accent: hex(0x6AA6FF),
        dependents: hex(0xC08CFF),
        dependencies: hex(0x4CCBD8),
        protocols: [hex(0x9A9CF0), hex(0xB9C46A), hex(0x4FB6A6), hex(0xE08CC0)],
    };
    /// Paper and slate.
    pub const LIGHT: Self = Self {
        dark: false,
        canvas: hex(0xF7F8FA),
        grid: hex(0xE2E6EC),
        panel: hex(0xFFFFFF),
        raised: hex(0xF3F5F8),
        hover: hex(0xE8ECF2),
        border: hex(0xD8DDE6),
        text: hex(0x18202E),
        muted: hex(0x566174),
        faint: hex(0x8A94A6),
        edge: hex(0x96A2B6),
        hull: hex(0xEFF2F6),
        hull_border: hex(0xDCE1E9),
        node: hex(0xFFFFFF),
        pill: hex(0xFFFFFF),
        healthy: hex(0x0F7A52),
        warning: hex(0x9C6100),
        warning_mark: hex(0xCB7B00),
        critical: hex(0xC9302F),
        unknown: hex(0x667286),
        on_health: hex(0xFFFFFF),
        accent: hex(0x1C63DE),
        dependents: hex(0x7B45CF),
        dependencies: hex(0x0A7683),
        protocols: [hex(0x5457C8), hex(0x76751C), hex(0x0E8376), hex(0xB23B8A)],
    };

    /// The palette of `theme`.
    pub const fn of(theme: Theme) -> Self {
        match theme {
            Theme::Dark => Self::DARK,
            Theme::Light => Self::LIGHT,
        }
    }
    /// Step `step` of `steps` on a scale from the colour of quiet edges to `loud`.
    pub fn steps(&self, loud: Color32, step: u8, steps: usize) -> Color32 {
        mixed(self.edge, loud, f32::from(step) / steps.saturating_sub(1).max(1) as f32)
    }
    /// The palette that `ctx` shows now.
    pub fn current(ctx: &egui::Context) -> Self {
        Self::of(ctx.theme())
    }
}

/// `colour` at `share` of its opacity.
pub fn faded(colour: Color32, share: f32) -> Color32 {
    colour.gamma_multiply(share.clamp(0.0, 1.0))
}

/// `share` of the way from `from` to `to`, opaque.
pub fn mixed(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share.clamp(0.0, 1.0))
}

/// Sets fonts and the styles of both themes; call it once, before the first frame.
pub fn install(ctx: &egui::Context) {
    super::fonts::install(ctx);
    for theme in [Theme::Dark, Theme::Light] {
        let palette = Palette::of(theme);
        ctx.style_mut_of(theme, |style| {
            style.visuals = visuals(&palette);
            style.text_styles = [
                (TextStyle::Small, small()),
                (TextStyle::Body, body()),
                (TextStyle::Button, body()),
                (TextStyle::Heading, title()),
                (TextStyle::Monospace, FontId::new(SIZES[1], FontFamily::Monospace)),
            ]
            .into();
            style.spacing.item_spacing = egui::vec2(2.0 * UNIT, UNIT);
            style.spacing.button_padding = egui::vec2(2.0 * UNIT, UNIT);
            style.spacing.window_margin = Margin::same(12);
            style.spacing.menu_margin = Margin::same(8);
            style.spacing.interact_size.y = 6.0 * UNIT;
            style.spacing.scroll = egui::style::ScrollStyle::thin();
        });
    }
}

fn visuals(p: &Palette) -> Visuals {
    let mut v = if p.dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(RADIUS);
    v.panel_fill = p.panel;
    v.window_fill = p.panel;
    v.window_stroke = Stroke::new(1.0, p.border);
    v.window_corner_radius = radius;
    v.menu_corner_radius = radius;
    v.extreme_bg_color = if p.dark { p.canvas } else { p.raised };
    v.text_edit_bg_color = Some(v.extreme_bg_color);
    v.faint_bg_color = mixed(p.panel, p.raised, 0.6);
    v.code_bg_color = p.raised;
    v.hyperlink_color = p.accent;
    v.warn_fg_color = p.warning;
    v.error_fg_color = p.critical;
    v.weak_text_color = Some(p.muted);
    v.selection.bg_fill = mixed(p.panel, p.accent, if p.dark { 0.32 } else { 0.18 });
    v.selection.stroke = Stroke::new(1.0, if p.dark { p.text } else { p.accent });
    v.window_shadow = Shadow { offset: [0, 6], blur: 24, spread: 0, color: Color32::from_black_alpha(90) };
    v.popup_shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(70) };
    let w = &mut v.widgets;
    for (state, fill, border, text) in [
        (&mut w.noninteractive, p.panel, p.border, p.text),
        (&mut w.inactive, p.raised, p.border, p.text),
        (&mut w.hovered, p.hover, p.faint, p.text),
        (&mut w.active, p.hover, p.accent, p.text),
        (&mut w.open, p.hover, p.border, p.text),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, border);
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(c: Color32) -> f32 {
        let linear = |v: u8| {
            let v = f32::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b())
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_meets_wcag_aa_on_every_background() {
        for p in [Palette::DARK, Palette::LIGHT] {
            let text = [p.text, p.muted, p.healthy, p.warning, p.critical, p.accent];
            for fore in text.into_iter().chain([p.dependents, p.dependencies]) {
                for back in [p.canvas, p.panel, p.raised, p.hull, p.pill] {
                    let ratio = contrast(fore, back);
                    assert!(ratio >= 4.5, "{fore:?} on {back:?}: {ratio:.2}");
                }
            }
            for back in [p.healthy, p.warning, p.critical] {
                assert!(contrast(p.on_health, back) >= 4.5, "badge text on {back:?}");
            }
        }
    }

    #[test]
    fn what_is_not_text_meets_three_to_one() {
        for p in [Palette::DARK, Palette::LIGHT] {
            for fore in [p.unknown, p.healthy, p.warning_mark, p.critical, p.accent] {
                assert!(contrast(fore, p.canvas) >= 3.0, "{fore:?} on the canvas");
            }
            assert!(contrast(p.edge, p.canvas) >= 2.4, "edges stay visible");
            for fore in p.protocols {
                assert!(contrast(fore, p.canvas) >= 3.0, "{fore:?} on the canvas");
            }
        }
    }

    #[test]
    fn install_sets_both_themes() {
        let ctx = egui::Context::default();
        install(&ctx);
        assert_eq!(ctx.style_of(Theme::Dark).visuals.panel_fill, Palette::DARK.panel);
        assert_eq!(ctx.style_of(Theme::Light).visuals.panel_fill, Palette::LIGHT.panel);
    }
}
