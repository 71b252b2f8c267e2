//! Hall air in the report: its balance, its indices, its handlers one by one.

use super::report::records;
use super::report_stages::{Convergence, convergence};
use crate::plan::Id;
use crate::solve;

records! {
    /// An air handler that runs.
    AirUnit { handler: String, unit: usize, flow_m3_s: f64, t_return_c: f64, t_supply_c: f64, heat_w: f64, }
    /// The air of a hall.
    Air {
        id: String, convergence: Convergence, heat_w: f64, capacity_w: f64, rack_flow_m3_s: f64, handler_flow_m3_s: f64, escapes: f64, t_supply_c: f64, t_return_c: f64,
        t_inlet_c: f64, t_exhaust_c: f64, worst_inlet_c: f64, worst_rack: Option<String>, shi: f64, rhi: f64, rti: f64, rci_hi: f64, rci_lo: f64,
        fan_w: f64, fan_speed: f64, held: bool, fws_flow_m3_s: f64, units: Vec<AirUnit>,
    }
}

fn unit(handler: &Id, unit: usize, u: &solve::UnitAir) -> AirUnit {
    AirUnit {
        handler: handler.to_string(),
        unit,
        flow_m3_s: u.flow.cubic_meters_per_second(),
        t_return_c: u.return_.celsius(),
        t_supply_c: u.supply.celsius(),
        heat_w: u.heat.watts(),
    }
}

/// The air of a hall.
pub(super) fn air(id: &str, a: &solve::HallAir) -> Air {
    Air {
        id: id.to_owned(),
        convergence: convergence(&a.convergence),
        heat_w: a.heat.watts(),
        capacity_w: a.capacity.watts(),
        rack_flow_m3_s: a.rack_flow.cubic_meters_per_second(),
        handler_flow_m3_s: a.handler_flow.cubic_meters_per_second(),
        escapes: a.escapes.value(),
        t_supply_c: a.supply.celsius(),
        t_return_c: a.return_.celsius(),
        t_inlet_c: a.inlet.celsius(),
        t_exhaust_c: a.exhaust.celsius(),
        worst_inlet_c: a.worst_inlet.celsius(),
        worst_rack: a.worst.as_ref().map(|(row, slot)| format!("{row}/{slot}")),
        shi: a.shi.value(),
        rhi: 1.0 - a.shi.value(),
        rti: a.rti.value(),
        rci_hi: a.rci_hi.value(),
        rci_lo: a.rci_lo.value(),
        fan_w: a.fan_power.watts(),
        fan_speed: a.fan_speed,
        held: a.held,
        fws_flow_m3_s: a.fws_flow.cubic_meters_per_second(),
        units: a.units.iter().flat_map(|(id, units)| units.iter().enumerate().map(|(i, u)| unit(id, i + 1, u))).collect(),
    }
}
