//! R5 and R10: what is published is whole, and each observation is in it once.

use autobazaaar_lake::{Dataset, Lake};

use super::Violation;
use crate::publish::checks::audit;
use crate::publish::{Engine, SqlError};

/// Everything that the lake shows; empty when all is well. `memory_mb` bounds the queries.
///
/// # Errors
/// A manifest cannot be read, or a query cannot run.
pub fn of_lake(lake: &Lake, memory_mb: u64) -> Result<Vec<Violation>, SqlError> {
    let mut found = missing(lake)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let engine = Engine::in_memory(memory_mb, &lake.staging())?;
    engine.attach(lake)?;
    for dataset in Dataset::ALL {
        let rule = if dataset.is_derived() { "R10" } else { "R5" };
        let findings = audit(&engine, &[dataset])?.into_iter();
        found.extend(findings.map(|finding| {
            let text = format!("{} rows, such as {}", finding.rows, finding.example);
            Violation::new(rule, finding.check, dataset.name(), text)
        }));
    }
    Ok(found)
}

/// R10: every file that a manifest names is there.
fn missing(lake: &Lake) -> Result<Vec<Violation>, SqlError> {
    let mut found = Vec::new();
    for dataset in Dataset::ALL {
        for file in lake.files(dataset)?.into_iter().filter(|file| !file.exists()) {
            let wrong = "is named by a manifest, and is not there";
            found.push(Violation::new("R10", "whole", file.display(), wrong));
        }
    }
    Ok(found)
}
