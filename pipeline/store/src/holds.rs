//! Money set aside.

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::{DealId, HoldId, NegotiationId};
use autobazaaar_domain::ledger::{Account, Available, Hold, HoldEvent, HoldState};
use autobazaaar_domain::owner::{AlertKind, Severity};
use autobazaaar_domain::{Cents, Currency, Money, Utc};
use serde_json::json;

use crate::StoreError;
use crate::notices::NewAlert;
use crate::owner::Cap;
use crate::store::{Reader, Tx, advance};
use crate::value::Cell as _;

impl Tx<'_> {
    /// Sets money aside for an offer or purchase: the highest landed cost it can lead to.
    ///
    /// # Errors
    /// The amount is not above 0, or more than is available ([`Available`]); without capital in the
    /// currency nothing is.
    pub async fn place_hold(
        &mut self,
        deal_id: DealId,
        negotiation_id: Option<NegotiationId>,
        amount: Money,
        expires_at: Option<Utc>,
    ) -> Result<Hold, StoreError> {
        let Money { amount, currency } = amount;
        if amount.0 <= 0 {
            return Err(StoreError::NotPositive { found: amount });
        }
        let free = self.available(currency).await?;
        if amount > free.available {
            let money = |amount| Money { amount, currency };
            return Err(StoreError::Funds { wanted: money(amount), available: money(free.available) });
        }
        let hold = Hold {
            hold_id: self.new_id(),
            deal_id,
            negotiation_id,
            currency,
            amount,
            available_before: free.available,
            available_after: free.available - amount,
            state: HoldState::Pending,
            reason: None,
            spent: None,
            created_at: self.now(),
            expires_at,
            closed_at: None,
        };
        self.insert(&hold).await?;
        let data = json!({ "deal": deal_id, "negotiation": negotiation_id, "amount": amount,
            "currency": currency, "available_after": hold.available_after, "expires_at": expires_at });
        self.tell(EventKind::HoldPlaced, hold.hold_id, data);
        Ok(hold)
    }

    /// Closes a hold because its money was spent: post the ledger entry in the same transaction.
    ///
    /// # Errors
    /// More was spent than was held, or the hold is closed.
    pub async fn post_hold(&mut self, id: HoldId, spent: Cents) -> Result<Hold, StoreError> {
        let mut hold: Hold = self.get(&id).await?;
        let money = |amount| Money { amount, currency: hold.currency };
        if spent > hold.amount {
            return Err(StoreError::AboveLimit { offered: money(spent), limit: money(hold.amount) });
        }
        if spent.0 <= 0 {
            return Err(StoreError::NotPositive { found: spent });
        }
        hold.spent = Some(spent);
        self.close_hold(hold, HoldEvent::Post, None).await
    }

    /// Posts a hold for whatever was charged. What goes beyond it is gone already: it is written down
    /// as it is, counts against the day's cap, and the owner is alerted. How much went beyond.
    ///
    /// # Errors
    /// Nothing was spent, or the hold is closed.
    pub async fn post_charge(&mut self, id: HoldId, charged: Money) -> Result<Cents, StoreError> {
        let mut hold: Hold = self.get(&id).await?;
        if charged.amount <= hold.amount {
            self.post_hold(id, charged.amount).await?;
            return Ok(Cents::ZERO);
        }
        let over = charged.amount - hold.amount;
        hold.spent = Some(charged.amount);
        let (held, currency) = (hold.amount, hold.currency);
        self.close_hold(hold, HoldEvent::Post, Some("more was charged than was held")).await?;
        let today = self.today();
        self.count(today, Cap::Spending(currency), over.0).await?;
        let money = |amount| Money { amount, currency };
        self.raise(NewAlert {
            kind: AlertKind::Error,
            severity: Severity::Critical,
            title: "more was charged than was held".to_owned(),
            message: format!("{charged} was charged, {} was held, {} is beyond it", money(held), money(over)),
            context: Some(json!({ "charged": charged.amount, "held": held, "currency": currency })),
            related: Some(("hold".to_owned(), id.to_string())),
            suggested_action: Some("compare the order with its listing, and claim the difference".to_owned()),
        })
        .await?;
        Ok(over)
    }

    /// Closes a hold because its money is not needed.
    ///
    /// # Errors
    /// The hold is closed.
    pub async fn void_hold(&mut self, id: HoldId, reason: &str) -> Result<Hold, StoreError> {
        let hold = self.get(&id).await?;
        self.close_hold(hold, HoldEvent::Void, Some(reason)).await
    }

    /// Closes every hold whose time is over; those closed.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn expire_holds(&mut self) -> Result<Vec<Hold>, StoreError> {
        let over = "WHERE state = 'pending' AND expires_at <= $1 ORDER BY expires_at, hold_id";
        let now = self.now();
        let due: Vec<Hold> = self.list(over, vec![now.put()]).await?;
        let mut closed = Vec::with_capacity(due.len());
        for hold in due {
            closed.push(self.close_hold(hold, HoldEvent::Expire, Some("its time is over")).await?);
        }
        Ok(closed)
    }

    /// Lets a hold last until another moment, or with `None` until it is closed: an accepted offer
    /// is kept until it is paid.
    ///
    /// # Errors
    /// The hold is closed.
    pub async fn keep_hold(&mut self, id: HoldId, expires_at: Option<Utc>) -> Result<Hold, StoreError> {
        let mut hold: Hold = self.get(&id).await?;
        if hold.state != HoldState::Pending {
            advance(&mut hold.state, HoldEvent::Expire)?;
        }
        hold.expires_at = expires_at;
        self.update(&hold).await?;
        self.note("hold.kept", id, json!({ "expires_at": expires_at }));
        Ok(hold)
    }

    async fn close_hold(
        &mut self,
        mut hold: Hold,
        event: HoldEvent,
        reason: Option<&str>,
    ) -> Result<Hold, StoreError> {
        let mut data = advance(&mut hold.state, event)?;
        hold.reason = reason.map(str::to_owned);
        hold.closed_at = Some(self.now());
        self.update(&hold).await?;
        data["amount"] = json!(hold.amount);
        data["spent"] = json!(hold.spent);
        data["currency"] = json!(hold.currency);
        let kind = match event {
            HoldEvent::Post => EventKind::HoldPosted,
            HoldEvent::Void => EventKind::HoldVoided,
            HoldEvent::Expire => EventKind::HoldExpired,
        };
        self.tell(kind, hold.hold_id, data);
        Ok(hold)
    }

    /// Sets the most that may stand in stock and open holds together.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn set_capital(&mut self, capital: Money) -> Result<(), StoreError> {
        let sql = "INSERT INTO capital (currency, amount, updated_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (currency) DO UPDATE SET amount = excluded.amount, updated_at = excluded.updated_at";
        let values = vec![capital.currency.put(), capital.amount.put(), self.now().put()];
        self.write("set the capital", sql, values).await?;
        let key = format!("capital.{}", capital.currency);
        self.tell(EventKind::SettingChanged, key, json!({ "value": capital.amount }));
        Ok(())
    }
}

