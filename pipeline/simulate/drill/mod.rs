//! The drill: the executor's whole loop on the simulated market, again and again, under faults and
//! kills, with every invariant checked at the end. What a thing is worth is made up here
//! ([`appraise`]), since acting is what is proven, not valuing; from there on it goes the same way as
//! any listing: scored, decided, approved, negotiated, bought, sold, booked.
//!
//! It keeps nothing but the store: what time it is, the market knows; all else is read back. So it
//! can be killed at any point and started again.

mod appraise;
mod rules;
mod watched;

use std::collections::BTreeMap;
use std::sync::Arc;

use autobazaaar_bazaar::live::{Access, Query, our_seller_key};
use autobazaaar_domain::effect::EffectState;
use autobazaaar_domain::hash::{FieldHasher, hex};
use autobazaaar_domain::ledger::Account;
use autobazaaar_domain::owner::{ApprovalKind, ApprovalStatus};
use autobazaaar_domain::{Cents, Currency, Entropy, Money, Observation, ReasonCode, Utc};
use autobazaaar_negotiation::strategy::Learned;
use autobazaaar_store::{Actor, FaultHook, Options, Store};
use chrono::TimeDelta;

use super::DemoError;
use super::account::{Outcomes, outcomes};
use super::market::InBazaar;
use crate::decide::{Funds, Limits, Portfolio, decide, verdict};
use crate::execute::{Executor, Settings};
use crate::invariants::{self, Violation};
use crate::score::Economics;
use watched::Watched;

/// Hours between two looks at messages and orders.
const HOURS: i64 = 3;
/// Looks at the end, for effects whose outcome is not known yet.
const LAST_LOOKS: u32 = 200;

/// What to drill.
#[derive(Clone)]
pub struct DrillOptions {
    /// Of the appraisals.
    pub seed: u64,
    /// When the market began, and for how many days it is played.
    pub begins: Utc,
    pub days: u32,
    /// Where the process may be killed; called before and after every effect, too.
    pub hook: Option<FaultHook>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Drilled {
    pub seed: u64,
    pub outcomes: Outcomes,
    /// Effects by their state.
    pub effects: BTreeMap<String, usize>,
    pub violations: Vec<Violation>,
    /// Hashes of the market's event log, of our events, and of the ledger: the same seed gives the same.
    pub market_hash: String,
    pub events_hash: String,
    pub ledger_hash: String,
}

/// A drill under way.
pub struct Drill<A> {
    options: DrillOptions,
    market: Watched<InBazaar<A>>,
    store: Store,
    settings: Settings,
    negotiator: Learned,
    economics: Economics,
    limits: Limits,
    violations: Vec<Violation>,
}

impl<A: Access> Drill<A> {
    /// Opens the store, and recovers what an earlier process left in it.
    ///
    /// # Errors
    /// The store cannot be opened, or the market does not answer.
    pub async fn open(
        market: A,
        store: Options,
        entropy: Arc<dyn Entropy>,
        options: DrillOptions,
    ) -> Result<Self, DemoError> {
        let store = match &options.hook {
            Some(hook) => store.faults(hook.clone()),
            None => store,
        };
        let mut market = Watched { market: InBazaar(market), hook: options.hook.clone() };
        let now = market.market.0.time().await?;
        let capital = rules::capital();
        let mut drill = Self {
            store: Store::open(store, entropy, now).await?,
            settings: rules::settings(capital),
            negotiator: Learned::default(),
            economics: rules::economics()?,
            limits: Limits::new(rules::limits()).map_err(|e| DemoError::Drill(e.to_string()))?,
            market,
            options,
            violations: Vec::new(),
        };
        let capital = Money { amount: capital, currency: Currency::USD };
        drill.executor(now).set_limits(&[capital]).await?;
        drill.pay_in(capital, now).await?;
        drill.executor(now).recover().await?;
        Ok(drill)
    }

    /// Plays from the moment it is at the market to the last day's end.
    ///
    /// # Errors
    /// The store cannot be written, or the market is not to be reached any more.
    pub async fn play(mut self) -> Result<Drilled, DemoError> {
        let ends = self.options.begins + TimeDelta::days(i64::from(self.options.days));
        loop {
            let now = self.market.market.0.time().await?;
            if now >= ends {
                break;
            }
            if (now - self.options.begins).num_hours() % 24 == 0 {
                self.pass(now).await?;
            }
            self.executor(now).tick().await?;
            self.market.market.0.pass_until(now + TimeDelta::hours(HOURS)).await?;
        }
        self.end().await
    }

