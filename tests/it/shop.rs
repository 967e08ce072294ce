//! Selling by eBay's API: from a thing in stock to a booked sale, against a local server of its wire format.

use std::sync::Arc;

use autobazaaar::cli::world::SystemClock;
use autobazaaar::config::EbayConfig;
use autobazaaar::execute::market::{Known, Market as _};
use autobazaaar::execute::{Executor, Settings};
use autobazaaar::shop::{self, Shop};
use autobazaaar_domain::{Clock as _, SeededEntropy};
use autobazaaar_ebay::testing::{CATEGORY, EbayServer, Fault, LOCATION, POLICIES};
use autobazaaar_ebay::{Ebay, QUOTAS};
use autobazaaar_fetch::{Fetcher, Parts, QuotaBook, Secret, SeededJitter, Web as Internet};
use autobazaaar_negotiation::Learned;
use autobazaaar_negotiation::writing::Owner;
use autobazaaar_store::{Options, Store};
use chrono::TimeDelta;

use crate::owner::{books, cents, decided_with, dollars, holds_together};
use crate::sandbox::Sandbox;
use crate::searches::{Web, with_keys};

/// The picture that every offer gets.
const IMAGE: &str = "https://pictures.test/phone.jpg";

/// What the owner says of eBay: phones are sold there alone.
fn config(server: &EbayServer, category: &str) -> String {
    let [fulfilment, payment, returns] = POLICIES;
    format!(
        "[[economics.venues.USD]]\nplatform = \"ebay\"\ndelivery = \"shipped\"\n\
         [fetch]\ntimeout_seconds = 1\n\
         [venues.ebay]\nsell = \"api\"\nbase_url = \"{}\"\nrequests_per_minute = 6000\n\
         [ebay]\nfulfilment_policy = \"{fulfilment}\"\npayment_policy = \"{payment}\"\n\
         return_policy = \"{returns}\"\nlocation = \"{LOCATION}\"\n{category}",
        server.base()
    )
}

fn phones_are(category: &str) -> String {
    format!("[ebay.category_ids]\nphones = \"{category}\"\n")
}

/// A phone in stock, bought by hand, that is to be sold at eBay; its listing's key and what it cost.
fn in_stock(server: &EbayServer, category: &str) -> Option<(Sandbox, String, i64)> {
    let (sandbox, deal) = decided_with(&config(server, category))?;
    let sandbox = with_keys(sandbox);
    let id = format!("{}:{}", deal["platform"].as_str().unwrap(), deal["external_id"].as_str().unwrap());
    sandbox.ok(&["ledger", "pay-in", "2000"]);
    sandbox.ok(&["deals", "approve", &id]);
    sandbox.ok(&["negotiations", "approve", &id]);
    sandbox.ok(&["negotiations", "sent", &id]);
    sandbox.ok(&["negotiations", "reply", &id, "--text", "OK, that works for me. It's a deal!"]);
    let talk = |sandbox: &Sandbox| sandbox.json(&["negotiations", "show", &id])["negotiation"].clone();
    if talk(&sandbox)["status"] != "accepted" {
        sandbox.ok(&["negotiations", "approve", &id]);
        sandbox.ok(&["negotiations", "sent", &id]);
    }
    let price = talk(&sandbox)["final_price"].as_i64().unwrap();
    sandbox.ok(&["inventory", "bought", &id, "--paid", &dollars(price)]);
    sandbox.ok(&["inventory", "received", &id, "--condition", "good"]);
    assert_eq!(sandbox.json(&["listings"])[0]["platform"], "ebay");
    Some((sandbox, id, price))
}

fn count(server: &EbayServer, kind: &str) -> usize {
    server.effects().iter().filter(|(done, _)| *done == kind).count()
}

/// The number of the one offer at eBay.
fn offer_id(server: &EbayServer) -> String {
    server.effects().into_iter().find(|(kind, _)| *kind == "offer").unwrap().1
}

