//! `autobazaaar audit`: what is there, held against the invariants.

use clap::Args;

use super::output::{Cell, Column, Table, Tone};
use super::session::lake;
use super::state::{has_state, with_store};
use super::{CliError, Context};
use crate::invariants::{Violation, of_lake, of_state};

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {}

/// Checks the state and the lake of the data folder.
///
/// # Errors
/// When an invariant does not hold, or something cannot be read.
pub fn run(_: &AuditArgs, context: &Context<'_>) -> Result<(), CliError> {
    let (lake, state) = (lake(context)?, has_state(context)?);
    if !state && lake.read_manifests()?.is_empty() {
        let folder = context.loaded.data_dir.display();
        return Err(CliError::failed(format!("there is nothing to check in {folder}"))
            .hint("autobazaaar run, or autobazaaar demo and then --data-dir data/demo"));
    }
    let mut found = of_lake(&lake, context.config().publish.memory_mb.get().into())
        .map_err(|error| CliError::failed(error.to_string()))?;
    if state {
        found.extend(with_store(context, of_state)?);
    }
    context.out.table(&table(&found, state))?;
    if found.is_empty() {
        return Ok(());
    }
    Err(CliError::failed(format!("{} things found that must never be", found.len()))
        .hint("stop contact and spending until it is understood: autobazaaar stop"))
}

/// What each rule says.
const RULES: [(&str, &str, bool); 9] = [
    ("R1", "entries sum to zero, balances are their sums", true),
    ("R2", "holds are closed once, within what was there", true),
    ("R3", "no offer or payment above its limit", true),
    ("R4", "no effect twice", true),
    ("R5", "every observation once", false),
    ("R6", "only legal changes of state", true),
    ("R8", "nothing without decision and approval", true),
    ("R9", "nothing to a suppressed address", true),
    ("R10", "what is published is whole", false),
];

fn table(found: &[Violation], state: bool) -> Table {
    let mut table = Table::new([
        Column::text("rule", "rule"),
        Column::text("says", "what it says"),
        Column::number("violations", "violations"),
        Column::text("first", "the first"),
    ]);
    for (rule, says, of_state) in RULES {
        let own: Vec<_> = found.iter().filter(|violation| violation.rule == rule).collect();
        let tone = if own.is_empty() { Tone::Good } else { Tone::Bad };
        let first = match own.first() {
            Some(first) => format!("{} {}", first.subject, first.found),
            None if of_state && !state => "there is no state yet".to_owned(),
            None => String::new(),
        };
        table.push([
            Cell::text(rule),
            Cell::text(says),
            Cell::count(own.len() as u64).tone(tone),
            Cell::text(first),
        ]);
    }
    table
}
