//! Alerts, and what was learned.

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::AlertId;
use autobazaaar_domain::memory::{Memory, MemoryKind};
use autobazaaar_domain::owner::{Alert, AlertEvent, AlertKind, AlertStatus, Severity};
use serde_json::{Value as Json, json};

use crate::StoreError;
use crate::store::{Reader, Tx, advance};
use crate::value::Cell as _;

/// Something the owner should know.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAlert {
    pub kind: AlertKind,
    pub severity: Severity,
    pub title: String,
    pub message: String,
    pub context: Option<Json>,
    /// What kind of record it is about, and which.
    pub related: Option<(String, String)>,
    pub suggested_action: Option<String>,
}

/// Something learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    pub kind: MemoryKind,
    pub category: String,
    pub key: String,
    /// Nothing personal.
    pub data: Json,
    pub embedding: Option<Vec<f32>>,
    /// 0–1.
    pub confidence: f64,
    pub source: String,
    pub expires_at: Option<autobazaaar_domain::Utc>,
}

impl Tx<'_> {
    /// Raises an alert. While one of the same title about the same record is new, nothing is added.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn raise(&mut self, new: NewAlert) -> Result<AlertId, StoreError> {
        let (related_kind, related_id) = new.related.unzip();
        let same = "SELECT alert_id FROM alert WHERE status = 'new' AND title = $1 \
                    AND coalesce(related_id, '') = coalesce($2, '') ORDER BY created_at LIMIT 1";
        if let Some(id) = self.value(same, vec![new.title.put(), related_id.put()]).await? {
            return Ok(id);
        }
        let alert = Alert {
            alert_id: self.new_id(),
            kind: new.kind,
            severity: new.severity,
            title: new.title,
            message: new.message,
            context: new.context,
            related_kind,
            related_id,
            status: AlertStatus::New,
            acknowledged_at: None,
            acknowledged_by: None,
            suggested_action: new.suggested_action,
            action_taken: None,
            created_at: self.now(),
            resolved_at: None,
        };
        self.insert(&alert).await?;
        let data = json!({ "kind": alert.kind, "severity": alert.severity, "title": alert.title,
            "related": alert.related_id });
        self.tell(EventKind::AlertRaised, alert.alert_id, data);
        Ok(alert.alert_id)
    }

    /// Says what became of an alert.
    ///
    /// # Errors
    /// There is no such alert, or it was closed.
    pub async fn change_alert(
        &mut self,
        id: AlertId,
        event: AlertEvent,
        action_taken: Option<&str>,
    ) -> Result<Alert, StoreError> {
        let mut alert: Alert = self.get(&id).await?;
        let data = advance(&mut alert.status, event)?;
        match event {
            AlertEvent::Acknowledge => {
                alert.acknowledged_at = Some(self.now());
                alert.acknowledged_by = Some(self.actor_name());
            }
            AlertEvent::Resolve | AlertEvent::Ignore => alert.resolved_at = Some(self.now()),
        }
        alert.action_taken = action_taken.map(str::to_owned).or(alert.action_taken);
        self.update(&alert).await?;
        self.tell(EventKind::AlertChanged, id, data);
        Ok(alert)
    }

    /// Keeps something learned, over what was known under the same kind, category and key.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn learn(&mut self, lesson: &Lesson) -> Result<Memory, StoreError> {
        let old = self.recall(lesson.kind, &lesson.category, &lesson.key).await?;
        let now = self.now();
        let memory = Memory {
            memory_id: old.as_ref().map_or_else(|| self.new_id(), |old| old.memory_id),
            kind: lesson.kind,
            category: lesson.category.clone(),
            key: lesson.key.clone(),
            data: lesson.data.clone(),
            embedding: lesson.embedding.clone(),
            confidence: lesson.confidence,
            source: lesson.source.clone(),
            access_count: old.as_ref().map_or(0, |old| old.access_count),
            last_accessed: old.as_ref().and_then(|old| old.last_accessed),
            created_at: old.as_ref().map_or(now, |old| old.created_at),
            updated_at: now,
            expires_at: lesson.expires_at,
        };
        match old {
            Some(_) => self.update(&memory).await?,
            None => self.insert(&memory).await?,
        }
        let data = json!({ "kind": memory.kind, "category": memory.category, "key": memory.key });
        self.tell(EventKind::MemoryUpdate, memory.memory_id, data);
        Ok(memory)
    }

    /// Recalls something learned and counts that it was needed; what has expired is not known any more.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn use_memory(
        &mut self,
        kind: MemoryKind,
        category: &str,
        key: &str,
    ) -> Result<Option<Memory>, StoreError> {
        let now = self.now();
        let found = self.recall(kind, category, key).await?;
        let Some(mut memory) = found.filter(|memory| memory.expires_at.is_none_or(|end| end > now)) else {
            return Ok(None);
        };
        memory.access_count += 1;
        memory.last_accessed = Some(now);
        self.update(&memory).await?;
        Ok(Some(memory))
    }
}

impl Reader<'_> {
    /// An alert.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn alert(&mut self, id: AlertId) -> Result<Option<Alert>, StoreError> {
        self.find(&id).await
    }

    /// Alerts in a state, or with `None` in any, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn alerts(
        &mut self,
        status: Option<AlertStatus>,
        limit: u32,
    ) -> Result<Vec<Alert>, StoreError> {
        let condition =
            "WHERE status = coalesce($1, status) ORDER BY created_at DESC, alert_id DESC LIMIT $2";
        self.list(condition, vec![status.put(), limit.put()]).await
    }

    /// What was learned under a key.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn recall(
        &mut self,
        kind: MemoryKind,
        category: &str,
        key: &str,
    ) -> Result<Option<Memory>, StoreError> {
        let condition = "WHERE kind = $1 AND category = $2 AND key = $3";
        let found = self.list(condition, vec![kind.put(), category.put(), key.put()]).await?;
        Ok(found.into_iter().next())
    }

    /// Everything learned of a kind in a category, by key.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn memories(
        &mut self,
        kind: MemoryKind,
        category: &str,
        limit: u32,
    ) -> Result<Vec<Memory>, StoreError> {
        let condition = "WHERE kind = $1 AND category = $2 ORDER BY key LIMIT $3";
        self.list(condition, vec![kind.put(), category.put(), limit.put()]).await
    }
}
