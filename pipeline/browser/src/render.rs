//! One page: load, wait, scroll, take.

use std::path::PathBuf;
use std::time::Duration;

use autobazaaar_domain::Utc;
use autobazaaar_fetch::{Incoming, Seen, Site, shown};
use bytes::Bytes;
use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::network::{GetResponseBodyParams, SetUserAgentOverrideParams};
use http::StatusCode;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::gate::{Document, Gate};
use crate::{BrowserError, Chromium};

/// How long is waited between two looks at a page.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// Length of the page as text, in UTF-16 units; its height, in pixels.
const MEASURE: &str = "[document.documentElement.outerHTML.length, document.documentElement.scrollHeight]";
/// To the end of the page as it is now.
const SCROLL: &str = "window.scrollTo(0, document.documentElement.scrollHeight)";

/// What to wait for.
#[derive(Debug, Clone)]
pub struct Look {
    /// A CSS selector of what must be there before the page counts as ready. When it does not come in
    /// time, the page is taken as it is: it may say that there is nothing.
    pub wait_for: Option<String>,
    /// Times to scroll to the end, so that more is loaded. It ends early when nothing more comes.
    pub scrolls: u32,
    /// How long a page must not have changed to count as settled.
    pub settled_after: Duration,
    /// Longest wait for `wait_for`, and for a page to settle after each scroll.
    pub patience: Duration,
    /// For everything together.
    pub time_out: Duration,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            wait_for: None,
            scrolls: 10,
            settled_after: Duration::from_millis(500),
            patience: Duration::from_secs(5),
            time_out: Duration::from_secs(60),
        }
    }
}

/// A page as the browser shows it.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Where it is, after redirects.
    pub url: Url,
    /// What the site answered to the page's own request.
    pub status: u16,
    /// The document as it stands, as HTML; behind it, each as a script element of JSON, what its
    /// scripts loaded: lists that grow as one scrolls have their data there.
    pub html: Bytes,
    pub at: Utc,
    /// Times it was scrolled.
    pub scrolls: u32,
    /// Where it is kept, if it is.
    pub record: Option<PathBuf>,
}

impl Chromium {
    /// Renders a page of a site, once the polite rules allow it.
    ///
    /// # Errors
    /// When the rules say no, the page does not load or settle in time, or it says that we are not
    /// wanted.
    pub async fn render(&self, site: &Site, url: &Url, look: &Look) -> Result<Rendered, BrowserError> {
        let _visit = self.fetcher.enter(site, url).await?;
        let page = self.browser.new_page("about:blank").await?;
        let taking = timeout(look.time_out, self.take(&page, site, url, look)).await;
        // A page that does not close is no reason to lose what it showed.
        if let Err(error) = page.close().await {
            tracing::debug!(%error, "a page did not close");
        }
        taking.unwrap_or_else(|_| Err(BrowserError::TimedOut { url: shown(url), limit: look.time_out }))
    }

    async fn take(&self, page: &Page, site: &Site, url: &Url, look: &Look) -> Result<Rendered, BrowserError> {
        let agent = self.fetcher.settings().agent.header();
        page.set_user_agent(SetUserAgentOverrideParams::new(agent)).await?;
        let gate = Gate::around(page, site, self.fetcher.clone()).await?;
        let Document { status, headers, empty } = load(page, url, &gate).await?;
        let mut scrolls = 0;
        if status < 400 {
            wait_for(page, look).await?;
            scrolls = scroll(page, look).await?;
        }
        if let Some(refused) = gate.refused() {
            return Err(refused.into());
        }
        let html = if empty { Bytes::new() } else { self.html(page, url, &gate).await? };
        let at = self.fetcher.clock().now();
        let here = page.url().await?.and_then(|text| text.parse().ok()).filter(|_| !empty);
        let here = here.unwrap_or_else(|| url.clone());
        self.fetcher.judge(site, url, &Seen { url: &here, status, headers: &headers, body: &html })?;
        let status_code = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        let seen = Incoming { status: status_code, headers, body: html.clone() };
        let record = self.fetcher.record(&here, &seen, at).await?;
        Ok(Rendered { url: here, status, html, at, scrolls, record })
    }

