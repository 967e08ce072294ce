//! What a report is built of: tables, figures and sections, for HTML and Markdown alike.

use askama::Template;

use super::svg::Svg;
use super::text::count;

/// A table as both renderers need it.
#[derive(Template, Debug, Clone, Default)]
#[template(path = "table.html")]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A column's name and kind.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) numeric: bool,
}

impl Column {
    pub(super) fn text(name: &str) -> Self {
        Self { name: name.into(), numeric: false }
    }

    pub(super) fn number(name: &str) -> Self {
        Self { name: name.into(), numeric: true }
    }
}

/// What a cell shows, sorts by and links to.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) sort: Option<f64>,
    pub(super) hover: String,
    pub(super) url: Option<String>,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn number(text: impl Into<String>, sort: f64) -> Self {
        Self { text: text.into(), sort: sort.is_finite().then_some(sort), ..Self::default() }
    }

    pub(super) fn count(n: u64) -> Self {
        Self::number(count(n), n as f64)
    }

    pub(super) fn hover(mut self, hover: String) -> Self {
        self.hover = hover;
        self
    }

    pub(super) fn link(mut self, url: Option<String>) -> Self {
        self.url = url;
        self
    }
}

/// A plot with its values below.
#[derive(Template, Debug, Clone)]
#[template(path = "figure.html")]
pub(super) struct Figure {
    /// The finding.
    pub(super) title: String,
    pub(super) svg: Svg,
    pub(super) values: Table,
}

/// A part of the page.
#[derive(Template, Debug, Clone, Default)]
#[template(path = "section.html")]
pub(super) struct Section {
    pub(super) anchor: &'static str,
    /// In the navigation.
    pub(super) name: &'static str,
    pub(super) heading: String,
    pub(super) text: Vec<String>,
    pub(super) list: Vec<String>,
    pub(super) figures: Vec<Figure>,
    pub(super) tables: Vec<Table>,
}

impl Section {
    #[allow(clippy::unused_self)]
    fn prose(&self, text: &str) -> String {
        super::html::prose(text)
    }
}
