//! A sentence that is worded where it is shown and not where it was made: by readers, receivers, decoders.
use std::fmt;
use std::sync::Arc;

use super::{ENGLISH, JAPANESE, Language, Texts, fill, language};

/// Picks a text of the catalogue, in whichever language.
pub type Pick = fn(&Texts) -> &'static str;

/// A text of the catalogue with its values, or words of others that stay as they are.
///
/// It is shown in the language of the thread that shows it; [`Self::english`] is for programs and their logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sentence(Arc<Kind>);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Kind {
    Plain(String),
    Said { english: &'static str, japanese: &'static str, values: Vec<(&'static str, Sentence)> },
}

/// Begins a sentence; its places are filled by [`Sentence::with`].
pub fn say(pick: Pick) -> Sentence {
    let (english, japanese) = (pick(&ENGLISH), pick(&JAPANESE));
    Sentence(Arc::new(Kind::Said { english, japanese, values: Vec::new() }))
}

impl Sentence {
    /// Fills a place with a name, a figure or another sentence.
    #[must_use]
    pub fn with(mut self, place: &'static str, value: impl Into<Self>) -> Self {
        if let Kind::Said { values, .. } = Arc::make_mut(&mut self.0) {
            values.push((place, value.into()));
        }
        self
    }

    /// In English, whoever asks: for replies to programs and for what programs read.
    pub fn english(&self) -> String {
        self.worded(Language::English)
    }

    fn worded(&self, language: Language) -> String {
        match &*self.0 {
            Kind::Plain(text) => text.clone(),
            Kind::Said { english, japanese, values } => {
                let template = match language {
                    Language::English => english,
                    Language::Japanese => japanese,
                };
                let worded: Vec<_> = values.iter().map(|(place, v)| (*place, v.worded(language))).collect();
                let places: Vec<_> =
                    worded.iter().map(|(place, v)| (*place, v as &dyn fmt::Display)).collect();
                fill(template, &places)
            }
        }
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.worded(language()))
    }
}

impl fmt::Debug for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.english(), f)
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self(Arc::new(Kind::Plain(text)))
    }
}

impl From<&str> for Sentence {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&Sentence> for Sentence {
    fn from(sentence: &Sentence) -> Self {
        sentence.clone()
    }
}

impl From<&String> for Sentence {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::speak;
    use super::*;

    #[test]
    fn a_sentence_is_worded_where_it_is_shown() {
        let inner = say(|t| t.reading.is_packed_with).with("packing", "gzip");
        let sentence = say(|t| t.reading.read_once).with("name", "{a}.gz").with("why", inner);
        let english = "{a}.gz is read once and not followed: it is packed with gzip";
        assert_eq!(sentence.to_string(), english);
        speak(Language::Japanese);
        assert_eq!(sentence.to_string(), "{a}.gz は一度だけ読み込み、追跡しません：gzipで圧縮されています");
        assert_eq!(sentence.english(), english);
        speak(Language::English);
        assert_eq!(Sentence::from("as it is").to_string(), "as it is");
    }
}
