//! The invariants that the store's rows can show, as queries that must return no row.

use autobazaaar_domain::Lifecycle;
use autobazaaar_domain::deal::DealStatus;
use autobazaaar_domain::effect::EffectState;
use autobazaaar_domain::inventory::InventoryStatus;
use autobazaaar_domain::ledger::HoldState;
use autobazaaar_domain::negotiation::NegotiationStatus;
use autobazaaar_domain::owner::{AlertStatus, ApprovalStatus};
use autobazaaar_domain::purchase::PurchaseStatus;
use autobazaaar_domain::resale::{ResaleStatus, SaleStatus};

use crate::StoreError;
use crate::record::Row;
use crate::store::{Reader, Store};
use crate::value::Cell;

macro_rules! rules {
    ($($rule:literal $name:literal;)+) => {
        [$(($rule, $name, include_str!(concat!("../../../sql/invariants/", $name, ".sql")))),+]
    };
}

/// Rule, name and query of each.
const RULES: [(&str, &str, &str); 10] = rules! {
    "R1" "r1_entry_sums_to_zero";
    "R1" "r1_balance_is_sum";
    "R2" "r2_hold_closed_once";
    "R2" "r2_hold_within_available";
    "R2" "r2_purchase_has_hold";
    "R3" "r3_offer_within_limit";
    "R3" "r3_day_within_caps";
    "R4" "r4_effect_once";
    "R6" "r6_final_stays_final";
    "R9" "r9_suppressed_gets_nothing";
};

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `R1` to `R9`, as the design numbers them.
    pub rule: &'static str,
    /// The query that found it, a file of `sql/invariants/`.
    pub query: &'static str,
    /// The id of the record.
    pub subject: String,
    pub found: String,
}

impl Store {
    /// Everything in the store that must never be; empty when all is well.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn check(&self) -> Result<Vec<Violation>, StoreError> {
        self.read().await?.check().await
    }
}

impl Reader<'_> {
    /// Everything in the store that must never be, as this transaction sees it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn check(&mut self) -> Result<Vec<Violation>, StoreError> {
        let mut violations = Vec::new();
        for (rule, query, sql) in RULES {
            for values in self.connection.rows("check an invariant", sql, vec![]).await? {
                let mut row = Row::new("a check", Vec::new, values);
                violations.push(Violation { rule, query, subject: row.cell()?, found: row.cell()? });
            }
        }
        self.check_changes(&mut violations).await?;
        Ok(violations)
    }

    /// R6: every change of state that was told is one that the record's life knows, and the state that
    /// stands is the last one told.
    async fn check_changes(&mut self, found: &mut Vec<Violation>) -> Result<(), StoreError> {
        self.check_lives::<DealStatus>("deal", "deal_id", "status", found).await?;
        self.check_lives::<NegotiationStatus>("negotiation", "negotiation_id", "status", found).await?;
        self.check_lives::<PurchaseStatus>("purchase", "purchase_id", "status", found).await?;
        self.check_lives::<InventoryStatus>("inventory_item", "inventory_id", "status", found).await?;
        self.check_lives::<ResaleStatus>("resale_listing", "resale_id", "status", found).await?;
        self.check_lives::<SaleStatus>("sale", "sale_id", "status", found).await?;
        self.check_lives::<EffectState>("effect", "effect_id", "state", found).await?;
        self.check_lives::<HoldState>("hold", "hold_id", "state", found).await?;
        self.check_lives::<ApprovalStatus>("approval", "approval_id", "status", found).await?;
        self.check_lives::<AlertStatus>("alert", "alert_id", "status", found).await
    }

    async fn check_lives<S: Lifecycle + Cell>(
        &mut self,
        table: &'static str,
        key: &str,
        column: &str,
        found: &mut Vec<Violation>,
    ) -> Result<(), StoreError> {
        // Table and column names are those above.
        let sql = format!(
            "SELECT t.{key}, t.{column}, json_extract(e.data, '$.from'), json_extract(e.data, '$.to'), \
             e.sequence = max(e.sequence) OVER (PARTITION BY t.{key}) \
             FROM {table} t JOIN event e ON e.subject = t.{key} \
             WHERE json_extract(e.data, '$.from') IS NOT NULL AND json_extract(e.data, '$.to') IS NOT NULL \
             ORDER BY e.sequence"
        );
        for values in self.connection.rows("check changes", sqlx::AssertSqlSafe(sql), vec![]).await? {
            let mut row = Row::new(table, Vec::new, values);
            let subject: String = row.cell()?;
            let (stands, from, to, newest) =
                (row.cell::<S>()?, row.cell::<S>()?, row.cell::<S>()?, row.cell()?);
            let violation =
                |found| Violation { rule: "R6", query: "changes", subject: subject.clone(), found };
            if !S::EVENTS.iter().any(|event| from.next(*event) == Ok(to)) {
                found.push(violation(format!("went from {from} to {to}")));
            }
            if newest && stands != to {
                found.push(violation(format!("stands as {stands}, was led to {to}")));
            }
        }
        Ok(())
    }
}
