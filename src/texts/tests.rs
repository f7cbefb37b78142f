//! The catalogue is whole: no text is empty, and translations have the places of the English ones.
use super::*;

fn places(text: &str) -> Vec<&str> {
    let mut places: Vec<&str> =
        text.split('{').skip(1).filter_map(|t| t.split_once('}')).map(|(p, _)| p).collect();
    places.sort_unstable();
    places
}

fn wrong(is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let of = |(area, texts): &(&str, &[(&str, &str, &str)])| {
        let named = |(field, en, ja): &(&str, &str, &str)| format!("{area}.{field}: {en:?} {ja:?}");
        texts.iter().filter(|(_, en, ja)| is_wrong(en, ja)).map(named).collect::<Vec<_>>()
    };
    ALL.iter().flat_map(of).collect()
}

#[test]
fn translations_have_the_places_of_the_english_texts() {
    let wrong = wrong(|en, ja| places(en) != places(ja));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_text_is_empty() {
    let wrong = wrong(|en, ja| en.trim().is_empty() != ja.trim().is_empty() || en.is_empty());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sentences_are_translated() {
    let is_japanese = |c: char| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}');
    // A text of several words is a sentence; names and units may stay.
    let is_word = |w: &&str| w.len() > 2 && w.chars().all(char::is_alphabetic);
    let wrong = wrong(|en, ja| en.split(' ').filter(is_word).count() > 2 && !ja.contains(is_japanese));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn places_are_filled_by_name() {
    assert_eq!(fill("{count} spans of {name}", &[("name", &"cart"), ("count", &3)]), "3 spans of cart");
    assert_eq!(fill("{name}のスパン{count}件", &[("name", &"a{b}"), ("count", &3)]), "a{b}のスパン3件");
    assert_eq!(fill("open {", &[]), "open {");
}

#[test]
fn a_thread_has_a_language_of_its_own() {
    speak(Language::Japanese);
    let other = std::thread::spawn(language).join().unwrap();
    assert_eq!((language(), other), (Language::Japanese, Language::English));
    speak(Language::English);
}
