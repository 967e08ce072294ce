//! `ledger pay-in` and `take-out`: the owner's own money.

use autobazaaar_domain::{Cents, Currency, Money};
use clap::Args;

use super::desk::at_new_desk;
use super::find;
use crate::cli::{CliError, Context};

/// Arguments of `ledger pay-in` and `ledger take-out`.
#[derive(Debug, Args)]
pub struct CashArgs {
    /// How much: 500 or 120.50
    #[arg(value_name = "AMOUNT")]
    pub amount: String,
    /// Of what
    #[arg(value_name = "CURRENCY", default_value = "USD")]
    pub currency: Currency,
}

/// The owner puts money into the business.
///
/// # Errors
/// The amount is none.
pub fn pay_in(args: &CashArgs, context: &Context<'_>) -> Result<(), CliError> {
    book(args, context, |amount| amount)
}

/// The owner takes money out of the business.
///
/// # Errors
/// The amount is none, or more than is free.
pub fn take_out(args: &CashArgs, context: &Context<'_>) -> Result<(), CliError> {
    book(args, context, |amount| -amount)
}

fn book(args: &CashArgs, context: &Context<'_>, signed: fn(Cents) -> Cents) -> Result<(), CliError> {
    let currency = args.currency;
    let amount = find::amount("AMOUNT", &args.amount, currency)?;
    if amount.0 <= 0 {
        return Err(CliError::usage("AMOUNT: more than 0 is needed"));
    }
    let money = |amount| Money { amount, currency };
    at_new_desk(context, async |desk| {
        let mut tx = desk.begin().await?;
        let free = tx.available(currency).await?;
        let left = free.cash - free.open_holds + signed(amount);
        if left.0 < 0 {
            return Err(CliError::failed(format!(
                "{} cannot be taken out: {} is there, {} of it held for open offers",
                money(amount),
                money(free.cash),
                money(free.open_holds)
            )));
        }
        tx.pay_in(money(signed(amount))).await?;
        let free = tx.available(currency).await?;
        tx.commit().await?;
        context.out.print(&format!("cash {}, free to spend {}", money(free.cash), money(free.available)))
    })
}
