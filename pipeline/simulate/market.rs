//! The simulated market as the executor's world.

use autobazaaar_bazaar::live::{self, Access, Bazaar};
use autobazaaar_domain::Platform;
use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::ledger::FeeLines;

use crate::execute::market::{
    Answer, Arrival, BuyerAnswer, Deed, Draft, Incoming, Known, Market, OrderNews, OrderState, Payout,
    Receipt, Refusal, RefusalCode, Writer,
};
use crate::invariants::{Outside, SeenDeed};

/// The market, in memory or over HTTP.
pub struct InBazaar<A = Bazaar>(pub A);

impl<A: Access> InBazaar<A> {
    async fn platform_of(&mut self, order: &str) -> Option<Platform> {
        heard("an order", self.0.order_now(order).await).map(|order| order.listing.platform)
    }

    /// What the market itself wrote down, for the invariants.
    ///
    /// # Errors
    /// The market does not answer.
    pub async fn outside(&mut self) -> Result<Outside, live::Refusal> {
        let count = self.0.count().await?;
        let venues = self.0.venue_names().await?;
        let seen = |recorded: live::Recorded| SeenDeed {
            at: recorded.at,
            effect: recorded.effect,
            deed: deed(recorded.action),
            receipt: match recorded.result {
                live::EffectStatus::Done(done) => Some(receipt(done)),
                live::EffectStatus::Refused { .. } | live::EffectStatus::Unknown => None,
            },
        };
        Ok(Outside {
            deeds: count.deeds.into_iter().map(seen).collect(),
            spent: count.flows.spent,
            paid_out: count.flows.paid_out,
            venues,
        })
    }
}

/// A feed that is not heard now is read again at the next tick, from where we stopped.
fn heard<T>(what: &str, result: Result<T, live::Refusal>) -> Option<T> {
    result.inspect_err(|reason| tracing::warn!(%reason, "{what} is not heard")).ok()
}

impl<A: Access> Market for InBazaar<A> {
    async fn act(&mut self, effect: EffectId, deed: &Deed, text: &str) -> Answer {
        match self.0.do_once(&effect.to_string(), &action(deed, text)).await {
            live::Outcome::Done(done) => Answer::Done(receipt(done)),
            live::Outcome::Refused { reason: live::Refusal::RateLimited { retry_after_s } } => {
                Answer::Later { why: "too many requests".to_owned(), seconds: retry_after_s }
            }
            live::Outcome::Refused { reason } if reason.is_transient() => {
                Answer::Later { why: reason.to_string(), seconds: 60 }
            }
            live::Outcome::Refused { reason } => Answer::Refused(refusal(&reason)),
            live::Outcome::Uncertain => Answer::Uncertain,
        }
    }

    async fn known(&mut self, effect: EffectId) -> Option<Known> {
        Some(match self.0.status(&effect.to_string()).await.ok()? {
            live::EffectStatus::Unknown => Known::Nothing,
            live::EffectStatus::Done(done) => Known::Done(receipt(done)),
            live::EffectStatus::Refused { reason } => Known::Refused(refusal(&reason)),
        })
    }

    async fn inbox(&mut self, since: u64) -> Vec<Incoming> {
        let incoming = |message: live::Message| Incoming {
            seq: message.seq,
            message: message.message_id,
            thread: message.thread,
            from: match message.from {
                live::From::Seller => Writer::Seller,
                live::From::Buyer => Writer::Buyer,
                live::From::Venue => Writer::Venue,
            },
            address: message.address,
            listing: message.listing,
            at: message.at,
            text: message.text,
            offer: message.offer,
            order: message.order,
            asks_return: message.asks_return,
        };
        let messages = heard("the mailbox", self.0.messages(since).await).unwrap_or_default();
        messages.into_iter().map(incoming).collect()
    }

    async fn orders(&mut self, since: u64) -> Vec<OrderNews> {
        let news = |update: live::OrderUpdate| OrderNews {
            seq: update.seq,
            order: update.order.id,
            purchase: update.order.side == live::Side::Purchase,
            listing: update.order.listing,
            price: update.order.price,
            shipping: update.order.shipping,
            delivery: update.order.delivery,
            state: state(update.order.state),
            buyer: update.order.address,
            refunded: update.order.refunded,
            fees: FeeLines::default(),
        };
        let changes = heard("news of orders", self.0.order_changes(since).await).unwrap_or_default();
        changes.into_iter().map(news).collect()
    }

    async fn arrivals(&mut self, since: u64) -> Vec<Arrival> {
        let arrived = heard("what arrived", self.0.arrivals(since).await).unwrap_or_default();
        let mut told = Vec::with_capacity(arrived.len());
        for arrival in arrived {
            // Unheard now: what comes after it waits with it.
            let Some(platform) = self.platform_of(&arrival.order).await else { break };
            told.push(Arrival {
                seq: arrival.seq,
                platform,
                order: arrival.order,
                condition: arrival.inspection.condition,
                as_described: arrival.inspection.as_described,
                notes: arrival.inspection.remarks.join(" "),
            });
        }
        told
    }

