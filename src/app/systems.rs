//! Which arrangement belongs to which system: places set by hand are kept per set of services.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::export::case::CaseNote;

/// Systems whose arrangement is kept; the one not seen for longest goes first.
const MOST: usize = 20;
/// The share of services in common from which on two sets are the same system, some time later.
const SAME: f64 = 0.5;
/// A map that has grown by this factor is laid out anew, as long as nobody arranged it.
const OUTGROWN: usize = 2;

/// Places by id of node: x and y in world points.
pub type Places = BTreeMap<String, (f32, f32)>;

/// A system that was arranged by hand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct System {
    /// The ids of its nodes when it was seen last.
    pub nodes: BTreeSet<String>,
    /// Where nodes were put in the usual arrangement.
    pub positions: Places,
    /// Where all nodes stood in the arrangement that was shown.
    pub stood: Places,
    /// Where nodes were put in the other arrangements, by their words.
    pub pins: BTreeMap<String, Places>,
    /// The word of the arrangement that was shown; empty for the usual one.
    pub layout: String,
    /// The id of the node in the middle of rings; empty where nobody chose one.
    pub focus: String,
    /// Notes on its nodes and moments.
    pub notes: Vec<CaseNote>,
}

impl System {
    /// Whether there is something to come back to.
    fn is_worth_keeping(&self) -> bool {
        !self.nodes.is_empty() && (self.is_arranged() || !self.stood.is_empty())
    }

    /// Whether somebody arranged or noted something.
    pub fn is_arranged(&self) -> bool {
        let is_plain = self.positions.is_empty() && self.pins.is_empty() && self.layout.is_empty();
        !is_plain || !self.notes.is_empty()
    }
}

/// All systems that were arranged, and the one that is shown.
#[derive(Clone, Debug, Default)]
pub struct Systems {
    /// The others, the one seen last first.
    others: Vec<System>,
    /// The nodes of the one that is shown.
    shown: BTreeSet<String>,
    /// How large the map was when it was laid out as a whole.
    laid_out: usize,
}

impl Systems {
    /// From what was kept.
    pub fn new(kept: Vec<System>) -> Self {
        Self { others: kept, ..Self::default() }
    }

    /// What is to be kept, given how the shown system is arranged and noted `now`.
    pub fn kept(&self, now: &System) -> Vec<System> {
        let shown = System { nodes: self.shown.clone(), ..now.clone() };
        let all = std::iter::once(&shown).chain(&self.others);
        all.filter(|s| s.is_worth_keeping()).take(MOST).cloned().collect()
    }

    /// From now on a system with these nodes is shown, arranged and noted as somebody else says.
    pub fn begin(&mut self, nodes: BTreeSet<String>, now: &System) {
        if !self.shown.is_empty() {
            self.others = self.kept(now);
        }
        self.shown = nodes;
        self.others.retain(|s| likeness(&s.nodes, &self.shown) < SAME);
    }

    /// Takes over which nodes there are now; gives their system where it is another one than before.
    pub fn see(&mut self, nodes: BTreeSet<String>, now: &System) -> Option<System> {
        if nodes.is_empty() || nodes == self.shown {
            return None;
        }
        let is_same = self.shown.is_subset(&nodes) || likeness(&self.shown, &nodes) >= SAME;
        let is_arranged = now.is_arranged();
        if is_same && is_arranged {
            self.shown = nodes;
            return None;
        }
        if !is_same {
            self.others = self.kept(now);
        }
        self.shown = nodes;
        let alike = self.others.iter().enumerate().map(|(i, s)| (i, likeness(&s.nodes, &self.shown)));
        // Of two that are as much alike, the one that was seen last.
        let best = alike.filter(|a| a.1 >= SAME).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let found = best.map(|(i, _)| self.others.remove(i));
        // Of what was there before nothing stays where another system comes.
        let is_left = !is_same && (is_arranged || !now.stood.is_empty());
        found.or_else(|| is_left.then(System::default))
    }

    /// Whether a map of this many nodes and edges has grown so much since it was laid out as a whole that it is
    /// to be laid out anew; never while people have put something somewhere.
    pub fn has_outgrown(&mut self, size: usize, is_laid_out_now: bool, is_arranged: bool) -> bool {
        if is_laid_out_now || self.laid_out == 0 {
            self.laid_out = size;
        }
        let outgrown = !is_arranged && size >= OUTGROWN * self.laid_out.max(2);
        if outgrown {
            self.laid_out = size;
        }
        outgrown
    }
}

