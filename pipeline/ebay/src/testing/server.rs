//! The server itself: one address on loopback, calls told apart by method and path.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::fault::{self, Fault, Planned};
use super::reply::Reply;
use super::world::{Setup, World};
use super::{browse, fulfillment, inventory, tokens};

type Shared = Arc<Mutex<World>>;

/// A local eBay. It ends when it is dropped.
pub struct EbayServer {
    address: SocketAddr,
    world: Shared,
    task: JoinHandle<()>,
}

impl EbayServer {
    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(setup: Setup) -> io::Result<Self> {
        let world = Arc::new(Mutex::new(World::new(setup)));
        let router = Router::new().fallback(handle).with_state(world.clone());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the local eBay has stopped");
            }
        });
        Ok(Self { address, world, task })
    }

    /// Where it is, for [`crate::Settings::at`].
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Lets the next so many calls fail whose path contains a text.
    pub fn plan(&self, method: &str, path: &str, fault: Fault, times: u32) {
        let planned = Planned { method: method.to_owned(), path: path.to_owned(), fault, times };
        self.with(|world| world.faults.push(planned));
    }

    /// Makes every token invalid, as a new keyset does.
    pub fn revoke_tokens(&self) {
        self.with(|world| world.tokens.clear());
    }

    /// Tokens given out so far.
    #[must_use]
    pub fn tokens_given(&self) -> u64 {
        self.with(|world| world.tokens_given)
    }

    /// Method and path of every call, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.with(|world| world.calls.clone())
    }

    /// Effects carried out: kind (`item`, `offer`, `publish`, `price`, `withdraw`, `ship`) and on what.
    #[must_use]
    pub fn effects(&self) -> Vec<(&'static str, String)> {
        self.with(|world| world.effects.clone())
    }

    /// Somebody buys one of what a published offer sells; the order's number.
    #[must_use]
    pub fn sell(&self, offer_id: &str) -> Option<String> {
        self.with(|world| world.sell(offer_id))
    }

    /// The buyer of an order calls it off.
    pub fn cancel(&self, order_id: &str) {
        self.with(|world| world.cancel(order_id));
    }

    fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for EbayServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn handle(
    State(world): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let (fault, reply) = {
        let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
        world.calls.push(format!("{method} {}", uri.path()));
        let fault = fault::due(&mut world.faults, method.as_str(), uri.path());
        let carried_out = fault.is_none_or(Fault::carries_out);
        (fault, carried_out.then(|| answer(&mut world, &method, &uri, &headers, &body)))
    };
    let ill = || Reply::refused(500, 25_001, "API", "A system error has occurred.");
    let reply = match fault {
        Some(Fault::TimeOutAfter | Fault::TimeOutBefore) => std::future::pending().await,
        Some(Fault::ErrorAfter | Fault::ErrorBefore) => ill(),
        Some(Fault::TooMany(seconds)) => {
            let reply = Reply::refused(429, 2001, "ACCESS", "Too many requests.");
            Reply { retry_after: Some(seconds), ..reply }
        }
        None | Some(Fault::Malformed) => reply.unwrap_or_else(ill),
    };
    let mut bytes = reply.bytes();
    if fault == Some(Fault::Malformed) {
        bytes.truncate(bytes.len() / 2);
    }
    reply.into_response(bytes)
}

fn answer(world: &mut World, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Reply {
    let parts: Vec<String> = uri.path().split('/').filter(|part| !part.is_empty()).map(plain).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes());
    let query: HashMap<String, String> = pairs.into_owned().collect();
    if let ("POST", ["identity", "v1", "oauth2", "token"]) = (method.as_str(), parts.as_slice()) {
        return tokens::grant(world, headers, body);
    }
    if let Some(refused) = tokens::check(world, headers, &parts) {
        return refused;
    }
    let json = || serde_json::from_slice::<Value>(body).unwrap_or(Value::Null);
    match (method.as_str(), parts.as_slice()) {
        ("GET", ["buy", "browse", "v1", "item_summary", "search"]) => browse::search(world, &query),
        ("GET", ["buy", "browse", "v1", "item", "get_item_by_legacy_id"]) => {
            browse::item(world, None, &query)
        }
        ("GET", ["buy", "browse", "v1", "item", id]) => browse::item(world, Some(id), &query),
        ("GET", ["buy", "marketplace_insights", "v1_beta", "item_sales", "search"]) => browse::sales(world),
        ("GET", ["developer", "analytics", "v1_beta", "rate_limit"]) => browse::rate_limits(world),
        ("GET", ["sell", "fulfillment", "v1", "order"]) => fulfillment::orders(world, &query),
        (_, ["sell", "fulfillment", "v1", "order", id, "shipping_fulfillment"]) => match method.as_str() {
            "GET" => fulfillment::fulfillments(world, id),
            "POST" => fulfillment::ship(world, id, &json()),
            _ => unknown(),
        },
        (_, ["sell", "inventory", "v1", rest @ ..]) => match (method.as_str(), rest) {
            ("PUT", ["inventory_item", sku]) => inventory::put_item(world, sku, headers, &json()),
            ("GET", ["offer"]) => inventory::offers_of(world, query.get("sku").map_or("", String::as_str)),
            ("POST", ["offer"]) => inventory::post_offer(world, headers, &json()),
            ("GET", ["offer", id]) => inventory::offer(world, id),
            ("PUT", ["offer", id]) => inventory::put_offer(world, id, headers, &json()),
            ("POST", ["offer", id, "publish"]) => inventory::publish(world, id),
            ("POST", ["offer", id, "withdraw"]) => inventory::withdraw(world, id),
            ("POST", ["bulk_update_price_quantity"]) => inventory::price(world, &json()),
            _ => unknown(),
        },
        _ => unknown(),
    }
}

fn unknown() -> Reply {
    Reply::refused(404, 2002, "ACCESS", "Resource not found")
}

/// A part of a path, decoded.
fn plain(part: &str) -> String {
    let text = part.replace('+', "%2B");
    url::form_urlencoded::parse(text.as_bytes())
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}
