//! The bar at the top: sources, search, the window of time, pause, and the menu.
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{FontId, PopupCloseBehavior, RichText, Stroke, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular;

use super::arranging::Fold;
use super::clock::Clock;
use super::command::{Command, Motion, Sheet, ThemeChoice, Window};
use super::moment::{self, WindowFields};
use super::picture::Picture;
use super::{save, search, sources, widgets};
use crate::layout::Mode;
use crate::model::{Nanos, TimeRange};
use crate::store::{Counters, FilterError, Vocabulary};
use crate::texts::{Choice, Language, fill, texts};
use crate::view::theme::{Palette, UNIT};

/// What the bar shows.
pub struct Top<'a> {
    /// What arrived.
    pub counters: &'a Counters,
    /// What readers do.
    pub reading: &'a sources::Reading,
    /// The choice of window.
    pub window: Window,
    /// Where the data lies.
    pub extent: Option<TimeRange>,
    /// The window as a range.
    pub range: Option<TimeRange>,
    /// Whether the window is the later one of two that are compared.
    pub is_compared: bool,
    /// How moments are shown.
    pub clock: &'a Clock,
    /// Whether files can be opened.
    pub is_live: bool,
    /// Whether data may come in that is not known yet.
    pub can_arrive: bool,
    /// Whether new data waits.
    pub is_paused: bool,
    /// Why the text in the box is no filter.
    pub error: Option<&'a FilterError>,
    /// The filter in force, which is another while the text is none.
    pub in_force: Option<&'a str>,
    /// How many traces match, where there is a filter.
    pub matching: Option<usize>,
    /// The map, to find names on.
    pub picture: Option<&'a Picture>,
    /// What can be written in the box.
    pub words: Option<&'a Vocabulary>,
    /// Whether the text in the box narrows the data.
    pub is_filter: bool,
    /// Whether the box wants the keyboard.
    pub focus: bool,
    /// Theme.
    pub theme: ThemeChoice,
    /// In which language the window speaks.
    pub language: Choice,
    /// Whether times are in UTC.
    pub utc: bool,
    /// How much may move.
    pub motion: Motion,
    /// How the map is arranged.
    pub mode: Mode,
    /// Whether there is a map.
    pub is_filled: bool,
}

/// Shows the bar; `filter` is the text in the box, `fields` those of the window of time.
pub fn show(
    ui: &mut Ui,
    top: &Top<'_>,
    filter: &mut String,
    searching: &mut search::Searching,
    fields: &mut WindowFields,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_centered(|ui| {
        logo(ui, p);
        ui.add_space(2.0 * UNIT);
        sources::menu(ui, top.counters, top.reading, top.is_live, p, commands);
        ui.add_space(UNIT);
        let room = ui.available_width() - 300.0;
        search::show(ui, top, filter, searching, room.clamp(180.0, 520.0), p, commands);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            menu(ui, top, p, commands);
            if widgets::icon_button(ui, regular::QUESTION, texts().start.keys_and_help, p).clicked() {
                commands.push(Command::Toggle(Sheet::Keys));
            }
            if top.can_arrive || top.is_paused {
                pause(ui, top.is_paused, p, commands);
            }
            window(ui, top, fields, p, commands);
        });
    });
}

fn logo(ui: &mut Ui, p: &Palette) {
    let (rect, _) = ui.allocate_exact_size(vec2(20.0, 24.0), egui::Sense::hover());
    let at = |x: f32, y: f32| rect.center() + vec2(x, y);
    let line = Stroke::new(1.6, p.faint);
    ui.painter().line_segment([at(-6.0, 4.0), at(0.0, -6.0)], line);
    ui.painter().line_segment([at(0.0, -6.0), at(6.0, 5.0)], line);
    for (x, y, colour) in [(-6.0, 4.0, p.healthy), (0.0, -6.0, p.accent), (6.0, 5.0, p.warning)] {
        ui.painter().circle_filled(at(x, y), 3.4, colour);
    }
    if ui.available_width() > 1000.0 {
        ui.label(RichText::new("Spanscape").font(FontId::proportional(16.0)).strong().color(p.text));
    }
}

fn window(ui: &mut Ui, top: &Top<'_>, fields: &mut WindowFields, p: &Palette, commands: &mut Vec<Command>) {
    let minutes = |n: i64| Window::Last(Nanos::from_secs(60 * n));
    let all = [
        (Window::All, texts().start.all_data),
        (minutes(5), texts().start.last_5_minutes),
        (minutes(15), texts().start.last_15_minutes),
        (minutes(60), texts().start.last_hour),
    ];
    let name = match (top.window, top.range) {
        (Window::Range(_), Some(range)) if top.is_compared => {
            fill(texts().start.after_window, &[("range", &top.clock.range(range))])
        }
        (Window::Range(_), Some(range)) => top.clock.range(range),
        (window, _) => all.iter().find(|a| a.0 == window).map_or(texts().start.all_data, |a| a.1).to_owned(),
    };
    let label = format!("{}  {name}  {}", regular::CLOCK, regular::CARET_DOWN);
    // A click into a field must not close the menu that it is in.
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = MenuButton::new(RichText::new(label)).config(config).ui(ui, |ui| {
        ui.set_width(260.0);
        for (window, name) in all {
            if ui.selectable_label(top.window == window, name).clicked() {
                commands.push(Command::SetWindow(window));
                ui.close();
            }
        }
        ui.separator();
        if moment::fields(ui, fields, top.extent, top.clock, p, commands) {
            ui.close();
        }
    });
    let spoken = fill(texts().start.window, &[("name", &name)]);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
}

