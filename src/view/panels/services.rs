//! The list of services and what they use: the map for people who prefer text.
use egui::{Align2, Rect, RichText, ScrollArea, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular;

use super::command::{Command, Item};
use super::picture::Picture;
use super::widgets::{self, paint_health, row};
use crate::export::names::shown_name;
use crate::graph::{Node, Red};
use crate::model::{Nanos, Timestamp};
use crate::texts::{fill, texts};
use crate::view::map::Verdict;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT, faded};
use crate::view::words;

/// Height of a row in points.
const ROW: f32 = 42.0;

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// Worst health first, then the busiest.
    #[default]
    Health,
    /// By name.
    Name,
    /// Requests per minute.
    Rate,
    /// 95th percentile.
    P95,
    /// Share of errors.
    Errors,
}

/// What the list remembers.
#[derive(Clone, Debug, Default)]
pub struct ServicesState {
    /// Only names that contain this.
    pub find: String,
    /// Sorted by this.
    pub sort: Column,
    /// Whether in the other direction.
    pub reversed: bool,
    /// What the pointer is over.
    over: Option<Item>,
}

impl ServicesState {
    /// Whether the pointer is over a row.
    pub fn is_pointed_at(&self) -> bool {
        self.over.is_some()
    }
}

/// What is pointed at, here or elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pointed<'a> {
    /// What is selected.
    pub selected: Option<&'a Item>,
    /// What the pointer is over.
    pub hinted: Option<&'a Item>,
}

/// Where the columns stand, from the left of a row.
struct Columns {
    name: f32,
    spark: Option<f32>,
    width: f32,
    rate: f32,
    p95: Option<f32>,
    errors: f32,
}

impl Columns {
    /// Right borders of figures; what does not fit is left out, the least important first.
    fn of(width: f32, is_estimate: bool) -> Self {
        let errors = width - 8.0;
        let p95 = (width >= 190.0).then_some(errors - 50.0);
        let rate = p95.unwrap_or(errors) - 64.0;
        // An estimate begins with a sign.
        let spark = rate - if is_estimate { 74.0 } else { 58.0 };
        let spark = (spark - 30.0 >= 24.0).then_some(spark);
        Self { name: 30.0, spark, width, rate, p95, errors }
    }
}

/// Whether a node's own name, or the one that is shown, holds a text in small letters.
fn holds(node: &Node, text: &str) -> bool {
    node.name.to_lowercase().contains(text) || shown_name(node).to_lowercase().contains(text)
}

/// The places of the nodes to show, in order.
pub fn order(picture: &Picture, state: &ServicesState) -> Vec<usize> {
    let find = state.find.trim().to_lowercase();
    let nodes: Vec<&Node> = picture.index.graph.nodes().map(|n| n.1).collect();
    let mut out: Vec<usize> =
        (0..nodes.len()).filter(|&i| find.is_empty() || holds(nodes[i], &find)).collect();
    let calls = |n: &Node| served(picture, n).0.map_or(0.0, Red::calls);
    let p95 = |n: &Node| served(picture, n).0.and_then(|r| r.quantile(0.95));
    // Where times are compared, the worst change comes first.
    let verdict = |i: usize| picture.verdict(i);
    out.sort_by(|&a, &b| {
        let (x, y) = (nodes[a], nodes[b]);
        let by = match state.sort {
            Column::Health => {
                verdict(a).cmp(&verdict(b)).then(y.health.cmp(&x.health)).then(calls(y).total_cmp(&calls(x)))
            }
            Column::Name => x.name.to_lowercase().cmp(&y.name.to_lowercase()),
            Column::Rate => calls(y).total_cmp(&calls(x)),
            Column::P95 => p95(y).cmp(&p95(x)),
            Column::Errors => {
                let share = |n: &Node| served(picture, n).0.and_then(Red::error_ratio).unwrap_or(-1.0);
                share(y).total_cmp(&share(x))
            }
        };
        let by = if state.reversed { by.reverse() } else { by };
        by.then_with(|| x.id.cmp(&y.id))
    });
    out
}

/// What a node served, and in how much time; where two times are compared, in the later one.
fn served<'a>(picture: &'a Picture, node: &'a Node) -> (Option<&'a Red>, Nanos) {
    match &picture.compared {
        Some(compared) => compared.after.of_node(&node.id),
        None => (Some(&node.red), picture.index.graph.length()),
    }
}

