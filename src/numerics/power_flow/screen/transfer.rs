//! Loads that can be fed from two buses.

use nalgebra::Complex;

/// How a load chooses between its two buses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Half from each, all from one when the other is dead: two cords.
    Half,
    /// From the first, from the second when the first is dead: a transfer switch.
    FirstElseSecond,
    /// From the first only.
    Fixed,
}

/// A load with two possible buses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// The bus it prefers.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// What it consumes altogether.
    pub load: Complex<f64>,
    /// How it chooses.
    pub mode: Mode,
}

impl Transfer {
    /// What it takes from its first bus, what from its second, and what it does without.
    pub fn split(&self, first_alive: bool, second_alive: bool) -> [Complex<f64>; 3] {
        let none = Complex::new(0.0, 0.0);
        match (self.mode, first_alive, second_alive) {
            (Mode::Half, true, true) => [self.load / 2.0, self.load / 2.0, none],
            (_, true, _) => [self.load, none, none],
            (Mode::Half | Mode::FirstElseSecond, false, true) => [none, self.load, none],
            (_, false, _) => [none, none, self.load],
        }
    }
}
