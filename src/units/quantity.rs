//! The quantities and their units, from one macro.

use super::text::{self, UnitError};

/// One unit of a quantity: `si = number × factor + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// As written in text, for example `kW`.
    pub symbol: &'static str,
    /// SI units in one of this unit.
    pub factor: f64,
    /// SI value at zero of this unit (only temperatures have one).
    pub offset: f64,
    /// Whether files are written with it. The others are only read.
    pub saved: bool,
}

impl Unit {
    const fn new(symbol: &'static str, factor: f64, offset: f64, saved: bool) -> Self {
        Self { symbol, factor, offset, saved }
    }
    /// The SI value of `number` in this unit.
    #[must_use]
    pub fn to_si(&self, number: f64) -> f64 {
        if self.factor < 1.0 && self.offset == 0.0 {
            // Dividing by the inverse keeps round numbers round: 7 kJ is 7000, and 120 L/min is exactly 2e-3.
            number / (1.0 / self.factor)
        } else {
            number * self.factor + self.offset
        }
    }
    /// The number in this unit of an SI value.
    #[must_use]
    pub fn from_si(&self, si: f64) -> f64 {
        (si - self.offset) / self.factor
    }
}

/// What all quantities share. Values are SI; text carries its unit.
pub trait Quantity: Copy + PartialOrd + std::fmt::Debug + 'static {
    /// With its article, for messages: "a power".
    const PHRASE: &'static str;
    /// A text that reads well, for messages.
    const EXAMPLE: &'static str;
    /// Every unit that is read; those marked are written.
    const UNITS: &'static [Unit];
    /// The SI value.
    fn si(self) -> f64;
    /// From an SI value.
    fn from_si(si: f64) -> Self;
    /// Reads a number with a unit.
    ///
    /// # Errors
    /// A sentence with what was expected and what was found.
    fn parse(text: &str) -> Result<Self, UnitError> {
        text::parse(text)
    }
    /// Writes the shortest text that reads back to the same bits.
    fn to_text(self) -> String {
        text::to_text(self)
    }
}

macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident, $phrase:literal, $example:literal, si $si:ident $from_si:ident,
        units [$($symbol:literal $factor:literal $(+ $offset:literal)? $($saved:ident)?),* $(,)?]
        $(, also [$($get:ident $make:ident $f:expr),* $(,)?])?;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
            pub struct $name(f64);

            impl $name {
                /// Zero in SI.
                pub const ZERO: Self = Self(0.0);
                /// From the SI value.
                #[must_use] pub const fn $from_si(value: f64) -> Self { Self(value) }
                /// The SI value.
                #[must_use] pub const fn $si(self) -> f64 { self.0 }
                $($(
                    /// From the unit in the name.
                    #[must_use] pub fn $make(value: f64) -> Self { Self(value * $f) }
                    /// In the unit in the name.
                    #[must_use] pub fn $get(self) -> f64 { self.0 / $f }
                )*)?
                /// The larger of two.
                #[must_use] pub fn max(self, other: Self) -> Self { Self(self.0.max(other.0)) }
                /// The smaller of two.
                #[must_use] pub fn min(self, other: Self) -> Self { Self(self.0.min(other.0)) }
                /// Without its sign.
                #[must_use] pub fn abs(self) -> Self { Self(self.0.abs()) }
                /// Whether the value is neither infinite nor NaN.
                #[must_use] pub fn is_finite(self) -> bool { self.0.is_finite() }
            }

            impl Quantity for $name {
                const PHRASE: &'static str = $phrase;
                const EXAMPLE: &'static str = $example;
                const UNITS: &'static [Unit] = &[$(Unit::new($symbol, $factor, 0.0 $(+ $offset)?, quantities!(@saved $($saved)?))),*];
                fn si(self) -> f64 { self.0 }
                fn from_si(si: f64) -> Self { Self(si) }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(&self.to_text()) }
            }
            impl std::str::FromStr for $name {
                type Err = UnitError;
                fn from_str(text: &str) -> Result<Self, UnitError> { text::parse(text) }
            }
            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> { serializer.serialize_str(&self.to_text()) }
            }
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_any(super::quantity::TextVisitor::<$name>(std::marker::PhantomData))
                }
            }
        )*

        /// Phrase and units of every quantity, for the message about a wrong dimension.
        pub(super) const ALL_KINDS: &[(&str, &[Unit])] = &[$(($phrase, $name::UNITS)),*];
    };
    (@saved saved) => { true };
    (@saved) => { false };
}

