//! R3, R8 and R9: nothing above a limit, nothing without right and approval, nothing to whom wants
//! none.

use std::collections::{BTreeSet, HashMap};

use autobazaaar_domain::effect::Effect;
use autobazaaar_domain::ids::DealId;
use autobazaaar_domain::negotiation::NegotiationStatus;
use autobazaaar_domain::owner::{ApprovalKind, ApprovalStatus};
use autobazaaar_domain::purchase::PurchaseStatus;
use autobazaaar_domain::{Action, Cents, Utc};
use autobazaaar_store::{Reader, StoreError, TrackedDeal};

use super::{Outside, Violation};
use crate::execute::market::{Deed, Receipt};

/// R8: each deal that is bargained over or bought was decided so, and approved where that is asked.
pub(super) async fn approved(reader: &mut Reader<'_>) -> Result<Vec<Violation>, StoreError> {
    let mut deals: BTreeSet<DealId> = BTreeSet::new();
    for status in NegotiationStatus::ALL {
        deals.extend(reader.negotiations(Some(*status), u32::MAX).await?.iter().map(|n| n.deal_id));
    }
    for status in PurchaseStatus::ALL {
        deals.extend(reader.purchases(*status, u32::MAX).await?.iter().map(|purchase| purchase.deal_id));
    }
    let mut found = Vec::new();
    for id in deals {
        let deal = reader.deal(id).await?;
        let asked = reader.newest_approval(&id.to_string(), ApprovalKind::Purchase).await?;
        let given = asked.is_some_and(|approval| approval.status == ApprovalStatus::Given);
        found.extend(stands(deal.as_ref(), given).map(|wrong| Violation::new("R8", "approved", id, wrong)));
    }
    Ok(found)
}

fn stands(deal: Option<&TrackedDeal>, given: bool) -> Option<&'static str> {
    let Some(decision) = deal.and_then(|deal| deal.decision.as_ref()) else {
        return Some("is worked on without a decision");
    };
    if decision.action == Action::Pass {
        return Some("is worked on, though it was passed");
    }
    (decision.needs_approval && !given).then_some("is worked on, and the owner never agreed")
}

/// R3 and R8 against the world: what was offered and paid there is within the decision's limit, on a
/// venue where we may act.
pub(super) async fn within(
    reader: &mut Reader<'_>,
    outbox: &[Effect],
    outside: &Outside,
) -> Result<Vec<Violation>, StoreError> {
    let ids: HashMap<String, &Effect> = outbox.iter().map(|e| (e.effect_id.to_string(), e)).collect();
    let mut found = Vec::new();
    for deed in &outside.deeds {
        if let Some(venue) = venue_of(&deed.deed).filter(|venue| !outside.venues.iter().any(|v| v == venue)) {
            found.push(Violation::new("R8", "venue", &deed.effect, format!("went to {venue}")));
        }
        let Some(effect) = ids.get(deed.effect.as_str()) else { continue };
        let (offered, limit) = match &deed.deed {
            Deed::Write { offer: Some(offer), .. } => (*offer, limit_of_offer(reader, effect).await?),
            Deed::Buy { price, .. } => {
                let paid = match &deed.receipt {
                    Some(Receipt::Bought { price: paid, .. }) => *paid,
                    _ => *price,
                };
                (paid.max(*price), limit_of_purchase(reader, effect).await?)
            }
            _ => continue,
        };
        if limit.is_none_or(|limit| offered > limit) || offered.0 <= 0 {
            let limit = limit.map_or_else(|| "none".to_owned(), |limit| limit.0.to_string());
            let wrong = format!("offered {}, the limit is {limit}", offered.0);
            found.push(Violation::new("R3", "limit", &deed.effect, wrong));
        }
    }
    Ok(found)
}

fn venue_of(deed: &Deed) -> Option<&str> {
    match deed {
        Deed::Write { listing, .. }
        | Deed::Buy { listing, .. }
        | Deed::Reprice { listing, .. }
        | Deed::Delist { listing } => Some(listing.platform.as_str()),
        Deed::Publish { draft } => Some(draft.platform.as_str()),
        Deed::Answer { .. } | Deed::Ship { .. } | Deed::Refund { .. } | Deed::Claim { .. } => None,
    }
}

/// The most that a message may offer.
async fn limit_of_offer(reader: &mut Reader<'_>, effect: &Effect) -> Result<Option<Cents>, StoreError> {
    let Ok(message) = effect.subject.parse() else { return Ok(None) };
    let message = reader.message(message).await?;
    let Some(id) = message.and_then(|message| message.negotiation_id) else { return Ok(None) };
    let Some(negotiation) = reader.negotiation(id).await? else { return Ok(None) };
    let decided = decided(reader, negotiation.deal_id).await?;
    Ok(decided.map(|most| most.min(negotiation.max_acceptable)))
}

/// The most that a purchase may cost.
async fn limit_of_purchase(reader: &mut Reader<'_>, effect: &Effect) -> Result<Option<Cents>, StoreError> {
    let Ok(id) = effect.subject.parse() else { return Ok(None) };
    let Some(purchase) = reader.purchase(id).await? else { return Ok(None) };
    let decided = decided(reader, purchase.deal_id).await?;
    Ok(decided.map(|most| most.min(purchase.max_price)))
}

async fn decided(reader: &mut Reader<'_>, deal: DealId) -> Result<Option<Cents>, StoreError> {
    let decision = reader.deal(deal).await?.and_then(|deal| deal.decision);
    Ok(decision.and_then(|decision| decision.max_price))
}

/// R9 against the world: nothing reached an address after it was suppressed.
pub(super) async fn silent(
    reader: &mut Reader<'_>,
    outbox: &[Effect],
    outside: &Outside,
) -> Result<Vec<Violation>, StoreError> {
    let suppressed: HashMap<String, Utc> =
        reader.suppressions(u32::MAX).await?.into_iter().map(|s| (s.address_key, s.at)).collect();
    let sent: HashMap<String, &Effect> = outbox.iter().map(|e| (e.effect_id.to_string(), e)).collect();
    let late = outside.deeds.iter().filter_map(|deed| {
        let address = sent.get(deed.effect.as_str())?.address_key.as_ref()?;
        let since = suppressed.get(address)?;
        (deed.at > *since).then(|| Violation::new("R9", "silent", &deed.effect, format!("reached {address}")))
    });
    Ok(late.collect())
}
