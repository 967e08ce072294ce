//! Pages as bytes: JSON for programs, HTML for people and parsers.

use std::fmt::Write as _;

use autobazaaar_domain::{Money, Observation};
use serde::Serialize;

use super::Bazaar;
use super::acts::Refusal;
use super::reading::{Query, ResultPage, url};

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Html,
}

/// A listing as its venue tells it: no word of who read it and when.
#[derive(Serialize)]
struct Told<'a> {
    id: &'a str,
    #[serde(flatten)]
    listing: serde_json::Value,
}

/// A page as its venue tells it.
#[derive(Serialize)]
struct ToldPage<'a> {
    venue: &'a str,
    query: &'a str,
    page: u32,
    next: Option<u32>,
    total: u64,
    complete: bool,
    listings: Vec<Told<'a>>,
}

impl Bazaar {
    /// A page of results as a body. A garbled one arrives cut off, as it does on the wire.
    ///
    /// # Errors
    /// As [`Self::search`], but for [`Refusal::Garbled`].
    pub fn search_body(
        &mut self,
        venue: &str,
        query: &Query,
        page: u32,
        format: Format,
    ) -> Result<String, Refusal> {
        let result = match self.search(venue, query, page) {
            Err(Refusal::Garbled) => {
                let sound = self.undisturbed(|bazaar| bazaar.search(venue, query, page))?;
                return Ok(cut(page_body(&sound, format)?, self.calls));
            }
            other => other?,
        };
        page_body(&result, format)
    }

    /// One listing as a body.
    ///
    /// # Errors
    /// As [`Self::listing`], but for [`Refusal::Garbled`].
    pub fn listing_body(
        &mut self,
        venue: &str,
        external_id: &str,
        format: Format,
    ) -> Result<String, Refusal> {
        let result = match self.listing(venue, external_id) {
            Err(Refusal::Garbled) => {
                let sound = self.undisturbed(|bazaar| bazaar.listing(venue, external_id))?;
                return Ok(cut(listing_body(&sound, format)?, self.calls));
            }
            other => other?,
        };
        listing_body(&result, format)
    }

    fn undisturbed<T>(&mut self, call: impl FnOnce(&mut Self) -> T) -> T {
        let faults = std::mem::take(&mut self.faults);
        let result = call(self);
        self.faults = faults;
        result
    }
}

fn page_body(page: &ResultPage, format: Format) -> Result<String, Refusal> {
    match format {
        Format::Json => json(&ToldPage {
            venue: &page.platform,
            query: &page.query,
            page: page.page,
            next: page.next,
            total: page.total,
            complete: page.complete,
            listings: page.listings.iter().map(told).collect::<Result<_, _>>()?,
        }),
        Format::Html => Ok(page_html(page)),
    }
}

fn listing_body(listing: &Observation, format: Format) -> Result<String, Refusal> {
    match format {
        Format::Json => json(&told(listing)?),
        Format::Html => {
            let mut html = String::new();
            head(&mut html, &listing.title);
            article(&mut html, listing);
            html.push_str("</body></html>\n");
            Ok(html)
        }
    }
}

fn json(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|_| Refusal::Unavailable)
}

fn told(listing: &Observation) -> Result<Told<'_>, Refusal> {
    let mut value = serde_json::to_value(listing).map_err(|_| Refusal::Unavailable)?;
    if let Some(fields) = value.as_object_mut() {
        for ours in ["key", "run_id", "observed_at", "raw_ref"] {
            fields.remove(ours);
        }
    }
    Ok(Told { id: &listing.key.external_id, listing: value })
}

fn page_html(page: &ResultPage) -> String {
    let mut html = String::with_capacity(2_000 + page.listings.len() * 900);
    head(&mut html, &format!("{} at {}", page.query, page.platform));
    // Writing to a String cannot fail.
    let _ = writeln!(html, "<p class=\"total\" data-total=\"{}\">{} results</p>", page.total, page.total);
    for listing in &page.listings {
        article(&mut html, listing);
    }
    if let Some(next) = page.next {
        let _ =
            writeln!(html, "<a rel=\"next\" href=\"?q={}&amp;page={next}\">next</a>", escaped(&page.query));
    }
    html.push_str("</body></html>\n");
    html
}

fn head(html: &mut String, title: &str) {
    let title = escaped(title);
    let _ = writeln!(
        html,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>"
    );
}

/// A listing with schema.org's names (<https://schema.org/Offer>).
fn article(html: &mut String, listing: &Observation) {
    let _ = writeln!(
        html,
        "<article itemscope itemtype=\"https://schema.org/Offer\" data-id=\"{}\" data-status=\"{}\" data-price-kind=\"{}\">",
        escaped(&listing.key.external_id),
        listing.status,
        listing.price_kind,
    );
    let _ = writeln!(
        html,
        "<h2><a href=\"{}\" itemprop=\"name\">{}</a></h2>",
        url(&listing.key),
        escaped(&listing.title)
    );
    if let Some(amount) = listing.price {
        let money = Money { amount, currency: listing.currency };
        let _ = writeln!(
            html,
            "<span itemprop=\"price\" content=\"{}\">{money}</span> <meta itemprop=\"priceCurrency\" content=\"{}\">",
            money.decimal(),
            listing.currency,
        );
    }
    let mut field = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(html, "<span class=\"{name}\">{}</span>", escaped(&value));
        }
    };
    field("condition", listing.condition.map(|condition| condition.to_string()));
    field(
        "shipping",
        listing.shipping_price.map(|amount| Money { amount, currency: listing.currency }.decimal()),
    );
    field("city", listing.location.city.clone());
    field("seller", listing.seller_key.clone());
    field("category", Some(listing.category.clone()));
    if let Some(at) = listing.listed_at {
        let _ = writeln!(html, "<time datetime=\"{}\"></time>", at.format("%FT%TZ"));
    }
    if let Some(text) = &listing.description {
        let _ = writeln!(html, "<p itemprop=\"description\">{}</p>", escaped(text));
    }
    for image in &listing.images {
        let _ = writeln!(html, "<img src=\"{}\" alt=\"\">", escaped(image));
    }
    for (name, value) in &listing.attributes {
        let _ = writeln!(
            html,
            "<span class=\"attribute\" data-name=\"{}\">{}</span>",
            escaped(name),
            escaped(value)
        );
    }
    html.push_str("</article>\n");
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// The first part of a body, where the connection broke.
fn cut(body: String, call: u64) -> String {
    let keep = body.chars().count() * (10 + (call % 80) as usize) / 100;
    body.chars().take(keep).collect()
}
