//! Opening the store, and transactions on it.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::{EventId, MadeId};
use autobazaaar_domain::{Entropy, Lifecycle, Utc};
use chrono::NaiveDate;
use serde_json::Value as Json;
use sqlx::AssertSqlSafe;
use tokio::sync::{Mutex, MutexGuard, RwLock};

use crate::StoreError;
use crate::connection::{Connection, Mode};
use crate::faults::{FaultHook, Faults};
use crate::journal::Journal;
use crate::migrate::migrate;
use crate::record::Record;
use crate::value::{Cell, Value};
use crate::vault::Vault;

/// The owner's calendar day of a moment: what daily caps are counted by.
pub type DayOf = Arc<dyn Fn(Utc) -> NaiveDate + Send + Sync>;

/// Where a store lies and how it is opened.
#[derive(Clone)]
pub struct Options {
    file: Option<PathBuf>,
    keys: Option<PathBuf>,
    fast: bool,
    busy: Duration,
    day_of: DayOf,
    faults: Faults,
}

impl Options {
    /// The store of a state folder: `autobazaaar.db` and `keys/` in it, made where they are missing.
    /// Every commit waits for the disk.
    #[must_use]
    pub fn folder(state: &Path) -> Self {
        Self { file: Some(state.join("autobazaaar.db")), keys: Some(state.join("keys")), ..Self::memory() }
    }

    /// Whether a state folder holds a store.
    #[must_use]
    pub fn is_there(state: &Path) -> bool {
        state.join("autobazaaar.db").exists()
    }

    /// A store in memory, with keys in memory: for simulations and tests.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            file: None,
            keys: None,
            fast: false,
            busy: Duration::from_secs(5),
            day_of: Arc::new(|at: Utc| at.date_naive()),
            faults: Faults::default(),
        }
    }

    /// Does not wait for the disk: a power cut may take the newest commits, and only simulations may
    /// use it. A killed process takes nothing.
    #[must_use]
    pub fn fast(mut self) -> Self {
        self.fast = true;
        self
    }

    /// How long to wait for another process's transaction; 5 s unless said otherwise.
    #[must_use]
    pub fn busy(mut self, busy: Duration) -> Self {
        self.busy = busy;
        self
    }

    /// Counts daily caps by the owner's days; by days in UTC unless said otherwise.
    #[must_use]
    pub fn days(mut self, day_of: DayOf) -> Self {
        self.day_of = day_of;
        self
    }

    /// Calls a hook before and after each durable write, for crash tests.
    #[must_use]
    pub fn faults(mut self, hook: FaultHook) -> Self {
        self.faults = Faults::new(Some(hook));
        self
    }
}

/// The operational database of one data folder.
///
/// It needs a tokio runtime, of which a current-thread one suffices: `#[tokio::main(flavor =
/// "current_thread")]` or `Builder::new_current_thread()` with a `block_on`. No timer, no clock, no
/// random source of the machine is used, so that the same calls leave the same rows.
///
/// One transaction writes at a time, in this process ([`Store::begin`] waits for the one before)
/// and between processes (the database's lock).
pub struct Store {
    writer: Mutex<Connection>,
    /// A connection of its own for readers; a store in memory has only one.
    reader: Option<Mutex<Connection>>,
    pub(crate) vault: RwLock<Vault>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The newest name's moment and random part.
    names: std::sync::Mutex<(i64, u128)>,
    pub(crate) day_of: DayOf,
    pub(crate) faults: Faults,
    /// The state folder; a store in memory has none.
    pub(crate) state: Option<PathBuf>,
}

