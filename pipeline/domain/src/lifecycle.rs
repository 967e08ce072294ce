//! How records live: which event leads from which state to which.
//!
//! Each lifecycle is a table, written once. Whatever the table does not name is refused, so that no
//! illegal change is possible and final states stay final; what comes later opens a new record.

use std::fmt;

/// A change that a record's life does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} that is {from} cannot {event}")]
pub struct IllegalTransition {
    /// What it is about: `a hold`.
    pub what: &'static str,
    pub from: &'static str,
    pub event: &'static str,
}

/// A record's states, led on by events.
pub trait Lifecycle: Copy + Eq + fmt::Debug + fmt::Display + Sized + 'static {
    /// What happens to it.
    type Event: Copy + fmt::Debug + fmt::Display + 'static;
    /// The record, with its article.
    const WHAT: &'static str;
    /// The state it begins in.
    const FIRST: Self;
    /// Every state.
    const STATES: &'static [Self];
    /// Every event.
    const EVENTS: &'static [Self::Event];

    /// The state after an event.
    ///
    /// # Errors
    /// The event is not possible in this state.
    fn next(self, event: Self::Event) -> Result<Self, IllegalTransition>;

    /// No event leads on from here.
    fn is_final(self) -> bool {
        Self::EVENTS.iter().all(|event| self.next(*event).is_err())
    }
}

/// Two word enums and the table that leads from state to state. The first state is the beginning.
macro_rules! lifecycle {
    (
        $(#[$sdoc:meta])* $state:ident of $what:literal {
            $(#[$fdoc:meta])* $first:ident = $fword:literal
            $(, $(#[$svdoc:meta])* $svariant:ident = $sword:literal)* $(,)?
        }
        $(#[$edoc:meta])* $event:ident { $($(#[$evdoc:meta])* $evariant:ident = $eword:literal),+ $(,)? }
        $($from:ident: $($by:ident => $to:ident),+;)+
    ) => {
        crate::listing::words! {
            $(#[$sdoc])* $state { $(#[$fdoc])* $first = $fword $(, $(#[$svdoc])* $svariant = $sword)* }
        }
        crate::listing::words! { $(#[$edoc])* $event { $($(#[$evdoc])* $evariant = $eword),+ } }

        impl $crate::lifecycle::Lifecycle for $state {
            type Event = $event;
            const WHAT: &'static str = $what;
            const FIRST: Self = Self::$first;
            const STATES: &'static [Self] = Self::ALL;
            const EVENTS: &'static [$event] = $event::ALL;

            fn next(self, event: $event) -> Result<Self, $crate::lifecycle::IllegalTransition> {
                match (self, event) {
                    $($((Self::$from, $event::$by) => Ok(Self::$to),)+)+
                    _ => Err($crate::lifecycle::IllegalTransition {
                        what: $what, from: self.as_str(), event: event.as_str(),
                    }),
                }
            }
        }
    };
}
pub(crate) use lifecycle;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::deal::DealStatus;
    use crate::due::DueState;
    use crate::effect::EffectState;
    use crate::inventory::InventoryStatus;
    use crate::ledger::HoldState;
    use crate::negotiation::NegotiationStatus;
    use crate::owner::{AlertStatus, ApprovalStatus};
    use crate::purchase::PurchaseStatus;
    use crate::resale::{ResaleStatus, SaleStatus};

    /// From the first state every state can be reached, and from every state an end.
    fn is_whole<S: Lifecycle>(ends: &[S]) {
        let index = |state: S| S::STATES.iter().position(|known| *known == state).unwrap();
        let reach = |from: usize| {
            let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
            while let Some(at) = open.pop() {
                let next = S::EVENTS.iter().filter_map(|event| S::STATES[at].next(*event).ok()).map(index);
                open.extend(next.filter(|at| seen.insert(*at)));
            }
            seen
        };
        assert_eq!(reach(index(S::FIRST)).len(), S::STATES.len(), "{}: a state cannot be reached", S::WHAT);
        for (at, state) in S::STATES.iter().enumerate() {
            let stops = reach(at).into_iter().any(|at| S::STATES[at].is_final());
            assert!(stops, "{} that is {state} never ends", S::WHAT);
            assert_eq!(state.is_final(), ends.contains(state), "{} that is {state}", S::WHAT);
        }
    }

    #[test]
    fn every_state_can_be_reached_and_every_life_ends() {
        use NegotiationStatus as N;
        is_whole(&[DealStatus::Purchased, DealStatus::Passed, DealStatus::Expired]);
        is_whole(&[N::Accepted, N::Rejected, N::Expired, N::Abandoned]);
        is_whole(&[
            PurchaseStatus::Received,
            PurchaseStatus::Failed,
            PurchaseStatus::Cancelled,
            PurchaseStatus::Refunded,
        ]);
        is_whole(&[InventoryStatus::WrittenOff]);
        is_whole(&[ResaleStatus::Sold, ResaleStatus::Expired, ResaleStatus::Removed]);
        is_whole(&[SaleStatus::Cancelled, SaleStatus::Refunded]);
        is_whole(&[EffectState::Done, EffectState::Refused]);
        is_whole(&[HoldState::Posted, HoldState::Voided, HoldState::Expired]);
        is_whole(&[DueState::Done]);
        is_whole(&[ApprovalStatus::Given, ApprovalStatus::Refused, ApprovalStatus::Expired]);
        is_whole(&[AlertStatus::Resolved, AlertStatus::Ignored]);
    }

    /// Walks at random; what is final stays as it is, and what is refused changes nothing.
    fn walk<S: Lifecycle>(steps: &[usize]) -> S {
        let mut state = S::FIRST;
        for step in steps {
            let was_final = state.is_final();
            match state.next(S::EVENTS[step % S::EVENTS.len()]) {
                Ok(next) => {
                    assert!(!was_final, "{} left {state}", S::WHAT);
                    state = next;
                }
                Err(refused) => {
                    assert_eq!((refused.what, refused.from), (S::WHAT, state.to_string().as_str()));
                }
            }
        }
        state
    }

    proptest! {
        #[test]
        fn no_walk_leaves_a_final_state(steps in prop::collection::vec(0_usize..64, 0..60)) {
            walk::<DealStatus>(&steps);
            walk::<NegotiationStatus>(&steps);
            walk::<PurchaseStatus>(&steps);
            walk::<InventoryStatus>(&steps);
            walk::<ResaleStatus>(&steps);
            walk::<SaleStatus>(&steps);
            walk::<EffectState>(&steps);
            walk::<HoldState>(&steps);
            walk::<DueState>(&steps);
            walk::<ApprovalStatus>(&steps);
            walk::<AlertStatus>(&steps);
        }
    }
}
