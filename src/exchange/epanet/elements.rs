//! Nodes, links, demands, patterns and curves.

use super::options::{Formula, Options};
use super::sections::{File, Line, Section, short};
use super::{Control, Inp, InpError, Link, LinkKind, Node, NodeKind, PumpHead, ValveKind};
use std::collections::HashMap;

/// Slack within which a tank counts as full or empty, m: 0.0005 ft (`HTOL` of the reference program).
const LEVEL_SLACK: f64 = 5e-4 * super::options::FOOT;

/// Builds the network from the lines, section by section.
pub(super) struct Reader<'a> {
    pub file: &'a File<'a>,
    pub options: &'a Options<'a>,
    patterns: HashMap<&'a str, f64>,
    curve_names: HashMap<&'a str, usize>,
    curves: Vec<Vec<(f64, f64)>>,
    pub node_names: HashMap<&'a str, usize>,
    pub link_names: HashMap<&'a str, usize>,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    /// Multiplier on the speed of a pump, from its pattern.
    pub speed_patterns: Vec<(usize, f64)>,
    pub controls: Vec<Control>,
    pub notes: Vec<String>,
}

impl<'a> Reader<'a> {
    pub fn new(file: &'a File<'a>, options: &'a Options<'a>) -> Result<Self, InpError> {
        let (curve_names, curves) = curves(file)?;
        let patterns = patterns(file, options.period)?;
        // Pattern 1 is the default that need not be there.
        if options.pattern.0 != "1" && !patterns.contains_key(options.pattern.0) {
            let message = format!("there is no pattern `{}`", short(options.pattern.0));
            return Err(InpError { line: options.pattern.1, message });
        }
        Ok(Self {
            file,
            options,
            patterns,
            curve_names,
            curves,
            node_names: HashMap::new(),
            link_names: HashMap::new(),
            nodes: Vec::new(),
            links: Vec::new(),
            speed_patterns: Vec::new(),
            controls: Vec::new(),
            notes: Vec::new(),
        })
    }

    pub fn nodes(&mut self) -> Result<(), InpError> {
        let file = self.file;
        let length = self.options.units.length();
        let mut demands: Vec<Vec<f64>> = Vec::new();
        for line in file.of(Section::Junctions) {
            let elevation = line.number_or(1, "the elevation", 0.0)? * length;
            let base = line.number_or(2, "the demand", 0.0)?;
            let demand = base * self.demand_pattern(line, 3)?;
            let exponent = 1.0 / self.options.emitter_exponent;
            self.add_node(line, elevation, NodeKind::Junction { demand: 0.0, emitter: 0.0, exponent })?;
            demands.push(vec![demand]);
        }
        let junctions = self.nodes.len();
        for line in file.of(Section::Reservoirs) {
            let multiplier = self.named_pattern(line, 2)?.unwrap_or(1.0);
            let head = line.number_at(1, "the head")? * length * multiplier;
            self.add_node(line, head, NodeKind::Reservoir)?;
        }
        for line in file.of(Section::Tanks) {
            self.tank(line, length)?;
        }
        // Demands told here replace that of the junction's own line.
        let mut replaced = vec![false; junctions];
        for line in file.of(Section::Demands) {
            let node = self.node(line, 0)?;
            let base = line.number_at(1, "the demand")?;
            let demand = base * self.demand_pattern(line, 2)?;
            if node < junctions {
                if !std::mem::replace(&mut replaced[node], true) {
                    demands[node].clear();
                }
                demands[node].push(demand);
            }
        }
        let factor = self.options.units.flow * self.options.demand_multiplier;
        for (node, list) in self.nodes.iter_mut().zip(&demands) {
            if let NodeKind::Junction { demand, .. } = &mut node.kind {
                *demand = list.iter().sum::<f64>() * factor;
            }
        }
        self.emitters(junctions)
    }

