//! What went wrong, for the person at the terminal.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use super::text::plain_lines;
use crate::config::ConfigError;

/// The program's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong use or wrong configuration; nothing was done.
    Usage = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An end that is not the wanted one: what, why, and what to do. Any error becomes one by `?`.
#[derive(Debug)]
pub struct CliError {
    exit: Exit,
    findings: Vec<Finding>,
}

#[derive(Debug, Default)]
struct Finding {
    what: String,
    causes: Vec<String>,
    hints: Vec<String>,
}

impl CliError {
    /// The work failed.
    #[must_use]
    pub fn failed(what: impl Into<String>) -> Self {
        Self::new(Exit::Failed, what.into())
    }

    /// The command line or configuration is wrong.
    #[must_use]
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what.into())
    }

    fn new(exit: Exit, what: String) -> Self {
        Self { exit, findings: vec![Finding { what, ..Finding::default() }] }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(last) = self.findings.last_mut() {
            last.hints.push(hint.into());
        }
        self
    }

    /// Says what was being done; what was said so far becomes the cause.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        if let Some(first) = self.findings.first_mut() {
            let cause = std::mem::replace(&mut first.what, doing.into());
            first.causes.insert(0, cause);
        }
        self
    }

    /// From an error that carries its contexts along.
    #[must_use]
    pub fn from_anyhow(error: &anyhow::Error) -> Self {
        if error.chain().any(is_broken_pipe) {
            // The reader has what it wanted (`… | head`).
            return Self { exit: Exit::Done, findings: Vec::new() };
        }
        if let Some(config) = error.chain().find_map(|cause| cause.downcast_ref::<ConfigError>()) {
            return Self::from_config(config);
        }
        let mut told = Self::failed(error.to_string());
        told.findings[0].causes = error.chain().skip(1).map(ToString::to_string).collect();
        told
    }

    fn from_config(error: &ConfigError) -> Self {
        match error {
            ConfigError::Unreadable { source, .. } => {
                let mut told = Self::usage(error.to_string());
                told.findings[0].causes.push(source.to_string());
                told.hint("`autobazaaar config init` writes a commented one")
            }
            ConfigError::Syntax { .. } => {
                Self::usage(error.to_string()).hint("the file is TOML: https://toml.io")
            }
            ConfigError::Wrong(problems) => {
                let finding = |problem: &crate::config::Problem| Finding {
                    what: problem.to_string(),
                    causes: Vec::new(),
                    hints: vec![problem.mend.clone()],
                };
                Self { exit: Exit::Usage, findings: problems.iter().map(finding).collect() }
            }
        }
    }

    /// As it is printed, without colour.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "error: {}", plain_lines(&finding.what));
            for cause in &finding.causes {
                let _ = writeln!(text, "  because: {}", plain_lines(cause));
            }
            for hint in &finding.hints {
                let _ = writeln!(text, "hint: {}", plain_lines(hint));
            }
        }
        text
    }

    /// Prints to stderr; the exit status to end with.
    #[must_use]
    pub fn print(&self) -> Exit {
        // Nobody is left to tell when stderr itself is gone.
        let _ = io::stderr().lock().write_all(self.render().as_bytes());
        self.exit
    }

    /// The exit status.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for CliError {
    fn from(error: E) -> Self {
        Self::from_anyhow(&anyhow::Error::new(error))
    }
}

/// Says more about an error on its way out.
pub trait ResultExt<T> {
    /// Says what was being done.
    ///
    /// # Errors
    /// The error, told with its context.
    fn doing(self, doing: impl Into<String>) -> Result<T, CliError>;

    /// Says what to do about it.
    ///
    /// # Errors
    /// The error, told with the hint.
    fn or_hint(self, hint: impl Into<String>) -> Result<T, CliError>;
}

impl<T, E: Into<CliError>> ResultExt<T> for Result<T, E> {
    fn doing(self, doing: impl Into<String>) -> Result<T, CliError> {
        self.map_err(|error| error.into().context(doing))
    }

    fn or_hint(self, hint: impl Into<String>) -> Result<T, CliError> {
        self.map_err(|error| error.into().hint(hint))
    }
}

/// Prints clap's answer: help and version to stdout, wrong use to stderr.
pub(super) fn print_usage(error: &clap::Error) -> Exit {
    // A closed pipe is the reader's choice.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let in_csv = error.downcast_ref::<csv::Error>().and_then(|error| match error.kind() {
        csv::ErrorKind::Io(error) => Some(error),
        _ => None,
    });
    let error = error.downcast_ref::<io::Error>().or(in_csv);
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_why_and_what_to_do() {
        let gone = io::Error::new(io::ErrorKind::NotFound, "no such\u{1b}[31m file");
        let told = Err::<(), _>(gone).doing("reading a.csv").or_hint("check the path").unwrap_err();
        assert_eq!(
            told.render(),
            "error: reading a.csv\n  because: no such\u{fffd}[31m file\nhint: check the path\n"
        );
        assert_eq!(told.exit(), Exit::Failed);
    }

    #[test]
    fn a_closed_pipe_is_a_quiet_end() {
        let told = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((told.exit(), told.render().as_str()), (Exit::Done, ""));
    }
}
