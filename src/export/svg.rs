//! The service graph as SVG: the layout of the window, drawn plainly, for documents.
mod labels;

use std::collections::BTreeSet;
use std::fmt::Write;

use emath::{Pos2, Rect};

use super::edge_signs::{EdgeFigures, EdgeSigns, LabelMeans, STEPS, Shade};
use super::line::{plain, xml};
use super::map::{length_text, percent_text, rate_text};
use super::map_forms::Seen;
use crate::graph::{Edge, EdgeKind, Health, NodeKind, ServiceGraph};
use crate::layout::{LABEL_HEIGHT, Layout, LayoutNode, Request, RouteInput, bounds, compute, hulls, routes};
use crate::model::{Nanos, NodeId};
use crate::texts::{fill, texts};

const RADIUS: f32 = 22.0;
/// Width of a letter at the size used.
const LETTER: f32 = 6.6;
/// That of a letter that is as wide as it is high.
const WIDE_LETTER: f32 = 11.5;

fn shown(name: &str) -> String {
    plain(name, 32)
}

/// The colours of a picture.
struct Ink {
    ground: &'static str,
    box_fill: &'static str,
    box_line: &'static str,
    node: &'static str,
    /// Names.
    strong: &'static str,
    /// Letters in nodes and figures on lines.
    text: &'static str,
    /// Everything else that is written.
    muted: &'static str,
    plate: &'static str,
    selected: &'static str,
    health: [&'static str; 4],
    quiet: &'static str,
    errors: [&'static str; STEPS - 1],
    latency: [&'static str; STEPS - 1],
    /// HTTP, RPC, database, messaging, entry.
    protocols: [&'static str; 5],
}

const LIGHT: Ink = Ink {
    ground: "#ffffff",
    box_fill: "#f4f6fa",
    box_line: "#dde3ec",
    node: "#f6f8fa",
    strong: "#16202e",
    text: "#3d4a5c",
    muted: "#5b6878",
    plate: "#d5dce6",
    selected: "#1f6feb",
    health: ["#6b7685", "#2f7d5b", "#a86a00", "#c62f2f"],
    quiet: "#8593a6",
    errors: ["#b58d97", "#bf7478", "#c65557", "#c62f2f"],
    latency: ["#a59a7e", "#b59355", "#b5852c", "#a86a00"],
    protocols: ["#5457c8", "#76751c", "#0e8376", "#b23b8a", "#566174"],
};

const DARK: Ink = Ink {
    ground: "#12161d",
    box_fill: "#171d26",
    box_line: "#2a3442",
    node: "#1d2530",
    strong: "#e8edf4",
    text: "#c3cddb",
    muted: "#94a1b3",
    plate: "#334155",
    selected: "#58a6ff",
    health: ["#8793a3", "#4fb58a", "#e0a53d", "#f0706c"],
    quiet: "#5d6b80",
    errors: ["#7d6470", "#a0686d", "#c86c6c", "#f0706c"],
    latency: ["#7c735e", "#9c8354", "#c0954a", "#e0a53d"],
    protocols: ["#8f92f2", "#b5b457", "#45b8aa", "#dd7cbb", "#94a1b3"],
};

impl Ink {
    fn of(&self, health: Health) -> &'static str {
        match health {
            Health::Unknown => self.health[0],
            Health::Healthy => self.health[1],
            Health::Warning => self.health[2],
            Health::Critical => self.health[3],
        }
    }
}

/// A picture of the graph, with nodes at their places where they have one, and a ring around the node that is
/// selected.
pub fn svg(seen: &Seen<'_>) -> String {
    let (graph, signs) = (&seen.index.graph, seen.signs);
    let ink = if seen.is_dark { &DARK } else { &LIGHT };
    let names: BTreeSet<&str> = seen.boxes.iter().flatten().map(String::as_str).collect();
    let box_of = |id: NodeId| seen.boxes.get(id.0 as usize)?.as_deref();
    let number = |name: &str| names.iter().position(|n| *n == name).map(|n| n as u32);
    let nodes: Vec<LayoutNode> = graph
        .nodes()
        .map(|(id, n)| LayoutNode {
            radius: RADIUS,
            label_width: width_of(&shown(&n.name)).max(92.0),
            group: box_of(id).and_then(number),
            rank_hint: (n.kind == NodeKind::User).then_some(-1),
            ..LayoutNode::default()
        })
        .collect();
    let edges = graph.edges().map(|(_, a, b, e)| (a.0, b.0, e.red.calls() as f32)).collect();
    let place = |id: &str| seen.places.get(id).map(|p| Pos2::new(p.0, p.1)).filter(|p| p.is_finite());
    let pinned = graph.nodes().map(|(_, n)| place(&n.id)).collect();
    let request = Request { pinned, previous: vec![None; nodes.len()], nodes, edges, ..Request::default() };
    let layout = compute(&request);
    let boxes = hulls(&request.nodes, &layout.centres);
    let area = boxes.iter().fold(bounds(&request.nodes, &layout.centres), |all, b| all | b.rect).expand(24.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.0}\" height=\"{:.0}\" viewBox=\"{:.0} {:.0} {:.0} {:.0}\" font-family=\"Inter, Helvetica, Arial, sans-serif\">\n\
         <rect x=\"{:.0}\" y=\"{:.0}\" width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        area.width(),
        area.height(),
        area.min.x,
        area.min.y,
        area.width(),
        area.height(),
        area.min.x,
        area.min.y,
        ink.ground
    );
    tips(graph, signs, ink, &mut out);
    for b in &boxes {
        let name = names.iter().nth(b.group as usize).copied().unwrap_or_default();
        draw_box(b.rect, &shown(name), ink, &mut out);
    }
    let lines = lines(graph, &request, &layout);
    draw_edges(graph, &lines, signs, ink, &mut out);
    draw_nodes(seen, &layout.centres, ink, &mut out);
    // Over the nodes, where lines pass below them.
    draw_labels(graph, &lines, (&request.nodes, &layout.centres), (signs, ink), &mut out);
    draw_legend(graph, signs, Pos2::new(area.min.x + 12.0, area.max.y - 8.0), ink, &mut out);
    let chosen = graph.nodes().zip(&layout.centres).find(|((_, n), _)| Some(n.id.as_str()) == seen.selected);
    if let Some((_, at)) = chosen {
        let (x, y, r) = (at.x, at.y, RADIUS + 6.0);
        let ring = format!("fill=\"none\" stroke=\"{}\" stroke-width=\"2\"", ink.selected);
        let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r}\" {ring}/>");
    }
    out + "</svg>\n"
}

