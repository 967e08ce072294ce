//! Jobs and timers: rows with a due time, swept on the clock that is passed in.

use autobazaaar_domain::due::{CONCURRENCY, Due, DueEvent, DueState, FailureCode, MAX_ATTEMPTS, back_off};
use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::DueId;
use autobazaaar_domain::{Priority, Utc};
use serde_json::{Value as Json, json};

use crate::StoreError;
use crate::record::Row;
use crate::store::{Reader, Tx, advance};
use crate::value::{Cell as _, Value};

/// Something to be done at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDue {
    /// What to do.
    pub kind: String,
    /// The id of the record to look at.
    pub subject: String,
    pub due_at: Utc,
    pub priority: Priority,
    /// How often it is begun; `None`: three times.
    pub max_attempts: Option<u32>,
    pub payload: Option<Json>,
}

impl NewDue {
    /// A nudge of normal priority.
    #[must_use]
    pub fn new(kind: &str, subject: impl ToString, due_at: Utc) -> Self {
        let (kind, subject) = (kind.to_owned(), subject.to_string());
        Self { kind, subject, due_at, priority: Priority::Normal, max_attempts: None, payload: None }
    }
}

/// How jobs of a kind are worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueKind {
    pub kind: String,
    /// None is begun; those waiting stay.
    pub paused: bool,
    /// No new one is taken; those waiting are worked off.
    pub draining: bool,
    /// At a time.
    pub concurrency: u32,
}

/// How many jobs of a kind are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueCount {
    pub kind: String,
    pub state: DueState,
    pub count: u32,
}

