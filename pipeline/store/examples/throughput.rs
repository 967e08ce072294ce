//! How many small transactions a second the store does, in each way it can be opened:
//! `cargo run --release -p autobazaaar-store --example throughput`.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use autobazaaar_domain::due::DueState;
use autobazaaar_domain::ledger::{Account, Postings};
use autobazaaar_domain::{Cents, Currency, Money, SeededEntropy, Utc};
use autobazaaar_store::{Actor, NewDue, Options, Store};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let folder = tempfile::tempdir()?;
    let durable = folder.path().join("durable");
    let fast = folder.path().join("fast");
    runtime.block_on(async {
        measure("in memory", Options::memory(), 5_000).await?;
        measure("a file, fast", Options::folder(&fast).fast(), 5_000).await?;
        measure("a file, durable", Options::folder(&durable), 500).await
    })
}

/// A transaction posts a two-line entry, with its event and audit record: six statements.
async fn measure(how: &str, options: Options, transactions: u32) -> Result<(), Failure> {
    let store = Store::open(options, Arc::new(SeededEntropy::new(1)), Utc::UNIX_EPOCH).await?;
    let actor = Actor::new("throughput", "example");
    let started = Instant::now();
    for n in 0..transactions {
        let mut tx = store.begin(at(n), &actor).await?;
        let lines = [(Account::Cash, Cents(-1)), (Account::ServiceCosts, Cents(1))];
        tx.post("a call", Postings::of(Currency::USD, lines)?, None).await?;
        tx.commit().await?;
    }
    say(how, "transactions", transactions, started)?;

    let started = Instant::now();
    let mut tx = store.begin(at(0), &actor).await?;
    for n in 0..10_000 {
        tx.schedule(&NewDue::new("negotiation", n, at(n))).await?;
    }
    tx.commit().await?;
    say(how, "jobs scheduled", 10_000, started)?;

    let started = Instant::now();
    let mut tx = store.begin(at(20_000), &actor).await?;
    let kind = tx.due_kind("negotiation").await?;
    tx.set_due_kind(&autobazaaar_store::DueKind { concurrency: 100_000, ..kind }).await?;
    let claimed = tx.claim_due(&[], "me", chrono::Duration::minutes(5), 10_000).await?;
    let count = u32::try_from(claimed.len())?;
    for due in claimed {
        tx.finish_due(due.due_id).await?;
    }
    tx.commit().await?;
    say(how, "jobs claimed and finished", count, started)?;

    let mut reader = store.read().await?;
    let cash = reader.balance(Account::Cash, Currency::USD).await?;
    assert_eq!(cash, Cents(-i64::from(transactions)), "{}", Money { amount: cash, currency: Currency::USD });
    assert!(reader.dues(DueState::Waiting, 1).await?.is_empty());
    Ok(())
}

fn at(second: u32) -> Utc {
    Utc::UNIX_EPOCH + chrono::Duration::seconds(i64::from(second))
}

fn say(how: &str, what: &str, count: u32, since: Instant) -> Result<(), Failure> {
    let rate = f64::from(count) / since.elapsed().as_secs_f64();
    Ok(writeln!(std::io::stdout(), "{how:16} {count:6} {what:26} {rate:8.0} a second")?)
}
