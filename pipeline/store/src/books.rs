//! The ledger: entries, balances, transactions.

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::{EntryId, InventoryId, TransactionId};
use autobazaaar_domain::ledger::{Account, LedgerEntry, Posting, Postings, Transaction};
use autobazaaar_domain::{Cents, Currency, Money, Utc};
use serde_json::json;

use crate::StoreError;
use crate::record::Row;
use crate::store::{Reader, Tx};
use crate::value::Cell as _;

impl Tx<'_> {
    /// Adds an entry and brings the balances along.
    ///
    /// # Errors
    /// The transaction it names is not there.
    pub async fn post(
        &mut self,
        memo: &str,
        postings: Postings,
        transaction_id: Option<TransactionId>,
    ) -> Result<LedgerEntry, StoreError> {
        let memo = memo.to_owned();
        let (entry_id, at) = (self.new_id(), self.now());
        let entry = LedgerEntry { entry_id, at, memo, transaction_id, corrects: None, postings };
        self.add_entry(&entry).await?;
        Ok(entry)
    }

    /// Takes an entry back by a new one with the opposite signs. An entry is taken back once.
    ///
    /// # Errors
    /// There is no such entry, or it was taken back before.
    pub async fn correct(&mut self, wrong: EntryId, memo: &str) -> Result<LedgerEntry, StoreError> {
        let old = self.entry(wrong).await?;
        let old = old.ok_or_else(|| StoreError::Missing { what: "ledger entry", id: wrong.to_string() })?;
        let entry = LedgerEntry {
            entry_id: self.new_id(),
            at: self.now(),
            memo: memo.to_owned(),
            transaction_id: old.transaction_id,
            corrects: Some(wrong),
            postings: old.postings.reversed(),
        };
        let added = self.add_entry(&entry).await;
        added.map_err(|error| error.or_twice("this entry was taken back before"))?;
        Ok(entry)
    }

    /// Adds what moved money, and the entry that says from where to where.
    ///
    /// # Errors
    /// The venue's number of it was booked before.
    pub async fn book(
        &mut self,
        transaction: &Transaction,
        memo: &str,
        postings: Postings,
    ) -> Result<LedgerEntry, StoreError> {
        let added = self.insert(transaction).await;
        added.map_err(|error| error.or_twice("this transaction of the venue was booked before"))?;
        self.post(memo, postings, Some(transaction.transaction_id)).await
    }

    /// Books the owner's own money that goes in, or with a negative amount out.
    ///
    /// # Errors
    /// The amount is 0.
    pub async fn pay_in(&mut self, money: Money) -> Result<LedgerEntry, StoreError> {
        let lines = [(Account::Cash, money.amount), (Account::OwnerEquity, -money.amount)];
        let memo = if money.amount.0 > 0 { "the owner's money in" } else { "the owner's money out" };
        self.post(memo, Postings::of(money.currency, lines)?, None).await
    }

    /// Rewrites a transaction: its payment status, its end.
    ///
    /// # Errors
    /// There is no such transaction.
    pub async fn change_transaction(&mut self, transaction: &Transaction) -> Result<(), StoreError> {
        let _: Transaction = self.get(&transaction.transaction_id).await?;
        self.update(transaction).await?;
        let detail = json!({ "payment_status": transaction.payment_status, "status": transaction.status });
        self.note("transaction.changed", transaction.transaction_id, detail);
        Ok(())
    }

    async fn add_entry(&mut self, entry: &LedgerEntry) -> Result<(), StoreError> {
        let sql = "INSERT INTO ledger_entry (entry_id, at, memo, transaction_id, corrects) \
                   VALUES ($1, $2, $3, $4, $5)";
        let values = vec![
            entry.entry_id.put(),
            entry.at.put(),
            entry.memo.put(),
            entry.transaction_id.put(),
            entry.corrects.put(),
        ];
        self.write("add a ledger entry", sql, values).await?;
        for (line, posting) in (1_i64..).zip(entry.postings.lines()) {
            self.add_posting(entry.entry_id, line, posting).await?;
        }
        let data = json!({ "memo": entry.memo, "transaction": entry.transaction_id,
            "corrects": entry.corrects, "postings": entry.postings });
        self.tell(EventKind::LedgerPosted, entry.entry_id, data);
        Ok(())
    }

    async fn add_posting(&mut self, entry: EntryId, line: i64, posting: &Posting) -> Result<(), StoreError> {
        let Posting { account, amount: Money { amount, currency } } = *posting;
        let sql = "INSERT INTO ledger_posting (entry_id, line, account, currency, amount) \
                   VALUES ($1, $2, $3, $4, $5)";
        let values = vec![entry.put(), line.put(), account.put(), currency.put(), amount.put()];
        self.write("add a posting", sql, values).await?;
        let sql = "INSERT INTO ledger_balance (account, currency, amount) VALUES ($1, $2, $3) \
                   ON CONFLICT (account, currency) DO UPDATE SET amount = ledger_balance.amount + excluded.amount";
        self.write("bring a balance along", sql, vec![account.put(), currency.put(), amount.put()]).await?;
        Ok(())
    }
}