impl Tx<'_> {
    /// Asks for something to be done. While one of the same kind and subject waits, it is brought
    /// forward if need be, and nothing is added; while one runs, or the kind drains, nothing happens.
    /// Whether it was added.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn schedule(&mut self, new: &NewDue) -> Result<bool, StoreError> {
        if self.due_kind(&new.kind).await?.draining {
            return Ok(false);
        }
        let id: DueId = self.new_id();
        let sql = "INSERT INTO due (due_id, kind, subject, due_at, priority, state, attempts, max_attempts, \
                   payload, created_at) VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, $7, $8) \
                   ON CONFLICT (kind, subject) WHERE state IN ('waiting', 'running') DO UPDATE \
                   SET due_at = min(due.due_at, excluded.due_at), priority = min(due.priority, excluded.priority) \
                   RETURNING due_id";
        let attempts = new.max_attempts.unwrap_or(MAX_ATTEMPTS).max(1);
        let values = vec![
            id.put(),
            new.kind.put(),
            new.subject.put(),
            new.due_at.put(),
            new.priority.put(),
            attempts.put(),
            new.payload.put(),
            self.now().put(),
        ];
        Ok(self.value::<DueId>(sql, values).await? == Some(id))
    }

    /// Takes up to `limit` jobs that are due, of the kinds named or with none named of all, by
    /// priority, then the longest due first. Each is the worker's until the lease ends; what was left
    /// by dead workers is taken up again first ([`Tx::take_up_lost`]). No kind has more running at a
    /// time than it may. Every call looks at all that is due: where thousands wait, claim hundreds at a time
    /// and let their kind have as many running ([`Tx::set_due_kind`]).
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn claim_due(
        &mut self,
        kinds: &[&str],
        worker: &str,
        lease: chrono::Duration,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        self.take_up_lost().await?;
        let mut claimed = Vec::new();
        for (kind, room) in self.room_by_kind(kinds).await? {
            let room = room.min(limit.saturating_sub(claimed.len() as u32));
            if room > 0 {
                claimed.extend(self.claim_kind(&kind, worker, lease, room).await?);
            }
        }
        claimed.sort_by_key(|due: &Due| (due.priority.put_order(), due.due_at, due.due_id));
        Ok(claimed)
    }

    /// Kinds with jobs due now, by their most urgent one, and how many more of each may run.
    async fn room_by_kind(&mut self, kinds: &[&str]) -> Result<Vec<(String, u32)>, StoreError> {
        let sql = "SELECT w.kind, coalesce(k.concurrency, $2) \
                   - (SELECT count(*) FROM due r WHERE r.state = 'running' AND r.kind = w.kind) AS room \
                   FROM due w LEFT JOIN due_kind k ON k.kind = w.kind \
                   WHERE w.state = 'waiting' AND w.due_at <= $1 AND coalesce(k.paused, 0) = 0 \
                   GROUP BY w.kind, k.concurrency ORDER BY min(w.priority), min(w.due_at), w.kind";
        let values = vec![self.now().put(), CONCURRENCY.put()];
        let mut found = Vec::new();
        for values in self.connection.rows("look for due jobs", sql, values).await? {
            let mut row = Row::new("due", Vec::new, values);
            let (kind, room): (String, i64) = (row.cell()?, row.cell()?);
            if kinds.is_empty() || kinds.contains(&kind.as_str()) {
                found.push((kind, u32::try_from(room).unwrap_or(0)));
            }
        }
        Ok(found)
    }

    async fn claim_kind(
        &mut self,
        kind: &str,
        worker: &str,
        lease: chrono::Duration,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let until = self.now() + lease;
        let sql = "UPDATE due SET state = 'running', attempts = attempts + 1, worker = $3, lease_until = $4 \
                   WHERE due_id IN (SELECT due_id FROM due WHERE state = 'waiting' AND due_at <= $2 AND kind = $1 \
                   ORDER BY priority, due_at, due_id LIMIT $5) \
                   RETURNING due_id, kind, subject, due_at, priority, state, attempts, max_attempts, payload, \
                   last_error, failure, worker, lease_until, created_at, finished_at";
        let values = vec![kind.put(), self.now().put(), worker.put(), until.put(), limit.put()];
        self.connection.records("claim jobs", sql, values).await
    }

    /// Ends a job well.
    ///
    /// # Errors
    /// There is no such job, or it is not running.
    pub async fn finish_due(&mut self, id: DueId) -> Result<(), StoreError> {
        let mut due: Due = self.get(&id).await?;
        advance(&mut due.state, DueEvent::Finish)?;
        due.finished_at = Some(self.now());
        self.update(&due).await
    }

    /// Ends an attempt badly. What may help to try again is put back with a growing pause until its
    /// attempts are used up; what cannot succeed fails at once and is kept, with an event.
    ///
    /// # Errors
    /// There is no such job, or it is not running.
    pub async fn fail_due(
        &mut self,
        id: DueId,
        failure: FailureCode,
        error: &str,
    ) -> Result<Due, StoreError> {
        let mut due: Due = self.get(&id).await?;
        due.last_error = Some(error.to_owned());
        due.failure = Some(failure);
        if failure.is_transient() && due.attempts < due.max_attempts {
            advance(&mut due.state, DueEvent::PutBack)?;
            due.due_at = self.now() + back_off(due.attempts, self.store.entropy.bits());
        } else {
            advance(&mut due.state, DueEvent::Fail)?;
            due.finished_at = Some(self.now());
            let data =
                json!({ "kind": due.kind, "subject": due.subject, "failure": failure, "error": error });
            self.tell(EventKind::JobFailed, id, data);
        }
        self.update(&due).await?;
        Ok(due)
    }

    /// Puts back what workers left whose lease is over; what used up its attempts fails. How many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn take_up_lost(&mut self) -> Result<usize, StoreError> {
        let now = self.now();
        let lost: Vec<Due> = self
            .list("WHERE state = 'running' AND lease_until < $1 ORDER BY due_id", vec![now.put()])
            .await?;
        for due in &lost {
            self.fail_due(due.due_id, FailureCode::WorkerLost, "its worker ended before it did").await?;
        }
        Ok(lost.len())
    }

    /// Has a failed job tried again from now on, with all its attempts.
    ///
    /// # Errors
    /// There is no such job, it did not fail, or another of its kind and subject is there.
    pub async fn retry_due(&mut self, id: DueId) -> Result<Due, StoreError> {
        let mut due: Due = self.get(&id).await?;
        advance(&mut due.state, DueEvent::Retry)?;
        (due.attempts, due.due_at, due.finished_at) = (0, self.now(), None);
        let updated = self.update(&due).await;
        updated.map_err(|error| error.or_twice("the same is to be done already"))?;
        self.note("job.retried", id, json!({ "kind": due.kind, "subject": due.subject }));
        Ok(due)
    }

    /// Takes back what waits to be done for a record. How many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn drop_due(&mut self, kind: &str, subject: impl ToString) -> Result<u64, StoreError> {
        // Each half has an index of its own; one condition for both has none, and reads every job.
        let sql = "UPDATE due SET state = 'done', finished_at = $3 WHERE due_id IN \
                   (SELECT due_id FROM due WHERE kind = $1 AND subject = $2 \
                   AND state IN ('waiting', 'running') AND state <> 'running' \
                   UNION ALL SELECT due_id FROM due WHERE state = 'failed' AND kind = $1 AND subject = $2)";
        self.write("take jobs back", sql, vec![kind.put(), subject.to_string().put(), self.now().put()]).await
    }

    /// Deletes finished jobs that ended before a moment; failed ones stay. How many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn prune_due(&mut self, before: Utc) -> Result<u64, StoreError> {
        let sql = "DELETE FROM due WHERE state = 'done' AND finished_at < $1";
        self.write("delete finished jobs", sql, vec![before.put()]).await
    }

    /// Pauses a kind, lets it drain, or says how many may run at a time.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn set_due_kind(&mut self, kind: &DueKind) -> Result<(), StoreError> {
        let sql = "INSERT INTO due_kind (kind, paused, draining, concurrency) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (kind) DO UPDATE SET paused = excluded.paused, draining = excluded.draining, \
                   concurrency = excluded.concurrency";
        let values = vec![kind.kind.put(), kind.paused.put(), kind.draining.put(), kind.concurrency.put()];
        self.write("change a kind of jobs", sql, values).await?;
        let detail =
            json!({ "paused": kind.paused, "draining": kind.draining, "concurrency": kind.concurrency });
        self.note("jobs.changed", &kind.kind, detail);
        Ok(())
    }
}

