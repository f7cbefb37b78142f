//! Layout of 30 to 10,000 nodes, afresh and with 5 % more nodes than before: `cargo bench --bench layout`.
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use spanscape::layout::compute;

#[path = "../examples/layout_quality/systems.rs"]
mod systems;

fn layout(c: &mut Criterion) {
    let mut group = c.benchmark_group("layout");
    group.sample_size(10);
    for nodes in [30, 100, 300, 1_000, 5_000, 10_000] {
        let request = systems::system(nodes, 7, true);
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
