//! The right panel: what is selected, or the overview when nothing is.
use egui::{Align2, RichText, ScrollArea, Ui, pos2, vec2};
use egui_phosphor::regular;

use super::clock::Clock;
use super::command::{Command, Item, Tab, TraceOrder};
use super::findings::{self, Findings};
use super::notes::Notes;
use super::outage::OutageSide;
use super::picture::Picture;
use super::widgets::{self, Figure, paint_health, row};
use super::{arranging, comparison, edge, groups, node, overview};
use crate::analysis::Subject;
use crate::analysis::edge_reading::EdgeReading;
use crate::analysis::impact::Impact;
use crate::analysis::timeouts::{InferredTimeout, inferred_timeout};
use crate::analysis::traces::TraceList;
use crate::export::cards::Question;
use crate::graph::{Health, NodeKind, Red, Snapshot, Timeline};
use crate::model::{Nanos, TraceId};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};
use crate::view::words;

/// Points of a chart.
pub const POINTS: usize = 90;

/// Calls over time of the selected item, and what is normal for it.
pub struct Details {
    /// Of what.
    pub item: Item,
    /// Calls over time.
    pub series: Timeline,
    /// The 95th percentile in its calmest stretch.
    pub usual: Option<Nanos>,
    /// Of an edge: when its callers seem to give up.
    pub timeout: Option<InferredTimeout>,
}

impl Details {
    /// Works it out.
    pub fn new(picture: &Picture, item: Item) -> Self {
        let snapshot = &picture.snapshot;
        let usual = match picture.known(&item) {
            Some((index, Subject::Node(n))) => snapshot.calls.calm_p95_of_node(index, n),
            Some((index, Subject::Edge(e))) => snapshot.calls.calm_p95_of_edges(&index.raw_edges_of(e)),
            None => None,
        };
        let timeout = match findings::place_of(&picture.index, &item) {
            Some(Subject::Edge(e)) => inferred_timeout(snapshot, &picture.lens, &picture.index, e),
            _ => None,
        };
        Self { series: picture.series(&item, POINTS), usual, timeout, item }
    }
}

/// All that the panel shows.
pub struct Side<'a> {
    /// Map, graph and overview.
    pub picture: &'a Picture,
    /// What is selected.
    pub selection: Option<&'a Item>,
    /// The tab.
    pub tab: Tab,
    /// The question whose answer is open.
    pub answer: Option<Question>,
    /// What is known of all questions.
    pub findings: &'a Findings<'a>,
    /// What is known of an outage of the selected node.
    pub outage: OutageSide<'a>,
    /// Notes on nodes and moments.
    pub notes: &'a Notes,
    /// Which traces are listed.
    pub order: TraceOrder,
    /// The list, with the snapshot that knows its names; and whether a newer one is on its way.
    pub traces: Option<(&'a Snapshot, &'a TraceList, bool)>,
    /// Charts of the selected item.
    pub details: Option<&'a Details>,
    /// The calls of the selected edge, one by one.
    pub reading: Option<&'a (Item, EdgeReading)>,
    /// Reach of the selected node, with the picture that its handles belong to.
    pub impact: Option<(&'a Picture, &'a Impact)>,
    /// The open trace.
    pub open: Option<TraceId>,
    /// How moments are shown.
    pub clock: &'a Clock,
    /// Colours.
    pub palette: Palette,
}

/// Shows the panel.
pub fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    // Another selection begins at its head.
    let of = ("side", side.answer, side.selection.map(|item| format!("{item:?}")));
    ScrollArea::vertical().id_salt(of).auto_shrink(false).show(ui, |ui| {
        // Room for the scroll bar.
        ui.set_max_width(ui.available_width() - 2.0 * UNIT);
        if let Some(question) = side.answer {
            findings::page(ui, side, question, commands);
            return;
        }
        if let Some(compared) = &side.picture.compared {
            comparison::show(ui, side, compared, commands);
            return;
        }
        let whole = &*side.picture.index;
        match side.selection.and_then(|i| side.picture.known(i)) {
            Some((index, subject)) if !std::ptr::eq(index, whole) => {
                groups::show(ui, side, subject, commands);
            }
            Some((_, Subject::Node(n))) => node::show(ui, side, n, commands),
            Some((_, Subject::Edge(e))) => edge::show(ui, side, e, commands),
            None => {
                if let Some(item) = side.selection {
                    gone(ui, side.picture, item, &side.palette, commands);
                }
                overview::show(ui, side, commands);
            }
        }
    });
}

