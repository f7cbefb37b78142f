//! What is kept between runs, in one JSON file that is replaced as a whole.
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::command::ThemeChoice;
use super::systems::{System, Systems};
use super::{App, arrangement};
use crate::export::edge_signs::EdgeSigns;
use crate::texts::Choice;
use crate::view::panels::Motion;
use crate::view::panels::outage::CostKeys;

/// The file's content. Unknown fields are ignored and missing ones have defaults, so that versions mix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `dark`, `light`, or anything else for the system's.
    pub theme: String,
    /// `en`, `ja`, or anything else for the system's.
    pub language: String,
    /// Whether times are in UTC.
    pub utc: bool,
    /// Systems that were arranged by hand, the one seen last first.
    pub systems: Vec<System>,
    /// The size of text against the usual one; 0 where nobody chose.
    pub text_scale: f32,
    /// `reduced`, `full`, or anything else for the system's.
    pub motion: String,
    /// Whether the minimap stays away.
    pub hides_minimap: bool,
    /// Whether a replay moves once a second instead of all the time.
    pub reduces_motion: bool,
    /// Widths of panels by name, in points.
    pub widths: BTreeMap<String, f32>,
    /// The attribute that tells whose request it is; empty where nobody named one.
    pub user_key: String,
    /// What width, colour and label of edges mean.
    pub edges: [String; 3],
    /// The secret under which names become aliases.
    pub salt: String,
    /// The attribute that tells what a request is worth; empty where nobody named one.
    pub amount_key: String,
}

impl Settings {
    /// Where the file lies; `None` where the system has no such place.
    pub fn path() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "spanscape").map(|d| d.config_dir().join("settings.json"))
    }
    /// Reads the file; one that is missing or broken gives the defaults.
    pub fn load(path: &Path) -> Self {
        std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }
    /// Replaces the file: a crash leaves the old one.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let beside = path.with_extension(format!("json.{}", std::process::id()));
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(&beside, path)
    }
    /// What is to be kept of a window.
    pub fn of(app: &App) -> Self {
        let theme = match app.state.theme {
            ThemeChoice::System => "system",
            ThemeChoice::Dark => "dark",
            ThemeChoice::Light => "light",
        };
        let systems = app.systems.kept(&arrangement::kept(&app.state));
        Self {
            theme: theme.to_owned(),
            language: app.state.comfort.language.word().to_owned(),
            utc: app.state.utc,
            systems,
            text_scale: app.state.comfort.scale,
            motion: match app.state.comfort.motion {
                Motion::System => "system",
                Motion::Reduced => "reduced",
                Motion::Full => "full",
            }
            .to_owned(),
            hides_minimap: app.state.map.hides_minimap,
            reduces_motion: app.state.player.reduces_motion,
            widths: app.state.widths.clone(),
            edges: app.state.map.signs.words().map(str::to_owned),
            user_key: app.state.cost.user.clone(),
            amount_key: app.state.cost.amount.clone(),
            salt: app.salt.get().cloned().unwrap_or_default(),
        }
    }
    /// Gives a window what was kept.
    pub fn apply(&self, app: &mut App) {
        app.state.theme = match self.theme.as_str() {
            "dark" => ThemeChoice::Dark,
            "light" => ThemeChoice::Light,
            _ => ThemeChoice::System,
        };
        app.state.comfort.language = Choice::parse(&self.language).unwrap_or_default();
        app.state.utc = self.utc;
        app.state.comfort.motion = match self.motion.as_str() {
            "reduced" => Motion::Reduced,
            "full" => Motion::Full,
            _ => Motion::System,
        };
        if self.text_scale > 0.0 {
            app.state.comfort.scale = self.text_scale.clamp(0.7, 2.0);
        }
        app.state.map.hides_minimap = self.hides_minimap;
        app.state.player.reduces_motion = self.reduces_motion;
        app.state.widths = self.widths.clone();
        app.state.map.signs = EdgeSigns::from_words(self.edges.each_ref().map(String::as_str));
        app.state.cost = CostKeys { user: self.user_key.clone(), amount: self.amount_key.clone() };
        if !self.salt.is_empty() {
            let _ = app.salt.set(self.salt.clone());
        }
        app.systems = Systems::new(self.systems.clone());
        // What is shown may be one of them.
        app.kept = std::sync::Weak::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_round_trip_and_a_broken_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.json");
        let positions = BTreeMap::from([("service:a".to_owned(), (1.5, -2.0))]);
        let nodes = ["service:a".to_owned(), "service:b".to_owned()].into();
        let systems = vec![System { nodes, positions, ..System::default() }];
        let widths = BTreeMap::from([("side".to_owned(), 300.0)]);
        let user_key = "user.id".to_owned();
        let settings = Settings {
            theme: "dark".to_owned(),
            utc: true,
            systems,
            widths,
            user_key,
            ..Settings::default()
        };
        settings.save(&path).unwrap();
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path), settings);
        assert_eq!(
            std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
        std::fs::write(&path, "{\"theme\": \"light\", \"future\": 1}").unwrap();
        assert_eq!(Settings::load(&path).theme, "light");
        std::fs::write(&path, "{").unwrap();
        assert_eq!(Settings::load(&path), Settings::default());
    }
}
