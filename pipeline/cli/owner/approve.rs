//! `deals approve` and `deals reject`: the owner's word on a deal.

use autobazaaar_domain::effect::EffectKind;
use autobazaaar_domain::owner::{Approval, ApprovalKind, ApprovalStatus};
use autobazaaar_domain::{Action, ListingKey, Money};
use autobazaaar_store::StoreError;
use clap::Args;

use super::desk::{Desk, at_desk, at_new_desk};
use super::find;
use super::talk::show_waiting;
use crate::cli::deals::decided_in_lake;
use crate::cli::{CliError, Context};
use crate::decide::{Decided, Verdict, verdict};
use crate::execute::hand::ByHand;

/// Arguments of `deals approve`.
#[derive(Debug, Args)]
pub struct DealsApproveArgs {
    /// The listing: ebay:1234
    #[arg(value_name = "ID")]
    pub id: ListingKey,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// Arguments of `deals reject`.
#[derive(Debug, Args)]
pub struct DealsRejectArgs {
    /// The listing: ebay:1234
    #[arg(value_name = "ID")]
    pub id: ListingKey,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// Takes a deal on, as it was decided: money is held for it, and the first message is worded or the
/// payment waits.
///
/// # Errors
/// The decision is to pass, a limit refuses it, or there is no such deal.
pub fn approve(args: &DealsApproveArgs, context: &Context<'_>) -> Result<(), CliError> {
    let (id, note) = (&args.id, args.note.as_deref());
    let decided = decided_in_lake(id, context)?;
    at_new_desk(context, async |desk| {
        let asked = match asked_about(desk, id).await? {
            Some(asked) => asked,
            None => take_on(desk, id, decided).await?,
        };
        let mut hands = ByHand::default();
        if let Some(refusal) = desk.executor(&mut hands).approve(asked.approval_id, note).await? {
            return Err(refused(&refusal));
        }
        desk.tell(hands).await?;
        told(desk, id, context).await
    })
}

/// Says no to a deal that waits for the owner.
///
/// # Errors
/// It does not wait.
pub fn reject(args: &DealsRejectArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let Some(asked) = asked_about(desk, &args.id).await? else {
            return Err(CliError::failed(format!("nobody asked about {}", args.id))
                .hint("autobazaaar tasks lists what waits for you"));
        };
        desk.executor(&mut ByHand::default()).reject(asked.approval_id, args.note.as_deref()).await?;
        context.out.print(&format!("{} is left alone", args.id))
    })
}

async fn asked_about(desk: &Desk, id: &ListingKey) -> Result<Option<Approval>, CliError> {
    let mut reader = desk.store.read().await?;
    let Some(deal) = reader.deal_about(id).await? else { return Ok(None) };
    let asked = reader.newest_approval(&deal.deal_id.to_string(), ApprovalKind::Purchase).await?;
    Ok(asked.filter(|asked| asked.status == ApprovalStatus::Waiting))
}

/// Brings a decided deal of the lake into the store, where it waits for the owner.
async fn take_on(desk: &Desk, id: &ListingKey, decided: Option<Decided>) -> Result<Approval, CliError> {
    let Some((deal, decision)) = decided else {
        return Err(CliError::failed(format!("nothing is decided about {id}"))
            .hint("autobazaaar deals lists what is worth it"));
    };
    let reasons: Vec<String> = decision.reasons.iter().map(ToString::to_string).collect();
    let verdict = verdict(deal, decision);
    if verdict == Verdict::Pass {
        return Err(CliError::failed(format!("the decision on {id} is to pass: {}", reasons.join("; ")))
            .hint("change the limits in autobazaaar.toml and decide again: autobazaaar decide"));
    }
    let mut hands = ByHand::default();
    let mut executor = desk.executor(&mut hands);
    executor.take_on_asking(verdict).await?;
    asked_about(desk, id).await?.ok_or_else(|| {
        CliError::failed(format!("{id} was taken on before, or its item is being worked on"))
            .hint(format!("autobazaaar deals show {id}"))
    })
}

fn refused(refusal: &StoreError) -> CliError {
    let told = CliError::failed(refusal.to_string());
    match refusal {
        StoreError::Funds { wanted, .. } => told.hint(format!(
            "put money in first, for example: autobazaaar ledger pay-in {} {}",
            wanted.decimal(),
            wanted.currency
        )),
        StoreError::Stopped => told.hint("autobazaaar stop --resume"),
        _ => told,
    }
}

/// What is next for a deal that was approved.
async fn told(desk: &Desk, id: &ListingKey, context: &Context<'_>) -> Result<(), CliError> {
    let mut reader = desk.store.read().await?;
    let deal = find::deal(&mut reader, id).await?;
    let money = |amount| Money { amount, currency: deal.currency };
    let limit = deal.max_price.map(money).map_or_else(String::new, |limit| format!(", for at most {limit}"));
    context.out.print(&format!("{}: {}{limit}", deal.key, deal.title))?;
    let action = deal.decision.as_ref().map(|decision| decision.action);
    if action == Some(Action::Negotiate) {
        let negotiation = find::negotiation(&mut reader, &id.to_string()).await?;
        return show_waiting(&mut reader, &negotiation, context).await;
    }
    let purchase = find::purchase(&mut reader, id).await?;
    if find::waiting(&mut reader, EffectKind::Pay, &purchase.purchase_id.to_string()).await?.is_some() {
        context.out.print(&format!("pay {} for it by hand", money(purchase.price)))?;
        context.out.say(&format!(
            "hint: when it is paid: autobazaaar inventory bought {id} --paid {}",
            money(purchase.price).decimal()
        ))?;
    }
    Ok(())
}
