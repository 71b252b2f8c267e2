//! What no element of a plan may be, whatever it is connected to: a number that is not finite, a negative capacity, a share above one.
//!
//! Here the plan is refused; a plan that is merely bad (no power, no pump, too hot) loads, solves and gets findings.

use super::*;
use crate::units::*;

/// The largest count of anything in one element: far above any campus, and low enough that no file can exhaust memory.
pub const MOST_UNITS: u32 = 20_000;
/// Positions farther out than this are a mistake of units.
const FARTHEST: f64 = 1e6;

/// Checks an element by itself.
///
/// # Errors
/// A sentence that names the field.
pub fn validate(element: &Element) -> Result<(), String> {
    if element.id().is_empty() {
        return Err("the id is empty".to_owned());
    }
    // They are saved without their ids.
    if element.kind().is_single() && element.id().as_str() != element.kind().prefix() {
        return Err(format!("the id of the {0} is always `{1}`", element.kind().label(), element.kind().prefix()));
    }
    if let Some(at) = element.at() {
        point("at", at)?;
    }
    match element {
        Element::Hall(e) => {
            point("size", e.size)?;
            if e.size.0 <= 0.0 || e.size.1 <= 0.0 {
                return Err("`size` must be above zero in both directions".to_owned());
            }
            share("recirculation", e.recirculation)?;
            option(e.air_ratio, |v| not_negative("air_ratio", v))?;
            option(e.cell, |v| above_zero("cell", v))?;
            temperature("supply_air", e.supply_air)?;
            option(e.house, |v| not_negative("house", v))?;
            option(e.gpu, |v| share("gpu", v))?;
            option(e.cpu, |v| share("cpu", v))?;
            option(e.cap, |v| not_negative("cap", v))
        }
        Element::Row(e) => {
            units("count", e.count)?;
            units("busways", e.busways)?;
            share("share_a", e.share_a)?;
            option(e.pitch, |v| above_zero("pitch", v))?;
            option(e.gpu, |v| share("gpu", v))?;
            option(e.cpu, |v| share("cpu", v))?;
            option(e.cap, |v| not_negative("cap", v))
        }
        Element::Workload(e) => {
            share("gpu", e.gpu)?;
            share("cpu", e.cpu)?;
            share("daily_swing", e.daily_swing)?;
            if e.peak_hour > 23 { Err(format!("`peak_hour` must be 0 to 23, found {}", e.peak_hour)) } else { Ok(()) }
        }
        Element::Contract(e) => {
            not_negative("fee", e.fee)?;
            not_negative("exit_notice", e.exit_notice)?;
            option(e.build_cost, |v| not_negative("build_cost", v))?;
            option(e.life, |v| above_zero("life", v))
        }
        Element::Grid(e) => {
            above_zero("short_circuit", e.short_circuit)?;
            option(e.x_over_r, |v| if v.is_finite() && v >= 0.0 { Ok(()) } else { Err(format!("`x_over_r` must not be negative, found {v}")) })?;
            option(e.voltage_step, |v| above_zero("voltage_step", v).and_then(|()| share("voltage_step", v)))?;
            option(e.power_factor, |v| above_zero("power_factor", v).and_then(|()| share("power_factor", v)))?;
            e.steps.iter().try_for_each(|s| not_negative("firm", s.firm))
        }
        Element::Generator(e) => {
            units("units", e.units)?;
            units("redundant", e.redundant)?;
            units("columns", e.columns)?;
            option(e.nox_cap, |v| not_negative("nox_cap", v))
        }
        Element::Battery(e) => {
            units("units", e.units)?;
            units("columns", e.columns)?;
            share("reserve", e.reserve)
        }
        Element::Bus(e) => {
            above_zero("voltage", e.voltage)?;
            option(e.rating, |v| above_zero("rating", v))
        }
        Element::Transformer(e) => {
            units("units", e.units)?;
            units("redundant", e.redundant)
        }
        Element::Feeder(e) => {
            above_zero("length", e.length)?;
            units("parallel", e.parallel)
        }
        Element::Block(e) => {
            above_zero("length", e.length)?;
            units("transformers", e.transformers)?;
            units("modules", e.modules)?;
            units("redundant", e.redundant)?;
            units("gensets", e.gensets)
        }
        Element::Tcs(e) => {
            temperature("supply", e.supply)?;
            above_zero("header", e.header)?;
            option(e.difference, |v| above_zero("difference", v))?;
            option(e.disconnect_kv, |v| if v > 0.0 && v.is_finite() { Ok(()) } else { Err(format!("`disconnect_kv` must be above zero, found {v}")) })?;
            not_negative("roughness", e.roughness)
        }
        Element::Cdu(e) => {
            units("units", e.units)?;
            option(e.filter, |v| not_negative("filter", v))?;
            units("redundant", e.redundant)
        }
        Element::AirHandler(e) => {
            units("units", e.units)?;
            units("redundant", e.redundant)
        }
        Element::Fws(e) => {
            temperature("supply", e.supply)?;
            units("pumps", e.pumps)?;
            units("redundant", e.redundant)?;
            above_zero("main", e.main)?;
            not_negative("roughness", e.roughness)?;
            option(e.bypass, |v| above_zero("bypass", v))?;
            option(e.buffer, |v| above_zero("buffer", v))?;
            option(e.exchanger, |v| share("exchanger", v))
        }
        Element::Cooler(e) => {
            units("units", e.units)?;
            units("redundant", e.redundant)?;
            units("columns", e.columns)
        }
        Element::Site(e) => {
            option(e.gas, |v| not_negative("gas", v))?;
            option(e.water, |v| not_negative("water", v))?;
            option(e.carbon, |v| not_negative("carbon", v))?;
            option(e.water_cap, |v| not_negative("water_cap", v))
        }
        Element::Scenario(e) => {
            option(e.gpu, |v| share("gpu", v))?;
            option(e.cpu, |v| share("cpu", v))?;
            option(e.dry_bulb, |v| weather("dry_bulb", v))?;
            option(e.wet_bulb, |v| weather("wet_bulb", v))?;
            option(e.price, |v| not_negative("price", v))
        }
        Element::Campus(e) => option(e.cap, |v| not_negative("cap", v)),
        Element::Acceptance(_) => Ok(()),
    }
}

