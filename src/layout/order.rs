//! Who stands above whom in the columns, and how high: few crossings, level edges, namespaces together.
use std::collections::BTreeMap;

use super::layered::Item;

/// Room between two namespace boxes, and between a box and a foreign node, beyond their own gaps.
const GROUP_GAP: f32 = 30.0;
/// How much every item is pulled to the middle, as against ties of about one.
const GRAVITY: f32 = 0.06;
/// The same for the last placing, when it only has to decide what ties leave open.
const LEAST_GRAVITY: f32 = 0.004;
/// What a crossing costs, as against a tie that rises by this many world points.
const CROSSING: f32 = 260.0;

/// Items with their ties, and how far apart any two must be when one is above the other.
pub(super) struct Problem {
    n: usize,
    ties: Vec<(usize, usize, f32)>,
    neighbours: Vec<Vec<(usize, f32)>>,
    /// The block of each item: its namespace, or itself.
    block: Vec<usize>,
    /// For each item, those that it can meet.
    meets: Vec<Vec<usize>>,
    /// `apart[above * n + below]`; negative infinity when the two never meet.
    apart: Vec<f32>,
    column: Vec<usize>,
}

impl Problem {
    pub(super) fn new(items: &[Item], ties: Vec<(usize, usize, f32)>) -> Self {
        let n = items.len();
        let mut neighbours = vec![Vec::new(); n];
        for &(a, b, w) in &ties {
            neighbours[a].push((b, w));
            neighbours[b].push((a, w));
        }
        let mut span: BTreeMap<u32, (usize, usize, usize)> = BTreeMap::new();
        for (i, item) in items.iter().enumerate() {
            if let Some(group) = item.group {
                let s = span.entry(group).or_insert((item.column, item.column, i));
                *s = (s.0.min(item.column), s.1.max(item.column), s.2);
            }
        }
        let reach = |i: usize| items[i].group.and_then(|g| span.get(&g).copied());
        let block = (0..n).map(|i| reach(i).map_or(i, |s| s.2)).collect();
        let mut apart = vec![f32::NEG_INFINITY; n * n];
        for a in 0..n {
            for b in (0..n).filter(|&b| b != a) {
                if let Some(gap) = gap(&items[a], &items[b], reach(a), reach(b)) {
                    apart[a * n + b] = items[a].below + items[b].above + gap;
                }
            }
        }
        let meet = |a: usize| (0..n).filter(|b| apart[a * n + b].is_finite()).collect();
        let meets = (0..n).map(meet).collect();
        Self { n, ties, neighbours, block, meets, apart, column: items.iter().map(|i| i.column).collect() }
    }

    /// Heights near `wanted` that keep `order` and all distances.
    ///
    /// One pass pushes down and one pushes up; the mean of two solutions is a solution.
    fn settle(&self, order: &[usize], wanted: &[f32]) -> Vec<f32> {
        let n = self.n;
        let place = self.places(order);
        let (mut down, mut up) = (wanted.to_vec(), wanted.to_vec());
        for &i in order {
            for &j in self.meets[i].iter().filter(|j| place[**j] < place[i]) {
                down[i] = down[i].max(down[j] + self.apart[j * n + i]);
            }
        }
        for &i in order.iter().rev() {
            for &j in self.meets[i].iter().filter(|j| place[**j] > place[i]) {
                up[i] = up[i].min(up[j] - self.apart[i * n + j]);
            }
        }
        down.iter().zip(&up).map(|(d, u)| (d + u) / 2.0).collect()
    }

    /// Where each item stands in `order`.
    fn places(&self, order: &[usize]) -> Vec<usize> {
        let mut place = vec![0; self.n];
        for (k, &i) in order.iter().enumerate() {
            place[i] = k;
        }
        place
    }

    /// The mean height of the neighbours of each item, of the left, the right or both.
    fn wanted(&self, y: &[f32], side: Side) -> Vec<f32> {
        let counts = |i: usize, j: usize| match side {
            Side::Left => self.column[j] < self.column[i],
            Side::Right => self.column[j] > self.column[i],
            Side::Both => true,
        };
        let home = self.homes(y);
        let mean = |i: usize| {
            let near = self.neighbours[i].iter().filter(|(j, _)| counts(i, *j));
            let start = (home[i] * GRAVITY, GRAVITY);
            let (sum, weight) = near.fold(start, |(s, w), (j, k)| (s + y[*j] * k, w + k));
            sum / weight
        };
        (0..self.n).map(mean).collect()
    }

    /// Where each item would go without ties: between the middle of its block and the middle of all.
    fn homes(&self, y: &[f32]) -> Vec<f32> {
        let all = y.iter().sum::<f32>() / self.n.max(1) as f32;
        let mut sums = vec![(0.0f32, 0.0f32); self.n];
        for (y, &block) in y.iter().zip(&self.block) {
            sums[block] = (sums[block].0 + y, sums[block].1 + 1.0);
        }
        self.block.iter().map(|&b| (sums[b].0 / sums[b].1.max(1.0) + all) / 2.0).collect()
    }

