//! Fonts: Inter and egui's own, icons behind them, and system fonts for Chinese, Japanese and Korean when needed.
use std::sync::atomic::{AtomicBool, Ordering};

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{FontData, FontDefinitions, FontFamily};
use egui_phosphor::Variant;

/// The family whose icons are filled; its letters are the ordinary ones.
pub fn filled_icons() -> FontFamily {
    FontFamily::Name("phosphor-fill".into())
}

/// The family for names and headings: a little heavier.
pub fn medium() -> FontFamily {
    FontFamily::Name("medium".into())
}

/// Sets Inter, with egui's own fonts for what it lacks and icons behind them.
pub fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    let regular = include_bytes!("../../assets/fonts/Inter-Regular.ttf");
    let heavier = include_bytes!("../../assets/fonts/Inter-Medium.ttf");
    fonts.font_data.insert("inter".to_owned(), FontData::from_static(regular).into());
    fonts.font_data.insert("inter-medium".to_owned(), FontData::from_static(heavier).into());
    fonts.families.entry(FontFamily::Proportional).or_default().insert(0, "inter".to_owned());
    let filled = Variant::Fill.font_bytes();
    egui_phosphor::add_font_bytes_as_family(&mut fonts, "phosphor-fill", filled);
    egui_phosphor::add_to_fonts(&mut fonts, Variant::Regular);
    let mut family = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    family.insert(0, "inter-medium".to_owned());
    fonts.families.insert(medium(), family);
    ctx.set_fonts(fonts);
}

/// Families that cover Chinese, Japanese and Korean, the most complete first.
const EAST_ASIAN: [&str; 13] = [
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Source Han Sans",
    "Source Han Sans SC",
    "Hiragino Sans",
    "PingFang SC",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
];

/// Loads a system font for East Asian text when `text` is the first to need one.
///
/// The search and the reading happen on a thread of their own, once per process; the glyphs appear with the
/// next frame after that.
pub fn ensure_covers(ctx: &egui::Context, text: &str) {
    static ASKED: AtomicBool = AtomicBool::new(false);
    if !text.chars().any(is_east_asian) || ASKED.swap(true, Ordering::Relaxed) {
        return;
    }
    let ctx = ctx.clone();
    let load = move || {
        if let Some(data) = east_asian_font() {
            ctx.add_font(last_fallback(data));
            ctx.request_repaint();
        }
    };
    // Without a thread the text shows as boxes, which is what it would have done anyway.
    drop(std::thread::Builder::new().name("fonts".into()).spawn(load));
}

/// Whether `c` is a letter that egui's own fonts do not have, of the scripts loaded on demand.
pub fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{3FFFF}')
}

fn last_fallback(data: FontData) -> FontInsert {
    let family = |family| InsertFontFamily { family, priority: FontPriority::Lowest };
    let families = vec![family(FontFamily::Proportional), family(medium()), family(FontFamily::Monospace)];
    FontInsert::new("east-asian", data, families)
}

fn east_asian_font() -> Option<FontData> {
    let mut system = fontdb::Database::new();
    system.load_system_fonts();
    let id = EAST_ASIAN.iter().find_map(|name| {
        let families = [fontdb::Family::Name(name)];
        system.query(&fontdb::Query { families: &families, ..fontdb::Query::default() })
    })?;
    let (bytes, index) = system.with_face_data(id, |bytes, index| (bytes.to_vec(), index))?;
    let mut data = FontData::from_owned(bytes);
    data.index = index;
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_text_needs_a_system_font() {
        assert!("注文サービス".chars().all(is_east_asian));
        assert!("결제".chars().all(is_east_asian));
        assert!(!"checkout-β".chars().any(is_east_asian));
    }
}
