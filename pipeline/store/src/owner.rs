//! What the owner says: settings, the stop switch, daily caps, approvals, suppressions.

use std::fmt;

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::ApprovalId;
use autobazaaar_domain::owner::{
    Approval, ApprovalEvent, ApprovalKind, ApprovalStatus, Setting, Suppression, SuppressionReason,
};
use autobazaaar_domain::{Currency, Money, Utc};
use chrono::NaiveDate;
use serde_json::{Value as Json, json};

use crate::StoreError;
use crate::store::{Reader, Tx, advance};
use crate::value::Cell as _;

/// The setting of the stop switch.
const STOP: &str = "stop";

/// The owner's yes to a question, as it stands in the store: only [`Tx::give`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Given(Approval);

impl Given {
    /// What was asked, and the answer.
    #[must_use]
    pub fn approval(&self) -> &Approval {
        &self.0
    }
}

/// What is counted per day. The setting `cap.<name>` says how much of it a day may see; absent, 0 or
/// less allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    /// Messages sent.
    Messages,
    /// Money spent, minor units.
    Spending(Currency),
}

impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Messages => f.write_str("messages"),
            Self::Spending(currency) => write!(f, "spending.{currency}"),
        }
    }
}

/// A daily cap and how much of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapUse {
    pub cap: Cap,
    pub limit: i64,
    pub used: i64,
}

impl Tx<'_> {
    /// Changes a setting.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn set(&mut self, key: &str, category: &str, value: Json) -> Result<(), StoreError> {
        let sql = "INSERT INTO setting (key, value, category, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value, category = excluded.category, \
                   updated_at = excluded.updated_at, updated_by = excluded.updated_by";
        let before = self.setting(key).await?.map(|setting| setting.value);
        let values = vec![key.put(), value.put(), category.put(), self.now().put(), self.actor_name().put()];
        self.write("change a setting", sql, values).await?;
        self.tell(EventKind::SettingChanged, key, json!({ "from": before, "to": value }));
        Ok(())
    }

    /// Takes a setting back: the configuration file holds again.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn unset(&mut self, key: &str) -> Result<(), StoreError> {
        let before = self.setting(key).await?.map(|setting| setting.value);
        self.write("take a setting back", "DELETE FROM setting WHERE key = $1", vec![key.put()]).await?;
        self.tell(EventKind::SettingChanged, key, json!({ "from": before, "to": null }));
        Ok(())
    }

    /// Turns the stop switch: while it is on, no offer is made and no effect claimed.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn stop(&mut self, on: bool) -> Result<(), StoreError> {
        self.set(STOP, "safety", json!(on)).await
    }

    /// Sets how much of something a day may see.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn set_cap(&mut self, cap: Cap, limit: i64) -> Result<(), StoreError> {
        self.set(&format!("cap.{cap}"), "safety", json!(limit)).await
    }

    pub(crate) async fn refuse_if_stopped(&mut self) -> Result<(), StoreError> {
        if self.is_stopped().await? { Err(StoreError::Stopped) } else { Ok(()) }
    }

    /// Whether today still sees that much of it.
    pub(crate) async fn has_room(&mut self, cap: Cap, amount: i64) -> Result<bool, StoreError> {
        let today = self.today();
        let CapUse { limit, used, .. } = self.cap(cap, today).await?;
        Ok(limit > 0 && used.saturating_add(amount) <= limit)
    }

    pub(crate) async fn count(&mut self, day: NaiveDate, cap: Cap, amount: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO spent_today (day, what, amount) VALUES ($1, $2, $3) \
                   ON CONFLICT (day, what) DO UPDATE SET amount = spent_today.amount + excluded.amount";
        let values = vec![day.to_string().put(), cap.to_string().put(), amount.put()];
        self.write("count against a cap", sql, values).await.map(|_| ())
    }

    /// Asks the owner whether something may be done.
    ///
    /// # Errors
    /// The same is being asked already.
    pub async fn ask_owner(
        &mut self,
        kind: ApprovalKind,
        subject: impl ToString,
        amount: Option<Money>,
        reason: &str,
        expires_at: Option<Utc>,
    ) -> Result<Approval, StoreError> {
        let approval = Approval {
            approval_id: self.new_id(),
            kind,
            subject: subject.to_string(),
            amount,
            reason: reason.to_owned(),
            status: ApprovalStatus::Waiting,
            requested_at: self.now(),
            expires_at,
            decided_at: None,
            decided_by: None,
            note: None,
        };
        let added = self.insert(&approval).await;
        added.map_err(|error| error.or_twice("the owner is being asked this already"))?;
        let data = json!({ "kind": kind, "subject": approval.subject, "amount": amount, "reason": reason });
        self.tell(EventKind::ApprovalRequested, approval.approval_id, data);
        Ok(approval)
    }

    /// Notes the owner's answer.
    ///
    /// # Errors
    /// There is no such question, or it was answered.
    pub async fn answer(
        &mut self,
        id: ApprovalId,
        event: ApprovalEvent,
        note: Option<&str>,
    ) -> Result<Approval, StoreError> {
        let mut approval: Approval = self.get(&id).await?;
        let mut data = advance(&mut approval.status, event)?;
        approval.decided_at = Some(self.now());
        approval.decided_by = Some(self.actor_name());
        approval.note = note.map(str::to_owned);
        self.update(&approval).await?;
        data["subject"] = json!(approval.subject);
        let kind = match event {
            ApprovalEvent::Give => EventKind::ApprovalGiven,
            ApprovalEvent::Refuse => EventKind::ApprovalRefused,
            ApprovalEvent::Expire => EventKind::ApprovalExpired,
        };
        self.tell(kind, id, data);
        Ok(approval)
    }

    /// Notes the owner's yes; the proof of it, for whoever may act on nothing less.
    ///
    /// # Errors
    /// As [`Tx::answer`].
    pub async fn give(&mut self, id: ApprovalId, note: Option<&str>) -> Result<Given, StoreError> {
        Ok(Given(self.answer(id, ApprovalEvent::Give, note).await?))
    }

    /// Puts an address on the suppression list, for good. One that is on it stays as it is. What
    /// waits in the outbox for it is refused when it is claimed.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn suppress(&mut self, address_key: &str, reason: SuppressionReason) -> Result<(), StoreError> {
        if self.is_suppressed(address_key).await? {
            return Ok(());
        }
        let (at, added_by) = (self.now(), self.actor_name());
        self.insert(&Suppression { address_key: address_key.to_owned(), reason, at, added_by }).await?;
        self.tell(EventKind::SuppressionAdded, address_key, json!({ "reason": reason }));
        Ok(())
    }

    pub(crate) async fn refuse_if_suppressed(&mut self, address_key: &str) -> Result<(), StoreError> {
        let found: Option<Suppression> = self.find(&address_key.to_owned()).await?;
        match found {
            Some(found) => Err(StoreError::Suppressed { reason: found.reason.to_string() }),
            None => Ok(()),
        }
    }
}

