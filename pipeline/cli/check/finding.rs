//! One thing that was looked at.

use crate::cli::output::{Cell, Column, Table, Tone};

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// Not used, by the owner's choice.
    Off,
    /// It works, but should be looked at.
    Odd,
    /// It does not work.
    Bad,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Off => "off",
            Self::Odd => "warning",
            Self::Bad => "wrong",
        }
    }
}

/// What was looked at, what was found, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `configuration`, `data`, or a venue.
    pub area: String,
    pub what: String,
    pub state: State,
    pub found: String,
    pub mend: Option<String>,
}

impl Finding {
    /// A thing that is as it should be.
    pub fn good(area: &str, what: &str, found: impl Into<String>) -> Self {
        Self::new(area, what, State::Good, found, None)
    }

    /// A thing that is not, with its mend.
    pub fn new(area: &str, what: &str, state: State, found: impl Into<String>, mend: Option<String>) -> Self {
        Self { area: area.to_owned(), what: what.to_owned(), state, found: found.into(), mend }
    }
}

impl Finding {
    /// The whole of it in words, with the mend below.
    pub fn told(&self) -> String {
        let Self { area, what, found, .. } = self;
        let mend = self.mend.as_ref().map_or_else(String::new, |mend| format!("\n  to do: {mend}"));
        format!("{}: {area} {what}: {found}{mend}", self.state.as_str())
    }
}

/// All findings, in the order they were made.
///
/// For people the mends are left out, for they are told below.
pub fn table(findings: &[Finding], for_people: bool) -> Table {
    let mut columns = vec![
        Column::text("area", "of"),
        Column::text("what", "what"),
        Column::text("state", "state"),
        Column::text("found", "found"),
    ];
    if !for_people {
        columns.push(Column::text("mend", "to do"));
    }
    let mut table = Table::new(columns);
    for finding in findings {
        let state = Cell::text(finding.state.as_str());
        let mut row = vec![
            Cell::text(&finding.area),
            Cell::text(&finding.what),
            match finding.state {
                State::Good => state,
                State::Off => state.muted(),
                State::Odd => state.tone(Tone::Warn),
                State::Bad => state.tone(Tone::Bad),
            },
            Cell::text(&finding.found),
        ];
        if !for_people {
            row.push(finding.mend.as_ref().map_or_else(Cell::missing, Cell::text));
        }
        table.push(row);
    }
    if findings.iter().any(|finding| finding.state == State::Off) {
        return table.hint("docs/venues.md says how a venue is switched on, and what is allowed there");
    }
    table
}
