//! A mapping fitted to one file's columns: names become numbers and patterns are compiled, once
//! per file.

use std::path::Path;

use autobazaaar_domain::Currency;
use autobazaaar_domain::price::PriceStyle;

use super::attributes::Attributes;
use super::builder::Builder;
use super::error::{MappingError, SourceError, did_you_mean};
use super::field::{Constant, FieldSpec, FieldTable};
use super::mapping::{IdScope, Mapping, Spec};
use super::value::Field;

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
