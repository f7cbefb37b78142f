//! Replay on the timeline: the playhead, and the controls that move it.
use egui::{Align, Button, Layout, Pos2, Rect, Response, RichText, Stroke, Ui, UiBuilder};
use egui::{WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular;

use super::share;
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::texts::{fill, texts};
use crate::view::panels::clock::Clock;
use crate::view::panels::command::{Command, Window};
use crate::view::panels::widgets;
use crate::view::theme::{self, Palette, UNIT};

/// Seconds of data in a second.
pub const SPEEDS: [f64; 9] = [0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 100.0, 1000.0];
/// The place of 1× in [`SPEEDS`].
const REAL: usize = 2;
/// How much of the past the map shows where nobody chose a window.
const LENGTH: Nanos = Nanos::from_secs(60);
/// The window moves in so many steps over its own length, and at most so often in a second.
const STEPS: i64 = 60;
const STEPS_PER_SECOND: f64 = 10.0;
/// How long a request is to be seen at least, in seconds.
const SEEN: f64 = 0.3;
/// A frame that took longer than this stood still, in seconds.
const LONGEST_FRAME: f64 = 0.5;
/// How long the picture stands still where motion is reduced, in seconds.
const STILL: f64 = 1.0;

/// Forward or back in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To what is later.
    Forward,
    /// To what is earlier.
    Back,
}

/// What a person does with the replay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Replay {
    /// Plays, or stops where it is.
    Toggle,
    /// The same with saved data; pauses live data.
    Space,
    /// Plays the other way.
    Reverse,
    /// Plays at this place in [`SPEEDS`].
    Speed(usize),
    /// One speed more or less.
    Faster(Way),
    /// Goes to a moment.
    Seek(Timestamp),
    /// Goes to the next bar of the timeline.
    Step(Way),
    /// Goes to the end of the data on that side.
    End(Way),
    /// Goes to the start of the next failed request.
    Failure(Way),
    /// Goes to the next deployment.
    Deployment(Way),
    /// Ends the replay: the window is as it was.
    Leave,
    /// The picture moves once a second instead of all the time.
    ReduceMotion(bool),
}

/// What a replay may look for, which takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// A failed request.
    Failure(Way),
    /// A deployment.
    Deployment(Way),
}

/// The replay: a moment that moves over the data, with a window that ends there.
#[derive(Clone, Debug)]
pub struct Player {
    /// Where the replay is; none where there is no replay.
    pub head: Option<Timestamp>,
    /// How much of the time before that the map shows.
    pub length: Nanos,
    /// Whether it moves.
    pub is_playing: bool,
    /// Whether it moves back in time.
    pub is_reversed: bool,
    /// Whether the picture moves once a second instead of all the time.
    pub reduces_motion: bool,
    /// The window before the replay, to go back to.
    pub before: Window,
    /// What is looked for, until it is known where it is.
    pub sought: Option<Sought>,
    /// Why the last step led nowhere.
    pub note: Option<String>,
    speed: usize,
    /// When it moved last, in seconds of the window's clock.
    moved: Option<f64>,
}

impl Default for Player {
    fn default() -> Self {
        Self {
            head: None,
            length: LENGTH,
            is_playing: false,
            is_reversed: false,
            reduces_motion: false,
            before: Window::All,
            sought: None,
            note: None,
            speed: REAL,
            moved: None,
        }
    }
}

impl Player {
    /// Whether there is a replay.
    pub fn is_on(&self) -> bool {
        self.head.is_some()
    }

    /// Begins a replay at `head`, or where the chosen window ends, which moves from now on; else at the start.
    pub fn begin(&mut self, window: Window, extent: TimeRange, head: Option<Timestamp>) {
        if self.is_on() {
            return;
        }
        let range = window.range(Some(extent));
        let short = Nanos((extent.length().0 / 10).clamp(1_000_000_000, LENGTH.0));
        self.length = range.map_or(short, |r| r.length());
        self.before = window;
        self.is_playing = false;
        // A window that ends with the data has nothing left to play.
        let end = range.map(|r| r.end).filter(|end| *end < extent.end);
        self.seek(head.or(end).unwrap_or(extent.start), extent);
    }

    /// Ends the replay.
    pub fn end(&mut self) {
        (self.head, self.is_playing, self.sought, self.note) = (None, false, None, None);
    }

