//! Layout of 100 to 5000 nodes, afresh and with 5 % more nodes than before: `cargo bench --bench layout`.
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use spanscape::layout::{LayoutNode, Request, compute};

/// Tiers with hubs: each node has one first caller, and two of three have another.
fn system(nodes: usize) -> Request {
    let mut random = 7u64;
    let mut below = |n: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((random >> 33) % n as u64) as usize
    };
    let mut edges = Vec::new();
    for to in 1..nodes {
        let from = below(to).min(below(to));
        edges.push((from as u32, to as u32, 1.0 + below(100) as f32));
        if below(3) > 0 {
            edges.push((below(to) as u32, to as u32, 1.0 + below(10) as f32));
        }
    }
    let node = |i: usize| LayoutNode {
        radius: 28.0,
        label_width: 92.0 + (i % 5) as f32 * 12.0,
        group: (i % 4 != 0).then_some((i * 12 / nodes) as u32),
        rank_hint: (i == 0).then_some(-1),
    };
    Request {
        nodes: (0..nodes).map(node).collect(),
        edges,
        pinned: vec![None; nodes],
        previous: vec![None; nodes],
    }
}

fn layout(c: &mut Criterion) {
    let mut group = c.benchmark_group("layout");
    group.sample_size(10);
    for nodes in [30, 100, 300, 1000, 5000] {
        let request = system(nodes);
        group.bench_with_input(BenchmarkId::new("afresh", nodes), &request, |b, r| {
            b.iter(|| black_box(compute(r)))
        });
        let old = compute(&request);
        let mut grown = request.clone();
        let known = nodes - nodes / 20;
        grown.previous = old.centres.iter().enumerate().map(|(i, c)| (i < known).then_some(*c)).collect();
        group.bench_with_input(BenchmarkId::new("grown", nodes), &grown, |b, r| {
            b.iter(|| black_box(compute(r)))
        });
    }
    group.finish();
}

criterion_group!(benches, layout);
criterion_main!(benches);
