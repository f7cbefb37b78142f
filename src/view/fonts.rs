//! Fonts: Inter and egui's own, icons behind them, and one for Chinese, Japanese and Korean when it is needed.
use std::sync::OnceLock;

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
    if ctx.with_plugin(|_: &mut EastAsian| ()).is_none() {
        ctx.add_plugin(EastAsian::default());
    }
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

/// What is used where the system has no font, and in pictures, which are the same on every machine: one for Chinese
/// and Japanese, one for Korean.
const BUNDLED: [&[u8]; 2] = [
    include_bytes!("../../assets/fonts/DroidSansFallbackFull.ttf.zst"),
    include_bytes!("../../assets/fonts/NanumSquareR.ttf.zst"),
];

/// Looks for East Asian text in what is painted, until there is a font for it.
#[derive(Default)]
struct EastAsian {
    /// Whether such text was painted.
    is_needed: bool,
    /// Whether the font was asked for.
    is_asked: bool,
    /// Whether it is the one that comes with the program, and whoever makes the picture adds it.
    is_picture: bool,
}

impl egui::Plugin for EastAsian {
    fn debug_name(&self) -> &'static str {
        "east-asian"
    }

    fn output_hook(&mut self, ctx: &egui::Context, output: &mut egui::FullOutput) {
        self.is_needed = self.is_needed || output.shapes.iter().any(|s| needs_font(&s.shape));
        if self.is_needed && !self.is_picture && !std::mem::replace(&mut self.is_asked, true) {
            load(ctx.clone());
        }
    }
}

/// Finds the font on a thread of its own; the glyphs appear with the next frame after that.
fn load(ctx: egui::Context) {
    let load = move || {
        // A font of the system may lack one of the scripts, so those that came along stand behind it.
        add(&ctx, system_font().into_iter().chain(bundled_fonts()));
        ctx.request_repaint();
    };
    // Without a thread the text shows as boxes, which is what it would have done anyway.
    drop(std::thread::Builder::new().name("fonts".into()).spawn(load));
}

fn needs_font(shape: &egui::Shape) -> bool {
    match shape {
        egui::Shape::Text(text) => {
            !text.galley.text().is_ascii() && text.galley.text().chars().any(is_east_asian)
        }
        egui::Shape::Vec(all) => all.iter().any(needs_font),
        _ => false,
    }
}

/// Says that `ctx` draws a picture: no font of the system is looked for.
pub fn for_picture(ctx: &egui::Context) {
    ctx.add_plugin(EastAsian { is_picture: true, ..EastAsian::default() });
}

/// Adds the font that the picture turned out to need; true if it is to be drawn again.
pub fn complete(ctx: &egui::Context) -> bool {
    let asks = |p: &mut EastAsian| p.is_needed && !std::mem::replace(&mut p.is_asked, true);
    let is_missing = ctx.with_plugin(asks) == Some(true);
    if is_missing {
        add(ctx, bundled_fonts());
    }
    is_missing
}

/// Whether `c` is a letter that egui's own fonts do not have, of the scripts loaded on demand.
pub fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Adds fonts behind all others, the first before the next.
fn add(ctx: &egui::Context, fonts: impl Iterator<Item = FontData>) {
    for (place, data) in fonts.enumerate() {
        let family = |family| InsertFontFamily { family, priority: FontPriority::Lowest };
        let families =
            vec![family(FontFamily::Proportional), family(medium()), family(FontFamily::Monospace)];
        ctx.add_font(FontInsert::new(&format!("east-asian-{place}"), data, families));
    }
}

fn bundled_fonts() -> impl Iterator<Item = FontData> {
    static UNPACKED: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let unpack = || BUNDLED.iter().filter_map(|b| zstd::stream::decode_all(*b).ok()).collect();
    UNPACKED.get_or_init(unpack).iter().map(|b| FontData::from_static(b))
}

fn system_font() -> Option<FontData> {
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

    /// What a name looks like in a picture.
    fn label(name: &str) -> Vec<u8> {
        let mut is_installed = false;
        let image = crate::view::soft::screenshot([200, 40], 1.0, 2, |ui| {
            if std::mem::replace(&mut is_installed, true) {
                ui.label(egui::RichText::new(name).font(egui::FontId::new(13.0, medium())));
            } else {
                install(ui.ctx());
            }
        });
        image.into_raw()
    }

    #[test]
    fn names_in_japanese_chinese_and_korean_have_glyphs_in_pictures() {
        for [one, other] in [["注文サービス", "決済サーバー"], ["订单服务", "支付网关"], ["결제", "주문"]]
        {
            assert_ne!(label(one), label(other), "boxes would look alike");
        }
        assert_eq!(label("\u{10FFF0}"), label("\u{10FFF1}"), "as those of what nobody has do");
    }

    #[test]
    fn knows_which_text_needs_a_system_font() {
        assert!("注文サービス".chars().all(is_east_asian));
        assert!("결제".chars().all(is_east_asian));
        assert!(!"checkout-β".chars().any(is_east_asian));
    }
}
