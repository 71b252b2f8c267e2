//! The arithmetic in use: sums within a quantity, and the products that occur.

use super::quantity::*;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

macro_rules! linear {
    ($($name:ident)*) => {$(
        impl Add for $name { type Output = Self; fn add(self, o: Self) -> Self { Self::from_si(self.si() + o.si()) } }
        impl Sub for $name { type Output = Self; fn sub(self, o: Self) -> Self { Self::from_si(self.si() - o.si()) } }
        impl Neg for $name { type Output = Self; fn neg(self) -> Self { Self::from_si(-self.si()) } }
        impl AddAssign for $name { fn add_assign(&mut self, o: Self) { *self = *self + o; } }
        impl SubAssign for $name { fn sub_assign(&mut self, o: Self) { *self = *self - o; } }
        impl Mul<f64> for $name { type Output = Self; fn mul(self, k: f64) -> Self { Self::from_si(self.si() * k) } }
        impl Mul<$name> for f64 { type Output = $name; fn mul(self, q: $name) -> $name { q * self } }
        impl Div<f64> for $name { type Output = Self; fn div(self, k: f64) -> Self { Self::from_si(self.si() / k) } }
        impl Div for $name { type Output = f64; fn div(self, o: Self) -> f64 { self.si() / o.si() } }
        impl std::iter::Sum for $name { fn sum<I: Iterator<Item = Self>>(iter: I) -> Self { iter.fold(Self::ZERO, Add::add) } }
    )*};
}

linear!(Power ReactivePower ApparentPower Energy TemperatureDifference VolumeFlow MassFlow Pressure Length Area Volume Mass Voltage Current
    ImpedancePerLength Duration Ratio Money EnergyPrice FuelPrice DemandPrice CapacityPrice VolumePrice CarbonIntensity SpecificFlow Conductance
    HeatRate Ramp Density SpecificHeat Viscosity Conductivity Velocity);

macro_rules! products {
    ($($a:ident * $b:ident = $c:ident;)*) => {$(
        impl Mul<$b> for $a { type Output = $c; fn mul(self, o: $b) -> $c { $c::from_si(self.si() * o.si()) } }
        impl Mul<$a> for $b { type Output = $c; fn mul(self, o: $a) -> $c { $c::from_si(self.si() * o.si()) } }
        impl Div<$a> for $c { type Output = $b; fn div(self, o: $a) -> $b { $b::from_si(self.si() / o.si()) } }
        impl Div<$b> for $c { type Output = $a; fn div(self, o: $b) -> $a { $a::from_si(self.si() / o.si()) } }
    )*};
}

products! {
    Power * Duration = Energy;
    VolumeFlow * Pressure = Power;
    VolumeFlow * Duration = Volume;
    VolumeFlow * Density = MassFlow;
    SpecificFlow * Power = VolumeFlow;
    Conductance * TemperatureDifference = Power;
    MassFlow * SpecificHeat = Conductance;
    EnergyPrice * Energy = Money;
    CapacityPrice * Power = Money;
    VolumePrice * Volume = Money;
    CarbonIntensity * Energy = Mass;
    Velocity * Area = VolumeFlow;
    Velocity * Duration = Length;
    Ramp * Duration = Power;
}

impl Mul<Ratio> for Power {
    type Output = Self;
    fn mul(self, share: Ratio) -> Self {
        self * share.value()
    }
}
impl Sub for Temperature {
    type Output = TemperatureDifference;
    fn sub(self, other: Self) -> TemperatureDifference {
        TemperatureDifference::from_kelvins(self.kelvin() - other.kelvin())
    }
}
impl Add<TemperatureDifference> for Temperature {
    type Output = Self;
    fn add(self, d: TemperatureDifference) -> Self {
        Self::from_kelvin(self.kelvin() + d.kelvins())
    }
}
impl Sub<TemperatureDifference> for Temperature {
    type Output = Self;
    fn sub(self, d: TemperatureDifference) -> Self {
        Self::from_kelvin(self.kelvin() - d.kelvins())
    }
}
