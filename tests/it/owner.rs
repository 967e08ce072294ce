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

/// The same with more in the configuration.
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

#[test]
fn a_text_says_from_when_on_it_may_be_sent() {
    let zone = chrono::FixedOffset::west_opt(8 * 3600).unwrap();
    let now = chrono::Utc::now().with_timezone(&zone);
    let time = |hours: i64| (now + chrono::TimeDelta::hours(hours)).format("%H:%M").to_string();
    let acting = format!("[acting]\nquiet_hours = \"{}-{}\"\n", time(-2), time(3));
    let Some((sandbox, deal)) = decided_with(&acting) else { return };
    let id = format!("{}:{}", deal["platform"].as_str().unwrap(), deal["external_id"].as_str().unwrap());
    sandbox.ok(&["ledger", "pay-in", "2000"]);
    sandbox.ok(&["deals", "approve", &id]);
    let wait = format!("not before {}", time(3));
    let ready = sandbox.ok(&["negotiations", "approve", &id]);
    assert!(ready.contains(&wait), "{ready}");
    let tasks = sandbox.ok(&["tasks"]);
    assert!(tasks.contains(&wait), "{tasks}");
    // That it was sent is the owner's to say.
    sandbox.ok(&["negotiations", "sent", &id]);
}

/// A photo with the place where it was taken, held upside down.
fn photo() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(900, 600, |x, _| image::Rgb([(x / 4) as u8, 90, 60]));
    let mut jpeg = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 90);
    image::ImageEncoder::set_exif_metadata(&mut encoder, exif()).unwrap();
    encoder.encode_image(&picture).unwrap();
    jpeg
}

/// Turned by half, and GPS with a latitude of the north.
fn exif() -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    tiff.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x03\0\0");
    tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0");
    tiff.extend(b"\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0SecretPlace");
    tiff
}

/// A deal of ours, bought, received and shown in two photos.
fn in_stock(sandbox: &Sandbox, deal: &Value) -> String {
    let id = format!("{}:{}", deal["platform"].as_str().unwrap(), deal["external_id"].as_str().unwrap());
    let (name, limit) = (id.as_str(), cents(&deal["max_price"]));
    sandbox.ok(&["ledger", "pay-in", "2000"]);
    sandbox.ok(&["deals", "approve", name]);
    sandbox.ok(&["negotiations", "approve", name]);
    sandbox.ok(&["negotiations", "sent", name]);
    for _ in 0..3 {
        if sandbox.json(&["negotiations", "show", name])["negotiation"]["status"] == "accepted" {
            break;
        }
        let price = dollars(limit.min(cents(&deal["ask"])) * 9 / 10);
        sandbox.ok(&["negotiations", "reply", name, "--text", &format!("I can do ${price}, deal?")]);
        sandbox.ok(&["negotiations", "approve", name]);
        sandbox.ok(&["negotiations", "sent", name]);
    }
    let talk = sandbox.json(&["negotiations", "show", name])["negotiation"].clone();
    let price = dollars(talk["final_price"].as_i64().unwrap_or_else(|| panic!("not agreed: {talk}")));
    sandbox.ok(&["inventory", "bought", name, "--paid", &price]);
    sandbox.ok(&["inventory", "received", name, "--condition", "good"]);
    id
}

#[test]
fn photos_are_taken_in_without_what_they_tell_of_the_owner() {
    let Some((sandbox, deal)) = decided() else { return };
    let id = in_stock(&sandbox, &deal);
    let id = id.as_str();
    sandbox.write("front.jpg", photo());
    sandbox.write("notes.jpg", "not a photo");
    sandbox.write("small.png", {
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(60, 40).write_to(&mut png, image::ImageFormat::Png).unwrap();
        png.into_inner()
    });

    // Of several files one that is none adds none
    let said = sandbox.fails(2, &["inventory", "photos", id, "front.jpg", "notes.jpg"]);
    assert!(said.contains("notes.jpg") && said.contains("no picture"), "{said}");
    assert!(sandbox.fails(2, &["inventory", "photos", id, "gone.jpg"]).contains("gone.jpg"));
    assert_eq!(sandbox.json(&["inventory", "photos", id]).as_array().unwrap().len(), 0);

    let taken = sandbox.json(&["inventory", "photos", id, "front.jpg", "small.png", "front.jpg"]);
    let files: Vec<String> =
        taken.as_array().unwrap().iter().map(|row| row["file"].as_str().unwrap().to_owned()).collect();
    assert_eq!(files.len(), 2, "the same photo is one: {taken}");
    let kept = std::fs::read(sandbox.path(&files[0])).unwrap();
    assert!(!kept.windows(6).any(|part| part == b"Secret" || part[..4] == *b"Exif"));
    let upright = image::load_from_memory(&kept).unwrap().into_rgb8();
    assert!(upright.get_pixel(10, 10).0[0] > upright.get_pixel(890, 10).0[0], "turned upright");

    // They are shown with the offer, exported beside its text, and in a backup
    let shown = sandbox.ok(&["listings", "show", id]);
    assert!(files.iter().all(|file| shown.contains(file.as_str())), "{shown}");
    let venue = sandbox.json(&["listings", "list"])[0]["platform"].as_str().unwrap().to_owned();
    let exported = sandbox.json(&["listings", "export", "--venue", &venue, "--output", "out"]);
    let text = exported[0]["text"].as_str().unwrap().to_owned();
    let beside = sandbox.path(&text).parent().unwrap().join("1.jpg");
    assert_eq!(std::fs::read(beside).unwrap(), kept);
    sandbox.ok(&["backup", "copy"]);
    assert_eq!(std::fs::read_dir(sandbox.path("copy/store/photos")).map_or(0, Iterator::count), 6);

    // What is taken away is gone, and only that
    assert!(sandbox.fails(2, &["inventory", "photos", id, "--remove", "3"]).contains("no photo 3"));
    let left = sandbox.json(&["inventory", "photos", id, "--remove", "1"]);
    assert_eq!(left[0]["file"].as_str().unwrap(), files[1]);
    assert!(!sandbox.path(&files[0]).exists() && sandbox.path(&files[1]).exists());
    holds_together(&sandbox);
}

