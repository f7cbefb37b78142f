//! Which rules alerts are raised by, and ways to use others.
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Label, RichText, TextEdit, Ui};

use super::widgets;
use super::{Command, findings};
use crate::analysis::alerts::Rules;
use crate::export::rules::{default_rules, filter_message, parse_rules};
use crate::store::Filter;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// The rules that are in use.
#[derive(Clone, Debug, PartialEq)]
pub struct RulesInUse {
    /// The file that they were read from; `None` for the usual ones.
    pub path: Option<PathBuf>,
    /// The rules.
    pub rules: Arc<Rules>,
    /// Why the last file that was asked for is not in use, in a sentence.
    pub error: Option<String>,
}

impl Default for RulesInUse {
    fn default() -> Self {
        Self { path: None, rules: Arc::new(default_rules()), error: None }
    }
}

impl RulesInUse {
    /// Takes the text of a file, or why it could not be read; rules that are bad leave the old ones in use.
    pub fn take(&mut self, path: &Path, read: std::io::Result<String>) {
        let name = path.display();
        let unread = |e: std::io::Error| match e.kind() {
            ErrorKind::NotFound => fill(texts().reading.does_not_exist, &[("name", &name)]),
            _ => fill(texts().reading.cannot_be_opened, &[("name", &name), ("why", &e)]),
        };
        match read.map_err(unread).and_then(|t| parse_rules(&t).map_err(|e| format!("{name}: {e}"))) {
            Ok(rules) => {
                *self = Self { path: Some(path.to_path_buf()), rules: Arc::new(rules), error: None };
            }
            Err(error) => self.error = Some(error),
        }
    }
}

impl RulesInUse {
    /// Narrows a rule to the calls of traces that pass a filter; an empty one counts all. One that cannot be read
    /// leaves the rule as it is.
    pub fn narrow(&mut self, place: usize, text: &str) {
        let filter = match Filter::parse(text) {
            _ if text.trim().is_empty() => None,
            Ok(filter) => Some(Arc::new(filter)),
            Err(e) => {
                let name = self.rules.rules.get(place).map_or("", |r| r.name.as_str());
                self.error = Some(format!("{name}: {}", filter_message(text, &e)));
                return;
            }
        };
        if let Some(rule) = Arc::make_mut(&mut self.rules).rules.get_mut(place) {
            (rule.filter, self.error) = (filter, None);
        }
    }
}

/// Shows which rules are in use, and how to use others.
pub fn show(ui: &mut Ui, used: &RulesInUse, p: &Palette, commands: &mut Vec<Command>) {
    let which = used
        .path
        .as_ref()
        .map_or_else(|| texts().timeline.the_usual_ones.to_owned(), |f| f.display().to_string());
    let count = used.rules.rules.len() + used.rules.objectives.len();
    widgets::note(ui, &fill(texts().timeline.rules, &[("which", &which), ("count", &count)]), p);
    if let Some(error) = &used.error {
        let sentence = fill(texts().timeline.not_in_use, &[("why", &text::name(error, 400))]);
        ui.add(Label::new(RichText::new(sentence).font(theme::small()).color(p.critical)).wrap());
    }
    findings::fold(ui, "rules", texts().timeline.rules_2, p, |ui| {
        buttons(ui, used, p, commands);
        typed(ui, commands);
        filters(ui, used, p, commands);
    });
}

fn buttons(ui: &mut Ui, used: &RulesInUse, p: &Palette, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        let button = |ui: &mut Ui, name: &str| ui.button(RichText::new(name).font(theme::small())).clicked();
        if button(ui, texts().timeline.open_rules) {
            commands.push(Command::OpenRules);
        }
        if let Some(path) = &used.path {
            if button(ui, texts().timeline.read_again) {
                commands.push(Command::UseRules(Some(path.clone())));
            }
            if button(ui, texts().timeline.use_the_usual_rules) {
                commands.push(Command::UseRules(None));
            }
        }
    });
    widgets::note(ui, texts().timeline.spanscape_analyze_health_print_rules, p);
}

