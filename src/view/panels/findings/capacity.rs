//! The page of capacity: what is supposed, what saturates first, and the whole answer.
use egui::{ComboBox, DragValue, RichText, Ui, WidgetInfo, WidgetType};

use super::{Plain, Scenario, Told, page, sentence};
use crate::export::answers::capacity_first;
use crate::export::cards::Question;
use crate::graph::NodeKind;
use crate::texts::{fill, texts};
use crate::view::panels::side::Side;
use crate::view::panels::{Command, widgets};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Factors to choose from.
const FACTORS: [(f64, &str); 4] = [(1.5, "×1.5"), (2.0, "×2"), (3.0, "×3"), (5.0, "×5")];
/// Kinds of requests to choose from.
const ENTRIES: usize = 40;

/// Shows it.
pub fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let (found, p) = (side.findings, &side.palette);
    let told = found.other(Question::Capacity).and_then(|a| a.told);
    let mut wanted = found.scenario.clone();
    widgets::note(ui, texts().findings.suppose_that_there_is_more, p);
    entry(ui, told, &mut wanted, p);
    factor(ui, &mut wanted, p);
    faster(ui, side, &mut wanted, p);
    if wanted != *found.scenario {
        commands.push(Command::SetScenario(wanted));
    }
    let Some(told) = told else {
        widgets::note(ui, texts().findings.there_is_no_answer_yet, p);
        return;
    };
    widgets::heading(ui, texts().findings.what_saturates_first, texts().findings.model, p);
    first(ui, told, p, commands);
    replayed(ui, told, p);
    if !told.lines.is_empty() {
        widgets::heading(ui, texts().findings.beyond_their_target, texts().findings.model, p);
    }
    page::findings(ui, side, told, commands);
}

fn entry(ui: &mut Ui, told: Option<&Told<Plain>>, wanted: &mut Scenario, p: &Palette) {
    let whole = texts().findings.all_requests;
    let shown = if wanted.what == "all" { whole.to_owned() } else { text::name(&wanted.what, 60) };
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts().findings.of).font(theme::small()).color(p.muted));
        let text = widgets::fit_end(ui, &shown, &theme::small(), ui.available_width() - 48.0);
        let all = ComboBox::from_id_salt("requests that grow")
            .selected_text(RichText::new(text).font(theme::small()))
            .width(ui.available_width() - 6.0);
        let response = all.show_ui(ui, |ui| {
            ui.selectable_value(&mut wanted.what, "all".to_owned(), whole);
            let Some(told) = told else { return };
            let entries = told.answer.capacity.iter().flat_map(|c| &c.entries);
            for entry in entries.take(ENTRIES) {
                let what = format!("{} {}", told.name(entry.node), told.snapshot.spans.text(entry.operation));
                let rate = text::rate_per_min(entry.per_min);
                let label = format!("{} · {rate}", text::name(&what, 80));
                ui.selectable_value(&mut wanted.what, what, label);
            }
        });
        let spoken = fill(texts().findings.requests_that_grow, &[("what", &shown)]);
        response.response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, &spoken));
    });
}

fn factor(ui: &mut Ui, wanted: &mut Scenario, p: &Palette) {
    ui.horizontal(|ui| {
        if let Some(factor) = widgets::choice(ui, &FACTORS, wanted.factor, p) {
            wanted.factor = factor;
        }
        let drag = DragValue::new(&mut wanted.factor)
            .range(0.1..=100.0)
            .speed(0.05)
            .min_decimals(0)
            .max_decimals(2)
            .prefix("×")
            .update_while_editing(false);
        let response = ui.add(drag);
        let spoken = fill(texts().findings.times_as_many_requests, &[("factor", &wanted.factor)]);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::DragValue, true, &spoken));
        response.on_hover_text(texts().findings.another_factor_drag_or_click);
    });
}

/// `service X n % faster`.
fn faster(ui: &mut Ui, side: &Side<'_>, wanted: &mut Scenario, p: &Palette) {
    let graph = &side.picture.wide_index.graph;
    let name = |id: &str| graph.nodes().find(|(_, n)| n.id == id).map(|(_, n)| text::name(&n.name, 40));
    let (mut node, mut percent) = wanted.faster.clone().unwrap_or((String::new(), 50.0));
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts().findings.and).font(theme::small()).color(p.muted));
        let shown = name(&node).unwrap_or_else(|| texts().findings.no_service.to_owned());
        let text = widgets::fit_end(ui, &shown, &theme::small(), ui.available_width() - 150.0);
        let all = ComboBox::from_id_salt("faster service")
            .selected_text(RichText::new(text).font(theme::small()))
            .width((ui.available_width() - 116.0).max(80.0));
        let response = all.show_ui(ui, |ui| {
            ui.selectable_value(&mut node, String::new(), texts().findings.no_service);
            let is_work = |k: NodeKind| !matches!(k, NodeKind::User | NodeKind::Unknown);
            for (_, n) in graph.nodes().filter(|(_, n)| is_work(n.kind)) {
                ui.selectable_value(&mut node, n.id.clone(), text::name(&n.name, 60));
            }
        });
        let spoken = fill(texts().findings.faster_service, &[("name", &shown)]);
        response.response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, &spoken));
        let drag = DragValue::new(&mut percent)
            .range(1.0..=99.0)
            .max_decimals(0)
            .suffix("%")
            .update_while_editing(false);
        let response = ui.add_enabled(!node.is_empty(), drag);
        let spoken = fill(texts().findings.percent_faster, &[("percent", &format_args!("{:.0}", percent))]);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::DragValue, true, &spoken));
        ui.label(RichText::new(texts().findings.faster).font(theme::small()).color(p.muted));
    });
    wanted.faster = (!node.is_empty()).then_some((node, percent));
}

/// Who is nearest to its limit, in a sentence that selects it.
fn first(ui: &mut Ui, told: &Told<Plain>, p: &Palette, commands: &mut Vec<Command>) {
    let capacity = told.answer.capacity.as_ref();
    let Some(first) = capacity.and_then(capacity_first) else {
        widgets::note(ui, texts().findings.it_is_not_known_nothing, p);
        return;
    };
    let under = sentence(&first.why);
    let verb = if first.is_saturated {
        texts().findings.saturates_first
    } else {
        texts().findings.nearest_to_its_limit
    };
    let response = page::line_row(ui, (&told.name(first.node), verb), "", p);
    widgets::note(ui, &under, p);
    if response.clicked() {
        commands.push(Command::Select(told.node(first.node)));
    }
    if response.hovered() {
        commands.push(Command::Hover(told.node(first.node)));
    }
}

/// What the faster service changes, replayed.
fn replayed(ui: &mut Ui, told: &Told<Plain>, p: &Palette) {
    let Some(capacity) = told.answer.capacity.as_ref().filter(|c| !c.what_if.is_empty()) else { return };
    widgets::heading(ui, texts().findings.faster_heading, texts().findings.replayed, p);
    for w in capacity.what_if.iter().take(8) {
        let operation = told.snapshot.spans.text(w.operation);
        let [_, before, _] = w.before;
        let [_, after, _] = w.after;
        let change = format!("p95 {} → {}", widgets::duration(Some(before)), widgets::duration(Some(after)));
        let under = fill(
            texts().findings.of_requests,
            &[("name", &told.name(w.node)), ("count", &text::count(w.requests as f64))],
        );
        page::line_row(ui, (operation, &widgets::with_arrows(&change)), &under, p);
    }
    ui.add_space(UNIT);
}
