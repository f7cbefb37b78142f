//! What if the selected node fails? The choice of how, who would be hit, and what speaks for doing something.
use egui::{Align2, DragValue, RichText, TextEdit, Ui, pos2};

use super::command::Command;
use super::findings::{
    Standing, Told, bullet, paint_severity, progress, sentence, severity_colour, severity_word,
};
use super::side::Side;
use super::widgets;
use crate::analysis::impact::{Business, Hit, Impact, Mode, Outage};
use crate::export::answers::{
    entry_text, fails_already, mitigations, mode_words, patience_notes, slower_text,
};
use crate::export::cards::Question;
use crate::model::{NodeId, TimeRange};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};
use crate::view::words;

/// Nodes and operations that are shown.
const SHOWN: usize = 12;

/// How a node is supposed to fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum How {
    /// Every call to it fails.
    #[default]
    Down,
    /// Calls to it never end.
    Hang,
    /// Calls take longer.
    Slow,
    /// A share of calls fails.
    Partial,
}

/// What somebody supposes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Supposed {
    /// How it fails.
    pub how: How,
    /// How many times as long calls take when slow.
    pub factor: f64,
    /// The share of calls that fail in part, 0 to 1.
    pub share: f64,
    /// Whether a prediction is wanted even where the outage was measured.
    pub predict: bool,
}

impl Default for Supposed {
    fn default() -> Self {
        Self { how: How::Down, factor: 10.0, share: 0.5, predict: false }
    }
}

impl Supposed {
    /// As the analysis takes it.
    pub fn mode(self) -> Mode {
        match self.how {
            How::Down => Mode::Down,
            How::Hang => Mode::Hang,
            How::Slow => Mode::Slow(self.factor),
            How::Partial => Mode::Partial(self.share),
        }
    }
}

/// Names of attributes that tell of users and money; empty where nobody named any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostKeys {
    /// Whose request it is.
    pub user: String,
    /// What it is worth.
    pub amount: String,
}

/// All that is known of an outage.
pub struct OutageAnswer {
    /// Who is connected to whom.
    pub reach: Impact,
    /// Who is hit.
    pub outage: Outage,
    /// What it costs.
    pub business: Business,
    /// When it was measured; `None` for a prediction.
    pub incident: Option<TimeRange>,
}

/// The outage of the selected node on the screen.
pub struct OutageSide<'a> {
    /// The newest answer.
    pub told: Option<&'a Told<OutageAnswer>>,
    /// How far the next one is.
    pub standing: Standing,
    /// What is supposed.
    pub supposed: Supposed,
    /// Whether the node is a cause of a known incident, so that its outage was measured.
    pub can_measure: bool,
    /// Named attributes.
    pub keys: &'a CostKeys,
}

/// Shows it for a node.
pub fn show(ui: &mut Ui, side: &Side<'_>, id: NodeId, commands: &mut Vec<Command>) {
    let (own, p) = (&side.outage, &side.palette);
    widgets::heading(ui, texts().outage.what_if_it_fails, "", p);
    suppose(ui, own, p, commands);
    progress(ui, Question::Impact, own.standing, p, commands);
    let wanted = side.picture.index.graph.node(id).map(|n| n.id.as_str());
    let is_of =
        |t: &&Told<OutageAnswer>| t.index.graph.node(t.answer.reach.node).map(|n| n.id.as_str()) == wanted;
    let Some(told) = own.told.filter(is_of) else {
        widgets::note(ui, texts().outage.there_is_no_answer_yet, p);
        return;
    };
    ui.scope(|ui| {
        if own.standing.is_outdated {
            ui.multiply_opacity(0.5);
        }
        answer(ui, told, p, commands);
        cost(ui, told, own.keys, p, commands);
    });
}

fn suppose(ui: &mut Ui, own: &OutageSide<'_>, p: &Palette, commands: &mut Vec<Command>) {
    let mut now = own.supposed;
    if own.can_measure {
        let all = [(false, texts().outage.measured_in_the_incident), (true, texts().outage.predicted)];
        if let Some(predict) = widgets::choice(ui, &all, now.predict, p) {
            now.predict = predict;
        }
    }
    if now.predict || !own.can_measure {
        let all = [
            (How::Down, texts().outage.down),
            (How::Hang, texts().outage.hangs),
            (How::Slow, texts().outage.slow),
            (How::Partial, texts().outage.in_part),
        ];
        if let Some(how) = widgets::choice(ui, &all, now.how, p) {
            now.how = how;
        }
        ui.horizontal(|ui| match now.how {
            How::Slow => {
                let field = DragValue::new(&mut now.factor).range(1.0..=1000.0).suffix(" ×").speed(0.2);
                ui.add(field);
                widgets::note(ui, texts().outage.as_long_as_it_took, p);
            }
            How::Partial => {
                let mut percent = now.share * 100.0;
                ui.add(DragValue::new(&mut percent).range(1.0..=100.0).suffix("%").speed(0.5));
                now.share = percent / 100.0;
                widgets::note(ui, texts().outage.of_the_calls_to_it, p);
            }
            How::Down | How::Hang => {}
        });
    }
    if now != own.supposed {
        commands.push(Command::Suppose(now));
    }
}

