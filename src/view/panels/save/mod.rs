//! The sheet that saves something: the form, what goes in, what is hidden, and where the file goes.
mod hide;
mod map;

use std::path::PathBuf;

use egui::{Key, Modal, RichText, Stroke, TextEdit, Ui, WidgetInfo, WidgetType};

use super::command::{Command, Sheet};
use super::widgets;
use crate::export::map_forms::MapForm;
use crate::texts::{fill, texts};
use crate::view::map::picture::PictureSize;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

pub use hide::{HideFields, Preview};

/// What can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Saving {
    /// The map, as a picture or as data.
    Map,
    /// Spans with everything that was arranged, noted and chosen.
    Case,
    /// Spans, as OTLP.
    Traces,
    /// The incident review.
    Report,
}

impl Saving {
    /// The heading of the sheet.
    fn title(self) -> &'static str {
        match self {
            Self::Map => texts().save.save_the_map,
            Self::Case => texts().save.save_a_case_file,
            Self::Traces => texts().save.save_the_traces,
            Self::Report => texts().save.save_the_report,
        }
    }
    /// What it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Map => texts().save.map,
            Self::Case => texts().save.case_file,
            Self::Traces => texts().save.traces,
            Self::Report => texts().save.report,
        }
    }
    fn purpose(self) -> Option<&'static str> {
        match self {
            Self::Map => None,
            Self::Case => Some(texts().save.one_file_with_the_spans),
            Self::Traces => Some(texts().save.otlp_json_one_batch_a),
            Self::Report => Some(texts().save.the_incident_review_as_markdown),
        }
    }
}

/// What was chosen in the sheet; kept while the window is open.
#[derive(Clone, Debug, PartialEq)]
pub struct SaveFields {
    /// The form of the map.
    pub form: MapForm,
    /// Pixels to a point of the screen; 0 where width and height are typed.
    pub times: u8,
    /// The typed width in pixels.
    pub width: String,
    /// The typed height in pixels.
    pub height: String,
    /// Whether the picture shows the whole map, not only what is in view.
    pub is_whole: bool,
    /// Whether a case file keeps all spans, not only those under the window and filter.
    pub all_in_case: bool,
    /// Whether all traces are saved as OTLP.
    pub all_traces: bool,
    /// What is hidden.
    pub hide: HideFields,
    /// The typed path.
    pub path: String,
    /// Whether the path is to have the keyboard: the sheet has just been opened.
    pub takes_keys: bool,
    /// What became of it.
    pub told: Option<Result<String, String>>,
    /// The file that is there already, where it is asked whether it is replaced.
    pub asks: Option<PathBuf>,
    /// Whether it is being written.
    pub is_busy: bool,
}

impl Default for SaveFields {
    fn default() -> Self {
        Self {
            form: MapForm::Png,
            times: 2,
            width: "3840".to_owned(),
            height: "2160".to_owned(),
            is_whole: true,
            all_in_case: true,
            all_traces: false,
            hide: HideFields::default(),
            path: String::new(),
            takes_keys: false,
            told: None,
            asks: None,
            is_busy: false,
        }
    }
}

impl SaveFields {
    /// How large the picture is to be; the error says what is wrong with what was typed.
    pub fn size(&self) -> Result<PictureSize, String> {
        if self.times > 0 {
            return Ok(PictureSize::Times(f32::from(self.times)));
        }
        let side = |text: &str| text.trim().parse::<u32>().ok();
        match (side(&self.width), side(&self.height)) {
            (Some(w), Some(h)) => Ok(PictureSize::Pixels(w, h)),
            _ => Err(texts().save.width_and_height_are_whole.to_owned()),
        }
    }
    /// Whether all spans are saved.
    pub fn is_all(&self, what: Saving) -> bool {
        if what == Saving::Traces { self.all_traces } else { self.all_in_case }
    }
    /// The end of the file's name.
    pub fn extension(&self, what: Saving) -> &'static str {
        match what {
            Saving::Map => self.form.extension(),
            Saving::Case => "spanscape",
            Saving::Traces => "jsonl.zst",
            Saving::Report => "md",
        }
    }
    /// The last path, with the end that fits what is saved now.
    pub fn prefill(&mut self, what: Saving) {
        if self.path.trim().is_empty() {
            return;
        }
        let fits = |end: &str| self.path.to_lowercase().ends_with(&format!(".{end}"));
        let traces = ["jsonl.zst", "jsonl", "json.zst", "pb.zst", "pb", "binpb", "bin", "otlp"];
        if fits(self.extension(what)) || (what == Saving::Traces && traces.iter().any(|e| fits(e))) {
            return;
        }
        let forms = MapForm::FILES.map(MapForm::extension);
        let known = traces.iter().chain(&["spanscape", "md"]).chain(&forms).find(|e| fits(e));
        let end = known.map_or(0, |e| e.len() + 1);
        self.path.truncate(self.path.len() - end);
        self.path = format!("{}.{}", self.path, self.extension(what));
    }
    /// What was chosen, without what became of it.
    fn choices(&self) -> Self {
        Self { told: None, asks: None, is_busy: false, takes_keys: false, ..self.clone() }
    }
    /// A name for the file.
    pub fn file_name(&self, what: Saving) -> String {
        match what {
            Saving::Map => format!("map.{}", self.extension(what)),
            Saving::Case => format!("case.{}", self.extension(what)),
            Saving::Traces => format!("traces.{}", self.extension(what)),
            Saving::Report => format!("incident-review.{}", self.extension(what)),
        }
    }
}

