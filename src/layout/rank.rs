//! Columns: which column each node stands in, callers before callees, with cycles relaxed.
use super::{LayoutNode, Link};

/// The column of each node, from 0, and for each link whether it points left and is read backwards.
pub(super) fn columns(nodes: &[LayoutNode], links: &[Link]) -> (Vec<usize>, Vec<bool>) {
    let position = feedback_order(nodes, links);
    let backwards: Vec<bool> = links.iter().map(|l| position[l.from] > position[l.to]).collect();
    let arcs: Vec<(usize, usize)> = links
        .iter()
        .zip(&backwards)
        .map(|(l, &back)| if back { (l.to, l.from) } else { (l.from, l.to) })
        .collect();
    let mut by_position: Vec<usize> = (0..nodes.len()).collect();
    by_position.sort_by_key(|&i| position[i]);
    let mut column = vec![0; nodes.len()];
    push_right(&mut column, &arcs, &by_position);
    tighten(&mut column, &arcs, &by_position);
    thin_out(&mut column, &arcs, &by_position);
    clear_of_groups(&mut column, nodes, &arcs);
    place_loners(&mut column, nodes, &arcs);
    (column, backwards)
}

/// An order in which few links point backwards (Eades, Lin and Smyth 1993).
fn feedback_order(nodes: &[LayoutNode], links: &[Link]) -> Vec<usize> {
    let n = nodes.len();
    let hint = |i: usize| f32::from(nodes[i].rank_hint.unwrap_or(0)) * 1e3;
    let mut out = vec![0.0f32; n];
    let mut into = vec![0.0f32; n];
    let weight = |l: &Link| 1.0 + (1.0 + l.weight).ln();
    for l in links {
        out[l.from] += weight(l);
        into[l.to] += weight(l);
    }
    let mut left = vec![true; n];
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for _ in 0..n {
        let remaining = || (0..n).filter(|&i| left[i]);
        let sink = remaining().find(|&i| out[i] <= 1e-4 && into[i] > 1e-4);
        let source = || remaining().find(|&i| into[i] <= 1e-4);
        let best = || {
            remaining().max_by(|&a, &b| {
                let gain = |i: usize| out[i] - into[i] - hint(i);
                gain(a).total_cmp(&gain(b)).then(b.cmp(&a))
            })
        };
        let (node, at_end) = match sink {
            Some(i) => (i, true),
            None => match source().or_else(best) {
                Some(i) => (i, false),
                None => break,
            },
        };
        left[node] = false;
        if at_end {
            last.push(node)
        } else {
            first.push(node)
        }
        for l in links {
            if l.from == node {
                into[l.to] -= weight(l);
            } else if l.to == node {
                out[l.from] -= weight(l);
            }
        }
    }
    let mut position = vec![0; n];
    for (place, node) in first.into_iter().chain(last.into_iter().rev()).enumerate() {
        position[node] = place;
    }
    position
}

/// Moves every callee right of its callers.
fn push_right(column: &mut [usize], arcs: &[(usize, usize)], order: &[usize]) {
    for &node in order {
        for &(_, to) in arcs.iter().filter(|a| a.0 == node) {
            column[to] = column[to].max(column[node] + 1);
        }
    }
}

/// Moves nodes with more callees than callers right, up to their nearest callee, so that edges are short.
fn tighten(column: &mut [usize], arcs: &[(usize, usize)], order: &[usize]) {
    for &node in order.iter().rev() {
        let callers = arcs.iter().filter(|a| a.1 == node).count();
        let callees = arcs.iter().filter(|a| a.0 == node);
        let nearest = callees.clone().map(|a| column[a.1]).min();
        if let Some(nearest) = nearest
            && callees.count() > callers
        {
            column[node] = column[node].max(nearest.saturating_sub(1));
        }
    }
}

/// Moves nodes out of columns that are too long into the next one, those with the fewest callees first.
fn thin_out(column: &mut [usize], arcs: &[(usize, usize)], order: &[usize]) {
    let most = 5.max((column.len() as f32).sqrt().ceil() as usize);
    let mut current = 0;
    while current <= column.iter().copied().max().unwrap_or(0) {
        let mut here: Vec<usize> = (0..column.len()).filter(|&i| column[i] == current).collect();
        here.sort_by_key(|&i| (arcs.iter().filter(|a| a.0 == i).count(), i));
        for &node in here.iter().take(here.len().saturating_sub(most)) {
            column[node] += 1;
        }
        push_right(column, arcs, order);
        current += 1;
    }
}

/// Nodes without links fill the emptiest columns of their namespace.
fn place_loners(column: &mut [usize], nodes: &[LayoutNode], arcs: &[(usize, usize)]) {
    let mut settled: Vec<bool> =
        (0..nodes.len()).map(|i| arcs.iter().any(|a| a.0 == i || a.1 == i)).collect();
    for i in 0..nodes.len() {
        if settled[i] {
            continue;
        }
        let mates: Vec<usize> = (0..nodes.len())
            .filter(|&j| settled[j] && nodes[j].company() == nodes[i].company())
            .map(|j| column[j])
            .collect();
        let all = mates.len()
            + nodes.iter().zip(&settled).filter(|(n, s)| !**s && n.company() == nodes[i].company()).count();
        let first = mates.iter().copied().min().unwrap_or(0);
        let last = mates.iter().copied().max().unwrap_or(0).max(first + (all as f32).sqrt() as usize - 1);
        let count = |c: &usize| (mates.iter().filter(|m| *m == c).count(), *c);
        column[i] = (first..=last).min_by_key(count).unwrap_or(0);
        settled[i] = true;
    }
}

/// Moves ends without a namespace, such as external services, right of the namespaces that call them, so that
/// they need not squeeze past the boxes.
fn clear_of_groups(column: &mut [usize], nodes: &[LayoutNode], arcs: &[(usize, usize)]) {
    let ends = (0..nodes.len()).filter(|&i| nodes[i].company().is_none() && arcs.iter().all(|a| a.0 != i));
    let ends: Vec<usize> = ends.collect();
    for i in ends {
        let callers = arcs.iter().filter(|a| a.1 == i).filter_map(|a| nodes[a.0].company());
        let boxes: Vec<u32> = callers.collect();
        let last = (0..nodes.len()).filter(|&j| nodes[j].company().is_some_and(|g| boxes.contains(&g)));
        if let Some(last) = last.map(|j| column[j]).max() {
            column[i] = column[i].max((last + 1).min(column[i] + 2));
        }
    }
}
