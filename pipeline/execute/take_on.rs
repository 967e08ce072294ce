//! From approved decisions to negotiations and purchases.

use autobazaaar_domain::deal::DealEvent;
use autobazaaar_domain::ids::ApprovalId;
use autobazaaar_domain::owner::{ApprovalEvent, ApprovalKind};
use autobazaaar_domain::{Action, DealStatus, Lifecycle as _};
use autobazaaar_store::{StoreError, TrackedDeal, Tx};

use super::market::Market;
use super::{ExecuteError, Executor, is_refusal, is_refused, money};
use crate::decide::{Approved, Decided, Verdict, verdict};

/// What became of a pass's decisions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    pub negotiations: u64,
    pub purchases: u64,
    /// The owner is asked.
    pub asked: u64,
    /// Worked on already, or refused by a limit.
    pub left: u64,
}

impl<M: Market> Executor<'_, M> {
    /// Takes decisions on: each a transaction of its own.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn take_on(&mut self, verdicts: Vec<Verdict>) -> Result<Taken, ExecuteError> {
        let mut taken = Taken::default();
        for verdict in verdicts {
            match verdict {
                Verdict::Pass => {}
                Verdict::Ask(waiting) => self.ask(waiting.get(), &mut taken).await?,
                Verdict::Go(approved) if !self.settings.rights.buy.at(&approved.get().0.key.platform) => {
                    self.ask(approved.get(), &mut taken).await?;
                }
                Verdict::Go(approved) => self.go(&approved, &mut taken).await?,
            }
        }
        Ok(taken)
    }

    /// Takes a decision on so that the owner is asked, whatever might be done unasked.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn take_on_asking(&mut self, verdict: Verdict) -> Result<Taken, ExecuteError> {
        let mut taken = Taken::default();
        match verdict {
            Verdict::Pass => {}
            Verdict::Ask(waiting) => self.ask(waiting.get(), &mut taken).await?,
            Verdict::Go(approved) => self.ask(approved.get(), &mut taken).await?,
        }
        Ok(taken)
    }

    async fn go(&mut self, approved: &Approved<Decided>, taken: &mut Taken) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        match self.start(&mut tx, approved).await {
            Ok(true) => {
                tx.commit().await?;
                match approved.get().1.action {
                    Action::Buy => taken.purchases += 1,
                    _ => taken.negotiations += 1,
                }
            }
            Ok(false) => taken.left += 1,
            // Dropping the transaction undoes all of it: the deal stays untouched.
            Err(error) if is_refusal(&error) => {
                tracing::debug!(listing = %approved.get().0.key, "{error}");
                taken.left += 1;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn start(&mut self, tx: &mut Tx<'_>, approved: &Approved<Decided>) -> Result<bool, ExecuteError> {
        let Some(tracked) = accept_deal(tx, approved.get()).await? else { return Ok(false) };
        self.act_on(tx, &tracked, approved).await
    }

    /// From an approved deal to its purchase or its first offer.
    async fn act_on(
        &mut self,
        tx: &mut Tx<'_>,
        tracked: &TrackedDeal,
        approved: &Approved<Decided>,
    ) -> Result<bool, ExecuteError> {
        let (deal, decision) = approved.get();
        tx.change_deal(tracked.deal_id, DealEvent::Approve, Some("within every limit")).await?;
        match (decision.action, &deal.figures) {
            (Action::Buy, Some(figures)) => {
                let hold =
                    tx.place_hold(tracked.deal_id, None, money(decision.hold, deal.currency), None).await?;
                self.buy(tx, tracked, None, &hold, figures.purchase_price).await?;
            }
            (Action::Negotiate, Some(_)) => self.open(tx, tracked, approved).await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The owner agrees to a deal that was waiting: from here on it goes as if the rules had. What
    /// refused it after all, if something did; then the question stays open.
    ///
    /// # Errors
    /// There is no such question about a deal, or it was answered before.
    pub async fn approve(
        &mut self,
        id: ApprovalId,
        note: Option<&str>,
    ) -> Result<Option<StoreError>, ExecuteError> {
        let mut tx = self.begin().await?;
        let given = tx.give(id, note).await?;
        let approval = given.approval();
        let missing = || ExecuteError::Missing {
            record: "deal",
            id: approval.subject.clone(),
            by: format!("approval {id}"),
        };
        let deal_id = approval.subject.parse().map_err(|_| missing())?;
        let tracked = tx.deal(deal_id).await?.ok_or_else(missing)?;
        let decided = tracked.deal.clone().zip(tracked.decision.clone());
        let approved = match decided.map(|(deal, decision)| verdict(deal, decision)) {
            Some(Verdict::Ask(waiting)) => waiting.agreed(&given).ok_or_else(missing)?,
            // The rules would have spent it; the owner was asked for want of the right.
            Some(Verdict::Go(approved)) => *approved,
            Some(Verdict::Pass) | None => return Err(missing()),
        };
        match self.act_on(&mut tx, &tracked, &approved).await {
            Ok(true) => {
                tx.commit().await?;
                Ok(None)
            }
            Ok(false) => Err(missing()),
            Err(ExecuteError::Store(refusal)) if is_refused(&refusal) => Ok(Some(refusal)),
            Err(error) => Err(error),
        }
    }

    /// The owner does not want a deal that was waiting.
    ///
    /// # Errors
    /// There is no such question about a deal, or it was answered before.
    pub async fn reject(&mut self, id: ApprovalId, note: Option<&str>) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let approval = tx.answer(id, ApprovalEvent::Refuse, note).await?;
        if let Ok(deal) = approval.subject.parse() {
            tx.change_deal(deal, DealEvent::Pass, Some("the owner does not want it")).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn ask(&mut self, decided: &Decided, taken: &mut Taken) -> Result<(), ExecuteError> {
        let (deal, decision) = decided;
        let mut tx = self.begin().await?;
        let Some(tracked) = accept_deal(&mut tx, decided).await? else {
            taken.left += 1;
            return Ok(());
        };
        tx.change_deal(tracked.deal_id, DealEvent::AskOwner, Some("it costs more than may be spent unasked"))
            .await?;
        let reason = decision.reasons.first().map_or_else(String::new, ToString::to_string);
        let amount = Some(money(decision.hold, deal.currency));
        tx.ask_owner(ApprovalKind::Purchase, tracked.deal_id, amount, &reason, deal.expires_at).await?;
        tx.commit().await?;
        taken.asked += 1;
        Ok(())
    }
}

/// Takes a deal on unless its item is worked on, or this episode was.
async fn accept_deal(tx: &mut Tx<'_>, decided: &Decided) -> Result<Option<TrackedDeal>, ExecuteError> {
    let (deal, decision) = decided;
    let episodes = tx.episodes(deal.item_id).await?;
    let busy = |known: &TrackedDeal| !known.status.is_final() || known.status == DealStatus::Purchased;
    if episodes.iter().any(busy) {
        return Ok(None);
    }
    let tracked = TrackedDeal {
        previous: episodes.last().map(|known| known.deal_id),
        ..TrackedDeal::new(deal.clone(), Some(decision.clone()), tx.now())
    };
    if !tx.take_on(&tracked).await? {
        return Ok(None);
    }
    tx.change_deal(tracked.deal_id, DealEvent::Analyze, None).await?;
    Ok(Some(tracked))
}
