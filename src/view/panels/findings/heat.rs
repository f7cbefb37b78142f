//! Requests by time and latency, darker where there are more; dragging a rectangle chooses those inside.
use egui::{Align2, Pos2, Rect, RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};

use super::place_of;
use crate::analysis::{Subject, traces};
use crate::graph::{GraphIndex, Snapshot, matching_traces};
use crate::model::{Nanos, Symbol, TimeRange, Timestamp, TraceIndex};
use crate::store::Lens;
use crate::texts::{fill, texts};
use crate::view::panels::widgets;
use crate::view::panels::{Clock, Command, Item};
use crate::view::text;
use crate::view::theme::{self, Palette, faded, mixed};

/// Stretches of time and steps of latency.
const CELLS: (usize, usize) = (48, 22);
/// Height of the picture, in points.
const HEIGHT: f32 = 132.0;

/// Requests that somebody chose: of a node, an edge or all, that began then and took so long.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Whose requests; those that start traces where left out.
    pub item: Option<Item>,
    /// When they began.
    pub time: TimeRange,
    /// How long they took: from, to.
    pub latency: (Nanos, Nanos),
}

/// One request: its trace, what it asked for, when it began, how long it took, and whether it failed.
type Request = (TraceIndex, Symbol, Timestamp, Nanos, bool);

/// Requests of an item under a lens; of everything those that start traces. Those of one trace lie together.
fn requests(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, item: Option<&Item>) -> Vec<Request> {
    let inside = |t: Timestamp| lens.window.is_none_or(|w| w.contains(t));
    let place = item.and_then(|i| place_of(index, i));
    let (mut parties, mut edges) = (Vec::new(), Vec::new());
    match place {
        Some(Subject::Node(n)) => parties = index.parties_of(n),
        Some(Subject::Edge(e)) => edges = index.raw_edges_of(e),
        None => {}
    }
    let is_callee = |e| snapshot.calls.edges().get(e).is_some_and(|e| parties.contains(&e.to));
    let mut out = Vec::new();
    for trace in matching_traces(&snapshot.spans, lens) {
        let Some(own) = snapshot.calls.of_trace(trace) else { continue };
        let served = own.served.iter().filter(|s| match place {
            None => s.is_root,
            Some(_) => parties.contains(&s.service),
        });
        let before = out.len();
        let served = served.filter(|s| s.is_timed && inside(s.start));
        out.extend(served.map(|s| (trace, s.operation, s.start, s.duration, s.outcome.is_failure())));
        if out.len() == before && place.is_some() {
            // Whoever sends no spans is known by the calls to it.
            let calls = own.calls.iter().filter(|c| edges.contains(&c.edge) || is_callee(c.edge));
            let calls = calls.filter(|c| c.is_timed && inside(c.start));
            let failed = |c: &crate::graph::Call| c.outcome.is_failure() || c.is_timeout;
            out.extend(calls.map(|c| (trace, c.operation, c.start, c.duration, failed(c))));
        }
    }
    out
}

/// The requests of a choice.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Which were asked for.
    pub choice: Choice,
    /// Those that were found; of one trace together.
    pub requests: Vec<traces::Chosen>,
    /// Traces that they belong to.
    pub traces: usize,
    /// What all of them asked for, where it is one thing.
    pub operation: Option<Symbol>,
}

impl Chosen {
    /// Finds them under a lens.
    pub fn new(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, choice: Choice) -> Self {
        let (least, most) = choice.latency;
        let mut all = requests(snapshot, lens, index, choice.item.as_ref());
        all.retain(|r| choice.time.contains(r.2) && r.3 >= least && r.3 <= most);
        let first = all.first().map(|r| r.1);
        let operation = first.filter(|o| all.iter().all(|r| r.1 == *o));
        let traces = all.chunk_by(|a, b| a.0 == b.0).count();
        Self { choice, requests: all.into_iter().map(|r| (r.0, r.3, r.4)).collect(), traces, operation }
    }
    /// The traces with one of them, in order.
    pub fn places(&self) -> Vec<TraceIndex> {
        let mut out: Vec<TraceIndex> = self.requests.iter().map(|r| r.0).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// The picture as plain data.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// Whose requests.
    pub item: Option<Item>,
    range: TimeRange,
    /// Logarithms (base 10) of the shortest and longest, in nanoseconds.
    log: (f64, f64),
    /// Per stretch of time, per step of latency: requests, and failed ones.
    cells: Vec<(u32, u32)>,
    most: u32,
    total: usize,
    /// What 95 % of them are faster than.
    slow: Nanos,
}

impl Heat {
    /// Counts requests; `None` where there are none with a time.
    pub fn new(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, item: Option<Item>) -> Option<Self> {
        let all = requests(snapshot, lens, index, item.as_ref());
        let range = lens.window.or(snapshot.extent)?;
        let mut lengths: Vec<Nanos> = all.iter().map(|r| r.3).collect();
        lengths.sort_unstable();
        let (shortest, longest) = (*lengths.first()?, *lengths.last()?);
        let slow = *lengths.get(lengths.len() * 95 / 100)?;
        let log = |n: Nanos| (n.0.max(1) as f64).log10();
        // A little room, and at least a tenfold.
        let (low, high) = (log(shortest), log(longest));
        let room = ((1.0 - (high - low)) / 2.0).max(0.05);
        let mut out = Self {
            item,
            range,
            log: (low - room, high + room),
            cells: vec![(0, 0); CELLS.0 * CELLS.1],
            most: 0,
            total: all.len(),
            slow,
        };
        for (_, _, start, length, is_failed) in all {
            let (x, y) = (out.share_of_time(start), out.share_of_length(length));
            let at = |share: f64, cells: usize| ((share * cells as f64) as usize).min(cells - 1);
            if let Some(cell) = out.cells.get_mut(at(x, CELLS.0) * CELLS.1 + at(y, CELLS.1)) {
                *cell = (cell.0 + 1, cell.1 + u32::from(is_failed));
                out.most = out.most.max(cell.0);
            }
        }
        Some(out)
    }

