//! Finds where a JSON document ends, without reading it: strings, escapes and depth are all that counts.

/// What a stretch of bytes did to the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scanned {
    /// It goes on.
    More,
    /// It ends before this index.
    Ends(usize),
    /// It cannot be right; the next record may begin at or after this index.
    Broken(usize),
}

/// The state between two stretches of one document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    /// Whether only a line break came before, so that an object here may be a record of JSON Lines.
    at_line_start: bool,
    /// The last byte outside strings that is no space.
    last: u8,
}

impl Scan {
    /// A document of which this many objects and lists are open.
    pub(super) fn inside(depth: usize) -> Self {
        Self { depth, in_string: false, is_escaped: false, at_line_start: false, last: b',' }
    }

    pub(super) fn run(&mut self, bytes: &[u8]) -> Scanned {
        let mut at = 0;
        loop {
            if self.in_string {
                match self.string(bytes, at) {
                    Ok(Some(next)) => at = next,
                    Ok(None) => return Scanned::More,
                    Err(line_end) => return Scanned::Broken(line_end),
                }
            }
            let Some(&b) = bytes.get(at) else { return Scanned::More };
            match b {
                b'\n' => self.at_line_start = true,
                b' ' | b'\t' | b'\r' => self.at_line_start = false,
                // The line before was cut: nothing allows an object to follow a finished value.
                b'{' if self.at_line_start && !matches!(self.last, b',' | b':' | b'[') => {
                    return Scanned::Broken(at);
                }
                _ => {
                    self.at_line_start = false;
                    self.last = b;
                    match b {
                        b'"' => self.in_string = true,
                        b'{' | b'[' => self.depth += 1,
                        b'}' | b']' if self.depth <= 1 => return Scanned::Ends(at + 1),
                        b'}' | b']' => self.depth -= 1,
                        _ => {}
                    }
                }
            }
            at += 1;
        }
    }

    /// Passes to the byte after the string's end. A line break within a string is not JSON: an error.
    fn string(&mut self, bytes: &[u8], mut at: usize) -> Result<Option<usize>, usize> {
        loop {
            if self.is_escaped && at < bytes.len() {
                self.is_escaped = false;
                at += 1;
            }
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(found) = memchr::memchr3(b'"', b'\\', b'\n', rest) else { return Ok(None) };
            at += found + 1;
            match rest.get(found) {
                Some(b'"') => {
                    self.in_string = false;
                    return Ok(Some(at));
                }
                Some(b'\\') => self.is_escaped = true,
                _ => return Err(at - 1),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In one stretch and byte by byte must be the same.
    fn scan(text: &str) -> Scanned {
        let whole = Scan::inside(0).run(text.as_bytes());
        let mut scan = Scan::inside(0);
        for (i, b) in text.bytes().enumerate() {
            match scan.run(&[b]) {
                Scanned::More => {}
                Scanned::Ends(n) => {
                    assert_eq!(whole, Scanned::Ends(i + n));
                    return whole;
                }
                Scanned::Broken(n) => {
                    assert_eq!(whole, Scanned::Broken(i + n));
                    return whole;
                }
            }
        }
        assert_eq!(whole, Scanned::More);
        whole
    }

    #[test]
    fn documents_end_where_they_end() {
        assert_eq!(scan("{} {}"), Scanned::Ends(2));
        assert_eq!(scan(r#"{"a":["}",{"\"}":"\\"}]} x"#), Scanned::Ends(24));
        assert_eq!(scan("[\n{},\n{}\n]"), Scanned::Ends(10));
        assert_eq!(scan("{\n\"a\":\n{}}"), Scanned::Ends(10));
        assert_eq!(scan(r#"{"a":"}"#), Scanned::More);
        assert_eq!(scan(r#"{"a":"\"#), Scanned::More);
    }

    #[test]
    fn cut_lines_are_noticed() {
        assert_eq!(scan("{\"a\":\"b\n{}"), Scanned::Broken(7));
        assert_eq!(scan("{\"a\":1\n{}"), Scanned::Broken(7));
        assert_eq!(scan("{\"a\":{}\n{}"), Scanned::Broken(8));
        // Two spaces in: a pretty-printed document is not JSON Lines.
        assert_eq!(scan("{\"a\":1\n  {}}"), Scanned::Ends(12));
    }
}
