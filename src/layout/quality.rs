//! How good a drawing is, in the figures that layout studies use.
use emath::{Pos2, Vec2};

use super::reach::Reach;
use super::{LayoutNode, bounds};

/// Sources from which distances are compared; more would only sharpen the third digit.
const MOST_SOURCES: usize = 400;
/// Edges among which all pairs are tried for crossings.
const MOST_CROSSED: usize = 2_400;

/// The figures of one drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// The mean of ((s·drawn − hops) / hops)² over pairs of nodes, at the best scale s; 0 is perfect.
    pub stress: f64,
    /// The share of pairs of edges without a common end that cross.
    pub crossings: f64,
    /// The length of the mean of all unit edge vectors: 1 when all edges point one way.
    pub flow: f64,
    /// Pairs of nodes whose shapes or labels overlap.
    pub overlaps: usize,
}

/// Measures the drawing of `nodes` at `centres`; edges are caller and callee.
pub fn measure(nodes: &[LayoutNode], edges: &[(u32, u32)], centres: &[Pos2]) -> Quality {
    let there = |e: &&(u32, u32)| (e.0.max(e.1) as usize) < centres.len() && e.0 != e.1;
    let edges: Vec<(u32, u32)> = edges.iter().filter(there).copied().collect();
    Quality {
        stress: stress(&edges, centres),
        crossings: crossings(&edges, centres),
        flow: flow(&edges, centres),
        overlaps: overlaps(nodes, centres),
    }
}

fn stress(edges: &[(u32, u32)], centres: &[Pos2]) -> f64 {
    let n = centres.len();
    let reach = Reach::new(n, edges.iter().map(|&(a, b)| (a as usize, b as usize)));
    let (mut ones, mut linear, mut square) = (0.0f64, 0.0f64, 0.0f64);
    for source in (0..n).step_by(n.div_ceil(MOST_SOURCES).max(1)) {
        for (to, &hops) in reach.hops_from(source).iter().enumerate() {
            if hops > 0 && hops < u16::MAX {
                let ratio = f64::from(centres[source].distance(centres[to])) / f64::from(hops);
                ones += 1.0;
                linear += ratio;
                square += ratio * ratio;
            }
        }
    }
    if square == 0.0 || ones == 0.0 { 0.0 } else { 1.0 - linear * linear / square / ones }
}

fn crossings(edges: &[(u32, u32)], centres: &[Pos2]) -> f64 {
    let step = edges.len().div_ceil(MOST_CROSSED).max(1);
    let some: Vec<(u32, u32)> = edges.iter().step_by(step).copied().collect();
    let (mut pairs, mut crossed) = (0u64, 0u64);
    for (k, a) in some.iter().enumerate() {
        for b in &some[k + 1..] {
            if a.0 == b.0 || a.0 == b.1 || a.1 == b.0 || a.1 == b.1 {
                continue;
            }
            let at = |i: u32| centres[i as usize];
            pairs += 1;
            crossed += u64::from(cross(at(a.0), at(a.1), at(b.0), at(b.1)));
        }
    }
    crossed as f64 / pairs.max(1) as f64
}

/// Whether the straight lines from `a` to `b` and from `c` to `d` cross.
fn cross(a: Pos2, b: Pos2, c: Pos2, d: Pos2) -> bool {
    let side = |p: Pos2, q: Pos2, r: Pos2| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}

fn flow(edges: &[(u32, u32)], centres: &[Pos2]) -> f64 {
    let unit = |e: &(u32, u32)| (centres[e.1 as usize] - centres[e.0 as usize]).normalized();
    let sum = edges.iter().map(unit).fold(Vec2::ZERO, |a, b| a + b);
    f64::from(sum.length()) / edges.len().max(1) as f64
}

