//! The statements of a case, run one by one.

mod columns;
mod expression;

use super::CaseError;
use super::matrix::{Index, Matrix};
use super::tokens::{Kind, Token, cut};
use std::collections::BTreeMap;

/// Fields that a power flow needs.
const NEEDED: [&str; 5] = ["version", "baseMVA", "bus", "gen", "branch"];
/// Fields that are known and play no part in a power flow.
const WITHOUT_PART: [&str; 11] =
    ["gencost", "bus_name", "gentype", "genfuel", "areas", "reserves", "dclinecost", "softlims", "branch_name", "gen_name", "casename"];
/// Words that begin what is not followed.
const CONTROL: [&str; 11] = ["if", "for", "while", "switch", "try", "parfor", "global", "persistent", "else", "elseif", "case"];

/// What the statements leave behind.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub name: Option<String>,
    pub version: Option<String>,
    pub matrices: BTreeMap<String, Matrix>,
    /// Lines of fields that were left out.
    pub notes: Vec<String>,
}

/// A case while it is run.
struct Script<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
    /// The name of the structure, `mpc` by custom.
    name: &'a str,
    variables: BTreeMap<String, Matrix>,
    fields: Fields,
    /// Brackets and parentheses the expression at hand is inside of.
    depth: usize,
    /// Whether blanks separate.
    in_matrix: bool,
    /// What `end` stands for in the index at hand.
    last: Option<usize>,
}

/// Runs the statements of a case.
pub(super) fn run(text: &str) -> Result<Fields, CaseError> {
    let tokens = cut(text)?;
    let mut script = Script { tokens, next: 0, name: "mpc", variables: BTreeMap::new(), fields: Fields::default(), depth: 0, in_matrix: false, last: None };
    script.header()?;
    while script.skip_separators() {
        if script.ends_function() {
            break;
        }
        script.statement()?;
        script.end_of_statement()?;
    }
    Ok(script.fields)
}

