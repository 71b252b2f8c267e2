//! The bibliography, once. Equations name their source by the constant here.

/// A publication or a program that an equation, a coefficient or a check number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Short key, as written in the `# Source` section of a function.
    pub key: &'static str,
    /// The full reference.
    pub text: &'static str,
}

// --- air, coolants, pipes, pumps, exchangers ---

/// Saturation pressure over ice and water, and the moist-air equations built on it.
pub const ASHRAE_2017: Source = Source {
    key: "ASHRAE_2017",
    text: "ASHRAE Handbook - Fundamentals (SI), 2017, chapter 1 'Psychrometrics': equations 3 (pressure), 5 and 6 (saturation), 20 to 35.",
};
/// The work behind equations 5 and 6 of the handbook.
pub const HYLAND_WEXLER_1983: Source = Source {
    key: "HYLAND_WEXLER_1983",
    text: "R. W. Hyland, A. Wexler: Formulations for the thermodynamic properties of the saturated phases of H2O from 173.15 K to 473.15 K. ASHRAE Transactions 89(2A), 1983, 500-519.",
};
/// The open implementation of the handbook's equations that the check numbers come from.
pub const PSYCHROLIB: Source = Source {
    key: "PSYCHROLIB",
    text: "D. Meyer, D. Thevenard: PsychroLib: a library of psychrometric functions to calculate thermodynamic properties of air. Journal of Open Source Software 4(33), 2019, 1137.",
};
/// Coolant properties.
pub const COOLPROP: Source = Source {
    key: "COOLPROP",
    text: "I. H. Bell, J. Wronski, S. Quoilin, V. Lemort: Pure and pseudo-pure fluid thermophysical property evaluation and the open-source thermophysical property library CoolProp. Ind. Eng. Chem. Res. 53(6), 2014, 2498-2508. Fluids Water, INCOMP::MPG[0.25], INCOMP::MEG[0.25] at 300 kPa.",
};
/// The measurements behind CoolProp's aqueous glycols.
pub const MELINDER_2010: Source = Source {
    key: "MELINDER_2010",
    text: "A. Melinder: Properties of secondary working fluids for indirect systems, 2nd edition. International Institute of Refrigeration, 2010.",
};
/// Explicit friction factor in turbulent flow.
pub const SWAMEE_JAIN_1976: Source = Source {
    key: "SWAMEE_JAIN_1976",
    text: "P. K. Swamee, A. K. Jain: Explicit equations for pipe-flow problems. ASCE Journal of the Hydraulics Division 102(5), 1976, 657-664.",
};
/// The cubic between laminar and turbulent friction.
pub const DUNLOP_1991: Source = Source {
    key: "DUNLOP_1991",
    text: "E. J. Dunlop: WADI Users Manual. Local Government Computer Services Board, Dublin, 1991; as used by EPANET 2.2, function DWcoeff of hydcoeffs.c.",
};
/// Pump curves from one point and from three.
pub const EPANET_2020: Source = Source {
    key: "EPANET_2020",
    text: "L. A. Rossman, H. Woo, M. Tryby, F. Shang, R. Janke, T. Haxton: EPANET 2.2 User Manual. EPA/600/R-20/133, US Environmental Protection Agency, 2020: sections 3.1 (pumps), 3.2 (pump curves) and 12.1.",
};
/// Heat exchangers, pipes and the worked examples used as checks.
pub const INCROPERA_2007: Source = Source {
    key: "INCROPERA_2007",
    text: "F. P. Incropera, D. P. DeWitt, T. L. Bergman, A. S. Lavine: Fundamentals of heat and mass transfer, 6th edition. Wiley, 2007: tables 11.3 and 11.4, examples 11.1, 11.3 and 11.4; section 8.1 (pipe flow).",
};
/// Effectiveness of exchangers.
pub const KAYS_LONDON_1984: Source =
    Source { key: "KAYS_LONDON_1984", text: "W. M. Kays, A. L. London: Compact heat exchangers, 3rd edition. McGraw-Hill, 1984, chapter 2." };
/// Program that the effectiveness check numbers come from.
pub const HT: Source = Source {
    key: "HT",
    text: "C. Bell and contributors: ht, heat transfer component of the Chemical Engineering Design Library, function effectiveness_from_NTU.",
};
/// Conductance of a coil away from its rating.
pub const WETTER_1999: Source = Source {
    key: "WETTER_1999",
    text: "M. Wetter: Simulation model: finned water-air-coil without condensation. LBNL-42355, Lawrence Berkeley National Laboratory, 1999. Exponents as the defaults of HADryCoil in the Modelica Buildings Library.",
};
/// Random numbers of the synthetic year.
pub const SPLITMIX_2014: Source = Source {
    key: "SPLITMIX_2014",
    text: "G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom number generators. OOPSLA 2014, 453-472 (SplitMix64).",
};
/// Normal deviates of the synthetic year.
pub const BOX_MULLER_1958: Source = Source {
    key: "BOX_MULLER_1958",
    text: "G. E. P. Box, M. E. Muller: A note on the generation of random normal deviates. Annals of Mathematical Statistics 29(2), 1958, 610-611.",
};
/// Quantile mapping as used in the synthetic year.
pub const PANOFSKY_BRIER_1968: Source = Source {
    key: "PANOFSKY_BRIER_1968",
    text: "H. A. Panofsky, G. W. Brier: Some applications of statistics to meteorology. Pennsylvania State University, 1968 (matching of cumulative distributions).",
};

