//! The program: hands the world to the command line.

use std::process::ExitCode;

use autobazaaar::cli::world::{SystemClock, SystemEntropy, World};
use autobazaaar::cli::{CliError, start};
use mimalloc::MiMalloc;

/// Listings are many small texts on several threads, which this allocator is made for.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let current_dir = match std::env::current_dir() {
        Ok(current_dir) => current_dir,
        Err(error) => return CliError::from(error).context("cannot tell the current folder").print().into(),
    };
    let world = World {
        args: std::env::args_os().collect(),
        variables: std::env::vars_os().filter_map(unicode).collect(),
        current_dir,
        clock: &SystemClock,
        entropy: &SystemEntropy,
    };
    start(&world).into()
}
