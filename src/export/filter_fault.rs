//! What is wrong with a filter, in words.
use crate::store::{Doubt, FilterFault, MOST_TESTS};
use crate::texts::{fill, texts};

/// What is wrong, without where; it begins in lower case.
pub fn fault_text(fault: &FilterFault) -> String {
    let words = &texts().faults;
    let plain = match fault {
        FilterFault::NoEnd => words.no_end,
        FilterFault::TooDeep => words.too_deep,
        FilterFault::OpenParenthesis => words.open_parenthesis,
        FilterFault::NoWord => words.no_word,
        FilterFault::PatternOfDuration => words.pattern_of_duration,
        FilterFault::OpenPattern => words.open_pattern,
        FilterFault::LoneNot => words.lone_not,
        FilterFault::OpenQuote => words.open_quote,
        FilterFault::NoValue(key) => return fill(words.no_value, &[("key", key)]),
        FilterFault::BadPattern(why) => return fill(words.bad_pattern, &[("why", why)]),
        FilterFault::NoDuration(value) => return fill(words.no_duration, &[("value", value)]),
        FilterFault::SpaceBeforeUnit(together) => {
            return fill(words.space_before_unit, &[("together", together)]);
        }
        FilterFault::EmptyRange(from, to) => {
            return fill(words.empty_range, &[("from", from), ("to", to)]);
        }
        FilterFault::NoNumber(value) => return fill(words.no_number, &[("value", value)]),
        FilterFault::TooLong => return fill(words.too_long, &[("most", &MOST_TESTS)]),
        FilterFault::NeverThere(value, key, known) => {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("value", value), ("key", key), ("known", &known.join(", "))];
            return fill(words.never_there, &values);
        }
    };
    plain.to_owned()
}

/// What may not be meant so, without where; it begins in lower case.
pub fn doubt_text(doubt: &Doubt) -> String {
    let words = &texts().faults;
    match doubt {
        Doubt::UnknownKey(key, None) => fill(words.unknown_key, &[("key", key)]),
        Doubt::UnknownKey(key, Some(near)) => fill(words.unknown_key_near, &[("key", key), ("near", near)]),
        Doubt::Milliseconds(value) => fill(words.milliseconds, &[("value", value)]),
    }
}
