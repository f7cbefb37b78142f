//! The timeline: requests and failures over all time, the p95 as a line, and a brush for the window.
mod bars;
mod deployed;
mod dots;
mod gap;
mod playback;
mod second;
mod zoom;

use egui::{
    Align2, CursorIcon, Pos2, Rangef, Rect, Response, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use bars::{paint, paint_rest};
pub use dots::dots;
pub use playback::{Player, Replay, SPEEDS, Sought, Way};

use super::alert_bands::{self, Bands};
use super::clock::Clock;
use super::command::{Command, Window};
use super::deployments::Deployed;
use super::notes::{self, NoteOn, Notes};
use super::picture::Picture;
use crate::export::answers::AlertLine;
use crate::graph::Timeline;
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT, faded};

/// How near to a handle counts as on it, in points.
const REACH: f32 = 6.0;
/// Room left and right for the scales.
const GUTTER: f32 = 64.0;

/// What the timeline remembers.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimelineState {
    /// A drag: where it is held fast, and where it is now.
    drag: Option<(Timestamp, Timestamp)>,
    /// Whether the drag marks a time to compare with.
    is_second: bool,
    /// Whether a drag takes the playhead along.
    is_scrubbed: bool,
    /// The stretch of time that is shown, where that is not all.
    zoomed: Option<TimeRange>,
    /// Where the data ended when it was shown last.
    ended: Option<Timestamp>,
}

impl TimelineState {
    /// Whether a window is being drawn, or its end moved.
    pub fn is_brushing(&self) -> bool {
        self.drag.is_some() && !self.is_second
    }

    /// The window that is being drawn over data of this extent; none before it is wide enough to be meant.
    pub fn brushed(&self, extent: TimeRange) -> Option<TimeRange> {
        let (a, b) = self.drag.filter(|_| !self.is_second)?;
        let picked = TimeRange::new(a.min(b), a.max(b));
        let least = self.shown(extent).length().0 / 300;
        (picked.length().0 > least).then_some(picked)
    }
}

/// A bar, in shares of the area.
struct Bar {
    x: Rangef,
    ok: f32,
    failed: f32,
    p95: Option<f32>,
}

/// What will be painted.
struct Scene {
    bars: Vec<Bar>,
    most_per_min: f64,
    longest: Nanos,
    ticks: Vec<(f32, String)>,
}

/// Bars of the stretch that is zoomed to: all requests, and those that a filter leaves, where there is one.
pub type FineBars = (Timeline, Option<Timeline>);

impl Scene {
    /// The same bars on the scale of others.
    fn below(mut self, most_per_min: f64) -> Self {
        let scale = (self.most_per_min / most_per_min.max(1e-9)) as f32;
        self.bars.iter_mut().for_each(|b| (b.ok, b.failed) = (b.ok * scale, b.failed * scale));
        self.most_per_min = most_per_min;
        self
    }
}

fn share(range: TimeRange, t: Timestamp) -> f32 {
    ((t - range.start).0 as f64 / range.length().0.max(1) as f64) as f32
}

fn scene(timeline: &Timeline, range: TimeRange, clock: &Clock, width: f32) -> Scene {
    let per_min = |red: &crate::graph::Red, length: Nanos| red.rate_per_min(length).unwrap_or(0.0);
    let p95 = |b: &crate::graph::TimelineBucket| b.red.quantile(0.95);
    let shown = || timeline.buckets.iter().filter(|b| b.range.start < range.end && b.range.end > range.start);
    let most = shown().map(|b| per_min(&b.red, b.range.length())).fold(0.0, f64::max);
    let longest = shown().filter_map(p95).max().unwrap_or_default();
    let bar = |b: &crate::graph::TimelineBucket| {
        let all = (per_min(&b.red, b.range.length()) / most.max(1e-9)) as f32;
        let failed = all * b.red.error_ratio().unwrap_or(0.0) as f32;
        let x = Rangef::new(share(range, b.range.start).max(0.0), share(range, b.range.end).min(1.0));
        let p95 = p95(b).map(|n| n.0 as f32 / longest.0.max(1) as f32);
        Bar { x, ok: all - failed, failed, p95 }
    };
    let bars = shown().map(bar).collect();
    Scene { bars, most_per_min: most, longest, ticks: ticks(range, clock, width) }
}

