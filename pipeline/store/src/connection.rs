//! One connection to the database, and everything that is SQLite's own about it.
//!
//! Statements elsewhere are plain SQL with `$1`-style parameters, upserts by `ON CONFLICT`,
//! `RETURNING` and partial indexes, which SQLite and Postgres share. What a port would change
//! stands here, in [`crate::migrate`], in [`crate::backup`] and in the migration files named
//! `*.sqlite.sql`: opening, `BEGIN IMMEDIATE` (there: `SELECT … FOR UPDATE SKIP LOCKED` where
//! rows are claimed), reading values off rows, and the words `STRICT`, `BLOB`, `AUTOINCREMENT`.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{
    Arguments as _, ConnectOptions as _, Connection as _, Database, Decode, Row as _, SqlSafeStr, Sqlite,
    TypeInfo as _, ValueRef as _,
};
use sqlx_core::transaction::TransactionManager as _;

use crate::StoreError;
use crate::record::{Record, Row};
use crate::value::Value;

type Manager = <Sqlite as Database>::TransactionManager;

/// How a connection is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Writes, and waits for the disk.
    Durable,
    /// Writes without waiting for the disk.
    Fast,
    /// Only reads.
    ReadOnly,
}

/// A connection.
pub(crate) struct Connection(SqliteConnection);

impl Connection {
    /// Opens the file, or with `None` a database in memory that ends with the connection.
    pub async fn open(path: Option<&Path>, mode: Mode, busy: Duration) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().foreign_keys(true).busy_timeout(busy);
        let options = match path {
            Some(path) => options.filename(path).create_if_missing(mode != Mode::ReadOnly),
            None => options.in_memory(true),
        };
        let options = match mode {
            // What was deleted is overwritten, so that forgotten people are.
            Mode::Durable => options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("secure_delete", "on"),
            Mode::Fast => options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Off),
            Mode::ReadOnly => options.pragma("query_only", "on"),
        };
        let options = options.statement_cache_capacity(400).disable_statement_logging();
        let opened = options.connect().await;
        opened.map(Self).map_err(StoreError::database("open the store"))
    }

    /// Closes it, so that its last changes are in the main file.
    pub async fn close(self) -> Result<(), StoreError> {
        self.0.close().await.map_err(StoreError::database("close the store"))
    }

    /// Begins a transaction that writes: the lock is taken at once, so that what is read in it holds
    /// until it ends.
    pub async fn begin_write(&mut self) -> Result<(), StoreError> {
        let begin = Manager::begin(&mut self.0, Some("BEGIN IMMEDIATE".into_sql_str()));
        begin.await.map_err(StoreError::database("begin a transaction"))
    }

    /// Begins a transaction that reads one moment's state.
    pub async fn begin_read(&mut self) -> Result<(), StoreError> {
        Manager::begin(&mut self.0, None).await.map_err(StoreError::database("begin to read"))
    }

    /// Makes all changes since the beginning count at once.
    pub async fn commit(&mut self) -> Result<(), StoreError> {
        Manager::commit(&mut self.0).await.map_err(StoreError::database("commit"))
    }

    /// Forgets all changes since the beginning, before anything else is done.
    pub fn roll_back(&mut self) {
        Manager::start_rollback(&mut self.0);
    }

    /// Runs a statement; the number of rows it changed.
    pub async fn run(
        &mut self,
        doing: &'static str,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query_with(sql, arguments(values)?).execute(&mut self.0).await;
        Ok(done.map_err(StoreError::database(doing))?.rows_affected())
    }

    /// Runs statements without parameters, separated by `;`.
    pub async fn run_all(&mut self, doing: &'static str, sql: impl SqlSafeStr) -> Result<(), StoreError> {
        let done = sqlx::raw_sql(sql).execute(&mut self.0).await;
        done.map(|_| ()).map_err(StoreError::database(doing))
    }

    /// All rows of a query.
    pub async fn rows(
        &mut self,
        doing: &'static str,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let rows = sqlx::query_with(sql, arguments(values)?).fetch_all(&mut self.0).await;
        rows.map_err(StoreError::database(doing))?.iter().map(cells).collect()
    }

    /// All records of a query that names the record's columns in their order.
    pub async fn records<R: Record>(
        &mut self,
        doing: &'static str,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Vec<R>, StoreError> {
        let rows = self.rows(doing, sql, values).await?;
        rows.into_iter().map(|row| R::take(&mut Row::new(R::TABLE, R::columns, row))).collect()
    }
}

fn arguments(values: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::Null => arguments.add(None::<i64>),
            Value::Int(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Blob(value) => arguments.add(value),
        };
        added.map_err(|source| StoreError::database("bind a value")(sqlx::Error::Encode(source)))?;
    }
    Ok(arguments)
}

fn cells(row: &SqliteRow) -> Result<Vec<Value>, StoreError> {
    let read = |at| -> Result<Value, sqlx::Error> {
        let value = row.try_get_raw(at)?;
        if value.is_null() {
            return Ok(Value::Null);
        }
        let kind = value.type_info().name().to_owned();
        let decoded = match kind.as_str() {
            "INTEGER" => Decode::<Sqlite>::decode(value).map(Value::Int),
            "REAL" => Decode::<Sqlite>::decode(value).map(Value::Real),
            "BLOB" => Decode::<Sqlite>::decode(value).map(Value::Blob),
            _ => Decode::<Sqlite>::decode(value).map(Value::Text),
        };
        decoded.map_err(sqlx::Error::Decode)
    };
    (0..row.len()).map(|at| read(at).map_err(StoreError::database("read a row"))).collect()
}
