//! All texts of the window in one catalogue, by area, in English and Japanese.
use std::cell::Cell;
use std::fmt::{Display, Write as _};

mod advice;
mod answers;
mod arranging;
mod capacity;
mod commands;
mod comparison;
mod decoding;
mod deploy;
mod edges;
mod faults;
mod findings;
mod formats;
mod impact;
mod language;
mod legend;
mod map;
mod outage;
mod pages;
mod patterns;
mod reading;
mod receiving;
mod save;
mod sentence;
mod sheets;
mod side;
mod start;
mod timeline;
mod trouble;
mod waterfall;
mod words;

pub use language::{Choice, Language};
pub use sentence::{Pick, Sentence, say};

/// An area of the catalogue: each text once, in all languages, with the same named places.
macro_rules! catalogue {
    ($(#[$doc:meta])* $area:ident { $($field:ident: $english:literal => $japanese:literal;)* }) => {
        $(#[$doc])*
        pub struct $area {
            $(#[doc = concat!("`", $english, "`")] pub $field: &'static str,)*
        }

        impl $area {
            pub(super) const ENGLISH: Self = Self { $($field: $english,)* };
            pub(super) const JAPANESE: Self = Self { $($field: $japanese,)* };
            #[cfg(test)]
            pub(super) const ALL: &'static [(&'static str, &'static str, &'static str)] =
                &[$((stringify!($field), $english, $japanese),)*];
        }
    };
}
pub(crate) use catalogue;

/// The texts of all areas, in one language.
macro_rules! areas {
    ($($(#[$doc:meta])* $name:ident: $area:ty,)*) => {
        /// The texts of the window in one language.
        pub struct Texts {
            $($(#[$doc])* pub $name: $area,)*
        }

        static ENGLISH: Texts = Texts { $($name: <$area>::ENGLISH,)* };
        static JAPANESE: Texts = Texts { $($name: <$area>::JAPANESE,)* };
        #[cfg(test)]
        const ALL: &[(&str, &[(&str, &str, &str)])] = &[$((stringify!($name), <$area>::ALL),)*];
    };
}

areas! {
    /// What kinds, health and certainty are called.
    words: words::Words,
    /// Sentences of answers that the window shows too: findings and incidents.
    answers: answers::Answers,
    /// What a deployment changed, in sentences.
    deploy: deploy::Deploy,
    /// What would make it faster or safer, in sentences.
    advice: advice::Advice,
    /// What more traffic would do, in sentences.
    capacity: capacity::Capacity,
    /// What bad requests have in common, in sentences.
    patterns: patterns::Patterns,
    /// What an outage means, in sentences.
    impact: impact::Impact,
    /// What is not well, and what alerts say.
    trouble: trouble::Trouble,
    /// What is wrong with what somebody typed, or wrote into a file of rules.
    faults: faults::Faults,
    /// What width, colour and label of edges mean.
    edges: edges::Edges,
    /// What an outage would hit, and who passes through a node.
    outage: outage::Outage,
    /// Headings, tables and sentences of whole answers, as Markdown.
    pages: pages::Pages,
    /// Findings: the list, the pages of the questions, choosing requests.
    findings: findings::Findings,
    /// The command palette.
    commands: commands::Commands,
    /// The help sheet and other sheets over the window.
    sheets: sheets::Sheets,
    /// The start page, sources, status bar, top bar and menu.
    start: start::Start,
    /// The panel of what is selected, the overview, lists of services and traces, notes.
    side: side::Side,
    /// The waterfall of a trace and the details of a span.
    waterfall: waterfall::Waterfall,
    /// What is opened, saved, copied and hidden.
    save: save::Save,
    /// Two windows compared on the map.
    comparison: comparison::Comparison,
    /// The timeline, replay, alerts, deployments and moments.
    timeline: timeline::Timeline,
    /// Groups, hiding and focus, the search box and the command palette.
    arranging: arranging::Arranging,
    /// Signs, figures and spoken names of the map.
    map: map::Map,
    /// The legend of the map.
    legend: legend::Legend,
    /// What readers say of files, folders and streams.
    reading: reading::Reading,
    /// What receivers say of ports and of requests that they refuse.
    receiving: receiving::Receiving,
    /// What is wrong with bytes that do not decode.
    decoding: decoding::Decoding,
    /// What files are that hold no traces, and formats that are not read.
    formats: formats::Formats,
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// The texts in the language of this thread.
pub fn texts() -> &'static Texts {
    match language() {
        Language::English => &ENGLISH,
        Language::Japanese => &JAPANESE,
    }
}

/// The language of this thread: English until [`speak`] says another.
pub fn language() -> Language {
    SPOKEN.get()
}

/// Sets the language of this thread; the window does it at the start of each frame, a worker at that of its job.
pub fn speak(language: Language) {
    SPOKEN.set(language);
}

/// `job` for another thread, which then speaks the language of this one.
pub fn in_this_language<T>(job: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let language = language();
    move || {
        speak(language);
        job()
    }
}

/// `template` with a value in each `{place}`; a place without a value stays as it is.
pub fn fill(template: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(template.len() + 12 * values.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            rest = &rest[before.len()..];
            break;
        };
        match values.iter().find(|(n, _)| *n == name) {
            Some((_, value)) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "{value}");
            }
            None => {
                debug_assert!(false, "no value for {{{name}}} in {template:?}");
                let _ = write!(out, "{{{name}}}");
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
