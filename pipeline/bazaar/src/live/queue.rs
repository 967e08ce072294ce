//! What will happen, in the order of time.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use autobazaaar_domain::{Cents, Utc};

/// What comes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Somebody offers a new thing.
    Arrive,
    /// A copy of a thing known before is put up.
    Place { thing: u64, copy: u8, venue: u8, ask: Cents },
    /// A listing's next change; void when its turn is another by then.
    Turn { copy: u64, turn: u32, change: Change },
    /// A seller has written an answer.
    Reply { copy: u64, turn: u32 },
    /// An order goes its next step.
    Order { order: u32, step: Step },
    /// Somebody comes by a listing of ours (visitor 0: nobody, its freshness is over); void when
    /// it was changed since.
    Visit { own: u32, turn: u32, visitor: u32 },
    /// A buyer has decided about our answer.
    Chat { chat: u32, turn: u32 },
}

/// How a listing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Leave,
    Snatch,
    Drop,
    Promise,
    Renew,
    /// Its freshness is over: its rates are others from now on.
    Stale,
    AuctionEnd,
    Expire,
    Vanish,
}

/// How an order goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Send,
    Arrive,
    GiveUp,
    NeverCame,
    Pay,
    AskReturn,
    ForceRefund,
    ComesBack,
    ShipDeadline,
}

struct Due {
    at_ms: i64,
    seq: u64,
    what: What,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at_ms, self.seq).cmp(&(other.at_ms, other.seq))
    }
}

/// Earliest first; what was planned first goes first at one moment.
#[derive(Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<Due>>,
    seq: u64,
}

impl Queue {
    pub fn plan(&mut self, at: Utc, what: What) {
        self.seq += 1;
        self.heap.push(Reverse(Due { at_ms: at.timestamp_millis(), seq: self.seq, what }));
    }

    /// What is due by `until`, if anything.
    pub fn next(&mut self, until: Utc) -> Option<(Utc, What)> {
        if self.heap.peek()?.0.at_ms > until.timestamp_millis() {
            return None;
        }
        let Reverse(due) = self.heap.pop()?;
        Some((Utc::from_timestamp_millis(due.at_ms)?, due.what))
    }

    /// When the next thing happens.
    pub fn next_at(&self) -> Option<Utc> {
        Utc::from_timestamp_millis(self.heap.peek()?.0.at_ms)
    }
}
