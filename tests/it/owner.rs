//! One real phone from files to a booked profit, by commands alone.

use std::sync::Arc;

use autobazaaar_domain::{ListingKey, SeededEntropy};
use autobazaaar_store::{Options, Store};
use serde_json::Value;

use crate::real::listings;
use crate::sandbox::Sandbox;

/// An owner with a wide taste: what is tried here is the way, not the choice.
const CONFIG: &str = r#"
[owner]
name = "Robin Example"
postal_address = "1 Example Street, San Diego"
pays_cash = true
time_zone = "-08:00"

[limits]
max_p_loss = 0.9
max_risk = 1.0
min_demand = 0.0
min_roi = 0.0
min_margin = 0.0
[limits.min_net_profit]
USD = 5.0
# Sellers who talk and wait: what is underpriced is then negotiated, not bought at the ask.
[limits.bargaining]
agreement = 0.95
agreement_electronics = 0.95
lost_per_day = 0.0
ask_stands = 1.0

[economics]
buyer_pays_shipping = true
"#;

/// Minor units of a decimal text.
pub fn cents(text: &Value) -> i64 {
    let text = text.as_str().unwrap_or_else(|| panic!("{text} is no amount"));
    let (whole, part) = text.split_once('.').unwrap();
    whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
}

pub fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The books by account; they sum to zero.
pub fn books(sandbox: &Sandbox) -> std::collections::BTreeMap<String, i64> {
    let rows = sandbox.json(&["ledger"]);
    let signed = |row: &Value| {
        let text = row["balance"].as_str().unwrap();
        let amount = cents(&Value::from(text.trim_start_matches('-')));
        (row["account"].as_str().unwrap().to_owned(), if text.starts_with('-') { -amount } else { amount })
    };
    let books: std::collections::BTreeMap<_, _> = rows.as_array().unwrap().iter().map(signed).collect();
    assert_eq!(books.values().sum::<i64>(), 0, "{books:?}");
    books
}

/// No invariant of the store is broken.
pub fn holds_together(sandbox: &Sandbox) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found = runtime.block_on(async {
        let (folder, now) = (sandbox.path("data/state"), autobazaaar_domain::Utc::UNIX_EPOCH);
        let store =
            Store::open(Options::folder(&folder), Arc::new(SeededEntropy::new(1)), now).await.unwrap();
        let found = store.check().await.unwrap();
        store.close().await.unwrap();
        found
    });
    assert_eq!(found, vec![]);
}

/// A sandbox with the phones of one venue, decided on.
fn decided() -> Option<(Sandbox, Value)> {
    decided_with("")
}

/// The same with more settings.
pub fn decided_with(more: &str) -> Option<(Sandbox, Value)> {
    let folder = listings()?.join("phones-sandiego-2019-daily");
    let files = folder.join("*_Result_Offerup.csv");
    let sources = format!(
        "[[sources]]\nname = \"phones\"\nfiles = [\"{}\"]\nmapping = \"phones-offerup\"\n",
        files.display()
    );
    let sandbox = Sandbox::new().file("autobazaaar.toml", &format!("{sources}{CONFIG}{more}"));
    sandbox.ok(&["run"]);
    let deals = sandbox.json(&["deals"]);
    let found = deals.as_array().unwrap().iter().find(|deal| deal["action"] == "negotiate");
    let deal = found.unwrap_or_else(|| panic!("nothing to negotiate: {deals}")).clone();
    Some((sandbox, deal))
}

