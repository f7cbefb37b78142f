//! Why a picture is empty, and what would show something: said instead of an answer about nothing.
use serde_json::json;

use super::{Answer, cell};
use crate::export::traces::moment_text;
use crate::graph::{ServiceGraph, Snapshot, matching_traces};
use crate::store::Lens;
use crate::texts::{fill, texts};

/// Why there is nothing under a lens; `None` where there is something.
pub fn why_empty(snapshot: &Snapshot, lens: &Lens, graph: &ServiceGraph) -> Option<String> {
    if graph.nodes().next().is_some() {
        return None;
    }
    let t = &texts().answers;
    let all = snapshot.trace_count();
    if all == 0 {
        return Some(t.no_span_was_read.to_owned());
    }
    let filter = lens.filter.as_ref().map(|f| cell(f.text()));
    let data = || snapshot.extent.map(|e| (moment_text(e.start), moment_text(e.end))).unwrap_or_default();
    let (from, to) = data();
    let count = |lens: &Lens| matching_traces(&snapshot.spans, lens).len();
    let passing = count(&Lens { window: None, ..lens.clone() });
    Some(match (filter, lens.window) {
        (Some(filter), _) if passing == 0 => fill(t.empty_by_filter, &[("all", &all), ("filter", &filter)]),
        (Some(filter), Some(w)) => fill(
            t.empty_by_both,
            &[
                ("passing", &passing),
                ("filter", &filter),
                ("from", &moment_text(w.start)),
                ("to", &moment_text(w.end)),
                ("start", &from),
                ("end", &to),
            ],
        ),
        (None, Some(w)) => fill(
            t.empty_by_time,
            &[("from", &moment_text(w.start)), ("to", &moment_text(w.end)), ("start", &from), ("end", &to)],
        ),
        (_, None) => fill(t.empty_of_calls, &[("all", &all)]),
    })
}

impl Answer {
    /// Itself, or where the picture is empty only that and why; of the JSON, all keys stay.
    pub fn unless_empty(mut self, why: Option<String>) -> Self {
        let Some(why) = why else { return self };
        let title = self.markdown.lines().find(|l| l.starts_with("# ")).unwrap_or_default();
        self.markdown = format!("{title}\n\n{why}\n");
        self.json["empty"] = json!(why);
        self.json["notes"] = json!([why]);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sketch::{ORIGIN, history, snapshot_of};
    use crate::model::{Nanos, TimeRange};
    use crate::store::Filter;

    fn why(window: Option<(i64, i64)>, filter: Option<&str>) -> Option<String> {
        let snapshot = snapshot_of(&history(10, 3, |_, _| "cart SERVER 0..100 name=/pay".to_owned()));
        let at = |minute: i64| ORIGIN + Nanos::from_secs(60 * minute);
        let lens = Lens {
            window: window.map(|(a, b)| TimeRange::new(at(a), at(b))),
            filter: filter.map(|f| Filter::parse(f).unwrap().into()),
        };
        why_empty(&snapshot, &lens, &snapshot.graph(&lens).graph)
    }

    #[test]
    fn what_leaves_nothing_is_named() {
        let starts = |said: Option<String>, with: &str| {
            assert!(said.as_deref().is_some_and(|s| s.starts_with(with)), "{said:?}")
        };
        assert_eq!(why(None, None), None);
        assert_eq!(why(Some((2, 5)), Some("name=/pay")), None);
        starts(
            why(None, Some("name=/look")),
            "The picture is empty: none of 30 traces passes the filter name=/look.",
        );
        starts(
            why(Some((2, 5)), Some("name=/look")),
            "The picture is empty: none of 30 traces passes the filter",
        );
        starts(why(Some((20, 25)), None), "The picture is empty: no call begins from ");
        starts(
            why(Some((20, 25)), Some("name=/pay")),
            "The picture is empty: 30 traces pass the filter name=/pay, but none",
        );
    }
}
