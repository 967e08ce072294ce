//! The configured searches: planned by what was scanned before, turned into requests, asked politely
//! all at the same time, and delivered as sources of ingest.
//!
//! **Invariant:** a venue that is switched off, or whose terms forbid programs and that gave no
//! permission, is not asked; what is not asked is told.
//! **Invariant:** a block, captcha or login page pauses the venue until its owner resumes it; the others
//! go on.

mod access;
mod alerts;
mod clock;
mod credentials;
mod ebay;
mod history;
mod plan;
mod probe;
mod read;
mod source;
mod trouble;
mod web;

pub use access::{Access, AccessError, why_off};
pub use alerts::{AlertError, owner_store, raise, raise_all, resolve, resolve_about};
pub(crate) use history::note_tried;
pub use history::{LastScan, LastScans, last_scans};
pub use plan::{Planned, all, due, label, named};
pub use probe::{Probe, probe};
pub use read::{Covered, Outcome};
pub use source::SearchSource;
pub use trouble::{Trouble, TroubleKind};

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use autobazaaar_domain::Utc;
use autobazaaar_lake::{Lake, LakeError};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::config::Config;

/// Searches under way: the ways to the venues, and what came of each search so far.
pub struct Searching {
    access: Arc<Access>,
    tasks: Mutex<Vec<JoinHandle<Outcome>>>,
    runtime: Runtime,
}

impl Searching {
    /// Asks nothing yet. Relative paths count from `base`; `random` gives fresh bits at each call.
    ///
    /// # Errors
    /// When a setting is no address or proxy, or the folder of pauses and quotas cannot be used.
    pub fn open(
        config: &Config,
        base: &Path,
        data_dir: &Path,
        now: Utc,
        random: &dyn Fn() -> u128,
    ) -> Result<Self, AccessError> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build().map_err(AccessError::Runtime)?;
        let access = Access::open(config, base, data_dir, now, random)?;
        Ok(Self { access: Arc::new(access), tasks: Mutex::default(), runtime })
    }

    /// The ways to the venues.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Waits for something that is asked of the venues.
    pub fn wait<T>(&self, asked: impl Future<Output = T>) -> T {
        self.runtime.block_on(asked)
    }

    /// Starts every search; each goes on as fast as its source is read and its venue allows.
    ///
    /// # Errors
    /// When the lake cannot be asked for what is known.
    pub fn start(
        &self,
        planned: Vec<Planned>,
        lake: &Lake,
        now: Utc,
    ) -> Result<Vec<SearchSource>, LakeError> {
        let known = history::known(lake, &planned, now)?;
        let start = |(planned, known)| {
            let access = self.access.clone();
            let (sender, receiver) = tokio::sync::mpsc::channel(source::PAGES_AHEAD);
            let source = SearchSource::new(&planned, now, receiver);
            let covered = source.covered();
            let task = self.runtime.spawn(async move {
                let outcome = read::read(&access, &planned, &known, now, &sender).await;
                // Before the sender goes, which tells the source that this was all.
                covered.store(outcome.covered);
                outcome
            });
            self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
            source
        };
        Ok(planned.into_iter().zip(known).map(start).collect())
    }

    /// What came of each search, in the order they were started. Their sources must be read or dropped
    /// before; a browser that was started ends with this.
    #[must_use]
    pub fn finish(self) -> Vec<Outcome> {
        self.finish_with(async |_| ()).0
    }

    /// As [`Self::finish`], with something to be done about the outcomes that also has to be waited for.
    pub fn finish_with<T>(self, then: impl AsyncFnOnce(&[Outcome]) -> T) -> (Vec<Outcome>, T) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        self.runtime.block_on(async {
            let mut outcomes = Vec::with_capacity(tasks.len());
            for task in tasks {
                match task.await {
                    Ok(outcome) => outcomes.push(outcome),
                    Err(error) => tracing::error!(%error, "a search broke off"),
                }
            }
            drop(self.access);
            let done = then(&outcomes).await;
            (outcomes, done)
        })
    }
}