impl<'a> Script<'a> {
    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next).copied()
    }

    fn peek_is(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|t| t.is(symbol))
    }

    fn line(&self) -> usize {
        self.peek().or(self.tokens.last().copied()).map_or(1, |t| t.line)
    }

    fn advance(&mut self) -> Option<Token<'a>> {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let there = self.peek_is(symbol);
        self.next += usize::from(there);
        there
    }

    fn want(&mut self, symbol: &str) -> Result<(), CaseError> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected(&format!("where `{symbol}` belongs"))) }
    }

    fn unexpected(&self, place: &str) -> CaseError {
        let found = self.peek().map_or_else(|| "the end of the file".to_owned(), |t| format!("`{}`", t.show()));
        CaseError::at(self.line(), format!("there is {found} {place}"))
    }

    fn name(&mut self) -> Option<&'a str> {
        let Some(Token { kind: Kind::Name(name), .. }) = self.peek() else { return None };
        self.next += 1;
        Some(name)
    }

    /// Goes to the next statement; whether there is one.
    fn skip_separators(&mut self) -> bool {
        while self.peek().is_some_and(|t| t.kind == Kind::LineEnd || t.is(";") || t.is(",")) {
            self.next += 1;
        }
        self.peek().is_some()
    }

    fn end_of_statement(&self) -> Result<(), CaseError> {
        match self.peek() {
            None => Ok(()),
            Some(t) if t.kind == Kind::LineEnd || t.is(";") || t.is(",") => Ok(()),
            Some(_) => Err(self.unexpected("behind a statement that was complete")),
        }
    }

    /// `return` or the `end` of the function; nothing may stand behind it.
    fn ends_function(&mut self) -> bool {
        let here = self.next;
        let ends = self.name().is_some_and(|n| ["end", "return", "endfunction"].contains(&n));
        if ends && !self.skip_separators() {
            return true;
        }
        self.next = here;
        false
    }

    /// `function mpc = name`, which may be missing.
    fn header(&mut self) -> Result<(), CaseError> {
        self.skip_separators();
        if self.peek().is_none_or(|t| t.kind != Kind::Name("function")) {
            return Ok(());
        }
        self.next += 1;
        if self.peek_is("[") {
            return Err(CaseError::at(
                self.line(),
                "this is a case of format 1 (a function that returns several matrices); save it in format 2 with MATPOWER's `savecase`",
            ));
        }
        let result = self.name().ok_or_else(|| self.unexpected("where the name of the structure belongs, as in `function mpc = name`"))?;
        self.want("=")?;
        let name = self.name().ok_or_else(|| self.unexpected("where the name of the case belongs, as in `function mpc = name`"))?;
        self.name = result;
        self.fields.name = Some(name.to_owned());
        if self.eat("(") {
            self.want(")").map_err(|e| CaseError { message: format!("{}: a case takes no arguments", e.message), ..e })?;
        }
        self.end_of_statement()
    }

    fn statement(&mut self) -> Result<(), CaseError> {
        let line = self.line();
        if self.peek_is("[") {
            return self.name_columns();
        }
        let Some(name) = self.name() else { return Err(self.unexpected("where a statement begins")) };
        if name == self.name && self.peek_is(".") {
            self.next += 1;
            return self.field(line);
        }
        if CONTROL.contains(&name) || name == "function" {
            return Err(CaseError::at(line, format!("`{name}` is not followed by this reader; run the case in MATPOWER and save it with `savecase`")));
        }
        if name == "define_constants" {
            columns::all().for_each(|(n, v)| self.bind(n, v, line));
            return Ok(());
        }
        if !self.eat("=") {
            let sentence = format!("`{name}` is a function or command that this reader does not run; run the case in MATPOWER and save it with `savecase`");
            return Err(CaseError::at(line, sentence));
        }
        let value = self.expression()?;
        self.variables.insert(name.to_owned(), value);
        Ok(())
    }

    fn bind(&mut self, name: &str, value: f64, line: usize) {
        self.variables.insert(name.to_owned(), Matrix::number(value, line));
    }

    /// `[PQ, PV, …] = idx_bus`: names for columns, in the order of the function.
    fn name_columns(&mut self) -> Result<(), CaseError> {
        let line = self.line();
        self.want("[")?;
        let mut names = Vec::new();
        while !self.eat("]") {
            match self.name() {
                Some(name) => names.push(Some(name)),
                None if self.eat("~") => names.push(None),
                None if self.eat(",") => {}
                None => return Err(self.unexpected("among the names on the left")),
            }
        }
        self.want("=")?;
        let Some(function) = self.name() else { return Err(self.unexpected("where the function that returns these belongs")) };
        let Some(values) = columns::of(function) else {
            return Err(CaseError::at(
                line,
                format!("`{function}` is a function that this reader does not run; known are `idx_bus`, `idx_gen` and `idx_brch`"),
            ));
        };
        if self.eat("(") {
            self.want(")")?;
        }
        if names.len() > values.len() {
            return Err(CaseError::at(line, format!("`{function}` returns {} values, and {} are asked for", values.len(), names.len())));
        }
        for (name, (_, value)) in names.into_iter().zip(values) {
            if let Some(name) = name {
                self.bind(name, *value, line);
            }
        }
        Ok(())
    }

    /// `mpc.field = …` from behind the dot.
    fn field(&mut self, line: usize) -> Result<(), CaseError> {
        let Some(field) = self.name() else { return Err(self.unexpected("where the name of a field belongs")) };
        if field == "dcline" {
            return self.direct_current();
        }
        if !NEEDED.contains(&field) {
            if !WITHOUT_PART.contains(&field) {
                self.fields.notes.push(format!("line {line}: the field `{field}` is unknown and was left out"));
            }
            return self.skip_statement();
        }
        if self.peek_is("(") {
            return self.assign_part(field, line);
        }
        self.want("=")?;
        if let (true, Some(Token { kind: Kind::Text(text), .. })) = (field == "version", self.peek()) {
            self.next += 1;
            self.fields.version = Some(text.to_owned());
            return Ok(());
        }
        let value = self.expression()?;
        if field == "version" {
            self.fields.version = value.scalar().map(|v| v.to_string());
        } else {
            self.fields.matrices.insert(field.to_owned(), value);
        }
        Ok(())
    }

    /// `mpc.field(rows, columns) = …` from the parenthesis on.
    fn assign_part(&mut self, field: &str, line: usize) -> Result<(), CaseError> {
        let known = self.fields.matrices.get(field).map(|m| (m.rows, m.columns));
        let Some((rows, columns)) = known else { return Err(CaseError::at(line, format!("`{}.{field}` is changed before it is there", self.name))) };
        self.want("(")?;
        let of_rows = self.index(rows)?;
        if !self.eat(",") {
            return Err(CaseError::at(line, format!("a part of `{}.{field}` is assigned by a single index; rows and columns are followed only", self.name)));
        }
        let of_columns = self.index(columns)?;
        self.want(")")?;
        self.want("=")?;
        let value = self.expression()?;
        match self.fields.matrices.get_mut(field) {
            Some(matrix) => matrix.assign(&of_rows, &of_columns, &value, line),
            None => Ok(()),
        }
    }

    /// Lines of direct current change the power at their ends; without any there is nothing to honor.
    fn direct_current(&mut self) -> Result<(), CaseError> {
        let line = self.line();
        let empty = self.eat("=") && self.expression()?.data.is_empty();
        if empty {
            return Ok(());
        }
        Err(CaseError::at(line, format!("`{}.dcline` has direct-current lines, which this power flow does not have", self.name)))
    }

    /// Goes to the end of a statement that plays no part. Brackets are closed: `tokens` has seen to it.
    fn skip_statement(&mut self) -> Result<(), CaseError> {
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            if let Kind::Symbol(s) = token.kind {
                match s {
                    "(" | "[" | "{" => depth += 1,
                    ")" | "]" | "}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            if depth == 0 && (token.kind == Kind::LineEnd || token.is(";") || token.is(",")) {
                break;
            }
            self.next += 1;
        }
        Ok(())
    }

    /// One index, up to the comma or parenthesis behind it.
    fn index(&mut self, size: usize) -> Result<Index, CaseError> {
        let alone = self.tokens.get(self.next + 1).is_some_and(|t| t.is(",") || t.is(")"));
        if alone && self.eat(":") {
            return Ok(Index::All);
        }
        let (last, in_matrix) = (self.last.replace(size), std::mem::replace(&mut self.in_matrix, false));
        let value = self.expression();
        (self.last, self.in_matrix) = (last, in_matrix);
        value.map(Index::At)
    }
}
