//! A stable colour for each service, from hues that mean nothing else: no red, amber or selection blue.
use egui::Color32;

/// OKLCH hues 112 to 208 (olive to cyan) and 288 to 338 (violet to orchid), in two tones.
const DARK: [u32; 16] = [
    0xACB260, 0x8EBA76, 0x6DBF91, 0x50C0B0, 0x49BDCD, 0xA7A0EA, 0xC197DB, 0xD691C2, 0x82863E, 0x678D52,
    0x49916A, 0x2B9384, 0x22909E, 0x7D77B6, 0x936FA9, 0xA56994,
];
const LIGHT: [u32; 16] = [
    0x888D29, 0x669649, 0x389C6A, 0x009D8C, 0x0099AC, 0x8379CA, 0x9E70BA, 0xB4689F, 0x606303, 0x426A29,
    0x146F46, 0x007062, 0x006D7C, 0x5B5295, 0x714A88, 0x834472,
];

/// The colour of a service: it depends on its name alone, so it is the same in each trace and on each start.
pub fn service_colour(service: &str, dark: bool) -> Color32 {
    // FNV-1a, with its bits mixed down: few names have to spread over few colours.
    let mut hash = service
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    hash ^= hash >> 29;
    let colours = if dark { &DARK } else { &LIGHT };
    let rgb = colours[(hash % colours.len() as u64) as usize];
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::theme::Palette;

    fn distance(a: Color32, b: Color32) -> i32 {
        let of = |x: u8, y: u8| (i32::from(x) - i32::from(y)).pow(2);
        of(a.r(), b.r()) + of(a.g(), b.g()) + of(a.b(), b.b())
    }

    #[test]
    fn no_service_looks_like_a_warning_an_error_or_the_selection() {
        for (p, dark) in [(Palette::DARK, true), (Palette::LIGHT, false)] {
            for i in 0..200 {
                let colour = service_colour(&format!("service-{i}"), dark);
                for taken in [p.warning, p.critical, p.accent] {
                    assert!(distance(colour, taken) > 60 * 60, "{colour:?} and {taken:?}");
                }
            }
        }
    }

    #[test]
    fn names_spread_over_all_colours() {
        let mut seen: Vec<_> =
            (0..200).map(|i| service_colour(&format!("service-{i}"), true).to_array()).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), DARK.len());
    }
}
