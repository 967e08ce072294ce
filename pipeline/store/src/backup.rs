//! Backups: a folder with a copy of the database, its keys and what they are, there whole or not.
//!
//! A restored store does not know what was sent since the backup was taken. So everything that waited
//! to be sent becomes doubtful, and the stop switch is on: the owner looks first.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use autobazaaar_domain::effect::{Effect, EffectEvent};
use autobazaaar_domain::hash::hex;
use autobazaaar_domain::owner::{AlertKind, Severity};
use autobazaaar_domain::{Entropy, Utc};
use serde::{Deserialize, Serialize};

use crate::connection::{Connection, Mode};
use crate::faults::FaultHook;
use crate::notices::NewAlert;
use crate::store::{Actor, Options, Store};
use crate::value::{Cell as _, Value};
use crate::{SCHEMA_VERSION, StoreError};

const DATABASE: &str = "autobazaaar.db";
const KEYS: &str = "keys";
const PHOTOS: &str = crate::photos::FOLDER;
const CARD: &str = "backup.json";

/// What a backup is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupCard {
    pub taken_at: Utc,
    /// The store it is of.
    pub store_id: String,
    pub schema_version: i64,
    /// The newest event in it.
    pub sequence: i64,
    pub bytes: u64,
    /// BLAKE3 of the database.
    pub hash: String,
    /// Whether the keys are in it; without them nothing personal in it can be read.
    pub with_keys: bool,
}

/// Whether a backup takes the keys along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// The backup can be read by itself, and so by whoever gets it; people forgotten later can be read
    /// in it.
    With,
    /// The keys are kept elsewhere.
    Without,
}

impl Store {
    /// Copies the store into a new folder while it is in use: one moment's state, checked, on the disk
    /// before the folder has its name.
    ///
    /// # Errors
    /// The folder is there already, the disk is full, or the copy is not sound.
    pub async fn backup(&self, folder: &Path, now: Utc, keys: Keys) -> Result<BackupCard, StoreError> {
        let refuse = |reason: &str| StoreError::Backup { path: folder.to_owned(), reason: reason.to_owned() };
        if folder.exists() {
            return Err(refuse("there is something already"));
        }
        let beside = folder.with_extension("unfinished");
        if beside.exists() {
            fs::remove_dir_all(&beside).map_err(StoreError::io("delete", &beside))?;
        }
        fs::create_dir_all(&beside).map_err(StoreError::io("make the folder", &beside))?;
        let copy = beside.join(DATABASE);
        let path = copy.to_str().ok_or_else(|| refuse("its name is not Unicode"))?.to_owned();
        self.faults.point("before a backup");
        self.copy_to(path).await?;
        let mut card = examine(&copy, now).await?;
        card.with_keys = keys == Keys::With && self.copy_keys(&beside.join(KEYS)).await?;
        self.copy_photos(&beside.join(PHOTOS))?;
        write_card(&beside.join(CARD), &card)?;
        sync_folder(&beside)?;
        self.faults.point("before a backup's name");
        fs::rename(&beside, folder).map_err(StoreError::io("rename into place", folder))?;
        sync_folder(folder.parent().unwrap_or(Path::new(".")))?;
        self.faults.point("after a backup");
        Ok(card)
    }

    async fn copy_to(&self, path: String) -> Result<(), StoreError> {
        let mut connection = self.bare().await;
        connection.run("copy the store", "VACUUM INTO $1", vec![Value::Text(path)]).await.map(|_| ())
    }

    /// Copies the photos, where there are any.
    fn copy_photos(&self, to: &Path) -> Result<(), StoreError> {
        match self.state.as_ref().map(|state| state.join(PHOTOS)).filter(|photos| photos.exists()) {
            Some(photos) => copy_folder(&photos, to),
            None => Ok(()),
        }
    }

    /// Copies the key files; `false` for a store in memory, which has none.
    async fn copy_keys(&self, to: &Path) -> Result<bool, StoreError> {
        let vault = self.vault.read().await;
        let Some(from) = vault.folder() else { return Ok(false) };
        copy_folder(from, to)?;
        Ok(true)
    }
}

