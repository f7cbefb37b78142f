//! Which property tells bad requests from others: values, thresholds, and pairs of them.
use std::collections::{BTreeMap, BTreeSet};

use super::features::{Properties, Property, Source};
use super::when::ratio_at_the_same_time;
use crate::analysis::statistics::{FALSE_DISCOVERIES, Tail, benjamini_hochberg, compare_proportions};
use crate::model::{Symbol, Timestamp};

/// Bad requests that a rule must hold for.
const SUPPORT: u64 = 5;
/// Share of requests that must have the property at all.
const COVERAGE: f64 = 0.05;
/// Share of numbers among the values from which on a property is numeric.
const NUMERIC: f64 = 0.9;
/// Values per request above which a text is an id.
const DISTINCT: f64 = 0.5;
/// Values of one property that are tried.
const VALUES: usize = 50;
/// How many times more often requests must be bad where a rule holds.
const LIFT: f64 = 1.5;
/// Requests on the smaller side of a threshold.
const LEAF: usize = 20;
/// Rules that hold for the same requests to this degree are one.
const SAME: f64 = 0.8;
/// By how much a second condition must raise the share of bad requests, and how many must be left.
const SHARPER: (f64, u64) = (1.3, 10);

/// What a rule asks of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// This value.
    Is(String),
    /// Above this number.
    Above(f64),
    /// At most this number.
    AtMost(f64),
    /// It is not there, though others have it.
    Missing,
}

/// A property that goes with bad requests. Associated with, never the cause of.
#[derive(Clone, Debug, PartialEq)]
pub struct Association {
    /// Where it is read.
    pub source: Source,
    /// What is asked.
    pub condition: Condition,
    /// Bad requests that it holds for.
    pub bad: u64,
    /// All requests that it holds for, in the sample.
    pub all: u64,
    /// Share of bad requests where it holds, 0 to 1, of all requests and not only the sample.
    pub bad_ratio_with: f64,
    /// Share of bad requests where it does not hold.
    pub bad_ratio_without: f64,
    /// Share of the bad requests that it holds for.
    pub recall: f64,
    /// After correction for all that was tried.
    pub p_value: f64,
    /// For the order: difference of shares times the root of recall and precision.
    pub score: f64,
    /// Whether it only says when: it is the hour within a day, or how many requests were under way, and those
    /// where it holds are no more often bad than others of the same time.
    pub only_says_when: bool,
    /// Other conditions that hold for nearly the same requests.
    pub also: Vec<(Source, Condition)>,
    /// A second condition that makes it sharper, with the share of bad requests where both hold.
    pub and: Option<(Source, Condition, f64)>,
}

impl Association {
    /// How many times more often requests are bad where it holds.
    pub fn lift(&self) -> f64 {
        self.bad_ratio_with / self.bad_ratio_without.max(1e-9)
    }
}

/// Requests as sampled.
pub(super) struct Sample<'a> {
    pub requests: &'a [Properties],
    pub is_bad: &'a [bool],
    /// When each came.
    pub starts: &'a [Timestamp],
    /// Requests that each good one stands for.
    pub good_weight: f64,
    /// The text of names: what is equally good is ordered by it, whatever came first.
    pub text: &'a dyn Fn(Symbol) -> &'a str,
    /// Whether all is of less than a day, so that an hour is a stretch of time as any other.
    pub is_short: bool,
}

#[derive(Clone, Debug)]
struct Rule {
    source: Source,
    condition: Condition,
    holds: Vec<bool>,
    p: f64,
}

/// The associations, strongest first.
pub(super) fn associations(sample: &Sample<'_>, limit: usize) -> Vec<Association> {
    let everywhere = vec![true; sample.requests.len()];
    let mut rules = candidates(sample, &everywhere);
    let p: Vec<f64> = rules.iter().map(|r| r.p).collect();
    for (rule, q) in rules.iter_mut().zip(benjamini_hochberg(&p)) {
        rule.p = q;
    }
    rules.retain(|r| r.p <= FALSE_DISCOVERIES);
    let mut found: Vec<(Association, Rule)> = rules
        .into_iter()
        .map(|r| (sample.association(&r), r))
        .filter(|(a, _)| a.score > 0.0 && a.lift() >= LIFT)
        .collect();
    let name = |a: &Association| sample.name(&a.source);
    found.sort_by(|(a, _), (b, _)| {
        let is_weak = |a| sample.is_weak(a);
        is_weak(a).cmp(&is_weak(b)).then(b.score.total_cmp(&a.score)).then_with(|| name(a).cmp(&name(b)))
    });
    let mut groups: Vec<Vec<(Association, Rule)>> = Vec::new();
    for (association, rule) in found {
        let is_full = groups.len() >= limit;
        match groups.iter_mut().find(|g| g.first().is_some_and(|f| jaccard(&f.1.holds, &rule.holds) > SAME)) {
            Some(group) => group.push((association, rule)),
            None if is_full => {}
            None => groups.push(vec![(association, rule)]),
        }
    }
    let mut out: Vec<(Association, Rule)> = groups.into_iter().filter_map(|g| sample.led(g)).collect();
    for at in 0..out.len() {
        let before = || out[..at].iter().map(|o| &o.0);
        let also = before().flat_map(|a| a.also.iter().map(|s| &s.0));
        let told: Vec<Source> = before().map(|a| &a.source).chain(also).cloned().collect();
        let (association, rule) = &mut out[at];
        // What is sharper by a rule that was told before is that rule.
        association.and = sharper(sample, rule, association).filter(|(s, ..)| !told.contains(s));
    }
    out.into_iter().map(|o| o.0).collect()
}

