//! Expressions: what stands right of `=`, and in an index.
//!
//! Precedence from loose to tight: `:`, `+ -`, `* /`, sign, `^`. Between square brackets a blank separates, so `[1 -2]` has two elements and `[1 - 2]` one.

use super::super::CaseError;
use super::super::matrix::Matrix;
use super::super::tokens::{Kind, Token};
use super::Script;

/// Parentheses deeper than this are no case.
const DEEPEST: usize = 50;
/// A range longer than this is no case.
const LONGEST: f64 = 1e6;

impl<'a> Script<'a> {
    pub(super) fn expression(&mut self) -> Result<Matrix, CaseError> {
        if self.depth >= DEEPEST {
            return Err(CaseError::at(self.line(), format!("parentheses are nested deeper than {DEEPEST}")));
        }
        self.depth += 1;
        let value = self.range();
        self.depth -= 1;
        value
    }

    /// `a`, `a:b` or `a:step:b`.
    fn range(&mut self) -> Result<Matrix, CaseError> {
        let line = self.line();
        let first = self.sum()?;
        if !self.eat(":") {
            return Ok(first);
        }
        let mut bounds = vec![first, self.sum()?];
        if self.eat(":") {
            bounds.push(self.sum()?);
        }
        let numbers: Option<Vec<f64>> = bounds.iter().map(|b| b.scalar().filter(|v| v.is_finite())).collect();
        let (from, step, to) = match numbers.as_deref() {
            Some([a, b]) => (*a, 1.0, *b),
            Some([a, s, b]) => (*a, *s, *b),
            _ => return Err(CaseError::at(line, "a range needs numbers on both sides of `:`")),
        };
        let count = ((to - from) / step).floor() + 1.0;
        if count.is_nan() || count > LONGEST {
            return Err(CaseError::at(line, format!("the range from {from} to {to} in steps of {step} is too long")));
        }
        // A range that goes the wrong way is empty.
        Ok(Matrix::row((0..count.max(0.0) as usize).map(|i| from + step * i as f64).collect(), line))
    }

    /// Whether the operator ahead is really the sign of the next element.
    fn begins_element(&self, operator: Token<'a>) -> bool {
        self.in_matrix && operator.spaced && self.tokens.get(self.next + 1).is_some_and(|t| !t.spaced)
    }

