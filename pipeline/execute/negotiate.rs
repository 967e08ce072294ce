//! One negotiation: opened, answered, ended.

use autobazaaar_domain::deal::DealEvent;
use autobazaaar_domain::ids::NegotiationId;
use autobazaaar_domain::message::{Message, MessageKind};
use autobazaaar_domain::negotiation::{Negotiation, NegotiationStatus, Round as StoredRound};
use autobazaaar_domain::owner::{AlertKind, ApprovalKind, Severity};
use autobazaaar_domain::{Cents, DealStatus, Lifecycle as _};
use autobazaaar_negotiation::strategy::{Circumstances, CloseReason, Parameters, Reply, choose};
use autobazaaar_negotiation::writing::{MessageType, answer as find_answers};
use autobazaaar_negotiation::{NextStep, OfferKind, Reading, Round, Table};
use autobazaaar_store::{NewAlert, NewDue, Offer, OfferTurn, TrackedDeal, Turn, Tx};
use chrono::TimeDelta;

use super::market::Market;
use super::timers::SILENCE;
use super::write::{Say, Stored, person_of};
use super::{ExecuteError, Executor, deal_of, money};
use crate::decide::{Approved, Decided};

impl<M: Market> Executor<'_, M> {
    /// Opens a negotiation: its draft, the hold, the first offer and its message in one transaction.
    pub(super) async fn open(
        &mut self,
        tx: &mut Tx<'_>,
        tracked: &TrackedDeal,
        approved: &Approved<Decided>,
    ) -> Result<(), ExecuteError> {
        let (deal, decision) = approved.get();
        let strategy = decision.strategy.unwrap_or_else(|| {
            choose(&Circumstances {
                margin: deal.figures.as_ref().map(|figures| figures.profit_margin),
                minutes_left: deal.expires_at.map(|end| (end - tx.now()).num_minutes()),
                seller: deal.seller_kind,
                category: &deal.category,
            })
        });
        let parameters = self.settings.playbook.of(strategy);
        let (ask, limit) = (tracked.ask.unwrap_or(Cents::ZERO), tracked.max_price.unwrap_or(Cents::ZERO));
        let negotiation = Negotiation {
            negotiation_id: tx.new_id(),
            deal_id: tracked.deal_id,
            item_id: tracked.item_id,
            key: tracked.key.clone(),
            thread_id: None,
            channel: self.market.channel(),
            strategy,
            parameters: serde_json::to_value(parameters)?,
            seller_key: tracked.seller_key.clone(),
            currency: tracked.currency,
            ask,
            current_offer: None,
            // Nobody pays more than is asked.
            max_acceptable: limit.min(ask),
            final_price: None,
            savings: None,
            follow_ups: 0,
            round_count: 0,
            status: NegotiationStatus::FIRST,
            status_reason: None,
            reopens: None,
            approached_at: None,
            offer_expires_at: None,
            response_time_s: None,
            started_at: tx.now(),
            last_activity_at: tx.now(),
            completed_at: None,
        };
        tx.start_negotiation(&negotiation).await?;
        let hold = money(decision.hold, tracked.currency);
        tx.place_hold(tracked.deal_id, Some(negotiation.negotiation_id), hold, None).await?;
        tx.change_deal(tracked.deal_id, DealEvent::Negotiate, None).await?;
        let step = self.negotiator.open(&table(&negotiation, tracked, parameters, &[]));
        self.take_step(tx, &negotiation, tracked, step).await
    }

    /// What follows a reply that was read.
    pub(super) async fn reply(
        &mut self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        reading: &Reading,
    ) -> Result<(), ExecuteError> {
        let tracked = deal_of(tx, negotiation.deal_id, "a negotiation").await?;
        let rounds = rounds(&tx.rounds(negotiation.negotiation_id).await?);
        let parameters: Parameters = serde_json::from_value(negotiation.parameters.clone())?;
        let step = self.negotiator.answer(&table(negotiation, &tracked, &parameters, &rounds), reading);
        self.take_step(tx, negotiation, &tracked, step).await
    }

    /// What follows when nobody answered in time.
    pub(super) async fn silent(&mut self, tx: &mut Tx<'_>, id: NegotiationId) -> Result<(), ExecuteError> {
        let Some(negotiation) = tx.negotiation(id).await?.filter(|known| !known.status.is_final()) else {
            return Ok(());
        };
        if self.is_put_off(tx, SILENCE, id).await? {
            return Ok(());
        }
        let tracked = deal_of(tx, negotiation.deal_id, "a negotiation").await?;
        let rounds = rounds(&tx.rounds(id).await?);
        let parameters: Parameters = serde_json::from_value(negotiation.parameters.clone())?;
        let step = self.negotiator.silence(&table(&negotiation, &tracked, &parameters, &rounds));
        self.take_step(tx, &negotiation, &tracked, step).await
    }

    async fn take_step(
        &mut self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        tracked: &TrackedDeal,
        step: NextStep,
    ) -> Result<(), ExecuteError> {
        let stands = Some(tx.now() + TimeDelta::hours(self.settings.offer_hours));
        let say = match &step {
            NextStep::Accept { price } => Say::priced(MessageType::Accept, Some(*price), None),
            // What was said to be the last offer stands; none follows it, whoever bargains.
            NextStep::Offer { .. } if negotiation.status == NegotiationStatus::FinalOffer => {
                return self.listen(tx, negotiation).await;
            }
            NextStep::Offer { price, kind } => {
                let said = MessageType::of(&step).unwrap_or(MessageType::Counter);
                Say { restated: *kind == OfferKind::Restated, ..Say::priced(said, Some(*price), stands) }
            }
            NextStep::Clarify => Say::priced(MessageType::Question, negotiation.current_offer, None),
            NextStep::FollowUp { .. } => {
                Say::priced(MessageType::FollowUp, negotiation.current_offer, stands)
            }
            NextStep::Answer { questions } => {
                let found = find_answers(questions, &[]);
                if found.answers.is_empty() {
                    let why = "a question that the facts do not answer";
                    return self.leave_to_owner(tx, negotiation, why).await;
                }
                let say = Say { answers: &found.answers, ..Say::priced(MessageType::Answer, None, None) };
                return self.put(tx, negotiation, tracked, &say).await;
            }
            NextStep::AskOwner { reason } => {
                return self.leave_to_owner(tx, negotiation, reason.as_str()).await;
            }
            NextStep::Close { reason } => {
                if *reason == CloseReason::Suspicious {
                    warn_of_fraud(tx, negotiation).await?;
                }
                return self.close(tx, negotiation, *reason).await;
            }
            NextStep::Wait => return self.listen(tx, negotiation).await,
        };
        self.put(tx, negotiation, tracked, &say).await
    }

    /// Says something: at once where that may be done without asking, else once the owner says yes.
    async fn put(
        &mut self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        tracked: &TrackedDeal,
        say: &Say<'_>,
    ) -> Result<(), ExecuteError> {
        // Whoever opted out over one item hears no more over another. A draft is left to the outbox,
        // which refuses it, so that nothing of it is kept.
        let person = person_of(self, negotiation).await;
        if negotiation.status != NegotiationStatus::Draft && tx.is_suppressed(&person).await? {
            return self.close(tx, negotiation, CloseReason::OptedOut).await;
        }
        if say.kind == MessageType::Accept && tx.hold_of(negotiation.negotiation_id).await?.is_none() {
            return self.close(tx, negotiation, CloseReason::NothingAllowed).await;
        }
        let message = self.draft(tx, negotiation, &tracked.title, say).await?;
        if self.settings.rights.contact.at(&negotiation.key.platform) {
            self.go_out(tx, negotiation, tracked, message, Stored::No).await
        } else {
            self.propose(tx, negotiation, &message).await
        }
    }

    /// A message may go out: it is queued, and the negotiation led on by it.
    pub(super) async fn go_out(
        &mut self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        tracked: &TrackedDeal,
        message: Message,
        stored: Stored,
    ) -> Result<(), ExecuteError> {
        let (id, kind, written) = (message.message_id, message.kind, message.at);
        let turn = match (kind, message.our_offer) {
            (MessageKind::Accept, Some(price)) => {
                return self.agree(tx, negotiation, tracked, message, stored, price).await;
            }
            (MessageKind::InitialOffer, Some(price)) => Some((OfferTurn::Opening, price)),
            (MessageKind::Counter, Some(price)) => Some((OfferTurn::Counter, price)),
            (MessageKind::FinalOffer, Some(price)) => Some((OfferTurn::Last, price)),
            _ => None,
        };
        self.send_out(tx, negotiation, message, stored).await?;
        if let Some((turn, price)) = turn {
            let expires_at = Some(written + TimeDelta::hours(self.settings.offer_hours));
            let offer = Offer { turn, price, message_id: Some(id), expires_at };
            tx.offer(negotiation.negotiation_id, offer).await?;
        }
        if kind == MessageKind::FollowUp {
            tx.follow_up(negotiation.negotiation_id).await?;
        }
        self.listen(tx, negotiation).await
    }

    /// Agrees, and goes on to pay: an acceptance is not yet a purchase.
    async fn agree(
        &mut self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        tracked: &TrackedDeal,
        message: Message,
        stored: Stored,
        price: Cents,
    ) -> Result<(), ExecuteError> {
        let id = negotiation.negotiation_id;
        let Some(hold) = tx.hold_of(id).await? else {
            return self.close(tx, negotiation, CloseReason::NothingAllowed).await;
        };
        tx.accept(id, price).await?;
        tx.drop_due(SILENCE, id).await?;
        if tracked.status != DealStatus::Negotiating {
            tx.void_hold(hold.hold_id, "the deal has ended").await?;
            return Ok(());
        }
        self.send_out(tx, negotiation, message, stored).await?;
        self.buy(tx, tracked, Some(id), &hold, price).await
    }

    /// Ends a negotiation without a deal, and frees its money.
    pub(super) async fn close(
        &mut self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        reason: CloseReason,
    ) -> Result<(), ExecuteError> {
        let id = negotiation.negotiation_id;
        let turn = match reason {
            CloseReason::Silence => Turn::Expire,
            CloseReason::Rejected | CloseReason::LimitReached | CloseReason::Sold => Turn::Reject,
            _ => Turn::Abandon,
        };
        // A draft was never sent, so nobody can have refused it.
        let turn = if negotiation.status == NegotiationStatus::Draft { Turn::Abandon } else { turn };
        tx.change_negotiation(id, turn, Some(reason.as_str())).await?;
        self.free(tx, negotiation, reason.as_str()).await
    }

    /// Frees the hold and ends the deal of an ended negotiation.
    pub(super) async fn free(
        &mut self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        reason: &str,
    ) -> Result<(), ExecuteError> {
        let id = negotiation.negotiation_id;
        tx.drop_due(SILENCE, id).await?;
        self.drop_proposals(tx, id).await?;
        if let Some(hold) = tx.hold_of(id).await? {
            tx.void_hold(hold.hold_id, reason).await?;
        }
        let deal = deal_of(tx, negotiation.deal_id, "a negotiation").await?;
        if !deal.status.is_final() {
            tx.change_deal(deal.deal_id, DealEvent::Pass, Some(reason)).await?;
        }
        Ok(())
    }

    /// Waits for an answer as long as the strategy does.
    pub(super) async fn listen(
        &self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
    ) -> Result<(), ExecuteError> {
        let parameters = self.settings.playbook.of(negotiation.strategy);
        // What is said in the night leaves in the morning: nobody is late with an answer before.
        let heard = self.settings.may_write_from(tx.now());
        let at = heard + TimeDelta::hours(i64::from(parameters.follow_up_after_hours));
        tx.drop_due(SILENCE, negotiation.negotiation_id).await?;
        tx.schedule(&NewDue::new(SILENCE, negotiation.negotiation_id, at)).await?;
        Ok(())
    }

    /// Asks the owner, and lets our offer stand meanwhile.
    async fn leave_to_owner(
        &self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        reason: &str,
    ) -> Result<(), ExecuteError> {
        let id = negotiation.negotiation_id;
        let waiting = tx.newest_approval(&id.to_string(), ApprovalKind::Message).await?;
        if waiting.is_none_or(|approval| approval.status.is_final()) {
            tx.ask_owner(ApprovalKind::Message, id, None, reason, None).await?;
            tx.raise(NewAlert {
                kind: AlertKind::Negotiation,
                severity: Severity::Info,
                title: format!("the seller of {} waits for an answer", negotiation.key),
                message: reason.to_owned(),
                context: None,
                related: Some(("negotiation".to_owned(), id.to_string())),
                suggested_action: Some("answer on the venue".to_owned()),
            })
            .await?;
        }
        self.listen(tx, negotiation).await
    }
}

