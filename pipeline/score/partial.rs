//! Asks that are not the price of the thing: a first payment, a monthly rate, a lease to take over.
//!
//! Such an advertisement looks like the bargain of the year. A title has room for what matters, so
//! talk of payments there is enough; in a description, where every dealer finances, only words that
//! say so of the price itself are.

use std::sync::LazyLock;

use regex::Regex;

use super::service::is_service_ad;
use super::wanted::is_wanted_ad;

/// In a title.
const TITLE: &[&str] = &[
    r"down ?payments?\b",
    r"\b(?:low|zero|no|\$?0) (?:money )?down\b",
    r"\$ ?\d[\d,.]* ?(?:/|per |a |every )? ?(?:mo|month|monthly|wk|week|weekly)\b",
    r"\b\d{2,} ?(?:/ ?|per |a )(?:mo|month|wk|week)\b",
    r"\b(?:ez|e-z|easy|in-?house|owner) financ",
    r"\b(?:no|bad|poor) credit\b|\bcredit check\b",
    r"\bbuy here,? pay here\b|\bbhph\b",
    r"\bleasing(?:ü|ue)bernahme\b|\banzahlung\b|\bmonatliche rate",
];

/// In a description.
const DESCRIPTION: &[&str] = &[
    r"\b(?:price|amount)(?: shown| listed)? (?:is|=) (?:just |only )?(?:for )?(?:the |a )?(?:down|deposit|first (?:payment|instal)|monthly|weekly)",
    r"\$ ?\d[\d,.]* (?:as )?(?:a |the )?down\b",
    r"\bonly (?:a |the )?down ?payment\b|\bdown ?payment only\b",
    r"\b(?:rest|balance|remainder) in (?:\w+ )?(?:payments|instal+ments)\b",
    r"\bpreis ist (?:nur )?die anzahlung\b",
];

/// In either.
const ANYWHERE: &[&str] = &[
    r"\b(?:take|taking) ?over (?:of )?(?:the |my |our )?(?:payments?|lease|loan)\b",
    r"\bassum(?:e|ing) (?:the |my |our )?(?:payments?|lease|loan)\b",
    r"\blease (?:take ?over|transfer|assumption)\b",
    r"\b(?:rent|lease)[- ]to[- ]own\b",
];

/// `None` only if a pattern above were malformed, which the tests below would show.
fn any_of(lists: [&[&str]; 2]) -> Option<Regex> {
    Regex::new(&format!("(?i){}", lists.concat().join("|"))).ok()
}

static IN_TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| any_of([TITLE, ANYWHERE]));
static IN_DESCRIPTION: LazyLock<Option<Regex>> = LazyLock::new(|| any_of([DESCRIPTION, ANYWHERE]));

/// The words by which an advertisement says that its price is only a part of what the thing costs.
#[must_use]
pub fn part_payment<'a>(title: &'a str, description: Option<&'a str>) -> Option<&'a str> {
    let words = |pattern: &Option<Regex>, text: &'a str| Some(pattern.as_ref()?.find(text)?.as_str());
    words(&IN_TITLE, title).or_else(|| words(&IN_DESCRIPTION, description?))
}

/// Whether a listing offers a thing for its price: it does not look for one, offers no work, and asks
/// for no part of the price. Others tell nothing of what things cost.
#[must_use]
pub fn is_whole_offer(title: &str, description: Option<&str>, has_ask: bool) -> bool {
    !is_wanted_ad(title, has_ask) && !is_service_ad(title) && part_payment(title, description).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_payments() {
        for title in [
            "2017 Mercedes GLE350 ** Only $560/month ** TAKE OVER LEASE",
            "2015 BMW X1 Lease Takeover",
            "Truck, low down",
            "2012 sedan $0 down EZ finance",
            "Couch rent-to-own",
            "Van, no credit check",
            "Car 199 a month",
            "VW Golf Leasingübernahme",
        ] {
            assert!(part_payment(title, None).is_some(), "{title}");
        }
        for text in [
            "Price shown is the down payment, the rest in weekly payments.",
            "Only $124 down payment, and pay $124/Month!!!",
            "Looking for someone to take over payments. I owe about $7,278.",
            "The price is just the deposit.",
        ] {
            assert!(part_payment("2009 coupe", Some(text)).is_some(), "{text}");
        }
    }

    #[test]
    fn whole_prices() {
        for title in [
            "Sectional couch with down cushions",
            "Galaxy S3, free 1gb data per month",
            "Laptop, 24 month warranty",
            "iPhone, used 1 month",
            "Down sofa",
            "Price down! Bike",
            "Credit card reader",
        ] {
            assert_eq!(part_payment(title, None), None, "{title}");
        }
        for text in [
            "The plan runs about $30 a month.",
            "We finance. Bad credit, no credit, all welcome. Monthly payments possible.",
            "Upgrade your phone for $8 a month.",
            "It was $890, I decided to go down on the price.",
            "A deposit of $50 holds it.",
        ] {
            assert_eq!(part_payment("2009 coupe", Some(text)), None, "{text}");
        }
    }
}
