//! Sizes of coolant headers: how fast coolant may flow, and which pipes there are.

use super::pipe;
use crate::units::{Length, Velocity, VolumeFlow};

/// Outer diameter and wall of stainless pipe, millimeters, nominal 1 to 12 inches.
///
/// # Source
/// `ASME_B36_19`, schedule 10S.
const SCHEDULE_10S: [(f64, f64); 12] = [
    (33.4, 2.77),
    (42.2, 2.77),
    (48.3, 2.77),
    (60.3, 2.77),
    (73.0, 3.05),
    (88.9, 3.05),
    (114.3, 3.05),
    (141.3, 3.40),
    (168.3, 3.40),
    (219.1, 3.76),
    (273.1, 4.19),
    (323.9, 4.57),
];

/// The velocity above which headers wear and make noise.
///
/// ```text
/// v ≤ 2.4 m/s
/// ```
/// # Source
/// `COPPER_VELOCITY`: 8 ft/s. `BS_6700` allows 3.0 m/s in copper up to 50 °C; stainless pipe bears more.
/// # Range
/// Rigid metal headers for treated water and glycol up to about 60 °C.
/// # Assumptions
/// One limit for all bores and metals, the stricter of the two sources: nothing was found that holds for coolant loops in particular.
/// # Check
/// `bores_by_hand`.
#[must_use]
pub fn velocity_limit() -> Velocity {
    Velocity::from_meters_per_second(2.4)
}

/// The inner diameters of standard stainless pipe, narrowest first.
///
/// ```text
/// D = D_outer − 2·wall
/// ```
/// # Source
/// `ASME_B36_19`, schedule 10S.
/// # Range
/// Nominal 1 to 12 inches.
/// # Assumptions
/// Nominal wall.
/// # Check
/// `bores_by_hand`.
pub fn bores() -> impl Iterator<Item = Length> {
    SCHEDULE_10S.iter().map(|(outer, wall)| Length::from_millimeters(outer - 2.0 * wall))
}

/// The narrowest standard pipe in which a flow is no faster than a velocity; none where the widest is too narrow.
///
/// ```text
/// D ≥ √(4·Q/(π·v))
/// ```
/// # Source
/// Derived: continuity, see [`pipe::velocity`].
/// # Range
/// As [`bores`].
/// # Assumptions
/// As [`bores`].
/// # Check
/// `bores_by_hand`.
#[must_use]
pub fn smallest_bore(flow: VolumeFlow, velocity: Velocity) -> Option<Length> {
    bores().find(|bore| pipe::velocity(flow, *bore) <= velocity)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn bores_by_hand() {
        // NPS 4 schedule 10S: 114.3 − 2·3.05 = 108.2 mm, area 9.195e-3 m²: 900 L/min flow at 1.631 m/s, 1,300 L/min at 2.356 m/s.
        let lpm = VolumeFlow::from_liters_per_minute;
        let limit = velocity_limit();
        assert!((smallest_bore(lpm(1300.0), limit).unwrap().millimeters() - 108.2).abs() < 1e-9);
        assert!((smallest_bore(lpm(1350.0), limit).unwrap().millimeters() - 134.5).abs() < 1e-9);
        let slower = Velocity::from_meters_per_second(0.9 * limit.meters_per_second());
        assert!((smallest_bore(lpm(1300.0), slower).unwrap().millimeters() - 134.5).abs() < 1e-9);
        assert!(smallest_bore(lpm(1e6), limit).is_none());
        assert!(bores().zip(bores().skip(1)).all(|(a, b)| a < b));
    }
}
