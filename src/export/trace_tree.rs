//! One trace as an indented tree of text, for terminals.
use std::fmt::Write as _;

use super::line::plain;
use crate::analysis::{ErrorMark, Row, RowKey, Waterfall};
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::store::Spans;

/// Columns of the name and of the bar, in characters.
const NAME: usize = 52;
const BAR: usize = 40;
/// Levels that are indented; deeper ones say how deep they are.
const INDENTED: u32 = 16;

/// Draws a trace: a summary, then a line a span with its name, bar, duration and marks.
///
/// `*` stands for the critical path, `!` for a failed span, `!!` for one where an error began.
/// Nothing from the trace can move a terminal's cursor: control and bidi characters are replaced.
pub fn trace_tree(spans: &Spans, waterfall: &Waterfall) -> String {
    let mut out = summary(waterfall);
    for row in &waterfall.rows {
        let name = fit(&row_name(spans, row), NAME);
        let bar = bar(waterfall, row);
        let took =
            if row.span().is_none() || row.is_undated { String::new() } else { duration(row.duration()) };
        let line = format!("{name} ▕{bar}▏ {took:>9} {}", marks(waterfall, row));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.push_str("* critical path   ! error   !! where an error began\n");
    out
}

fn summary(w: &Waterfall) -> String {
    let plural = |n: u32, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut out = format!("trace {}  {}", w.trace_id, duration(w.range.length()));
    let mut parts = vec![plural(w.spans, "span"), plural(w.services.len() as u32, "service")];
    parts.push(plural(w.errors, "error"));
    if w.missing > 0 {
        parts.push(plural(w.missing, "missing span"));
    }
    let _ = writeln!(out, "  {}", parts.join("  "));
    out
}

fn row_name(spans: &Spans, row: &Row) -> String {
    let mut out = "  ".repeat(row.depth.min(INDENTED) as usize);
    if row.depth > INDENTED {
        let _ = write!(out, "[{}] ", row.depth);
    }
    match row.key {
        RowKey::Span(_) => {
            let _ =
                write!(out, "{} {}", plain(spans.text(row.service), NAME), plain(spans.text(row.name), NAME));
        }
        RowKey::Missing(id) => {
            let _ = write!(out, "missing span {id}");
        }
    }
    out
}

fn marks(w: &Waterfall, row: &Row) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut word = |is: bool, text: &str| is.then(|| words.push(text.to_owned()));
    word(!w.sections(row).is_empty(), "*");
    word(row.is_error && row.error == ErrorMark::Origin, "!!");
    word(row.is_error && row.error != ErrorMark::Origin, "!");
    word(row.is_async, "async");
    word(row.is_undated, "no time");
    word(row.marks.is_cycle, "cut from a cycle");
    word(row.marks.is_self_parent, "its own parent");
    if let Some(over) = row.overhang {
        words.push(format!("{} after its caller gave up", duration(over)));
    }
    if let Some(skew) = w.new_skew(row) {
        words.push(format!("clock {}{}", if skew.0 > 0 { "+" } else { "" }, duration(skew)));
    }
    words.join(" ")
}

/// Full blocks where the span worked itself, light ones where it waited, at least one character wide.
fn bar(w: &Waterfall, row: &Row) -> String {
    let mut cells = [' '; BAR];
    if row.is_undated || w.range.is_empty() {
        return cells.iter().collect();
    }
    let span = TimeRange::new(row.start, row.end);
    paint(&mut cells, w.range, span, '░');
    for own in w.own_work(row) {
        paint(&mut cells, w.range, *own, '█');
    }
    cells.iter().collect()
}

fn paint(cells: &mut [char; BAR], all: TimeRange, part: TimeRange, with: char) {
    let at = |t: Timestamp| {
        let share = (t - all.start).as_secs_f64() / all.length().as_secs_f64();
        (share * BAR as f64).round().clamp(0.0, BAR as f64) as usize
    };
    let from = at(part.start).min(BAR - 1);
    let to = at(part.end).max(from + 1);
    cells.iter_mut().take(to).skip(from).for_each(|c| *c = with);
}

