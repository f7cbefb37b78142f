//! Taking it away and reading an edge, in the window, by the names that a screen reader speaks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use opened::{copied, shows, snapshot};
use spanscape::app::saving::write_case;
use spanscape::app::{App, Command, Item, Session};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::export::case::{CaseCollapse, CaseFocus, CaseItem, CaseMap, CaseNote, CaseState, NotedOn};
use spanscape::export::edge_signs::{EdgeSigns, LabelMeans};
use spanscape::export::map_forms::{self, MapForm, Seen};
use spanscape::export::redact::Redaction;
use spanscape::graph::{Arrangement, Collapse, Groups, Snapshot, arrange};
use spanscape::ingest::file;
use spanscape::layout::Mode;
use spanscape::scenario;
use spanscape::store::{Counters, Lens};
use spanscape::view::panels::arranging::Fold;
use spanscape::view::panels::notes::NoteOn;
use spanscape::view::panels::save::Saving;
use spanscape::view::panels::{Sheet, Tab};

fn sample() -> Arc<Snapshot> {
    static SAMPLE: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || {
        let story = scenario::generate("checkout-incident", 1, scenario::Options::default()).unwrap();
        let middle = story.records.len() / 2;
        snapshot(&story.records[middle..middle + 6000])
    };
    Arc::clone(SAMPLE.get_or_init(make))
}

fn window(session: Session) -> Harness<'static, App> {
    opened::window(Harness::builder().with_size([1600.0, 2200.0]), session)
}

fn press(h: &mut Harness<'_, App>, name: &str) {
    let found = h.query_all_by_label_contains(name).find(|n| {
        let label = n.accesskit_node().label().or_else(|| n.accesskit_node().value());
        label.is_some_and(|l| l.starts_with(name))
    });
    found.unwrap_or_else(|| panic!("{name} is not shown")).click();
    h.run_steps(4);
}

fn type_into(h: &mut Harness<'_, App>, name: &str, text: &str) {
    h.get_by_label(name).focus();
    h.run_steps(2);
    h.get_by_label(name).type_text(text);
    h.run_steps(3);
}

fn save_to(h: &mut Harness<'_, App>, path: &Path) {
    h.state_mut().state.save.path.clear();
    h.run_steps(2);
    type_into(h, "Path of the file", path.to_str().unwrap());
    press(h, "Save there");
}

#[test]
fn the_map_is_saved_in_each_form_with_what_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let mut h = window(Session::still(sample()));
    press(&mut h, "Menu");
    press(&mut h, "Save map as…");
    assert!(shows(&h, "Save the map"));
    press(&mut h, "1×");
    let picture = folder.path().join("map.png");
    save_to(&mut h, &picture);
    assert!(shows(&h, "Saved as "), "what became of it is told");
    let image = image::open(&picture).unwrap().to_rgba8();
    let colours: std::collections::BTreeSet<[u8; 4]> = image.pixels().map(|p| p.0).collect();
    assert!(colours.len() > 50, "something is drawn");
    for (form, begins) in [
        ("SVG", "<svg"),
        ("DOT", "digraph"),
        ("Mermaid", "flowchart"),
        ("GraphML", "<?xml"),
        ("CSV", "type,from,to"),
        ("JSON", "{"),
    ] {
        let row = h.get_by_label("GraphML").rect().top();
        press(&mut h, form);
        assert_eq!(h.get_by_label("GraphML").rect().top(), row, "{form}: the forms stay under the pointer");
        let path = folder.path().join(form);
        save_to(&mut h, &path);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(begins), "{form}: {}", &text[..40]);
        assert!(text.contains("payment-service"), "{form}");
    }
    save_to(&mut h, &folder.path().join("no/such/map.json"));
    assert!(shows(&h, "its folder does not exist"), "a bad path is told in a sentence");
    h.run_steps(2);
    assert!(h.get_by_label("Path of the file").is_focused(), "and can be typed anew at once");
}