/// What the sheet tells of what is saved.
pub struct Contents<'a> {
    /// What is seen: window, filter, how many nodes.
    pub seen: String,
    /// Whether a window or a filter leaves something out.
    pub is_part: bool,
    /// Pixels of the picture, or why there cannot be one.
    pub pixels: Result<[u32; 2], String>,
    /// What is hidden, worked out on some spans; `None` while it is for the first time.
    pub preview: Option<&'a Preview>,
    /// Whether the preview is of what was chosen before, and the new one is being worked out.
    pub is_preview_old: bool,
}

/// The forms in which the map is copied, with their names.
pub fn copied_forms() -> impl Iterator<Item = (MapForm, &'static str)> {
    [
        (MapForm::Png, texts().save.picture),
        (MapForm::Mermaid, "Mermaid"),
        (MapForm::Dot, "DOT"),
        (MapForm::Csv, "CSV"),
        (MapForm::Table, texts().save.text_table),
    ]
    .into_iter()
}

/// What of the window's menu takes something away.
pub fn menu(ui: &mut Ui, is_filled: bool, commands: &mut Vec<Command>) {
    let open = |ui: &mut Ui, name: &str, what: Saving, commands: &mut Vec<Command>| {
        if ui.add_enabled(is_filled, egui::Button::new(name)).clicked() {
            commands.push(Command::Toggle(Sheet::Save(what)));
            ui.close();
        }
    };
    open(ui, texts().save.save_map_as, Saving::Map, commands);
    ui.add_enabled_ui(is_filled, |ui| {
        ui.menu_button(texts().save.copy_map_as, |ui| {
            for (form, name) in copied_forms() {
                if ui.button(name).clicked() {
                    commands.push(Command::CopyMap(form));
                    ui.close();
                }
            }
        });
    });
    open(ui, texts().save.save_case_file, Saving::Case, commands);
    open(ui, texts().save.save_traces_as_otlp, Saving::Traces, commands);
    open(ui, texts().save.save_report, Saving::Report, commands);
}

/// Shows the sheet.
pub fn show(
    ctx: &egui::Context,
    what: Saving,
    fields: &mut SaveFields,
    contents: &Contents<'_>,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let before = fields.choices();
    let id = egui::Id::new("save");
    let mut modal = Modal::new(id);
    if what == Saving::Map {
        // Hung up at its upper end: the row of forms stays under the pointer, whichever has more to ask.
        let top = 0.2 * ctx.content_rect().height();
        modal = modal.area(Modal::default_area(id).anchor(egui::Align2::CENTER_TOP, [0.0, top]));
    }
    let response = modal.show(ctx, |ui| {
        ui.set_width(if what == Saving::Map { 480.0 } else { 620.0 });
        ui.label(RichText::new(what.title()).font(theme::title()).color(p.text));
        if let Some(purpose) = what.purpose() {
            widgets::note(ui, purpose, p);
        }
        ui.add_space(2.0 * UNIT);
        // A sheet with a preview keeps its size, so that nothing moves away from the pointer.
        let is_of_spans = matches!(what, Saving::Case | Saving::Traces);
        let room = (ui.ctx().content_rect().height() - 260.0).clamp(120.0, 560.0);
        let scroll = egui::ScrollArea::vertical().max_height(room).auto_shrink([false, !is_of_spans]);
        scroll.show(ui, |ui| match what {
            Saving::Map => map::show(ui, fields, contents, p),
            Saving::Case | Saving::Traces => {
                spans(ui, what, fields, contents, p);
                hide::show(ui, &mut fields.hide, contents, what, p);
            }
            Saving::Report => hide::show(ui, &mut fields.hide, contents, what, p),
        });
        ui.add_space(2.0 * UNIT);
        place(ui, what, fields, contents, p, commands);
    });
    // What was told is of what was chosen then.
    if fields.choices() != before {
        (fields.told, fields.asks) = (None, None);
    }
    if response.backdrop_response.clicked() {
        commands.push(Command::Toggle(Sheet::Save(what)));
    }
}

