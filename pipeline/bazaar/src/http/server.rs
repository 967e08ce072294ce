//! The server: it keeps one market and answers one call at a time.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Query as Asked, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Moment;
use crate::live::{Action, Bazaar, Format, Outcome, Query, Refusal};

type Market = Arc<Mutex<Bazaar>>;

/// A market that is served. It ends when this is dropped.
pub struct Server {
    address: SocketAddr,
    market: Market,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves a market on a port of loopback; port 0 takes a free one.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn start(bazaar: Bazaar, port: u16) -> io::Result<Self> {
        let market = Arc::new(Mutex::new(bazaar));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let router = router(market.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the market's server has stopped");
            }
        });
        Ok(Self { address, market, task })
    }

    /// Where it is.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Looks at the market, or changes it, between two calls.
    pub fn with<T>(&self, look: impl FnOnce(&mut Bazaar) -> T) -> T {
        look(&mut locked(&self.market))
    }

    /// Waits for its end, which comes with the process.
    pub async fn ended(mut self) {
        // Its only error is having been ended.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn locked(market: &Market) -> MutexGuard<'_, Bazaar> {
    // The market's own state is whole between two events, and a panic in one ends the proof anyway.
    market.lock().unwrap_or_else(PoisonError::into_inner)
}

fn router(market: Market) -> Router {
    Router::new()
        .route("/clock", get(clock).post(pass))
        .route("/venues", get(venues))
        .route("/venues/{venue}/search", get(search))
        .route("/venues/{venue}/items/{id}", get(item))
        .route("/effects/{id}", put(act).get(status))
        .route("/mailbox", get(mailbox))
        .route("/orders", get(orders))
        .route("/orders/{id}", get(order))
        .route("/arrivals", get(arrivals))
        .route("/payouts", get(payouts))
        .route("/count", get(count))
        .with_state(market)
}

async fn clock(State(market): State<Market>) -> Json<Moment> {
    Json(Moment { to: locked(&market).now() })
}

async fn pass(State(market): State<Market>, Json(moment): Json<Moment>) -> Json<Moment> {
    let mut market = locked(&market);
    market.advance_to(moment.to);
    Json(Moment { to: market.now() })
}

async fn venues(State(market): State<Market>) -> Json<Vec<String>> {
    Json(locked(&market).venues().iter().map(ToString::to_string).collect())
}

/// How a page is wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    /// For people and parsers.
    Html,
    /// As the venue tells it.
    #[default]
    Json,
    /// As observations.
    Rows,
}

#[derive(Debug, Deserialize)]
struct Search {
    category: Option<String>,
    #[serde(default)]
    words: String,
    #[serde(default)]
    page: u32,
    #[serde(default)]
    format: Wanted,
}

async fn search(
    State(market): State<Market>,
    Path(venue): Path<String>,
    Asked(asked): Asked<Search>,
) -> Response {
    let query = Query { category: asked.category.filter(|name| !name.is_empty()), words: asked.words };
    let mut market = locked(&market);
    match asked.format {
        Wanted::Rows => told(market.search(&venue, &query, asked.page)),
        Wanted::Html => page(market.search_body(&venue, &query, asked.page, Format::Html), Format::Html),
        Wanted::Json => page(market.search_body(&venue, &query, asked.page, Format::Json), Format::Json),
    }
}

#[derive(Debug, Deserialize)]
struct Shown {
    #[serde(default)]
    format: Wanted,
}

async fn item(
    State(market): State<Market>,
    Path((venue, id)): Path<(String, String)>,
    Asked(asked): Asked<Shown>,
) -> Response {
    let mut market = locked(&market);
    match asked.format {
        Wanted::Rows => told(market.listing(&venue, &id)),
        Wanted::Html => page(market.listing_body(&venue, &id, Format::Html), Format::Html),
        Wanted::Json => page(market.listing_body(&venue, &id, Format::Json), Format::Json),
    }
}

async fn act(State(market): State<Market>, Path(id): Path<String>, Json(action): Json<Action>) -> Response {
    match locked(&market).act(&id, &action) {
        Outcome::Done(receipt) => Json(receipt).into_response(),
        Outcome::Refused { reason } => refused(&reason),
        // Lost on the way: whether before or after the deed is not said.
        Outcome::Uncertain => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}

async fn status(State(market): State<Market>, Path(id): Path<String>) -> Response {
    told(locked(&market).effect_status(&id))
}

/// The highest number seen; absent: none.
#[derive(Debug, Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn mailbox(State(market): State<Market>, Asked(asked): Asked<Since>) -> Response {
    Json(locked(&market).inbox(asked.since)).into_response()
}

async fn orders(State(market): State<Market>, Asked(asked): Asked<Since>) -> Response {
    Json(locked(&market).orders(asked.since)).into_response()
}

async fn order(State(market): State<Market>, Path(id): Path<String>) -> Response {
    told(locked(&market).order(&id).cloned().ok_or(Refusal::NotFound { what: id }))
}

async fn arrivals(State(market): State<Market>, Asked(asked): Asked<Since>) -> Response {
    Json(locked(&market).deliveries(asked.since)).into_response()
}

async fn payouts(State(market): State<Market>, Asked(asked): Asked<Since>) -> Response {
    Json(locked(&market).payouts(asked.since)).into_response()
}

async fn count(State(market): State<Market>) -> Response {
    Json(locked(&market).counted()).into_response()
}

fn told<T: Serialize>(result: Result<T, Refusal>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(reason) => refused(&reason),
    }
}

fn page(result: Result<String, Refusal>, format: Format) -> Response {
    match (result, format) {
        (Ok(body), Format::Html) => Html(body).into_response(),
        (Ok(body), Format::Json) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        (Err(reason), _) => refused(&reason),
    }
}

fn refused(reason: &Refusal) -> Response {
    let status = match reason {
        Refusal::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Garbled => StatusCode::BAD_GATEWAY,
        Refusal::NotFound { .. } => StatusCode::NOT_FOUND,
        Refusal::Gone => StatusCode::GONE,
        Refusal::Conflict | Refusal::WrongState { .. } => StatusCode::CONFLICT,
        Refusal::BadRequest { .. } => StatusCode::BAD_REQUEST,
        Refusal::NotForSale { .. }
        | Refusal::PriceTooLow { .. }
        | Refusal::OptedOut
        | Refusal::NotProtected => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let body = (status, Json(reason.clone()));
    match reason {
        Refusal::RateLimited { retry_after_s } => {
            ([(header::RETRY_AFTER, retry_after_s.to_string())], body).into_response()
        }
        _ => body.into_response(),
    }
}
