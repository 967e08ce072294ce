//! The real web, by way of reqwest.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use reqwest::redirect;

use crate::transport::{Incoming, Outgoing, Overflow, Transport, TransportError};
use crate::{BoxFuture, Proxy};

/// A host that does not take a connection within this is out of reach.
const CONNECT_TIME_OUT: Duration = Duration::from_secs(10);

/// Sends over TCP with rustls. It takes no proxy from the environment: proxies are configured.
#[derive(Debug, Default)]
pub struct Web {
    /// A client per proxy, for a client keeps its connections.
    clients: Mutex<HashMap<Option<Proxy>, reqwest::Client>>,
}

impl Web {
    /// No connection is made before the first request.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn client(&self, proxy: Option<&Proxy>) -> Result<reqwest::Client, TransportError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&proxy.cloned()) {
            return Ok(client.clone());
        }
        let client = build(proxy).map_err(|error| TransportError::Connect(reason(error)))?;
        clients.insert(proxy.cloned(), client.clone());
        Ok(client)
    }

    async fn exchange(&self, request: Outgoing) -> Result<Incoming, TransportError> {
        let client = self.client(request.proxy.as_ref())?;
        let failed = |error| told(error, &request);
        let sent = client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone())
            .body(request.body.clone())
            .timeout(request.time_out)
            .send();
        let mut response = sent.await.map_err(failed)?;
        if let Some(proxy) = request.proxy.as_ref().filter(|_| response.status().as_u16() == 407) {
            let reason = "it asks for other credentials (407)".to_owned();
            return Err(TransportError::Proxy { label: proxy.label(), reason });
        }
        let known = response.content_length().unwrap_or(0).min(request.max_body as u64);
        let mut body = BytesMut::with_capacity(known as usize);
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            let room = request.max_body - body.len();
            if chunk.len() > room && request.overflow == Overflow::Refuse {
                return Err(TransportError::TooLong(request.max_body));
            }
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                break;
            }
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(Incoming { status: response.status(), headers, body: body.freeze() })
    }
}

impl Transport for Web {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

fn build(proxy: Option<&Proxy>) -> reqwest::Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIME_OUT)
        .no_proxy();
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy.for_reqwest()?);
    }
    builder.build()
}

fn told(error: reqwest::Error, request: &Outgoing) -> TransportError {
    match &request.proxy {
        _ if error.is_timeout() && !error.is_connect() => TransportError::TimedOut(request.time_out),
        Some(proxy) if error.is_connect() => {
            TransportError::Proxy { label: proxy.label(), reason: reason(error) }
        }
        None if error.is_connect() || error.is_builder() => TransportError::Connect(reason(error)),
        _ => TransportError::Broken(reason(error)),
    }
}

/// What went wrong underneath, without the address, which may hold a secret.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
