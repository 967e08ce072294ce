//! The datasets and their columns.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use autobazaaar_domain::event::Event;
use autobazaaar_domain::inventory::InventoryItem;
use autobazaaar_domain::negotiation::{Negotiation, Round};
use autobazaaar_domain::purchase::Purchase;
use autobazaaar_domain::resale::{ResaleListing, Sale};

use crate::state::{LedgerLine, TakenDeal, fields};

/// A table of the lake. Its columns are a contract: names and types are frozen for a schema
/// version; new nullable columns may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dataset {
    /// One row per distinct content of a listing, at its first sight.
    Observations,
    /// One row per later sight of an observation.
    Sightings,
    /// One row per query's pass over a venue.
    Scans,
    /// One row per listing and run.
    Enriched,
    /// One row per listing and run that was valued.
    Valuations,
    /// One row per scored listing and run.
    Deals,
    /// One row per deal and run.
    Decisions,
    /// One row per thing that happened to our state.
    Events,
    /// One row per deal that was taken on, and export of a change of it.
    TakenDeals,
    /// One row per negotiation and export of a change of it.
    Negotiations,
    /// One row per priced offer of ours and export of a change of its negotiation.
    Rounds,
    /// One row per purchase and export of a change of it.
    Purchases,
    /// One row per item in our hands and export of a change of it.
    Inventory,
    /// One row per offer of ours and export of a change of it.
    ResaleListings,
    /// One row per buyer's order and export of a change of it.
    Sales,
    /// One row per line of a ledger entry.
    Ledger,
}

impl Dataset {
    /// Every dataset.
    pub const ALL: [Self; 16] = [
        Self::Observations,
        Self::Sightings,
        Self::Scans,
        Self::Enriched,
        Self::Valuations,
        Self::Deals,
        Self::Decisions,
        Self::Events,
        Self::TakenDeals,
        Self::Negotiations,
        Self::Rounds,
        Self::Purchases,
        Self::Inventory,
        Self::ResaleListings,
        Self::Sales,
        Self::Ledger,
    ];

    /// Its name in paths, SQL and manifests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Observations => "observations",
            Self::Sightings => "sightings",
            Self::Scans => "scans",
            Self::Enriched => "enriched",
            Self::Valuations => "valuations",
            Self::Deals => "deals",
            Self::Decisions => "decisions",
            Self::Events => "events",
            Self::TakenDeals => "taken_deals",
            Self::Negotiations => "negotiations",
            Self::Rounds => "rounds",
            Self::Purchases => "purchases",
            Self::Inventory => "inventory",
            Self::ResaleListings => "resale_listings",
            Self::Sales => "sales",
            Self::Ledger => "ledger",
        }
    }

    /// The dataset of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dataset| dataset.name() == name)
    }

    /// Derived datasets are made anew by each run; the others only grow.
    #[must_use]
    pub fn is_derived(self) -> bool {
        matches!(self, Self::Enriched | Self::Valuations | Self::Deals | Self::Decisions)
    }

    /// Whether it is what the store exports: a file a pass, which only grows.
    #[must_use]
    pub fn is_exported(self) -> bool {
        matches!(
            self,
            Self::Events
                | Self::TakenDeals
                | Self::Negotiations
                | Self::Rounds
                | Self::Purchases
                | Self::Inventory
                | Self::ResaleListings
                | Self::Sales
                | Self::Ledger
        )
    }

    /// Version of the columns, kept in the Parquet metadata as `autobazaaar.schema_version`.
    #[must_use]
    pub fn schema_version(self) -> u32 {
        1
    }

    /// Nullable columns that came after the first files were written, with their SQL types: older
    /// files do not have them.
    #[must_use]
    pub fn later_columns(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Valuations => &LATER_VALUATIONS,
            Self::Deals => &LATER_DEALS,
            _ => &[],
        }
    }

    /// Its columns.
    #[must_use]
    pub fn schema(self) -> SchemaRef {
        let fields = match self {
            Self::Observations => observation_fields(),
            Self::Sightings => sighting_fields(),
            Self::Scans => scan_fields(),
            Self::Enriched => enriched_fields(),
            Self::Valuations => valuation_fields(),
            Self::Deals => deal_fields(),
            Self::Decisions => decision_fields(),
            Self::Events => fields::<Event>(),
            Self::TakenDeals => fields::<TakenDeal>(),
            Self::Negotiations => fields::<Negotiation>(),
            Self::Rounds => fields::<Round>(),
            Self::Purchases => fields::<Purchase>(),
            Self::Inventory => fields::<InventoryItem>(),
            Self::ResaleListings => fields::<ResaleListing>(),
            Self::Sales => fields::<Sale>(),
            Self::Ledger => fields::<LedgerLine>(),
        };
        let metadata = [
            ("autobazaaar.dataset".to_owned(), self.name().to_owned()),
            ("autobazaaar.schema_version".to_owned(), self.schema_version().to_string()),
        ];
        Arc::new(Schema::new_with_metadata(fields, metadata))
    }
}

