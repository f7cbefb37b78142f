//! The legend: a strip that is always there, and a card that explains every sign.
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Sense, Stroke, Ui, pos2, vec2};
use egui_phosphor::regular;

use super::camera::has_legend;
use super::change::Verdict;
use super::controls::{button, card};
use super::edge_signs;
use super::input::{Health, NodeKind};
use super::legend_card;
use super::node::mark_colour;
use super::scene::MapScene;
use crate::export::edge_signs::{EdgeSigns, Shade};
use crate::texts::{fill, texts};
use crate::view::theme::{Palette, SIZES};

/// The legend at the bottom left: the kinds that are there, what width and colours mean.
pub(super) struct Legend<'a> {
    pen: Pen<'a>,
    kinds: Vec<(&'static str, &'static str)>,
    /// The room that it takes.
    pub area: Rect,
}

impl<'a> Legend<'a> {
    /// With a button that opens the card, unless it `is_still`; nothing where there is no room for it.
    pub(super) fn new(
        painter: &'a Painter,
        view: Rect,
        (scene, omitted, is_far): (&MapScene, usize, bool),
        is_still: bool,
        p: &'a Palette,
    ) -> Option<Self> {
        if !has_legend(view) {
            return None;
        }
        let mut kinds = Vec::new();
        for kind in KINDS {
            if scene.nodes.iter().any(|n| n.kind == kind) {
                kinds.push((kind.icon(), kind.word()));
            }
        }
        let mut pen = Pen::new(painter, p);
        pen.counts = scene.is_compared().then(|| counts(scene));
        if pen.counts.is_some() {
            kinds.clear();
        }
        (pen.omitted, pen.is_far) = (omitted, is_far);
        pen.signs = scene.signs;
        let has = |kind| scene.edges.iter().any(|e| e.figures.kind == kind && !e.is_loop());
        pen.scale = edge_signs::scale(scene.signs.colour, has);
        pen.measure(&kinds);
        let room = view.width() - 96.0 - MORE;
        if pen.width > room {
            kinds.clear();
            pen.measure(&kinds);
        }
        if pen.width > room && !pen.scale.is_empty() {
            pen.is_short = true;
            pen.measure(&kinds);
        }
        if pen.width > room || scene.nodes.is_empty() {
            return None;
        }
        let corner = pos2(view.left() + 16.0, view.bottom() - 48.0);
        let button_width = if is_still { 0.0 } else { MORE };
        let area = Rect::from_min_size(corner, vec2(pen.width + button_width, 32.0));
        Some(Self { pen, kinds, area })
    }

    /// Shows it, and the card where that is open; in a file, where nothing opens, without a button.
    pub(super) fn show(mut self, ui: &mut Ui, view: Rect, scene: &MapScene, is_open: Option<&mut bool>) {
        let (area, p) = (self.area, self.pen.palette);
        card(ui.painter(), area, p);
        self.pen.draw(area.left_center(), &self.kinds);
        let Some(is_open) = is_open else { return };
        let place = Rect::from_min_max(pos2(area.right() - MORE, area.top()), area.max);
        let response = ui.interact(place, ui.id().with("legend"), Sense::click());
        let spoken =
            if *is_open { texts().map.close_the_legend } else { texts().map.explain_every_sign_of_the };
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, spoken));
        button(
            ui.painter(),
            place,
            if *is_open { regular::CARET_DOWN } else { regular::CARET_UP },
            &response,
            p,
        );
        if response.on_hover_text(spoken).clicked() {
            *is_open = !*is_open;
        }
        if *is_open {
            legend_card::show(ui, area.left_top() - vec2(0.0, 8.0), view, scene, p);
        }
    }
}

/// The room of the button that opens the card.
const MORE: f32 = 30.0;

/// Nodes and edges by verdict.
fn counts(scene: &MapScene) -> Vec<(Verdict, usize)> {
    let all = scene.nodes.iter().map(|n| n.change).chain(scene.edges.iter().map(|e| e.change));
    let all: Vec<Verdict> = all.flatten().collect();
    Verdict::ALL.into_iter().map(|v| (v, all.iter().filter(|o| **o == v).count())).collect()
}

pub(super) const KINDS: [NodeKind; 8] = [
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
    /// How many of the least busy lines are left out.
    omitted: usize,
    is_far: bool,
    /// What width and colour of lines mean.
    signs: EdgeSigns,
    /// The colours of lines with their words, where they do not mean health.
    scale: Vec<(Shade, String)>,
    /// Whether there is room for the scale alone.
    is_short: bool,
}

impl<'a> Pen<'a> {
    fn new(painter: &'a Painter, palette: &'a Palette) -> Self {
        Self {
            painter,
            palette,
            at: Pos2::ZERO,
            ink: false,
            width: 0.0,
            counts: None,
            omitted: 0,
            is_far: false,
            signs: EdgeSigns::default(),
            scale: Vec::new(),
            is_short: false,
        }
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
        let width = edge_signs::width_words(self.signs.width);
        let quieter = (self.omitted > 0).then(|| {
            let words = &texts().map;
            fill(
                if self.is_far { words.zoom_in_for_quieter_lines } else { words.lines_that_lead_elsewhere },
                &[("count", &crate::view::text::count(self.omitted as f64))],
            )
        });
        // What is usually written on lines explains itself.
        let label = self.signs.label;
        let written = (label != EdgeSigns::default().label)
            .then(|| fill(texts().edges.on_them, &[("what", &label.title())]));
        let widths: Vec<String> =
            width.map(str::to_owned).into_iter().chain(written).chain(quieter).collect();
        if !widths.is_empty() && !self.is_short {
            self.widths();
            self.text(&widths.join("; "), SIZES[0], self.palette.muted, 13.0);
            self.rule();
        }
        if !self.scale.is_empty() {
            self.colours();
            return;
        }
        for health in [Health::Healthy, Health::Warning, Health::Critical, Health::Unknown] {
            self.dot(mark_colour(health, self.palette));
            self.text(health.word(), SIZES[0], self.palette.muted, 12.0);
        }
    }

    /// What the colours of lines mean, where that is not health.
    fn colours(&mut self) {
        if let Some(words) = edge_signs::scale_words(self.signs.colour) {
            self.text(words, SIZES[0], self.palette.text, 8.0);
        }
        for (shade, words) in self.scale.clone() {
            if self.ink {
                let x = egui::Rangef::new(self.at.x, self.at.x + 16.0);
                let stroke = Stroke::new(3.5, edge_signs::shade_colour(shade, self.palette));
                self.painter.hline(x, self.at.y, stroke);
            }
            self.at.x += 21.0;
            self.text(&words, SIZES[0], self.palette.muted, 11.0);
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
