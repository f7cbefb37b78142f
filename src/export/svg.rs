//! The service graph as SVG: the layout of the window, drawn plainly, for documents.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use emath::{Pos2, Vec2};

use super::edge_signs::{EdgeFigures, EdgeSigns, LabelMeans, STEPS, Shade};
use super::line::{plain, xml};
use super::map::{length_text, percent_text};
use crate::graph::{Edge, EdgeKind, Health, NodeKind, ServiceGraph};
use crate::layout::{LABEL_HEIGHT, LayoutNode, Request, bounds, compute};
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
    let nodes: Vec<LayoutNode> = graph
        .nodes()
        .map(|(_, n)| LayoutNode {
            radius: RADIUS,
            label_width: width_of(&shown(&n.name)).max(92.0),
            group: None,
            outer: None,
            rank_hint: (n.kind == NodeKind::User).then_some(-1),
        })
        .collect();
    let edges = graph.edges().map(|(_, a, b, e)| (a.0, b.0, e.red.calls() as f32)).collect();
    let place = |id: &str| places.get(id).map(|p| Pos2::new(p.0, p.1)).filter(|p| p.is_finite());
    let pinned = graph.nodes().map(|(_, n)| place(&n.id)).collect();
    let request = Request { pinned, previous: vec![None; nodes.len()], nodes, edges, ..Request::default() };
    let layout = compute(&request);
    let area = bounds(&request.nodes, &layout.centres).expand(24.0);
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
    draw_edges(graph, &layout.centres, signs, &mut out);
    draw_nodes(graph, &layout.centres, &mut out);
    draw_legend(signs, Pos2::new(area.min.x + 12.0, area.max.y - 8.0), &mut out);
    let chosen = graph.nodes().zip(&layout.centres).find(|((_, n), _)| Some(n.id.as_str()) == selected);
    if let Some((_, at)) = chosen {
        let (x, y, r) = (at.x, at.y, RADIUS + 6.0);
        let ring = "fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\"";
        let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r}\" {ring}/>");
    }
    out + "</svg>\n"
}

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

/// The line of an edge, and where its label goes.
fn line(from: Pos2, to: Pos2) -> (String, Pos2) {
    if from == to {
        let (x, top) = (from.x, from.y - RADIUS);
        let path = format!(
            "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            x - 8.0,
            top,
            x - 30.0,
            top - 34.0,
            x + 30.0,
            top - 34.0,
            x + 9.0,
            top - 2.0
        );
        return (path, Pos2::new(x, top - 28.0));
    }
    let along = (to - from).normalized();
    let (start, end) = (from + along * (RADIUS + 2.0), to - along * (RADIUS + 4.0));
    let bow = Vec2::new(-along.y, along.x) * ((to - from).length() * 0.08);
    let middle = start + (end - start) * 0.5 + bow;
    let path =
        format!("M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}", start.x, start.y, middle.x, middle.y, end.x, end.y);
    (path, start + (end - start) * 0.5 + bow * 0.5)
}

fn draw_edges(graph: &ServiceGraph, centres: &[Pos2], signs: EdgeSigns, out: &mut String) {
    for (_, a, b, e) in graph.edges() {
        let (Some(from), Some(to)) = (centres.get(a.0 as usize), centres.get(b.0 as usize)) else { continue };
        let (path, at) = line(*from, *to);
        let figures = EdgeFigures::of(e, graph.length());
        let stroke = stroke(signs.shade_of(&figures), e.health);
        let width = signs.width_of(&figures);
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width:.1}\" marker-end=\"url(#{})\"/>",
            tip(stroke)
        );
        let text = label(signs.label, e, &figures);
        if text.is_empty() {
            continue;
        }
        let shade = if e.health >= Health::Warning { colour(e.health) } else { "#4a5667" };
        // The white around it is a text of its own: few programs know `paint-order`.
        for paint in ["fill=\"#ffffff\" stroke=\"#ffffff\" stroke-width=\"3\"", &format!("fill=\"{shade}\"")]
        {
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\" text-anchor=\"middle\" {paint}>{}</text>",
                at.x,
                at.y + 3.0,
                xml(&text)
            );
        }
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

/// What is written on a line.
fn label(means: LabelMeans, e: &Edge, f: &EdgeFigures) -> String {
    let rate = || f.rate_per_min.map(|r| format!("{r:.0}/min"));
    let errors = || f.error_ratio.filter(|r| *r > 0.0).map(|r| percent_text(Some(r)));
    let at = |q: f64| length_text(e.red.quantile(q));
    match means {
        _ if f.calls <= 0.0 => String::new(),
        LabelMeans::Figures => {
            rate().into_iter().chain([at(0.95)]).chain(errors()).collect::<Vec<_>>().join(" · ")
        }
        LabelMeans::Rate => rate().unwrap_or_default(),
        LabelMeans::Latency => [0.5, 0.95, 0.99].map(at).join(" / "),
        LabelMeans::Errors => percent_text(f.error_ratio),
        LabelMeans::Timeouts if f.timeouts > 0.0 => format!("{:.0} timeouts", f.timeouts),
        LabelMeans::Timeouts | LabelMeans::None => String::new(),
    }
}

/// What lines mean, in a line below the picture.
fn draw_legend(signs: EdgeSigns, at: Pos2, out: &mut String) {
    let (width, colour, label) = (signs.width.title(), signs.colour.title(), signs.label.title());
    let meanings: [(&str, &dyn std::fmt::Display); 3] =
        [("width", &width), ("colour", &colour), ("label", &label)];
    let text = fill(texts().edges.legend_of_a_picture, &meanings);
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
        let initial = n.kind.name().chars().next().unwrap_or('?').to_ascii_uppercase();
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
