//! The page of deployments: each with its comparison on the map, what was found, and a deployment that somebody names.
use egui::{ComboBox, RichText, TextEdit, Ui, WidgetInfo, WidgetType};
use serde_json::Value;

use super::{Asked, list, page};
use crate::texts::{fill, texts};

use crate::export::cards::Question;
use crate::graph::ServiceGraph;
use crate::model::{TimeRange, Timestamp};
use crate::view::panels::command::{Command, Item};
use crate::view::panels::deployments::{Deployed, Restarted, comparisons, deployments, restarts};
use crate::view::panels::side::Side;
use crate::view::panels::{moment, widgets};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Restarts that are listed.
const RESTARTS: usize = 12;

/// A deployment that somebody names, where spans do not tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenDeployment {
    /// The id of the service; none for a moment only.
    pub service: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A named deployment with what is known of it.
pub struct Given<'a> {
    /// Which.
    pub asked: &'a GivenDeployment,
    /// What it changed.
    pub answer: Asked<'a, super::Plain>,
}

/// Shows the page.
pub(super) fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    if let Some(told) = side.findings.other(Question::Deploy).and_then(|a| a.told) {
        let (graph, answer) = (&told.index.graph, &told.answer.answer.json);
        compared(ui, graph, answer, side, commands);
        restarted(ui, &restarts(graph, answer), side, commands);
    }
    ui.add_space(UNIT);
    page::fold(ui, "another deployment", texts().findings.name_another_deployment, p, |ui| {
        form(ui, side, commands);
        given(ui, side, commands);
    });
    page::plain(ui, side, Question::Deploy, commands);
}

/// What the named deployment changed.
fn given(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let Some(given) = &side.findings.given else { return };
    ui.add_space(2.0 * UNIT);
    list::progress(ui, Question::Deploy, given.answer.standing, p, commands);
    let Some(told) = given.answer.told.filter(|_| !given.answer.standing.is_outdated) else { return };
    compared(ui, &told.index.graph, &told.answer.answer.json, side, commands);
    page::findings(ui, side, told, commands);
    ui.add_space(UNIT);
    if ui.button(RichText::new(texts().findings.forget_this_deployment).font(theme::small())).clicked() {
        commands.push(Command::GiveDeployment(None));
    }
}

/// Each comparison with its deployments, and a way to see it on the map.
fn compared(ui: &mut Ui, graph: &ServiceGraph, answer: &Value, side: &Side<'_>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let all = deployments(graph, answer);
    for (i, held) in comparisons(answer).iter().enumerate() {
        ui.add_space(UNIT);
        for deployed in held.deployments.iter().filter_map(|d| all.get(*d)) {
            let icon = egui_phosphor::regular::ROCKET_LAUNCH;
            row(ui, icon, &deployed.sentence(side.clock), deployed.item.as_ref(), p, commands);
        }
        let Some(comparing) = held.comparing(&all, answer) else { continue };
        let times = comparing.sentence(side.clock);
        ui.horizontal(|ui| {
            ui.add_space(26.0);
            ui.vertical(|ui| {
                widgets::note(ui, &times, p);
                let label = fill(
                    texts().findings.compare_on_the_map,
                    &[("icon", &egui_phosphor::regular::ARROWS_LEFT_RIGHT)],
                );
                let response = ui.push_id(i, |ui| ui.button(RichText::new(label).font(theme::small()))).inner;
                response.widget_info(|| {
                    WidgetInfo::labeled(WidgetType::Button, true, texts().findings.compare_on_the_map_spoken)
                });
                if response.clicked() {
                    commands.push(Command::Compare(comparing));
                }
            });
        });
    }
}

/// Services that were restarted without a new version: what changed then may be theirs.
fn restarted(ui: &mut Ui, all: &[Restarted], side: &Side<'_>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    if all.is_empty() {
        return;
    }
    ui.add_space(UNIT);
    page::caption(ui, texts().findings.restarts, p);
    for restart in all.iter().take(RESTARTS) {
        let icon = egui_phosphor::regular::ARROWS_CLOCKWISE;
        row(ui, icon, &restart.sentence(side.clock), Some(&restart.item), p, commands);
    }
    if let Some(more) = all.len().checked_sub(RESTARTS).filter(|n| *n > 0) {
        widgets::note(ui, &fill(texts().findings.more_in_the_whole_answer, &[("count", &more)]), p);
    }
}

/// A line of two: who, and what; a click selects the service.
fn row(
    ui: &mut Ui,
    icon: &str,
    sentence: &str,
    item: Option<&Item>,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let (rect, response) = widgets::row(ui, 40.0, sentence, false, p);
    let sign = egui::pos2(rect.left() + 11.0, rect.top() + 13.0);
    ui.painter().text(sign, egui::Align2::CENTER_CENTER, icon, theme::body(), p.text);
    let parts = sentence.split_once(", ").or_else(|| sentence.split_once('、'));
    let (service, what) = parts.unwrap_or((sentence, ""));
    for (line, font, y, colour) in
        [(service, theme::body(), 13.0, p.text), (what, theme::small(), 30.0, p.muted)]
    {
        let line = widgets::fit(ui, line, &font, rect.width() - 30.0);
        let at = egui::pos2(rect.left() + 26.0, rect.top() + y);
        ui.painter().text(at, egui::Align2::LEFT_CENTER, line, font, colour);
    }
    if response.on_hover_text(widgets::with_arrows(sentence)).clicked() && item.is_some() {
        commands.push(Command::Select(item.cloned()));
    }
}

