//! Small things that several panels paint: rows, figures, sparklines, icons of health and kind.
use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Response, RichText, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::{fill, regular};

use crate::graph::{Health, NodeKind, Outcome, Red, Timeline};
use crate::model::{Nanos, TimeRange};
use crate::texts::{fill, texts};
use crate::view::fonts::filled_icons;
use crate::view::text;
use crate::view::theme::{self, Palette, RADIUS, UNIT, faded};

/// An outcome as people say it.
pub fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => texts().side.succeeded,
        Outcome::Timeout => texts().side.timeouts_figure,
        Outcome::Unavailable => texts().side.unavailable,
        Outcome::Throttled => texts().side.throttled,
        Outcome::Cancelled => texts().side.cancelled,
        Outcome::ServerError => texts().side.server_errors,
        Outcome::ClientError => texts().side.client_errors,
        Outcome::DbError => texts().side.database_errors,
        Outcome::AppError => texts().side.application_errors,
    }
}

/// A length of time, or a dash.
pub fn duration(value: Option<Nanos>) -> String {
    value.map_or_else(|| text::NONE.to_owned(), |n| text::duration_ns(n.0 as f64))
}
/// A rate, or a dash; marked where it is an estimate from samples.
pub fn rate(red: &Red, over: Nanos) -> String {
    let text = red.rate_per_min(over).map_or_else(|| text::NONE.to_owned(), text::rate_per_min);
    if red.is_estimate() { text::about(&text) } else { text }
}
/// A share of errors, or a dash.
pub fn errors(red: &Red) -> String {
    red.error_ratio().map_or_else(|| text::NONE.to_owned(), text::percent)
}
/// Calls, for hover texts: exact, and whether it is an estimate.
pub fn calls(red: &Red) -> String {
    let n = red.calls().round() as u64;
    if red.is_estimate() {
        fill(texts().side.calls_estimated_from, &[("count", &n), ("seen", &red.observed)])
    } else {
        fill(texts().side.n_calls, &[("count", &n)])
    }
}

/// The colour of a health.
pub fn health_colour(health: Health, p: &Palette) -> Color32 {
    match health {
        Health::Unknown => p.unknown,
        Health::Healthy => p.healthy,
        Health::Warning => p.warning,
        Health::Critical => p.critical,
    }
}
/// The sign of a health: another shape for each, for those who do not see its colour.
pub fn health_icon(health: Health) -> &'static str {
    match health {
        Health::Unknown => fill::MINUS_CIRCLE,
        Health::Healthy => fill::CHECK_CIRCLE,
        Health::Warning => fill::WARNING,
        Health::Critical => fill::WARNING_OCTAGON,
    }
}
/// The sign of a kind of node, as on the map.
pub fn kind_icon(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Service => regular::CUBE,
        NodeKind::Database => regular::DATABASE,
        NodeKind::Cache => regular::LIGHTNING,
        NodeKind::Queue => regular::QUEUE,
        NodeKind::External => regular::GLOBE,
        NodeKind::User => regular::USER,
        NodeKind::Unknown => regular::QUESTION,
        NodeKind::Group => regular::STACK,
    }
}
/// The share of errors in its colour: muted while it is small.
pub fn error_colour(red: &Red, p: &Palette) -> Color32 {
    match red.error_ratio() {
        Some(e) if e >= 0.05 => p.critical,
        Some(e) if e >= 0.01 => p.warning,
        _ => p.muted,
    }
}

/// Between a caller and a callee.
const ARROW: &str = " → ";

/// A box to tick: square, so that nobody takes it for one of several choices.
pub fn tick(ui: &mut Ui, is_on: &mut bool, label: &str) -> Response {
    let outline = outline(ui);
    ui.scope(|ui| {
        let looks = &mut ui.visuals_mut().widgets;
        for look in [&mut looks.inactive, &mut looks.hovered, &mut looks.active, &mut looks.noninteractive] {
            look.corner_radius = egui::CornerRadius::same(3);
            look.bg_stroke = outline;
        }
        ui.checkbox(is_on, label)
    })
    .inner
}

/// The outline of what can be ticked or chosen, to be seen on any ground.
fn outline(ui: &Ui) -> Stroke {
    Stroke::new(1.0, Palette::current(ui.ctx()).muted)
}

/// One of several choices, with a circle that can be seen on any ground.
pub fn radio(ui: &mut Ui, is_on: bool, label: &str) -> Response {
    let outline = outline(ui);
    ui.scope(|ui| {
        let looks = &mut ui.visuals_mut().widgets;
        for look in [&mut looks.inactive, &mut looks.hovered, &mut looks.active] {
            look.bg_stroke = outline;
        }
        ui.radio(is_on, label)
    })
    .inner
}

/// Arrows as icons: the fonts at hand have none.
pub fn with_arrows(text: &str) -> String {
    text.replace('→', regular::ARROW_RIGHT).replace('←', regular::ARROW_LEFT)
}

