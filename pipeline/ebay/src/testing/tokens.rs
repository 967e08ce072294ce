//! `POST /identity/v1/oauth2/token`, and who a token lets in.

use std::collections::HashMap;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::json;

use super::reply::Reply;
use super::world::{Token, World};

pub(super) fn grant(world: &mut World, headers: &HeaderMap, body: &[u8]) -> Reply {
    let denied = |error: &str, description: &str| Reply {
        status: if error == "invalid_client" { 401 } else { 400 },
        ..Reply::ok(json!({ "error": error, "error_description": description }))
    };
    let wanted = STANDARD.encode(format!("{}:{}", world.setup.client_id, world.setup.client_secret));
    if authorization(headers) != Some(&format!("Basic {wanted}")) {
        return denied("invalid_client", "client authentication failed");
    }
    let form: HashMap<_, _> = url::form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str);
    if field("scope").is_none_or(|scope| !scope.starts_with("https://api.ebay.com/oauth/api_scope")) {
        return denied("invalid_scope", "the requested scope is invalid, unknown or malformed");
    }
    let insights = field("scope").is_some_and(|scope| scope.ends_with("/buy.marketplace.insights"));
    if insights && !world.setup.insights {
        return denied(
            "invalid_scope",
            "the requested scope is invalid, unknown, malformed, or exceeds the scope granted to the client",
        );
    }
    let seller = match field("grant_type") {
        Some("client_credentials") => false,
        Some("refresh_token") if field("refresh_token") == world.setup.refresh_token.as_deref() => true,
        Some("refresh_token") => return denied("invalid_grant", "the provided refresh token is invalid"),
        _ => return denied("unsupported_grant_type", "grant type in request is not supported"),
    };
    world.tokens_given += 1;
    let token = format!("v^1.1#token-{}", world.tokens_given);
    let lasts = world.setup.token_lasts;
    let until = world.now() + TimeDelta::seconds(lasts);
    world.tokens.insert(token.clone(), Token { seller, insights, until });
    let token_type = if seller { "User Access Token" } else { "Application Access Token" };
    Reply::ok(json!({ "access_token": token, "expires_in": lasts, "token_type": token_type }))
}

/// Refuses a call to an API (`buy`, `sell` …) and resource without a token that serves for it.
pub(super) fn check(world: &World, headers: &HeaderMap, parts: &[&str]) -> Option<Reply> {
    let for_seller = parts.first() == Some(&"sell");
    let for_insights = parts.get(1) == Some(&"marketplace_insights");
    let token = authorization(headers).and_then(|text| text.strip_prefix("Bearer "));
    match token.and_then(|token| world.tokens.get(token)) {
        None => Some(Reply::refused(401, 1001, "OAuth", "Invalid access token")),
        Some(token) if token.until <= world.now() => {
            Some(Reply::refused(401, 1001, "OAuth", "Invalid access token"))
        }
        Some(token) if for_seller && !token.seller || for_insights && !token.insights => {
            Some(Reply::refused(403, 1100, "ACCESS", "Insufficient permissions to fulfill the request."))
        }
        Some(_) => None,
    }
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get("authorization")?.to_str().ok()
}
