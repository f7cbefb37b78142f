//! The service graph as SVG: the layout of the window, drawn plainly, for documents.
mod labels;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use emath::{Pos2, Rect};

use super::edge_signs::{EdgeFigures, EdgeSigns, LabelMeans, STEPS, Shade};
use super::line::{plain, xml};
use super::map::{length_text, percent_text};
use crate::graph::{Edge, EdgeKind, Health, NodeKind, ServiceGraph};
use crate::layout::{LABEL_HEIGHT, Layout, LayoutNode, Request, RouteInput, bounds, compute, hulls, routes};
use crate::texts::{fill, texts};

const RADIUS: f32 = 22.0;
/// Width of a letter at the size used.
const LETTER: f32 = 6.6;
/// That of a letter that is as wide as it is high.
const WIDE_LETTER: f32 = 11.5;

fn colour(health: Health) -> &'static str {
    match health {
        Health::Critical => "#c62f2f",
        Health::Warning => "#a86a00",
        Health::Healthy => "#2f7d5b",
        Health::Unknown => "#6b7685",
    }
}

fn shown(name: &str) -> String {
    plain(name, 32)
}

/// A picture of the graph, with nodes at these places by id where they have one, and a ring around the node
/// that is selected.
pub fn svg(
    graph: &ServiceGraph,
    places: &BTreeMap<String, (f32, f32)>,
    selected: Option<&str>,
    signs: EdgeSigns,
) -> String {
    let namespaces: BTreeSet<&str> =
        graph.nodes().map(|(_, n)| n.namespace.as_str()).filter(|n| !n.is_empty()).collect();
    let number = |name: &str| namespaces.iter().position(|n| *n == name).map(|n| n as u32);
    let nodes: Vec<LayoutNode> = graph
        .nodes()
        .map(|(_, n)| LayoutNode {
            radius: RADIUS,
            label_width: width_of(&shown(&n.name)).max(92.0),
            group: number(&n.namespace),
            outer: None,
            rank_hint: (n.kind == NodeKind::User).then_some(-1),
        })
        .collect();
    let edges = graph.edges().map(|(_, a, b, e)| (a.0, b.0, e.red.calls() as f32)).collect();
    let place = |id: &str| places.get(id).map(|p| Pos2::new(p.0, p.1)).filter(|p| p.is_finite());
    let pinned = graph.nodes().map(|(_, n)| place(&n.id)).collect();
    let request = Request { pinned, previous: vec![None; nodes.len()], nodes, edges, ..Request::default() };
    let layout = compute(&request);
    let boxes = hulls(&request.nodes, &layout.centres);
    let area = boxes.iter().fold(bounds(&request.nodes, &layout.centres), |all, b| all | b.rect).expand(24.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.0}\" height=\"{:.0}\" viewBox=\"{:.0} {:.0} {:.0} {:.0}\" font-family=\"Inter, Helvetica, Arial, sans-serif\">\n\
         <rect x=\"{:.0}\" y=\"{:.0}\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        area.width(),
        area.height(),
        area.min.x,
        area.min.y,
        area.width(),
        area.height(),
        area.min.x,
        area.min.y
    );
    tips(graph, signs, &mut out);
    for b in &boxes {
        let name = namespaces.iter().nth(b.group as usize).copied().unwrap_or_default();
        draw_box(b.rect, &shown(name), &mut out);
    }
    let lines = lines(graph, &request, &layout);
    draw_edges(graph, &lines, signs, &mut out);
    draw_nodes(graph, &layout.centres, &mut out);
    // Over the nodes, where lines pass below them.
    draw_labels(graph, &lines, (&request.nodes, &layout.centres), signs, &mut out);
    draw_legend(graph, signs, Pos2::new(area.min.x + 12.0, area.max.y - 8.0), &mut out);
    let chosen = graph.nodes().zip(&layout.centres).find(|((_, n), _)| Some(n.id.as_str()) == selected);
    if let Some((_, at)) = chosen {
        let (x, y, r) = (at.x, at.y, RADIUS + 6.0);
        let ring = "fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\"";
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
fn tips(graph: &ServiceGraph, signs: EdgeSigns, out: &mut String) {
    let stroke = |e: &Edge| stroke(signs.shade_of(&EdgeFigures::of(e, graph.length())), e.health);
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
fn draw_box(area: Rect, name: &str, out: &mut String) {
    let _ = writeln!(
        out,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"10\" fill=\"#f4f6fa\" stroke=\"#dde3ec\"/>",
        area.left(),
        area.top(),
        area.width(),
        area.height()
    );
    let (x, y) = (area.left() + 10.0, area.top() + 15.0);
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"10.5\" fill=\"#5b6878\">{}</text>",
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

fn draw_edges(graph: &ServiceGraph, lines: &[Vec<Pos2>], signs: EdgeSigns, out: &mut String) {
    for ((_, _, _, e), line) in graph.edges().zip(lines) {
        let figures = EdgeFigures::of(e, graph.length());
        let stroke = stroke(signs.shade_of(&figures), e.health);
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
    signs: EdgeSigns,
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
        let texts = label(signs.label, e, &figures);
        let Some((text, area)) = room.place(line, &texts, |t| width_of(t) * 9.0 / 11.5) else { continue };
        let is_ill = e.health >= Health::Warning;
        let (ink, border) =
            if is_ill { (colour(e.health), colour(e.health)) } else { ("#4a5667", "#d5dce6") };
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{:.1}\" fill=\"#ffffff\" stroke=\"{border}\"/>",
            area.left(),
            area.top(),
            area.width(),
            area.height(),
            area.height() / 2.0
        );
        let middle = area.center();
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\" text-anchor=\"middle\" fill=\"{ink}\">{}</text>",
            middle.x,
            middle.y + 3.0,
            xml(text)
        );
    }
}

/// The colour of a line.
fn stroke(shade: Shade, health: Health) -> &'static str {
    const QUIET: &str = "#8593a6";
    const ERRORS: [&str; STEPS] = [QUIET, "#b58d97", "#bf7478", "#c65557", "#c62f2f"];
    const LATENCY: [&str; STEPS] = [QUIET, "#a59a7e", "#b59355", "#b5852c", "#a86a00"];
    let step = |steps: [&'static str; STEPS], n: u8| steps.get(usize::from(n)).copied().unwrap_or(QUIET);
    match shade {
        Shade::Health if health >= Health::Warning => colour(health),
        Shade::Errors(n) => step(ERRORS, n),
        Shade::Latency(n) => step(LATENCY, n),
        Shade::Protocol(EdgeKind::Http) => "#5457c8",
        Shade::Protocol(EdgeKind::Rpc) => "#76751c",
        Shade::Protocol(EdgeKind::Database) => "#0e8376",
        Shade::Protocol(EdgeKind::Messaging) => "#b23b8a",
        Shade::Protocol(EdgeKind::Entry) => "#566174",
        Shade::Health | Shade::Silent | Shade::Protocol(EdgeKind::Other) => QUIET,
    }
}

/// What is written on a line, and less of it for where there is no room for all.
fn label(means: LabelMeans, e: &Edge, f: &EdgeFigures) -> Vec<String> {
    let rate = || f.rate_per_min.map(|r| format!("{r:.0}/min"));
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
fn draw_legend(graph: &ServiceGraph, signs: EdgeSigns, at: Pos2, out: &mut String) {
    let (width, colour, label) = (signs.width.title(), signs.colour.title(), signs.label.title());
    let meanings: [(&str, &dyn std::fmt::Display); 3] =
        [("width", &width), ("colour", &colour), ("label", &label)];
    let kinds: BTreeSet<&str> = graph.nodes().map(|(_, n)| n.kind.name()).collect();
    let letters = kinds.iter().map(|k| format!(" · {} {k}", initial(k)));
    let text = fill(texts().edges.legend_of_a_picture, &meanings) + &letters.collect::<String>();
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\" fill=\"#5b6878\">{}</text>",
        at.x,
        at.y,
        xml(&text)
    );
}

fn draw_nodes(graph: &ServiceGraph, centres: &[Pos2], out: &mut String) {
    for ((_, n), at) in graph.nodes().zip(centres) {
        let dash = if n.is_instrumented { "" } else { " stroke-dasharray=\"4 3\"" };
        let stroke = colour(n.health);
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
            "{shape} fill=\"#f6f8fa\" stroke=\"{stroke}\" stroke-width=\"2.5\"{dash}><title>{}</title>{}",
            xml(&n.id),
            if shape.starts_with("<rect") { "</rect>" } else { "</circle>" }
        );
        let initial = initial(n.kind.name());
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"middle\" fill=\"#334155\">{initial}</text>",
            at.x,
            at.y + 4.0
        );
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"11.5\" font-weight=\"600\" text-anchor=\"middle\" fill=\"#16202e\">{}</text>",
            at.x,
            at.y + r + 15.0,
            xml(&shown(&n.name))
        );
        let rate = n.red.rate_per_min(graph.length()).map_or(String::new(), |r| format!("{r:.0}/min · "));
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9.5\" text-anchor=\"middle\" fill=\"#5b6878\">{}</text>",
            at.x,
            at.y + r + LABEL_HEIGHT * 0.78,
            xml(&format!("{rate}{}", length_text(n.red.quantile(0.95))))
        );
    }
}
