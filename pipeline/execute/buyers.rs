//! Buyers who write about what we sell: answered within the floor, from facts alone.

use autobazaaar_domain::effect::EffectKind;
use autobazaaar_domain::message::{Direction, Message, MessageKind, MessageStatus};
use autobazaaar_domain::owner::{AlertKind, Severity};
use autobazaaar_domain::resale::{ResaleListing, ResaleStatus};
use autobazaaar_domain::{Cents, Priority, Strategy};
use autobazaaar_negotiation::reading::{Format, read};
use autobazaaar_negotiation::writing::{Fact, Facts, MessageType, Order, Topic, answer, template};
use autobazaaar_negotiation::{Heard, Intent, Party, Reading};
use autobazaaar_store::{NewAlert, NewEffect, Tx};

use super::market::{BuyerAnswer, Deed, Incoming, Market};
use super::news::{inbound, seed_of, stored};
use super::write::CHANNEL;
use super::{ExecuteError, Executor};

/// An offer of this share of the ask is taken at once, if the floor allows it.
const GOOD_OFFER: f64 = 0.93;
/// An offer of this share of the floor gets a counter-offer; a lower one a no.
const NEAR_FLOOR: f64 = 0.8;

impl<M: Market> Executor<'_, M> {
    pub(super) async fn hear_buyer(&self, tx: &mut Tx<'_>, incoming: &Incoming) -> Result<(), ExecuteError> {
        let key = &incoming.listing;
        let Some(listing) = tx.resale_on(&key.platform, &key.external_id).await? else { return Ok(()) };
        let person = self.store.hash_of(&incoming.address).await;
        let message = Message {
            resale_id: Some(listing.resale_id),
            their_offer: incoming.offer,
            ..inbound(tx, incoming, person.clone(), None)
        };
        // A return is dealt with where its order tells of it.
        if !tx.add_message(&message).await? || listing.status != ResaleStatus::Active || incoming.asks_return
        {
            return Ok(());
        }
        let reading = read(&Heard {
            text: &incoming.text,
            format: Format::Text,
            from: Party::Buyer,
            currency: listing.currency,
            list_price: Some(listing.price),
            our_offer: None,
            before: &[],
        });
        tx.read_message(message.message_id, &stored(&reading)).await?;
        let said = self.answer_to(tx, &listing, incoming, &reading).await?;
        match said {
            Some((answer, kind, price, answers)) => {
                let say = Said { answer, kind, price, answers: &answers };
                self.answer_buyer(tx, &listing, incoming, &person, &say).await
            }
            None => leave_to_owner(tx, &listing, &incoming.thread).await,
        }
    }

    async fn answer_to(
        &self,
        tx: &mut Tx<'_>,
        listing: &ResaleListing,
        incoming: &Incoming,
        reading: &Reading,
    ) -> Result<Option<(BuyerAnswer, MessageType, Option<Cents>, Vec<String>)>, ExecuteError> {
        let offer = incoming.offer.or(reading.price.filter(|_| reading.intent == Intent::Counter));
        if let Some(offer) = offer {
            return Ok(Some(match price_answer(offer, listing) {
                BuyerAnswer::Accept => (BuyerAnswer::Accept, MessageType::Accept, Some(offer), Vec::new()),
                BuyerAnswer::Counter(price) => {
                    (BuyerAnswer::Counter(price), MessageType::Counter, Some(price), Vec::new())
                }
                _ => (BuyerAnswer::Decline, MessageType::Reject, None, Vec::new()),
            }));
        }
        let facts = facts(tx, listing).await?;
        let found = answer(&reading.questions, &facts);
        if found.answers.is_empty() {
            return Ok(None);
        }
        Ok(Some((BuyerAnswer::Reply, MessageType::Answer, None, found.answers)))
    }

    async fn answer_buyer(
        &self,
        tx: &mut Tx<'_>,
        listing: &ResaleListing,
        incoming: &Incoming,
        person: &str,
        said: &Said<'_>,
    ) -> Result<(), ExecuteError> {
        let order = Order {
            kind: said.kind,
            side: Party::Seller,
            strategy: Strategy::FriendlyLocal,
            price: said.price,
            currency: listing.currency,
            restated: false,
            stands_until: None,
            answers: said.answers,
            seed: seed_of(&incoming.message),
        };
        let facts = Facts { owner: &self.settings.owner, title: &listing.title, said: said.answers };
        let worded = template(&order, &facts)?;
        let message_id = tx.new_id();
        let deed = Deed::Answer { thread: incoming.thread.clone(), answer: said.answer };
        let effect = tx
            .queue(NewEffect {
                kind: EffectKind::SendMessage,
                target: listing.platform.to_string(),
                subject: format!("{message_id}"),
                priority: Priority::High,
                payload: serde_json::to_value(&deed)?,
                spends: None,
                address_key: Some(person.to_owned()),
                not_before: None,
            })
            .await?;
        tx.add_message(&Message {
            message_id,
            negotiation_id: None,
            resale_id: Some(listing.resale_id),
            channel: CHANNEL,
            channel_message_id: None,
            direction: Direction::Outbound,
            at: tx.now(),
            person_key: person.to_owned(),
            address: Some(incoming.address.clone()),
            subject: Some(worded.subject),
            text: Some(worded.text),
            html: Some(worded.html),
            kind: if said.kind == MessageType::Answer { MessageKind::Answer } else { MessageKind::Counter },
            our_offer: said.price,
            their_offer: incoming.offer,
            reading: None,
            status: MessageStatus::Queued,
            effect_id: Some(effect.effect_id),
        })
        .await?;
        Ok(())
    }
}