    /// Goes to a moment.
    pub fn seek(&mut self, to: Timestamp, extent: TimeRange) {
        self.head = Some(to.clamp(extent.start, extent.end));
    }

    /// Plays or stops; begins anew where it has come to the end.
    pub fn toggle(&mut self, extent: TimeRange) {
        self.is_playing = !self.is_playing;
        self.moved = None;
        let (first, last) =
            if self.is_reversed { (extent.end, extent.start) } else { (extent.start, extent.end) };
        if self.is_playing && self.head.is_none_or(|h| h == last) {
            self.head = Some(first);
        }
    }

    /// Moves on to `now`, in seconds of the window's clock; stops at the end. Returns after how many seconds it is
    /// to move again; none where it stands.
    pub fn advance(&mut self, now: f64, extent: TimeRange) -> Option<f64> {
        let head = self.head.filter(|_| self.is_playing)?;
        let since = now - *self.moved.get_or_insert(now);
        if self.reduces_motion && since < STILL {
            return Some(STILL - since);
        }
        self.moved = Some(now);
        let longest = if self.reduces_motion { STILL } else { LONGEST_FRAME };
        let by = Nanos((since.clamp(0.0, longest) * self.speed() * 1e9) as i64);
        let to = if self.is_reversed { head - by } else { head + by };
        self.seek(to, extent);
        let is_over = if self.is_reversed { to <= extent.start } else { to >= extent.end };
        self.is_playing = !is_over;
        let next = if self.reduces_motion { STILL } else { 0.0 };
        self.is_playing.then_some(next)
    }

    /// The window that ends at the playhead: to the nanosecond where it stands, in steps while it moves. Until the
    /// playhead has left it, the first stretch of the data: what lies before says nothing of anybody.
    pub fn window(&self, extent: TimeRange) -> Option<TimeRange> {
        let head = self.head?;
        let end = if self.is_playing {
            let often = (self.speed() / STEPS_PER_SECOND * 1e9) as i64;
            // However fast it plays, the map is no more than its own window behind.
            let step = often.min(self.length.0).max(self.length.0 / STEPS).max(1);
            Timestamp(head.0.div_euclid(step) * step).max(extent.start)
        } else {
            // What starts at this very moment is part of it.
            head + Nanos(1)
        };
        let end = end.max((extent.start + self.length).min(extent.end));
        Some(TimeRange::new(end - self.length, end))
    }

    /// Seconds of data in a second.
    pub fn speed(&self) -> f64 {
        SPEEDS.get(self.speed).copied().unwrap_or(1.0)
    }
    /// Takes another speed, by its place in [`SPEEDS`].
    pub fn set_speed(&mut self, place: usize) {
        self.speed = place.min(SPEEDS.len() - 1);
    }
    /// One speed more or less.
    pub fn change_speed(&mut self, way: Way) {
        let place = match way {
            Way::Forward => self.speed + 1,
            Way::Back => self.speed.saturating_sub(1),
        };
        self.set_speed(place);
    }
    /// For how much time of the data a request is shown at least, so that it can be seen.
    pub fn least(&self) -> Nanos {
        Nanos((SEEN * self.speed() * 1e9) as i64)
    }
}

/// A click moves the playhead there, and a drag that begins on it takes it along; true where the pointer is busy
/// with that. `held` tells from frame to frame whether the playhead is dragged.
pub(super) fn scrub(
    response: &Response,
    player: &Player,
    held: &mut bool,
    begins_here: bool,
    moment: impl Fn(Pos2) -> Timestamp,
    commands: &mut Vec<Command>,
) -> bool {
    *held = player.is_on() && (*held || (response.drag_started() && begins_here));
    let at = response.interact_pointer_pos().map(moment);
    let is_click = player.is_on() && response.clicked();
    if let Some(at) = at.filter(|_| is_click || *held)
        && player.head != Some(at)
    {
        commands.push(Command::Replay(Replay::Seek(at)));
    }
    let is_busy = is_click || *held;
    *held &= !response.drag_stopped();
    is_busy
}

