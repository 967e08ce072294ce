//! A mapping fitted to one file's columns: names become numbers and patterns are compiled, once
//! per file.

use std::collections::HashMap;
use std::path::Path;

use autobazaaar_domain::Currency;
use autobazaaar_domain::price::PriceStyle;
use regex::Regex;

use super::attributes::Attributes;
use super::error::{MappingError, SourceError, did_you_mean};
use super::field::{Columns, Constant, FieldSpec, FieldTable};
use super::mapping::{IdScope, Mapping, Spec};
use super::value::{Alternative, Field, Part, Take};

/// Which names a file offers.
#[derive(Clone, Copy)]
pub(super) enum Names<'a> {
    /// JSON: every record has its own.
    Any,
    /// CSV and Parquet.
    Header(&'a [String]),
}

/// What [`super::map`] needs for one file.
pub(super) struct Plan {
    /// Slot → column name or path.
    pub slots: Vec<String>,
    /// Slot → column number, with a header.
    pub columns: Vec<usize>,
    /// Columns of the header.
    pub width: usize,
    /// Columns that hold a seller's name: never kept.
    pub hidden: Vec<String>,
    pub id: Id,
    pub currency: CurrencySource,
    pub style: PriceStyle,
    pub price: Option<Field>,
    pub title: Field,
    pub observed_at: Option<Field>,
    pub fields: Optional,
    pub images: Vec<usize>,
    pub attributes: Attributes,
}

/// Where the external id comes from.
pub(super) enum Id {
    Field(Field),
    /// The record's number, alone or behind the file's name.
    Line(IdScope),
}

pub(super) enum CurrencySource {
    Is(Currency),
    From(Field),
}

macro_rules! optional_fields {
    ($($name:ident),+ $(,)?) => {
        /// The fields that a mapping may leave out, by their names in it.
        pub(super) struct Optional { $(pub $name: Option<Field>),+ }

        impl Optional {
            fn fit(builder: &mut Builder<'_>, fields: &super::mapping::Fields) -> Result<Self, PlanError> {
                Ok(Self { $($name: builder.optional(stringify!($name), fields.$name.as_ref())?),+ })
            }
        }
    };
}

optional_fields!(
    description,
    category,
    condition,
    url,
    original_price,
    shipping_price,
    city,
    state,
    zip,
    lat,
    lng,
    seller_name,
    seller_rating,
    seller_feedback_percentage,
    seller_feedback_count,
    seller_type,
    seller_response_time,
    listed_at,
    listed_age,
    expires_at,
    sold_at,
    also_seen_at,
    status,
    views,
    watchers,
);

/// Why a mapping does not fit.
pub(super) enum PlanError {
    Mapping(MappingError),
    Missing { field: String, column: String },
    Duplicate { column: String, times: usize },
}

/// Checks what needs no file: patterns, templates, the id.
pub(super) fn check(mapping: &Mapping) -> Result<(), MappingError> {
    let bad = |key: &str, found: &str, expected: &str| Err(Mapping::bad(&mapping.name, key, found, expected));
    let spec = &mapping.spec;
    if spec.id.column.is_none() && !spec.id.line {
        return bad("id", "neither column nor line", "`column = \"…\"` or `line = true` under [id]");
    }
    if let Some(label) = &spec.format.encoding
        && super::bytes::encoding(Some(label)).is_none()
    {
        return bad("format.encoding", label, "a WHATWG label such as utf-8, windows-1252 or utf-16le");
    }
    if let Some(delimiter) = spec.format.delimiter
        && (!delimiter.is_ascii() || matches!(delimiter, '"' | '\n' | '\r'))
    {
        return bad(
            "format.delimiter",
            &delimiter.to_string(),
            "one ASCII character, not a quote or a line end",
        );
    }
    match Plan::fit(mapping, Names::Any, false) {
        Err(PlanError::Mapping(error)) => Err(error),
        // Without a header nothing can be missing.
        _ => Ok(()),
    }
}

impl Plan {
    /// Fits a mapping to a file's names. `price_optional`: the price column may be missing.
    pub(super) fn fit(mapping: &Mapping, names: Names<'_>, price_optional: bool) -> Result<Self, PlanError> {
        let spec = &mapping.spec;
        let mut builder = Builder::new(mapping, names);
        let currency = match &spec.currency {
            Constant::Is(currency) => CurrencySource::Is(*currency),
            Constant::From(table) => {
                CurrencySource::From(builder.field("currency", &FieldSpec(vec![(**table).clone()]))?)
            }
        };
        let id = builder.id(spec)?;
        let price = builder.price(spec, price_optional)?;
        let title = builder.field("title", &spec.fields.title)?;
        let observed_at = builder.optional("time.observed_at", spec.time.observed_at.as_ref())?;
        let fields = Optional::fit(&mut builder, &spec.fields)?;
        let images = builder.images(spec.fields.images.as_ref())?;
        let attributes = Attributes::fit(&mut builder, &spec.attributes)?;
        let width = if let Names::Header(header) = names { header.len() } else { 0 };
        Ok(Self {
            slots: builder.slots,
            columns: builder.columns,
            width,
            hidden: hidden(spec),
            id,
            currency,
            style: style(spec),
            price,
            title,
            observed_at,
            fields,
            images,
            attributes,
        })
    }
}

