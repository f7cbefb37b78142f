//! The right panel while two stretches of time are compared, and the banner over the map.
use egui::{Align2, Rect, RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular;

use super::{Compared, Comparing, Listed, about, change_of};
use crate::analysis::difference::{Change, Figures, Presence};
use crate::export::names::name_of_kind;
use crate::model::Nanos;
use crate::texts::{fill, texts};
use crate::view::map::{self, Verdict};
use crate::view::panels::clock::Clock;
use crate::view::panels::command::{Command, Item};
use crate::view::panels::side::Side;
use crate::view::panels::{traces, widgets};
use crate::view::text;
use crate::view::theme::{self, Palette, RADIUS, UNIT};

/// Changes listed before "show all".
const FIRST: usize = 12;

/// Shows what changed: the selected item before and after, then all changes, worst first.
pub fn show(ui: &mut Ui, side: &Side<'_>, compared: &Compared, commands: &mut Vec<Command>) {
    let p = &side.palette;
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts().comparison.comparison).font(theme::title()).color(p.text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::icon_button(ui, regular::X, texts().comparison.leave_the_comparison, p).clicked() {
                commands.push(Command::LeaveComparison);
            }
        });
    });
    for line in compared.comparing.lines(side.clock) {
        widgets::note(ui, &line, p);
    }
    if let Some(item) = side.selection {
        selected(ui, side, compared, item, commands);
    }
    list(ui, side, compared, commands);
    if side.selection.is_some() {
        let is_of_versions = compared.comparing.versions.is_some();
        let t = &texts().comparison;
        widgets::heading(ui, t.traces, if is_of_versions { t.whatever_version } else { t.of_both_times }, p);
        traces::show(ui, side, commands);
    }
}

/// The selected item, with its figures before and after.
fn selected(ui: &mut Ui, side: &Side<'_>, compared: &Compared, item: &Item, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let Some((name, change, shown)) = find(compared, item) else {
        let id = match item {
            Item::Node(id) | Item::Edge(id, _) => id,
        };
        let name = text::name(id.split_once(':').map_or(id, |i| i.1), 40);
        widgets::heading(ui, &name, "", p);
        widgets::note(ui, texts().comparison.it_has_too_few_calls, p);
        return;
    };
    ui.add_space(2.0 * UNIT);
    ui.horizontal(|ui| {
        let width = ui.available_width() - 36.0;
        let name = widgets::fit_both(ui, &name, &theme::body(), width);
        ui.label(RichText::new(name).font(theme::body()).strong().color(p.text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::icon_button(ui, regular::X, texts().comparison.clear_selection, p).clicked() {
                commands.push(Command::Select(None));
            }
        });
    });
    let verdict = shown.verdict;
    let line =
        format!("{}  {}", verdict.icon(), sentence(&shown, change, compared.comparing.is_new_or_gone()));
    ui.label(RichText::new(line).font(theme::small()).color(verdict.colour(p)));
    ui.add_space(UNIT);
    table(ui, change, &compared.comparing, p);
}

/// The verdict in a sentence.
fn sentence(shown: &map::Change, change: &Change, [is_new, is_gone]: [&str; 2]) -> String {
    let few = change.before.zip(change.after).is_some_and(|(b, a)| b.is_few() || a.is_few());
    match (shown.verdict, change.presence) {
        (Verdict::Unsure, Presence::Both) if few => {
            texts().comparison.insufficient_data_fewer_than_30.to_owned()
        }
        (Verdict::Unsure, _) => texts().comparison.insufficient_data_chance_or_drift.to_owned(),
        (Verdict::Unchanged, _) => texts().comparison.unchanged_no_change_beyond_chance.to_owned(),
        (Verdict::New, _) => is_new.to_owned(),
        (Verdict::Gone, _) => is_gone.to_owned(),
        (Verdict::Worse, _) => fill(texts().comparison.worse, &[("what", &shown.spoken)]),
        (Verdict::Better, _) => fill(texts().comparison.better, &[("what", &shown.spoken)]),
    }
}

fn find<'a>(compared: &'a Compared, item: &Item) -> Option<(String, &'a Change, map::Change)> {
    match item {
        Item::Node(id) => {
            let node = compared.difference.node(id)?;
            Some((
                name_of_kind(node.kind, &node.name).into_owned(),
                &node.change,
                change_of(&node.change, None),
            ))
        }
        Item::Edge(from, to) => {
            let edge = compared.difference.edges.iter().find(|e| e.from == *from && e.to == *to)?;
            let node = |id: &str| compared.difference.node(id);
            let name =
                |id| node(id).map_or_else(|| id.to_owned(), |n| name_of_kind(n.kind, &n.name).into_owned());
            Some((format!("{} → {}", name(from), name(to)), &edge.change, compared.edge_change(edge)))
        }
    }
}

