//! How the chosen meaning of width, colour and label looks on the map, and what the legend says of it.
use egui::{Color32, Pos2, Rect};

use super::input::{Health, MapEdge};
use super::node::mark_colour;
use super::scene::EdgeScene;
use crate::export::edge_signs::{
    ColourMeans, EdgeFigures, EdgeSigns, LATENCY_STEPS, LabelMeans, STEPS, Shade, WidthMeans,
};
use crate::graph::EdgeKind;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{Palette, mixed};

/// The figures of an edge, as the choices know them.
pub(super) fn figures_of(edge: &MapEdge) -> EdgeFigures {
    EdgeFigures {
        kind: edge.kind,
        calls: edge.calls as f64,
        rate_per_min: edge.rate_per_min,
        error_ratio: edge.error_ratio,
        timeouts: edge.timeouts as f64,
        latency_ms: [edge.more_latency_ms[0], edge.latency_ms, edge.more_latency_ms[1]],
    }
}

impl EdgeScene {
    pub(super) fn lay(&mut self, points: Vec<Pos2>) {
        self.bounds = points.iter().fold(Rect::NOTHING, |all, p| all | Rect::from_min_max(*p, *p));
        self.points = points.into();
    }

    /// Whether it runs from a node to itself.
    pub fn is_loop(&self) -> bool {
        self.from == self.to
    }

    /// Takes width, colour and label from its figures. What changed between two times is written either way.
    pub(super) fn sign(&mut self, signs: EdgeSigns) {
        self.width = signs.width_of(&self.figures);
        self.shade = if self.change.is_some() { Shade::Health } else { signs.shade_of(&self.figures) };
        if self.change.is_none() {
            (self.label, self.short, self.errors) = label(signs.label, &self.figures);
        }
    }

    /// How loudly its colour speaks: as its health does, or as the step of its scale.
    pub(super) fn loudness(&self) -> Health {
        match self.shade {
            Shade::Health => self.health,
            Shade::Errors(step) | Shade::Latency(step) => match usize::from(step) {
                s if s + 1 >= STEPS => Health::Critical,
                s if s + 2 >= STEPS => Health::Warning,
                _ => Health::Healthy,
            },
            Shade::Protocol(_) | Shade::Silent => Health::Healthy,
        }
    }

    /// Whether it is drawn wider and with a glow.
    pub(super) fn is_loud(&self) -> bool {
        self.loudness().is_bad()
    }
}

/// What is written on an edge: the whole of it, less of it for where room is short, and the share of errors.
fn label(means: LabelMeans, f: &EdgeFigures) -> (String, Option<String>, Option<String>) {
    let nothing = (String::new(), None, None);
    if f.calls <= 0.0 {
        return nothing;
    }
    let rate = f.rate_per_min.map(text::rate_per_min).unwrap_or_default();
    let p95 = f.latency_ms[1].map(text::duration_ms);
    let errors = f.error_ratio.filter(|r| *r > 0.0).map(text::percent);
    match means {
        LabelMeans::Figures => match p95 {
            Some(p95) if !rate.is_empty() => (format!("{rate} · {p95}"), Some(rate), errors),
            p95 => (rate + &p95.unwrap_or_default(), None, errors),
        },
        LabelMeans::Rate => (rate, None, None),
        LabelMeans::Latency => (percentiles(f.latency_ms), p95.map(|t| format!("p95 {t}")), None),
        LabelMeans::Errors => match errors {
            Some(errors) => (String::new(), None, Some(errors)),
            None => (f.error_ratio.map(text::percent).unwrap_or_default(), None, None),
        },
        LabelMeans::Timeouts if f.timeouts > 0.0 => (String::new(), None, Some(timeouts(f.timeouts))),
        LabelMeans::Timeouts | LabelMeans::None => nothing,
    }
}

fn timeouts(count: f64) -> String {
    let word = if count == 1.0 { texts().edges.timeout } else { texts().edges.timeouts };
    format!("{} {word}", text::count(count))
}

