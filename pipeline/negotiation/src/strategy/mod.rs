//! What to do next: the four strategies, when to use which, and the two negotiators.
//!
//! A [`Table`] is all that a negotiator knows of a negotiation. Both negotiators are pure
//! functions of it, so that a step can be replayed from the stored rounds.

mod baseline;
mod belief;
mod choice;
mod hours;
mod learned;
mod parameters;
mod round;
mod step;
mod table;

pub use baseline::Baseline;
pub use belief::{Belief, Past, Sellers};
pub use choice::{Circumstances, choose};
pub use hours::{BadHours, QuietHours};
pub use learned::Learned;
pub use parameters::{GapRule, Parameters, Playbook};
pub use round::{down_to_habit, next_below};
pub use step::{AskReason, CloseReason, NextStep, OfferKind};
pub use table::{Reply, Round, Table};

use crate::Reading;

/// Decides every price, acceptance and stop of a purchase.
///
/// **Invariant:** no step of it offers or accepts more than [`Table::limit`].
pub trait Negotiator {
    /// The first step: an opening offer, or the reason why there is none.
    fn open(&self, table: &Table) -> NextStep;

    /// What follows a reply. `table` holds the rounds up to our last offer; the reply belongs to
    /// the last of them.
    fn answer(&self, table: &Table, reading: &Reading) -> NextStep;

    /// What follows when no reply has come for the time of
    /// [`Parameters::follow_up_after_hours`].
    fn silence(&self, table: &Table) -> NextStep {
        step::after_silence(table)
    }
}
