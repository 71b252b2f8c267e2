//! The three matrices checked row by row, and what they mean.

use super::CaseError;
use super::matrix::Matrix;
use super::script::Fields;
use nalgebra::Complex;
use std::collections::BTreeMap;

/// What is held at a bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusType {
    /// Active and reactive power are given.
    Pq,
    /// Active power and voltage are given.
    Pv,
    /// Voltage and angle are given.
    Reference,
    /// Out of the network.
    Isolated,
}

/// A row of `mpc.bus`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BusRow {
    /// Its number.
    pub number: u64,
    /// What is held, as the file says.
    pub kind: BusType,
    /// Load, MW and Mvar.
    pub load: Complex<f64>,
    /// Power of the shunt at 1 pu: MW consumed, Mvar injected.
    pub shunt: Complex<f64>,
    /// Voltage magnitude to start from, pu.
    pub v_pu: f64,
    /// Angle to start from, and to hold at a reference, degrees.
    pub angle_deg: f64,
    /// Nominal voltage, kV; zero where the file has none.
    pub base_kv: f64,
}

/// A row of `mpc.gen`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeneratorRow {
    /// Position of its bus in [`Case::buses`].
    pub bus: usize,
    /// Power, MW and Mvar.
    pub power: Complex<f64>,
    /// Least reactive power, Mvar.
    pub q_min: f64,
    /// Largest reactive power, Mvar.
    pub q_max: f64,
    /// Voltage it holds, pu.
    pub v_pu: f64,
    /// Whether it runs.
    pub in_service: bool,
}

/// A row of `mpc.branch`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BranchRow {
    /// Position of the bus at the transformer's end in [`Case::buses`].
    pub from: usize,
    /// Position of the other bus.
    pub to: usize,
    /// Series impedance, pu.
    pub series: Complex<f64>,
    /// Total charging susceptance, pu.
    pub charging: f64,
    /// Largest apparent power, MVA; zero where the file has none.
    pub rating_mva: f64,
    /// Ratio as the file says: 0 for a line.
    pub ratio: f64,
    /// Phase shift, degrees.
    pub shift_deg: f64,
    /// Whether it conducts.
    pub in_service: bool,
}

/// A case as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Name of the function.
    pub name: Option<String>,
    /// Base power, MVA.
    pub base_mva: f64,
    /// The buses.
    pub buses: Vec<BusRow>,
    /// The generators.
    pub generators: Vec<GeneratorRow>,
    /// The branches.
    pub branches: Vec<BranchRow>,
    /// What a reader of the results should know: fields left out, types that were changed.
    pub notes: Vec<String>,
}

/// One row under the eyes of the checks.
struct Row<'a> {
    matrix: &'a Matrix,
    row: usize,
    line: usize,
    what: String,
}

impl Row<'_> {
    fn fail(&self, message: impl std::fmt::Display) -> CaseError {
        CaseError::at(self.line, format!("{}: {message}", self.what))
    }

    /// A column, counted from 1.
    fn any(&self, column: usize) -> f64 {
        self.matrix.at(self.row, column - 1)
    }

    fn finite(&self, column: usize, name: &str) -> Result<f64, CaseError> {
        let value = self.any(column);
        if value.is_finite() { Ok(value) } else { Err(self.fail(format!("{name} is {value}"))) }
    }

    /// A limit may be infinite.
    fn number(&self, column: usize, name: &str) -> Result<f64, CaseError> {
        let value = self.any(column);
        if value.is_nan() { Err(self.fail(format!("{name} is not a number"))) } else { Ok(value) }
    }

    fn not_negative(&self, column: usize, name: &str) -> Result<f64, CaseError> {
        let value = self.number(column, name)?;
        if value >= 0.0 { Ok(value) } else { Err(self.fail(format!("{name} is {value}, and can't be negative"))) }
    }

    fn bus_number(&self, column: usize) -> Result<u64, CaseError> {
        let value = self.finite(column, "the bus number")?;
        // Beyond 2^53 whole numbers are no longer exact.
        if value >= 1.0 && value.fract() == 0.0 && value < 9e15 { Ok(value as u64) } else { Err(self.fail(format!("{value} is no bus number"))) }
    }

    fn bus(&self, column: usize, buses: &BTreeMap<u64, usize>) -> Result<usize, CaseError> {
        let number = self.bus_number(column)?;
        buses.get(&number).copied().ok_or_else(|| self.fail(format!("there is no bus {number}")))
    }
}

fn rows<'a>(matrix: &'a Matrix, name: &'a str) -> impl Iterator<Item = Row<'a>> {
    (0..matrix.rows).map(move |row| Row { matrix, row, line: matrix.lines.get(row).copied().unwrap_or(0), what: format!("mpc.{name} row {}", row + 1) })
}

/// A matrix that must be there, with enough columns.
fn matrix<'a>(fields: &'a Fields, name: &str, columns: usize) -> Result<&'a Matrix, CaseError> {
    let Some(matrix) = fields.matrices.get(name) else {
        return Err(CaseError::new(format!("`mpc.{name}` is missing; is this a whole MATPOWER case of format 2?")));
    };
    if matrix.rows > 0 && matrix.columns < columns {
        let line = matrix.lines.first().copied().unwrap_or(1);
        return Err(CaseError::at(line, format!("`mpc.{name}` has {} columns, and a case has at least {columns}", matrix.columns)));
    }
    Ok(matrix)
}