/// `12.3 / 84.1 / 310 ms`: the unit once, where it is the same.
fn percentiles(ms: [Option<f64>; 3]) -> String {
    let all: Vec<String> = ms.into_iter().flatten().map(text::duration_ms).collect();
    let parts: Vec<(&str, &str)> = all.iter().filter_map(|t| t.split_once(' ')).collect();
    let unit = parts.first().map(|p| p.1).filter(|u| parts.iter().all(|p| p.1 == *u));
    match unit {
        Some(unit) if parts.len() == all.len() => {
            let values: Vec<&str> = parts.iter().map(|p| p.0).collect();
            format!("{} {unit}", values.join(" / "))
        }
        _ => all.join(" / "),
    }
}

/// The colour of an edge that neither selection nor pointer touches.
pub(super) fn colour(edge: &EdgeScene, p: &Palette) -> Color32 {
    let quiet = |colour| if edge.dashed { mixed(p.canvas, colour, 0.8) } else { colour };
    match (edge.shade, edge.change) {
        (Shade::Health, Some(change)) if edge.health.is_bad() => change.colour(p),
        (Shade::Health, _) if edge.health.is_bad() => mark_colour(edge.health, p),
        (shade, _) => quiet(shade_colour(shade, p)),
    }
}

/// The colour of a shade that tells no health.
pub(super) fn shade_colour(shade: Shade, p: &Palette) -> Color32 {
    match shade {
        Shade::Health | Shade::Silent => p.edge,
        Shade::Errors(step) => p.steps(p.critical, step, STEPS),
        Shade::Latency(step) => p.steps(p.warning_mark, step, STEPS),
        Shade::Protocol(kind) => protocol(kind, p),
    }
}

/// Protocols in the order of the legend, with their names.
pub(super) fn protocols() -> [(EdgeKind, &'static str); 6] {
    [
        (EdgeKind::Http, "HTTP"),
        (EdgeKind::Rpc, "RPC"),
        (EdgeKind::Database, texts().edges.database),
        (EdgeKind::Messaging, texts().edges.messaging),
        (EdgeKind::Entry, texts().edges.from_outside),
        (EdgeKind::Other, texts().edges.not_told),
    ]
}

fn protocol(kind: EdgeKind, p: &Palette) -> Color32 {
    let [http, rpc, database, messaging] = p.protocols;
    match kind {
        EdgeKind::Http => http,
        EdgeKind::Rpc => rpc,
        EdgeKind::Database => database,
        EdgeKind::Messaging => messaging,
        EdgeKind::Entry => p.muted,
        EdgeKind::Other => p.edge,
    }
}

/// What the strip of the legend says of the width; nothing where all are alike.
pub(super) fn width_words(means: WidthMeans) -> Option<&'static str> {
    match means {
        WidthMeans::Rate => Some(texts().edges.calls_min),
        WidthMeans::Calls => Some(texts().edges.calls),
        WidthMeans::Errors => Some(texts().edges.failed_calls_min),
        WidthMeans::Latency => Some("p95"),
        WidthMeans::Constant => None,
    }
}

/// The shades of a scale with their words, in order; none where colour means health. Of protocols those that
/// `has` knows.
pub(super) fn scale(means: ColourMeans, has: impl Fn(EdgeKind) -> bool) -> Vec<(Shade, String)> {
    match means {
        ColourMeans::Health => Vec::new(),
        ColourMeans::Errors => ["0%", "<1%", "<5%", "<20%", texts().edges.n_20_percent_and_more]
            .into_iter()
            .zip(0..)
            .map(|(words, step)| (Shade::Errors(step), words.to_owned()))
            .collect(),
        ColourMeans::Latency => {
            let below = LATENCY_STEPS.iter().map(|ms| format!("<{}", bound(*ms)));
            let last =
                LATENCY_STEPS.last().map(|ms| fill(texts().edges.and_more, &[("length", &bound(*ms))]));
            below.chain(last).zip(0..).map(|(words, step)| (Shade::Latency(step), words)).collect()
        }
        ColourMeans::Protocol => protocols()
            .into_iter()
            .filter(|(kind, _)| has(*kind))
            .map(|(kind, words)| (Shade::Protocol(kind), words.to_owned()))
            .collect(),
    }
}