const LATER_VALUATIONS: [(&str, &str); 5] = [
    ("days_to_sell", "double"),
    ("days_to_sell_low", "double"),
    ("days_to_sell_high", "double"),
    ("days_to_sell_learned", "boolean"),
    ("selling_version", "varchar"),
];

const LATER_DEALS: [(&str, &str); 5] = [
    ("days_to_sell", "double"),
    ("days_to_sell_low", "double"),
    ("days_to_sell_high", "double"),
    ("days_to_sell_learned", "boolean"),
    ("ask_to_sale", "double"),
];

/// Microseconds, UTC.
pub(crate) fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, None)
}

pub(crate) fn id() -> DataType {
    DataType::FixedSizeBinary(16)
}

fn required(name: &str, kind: DataType) -> Field {
    Field::new(name, kind, false)
}

fn nullable(name: &str, kind: DataType) -> Field {
    Field::new(name, kind, true)
}

fn text_list() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
}

pub(crate) fn location_fields() -> Fields {
    Fields::from(vec![
        nullable("city", DataType::Utf8),
        nullable("state", DataType::Utf8),
        nullable("zip", DataType::Utf8),
        nullable("lat", DataType::Float64),
        nullable("lng", DataType::Float64),
    ])
}

pub(crate) fn seller_fields() -> Fields {
    Fields::from(vec![
        nullable("rating", DataType::Float64),
        nullable("feedback_count", DataType::Int64),
        nullable("response_time", DataType::Utf8),
        nullable("type", DataType::Utf8),
    ])
}

fn attributes() -> DataType {
    let entries = Fields::from(vec![required("keys", DataType::Utf8), nullable("values", DataType::Utf8)]);
    DataType::Map(Arc::new(required("entries", DataType::Struct(entries))), false)
}

fn observation_fields() -> Vec<Field> {
    use DataType::{Int64, Struct, Utf8};
    vec![
        required("observation_id", id()),
        required("platform", Utf8),
        required("external_id", Utf8),
        required("run_id", Utf8),
        required("scan_id", Utf8),
        required("observed_at", time()),
        nullable("url", Utf8),
        required("title", Utf8),
        nullable("description", Utf8),
        required("category", Utf8),
        nullable("condition", Utf8),
        nullable("price", Int64),
        required("price_kind", Utf8),
        required("currency", Utf8),
        nullable("original_price", Int64),
        nullable("shipping_price", Int64),
        required("images", text_list()),
        nullable("primary_image", Utf8),
        required("location", Struct(location_fields())),
        nullable("seller_key", Utf8),
        required("seller", Struct(seller_fields())),
        nullable("listed_at", time()),
        nullable("expires_at", time()),
        nullable("views", Int64),
        nullable("watchers", Int64),
        required("status", Utf8),
        nullable("sold_at", time()),
        required("attributes", attributes()),
        required("raw_ref", Utf8),
    ]
}

fn sighting_fields() -> Vec<Field> {
    use DataType::Utf8;
    vec![
        required("platform", Utf8),
        required("external_id", Utf8),
        required("observation_id", id()),
        required("observed_at", time()),
        required("scan_id", Utf8),
        required("run_id", Utf8),
    ]
}

fn scan_fields() -> Vec<Field> {
    use DataType::{Boolean, Int64, Utf8};
    vec![
        required("scan_id", Utf8),
        required("platform", Utf8),
        required("query", Utf8),
        required("observed_at", time()),
        required("complete", Boolean),
        required("listings", Int64),
        required("run_id", Utf8),
    ]
}

/// Fields of one price point: when, and minor units.
pub(crate) fn price_point_fields() -> Fields {
    Fields::from(vec![required("at", time()), required("price", DataType::Int64)])
}

/// Fields of one comparable.
pub(crate) fn comp_fields() -> Fields {
    use DataType::{Float64, Int64, Utf8};
    Fields::from(vec![
        required("platform", Utf8),
        required("external_id", Utf8),
        required("price", Int64),
        required("basis", Utf8),
        required("similarity", Float64),
        required("age_days", Float64),
    ])
}

fn list_of(fields: Fields) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields), true)))
}

