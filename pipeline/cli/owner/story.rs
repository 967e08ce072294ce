//! What became of a deal, from the store: every step, every amount.

use autobazaaar_domain::ids::InventoryId;
use autobazaaar_domain::{Cents, ListingKey, Money};
use autobazaaar_store::{Reader, TrackedDeal};

use crate::cli::CliError;

/// What became of the newest deal about a listing, in lines; nothing where none was taken on.
///
/// # Errors
/// The store cannot be read.
pub async fn story(reader: &mut Reader<'_>, key: &ListingKey) -> Result<Vec<String>, CliError> {
    let Some(deal) = reader.deal_about(key).await? else { return Ok(Vec::new()) };
    let money = |amount| Money { amount, currency: deal.currency }.to_string();
    let why = reason(deal.status_reason.as_deref());
    let mut lines = vec![format!("deal         {}{why}", deal.status.as_str().replace('_', " "))];
    for talk in reader.negotiations_of(deal.deal_id).await? {
        let why = reason(talk.status_reason.as_deref());
        let status = talk.status.as_str().replace('_', " ");
        let price = talk.final_price.map_or_else(String::new, |price| format!(" at {}", money(price)));
        lines.push(format!("negotiation  {status}{price}{why}, {} offers", talk.round_count));
        for round in reader.rounds(talk.negotiation_id).await? {
            let theirs = round.their_offer.map_or_else(String::new, |price| format!(" {}", money(price)));
            let answer = round.intent.map_or("no answer".to_owned(), |intent| format!("{intent}{theirs}"));
            lines.push(format!(
                "  {} {} → {answer}",
                round.kind.as_str().replace('_', " "),
                money(round.our_offer)
            ));
        }
    }
    bought(reader, &deal, &mut lines).await?;
    Ok(lines)
}

async fn bought(
    reader: &mut Reader<'_>,
    deal: &TrackedDeal,
    lines: &mut Vec<String>,
) -> Result<(), CliError> {
    let money = |amount| Money { amount, currency: deal.currency }.to_string();
    for purchase in reader.purchases_of(deal.deal_id).await? {
        let why = reason(purchase.status_reason.as_deref());
        lines.push(format!("purchase     {} for {}{why}", purchase.status, money(purchase.price)));
        let Some(item) = reader.item_of(purchase.purchase_id).await? else { continue };
        let status = item.status.as_str().replace('_', " ");
        lines.push(format!("item         {} {status}, cost {}", item.sku, money(item.cost)));
        for offer in reader.resales_of(item.inventory_id).await? {
            let at = offer.url.as_deref().map_or_else(String::new, |url| format!(", {url}"));
            lines.push(format!(
                "offer        {} on {} at {}{at}",
                offer.status,
                offer.platform,
                money(offer.price)
            ));
        }
        for sale in reader.sales_of(item.inventory_id).await? {
            lines.push(format!("sale         {} for {}", sale.status, money(sale.price)));
        }
        lines.push("books".to_owned());
        for transaction in reader.transactions_of(item.inventory_id).await? {
            for entry in reader.entries_of(transaction.transaction_id).await? {
                lines.push(format!("  {} {}", entry.at.format("%Y-%m-%d"), entry.memo));
                for line in entry.postings.lines() {
                    let account = line.account.as_str().replace('_', " ");
                    lines.push(format!("    {account:<22}{:>12}", line.amount.to_string()));
                }
            }
        }
        let profit = profit_of(reader, item.inventory_id).await?;
        lines.push(format!("  earned so far {}", money(profit)));
    }
    Ok(())
}

fn reason(why: Option<&str>) -> String {
    why.map_or_else(String::new, |why| format!(" ({})", why.replace('_', " ")))
}

/// What an item earned so far, by the books: income less costs, without what it stands in stock for.
///
/// # Errors
/// The store cannot be read.
pub async fn profit_of(reader: &mut Reader<'_>, item: InventoryId) -> Result<Cents, CliError> {
    let mut earned = Cents::ZERO;
    for transaction in reader.transactions_of(item).await? {
        for entry in reader.entries_of(transaction.transaction_id).await? {
            let own = entry.postings.lines().iter().filter(|line| line.account.is_profit());
            earned = earned - own.map(|line| line.amount.amount).sum();
        }
    }
    Ok(earned)
}
