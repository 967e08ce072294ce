//! One call: credentials, headers, and eBay's errors.

use autobazaaar_fetch::{Answer, Request};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

use crate::error::ApiError;
use crate::mend::BAD_TOKEN;
use crate::token::As;
use crate::{Ebay, EbayError, Quota, wire};

const MARKETPLACE: HeaderName = HeaderName::from_static("x-ebay-c-marketplace-id");

impl Ebay {
    /// A request below the base address.
    pub(crate) fn request(&self, method: Method, parts: &[&str], query: &[(&str, &str)]) -> Request {
        Request::new(method, wire::url(&self.settings.base, parts, query))
    }

    /// A request with a JSON body.
    pub(crate) fn request_with<T: Serialize>(
        &self,
        method: Method,
        parts: &[&str],
        body: &T,
    ) -> Result<Request, EbayError> {
        let json = serde_json::to_vec(body).map_err(|error| EbayError::Invalid {
            field: "body",
            found: error.to_string(),
            expected: "what can be written as JSON",
        })?;
        let request = self.request(method, parts, &[]).body("application/json", json);
        let language = HeaderValue::try_from(&self.settings.language).map_err(|_| EbayError::Invalid {
            field: "language",
            found: self.settings.language.clone(),
            expected: "a language tag such as en-US",
        })?;
        Ok(request.header(header::CONTENT_LANGUAGE, language))
    }

    /// Makes a call. A token that eBay no longer takes is renewed once: the call was not carried out.
    ///
    /// # Errors
    /// [`EbayError::Api`] for any status that is no success.
    pub(crate) async fn call(&self, who: As, quota: Quota, request: Request) -> Result<Answer, EbayError> {
        let (first, token) = self.try_call(who, quota, request.clone()).await?;
        if !(first.status == StatusCode::UNAUTHORIZED && refused(&first, &request).is(BAD_TOKEN)) {
            return successful(first, &request);
        }
        self.tokens.forget(who, &token).await;
        let (second, _) = self.try_call(who, quota, request.clone()).await?;
        successful(second, &request)
    }

    async fn try_call(
        &self,
        who: As,
        quota: Quota,
        request: Request,
    ) -> Result<(Answer, autobazaaar_fetch::Secret), EbayError> {
        let token = self.tokens.get(who, &self.fetcher, &self.site, &self.settings).await?;
        let marketplace =
            HeaderValue::try_from(&self.settings.marketplace).map_err(|_| EbayError::Invalid {
                field: "marketplace",
                found: self.settings.marketplace.clone(),
                expected: "a marketplace id such as EBAY_US",
            })?;
        let request =
            request.header(MARKETPLACE, marketplace).authorization("Bearer", &token).counted(quota.as_str());
        // What concerns buyers and orders is in no record.
        let request = if who == As::Seller { request.sensitive() } else { request };
        Ok((self.fetcher.fetch(&self.site, request).await?, token))
    }
}

fn successful(answer: Answer, request: &Request) -> Result<Answer, EbayError> {
    if answer.status.is_success() { Ok(answer) } else { Err(refused(&answer, request).into()) }
}

fn refused(answer: &Answer, request: &Request) -> ApiError {
    let call = format!("{} {}", request.method(), answer.url.path());
    ApiError::read(answer.status.as_u16(), call, &answer.body)
}
