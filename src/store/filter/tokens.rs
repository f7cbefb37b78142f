//! A text as words, signs and quotes.
use super::{FilterError, FilterFault, Op};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Quoted(String),
    /// A regular expression that was written between slashes.
    Pattern(String),
    Op(Op),
    Open,
    Close,
}

pub(super) fn error(offset: usize, fault: FilterFault) -> FilterError {
    FilterError { offset, fault }
}

/// The words, signs and quotes of a text, each with the byte where it starts.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FilterError> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some(&(at, c)) = chars.peek() {
        let token = match c {
            c if c.is_whitespace() => {
                chars.next();
                continue;
            }
            '(' | ')' => {
                chars.next();
                if c == '(' { Token::Open } else { Token::Close }
            }
            ':' | '=' | '!' | '<' | '>' | '~' => {
                chars.next();
                if c == '!' && chars.next_if(|n| n.1 == '~').is_some() {
                    out.push((at, Token::Op(Op::MatchesNot)));
                    pattern(&mut chars, &mut out)?;
                    continue;
                }
                if c == '~' || (c == '=' && chars.next_if(|n| n.1 == '~').is_some()) {
                    out.push((at, Token::Op(Op::Matches)));
                    pattern(&mut chars, &mut out)?;
                    continue;
                }
                let with_equal = c != ':' && chars.next_if(|n| n.1 == '=').is_some();
                match (c, with_equal) {
                    (':', _) => Token::Op(Op::Contains),
                    ('=', _) => Token::Op(Op::Equal),
                    ('!', true) => Token::Op(Op::NotEqual),
                    ('<', false) => Token::Op(Op::Less),
                    ('<', true) => Token::Op(Op::LessEqual),
                    ('>', false) => Token::Op(Op::Greater),
                    ('>', true) => Token::Op(Op::GreaterEqual),
                    _ => return Err(error(at, FilterFault::LoneNot)),
                }
            }
            '"' => {
                chars.next();
                let mut word = String::new();
                loop {
                    match chars.next() {
                        Some((_, '"')) => break Token::Quoted(word),
                        Some((_, '\\')) => word.extend(chars.next().map(|n| n.1)),
                        Some((_, c)) => word.push(c),
                        None => return Err(error(at, FilterFault::OpenQuote)),
                    }
                }
            }
            _ => {
                let mut word = String::new();
                while let Some((_, c)) =
                    chars.next_if(|n| !n.1.is_whitespace() && !"():=!<>~\"".contains(n.1))
                {
                    word.push(c);
                }
                Token::Word(word)
            }
        };
        out.push((at, token));
    }
    Ok(out)
}

/// A pattern between slashes, if there is one: spaces and parentheses belong to it.
fn pattern(
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
    out: &mut Vec<(usize, Token)>,
) -> Result<(), FilterError> {
    while chars.next_if(|c| c.1.is_whitespace()).is_some() {}
    let Some((at, _)) = chars.next_if(|c| c.1 == '/') else { return Ok(()) };
    let mut text = String::new();
    loop {
        match chars.next() {
            Some((_, '/')) => break,
            Some((_, '\\')) if chars.next_if(|c| c.1 == '/').is_some() => text.push('/'),
            Some((_, c)) => text.push(c),
            None => return Err(error(at, FilterFault::OpenPattern)),
        }
    }
    out.push((at, Token::Pattern(text)));
    Ok(())
}
