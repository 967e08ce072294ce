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
/// What an application may do where eBay has granted Marketplace Insights to it.
const INSIGHTS_SCOPE: &str = "https://api.ebay.com/oauth/api_scope/buy.marketplace.insights";
/// What the seller consented to.
const SELL_SCOPES: &str = "https://api.ebay.com/oauth/api_scope/sell.inventory \
     https://api.ebay.com/oauth/api_scope/sell.fulfillment";

/// As whom a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    /// The application: public data.
    App,
    /// The application, for sold prices.
    Insights,
    /// The seller.
    Seller,
}

/// Keys that were refused are not tried again before this: eBay locks out who insists.
const REFUSED_FOR: TimeDelta = TimeDelta::minutes(1);

/// The tokens in use. Whoever finds none fetches one while the others wait for it.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    app: Mutex<Option<Held>>,
    insights: Mutex<Option<Held>>,
    seller: Mutex<Option<Held>>,
}

#[derive(Debug, Clone)]
enum Held {
    Token { token: Secret, until: Utc },
    Refused { why: Denied, until: Utc },
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds.
    expires_in: i64,
}

/// OAuth's own form of an error (RFC 6749, section 5.2).
#[derive(Debug, Clone, Deserialize)]
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
        match held.as_ref() {
            Some(Held::Token { token, until }) if now + RENEWED_BEFORE < *until => return Ok(token.clone()),
            Some(Held::Refused { why, until }) if now < *until => return Err(refused(who, why.clone())),
            _ => {}
        }
        match grant(who, fetcher, site, settings).await? {
            Ok(Granted { access_token, expires_in }) => {
                let (token, lasts) = (Secret::new(access_token), expires_in.clamp(0, 86_400));
                *held = Some(Held::Token { token: token.clone(), until: now + TimeDelta::seconds(lasts) });
                Ok(token)
            }
            Err(why) => {
                *held = Some(Held::Refused { why: why.clone(), until: now + REFUSED_FOR });
                Err(refused(who, why))
            }
        }
    }

    /// Forgets a token that eBay no longer takes, unless another has already replaced it.
    pub(crate) async fn forget(&self, who: As, refused: &Secret) {
        let mut held = self.of(who).lock().await;
        if matches!(held.as_ref(), Some(Held::Token { token, .. }) if token == refused) {
            *held = None;
        }
    }

    fn of(&self, who: As) -> &Mutex<Option<Held>> {
        match who {
            As::App => &self.app,
            As::Insights => &self.insights,
            As::Seller => &self.seller,
        }
    }
}

/// Asks for a token; inside, eBay's word on keys it does not accept.
async fn grant(
    who: As,
    fetcher: &Fetcher,
    site: &Site,
    settings: &Settings,
) -> Result<Result<Granted, Denied>, EbayError> {
    let own = |scope| wire::form(&[("grant_type", "client_credentials"), ("scope", scope)]);
    let form = match (who, &settings.refresh_token) {
        (As::App, _) => own(APP_SCOPE),
        (As::Insights, _) => own(INSIGHTS_SCOPE),
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
        return parse(&answer).map(Ok);
    }
    match serde_json::from_slice::<Denied>(&answer.body) {
        Ok(denied) if answer.status.is_client_error() => Ok(Err(denied)),
        _ => {
            let call = "POST /identity/v1/oauth2/token".to_owned();
            Err(ApiError::read(answer.status.as_u16(), call, &answer.body).into())
        }
    }
}

fn refused(who: As, Denied { error: code, error_description: description }: Denied) -> EbayError {
    if who == As::Insights && code == "invalid_scope" {
        return EbayError::NotGranted { what: crate::insights::WHAT };
    }
    let (what, mend) = match who {
        As::App | As::Insights => (
            "application's keys",
            "compare them with the keyset at developer.ebay.com (production and sandbox differ)",
        ),
        As::Seller => (
            "seller's refresh token",
            "sign in at eBay again: a refresh token lasts 18 months and ends with a password change",
        ),
    };
    EbayError::Credentials { what, code, description, mend }
}
