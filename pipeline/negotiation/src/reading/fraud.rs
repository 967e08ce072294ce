//! Signs of a fraud in what a seller writes: what nobody asks who has the thing and wants to sell it.
//!
//! A sign needs more than a way to pay ("cash or Venmo", "a deposit on the apartment"): it names
//! payment before the thing is seen, past the venue, by somebody absent, or a code.

use std::sync::LazyLock;

use autobazaaar_domain::words;
use regex::Regex;

use crate::lexicon::pattern;

words! {
    /// What in a message speaks of a fraud.
    FraudSign {
        /// Payment past the venue, which protects the buyer.
        OffSite = "off_site",
        /// A way to pay that cannot be reversed.
        Irreversible = "irreversible",
        /// A code that is to be read out or passed on: it opens an account of ours.
        Code = "code",
        /// The writer is away; somebody else has the thing, or will send it.
        Absent = "absent",
        /// Money before the thing was seen.
        PaidFirst = "paid_first",
    }
}

static SIGNS: LazyLock<[(FraudSign, Regex); 5]> = LazyLock::new(|| {
    let of = |sign, words: &str| (sign, pattern(&format!(r"\b(?:{words})\b")));
    [
        of(
            FraudSign::OffSite,
            r"(?:pay|payment|paid|transfer|deal|buy|sell|complete it|do it) (?:\w+ ){0,3}(?:outside|off|away from) (?:of )?(?:the |this )?(?:site|app|platform|offerup|ebay|mercari|facebook)|saves? (?:us |you |me )?(?:both )?the (?:site |platform )?fees?|friends (?:and|&) family",
        ),
        of(
            FraudSign::Irreversible,
            r"(?:gift|itunes|steam|google play|amazon) cards?(?: (?:code|number)s?)? (?:as payment|instead)|pay (?:\w+ ){0,3}(?:gift|itunes|steam) cards?|western union|money ?gram|wire (?:transfer|me|the money)|bitcoin|crypto|usdt",
        ),
        of(
            FraudSign::Code,
            r"(?:read|send|text|tell|give|forward) (?:\w+ ){0,3}(?:the |a |that |your )?(?:\w+[- ])?code|code (?:will|should) (?:come|arrive)|verification code|(?:verify|prove) (?:that )?you(?:'re| are) (?:real|a real)",
        ),
        of(
            FraudSign::Absent,
            r"(?:my|an) (?:shipping )?(?:agent|courier|mover)s? (?:will|can|to|is)|(?:i am|i'm|im) (?:currently |presently )?(?:out of (?:town|the country|state)|overseas|deployed|offshore|at sea)[^.?!]{0,60}\b(?:ship|agent|courier|deliver|send)|(?:cousin|brother|friend|wife|husband|son|agent) (?:will|can) (?:bring|ship|deliver|send|drop) (?:it |this |them )?(?:\w+ ){0,3}(?:after|once|when) (?:the |you(?:r|'ve|’ve)? ?)?(?:payment|pay|paid|money|deposit|transfer)",
        ),
        of(
            FraudSign::PaidFirst,
            r"(?:pay|send|make|transfer|zelle|venmo|wire) (?:me |us )?(?:a |the |some |half |full |small |refundable )*(?:deposit|down ?payment|payment|money|amount) (?:first|up ?front|before|in advance)|(?:deposit|payment|pay|money) (?:is |must be )?(?:first|up ?front|in advance)(?: (?:and|then|before|so)|[.!]|$)|(?:pay|send) (?:first|up ?front|in advance|before (?:you|seeing|pick|viewing))",
        ),
    ]
});

/// The signs in a folded, lower-case text, each once.
pub(super) fn signs(text: &str) -> Vec<FraudSign> {
    SIGNS.iter().filter(|(_, words)| words.is_match(text)).map(|(sign, _)| *sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frauds_give_themselves_away() {
        for (text, sign) in [
            ("i only take transfer outside the site, it saves the fee for both of us.", FraudSign::OffSite),
            ("pay with paypal friends and family please", FraudSign::OffSite),
            ("can you pay with a steam card?", FraudSign::Irreversible),
            ("please send it by western union", FraudSign::Irreversible),
            ("send me your number and a code will come, read me the code.", FraudSign::Code),
            ("i'll text you a verification code so i know you are real", FraudSign::Code),
            ("i am out of town for work so my agent will ship it to you.", FraudSign::Absent),
            ("my cousin will bring it after the payment is done.", FraudSign::Absent),
            ("i'm currently deployed but the courier will deliver it", FraudSign::Absent),
            ("pay the deposit first and i hold it for you.", FraudSign::PaidFirst),
            ("zelle me half the money up front, then i ship", FraudSign::PaidFirst),
        ] {
            assert!(signs(text).contains(&sign), "{text}: {:?}", signs(text));
        }
    }

    #[test]
    fn sellers_do_not() {
        for text in [
            "cash or venmo is fine",
            "i can take a check, but i'd have to deposit it first thing monday",
            "i'm out of town until friday, can you come saturday?",
            "my brother can help you load it",
            "the zip code is 94110",
            "first come first served, cash only",
            "i was offered a gift card for it",
            "it comes with the unlock code",
            "i'll ship it once ebay shows the payment",
            "my wife will be home if you want to pick it up",
            "pay me when you pick it up",
        ] {
            assert_eq!(signs(text), [], "{text}");
        }
    }
}