#[test]
fn a_map_in_groups_is_saved_in_groups() {
    let folder = tempfile::tempdir().unwrap();
    let story = scenario::generate("services", 1, scenario::Options { services: 30 }).unwrap();
    let snapshot = snapshot(&story.records);
    let (lens, selected) = (&Lens::default(), None);
    let whole = Arc::new(snapshot.graph(lens));
    let arrangement = Arrangement { collapse: Collapse::All, least_share: 3_000, ..Arrangement::default() };
    let groups = Groups::new(&snapshot, &arrangement.group_by);
    let arranged = arrange(&whole, &groups, &arrangement, None);
    assert!(arranged.collapsed.len() > 1 && arranged.hidden_edges > 0);
    let members = &arranged.members(&whole.graph);
    let boxes = &arranged.boxes(&arrangement.group_by);
    let signs = EdgeSigns { label: LabelMeans::Latency, ..EdgeSigns::default() };

    let mut h = window(Session::still(Arc::clone(&snapshot)));
    h.state_mut().state.map.signs = signs;
    for todo in [
        Command::Fold(Fold::CollapseAll),
        Command::Fold(Fold::LeastShare(3_000)),
        Command::Toggle(Sheet::Save(Saving::Map)),
    ] {
        h.state_mut().command(todo);
        h.run_steps(4);
    }
    let places = h.state().state.map.scene().positions();
    let places = &places.into_iter().map(|(id, p)| (id, (p.x, p.y))).collect();
    let (index, snapshot) = (&arranged.index, &*snapshot);
    let is_dark = h.ctx.theme() == egui::Theme::Dark;
    let seen = Seen { snapshot, lens, index, members, boxes, places, selected, signs, is_dark };
    for form in MapForm::FILES.into_iter().filter(|f| *f != MapForm::Png) {
        press(&mut h, form.name());
        let path = folder.path().join(form.name());
        save_to(&mut h, &path);
        let saved = std::fs::read_to_string(&path).unwrap();
        assert!(saved.contains(&arranged.collapsed[0].1), "{}: no group", form.name());
        assert!(Some(saved) == map_forms::text(form, &seen), "{} is not what is shown", form.name());
    }
}

#[test]
fn a_picture_has_the_size_that_was_typed_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut h = window(Session::still(sample()));
    h.state_mut().command(Command::Toggle(Sheet::Save(Saving::Map)));
    h.run_steps(3);
    press(&mut h, "In pixels");
    h.state_mut().state.save.width = "640".to_owned();
    h.state_mut().state.save.height = "48000".to_owned();
    h.run_steps(3);
    assert!(shows(&h, "Width and height are from 64 to 16384 pixels."));
    h.state_mut().state.save.height = "480".to_owned();
    h.run_steps(3);
    let path = folder.path().join("map.png");
    save_to(&mut h, &path);
    assert_eq!(image::image_dimensions(&path).unwrap(), (640, 480));
}

#[test]
fn the_map_is_copied_as_text() {
    let mut h = window(Session::still(sample()));
    h.state_mut().command(Command::CopyMap(MapForm::Mermaid));
    let copied = copied(&mut h);
    assert!(copied.starts_with("flowchart") && copied.contains("payment-service"), "{copied}");
}

/// Opens a file in a window with an engine, and waits until it is read.
fn opened(path: &Path) -> Harness<'static, App> {
    let is_read = |counters: &Counters| {
        !counters.sources.is_empty() && counters.sources.values().all(|s| s.closed.is_some())
    };
    opened_until(path, false, is_read)
}

/// The same, with files that are followed or not, until the counters say so.
fn opened_until(path: &Path, follow: bool, is_read: impl Fn(&Counters) -> bool) -> Harness<'static, App> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let mut h = window(Session::live(engine, None).follow(follow));
    h.state_mut().command(Command::Open(vec![path.to_path_buf()]));
    while !is_read(h.state().counters()) {
        h.run_steps(1);
        std::thread::yield_now();
    }
    h.run_steps(6);
    h
}