#[test]
fn a_thing_in_stock_is_sold_at_ebay_to_a_booked_profit() {
    let web = Web::new();
    let server = web.ebay(|_| ());
    // Without eBay's number of the category
    let Some((sandbox, id, paid)) = in_stock(&server, "") else { return };
    let id = id.as_str();
    let settings = sandbox.read("autobazaaar.toml");
    let publish = ["listings", "publish", id, "--image", IMAGE, "--aspect", "Brand=Apple"];

    // Without the owner's consent nothing is asked, and while everything is stopped nothing is done
    assert!(sandbox.fails(1, &publish).contains("AUTOBAZAAAR_EBAY__REFRESH_TOKEN"));
    let sandbox = sandbox.env("AUTOBAZAAAR_EBAY__REFRESH_TOKEN", "consent");

    // What is missing is told before anything is asked of eBay, with the mend
    assert!(sandbox.fails(1, &publish).contains("[ebay.category_ids]"));
    sandbox.write("autobazaaar.toml", format!("{settings}{}", phones_are("1")));
    let local = ["listings", "publish", id, "--image", "http://pictures.test/1.jpg"];
    assert!(sandbox.fails(1, &local).contains("--image https://"));
    sandbox.ok(&["stop"]);
    assert!(sandbox.fails(1, &publish).contains("stopped"));
    sandbox.ok(&["stop", "--resume"]);
    assert_eq!((count(&server, "item"), server.calls().len()), (0, 0));

    // What eBay refuses goes on waiting, and says what to do
    let refused = sandbox.fails(1, &publish);
    assert!(refused.contains("choose a leaf category"), "{refused}");
    assert!(sandbox.ok(&["tasks"]).contains("put up on ebay"));
    sandbox.write("autobazaaar.toml", format!("{settings}{}", phones_are(CATEGORY)));
    let checked = sandbox.output("", &["check"]);
    assert!(String::from_utf8_lossy(&checked.stdout).contains("your consent is accepted"), "{checked:?}");
    let said = sandbox.ok(&publish);
    assert!(said.contains("is up for") && said.contains("https://www.ebay.com/itm/11"), "{said}");
    assert_eq!((count(&server, "publish"), count(&server, "offer")), (1, 1));
    assert!(sandbox.fails(1, &publish).contains("does not wait"));

    // Another price, never below the floor
    let offer = sandbox.json(&["listings"])[0].clone();
    let (ask, floor) = (cents(&offer["price"]), cents(&offer["floor_price"]));
    assert!(sandbox.fails(1, &["listings", "reprice", id, "--price", &dollars(floor - 1)]).contains("floor"));
    let price = (ask - 500).max(floor);
    assert!(sandbox.ok(&["listings", "reprice", id, "--price", &dollars(price)]).contains("eBay was told"));
    assert_eq!(count(&server, "price"), 1);
    assert_eq!(sandbox.ok(&["listings", "sync"]), "nothing new at eBay\n");

    // A buyer calls it off: it is in stock again, and put up as a new listing
    let order = server.sell(&offer_id(&server)).unwrap();
    let said = sandbox.ok(&["listings", "sync"]);
    assert!(said.contains("was sold for") && said.contains(&order), "{said}");
    assert_eq!(books(&sandbox)["payouts_pending"], price - 350);
    server.cancel(&order);
    assert!(sandbox.ok(&["listings", "sync"]).contains("called off"));
    let off = books(&sandbox);
    assert_eq!((off["inventory_at_cost"], off["cash"]), (paid, 200_000 - paid));
    assert_eq!(off.values().filter(|balance| **balance != 0).count(), 3, "nothing of it is left: {off:?}");
    sandbox.ok(&publish);
    assert_eq!((count(&server, "publish"), count(&server, "offer")), (2, 1));

    // Sold again, told once, sent, paid out
    let order = server.sell(&offer_id(&server)).unwrap();
    assert!(sandbox.ok(&["listings", "sync"]).contains(&order));
    assert_eq!(sandbox.ok(&["listings", "sync"]), "nothing new at eBay\n");
    assert!(sandbox.fails(2, &["listings", "shipped", id, "--label", "8.20"]).contains("--carrier"));
    let parcel = ["--carrier", "USPS", "--tracking", "9400 1000 0000", "--label", "8.20"];
    assert!(sandbox.ok(&[&["listings", "shipped", id], &parcel[..]].concat()).contains("eBay was told"));
    assert_eq!(count(&server, "ship"), 1);
    sandbox.ok(&["listings", "paid", id]);
    let books = books(&sandbox);
    assert_eq!(books["cash"], 200_000 - paid + ask - 350 - 820, "{books:?}");
    assert_eq!(books.get("payouts_pending").copied().unwrap_or(0), 0);
    assert!(sandbox.ok(&["tasks"]).is_empty());
    holds_together(&sandbox);
}

