//! What a report is built of: tables, figures and sections, for HTML and Markdown alike.

use askama::Template;

use super::svg::Svg;
use super::text::count;

/// A table as both renderers need it.
#[derive(Template, Debug, Clone, Default)]
#[template(path = "table.html")]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A column's name and kind.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) numeric: bool,
}

impl Column {
    pub(crate) fn text(name: &str) -> Self {
        Self { name: name.into(), numeric: false }
    }

    pub(crate) fn number(name: &str) -> Self {
        Self { name: name.into(), numeric: true }
    }
}

/// What a cell shows, sorts by and links to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) sort: Option<f64>,
    pub(crate) hover: String,
    pub(crate) url: Option<String>,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn number(text: impl Into<String>, sort: f64) -> Self {
        Self { text: text.into(), sort: sort.is_finite().then_some(sort), ..Self::default() }
    }

    pub(crate) fn count(n: u64) -> Self {
        Self::number(count(n), n as f64)
    }

    pub(crate) fn hover(mut self, hover: String) -> Self {
        self.hover = hover;
        self
    }

    pub(crate) fn link(mut self, url: Option<String>) -> Self {
        self.url = url;
        self
    }
}

/// A plot with its values below.
#[derive(Template, Debug, Clone)]
#[template(path = "figure.html")]
pub(crate) struct Figure {
    /// The finding.
    pub(crate) title: String,
    pub(crate) svg: Svg,
    pub(crate) values: Table,
}

/// A part of the page.
#[derive(Template, Debug, Clone, Default)]
#[template(path = "section.html")]
pub(crate) struct Section {
    pub(crate) anchor: &'static str,
    /// In the navigation.
    pub(crate) name: &'static str,
    pub(crate) heading: String,
    pub(crate) text: Vec<String>,
    pub(crate) list: Vec<String>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) tables: Vec<Table>,
}

impl Section {
    #[allow(clippy::unused_self)]
    fn prose(&self, text: &str) -> String {
        super::html::prose(text)
    }
}
