//! Finding, filtering and hiding in the window: what is hidden, in a group, filtered away or mistyped is told.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use opened::{press, shows};
use spanscape::app::{App, Command, Item};
use spanscape::view::panels::arranging::Fold;

fn key(h: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    h.run_steps(5);
}

fn type_in_box(h: &mut Harness<'_, App>, text: &str) {
    key(h, Modifiers::COMMAND, Key::F);
    h.get_by_role_and_label(Role::TextInput, "Filter").type_text(text);
    h.run_steps(4);
}

/// The service with the most calls: its id and name.
fn busiest() -> (String, String) {
    let index = opened::system().graph(&spanscape::store::Lens::default());
    let services = index.graph.nodes().map(|n| n.1).filter(|n| n.id.starts_with("service:"));
    let node = services.max_by(|a, b| a.red.calls().total_cmp(&b.red.calls())).unwrap();
    (node.id.clone(), node.name.clone())
}

fn on_map(h: &Harness<'_, App>, id: &str) -> bool {
    h.state().state.map.scene().nodes.iter().any(|n| n.key == id)
}

#[test]
fn what_is_hidden_is_found_shown_and_flown_to() {
    let mut h = opened::on_system();
    let (id, name) = busiest();
    h.state_mut().command(Command::Fold(Fold::Hide(Some(Item::Node(id.clone())))));
    h.run_steps(5);
    assert!(!on_map(&h, &id));
    assert!(shows(&h, ", hidden on the map"), "the list marks it");
    type_in_box(&mut h, &name);
    assert!(shows(&h, &format!("{name} is hidden: show it")));
    key(&mut h, Modifiers::NONE, Key::Enter);
    h.run_steps(4);
    assert!(on_map(&h, &id), "Enter shows it");
    let scene = h.state().state.map.scene();
    let node = scene.nodes.iter().find(|n| n.key == id).unwrap();
    let camera = h.state().state.map.camera.unwrap();
    assert!(camera.centre.distance(node.centre) < 1.0, "and the map goes there");
    assert_eq!(h.state().state.place.selection, Some(Item::Node(id)));
}

#[test]
fn groups_are_found_by_name_and_say_what_is_in_them() {
    let mut h = opened::on_system();
    let (id, name) = busiest();
    let group = {
        let index = opened::system().graph(&spanscape::store::Lens::default());
        let groups = spanscape::graph::Groups::new(&opened::system(), &spanscape::graph::GroupBy::Usual);
        groups.of_node(&index, index.graph.find(&id).unwrap()).unwrap().to_owned()
    };
    type_in_box(&mut h, &group);
    press(&mut h, &format!("Find the group {group}"));
    assert!(h.state().state.map.camera.is_some(), "the map flies to the open box");
    h.state_mut().command(Command::Fold(Fold::CollapseAll));
    h.run_steps(6);
    type_in_box(&mut h, &name);
    assert!(shows(&h, &format!("Find {name}, in the group {group}")));
    type_in_box(&mut h, &group);
    press(&mut h, &format!("Find the group {group}"));
    assert_eq!(h.state().state.place.selection, Some(Item::Node(format!("group:{group}"))));
}

#[test]
fn what_is_being_written_is_not_wrong_yet_and_mistakes_are_told_below_what_is_offered() {
    let mut h = opened::on_system();
    type_in_box(&mut h, "status:");
    assert!(h.state().state.filter_error.is_some());
    assert!(shows(&h, "status:error") || shows(&h, "error"), "values are offered");
    assert!(shows(&h, "Expected a value after status"), "and the sentence stands below them");
    type_in_box(&mut h, "dur>");
    key(&mut h, Modifiers::NONE, Key::Tab);
    assert_eq!(h.state().state.filter_text, "dur>100ms");
    assert!(h.state().state.filter_error.is_none());
    type_in_box(&mut h, "servce:cart");
    assert!(shows(&h, "did you mean service?"));
    assert!(h.state().state.filter_error.is_none(), "a warning alone");
    let (_, name) = busiest();
    type_in_box(&mut h, &name[..name.len() - 1]);
    key(&mut h, Modifiers::NONE, Key::Tab);
    assert_eq!(h.state().state.filter_text, name, "services come first");
    assert!(h.state().state.filter.is_none(), "and are names to find");
}

