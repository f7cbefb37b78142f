//! How an incident spread: waves, entry operations that were hit, and what each node showed over time.
use egui::{Align2, Ui, pos2};

use super::{Told, card, page};
use crate::analysis::incident::{Incident, Mechanism, Reached};
use crate::export::answers::{delay_text, mechanism_words, symptom_words};
use crate::model::NodeId;
use crate::texts::{fill, texts};
use crate::view::panels::widgets;
use crate::view::panels::{Clock, Command};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Rows of the failure timeline that are shown.
const SHOWN: usize = 30;

/// The waves, with delay, mechanism and severity of each node.
pub fn waves(ui: &mut Ui, told: &Told<Incident>, p: &Palette, commands: &mut Vec<Command>) {
    let answer = &told.answer;
    if answer.waves.is_empty() {
        return;
    }
    let reached: usize = answer.waves.iter().map(|w| w.nodes.len()).sum();
    widgets::heading(
        ui,
        texts().findings.how_it_spread,
        &fill(texts().findings.reached, &[("count", &reached)]),
        p,
    );
    ui.spacing_mut().item_spacing.y = 2.0;
    for wave in &answer.waves {
        for node in &wave.nodes {
            reached_row(ui, told, wave.wave, node, p, commands);
        }
    }
    ui.add_space(UNIT);
    let after = answer.recovery.map_or_else(
        || texts().findings.it_was_still_going_on.to_owned(),
        |r| {
            fill(
                texts().findings.everything_that_it_reached_was,
                &[("length", &text::duration_ns(r.0 as f64))],
            )
        },
    );
    widgets::note(ui, &after, p);
}

fn reached_row(
    ui: &mut Ui,
    told: &Told<Incident>,
    wave: u32,
    node: &Reached,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let is_origin = node.mechanism == Mechanism::Origin;
    let after = if is_origin { texts().findings.start.to_owned() } else { delay_text(node) };
    let how = mechanism_words(node.mechanism);
    let name = told.name(node.node);
    let severity = card::severity_word(node.severity);
    let spoken = fill(
        texts().findings.wave,
        &[
            ("wave", &wave),
            ("name", &text::name(&name, 60)),
            ("after", &after),
            ("how", &how),
            ("severity", &severity),
        ],
    );
    let (rect, response) = widgets::row(ui, 40.0, &spoken, false, p);
    let (top, low) = (rect.top() + 12.0, rect.top() + 29.0);
    let painter = ui.painter();
    let badge = pos2(rect.left() + 11.0, rect.top() + 13.0);
    painter.circle_filled(badge, 9.0, p.text);
    painter.text(badge, Align2::CENTER_CENTER, wave.to_string(), theme::small(), p.panel);
    let left = rect.left() + 27.0;
    let right = rect.right() - 6.0;
    painter.text(pos2(right, top), Align2::RIGHT_CENTER, &after, theme::small(), p.muted);
    let colour = card::severity_colour(node.severity, p);
    let share = format!("{severity} · {}", text::percent(node.share));
    painter.text(pos2(right - 18.0, low), Align2::RIGHT_CENTER, share, theme::caption(), colour);
    card::paint_severity(painter, pos2(right - 7.0, low), node.severity, 12.0, p);
    let shown = widgets::fit(ui, &name, &theme::body(), right - left - 86.0);
    ui.painter().text(pos2(left, top), Align2::LEFT_CENTER, shown, theme::body(), p.text);
    let how = widgets::fit(ui, how, &theme::caption(), right - left - 110.0);
    ui.painter().text(pos2(left, low), Align2::LEFT_CENTER, how, theme::caption(), p.muted);
    point(&response, told, node.node, commands);
    let from =
        node.from.map_or_else(String::new, |f| fill(texts().findings.from, &[("name", &told.name(f))]));
    response.on_hover_text(fill(
        texts().findings.of_its_requests_failed_or,
        &[
            ("name", &text::name(&name, 200)),
            ("how", &mechanism_words(node.mechanism)),
            ("from", &from),
            ("share", &text::percent(node.share)),
        ],
    ));
}