struct Said<'a> {
    answer: BuyerAnswer,
    kind: MessageType,
    price: Option<Cents>,
    answers: &'a [String],
}

/// Yes to a good offer, the middle of both prices to a fair one, no to the rest; never below the
/// floor.
fn price_answer(offer: Cents, listing: &ResaleListing) -> BuyerAnswer {
    let (ask, floor) = (listing.price, listing.floor_price);
    if offer >= floor && (offer >= ask || offer >= ask.share(GOOD_OFFER)) {
        return BuyerAnswer::Accept;
    }
    if offer >= floor.share(NEAR_FLOOR) {
        let unit = listing.currency.scale().max(1);
        let middle = (offer.0 + ask.0) / 2 / unit * unit;
        return BuyerAnswer::Counter(Cents(middle.max(floor.0).min(ask.0)));
    }
    BuyerAnswer::Decline
}

/// What we found when it came.
async fn facts(tx: &mut Tx<'_>, listing: &ResaleListing) -> Result<Vec<Fact>, ExecuteError> {
    let item = tx.item(listing.inventory_id).await?;
    let seen = item.and_then(|item| item.inspection);
    let condition = seen.map(|seen| Fact {
        topic: Topic::Condition,
        text: format!("On inspection its condition was {}.", seen.condition.as_str().replace('_', " ")),
    });
    let there = Fact { topic: Topic::Availability, text: "It is still available.".to_owned() };
    Ok(condition.into_iter().chain([there]).collect())
}

async fn leave_to_owner(tx: &mut Tx<'_>, listing: &ResaleListing, thread: &str) -> Result<(), ExecuteError> {
    tx.raise(NewAlert {
        kind: AlertKind::Sale,
        severity: Severity::Info,
        title: format!("a buyer asks about {}", listing.title),
        message: "the facts do not answer it".to_owned(),
        context: None,
        related: Some(("thread".to_owned(), thread.to_owned())),
        suggested_action: Some("answer on the venue".to_owned()),
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_goes_below_the_floor() {
        let listing = |price: i64, floor: i64| {
            let json = serde_json::json!({
                "resale_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "inventory_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                "platform": "ebay", "platform_listing_id": null, "url": null, "title": "t", "description": "d",
                "currency": "USD", "price": price, "floor_price": floor, "shipping_price": null, "images": [],
                "status": "active", "visibility": "public", "metrics": { "views": null, "watchers": null,
                "saves": null, "inquiries": null, "clicks": null }, "last_optimized": null,
                "suggested_price": null, "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z", "expires_at": null
            });
            serde_json::from_value::<ResaleListing>(json).unwrap()
        };
        let to = |offer| price_answer(Cents(offer), &listing(10_000, 6_000));
        assert_eq!(to(9_500), BuyerAnswer::Accept);
        assert_eq!(to(7_000), BuyerAnswer::Counter(Cents(8_500)));
        assert_eq!(to(5_000), BuyerAnswer::Counter(Cents(7_500)));
        assert_eq!(to(4_000), BuyerAnswer::Decline);
        assert_eq!(price_answer(Cents(9_500), &listing(10_000, 10_000)), BuyerAnswer::Counter(Cents(10_000)));
    }
}
