//! `autobazaaar query`: SQL over the published analytics database, read-only.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::output::{Cell, Column, Table};
use super::session::lake;
use super::{CliError, Context, OutputFormat, ResultExt as _};
use crate::publish::query::{QueryBounds, ask, open};

/// Arguments of `query`.
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// The query
    #[arg(value_name = "SQL", required_unless_present = "file")]
    pub sql: Option<String>,
    /// Read the query from a file; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "sql")]
    pub file: Option<PathBuf>,
    /// Most rows, instead of what the configuration says
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroUsize>,
}

/// Asks the published database and prints the answer.
///
/// # Errors
/// When nothing is published yet, or the query is wrong or leaves its bounds.
pub fn run(args: &QueryArgs, context: &Context<'_>) -> Result<(), CliError> {
    let sql = match (&args.sql, &args.file) {
        (Some(sql), _) => sql.clone(),
        (None, Some(file)) if file.as_os_str() == "-" => {
            std::io::read_to_string(std::io::stdin()).doing("cannot read stdin")?
        }
        (None, Some(file)) => {
            std::fs::read_to_string(file).doing(format!("cannot read {}", file.display()))?
        }
        (None, None) => return Err(CliError::usage("no query is given")),
    };
    let config = &context.config().publish;
    let all = context.out.format() != OutputFormat::Table;
    let limit =
        args.limit.map_or(if all { usize::MAX } else { config.row_limit.get() as usize }, NonZeroUsize::get);
    let bounds = QueryBounds {
        memory_mb: u64::from(config.memory_mb.get()),
        timeout: std::time::Duration::from_secs(u64::from(config.timeout_seconds.get())),
        rows: limit,
    };
    let path = lake(context)?.analytics();
    if !path.exists() {
        return Err(CliError::failed("nothing is published yet").hint("autobazaaar run"));
    }
    let engine = open(&path, &bounds)?;
    let answer = ask(&engine, &sql, &bounds)?;
    let mut table = Table::new(answer.columns.iter().zip(&answer.numeric).map(|(name, numeric)| {
        if *numeric {
            Column::number(name.clone(), name.clone())
        } else {
            Column::text(name.clone(), name.clone())
        }
    }));
    for row in answer.rows {
        let cells = row.into_iter().zip(&answer.numeric).map(|(value, numeric)| cell(value, *numeric));
        table.push(cells.collect::<Vec<_>>());
    }
    let table = table.or_empty("no rows");
    let table =
        if answer.more { table.hint(format!("more than {limit} rows: --limit N shows more")) } else { table };
    context.out.table(&table)
}

fn cell(value: Option<String>, numeric: bool) -> Cell {
    match value {
        None => Cell::missing(),
        Some(text) if numeric => match serde_json::from_str(&text) {
            Ok(number @ serde_json::Value::Number(_)) => Cell::json(number).shown(text),
            _ => Cell::text(text),
        },
        Some(text) => Cell::text(text),
    }
}
