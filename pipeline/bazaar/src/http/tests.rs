use autobazaaar_domain::{Cents, Utc};
use chrono::TimeDelta;

use super::{Client, Server};
use crate::live::{Access, Action, Bazaar, EffectStatus, Faults, Outcome, Params, Query, Refusal, Scenario};

fn start() -> Utc {
    Utc::from_timestamp(1_767_225_600, 0).unwrap()
}

fn market() -> Bazaar {
    let mut params = Params::standard().unwrap();
    params.market.new_per_day = 20.0;
    Bazaar::new(params, 3, start()).unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A visit of everything there is, told as text.
async fn visit(market: &mut impl Access) -> String {
    let venues = market.venue_names().await.unwrap();
    let page = market.page(&venues[0], &Query::default(), 0).await.unwrap();
    let listing = page.listings.iter().find(|seen| seen.ask().is_some()).unwrap();
    let offer = listing.ask().unwrap().share(0.8);
    let write = Action::SendMessage {
        listing: listing.key.clone(),
        text: "Hello, would you take this?".to_owned(),
        offer: Some(offer),
    };
    let sent = market.do_once("one", &write).await;
    let again = market.do_once("one", &write).await;
    let other = market.do_once("one", &Action::Delist { listing: listing.key.clone() }).await;
    let unknown = market.do_once("two", &Action::Ship { order: "none/1".to_owned() }).await;
    assert_eq!(sent, again);
    assert_eq!(other, Outcome::Refused { reason: Refusal::Conflict });
    market.pass_until(start() + TimeDelta::days(4)).await.unwrap();
    let messages = market.messages(0).await.unwrap();
    let known = market.status("one").await.unwrap();
    let never = market.status("never").await.unwrap();
    assert_eq!(never, EffectStatus::Unknown);
    let feeds = (
        market.order_changes(0).await.unwrap(),
        market.arrivals(0).await.unwrap(),
        market.money(0).await.unwrap(),
        market.order_now("none/1").await.unwrap_err(),
        market.time().await.unwrap(),
    );
    format!("{page:?} {sent:?} {unknown:?} {messages:?} {known:?} {feeds:?} {:?}", market.count().await)
}

#[test]
fn over_http_it_is_the_same_market() {
    let told = run(async {
        let server = Server::start(market(), 0).await.unwrap();
        visit(&mut Client::new(&server.base()).unwrap()).await
    });
    assert_eq!(told, run(async { visit(&mut market()).await }));
}

#[test]
fn what_is_lost_on_the_way_is_uncertain_and_can_be_asked_about() {
    run(async {
        let mut market = market();
        let listing = market.scenario(Scenario::GoodFlip);
        market.set_faults(Faults { lost_after: 1.0, ..Faults::default() });
        let server = Server::start(market, 0).await.unwrap();
        let mut client = Client::new(&server.base()).unwrap();
        let buy = Action::Buy { listing, price: Cents(80_000) };
        assert_eq!(client.do_once("pay", &buy).await, Outcome::Uncertain);
        assert!(matches!(client.status("pay").await, Ok(EffectStatus::Done(_))));
        server.with(|market| market.set_faults(Faults { rate_limited: 1.0, ..Faults::default() }));
        let limited = client.do_once("again", &buy).await;
        assert!(matches!(limited, Outcome::Refused { reason: Refusal::RateLimited { .. } }), "{limited:?}");
        let counted = client.count().await.unwrap();
        assert_eq!(counted.deeds.iter().map(|deed| deed.effect.as_str()).collect::<Vec<_>>(), ["pay"]);
        drop(server);
        tokio::task::yield_now().await;
    });
}

#[test]
fn pages_are_for_people_too() {
    run(async {
        let server = Server::start(market(), 0).await.unwrap();
        let get = async |path: &str| {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let response = client.get(format!("{}{path}", server.base())).send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        };
        let (status, html) = get("/venues/bazaar-local/search?category=phones&format=html").await;
        assert!(status == 200 && html.contains("</html>"), "{status} {html}");
        let (status, json) = get("/venues/bazaar-local/search?category=phones").await;
        assert!(status == 200 && json.starts_with('{'), "{status} {json}");
        assert_eq!(get("/venues/elsewhere/search").await.0, 404);
        assert_eq!(get("/venues/bazaar-local/items/0").await.0, 404);
        assert_eq!(get("/effects/none").await, (200, r#"{"status":"unknown"}"#.to_owned()));
    });
}

#[test]
fn only_loopback_is_asked() {
    for wrong in ["http://example.com", "http://10.0.0.1:80", "https://127.0.0.1", "ftp://127.0.0.1", "x"] {
        assert!(Client::new(wrong).is_err(), "{wrong}");
    }
    assert!(Client::new("http://127.0.0.1:1").is_ok() && Client::new("http://[::1]:1").is_ok());
}
