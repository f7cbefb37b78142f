//! Numbers and names as people read them.
use std::fmt::Write as _;

/// What stands where there is no value.
pub const NONE: &str = "–";
/// The longest text handed to egui, in characters; laying out more would stall a frame.
pub const LONGEST: usize = 512;

/// Three significant digits, without zeros at the end of a fraction: `1.24`, `12.4`, `124`, `3`, `1.5`.
fn significant(value: f64) -> String {
    let size = value.abs();
    let places = if size >= 99.95 { 0 } else { usize::from(size < 9.995) + 1 };
    let text = format!("{value:.places$}");
    if places == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// `value` with the first unit that keeps it under 1,000 once rounded.
fn scaled(value: f64, units: &[(f64, &str)], glue: &str) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let last = units.len().saturating_sub(1);
    for (i, (size, unit)) in units.iter().enumerate() {
        let part = value / size;
        if part.abs() < 999.5 || i == last {
            return if unit.is_empty() { significant(part) } else { significant(part) + glue + unit };
        }
    }
    NONE.to_owned()
}

/// A length of time given in nanoseconds: `89 ms`, `1.24 s`, `2 m 05 s`, `1 h 04 m`.
pub fn duration_ns(ns: f64) -> String {
    let seconds = (ns / 1e9).round();
    if !ns.is_finite() {
        NONE.to_owned()
    } else if ns.abs() < 59.95e9 {
        scaled(ns, &[(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")], " ")
    } else if seconds.abs() < 3600.0 {
        format!("{} m {:02} s", (seconds / 60.0).trunc(), (seconds % 60.0).abs())
    } else if seconds.abs() < 86_400.0 {
        format!("{} h {:02} m", (seconds / 3600.0).trunc(), (seconds / 60.0 % 60.0).trunc().abs())
    } else {
        format!("{} d {:02} h", (seconds / 86_400.0).trunc(), (seconds / 3600.0 % 24.0).trunc().abs())
    }
}

/// A length of time given in milliseconds, as [`duration_ns`] shows it.
pub fn duration_ms(ms: f64) -> String {
    duration_ns(ms * 1e6)
}

/// A count: `812`, `12.4 k`, `3.1 M`.
pub fn count(value: f64) -> String {
    scaled(value, &[(1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T")], " ")
}

/// A rate given per minute: `640/min`, `12.4 k/min`; very low ones per hour: `6/h`.
pub fn rate_per_min(per_minute: f64) -> String {
    if !per_minute.is_finite() {
        NONE.to_owned()
    } else if per_minute > 0.0 && per_minute < 0.995 {
        count(per_minute * 60.0) + "/h"
    } else {
        count(per_minute) + "/min"
    }
}

/// A share of one as percent: `7.8%`, `0.3%`, `100%`, `<0.1%`.
///
/// Something that is not all is never shown as `100%`, nor something that is not nothing as `0%`.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if !value.is_finite() {
        NONE.to_owned()
    } else if value > 0.0 && value < 0.05 {
        "<0.1%".to_owned()
    } else if value > 99.0 && value < 100.0 {
        format!("{:.1}%", value.min(99.9))
    } else if value < 9.95 && (value * 10.0).round() % 10.0 != 0.0 {
        format!("{value:.1}%")
    } else {
        format!("{value:.0}%")
    }
}

/// A size: `412 B`, `1.5 kB`, `3.2 GB` (powers of 1,000).
pub fn bytes(value: f64) -> String {
    scaled(value, &[(1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB")], " ")
}

/// Marks an estimate.
pub fn about(text: &str) -> String {
    format!("~{text}")
}

/// `name` as one safe line: control and bidirectional characters become visible symbols.
pub fn clean(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '\u{0}'..='\u{1F}' => out.extend(char::from_u32(0x2400 + u32::from(c))),
            '\u{7F}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9F}'
            | '\u{61C}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "⟨{:X}⟩", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

/// `text` in at most `most` characters (and [`LONGEST`]), with the middle left out.
pub fn elide(text: &str, most: usize) -> String {
    let most = most.clamp(1, LONGEST);
    // No need to count on: more than `most` is too many however many there are.
    if text.chars().take(most + 1).count() <= most {
        return text.to_owned();
    }
    let tail = (most - 1) / 2;
    let head = most - 1 - tail;
    let start = text.char_indices().nth(head).map_or(text.len(), |(i, _)| i);
    let end =
        if tail == 0 { text.len() } else { text.char_indices().rev().nth(tail - 1).map_or(0, |(i, _)| i) };
    format!("{}…{}", &text[..start], &text[end..])
}

/// A name ready to be shown: cleaned, and cut in the middle to `most` characters.
pub fn name(name: &str, most: usize) -> String {
    let cut = elide(name, LONGEST);
    elide(&clean(&cut), most)
}

/// About how wide `text` stands at 13 points, for laying out without fonts.
pub fn estimated_width(text: &str) -> f32 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | ' ' | 'I' => 3.6,
            'm' | 'w' | 'M' | 'W' | '%' => 10.5,
            'A'..='Z' => 8.2,
            c if super::fonts::is_east_asian(c) => 13.0,
            _ => 7.0,
        })
        .sum()
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
