//! What to do about eBay's errors. Numbers as documented per call at developer.ebay.com/api-docs; one
//! number may stand for several things, so that the message is always shown beside it.

/// The access token is not, or no longer, valid.
pub(crate) const BAD_TOKEN: i64 = 1001;
/// A user's error; among others, that a thing is there already.
pub(crate) const USER_ERROR: i64 = 25002;
/// There is no inventory item of that SKU.
pub(crate) const NO_ITEM: i64 = 25710;
/// There is no such offer.
pub(crate) const NO_OFFER: i64 = 25713;
/// Two changes of one thing at the same time.
pub(crate) const AT_A_TIME: i64 = 25025;

pub(crate) fn of_error(error_id: i64) -> Option<&'static str> {
    Some(match error_id {
        BAD_TOKEN | 1002 => "check the application's keys and the seller's refresh token",
        1003 | 1100 => "the token does not cover this: sign in at eBay again with the scopes for selling",
        2001 => "the day's or minute's calls are used up: wait, or ask eBay for more",
        11001 | 11006 => "the item is gone",
        USER_ERROR => "correct what the message names",
        25004 | 25759 => "set a quantity of one or more",
        25005 => "choose a leaf category of this marketplace",
        25007 => "create a fulfilment policy in the seller's account and set its id",
        25008 => "create a payment policy in the seller's account and set its id",
        25009 => "create a return policy in the seller's account and set its id",
        25012 => "create the inventory location and set its key",
        25003 => "set a price above zero",
        25015 => "give at least one picture with an https address",
        25018 => "complete the seller's account at eBay",
        25019 => "the listing can no longer be changed: end it and publish anew",
        25020 => "complete the package's size and weight",
        25021 => "choose a condition that the category knows",
        AT_A_TIME => "wait a moment and try again",
        25701 | 25702 | NO_ITEM => "create the inventory item before its offer",
        NO_OFFER => "create the offer first",
        25718 => "shorten the title to 80 characters",
        32100 => "check the order number",
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