// --- plant, power and supply equipment ---

/// Loss law and parameters of a machine of 28 MW.
pub const RAPS: Source = Source {
    key: "RAPS",
    text: "ExaDigiT: RAPS, resource allocator and power simulator, config/frontier.yaml and raps/power.py at 6c142bfd; W. Brewer et al.: A digital twin framework for liquid-cooled supercomputers as demonstrated at exascale. SC24, arXiv 2410.05133.",
};
/// Building energy simulation: chiller and cooling tower models, and hourly check results.
pub const ENERGYPLUS: Source = Source {
    key: "ENERGYPLUS",
    text: "US Department of Energy: EnergyPlus engineering reference, 'Electric chiller model based on condenser entering temperature', 'Cooling towers'; source CondenserLoopTowers.cc; check results from version 25.2.",
};
/// Cooling tower correlation.
pub const YORKCALC: Source = Source {
    key: "YORKCALC",
    text: "York International Corporation: YORKcalc software, chiller-plant energy-estimating program. Form 160.00-SG2 (0502), 2002; coefficients as in EnergyPlus and the Modelica Buildings Library.",
};
/// Component models and equipment records.
pub const MODELICA_BUILDINGS: Source = Source {
    key: "MODELICA_BUILDINGS",
    text: "M. Wetter, W. Zuo, T. S. Nouidui, X. Pang: Modelica Buildings library. Journal of Building Performance Simulation 7(4), 2014, 253-270; repository lbl-srg/modelica-buildings at c4117cc.",
};
/// Loss law of converters.
pub const APC_WP113: Source = Source {
    key: "APC_WP113",
    text: "N. Rasmussen: Electrical efficiency modeling for data centers. White paper 113, American Power Conversion (Schneider Electric).",
};
/// Power transformers.
pub const IEC_60076_1: Source = Source { key: "IEC_60076_1", text: "IEC 60076-1: Power transformers, part 1: general." };
/// Short-circuit currents.
pub const IEC_60909: Source = Source {
    key: "IEC_60909",
    text: "IEC 60909-0: Short-circuit currents in three-phase a.c. systems, part 0: calculation of currents (from general knowledge; not read in the standard itself).",
};
/// Steps of the voltage.
pub const IEC_61000_3_7: Source = Source {
    key: "IEC_61000_3_7",
    text: "IEC TR 61000-3-7:2008: Assessment of emission limits for the connection of fluctuating installations to MV, HV and EHV power systems: rapid voltage changes, table of indicative planning levels (from general knowledge; not read in the report itself).",
};
/// Voltage fluctuations in North America.
pub const IEEE_1453: Source = Source {
    key: "IEEE_1453",
    text: "IEEE Std 1453-2015: Recommended practice for the analysis of fluctuating installations on power systems: planning levels for rapid voltage changes (from general knowledge; not read in the standard itself).",
};
/// Power system stability.
pub const KUNDUR: Source = Source { key: "KUNDUR", text: "P. Kundur: Power system stability and control. McGraw-Hill, 1994, chapter 2 and section 14.1.1." };
/// Redundancy terms.
pub const UPTIME: Source =
    Source { key: "UPTIME", text: "Uptime Institute: Tier standard: topology; the terms N, N+1, 2N and distributed redundant as usual in the trade." };
/// Reliability of k of n.
pub const IEEE_493: Source =
    Source { key: "IEEE_493", text: "IEEE Std 493: Recommended practice for the design of reliable industrial and commercial power systems (Gold Book)." };
/// Efficiency rule of distribution transformers.
pub const CFR_10_431: Source = Source { key: "CFR_10_431", text: "US 10 CFR 431, subpart K: distribution transformers, section 431.196." };
/// Carbon of fuels.
pub const CFR_40_98: Source = Source {
    key: "CFR_40_98",
    text: "US 40 CFR 98, subpart C, table C-1: default CO2 emission factors and high heat values for various types of fuel (81 FR 89188).",
};
/// Heating values of natural gas.
pub const GREET: Source = Source {
    key: "GREET",
    text: "Argonne National Laboratory: GREET model, fuel specifications: natural gas 983 Btu/ft3 (lower) and 1089 Btu/ft3 (higher heating value).",
};
/// Lines and feeders.
pub const KERSTING: Source =
    Source { key: "KERSTING", text: "W. H. Kersting: Distribution system modeling and analysis. CRC Press; IEEE 4-node test feeder, IEEE PES." };
