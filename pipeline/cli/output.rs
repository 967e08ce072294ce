//! Results on stdout: one description of rows becomes a table, JSON or CSV.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};

use autobazaaar_domain::Money;
use serde_json::{Map, Number, Value};

use super::args::{ColorWhen, GlobalArgs, OutputFormat};
use super::error::CliError;
use super::text::{is_steering, plain_lines};
use super::world::World;

mod render;

/// Widest table, in columns.
pub const MAX_WIDTH: usize = 100;

/// A column: its name in JSON and CSV, its title in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: Cow<'static, str>,
    title: Cow<'static, str>,
    numeric: bool,
}

impl Column {
    /// Left-aligned; gives way when the table gets too wide.
    #[must_use]
    pub fn text(name: impl Into<Cow<'static, str>>, title: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), title: title.into(), numeric: false }
    }

    /// Right-aligned and never cut.
    #[must_use]
    pub fn number(name: impl Into<Cow<'static, str>>, title: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), title: title.into(), numeric: true }
    }
}

/// How a cell is coloured, where there is colour; never the only carrier of a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// As everything else.
    #[default]
    Plain,
    /// Welcome.
    Good,
    /// Worth a look.
    Warn,
    /// Unwelcome.
    Bad,
    /// Less important.
    Muted,
}

/// One value: as it is shown in a table, and as it is in JSON and CSV.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    shown: String,
    value: Value,
    tone: Tone,
}

impl Cell {
    /// Text, from anywhere.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone(), Value::from(text))
    }

    /// A count: `12,345`.
    #[must_use]
    pub fn count(count: u64) -> Self {
        Self::new(indicatif::HumanCount(count).to_string(), Value::from(count))
    }

    /// A number with so many decimals in a table and all of them elsewhere. What is not finite
    /// is missing.
    #[must_use]
    pub fn float(number: f64, decimals: usize) -> Self {
        Number::from_f64(number).map_or_else(Self::missing, |value| {
            Self::new(format!("{number:.decimals$}"), Value::Number(value))
        })
    }

    /// A share: 0.25 is shown as `25 %`.
    #[must_use]
    pub fn percent(share: f64) -> Self {
        Number::from_f64(share).map_or_else(Self::missing, |value| {
            Self::new(format!("{:.0} %", share * 100.0), Value::Number(value))
        })
    }

    /// An amount: `$1,234.50` in a table, the text `1234.50` elsewhere, so that no reader rounds
    /// it. Give the currency a column of its own.
    #[must_use]
    pub fn money(money: Money) -> Self {
        Self::new(money.to_string(), Value::from(money.decimal()))
    }

    /// `yes` or `no`.
    #[must_use]
    pub fn flag(flag: bool) -> Self {
        Self::new(if flag { "yes" } else { "no" }.to_owned(), Value::from(flag))
    }

    /// Nothing known: `–` in a table, `null` in JSON, empty in CSV.
    #[must_use]
    pub fn missing() -> Self {
        Self::new("–".to_owned(), Value::Null).muted()
    }

    /// Any JSON; a list or table is shown as compact JSON.
    #[must_use]
    pub fn json(value: Value) -> Self {
        match value {
            Value::Null => Self::missing(),
            Value::String(text) => Self::text(text),
            value => Self::new(value.to_string(), value),
        }
    }

    /// Another text in the table than elsewhere: `3 h ago`, a shortened id.
    #[must_use]
    pub fn shown(mut self, shown: impl Into<String>) -> Self {
        self.shown = shown.into();
        self
    }

    /// With a colour.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// Less important.
    #[must_use]
    pub fn muted(self) -> Self {
        self.tone(Tone::Muted)
    }

    fn new(shown: String, value: Value) -> Self {
        Self { shown, value, tone: Tone::Plain }
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::missing, Into::into)
    }
}

/// Rows of the same columns, the most important column first.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    empty: Option<String>,
    hint: Option<String>,
}

impl Table {
    /// Without rows.
    #[must_use]
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new(), empty: None, hint: None }
    }

    /// Adds a row. Cells beyond the columns are dropped, missing ones are missing.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        let mut row: Vec<Cell> = row.into_iter().collect();
        debug_assert_eq!(row.len(), self.columns.len(), "a row has a cell for each column");
        row.resize_with(self.columns.len(), Cell::missing);
        self.rows.push(row);
    }

    /// What to say instead of an empty table: what will be here and how to get it.
    #[must_use]
    pub fn or_empty(mut self, text: impl Into<String>) -> Self {
        self.empty = Some(text.into());
        self
    }

    /// What to do next; the last line for people.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// An array of objects. Control characters in foreign text stay escaped.
    fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let object = |row: &Vec<Cell>| {
            let fields = self
                .columns
                .iter()
                .zip(row)
                .map(|(c, cell)| (c.name.clone().into_owned(), cell.value.clone()));
            Value::Object(fields.collect::<Map<_, _>>())
        };
        let rows: Vec<Value> = self.rows.iter().map(object).collect();
        writeln!(out, "{}", escape_controls(&serde_json::to_string_pretty(&rows)?))
    }

    /// A header and a line per row (RFC 4180), control characters replaced.
    fn write_csv(&self, out: &mut impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(self.columns.iter().map(|column| column.name.as_ref())).map_err(io_error)?;
        for row in &self.rows {
            writer
                .write_record(row.iter().map(|cell| match &cell.value {
                    Value::Null => String::new(),
                    Value::String(text) => plain_lines(text).into_owned(),
                    value => value.to_string(),
                }))
                .map_err(io_error)?;
        }
        writer.flush()
    }
}