/// Exactly `width` columns: padded, or cut with an ellipsis.
fn fit(text: &str, width: usize) -> String {
    let all: usize = text.chars().take(width + 1).map(columns).sum();
    if all <= width {
        return format!("{text}{}", " ".repeat(width - all));
    }
    let mut left = width - 1;
    let mut out = String::new();
    for c in text.chars() {
        match left.checked_sub(columns(c)) {
            Some(rest) => left = rest,
            None => break,
        }
        out.push(c);
    }
    format!("{out}…{}", " ".repeat(left))
}

/// How many columns of a terminal a letter takes: East Asian ones take two.
fn columns(c: char) -> usize {
    let is_wide = matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}' | '\u{1F300}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFF}');
    1 + usize::from(is_wide)
}

/// Three significant digits and a unit.
fn duration(length: Nanos) -> String {
    let ns = length.0 as f64;
    let (value, unit) = match ns.abs() {
        n if n < 999.5 => (ns, "ns"),
        n if n < 999.5e3 => (ns / 1e3, "µs"),
        n if n < 999.5e6 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    let places = match value.abs() {
        v if v == 0.0 || v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.places$} {unit}")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::analysis::{WaterfallOptions, sketch, waterfall};

    fn check(sketch: &str, expected: &Expect) {
        let (spans, trace) = sketch::store(sketch);
        let w = waterfall(&spans, trace, &WaterfallOptions::default());
        expected.assert_eq(&trace_tree(&spans, &w));
    }

    #[test]
    fn a_checkout() {
        check(
            "checkout SERVER 0..3200 error name=POST_/checkout
               checkout CLIENT 10..2520 name=check_stock
                 inventory SERVER 20..2500 name=check_stock
                   inventory CLIENT 30..2490 name=SELECT_items
               checkout CLIENT 2600..3100 error name=charge
                 payment SERVER 2620..9800 name=charge
               mail PRODUCER -
             ghost SERVER 100..110 parent=99 name=refresh",
            &expect![[r#"
                trace 00000000000000000000000000000001  9.80 s  8 spans  5 services  2 errors  1 missing span
                checkout POST /checkout                              ▕█░░░░░░░░░█░░█                          ▏    3.20 s * !
                  mail work                                          ▕                                        ▏           no time
                  checkout check stock                               ▕█░░░░░░░░░█                             ▏    2.51 s *
                    inventory check stock                            ▕█░░░░░░░░░█                             ▏    2.48 s *
                      inventory SELECT items                         ▕██████████                              ▏    2.46 s *
                  checkout charge                                    ▕           █░                           ▏    500 ms * !!
                    payment charge                                   ▕           █████████████████████████████▏    7.18 s * 6.70 s after its caller gave up
                missing span 0000000000000063                        ▕░                                       ▏
                  ghost refresh                                      ▕█                                       ▏   10.0 ms
                * critical path   ! error   !! where an error began
            "#]],
        );
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        check(
            "a\u{1b}[2J INTERNAL 0..1 name=x\u{202E}y\u{7}",
            &expect![[r#"
            trace 00000000000000000000000000000001  1.00 ms  1 span  1 service  0 errors
            a�[2J x�y�                                           ▕████████████████████████████████████████▏   1.00 ms *
            * critical path   ! error   !! where an error began
        "#]],
        );
    }

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(fit("注文 a", 8), "注文 a  ");
        assert_eq!(fit("注文サービス", 8), "注文サ… ");
        assert_eq!(fit("abc", 2), "a…");
    }

    #[test]
    fn deep_traces_stop_being_indented() {
        let sketch: String = (0..20).map(|i| format!("{:i$}a INTERNAL 0..10\n", "")).collect();
        let (spans, trace) = sketch::store(&sketch);
        let text = trace_tree(&spans, &waterfall(&spans, trace, &WaterfallOptions::default()));
        assert!(text.lines().nth(20).is_some_and(|l| l.trim_start().starts_with("[19] a work")), "{text}");
    }
}
