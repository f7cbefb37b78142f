//! Moments as people read them, in one zone.
use jiff::tz::TimeZone;

use crate::model::{TimeRange, Timestamp};
use crate::view::text;

/// The zone in which moments are shown.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// In UTC, or in the zone of the system.
    pub fn new(utc: bool) -> Self {
        Self { zone: if utc { TimeZone::UTC } else { TimeZone::system() } }
    }
    /// The zone itself.
    pub fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
    fn format(&self, at: Timestamp, format: &str) -> String {
        match jiff::Timestamp::from_nanosecond(i128::from(at.0)) {
            Ok(t) => t.to_zoned(self.zone.clone()).strftime(format).to_string(),
            Err(_) => text::NONE.to_owned(),
        }
    }
    /// `10:02:13`.
    pub fn seconds(&self, at: Timestamp) -> String {
        self.format(at, "%H:%M:%S")
    }
    /// `10:02:13.4`.
    pub fn tenths(&self, at: Timestamp) -> String {
        self.format(at, "%H:%M:%S%.1f")
    }
    /// `10:02`.
    pub fn minutes(&self, at: Timestamp) -> String {
        self.format(at, "%H:%M")
    }
    /// `2 Jan 10:02`.
    pub fn day_minutes(&self, at: Timestamp) -> String {
        self.format(at, "%-d %b %H:%M")
    }
    /// `2026-01-02`.
    pub fn date(&self, at: Timestamp) -> String {
        self.format(at, "%Y-%m-%d")
    }
    /// `2026-01-02 10:02:13.123 UTC`.
    pub fn exact(&self, at: Timestamp) -> String {
        self.format(at, "%Y-%m-%d %H:%M:%S%.3f %Z")
    }
    /// `2026-01-02`, or `2026-01-02 – 2026-01-03` where a stretch of time ends on another day.
    pub fn dates(&self, range: TimeRange) -> String {
        let [first, last] = [range.start, range.end].map(|t| self.date(t));
        if first == last { first } else { format!("{first} – {last}") }
    }
    /// The zone's name at a moment: `UTC`, `CET`.
    pub fn zone_name(&self, at: Timestamp) -> String {
        self.format(at, "%Z")
    }
    /// `10:00–10:30`, with seconds where minutes do not tell.
    pub fn range(&self, range: TimeRange) -> String {
        let is_short = range.length().0 < 300_000_000_000;
        let show = |t| if is_short { self.seconds(t) } else { self.minutes(t) };
        format!("{}–{}", show(range.start), show(range.end))
    }
}
