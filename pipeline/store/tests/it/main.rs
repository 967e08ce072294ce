//! The store as its users see it.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod fixtures;
mod money;
mod negotiations;
mod outbox;
