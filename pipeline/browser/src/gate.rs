//! What stands between a page and where it leads, and what the site answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use autobazaaar_fetch::{FetchError, Fetcher, Site};
use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::fetch::{
    ContinueRequestParams, EnableParams, EventRequestPaused, FailRequestParams, RequestPattern, RequestStage,
};
use chromiumoxide::cdp::browser_protocol::network::{
    ErrorReason, EventResponseReceived, RequestId, ResourceType,
};
use chromiumoxide::cdp::browser_protocol::page::FrameId;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::task::JoinHandle;
use url::Url;

use crate::BrowserError;

/// An answer that is this late does not come.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// The answer to the page's own request.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub status: u16,
    pub headers: HeaderMap,
    /// It had no body; what the browser shows is its own page.
    pub empty: bool,
}

/// Watches a page. Where the page itself is led (redirects, scripts), the polite rules hold as for the
/// first address; its frames and parts are not followed.
pub(crate) struct Gate {
    seen: Arc<Mutex<Seen>>,
    tasks: [JoinHandle<()>; 2],
}

#[derive(Default)]
struct Seen {
    document: Option<Document>,
    refused: Option<FetchError>,
    /// Requests of the page's scripts that were answered, in order.
    asked: Vec<RequestId>,
}

impl Gate {
    pub(crate) async fn around(
        page: &Page,
        site: &Site,
        fetcher: Arc<Fetcher>,
    ) -> Result<Self, BrowserError> {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let main = page.mainframe().await?;
        let mut paused = page.event_listener::<EventRequestPaused>().await?;
        let mut received = page.event_listener::<EventResponseReceived>().await?;
        let documents = RequestPattern::builder()
            .resource_type(ResourceType::Document)
            .request_stage(RequestStage::Request)
            .build();
        page.execute(EnableParams::builder().pattern(documents).build()).await?;

        let (page, site, notes, frame) = (page.clone(), site.clone(), seen.clone(), main.clone());
        let guard = tokio::spawn(async move {
            while let Some(event) = paused.next().await {
                let is_main = frame.as_ref().is_none_or(|frame| *frame == event.frame_id);
                let refused = if is_main { refusal(&fetcher, &site, &event.request.url).await } else { None };
                let id = event.request_id.clone();
                let told = match refused {
                    None => page.execute(ContinueRequestParams::new(id)).await.map(|_| ()),
                    Some(error) => {
                        note(&notes, |seen| seen.refused = Some(error));
                        page.execute(FailRequestParams::new(id, ErrorReason::BlockedByClient))
                            .await
                            .map(|_| ())
                    }
                };
                if let Err(error) = told {
                    tracing::debug!(%error, "the browser no longer waits");
                }
            }
        });
        let notes = seen.clone();
        let watch = tokio::spawn(async move {
            while let Some(event) = received.next().await {
                if !is_of(main.as_ref(), &event) {
                    continue;
                }
                match event.r#type {
                    ResourceType::Document => note(&notes, |seen| {
                        seen.document = document(&event);
                        // What another page's scripts asked for is not of this one.
                        seen.asked.clear();
                    }),
                    ResourceType::Xhr | ResourceType::Fetch if event.response.status == 200 => {
                        note(&notes, |seen| seen.asked.push(event.request_id.clone()));
                    }
                    _ => {}
                }
            }
        });
        Ok(Self { seen, tasks: [guard, watch] })
    }

    /// Why the page was not let go on, if it was not.
    pub(crate) fn refused(&self) -> Option<FetchError> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).refused.take()
    }

    /// The requests of the page's scripts that were answered so far, in order.
    pub(crate) fn asked(&self) -> Vec<RequestId> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }

    /// What the site answered last. The browser tells it before the page counts as loaded, but on
    /// another way, so that it may be a moment late.
    pub(crate) async fn answered(&self) -> Option<Document> {
        for _ in 0..LOOKS {
            let document = self.seen.lock().unwrap_or_else(PoisonError::into_inner).document.clone();
            if document.is_some() {
                return document;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        None
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn refusal(fetcher: &Fetcher, site: &Site, url: &str) -> Option<FetchError> {
    match url.parse::<Url>() {
        Ok(url) => fetcher.permits(site, &url).await.err(),
        Err(_) => {
            Some(FetchError::BadAddress { url: "a page".to_owned(), why: "it leads to what is no address" })
        }
    }
}

fn is_of(main: Option<&FrameId>, event: &EventResponseReceived) -> bool {
    match (main, &event.frame_id) {
        (Some(main), Some(frame)) => main == frame,
        _ => true,
    }
}

fn document(event: &EventResponseReceived) -> Option<Document> {
    let status = u16::try_from(event.response.status).ok()?;
    let pairs = event.response.headers.inner().as_object();
    let header = |(name, value): (&String, &serde_json::Value)| {
        Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value.as_str()?).ok()?))
    };
    let headers = pairs.into_iter().flatten().filter_map(header).collect();
    Some(Document { status, headers, empty: false })
}

fn note(seen: &Mutex<Seen>, change: impl FnOnce(&mut Seen)) {
    change(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
}
