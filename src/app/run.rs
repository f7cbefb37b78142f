//! The real window.
use std::path::PathBuf;

use super::command::{Command, ThemeChoice};
use super::settings::Settings;
use super::{App, Session, comfort, prepare};
use crate::texts::Choice;

/// How the window opens.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Files and folders to read at once.
    pub files: Vec<PathBuf>,
    /// A file of rules, instead of the usual ones.
    pub rules: Option<PathBuf>,
    /// Where settings are kept; `None` for the system's place.
    pub settings: Option<PathBuf>,
    /// Overrides the language that was kept.
    pub language: Option<Choice>,
    /// Overrides the theme that was kept.
    pub theme: Option<ThemeChoice>,
}

/// Opens the window and returns when it is closed. Fails where there is no display.
pub fn run(session: Session, options: RunOptions) -> Result<(), eframe::Error> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Spanscape")
        .with_app_id("spanscape")
        .with_inner_size([1600.0, 1000.0])
        .with_min_inner_size([1100.0, 700.0])
        .with_drag_and_drop(true);
    let native = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    let create = move |cc: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        prepare(&cc.egui_ctx);
        let mut app = App::new(session);
        app.attach(&cc.egui_ctx);
        app.follow_system_motion(&cc.egui_ctx);
        app.keep_settings(options.settings.clone().or_else(Settings::path));
        app.state.comfort.system_language = comfort::system_language();
        if let Some(language) = options.language {
            app.state.comfort.language = language;
        }
        if let Some(theme) = options.theme {
            app.state.theme = theme;
        }
        if let Some(path) = &options.rules {
            app.command(Command::UseRules(Some(path.clone())));
        }
        if !options.files.is_empty() {
            app.command(Command::Open(options.files.clone()));
        }
        Ok(Box::new(app))
    };
    eframe::run_native("spanscape", native, Box::new(create))
}
