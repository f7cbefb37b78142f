//! The bar over the map that says what it does not show and why, with the ways back.
use egui::text::LayoutJob;
use egui::{Align, Frame, Layout, Margin, RichText, Stroke, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular;

use super::arranging::Fold;
use super::command::Command;
use super::picture::Picture;
use super::widgets;
use crate::graph::{EXTERNAL, Reach};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT, mixed};

/// What the bar says has at least so much room beside its buttons, or else a line of its own.
const LEAST_TEXT: f32 = 140.0;

/// What the bar over the map says: one sentence each, where there is something to say.
#[derive(Clone, Debug, Default)]
pub struct Sentences {
    focus: Option<String>,
    much: Option<String>,
    filtered: Option<String>,
    hidden: Option<String>,
}

impl Sentences {
    /// What there is to say of a map.
    pub fn of(picture: &Picture) -> Self {
        Self {
            focus: focused(picture),
            much: too_much(picture),
            filtered: filtered(picture),
            hidden: hidden(picture),
        }
    }
    /// Whether there is nothing to say.
    pub fn is_silent(&self) -> bool {
        self.all().is_empty()
    }
    fn all(&self) -> Vec<&str> {
        [&self.focus, &self.much, &self.filtered, &self.hidden]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect()
    }
}

/// The bar over the map.
pub struct Bar {
    /// What it says.
    pub says: Sentences,
    /// Whether something can be undone.
    pub can_undo: bool,
    /// Whether something that was undone can be done again.
    pub can_redo: bool,
}

impl Bar {
    /// Its buttons: name, key, and what they ask for.
    fn buttons(&self) -> Vec<(&'static str, &'static str, Command)> {
        let (words, s) = (&texts().arranging, &self.says);
        let fold = Command::Fold;
        let all = [
            (s.much.is_some(), words.expand_all, "", fold(Fold::ExpandAll)),
            (s.focus.is_some(), words.leave_focus, "Esc", fold(Fold::Unfocus)),
            (s.filtered.is_some(), texts().start.clear_the_filter, "", Command::SetFilter(String::new())),
            (self.can_undo, words.undo, "Ctrl + Z", fold(Fold::Undo)),
            (self.can_redo, words.redo, "Ctrl + Shift + Z", fold(Fold::Redo)),
            (s.hidden.is_some(), words.show_all, "", fold(Fold::ShowAll)),
        ];
        all.into_iter().filter(|b| b.0).map(|(_, name, key, command)| (name, key, command)).collect()
    }
}

/// The sentence on groups that were collapsed because there is too much.
fn too_much(picture: &Picture) -> Option<String> {
    let shown = &picture.shown;
    if !shown.is_automatic {
        return None;
    }
    let members: usize = shown.collapsed.iter().map(|c| c.2.len()).sum();
    let is_outside = |c: &&(_, String, _)| c.1 == EXTERNAL;
    let groups = shown.collapsed.len() - shown.collapsed.iter().filter(is_outside).count();
    let what = group_words(picture.groups.key.as_deref().unwrap_or_default(), groups);
    let outside =
        if groups < shown.collapsed.len() { texts().arranging.and_among_external_hosts } else { "" };
    Some(fill(
        texts().arranging.nodes_in,
        &[
            ("count", &text::count(members as f64)),
            ("groups", &groups),
            ("what", &what),
            ("outside", &outside),
        ],
    ))
}

/// `namespaces`, `teams`, or `groups by …`.
fn group_words(key: &str, count: usize) -> String {
    let words = &texts().arranging;
    let plural = |one: &str, many: &str| if count == 1 { one.to_owned() } else { many.to_owned() };
    match key {
        "service.namespace" | "k8s.namespace.name" | "namespace" => plural(words.namespace, words.namespaces),
        "team" | "service.team" => plural(words.team, words.teams),
        "deployment.environment.name" | "environment" => plural(words.environment, words.environments),
        "cloud.region" => plural(words.region, words.regions),
        other => fill(
            words.by,
            &[("groups", &plural(words.group, words.many_groups)), ("key", &text::name(other, 40))],
        ),
    }
}

