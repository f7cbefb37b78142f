//! Drawings keep their promises: apart, in order, the same each time, and still when told.
use super::*;

/// A made-up checkout system: caller, callee; node names only for reading.
fn shop() -> Request {
    // 0 user, 1 web, 2 gateway, 3 search, 4 catalog, 5 catalog-db, 6 cart, 7 cache,
    // 8 checkout, 9 orders, 10 orders-db, 11 payments, 12 stripe, 13 fraud
    let groups =
        [None, Some(0), Some(0), Some(1), Some(1), Some(1), Some(1), Some(1), Some(2), Some(2), Some(2)];
    let group = |i: usize| groups.get(i).copied().unwrap_or(if i == 12 { None } else { Some(3) });
    let node = |i| LayoutNode { radius: 24.0, label_width: 90.0, group: group(i), ..LayoutNode::default() };
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
        ..LayoutNode::default()
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
fn users_stand_left_of_all_others_however_large_the_map_is() {
    // With boxes, without, and where nearly every box is a single node, as on a map of closed groups.
    for per_group in [15, 0, 1] {
        let mut request = big(300, per_group > 0);
        if per_group == 1 {
            request.nodes.iter_mut().zip(0..).for_each(|(n, i)| n.group = Some(i));
        }
        let user = request.nodes.len();
        request.nodes.push(LayoutNode { rank_hint: Some(-1), group: None, ..request.nodes[0] });
        request.edges.extend((0..300).step_by(40).map(|i| (user as u32, i, 500.0)));
        let layout = compute(&request);
        let left = layout.centres[..user].iter().map(|c| c.x).fold(f32::MAX, f32::min);
        assert!(layout.centres[user].x < left, "{per_group} in a group");
        assert_eq!(overlaps(&request, &layout), 0, "{per_group} in a group");
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
fn what_stays_keeps_its_lanes_too() {
    let mut request = shop();
    let before = compute(&request);
    assert!(before.lanes.iter().any(|l| !l.is_empty()));
    request.previous = before.centres.iter().copied().map(Some).collect();
    assert_eq!(compute(&request), before);
    request.pinned = vec![None; 14];
    request.pinned[2] = Some(before.centres[2] + vec2(-40.0, 90.0));
    let after = compute(&request);
    for (e, (from, to, _)) in request.edges.iter().enumerate() {
        let is_moved = *from == 2 || *to == 2;
        assert!(is_moved && after.lanes[e].is_empty() || !is_moved && after.lanes[e] == before.lanes[e]);
    }
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

#[test]
fn every_mode_keeps_nodes_apart_and_is_the_same_on_any_number_of_cores() {
    for mode in Mode::ALL {
        for (n, grouped) in [(14, true), (200, true), (200, false)] {
            let request = Request { mode, ..if n == 14 { shop() } else { big(n, grouped) } };
            let on = |cores: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().unwrap();
                pool.install(|| compute(&request))
            };
            let layout = on(1);
            assert_eq!(layout, on(3), "{mode:?} {n}");
            assert_eq!(overlaps(&request, &layout), 0, "{mode:?} {n} {grouped}");
        }
    }
}

/// The figures of `mode` on a system of `n` nodes without namespaces.
fn figures(mode: Mode, n: u32) -> quality::Quality {
    let request = Request { mode, ..big(n, false) };
    let edges: Vec<(u32, u32)> = request.edges.iter().map(|e| (e.0, e.1)).collect();
    quality::measure(&request.nodes, &edges, &compute(&request).centres)
}

#[test]
fn forces_keep_distances_and_flow_shows_the_direction_too() {
    let (force, flow) = (figures(Mode::Force, 400), figures(Mode::Flow, 400));
    let random = {
        let request = big(400, false);
        let edges: Vec<(u32, u32)> = request.edges.iter().map(|e| (e.0, e.1)).collect();
        let place = |i: u32| pos2((i * 7919 % 997) as f32 * 20.0, (i * 104_729 % 991) as f32 * 20.0);
        let centres: Vec<Pos2> = (0..400).map(place).collect();
        quality::measure(&request.nodes, &edges, &centres)
    };
    assert!(force.stress < 0.75 * random.stress, "{force:?} {random:?}");
    assert!(force.crossings < 0.6 * random.crossings, "{force:?} {random:?}");
    assert!(flow.flow > force.flow + 0.2, "{flow:?} {force:?}");
}

#[test]
fn a_crowded_ring_is_filled_all_the_way_round_and_lines_lie_between_rings() {
    // One node calls 250, of which every other calls three more.
    let nodes = vec![LayoutNode { radius: 28.0, label_width: 92.0, ..LayoutNode::default() }; 626];
    let near = (1..251).map(|i| (0, i, 1.0));
    let far = (251..626).map(|i| ((i - 251) / 3 * 2 + 1, i, 1.0));
    let request =
        Request { mode: Mode::Radial, nodes, edges: near.chain(far).collect(), ..Request::default() };
    let layout = compute(&request);
    assert_eq!(overlaps(&request, &layout), 0);
    let rings = layout.rings.clone().unwrap();
    assert_eq!((rings.focus, rings.is_chosen, rings.lines.len()), (0, false, 2));
    let at = |i: usize| layout.centres[i] - layout.centres[0];
    let eighth = |i: usize| ((at(i).angle() / std::f32::consts::TAU + 0.5) * 8.0) as usize % 8;
    let mut counts = [0; 8];
    (1..251).for_each(|i| counts[eighth(i)] += 1);
    assert!(counts.iter().all(|c| (16..48).contains(c)), "{counts:?}");
    let inside = |i: &usize| (at(*i) / rings.lines[0]).length() < 1.0;
    assert!((1..251).filter(inside).count() > 225, "the first line is around what is called");
    assert!((251..626).filter(inside).count() < 40, "and around little else");
}

#[test]
fn a_small_map_by_forces_fills_a_window_and_has_room_for_what_stands_on_edges() {
    let request = Request { mode: Mode::Force, ..shop() };
    let layout = compute(&request);
    let size = bounds(&request.nodes, &layout.centres).size();
    assert!((0.8..2.6).contains(&(size.x / size.y)), "{size:?}");
    for &(from, to, _) in &request.edges {
        let print = |i: u32| request.nodes[i as usize].footprint(layout.centres[i as usize]);
        assert!(!print(from).expand2(vec2(30.0, 14.0)).intersects(print(to)), "{from} -> {to}");
    }
    let ahead = |e: &(u32, u32, f32)| layout.centres[e.1 as usize].x - layout.centres[e.0 as usize].x;
    assert!(request.edges.iter().map(ahead).sum::<f32>() > 0.0, "callees lie rather right than left");
}

#[test]
fn rings_have_callers_on_the_left_and_what_is_called_on_the_right() {
    let request = Request { mode: Mode::Radial, focus: Some(8), ..shop() };
    let layout = compute(&request);
    let at = |i: usize| layout.centres[i] - layout.centres[8];
    assert!(at(2).x < 0.0, "the gateway calls checkout");
    for callee in [9, 6, 11] {
        assert!(at(callee).x > 0.0, "checkout calls {callee}");
        assert!(at(callee).length() < at(12).length(), "stripe is a hop farther");
    }
}

#[test]
fn boxes_have_room_for_their_names_where_the_whole_map_is_seen() {
    for n in [100, 300] {
        let mut request = big(n, true);
        request.nodes.iter_mut().for_each(|node| node.radius = 28.0);
        let layout = compute(&request);
        let size = bounds(&request.nodes, &layout.centres).size();
        // The map of a window of 1600 by 1000 points.
        let zoom = (840.0 / size.x).min(690.0 / size.y);
        for hull in &layout.groups {
            let own = request.nodes.iter().zip(&layout.centres).filter(|(n, _)| n.group == Some(hull.group));
            let top = own.map(|(n, c)| n.footprint(*c).top()).fold(f32::MAX, f32::min);
            assert!((top - hull.rect.top()) * zoom > 16.0, "{n}: {}", (top - hull.rect.top()) * zoom);
        }
    }
}

#[test]
fn a_box_stays_around_the_others_when_one_is_put_away_or_something_is_put_between() {
    // Six nodes of a namespace in two columns, and a store right of them.
    let node = |i: usize| LayoutNode {
        radius: 28.0,
        label_width: 92.0,
        group: (i < 6).then_some(0),
        ..LayoutNode::default()
    };
    let nodes: Vec<LayoutNode> = (0..7).map(node).collect();
    let column = |i: usize| pos2(if i == 5 { 200.0 } else { 0.0 }, 110.0 * (i % 5) as f32);
    let at: Vec<Pos2> = (0..6).map(column).chain([pos2(400.0, 0.0)]).collect();
    let inside = |moved: usize, to: Pos2| {
        let mut at = at.clone();
        at[moved] = to;
        let hulls = hulls(&nodes, &at);
        assert_eq!(hulls.len(), 1, "its title stays");
        let print = |i: usize| nodes[i].footprint(at[i]);
        assert!(!hulls[0].rect.intersects(print(6).shrink(1.0)), "and it holds nothing of others");
        (0..6).filter(|i| hulls[0].rect.contains_rect(print(*i))).collect::<Vec<_>>()
    };
    let all = vec![0, 1, 2, 3, 4, 5];
    assert_eq!(inside(6, at[6]), all);
    assert_eq!(inside(5, pos2(200.0, -700.0)), all, "it stretches over free ground");
    assert_eq!(inside(5, pos2(900.0, 0.0)), [0, 1, 2, 3, 4], "behind the store it is left alone");
    assert_eq!(inside(6, pos2(0.0, 535.0)), all, "what touches the lower edge only");
    assert_eq!(inside(6, pos2(200.0, 440.0)), [0, 1, 2, 3, 4], "what stands in a corner: most of them");
    assert_eq!(inside(6, pos2(200.0, 220.0)), [0, 1, 2, 3, 4]);
}

#[test]
fn the_grid_has_a_block_for_each_namespace() {
    let request = Request { mode: Mode::Grid, ..big(200, true) };
    assert_eq!(compute(&request).groups.len(), 14);
    let mut request = Request { mode: Mode::Grid, ..shop() };
    request.nodes[0].rank_hint = Some(-1);
    let centres = compute(&request).centres;
    assert!(centres[1..].iter().all(|c| c.x > centres[0].x && c.y >= centres[0].y), "users come first");
}

#[test]
fn layered_maps_of_any_size_point_right() {
    let mut request = Request { mode: Mode::Layered, ..big(200, false) };
    request.edges.iter_mut().for_each(|e| *e = (e.0.min(e.1), e.0.max(e.1), e.2));
    let layout = compute(&request);
    for e in request.edges.iter().filter(|e| e.0 != e.1) {
        assert!(layout.centres[e.1 as usize].x > layout.centres[e.0 as usize].x, "{e:?}");
    }
}

#[test]
fn layered_maps_have_the_shape_of_a_window_however_long_their_ways_are() {
    let chain = |n: u32| (1..n).map(|i| (i - 1, i, 1.0)).collect::<Vec<_>>();
    // Everybody calls the next thirty, and the last call the first again.
    let cycles = |n: u32| (0..n).flat_map(|i| (1..30).map(move |k| (i, (i + k * k) % n, 1.0))).collect();
    for edges in [chain(300), cycles(300)] {
        let nodes = big(300, false).nodes;
        let request = Request { mode: Mode::Layered, nodes, edges, ..Request::default() };
        let layout = compute(&request);
        let size = bounds(&request.nodes, &layout.centres).size();
        assert!((0.8..2.4).contains(&(size.x / size.y)), "{size:?}");
        assert_eq!(overlaps(&request, &layout), 0);
    }
}

#[test]
fn a_new_node_joins_the_box_of_its_namespace() {
    let request = big(300, true);
    let before = compute(&request);
    let mut grown = request.clone();
    grown.nodes.push(LayoutNode { radius: 18.0, label_width: 90.0, group: Some(3), ..LayoutNode::default() });
    grown.edges.push((200, 300, 5.0));
    grown.previous = before.centres.iter().copied().map(Some).collect();
    let after = compute(&grown);
    assert_eq!(after.centres[..300], before.centres[..]);
    assert_eq!(after.groups.len(), 20, "no box had to go for it");
}

#[test]
fn where_everybody_calls_everybody_there_are_no_lanes() {
    let nodes = big(50, false).nodes;
    let calls =
        |i: u32| (0..50).filter(move |j| *j != i && !(i + j).is_multiple_of(3)).map(move |j| (i, j, 1.0));
    let request = Request { nodes, edges: (0..50).flat_map(calls).collect(), ..Request::default() };
    let layout = compute(&request);
    assert!(layout.lanes.iter().all(Vec::is_empty));
    assert_eq!(overlaps(&request, &layout), 0);
}

#[test]
fn a_map_without_nodes_is_empty_in_every_mode() {
    for mode in Mode::ALL {
        let layout = compute(&Request { mode, focus: Some(0), ..Request::default() });
        assert!(layout.centres.is_empty(), "{}", mode.word());
    }
}

#[test]
fn groups_of_namespaces_have_boxes_around_theirs() {
    let mut request = big(240, true);
    // Of each namespace the last node is a store beside it, and the first eight namespaces lie in two groups.
    for (i, node) in request.nodes.iter_mut().enumerate() {
        let namespace = i as u32 / 15;
        node.outer = (namespace < 8).then_some(100 + namespace / 4);
        if i % 15 == 14 {
            node.group = None;
        }
    }
    let layout = compute(&request);
    assert_eq!(overlaps(&request, &layout), 0);
    let outer: Vec<&GroupHull> = layout.groups.iter().filter(|h| h.is_outer).collect();
    assert_eq!(outer.iter().map(|h| h.group).collect::<Vec<_>>(), [100, 101]);
    for hull in outer {
        let inside = layout.groups.iter().filter(|h| !h.is_outer && hull.rect.contains_rect(h.rect));
        let first = (hull.group - 100) * 4;
        assert_eq!(inside.map(|h| h.group).collect::<Vec<_>>(), (first..first + 4).collect::<Vec<_>>());
        for (node, centre) in request.nodes.iter().zip(&layout.centres) {
            assert_eq!(hull.rect.contains(*centre), node.outer == Some(hull.group));
        }
    }
}

#[test]
fn small_maps_of_groups_in_groups_have_all_their_boxes() {
    // Of the nodes with a namespace each has a host of its own, or three share one.
    for hosts in [1, 3] {
        let mut request = shop();
        for (i, node) in request.nodes.iter_mut().enumerate() {
            node.outer = node.group.map(|g| 1000 + g);
            node.group = node.group.map(|g| 100 * g + (i / hosts) as u32);
        }
        let layout = compute(&request);
        assert_eq!(overlaps(&request, &layout), 0);
        assert!(hull::holds_all(&request.nodes, &layout.centres), "{hosts}");
    }
}

#[test]
fn a_node_that_opens_becomes_a_box_in_its_place_and_only_what_is_in_the_way_moves() {
    for mode in [Mode::Flow, Mode::Force, Mode::Grid] {
        // Nodes 0 to 284 stay; 285 to 299, a namespace, were one node that stood among them.
        let request = Request { mode, ..big(300, true) };
        let mut closed = request.clone();
        closed.nodes.truncate(285);
        closed.nodes.push(LayoutNode { is_group: true, group: None, label_width: 260.0, ..closed.nodes[0] });
        closed.edges.iter_mut().for_each(|e| *e = (e.0.min(285), e.1.min(285), e.2));
        let before = compute(&closed).centres;
        let mut open = request.clone();
        open.previous = (0..300).map(|i| before.get(i).copied().filter(|_| i < 285)).collect();
        open.homes = (0..300).map(|i| (i >= 285).then_some(before[285])).collect();
        open.pinned = vec![None; 300];
        open.pinned[7] = Some(before[7]);
        let after = compute(&open);
        assert_eq!(overlaps(&open, &after), 0, "{mode:?}");
        let hull = after.groups.iter().find(|h| h.group == 19).map(|h| h.rect);
        assert!(hull.is_some_and(|h| h.expand(300.0).contains(before[285])), "{mode:?}: {hull:?}");
        assert_eq!(after.centres[7], before[7]);
        let stay = (0..285).filter(|&i| after.centres[i] == before[i]).count();
        assert!(stay > 100, "{mode:?}: {stay} stay");
        let boxes = |l: &Layout| l.groups.iter().filter(|h| h.group < 19).count();
        assert!(boxes(&after) >= boxes(&compute(&closed)), "{mode:?}: no box is lost");
    }
}