    /// The document as it stands and what its scripts loaded, within the bound.
    async fn html(&self, page: &Page, url: &Url, gate: &Gate) -> Result<Bytes, BrowserError> {
        let limit = self.fetcher.settings().longest_body;
        let too_long = || BrowserError::TooLong { url: shown(url), limit };
        if measure(page).await?.0 > limit as u64 {
            return Err(too_long());
        }
        let mut html = page.content().await?;
        if html.len() > limit {
            return Err(too_long());
        }
        for asked in gate.asked() {
            // The browser forgets answers when it holds too many.
            let Ok(answer) = page.execute(GetResponseBodyParams::new(asked)).await else { continue };
            let scripts = if answer.base64_encoded { String::new() } else { scripts(&answer.body) };
            if html.len() + scripts.len() > limit {
                tracing::warn!("{}: what its scripts loaded is too long, the rest is left out", shown(url));
                break;
            }
            html += &scripts;
        }
        Ok(Bytes::from(html))
    }
}

/// The JSON documents of an answer, one or one a line, as script elements; nothing where it is no JSON.
fn scripts(answer: &str) -> String {
    let answer = answer.trim_start_matches("for (;;);").trim();
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    let documents: Vec<&str> = if is_json(answer) { vec![answer] } else { answer.lines().collect() };
    let mut elements = String::new();
    for document in documents.into_iter().filter(|text| text.starts_with(['{', '[']) && is_json(text)) {
        // In JSON the sign stands in texts alone; there it may be written so, and ends no element.
        let document = document.replace('<', "\\u003c");
        elements += &format!("\n<script type=\"application/json\">{document}</script>");
    }
    elements
}

/// Loads a page and gives what the site answered.
async fn load(page: &Page, url: &Url, gate: &Gate) -> Result<Document, BrowserError> {
    let loaded = page.goto(url.as_str()).await;
    if let Some(refused) = gate.refused() {
        return Err(refused.into());
    }
    let failed = |reason: String| BrowserError::Load { url: shown(url), reason };
    let Err(error) = loaded else {
        return gate.answered().await.ok_or_else(|| failed("the site answered nothing".to_owned()));
    };
    let reason = error.to_string();
    // Chromium's word for an error status without a body; it is an answer all the same.
    if !reason.contains("ERR_HTTP_RESPONSE_CODE_FAILURE") {
        return Err(failed(reason));
    }
    let document = gate.answered().await.ok_or_else(|| failed(reason))?;
    Ok(Document { empty: true, ..document })
}

/// Waits for what must be there, but not for longer than the patience lasts.
async fn wait_for(page: &Page, look: &Look) -> Result<(), BrowserError> {
    let Some(selector) = &look.wait_for else { return Ok(()) };
    // A JSON text is a JavaScript text too.
    let selector = serde_json::Value::from(selector.as_str());
    let there = format!("document.querySelector({selector}) !== null");
    let waiting = async {
        while !page.evaluate(there.as_str()).await?.into_value::<bool>().unwrap_or(false) {
            sleep(BETWEEN_LOOKS).await;
        }
        Ok(())
    };
    timeout(look.patience, waiting).await.unwrap_or(Ok(()))
}

/// Scrolls until nothing more comes. Returns how often.
async fn scroll(page: &Page, look: &Look) -> Result<u32, BrowserError> {
    let mut before = settled(page, look).await?;
    for done in 0..look.scrolls {
        page.evaluate(SCROLL).await?;
        let after = settled(page, look).await?;
        if after == before {
            return Ok(done + 1);
        }
        before = after;
    }
    Ok(look.scrolls)
}

/// Waits until the page has not changed for a while; gives its measure. A page that never rests is
/// taken as it is when the patience is over.
async fn settled(page: &Page, look: &Look) -> Result<(u64, u64), BrowserError> {
    let mut last = measure(page).await?;
    let (mut calm, mut waited) = (Duration::ZERO, Duration::ZERO);
    while calm < look.settled_after && waited < look.patience {
        sleep(BETWEEN_LOOKS).await;
        waited += BETWEEN_LOOKS;
        let now = measure(page).await?;
        calm = if now == last { calm + BETWEEN_LOOKS } else { Duration::ZERO };
        last = now;
    }
    Ok(last)
}

async fn measure(page: &Page) -> Result<(u64, u64), BrowserError> {
    Ok(page.evaluate(MEASURE).await?.into_value().map_err(chromiumoxide::error::CdpError::from)?)
}
