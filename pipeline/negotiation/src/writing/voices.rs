//! The voices in which messages are worded: one per strategy, and one as a seller.
//!
//! `{item}` and `{price}` stand for the title and the approved price. A sentence that claims
//! something of the owner stands among the tactics, beside what makes it true.

mod collector;
mod friendly_local;
mod professional_buyer;
mod seller;
mod urgent_cash;

use autobazaaar_domain::Strategy;

use super::compose::subject;
use super::pick::pick;
use super::{Facts, MessageType, Order, Owner, PREVIEW_CHARS, Wording, title};
use crate::Party;

/// Ways to say a thing.
type Ways = &'static [&'static str];

/// How one strategy speaks. Several ways each; the seed chooses.
pub(super) struct Voice {
    greetings: Ways,
    opening: Ways,
    counter: Ways,
    /// The price of before, with its reason.
    restated: Ways,
    last: Ways,
    accept: Ways,
    reject: Ways,
    question: Ways,
    /// After the answers, where an offer stands.
    after_answer: Ways,
    follow_up: Ways,
    thanks: Ways,
    /// What speaks for us, where it is true.
    tactics: &'static [(Truth, &'static str)],
}

/// What must be so before a sentence may be said.
#[derive(Clone, Copy)]
enum Truth {
    LivesNear,
    PaysCash,
    FlexiblePickup,
    PaysPromptly,
    Collects,
    Invoice,
}

impl Truth {
    fn holds(self, owner: &Owner) -> bool {
        match self {
            Self::LivesNear => owner.lives_near.as_ref().is_some_and(|place| !place.trim().is_empty()),
            Self::PaysCash => owner.pays_cash,
            Self::FlexiblePickup => owner.flexible_pickup,
            Self::PaysPromptly => owner.pays_promptly,
            Self::Collects => owner.collects,
            Self::Invoice => owner.invoice,
        }
    }
}

/// The most that speaks for us in one message.
const TACTICS: usize = 2;

/// Who speaks.
pub(super) fn voice(order: &Order) -> &'static Voice {
    match (order.side, order.strategy) {
        (Party::Seller, _) => &seller::VOICE,
        (Party::Buyer, Strategy::FriendlyLocal) => &friendly_local::VOICE,
        (Party::Buyer, Strategy::ProfessionalBuyer) => &professional_buyer::VOICE,
        (Party::Buyer, Strategy::UrgentCash) => &urgent_cash::VOICE,
        (Party::Buyer, Strategy::Collector) => &collector::VOICE,
    }
}

impl Voice {
    /// Words an order.
    pub(super) fn word(&self, order: &Order, facts: &Facts) -> Wording {
        let core = fill(&self.core(order), order, facts);
        let greeting = pick(self.greetings, order.seed, 0);
        let mut said = core.clone();
        if matches!(order.kind, MessageType::InitialOffer | MessageType::Counter | MessageType::FinalOffer) {
            for tactic in self.true_tactics(order, facts) {
                said.push(' ');
                said.push_str(&tactic);
            }
        }
        let thanks = pick(self.thanks, order.seed, 9);
        Wording {
            subject: subject(subject_start(order), facts.title),
            preview: preview(&core),
            body: format!("{greeting}\n\n{said}\n\n{thanks}"),
        }
    }

    fn core(&self, order: &Order) -> String {
        let one = |ways| pick(ways, order.seed, 1).to_owned();
        match order.kind {
            MessageType::InitialOffer => one(self.opening),
            MessageType::Counter if order.restated => one(self.restated),
            MessageType::Counter => one(self.counter),
            MessageType::FinalOffer => one(self.last),
            MessageType::Accept => one(self.accept),
            MessageType::Reject => one(self.reject),
            MessageType::Question => one(self.question),
            MessageType::FollowUp => one(self.follow_up),
            MessageType::Answer => {
                let mut said = order.answers.join(" ");
                if order.price.is_some() {
                    said.push(' ');
                    said.push_str(pick(self.after_answer, order.seed, 1));
                }
                said
            }
        }
    }

    /// What is true and speaks for us; which of it comes first follows the seed.
    fn true_tactics(&self, order: &Order, facts: &Facts) -> Vec<String> {
        let mut held: Vec<&str> = self
            .tactics
            .iter()
            .filter(|(truth, _)| truth.holds(facts.owner))
            .map(|(_, text)| *text)
            .collect();
        if held.len() > TACTICS {
            let turn = (order.seed % held.len() as u64) as usize;
            held.rotate_left(turn);
        }
        held.truncate(TACTICS);
        held.into_iter().map(|text| fill(text, order, facts)).collect()
    }
}

fn subject_start(order: &Order) -> &'static str {
    match (order.kind, order.side) {
        (MessageType::InitialOffer, _) => "Offer for",
        (MessageType::Counter, _) => "New offer for",
        (MessageType::FinalOffer, _) => "Last offer for",
        (MessageType::Accept, _) => "Agreed:",
        (MessageType::Reject | MessageType::Answer, _) => "About",
        (MessageType::Question, _) => "Question about",
        (MessageType::FollowUp, _) => "Still there:",
    }
}

/// The first words of a text.
fn preview(text: &str) -> String {
    if text.chars().count() <= PREVIEW_CHARS {
        return text.to_owned();
    }
    let mut short = String::new();
    for word in text.split_whitespace() {
        if short.chars().count() + word.chars().count() + 3 > PREVIEW_CHARS {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short.push_str(" …");
    short
}

/// Puts the facts in their places, in one pass: what stands in a fact is never a place.
fn fill(text: &str, order: &Order, facts: &Facts) -> String {
    let mut out = String::with_capacity(text.len() + 80);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else { break };
        out.push_str(&rest[..start]);
        match &rest[start..=start + length] {
            "{item}" => out.push_str(&title::plain_title(facts.title)),
            "{price}" => out.extend(order.money().map(|money| money.to_string())),
            "{place}" => out.push_str(facts.owner.lives_near.as_deref().unwrap_or_default().trim()),
            other => out.push_str(other),
        }
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    out
}
