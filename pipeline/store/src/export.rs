//! New state and events for the lake: plain records, nothing personal.

use autobazaaar_domain::effect::Effect;
use autobazaaar_domain::event::Event;
use autobazaaar_domain::inventory::InventoryItem;
use autobazaaar_domain::ledger::{Hold, LedgerEntry, Transaction};
use autobazaaar_domain::negotiation::{Negotiation, Round};
use autobazaaar_domain::purchase::Purchase;
use autobazaaar_domain::resale::{ResaleListing, Sale};

use crate::StoreError;
use crate::deals::TrackedDeal;
use crate::record::Record;
use crate::store::Reader;
use crate::value::Cell as _;

/// What happened in a stretch of events, and how the records they are about stand now. Of messages only
/// the events tell; their texts stay in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// The newest event in it: where the next export goes on.
    pub sequence: i64,
    pub events: Vec<Event>,
    pub deals: Vec<TrackedDeal>,
    pub negotiations: Vec<Negotiation>,
    pub rounds: Vec<Round>,
    pub holds: Vec<Hold>,
    pub purchases: Vec<Purchase>,
    pub items: Vec<InventoryItem>,
    pub resales: Vec<ResaleListing>,
    pub sales: Vec<Sale>,
    pub effects: Vec<Effect>,
    pub entries: Vec<LedgerEntry>,
    pub transactions: Vec<Transaction>,
}

impl Reader<'_> {
    /// Events after a place in their order, at most `limit`, and the records they are about. Called again
    /// with [`Export::sequence`] until no event comes, it gives everything once; a record that changes
    /// later comes again.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn export(&mut self, since: i64, limit: u32) -> Result<Export, StoreError> {
        let events = self.events_since(since, limit).await?;
        let sequence = events.last().map_or(since, |event| event.sequence);
        let span = (since, sequence);
        let negotiations: Vec<Negotiation> = self.touched(span).await?;
        let mut rounds = Vec::new();
        for negotiation in &negotiations {
            rounds.extend(self.rounds(negotiation.negotiation_id).await?);
        }
        let entries =
            "WHERE e.entry_id IN (SELECT subject FROM event WHERE sequence > $1 AND sequence <= $2)";
        let entries = self.entries_where(entries, vec![since.put(), sequence.put()]).await?;
        let mut transactions = Vec::new();
        for id in entries.iter().filter_map(|entry| entry.transaction_id) {
            transactions.extend(self.transaction(id).await?);
        }
        Ok(Export {
            sequence,
            events,
            deals: self.touched(span).await?,
            negotiations,
            rounds,
            holds: self.touched(span).await?,
            purchases: self.touched(span).await?,
            items: self.touched(span).await?,
            resales: self.touched(span).await?,
            sales: self.touched(span).await?,
            effects: self.touched(span).await?,
            entries,
            transactions,
        })
    }

    /// Records that a stretch of events is about, by key.
    async fn touched<R: Record>(&mut self, (since, until): (i64, i64)) -> Result<Vec<R>, StoreError> {
        let sql = format!(
            "{} WHERE {key} IN (SELECT subject FROM event WHERE sequence > $1 AND sequence <= $2) ORDER BY {key}",
            R::sql().select,
            key = R::KEY
        );
        let values = vec![since.put(), until.put()];
        self.connection.records("export records", sqlx::AssertSqlSafe(sql), values).await
    }
}