impl Store {
    /// Opens a store, makes it where it is missing, and brings it to this program's schema.
    ///
    /// # Errors
    /// The file is no store, of a later schema, or cannot be written; a key file is missing or open
    /// to others.
    pub async fn open(options: Options, entropy: Arc<dyn Entropy>, now: Utc) -> Result<Self, StoreError> {
        let Options { file, keys, fast, busy, day_of, faults } = options;
        if let Some(folder) = file.as_deref().and_then(Path::parent) {
            std::fs::create_dir_all(folder).map_err(StoreError::io("make the folder", folder))?;
        }
        let mode = if fast { Mode::Fast } else { Mode::Durable };
        let mut writer = Connection::open(file.as_deref(), mode, busy).await?;
        let store_id = EventId::made(now, entropy.bits()).to_string();
        migrate(&mut writer, now, &store_id, &faults).await?;
        let vault = match &keys {
            Some(folder) => Vault::open(folder, entropy.as_ref(), &faults)?,
            None => Vault::in_memory(entropy.as_ref()),
        };
        let reader = match &file {
            Some(file) => Some(Mutex::new(Connection::open(Some(file), Mode::ReadOnly, busy).await?)),
            None => None,
        };
        let (writer, vault) = (Mutex::new(writer), RwLock::new(vault));
        let state = file.as_deref().and_then(Path::parent).map(Path::to_owned);
        Ok(Self { writer, reader, vault, entropy, names: std::sync::Mutex::default(), day_of, faults, state })
    }

    /// Begins a transaction that writes. `now` is the moment of everything in it; `actor` is who does
    /// it. Waits for the transaction before it; dropping it without [`Tx::commit`] undoes it.
    ///
    /// # Errors
    /// Another process keeps the database locked.
    pub async fn begin(&self, now: Utc, actor: &Actor) -> Result<Tx<'_>, StoreError> {
        let mut connection = self.writer.lock().await;
        connection.begin_write().await?;
        let reader = Reader { connection, store: self, open: true };
        Ok(Tx { reader, now, actor: actor.clone(), journal: Journal::default() })
    }

    /// Begins to read one moment's state. While a [`Tx`] is open in the same task, read through it
    /// instead: a store in memory has one connection only, and would wait for itself.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn read(&self) -> Result<Reader<'_>, StoreError> {
        let mut connection = self.reader.as_ref().unwrap_or(&self.writer).lock().await;
        connection.begin_read().await?;
        Ok(Reader { connection, store: self, open: true })
    }

    /// The keyed hash of an address or account, by which persons and suppressions are found.
    pub async fn hash_of(&self, address: &str) -> String {
        self.vault.read().await.hash(address)
    }

    /// The random part of a name. Names of one millisecond grow in the order they are made, so that
    /// records are listed and effects claimed as they came.
    fn name(&self, at: Utc) -> u128 {
        let random = self.entropy.bits();
        // A panic while it was held leaves it whole.
        let mut last = self.names.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = match *last {
            (millis, before) if millis == at.timestamp_millis() => (millis, before + 1 + (random >> 96)),
            // The top bit is left free for those that grow from it.
            _ => (at.timestamp_millis(), random & ((1 << 79) - 1)),
        };
        last.1
    }

    /// The writer's connection alone, outside any transaction.
    pub(crate) async fn bare(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().await
    }

    /// Closes the store; its file then stands alone, without a log beside it.
    ///
    /// # Errors
    /// The last changes cannot be brought into the main file. They stand in the log beside it.
    pub async fn close(self) -> Result<(), StoreError> {
        if let Some(reader) = self.reader {
            reader.into_inner().close().await?;
        }
        self.writer.into_inner().close().await
    }
}

/// Who does something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The owner's name, `executor`, …
    pub name: String,
    /// `cli`, a client's address, …
    pub origin: String,
}

impl Actor {
    /// Who, from where.
    #[must_use]
    pub fn new(name: impl Into<String>, origin: impl Into<String>) -> Self {
        Self { name: name.into(), origin: origin.into() }
    }
}

/// What a transaction sees. All reading is here, whether in a transaction that writes or not.
pub struct Reader<'a> {
    pub(crate) connection: MutexGuard<'a, Connection>,
    pub(crate) store: &'a Store,
    open: bool,
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if self.open {
            self.connection.roll_back();
        }
    }
}

