//! What changes links before hour 0: initial status, speed patterns, simple controls.

use super::elements::Reader;
use super::options::seconds;
use super::sections::{Line, Section, number, short};
use super::{Action, Control, InpError, LinkKind, NodeKind, ValveKind};

/// Seconds in a day.
const DAY: f64 = 86_400.0;

/// When a control acts.
enum When {
    Now,
    Later,
    /// While the pressure of a junction asks for it: place, head, above.
    Pressure(usize, f64, bool),
}

impl<'a> Reader<'a> {
    /// Initial status, then speed patterns, which have the last word on their pumps.
    pub(super) fn status(&mut self) -> Result<(), InpError> {
        let file = self.file;
        for line in file.of(Section::Status) {
            if line.words.len() > 2 {
                return line.error("a status for a range of links is not understood; name them one by one");
            }
            let link = self.link(line, 0)?;
            let action = self.action(line, 1, link)?;
            self.apply(link, action);
        }
        for (link, factor) in std::mem::take(&mut self.speed_patterns) {
            self.apply(link, Action::Set(factor));
        }
        Ok(())
    }

    fn link(&self, line: &Line<'_>, place: usize) -> Result<usize, InpError> {
        let name = line.need(place, "the link")?;
        self.link_names.get(name).map_or_else(|| line.error(format!("there is no link `{}`", short(name))), |i| Ok(*i))
    }

    fn action(&self, line: &Line<'_>, place: usize, link: usize) -> Result<Action, InpError> {
        let word = line.need(place, "the status")?;
        let kind = self.links[link].kind;
        if matches!(kind, LinkKind::Pipe { check: true, .. }) {
            return line.error("a pipe with a check valve can't be opened or closed");
        }
        match word.to_ascii_uppercase().as_str() {
            "OPEN" => return Ok(Action::Open),
            "CLOSED" => return Ok(Action::Close),
            "ACTIVE" if matches!(kind, LinkKind::Valve { .. }) => return line.error("ACTIVE is what a valve is anyhow; give its setting"),
            _ => {}
        }
        let Some(value) = number(word) else { return line.error(format!("`{}` is neither OPEN nor CLOSED nor a number", short(word))) };
        match kind {
            _ if value < 0.0 && !matches!(kind, LinkKind::Valve { .. }) => line.error("the setting must not be negative"),
            LinkKind::Pipe { .. } => Ok(if value == 0.0 { Action::Close } else { Action::Open }),
            LinkKind::Pump { .. } => Ok(Action::Set(value)),
            LinkKind::Valve { kind, .. } => Ok(Action::Set(self.setting(kind, value, line)?)),
        }
    }

    fn apply(&mut self, link: usize, action: Action) {
        self.links[link].apply(action);
    }

    /// Controls on time and on tanks act before the first solution; those on junctions are kept, as only the solution can tell.
    pub(super) fn apply_controls(&mut self) -> Result<(), InpError> {
        let file = self.file;
        for line in file.of(Section::Controls) {
            if line.words.last().is_some_and(|word| word.eq_ignore_ascii_case("DISABLED")) {
                continue;
            }
            let kind = line.need(0, "the control")?.to_ascii_uppercase();
            if !["LINK", "PIPE", "PUMP", "VALVE"].contains(&kind.as_str()) {
                return line.error("this control is not understood; it begins with LINK, PIPE, PUMP or VALVE");
            }
            let link = self.link(line, 1)?;
            let action = self.action(line, 2, link)?;
            match self.when(line)? {
                When::Now => self.apply(link, action),
                When::Later => {}
                When::Pressure(node, head, above) => self.controls.push(Control { line: line.number, link, action, node, head, above }),
            }
        }
        Ok(())
    }

    fn when(&self, line: &Line<'_>) -> Result<When, InpError> {
        let at_zero = |time: f64| if time == 0.0 { When::Now } else { When::Later };
        if line.is(3, "AT") && line.is(4, "TIME") {
            return Ok(at_zero(seconds(line, 5)?));
        }
        if line.is(3, "AT") && line.is(4, "CLOCKTIME") {
            return Ok(at_zero((seconds(line, 5)? - self.options.clock).rem_euclid(DAY)));
        }
        let above = line.is(6, "ABOVE");
        if !(line.is(3, "IF") && line.is(4, "NODE") && (above || line.is(6, "BELOW"))) {
            return line.error("this control is not understood (… IF NODE … ABOVE/BELOW …, … AT TIME …, … AT CLOCKTIME …)");
        }
        let node = self.node(line, 5)?;
        let value = line.number_at(7, "the level")?;
        let units = &self.options.units;
        match self.nodes[node].kind {
            NodeKind::Junction { .. } => Ok(When::Pressure(node, self.nodes[node].elevation + value / units.pressure_per_meter, above)),
            NodeKind::Tank { level, .. } => {
                let limit = value * units.length();
                Ok(if (above && level >= limit) || (!above && level <= limit) { When::Now } else { When::Later })
            }
            // A reservoir's level is its head, counted from the same place.
            NodeKind::Reservoir => Ok(if (above && value <= 0.0) || (!above && value >= 0.0) { When::Now } else { When::Later }),
        }
    }
}

impl super::Link {
    /// Does to it what a status or a control says: opened, a pump runs at full speed and a valve is fixed open.
    pub(super) fn apply(&mut self, action: Action) {
        self.closed = match (&mut self.kind, action) {
            (_, Action::Close) => true,
            (LinkKind::Pump { speed, .. }, Action::Open) => {
                *speed = 1.0;
                false
            }
            (LinkKind::Pump { speed, .. }, Action::Set(value)) => {
                *speed = value;
                value == 0.0
            }
            (LinkKind::Valve { kind, setting, .. }, action) if *kind != ValveKind::Gpv => {
                *setting = if let Action::Set(value) = action { Some(value) } else { None };
                false
            }
            (LinkKind::Valve { .. } | LinkKind::Pipe { .. }, _) => false,
        };
    }
}