/// A balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub account: Account,
    /// Positive is a debit: money at hand, stock, costs.
    pub amount: Money,
}

impl Reader<'_> {
    /// An account's balance; 0 when nothing was ever posted.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn balance(&mut self, account: Account, currency: Currency) -> Result<Cents, StoreError> {
        let sql = "SELECT amount FROM ledger_balance WHERE account = $1 AND currency = $2";
        let found = self.value(sql, vec![account.put(), currency.put()]).await?;
        Ok(found.unwrap_or(Cents::ZERO))
    }

    /// All balances, by currency, then in the order of the chart.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn balances(&mut self) -> Result<Vec<Balance>, StoreError> {
        let sql = "SELECT account, amount, currency FROM ledger_balance ORDER BY currency, account";
        let rows = self.connection.rows("read balances", sql, vec![]).await?;
        let read = |values| {
            let mut row = Row::new("ledger_balance", Vec::new, values);
            let (account, amount, currency) = (row.cell()?, row.cell()?, row.cell()?);
            Ok(Balance { account, amount: Money { amount, currency } })
        };
        let mut balances: Vec<Balance> = rows.into_iter().map(read).collect::<Result<_, StoreError>>()?;
        balances.sort_by_key(|balance| (balance.amount.currency, balance.account));
        Ok(balances)
    }

    /// Income less all costs so far.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn profit(&mut self, currency: Currency) -> Result<Cents, StoreError> {
        let balances = self.balances().await?;
        let mine = balances.iter().filter(|b| b.amount.currency == currency && b.account.is_profit());
        Ok(-mine.map(|balance| balance.amount.amount).sum::<Cents>())
    }

    /// An entry with its postings.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn entry(&mut self, id: EntryId) -> Result<Option<LedgerEntry>, StoreError> {
        let found = self.entries_where("WHERE e.entry_id = $1", vec![id.put()]).await?;
        Ok(found.into_iter().next())
    }

    /// Entries of a span of time, `until` not in it, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn entries(&mut self, from: Utc, until: Utc) -> Result<Vec<LedgerEntry>, StoreError> {
        self.entries_where("WHERE e.at >= $1 AND e.at < $2", vec![from.put(), until.put()]).await
    }

    /// Entries of a transaction, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn entries_of(&mut self, id: TransactionId) -> Result<Vec<LedgerEntry>, StoreError> {
        self.entries_where("WHERE e.transaction_id = $1", vec![id.put()]).await
    }

    pub(crate) async fn entries_where(
        &mut self,
        condition: &str,
        values: Vec<crate::value::Value>,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let sql = format!(
            "SELECT e.entry_id, e.at, e.memo, e.transaction_id, e.corrects, p.account, p.amount, p.currency \
             FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.entry_id {condition} \
             ORDER BY e.at, e.entry_id, p.line"
        );
        let rows = self.connection.rows("read the ledger", sqlx::AssertSqlSafe(sql), values).await?;
        let mut entries: Vec<(LedgerHead, Vec<Posting>)> = Vec::new();
        for values in rows {
            let mut row = Row::new("ledger_entry", Vec::new, values);
            let head = LedgerHead {
                entry_id: row.cell()?,
                at: row.cell()?,
                memo: row.cell()?,
                transaction_id: row.cell()?,
                corrects: row.cell()?,
            };
            let (account, amount, currency) = (row.cell()?, row.cell()?, row.cell()?);
            let posting = Posting { account, amount: Money { amount, currency } };
            match entries.last_mut() {
                Some((last, postings)) if last.entry_id == head.entry_id => postings.push(posting),
                _ => entries.push((head, vec![posting])),
            }
        }
        entries.into_iter().map(|(head, postings)| head.with(postings)).collect()
    }

    /// What moved money, by its name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn transaction(&mut self, id: TransactionId) -> Result<Option<Transaction>, StoreError> {
        self.find(&id).await
    }

    /// What moved money in a span of time, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn transactions(&mut self, from: Utc, until: Utc) -> Result<Vec<Transaction>, StoreError> {
        let condition = "WHERE created_at >= $1 AND created_at < $2 ORDER BY created_at, transaction_id";
        self.list(condition, vec![from.put(), until.put()]).await
    }

    /// What moved money for one item, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn transactions_of(&mut self, item: InventoryId) -> Result<Vec<Transaction>, StoreError> {
        self.list("WHERE inventory_id = $1 ORDER BY created_at, transaction_id", vec![item.put()]).await
    }
}

struct LedgerHead {
    entry_id: EntryId,
    at: Utc,
    memo: String,
    transaction_id: Option<TransactionId>,
    corrects: Option<EntryId>,
}

impl LedgerHead {
    fn with(self, postings: Vec<Posting>) -> Result<LedgerEntry, StoreError> {
        let Self { entry_id, at, memo, transaction_id, corrects } = self;
        Ok(LedgerEntry { entry_id, at, memo, transaction_id, corrects, postings: Postings::new(postings)? })
    }
}
