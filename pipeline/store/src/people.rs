//! Sellers and buyers: personal data under a key of each person's own.

use autobazaaar_domain::Utc;
use autobazaaar_domain::event::EventKind;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::store::{Reader, Store, Tx};
use crate::value::Cell as _;
use crate::vault::Secret;
use crate::{Actor, StoreError};

/// What is known of somebody. All of it is personal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonDetails {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The account's name on the venue.
    pub account: Option<String>,
    pub postal_address: Option<String>,
    pub notes: Option<String>,
}

/// A person as stored.
pub(crate) struct PersonRow {
    pub person_key: String,
    pub wrapped_key: Option<Vec<u8>>,
    pub key_version: Option<u32>,
    pub details: Option<Vec<u8>>,
    pub created_at: Utc,
    pub forgotten_at: Option<Utc>,
}

impl PersonRow {
    fn place(&self) -> String {
        format!("person/{}/key", self.person_key)
    }
}

fn details_place(person_key: &str) -> String {
    format!("person/{person_key}/details")
}

impl Tx<'_> {
    /// Makes a person known under a keyed hash, and keeps their details, over those known before; with
    /// `None` what is known stays.
    ///
    /// # Errors
    /// The person's data were deleted.
    pub async fn meet(
        &mut self,
        person_key: &str,
        details: Option<&PersonDetails>,
    ) -> Result<(), StoreError> {
        let key = self.own_key(person_key).await?;
        let Some(details) = details else { return Ok(()) };
        let entropy = self.store.entropy.clone();
        let plain =
            serde_json::to_vec(details).map_err(|_| StoreError::Sealed { reason: "they are no JSON" })?;
        let sealed = key.seal(entropy.as_ref(), &details_place(person_key), &plain)?;
        let sql = "UPDATE person SET details = $2 WHERE person_key = $1";
        self.write("note a person's details", sql, vec![person_key.put(), sealed.put()]).await?;
        self.note("person.changed", person_key, json!(null));
        Ok(())
    }

    /// The person's own key, made where there is none.
    pub(crate) async fn own_key(&mut self, person_key: &str) -> Result<Secret, StoreError> {
        if let Some(row) = self.find::<PersonRow>(&person_key.to_owned()).await? {
            return self.unwrap_key(&row).await?.ok_or(StoreError::Forgotten);
        }
        let entropy = self.store.entropy.clone();
        let key = Secret::new(entropy.as_ref());
        let mut row = PersonRow {
            person_key: person_key.to_owned(),
            wrapped_key: None,
            key_version: None,
            details: None,
            created_at: self.now(),
            forgotten_at: None,
        };
        self.wrap_key(&mut row, &key).await?;
        self.insert(&row).await?;
        self.note("person.added", person_key, json!(null));
        Ok(key)
    }

    async fn wrap_key(&mut self, row: &mut PersonRow, key: &Secret) -> Result<(), StoreError> {
        // Under the database's lock: whoever rotates meanwhile wraps this one anew after it.
        let mut vault = self.store.vault.write().await;
        vault.refresh()?;
        let version = vault.newest();
        let entropy = self.store.entropy.clone();
        row.wrapped_key = Some(vault.key(version)?.seal(entropy.as_ref(), &row.place(), key.bytes())?);
        row.key_version = Some(version);
        Ok(())
    }

    /// Deletes what is personal of somebody: the key, so that texts sealed under it can never be read
    /// again wherever a copy of them is, and the sealed texts themselves. Amounts, dates and keyed
    /// hashes stay, and so does a suppression. Whether there was anything.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn forget(&mut self, person_key: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE person SET wrapped_key = NULL, key_version = NULL, details = NULL, forgotten_at = $2 \
                   WHERE person_key = $1 AND forgotten_at IS NULL";
        let found = self.write("forget a person", sql, vec![person_key.put(), self.now().put()]).await?;
        let sql = "UPDATE message SET sealed_address = NULL, sealed_subject = NULL, sealed_text = NULL, \
                   sealed_html = NULL, sealed_words = NULL WHERE person_key = $1";
        let messages = self.write("forget a person's messages", sql, vec![person_key.put()]).await?;
        if found > 0 {
            self.tell(EventKind::PersonForgotten, person_key, json!({ "messages": messages }));
        }
        Ok(found > 0)
    }
}