/// What was deployed of a node, each a way to what it changed.
pub fn of_node(ui: &mut Ui, side: &Side<'_>, id: &str, commands: &mut Vec<Command>) {
    let Some(told) = side.findings.other(Question::Deploy).and_then(|a| a.told) else { return };
    let item = Item::Node(id.to_owned());
    let (graph, answer) = (&told.index.graph, &told.answer.answer.json);
    let (deployed, restarted) = (deployments(graph, answer), restarts(graph, answer));
    let t = &texts().findings;
    let came = deployed.iter().filter(|d| d.item.as_ref() == Some(&item)).map(|d| {
        let time = side.clock.seconds(d.at);
        (fill(t.deployed_at, &[("version", &d.versions), ("time", &time)]), t.what_changed, String::new())
    });
    let again = restarted.iter().filter(|r| r.item == item).map(|r| {
        (fill(t.restarted_at, &[("time", &side.clock.seconds(r.at))]), t.see_deployments, r.what.clone())
    });
    for (name, figure, under) in came.chain(again) {
        if page::line_row(ui, (&name, figure), &under, &side.palette).clicked() {
            commands.push(Command::OpenAnswer(Question::Deploy, Some(item.clone())));
        }
    }
}

/// What is being typed.
#[derive(Clone, Default)]
struct Fields {
    service: Option<String>,
    text: String,
    /// Whether somebody asked for it as it stands.
    is_asked: bool,
}

fn form(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let id = egui::Id::new("given deployment");
    let mut fields = ui.data(|d| d.get_temp::<Fields>(id)).unwrap_or_default();
    let graph = &side.picture.index.graph;
    let name = |id: &Option<String>| match id {
        None => texts().findings.any_service.to_owned(),
        Some(id) => graph
            .nodes()
            .find(|(_, n)| n.id == *id)
            .map_or_else(|| id.clone(), |(_, n)| text::name(&n.name, 60)),
    };
    let room = ui.available_width();
    let chosen = name(&fields.service);
    let combo = ComboBox::from_id_salt("given service").selected_text(&chosen).width(room - 20.0);
    let response = combo.show_ui(ui, |ui| {
        let all = graph.nodes().filter(|(_, n)| n.is_instrumented).map(|(_, n)| Some(n.id.clone()));
        for service in std::iter::once(None).chain(all) {
            let label = name(&service);
            if ui.selectable_label(fields.service == service, label).clicked() {
                (fields.service, fields.is_asked) = (service, false);
            }
        }
    });
    let spoken = fill(texts().findings.service, &[("name", &chosen)]);
    response.response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, &spoken));
    let hint = RichText::new(texts().findings.n_10_15_55_plus_30m).color(p.muted);
    let field = TextEdit::singleline(&mut fields.text).hint_text(hint).desired_width(room - 28.0);
    let response = ui.add(field.margin(egui::Margin::symmetric(8, 5)));
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, texts().findings.time_or_version));
    fields.is_asked &= !response.changed();
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    let button =
        egui::Button::new(RichText::new(texts().findings.analyse_this_deployment).font(theme::small()));
    let clicked = ui.add_enabled(!fields.text.trim().is_empty(), button).clicked();
    let asked = entered && !fields.text.trim().is_empty() || clicked;
    fields.is_asked |= asked;
    if fields.is_asked {
        match read(&fields, side) {
            Ok(given) if asked => commands.push(Command::GiveDeployment(Some(given))),
            Ok(_) => {}
            Err(why) => {
                ui.label(RichText::new(why).font(theme::small()).color(p.critical));
            }
        }
    }
    ui.data_mut(|d| d.insert_temp(id, fields));
}

/// The deployment that the fields name: a moment, or a version that a deployment was found of.
fn read(fields: &Fields, side: &Side<'_>) -> Result<GivenDeployment, String> {
    let extent = side.picture.snapshot.extent.unwrap_or(TimeRange::new(Timestamp(0), Timestamp(0)));
    let wanted = fields.text.trim();
    let told = side.findings.other(Question::Deploy).and_then(|a| a.told);
    let found = told.map(|t| deployments(&t.index.graph, &t.answer.answer.json)).unwrap_or_default();
    let is_of = |d: &&Deployed| match (&fields.service, &d.item) {
        (None, _) => true,
        (Some(id), Some(Item::Node(of))) => id == of,
        _ => false,
    };
    if let Some(deployed) = found.iter().filter(is_of).find(|d| d.version == wanted) {
        let service = match &deployed.item {
            Some(Item::Node(id)) => Some(id.clone()),
            _ => None,
        };
        return Ok(GivenDeployment { service, at: deployed.at });
    }
    let at = moment::moment(wanted, extent, side.clock)
        .map_err(|_| texts().findings.neither_a_time_nor_a.to_owned())?;
    if !extent.contains(at) {
        return Err(texts().findings.that_is_not_between_the.to_owned());
    }
    Ok(GivenDeployment { service: fields.service.clone(), at })
}
