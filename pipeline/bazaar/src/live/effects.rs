//! Deeds: done once per effect id, whatever gets lost on the way.

use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::{Cents, ListingKey};

use super::Bazaar;
use super::acts::{Action, BuyerAnswer, Deed, Draft, EffectStatus, Entry, Outcome, Receipt, Refusal};
use super::faults::Luck;

/// An effect id that was used.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// Hash of the deed, so that an id is not used for two.
    deed: [u8; 16],
    result: Result<Receipt, Refusal>,
}

impl Known {
    /// What came of it.
    pub fn result(&self) -> &Result<Receipt, Refusal> {
        &self.result
    }
}

impl Bazaar {
    /// Does something, once for each effect id. Sending it again gives the first answer; sending
    /// another deed under the id is refused.
    pub fn act(&mut self, effect_id: &str, action: &Action) -> Outcome {
        let mut dice = self.call();
        let faults = self.faults;
        match faults.luck(&mut dice) {
            Luck::Fine => answer(self.settle(effect_id, action)),
            Luck::LostBefore => Outcome::Uncertain,
            Luck::LostAfter => {
                // It happened, or was refused; nobody hears of it.
                let _ = self.settle(effect_id, action);
                Outcome::Uncertain
            }
            Luck::RateLimited => {
                Outcome::Refused { reason: Refusal::RateLimited { retry_after_s: 1 + dice.below(60) as u32 } }
            }
            Luck::Unavailable => Outcome::Refused { reason: Refusal::Unavailable },
        }
    }

    /// What became of an effect. Faults of reading apply: an error says nothing about the effect.
    ///
    /// # Errors
    /// Too many requests, unavailable, garbled.
    pub fn effect_status(&mut self, effect_id: &str) -> Result<EffectStatus, Refusal> {
        self.read_luck()?;
        Ok(match self.effects.get(effect_id).map(|known| known.result.clone()) {
            None => EffectStatus::Unknown,
            Some(Ok(receipt)) => EffectStatus::Done(receipt),
            Some(Err(reason)) => EffectStatus::Refused { reason },
        })
    }

    /// A message to a seller; the offer is read from `offer`, else from the text.
    pub fn send_message(
        &mut self,
        effect_id: &str,
        listing: &ListingKey,
        text: &str,
        offer: Option<Cents>,
    ) -> Outcome {
        let (listing, text) = (listing.clone(), text.to_owned());
        self.act(effect_id, &Action::SendMessage { listing, text, offer })
    }

    /// Buys a listing for at most `price` plus shipping.
    pub fn buy(&mut self, effect_id: &str, listing: &ListingKey, price: Cents) -> Outcome {
        self.act(effect_id, &Action::Buy { listing: listing.clone(), price })
    }

    /// Puts up a listing of ours.
    pub fn publish(&mut self, effect_id: &str, draft: &Draft) -> Outcome {
        self.act(effect_id, &Action::Publish { draft: draft.clone() })
    }

    /// Changes the ask of a listing of ours.
    pub fn reprice(&mut self, effect_id: &str, listing: &ListingKey, price: Cents) -> Outcome {
        self.act(effect_id, &Action::Reprice { listing: listing.clone(), price })
    }

    /// Takes a listing of ours down.
    pub fn delist(&mut self, effect_id: &str, listing: &ListingKey) -> Outcome {
        self.act(effect_id, &Action::Delist { listing: listing.clone() })
    }

    /// Answers somebody who wrote about a listing of ours.
    pub fn answer_buyer(
        &mut self,
        effect_id: &str,
        thread: &str,
        answer: BuyerAnswer,
        text: &str,
    ) -> Outcome {
        let (thread, text) = (thread.to_owned(), text.to_owned());
        self.act(effect_id, &Action::AnswerBuyer { thread, answer, text })
    }

    /// Sends a sale.
    pub fn ship(&mut self, effect_id: &str, order: &str) -> Outcome {
        self.act(effect_id, &Action::Ship { order: order.to_owned() })
    }

    /// Pays a buyer back.
    pub fn refund(&mut self, effect_id: &str, order: &str, amount: Cents) -> Outcome {
        self.act(effect_id, &Action::Refund { order: order.to_owned(), amount })
    }

    /// Asks for a purchase's money back.
    pub fn claim(&mut self, effect_id: &str, order: &str) -> Outcome {
        self.act(effect_id, &Action::Claim { order: order.to_owned() })
    }

    /// Does a deed unless it is known, and remembers it.
    pub(super) fn settle(&mut self, effect_id: &str, action: &Action) -> Result<Receipt, Refusal> {
        if effect_id.is_empty() || effect_id.len() > 200 {
            return Err(Refusal::bad("an effect id has 1 to 200 bytes"));
        }
        let deed = fingerprint(action);
        if let Some(known) = self.effects.get(effect_id) {
            return if known.deed == deed { known.result.clone() } else { Err(Refusal::Conflict) };
        }
        let result = self.perform(action);
        let said = match &result {
            Ok(_) => "done",
            Err(_) => "refused",
        };
        let now = self.now;
        self.log.text(now, action.name(), &format!("{effect_id} {said}"));
        let entry =
            Entry { at: now, effect: effect_id.to_owned(), deed: Deed::Act { action: action.clone() } };
        self.journal.push(entry);
        self.effects.insert(effect_id.to_owned(), Known { deed, result: result.clone() });
        result
    }

    fn perform(&mut self, action: &Action) -> Result<Receipt, Refusal> {
        match action {
            Action::SendMessage { listing, text, offer } => self.write_to_seller(listing, text, *offer),
            Action::Buy { listing, price } => self.buy_listing(listing, *price),
            Action::Publish { draft } => self.publish_draft(draft),
            Action::Reprice { listing, price } => self.reprice_own(listing, *price),
            Action::Delist { listing } => self.delist_own(listing),
            Action::AnswerBuyer { thread, answer, text } => {
                if text.len() > 20_000 {
                    return Err(Refusal::bad("a message has at most 20,000 bytes"));
                }
                self.answer_chat(thread, *answer)
            }
            Action::Ship { order } => self.ship_sale(order),
            Action::Refund { order, amount } => self.refund_sale(order, *amount),
            Action::Claim { order } => self.claim_purchase(order),
        }
    }
}

fn answer(result: Result<Receipt, Refusal>) -> Outcome {
    match result {
        Ok(receipt) => Outcome::Done(receipt),
        Err(reason) => Outcome::Refused { reason },
    }
}

/// A hash of everything in a deed.
fn fingerprint(action: &Action) -> [u8; 16] {
    // The debug form names every field; it never leaves the process.
    FieldHasher::new("bazaar deed").text(&format!("{action:?}")).finish()
}
