//! What can go wrong with the store.

use std::path::{Path, PathBuf};

use autobazaaar_domain::ledger::Unbalanced;
use autobazaaar_domain::{Cents, Currency, IllegalTransition, Money};

/// A failure of the store. After one, the transaction it happened in is to be dropped: nothing of
/// it is kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: std::io::Error },
    /// The database refused.
    #[error("cannot {doing}: {source}")]
    Database { doing: &'static str, source: sqlx::Error },
    /// Another process keeps its transaction open.
    #[error("cannot {doing}: another autobazaaar is writing to the store; wait for it to end")]
    Busy { doing: &'static str },
    /// The file is something else.
    #[error("the store's file is no database; move it away or restore a backup")]
    NotAStore,
    /// No space is left.
    #[error("cannot {doing}: the disk is full; free some space, nothing was changed")]
    Full { doing: &'static str },
    /// The database was written by a later version of the program.
    #[error(
        "the store is of schema {found}, this program knows up to {known}; update the program or restore an older backup"
    )]
    Newer { found: i64, known: i64 },
    /// A migration is not what it was when it was applied.
    #[error(
        "migration {version} of the store is not the one that was applied; use the program that wrote it or restore a backup"
    )]
    OtherMigration { version: i64 },
    /// A column does not hold what the program writes.
    #[error("{table}.{column} is not readable: {reason}; restore the store from a backup")]
    Damaged { table: &'static str, column: String, reason: String },
    /// There is no such record.
    #[error("there is no {what} `{id}`")]
    Missing { what: &'static str, id: String },
    /// It is there already; the rule says which it is that stands once only.
    #[error("{rule}")]
    Twice { rule: &'static str },
    /// The record's life does not know this change.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// An entry that does not balance.
    #[error(transparent)]
    Unbalanced(#[from] Unbalanced),
    /// Not enough money is free.
    #[error(
        "{wanted} are needed and {available} are available; free a hold, sell something or raise the capital"
    )]
    Funds { wanted: Money, available: Money },
    /// A price above the decision's.
    #[error("{offered} is above the limit of {limit} that was decided")]
    AboveLimit { offered: Money, limit: Money },
    /// A price below the least we take.
    #[error("{asked} is below the floor of {floor}")]
    BelowFloor { asked: Money, floor: Money },
    /// A limit that is zero, negative or absent: nothing is allowed.
    #[error("nothing may be offered or spent here: the limit is {}", limit.map_or("not set".to_owned(), |limit| limit.0.to_string()))]
    NoLimit { limit: Option<Cents> },
    /// An amount that must be above zero is not.
    #[error("an amount of {} where one above 0 is needed", found.0)]
    NotPositive { found: Cents },
    /// Amounts of different currencies meet.
    #[error("{found} where {expected} is expected")]
    WrongCurrency { found: Currency, expected: Currency },
    /// The stop switch is on.
    #[error("everything is stopped; `autobazaaar stop --resume` lets it go on")]
    Stopped,
    /// The address gets no message, ever.
    #[error("this address gets no messages: it was suppressed ({reason})")]
    Suppressed { reason: String },
    /// The person's data were deleted.
    #[error("the data of this person were deleted")]
    Forgotten,
    /// What was sealed does not open with the key it names.
    #[error("sealed data do not open: {reason}")]
    Sealed { reason: &'static str },
    /// A key file is missing or open to others.
    #[error("the key file {} {reason}", path.display())]
    Key { path: PathBuf, reason: String },
    /// A backup is not whole.
    #[error("the backup {} is not usable: {reason}; take another one", path.display())]
    Backup { path: PathBuf, reason: String },
    /// The store is in use.
    #[error("the store {} is in use; end the other autobazaaar first", path.display())]
    InUse { path: PathBuf },
}

impl StoreError {
    /// Wraps an operating system error with what was being done to which path.
    pub fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    /// Wraps a database error with what was being done.
    pub(crate) fn database(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        // The primary result codes of https://sqlite.org/rescode.html, in the low byte.
        move |source| match code_of(&source).map(|code| code & 0xff) {
            Some(5 | 6) => Self::Busy { doing },
            Some(13) => Self::Full { doing },
            Some(26) => Self::NotAStore,
            _ => Self::Database { doing, source },
        }
    }

    /// A rule of uniqueness stood against it.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Twice { .. } => true,
            Self::Database { source: sqlx::Error::Database(error), .. } => error.is_unique_violation(),
            _ => false,
        }
    }

    /// For a duplicate, the rule that it broke.
    pub(crate) fn or_twice(self, rule: &'static str) -> Self {
        if self.is_duplicate() { Self::Twice { rule } } else { self }
    }
}

fn code_of(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}
