//! `listings …`: what we offer, put up and sold by hand.

use autobazaaar_domain::effect::{Effect, EffectKind};
use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::ledger::{Account, FeeLines};
use autobazaaar_domain::resale::{ResaleListing, Sale};
use autobazaaar_domain::{Cents, Lifecycle as _, ListingKey, Money};
use autobazaaar_store::Reader;
use autobazaaar_venues::Venue;
use clap::Args;

use super::buyers::show_talk;
use super::desk::{Desk, at_desk};
use super::talk::taken;
use super::{find, shop};
use crate::cli::state::state_folder;
use crate::cli::{CliError, Context};
use crate::execute::hand::ByHand;
use crate::execute::market::{OrderNews, OrderState, Payout, Receipt};
use crate::execute::{key_of, search_words};

/// An offer of ours.
#[derive(Debug, Args)]
pub struct OfferArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
}

/// Arguments of `listings posted`.
#[derive(Debug, Args)]
pub struct PostedArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// Where it stands
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// What putting it up cost
    #[arg(long, value_name = "AMOUNT")]
    pub fee: Option<String>,
}

/// Arguments of `listings reprice`.
#[derive(Debug, Args)]
pub struct RepriceArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// The price that stands on the venue now; without it, the one that was to be set
    #[arg(long, value_name = "PRICE")]
    pub price: Option<String>,
}

/// Arguments of `listings sold`.
#[derive(Debug, Args)]
pub struct SoldArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// What the buyer pays for it
    #[arg(long, value_name = "PRICE")]
    pub price: String,
    /// What the buyer pays for sending it
    #[arg(long, value_name = "AMOUNT")]
    pub shipping: Option<String>,
    /// What the venue keeps
    #[arg(long, value_name = "AMOUNT")]
    pub fees: Option<String>,
    /// What the payment service keeps
    #[arg(long, value_name = "AMOUNT")]
    pub payment_fees: Option<String>,
    /// It is handed over, not sent
    #[arg(long)]
    pub in_person: bool,
    /// The venue's number of the order, if it has one
    #[arg(long, value_name = "NUMBER")]
    pub order: Option<String>,
}

/// Arguments of `listings shipped`.
#[derive(Debug, Args)]
pub struct ShippedArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// What the label cost
    #[arg(long, value_name = "AMOUNT")]
    pub label: Option<String>,
    /// The parcel's number
    #[arg(long, value_name = "NUMBER", default_value = "")]
    pub tracking: String,
    /// Who carries it, as eBay calls them (USPS, UPS, FedEx …); needed where eBay is told
    #[arg(long, value_name = "NAME", default_value = "")]
    pub carrier: String,
}

/// Arguments of `listings paid`.
#[derive(Debug, Args)]
pub struct PaidArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// How much came, if not all that is due; the rest is booked as the venue's fee
    #[arg(long, value_name = "AMOUNT")]
    pub amount: Option<String>,
}

/// Shows an offer of ours, its text ready to copy.
///
/// # Errors
/// There is none of that name.
pub fn show(args: &OfferArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| show_waiting_offer(desk, &args.id, context).await)
}

