//! SQL over the lake: the engine that stages use, checks, and the database for analysts.

mod analytics;
pub mod checks;
mod engine;
pub mod query;

pub use analytics::{PublishError, publish};
pub use engine::{Engine, SqlError, sql_text};
