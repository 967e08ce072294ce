//! The run report: what to buy, why, and how far the numbers can be trusted.
//!
//! [`ReportData`] goes in; one self-contained HTML page, the same content as Markdown, and CSV
//! tables come out. Whoever has the lake open fills the data ([`PassedTally`], [`QualityTally`]
//! and [`MarketTally`] help with row-wise input and bounded memory).
//!
//! **Invariant:** but for `stage`, nothing here reads or writes a file, and nothing a socket or a
//! clock. The page refers to no outside asset, and its content security policy forbids any.

mod advice;
mod data;
mod deal_view;
mod export;
pub(crate) mod html;
pub(crate) mod markdown;
mod model_section;
pub(crate) mod parts;
mod plots;
mod sections;
pub mod stage;
mod summary;
pub mod svg;
mod tally;
pub(crate) mod text;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use data::{
    Action, Budget, CalibrationPoint, CategoryMetrics, DataQuality, DaysToSell, Deal, FieldShare, Line,
    ListingFacts, Market, ModelMetrics, ModelReport, PassedListing, PassedReason, PastRun, PlatformQuality,
    PredictedPoint, PresenceCount, Priority, Problem, QuarantineReason, Reason, ReportData, Risk, RiskFactor,
    Severity,
};
pub use export::{PassedWriter, deals_csv, passed_csv};
pub use html::render_html;
pub use markdown::render_markdown;
pub use summary::RunSummary;
pub use tally::{MarketTally, PassedTally, QualityTally};

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The page's template failed.
    #[error("the report page could not be rendered")]
    Html(#[from] askama::Error),
    /// A table could not be written.
    #[error("the report table could not be written")]
    Csv(#[from] ::csv::Error),
    /// The table's buffer could not be flushed.
    #[error("the report table could not be flushed")]
    Flush(#[from] std::io::Error),
}
