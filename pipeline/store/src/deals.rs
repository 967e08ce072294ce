//! Deals that were taken on.

use autobazaaar_domain::deal::DealEvent;
use autobazaaar_domain::decision::Decision;
use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::DealId;
use autobazaaar_domain::{Cents, Currency, Deal, DealStatus, ItemId, ListingKey, Priority, Utc};
use serde_json::json;

use crate::StoreError;
use crate::store::{Reader, Tx, advance};
use crate::value::Cell as _;

/// A deal as it is worked on. Amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackedDeal {
    pub deal_id: DealId,
    pub item_id: ItemId,
    pub episode: u32,
    /// The episode before it.
    pub previous: Option<DealId>,
    pub key: ListingKey,
    pub seller_key: Option<String>,
    pub title: String,
    pub category: String,
    pub currency: Currency,
    pub ask: Option<Cents>,
    /// The decision's maximum price; `None` or 0: nothing may be offered.
    pub max_price: Option<Cents>,
    pub priority: Priority,
    /// Its rank.
    pub score: Option<f64>,
    pub status: DealStatus,
    pub status_reason: Option<String>,
    /// As it was scored.
    pub deal: Option<Deal>,
    /// As it was decided.
    pub decision: Option<Decision>,
    pub discovered_at: Utc,
    pub expires_at: Option<Utc>,
    pub updated_at: Utc,
}

impl TrackedDeal {
    /// A deal as `score` and `decide` left it; it begins as discovered.
    #[must_use]
    pub fn new(deal: Deal, decision: Option<Decision>, now: Utc) -> Self {
        let item_id = deal.item_id;
        Self {
            deal_id: DealId { item: item_id, episode: deal.episode },
            item_id,
            episode: deal.episode,
            previous: None,
            key: deal.key.clone(),
            seller_key: deal.seller_key.clone(),
            title: deal.title.clone(),
            category: deal.category.clone(),
            currency: deal.currency,
            ask: deal.figures.as_ref().map(|figures| figures.purchase_price),
            max_price: decision.as_ref().and_then(|decision| decision.max_price),
            priority: deal.priority,
            score: deal.figures.as_ref().map(|figures| figures.rank_score),
            status: DealStatus::Discovered,
            status_reason: None,
            discovered_at: deal.discovered_at,
            expires_at: deal.expires_at,
            updated_at: now,
            deal: Some(deal),
            decision,
        }
    }
}

impl Tx<'_> {
    /// Takes a deal on, in the state it has. One that is there stays as it is; whether it was new.
    ///
    /// # Errors
    /// The episode before it is not there.
    pub async fn take_on(&mut self, deal: &TrackedDeal) -> Result<bool, StoreError> {
        if self.deal(deal.deal_id).await?.is_some() {
            return Ok(false);
        }
        self.insert(deal).await?;
        let data = json!({ "listing": deal.key.to_string(), "ask": deal.ask, "currency": deal.currency,
            "max_price": deal.max_price, "status": deal.status });
        self.tell(EventKind::OpportunityFound, deal.deal_id, data);
        Ok(true)
    }

    /// Leads a deal on.
    ///
    /// # Errors
    /// There is no such deal, or its life does not know the change.
    pub async fn change_deal(
        &mut self,
        id: DealId,
        event: DealEvent,
        reason: Option<&str>,
    ) -> Result<TrackedDeal, StoreError> {
        let mut deal: TrackedDeal = self.get(&id).await?;
        let mut data = advance(&mut deal.status, event)?;
        data["reason"] = json!(reason);
        deal.status_reason = reason.map(str::to_owned);
        deal.updated_at = self.now();
        self.update(&deal).await?;
        let kind = match event {
            DealEvent::Analyze => EventKind::OpportunityAnalyzed,
            DealEvent::Expire => EventKind::OpportunityExpired,
            DealEvent::Pass => EventKind::OpportunityPassed,
            _ => EventKind::OpportunityChanged,
        };
        self.tell(kind, id, data);
        Ok(deal)
    }

    /// Stores a decision, whose maximum price bounds every offer from now on.
    ///
    /// # Errors
    /// There is no such deal, or it has ended.
    pub async fn decide_deal(&mut self, id: DealId, decision: Decision) -> Result<TrackedDeal, StoreError> {
        let mut deal: TrackedDeal = self.get(&id).await?;
        if autobazaaar_domain::Lifecycle::is_final(deal.status) {
            advance(&mut deal.status, DealEvent::Analyze)?;
        }
        deal.max_price = decision.max_price;
        deal.updated_at = self.now();
        let data = json!({ "action": decision.action, "max_price": decision.max_price,
            "inputs_hash": decision.inputs_hash });
        deal.decision = Some(decision);
        self.update(&deal).await?;
        self.tell(EventKind::OpportunityChanged, id, data);
        Ok(deal)
    }
}

impl Reader<'_> {
    /// A deal by its name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn deal(&mut self, id: DealId) -> Result<Option<TrackedDeal>, StoreError> {
        self.find(&id).await
    }

    /// Deals in a state: by priority, then the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn deals(&mut self, status: DealStatus, limit: u32) -> Result<Vec<TrackedDeal>, StoreError> {
        let condition = "WHERE status = $1 ORDER BY priority, discovered_at, deal_id LIMIT $2";
        self.list(condition, vec![status.put(), limit.put()]).await
    }

    /// The newest deal about a listing.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn deal_about(&mut self, key: &ListingKey) -> Result<Option<TrackedDeal>, StoreError> {
        let condition = "WHERE platform = $1 AND external_id = $2 ORDER BY episode DESC LIMIT 1";
        let values = vec![key.platform.put(), key.external_id.put()];
        Ok(self.list(condition, values).await?.into_iter().next())
    }

    /// The episodes of an item, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn episodes(&mut self, item: ItemId) -> Result<Vec<TrackedDeal>, StoreError> {
        self.list("WHERE item_id = $1 ORDER BY episode", vec![item.put()]).await
    }
}
