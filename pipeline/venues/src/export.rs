//! Files and texts for venues on which the owner lists by hand: pure, from what is offered to bytes.

use autobazaaar_domain::Condition;
use autobazaaar_domain::inventory::InventoryItem;
use autobazaaar_domain::resale::ResaleListing;

/// One thing that is offered: the listing and the item behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct ForSale {
    pub listing: ResaleListing,
    pub item: InventoryItem,
}

/// A file to upload, and what could not go into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// As it is to be saved: UTF-8 with line ends as the venue's own templates have them.
    pub text: String,
    /// Numbers (SKU) of the listings in it.
    pub exported: Vec<String>,
    pub left_out: Vec<LeftOut>,
}

/// A listing that the venue would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub sku: String,
    pub title: String,
    pub reason: String,
    pub mend: String,
}

/// Why one listing cannot be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub reason: String,
    pub mend: &'static str,
}

impl Refused {
    pub(crate) fn new(reason: impl Into<String>, mend: &'static str) -> Self {
        Self { reason: reason.into(), mend }
    }
}

/// Writes a table with CRLF; `head` are lines before its header, as they are.
pub(crate) fn upload(
    head: &[&str],
    columns: &[String],
    listings: &[ForSale],
    row: impl Fn(&ForSale) -> Result<Vec<String>, Refused>,
) -> Upload {
    let mut upload = Upload { text: String::new(), exported: Vec::new(), left_out: Vec::new() };
    for line in head {
        upload.text.push_str(line);
        upload.text.push_str("\r\n");
    }
    write_row(columns, &mut upload.text);
    for one in listings {
        let sku = one.item.sku.clone();
        match row(one) {
            Ok(cells) => {
                write_row(&cells, &mut upload.text);
                upload.exported.push(sku);
            }
            Err(Refused { reason, mend }) => {
                let title = one.listing.title.clone();
                upload.left_out.push(LeftOut { sku, title, reason, mend: mend.to_owned() });
            }
        }
    }
    upload
}

/// RFC 4180: quotes where they are needed, doubled inside.
fn write_row(cells: &[String], text: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push_str("\r\n");
}

/// Addresses among pictures that a venue can fetch by itself.
pub(crate) fn web_images(listing: &ResaleListing) -> Vec<&str> {
    listing.images.iter().map(String::as_str).filter(|image| image.starts_with("https://")).collect()
}

/// A text to copy into a venue's form, field by field.
#[must_use]
pub fn text(one: &ForSale) -> String {
    let ForSale { listing, item } = one;
    let price = autobazaaar_domain::Money { amount: listing.price, currency: listing.currency };
    let mut lines =
        vec![format!("Title: {}", listing.title), format!("Price: {} {}", price.decimal(), listing.currency)];
    if let Some(shipping) = listing.shipping_price {
        let shipping = autobazaaar_domain::Money { amount: shipping, currency: listing.currency };
        lines.push(format!("Shipping: {} {}", shipping.decimal(), listing.currency));
    }
    if let Some(condition) = item.condition {
        lines.push(format!("Condition: {}", words(condition)));
    }
    lines.push(format!("Category: {}", item.category));
    lines.push(format!("Our number: {}", item.sku));
    lines.push(String::new());
    lines.push(listing.description.clone());
    if !listing.images.is_empty() {
        lines.push(String::new());
        lines.push("Pictures:".to_owned());
        lines.extend(listing.images.iter().map(|image| format!("- {image}")));
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// A condition as forms word it.
fn words(condition: Condition) -> &'static str {
    match condition {
        Condition::New => "new",
        Condition::LikeNew => "like new",
        Condition::Good => "good",
        Condition::Fair => "fair",
        Condition::Poor => "poor",
        Condition::Parts => "for parts or not working",
    }
}