/// Tells the owner why a negotiation ended that looked like a deal.
async fn warn_of_fraud(tx: &mut Tx<'_>, negotiation: &Negotiation) -> Result<(), ExecuteError> {
    tx.raise(NewAlert {
        kind: AlertKind::Negotiation,
        severity: Severity::Warning,
        title: format!("the seller of {} writes like a fraud", negotiation.key),
        message: "the negotiation was ended before anything was paid".to_owned(),
        context: None,
        related: Some(("negotiation".to_owned(), negotiation.negotiation_id.to_string())),
        suggested_action: Some(format!("read it: autobazaaar negotiations show {}", negotiation.key)),
    })
    .await?;
    Ok(())
}

/// The negotiator's view. The value is what the money buys: the most that may be paid.
fn table<'t>(
    negotiation: &Negotiation,
    tracked: &TrackedDeal,
    parameters: &'t Parameters,
    rounds: &'t [Round],
) -> Table<'t> {
    Table {
        ask: negotiation.ask,
        currency: negotiation.currency,
        max_price: Some(negotiation.max_acceptable),
        worth: tracked.max_price,
        parameters,
        rounds,
        follow_ups: negotiation.follow_ups,
    }
}

/// Stored rounds as the negotiator sees them.
fn rounds(stored: &[StoredRound]) -> Vec<Round> {
    use autobazaaar_domain::message::MessageKind as K;
    let round = |(at, round): (usize, &StoredRound)| Round {
        offer: round.our_offer,
        kind: match round.kind {
            K::InitialOffer => OfferKind::Opening,
            K::FinalOffer => OfferKind::Final,
            _ if at > 0 && stored[at - 1].our_offer == round.our_offer => OfferKind::Restated,
            _ => OfferKind::Counter,
        },
        reply: round.intent.map(|intent| Reply { intent, price: round.their_offer }),
    };
    stored.iter().enumerate().map(round).collect()
}
