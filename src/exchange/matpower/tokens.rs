//! The text cut into words, with what MATLAB makes of blanks, comments, quotes and lines that go on.

use super::CaseError;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind<'a> {
    Number(f64),
    Name(&'a str),
    /// A text in quotes, without them.
    Text(&'a str),
    Symbol(&'a str),
    LineEnd,
}

/// A piece of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token<'a> {
    pub kind: Kind<'a>,
    /// Line, from 1.
    pub line: usize,
    /// Whether a blank stands before it, which separates the elements of a matrix.
    pub spaced: bool,
}

impl Token<'_> {
    pub fn is(&self, symbol: &str) -> bool {
        matches!(self.kind, Kind::Symbol(s) if s == symbol)
    }

    /// As it stands in the text, for a message.
    pub fn show(&self) -> String {
        match self.kind {
            Kind::Number(n) => n.to_string(),
            Kind::Name(s) | Kind::Symbol(s) => s.to_owned(),
            Kind::Text(s) => format!("'{s}'"),
            Kind::LineEnd => "end of the line".to_owned(),
        }
    }

    /// Whether a quote right behind it transposes instead of opening a text.
    fn is_value(&self) -> bool {
        match self.kind {
            Kind::Number(_) | Kind::Name(_) | Kind::Text(_) => true,
            Kind::Symbol(s) => matches!(s, ")" | "]" | "}" | "'"),
            Kind::LineEnd => false,
        }
    }
}

const DOUBLE: [&str; 14] = [".*", "./", ".^", ".\\", ".'", "==", "~=", "!=", "<=", ">=", "&&", "||", "+=", "-="];
const SINGLE: &str = "=()[]{},;:+-*/\\^.&|~<>!@";

/// Cuts the text.
pub(super) fn cut(text: &str) -> Result<Vec<Token<'_>>, CaseError> {
    let mut tokens = Vec::with_capacity(text.len() / 4);
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut comments: Vec<usize> = Vec::new();
    for (n, line) in text.split('\n').enumerate() {
        let number = n + 1;
        match line.trim() {
            "%{" | "#{" => {
                comments.push(number);
                continue;
            }
            "%}" | "#}" if comments.pop().is_some() => continue,
            _ if !comments.is_empty() => continue,
            _ => {}
        }
        let goes_on = cut_line(line, number, &mut tokens, &mut open)?;
        if !goes_on {
            tokens.push(Token { kind: Kind::LineEnd, line: number, spaced: true });
        }
    }
    if let Some(line) = comments.pop() {
        return Err(CaseError::at(line, "the comment that begins here with %{ never ends; is the file cut off?"));
    }
    match open.first() {
        Some((bracket, line)) => Err(CaseError::at(*line, format!("the `{bracket}` opened here is never closed; is the file cut off?"))),
        None => Ok(tokens),
    }
}

/// Cuts one line; whether the next one continues it.
fn cut_line<'a>(line: &'a str, number: usize, tokens: &mut Vec<Token<'a>>, open: &mut Vec<(char, usize)>) -> Result<bool, CaseError> {
    let mut rest = line;
    // The blank before a line that continues another separates as well.
    let mut spaced = true;
    let first = tokens.len();
    loop {
        let trimmed = rest.trim_start();
        spaced |= trimmed.len() < rest.len();
        rest = trimmed;
        let Some(c) = rest.chars().next() else { return Ok(false) };
        if c == '%' || c == '#' {
            return Ok(false);
        }
        if rest.starts_with("...") {
            return Ok(true);
        }
        let before = tokens[first..].last();
        let in_matrix = open.last().is_some_and(|(bracket, _)| *bracket != '(');
        let transposes = before.is_some_and(Token::is_value) && !(spaced && in_matrix);
        let (kind, length) = if c.is_ascii_digit() || (c == '.' && rest[1..].starts_with(|d: char| d.is_ascii_digit())) {
            number_at(rest, number)?
        } else if c.is_ascii_alphabetic() || c == '_' {
            let length = rest.find(|d: char| !(d.is_ascii_alphanumeric() || d == '_')).unwrap_or(rest.len());
            (Kind::Name(&rest[..length]), length)
        } else if c == '"' || (c == '\'' && !transposes) {
            text_at(rest, c, number)?
        } else {
            let length = if DOUBLE.iter().any(|s| rest.starts_with(s)) { 2 } else { 1 };
            if length == 1 && c != '\'' && !SINGLE.contains(c) {
                return Err(CaseError::at(number, format!("the character `{c}` has no place here; is this a MATPOWER case?")));
            }
            bracket(c, number, open)?;
            (Kind::Symbol(&rest[..length]), length)
        };
        tokens.push(Token { kind, line: number, spaced });
        rest = &rest[length..];
        spaced = false;
    }
}

/// Keeps account of brackets, so that a file that ends too early is told by the bracket left open.
fn bracket(c: char, line: usize, open: &mut Vec<(char, usize)>) -> Result<(), CaseError> {
    let wanted = match c {
        '(' | '[' | '{' => {
            open.push((c, line));
            return Ok(());
        }
        ')' => '(',
        ']' => '[',
        '}' => '{',
        _ => return Ok(()),
    };
    match open.pop() {
        Some((opened, _)) if opened == wanted => Ok(()),
        Some((opened, from)) => Err(CaseError::at(line, format!("`{c}` does not close the `{opened}` of line {from}"))),
        None => Err(CaseError::at(line, format!("`{c}` closes nothing"))),
    }
}

fn number_at(rest: &str, line: usize) -> Result<(Kind<'_>, usize), CaseError> {
    let bytes = rest.as_bytes();
    let digits = |mut i: usize| {
        while bytes.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let mut end = digits(0);
    // In `1./x` the dot belongs to the operator.
    if bytes.get(end) == Some(&b'.') && !matches!(bytes.get(end + 1), Some(b'*' | b'/' | b'^' | b'\\' | b'\'')) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E' | b'd' | b'D')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let after = digits(end + 1 + sign);
        if after > end + 1 + sign {
            end = after;
        }
    }
    let follows = rest[end..].chars().next();
    if let Some(c) = follows.filter(|c| c.is_alphanumeric() || *c == '_') {
        return Err(CaseError::at(line, format!("`{}{c}…` is no number", &rest[..end])));
    }
    let text = &rest[..end];
    let value = text.parse().or_else(|_| text.replace(['d', 'D'], "e").parse());
    value.map(|v| (Kind::Number(v), end)).map_err(|_| CaseError::at(line, format!("`{text}` is no number")))
}

fn text_at(rest: &str, quote: char, line: usize) -> Result<(Kind<'_>, usize), CaseError> {
    let mut from = 1;
    while let Some(at) = rest[from..].find(quote) {
        let end = from + at;
        // A quote twice is a quote in the text.
        if rest[end + 1..].starts_with(quote) {
            from = end + 2;
        } else {
            return Ok((Kind::Text(&rest[1..end]), end + 1));
        }
    }
    Err(CaseError::at(line, "the text in quotes that begins here never ends"))
}