    /// Items sorted by the mean height of their block, then by their own.
    fn sorted(&self, key: &[f32]) -> Vec<usize> {
        let mut sums = vec![(0.0f32, 0.0f32); self.n];
        for i in 0..self.n {
            let sum = &mut sums[self.block[i]];
            *sum = (sum.0 + key[i], sum.1 + 1.0);
        }
        let mean = |i: usize| sums[self.block[i]].0 / sums[self.block[i]].1.max(1.0);
        let mut order: Vec<usize> = (0..self.n).collect();
        order.sort_by(|&a, &b| {
            let blocks = mean(a).total_cmp(&mean(b)).then(self.block[a].cmp(&self.block[b]));
            blocks.then(key[a].total_cmp(&key[b])).then(a.cmp(&b))
        });
        order
    }

    fn cost(&self, y: &[f32]) -> f32 {
        let rise: f32 = self.ties.iter().map(|&(a, b, w)| (y[a] - y[b]).abs() * w).sum();
        let (mut top, mut bottom) = (f32::MAX, f32::MIN);
        for y in y {
            (top, bottom) = (top.min(*y), bottom.max(*y));
        }
        rise + CROSSING * self.crossings(y) as f32 + (bottom - top).max(0.0)
    }

    fn crossings(&self, y: &[f32]) -> usize {
        let ends = |t: &(usize, usize, f32)| {
            if self.column[t.0] <= self.column[t.1] { (t.0, t.1) } else { (t.1, t.0) }
        };
        let mut count = 0;
        for (k, t) in self.ties.iter().enumerate() {
            let (a, b) = ends(t);
            for u in &self.ties[k + 1..] {
                let (c, d) = ends(u);
                let meet = self.column[a] == self.column[c] && a != c && b != d;
                count += usize::from(meet && (y[a] - y[c]) * (y[b] - y[d]) < 0.0);
            }
        }
        count
    }

    /// A few damped rounds towards the neighbours: quick, and good enough to compare orders by.
    fn refine(&self, order: &[usize], mut y: Vec<f32>, rounds: usize) -> Vec<f32> {
        for _ in 0..rounds {
            let mut wanted = self.wanted(&y, Side::Both);
            for (wanted, y) in wanted.iter_mut().zip(&y) {
                *wanted = (*wanted + *y) / 2.0;
            }
            y = self.settle(order, &wanted);
        }
        y
    }

    /// Moves single items, items with all that lean on them, and whole blocks to where their ties are shortest.
    ///
    /// Every move shortens the ties or goes to the middle, so this cannot drift.
    fn level(&self, order: &[usize], y: &mut [f32], rounds: usize) {
        let place = self.places(order);
        let mut blocks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &i in order {
            blocks.entry(self.block[i]).or_default().push(i);
        }
        blocks.retain(|_, members| members.len() > 1);
        for _ in 0..rounds {
            let home = self.homes(y);
            let mut moved = 0.0f32;
            for k in (0..self.n).chain((0..self.n).rev()) {
                let i = order[k];
                moved = moved.max(self.shift(&place, &home, y, &[i]));
                for below in [true, false] {
                    let heap = self.leaning(&place, y, i, below);
                    if heap.len() > 1 {
                        moved = moved.max(self.shift(&place, &home, y, &heap));
                    }
                }
            }
            for members in blocks.values() {
                moved = moved.max(self.shift(&place, &home, y, members));
            }
            if moved < 0.2 {
                break;
            }
        }
    }

    /// `i` and everything that touches it from below (or above), directly or through others.
    fn leaning(&self, place: &[usize], y: &[f32], i: usize, below: bool) -> Vec<usize> {
        let mut heap = vec![i];
        let mut inside = vec![false; self.n];
        inside[i] = true;
        let mut next = 0;
        while next < heap.len() {
            let a = heap[next];
            for &b in self.meets[a].iter().filter(|b| (place[**b] > place[a]) == below) {
                let room = if below { self.apart[a * self.n + b] } else { self.apart[b * self.n + a] };
                let gap = if below { y[b] - y[a] } else { y[a] - y[b] };
                if gap - room < 0.5 && !std::mem::replace(&mut inside[b], true) {
                    heap.push(b);
                }
            }
            next += 1;
        }
        heap
    }

    /// Moves `set` together to where its ties to others are shortest, as far as there is room; says how far.
    fn shift(&self, place: &[usize], home: &[f32], y: &mut [f32], set: &[usize]) -> f32 {
        let mut inside = vec![false; self.n];
        set.iter().for_each(|&a| inside[a] = true);
        let (mut pull, mut weight) = (0.0, 0.0);
        for &a in set {
            pull += (home[a] - y[a]) * LEAST_GRAVITY;
            weight += LEAST_GRAVITY;
            for &(b, w) in self.neighbours[a].iter().filter(|(b, _)| !inside[*b]) {
                pull += (y[b] - y[a]) * w;
                weight += w;
            }
        }
        let mut by = pull / weight;
        for &a in set {
            for &b in self.meets[a].iter().filter(|b| !inside[**b]) {
                if place[b] > place[a] {
                    by = by.min((y[b] - self.apart[a * self.n + b] - y[a]).max(0.0));
                } else {
                    by = by.max((y[b] + self.apart[b * self.n + a] - y[a]).min(0.0));
                }
            }
        }
        set.iter().for_each(|&a| y[a] += by);
        by.abs()
    }
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
    Both,
}

