//! What lies over the map: the legend and the zoom buttons.
use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    Vec2, pos2, vec2,
};

use super::change::Verdict;
use super::input::{Health, NodeKind};
use super::node::mark_colour;
use super::scene::MapScene;
use crate::view::theme::{Palette, SIZES};

/// What the person asked for with a button.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ask {
    In,
    Out,
    Fit,
}

fn card(painter: &Painter, area: Rect, p: &Palette) {
    let round = CornerRadius::same(8);
    painter.rect(area, round, p.panel, Stroke::new(1.0, p.border), StrokeKind::Inside);
}

/// The buttons at the bottom right.
pub(super) fn zoom_buttons(ui: &mut Ui, view: Rect, p: &Palette) -> Option<Ask> {
    let side = 32.0;
    let corner = view.max - vec2(16.0 + side, 16.0 + 3.0 * side);
    let area = Rect::from_min_size(corner, vec2(side, 3.0 * side));
    card(ui.painter(), area, p);
    let mut asked = None;
    let icons = egui_phosphor::regular::PLUS;
    let buttons = [
        (icons, "Zoom in", Ask::In),
        (egui_phosphor::regular::MINUS, "Zoom out", Ask::Out),
        (egui_phosphor::regular::CORNERS_OUT, "Show everything", Ask::Fit),
    ];
    for (k, (icon, name, ask)) in buttons.into_iter().enumerate() {
        let place = Rect::from_min_size(corner + vec2(0.0, k as f32 * side), Vec2::splat(side));
        let response = ui.interact(place, ui.id().with(("map zoom", k)), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name));
        button(ui.painter(), place, icon, &response, p);
        if k > 0 {
            ui.painter().hline(place.x_range().shrink(7.0), place.top(), Stroke::new(1.0, p.border));
        }
        if response.clicked() {
            asked = Some(ask);
        }
        response.on_hover_text(name);
    }
    asked
}

fn button(painter: &Painter, place: Rect, icon: &str, response: &Response, p: &Palette) {
    if response.hovered() {
        painter.rect_filled(place.shrink(3.0), CornerRadius::same(6), p.hover);
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.5, p.accent);
        painter.rect_stroke(place.shrink(2.0), CornerRadius::same(6), stroke, StrokeKind::Inside);
    }
    let galley = painter.layout_no_wrap(icon.to_owned(), FontId::proportional(16.0), p.text);
    painter.galley(place.center() - galley.mesh_bounds.center().to_vec2(), galley, p.text);
}

/// The legend at the bottom left: the kinds that are there, what width and colours mean.
pub(super) fn legend(ui: &Ui, view: Rect, scene: &MapScene, p: &Palette) {
    let mut kinds = Vec::new();
    for kind in KINDS {
        if scene.nodes.iter().any(|n| n.kind == kind) {
            kinds.push((kind.icon(), kind.word()));
        }
    }
    let mut pen = Pen::new(ui.painter(), p);
    pen.counts = scene.is_compared().then(|| counts(scene));
    if pen.counts.is_some() {
        kinds.clear();
    }
    pen.measure(&kinds);
    let room = view.width() - 96.0;
    if pen.width > room {
        kinds.clear();
        pen.measure(&kinds);
    }
    if pen.width > room || scene.nodes.is_empty() {
        return;
    }
    let area = Rect::from_min_size(pos2(view.left() + 16.0, view.bottom() - 48.0), vec2(pen.width, 32.0));
    card(ui.painter(), area, p);
    pen.draw(area.left_center(), &kinds);
}

/// Nodes and edges by verdict.
fn counts(scene: &MapScene) -> Vec<(Verdict, usize)> {
    let all = scene.nodes.iter().map(|n| n.change).chain(scene.edges.iter().map(|e| e.change));
    let all: Vec<Verdict> = all.flatten().collect();
    Verdict::ALL.into_iter().map(|v| (v, all.iter().filter(|o| **o == v).count())).collect()
}

const KINDS: [NodeKind; 8] = [
    NodeKind::Service,
    NodeKind::Database,
    NodeKind::Cache,
    NodeKind::Queue,
    NodeKind::External,
    NodeKind::User,
    NodeKind::Unknown,
    NodeKind::Group,
];

/// Measures or draws the legend from left to right.
struct Pen<'a> {
    painter: &'a Painter,
    palette: &'a Palette,
    at: Pos2,
    ink: bool,
    width: f32,
    /// Where two stretches of time are compared: how many items of each verdict there are.
    counts: Option<Vec<(Verdict, usize)>>,
}

impl<'a> Pen<'a> {
    fn new(painter: &'a Painter, palette: &'a Palette) -> Self {
        Self { painter, palette, at: Pos2::ZERO, ink: false, width: 0.0, counts: None }
    }

    fn measure(&mut self, kinds: &[(&str, &str)]) {
        self.ink = false;
        self.at = Pos2::ZERO;
        self.all(kinds);
        self.width = self.at.x;
    }

    fn draw(&mut self, left: Pos2, kinds: &[(&str, &str)]) {
        self.ink = true;
        self.at = left;
        self.all(kinds);
    }

    fn all(&mut self, kinds: &[(&str, &str)]) {
        self.at.x += 12.0;
        if let Some(counts) = self.counts.clone() {
            for (verdict, count) in counts {
                let (icon, colour) = (verdict.icon(), verdict.colour(self.palette));
                self.text(icon, 14.0, colour, 4.0);
                self.text(verdict.word(), SIZES[0], self.palette.text, 4.0);
                self.text(&count.to_string(), SIZES[0], self.palette.muted, 13.0);
            }
            return;
        }
        for (icon, word) in kinds {
            self.text(icon, 15.0, self.palette.muted, 5.0);
            self.text(word, SIZES[0], self.palette.muted, 13.0);
        }
        if !kinds.is_empty() {
            self.rule();
        }
        self.widths();
        self.text("calls/min", SIZES[0], self.palette.muted, 13.0);
        self.rule();
        for health in [Health::Healthy, Health::Warning, Health::Critical, Health::Unknown] {
            self.dot(mark_colour(health, self.palette));
            self.text(health.word(), SIZES[0], self.palette.muted, 12.0);
        }
    }

    fn text(&mut self, text: &str, size: f32, colour: Color32, gap: f32) {
        let galley = self.painter.layout_no_wrap(text.to_owned(), FontId::proportional(size), colour);
        let place = Align2::LEFT_CENTER.anchor_size(self.at, galley.size());
        self.at.x += galley.size().x + gap;
        if self.ink {
            self.painter.galley(place.min, galley, colour);
        }
    }

    fn rule(&mut self) {
        if self.ink {
            let y = egui::Rangef::new(self.at.y - 7.0, self.at.y + 7.0);
            self.painter.vline(self.at.x, y, Stroke::new(1.0, self.palette.border));
        }
        self.at.x += 13.0;
    }

    fn widths(&mut self) {
        if self.ink {
            for (y, width) in [(-5.0, 1.0), (-0.5, 2.2), (5.0, 3.6)] {
                let x = egui::Rangef::new(self.at.x, self.at.x + 20.0);
                self.painter.hline(x, self.at.y + y, Stroke::new(width, self.palette.edge));
            }
        }
        self.at.x += 27.0;
    }

    fn dot(&mut self, colour: Color32) {
        if self.ink {
            self.painter.circle_filled(self.at + vec2(4.0, 0.0), 4.0, colour);
        }
        self.at.x += 13.0;
    }
}
