//! What may be acted on.

use autobazaaar_domain::ids::DealId;
use autobazaaar_domain::owner::ApprovalKind;
use autobazaaar_domain::{Action, Deal, Decision};
use autobazaaar_store::Given;

/// A value that was approved: by the rules within their limits, or by a yes of the owner that stands
/// in the store. Nothing else makes one, and the executor takes nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Approved<T>(T);

/// A deal with what was decided about it.
pub type Decided = (Deal, Decision);

/// What the rules say of a decided deal.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It may be acted on.
    Go(Box<Approved<Decided>>),
    /// The owner has to agree first.
    Ask(Box<Waiting>),
    /// Nothing is to be done.
    Pass,
}

/// A deal that waits for the owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting(Decided);

impl<T> Approved<T> {
    /// What was approved.
    pub fn get(&self) -> &T {
        &self.0
    }
}

impl Waiting {
    /// What the owner is asked about.
    #[must_use]
    pub fn get(&self) -> &Decided {
        &self.0
    }

    /// The owner agreed. `None` when the yes was to something else.
    #[must_use]
    pub fn agreed(self, given: &Given) -> Option<Approved<Decided>> {
        let asked = given.approval();
        let deal = &self.0.0;
        let id = DealId { item: deal.item_id, episode: deal.episode };
        let same = asked.kind == ApprovalKind::Purchase && asked.subject == id.to_string();
        same.then_some(Approved(self.0))
    }
}

/// Sorts a decided deal.
#[must_use]
pub fn verdict(deal: Deal, decision: Decision) -> Verdict {
    let allowed = decision.max_price.is_some_and(|price| price.0 > 0) && decision.hold.0 > 0;
    if decision.action == Action::Pass || !allowed || deal.key != decision.key {
        return Verdict::Pass;
    }
    if decision.needs_approval {
        return Verdict::Ask(Box::new(Waiting((deal, decision))));
    }
    Verdict::Go(Box::new(Approved((deal, decision))))
}
