//! Every field of every kind of element in plain words: how it is called, what it means, how it is edited.

use crate::plan::Kind;

/// How a field is edited.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Edit {
    /// A line of text; for quantities an example with its unit.
    Text(&'static str),
    /// Several lines of text.
    Long,
    /// Yes or no.
    Flag,
    /// A whole number, with what it is when the file doesn't say.
    Count(u32),
    /// One of a few: as in the file, and for people.
    Choice(&'static [(&'static str, &'static str)]),
    /// Another element of one of these kinds.
    Reference(&'static [Kind]),
    /// A catalog entry from these lists.
    Model(&'static [&'static str]),
    /// Two lengths in meters.
    Place,
    /// Firm grid power by month.
    Steps,
    /// A list of elements.
    Elements,
    /// Rack models of single slots.
    Slots,
}

/// A field of an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// As in the file.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// One sentence for the tooltip.
    pub help: &'static str,
    /// How it is edited.
    pub edit: Edit,
    /// Whether it may be empty.
    pub optional: bool,
}

const fn must(name: &'static str, label: &'static str, edit: Edit, help: &'static str) -> Field {
    Field { name, label, help, edit, optional: false }
}
const fn may(name: &'static str, label: &'static str, edit: Edit, help: &'static str) -> Field {
    Field { name, label, help, edit, optional: true }
}

const POWER: &[Kind] = &[Kind::Block, Kind::Bus];
const NAME: Field = may("name", "Name", Edit::Text("name for people"), "Shown on the plan and in reports instead of the id.");
const AT: Field = must("at", "Place", Edit::Place, "South-west corner: meters east and north of the corner of the campus.");
const UNITS: Field = may("units", "Units", Edit::Count(1), "How many there are, the spare ones included.");
const SPARE: Field = may("redundant", "Of these, spare", Edit::Count(0), "The others must carry the load: 1 is N+1.");
const COLUMNS: Field = may("columns", "Side by side", Edit::Count(1), "Units beside each other before the next line of them begins.");
const TURNED: Field = may("turned", "Runs south–north", Edit::Flag, "Turned by a quarter on the plan.");
const FEED_A: Field = may("a", "Feed A", Edit::Reference(POWER), "Power block or bus of the A side.");
const FEED_B: Field = may("b", "Feed B", Edit::Reference(POWER), "Power block or bus of the B side; without it there is a single feed.");
const ASSUMED: Field = may("assumed", "Assumed", Edit::Long, "What in this element is assumed, and why. Readers of the plan see it.");
const GPU: Field = may("gpu", "GPU utilization", Edit::Text("90 %"), "Share of the way from idle to peak power; empty takes the value of what it stands in.");
const CPU: Field = may("cpu", "CPU utilization", Edit::Text("50 %"), "Share of the way from idle to peak power; empty takes the value of what it stands in.");
const HALL: Field = must("hall", "Hall", Edit::Reference(&[Kind::Hall]), "The hall it belongs to.");
const FWS: Field = must("fws", "Facility water", Edit::Reference(&[Kind::Fws]), "The facility water system that takes its heat.");
const BUS: Field = must("bus", "Bus", Edit::Reference(&[Kind::Bus]), "The bus it feeds.");
const COOLANT: Field = must(
    "coolant",
    "Coolant",
    Edit::Choice(&[("Water", "Water"), ("Pg25", "PG25 (25 % propylene glycol)"), ("Eg25", "EG25 (25 % ethylene glycol)")]),
    "What flows: treated water, or a mixture with glycol, by mass.",
);
const ROUGHNESS: Field = must("roughness", "Wall roughness", Edit::Text("0.05 mm"), "Of the inner pipe wall; drawn steel about 0.05 mm.");