impl Reader<'_> {
    /// What may be spent in a currency, and why so much.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn available(&mut self, currency: Currency) -> Result<Available, StoreError> {
        let sql = "SELECT \
            coalesce((SELECT amount FROM capital WHERE currency = $1), 0), \
            coalesce((SELECT amount FROM ledger_balance WHERE account = $2 AND currency = $1), 0), \
            coalesce((SELECT sum(amount) FROM hold WHERE currency = $1 AND state = 'pending'), 0), \
            coalesce((SELECT amount FROM ledger_balance WHERE account = $3 AND currency = $1), 0)";
        let values = vec![currency.put(), Account::InventoryAtCost.put(), Account::Cash.put()];
        let rows = self.connection.rows("work out what is available", sql, values).await?;
        let mut row =
            crate::record::Row::new("capital", Vec::new, rows.into_iter().next().unwrap_or_default());
        let (capital, stock, holds, cash) = (row.cell()?, row.cell()?, row.cell()?, row.cell()?);
        Ok(Available::new(currency, capital, stock, holds, cash))
    }

    /// A hold by its name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn hold(&mut self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        self.find(&id).await
    }

    /// Open holds, the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn pending_holds(&mut self) -> Result<Vec<Hold>, StoreError> {
        self.list("WHERE state = 'pending' ORDER BY created_at, hold_id", vec![]).await
    }

    /// The open hold of a negotiation.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn hold_of(&mut self, negotiation: NegotiationId) -> Result<Option<Hold>, StoreError> {
        let condition = "WHERE negotiation_id = $1 AND state = 'pending' ORDER BY created_at, hold_id";
        Ok(self.list(condition, vec![negotiation.put()]).await?.into_iter().next())
    }
}