/// A line of the table: what, before, after, how much it changed.
type Line = (&'static str, String, String, String);

fn lines(change: &Change, comparing: &Comparing) -> Vec<Line> {
    let of = |side: Option<Figures>, text: &dyn Fn(&Figures) -> Option<String>| {
        side.as_ref().and_then(text).unwrap_or_else(|| text::NONE.to_owned())
    };
    let line = |name, text: &dyn Fn(&Figures) -> Option<String>, moved: String| {
        (name, of(change.before, text), of(change.after, text), moved)
    };
    let rates = change.before.and_then(|f| f.rate_per_min).zip(change.after.and_then(|f| f.rate_per_min));
    // Of two versions one has fewer requests by design.
    let rates = rates.filter(|r| r.0 > 0.0 && comparing.versions.is_none());
    let rate = rates.map_or_else(String::new, |(b, a)| signed_percent(a / b - 1.0));
    let shares = change.before.and_then(|f| f.error_ratio).zip(change.after.and_then(|f| f.error_ratio));
    // Points, not percent: the difference of two shares.
    let points =
        shares.map_or_else(String::new, |(b, a)| signed_percent(a - b).replace('%', texts().comparison.pp));
    let length = |of: fn(&Figures) -> Option<Nanos>| {
        about(change.before.as_ref().and_then(of), change.after.as_ref().and_then(of))
    };
    let shown = |n: Option<Nanos>| n.map(|n| text::duration_ns(n.0 as f64));
    // Of sampled traces a call stands for several, and verdicts rest on those that were recorded.
    let is_sampled = |f: &Figures| (f.calls - f.observed as f64).abs() > 0.5;
    let calls =
        |f: &Figures| Some(format!("{}{}", if is_sampled(f) { "~" } else { "" }, text::count(f.calls)));
    let mut out = vec![line(texts().comparison.calls, &calls, String::new())];
    if [change.before, change.after].iter().flatten().any(is_sampled) {
        out.push(line(texts().comparison.recorded, &|f| Some(text::count(f.observed as f64)), String::new()));
    }
    out.extend([
        line(texts().comparison.rate, &|f| f.rate_per_min.map(text::rate_per_min), rate),
        line(texts().comparison.errors, &|f| f.error_ratio.map(text::percent), points),
        line("p50", &|f| shown(f.p50), length(|f| f.p50)),
        line("p95", &|f| shown(f.p95), length(|f| f.p95)),
    ]);
    out
}

/// `+12%`, and nothing for what is less than can be shown.
fn signed_percent(share: f64) -> String {
    let shown = text::percent(share.abs());
    match shown.as_str() {
        "0%" => String::new(),
        _ if share < 0.0 => format!("−{shown}"),
        _ => format!("+{shown}"),
    }
}

fn table(ui: &mut Ui, change: &Change, comparing: &Comparing, p: &Palette) {
    let rows = lines(change, comparing);
    let [first, second] = comparing.columns();
    let height = 21.0;
    let (area, _) = ui.allocate_exact_size(
        vec2(ui.available_width(), height * (rows.len() + 1) as f32 + 6.0),
        Sense::hover(),
    );
    ui.painter().rect(area, RADIUS, p.raised, Stroke::new(1.0, p.border), StrokeKind::Inside);
    let columns = [0.50, 0.75, 1.0].map(|share| area.left() + (area.width() - 10.0) * share);
    let write = |ui: &Ui, x: f32, y: f32, text: &str, colour| {
        ui.painter().text(pos2(x, y), Align2::RIGHT_CENTER, text, theme::small(), colour);
    };
    let mut y = area.top() + 3.0 + height / 2.0;
    for (x, heading) in columns.into_iter().zip([&*first, &*second, texts().comparison.change]) {
        write(ui, x, y, heading, p.muted);
    }
    for (name, before, after, moved) in rows {
        y += height;
        ui.painter().text(pos2(area.left() + 10.0, y), Align2::LEFT_CENTER, name, theme::small(), p.muted);
        for (x, value) in columns.into_iter().zip([&before, &after, &moved]) {
            write(ui, x, y, value, p.text);
        }
        let row = Rect::from_min_size(pos2(area.left(), y - height / 2.0), vec2(area.width(), height));
        let response = ui.interact(row, ui.id().with(("compared", name)), Sense::hover());
        let spoken = fill(
            texts().comparison.first_second,
            &[
                ("name", &name),
                ("before", &before),
                ("first", &first),
                ("after", &after),
                ("second", &second),
                ("moved", &moved),
            ],
        );
        let spoken = spoken.trim_end_matches(", ").to_owned();
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
    }
    ui.add_space(UNIT);
}

fn list(ui: &mut Ui, side: &Side<'_>, compared: &Compared, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let all = &compared.listed;
    let count = if all.is_empty() { String::new() } else { all.len().to_string() };
    widgets::heading(ui, texts().comparison.changes, &count, p);
    if all.is_empty() {
        widgets::note(ui, texts().comparison.nothing_differs_by_more_than, p);
    }
    let id = ui.id().with("all changes");
    let is_open = ui.data(|d| d.get_temp::<bool>(id).unwrap_or(false));
    let shown = if is_open { all.len() } else { FIRST.min(all.len()) };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for listed in all.iter().take(shown) {
            row(ui, side, listed, p, commands);
        }
    });
    if all.len() > FIRST {
        let label = if is_open {
            texts().comparison.show_fewer.to_owned()
        } else {
            fill(texts().comparison.show_more, &[("count", &(all.len() - FIRST))])
        };
        if ui.button(RichText::new(label).font(theme::small())).clicked() {
            ui.data_mut(|d| d.insert_temp(id, !is_open));
        }
    }
    if compared.alike > 0 {
        ui.add_space(UNIT);
        widgets::note(ui, &fill(texts().comparison.alike, &[("count", &compared.alike)]), p);
    }
    let unsure = |c: &Change| change_of(c, None).verdict == Verdict::Unsure;
    let nodes = compared.difference.nodes.iter().filter(|n| unsure(&n.change)).count();
    let edges = compared.difference.edges.iter().filter(|e| unsure(&e.change)).count();
    if nodes + edges > 0 {
        let line =
            fill(texts().comparison.of_nodes_and_edges_nothing, &[("nodes", &nodes), ("edges", &edges)]);
        ui.add_space(UNIT);
        widgets::note(ui, &line, p);
    }
}