#[test]
fn a_doubtful_publication_is_asked_about_and_not_repeated_blindly() {
    let web = Web::new();
    let server = web.ebay(|_| ());
    let Some((sandbox, id, _)) = in_stock(&server, &phones_are(CATEGORY)) else { return };
    let sandbox = sandbox.env("AUTOBAZAAAR_EBAY__REFRESH_TOKEN", "consent");
    // The category asks for a brand, and eBay says so
    let bare = ["listings", "publish", id.as_str(), "--image", IMAGE];
    assert!(sandbox.fails(1, &bare).contains("Add Brand"));
    let publish = [&bare[..], &["--aspect", "Brand=Apple"]].concat();

    // eBay does not answer, and shows an unpublished offer: it may be at it still
    server.plan("POST", "/publish", Fault::TimeOutBefore, 1);
    assert!(sandbox.fails(1, &publish).contains("not known whether it happened"));
    let said = sandbox.ok(&["listings", "sync"]);
    assert!(said.contains("not known yet whether it happened"), "{said}");
    assert_eq!((count(&server, "publish"), count(&server, "offer")), (0, 1));

    // Minutes later it is asked about, found not to have happened, and queued anew
    web.wait(later(&sandbox, &server, Known::Nothing));
    sandbox.ok(&publish);
    assert_eq!(count(&server, "publish"), 1);

    // It comes down, once
    assert!(sandbox.ok(&["listings", "withdraw", &id]).contains("is down"));
    assert_eq!(count(&server, "withdraw"), 1);
    assert!(sandbox.fails(1, &["listings", "withdraw", &id]).contains("is not up"));
    holds_together(&sandbox);
}

/// Ten minutes later: what eBay shows of the effect in doubt, which is then settled by it.
async fn later(sandbox: &Sandbox, server: &EbayServer, expected: Known) {
    let now = SystemClock.now() + TimeDelta::minutes(10);
    let mut parts = Parts::new(
        autobazaaar_fetch::Settings::default(),
        Arc::new(Internet::new()),
        Arc::new(SystemClock),
        Arc::new(SeededJitter::new(1)),
    );
    parts.quotas =
        QuotaBook::open(None, QUOTAS.map(|(quota, daily)| (quota.as_str().to_owned(), daily))).unwrap();
    let settings = autobazaaar_ebay::Settings::at(&server.base(), "app", Secret::new("secret")).unwrap();
    let settings = autobazaaar_ebay::Settings { refresh_token: Some(Secret::new("consent")), ..settings };
    let ebay = Ebay::new(settings, Arc::new(Fetcher::new(parts).unwrap()));
    let folder = sandbox.path("data/state");
    let store = Store::open(Options::folder(&folder), Arc::new(SeededEntropy::new(7)), now).await.unwrap();
    let [fulfilment, payment, returns] = POLICIES.map(|id| Some(id.to_owned()));
    let config = EbayConfig {
        fulfilment_policy: fulfilment,
        payment_policy: payment,
        return_policy: returns,
        location: Some(LOCATION.to_owned()),
        category_ids: [("phones".to_owned(), CATEGORY.to_owned())].into(),
        ..EbayConfig::default()
    };
    let mut reader = store.read().await.unwrap();
    let effect = shop::waiting(&mut reader).await.unwrap().remove(0);
    let job = shop::job(&mut reader, &effect, None, &config).await.unwrap().unwrap().unwrap();
    drop(reader);
    let sooner = effect.sent_at.unwrap() + TimeDelta::minutes(1);
    let early = Shop::new(&ebay, sooner, vec![job.clone()], Vec::new()).known(effect.effect_id).await;
    assert_eq!(early, None, "it may still be on its way");
    let mut shop = Shop::new(&ebay, now, vec![job], Vec::new());
    assert_eq!(shop.known(effect.effect_id).await, Some(expected));
    let (settings, negotiator) = (Settings::new(Owner::default(), 0, Vec::new()), Learned::default());
    Executor::new(&store, &mut shop, &settings, &negotiator, now).reconcile().await.unwrap();
    store.close().await.unwrap();
}
