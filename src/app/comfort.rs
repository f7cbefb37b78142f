//! How the window suits a person: size of text, motion, sizes of panels, and the title it goes by.
use egui::{Context, ViewportCommand};

use super::App;
use super::command::Command;
use super::state::{Place, State};
use crate::texts::{self, Language, fill};
use crate::view::panels::{Motion, sources};

/// The least and the largest text, and the steps between, against the usual size.
const SCALES: std::ops::RangeInclusive<f32> = 0.7..=2.0;
const STEP: f32 = 0.1;

/// What is kept of a person's comfort, and what was last told to egui.
#[derive(Clone, Debug, PartialEq)]
pub struct Comfort {
    /// The size of text against the usual one.
    pub scale: f32,
    /// How much may move.
    pub motion: Motion,
    /// In which language the window speaks.
    pub language: texts::Choice,
    /// The language of the system.
    pub system_language: Language,
    /// What the system says about motion, where it says so.
    pub system_reduces: bool,
    /// Counts resets: panels of another count have their first sizes again.
    pub layout: u32,
    title: String,
}

impl Default for Comfort {
    fn default() -> Self {
        Self {
            scale: 1.0,
            motion: Motion::System,
            language: texts::Choice::System,
            system_language: Language::English,
            system_reduces: false,
            layout: 0,
            title: "Spanscape".to_owned(),
        }
    }
}

impl Comfort {
    /// Whether nothing should move by itself.
    pub fn is_still(&self) -> bool {
        match self.motion {
            Motion::System => self.system_reduces,
            Motion::Reduced => true,
            Motion::Full => false,
        }
    }
}

/// Does a command of this file; gives back what is none.
pub fn apply(s: &mut State, command: Command) -> Option<Command> {
    match command {
        Command::ScaleText(0) => s.comfort.scale = 1.0,
        Command::ScaleText(steps) => {
            let wanted = s.comfort.scale + STEP * f32::from(steps);
            let rounded = (wanted / STEP).round() * STEP;
            s.comfort.scale = rounded.clamp(*SCALES.start(), *SCALES.end());
        }
        Command::SetMotion(motion) => {
            s.comfort.motion = motion;
            s.player.reduces_motion = s.comfort.is_still();
        }
        Command::ResetLayout => {
            s.widths.clear();
            s.is_waterfall_full = false;
            s.comfort.layout += 1;
        }
        Command::SetEdgeSigns(signs) => s.map.signs = signs,
        Command::ToggleLegend => s.map.is_legend_open = !s.map.is_legend_open,
        Command::FocusMap => s.map.take_keyboard(),
        Command::GoTo(item) => {
            s.go(Place { selection: Some(item), answer: None, ..s.place.clone() });
            s.comes_near = true;
        }
        other => return Some(other),
    }
    None
}

/// Tells egui before each frame, where something is not as it was.
pub fn prepare(app: &mut App, ctx: &Context) {
    if std::mem::take(&mut app.state.comes_near) {
        let place = app.answers.picture.value().zip(app.state.place.selection.as_ref());
        if let Some(item) = place.and_then(|(p, i)| p.place_of(i)) {
            app.state.map.look_at(item);
        }
    }
    let shown = app.answers.picture.value().filter(|p| {
        // The map itself must have it, too.
        app.scene.as_ref().is_some_and(|s| std::sync::Arc::ptr_eq(s, &p.scene))
    });
    if let Some(picture) = shown {
        super::folding::look(&mut app.state, picture);
    }
    if let Some(place) = shown.zip(app.state.shows_up.as_ref()).and_then(|(p, i)| p.place_of(i)) {
        app.state.map.look_at(place);
        app.state.shows_up = None;
    }
    let comfort = &mut app.state.comfort;
    if ctx.zoom_factor() != comfort.scale {
        ctx.set_zoom_factor(comfort.scale);
    }
    let is_still = comfort.is_still();
    if is_still != (ctx.global_style().animation_time == 0.0) && app.session.is_live() {
        let time = if is_still { 0.0 } else { egui::Style::default().animation_time };
        ctx.all_styles_mut(|s| s.animation_time = time);
    }
    let names = app.snapshot.counters.sources.values().map(sources::title);
    let title = title(&names.collect::<Vec<_>>());
    if title != comfort.title {
        comfort.title.clone_from(&title);
        ctx.send_viewport_cmd(ViewportCommand::Title(title));
    }
}

/// Speaks the language that was chosen, before each frame; answers made in another one are asked for again.
pub fn speak(app: &mut App) {
    let comfort = &app.state.comfort;
    texts::speak(comfort.language.language(comfort.system_language));
    if app.spoken != texts::language() {
        app.spoken = texts::language();
        app.answers.forget_sentences();
    }
}

/// The language that the system asks for.
pub fn system_language() -> Language {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).unwrap_or_default());
    let has_any = variables.iter().any(|v| !v.is_empty());
    // Windows and macOS tell by other means.
    let asked = if has_any { None } else { sys_locale::get_locale() };
    Language::of_locales(variables.iter().map(String::as_str).chain(asked.as_deref()))
}

/// The title of a window that looks at these sources.
fn title(sources: &[&str]) -> String {
    let name = |n: &str| crate::view::text::name(n, 60);
    match sources {
        [] => "Spanscape".to_owned(),
        [one] => format!("{} – Spanscape", name(one)),
        [one, two] => format!("{}, {} – Spanscape", name(one), name(two)),
        [one, rest @ ..] => {
            fill(texts::texts().start.and_more_spanscape, &[("name", &name(one)), ("count", &rest.len())])
        }
    }
}

/// Asks the system whether it wants less motion; `None` where it has no word for it.
///
/// Starts a small program, so: not on the window's thread.
pub fn system_reduces_motion() -> Option<bool> {
    let says = |program: &str, arguments: &[&str]| {
        let told = std::process::Command::new(program).args(arguments).output().ok()?;
        told.status.success().then(|| String::from_utf8_lossy(&told.stdout).trim().to_owned())
    };
    if cfg!(target_os = "macos") {
        return says("defaults", &["read", "com.apple.universalaccess", "reduceMotion"]).map(|t| t == "1");
    }
    if cfg!(target_os = "linux") {
        let settings = ["get", "org.gnome.desktop.interface", "enable-animations"];
        return says("gsettings", &settings).map(|t| t == "false");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_grows_in_steps_and_stays_readable() {
        let mut s = State::default();
        for _ in 0..40 {
            apply(&mut s, Command::ScaleText(1));
        }
        assert_eq!(s.comfort.scale, 2.0);
        apply(&mut s, Command::ScaleText(-1));
        assert!((s.comfort.scale - 1.9).abs() < 1e-6);
        apply(&mut s, Command::ScaleText(0));
        assert_eq!(s.comfort.scale, 1.0);
    }

    #[test]
    fn motion_follows_the_system_until_somebody_chooses() {
        let mut s = State::default();
        assert!(!s.comfort.is_still());
        s.comfort.system_reduces = true;
        assert!(s.comfort.is_still());
        apply(&mut s, Command::SetMotion(Motion::Full));
        assert!(!s.comfort.is_still());
    }

    #[test]
    fn the_title_names_what_is_looked_at() {
        assert_eq!(title(&[]), "Spanscape");
        assert_eq!(title(&["shop.jsonl"]), "shop.jsonl – Spanscape");
        assert_eq!(title(&["a", "b", "c"]), "a and 2 more – Spanscape");
    }
}
