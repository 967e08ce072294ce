//! Why the executor stopped.

use autobazaaar_negotiation::writing::WritingError;
use autobazaaar_store::StoreError;

/// Why the executor stopped. Everything committed before counts.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no message can be written: {0}")]
    Writing(#[from] WritingError),
    #[error("the books do not balance: {0}")]
    Books(#[from] autobazaaar_domain::ledger::Unbalanced),
    #[error("the outbox holds what is no deed: {0}")]
    Deed(#[from] serde_json::Error),
    #[error("{record} {id} is not in the store, though {by} names it")]
    Missing { record: &'static str, id: String, by: String },
}
