//! Text from traces made safe for one line of a terminal, and for XML.

/// One line of at most `most` characters that cannot steer a terminal.
///
/// Control, bidi and invisible characters are replaced; what is too long loses its middle, since names differ
/// at both ends.
pub fn plain(text: &str, most: usize) -> String {
    let shown = |c: char| if is_unsafe(c) { '\u{FFFD}' } else { c };
    if text.chars().nth(most).is_none() {
        return text.chars().map(shown).collect();
    }
    let head = most / 2;
    let mut tail: Vec<char> = text.chars().rev().take(most.saturating_sub(head + 1)).collect();
    tail.reverse();
    text.chars().take(head).chain(['…']).chain(tail).map(shown).collect()
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Text for an element or attribute of XML 1.0, which knows no control characters even when escaped.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_one_line_and_short() {
        assert_eq!(plain("a\u{1b}[2J\n\u{202e}b", 20), "a\u{FFFD}[2J\u{FFFD}\u{FFFD}b");
        assert_eq!(plain("abcdefghij", 10), "abcdefghij");
        assert_eq!(plain("abcdefghijk", 10), "abcde…hijk");
        assert_eq!(plain("订单维护服务", 4), "订单…务");
    }

    #[test]
    fn xml_has_no_characters_that_it_forbids() {
        assert_eq!(xml("<a & \"b\">\0\u{1b}é"), "&lt;a &amp; &quot;b&quot;&gt;\u{FFFD}\u{FFFD}é");
    }
}
