//! What waits to be done at eBay, as its API wants it told.

use std::collections::BTreeMap;

use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::inventory::InventoryItem;
use autobazaaar_domain::resale::ResaleListing;
use autobazaaar_domain::{Cents, Money, Utc};
use autobazaaar_ebay::{ListingDraft, Policies};
use autobazaaar_store::{Reader, StoreError};
use autobazaaar_venues::Venue;
use autobazaaar_venues::ebay::export::{category_id, condition_id, html};

use super::money;
use crate::config::EbayConfig;
use crate::execute::market::{Deed, Draft};

/// More effects than ever wait.
const ALL: u32 = 10_000;
/// Characters of a title.
const LONGEST_TITLE: usize = 80;
/// Pictures of an offer.
const MOST_IMAGES: usize = 24;

/// An effect that may be handed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub effect: EffectId,
    /// Our number of the thing at eBay: the item's id.
    pub(super) sku: String,
    pub(super) what: What,
    /// When it was sent, where its outcome is not known.
    pub(super) in_doubt_since: Option<Utc>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Publish(Box<ListingDraft>),
    Reprice(Money),
    Withdraw,
    Ship(Parcel),
}

/// A parcel that the owner gave to a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The sale's order.
    pub order: String,
    pub ordered_at: Utc,
    /// `USPS`, `UPS`, `FedEx` …
    pub carrier: String,
    pub tracking: String,
    /// What the label cost, in minor units of the sale's currency.
    pub label: Cents,
}

/// Why something cannot be told to eBay yet, and the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub reason: String,
    pub mend: String,
}

/// Effects that wait for eBay, or of which it is not known what became.
///
/// # Errors
/// The store cannot be read.
pub async fn waiting(reader: &mut Reader<'_>) -> Result<Vec<Effect>, StoreError> {
    let mut found = Vec::new();
    for state in [EffectState::Uncertain, EffectState::Queued] {
        let effects = reader.effects(state, ALL).await?;
        found.extend(effects.into_iter().filter(|effect| effect.target == Venue::Ebay.as_str()));
    }
    Ok(found)
}

/// An effect as a job; `None` for what eBay has no part in, and for a parcel that is not with a carrier
/// yet.
///
/// # Errors
/// Outside, the store cannot be read; inside, what is missing before eBay would take it.
pub async fn job(
    reader: &mut Reader<'_>,
    effect: &Effect,
    parcel: Option<Parcel>,
    config: &EbayConfig,
) -> Result<Option<Result<Job, Trouble>>, StoreError> {
    let Ok(deed) = serde_json::from_value::<Deed>(effect.payload.clone()) else { return Ok(None) };
    let in_doubt_since = effect.sent_at.filter(|_| effect.state == EffectState::Uncertain);
    let made = |sku: String, what| Job { effect: effect.effect_id, sku, what, in_doubt_since };
    if effect.kind == EffectKind::Ship {
        let sale = match effect.subject.parse() {
            Ok(id) => reader.sale(id).await?,
            Err(_) => None,
        };
        let Some(sale) = sale else { return Ok(None) };
        // Of one in doubt, eBay is asked for its number.
        let asked = || {
            in_doubt_since.map(|_| Parcel {
                order: sale.platform_order_id.clone(),
                ordered_at: sale.ordered_at,
                carrier: String::new(),
                tracking: String::new(),
                label: Cents::ZERO,
            })
        };
        let parcel = parcel.or_else(asked);
        return Ok(parcel.map(|parcel| Ok(made(sale.inventory_id.to_string(), What::Ship(parcel)))));
    }
    let listing = match effect.subject.parse() {
        Ok(id) => reader.resale(id).await?,
        Err(_) => None,
    };
    let Some(listing) = listing else { return Ok(None) };
    let Some(item) = reader.item(listing.inventory_id).await? else { return Ok(None) };
    let sku = item.inventory_id.to_string();
    Ok(match deed {
        Deed::Publish { draft } => {
            let draft = self::draft(&draft, &listing, &item, config);
            Some(draft.map(|draft| made(sku, What::Publish(Box::new(draft)))))
        }
        Deed::Reprice { price, .. } => Some(Ok(made(sku, What::Reprice(money(price, listing.currency))))),
        Deed::Delist { .. } => Some(Ok(made(sku, What::Withdraw))),
        _ => None,
    })
}

/// The seller's policies and place.
///
/// # Errors
/// What is missing in the configuration.
pub fn terms(config: &EbayConfig) -> Result<(Policies, String), Trouble> {
    let needed = |value: &Option<String>, name: &str, what: &str| {
        value.clone().ok_or_else(|| Trouble {
            reason: format!("`{name}` in [ebay] is missing: {what}"),
            mend: format!(
                "eBay shows it in the account's settings (business policies, locations); add a line: {name} = \"…\""
            ),
        })
    };
    let policies = Policies {
        fulfilment: needed(&config.fulfilment_policy, "fulfilment_policy", "the policy on how you send")?,
        payment: needed(&config.payment_policy, "payment_policy", "the policy on payment")?,
        returns: needed(&config.return_policy, "return_policy", "the policy on returns")?,
    };
    Ok((policies, needed(&config.location, "location", "the place that you send from")?))
}

/// The address of a listing of ours.
#[must_use]
pub fn address(marketplace: &str, listing_id: &str) -> String {
    let site = match marketplace {
        "EBAY_GB" => "www.ebay.co.uk",
        "EBAY_DE" => "www.ebay.de",
        "EBAY_FR" => "www.ebay.fr",
        "EBAY_IT" => "www.ebay.it",
        "EBAY_ES" => "www.ebay.es",
        "EBAY_CA" => "www.ebay.ca",
        "EBAY_AU" => "www.ebay.com.au",
        _ => "www.ebay.com",
    };
    format!("https://{site}/itm/{listing_id}")
}

fn draft(
    draft: &Draft,
    listing: &ResaleListing,
    item: &InventoryItem,
    config: &EbayConfig,
) -> Result<ListingDraft, Trouble> {
    let trouble = |reason: String, mend: &str| Trouble { reason, mend: mend.to_owned() };
    let (policies, location_key) = terms(config)?;
    let length = draft.title.chars().count();
    if length > LONGEST_TITLE {
        let reason = format!("the title has {length} characters, and eBay takes {LONGEST_TITLE}");
        return Err(trouble(reason, "shorten the title"));
    }
    let category = category_id(&item.category, &config.category_ids).ok_or_else(|| {
        let reason = format!("eBay's number for the category `{}` is not known", item.category);
        trouble(reason, "add it to [ebay.category_ids]; ebay.com shows it in a category's address")
    })?;
    let images: Vec<String> =
        draft.images.iter().filter(|url| url.starts_with("https://")).take(MOST_IMAGES).cloned().collect();
    if images.is_empty() {
        let mend = "name pictures that stand on the web: --image https://… (several times for several)";
        return Err(trouble("eBay takes no offer without a picture".to_owned(), mend));
    }
    let condition = condition_id(draft.condition).parse().map_err(|_| {
        trouble("its condition is not known".to_owned(), "say it when it is received: --condition")
    })?;
    let aspects: BTreeMap<String, Vec<String>> =
        draft.attributes.iter().map(|(name, value)| (name.clone(), vec![value.clone()])).collect();
    Ok(ListingDraft {
        sku: item.inventory_id.to_string(),
        title: draft.title.clone(),
        description: html(&draft.description),
        condition_id: condition,
        condition_note: None,
        category_id: category.to_owned(),
        aspects,
        images,
        price: money(draft.price, listing.currency),
        quantity: 1,
        policies,
        location_key,
    })
}
