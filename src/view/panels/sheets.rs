//! Sheets over the window: the keys, what was lost, a path to type.
use egui::text::{LayoutJob, TextFormat};
use egui::{Context, FontId, Grid, Modal, RichText, Ui};

use super::command::{Command, Sheet};
use super::status::losses;
use super::widgets;
use crate::store::Counters;
use crate::texts::texts;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Keys and what they do, by what they are about.
fn listed_keys() -> [(&'static str, Vec<(&'static str, &'static str)>); 4] {
    let words = &texts().sheets;
    let find = vec![
        ("Ctrl + K", words.every_command_service_and_trace),
        ("Ctrl + F", words.find_on_the_map_or),
        ("Enter, Shift + Enter", words.in_the_box_to_the),
        ("Ctrl + Enter", words.in_the_box_filter_the),
        (words.t_then_arrows, words.walk_over_the_traces),
        ("Esc", words.close_what_is_on_top),
        ("Alt + ← →", words.back_to_where_you_were),
        ("Tab", words.next_control_node_or_edge),
        ("Enter", words.select_what_has_the_focus),
    ];
    let map = vec![
        ("F", words.show_the_whole_map),
        (words.wheel_drag, words.zoom_and_move_the_map),
        (words.n_then_arrows, words.walk_over_the_map_from),
        ("G, Shift + G", words.collapse_or_expand_the_group),
        ("H", words.hide_what_is_selected),
        ("Alt + 1 2 3", words.focus_show_so_many_hops),
        ("Alt + 4", words.focus_show_where_the_requests),
        ("Alt + 0", words.leave_the_focus),
        ("Ctrl + Z", words.undo_what_hides_collapses_or),
        ("1 2 3 4 5", words.arrange_the_map_flow_force),
        (words.edges_upper_right, words.what_edges_mean),
        ("M, L", words.show_or_hide_the_minimap),
    ];
    let time = vec![
        ("Space", words.replay_the_requests_or_stop),
        ("R", words.replay_backwards_and_forwards_again),
        ("[  ]", words.slower_faster_0_1_to),
        ("E, Shift + E", words.to_the_next_failed_request),
        ("D, Shift + D", words.to_the_next_deployment_to),
        ("← → Home End", words.in_a_replay_a_bar),
        (words.z_or_wheel, words.zoom_the_timeline),
        ("C", words.compare_the_window_with_as),
        (words.shift_plus_drag, words.on_the_timeline_compare_that),
    ];
    let window = vec![
        ("Ctrl + O", words.open_files),
        ("Ctrl + + − 0", words.larger_text_smaller_text_the),
        ("?", words.this_list),
    ];
    [(words.find_and_go, find), (words.on_the_map, map), (words.in_time, time), (words.the_window, window)]
}

/// The search language by example.
fn grammar() -> [(&'static str, &'static str); 10] {
    let words = &texts().sheets;
    [
        ("cart pay", words.both_words_in_the_name),
        ("error   root", words.a_failed_span_a_span),
        ("a OR (b AND NOT c)", words.or_binds_less_than_and),
        ("no(error)", words.no_span_of_the_trace),
        ("service:cart  kind:server", words.holds_it_is_it_exactly),
        ("dur>200ms  dur:100ms..2s", words.longer_between_either_end_may),
        ("http.status_code:500..599", words.any_attribute_also),
        ("name~/GET .*items/", words.a_regular_expression_for_its),
        ("resource.k8s.pod.name=a-1", words.of_the_resource_alone_span),
        ("event:exception", words.an_event_of_that_name),
    ]
}

/// Shows the sheet that is open; `path` is the text of the path sheet.
pub fn show(
    ctx: &Context,
    sheet: Sheet,
    counters: &Counters,
    path: &mut String,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let response = Modal::new(egui::Id::new("sheet")).show(ctx, |ui| {
        ui.set_width(if sheet == Sheet::Keys { keys_width(ctx) } else { 440.0 });
        let title = match sheet {
            Sheet::Keys | Sheet::Commands => texts().sheets.keys,
            Sheet::Losses => texts().sheets.what_was_lost,
            Sheet::Path => texts().sheets.open_a_path,
            Sheet::Save(_) | Sheet::Note | Sheet::OpenCase => return,
        };
        ui.label(RichText::new(title).font(theme::title()).color(p.text));
        ui.add_space(2.0 * UNIT);
        match sheet {
            Sheet::Keys | Sheet::Commands => keys(ui, p),
            Sheet::Losses => lost(ui, counters, p),
            Sheet::Save(_) | Sheet::Note | Sheet::OpenCase => {}
            Sheet::Path => type_path(ui, path, p, commands),
        }
        ui.add_space(3.0 * UNIT);
        if ui.button(texts().sheets.close).clicked() {
            commands.push(Command::Toggle(sheet));
        }
    });
    if response.backdrop_response.clicked() {
        commands.push(Command::Toggle(sheet));
    }
}

/// How wide the help is: with two columns where the window has room for them.
fn keys_width(ctx: &Context) -> f32 {
    let room = ctx.content_rect().width() - 80.0;
    if room < TWO_COLUMNS { room.clamp(240.0, 620.0) } else { room.min(1040.0) }
}

/// From this width on the help has two columns, in points.
const TWO_COLUMNS: f32 = 860.0;
/// The width of what keys are called, in points.
const KEY_WIDTH: f32 = 158.0;
/// The same for examples of filters.
const EXAMPLE_WIDTH: f32 = 200.0;

/// Asks what becomes of the data that is open when a case file is opened.
pub fn open_case(ctx: &Context, paths: &[std::path::PathBuf], p: &Palette, commands: &mut Vec<Command>) {
    let response = Modal::new(egui::Id::new("open case")).show(ctx, |ui| {
        ui.set_width(460.0);
        ui.label(RichText::new(texts().sheets.open_the_case).font(theme::title()).color(p.text));
        for path in paths.iter().take(8) {
            widgets::note(ui, &text::name(&path.display().to_string(), 120), p);
        }
        ui.add_space(2.0 * UNIT);
        ui.label(RichText::new(texts().sheets.open_in_place).color(p.text));
        widgets::note(ui, texts().sheets.replacing_forgets, p);
        ui.add_space(3.0 * UNIT);
        ui.horizontal_wrapped(|ui| {
            let main = RichText::new(texts().sheets.replace).color(p.canvas);
            let main = egui::Button::new(main).fill(p.accent).stroke(egui::Stroke::NONE);
            if ui.add(main).clicked() {
                commands.push(Command::OpenInPlace(paths.to_vec()));
            }
            if ui.button(texts().sheets.add_to_what_is_open).clicked() {
                commands.push(Command::OpenBeside(paths.to_vec()));
            }
            if ui.button(texts().sheets.cancel).clicked() {
                commands.push(Command::Toggle(Sheet::OpenCase));
            }
        });
    });
    if response.backdrop_response.clicked() {
        commands.push(Command::Toggle(Sheet::OpenCase));
    }
}

fn keys(ui: &mut Ui, p: &Palette) {
    // Title and button are outside.
    let height = (ui.ctx().content_rect().height() - 160.0).max(120.0);
    egui::ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            scroll_by_keys(ui, height);
            let sections = listed_keys();
            let part = |ui: &mut Ui, sections: &[(&str, Vec<(&str, &str)>)]| {
                for (title, rows) in sections {
                    section(ui, title, rows, KEY_WIDTH, p);
                }
            };
            if ui.available_width() < TWO_COLUMNS {
                part(ui, &sections);
                section(ui, texts().sheets.filters_in_the_box_and, &grammar(), EXAMPLE_WIDTH, p);
                return;
            }
            let (left, right) = sections.split_at(2);
            ui.columns(2, |columns| {
                if let [first, second] = columns {
                    part(first, left);
                    part(second, right);
                    section(second, texts().sheets.filters_in_the_box_and, &grammar(), EXAMPLE_WIDTH, p);
                }
            });
        });
}

