//! The words that a filter can be written with: keys and values that were seen.
use std::collections::{BTreeMap, BTreeSet};

use super::Spans;
use super::filter::KEYS;
use crate::model::semconv;

/// Values kept of each key; of services all that a system may have.
const VALUES: usize = 60;
const SERVICES: usize = 20_000;
/// Entries read of the attributes of a segment, and spans read for their names.
const READ: usize = 20_000;

/// Keys and some of their values.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    values: BTreeMap<String, BTreeSet<String>>,
    /// Keys of attributes of resources, which may be asked for by `resource.` alone.
    of_resources: BTreeSet<String>,
    /// Those of spans and their events.
    of_spans: BTreeSet<String>,
}

/// What may be written in a place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The byte from which on it takes the place of what is there.
    pub from: usize,
    /// What it is.
    pub text: String,
}

impl Vocabulary {
    /// What was seen lately, no more than can be read in a moment.
    pub fn new(spans: &Spans) -> Self {
        let mut own = Self::default();
        KEYS.iter().for_each(|key| own.add_key(key));
        for (key, known) in [
            ("kind", &["server", "client", "internal", "producer", "consumer"][..]),
            ("status", &["error", "ok", "unset"]),
            ("dur", &["100ms", "1s", "10s"]),
        ] {
            known.iter().for_each(|value| own.add(key, value));
        }
        for resource in spans.resources().take(READ) {
            own.add("service", spans.text(resource.service));
            own.add("namespace", spans.text(resource.namespace));
            own.add("version", spans.text(resource.version));
            for (key, value) in &resource.attributes {
                own.add(spans.text(*key), &value.to_string());
                own.of_resources.insert(spans.text(*key).to_owned());
            }
        }
        // Every key that there is, however many values.
        let mut seen = std::collections::HashSet::new();
        for segment in spans.segments() {
            seen.extend(segment.dictionary.iter().map(|entry| entry.key));
        }
        for key in seen {
            own.add_key(spans.text(key));
            own.of_spans.insert(spans.text(key).to_owned());
        }
        for segment in spans.segments().iter().rev().take(8) {
            for entry in segment.dictionary.iter().take(READ) {
                own.add(spans.text(entry.key), &entry.value.to_string());
            }
            segment.name.iter().take(READ).for_each(|name| own.add("name", spans.text(*name)));
        }
        own
    }

    /// Whether a key can be asked for: built in, seen, or another name of what was.
    pub fn has_key(&self, key: &str) -> bool {
        let rest = |place: &str| key.strip_prefix(place);
        let is_role = |key: &str| semconv::role(key).is_some();
        match (rest("resource."), rest("span.").or_else(|| rest("event."))) {
            (Some(own), _) => self.of_resources.contains(own) || self.values.contains_key(key),
            (_, Some(own)) => self.of_spans.contains(own) || is_role(own) || self.values.contains_key(key),
            _ => self.values.contains_key(key) || is_role(key),
        }
    }

    /// All keys that were seen, and those that are built in.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    fn add_key(&mut self, key: &str) {
        if !key.is_empty() && !self.values.contains_key(key) {
            self.values.insert(key.to_owned(), BTreeSet::new());
        }
    }

    fn add(&mut self, key: &str, value: &str) {
        self.add_key(key);
        if let Some(values) = self.values.get_mut(key)
            && values.len() < if key == "service" { SERVICES } else { VALUES }
            && !value.is_empty()
            && value.len() <= 80
            && !values.contains(value)
        {
            values.insert(value.to_owned());
        }
    }

    /// What may stand at the cursor, a byte of the text: keys, or values of the key before it.
    pub fn complete(&self, text: &str, cursor: usize) -> Vec<Completion> {
        let before = text.get(..cursor).unwrap_or(text);
        let from = before.rfind(|c: char| c.is_whitespace() || c == '(').map_or(0, |i| i + 1);
        let word = before.get(from..).unwrap_or_default();
        let Some(sign) = word.find([':', '=', '!', '<', '>', '~']) else {
            return self.words(word, (from, text.trim() == word));
        };
        let key = word.get(..sign).unwrap_or_default();
        let signs = word.get(sign..).unwrap_or_default();
        let value = signs.trim_start_matches([':', '=', '!', '<', '>', '~', '"']);
        let from = before.len() - value.len() - usize::from(signs.ends_with('"') || signs.contains('"'));
        let bare = key.strip_prefix("resource.").or_else(|| key.strip_prefix("span.")).unwrap_or(key);
        let Some(values) = self.values.get(key).or_else(|| self.values.get(bare)) else { return Vec::new() };
        // A range where a value may be one, else a length alone.
        let is_range = key == "dur" && matches!(signs.trim_end_matches(value), ":" | "=");
        let more = if is_range { ".." } else { "" };
        let completion = |v: &str| Completion { from, text: format!("{}{more}", quoted(v)) };
        let values = values.iter().map(String::as_str);
        let found =
            if is_range { best_or_same(values, value, |_| false) } else { best(values, value, |_| false) };
        found.into_iter().map(completion).collect()
    }

    /// Services by name, signs of the language, keys; a service is written alone where nothing else is.
    fn words(&self, word: &str, (from, is_alone): (usize, bool)) -> Vec<Completion> {
        if word.is_empty() {
            return Vec::new();
        }
        let services = self.values.get("service").into_iter().flatten().map(String::as_str);
        let services = best(services.filter(|s| starts_word(s, word)), word, |_| false);
        let service = |name: &str| if is_alone { quoted(name) } else { format!("service:{}", quoted(name)) };
        let signs = ["error", "root", "NOT", "AND", "OR", "no("];
        let signs = best(signs.into_iter(), word, |_| false).into_iter().map(str::to_owned);
        let mut all: Vec<String> = services.into_iter().take(4).map(service).collect();
        // A sign that the word begins comes before names that hold it.
        let (own, others): (Vec<String>, Vec<String>) = signs
            .chain(self.keys_for(word))
            .partition(|s| s.to_lowercase().starts_with(&word.to_lowercase()));
        let is_key = KEYS.iter().any(|k| k.starts_with(&word.to_lowercase()));
        all =
            if is_key { own.into_iter().chain(all).collect() } else { all.into_iter().chain(own).collect() };
        all.extend(others);
        all.truncate(8);
        all.into_iter().map(|text| Completion { from, text }).collect()
    }

    /// Keys that a word may become: those built in, the places of attributes, attributes.
    fn keys_for(&self, word: &str) -> Vec<String> {
        let places =
            [("resource.", &self.of_resources), ("span.", &self.of_spans), ("event.", &self.of_spans)];
        for (place, keys) in places {
            if let Some(rest) = word.strip_prefix(place) {
                let keys = best_or_same(keys.iter().map(String::as_str), rest, |_| false);
                return keys.into_iter().map(|key| format!("{place}{key}:")).collect();
            }
        }
        let keys = best_or_same(self.keys(), word, |k| KEYS.contains(&k));
        let keys = keys.into_iter().map(|key| format!("{key}:"));
        let places = places.into_iter().map(|p| p.0).filter(|p| p.starts_with(&word.to_lowercase()));
        let (own, others): (Vec<String>, Vec<String>) =
            keys.partition(|k| KEYS.contains(&k.trim_end_matches(':')));
        own.into_iter().chain(places.map(str::to_owned)).chain(others).collect()
    }
}