    fn emitters(&mut self, junctions: usize) -> Result<(), InpError> {
        let file = self.file;
        if let Some(line) = file.of(Section::Leakage).next() {
            return line.error("leakage of pipes is not computed here");
        }
        for line in file.of(Section::Emitters) {
            let node = self.node(line, 0)?;
            let coefficient = line.number_at(1, "the emitter coefficient")?;
            if coefficient < 0.0 {
                return line.error("the emitter coefficient must not be negative");
            }
            if node >= junctions || coefficient == 0.0 {
                continue;
            }
            // q = C·pᵞ in the file's units: p = (q/C)^(1/γ), in meters of head.
            let (units, n) = (self.options.units, 1.0 / self.options.emitter_exponent);
            if let NodeKind::Junction { emitter, .. } = &mut self.nodes[node].kind {
                *emitter = (1.0 / (units.flow * coefficient)).powf(n) / units.pressure_per_meter;
                if !emitter.is_finite() {
                    return line.error("the emitter coefficient is too small");
                }
            }
        }
        Ok(())
    }

    fn tank(&mut self, line: &Line<'a>, length: f64) -> Result<(), InpError> {
        let elevation = line.number_at(1, "the elevation")? * length;
        if line.words.len() <= 3 {
            return self.add_node(line, elevation, NodeKind::Reservoir);
        }
        let mut levels = [0.0; 3];
        for (place, level) in levels.iter_mut().enumerate() {
            *level = line.number_at(2 + place, "the level")? * length;
        }
        let [level, least, most] = levels;
        if line.number_at(5, "the diameter")? == 0.0 {
            // The reference program takes a tank without an area for a reservoir at its level.
            return self.add_node(line, elevation + level, NodeKind::Reservoir);
        }
        if !(least <= level && level <= most) {
            return line.error("the initial level of the tank does not lie between its lowest and its highest");
        }
        let overflows = line.is(8, "YES");
        let (empty, full) = (level <= least + LEVEL_SLACK, level >= most - LEVEL_SLACK && !overflows);
        self.add_node(line, elevation, NodeKind::Tank { level, empty, full })
    }

    fn add_node(&mut self, line: &Line<'a>, elevation: f64, kind: NodeKind) -> Result<(), InpError> {
        let id = line.need(0, "the name")?;
        if self.node_names.insert(id, self.nodes.len()).is_some() {
            return line.error(format!("there is a node `{}` already", short(id)));
        }
        self.nodes.push(Node { id: id.to_owned(), elevation, kind });
        Ok(())
    }

    pub fn links(&mut self) -> Result<(), InpError> {
        let file = self.file;
        for line in file.of(Section::Pipes) {
            self.pipe(line)?;
        }
        for line in file.of(Section::Pumps) {
            self.pump(line)?;
        }
        for line in file.of(Section::Valves) {
            self.valve(line)?;
        }
        Ok(())
    }

    fn pipe(&mut self, line: &Line<'a>) -> Result<(), InpError> {
        let units = &self.options.units;
        let mut values = [0.0; 3];
        for (place, what) in ["the length", "the diameter", "the roughness"].into_iter().enumerate() {
            values[place] = line.number_at(3 + place, what)?;
            // Smooth pipes exist for Darcy and Weisbach.
            let smooth = place == 2 && self.options.formula == Formula::DarcyWeisbach && values[2] == 0.0;
            if values[place] <= 0.0 && !smooth {
                return line.error(format!("{what} of the pipe must be above zero"));
            }
        }
        let word = |place: usize| line.word(place).map(str::to_ascii_uppercase);
        let is_status = |word: &Option<String>| matches!(word.as_deref(), Some("OPEN" | "CLOSED" | "CV"));
        // Loss coefficient and status may both be left out; alone, either may stand.
        let (minor, status) = if is_status(&word(6)) { (0.0, word(6)) } else { (line.number_or(6, "the loss coefficient", 0.0)?, word(7)) };
        if minor < 0.0 || (status.is_some() && !is_status(&status)) {
            return line.error("behind the roughness a loss coefficient of zero or more and OPEN, CLOSED or CV may stand");
        }
        let roughness = if self.options.formula == Formula::DarcyWeisbach { values[2] * units.roughness() } else { values[2] };
        let check = status.as_deref() == Some("CV");
        let kind = LinkKind::Pipe { length: values[0] * units.length(), diameter: values[1] * units.diameter(), roughness, minor, check };
        self.add_link(line, kind, status.as_deref() == Some("CLOSED"))
    }