const CAMPUS: &[Field] = &[
    must("name", "Name of the plan", Edit::Text("name"), "On the title of the window and of reports."),
    must("date", "Month", Edit::Text("2026-11"), "The month the plan is looked at: grid steps and generators count from their dates."),
    may("cap", "IT power cap", Edit::Text("150 MW"), "Largest IT power of the whole campus; the racks slow down alike until they draw it. Empty: none."),
    may("notes", "Notes", Edit::Long, "What a reader should know, assumptions above all."),
];
const SITE: &[Field] = &[
    must("library", "Site", Edit::Model(&["site"]), "Climate, tariff, gas, water and carbon come from this place unless said otherwise below."),
    may("weather", "Weather file", Edit::Text("path of an EPW file"), "Hourly weather; empty takes a synthetic typical year of the site."),
    may("tariff", "Tariff", Edit::Model(&["tariff"]), "Empty takes the site's tariff."),
    may("gas", "Price of gas", Edit::Text("3.5 $/MMBtu"), "By higher heating value; empty takes the site's price."),
    may("water", "Price of water", Edit::Text("1.2 $/m³"), "Sewer included where known; empty takes the site's price."),
    may("carbon", "Carbon of the grid", Edit::Text("400 kg/MWh"), "Empty takes the site's figure."),
    may("water_cap", "Water allowed", Edit::Text("60 m³/h"), "Largest mean intake over a day, where a permit sets it; empty sets none."),
    ASSUMED,
];
const WORKLOAD: &[Field] = &[
    must("gpu", "GPU utilization", Edit::Text("90 %"), "Mean, as a share of the way from idle to peak power."),
    must("cpu", "CPU utilization", Edit::Text("50 %"), "Mean, as a share of the way from idle to peak power."),
    must("daily_swing", "Daily swing", Edit::Text("20 %"), "From mean to peak over a day, as a share of the mean. Inference has one, training none."),
    must("peak_hour", "Peak hour", Edit::Count(15), "Hour of the day with the highest load, 0 to 23."),
    ASSUMED,
];
const CONTRACT: &[Field] = &[
    must("fee", "Fee per month", Edit::Text("1.25 B$"), "What the tenant pays a month."),
    must("from", "First month", Edit::Text("2026-01"), "First month of the lease."),
    must("until", "Last month", Edit::Text("2029-05"), "Last month of the lease."),
    must("exit_notice", "Notice to leave", Edit::Text("90 d"), "Notice either side must give."),
    may("build_cost", "Cost to build", Edit::Text("12000 $/kW"), "Buildings and plant, racks left out, per IT power."),
    may("life", "Life", Edit::Text("15 years"), "Straight-line life of buildings and plant."),
    ASSUMED,
];
const GRID: &[Field] = &[
    NAME,
    must("bus", "Bus", Edit::Reference(&[Kind::Bus]), "The bus at the point of interconnection."),
    must("steps", "Firm power", Edit::Steps, "What may be imported, from a month on."),
    must("short_circuit", "Short-circuit power", Edit::Text("5 GVA"), "At the point of interconnection."),
    may(
        "x_over_r",
        "X/R of the grid",
        Edit::Text("10"),
        "Reactance over resistance there; empty takes the value of IEC 60909 for a grid that is not known closer.",
    ),
    may("voltage_step", "Voltage step allowed", Edit::Text("3 %"), "When load trips or comes back; empty takes the usual planning level."),
    may("power_factor", "Lowest power factor", Edit::Text("95 %"), "That the utility allows at the point of interconnection; empty: none stated."),
    AT,
    ASSUMED,
];
const GENERATOR: &[Field] = &[
    NAME,
    BUS,
    must("model", "Model", Edit::Model(&["generator"]), "Turbine, engine or fuel cell of the catalog."),
    UNITS,
    SPARE,
    may("from", "In service from", Edit::Text("2026-11"), "First month; empty: already there."),
    may("until", "In service until", Edit::Text("2027-10"), "Last month, such as the end of a permit; empty: without end."),
    may("nox_cap", "NOx allowed", Edit::Text("250 t"), "In any twelve months, where a permit sets it."),
    AT,
    COLUMNS,
    ASSUMED,
];
const BATTERY: &[Field] = &[
    NAME,
    BUS,
    must("model", "Model", Edit::Model(&["battery"]), "Container of the catalog."),
    UNITS,
    must("reserve", "Kept in reserve", Edit::Text("20 %"), "Share of the energy kept for ride-through and swings, not dispatched."),
    AT,
    COLUMNS,
    ASSUMED,
];
const BUS_FIELDS: &[Field] = &[
    NAME,
    must("voltage", "Voltage", Edit::Text("13.8 kV"), "Nominal, line to line."),
    may("rating", "Busbar rating", Edit::Text("2000 A"), "Continuous current, where known."),
    AT,
    ASSUMED,
];
const TRANSFORMER: &[Field] = &[
    NAME,
    must("from", "High side", Edit::Reference(&[Kind::Bus]), "The bus on the high side."),
    must("to", "Low side", Edit::Reference(&[Kind::Bus]), "The bus on the low side."),
    must("model", "Model", Edit::Model(&["transformer"]), "Transformer of the catalog."),
    UNITS,
    SPARE,
    AT,
    ASSUMED,
];
const FEEDER: &[Field] = &[
    NAME,
    must("from", "From", Edit::Reference(&[Kind::Bus]), "The bus at one end."),
    must("to", "To", Edit::Reference(&[Kind::Bus]), "The bus at the other end."),
    must("conductor", "Cable", Edit::Model(&["conductor"]), "Cable or line of the catalog."),
    must("length", "Length", Edit::Text("120 m"), "Along its way."),
    may("parallel", "In parallel", Edit::Count(1), "Cables in parallel."),
    ASSUMED,
];
const BLOCK: &[Field] = &[
    NAME,
    must("from", "Fed from", Edit::Reference(&[Kind::Bus]), "The bus that feeds it."),
    must("conductor", "Feeder cable", Edit::Model(&["conductor"]), "Cable from the bus."),
    must("length", "Feeder length", Edit::Text("150 m"), "Along its way."),
    may("transformer", "Substation", Edit::Model(&["transformer"]), "Transformer of the unit substation."),
    may("transformers", "Transformers", Edit::Count(1), "In parallel; 0 in front of a solid-state transformer, which takes medium voltage itself."),
    may("ups", "UPS module", Edit::Model(&["UPS"]), "Empty: the load is on raw power."),
    may(
        "mode",
        "UPS mode",
        Edit::Choice(&[("DoubleConversion", "Double conversion"), ("Eco", "Eco mode (on the mains through the static switch)")]),
        "How the modules run; eco mode needs a model that has one.",
    ),
    may("modules", "UPS modules", Edit::Count(0), "How many, the spare ones included."),
    may("redundant", "Of these, spare", Edit::Count(0), "The others must carry the load."),
    may("genset", "Diesel set", Edit::Model(&["diesel set"]), "Standby set; empty: none."),
    may("gensets", "Diesel sets", Edit::Count(0), "How many."),
    AT,
    TURNED,
    ASSUMED,
];
const HALL_FIELDS: &[Field] = &[
    NAME,
    AT,
    must("size", "Size", Edit::Place, "East–west and south–north extent."),
    must("supply_air", "Supply air", Edit::Text("25 °C"), "Temperature the air handlers hold."),
    must("recirculation", "Recirculation", Edit::Text("5 %"), "Share of rack exhaust that escapes into the room: one minus containment; 100 % without any."),
    may("air_ratio", "Handler air over rack air", Edit::Text("100 %"), "Air the handlers move over what the racks draw. Empty: one less recirculation."),
    may("cell", "Air cell", Edit::Text("0.6 m"), "Edge of the cells in which its air is solved; finer ones take longer. Empty: 0.6 m."),
    may("cap", "IT power cap", Edit::Text("12 MW"), "Largest IT power of the hall; its racks slow down alike until they draw it. Empty: none."),
    may("house", "House power", Edit::Text("80 kW"), "Lights, controls, offices and the ventilation of electrical rooms."),
    may("a", "House feed", Edit::Reference(POWER), "Power block or bus that feeds them."),
    may(
        "class",
        "Equipment class",
        Edit::Choice(&[("A1", "A1, 15–32 °C"), ("A2", "A2, 10–35 °C"), ("A3", "A3, 5–40 °C"), ("A4", "A4, 5–45 °C")]),
        "ASHRAE TC 9.9 class: what inlet air its equipment allows.",
    ),
    may(
        "dew_point",
        "Dew point",
        Edit::Text("12 °C"),
        "Of the hall's air, where it is controlled; coolant must stay above it. Empty: that of the assumed humidity.",
    ),
    GPU,
    CPU,
    ASSUMED,
];
const ROW: &[Field] = &[
    NAME,
    HALL,
    must("rack", "Rack model", Edit::Model(&["rack"]), "Of all slots without a model of their own."),
    must("count", "Slots", Edit::Count(1), "Rack positions in the row."),
    may("others", "Other slots", Edit::Slots, "Slots with another rack model, or empty ones."),
    may("pitch", "Pitch", Edit::Text("0.6 m"), "Center to center; empty takes the rack's width."),
    must("a", "Feed A", Edit::Reference(POWER), "Power block or bus of the A cords."),
    may("b", "Feed B", Edit::Reference(POWER), "Power block or bus of the B cords; empty: the racks are single-corded."),
    may(
        "share_a",
        "Share on A",
        Edit::Text("100 %"),
        "Of a dual-corded row in the normal state; empty: even. 100 %: B stands by, as behind a transfer switch.",
    ),
    must("busway", "Busway", Edit::Model(&["busway"]), "Of each side."),
    may("busways", "Busways a side", Edit::Count(1), "In parallel on each side."),
    may("tcs", "Coolant loop", Edit::Reference(&[Kind::Tcs]), "TCS loop of the liquid-cooled racks."),
    may("cap", "Power cap", Edit::Text("1.2 MW"), "Largest power the row may draw, where a cap is set."),
    GPU,
    CPU,
    AT,
    TURNED,
    may(
        "front",
        "Front",
        Edit::Choice(&[("North", "North"), ("East", "East"), ("South", "South"), ("West", "West")]),
        "Side from which the racks draw air. Empty: the rows of a hall alternate, and the wider aisles are cold.",
    ),
    ASSUMED,
];
const TCS: &[Field] = &[
    NAME,
    HALL,
    COOLANT,
    must("supply", "Supply temperature", Edit::Text("30 °C"), "What the CDUs hold."),
    must("header", "Header diameter", Edit::Text("150 mm"), "Inner diameter of the row headers."),
    ROUGHNESS,
    may(
        "arrangement",
        "Return header",
        Edit::Choice(&[("Direct", "Direct: near racks get more flow"), ("Reverse", "Reverse: flows are even")]),
        "Direct: first supplied, first returned. Reverse: first supplied, last returned.",
    ),
    may(
        "control",
        "Pumps hold",
        Edit::Choice(&[("Flow", "What the racks want"), ("Difference", "A pressure"), ("Full", "Nothing: full speed")]),
        "By the speed of the CDU pumps. A pressure is held between the manifolds at the CDUs.",
    ),
    may("difference", "Pressure held", Edit::Text("150 kPa"), "Between the manifolds, where a pressure is held."),
    may("floating", "Supply floats", Edit::Flag, "The CDUs take all the facility water they can; the set-point is only the most that is meant."),
    may("disconnect_kv", "Quick disconnect Kv", Edit::Text("6.5"), "m³/h of water at 1 bar; two in series at each rack. Empty: in the rack's own drop."),
    may("rack_valves", "Flow valves at racks", Edit::Flag, "Each holds its rack's flow at what it wants, as far as the pressure goes."),
    ASSUMED,
];
const CDU: &[Field] = &[
    NAME,
    must("tcs", "Coolant loop", Edit::Reference(&[Kind::Tcs]), "The TCS loop it feeds."),
    FWS,
    must("model", "Model", Edit::Model(&["CDU"]), "CDU of the catalog."),
    UNITS,
    SPARE,
    may("filter", "Filter", Edit::Text("20 kPa"), "Coolant pressure lost in the filter of one at its rated flow. Empty: in the CDU's own figures."),
    FEED_A,
    FEED_B,
    AT,
    TURNED,
    ASSUMED,
];
const AIR_HANDLER: &[Field] = &[
    NAME,
    HALL,
    FWS,
    must("model", "Model", Edit::Model(&["air handler"]), "CRAH or fan wall of the catalog."),
    UNITS,
    SPARE,
    FEED_A,
    FEED_B,
    AT,
    TURNED,
    ASSUMED,
];
const FWS_FIELDS: &[Field] = &[
    NAME,
    COOLANT,
    must("supply", "Supply temperature", Edit::Text("26 °C"), "What the plant holds."),
    must("pump", "Pump", Edit::Model(&["pump"]), "Pump of the catalog."),
    must("pumps", "Pumps", Edit::Count(1), "In parallel, the spare ones included."),
    SPARE,
    must("main", "Main diameter", Edit::Text("600 mm"), "Inner diameter of the mains."),
    ROUGHNESS,
    may("ring", "Ring", Edit::Flag, "The mains come back to the pumps, so that each consumer is fed from two ways. Otherwise they are a tree."),
    may("bypass", "Bypass", Edit::Text("60 L/s"), "Least flow of the running pumps together: the bypass passes what the consumers leave of it. Empty: none."),
    may("buffer", "Buffer tank", Edit::Text("50 m³"), "Volume of a buffer tank in the supply. Empty: none."),
    may("exchanger", "Plate exchanger", Edit::Text("85 %"), "Effectiveness between this water and the open tower water, where there is one."),
    FEED_A,
    FEED_B,
    AT,
    ASSUMED,
];
const COOLER: &[Field] = &[
    NAME,
    FWS,
    must("model", "Model", Edit::Model(&["dry cooler", "cooling tower", "chiller"]), "Dry or adiabatic cooler, tower cell or chiller of the catalog."),
    UNITS,
    SPARE,
    FEED_A,
    FEED_B,
    AT,
    COLUMNS,
    ASSUMED,
];
const SCENARIO: &[Field] = &[
    NAME,
    may("gpu", "GPU utilization", Edit::Text("100 %"), "Of the whole campus; empty leaves it."),
    may("cpu", "CPU utilization", Edit::Text("80 %"), "Of the whole campus; empty leaves it."),
    may("dry_bulb", "Outdoor dry bulb", Edit::Text("42 °C"), "Instead of the design day's."),
    may("wet_bulb", "Outdoor wet bulb", Edit::Text("27 °C"), "Instead of the design day's."),
    may("date", "Month", Edit::Text("2027-11"), "Instead of the plan's."),
    may("price", "Factor on grid price", Edit::Text("150 %"), "On the price of grid energy."),
    may("out", "Out of service", Edit::Elements, "Elements that are down."),
];
const ACCEPTANCE: &[Field] = &[
    must("rule", "Rule", Edit::Text("name of the rule"), "Rule of the finding."),
    must("subject", "Element", Edit::Reference(Kind::ALL), "Element of the finding."),
    must("reason", "Reason", Edit::Long, "Why it is accepted."),
];

/// The fields of a kind, in the order in which a planner decides them.
#[must_use]
pub fn of(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Campus => CAMPUS,
        Kind::Site => SITE,
        Kind::Workload => WORKLOAD,
        Kind::Contract => CONTRACT,
        Kind::Grid => GRID,
        Kind::Generator => GENERATOR,
        Kind::Battery => BATTERY,
        Kind::Bus => BUS_FIELDS,
        Kind::Transformer => TRANSFORMER,
        Kind::Feeder => FEEDER,
        Kind::Block => BLOCK,
        Kind::Hall => HALL_FIELDS,
        Kind::Row => ROW,
        Kind::Tcs => TCS,
        Kind::Cdu => CDU,
        Kind::AirHandler => AIR_HANDLER,
        Kind::Fws => FWS_FIELDS,
        Kind::Cooler => COOLER,
        Kind::Scenario => SCENARIO,
        Kind::Acceptance => ACCEPTANCE,
    }
}