/// Shows the list.
pub fn show(
    ui: &mut Ui,
    picture: &Picture,
    state: &mut ServicesState,
    pointed: Pointed<'_>,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    head(ui, picture, state, p);
    let columns = Columns::of(ui.available_width(), picture.requests.is_estimate());
    header(ui, &columns, state, p);
    let order = order(picture, state);
    if order.is_empty() {
        ui.add_space(4.0 * UNIT);
        if state.find.is_empty() {
            widgets::note(ui, texts().side.nothing_to_list, p);
            return;
        }
        let sentence = fill(texts().side.no_service_is_called, &[("name", &text::name(&state.find, 24))]);
        ui.vertical_centered(|ui| {
            widgets::note(ui, &sentence, p);
            if ui.button(texts().side.show_all).clicked() {
                state.find.clear();
            }
        });
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, order.len(), |ui, range| {
        let mut over = None;
        for &i in order.get(range).unwrap_or_default() {
            over = over.or(service(ui, picture, i, &columns, pointed, p, commands));
        }
        if over != state.over {
            commands.push(Command::Hover(over.clone()));
            state.over = over;
        }
    });
}

fn head(ui: &mut Ui, picture: &Picture, state: &mut ServicesState, p: &Palette) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts().side.services_2).font(theme::body()).strong());
        let all = picture.index.graph.nodes().len();
        let services =
            picture.index.graph.nodes().filter(|n| n.1.kind == crate::graph::NodeKind::Service).count();
        // The list also holds what services use and who calls them.
        let count = match all - services {
            0 => services.to_string(),
            1 => fill(texts().side.and_1_other, &[("services", &services)]),
            others => fill(texts().side.and_others, &[("services", &services), ("others", &others)]),
        };
        let side = picture.compared.as_ref().map(|c| c.comparing.columns()[1].clone());
        let count = match side {
            Some(side) => fill(texts().side.figures_of_side, &[("count", &count), ("side", &side)]),
            None => count,
        };
        ui.label(RichText::new(count).font(theme::small()).color(p.muted));
    });
    ui.add_space(UNIT);
    let hint = RichText::new(fill(texts().side.find_by_name, &[("icon", &regular::MAGNIFYING_GLASS)]))
        .color(p.muted);
    let field = egui::TextEdit::singleline(&mut state.find)
        .hint_text(hint)
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::symmetric(8, 5));
    let response = ui.add(field);
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, texts().side.find_a_service_by_name));
    ui.add_space(UNIT);
}

fn header(ui: &mut Ui, columns: &Columns, state: &mut ServicesState, p: &Palette) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let right = |x: f32, width: f32| {
        Rect::from_min_max(
            pos2(rect.left() + x - width, rect.top()),
            pos2(rect.left() + x + 2.0, rect.bottom()),
        )
    };
    let left = |x: f32, width: f32| Rect::from_min_size(pos2(rect.left() + x, rect.top()), vec2(width, 22.0));
    let mut cells = vec![
        (Column::Health, "", texts().side.sort_by_health, left(0.0, 26.0)),
        (Column::Name, texts().side.name, texts().side.sort_by_name, left(columns.name, 46.0)),
        (Column::Rate, texts().side.rate, texts().side.sort_by_rate, right(columns.rate, 50.0)),
        (Column::Errors, texts().side.errors, texts().side.sort_by_errors, right(columns.errors, 44.0)),
    ];
    if let Some(x) = columns.p95 {
        cells.push((Column::P95, "p95", texts().side.sort_by_p95, right(x, 46.0)));
    }
    for (column, label, name, area) in cells {
        let response = ui.interact(area, ui.id().with(("sort", name)), Sense::click());
        let is_sorted = state.sort == column;
        response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, is_sorted, name));
        let arrow = if state.reversed { regular::CARET_UP } else { regular::CARET_DOWN };
        let colour = if is_sorted || response.hovered() { p.text } else { p.muted };
        let is_left = matches!(column, Column::Health | Column::Name);
        let shown = match (column, is_sorted) {
            (Column::Health, false) => regular::HEARTBEAT.to_owned(),
            (Column::Health, true) => format!("{}{arrow}", regular::HEARTBEAT),
            (_, true) if is_left => format!("{label} {arrow}"),
            (_, true) => format!("{arrow} {label}"),
            _ => label.to_owned(),
        };
        let (at, align) = if is_left {
            (area.left_center() + vec2(if label.is_empty() { 4.0 } else { 0.0 }, 0.0), Align2::LEFT_CENTER)
        } else {
            (area.right_center() - vec2(2.0, 0.0), Align2::RIGHT_CENTER)
        };
        ui.painter().text(at, align, shown, theme::caption(), colour);
        if response.clicked() {
            state.reversed = is_sorted && !state.reversed;
            state.sort = column;
        }
        response.on_hover_text(name);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, p.border));
    ui.add_space(UNIT);
}

