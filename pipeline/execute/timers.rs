//! Timers: rows with a due time, swept at the moment that is passed in.

use autobazaaar_domain::due::{Due, FailureCode};
use autobazaaar_store::{DueKind, Tx};
use chrono::TimeDelta;

use super::market::Market;
use super::{ExecuteError, Executor, is_refusal};

/// A seller's message came while everything was stopped.
pub(super) const ANSWER: &str = "negotiation.answer";
/// A seller has not answered.
pub(super) const SILENCE: &str = "negotiation.silence";
/// An offer of ours has not sold.
pub(super) const REPRICE: &str = "resale.reprice";
/// A purchase has not come.
pub(super) const WAIT: &str = "purchase.wait";

const WORKER: &str = "executor";

/// The executor's kinds of jobs.
const KINDS: [&str; 4] = [ANSWER, SILENCE, REPRICE, WAIT];
/// Jobs taken up in one go: every taking looks at all that are due, and they are worked one by one.
const AT_ONCE: u32 = 512;

impl<M: Market> Executor<'_, M> {
    /// Lets as many jobs of a kind be taken up as are taken in one go; what the owner paused stays so.
    pub(super) async fn make_room(tx: &mut Tx<'_>) -> Result<(), ExecuteError> {
        for kind in KINDS {
            let known = tx.due_kind(kind).await?;
            if known.concurrency < AT_ONCE {
                tx.set_due_kind(&DueKind { concurrency: AT_ONCE, ..known }).await?;
            }
        }
        Ok(())
    }

    /// Does what is due; how much. While everything is stopped, all of it waits.
    pub(super) async fn sweep(&mut self) -> Result<u64, ExecuteError> {
        let mut done = 0;
        loop {
            let mut tx = self.begin().await?;
            if tx.is_stopped().await? {
                return Ok(done);
            }
            let due = tx.claim_due(&KINDS, WORKER, TimeDelta::minutes(10), AT_ONCE).await?;
            tx.commit().await?;
            if due.is_empty() {
                return Ok(done);
            }
            for due in due {
                done += 1;
                self.work(&due).await?;
            }
        }
    }

    /// One job in a transaction of its own. It is finished before its work, which may ask for the
    /// next of its kind; both count together.
    async fn work(&mut self, due: &Due) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        tx.finish_due(due.due_id).await?;
        match self.look_at(&mut tx, due).await {
            Ok(()) => Ok(tx.commit().await?),
            Err(error) if is_refusal(&error) => {
                drop(tx);
                let mut tx = self.begin().await?;
                tx.fail_due(due.due_id, FailureCode::Unavailable, &error.to_string()).await?;
                Ok(tx.commit().await?)
            }
            Err(error) => Err(error),
        }
    }

    async fn look_at(&mut self, tx: &mut Tx<'_>, due: &Due) -> Result<(), ExecuteError> {
        match due.kind.as_str() {
            ANSWER => match due.subject.parse() {
                Ok(id) => self.answer_now(tx, id).await,
                Err(_) => Ok(()),
            },
            SILENCE => match due.subject.parse() {
                Ok(id) => self.silent(tx, id).await,
                Err(_) => Ok(()),
            },
            REPRICE => match due.subject.parse() {
                Ok(id) => self.cheaper(tx, id).await,
                Err(_) => Ok(()),
            },
            WAIT => {
                let Ok(id) = due.subject.parse() else { return Ok(()) };
                match tx.purchase(id).await? {
                    Some(purchase) => self.overdue(tx, &purchase).await,
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}
