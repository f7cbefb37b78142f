//! Made-up systems as companies grow them: teams with an entry, services in tiers, stores, and a few hubs that all call.
use spanscape::layout::{LayoutNode, Request};

/// A system of `nodes` services, the same every time; with `grouped`, teams are namespaces.
pub fn system(nodes: usize, seed: u64, grouped: bool) -> Request {
    let mut random = seed;
    let mut below = |n: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((random >> 33) % n.max(1) as u64) as usize
    };
    // Team sizes from 6 to about 60, most of them small.
    let mut teams: Vec<(usize, usize)> = Vec::new();
    let mut next = 1;
    while next < nodes {
        let size = 6 + below(12) + if below(5) == 0 { below(40) } else { 0 };
        let end = if nodes - next < size + 6 { nodes } else { next + size };
        teams.push((next, end));
        next = end;
    }
    let mut edges: Vec<(u32, u32, f32)> = Vec::new();
    let mut entries: Vec<usize> = vec![0];
    for &(start, end) in &teams {
        // A team is called by the entry of an earlier one, early ones more often.
        let caller = entries[below(entries.len()).min(below(entries.len()))];
        edges.push((caller as u32, start as u32, 1.0 + below(900) as f32));
        for to in start + 1..end {
            let from = start + below(to - start).min(below(to - start));
            edges.push((from as u32, to as u32, 1.0 + below(900) as f32));
            if below(10) < 3 {
                let other = start + below(to - start);
                edges.push((other as u32, to as u32, 1.0 + below(90) as f32));
            }
        }
        // Three of ten services call another team: mostly its entry, or one of the hubs.
        for from in start..end {
            if below(10) < 3 {
                let (s, e) = teams[below(teams.len())];
                let to = if below(3) > 0 { s } else { s + below(e - s) };
                edges.push((from as u32, to as u32, 1.0 + below(90) as f32));
            }
        }
        entries.push(start);
    }
    edges.retain(|e| e.0 != e.1);
    let team = |i: usize| teams.iter().position(|t| (t.0..t.1).contains(&i)).map(|t| t as u32);
    let node = |i: usize| LayoutNode {
        radius: 28.0,
        label_width: 92.0 + (i % 5) as f32 * 12.0,
        group: if grouped { team(i) } else { None },
        rank_hint: (i == 0).then_some(-1),
        ..LayoutNode::default()
    };
    Request { nodes: (0..nodes).map(node).collect(), edges, ..Request::default() }
}