/// Round moments about a hundred points apart.
fn ticks(range: TimeRange, clock: &Clock, width: f32) -> Vec<(f32, String)> {
    const STEPS: [i64; 16] =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10_800, 21_600, 86_400];
    let wanted = range.length().as_secs_f64() * f64::from(100.0 / width.max(100.0));
    let step = STEPS.into_iter().find(|s| *s as f64 >= wanted).unwrap_or_else(|| {
        // Beyond a day: whole days.
        (wanted / 86_400.0).ceil() as i64 * 86_400
    });
    let nanos = step.saturating_mul(1_000_000_000).max(1);
    let first = (range.start.0.div_euclid(nanos) + 1).saturating_mul(nanos);
    let moments = (0..200).map(|i| Timestamp(first.saturating_add(nanos.saturating_mul(i))));
    let name = |t| match step {
        s if s < 60 => clock.seconds(t),
        s if s < 21_600 => clock.minutes(t),
        _ => clock.day_minutes(t),
    };
    moments.take_while(|t| *t < range.end).map(|t| (share(range, t), name(t))).collect()
}

/// What rules tell of a stretch of time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judged<'a> {
    /// The alerts.
    pub alerts: &'a [AlertLine],
    /// Where they were looked for; what goes on does so until its end, as far as anybody knows.
    pub over: Option<TimeRange>,
}

impl Judged<'_> {
    /// Those of which something lies in a stretch of time.
    fn within(self, range: TimeRange) -> Bands {
        let until = self.over.map_or(range.end, |over| over.end);
        let is_shown = |a: &&AlertLine| a.onset < range.end && a.end.unwrap_or(until) >= range.start;
        Bands { alerts: self.alerts.iter().filter(is_shown).cloned().collect(), until: until.min(range.end) }
    }
}

/// Stretches of time that are marked.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What rules tell, and over which time.
    pub judged: Judged<'a>,
    /// What is looked at.
    pub window: Option<TimeRange>,
    /// What it is compared with.
    pub before: Option<TimeRange>,
    /// When it was bad.
    pub incident: Option<TimeRange>,
    /// When it was calm.
    pub calm: Option<TimeRange>,
    /// What was deployed.
    pub deployed: &'a [Deployed],
    /// What people noted.
    pub notes: &'a Notes,
    /// The replay.
    pub player: &'a Player,
    /// The bars of the stretch that is shown, where that is not all and they are known.
    pub fine: Option<&'a FineBars>,
}

