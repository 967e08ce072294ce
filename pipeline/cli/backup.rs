//! `autobazaaar backup` and `restore`: the store, its keys, and which files of the lake counted.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use autobazaaar_domain::SeededEntropy;
use autobazaaar_lake::Lake;
use autobazaaar_store::backup::{Keys, restore as restore_store, verify};
use autobazaaar_store::{Actor, StoreError};
use clap::Args;

use super::output::{Cell, Column, Table};
use super::session::{moment, shown_path};
use super::state::{in_store, no_state};
use super::{CliError, Context, ResultExt as _};

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// New folder of the backup [default: backups/TIME in the data folder]
    #[arg(value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Leave the keys out: without them nothing personal in it can be read
    #[arg(long)]
    pub without_keys: bool,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Folder of a backup
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Say what the backup is and whether it is sound, and change nothing
    #[arg(long)]
    pub check: bool,
}

/// The store's part of a backup.
const STORE: &str = "store";

/// Copies the store while it is in use. The folder gets its name when everything is in it.
///
/// # Errors
/// When there is no state, the folder is there already, or the disk is full.
pub fn backup(args: &BackupArgs, context: &Context<'_>) -> Result<(), CliError> {
    let data = &context.loaded.data_dir;
    let lake = Lake::new(data);
    let state = lake.state();
    if !autobazaaar_store::Options::is_there(&state) {
        return Err(no_state(&state));
    }
    let name = context.now().format("%Y-%m-%dT%H-%M-%SZ").to_string();
    let folder = args.folder.clone().unwrap_or_else(|| data.join("backups").join(name));
    if folder.exists() {
        return Err(
            CliError::usage(format!("{} is there already", folder.display())).hint("name a new folder")
        );
    }
    let beside = folder.with_extension("unfinished");
    if beside.exists() {
        fs::remove_dir_all(&beside).doing("cannot remove an unfinished backup")?;
    }
    fs::create_dir_all(&beside).doing("cannot make the backup's folder")?;
    let keys = if args.without_keys { Keys::Without } else { Keys::With };
    let now = context.now();
    let card = in_store(&state, context, async |store| store.backup(&beside.join(STORE), now, keys).await)
        .map_err(|error: StoreError| CliError::failed(error.to_string()))?;
    let manifests = lake.copy_manifests(&beside)?;
    fs::rename(&beside, &folder).doing("cannot give the backup its name")?;
    let mut table = Table::new([
        Column::text("folder", "backup"),
        Column::text("taken_at", "taken"),
        Column::number("events", "events"),
        Column::number("bytes", "bytes"),
        Column::text("keys", "keys"),
        Column::number("manifests", "manifests"),
    ]);
    table.push([
        Cell::text(shown_path(&folder)),
        moment(card.taken_at),
        Cell::count(u64::try_from(card.sequence).unwrap_or(0)),
        Cell::count(card.bytes),
        Cell::text(if card.with_keys { "in it" } else { "not in it" }),
        Cell::count(manifests),
    ]);
    context.out.table(&table.hint(format!("autobazaaar restore {} --check", shown_path(&folder))))
}

/// Puts a backup in the store's place. Everything is stopped afterwards, and the old store is kept beside.
///
/// # Errors
/// When the backup is not sound, or the store or the lake is in use.
pub fn restore(args: &RestoreArgs, context: &Context<'_>) -> Result<(), CliError> {
    let from = args.folder.join(STORE);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .doing("cannot start the runtime")?;
    let failed = |error: StoreError| CliError::failed(error.to_string());
    let card = runtime.block_on(verify(&from)).map_err(failed)?;
    let described = format!(
        "store {} as of {}, {} events, keys {}",
        card.store_id,
        card.taken_at.format("%Y-%m-%d %H:%M"),
        card.sequence,
        if card.with_keys { "in it" } else { "not in it" }
    );
    if args.check {
        return context.out.print(&format!("sound: {described}"));
    }
    let lake = Lake::new(&context.loaded.data_dir);
    let lock = lake.lock()?;
    let entropy = Arc::new(SeededEntropy::new(context.entropy.bits() as u64));
    let actor = Actor::new("owner", "cli");
    let state = lake.state();
    let restored = restore_store(&from, &state, entropy, context.now(), &actor, None);
    runtime.block_on(restored).map_err(failed)?;
    context.out.print(&format!("restored: {described}"))?;
    let manifests = lake.restore_manifests(&args.folder, &lock)?;
    context.out.print(&format!(
        "manifests: {} restored, {} were there, {} of later runs stay",
        manifests.restored, manifests.there, manifests.later
    ))?;
    if !manifests.without_files.is_empty() {
        context.out.say(&format!(
            "{} runs are not named again: their files are not in {}",
            manifests.without_files.len(),
            shown_path(&lake.folder())
        ))?;
    }
    context.out.say(
        "everything is stopped, and what waited to be sent is uncertain: compare with venues and mailboxes, then autobazaaar stop --resume",
    )
}