/// Storage balance.
pub const PYPSA: Source = Source {
    key: "PYPSA",
    text: "T. Brown, J. Hoersch, D. Schlachtberger: PyPSA: Python for power system analysis. Journal of Open Research Software 6(1), 2018, 4.",
};
/// Fuel line of generators.
pub const REOPT: Source = Source {
    key: "REOPT",
    text: "National Renewable Energy Laboratory: REopt.jl, combined heat and power: fuel burn slope and intercept from full-load and half-load efficiency.",
};
/// Site rating of gas turbines.
pub const ROTATING_MACHINERY: Source =
    Source { key: "ROTATING_MACHINERY", text: "Gas turbine: ISO rating and site rating. rotating-machinery.com, August 2021." };
/// Rules of thumb for gas turbines.
pub const CONTROL_COM: Source = Source {
    key: "CONTROL_COM",
    text: "Factors influencing gas turbine performance. control.com forum, thread 39740: 1 % of output per 3 F of inlet temperature and per 1 % of ambient pressure.",
};
/// Turbine library of a public planning tool.
pub const ACNEWKIRK: Source = Source { key: "ACNEWKIRK", text: "acnewkirk/AI-Datacenter-Microgrid-Analysis, turbine library. Public repository." };
/// Levelized cost.
pub const NREL_ATB: Source = Source {
    key: "NREL_ATB",
    text: "National Renewable Energy Laboratory: Annual technology baseline, 'Equations and variables': capital recovery factor and levelized cost of energy.",
};
/// Program that the finance check numbers come from.
pub const NUMPY_FINANCIAL: Source = Source { key: "NUMPY_FINANCIAL", text: "numpy-financial: functions npv, irr and pmt." };
/// Dimensions of stainless steel pipe.
pub const ASME_B36_19: Source = Source {
    key: "ASME_B36_19",
    text: "ASME B36.19M: Stainless steel pipe, outer diameters and nominal walls of schedule 10S (as tabled by makers; not read in the standard itself).",
};
/// Velocity in copper tube.
pub const COPPER_VELOCITY: Source = Source {
    key: "COPPER_VELOCITY",
    text: "Engineering ToolBox: Copper tubes, pressure loss vs. water flow: at most 8 ft/s (2.4 m/s) for cold water and 5 ft/s for hot water; Watts: Sizing of pressure reducing valves, with the same limits against erosion corrosion.",
};
/// Velocity in copper pipe by temperature.
pub const BS_6700: Source = Source {
    key: "BS_6700",
    text: "BS 6700: Design of services supplying water within buildings: at most 3.0 m/s in copper at 10 to 50 C, 2.5 m/s at 70 C, 2.0 m/s at 90 C (as quoted by liquisearch.com, 'Erosion corrosion of copper water tubes'; not read in the standard itself).",
};
/// Losses of fittings.
pub const LMNO_FITTINGS: Source = Source {
    key: "LMNO_FITTINGS",
    text: "LMNO Engineering: Table of minor loss coefficients (lmnoeng.com/surface.htm): tee, line flow, flanged 0.2; branch flow, flanged 1.0; regular 90 degree elbow, flanged 0.3; gate valve, fully open 0.15.",
};
/// Supply and return heat index.
pub const SHARMA_2002: Source = Source {
    key: "SHARMA_2002",
    text: "R. K. Sharma, C. E. Bash, C. D. Patel: Dimensionless parameters for evaluation of thermal design and performance of large-scale data centers. 8th AIAA/ASME Joint Thermophysics and Heat Transfer Conference, 2002, AIAA-2002-3091.",
};
/// Rack cooling index.
pub const HERRLIN_2005: Source = Source {
    key: "HERRLIN_2005",
    text: "M. K. Herrlin: Rack cooling effectiveness in data centers and telecom central offices: the rack cooling index (RCI). ASHRAE Transactions 111(2), 2005, 725-731.",
};
/// Return temperature index.
pub const HERRLIN_2008: Source = Source {
    key: "HERRLIN_2008",
    text: "M. K. Herrlin: Airflow and cooling performance of data centers: two performance metrics. ASHRAE Transactions 114(2), 2008, 182-187.",
};
/// Capture index.
pub const VANGILDER_2007: Source = Source {
    key: "VANGILDER_2007",
    text: "J. W. VanGilder, S. K. Shrivastava: Capture index: an airflow-based rack cooling performance metric. ASHRAE Transactions 113(1), 2007, 126-136.",
};
/// Inlet temperatures of air-cooled equipment.
pub const ASHRAE_TC99_2021: Source = Source {
    key: "ASHRAE_TC99_2021",
    text: "ASHRAE TC 9.9: Thermal guidelines for data processing environments, 5th edition, 2021: recommended 18 to 27 C; allowable 15 to 32 (A1), 10 to 35 (A2), 5 to 40 (A3), 5 to 45 C (A4) (as on the reference card).",
};
