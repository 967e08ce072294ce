//! A catalogue for Facebook's Commerce Manager: the CSV of a product feed.
//! Format: developers.facebook.com/docs/marketing-api/catalog/reference, "Supported feed formats".

use autobazaaar_domain::{Condition, Money};

use crate::export::{ForSale, Refused, Upload, upload, web_images};

/// Characters of a title and of a description.
const LONGEST_TITLE: usize = 200;
const LONGEST_DESCRIPTION: usize = 9_999;
/// Pictures beside the first.
const MOST_IMAGES: usize = 20;

/// A CSV of the catalogue. `link` is the page that rows lead to whose listing has none of its own. The
/// brand stays empty: nothing here knows it.
#[must_use]
pub fn catalogue(listings: &[ForSale], link: Option<&str>) -> Upload {
    let columns = [
        "id",
        "title",
        "description",
        "availability",
        "condition",
        "price",
        "link",
        "image_link",
        "additional_image_link",
        "brand",
    ]
    .map(str::to_owned);
    upload(&[], &columns, listings, |one| row(one, link))
}

fn row(one: &ForSale, link: Option<&str>) -> Result<Vec<String>, Refused> {
    let ForSale { listing, item } = one;
    let length = listing.title.chars().count();
    if length > LONGEST_TITLE {
        let reason = format!("the title has {length} characters, and Facebook takes {LONGEST_TITLE}");
        return Err(Refused::new(reason, "shorten the title"));
    }
    if listing.description.trim().is_empty() {
        return Err(Refused::new("it has no description", "write one"));
    }
    if listing.price.0 <= 0 {
        return Err(Refused::new("its price is not above zero", "set a price"));
    }
    let condition = item.condition.ok_or_else(|| Refused::new("its condition is not known", "inspect it"))?;
    let images = web_images(listing);
    let (first, more) = images.split_first().ok_or_else(|| {
        let mend = "put a picture where Facebook can fetch it, and add its https address to the listing";
        Refused::new("it has no picture with an https address", mend)
    })?;
    let link =
        listing.url.as_deref().or(link).ok_or_else(|| {
            Refused::new("it has no page of its own", "name yours: --link https://your.page/")
        })?;
    let price = Money { amount: listing.price, currency: listing.currency };
    let more: Vec<&str> = more.iter().copied().take(MOST_IMAGES).collect();
    Ok(vec![
        item.sku.clone(),
        listing.title.clone(),
        listing.description.chars().take(LONGEST_DESCRIPTION).collect(),
        "in stock".to_owned(),
        condition_word(condition).to_owned(),
        format!("{} {}", price.decimal(), listing.currency),
        link.to_owned(),
        (*first).to_owned(),
        more.join(","),
        String::new(),
    ])
}

/// The catalogue's words; what is broken is used, and the description says so.
fn condition_word(condition: Condition) -> &'static str {
    match condition {
        Condition::New => "new",
        Condition::LikeNew => "used_like_new",
        Condition::Good => "used_good",
        Condition::Fair => "used_fair",
        Condition::Poor | Condition::Parts => "used",
    }
}