/// The sentence on what is hidden, and by what.
fn hidden(picture: &Picture) -> Option<String> {
    let (words, of) = (&texts().arranging, &picture.shown.hidden);
    let count = |n: usize, one: &str, many: &str| match n {
        0 => None,
        1 => Some(one.to_owned()),
        n => Some(fill(many, &[("count", &n)])),
    };
    let nodes = |n: usize| count(n, words.one_node, words.nodes);
    let edges = |n: usize| count(n, words.one_edge, words.edges_hidden);
    let told = |what: Option<String>, why: &str| what.map(|what| fill(why, &[("what", &what)]));
    let arrangement = &picture.arrangement;
    let rate = text::rate_per_min(arrangement.least_rate as f64 / 1000.0);
    let share = text::percent(arrangement.least_share as f64 / 10_000.0);
    let below = |what: Option<String>, why: &str, least: &String| {
        what.map(|what| fill(why, &[("what", &what), ("least", least)]))
    };
    let groups = of.groups_by_hand.iter().map(|(name, members)| {
        Some(fill(words.nodes_in_group, &[("count", members), ("name", &text::name(name, 40))]))
    });
    let parts = [
        below(edges(of.edges_by_rate), words.edges_below_rate, &rate),
        below(edges(of.edges_by_share), words.edges_below_share, &share),
        told(nodes(of.nodes_by_hand), words.by_hand),
    ];
    let rest = [
        told(nodes(of.nodes_out_of_focus), words.out_of_focus),
        told(edges(of.edges_by_hand), words.by_hand),
        told(edges(of.edges_out_of_focus), words.out_of_focus),
        told(edges(of.edges_of_nodes), words.from_or_to_them),
    ];
    let parts: Vec<String> = parts.into_iter().chain(groups).chain(rest).flatten().collect();
    (!parts.is_empty()).then(|| fill(words.hidden, &[("what", &parts.join(words.comma))]))
}

/// The sentence on what the filter leaves.
fn filtered(picture: &Picture) -> Option<String> {
    picture.wide_lens.filter.as_ref()?;
    // Of chosen requests more is said elsewhere.
    let kept = text::count(picture.traces as f64);
    let all = text::count(picture.unfiltered as f64);
    let told = fill(texts().arranging.filter_leaves, &[("kept", &kept), ("all", &all)]);
    picture.chosen.is_none().then_some(told)
}

/// The sentence on what is in focus.
fn focused(picture: &Picture) -> Option<String> {
    let focus = picture.arrangement.focus.as_ref()?;
    let short = |id: &String| text::name(id.split_once(':').map_or(id.as_str(), |p| p.1), 40);
    let name = focus.around.iter().map(short).collect::<Vec<_>>().join(" → ");
    Some(match focus.reach {
        Reach::Hops(1) => fill(texts().arranging.and_its_neighbours, &[("name", &name)]),
        Reach::Hops(n) => fill(texts().arranging.hops_around, &[("count", &n), ("name", &name)]),
        Reach::Requests => fill(texts().arranging.where_requests_through_go, &[("name", &name)]),
    })
}

/// Shows the bar where there is something to say; what it says is cut before a button has no room.
pub fn show(ui: &mut Ui, bar: &Bar, p: &Palette, commands: &mut Vec<Command>) {
    if bar.says.is_silent() {
        return;
    }
    let margin = Margin::symmetric(12, 4);
    let frame = Frame::new().fill(mixed(p.panel, p.accent, 0.10)).stroke(Stroke::new(1.0, p.border));
    frame.corner_radius(theme::RADIUS).inner_margin(margin).show(ui, |ui| {
        let (gap, most) = (2.0 * UNIT, ui.available_width());
        ui.spacing_mut().item_spacing.x = gap;
        let said = widgets::with_arrows(&bar.says.all().join(" · "));
        let buttons = bar.buttons();
        ui.spacing_mut().button_padding.x = 1.5 * UNIT;
        let padding = 2.0 * ui.spacing().button_padding.x + gap;
        let wide = |name: &str| {
            ui.painter().layout_no_wrap(name.to_owned(), theme::small(), p.text).size().x + padding
        };
        let all_buttons: f32 = buttons.iter().map(|b| wide(b.0)).sum();
        let icon = 16.0 + gap;
        let beside = most - all_buttons - icon;
        let is_beside = beside >= LEAST_TEXT;
        let room = if is_beside { beside } else { most - icon };
        let mut job = LayoutJob::simple(said.clone(), theme::small(), p.text, room);
        job.wrap.max_rows = 2;
        let galley = ui.painter().layout_job(job);
        let height = galley.size().y.max(ui.spacing().interact_size.y);
        let size = vec2(galley.size().x + icon + if is_beside { all_buttons } else { 0.0 }, height);
        let row = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(size, row, |ui| {
            ui.label(RichText::new(regular::EYE_SLASH).color(p.accent));
            let is_cut = galley.elided;
            let label = ui.label(galley);
            label.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &said));
            if is_cut {
                label.on_hover_text(&said);
            }
            if is_beside {
                bar_buttons(ui, &buttons, commands);
            }
        });
        if !is_beside {
            ui.horizontal_wrapped(|ui| bar_buttons(ui, &buttons, commands));
        }
    });
}

fn bar_buttons(ui: &mut Ui, buttons: &[(&str, &str, Command)], commands: &mut Vec<Command>) {
    for (name, key, command) in buttons {
        let mut response = ui.button(RichText::new(*name).font(theme::small()));
        if !key.is_empty() {
            response = response.on_hover_text(*key);
        }
        if response.clicked() {
            commands.push(command.clone());
        }
    }
}