fn answer(ui: &mut Ui, told: &Told<OutageAnswer>, p: &Palette, commands: &mut Vec<Command>) {
    let OutageAnswer { outage, reach, .. } = &told.answer;
    widgets::note(ui, &format!("{}:", sentence(&mode_words(outage.mode))), p);
    if let Some(already) = fails_already(&told.index.graph, reach.node, outage.mode) {
        bullet(ui, &sentence(&already.replace(" %", "%")), p);
    }
    if outage.entries.iter().all(|e| e.error_ratio <= e.recorded_ratio) {
        bullet(ui, texts().outage.no_entry_operation_fails_more, p);
    }
    for e in outage.entries.iter().filter(|e| e.error_ratio > e.recorded_ratio).take(4) {
        let operation = told.snapshot.spans.text(e.operation);
        let line = entry_text(outage.mode, e, (&told.name(e.node), operation), text::percent);
        bullet(ui, &text::name(&line, 200), p);
    }
    if !outage.hits.is_empty() {
        widgets::heading(ui, texts().outage.who_is_hit, &outage.hits.len().to_string(), p);
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    for hit in outage.hits.iter().take(SHOWN) {
        hit_row(ui, told, hit, p, commands);
    }
    if outage.hits.len() > SHOWN {
        widgets::note(ui, &fill(texts().outage.and_more, &[("count", &(outage.hits.len() - SHOWN))]), p);
    }
    ui.spacing_mut().item_spacing.y = UNIT;
    slower(ui, told, p);
    let todo = mitigations(&told.snapshot, &told.index.graph, outage, reach.node);
    if !todo.is_empty() {
        widgets::heading(ui, texts().outage.what_can_be_done, "", p);
    }
    for line in todo {
        bullet(ui, &sentence(&line), p);
    }
    if outage.mode.is_some() && outage.hits.iter().any(|h| h.is_assumed) {
        widgets::note(ui, texts().outage.fewer_than_five_failed_calls, p);
    }
}

/// How much longer requests take, and by whose patience.
fn slower(ui: &mut Ui, told: &Told<OutageAnswer>, p: &Palette) {
    let (outage, graph) = (&told.answer.outage, &told.index.graph);
    if !outage.slower.is_empty() {
        widgets::heading(ui, texts().outage.how_long_requests_take, &outage.slower.len().to_string(), p);
    }
    for s in outage.slower.iter().take(4) {
        bullet(ui, &sentence(&slower_text(&told.snapshot, graph, s)), p);
    }
    for note in patience_notes(graph, outage) {
        widgets::note(ui, &note, p);
    }
}

fn hit_row(ui: &mut Ui, told: &Told<OutageAnswer>, hit: &Hit, p: &Palette, commands: &mut Vec<Command>) {
    let name = told.name(hit.node);
    let share = text::percent(hit.error_ratio);
    let share = if hit.is_assumed { text::about(&share) } else { share };
    let word = severity_word(hit.severity);
    let mut facts = Vec::new();
    if hit.lost_ratio >= 0.005 {
        facts.push(fill(
            texts().outage.of_its_requests_dont_come,
            &[("share", &text::percent(hit.lost_ratio))],
        ));
    }
    if let Some(slow) = hit.slow_ratio.filter(|s| *s >= 0.005) {
        facts.push(fill(texts().outage.of_its_requests_are_slow, &[("share", &text::percent(slow))]));
    }
    match hit.operations.as_slice() {
        [] => {}
        [one] => {
            facts.push(fill(texts().outage.degraded, &[("operation", &told.snapshot.spans.text(one.0))]))
        }
        many => facts.push(fill(texts().outage.operations_degraded, &[("count", &many.len())])),
    }
    if let Some(f) = &hit.fallback {
        facts.push(fill(
            texts().outage.falls_back_to_well,
            &[("name", &told.name(f.node)), ("share", &text::percent(f.success))],
        ));
    }
    let spoken = fill(
        texts().outage.of_its_requests_fail,
        &[
            ("name", &text::name(&name, 60)),
            ("share", &share),
            ("severity", &word),
            ("facts", &facts.join(", ")),
        ],
    );
    let (rect, response) = widgets::row(ui, if facts.is_empty() { 26.0 } else { 40.0 }, &spoken, false, p);
    let top = rect.top() + 13.0;
    let colour = severity_colour(hit.severity, p);
    paint_severity(ui.painter(), pos2(rect.left() + 11.0, top), hit.severity, 14.0, p);
    let right = pos2(rect.right() - 6.0, top);
    let shown = fill(texts().outage.fail, &[("share", &share)]);
    let figure = ui.painter().text(right, Align2::RIGHT_CENTER, shown, theme::small(), colour);
    let left = rect.left() + 25.0;
    let short = widgets::fit(ui, &name, &theme::body(), figure.left() - left - 8.0);
    ui.painter().text(pos2(left, top), Align2::LEFT_CENTER, short, theme::body(), p.text);
    let line = widgets::fit(ui, &facts.join(" · "), &theme::caption(), rect.right() - left - 6.0);
    ui.painter().text(pos2(left, top + 16.0), Align2::LEFT_CENTER, line, theme::caption(), p.muted);
    if response.clicked() {
        commands.push(Command::Select(told.node(hit.node)));
    }
    let operations: Vec<String> = hit
        .operations
        .iter()
        .take(8)
        .map(|(o, share)| {
            fill(
                texts().outage.share_of,
                &[("share", &text::percent(*share)), ("operation", &told.snapshot.spans.text(*o))],
            )
        })
        .collect();
    let severity = words::severity(hit.severity);
    response.on_hover_text(fill(
        texts().outage.of_its_requests_fail_otherwise,
        &[
            ("name", &text::name(&name, 200)),
            ("share", &share),
            ("usual", &text::percent(hit.recorded_ratio)),
            ("severity", &severity),
            ("operations", &operations.join("\n")),
        ],
    ));
}

fn cost(ui: &mut Ui, told: &Told<OutageAnswer>, keys: &CostKeys, p: &Palette, commands: &mut Vec<Command>) {
    let business = &told.answer.business;
    widgets::heading(ui, texts().outage.what_it_costs, "", p);
    let requests =
        fill(texts().outage.requests_that_go_well_otherwise, &[("count", &text::count(business.requests))]);
    bullet(ui, &requests, p);
    let missing = |key: &str, what: &str| match key {
        "" => fill(texts().outage.not_configured, &[("what", &what)]),
        key => {
            fill(texts().outage.no_span_of_these_requests, &[("what", &what), ("key", &text::name(key, 60))])
        }
    };
    let users = business.users.map_or_else(
        || missing(&keys.user, texts().outage.users),
        |n| fill(texts().outage.at_least_users, &[("count", &n)]),
    );
    bullet(ui, &users, p);
    let amount = business.amount_per_hour.map_or_else(
        || missing(&keys.amount, texts().outage.money),
        |a| {
            fill(
                texts().outage.an_hour_in_the_unit,
                &[("amount", &text::count(a)), ("key", &text::name(&keys.amount, 60))],
            )
        },
    );
    bullet(ui, &amount, p);
    if let Some(drop) = business.conversion_drop {
        let line = fill(texts().outage.fewer_requests_succeed_at_the, &[("share", &text::percent(drop))]);
        bullet(ui, &line, p);
    }
    let mut now = keys.clone();
    let mut is_done = false;
    for (name, hint, value) in [
        (texts().outage.attribute_of_the_user, "user.id", &mut now.user),
        (texts().outage.attribute_of_the_amount, "checkout.amount", &mut now.amount),
    ] {
        is_done |= key_field(ui, name, hint, value, p);
    }
    if is_done && now != *keys {
        commands.push(Command::SetCostKeys(now));
    }
}

/// A field for the name of an attribute; true once it was left.
fn key_field(ui: &mut Ui, name: &str, hint: &str, value: &mut String, p: &Palette) -> bool {
    let id = egui::Id::new(("attribute field", name));
    let mut text = ui.data(|d| d.get_temp::<String>(id)).unwrap_or_else(|| value.clone());
    ui.horizontal(|ui| {
        ui.label(RichText::new(name).font(theme::small()).color(p.muted));
        let hint = RichText::new(hint).color(p.faint);
        let field = TextEdit::singleline(&mut text).hint_text(hint).font(theme::small());
        let response = ui.add(field.desired_width(ui.available_width()));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, name));
        if response.lost_focus() {
            text.trim().clone_into(value);
            ui.data_mut(|d| d.remove::<String>(id));
            return true;
        }
        ui.data_mut(|d| d.insert_temp(id, text));
        false
    })
    .inner
}