impl Reader<'_> {
    /// A setting that the owner changed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn setting(&mut self, key: &str) -> Result<Option<Setting>, StoreError> {
        self.find(&key.to_owned()).await
    }

    /// All settings that the owner changed, by key.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn settings(&mut self) -> Result<Vec<Setting>, StoreError> {
        self.list("ORDER BY key", vec![]).await
    }

    /// Whether the stop switch is on. A switch that holds anything but `false` is on.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn is_stopped(&mut self) -> Result<bool, StoreError> {
        Ok(self.setting(STOP).await?.is_some_and(|setting| setting.value != json!(false)))
    }

    /// A cap and how much of it a day has seen.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn cap(&mut self, cap: Cap, day: NaiveDate) -> Result<CapUse, StoreError> {
        let limit = self.setting(&format!("cap.{cap}")).await?;
        let limit = limit.and_then(|setting| setting.value.as_i64()).unwrap_or(0);
        let sql = "SELECT amount FROM spent_today WHERE day = $1 AND what = $2";
        let used = self.value(sql, vec![day.to_string().put(), cap.to_string().put()]).await?;
        Ok(CapUse { cap, limit, used: used.unwrap_or(0) })
    }

    /// A question to the owner.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn approval(&mut self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        self.find(&id).await
    }

    /// Questions in a state, the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn approvals(
        &mut self,
        status: ApprovalStatus,
        limit: u32,
    ) -> Result<Vec<Approval>, StoreError> {
        let condition = "WHERE status = $1 ORDER BY requested_at, approval_id LIMIT $2";
        self.list(condition, vec![status.put(), limit.put()]).await
    }

    /// Whether something was approved and not refused since: the newest answer about it counts.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn newest_approval(
        &mut self,
        subject: &str,
        kind: ApprovalKind,
    ) -> Result<Option<Approval>, StoreError> {
        let condition =
            "WHERE subject = $1 AND kind = $2 ORDER BY requested_at DESC, approval_id DESC LIMIT 1";
        Ok(self.list(condition, vec![subject.put(), kind.put()]).await?.into_iter().next())
    }

    /// Whether an address gets no messages.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn is_suppressed(&mut self, address_key: &str) -> Result<bool, StoreError> {
        let found: Option<Suppression> = self.find(&address_key.to_owned()).await?;
        Ok(found.is_some())
    }

    /// The suppression list, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn suppressions(&mut self, limit: u32) -> Result<Vec<Suppression>, StoreError> {
        self.list("ORDER BY at DESC, address_key LIMIT $1", vec![limit.put()]).await
    }
}
