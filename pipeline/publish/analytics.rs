//! `analytics.duckdb`: views over explicit file lists and marts, made beside and renamed into
//! place, so that no reader ever locks a run out, nor a run a reader.

use std::fs;

use autobazaaar_domain::{RunId, Utc};
use autobazaaar_lake::{Dataset, Lake, LakeError, WriteLock};

use super::checks::{Finding, audit};
use super::{Engine, SqlError, sql_text};

const VIEWS: [&str; 16] = [
    include_str!("../../sql/views/observations.sql"),
    include_str!("../../sql/views/sightings.sql"),
    include_str!("../../sql/views/scans.sql"),
    include_str!("../../sql/views/enriched.sql"),
    include_str!("../../sql/views/valuations.sql"),
    include_str!("../../sql/views/deals.sql"),
    include_str!("../../sql/views/decisions.sql"),
    include_str!("../../sql/views/events.sql"),
    include_str!("../../sql/views/taken_deals.sql"),
    include_str!("../../sql/views/negotiations.sql"),
    include_str!("../../sql/views/rounds.sql"),
    include_str!("../../sql/views/purchases.sql"),
    include_str!("../../sql/views/inventory.sql"),
    include_str!("../../sql/views/resale_listings.sql"),
    include_str!("../../sql/views/sales.sql"),
    include_str!("../../sql/views/ledger.sql"),
];

const MARTS: [(&str, &str); 6] = [
    ("listings", include_str!("../../sql/marts/listings.sql")),
    ("price_changes", include_str!("../../sql/marts/price_changes.sql")),
    ("daily", include_str!("../../sql/marts/daily.sql")),
    ("passed", include_str!("../../sql/marts/passed.sql")),
    ("flips", include_str!("../../sql/marts/flips.sql")),
    ("profit", include_str!("../../sql/marts/profit.sql")),
];

/// Why nothing was published; the former database stays.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Sql(#[from] SqlError),
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// What the lake holds is not fit to be read.
    #[error("the check {check} found {rows} rows that must not be, such as {example}")]
    Check { check: &'static str, rows: u64, example: String },
}

/// Publishes what counts in the lake now. Returns the rows in the marts.
///
/// # Errors
/// When the lake cannot be read, SQL leaves its bounds, or the disk is full.
pub fn publish(
    lake: &Lake,
    memory_mb: u64,
    run_id: &RunId,
    at: Utc,
    _lock: &WriteLock,
) -> Result<u64, PublishError> {
    let target = lake.analytics();
    let beside = target.with_extension("duckdb.new");
    remove(&beside)?;
    remove(&beside.with_extension("new.wal"))?;
    let rows = {
        let engine = Engine::file(&beside, memory_mb, &lake.staging())?;
        engine.attach(lake)?;
        let grown = [Dataset::Observations, Dataset::Sightings, Dataset::Events, Dataset::Ledger];
        if let Some(Finding { check, rows, example }) = audit(&engine, &grown)?.into_iter().next() {
            return Err(PublishError::Check { check, rows, example });
        }
        VIEWS.iter().try_for_each(|sql| engine.batch("cannot make a view", sql))?;
        let mut rows = 0;
        for (name, sql) in MARTS {
            engine.batch(&format!("cannot make the mart {name}"), sql)?;
            rows += count(&engine, name)?;
        }
        about(&engine, run_id, at)?;
        engine.batch("cannot write the database", "checkpoint")?;
        rows
    };
    fs::rename(&beside, &target).map_err(LakeError::io("rename into place", &target))?;
    Ok(rows)
}

fn count(engine: &Engine, table: &str) -> Result<u64, SqlError> {
    let sql = format!("select count(*) from {table}");
    engine.connection().query_row(&sql, [], |row| row.get(0)).map_err(SqlError::new("cannot count"))
}

/// One row: what the database shows.
fn about(engine: &Engine, run_id: &RunId, at: Utc) -> Result<(), SqlError> {
    let sql = format!(
        "create or replace table about as select {} as run_id, cast({} as timestamp) as published_at",
        sql_text(&run_id.0),
        sql_text(&at.naive_utc().to_string())
    );
    engine.batch("cannot describe the database", &sql)
}

fn remove(path: &std::path::Path) -> Result<(), LakeError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(LakeError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}