/// Columns that the seller's name is read from.
fn hidden(spec: &Spec) -> Vec<String> {
    let tables = spec.fields.seller_name.iter().flat_map(|spec| &spec.0);
    let names = tables.flat_map(|table| {
        let columns = table.column.iter().flat_map(|columns| &columns.0);
        columns.chain(&table.join).cloned().chain(template_columns(table))
    });
    names.collect()
}

fn template_columns(table: &FieldTable) -> Vec<String> {
    let braces = table.template.as_deref().unwrap_or("").split('{').skip(1);
    braces.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

fn style(spec: &Spec) -> PriceStyle {
    let Some(price) = &spec.price else { return PriceStyle::default() };
    PriceStyle {
        decimal: price.decimal,
        unit: price.unit,
        zero: price.zero,
        sold: price.sold.clone(),
        free: price.free.clone(),
        on_request: price.on_request.clone(),
        placeholders: price.placeholders.clone(),
    }
}

/// Fits fields one by one and numbers the columns that they use.
pub(super) struct Builder<'a> {
    mapping: &'a Mapping,
    names: Names<'a>,
    known: HashMap<String, usize>,
    slots: Vec<String>,
    columns: Vec<usize>,
}

impl<'a> Builder<'a> {
    fn new(mapping: &'a Mapping, names: Names<'a>) -> Self {
        Self { mapping, names, known: HashMap::new(), slots: Vec::new(), columns: Vec::new() }
    }

    /// The number of a column; `None` where the file has no such.
    pub(super) fn slot(&mut self, column: &str) -> Result<Option<usize>, PlanError> {
        if let Some(slot) = self.known.get(column) {
            return Ok(Some(*slot));
        }
        let at = match self.names {
            Names::Any => 0,
            Names::Header(header) => {
                let times = header.iter().filter(|name| *name == column).count();
                if times > 1 {
                    return Err(PlanError::Duplicate { column: column.to_owned(), times });
                }
                match header.iter().position(|name| name == column) {
                    Some(at) => at,
                    None => return Ok(None),
                }
            }
        };
        self.slots.push(column.to_owned());
        self.columns.push(at);
        self.known.insert(column.to_owned(), self.slots.len() - 1);
        Ok(Some(self.slots.len() - 1))
    }

    /// A field that must have at least one source in the file.
    pub(super) fn field(&mut self, key: &str, spec: &FieldSpec) -> Result<Field, PlanError> {
        match self.alternatives(key, spec)? {
            (field, _) if !field.alternatives.is_empty() => Ok(field),
            (_, missing) => {
                let column = missing.unwrap_or_default();
                Err(PlanError::Missing { field: key.to_owned(), column })
            }
        }
    }

    /// A field that the mapping may leave out, and the file where the mapping says `optional`.
    pub(super) fn optional(
        &mut self,
        key: &str,
        spec: Option<&FieldSpec>,
    ) -> Result<Option<Field>, PlanError> {
        let Some(spec) = spec else { return Ok(None) };
        let (field, missing) = self.alternatives(key, spec)?;
        let all_optional = spec.0.iter().all(|table| table.optional);
        match missing {
            _ if !field.alternatives.is_empty() => Ok(Some(field)),
            Some(column) if !all_optional => Err(PlanError::Missing { field: key.to_owned(), column }),
            _ => Ok(None),
        }
    }

    /// The alternatives that the file has, and the first column that it lacks.
    fn alternatives(&mut self, key: &str, spec: &FieldSpec) -> Result<(Field, Option<String>), PlanError> {
        let (mut alternatives, mut missing) = (Vec::new(), None);
        for table in &spec.0 {
            for take in self.takes(key, table)? {
                match take {
                    Ok(take) => alternatives.push(self.alternative(key, table, take)?),
                    Err(column) => missing = missing.or(Some(column)),
                }
            }
        }
        Ok((Field { alternatives }, missing))
    }

