//! `autobazaaar config`: writes, shows and describes the configuration.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::args::{GlobalArgs, OutputFormat};
use super::context::{Context, config_file};
use super::error::{CliError, ResultExt as _};
use super::output::{Cell, Column, Table};
use super::world::World;
use crate::config::{self, CONFIG_FILE, Config, Origin, Schema};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigArgs {
    /// Write a commented file with every setting and its default
    Init(InitArgs),
    /// Show what holds, and who said so: default, file, environment or flag
    #[command(after_help = "`--format toml` prints a file that can be loaded again. Secrets are masked.")]
    Show(ShowArgs),
    /// Print the JSON Schema of the file, for editors
    Schema,
}

/// Arguments of `config init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `config show`.
#[derive(Debug, Args)]
pub struct ShowArgs {}

/// Writes the commented file: here, or where `--config` says.
///
/// # Errors
/// When a file is there and `force` is not given, or when writing fails.
pub fn init(args: &InitArgs, global: &GlobalArgs, world: &World<'_>) -> Result<(), CliError> {
    let shown = config_file(global, world).unwrap_or_else(|| PathBuf::from(CONFIG_FILE));
    let path = world.current_dir.join(&shown);
    write(&path, &config::template(), args.force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::usage(format!("{} is already there", shown.display()))
            .hint("`--force` replaces it; `--config FILE` writes another"),
        _ => CliError::from(error).context(format!("cannot write {}", shown.display())),
    })?;
    if !global.quiet {
        writeln!(io::stderr(), "wrote {}\nhint: autobazaaar config show", shown.display())?;
    }
    Ok(())
}

/// Whole or not at all, and never over a file that somebody else has just put there.
fn write(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    let kept = if force { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map(drop).map_err(|error| error.error)
}

/// Prints the effective settings.
///
/// # Errors
/// When stdout cannot be written.
pub fn show(context: &Context<'_>) -> Result<(), CliError> {
    if context.out.format() == OutputFormat::Toml {
        let text = config::to_toml(context.config()).doing("cannot write the configuration as TOML")?;
        return Ok(io::stdout().lock().write_all(text.as_bytes())?);
    }
    let mut table = Table::new([
        Column::text("key", "key"),
        Column::text("value", "value"),
        Column::text("origin", "from"),
    ]);
    for setting in config::settings(&context.loaded) {
        let origin = Cell::text(setting.origin.to_string());
        let origin = if setting.origin == Origin::Default { origin.muted() } else { origin };
        table.push([Cell::text(setting.key), Cell::json(setting.value), origin]);
    }
    context.out.table(&table)
}

/// Prints the JSON Schema.
///
/// # Errors
/// When stdout cannot be written.
pub fn schema() -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, Schema::of::<Config>().json()).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}