/// Shows the timeline.
pub fn show(
    ui: &mut Ui,
    picture: &Picture,
    stretches: Shown<'_>,
    state: &mut TimelineState,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let Some(all_time) = picture.snapshot.extent else { return };
    let range = state.shown(all_time);
    let window = stretches.window;
    let full = ui.available_rect_before_wrap();
    let alerts = stretches.judged.within(range);
    let top = 20.0 + alert_bands::height(&alerts, range);
    let area = Rect::from_min_max(full.min + vec2(GUTTER, top), full.max - vec2(GUTTER, 20.0));
    let response =
        ui.interact(area.expand2(vec2(0.0, 4.0)), ui.id().with("timeline"), Sense::click_and_drag());
    ui.advance_cursor_after_rect(full);
    let left_told = picture.filtered.as_ref().map(|kept| left_of(&picture.timeline, kept));
    let spoken = spoken(range, stretches.player.head, left_told.as_deref(), clock);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Slider, true, &spoken));
    brush(ui, &response, area, range, stretches, state, commands);
    zoom::steer(ui, &response, area, all_time, stretches.player, state);
    let (timeline, kept) = match stretches.fine {
        Some((timeline, kept)) => (timeline, kept.as_ref()),
        None => (&picture.timeline, picture.filtered.as_ref()),
    };
    let all = scene(timeline, range, clock, area.width());
    let left_over = kept.map(|kept| scene(kept, range, clock, area.width()).below(all.most_per_min));
    let left = pos2(full.left() + GUTTER - UNIT, full.top() + 9.0);
    let left = playback::controls(ui, left, stretches.player, clock, p, commands);
    // The window that is being drawn is told as it will be.
    let drawn = state.brushed(all_time).filter(|_| !stretches.player.is_on());
    let told = Shown { window: drawn.or(window), ..stretches };
    caption(ui, full, left, (range, state.zoomed.is_some()), (told, left_told), clock, p);
    let marks = [
        (stretches.calm, texts().timeline.calm_time, p.muted),
        (stretches.incident, texts().timeline.incident, p.critical),
    ];
    let marks = marks.into_iter().filter_map(|m| Some((m.0?, m.1, m.2)));
    let marks: Vec<Marked> = marks.filter(|m| m.0.start < range.end && m.0.end > range.start).collect();
    for marked in &marks {
        mark(ui, area, range, *marked, clock);
    }
    if let Some(shown) = &left_over {
        paint_rest(ui, area, &all, p);
        paint(ui, area, shown, p);
    } else {
        paint(ui, area, &all, p);
    }
    mark_names(ui, area, range, &marks, p);
    alert_bands::show(ui, area, range, &alerts, clock, p, commands);
    let dragged = state.drag.map(|(a, b)| TimeRange::new(a.min(b), a.max(b)));
    let second = dragged.filter(|_| state.is_second).or(stretches.before);
    let shown = dragged.filter(|_| !state.is_second).or(window);
    match (second, shown) {
        (Some(second), shown) => second::paint(ui, area, range, (second, shown), p),
        (None, Some(shown)) => second::paint_one(ui, area, range, shown, p),
        (None, None) => {}
    }
    playback::paint_head(ui, area, range, stretches.player, p);
    if let Some(at) = response.hover_pos().filter(|_| state.drag.is_none()) {
        hover(ui, area, range, kept.unwrap_or(timeline), at, clock, p);
    }
    if let Some(gap) = picture.gap.filter(|_| state.zoomed.is_none() && !stretches.player.is_on()) {
        gap::show(ui, area, range, gap, clock, p, commands);
    }
    deployed::show(ui, area, range, stretches.deployed, clock, p, commands);
    notes::on_timeline(ui, area, range, stretches.notes, clock, p, commands);
    if response.secondary_clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        commands.push(Command::EditNote(NoteOn::Moment(moment_at(area, range, at))));
    }
    if window.is_some() && !stretches.player.is_on() {
        clear_button(ui, full, stretches.before.is_some(), commands);
    }
    let has_button = window.is_some() && !stretches.player.is_on();
    zoom::place(ui, (full, area), all_time, (state, has_button), p, commands);
}

/// How many requests a filter leaves.
fn left_of(all: &Timeline, kept: &Timeline) -> String {
    let count = |t: &Timeline| text::count(t.buckets.iter().map(|b| b.red.calls()).sum());
    fill(texts().timeline.requests_pass, &[("kept", &count(kept)), ("all", &count(all))])
}

/// What a screen reader says of the timeline.
fn spoken(range: TimeRange, head: Option<Timestamp>, left_told: Option<&str>, clock: &Clock) -> String {
    let at = head.map(|at| fill(texts().timeline.replay_at, &[("time", &clock.exact(at))]));
    let whole = fill(
        texts().timeline.timeline_from_to,
        &[
            ("start", &clock.exact(range.start)),
            ("end", &clock.exact(range.end)),
            ("at", &at.unwrap_or_default()),
        ],
    );
    [Some(whole.as_str()), left_told].into_iter().flatten().collect::<Vec<_>>().join(texts().arranging.comma)
}

/// The moment at a point of the screen.
fn moment_at(area: Rect, range: TimeRange, at: Pos2) -> Timestamp {
    let share = f64::from(((at.x - area.left()) / area.width().max(1.0)).clamp(0.0, 1.0));
    range.start + Nanos((range.length().0 as f64 * share) as i64)
}

