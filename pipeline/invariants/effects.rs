//! R4 and R6 against the world: every effect once, none lost, each purchase one in the books.

use std::collections::{BTreeMap, HashMap};

use autobazaaar_domain::effect::{Effect, EffectState};
use autobazaaar_store::{Reader, StoreError};

use super::{Outside, Violation};
use crate::execute::market::{Deed, Receipt};

/// What the world did is what the outbox says, deed by deed, and once each.
pub(super) fn once(outbox: &[Effect], outside: &Outside) -> Vec<Violation> {
    let seen: HashMap<&str, bool> =
        outside.deeds.iter().map(|deed| (deed.effect.as_str(), deed.receipt.is_some())).collect();
    let ids: HashMap<String, &Effect> = outbox.iter().map(|e| (e.effect_id.to_string(), e)).collect();
    let mut found = Vec::new();
    for deed in &outside.deeds {
        match ids.get(deed.effect.as_str()) {
            None => {
                found.push(Violation::new("R4", "unknown", &deed.effect, "happened, and was never stored"))
            }
            Some(effect) => {
                found.extend(agrees(effect, deed.receipt.is_some()));
                if serde_json::to_value(&deed.deed).ok().as_ref() != Some(&effect.payload) {
                    let other = "happened as another deed than was stored";
                    found.push(Violation::new("R4", "another", &deed.effect, other));
                }
            }
        }
    }
    for effect in outbox.iter().filter(|effect| effect.state == EffectState::Done) {
        if seen.get(effect.effect_id.to_string().as_str()) != Some(&true) {
            found.push(Violation::new("R4", "lost", effect.effect_id, "is done, and never happened"));
        }
    }
    found.extend(doubled(&ids, outside));
    found
}

/// Whether the outbox knows of an effect what the world does. One in doubt, or about to be, may be
/// either.
fn agrees(effect: &Effect, happened: bool) -> Option<Violation> {
    let wrong = match (effect.state, happened) {
        (EffectState::Queued, true) => "happened, and still waits to be sent",
        (EffectState::Refused, true) => "happened, and counts as refused",
        (EffectState::Done, false) => "was refused, and counts as done",
        _ => return None,
    };
    Some(Violation::new("R4", "outcome", effect.effect_id, wrong))
}

/// The same act under two ids. A price may be set to the same figure twice, and what is down may be
/// taken down again: neither does harm.
fn doubled(ids: &HashMap<String, &Effect>, outside: &Outside) -> Vec<Violation> {
    let mut acts: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    let happened = outside.deeds.iter().filter(|deed| deed.receipt.is_some());
    for deed in happened.filter(|deed| !matches!(deed.deed, Deed::Reprice { .. } | Deed::Delist { .. })) {
        let Some(effect) = ids.get(deed.effect.as_str()) else { continue };
        let act = (effect.kind.to_string(), effect.subject.clone());
        acts.entry(act).or_default().push(&deed.effect);
    }
    let doubled = acts.into_iter().filter(|(_, effects)| effects.len() > 1);
    doubled
        .map(|((kind, subject), effects)| {
            let found = format!("{kind} happened {} times: {}", effects.len(), effects.join(", "));
            Violation::new("R4", "doubled", subject, found)
        })
        .collect()
}

/// Each order that the world took of us is one purchase and one item in the books, unless its effect
/// is in doubt still.
pub(super) async fn bought(reader: &mut Reader<'_>, outside: &Outside) -> Result<Vec<Violation>, StoreError> {
    let mut found = Vec::new();
    for deed in &outside.deeds {
        let (Deed::Buy { listing, .. }, Some(Receipt::Bought { order, total, .. })) =
            (&deed.deed, &deed.receipt)
        else {
            continue;
        };
        let Ok(id) = deed.effect.parse() else { continue };
        let settled = reader.effect(id).await?.is_some_and(|effect| effect.state == EffectState::Done);
        if !settled {
            continue;
        }
        match reader.item_by_sku(&crate::execute::sku(&listing.platform, order)).await? {
            None => found.push(Violation::new("R6", "bought", order, "was bought, and is in no stock")),
            Some(item) if item.cost != *total => {
                let wrong = format!("cost {}, and stands in the books for {}", total.0, item.cost.0);
                found.push(Violation::new("R6", "bought", order, wrong));
            }
            Some(_) => {}
        }
    }
    Ok(found)
}
