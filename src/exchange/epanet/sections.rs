//! The text cut into sections, lines and words.

use super::InpError;

/// Sections by the beginning of their name, as the reference program looks for them.
const NAMES: [(&str, Section); 28] = [
    ("TITL", Section::Title),
    ("JUNC", Section::Junctions),
    ("RESE", Section::Reservoirs),
    ("TANK", Section::Tanks),
    ("PIPE", Section::Pipes),
    ("PUMP", Section::Pumps),
    ("VALV", Section::Valves),
    ("DEMA", Section::Demands),
    ("PATT", Section::Patterns),
    ("CURV", Section::Curves),
    ("STAT", Section::Status),
    ("CONT", Section::Controls),
    ("RULE", Section::Rules),
    ("EMIT", Section::Emitters),
    ("LEAK", Section::Leakage),
    ("OPTI", Section::Options),
    ("TIME", Section::Times),
    ("ENER", Section::Other),
    ("QUAL", Section::Other),
    ("SOUR", Section::Other),
    ("REAC", Section::Other),
    ("MIXI", Section::Other),
    ("REPO", Section::Other),
    ("COOR", Section::Other),
    ("VERT", Section::Other),
    ("LABE", Section::Other),
    ("BACK", Section::Other),
    ("TAGS", Section::Other),
];

/// A part of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Title,
    Junctions,
    Reservoirs,
    Tanks,
    Pipes,
    Pumps,
    Valves,
    Demands,
    Patterns,
    Curves,
    Status,
    Controls,
    Rules,
    Emitters,
    Leakage,
    Options,
    Times,
    Other,
}

/// A line with something on it.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: usize,
    pub words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    pub fn word(&self, place: usize) -> Option<&'a str> {
        self.words.get(place).copied()
    }

    pub fn need(&self, place: usize, what: &str) -> Result<&'a str, InpError> {
        self.word(place).ok_or_else(|| InpError::at(self.number, format!("{what} is missing")))
    }

    /// The number at a place.
    pub fn number_at(&self, place: usize, what: &str) -> Result<f64, InpError> {
        let word = self.need(place, what)?;
        number(word).ok_or_else(|| InpError::at(self.number, format!("{what} is no number: `{}`", short(word))))
    }

    /// The number at a place, or what stands for it where the line ends before.
    pub fn number_or(&self, place: usize, what: &str, default: f64) -> Result<f64, InpError> {
        if self.words.len() > place { self.number_at(place, what) } else { Ok(default) }
    }

    /// Whether a word is a keyword, however it is written.
    pub fn is(&self, place: usize, keyword: &str) -> bool {
        self.word(place).is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    }

    pub fn error<T>(&self, message: impl Into<String>) -> Result<T, InpError> {
        Err(InpError::at(self.number, message))
    }
}

/// A finite number.
pub(super) fn number(word: &str) -> Option<f64> {
    word.parse::<f64>().ok().filter(|x| x.is_finite())
}

/// A word cut to what fits a message.
pub(super) fn short(word: &str) -> String {
    if word.chars().count() > 40 { format!("{}…", word.chars().take(40).collect::<String>()) } else { word.to_owned() }
}

/// The lines of a file by section.
#[derive(Debug)]
pub(super) struct File<'a> {
    lines: Vec<(Section, Line<'a>)>,
    pub title: Option<&'a str>,
}

impl<'a> File<'a> {
    pub fn of(&self, section: Section) -> impl Iterator<Item = &Line<'a>> {
        let start = self.lines.partition_point(|(s, _)| *s < section);
        self.lines[start..].iter().take_while(move |(s, _)| *s == section).map(|(_, line)| line)
    }
}

/// Cuts the text. Words are separated by blanks, tabs and commas, or stand in double quotes; `;` begins a comment; `[END]` ends the file.
pub(super) fn cut(text: &str) -> Result<File<'_>, InpError> {
    let mut lines = Vec::new();
    let (mut section, mut title) = (None, None);
    for (n, line) in text.lines().enumerate() {
        let number = n + 1;
        let line = line.split(';').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name.split(']').next().unwrap_or("").trim().to_ascii_uppercase();
            if name.starts_with("END") {
                break;
            }
            let known = NAMES.iter().find(|(begin, _)| name.starts_with(begin)).map(|(_, section)| *section);
            section = Some(known.ok_or_else(|| InpError::at(number, format!("the section [{}] is not known", short(&name))))?);
            continue;
        }
        match section {
            None => return Err(InpError::at(number, "this stands before the first section; is it an EPANET file?")),
            Some(Section::Other) => {}
            Some(Section::Title) => title = title.or(Some(line)),
            Some(section) => lines.push((section, Line { number, words: words(line) })),
        }
    }
    // Stable: lines of a section stay in their order.
    lines.sort_by_key(|(section, _)| *section);
    Ok(File { lines, title })
}

fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line;
    let blank = |c: char| c.is_whitespace() || c == ',';
    loop {
        rest = rest.trim_start_matches(blank);
        if rest.is_empty() {
            return words;
        }
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find(blank).unwrap_or(rest.len())),
        };
        words.push(word);
        rest = after;
    }
}
