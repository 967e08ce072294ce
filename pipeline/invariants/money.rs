//! R2 against the world: the cash in the books is what passed by the world's own count.

use autobazaaar_domain::effect::{Effect, EffectState};
use autobazaaar_domain::ledger::Account;
use autobazaaar_domain::{Cents, Currency};
use autobazaaar_store::{Reader, StoreError};

use super::{Outside, Violation};

/// Cash = the owner's money − purchases + payouts − parcels − fees for listing. While an effect is in
/// doubt, or news were not read yet, the two may differ: then nothing is said.
pub(super) async fn counted(
    reader: &mut Reader<'_>,
    outbox: &[Effect],
    outside: &Outside,
) -> Result<Vec<Violation>, StoreError> {
    let doubt = |effect: &Effect| matches!(effect.state, EffectState::Uncertain | EffectState::Sending);
    if outbox.iter().any(doubt) {
        return Ok(Vec::new());
    }
    let mut balance = async |account| reader.balance(account, Currency::USD).await;
    let cash = balance(Account::Cash).await?;
    let put_in = -balance(Account::OwnerEquity).await?;
    let costs = balance(Account::ShippingOut).await? + balance(Account::ServiceCosts).await?;
    let expected = put_in - outside.spent + outside.paid_out - costs;
    if cash == expected {
        return Ok(Vec::new());
    }
    let Cents(found) = cash;
    let found = format!("is {found} in the books, and {} by the world's count", expected.0);
    Ok(vec![Violation::new("R2", "counted", "cash", found)])
}
