//! How long layouts take and how good they are, beside Graphviz `sfdp` and d3-force where those are installed:
//! `cargo run --release --example layout_quality`, with `--all` for the rivals at every size.
//!
//! For d3-force, run it in a folder where `npm install d3-force` was run.
use std::time::Instant;

use emath::Pos2;
use spanscape::layout::quality::{Quality, measure, movement};
use spanscape::layout::{Layout, Mode, Request, compute};

mod rivals;
mod systems;

const SIZES: [usize; 4] = [100, 1_000, 5_000, 10_000];
/// Every figure is the mean over these systems.
const SEEDS: [u64; 3] = [7, 8, 9];
/// Larger graphs take rivals too long for a look in passing.
const MOST_FOR_RIVALS: usize = 1_000;

/// One line of the table, summed over the systems.
#[derive(Clone, Copy, Default)]
struct Row {
    one_core: f64,
    two_cores: f64,
    quality: Quality,
    stable: Option<Stability>,
}

/// What changes move, in per cent of the diagonal.
#[derive(Clone, Copy, Default)]
struct Stability {
    mean: f64,
    most: f64,
    /// The stress of the drawing that has grown.
    stress: f64,
    figures: f64,
}

fn main() {
    let all = std::env::args().any(|a| a == "--all");
    println!("milliseconds are the best of three runs; stress, crossings, flow: spanscape::layout::quality");
    println!(
        "moved, most: how far 5 % more nodes move the others, in % of the diagonal; then the stress with them"
    );
    println!("figures: how far new rates move anything, in % of the diagonal");
    println!(
        "\n{:>6} {:<22}{:>9}{:>9}{:>8}{:>10}{:>6}{:>9}{:>8}{:>7}{:>8}{:>9}",
        "nodes",
        "layout",
        "1 core",
        "2 cores",
        "stress",
        "crossings",
        "flow",
        "overlaps",
        "moved",
        "most",
        "stress",
        "figures"
    );
    for nodes in SIZES {
        for grouped in [false, true] {
            for mode in Mode::ALL {
                let name = format!("{}{}", mode.word(), if grouped { ", namespaces" } else { "" });
                print(nodes, &name, &ours(nodes, grouped, mode));
            }
        }
        for (name, run) in rivals::ALL {
            if all || nodes <= MOST_FOR_RIVALS {
                match rival(nodes, run) {
                    Some(row) => print(nodes, name, &row),
                    None => println!("{nodes:>6} {name:<22} not installed"),
                }
            }
        }
        println!();
    }
}

fn print(nodes: usize, name: &str, row: &Row) {
    let (q, n) = (&row.quality, SEEDS.len() as f64);
    print!("{nodes:>6} {name:<22}{:>9.1}", row.one_core / n);
    let (stress, crossings, flow) = (q.stress / n, q.crossings / n, q.flow / n);
    let Some(stable) = row.stable else {
        return println!("{:>9}{stress:>8.3}{crossings:>10.4}{flow:>6.2}", "");
    };
    print!("{:>9.1}{stress:>8.3}{crossings:>10.4}{flow:>6.2}{:>9}", row.two_cores / n, q.overlaps);
    println!("{:>8.3}{:>7.3}{:>8.3}{:>9.3}", stable.mean / n, stable.most, stable.stress / n, stable.figures);
}

impl Row {
    fn add(&mut self, q: &Quality) {
        self.quality.stress += q.stress;
        self.quality.crossings += q.crossings;
        self.quality.flow += q.flow;
        self.quality.overlaps += q.overlaps;
    }
}

fn ours(nodes: usize, grouped: bool, mode: Mode) -> Row {
    let (mut row, mut stable) = (Row::default(), Stability::default());
    for seed in SEEDS {
        let request = Request { mode, ..systems::system(nodes, seed, grouped) };
        let (one, layout) = timed(1, &request);
        let (two, same) = timed(2, &request);
        assert_eq!(layout, same, "the number of cores changes nothing");
        row.one_core += one;
        row.two_cores += two;
        row.add(&quality(&request, &layout.centres));
        let (before, after) = grown(&request);
        let centres = compute(&after).centres;
        let (mean, most) = movement(&after.nodes, &before, &centres);
        stable.mean += mean;
        stable.most = stable.most.max(most);
        stable.stress += quality(&after, &centres).stress;
        stable.figures = stable.figures.max(new_figures(&request, &layout));
    }
    Row { stable: Some(stable), ..row }
}

/// The best of three runs on so many cores, in milliseconds.
fn timed(cores: usize, request: &Request) -> (f64, Layout) {
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(cores).build() else {
        return (f64::NAN, Layout::default());
    };
    let mut best = (f64::MAX, Layout::default());
    for _ in 0..3 {
        let begin = Instant::now();
        let layout = pool.install(|| compute(request));
        best = (best.0.min(begin.elapsed().as_secs_f64() * 1e3), layout);
    }
    best
}

fn quality(request: &Request, centres: &[Pos2]) -> Quality {
    let edges: Vec<(u32, u32)> = request.edges.iter().map(|e| (e.0, e.1)).collect();
    measure(&request.nodes, &edges, centres)
}

/// Where nodes are while every twentieth is not there yet, and the request once all are.
fn grown(request: &Request) -> (Vec<Option<Pos2>>, Request) {
    let is_new = |i: usize| i % 20 == 19;
    let kept: Vec<usize> = (0..request.nodes.len()).filter(|i| !is_new(*i)).collect();
    let place = |i: u32| kept.binary_search(&(i as usize)).ok().map(|k| k as u32);
    let before = Request {
        nodes: kept.iter().map(|&i| request.nodes[i]).collect(),
        edges: request.edges.iter().filter_map(|e| Some((place(e.0)?, place(e.1)?, e.2))).collect(),
        ..request.clone()
    };
    let mut known = vec![None; request.nodes.len()];
    for (&i, centre) in kept.iter().zip(compute(&before).centres) {
        known[i] = Some(centre);
    }
    (known.clone(), Request { previous: known, ..request.clone() })
}

/// How far anything moves when only rates change.
fn new_figures(request: &Request, layout: &Layout) -> f64 {
    let known: Vec<Option<Pos2>> = layout.centres.iter().copied().map(Some).collect();
    let edges = request.edges.iter().enumerate().map(|(i, e)| (e.0, e.1, e.2 * (i % 7) as f32));
    let changed = Request { edges: edges.collect(), previous: known.clone(), ..request.clone() };
    movement(&request.nodes, &known, &compute(&changed).centres).1
}

/// The quality of a rival's drawing; its time includes the start of its program.
fn rival(nodes: usize, run: rivals::Run) -> Option<Row> {
    let mut row = Row::default();
    for seed in SEEDS {
        let request = systems::system(nodes, seed, false);
        let edges: Vec<(u32, u32)> = request.edges.iter().map(|e| (e.0, e.1)).collect();
        let begin = Instant::now();
        let centres = run(nodes, &edges)?;
        row.one_core += begin.elapsed().as_secs_f64() * 1e3;
        // Their units are their own: overlaps are not counted.
        row.add(&Quality { overlaps: 0, ..quality(&request, &centres) });
    }
    Some(row)
}