#[test]
fn a_case_file_opens_elsewhere_as_it_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.spanscape");
    let mut h = window(Session::still(sample()));
    let node = "service:payment-service".to_owned();
    h.state_mut().command(Command::Select(Some(Item::Node(node.clone()))));
    h.run_steps(3);
    press(&mut h, "Add a note");
    type_into(&mut h, "What the note says", "times out first");
    press(&mut h, "Keep the note");
    assert!(shows(&h, "Note on this node: times out first"));
    let extent = sample().extent.unwrap();
    h.state_mut()
        .command(Command::EditNote(NoteOn::Moment(extent.start + spanscape::model::Nanos::from_secs(5))));
    h.run_steps(3);
    type_into(&mut h, "What the note says", "here it begins");
    press(&mut h, "Keep the note");
    assert!(shows(&h, "Note at "), "the timeline has a mark");
    h.state_mut().state.map.positions.insert(node.clone(), egui::pos2(-321.0, 123.0));
    h.state_mut().command(Command::SetFilter("error OR service:payment-service".to_owned()));
    h.run_steps(6);
    h.state_mut().command(Command::Toggle(Sheet::Save(Saving::Case)));
    h.run_steps(4);
    press(&mut h, "All traces");
    save_to(&mut h, &path);
    assert!(shows(&h, "Saved as "));
    let saved = &h.state().state;
    let (notes, positions) = (saved.notes.all.clone(), saved.map.scene().positions());
    let h = opened(&path);
    let state = &h.state().state;
    assert_eq!(state.notes.all, notes);
    assert_eq!(state.filter_text, "error OR service:payment-service");
    assert_eq!(state.place.selection, Some(Item::Node(node.clone())));
    let scene = state.map.scene().positions();
    assert_eq!(scene.keys().collect::<Vec<_>>(), positions.keys().collect::<Vec<_>>());
    assert_eq!(scene[&node], egui::pos2(-321.0, 123.0), "a pin stays where it was put");
    let farthest = scene.iter().map(|(k, at)| at.distance(positions[k])).fold(0.0, f32::max);
    assert!(farthest < 1.0, "nothing moved: {farthest}");
}

#[test]
fn a_case_file_opens_in_the_layout_and_groups_in_which_it_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let story = scenario::generate("services", 1, scenario::Options { services: 30 }).unwrap();
    let snapshot = snapshot(&story.records);
    for mode in Mode::ALL {
        let path = folder.path().join(mode.word());
        let mut h = window(Session::still(Arc::clone(&snapshot)));
        h.state_mut().state.map.signs = EdgeSigns { label: LabelMeans::Latency, ..EdgeSigns::default() };
        let busiest = h.state().state.map.scene().nodes[0].key.clone();
        for todo in [
            Command::Fold(Fold::CollapseAll),
            Command::Fold(Fold::LeastShare(3_000)),
            Command::Select(Some(Item::Node(busiest))),
            Command::Arrange(mode),
        ] {
            h.state_mut().command(todo);
            h.run_steps(4);
        }
        let group = h.state().state.map.scene().nodes.iter().find(|n| n.key.starts_with("group:")).unwrap();
        let pinned = group.key.clone();
        h.state_mut().state.map.positions.insert(pinned.clone(), egui::pos2(-321.0, 123.0));
        h.state_mut().command(Command::Toggle(Sheet::Save(Saving::Case)));
        h.run_steps(4);
        save_to(&mut h, &path);
        let saved = &h.state().state;
        let opened = opened(&path);
        let state = &opened.state().state;
        assert_eq!(state.arrangement.mode, mode);
        assert_eq!(state.arrangement.focus, saved.arrangement.focus);
        assert_eq!(state.map.signs, saved.map.signs);
        assert_eq!(state.arranging.now.least_share, 3_000);
        assert_eq!(state.map.scene().edges.len(), saved.map.scene().edges.len());
        let (before, after) = (saved.map.scene().positions(), state.map.scene().positions());
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        assert_eq!(after[&pinned], egui::pos2(-321.0, 123.0), "{}", mode.word());
        let others = after.iter().filter(|(k, _)| **k != pinned);
        let farthest = others.map(|(k, at)| at.distance(before[k])).fold(0.0, f32::max);
        assert!(farthest < 1.0, "{}: nothing moved: {farthest}", mode.word());
    }
}

