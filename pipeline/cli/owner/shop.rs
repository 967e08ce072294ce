//! `listings publish`, `withdraw` and `sync`: our offers at eBay by its API, where the owner switched that
//! on.

use std::collections::BTreeMap;

use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::resale::{ResaleListing, Sale};
use autobazaaar_domain::{Cents, Money, Platform};
use autobazaaar_venues::Venue;
use clap::Args;

use super::desk::{Desk, at_desk};
use super::find;
use super::offers::{OfferArgs, money, waiting};
use crate::cli::{CliError, Context};
use crate::config::SellBy;
use crate::execute::hand::ByHand;
use crate::execute::market::{Deed, OrderState};
use crate::searches::{self, Access};
use crate::shop::{self, Job, Parcel, Shop};

/// Arguments of `listings publish`.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// Address of a picture on the web, https; several times for several
    #[arg(long = "image", value_name = "URL")]
    pub images: Vec<String>,
    /// What the category asks for, such as Brand=Canon; several times for several
    #[arg(long = "aspect", value_name = "NAME=VALUE", value_parser = pair)]
    pub aspects: Vec<(String, String)>,
}

/// Arguments of `listings sync`.
#[derive(Debug, Args)]
pub struct SyncArgs {}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// Whether offers on a venue go by its API.
#[must_use]
pub fn sells(platform: &Platform, context: &Context<'_>) -> bool {
    platform.as_str() == Venue::Ebay.as_str() && context.config().venues.ebay.sell == SellBy::Api
}

/// Puts an offer up at eBay.
///
/// # Errors
/// Selling by the API is off, the offer does not wait, something is missing, or eBay refuses.
pub fn publish(args: &PublishArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let (offer, effect) = waiting(desk, &args.id, EffectKind::List, "to be put up").await?;
        if offer.platform.as_str() != Venue::Ebay.as_str() {
            return Err(CliError::failed(format!(
                "{} is planned for {}, where you put it up by hand",
                args.id, offer.platform
            ))
            .hint(format!("autobazaaar listings show {}", args.id)));
        }
        let is_complete = args.images.is_empty() && args.aspects.is_empty();
        let effect = if is_complete || effect.state != EffectState::Queued {
            effect
        } else {
            let aspects: BTreeMap<String, String> = args.aspects.iter().cloned().collect();
            let mut hands = ByHand::default();
            desk.executor(&mut hands).complete(offer.resale_id, args.images.clone(), aspects).await?;
            waiting(desk, &args.id, EffectKind::List, "to be put up").await?.1
        };
        send(desk, &effect, None, context).await?;
        let up = desk.store.read().await?.resale(offer.resale_id).await?.unwrap_or(offer);
        let id = up.platform_listing_id.clone().unwrap_or_default();
        let url = shop::address(&context.config().ebay.marketplace, &id);
        let mut tx = desk.begin().await?;
        tx.edit_resale(&ResaleListing { url: Some(url.clone()), ..up.clone() }).await?;
        tx.commit().await?;
        context.out.print(&format!("ebay:{id} is up for {}: {url}", money(up.price, &up)))?;
        context.out.say("hint: autobazaaar listings sync tells what was sold")
    })
}

/// Takes an offer down: at eBay by its API where that is on, else by the owner's hands.
///
/// # Errors
/// It is not up, or eBay refuses.
pub fn withdraw(args: &OfferArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let offer = find::offer(&mut desk.store.read().await?, &args.id).await?;
        if offer.platform_listing_id.is_none() || autobazaaar_domain::Lifecycle::is_final(offer.status) {
            return Err(CliError::failed(format!("{} is not up: it is {}", args.id, offer.status))
                .hint("autobazaaar listings"));
        }
        let mut hands = ByHand::default();
        desk.executor(&mut hands).take_down(offer.resale_id).await?;
        if !sells(&offer.platform, context) {
            context.out.print(&format!("take {} down on {}", args.id, offer.platform))?;
            return context
                .out
                .say(&format!("hint: when it is down: autobazaaar listings removed {}", args.id));
        }
        let (_, effect) = waiting(desk, &args.id, EffectKind::Delist, "to be taken down").await?;
        send(desk, &effect, None, context).await?;
        context.out.print(&format!("{} is down; eBay was told", args.id))
    })
}

/// Asks eBay what was sold and what became of doubtful deeds, and does what waits by itself: offers of
/// what was sold elsewhere come down, those that did not sell get cheaper.
///
/// # Errors
/// Selling by the API is off, or eBay does not answer.
pub fn sync(_: &SyncArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let access = access(context)?;
        let ebay = access.seller().map_err(troubled)?;
        let mut reader = desk.store.read().await?;
        let orders = shop::orders(ebay, &mut reader, desk.now).await?;
        let orders = orders.map_err(|error| CliError::failed(error.to_string()))?;
        let mut jobs = Vec::new();
        for effect in shop::waiting(&mut reader).await? {
            let by_itself = matches!(effect.kind, EffectKind::Update | EffectKind::Delist);
            if !by_itself && effect.state != EffectState::Uncertain {
                continue;
            }
            match shop::job(&mut reader, &effect, None, &context.config().ebay).await? {
                Some(Ok(job)) => jobs.push((job, effect)),
                Some(Err(trouble)) => context.out.say(&format!("warning: {}", trouble.reason))?,
                None => {}
            }
        }
        drop(reader);
        let (todo, effects): (Vec<Job>, Vec<Effect>) = jobs.into_iter().unzip();
        desk.tell(Shop::new(ebay, desk.now, todo, orders.clone())).await?;
        for news in &orders {
            let amount = Money {
                amount: news.price,
                currency: currency(desk, news.listing.external_id.as_str()).await?,
            };
            context.out.print(&match news.state {
                OrderState::Placed => format!("{} was sold for {amount}, order {}", news.listing, news.order),
                OrderState::Cancelled => format!("order {} of {} was called off", news.order, news.listing),
                _ => format!("order {} of {} was paid back", news.order, news.listing),
            })?;
        }
        let mut reader = desk.store.read().await?;
        let mut done = 0;
        for before in &effects {
            let Some(now) = reader.effect(before.effect_id).await? else { continue };
            done += usize::from(now.state == EffectState::Done);
            context.out.print(&told(&now)?)?;
        }
        if orders.is_empty() && effects.is_empty() {
            context.out.print("nothing new at eBay")?;
        }
        if orders.iter().any(|news| news.state == OrderState::Placed) {
            context.out.say(
                "hint: when a parcel is with the carrier: autobazaaar listings shipped OFFER --carrier … --tracking … --label …",
            )?;
        } else if done < effects.len() {
            context.out.say("hint: autobazaaar tasks tells what still waits")?;
        }
        Ok(())
    })
}