/// The error beneath: a closed pipe must be told from a full disk.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Where results go, and in which form.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    format: OutputFormat,
    color: bool,
    width: usize,
    quiet: bool,
}

impl Output {
    /// As the flags, NO_COLOR (<https://no-color.org>) and the terminal say.
    #[must_use]
    pub fn new(global: &GlobalArgs, world: &World<'_>) -> Self {
        let terminal = io::stdout().is_terminal();
        let color = match global.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => terminal && world.variable("NO_COLOR").is_none(),
        };
        Self { format: global.format, color, width: MAX_WIDTH, quiet: global.quiet }
    }

    /// The form that was asked for.
    #[must_use]
    pub fn format(&self) -> OutputFormat {
        self.format
    }

    /// Prints rows to stdout; what to do next goes to stderr, for people alone.
    ///
    /// # Errors
    /// When stdout cannot be written; a closed pipe ends quietly.
    pub fn table(&self, table: &Table) -> Result<(), CliError> {
        self.write(table, &mut io::stdout().lock())?;
        if self.format == OutputFormat::Table {
            if let Some(empty) = table.empty.as_ref().filter(|_| table.rows.is_empty()) {
                self.say(empty)?;
            }
            if let Some(hint) = &table.hint {
                self.say(&format!("hint: {hint}"))?;
            }
        }
        Ok(())
    }

    /// Prints a line of the result to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written; a closed pipe ends quietly.
    pub fn print(&self, line: &str) -> Result<(), CliError> {
        Ok(writeln!(io::stdout(), "{}", plain_lines(line))?)
    }

    /// Says something to the person on stderr, unless quiet.
    ///
    /// # Errors
    /// When stderr cannot be written.
    pub fn say(&self, text: &str) -> Result<(), CliError> {
        if !self.quiet {
            writeln!(io::stderr(), "{}", plain_lines(text))?;
        }
        Ok(())
    }

    /// Writes rows in the form that was asked for.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, table: &Table, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            OutputFormat::Table | OutputFormat::Toml if table.rows.is_empty() && table.empty.is_some() => {
                Ok(())
            }
            OutputFormat::Table | OutputFormat::Toml => {
                out.write_all(render::render(table, self.width, self.color).as_bytes())
            }
            OutputFormat::Json => table.write_json(out),
            OutputFormat::Csv => table.write_csv(out),
        }
    }
}

/// serde_json escapes C0 alone; the rest of what steers a terminal is escaped here. Such
/// characters stand only inside strings, and line breaks only between values.
fn escape_controls(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_steering(c) && c != '\n' {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use autobazaaar_domain::Currency;

    use super::*;

    fn phones() -> Table {
        let mut table = Table::new([
            Column::text("key", "listing"),
            Column::text("title", "title"),
            Column::number("ask", "ask"),
        ]);
        let price = |cents| Cell::money(Money::new(cents, Currency::USD));
        table.push([Cell::text("ebay:1"), Cell::text("iPhone \"X\",\u{1b}[31m\nred"), price(123_450)]);
        table.push([Cell::text("ebay:2"), Cell::text("任天堂 Switch".repeat(12)), Cell::missing()]);
        table
    }

    fn written(format: OutputFormat) -> String {
        let output = Output { format, color: false, width: 40, quiet: false };
        let mut bytes = Vec::new();
        output.write(&phones(), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_same_rows_in_every_form() {
        insta::assert_snapshot!(written(OutputFormat::Table), @r#"
        listing  title                       ask
        ebay:1   iPhone "X",�[31m red  $1,234.50
        ebay:2   任天堂 Switch任天堂…          –
        "#);
        insta::assert_snapshot!(written(OutputFormat::Csv), @r#"
        key,title,ask
        ebay:1,"iPhone ""X"",�[31m
        red",1234.50
        ebay:2,任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch任天堂 Switch,
        "#);
        let json: Value = serde_json::from_str(&written(OutputFormat::Json)).unwrap();
        assert_eq!(json[0]["title"], "iPhone \"X\",\u{1b}[31m\nred");
        assert_eq!((&json[0]["ask"], &json[1]["ask"]), (&Value::from("1234.50"), &Value::Null));
    }

    #[test]
    fn json_keeps_what_steers_a_terminal_escaped() {
        let text = escape_controls(&Value::from("a\u{9b}b\u{202e}").to_string());
        assert_eq!(text, r#""a\u009bb\u202e""#);
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), "a\u{9b}b\u{202e}");
    }
}