fn enriched_fields() -> Vec<Field> {
    use DataType::{Boolean, Float64, Int64, UInt32, Utf8};
    vec![
        required("run_id", Utf8),
        required("platform", Utf8),
        required("external_id", Utf8),
        required("observation_id", id()),
        required("item_id", id()),
        required("item_evidence", text_list()),
        required("first_seen", time()),
        required("last_seen", time()),
        required("presence", Utf8),
        required("price_history", list_of(price_point_fields())),
        required("comps", list_of(comp_fields())),
        required("comp_count", UInt32),
        required("competitor_count", UInt32),
        nullable("volatility", Float64),
        required("demand_score", Float64),
        required("demand_known", Boolean),
        nullable("market_price", Int64),
        required("days_on_market", Float64),
        required("censored", Boolean),
        required("sources", text_list()),
        required("insights", text_list()),
    ]
}

fn valuation_fields() -> Vec<Field> {
    use DataType::{Float64, Int64, UInt32, Utf8};
    let mut fields = vec![
        required("run_id", Utf8),
        required("platform", Utf8),
        required("external_id", Utf8),
        required("currency", Utf8),
        required("basis", Utf8),
        nullable("expected", Int64),
        nullable("low", Int64),
        nullable("high", Int64),
        required("level", Float64),
    ];
    fields.extend(QUANTILE_COLUMNS.map(|name| nullable(name, Int64)));
    fields.extend([
        nullable("underpriced", Float64),
        required("comp_count", UInt32),
        required("model_version", Utf8),
        nullable("note", Utf8),
    ]);
    fields.extend(days_to_sell_fields());
    fields.push(nullable("selling_version", Utf8));
    fields
}

/// Days until a sale: mean, 10 % and 90 % quantile, and whether they were learned.
fn days_to_sell_fields() -> [Field; 4] {
    use DataType::{Boolean, Float64};
    [
        nullable("days_to_sell", Float64),
        nullable("days_to_sell_low", Float64),
        nullable("days_to_sell_high", Float64),
        nullable("days_to_sell_learned", Boolean),
    ]
}

/// Columns of the value's distribution, minor units.
pub(crate) const QUANTILE_COLUMNS: [&str; 7] = ["q05", "q10", "q25", "q50", "q75", "q90", "q95"];

/// Columns that are searched and summed. What explains a deal line by line follows from its
/// observation, enriched row, valuation and the configuration, and is worked out where it is
/// shown.
fn deal_fields() -> Vec<Field> {
    use DataType::{Float64, Int64, UInt32, Utf8};
    let mut fields = vec![
        required("run_id", Utf8),
        required("item_id", id()),
        required("episode", UInt32),
        required("platform", Utf8),
        required("external_id", Utf8),
        required("title", Utf8),
        required("category", Utf8),
        nullable("url", Utf8),
        required("currency", Utf8),
        nullable("purchase_price", Int64),
        nullable("landed_cost", Int64),
        nullable("estimated_sale_price", Int64),
        nullable("profit_potential", Int64),
        nullable("platform_fees", Int64),
        nullable("payment_fees", Int64),
        nullable("shipping", Int64),
        nullable("other_costs", Int64),
        nullable("net_profit", Int64),
        nullable("profit_margin", Float64),
        nullable("roi", Float64),
        nullable("annualised_roi", Float64),
        nullable("p_loss", Float64),
        nullable("risk_score", Float64),
        nullable("profit_score", Float64),
        nullable("rank_score", Float64),
        nullable("expected", Int64),
        nullable("low", Int64),
        nullable("high", Int64),
        nullable("underpriced", Float64),
        required("comp_count", UInt32),
        required("priority", Utf8),
        required("status", Utf8),
        nullable("status_reason", Utf8),
        nullable("best_platform", Utf8),
        required("discovered_at", time()),
        nullable("analyzed_at", time()),
        nullable("expires_at", time()),
        required("last_updated", time()),
    ];
    fields.extend(days_to_sell_fields());
    fields.push(nullable("ask_to_sale", Float64));
    fields.push(nullable("honest", Float64));
    fields
}

fn decision_fields() -> Vec<Field> {
    use DataType::{Int64, Utf8};
    vec![
        required("run_id", Utf8),
        required("item_id", id()),
        required("platform", Utf8),
        required("external_id", Utf8),
        required("action", Utf8),
        nullable("max_price", Int64),
        required("currency", Utf8),
        nullable("strategy", Utf8),
        required("reasons", text_list()),
        nullable("available_before", Int64),
        nullable("available_after", Int64),
        required("decided_by", Utf8),
        required("decided_at", time()),
        required("inputs_hash", Utf8),
        required("detail", Utf8),
    ]
}