    fn pump(&mut self, line: &Line<'a>) -> Result<(), InpError> {
        let (mut head, mut speed, mut pattern) = (None, 1.0, None);
        let mut place = 3;
        while let Some(key) = line.word(place) {
            match key.to_ascii_uppercase().as_str() {
                "HEAD" => head = Some(PumpHead::Curve(self.curve(line, place + 1)?)),
                "POWER" => head = Some(PumpHead::Power(self.power(line, place + 1)?)),
                "SPEED" => speed = line.number_at(place + 1, "the speed")?,
                "PATTERN" => pattern = self.named_pattern(line, place + 1)?,
                other => return line.error(format!("`{}` is no word of a pump (HEAD, POWER, SPEED, PATTERN)", short(other))),
            }
            place += 2;
        }
        let Some(head) = head else { return line.error("the pump has neither a curve nor a power") };
        if speed < 0.0 || pattern.is_some_and(|factor| factor < 0.0) {
            return line.error("the speed of the pump is negative");
        }
        self.speed_patterns.extend(pattern.map(|factor| (self.links.len(), factor)));
        self.add_link(line, LinkKind::Pump { head, speed }, false)
    }

    /// The power of a pump in W that gives the same head as the reference program, which reckons 8.814 ft⁴/s to the horsepower for any fluid
    /// (`getpumpparams` of its `input2.c`) and 0.7457 kW to it (`KWperHP`).
    fn power(&self, line: &Line<'a>, place: usize) -> Result<f64, InpError> {
        const SQUARE_FOOT: f64 = super::options::FOOT * super::options::FOOT;
        const HEAD_FLOW: f64 = 8.814 * SQUARE_FOOT * SQUARE_FOOT;
        const KILOWATTS: f64 = 0.7457;
        let value = line.number_at(place, "the power")?;
        if value <= 0.0 {
            return line.error("the power of the pump must be above zero");
        }
        let horsepower = if self.options.units.us { value } else { value / KILOWATTS };
        Ok(horsepower * HEAD_FLOW * weight(self.options.gravity))
    }

    fn valve(&mut self, line: &Line<'a>) -> Result<(), InpError> {
        let units = self.options.units;
        let diameter = line.number_at(3, "the diameter")? * units.diameter();
        let kind = match line.need(4, "the kind of valve")?.to_ascii_uppercase().as_str() {
            "PRV" => ValveKind::Prv,
            "PSV" => ValveKind::Psv,
            "PBV" => ValveKind::Pbv,
            "FCV" => ValveKind::Fcv,
            "TCV" => ValveKind::Tcv,
            "GPV" => ValveKind::Gpv,
            other => return line.error(format!("valves of the kind `{}` are not computed here (PRV, PSV, PBV, FCV, TCV, GPV are)", short(other))),
        };
        let setting = if kind == ValveKind::Gpv { self.curve(line, 5)? as f64 } else { self.setting(kind, line.number_or(5, "the setting", 0.0)?, line)? };
        let minor = line.number_or(6, "the loss coefficient", 0.0)?;
        if diameter <= 0.0 || minor < 0.0 {
            return line.error("the diameter of the valve must be above zero, its loss coefficient not below");
        }
        let kind = LinkKind::Valve { kind, diameter, minor, setting: Some(setting) };
        self.add_link(line, kind, false)
    }

    /// The setting of a valve in the units of [`LinkKind::Valve`].
    pub fn setting(&self, kind: ValveKind, value: f64, line: &Line<'_>) -> Result<f64, InpError> {
        let units = &self.options.units;
        match kind {
            ValveKind::Prv | ValveKind::Psv => Ok(value / units.pressure_per_meter),
            _ if value < 0.0 => line.error("the setting of the valve must not be negative"),
            ValveKind::Pbv => Ok(value / units.pressure_per_meter),
            ValveKind::Fcv => Ok(value * units.flow),
            ValveKind::Tcv => Ok(value),
            ValveKind::Gpv => line.error("the curve of a GPV can't be changed"),
        }
    }

    fn add_link(&mut self, line: &Line<'a>, kind: LinkKind, closed: bool) -> Result<(), InpError> {
        let id = line.need(0, "the name")?;
        let (from, to) = (self.node(line, 1)?, self.node(line, 2)?);
        if from == to {
            return line.error(format!("`{}` begins and ends at the same node", short(id)));
        }
        if self.link_names.insert(id, self.links.len()).is_some() {
            return line.error(format!("there is a link `{}` already", short(id)));
        }
        self.links.push(Link { id: id.to_owned(), line: line.number, from, to, kind, closed });
        Ok(())
    }

