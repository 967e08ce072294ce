//! DuckDB with bounds, over explicit file lists.

use std::path::{Path, PathBuf};

use autobazaaar_domain::Utc;
use autobazaaar_lake::{Dataset, Lake, LakeError};
use duckdb::{Config, Connection};

/// A failure of SQL.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// The query is wrong, or too large for its bounds.
    #[error("{doing}: {cause}")]
    Sql { doing: String, cause: String },
    /// It took longer than it may.
    #[error(
        "cannot run the query: it took longer than {seconds} s; narrow it down, or raise publish.timeout_seconds"
    )]
    Timeout { seconds: u64 },
    #[error(transparent)]
    Lake(#[from] LakeError),
}

impl SqlError {
    pub(crate) fn new(doing: impl Into<String>) -> impl FnOnce(duckdb::Error) -> Self {
        let doing = doing.into();
        move |error| Self::Sql { doing, cause: error.to_string().trim().to_owned() }
    }
}

/// A DuckDB connection that nobody else shares.
pub struct Engine {
    connection: Connection,
}

impl Engine {
    /// A database in memory that spills to `temp` beyond `memory_mb`.
    ///
    /// # Errors
    /// When DuckDB cannot start.
    pub fn in_memory(memory_mb: u64, temp: &Path) -> Result<Self, SqlError> {
        let connection = Connection::open_in_memory_with_flags(bounds(memory_mb, temp)?)
            .map_err(SqlError::new("cannot start DuckDB"))?;
        Ok(Self { connection })
    }

    /// A database in a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn file(path: &Path, memory_mb: u64, temp: &Path) -> Result<Self, SqlError> {
        let connection = Connection::open_with_flags(path, bounds(memory_mb, temp)?)
            .map_err(SqlError::new(format!("cannot open {}", path.display())))?;
        Ok(Self { connection })
    }

    /// Wraps a connection opened otherwise.
    #[must_use]
    pub fn of(connection: Connection) -> Self {
        Self { connection }
    }

    /// The connection.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs statements without a result.
    ///
    /// # Errors
    /// When one fails.
    pub fn batch(&self, doing: &str, sql: &str) -> Result<(), SqlError> {
        self.connection.execute_batch(sql).map_err(SqlError::new(doing))
    }

    /// Makes the lake's datasets readable as `lake.<dataset>`: event-dated ones over all runs,
    /// derived ones of their newest run.
    ///
    /// # Errors
    /// When a manifest cannot be read or a file is not there.
    pub fn attach(&self, lake: &Lake) -> Result<(), SqlError> {
        self.batch("cannot make the schema", "create schema if not exists lake")?;
        for dataset in Dataset::ALL {
            self.attach_files(dataset, &relation_files(lake, dataset)?)?;
        }
        Ok(())
    }

    /// As [`Self::attach`], as the lake would look had it been read up to `before` only: what was
    /// seen at that moment or later is not there, whatever was read in first. Derived datasets
    /// are not attached.
    ///
    /// # Errors
    /// As [`Self::attach`].
    pub fn attach_past(&self, lake: &Lake, before: Utc) -> Result<(), SqlError> {
        self.batch("cannot make the schema", "create schema if not exists lake")?;
        self.batch("cannot make the schema", "create schema if not exists whole")?;
        for dataset in [Dataset::Observations, Dataset::Sightings, Dataset::Scans] {
            let list = sql_list(&lake.files_or_empty(dataset)?);
            let name = dataset.name();
            let sql = format!(
                "create or replace view whole.{name} as \
                 select * from read_parquet({list}, union_by_name = true, hive_partitioning = false)"
            );
            self.batch(&format!("cannot read the dataset {name}"), &sql)?;
        }
        let moment = sql_text(&before.naive_utc().format("%Y-%m-%d %H:%M:%S%.6f").to_string());
        let sql = include_str!("../../sql/enrich/past.sql").replace("$before", &moment);
        self.batch("cannot look at the past", &sql)?;
        // What is ours is no listing of somebody else's at any time.
        let own = Dataset::ResaleListings;
        self.attach_files(own, &lake.files_or_empty(own)?)
    }

    /// Makes these files readable as `lake.<dataset>`.
    ///
    /// # Errors
    /// When a file is not there.
    pub fn attach_files(&self, dataset: Dataset, files: &[PathBuf]) -> Result<(), SqlError> {
        let name = dataset.name();
        let list = sql_list(files);
        // Files from before a column came get it, empty.
        let later = later_columns(dataset);
        let sql = format!(
            "create or replace view lake.{name} as \
             select * from read_parquet({list}, union_by_name = true, hive_partitioning = false){later}"
        );
        self.batch(&format!("cannot read the dataset {name}"), &sql)
    }
}

/// The columns that came after the first version, as a relation without rows to be united by name.
fn later_columns(dataset: Dataset) -> String {
    let columns: Vec<String> =
        dataset.later_columns().iter().map(|(name, kind)| format!("null::{kind} as {name}")).collect();
    if columns.is_empty() {
        return String::new();
    }
    format!(" union all by name select {} where false", columns.join(", "))
}

/// Derived datasets are read as of their newest run.
fn relation_files(lake: &Lake, dataset: Dataset) -> Result<Vec<PathBuf>, LakeError> {
    if dataset.is_derived() {
        match lake.latest(dataset)? {
            Some((_, files)) => Ok(files),
            None => lake.empty_file(dataset).map(|file| vec![file]),
        }
    } else {
        lake.files_or_empty(dataset)
    }
}

fn bounds(memory_mb: u64, temp: &Path) -> Result<Config, SqlError> {
    let set = || -> duckdb::Result<Config> {
        Config::default()
            .enable_autoload_extension(false)?
            .max_memory(&format!("{memory_mb}MB"))?
            .with("temp_directory", temp.to_string_lossy())?
            .with("preserve_insertion_order", "true")
    };
    set().map_err(SqlError::new("cannot configure DuckDB"))
}

/// A list of paths as an SQL literal.
fn sql_list(files: &[PathBuf]) -> String {
    let quoted: Vec<String> = files.iter().map(|file| sql_text(&file.to_string_lossy())).collect();
    format!("[{}]", quoted.join(", "))
}

/// A text as an SQL literal, for the few places where DuckDB takes no parameter.
#[must_use]
pub fn sql_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
