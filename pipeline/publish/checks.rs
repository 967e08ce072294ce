//! Data tests: queries that must return no row.

use autobazaaar_lake::Dataset;

use super::{Engine, SqlError};

/// A query over the lake that finds what must not be.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    pub name: &'static str,
    pub sql: &'static str,
    /// The dataset whose rows it judges.
    pub dataset: Dataset,
}

macro_rules! checks {
    ($($dataset:ident: $name:literal),+ $(,)?) => {
        /// Every check.
        pub const CHECKS: &[Check] = &[$(Check {
            name: $name,
            sql: include_str!(concat!("../../sql/checks/", $name, ".sql")),
            dataset: Dataset::$dataset,
        }),+];
    };
}

checks! {
    Observations: "observation_once",
    Observations: "amounts",
    Sightings: "sighting_known",
    Enriched: "enriched_once",
    Enriched: "enriched_sane",
    Valuations: "valuation_ordered",
    Valuations: "valuation_explained",
    Valuations: "days_ordered",
    Deals: "deal_once",
    Decisions: "decision_within_limit",
    Events: "event_once",
    Ledger: "ledger_balanced",
    Ledger: "ledger_once",
}

/// A check that found something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub check: &'static str,
    /// Rows that must not be.
    pub rows: u64,
    /// The first of them, as text.
    pub example: String,
}

/// Runs the checks of some datasets over what the engine has attached.
///
/// # Errors
/// When a query cannot run; findings are no errors here.
pub fn audit(engine: &Engine, datasets: &[Dataset]) -> Result<Vec<Finding>, SqlError> {
    let mut findings = Vec::new();
    for check in CHECKS.iter().filter(|check| datasets.contains(&check.dataset)) {
        findings.extend(run(engine, check)?);
    }
    Ok(findings)
}

fn run(engine: &Engine, check: &Check) -> Result<Option<Finding>, SqlError> {
    let sql = format!(
        "select count(*), coalesce(any_value(cast(found as varchar)), '') from ({}) as found",
        check.sql
    );
    let (rows, example) = engine
        .connection()
        .query_row(&sql, [], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?)))
        .map_err(SqlError::new(format!("cannot run the check {}", check.name)))?;
    Ok((rows > 0).then_some(Finding { check: check.name, rows, example }))
}
