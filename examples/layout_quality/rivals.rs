//! Other programs that lay out graphs, through their own command lines.
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use emath::{Pos2, pos2};

/// Places so many nodes with these edges; nothing when the program is not there.
pub type Run = fn(usize, &[(u32, u32)]) -> Option<Vec<Pos2>>;

/// The rivals by name.
pub const ALL: [(&str, Run); 2] = [("Graphviz sfdp", sfdp), ("d3-force, 300 ticks", d3)];

/// d3-force as its examples set it up, with nodes and edges from standard input.
const D3: &str = "
import {forceSimulation, forceLink, forceManyBody, forceX, forceY} from 'd3-force';
import fs from 'fs';
const [count, ...lines] = fs.readFileSync(0, 'utf8').trim().split('\\n');
const nodes = Array.from({length: +count}, (_, index) => ({index}));
const links = lines.map(l => l.split(' ')).map(([a, b]) => ({source: +a, target: +b}));
const simulation = forceSimulation(nodes).force('link', forceLink(links)).force('charge', forceManyBody())
  .force('x', forceX().strength(0.05)).force('y', forceY().strength(0.05)).stop();
for (let i = 0; i < 300; i++) simulation.tick();
console.log(nodes.map(n => n.x + ' ' + n.y).join('\\n'));
";

fn sfdp(nodes: usize, edges: &[(u32, u32)]) -> Option<Vec<Pos2>> {
    let mut dot = String::from("digraph { node [shape=point];\n");
    (0..nodes).for_each(|i| _ = writeln!(dot, "{i};"));
    edges.iter().for_each(|(a, b)| _ = writeln!(dot, "{a} -> {b};"));
    dot.push_str("}\n");
    let text = answer(Command::new("sfdp").arg("-Tplain"), dot)?;
    let mut places = vec![Pos2::ZERO; nodes];
    for line in text.lines() {
        let mut words = line.split(' ');
        if words.next() == Some("node") {
            let node: usize = words.next()?.parse().ok()?;
            *places.get_mut(node)? = pos2(words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        }
    }
    Some(places)
}

fn d3(nodes: usize, edges: &[(u32, u32)]) -> Option<Vec<Pos2>> {
    let mut input = format!("{nodes}\n");
    edges.iter().for_each(|(a, b)| _ = writeln!(input, "{a} {b}"));
    let text = answer(Command::new("node").args(["--input-type=module", "-e", D3]), input)?;
    let place = |line: &str| {
        let (x, y) = line.split_once(' ')?;
        Some(pos2(x.parse().ok()?, y.parse().ok()?))
    };
    let places: Vec<Pos2> = text.lines().filter_map(place).collect();
    (places.len() == nodes).then_some(places)
}

/// What `command` answers to `input`; nothing when it cannot be run or fails.
fn answer(command: &mut Command, input: String) -> Option<String> {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = piped.spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let writer = std::thread::spawn(move || _ = stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().ok()?;
    _ = writer.join();
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