/// The playhead: a line with a handle on top.
pub(super) fn paint_head(ui: &Ui, area: Rect, range: TimeRange, player: &Player, p: &Palette) {
    let Some(head) = player.head else { return };
    let x = area.left() + share(range, head).clamp(0.0, 1.0) * area.width();
    let painter = ui.painter();
    painter.vline(x, area.y_range(), Stroke::new(2.0, p.text));
    let top = area.top();
    let handle =
        vec![pos2(x - 5.5, top - 5.0), pos2(x + 5.5, top - 5.0), pos2(x + 5.5, top), pos2(x, top + 6.0)];
    let handle = [handle, vec![pos2(x - 5.5, top)]].concat();
    painter.add(egui::Shape::convex_polygon(handle, p.text, Stroke::new(1.0, p.panel)));
}

/// Shows the controls in a strip that begins at `from`; returns where it ends.
pub(super) fn controls(
    ui: &mut Ui,
    from: Pos2,
    player: &Player,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) -> Pos2 {
    let strip = Rect::from_min_size(from - vec2(0.0, 10.0), vec2(420.0, 20.0));
    let builder = UiBuilder::new().max_rect(strip).layout(Layout::left_to_right(Align::Center));
    let shown = ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        ui.spacing_mut().interact_size.y = 20.0;
        ui.spacing_mut().button_padding = vec2(4.0, 1.0);
        let (icon, name) = match (player.is_playing, player.is_on()) {
            (true, _) => (regular::PAUSE, texts().timeline.stop_the_replay_here_space),
            (false, true) => (regular::PLAY, texts().timeline.play_on_space),
            (false, false) => (regular::PLAY, texts().timeline.replay_the_requests_space),
        };
        if button(ui, icon, name, false, p) {
            commands.push(Command::Replay(Replay::Toggle));
        }
        if button(ui, regular::REWIND, texts().timeline.play_backwards_r, player.is_reversed, p) {
            commands.push(Command::Replay(Replay::Reverse));
        }
        speed(ui, player, p, commands);
        go_to(ui, p, commands);
        if let Some(head) = player.head {
            let time = RichText::new(clock.tenths(head)).font(egui::FontId::monospace(12.0)).color(p.text);
            let told = clock.exact(head);
            ui.label(time).on_hover_text(&told);
            if button(ui, regular::X, texts().timeline.end_the_replay_esc, false, p) {
                commands.push(Command::Replay(Replay::Leave));
            }
            if let Some(note) = &player.note {
                ui.label(RichText::new(note).font(theme::caption()).color(p.warning));
            }
        }
    });
    pos2(shown.response.rect.right() + 14.0, from.y)
}

fn button(ui: &mut Ui, icon: &str, name: &str, is_chosen: bool, p: &Palette) -> bool {
    let colour = if is_chosen { p.accent } else { p.text };
    let label = RichText::new(icon).font(egui::FontId::proportional(14.0)).color(colour);
    let response = ui.add(Button::new(label).frame_when_inactive(false).min_size(vec2(24.0, 20.0)));
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, is_chosen, name));
    response.on_hover_text(name).clicked()
}

fn speed_name(speed: f64) -> String {
    format!("{speed}×")
}

fn speed(ui: &mut Ui, player: &Player, p: &Palette, commands: &mut Vec<Command>) {
    let name = speed_name(player.speed());
    let label = RichText::new(&name).font(theme::small()).color(p.text);
    let response = ui.menu_button(label, |ui| {
        for (place, speed) in SPEEDS.into_iter().enumerate() {
            if ui.selectable_label(place == player.speed, speed_name(speed)).clicked() {
                commands.push(Command::Replay(Replay::Speed(place)));
                ui.close();
            }
        }
        ui.separator();
        let mut reduces = player.reduces_motion;
        if widgets::tick(ui, &mut reduces, texts().timeline.once_a_second_reduced_motion).changed() {
            commands.push(Command::Replay(Replay::ReduceMotion(reduces)));
        }
    });
    let spoken = fill(texts().timeline.speed_of_the_replay, &[("speed", &name)]);
    response.response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    response.response.on_hover_text(texts().timeline.speed_slower_faster);
}

