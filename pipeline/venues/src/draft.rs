//! A listing while it is being read.

use std::collections::BTreeMap;

use autobazaaar_domain::{
    Cents, Condition, Currency, ListingKey, Location, Observation, PriceKind, Seller, Status, Utc, price,
};

use crate::file::mask;
use crate::page::{Misread, ReadContext, SeenListing};
use crate::venue::Venue;

/// Longest text of one field; what is longer is cut.
const MOST_FIELD_CHARS: usize = 100_000;

/// A price with its currency, where the page says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    pub amount: Option<Cents>,
    pub kind: PriceKind,
    pub currency: Option<Currency>,
}

impl Price {
    /// No price named.
    pub(crate) const ON_REQUEST: Self = Self { amount: None, kind: PriceKind::OnRequest, currency: None };

    /// A price asked where nobody is bound by it: nothing is a gift, and numbers that people type
    /// to get past a form are not meant.
    pub(crate) fn asked(amount: Cents, currency: Currency) -> Self {
        let scale = currency.scale();
        let kind = match amount.0 {
            0 => PriceKind::Free,
            cents if cents % scale == 0 && price::is_placeholder(cents / scale) => PriceKind::Placeholder,
            _ => PriceKind::Fixed,
        };
        Self { amount: Some(amount), kind, currency: Some(currency) }
    }

    /// A price at which the venue sells to whoever clicks: meant, whatever it is.
    pub(crate) fn binding(amount: Cents, currency: Currency) -> Self {
        let kind = if amount.0 == 0 { PriceKind::Free } else { PriceKind::Fixed };
        Self { amount: Some(amount), kind, currency: Some(currency) }
    }
}

/// The fields of an observation that a page can tell; the rest is the context's.
#[derive(Debug)]
pub(crate) struct Draft {
    pub id: String,
    pub title: String,
    pub url: Option<String>,
    pub description: Option<String>,
    pub category: Option<String>,
    pub condition: Option<Condition>,
    pub price: Price,
    pub original_price: Option<Cents>,
    pub shipping_price: Option<Cents>,
    pub images: Vec<String>,
    pub location: Location,
    pub seller: Seller,
    pub seller_name: Option<String>,
    pub listed_at: Option<Utc>,
    pub expires_at: Option<Utc>,
    pub views: Option<i64>,
    pub watchers: Option<i64>,
    pub status: Status,
    pub sold_at: Option<Utc>,
    pub attributes: BTreeMap<String, String>,
}

impl Draft {
    /// A listing; refused without an id or a title.
    pub(crate) fn new(id: &str, title: &str) -> Result<Self, Misread> {
        let (id, title) = (id.trim(), title.trim());
        let missing = |code, what: &str| Misread {
            code,
            reason: format!("a listing without {what}"),
            raw: format!("id `{id}`, title `{title}`"),
        };
        if id.is_empty() || id.len() > 100 {
            return Err(missing("id_missing", "an id"));
        }
        if title.is_empty() {
            return Err(missing("title_missing", "a title"));
        }
        Ok(Self {
            id: id.to_owned(),
            title: title.to_owned(),
            url: None,
            description: None,
            category: None,
            condition: None,
            price: Price::ON_REQUEST,
            original_price: None,
            shipping_price: None,
            images: Vec::new(),
            location: Location::default(),
            seller: Seller::default(),
            seller_name: None,
            listed_at: None,
            expires_at: None,
            views: None,
            watchers: None,
            status: Status::Active,
            sold_at: None,
            attributes: BTreeMap::new(),
        })
    }

    /// Notes an attribute, where there is a value.
    pub(crate) fn attribute(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        if let Some(value) = value
            && !name.is_empty()
            && self.attributes.len() < 200
        {
            self.attributes.insert(clip(name).to_owned(), mask(clip(value)).into_owned());
        }
    }

    /// Sold, at the price that is shown.
    pub(crate) fn sold(&mut self) {
        self.status = Status::Sold;
        self.price.kind = PriceKind::Sold;
    }

    /// Notes an image once.
    pub(crate) fn image(&mut self, url: Option<&str>) {
        if let Some(url) = url.filter(|url| url.starts_with("http"))
            && self.images.len() < 100
            && !self.images.iter().any(|known| known == url)
        {
            self.images.push(url.to_owned());
        }
    }

    pub(crate) fn finish(self, venue: Venue, row: usize, context: &ReadContext<'_>) -> SeenListing {
        let observation = Observation {
            key: ListingKey { platform: venue.platform(), external_id: self.id },
            run_id: context.run_id.clone(),
            observed_at: context.observed_at,
            url: self.url,
            title: mask(clip(&self.title)).into_owned(),
            description: self
                .description
                .map(|text| mask(clip(text.trim())).into_owned())
                .filter(|text| !text.is_empty()),
            category: self.category.unwrap_or_else(|| "uncategorised".to_owned()),
            condition: self.condition,
            price: self.price.amount,
            price_kind: self.price.kind,
            currency: self.price.currency.or(context.currency).unwrap_or(Currency::USD),
            original_price: self.original_price,
            shipping_price: self.shipping_price,
            primary_image: self.images.first().cloned(),
            images: self.images,
            location: self.location,
            seller_key: None,
            seller: self.seller,
            listed_at: self.listed_at,
            expires_at: self.expires_at,
            views: self.views,
            watchers: self.watchers,
            status: self.status,
            sold_at: self.sold_at,
            attributes: self.attributes.into(),
            raw_ref: format!("{}:{row}", context.label),
        };
        SeenListing { observation, seller_name: self.seller_name.filter(|name| !name.trim().is_empty()) }
    }
}

fn clip(text: &str) -> &str {
    match text.char_indices().nth(MOST_FIELD_CHARS) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// A condition in the words that people and venues use; `None` for other words.
pub(crate) fn condition(words: &str) -> Option<Condition> {
    let words = words.trim().to_lowercase().replace(['_', '-', '(', ')'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.strip_prefix("pc ").unwrap_or(&words);
    let words = words.strip_prefix("used ").or_else(|| words.strip_prefix("refurbished ")).unwrap_or(words);
    Some(match words {
        "new" | "brand new" | "new in box" | "new with tags" | "new with box" | "new sealed" => {
            Condition::New
        }
        "like new" | "open box" | "mint" | "excellent" | "nearly new" | "open box never used" => {
            Condition::LikeNew
        }
        "good" | "very good" | "used" | "pre owned" | "normal wear" | "used normal wear" | "gently used" => {
            Condition::Good
        }
        "fair" | "acceptable" | "okay" => Condition::Fair,
        "poor" | "heavily used" | "damaged" => Condition::Poor,
        "salvage"
        | "parts"
        | "for parts"
        | "parts only"
        | "broken"
        | "broken parts"
        | "for parts or not working" => Condition::Parts,
        _ => return None,
    })
}