fn gone(ui: &mut Ui, picture: &Picture, item: &Item, p: &Palette, commands: &mut Vec<Command>) {
    let name = |id: &str| text::name(id.split_once(':').map_or(id, |p| p.1), 40);
    let is_hidden = |id: &String| picture.arrangement.hidden_nodes.contains(id);
    let sentence = match item {
        Item::Node(id) if is_hidden(id) => fill(texts().arranging.is_hidden, &[("name", &name(id))]),
        Item::Node(id) if arranging::open_group(picture, item).is_some() => {
            fill(texts().arranging.is_open_on_the_map, &[("name", &name(id))])
        }
        Item::Node(id) => fill(texts().side.has_no_calls_in_this, &[("name", &name(id))]),
        Item::Edge(a, b) => fill(texts().side.to_has_no_calls_in, &[("from", &name(a)), ("to", &name(b))]),
    };
    widgets::note(ui, &sentence, p);
    if ui.button(texts().side.clear_selection).clicked() {
        commands.push(Command::Select(None));
    }
}

/// The first lines of a selected item: sign, name, a muted line, and a way to close it.
pub fn title(
    ui: &mut Ui,
    health: Health,
    (name, to): (&str, Option<&str>),
    line: &str,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        let (rect, response) = ui.allocate_exact_size(vec2(18.0, 28.0), egui::Sense::hover());
        paint_health(ui.painter(), rect.center(), health, 18.0, p);
        response.on_hover_text(fill(texts().side.health, &[("health", &words::health(health))]));
        let width = ui.available_width() - 36.0;
        let font = theme::title();
        let short = widgets::fit(ui, name, &font, width);
        ui.label(RichText::new(short).font(font).color(p.text)).on_hover_text(text::name(name, 512));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::icon_button(ui, regular::X, texts().side.clear_selection, p).clicked() {
                commands.push(Command::Select(None));
            }
        });
    });
    if let Some(to) = to {
        let width = ui.available_width() - 30.0;
        let short = widgets::fit(ui, &format!("→ {to}"), &theme::title(), width);
        ui.horizontal(|ui| {
            ui.add_space(26.0);
            ui.label(RichText::new(short).font(theme::title()).color(p.text))
                .on_hover_text(text::name(to, 512));
        });
    }
    if !line.is_empty() {
        widgets::note(ui, line, p);
    }
    ui.add_space(2.0 * UNIT);
}

/// Rate, errors and durations in two rows of cards.
pub fn figures(ui: &mut Ui, red: &Red, over: Nanos, apdex: bool, p: &Palette) {
    let few = red.observed < 20;
    let exact = widgets::calls(red);
    let card =
        |value: String, label, colour, exact: &str| Figure { value, label, colour, exact: exact.to_owned() };
    let rate = if red.is_empty() {
        "0".to_owned()
    } else if few {
        format!("n={}", red.observed)
    } else {
        widgets::rate(red, over)
    };
    let failed = fill(texts().side.of_failed, &[("failed", &red.errors().round()), ("all", &exact)]);
    let mut first = vec![
        card(rate, texts().side.requests, p.text, &exact),
        card(widgets::errors(red), texts().side.errors_2, strong(widgets::error_colour(red, p), p), &failed),
    ];
    if apdex {
        let value = red.apdex().map_or_else(|| text::NONE.to_owned(), |a| format!("{a:.2}"));
        first.push(card(value, "Apdex", p.text, texts().side.apdex_with_t_0_5));
    } else {
        let value = text::count(red.timeouts());
        let colour = if red.timeouts() > 0.0 { p.warning } else { p.text };
        first.push(card(
            value,
            texts().side.timeouts_figure,
            colour,
            texts().side.calls_whose_caller_ran_out,
        ));
    }
    widgets::figures(ui, &first, p);
    let quantile = |q: f64, label| {
        let value = red.quantile(q);
        let exact = value
            .map_or_else(String::new, |n| fill(texts().side.ns_to_within_1_percent, &[("length", &n.0)]));
        Figure { value: widgets::duration(value), label, colour: p.text, exact }
    };
    let average = Figure {
        value: widgets::duration(red.average()),
        label: texts().side.average,
        colour: p.text,
        exact: String::new(),
    };
    let all = [average, quantile(0.5, "p50"), quantile(0.95, "p95"), quantile(0.99, "p99")];
    widgets::figures(ui, &all, p);
}

fn strong(colour: egui::Color32, p: &Palette) -> egui::Color32 {
    if colour == p.muted { p.text } else { colour }
}

