//! What width, colour and label of the map's edges mean: the choices, and what each makes of the figures of an edge.
use crate::graph::{Edge, EdgeKind};
use crate::model::Nanos;
use crate::texts::texts;

/// What the width of an edge means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WidthMeans {
    /// Calls a minute.
    #[default]
    Rate,
    /// Calls in the window.
    Calls,
    /// Calls that failed, a minute.
    Errors,
    /// The 95th percentile.
    Latency,
    /// Nothing: all are alike.
    Constant,
}

/// What the colour of an edge means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColourMeans {
    /// Its health.
    #[default]
    Health,
    /// The share of calls that failed.
    Errors,
    /// The 95th percentile.
    Latency,
    /// How it is called.
    Protocol,
}

/// What is written on an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LabelMeans {
    /// Rate, 95th percentile, and the share that failed where any did.
    #[default]
    Figures,
    /// Calls a minute.
    Rate,
    /// 50th, 95th and 99th percentile.
    Latency,
    /// The share that failed.
    Errors,
    /// Calls that ran out of time, where any did.
    Timeouts,
    /// Nothing.
    None,
}

/// What all three mean. The same for every window and layout: nothing moves when it changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EdgeSigns {
    /// Of the width.
    pub width: WidthMeans,
    /// Of the colour.
    pub colour: ColourMeans,
    /// Of the label.
    pub label: LabelMeans,
}

/// The figures of an edge that signs are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EdgeFigures {
    /// How it is called.
    pub kind: EdgeKind,
    /// Calls in the window.
    pub calls: f64,
    /// Calls a minute.
    pub rate_per_min: Option<f64>,
    /// Failed calls over all, 0 to 1.
    pub error_ratio: Option<f64>,
    /// Calls that ran out of time.
    pub timeouts: f64,
    /// The 50th, 95th and 99th percentile, in milliseconds.
    pub latency_ms: [Option<f64>; 3],
}

impl EdgeFigures {
    /// Of an edge whose rates are over `length`.
    pub fn of(edge: &Edge, length: Nanos) -> Self {
        let ms = |q: f64| edge.red.quantile(q).map(Nanos::as_millis_f64);
        Self {
            kind: edge.kind,
            calls: edge.red.calls(),
            rate_per_min: edge.red.rate_per_min(length),
            error_ratio: edge.red.error_ratio(),
            timeouts: edge.red.timeouts(),
            latency_ms: [ms(0.5), ms(0.95), ms(0.99)],
        }
    }
}

/// The colour of an edge: by which of the palette's it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// That of its health.
    Health,
    /// A step of the scale of errors, from 0 to [`STEPS`] − 1.
    Errors(u8),
    /// A step of the scale of latency.
    Latency(u8),
    /// That of its protocol.
    Protocol(EdgeKind),
    /// Nothing to judge by.
    Silent,
}

/// Steps of a scale of colours.
pub const STEPS: usize = 5;
/// Where steps begin: shares of failed calls. The first is for none at all. Fixed, so that a colour means the same
/// in every window and on every map.
pub const ERROR_STEPS: [f64; STEPS - 1] = [f64::MIN_POSITIVE, 0.01, 0.05, 0.2];
/// Where steps begin: milliseconds.
pub const LATENCY_STEPS: [f64; STEPS - 1] = [10.0, 50.0, 250.0, 1000.0];

/// The narrowest and the widest line, in points at the usual zoom.
const WIDTHS: (f32, f32) = (1.0, 4.6);
/// The line where width means nothing.
const CONSTANT: f32 = 1.8;

impl EdgeSigns {
    /// The words of width, colour and label, for files.
    pub const fn words(self) -> [&'static str; 3] {
        [self.width.word(), self.colour.word(), self.label.word()]
    }
    /// From such words; what is not known means what it usually does.
    pub fn from_words([width, colour, label]: [&str; 3]) -> Self {
        Self {
            width: WidthMeans::parse(width).unwrap_or_default(),
            colour: ColourMeans::parse(colour).unwrap_or_default(),
            label: LabelMeans::parse(label).unwrap_or_default(),
        }
    }
    /// The width of a line, in points at the usual zoom: logarithmic, between 1 and 4.6.
    pub fn width_of(self, f: &EdgeFigures) -> f32 {
        let rate = f.rate_per_min.unwrap_or(0.0).max(0.0);
        let (factor, amount) = match self.width {
            WidthMeans::Constant => return CONSTANT,
            WidthMeans::Rate => (0.95, rate / 10.0),
            WidthMeans::Calls => (0.65, f.calls),
            WidthMeans::Errors => (1.25, rate * f.error_ratio.unwrap_or(0.0)),
            WidthMeans::Latency => (0.95, f.latency_ms[1].unwrap_or(0.0) / 5.0),
        };
        (0.9 + factor * (1.0 + amount.max(0.0)).log10() as f32).clamp(WIDTHS.0, WIDTHS.1)
    }

