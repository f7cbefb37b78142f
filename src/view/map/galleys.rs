//! Texts of the map that are laid out once and kept from frame to frame.
use std::sync::Arc;

use std::collections::HashMap;

use egui::{Color32, FontId, Galley, Painter};

/// What a text belongs to; with the index of its item it is a place in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    Name,
    Figures,
    Badge,
    Rate,
    Nothing,
    Short,
    Errors,
    Hull,
    HullCut,
    HullFigures,
    HullRate,
    HullFailing,
    Brief,
    Failing,
    Cut,
    CutMore,
    Icon,
    Turn,
    Rings,
}

/// More texts than any screen shows; beyond, what was not asked for lately is forgotten with the rest.
const MOST: usize = 20_000;

/// The store. Texts have no colour of their own: they take the one they are painted with.
#[derive(Clone, Default)]
pub(super) struct Galleys {
    kept: HashMap<(Slot, u32, u32), (FontId, Arc<Galley>)>,
    /// A text that egui itself keeps as long as it keeps its fonts.
    witness: Option<Arc<Galley>>,
}

impl Galleys {
    /// Forgets everything when egui has made its fonts anew; true when it had to.
    ///
    /// Texts hold places in the texture of the fonts, which mean something else then.
    pub(super) fn begin(&mut self, painter: &Painter) -> bool {
        let now = painter.layout_no_wrap("·".to_owned(), FontId::default(), Color32::PLACEHOLDER);
        let is_same = self.witness.as_ref().is_some_and(|w| Arc::ptr_eq(w, &now));
        if !is_same || self.kept.len() > MOST {
            self.kept.clear();
        }
        self.witness = Some(now);
        !is_same
    }

    /// `text` in this font, from the store where it is the same as before.
    pub(super) fn get(
        &mut self,
        painter: &Painter,
        place: (Slot, usize),
        text: &str,
        font: FontId,
    ) -> Arc<Galley> {
        let key = (place.0, place.1 as u32, (font.size * 2.0) as u32);
        if let Some((known, galley)) = self.kept.get(&key)
            && *known == font
            && galley.text() == text
        {
            return Arc::clone(galley);
        }
        let galley = painter.layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER);
        self.kept.insert(key, (font, Arc::clone(&galley)));
        galley
    }
}
