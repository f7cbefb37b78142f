//! The questions that the window asks of its data, each answered off its thread.
use std::sync::Arc;

use super::deferred::{Deferred, Work};
use super::investigation::Investigation;
use super::playback::Replayed;
use super::state::{OpenTrace, State};
use crate::analysis::edge_reading::{EdgeReading, read_edge, read_queue};
use crate::analysis::impact::{Impact, impact};
use crate::analysis::traces::{self, Through, TraceList};
use crate::analysis::{Subject, Waterfall, WaterfallOptions, waterfall};
use crate::graph::{Arrangement, NodeKind, Snapshot, requests_close_by};
use crate::model::{TimeRange, TraceId, TraceIndex};
use crate::store::{Filter, Lens, Vocabulary};
use crate::view::map::OperationLines;
use crate::view::panels::comparison::Comparing;
use crate::view::panels::findings::Choice;
use crate::view::panels::picture::{BARS, Picture, PictureRequest};
use crate::view::panels::side::Details;
use crate::view::panels::timeline::FineBars;
use crate::view::panels::{Item, TraceOrder};

/// Traces in a list.
const LISTED: usize = 200;
/// Which data, seen how, which requests of it; a higher generation lays the map out anew.
/// The last but one: whether at the playhead of a replay.
pub type PictureKey = (u64, Lens, u64, Option<Comparing>, Option<Choice>, bool, Arrangement);
type TracesKey = (u64, Lens, Option<Item>, TraceOrder);

/// Which data, zoomed to which stretch, under which filter.
type FineKey = (u64, TimeRange, Option<Arc<Filter>>);

/// Traces with the snapshot that knows their names.
pub type Listed = (Arc<Snapshot>, TraceList);

/// Reach of a node, with the picture that its handles belong to; `None` for a node that is gone.
pub type Reach = (Arc<Picture>, Option<Impact>);

/// An opened trace.
pub struct Opened {
    /// The data.
    pub snapshot: Arc<Snapshot>,
    /// Where the trace is in it.
    pub index: Option<TraceIndex>,
    /// The trace, ready to be drawn; `None` if it is not (or no longer) stored.
    pub waterfall: Option<Waterfall>,
}

/// All answers on the screen.
#[derive(Default)]
pub struct Answers {
    /// Map, list, overview, timeline.
    pub picture: Deferred<PictureKey, Arc<Picture>>,
    /// Charts of the selected item.
    pub details: Deferred<(u64, Lens, Item), Details>,
    /// The calls of the selected edge, one by one.
    pub reading: Deferred<(u64, Lens, Item), Option<(Item, EdgeReading)>>,
    /// The operations of the services that are close on the map.
    pub operations: Deferred<(u64, Lens, Vec<String>), Arc<OperationLines>>,
    /// Traces of the selected item, or of all.
    pub traces: Deferred<TracesKey, Listed>,
    /// Reach of the selected node, with the picture that its handles belong to.
    pub impact: Deferred<(u64, Lens, String), Reach>,
    /// The open trace.
    pub opened: Deferred<(TraceId, u64), Opened>,
    /// What can be written in the box at the top.
    pub words: Deferred<u64, Vocabulary>,
    /// The bars of the stretch of time that the timeline is zoomed to.
    pub timeline: Deferred<FineKey, FineBars>,
    /// The questions about what is wrong.
    pub investigation: Investigation,
    /// What hiding would do to what is to be saved.
    pub preview: Deferred<super::saving::PreviewKey, crate::export::redact::Preview>,
    /// What a replay needs.
    pub replay: Replayed,
    /// Grows when the map is to be laid out anew.
    pub generation: u64,
}

impl Answers {
    /// Asks for the picture of a snapshot.
    pub fn ask_picture(&mut self, work: &Work, snapshot: &Arc<Snapshot>, lens: Lens, state: &State) {
        // A window that is being drawn moves over the map of all time, which keeps still meanwhile.
        let is_drawn = state.timeline.is_brushing() && lens.window.is_some();
        if state.player.is_on() || is_drawn && state.place.comparing.is_none() {
            self.ask_moment(work, snapshot, lens, state);
            return;
        }
        self.replay.end();
        let key = self.picture_key(snapshot, lens.clone(), state, false);
        let mut request = request(snapshot, lens, state);
        request.was_closed = self.picture.value().is_some_and(|p| p.shown.is_automatic);
        self.picture.ask(work, key, move || Arc::new(Picture::new(request)));
    }

    pub(super) fn picture_key(
        &self,
        snapshot: &Snapshot,
        lens: Lens,
        state: &State,
        is_moment: bool,
    ) -> PictureKey {
        let (comparing, choice) = (state.place.comparing.clone(), state.choice.clone());
        let arrangement = state.arranging.now.clone();
        (snapshot.revision, lens, self.generation, comparing, choice, is_moment, arrangement)
    }

    /// Whether a map that is arranged in another way is on its way.
    pub fn is_arranging(&self, state: &State) -> bool {
        let is_other = |key: &PictureKey| key.2 != self.generation || key.6 != state.arranging.now;
        self.picture.is_running() && self.picture.key().is_some_and(is_other)
    }