fn sharper(sample: &Sample<'_>, rule: &Rule, found: &Association) -> Option<(Source, Condition, f64)> {
    let inside = candidates(sample, &rule.holds);
    let both = |r: &Rule| {
        let holds: Vec<bool> = r.holds.iter().zip(&rule.holds).map(|(a, b)| *a && *b).collect();
        let a = sample.association(&Rule { holds, ..r.clone() });
        (a.bad, a.bad_ratio_with)
    };
    let p: Vec<f64> = inside.iter().map(|r| r.p).collect();
    let q = benjamini_hochberg(&p);
    let (factor, least) = SHARPER;
    let mut good: Vec<(f64, &Rule)> = inside
        .iter()
        .zip(q)
        .filter(|(r, q)| *q <= FALSE_DISCOVERIES && r.source != rule.source)
        .map(|(r, _)| (both(r), r))
        .filter(|((bad, share), _)| *bad >= least && *share >= factor * found.bad_ratio_with)
        .map(|((_, share), r)| (share, r))
        .collect();
    let name = |r: &Rule| sample.name(&r.source);
    good.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| name(a.1).cmp(&name(b.1))));
    good.first().map(|(share, r)| (r.source.clone(), r.condition.clone(), *share))
}

fn jaccard(a: &[bool], b: &[bool]) -> f64 {
    let both = a.iter().zip(b).filter(|(a, b)| **a && **b).count();
    let any = a.iter().zip(b).filter(|(a, b)| **a || **b).count();
    if any > 0 { both as f64 / any as f64 } else { 0.0 }
}

/// One rule per property: the best that can be asked of it, among the requests inside.
fn candidates(sample: &Sample<'_>, inside: &[bool]) -> Vec<Rule> {
    let mut by_source: BTreeMap<&Source, Vec<(usize, &Property)>> = BTreeMap::new();
    for (i, request) in sample.requests.iter().enumerate().filter(|(i, _)| inside[*i]) {
        for (source, property) in request {
            by_source.entry(source).or_default().push((i, property));
        }
    }
    let all = inside.iter().filter(|i| **i).count();
    let mut out = Vec::new();
    for (source, values) in by_source {
        if (values.len() as f64) < COVERAGE * all as f64 {
            continue;
        }
        let numbers: Vec<(f64, usize)> = values
            .iter()
            .filter_map(|(i, p)| if let Property::Number(n) = p { Some((*n, *i)) } else { None })
            .collect();
        if numbers.len() as f64 >= NUMERIC * values.len() as f64 {
            out.extend(threshold(sample, source, numbers));
        } else {
            out.extend(values_of(sample, source, &values));
        }
        if values.len() < all {
            out.extend(sample.missing(source, &values, inside));
        }
    }
    out
}

/// The value of a text that goes best with bad requests.
fn values_of(sample: &Sample<'_>, source: &Source, values: &[(usize, &Property)]) -> Option<Rule> {
    let text = |p: &Property| match p {
        Property::Text(t) => t.to_string(),
        Property::Number(n) => n.to_string(),
    };
    let mut by_value: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    values.iter().for_each(|(i, p)| by_value.entry(text(p)).or_default().push(*i));
    let is_id = by_value.len() as f64 > DISTINCT * values.len() as f64 && values.len() >= LEAF;
    if is_id || by_value.len() < 2 {
        return None;
    }
    let has: Vec<bool> = presence(sample, values.iter().map(|v| v.0));
    let mut common: Vec<(String, Vec<usize>)> = by_value.into_iter().collect();
    common.sort_by_key(|(value, at)| (std::cmp::Reverse(at.len()), value.clone()));
    let tried = common.len().min(VALUES);
    let rules = common.into_iter().take(VALUES).filter_map(|(value, at)| {
        sample.rule(source, Condition::Is(value), presence(sample, at.into_iter()), &has, tried)
    });
    rules.min_by(|a, b| a.p.total_cmp(&b.p))
}