pub(super) struct TextVisitor<Q>(pub(super) std::marker::PhantomData<Q>);

impl<Q: Quantity> serde::de::Visitor<'_> for TextVisitor<Q> {
    type Value = Q;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in quotes with its unit, such as \"{}\"", Q::PHRASE, Q::EXAMPLE)
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Q, E> {
        text::parse(text).map_err(E::custom)
    }
}

quantities! {
    /// Electrical or thermal power, W.
    Power, "a power", "1.5 MW", si watts from_watts,
        units ["W" 1.0 saved, "kW" 1e3 saved, "MW" 1e6 saved, "GW" 1e9 saved, "hp" 745.699_871_582_270_2, "Btu/h" 0.293_071_070_172_222_2, "ton" 3_516.852_842_066_667],
        also [kilowatts from_kilowatts 1e3, megawatts from_megawatts 1e6];
    /// Reactive power, var.
    ReactivePower, "a reactive power", "0.5 Mvar", si vars from_vars,
        units ["var" 1.0 saved, "kvar" 1e3 saved, "Mvar" 1e6 saved], also [megavars from_megavars 1e6];
    /// Apparent power, VA.
    ApparentPower, "an apparent power", "2.5 MVA", si volt_amperes from_volt_amperes,
        units ["VA" 1.0 saved, "kVA" 1e3 saved, "MVA" 1e6 saved, "GVA" 1e9 saved], also [kilovolt_amperes from_kilovolt_amperes 1e3, megavolt_amperes from_megavolt_amperes 1e6];
    /// Energy, J. Text is in watt-hours.
    Energy, "an energy", "3.9 MWh", si joules from_joules,
        units ["J" 1.0, "kJ" 1e3, "MJ" 1e6, "GJ" 1e9, "Wh" 3.6e3 saved, "kWh" 3.6e6 saved, "MWh" 3.6e9 saved, "GWh" 3.6e12 saved, "TWh" 3.6e15 saved, "MMBtu" 1_055_055_852.62],
        also [kilowatt_hours from_kilowatt_hours 3.6e6, megawatt_hours from_megawatt_hours 3.6e9, gigawatt_hours from_gigawatt_hours 3.6e12];
    /// A temperature on the absolute scale, K. Text is in °C.
    Temperature, "a temperature", "45 °C", si kelvin from_kelvin,
        units ["°C" 1.0 + 273.15 saved, "C" 1.0 + 273.15, "°F" 0.555_555_555_555_555_6 + 255.372_222_222_222_2, "F" 0.555_555_555_555_555_6 + 255.372_222_222_222_2];
    /// A difference of temperatures, K.
    TemperatureDifference, "a temperature difference", "5 K", si kelvins from_kelvins,
        units ["K" 1.0 saved, "Δ°F" 0.555_555_555_555_555_6];
    /// Volume flow, m³/s. Text is in L/min.
    VolumeFlow, "a volume flow", "1200 L/min", si cubic_meters_per_second from_cubic_meters_per_second,
        units ["m³/s" 1.0, "L/min" 1.666_666_666_666_666_7e-5 saved, "L/s" 1e-3, "m³/h" 2.777_777_777_777_778e-4, "gpm" 6.309_019_64e-5, "cfm" 4.719_474_432e-4],
        also [liters_per_minute from_liters_per_minute (1.0 / 60_000.0), liters_per_second from_liters_per_second 1e-3];
    /// Mass flow, kg/s.
    MassFlow, "a mass flow", "20 kg/s", si kilograms_per_second from_kilograms_per_second,
        units ["kg/s" 1.0 saved, "kg/h" 2.777_777_777_777_778e-4];
    /// Pressure or pressure difference, Pa.
    Pressure, "a pressure", "120 kPa", si pascals from_pascals,
        units ["Pa" 1.0 saved, "kPa" 1e3 saved, "MPa" 1e6, "bar" 1e5, "mbar" 1e2, "psi" 6_894.757_293_168, "mH2O" 9_806.65],
        also [kilopascals from_kilopascals 1e3];
    /// Length, m.
    Length, "a length", "12 m", si meters from_meters,
        units ["m" 1.0 saved, "mm" 1e-3 saved, "cm" 1e-2, "um" 1e-6 saved, "km" 1e3, "ft" 0.3048, "in" 0.0254],
        also [millimeters from_millimeters 1e-3];
    /// Area, m².
    Area, "an area", "500 m²", si square_meters from_square_meters,
        units ["m²" 1.0 saved, "ft²" 0.092_903_04, "mm²" 1e-6 saved];
    /// Volume, m³.
    Volume, "a volume", "10 m³", si cubic_meters from_cubic_meters,
        units ["m³" 1.0 saved, "L" 1e-3, "gal" 3.785_411_784e-3], also [liters from_liters 1e-3];
    /// Mass, kg.
    Mass, "a mass", "1360 kg", si kilograms from_kilograms,
        units ["kg" 1.0 saved, "g" 1e-3 saved, "t" 1e3 saved, "lb" 0.453_592_37], also [tonnes from_tonnes 1e3];
    /// Voltage, line to line where three-phase, V.
    Voltage, "a voltage", "13.8 kV", si volts from_volts,
        units ["V" 1.0 saved, "kV" 1e3 saved], also [kilovolts from_kilovolts 1e3];
    /// Current, A.
    Current, "a current", "1250 A", si amperes from_amperes, units ["A" 1.0 saved, "kA" 1e3];
    /// Resistance or reactance per length, Ω/m. Text is in Ω/km.
    ImpedancePerLength, "an impedance per length", "0.12 Ω/km", si ohms_per_meter from_ohms_per_meter,
        units ["Ω/m" 1.0, "Ω/km" 1e-3 saved, "mΩ/m" 1e-3], also [ohms_per_kilometer from_ohms_per_kilometer 1e-3];
    /// Duration, s.
    Duration, "a duration", "15 min", si seconds from_seconds,
        units ["s" 1.0 saved, "min" 60.0 saved, "h" 3600.0 saved, "d" 86_400.0 saved, "day" 86_400.0, "days" 86_400.0, "year" 31_536_000.0, "years" 31_536_000.0, "ms" 1e-3 saved],
        also [hours from_hours 3600.0, days from_days 86_400.0];
    /// A share or an efficiency; 1 is the whole. Text is in percent.
    Ratio, "a share", "87 %", si value from_value, units ["" 1.0, "%" 1e-2 saved], also [percent from_percent 1e-2];
    /// Money, USD.
    Money, "an amount of money", "1.25 B$", si dollars from_dollars,
        units ["$" 1.0 saved, "k$" 1e3, "M$" 1e6 saved, "B$" 1e9 saved];
    /// Price of energy, $/J. Text is in $/MWh.
    EnergyPrice, "a price of energy", "60 $/MWh", si dollars_per_joule from_dollars_per_joule,
        units ["$/MWh" 2.777_777_777_777_777_8e-10 saved, "$/kWh" 2.777_777_777_777_778e-7, "c/kWh" 2.777_777_777_777_778e-9, "$/MMBtu" 9.478_171_203_133_172e-10],
        also [dollars_per_megawatt_hour from_dollars_per_megawatt_hour (1.0 / 3.6e9), dollars_per_mmbtu from_dollars_per_mmbtu (1.0 / 1_055_055_852.62)];
    /// Price of fuel by its higher heating value, $/J. Text is in $/MMBtu.
    FuelPrice, "a price of fuel", "3.5 $/MMBtu", si dollars_per_joule from_dollars_per_joule,
        units ["$/MMBtu" 9.478_171_203_133_172e-10 saved, "$/GJ" 1e-9],
        also [dollars_per_mmbtu from_dollars_per_mmbtu (1.0 / 1_055_055_852.62)];
    /// Price of capacity per month, $/W per month. Text is in $/kW-month.
    DemandPrice, "a demand charge", "12 $/kW-month", si dollars_per_watt_month from_dollars_per_watt_month,
        units ["$/kW-month" 1e-3 saved, "$/kW" 1e-3, "$/MW-month" 1e-6], also [dollars_per_kilowatt_month from_dollars_per_kilowatt_month 1e-3];
    /// Price of a capacity to build, $/W. Text is in $/kW.
    CapacityPrice, "a price per capacity", "1000 $/kW", si dollars_per_watt from_dollars_per_watt,
        units ["$/kW" 1e-3 saved, "$/W" 1.0, "$/MW" 1e-6], also [dollars_per_kilowatt from_dollars_per_kilowatt 1e-3];
    /// Price of volume, $/m³.
    VolumePrice, "a price of water", "1.2 $/m³", si dollars_per_cubic_meter from_dollars_per_cubic_meter,
        units ["$/m³" 1.0 saved, "$/kgal" 0.264_172_052_358_148_4];
    /// Emission per energy, kg/J. Text is in kg/MWh.
    CarbonIntensity, "a carbon intensity", "400 kg/MWh", si kilograms_per_joule from_kilograms_per_joule,
        units ["kg/MWh" 2.777_777_777_777_777_8e-10 saved, "g/kWh" 2.777_777_777_777_777_8e-10, "lb/MWh" 1.259_978_805_555_555_5e-10, "kg/MMBtu" 9.478_171_203_133_172e-10],
        also [kilograms_per_megawatt_hour from_kilograms_per_megawatt_hour (1.0 / 3.6e9), kilograms_per_mmbtu from_kilograms_per_mmbtu (1.0 / 1_055_055_852.62)];
    /// Coolant flow per heat, m³/J. Text is in L/min/kW.
    SpecificFlow, "a flow per power", "1.2 L/min/kW", si cubic_meters_per_joule from_cubic_meters_per_joule,
        units ["L/min/kW" 1.666_666_666_666_666_7e-8 saved], also [liters_per_minute_per_kilowatt from_liters_per_minute_per_kilowatt (1.0 / 60_000_000.0)];
    /// Thermal conductance, W/K.
    Conductance, "a thermal conductance", "250 kW/K", si watts_per_kelvin from_watts_per_kelvin,
        units ["W/K" 1.0 saved, "kW/K" 1e3 saved, "MW/K" 1e6 saved];
    /// Fuel heat per electrical energy, J/J. Text is in Btu/kWh.
    HeatRate, "a heat rate", "9630 Btu/kWh", si joules_per_joule from_joules_per_joule,
        units ["Btu/kWh" 2.930_710_701_722_222e-4 saved, "MJ/kWh" 0.277_777_777_777_777_8, "kJ/kWh" 2.777_777_777_777_778e-4],
        also [btu_per_kilowatt_hour from_btu_per_kilowatt_hour 2.930_710_701_722_222e-4];
    /// Change of power per time, W/s.
    Ramp, "a ramp", "2 MW/min", si watts_per_second from_watts_per_second,
        units ["W/s" 1.0 saved, "MW/s" 1e6, "MW/min" 16_666.666_666_666_668 saved, "kW/s" 1e3];
    /// Density, kg/m³.
    Density, "a density", "1000 kg/m³", si kilograms_per_cubic_meter from_kilograms_per_cubic_meter, units ["kg/m³" 1.0 saved];
    /// Specific heat capacity, J/(kg·K).
    SpecificHeat, "a specific heat", "4180 J/kg/K", si joules_per_kilogram_kelvin from_joules_per_kilogram_kelvin,
        units ["J/kg/K" 1.0 saved, "kJ/kg/K" 1e3];
    /// Dynamic viscosity, Pa·s.
    Viscosity, "a viscosity", "1 mPa·s", si pascal_seconds from_pascal_seconds, units ["Pa·s" 1.0, "mPa·s" 1e-3 saved];
    /// Thermal conductivity, W/(m·K).
    Conductivity, "a thermal conductivity", "0.6 W/m/K", si watts_per_meter_kelvin from_watts_per_meter_kelvin, units ["W/m/K" 1.0 saved];
    /// Velocity, m/s.
    Velocity, "a velocity", "2 m/s", si meters_per_second from_meters_per_second, units ["m/s" 1.0 saved, "ft/s" 0.3048];
}

impl Temperature {
    /// From degrees Celsius.
    #[must_use]
    pub fn from_celsius(value: f64) -> Self {
        Self::from_kelvin(value + 273.15)
    }
    /// In degrees Celsius.
    #[must_use]
    pub fn celsius(self) -> f64 {
        self.kelvin() - 273.15
    }
}
