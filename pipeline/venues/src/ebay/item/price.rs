//! What an item costs, and in which way it is meant.

use autobazaaar_domain::{Currency, PriceKind};

use super::super::parse::dollar;
use super::super::words;
use super::any;
use super::data::{Data, Offered};
use crate::draft::{Draft, Price};
use crate::html::{Document, Element};
use crate::page::Misread;
use crate::shown::{self, Shown};

/// Where the price to buy at stands, the bid so far, and any price; the old ids are among them.
const BUY: &[&str] = &["x-bin-price", "prcIsum", "mm-saleDscPrc"];
const BID: &[&str] = &["x-bid-price", "prcIsum_bidPrice"];
const ANY: &[&str] = &["x-price-primary"];
/// Where the price before stands, struck through.
const BEFORE: &[&str] = &["x-additional-info", "orgPrc"];
/// Inside them, but no price of the item: in another currency, per piece, before, or said aloud.
const BESIDE: &[&str] =
    &["x-price-approx", "x-additional-info", "ux-textspans--STRIKETHROUGH", "clipped", "x-volume-pricing"];
/// A button to make an offer.
const OFFER: &[&str] = &["x-offer-action", "boBtn_btn", "boBtnLnk"];

pub(super) fn read(draft: &mut Draft, document: &Document, data: &Data) -> Result<(), Misread> {
    let dollar = data.currency().filter(is_dollar).unwrap_or_else(|| dollar(document));
    let (buy, bid) = (amounts(document, BUY, dollar)?, amounts(document, BID, dollar)?);
    let is_auction = buy.is_none() && bid.is_some();
    let shown = match buy.or(bid) {
        Some(shown) => Some(shown),
        None => amounts(document, ANY, dollar)?,
    };
    let Some(Offered { low, high, currency }) = shown.or_else(|| data.price()) else { return Ok(()) };
    draft.price = Price::binding(low, currency);
    if is_auction {
        draft.price.kind = PriceKind::Auction;
    } else if high > low {
        draft.price.kind = PriceKind::Range;
    } else if draft.price.kind == PriceKind::Fixed && takes_offers(document) {
        draft.price.kind = PriceKind::OrBestOffer;
    }
    let before = find(document, BEFORE).map(|place| shown::amounts(&place.text(), dollar));
    let before = before.and_then(|found| found.into_iter().next());
    draft.original_price = before
        .filter(|before| before.currency == currency && before.amount > low)
        .map(|before| before.amount);
    Ok(())
}

/// Currencies that are written with a bare `$`.
fn is_dollar(currency: &Currency) -> bool {
    ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD"].contains(&currency.as_str())
}

fn find<'d>(document: &'d Document, names: &[&str]) -> Option<Element<'d>> {
    document
        .elements()
        .find(|element| any(*element, names) || element.attr("id").is_some_and(|id| names.contains(&id)))
}

/// The price at a place, or the span of two; an error where there is a number that is none.
fn amounts(document: &Document, names: &[&str], dollar: Currency) -> Result<Option<Offered>, Misread> {
    let Some(place) = find(document, names) else { return Ok(None) };
    let text = place.text_without(|element| any(element, BESIDE));
    let found = shown::amounts(&text, dollar);
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return if text.bytes().any(|b| b.is_ascii_digit()) { Err(unreadable(&text)) } else { Ok(None) };
    };
    if found.iter().any(|one: &Shown| one.currency != first.currency) {
        return Err(unreadable(&text));
    }
    Ok(Some(Offered { low: first.amount, high: last.amount, currency: first.currency }))
}

fn unreadable(text: &str) -> Misread {
    Misread {
        code: "price_unreadable",
        reason: format!("`{text}` is not a price that can be read exactly"),
        raw: text.to_owned(),
    }
}

fn takes_offers(document: &Document) -> bool {
    find(document, OFFER).is_some() || find(document, BUY).is_some_and(|place| words::is_offer(&place.text()))
}
