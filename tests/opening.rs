//! Saving over files, opening case files beside other data, notes that are being typed: by the names that a screen
//! reader speaks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use opened::{copied, press, shows, snapshot};
use spanscape::app::saving::write_case;
use spanscape::app::{App, Command, Item, Session};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::export::case::{CaseItem, CaseNote, CaseState, CaseWindow, NotedOn};
use spanscape::export::map_forms::MapForm;
use spanscape::export::redact::Redaction;
use spanscape::graph::Snapshot;
use spanscape::model::{Nanos, SpanRecord, TimeRange};
use spanscape::scenario;
use spanscape::store::Lens;
use spanscape::view::panels::Sheet;
use spanscape::view::panels::notes::NoteOn;
use spanscape::view::panels::save::Saving;

fn records(story: &str, most: usize) -> Vec<SpanRecord> {
    let story = scenario::generate(story, 1, scenario::Options::default()).unwrap();
    let middle = story.records.len() / 2;
    story.records[middle..story.records.len().min(middle + most)].to_vec()
}

fn sample() -> Arc<Snapshot> {
    static SAMPLE: OnceLock<Arc<Snapshot>> = OnceLock::new();
    Arc::clone(SAMPLE.get_or_init(|| snapshot(&records("checkout-incident", 6000))))
}

fn window(session: Session) -> Harness<'static, App> {
    opened::window(Harness::builder().with_size([1600.0, 1200.0]), session)
}

fn type_into(h: &mut Harness<'_, App>, name: &str, text: &str) {
    h.get_by_label(name).focus();
    h.run_steps(2);
    h.get_by_label(name).type_text(text);
    h.run_steps(3);
}

fn open_sheet(h: &mut Harness<'_, App>, what: Saving) {
    h.state_mut().command(Command::Toggle(Sheet::Save(what)));
    h.run_steps(15);
}

/// A case file of the sample, with a note, a selection and a window.
fn case_file(path: &Path) {
    let node = "service:payment-service".to_owned();
    let extent = sample().extent.unwrap();
    let state = CaseState {
        filter: "service:payment-service".to_owned(),
        window: Some(CaseWindow::of(TimeRange::new(
            extent.start,
            extent.start + Nanos(extent.length().0 / 2),
        ))),
        selection: Some(CaseItem::Node(node.clone())),
        notes: vec![CaseNote { on: NotedOn::Node(node), text: "times out first".to_owned() }],
        ..CaseState::default()
    };
    write_case(path, &sample(), &Lens::default(), &state, &Redaction::default()).unwrap();
}

/// Goes on until all that is opened is read, and so many spans are there.
fn until(h: &mut Harness<'_, App>, spans: u64) {
    for _ in 0..5000 {
        let counters = h.state().counters();
        if counters.in_store == spans && !counters.is_loading() {
            break;
        }
        h.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert_eq!(h.state().counters().in_store, spans);
    h.run_steps(8);
}

/// A window with other data and work of one's own in it, in which a case file is opened.
fn asked(folder: &Path) -> (Harness<'static, App>, u64) {
    let (case, other) = (folder.join("x.spanscape"), folder.join("other.spanscape"));
    case_file(&case);
    let others = snapshot(&records("stripe-outage", 3000));
    write_case(&other, &others, &Lens::default(), &CaseState::default(), &Redaction::default()).unwrap();
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let mut h = window(Session::live(engine, None));
    h.state_mut().command(Command::Open(vec![other]));
    until(&mut h, others.counters.in_store);
    assert!(h.state().state.sheet.is_none(), "with nothing open it just opens");
    h.state_mut().command(Command::SetFilter("error".to_owned()));
    let extent = others.extent.unwrap();
    h.state_mut().state.notes.set(NoteOn::Moment(extent.start), "my own");
    h.state_mut().command(Command::Open(vec![case]));
    while h.state().state.sheet.is_none() {
        h.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    h.run_steps(3);
    assert!(shows(&h, "Open the case in place of what is open?") && shows(&h, "x.spanscape"));
    assert_eq!(h.state().counters().in_store, others.counters.in_store, "nothing is read before the answer");
    (h, others.counters.in_store)
}

#[test]
fn a_case_file_opens_in_place_of_what_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let (mut h, _) = asked(folder.path());
    press(&mut h, "Replace");
    until(&mut h, sample().counters.in_store);
    let state = &h.state().state;
    assert_eq!(state.filter_text, "service:payment-service");
    assert_eq!(state.place.selection, Some(Item::Node("service:payment-service".to_owned())));
    assert_eq!(state.notes.all.values().collect::<Vec<_>>(), ["times out first"]);
    assert!(state.sheet.is_none());
}

#[test]
fn a_case_file_is_added_to_what_is_open_or_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (mut h, others) = asked(folder.path());
    press(&mut h, "Add to what is open");
    until(&mut h, others + sample().counters.in_store);
    let state = &h.state().state;
    assert_eq!(state.filter_text, "error", "the view stays");
    assert_eq!(state.notes.all.values().collect::<Vec<_>>(), ["my own", "times out first"]);
    assert_eq!(state.place.selection, None);
    let (mut h, others) = asked(folder.path());
    press(&mut h, "Cancel");
    until(&mut h, others);
    assert!(h.state().state.sheet.is_none());
}

