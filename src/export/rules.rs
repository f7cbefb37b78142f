//! Rules as TOML: the form that people write, and the rules when they write none.
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::filter_fault::fault_text;
use crate::analysis::alerts::{Objective, Rule, Rules, Signal, Who};
use crate::graph::NodeKind;
use crate::model::Nanos;
use crate::store::{Filter, FilterError, parse_duration};
use crate::texts::{fill, texts};

/// The rules when there are none, with what each word means.
pub const DEFAULT_RULES: &str = include_str!("../../docs/rules.toml");

/// What is wrong with a file of rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fill(texts().faults.in_line, &[("line", line), ("what", message)]))]
pub struct RulesError {
    /// From 1.
    pub line: usize,
    /// What is wrong, in one line.
    pub message: String,
}

/// The rules when there are none.
pub fn default_rules() -> Rules {
    // A test reads the file, so that it is never empty here.
    parse_rules(DEFAULT_RULES).unwrap_or_default()
}

/// Reads rules.
pub fn parse_rules(text: &str) -> Result<Rules, RulesError> {
    let line_of = |at: usize| text.get(..at.min(text.len())).unwrap_or_default().matches('\n').count() + 1;
    let file: RulesFile = toml::from_str(text).map_err(|e| RulesError {
        line: line_of(e.span().map_or(0, |s| s.start)),
        message: message(text, &e),
    })?;
    if let Some(rule) = file.rule.iter().find(|r| r.window.0 <= Nanos::ZERO) {
        let message = texts().faults.window_above_0.to_owned();
        return Err(RulesError { line: line_of(rule.name.span().start), message });
    }
    if let Some(rule) = file.rule.iter().find(|r| r.warning.is_none() && r.critical.is_none()) {
        let message = texts().faults.no_level.to_owned();
        return Err(RulesError { line: line_of(rule.name.span().start), message });
    }
    let mut filters = Vec::new();
    for rule in &file.rule {
        let Some(filter) = &rule.filter else {
            filters.push(None);
            continue;
        };
        let parsed = Filter::parse(filter.get_ref()).map_err(|e| RulesError {
            line: line_of(filter.span().start),
            message: filter_message(filter.get_ref(), &e),
        })?;
        if rule.signal.0.is_measured() {
            let message =
                format!("`filter`: {} comes from measurements, which have no traces", rule.signal.0.name());
            return Err(RulesError { line: line_of(filter.span().start), message });
        }
        filters.push((!filter.get_ref().trim().is_empty()).then(|| Arc::new(parsed)));
    }
    Ok(Rules {
        every: file.every.0,
        rules: file.rule.into_iter().zip(filters).map(|(table, filter)| table.rule(filter)).collect(),
        objectives: file.objective.into_iter().map(ObjectiveTable::objective).collect(),
    })
}

/// What is wrong with a filter, at which word of it.
pub fn filter_message(text: &str, error: &FilterError) -> String {
    let (before, rest) = text.split_at(text.floor_char_boundary(error.offset));
    let place: String = rest.chars().take(20).collect();
    let place = if place.is_empty() { "at the end".to_owned() } else { format!("at `{place}`") };
    format!("`filter`: {} {place} (character {})", fault_text(&error.fault), before.chars().count() + 1)
}

