//! What an item page tells machines: JSON-LD.
//! Source: schema.org `Product`, `Offer`, `AggregateOffer`, `OfferShippingDetails`, `BreadcrumbList`.

use autobazaaar_domain::{Cents, Currency};
use serde_json::Value;

use crate::html::Document;
use crate::json::{amount, at, list, objects, text};

/// The product and its offer, and the way to its category.
#[derive(Default)]
pub(super) struct Data {
    product: Value,
    crumbs: Vec<String>,
}

/// A price, or the span of several.
pub(super) struct Offered {
    pub low: Cents,
    pub high: Cents,
    pub currency: Currency,
}

impl Data {
    pub(super) fn of(document: &Document) -> Self {
        let mut data = Self::default();
        let linked = document.scripts().filter(|script| {
            script.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json"))
        });
        for script in linked {
            let Ok(value) = crate::json::parse(script.raw().trim()) else { continue };
            if data.product.is_null()
                && let Some(product) = of_type(&value, "Product").into_iter().next()
            {
                data.product = product.clone();
            }
            if data.crumbs.is_empty()
                && let Some(crumbs) = of_type(&value, "BreadcrumbList").first()
            {
                let names = list(crumbs, &["itemListElement"]).iter();
                let name = |crumb: &Value| {
                    text(crumb, &["name"]).or_else(|| text(crumb, &["item", "name"])).map(str::to_owned)
                };
                data.crumbs = names.filter_map(name).collect();
            }
        }
        data
    }

    pub(super) fn name(&self) -> Option<&str> {
        text(&self.product, &["name"])
    }

    pub(super) fn description(&self) -> Option<&str> {
        text(&self.product, &["description"])
    }

    /// Where the offer stands.
    pub(super) fn address(&self) -> Option<&str> {
        text(self.offer()?, &["url"])
    }

    pub(super) fn brand(&self) -> Option<&str> {
        text(&self.product, &["brand", "name"]).or_else(|| text(&self.product, &["brand"]))
    }

    /// The words behind `https://schema.org/…Condition`.
    pub(super) fn condition(&self) -> Option<&str> {
        let kind =
            text(self.offer()?, &["itemCondition"]).or_else(|| text(&self.product, &["itemCondition"]))?;
        kind.rsplit('/').next()?.strip_suffix("Condition")
    }

    pub(super) fn currency(&self) -> Option<Currency> {
        text(self.offer()?, &["priceCurrency"])?.parse().ok()
    }

    /// What is asked.
    pub(super) fn price(&self) -> Option<Offered> {
        let (offer, currency) = (self.offer()?, self.currency()?);
        let low = amount(offer, &["lowPrice"], currency);
        let high = amount(offer, &["highPrice"], currency);
        let one = amount(offer, &["price"], currency).or(low)?;
        Some(Offered { low: low.unwrap_or(one), high: high.unwrap_or(one), currency })
    }

    /// What sending it costs, where all that is told of it is one amount.
    pub(super) fn shipping(&self) -> Option<(Cents, Currency)> {
        let told = at(self.offer()?, &["shippingDetails"])?;
        let rates = match told {
            Value::Array(several) => several.iter().collect(),
            one => vec![one],
        };
        let [rate] = rates[..] else { return None };
        let currency: Currency = text(rate, &["shippingRate", "currency"])?.parse().ok()?;
        Some((amount(rate, &["shippingRate", "value"], currency)?, currency))
    }

    pub(super) fn images(&self) -> Vec<&str> {
        match at(&self.product, &["image"]) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The leaf category.
    pub(super) fn category(&self) -> Option<&str> {
        self.crumbs.last().map(String::as_str)
    }

    fn offer(&self) -> Option<&Value> {
        match at(&self.product, &["offers"])? {
            Value::Array(several) => several.first(),
            one => Some(one),
        }
    }
}

fn of_type<'v>(value: &'v Value, wanted: &str) -> Vec<&'v Value> {
    objects(value, &|object| match object.get("@type") {
        Some(Value::String(kind)) => kind == wanted,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    })
}