/// Calls, errors and p95 over time.
pub fn charts(ui: &mut Ui, side: &Side<'_>, item: &Item) {
    let p = &side.palette;
    let Some(details) = side.details.filter(|d| d.item == *item) else { return };
    let Some(range) = side.picture.lens.window.or(side.picture.snapshot.extent) else { return };
    let values = |empty, of: &dyn Fn(&Red) -> Option<f64>| widgets::values(&details.series, range, empty, of);
    let top = |v: &[Option<f32>]| f64::from(v.iter().flatten().copied().fold(0.0f32, f32::max));
    let bucket = details.series.buckets.first().map_or(Nanos(1), |b| b.range.length());
    let calls = values(Some(0.0), &|r| r.rate_per_min(bucket));
    let most = text::rate_per_min(top(&calls));
    widgets::chart(
        ui,
        texts().side.requests_2,
        &fill(texts().side.peak, &[("most", &most)]),
        &calls,
        p.edge,
        p,
    );
    let errors = values(Some(0.0), &Red::error_ratio);
    if top(&errors) > 0.0 {
        widgets::chart(
            ui,
            texts().side.errors,
            &fill(texts().side.peak, &[("most", &text::percent(top(&errors)))]),
            &errors,
            p.critical,
            p,
        );
    }
    let p95 = values(None, &|r| r.quantile(0.95).map(|n| n.0 as f64));
    let usual = details
        .usual
        .map_or_else(String::new, |u| fill(texts().side.normally, &[("usual", &widgets::duration(Some(u)))]));
    let peak = fill(texts().side.peak_2, &[("usual", &usual), ("most", &text::duration_ns(top(&p95)))]);
    widgets::chart(ui, texts().side.p95_latency, &peak, &p95, p.muted, p);
}

/// The tabs below the figures.
pub fn tabs(ui: &mut Ui, side: &Side<'_>, all: &[Tab], commands: &mut Vec<Command>) -> Tab {
    let p = &side.palette;
    let shown = if all.contains(&side.tab) { side.tab } else { Tab::Traces };
    ui.add_space(4.0 * UNIT);
    let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), egui::Sense::hover());
    ui.painter().hline(bar.x_range(), bar.bottom(), egui::Stroke::new(1.0, p.border));
    let mut x = bar.left();
    for tab in all {
        let galley = ui.painter().layout_no_wrap(tab.name().to_owned(), theme::body(), p.text);
        let area = egui::Rect::from_min_size(pos2(x, bar.top()), vec2(galley.size().x + 4.0, 30.0));
        let response = ui.interact(area, ui.id().with(("tab", tab.name())), egui::Sense::click());
        let is_shown = *tab == shown;
        response
            .widget_info(|| egui::WidgetInfo::selected(egui::WidgetType::Button, true, is_shown, tab.name()));
        let colour = if is_shown || response.hovered() || response.has_focus() { p.text } else { p.muted };
        let at = area.left_center() + vec2(2.0, 0.0);
        ui.painter().text(at, Align2::LEFT_CENTER, tab.name(), theme::body(), colour);
        if is_shown {
            let line = egui::Stroke::new(2.0, p.text);
            ui.painter().hline(area.x_range(), bar.bottom() - 1.0, line);
        }
        if response.clicked() {
            commands.push(Command::SetTab(*tab));
        }
        x = area.right() + 5.0 * UNIT;
    }
    ui.add_space(2.0 * UNIT);
    shown
}

/// A row that leads to a node or an edge: sign, name, figures at the right.
pub fn link(
    ui: &mut Ui,
    sign: (Option<Health>, Option<NodeKind>),
    name: &str,
    figures: &[(String, egui::Color32)],
    p: &Palette,
) -> egui::Response {
    let spoken = figures.iter().fold(text::name(name, 80), |s, f| format!("{s}, {}", f.0));
    let (rect, response) = row(ui, 28.0, &spoken, false, p);
    let middle = rect.center().y;
    if let Some(health) = sign.0 {
        paint_health(ui.painter(), pos2(rect.left() + 12.0, middle), health, 14.0, p);
    } else if let Some(kind) = sign.1 {
        let at = pos2(rect.left() + 12.0, middle);
        ui.painter().text(at, Align2::CENTER_CENTER, widgets::kind_icon(kind), theme::body(), p.muted);
    }
    let (mut x, mut free) = (rect.right() - 8.0, rect.right());
    for (value, colour) in figures.iter().rev() {
        let shown = ui.painter().text(pos2(x, middle), Align2::RIGHT_CENTER, value, theme::small(), *colour);
        free = shown.left() - 8.0;
        x -= 66.0;
    }
    let room = free - rect.left() - 26.0;
    let short = widgets::fit(ui, name, &theme::body(), room.max(40.0));
    let at = pos2(rect.left() + 26.0, middle);
    ui.painter().text(at, Align2::LEFT_CENTER, &short, theme::body(), p.text);
    if short == name { response } else { response.on_hover_text(text::name(name, text::LONGEST)) }
}