impl Reader<'_> {
    pub(crate) async fn find<R: Record>(&mut self, id: &impl Cell) -> Result<Option<R>, StoreError> {
        let found = self.connection.records("read a record", R::sql().select_one, vec![id.put()]).await?;
        Ok(found.into_iter().next())
    }

    pub(crate) async fn get<R: Record>(&mut self, id: &(impl Cell + ToString)) -> Result<R, StoreError> {
        let missing = || StoreError::Missing { what: R::WHAT, id: id.to_string() };
        self.find(id).await?.ok_or_else(missing)
    }

    /// Records by a condition, such as `WHERE status = $1 ORDER BY updated_at LIMIT $2`.
    pub(crate) async fn list<R: Record>(
        &mut self,
        condition: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<R>, StoreError> {
        let sql = AssertSqlSafe(format!("{} {condition}", R::sql().select));
        self.connection.records("list records", sql, values).await
    }

    /// The only value of a query's only row, if there is one.
    pub(crate) async fn value<T: Cell>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        let rows = self.connection.rows("ask for a value", sql, values).await?;
        let Some(value) = rows.into_iter().next().and_then(|row| row.into_iter().next()) else {
            return Ok(None);
        };
        let damaged = |reason| StoreError::Damaged { table: "a query", column: sql.to_owned(), reason };
        <Option<T> as Cell>::take(value).map_err(damaged)
    }
}

/// A transaction that writes. Each method writes a change with its event and its audit record; all
/// of it counts from [`Tx::commit`] on, or never. Reads through it see its own changes.
///
/// After an error, drop it: what came before the error in it is undone, too.
pub struct Tx<'a> {
    reader: Reader<'a>,
    now: Utc,
    actor: Actor,
    journal: Journal,
}

impl<'a> Deref for Tx<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.reader
    }
}

impl<'a> DerefMut for Tx<'a> {
    fn deref_mut(&mut self) -> &mut Reader<'a> {
        &mut self.reader
    }
}

impl Tx<'_> {
    /// The moment of everything in this transaction.
    #[must_use]
    pub fn now(&self) -> Utc {
        self.now
    }

    /// The owner's day of this transaction.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        (self.store.day_of)(self.now)
    }

    /// A new name for a record.
    #[must_use]
    pub fn new_id<I: MadeId>(&self) -> I {
        I::made(self.now, self.store.name(self.now))
    }

    /// Makes everything done in this transaction count, at once and for good.
    ///
    /// # Errors
    /// The disk refused; then nothing of it counts.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.journal.write(&mut self.reader.connection).await?;
        self.store.faults.point("before a commit");
        self.reader.connection.commit().await?;
        self.reader.open = false;
        self.store.faults.point("after a commit");
        Ok(())
    }

    /// Tells what happened, and notes who did it. Events are numbered in the order they are told.
    pub fn tell(&mut self, kind: EventKind, subject: impl ToString, data: Json) {
        let (id, subject) = (self.new_id(), subject.to_string());
        self.journal.event(id, kind, self.now, &self.actor, &subject, data);
        self.journal.audit(self.now, &self.actor, kind.as_str(), &subject, None);
    }

    /// Notes an act that is no event: a failed login, a refused input.
    pub fn note(&mut self, action: &str, subject: impl ToString, detail: Json) {
        self.journal.audit(self.now, &self.actor, action, &subject.to_string(), Some(detail));
    }

    pub(crate) fn actor_name(&self) -> String {
        self.actor.name.clone()
    }

    pub(crate) async fn insert<R: Record>(&mut self, record: &R) -> Result<(), StoreError> {
        self.write("add a record", R::sql().insert, record.values()).await.map(|_| ())
    }

    pub(crate) async fn update<R: Record>(&mut self, record: &R) -> Result<(), StoreError> {
        self.write("change a record", R::sql().update, record.values()).await.map(|_| ())
    }

    pub(crate) async fn write(
        &mut self,
        doing: &'static str,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        self.store.faults.point("before a statement");
        self.reader.connection.run(doing, sql, values).await
    }
}

/// Leads a state on; the states before and after, as an event tells them.
pub(crate) fn advance<S: Lifecycle>(state: &mut S, event: S::Event) -> Result<Json, StoreError> {
    let before = *state;
    *state = before.next(event)?;
    Ok(serde_json::json!({ "from": before.to_string(), "to": state.to_string() }))
}