impl Reader<'_> {
    /// What is known of somebody; `None` when nothing is, or nothing any more.
    ///
    /// # Errors
    /// A key is missing, or what was sealed does not open.
    pub async fn person(&mut self, person_key: &str) -> Result<Option<PersonDetails>, StoreError> {
        let Some(row) = self.find::<PersonRow>(&person_key.to_owned()).await? else { return Ok(None) };
        let (Some(key), Some(sealed)) = (self.unwrap_key(&row).await?, &row.details) else { return Ok(None) };
        let plain = key.open(&details_place(person_key), sealed)?;
        let read = serde_json::from_slice(&plain);
        read.map(Some).map_err(|_| StoreError::Sealed { reason: "they hold no details of a person" })
    }

    /// The person's own key; `None` when it was deleted.
    pub(crate) async fn unwrap_key(&mut self, row: &PersonRow) -> Result<Option<Secret>, StoreError> {
        let (Some(wrapped), Some(version)) = (&row.wrapped_key, row.key_version) else { return Ok(None) };
        let mut vault = self.store.vault.read().await;
        if vault.key(version).is_err() {
            drop(vault);
            self.store.vault.write().await.refresh()?;
            vault = self.store.vault.read().await;
        }
        let bytes = vault.key(version)?.open(&row.place(), wrapped)?;
        Secret::from_bytes(&bytes).map(Some)
    }

    /// The person's own key by the person; `None` when it was deleted or never made.
    pub(crate) async fn key_of(&mut self, person_key: &str) -> Result<Option<Secret>, StoreError> {
        match self.find::<PersonRow>(&person_key.to_owned()).await? {
            Some(row) => self.unwrap_key(&row).await,
            None => Ok(None),
        }
    }
}

impl Store {
    /// Deletes what is personal of somebody ([`Tx::forget`]), and what of it the database's log still
    /// holds. Whether there was anything.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn forget(&self, person_key: &str, now: Utc, actor: &Actor) -> Result<bool, StoreError> {
        let mut tx = self.begin(now, actor).await?;
        let found = tx.forget(person_key).await?;
        tx.commit().await?;
        let mut connection = self.bare().await;
        connection.run("empty the log", "PRAGMA wal_checkpoint(TRUNCATE)", vec![]).await?;
        Ok(found)
    }

    /// Makes a new key file and wraps every person's key anew under it. Keys that nothing is wrapped
    /// under any more are deleted with `drop_old`; a backup taken before needs them, so keep them as
    /// long as it is kept. The new key's version.
    ///
    /// A crash on the way leaves some wrapped under the old key, which stays readable; the next
    /// rotation takes them along.
    ///
    /// # Errors
    /// The key file cannot be written, or an old key is missing.
    pub async fn rotate_keys(&self, now: Utc, actor: &Actor, drop_old: bool) -> Result<u32, StoreError> {
        let version = self.vault.write().await.rotate(self.entropy.as_ref(), &self.faults)?;
        let mut tx = self.begin(now, actor).await?;
        let old: Vec<PersonRow> =
            tx.list("WHERE key_version < $1 ORDER BY person_key", vec![version.put()]).await?;
        for mut row in old {
            let Some(key) = tx.unwrap_key(&row).await? else { continue };
            tx.wrap_key(&mut row, &key).await?;
            tx.update(&row).await?;
        }
        tx.note("keys.rotated", version, json!(null));
        tx.commit().await?;
        if drop_old {
            self.vault.write().await.drop_before(version)?;
        }
        Ok(version)
    }
}
