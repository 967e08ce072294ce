//! SQL of an analyst over the published database: read-only, with bounds.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use duckdb::{AccessMode, Config, Connection};

use super::{Engine, SqlError, sql_text};

/// What a query may use.
#[derive(Debug, Clone)]
pub struct QueryBounds {
    pub memory_mb: u64,
    pub timeout: Duration,
    /// Rows that are kept; one more is asked for, to tell that there are more.
    pub rows: usize,
}

/// What a query said: texts, row by row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    pub columns: Vec<String>,
    /// Numbers are right-aligned where they are shown.
    pub numeric: Vec<bool>,
    /// `None` is null.
    pub rows: Vec<Vec<Option<String>>>,
    /// There were more rows than the bound.
    pub more: bool,
}

/// Opens the published database read-only. Other readers and writers are not disturbed.
///
/// # Errors
/// When there is none yet, or it cannot be read.
pub fn open(path: &Path, bounds: &QueryBounds) -> Result<Engine, SqlError> {
    let open = || -> duckdb::Result<Connection> {
        let config = Config::default()
            .access_mode(AccessMode::ReadOnly)?
            .enable_autoload_extension(false)?
            .max_memory(&format!("{}MB", bounds.memory_mb))?;
        Connection::open_with_flags(path, config)
    };
    let engine = open().map(Engine::of).map_err(SqlError::new(format!("cannot open {}", path.display())))?;
    engine.batch("cannot confine the query", &confinement(path))?;
    Ok(engine)
}

/// A query sees the lake's files and nothing else of the disk, and cannot change that.
fn confinement(database: &Path) -> String {
    let lake = database.parent().unwrap_or(Path::new(".")).join("lake");
    let lake = std::path::absolute(&lake).unwrap_or(lake);
    format!(
        "set allowed_directories = [{}]; set enable_external_access = false; set lock_configuration = true",
        sql_text(&format!("{}/", lake.display()))
    )
}

/// Runs one statement; it is interrupted when its time is over.
///
/// # Errors
/// When the statement is wrong, writes, or leaves its bounds.
pub fn ask(engine: &Engine, sql: &str, bounds: &QueryBounds) -> Result<Answer, SqlError> {
    let interrupt = engine.connection().interrupt_handle();
    let (done, waiting) = channel::<()>();
    let timeout = bounds.timeout;
    std::thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let late = waiting.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout);
            if late {
                interrupt.interrupt();
            }
            late
        });
        let answer = collect(engine, sql, bounds.rows);
        drop(done);
        match (watch.join(), answer) {
            (Ok(true), Err(_)) => Err(SqlError::Timeout { seconds: timeout.as_secs() }),
            (_, answer) => answer,
        }
    })
}

fn collect(engine: &Engine, sql: &str, most: usize) -> Result<Answer, SqlError> {
    let mut statement = engine.connection().prepare(sql).map_err(SqlError::new("cannot run the query"))?;
    let batches = statement.stream_arrow([]).map_err(SqlError::new("cannot run the query"))?;
    let mut answer = Answer::default();
    for batch in batches {
        let batch = batch.map_err(SqlError::new("cannot run the query"))?;
        if answer.columns.is_empty() {
            describe(&mut answer, &batch);
        }
        for row in 0..batch.num_rows() {
            if answer.rows.len() == most {
                answer.more = true;
                return Ok(answer);
            }
            answer.rows.push(texts(&batch, row)?);
        }
    }
    if answer.columns.is_empty() {
        answer.columns = statement.column_names();
        answer.numeric = vec![false; answer.columns.len()];
    }
    Ok(answer)
}

fn describe(answer: &mut Answer, batch: &RecordBatch) {
    for field in batch.schema().fields() {
        answer.columns.push(field.name().clone());
        answer.numeric.push(field.data_type().is_numeric());
    }
}

fn texts(batch: &RecordBatch, row: usize) -> Result<Vec<Option<String>>, SqlError> {
    let options = FormatOptions::default();
    batch
        .columns()
        .iter()
        .map(|column| {
            if column.data_type().is_null() || arrow::array::Array::is_null(column, row) {
                return Ok(None);
            }
            let formatter = ArrayFormatter::try_new(column, &options)
                .map_err(|source| autobazaaar_lake::LakeError::Arrow { dataset: "a query", source })?;
            Ok(Some(formatter.value(row).to_string()))
        })
        .collect()
}
