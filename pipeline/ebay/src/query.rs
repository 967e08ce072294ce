//! What to search for, as the Browse API takes it.
//! Wire: developer.ebay.com/api-docs/buy/static/ref-buy-browse-filters.html

use autobazaaar_domain::{Cents, Currency, Money};

/// A search. Everything set narrows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchQuery {
    /// Words; all must occur. `(a, b)` finds either.
    pub text: Option<String>,
    /// Category ids.
    pub categories: Vec<String>,
    pub price: Option<PriceRange>,
    /// Condition ids: 1000 new … 7000 for parts.
    pub conditions: Vec<u16>,
    /// Empty is eBay's default: fixed prices only.
    pub buying: Vec<Buying>,
    /// Where it lies: `US`.
    pub country: Option<String>,
    /// Only what can be fetched near a place.
    pub pickup: Option<Pickup>,
    pub sort: Option<Sort>,
}

/// A price range; an end that is not set is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRange {
    pub low: Option<Cents>,
    pub high: Option<Cents>,
    pub currency: Currency,
}

/// How it may be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buying {
    Auction,
    FixedPrice,
    BestOffer,
}

/// A circle around a postal code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pickup {
    /// `US`.
    pub country: String,
    pub postal_code: String,
    /// In miles.
    pub radius_miles: u32,
}

/// Order of the results; eBay's default is by relevance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Price and shipping, lowest first.
    Price,
    /// Price and shipping, highest first.
    PriceDown,
    Newest,
    EndingSoonest,
}

impl SearchQuery {
    /// The parameters of a search, without limit and offset.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        if let Some(text) = self.text.as_ref().filter(|text| !text.trim().is_empty()) {
            all.push(("q", text.trim().to_owned()));
        }
        if !self.categories.is_empty() {
            all.push(("category_ids", self.categories.join(",")));
        }
        let filter = self.filters().join(",");
        if !filter.is_empty() {
            all.push(("filter", filter));
        }
        if let Some(sort) = self.sort {
            all.push(("sort", sort.as_str().to_owned()));
        }
        all
    }

    fn filters(&self) -> Vec<String> {
        let mut filters = Vec::new();
        if let Some(PriceRange { low, high, currency }) = self.price {
            let end = |end: Option<Cents>| {
                end.map_or_else(String::new, |amount| Money { amount, currency }.decimal())
            };
            filters.push(format!("price:[{}..{}],priceCurrency:{currency}", end(low), end(high)));
        }
        if !self.conditions.is_empty() {
            filters.push(format!("conditionIds:{{{}}}", joined(self.conditions.iter())));
        }
        if !self.buying.is_empty() {
            filters.push(format!("buyingOptions:{{{}}}", joined(self.buying.iter().map(|b| b.as_str()))));
        }
        if let Some(country) = &self.country {
            filters.push(format!("itemLocationCountry:{}", code(country)));
        }
        if let Some(Pickup { country, postal_code, radius_miles }) = &self.pickup {
            let (country, postal_code) = (code(country), code(postal_code));
            filters.push(format!(
                "pickupCountry:{country},pickupPostalCode:{postal_code},pickupRadius:{radius_miles},\
                 pickupRadiusUnit:mi,deliveryOptions:{{SELLER_ARRANGED_LOCAL_PICKUP}}"
            ));
        }
        filters
    }
}

impl Buying {
    fn as_str(self) -> &'static str {
        match self {
            Self::Auction => "AUCTION",
            Self::FixedPrice => "FIXED_PRICE",
            Self::BestOffer => "BEST_OFFER",
        }
    }
}

impl Sort {
    fn as_str(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::PriceDown => "-price",
            Self::Newest => "newlyListed",
            Self::EndingSoonest => "endingSoonest",
        }
    }
}

fn joined(values: impl Iterator<Item = impl ToString>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join("|")
}

/// A code without what would end a filter.
fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_written_as_ebay_reads_it() {
        assert_eq!(SearchQuery::default().parameters(), []);
        let query = SearchQuery {
            text: Some(" canon ae-1 ".into()),
            categories: vec!["15230".into(), "31388".into()],
            price: Some(PriceRange { low: Some(Cents(1000)), high: None, currency: Currency::USD }),
            conditions: vec![3000, 4000],
            buying: vec![Buying::Auction, Buying::FixedPrice],
            country: Some("US,x:{".into()),
            pickup: Some(Pickup { country: "US".into(), postal_code: "94110".into(), radius_miles: 25 }),
            sort: Some(Sort::Newest),
        };
        let filter = "price:[10.00..],priceCurrency:USD,conditionIds:{3000|4000},\
            buyingOptions:{AUCTION|FIXED_PRICE},itemLocationCountry:USx,\
            pickupCountry:US,pickupPostalCode:94110,pickupRadius:25,pickupRadiusUnit:mi,\
            deliveryOptions:{SELLER_ARRANGED_LOCAL_PICKUP}";
        let expected = [
            ("q", "canon ae-1"),
            ("category_ids", "15230,31388"),
            ("filter", filter),
            ("sort", "newlyListed"),
        ];
        assert_eq!(query.parameters(), expected.map(|(name, value)| (name, value.to_owned())));
    }
}