/// From this many lines on each has fewer points.
const MANY_LINES: usize = 2_000;

/// The width of a name; letters of Chinese, Japanese and Korean are as wide as they are high.
fn width_of(name: &str) -> f32 {
    let is_wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..);
    name.chars().map(|c| if is_wide(c) { WIDE_LETTER } else { LETTER }).sum()
}

/// A tip for each colour of lines: few programs know `context-stroke`.
fn tips(graph: &ServiceGraph, signs: EdgeSigns, ink: &Ink, out: &mut String) {
    let stroke = |e: &Edge| stroke(signs.shade_of(&EdgeFigures::of(e, graph.length())), e.health, ink);
    let colours: BTreeSet<&str> = graph.edges().map(|(_, _, _, e)| stroke(e)).collect();
    *out += "<defs>";
    for colour in colours {
        let _ = write!(
            out,
            "<marker id=\"{}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"{colour}\"/></marker>",
            tip(colour)
        );
    }
    *out += "</defs>\n";
}

/// The name of the tip of a colour.
fn tip(colour: &str) -> String {
    format!("tip-{}", colour.trim_start_matches('#'))
}

/// The box of a namespace.
fn draw_box(area: Rect, name: &str, ink: &Ink, out: &mut String) {
    let _ = writeln!(
        out,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"10\" fill=\"{}\" stroke=\"{}\"/>",
        area.left(),
        area.top(),
        area.width(),
        area.height(),
        ink.box_fill,
        ink.box_line
    );
    let (x, y) = (area.left() + 10.0, area.top() + 15.0);
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"10.5\" fill=\"{}\">{}</text>",
        ink.muted,
        xml(name)
    );
}

