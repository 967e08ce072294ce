//! What moved money, beside the entry that [`autobazaaar_domain::bookings`] makes of it.

use autobazaaar_domain::ids::{InventoryId, PurchaseId, ResaleId, SaleId};
use autobazaaar_domain::ledger::{
    FeeLines, PaymentStatus, Postings, Transaction, TransactionCategory, TransactionKind, TransactionStatus,
    Unbalanced,
};
use autobazaaar_domain::{Cents, Currency, Platform};
use autobazaaar_store::Tx;

use super::ExecuteError;

/// What a booking is about.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    pub platform: Option<Platform>,
    pub purchase: Option<PurchaseId>,
    pub item: Option<InventoryId>,
    pub resale: Option<ResaleId>,
    pub sale: Option<SaleId>,
    /// The venue's number of it: what was booked under it once is not booked again.
    pub number: Option<String>,
}

/// A kind of booking: what it is, what for, and its entry.
pub(super) struct Booking<'a> {
    pub kind: TransactionKind,
    pub category: TransactionCategory,
    pub memo: &'a str,
    pub amount: Cents,
    pub fees: FeeLines,
    pub postings: Result<Postings, Unbalanced>,
}

/// Books something that happened just now and is paid.
pub(super) async fn book(
    tx: &mut Tx<'_>,
    currency: Currency,
    about: About,
    booking: Booking<'_>,
) -> Result<(), ExecuteError> {
    let incoming = booking.kind == TransactionKind::Sale;
    let fees = booking.fees.total();
    let transaction = Transaction {
        transaction_id: tx.new_id(),
        kind: booking.kind,
        category: booking.category,
        platform: about.platform,
        deal_id: None,
        purchase_id: about.purchase,
        inventory_id: about.item,
        resale_id: about.resale,
        sale_id: about.sale,
        currency,
        amount: booking.amount,
        fees: booking.fees,
        net_amount: if incoming { booking.amount - fees } else { booking.amount + fees },
        counterparty_key: None,
        payment_method: None,
        payment_status: PaymentStatus::Completed,
        status: TransactionStatus::Completed,
        platform_transaction_id: about.number,
        tax: None,
        notes: None,
        created_at: tx.now(),
        completed_at: Some(tx.now()),
    };
    tx.book(&transaction, booking.memo, booking.postings?).await?;
    Ok(())
}

/// A cost paid from cash: its entry is [`autobazaaar_domain::bookings::paid`].
pub(super) fn cost(
    category: TransactionCategory,
    memo: &str,
    amount: Cents,
    postings: Result<Postings, Unbalanced>,
) -> Booking<'_> {
    Booking { kind: TransactionKind::Fee, category, memo, amount, fees: FeeLines::default(), postings }
}
