//! The answer of `sapi.craigslist.org/web/v8/postings/search/full`: arrays by position, as offsets
//! from what `data.decode` holds.

use autobazaaar_domain::{Cents, Currency, Utc};
use chrono::{DateTime, Duration};
use serde_json::Value;

use crate::draft::{Draft, Price};
use crate::json::{at, count, list, scalar, text};
use crate::page::{Misread, Parsed};
use crate::venue::Venue;

/// Numbers that begin the tagged arrays behind an item's fixed places.
const TAG_IMAGES: i64 = 4;
const TAG_SLUG: i64 = 6;
const TAG_PRICE: i64 = 10;
const TAG_TOKEN: i64 = 13;

/// A search's answer; `None` where it is another's.
pub(super) fn read(answer: &Value) -> Option<Parsed> {
    let data = at(answer, &["data"])?;
    let own = data.get("decode").is_some() && data.get("items").is_some();
    let items = list(data, &["items"]);
    if !own {
        return None;
    }
    if items.is_empty() {
        return Some(Parsed::no_results(Venue::Craigslist));
    }
    let Some(decode) = Decode::of(data) else {
        return Some(Parsed::unreadable(
            Venue::Craigslist,
            "it does not say what its postings are offsets from",
        ));
    };
    let rows = items.iter().filter_map(Value::as_array).map(|item| row(item, &decode)).collect();
    let total = count(data, &["totalResultCount"]).and_then(|total| u64::try_from(total).ok());
    Some(Parsed { total, ..Parsed::results(Venue::Craigslist, rows) })
}

/// What items are offsets from.
struct Decode<'a> {
    posting_id: i64,
    posted: Option<Utc>,
    locations: &'a [Value],
    descriptions: &'a [Value],
}

impl<'a> Decode<'a> {
    fn of(data: &'a Value) -> Option<Self> {
        let decode = at(data, &["decode"])?;
        Some(Self {
            posting_id: count(decode, &["minPostingId"])?,
            posted: count(decode, &["minPostedDate"])
                .and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
            locations: list(decode, &["locations"]),
            descriptions: list(decode, &["locationDescriptions"]),
        })
    }
}

fn row(item: &[Value], decode: &Decode<'_>) -> Result<Draft, Misread> {
    let id = item.first().and_then(Value::as_i64).and_then(|delta| decode.posting_id.checked_add(delta));
    let title = item.iter().rev().find_map(Value::as_str).unwrap_or_default();
    let mut draft = Draft::new(&id.map(|id| id.to_string()).unwrap_or_default(), title)?;
    let seconds = item.get(1).and_then(Value::as_i64).and_then(Duration::try_seconds);
    draft.listed_at = decode.posted.and_then(|posted| posted.checked_add_signed(seconds?));
    price(&mut draft, item)?;
    let host = place(&mut draft, item, decode);
    for image in tagged(item, TAG_IMAGES).iter().filter_map(Value::as_str) {
        let name = image.split_once(':').map_or(image, |(_, name)| name);
        draft.image(Some(&format!("https://images.craigslist.org/{name}_600x450.jpg")));
    }
    let slug = tagged(item, TAG_SLUG).first().and_then(Value::as_str);
    let token = tagged(item, TAG_TOKEN).first().and_then(Value::as_str);
    if let (Some(slug), Some(token)) = (slug, token) {
        draft.url = Some(format!("https://www.craigslist.org/view/d/{slug}/{token}"));
    }
    draft.attribute("site", host);
    draft.attribute("category_id", item.get(2).and_then(Value::as_i64).map(|id| id.to_string()).as_deref());
    Ok(draft)
}

/// The place of the price holds whole units, −1 for none; its text tells the currency.
fn price(draft: &mut Draft, item: &[Value]) -> Result<(), Misread> {
    let shown = tagged(item, TAG_PRICE).first().and_then(Value::as_str);
    let shown = shown.and_then(|text| crate::shown::amounts(text, Currency::USD).into_iter().next());
    let whole = item.get(3).and_then(Value::as_i64);
    draft.price = match (shown, whole) {
        (Some(shown), _) => Price::asked(shown.amount, shown.currency),
        (None, Some(-1) | None) => Price::ON_REQUEST,
        (None, Some(whole)) => {
            let cents = whole.checked_mul(100).filter(|cents| *cents >= 0);
            let cents = cents.ok_or_else(|| Misread {
                code: "price_unreadable",
                reason: format!("price `{whole}` is not one"),
                raw: whole.to_string(),
            })?;
            Price::asked(Cents(cents), Currency::USD)
        }
    };
    Ok(())
}

/// `3:12~37.7~-122.4`: indices of the site and of the place's words, then degrees. Gives the site.
fn place<'a>(draft: &mut Draft, item: &[Value], decode: &Decode<'a>) -> Option<&'a str> {
    let code = item.get(4).and_then(Value::as_str)?;
    let mut parts = code.split('~');
    let mut indices = parts.next()?.split(':').filter_map(|index| index.parse::<usize>().ok());
    let site = indices.next().and_then(|index| decode.locations.get(index));
    let words = indices.next().and_then(|index| decode.descriptions.get(index)).and_then(Value::as_str);
    draft.location.city = words.map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned);
    let mut degrees = |most: f64| parts.next()?.parse::<f64>().ok().filter(|value| value.abs() <= most);
    draft.location.lat = degrees(90.0);
    draft.location.lng = degrees(180.0);
    site?.as_array()?.iter().find_map(Value::as_str)
}

/// What follows the tag in the array that begins with it.
fn tagged(item: &[Value], tag: i64) -> &[Value] {
    let own = |value: &&Value| {
        value.as_array().and_then(|array| array.first()).and_then(Value::as_i64) == Some(tag)
    };
    let found = item.iter().skip(5).find(own).and_then(Value::as_array);
    found.map_or(&[], |array| &array[1..])
}

/// Whether an error is the venue's: `{"errors": […], "apiVersion": …}`.
pub(super) fn refused(answer: &Value) -> Option<Parsed> {
    let version = scalar(answer, &["apiVersion"])?;
    let error = list(answer, &["errors"]).first()?;
    let message = text(error, &["message"]).map_or_else(|| error.to_string(), str::to_owned);
    Some(Parsed::blocked(
        Venue::Craigslist,
        &format!("Craigslist's search (version {version}) answered: {message}"),
    ))
}