fn go_to(ui: &mut Ui, p: &Palette, commands: &mut Vec<Command>) {
    let label = fill(texts().timeline.go_to, &[("icon", &regular::CARET_DOWN)]);
    let label = RichText::new(label).font(theme::small()).color(p.text);
    let response = ui.menu_button(label, |ui| {
        ui.set_min_width(200.0);
        for (name, key, replay) in [
            (texts().timeline.next_failed_request, "E", Replay::Failure(Way::Forward)),
            (texts().timeline.previous_failed_request, "Shift+E", Replay::Failure(Way::Back)),
            (texts().timeline.next_deployment, "D", Replay::Deployment(Way::Forward)),
            (texts().timeline.previous_deployment, "Shift+D", Replay::Deployment(Way::Back)),
            (texts().timeline.start, "Home", Replay::End(Way::Back)),
            (texts().timeline.end, texts().timeline.end, Replay::End(Way::Forward)),
        ] {
            if ui.add(Button::new(name).shortcut_text(key)).clicked() {
                commands.push(Command::Replay(replay));
                ui.close();
            }
        }
    });
    response
        .response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, texts().timeline.go_to_a_moment));
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: TimeRange =
        TimeRange { start: Timestamp(1_000_000_000_000), end: Timestamp(1_900_000_000_000) };

    fn seconds(player: &Player) -> f64 {
        (player.head.unwrap() - EXTENT.start).as_secs_f64()
    }

    #[test]
    fn it_plays_at_its_speed_both_ways_and_stops_at_the_ends() {
        let mut player = Player::default();
        assert_eq!(player.advance(1.0, EXTENT), None, "there is no replay");
        player.begin(Window::All, EXTENT, None);
        player.toggle(EXTENT);
        player.change_speed(Way::Forward);
        assert_eq!(player.advance(10.0, EXTENT), Some(0.0));
        player.advance(10.25, EXTENT);
        assert_eq!(seconds(&player), 0.5, "twice as fast as time");
        player.advance(90.0, EXTENT);
        assert_eq!(seconds(&player), 1.5, "a window that stood still does not jump");
        player.is_reversed = true;
        player.advance(90.5, EXTENT);
        assert_eq!(seconds(&player), 0.5);
        assert_eq!(player.advance(91.0, EXTENT), None, "it has come to the start");
        assert!(!player.is_playing && seconds(&player) == 0.0);
        player.toggle(EXTENT);
        assert_eq!(seconds(&player), 900.0, "backwards it begins at the end");
    }

    #[test]
    fn reduced_motion_moves_once_a_second() {
        let mut player = Player { reduces_motion: true, ..Player::default() };
        player.begin(Window::All, EXTENT, None);
        player.toggle(EXTENT);
        assert_eq!(player.advance(5.0, EXTENT), Some(1.0));
        assert_eq!(player.advance(5.75, EXTENT), Some(0.25));
        assert_eq!(seconds(&player), 0.0);
        assert_eq!(player.advance(6.0, EXTENT), Some(1.0));
        assert_eq!(seconds(&player), 1.0);
    }

    #[test]
    fn the_window_ends_at_the_playhead_and_moves_in_steps_while_it_plays() {
        let mut player = Player::default();
        let brushed =
            TimeRange::new(EXTENT.start + Nanos::from_secs(100), EXTENT.start + Nanos::from_secs(220));
        player.begin(Window::Range(brushed), EXTENT, None);
        assert_eq!(player.head, Some(brushed.end), "it goes on where the chosen window ends");
        let window = player.window(EXTENT).unwrap();
        assert_eq!((window.length(), window.contains(brushed.end)), (Nanos::from_secs(120), true));
        player.seek(EXTENT.start + Nanos::from_secs(3), EXTENT);
        let first = TimeRange::new(EXTENT.start, EXTENT.start + Nanos::from_secs(120));
        assert_eq!(player.window(EXTENT).unwrap(), first, "not the silence before the data");
        player.toggle(EXTENT);
        player.seek(brushed.end + Nanos::from_millis(1_900), EXTENT);
        assert_eq!(player.window(EXTENT).unwrap(), brushed, "120 s move by 2 s");
        player.set_speed(99);
        let far = brushed.end + Nanos::from_secs(239);
        player.seek(far, EXTENT);
        assert!((far - player.window(EXTENT).unwrap().end) < brushed.length(), "not far behind at any speed");
        assert_eq!((player.speed(), player.least()), (1000.0, Nanos::from_secs(300)));
    }
}
