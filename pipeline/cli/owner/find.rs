//! What the owner names: a listing as it is listed, our number of an item, or a record's id.

use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::inventory::InventoryItem;
use autobazaaar_domain::negotiation::Negotiation;
use autobazaaar_domain::price::{DecimalMark, PriceStyle, read};
use autobazaaar_domain::purchase::Purchase;
use autobazaaar_domain::resale::{ResaleListing, Sale};
use autobazaaar_domain::{Cents, Currency, ListingKey, PriceKind};
use autobazaaar_store::{Reader, TrackedDeal};

use crate::cli::CliError;

/// An amount as the owner writes it: `120`, `120.50`, `$120.50`, `120.50 USD`.
///
/// # Errors
/// It is none, or in another currency.
pub fn amount(flag: &str, text: &str, currency: Currency) -> Result<Cents, CliError> {
    let style = PriceStyle { decimal: DecimalMark::Dot, ..PriceStyle::default() };
    let wrong = |why: String| CliError::usage(format!("{flag}: {why}")).hint("for example 120.50");
    let found = read(text, currency, &style).map_err(|error| wrong(error.to_string()))?;
    // Many numbers are no asks (1, 1234), but all are amounts.
    match (found.amount, found.kind) {
        (Some(amount), PriceKind::Fixed | PriceKind::Placeholder) => Ok(amount),
        (None, PriceKind::Free | PriceKind::Placeholder) => Ok(Cents::ZERO),
        (Some(amount), _) if amount.0 == 0 => Ok(amount),
        _ => Err(wrong(format!("`{text}` is no amount of {currency}"))),
    }
}

/// The same where it may be left out.
///
/// # Errors
/// As [`amount`].
pub fn amount_or_none(flag: &str, text: Option<&str>, currency: Currency) -> Result<Cents, CliError> {
    text.map_or(Ok(Cents::ZERO), |text| amount(flag, text, currency))
}

/// The newest negotiation about a listing, or the one of an id.
///
/// # Errors
/// There is none.
pub async fn negotiation(reader: &mut Reader<'_>, name: &str) -> Result<Negotiation, CliError> {
    let found = match (name.parse(), name.parse::<ListingKey>()) {
        (Ok(id), _) => reader.negotiation(id).await?,
        (_, Ok(key)) => reader.negotiation_about(&key).await?,
        _ => None,
    };
    found.ok_or_else(|| missing("negotiation about", name, "autobazaaar negotiations list"))
}

/// The newest deal about a listing.
///
/// # Errors
/// There is none.
pub async fn deal(reader: &mut Reader<'_>, key: &ListingKey) -> Result<TrackedDeal, CliError> {
    let found = reader.deal_about(key).await?;
    found.ok_or_else(|| {
        missing("deal taken on about", &key.to_string(), "autobazaaar deals approve takes one on")
    })
}

/// The newest purchase about a listing.
///
/// # Errors
/// There is none.
pub async fn purchase(reader: &mut Reader<'_>, key: &ListingKey) -> Result<Purchase, CliError> {
    let deal = deal(reader, key).await?;
    let found = reader.purchases_of(deal.deal_id).await?.pop();
    found.ok_or_else(|| {
        CliError::failed(format!("nothing is to be paid for {key}: no price is agreed yet"))
            .hint(format!("autobazaaar negotiations show {key}"))
    })
}

/// An item by the listing it was bought from, our number of it, or its id.
///
/// # Errors
/// There is none.
pub async fn item(reader: &mut Reader<'_>, name: &str) -> Result<InventoryItem, CliError> {
    let found = match (name.parse(), name.parse::<ListingKey>()) {
        (Ok(id), _) => reader.item(id).await?,
        (_, Ok(key)) => {
            let purchase = purchase(reader, &key).await?;
            reader.item_of(purchase.purchase_id).await?
        }
        _ => reader.item_by_sku(name).await?,
    };
    found.ok_or_else(|| missing("item of ours called", name, "autobazaaar inventory --all"))
}

/// The item of that name, or the one behind an offer of that name.
///
/// # Errors
/// There is neither.
pub async fn item_behind(reader: &mut Reader<'_>, name: &str) -> Result<InventoryItem, CliError> {
    if let Ok(found) = item(reader, name).await {
        return Ok(found);
    }
    let offer = offer(reader, name).await?;
    let found = reader.item(offer.inventory_id).await?;
    found.ok_or_else(|| missing("item of ours called", name, "autobazaaar inventory --all"))
}

/// An offer of ours by the venue's name of it, by the item behind it, or by its id.
///
/// # Errors
/// There is none.
pub async fn offer(reader: &mut Reader<'_>, name: &str) -> Result<ResaleListing, CliError> {
    let none = || missing("offer of ours called", name, "autobazaaar listings --all");
    if let Ok(id) = name.parse() {
        return reader.resale(id).await?.ok_or_else(none);
    }
    if let Ok(key) = name.parse::<ListingKey>()
        && let Some(found) = reader.resale_on(&key.platform, &key.external_id).await?
    {
        return Ok(found);
    }
    let item = item(reader, name).await?;
    reader.resales_of(item.inventory_id).await?.pop().ok_or_else(none)
}

/// The newest sale of an item.
///
/// # Errors
/// There is none.
pub async fn sale(reader: &mut Reader<'_>, name: &str) -> Result<Sale, CliError> {
    let offer = offer(reader, name).await?;
    let found = reader.sales_of(offer.inventory_id).await?.pop();
    found.ok_or_else(|| missing("sale of", name, "autobazaaar listings sold tells of one"))
}

/// What waits for the owner's hands: the oldest effect of a kind about a record that is queued, or in
/// doubt.
///
/// # Errors
/// The store cannot be read.
pub async fn waiting(
    reader: &mut Reader<'_>,
    kind: EffectKind,
    subject: &str,
) -> Result<Option<Effect>, CliError> {
    let waits = |effect: &Effect| {
        effect.kind == kind && matches!(effect.state, EffectState::Queued | EffectState::Uncertain)
    };
    Ok(reader.effects_of(subject).await?.into_iter().find(waits))
}

fn missing(what: &str, name: &str, hint: &str) -> CliError {
    CliError::failed(format!("there is no {what} {name}")).hint(hint)
}