/// What is wrong, with the key that it is about where the parser does not name it.
fn message(text: &str, e: &toml::de::Error) -> String {
    let told = e.message().lines().collect::<Vec<_>>().join("; ");
    let before = e.span().and_then(|s| text.get(..s.start)).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    match line.split_once('=') {
        Some((key, _)) if !told.contains(key.trim()) && told.starts_with("invalid") => {
            format!("`{}`: {told}", key.trim())
        }
        _ => told,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    #[serde(default = "Length::half_a_minute")]
    every: Length,
    #[serde(default)]
    rule: Vec<RuleTable>,
    #[serde(default)]
    objective: Vec<ObjectiveTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    name: toml::Spanned<String>,
    signal: SignalName,
    warning: Option<f64>,
    critical: Option<f64>,
    below: Option<bool>,
    #[serde(default = "Length::five_minutes")]
    window: Length,
    #[serde(rename = "for", default)]
    hold: Length,
    resolve: Option<Length>,
    #[serde(default)]
    clear: Clear,
    #[serde(default)]
    nodes: Vec<String>,
    #[serde(default)]
    kinds: Vec<Kind>,
    #[serde(default)]
    edges: bool,
    #[serde(default)]
    min_calls: f64,
    #[serde(default)]
    slower_than_ms: f64,
    filter: Option<toml::Spanned<String>>,
    plain: Option<bool>,
}

impl RuleTable {
    fn rule(self, filter: Option<Arc<Filter>>) -> Rule {
        Rule {
            name: self.name.into_inner(),
            signal: self.signal.0,
            warning: self.warning,
            critical: self.critical,
            below: self.below.unwrap_or(self.signal.0 == Signal::Apdex),
            window: self.window.0,
            hold: self.hold.0,
            resolve: self.resolve.unwrap_or(self.hold).0,
            clear: self.clear.0,
            who: who(self.nodes, &self.kinds, self.edges),
            filter,
            least_calls: self.min_calls,
            slower_than: Nanos((self.slower_than_ms * 1e6) as i64),
            // A rule of one's own is taken at its word unless it says otherwise.
            plain: self.plain.unwrap_or(true),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectiveTable {
    name: String,
    #[serde(default)]
    nodes: Vec<String>,
    #[serde(default)]
    kinds: Vec<Kind>,
    #[serde(default)]
    entry: bool,
    target: Target,
    latency_ms: Option<f64>,
}

impl ObjectiveTable {
    fn objective(self) -> Objective {
        Objective {
            name: self.name,
            who: who(self.nodes, &self.kinds, false),
            entry: self.entry,
            target: self.target.0,
            latency: self.latency_ms.map(|ms| Nanos((ms * 1e6) as i64)),
        }
    }
}

fn who(nodes: Vec<String>, kinds: &[Kind], edges: bool) -> Who {
    Who { nodes, kinds: kinds.iter().map(|k| k.0).collect(), edges }
}

#[derive(Clone, Copy, Default)]
struct Length(Nanos);

impl Length {
    fn half_a_minute() -> Self {
        Self(Nanos::from_secs(30))
    }
    fn five_minutes() -> Self {
        Self(Nanos::from_secs(300))
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let length = parse_duration(&text).filter(|n| n.0 >= 0);
        let value = format!("{text:?}");
        length.map(Self).ok_or_else(|| D::Error::custom(fill(texts().faults.no_length, &[("value", &value)])))
    }
}

/// Above 0 and at most 1.
struct Clear(f64);

impl Default for Clear {
    fn default() -> Self {
        Self(0.8)
    }
}

impl<'de> Deserialize<'de> for Clear {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        let is_share = share > 0.0 && share <= 1.0;
        if is_share { Ok(Self(share)) } else { Err(D::Error::custom(texts().faults.clear_is_a_share)) }
    }
}

/// Between 0 and 1.
struct Target(f64);

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        let is_share = share > 0.0 && share < 1.0;
        let why = texts().faults.target_is_a_share;
        if is_share { Ok(Self(share)) } else { Err(D::Error::custom(why)) }
    }
}

#[derive(Clone, Copy)]
struct SignalName(Signal);

impl<'de> Deserialize<'de> for SignalName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let found = Signal::ALL.into_iter().find(|s| s.name() == text);
        found.map(Self).ok_or_else(|| unknown("signal", &text, &Signal::ALL.map(Signal::name)))
    }
}

