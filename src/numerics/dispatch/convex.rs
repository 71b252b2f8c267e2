//! Convex functions made of straight pieces: the cost of the hours to come as a function of the energy stored now.

/// A straight piece of a convex function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) slope: f64,
    pub(super) length: f64,
}

/// A convex function on an interval of stored energy, up to a constant.
#[derive(Debug, Clone)]
pub(super) struct Convex {
    pub(super) begin: f64,
    pub(super) pieces: Vec<Piece>,
}

impl Convex {
    /// The cost from an hour on, given the cost from the next hour on: both sets of pieces by slope, cut to what the storage can hold.
    pub(super) fn before(&self, hour: &[Piece], hour_begin: f64, energy: f64) -> Self {
        let charged: f64 = hour_begin + hour.iter().map(|p| p.length).sum::<f64>();
        // In terms of where it starts rather than how far it moves, the hour's pieces run backwards.
        let mut mirrored = hour.iter().rev().map(|p| Piece { slope: -p.slope, length: p.length }).peekable();
        let mut own = self.pieces.iter().copied().peekable();
        let mut position = self.begin - charged;
        let begin = position.max(0.0);
        let mut pieces: Vec<Piece> = Vec::with_capacity(self.pieces.len() + hour.len());
        loop {
            let from_hour = match (own.peek(), mirrored.peek()) {
                (Some(a), Some(b)) => b.slope < a.slope,
                (None, Some(_)) => true,
                (Some(_), None) => false,
                (None, None) => break,
            };
            let Some(piece) = (if from_hour { mirrored.next() } else { own.next() }) else { break };
            let (low, high) = (position.clamp(0.0, energy), (position + piece.length).clamp(0.0, energy));
            position += piece.length;
            match pieces.last_mut() {
                _ if high <= low => {}
                Some(last) if last.slope == piece.slope => last.length += high - low,
                _ => pieces.push(Piece { slope: piece.slope, length: high - low }),
            }
            if position >= energy {
                break;
            }
        }
        Self { begin, pieces }
    }
}

/// Where the sum of the hour's cost and the cost after it stops falling: both slopes rise, so walk along both.
pub(super) fn best_step(hour: &[Piece], hour_begin: f64, next: &Convex, state: f64) -> f64 {
    let first = hour_begin.max(next.begin - state);
    let (mut skip_hour, mut skip_next) = (first - hour_begin, state + first - next.begin);
    let (mut own, mut after) = (hour.iter(), next.pieces.iter());
    let (mut a, mut b) = (skipped(&mut own, &mut skip_hour), skipped(&mut after, &mut skip_next));
    let mut z = first;
    while let (Some(x), Some(y)) = (&mut a, &mut b) {
        let sum = x.slope + y.slope;
        // On level ground the store is left alone.
        let level = 1e-12 * (x.slope.abs() + y.slope.abs());
        let length = x.length.min(y.length);
        if sum > level || (sum >= -level && z >= 0.0) {
            break;
        }
        if sum >= -level && z + length >= 0.0 {
            z = 0.0;
            break;
        }
        z += length;
        (x.length, y.length) = (x.length - length, y.length - length);
        if x.length <= 0.0 {
            a = own.next().copied();
        }
        if b.is_some_and(|y| y.length <= 0.0) {
            b = after.next().copied();
        }
    }
    z
}

/// The piece at a distance from the beginning, without what lies before it.
fn skipped(pieces: &mut std::slice::Iter<'_, Piece>, distance: &mut f64) -> Option<Piece> {
    for piece in pieces.by_ref() {
        if piece.length > *distance {
            return Some(Piece { slope: piece.slope, length: piece.length - distance.max(0.0) });
        }
        *distance -= piece.length;
    }
    None
}