fn row(ui: &mut Ui, side: &Side<'_>, listed: &Listed, p: &Palette, commands: &mut Vec<Command>) {
    let verdict = listed.change.verdict;
    let word = verdict.word();
    let spoken = format!("{}: {}, {}", capital(word), listed.name, listed.change.spoken);
    let is_selected = side.selection == Some(&listed.item);
    let (rect, response) = widgets::row(ui, 38.0, &spoken, is_selected, p);
    let at = pos2(rect.left() + 12.0, rect.top() + 13.0);
    ui.painter().text(at, Align2::CENTER_CENTER, verdict.icon(), theme::body(), verdict.colour(p));
    let left = rect.left() + 26.0;
    let right = pos2(rect.right() - 6.0, rect.top() + 12.0);
    let shown = ui.painter().text(right, Align2::RIGHT_CENTER, word, theme::small(), verdict.colour(p));
    let name = widgets::fit_both(ui, &listed.name, &theme::body(), shown.left() - left - 8.0);
    ui.painter().text(pos2(left, rect.top() + 12.0), Align2::LEFT_CENTER, name, theme::body(), p.text);
    let line = widgets::with_arrows(
        &listed.change.spoken.replace(texts().comparison.to, " → ").replace(", ", " · "),
    );
    let line = widgets::fit(ui, &line, &theme::small(), rect.right() - left - 6.0);
    let under = pos2(left, rect.top() + 28.0);
    ui.painter().text(under, Align2::LEFT_CENTER, line, theme::small(), p.muted);
    if response.clicked() {
        commands.push(Command::Select(Some(listed.item.clone())));
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// What the map shows, over it, with a way out; `corner` is the upper left one of the map.
pub fn banner(ui: &mut Ui, comparing: &Comparing, clock: &Clock, p: &Palette, commands: &mut Vec<Command>) {
    let line = comparing.sentence(clock);
    let button = vec2(74.0, 22.0);
    let shown = widgets::fit_end(ui, &line, &theme::small(), ui.available_width() - button.x - 34.0);
    let galley = ui.painter().layout_no_wrap(shown, theme::small(), p.text);
    let size = vec2(galley.size().x + button.x + 34.0, 32.0);
    let (area, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect(area, 8, p.panel, Stroke::new(1.0, p.border), StrokeKind::Inside);
    let text = pos2(area.left() + 12.0, area.center().y - galley.size().y / 2.0);
    ui.painter().galley(text, galley, p.text);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &line));
    response.on_hover_text(&line);
    let place = Rect::from_min_size(pos2(area.right() - button.x - 8.0, area.top() + 5.0), button);
    let leave = egui::Button::new(
        RichText::new(fill(texts().comparison.leave, &[("icon", &regular::X)])).font(theme::small()),
    );
    let response = ui.put(place, leave.min_size(button).wrap_mode(egui::TextWrapMode::Extend));
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetType::Button, true, texts().comparison.leave_show_one_window_again)
    });
    if response.on_hover_text(texts().comparison.show_one_window_again_esc).clicked() {
        commands.push(Command::LeaveComparison);
    }
}