/// The text of an item's newest offer, and what is to be done with it.
///
/// # Errors
/// There is none.
pub async fn show_waiting_offer(desk: &Desk, name: &str, context: &Context<'_>) -> Result<(), CliError> {
    let mut reader = desk.store.read().await?;
    let offer = find::offer(&mut reader, name).await?;
    let money = |amount| Money { amount, currency: offer.currency }.to_string();
    let out = &context.out;
    out.print("")?;
    out.print(&format!("on {}, {}:", offer.platform, offer.status))?;
    if let Some(url) = &offer.url {
        out.print(url)?;
    }
    out.print("")?;
    out.print(&offer.title)?;
    out.print(&format!("{}, and no less than {}", money(offer.price), money(offer.floor_price)))?;
    if let Some(shipping) = offer.shipping_price {
        out.print(&format!("shipping {}", money(shipping)))?;
    }
    out.print("")?;
    out.print(&offer.description)?;
    let words = search_words(&offer.title, &category_of(&mut reader, &offer).await?);
    if !words.is_empty() {
        out.print("")?;
        out.print(&format!("where the venue asks for tags: {}", words.join(", ")))?;
    }
    let state = state_folder(context)?;
    for (at, photo) in offer.images.iter().enumerate() {
        if at == 0 {
            out.print("")?;
            out.print("photos:")?;
        }
        out.print(&format!("  {}", state.join(photo).display()))?;
    }
    if offer.images.is_empty() && !offer.status.is_final() {
        out.say(&format!("hint: without photos nobody buys: autobazaaar inventory photos {name} FILE…"))?;
    }
    let subject = offer.resale_id.to_string();
    let name = name_of(&offer, name);
    let by_api = shop::sells(&offer.platform, context);
    if find::waiting(&mut reader, EffectKind::List, &subject).await?.is_some() {
        if by_api {
            return out
                .say(&format!("hint: to put it up: autobazaaar listings publish {name} --image https://…"));
        }
        return out.say(&format!("hint: when it is up: autobazaaar listings posted {name} --url https://…"));
    }
    if let Some(effect) = find::waiting(&mut reader, EffectKind::Update, &subject).await? {
        let price = effect.payload["price"].as_i64().map_or(offer.price, Cents);
        let first = if by_api { "to mark it down to" } else { "mark it down on the venue, then, for" };
        return out.say(&format!("hint: {first} {}: autobazaaar listings reprice {name}", money(price)));
    }
    if !offer.status.is_final() && by_api {
        return out.say("hint: autobazaaar listings sync tells what was sold");
    }
    if !offer.status.is_final() {
        show_talk(&mut reader, &offer, &name, None, context).await?;
        return out
            .say(&format!("hint: when it is sold: autobazaaar listings sold {name} --price … --fees …"));
    }
    Ok(())
}

async fn category_of(reader: &mut Reader<'_>, offer: &ResaleListing) -> Result<String, CliError> {
    Ok(reader.item(offer.inventory_id).await?.map(|item| item.category).unwrap_or_default())
}

/// How the owner names the offer from now on: as before, unless by its unwieldy id.
fn name_of(offer: &ResaleListing, name: &str) -> String {
    if name.contains([':', '/']) {
        name.to_owned()
    } else {
        key_of(offer).map_or(name.to_owned(), |key| key.to_string())
    }
}

/// It is up.
///
/// # Errors
/// It does not wait to be put up.
pub fn posted(args: &PostedArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let (offer, effect) = waiting(desk, &args.id, EffectKind::List, "to be put up").await?;
        let insertion_fee = find::amount_or_none("--fee", args.fee.as_deref(), offer.currency)?;
        let listing = key_in(&args.url, &offer)?;
        let mut hands = ByHand::default();
        hands.did(effect.effect_id, Receipt::Published { listing: listing.clone(), insertion_fee });
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        let mut tx = desk.begin().await?;
        if let Some(up) = tx.resale(offer.resale_id).await? {
            tx.edit_resale(&ResaleListing { url: Some(args.url.clone()), ..up }).await?;
        }
        tx.commit().await?;
        context.out.print(&format!("{listing} is up for {}", money(offer.price, &offer)))?;
        context
            .out
            .say(&format!("hint: when it is sold: autobazaaar listings sold {listing} --price … --fees …"))
    })
}

/// The venue's name of a listing: the last number in its address, else the last part of it.
fn key_in(url: &str, offer: &ResaleListing) -> Result<ListingKey, CliError> {
    let wrong = || {
        CliError::usage(format!("`{url}` is no address of a listing"))
            .hint("paste it from the browser: https://www.ebay.com/itm/1234")
    };
    let address = url.split(['?', '#']).next().unwrap_or_default();
    let path = address.split_once("://").ok_or_else(wrong)?.1;
    let host = path.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let other = Venue::ALL.iter().map(|venue| venue.as_str()).find(|name| host.contains(name));
    if let Some(other) = other.filter(|name| *name != offer.platform.as_str()) {
        return Err(CliError::usage(format!(
            "`{url}` is on {other}, and the offer is planned for {}",
            offer.platform
        ))
        .hint("post it where it is planned: floor and expected fees are those of that venue"));
    }
    let parts: Vec<&str> = path.split('/').skip(1).filter(|part| !part.is_empty()).collect();
    let number = parts.iter().rev().find_map(|part| {
        let digits: String = part.chars().filter(char::is_ascii_digit).collect();
        (digits.len() >= 4).then_some(digits)
    });
    let id = number.or_else(|| parts.last().map(|part| (*part).to_owned())).ok_or_else(wrong)?;
    format!("{}:{id}", offer.platform).parse().map_err(|_| wrong())
}

