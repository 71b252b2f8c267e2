//! Values between the points of a table, with a flag when the table does not reach.

/// Which side of the table a query fell off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// Below the first point.
    Below,
    /// Above the last point.
    Above,
}

/// A value from a table. Outside, it is the value at the nearest end: a table says nothing about where its curve goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lookup {
    /// The value.
    pub value: f64,
    /// Its derivative; zero outside, where the value stays.
    pub slope: f64,
    /// Set when the query lay outside the table.
    pub outside: Option<Outside>,
}

/// Why points make no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadTable {
    /// There are no points.
    Empty,
    /// The lists of places and values differ in length.
    Lengths,
    /// The number of this point is not finite.
    NotFinite(usize),
    /// This point does not lie beyond the one before it.
    NotAscending(usize),
}

/// How values run between the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Straight lines.
    Linear,
    /// Cubics with a continuous slope that never leave the range of their two points: where the points rise, so does the curve.
    ///
    /// Slopes at the points are the weighted harmonic mean of the neighbouring differences, zero at a turn (Fritsch and Butland,
    /// SIAM J. Sci. Stat. Comput. 5, 1984), at the ends the one-sided three-point formula limited to keep the shape (Moler,
    /// *Numerical Computing with MATLAB*, SIAM 2004, section 3.6).
    Monotone,
}

/// A function given by points.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    x: Vec<f64>,
    y: Vec<f64>,
    /// Slope at each point for [`Shape::Monotone`]; empty for [`Shape::Linear`].
    slope: Vec<f64>,
}

impl Table {
    /// A table through the points `(x[i], y[i])`, with `x` ascending.
    ///
    /// # Errors
    /// [`BadTable`] names the first point that does not fit.
    pub fn new(x: Vec<f64>, y: Vec<f64>, shape: Shape) -> Result<Self, BadTable> {
        if x.len() != y.len() {
            return Err(BadTable::Lengths);
        }
        if x.is_empty() {
            return Err(BadTable::Empty);
        }
        for i in 0..x.len() {
            if !x[i].is_finite() || !y[i].is_finite() {
                return Err(BadTable::NotFinite(i));
            }
            if i > 0 && x[i] <= x[i - 1] {
                return Err(BadTable::NotAscending(i));
            }
        }
        let slope = if shape == Shape::Monotone { slopes(&x, &y) } else { Vec::new() };
        Ok(Self { x, y, slope })
    }

    /// First and last place the table covers.
    pub fn range(&self) -> (f64, f64) {
        (self.x[0], self.x[self.x.len() - 1])
    }

    /// The value at `x`.
    pub fn at(&self, x: f64) -> Lookup {
        let (low, high) = self.range();
        if x.is_nan() {
            return Lookup { value: f64::NAN, slope: f64::NAN, outside: None };
        }
        if x < low {
            return Lookup { value: self.y[0], slope: 0.0, outside: Some(Outside::Below) };
        }
        if x > high {
            return Lookup { value: self.y[self.y.len() - 1], slope: 0.0, outside: Some(Outside::Above) };
        }
        if self.x.len() == 1 {
            return Lookup { value: self.y[0], slope: 0.0, outside: None };
        }
        let i = self.x.partition_point(|&point| point <= x).clamp(1, self.x.len() - 1) - 1;
        let (value, slope) = self.between(i, x);
        Lookup { value, slope, outside: None }
    }

    /// Value and slope on the interval from point `i`.
    fn between(&self, i: usize, x: f64) -> (f64, f64) {
        let h = self.x[i + 1] - self.x[i];
        let t = (x - self.x[i]) / h;
        let rise = self.y[i + 1] - self.y[i];
        if self.slope.is_empty() {
            // Written so that both ends give their own value exactly.
            return ((1.0 - t) * self.y[i] + t * self.y[i + 1], rise / h);
        }
        // Hermite's cubic on the two values and the two slopes.
        let (a, b) = (h * self.slope[i] - rise, rise - h * self.slope[i + 1]);
        let value = (1.0 - t) * self.y[i] + t * self.y[i + 1] + t * (1.0 - t) * ((1.0 - t) * a + t * b);
        let slope = rise + (1.0 - 2.0 * t) * (a * (1.0 - t) + b * t) + t * (1.0 - t) * (b - a);
        (value, slope / h)
    }
}