    /// One pass: what stands on the venues is appraised, scored, decided and taken on.
    async fn pass(&mut self, now: Utc) -> Result<(), DemoError> {
        let seen = self.look().await?;
        let deals: Vec<_> = seen
            .iter()
            .map(|listing| appraise::deal(listing, self.options.seed, &self.economics, now))
            .collect();
        let portfolio = self.portfolio().await?;
        let decisions = decide(&deals, &self.limits, &portfolio, now);
        self.violations.extend(invariants::of_decisions(&decisions, &deals, &self.limits, &portfolio, now));
        let verdicts = deals.into_iter().zip(decisions).map(|(deal, decision)| verdict(deal, decision));
        let verdicts = verdicts.collect();
        self.executor(now).take_on(verdicts).await?;
        self.owner_answers(now).await
    }

    /// Every page of every venue, without our own offers. A page that does not come is left out today.
    async fn look(&mut self) -> Result<Vec<Observation>, DemoError> {
        let access = &mut self.market.market.0;
        let (mut seen, own) = (Vec::new(), our_seller_key());
        for venue in access.venue_names().await? {
            let mut next = Some(0);
            while let Some(page) = next {
                let Ok(found) = access.page(&venue, &Query::default(), page).await else { break };
                next = found.next;
                let others = found.listings.into_iter();
                seen.extend(others.filter(|listing| listing.seller_key.as_ref() != Some(&own)));
            }
        }
        Ok(seen)
    }

    /// The owner agrees to what the rules chose, but not to what is too good to be true.
    async fn owner_answers(&mut self, now: Utc) -> Result<(), DemoError> {
        let mut reader = self.store.read().await?;
        let asked = reader.approvals(ApprovalStatus::Waiting, u32::MAX).await?;
        let mut answers = Vec::new();
        for approval in asked.into_iter().filter(|asked| asked.kind == ApprovalKind::Purchase) {
            let Ok(id) = approval.subject.parse() else { continue };
            let decision = reader.deal(id).await?.and_then(|deal| deal.decision);
            let doubtful = decision.is_none_or(|decision| {
                decision.reasons.iter().any(|reason| reason.code == ReasonCode::CheckFraud)
            });
            answers.push((approval.approval_id, doubtful));
        }
        drop(reader);
        for (id, doubtful) in answers {
            if doubtful {
                self.executor(now).reject(id, Some("too good to be true")).await?;
            } else {
                self.executor(now).approve(id, None).await?;
            }
        }
        Ok(())
    }

    async fn portfolio(&self) -> Result<Portfolio, DemoError> {
        let mut reader = self.store.read().await?;
        let available = reader.available(Currency::USD).await?;
        let funds = Funds {
            capital: (available.cash + available.stock_at_cost).min(available.capital),
            stock_at_cost: available.stock_at_cost,
            open_holds: available.open_holds,
            ..Funds::default()
        };
        let open = reader.open_negotiations(u32::MAX).await?.len();
        Ok(Portfolio {
            funds: [(Currency::USD, funds)].into(),
            open_negotiations: u32::try_from(open).unwrap_or(u32::MAX),
            ..Portfolio::default()
        })
    }

    /// The owner's money goes in once, however often this starts.
    async fn pay_in(&self, capital: Money, now: Utc) -> Result<(), DemoError> {
        let mut tx = self.store.begin(now, &Actor::new("owner", "drill")).await?;
        if tx.balance(Account::OwnerEquity, capital.currency).await? == Cents::ZERO {
            tx.pay_in(capital).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Waits for what is in doubt, then holds the state against the market and every invariant.
    async fn end(mut self) -> Result<Drilled, DemoError> {
        let now = self.market.market.0.time().await?;
        for _ in 0..LAST_LOOKS {
            self.executor(now).tick().await?;
            if self.store.read().await?.effects(EffectState::Uncertain, 1).await?.is_empty() {
                break;
            }
        }
        let mut violations = self.violations;
        violations.extend(invariants::of_state(&self.store).await?);
        let outside = self.market.market.outside().await?;
        violations.extend(invariants::against_the_world(&self.store, &outside).await?);
        let market_hash = self.market.market.0.count().await?.log_hash;
        let mut reader = self.store.read().await?;
        let events = reader.events_since(0, u32::MAX).await?;
        let entries = reader.entries(Utc::MIN_UTC, Utc::MAX_UTC).await?;
        let mut effects = BTreeMap::new();
        for state in EffectState::ALL {
            effects.insert(state.to_string(), reader.effects(*state, u32::MAX).await?.len());
        }
        drop(reader);
        let drilled = Drilled {
            seed: self.options.seed,
            outcomes: outcomes(&self.store).await?,
            effects,
            violations,
            market_hash,
            events_hash: hash_of(&events),
            ledger_hash: hash_of(&entries),
        };
        self.store.close().await?;
        Ok(drilled)
    }

    fn executor(&mut self, now: Utc) -> Executor<'_, Watched<InBazaar<A>>> {
        Executor::new(&self.store, &mut self.market, &self.settings, &self.negotiator, now)
    }
}

fn hash_of<T: std::fmt::Debug>(rows: &[T]) -> String {
    let mut hash = FieldHasher::new("drill");
    for row in rows {
        hash.text(&format!("{row:?}"));
    }
    hex(&hash.finish())
}