fn option<T>(value: Option<T>, check: impl Fn(T) -> Result<(), String>) -> Result<(), String> {
    value.map_or(Ok(()), check)
}
fn point(field: &str, p: Point) -> Result<(), String> {
    if p.0.abs() <= FARTHEST && p.1.abs() <= FARTHEST {
        Ok(())
    } else {
        Err(format!("`{field}` must be meters within {FARTHEST} of the corner, found ({}, {})", p.0, p.1))
    }
}
fn units(field: &str, n: u32) -> Result<(), String> {
    if n <= MOST_UNITS { Ok(()) } else { Err(format!("`{field}` must be at most {MOST_UNITS}, found {n}")) }
}
fn share(field: &str, v: Ratio) -> Result<(), String> {
    if (0.0..=1.0).contains(&v.value()) { Ok(()) } else { Err(format!("`{field}` must be from 0 % to 100 %, found {v}")) }
}
fn not_negative<Q: Quantity>(field: &str, v: Q) -> Result<(), String> {
    if v.si() >= 0.0 { Ok(()) } else { Err(format!("`{field}` must not be negative, found {}", v.to_text())) }
}
fn above_zero<Q: Quantity>(field: &str, v: Q) -> Result<(), String> {
    if v.si() > 0.0 { Ok(()) } else { Err(format!("`{field}` must be above zero, found {}", v.to_text())) }
}
/// Coolant and air set-points; outside this span water freezes or boils.
fn temperature(field: &str, v: Temperature) -> Result<(), String> {
    if (-10.0..=95.0).contains(&v.celsius()) { Ok(()) } else { Err(format!("`{field}` must be from -10 °C to 95 °C, found {v}")) }
}
/// Outdoor temperatures on Earth, as an EPW file may hold them.
fn weather(field: &str, v: Temperature) -> Result<(), String> {
    if (-70.0..=70.0).contains(&v.celsius()) { Ok(()) } else { Err(format!("`{field}` must be from -70 °C to 70 °C, found {v}")) }
}
