//! Which strategy suits a deal.

use autobazaaar_domain::{SellerType, Strategy};

/// What the choice depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circumstances<'a> {
    /// Expected net profit as a share of the price: 0.5 is 50 %.
    pub margin: Option<f64>,
    /// Until the listing ends.
    pub minutes_left: Option<i64>,
    pub seller: Option<SellerType>,
    /// As the listing has it.
    pub category: &'a str,
}

/// The margin above which the hurry of an ending listing pays.
const URGENT_MARGIN: f64 = 0.5;
const URGENT_MINUTES: i64 = 60;
/// Words of categories that collectors know.
const COLLECTED: [&str; 13] = [
    "collectible",
    "collectable",
    "collector",
    "antique",
    "vintage",
    "coin",
    "stamp",
    "comic",
    "trading card",
    "memorabilia",
    "figurine",
    "vinyl record",
    "militaria",
];

/// The strategy for a deal, by the first rule that holds: a good margin on a listing about to
/// end, a business, a thing that is collected; else the friendly local.
#[must_use]
pub fn choose(about: &Circumstances) -> Strategy {
    let ends_soon = about.minutes_left.is_some_and(|minutes| minutes < URGENT_MINUTES);
    if ends_soon && about.margin.is_some_and(|margin| margin > URGENT_MARGIN) {
        return Strategy::UrgentCash;
    }
    if about.seller == Some(SellerType::Business) {
        return Strategy::ProfessionalBuyer;
    }
    let category = about.category.to_lowercase();
    if COLLECTED.iter().any(|word| category.contains(word)) {
        return Strategy::Collector;
    }
    Strategy::FriendlyLocal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_holds_decides() {
        let plain = Circumstances { margin: Some(0.3), minutes_left: None, seller: None, category: "phones" };
        let business = Some(SellerType::Business);
        let cases = [
            (plain, Strategy::FriendlyLocal),
            (Circumstances { category: "Collectibles & Art", ..plain }, Strategy::Collector),
            (Circumstances { seller: business, category: "coins", ..plain }, Strategy::ProfessionalBuyer),
            (
                Circumstances { margin: Some(0.6), minutes_left: Some(59), seller: business, ..plain },
                Strategy::UrgentCash,
            ),
            (Circumstances { margin: Some(0.6), minutes_left: Some(60), ..plain }, Strategy::FriendlyLocal),
            (Circumstances { margin: Some(0.5), minutes_left: Some(5), ..plain }, Strategy::FriendlyLocal),
            (Circumstances { margin: None, minutes_left: Some(5), ..plain }, Strategy::FriendlyLocal),
        ];
        for (about, strategy) in cases {
            assert_eq!(choose(&about), strategy, "{about:?}");
        }
    }
}