/// The way of each edge, as the map draws it: past foreign nodes and apart from its counterpart.
fn lines(graph: &ServiceGraph, request: &Request, layout: &Layout) -> Vec<Vec<Pos2>> {
    let ends: Vec<(u32, u32)> = graph.edges().map(|(_, a, b, _)| (a.0, b.0)).collect();
    let (nodes, centres, lanes) = (&request.nodes, &layout.centres, &layout.lanes);
    let input = RouteInput { nodes, centres, edges: &ends, lanes };
    let loop_at = |at: Pos2| {
        // A turn above the node.
        let (x, top) = (at.x, at.y - RADIUS);
        [(-9.0, 0.0), (-17.0, -14.0), (-9.0, -25.0), (0.0, -28.0), (9.0, -25.0), (17.0, -14.0), (9.0, -2.0)]
            .map(|(dx, dy)| Pos2::new(x + dx, top + dy))
            .to_vec()
    };
    // Of very many lines each is told with fewer points.
    let step = if ends.len() > MANY_LINES { 5 } else { 1 };
    let curves = routes(&input).into_iter().zip(&ends);
    let way = |(curve, ends): (crate::layout::Curve, &(u32, u32))| match centres.get(ends.0 as usize) {
        Some(at) if ends.0 == ends.1 => loop_at(*at),
        _ => {
            let last = curve.points.last().copied();
            let inner = curve.points.len().saturating_sub(1);
            curve.points.into_iter().take(inner).step_by(step).chain(last).collect()
        }
    };
    curves.map(way).collect()
}

fn draw_edges(graph: &ServiceGraph, lines: &[Vec<Pos2>], signs: EdgeSigns, ink: &Ink, out: &mut String) {
    for ((_, _, _, e), line) in graph.edges().zip(lines) {
        let figures = EdgeFigures::of(e, graph.length());
        let stroke = stroke(signs.shade_of(&figures), e.health, ink);
        let width = signs.width_of(&figures);
        let mut path = String::new();
        for (i, p) in line.iter().enumerate() {
            let _ = write!(path, "{}{:.1} {:.1}", if i == 0 { 'M' } else { 'L' }, p.x, p.y);
        }
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width:.1}\" stroke-linejoin=\"round\" marker-end=\"url(#{})\"/>",
            tip(stroke)
        );
    }
}

/// Writes the figures on the lines, those of what is ill first; what finds no place is left out.
fn draw_labels(
    graph: &ServiceGraph,
    lines: &[Vec<Pos2>],
    (nodes, centres): (&[LayoutNode], &[Pos2]),
    (signs, ink): (EdgeSigns, &Ink),
    out: &mut String,
) {
    let mut room = labels::Room::new(nodes.iter().zip(centres).map(|(n, c)| n.footprint(*c)));
    let mut all: Vec<_> = graph.edges().map(|(_, _, _, e)| e).zip(lines).collect();
    let weight = |e: &Edge| (e.health, e.red.calls());
    all.sort_by(|a, b| {
        let (a, b) = (weight(a.0), weight(b.0));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    for (e, line) in all {
        let figures = EdgeFigures::of(e, graph.length());
        let texts = label(signs.label, e, &figures, graph.length());
        let Some((text, area)) = room.place(line, &texts, |t| width_of(t) * 9.0 / 11.5) else { continue };
        let is_ill = e.health >= Health::Warning;
        let (text_ink, border) =
            if is_ill { (ink.of(e.health), ink.of(e.health)) } else { (ink.text, ink.plate) };
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{:.1}\" fill=\"{}\" stroke=\"{border}\"/>",
            area.left(),
            area.top(),
            area.width(),
            area.height(),
            area.height() / 2.0,
            ink.ground
        );
        let middle = area.center();
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\" text-anchor=\"middle\" fill=\"{text_ink}\">{}</text>",
            middle.x,
            middle.y + 3.0,
            xml(text)
        );
    }
}

/// The colour of a line.
fn stroke(shade: Shade, health: Health, ink: &Ink) -> &'static str {
    // The lowest step is quiet.
    let step = |steps: &[&'static str], n: u8| {
        usize::from(n).checked_sub(1).and_then(|n| steps.get(n)).copied().unwrap_or(ink.quiet)
    };
    match shade {
        Shade::Health if health >= Health::Warning => ink.of(health),
        Shade::Errors(n) => step(&ink.errors, n),
        Shade::Latency(n) => step(&ink.latency, n),
        Shade::Protocol(EdgeKind::Http) => ink.protocols[0],
        Shade::Protocol(EdgeKind::Rpc) => ink.protocols[1],
        Shade::Protocol(EdgeKind::Database) => ink.protocols[2],
        Shade::Protocol(EdgeKind::Messaging) => ink.protocols[3],
        Shade::Protocol(EdgeKind::Entry) => ink.protocols[4],
        Shade::Health | Shade::Silent | Shade::Protocol(EdgeKind::Other) => ink.quiet,
    }
}

