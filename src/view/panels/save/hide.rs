//! The part of the sheet that says what is hidden, and shows it on some spans: before and after.
use egui::{Grid, Label, RichText, TextEdit, Ui, WidgetInfo, WidgetType};

use super::{Contents, Saving};
use crate::export::redact::{Example, PREVIEWED, Redaction};
use crate::texts::{fill, texts};
use crate::view::panels::widgets;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

pub use crate::export::redact::Preview;

/// Characters of a value that are shown.
const SHOWN: usize = 40;
/// Between the columns of the preview, in points.
const GAP: f32 = 14.0;

/// What was chosen to be hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HideFields {
    /// Names become aliases.
    pub names: bool,
    /// Attributes go.
    pub attributes: bool,
    /// Statements, messages and URLs go.
    pub statements: bool,
    /// Notes go.
    pub notes: bool,
    /// Keys that go too, with `*`, between spaces or commas.
    pub drop: String,
    /// Keys that stay.
    pub keep: String,
}

impl HideFields {
    /// As rules, under a salt.
    pub fn redaction(&self, salt: &str) -> Redaction {
        let words = |text: &str| {
            let all = text.split([',', ' ', ';']).map(str::trim).filter(|w| !w.is_empty());
            all.map(str::to_owned).collect()
        };
        Redaction {
            names: self.names,
            attributes: self.attributes,
            statements: self.statements,
            notes: self.notes,
            drop: words(&self.drop),
            keep: words(&self.keep),
            salt: salt.to_owned(),
        }
    }
}

/// Shows it; of a report only names can be hidden.
pub(super) fn show(ui: &mut Ui, fields: &mut HideFields, contents: &Contents<'_>, what: Saving, p: &Palette) {
    widgets::heading(ui, texts().save.hide, "", p);
    // An empty box must be seen as one.
    ui.visuals_mut().widgets.inactive.bg_stroke = egui::Stroke::new(1.0, p.faint);
    if what == Saving::Report {
        widgets::tick(ui, &mut fields.names, texts().save.names_of_a_report);
        widgets::note(ui, texts().save.the_same_name_is_always, p);
        return;
    }
    widgets::tick(ui, &mut fields.names, texts().save.names_services_operations_hosts_databases);
    widgets::tick(ui, &mut fields.statements, texts().save.statements_messages_and_urls_behind);
    widgets::tick(ui, &mut fields.attributes, texts().save.all_attributes_but_those_that);
    if what == Saving::Case {
        widgets::tick(ui, &mut fields.notes, texts().save.notes_of_people);
    }
    ui.horizontal(|ui| {
        for (text, label, hint) in [
            (&mut fields.drop, texts().save.drop_these_attributes, "user.* enduser.id"),
            (&mut fields.keep, texts().save.but_keep, "http.route"),
        ] {
            ui.label(RichText::new(label).font(theme::small()).color(p.muted));
            let hint = RichText::new(hint).color(p.faint);
            let field = ui.add(TextEdit::singleline(text).hint_text(hint).desired_width(150.0));
            field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, label));
        }
    });
    ui.add_space(UNIT);
    match contents.preview {
        None => widgets::note(ui, texts().save.looking_at_the_spans, p),
        Some(preview) => shown(ui, preview, contents.is_preview_old, p),
    }
}

/// What would be hidden.
fn shown(ui: &mut Ui, preview: &Preview, is_old: bool, p: &Palette) {
    let right = fill(
        texts().save.spans_of_traces,
        &[("spans", &counted(preview.spans)), ("traces", &counted(preview.traces))],
    );
    widgets::heading(ui, texts().save.preview, &right, p);
    if is_old {
        widgets::note(ui, texts().save.looking_at_the_spans, p);
        ui.set_opacity(0.4);
    } else {
        widgets::note(ui, &sentence(preview), p);
    }
    for (i, example) in preview.examples.iter().enumerate() {
        ui.add_space(UNIT);
        self::example(ui, i, example, p);
    }
}

fn counted(n: u64) -> String {
    text::count(n as f64)
}

fn sentence(preview: &Preview) -> String {
    let c = preview.counts;
    if c.names + c.attributes + c.statements == 0 {
        let has_gone = |e: &Example| e.lines.iter().any(|l| l.after.as_deref() != Some(&*l.before));
        if preview.examples.iter().any(has_gone) {
            return texts().save.what_is_hidden_is_below.to_owned();
        }
        return texts().save.nothing_is_hidden_everything_is.to_owned();
    }
    let of = if preview.spans > PREVIEWED as u64 {
        fill(texts().save.in_the_first_spans, &[("count", &counted(PREVIEWED as u64))])
    } else {
        String::new()
    };
    fill(
        texts().save.names_become_aliases_attributes_are,
        &[
            ("names", &counted(c.names)),
            ("attributes", &counted(c.attributes)),
            ("texts", &counted(c.statements)),
            ("of", &of),
        ],
    )
}

fn example(ui: &mut Ui, number: usize, example: &Example, p: &Palette) {
    let frame = egui::Frame::new().fill(p.raised).corner_radius(theme::RADIUS).inner_margin(8);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(&example.title).font(theme::small()).color(p.muted));
        // However long the values are, the sheet stays as wide as it is.
        let column = (ui.available_width() - 2.0 * GAP) / 3.0;
        let grid = Grid::new(("preview", number)).num_columns(3).spacing([GAP, 3.0]).min_col_width(column);
        grid.max_col_width(column).show(ui, |ui| {
            let cell = |ui: &mut Ui, text: &str, colour| {
                let shown = RichText::new(text::name(text, SHOWN)).font(theme::small()).color(colour);
                ui.add(Label::new(shown).truncate()).on_hover_text(text);
            };
            for line in &example.lines {
                cell(ui, &line.what, p.muted);
                let is_same = line.after.as_deref() == Some(line.before.as_str());
                cell(ui, &line.before, if is_same { p.text } else { p.faint });
                match &line.after {
                    Some(_) if is_same => cell(ui, texts().save.as_it_is, p.faint),
                    Some(after) => cell(ui, after, p.accent),
                    None => cell(ui, texts().save.dropped, p.warning),
                }
                ui.end_row();
            }
        });
    });
}