fn overlaps(nodes: &[LayoutNode], centres: &[Pos2]) -> usize {
    let mut prints: Vec<emath::Rect> =
        nodes.iter().zip(centres).map(|(n, c)| n.footprint(*c).shrink(0.5)).collect();
    prints.sort_by(|a, b| a.left().total_cmp(&b.left()));
    let hits = |i: usize| {
        let near = prints[i + 1..].iter().take_while(|o| o.left() <= prints[i].right());
        near.filter(|o| o.intersects(prints[i])).count()
    };
    (0..prints.len()).map(hits).sum()
}

/// How far the nodes that both drawings have moved, in per cent of the diagonal of the first: mean and most.
///
/// `known` says where each node of the second drawing was in the first.
pub fn movement(nodes: &[LayoutNode], known: &[Option<Pos2>], centres: &[Pos2]) -> (f64, f64) {
    let kept: Vec<(LayoutNode, Pos2)> =
        nodes.iter().zip(known).filter_map(|(n, k)| Some((*n, (*k)?))).collect();
    let (kept_nodes, places): (Vec<_>, Vec<_>) = kept.into_iter().unzip();
    let diagonal = f64::from(bounds(&kept_nodes, &places).size().length()).max(1e-9);
    let ways = known.iter().zip(centres).filter_map(|(k, c)| Some(f64::from((*k)?.distance(*c))));
    let (sum, most, count) =
        ways.fold((0.0, 0.0f64, 0u32), |(sum, most, count), way| (sum + way, most.max(way), count + 1));
    (100.0 * sum / f64::from(count.max(1)) / diagonal, 100.0 * most / diagonal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use emath::pos2;

    fn places(all: &[(f32, f32)]) -> Vec<Pos2> {
        all.iter().map(|&(x, y)| pos2(x, y)).collect()
    }

    #[test]
    fn a_straight_path_is_perfect() {
        let nodes = [LayoutNode { radius: 1.0, ..LayoutNode::default() }; 3];
        let quality = measure(&nodes, &[(0, 1), (1, 2)], &places(&[(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)]));
        assert_eq!(quality, Quality { stress: quality.stress, flow: 1.0, ..Quality::default() });
        assert!(quality.stress.abs() < 1e-9);
    }

    #[test]
    fn a_folded_path_has_the_stress_of_its_ends() {
        // Two of three distances fit at any scale s: 1 − s twice, and the ends meet: 1 for hops 2 drawn 0.
        let centres = places(&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)]);
        let edges = [(0, 1), (1, 2)];
        assert!((stress(&edges, &centres) - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(flow(&edges, &centres), 0.0);
    }

    #[test]
    fn crossings_are_counted_per_pair_without_a_common_end() {
        let square = places(&[(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)]);
        assert_eq!(crossings(&[(0, 1), (2, 3)], &square), 1.0);
        assert_eq!(crossings(&[(0, 2), (3, 1)], &square), 0.0);
        assert_eq!(crossings(&[(0, 1), (2, 3), (0, 3)], &square), 1.0, "the third shares an end with both");
    }

    #[test]
    fn overlaps_count_labels_too() {
        let node = LayoutNode { radius: 10.0, label_width: 60.0, ..LayoutNode::default() };
        let at = |x, y| overlaps(&[node, node], &places(&[(0.0, 0.0), (x, y)]));
        assert_eq!((at(50.0, 0.0), at(61.0, 0.0)), (1, 0));
        assert_eq!((at(0.0, 50.0), at(0.0, 57.0)), (1, 0));
    }

    #[test]
    fn movement_is_told_in_diagonals() {
        let nodes = [LayoutNode::default(); 3];
        let known = [Some(pos2(0.0, 0.0)), Some(pos2(300.0, 364.0)), None];
        let now = places(&[(0.0, 5.0), (300.0, 364.0), (9.0, 9.0)]);
        let (mean, most) = movement(&nodes, &known, &now);
        // The diagonal of 300 × 400 points, labels included, is 500.
        assert!((mean - 0.5).abs() < 1e-6 && (most - 1.0).abs() < 1e-6, "{mean} {most}");
    }
}