    fn sum(&mut self) -> Result<Matrix, CaseError> {
        let mut value = self.product()?;
        while let Some(operator) = self.peek().filter(|t| t.is("+") || t.is("-")) {
            if self.begins_element(operator) {
                break;
            }
            self.next += 1;
            let other = self.product()?;
            let plus = operator.is("+");
            value = value.with(other, operator.line, |a, b| if plus { a + b } else { a - b })?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<Matrix, CaseError> {
        let mut value = self.signed()?;
        while let Some(operator) = self.peek().filter(|t| ["*", "/", ".*", "./"].iter().any(|s| t.is(s))) {
            self.next += 1;
            let other = self.signed()?;
            let of_matrices = operator.is("*") && value.scalar().is_none() && other.scalar().is_none();
            if of_matrices || (operator.is("/") && other.scalar().is_none()) {
                return Err(CaseError::at(operator.line, format!("`{}` of two matrices is not followed; `.{0}` goes element by element", operator.show())));
            }
            let times = operator.is("*") || operator.is(".*");
            value = value.with(other, operator.line, |a, b| if times { a * b } else { a / b })?;
        }
        Ok(value)
    }

    fn signed(&mut self) -> Result<Matrix, CaseError> {
        let mut negative = false;
        while let Some(sign) = self.peek().filter(|t| t.is("-") || t.is("+")) {
            negative ^= sign.is("-");
            self.next += 1;
        }
        let value = self.power()?;
        Ok(if negative { value.map(|v| -v) } else { value })
    }

    fn power(&mut self) -> Result<Matrix, CaseError> {
        let mut value = self.operand()?;
        while let Some(operator) = self.peek().filter(|t| t.is("^") || t.is(".^")) {
            self.next += 1;
            // The sign of an exponent binds tighter than the power.
            let mut negative = false;
            while self.peek_is("-") || self.peek_is("+") {
                negative ^= self.peek_is("-");
                self.next += 1;
            }
            let exponent = self.operand()?;
            let exponent = if negative { exponent.map(|v| -v) } else { exponent };
            if operator.is("^") && (value.scalar().is_none() || exponent.scalar().is_none()) {
                return Err(CaseError::at(operator.line, "`^` of a matrix is not followed; `.^` goes element by element"));
            }
            value = value.with(exponent, operator.line, f64::powf)?;
        }
        Ok(value)
    }

    fn operand(&mut self) -> Result<Matrix, CaseError> {
        let Some(token) = self.advance() else { return Err(self.unexpected("where a number belongs")) };
        match token.kind {
            Kind::Number(value) => Ok(Matrix::number(value, token.line)),
            Kind::Name(name) => self.named(name, token.line),
            Kind::Symbol("(") => {
                let in_matrix = std::mem::replace(&mut self.in_matrix, false);
                let value = self.expression();
                self.in_matrix = in_matrix;
                let value = value?;
                self.want(")")?;
                Ok(value)
            }
            Kind::Symbol("[") => self.matrix(token.line),
            _ => {
                self.next -= 1;
                Err(self.unexpected("where a number belongs"))
            }
        }
    }

    /// A variable, a field, a part of either, a constant or a function.
    fn named(&mut self, name: &str, line: usize) -> Result<Matrix, CaseError> {
        let (value, shown) = if name == self.name && self.eat(".") {
            let Some(field) = self.name() else { return Err(self.unexpected("where the name of a field belongs")) };
            (self.fields.matrices.get(field), format!("{name}.{field}"))
        } else {
            (self.variables.get(name), name.to_owned())
        };
        let separate = self.in_matrix && self.peek().is_some_and(|t| t.spaced);
        let indexed = self.peek_is("(") && !separate;
        if let Some(value) = value {
            let whole = value.clone();
            return if indexed { self.part(&whole, line) } else { Ok(whole) };
        }
        if let (true, Some(function)) = (indexed, function(name)) {
            self.want("(")?;
            let in_matrix = std::mem::replace(&mut self.in_matrix, false);
            let argument = self.expression();
            self.in_matrix = in_matrix;
            let argument = argument?;
            self.want(")")?;
            return Ok(argument.map(function));
        }
        match (name, self.last) {
            ("end", Some(last)) => Ok(Matrix::number(last as f64, line)),
            ("pi", _) => Ok(Matrix::number(std::f64::consts::PI, line)),
            ("Inf" | "inf", _) => Ok(Matrix::number(f64::INFINITY, line)),
            ("NaN" | "nan", _) => Ok(Matrix::number(f64::NAN, line)),
            _ if indexed => Err(CaseError::at(line, format!("`{shown}(…)` is a function that this reader does not run, or a variable that is not there"))),
            _ => Err(CaseError::at(line, format!("`{shown}` is not known here"))),
        }
    }

    fn part(&mut self, whole: &Matrix, line: usize) -> Result<Matrix, CaseError> {
        let single = !self.has_comma();
        self.want("(")?;
        let part = if single {
            let index = self.index(whole.data.len())?;
            whole.elements(&index, line)?
        } else {
            let rows = self.index(whole.rows)?;
            self.want(",")?;
            let columns = self.index(whole.columns)?;
            whole.part(&rows, &columns, line)?
        };
        self.want(")")?;
        Ok(part)
    }

    /// Whether the parenthesis ahead holds more than one index.
    fn has_comma(&self) -> bool {
        let mut depth = 0_usize;
        for token in self.tokens.get(self.next..).unwrap_or_default() {
            match token.kind {
                Kind::Symbol("(" | "[") => depth += 1,
                Kind::Symbol(")" | "]") if depth <= 1 => return false,
                Kind::Symbol(")" | "]") => depth -= 1,
                Kind::Symbol(",") if depth == 1 => return true,
                _ => {}
            }
        }
        false
    }

    /// Whether the token behind the next one begins another element or ends the row.
    fn stands_alone(&self) -> bool {
        let next = self.tokens.get(self.next + 1);
        next.is_some_and(|t| matches!(t.kind, Kind::Number(_) | Kind::LineEnd | Kind::Symbol(";" | "," | "]")))
    }

    /// A matrix from behind its bracket: rows end at `;` or with the line.
    fn matrix(&mut self, line: usize) -> Result<Matrix, CaseError> {
        let in_matrix = std::mem::replace(&mut self.in_matrix, true);
        let mut matrix = Matrix { rows: 0, columns: 0, data: Vec::new(), lines: Vec::new() };
        let mut begun = 0;
        loop {
            let Some(token) = self.peek() else { return Err(CaseError::at(line, "the `[` opened here is never closed")) };
            let ends = token.is("]");
            if ends || token.is(";") || token.kind == Kind::LineEnd {
                self.next += 1;
                let length = matrix.data.len() - begun;
                if length > 0 {
                    if matrix.rows > 0 && length != matrix.columns {
                        return Err(CaseError::at(token.line, format!("this row has {length} numbers, and the first one has {}", matrix.columns)));
                    }
                    (matrix.rows, matrix.columns, begun) = (matrix.rows + 1, length, matrix.data.len());
                    matrix.lines.push(token.line);
                }
                if ends {
                    break;
                }
            } else if let (Kind::Number(value), true) = (token.kind, self.stands_alone()) {
                // By far the most elements are plain numbers.
                self.next += 1;
                matrix.data.push(value);
            } else if !self.eat(",") {
                let value = self.expression()?;
                if value.rows > 1 {
                    return Err(CaseError::at(token.line, "matrices inside a matrix are not followed; numbers and rows are"));
                }
                matrix.data.extend(value.data);
            }
        }
        self.in_matrix = in_matrix;
        Ok(matrix)
    }
}

/// Elementary functions, which go element by element.
fn function(name: &str) -> Option<fn(f64) -> f64> {
    match name {
        "sqrt" => Some(f64::sqrt),
        "abs" => Some(f64::abs),
        "sin" => Some(f64::sin),
        "cos" => Some(f64::cos),
        "tan" => Some(f64::tan),
        "asin" => Some(f64::asin),
        "acos" => Some(f64::acos),
        "atan" => Some(f64::atan),
        _ => None,
    }
}