#[test]
fn hidden_names_are_in_no_part_of_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.spanscape");
    let group = |name: &str| format!("group:{name}");
    let at = |id: String| (id, (1.0, 2.0));
    let map = CaseMap {
        group_by: Some(vec!["service.namespace".to_owned()]),
        collapsed: CaseCollapse::Only(["shop".to_owned()].into()),
        hidden_nodes: [group("shop"), "service:payment-service".to_owned()].into(),
        hidden_edges: [(group("shop"), "external:secret.example".to_owned())].into(),
        focus: Some(CaseFocus { around: vec![group("shop")], hops: Some(2) }),
        ..CaseMap::default()
    };
    let positions =
        [at(group("shop")), at("queue:secret".to_owned()), at("service:order-service".to_owned())];
    let state = CaseState {
        positions: positions.clone().into(),
        other_pins: [("grid".to_owned(), positions.into())].into(),
        layout_focus: "service:order-service".to_owned(),
        map,
        notes: vec![CaseNote { on: NotedOn::Node("queue:secret".to_owned()), text: "gone".to_owned() }],
        ..CaseState::default()
    };
    let rules = Redaction { names: true, salt: "s".to_owned(), ..Redaction::default() };
    write_case(&path, &sample(), &Lens::default(), &state, &rules).unwrap();
    let kept = file::case_state(&file::Input::Path(path.clone())).unwrap();
    let kept = String::from_utf8(kept).unwrap();
    for name in ["shop", "payment", "order-service", "secret"] {
        assert!(!kept.contains(name), "{name} in {kept}");
    }
    let left = CaseState::parse(kept.as_bytes()).unwrap();
    assert_eq!((left.positions.len(), left.map.hidden_nodes.len(), left.map.hidden_edges.len()), (2, 2, 0));
    assert_eq!(left.other_pins["grid"].len(), 2);
    assert!(left.notes.is_empty() && left.map.focus.is_some() && !left.layout_focus.is_empty());
    let mut h = opened(&path);
    let Collapse::Only(names) = h.state().state.arranging.now.collapse.clone() else { panic!("{kept}") };
    h.state_mut().command(Command::Fold(Fold::ShowAll));
    h.run_steps(6);
    let nodes = h.state().state.map.scene().nodes.clone();
    let closed: Vec<_> = nodes.iter().filter_map(|n| n.key.strip_prefix("group:")).collect();
    assert_eq!(closed, names.iter().collect::<Vec<_>>(), "the group is closed under its new name");
}

/// A case file of the sample with a filter, a selection, a pin and a note.
fn case_file(path: &Path) -> CaseState {
    let node = "service:payment-service".to_owned();
    let state = CaseState {
        filter: "service:payment-service".to_owned(),
        selection: Some(CaseItem::Node(node.clone())),
        tab: "calls".to_owned(),
        pins: [(node.clone(), (-321.0, 123.0))].into(),
        notes: vec![CaseNote { on: NotedOn::Node(node), text: "times out first".to_owned() }],
        ..CaseState::default()
    };
    write_case(path, &sample(), &Lens::default(), &state, &Redaction::default()).unwrap();
    state
}

#[test]
fn a_case_file_opens_as_it_was_saved_when_files_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.spanscape");
    let case = case_file(&path);
    let all = sample().counters.in_store;
    let h = opened_until(&path, true, |c| c.in_store == all);
    let state = &h.state().state;
    assert_eq!(state.filter_text, case.filter);
    assert_eq!(state.place.selection, Some(Item::Node("service:payment-service".to_owned())));
    assert_eq!(state.place.tab, Tab::Calls);
    assert_eq!(state.map.positions["service:payment-service"], egui::pos2(-321.0, 123.0));
    assert_eq!(state.notes.kept(), case.notes);
    assert!(shows(&h, "Note on this node: times out first"));
}