    /// The colour of a line.
    pub fn shade_of(self, f: &EdgeFigures) -> Shade {
        let step = |steps: &[f64], value: f64| steps.iter().filter(|s| value >= **s).count() as u8;
        match self.colour {
            ColourMeans::Health => Shade::Health,
            ColourMeans::Protocol => Shade::Protocol(f.kind),
            _ if f.calls <= 0.0 => Shade::Silent,
            ColourMeans::Errors => Shade::Errors(step(&ERROR_STEPS, f.error_ratio.unwrap_or(0.0))),
            ColourMeans::Latency => {
                f.latency_ms[1].map_or(Shade::Silent, |ms| Shade::Latency(step(&LATENCY_STEPS, ms)))
            }
        }
    }
}

/// The words of each choice: for files and flags, and for people.
macro_rules! words {
    ($choice:ident, $count:literal, $($variant:ident $word:literal $title:ident),+) => {
        impl $choice {
            /// All of them, in the order of a menu.
            pub const ALL: [Self; $count] = [$(Self::$variant),+];
            /// Its word in arguments and files.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// What it is, for people.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => texts().edges.$title),+ }
            }
            /// From its word.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|c| c.word() == text.trim())
            }
        }
    };
}

words!(WidthMeans, 5,
    Rate "rate" by_calls_a_minute,
    Calls "calls" by_calls_in_the_window,
    Errors "errors" by_failed_calls_a_minute,
    Latency "latency" by_95th_percentile,
    Constant "constant" by_nothing_all_alike);
words!(ColourMeans, 4,
    Health "health" by_health,
    Errors "errors" by_share_that_fails,
    Latency "latency" by_95th_percentile,
    Protocol "protocol" by_protocol);
words!(LabelMeans, 6,
    Figures "figures" by_rate_95th_percentile_errors,
    Rate "rate" by_calls_a_minute,
    Latency "latency" by_p50_p95_p99,
    Errors "errors" by_share_that_fails,
    Timeouts "timeouts" by_timeouts,
    None "none" by_nothing);

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(rate: f64, errors: f64, p95: f64) -> EdgeFigures {
        EdgeFigures {
            kind: EdgeKind::Http,
            calls: rate * 10.0,
            rate_per_min: Some(rate),
            error_ratio: Some(errors),
            timeouts: 0.0,
            latency_ms: [Some(p95 / 2.0), Some(p95), Some(p95 * 2.0)],
        }
    }

    #[test]
    fn each_choice_has_a_word_that_leads_back_to_it() {
        assert!(WidthMeans::ALL.into_iter().all(|c| WidthMeans::parse(c.word()) == Some(c)));
        assert!(ColourMeans::ALL.into_iter().all(|c| ColourMeans::parse(c.word()) == Some(c)));
        assert!(LabelMeans::ALL.into_iter().all(|c| LabelMeans::parse(c.word()) == Some(c)));
        assert_eq!(LabelMeans::parse("rates"), None);
    }

    #[test]
    fn width_grows_with_what_it_means_and_with_nothing_else() {
        let (quiet, busy) = (figures(1.0, 0.5, 900.0), figures(5_000.0, 0.0, 1.0));
        let of = |width, f: &EdgeFigures| EdgeSigns { width, ..EdgeSigns::default() }.width_of(f);
        assert!(of(WidthMeans::Rate, &quiet) < of(WidthMeans::Rate, &busy));
        assert!(of(WidthMeans::Calls, &quiet) < of(WidthMeans::Calls, &busy));
        assert!(of(WidthMeans::Errors, &quiet) > of(WidthMeans::Errors, &busy));
        assert!(of(WidthMeans::Latency, &quiet) > of(WidthMeans::Latency, &busy));
        assert_eq!(of(WidthMeans::Constant, &quiet), of(WidthMeans::Constant, &busy));
        for width in WidthMeans::ALL {
            let huge = of(width, &figures(1e12, 1.0, 1e12));
            assert!((1.0..=4.6).contains(&huge) && (1.0..=4.6).contains(&of(width, &EdgeFigures::default())));
        }
    }

    #[test]
    fn colours_step_at_fixed_bounds() {
        let errors = EdgeSigns { colour: ColourMeans::Errors, ..EdgeSigns::default() };
        let steps =
            [0.0, 0.0001, 0.01, 0.049, 0.05, 0.2, 1.0].map(|e| errors.shade_of(&figures(1.0, e, 1.0)));
        assert_eq!(steps, [0, 1, 2, 2, 3, 4, 4].map(Shade::Errors));
        let latency = EdgeSigns { colour: ColourMeans::Latency, ..EdgeSigns::default() };
        let steps = [9.9, 10.0, 50.0, 999.0, 1000.0].map(|l| latency.shade_of(&figures(1.0, 0.0, l)));
        assert_eq!(steps, [0, 1, 2, 3, 4].map(Shade::Latency));
        assert_eq!(latency.shade_of(&EdgeFigures::default()), Shade::Silent);
        assert_eq!(EdgeSigns::default().shade_of(&figures(1.0, 1.0, 1.0)), Shade::Health);
    }
}
