//! What is written of a node: its name and the figures below it, or the card of a group.
use egui::{Color32, FontId, Pos2, Rect, Vec2, pos2, vec2};

use super::draw::{Layer, Paint};
use super::emphasis::Role;
use super::galleys::Slot;
use super::labels::Sizes;
use super::node::{FADED, health_colour};
use super::scene::NodeScene;
use super::speaking::Word;
use crate::view::theme::mixed;
use crate::view::{fonts, text};

/// Below this zoom the lines of figures go; names thin out by themselves.
pub(super) const FIGURES_FROM: f32 = 0.42;
const PATH_FIGURES_FROM: f32 = 0.3;

/// Whether a node is a group that is seen from far away: then its name and what it does in few words stand beside it.
pub(super) fn is_card(paint: &Paint<'_>, node: &NodeScene) -> bool {
    paint.is_far && node.members > 0
}

/// A name and the figures below it, each in the middle of the block, or of a card at its left.
pub(super) struct Block {
    /// Each with what stands at its right.
    pub lines: Vec<[Option<Word>; 2]>,
    pub size: Vec2,
    pub is_card: bool,
    /// Where lines of different lengths stand: 0 at the left, 1 at the right.
    pub leans: f32,
}

/// The sizes of the texts on the card of a group: of the name and of what it does.
const CARD: (f32, f32) = (10.0, 9.0);
/// How long a name is, in characters, where there is no room for more: on cards and on other nodes.
const CUT_ON_CARDS: [usize; 2] = [10, 8];
pub(super) const CUT_NAMES: [usize; 2] = [14, 11];
/// Between the rate of a group and the share that fails.
const BRIEF_GAP: f32 = 4.0;

impl Block {
    pub(super) fn new(paint: &Paint<'_>, i: usize, role: Role, must: bool) -> Self {
        let node = &paint.scene.nodes[i];
        let sizes = Sizes::at(paint.camera.zoom);
        let fade =
            |c: Color32| if role == Role::Faded && !must { mixed(paint.palette.canvas, c, FADED) } else { c };
        // From far away the names of what is well are quieter than those of what is not.
        let is_quiet = paint.is_far && !paint.is_lit && !node.health.is_bad() && role == Role::Plain;
        let ink = if is_quiet && !must {
            mixed(paint.palette.muted, paint.palette.text, 0.35)
        } else {
            paint.palette.text
        };
        let colour = fade(ink);
        let is_card = is_card(paint, node) && !must;
        let font = FontId::new(if is_card { CARD.0 } else { sizes.name }, fonts::medium());
        let mut lines = vec![[Some((paint.kept(Slot::Name, i, &node.name, font), colour)), None]];
        let is_path = paint.is_lit && role == Role::Plain;
        let muted = fade(paint.palette.muted);
        if is_card {
            let brief = |slot, text: &str| paint.kept(slot, i, text, FontId::proportional(CARD.1));
            let rate = (!node.brief.rate.is_empty()).then(|| (brief(Slot::Brief, &node.brief.rate), muted));
            let failing = node.brief.failing.as_ref().map(|(share, health)| {
                let colour = if health.is_bad() { health_colour(*health, paint.palette) } else { muted };
                (brief(Slot::Failing, share), fade(colour))
            });
            lines.extend((rate.is_some() || failing.is_some()).then_some([rate, failing]));
        } else if paint.camera.zoom >= if is_path { PATH_FIGURES_FROM } else { FIGURES_FROM } || must {
            let font = FontId::proportional(sizes.figures);
            lines.push([Some((paint.kept(Slot::Figures, i, &node.figures, font), muted)), None]);
        }
        let leans = if is_card { 0.0 } else { 0.5 };
        let mut block = Self { lines, size: Vec2::ZERO, is_card, leans };
        block.measure();
        block
    }

    /// The name alone.
    pub(super) fn of_name(paint: &Paint<'_>, i: usize) -> Self {
        let mut block = Self::new(paint, i, paint.emphasis.nodes[i], false);
        block.lines.truncate(1);
        block.measure();
        block
    }

