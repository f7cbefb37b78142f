//! What the waterfall shows: the visible rows as plain data. Work grows with what is visible only.
use std::fmt;

use egui::Color32;

use super::folds::Folds;
use super::{ROW, ServiceColours};
use crate::analysis::{ErrorMark, Row, RowKey, Waterfall};
use crate::model::{Nanos, SpanRow, TimeRange, Timestamp};
use crate::store::Spans;
use crate::texts::{fill, texts};
use crate::view::text;

/// Levels that are indented; deeper rows say their depth instead.
const INDENTED: u32 = 16;
/// About how far ticks stand apart, in points.
const TICK_WIDTH: f32 = 96.0;

/// The visible part of the waterfall.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Visible time.
    pub range: TimeRange,
    /// Rows above the first that is visible, with fraction.
    pub scroll: f64,
    /// Height of the rows, in points.
    pub height: f32,
    /// Width of the bars' column, in points.
    pub time_width: f32,
}

/// Whether a row has children, and whether they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toggle {
    /// No children.
    Leaf,
    /// Children shown.
    Open,
    /// That many rows hidden.
    Closed(u32),
}

/// The error sign of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorIcon {
    /// No error to show.
    None,
    /// The span's own part.
    Mark(ErrorMark),
    /// That many failed spans are hidden below a span that did not fail.
    Below(u32),
}

/// A bar; positions are shares of the visible time, within 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Start and end, clipped.
    pub span: (f32, f32),
    /// Own work, thinned to what can be told apart.
    pub own: Vec<(f32, f32)>,
    /// Critical path, thinned in the same way.
    pub path: Vec<(f32, f32)>,
    /// Work done after the caller gave up.
    pub overhang: Option<(f32, f32)>,
}

/// A visible row.
#[derive(Clone, Debug)]
pub struct SceneRow {
    /// Place in [`Waterfall::rows`].
    pub row: u32,
    /// Top, in points below the top of the rows.
    pub y: f32,
    /// Levels to indent by.
    pub indent: u32,
    /// Children.
    pub toggle: Toggle,
    /// The service's colour; `None` for a missing span.
    pub colour: Option<Color32>,
    /// Service, one safe line.
    pub service: String,
    /// Whether the parent is of the same service, so that the name may be left out.
    pub repeats_service: bool,
    /// Operation, one safe line.
    pub operation: String,
    /// The bar; `None` where no time is known, or outside the visible time.
    pub bar: Option<Bar>,
    /// How long it took, or why that is not known.
    pub duration: String,
    /// What else to say beside the bar: not waited for, clock corrected. Mostly empty.
    pub note: String,
    /// Its error sign.
    pub error: ErrorIcon,
    /// Whether it is selected.
    pub is_selected: bool,
    /// What a screen reader says.
    pub label: String,
}

/// A line of the ruler.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Share of the visible time.
    pub at: f32,
    /// Time since the start of the trace.
    pub label: String,
}

/// All that is visible.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Visible rows, from the top.
    pub rows: Vec<SceneRow>,
    /// Lines of the ruler.
    pub ticks: Vec<Tick>,
    /// Visible time.
    pub range: TimeRange,
}

/// Computes what is visible.
pub fn scene(
    spans: &Spans,
    waterfall: &Waterfall,
    folds: &Folds,
    selected: Option<SpanRow>,
    view: &View,
    colours: &ServiceColours,
) -> Scene {
    let first = view.scroll.max(0.0) as u32;
    let slots = (view.height / ROW).ceil().max(0.0) as u32 + 1;
    let mut rows = Vec::with_capacity(slots as usize);
    for slot in first..first.saturating_add(slots) {
        let Some(at) = folds.row_in(slot) else { break };
        let Some(row) = waterfall.rows.get(at as usize) else { break };
        let y = ((f64::from(slot) - view.scroll) * f64::from(ROW)) as f32;
        let hidden = folds.hidden_by(at);
        rows.push(SceneRow {
            is_selected: selected.is_some() && row.span() == selected,
            ..scene_row(spans, waterfall, row, at, y, hidden, view, colours)
        });
    }
    let ticks = ticks(waterfall.range.start, view.range, view.time_width);
    Scene { rows, ticks, range: view.range }
}