fn brush(
    ui: &Ui,
    response: &Response,
    area: Rect,
    range: TimeRange,
    stretches: Shown<'_>,
    state: &mut TimelineState,
    commands: &mut Vec<Command>,
) {
    let window = stretches.window;
    let moment = |at: Pos2| moment_at(area, range, at);
    let x = |t: Timestamp| area.left() + share(range, t) * area.width();
    let near = |t: Timestamp, at: Pos2| (x(t) - at.x).abs() <= REACH;
    if let Some(at) = response.hover_pos() {
        let on_handle = window.is_some_and(|w| near(w.start, at) || near(w.end, at));
        ui.set_cursor_icon(if on_handle { CursorIcon::ResizeHorizontal } else { CursorIcon::Crosshair });
    }
    let origin = ui.input(|i| i.pointer.press_origin());
    let on_head = stretches.player.head.zip(origin).is_some_and(|(head, at)| near(head, at));
    let begins_here = on_head && !second::is_asked(ui);
    if playback::scrub(response, stretches.player, &mut state.is_scrubbed, begins_here, moment, commands) {
        return;
    }
    if response.drag_started()
        && let Some(at) = origin
    {
        let fixed = match window {
            Some(w) if near(w.start, at) => w.end,
            Some(w) if near(w.end, at) => w.start,
            _ => moment(at),
        };
        state.drag = Some((fixed, moment(at)));
        state.is_second = second::is_asked(ui);
        if state.is_second {
            state.drag = Some((moment(at), moment(at)));
        }
    }
    if let (Some(drag), Some(at)) = (state.drag.as_mut(), response.interact_pointer_pos()) {
        drag.1 = moment(at);
    }
    if response.drag_stopped()
        && let Some((a, b)) = state.drag.take()
    {
        let picked = TimeRange::new(a.min(b), a.max(b));
        // A twitch is not a window.
        let wide = x(picked.end) - x(picked.start) >= 3.0;
        commands.push(match (state.is_second, wide) {
            (true, true) => Command::CompareWith(picked),
            (true, false) => Command::LeaveComparison,
            (false, true) => Command::SetWindow(Window::Range(picked)),
            (false, false) => Command::SetWindow(Window::All),
        });
    }
    let outside = |at: Pos2| window.is_some_and(|w| !w.contains(moment(at)));
    let cleared = response.clicked() && response.interact_pointer_pos().is_some_and(outside);
    if window.is_some() && (response.double_clicked() || cleared) {
        commands.push(Command::SetWindow(Window::All));
    }
}