/// Which spans.
fn spans(ui: &mut Ui, what: Saving, fields: &mut SaveFields, contents: &Contents<'_>, p: &Palette) {
    widgets::heading(ui, texts().save.spans, "", p);
    if contents.is_part {
        let is_all = if what == Saving::Traces { &mut fields.all_traces } else { &mut fields.all_in_case };
        ui.horizontal_wrapped(|ui| {
            ui.selectable_value(is_all, true, texts().save.all_traces);
            ui.selectable_value(is_all, false, texts().save.traces_in_the_window_that);
        });
        if !*is_all {
            widgets::note(ui, texts().save.fewer_traces_elsewhere, p);
        }
    }
    widgets::note(ui, &contents.seen, p);
}

/// Asks whether the file that is there is replaced.
fn asks(
    ui: &mut Ui,
    what: Saving,
    fields: &mut SaveFields,
    is_ready: bool,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let Some(path) = fields.asks.clone() else { return };
    ui.horizontal_wrapped(|ui| {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let told = fill(texts().save.exists_already, &[("name", &text::name(&name, 80))]);
        ui.label(RichText::new(told).color(p.warning));
        if ui.add_enabled(is_ready, egui::Button::new(texts().save.replace)).clicked() {
            commands.push(Command::Replace(what, path));
        }
        if ui.button(texts().save.cancel).clicked() {
            fields.asks = None;
        }
    });
    ui.add_space(UNIT);
}

/// Where it goes, and what became of it.
fn place(
    ui: &mut Ui,
    what: Saving,
    fields: &mut SaveFields,
    contents: &Contents<'_>,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let is_ready = !fields.is_busy && (what != Saving::Map || contents.pixels.is_ok());
    ui.separator();
    ui.add_space(UNIT);
    let entered = ui
        .horizontal(|ui| {
            let main = egui::Button::new(RichText::new(texts().save.choose_a_file).color(p.canvas))
                .fill(p.accent)
                .stroke(Stroke::NONE);
            if ui.add_enabled(is_ready, main).clicked() {
                commands.push(Command::Save(what, None));
            }
            let id = ui.make_persistent_id("path");
            // The palette, where it opened the sheet, has the keys for one more frame.
            let may = ui.memory(|m| m.allows_interaction(ui.layer_id()));
            if may && std::mem::take(&mut fields.takes_keys) {
                ui.memory_mut(|m| m.request_focus(id));
                widgets::select_all(ui, id, &fields.path);
            } else if fields.takes_keys {
                ui.ctx().request_repaint();
            }
            let edit = TextEdit::singleline(&mut fields.path)
                .id(id)
                .hint_text(RichText::new(texts().save.or_type_a_path).color(p.muted))
                .desired_width(ui.available_width() - 110.0);
            let field = ui.add(edit);
            field.widget_info(|| {
                WidgetInfo::labeled(WidgetType::TextEdit, true, texts().save.path_of_the_file)
            });
            if field.changed() && what == Saving::Map {
                fields.form = MapForm::of_path(&fields.path).unwrap_or(fields.form);
            }
            let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            let is_typed = !fields.path.trim().is_empty();
            let there = ui.add_enabled(is_ready && is_typed, egui::Button::new(texts().save.save_there));
            (there.clicked() || entered) && is_ready && is_typed
        })
        .inner;
    if entered {
        commands.push(Command::Save(what, Some(fields.path.trim().into())));
    }
    ui.add_space(UNIT);
    asks(ui, what, fields, is_ready, p, commands);
    ui.horizontal_wrapped(|ui| {
        if ui.button(texts().save.close).clicked() {
            commands.push(Command::Toggle(Sheet::Save(what)));
        }
        match (&fields.told, fields.is_busy) {
            (_, true) => _ = ui.label(RichText::new(texts().save.writing).color(p.muted)),
            (Some(Ok(done)), _) => _ = ui.label(RichText::new(done).color(p.healthy)),
            (Some(Err(why)), _) => _ = ui.label(RichText::new(why).color(p.critical)),
            (None, _) => {}
        }
    });
}