type Reach = Option<(usize, usize, usize)>;

/// The room to keep between `a` and `b` beyond their own, or nothing when they never meet.
fn gap(a: &Item, b: &Item, a_reach: Reach, b_reach: Reach) -> Option<f32> {
    let within = |column: usize, reach: (usize, usize, usize)| (reach.0..=reach.1).contains(&column);
    let same_column = (a.column == b.column).then_some(0.0);
    if a.group == b.group || a.is_lane && a.group.is_none() || b.is_lane && b.group.is_none() {
        return same_column;
    }
    let meet = match (a_reach, b_reach) {
        (Some(a), Some(b)) => a.0 <= b.1 && b.0 <= a.1,
        (Some(a), None) => within(b.column, a),
        (None, Some(b)) => within(a.column, b),
        (None, None) => false,
    };
    if meet { Some(GROUP_GAP) } else { same_column }
}

/// The best heights found.
pub(super) fn arrange(problem: &Problem) -> Vec<f32> {
    let mut y: Vec<f32> = (0..problem.n).map(|i| i as f32 * 10.0).collect();
    let mut best: Option<(f32, Vec<usize>, Vec<f32>)> = None;
    for round in 0..48 {
        let side = match round % 4 {
            0 => Side::Left,
            2 => Side::Right,
            _ => Side::Both,
        };
        let wanted = problem.wanted(&y, side);
        let order = problem.sorted(&wanted);
        y = problem.settle(&order, &wanted);
        let settled = problem.refine(&order, y.clone(), 4);
        let cost = problem.cost(&settled);
        if best.as_ref().is_none_or(|b| cost < b.0 - 0.5) {
            best = Some((cost, order, settled));
        }
    }
    let Some((cost, order, y)) = best else { return y };
    let (order, mut y) = swap_neighbours(problem, cost, order, y);
    let rounds = if problem.n < 100 {
        24
    } else if problem.n < 220 {
        8
    } else {
        4
    };
    problem.level(&order, &mut y, rounds);
    y
}

/// Tries to exchange items or whole blocks that follow each other, while that helps.
///
/// The number of tries falls with the size of the problem, so that the time stays bounded.
fn swap_neighbours(
    problem: &Problem,
    mut cost: f32,
    mut order: Vec<usize>,
    mut y: Vec<f32>,
) -> (Vec<usize>, Vec<f32>) {
    let mut tries = 2_000_000 / (problem.n * problem.n + 1);
    let mut helped = true;
    while helped && tries > 0 {
        helped = false;
        for whole_blocks in [true, false] {
            let mut k = 0;
            let mut candidates = exchanges(problem, &order, whole_blocks);
            while k < candidates.len() && tries > 0 {
                tries -= 1;
                let placed = problem.refine(&candidates[k], y.clone(), 5);
                let new = problem.cost(&placed);
                if new < cost - 0.5 {
                    (cost, y, helped) = (new, placed, true);
                    order = candidates.swap_remove(k);
                    candidates = exchanges(problem, &order, whole_blocks);
                }
                k += 1;
            }
        }
    }
    (order, y)
}

/// Every order that differs from `order` by one exchange of neighbours that can meet.
fn exchanges(problem: &Problem, order: &[usize], whole_blocks: bool) -> Vec<Vec<usize>> {
    let block = |k: usize| problem.block[order[k]];
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for k in 0..order.len() {
        match runs.last_mut() {
            Some(run) if whole_blocks && block(run.0) == block(k) => run.1 = k + 1,
            _ => runs.push((k, k + 1)),
        }
    }
    let mut out = Vec::new();
    for (k, upper) in runs.iter().enumerate() {
        let meets = |lower: &&(usize, usize)| {
            let pairs = order[upper.0..upper.1]
                .iter()
                .flat_map(|&a| order[lower.0..lower.1].iter().map(move |&b| (a, b)));
            pairs.into_iter().any(|(a, b)| problem.apart[a * problem.n + b].is_finite())
        };
        let Some(lower) = runs[k + 1..].iter().find(meets) else { continue };
        if !whole_blocks && block(upper.0) != block(lower.0) {
            continue;
        }
        let mut changed = order[..upper.0].to_vec();
        changed.extend(&order[lower.0..lower.1]);
        changed.extend(&order[upper.0..upper.1]);
        changed.extend(&order[upper.1..lower.0]);
        changed.extend(&order[lower.1..]);
        out.push(changed);
    }
    out
}
