//! `inventory photos`: the owner's own photos of an item.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use autobazaaar_domain::inventory::{ImageSize, InventoryItem, InventoryStatus, ProcessedImage};
use autobazaaar_store::Store;
use clap::Args;

use super::desk::{Desk, at_desk};
use super::find;
use crate::cli::output::{Cell, Column, Table};
use crate::cli::state::state_folder;
use crate::cli::{CliError, Context};
use crate::execute::hand::ByHand;
use crate::photos::{LEAST_SIDE, MOST_BYTES, Photo, prepare};

/// Arguments of `inventory photos`.
#[derive(Debug, Args)]
pub struct PhotosArgs {
    /// The listing it was bought from, or our number of it
    #[arg(value_name = "ITEM")]
    pub id: String,
    /// Photos to add, behind those that are there: JPEG, PNG or WebP. Without any: list them
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Take these away, by their numbers in the list
    #[arg(long, value_name = "NUMBER", num_args = 1.., conflicts_with = "files")]
    pub remove: Vec<usize>,
}

/// Most photos of an item: more than any venue shows.
const MOST: usize = 24;

/// Lists, adds or removes photos. Of several files one that is no photo adds none.
///
/// # Errors
/// There is no such item; a file is no photo that can be read; there are too many.
pub fn run(args: &PhotosArgs, context: &Context<'_>) -> Result<(), CliError> {
    // Before the store is opened: reading them may take a while.
    let photos: Vec<Photo> = args.files.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
    at_desk(context, async |desk| {
        let item = find::item(&mut desk.store.read().await?, &args.id).await?;
        let item = match (photos.is_empty(), args.remove.is_empty()) {
            (false, _) => add(desk, item, &photos).await?,
            (true, false) => remove(desk, item, &args.remove).await?,
            (true, true) => item,
        };
        for (path, photo) in args.files.iter().zip(&photos).filter(|(_, photo)| photo.is_small()) {
            context.out.say(&format!(
                "warning: {} has {} × {} pixels; venues want {LEAST_SIDE} on the longer side, {} is better",
                path.display(),
                photo.width,
                photo.height,
                crate::photos::LARGEST_SIDE
            ))?;
        }
        list(&item, context)
    })
}

/// A file, read and made ready.
fn read(path: &Path) -> Result<Photo, CliError> {
    let unreadable = |error: std::io::Error| {
        CliError::usage(format!("cannot read {}: {error}", path.display())).hint("give a photo's file")
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(CliError::usage(format!(
            "{} is longer than {} MB, which no photo is",
            path.display(),
            MOST_BYTES >> 20
        ))
        .hint("save it as JPEG"));
    }
    prepare(&bytes)
        .map_err(|why| CliError::usage(format!("{}: {why}", path.display())).hint("no photo was added"))
}

async fn add(desk: &Desk, item: InventoryItem, photos: &[Photo]) -> Result<InventoryItem, CliError> {
    if matches!(item.status, InventoryStatus::Sold | InventoryStatus::WrittenOff) {
        return Err(CliError::failed(format!("{} is {}: nobody sees photos of it", item.sku, item.status)));
    }
    let (mut images, mut sizes) = (item.images.clone(), item.processed_images.clone());
    for photo in photos {
        let (name, kept) = keep(&desk.store, photo)?;
        // The same photo twice is one.
        if !images.contains(&name) {
            images.push(name);
            sizes.extend(kept);
        }
    }
    if images.len() > MOST {
        return Err(CliError::usage(format!(
            "{} photos are too many: at most {MOST} are kept",
            images.len()
        ))
        .hint(format!("take some away: autobazaaar inventory photos {} --remove 1", item.sku)));
    }
    let mut hands = ByHand::default();
    Ok(desk.executor(&mut hands).show_photos(item.inventory_id, images, sizes).await?)
}

/// Puts every size of a photo into the store's folder.
fn keep(store: &Store, photo: &Photo) -> Result<(String, Vec<ProcessedImage>), CliError> {
    let mut name = String::new();
    let mut kept = Vec::new();
    for one in &photo.renditions {
        let url = match one.size {
            ImageSize::Large => {
                name = store.keep_photo(&one.jpeg)?;
                name.clone()
            }
            ImageSize::Medium => store.keep_size(&name, "-800", &one.jpeg)?,
            ImageSize::Thumbnail => store.keep_size(&name, "-200", &one.jpeg)?,
        };
        kept.push(ProcessedImage { url, size: one.size, width: one.width, height: one.height });
    }
    Ok((name, kept))
}

async fn remove(desk: &Desk, item: InventoryItem, numbers: &[usize]) -> Result<InventoryItem, CliError> {
    if let Some(wrong) = numbers.iter().find(|number| **number == 0 || **number > item.images.len()) {
        return Err(CliError::usage(format!(
            "there is no photo {wrong}: {} has {}",
            item.sku,
            item.images.len()
        ))
        .hint(format!("autobazaaar inventory photos {} lists them", item.sku)));
    }
    let gone: Vec<&String> = numbers.iter().map(|number| &item.images[number - 1]).collect();
    let of_gone = |url: &str| gone.iter().any(|name| url.starts_with(name.trim_end_matches(".jpg")));
    let images = item.images.iter().filter(|image| !gone.contains(image)).cloned().collect();
    let (dropped, sizes): (Vec<_>, Vec<_>) =
        item.processed_images.iter().cloned().partition(|one| of_gone(&one.url));
    let mut hands = ByHand::default();
    let after = desk.executor(&mut hands).show_photos(item.inventory_id, images, sizes).await?;
    // Another item may show the same photo.
    let used = desk.store.read().await?.photos_in_use().await?;
    desk.store.drop_photos(dropped.iter().map(|one| one.url.as_str()).filter(|url| !used.contains(*url)))?;
    Ok(after)
}

fn list(item: &InventoryItem, context: &Context<'_>) -> Result<(), CliError> {
    let state = state_folder(context)?;
    let mut table = Table::new([
        Column::number("number", "number"),
        Column::number("width", "width"),
        Column::number("height", "height"),
        // Never cut: it is there to be opened.
        Column::number("file", "file"),
    ]);
    for (at, image) in item.images.iter().enumerate() {
        let size = item.processed_images.iter().find(|one| one.url == *image);
        let pixels = |pixels: Option<u32>| pixels.map_or_else(Cell::missing, |n| Cell::count(n.into()));
        table.push([
            Cell::count(at as u64 + 1),
            pixels(size.map(|one| one.width)),
            pixels(size.map(|one| one.height)),
            Cell::text(state.join(image).display().to_string()),
        ]);
    }
    context.out.table(&table.or_empty(format!(
        "there are no photos of {}; add some: autobazaaar inventory photos {} FILE…",
        item.sku, item.sku
    )))
}