fn slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let n = x.len();
    let step: Vec<f64> = x.windows(2).map(|w| w[1] - w[0]).collect();
    let rise: Vec<f64> = y.windows(2).zip(&step).map(|(w, h)| (w[1] - w[0]) / h).collect();
    match n {
        1 => return vec![0.0],
        2 => return vec![rise[0]; 2],
        _ => {}
    }
    let inner = |i: usize| {
        if rise[i - 1] * rise[i] <= 0.0 {
            return 0.0;
        }
        let (before, after) = (2.0 * step[i] + step[i - 1], step[i] + 2.0 * step[i - 1]);
        (before + after) / (before / rise[i - 1] + after / rise[i])
    };
    let first = end_slope(step[0], step[1], rise[0], rise[1]);
    let last = end_slope(step[n - 2], step[n - 3], rise[n - 2], rise[n - 3]);
    std::iter::once(first).chain((1..n - 1).map(inner)).chain(std::iter::once(last)).collect()
}

/// The slope at an end from the interval at it and the next one.
fn end_slope(h0: f64, h1: f64, r0: f64, r1: f64) -> f64 {
    let slope = ((2.0 * h0 + h1) * r0 - h0 * r1) / (h0 + h1);
    if slope * r0 <= 0.0 {
        0.0
    } else if r0 * r1 <= 0.0 && slope.abs() > 3.0 * r0.abs() {
        3.0 * r0
    } else {
        slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_lines_and_ends() {
        let table = Table::new(vec![0.0, 1.0, 4.0], vec![10.0, 20.0, 5.0], Shape::Linear).unwrap();
        assert_eq!(table.at(0.5), Lookup { value: 15.0, slope: 10.0, outside: None });
        assert_eq!((table.at(4.0).value, table.at(4.0).outside), (5.0, None));
        assert!((table.at(2.0).value - 15.0).abs() < 1e-14);
        assert_eq!(table.at(-1.0), Lookup { value: 10.0, slope: 0.0, outside: Some(Outside::Below) });
        assert_eq!(table.at(9.0), Lookup { value: 5.0, slope: 0.0, outside: Some(Outside::Above) });
        assert!(table.at(f64::NAN).value.is_nan());
    }

    /// A flat run, then a steep rise, over which a plain spline overshoots.
    #[test]
    fn the_monotone_curve_keeps_the_shape_of_its_points() {
        let x: Vec<f64> = [0.0, 2.0, 3.0, 5.0, 6.0, 8.0, 9.0, 11.0, 12.0, 14.0, 15.0].to_vec();
        let y: Vec<f64> = [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.5, 15.0, 50.0, 60.0, 85.0].to_vec();
        let table = Table::new(x.clone(), y.clone(), Shape::Monotone).unwrap();
        for i in 0..x.len() {
            assert_eq!(table.at(x[i]).value, y[i]);
        }
        let mut last = 10.0;
        for i in 0..=1500 {
            let at = table.at(f64::from(i) * 0.01);
            assert!(at.value >= last - 1e-12 && at.outside.is_none());
            last = at.value;
        }
        for at in [2.5, 8.3, 10.99, 13.1, 14.9] {
            let numeric = (table.at(at + 1e-6).value - table.at(at - 1e-6).value) / 2e-6;
            assert!((table.at(at).slope - numeric).abs() < 1e-5 * numeric.abs() + 1e-9);
        }
        // A straight line comes back as it is, and the slope at a point is the harmonic mean: 2·1·3/(1 + 3) on an even grid.
        let line = Table::new(vec![0.0, 1.0, 5.0], vec![1.0, 3.0, 11.0], Shape::Monotone).unwrap();
        assert!((line.at(3.3).value - 7.6).abs() < 1e-14);
        let bend = Table::new(vec![0.0, 1.0, 2.0], vec![0.0, 1.0, 4.0], Shape::Monotone).unwrap();
        assert!((bend.at(1.0).slope - 1.5).abs() < 1e-14);
    }

    #[test]
    fn bad_points_are_named() {
        let make = |x: &[f64], y: &[f64]| Table::new(x.to_vec(), y.to_vec(), Shape::Linear).map(|_| ());
        assert_eq!(make(&[], &[]), Err(BadTable::Empty));
        assert_eq!(make(&[1.0], &[]), Err(BadTable::Lengths));
        assert_eq!(make(&[1.0, 2.0], &[1.0, f64::NAN]), Err(BadTable::NotFinite(1)));
        assert_eq!(make(&[1.0, 1.0], &[1.0, 2.0]), Err(BadTable::NotAscending(1)));
        let one = Table::new(vec![3.0], vec![7.0], Shape::Monotone).unwrap();
        assert_eq!(one.at(3.0).value, 7.0);
        assert_eq!(one.at(2.0).outside, Some(Outside::Below));
    }
}