    /// Asks what belongs to the selection and the open trace, of the picture that is shown.
    pub fn ask_rest(&mut self, work: &Work, state: &State, waits: bool) {
        self.opened.poll(work);
        let Some(picture) = self.picture.value().cloned() else { return };
        if state.searching.is_focused {
            let snapshot = Arc::clone(&picture.snapshot);
            self.words.ask(work, snapshot.revision, move || Vocabulary::new(&snapshot.spans));
        }
        if let Some(zoomed) = state.timeline.zoomed() {
            let (snapshot, filter) = (Arc::clone(&picture.snapshot), picture.wide_lens.filter.clone());
            self.timeline.ask(work, (snapshot.revision, zoomed, filter.clone()), move || {
                let close = |filter: Option<&Arc<Filter>>| requests_close_by(&snapshot, filter, zoomed, BARS);
                (close(None), filter.map(|f| close(Some(&f))))
            });
        }
        if let Some(open) = &state.place.trace {
            self.ask_trace(work, &picture.snapshot, open);
        }
        let selection = state.place.selection.clone();
        let shown = self.traces.key().map(|k| (&k.2, k.3));
        // What takes longer than a frame follows when the replay stands, and the brush.
        let moves = state.player.is_playing || state.timeline.is_brushing();
        if moves && shown == Some((&selection, state.order)) {
            return;
        }
        self.investigation.ask(work, &picture, state, waits);
        self.ask_operations(work, &picture, &state.map.close);
        self.ask_traces(work, &picture, selection.clone(), state.order);
        if let Some(item) = selection {
            self.ask_details(work, &picture, item.clone());
            match item {
                Item::Node(id) => {
                    self.ask_reading(work, &picture, Item::Node(id.clone()));
                    self.ask_impact(work, &picture, id);
                }
                edge @ Item::Edge(..) => self.ask_reading(work, &picture, edge),
            }
        }
    }

    /// Forgets what was told in sentences, which are to be told in another language; nodes stay where they are.
    pub fn forget_sentences(&mut self) {
        self.generation += 1;
        self.investigation.forget();
    }

    fn ask_traces(&mut self, work: &Work, picture: &Arc<Picture>, item: Option<Item>, order: TraceOrder) {
        let key = (picture.snapshot.revision, picture.lens.clone(), item.clone(), order);
        let picture = Arc::clone(picture);
        self.traces.ask(work, key, move || {
            let (sort, failed) = order.question();
            let list = match picture.chosen.as_ref().filter(|c| c.choice.item == item) {
                Some(chosen) => traces::list_of(&picture.snapshot, &chosen.requests, sort, failed, LISTED),
                None => {
                    let through = through(&picture, item.as_ref());
                    traces::list(&picture.snapshot, &picture.lens, &through, sort, failed, LISTED)
                }
            };
            (Arc::clone(&picture.snapshot), list)
        });
    }

    fn ask_operations(&mut self, work: &Work, picture: &Arc<Picture>, close: &[String]) {
        if close.is_empty() {
            return;
        }
        let key = (picture.snapshot.revision, picture.lens.clone(), close.to_vec());
        let (picture, close) = (Arc::clone(picture), close.to_vec());
        self.operations.ask(work, key, move || Arc::new(picture.operations(&close)));
    }

    fn ask_details(&mut self, work: &Work, picture: &Arc<Picture>, item: Item) {
        let key = (picture.snapshot.revision, picture.lens.clone(), item.clone());
        let picture = Arc::clone(picture);
        self.details.ask(work, key, move || Details::new(&picture, item));
    }

    fn ask_reading(&mut self, work: &Work, picture: &Arc<Picture>, item: Item) {
        let key = (picture.snapshot.revision, picture.lens.clone(), item.clone());
        let picture = Arc::clone(picture);
        self.reading.ask(work, key, move || {
            let (index, subject) = picture.known(&item)?;
            let (snapshot, lens) = (&picture.snapshot, &picture.lens);
            let reading = match subject {
                Subject::Edge(edge) => read_edge(snapshot, lens, index, edge),
                Subject::Node(node) if index.graph.node(node)?.kind == NodeKind::Queue => {
                    read_queue(snapshot, lens, index, node)
                }
                Subject::Node(_) => return None,
            };
            Some((item, reading))
        });
    }

    fn ask_impact(&mut self, work: &Work, picture: &Arc<Picture>, id: String) {
        let key = (picture.snapshot.revision, picture.lens.clone(), id.clone());
        let picture = Arc::clone(picture);
        self.impact.ask(work, key, move || {
            let node = picture.node(&id);
            let answer = node.map(|n| impact(&picture.snapshot, &picture.lens, &picture.index, n));
            (picture, answer)
        });
    }

    fn ask_trace(&mut self, work: &Work, snapshot: &Arc<Snapshot>, open: &OpenTrace) {
        let id = open.id;
        // The trace is worked out again only when it has grown; finding it is a scan, so it is done off-thread
        // too, once per revision.
        let key = (id, snapshot.revision);
        let snapshot = Arc::clone(snapshot);
        self.opened.ask(work, key, move || {
            let index = snapshot.spans.find_trace(id);
            let shown = index.map(|i| waterfall(&snapshot.spans, i, &WaterfallOptions::default()));
            Opened { waterfall: shown, index, snapshot }
        });
    }
}

/// What a picture is made of.
pub fn request(snapshot: &Arc<Snapshot>, lens: Lens, state: &State) -> PictureRequest {
    PictureRequest {
        was_closed: false,
        snapshot: Arc::clone(snapshot),
        lens,
        comparing: state.place.comparing.clone(),
        choice: state.choice.clone(),
        arrangement: state.arranging.now.clone(),
        previous: state.positions.clone(),
        pinned: state.map.positions.clone(),
        close_up: state.close_up.of(state.arranging.now.focus.as_ref()),
        mode: state.arrangement.mode,
        focus: state.arrangement.focus.clone(),
    }
}

/// What a list of traces is asked to pass through.
fn through(picture: &Picture, item: Option<&Item>) -> Through {
    match item.and_then(|i| picture.known(i)) {
        Some((index, Subject::Node(n))) => Through::Parties(index.parties_of(n)),
        Some((index, Subject::Edge(e))) => Through::Edges(index.raw_edges_of(e)),
        None => Through::Anything,
    }
}
