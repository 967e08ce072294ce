//! The operational database: what was promised, spent and is owned. Changed only in transactions.