#[derive(Clone, Copy)]
struct Kind(NodeKind);

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const ALL: [NodeKind; 7] = [
            NodeKind::Service,
            NodeKind::Database,
            NodeKind::Cache,
            NodeKind::Queue,
            NodeKind::External,
            NodeKind::User,
            NodeKind::Unknown,
        ];
        let text = String::deserialize(deserializer)?;
        let found = ALL.into_iter().find(|k| k.name() == text);
        found.map(Self).ok_or_else(|| unknown("kind", &text, &ALL.map(NodeKind::name)))
    }
}

fn unknown<E: Error>(what: &str, text: &str, known: &[&str]) -> E {
    let (value, known) = (format!("{text:?}"), known.join(", "));
    let values: [(&str, &dyn std::fmt::Display); 3] = [("value", &value), ("what", &what), ("known", &known)];
    E::custom(fill(texts().faults.no_such_word, &values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_what_holds_without_rules() {
        let rules = parse_rules(DEFAULT_RULES).unwrap();
        assert_eq!((rules.rules.len(), rules.objectives.len()), (11, 1));
        assert_eq!(rules.every, Nanos::from_secs(30));
        for signal in Signal::ALL {
            assert!(DEFAULT_RULES.contains(signal.name()), "{} is not explained", signal.name());
        }
        assert!(rules.rules.iter().all(|r| r.warning.is_some() || r.critical.is_some()));
    }

    #[test]
    fn rules_of_ones_own_are_taken_at_their_word() {
        let own = |more: &str| {
            let text = format!("[[rule]]\nname = \"x\"\nsignal = \"error_ratio\"\ncritical = 0.05\n{more}");
            parse_rules(&text).unwrap().rules[0].plain
        };
        assert!(own("") && own("plain = true") && !own("plain = false"));
        let weighed = default_rules().rules.into_iter().filter(|r| r.least_calls > 0.0);
        assert!(weighed.map(|r| r.plain).all(|plain| !plain));
    }

    #[test]
    fn mistakes_name_their_line() {
        let say = |text: &str| parse_rules(text).unwrap_err().to_string();
        let rule = |more: &str| format!("[[rule]]\nname = \"x\"\nsignal = \"cpu_ratio\"\n{more}\n");
        assert_eq!(say(&rule("window = \"soon\"")), "line 4: \"soon\": write a length as 30s, 5m or 6h");
        assert!(
            say(&rule("kinds = [\"pod\"]")).starts_with("line 4: \"pod\" is no kind; known are service,")
        );
        assert!(say(&rule("warn = 1")).starts_with("line 4: unknown field `warn`"));
        assert_eq!(say(&rule("clear = 2.0")), "line 4: `clear` must be above 0 and at most 1");
        assert!(say("\n\n[[rule]\n").starts_with("line 3: "));
        assert!(
            say("[[rule]]\nname = \"x\"\nsignal = \"load\"").starts_with("line 3: \"load\" is no signal")
        );
        assert_eq!(
            say(&rule("critical = \"high\"")),
            "line 4: `critical`: invalid type: string \"high\", expected f64"
        );
        let no_window = rule("critical = 1.0\nwindow = \"0s\"");
        assert_eq!(say(&no_window), "line 2: the rule's `window` must be above 0");
        assert_eq!(
            say(
                "[[rule]]\nname = \"x\"\nsignal = \"error_ratio\"\ncritical = 0.5\nfilter = \"root AND dur>fast\"\n"
            ),
            "line 5: `filter`: fast is not a duration: write 200ms, 1.5s or 100ms..2s at `fast` (character 14)"
        );
        assert_eq!(
            say(&rule("critical = 0.5\nfilter = \"service:a\"")),
            "line 5: `filter`: cpu_ratio comes from measurements, which have no traces"
        );
        assert_eq!(say(&rule("")), "line 2: the rule has neither `warning` nor `critical`");
        let objective = "[[objective]]\nname = \"x\"\ntarget = 99.5";
        assert_eq!(say(objective), "line 3: `target` must be between 0 and 1, such as 0.995");
    }
}
