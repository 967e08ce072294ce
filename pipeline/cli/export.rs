//! `autobazaaar listings export`: files and texts for venues on which the owner lists by hand.

use std::fs;
use std::path::{Path, PathBuf};

use autobazaaar_bazaar::fee_platform;
use autobazaaar_domain::resale::{ResaleListing, ResaleStatus};
use autobazaaar_store::{Reader, StoreError};
use autobazaaar_venues::export::{ForSale, LeftOut, Upload, text};
use autobazaaar_venues::{Venue, ebay, facebook};
use clap::Args;

use super::output::{Cell, Column, Table};
use super::state::{state_folder, with_store};
use super::venues::a_venue;
use super::{CliError, Context, OutputFormat, ResultExt as _};
use crate::execute::search_words;

/// Arguments of `listings export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Where it is to be offered
    #[arg(long, value_name = "VENUE", value_parser = a_venue())]
    pub venue: Venue,
    /// Folder to write into; made where it is missing
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
    /// Also what is offered there already, not drafts alone
    #[arg(long)]
    pub active: bool,
    /// Facebook: the page that catalogue rows lead to whose listing has none of its own
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
}

/// More listings than anybody has.
const ALL: u32 = 100_000;

/// Writes what is offered at a venue as a file to upload, where it takes one, and as texts to copy.
///
/// # Errors
/// When there is no state, or the folder cannot be written.
pub fn run(args: &ExportArgs, context: &Context<'_>) -> Result<(), CliError> {
    let listings = with_store(context, async |store| for_sale(args, &mut store.read().await?).await)?;
    let upload = upload(args, &listings, context)?;
    fs::create_dir_all(&args.output).doing(format!("making {}", args.output.display()))?;
    // A reason is a sentence: people get it below the table, whole.
    let for_people = context.out.format() == OutputFormat::Table;
    let mut columns = vec![
        Column::text("sku", "number"),
        Column::text("title", "title"),
        Column::text("file", "file"),
        Column::text("text", "text"),
    ];
    if !for_people {
        columns.extend([Column::text("left_out", "left out because"), Column::text("mend", "to do")]);
    }
    let mut table = Table::new(columns);
    let mut uploaded = None;
    if let Some((name, upload)) = &upload
        && !upload.exported.is_empty()
    {
        let path = args.output.join(name);
        write(&path, upload.text.as_bytes())?;
        uploaded = Some(path);
    }
    // The owner's photos lie beside the state; other names count from the configuration.
    let folders = [state_folder(context)?, context.loaded.base_dir.clone()];
    for one in &listings {
        let copied = copy(one, &args.output, &folders)?;
        let left_out = upload.as_ref().and_then(|(_, upload)| left_out(upload, &one.item.sku));
        let file = uploaded.as_ref().filter(|_| left_out.is_none());
        let shown = |path: &PathBuf| Cell::text(path.display().to_string());
        let mut row = vec![
            Cell::text(&one.item.sku),
            Cell::text(&one.listing.title),
            file.map_or_else(Cell::missing, shown),
            shown(&copied),
        ];
        if !for_people {
            row.push(left_out.map_or_else(Cell::missing, |left| Cell::text(&left.reason)));
            row.push(left_out.map_or_else(Cell::missing, |left| Cell::text(&left.mend)));
        }
        table.push(row);
    }
    let empty =
        format!("nothing is to be offered at {}; --active takes what is offered there already", args.venue);
    let table = table.or_empty(empty);
    let is_done = upload.is_none() && !listings.is_empty() || uploaded.is_some();
    context.out.table(&if is_done { table.hint(next(args.venue)) } else { table })?;
    if for_people {
        for LeftOut { sku, title, reason, mend } in upload.iter().flat_map(|(_, upload)| &upload.left_out) {
            context
                .out
                .say(&format!("warning: {title} ({sku}) is not in the file to upload: {reason}; {mend}"))?;
        }
    }
    Ok(())
}

/// What the store holds for the venue; a simulated venue stands for the one that it imitates.
async fn for_sale(args: &ExportArgs, reader: &mut Reader<'_>) -> Result<Vec<ForSale>, StoreError> {
    let mut found: Vec<ForSale> = Vec::new();
    for status in [ResaleStatus::Draft, ResaleStatus::Active, ResaleStatus::Paused] {
        if status != ResaleStatus::Draft && !args.active {
            continue;
        }
        let here = |listing: &ResaleListing| fee_platform(listing.platform.as_str()) == args.venue.as_str();
        for listing in reader.resales(status, ALL).await?.into_iter().filter(here) {
            if let Some(item) = reader.item(listing.inventory_id).await? {
                found.push(ForSale { listing, item });
            }
        }
    }
    found.sort_by(|a, b| a.item.sku.cmp(&b.item.sku));
    Ok(found)
}

/// The file that the venue takes, with its name.
fn upload(
    args: &ExportArgs,
    listings: &[ForSale],
    context: &Context<'_>,
) -> Result<Option<(&'static str, Upload)>, CliError> {
    let config = &context.config().ebay;
    Ok(match args.venue {
        Venue::Ebay => {
            let drafts = ebay::export::drafts(listings, &config.marketplace, &config.category_ids);
            let drafts = drafts.map_err(|error| CliError::usage(error.to_string()))?;
            Some(("ebay-drafts.csv", drafts))
        }
        Venue::Facebook => {
            Some(("facebook-catalogue.csv", facebook::export::catalogue(listings, args.link.as_deref())))
        }
        Venue::Craigslist | Venue::Mercari | Venue::Offerup => None,
    })
}

/// Writes the text of a listing, with those of its pictures that lie here, into a folder of its own.
fn copy(one: &ForSale, output: &Path, folders: &[PathBuf]) -> Result<PathBuf, CliError> {
    let sku: String =
        one.item.sku.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let folder = output.join(sku);
    fs::create_dir_all(&folder).doing(format!("making {}", folder.display()))?;
    for (at, image) in one.listing.images.iter().enumerate() {
        let found = folders.iter().map(|folder| folder.join(image)).find(|path| path.is_file());
        let Some(path) = found.filter(|_| !image.contains("://")) else { continue };
        let end = path.extension().map_or_else(String::new, |end| format!(".{}", end.to_string_lossy()));
        let to = folder.join(format!("{}{end}", at + 1));
        fs::copy(&path, &to).doing(format!("copying {} to {}", path.display(), to.display()))?;
    }
    let path = folder.join("listing.txt");
    let words = search_words(&one.listing.title, &one.item.category);
    let tags = if words.is_empty() { String::new() } else { format!("\nTags: {}\n", words.join(", ")) };
    write(&path, format!("{}{tags}", text(one)).as_bytes())?;
    Ok(path)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    fs::write(path, bytes).doing(format!("writing {}", path.display()))
}

fn left_out<'a>(upload: &'a Upload, sku: &str) -> Option<&'a LeftOut> {
    upload.left_out.iter().find(|left| left.sku == sku)
}

fn next(venue: Venue) -> &'static str {
    match venue {
        Venue::Ebay => {
            "upload the CSV at ebay.com/sh/reports/uploads, complete the drafts at ebay.com/sh/lst/drafts"
        }
        Venue::Facebook => {
            "upload the CSV in Commerce Manager as a data feed; it asks for a brand: fill in the column"
        }
        Venue::Craigslist | Venue::Mercari | Venue::Offerup => {
            "copy each text into the venue's form, and add the pictures beside it"
        }
    }
}