#[test]
fn a_real_phone_is_dealt_by_hand_to_a_booked_profit() {
    let Some((sandbox, deal)) = decided() else { return };
    let id = format!("{}:{}", deal["platform"].as_str().unwrap(), deal["external_id"].as_str().unwrap());
    let id = id.as_str();
    let _: ListingKey = id.parse().unwrap();
    let (ask, limit) = (cents(&deal["ask"]), cents(&deal["max_price"]));

    // Without money nothing is promised, and the refusal says what to do
    assert!(sandbox.fails(1, &["deals", "approve", id]).contains("ledger pay-in"));
    sandbox.ok(&["ledger", "pay-in", "2000"]);
    let opening = sandbox.ok(&["deals", "approve", id, "--note", "looks fine"]);
    assert!(opening.contains("automated agent acting for Robin Example"), "{opening}");
    assert!(opening.contains("waits for your yes") && opening.contains("\"stop\""), "{opening}");
    assert!(sandbox.fails(1, &["deals", "approve", id]).contains("taken on before"));

    // Nothing goes out without a yes, above the limit, untrue, or while everything is stopped
    assert!(sandbox.fails(1, &["negotiations", "sent", id]).contains("no message"));
    let above = dollars(limit + 100);
    assert!(sandbox.fails(1, &["negotiations", "edit", id, "--price", &above]).contains("above"));
    let lie = ["negotiations", "edit", id, "--text", "My sick grandmother needs it and I live next door."];
    sandbox.fails(1, &lie);
    let first = format!("{}", ask * 6 / 10 / 100);
    assert!(sandbox.ok(&["negotiations", "edit", id, "--price", &first]).contains(&format!("${first}")));
    sandbox.ok(&["negotiations", "approve", id]);
    sandbox.ok(&["stop"]);
    assert!(sandbox.fails(1, &["negotiations", "sent", id]).contains("stopped"));
    sandbox.ok(&["stop", "--resume"]);
    assert!(sandbox.ok(&["tasks"]).contains("send a message"));
    sandbox.ok(&["negotiations", "sent", id]);

    // The seller's words come back and are read; pasted twice they are one reply
    let counter = format!("Hi! I could do ${}.", ask * 8 / 10 / 100);
    let said = sandbox.ok(&["negotiations", "reply", id, "--text", &counter]);
    assert!(said.contains("read as counter"), "{said}");
    sandbox.ok(&["negotiations", "reply", id, "--text", &counter]);
    let shown = sandbox.json(&["negotiations", "show", id]);
    let inbound = |shown: &Value| {
        let all = shown["messages"].as_array().unwrap().clone();
        all.into_iter().filter(|message| message["direction"] == "inbound").count()
    };
    assert_eq!(inbound(&shown), 1, "{shown}");
    sandbox.ok(&["negotiations", "approve", id]);
    sandbox.ok(&["negotiations", "sent", id]);
    if sandbox.json(&["negotiations", "show", id])["negotiation"]["status"] != "accepted" {
        sandbox.write("reply.txt", "OK, that works for me. It's a deal!\n");
        sandbox.ok(&["negotiations", "reply", id, "--file", "reply.txt"]);
        sandbox.ok(&["negotiations", "approve", id]);
        sandbox.ok(&["negotiations", "sent", id]);
    }
    let talk = sandbox.json(&["negotiations", "show", id])["negotiation"].clone();
    assert_eq!(talk["status"], "accepted", "{talk}");
    let price = talk["final_price"].as_i64().unwrap();
    assert!(price <= limit && price < ask, "{price} of {ask}, at most {limit}");

    // Paid, fetched, looked at: a listing is written
    assert!(
        sandbox.fails(1, &["inventory", "bought", id, "--paid", &dollars(limit + 1)]).contains("at most")
    );
    sandbox.ok(&["inventory", "bought", id, "--paid", &dollars(price), "--other", "2.50"]);
    let text =
        sandbox.ok(&["inventory", "received", id, "--condition", "good", "--notes", "Battery at 91 %."]);
    assert!(text.contains("Battery at 91 %."), "{text}");
    let offer = sandbox.json(&["listings"])[0].clone();
    let (asked, floor) = (cents(&offer["price"]), cents(&offer["floor_price"]));
    assert!(offer["title"].as_str().unwrap().chars().count() <= 80 && floor <= asked);
    let (here, elsewhere) = match offer["platform"].as_str() {
        Some("ebay") => ("https://www.ebay.com/itm/Phone/445566778?x=1", "https://offerup.com/item/detail/9"),
        _ => ("https://example.org/items/445566778/", "https://www.ebay.com/itm/445566778"),
    };
    assert!(sandbox.fails(2, &["listings", "posted", id, "--url", elsewhere]).contains("planned"));
    sandbox.ok(&["listings", "posted", id, "--url", here, "--fee", "0.35"]);
    let cheaper = dollars((asked - 500).max(floor));
    sandbox.ok(&["listings", "reprice", id, "--price", &cheaper]);
    assert!(sandbox.fails(1, &["listings", "reprice", id, "--price", &dollars(floor - 1)]).contains("floor"));

    // Sold, sent, paid out: the books hold what was earned, and can say why
    let sold = price + 9_000;
    let sale = ["--price", &dollars(sold), "--shipping", "10", "--fees", "15.40", "--payment-fees", "3"];
    sandbox.ok(&[&["listings", "sold", id], &sale[..]].concat());
    let due = books(&sandbox)["payouts_pending"];
    assert_eq!(due, sold + 1_000 - 1_540 - 300);
    assert!(sandbox.ok(&["tasks"]).contains("send a parcel"));
    sandbox.ok(&["listings", "shipped", id, "--label", "8.20", "--tracking", "Z1"]);
    let paid = sandbox.ok(&["listings", "paid", id]);
    let books = books(&sandbox);
    let profit = 9_000 + 1_000 - 1_540 - 300 - 250 - 35 - 820;
    assert_eq!(books["cash"], 200_000 + profit, "{books:?}");
    assert!(paid.contains(&format!("earned ${}", dollars(profit).trim_end_matches(".00"))), "{paid}");
    assert_eq!(books.get("inventory_at_cost").copied().unwrap_or(0), 0);
    assert!(sandbox.fails(1, &["listings", "paid", id]).contains("nothing is due"));

    let story = sandbox.ok(&["deals", "show", id]);
    for part in
        ["negotiation  accepted", "purchase     received", "sale", "a venue paid out", "earned so far"]
    {
        assert!(story.contains(part), "{part}: {story}");
    }
    assert!(sandbox.ok(&["tasks"]).is_empty());
    holds_together(&sandbox);
}

#[test]
fn a_seller_who_wants_to_hear_no_more_ends_it_for_good() {
    let Some((sandbox, deal)) = decided() else { return };
    let id = format!("{}:{}", deal["platform"].as_str().unwrap(), deal["external_id"].as_str().unwrap());
    let id = id.as_str();
    sandbox.ok(&["ledger", "pay-in", "$2000", "USD"]);
    sandbox.ok(&["deals", "approve", id]);
    sandbox.ok(&["negotiations", "edit", id, "--price", "20"]);
    let text = sandbox.ok(&["negotiations", "approve", id]);
    assert!(text.contains("$20"), "{text}");
    sandbox.ok(&["negotiations", "sent", id]);
    let said = sandbox.ok(&["negotiations", "reply", id, "--text", "Stop. Do not contact me again."]);
    assert!(said.contains("opted out") || said.contains("opted_out"), "{said}");
    assert!(sandbox.fails(1, &["negotiations", "edit", id, "--price", "25"]).contains("has ended"));
    assert!(sandbox.fails(1, &["ledger", "take-out", "2000.01"]).contains("cannot be taken out"));
    sandbox.ok(&["ledger", "take-out", "2000"]);
    assert_eq!(books(&sandbox).values().filter(|amount| **amount != 0).count(), 0);
    holds_together(&sandbox);
}
