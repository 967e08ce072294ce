//! What the owner should know of searches, in the store's alerts.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use autobazaaar_domain::owner::{AlertEvent, AlertKind, AlertStatus, Severity};
use autobazaaar_domain::{Entropy, Utc};
use autobazaaar_store::{Actor, NewAlert, Options, Store, StoreError};
use autobazaaar_venues::Venue;
use serde_json::json;

use super::read::Outcome;
use super::trouble::TroubleKind;

/// More alerts than anybody has open.
const ALL: u32 = 10_000;

/// Why an alert could not be recorded.
#[derive(Debug, thiserror::Error)]
#[error("an alert could not be recorded: {0}")]
pub struct AlertError(#[from] StoreError);

/// Raises an alert for each outcome that needs the owner; how many.
///
/// # Errors
/// When the store cannot be opened or written.
pub async fn raise(
    data_dir: &Path,
    outcomes: &[Outcome],
    now: Utc,
    random: &dyn Fn() -> u128,
) -> Result<usize, AlertError> {
    let alerts: Vec<NewAlert> = outcomes.iter().filter_map(alert).collect();
    let count = alerts.len();
    if count > 0 {
        raise_all(data_dir, alerts, &Actor::new("ingest", "search"), now, random).await?;
    }
    Ok(count)
}

/// Raises alerts, in a store that is made where there is none.
///
/// # Errors
/// When the store cannot be opened or written.
pub async fn raise_all(
    data_dir: &Path,
    alerts: Vec<NewAlert>,
    by: &Actor,
    now: Utc,
    random: &dyn Fn() -> u128,
) -> Result<(), AlertError> {
    let store = owner_store(data_dir, now, random).await?;
    let mut tx = store.begin(now, by).await?;
    for alert in alerts {
        tx.raise(alert).await?;
    }
    tx.commit().await?;
    store.close().await?;
    Ok(())
}

/// Closes what is open about a venue: the owner looked into it.
///
/// # Errors
/// When the store cannot be opened or written.
pub async fn resolve(
    data_dir: &Path,
    venue: Venue,
    now: Utc,
    random: &dyn Fn() -> u128,
) -> Result<usize, AlertError> {
    let of_venue = |id: &str| id == venue.as_str();
    resolve_about(data_dir, ("venue", &of_venue), (&Actor::new("owner", "cli"), "resumed"), now, random).await
}

/// Closes what is open about records of a kind, and says by whom and what was done; how many.
///
/// # Errors
/// When the store cannot be opened or written.
pub async fn resolve_about(
    data_dir: &Path,
    (kind, is_one): (&str, &dyn Fn(&str) -> bool),
    (by, done): (&Actor, &str),
    now: Utc,
    random: &dyn Fn() -> u128,
) -> Result<usize, AlertError> {
    if !data_dir.join("state").join("autobazaaar.db").exists() {
        return Ok(0);
    }
    let store = owner_store(data_dir, now, random).await?;
    let mut tx = store.begin(now, by).await?;
    let mut closed = 0;
    for status in [AlertStatus::New, AlertStatus::Acknowledged] {
        for alert in tx.alerts(Some(status), ALL).await? {
            if alert.related_kind.as_deref() == Some(kind) && alert.related_id.as_deref().is_some_and(is_one)
            {
                tx.change_alert(alert.alert_id, AlertEvent::Resolve, Some(done)).await?;
                closed += 1;
            }
        }
    }
    tx.commit().await?;
    store.close().await?;
    Ok(closed)
}

fn alert(outcome: &Outcome) -> Option<NewAlert> {
    let trouble = outcome.trouble.as_ref().filter(|trouble| trouble.kind.needs_the_owner())?;
    let venue = outcome.venue;
    let title = match trouble.kind {
        TroubleKind::Blocked => format!("{venue} does not want us: it is paused"),
        TroubleKind::Robots => format!("robots.txt of {venue} forbids a search"),
        TroubleKind::Credentials => format!("{venue} does not accept our keys"),
        TroubleKind::Grant => format!("{venue} has not granted what a search needs"),
        _ => format!("pages of {venue} cannot be read any more"),
    };
    Some(NewAlert {
        kind: AlertKind::Error,
        severity: Severity::Error,
        title,
        message: trouble.reason.clone(),
        context: Some(json!({ "search": outcome.search, "kind": trouble.kind.as_str() })),
        related: Some(("venue".to_owned(), venue.to_string())),
        suggested_action: Some(trouble.mend.clone()),
    })
}

/// Opens the store of a data folder, or makes it.
///
/// # Errors
/// When it is no store, or cannot be written.
pub async fn owner_store(data_dir: &Path, now: Utc, random: &dyn Fn() -> u128) -> Result<Store, StoreError> {
    let entropy = Arc::new(Keyed::new(random));
    Store::open(Options::folder(&data_dir.join("state")), entropy, now).await
}

/// Bits that follow from a key that nobody can guess: a new store draws its own keys from them.
struct Keyed {
    key: [u8; 32],
    drawn: AtomicU64,
}

impl Keyed {
    fn new(random: &dyn Fn() -> u128) -> Self {
        let mut key = [0; 32];
        key[..16].copy_from_slice(&random().to_le_bytes());
        key[16..].copy_from_slice(&random().to_le_bytes());
        Self { key, drawn: AtomicU64::new(0) }
    }
}

impl Entropy for Keyed {
    fn bits(&self) -> u128 {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let hash = blake3::keyed_hash(&self.key, &drawn.to_le_bytes());
        let mut half = [0; 16];
        half.copy_from_slice(&hash.as_bytes()[..16]);
        u128::from_le_bytes(half)
    }
}
