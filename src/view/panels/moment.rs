//! Moments as people type them, and the two fields that choose a window of time.
use egui::{RichText, Stroke, Ui, WidgetInfo, WidgetType, vec2};
use jiff::Timestamp as Moment;
use jiff::civil::{DateTime, Time};

use super::clock::Clock;
use super::command::{Command, Window};
use super::widgets;
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::store::parse_duration;
use crate::texts::{fill, texts};
use crate::view::theme::{self, Palette, UNIT};

/// The texts of the two fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowFields {
    /// The start; empty for the first span.
    pub from: String,
    /// The end; empty for the last span.
    pub to: String,
}

/// Which of the two fields is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongField {
    /// The start.
    From(String),
    /// The end.
    To(String),
}

impl WindowFields {
    /// The window that they stand for, in data of this extent; everything where both are empty.
    pub fn window(&self, extent: Option<TimeRange>, clock: &Clock) -> Result<Window, WrongField> {
        let (from, to) = (self.from.trim(), self.to.trim());
        let Some(extent) = extent.filter(|_| !from.is_empty() || !to.is_empty()) else {
            return Ok(Window::All);
        };
        let start = match from {
            "" => extent.start,
            text => moment(text, extent, clock).map_err(WrongField::From)?,
        };
        let end = match to {
            "" => extent.end,
            text => moment(text, extent, clock).map_err(WrongField::To)?,
        };
        if start >= extent.end {
            let last = clock.exact(extent.end);
            return Err(WrongField::From(fill(texts().timeline.that_is_after_the_last, &[("last", &last)])));
        }
        if end <= extent.start {
            let first = clock.exact(extent.start);
            return Err(WrongField::To(fill(
                texts().timeline.that_is_before_the_first,
                &[("first", &first)],
            )));
        }
        if end <= start {
            return Err(WrongField::To(texts().timeline.the_end_must_be_after.to_owned()));
        }
        Ok(Window::Range(TimeRange::new(start, end)))
    }
}

/// A moment: RFC 3339, a date and time in the clock's zone, a time of the data's day, or a length from the
/// first span (`+90s`) or before the last one (`-15m`).
pub(super) fn moment(text: &str, extent: TimeRange, clock: &Clock) -> Result<Timestamp, String> {
    let length = |rest: &str| {
        let length = parse_duration(rest.trim());
        length.ok_or_else(|| texts().timeline.write_a_length_as_90s.to_owned())
    };
    if let Some(rest) = text.strip_prefix('+') {
        return Ok(extent.start + length(rest)?);
    }
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        return Ok(extent.end - length(rest)?);
    }
    if let Ok(moment) = text.parse::<Moment>() {
        return Ok(timestamp(moment));
    }
    if let Ok(at) = text.parse::<DateTime>() {
        return at
            .to_zoned(clock.zone())
            .map(|z| timestamp(z.timestamp()))
            .map_err(|_| texts().timeline.no_time.to_owned());
    }
    if let Some(at) = zoned(text, clock) {
        return Ok(at);
    }
    let time: Time = text.parse().map_err(|_| texts().timeline.no_time.to_owned())?;
    time_of_day(time, extent, clock).ok_or_else(|| texts().timeline.no_time.to_owned())
}

/// A date and time with the name of its zone, as [`Clock::exact`] shows them.
fn zoned(text: &str, clock: &Clock) -> Option<Timestamp> {
    let (at, zone) = text.rsplit_once(' ')?;
    let at: DateTime = at.trim_end().parse().ok()?;
    if matches!(zone, "UTC" | "GMT" | "Z") {
        return Some(timestamp(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()));
    }
    let at = timestamp(at.to_zoned(clock.zone()).ok()?.timestamp());
    (clock.zone_name(at) == zone).then_some(at)
}

/// The first moment within the data at which clocks show this time, or else that of its first day.
fn time_of_day(time: Time, extent: TimeRange, clock: &Clock) -> Option<Timestamp> {
    let day = |t: Timestamp| {
        let moment = Moment::from_nanosecond(i128::from(t.0)).ok()?;
        Some(moment.to_zoned(clock.zone()).date())
    };
    let first = day(extent.start)?;
    let at = |date: jiff::civil::Date| {
        let zoned = date.to_datetime(time).to_zoned(clock.zone()).ok()?;
        Some(timestamp(zoned.timestamp()))
    };
    let on_first = at(first)?;
    if on_first >= extent.start {
        return Some(on_first);
    }
    let on_second = first.tomorrow().ok().and_then(at);
    Some(on_second.filter(|t| *t <= extent.end).unwrap_or(on_first))
}

fn timestamp(moment: Moment) -> Timestamp {
    Timestamp(0) + Nanos(i64::try_from(moment.as_nanosecond()).unwrap_or(i64::MAX))
}