    fn share_of_time(&self, t: Timestamp) -> f64 {
        ((t - self.range.start).0 as f64 / self.range.length().0.max(1) as f64).clamp(0.0, 1.0)
    }
    fn share_of_length(&self, n: Nanos) -> f64 {
        (((n.0.max(1) as f64).log10() - self.log.0) / (self.log.1 - self.log.0)).clamp(0.0, 1.0)
    }
    fn time_at(&self, share: f64) -> Timestamp {
        self.range.start + Nanos((self.range.length().0 as f64 * share.clamp(0.0, 1.0)) as i64)
    }
    /// The ends of the scale stand for anything shorter or longer.
    fn length_at(&self, share: f64) -> Nanos {
        match share {
            s if s <= 0.0 => Nanos(0),
            s if s >= 1.0 => Nanos(i64::MAX),
            s => Nanos(10f64.powf(self.log.0 + (self.log.1 - self.log.0) * s) as i64),
        }
    }
    fn choice(&self, area: Rect, a: Pos2, b: Pos2) -> Choice {
        let x = |at: Pos2| f64::from((at.x - area.left()) / area.width().max(1.0));
        let y = |at: Pos2| f64::from((area.bottom() - at.y) / area.height().max(1.0));
        let end = self.time_at(x(a).max(x(b)));
        Choice {
            item: self.item.clone(),
            time: TimeRange::new(self.time_at(x(a).min(x(b))), end + Nanos(1)),
            latency: (self.length_at(y(a).min(y(b))), self.length_at(y(a).max(y(b)))),
        }
    }
}

/// Shows it; a drag or a press of the button chooses requests.
pub fn show(
    ui: &mut Ui,
    heat: &Heat,
    choice: Option<&Choice>,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let full = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(full, Sense::drag());
    let area = Rect::from_min_max(rect.min + vec2(44.0, 4.0), rect.max - vec2(2.0, 18.0));
    let spoken =
        fill(texts().findings.latency_of_requests_over_time, &[("count", &text::count(heat.total as f64))]);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &spoken));
    paint(ui, heat, area, clock, p);
    let id = response.id.with("drag");
    let inside = |at: Pos2| at.clamp(area.min, area.max);
    if response.drag_started()
        && let Some(at) = ui.input(|i| i.pointer.press_origin())
    {
        ui.data_mut(|d| d.insert_temp(id, inside(at)));
    }
    let from = ui.data(|d| d.get_temp::<Pos2>(id));
    if let (Some(from), Some(to)) = (from, response.interact_pointer_pos().map(inside)) {
        frame(ui, Rect::from_two_pos(from, to), p);
        if response.drag_stopped() {
            ui.data_mut(|d| d.remove::<Pos2>(id));
            if (from - to).length() >= 4.0 {
                commands.push(Command::Choose(Some(heat.choice(area, from, to))));
            }
        }
    } else if let Some(choice) = choice.filter(|c| c.item == heat.item) {
        let x = |t| area.left() + heat.share_of_time(t) as f32 * area.width();
        let y = |n| area.bottom() - heat.share_of_length(n) as f32 * area.height();
        let corner = pos2(x(choice.time.start), y(choice.latency.0));
        frame(ui, Rect::from_two_pos(corner, pos2(x(choice.time.end), y(choice.latency.1))), p);
    }
    response.on_hover_cursor(egui::CursorIcon::Crosshair);
    ui.horizontal_wrapped(|ui| {
        let button = |ui: &mut Ui, name: &str| ui.button(RichText::new(name).font(theme::small())).clicked();
        if choice.is_some() {
            if button(ui, texts().findings.clear_the_choice) {
                commands.push(Command::Choose(None));
            }
        } else if button(ui, texts().findings.choose_the_slowest_5_percent) {
            let time = TimeRange::new(heat.range.start, heat.range.end + Nanos(1));
            let latency = (heat.slow, Nanos(i64::MAX));
            commands.push(Command::Choose(Some(Choice { item: heat.item.clone(), time, latency })));
        }
    });
}

