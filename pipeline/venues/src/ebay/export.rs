//! Drafts for eBay's Seller Hub: the CSV of "Reports › Upload › Create drafts". Each draft is completed
//! and published at ebay.com/sh/lst/drafts.
//! Format: the template `eBay-draft-listings-template`, version 0.0.2 (seen 2026).

use std::collections::BTreeMap;

use autobazaaar_domain::{Condition, Currency, Money};

use crate::export::{ForSale, Refused, Upload, upload, web_images};

/// Characters of a title.
const LONGEST_TITLE: usize = 80;
/// Pictures of a draft.
const MOST_IMAGES: usize = 24;

/// eBay's site for a marketplace: SiteID, country, currency.
const SITES: [(&str, &str, &str, &str); 8] = [
    ("EBAY_US", "US", "US", "USD"),
    ("EBAY_GB", "UK", "GB", "GBP"),
    ("EBAY_DE", "Germany", "DE", "EUR"),
    ("EBAY_FR", "France", "FR", "EUR"),
    ("EBAY_IT", "Italy", "IT", "EUR"),
    ("EBAY_ES", "Spain", "ES", "EUR"),
    ("EBAY_CA", "Canada", "CA", "CAD"),
    ("EBAY_AU", "Australia", "AU", "AUD"),
];

/// A marketplace that has no such template here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no template of drafts for {0}: write EBAY_US, EBAY_GB, EBAY_DE, EBAY_FR, EBAY_IT, EBAY_ES, EBAY_CA or EBAY_AU as `marketplace` in [ebay]"
)]
pub struct NoTemplate(String);

/// A CSV of drafts. `categories`: our category names → eBay's category numbers; a category that is all
/// digits is taken as such a number.
///
/// # Errors
/// For a marketplace without a template.
pub fn drafts(
    listings: &[ForSale],
    marketplace: &str,
    categories: &BTreeMap<String, String>,
) -> Result<Upload, NoTemplate> {
    let none = || NoTemplate(marketplace.to_owned());
    let (_, site, country, currency) = SITES.iter().find(|site| site.0 == marketplace).ok_or_else(none)?;
    let head = format!("#INFO,Version=0.0.2,Template= eBay-draft-listings-template_{country},,,,,,,,");
    let action = format!("Action(SiteID={site}|Country={country}|Currency={currency}|Version=1193|CC=UTF-8)");
    let columns = [
        action.as_str(),
        "Custom label (SKU)",
        "Category ID",
        "Title",
        "UPC",
        "Price",
        "Quantity",
        "Item photo URL",
        "Condition ID",
        "Description",
        "Format",
    ]
    .map(str::to_owned);
    let currency: Currency = currency.parse().map_err(|_| none())?;
    Ok(upload(&[&head], &columns, listings, |one| row(one, currency, categories)))
}

fn row(one: &ForSale, site: Currency, categories: &BTreeMap<String, String>) -> Result<Vec<String>, Refused> {
    let ForSale { listing, item } = one;
    let length = listing.title.chars().count();
    if length > LONGEST_TITLE {
        let reason = format!("the title has {length} characters, and eBay takes {LONGEST_TITLE}");
        return Err(Refused::new(reason, "shorten the title"));
    }
    if listing.currency != site {
        let reason = format!("it is offered in {}, and the site takes {site}", listing.currency);
        return Err(Refused::new(reason, "choose the `marketplace` of that currency in [ebay]"));
    }
    if listing.price.0 <= 0 {
        return Err(Refused::new("its price is not above zero", "set a price"));
    }
    let category = category_id(&item.category, categories).ok_or_else(|| {
        let reason = format!("eBay's number for the category `{}` is not known", item.category);
        Refused::new(reason, "add it to [ebay.category_ids]; ebay.com shows it in a category's address")
    })?;
    let price = Money { amount: listing.price, currency: listing.currency };
    let images: Vec<&str> = web_images(listing).into_iter().take(MOST_IMAGES).collect();
    Ok(vec![
        "Draft".to_owned(),
        item.sku.clone(),
        category.to_owned(),
        listing.title.clone(),
        String::new(),
        price.decimal(),
        "1".to_owned(),
        images.join("|"),
        condition_id(item.condition).to_owned(),
        html(&listing.description),
        "FixedPrice".to_owned(),
    ])
}

/// eBay's number for a category of ours; `None` where none is configured and it is no such number itself.
#[must_use]
pub fn category_id<'a>(category: &'a str, categories: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let same = |name: &&String| name.eq_ignore_ascii_case(category);
    let named = categories.keys().find(same).and_then(|name| categories.get(name)).map(String::as_str);
    named.or_else(|| {
        (!category.is_empty() && category.bytes().all(|b| b.is_ascii_digit())).then_some(category)
    })
}

/// eBay's condition id. Grades between new and broken differ by category at eBay; "used" is known to all, and the description
/// says how used.
#[must_use]
pub fn condition_id(condition: Option<Condition>) -> &'static str {
    match condition {
        Some(Condition::New) => "1000",
        Some(Condition::Parts) => "7000",
        Some(_) => "3000",
        None => "",
    }
}

/// Plain text as eBay's descriptions take it.
#[must_use]
pub fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.trim().replace("\r\n", "\n").replace('\n', "<br>")
}
