//! The store as its users see it.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod backups;
mod checks;
mod crash;
mod fixtures;
mod jobs;
mod money;
mod negotiations;
mod outbox;
mod people;
mod photos;
