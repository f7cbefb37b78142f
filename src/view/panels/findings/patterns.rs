//! The page of patterns: which requests are bad, what goes with them, and how they differ from good ones.
use egui::{Label, RichText, Ui};

use super::{Chosen, Told, heat, page, sentence};
use crate::analysis::patterns::{Association, FrequentError, Group, Pair, Patterns, Source};
use crate::export::answers::{
    association_text, blame_text, difference_text, patterns_missing, rhythm_text, rule_text, segment_text,
    subject_text,
};
use crate::model::TraceId;
use crate::view::panels::side::Side;
use crate::view::panels::{Command, traces, widgets};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Steps of a pair and rows of other lists that are shown.
const SHOWN: usize = 8;
/// Chosen requests shown before "show more".
const FEW: usize = 5;

/// Shows it.
pub fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let (found, p) = (side.findings, &side.palette);
    let of = match side.selection {
        None => "All requests".to_owned(),
        Some(item) => format!("Requests of {}", super::name_of(item)),
    };
    widgets::note(ui, &format!("{of}, by time and latency. Drag over those to look into."), p);
    match found.heat {
        None => widgets::note(ui, "No requests with a time in this window.", p),
        Some(shown) => heat::show(ui, shown, found.choice.as_ref(), side.clock, p, commands),
    }
    let bad = match &side.picture.chosen {
        Some(chosen) => {
            let these = heat::describe(chosen, &side.picture.snapshot, side.clock);
            format!("{these}: these count as bad")
        }
        None => "Bad are requests that failed, ran out of time, or stand out as slow".to_owned(),
    };
    widgets::note(ui, &format!("{bad}; they are held against the others of the same entry operation."), p);
    if let Some(chosen) = &side.picture.chosen {
        chosen_list(ui, side, chosen, commands);
    }
    let Some(told) = found.patterns.told else {
        widgets::note(ui, "There is no answer yet.", p);
        return;
    };
    for g in &told.answer.groups {
        group(ui, side, told, g, commands);
    }
    for missing in &told.answer.missing {
        ui.add_space(UNIT);
        widgets::note(ui, &patterns_missing(missing), p);
    }
}

/// The chosen requests, slowest first: a few, and all on demand.
fn chosen_list(ui: &mut Ui, side: &Side<'_>, chosen: &Chosen, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let count = text::count(chosen.requests.len() as f64);
    widgets::heading(ui, "Chosen requests", &count, p);
    if chosen.traces < chosen.requests.len() {
        widgets::note(ui, &format!("In {} traces.", text::count(chosen.traces as f64)), p);
    }
    let id = ui.id().with("all chosen");
    let all = ui.data(|d| d.get_temp::<bool>(id).unwrap_or(false));
    traces::rows(ui, side, if all { traces::SHOWN } else { FEW }, commands);
    if chosen.traces > FEW {
        let label = if all { "Show fewer" } else { "Show more" };
        if ui.button(RichText::new(label).font(theme::small())).clicked() {
            ui.data_mut(|d| d.insert_temp(id, !all));
        }
    }
}

fn group(ui: &mut Ui, side: &Side<'_>, told: &Told<Patterns>, g: &Group, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let operation = told.snapshot.spans.text(g.entry.1);
    let entry = text::name(&format!("{} · {operation}", told.name(g.entry.0)), 60);
    widgets::heading(ui, &entry, &format!("{} bad", text::percent(g.share())), p);
    let line = format!("{} of {} requests are bad; {} of them failed.", g.bad, g.all, g.failed);
    widgets::note(ui, &line, p);
    page::caption(ui, "What goes with them", p);
    if g.associations.is_empty() {
        widgets::note(ui, "Nothing that the spans tell goes with them.", p);
    }
    for a in &g.associations {
        association(ui, told, a, p);
    }
    if g.segment.is_some() || g.rhythm.is_some() {
        page::caption(ui, "Whose they are, and when", p);
    }
    if let Some(segment) = &g.segment {
        page::bullet(ui, &sentence(&segment_text(&told.snapshot, segment)), p);
    }
    if let Some(rhythm) = &g.rhythm {
        page::bullet(ui, &sentence(&rhythm_text(rhythm)), p);
    }
    if let Some(pair) = &g.pair {
        pair_of(ui, told, pair, p, commands);
    }
    if !g.bottlenecks.is_empty() {
        page::caption(ui, "Where their extra time goes", p);
    }
    if let Some(line) = blame_text(&told.snapshot, &told.index.graph, g) {
        widgets::note(ui, &widgets::with_arrows(&sentence(&line)), p);
    }
    for (key, share) in g.bottlenecks.iter().take(SHOWN) {
        let name = widgets::with_arrows(&subject_text(&told.index.graph, (*key).into()));
        let response = page::line_row(ui, (&name, &text::percent(*share)), "", p);
        if response.clicked() {
            commands.push(Command::Select(super::item_of(&told.index, (*key).into())));
        }
    }
    if !g.errors.is_empty() {
        page::caption(ui, "Frequent errors", p);
    }
    for error in g.errors.iter().take(SHOWN) {
        frequent(ui, told, error, p, commands);
    }
    for t in &g.together {
        let (a, b) = (told.name(t.nodes.0), told.name(t.nodes.1));
        let line = format!("{a} and {b} go wrong in the same requests ({} times, φ = {:.2})", t.count, t.phi);
        page::bullet(ui, &line, p);
    }
}

