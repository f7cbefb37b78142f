//! Places for names that stand close: each takes the best that is free, and makes way for one that has none.
use egui::Rect;

/// A name makes way for another only where that puts so few others elsewhere.
const MOST_MOVED: usize = 2;
/// Who makes way may have others make way for it, so often in a row.
const DEEP: usize = 1;
/// How often is looked for room for those that have none: who made way may let a third one in.
const ROUNDS: usize = 3;
/// So many places are looked at in all: what has none then goes without.
const MOST_LOOKS: usize = 12_000;

/// Which of its places each name takes, by number; the places of each are given the best first, and those who come
/// first choose first.
///
/// Of places of two names that overlap one is taken at most.
pub(super) fn choose(places: &[Vec<Rect>]) -> Vec<Option<usize>> {
    let (chosen, held) = (vec![None; places.len()], vec![false; places.len()]);
    let mut room = Room { places, near: near(places), chosen, held, looks: 0 };
    for i in 0..places.len() {
        room.chosen[i] = room.first_free(i);
    }
    for _ in 0..ROUNDS {
        let waiting: Vec<usize> = (0..places.len()).filter(|i| room.chosen[*i].is_none()).collect();
        let placed = waiting.into_iter().filter(|i| room.make_way(*i, DEEP)).count();
        if placed == 0 {
            break;
        }
    }
    room.chosen
}

/// Who could ever stand in whose way.
fn near(places: &[Vec<Rect>]) -> Vec<Vec<usize>> {
    let around = |all: &Vec<Rect>| all.iter().fold(Rect::NOTHING, |a, b| a | *b);
    let reach: Vec<Rect> = places.iter().map(around).collect();
    let others = |i: usize| (0..reach.len()).filter(|&j| j != i && reach[j].intersects(reach[i])).collect();
    (0..reach.len()).map(others).collect()
}

struct Room<'a> {
    places: &'a [Vec<Rect>],
    near: Vec<Vec<usize>>,
    chosen: Vec<Option<usize>>,
    /// Who has just been given a place, and does not leave it.
    held: Vec<bool>,
    looks: usize,
}

impl Room<'_> {
    fn taken(&self, i: usize) -> Option<Rect> {
        self.chosen[i].and_then(|k| self.places[i].get(k)).copied()
    }

    /// Those whose places overlap `area`.
    fn in_the_way(&self, i: usize, area: Rect) -> impl Iterator<Item = usize> {
        self.near[i].iter().copied().filter(move |&j| self.taken(j).is_some_and(|t| t.intersects(area)))
    }

    /// The first place of `i` where nobody stands.
    fn first_free(&self, i: usize) -> Option<usize> {
        self.places[i].iter().position(|area| self.in_the_way(i, *area).next().is_none())
    }

    /// Gives `i` a place by putting those who stand there elsewhere; `false` where that cannot be.
    fn make_way(&mut self, i: usize, deep: usize) -> bool {
        for (k, &area) in self.places[i].iter().enumerate() {
            self.looks += 1;
            let moved: Vec<usize> = self.in_the_way(i, area).take(MOST_MOVED + 1).collect();
            if moved.len() > MOST_MOVED || moved.iter().any(|&j| self.held[j]) {
                continue;
            }
            let before = self.chosen.clone();
            moved.iter().for_each(|&j| self.chosen[j] = None);
            self.chosen[i] = Some(k);
            self.held[i] = true;
            let is_done = moved.iter().all(|&j| {
                self.looks += self.places[j].len();
                self.chosen[j] = self.first_free(j);
                let may_push = deep > 0 && self.looks < MOST_LOOKS;
                self.chosen[j].is_some() || may_push && self.make_way(j, deep - 1)
            });
            self.held[i] = false;
            if is_done {
                return true;
            }
            self.chosen = before;
            if self.looks >= MOST_LOOKS {
                return false;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    fn at(x: f32) -> Rect {
        Rect::from_min_size(pos2(x, 0.0), vec2(10.0, 5.0))
    }

    #[test]
    fn who_comes_first_has_the_better_place() {
        assert_eq!(choose(&[vec![at(0.0), at(20.0)], vec![at(5.0), at(40.0)]]), [Some(0), Some(1)]);
    }

    #[test]
    fn who_has_another_place_makes_way_for_who_has_none() {
        assert_eq!(choose(&[vec![at(0.0), at(20.0)], vec![at(5.0)]]), [Some(1), Some(0)]);
        let two = [vec![at(0.0), at(30.0)], vec![at(12.0), at(44.0)], vec![at(6.0)]];
        assert_eq!(choose(&two), [Some(1), Some(1), Some(0)]);
        let row = [vec![at(0.0), at(16.0)], vec![at(20.0), at(40.0)], vec![at(5.0)]];
        assert_eq!(choose(&row), [Some(1), Some(1), Some(0)], "one after the other");
    }

    #[test]
    fn who_cannot_have_a_place_takes_nobodys() {
        assert_eq!(choose(&[vec![at(0.0)], vec![at(5.0)], vec![]]), [Some(0), None, None]);
    }
}
