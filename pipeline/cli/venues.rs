//! `autobazaaar venues`: what each marketplace can do, and what a saved page holds.

use std::path::PathBuf;

use autobazaaar_domain::{Money, RunId};
use autobazaaar_venues::capability::Capability;
use autobazaaar_venues::{Page, PageError, ReadContext, Venue, read};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output::{Cell, Column, Table, Tone};
use super::{CliError, Context, OutputFormat, searches};
use crate::ingest::pages::bytes_of;

/// What to ask about marketplaces.
#[derive(Debug, Subcommand)]
pub enum VenuesArgs {
    /// List what can be done at each, and by which way
    List,
    /// Show what saved pages and API answers hold; each venue is told by the content
    Parse(VenuesParseArgs),
    /// Let searches at a venue go on that was paused after a block
    Resume(VenuesResumeArgs),
}

/// Arguments of `venues parse`.
#[derive(Debug, Args)]
pub struct VenuesParseArgs {
    /// Saved pages or answers
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Arguments of `venues resume`.
#[derive(Debug, Args)]
pub struct VenuesResumeArgs {
    /// ebay, craigslist, facebook, mercari or offerup
    #[arg(value_name = "VENUE", value_parser = a_venue())]
    pub venue: Venue,
}

/// Reads a venue's name, and says in the help which there are.
pub(super) fn a_venue() -> impl TypedValueParser<Value = Venue> {
    PossibleValuesParser::new(Venue::ALL.iter().map(|venue| venue.as_str()))
        .try_map(|name| serde_json::from_value::<Venue>(name.into()))
}

/// Lists capabilities, reads pages, or resumes a venue.
///
/// # Errors
/// When a file cannot be read, or is no page of a known marketplace.
pub fn run(args: &VenuesArgs, context: &Context<'_>) -> Result<(), CliError> {
    match args {
        VenuesArgs::List => context.out.table(&capabilities()),
        VenuesArgs::Parse(args) => parse(args, context),
        VenuesArgs::Resume(args) => searches::resume(args.venue, context),
    }
}

fn capabilities() -> Table {
    let columns = Capability::ALL.iter().map(|capability| {
        let name = capability.as_str();
        Column::text(name, name.replace('_', " "))
    });
    let mut table = Table::new(std::iter::once(Column::text("venue", "venue")).chain(columns));
    for venue in Venue::ALL {
        let abilities = venue.abilities().iter().map(|ability| {
            let cell = Cell::text(ability.access.as_str());
            if ability.access.as_str() == "no" { cell.muted() } else { cell }
        });
        table.push(std::iter::once(Cell::text(venue.as_str())).chain(abilities));
    }
    table.hint(
        "live: by the venue's API, for your account; import: from what you save; no: by hand. \
         docs/venues.md says how to connect each, and what is allowed there",
    )
}

/// A file and what it turned out to be.
struct Parsed {
    file: String,
    page: Result<Page, String>,
}

fn parse(args: &VenuesParseArgs, context: &Context<'_>) -> Result<(), CliError> {
    let pages: Vec<Parsed> = args.files.iter().map(|path| parsed(path, context)).collect();
    match context.out.format() {
        OutputFormat::Json => {
            let all: Vec<Value> = pages.iter().map(as_json).collect();
            context.out.print(&serde_json::to_string_pretty(&all)?)?;
        }
        OutputFormat::Table => {
            context.out.table(&files(&pages))?;
            context.out.table(&listings(&pages).or_empty("no listing was found"))?;
        }
        OutputFormat::Csv | OutputFormat::Toml => context.out.table(&listings(&pages))?,
    }
    let wrong: Vec<String> =
        pages.iter().filter_map(|p| p.page.as_ref().err().map(|why| format!("{}: {why}", p.file))).collect();
    if wrong.is_empty() { Ok(()) } else { Err(CliError::failed(wrong.join("; "))) }
}

fn parsed(path: &std::path::Path, context: &Context<'_>) -> Parsed {
    let file = path.display().to_string();
    let run_id = RunId("parse".to_owned());
    let page = bytes_of(path).and_then(|bytes| {
        let label = file.clone();
        let about =
            ReadContext { run_id: &run_id, observed_at: context.now(), label: &label, currency: None };
        read(&bytes, &about).map_err(|error: PageError| error.to_string())
    });
    Parsed { file, page }
}

fn files(pages: &[Parsed]) -> Table {
    let mut table = Table::new([
        Column::text("file", "file"),
        Column::text("venue", "venue"),
        Column::text("kind", "kind"),
        Column::number("listings", "listings"),
        Column::text("note", "note"),
    ]);
    for Parsed { file, page } in pages {
        let name =
            std::path::Path::new(file).file_name().map_or(file.as_str().into(), |n| n.to_string_lossy());
        match page {
            Ok(page) => table.push([
                Cell::text(file).shown(name),
                Cell::text(page.venue.as_str()),
                Cell::text(page.kind.as_str()),
                Cell::count(page.listings.len() as u64),
                page.reason.as_ref().map_or_else(Cell::missing, Cell::text),
            ]),
            Err(why) => table.push([
                Cell::text(file).shown(name),
                Cell::missing(),
                Cell::text("none").tone(Tone::Bad),
                Cell::count(0),
                Cell::text(why),
            ]),
        }
    }
    table
}

fn listings(pages: &[Parsed]) -> Table {
    let mut table = Table::new([
        Column::text("listing", "listing"),
        Column::text("title", "title"),
        Column::number("price", "price"),
        Column::text("price_kind", "kind"),
        Column::text("status", "status"),
        Column::text("condition", "condition"),
        Column::text("url", "url"),
    ]);
    for page in pages.iter().filter_map(|parsed| parsed.page.as_ref().ok()) {
        for seen in page.listings.iter().map(|listing| &listing.observation) {
            let price = seen.price.map(|amount| Money { amount, currency: seen.currency });
            table.push([
                Cell::text(seen.key.to_string()),
                Cell::text(&seen.title),
                price.map_or_else(Cell::missing, Cell::money),
                Cell::text(seen.price_kind.as_str()),
                Cell::text(seen.status.as_str()),
                seen.condition.map_or_else(Cell::missing, |condition| Cell::text(condition.as_str())),
                seen.url.as_ref().map_or_else(Cell::missing, Cell::text),
            ]);
        }
    }
    table
}

/// A page for machines. Amounts are minor units; `price_decimal` is the same as a decimal.
fn as_json(parsed: &Parsed) -> Value {
    let page = match &parsed.page {
        Ok(page) => page,
        Err(why) => {
            return json!({ "file": parsed.file, "venue": null, "kind": "none", "reason": why, "listings": [] });
        }
    };
    let listing = |seen: &autobazaaar_venues::SeenListing| {
        let observation = &seen.observation;
        let mut value = serde_json::to_value(observation).unwrap_or(Value::Null);
        value["external_id"] = json!(observation.key.external_id);
        value["platform"] = json!(observation.key.platform);
        value["price_decimal"] =
            json!(observation.price.map(|amount| Money { amount, currency: observation.currency }.decimal()));
        value
    };
    json!({
        "file": parsed.file,
        "venue": page.venue.as_str(),
        "kind": page.kind.as_str(),
        "reason": page.reason,
        "query": page.query,
        "total": page.total,
        "next": page.next,
        "rejected": page.rejected.len(),
        "listings": page.listings.iter().map(listing).collect::<Vec<_>>(),
    })
}
