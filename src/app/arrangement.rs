//! How the map is arranged, and where nodes stood in the arrangements that are not shown.
use std::collections::BTreeMap;

use super::App;
use crate::layout::Mode;
use crate::view::panels::Item;
use crate::view::panels::picture::Positions;

/// The arrangement that is shown, and what the others remember.
#[derive(Clone, Debug, Default)]
pub struct Arrangement {
    /// The one that is shown.
    pub mode: Mode,
    /// The node in the middle of the rings.
    pub focus: Option<String>,
    /// Of the others: where nodes stood, and where they were put by hand.
    others: BTreeMap<Mode, (Positions, Positions)>,
}

impl Arrangement {
    /// Where nodes were put by hand in the usual arrangement, whichever is shown; `shown` are those of the shown one.
    pub fn usual_pins<'a>(&'a self, shown: &'a Positions) -> &'a Positions {
        match self.others.get(&Mode::Flow) {
            Some((_, pins)) if self.mode != Mode::Flow => pins,
            _ => shown,
        }
    }

    /// Forgets where nodes stood, but not where they were put by hand.
    pub fn clear(&mut self) {
        self.others.values_mut().for_each(|o| o.0.clear());
        self.focus = None;
    }
}

/// Arranges the map in another way; rings are drawn around what is selected.
///
/// What comes back to an arrangement finds every node where it stood.
pub(super) fn arrange(app: &mut App, mode: Mode) {
    let s = &mut app.state;
    let selected = match &s.place.selection {
        Some(Item::Node(id)) => Some(id.clone()),
        _ => None,
    };
    let focus = if mode == Mode::Radial { selected.or(s.arrangement.focus.take()) } else { None };
    if mode == s.arrangement.mode && (mode != Mode::Radial || focus == s.arrangement.focus) {
        return;
    }
    let shown = (std::mem::take(&mut s.positions), std::mem::take(&mut s.map.positions));
    let mode_before = std::mem::replace(&mut s.arrangement.mode, mode);
    // Rings are another drawing with every other node in their middle.
    if mode_before != Mode::Radial {
        s.arrangement.others.insert(mode_before, shown);
    }
    (s.positions, s.map.positions) = s.arrangement.others.remove(&mode).unwrap_or_default();
    s.arrangement.focus = focus;
    s.map.glide();
    s.map.fit();
    app.answers.generation += 1;
}
