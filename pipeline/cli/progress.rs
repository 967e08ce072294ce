//! Progress on a terminal: one line per stage with rows, rate and time; finished stages stay.
//! Elsewhere nothing is drawn, and the log tells.

use std::io;
use std::time::Duration;

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing_subscriber::fmt::MakeWriter;

/// The lines of all stages.
#[derive(Debug, Clone)]
pub struct Progress {
    lines: MultiProgress,
}

/// The line of one stage. Dropped unfinished, it stays as stopped.
#[derive(Debug)]
pub struct StageProgress {
    name: &'static str,
    line: ProgressBar,
}

impl Progress {
    /// Draws on stderr, or nowhere.
    #[must_use]
    pub fn new(visible: bool) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { lines: MultiProgress::with_draw_target(target) }
    }

    /// Begins a stage's line. `rows` is how many there will be, where that is known.
    #[must_use]
    pub fn stage(&self, name: &'static str, rows: Option<u64>) -> StageProgress {
        let line = self.lines.add(rows.map_or_else(ProgressBar::no_length, ProgressBar::new));
        line.set_prefix(name);
        line.set_style(style(if rows.is_some() { WITH_END } else { WITHOUT_END }));
        line.enable_steady_tick(Duration::from_millis(120));
        tracing::info!(stage = name, "started");
        StageProgress { name, line }
    }
}

impl StageProgress {
    /// Counts rows; may be called from any thread.
    pub fn advance(&self, rows: u64) {
        self.line.inc(rows);
    }

    /// [`Self::advance`] for a stage that knows nothing of the command line.
    pub fn counter(&self) -> impl Fn(u64) + Send + Sync + '_ {
        |rows| self.advance(rows)
    }

    /// Says what the stage is at: a file's name, a fold.
    pub fn at(&self, what: &str) {
        self.line.set_message(super::text::plain(what).into_owned());
    }

    /// Ends the line, which stays, with what came of it: "3 rejected".
    pub fn finish(self, outcome: &str) {
        let (rows, seconds) = (self.line.position(), self.line.elapsed().as_secs_f64());
        self.line.set_style(style(FINISHED));
        self.line.finish_with_message(super::text::plain(outcome).into_owned());
        tracing::info!(stage = self.name, rows, seconds, outcome, "finished");
    }
}

impl Drop for StageProgress {
    fn drop(&mut self) {
        if !self.line.is_finished() {
            self.line.abandon();
        }
    }
}

/// Log lines go above the progress lines.
impl<'a> MakeWriter<'a> for Progress {
    type Writer = LogWriter<'a>;

    fn make_writer(&'a self) -> LogWriter<'a> {
        LogWriter(&self.lines)
    }
}

/// Writes to stderr with the progress lines out of the way.
#[derive(Debug)]
pub struct LogWriter<'a>(&'a MultiProgress);

impl io::Write for LogWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

const WITH_END: &str = "{spinner} {prefix:8} {rows:>11} of {len_rows} {rate:>11}/s {elapsed:>6} {wide_msg}";
const WITHOUT_END: &str = "{spinner} {prefix:8} {rows:>11} rows {rate:>11}/s {elapsed:>6} {wide_msg}";
const FINISHED: &str = "✓ {prefix:8} {rows:>11} rows {rate:>11}/s {elapsed:>6} {wide_msg}";

/// The templates above are constants; a wrong one falls back to indicatif's own line.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .with_key("rows", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            // A line that cannot be drawn is no reason to stop.
            let _ = write!(out, "{}", HumanCount(state.pos()));
        })
        .with_key("len_rows", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{}", HumanCount(state.len().unwrap_or_default()));
        })
        .with_key("rate", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{}", HumanCount(state.per_sec().round() as u64));
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_without_a_terminal_too() {
        let progress = Progress::new(false);
        let stage = progress.stage("ingest", Some(10));
        stage.counter()(3);
        stage.advance(4);
        assert_eq!(stage.line.position(), 7);
        stage.finish("0 rejected");
    }

    #[test]
    fn every_template_is_one() {
        for template in [WITH_END, WITHOUT_END, FINISHED] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
