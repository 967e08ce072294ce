//! Buy at the ask, or offer less? By expected surplus: the chance of each outcome times what it
//! leaves us.

use autobazaaar_domain::{Cents, Deal, Figures, SellerType, Strategy, Utc};

use super::config::BargainingConfig;

/// What is known of one choice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outlook {
    pub(super) buy: Option<Cents>,
    pub(super) negotiate: Option<Cents>,
}

/// Expected surplus of both ways. `max_price` is the highest price the limits allow: buying needs
/// the ask to be within it, negotiating needs a price that a seller might take.
///
/// - buy: chance that nobody else was faster × surplus at the ask;
/// - negotiate: chance that nobody takes it during the talks × (agreement × surplus at the final
///   price + no agreement × chance that the ask still stands × surplus at the ask, if allowed).
pub(super) fn outlook(
    deal: &Deal,
    figures: &Figures,
    max_price: Cents,
    config: &BargainingConfig,
) -> Outlook {
    let ask = figures.purchase_price;
    let surplus = |price| figures.expected_gain_at(price).0 as f64;
    let still_there = |days: f64| (-config.lost_per_day * 2.0 * deal.demand_score * days).exp();
    let at_ask = (ask <= max_price).then(|| surplus(ask));
    let buy = at_ask.map(|surplus| still_there(config.buying_days) * surplus);
    let final_price = ask.share(config.final_share).min(max_price);
    let agreement = agreement(deal, figures, final_price, config);
    let negotiate = (agreement > 0.0 && agreement >= config.least_agreement).then(|| {
        let after = at_ask.map_or(0.0, |surplus| config.ask_stands * surplus.max(0.0));
        still_there(config.days) * (agreement * surplus(final_price) + (1.0 - agreement) * after)
    });
    let round = |surplus: f64| Cents(surplus.round() as i64);
    Outlook { buy: buy.map(round), negotiate: negotiate.map(round) }
}

/// The published share at the published final price; below it, falling in a straight line to
/// nothing at the lowest share of the ask that is worth a message.
fn agreement(deal: &Deal, figures: &Figures, price: Cents, config: &BargainingConfig) -> f64 {
    let usual = if has_word(&deal.category, &config.electronics) {
        config.agreement_electronics
    } else {
        config.agreement
    };
    let share = price.0 as f64 / figures.purchase_price.0.max(1) as f64;
    let width = (config.final_share - config.lowest_share).max(1e-6);
    usual * ((share - config.lowest_share) / width).clamp(0.0, 1.0)
}

/// How to talk to this seller: in a hurry when the margin is large and time is short, formally
/// with a business, knowledgeably about collectibles, else as a neighbour.
pub(super) fn strategy(deal: &Deal, figures: &Figures, config: &BargainingConfig, now: Utc) -> Strategy {
    let closing = deal.expires_at.is_some_and(|end| end > now && end - now < chrono::Duration::hours(1));
    if figures.profit_margin > 0.5 && closing {
        Strategy::UrgentCash
    } else if deal.seller_kind == Some(SellerType::Business) {
        Strategy::ProfessionalBuyer
    } else if has_word(&deal.category, &config.collectibles) {
        Strategy::Collector
    } else {
        Strategy::FriendlyLocal
    }
}

fn has_word(category: &str, words: &[String]) -> bool {
    let mut parts = category.split(|c: char| !c.is_alphanumeric());
    parts.any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
}
