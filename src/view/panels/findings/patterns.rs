//! The page of patterns: which requests are bad, what goes with them, and how they differ from good ones.
use egui::{Label, RichText, Ui};

use super::{Chosen, Told, heat, page, sentence};
use crate::analysis::patterns::{Association, FrequentError, Group, Pair, Patterns, Source};
use crate::export::answers::{
    association_text, blame_text, difference_text, patterns_missing, rhythm_text, rule_text, segment_text,
    subject_text,
};
use crate::model::TraceId;
use crate::texts::{fill, texts};
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
        None => texts().findings.all_requests_2.to_owned(),
        Some(item) => fill(texts().findings.requests_of, &[("name", &super::name_of(item))]),
    };
    widgets::note(ui, &fill(texts().findings.by_time_and_latency_drag, &[("requests", &of)]), p);
    match found.heat {
        None => widgets::note(ui, texts().findings.no_requests_with_a_time, p),
        Some(shown) => heat::show(ui, shown, found.choice.as_ref(), side.clock, p, commands),
    }
    let bad = match &side.picture.chosen {
        Some(chosen) => {
            let these = heat::describe(chosen, &side.picture.snapshot, side.clock);
            fill(texts().findings.these_count_as_bad, &[("these", &these)])
        }
        None => texts().findings.bad_are_requests_that_failed.to_owned(),
    };
    widgets::note(ui, &fill(texts().findings.they_are_held_against_the, &[("bad", &bad)]), p);
    if let Some(chosen) = &side.picture.chosen {
        chosen_list(ui, side, chosen, commands);
    }
    let Some(told) = found.patterns.told else {
        widgets::note(ui, texts().findings.there_is_no_answer_yet, p);
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
    widgets::heading(ui, texts().findings.chosen_requests, &count, p);
    if chosen.traces < chosen.requests.len() {
        widgets::note(
            ui,
            &fill(texts().findings.in_traces, &[("count", &text::count(chosen.traces as f64))]),
            p,
        );
    }
    let id = ui.id().with("all chosen");
    let all = ui.data(|d| d.get_temp::<bool>(id).unwrap_or(false));
    traces::rows(ui, side, if all { traces::SHOWN } else { FEW }, commands);
    if chosen.traces > FEW {
        let label = if all { texts().findings.show_fewer } else { texts().findings.show_more_2 };
        if ui.button(RichText::new(label).font(theme::small())).clicked() {
            ui.data_mut(|d| d.insert_temp(id, !all));
        }
    }
}

fn group(ui: &mut Ui, side: &Side<'_>, told: &Told<Patterns>, g: &Group, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let operation = told.snapshot.spans.text(g.entry.1);
    let entry = text::name(&format!("{} · {operation}", told.name(g.entry.0)), 60);
    widgets::heading(ui, &entry, &fill(texts().findings.bad, &[("share", &text::percent(g.share()))]), p);
    let line = fill(
        texts().findings.of_requests_are_bad_of,
        &[("bad", &g.bad), ("all", &g.all), ("failed", &g.failed)],
    );
    widgets::note(ui, &line, p);
    page::caption(ui, texts().findings.what_goes_with_them, p);
    if g.associations.is_empty() {
        widgets::note(ui, texts().findings.nothing_that_the_spans_tell, p);
    }
    for a in &g.associations {
        association(ui, told, a, p);
    }
    if g.segment.is_some() || g.rhythm.is_some() {
        page::caption(ui, texts().findings.whose_they_are_and_when, p);
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
        page::caption(ui, texts().findings.where_their_extra_time_goes, p);
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
        page::caption(ui, texts().findings.frequent_errors, p);
    }
    for error in g.errors.iter().take(SHOWN) {
        frequent(ui, told, error, p, commands);
    }
    for t in &g.together {
        let (a, b) = (told.name(t.nodes.0), told.name(t.nodes.1));
        let line = fill(
            texts().findings.and_go_wrong_in_the,
            &[("one", &a), ("other", &b), ("count", &t.count), ("phi", &format_args!("{:.2}", t.phi))],
        );
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
    widgets::note(
        ui,
        &fill(texts().findings.holds_for_of_the_bad, &[("share", &text::percent(a.recall)), ("sure", &sure)]),
        p,
    );
    if a.only_says_when {
        page::bullet(ui, &sentence(texts().patterns.only_says_when), p);
    }
    for (source, condition) in a.also.iter().take(3) {
        let rule = rule_text(&told.snapshot, source, condition);
        page::bullet(ui, &fill(texts().findings.the_same_requests, &[("rule", &rule)]), p);
    }
}

/// A normal and a problem request, and where they differ.
fn pair_of(ui: &mut Ui, told: &Told<Patterns>, pair: &Pair, p: &Palette, commands: &mut Vec<Command>) {
    page::caption(ui, texts().findings.a_typical_pair, p);
    let mut open = |ui: &mut Ui, name: &str, trace: TraceId, ms: f64| {
        let id = trace.to_string();
        let id = id.get(..8).unwrap_or_default();
        let took = text::duration_ms(ms);
        let response = page::line_row(ui, (name, &took), &fill(texts().findings.trace, &[("trace", &id)]), p);
        if response.clicked() {
            commands.push(Command::OpenTrace(trace, None));
        }
    };
    open(ui, texts().findings.normal_request, pair.normal, pair.ms.0);
    open(ui, texts().findings.problem_request, pair.problem, pair.ms.1);
    if pair.differences.is_empty() {
        widgets::note(ui, texts().findings.they_have_the_same_steps, p);
    }
    for d in pair.differences.iter().take(SHOWN) {
        let step = d.path.last().map_or_else(String::new, |(service, name)| {
            format!("{} · {}", told.snapshot.spans.text(*service), told.snapshot.spans.text(*name))
        });
        page::bullet(ui, &format!("{}: {}", text::name(&step, 60), difference_text(d)), p);
    }
    if pair.differences.len() > SHOWN {
        widgets::note(
            ui,
            &fill(texts().findings.and_more_steps, &[("count", &(pair.differences.len() - SHOWN))]),
            p,
        );
    }
}

fn frequent(ui: &mut Ui, told: &Told<Patterns>, e: &FrequentError, p: &Palette, commands: &mut Vec<Command>) {
    let kind = if e.kind.is_empty() { e.outcome.name() } else { &e.kind };
    let who = e.node.map(|n| told.name(n)).unwrap_or_default();
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
