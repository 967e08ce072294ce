//! Events and audit records of a transaction, gathered and written at its end.

use autobazaaar_domain::Utc;
use autobazaaar_domain::event::{Event, EventKind};
use autobazaaar_domain::ids::EventId;
use autobazaaar_domain::owner::Audit;
use serde_json::Value as Json;
use sqlx::AssertSqlSafe;

use crate::StoreError;
use crate::connection::Connection;
use crate::store::{Actor, Reader};
use crate::value::{Cell, Value};

/// Rows per statement: few statements, and few different ones.
const BATCH: usize = 16;

/// What a transaction has to tell.
#[derive(Default)]
pub(crate) struct Journal {
    events: Vec<Vec<Value>>,
    audits: Vec<Vec<Value>>,
}

impl Journal {
    pub fn event(&mut self, id: EventId, kind: EventKind, at: Utc, by: &Actor, subject: &str, data: Json) {
        self.events.push(vec![id.put(), kind.put(), at.put(), by.name.put(), subject.put(), data.put()]);
    }

    pub fn audit(&mut self, at: Utc, by: &Actor, action: &str, subject: &str, detail: Option<Json>) {
        let row = vec![at.put(), by.name.put(), by.origin.put(), action.put(), subject.put(), detail.put()];
        self.audits.push(row);
    }

    pub async fn write(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let events = std::mem::take(&mut self.events);
        add(connection, "event (event_id, kind, at, source, subject, data)", events).await?;
        let audits = std::mem::take(&mut self.audits);
        add(connection, "audit (at, actor, origin, action, subject, detail)", audits).await
    }
}

/// Adds rows of six columns, several with one statement.
async fn add(connection: &mut Connection, table: &str, mut rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(BATCH));
        let marks: Vec<String> = (0..rows.len())
            .map(|row| {
                let marks: Vec<String> = (1..=6).map(|column| format!("${}", row * 6 + column)).collect();
                format!("({})", marks.join(", "))
            })
            .collect();
        let sql = AssertSqlSafe(format!("INSERT INTO {table} VALUES {}", marks.join(", ")));
        connection.run("write what happened", sql, rows.into_iter().flatten().collect()).await?;
        rows = rest;
    }
    Ok(())
}

impl Reader<'_> {
    /// Events after a place in their order, oldest first; at most `limit`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn events_since(&mut self, sequence: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT sequence, event_id, kind, at, source, subject, data, metadata FROM event \
                   WHERE sequence > $1 ORDER BY sequence LIMIT $2";
        let rows = self.connection.rows("read events", sql, vec![sequence.put(), limit.put()]).await?;
        rows.into_iter().map(event_of).collect()
    }

    /// Events about one record, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn events_of(&mut self, subject: &str) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT sequence, event_id, kind, at, source, subject, data, metadata FROM event \
                   WHERE subject = $1 ORDER BY sequence";
        let rows = self.connection.rows("read events", sql, vec![subject.put()]).await?;
        rows.into_iter().map(event_of).collect()
    }

    /// The newest event's place; 0 when nothing happened yet.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn last_sequence(&mut self) -> Result<i64, StoreError> {
        let last = self.value("SELECT max(sequence) FROM event", vec![]).await?;
        Ok(last.unwrap_or(0))
    }

    /// Audit records after a place in their order, oldest first; at most `limit`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn audits_since(&mut self, sequence: i64, limit: u32) -> Result<Vec<Audit>, StoreError> {
        let sql = "SELECT sequence, at, actor, origin, action, subject, detail FROM audit \
                   WHERE sequence > $1 ORDER BY sequence LIMIT $2";
        let rows = self.connection.rows("read audit records", sql, vec![sequence.put(), limit.put()]).await?;
        rows.into_iter().map(audit_of).collect()
    }
}

fn event_of(values: Vec<Value>) -> Result<Event, StoreError> {
    let mut row = crate::record::Row::new("event", Vec::new, values);
    Ok(Event {
        sequence: row.cell()?,
        event_id: row.cell()?,
        kind: row.cell()?,
        at: row.cell()?,
        source: row.cell()?,
        subject: row.cell()?,
        data: row.cell()?,
        metadata: row.cell()?,
    })
}

fn audit_of(values: Vec<Value>) -> Result<Audit, StoreError> {
    let mut row = crate::record::Row::new("audit", Vec::new, values);
    Ok(Audit {
        sequence: row.cell()?,
        at: row.cell()?,
        actor: row.cell()?,
        origin: row.cell()?,
        action: row.cell()?,
        subject: row.cell()?,
        detail: row.cell()?,
    })
}