/// Looks at a backup: whether it is whole and this program can use it.
///
/// # Errors
/// It is not whole, was changed, or is of a later schema.
pub async fn verify(folder: &Path) -> Result<BackupCard, StoreError> {
    let refuse = |reason: String| StoreError::Backup { path: folder.to_owned(), reason };
    let card =
        fs::read(folder.join(CARD)).map_err(|error| refuse(format!("{CARD} cannot be read: {error}")))?;
    let card: BackupCard =
        serde_json::from_slice(&card).map_err(|error| refuse(format!("{CARD} is not readable: {error}")))?;
    if card.schema_version > SCHEMA_VERSION {
        return Err(StoreError::Newer { found: card.schema_version, known: SCHEMA_VERSION });
    }
    let found = examine(&folder.join(DATABASE), card.taken_at).await?;
    let found = BackupCard { with_keys: card.with_keys, ..found };
    if found != card {
        return Err(refuse("the database is not the one that was copied".to_owned()));
    }
    Ok(card)
}

/// Puts a backup in the place of a state folder's store, which must not be in use. The old database
/// stays beside it as `autobazaaar.db.before-restore`. Until the new one has its name, the old one holds.
///
/// Everything that waited to be sent is doubtful afterwards, and the stop switch is on.
///
/// # Errors
/// The backup is not usable, an invariant does not hold in it, or the store is in use.
pub async fn restore(
    backup: &Path,
    state: &Path,
    entropy: Arc<dyn Entropy>,
    now: Utc,
    actor: &Actor,
    hook: Option<FaultHook>,
) -> Result<BackupCard, StoreError> {
    let card = verify(backup).await?;
    let work = state.join("restore");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(StoreError::io("delete", &work))?;
    }
    fs::create_dir_all(&work).map_err(StoreError::io("make the folder", &work))?;
    fs::copy(backup.join(DATABASE), work.join(DATABASE)).map_err(StoreError::io("copy", &work))?;
    let keys = if card.with_keys { backup.join(KEYS) } else { state.join(KEYS) };
    if keys.exists() {
        copy_folder(&keys, &work.join(KEYS))?;
    }
    make_safe(&work, entropy, now, actor, &card).await?;
    let faults = crate::faults::Faults::new(hook);
    let (old, new) = (state.join(DATABASE), work.join(DATABASE));
    set_aside(&old).await?;
    faults.point("before a restore's name");
    if card.with_keys {
        add_missing(&work.join(KEYS), &state.join(KEYS))?;
    }
    if backup.join(PHOTOS).exists() {
        add_missing(&backup.join(PHOTOS), &state.join(PHOTOS))?;
    }
    sync_file(&new)?;
    fs::rename(&new, &old).map_err(StoreError::io("rename into place", &old))?;
    sync_folder(state)?;
    faults.point("after a restore");
    fs::remove_dir_all(&work).map_err(StoreError::io("delete", &work))?;
    Ok(card)
}

/// Makes a restored copy safe to start with, and checks it.
async fn make_safe(
    folder: &Path,
    entropy: Arc<dyn Entropy>,
    now: Utc,
    actor: &Actor,
    card: &BackupCard,
) -> Result<(), StoreError> {
    let store = Store::open(Options::folder(folder), entropy, now).await?;
    let violations = store.check().await?;
    if let Some(first) = violations.first() {
        let reason = format!("{} does not hold for {}: {}", first.rule, first.subject, first.found);
        return Err(StoreError::Backup { path: folder.to_owned(), reason });
    }
    let mut tx = store.begin(now, actor).await?;
    tx.stop(true).await?;
    let open = "WHERE state IN ('queued', 'sending') ORDER BY effect_id";
    let open: Vec<Effect> = tx.list(open, vec![]).await?;
    let count = open.len();
    for mut effect in open {
        effect.error = Some("a backup was restored: it may have been sent since".to_owned());
        tx.change_effect(&mut effect, EffectEvent::Doubt).await?;
    }
    tx.raise(NewAlert {
        kind: AlertKind::Error,
        severity: Severity::Critical,
        title: "a backup was restored".to_owned(),
        message: format!(
            "the store is as of {}; what happened since is not in it; {count} effects are doubtful",
            card.taken_at
        ),
        context: None,
        related: None,
        suggested_action: Some(
            "compare with venues and mailboxes, then: autobazaaar stop --resume".to_owned(),
        ),
    })
    .await?;
    tx.commit().await?;
    store.close().await
}

