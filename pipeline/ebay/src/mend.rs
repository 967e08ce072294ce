//! What to do about eBay's errors. Numbers and meanings are those of eBay's own specifications
//! (`x-response-codes` of `sell_inventory_v1_oas3`, `sell_fulfillment_v1_oas3` and `buy_browse_v1_oas3`,
//! seen in 2026); those of tokens are of "Handling errors" in its guide. One number may stand for several
//! things, so that the message is always shown beside it.

/// The access token is not, or no longer, valid.
pub(crate) const BAD_TOKEN: i64 = 1001;
/// A user's error; among others, that an offer is there already.
pub(crate) const USER_ERROR: i64 = 25002;
/// The SKU is not in the system.
pub(crate) const NO_SKU: i64 = 25702;
/// The thing that is asked for was not found.
pub(crate) const NOT_FOUND: i64 = 25710;
/// There is no such offer.
pub(crate) const NO_OFFER: i64 = 25713;
/// Two changes of one thing at the same time.
pub(crate) const AT_A_TIME: i64 = 25025;

pub(crate) fn of_error(error_id: i64) -> Option<&'static str> {
    Some(match error_id {
        BAD_TOKEN | 1002 => "check the application's keys and the seller's refresh token",
        1003 | 1100 => "the token does not cover this: sign in at eBay again with the scopes for selling",
        2001 => "the day's or minute's calls are used up: wait, or ask eBay for more",
        11001 | 11003 | 11004 => "the item is gone",
        11006 => "it is a group of variations: name one of them",
        USER_ERROR | 25604 => "correct what the message names",
        25003 => "set a price above zero",
        25004 => "set a quantity of one or more",
        25005 => "choose a leaf category of this marketplace",
        25007 => "create a fulfilment policy in the seller's account and set its id",
        25008 => "create a payment policy in the seller's account and set its id",
        25009 => "create a return policy in the seller's account and set its id",
        25012 => "create the inventory location and set its key",
        25014 | 25015 | 25501 => "give at least one picture with an https address that eBay can load",
        25016 | 25017 | 25709 => "correct the field that the message names",
        25018 => "complete the seller's account at eBay",
        25019 => "the listing can no longer be changed: end it and publish anew",
        25020 => "complete the package's size and weight",
        25021 => "choose a condition that the category knows",
        25022 | 25029 | 25502 | 25601 => "complete what the category asks for: brand, model …",
        AT_A_TIME => "wait a moment and try again",
        25026 => "the account's selling limit is reached: end something, or ask eBay for more",
        25086 => "eBay takes pictures of its own picture service alone here: upload them there first",
        25701 | NO_SKU | NOT_FOUND => "create the inventory item before its offer",
        25707 | 25708 => "choose a SKU of at most 50 letters and digits",
        NO_OFFER => "create the offer first",
        32100 => "check the order number",
        32200 => "check which things of the order are in the parcel",
        32300 => "check the carrier and the tracking number",
        _ => return None,
    })
}

pub(crate) fn of_status(status: u16) -> &'static str {
    match status {
        401 => "check the application's keys and the seller's refresh token",
        403 => "the application or the seller is not granted this",
        404 => "it is not there: check the number",
        409 => "it changed meanwhile: read it again",
        429 => "wait, or ask eBay for more calls a day",
        500.. => "eBay has a fault of its own: try again later",
        _ => "correct what the message names",
    }
}