#[allow(clippy::too_many_arguments, reason = "the parts of one row, all needed at once")]
fn scene_row(
    spans: &Spans,
    w: &Waterfall,
    row: &Row,
    at: u32,
    y: f32,
    hidden: Option<u32>,
    view: &View,
    colours: &ServiceColours,
) -> SceneRow {
    let service = text::name(spans.text(row.service), 80);
    let mut operation = match row.key {
        RowKey::Span(_) => text::name(spans.text(row.name), text::LONGEST),
        RowKey::Missing(id) => fill(texts().waterfall.missing_span, &[("span", &id)]),
    };
    if row.depth > INDENTED {
        operation = format!("[{}] {operation}", row.depth);
    }
    let toggle = match hidden {
        Some(n) => Toggle::Closed(n),
        None if row.children > 0 => Toggle::Open,
        None => Toggle::Leaf,
    };
    let error = match row.error {
        ErrorMark::None if row.is_error => ErrorIcon::Mark(ErrorMark::Origin),
        ErrorMark::None | ErrorMark::Handled if hidden.is_some() && row.errors_below > 0 => {
            ErrorIcon::Below(row.errors_below)
        }
        ErrorMark::None => ErrorIcon::None,
        mark => ErrorIcon::Mark(mark),
    };
    let duration = duration_text(row);
    let label = label(&service, &operation, &duration, row, toggle);
    SceneRow {
        row: at,
        y,
        indent: row.depth.min(INDENTED),
        toggle,
        colour: row.span().map(|_| colours.of(row.service)),
        service,
        repeats_service: row
            .parent
            .and_then(|p| w.rows.get(p as usize))
            .is_some_and(|p| p.service == row.service),
        operation,
        bar: bar(w, row, view),
        duration,
        note: note(w, row),
        error,
        is_selected: false,
        label,
    }
}

fn duration_text(row: &Row) -> String {
    match row.key {
        RowKey::Missing(_) => texts().waterfall.not_received.to_owned(),
        RowKey::Span(_) if row.is_undated => texts().waterfall.no_time.to_owned(),
        RowKey::Span(_) => text::duration_ns(row.duration().0 as f64),
    }
}

/// Clock corrections below this are not worth a word beside the bar; the details tell them.
const SMALL_SKEW: Nanos = Nanos::from_millis(1);

fn note(w: &Waterfall, row: &Row) -> String {
    let mut words = Vec::new();
    if row.is_async {
        words.push(texts().waterfall.async_.to_owned());
    }
    if let Some(skew) = w.new_skew(row).filter(|s| s.0.abs() >= SMALL_SKEW.0) {
        let sign = if skew.0 > 0 { "+" } else { "" };
        words.push(fill(
            texts().waterfall.clock,
            &[("sign", &sign), ("skew", &text::duration_ns(skew.0 as f64))],
        ));
    }
    words.join(" · ")
}

fn label(service: &str, operation: &str, duration: &str, row: &Row, toggle: Toggle) -> String {
    let mut out = if service.is_empty() { String::new() } else { format!("{service} ") };
    out += &format!("{operation}, {duration}");
    match row.error {
        ErrorMark::Origin => out += texts().waterfall.error_begins_here,
        ErrorMark::Propagated => out += texts().waterfall.error,
        ErrorMark::Handled => out += texts().waterfall.handled_an_error,
        ErrorMark::None => {}
    }
    if let Toggle::Closed(n) = toggle {
        out += &fill(texts().waterfall.spans_hidden, &[("count", &n)]);
    }
    out
}

fn bar(w: &Waterfall, row: &Row, view: &View) -> Option<Bar> {
    let range = TimeRange::new(row.start, row.end);
    let is_outside = row.end < view.range.start || row.start > view.range.end;
    if row.is_undated || row.start.is_unset() || view.range.is_empty() || is_outside {
        return None;
    }
    let pixel = Nanos((view.range.length().as_secs_f64() * 1e9 / f64::from(view.time_width.max(1.0))) as i64);
    let own = w.own_work(row);
    let own = thinned(own.len(), |i| own.get(i).map(|r| (r.start, r.end)), view.range, pixel);
    let path = w.sections(row);
    let path = thinned(path.len(), |i| path.get(i).map(|s| (s.from, s.to)), view.range, pixel);
    let share = |(a, b)| (share(view.range, a), share(view.range, b));
    let overhang = row.overhang.map(|o| row.end - o).filter(|from| *from < view.range.end);
    let overhang = overhang.map(|from| share((from, row.end)));
    Some(Bar {
        span: share((range.start, range.end)),
        own: own.into_iter().map(share).collect(),
        path: path.into_iter().map(share).collect(),
        overhang,
    })
}

/// Where a moment lies in a range, clipped to 0 to 1.
fn share(range: TimeRange, t: Timestamp) -> f32 {
    let share = (t - range.start).0 as f64 / range.length().0.max(1) as f64;
    share.clamp(0.0, 1.0) as f32
}