/// What is written on a line, and less of it for where there is no room for all.
fn label(means: LabelMeans, e: &Edge, f: &EdgeFigures, length: Nanos) -> Vec<String> {
    let rate = || f.rate_per_min.map(|_| format!("{}/min", rate_text(&e.red, length)));
    let errors = || f.error_ratio.filter(|r| *r > 0.0).map(|r| percent_text(Some(r)));
    let at = |q: f64| length_text(e.red.quantile(q));
    let joined = |parts: &[Option<String>]| parts.iter().flatten().cloned().collect::<Vec<_>>().join(" · ");
    match means {
        _ if f.calls <= 0.0 => Vec::new(),
        LabelMeans::Figures => {
            vec![
                joined(&[rate(), Some(at(0.95)), errors()]),
                joined(&[rate(), errors()]),
                joined(&[errors()]),
            ]
        }
        LabelMeans::Rate => rate().into_iter().collect(),
        LabelMeans::Latency => vec![[0.5, 0.95, 0.99].map(at).join(" / "), format!("p95 {}", at(0.95))],
        LabelMeans::Errors => vec![percent_text(f.error_ratio)],
        LabelMeans::Timeouts if f.timeouts > 0.0 => vec![format!("{:.0} timeouts", f.timeouts)],
        LabelMeans::Timeouts | LabelMeans::None => Vec::new(),
    }
}

/// The letter in a node.
fn initial(kind: &str) -> char {
    kind.chars().next().unwrap_or('?').to_ascii_uppercase()
}

/// What lines and letters mean, in a line below the picture.
fn draw_legend(graph: &ServiceGraph, signs: EdgeSigns, at: Pos2, ink: &Ink, out: &mut String) {
    let (width, colour, label) = (signs.width.title(), signs.colour.title(), signs.label.title());
    let meanings: [(&str, &dyn std::fmt::Display); 3] =
        [("width", &width), ("colour", &colour), ("label", &label)];
    let kinds: BTreeSet<&str> = graph.nodes().map(|(_, n)| n.kind.name()).collect();
    let letters = kinds.iter().map(|k| format!(" · {} {k}", initial(k)));
    let text = fill(texts().edges.legend_of_a_picture, &meanings) + &letters.collect::<String>();
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\" fill=\"{}\">{}</text>",
        at.x,
        at.y,
        ink.muted,
        xml(&text)
    );
}

fn draw_nodes(seen: &Seen<'_>, centres: &[Pos2], ink: &Ink, out: &mut String) {
    let graph = &seen.index.graph;
    for ((id, n), at) in graph.nodes().zip(centres) {
        let is_dashed = match n.kind {
            NodeKind::External | NodeKind::Unknown => true,
            NodeKind::Service => !n.is_instrumented,
            _ => false,
        };
        let dash = if is_dashed { " stroke-dasharray=\"4 3\"" } else { "" };
        let stroke = ink.of(n.health);
        let r = RADIUS;
        let shape = match n.kind {
            NodeKind::Database | NodeKind::Cache | NodeKind::Queue => format!(
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"6\"",
                at.x - r,
                at.y - r,
                2.0 * r,
                2.0 * r
            ),
            _ => format!("<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{r}\"", at.x, at.y),
        };
        let _ = writeln!(
            out,
            "{shape} fill=\"{}\" stroke=\"{stroke}\" stroke-width=\"2.5\"{dash}><title>{}</title>{}",
            ink.node,
            xml(&n.id),
            if shape.starts_with("<rect") { "</rect>" } else { "</circle>" }
        );
        // A closed group says how many it holds.
        let members = seen.members.get(&id).map(|m| m.len().to_string());
        let initial = members.unwrap_or_else(|| initial(n.kind.name()).to_string());
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"middle\" fill=\"{}\">{initial}</text>",
            at.x,
            at.y + 4.0,
            ink.text
        );
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"11.5\" font-weight=\"600\" text-anchor=\"middle\" fill=\"{}\">{}</text>",
            at.x,
            at.y + r + 15.0,
            ink.strong,
            xml(&shown(&n.name))
        );
        let mut figures =
            vec![format!("{}/min", rate_text(&n.red, graph.length())), length_text(n.red.quantile(0.95))];
        figures.extend(n.red.error_ratio().filter(|r| *r > 0.0).map(|r| percent_text(Some(r))));
        let figures = if n.red.calls() > 0.0 { figures.join(" · ") } else { String::new() };
        let figures_ink = if n.health >= Health::Warning { ink.of(n.health) } else { ink.muted };
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9.5\" text-anchor=\"middle\" fill=\"{figures_ink}\">{}</text>",
            at.x,
            at.y + r + LABEL_HEIGHT * 0.78,
            xml(&figures)
        );
    }
}