    async fn payouts(&mut self, since: u64) -> Vec<Payout> {
        let paid = heard("payouts", self.0.money(since).await).unwrap_or_default();
        let mut told = Vec::with_capacity(paid.len());
        for payout in paid {
            let Some(platform) = self.platform_of(&payout.order).await else { break };
            told.push(Payout {
                seq: payout.seq,
                platform,
                order: payout.order,
                gross: payout.gross,
                platform_fee: payout.platform_fee,
                payment_fee: payout.payment_fee,
                amount: payout.amount,
            });
        }
        told
    }
}

fn refusal(reason: &live::Refusal) -> Refusal {
    let code = match reason {
        live::Refusal::Gone | live::Refusal::NotForSale { .. } => RefusalCode::Gone,
        live::Refusal::OptedOut => RefusalCode::OptedOut,
        live::Refusal::NotFound { .. } => RefusalCode::Unknown,
        _ => RefusalCode::Other,
    };
    Refusal::new(code, reason.to_string())
}

fn action(deed: &Deed, text: &str) -> live::Action {
    use live::Action as A;
    match deed.clone() {
        Deed::Write { listing, offer } => A::SendMessage { listing, text: text.to_owned(), offer },
        Deed::Buy { listing, price } => A::Buy { listing, price },
        Deed::Publish { draft } => A::Publish { draft: published(draft) },
        Deed::Reprice { listing, price } => A::Reprice { listing, price },
        Deed::Delist { listing } => A::Delist { listing },
        Deed::Answer { thread, answer } => {
            A::AnswerBuyer { thread, answer: answered(answer), text: text.to_owned() }
        }
        Deed::Ship { order } => A::Ship { order },
        Deed::Refund { order, amount } => A::Refund { order, amount },
        Deed::Claim { order } => A::Claim { order },
    }
}

/// A deed as the market wrote it down, in the executor's words.
fn deed(action: live::Action) -> Deed {
    use live::Action as A;
    match action {
        A::SendMessage { listing, offer, .. } => Deed::Write { listing, offer },
        A::Buy { listing, price } => Deed::Buy { listing, price },
        A::Publish { draft } => Deed::Publish { draft: drafted(draft) },
        A::Reprice { listing, price } => Deed::Reprice { listing, price },
        A::Delist { listing } => Deed::Delist { listing },
        A::AnswerBuyer { thread, answer, .. } => Deed::Answer { thread, answer: told(answer) },
        A::Ship { order } => Deed::Ship { order },
        A::Refund { order, amount } => Deed::Refund { order, amount },
        A::Claim { order } => Deed::Claim { order },
    }
}

fn drafted(draft: live::Draft) -> Draft {
    Draft {
        platform: draft.platform,
        purchase_order: draft.order,
        title: draft.title,
        description: draft.description.unwrap_or_default(),
        condition: draft.condition,
        price: draft.price,
        shipping_price: draft.shipping_price,
        delivery: draft.delivery,
        images: draft.images,
        attributes: draft.attributes,
    }
}

fn told(answer: live::BuyerAnswer) -> BuyerAnswer {
    match answer {
        live::BuyerAnswer::Accept => BuyerAnswer::Accept,
        live::BuyerAnswer::Counter(price) => BuyerAnswer::Counter(price),
        live::BuyerAnswer::Decline => BuyerAnswer::Decline,
        live::BuyerAnswer::Reply => BuyerAnswer::Reply,
    }
}

fn published(draft: Draft) -> live::Draft {
    live::Draft {
        platform: draft.platform,
        order: draft.purchase_order,
        title: draft.title,
        description: Some(draft.description),
        condition: draft.condition,
        price: draft.price,
        shipping_price: draft.shipping_price,
        delivery: draft.delivery,
        images: draft.images,
        attributes: draft.attributes,
    }
}

fn answered(answer: BuyerAnswer) -> live::BuyerAnswer {
    match answer {
        BuyerAnswer::Accept => live::BuyerAnswer::Accept,
        BuyerAnswer::Counter(price) => live::BuyerAnswer::Counter(price),
        BuyerAnswer::Decline => live::BuyerAnswer::Decline,
        BuyerAnswer::Reply => live::BuyerAnswer::Reply,
    }
}

fn receipt(receipt: live::Receipt) -> Receipt {
    use live::Receipt as R;
    match receipt {
        R::Sent { message_id, thread, .. } => Receipt::Sent { message: message_id, thread },
        R::Bought { order, price, shipping, total, .. } => Receipt::Bought { order, price, shipping, total },
        R::Published { listing, insertion_fee, .. } => Receipt::Published { listing, insertion_fee },
        R::Repriced { .. } => Receipt::Repriced,
        R::Delisted { .. } => Receipt::Delisted,
        R::Shipped { tracking, label, .. } => Receipt::Shipped { tracking, label },
        R::Refunded { amount, .. } => Receipt::Refunded { amount },
        R::Claimed { amount, .. } => Receipt::Claimed { amount },
    }
}

fn state(state: live::OrderState) -> OrderState {
    use live::OrderState as S;
    match state {
        S::Placed => OrderState::Placed,
        S::Shipped => OrderState::Shipped,
        S::Delivered => OrderState::Delivered,
        S::Cancelled => OrderState::Cancelled,
        S::NeverArrived => OrderState::NeverArrived,
        S::ReturnAsked => OrderState::ReturnAsked,
        S::Refunded => OrderState::Refunded,
    }
}
