//! The words that a filter can be written with: keys and values that were seen.
use std::collections::{BTreeMap, BTreeSet};

use super::Spans;
use super::filter::KEYS;

/// Values kept of each key.
const VALUES: usize = 60;
/// Entries read of the attributes of a segment, and spans read for their names.
const READ: usize = 20_000;

/// Keys and some of their values.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    values: BTreeMap<String, BTreeSet<String>>,
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
            ("dur", &["100ms..", "1s..", "10s.."]),
        ] {
            known.iter().for_each(|value| own.add(key, value));
        }
        for resource in spans.resources().take(READ) {
            own.add("service", spans.text(resource.service));
            own.add("namespace", spans.text(resource.namespace));
            own.add("version", spans.text(resource.version));
            for (key, value) in &resource.attributes {
                own.add(spans.text(*key), &value.to_string());
            }
        }
        for segment in spans.segments().iter().rev().take(8) {
            for entry in segment.dictionary.iter().take(READ) {
                own.add(spans.text(entry.key), &entry.value.to_string());
            }
            segment.name.iter().take(READ).for_each(|name| own.add("name", spans.text(*name)));
        }
        own
    }

    fn add_key(&mut self, key: &str) {
        if !key.is_empty() && !self.values.contains_key(key) {
            self.values.insert(key.to_owned(), BTreeSet::new());
        }
    }

    fn add(&mut self, key: &str, value: &str) {
        self.add_key(key);
        if let Some(values) = self.values.get_mut(key)
            && values.len() < VALUES
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
            return self.keys(word, from);
        };
        let key = word.get(..sign).unwrap_or_default();
        let signs = word.get(sign..).unwrap_or_default();
        let value = signs.trim_start_matches([':', '=', '!', '<', '>', '~', '"']);
        let from = before.len() - value.len() - usize::from(signs.ends_with('"') || signs.contains('"'));
        let bare = key.strip_prefix("resource.").or_else(|| key.strip_prefix("span.")).unwrap_or(key);
        let Some(values) = self.values.get(key).or_else(|| self.values.get(bare)) else { return Vec::new() };
        let completion = |v: &str| Completion { from, text: quoted(v) };
        best(values.iter().map(String::as_str), value).into_iter().map(completion).collect()
    }

    fn keys(&self, word: &str, from: usize) -> Vec<Completion> {
        if word.is_empty() {
            return Vec::new();
        }
        let signs = ["error", "root", "NOT", "AND", "OR"];
        let keys = best(self.values.keys().map(String::as_str), word);
        let keys = keys.into_iter().map(|key| format!("{key}:"));
        let signs = best(signs.into_iter(), word).into_iter().map(str::to_owned);
        signs.chain(keys).map(|text| Completion { from, text }).collect()
    }
}

/// Those that begin with a part first, then those that hold it; without the one that is there already.
fn best<'a>(all: impl Iterator<Item = &'a str>, part: &str) -> Vec<&'a str> {
    let part = part.to_lowercase();
    let mut found: Vec<(bool, &str)> = all
        .filter(|word| word.to_lowercase() != part)
        .filter_map(|word| word.to_lowercase().find(&part).map(|at| (at > 0, word)))
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
        assert_eq!(offered("serv"), ["service:", "service.name:"]);
        assert_eq!(offered("service:"), ["service:pay", "service:shop"]);
        assert_eq!(offered("error AND tier=g"), ["error AND tier=gold"]);
        assert_eq!(offered("(kind:cl"), ["(kind:client"]);
        assert_eq!(offered("name:ca"), ["name:\"GET /cart\""]);
        assert_eq!(offered("resource.host.name=n"), ["resource.host.name=n1"]);
        assert_eq!(offered("NO"), ["NOT"]);
        assert!(offered("nothing.such:x").is_empty() && offered("").is_empty());
    }
}