/// Its price is another one on the venue.
///
/// # Errors
/// The price is below the floor, or no change waits.
pub fn reprice(args: &RepriceArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let offer = find::offer(&mut desk.store.read().await?, &args.id).await?;
        let mut hands = ByHand::default();
        if let Some(price) = &args.price {
            let price = find::amount("--price", price, offer.currency)?;
            desk.executor(&mut hands).reprice(offer.resale_id, price).await?;
        }
        let (offer, effect) = waiting(desk, &args.id, EffectKind::Update, "for another price").await?;
        if shop::sells(&offer.platform, context) {
            shop::send(desk, &effect, None, context).await?;
            let now = desk.store.read().await?.resale(offer.resale_id).await?.unwrap_or(offer);
            return context.out.print(&format!(
                "{} is offered for {}; eBay was told",
                args.id,
                money(now.price, &now)
            ));
        }
        hands.did(effect.effect_id, Receipt::Repriced);
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        let now = desk.store.read().await?.resale(offer.resale_id).await?.unwrap_or(offer);
        context.out.print(&format!("{} is offered for {}", args.id, money(now.price, &now)))
    })
}

/// It is down.
///
/// # Errors
/// It does not wait to be taken down.
pub fn removed(args: &OfferArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let (_, effect) = waiting(desk, &args.id, EffectKind::Delist, "to be taken down").await?;
        let mut hands = ByHand::default();
        hands.did(effect.effect_id, Receipt::Delisted);
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        context.out.print(&format!("{} is down", args.id))
    })
}

/// A buyer took it.
///
/// # Errors
/// It is not up.
pub fn sold(args: &SoldArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let offer = find::offer(&mut desk.store.read().await?, &args.id).await?;
        let listing = key_of(&offer).filter(|_| !offer.status.is_final()).ok_or_else(|| {
            CliError::failed(format!("{} is not up: it is {}", args.id, offer.status))
                .hint("autobazaaar listings posted says that it is up")
        })?;
        let read =
            |flag: &str, text: &Option<String>| find::amount_or_none(flag, text.as_deref(), offer.currency);
        let price = find::amount("--price", &args.price, offer.currency)?;
        let shipping = read("--shipping", &args.shipping)?;
        let in_person = args.in_person || (offer.shipping_price.is_none() && shipping.0 == 0);
        let news = OrderNews {
            seq: 0,
            order: args.order.clone().unwrap_or_else(|| listing.external_id.clone()),
            purchase: false,
            listing,
            price,
            shipping,
            delivery: if in_person { Delivery::Local } else { Delivery::Shipped },
            state: OrderState::Placed,
            buyer: String::new(),
            refunded: Cents::ZERO,
            fees: FeeLines {
                platform: read("--fees", &args.fees)?,
                payment: read("--payment-fees", &args.payment_fees)?,
                ..FeeLines::default()
            },
        };
        if price.0 <= 0 {
            return Err(CliError::usage("--price: a sale brings more than 0"));
        }
        let mut hands = ByHand::default();
        hands.order(news.clone());
        if in_person {
            hands.order(OrderNews { state: OrderState::Delivered, ..news });
        }
        desk.tell(hands).await?;
        let mut reader = desk.store.read().await?;
        let sale = find::sale(&mut reader, &args.id).await?;
        let due = due(&mut reader, &sale).await?;
        context.out.print(&format!(
            "sold for {}; {} is due to us",
            money(price, &offer),
            money(due, &offer)
        ))?;
        if !in_person {
            context.out.say(&format!(
                "hint: when it is on its way: autobazaaar listings shipped {} --label …",
                args.id
            ))?;
        }
        context.out.say(&format!("hint: when the money is here: autobazaaar listings paid {}", args.id))
    })
}