/// The filter of each rule, to be changed.
fn filters(ui: &mut Ui, used: &RulesInUse, p: &Palette, commands: &mut Vec<Command>) {
    widgets::note(ui, texts().timeline.filters_of_rules, p);
    let counted = used.rules.rules.iter().enumerate().filter(|(_, r)| !r.signal.is_measured());
    for (place, rule) in counted {
        let kept = rule.filter.as_ref().map_or("", |f| f.text());
        let id = ui.id().with(("filter of rule", place));
        // What was typed counts until it is entered, or the rule has another filter.
        let (known, mut text) = ui
            .data(|d| d.get_temp::<(String, String)>(id))
            .filter(|(known, _)| known == kept)
            .unwrap_or_else(|| (kept.to_owned(), kept.to_owned()));
        ui.horizontal(|ui| {
            let name = widgets::fit(ui, &rule.name, &theme::small(), 120.0);
            ui.add_sized(
                [124.0, 20.0],
                Label::new(RichText::new(name).font(theme::small())).halign(egui::Align::LEFT),
            );
            let field = TextEdit::singleline(&mut text).hint_text("service:cart").font(theme::small());
            let response = ui.add(field.desired_width(f32::INFINITY));
            let spoken = fill(texts().timeline.filter_of_rule, &[("name", &rule.name)]);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, &spoken));
            if response.lost_focus() && text != kept {
                commands.push(Command::NarrowRule(place, text.clone()));
            }
        });
        ui.data_mut(|d| d.insert_temp(id, (known, text)));
    }
}

/// A path to type, for where there is no file dialog.
fn typed(ui: &mut Ui, commands: &mut Vec<Command>) {
    let id = ui.id().with("path of rules");
    let mut path = ui.data(|d| d.get_temp::<String>(id)).unwrap_or_default();
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 56.0).max(60.0);
        let field = TextEdit::singleline(&mut path).hint_text("rules.toml").font(theme::small());
        let response = ui.add(field.desired_width(width));
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, texts().timeline.path_of_a_file_of)
        });
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let used = ui.button(RichText::new(texts().timeline.use_).font(theme::small())).clicked();
        if (used || entered) && !path.trim().is_empty() {
            commands.push(Command::UseRules(Some(path.trim().into())));
        }
    });
    ui.data_mut(|d| d.insert_temp(id, path));
    ui.add_space(UNIT);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_rules_leave_the_old_ones_and_say_why() {
        let mut used = RulesInUse::default();
        let own = "[[rule]]\nname = \"mine\"\nsignal = \"error_ratio\"\nwarning = 0.5\n";
        used.take(Path::new("mine.toml"), Ok(own.to_owned()));
        assert_eq!((used.rules.rules.len(), used.error.as_deref()), (1, None));
        used.take(Path::new("bad.toml"), Ok("[[rule]]\nname = 3\n".to_owned()));
        assert_eq!(used.path.as_deref(), Some(Path::new("mine.toml")));
        assert!(used.error.as_deref().is_some_and(|e| e.starts_with("bad.toml: line 2: ")), "{used:?}");
        used.take(Path::new("none.toml"), Err(std::io::ErrorKind::NotFound.into()));
        assert_eq!(used.error.as_deref(), Some("none.toml does not exist"));
        assert_eq!(used.rules.rules.len(), 1);
    }

    #[test]
    fn a_rule_is_narrowed_by_a_filter_and_says_what_is_wrong_with_one() {
        let mut used = RulesInUse::default();
        used.narrow(0, "service:cart");
        let filter = |used: &RulesInUse| used.rules.rules[0].filter.as_ref().map(|f| f.text().to_owned());
        assert_eq!(filter(&used).as_deref(), Some("service:cart"));
        used.narrow(0, "dur>fast");
        assert_eq!(filter(&used).as_deref(), Some("service:cart"));
        assert!(used.error.as_deref().is_some_and(|e| e.contains("at `fast` (character 5)")), "{used:?}");
        used.narrow(0, " ");
        assert_eq!((filter(&used), used.error), (None, None));
    }
}