/// Whether one of the words of a name begins so.
fn starts_word(name: &str, part: &str) -> bool {
    let (name, part) = (name.to_lowercase(), part.to_lowercase());
    let starts = |at: usize| name.get(..at).is_none_or(|b| !b.ends_with(|c: char| c.is_alphanumeric()));
    name.match_indices(&part).any(|(at, _)| starts(at))
}

/// Those that begin with a part first, then those that hold it, before others those that are `first`; without the
/// one that is there already.
fn best<'a>(all: impl Iterator<Item = &'a str>, part: &str, first: impl Fn(&str) -> bool) -> Vec<&'a str> {
    let lower = part.to_lowercase();
    best_or_same(all.filter(|word| word.to_lowercase() != lower), part, first)
}

/// The same, with the one that is there already.
fn best_or_same<'a>(
    all: impl Iterator<Item = &'a str>,
    part: &str,
    first: impl Fn(&str) -> bool,
) -> Vec<&'a str> {
    let part = part.to_lowercase();
    let mut found: Vec<((bool, bool), &str)> = all
        .filter_map(|word| word.to_lowercase().find(&part).map(|at| ((at > 0, !first(word)), word)))
        .collect();
    found.sort_by_key(|f| f.0);
    found.into_iter().map(|f| f.1).take(8).collect()
}

fn quoted(value: &str) -> String {
    let is_bare = !value.contains(|c: char| c.is_whitespace() || "()\"=:!<>~\\".contains(c));
    if is_bare {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sketch::store;

    #[test]
    fn keys_and_values_that_were_seen_are_offered() {
        let (spans, _) =
            store("shop SERVER 0..9 name=GET_/cart tier=gold\n  pay SERVER 1..2 tier=silver host=n1");
        let words = Vocabulary::new(&spans);
        let offered = |text: &str| -> Vec<String> {
            let apply = |c: Completion| format!("{}{}", &text[..c.from], c.text);
            words.complete(text, text.len()).into_iter().map(apply).collect()
        };
        assert_eq!(offered("serv")[..2], ["service:", "service.name:"]);
        assert_eq!(offered("dur>1"), ["dur>100ms", "dur>10s", "dur>1s"]);
        assert_eq!(offered("dur:1s"), ["dur:1s.."]);
        assert_eq!(offered("sho")[0], "shop");
        assert_eq!(offered("error sho")[0], "error service:shop");
        for (typed, key) in [
            ("dur", "dur:"),
            ("nam", "name:"),
            ("even", "event:"),
            ("resourc", "resource."),
            ("span.ti", "span.tier:"),
            ("resource.ho", "resource.host.name:"),
        ] {
            assert!(offered(typed).contains(&key.to_owned()), "{typed}: {:?}", offered(typed));
        }
        assert_eq!(offered("service:"), ["service:pay", "service:shop"]);
        assert_eq!(offered("error AND tier=g"), ["error AND tier=gold"]);
        assert_eq!(offered("(kind:cl"), ["(kind:client"]);
        assert_eq!(offered("name:ca"), ["name:\"GET /cart\""]);
        assert_eq!(offered("resource.host.name=n"), ["resource.host.name=n1"]);
        assert_eq!(offered("NO"), ["NOT", "no("]);
        assert!(offered("nothing.such:x").is_empty() && offered("").is_empty());
    }
}