fn pause(ui: &mut Ui, is_paused: bool, p: &Palette, commands: &mut Vec<Command>) {
    let (icon, name, colour) = if is_paused {
        (regular::PLAY, texts().start.resume, p.warning)
    } else {
        (regular::PAUSE, texts().start.live, p.healthy)
    };
    let label = RichText::new(format!("{icon}  {name}")).color(if is_paused { colour } else { p.text });
    let response = ui.add(egui::Button::new(label));
    let spoken = if is_paused {
        texts().start.resume_showing_new_data
    } else {
        texts().start.pause_stop_showing_new_data
    };
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken));
    if response.on_hover_text(fill(texts().start.space, &[("what", &spoken)])).clicked() {
        commands.push(Command::TogglePause);
    }
}

fn menu(ui: &mut Ui, top: &Top<'_>, p: &Palette, commands: &mut Vec<Command>) {
    let icon = RichText::new(regular::LIST).font(FontId::proportional(16.0));
    let response = ui.menu_button(icon, |ui| {
        ui.set_min_width(200.0);
        widgets::note(ui, texts().start.theme, p);
        for (choice, name) in [
            (ThemeChoice::System, texts().start.as_the_system),
            (ThemeChoice::Dark, texts().start.dark),
            (ThemeChoice::Light, texts().start.light),
        ] {
            if ui.selectable_label(top.theme == choice, name).clicked() {
                commands.push(Command::SetTheme(choice));
                ui.close();
            }
        }
        ui.separator();
        widgets::note(ui, texts().start.language, p);
        for choice in Choice::ALL {
            if ui.selectable_label(top.language == choice, language_name(choice)).clicked() {
                commands.push(Command::SetLanguage(choice));
                ui.close();
            }
        }
        ui.separator();
        widgets::note(ui, texts().start.times, p);
        for (utc, name) in [(false, texts().start.in_the_local_zone), (true, texts().start.in_utc)] {
            if ui.selectable_label(top.utc == utc, name).clicked() {
                commands.push(Command::SetUtc(utc));
                ui.close();
            }
        }
        ui.separator();
        let all = egui::Button::new(texts().start.commands).shortcut_text("Ctrl K");
        if ui.add(all).clicked() {
            commands.push(Command::Toggle(Sheet::Commands));
            ui.close();
        }
        go(ui, commands);
        map(ui, top, commands);
        comfort(ui, top, commands);
        ui.separator();
        save::menu(ui, top.is_filled, commands);
    });
    response.response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, texts().start.menu));
}

/// Back, and what helps.
fn go(ui: &mut Ui, commands: &mut Vec<Command>) {
    let words = &texts().start;
    for (name, key, command) in [
        (words.undo, "Ctrl Z", Command::Fold(Fold::Undo)),
        (words.back, "Alt ←", Command::Back),
        (words.keys_and_help, "?", Command::Toggle(Sheet::Keys)),
        (words.show_the_whole_map, "F", Command::FitMap),
    ] {
        let key = widgets::with_arrows(key);
        if ui.add(egui::Button::new(name).shortcut_text(key)).clicked() {
            commands.push(command);
            ui.close();
        }
    }
}

/// What the map shows, and how it is laid out.
fn map(ui: &mut Ui, top: &Top<'_>, commands: &mut Vec<Command>) {
    let compare = egui::Button::new(texts().start.compare_the_window_with_the).shortcut_text("C");
    if ui
        .add_enabled(top.range.is_some(), compare)
        .on_disabled_hover_text(texts().start.choose_a_window_first)
        .clicked()
    {
        commands.push(Command::ToggleComparison);
        ui.close();
    }
    for (k, mode) in Mode::ALL.into_iter().enumerate() {
        let key = (k + 1).to_string();
        let entry = egui::Button::selectable(top.mode == mode, arranged(mode)).shortcut_text(key);
        if ui.add(entry).clicked() {
            commands.push(Command::Arrange(mode));
            ui.close();
        }
    }
    if ui.button(texts().start.arrange_the_map_anew).clicked() {
        commands.push(Command::ForgetPositions);
        ui.close();
    }
    if ui
        .button(texts().start.reset_panel_sizes)
        .on_hover_text(texts().start.panels_get_the_sizes_that)
        .clicked()
    {
        commands.push(Command::ResetLayout);
        ui.close();
    }
}

/// What a choice of language is called: each by its own name, so that who cannot read this one finds theirs.
pub fn language_name(choice: Choice) -> &'static str {
    match choice {
        Choice::System => texts().start.language_of_the_system,
        Choice::Always(Language::English) => texts().start.english,
        Choice::Always(Language::Japanese) => texts().start.japanese,
    }
}

/// Size of text and motion.
fn comfort(ui: &mut Ui, top: &Top<'_>, commands: &mut Vec<Command>) {
    ui.separator();
    ui.horizontal(|ui| {
        ui.label(texts().start.text);
        for (icon, name, steps) in [
            (regular::MINUS, texts().start.smaller_text, -1),
            (regular::PLUS, texts().start.larger_text, 1),
            ("100%", texts().start.text_of_the_usual_size, 0),
        ] {
            let response = ui.button(icon);
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, name));
            if response.clicked() {
                commands.push(Command::ScaleText(steps));
            }
        }
    });
    let mut reduced = top.motion == Motion::Reduced;
    if widgets::tick(ui, &mut reduced, texts().start.reduced_motion).changed() {
        let motion = if reduced { Motion::Reduced } else { Motion::System };
        commands.push(Command::SetMotion(motion));
    }
}

/// What an arrangement of the map is called.
pub fn arranged(mode: Mode) -> &'static str {
    match mode {
        Mode::Flow => texts().start.flow,
        Mode::Force => texts().start.force,
        Mode::Layered => texts().start.layered,
        Mode::Radial => texts().start.rings_around_the_selection,
        Mode::Grid => texts().start.grid,
    }
}