/// What became of an effect, in a line.
fn told(effect: &Effect) -> Result<String, CliError> {
    let deed: Deed = serde_json::from_value(effect.payload.clone())?;
    let what = match deed {
        Deed::Reprice { listing, .. } => format!("another price for {listing}"),
        Deed::Delist { listing } => format!("taking {listing} down"),
        Deed::Publish { draft } => format!("putting up \"{}\"", draft.title),
        Deed::Ship { order } => format!("the parcel of order {order}"),
        _ => effect.kind.to_string(),
    };
    let why = effect.error.as_deref().unwrap_or_default();
    Ok(match effect.state {
        EffectState::Done => format!("{what}: done"),
        EffectState::Refused => format!("{what}: refused: {why}"),
        EffectState::Uncertain | EffectState::Sending => {
            format!("{what}: not known yet whether it happened; the next sync asks again")
        }
        EffectState::Queued => format!("{what}: waits: {why}"),
    })
}

/// Hands one effect to eBay, and says how it went by its result. One in doubt is asked about first; what
/// never arrived was queued anew, and that is handed over.
///
/// # Errors
/// Something is missing, eBay refuses, or nobody knows whether it happened.
pub async fn send(
    desk: &Desk,
    effect: &Effect,
    parcel: Option<Parcel>,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let access = access(context)?;
    let ebay = access.seller().map_err(troubled)?;
    let mut effect = effect.clone();
    loop {
        let in_doubt = effect.state == EffectState::Uncertain;
        let mut reader = desk.store.read().await?;
        let job = shop::job(&mut reader, &effect, parcel.clone(), &context.config().ebay).await?;
        drop(reader);
        let job = match job {
            Some(Ok(job)) => job,
            Some(Err(trouble)) => return Err(CliError::failed(trouble.reason).hint(trouble.mend)),
            None => return Err(CliError::failed("eBay has no part in this").hint("autobazaaar tasks")),
        };
        desk.tell(Shop::new(ebay, desk.now, vec![job], Vec::new())).await?;
        super::talk::taken_by(desk, &effect).await?;
        let mut reader = desk.store.read().await?;
        let Some(now) = reader.effect(effect.effect_id).await? else { return Ok(()) };
        match now.state {
            EffectState::Done => return Ok(()),
            EffectState::Uncertain | EffectState::Sending => {
                return Err(CliError::failed(
                    "eBay did not answer: it is not known whether it happened, and it is not sent again",
                )
                .hint("in some minutes: autobazaaar listings sync"));
            }
            EffectState::Refused if in_doubt => {
                match find::waiting(&mut reader, effect.kind, &effect.subject).await? {
                    Some(anew) => effect = anew,
                    None => return Err(not_taken(now)),
                }
            }
            EffectState::Queued | EffectState::Refused => return Err(not_taken(now)),
        }
    }
}

fn not_taken(effect: Effect) -> CliError {
    CliError::failed(effect.error.unwrap_or_else(|| "eBay did not take it".to_owned()))
}

/// A parcel, as eBay wants it told.
///
/// # Errors
/// Carrier or number are missing.
pub fn parcel(sale: &Sale, carrier: &str, tracking: &str, label: Cents) -> Result<Parcel, CliError> {
    if carrier.trim().is_empty() || tracking.trim().is_empty() {
        return Err(CliError::usage("eBay is told who carries the parcel, and its number")
            .hint("add --carrier USPS --tracking 9400…"));
    }
    Ok(Parcel {
        order: sale.platform_order_id.clone(),
        ordered_at: sale.ordered_at,
        carrier: carrier.trim().to_owned(),
        tracking: tracking.trim().to_owned(),
        label,
    })
}

async fn currency(desk: &Desk, listing: &str) -> Result<autobazaaar_domain::Currency, CliError> {
    let platform = Venue::Ebay.platform();
    let found = desk.store.read().await?.resale_on(&platform, listing).await?;
    Ok(found.map_or(autobazaaar_domain::Currency::USD, |offer| offer.currency))
}

fn access(context: &Context<'_>) -> Result<Access, CliError> {
    let random = || context.entropy.bits();
    let loaded = &context.loaded;
    Ok(Access::open(context.config(), &loaded.base_dir, &loaded.data_dir, context.now(), &random)?)
}

fn troubled(trouble: searches::Trouble) -> CliError {
    CliError::failed(trouble.reason).hint(trouble.mend)
}