/// `10 ms`, `1 s`: without the decimals of a measured length.
fn bound(ms: f64) -> String {
    if ms >= 1000.0 { format!("{} s", ms / 1000.0) } else { format!("{ms} ms") }
}

/// What the scale is of, before its steps.
pub(super) fn scale_words(means: ColourMeans) -> Option<&'static str> {
    match means {
        ColourMeans::Health | ColourMeans::Protocol => None,
        ColourMeans::Errors => Some(texts().edges.fail),
        ColourMeans::Latency => Some("p95"),
    }
}

/// The sentence of the card on the width of lines.
pub(super) fn width_sentence(means: WidthMeans) -> &'static str {
    match means {
        WidthMeans::Rate => texts().edges.from_caller_to_callee_wider,
        WidthMeans::Calls => texts().edges.from_caller_to_callee_wider_more,
        WidthMeans::Errors => texts().edges.from_caller_to_callee_wider_more_calls,
        WidthMeans::Latency => texts().edges.from_caller_to_callee_wider_a,
        WidthMeans::Constant => texts().edges.from_caller_to_callee,
    }
}

/// The sentence of the card on what is written on lines; none where nothing is.
pub(super) fn label_sentence(means: LabelMeans) -> Option<&'static str> {
    match means {
        LabelMeans::Figures => Some(texts().edges.calls_per_minute_p95_and),
        LabelMeans::Rate => Some(texts().edges.calls_per_minute),
        LabelMeans::Latency => Some(texts().edges.latency_p50_p95_and_p99),
        LabelMeans::Errors => Some(texts().edges.the_share_of_calls_that),
        LabelMeans::Timeouts => Some(texts().edges.calls_that_ran_out_of),
        LabelMeans::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_what_was_chosen() {
        let f = EdgeFigures {
            kind: EdgeKind::Http,
            calls: 500.0,
            rate_per_min: Some(120.0),
            error_ratio: Some(0.078),
            timeouts: 3.0,
            latency_ms: [Some(12.3), Some(84.1), Some(310.0)],
        };
        let said = LabelMeans::ALL.map(|means| {
            let (whole, short, errors) = label(means, &f);
            [whole, short.unwrap_or_default(), errors.unwrap_or_default()].join("|")
        });
        assert_eq!(
            said,
            [
                "120/min · 84.1 ms|120/min|7.8%",
                "120/min||",
                "12.3 / 84.1 / 310 ms|p95 84.1 ms|",
                "||7.8%",
                "||3 timeouts",
                "||"
            ]
        );
        let over = EdgeFigures { latency_ms: [Some(900.0), Some(1_200.0), None], ..f };
        assert_eq!(label(LabelMeans::Latency, &over).0, "900 ms / 1.2 s");
        let silent = EdgeFigures { calls: 0.0, ..f };
        assert!(LabelMeans::ALL.iter().all(|m| label(*m, &silent) == (String::new(), None, None)));
    }

    #[test]
    fn every_step_of_a_scale_has_words_and_a_colour_of_its_own() {
        for p in [Palette::DARK, Palette::LIGHT] {
            for means in [ColourMeans::Errors, ColourMeans::Latency, ColourMeans::Protocol] {
                let steps = scale(means, |_| true);
                let mut colours: Vec<_> = steps.iter().map(|s| shade_colour(s.0, &p).to_array()).collect();
                colours.sort_unstable();
                colours.dedup();
                assert_eq!(colours.len(), steps.len());
                assert!(steps.len() >= STEPS && steps.iter().all(|s| !s.1.is_empty()));
            }
        }
    }
}