/// Names of the spans of a service in a request.
fn steps_of(request: &Properties, service: Symbol) -> BTreeSet<Symbol> {
    let name = |(source, _): &(Source, Property)| match source {
        Source::Count(of, name) if *of == service => Some(*name),
        _ => None,
    };
    request.iter().filter_map(name).collect()
}

fn presence(sample: &Sample<'_>, at: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut out = vec![false; sample.requests.len()];
    at.for_each(|i| out[i] = true);
    out
}

/// The threshold of a number that tells most: a decision stump by information gain.
fn threshold(sample: &Sample<'_>, source: &Source, mut numbers: Vec<(f64, usize)>) -> Option<Rule> {
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let n = numbers.len();
    let leaf = LEAF.max(n / 100).min(n / 2);
    let bad_all = numbers.iter().filter(|(_, i)| sample.is_bad[*i]).count();
    let mut best: Option<(f64, usize)> = None;
    let (mut bad, mut cuts) = (0usize, 0usize);
    for at in 1..n {
        bad += usize::from(sample.is_bad[numbers[at - 1].1]);
        if numbers[at].0 <= numbers[at - 1].0 {
            continue;
        }
        cuts += 1;
        // A side may be small where nearly all of it is bad.
        let small = at.min(n - at);
        let bad_small = if at <= n - at { bad } else { bad_all - bad };
        if small < leaf && bad_small < SUPPORT as usize {
            continue;
        }
        let gain = entropy(bad_all, n)
            - (at as f64 * entropy(bad, at) + (n - at) as f64 * entropy(bad_all - bad, n - at)) / n as f64;
        if best.is_none_or(|b| gain > b.0) {
            best = Some((gain, at));
        }
    }
    let (_, at) = best?;
    let cut = round_within(numbers[at - 1].0, numbers[at].0);
    let has = presence(sample, numbers.iter().map(|x| x.1));
    let above = presence(sample, numbers[at..].iter().map(|x| x.1));
    let below = presence(sample, numbers[..at].iter().map(|x| x.1));
    let rules = [(Condition::Above(cut), above), (Condition::AtMost(cut), below)];
    // Slow requests crowd those that come after them: that few were under way says nothing.
    // Neither do calls that were not made: a request that fails goes no further.
    let is_effect = matches!(source, Source::Concurrency | Source::Count(..));
    let is_told = |c: &Condition| !is_effect || matches!(c, Condition::Above(_));
    let rules = rules.into_iter().filter(|(c, _)| is_told(c));
    let rules = rules.filter_map(|(c, holds)| sample.rule(source, c, holds, &has, cuts));
    rules.min_by(|a, b| a.p.total_cmp(&b.p))
}

/// Whether an attribute tells of an answer, not of what was asked for.
fn is_answer(key: &str) -> bool {
    key.contains("response") || key.ends_with("returned_rows") || key.ends_with("affected_rows")
}

fn entropy(bad: usize, all: usize) -> f64 {
    let term = |k: usize| {
        let p = k as f64 / all.max(1) as f64;
        if p > 0.0 { -p * p.log2() } else { 0.0 }
    };
    term(bad) + term(all - bad)
}

/// A number with as few digits as fit between two others, near their middle. At least `low`, under `high`.
fn round_within(low: f64, high: f64) -> f64 {
    let middle = f64::midpoint(low, high);
    for digits in 0..17 {
        let text = format!("{middle:.digits$e}");
        if let Ok(rounded) = text.parse::<f64>()
            && rounded >= low
            && rounded < high
        {
            return rounded;
        }
    }
    low
}