/// Arrows, pages, start and end, as everywhere else.
fn scroll_by_keys(ui: &Ui, page: f32) {
    use egui::Key;
    let far = 10_000.0;
    let keys = [
        (Key::ArrowDown, -40.0),
        (Key::ArrowUp, 40.0),
        (Key::PageDown, -page),
        (Key::PageUp, page),
        (Key::End, -far),
        (Key::Home, far),
    ];
    let pressed = keys.into_iter().filter(|(key, _)| ui.input(|i| i.key_pressed(*key)));
    let by: f32 = pressed.map(|(_, by)| by).sum();
    if by != 0.0 {
        ui.scroll_with_delta(egui::vec2(0.0, by));
    }
}

/// Lines of a name and what it means, under a title.
fn section(ui: &mut Ui, title: &str, rows: &[(&str, &str)], width: f32, p: &Palette) {
    ui.label(RichText::new(title).font(theme::small()).color(p.muted).strong());
    ui.add_space(UNIT);
    for (name, what) in rows {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            let left = ui.cursor().left();
            ui.label(key_name(name, p));
            let used = ui.cursor().left() - left;
            ui.add_space((width - used).max(0.0));
            ui.add(egui::Label::new(RichText::new(*what).font(theme::small()).color(p.muted)).wrap());
        });
    }
    ui.add_space(3.0 * UNIT);
}