/// Paints the sign of a health around a point.
pub fn paint_health(painter: &Painter, at: Pos2, health: Health, size: f32, p: &Palette) {
    let font = FontId::new(size, filled_icons());
    painter.text(at, Align2::CENTER_CENTER, health_icon(health), font, health_colour(health, p));
}

/// `text` with its middle left out so that it is no wider than `width` points.
pub fn fit(ui: &Ui, text: &str, font: &FontId, width: f32) -> String {
    let clean = with_arrows(&text::name(text, text::LONGEST));
    let measure = |s: &str| ui.painter().layout_no_wrap(s.to_owned(), font.clone(), Color32::WHITE).size().x;
    let whole = measure(&clean);
    if whole <= width {
        return clean;
    }
    let mut most = ((clean.chars().count() as f32) * width / whole).floor().max(1.0) as usize;
    loop {
        let cut = text::elide(&clean, most);
        if most <= 1 || measure(&cut) <= width {
            return cut;
        }
        most -= 1;
    }
}

/// `text` with its end left out so that it is no wider than `width` points.
pub fn fit_end(ui: &Ui, text: &str, font: &FontId, width: f32) -> String {
    let clean = with_arrows(&text::name(text, text::LONGEST));
    let measure = |s: &str| ui.painter().layout_no_wrap(s.to_owned(), font.clone(), Color32::WHITE).size().x;
    let whole = measure(&clean);
    if whole <= width {
        return clean;
    }
    let mut most = ((clean.chars().count() as f32) * width / whole).floor().max(1.0) as usize;
    loop {
        let kept: String = clean.chars().take(most).collect();
        let cut = format!("{}…", kept.trim_end());
        if most <= 1 || measure(&cut) <= width {
            return cut;
        }
        most -= 1;
    }
}

/// As [`fit`], for `caller → callee`: each of the two keeps its beginning and its end.
pub fn fit_both(ui: &Ui, text: &str, font: &FontId, width: f32) -> String {
    let Some((from, to)) = text.split_once(ARROW) else { return fit(ui, text, font, width) };
    let measure = |s: &str| ui.painter().layout_no_wrap(s.to_owned(), font.clone(), Color32::WHITE).size().x;
    let arrow = with_arrows(ARROW);
    let room = (width - measure(&arrow)).max(0.0);
    // What the shorter one leaves is for the longer one.
    let from = fit(ui, from, font, (room - measure(to)).max(room / 2.0));
    let rest = room - measure(&from);
    format!("{from}{arrow}{}", fit(ui, to, font, rest))
}

/// A row that can be clicked, as wide as there is room; gives where to paint.
pub fn row(ui: &mut Ui, height: f32, name: &str, selected: bool, p: &Palette) -> (Rect, Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, selected, name));
    let back = if selected {
        ui.visuals().selection.bg_fill
    } else if response.hovered() {
        p.hover
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, RADIUS, back);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, RADIUS, Stroke::new(1.5, p.accent), StrokeKind::Inside);
    }
    (rect, response.on_hover_cursor(egui::CursorIcon::PointingHand))
}

/// The heading of a part of a panel, with a muted figure at its right.
pub fn heading(ui: &mut Ui, title: &str, right: &str, p: &Palette) {
    ui.add_space(3.0 * UNIT);
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).font(theme::body()).strong().color(p.text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(right).font(theme::small()).color(p.muted));
        });
    });
    ui.add_space(UNIT);
}

/// A muted sentence that may wrap.
pub fn note(ui: &mut Ui, sentence: &str, p: &Palette) {
    if ui.layout().horizontal_justify() {
        // A menu would spread its words over the whole width.
        let galley = ui.painter().layout(sentence.to_owned(), theme::small(), p.muted, ui.available_width());
        ui.label(galley);
        return;
    }
    ui.label(RichText::new(sentence).font(theme::small()).color(p.muted));
}

/// One headline figure: value, what it is, its colour, what to say on hover.
pub struct Figure {
    /// The value.
    pub value: String,
    /// What it is.
    pub label: &'static str,
    /// Its colour.
    pub colour: Color32,
    /// The exact value, on hover.
    pub exact: String,
}

/// Headline figures side by side, in cards of equal width.
pub fn figures(ui: &mut Ui, all: &[Figure], p: &Palette) {
    let gap = 2.0 * UNIT;
    let count = all.len().max(1) as f32;
    let width = (ui.available_width() - gap * (count - 1.0)) / count;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 54.0), Sense::hover());
    // One size for all of a row: the largest that fits the longest.
    let is_fit = |f: &FontId| {
        let measure = |v: &str| ui.painter().layout_no_wrap(v.to_owned(), f.clone(), p.text).size().x;
        all.iter().all(|figure| measure(&figure.value) <= width - 2.0 * 9.0)
    };
    let largest = if width < 80.0 { theme::body() } else { FontId::proportional(16.0) };
    let font = [largest, theme::body()].into_iter().find(is_fit).unwrap_or(theme::small());
    for (i, figure) in all.iter().enumerate() {
        let corner = rect.min + vec2(i as f32 * (width + gap), 0.0);
        let card = Rect::from_min_size(corner, vec2(width, rect.height()));
        let painter = ui.painter();
        painter.rect(card, RADIUS, p.raised, Stroke::new(1.0, p.border), StrokeKind::Inside);
        let at = card.min + vec2(9.0, 21.0);
        painter.text(at, Align2::LEFT_CENTER, &figure.value, font.clone(), figure.colour);
        painter.text(
            card.min + vec2(9.0, 40.0),
            Align2::LEFT_CENTER,
            figure.label,
            theme::caption(),
            p.muted,
        );
        let response = ui.interact(card, ui.id().with(("figure", figure.label)), Sense::hover());
        let spoken = format!("{}: {}", figure.label, figure.value);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
        if !figure.exact.is_empty() {
            response.on_hover_text(&figure.exact);
        }
    }
}