    /// The name alone, cut to so many characters.
    pub(super) fn of_cut_name(paint: &Paint<'_>, i: usize, most: usize) -> Self {
        let mut block = Self::of_name(paint, i);
        block.cut_to(paint, i, most, Sizes::at(paint.camera.zoom).name);
        block
    }

    /// The muted line below the name.
    pub(super) fn figures(paint: &Paint<'_>, i: usize) -> Word {
        let p = paint.palette;
        let is_back = paint.emphasis.nodes[i] == Role::Faded;
        let colour = if is_back { mixed(p.canvas, p.muted, FADED) } else { p.muted };
        let font = FontId::proportional(Sizes::at(paint.camera.zoom).figures);
        (paint.kept(Slot::Figures, i, &paint.scene.nodes[i].figures, font), colour)
    }

    /// Between two lines; those of a card stand close.
    pub(super) fn between(&self) -> f32 {
        if self.is_card { -1.5 } else { 0.5 }
    }

    pub(super) fn measure(&mut self) {
        let sizes: Vec<Vec2> = self.lines.iter().map(Self::size_of).collect();
        let widest = sizes.iter().map(|s| s.x).fold(0.0, f32::max);
        self.size = vec2(widest, sizes.iter().map(|s| s.y + self.between()).sum());
    }

    fn size_of(line: &[Option<Word>; 2]) -> Vec2 {
        let size = |part: &Option<Word>| part.as_ref().map_or(Vec2::ZERO, |p| p.0.size());
        let (left, right) = (size(&line[0]), size(&line[1]));
        let gap = if left.x > 0.0 && right.x > 0.0 { BRIEF_GAP } else { 0.0 };
        vec2(left.x + gap + right.x, left.y.max(right.y))
    }

    /// Leaves out what matters least of what is below the name; `false` where nothing is.
    pub(super) fn shorten(&mut self) -> bool {
        match self.lines.get_mut(1) {
            Some([rate @ Some(_), Some(_)]) => *rate = None,
            Some(_) => self.lines.truncate(1),
            None => return false,
        }
        self.measure();
        true
    }

    /// Cuts the name in its middle, or once more where it `is_cut` already.
    pub(super) fn cut(&mut self, paint: &Paint<'_>, i: usize, is_cut: bool) {
        let sizes = Sizes::at(paint.camera.zoom);
        let (most, size) = if self.is_card { (CUT_ON_CARDS, CARD.0) } else { (CUT_NAMES, sizes.name) };
        self.cut_to(paint, i, most[usize::from(is_cut)], size);
    }

    fn cut_to(&mut self, paint: &Paint<'_>, i: usize, most: usize, size: f32) {
        let name = text::name(&paint.scene.nodes[i].name, most);
        if let Some([Some((galley, _)), _]) = self.lines.first_mut() {
            let is_first = most == CUT_NAMES[0] || most == CUT_ON_CARDS[0];
            let slot = if is_first { Slot::Cut } else { Slot::CutMore };
            *galley = paint.kept(slot, i, &name, FontId::new(size, fonts::medium()));
        }
        self.measure();
    }

    /// The lines from the top left corner `at`, each on a plate in the colour of the ground.
    pub(super) fn paint(self, at: Pos2, ground: Color32, layer: &mut Layer) {
        let mut top = at.y;
        let between = self.between();
        for line in self.lines {
            let size = Self::size_of(&line);
            let left = at.x + (self.size.x - size.x) * self.leans;
            let area = Rect::from_min_size(pos2(left, top), size).expand2(vec2(3.0, 0.0));
            layer.mesh.add_colored_rect(area, ground);
            let mut x = left;
            for (galley, colour) in line.into_iter().flatten() {
                let corner = pos2(x, top);
                x += galley.size().x + BRIEF_GAP;
                layer.text(corner, galley, colour);
            }
            top += size.y + between;
        }
    }
}