impl Sample<'_> {
    fn name(&self, source: &Source) -> (u8, &str, &str) {
        let text = self.text;
        match *source {
            Source::Entry(key) => (0, "", text(key)),
            Source::Span(service, key) => (1, text(service), text(key)),
            Source::Version(service) => (2, text(service), ""),
            Source::Instance(service) => (3, text(service), ""),
            Source::Count(service, name) => (4, text(service), text(name)),
            Source::Concurrency => (5, "", ""),
            Source::Hour => (6, "", ""),
        }
    }

    /// What says little of why: that something is missing mostly follows from the failure.
    fn is_weak(&self, a: &Association) -> bool {
        a.condition == Condition::Missing || a.only_says_when
    }

    /// How far a property is from what a request brings along.
    fn distance(&self, a: &Association) -> u8 {
        match a.source {
            _ if self.is_weak(a) => 3,
            Source::Concurrency | Source::Count(..) | Source::Hour => 2,
            Source::Entry(key) | Source::Span(_, key) if is_answer((self.text)(key)) => 1,
            _ => 0,
        }
    }

    /// Of rules for the same requests, strongest first, the one that is told: the nearest to what the request asks
    /// for, since answers follow from it. The others go with it.
    fn led(&self, mut group: Vec<(Association, Rule)>) -> Option<(Association, Rule)> {
        let best = (0..group.len()).min_by_key(|i| (self.distance(&group[*i].0), *i))?;
        let (mut lead, rule) = group.remove(best);
        lead.also = group.into_iter().map(|(_, r)| (r.source, r.condition)).collect();
        Some((lead, rule))
    }

    /// That an attribute is not there, though the span that others have it on is.
    ///
    /// A step that was not taken is no property of a request: it is told by the pair.
    fn missing(&self, source: &Source, values: &[(usize, &Property)], inside: &[bool]) -> Option<Rule> {
        let mut of = inside.to_vec();
        match source {
            Source::Entry(_) => {}
            Source::Span(service, _) => {
                let mut carriers = values.iter().map(|(i, _)| steps_of(&self.requests[*i], *service));
                let first = carriers.next()?;
                let always = carriers.fold(first, |all, some| all.intersection(&some).copied().collect());
                let took = |i: usize| always.is_subset(&steps_of(&self.requests[i], *service));
                (0..of.len()).for_each(|i| of[i] &= !always.is_empty() && took(i));
            }
            _ => return None,
        }
        let mut holds = of.clone();
        values.iter().for_each(|(i, _)| holds[*i] = false);
        self.rule(source, Condition::Missing, holds, &of, 1)
    }

    /// A rule with its chance probability, corrected for `tried`; `None` if it holds for too few bad requests,
    /// or if bad ones are no more frequent where it holds. `of` are the requests that it can be asked of.
    fn rule(
        &self,
        source: &Source,
        condition: Condition,
        holds: Vec<bool>,
        of: &[bool],
        tried: usize,
    ) -> Option<Rule> {
        let count = |bad: bool, held: bool| {
            let is = |i: &usize| of[*i] && self.is_bad[*i] == bad && holds[*i] == held;
            (0..holds.len()).filter(is).count() as u64
        };
        let (a, b, c, d) = (count(true, true), count(false, true), count(true, false), count(false, false));
        let share = |x: u64, y: u64| x as f64 / (x + y).max(1) as f64;
        if a < SUPPORT || share(a, b) <= share(c, d) {
            return None;
        }
        let p = compare_proportions((c, c + d), (a, a + b), Tail::Greater)?.p_value;
        Some(Rule { source: source.clone(), condition, holds, p: (p * tried as f64).min(1.0) })
    }

    /// Slow requests crowd one another, so that crowding goes with any incident; and within one day an hour is a
    /// stretch of time as any other.
    fn only_says_when(&self, rule: &Rule) -> bool {
        let at_the_same_time =
            || ratio_at_the_same_time(self.starts, self.is_bad, &rule.holds, self.good_weight);
        match rule.source {
            Source::Hour => self.is_short,
            Source::Concurrency => at_the_same_time().is_none_or(|ratio| ratio < LIFT),
            _ => false,
        }
    }

    fn association(&self, rule: &Rule) -> Association {
        let count = |bad: bool, held: bool| {
            let is = |i: &usize| self.is_bad[*i] == bad && rule.holds[*i] == held;
            (0..rule.holds.len()).filter(is).count() as f64
        };
        let (a, b, c, d) = (count(true, true), count(false, true), count(true, false), count(false, false));
        let share = |bad: f64, good: f64| {
            let all = bad + good * self.good_weight;
            if all > 0.0 { bad / all } else { 0.0 }
        };
        let (with, without) = (share(a, b), share(c, d));
        let recall = a / (a + c).max(1.0);
        let effect = recall - b / (b + d).max(1.0);
        Association {
            source: rule.source.clone(),
            condition: rule.condition.clone(),
            bad: a as u64,
            all: (a + b) as u64,
            bad_ratio_with: with,
            bad_ratio_without: without,
            recall,
            p_value: rule.p,
            only_says_when: self.only_says_when(rule),
            score: effect * (recall * with).sqrt(),
            also: Vec::new(),
            and: None,
        }
    }
}
