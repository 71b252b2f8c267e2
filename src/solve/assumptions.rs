//! What the solver itself assumes, where neither the plan nor the catalog says it: shown in the window and by the command line.

use super::{air, fws, hydraulic, power, thermal};
use crate::units::*;

/// What is assumed, and its value, for people.
#[must_use]
pub fn assumptions(system: System) -> Vec<(&'static str, String)> {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    vec![
        ("Power factor of rack power supplies", format!("{:.2}", power::RACK_POWER_FACTOR)),
        ("Power factor of pumps, fans and compressors behind drives", format!("{:.2}", power::DRIVE_POWER_FACTOR)),
        ("Reactance over resistance of a grid whose utility states none", format!("{:.0}", crate::physics::short_circuit::X_OVER_R)),
        ("Pressure a facility water control valve needs", show(Pressure::from_pascals(fws::VALVE), system)),
        ("Pressure drop of heat rejection at the rated flow of the pumps", show(Pressure::from_pascals(fws::PLANT), system)),
        ("Velocity that facility water branches are sized for", show(Velocity::from_meters_per_second(fws::BRANCH_VELOCITY), system)),
        ("Least facility water flow of a CDU, of its rating", percent(thermal::LEAST_FLOW)),
        ("Facility water temperature at a CDU's rating", show(Temperature::from_celsius(thermal::RATED_FWS_C), system)),
        ("Pressure a rack's flow valve needs, open at the wanted flow", show(Pressure::from_pascals(hydraulic::VALVE_OPEN), system)),
        ("CDU with some of its pumps lost", "its curve with the flow shrunk to their share".to_owned()),
        ("Humidity ratio of hall air", format!("{:.1} g/kg", air::HUMIDITY * 1e3)),
        ("Exhaust that escapes through a rack's own gaps", format!("{}, at most {} of its air", percent(air::GAPS), percent(air::GAPS_MOST))),
        ("Length over which streams of hall air mix", show(Length::from_meters(air::MIXING), system)),
        ("Clear height of halls, for the speed of air alone", show(Length::from_meters(air::HEIGHT), system)),
        ("Coolant flow of a rack", "constant, what it wants at its design power".to_owned()),
        ("Spare units", "stand by; the others carry the load".to_owned()),
        ("Dual-corded racks", "draw from both feeds as their row says, evenly if it says nothing; what one loses the other takes".to_owned()),
        ("Shortage of supply after an outage", "sheds IT power in the proportion in which the facility is short".to_owned()),
        ("Voltage of a short circuit", "nominal; no motor or UPS adds to the grid's current".to_owned()),
        ("Generator outages", "a lower capacity in every hour".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_assumption_has_a_value() {
        for system in [System::Si, System::Us] {
            assert!(assumptions(system).iter().all(|(what, value)| !what.is_empty() && !value.is_empty() && !value.contains('—')));
        }
        assert!(assumptions(System::Si).iter().any(|(_, v)| v == "30.0 kPa"));
    }
}