/// What keys are called, in letters of one width; arrows are icons, which only another family has.
fn key_name(name: &str, p: &Palette) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut rest = name;
    while !rest.is_empty() {
        let is_arrow = |c: char| matches!(c, '←' | '→');
        let icons = rest.starts_with(is_arrow);
        let end = rest.find(|c| is_arrow(c) != icons).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let font = if icons { FontId::proportional(12.0) } else { FontId::monospace(12.0) };
        job.append(&widgets::with_arrows(part), 0.0, TextFormat::simple(font, p.text));
        rest = after;
    }
    job
}

fn lost(ui: &mut Ui, counters: &Counters, p: &Palette) {
    let all = losses(counters);
    let notes = || counters.sources.values().flat_map(|s| s.notes.iter()).filter(|n| n.is_loss).take(8);
    // What notes tell of never became a span that could be counted.
    if all.is_empty() && notes().next().is_none() {
        widgets::note(ui, texts().sheets.nothing_every_span_that_arrived, p);
    }
    let total = counters.total();
    Grid::new("losses").num_columns(2).spacing([24.0, 6.0]).show(ui, |ui| {
        let line = |ui: &mut Ui, what: &str, count: u64, colour| {
            ui.label(RichText::new(what).font(theme::body()).color(p.text));
            let figure = RichText::new(count.to_string()).font(theme::body()).color(colour);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(figure));
            ui.end_row();
        };
        for (what, count) in &all {
            line(ui, what, *count, p.warning);
        }
        line(ui, texts().sheets.received, total.received, p.muted);
        line(ui, texts().sheets.stored, total.stored, p.muted);
        line(ui, texts().sheets.duplicates, total.duplicates, p.muted);
        line(ui, texts().sheets.in_store_now, counters.in_store, p.muted);
        line(ui, texts().sheets.cleared_by_you, counters.cleared, p.muted);
    });
    for note in notes() {
        ui.label(
            RichText::new(text::name(&note.text.to_string(), 300)).font(theme::small()).color(p.warning),
        );
    }
}

fn type_path(ui: &mut Ui, path: &mut String, p: &Palette, commands: &mut Vec<Command>) {
    widgets::note(ui, texts().sheets.a_file_or_a_folder, p);
    let response = ui.add(egui::TextEdit::singleline(path).desired_width(f32::INFINITY));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, texts().sheets.path));
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    if ui.memory(|m| m.focused().is_none()) && !entered {
        response.request_focus();
    }
    if (ui.button(texts().sheets.open).clicked() || entered) && !path.trim().is_empty() {
        commands.push(Command::Open(vec![path.trim().into()]));
        commands.push(Command::Toggle(Sheet::Path));
    }
}