#[test]
fn a_case_file_whose_state_is_broken_opens_with_its_spans_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.spanscape");
    case_file(&path);
    // A line of magic, then records behind their lengths: the state first.
    let whole = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
    let start = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
    let length = u32::from_be_bytes(whole[start..start + 4].try_into().unwrap()) as usize;
    let mut broken = whole[..start].to_vec();
    let state = br#"{"notes": 7}"#;
    broken.extend((state.len() as u32).to_be_bytes());
    broken.extend(state);
    broken.extend(&whole[start + 4 + length..]);
    std::fs::write(&path, broken).unwrap();
    let mut h = opened(&path);
    assert_eq!(h.state().counters().in_store, sample().counters.in_store, "its spans are read");
    assert!(shows(&h, "payment-service"));
    assert!(shows(&h, "what it keeps beside the spans cannot be read"), "the window says so");
    press(&mut h, spanscape::texts::texts().map.close_the_notice);
    assert!(!shows(&h, "what it keeps beside the spans cannot be read"), "until it is closed");
    let state = &h.state().state;
    assert!(state.notes.all.is_empty() && state.place.selection.is_none() && state.filter_text.is_empty());
}

#[test]
fn what_is_hidden_is_previewed_and_not_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.jsonl");
    let mut h = window(Session::still(sample()));
    h.state_mut().command(Command::Toggle(Sheet::Save(Saving::Traces)));
    h.run_steps(15);
    assert!(shows(&h, "Nothing is hidden"));
    press(&mut h, "Names: services");
    press(&mut h, "Statements, messages");
    let hide = h.state().state.save.hide.clone();
    assert!(hide.names && hide.statements, "{hide:?}");
    assert!(shows(&h, "names become aliases") && shows(&h, "dropped"), "the preview tells");
    save_to(&mut h, &path);
    let text = std::fs::read_to_string(&path).unwrap();
    for gone in ["payment-service", "PaymentService", "SELECT *"] {
        let at = text.find(gone);
        let around = at.map(|at| text[at.saturating_sub(80)..].chars().take(160).collect::<String>());
        assert_eq!(around, None);
    }
    assert!(file::case_state(&file::Input::Path(path)).is_none(), "it is OTLP, and no case file");
}

#[test]
fn notes_are_changed_deleted_and_taken_back() {
    let mut h = window(Session::still(sample()));
    press(&mut h, "Add a note on a moment");
    type_into(&mut h, "What the note says", "look here");
    press(&mut h, "Keep the note");
    assert!(shows(&h, "look here"));
    press(&mut h, "Note at ");
    press(&mut h, "Delete");
    assert!(h.state().state.notes.all.is_empty());
    press(&mut h, "Undo");
    assert_eq!(h.state().state.notes.all.len(), 1);
}

#[test]
fn an_edge_tells_where_its_time_goes() {
    let snapshot = sample();
    let index = snapshot.graph(&Lens::default());
    let id = |name: &str| {
        let node = index.graph.find(name).unwrap();
        index.graph.node(node).unwrap().id.clone()
    };
    let (from, to) = (id("api-gateway"), id("payment-service"));
    let mut h = window(Session::still(snapshot));
    h.state_mut().command(Command::Select(Some(Item::Edge(from, to))));
    h.run_steps(4);
    for told in [
        "Where the time goes",
        "Caller waits: p50 ",
        "Callee works: p50 ",
        "Gap between: p50 ",
        "How long calls take",
        "Latency of ",
        "Operations",
        "Typical call · ",
    ] {
        assert!(shows(&h, told), "{told} is told");
    }
    press(&mut h, "Slowest · ");
    let open = h.state().state.place.trace.clone().unwrap();
    assert!(open.span.is_some(), "the trace opens at the call");
}