/// The map keeps the filter that was meant, and who left the box finds the mistake at it, not over the map.
#[test]
fn a_broken_filter_leaves_the_last_one_that_was_meant_and_names_it() {
    let mut h = opened::on_system();
    let in_force = |h: &Harness<'_, App>| h.state().state.filter.as_ref().map(|f| f.text().to_owned());
    let type_on = |h: &mut Harness<'_, App>, text: &str| {
        for letter in text.chars() {
            h.event(egui::Event::Text(letter.to_string()));
            h.step();
        }
        h.run_steps(2);
    };
    key(&mut h, Modifiers::COMMAND, Key::F);
    type_on(&mut h, "dur:2s..1s");
    assert_eq!(in_force(&h), None, "dur:2s was only on the way");
    assert!(shows(&h, "Until then nothing is filtered"));
    h.key_press_modifiers(Modifiers::COMMAND, Key::A);
    type_on(&mut h, "error");
    h.run_steps(6);
    type_on(&mut h, " AND dur:2s..1s");
    assert_eq!(in_force(&h).as_deref(), Some("error"));
    assert!(shows(&h, "Until then the map shows: error"));
    let below = |h: &Harness<'_, App>| {
        h.query_all_by_label_contains("Until then").filter(|n| n.rect().top() > 48.0).count()
    };
    assert_eq!(below(&h), 1);
    key(&mut h, Modifiers::NONE, Key::Escape);
    assert_eq!(below(&h), 0, "nothing covers the map");
    assert!(shows(&h, "Until then the map shows: error"), "it is told at the box");
}

#[test]
fn an_operator_takes_the_place_of_the_colon_of_a_completed_key() {
    let mut h = opened::on_system();
    for (operator, text) in [(">=500", "dur>=500"), ("!=ok", "dur!=ok"), ("2s", "dur:2s")] {
        type_in_box(&mut h, "du");
        key(&mut h, Modifiers::NONE, Key::Tab);
        assert_eq!(h.state().state.filter_text, "dur:");
        for letter in operator.chars() {
            h.event(egui::Event::Text(letter.to_string()));
            h.run_steps(2);
        }
        assert_eq!(h.state().state.filter_text, text);
        key(&mut h, Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn what_a_filter_takes_away_is_told_everywhere() {
    let mut h = opened::on_system();
    h.state_mut().command(Command::SetFilter("error".to_owned()));
    h.run_steps(6);
    let picture = opened::system();
    let all = spanscape::view::text::count(picture.trace_count() as f64);
    assert!(shows(&h, &format!("of {all} traces")), "the bar counts");
    assert!(shows(&h, "requests pass the filter"), "the timeline too");
    press(&mut h, "Clear the filter");
    assert!(h.state().state.filter.is_none());
    h.state_mut().command(Command::SetFilter("service:nobody-at-all".to_owned()));
    h.run_steps(6);
    assert!(!shows(&h, "Nothing stands out") && !shows(&h, "Looked at"));
    assert!(shows(&h, "there is nothing to judge"));
}

#[test]
fn any_attributes_make_groups_when_they_are_typed() {
    let mut h = opened::on_system();
    press(&mut h, "Groups and quiet edges");
    let name = "Group by these attributes, with commas between";
    let mut enter = |text: &str| {
        h.get_by_label(name).focus();
        h.run_steps(2);
        h.key_press_modifiers(Modifiers::COMMAND, Key::A);
        h.run_steps(1);
        h.get_by_label(name).type_text(text);
        h.run_steps(2);
        h.key_press(Key::Enter);
        h.run_steps(5);
        (h.state().state.arranging.now.group_by.clone(), shows(&h, "No service has the attribute nobody"))
    };
    assert!(enter("service.namespace,nobody").1);
    let wanted = vec!["service.name".to_owned()];
    assert_eq!(enter("service.name").0, spanscape::graph::GroupBy::Keys(wanted));
}

#[test]
fn a_group_says_the_same_open_and_closed() {
    let mut h = opened::on_system();
    let boxes: Vec<(String, String)> = {
        let scene = h.state().state.map.scene();
        let of = |i: usize| (scene.group_of_hull(i).unwrap().to_owned(), scene.hulls[i].figures.clone());
        (0..scene.hulls.len()).map(of).collect()
    };
    assert!(boxes.iter().all(|b| b.1.contains(" nodes · ")), "{boxes:?}");
    h.state_mut().command(Command::Fold(Fold::CollapseAll));
    h.run_steps(6);
    let scene = h.state().state.map.scene();
    let mut compared = 0;
    for (name, figures) in boxes {
        let Some(at) = scene.nodes.iter().position(|n| n.key == format!("group:{name}")) else { continue };
        assert_eq!(scene.nodes[at].figures, figures, "{name}");
        let into = scene.edges.iter().filter(|e| e.to == at && !e.is_loop());
        let rate: f64 = into.filter_map(|e| e.figures.rate_per_min).sum();
        let told = spanscape::view::text::rate_per_min(rate);
        assert!(figures.contains(&told), "{name}: {figures}, its edges bring {told}");
        compared += 1;
    }
    assert!(compared > 1);
}