/// The visible ones of `n` parts in order of time, those closer than a pixel joined.
///
/// Jumps from pixel to pixel, so the work is bounded by the pixels, not by `n`.
fn thinned(
    n: usize,
    part: impl Fn(usize) -> Option<(Timestamp, Timestamp)>,
    range: TimeRange,
    pixel: Nanos,
) -> Vec<(Timestamp, Timestamp)> {
    let mut out = Vec::new();
    let mut at = first_where(0, n, |i| part(i).is_some_and(|p| p.1 > range.start));
    while let Some((from, mut to)) = part(at).filter(|p| p.0 < range.end) {
        loop {
            let reach = to.max(from + pixel);
            let next = first_where(at, n, |i| part(i).is_some_and(|p| p.0 > reach));
            let last = part(next.saturating_sub(1)).map_or(to, |p| p.1);
            at = next;
            if last <= to {
                break;
            }
            to = last;
            if to >= range.end {
                break;
            }
        }
        out.push((from, to));
    }
    out
}

/// The first of `from..to` for which `is` holds, which it then does for all after it; `to` if none.
fn first_where(mut from: usize, mut to: usize, is: impl Fn(usize) -> bool) -> usize {
    while from < to {
        let middle = from + (to - from) / 2;
        if is(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

/// Round times, counted from the start of the trace, about [`TICK_WIDTH`] apart.
fn ticks(origin: Timestamp, range: TimeRange, width: f32) -> Vec<Tick> {
    let length = range.length().0 as f64;
    if length <= 0.0 {
        return Vec::new();
    }
    let wanted = f64::from((width / TICK_WIDTH).max(1.0));
    let step = round_step(length / wanted);
    let first = ((range.start - origin).0 as f64 / step).ceil() as i64;
    let mut out = Vec::new();
    for i in first..first + 64 {
        let at = i as f64 * step;
        let t = origin + Nanos(at as i64);
        if t > range.end {
            break;
        }
        let label = if i == 0 { "0".to_owned() } else { text::duration_ns(at) };
        out.push(Tick { at: share(range, t), label });
    }
    out
}

/// The next of 1, 2, 5, 10 … nanoseconds, and of round minutes and hours above that.
fn round_step(least: f64) -> f64 {
    const MINUTES: [f64; 8] = [15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];
    if least > 10e9
        && let Some(s) = MINUTES.iter().find(|s| **s * 1e9 >= least)
    {
        return s * 1e9;
    }
    let ten = 10f64.powf(least.max(1.0).log10().floor());
    [1.0, 2.0, 5.0].iter().map(|m| m * ten).find(|s| *s >= least).unwrap_or(10.0 * ten)
}

impl fmt::Display for Scene {
    /// One line a row: indentation, sign, name, bar in hundredths, label.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ticks: Vec<String> =
            self.ticks.iter().map(|t| format!("{}@{:.0}", t.label, t.at * 100.0)).collect();
        writeln!(f, "{}", ticks.join(" "))?;
        for r in &self.rows {
            let sign = match r.toggle {
                Toggle::Leaf => "·".to_owned(),
                Toggle::Open => "▾".to_owned(),
                Toggle::Closed(n) => format!("▸{n}"),
            };
            let mark = if r.is_selected { ">" } else { "" };
            let name = format!("{} {}", r.service, r.operation);
            write!(f, "{mark}{}{sign} {}", "  ".repeat(r.indent as usize), name.trim_start())?;
            if let Some(b) = &r.bar {
                let parts = |parts: &[(f32, f32)]| {
                    let text = parts.iter().map(|p| format!("{:.0}-{:.0}", p.0 * 100.0, p.1 * 100.0));
                    text.collect::<Vec<_>>().join(",")
                };
                write!(f, " [{}]", parts(&[b.span]))?;
                for (what, some) in [("own", &b.own), ("path", &b.path)] {
                    if !some.is_empty() {
                        write!(f, " {what} {}", parts(some))?;
                    }
                }
                if let Some(o) = b.overhang {
                    write!(f, " over {}", parts(&[o]))?;
                }
            }
            match r.error {
                ErrorIcon::None => {}
                ErrorIcon::Mark(m) => write!(f, " {m:?}")?,
                ErrorIcon::Below(n) => write!(f, " {n} errors below")?,
            }
            let note = if r.note.is_empty() { String::new() } else { format!(" · {}", r.note) };
            writeln!(f, " | {}{note}", r.duration)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "scene_tests.rs"]
mod tests;
