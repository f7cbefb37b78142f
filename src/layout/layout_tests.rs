//! Drawings keep their promises: apart, in order, the same each time, and still when told.
use super::*;

/// A made-up checkout system: caller, callee; node names only for reading.
fn shop() -> Request {
    // 0 user, 1 web, 2 gateway, 3 search, 4 catalog, 5 catalog-db, 6 cart, 7 cache,
    // 8 checkout, 9 orders, 10 orders-db, 11 payments, 12 stripe, 13 fraud
    let groups =
        [None, Some(0), Some(0), Some(1), Some(1), Some(1), Some(1), Some(1), Some(2), Some(2), Some(2)];
    let group = |i: usize| groups.get(i).copied().unwrap_or(if i == 12 { None } else { Some(3) });
    let node = |i| LayoutNode { radius: 24.0, label_width: 90.0, group: group(i), rank_hint: None };
    let edges = [
        (0, 1),
        (1, 2),
        (2, 3),
        (2, 4),
        (3, 4),
        (4, 5),
        (2, 6),
        (6, 7),
        (2, 8),
        (8, 9),
        (8, 6),
        (8, 11),
        (9, 10),
        (11, 12),
        (11, 13),
    ];
    Request {
        nodes: (0..14).map(node).collect(),
        edges: edges.iter().map(|&(a, b)| (a, b, 100.0)).collect(),
        ..Request::default()
    }
}

/// `n` nodes in namespaces of about 15, each calling up to three others with higher numbers, and some back.
fn big(n: u32, grouped: bool) -> Request {
    let mut seed = 7u32;
    let mut draw = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below.max(1)
    };
    let mut edges = Vec::new();
    for i in 0..n {
        for _ in 0..1 + draw(3) {
            let inside = draw(10) < 7;
            let to = if inside { i / 15 * 15 + draw(15) } else { draw(n) };
            edges.push((i, to.min(n - 1), 1.0 + draw(900) as f32));
        }
    }
    let node = |i: u32| LayoutNode {
        radius: 18.0,
        label_width: 90.0,
        group: grouped.then_some(i / 15),
        rank_hint: None,
    };
    Request { nodes: (0..n).map(node).collect(), edges, ..Request::default() }
}

fn overlaps(request: &Request, layout: &Layout) -> usize {
    let prints: Vec<Rect> = request.nodes.iter().zip(&layout.centres).map(|(n, c)| n.footprint(*c)).collect();
    let hits = |i: usize| prints[i + 1..].iter().filter(|o| o.shrink(0.5).intersects(prints[i])).count();
    (0..prints.len()).map(hits).sum()
}

#[test]
fn a_small_map_reads_from_left_to_right_without_overlaps() {
    let request = shop();
    let layout = compute(&request);
    assert_eq!(overlaps(&request, &layout), 0);
    for &(from, to, _) in &request.edges {
        let way = layout.centres[to as usize].x - layout.centres[from as usize].x;
        assert!(way >= COLUMN - 1.0, "{from} -> {to} goes {way}");
    }
    assert_eq!(layout.groups.len(), 4, "every namespace has its box");
}

#[test]
fn curves_pass_no_foreign_node() {
    let request = shop();
    let layout = compute(&request);
    let edges: Vec<(u32, u32)> = request.edges.iter().map(|e| (e.0, e.1)).collect();
    let input =
        RouteInput { nodes: &request.nodes, centres: &layout.centres, edges: &edges, lanes: &layout.lanes };
    for (curve, edge) in routes(&input).iter().zip(&edges) {
        for (i, centre) in layout.centres.iter().enumerate() {
            let foreign = i as u32 != edge.0 && i as u32 != edge.1;
            let near = curve.points.iter().map(|p| p.distance(*centre)).fold(f32::MAX, f32::min);
            assert!(!foreign || near > 24.0, "{edge:?} passes {i} at {near}");
        }
    }
}

#[test]
fn cycles_and_broken_edges_are_laid_out_too() {
    let mut request = shop();
    request.edges.extend([(9, 2, 1.0), (13, 8, f32::NAN), (3, 3, 1.0), (99, 1, 1.0)]);
    let layout = compute(&request);
    assert_eq!(overlaps(&request, &layout), 0);
    assert!(layout.centres.iter().all(|c| c.is_finite()));
    assert_eq!(compute(&Request::default()), Layout::default());
}

#[test]
fn the_same_request_gives_the_same_drawing() {
    for request in [shop(), big(150, true), big(150, false)] {
        assert_eq!(compute(&request), compute(&request));
    }
}

#[test]
fn large_maps_keep_boxes_and_nodes_apart() {
    for grouped in [true, false] {
        let request = big(300, grouped);
        let layout = compute(&request);
        assert_eq!(overlaps(&request, &layout), 0, "grouped: {grouped}");
        assert_eq!(layout.groups.len(), if grouped { 20 } else { 0 });
        let area = bounds(&request.nodes, &layout.centres);
        let aspect = area.width() / area.height();
        assert!((1.0..2.6).contains(&aspect), "grouped: {grouped}, aspect {aspect}");
    }
}

#[test]
fn known_nodes_stay_and_new_ones_stand_beside_their_neighbours() {
    let request = shop();
    let before = compute(&request);
    let mut grown = request.clone();
    grown.nodes.push(LayoutNode { radius: 24.0, label_width: 90.0, ..LayoutNode::default() });
    grown.edges.push((9, 14, 5.0));
    grown.previous = before.centres.iter().copied().map(Some).collect();
    let after = compute(&grown);
    assert_eq!(after.centres[..14], before.centres[..]);
    assert!(after.centres[14].distance(before.centres[9]) < 3.0 * COLUMN);
    assert_eq!(overlaps(&grown, &after), 0);
}

#[test]
fn pinned_nodes_never_move() {
    let mut request = shop();
    request.pinned = vec![None; 14];
    request.pinned[8] = Some(pos2(500.0, 900.0));
    let layout = compute(&request);
    assert_eq!(layout.centres[8], pos2(500.0, 900.0));
    assert_eq!(overlaps(&request, &layout), 0);
}