    /// Each source of a table, or the column that it lacks.
    fn takes(&mut self, key: &str, table: &FieldTable) -> Result<Vec<Result<Take, String>>, PlanError> {
        let sources = [
            table.column.is_some(),
            table.template.is_some(),
            !table.join.is_empty(),
            table.constant.is_some(),
        ];
        if sources.iter().filter(|is_there| **is_there).count() != 1 {
            let expected = "exactly one of column, template, join and constant";
            return Err(self.bad(key, "another number of sources", expected));
        }
        if let Some(text) = &table.constant {
            return Ok(vec![Ok(Take::Constant(text.clone()))]);
        }
        if let Some(text) = &table.template {
            return Ok(vec![self.template(key, text)?]);
        }
        if !table.join.is_empty() {
            let mut slots = Vec::new();
            for column in &table.join {
                match self.slot(column)? {
                    Some(slot) => slots.push(slot),
                    None => return Ok(vec![Err(column.clone())]),
                }
            }
            return Ok(vec![Ok(Take::Join(slots))]);
        }
        let columns = table.column.as_ref().map_or(&[][..], |columns| &columns.0);
        let take = |column: &String| Ok(self.slot(column)?.map(Take::Slot).ok_or_else(|| column.clone()));
        columns.iter().map(take).collect()
    }

    fn template(&mut self, key: &str, text: &str) -> Result<Result<Take, String>, PlanError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('{') {
            let Some((column, after)) = after.split_once('}') else {
                return Err(self.bad(key, text, "a closing brace for each `{`"));
            };
            parts.push(Part::Text(literal.to_owned()));
            match self.slot(column)? {
                Some(slot) => parts.push(Part::Slot(slot)),
                None => return Ok(Err(column.to_owned())),
            }
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Ok(Take::Template(parts)))
    }

    fn alternative(&self, key: &str, table: &FieldTable, take: Take) -> Result<Alternative, PlanError> {
        let pattern = table.pattern.as_deref().map(|text| self.pattern(key, text)).transpose()?;
        let whole = match take {
            Take::Slot(slot) => self.is_whole(slot),
            _ => false,
        };
        Ok(Alternative {
            take,
            whole,
            key: table.key.clone(),
            pattern,
            ignore: table.ignore.iter().map(|value| value.to_lowercase()).collect(),
            replace: table.replace.clone().into_iter().collect(),
            words: table.words.iter().map(|(from, to)| (from.to_lowercase(), to.clone())).collect(),
            lower: table.lower,
            with: table.with.clone().unwrap_or_else(|| " ".to_owned()),
        })
    }

    /// Whether the mapping says that a column holds whole numbers.
    pub(super) fn is_whole(&self, slot: usize) -> bool {
        self.mapping.spec.format.whole_numbers.contains(&self.slots[slot])
    }

    pub(super) fn pattern(&self, key: &str, text: &str) -> Result<Regex, PlanError> {
        Regex::new(text).map_err(|error| self.bad(key, text, &format!("a regular expression: {error}")))
    }

    fn id(&mut self, spec: &Spec) -> Result<Id, PlanError> {
        let line = Id::Line(spec.id.scope);
        let Some(column) = &spec.id.column else { return Ok(line) };
        let table = FieldTable {
            column: Some(column.clone()),
            pattern: spec.id.pattern.clone(),
            ..FieldTable::default()
        };
        match self.field("id", &FieldSpec(vec![table])) {
            Ok(field) => Ok(Id::Field(field)),
            Err(PlanError::Missing { .. }) if spec.id.line => Ok(line),
            Err(error) => Err(error),
        }
    }

    fn price(&mut self, spec: &Spec, price_optional: bool) -> Result<Option<Field>, PlanError> {
        let Some(price) = &spec.price else { return Ok(None) };
        let table = FieldTable {
            column: Some(price.column.clone()),
            pattern: price.pattern.clone(),
            optional: price_optional,
            ..FieldTable::default()
        };
        self.optional("price", Some(&FieldSpec(vec![table])))
    }

    fn images(&mut self, columns: Option<&Columns>) -> Result<Vec<usize>, PlanError> {
        let mut slots = Vec::new();
        for column in columns.map_or(&[][..], |columns| &columns.0) {
            let missing = || PlanError::Missing { field: "images".to_owned(), column: column.clone() };
            slots.push(self.slot(column)?.ok_or_else(missing)?);
        }
        Ok(slots)
    }

    fn bad(&self, key: &str, found: &str, expected: &str) -> PlanError {
        PlanError::Mapping(Mapping::bad(&self.mapping.name, key, found, expected))
    }
}

impl PlanError {
    /// The error for one file with these names.
    pub(super) fn at(self, path: &Path, names: &[String]) -> SourceError {
        match self {
            Self::Missing { field, column } => SourceError::MissingColumn {
                path: path.to_owned(),
                hint: did_you_mean(&column, names.iter().map(String::as_str)),
                columns: names.join(", "),
                field,
                column,
            },
            Self::Duplicate { column, times } => {
                SourceError::DuplicateColumn { path: path.to_owned(), column, times }
            }
            // Mappings are checked when they are read.
            Self::Mapping(error) => SourceError::Io { path: path.to_owned(), cause: error.to_string() },
        }
    }
}