/// The parcel is with the carrier.
///
/// # Errors
/// Nothing of it waits to be sent.
pub fn shipped(args: &ShippedArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let sale = find::sale(&mut reader, &args.id).await?;
        let found = find::waiting(&mut reader, EffectKind::Ship, &sale.sale_id.to_string()).await?;
        drop(reader);
        let Some(effect) = found else {
            return Err(CliError::failed(format!("nothing of {} waits to be sent", args.id)));
        };
        let label = find::amount_or_none("--label", args.label.as_deref(), sale.currency)?;
        if shop::sells(&sale.platform, context) {
            let parcel = shop::parcel(&sale, &args.carrier, &args.tracking, label)?;
            shop::send(desk, &effect, Some(parcel), context).await?;
            return context.out.print(&format!("{} is on its way; eBay was told", args.id));
        }
        let mut hands = ByHand::default();
        hands.did(effect.effect_id, Receipt::Shipped { tracking: args.tracking.clone(), label });
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        context.out.print(&format!("{} is on its way", args.id))
    })
}

/// The money of a sale is here.
///
/// # Errors
/// Nothing is due.
pub fn paid(args: &PaidArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let sale = find::sale(&mut reader, &args.id).await?;
        let due = due(&mut reader, &sale).await?;
        drop(reader);
        let money = |amount| Money { amount, currency: sale.currency };
        if due.0 <= 0 {
            return Err(CliError::failed(format!("nothing is due for {} any more", args.id)));
        }
        let amount = match &args.amount {
            Some(text) => find::amount("--amount", text, sale.currency)?,
            None => due,
        };
        if amount > due {
            return Err(CliError::failed(format!("{} is due, not {}", money(due), money(amount)))
                .hint("book what else came as your own: autobazaaar ledger pay-in"));
        }
        let mut hands = ByHand::default();
        hands.paid(Payout {
            seq: 0,
            platform: sale.platform.clone(),
            order: sale.platform_order_id.clone(),
            gross: due,
            platform_fee: due - amount,
            payment_fee: Cents::ZERO,
            amount,
        });
        desk.tell(hands).await?;
        let mut reader = desk.store.read().await?;
        let profit = super::story::profit_of(&mut reader, sale.inventory_id).await?;
        context.out.print(&format!("{} came in; the item earned {}", money(amount), money(profit)))?;
        context.out.say("hint: autobazaaar ledger")
    })
}

/// What is still with the venue of a sale; below zero where it wants money back.
///
/// # Errors
/// The store cannot be read.
pub async fn due(reader: &mut Reader<'_>, sale: &Sale) -> Result<Cents, CliError> {
    let mut due = Cents::ZERO;
    for transaction in reader.transactions_of(sale.inventory_id).await? {
        if transaction.sale_id != Some(sale.sale_id) {
            continue;
        }
        for entry in reader.entries_of(transaction.transaction_id).await? {
            let lines = entry.postings.lines().iter().filter(|line| line.account == Account::PayoutsPending);
            due = due + lines.map(|line| line.amount.amount).sum();
        }
    }
    Ok(due)
}

pub(super) async fn waiting(
    desk: &Desk,
    name: &str,
    kind: EffectKind,
    what: &str,
) -> Result<(ResaleListing, Effect), CliError> {
    let mut reader = desk.store.read().await?;
    let offer = find::offer(&mut reader, name).await?;
    let found = find::waiting(&mut reader, kind, &offer.resale_id.to_string()).await?;
    let effect = found.ok_or_else(|| {
        CliError::failed(format!("{name} does not wait {what}: it is {}", offer.status))
            .hint(format!("autobazaaar listings show {name}"))
    })?;
    Ok((offer, effect))
}

pub(super) fn money(amount: Cents, offer: &ResaleListing) -> String {
    Money { amount, currency: offer.currency }.to_string()
}