fn caption(
    ui: &Ui,
    full: Rect,
    left: Pos2,
    (range, is_zoomed): (TimeRange, bool),
    (stretches, left_told): (Shown<'_>, Option<String>),
    clock: &Clock,
    p: &Palette,
) {
    let window = stretches.window;
    let painter = ui.painter();
    let mut at = left;
    for (sign, colour) in
        [(texts().timeline.requests, p.edge), (texts().timeline.failed, p.critical), ("p95", p.text)]
    {
        let mark =
            Rect::from_center_size(at + vec2(4.0, 0.0), vec2(8.0, if sign == "p95" { 2.0 } else { 8.0 }));
        painter.rect_filled(mark, 1, colour);
        let text = painter.text(at + vec2(13.0, 0.0), Align2::LEFT_CENTER, sign, theme::caption(), p.muted);
        at.x = text.right() + 14.0;
    }
    let shown = match (window, stretches.before) {
        (Some(w), Some(before)) => fill(
            texts().timeline.compared_with,
            &[("before", &clock.range(w)), ("after", &clock.range(before))],
        ),
        (Some(w), None) => fill(
            texts().timeline.window,
            &[("range", &clock.range(w)), ("length", &text::duration_ns(w.length().0 as f64))],
        ),
        (None, _) => texts().timeline.drag_to_choose_a_window.to_owned(),
    };
    let shown = left_told.into_iter().chain([shown]).collect::<Vec<_>>().join(" · ");
    let colour = if window.is_some() { p.accent } else { p.muted };
    // Left of the buttons, whichever are there.
    let is_clearable = window.is_some() && !stretches.player.is_on();
    let buttons = f32::from(is_clearable) * 114.0 + f32::from(is_zoomed) * 118.0;
    let right = pos2(full.right() - GUTTER - buttons, full.top() + 9.0);
    let zone = format!("{} · {}", clock.dates(range), clock.zone_name(range.start));
    let zone = painter.text(right, Align2::RIGHT_CENTER, zone, theme::caption(), p.muted);
    let room = zone.left() - at.x - 18.0;
    let shown = super::widgets::fit_end(ui, &shown, &theme::caption(), room.max(0.0));
    painter.text(at + vec2(6.0, 0.0), Align2::LEFT_CENTER, shown, theme::caption(), colour);
}

fn clear_button(ui: &mut Ui, full: Rect, is_compared: bool, commands: &mut Vec<Command>) {
    let width = if is_compared { 104.0 } else { 88.0 };
    let corner = pos2(full.right() - GUTTER - width, full.top() - 3.0);
    let area = Rect::from_min_size(corner, vec2(width, 20.0));
    let name = if is_compared { texts().timeline.end_comparison } else { texts().timeline.clear_window };
    let label = egui::RichText::new(name).font(theme::caption());
    ui.spacing_mut().interact_size.y = 20.0;
    ui.spacing_mut().button_padding.y = 1.0;
    if ui
        .put(area, egui::Button::new(label).wrap_mode(egui::TextWrapMode::Extend).min_size(area.size()))
        .clicked()
    {
        commands.push(if is_compared { Command::LeaveComparison } else { Command::SetWindow(Window::All) });
    }
}

/// A stretch of time with its name and colour.
type Marked = (TimeRange, &'static str, egui::Color32);

fn across(area: Rect, range: TimeRange, marked: TimeRange) -> Rangef {
    let x = |t: Timestamp| area.left() + share(range, t).clamp(0.0, 1.0) * area.width();
    Rangef::new(x(marked.start), x(marked.end).max(x(marked.start) + 2.0))
}

/// The names of marked stretches, over the bars.
fn mark_names(ui: &Ui, area: Rect, range: TimeRange, marks: &[Marked], p: &Palette) {
    for (marked, name, colour) in marks {
        let wide = across(area, range, *marked);
        let galley = ui.painter().layout_no_wrap((*name).to_owned(), theme::caption(), *colour);
        if galley.size().x + 10.0 < wide.span() {
            let at = pos2(wide.min + 5.0, area.top() + 3.0);
            let plate = Rect::from_min_size(at, galley.size()).expand2(vec2(4.0, 1.0));
            ui.painter().rect_filled(plate, 3, faded(p.panel, 0.85));
            ui.painter().galley(at, galley, *colour);
        }
    }
}

/// A stretch of time, behind the bars.
fn mark(ui: &Ui, area: Rect, range: TimeRange, (marked, name, colour): Marked, clock: &Clock) {
    let wide = across(area, range, marked);
    let painter = ui.painter();
    painter.rect_filled(Rect::from_x_y_ranges(wide, area.y_range()), 0, faded(colour, 0.10));
    let line = Rangef::new(area.bottom() + 1.0, area.bottom() + 4.0);
    painter.rect_filled(Rect::from_x_y_ranges(wide, line), 1, colour);
    let spot = Rect::from_x_y_ranges(wide, line).expand2(vec2(0.0, 2.0));
    let response = ui.interact(spot, ui.id().with(("marked", name)), Sense::hover());
    let spoken = format!("{name} {}", clock.range(marked));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
    response.on_hover_text(spoken);
}

fn hover(ui: &Ui, area: Rect, range: TimeRange, timeline: &Timeline, at: Pos2, clock: &Clock, p: &Palette) {
    let share = f64::from(((at.x - area.left()) / area.width().max(1.0)).clamp(0.0, 1.0));
    let moment = range.start + Nanos((range.length().0 as f64 * share) as i64);
    ui.painter().vline(at.x.clamp(area.left(), area.right()), area.y_range(), Stroke::new(1.0, p.faint));
    let Some(bucket) = timeline.buckets.iter().find(|b| b.range.contains(moment)) else { return };
    let red = &bucket.red;
    let requests = match text::count(red.calls()).as_str() {
        "1" => texts().timeline.one_request.to_owned(),
        n => fill(texts().timeline.n_requests, &[("count", &n)]),
    };
    let line = fill(
        texts().timeline.requests_failed_p95,
        &[
            ("time", &clock.range(bucket.range)),
            ("requests", &requests),
            ("failed", &text::count(red.errors())),
            ("p95", &super::widgets::duration(red.quantile(0.95))),
        ],
    );
    let galley = ui.painter().layout_no_wrap(line, theme::caption(), p.text);
    let size = galley.size() + vec2(12.0, 6.0);
    let left = (at.x - size.x / 2.0).clamp(area.left(), (area.right() - size.x).max(area.left()));
    // Below the bars that it tells of, over the names of moments.
    let card = Rect::from_min_size(pos2(left, area.bottom() + 2.0), size);
    ui.painter().rect(card, 4, p.raised, Stroke::new(1.0, p.border), egui::StrokeKind::Inside);
    ui.painter().galley(card.min + vec2(6.0, 3.0), galley, p.text);
}
