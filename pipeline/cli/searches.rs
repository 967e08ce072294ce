//! Searches on the command line: which are wanted, what came of each.

use autobazaaar_lake::Lake;
use autobazaaar_venues::Venue;

use super::ingest::IngestArgs;
use super::output::{Cell, Column, Table, Tone};
use super::{CliError, Context, OutputFormat};
use crate::config::{Config, ReadBy};
use crate::searches::{Covered, Outcome, Planned, Searching, all, last_scans, named, resolve, why_off};

/// The searches that `ingest` is to do: the named ones, or every enabled one.
///
/// # Errors
/// When a name is none of the configured ones.
pub fn wanted(args: &IngestArgs, context: &Context<'_>) -> Result<Vec<Planned>, CliError> {
    // Files that are named are read alone.
    if !args.from_file.is_empty() {
        return Ok(Vec::new());
    }
    let (searches, now) = (&context.config().searches, context.now());
    let last = last_scans(&Lake::new(&context.loaded.data_dir))?;
    if args.search.is_empty() {
        return Ok(all(searches, &last, now));
    }
    let one = |name: &String| {
        named(searches, name, args.complete, &last, now).ok_or_else(|| {
            let known: Vec<&str> = searches.iter().map(|search| search.name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            CliError::usage(format!("there is no search `{name}`; configured: {known}"))
                .hint("searches stand as [[searches]] in autobazaaar.toml")
        })
    };
    args.search.iter().map(one).collect()
}

/// Shows people what came of each search; machines get the summary, and the lake's scans.
///
/// # Errors
/// When the result cannot be written.
pub fn told(outcomes: &[Outcome], context: &Context<'_>) -> Result<(), CliError> {
    if outcomes.is_empty() || context.out.format() != OutputFormat::Table {
        return Ok(());
    }
    let mut table = Table::new([
        Column::text("search", "search"),
        Column::text("venue", "venue"),
        Column::text("covered", "read"),
        Column::number("pages", "pages"),
        Column::number("listings", "listings"),
        Column::text("trouble", "trouble"),
    ]);
    for outcome in outcomes {
        let (word, tone) = match outcome.covered {
            Covered::Complete => ("to its end", Tone::Plain),
            Covered::New => ("what is new", Tone::Plain),
            Covered::Capped => ("to its bound", Tone::Plain),
            Covered::Broken => ("broken off", Tone::Bad),
        };
        table.push([
            Cell::text(&outcome.search),
            Cell::text(outcome.venue.as_str()),
            Cell::text(word).tone(tone),
            Cell::count(u64::from(outcome.pages)),
            Cell::count(outcome.listings),
            outcome
                .trouble
                .as_ref()
                .map_or_else(Cell::missing, |trouble| Cell::text(trouble.kind.as_str()).tone(Tone::Bad)),
        ]);
    }
    context.out.table(&table)
}

/// What a pass would do of a search.
#[must_use]
pub fn plan(planned: &Planned, config: &Config) -> String {
    let venue = planned.search.venue;
    if let Some(off) = why_off(venue, &config.venues) {
        return format!("not search {venue} for \"{}\": {}", planned.label, off.reason);
    }
    let how = match config.venues.of(venue).read {
        ReadBy::Api => "by its API",
        ReadBy::Fetch | ReadBy::Off => "on fetched pages",
        ReadBy::Browser => "in the browser",
    };
    let until = if planned.complete { "to the end" } else { "until what is known" };
    format!("search {venue} {how} for \"{}\", {until}", planned.label)
}

/// Ends a venue's pause: the owner has looked into it.
///
/// # Errors
/// When what is remembered of pauses and alerts cannot be written.
pub fn resume(venue: Venue, context: &Context<'_>) -> Result<(), CliError> {
    let (data_dir, now) = (&context.loaded.data_dir, context.now());
    let random = || context.entropy.bits();
    let searching = Searching::open(context.config(), &context.loaded.base_dir, data_dir, now, &random)?;
    let hosts = searching.access().resume(venue)?;
    let closed = searching.wait(resolve(data_dir, venue, now, &random))?;
    context.out.print(&match (hosts.as_slice(), closed) {
        ([], 0) => format!("{venue} was not paused"),
        ([], closed) => format!("{venue} was not paused; {closed} alerts are closed"),
        (hosts, closed) => {
            format!("{venue} is asked again ({}); {closed} alerts are closed", hosts.join(", "))
        }
    })
}
