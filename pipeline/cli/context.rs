//! What every command works with.

use autobazaaar_domain::{Clock, Utc};

use super::args::GlobalArgs;
use super::error::CliError;
use super::output::Output;
use super::progress::Progress;
use super::world::{Entropy, World};
use crate::config::{self, Config, Flag, Loaded};

/// The effective configuration, the ways out, and time and chance.
pub struct Context<'a> {
    /// The configuration with its origins, data folder and base folder.
    pub loaded: Loaded,
    /// Where results go.
    pub out: Output,
    /// Where stages tell how far they are.
    pub progress: Progress,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Bits for names of runs and files.
    pub entropy: &'a dyn Entropy,
}

impl<'a> Context<'a> {
    /// Loads the configuration as the flags and the environment say.
    ///
    /// # Errors
    /// When the configuration is wrong (exit status 2).
    pub fn load(global: &GlobalArgs, world: &World<'a>, progress: Progress) -> Result<Self, CliError> {
        let loaded = config::load(&config::Request {
            current_dir: world.current_dir.clone(),
            file: config_file(global, world),
            variables: world.variables.clone(),
            flags: flags(global),
        })?;
        tracing::debug!(file = ?loaded.file, hash = loaded.config.hash(), "configuration loaded");
        let out = Output::new(global, world);
        Ok(Self { loaded, out, progress, clock: world.clock, entropy: world.entropy })
    }

    /// The effective configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Utc {
        self.clock.now()
    }
}

/// The file named by `--config`, or else by `AUTOBAZAAAR_CONFIG`.
pub(super) fn config_file(global: &GlobalArgs, world: &World<'_>) -> Option<std::path::PathBuf> {
    global.config.clone().or_else(|| world.variable("AUTOBAZAAAR_CONFIG").map(Into::into))
}

fn flags(global: &GlobalArgs) -> Vec<Flag> {
    let data_dir = global.data_dir.as_ref().map(|path| Flag {
        flag: "--data-dir",
        key: "data_dir",
        value: path.to_string_lossy().into_owned().into(),
    });
    data_dir.into_iter().collect()
}
