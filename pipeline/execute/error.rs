//! Why the executor stopped.

use autobazaaar_domain::Utc;
use autobazaaar_domain::negotiation::NegotiationStatus;
use autobazaaar_domain::resale::ResaleStatus;
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
    #[error("the negotiation about {key} has ended: it is {status}")]
    Ended { key: String, status: NegotiationStatus },
    #[error("nothing about {key} waits for a yes")]
    NothingWaits { key: String },
    #[error("the offer in this message would have ended at {until}; word it anew, with its price")]
    TooLate { until: Utc },
    #[error("the message may not go out so: {0}")]
    Faulty(String),
    #[error("`{title}` is not up, but {status}: nobody is to be answered about it")]
    NotUp { title: String, status: ResaleStatus },
    #[error("{record} {id} is not in the store, though {by} names it")]
    Missing { record: &'static str, id: String, by: String },
}