fn frame(ui: &Ui, area: Rect, p: &Palette) {
    let stroke = Stroke::new(1.5, p.accent);
    ui.painter().rect(area, 2, faded(p.accent, 0.12), stroke, StrokeKind::Inside);
}

fn paint(ui: &Ui, heat: &Heat, area: Rect, clock: &Clock, p: &Palette) {
    let painter = ui.painter();
    painter.rect(area, 2, p.raised, Stroke::new(1.0, p.border), StrokeKind::Outside);
    let size = vec2(area.width() / CELLS.0 as f32, area.height() / CELLS.1 as f32);
    for (i, (all, failed)) in heat.cells.iter().enumerate().filter(|c| c.1.0 > 0) {
        let at = vec2((i / CELLS.1) as f32 * size.x, (i % CELLS.1 + 1) as f32 * size.y);
        let corner = pos2(area.left() + at.x, area.bottom() - at.y);
        let strength = 0.3 + 0.7 * (*all as f32 / heat.most.max(1) as f32).sqrt();
        let full = mixed(p.text, p.critical, if *failed > 0 { 1.0 } else { 0.0 });
        let full = if *failed > 0 { full } else { mixed(p.edge, p.text, strength * 0.6) };
        let colour = mixed(p.raised, full, strength);
        painter.rect_filled(Rect::from_min_size(corner, size - vec2(0.5, 0.5)), 0, colour);
    }
    let label = |at: Pos2, align, text: String| {
        painter.text(at, align, text, theme::caption(), p.muted);
    };
    // Full powers of ten are round lengths: 1 ms, 10 ms, 100 ms, 1 s.
    for power in heat.log.0.ceil() as i32..=heat.log.1.floor() as i32 {
        let nanos = 10f64.powi(power);
        let y = area.bottom() - heat.share_of_length(Nanos(nanos as i64)) as f32 * area.height();
        painter.hline(area.x_range(), y, Stroke::new(1.0, faded(p.border, 0.7)));
        if y > area.top() + 4.0 && y < area.bottom() - 2.0 {
            label(pos2(area.left() - 6.0, y), Align2::RIGHT_CENTER, text::duration_ns(nanos));
        }
    }
    let y = area.bottom() + 10.0;
    label(pos2(area.left(), y), Align2::LEFT_CENTER, clock.seconds(heat.range.start));
    label(pos2(area.right(), y), Align2::RIGHT_CENTER, clock.seconds(heat.range.end));
    let colours =
        [(p.critical, texts().findings.failed), (mixed(p.edge, p.text, 0.4), texts().findings.went_well)];
    let mut x = area.center().x - 48.0;
    for (colour, name) in colours {
        painter.rect_filled(Rect::from_center_size(pos2(x, y), vec2(7.0, 7.0)), 1, colour);
        let text = painter.text(pos2(x + 8.0, y), Align2::LEFT_CENTER, name, theme::caption(), p.muted);
        x = text.right() + 12.0;
    }
}

/// What is chosen, in words: `412 requests of POST /checkout slower than 1.2 s, 14:05:00 to 14:12:00`.
pub fn describe(chosen: &Chosen, snapshot: &Snapshot, clock: &Clock) -> String {
    let choice = &chosen.choice;
    let count = match chosen.requests.len() {
        0 => texts().findings.no_request.to_owned(),
        1 => texts().findings.n_1_request.to_owned(),
        n => fill(texts().findings.requests, &[("count", &text::count(n as f64))]),
    };
    let of = match (chosen.operation, &choice.item) {
        (Some(operation), _) => {
            fill(texts().findings.of_2, &[("name", &text::name(snapshot.spans.text(operation), 60))])
        }
        (None, Some(item)) => fill(texts().findings.of_2, &[("name", &super::name_of(item))]),
        (None, None) => String::new(),
    };
    let (from, to) = choice.latency;
    let long = match (from.0, to.0) {
        (0, i64::MAX) => String::new(),
        (_, i64::MAX) => fill(texts().findings.slower_than, &[("length", &widgets::duration(Some(from)))]),
        (0, _) => fill(texts().findings.faster_than, &[("length", &widgets::duration(Some(to)))]),
        _ => fill(
            texts().findings.that_took_to,
            &[("from", &widgets::duration(Some(from))), ("to", &widgets::duration(Some(to)))],
        ),
    };
    let is_all = snapshot.extent.is_none_or(|e| choice.time.start <= e.start && choice.time.end >= e.end);
    let when = if is_all { String::new() } else { format!(", {}", clock.range(choice.time)) };
    format!("{count}{of}{long}{when}")
}