/// A click selects the node, hovering shows it.
fn point(response: &egui::Response, told: &Told<Incident>, node: NodeId, commands: &mut Vec<Command>) {
    if response.clicked() {
        commands.push(Command::Select(told.node(node)));
    } else if response.hovered() {
        commands.push(Command::Hover(told.node(node)));
    }
}

/// The entry operations whose requests were hit.
pub fn entries(ui: &mut Ui, told: &Told<Incident>, p: &Palette, commands: &mut Vec<Command>) {
    let answer = &told.answer;
    if answer.entries.is_empty() {
        return;
    }
    widgets::heading(ui, texts().findings.who_was_hit, &answer.entries.len().to_string(), p);
    widgets::note(ui, texts().findings.entry_operations_those_with_the, p);
    for entry in answer.entries.iter().take(10) {
        let operation = told.snapshot.spans.text(entry.operation);
        let calm = entry.calm_share.map_or_else(|| text::NONE.to_owned(), text::percent);
        let figure = fill(texts().findings.bad, &[("share", &text::percent(entry.share()))]);
        let under = fill(
            texts().findings.of_in_calm_times,
            &[
                ("name", &told.name(entry.node)),
                ("bad", &text::count(entry.bad)),
                ("all", &text::count(entry.requests)),
                ("calm", &calm),
            ],
        );
        let response = page::line_row(ui, (operation, &figure), &under, p);
        point(&response, told, entry.node, commands);
        response.on_hover_text(text::name(
            &fill(texts().findings.of_3, &[("operation", &operation), ("service", &told.name(entry.node))]),
            300,
        ));
    }
}

/// What each node showed, by onset.
pub fn timeline(ui: &mut Ui, told: &Told<Incident>, clock: &Clock, p: &Palette, commands: &mut Vec<Command>) {
    let all = &told.answer.timeline;
    if all.is_empty() {
        return;
    }
    widgets::heading(ui, texts().findings.timeline, "", p);
    for (node, episode) in all.iter().take(SHOWN) {
        let (from, to) = (clock.seconds(episode.onset), clock.seconds(episode.end));
        let what = symptom_words(episode.symptom);
        let name = told.name(*node);
        let count = text::count(episode.count as f64);
        let spoken = fill(
            texts().findings.to,
            &[
                ("from", &from),
                ("to", &to),
                ("name", &text::name(&name, 60)),
                ("count", &count),
                ("what", &what),
            ],
        );
        let (rect, response) = widgets::row(ui, 38.0, &spoken, false, p);
        let (top, low) = (rect.top() + 11.0, rect.top() + 27.0);
        let painter = ui.painter();
        let time = pos2(rect.left() + 2.0, top);
        let time = painter.text(time, Align2::LEFT_CENTER, &from, theme::small(), p.muted);
        let left = time.right() + 8.0;
        let shown = widgets::fit(ui, &name, &theme::body(), rect.right() - left - 6.0);
        ui.painter().text(pos2(left, top), Align2::LEFT_CENTER, shown, theme::body(), p.text);
        let line = fill(texts().findings.until, &[("count", &count), ("what", &what), ("to", &to)]);
        ui.painter().text(pos2(left, low), Align2::LEFT_CENTER, line, theme::caption(), p.muted);
        if response.clicked() {
            let trace = episode.evidence.traces.first().copied();
            let span = |t| episode.evidence.spans.iter().find(|s| s.0 == t).map(|s| s.1);
            match trace {
                Some(trace) => commands.push(Command::OpenTrace(trace, span(trace))),
                None => commands.push(Command::Select(told.node(*node))),
            }
        } else if response.hovered() {
            commands.push(Command::Hover(told.node(*node)));
        }
        response.on_hover_text(texts().findings.opens_a_trace_that_shows);
    }
    if all.len() > SHOWN {
        widgets::note(ui, &fill(texts().findings.the_first_of, &[("most", &SHOWN), ("all", &all.len())]), p);
    }
}