/// The share of what is in either that is in both (Jaccard), 0 to 1.
fn likeness(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let both = a.intersection(b).count();
    let either = a.len() + b.len() - both;
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &str) -> BTreeSet<String> {
        names.split(' ').map(str::to_owned).collect()
    }
    fn at(names: &str, x: f32) -> Places {
        names.split(' ').map(|n| (n.to_owned(), (x, 0.0))).collect()
    }
    fn pinned(places: &Places) -> System {
        System { positions: places.clone(), ..System::default() }
    }

    fn see(s: &mut Systems, nodes: BTreeSet<String>, places: &Places) -> Option<Places> {
        s.see(nodes, &pinned(places)).map(|s| s.positions)
    }

    #[test]
    fn each_system_has_its_own_arrangement() {
        let mut s = Systems::default();
        assert_eq!(see(&mut s, set("user shop stock"), &Places::new()), None);
        // A second system, though it too has a user: nothing of the first applies.
        assert_eq!(see(&mut s, set("user bank ledger audit"), &at("user shop", 1.0)), Some(Places::new()));
        let kept = s.kept(&pinned(&at("user bank", 2.0)));
        assert_eq!(kept.iter().map(|k| k.nodes.len()).collect::<Vec<_>>(), [4, 3]);
        // After a restart each is known again, with some services more or less.
        let mut s = Systems::new(kept);
        assert_eq!(see(&mut s, set("user shop stock cart"), &Places::new()), Some(at("user shop", 1.0)));
        assert_eq!(see(&mut s, set("bank ledger user"), &at("user shop", 1.0)), Some(at("user bank", 2.0)));
        assert_eq!(s.kept(&pinned(&at("user bank", 2.0))).len(), 2, "none was lost, none is there twice");
    }

    #[test]
    fn a_system_that_grows_stays_itself() {
        let mut s = Systems::default();
        assert_eq!(see(&mut s, set("a"), &Places::new()), None);
        let placed = at("a", 1.0);
        assert_eq!(see(&mut s, set("a b c d e f"), &placed), None);
        assert_eq!(see(&mut s, set("b c d e f g"), &placed), None, "most of it is still there");
        assert_eq!(see(&mut s, BTreeSet::new(), &placed), None, "an empty map is no system");
        assert_eq!(
            s.kept(&pinned(&placed)),
            [System {
                nodes: set("b c d e f g"),
                positions: [("a".to_owned(), (1.0, 0.0))].into(),
                ..System::default()
            }]
        );
        assert_eq!(s.kept(&System::default()), [], "what nobody arranged is not kept");
    }

    #[test]
    fn a_live_system_is_known_again_once_half_of_it_is_there() {
        let mut s = Systems::new(vec![System {
            nodes: set("a b c d"),
            positions: [("a".to_owned(), (3.0, 0.0))].into(),
            ..System::default()
        }]);
        assert_eq!(see(&mut s, set("a"), &Places::new()), None);
        assert_eq!(see(&mut s, set("a b"), &Places::new()), Some(at("a", 3.0)));
    }

    #[test]
    fn only_the_latest_are_kept() {
        let mut s = Systems::default();
        let mut placed = Places::new();
        for i in 0..MOST + 5 {
            let name = format!("n{i}");
            see(&mut s, set(&name), &placed);
            placed = at(&name, 0.0);
        }
        let kept = s.kept(&pinned(&placed));
        assert_eq!((kept.len(), &kept[0].nodes), (MOST, &set(&format!("n{}", MOST + 4))));
    }

    #[test]
    fn a_map_is_laid_out_anew_when_it_has_doubled_and_nobody_arranged_it() {
        let mut s = Systems::default();
        assert!(!s.has_outgrown(5, true, false));
        assert!(!s.has_outgrown(9, false, false));
        assert!(!s.has_outgrown(10, false, true), "someone arranged it");
        assert!(s.has_outgrown(10, false, false));
        assert!(!s.has_outgrown(19, false, false), "from here on it counts anew");
        assert!(!s.has_outgrown(4, false, false) && !s.has_outgrown(10, false, false), "it may shrink");
    }
}