/// Checks what the statements left behind.
pub(super) fn check(fields: Fields) -> Result<Case, CaseError> {
    if let Some(version) = fields.version.as_deref().filter(|v| v.trim() != "2") {
        return Err(CaseError::new(format!("the case has format {version}; this reader knows format 2")));
    }
    let base = matrix(&fields, "baseMVA", 1)?;
    let base_mva = base.scalar().filter(|b| b.is_finite() && *b > 0.0);
    let base_mva = base_mva.ok_or_else(|| CaseError::at(base.lines.first().copied().unwrap_or(1), "`mpc.baseMVA` is no positive number"))?;
    let (bus, generator, branch) = (matrix(&fields, "bus", 13)?, matrix(&fields, "gen", 10)?, matrix(&fields, "branch", 11)?);
    if bus.rows == 0 {
        return Err(CaseError::new("`mpc.bus` has no rows"));
    }
    let buses: Vec<BusRow> = rows(bus, "bus").map(|r| bus_row(&r)).collect::<Result<_, _>>()?;
    let mut places = BTreeMap::new();
    for (row, read) in rows(bus, "bus").zip(&buses) {
        if let Some(first) = places.insert(read.number, row.row) {
            let first = bus.lines.get(first).copied().unwrap_or(0);
            return Err(row.fail(format!("bus {} is there twice; the first is in line {first}", read.number)));
        }
    }
    let generators = rows(generator, "gen").map(|r| generator_row(&r, &places)).collect::<Result<_, _>>()?;
    let branches = rows(branch, "branch").map(|r| branch_row(&r, &places)).collect::<Result<_, _>>()?;
    let lines = bus.lines.clone();
    let mut case = Case { name: fields.name, base_mva, buses, generators, branches, notes: fields.notes };
    settle_types(&mut case, &lines)?;
    Ok(case)
}

fn bus_row(row: &Row<'_>) -> Result<BusRow, CaseError> {
    let number = row.bus_number(1)?;
    let kind = match row.finite(2, "the type")? {
        1.0 => BusType::Pq,
        2.0 => BusType::Pv,
        3.0 => BusType::Reference,
        4.0 => BusType::Isolated,
        other => return Err(row.fail(format!("the type of bus {number} is {other}; there are 1 (PQ), 2 (PV), 3 (reference) and 4 (isolated)"))),
    };
    Ok(BusRow {
        number,
        kind,
        load: Complex::new(row.finite(3, "the load Pd")?, row.finite(4, "the load Qd")?),
        shunt: Complex::new(row.finite(5, "the shunt Gs")?, row.finite(6, "the shunt Bs")?),
        v_pu: row.finite(8, "the voltage Vm")?,
        angle_deg: row.finite(9, "the angle Va")?,
        base_kv: row.not_negative(10, "the nominal voltage baseKV").and_then(|_| row.finite(10, "the nominal voltage baseKV"))?,
    })
}

fn generator_row(row: &Row<'_>, buses: &BTreeMap<u64, usize>) -> Result<GeneratorRow, CaseError> {
    let read = GeneratorRow {
        bus: row.bus(1, buses)?,
        power: Complex::new(row.finite(2, "the power Pg")?, row.finite(3, "the power Qg")?),
        q_max: row.number(4, "the limit Qmax")?,
        q_min: row.number(5, "the limit Qmin")?,
        v_pu: row.finite(6, "the voltage Vg")?,
        in_service: row.finite(8, "the status")? > 0.0,
    };
    if read.in_service && read.v_pu <= 0.0 {
        return Err(row.fail(format!("the voltage Vg is {}", read.v_pu)));
    }
    Ok(read)
}

fn branch_row(row: &Row<'_>, buses: &BTreeMap<u64, usize>) -> Result<BranchRow, CaseError> {
    let (from, to) = (row.bus(1, buses)?, row.bus(2, buses)?);
    if from == to {
        return Err(row.fail(format!("it begins and ends at bus {}", row.any(1))));
    }
    let status = row.finite(11, "the status")?;
    if status != 0.0 && status != 1.0 {
        return Err(row.fail(format!("the status is {status}; there are 0 and 1")));
    }
    Ok(BranchRow {
        from,
        to,
        series: Complex::new(row.finite(3, "the resistance r")?, row.finite(4, "the reactance x")?),
        charging: row.finite(5, "the charging b")?,
        rating_mva: row.not_negative(6, "the rating rateA")?,
        ratio: row.not_negative(9, "the ratio").and_then(|_| row.finite(9, "the ratio"))?,
        shift_deg: row.finite(10, "the phase shift")?,
        in_service: status == 1.0,
    })
}

/// A bus that should hold its voltage needs a generator that runs.
fn settle_types(case: &mut Case, lines: &[usize]) -> Result<(), CaseError> {
    let mut runs = vec![false; case.buses.len()];
    case.generators.iter().filter(|g| g.in_service).for_each(|g| runs[g.bus] = true);
    let mut references = 0;
    for (place, bus) in case.buses.iter_mut().enumerate() {
        match bus.kind {
            BusType::Reference if !runs[place] => {
                let line = lines.get(place).copied().unwrap_or(1);
                return Err(CaseError::at(line, format!("bus {} is the reference and has no generator in service to hold its voltage", bus.number)));
            }
            BusType::Reference => references += 1,
            BusType::Pv if !runs[place] => {
                case.notes.push(format!("bus {} has no generator in service and is solved as PQ", bus.number));
                bus.kind = BusType::Pq;
            }
            _ => {}
        }
    }
    match references {
        0 => Err(CaseError::new("no bus is the reference (type 3), so there is nothing that holds the angle and gives the losses")),
        1 => Ok(()),
        many => {
            case.notes.push(format!("{many} buses are references (type 3); each holds its voltage and angle and gives what that takes"));
            Ok(())
        }
    }
}
