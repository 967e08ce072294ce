//! A search by eBay's Browse API; what was sold by Marketplace Insights.

use autobazaaar_domain::{Cents, Currency};
use autobazaaar_ebay::{
    Buying, Coverage, Ebay, EbayError, Pickup, PriceRange, SearchPages, SearchQuery, Sort, first_sales,
};
use autobazaaar_venues::ebay::search::condition_ids;

use super::read::{Covered, Raw};
use super::trouble::{Trouble, TroubleKind};
use crate::config::SearchConfig;

/// Marketplaces of eBay, each with its country and currency.
const MARKETPLACES: [(&str, &str, &str); 14] = [
    ("EBAY_US", "US", "USD"),
    ("EBAY_GB", "GB", "GBP"),
    ("EBAY_DE", "DE", "EUR"),
    ("EBAY_FR", "FR", "EUR"),
    ("EBAY_IT", "IT", "EUR"),
    ("EBAY_ES", "ES", "EUR"),
    ("EBAY_AT", "AT", "EUR"),
    ("EBAY_NL", "NL", "EUR"),
    ("EBAY_BE", "BE", "EUR"),
    ("EBAY_IE", "IE", "EUR"),
    ("EBAY_CA", "CA", "CAD"),
    ("EBAY_AU", "AU", "AUD"),
    ("EBAY_CH", "CH", "CHF"),
    ("EBAY_PL", "PL", "PLN"),
];

/// The pages of a search, one call each.
pub(super) struct ApiPages<'a> {
    pages: SearchPages<'a>,
    sold: bool,
    started: bool,
}

impl<'a> ApiPages<'a> {
    pub(super) fn new(ebay: &'a Ebay, search: &SearchConfig, marketplace: &str) -> Result<Self, Trouble> {
        let query = query(search, marketplace)?;
        let pages = if search.sold { ebay.sales(&query) } else { ebay.search(&query) };
        Ok(Self { pages, sold: search.sold, started: false })
    }

    pub(super) async fn next(&mut self) -> Result<Option<Raw>, Trouble> {
        let first = !std::mem::replace(&mut self.started, true);
        let page =
            if self.sold && first { first_sales(&mut self.pages).await } else { self.pages.next().await };
        let page = page.map_err(|error| trouble(&error))?;
        Ok(page.map(|page| Raw {
            label: page.record.as_ref().map_or(page.url, |path| path.display().to_string()),
            body: page.body,
            page: None,
        }))
    }

    /// How much was seen, once there is no more.
    pub(super) fn covered(&self) -> Option<Covered> {
        match self.pages.coverage() {
            Coverage::Going => None,
            Coverage::Complete => Some(Covered::Complete),
            Coverage::Capped => Some(Covered::Capped),
        }
    }
}

fn trouble(error: &EbayError) -> Trouble {
    if matches!(error, EbayError::NotGranted { .. }) {
        let mend = "apply for Marketplace Insights at eBay, or save pages of sold items and read those";
        return Trouble::new(TroubleKind::Grant, error.to_string(), mend);
    }
    Trouble::of_ebay(error)
}

fn query(search: &SearchConfig, marketplace: &str) -> Result<SearchQuery, Trouble> {
    let known = MARKETPLACES.iter().find(|(name, ..)| *name == marketplace);
    let unknown = || {
        Trouble::new(
            TroubleKind::Query,
            format!("`marketplace` in [ebay] is \"{marketplace}\", whose currency is not known"),
            "write EBAY_US, EBAY_GB, EBAY_DE or another of eBay's marketplaces",
        )
    };
    let (_, country, currency) = known.ok_or_else(unknown)?;
    let currency: Currency = currency.parse().map_err(|_| unknown())?;
    let units = |units: u32| Cents(i64::from(units) * currency.scale());
    let ranged = search.lowest.is_some() || search.highest.is_some();
    let ids = search.conditions.iter().flat_map(|condition| condition_ids(*condition));
    let mut conditions: Vec<u16> = ids.filter_map(|id| id.parse().ok()).collect();
    conditions.sort_unstable();
    conditions.dedup();
    let pickup = search.zip.clone().zip(search.radius_km).map(|(postal_code, km)| Pickup {
        country: (*country).to_owned(),
        postal_code,
        // eBay counts in miles.
        radius_miles: (km * 5).div_ceil(8),
    });
    Ok(SearchQuery {
        text: Some(search.query.clone()),
        categories: search.category.iter().cloned().collect(),
        price: ranged.then(|| PriceRange {
            low: search.lowest.map(units),
            high: search.highest.map(units),
            currency,
        }),
        conditions,
        buying: vec![Buying::Auction, Buying::FixedPrice],
        country: None,
        pickup,
        sort: (!search.sold).then_some(Sort::Newest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_what_ebay_takes() {
        let text = "name = 'a'\nvenue = 'ebay'\nquery = 'lamp'\nzip = '94103'\nradius_km = 16\nlowest = 5\n\
                    conditions = ['poor', 'parts']";
        let search: SearchConfig = toml::from_str(text).unwrap();
        let asked = query(&search, "EBAY_GB").unwrap();
        let price = PriceRange { low: Some(Cents(500)), high: None, currency: "GBP".parse().unwrap() };
        assert_eq!((asked.price, asked.conditions), (Some(price), vec![7000]));
        assert_eq!(asked.pickup.unwrap().radius_miles, 10);
        assert_eq!(query(&search, "EBAY_MARS").unwrap_err().kind, TroubleKind::Query);
    }
}
