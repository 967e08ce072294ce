//! What is asked for.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use crate::Secret;

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) repeatable: bool,
    pub(crate) sensitive: bool,
    pub(crate) quota: Option<String>,
    pub(crate) anew: bool,
}

impl Request {
    /// A request without a body. One that changes nothing, or sets something to a given state (GET,
    /// HEAD, PUT, DELETE), may be repeated.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        let repeatable = method.is_idempotent();
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { method, url, headers, body, repeatable, sensitive: false, quota: None, anew: false }
    }

    /// A page or resource.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// GET, POST …
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds credentials: `Bearer …`, `Basic …`. The answer is not kept in the cache.
    #[must_use]
    pub fn authorization(mut self, scheme: &str, secret: &Secret) -> Self {
        // A token with characters that no header can hold is none; the server will say so.
        if let Ok(mut value) = HeaderValue::try_from(format!("{scheme} {}", secret.expose())) {
            value.set_sensitive(true);
            self.headers.insert(header::AUTHORIZATION, value);
        }
        self
    }

    /// Adds a body with its media type.
    #[must_use]
    pub fn body(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body = body.into();
        self
    }

    /// Says that doing it twice does no harm, whatever the method.
    #[must_use]
    pub fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// Says that it must reach the other side at most once for each call.
    #[must_use]
    pub fn once(self) -> Self {
        Self { repeatable: false, ..self }
    }

    /// Keeps the answer out of records and cache: it holds a secret or personal data.
    #[must_use]
    pub fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// Counts every attempt against the daily quota of this name.
    #[must_use]
    pub fn counted(self, quota: &str) -> Self {
        Self { quota: Some(quota.to_owned()), ..self }
    }

    /// Asks the site even where an earlier answer could still serve: it may say that nothing changed, but
    /// what it is taken for is seen now.
    #[must_use]
    pub fn anew(self) -> Self {
        Self { anew: true, ..self }
    }

    /// Whether an earlier answer may stand for it.
    pub(crate) fn is_cacheable(&self) -> bool {
        self.method == Method::GET && !self.sensitive && !self.headers.contains_key(header::AUTHORIZATION)
    }
}
