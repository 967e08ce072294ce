//! Answers in eBay's form.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::{Value, json};

/// Status and JSON body; `Null` is none.
pub(super) struct Reply {
    pub status: u16,
    pub body: Value,
    pub retry_after: Option<u64>,
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: 200, body, retry_after: None }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: 201, ..Self::ok(body) }
    }

    pub(super) fn no_content() -> Self {
        Self { status: 204, ..Self::ok(Value::Null) }
    }

    /// One error of the caller's.
    pub(super) fn refused(status: u16, error_id: i64, domain: &str, message: &str) -> Self {
        Self::refused_with(status, error_id, domain, message, &[])
    }

    pub(super) fn refused_with(
        status: u16,
        error_id: i64,
        domain: &str,
        message: &str,
        parameters: &[(&str, &str)],
    ) -> Self {
        let parameters: Vec<Value> =
            parameters.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let category = if status >= 500 { "APPLICATION" } else { "REQUEST" };
        let error = json!({
            "errorId": error_id, "domain": domain, "category": category,
            "message": message, "longMessage": message, "parameters": parameters,
        });
        Self { status, ..Self::ok(json!({ "errors": [error] })) }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        if self.body.is_null() { Vec::new() } else { self.body.to_string().into_bytes() }
    }

    pub(super) fn into_response(self, body: Vec<u8>) -> Response<Body> {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        response
    }
}