/// Keeps the old database beside its place, with everything in the one file: a log left behind would be
/// taken for the new one's.
async fn set_aside(old: &Path) -> Result<(), StoreError> {
    if !old.exists() {
        return Ok(());
    }
    let in_use = || StoreError::InUse { path: old.to_owned() };
    let opened = Connection::open(Some(old), Mode::Durable, Duration::ZERO).await;
    let mut connection = opened.map_err(|_| in_use())?;
    let left = connection.rows("leave the log", "PRAGMA journal_mode = DELETE", vec![]).await;
    let left = left.map_err(|_| in_use())?;
    connection.close().await?;
    if left.first().and_then(|row| row.first()) != Some(&"delete".put()) {
        return Err(in_use());
    }
    let kept = old.with_extension("db.before-restore");
    if kept.exists() {
        fs::remove_file(&kept).map_err(StoreError::io("delete", &kept))?;
    }
    fs::hard_link(old, &kept).map_err(StoreError::io("keep the old store as", &kept))
}

/// Opens a copied database alone, checks its pages and reads what it is.
async fn examine(database: &Path, taken_at: Utc) -> Result<BackupCard, StoreError> {
    let refuse = |reason: String| StoreError::Backup { path: database.to_owned(), reason };
    let bytes = fs::read(database).map_err(StoreError::io("read", database))?;
    let hash = hex(blake3::hash(&bytes).as_bytes());
    let size = bytes.len() as u64;
    drop(bytes);
    let mut connection = Connection::open(Some(database), Mode::ReadOnly, Duration::ZERO).await?;
    let mut one = async |sql: &'static str| {
        let rows = connection.rows("look at a backup", sql, vec![]).await;
        // A damaged page may stop the check itself.
        let rows = rows.map_err(|error| refuse(format!("it cannot be read: {error}")))?;
        Ok::<_, StoreError>(
            rows.into_iter().next().and_then(|row| row.into_iter().next()).unwrap_or(Value::Null),
        )
    };
    let sound = one("PRAGMA integrity_check").await?;
    if sound != "ok".put() {
        return Err(refuse(format!("its pages are damaged: {sound:?}")));
    }
    let store_id = String::take(one("SELECT store_id FROM store").await?).map_err(refuse)?;
    let schema_version = i64::take(one("SELECT max(version) FROM migration").await?).map_err(refuse)?;
    let sequence = i64::take(one("SELECT coalesce(max(sequence), 0) FROM event").await?).map_err(refuse)?;
    connection.close().await?;
    Ok(BackupCard { taken_at, store_id, schema_version, sequence, bytes: size, hash, with_keys: false })
}

fn write_card(path: &Path, card: &BackupCard) -> Result<(), StoreError> {
    let text = serde_json::to_vec_pretty(card)
        .map_err(|error| StoreError::Backup { path: path.to_owned(), reason: error.to_string() })?;
    fs::write(path, text).map_err(StoreError::io("write", path))?;
    sync_file(path)
}

/// Copies the files of a folder; they keep their permissions.
fn copy_folder(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(to).map_err(StoreError::io("make the folder", to))?;
    for path in files(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        fs::copy(&path, &target).map_err(StoreError::io("copy", &path))?;
        sync_file(&target)?;
    }
    let permissions = fs::metadata(from).map_err(StoreError::io("read", from))?.permissions();
    fs::set_permissions(to, permissions).map_err(StoreError::io("restrict", to))?;
    sync_folder(to)
}

/// Copies the files that are not there yet. Those that are stay: a key is never written over.
fn add_missing(from: &Path, to: &Path) -> Result<(), StoreError> {
    if !to.exists() {
        return copy_folder(from, to);
    }
    for path in files(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if !target.exists() {
            fs::copy(&path, &target).map_err(StoreError::io("copy", &path))?;
            sync_file(&target)?;
        } else if fs::read(&path).ok() != fs::read(&target).ok() {
            let reason = "differs from the backup's; move it away first".to_owned();
            return Err(StoreError::Key { path: target, reason });
        }
    }
    sync_folder(to)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let listed = fs::read_dir(folder).map_err(StoreError::io("list", folder))?;
    let paths = listed.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<Result<_, _>>().map_err(StoreError::io("list", folder))
}

fn sync_file(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(StoreError::io("sync", path))
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io("sync", folder))
}
