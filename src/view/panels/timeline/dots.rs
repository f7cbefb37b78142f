//! The calls that are under way at the playhead, as dots for the map.
use crate::graph::{Call, CallPlace, CallsByTime};
use crate::model::{Nanos, Timestamp};
use crate::texts::{fill, texts};
use crate::view::map::{Dot, DotLook, Dots};
use crate::view::panels::picture::Picture;
use crate::view::panels::widgets;
use crate::view::text;

use super::Player;

/// Dots of calls that worked, and dots of calls that failed: more cannot be told apart.
const MOST: usize = 250;

/// The dots of the moment at the playhead.
pub fn dots(picture: &Picture, by_time: &CallsByTime, player: &Player) -> Dots {
    let Some(head) = player.head else { return Dots::default() };
    let calls = &picture.snapshot.calls;
    let found = by_time.at(calls, head, player.least(), MOST);
    let dot = |at: &CallPlace| {
        let call = CallsByTime::call(calls, *at)?;
        dot(picture, by_time, *at, call, (head, player.least()))
    };
    let mut all: Vec<Dot> = found.calls.iter().filter_map(dot).collect();
    all.sort_by_key(|d| d.look);
    let mut note = texts().timeline.each_is_one_recorded_call.to_owned();
    if found.one_of > 1 {
        note += &fill(texts().timeline.n_1_of_shown, &[("count", &found.one_of)]);
    }
    if found.failed_one_of > 1 {
        note += &fill(texts().timeline.of_failed_ones_1_of, &[("count", &found.failed_one_of)]);
    }
    Dots { all, note, is_moving: player.is_playing && !player.reduces_motion }
}

fn dot(
    picture: &Picture,
    by_time: &CallsByTime,
    at: CallPlace,
    call: &Call,
    (head, least): (Timestamp, Nanos),
) -> Option<Dot> {
    let edge = picture.index.edge_of(call.edge)?;
    let (from, to) = picture.index.graph.ends(edge)?;
    let on_its_way = call.duration.max(least);
    let look = match call.outcome.is_failure() {
        true => DotLook::Failed,
        false if by_time.is_slow(call) => DotLook::Slow,
        false => DotLook::Fine,
    };
    let length = if call.is_timed {
        text::duration_ns(call.duration.0 as f64)
    } else {
        texts().timeline.untimed.to_owned()
    };
    let outcome = match look {
        DotLook::Fine => texts().timeline.ok.to_owned(),
        DotLook::Slow => texts().timeline.slow.to_owned(),
        DotLook::Failed => fill(texts().timeline.failed_2, &[("how", &widgets::outcome_words(call.outcome))]),
    };
    let operation = text::name(picture.snapshot.spans.text(call.operation), 60);
    let (from, to) = (text::name(&picture.name(from), 40), text::name(&picture.name(to), 40));
    Some(Dot {
        edge: edge.0 as usize,
        share: ((head - call.start).0 as f64 / on_its_way.0.max(1) as f64) as f32,
        look,
        call: at,
        spoken: fill(
            texts().timeline.call_to,
            &[
                ("operation", &operation),
                ("from", &from),
                ("to", &to),
                ("length", &length),
                ("outcome", &outcome),
            ],
        ),
    })
}
