//! The languages of the window, and which of them the system asks for.

/// A language in which the window speaks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// The language of a locale such as `ja_JP.UTF-8` or `ja-JP`, if the window speaks it.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let tag = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        match tag.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "ja" => Some(Self::Japanese),
            _ => None,
        }
    }

    /// The first of `locales` that is not empty decides; English for what the window does not speak.
    pub fn of_locales<'a>(locales: impl IntoIterator<Item = &'a str>) -> Self {
        let first = locales.into_iter().find(|l| !l.is_empty());
        first.and_then(Self::of_locale).unwrap_or_default()
    }
}

/// Which language somebody wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Choice {
    /// That of the system.
    #[default]
    System,
    /// Always this one.
    Always(Language),
}

impl Choice {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 3] =
        [Self::System, Self::Always(Language::English), Self::Always(Language::Japanese)];

    /// Its word in settings and arguments.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Always(Language::English) => "en",
            Self::Always(Language::Japanese) => "ja",
        }
    }
    /// From its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word.trim())
    }
    /// The language that it comes to, where the system has this one.
    pub fn language(self, system: Language) -> Language {
        match self {
            Self::System => system,
            Self::Always(language) => language,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_has_a_word_that_leads_back_to_it() {
        assert!(Choice::ALL.into_iter().all(|c| Choice::parse(c.word()) == Some(c)));
        assert_eq!(Choice::System.language(Language::Japanese), Language::Japanese);
        assert_eq!(Choice::Always(Language::English).language(Language::Japanese), Language::English);
    }

    #[test]
    fn locales_name_their_language() {
        assert_eq!(Language::of_locales(["", "ja_JP.UTF-8", "en_US.UTF-8"]), Language::Japanese);
        assert_eq!(Language::of_locales(["ja-Jpan-JP"]), Language::Japanese);
        assert_eq!(Language::of_locales(["", ""]), Language::English);
        assert_eq!(Language::of_locales(["C", "ja_JP"]), Language::English, "C asks for no translation");
        assert_eq!(Language::of_locales(["jav"]), Language::English, "Javanese is another language");
    }
}
