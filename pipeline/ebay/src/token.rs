//! Access tokens: fetched once, kept until shortly before they end, never shown.
//! Wire: developer.ebay.com/api-docs/static/oauth-client-credentials-grant.html

use autobazaaar_domain::Utc;
use autobazaaar_fetch::{Fetcher, Request, Secret, Site};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use http::Method;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::ApiError;
use crate::wire::{self, parse};
use crate::{EbayError, Settings};

/// A token is renewed when it has less than this left, so that none ends on its way.
const RENEWED_BEFORE: TimeDelta = TimeDelta::minutes(5);
/// What an application may do by itself.
const APP_SCOPE: &str = "https://api.ebay.com/oauth/api_scope";
/// What the seller consented to.
const SELL_SCOPES: &str = "https://api.ebay.com/oauth/api_scope/sell.inventory \
     https://api.ebay.com/oauth/api_scope/sell.fulfillment";

/// As whom a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    /// The application: public data.
    App,
    /// The seller.
    Seller,
}

/// The tokens in use. Whoever finds none fetches one while the others wait for it.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    app: Mutex<Option<Held>>,
    seller: Mutex<Option<Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    token: Secret,
    until: Utc,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds.
    expires_in: i64,
}

/// OAuth's own form of an error (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct Denied {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Tokens {
    /// A token with some time left.
    pub(crate) async fn get(
        &self,
        who: As,
        fetcher: &Fetcher,
        site: &Site,
        settings: &Settings,
    ) -> Result<Secret, EbayError> {
        let mut held = self.of(who).lock().await;
        let now = fetcher.clock().now();
        if let Some(held) = held.as_ref().filter(|held| now + RENEWED_BEFORE < held.until) {
            return Ok(held.token.clone());
        }
        let granted = grant(who, fetcher, site, settings).await?;
        let (token, lasts) = (Secret::new(granted.access_token), granted.expires_in.clamp(0, 86_400));
        *held = Some(Held { token: token.clone(), until: now + TimeDelta::seconds(lasts) });
        Ok(token)
    }

    /// Forgets a token that eBay no longer takes, unless another has already replaced it.
    pub(crate) async fn forget(&self, who: As, refused: &Secret) {
        let mut held = self.of(who).lock().await;
        if held.as_ref().is_some_and(|held| held.token == *refused) {
            *held = None;
        }
    }

    fn of(&self, who: As) -> &Mutex<Option<Held>> {
        match who {
            As::App => &self.app,
            As::Seller => &self.seller,
        }
    }
}

async fn grant(who: As, fetcher: &Fetcher, site: &Site, settings: &Settings) -> Result<Granted, EbayError> {
    let form = match (who, &settings.refresh_token) {
        (As::App, _) => wire::form(&[("grant_type", "client_credentials"), ("scope", APP_SCOPE)]),
        (As::Seller, Some(token)) => wire::form(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", token.expose()),
            ("scope", SELL_SCOPES),
        ]),
        (As::Seller, None) => return Err(EbayError::NoSeller),
    };
    let pair = STANDARD.encode(format!("{}:{}", settings.client_id, settings.client_secret.expose()));
    let url = wire::url(&settings.base, &["identity", "v1", "oauth2", "token"], &[]);
    let request = Request::new(Method::POST, url)
        .authorization("Basic", &Secret::new(pair))
        .body("application/x-www-form-urlencoded", form)
        .repeatable()
        .sensitive();
    let answer = fetcher.fetch(site, request).await.map_err(EbayError::Token)?;
    if answer.status.is_success() {
        return parse(&answer);
    }
    let what = if who == As::App { "application's keys" } else { "seller's refresh token" };
    let mend = match who {
        As::App => "compare them with the keyset at developer.ebay.com (production and sandbox differ)",
        As::Seller => {
            "sign in at eBay again: a refresh token lasts 18 months and ends with a password change"
        }
    };
    match serde_json::from_slice::<Denied>(&answer.body) {
        Ok(Denied { error: code, error_description: description }) if answer.status.is_client_error() => {
            Err(EbayError::Credentials { what, code, description, mend })
        }
        _ => {
            let call = "POST /identity/v1/oauth2/token".to_owned();
            Err(ApiError::read(answer.status.as_u16(), call, &answer.body).into())
        }
    }
}