    pub fn node(&self, line: &Line<'_>, place: usize) -> Result<usize, InpError> {
        let name = line.need(place, "the node")?;
        self.node_names.get(name).map_or_else(|| line.error(format!("there is no node `{}`", short(name))), |i| Ok(*i))
    }

    fn curve(&self, line: &Line<'_>, place: usize) -> Result<usize, InpError> {
        let name = line.need(place, "the curve")?;
        self.curve_names.get(name).map_or_else(|| line.error(format!("there is no curve `{}`", short(name))), |i| Ok(*i))
    }

    /// The multiplier of a pattern at hour 0; none where no name or `*` stands.
    fn named_pattern(&self, line: &Line<'_>, place: usize) -> Result<Option<f64>, InpError> {
        match line.word(place) {
            None | Some("" | "*") => Ok(None),
            Some(name) => self.patterns.get(name).map_or_else(|| line.error(format!("there is no pattern `{}`", short(name))), |x| Ok(Some(*x))),
        }
    }

    /// The same for a demand, which falls back to the default pattern.
    fn demand_pattern(&self, line: &Line<'_>, place: usize) -> Result<f64, InpError> {
        let named = self.named_pattern(line, place)?;
        Ok(named.or_else(|| self.patterns.get(self.options.pattern.0).copied()).unwrap_or(1.0))
    }

    pub fn finish(mut self) -> Result<Inp, InpError> {
        self.status()?;
        self.apply_controls()?;
        self.check_regulators()?;
        if self.nodes.is_empty() {
            return Err(InpError::new("there are no nodes; is it an EPANET file?"));
        }
        if let Some(line) = self.file.of(Section::Rules).next() {
            self.notes.push(format!("line {}: rules act after the first step; at hour 0 they change nothing", line.number));
        }
        let options = self.options;
        Ok(Inp {
            title: self.file.title.map(str::to_owned),
            units: options.units,
            formula: options.formula,
            viscosity: options.viscosity,
            gravity: options.gravity,
            nodes: self.nodes,
            links: self.links,
            curves: self.curves,
            controls: self.controls,
            notes: self.notes,
        })
    }

    /// A held pressure must be free to be held, and by one valve only.
    fn check_regulators(&self) -> Result<(), InpError> {
        let mut holder: HashMap<usize, &str> = HashMap::new();
        for link in &self.links {
            let node = match link.kind {
                LinkKind::Valve { kind: ValveKind::Prv, .. } => link.to,
                LinkKind::Valve { kind: ValveKind::Psv, .. } => link.from,
                _ => continue,
            };
            let name = &self.nodes[node].id;
            if !matches!(self.nodes[node].kind, NodeKind::Junction { .. }) {
                return Err(InpError::at(link.line, format!("valve `{}` can't hold the pressure of `{}`, which holds its own", link.id, name)));
            }
            if let Some(other) = holder.insert(node, &link.id) {
                return Err(InpError::at(link.line, format!("valves `{other}` and `{}` both hold the pressure of `{name}`", link.id)));
            }
        }
        Ok(())
    }
}

/// Weight of the fluid, Pa per meter of head, with the gravity of the velocity heads.
pub(super) fn weight(gravity: f64) -> f64 {
    1e3 * gravity * super::options::GRAVITY
}

type Curves<'a> = (HashMap<&'a str, usize>, Vec<Vec<(f64, f64)>>);

fn curves<'a>(file: &File<'a>) -> Result<Curves<'a>, InpError> {
    let (mut names, mut curves) = (HashMap::new(), Vec::<Vec<(f64, f64)>>::new());
    for line in file.of(Section::Curves) {
        let place = *names.entry(line.need(0, "the name")?).or_insert(curves.len());
        if place == curves.len() {
            curves.push(Vec::new());
        }
        curves[place].push((line.number_at(1, "the x of the curve")?, line.number_at(2, "the y of the curve")?));
    }
    Ok((names, curves))
}

/// The multiplier of each pattern in the period of hour 0.
fn patterns<'a>(file: &File<'a>, period: usize) -> Result<HashMap<&'a str, f64>, InpError> {
    let mut names: HashMap<&str, Vec<f64>> = HashMap::new();
    for line in file.of(Section::Patterns) {
        let list = names.entry(line.need(0, "the name")?).or_default();
        for place in 1..line.words.len() {
            list.push(line.number_at(place, "the multiplier")?);
        }
    }
    Ok(names.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| (name, list[period % list.len()])).collect())
}