/// The order in which priorities are claimed.
trait PutOrder {
    fn put_order(self) -> u8;
}

impl PutOrder for Priority {
    fn put_order(self) -> u8 {
        match self {
            Self::High => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }
}

impl Reader<'_> {
    /// A job.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn due(&mut self, id: DueId) -> Result<Option<Due>, StoreError> {
        self.find(&id).await
    }

    /// Jobs in a state, the next due first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn dues(&mut self, state: DueState, limit: u32) -> Result<Vec<Due>, StoreError> {
        let condition = "WHERE state = $1 ORDER BY due_at, due_id LIMIT $2";
        self.list(condition, vec![state.put(), limit.put()]).await
    }

    /// When the next waiting job is due: how far a virtual clock may jump.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn next_due_at(&mut self) -> Result<Option<Utc>, StoreError> {
        let sql = "SELECT min(d.due_at) FROM due d LEFT JOIN due_kind k ON k.kind = d.kind \
                   WHERE d.state = 'waiting' AND coalesce(k.paused, 0) = 0";
        self.value(sql, vec![]).await
    }

    /// How many jobs of each kind are in each state.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn due_counts(&mut self) -> Result<Vec<DueCount>, StoreError> {
        let sql = "SELECT kind, state, count(*) FROM due GROUP BY kind, state ORDER BY kind, state";
        let rows = self.connection.rows("count jobs", sql, vec![]).await?;
        let read = |values: Vec<Value>| {
            let mut row = Row::new("due", Vec::new, values);
            Ok(DueCount { kind: row.cell()?, state: row.cell()?, count: row.cell()? })
        };
        rows.into_iter().map(read).collect()
    }

    /// How jobs of a kind are worked on.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn due_kind(&mut self, kind: &str) -> Result<DueKind, StoreError> {
        let sql = "SELECT kind, paused, draining, concurrency FROM due_kind WHERE kind = $1";
        let rows = self.connection.rows("read a kind of jobs", sql, vec![kind.put()]).await?;
        let Some(values) = rows.into_iter().next() else {
            let kind = kind.to_owned();
            return Ok(DueKind { kind, paused: false, draining: false, concurrency: CONCURRENCY });
        };
        let mut row = Row::new("due_kind", Vec::new, values);
        Ok(DueKind {
            kind: row.cell()?,
            paused: row.cell()?,
            draining: row.cell()?,
            concurrency: row.cell()?,
        })
    }
}