fn association(ui: &mut Ui, told: &Told<Patterns>, a: &Association, p: &Palette) {
    let text = association_text(&told.snapshot, a);
    // The name of an attribute is written as it is sent.
    let text = match a.source {
        Source::Entry(_) | Source::Span(..) => super::shown(&text),
        _ => sentence(&text),
    };
    ui.add_space(UNIT);
    ui.add(Label::new(RichText::new(text).font(theme::body()).color(p.text)).wrap());
    let sure = if a.p_value < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {:.4}", a.p_value) };
    widgets::note(ui, &format!("Holds for {} of the bad requests ({sure})", text::percent(a.recall)), p);
    for (source, condition) in a.also.iter().take(3) {
        let rule = rule_text(&told.snapshot, source, condition);
        page::bullet(ui, &format!("The same requests: {rule}"), p);
    }
}

/// A normal and a problem request, and where they differ.
fn pair_of(ui: &mut Ui, told: &Told<Patterns>, pair: &Pair, p: &Palette, commands: &mut Vec<Command>) {
    page::caption(ui, "A typical pair", p);
    let mut open = |ui: &mut Ui, name: &str, trace: TraceId, ms: f64| {
        let id = trace.to_string();
        let id = id.get(..8).unwrap_or_default();
        let took = text::duration_ms(ms);
        let response = page::line_row(ui, (name, &took), &format!("trace {id}…"), p);
        if response.clicked() {
            commands.push(Command::OpenTrace(trace, None));
        }
    };
    open(ui, "Normal request", pair.normal, pair.ms.0);
    open(ui, "Problem request", pair.problem, pair.ms.1);
    if pair.differences.is_empty() {
        widgets::note(ui, "They have the same steps.", p);
    }
    for d in pair.differences.iter().take(SHOWN) {
        let step = d.path.last().map_or_else(String::new, |(service, name)| {
            format!("{} · {}", told.snapshot.spans.text(*service), told.snapshot.spans.text(*name))
        });
        page::bullet(ui, &format!("{}: {}", text::name(&step, 60), difference_text(d)), p);
    }
    if pair.differences.len() > SHOWN {
        widgets::note(ui, &format!("And {} more steps", pair.differences.len() - SHOWN), p);
    }
}

fn frequent(ui: &mut Ui, told: &Told<Patterns>, e: &FrequentError, p: &Palette, commands: &mut Vec<Command>) {
    let kind = if e.kind.is_empty() { e.outcome.name() } else { &e.kind };
    let who = e.node.map_or("", |n| told.name(n));
    let message = if e.message.is_empty() { kind.to_owned() } else { format!("{kind}: {}", e.message) };
    let count = format!("{} ×", text::count(e.count as f64));
    let under = format!("{who} · {}", told.snapshot.spans.text(e.operation));
    let response = page::line_row(ui, (&message, &count), &under, p);
    if response.clicked()
        && let Some(trace) = e.evidence.traces.first()
    {
        let span = e.evidence.spans.iter().find(|s| s.0 == *trace).map(|s| s.1);
        commands.push(Command::OpenTrace(*trace, span));
    }
    response.on_hover_text(text::name(&message, 400));
}