/// One row; gives its node while the pointer is over it.
fn service(
    ui: &mut Ui,
    picture: &Picture,
    place: usize,
    columns: &Columns,
    pointed: Pointed<'_>,
    p: &Palette,
    commands: &mut Vec<Command>,
) -> Option<Item> {
    let graph = &picture.index.graph;
    let (_, node) = graph.nodes().nth(place)?;
    let is = |item: Option<&Item>| matches!(item, Some(Item::Node(id)) if *id == node.id);
    let is_selected = is(pointed.selected);
    let change = picture.verdict(place);
    let (red, over) = served(picture, node);
    let nothing = Red::default();
    let red = red.unwrap_or(&nothing);
    let (rate, p95, errors) =
        (widgets::rate(red, over), widgets::duration(red.quantile(0.95)), widgets::errors(red));
    let spoken = fill(
        texts().side.p95_errors,
        &[
            ("name", &text::name(&shown_name(node), 80)),
            ("kind", &words::node_kind(node.kind)),
            ("health", &change.map_or_else(|| words::health(node.health), Verdict::word)),
            ("rate", &rate),
            ("p95", &p95),
            ("errors", &errors),
        ],
    );
    let is_hidden = picture.shown.node_of.get(place).is_none_or(Option::is_none);
    let spoken = if is_hidden { format!("{spoken}, {}", texts().side.hidden_on_the_map) } else { spoken };
    // Painted before the row, which is transparent unless it is selected or under the pointer itself.
    let area = Rect::from_min_size(ui.next_widget_position(), vec2(ui.available_width(), ROW));
    if is(pointed.hinted) {
        ui.painter().rect_filled(area, theme::RADIUS, p.hover);
    }
    let (rect, response) = row(ui, ROW, &spoken, is_selected, p);
    let at = |x: f32| pos2(rect.left() + x, rect.top() + 30.0);
    let above = |x: f32| pos2(rect.left() + x, rect.top() + 13.0);
    match change {
        None => paint_health(ui.painter(), above(14.0), node.health, 15.0, p),
        Some(v) => {
            let font = theme::body();
            ui.painter().text(above(14.0), Align2::CENTER_CENTER, v.icon(), font, v.colour(p));
        }
    }
    let name = widgets::fit(ui, &shown_name(node), &theme::body(), columns.width - columns.name - 30.0);
    let painter = ui.painter();
    painter.text(above(columns.name), Align2::LEFT_CENTER, &name, theme::body(), p.text);
    if node.kind != crate::graph::NodeKind::Service {
        let icon = widgets::kind_icon(node.kind);
        painter.text(above(columns.errors), Align2::RIGHT_CENTER, icon, theme::body(), p.faint);
    }
    if is_hidden {
        let left =
            if node.kind == crate::graph::NodeKind::Service { columns.errors } else { columns.errors - 20.0 };
        painter.text(above(left), Align2::RIGHT_CENTER, regular::EYE_SLASH, theme::body(), p.muted);
    }
    if let (Some(x), Some(spark)) = (columns.spark, picture.sparks.get(place)) {
        let values: Vec<Option<f32>> = spark.iter().copied().map(Some).collect();
        let left = rect.left() + columns.name;
        let right = (rect.left() + x).min(left + 96.0);
        let area = Rect::from_min_max(pos2(left, rect.top() + 25.0), pos2(right, rect.top() + 36.0));
        if let Some(part) = part_of(picture, area) {
            painter.rect_filled(part, 0.0, faded(p.text, 0.12));
        }
        widgets::sparkline(painter, area, &values, p.faint);
    }
    let figure = |x: f32, text: &str, colour| {
        painter.text(at(x), Align2::RIGHT_CENTER, text, theme::small(), colour);
    };
    figure(columns.rate, &rate, p.muted);
    if let Some(x) = columns.p95 {
        figure(x, &p95, p.muted);
    }
    figure(columns.errors, &errors, widgets::error_colour(red, p));
    let over = response.hovered().then(|| Item::Node(node.id.clone()));
    if response.clicked() {
        commands.push(Command::Select(Some(Item::Node(node.id.clone()))));
    }
    let whole = format!("{}\n{}", text::name(&shown_name(node), text::LONGEST), widgets::calls(red));
    response.on_hover_text(whole);
    over
}

/// Where the window lies on a sparkline that shows more than it.
fn part_of(picture: &Picture, area: Rect) -> Option<Rect> {
    let (all, window) = picture.sparks_over.zip(picture.lens.window).filter(|(a, w)| a != w)?;
    let x = |t: Timestamp| {
        let share = (t - all.start).0 as f64 / all.length().0.max(1) as f64;
        area.left() + area.width() * (share as f32).clamp(0.0, 1.0)
    };
    Some(Rect::from_x_y_ranges(x(window.start)..=x(window.end).max(x(window.start) + 2.0), area.y_range()))
}