/// Shows the fields; true once a window was chosen.
pub fn fields(
    ui: &mut Ui,
    fields: &mut WindowFields,
    extent: Option<TimeRange>,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) -> bool {
    let chosen = fields.window(extent, clock);
    let (wrong_from, wrong_to) = match &chosen {
        Err(WrongField::From(why)) => (Some(why.as_str()), None),
        Err(WrongField::To(why)) => (None, Some(why.as_str())),
        Ok(_) => (None, None),
    };
    let edges = extent.map(|e| (clock.seconds(e.start), clock.seconds(e.end)));
    let (first, last) = edges.unwrap_or_default();
    let mut is_done = false;
    // A menu stretches its lines to its width; sentences are not to be stretched.
    ui.with_layout(egui::Layout::top_down(egui::Align::LEFT), |ui| {
        let mut entered = field(ui, texts().timeline.from, &mut fields.from, &first, wrong_from, p);
        entered |= field(ui, texts().timeline.to, &mut fields.to, &last, wrong_to, p);
        ui.add_space(UNIT);
        let is_typed = !fields.from.trim().is_empty() || !fields.to.trim().is_empty();
        let button = egui::Button::new(texts().timeline.look_at_this_window).fill(p.raised);
        let button = button.stroke(Stroke::new(1.0, p.border));
        let clicked = ui.add_enabled(chosen.is_ok() && is_typed, button).clicked();
        ui.add_space(UNIT);
        widgets::note(ui, texts().timeline.forms, p);
        if let Ok(window) = chosen
            && (clicked || (entered && is_typed))
        {
            commands.push(Command::SetWindow(window));
            is_done = true;
        }
    });
    is_done
}

/// One field, with what is wrong with it below; true when Enter was pressed in it.
fn field(ui: &mut Ui, name: &str, text: &mut String, hint: &str, wrong: Option<&str>, p: &Palette) -> bool {
    let response = ui
        .horizontal(|ui| {
            let (area, _) = ui.allocate_exact_size(vec2(34.0, 24.0), egui::Sense::hover());
            let at = area.left_center() + vec2(2.0, 0.0);
            ui.painter().text(at, egui::Align2::LEFT_CENTER, name, theme::small(), p.muted);
            let hint = RichText::new(hint).color(p.muted);
            let edit = egui::TextEdit::singleline(text).hint_text(hint).desired_width(f32::INFINITY);
            ui.add(edit.margin(egui::Margin::symmetric(8, 5)))
        })
        .inner;
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, name));
    // Menus draw their widgets without frames, which leaves a field without an edge.
    let colour = match wrong {
        Some(_) => p.critical,
        None if response.has_focus() => p.accent,
        None => p.border,
    };
    let inside = egui::StrokeKind::Inside;
    ui.painter().rect_stroke(response.rect, theme::RADIUS, Stroke::new(1.0, colour), inside);
    if let Some(why) = wrong {
        ui.label(RichText::new(why).font(theme::small()).color(p.critical));
    }
    response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From 23:50 to 00:20 in UTC.
    fn chosen(from: &str, to: &str) -> String {
        let start: Moment = "2026-03-09T23:50:00Z".parse().unwrap();
        let start = timestamp(start);
        let extent = TimeRange::new(start, start + Nanos::from_secs(1800));
        let clock = Clock::new(true);
        let fields = WindowFields { from: from.to_owned(), to: to.to_owned() };
        match fields.window(Some(extent), &clock) {
            Ok(Window::Range(r)) => format!("{} to {}", clock.exact(r.start), clock.exact(r.end)),
            Ok(window) => format!("{window:?}"),
            Err(wrong) => format!("{wrong:?}"),
        }
        .replace(".000 UTC", "")
    }

    #[test]
    fn moments_in_all_their_forms() {
        for (from, to, expected) in [
            ("", "", "All"),
            ("+90s", "", "2026-03-09 23:51:30 to 2026-03-10 00:20:00"),
            ("-15m", "", "2026-03-10 00:05:00 to 2026-03-10 00:20:00"),
            ("\u{2212}15m", "-5m", "2026-03-10 00:05:00 to 2026-03-10 00:15:00"),
            ("23:55", "00:05:30", "2026-03-09 23:55:00 to 2026-03-10 00:05:30"),
            ("2026-03-10T01:00:00+01:00", "", "2026-03-10 00:00:00 to 2026-03-10 00:20:00"),
            ("2026-03-10 00:01", " 00:02 ", "2026-03-10 00:01:00 to 2026-03-10 00:02:00"),
        ] {
            assert_eq!(chosen(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        let forms = format!("{:?}", texts().timeline.no_time);
        for (from, to, expected) in [
            ("yesterday", "", format!("From({forms})")),
            ("", "25:00", format!("To({forms})")),
            ("+5x", "", "From(\"Write a length as 90s, 15m or 2h\")".to_owned()),
            ("00:05", "23:55", "To(\"The end must be after the start\")".to_owned()),
            ("+2h", "", "From(\"That is after the last span (2026-03-10 00:20:00)\")".to_owned()),
            ("", "-2h", "To(\"That is before the first span (2026-03-09 23:50:00)\")".to_owned()),
        ] {
            assert_eq!(chosen(from, to), expected, "{from} {to}");
        }
    }
}
