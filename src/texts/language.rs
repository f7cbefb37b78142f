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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_name_their_language() {
        assert_eq!(Language::of_locales(["", "ja_JP.UTF-8", "en_US.UTF-8"]), Language::Japanese);
        assert_eq!(Language::of_locales(["ja-Jpan-JP"]), Language::Japanese);
        assert_eq!(Language::of_locales(["", ""]), Language::English);
        assert_eq!(Language::of_locales(["C", "ja_JP"]), Language::English, "C asks for no translation");
        assert_eq!(Language::of_locales(["jav"]), Language::English, "Javanese is another language");
    }
}