#[test]
fn buyers_are_answered_within_the_floor_and_a_return_is_booked() {
    let Some((sandbox, deal)) = decided() else { return };
    let id = in_stock(&sandbox, &deal);
    let id = id.as_str();
    assert!(sandbox.fails(1, &["listings", "message", id, "--text", "Hi"]).contains("not up"));
    let venue = sandbox.json(&["listings"])[0]["platform"].as_str().unwrap().to_owned();
    let url = format!("https://www.{venue}.com/itm/445566778");
    sandbox.ok(&["listings", "posted", id, "--url", &url]);
    let offer = sandbox.json(&["listings"])[0].clone();
    let (ask, floor) = (cents(&offer["price"]), cents(&offer["floor_price"]));

    // Less than the floor is countered above it, and nothing is ready before the owner's yes
    let low = dollars((floor - 500).max(ask / 2));
    let said = sandbox.ok(&[
        "listings",
        "message",
        id,
        "--buyer",
        "Kim",
        "--text",
        &format!("Would you take ${low}?"),
    ]);
    assert!(said.contains("read as counter") && said.contains("answer to Kim"), "{said}");
    assert!(sandbox.fails(1, &["listings", "answered", id]).contains("nothing waits"));
    assert!(sandbox.ok(&["tasks"]).contains("approve an answer"));
    let below = dollars(floor - 1);
    assert!(sandbox.fails(1, &["listings", "edit", id, "--price", &below]).contains("below the floor"));
    let better = dollars((floor + ask) / 200 * 100);
    let edited = sandbox.ok(&["listings", "edit", id, "--price", &better]);
    assert!(edited.contains(better.trim_end_matches(".00")), "{edited}");
    let ready = sandbox.ok(&["listings", "approve", id]);
    assert!(ready.contains("ready to send") && ready.contains("automated agent"), "{ready}");
    sandbox.ok(&["listings", "answered", id]);

    // Another buyer at the same time; what the facts do not say waits for the owner's words
    sandbox.ok(&[
        "listings",
        "message",
        id,
        "--buyer",
        "Lee",
        "--text",
        "Which carrier was it locked to before?",
    ]);
    assert!(sandbox.ok(&["tasks"]).contains("answer a buyer"));
    let own = ["listings", "edit", id, "--buyer", "Lee", "--text", "It was never locked to a carrier."];
    assert!(sandbox.ok(&own).contains("never locked"));
    let lee = sandbox.ok(&["listings", "show", id]);
    assert!(lee.contains("Lee wrote:") && sandbox.ok(&["tasks"]).contains("--buyer Lee"), "{lee}");
    sandbox.ok(&["listings", "message", id, "--buyer", "Max Q", "--text", "stop"]);
    // A formal offer at what we asked is taken; pasted twice it is one
    let taken = sandbox.ok(&["listings", "offer", id, "--buyer", "Kim", "--price", &better]);
    assert!(taken.contains("answer to Kim"), "{taken}");
    sandbox.ok(&["listings", "offer", id, "--buyer", "Kim", "--price", &better]);
    sandbox.ok(&["listings", "approve", id, "--buyer", "kim"]);
    sandbox.ok(&["listings", "answered", id]);

    // What was still to be said to others is not, once it is sold
    assert!(sandbox.ok(&["tasks"]).contains("approve an answer"));

    // Sold, paid, sent back: the books say what the return cost
    let price = cents(&Value::from(better.clone()));
    sandbox.ok(&["listings", "sold", id, "--price", &better, "--shipping", "10", "--fees", "12"]);
    assert!(!sandbox.ok(&["tasks"]).contains("answer"));
    sandbox.ok(&["listings", "shipped", id, "--label", "8"]);
    sandbox.ok(&["listings", "paid", id]);
    let (before, more) = (books(&sandbox), dollars(price + 1_001));
    assert!(
        sandbox.fails(2, &["listings", "returned", id, "--refund", &more, "--kept"]).contains("--refund")
    );
    let all = dollars(price + 1_000);
    let back = sandbox.ok(&[
        "listings",
        "returned",
        id,
        "--refund",
        &all,
        "--fees-back",
        "5",
        "--condition",
        "fair",
    ]);
    assert!(back.contains("in stock again") && back.contains("fair"), "{back}");
    let after = books(&sandbox);
    assert_eq!(after["cash"] - before["cash"], -(price + 1_000) + 500);
    assert_eq!(after.get("payouts_pending").copied().unwrap_or(0), 0);
    let cost = after["inventory_at_cost"];
    assert!(
        cost > 0
            && sandbox.fails(1, &["listings", "returned", id, "--refund", "1", "--kept"]).contains("already")
    );

    // And it is lost: off the books, its offer too
    sandbox.ok(&["inventory", "write-off", id, "--because", "it fell"]);
    let lost = books(&sandbox);
    assert_eq!((lost.get("inventory_at_cost").copied().unwrap_or(0), lost["write_offs"]), (0, cost));
    assert!(sandbox.json(&["listings"]).as_array().unwrap().is_empty());
    holds_together(&sandbox);
}
