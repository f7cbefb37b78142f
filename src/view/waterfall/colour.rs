//! A stable colour for each service, from hues that mean nothing else: no red, amber or selection blue.
use std::collections::HashMap;

use egui::Color32;

use crate::model::Symbol;
use crate::store::Spans;

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
    tone(preferred(service), dark)
}

fn preferred(service: &str) -> usize {
    // FNV-1a, with its bits mixed down: few names have to spread over few colours.
    let mut hash = service
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    hash ^= hash >> 29;
    (hash % DARK.len() as u64) as usize
}

fn tone(at: usize, dark: bool) -> Color32 {
    let colours = if dark { &DARK } else { &LIGHT };
    let rgb = colours[at % colours.len()];
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// The colours of the services of one trace, told apart as long as there are colours left.
///
/// Each has the colour of [`service_colour`] unless a service before it in the alphabet has taken that.
#[derive(Clone, Debug, Default)]
pub struct ServiceColours {
    of: HashMap<Symbol, Color32>,
}

impl ServiceColours {
    /// For services that are in order of their names.
    pub fn new(spans: &Spans, services: &[Symbol], dark: bool) -> Self {
        let mut taken = [false; DARK.len()];
        let mut of = HashMap::with_capacity(services.len());
        for service in services {
            let wanted = preferred(spans.text(*service));
            // Steps of seven reach every colour, and the next one looks different from the last.
            let free = (0..DARK.len()).map(|i| (wanted + 7 * i) % DARK.len()).find(|at| !taken[*at]);
            let at = free.unwrap_or(wanted);
            taken[at] = true;
            of.insert(*service, tone(at, dark));
        }
        Self { of }
    }
    /// The colour of a service of the trace.
    pub fn of(&self, service: Symbol) -> Color32 {
        self.of.get(&service).copied().unwrap_or_default()
    }
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
    fn sixteen_services_of_a_trace_have_sixteen_colours() {
        let sketch: String = (0..17).map(|i| format!("service-{i:02} SERVER 0..1\n")).collect();
        let (spans, trace) = crate::analysis::sketch::store(&sketch);
        let w = crate::analysis::waterfall(&spans, trace, &Default::default());
        let colours = ServiceColours::new(&spans, &w.services, true);
        let mut seen: Vec<_> = w.services.iter().map(|s| colours.of(*s).to_array()).collect();
        assert_eq!(seen[0], service_colour("service-00", true).to_array());
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((w.services.len(), seen.len()), (17, 16));
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
