//! The owner's own hands as the executor's world: what is queued waits until the owner says that it
//! was done, or that it cannot be; what the owner tells is the news.

use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::negotiation::Channel;

use super::market::{Answer, Arrival, Deed, Incoming, Known, Market, OrderNews, Payout, Receipt, Refusal};

/// What the owner tells in one go. Each thing told is taken in once.
///
/// **Promise:** an effect that the owner has said nothing of is never handed over.
#[derive(Debug, Default)]
pub struct ByHand {
    words: Vec<(EffectId, Answer)>,
    inbox: Vec<Incoming>,
    orders: Vec<OrderNews>,
    arrivals: Vec<Arrival>,
    payouts: Vec<Payout>,
}

impl ByHand {
    /// The owner did it.
    pub fn did(&mut self, effect: EffectId, receipt: Receipt) {
        self.words.push((effect, Answer::Done(receipt)));
    }

    /// It cannot be done.
    pub fn did_not(&mut self, effect: EffectId, refusal: Refusal) {
        self.words.push((effect, Answer::Refused(refusal)));
    }

    /// Somebody wrote.
    pub fn heard(&mut self, message: Incoming) {
        self.inbox.push(message);
    }

    /// An order changed.
    pub fn order(&mut self, news: OrderNews) {
        self.orders.push(news);
    }

    /// Something came into the owner's hands.
    pub fn received(&mut self, arrival: Arrival) {
        self.arrivals.push(arrival);
    }

    /// Money of a sale came.
    pub fn paid(&mut self, payout: Payout) {
        self.payouts.push(payout);
    }

    fn word(&self, effect: EffectId) -> Option<&Answer> {
        self.words.iter().find(|(about, _)| *about == effect).map(|(_, answer)| answer)
    }
}

/// Gives a feed's news their numbers, after those that were read before.
fn numbered<T>(news: &mut Vec<T>, since: u64, number: impl Fn(&mut T, u64)) -> Vec<T> {
    let mut news = std::mem::take(news);
    for (at, one) in news.iter_mut().enumerate() {
        number(one, since + 1 + at as u64);
    }
    news
}

impl Market for ByHand {
    fn channel(&self) -> Channel {
        Channel::Manual
    }

    fn ready(&self) -> Option<Vec<EffectId>> {
        Some(self.words.iter().map(|(effect, _)| *effect).collect())
    }

    async fn act(&mut self, effect: EffectId, _: &Deed, _: &str) -> Answer {
        match self.words.iter().position(|(about, _)| *about == effect) {
            Some(at) => self.words.swap_remove(at).1,
            None => Answer::Later { why: "the owner has not said that it is done".to_owned(), seconds: 1 },
        }
    }

    async fn known(&mut self, effect: EffectId) -> Option<Known> {
        match self.word(effect)? {
            Answer::Done(receipt) => Some(Known::Done(receipt.clone())),
            Answer::Refused(refusal) => Some(Known::Refused(refusal.clone())),
            Answer::Later { .. } | Answer::Uncertain => None,
        }
    }

    async fn inbox(&mut self, since: u64) -> Vec<Incoming> {
        numbered(&mut self.inbox, since, |message, seq| message.seq = seq)
    }

    async fn orders(&mut self, since: u64) -> Vec<OrderNews> {
        numbered(&mut self.orders, since, |news, seq| news.seq = seq)
    }

    async fn arrivals(&mut self, since: u64) -> Vec<Arrival> {
        numbered(&mut self.arrivals, since, |arrival, seq| arrival.seq = seq)
    }

    async fn payouts(&mut self, since: u64) -> Vec<Payout> {
        numbered(&mut self.payouts, since, |payout, seq| payout.seq = seq)
    }
}
