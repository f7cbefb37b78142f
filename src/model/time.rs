//! Moments, signed lengths and half-open ranges, in nanoseconds since the Unix epoch, UTC.
use std::ops::{Add, Sub};

/// A moment: nanoseconds since the Unix epoch, UTC.
///
/// Wire times past 2262-04-11 saturate at [`Timestamp::MAX`]; 0 means "no time".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The latest moment that can be told: 2262-04-11.
    pub const MAX: Self = Self(i64::MAX);
    /// From the unsigned nanoseconds of OTLP, saturating.
    pub fn from_unix_nanos(nanos: u64) -> Self {
        Self(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
    /// From the microseconds of Jaeger and Zipkin, saturating.
    pub fn from_unix_micros(micros: u64) -> Self {
        Self::from_unix_nanos(micros.saturating_mul(1_000))
    }
    /// True where the sender gave no time.
    pub fn is_unset(self) -> bool {
        self.0 == 0
    }
}

/// A signed length of time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub i64);

impl Nanos {
    /// Zero length.
    pub const ZERO: Self = Self(0);
    /// Whole milliseconds.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms.saturating_mul(1_000_000))
    }
    /// Whole seconds.
    pub const fn from_secs(s: i64) -> Self {
        Self(s.saturating_mul(1_000_000_000))
    }
    /// As fractional milliseconds.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
    /// As fractional seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Add<Nanos> for Timestamp {
    type Output = Self;
    fn add(self, rhs: Nanos) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}
impl Sub<Nanos> for Timestamp {
    type Output = Self;
    fn sub(self, rhs: Nanos) -> Self {
        Self(self.0.saturating_sub(rhs.0))
    }
}
impl Sub for Timestamp {
    type Output = Nanos;
    fn sub(self, rhs: Self) -> Nanos {
        Nanos(self.0.saturating_sub(rhs.0))
    }
}
impl Add for Nanos {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}
impl Sub for Nanos {
    type Output = Self;
    fn sub(self, rhs: Self) -> Self {
        Self(self.0.saturating_sub(rhs.0))
    }
}

/// A half-open range of time, `start <= t < end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeRange {
    /// First moment inside.
    pub start: Timestamp,
    /// First moment after.
    pub end: Timestamp,
}

impl TimeRange {
    /// A range; an `end` before `start` gives an empty range.
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end: end.max(start) }
    }
    /// Whether the moment lies inside.
    pub fn contains(&self, t: Timestamp) -> bool {
        self.start <= t && t < self.end
    }
    /// Its length.
    pub fn length(&self) -> Nanos {
        self.end - self.start
    }
    /// The smallest range that holds both.
    pub fn union(&self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
    /// Whether no moment lies inside.
    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }
}
