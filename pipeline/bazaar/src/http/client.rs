//! The client: the market's calls over HTTP.

use std::net::IpAddr;
use std::time::Duration;

use autobazaaar_domain::Utc;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;

use super::Moment;
use crate::live::{
    Access, Action, Arrival, Count, EffectStatus, Message, Order, OrderUpdate, Outcome, Payout, Query,
    Receipt, Refusal, ResultPage,
};

/// How long an answer may take.
const TIME_OUT: Duration = Duration::from_secs(30);

/// An address that is not on this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no market on this machine: {why}; expected an address such as http://127.0.0.1:8770")]
pub struct NotLocal {
    found: String,
    why: String,
}

/// A market that another process keeps.
pub struct Client {
    base: Url,
    http: reqwest::Client,
}

impl Client {
    /// A client of the market at an address of loopback. Nothing is asked yet.
    ///
    /// # Errors
    /// The address is none, or of another machine.
    pub fn new(base: &str) -> Result<Self, NotLocal> {
        let wrong = |why: &str| NotLocal { found: base.to_owned(), why: why.to_owned() };
        let url = Url::parse(base).map_err(|error| wrong(&error.to_string()))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let local = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if url.scheme() != "http" || !local {
            return Err(wrong("it is not of loopback"));
        }
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(TIME_OUT)
            .no_proxy()
            .build()
            .map_err(|error| wrong(&error.to_string()))?;
        Ok(Self { base: url, http })
    }

    fn at(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Refused only by addresses without a host, which none of ours is.
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.clear().extend(path);
        }
        url
    }

    fn get(&self, path: &[&str]) -> RequestBuilder {
        self.http.get(self.at(path))
    }

    fn feed(&self, name: &str, since: u64) -> RequestBuilder {
        self.get(&[name]).query(&[("since", since)])
    }
}

/// Asks, and reads the answer.
async fn ask<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Refusal> {
    let response = request.send().await.map_err(unreachable)?;
    if !response.status().is_success() {
        return Err(reason(response).await.unwrap_or(Refusal::Unavailable));
    }
    response.json().await.map_err(|error| {
        tracing::warn!(%error, "an answer of the market cannot be read");
        Refusal::Garbled
    })
}

fn unreachable(error: reqwest::Error) -> Refusal {
    tracing::warn!(%error, "the market cannot be reached");
    Refusal::Unavailable
}

/// The reason of a refusal, if the market gave one.
async fn reason(response: Response) -> Option<Refusal> {
    response.json().await.ok()
}

impl Access for Client {
    async fn time(&mut self) -> Result<Utc, Refusal> {
        ask::<Moment>(self.get(&["clock"])).await.map(|moment| moment.to)
    }

    async fn pass_until(&mut self, to: Utc) -> Result<(), Refusal> {
        ask::<Moment>(self.http.post(self.at(&["clock"])).json(&Moment { to })).await.map(|_| ())
    }

    async fn venue_names(&mut self) -> Result<Vec<String>, Refusal> {
        ask(self.get(&["venues"])).await
    }

    async fn page(&mut self, venue: &str, query: &Query, page: u32) -> Result<ResultPage, Refusal> {
        let category = query.category.as_deref().unwrap_or_default();
        let asked = [("category", category), ("words", &query.words), ("format", "rows")];
        ask(self.get(&["venues", venue, "search"]).query(&asked).query(&[("page", page)])).await
    }

    async fn do_once(&mut self, effect: &str, action: &Action) -> Outcome {
        let response = match self.http.put(self.at(&["effects", effect])).json(action).send().await {
            Ok(response) => response,
            // No connection, no deed; anything later may have reached it.
            Err(error) if error.is_connect() => return Outcome::Refused { reason: unreachable(error) },
            Err(_) => return Outcome::Uncertain,
        };
        match response.status() {
            StatusCode::OK => response.json::<Receipt>().await.map_or(Outcome::Uncertain, Outcome::Done),
            StatusCode::GATEWAY_TIMEOUT => Outcome::Uncertain,
            _ => reason(response).await.map_or(Outcome::Uncertain, |reason| Outcome::Refused { reason }),
        }
    }

    async fn status(&mut self, effect: &str) -> Result<EffectStatus, Refusal> {
        ask(self.get(&["effects", effect])).await
    }

    async fn messages(&mut self, since: u64) -> Result<Vec<Message>, Refusal> {
        ask(self.feed("mailbox", since)).await
    }

    async fn order_changes(&mut self, since: u64) -> Result<Vec<OrderUpdate>, Refusal> {
        ask(self.feed("orders", since)).await
    }

    async fn order_now(&mut self, id: &str) -> Result<Order, Refusal> {
        ask(self.get(&["orders", id])).await
    }

    async fn arrivals(&mut self, since: u64) -> Result<Vec<Arrival>, Refusal> {
        ask(self.feed("arrivals", since)).await
    }

    async fn money(&mut self, since: u64) -> Result<Vec<Payout>, Refusal> {
        ask(self.feed("payouts", since)).await
    }

    async fn count(&mut self) -> Result<Count, Refusal> {
        ask(self.get(&["count"])).await
    }
}