#[test]
fn the_timeline_of_an_opened_case_tells_incident_and_alerts_while_something_is_selected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.spanscape");
    case_file(&path);
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let mut h = window(Session::live(engine, None));
    h.state_mut().command(Command::Open(vec![path]));
    until(&mut h, sample().counters.in_store);
    assert!(h.state().state.place.selection.is_some());
    let marked = |h: &Harness<'_, App>| (opened::labels(h, "Incident"), opened::labels(h, "Alert"));
    let found = marked(&h);
    h.state_mut().command(Command::SetFilter(String::new()));
    h.run_steps(6);
    let with_selection = marked(&h);
    h.state_mut().command(Command::Select(None));
    h.run_steps(8);
    assert!(!with_selection.0.is_empty() || !found.0.is_empty(), "{found:?} {with_selection:?}");
}

#[test]
fn a_file_is_replaced_only_where_that_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.json");
    std::fs::write(&path, "mine").unwrap();
    let mut h = window(Session::still(sample()));
    open_sheet(&mut h, Saving::Map);
    type_into(&mut h, "Path of the file", path.to_str().unwrap());
    press(&mut h, "Save there");
    assert!(shows(&h, "f.json exists already. Replace it?"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    press(&mut h, "Cancel");
    assert!(!shows(&h, "exists already"));
    press(&mut h, "Save there");
    press(&mut h, "Replace");
    assert!(shows(&h, "Saved as ") && !shows(&h, "exists already"));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with('{'));
    // The next box has the end that fits, and a new path is not asked about.
    press(&mut h, "Close");
    open_sheet(&mut h, Saving::Case);
    let case = folder.path().join("f.spanscape");
    assert_eq!(h.state().state.save.path, case.to_str().unwrap());
    press(&mut h, "Save there");
    assert!(shows(&h, "Saved as ") && case.is_file(), "{:?}", h.state().state.save);
    // What was told is of what was chosen then.
    press(&mut h, "Names: services");
    assert!(!shows(&h, "Saved as "));
    press(&mut h, "Save there");
    assert!(shows(&h, "f.spanscape exists already. Replace it?"));
    press(&mut h, "Statements, messages");
    assert!(!shows(&h, "exists already"));
}

#[test]
fn a_case_keeps_all_traces_unless_fewer_are_chosen() {
    let mut h = window(Session::still(sample()));
    h.state_mut().command(Command::SetFilter("error".to_owned()));
    h.run_steps(4);
    open_sheet(&mut h, Saving::Case);
    assert!(h.state().state.save.is_all(Saving::Case) && !h.state().state.save.is_all(Saving::Traces));
    assert!(!shows(&h, "what is usual is judged from these traces alone"));
    press(&mut h, "Traces in the window");
    assert!(!h.state().state.save.is_all(Saving::Case), "{:?}", h.state().state.save);
    assert!(shows(&h, "what is usual is judged from these traces alone"));
}

#[test]
fn copying_the_map_is_told() {
    let mut h = window(Session::still(sample()));
    h.state_mut().command(Command::CopyMap(MapForm::Mermaid));
    assert!(copied(&mut h).starts_with("flowchart"));
    assert!(shows(&h, "Copied as Mermaid."));
    h.state_mut().command(Command::CopyMap(MapForm::Table));
    h.run_steps(3);
    assert!(shows(&h, "Copied as Text table."));
}

#[test]
fn a_note_takes_the_moment_that_it_shows_and_is_not_lost() {
    let mut h = window(Session::still(sample()));
    let start = sample().extent.unwrap().start;
    let on = NoteOn::Moment(start);
    h.state_mut().command(Command::EditNote(on.clone()));
    h.run_steps(3);
    type_into(&mut h, "What the note says", "look here");
    // Another sheet comes over it, and it is opened again.
    h.state_mut().command(Command::Toggle(Sheet::Keys));
    h.run_steps(3);
    h.state_mut().command(Command::Toggle(Sheet::Keys));
    h.state_mut().command(Command::EditNote(on.clone()));
    h.run_steps(3);
    let draft = h.state().state.notes.draft.clone().unwrap();
    assert_eq!(draft.text, "look here");
    // The form that is shown can be typed.
    let typed = draft.at.replace(":57:", ":58:");
    assert!(typed != draft.at && typed.ends_with(" UTC"), "{typed}");
    h.state_mut().state.notes.draft.as_mut().unwrap().at = typed;
    h.run_steps(3);
    h.get_by_label("What the note says").focus();
    h.run_steps(2);
    h.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Enter);
    h.run_steps(4);
    let notes = &h.state().state.notes;
    assert_eq!(notes.all.values().collect::<Vec<_>>(), ["look here"]);
    assert!(!notes.all.contains_key(&on) && notes.draft.is_none(), "{:?}", notes.all);
    assert!(h.state().state.sheet.is_none());
    h.state_mut().command(Command::EditNote(on.clone()));
    h.run_steps(3);
    type_into(&mut h, "What the note says", "thrown away");
    press(&mut h, "Cancel");
    h.state_mut().command(Command::EditNote(on));
    h.run_steps(3);
    assert_eq!(h.state().state.notes.draft.as_ref().map(|d| d.text.as_str()), Some(""));
}