/// One value per bucket of a range, in order; `empty` where nothing was observed.
pub fn values(
    timeline: &Timeline,
    range: TimeRange,
    empty: Option<f32>,
    of: impl Fn(&Red) -> Option<f64>,
) -> Vec<Option<f32>> {
    let Some(first) = timeline.buckets.first() else { return Vec::new() };
    let step = first.range.length().0.max(1);
    let start = range.start.0.div_euclid(step);
    // Half a bucket at the end would look like a fall.
    let count = (range.end.0.div_euclid(step) - start).clamp(1, MOST_VALUES) as usize;
    let mut out = vec![empty; count];
    for bucket in &timeline.buckets {
        let at = usize::try_from(bucket.range.start.0.div_euclid(step) - start);
        if let Some(slot) = at.ok().and_then(|at| out.get_mut(at)) {
            *slot = of(&bucket.red).map(|v| v as f32);
        }
    }
    out
}

/// More values than anybody asks for; a guard against ranges and steps that do not fit.
const MOST_VALUES: i64 = 1000;

/// Paints values as a line over a soft filling, from 0 to the largest.
pub fn sparkline(painter: &Painter, area: Rect, values: &[Option<f32>], colour: Color32) {
    let top = values.iter().flatten().copied().fold(0.0f32, f32::max);
    if top <= 0.0 || values.len() < 2 {
        painter.hline(area.x_range(), area.bottom(), Stroke::new(1.0, faded(colour, 0.35)));
        return;
    }
    let step = area.width() / (values.len() - 1) as f32;
    let place = |(i, v): (usize, &Option<f32>)| {
        Some(pos2(area.left() + i as f32 * step, area.bottom() - (*v)? / top * area.height()))
    };
    let points: Vec<Pos2> = values.iter().enumerate().filter_map(place).collect();
    let mut mesh = egui::Mesh::default();
    for (i, at) in points.iter().enumerate() {
        mesh.colored_vertex(*at, faded(colour, 0.28));
        mesh.colored_vertex(pos2(at.x, area.bottom()), faded(colour, 0.03));
        if i > 0 {
            let k = 2 * i as u32;
            mesh.add_triangle(k - 2, k - 1, k);
            mesh.add_triangle(k - 1, k, k + 1);
        }
    }
    painter.add(mesh);
    painter.line(points, Stroke::new(1.3, colour));
}

/// A titled sparkline with its largest value at the right.
pub fn chart(ui: &mut Ui, title: &str, now: &str, values: &[Option<f32>], colour: Color32, p: &Palette) {
    ui.add_space(2.0 * UNIT);
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).font(theme::small()).color(p.text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(now).font(theme::small()).color(p.muted));
        });
    });
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, p.border));
    sparkline(ui.painter(), rect, values, colour);
}

/// Text buttons side by side of which one is chosen; gives the one clicked.
pub fn choice<T: PartialEq + Copy>(ui: &mut Ui, all: &[(T, &str)], chosen: T, p: &Palette) -> Option<T> {
    let mut clicked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        for (value, name) in all {
            let is_chosen = *value == chosen;
            let colour = if is_chosen { p.text } else { p.muted };
            let label = RichText::new(*name).font(theme::small()).color(colour);
            let button = egui::Button::new(label)
                .fill(if is_chosen { p.hover } else { Color32::TRANSPARENT })
                .stroke(Stroke::new(1.0, if is_chosen { p.border } else { Color32::TRANSPARENT }))
                .min_size(Vec2::new(0.0, 24.0));
            let response = ui.add(button);
            response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, is_chosen, *name));
            if response.clicked() {
                clicked = Some(*value);
            }
        }
    });
    clicked
}

/// A small button with an icon and a name.
pub fn icon_button(ui: &mut Ui, icon: &str, name: &str, p: &Palette) -> Response {
    let label = RichText::new(icon).font(FontId::proportional(16.0)).color(p.text);
    let response = ui.add(egui::Button::new(label).frame_when_inactive(false).min_size(Vec2::splat(28.0)));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, name));
    response.on_hover_text(name)
}

/// Selects what a box holds: the next letter replaces it.
pub fn select_all(ui: &Ui, id: egui::Id, text: &str) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let end = CCursor::new(text.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), end)));
    state.store(ui.ctx(), id);
}
