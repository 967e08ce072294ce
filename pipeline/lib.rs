//! AutoBazaaar: finds underpriced second-hand listings and says what they would resell for.

pub mod backtest;
pub mod cli;
pub mod config;
pub mod decide;
pub mod enrich;
pub mod evaluate;
pub mod execute;
pub mod ingest;
pub mod invariants;
pub mod outcomes;
pub mod photos;
pub mod profit;
pub mod publish;
pub mod report;
pub mod runner;
pub mod schedule;
pub mod score;
pub mod searches;
pub mod shop;
pub mod simulate;
pub mod stream;
pub mod train;
